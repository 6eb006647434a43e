//! The tree that is laid out: a machine's head, fields and values, each with its comments.

use super::{
    Unformatted,
    lex::{Kind, Token},
    space::{Within, gap},
};

/// The depth to which groups may be nested.
const DEEPEST: usize = 200;

/// A token, or a group of tokens that belong together.
#[derive(Debug)]
pub(super) enum Tree<'t> {
    Token(Token<'t>),
    Group { open: Token<'t>, close: Token<'t>, inner: Vec<Self> },
}

impl<'t> Tree<'t> {
    pub(super) fn first(&self) -> &Token<'t> {
        match self {
            Self::Token(token) => token,
            Self::Group { open, .. } => open,
        }
    }

    fn last(&self) -> &Token<'t> {
        match self {
            Self::Token(token) => token,
            Self::Group { close, .. } => close,
        }
    }

    fn is(&self, text: &str) -> bool {
        matches!(self, Self::Token(token) if token.text == text)
    }

    fn is_kind(&self, kind: Kind) -> bool {
        matches!(self, Self::Token(token) if token.kind == kind)
    }

    fn is_group(&self, bracket: &str) -> bool {
        matches!(self, Self::Group { open, .. } if open.text == bracket)
    }
}

/// Groups the tokens of a body; the file's groups are known to match.
pub(super) fn grow<'t>(tokens: &[Token<'t>]) -> Result<Vec<Tree<'t>>, (usize, &'static str)> {
    let mut open: Vec<(Token<'t>, Vec<Tree<'t>>)> = Vec::new();
    let mut here = Vec::new();
    for token in tokens {
        match token.kind {
            Kind::Open if open.len() >= DEEPEST => return Err((token.at, "this is nested too deep")),
            Kind::Open => open.push((*token, std::mem::take(&mut here))),
            Kind::Close => {
                let Some((opened, outer)) = open.pop() else { return Err((token.at, "nothing opens here")) };
                let inner = std::mem::replace(&mut here, outer);
                here.push(Tree::Group { open: opened, close: *token, inner });
            }
            _ => here.push(Tree::Token(*token)),
        }
    }
    match open.last() {
        Some((token, _)) => Err((token.at, "nothing closes this")),
        None => Ok(here),
    }
}

/// A line of its own: comment, documentation or attribute.
#[derive(Debug)]
pub(super) struct Line<'t> {
    /// Whether there is an empty line before it.
    pub(super) is_apart: bool,
    pub(super) parts: Vec<Part<'t>>,
}

/// A field, a state, an element of a list, an argument.
#[derive(Debug, Default)]
pub(super) struct Item<'t> {
    pub(super) above: Vec<Line<'t>>,
    pub(super) is_apart: bool,
    pub(super) parts: Vec<Part<'t>>,
    /// Comments behind it on its line.
    pub(super) behind: Vec<&'t str>,
}

#[derive(Debug)]
pub(super) enum Part<'t> {
    Word {
        text: &'t str,
        gap: bool,
        /// Whether nothing may follow on its line.
        ends_line: bool,
        /// `&&` and `||` between conditions.
        is_joint: bool,
    },
    Group(Group<'t>, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `{ key: value, … }`
    Block,
    /// `[ …, … ]`
    List,
    /// The content of parentheses, and of brackets that are no list.
    Arguments,
}

#[derive(Debug)]
pub(super) struct Group<'t> {
    pub(super) form: Form,
    pub(super) open: &'t str,
    pub(super) close: &'t str,
    pub(super) items: Vec<Item<'t>>,
    /// Comments behind the last item.
    pub(super) foot: Vec<Line<'t>>,
    /// Whether there is a line break behind the opening bracket: whoever broke it wants it so.
    pub(super) is_broken: bool,
    pub(super) has_comma: bool,
}

/// The content of the delimiters of `state_machine!`.
#[derive(Debug)]
pub(super) struct Body<'t> {
    pub(super) machine: Item<'t>,
    pub(super) foot: Vec<Line<'t>>,
    pub(super) is_broken: bool,
}

type Found<T> = Result<T, (usize, &'static str)>;

/// Reads a body.
pub(super) fn body<'t>(trees: &[Tree<'t>], end: usize) -> Found<Body<'t>> {
    let is_broken = trees.first().is_some_and(|tree| tree.first().lines > 0);
    let mut reader = Reader { trees, at: 0 };
    let above = reader.above(true)?;
    let rest = reader.rest();
    let significant = rest.iter().rposition(|tree| !tree.is_kind(Kind::Comment));
    let last = significant.and_then(|at| rest.get(at));
    let is_block = |tree: &&Tree<'_>| tree.is_group("{") || tree.is_group("[");
    let (Some(at), Some(block)) = (significant, last.filter(is_block)) else {
        return Err((
            last.map_or(end, |tree| tree.last().at),
            "expected a machine: `pub Orders(Order) -> Receipt { … }`",
        ));
    };
    let (head, tail) = rest.split_at(at);
    let mut parts = sequence(head, Position::Type, Within::default())?;
    let blank = head.last().is_some();
    // A `fragment!` may be a list, whose items may be rules.
    let form = if block.is_group("[") { Form::List } else { Form::Block };
    let within = Within { rule: form == Form::List, index: false };
    parts.push(Part::Group(group(block, form, within)?, blank));
    let foot = comments(tail.get(1..).unwrap_or_default());
    Ok(Body { machine: Item { above, parts, ..Item::default() }, foot, is_broken })
}

fn comments<'t>(trees: &[Tree<'t>]) -> Vec<Line<'t>> {
    trees.iter().map(|tree| comment_line(tree.first())).collect()
}

fn comment_line<'t>(token: &Token<'t>) -> Line<'t> {
    Line { is_apart: token.lines > 1, parts: vec![word(token, false)] }
}

fn word<'t>(token: &Token<'t>, gap: bool) -> Part<'t> {
    let ends_line = token.takes_its_line();
    Part::Word { text: token.text, gap, ends_line, is_joint: false }
}

/// The context of a sequence of tokens, by which its groups are judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// A value: a list or a block may open it.
    Value,
    /// Types, attributes, arguments: brackets are brackets.
    Type,
}

struct Reader<'r, 't> {
    trees: &'r [Tree<'t>],
    at: usize,
}

impl<'r, 't> Reader<'r, 't> {
    fn peek(&self) -> Option<&'r Tree<'t>> {
        self.trees.get(self.at)
    }

    fn rest(&self) -> &'r [Tree<'t>] {
        self.trees.get(self.at..).unwrap_or_default()
    }

    /// Comments on their own lines, and documentation and attributes where an item may have them.
    fn above(&mut self, has_attributes: bool) -> Found<Vec<Line<'t>>> {
        let mut above = Vec::new();
        while let Some(tree) = self.peek() {
            let next = self.trees.get(self.at + 1);
            match tree {
                Tree::Token(token) if token.kind == Kind::Comment => {
                    let is_inline =
                        !token.takes_its_line() && next.is_some_and(|next| next.first().lines == 0);
                    if is_inline {
                        break;
                    }
                    above.push(comment_line(token));
                    self.at += 1;
                }
                Tree::Token(token) if token.kind == Kind::Doc && has_attributes => {
                    above.push(comment_line(token));
                    self.at += 1;
                }
                Tree::Token(token) if token.text == "#" && has_attributes => {
                    let rest = self.rest();
                    // `#`, and comments, for they may be anywhere.
                    let length =
                        rest.iter().skip(1).position(|tree| !tree.is_kind(Kind::Comment)).unwrap_or(0) + 2;
                    let attribute = rest.get(..length).unwrap_or_default();
                    if !attribute.last().is_some_and(|last| last.is_group("[")) {
                        return Err((token.at, "expected an attribute: `#[…]`"));
                    }
                    let parts = sequence(attribute, Position::Type, Within::default())?;
                    above.push(Line { is_apart: token.lines > 1, parts });
                    self.at += length;
                }
                _ => break,
            }
        }
        Ok(above)
    }

    /// The trees up to the next comma.
    fn until_comma(&mut self) -> &'r [Tree<'t>] {
        let rest = self.rest();
        let length = rest.iter().position(|tree| tree.is(",")).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or(rest)
    }
}

fn group<'t>(tree: &Tree<'t>, form: Form, within: Within) -> Found<Group<'t>> {
    let Tree::Group { open, close, inner } = tree else {
        return Err((tree.first().at, "expected a group"));
    };
    let mut reader = Reader { trees: inner, at: 0 };
    let mut items = Vec::new();
    let mut carried: Vec<Line<'t>> = Vec::new();
    let mut has_comma = false;
    while reader.peek().is_some() {
        let mut above = std::mem::take(&mut carried);
        above.extend(reader.above(form != Form::Arguments)?);
        let Some(first) = reader.peek() else {
            // Only comments are left.
            carried = above;
            break;
        };
        let is_apart = above.first().map_or(first.first().lines > 1, |line| line.is_apart);
        let trees = reader.until_comma();
        let mut behind = Vec::new();
        let significant = trees.iter().rposition(|tree| !tree.is_kind(Kind::Comment)).map_or(0, |at| at + 1);
        let (value, notes) = trees.split_at(significant);
        if value.is_empty() {
            if reader.peek().is_none() && above.iter().all(|line| is_comment(line)) {
                carried = above;
                carried.extend(comments(notes));
                break;
            }
            return Err((first.first().at, "expected a field or a value before this"));
        }
        let mut is_full = false;
        for note in notes {
            let note = note.first();
            if is_full || note.lines > 0 {
                carried.push(comment_line(note));
            } else {
                behind.push(note.text);
            }
            is_full |= note.takes_its_line() || note.lines > 0;
        }
        let parts = match form {
            Form::Block => field(value)?,
            Form::List => sequence(value, Position::Value, within)?,
            Form::Arguments => sequence(value, Position::Type, within)?,
        };
        has_comma = reader.peek().is_some();
        if has_comma {
            reader.at += 1;
            behind_comma(&mut reader, &mut behind, &mut carried, is_full);
        }
        items.push(Item { above, is_apart, parts, behind });
    }
    let is_broken = form != Form::Arguments && inner.first().is_some_and(|tree| tree.first().lines > 0);
    Ok(Group { form, open: open.text, close: close.text, items, foot: carried, is_broken, has_comma })
}

fn is_comment(line: &Line<'_>) -> bool {
    matches!(line.parts.as_slice(), [Part::Word { text, .. }] if text.starts_with('/') && !is_doc(text))
}

fn is_doc(text: &str) -> bool {
    text.starts_with("///") && !text.starts_with("////")
        || text.starts_with("/**") && !text.starts_with("/***")
}

/// The comments behind a comma that are still on its line.
fn behind_comma<'t>(
    reader: &mut Reader<'_, 't>,
    behind: &mut Vec<&'t str>,
    carried: &mut Vec<Line<'t>>,
    is_full: bool,
) {
    let mut is_full = is_full;
    while let Some(Tree::Token(token)) = reader.peek() {
        let next = reader.trees.get(reader.at + 1);
        let ends = token.takes_its_line()
            || next.is_none_or(|next| next.first().lines > 0 || next.is_kind(Kind::Comment));
        if token.kind != Kind::Comment || token.lines > 0 || !ends {
            return;
        }
        if is_full {
            carried.push(comment_line(token));
        } else {
            behind.push(token.text);
        }
        is_full |= token.takes_its_line();
        reader.at += 1;
    }
}

/// `key: value`, or what is spread: `..Transient`
fn field<'t>(trees: &[Tree<'t>]) -> Found<Vec<Part<'t>>> {
    let mut significant = trees.iter().enumerate().filter(|(_, tree)| !tree.is_kind(Kind::Comment));
    let expected = "expected a field or a state: `name: value`";
    let Some((_, key)) = significant.next() else { return Ok(Vec::new()) };
    if key.is("..") {
        return sequence(trees, Position::Type, Within::default());
    }
    if !key.is_kind(Kind::Word) && !key.is_kind(Kind::Text) {
        return Err((key.first().at, expected));
    }
    let Some((colon, _)) = significant.next().filter(|(_, tree)| tree.is(":")) else {
        return Err((key.last().end(), "expected `:` behind the name of a field or a state"));
    };
    let (head, value) = trees.split_at(colon + 1);
    if value.iter().all(|tree| tree.is_kind(Kind::Comment)) {
        return Err((key.last().end(), "expected a value behind the name and `:`"));
    }
    let within = Within { rule: key.is("choices"), index: false };
    let mut parts = sequence(head, Position::Type, Within::default())?;
    let mut behind = sequence(value, Position::Value, within)?;
    match behind.first_mut() {
        Some(Part::Word { gap, .. } | Part::Group(_, gap)) => *gap = true,
        None => {}
    }
    parts.append(&mut behind);
    Ok(parts)
}

fn sequence<'t>(trees: &[Tree<'t>], position: Position, within: Within) -> Found<Vec<Part<'t>>> {
    let mut parts = Vec::new();
    let mut previous: Option<&Token<'t>> = None;
    // Whether a value is still to come: a list may open it.
    let mut is_open = position == Position::Value;
    for (index, tree) in trees.iter().enumerate() {
        let space = gap(previous, tree.first(), within);
        match tree {
            Tree::Token(token) => {
                if token.kind == Kind::Doc && index + 1 == trees.len() {
                    return Err((token.at, "a doc comment must come before its item"));
                }
                let Part::Word { text, gap, ends_line, .. } = word(token, space) else { continue };
                let is_joint = within.rule && ["&&", "||"].contains(&text);
                // A comment of several lines is one word all the same.
                parts.push(Part::Word { text, gap, ends_line, is_joint });
                is_open &= matches!(token.kind, Kind::Comment | Kind::Doc);
            }
            Tree::Group { open, .. } => {
                let form = match open.text {
                    "[" if is_open => Form::List,
                    "{" if position == Position::Value && opens_block(previous, is_open) => Form::Block,
                    _ => Form::Arguments,
                };
                let inner = match open.text {
                    "[" if form == Form::Arguments => Within { rule: false, index: true },
                    "{" => Within::default(),
                    _ => within,
                };
                parts.push(Part::Group(group(tree, form, inner)?, space));
                is_open = false;
            }
        }
        previous = Some(tree.last());
    }
    Ok(parts)
}

/// Returns `true` if `{` opens the fields of a state, an object or a rule, and no constant in a type.
fn opens_block(previous: Option<&Token<'_>>, is_open: bool) -> bool {
    is_open || previous.is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Text | Kind::Comment))
}

impl Unformatted {
    pub(super) fn at(text: &str, (at, what): (usize, &str)) -> Self {
        Self::new(text, at, what)
    }
}
