//! `$replace`.

use stepfn_core::value::Map;

use super::{
    argument,
    matcher::{Found, Matches, limit},
};
use crate::{
    error::Fault,
    eval::{Evaluator, Scope, fault_of},
    value::{Fields, Flags, Res, Val},
};

pub(super) fn replace<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(chars) = text.as_text() else { return Ok(Val::Undefined) };
    let (pattern, replacement) = (argument(arguments, 1), argument(arguments, 2));
    if pattern.as_text() == Some("") {
        return Err(Fault::new("D3010").index(2));
    }
    let limit = limit(arguments, 3, "D3011")?;
    if limit <= 0.0 {
        return Ok(text);
    }
    if let Some(pattern) = pattern.as_text() {
        return match replacement.as_text() {
            Some(with) => plain(e, chars, pattern, with, limit),
            // JavaScript's word for it.
            None if replacement.is_undefined() => plain(e, chars, pattern, "undefined", limit),
            // The reference would put in the program of its function.
            None if chars.contains(pattern) => Err(fault_of("D3012", &replacement, e.meter)),
            None => Ok(text),
        };
    }
    let matches = Matches::new(e, chars, frame)?;
    let mut next = matches.first(&pattern, &text)?;
    if next.is_none() {
        return Ok(text);
    }
    let mut result = String::new();
    let (mut position, mut count) = (0, 0.0);
    while let Some(found) = next
        && count < limit
    {
        result.push_str(&matches.part(position, found.start));
        match replacement.as_text() {
            Some(template) => substitute(template, &found, &mut result),
            None => {
                let with = e.apply(&replacement, vec![object(e, &found)?], &Val::null(), frame, None)?;
                let Some(with) = with.as_text() else {
                    return Err(fault_of("D3012", &with, e.meter));
                };
                result.push_str(with);
            }
        }
        e.meter.spend(1)?;
        e.meter.room(result.len())?;
        position = found.start + found.text.encode_utf16().count();
        count += 1.0;
        next = matches.after(&found)?;
    }
    result.push_str(&matches.part(position, matches.units.len()));
    e.text(result)
}

fn plain<'a>(e: &Evaluator<'a>, text: &str, pattern: &str, with: &str, limit: f64) -> Res<'a> {
    e.meter.read(text.len())?;
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut count = 0.0;
    while count < limit
        && let Some((before, after)) = rest.split_once(pattern)
    {
        e.meter.spend(1)?;
        e.meter.read(with.len())?;
        e.meter.room(result.len() + before.len() + with.len())?;
        result.push_str(before);
        result.push_str(with);
        rest = after;
        count += 1.0;
    }
    result.push_str(rest);
    e.text(result)
}

/// The match as the object that a function gets.
fn object<'a>(e: &Evaluator<'a>, found: &Found<'a>) -> Res<'a> {
    let fields = Map::from([
        ("match", e.text(found.text.clone())?),
        ("start", Val::Number(found.start as f64)),
        ("end", Val::Number(found.end as f64)),
        ("groups", Val::array(found.groups.clone(), Flags::PLAIN, e.meter)?),
    ]);
    Val::object(Fields::Map(fields), e.meter)
}

/// Writes the replacement: `$0` is the match, `$1` the first group, `$$` a dollar.
fn substitute(template: &str, found: &Found<'_>, result: &mut String) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            result.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('0') {
            result.push_str(&found.text);
            rest = after;
        } else {
            rest = group(rest, found, result);
        }
    }
    result.push_str(rest);
}

/// Writes the group whose number comes first, and gives what comes after it.
fn group<'t>(rest: &'t str, found: &Found<'_>, result: &mut String) -> &'t str {
    let count = found.groups.len();
    let most = if count == 0 { 1 } else { count.to_string().len() };
    let digits = |most: usize| {
        let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        rest.get(..digits).and_then(|digits| digits.parse::<usize>().ok())
    };
    let mut index = digits(most);
    if most > 1 && index.is_some_and(|index| index > count) {
        index = digits(most - 1);
    }
    let Some(index) = index else {
        // No group: the dollar is one.
        result.push('$');
        return rest;
    };
    if let Some(text) = index.checked_sub(1).and_then(|index| found.groups.get(index)) {
        result.push_str(text.as_text().unwrap_or_default());
    }
    rest.get(index.to_string().len()..).unwrap_or_default()
}
