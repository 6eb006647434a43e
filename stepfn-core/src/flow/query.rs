//! Values with JSONata expressions in them: `Output`, `Arguments`, `Assign` and the others.
//!
//! An expression that is a whole value must come to something: AWS fails with `States.QueryEvaluationError` where it does not.
//! Its value is determined by [`expression`](super::expression).

use std::rc::Rc;

use super::{
    Analyser, StateTyping,
    climb::has_parent,
    expression::{Env, Val, Want},
    hint::Hint,
    intern::Shared,
    lead::has_kept_array,
    origin::Origin,
    queried::{Queried, Text, reading},
    site::{Reading, Site},
    value::{Entry, Sym},
};
use crate::{
    diagnostic::Code,
    json::Pointer,
    jsonata::{self, Expression, ExpressionKind as Kind, Operator, Place},
    placeholder::has_placeholder,
    shape::{Need, Side},
    value::Value,
};

impl Analyser<'_> {
    /// A JSON value with expressions in it: `Output`, `Arguments`, `Assign`, …
    pub(super) fn query(&mut self, queried: &Queried<'_>, at: &Pointer, template: &Value) -> Sym {
        match template {
            Value::Object(map) => {
                let fields = map.iter().map(|(key, value)| {
                    let at = at.key(key);
                    (Rc::from(&**key), Entry::of(self.query(queried, &at, value)))
                });
                Sym::Object(Shared::new(fields.collect()), None)
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.query(queried, &at.index(index), item));
                Sym::Tuple(Shared::new(items.collect()))
            }
            Value::String(text) => self.query_text(queried, at, text, Need::Value),
            scalar => Sym::constant(scalar),
        }
    }

    /// An object of which something is asked of some parts, where an expression makes them. Each is named by the keys to it.
    pub(super) fn query_parts(
        &mut self,
        queried: &Queried<'_>,
        at: &Pointer,
        template: &Value,
        asked: &[(&str, Need<'static>)],
    ) -> Sym {
        let Value::Object(map) = template else { return self.query(queried, at, template) };
        let fields = map.iter().map(|(key, value)| {
            let at = at.key(key);
            let here = asked.iter().find(|(path, _)| *path == &**key);
            let value = match here {
                Some((_, need)) => self.query_as(queried, &at, value, *need),
                None => {
                    let inside = asked.iter().filter_map(|(path, need)| {
                        let (first, rest) = path.split_once('/')?;
                        (first == &**key).then_some((rest, *need))
                    });
                    self.query_parts(queried, &at, value, &inside.collect::<Vec<_>>())
                }
            };
            (Rc::from(&**key), Entry::of(value))
        });
        Sym::Object(Shared::new(fields.collect()), None)
    }

    /// A value that must be of a kind as a whole, where one expression makes it.
    pub(super) fn query_as(
        &mut self,
        queried: &Queried<'_>,
        at: &Pointer,
        template: &Value,
        need: Need<'static>,
    ) -> Sym {
        match template {
            Value::String(text) => self.query_text(queried, at, text, need),
            template => self.query(queried, at, template),
        }
    }

    /// A text that may be an expression, and what must come of it then.
    pub(super) fn query_text(
        &mut self,
        queried: &Queried<'_>,
        at: &Pointer,
        text: &str,
        need: Need<'static>,
    ) -> Sym {
        let Some((inside, offset)) = jsonata::expression_in(text) else {
            if let Some(constant) = self.constant(at) {
                return constant;
            }
            return if has_placeholder(text) { Sym::Any(Origin::deployment()) } else { Sym::text(text) };
        };
        if jsonata::awaits_deployment(inside) {
            return Sym::Any(Origin::deployment());
        }
        // The checks of the texts themselves report what cannot be read.
        let Some(expression) = self.parsed(inside) else { return Sym::Reported };
        let text = Text { at, text: inside, offset };
        self.unassigned(queried.site, &text, &expression);
        self.calls.spent = 0;
        // That it comes to one thing was asked of it.
        let mut env = Env::new(queried, text);
        env.climbs = inside.contains('%') && has_parent(&expression);
        env.keeps = inside.contains('[') && has_kept_array(&expression);
        let value = self.evaluate(&mut env, &expression, Want::of(need));
        // That it cannot be determined has been reported where more was asked of it.
        let is_reported = matches!(value.sym, Sym::Unknown(_))
            && value.function.is_none()
            && (value.absent || need != Need::Value);
        let value = value.settled().sym;
        let value = if is_reported { self.once_reported(value) } else { value };
        match self.typing.states.get(at.as_str()) {
            // What the text holds was declared, as a service's result is.
            Some(StateTyping::Result(ty)) if expression.is_call_of("parse") => {
                let read =
                    Sym::leaf(*ty, Side::Given, format!("what `{}` reads", text.part(&expression.range)));
                let reading = reading(queried.site, &text, &expression.range);
                self.require(&reading, &Val::one(read.clone()), Want::of(need));
                read
            }
            _ => value,
        }
    }

    /// The tree of an expression, which each visit of its state asks for; none where it cannot be read.
    pub(super) fn parsed(&mut self, text: &str) -> Option<Rc<Expression>> {
        if let Some(known) = self.parsed.get(text) {
            return known.clone();
        }
        let parsed = jsonata::parse(text).ok().map(Rc::new);
        self.parsed.insert(text.to_owned(), parsed.clone());
        parsed
    }

    /// The condition of a rule, and what is seen where it holds and where not; none where that cannot be.
    pub(super) fn query_condition(
        &mut self,
        site: &Site,
        at: &Pointer,
        condition: &Value,
    ) -> (Option<Site>, Option<Site>) {
        let queried = Queried::before(site);
        self.query_as(&queried, at, condition, Need::Boolean);
        if let Some(holds) = condition.as_bool() {
            return (holds.then(|| site.clone()), (!holds).then(|| site.clone()));
        }
        let parsed = condition.as_str().and_then(jsonata::expression_in);
        let Some((inside, offset, expression)) =
            parsed.and_then(|(inside, offset)| Some((inside, offset, self.parsed(inside)?)))
        else {
            return (Some(site.clone()), Some(site.clone()));
        };
        let env = Env::new(&queried, Text { at, text: inside, offset });
        [true, false].map(|holds| Some(env.assume(&expression, holds)?.site)).into()
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
            let assigned = site.variables.get(name.as_str());
            if assigned.is_some_and(|entry| !entry.absent) || asked.contains(&name.as_str()) {
                continue;
            }
            self.unassigned_variable(&reading(site, text, &range), site, &name);
        }
    }

    /// Reports a variable that nothing assigns, or not on every way.
    pub(super) fn unassigned_variable(&mut self, reading: &Reading<'_>, site: &Site, name: &str) {
        if site.variables.contains_key(name) {
            let message = format!("the variable `${name}` is not assigned on every way here");
            let help = format!("assign it before the ways part, or ask first: `$exists(${name}) ? … : …`");
            self.may_be_wrong(reading, Code::UnassignedVariable, message, Some(help));
            return;
        }
        if jsonata::function(name).is_some() {
            return;
        }
        let known = site.variables.keys().map(|key| &**key);
        let hint = Hint::near(&self.comparisons, "$", name, known).or(|| {
            "assign it in an earlier state's `Assign`; the state's input is `$states.input`".to_owned()
        });
        let message = format!("no variable `${name}` is assigned here");
        self.wrong(reading, Code::UnassignedVariable, message, hint);
    }
}

/// The variables that the expression itself asks for with `$exists`.
fn asked_for<'e>(expression: &'e Expression, found: &mut Vec<&'e str>) {
    if let Kind::Call { function, arguments } = &expression.kind
        && matches!(&function.kind, Kind::Variable(name) if name == "exists")
    {
        for argument in arguments {
            variables(argument, found);
        }
    }
    for part in expression.parts() {
        asked_for(part, found);
    }
}

/// The variables that it comes of, but not what is called.
fn variables<'e>(expression: &'e Expression, found: &mut Vec<&'e str>) {
    match &expression.kind {
        Kind::Variable(name) => found.push(name),
        Kind::Call { arguments, .. } => arguments.iter().for_each(|part| variables(part, found)),
        Kind::Binary { operator: Operator::Apply, left, right } => {
            variables(left, found);
            if let Kind::Call { arguments, .. } = &right.kind {
                arguments.iter().for_each(|part| variables(part, found));
            }
        }
        _ => expression.parts().into_iter().for_each(|part| variables(part, found)),
    }
}
