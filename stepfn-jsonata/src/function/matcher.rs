//! Functions that look for regular expressions, and the regular expressions as functions.

use std::rc::Rc;

use stepfn_core::value::Map;

use super::argument;
use crate::{
    error::Fault,
    eval::{Evaluator, Scope},
    number,
    regex::{Match, Regex},
    text::{of_units, units},
    value::{Fields, Flags, Function, Res, Val, View},
};

/// A match in a text.
pub(super) struct Found<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
    /// The texts of the groups; undefined for those that took no part.
    pub(super) groups: Vec<Val<'a>>,
    next: Next<'a>,
}

enum Next<'a> {
    Regex(&'a Regex),
    /// A function that gives the next one.
    Function(Val<'a>),
}

/// Matches of a regular expression, or of a function that is one, in a text.
pub(super) struct Matches<'e, 'a> {
    e: &'e Evaluator<'a>,
    frame: &'e Scope<'a>,
    pub(super) units: Vec<u16>,
}

impl<'e, 'a> Matches<'e, 'a> {
    pub(super) fn new(e: &'e Evaluator<'a>, text: &str, frame: &'e Scope<'a>) -> Res<'a, Self> {
        e.meter.read(text.len() * 2)?;
        e.meter.room(text.len() * 2)?;
        Ok(Self { e, frame, units: units(text) })
    }

    pub(super) fn part(&self, from: usize, to: usize) -> String {
        of_units(self.units.get(from..to.max(from)).unwrap_or_default())
    }

    /// The first match.
    pub(super) fn first(&self, matcher: &Val<'a>, text: &Val<'a>) -> Res<'a, Option<Found<'a>>> {
        match regex_of(matcher) {
            Some(regex) => self.search(regex, 0),
            None => {
                let value = self.e.apply(matcher, vec![text.clone()], &Val::null(), self.frame, None)?;
                self.read(&value)
            }
        }
    }

    /// Whether there is one. A function says so by any value: what JavaScript takes for false is not looked at, and is not nothing.
    fn is_any(&self, matcher: &Val<'a>, text: &Val<'a>) -> Res<'a, bool> {
        if let Some(regex) = regex_of(matcher) {
            return Ok(self.search(regex, 0)?.is_some());
        }
        let value = self.e.apply(matcher, vec![text.clone()], &Val::null(), self.frame, None)?;
        let is_false = match value.view() {
            View::Null | View::Bool(false) => true,
            View::Number(number) => number == 0.0 || number.is_nan(),
            View::Text(text) => text.is_empty(),
            _ => false,
        };
        Ok(is_false || self.read(&value)?.is_some())
    }

    /// The one after.
    pub(super) fn after(&self, found: &Found<'a>) -> Res<'a, Option<Found<'a>>> {
        match &found.next {
            Next::Regex(_) if found.end >= self.units.len() => Ok(None),
            Next::Regex(regex) => {
                let next = self.search(regex, found.end)?;
                if next.as_ref().is_some_and(|next| next.text.is_empty()) {
                    return Err(endless(regex));
                }
                Ok(next)
            }
            Next::Function(function) => {
                let value = self.e.apply(function, Vec::new(), &Val::null(), self.frame, None)?;
                self.read(&value)
            }
        }
    }

    fn search(&self, regex: &'a Regex, from: usize) -> Res<'a, Option<Found<'a>>> {
        let Some(found) = regex.search(&self.units, from, self.e.meter)? else { return Ok(None) };
        let groups = groups(self.e, &found, &self.units)?;
        let text = self.part(found.start, found.end);
        Ok(Some(Found { start: found.start, end: found.end, text, groups, next: Next::Regex(regex) }))
    }

    /// Reads the result of a function that is used as a regular expression.
    fn read(&self, value: &Val<'a>) -> Res<'a, Option<Found<'a>>> {
        self.e.meter.spend(1)?;
        let object = match value.view() {
            View::Undefined => return Ok(None),
            View::Object(object) => object,
            _ => return Err(Fault::new("T1010")),
        };
        let place = |key: &str| object.get(key).as_number().map(|number| number.max(0.0) as usize);
        let groups = object.get("groups");
        let next = object.get("next");
        let is_match = place("start").is_some() || groups.is_array() || next.as_function().is_some();
        if !is_match {
            return Err(Fault::new("T1010"));
        }
        Ok(Some(Found {
            start: place("start").unwrap_or(0),
            end: place("end").unwrap_or(0),
            text: object.get("match").as_text().unwrap_or_default().to_owned(),
            groups: groups.as_array().map(|items| items.to_vec()).unwrap_or_default(),
            next: Next::Function(next),
        }))
    }
}

fn regex_of<'a>(matcher: &Val<'a>) -> Option<&'a Regex> {
    match &**matcher.as_function()? {
        Function::Regex(regex) => Some(regex),
        Function::Wrapped(inner) => match &**inner {
            Function::Regex(regex) => Some(regex),
            _ => None,
        },
        _ => None,
    }
}

fn endless(regex: &Regex) -> Box<Fault> {
    Fault::new("D1004").range(regex.range())
}

fn groups<'a>(e: &Evaluator<'a>, found: &Match, units: &[u16]) -> Res<'a, Vec<Val<'a>>> {
    let text = |group: &Option<(usize, usize)>| match group {
        Some((start, end)) => e.text(of_units(units.get(*start..*end).unwrap_or_default())),
        None => Ok(Val::Undefined),
    };
    found.groups.iter().map(text).collect()
}

impl<'a> Evaluator<'a> {
    /// A regular expression called as a function.
    pub(crate) fn matched(&self, regex: &'a Regex, text: &Val<'a>, from: Option<&Val<'a>>) -> Res<'a> {
        let made;
        let (chars, length) = match text.as_text() {
            Some(chars) => (chars, None),
            // JavaScript makes a text of anything, and looks for the length in what it was made of.
            None => {
                made = self.javascript_text(text)?;
                (made.as_str(), Some(text.as_array().map(|items| items.len())))
            }
        };
        self.meter.read(chars.len() * 2)?;
        self.meter.room(chars.len() * 2)?;
        let units: Rc<[u16]> = units(chars).into();
        let from = from.and_then(Val::as_number).unwrap_or(0.0).max(0.0) as usize;
        let length = length.unwrap_or(Some(units.len()));
        self.search(regex, &units, from, length).map(|(value, _)| value)
    }

    /// What JavaScript's `String(…)` makes of a value.
    fn javascript_text(&self, value: &Val<'a>) -> Res<'a, String> {
        Ok(match value.view() {
            View::Undefined => "undefined".to_owned(),
            View::Null => "null".to_owned(),
            View::Bool(value) => value.to_string(),
            View::Number(value) => number::text(value),
            View::Text(text) => text.to_owned(),
            View::Object(_) | View::Function(_) => "[object Object]".to_owned(),
            View::Array(items) => {
                self.meter.enter()?;
                let mut text = String::new();
                for index in 0..items.len() {
                    self.meter.spend(1)?;
                    if index > 0 {
                        text.push(',');
                    }
                    let item = items.get(index);
                    if !matches!(item.view(), View::Undefined | View::Null) {
                        text.push_str(&self.javascript_text(&item)?);
                    }
                    self.meter.room(text.len())?;
                }
                self.meter.leave();
                text
            }
        })
    }

    /// Returns the result of a match's `next`.
    pub(crate) fn next_match(
        &self,
        regex: &'a Regex,
        text: &Rc<[u16]>,
        from: usize,
        length: Option<usize>,
    ) -> Res<'a> {
        if length.is_some_and(|length| from >= length) {
            return Ok(Val::Undefined);
        }
        match self.search(regex, text, from, length)? {
            (_, true) => Err(endless(regex)),
            (value, false) => Ok(value),
        }
    }

    /// The match as an object, and whether it is empty.
    fn search(
        &self,
        regex: &'a Regex,
        units: &Rc<[u16]>,
        from: usize,
        length: Option<usize>,
    ) -> Res<'a, (Val<'a>, bool)> {
        let Some(found) = regex.search(units, from, self.meter)? else { return Ok((Val::Undefined, false)) };
        let text = of_units(units.get(found.start..found.end).unwrap_or_default());
        let groups = Val::array(groups(self, &found, units)?, Flags::PLAIN, self.meter)?;
        let next = Function::Next { regex, text: Rc::clone(units), from: found.end, length };
        let fields = Map::from([
            ("match", self.text(text)?),
            ("start", Val::Number(found.start as f64)),
            ("end", Val::Number(found.end as f64)),
            ("groups", groups),
            ("next", next.into()),
        ]);
        Ok((Val::object(Fields::Map(fields), self.meter)?, found.start == found.end))
    }
}

/// A limit that is no negative number.
pub(super) fn limit<'a>(arguments: &[Val<'a>], index: usize, code: &'static str) -> Res<'a, f64> {
    match argument(arguments, index).as_number() {
        Some(limit) if limit < 0.0 => Err(Fault::new(code).index(index + 1)),
        Some(limit) => Ok(limit),
        None => Ok(f64::INFINITY),
    }
}

/// `$match`
pub(super) fn find<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(chars) = text.as_text() else { return Ok(Val::Undefined) };
    let limit = limit(arguments, 2, "D3040")?;
    let matches = Matches::new(e, chars, frame)?;
    let mut found = Vec::new();
    let mut next = if limit > 0.0 { matches.first(&argument(arguments, 1), &text)? } else { None };
    while let Some(one) = next
        && (found.len() as f64) < limit
    {
        next = matches.after(&one)?;
        let fields = Map::from([
            ("match", e.text(one.text)?),
            ("index", Val::Number(one.start as f64)),
            ("groups", Val::array(one.groups, Flags::PLAIN, e.meter)?),
        ]);
        found.push(Val::object(Fields::Map(fields), e.meter)?);
    }
    Val::sequence(found, e.meter)
}

pub(super) fn contains<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(chars) = text.as_text() else { return Ok(Val::Undefined) };
    let token = argument(arguments, 1);
    if let Some(part) = token.as_text() {
        e.meter.read(chars.len())?;
        return Ok(Val::bool(chars.contains(part)));
    }
    let matches = Matches::new(e, chars, frame)?;
    Ok(Val::bool(matches.is_any(&token, &text)?))
}

pub(super) fn split<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(chars) = text.as_text() else { return Ok(Val::Undefined) };
    let limit = limit(arguments, 2, "D3020")?;
    e.meter.read(chars.len())?;
    let separator = argument(arguments, 1);
    let mut parts: Vec<Val<'a>> = Vec::new();
    if limit <= 0.0 {
        return Val::array(parts, Flags::PLAIN, e.meter);
    }
    let push = |parts: &mut Vec<Val<'a>>, part: String| -> Res<'a, ()> {
        e.meter.spend(1)?;
        e.meter.items(parts.len() + 1)?;
        parts.push(e.text(part)?);
        Ok(())
    };
    if let Some(separator) = separator.as_text() {
        let most = if limit.is_finite() { limit.trunc() as usize } else { usize::MAX };
        if separator.is_empty() {
            for character in chars.chars().take(most) {
                push(&mut parts, character.to_string())?;
            }
        } else {
            for part in chars.split(separator).take(most) {
                push(&mut parts, part.to_owned())?;
            }
        }
        return Val::array(parts, Flags::PLAIN, e.meter);
    }
    let matches = Matches::new(e, chars, frame)?;
    let mut next = matches.first(&separator, &text)?;
    let mut start = 0;
    let mut count = 0.0;
    while let Some(found) = next
        && count < limit
    {
        push(&mut parts, matches.part(start, found.start))?;
        start = found.end;
        next = matches.after(&found)?;
        count += 1.0;
    }
    if count < limit {
        push(&mut parts, matches.part(start, matches.units.len()))?;
    }
    Val::array(parts, Flags::PLAIN, e.meter)
}
