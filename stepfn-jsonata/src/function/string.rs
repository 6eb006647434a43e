//! Functions of texts.

use super::argument;
use crate::{
    eval::{Evaluator, Scope},
    value::{Res, Val, to_text},
};

pub(super) fn string<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let pretty = argument(arguments, 1).is_true()?;
    to_text(&argument(arguments, 0), pretty, e.meter)
}

pub(super) fn substring<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    e.meter.read(text.len())?;
    let start = argument(arguments, 1).as_number().unwrap_or(f64::NAN);
    let length = argument(arguments, 2).as_number();
    if text.is_ascii() {
        let (from, to) = slice(text.len(), start, length);
        return e.text(text.get(from..to.max(from)).unwrap_or_default().to_owned());
    }
    let (from, to) = slice(text.chars().count(), start, length);
    e.text(text.chars().skip(from).take(to.saturating_sub(from)).collect())
}

/// Returns the range that `$substring` takes of so many characters.
fn slice(count: usize, start: f64, length: Option<f64>) -> (usize, usize) {
    let size = count as f64;
    let start = if size + start < 0.0 { 0.0 } else { start };
    // `slice` of JavaScript cuts fractions off, and counts from the end below zero.
    let place = |number: f64| {
        let number = if number.is_nan() { 0.0 } else { number.trunc() };
        (if number < 0.0 { (size + number).max(0.0) } else { number.min(size) }) as usize
    };
    match length {
        Some(length) if length <= 0.0 => (0, 0),
        Some(length) => {
            let end = if start >= 0.0 { start + length } else { size + start + length };
            (place(start), place(end))
        }
        None => (place(start), count),
    }
}

pub(super) fn substring_before<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    split_at(e, arguments, |text, chars| text.split_once(chars).map(|(before, _)| before))
}

pub(super) fn substring_after<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    split_at(e, arguments, |text, chars| text.split_once(chars).map(|(_, after)| after))
}

fn split_at<'a>(
    e: &Evaluator<'a>,
    arguments: &[Val<'a>],
    part: for<'t> fn(&'t str, &str) -> Option<&'t str>,
) -> Res<'a> {
    let value = argument(arguments, 0);
    let Some(text) = value.as_text() else { return Ok(Val::Undefined) };
    e.meter.read(text.len())?;
    // The reference looks for the string `undefined` where nothing is given.
    let chars = argument(arguments, 1);
    match part(text, chars.as_text().unwrap_or("undefined")) {
        Some(part) => e.text(part.to_owned()),
        None => Ok(value),
    }
}

pub(super) fn lowercase<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    changed(e, arguments, str::to_lowercase)
}

pub(super) fn uppercase<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    changed(e, arguments, str::to_uppercase)
}

fn changed<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], change: fn(&str) -> String) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    e.meter.read(text.len())?;
    e.meter.room(text.len())?;
    e.text(change(text))
}

pub(super) fn length<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    e.meter.read(text.len())?;
    Ok(Val::Number(text.chars().count() as f64))
}

pub(super) fn trim<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    e.meter.read(text.len())?;
    let words = text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
    let mut trimmed = String::with_capacity(text.len());
    for word in words {
        if !trimmed.is_empty() {
            trimmed.push(' ');
        }
        trimmed.push_str(word);
    }
    e.text(trimmed)
}

pub(super) fn pad<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let value = argument(arguments, 0);
    let Some(text) = value.as_text() else { return Ok(Val::Undefined) };
    let width = argument(arguments, 1).as_number().unwrap_or(0.0);
    let fill = argument(arguments, 2);
    let fill = fill.as_text().filter(|fill| !fill.is_empty()).unwrap_or(" ");
    e.meter.read(text.len())?;
    let missing = width.abs() - text.chars().count() as f64;
    if missing < 1.0 {
        return Ok(value);
    }
    let count = missing as usize;
    let bytes = count.saturating_mul(fill.len()).saturating_add(text.len());
    e.meter.room(bytes)?;
    e.meter.read(bytes)?;
    // Whole texts at a time: a step is 64 bytes, and they should take no longer than other steps.
    let whole = fill.chars().count().max(1);
    let mut padding = fill.repeat(count / whole);
    padding.extend(fill.chars().take(count % whole));
    e.text(if width > 0.0 { format!("{text}{padding}") } else { format!("{padding}{text}") })
}

pub(super) fn join<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let texts = argument(arguments, 0);
    let Some(items) = texts.as_array() else { return Ok(Val::Undefined) };
    let separator = argument(arguments, 1);
    let separator = separator.as_text().unwrap_or_default();
    let mut joined = String::new();
    for (index, item) in items.iter().enumerate() {
        let text = item.as_text().unwrap_or_default();
        e.meter.spend(1)?;
        e.meter.read(text.len() + separator.len())?;
        e.meter.room(joined.len() + text.len() + separator.len())?;
        if index > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text);
    }
    e.text(joined)
}
