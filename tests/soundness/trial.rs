//! A machine over types: built as the builder builds it, and run as often as one likes.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
};

use serde_json::Value as Json;
use stepfn::{
    Definition, asl,
    definition::{Call, WorkflowType},
    diagnostic::{Diagnostic, Severity},
    draft::{CHILD_ARN, Draft, DraftChild, DraftTask},
    executor::{Attempt, BuildError, Executor, Limits, Outcome, TaskCall, TaskHandler},
    shape::{Shape, Side, mismatch},
    task::{TaskFailure, TaskInfo},
    value::Value,
};
use stepfn_core::{definition::WorkflowInfo, service};
use stepfn_executor::object_store::{ObjectStoreExt, memory::InMemory};

use crate::{
    constants::Constant,
    exempt::{adds_what_a_text_holds, exempt, is_beyond_its_type, with_large},
    files, interpret,
    judge::{self, Failure},
    map::{RESULTS, bucket},
    random::Random,
    started::is_unknown,
    task::{LAMBDA, answer, json_of},
    values::{anything, value, with_strangers},
};

/// The name of a machine that nothing starts.
const NAME: &str = "Random";

#[derive(Clone, Debug)]
pub(crate) struct Trial {
    pub(crate) machine: Json,
    pub(crate) express: bool,
    /// `#[strict]`: it leans on nothing that was not declared.
    pub(crate) strict: bool,
    pub(crate) input: &'static Shape,
    pub(crate) output: Option<&'static Shape>,
    pub(crate) work: Vec<Work>,
    /// Texts of the machine that read a text, and what that holds by its declaration.
    pub(crate) texts: Vec<(String, &'static Shape)>,
    /// What stands in it in the place of constants of the program.
    pub(crate) constants: Vec<Constant>,
    /// The machines that it starts.
    pub(crate) children: Vec<Child>,
}

/// A machine that another one starts: it has its own input and output, and is run as it is.
#[derive(Clone, Debug)]
pub(crate) struct Child {
    pub(crate) name: &'static str,
    pub(crate) trial: Trial,
}

/// The work of a state, by the state's name.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) state: String,
    pub(crate) kind: WorkKind,
}

#[derive(Clone, Debug)]
pub(crate) enum WorkKind {
    /// A function of the program.
    Function { call: Call, input: &'static Shape, output: &'static Shape, result: Option<&'static Shape> },
    /// Something else, whose result was declared, or was not.
    Declared(Option<&'static Shape>),
    /// A service that answers by the tables.
    Service(Option<service::Shape>),
    /// The start of a machine, by its number; a callback's result was declared.
    Child { number: usize, result: Option<&'static Shape> },
    /// A reader and what its items are, which may be declared or not.
    Reader { format: Format, item: Option<&'static Shape>, declared: bool },
}

impl fmt::Display for WorkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Its tables are long.
            Self::Service(answer) => write!(f, "Service, answer known: {}", answer.is_some()),
            other => write!(f, "{other:?}"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Json,
    JsonLines,
    Listing,
    /// A listing whose objects are read, each for its items.
    Loaded,
}

impl Format {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::JsonLines | Self::Loaded => "jsonl",
            Self::Listing => "",
        }
    }
}

/// The states of a machine and of those inside it, by name: where each is.
pub(crate) fn pointers(machine: &Json) -> HashMap<String, String> {
    fn collect(machine: &Json, at: &str, found: &mut HashMap<String, String>) {
        for (name, state) in machine["States"].as_object().into_iter().flatten() {
            let at = format!("{at}/States/{name}");
            for part in ["ItemProcessor", "Iterator"] {
                collect(&state[part], &format!("{at}/{part}"), found);
            }
            for (index, branch) in state["Branches"].as_array().into_iter().flatten().enumerate() {
                collect(branch, &format!("{at}/Branches/{index}"), found);
            }
            found.insert(name.clone(), at);
        }
    }
    let mut found = HashMap::new();
    collect(machine, "", &mut found);
    found
}

/// Where a text stands in a machine.
fn places(machine: &Json, text: &str, at: &str, found: &mut Vec<String>) {
    match machine {
        Json::String(here) if here == text => found.push(at.to_owned()),
        Json::Object(fields) => {
            fields.iter().for_each(|(key, value)| places(value, text, &format!("{at}/{key}"), found));
        }
        Json::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(key, item)| places(item, text, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

fn places_of(machine: &Json, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    places(machine, text, "", &mut found);
    found
}

impl Trial {
    /// The definition, or the errors in it.
    pub(crate) fn build(&self) -> Result<Definition, Vec<Diagnostic>> {
        for child in &self.children {
            child.trial.build()?;
        }
        let draft = self.draft()?;
        // As the macro has it: the checks see the placeholders of constants, the definition their values.
        let (definition, mut findings) = draft.clone().build_with_warnings();
        findings.retain(is_error);
        match findings.is_empty() {
            true if draft.constants.is_empty() => Ok(definition),
            true => Ok(self.finish(draft)),
            false => Err(findings),
        }
    }

    /// The definition that nobody checked, with the values of its constants.
    fn finish(&self, mut draft: Draft) -> Definition {
        for constant in &self.constants {
            let at = places_of(&self.machine, &constant.text);
            draft.numbers.extend(at.into_iter().map(|at| (at, constant.value.clone())));
        }
        draft.finish()
    }

    /// The machine before it is checked, or the errors of reading it.
    pub(crate) fn draft(&self) -> Result<Draft, Vec<Diagnostic>> {
        let (machine, findings) = match asl::read_str(&self.machine.to_string()) {
            Ok(read) => read,
            Err(error) => panic!("the generator wrote no JSON: {error}"),
        };
        if findings.iter().any(is_error) {
            return Err(findings);
        }
        let mut draft = Draft::new(NAME, machine);
        draft.workflow_type = if self.express { WorkflowType::Express } else { WorkflowType::Standard };
        draft.strict = self.strict;
        draft.input = Some(self.input);
        draft.output = self.output;
        for (text, shape) in &self.texts {
            let found = places_of(&self.machine, text);
            draft.results.extend(found.into_iter().map(|at| (at, *shape)));
        }
        for Constant { text, shape, .. } in &self.constants {
            let found = places_of(&self.machine, text);
            draft.constants.extend(found.into_iter().map(|at| (at, *shape, text.clone())));
        }
        let pointers = pointers(&self.machine);
        for Work { state, kind } in &self.work {
            let Some(pointer) = pointers.get(state) else { continue };
            if self.machine.pointer(pointer).is_some_and(|state| state["Type"] == "Pass") {
                continue;
            }
            match kind {
                WorkKind::Function { call, input, output, result } => {
                    draft.tasks.push(DraftTask {
                        state: pointer.into(),
                        task: info(state, *call, input, output),
                        call: *call,
                        result: *result,
                    });
                }
                WorkKind::Declared(Some(result)) => draft.results.push((pointer.clone(), result)),
                WorkKind::Child { number, result } => {
                    let child = self.children[*number].info();
                    draft.children.push(DraftChild { state: pointer.into(), child, result: *result });
                }
                WorkKind::Reader { item: Some(item), declared: true, .. } => {
                    draft.results.push((format!("{pointer}/ItemReader"), item));
                }
                _ => {}
            }
        }
        Ok(draft)
    }

    /// Runs the machine so often, and returns the first execution that breaks the promise.
    pub(crate) fn run(&self, definition: &Definition, seed: u64, times: u64) -> Option<Failure> {
        let running = Arc::new(Mutex::new(Running { random: Random::new(seed ^ 0xABCD), fault: None }));
        let executor = match self.executor(definition, seed, &running) {
            Ok(executor) => executor,
            Err(error) => return Some(Failure::new("the executor refuses it", &error.to_string(), None)),
        };
        let text = self.whole().iter().map(|trial| trial.machine.to_string()).collect::<String>();
        let written: Vec<Value> =
            self.whole().iter().filter_map(|trial| trial.machine.to_string().parse().ok()).collect();
        let constants = self.whole().into_iter().flat_map(|trial| &trial.constants);
        with_large(written.iter().chain(constants.map(|constant| &constant.value)));
        with_strangers(!["..", "**"].iter().any(|steps| text.contains(steps)));
        let quiet = !["Catch", "Retry", "DISTRIBUTED", CHILD_ARN].iter().any(|word| text.contains(word));
        for _ in 0..times {
            let input = value(&mut running.lock().unwrap().random, self.input, Side::Given);
            let outcome = match now(executor.run(input.clone())) {
                Ok(outcome) => outcome,
                Err(error) => match judge::stopped(&error, &input) {
                    Some(failure) => return Some(failure),
                    None => continue,
                },
            };
            let fault = running.lock().unwrap().fault.take();
            let is_breach = |fault: &String| {
                exempt(fault).is_none()
                    && !is_beyond_its_type(&outcome, &input, fault)
                    && !self.is_sent_unknown(&outcome, fault)
            };
            if let Some(fault) = fault.filter(is_breach) {
                return Some(Failure::new("a function cannot read its input", &fault, Some(&input)));
            }
            if let Some(failure) = self.verdict(&outcome, &input, quiet) {
                return Some(failure);
            }
        }
        None
    }

    /// What an execution that has ended did wrong, it or one that it started.
    pub(crate) fn verdict(&self, outcome: &Outcome, input: &Value, quiet: bool) -> Option<Failure> {
        if let Some(failure) = judge::judge(outcome, input, quiet)
            && !adds_what_a_text_holds(&self.machine, &failure.said)
            && !is_unknown(self.input, input, &failure.said)
        {
            return Some(failure);
        }
        if let (Some(shape), Some(output)) = (self.output, outcome.output())
            && let Some(reason) = unreadable(shape, output)
            && exempt(&reason).is_none()
            && !is_beyond_its_type(outcome, input, &reason)
            && !is_unknown(self.input, input, &reason)
        {
            return Some(Failure::new("the output cannot be read", &reason, Some(input)));
        }
        self.of_started(outcome)
    }

    /// The machine and those that it starts.
    pub(crate) fn whole(&self) -> Vec<&Self> {
        let mut all = vec![self];
        self.children.iter().for_each(|child| all.extend(child.trial.whole()));
        all
    }

    fn executor(
        &self,
        definition: &Definition,
        seed: u64,
        running: &Arc<Mutex<Running>>,
    ) -> Result<Executor, BuildError> {
        // How much an execution does is nobody's promise: a guard that was broken makes a loop endless.
        let mut limits = Limits::default();
        (limits.history_bytes, limits.distributed_concurrency) = (32 << 20, 8);
        let mut builder = Executor::builder()
            .keep_children(4)
            .keep_history()
            .any_input()
            .max_transitions(2_000)
            .limits(limits);
        let pointers = pointers(&self.machine);
        for work in &self.work {
            let state = pointers.get(&work.state).and_then(|pointer| self.machine.pointer(pointer));
            let holder = if matches!(work.kind, WorkKind::Reader { .. }) { "Map" } else { "Task" };
            let Some(state) = state.filter(|state| state["Type"] == holder) else { continue };
            match &work.kind {
                WorkKind::Reader { format, item, .. } => {
                    let config = &state["ItemReader"]["ReaderConfig"];
                    let mut random = Random::new(seed ^ 0x77);
                    let declared = matches!(work.kind, WorkKind::Reader { declared: true, .. });
                    let (key, text) =
                        files::object(&mut random, &work.state, *format, (*item, declared), config);
                    let store = InMemory::new();
                    now(store.put(&key.as_str().into(), text.into())).unwrap();
                    builder = builder.bucket(bucket(&work.state), Arc::new(store));
                }
                // Its callback is answered as that of any other work.
                WorkKind::Child { number, result: None } => {
                    let child = &self.children[*number];
                    let mut draft = child.trial.draft().unwrap_or_else(|findings| panic!("{findings:?}"));
                    draft.name = child.name.into();
                    let started = child.trial.finish(draft);
                    let started = child.trial.executor(&started, seed, running)?;
                    builder = builder.state_machine(child.name, &started);
                }
                kind => {
                    let started = match kind {
                        WorkKind::Child { number, .. } => Some(self.children[*number].trial.input),
                        _ => None,
                    };
                    let (kind, strict) = (kind.clone(), self.strict);
                    let worker = Worker { kind, strict, started, running: Arc::clone(running) };
                    builder = builder.task(work.state.clone(), worker);
                }
            }
        }
        builder.bucket(RESULTS, Arc::new(InMemory::new())).build(definition)
    }
}

impl Child {
    fn info(&self) -> WorkflowInfo {
        let Trial { express, input, output, .. } = self.trial;
        WorkflowInfo {
            name: self.name,
            workflow_type: if express { WorkflowType::Express } else { WorkflowType::Standard },
            input,
            output: output.unwrap_or(&Shape::Any),
            definition: || unreachable!("it is registered with the executor"),
        }
    }
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error
}

/// Waits for what needs no runtime.
fn now<T>(work: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().build().unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(work))
}

/// Returns the reason why a value cannot be read as a type, from a reader that shares no code with the checker. None where it is nothing
/// but the size of a number: with smaller ones it can.
pub(crate) fn unreadable(shape: &'static Shape, value: &Value) -> Option<String> {
    let mut json = json_of(value);
    if interpret::accepts(shape, &json, false) || {
        smaller(&mut json);
        interpret::accepts(shape, &json, false)
    } {
        return None;
    }
    let why = mismatch(value, shape).unwrap_or_else(|| "core sees no mismatch".into());
    Some(format!("{why}; found {value}"))
}

/// Makes numbers small that a float does not hold exactly, which is what JSONata computes with.
fn smaller(value: &mut Json) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Json::Number(number) if number.as_f64().is_some_and(|number| number.abs() >= EXACT) => {
            *value = 1.into();
        }
        Json::Array(items) => items.iter_mut().for_each(smaller),
        Json::Object(fields) => fields.values_mut().for_each(smaller),
        _ => {}
    }
}

fn info(state: &str, call: Call, input: &'static Shape, output: &'static Shape) -> TaskInfo {
    let name = if call == Call::Direct { format!("{LAMBDA}{state}") } else { state.to_owned() };
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    TaskInfo {
        name: leak(state.to_owned()),
        function_name: leak(name),
        handler: None,
        input,
        output,
        errors: &["Boom"],
        errors_open: false,
    }
}

struct Running {
    random: Random,
    fault: Option<String>,
}

struct Worker {
    kind: WorkKind,
    /// Whether optional parts of a service's answer may be missing.
    strict: bool,
    /// The input type of the machine that is started.
    started: Option<&'static Shape>,
    running: Arc<Mutex<Running>>,
}

impl TaskHandler for Worker {
    fn is_raw(&self) -> bool {
        !matches!(self.kind, WorkKind::Function { .. })
    }

    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let Running { random, fault } = &mut *self.running.lock().unwrap();
        if let WorkKind::Function { input, .. } = &self.kind
            && let Some(reason) = unreadable(input, call.input)
        {
            fault.get_or_insert(reason.clone());
            return Attempt::Done(Err(TaskFailure::not_an_input(call.state, reason)));
        }
        if let Some(started) = self.started
            && let Some(reason) = call.input.get("Input").and_then(|sent| unreadable(started, sent))
        {
            fault.get_or_insert(reason);
        }
        let result = match random.below(20) {
            0..=2 => Err(TaskFailure::with_cause("Boom", "it broke")),
            3 => return Attempt::TimedOut,
            _ => Ok(match &self.kind {
                WorkKind::Function { input, result: Some(result), .. } => match token_in(input) {
                    // The holder of a typed token answers with its type.
                    Some(answer) => value(random, answer, Side::Made),
                    None => value(random, result, Side::Given),
                },
                WorkKind::Function { output, .. } => value(random, output, Side::Made),
                WorkKind::Declared(Some(result)) | WorkKind::Child { result: Some(result), .. } => {
                    value(random, result, Side::Given)
                }
                WorkKind::Service(Some(shape)) => answer(random, shape, 6, self.strict),
                _ => anything(random, 2),
            }),
        };
        if call.resource.contains(".sync") || call.resource.ends_with(".waitForTaskToken") {
            let reply = Value::Object(stepfn::value::Map::new().into());
            return Attempt::Submitted { reply, takes: std::time::Duration::ZERO, result };
        }
        Attempt::Done(result)
    }
}

/// Returns the answer type of the typed token in a function's input.
fn token_in(input: &'static Shape) -> Option<&'static Shape> {
    match input {
        Shape::Token(answer) => Some(answer),
        Shape::Nullable(inner) => token_in(inner),
        Shape::Object(object) => object.fields.iter().find_map(|field| token_in(field.shape)),
        _ => None,
    }
}
