//! The walk of all rules: every machine and every state with its JSON pointer and query language.

pub(super) use crate::json::below;
use crate::{
    asl::{Map, QueryLanguage, State, StateKind, StateMachine, Task},
    check::Code,
    definition::WorkflowType,
    diagnostic::{Comparisons, Diagnostic},
    json::push_token,
    jsonata,
};

/// A machine with all that are nested in it, in the order of the text.
pub(super) struct Walk<'m> {
    pub(super) scopes: Vec<Scope<'m>>,
    /// The comparisons of names that suggestions may still cost.
    pub(super) comparisons: Comparisons,
}

/// One machine: transitions stay inside.
pub(super) struct Scope<'m> {
    /// JSON pointer; empty for the outermost machine.
    pub(super) at: String,
    pub(super) machine: &'m StateMachine,
    /// The name of the Map or Parallel state that the machine is in.
    pub(super) owner: Option<&'m str>,
    /// The index of the scope of that state, and the state.
    pub(super) outer: Option<(usize, &'m State)>,
    /// Standard or Express, where a distributed Map may choose for its children.
    pub(super) workflow_type: WorkflowType,
    pub(super) nodes: Vec<Node<'m>>,
}

/// One state.
pub(super) struct Node<'m> {
    /// JSON pointer.
    pub(super) at: String,
    pub(super) name: &'m str,
    pub(super) state: &'m State,
    /// The query language in force.
    pub(super) language: QueryLanguage,
}

impl<'m> Walk<'m> {
    pub(super) fn new(machine: &'m StateMachine, workflow_type: WorkflowType) -> Self {
        let mut walk = Self { scopes: Vec::new(), comparisons: Comparisons::default() };
        walk.enter(String::new(), machine, None, workflow_type, QueryLanguage::default());
        walk
    }

    fn enter(
        &mut self,
        at: String,
        machine: &'m StateMachine,
        outer: Option<(usize, &'m State, &'m str)>,
        workflow_type: WorkflowType,
        language: QueryLanguage,
    ) {
        let language = machine.query_language.unwrap_or(language);
        let nodes = machine.states.iter().map(|(name, state)| {
            let mut at = format!("{at}/States");
            push_token(&mut at, name);
            Node { at, name, state, language: state.query_language.unwrap_or(language) }
        });
        let nodes: Vec<_> = nodes.collect();
        let inside: Vec<_> = nodes
            .iter()
            .flat_map(|node| {
                let workflow_type = child_type(node.state, workflow_type);
                let machines = node.state.children().into_iter();
                machines.map(move |(below, machine)| {
                    (format!("{}{below}", node.at), machine, node.state, node.name, workflow_type)
                })
            })
            .collect();
        let owner = outer.map(|(.., name)| name);
        let outer = outer.map(|(scope, state, _)| (scope, state));
        let own = self.scopes.len();
        self.scopes.push(Scope { at, machine, owner, outer, workflow_type, nodes });
        for (at, machine, state, name, workflow_type) in inside {
            // A state's own query language is not handed down: only the outermost machine's is.
            self.enter(at, machine, Some((own, state, name)), workflow_type, language);
        }
    }

    /// Returns all states of all machines.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node<'m>> {
        self.scopes.iter().flat_map(|scope| &scope.nodes)
    }
}

/// Returns the type of a distributed Map's child executions; states inside anything else share the execution.
fn child_type(state: &State, parent: WorkflowType) -> WorkflowType {
    let StateKind::Map(map) = &state.kind else { return parent };
    if !map.is_distributed() {
        return parent;
    }
    let config = map.processor().and_then(|processor| processor.processor_config.as_ref());
    match config.and_then(|config| config.get("ExecutionType")?.as_str()) {
        Some("EXPRESS") => WorkflowType::Express,
        _ => WorkflowType::Standard,
    }
}

impl Scope<'_> {
    /// Returns the name of the machine for messages, the state that it is in first.
    pub(super) fn title(&self) -> String {
        match (self.owner, self.at.ends_with("/ItemProcessor"), self.at.ends_with("/Iterator")) {
            (None, ..) => "the state machine".to_owned(),
            (Some(owner), true, _) => format!("state `{owner}`: the item processor"),
            (Some(owner), _, true) => format!("state `{owner}`: the iterator"),
            (Some(owner), ..) => {
                let index = self.at.rsplit('/').next().unwrap_or_default();
                format!("state `{owner}`: branch {index}")
            }
        }
    }

    /// A diagnostic at a place below the machine.
    pub(super) fn finding(&self, code: Code, below: &str, message: &str) -> Diagnostic {
        Diagnostic::new(code, format!("{}{below}", self.at), format!("{}{message}", self.title()))
    }
}

impl Node<'_> {
    /// The names of the fields that the state has, the unknown ones included; not those that a state of its type
    /// has in either query language.
    pub(super) fn keys(&self) -> Vec<&str> {
        let state = self.state;
        let shared = [
            ("InputPath", state.input_path.is_some()),
            ("Parameters", state.parameters.is_some()),
            ("Arguments", state.arguments.is_some()),
            ("ResultSelector", state.result_selector.is_some()),
            ("ResultPath", state.result_path.is_some()),
            ("OutputPath", state.output_path.is_some()),
            ("Output", state.output.is_some()),
            ("Assign", state.assign.is_some()),
            ("Retry", state.retry.is_some()),
            ("Catch", state.catch.is_some()),
            ("Next", state.next.is_some()),
            ("End", state.end.is_some()),
        ];
        let mut own = Vec::new();
        match &state.kind {
            StateKind::Task(task) => own.extend(task_keys(task)),
            StateKind::Pass(pass) => own.push(("Result", pass.result.is_some())),
            StateKind::Wait(wait) => {
                own.push(("SecondsPath", wait.seconds_path.is_some()));
                own.push(("TimestampPath", wait.timestamp_path.is_some()));
            }
            StateKind::Fail(fail) => {
                own.push(("ErrorPath", fail.error_path.is_some()));
                own.push(("CausePath", fail.cause_path.is_some()));
            }
            StateKind::Map(map) => own.extend(map_keys(map)),
            StateKind::Choice(_) | StateKind::Succeed | StateKind::Parallel(_) => {}
        }
        let known = shared.into_iter().chain(own).filter(|(_, given)| *given).map(|(name, _)| name);
        known.chain(state.unknown.keys().map(|key| &**key)).collect()
    }

    /// A diagnostic at a place below the state.
    pub(super) fn finding(&self, code: Code, below: &str, message: impl AsRef<str>) -> Diagnostic {
        Diagnostic::new(
            code,
            format!("{}{below}", self.at),
            format!("state `{}`: {}", self.name, message.as_ref()),
        )
    }
}

/// Returns which of a Task's fields that only one query language has are given.
fn task_keys(task: &Task) -> [(&'static str, bool); 2] {
    [
        ("TimeoutSecondsPath", task.timeout_seconds_path.is_some()),
        ("HeartbeatSecondsPath", task.heartbeat_seconds_path.is_some()),
    ]
}

/// Returns which of a Map's fields that only one query language has are given.
fn map_keys(map: &Map) -> [(&'static str, bool); 5] {
    [
        ("ItemsPath", map.items_path.is_some()),
        ("Items", map.items.is_some()),
        ("MaxConcurrencyPath", map.max_concurrency_path.is_some()),
        ("ToleratedFailureCountPath", map.tolerated_failure_count_path.is_some()),
        ("ToleratedFailurePercentagePath", map.tolerated_failure_percentage_path.is_some()),
    ]
}

/// Returns `true` if a text has a placeholder of a deployment tool: `${Name}`, `#{Name}`, `[!function[name]arn]`, `<name>`.
///
/// Nothing is known of such a text before it is filled in.
pub(crate) fn has_placeholder(text: &str) -> bool {
    text.contains("${") || text.contains("#{") || text.contains("[!") || text.contains("{{")
}

/// Returns `true` if an expression of JSONata, without its `{% %}`, is one only after a deployment tool filled something in.
///
/// JSONata has braces of its own: `${sku: price}` groups, `function($v){{ "a": $v }}` makes objects. What can be read as it is
/// is meant as it is, but for the variables of the Serverless Framework.
pub(crate) fn awaits_deployment(expression: &str) -> bool {
    const SOURCES: [&str; 10] =
        ["self:", "opt:", "env:", "file(", "sls:", "param:", "ssm:", "cf:", "s3:", "aws:"];
    let mut variables = expression.split("${").skip(1);
    has_placeholder(expression)
        && (variables.any(|rest| {
            // A group on `$` has a blank behind its colon: `${self: price}`.
            let address = SOURCES.iter().find_map(|source| rest.strip_prefix(source));
            address.is_some_and(|address| !address.starts_with(char::is_whitespace))
        }) || jsonata::parse(expression).is_err())
}
