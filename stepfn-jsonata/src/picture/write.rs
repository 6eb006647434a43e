//! Numbers to text.

use super::{
    Properties,
    sub::{Parts, Rules},
};
use crate::{error::Error, number};

/// The code of what does not end: the reference multiplies zero, and what is negative, by ten until it is large.
pub(crate) const ENDLESS: &str = "U1001";

/// `$formatNumber`: the text, or the code of what is wrong with the picture.
pub(crate) fn format(value: f64, picture: &str, properties: &Properties) -> Result<String, &'static str> {
    let pictures: Vec<&str> = picture.split(properties.separator.as_str()).collect();
    if pictures.len() > 2 {
        return Err("D3080");
    }
    let mut parts = Vec::with_capacity(2);
    for picture in pictures {
        parts.push(Parts::split(picture, properties)?);
    }
    for part in &parts {
        part.check(properties)?;
    }
    let is_negative = value.is_nan() || value < 0.0;
    let rules = match parts.as_slice() {
        [_, negative] if is_negative => negative.rules(properties),
        [only] if is_negative => {
            let rules = only.rules(properties);
            Rules { prefix: format!("{}{}", properties.minus, rules.prefix), ..rules }
        }
        [first, ..] => first.rules(properties),
        [] => return Err("D3085"),
    };
    write(value, &rules, properties)
}

/// The most digits behind the point.
const MOST_DIGITS: usize = 100;

fn write(value: f64, rules: &Rules, properties: &Properties) -> Result<String, &'static str> {
    let adjusted = if rules.picture.contains(&properties.percent) {
        value * 100.0
    } else if rules.picture.contains(&properties.per_mille) {
        value * 1000.0
    } else {
        value
    };
    let (mantissa, exponent) = scaled(adjusted, rules)?;
    // `toFixed` of JavaScript has no more, and throws.
    if rules.most_fraction > MOST_DIGITS {
        return Err(Error::INTERNAL);
    }
    let rounded = number::round(mantissa, rules.most_fraction as f64);
    let digits = localised(&number::fixed(rounded.abs(), rules.most_fraction), properties);
    let (integer, fraction) = match digits.split_once('.') {
        Some((integer, fraction)) => (integer, fraction),
        None => (digits.as_str(), ""),
    };
    let zero = properties.zero.chars().next().unwrap_or('0');
    let mut integer: Vec<char> = integer.trim_start_matches(zero).chars().collect();
    let mut fraction: Vec<char> = fraction.trim_end_matches(zero).chars().collect();
    let missing = rules.least_integer.saturating_sub(integer.len());
    integer.splice(0..0, std::iter::repeat_n(zero, missing));
    let missing = rules.least_fraction.saturating_sub(fraction.len());
    fraction.extend(std::iter::repeat_n(zero, missing));
    let mut text = rules.prefix.clone();
    text.extend(grouped(integer, fraction, rules, properties));
    if let Some(exponent) = exponent {
        text.push_str(&properties.exponent);
        if exponent < 0 {
            text.push_str(&properties.minus);
        }
        let digits = localised(&exponent.abs().to_string(), properties);
        let missing = rules.least_exponent.saturating_sub(digits.chars().count());
        text.extend(std::iter::repeat_n(zero, missing));
        text.push_str(&digits);
    }
    text.push_str(&rules.suffix);
    Ok(text)
}

/// Mantissa and exponent, where the picture asks for one.
fn scaled(value: f64, rules: &Rules) -> Result<(f64, Option<i32>), &'static str> {
    if rules.least_exponent == 0 {
        return Ok((value, None));
    }
    let scaling = rules.scaling as i32;
    let (most, least) = (10_f64.powi(scaling), 10_f64.powi(scaling - 1));
    let (mut mantissa, mut exponent) = (value, 0);
    if value <= 0.0 {
        return Err(ENDLESS);
    }
    while mantissa < least {
        mantissa *= 10.0;
        exponent -= 1;
    }
    while mantissa > most && mantissa.is_finite() {
        mantissa /= 10.0;
        exponent += 1;
    }
    Ok((mantissa, Some(exponent)))
}

/// The digits of the family that the picture is in.
fn localised(text: &str, properties: &Properties) -> String {
    let zero = properties.zero_code();
    let digit = |c: char| match c.to_digit(10) {
        Some(digit) if c.is_ascii_digit() => char::from_u32(zero + digit).unwrap_or(c),
        _ => c,
    };
    text.chars().map(digit).collect()
}

/// The number with its separators, where the reference puts them.
fn grouped(integer: Vec<char>, fraction: Vec<char>, rules: &Rules, properties: &Properties) -> Vec<char> {
    let separator: Vec<char> = properties.grouping.chars().collect();
    let decimal: Vec<char> = properties.decimal.chars().collect();
    let mut point = integer.len();
    let mut text = integer;
    text.extend(&decimal);
    text.extend(fraction);
    let insert = |text: &mut Vec<char>, at: usize| {
        let at = at.min(text.len());
        text.splice(at..at, separator.iter().copied());
    };
    if let Some(groups) = point.saturating_sub(1).checked_div(rules.regular) {
        for group in 1..=groups {
            insert(&mut text, point - group * rules.regular);
        }
    } else {
        for places in &rules.integer_groups {
            // In front of the number, `slice` of JavaScript counts from its end.
            let at = point.checked_sub(*places);
            let at = at.unwrap_or_else(|| (text.len() + point).saturating_sub(*places));
            insert(&mut text, at);
            point += 1;
        }
    }
    let point = |text: &[char]| text.windows(decimal.len().max(1)).position(|part| part == decimal);
    if let Some(point) = point(&text) {
        for places in &rules.fraction_groups {
            insert(&mut text, point + 1 + places);
        }
    }
    if !rules.picture.contains(&properties.decimal) || point(&text) == text.len().checked_sub(decimal.len()) {
        text.truncate(text.len().saturating_sub(decimal.len()));
    }
    text
}
