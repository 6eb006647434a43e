//! The uses of the input in a definition: the paths that every execution reads, and the values it compares them with.
//!
//! Only what is certain counts. From the first state on up to the first fork: a path that is read on one way alone may lead to nothing on the others,
//! and what a state has written there before is none of the input.

use std::collections::HashSet;

use indexmap::IndexMap;
use stepfn_core::{
    asl::{Choice, Condition, OperandKind, PathField, QueryLanguage, State, StateKind, StateMachine},
    intrinsic::Call,
    path::{Path, Root, SegmentKind},
    value::Value,
};

use super::types::{Field, Type};

/// The depth to which a type is inferred: data of people is hardly deeper, types are gone through by recursion, and each level is checked.
const MOST_DEPTH: usize = 16;

/// The facts about a value of the input.
#[derive(Debug, Default)]
struct Read {
    /// Whether every execution needs it.
    is_certain: bool,
    /// Whether a Choice tests that it is there.
    is_tested: bool,
    scalar: Option<Type>,
    fields: IndexMap<String, Self>,
    items: Option<Box<Self>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Item,
}

/// The type of a machine's input.
pub(super) fn input(machine: &StateMachine) -> Type {
    let mut root = Read { is_certain: true, ..Read::default() };
    Walk { root: &mut root, written: Vec::new() }.machine(machine, &[]);
    root.into_type()
}

/// A type of samples with the fields that the definition asks for and that none of them has.
pub(super) fn with_tested(sample: Type, inferred: &Type) -> Type {
    let (Type::Object(mut fields), Type::Object(known)) = (sample.clone(), inferred) else { return sample };
    for field in known {
        match fields.iter_mut().find(|own| own.key == field.key) {
            Some(own) => own.ty = with_tested(own.ty.clone(), &field.ty),
            None if field.is_optional => fields.push(field.clone()),
            None => {}
        }
    }
    Type::Object(fields)
}

impl Read {
    fn has_something(&self) -> bool {
        self.is_certain
            || self.is_tested
            || self.fields.values().any(Self::has_something)
            || self.items.as_ref().is_some_and(|items| items.has_something())
    }

    fn into_type(self) -> Type {
        let fields: Vec<Field> = self
            .fields
            .into_iter()
            .filter(|(_, read)| read.has_something())
            .map(|(key, read)| Field { key, is_optional: !read.is_certain, ty: read.into_type() })
            .collect();
        match (fields.is_empty(), self.items, self.scalar) {
            (false, None, None) => Type::Object(fields),
            (true, Some(items), None | Some(Type::List(_))) => Type::List(Box::new(items.into_type())),
            (true, None, Some(scalar)) => scalar,
            _ => Type::Any,
        }
    }

    fn is(&mut self, ty: Type) {
        match &self.scalar {
            Some(known) if *known != ty => self.scalar = Some(Type::Any),
            _ => self.scalar = Some(ty),
        }
    }
}

struct Walk<'r> {
    root: &'r mut Read,
    /// The paths that states have written over the input so far.
    written: Vec<Vec<Step>>,
}

impl Walk<'_> {
    /// The states that every execution enters, with the place of the machine's own input in the whole. Branches nest no deeper than JSON does.
    fn machine(&mut self, machine: &StateMachine, base: &[Step]) {
        if machine.query_language == Some(QueryLanguage::Jsonata) {
            return;
        }
        let mut seen = HashSet::new();
        let mut next = Some(machine.start_at.as_str());
        while let Some(name) = next.filter(|name| seen.insert(*name)) {
            let Some(state) = machine.states.get(name) else { return };
            if state.query_language == Some(QueryLanguage::Jsonata) || !self.state(state, base) {
                return;
            }
            next = state.next.as_deref();
        }
    }

    /// Returns `true` if what follows the state gets the same input, but for what is written.
    fn state(&mut self, state: &State, base: &[Step]) -> bool {
        let own = match &state.input_path {
            None => base.to_vec(),
            Some(PathField::Null) => return false,
            Some(PathField::Path(path)) => {
                self.read(path, base, None);
                match steps(path) {
                    Some((steps, true)) => [base, &steps].concat(),
                    _ => return false,
                }
            }
        };
        self.reads(state, &own);
        if state.catch.as_ref().is_some_and(|catch| !catch.is_empty())
            || !is_whole(state.output_path.as_ref())
        {
            return false;
        }
        let passes = match &state.kind {
            StateKind::Choice(_) | StateKind::Succeed | StateKind::Fail(_) => return false,
            StateKind::Wait(_) => return is_whole(state.input_path.as_ref()),
            StateKind::Pass(pass) => {
                pass.result.is_none() && state.parameters.is_none() && is_whole(state.input_path.as_ref())
            }
            _ => false,
        };
        match &state.result_path {
            Some(PathField::Null) => true,
            Some(PathField::Path(path)) if path != "$" => match steps(path) {
                Some((steps, true)) => {
                    self.written.push([base, &steps].concat());
                    true
                }
                _ => false,
            },
            _ => passes,
        }
    }

    fn reads(&mut self, state: &State, own: &[Step]) {
        if let Some(parameters) = &state.parameters {
            self.template(parameters, own);
        }
        match &state.kind {
            StateKind::Task(task) => {
                for path in [&task.timeout_seconds_path, &task.heartbeat_seconds_path].into_iter().flatten() {
                    self.read(path, own, Some(Type::Integer));
                }
            }
            StateKind::Wait(wait) => {
                if let Some(path) = &wait.seconds_path {
                    self.read(path, own, Some(Type::Integer));
                }
                if let Some(path) = &wait.timestamp_path {
                    self.read(path, own, Some(Type::String));
                }
            }
            StateKind::Fail(fail) => {
                for path in [&fail.error_path, &fail.cause_path].into_iter().flatten() {
                    if path.starts_with('$') {
                        self.read(path, own, Some(Type::String));
                    } else {
                        self.call(path, own);
                    }
                }
            }
            StateKind::Map(map) => {
                if let Some(path) = &map.items_path {
                    self.read(path, own, Some(Type::List(Box::new(Type::Any))));
                }
                if let Some(path) = &map.max_concurrency_path {
                    self.read(path, own, Some(Type::Integer));
                }
                if let Some(selector) = &map.item_selector {
                    self.template(selector, own);
                }
                if let Some(parameters) = map.item_reader.as_ref().and_then(|reader| reader.get("Parameters"))
                {
                    self.template(parameters, own);
                }
            }
            StateKind::Parallel(parallel) if state.parameters.is_none() => {
                for branch in &parallel.branches {
                    let written = self.written.clone();
                    self.machine(branch, own);
                    // A branch writes to a copy.
                    self.written = written;
                }
            }
            StateKind::Choice(choice) => self.choice(choice, own),
            _ => {}
        }
    }

    fn choice(&mut self, choice: &Choice, own: &[Step]) {
        let mut conditions: Vec<&Condition> = choice.choices.iter().map(|rule| &rule.condition).collect();
        while let Some(condition) = conditions.pop() {
            match condition {
                Condition::And(parts) | Condition::Or(parts) => conditions.extend(parts),
                Condition::Not(inner) | Condition::Annotated(inner, _) => conditions.push(inner),
                Condition::Compare(comparison) => {
                    let name = comparison.operator.name();
                    let ty = match comparison.operator.compares() {
                        _ if name == "IsPresent" => {
                            if let Some(read) = self.place(&comparison.variable, own) {
                                read.is_tested = true;
                            }
                            continue;
                        }
                        // Who asks for a type does not know it.
                        _ if comparison.operator.is_test() => Type::Any,
                        OperandKind::String | OperandKind::Timestamp => Type::String,
                        OperandKind::Number => Type::Number,
                        OperandKind::Boolean => Type::Boolean,
                        OperandKind::Path => Type::Any,
                    };
                    if let Some(read) = self.place(&comparison.variable, own) {
                        read.is(ty);
                    }
                }
                Condition::Jsonata(_) => {}
            }
        }
        // Of all comparisons the very first alone is made for sure.
        let mut first = choice.choices.first().map(|rule| &rule.condition);
        while let Some(condition) = first {
            first = match condition {
                Condition::And(parts) | Condition::Or(parts) => parts.first(),
                Condition::Not(inner) | Condition::Annotated(inner, _) => Some(inner),
                Condition::Compare(comparison) if comparison.operator.name() != "IsPresent" => {
                    self.read(&comparison.variable, own, None);
                    None
                }
                _ => None,
            };
        }
    }

    fn template(&mut self, template: &Value, own: &[Step]) {
        for item in template.as_array().into_iter().flatten() {
            self.template(item, own);
        }
        for (key, value) in template.as_object().into_iter().flatten() {
            match value.as_str() {
                Some(text) if key.ends_with(".$") && text.starts_with('$') => self.read(text, own, None),
                Some(text) if key.ends_with(".$") => self.call(text, own),
                _ => self.template(value, own),
            }
        }
    }

    fn call(&mut self, text: &str, own: &[Step]) {
        if let Ok(call) = Call::parse(text) {
            for (path, _) in call.paths() {
                self.read(path.as_str(), own, None);
            }
        }
    }

    /// A path that every execution reads.
    fn read(&mut self, path: &str, own: &[Step], ty: Option<Type>) {
        let Some((steps, is_all)) = steps(path) else { return };
        let whole = [own, &steps].concat();
        if self.is_written(&whole) {
            return;
        }
        let is_all = is_all && whole.len() <= MOST_DEPTH;
        let whole = &whole[..whole.len().min(MOST_DEPTH)];
        let mut here = &mut *self.root;
        for step in whole {
            here = here.below(step);
            here.is_certain = true;
        }
        if let Some(ty) = ty.filter(|_| is_all) {
            here.is(ty);
        } else if !is_all {
            // What a wildcard goes through may be a list or an object.
            here.is(Type::Any);
        }
    }

    /// Returns the place of a path that some executions read.
    fn place(&mut self, path: &str, own: &[Step]) -> Option<&mut Read> {
        let (steps, is_all) = steps(path)?;
        let whole = [own, &steps].concat();
        if !is_all || whole.len() > MOST_DEPTH || self.is_written(&whole) {
            return None;
        }
        Some(whole.iter().fold(&mut *self.root, |read, step| read.below(step)))
    }

    fn is_written(&self, path: &[Step]) -> bool {
        self.written.iter().any(|written| path.starts_with(written))
    }
}

impl Read {
    fn below(&mut self, step: &Step) -> &mut Self {
        match step {
            Step::Key(key) => self.fields.entry(key.clone()).or_default(),
            Step::Item => self.items.get_or_insert_default(),
        }
    }
}

fn is_whole(path: Option<&PathField>) -> bool {
    path.is_none_or(|path| path.as_str() == Some("$"))
}

/// The steps of a path into the state's input, and whether these are all of it.
fn steps(path: &str) -> Option<(Vec<Step>, bool)> {
    let path = Path::parse(path).ok().filter(|path| path.root == Root::Input)?;
    let mut steps = Vec::new();
    for segment in &path.segments {
        steps.push(match &segment.kind {
            SegmentKind::Name(key) => Step::Key(key.clone()),
            SegmentKind::Index(_) => Step::Item,
            _ => return Some((steps, false)),
        });
    }
    Some((steps, true))
}

#[cfg(test)]
mod tests {
    use stepfn_core::asl::read_str;

    use super::*;

    fn of(states: &str) -> Type {
        input(&read_str(&format!("{{ \"StartAt\": \"A\", \"States\": {{ {states} }} }}")).unwrap().0)
    }

    fn field(key: &str, ty: Type, is_optional: bool) -> Field {
        Field { key: key.to_owned(), ty, is_optional }
    }

    #[test]
    fn what_every_execution_reads_is_a_field() {
        let ty = of(r#""A": { "Type": "Wait", "SecondsPath": "$.delay", "Next": "B" },
               "B": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f",
                      "Parameters": { "id.$": "$.order.id", "text.$": "States.Format('{}', $.order.note)" }, "ResultPath": "$.b", "Next": "C" },
               "C": { "Type": "Choice", "Choices": [
                        { "Variable": "$.b.total", "NumericGreaterThan": 1, "Next": "D" },
                        { "Variable": "$.never", "StringEquals": "x", "Next": "D" }], "Default": "D" },
               "D": { "Type": "Pass", "InputPath": "$.late", "End": true }"#);
        let order = Type::Object(vec![field("id", Type::Any, false), field("note", Type::Any, false)]);
        assert_eq!(
            ty,
            Type::Object(vec![field("delay", Type::Integer, false), field("order", order, false)])
        );
    }

    #[test]
    fn comparisons_and_tests_tell_types() {
        let ty = of(r#""A": { "Type": "Choice", "Choices": [
                        { "And": [{ "Variable": "$.kind", "StringEquals": "x" }, { "Variable": "$.note", "IsPresent": true },
                                  { "Variable": "$.note", "NumericEquals": 1 }], "Next": "B" },
                        { "Variable": "$.kind", "StringMatches": "y*", "Next": "B" }], "Default": "B" },
               "B": { "Type": "Succeed" }"#);
        assert_eq!(
            ty,
            Type::Object(vec![field("kind", Type::String, false), field("note", Type::Number, true)])
        );
    }

    #[test]
    fn what_two_uses_contradict_is_untyped() {
        let ty = of(r#""A": { "Type": "Wait", "SecondsPath": "$.x", "Next": "B" },
               "B": { "Type": "Wait", "TimestampPath": "$.x", "Next": "C" },
               "C": { "Type": "Pass", "Parameters": { "first.$": "$.list[0].id", "all.$": "$.some[*].id" }, "End": true }"#);
        let list = Type::List(Box::new(Type::Object(vec![field("id", Type::Any, false)])));
        assert_eq!(
            ty,
            Type::Object(vec![
                field("x", Type::Any, false),
                field("list", list, false),
                field("some", Type::Any, false)
            ])
        );
    }

    #[test]
    fn branches_read_the_same_input_and_catchers_end_what_is_certain() {
        let ty = of(r#""A": { "Type": "Parallel", "InputPath": "$.in", "Branches": [
                        { "StartAt": "X", "States": { "X": { "Type": "Wait", "SecondsPath": "$.seconds", "End": true } } }],
                      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "B" }], "ResultPath": null, "Next": "B" },
               "B": { "Type": "Wait", "SecondsPath": "$.later", "End": true }"#);
        let inner = Type::Object(vec![field("seconds", Type::Integer, false)]);
        assert_eq!(ty, Type::Object(vec![field("in", inner, false)]));
    }
}
