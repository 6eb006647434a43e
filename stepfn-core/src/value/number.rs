use std::{cmp::Ordering, fmt, sync::Arc};

/// A JSON number that keeps the text it was written with: `1`, `1.0` and `12345678901234567890123` all survive.
#[derive(Clone, Debug)]
pub struct Number(Repr);

#[derive(Clone, Debug)]
enum Repr {
    Int(i64),
    /// Beyond `i64`.
    Uint(u64),
    /// A float whose shortest text is the text it was written with.
    Float(f64),
    /// Anything else, as it was written.
    Text(Arc<str>),
}

impl Number {
    /// A number out of JSON number text. The caller has checked the grammar.
    pub(crate) fn from_text(text: &str) -> Self {
        let integer = !text.contains(['.', 'e', 'E']) && text != "-0";
        if integer {
            if let Ok(value) = text.parse() {
                return Self(Repr::Int(value));
            }
            if let Ok(value) = text.parse() {
                return Self(Repr::Uint(value));
            }
        } else if let Ok(value) = text.parse::<f64>()
            && value.is_finite()
            && float_text(value) == text
        {
            return Self(Repr::Float(value));
        }
        Self(Repr::Text(text.into()))
    }

    /// A number out of a float; `None` for NaN and the infinities, which JSON does not have.
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(Repr::Float(value)))
    }

    /// The number as an `i64`: a whole number that fits, `2.0` included.
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Int(value) => Some(value),
            Repr::Uint(_) => None,
            _ => {
                let value = self.as_f64();
                // 2^63 itself does not fit, so the upper bound is exclusive.
                let fits = value.fract() == 0.0 && value >= i64::MIN as f64 && value < i64::MAX as f64;
                fits.then_some(value as i64)
            }
        }
    }

    /// The number as a `u64`: a whole number that fits.
    pub fn as_u64(&self) -> Option<u64> {
        match self.0 {
            Repr::Uint(value) => Some(value),
            _ => self.as_i64().and_then(|value| u64::try_from(value).ok()),
        }
    }

    /// The nearest `f64`.
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            Repr::Int(value) => *value as f64,
            Repr::Uint(value) => *value as f64,
            Repr::Float(value) => *value,
            Repr::Text(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// Returns `true` if the number was written without a fraction or an exponent.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Int(_) | Repr::Uint(_) => true,
            Repr::Float(_) => false,
            Repr::Text(text) => !text.contains(['.', 'e', 'E']),
        }
    }

    /// Appends the number's text.
    pub(crate) fn write(&self, out: &mut String) {
        match &self.0 {
            Repr::Int(value) => out.push_str(itoa::Buffer::new().format(*value)),
            Repr::Uint(value) => out.push_str(itoa::Buffer::new().format(*value)),
            Repr::Float(value) => out.push_str(&float_text(*value)),
            Repr::Text(text) => out.push_str(text),
        }
    }

    /// Returns the length of the number's text.
    pub(crate) fn text_length(&self) -> usize {
        let digits = |number: u64| number.checked_ilog10().unwrap_or(0) as usize + 1;
        match &self.0 {
            Repr::Int(value) => digits(value.unsigned_abs()) + usize::from(*value < 0),
            Repr::Uint(value) => digits(*value),
            Repr::Float(value) => float_text(*value).len(),
            Repr::Text(text) => text.len(),
        }
    }

    /// Compares by value: `1` equals `1.0`, and integers beyond 2^53 differ by their last digit.
    pub fn numeric_cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Int(a), Repr::Int(b)) => a.cmp(b),
            (Repr::Uint(a), Repr::Uint(b)) => a.cmp(b),
            _ => match (self.exact(), other.exact()) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => self.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal),
            },
        }
    }

    /// The number as an integer, if it is a whole one that fits into 128 bits.
    fn exact(&self) -> Option<i128> {
        match &self.0 {
            Repr::Int(value) => Some((*value).into()),
            Repr::Uint(value) => Some((*value).into()),
            Repr::Text(text) if self.is_integer() => text.parse().ok(),
            Repr::Float(_) | Repr::Text(_) => {
                let value = self.as_f64();
                let fits = value.fract() == 0.0 && value.abs() < 1e38;
                fits.then_some(value as i128)
            }
        }
    }
}

/// The shortest JSON text of a finite float, as serde_json writes it.
fn float_text(value: f64) -> String {
    serde_json::Number::from_f64(value).map_or_else(String::new, |number| number.to_string())
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(value) => value.fmt(f),
            Repr::Uint(value) => value.fmt(f),
            Repr::Float(value) => f.write_str(&float_text(*value)),
            Repr::Text(text) => f.write_str(text),
        }
    }
}

impl PartialEq for Number {
    /// Compares by text: `1` is not `1.0`. See [`Number::numeric_cmp`] for the other equality.
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Int(a), Repr::Int(b)) => a == b,
            (Repr::Uint(a), Repr::Uint(b)) => a == b,
            (Repr::Float(a), Repr::Float(b)) => a.to_bits() == b.to_bits(),
            (Repr::Text(a), Repr::Text(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Number {}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Int(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Self(Repr::Uint(value)), |value| Self(Repr::Int(value)))
    }
}

impl serde::Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Repr::Int(value) => serializer.serialize_i64(value),
            Repr::Uint(value) => serializer.serialize_u64(value),
            _ => serializer.serialize_f64(self.as_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_text_survives() {
        for text in [
            "0",
            "-0",
            "1",
            "1.0",
            "1.50",
            "1e3",
            "-12.5",
            "9223372036854775808",
            "1e400",
            "123456789012345678901",
        ] {
            assert_eq!(Number::from_text(text).to_string(), text);
        }
    }

    #[test]
    fn the_order_is_that_of_the_values() {
        for (a, b, expected) in [
            ("1", "1.0", Ordering::Equal),
            ("1e2", "100", Ordering::Equal),
            ("-0", "0", Ordering::Equal),
            ("0.0", "0", Ordering::Equal),
            ("1", "1.5", Ordering::Less),
            ("-1.5", "-1", Ordering::Less),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("9007199254740993", "9007199254740992.0", Ordering::Greater),
            ("18446744073709551615", "18446744073709551614", Ordering::Greater),
            ("9223372036854775808", "9223372036854775807", Ordering::Greater),
            ("123456789012345678901", "123456789012345678902", Ordering::Less),
            ("1e40", "1e39", Ordering::Greater),
        ] {
            assert_eq!(Number::from_text(a).numeric_cmp(&Number::from_text(b)), expected, "{a} {b}");
            assert_eq!(
                Number::from_text(b).numeric_cmp(&Number::from_text(a)),
                expected.reverse(),
                "{b} {a}"
            );
        }
    }

    #[test]
    fn comparison_is_by_value_and_equality_by_text() {
        let (one, one_point_zero) = (Number::from_text("1"), Number::from_text("1.0"));
        assert_ne!(one, one_point_zero);
        assert_eq!(one.numeric_cmp(&one_point_zero), Ordering::Equal);
        assert_eq!(one_point_zero.as_i64(), Some(1));
        assert_eq!(Number::from_text("1.5").as_i64(), None);
        assert_eq!(Number::from_text("9223372036854775808").as_u64(), Some(1 << 63));
    }
}
