//! Data flow: what every state's input can be, and what must hold for the workflow never to fail on a path or a type.
//!
//! [`analyse`] interprets a machine abstractly: each state gets what can flow in over any of its edges, each field is applied
//! in ASL's order. Types are known by name only, so that the same analysis runs inside the macro, where nobody can look into a
//! type, and in the builder. What depends on a type becomes an [`Obligation`]; what does not is a finding at once.
//!
//! ```
//! use stepfn_core::{asl, flow};
//!
//! let (machine, _) = asl::read_str(
//!     r#"{ "StartAt": "Make", "States": {
//!         "Make": { "Type": "Pass", "Result": { "total": 7 }, "Next": "Use" },
//!         "Use": { "Type": "Pass", "InputPath": "$.totl", "End": true } } }"#,
//! )?;
//! let analysis = flow::analyse(&machine, &flow::Typing::default());
//! assert!(analysis.findings[0].message.contains("there is no field `totl` here; it has `total`"));
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

mod answer;
mod call;
mod choice;
mod claims;
mod errors;
mod expression;
mod fact;
mod jsonata;
mod lead;
mod obligation;
mod query;
mod read;
mod sent;
mod template;
mod transfer;
mod unwritten;
mod value;

#[cfg(test)]
mod jsonata_tests;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

pub use self::obligation::{Known, Obligation, OwnedClaim, OwnedNeed, OwnedNode, OwnedStep};
use self::{
    read::Site,
    value::{Flow, Sym},
};
use crate::{
    asl::{QueryLanguage, State, StateKind, StateMachine},
    definition::Call,
    diagnostic::{Diagnostic, Severity},
    json::push_token,
    shape::Side,
};

/// A type by its place in the list of the machine's types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeRef(pub usize);

/// A task by its place in the list of the machine's tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskRef(pub usize);

/// What is known of a machine's types.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    /// The type of the execution's input; anything where unknown.
    pub input: Option<TypeRef>,
    /// The type that the output must be readable as.
    pub output: Option<TypeRef>,
    /// What is known of Task states, by JSON pointer.
    pub states: HashMap<String, StateTyping>,
    /// Whether everything must be shown to hold: what may fail is an error then, not a warning.
    pub proven: bool,
}

impl Typing {
    /// Makes a finding about what may fail, but need not, a warning where nothing has to be shown.
    fn soften(&self, finding: &mut Diagnostic) {
        if !self.proven {
            finding.severity = Severity::Warning;
        }
    }
}

/// What is known of a Task state.
#[derive(Clone, Debug)]
pub enum StateTyping {
    /// A Rust function does its work.
    Task {
        /// Which.
        task: TaskRef,
        /// Its name.
        name: String,
        /// What it takes.
        input: TypeRef,
        /// What it answers.
        output: TypeRef,
        /// How it is called.
        call: Call,
        /// What the result is where the function does not tell: a callback's.
        result: Option<TypeRef>,
    },
    /// Something else does, and the result was declared.
    Result(TypeRef),
}

/// What the analysis of a machine found.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// What is wrong whatever the types are.
    pub findings: Vec<Diagnostic>,
    /// What is left to be judged by the types.
    pub obligations: Vec<Obligation>,
}

/// Analyses the data flow of a machine.
pub fn analyse(machine: &StateMachine, typing: &Typing) -> Analysis {
    let input = typing.input.map_or(Sym::Any, |ty| Sym::leaf(ty, Side::Given, "the machine's input"));
    let mut analyser = Analyser {
        typing,
        language: machine.query_language.unwrap_or_default(),
        machine_input: input.clone(),
        map_items: Vec::new(),
        open: Vec::new(),
        results: HashMap::new(),
        report: Some(Analysis::default()),
    };
    let output = analyser.solve("", machine, &Flow::new(input));
    if let Some(ty) = typing.output {
        let site = Site {
            at: String::new(),
            place: String::new(),
            input: Sym::Any,
            context: Sym::Any,
            variables: std::rc::Rc::default(),
        };
        analyser.fits(&site, OUTPUT, &output, ty, "the machine's output");
    }
    analyser.unwritten(machine);
    analyser.report.unwrap_or_default()
}

/// The pointer of claims about the machine's output, which is no place of the definition.
pub const OUTPUT: &str = "#output";

/// Visits of a state after which what flows in is no longer followed: it changes with every round of a loop.
const MOST_VISITS: usize = 16;

struct Analyser<'t> {
    typing: &'t Typing,
    /// The outermost machine's: what states inside a Map or Parallel use, too, if they do not say.
    language: QueryLanguage,
    machine_input: Sym,
    /// `$$.Map` of the enclosing Map states, innermost last.
    map_items: Vec<Sym>,
    /// Paths into data of no known type, and what the states' results have, for [`unwritten`].
    open: Vec<unwritten::OpenRead>,
    results: HashMap<String, Vec<String>>,
    /// Where findings go; none while a fixpoint is still being sought.
    report: Option<Analysis>,
}

impl Analyser<'_> {
    /// Finds what flows into every state, then reports over each once. Gives what the machine answers.
    fn solve(&mut self, at: &str, machine: &StateMachine, input: &Flow) -> Sym {
        let report = self.report.take();
        let language = self.language;
        let mut inputs: HashMap<&str, Flow> = HashMap::new();
        let mut visits: HashMap<&str, usize> = HashMap::new();
        let mut queue: VecDeque<&str> = VecDeque::new();
        if let Some((name, _)) = machine.states.get_key_value(&machine.start_at) {
            inputs.insert(name, input.clone());
            queue.push_back(name);
        }
        while let Some(name) = queue.pop_front() {
            let (Some(state), Some(flow)) = (machine.states.get(name), inputs.get(name).cloned()) else {
                continue;
            };
            *visits.entry(name).or_default() += 1;
            let left = self.state(&pointer(at, name), name, state, language, &flow);
            for (target, flow) in left.next {
                let Some((target, _)) = machine.states.get_key_value(&target) else { continue };
                let joined = match inputs.get(target.as_str()) {
                    None => flow,
                    Some(known) => {
                        let joined = known.join(&flow);
                        if joined == *known {
                            continue;
                        }
                        if visits.get(target.as_str()).is_some_and(|visits| *visits > MOST_VISITS) {
                            widen(known, &joined)
                        } else {
                            joined
                        }
                    }
                };
                if inputs.get(target.as_str()) == Some(&joined) {
                    continue;
                }
                inputs.insert(target, joined);
                if !queue.contains(&target.as_str()) {
                    queue.push_back(target);
                }
            }
        }
        self.report = report;
        let mut output: Option<Sym> = None;
        for (name, state) in &machine.states {
            // A state that nothing leads to has a finding of its own.
            let Some(flow) = inputs.get(name.as_str()) else { continue };
            let left = self.state(&pointer(at, name), name, state, language, flow);
            if let Some(end) = left.end {
                output = Some(output.map_or_else(|| end.data.clone(), |output| output.join(&end.data)));
            }
        }
        output.unwrap_or(Sym::Any)
    }

    /// The context object as a state sees it.
    fn context(&self, at: &str, state: &State) -> Sym {
        let mut fields = vec![
            (
                "Execution",
                Sym::object([
                    ("Id", Sym::String),
                    ("Input", self.machine_input.clone()),
                    ("Name", Sym::String),
                    ("RoleArn", Sym::String),
                    ("StartTime", Sym::Timestamp),
                    ("RedriveCount", Sym::WholeNumber),
                    ("RedriveTime", Sym::Timestamp),
                ]),
            ),
            (
                "State",
                Sym::object([
                    ("EnteredTime", Sym::Timestamp),
                    ("Name", Sym::String),
                    ("RetryCount", Sym::WholeNumber),
                ]),
            ),
            ("StateMachine", Sym::object([("Id", Sym::String), ("Name", Sym::String)])),
        ];
        if let StateKind::Task(task) = &state.kind {
            let callback = matches!(
                self.typing.states.get(at),
                Some(StateTyping::Task { call: Call::WaitForTaskToken, .. })
            );
            // A placeholder may stand for anything.
            let arn = task.resource.as_str().unwrap_or("${}");
            if callback
                || arn.contains("${")
                || arn.contains(".waitForTaskToken")
                || arn.contains(".sync")
                || arn.contains(":activity:")
            {
                fields.push(("Task", Sym::object([("Token", Sym::String)])));
            }
        }
        if let Some(item) = self.map_items.last() {
            fields.push(("Map", item.clone()));
        }
        Sym::object(fields)
    }
}

/// What changes with every round of a loop is no longer told; what stays the same stays known.
fn widen(known: &Flow, joined: &Flow) -> Flow {
    fn widen_value(known: &Sym, joined: &Sym) -> Sym {
        match (known, joined) {
            (a, b) if a == b => a.clone(),
            (Sym::Object(a, base), Sym::Object(b, other)) if base == other => {
                let fields = b.iter().map(|(key, entry)| {
                    let value =
                        a.get(key).map_or(Sym::Mixed, |before| widen_value(&before.value, &entry.value));
                    (key.clone(), value::Entry { value, ..entry.clone() })
                });
                Sym::Object(std::rc::Rc::new(fields.collect()), base.clone())
            }
            _ => Sym::Mixed,
        }
    }
    let variables = joined.variables.iter().map(|(key, entry)| {
        let value =
            known.variables.get(key).map_or(Sym::Mixed, |before| widen_value(&before.value, &entry.value));
        (key.clone(), value::Entry { value, ..entry.clone() })
    });
    Flow { data: widen_value(&known.data, &joined.data), variables: std::rc::Rc::new(variables.collect()) }
}

/// The JSON pointer of a state.
pub fn pointer(machine: &str, state: &str) -> String {
    let mut at = format!("{machine}/States");
    push_token(&mut at, state);
    at
}
