//! Signatures of functions: `<s-(sf)n?:a<s>>`.

use crate::shape::Need;

/// A parameter of a function.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Parameter {
    /// The kinds that it takes, a bit each.
    kinds: u8,
    /// The kind of its items, where it takes an array.
    item: Option<char>,
    /// Whether the context takes its place where it is left out.
    pub(super) context: bool,
    /// Whether it may be left out.
    pub(super) optional: bool,
}

const STRING: u8 = 1;
const NUMBER: u8 = 2;
const BOOLEAN: u8 = 4;
const NULL: u8 = 8;
const OBJECT: u8 = 16;
const ARRAY: u8 = 32;
const FUNCTION: u8 = 64;

const fn kind(sign: char) -> u8 {
    match sign {
        's' => STRING,
        'n' => NUMBER,
        'b' => BOOLEAN,
        'l' => NULL,
        'o' => OBJECT,
        'a' => ARRAY,
        'f' => FUNCTION,
        'j' => STRING | NUMBER | BOOLEAN | NULL | OBJECT | ARRAY,
        'x' => STRING | NUMBER | BOOLEAN | NULL | OBJECT | ARRAY | FUNCTION,
        'u' => STRING | NUMBER | BOOLEAN | NULL,
        _ => 0,
    }
}

impl Parameter {
    /// Returns the requirement on an argument as a whole; nothing where anything will do. One that is no array is made one where an array is
    /// asked for.
    pub(in super::super) fn need(&self) -> Option<Need<'static>> {
        match self.kinds & !FUNCTION {
            STRING => Some(Need::String),
            NUMBER => Some(Need::Number),
            BOOLEAN => Some(Need::Boolean),
            OBJECT => Some(Need::Object),
            kinds if kinds == OBJECT | ARRAY => Some(Need::Items),
            kinds if kinds == STRING | NUMBER => Some(Need::Ordered),
            kinds if kinds == STRING | NUMBER | BOOLEAN => Some(Need::Scalar),
            _ => None,
        }
    }

    /// Returns the requirement on each item of an array.
    pub(super) fn item_need(&self) -> Option<Need<'static>> {
        match self.item? {
            's' => Some(Need::String),
            'n' => Some(Need::Number),
            'b' => Some(Need::Boolean),
            'o' => Some(Need::Object),
            _ => None,
        }
    }

    pub(super) fn takes_array(&self) -> bool {
        self.kinds & ARRAY != 0
    }

    /// Returns `true` if it takes a function, and not everything.
    pub(super) fn takes_function(&self) -> bool {
        self.kinds & FUNCTION != 0 && !self.takes_everything()
    }

    pub(super) fn takes_everything(&self) -> bool {
        self.kinds | FUNCTION == kind('x')
    }
}

/// The parameters of a signature, in order.
pub(in super::super) fn parameters(signature: &str) -> Vec<Parameter> {
    let mut found: Vec<Parameter> = Vec::new();
    let mut signs = signature.chars().skip(1);
    while let Some(sign) = signs.next() {
        match sign {
            ':' | '>' => break,
            '(' => {
                let kinds =
                    signs.by_ref().take_while(|sign| *sign != ')').fold(0, |all, sign| all | kind(sign));
                found.push(Parameter { kinds, ..Parameter::default() });
            }
            '<' => {
                let mut depth = 1_usize;
                let mut first = None;
                for sign in signs.by_ref() {
                    match sign {
                        '<' => depth += 1,
                        '>' => depth -= 1,
                        sign => first = first.or(Some(sign)),
                    }
                    if depth == 0 {
                        break;
                    }
                }
                if let Some(last) = found.last_mut() {
                    last.item = first;
                }
            }
            '-' | '?' => {
                if let Some(last) = found.last_mut() {
                    last.context |= sign == '-';
                    last.optional |= sign == '?';
                }
            }
            '+' => {}
            sign => found.push(Parameter { kinds: kind(sign), ..Parameter::default() }),
        }
    }
    found
}
