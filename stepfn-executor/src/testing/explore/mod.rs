//! The ways through a workflow, found from its definition alone.

mod literals;
mod reads;
mod routes;
mod sample;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    sync::Arc,
    time::Duration,
};

use stepfn_core::{
    asl::{PathField, State, StateKind, StateMachine},
    definition::Definition,
    path::{Path, SegmentKind},
    service,
    shape::{Shape, Side},
    task::TaskFailure,
    value::Value,
};

use self::{
    routes::{Named, Route},
    sample::{put, sample, variations},
};
use super::{Coverage, Way, differs::shown, picture, picture::Visit};
use crate::{Attempt, Executor, History, Outcome, RunError, Status, TaskCall, TaskHandler};

/// After how many answers of one kind a task answers something else: a poller that never sees its job done proves nothing.
const PATIENCE: usize = 4;
/// Executions with more transitions than this are taken not to end.
const MOST_TRANSITIONS: u64 = 2_000;
/// The greatest number of runs of an exploration.
const MOST_RUNS: usize = 3_000;
/// An error that nothing names.
const UNNAMED: &str = "Explored.Error";

/// The results of an exploration: see [`explore`].
#[derive(Clone, Debug)]
pub struct Exploration {
    /// One run for each way that was not taken before it.
    pub runs: Vec<ExploredRun>,
    /// Which ways were taken, and which could not be found.
    pub coverage: Coverage,
    /// The reason why it covers less than it should: the workflow cannot be run, or there was more to try than it tries.
    pub problem: Option<String>,
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
        Ok(())
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
    Explorer::new(definition).search()
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
    /// What states put under other names.
    routes: Vec<Route>,
}

struct ExploredTask<'d> {
    name: &'d str,
    shape: &'static Shape,
    plain: Value,
    errors: Vec<String>,
}

impl<'d> Explorer<'d> {
    fn new(definition: &'d Definition) -> Self {
        let mut explorer = Self {
            definition,
            tasks: Vec::new(),
            choices: HashMap::new(),
            fails: HashSet::new(),
            states: HashMap::new(),
            routes: Vec::new(),
        };
        explorer.gather("", &definition.machine);
        explorer
    }

    fn gather(&mut self, at: &str, machine: &'d StateMachine) {
        for (name, state) in &machine.states {
            self.states.insert(name, state);
            routes::routes(state, &mut self.routes);
            let pointer = stepfn_core::flow::pointer(at, name);
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
                    let service = task.resource.as_str().and_then(service_answer);
                    let plain = match service.filter(|_| declared.is_none() && bound.is_none()) {
                        Some(answered) => sample::answer(&answered, 0),
                        None => sample(shape, Side::Made),
                    };
                    self.tasks.push(ExploredTask { name, shape, plain, errors });
                }
                StateKind::Choice(_) => {
                    self.choices.insert(name, state);
                }
                StateKind::Fail(_) => {
                    self.fails.insert(name);
                }
                _ => {}
            }
            for (below, child) in state.children() {
                self.gather(&format!("{pointer}{below}"), child);
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
            if !tried.insert(trial.key()) {
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
                continue;
            }
            runs.push(run);
            queue.extend(self.next(&trial, &history));
        }
        Exploration { runs, coverage, problem }
    }

    /// Returns the trials that a run suggests.
    fn next(&self, trial: &Trial, history: &History) -> Vec<Trial> {
        let visits = picture::visits(history);
        let visited: HashSet<&str> = visits.iter().map(|visit| &*visit.state).collect();
        let mut next = Vec::new();
        let mut answer = |task: &ExploredTask<'_>, answer: Answer| {
            let mut trial = trial.clone();
            trial.answers.insert(task.name.to_owned(), answer);
            next.push(trial);
        };
        for task in self.tasks.iter().filter(|task| visited.contains(task.name)) {
            for error in &task.errors {
                answer(task, Answer::Fail(error.clone(), 1));
                answer(task, Answer::Fail(error.clone(), usize::MAX));
            }
            answer(task, Answer::TimeOut);
            for value in variations(task.shape, Side::Made) {
                answer(task, Answer::Value(value));
            }
        }
        next.extend(self.with_what_is_read(trial, &visits));
        for choice in visited.iter().filter_map(|name| self.choices.get(name)) {
            let StateKind::Choice(fields) = &choice.kind else { continue };
            let mut wishes = Vec::new();
            fields.choices.iter().for_each(|rule| literals::wishes(&rule.condition, &mut wishes));
            for (path, value) in wishes {
                self.fulfil(trial, &visited, &with_input_path(choice, &path), value.as_ref(), &mut next);
            }
        }
        next
    }

    /// The trial with what the last state reads put into the input, where nobody knows what that is.
    fn with_what_is_read(&self, trial: &Trial, visits: &[Visit]) -> Option<Trial> {
        let state = self.states.get(visits.last()?.state.as_str())?;
        if !matches!(self.definition.input, Shape::Any) {
            return None;
        }
        let mut changed = trial.clone();
        for (path, value) in reads::reads(state) {
            let there = path.iter().try_fold(&changed.input, |value, key| value.get(key));
            if there.is_none() {
                put(&mut changed.input, &path, Some(value));
            }
        }
        (changed.input != trial.input).then_some(changed)
    }

    /// Trials that may bring a value to a path: in the input, or in the answer of a task that came before.
    fn fulfil(
        &self,
        trial: &Trial,
        visited: &HashSet<&str>,
        path: &[String],
        value: Option<&Value>,
        next: &mut Vec<Trial>,
    ) {
        for Named { path, is_length } in routes::names(path, &self.routes) {
            match value {
                Some(length) if is_length => {
                    let Some(length) = length.as_i64() else { continue };
                    for like in ["[]", "\"\""] {
                        let Some(value) = self.of_length(trial, &path, length, like) else { continue };
                        self.fulfil_by(trial, visited, &path, Some(&value), next);
                    }
                }
                _ if is_length => {}
                value => self.fulfil_by(trial, visited, &path, value, next),
            }
        }
    }

    /// A list or a text of a length, of items as the input has them there.
    fn of_length(&self, trial: &Trial, path: &[String], length: i64, like: &str) -> Option<Value> {
        let length = usize::try_from(length).ok().filter(|length| *length <= 1_000)?;
        if like != "[]" {
            return Some("x".repeat(length).into());
        }
        let there = path.iter().try_fold(&trial.input, |value, key| value.get(key));
        let item = there.and_then(Value::as_array).and_then(|items| items.first().cloned());
        Some(Value::array(std::iter::repeat_n(item.unwrap_or_else(|| "text".into()), length)))
    }

    /// Trials that put a value at a path: in the input, or in the answer of a task that came before.
    fn fulfil_by(
        &self,
        trial: &Trial,
        visited: &HashSet<&str>,
        path: &[String],
        value: Option<&Value>,
        next: &mut Vec<Trial>,
    ) {
        for skip in 0..path.len() {
            let mut changed = trial.clone();
            if put(&mut changed.input, &path[skip..], value.cloned()) {
                next.push(changed);
            }
        }
        for task in self.tasks.iter().filter(|task| visited.contains(task.name)) {
            let current = match trial.answers.get(task.name) {
                Some(Answer::Value(value)) => value.clone(),
                _ => task.plain.clone(),
            };
            // What lies before the answer's own part of the path is the way to it in the data.
            for skip in 0..=path.len() {
                let rest = &path[skip..];
                let known = rest.first().is_none_or(|key| current.get(key).is_some());
                let untyped = matches!(task.shape, Shape::Any | Shape::Map(_) | Shape::Keyed { .. });
                let mut answer = current.clone();
                if (known || untyped) && put(&mut answer, rest, value.cloned()) {
                    let mut changed = trial.clone();
                    changed.answers.insert(task.name.to_owned(), Answer::Value(answer));
                    next.push(changed);
                }
            }
        }
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

/// A path that a Choice reads, as one into its raw input.
fn with_input_path(choice: &State, path: &[String]) -> Vec<String> {
    let before = match &choice.input_path {
        Some(PathField::Path(text)) => Path::parse(text).ok(),
        _ => None,
    };
    let before = before.into_iter().flat_map(|path| path.segments).filter_map(|segment| match segment.kind {
        SegmentKind::Name(name) => Some(name),
        _ => None,
    });
    before.chain(path.iter().cloned()).collect()
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
