//! Functions of numbers.

use super::argument;
use crate::{
    error::{Error, Fault, Limit},
    eval::{Evaluator, Scope, fault_of},
    number as js, picture,
    value::{Res, Val, View, stringify},
};

/// Folds all numbers of an array, and counts them; nothing where it is none.
fn folded<'a>(
    e: &Evaluator<'a>,
    arguments: &[Val<'a>],
    start: f64,
    fold: impl Fn(f64, f64) -> f64,
) -> Res<'a, Option<(f64, usize)>> {
    let Some(items) = arguments.first().and_then(Val::as_array) else { return Ok(None) };
    e.meter.visit(items.len())?;
    let (mut result, mut count) = (start, 0_usize);
    items.all(|item| {
        if let Some(number) = item.as_number() {
            result = fold(result, number);
            count += 1;
        }
        true
    });
    Ok(Some((result, count)))
}

fn of_any<'a>(found: Option<(f64, usize)>, make: impl Fn(f64, f64) -> f64) -> Val<'a> {
    match found {
        Some((result, count)) if count > 0 => Val::Number(make(result, count as f64)),
        _ => Val::Undefined,
    }
}

pub(super) fn sum<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    // A sum begins at 0: that of nothing is not -0.
    let sum = folded(e, arguments, 0.0, |sum, number| sum + number)?;
    Ok(sum.map_or(Val::Undefined, |(sum, _)| Val::Number(sum)))
}

pub(super) fn max<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let greater =
        |one: f64, other: f64| if one.is_nan() || other.is_nan() { f64::NAN } else { one.max(other) };
    Ok(of_any(folded(e, arguments, f64::NEG_INFINITY, greater)?, |greatest, _| greatest))
}

pub(super) fn min<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let less = |one: f64, other: f64| if one.is_nan() || other.is_nan() { f64::NAN } else { one.min(other) };
    Ok(of_any(folded(e, arguments, f64::INFINITY, less)?, |least, _| least))
}

pub(super) fn average<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(of_any(folded(e, arguments, 0.0, |sum, number| sum + number)?, |sum, count| sum / count))
}

fn each<'a>(arguments: &[Val<'a>], change: impl Fn(f64) -> f64) -> Val<'a> {
    argument(arguments, 0).as_number().map_or(Val::Undefined, |number| Val::Number(change(number)))
}

pub(super) fn floor<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(each(arguments, f64::floor))
}

pub(super) fn ceil<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(each(arguments, f64::ceil))
}

pub(super) fn abs<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(each(arguments, f64::abs))
}

pub(super) fn round<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let precision = argument(arguments, 1).as_number().unwrap_or(0.0);
    Ok(each(arguments, |number| js::round(number, precision)))
}

pub(super) fn sqrt<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let value = argument(arguments, 0);
    if value.as_number().is_some_and(|number| number < 0.0) {
        return Err(fault_of("D3060", &value, e.meter));
    }
    Ok(each(arguments, f64::sqrt))
}

pub(super) fn power<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let (base, exponent) = (argument(arguments, 0), argument(arguments, 1));
    let Some(number) = base.as_number() else { return Ok(Val::Undefined) };
    let by = exponent.as_number().unwrap_or(f64::NAN);
    // In JavaScript 1 to an infinite power, or to none, is no number.
    let result = if number.abs() == 1.0 && !by.is_finite() { f64::NAN } else { number.powf(by) };
    if result.is_finite() {
        return Ok(Val::Number(result));
    }
    Err(fault_of("D3061", &base, e.meter).value2(stringify(&exponent, e.meter)))
}

pub(super) fn number<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let value = argument(arguments, 0);
    let number = match value.view() {
        View::Undefined | View::Number(_) => return Ok(value),
        View::Bool(value) => Some(f64::from(u8::from(value))),
        View::Text(text) => {
            e.meter.read(text.len())?;
            cast(text)
        }
        _ => None,
    };
    match number {
        Some(number) => Ok(Val::Number(number)),
        None => Err(fault_of("D3030", &value, e.meter).index(1)),
    }
}

/// The number that a text is, or that JavaScript takes it for.
fn cast(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if digits(whole)
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)))
    {
        return text.parse::<f64>().ok().filter(|number| number.is_finite());
    }
    let radix = |marks: [&str; 2], radix: u32| {
        let digits = marks.iter().find_map(|mark| text.strip_prefix(mark))?;
        let value =
            |number: f64, digit: char| Some(number * f64::from(radix) + f64::from(digit.to_digit(radix)?));
        (!digits.is_empty()).then(|| digits.chars().try_fold(0.0, value)).flatten()
    };
    radix(["0x", "0X"], 16).or_else(|| radix(["0o", "0O"], 8)).or_else(|| radix(["0b", "0B"], 2))
}

pub(super) fn format_base<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let Some(number) = argument(arguments, 0).as_number() else { return Ok(Val::Undefined) };
    let radix = argument(arguments, 1).as_number().map_or(10.0, |radix| js::round(radix, 0.0));
    if !(2.0..=36.0).contains(&radix) {
        return Err(fault_of("D3100", &Val::Number(radix), e.meter));
    }
    e.text(js::in_radix(js::round(number, 0.0), radix as u32))
}

pub(super) fn format_number<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let Some(number) = argument(arguments, 0).as_number() else { return Ok(Val::Undefined) };
    let (picture, options) = (argument(arguments, 1), argument(arguments, 2));
    let picture = picture.as_text().unwrap_or_default();
    let mut properties = picture::Properties::default();
    if let Some(options) = options.as_object() {
        for (key, value) in options.entries() {
            properties.set(&key, value.as_text().unwrap_or_default());
        }
    }
    // Each separator is put into the text that has those before it.
    let (length, separators) = (picture.len() as u64, properties.separators(picture) as u64);
    e.meter.spend(length + length.saturating_mul(separators) / 64)?;
    let text = picture::format(number, picture, &properties).map_err(|code| match code {
        picture::ENDLESS => Fault::limit(Limit::Steps),
        Error::INTERNAL => {
            let words = "toFixed() digits argument must be between 0 and 100";
            Fault::new(code).value(Some(words.to_owned()))
        }
        code => Fault::new(code),
    })?;
    e.text(text)
}
