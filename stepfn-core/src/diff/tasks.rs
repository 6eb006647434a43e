//! The calls of Tasks and the data they send, for executions that continue with the old definition.

use super::{Area, Change, ChangeKind, plain};
use crate::{
    asl::{Resource, State, StateKind, StateMachine},
    json::{Pointer, below},
    sort,
    value::Value,
};

/// The target of a Task: its resource, and the parameter that identifies it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Called {
    resource: String,
    which: Option<String>,
}

/// The parameters that name what is called, where the resource alone does not.
const NAMES: [&str; 9] = [
    "FunctionName",
    "StateMachineArn",
    "TopicArn",
    "QueueUrl",
    "TableName",
    "JobName",
    "ProjectName",
    "TaskDefinition",
    "ApiEndpoint",
];

/// The targets, with the keys that the calls send: in order, each once.
struct Calls(Vec<(Called, Vec<String>)>);

impl Calls {
    fn of(machine: &StateMachine) -> Self {
        let mut calls = Vec::new();
        collect(machine, &mut calls);
        sort::sort_by(&mut calls, Ord::cmp);
        calls.dedup();
        Self(calls)
    }

    /// The calls of one target.
    fn of_target(&self, called: &Called) -> &[(Called, Vec<String>)] {
        let from = self.0.partition_point(|(known, _)| known < called);
        let calls = self.0.get(from..).unwrap_or_default();
        calls.get(..calls.partition_point(|(known, _)| known == called)).unwrap_or_default()
    }
}

pub(super) fn mark_what_breaks(old: &StateMachine, new: &StateMachine, changes: &mut Vec<Change>) {
    let (before, after) = (Calls::of(old), Calls::of(new));
    for change in changes.iter_mut().filter(|change| change.area == Area::DataFlow) {
        let field = change.at.rsplit('/').next().unwrap_or_default();
        let state = change.at.strip_suffix(&format!("/{field}")).unwrap_or_default();
        if !matches!(field, "Parameters" | "Arguments") {
            continue;
        }
        let Some(called) = state_at(new, state).and_then(called) else { continue };
        let (was, is) = (before.of_target(&called), after.of_target(&called));
        // A function that takes what any state of the new definition sends takes the same of an old one.
        if !is.is_empty() && was.iter().any(|call| !is.contains(call)) {
            change.breaks = Some(format!("executions that run still send `{}` the old keys", called.shown()));
        }
    }
    let targets = before.0.chunk_by(|(one, _), (other, _)| one == other).filter_map(<[_]>::first);
    for (called, _) in targets.filter(|(called, _)| after.of_target(called).is_empty()) {
        changes.push(Change {
            at: String::new(),
            area: Area::Tasks,
            kind: ChangeKind::Removed,
            what: format!("no state calls `{}` any more", called.shown()),
            breaks: Some(format!(
                "executions that run still call `{}`; remove it when the last of them has ended",
                called.shown()
            )),
        });
    }
}

impl Called {
    fn shown(&self) -> &str {
        self.which.as_deref().unwrap_or(&self.resource)
    }
}

/// Returns the target of a state, if it is a Task.
fn called(state: &State) -> Option<Called> {
    let StateKind::Task(task) = &state.kind else { return None };
    let sent = state.parameters.as_ref().or(state.arguments.as_ref());
    let named = |key: &&str| {
        let value = sent.and_then(|sent| sent.get(key).or_else(|| sent.get(&format!("{key}.$"))));
        value.and_then(Value::as_str).map(str::to_owned)
    };
    let resource = match &task.resource {
        Resource::Arn(arn) => arn.clone(),
        Resource::Reference(reference) => plain(reference),
    };
    Some(Called { resource, which: NAMES.iter().find_map(named) })
}

/// The keys of what a function or service gets, in order.
fn keys(state: &State) -> Vec<String> {
    let sent = state.parameters.as_ref().or(state.arguments.as_ref());
    let payload = sent.and_then(|sent| sent.get("Payload").or_else(|| sent.get("Input")));
    let Some(Value::Object(map)) = payload.or(sent) else { return Vec::new() };
    let mut keys: Vec<String> = map.keys().map(|key| key.trim_end_matches(".$").to_owned()).collect();
    keys.sort();
    keys.dedup();
    keys
}

fn collect(machine: &StateMachine, calls: &mut Vec<(Called, Vec<String>)>) {
    for state in machine.states.values() {
        if let Some(called) = called(state) {
            calls.push((called, keys(state)));
        }
        for (_, child) in state.children() {
            collect(child, calls);
        }
    }
}

fn state_at<'m>(machine: &'m StateMachine, at: &str) -> Option<&'m State> {
    for (name, state) in &machine.states {
        let here = below("/States", name);
        let Some(rest) = at.strip_prefix(&here) else { continue };
        if rest.is_empty() {
            return Some(state);
        }
        let below =
            |(below, child): (Pointer, &'m StateMachine)| state_at(child, rest.strip_prefix(below.as_str())?);
        if let Some(found) = state.children().into_iter().find_map(below) {
            return Some(found);
        }
    }
    None
}
