//! Patterns to trees: the grammar of ECMAScript with what its annex B lets browsers have.

use super::class::Class;

/// The depth to which groups may be nested.
const MOST_DEPTH: usize = 100;

/// A pattern.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) tree: Tree,
    pub(super) groups: usize,
    /// The groups that have names.
    names: Vec<(String, usize)>,
}

#[derive(Clone, Debug)]
pub(super) enum Tree {
    Unit(u16),
    Any,
    Class(Class),
    Sequence(Vec<Self>),
    Either(Vec<Self>),
    /// A group that captures.
    Group(Box<Self>, usize),
    Repeat(Box<Repeat>),
    Start,
    End,
    /// `\b`, or `\B`
    Boundary(bool),
    Back(usize),
    NamedBack(String),
    Look {
        inside: Box<Self>,
        behind: bool,
        negative: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Repeat {
    pub(super) inside: Tree,
    pub(super) least: u32,
    pub(super) most: Option<u32>,
    pub(super) greedy: bool,
    /// The groups inside: each turn begins without them.
    pub(super) groups: std::ops::Range<usize>,
}

impl Parsed {
    /// The group of a name.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.names.iter().find(|(known, _)| known == name).map(|(_, group)| *group)
    }
}

pub(super) fn parse(pattern: &str) -> Result<Parsed, String> {
    let units: Vec<u16> = pattern.encode_utf16().collect();
    let (total, has_names) = count_groups(&units);
    let mut parser = Parser { units, at: 0, groups: 0, total, has_names, names: Vec::new(), depth: 0 };
    let tree = parser.alternatives()?;
    if parser.peek().is_some() {
        return Err("a `)` without its `(`".to_owned());
    }
    Ok(Parsed { tree, groups: parser.groups, names: parser.names })
}

/// Returns the number of groups that capture, and whether one has a name: a `\1` means something else where there is no group.
fn count_groups(units: &[u16]) -> (usize, bool) {
    let (mut count, mut names, mut in_class, mut at) = (0, false, false, 0);
    let is = |at: usize, c: u8| units.get(at) == Some(&u16::from(c));
    while let Some(unit) = units.get(at) {
        match u8::try_from(*unit) {
            Ok(b'\\') => at += 1,
            Ok(b'[') => in_class = true,
            Ok(b']') => in_class = false,
            Ok(b'(') if !in_class => {
                let is_named = is(at + 1, b'?') && is(at + 2, b'<') && !is(at + 3, b'=') && !is(at + 3, b'!');
                if !is(at + 1, b'?') || is_named {
                    count += 1;
                    names |= is_named;
                }
            }
            _ => {}
        }
        at += 1;
    }
    (count, names)
}

struct Parser {
    units: Vec<u16>,
    at: usize,
    groups: usize,
    total: usize,
    has_names: bool,
    names: Vec<(String, usize)>,
    depth: usize,
}

type Parse<T> = Result<T, String>;

impl Parser {
    fn peek(&self) -> Option<u16> {
        self.units.get(self.at).copied()
    }

    /// The next unit as a character of ASCII.
    fn ascii(&self) -> Option<u8> {
        self.peek().and_then(|unit| u8::try_from(unit).ok()).filter(u8::is_ascii)
    }

    fn eat(&mut self, text: &str) -> bool {
        let is_next = text
            .bytes()
            .enumerate()
            .all(|(index, byte)| self.units.get(self.at + index) == Some(&u16::from(byte)));
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    fn alternatives(&mut self) -> Parse<Tree> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err("groups are nested too deep".to_owned());
        }
        let mut branches = vec![self.sequence()?];
        while self.eat("|") {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(match branches.pop() {
            Some(only) if branches.is_empty() => only,
            last => {
                branches.extend(last);
                Tree::Either(branches)
            }
        })
    }

    fn sequence(&mut self) -> Parse<Tree> {
        let mut parts = Vec::new();
        while !matches!(self.ascii(), Some(b'|' | b')')) && self.peek().is_some() {
            let before = self.groups;
            let (part, can_repeat) = self.term()?;
            parts.push(if can_repeat { self.repeated(part, before)? } else { part });
        }
        Ok(Tree::Sequence(parts))
    }

    /// A term, and whether it may be repeated.
    fn term(&mut self) -> Parse<(Tree, bool)> {
        let Some(unit) = self.peek() else { return Ok((Tree::Sequence(Vec::new()), false)) };
        let special = self.ascii().unwrap_or(0);
        if special == b'{' && self.braces(self.at).is_some() {
            return Err("nothing to repeat".to_owned());
        }
        self.at += 1;
        Ok(match special {
            b'^' => (Tree::Start, false),
            b'$' => (Tree::End, false),
            b'.' => (Tree::Any, true),
            b'*' | b'+' | b'?' => return Err("nothing to repeat".to_owned()),
            b'(' => return self.group(),
            b'[' => (self.class()?, true),
            b'\\' => return self.escape(),
            _ => (Tree::Unit(unit), true),
        })
    }

    fn group(&mut self) -> Parse<(Tree, bool)> {
        let look = |behind: bool, negative: bool| Some((behind, negative));
        let kind = if self.eat("?:") {
            None
        } else if self.eat("?=") {
            look(false, false)
        } else if self.eat("?!") {
            look(false, true)
        } else if self.eat("?<=") {
            look(true, false)
        } else if self.eat("?<!") {
            look(true, true)
        } else {
            let name = if self.eat("?<") { Some(self.name()?) } else { None };
            if name.is_none() && self.eat("?") {
                return Err("a group begins with `(?` and something that is no group".to_owned());
            }
            self.groups += 1;
            let number = self.groups;
            if let Some(name) = name {
                if self.names.iter().any(|(known, _)| *known == name) {
                    return Err(format!("two groups are named `{name}`"));
                }
                self.names.push((name, number));
            }
            let inside = self.closed()?;
            return Ok((Tree::Group(Box::new(inside), number), true));
        };
        let inside = self.closed()?;
        Ok(match kind {
            None => (inside, true),
            Some((behind, negative)) => {
                // What looks ahead may be repeated in browsers.
                (Tree::Look { inside: Box::new(inside), behind, negative }, !behind)
            }
        })
    }

    fn closed(&mut self) -> Parse<Tree> {
        let inside = self.alternatives()?;
        if self.eat(")") { Ok(inside) } else { Err("a group has no end".to_owned()) }
    }

    /// The name of a group, up to the `>`.
    fn name(&mut self) -> Parse<String> {
        let rest = self.units.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|unit| *unit == u16::from(b'>'));
        let name = length.map(|length| String::from_utf16_lossy(rest.get(..length).unwrap_or_default()));
        match name {
            Some(name)
                if name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
                    && name.starts_with(|c: char| !c.is_numeric()) =>
            {
                self.at += length.unwrap_or(0) + 1;
                Ok(name)
            }
            _ => Err("the name of a group is none".to_owned()),
        }
    }

    fn repeated(&mut self, inside: Tree, before: usize) -> Parse<Tree> {
        let (least, most) = match self.ascii() {
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'?') => (0, Some(1)),
            Some(b'{') => match self.braces(self.at) {
                Some((least, most, end)) => {
                    // The end is a place behind the brace.
                    self.at = end - 1;
                    (least, most)
                }
                None => return Ok(inside),
            },
            _ => return Ok(inside),
        };
        self.at += 1;
        if most.is_some_and(|most| most < least) {
            return Err("the numbers in braces are out of order".to_owned());
        }
        let greedy = !self.eat("?");
        let groups = before..self.groups;
        Ok(Tree::Repeat(Box::new(Repeat { inside, least, most, greedy, groups })))
    }

    /// `{2}`, `{2,}`, `{2,3}`: the numbers, and the place behind.
    fn braces(&self, at: usize) -> Option<(u32, Option<u32>, usize)> {
        let mut at = at + 1;
        let least = self.digits(&mut at)?;
        let is = |at: usize, c: u8| self.units.get(at) == Some(&u16::from(c));
        if is(at, b'}') {
            return Some((least, Some(least), at + 1));
        }
        if !is(at, b',') {
            return None;
        }
        at += 1;
        if is(at, b'}') {
            return Some((least, None, at + 1));
        }
        let most = self.digits(&mut at)?;
        is(at, b'}').then_some((least, Some(most), at + 1))
    }

    fn digits(&self, at: &mut usize) -> Option<u32> {
        let start = *at;
        let mut number = 0_u32;
        while let Some(digit) =
            self.units.get(*at).and_then(|unit| char::from_u32(u32::from(*unit))?.to_digit(10))
        {
            number = number.saturating_mul(10).saturating_add(digit);
            *at += 1;
        }
        (*at > start).then_some(number)
    }

    fn escape(&mut self) -> Parse<(Tree, bool)> {
        let Some(unit) = self.peek() else { return Err("a backslash at the end".to_owned()) };
        let special = self.ascii().unwrap_or(0);
        match special {
            b'b' | b'B' => {
                self.at += 1;
                return Ok((Tree::Boundary(special == b'b'), false));
            }
            b'k' if self.has_names => {
                self.at += 1;
                if !self.eat("<") {
                    return Err("`\\k` without a name".to_owned());
                }
                return Ok((Tree::NamedBack(self.name()?), true));
            }
            b'1'..=b'9' => {
                let mut at = self.at;
                if let Some(number) = self.digits(&mut at)
                    && number as usize <= self.total
                {
                    self.at = at;
                    return Ok((Tree::Back(number as usize), true));
                }
            }
            _ => {}
        }
        if let Some(class) = Class::of_escape(special) {
            self.at += 1;
            return Ok((Tree::Class(class), true));
        }
        let _ = unit;
        Ok((Tree::Unit(self.character()?), true))
    }

    /// Returns the character of an escape, the backslash being read.
    fn character(&mut self) -> Parse<u16> {
        let Some(unit) = self.peek() else { return Err("a backslash at the end".to_owned()) };
        let special = self.ascii().unwrap_or(0);
        self.at += 1;
        Ok(match special {
            b't' => 9,
            b'n' => 10,
            b'v' => 11,
            b'f' => 12,
            b'r' => 13,
            b'c' => match self.ascii().filter(u8::is_ascii_alphabetic) {
                Some(letter) => {
                    self.at += 1;
                    u16::from(letter % 32)
                }
                None => {
                    // The backslash is itself, and the `c` comes next.
                    self.at -= 1;
                    u16::from(b'\\')
                }
            },
            b'x' => self.hexadecimal(2).unwrap_or(unit),
            b'u' => self.hexadecimal(4).unwrap_or(unit),
            b'0'..=b'7' => self.octal(special - b'0'),
            _ => unit,
        })
    }

    fn hexadecimal(&mut self, count: usize) -> Option<u16> {
        let digits = self.units.get(self.at..self.at + count)?;
        let digit = |number: u16, unit: &u16| {
            Some(number << 4 | char::from_u32(u32::from(*unit))?.to_digit(16)? as u16)
        };
        let value = digits.iter().try_fold(0, digit)?;
        self.at += count;
        Some(value)
    }

    /// Up to three digits that are at most `\377`.
    fn octal(&mut self, first: u8) -> u16 {
        let mut value = u16::from(first);
        for _ in 0..2 {
            match self.ascii() {
                Some(digit @ b'0'..=b'7') if value * 8 + u16::from(digit - b'0') <= 0o377 => {
                    value = value * 8 + u16::from(digit - b'0');
                    self.at += 1;
                }
                _ => break,
            }
        }
        value
    }

    /// A class, the `[` being read.
    fn class(&mut self) -> Parse<Tree> {
        let mut class = Class::default();
        if self.eat("^") {
            class.negate();
        }
        loop {
            if self.peek().is_none() {
                return Err("a class has no end".to_owned());
            }
            if self.eat("]") {
                return Ok(Tree::Class(class));
            }
            let first = self.atom()?;
            let is_range = self.ascii() == Some(b'-')
                && self.units.get(self.at + 1).is_some_and(|unit| *unit != u16::from(b']'));
            if !is_range {
                class.add(&first);
                continue;
            }
            self.at += 1;
            let second = self.atom()?;
            match (&first, &second) {
                (Atom::Unit(first), Atom::Unit(second)) if first > second => {
                    return Err("a range in a class is out of order".to_owned());
                }
                (Atom::Unit(first), Atom::Unit(second)) => class.add_range(*first, *second),
                _ => {
                    // In browsers the hyphen beside a class is one.
                    class.add(&first);
                    class.add(&Atom::Unit(u16::from(b'-')));
                    class.add(&second);
                }
            }
        }
    }

    fn atom(&mut self) -> Parse<Atom> {
        let Some(unit) = self.peek() else { return Err("a class has no end".to_owned()) };
        self.at += 1;
        if unit != u16::from(b'\\') {
            return Ok(Atom::Unit(unit));
        }
        let special = self.ascii().unwrap_or(0);
        if special == b'b' {
            self.at += 1;
            return Ok(Atom::Unit(8));
        }
        if let Some(class) = Class::of_escape(special) {
            self.at += 1;
            return Ok(Atom::Class(class));
        }
        if special == b'c' {
            // Digits and `_` may follow here as well.
            let next = self.units.get(self.at + 1).and_then(|unit| u8::try_from(*unit).ok());
            if let Some(next) = next.filter(|next| next.is_ascii_digit() || *next == b'_') {
                self.at += 2;
                return Ok(Atom::Unit(u16::from(next % 32)));
            }
        }
        self.character().map(Atom::Unit)
    }
}

/// A part of a class.
pub(super) enum Atom {
    Unit(u16),
    Class(Class),
}
