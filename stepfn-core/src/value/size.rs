use std::sync::atomic::{AtomicU64, Ordering};

use super::Value;

/// The size of a value: the length of its compact JSON text, and its depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The bytes of the compact JSON text.
    pub bytes: usize,
    /// The levels of arrays and objects: 0 of a scalar, 1 of an array of scalars. An empty one counts as a scalar.
    pub depth: usize,
}

/// A [`Size`] as an array or object remembers it; nothing while it may have changed.
#[derive(Debug, Default)]
pub(super) struct Remembered(AtomicU64);

impl Remembered {
    const DEPTH_BITS: u32 = 16;

    #[inline]
    fn get(&self) -> Option<Size> {
        // The reader has the value itself by a reference, so the bytes that it counts are there.
        let packed = self.0.load(Ordering::Relaxed);
        // No array or object has less than two bytes.
        (packed != 0).then_some(Size {
            bytes: usize::try_from(packed >> Self::DEPTH_BITS).unwrap_or(usize::MAX),
            depth: (packed & ((1 << Self::DEPTH_BITS) - 1)) as usize,
        })
    }

    /// Returns `true` if it is known, and not beyond this one.
    #[inline]
    pub(super) fn is_within(&self, most: Size) -> bool {
        self.get().is_some_and(|size| size.bytes <= most.bytes && size.depth <= most.depth)
    }

    fn set(&self, size: Size) {
        if size.depth < 1 << Self::DEPTH_BITS && (size.bytes as u64) < 1 << (u64::BITS - Self::DEPTH_BITS) {
            self.0.store((size.bytes as u64) << Self::DEPTH_BITS | size.depth as u64, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(super) fn forget(&mut self) {
        *self.0.get_mut() = 0;
    }
}

impl Clone for Remembered {
    #[inline]
    fn clone(&self) -> Self {
        Self(AtomicU64::new(self.0.load(Ordering::Relaxed)))
    }
}

impl Value {
    /// Returns the size of the value; `None` if it is larger than `most` in one way or the other, which is found out without walking over all
    /// of it. Arrays and objects remember it until they change.
    ///
    /// ```
    /// use stepfn_core::value::{Size, Value};
    ///
    /// let value: Value = r#"{"list": [1, 2]}"#.parse()?;
    /// assert_eq!(value.size(Size { bytes: 100, depth: 10 }), Some(Size { bytes: 14, depth: 2 }));
    /// assert_eq!(value.size(Size { bytes: 13, depth: 10 }), None);
    /// assert_eq!(value.size(Size { bytes: 100, depth: 1 }), None);
    /// # Ok::<(), stepfn_core::json::JsonError>(())
    /// ```
    pub fn size(&self, most: Size) -> Option<Size> {
        let size = match self {
            Self::Null => Size { bytes: 4, depth: 0 },
            Self::Bool(value) => Size { bytes: 5 - usize::from(*value), depth: 0 },
            Self::Number(number) => Size { bytes: number.text_length(), depth: 0 },
            Self::String(text) => Size { bytes: text_length(text), depth: 0 },
            Self::Array(items) => {
                let known = items.remembered();
                match known.get() {
                    Some(size) => size,
                    None => {
                        let size = of_members(items.iter().map(|item| (0, item)), items.len(), most)?;
                        known.set(size);
                        size
                    }
                }
            }
            Self::Object(members) => {
                let known = members.remembered();
                match known.get() {
                    Some(size) => size,
                    None => {
                        let entries = members.iter().map(|(key, value)| (text_length(key) + 1, value));
                        let size = of_members(entries, members.len(), most)?;
                        known.set(size);
                        size
                    }
                }
            }
        };
        (size.bytes <= most.bytes && size.depth <= most.depth).then_some(size)
    }
}

/// Measures members, each with the length of the text before it.
fn of_members<'v>(
    members: impl Iterator<Item = (usize, &'v Value)>,
    count: usize,
    most: Size,
) -> Option<Size> {
    let mut size = Size { bytes: 2 + count.saturating_sub(1), depth: 0 };
    for (before, member) in members {
        size.bytes = size.bytes.saturating_add(before);
        let left = Size { bytes: most.bytes.checked_sub(size.bytes)?, depth: most.depth.checked_sub(1)? };
        let member = member.size(left)?;
        size.bytes += member.bytes;
        size.depth = size.depth.max(member.depth + 1);
    }
    Some(size)
}

/// Returns the length of a string's JSON text.
fn text_length(text: &str) -> usize {
    // Without branches, so that it goes many bytes at a time.
    let special = |byte: u8| (byte < 0x20) | (byte == b'"') | (byte == b'\\');
    if text.bytes().fold(false, |found, byte| found | special(byte)) {
        let escapes = text.bytes().map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
            0x00..0x20 => 5,
            _ => 0,
        });
        return text.len() + 2 + escapes.sum::<usize>();
    }
    text.len() + 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Shared;

    const ANY: Size = Size { bytes: usize::MAX, depth: usize::MAX };

    fn bytes(value: &Value) -> usize {
        value.size(ANY).unwrap().bytes
    }

    #[test]
    fn the_size_is_that_of_the_text() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-10",
            "99999999999",
            "-9223372036854775808",
            "18446744073709551615",
            "1.50",
            "1e400",
            "\"a\\\"\\\\\\n\\u0001ä\"",
            "[]",
            "[1,2,[3]]",
            "{}",
            "{\"a\":1,\"b\":{\"c\\t\":null}}",
        ] {
            let value: Value = text.parse().unwrap();
            assert_eq!(bytes(&value), text.len(), "{text}");
            assert_eq!(bytes(&value), text.len(), "{text}, remembered");
        }
    }

    #[test]
    fn every_change_forgets_the_size() {
        let parse = |text: &str| -> Value { text.parse().unwrap() };
        let changes: [fn(&mut crate::value::Map); 13] = [
            |map| drop(map.insert("new".into(), 100.into())),
            |map| drop(map.insert("a".into(), 100.into())),
            |map| drop(map.insert_full("new".into(), 100.into())),
            |map| drop(map.shift_remove("a")),
            |map| drop(map.swap_remove("a")),
            |map| *map.get_mut("a").unwrap() = Value::from(100),
            |map| *map.get_index_mut(1).unwrap().1 = Value::from(100),
            |map| *map.entry("a".into()).or_insert(Value::Null) = Value::from(100),
            |map| *map.entry("new".into()).or_insert_with(|| 100.into()) = Value::Null,
            |map| map.values_mut().for_each(|value| *value = Value::from(100)),
            |map| map.iter_mut().for_each(|(_, value)| *value = Value::from(100)),
            |map| map.extend([("x", Value::Null)]),
            |map| map.retain(|key, _| key == "b"),
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut value = parse(r#"{"a":[1,2],"b":"text"}"#);
            let before = bytes(&value);
            change(value.make_object());
            assert_eq!(bytes(&value), value.to_string().len(), "change {at}");
            assert_ne!(bytes(&value), before, "change {at}");
        }
        let Value::Array(mut items) = parse("[1,[2]]") else { panic!("an array") };
        assert_eq!(bytes(&Value::Array(items.clone())), 7);
        Shared::make_mut(&mut items).push(3.into());
        assert_eq!(bytes(&Value::Array(items)), 9);
    }

    #[test]
    fn a_change_below_is_a_change_above() {
        let mut value: Value = r#"{"a":{"b":[1,2]}}"#.parse().unwrap();
        assert_eq!(bytes(&value), 17);
        let inner = value.make_object().get_mut("a").unwrap().make_object();
        let Some(Value::Array(items)) = inner.get_mut("b") else { panic!("an array") };
        Shared::make_mut(items).clear();
        assert_eq!(bytes(&value), value.to_string().len());
    }

    #[test]
    fn what_does_not_fit_is_not_remembered_as_fitting() {
        let value: Value = "[[1,2,3],[4,5,6]]".parse().unwrap();
        assert_eq!(value.size(Size { bytes: 10, depth: 10 }), None);
        assert_eq!(value.size(ANY), Some(Size { bytes: 17, depth: 2 }));
        assert_eq!(value.size(Size { bytes: 17, depth: 2 }), Some(Size { bytes: 17, depth: 2 }));
        assert_eq!(value.size(Size { bytes: 17, depth: 1 }), None);
    }
}
