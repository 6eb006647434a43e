//! The compiler from the tree that core reads to a program: the second pass of the reference.
//!
//! Paths become lists of steps, predicates belong to the steps that they filter, each `%` finds the step that it refers to,
//! and calls at the end of a function's body are marked, so that they do not nest.

mod ancestry;
mod finish;
mod fold;
mod node;

use std::{collections::HashSet, ops::Range, sync::Arc};

use stepfn_core::{
    jsonata::{Expression as Tree, ExpressionKind as Tk, JsonataError, Operator},
    value::{Key, Value},
};

use self::ancestry::Slot;
pub(crate) use self::finish::binds_here;
pub(crate) use self::node::{Call, Group, Kind, LambdaCode, Node, Stage, Term, TransformCode, Variable};
use crate::{
    function::{Builtin, Mode, Signature},
    number,
    regex::Regex,
    text::as_index,
    value::Symbol,
};

/// The names of variables.
#[derive(Clone, Debug)]
pub(crate) struct Symbols {
    /// Each with the function of that name.
    known: Vec<(Arc<str>, Option<Builtin>)>,
    mode: Mode,
}

impl Symbols {
    pub(crate) fn new(mode: Mode) -> Self {
        Self { known: Vec::new(), mode }
    }

    pub(crate) fn of(&mut self, name: &str) -> Symbol {
        let at = self.known.iter().position(|(known, _)| **known == *name).unwrap_or_else(|| {
            self.known.push((name.into(), Builtin::of(name, self.mode)));
            self.known.len() - 1
        });
        Symbol(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// Returns a symbol that no text can name.
    fn anonymous(&mut self) -> Symbol {
        self.of(&format!("!{}", self.known.len()))
    }

    pub(crate) fn name(&self, symbol: Symbol) -> &str {
        self.known.get(symbol.0 as usize).map_or("", |(name, _)| name)
    }

    /// The built-in function of a name.
    pub(crate) fn builtin(&self, symbol: Symbol) -> Option<Builtin> {
        self.known.get(symbol.0 as usize)?.1
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }
}

/// Compiles a tree. The names are those of the program that it will run in.
pub(crate) fn compile(tree: &Tree, symbols: &mut Symbols, mode: Mode) -> Result<Node, JsonataError> {
    let mut bound = HashSet::new();
    collect(tree, &mut bound);
    let mut compiler = Compiler { symbols, bound, slots: Vec::new(), mode, depth: 0, climbed: 0 };
    let mut node = compiler.node(tree, false)?;
    compiler.finish(&mut node);
    Ok(node)
}

/// The names that something binds.
fn collect(tree: &Tree, bound: &mut HashSet<String>) {
    match &tree.kind {
        Tk::Focus { name, .. } | Tk::Index { name, .. } | Tk::Bind { name, .. } => {
            bound.insert(name.clone());
        }
        Tk::Lambda { parameters, .. } => bound.extend(parameters.iter().cloned()),
        _ => {}
    }
    for part in tree.parts() {
        collect(part, bound);
    }
}

struct Compiler<'s> {
    symbols: &'s mut Symbols,
    bound: HashSet<String>,
    /// The ancestor that each `%` looks for.
    slots: Vec<Slot>,
    mode: Mode,
    depth: usize,
    /// The number of steps that all `%` have gone back over.
    climbed: usize,
}

/// The depth to which an expression may be nested: a deeper one could not be evaluated.
const MOST_NESTED: usize = 256;

/// The number of steps over which all `%` of an expression may go back: each of them looks for its own.
const MOST_CLIMBED: usize = 1_000_000;

type Made<T = Node> = Result<T, JsonataError>;

fn error(code: &'static str, message: &str, range: &Range<usize>) -> JsonataError {
    JsonataError { code, message: message.to_owned(), range: range.clone(), help: None }
}

impl Compiler<'_> {
    /// The program of a tree; `keep` where `[]` follows it, perhaps behind predicates.
    fn node(&mut self, tree: &Tree, keep: bool) -> Made {
        if self.depth >= MOST_NESTED {
            return Err(error("S0206", "the expression is nested too deep", &tree.range));
        }
        self.depth += 1;
        let node = self.qualified(tree, keep);
        self.depth -= 1;
        node
    }

    /// Predicates and `[]` are gone through one by one: many of them do not nest calls.
    fn qualified(&mut self, tree: &Tree, mut keep: bool) -> Made {
        let mut base = tree;
        let mut predicates = Vec::new();
        loop {
            match &base.kind {
                Tk::KeepArray(of) => {
                    keep = true;
                    base = of;
                }
                Tk::Filter { of, predicate } => {
                    predicates.push(&**predicate);
                    base = of;
                }
                _ => break,
            }
        }
        let mut node = self.base(base, keep)?;
        while let Some(predicate) = predicates.pop() {
            self.filter(&mut node, predicate)?;
        }
        Ok(node)
    }

    /// Compiles an expression that is qualified.
    fn base(&mut self, tree: &Tree, keep: bool) -> Made {
        let range = &tree.range;
        let node = match &tree.kind {
            Tk::Name(name) => return Ok(name_path(name, range, keep)),
            Tk::Path(steps) => self.path(steps, range),
            Tk::Group { of, pairs } => self.grouped(of, pairs, range),
            Tk::OrderBy { of, terms } => self.order(of, terms, range),
            Tk::Focus { of, name } => self.focus(of, name, range, keep),
            Tk::Index { of, name } => self.index(of, name),
            _ => self.plain(tree),
        };
        if keep { node.map(|node| Node { keep, ..node }) } else { node }
    }

    fn grouped(&mut self, of: &Tree, pairs: &[(Tree, Tree)], range: &Range<usize>) -> Made {
        let mut node = self.node(of, false)?;
        if node.group.is_some() {
            return Err(error("S0210", "there is more than one grouping", range));
        }
        node.group = Some(Box::new(self.group(pairs, range, &mut Vec::new())?));
        Ok(node)
    }

    /// Compiles an expression that is no part of a path. Trees nest, so the frame of this one has to be small.
    fn plain(&mut self, tree: &Tree) -> Made {
        let range = &tree.range;
        match &tree.kind {
            Tk::Negate(of) => self.negate(of, range),
            Tk::Binary { .. } => self.row(tree),
            Tk::Array(items) => self.array(items, range),
            Tk::Object(pairs) => self.object(pairs, range),
            Tk::Block(parts) => self.block(parts, range),
            Tk::Conditional { condition, then, otherwise } => {
                self.condition(condition, then, otherwise.as_deref(), range)
            }
            Tk::Bind { name, value, .. } => self.bind(name, value, range),
            Tk::Lambda { parameters, signature, body } => {
                self.lambda(parameters, signature.as_deref(), body, range)
            }
            Tk::Call { function, arguments } => self.call(function, arguments, range),
            Tk::Transform { pattern, update, delete } => {
                self.transform(pattern, update, delete.as_deref(), range)
            }
            _ => self.leaf(tree),
        }
    }

    /// Compiles an expression without parts.
    fn leaf(&mut self, tree: &Tree) -> Made {
        let range = &tree.range;
        let kind = match &tree.kind {
            Tk::String(text) => Kind::Literal(Value::from(text.as_str())),
            Tk::Number(value) => Kind::Literal(number::value(*value)),
            Tk::Boolean(value) => Kind::Literal(Value::Bool(*value)),
            Tk::Null => Kind::Literal(Value::Null),
            Tk::Regex { pattern, flags } => {
                let regex = Regex::new(pattern, flags, range).map_err(|message| {
                    error("S0302", &format!("the regular expression cannot be read: {message}"), range)
                })?;
                Kind::Regex(Box::new(regex))
            }
            Tk::Variable(name) => Kind::Variable(self.variable(name)),
            Tk::Wildcard => Kind::Wildcard,
            Tk::Descendant => Kind::Descendant,
            Tk::Parent => Kind::Parent(self.slot()),
            Tk::Placeholder => Kind::Placeholder,
            // Those with parts.
            _ => return Err(error("S0206", "the expression is not allowed here", range)),
        };
        Ok(Node::new(kind, range))
    }

    fn array(&mut self, items: &[Tree], range: &Range<usize>) -> Made {
        let (items, seeking) = self.nodes(items)?;
        Ok(self.seeking(Kind::Array(items), range, seeking))
    }

    fn object(&mut self, pairs: &[(Tree, Tree)], range: &Range<usize>) -> Made {
        let mut seeking = Vec::new();
        let group = self.group(pairs, range, &mut seeking)?;
        Ok(self.seeking(Kind::Object(Box::new(group)), range, seeking))
    }

    fn block(&mut self, parts: &[Tree], range: &Range<usize>) -> Made {
        let (parts, seeking) = self.nodes(parts)?;
        let constructed = parts.iter().any(|part| part.constructed || begins_constructed(part));
        let mut node = self.seeking(Kind::Block { parts, binds: true }, range, seeking);
        node.constructed = constructed;
        Ok(node)
    }

    fn condition(
        &mut self,
        condition: &Tree,
        then: &Tree,
        otherwise: Option<&Tree>,
        range: &Range<usize>,
    ) -> Made {
        let mut seeking = Vec::new();
        let mut part = |part: &Tree| -> Made<Box<Node>> {
            let node = self.node(part, false)?;
            Self::push_seeking(&mut seeking, &node);
            Ok(Box::new(node))
        };
        let (condition, then) = (part(condition)?, part(then)?);
        let otherwise = otherwise.map(&mut part).transpose()?;
        Ok(self.seeking(Kind::Condition { condition, then, otherwise }, range, seeking))
    }

    fn bind(&mut self, name: &str, value: &Tree, range: &Range<usize>) -> Made {
        let value = Box::new(self.node(value, false)?);
        let mut seeking = Vec::new();
        Self::push_seeking(&mut seeking, &value);
        let symbol = self.symbols.of(name);
        Ok(self.seeking(Kind::Bind { symbol, value }, range, seeking))
    }

    fn lambda(
        &mut self,
        parameters: &[String],
        signature: Option<&str>,
        body: &Tree,
        range: &Range<usize>,
    ) -> Made {
        let mut body = self.node(body, false)?;
        mark_tail(&mut body);
        let parameters = parameters.iter().map(|name| self.symbols.of(name)).collect();
        let signature = signature.map(Signature::read);
        Ok(Node::new(Kind::Lambda(Box::new(LambdaCode { parameters, signature, body })), range))
    }

    fn transform(
        &mut self,
        pattern: &Tree,
        update: &Tree,
        delete: Option<&Tree>,
        range: &Range<usize>,
    ) -> Made {
        let pattern = self.node(pattern, false)?;
        let update = self.node(update, false)?;
        let delete = delete.map(|delete| self.node(delete, false)).transpose()?;
        Ok(Node::new(Kind::Transform(Box::new(TransformCode { pattern, update, delete })), range))
    }

    fn nodes(&mut self, trees: &[Tree]) -> Made<(Vec<Node>, Vec<usize>)> {
        let (mut nodes, mut seeking) = (Vec::with_capacity(trees.len()), Vec::new());
        for tree in trees {
            let node = self.node(tree, false)?;
            Self::push_seeking(&mut seeking, &node);
            nodes.push(node);
        }
        Ok((nodes, seeking))
    }

    fn seeking(&self, kind: Kind, range: &Range<usize>, seeking: Vec<usize>) -> Node {
        Node { seeking, ..Node::new(kind, range) }
    }

    fn variable(&mut self, name: &str) -> Variable {
        match name {
            "" => Variable::Context,
            "$" if !self.bound.contains("$") => Variable::Root,
            _ => {
                let symbol = self.symbols.of(name);
                // What `$eval` reads may bind names in the frames of the program that calls it.
                if self.bound.contains(name) || self.mode.has_eval() {
                    Variable::Bound(symbol)
                } else {
                    Variable::Free(symbol)
                }
            }
        }
    }

    fn negate(&mut self, of: &Tree, range: &Range<usize>) -> Made {
        let of = self.node(of, false)?;
        if let Kind::Literal(Value::Number(value)) = &of.kind {
            let kind = Kind::Literal(number::value(-value.as_f64()));
            return Ok(Node { kind, range: range.clone(), ..of });
        }
        let mut seeking = Vec::new();
        Self::push_seeking(&mut seeking, &of);
        Ok(self.seeking(Kind::Negate(Box::new(of)), range, seeking))
    }

    /// Operators that nest to the left are gone through one by one: a long row does not nest calls.
    fn row(&mut self, tree: &Tree) -> Made {
        let mut first = tree;
        let mut row = Vec::new();
        while let Tk::Binary { operator, left, right } = &first.kind {
            row.push((*operator, &**right, &first.range));
            first = left;
        }
        let mut node = self.node(first, false)?;
        while let Some((operator, right, range)) = row.pop() {
            node = self.binary(operator, node, right, range)?;
        }
        Ok(node)
    }

    fn binary(&mut self, operator: Operator, left: Node, right: &Tree, range: &Range<usize>) -> Made {
        let left = Box::new(left);
        let right = Box::new(self.node(right, false)?);
        if operator == Operator::Apply {
            let keep = left.keep || right.keep;
            return Ok(Node { keep, ..Node::new(Kind::Apply { left, right }, range) });
        }
        let mut seeking = Vec::new();
        Self::push_seeking(&mut seeking, &left);
        Self::push_seeking(&mut seeking, &right);
        Ok(self.seeking(Kind::Binary { operator, left, right }, range, seeking))
    }

    fn call(&mut self, function: &Tree, arguments: &[Tree], range: &Range<usize>) -> Made {
        let partial = arguments.iter().any(|argument| matches!(argument.kind, Tk::Placeholder));
        let (arguments, seeking) = self.nodes(arguments)?;
        let procedure = self.node(function, false)?;
        let token: Option<Box<str>> = match &procedure.kind {
            Kind::Path { steps, .. } => match steps.first().map(|step| &step.kind) {
                Some(Kind::Name(name)) => Some((**name).into()),
                Some(Kind::Variable(variable)) => Some(self.variable_name(*variable).into()),
                _ => None,
            },
            Kind::Variable(variable) => Some(self.variable_name(*variable).into()),
            Kind::Call(_) => Some("(".into()),
            _ => None,
        };
        let call = Call { procedure, arguments, token, partial, tail: false };
        Ok(self.seeking(Kind::Call(Box::new(call)), range, seeking))
    }

    fn variable_name(&self, variable: Variable) -> &str {
        match variable {
            Variable::Context => "",
            Variable::Root => "$",
            Variable::Bound(symbol) | Variable::Free(symbol) => self.symbols.name(symbol),
        }
    }

    fn group(
        &mut self,
        pairs: &[(Tree, Tree)],
        range: &Range<usize>,
        seeking: &mut Vec<usize>,
    ) -> Made<Group> {
        let mut nodes = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let key = self.node(key, false)?;
            Self::push_seeking(seeking, &key);
            let value = self.node(value, false)?;
            Self::push_seeking(seeking, &value);
            nodes.push((key, value));
        }
        let keys = known_keys(&nodes);
        Ok(Group { pairs: nodes, keys, range: range.clone() })
    }
}

/// The keys, where all are different and in the order that JavaScript gives them.
fn known_keys(pairs: &[(Node, Node)]) -> Option<Box<[Key]>> {
    let mut keys: Vec<Key> = Vec::with_capacity(pairs.len());
    for (key, _) in pairs {
        let Kind::Literal(Value::String(text)) = &key.kind else { return None };
        // Small objects are searched through.
        if keys.len() >= 32
            || !key.is_bare()
            || as_index(text).is_some()
            || keys.iter().any(|known| **known == **text)
        {
            return None;
        }
        keys.push(text.into());
    }
    Some(keys.into())
}

fn name_path(name: &str, range: &Range<usize>, keep: bool) -> Node {
    let step = Node { keep, ..Node::new(Kind::Name(name.into()), range) };
    Node { keep, ..path_of(step, keep) }
}

fn path_of(step: Node, keep: bool) -> Node {
    let range = step.range.clone();
    Node::new(Kind::Path { steps: vec![step], keep, plain: false }, &range)
}

fn begins_constructed(node: &Node) -> bool {
    match &node.kind {
        Kind::Path { steps, .. } => steps.first().is_some_and(|step| step.constructed),
        _ => false,
    }
}

/// Marks the calls that are the value of a function's body.
fn mark_tail(node: &mut Node) {
    match &mut node.kind {
        Kind::Call(call) if node.predicates.is_empty() && !call.partial => call.tail = true,
        Kind::Condition { then, otherwise, .. } => {
            mark_tail(then);
            if let Some(otherwise) = otherwise {
                mark_tail(otherwise);
            }
        }
        Kind::Block { parts, .. } => {
            if let Some(last) = parts.last_mut() {
                mark_tail(last);
            }
        }
        _ => {}
    }
}
