//! Programs at work.

mod call;
mod filter;
mod frame;
mod group;
mod operator;
mod path;
mod plain;
mod sort;
mod transform;
mod tuple;
mod wildcard;

use std::{
    borrow::Cow,
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use stepfn_core::value::Value;

use self::frame::Frame;
pub(crate) use self::frame::Scope;
use crate::{
    Environment,
    compile::{Kind, LambdaCode, Node, Symbols, TransformCode, Variable},
    error::Fault,
    function::{Builtin, Mode},
    limits::{Charge, Meter},
    value::{Flags, Function, Lambda, Object, Res, Symbol, Val},
};

/// Programs that `$eval` compiled: they live as long as the evaluation.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    first: OnceCell<Box<Link>>,
}

#[derive(Debug)]
struct Link {
    node: Node,
    next: OnceCell<Box<Self>>,
}

impl Arena {
    /// Keeps a program.
    pub(crate) fn keep(&self, node: Node) -> &Node {
        let mut cell = &self.first;
        while let Some(link) = cell.get() {
            cell = &link.next;
        }
        &cell.get_or_init(|| Box::new(Link { node, next: OnceCell::new() })).node
    }
}

/// One evaluation of a program.
pub(crate) struct Evaluator<'a> {
    pub(crate) meter: &'a Meter,
    pub(crate) environment: &'a dyn Environment,
    pub(crate) mode: Mode,
    pub(crate) symbols: RefCell<Cow<'a, Symbols>>,
    pub(crate) arena: &'a Arena,
    /// `$$`
    root: Val<'a>,
    /// The values of names that nothing in the program binds, once they are asked for.
    free: RefCell<Vec<Option<Val<'a>>>>,
    /// Frames that functions hold: they are taken apart in the end, for a frame may hold a function that holds it.
    kept: RefCell<Vec<Rc<Frame<'a>>>>,
    /// Objects that were changed, and may hold themselves.
    changed: RefCell<Vec<Rc<Object<'a>>>>,
    kept_charge: RefCell<Option<Charge<'a>>>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(
        symbols: &'a Symbols,
        mode: Mode,
        environment: &'a dyn Environment,
        meter: &'a Meter,
        arena: &'a Arena,
    ) -> Self {
        Self {
            meter,
            environment,
            mode,
            free: RefCell::new(Vec::new()),
            symbols: RefCell::new(Cow::Borrowed(symbols)),
            arena,
            root: Val::Undefined,
            kept: RefCell::default(),
            changed: RefCell::default(),
            kept_charge: RefCell::default(),
        }
    }

    /// The value of a program over an input.
    pub(crate) fn run(&mut self, node: &'a Node, binds: bool, input: Option<&'a Value>) -> Res<'a> {
        let input = input.map_or(Val::Undefined, Val::Ref);
        self.root = input.clone();
        let input = if input.is_array() {
            Val::array(vec![input], Flags::SEQUENCE.with(Flags::OUTER), self.meter)?
        } else {
            input
        };
        // Few programs bind a variable outside of any block; `$eval` may.
        let frame = if binds || self.mode.has_eval() { Scope::root() } else { Scope::default() };
        self.evaluate(node, &input, &frame)
    }

    /// The value of a part.
    pub(crate) fn evaluate(&self, node: &'a Node, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        self.meter.enter().map_err(|fault| fault.range(&node.range))?;
        let result = if node.simple { self.kind(node, input, frame) } else { self.part(node, input, frame) };
        self.meter.leave();
        match result {
            Ok(Val::Array(array, flags)) if node.simple => Ok(unwrapped(Val::Array(array, flags), false)),
            Ok(value) => Ok(value),
            Err(fault) => Err(fault.range(&node.range)),
        }
    }

    fn part(&self, node: &'a Node, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let mut result = self.kind(node, input, frame)?;
        if !node.predicates.is_empty() {
            for predicate in &node.predicates {
                result = self.filter(predicate, result, frame)?;
            }
        }
        if let Some(group) = &node.group
            && !matches!(node.kind, Kind::Path { .. })
        {
            result = self.group(group, &result, frame)?;
        }
        Ok(unwrapped(result, node.keep))
    }

    /// Evaluates the node without its qualifiers. Each case is a function of its own: evaluations nest here, so the frame of
    /// this one has to be small.
    fn kind(&self, node: &'a Node, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        match &node.kind {
            Kind::Literal(value) | Kind::Constant(value) => Ok(Val::Ref(value)),
            Kind::Variable(variable) => self.variable(*variable, input, frame),
            Kind::Name(name) => self.lookup(input, name),
            Kind::Path { plain: true, .. } => self.plain_path(node, input, frame),
            Kind::Path { .. } => self.path(node, input, frame),
            Kind::Binary { .. } => self.row(node, input, frame),
            Kind::Call(call) if call.partial => self.partial(call, input, frame),
            Kind::Call(call) if call.tail => Ok(tail(node, input, frame)),
            Kind::Call(call) => self.call(call, input, frame, None),
            Kind::Condition { condition, then, otherwise } => {
                self.condition(condition, then, otherwise.as_deref(), input, frame)
            }
            Kind::Object(group) => self.group(group, input, frame),
            Kind::Block { parts, binds } => self.block(parts, *binds, input, frame),
            Kind::Bind { symbol, value } => self.bind(*symbol, value, input, frame),
            Kind::Array(items) => self.array(items, node.constructed, input, frame),
            Kind::Negate(of) => self.negate(of, input, frame),
            Kind::Wildcard => self.wildcard(input),
            Kind::Descendant => self.descendants(input),
            Kind::Parent(label) => Ok(parent(*label, frame)),
            Kind::Regex(regex) => Ok(Function::Regex(regex).into()),
            Kind::Lambda(code) => self.lambda(code, input, frame),
            Kind::Apply { left, right } => self.chain(left, right, input, frame),
            Kind::Transform(code) => self.transformation(code, frame),
            // A sort is a step of a path alone, a placeholder an argument alone.
            Kind::Sort(_) | Kind::Placeholder => Ok(Val::Undefined),
        }
    }

    fn condition(
        &self,
        condition: &'a Node,
        then: &'a Node,
        otherwise: Option<&'a Node>,
        input: &Val<'a>,
        frame: &Scope<'a>,
    ) -> Res<'a> {
        let next = if self.evaluate(condition, input, frame)?.is_true()? { Some(then) } else { otherwise };
        match next {
            Some(next) => self.evaluate(next, input, frame),
            None => Ok(Val::Undefined),
        }
    }

    fn bind(&self, symbol: Symbol, value: &'a Node, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let value = self.evaluate(value, input, frame)?;
        frame.bind(symbol, value.clone());
        Ok(value)
    }

    fn lambda(&self, code: &'a LambdaCode, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        self.keep(frame)?;
        let lambda = Lambda { code, open: None, input: input.clone(), frame: frame.clone() };
        Ok(Function::Lambda(lambda).into())
    }

    fn transformation(&self, code: &'a TransformCode, frame: &Scope<'a>) -> Res<'a> {
        self.keep(frame)?;
        Ok(Function::Transform { code, frame: frame.clone() }.into())
    }

    fn block(&self, parts: &'a [Node], binds: bool, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let own;
        let frame = if binds {
            own = frame.inside();
            &own
        } else {
            frame
        };
        let mut result = Val::Undefined;
        for part in parts {
            result = self.evaluate(part, input, frame)?;
        }
        Ok(result)
    }

    #[inline]
    fn variable(&self, variable: Variable, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        match variable {
            Variable::Context => Ok(match input {
                Val::Array(array, flags) if flags.has(Flags::OUTER) => array.get(0),
                other => other.clone(),
            }),
            Variable::Root => Ok(self.root.clone()),
            Variable::Bound(symbol) => match frame.lookup(symbol) {
                Some(value) => Ok(value),
                None => Ok(self.free(symbol)),
            },
            Variable::Free(symbol) => Ok(self.free(symbol)),
        }
    }

    /// The value of a name that no frame binds: a variable from outside, or a function.
    pub(crate) fn free(&self, symbol: Symbol) -> Val<'a> {
        let at = symbol.0 as usize;
        if let Some(Some(value)) = self.free.borrow().get(at) {
            return value.clone();
        }
        let symbols = self.symbols.borrow();
        let value = self.outside(symbols.name(symbol), symbols.builtin(symbol));
        let mut free = self.free.borrow_mut();
        if free.len() <= at {
            free.resize(symbols.len().max(at + 1), None);
        }
        if let Some(place) = free.get_mut(at) {
            *place = Some(value.clone());
        }
        value
    }

    fn outside(&self, name: &str, builtin: Option<Builtin>) -> Val<'a> {
        match self.environment.variable(name) {
            Some(Cow::Borrowed(value)) => Val::Ref(value),
            Some(Cow::Owned(value)) => Val::Own(value),
            None if name == "$" => self.root.clone(),
            None => match builtin {
                Some(builtin) => Function::Builtin(builtin).into(),
                None => Val::Undefined,
            },
        }
    }

    /// The value of a name wherever it is bound.
    pub(crate) fn named(&self, name: &str, frame: &Scope<'a>) -> Val<'a> {
        let symbols = self.symbols.borrow();
        let outside = || self.outside(name, Builtin::of(name, self.mode));
        frame.find(|symbol| symbols.name(symbol) == name).unwrap_or_else(outside)
    }

    /// Notes that a function holds the frame.
    pub(crate) fn keep(&self, frame: &Scope<'a>) -> Res<'a, ()> {
        let mut fresh: Vec<Rc<Frame<'a>>> = Vec::new();
        let mut next = frame.innermost();
        while let Some(frame) = next
            && frame.mark_kept()
        {
            fresh.push(Rc::clone(frame));
            next = frame.parent();
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let bytes = fresh.len() * size_of::<Frame<'_>>() * 2;
        let mut charge = self.kept_charge.borrow_mut();
        match &mut *charge {
            Some(charge) => charge.grow(bytes)?,
            none => *none = Some(self.meter.hold(bytes)?),
        }
        self.kept.borrow_mut().extend(fresh.into_iter().rev());
        Ok(())
    }

    /// Notes that an object was changed.
    pub(crate) fn note_changed(&self, object: &Rc<Object<'a>>) {
        self.changed.borrow_mut().push(Rc::clone(object));
    }

    pub(crate) fn text(&self, text: String) -> Res<'a> {
        Val::text(text, self.meter)
    }
}

impl Drop for Evaluator<'_> {
    fn drop(&mut self) {
        let mut kept = std::mem::take(&mut *self.kept.borrow_mut());
        for frame in &kept {
            frame.clear();
        }
        // A frame goes before the one around it.
        while kept.pop().is_some() {}
        for object in self.changed.borrow_mut().drain(..) {
            object.clear();
        }
    }
}

/// The call at the end of a function's body.
fn tail<'a>(call: &'a Node, input: &Val<'a>, frame: &Scope<'a>) -> Val<'a> {
    Function::Tail { call, input: input.clone(), frame: frame.clone() }.into()
}

/// Returns the value that contains the value of a step.
fn parent<'a>(label: usize, frame: &Scope<'a>) -> Val<'a> {
    frame.lookup(Symbol(u32::try_from(label).unwrap_or(u32::MAX))).unwrap_or_default()
}

/// A sequence of one item is the item, and an empty one is undefined.
pub(crate) fn unwrapped(value: Val<'_>, keep: bool) -> Val<'_> {
    let Val::Array(array, flags) = &value else { return value };
    if !flags.is_sequence() {
        return value;
    }
    match array.len() {
        0 => Val::Undefined,
        1 if !keep && !flags.has(Flags::KEPT) => array.get(0),
        _ if keep => value.with_flags(|flags| flags.with(Flags::KEPT)),
        _ => value,
    }
}

/// An error of an operator.
pub(crate) fn fault_of(code: &'static str, value: &Val<'_>, meter: &Meter) -> Box<Fault> {
    Fault::new(code).value(crate::value::stringify(value, meter))
}
