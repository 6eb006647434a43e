//! The ranges of numbers.

use crate::asl::Amount;

/// The most seconds that AWS takes anywhere: more than three years.
pub(super) const MOST_SECONDS: f64 = 99_999_999.0;

/// The numbers that a field takes.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) least: f64,
    pub(super) most: f64,
    /// Whether fractions are refused.
    pub(super) whole: bool,
}

impl Range {
    pub(super) const fn whole(least: f64, most: f64) -> Self {
        Self { least, most, whole: true }
    }

    /// Returns the error of an amount; a string has none, as its number is not known yet.
    pub(super) fn breach(self, field: &str, amount: Option<&Amount>) -> Option<String> {
        let Some(Amount::Number(number)) = amount else { return None };
        let value = number.as_f64();
        let fits = value >= self.least && value <= self.most && !(self.whole && value.fract() != 0.0);
        (!fits).then(|| format!("`{field}` must be {}, found `{number}`", self.words()))
    }

    fn words(self) -> String {
        let what = if self.whole { "a whole number" } else { "a number" };
        if self.most.is_finite() {
            format!("{what} from {} to {}", self.least, self.most)
        } else {
            format!("{what} of {} or more", self.least)
        }
    }
}

/// The number, where it is known.
pub(super) fn known(amount: Option<&Amount>) -> Option<f64> {
    match amount {
        Some(Amount::Number(number)) => Some(number.as_f64()),
        _ => None,
    }
}
