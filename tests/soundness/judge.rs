//! The verdict on an execution: the breaches of the promise. See `exempt` for what is none.

use stepfn::{
    executor::{Outcome, RunError},
    value::Value,
};

use crate::exempt::{by_values, exempt};

/// An execution that the checker promised not to be.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// The common part of failures of the same kind.
    pub(crate) kind: String,
    /// The message.
    pub(crate) said: String,
}

impl Failure {
    pub(crate) fn new(place: &str, said: &str, input: Option<&Value>) -> Self {
        let input = input.map(|input| format!("\ninput {input}")).unwrap_or_default();
        Self { kind: format!("{place}: {}", skeleton(said)), said: format!("{place}: {said}{input}") }
    }
}

/// Errors that a path or a type ends in.
const PATH_OR_TYPE: [&str; 9] = [
    "States.Runtime",
    "States.QueryEvaluationError",
    "States.ParameterPathFailure",
    "States.ResultPathMatchFailure",
    "States.IntrinsicFailure",
    "States.NoChoiceMatched",
    "States.ItemReaderFailed",
    "States.ResultWriterFailed",
    "Runtime.UnmarshalError",
];

/// Judges an execution that came to an end. `quiet` means that nothing of it can have been caught.
pub(crate) fn judge(outcome: &Outcome, input: &Value, quiet: bool) -> Option<Failure> {
    let failure = |error: &str, cause: &str| {
        let breaks = PATH_OR_TYPE.contains(&error)
            && exempt(cause).is_none()
            && by_values(outcome, input, cause).is_none();
        breaks.then(|| Failure::new(error, cause, Some(input)))
    };
    if quiet {
        return failure(outcome.error()?, outcome.cause().unwrap_or_default());
    }
    let mut raised = Raised::default();
    for event in outcome.history.events() {
        let Some(details) = event.details() else { continue };
        if event.event_type == "FailStateEntered" {
            raised.fail(event.id, &details);
        }
        if !event.event_type.ends_with("Failed") {
            continue;
        }
        let text = |name: &str| details[name].as_str().unwrap_or_default().to_owned();
        let (error, cause) = (text("error"), text("cause"));
        if raised.again(&error, &cause) {
            continue;
        }
        if let Some(found) = failure(&error, &cause) {
            return Some(found);
        }
        raised.before.push(error);
    }
    outcome.map_runs.iter().flat_map(|run| &run.children).find_map(|child| judge(child, input, false))
}

/// The errors of an execution so far, and those that a Fail state may raise again under their names: they were judged where they
/// came to be.
#[derive(Default)]
struct Raised {
    before: Vec<String>,
    again: Vec<String>,
    /// How the cause begins where the Fail state itself fails.
    own: String,
}

impl Raised {
    fn fail(&mut self, id: u64, entered: &Value) {
        let name = entered["name"].as_str().unwrap_or_default();
        self.own =
            format!("An error occurred while executing the state '{name}' (entered at the event id #{id})");
        self.again.clone_from(&self.before);
    }

    fn again(&self, error: &str, cause: &str) -> bool {
        self.again.iter().any(|before| before == error) && !cause.starts_with(&self.own)
    }
}

/// Judges an execution that could not be run to its end.
pub(crate) fn stopped(error: &RunError, input: &Value) -> Option<Failure> {
    match error {
        // Which buckets there are is not the checker's to know.
        RunError::UnboundBucket { .. } => None,
        // How long an execution goes on is nobody's promise: a guard that was broken makes a loop endless.
        RunError::TooManyTransitions { .. } | RunError::HistoryTooLarge { .. } => None,
        error => Some(Failure::new("the run stops", &error.to_string(), Some(input))),
    }
}

/// Returns a message without the parts that differ from case to case: quotes, backticks, numbers, JSON.
pub(crate) fn skeleton(said: &str) -> String {
    // The found type determines the kind less than the expected one.
    let mut said =
        said.split(", found ").next().unwrap_or_default().split("; found ").next().unwrap_or_default();
    for end in [
        " but was: ",
        " for value:",
        " in the input '",
        " refers to value ",
        " to input ",
        " entered at the event id",
    ] {
        if end == " entered at the event id" {
            let rest =
                said.split_once("entered at the event id #").and_then(|(_, rest)| rest.split_once(')'));
            said = rest.map_or(said, |(_, rest)| rest.trim_start_matches(['.', ' ']));
        } else {
            said = said.split(end).next().unwrap_or_default();
        }
    }
    // An expression may hold quotes of its own.
    let (before, rest) = match said.rsplit_once(" specified for the field '") {
        Some((before, rest)) => {
            let words: Vec<_> =
                before.split_whitespace().take_while(|word| !word.starts_with('\'')).collect();
            (words.join(" "), rest.split_once('\'').map_or(rest, |(_, rest)| rest))
        }
        None => (String::new(), said),
    };
    let mut out = before;
    let (mut until, mut quoted, mut depth): (Option<char>, String, usize) = (None, String::new(), 0);
    for sign in rest.chars() {
        match (until, sign) {
            (Some(end), sign) if sign == end => {
                until = None;
                // The names of functions, operators and types determine the kind.
                let tells = quoted.len() < 20 && !quoted.starts_with(['$', '{']) && end != '`';
                out.push_str(if tells { quoted.trim() } else { "…" });
            }
            (Some(_), sign) => quoted.push(sign),
            (None, '\'' | '`' | '"') => (until, quoted) = (Some(sign), String::new()),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.saturating_sub(1),
            (None, sign) if depth > 0 || sign.is_ascii_digit() && !is_code(&out) => {}
            (None, sign) => out.push(sign),
        }
    }
    // The two values do not belong to the kind.
    if let Some((before, after)) = out.split_once("The values ")
        && let Some((_, after)) = after.split_once(" either side")
    {
        out = format!("{before}The values either side{after}");
    }
    let short = out.replace("in its field …: ", "").replace("in its items: ", "");
    short.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect()
}

/// Whether a code of JSONata's is being written: `T2001`.
fn is_code(out: &str) -> bool {
    let tail = out.trim_end_matches(|sign: char| sign.is_ascii_digit());
    tail.ends_with(['T', 'D', 'S']) && !tail.trim_end_matches(['T', 'D', 'S']).ends_with(char::is_alphabetic)
}
