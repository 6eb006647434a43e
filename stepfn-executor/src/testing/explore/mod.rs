//! The ways through a workflow, found from its definition alone.

mod literals;
mod reads;
mod routes;
mod sample;
mod solve;
mod trials;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    sync::Arc,
    time::Duration,
};

use stepfn_core::{
    asl::{QueryLanguage, State, StateKind, StateMachine},
    definition::Definition,
    json::Pointer,
    service,
    shape::{Shape, Side},
    task::TaskFailure,
    value::Value,
};

use self::{
    routes::Route,
    sample::{sample, variations},
    solve::{Rule, Solution},
};
use super::{Coverage, Way, differs::shown, picture};
use crate::{
    Attempt, Executor, History, Outcome, PendingToken, RunError, Status, TaskCall, TaskHandler, declared,
    mock::execution_result,
};

/// After how many answers of one kind a task answers something else: a poller that never sees its job done proves nothing.
const PATIENCE: usize = 4;
/// Executions with more transitions than this are taken not to end.
const MOST_TRANSITIONS: u64 = 2_000;
/// The greatest number of runs of an exploration.
const MOST_RUNS: usize = 3_000;
/// Runs that are kept, those that took something new aside.
const MOST_KEPT: usize = 100;
/// Different ends of a workflow that is started.
const MOST_ENDS: usize = 8;
/// An error that nothing names.
const UNNAMED: &str = "Explored.Error";

/// Returns an answer of the type that a callback was declared to get, where it was: a value to start from.
pub fn answer_of(pending: &PendingToken) -> Option<Value> {
    pending.answer.map(|shape| sample(shape, Side::Given))
}

/// The results of an exploration: see [`explore`].
#[derive(Clone, Debug)]
pub struct Exploration {
    /// One run for each way that was not taken before it, and for each path that succeeds.
    pub runs: Vec<ExploredRun>,
    /// Which ways were taken, and which could not be found.
    pub coverage: Coverage,
    /// The reason why it covers less than it should: the workflow cannot be run, or there was more to try than it tries.
    pub problem: Option<String>,
    /// The explorations of the workflows that it starts, by their names; what they end with is what their starter gets.
    pub children: Vec<(String, Self)>,
}

/// A run of an exploration.
#[derive(Clone, Debug)]
pub struct ExploredRun {
    /// `ValidateCSV → CheckValidation → …`
    pub path: String,
    /// The input that was made up.
    pub input: Value,
    /// The answers of tasks that were not the plain ones, in words.
    pub answers: Vec<String>,
    /// The status at the end; none where the execution did not end.
    pub status: Option<Status>,
    /// Whether it ended with an error that nothing caught, not in a Fail state.
    pub is_unhandled: bool,
    /// The outcome, with its history; none where the execution did not end.
    pub outcome: Option<Outcome>,
}

impl Exploration {
    /// The runs that ended in an error that nothing caught.
    pub fn unhandled(&self) -> impl Iterator<Item = &ExploredRun> {
        self.runs.iter().filter(|run| run.is_unhandled)
    }

    /// The runs that never ended, though their tasks' answers varied.
    pub fn endless(&self) -> impl Iterator<Item = &ExploredRun> {
        self.runs.iter().filter(|run| run.status.is_none())
    }

    /// The ways that no input was found for.
    pub fn untaken(&self) -> impl Iterator<Item = &Way> {
        self.coverage.untaken()
    }
}

impl fmt::Display for Exploration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for run in &self.runs {
            let end = run.status.as_ref().map_or("never ends".to_owned(), ToString::to_string);
            let flag = if run.is_unhandled || run.status.is_none() { "!" } else { " " };
            writeln!(f, "{flag} {}\n    input {}\n    {end}", run.path, shown(&run.input))?;
            for answer in &run.answers {
                writeln!(f, "    {answer}")?;
            }
        }
        if let Some(problem) = &self.problem {
            writeln!(f, "? {problem}")?;
        }
        for way in self.untaken() {
            writeln!(f, "? {way}: nothing was found that takes it")?;
        }
        self.children.iter().try_for_each(|(name, child)| write!(f, "{name}, which it starts:\n{child}"))
    }
}

/// Looks for a run through every way of a workflow: every Choice rule, every catcher, retries, timeouts. Inputs and answers are made
/// of the types, of what the rules compare, and of the errors that retriers, catchers and functions name; no function is called. All
/// runs are on virtual time, and the same definition gives the same runs.
///
/// ```
/// use stepfn_core::{asl, definition::{Definition, WorkflowType}};
/// use stepfn_executor::testing::explore;
///
/// let (machine, _) = asl::read_str(r#"{ "StartAt": "Check", "States": {
///     "Check": { "Type": "Choice", "Choices": [{ "Variable": "$.n", "NumericGreaterThan": 5, "Next": "Work" }], "Default": "Small" },
///     "Work": { "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true },
///     "Small": { "Type": "Succeed" } } }"#)?;
/// let exploration = explore(&Definition::from_asl("Sizes", WorkflowType::Standard, machine));
/// assert_eq!(exploration.untaken().count(), 0);
/// let unhandled: Vec<_> = exploration.unhandled().map(|run| run.path.as_str()).collect();
/// assert!(unhandled.contains(&"Check ✗"), "an input without `n`");
/// assert!(unhandled.contains(&"Check → Work ✗"), "what `work` fails with is not caught");
/// # Ok::<(), stepfn_core::json::JsonError>(())
/// ```
pub fn explore(definition: &Definition) -> Exploration {
    explore_within(definition, &mut vec![definition.name.clone()])
}

/// Explores a workflow, the workflows that it starts first; those around it are not explored again.
fn explore_within(definition: &Definition, around: &mut Vec<String>) -> Exploration {
    let mut children: Vec<(String, Exploration)> = Vec::new();
    for child in &definition.children {
        let name = child.child.name;
        if around.iter().any(|known| known == name) || children.iter().any(|(known, _)| known == name) {
            continue;
        }
        around.push(name.to_owned());
        let exploration = explore_within(&(child.child.definition)(), around);
        around.pop();
        children.push((name.to_owned(), exploration));
    }
    let exploration = Explorer::new(definition, &children).search();
    Exploration { children, ..exploration }
}

/// The inputs and answers of one run.
#[derive(Clone, Debug)]
struct Trial {
    input: Value,
    /// By the state's name; the plain answer where there is none.
    answers: HashMap<String, Answer>,
}

impl Trial {
    /// A text that two trials share which are the same.
    fn key(&self) -> String {
        let mut answers: Vec<String> = self.answers.iter().map(|answer| format!("{answer:?}")).collect();
        answers.sort();
        format!("{} {}", self.input, answers.join(" "))
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Value(Value),
    /// So many times, then the plain answer.
    Fail(String, usize),
    TimeOut,
}

struct Explorer<'d> {
    definition: &'d Definition,
    tasks: Vec<ExploredTask<'d>>,
    choices: HashMap<&'d str, &'d State>,
    fails: HashSet<&'d str>,
    states: HashMap<&'d str, &'d State>,
    /// The values that states put under other names.
    routes: Vec<Route>,
    /// Data for each way of a Choice, by the state's name.
    solutions: HashMap<&'d str, Vec<(Rule, Vec<Solution>)>>,
}

struct ExploredTask<'d> {
    name: &'d str,
    shape: &'static Shape,
    plain: Value,
    errors: Vec<String>,
    /// What the workflow that it starts ended with.
    others: Vec<Answer>,
}

impl<'d> Explorer<'d> {
    fn new(definition: &'d Definition, children: &[(String, Exploration)]) -> Self {
        let mut explorer = Self {
            definition,
            tasks: Vec::new(),
            choices: HashMap::new(),
            fails: HashSet::new(),
            states: HashMap::new(),
            routes: Vec::new(),
            solutions: HashMap::new(),
        };
        explorer.gather(&Pointer::root(), &definition.machine, QueryLanguage::default(), children);
        explorer
    }

    fn gather(
        &mut self,
        at: &Pointer,
        machine: &'d StateMachine,
        around: QueryLanguage,
        children: &[(String, Exploration)],
    ) {
        let language = machine.query_language.unwrap_or(around);
        for (name, state) in &machine.states {
            self.states.insert(name, state);
            routes::routes(state, &mut self.routes);
            let pointer = at.state(name);
            match &state.kind {
                StateKind::Task(task) => {
                    let results = self.definition.results.iter();
                    let declared =
                        results.clone().find(|(state, _)| *state == pointer).map(|(_, shape)| *shape);
                    let bound = self.definition.tasks.iter().find(|binding| binding.state == pointer);
                    let shape = declared.or(bound.map(|bound| bound.task.output)).unwrap_or(&Shape::Any);
                    let mut errors: Vec<String> = vec![UNNAMED.to_owned()];
                    let named = bound.into_iter().flat_map(|bound| bound.task.errors.iter().copied());
                    let caught = state.catch.iter().flatten().flat_map(|catcher| &catcher.error_equals);
                    let retried = state.retry.iter().flatten().flat_map(|retrier| &retrier.error_equals);
                    let names = named.chain(caught.chain(retried).map(String::as_str));
                    for error in names.filter(|error| !error.starts_with("States.")) {
                        if !errors.iter().any(|known| known == error) {
                            errors.push(error.to_owned());
                        }
                    }
                    let resource = task.resource.as_str();
                    let service = resource.and_then(service_answer);
                    let mut plain = match service.filter(|_| declared.is_none() && bound.is_none()) {
                        Some(answered) => sample::answer(&answered, 0),
                        None => sample(shape, Side::Made),
                    };
                    let starts = self.definition.children.iter().find(|binding| binding.state == pointer);
                    let explored = starts.and_then(|binding| {
                        children.iter().find(|(name, _)| *name == binding.child.name).map(|(_, child)| child)
                    });
                    let mut others =
                        explored.map_or_else(Vec::new, |child| ends(child, resource.unwrap_or_default()));
                    if let Some(first) = others.iter().position(|other| matches!(other, Answer::Value(_)))
                        && let Answer::Value(value) = others.remove(first)
                    {
                        plain = value;
                    }
                    self.tasks.push(ExploredTask { name, shape, plain, errors, others });
                }
                StateKind::Choice(_) => {
                    self.choices.insert(name, state);
                    self.solutions.insert(name, solve::solve(state, language));
                }
                StateKind::Fail(_) => {
                    self.fails.insert(name);
                }
                _ => {}
            }
            for (below, child) in state.children() {
                self.gather(&pointer.join(&below), child, language, children);
            }
        }
    }

    fn search(&self) -> Exploration {
        let mut coverage = Coverage::of(self.definition);
        let mut runs: Vec<ExploredRun> = Vec::new();
        let mut queue: VecDeque<Trial> = VecDeque::new();
        let input = self.definition.input;
        queue.push_back(Trial { input: sample(input, Side::Given), answers: HashMap::new() });
        queue.extend(
            variations(input, Side::Given).into_iter().map(|input| Trial { input, answers: HashMap::new() }),
        );
        let (mut ends, mut made, mut problem) = (HashSet::new(), 0, None);
        let mut tried = HashSet::new();
        while let Some(trial) = queue.pop_front() {
            // Nobody starts the workflow with what is not of its type.
            if !tried.insert(trial.key()) || declared::reason(&trial.input, input).is_some() {
                continue;
            }
            made += 1;
            if made > MOST_RUNS {
                problem.get_or_insert_with(|| format!("there was more to try after {MOST_RUNS} runs"));
                break;
            }
            let (history, outcome, run) = match self.run(&trial) {
                Ok(run) => run,
                Err(error) => {
                    problem.get_or_insert(error);
                    continue;
                }
            };
            let before = coverage.untaken().count();
            match &outcome {
                Some(outcome) => coverage.add_outcome(outcome),
                None => coverage.add_history(&history),
            }
            let end = run.status.as_ref().map(|status| match status {
                Status::Failed { error, .. } => error.clone().unwrap_or_default(),
                status => status.name().to_owned(),
            });
            let last = run.path.rsplit(" → ").next().unwrap_or_default().to_owned();
            // What ends as another run did, and took nothing new, leads nowhere new either.
            let is_new_end = ends.insert((last, end));
            if coverage.untaken().count() == before && !is_new_end {
                // Another way to the same success is worth to be seen.
                let succeeded = matches!(run.status, Some(Status::Succeeded { .. }));
                if succeeded && runs.len() < MOST_KEPT && runs.iter().all(|known| known.path != run.path) {
                    runs.push(run);
                }
                continue;
            }
            runs.push(run);
            let open: HashSet<&Way> = coverage.untaken().collect();
            let next = self.next(&trial, &history, &open);
            queue.extend(next);
        }
        Exploration { runs, coverage, problem, children: Vec::new() }
    }

    /// Runs a trial; an error where it cannot be run at all.
    fn run(&self, trial: &Trial) -> Result<(History, Option<Outcome>, ExploredRun), String> {
        let mut builder =
            Executor::builder().keep_history().any_input().seed(1).max_transitions(MOST_TRANSITIONS);
        for task in &self.tasks {
            let answer = trial.answers.get(task.name).cloned();
            let mut others = variations(task.shape, Side::Made);
            others.push(task.plain.clone());
            let world = World { answer, plain: task.plain.clone(), others: others.into() };
            builder = builder.task(task.name, world);
        }
        let executor = builder.build(self.definition).map_err(|error| error.to_string())?;
        let mut execution = executor.start(trial.input.clone());
        let end = execution.run_to_end().clone();
        let history = execution.history();
        let visits = picture::visits(&history);
        let (outcome, status) = match end {
            Ok(outcome) => (Some(outcome.clone()), Some(outcome.status)),
            Err(RunError::TooManyTransitions { .. }) => (None, None),
            Err(error) => return Err(error.to_string()),
        };
        let ended_by_fail = visits.last().is_some_and(|visit| self.fails.contains(visit.state.as_str()));
        let failed = matches!(status, Some(Status::Failed { .. } | Status::TimedOut));
        // A loop's route is identified by its first rounds.
        let first = &visits[..visits.len().min(30)];
        let path = picture::path(first) + if first.len() < visits.len() { " → …" } else { "" };
        let mut answers: Vec<String> =
            trial.answers.iter().map(|(state, answer)| format!("{state} {}", in_words(answer))).collect();
        answers.sort();
        let is_unhandled = failed && !ended_by_fail;
        let input = trial.input.clone();
        let run = ExploredRun { path, input, answers, status, is_unhandled, outcome: outcome.clone() };
        Ok((history, outcome, run))
    }
}

/// What a workflow that is started ended with, as the state gets it.
fn ends(child: &Exploration, resource: &str) -> Vec<Answer> {
    let mut ends = Vec::new();
    for run in &child.runs {
        let end = match &run.status {
            Some(Status::Succeeded { output }) => Answer::Value(execution_result(resource, output)),
            Some(_) => Answer::Fail("States.TaskFailed".to_owned(), usize::MAX),
            None => continue,
        };
        if ends.len() < MOST_ENDS && !ends.contains(&end) {
            ends.push(end);
        }
    }
    ends
}

/// What a service answers, where its table says.
fn service_answer(resource: &str) -> Option<service::Shape> {
    match service::lookup(resource) {
        service::Resource::Integration(integration) => integration.known()?.answer(integration.pattern),
        _ => None,
    }
}

fn in_words(answer: &Answer) -> String {
    match answer {
        Answer::Value(value) => format!("answers {}", shown(value)),
        Answer::Fail(error, usize::MAX) => format!("always fails with {error}"),
        Answer::Fail(error, _) => format!("fails once with {error}"),
        Answer::TimeOut => "times out".to_owned(),
    }
}

/// The answers of the tasks in one run.
struct World {
    answer: Option<Answer>,
    plain: Value,
    others: Arc<[Value]>,
}

impl TaskHandler for World {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let patient = call.calls_before < PATIENCE;
        let result = match &self.answer {
            Some(Answer::TimeOut) if call.calls_before == 0 => return Attempt::TimedOut,
            Some(Answer::Fail(error, times)) if call.calls_before < *times => {
                Err(TaskFailure::with_cause(error.clone(), "explored"))
            }
            Some(Answer::Value(value)) if patient => Ok(value.clone()),
            _ if patient || self.others.is_empty() => Ok(self.plain.clone()),
            _ => Ok(self.others[call.calls_before % self.others.len()].clone()),
        };
        if call.token.is_some() && !call.resource.contains(":activity:") {
            return Attempt::Submitted { reply: Value::empty_object(), takes: Duration::ZERO, result };
        }
        Attempt::Done(result)
    }
}
