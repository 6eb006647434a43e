//! What an expression knows where a condition holds.

use super::{
    OwnedStep,
    choice::{Fact, refine_at},
    expression::Env,
    lead::{key_of, text_of},
    read::Site,
    value::Entry,
};
use crate::{
    jsonata::{Expression, ExpressionKind as Kind, Operator},
    value::Value,
};

impl Env<'_> {
    /// Takes a condition to hold, or not to.
    pub(super) fn assume(&mut self, condition: &Expression, holds: bool) {
        if holds && let Some(counted) = counted(condition) {
            self.learn(counted, Fact::Present);
            return;
        }
        match &condition.kind {
            Kind::Block(parts) => {
                if let [one] = &parts[..] {
                    self.assume(one, holds);
                }
            }
            Kind::Binary { operator: Operator::And, left, right } if holds => {
                self.assume(left, true);
                self.assume(right, true);
            }
            Kind::Binary { operator: Operator::Or, left, right } if !holds => {
                self.assume(left, false);
                self.assume(right, false);
            }
            Kind::Binary { operator: Operator::Equal, left, right } if holds => {
                for (path, other) in [(left, right), (right, left)] {
                    if let Some(value) = literal(other) {
                        self.learn(path, Fact::Is(&value));
                    }
                }
            }
            // What is not there is not equal to anything, `null` included.
            Kind::Binary { operator: Operator::NotEqual, left, right } if !holds => {
                for (path, other) in [(left, right), (right, left)] {
                    if let Some(value) = literal(other) {
                        self.learn(path, Fact::Is(&value));
                    }
                }
            }
            Kind::Binary { operator: Operator::In, left, right } if holds => {
                self.learn(left, Fact::Present);
                self.learn(right, Fact::Present);
            }
            Kind::Binary {
                operator:
                    Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual,
                left,
                right,
            } if holds => {
                // What is put in order is there, and no null.
                self.learn(left, Fact::NonNull);
                self.learn(right, Fact::NonNull);
            }
            Kind::Call { function, arguments } => match &arguments[..] {
                [of] if is_call(function, "not") => self.assume(of, !holds),
                [of] if is_call(function, "exists") => {
                    self.learn(of, if holds { Fact::Present } else { Fact::Absent });
                }
                [of] if is_call(function, "boolean") => self.assume(of, holds),
                _ => {}
            },
            // What counts as true is there, and no null.
            Kind::Path(_) | Kind::Variable(_) if holds => self.learn(condition, Fact::NonNull),
            _ => {}
        }
    }

    /// Learns of the value at a path of keys.
    fn learn(&mut self, path: &Expression, fact: Fact<'_>) {
        let (first, steps) = match &path.kind {
            Kind::Path(steps) => match steps.split_first() {
                Some(split) => split,
                None => return,
            },
            _ => (path, &[][..]),
        };
        let keys = steps.iter().map(|step| key_of(step).map(str::to_owned)).collect::<Option<Vec<_>>>();
        let (Kind::Variable(name), Some(keys)) = (&first.kind, keys) else {
            if !matches!(fact, Fact::Absent) {
                self.present.push(self.text.part(&path.range).to_owned());
            }
            return;
        };
        if let Some((_, local)) = self.locals.iter_mut().rev().find(|(local, _)| local == name) {
            if let Some(value) = refine_at(&local.sym, &keys, fact, &query) {
                local.sym = value;
                local.absent = local.absent && matches!(fact, Fact::Absent);
            }
            return;
        }
        match (name.as_str(), keys.split_first()) {
            ("states", Some((root, keys))) => {
                let place = match root.as_str() {
                    "input" => Some(&mut self.site.input),
                    "result" => self.result.as_mut(),
                    "errorOutput" => self.error.as_mut(),
                    _ => None,
                };
                if let Some(place) = place
                    && let Some(value) = refine_at(place, keys, fact, &query)
                {
                    *place = value;
                }
            }
            ("" | "$" | "states", _) => {}
            (name, _) if self.site.variables.contains_key(name) => {
                learn_variable(&mut self.site, name, &keys, fact);
            }
            _ if matches!(fact, Fact::Absent) => {}
            // The expression asks itself whether something assigned it.
            (name, _) => self.present.push(format!("${name}")),
        }
    }
}

fn learn_variable(site: &mut Site, name: &str, keys: &[String], fact: Fact<'_>) {
    site.variables.edit(|variables| {
        if let Some(Entry { value, absent, .. }) = variables.get_mut(name)
            && let Some(refined) = refine_at(value, keys, fact, &query)
        {
            *value = refined;
            *absent = *absent && matches!(fact, Fact::Absent);
        }
    });
}

fn query(key: &str) -> OwnedStep {
    OwnedStep::Query(key.to_owned())
}

/// Of what a condition says that there is at least one: `$count(…) > 0`.
fn counted(condition: &Expression) -> Option<&Expression> {
    let Kind::Binary { operator, left, right } = &condition.kind else { return None };
    let count =
        |side: &Expression| matches!(&side.kind, Kind::Call { function, .. } if is_call(function, "count"));
    // As if the count stood on the left.
    let (call, other, operator) = match operator {
        _ if count(left) => (left, right, *operator),
        Operator::Less => (right, left, Operator::Greater),
        Operator::LessOrEqual => (right, left, Operator::GreaterOrEqual),
        Operator::Equal => (right, left, Operator::Equal),
        _ => return None,
    };
    let (Kind::Call { arguments, .. }, Kind::Number(least), true) = (&call.kind, &other.kind, count(call))
    else {
        return None;
    };
    let is_some = match operator {
        Operator::Greater => *least >= 0.0,
        Operator::GreaterOrEqual | Operator::Equal => *least > 0.0,
        _ => false,
    };
    match &arguments[..] {
        [of] if is_some => Some(of),
        _ => None,
    }
}

fn is_call(function: &Expression, name: &str) -> bool {
    matches!(&function.kind, Kind::Variable(called) if called == name)
}

fn literal(expression: &Expression) -> Option<Value> {
    match &expression.kind {
        Kind::String(_) => text_of(expression).map(Value::from),
        Kind::Boolean(value) => Some(Value::from(*value)),
        Kind::Null => Some(Value::Null),
        _ => None,
    }
}
