//! `"Seconds": ${Wait}`: placeholders of deployment tools in the place of a number or an object, without quotes, which is no JSON yet.
//!
//! While such a text is read, a number of the same length is in the place of each one: positions stay, and so does what is written again.

use std::ops::Range;

use stepfn_core::{check::Located, placeholder::unquoted};

/// A text with numbers in the place of its placeholders.
pub(crate) struct Hidden {
    pub(crate) text: String,
    places: Vec<Place>,
}

struct Place {
    range: Range<usize>,
    stand_in: String,
    placeholder: String,
}

/// Puts numbers in the place of unquoted placeholders. A text without any stays what it is.
pub(crate) fn hide(text: &str) -> Hidden {
    let mut places: Vec<Place> = Vec::new();
    for range in unquoted(text) {
        let placeholder = text.get(range.clone()).unwrap_or_default().to_owned();
        let known = places.iter().find(|known| known.placeholder == placeholder);
        let stand_in = match known {
            Some(known) => known.stand_in.clone(),
            None => match stand_in(placeholder.len(), text, &places) {
                Some(stand_in) => stand_in,
                // It stays, and is an error of JSON.
                None => continue,
            },
        };
        places.push(Place { range, stand_in, placeholder });
    }
    let mut hidden = String::with_capacity(text.len());
    let mut at = 0;
    for place in &places {
        hidden.push_str(text.get(at..place.range.start).unwrap_or_default());
        hidden.push_str(&place.stand_in);
        at = place.range.end;
    }
    hidden.push_str(text.get(at..).unwrap_or_default());
    Hidden { text: hidden, places }
}

impl Hidden {
    /// The placeholders again, in a text that was written of this one.
    pub(crate) fn show(&self, text: &str) -> String {
        self.places
            .iter()
            .fold(text.to_owned(), |text, place| text.replace(&place.stand_in, &place.placeholder))
    }

    /// Returns `true` if a diagnostic is about a number that nobody wrote.
    pub(crate) fn is_about_a_stand_in(&self, found: &Located) -> bool {
        self.places.iter().any(|place| place.range == found.span.range)
    }
}

/// A whole number of so many characters that occurs nowhere else: `1.00`, `2.00`.
fn stand_in(length: usize, text: &str, known: &[Place]) -> Option<String> {
    (1..1_000_u32).find_map(|number| {
        let whole = format!("{number}.");
        let zeros = length.checked_sub(whole.len()).filter(|zeros| *zeros >= 2)?;
        let candidate = whole + &"0".repeat(zeros);
        let meets = |other: &str| other.contains(&candidate) || candidate.contains(other);
        (!text.contains(&candidate) && !known.iter().any(|place| meets(&place.stand_in))).then_some(candidate)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_hidden_at_their_length_and_shown_again() {
        let text = r#"{ "a": ${A}, "b": [${Bc}, "${A} \" ${A}"], "c": ${D}, "d": ${A}, "e": 1.00 }"#;
        let hidden = hide(text);
        assert_eq!(
            hidden.text,
            r#"{ "a": 2.00, "b": [1.000, "${A} \" ${A}"], "c": 3.00, "d": 2.00, "e": 1.00 }"#
        );
        assert_eq!(hidden.show(&hidden.text), text);
    }

    #[test]
    fn what_is_no_placeholder_stays() {
        for text in ["{}", r#"{ "a": ${}, "b": ${x y}, "c": $ }"#, "${", ""] {
            assert_eq!(hide(text).text, text);
        }
    }
}
