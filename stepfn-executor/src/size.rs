//! The size of a value: as JSON text, and in depth.

use std::collections::HashSet;
pub(crate) use stepfn_core::value::Size;

use stepfn_core::value::{Shared, Value};

/// A bound on the length of a value's compact JSON text, and on its depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) bytes: usize,
    depth: usize,
}

impl Extent {
    /// The extent of an empty array's brackets, to [`push`](Self::push) to.
    pub(crate) const BRACKETS: Self = Self { bytes: 2, depth: 1 };

    /// The extent of a value: exact when it [`fits`](Self::fits), else just too much. Arrays and objects remember it.
    #[inline]
    pub(crate) fn of(value: &Value, most: Size) -> Self {
        match value.size(most) {
            Some(Size { bytes, depth }) => Self { bytes, depth },
            None => Self { bytes: most.bytes.saturating_add(1), depth: most.depth },
        }
    }

    /// Returns `true` if the value is of an allowed size.
    pub(crate) fn fits(self, most: Size) -> bool {
        self.bytes <= most.bytes && self.depth <= most.depth
    }

    /// A bound on this value with another one written into it at a path.
    pub(crate) fn with(self, path: &str, other: Self) -> Self {
        let steps = path.matches(['.', '[']).count();
        Self {
            // Each step may make an object: brackets, quotes, colon, comma, and a key that may need escapes.
            bytes: self.bytes.saturating_add(other.bytes).saturating_add(6 * path.len()),
            depth: self.depth.max(other.depth + steps),
        }
    }

    /// Counts in an element of an array.
    pub(crate) fn push(&mut self, element: Self) {
        self.bytes = self.bytes.saturating_add(element.bytes + 1);
        self.depth = self.depth.max(element.depth + 1);
    }
}

/// Returns the error of a value that does not [`fit`](Extent::fits).
pub(crate) fn fault(value: &Value, most: Size) -> String {
    let Size { bytes, depth } = most;
    if is_too_deep(value, depth) {
        return format!("it is nested more than {depth} deep");
    }
    // The exact length is of interest only now.
    format!("it has {} bytes, the limit is {bytes} bytes", value.to_string().len())
}

/// Returns `true` if a value nests deeper than anything survives that walks it by recursion.
fn is_too_deep(value: &Value, most: usize) -> bool {
    let mut open = vec![(value, 0)];
    while let Some((value, depth)) = open.pop() {
        if depth > most {
            return true;
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(members) => open.extend(members.values().map(|member| (member, depth + 1))),
            _ => {}
        }
    }
    false
}

/// The bytes of JSON up to which a value's memory is not counted: there are only so many events.
const LIGHT: usize = 1024;

/// The bytes from which on a text may be shared by many values without being counted for each.
const LONG: usize = 128;

/// About the memory of the data that nobody holds but a fiber and its history: what others hold, it shares with them.
#[derive(Debug, Default)]
pub(crate) struct Weight {
    bytes: usize,
    /// The addresses of the long texts that are counted: a text does not tell how many hold it, and a history holds all of its own.
    #[allow(clippy::box_collection, reason = "few fibers have any, and each carries this field")]
    texts: Option<Box<HashSet<usize>>>,
}

impl Weight {
    /// The bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds bytes.
    pub(crate) fn add_bytes(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Adds a value that a fiber holds as well.
    pub(crate) fn add(&mut self, value: &Value) {
        if is_light(value) || !self.is_own(2, value) {
            return;
        }
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            self.add_bytes(own_bytes(value));
            match value {
                Value::Array(items) => open.extend(items.iter().filter(|item| self.is_own(1, item))),
                Value::Object(members) => {
                    open.extend(members.values().filter(|member| self.is_own(1, member)));
                }
                _ => {}
            }
        }
    }

    /// Returns `true` if no more than so many hold it. A long text is its first holder's.
    fn is_own(&mut self, most: usize, value: &Value) -> bool {
        match value {
            Value::String(text) if text.len() < LONG => true,
            Value::String(text) => self.texts.get_or_insert_default().insert(text.as_ptr().addr()),
            Value::Array(items) => Shared::holders(items) <= most,
            Value::Object(members) => Shared::holders(members) <= most,
            _ => false,
        }
    }
}

fn is_light(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() < LIGHT,
        _ => value.size(Size { bytes: LIGHT, depth: usize::MAX }).is_some(),
    }
}

/// The bytes of a value without the texts, arrays and objects in it.
fn own_bytes(value: &Value) -> usize {
    /// Counts, lengths and the size that is remembered.
    const HEAD: usize = 64;
    /// A key, a value, and the place among the keys where these are many.
    const MEMBER: usize = 96;
    match value {
        Value::String(text) => HEAD + text.len(),
        Value::Array(items) => HEAD + items.len() * std::mem::size_of::<Value>(),
        Value::Object(members) => HEAD + members.len() * MEMBER,
        _ => 0,
    }
}

/// Drops a value of any depth, without recursion.
pub(crate) fn dismantle(value: Value) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        // What others hold too is theirs to drop.
        match value {
            Value::Array(items) => open.extend(Shared::into_inner(items).into_iter().flatten()),
            Value::Object(members) => {
                let members = Shared::into_inner(members).into_iter().flatten();
                open.extend(members.map(|(_, member)| member));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    const MAX_BYTES: usize = 262_144;

    impl Extent {
        fn in_all(value: &Value) -> Self {
            Self::of(value, Limits::AWS.payload())
        }

        fn is_allowed(self) -> bool {
            self.fits(Limits::AWS.payload())
        }
    }

    #[test]
    fn the_length_is_that_of_the_text() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-10",
            "99999999999",
            "1.50",
            "1e400",
            "\"a\\\"\\\\\\n\\u0001ä\"",
            "[]",
            "[1,2,[3]]",
            "{}",
            "{\"a\":1,\"b\":{\"c\\t\":null}}",
        ] {
            let value: Value = text.parse().unwrap();
            assert_eq!(Extent::in_all(&value).bytes, value.to_string().len(), "{text}");
        }
    }

    #[test]
    fn the_limit_is_exact() {
        let text = |bytes: usize| Value::from("x".repeat(bytes - 2));
        assert!(Extent::in_all(&text(MAX_BYTES)).is_allowed());
        assert!(!Extent::in_all(&text(MAX_BYTES + 1)).is_allowed());
        let array = Value::array([text(MAX_BYTES)]);
        assert_eq!(fault(&array, Limits::AWS.payload()), "it has 262146 bytes, the limit is 262144 bytes");
    }

    #[test]
    fn bounds_of_what_is_put_together_hold() {
        let outer: Value = r#"{"a":1}"#.parse().unwrap();
        let inner: Value = r#"[[2]]"#.parse().unwrap();
        let whole: Value = r#"{"a":1,"b":{"c":[[2]]}}"#.parse().unwrap();
        let bound = Extent::in_all(&outer).with("$.b.c", Extent::in_all(&inner));
        let exact = Extent::in_all(&whole);
        assert!(bound.bytes >= exact.bytes && bound.depth >= exact.depth, "{bound:?} {exact:?}");
        let mut array = Extent::BRACKETS;
        array.push(Extent::in_all(&inner));
        array.push(Extent::in_all(&inner));
        let exact = Extent::in_all(&"[[[2]],[[2]]]".parse().unwrap());
        assert!(array.bytes >= exact.bytes && array.depth == exact.depth);
    }

    #[test]
    fn the_weight_is_of_what_a_history_holds_alone() {
        let mut held = Weight::default();
        let mut weight = |value: &Value| {
            let before = held.bytes();
            held.add(value);
            held.bytes() - before
        };
        let text = Value::from("x".repeat(5_000));
        assert!((5_000..6_000).contains(&weight(&text)));
        assert_eq!(weight(&Value::from("x".repeat(1_000))), 0);
        let array = Value::array((0..1_000).map(Value::from));
        assert!((16_000..40_000).contains(&weight(&array)));
        // The text is counted, and the array is held outside as well.
        let holds = Value::array([text.clone(), array.clone(), Value::from("y".repeat(2_000))]);
        assert!((2_000..3_000).contains(&weight(&holds)));
        let others = [array.clone(), array.clone()];
        assert_eq!(weight(&others[0]), 0);
    }

    #[test]
    fn deep_values_do_not_fit() {
        let nested = |depth| (0..depth).fold(Value::Null, |value, _| Value::array([value]));
        assert!(Extent::in_all(&nested(1000)).is_allowed());
        assert!(!Extent::in_all(&nested(1001)).is_allowed());
        let deep = nested(5000);
        assert_eq!(fault(&deep, Limits::AWS.payload()), "it is nested more than 1000 deep");
        dismantle(deep);
        // Large before it is deep.
        let both = Value::array(["x".repeat(300_000).into(), nested(200_000)]);
        assert!(!Extent::in_all(&both).is_allowed());
        assert_eq!(fault(&both, Limits::AWS.payload()), "it is nested more than 1000 deep");
        dismantle(both);
        dismantle(Value::object([("a", nested(200_000)), ("b", Value::object([("c", nested(200_000))]))]));
    }
}
