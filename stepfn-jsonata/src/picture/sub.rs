//! One half of a picture: its parts, their validity, and its rules.

use std::collections::HashSet;

use super::Properties;

/// The parts of a sub-picture.
pub(super) struct Parts {
    prefix: String,
    suffix: String,
    active: String,
    mantissa: String,
    exponent: Option<String>,
    integer: String,
    fraction: String,
    whole: String,
}

/// The rules of a sub-picture.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) prefix: String,
    pub(super) suffix: String,
    pub(super) integer_groups: Vec<usize>,
    /// The distance of the groups, where it is always the same; else 0.
    pub(super) regular: usize,
    pub(super) fraction_groups: Vec<usize>,
    pub(super) least_integer: usize,
    pub(super) scaling: usize,
    pub(super) least_fraction: usize,
    pub(super) most_fraction: usize,
    pub(super) least_exponent: usize,
    pub(super) picture: String,
}

/// Splits a text into the parts before a mark and after it.
fn cut<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    text.split_once(mark)
}

impl Parts {
    pub(super) fn split(picture: &str, properties: &Properties) -> Result<Self, &'static str> {
        let is_edge = |c: char| properties.is_active(c) && !properties.is(c, &properties.exponent);
        let edges = picture.char_indices().filter(|(_, c)| is_edge(*c));
        let (mut first, mut last) = (None, 0);
        for (at, c) in edges {
            first.get_or_insert(at);
            last = at + c.len_utf8();
        }
        // The reference fails on a picture without active characters.
        let first = first.ok_or("D3085")?;
        let part = |from: usize, to: usize| picture.get(from..to).unwrap_or_default().to_owned();
        let (prefix, suffix, active) = (part(0, first), part(last, picture.len()), part(first, last));
        // The place in the picture, as far as it lies in front of the suffix, cuts the active part.
        let exponent_at = picture.get(first..).and_then(|rest| rest.find(&properties.exponent));
        let exponent_at = exponent_at.map(|at| at + first).filter(|at| *at <= last);
        let (mantissa, exponent) = match exponent_at {
            None => (active.clone(), None),
            Some(at) => {
                let chars: Vec<char> = active.chars().collect();
                let at = picture.get(..at).map_or(0, |before| before.chars().count());
                let before = chars.iter().take(at).collect();
                (before, Some(chars.iter().skip(at + 1).collect()))
            }
        };
        let (integer, fraction) = match cut(&mantissa, &properties.decimal) {
            Some((integer, fraction)) => (integer.to_owned(), fraction.to_owned()),
            None => (mantissa.clone(), suffix.clone()),
        };
        Ok(Self { prefix, suffix, active, mantissa, exponent, integer, fraction, whole: picture.to_owned() })
    }

    /// The last of all that is wrong with it, as the reference has it.
    pub(super) fn check(&self, properties: &Properties) -> Result<(), &'static str> {
        let digits = |text: &str| text.chars().any(|c| properties.is_decimal_digit(c));
        let count = |mark: &str| self.whole.matches(mark).count();
        let mut error = None;
        let mut check = |wrong: bool, code: &'static str| {
            if wrong {
                error = Some(code);
            }
        };
        let (percents, per_milles) = (count(&properties.percent), count(&properties.per_mille));
        check(count(&properties.decimal) > 1, "D3081");
        check(percents > 1, "D3082");
        check(per_milles > 1, "D3083");
        check(percents > 0 && per_milles > 0, "D3084");
        let is_digit = |c: char| properties.is_decimal_digit(c) || properties.is(c, &properties.digit);
        check(!self.mantissa.chars().any(is_digit), "D3085");
        check(self.active.chars().any(|c| !properties.is_active(c)), "D3086");
        match cut(&self.whole, &properties.decimal) {
            Some((before, after)) => {
                let grouping = properties.grouping.as_str();
                check(before.ends_with(grouping) || after.starts_with(grouping), "D3087");
            }
            None => check(self.integer.ends_with(properties.grouping.as_str()), "D3088"),
        }
        check(self.whole.contains(&properties.grouping.repeat(2)), "D3089");
        check(cut(&self.integer, &properties.digit).is_some_and(|(before, _)| digits(before)), "D3090");
        let after_last = self.fraction.rsplit_once(properties.digit.as_str());
        check(after_last.is_some_and(|(_, after)| digits(after)), "D3091");
        if let Some(exponent) = &self.exponent {
            check(!exponent.is_empty() && percents + per_milles > 0, "D3092");
            let other = |c: char| !properties.is_decimal_digit(c);
            check(exponent.is_empty() || exponent.chars().any(other), "D3093");
        }
        error.map_or(Ok(()), Err)
    }

    pub(super) fn rules(&self, properties: &Properties) -> Rules {
        let digits = |text: &str| text.chars().filter(|c| properties.is_decimal_digit(*c)).count();
        let places = |text: &str| {
            let is_digit = |c: &char| properties.is_decimal_digit(*c) || properties.is(*c, &properties.digit);
            text.chars().filter(is_digit).count()
        };
        let (integer_groups, fraction_groups) =
            (self.groups(&self.integer, properties, true), self.groups(&self.fraction, properties, false));
        let mut least_integer = digits(&self.integer);
        let scaling = least_integer;
        let mut least_fraction = digits(&self.fraction);
        let mut most_fraction = places(&self.fraction);
        let has_exponent = self.exponent.is_some();
        if least_integer == 0 && most_fraction == 0 {
            if has_exponent {
                (least_fraction, most_fraction) = (1, 1);
            } else {
                least_integer = 1;
            }
        }
        if has_exponent && least_integer == 0 && self.integer.contains(properties.digit.as_str()) {
            least_integer = 1;
        }
        if least_integer == 0 && least_fraction == 0 {
            least_fraction = 1;
        }
        Rules {
            prefix: self.prefix.clone(),
            suffix: self.suffix.clone(),
            regular: regular(&integer_groups),
            integer_groups,
            fraction_groups,
            least_integer,
            scaling,
            least_fraction,
            most_fraction,
            least_exponent: self.exponent.as_deref().map_or(0, digits),
            picture: self.whole.clone(),
        }
    }

    /// The places of separators, the first in the part, the others, as the reference has it, in the integer part.
    ///
    /// A place is the number of the part's digits behind it, or in front of it.
    fn groups(&self, part: &str, properties: &Properties, behind: bool) -> Vec<usize> {
        let is_digit = |c: char| properties.is_decimal_digit(c) || properties.is(c, &properties.digit);
        let places: Vec<usize> =
            part.char_indices().filter(|(_, c)| is_digit(*c)).map(|(at, _)| at).collect();
        let mut groups = Vec::new();
        let mark = properties.grouping.as_str();
        let mut next = part.find(mark);
        while let Some(at) = next {
            let before = places.partition_point(|place| *place < at);
            groups.push(if behind { places.len() - before } else { before });
            let from = at + mark.len().max(1);
            next = self.integer.get(from..).and_then(|rest| rest.find(mark)).map(|found| found + from);
        }
        groups
    }
}

/// The distance of groups, where it is always the same.
fn regular(groups: &[usize]) -> usize {
    fn gcd(a: usize, b: usize) -> usize {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    let Some(factor) = groups.iter().copied().reduce(gcd) else { return 0 };
    let known: HashSet<usize> = groups.iter().copied().collect();
    let all = (1..=groups.len()).all(|index| known.contains(&(index * factor)));
    if all { factor } else { 0 }
}
