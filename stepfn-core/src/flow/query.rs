//! What JSONata expressions make of what is known.
//!
//! An expression that comes to nothing fails only where it is the whole of a value, and an array is mapped over without being
//! asked: so nothing is demanded but that a path which is all of an expression can lead somewhere at all.

use std::{ops::Range, rc::Rc};

use super::{
    Analyser, OwnedNeed, OwnedStep,
    read::{Reading, Site},
    value::{Entry, Fields, Sym},
};
use crate::{
    check::jsonata_texts::has_placeholder,
    diagnostic::{Code, list, nearest},
    json::push_token,
    jsonata::{self, Expression, ExpressionKind as Kind, Place},
    shape::Need,
    value::Value,
};

/// What expressions can read at one place.
pub(super) struct Queried<'s> {
    pub(super) site: &'s Site,
    /// `$states.result`
    pub(super) result: Option<&'s Sym>,
    /// `$states.errorOutput`
    pub(super) error: Option<&'s Sym>,
}

impl<'s> Queried<'s> {
    /// Where neither a result nor an error is there yet.
    pub(super) fn before(site: &'s Site) -> Self {
        Self { site, result: None, error: None }
    }
}

/// Where an expression stands.
struct Text<'t> {
    at: &'t str,
    text: &'t str,
    offset: usize,
}

impl Analyser<'_> {
    /// A JSON value with expressions in it: `Output`, `Arguments`, `Assign`, …
    pub(super) fn query(&mut self, queried: &Queried<'_>, at: &str, template: &Value) -> Sym {
        match template {
            Value::Object(map) => {
                let fields = map.iter().map(|(key, value)| {
                    let mut at = at.to_owned();
                    push_token(&mut at, key);
                    (Rc::from(&**key), Entry::of(self.query(queried, &at, value)))
                });
                Sym::Object(Rc::new(fields.collect()), None)
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.query(queried, &format!("{at}/{index}"), item));
                Sym::Tuple(Rc::new(items.collect()))
            }
            Value::String(text) => self.query_text(queried, at, text),
            scalar => Sym::constant(scalar),
        }
    }

    /// A text that may be an expression.
    pub(super) fn query_text(&mut self, queried: &Queried<'_>, at: &str, text: &str) -> Sym {
        if has_placeholder(text) {
            return Sym::Any;
        }
        let Some((inside, offset)) = jsonata::expression_in(text) else { return Sym::text(text) };
        // The checks of the texts themselves report what cannot be read.
        let Ok(expression) = jsonata::parse(inside) else { return Sym::Any };
        let text = Text { at, text: inside, offset };
        self.unassigned(queried.site, &text, &expression);
        self.value_of(queried, &text, &expression)
    }

    /// Reports the variables that nothing assigns before the expression.
    fn unassigned(&mut self, site: &Site, text: &Text<'_>, expression: &Expression) {
        if self.report.is_none() {
            return;
        }
        let everywhere = Place { result: true, error_output: true };
        let mut asked = Vec::new();
        asked_for(expression, &mut asked);
        for (name, range) in jsonata::analyse(expression, everywhere).variables {
            if site.variables.contains_key(name.as_str()) || asked.contains(&name.as_str()) {
                continue;
            }
            let known = site.variables.keys().map(|key| &**key);
            let help = nearest(&name, known).map_or_else(
                || {
                    "assign it in an earlier state's `Assign`; the state's input is `$states.input`"
                        .to_owned()
                },
                |near| format!("did you mean `${near}`?"),
            );
            let message = format!("no variable `${name}` is assigned here");
            self.wrong(&reading(site, text, &range), Code::UnassignedVariable, message, Some(help));
        }
    }

    /// What an expression that is all of a value comes to, where it comes to something.
    fn value_of(&mut self, queried: &Queried<'_>, text: &Text<'_>, expression: &Expression) -> Sym {
        match &expression.kind {
            Kind::String(value) => Sym::text(value),
            Kind::Number(value) => whole(*value).map_or(Sym::Number, Sym::Integer),
            Kind::Negate(of) => match of.kind {
                Kind::Number(value) => whole(-value).map_or(Sym::Number, Sym::Integer),
                _ => Sym::Any,
            },
            Kind::Boolean(value) => Sym::Bool(*value),
            Kind::Null => Sym::Null,
            // What comes to nothing is left out of an array or an object, and an array in an array is poured out.
            Kind::Array(items) if items.iter().all(is_there) => {
                let items = items.iter().map(|item| self.value_of(queried, text, item));
                Sym::Tuple(Rc::new(items.collect()))
            }
            Kind::Array(_) => Sym::array(Sym::Any),
            Kind::Object(pairs) => self.object(queried, text, pairs),
            Kind::Block(parts) => match &parts[..] {
                [one] => self.value_of(queried, text, one),
                _ => Sym::Any,
            },
            Kind::Conditional { then, otherwise: Some(otherwise), .. } => {
                // A branch is not always taken: nothing is demanded of it.
                let report = self.report.take();
                let either =
                    self.value_of(queried, text, then).join(&self.value_of(queried, text, otherwise));
                self.report = report;
                either
            }
            Kind::Path(steps) => match steps.split_first() {
                Some((first, rest)) => self.path_of(queried, text, expression, first, rest),
                None => Sym::Any,
            },
            Kind::Variable(_) => self.path_of(queried, text, expression, expression, &[]),
            _ => Sym::Any,
        }
    }

    fn object(&mut self, queried: &Queried<'_>, text: &Text<'_>, pairs: &[(Expression, Expression)]) -> Sym {
        let mut fields = Fields::new();
        for (key, value) in pairs {
            let Kind::String(key) = &key.kind else { return Sym::AnyObject };
            // What comes to nothing is left out, which is no failure.
            let report = self.report.take();
            let value = if is_there(value) { self.value_of(queried, text, value) } else { Sym::Any };
            self.report = report;
            fields.insert(key.as_str().into(), Entry::of(value));
        }
        Sym::Object(Rc::new(fields), None)
    }

    /// A path that begins with a variable; others are not told.
    fn path_of(
        &mut self,
        queried: &Queried<'_>,
        text: &Text<'_>,
        whole: &Expression,
        first: &Expression,
        steps: &[Expression],
    ) -> Sym {
        let Kind::Variable(name) = &first.kind else { return Sym::Any };
        let keys: Vec<&str> = steps.iter().map_while(key_of).collect();
        let is_plain = keys.len() == steps.len();
        let site = queried.site;
        let (root, keys) = match (name.as_str(), keys.split_first()) {
            ("states", Some((&"input", keys))) => (Some(&site.input), keys),
            ("states", Some((&"context", keys))) => (Some(&site.context), keys),
            ("states", Some((&"result", keys))) => (queried.result, keys),
            ("states", Some((&"errorOutput", keys))) => (queried.error, keys),
            ("states" | "" | "$", _) => (None, &keys[..]),
            (name, _) => (site.variables.get(name).map(|entry| &entry.value), &keys[..]),
        };
        let Some(root) = root else { return Sym::Any };
        // What a service puts there beside what is known is not known.
        let context = name == "states" && std::ptr::eq(root, &site.context);
        let report = if context { self.report.take() } else { None };
        let value = self.lead(&reading(site, text, &whole.range), root, keys);
        if context {
            self.report = report;
        }
        if is_plain { value } else { Sym::Any }
    }

    /// Follows keys as JSONata does.
    fn lead(&mut self, reading: &Reading<'_>, value: &Sym, keys: &[&str]) -> Sym {
        let Some((key, rest)) = keys.split_first() else { return value.clone() };
        match value {
            Sym::Leaf(leaf) => {
                let mut steps = Vec::new();
                for key in keys {
                    if !steps.is_empty() {
                        steps.push(OwnedStep::NonNull);
                    }
                    steps.extend([OwnedStep::Query((*key).to_owned()), OwnedStep::Present]);
                }
                self.claim_path(leaf, &steps, &OwnedNeed::Other(Need::Nothing), reading);
                Sym::Leaf(leaf.then(steps))
            }
            Sym::Object(fields, base) => match (fields.get(*key), base) {
                (Some(entry), _) => self.lead(reading, &entry.value, rest),
                (None, Some(base)) => self.lead(reading, base, keys),
                (None, None) => {
                    let has = if fields.is_empty() {
                        "the object here has no fields".to_owned()
                    } else {
                        format!("it has {}", list(fields.keys()))
                    };
                    let near = nearest(key, fields.keys().map(|key| &**key));
                    let help = near.map(|near| format!("did you mean `{near}`?"));
                    let message = format!("there is no field `{key}` here; {has}");
                    self.wrong(reading, Code::NoSuchField, message, help);
                    Sym::Any
                }
            },
            Sym::Union(members) => {
                // It is enough that one of them has it.
                let report = self.report.take();
                let found: Vec<_> = members.iter().map(|member| self.lead(reading, member, keys)).collect();
                self.report = report;
                Sym::union(found)
            }
            Sym::Null
            | Sym::Bool(_)
            | Sym::Text(_)
            | Sym::Integer(_)
            | Sym::String
            | Sym::Timestamp
            | Sym::Number
            | Sym::WholeNumber
            | Sym::Boolean => {
                let message = format!("it is {}, which has no fields, so there is no `{key}`", value.words());
                self.wrong(reading, Code::WrongType, message, None);
                Sym::Any
            }
            Sym::Any | Sym::Mixed | Sym::AnyObject | Sym::Array(_) | Sym::Tuple(_) => Sym::Any,
        }
    }
}

fn reading<'s>(site: &'s Site, text: &Text<'_>, range: &Range<usize>) -> Reading<'s> {
    Reading {
        site,
        at: text.at.to_owned(),
        range: Some(range.start + text.offset..range.end + text.offset),
        shown: text.text.get(range.clone()).unwrap_or_default().to_owned(),
        asks: false,
    }
}

/// The number as an integer, where all its digits are certain.
fn whole(value: f64) -> Option<i128> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation)] // in these bounds nothing is lost
    (value.fract() == 0.0 && value.abs() < MOST).then_some(value as i128)
}

/// Whether an expression always comes to one thing that is no array of others.
fn is_there(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::String(_)
        | Kind::Number(_)
        | Kind::Boolean(_)
        | Kind::Null
        | Kind::Array(_)
        | Kind::Object(_) => true,
        Kind::Negate(of) => matches!(of.kind, Kind::Number(_)),
        _ => false,
    }
}

fn key_of(step: &Expression) -> Option<&str> {
    match &step.kind {
        Kind::Name(name) | Kind::String(name) => Some(name),
        _ => None,
    }
}

/// The variables that the expression itself asks for with `$exists`.
fn asked_for<'e>(expression: &'e Expression, found: &mut Vec<&'e str>) {
    if let Kind::Call { function, arguments } = &expression.kind
        && matches!(&function.kind, Kind::Variable(name) if name == "exists" || name == "type")
    {
        for argument in arguments {
            variables(argument, found);
        }
    }
    for part in expression.parts() {
        asked_for(part, found);
    }
}

fn variables<'e>(expression: &'e Expression, found: &mut Vec<&'e str>) {
    if let Kind::Variable(name) = &expression.kind {
        found.push(name);
    }
    for part in expression.parts() {
        variables(part, found);
    }
}
