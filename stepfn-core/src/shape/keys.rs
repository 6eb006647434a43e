//! The keys of maps: serde_json writes numbers, booleans and names as strings, and reads them back from such.

use super::{
    Shape,
    fits::Fits,
    form::{OfForm, of_form},
    text::{contains, same},
    view::View,
};

/// Returns `true` if serde_json can write a shape as a key.
pub(super) const fn is_key(shape: &Shape) -> bool {
    match shape {
        Shape::Any
        | Shape::String
        | Shape::Token(_)
        | Shape::Text(_)
        | Shape::Enum(_)
        | Shape::Boolean
        | Shape::Integer { .. }
        | Shape::Number => true,
        Shape::Split { made, given } => is_key(made) && is_key(given),
        Shape::OneOf(one_of) => {
            let mut i = 0;
            while i < one_of.alternatives.len() {
                if !is_key(one_of.alternatives[i]) {
                    return false;
                }
                i += 1;
            }
            true
        }
        _ => false,
    }
}

/// Returns `true` if every string is such a key.
pub(super) const fn is_any_string(key: &Shape) -> bool {
    matches!(key, Shape::Any | Shape::String | Shape::Token(_))
}

impl Fits<'_> {
    /// Returns `true` if a text can be read as a key.
    pub(super) const fn takes_key(self, text: &str, key: View) -> bool {
        match key.shape {
            Shape::Any | Shape::String => true,
            Shape::Text(form) => match of_form(form, text) {
                OfForm::Yes => true,
                OfForm::No => false,
                OfForm::Unsure => self.lenient,
            },
            Shape::Enum(shape) => {
                contains(shape.variants, text)
                    || contains(shape.also_given, text)
                    || contains(shape.also_given, "*")
            }
            Shape::Boolean => !self.buffered && (same(text, "true") || same(text, "false")),
            Shape::Integer { min, max } => match whole(text) {
                Some(value) => !self.buffered && *min <= value && value <= *max,
                None => false,
            },
            Shape::Number => !self.buffered && (self.lenient || whole(text).is_some()),
            Shape::OneOf(one_of) => {
                let mut i = 0;
                while i < one_of.alternatives.len() {
                    if self.takes_key(text, key.with(one_of.alternatives[i])) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            _ => false,
        }
    }

    /// Returns `true` if every key that is made of one shape can be read as another.
    pub(super) const fn takes_keys(self, made: View, key: View) -> bool {
        if let Shape::Any | Shape::String = key.shape {
            return true;
        }
        match made.shape {
            Shape::Any => true,
            Shape::OneOf(one_of) => {
                let mut i = 0;
                while i < one_of.alternatives.len() {
                    if !self.takes_keys(made.with(one_of.alternatives[i]), key) {
                        return false;
                    }
                    i += 1;
                }
                true
            }
            Shape::Enum(shape) => {
                let mut i = 0;
                while i < shape.variants.len() {
                    if !self.takes_key(shape.variants[i], key) {
                        return false;
                    }
                    i += 1;
                }
                true
            }
            Shape::Boolean => self.takes_key("true", key) && self.takes_key("false", key),
            _ => match (made.shape, key.shape) {
                (_, Shape::OneOf(one_of)) => {
                    let mut i = 0;
                    while i < one_of.alternatives.len() {
                        if self.takes_keys(made, key.with(one_of.alternatives[i])) {
                            return true;
                        }
                        i += 1;
                    }
                    false
                }
                (Shape::Integer { min, max }, Shape::Integer { min: least, max: most }) => {
                    !self.buffered && *least <= *min && *max <= *most
                }
                (Shape::Integer { .. } | Shape::Number, Shape::Number) => !self.buffered,
                (Shape::Text(form), Shape::Text(wanted)) => same(form, wanted),
                (Shape::String | Shape::Text(_), Shape::Enum(wanted)) => contains(wanted.also_given, "*"),
                _ => false,
            },
        }
    }
}

/// Returns a whole number as JSON writes it: without a plus sign, without zeros before it.
const fn whole(text: &str) -> Option<i128> {
    let bytes = text.as_bytes();
    let start = if !bytes.is_empty() && bytes[0] == b'-' { 1 } else { 0 };
    // As many digits as an i128 holds for certain.
    if bytes.len() == start || bytes.len() - start > 38 || (bytes[start] == b'0' && bytes.len() > 1) {
        return None;
    }
    let mut value = 0i128;
    let mut i = start;
    while i < bytes.len() {
        if !bytes[i].is_ascii_digit() {
            return None;
        }
        value = value * 10 + (bytes[i] - b'0') as i128;
        i += 1;
    }
    Some(if start == 1 { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn whole_numbers_are_read_as_json_writes_them() {
        assert_eq!(whole("0"), Some(0));
        assert_eq!(whole("-12"), Some(-12));
        assert_eq!(whole(&u64::MAX.to_string()), Some(u64::MAX.into()));
        for text in ["", "-", "01", "-0", "+1", "1.0", "1e3", " 1", "1 ", "x", &u128::MAX.to_string()] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
