//! Everything around a host that outlives it: the functions' effects, the people who answer, and one process after the other.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    task::TaskFailure,
    value::Value,
};
use stepfn_durable::{
    Host, HostError, OnInterrupted,
    store::{Execution, ExecutionId, Executions, ExecutionsOf, HistoryOf, MapRunsOf, PageAt, Status},
};
use stepfn_executor::{Attempt, ExecutorBuilder, TaskCall, TaskHandler};

use crate::{
    crashing::{Crash, Crashing, Disk},
    machines::{self, Machine},
};

/// A call of a function, as the function saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub key: String,
    pub state: String,
    pub input: String,
    pub interrupted: bool,
}

#[derive(Debug, Default)]
pub struct World {
    pub calls: Mutex<Vec<Call>>,
    /// Whether what was broken has been repaired: the operator did, before the redrive.
    pub repaired: Mutex<bool>,
}

/// The result of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub status: Status,
    pub end: String,
    pub history: Vec<String>,
    /// The executions that it started, and the children of its Map Runs, by their ARNs: status, end, history.
    pub others: Vec<(String, String, Vec<String>)>,
    /// The Map Runs.
    pub map_runs: Vec<String>,
}

/// The functions of all machines: what one does is in the name of the state that calls it.
struct Function(Arc<World>);

impl TaskHandler for Function {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let key = call.idempotency_key.unwrap_or_default().to_owned();
        self.0.calls.lock().unwrap().push(Call {
            key,
            state: call.state.to_owned(),
            input: call.input.to_string(),
            interrupted: call.interrupted,
        });
        let failure = |name| Err(TaskFailure::with_cause(name, format!("{} failed", call.state)));
        let result = match call.state {
            state if state.starts_with("Boom") => failure("Boom"),
            state if state.starts_with("Flaky") && call.retry_count < 2 => failure("Busy"),
            "Broken" if !*self.0.repaired.lock().unwrap() => failure("Broken"),
            "Picky" if call.input.get("boom").is_some() => failure("Boom"),
            "Count" => Ok(Value::from(call.input.as_i64().unwrap_or(0) + 1)),
            "Panic" => panic!("asked for"),
            state => Ok(Value::object([("by", Value::from(state)), ("in", call.input.clone())])),
        };
        // Every second one takes a while.
        if !call.state.len().is_multiple_of(2) {
            return Attempt::Done(result);
        }
        let mut polls = 0;
        let mut result = Some(result);
        Attempt::Work(Box::pin(poll_fn(move |cx| {
            polls += 1;
            if polls > 2
                && let Some(result) = result.take()
            {
                return Poll::Ready(result);
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })))
    }
}

/// Who sends a message with a token: the message itself is answered at once.
struct Message(Arc<World>);

impl TaskHandler for Message {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let _ = Function(Arc::clone(&self.0)).call(call);
        Attempt::Done(Ok(Value::empty_object()))
    }
}

pub fn definition(name: &str, text: &str) -> Definition {
    let (machine, diagnostics) = asl::read_str(text).unwrap();
    assert!(diagnostics.is_empty(), "{name}: {diagnostics:?}");
    Definition::from_asl(name, WorkflowType::Standard, machine)
}

/// A process: a host over what is on the disk.
pub async fn host(
    store: Arc<Crashing>,
    machine: &Machine,
    world: &Arc<World>,
    on_interrupted: OnInterrupted,
) -> Result<Host, HostError> {
    let bind = {
        let world = Arc::clone(world);
        move |builder: ExecutorBuilder| {
            builder
                .function("work", Function(Arc::clone(&world)))
                .resource("arn:aws:states:::sqs:sendMessage.waitForTaskToken", Message(Arc::clone(&world)))
                .allow_unbound()
        }
    };
    Host::builder()
        .shared_store(store)
        .virtual_time()
        .stop_at_store_errors()
        .on_interrupted(on_interrupted)
        .machine_with(definition("Inner", &machines::inner()), bind.clone())
        .machine_with(definition("Machine", &machine.text), bind)
        .start()
        .await
}

/// One process, until the execution has ended for good, or the process has. `None`: it crashed.
pub async fn process(
    disk: &Arc<Disk>,
    machine: &Machine,
    world: &Arc<World>,
    on_interrupted: OnInterrupted,
    crash: Option<Crash>,
) -> Option<Told> {
    let store = Crashing::new(disk, crash);
    let lived = live(&store, disk, machine, world, on_interrupted);
    // No time is waited for: only a host that hangs takes this long.
    let lived = tokio::time::timeout(Duration::from_secs(30), lived).await;
    let Ok(lived) = lived else { panic!("{}, {crash:?}: the host hangs", machine.name) };
    match lived {
        Ok(told) => Some(told),
        Err(error) => {
            assert!(store.is_dead(), "{}: {error}", machine.name);
            None
        }
    }
}

async fn live(
    store: &Arc<Crashing>,
    disk: &Arc<Disk>,
    machine: &Machine,
    world: &Arc<World>,
    on_interrupted: OnInterrupted,
) -> Result<Told, HostError> {
    let host = host(Arc::clone(store), machine, world, on_interrupted).await?;
    let input = json::parse_value(machine.input).unwrap();
    // Whoever does not know whether it was started starts it again.
    let known = host.start_execution("Machine", Some("one"), input).await;
    let arn = match known {
        Ok(started) => started.execution_arn,
        // It is over already.
        Err(HostError::Run(stepfn_executor::RunError::ExecutionAlreadyExists { arn })) => arn,
        Err(error) => return Err(error),
    };
    for _ in 0..1000 {
        host.idle().await?;
        assert!(host.refused().is_empty(), "{}: {:?}", machine.name, host.refused());
        let execution = host.describe(&arn).await?;
        let all_are_over = everything(disk).await.iter().all(|other| other.summary.status.is_closed());
        if execution.summary.status.is_closed() && all_are_over {
            let is_broken = machine.is_redriven && execution.summary.status != Status::Succeeded;
            if is_broken && execution.summary.redrives == 0 {
                *world.repaired.lock().unwrap() = true;
                host.redrive(&arn).await?;
                continue;
            }
            let told = told(disk, &execution).await;
            host.shut_down().await;
            return Ok(told);
        }
        if !somebody_answers(&host, disk, &arn).await? && host.pass_time().await?.is_none() {
            let so_far = told(disk, &execution).await;
            panic!("{}: nothing happens any more: {so_far:#?}", machine.name);
        }
    }
    panic!("{}: it goes on for ever", machine.name)
}

/// The acts of people when nothing else happens: a worker takes a task, or the holder of a token answers.
async fn somebody_answers(host: &Host, disk: &Arc<Disk>, arn: &str) -> Result<bool, HostError> {
    if host.get_activity_task(machines::ACTIVITY, Some("worker")).await?.is_some() {
        return Ok(true);
    }
    let open = disk.board().open.first().cloned();
    let Some((token, state)) = open else { return Ok(false) };
    if state == "Late" {
        // Nobody ever answers this one.
        return Ok(false);
    }
    let answered = match state.as_str() {
        "Halt" => host.stop(arn, Some("Halted".to_owned()), None).await,
        "Refuse" => {
            host.send_task_failure(&token, Some("Refused".to_owned()), Some("not today".to_owned())).await
        }
        _ => host.send_task_success(&token, Value::object([("approved", state.as_str().into())])).await,
    };
    match answered {
        // An answer before the crash was taken.
        Ok(()) | Err(HostError::Token(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

async fn told(disk: &Disk, execution: &Execution) -> Told {
    let all = everything(disk).await;
    let mut map_runs = Vec::new();
    let mut others = Vec::new();
    for other in &all {
        let list = MapRunsOf { execution: other.summary.arn.clone(), page: PageAt::first(100) };
        map_runs.extend(disk.store.map_runs(list).await.unwrap().items.iter().map(|run| format!("{run:?}")));
        if other.summary.id != execution.summary.id {
            let history = history(disk, other.summary.id).await;
            others.push((
                other.summary.arn.clone(),
                format!("{:?} {:?}", other.summary.status, other.end),
                history,
            ));
        }
    }
    others.sort();
    Told {
        status: execution.summary.status,
        end: format!("{:?}", execution.end),
        history: history(disk, execution.summary.id).await,
        others,
        map_runs,
    }
}

async fn history(disk: &Disk, id: ExecutionId) -> Vec<String> {
    let mut history = Vec::new();
    let mut page = PageAt::first(7);
    loop {
        let list = HistoryOf { id, reverse: false, page };
        let got = disk.store.history(list).await.unwrap();
        history.extend(got.items.into_iter().map(|event| String::from_utf8(event.data).unwrap()));
        match got.next {
            Some(next) => page = PageAt { after: Some(next), limit: 7 },
            None => return history,
        }
    }
}

/// All executions, the children of Map Runs too.
pub async fn everything(disk: &Disk) -> Vec<Execution> {
    let mut all = Vec::new();
    let mut lists = vec![ExecutionsOf::All];
    while let Some(of) = lists.pop() {
        let list = Executions { of, status: None, redriven: None, page: PageAt::first(1000) };
        for summary in disk.store.executions(list).await.unwrap().items {
            let runs = MapRunsOf { execution: summary.arn.clone(), page: PageAt::first(1000) };
            let runs = disk.store.map_runs(runs).await.unwrap().items;
            lists.extend(runs.into_iter().map(|run| ExecutionsOf::MapRun(run.arn)));
            all.extend(disk.store.execution_of(summary.id).await.unwrap());
        }
    }
    all
}

/// The keys of the calls whose answers are in the journals.
pub async fn answered(disk: &Disk) -> Vec<String> {
    let mut keys = Vec::new();
    for execution in everything(disk).await {
        let arn = &execution.summary.arn;
        let load = stepfn_durable::store::Load { id: execution.summary.id, after: 0, limit: 100_000 };
        for entry in disk.store.load(load).await.unwrap() {
            let entry = json::parse_value(std::str::from_utf8(&entry.data).unwrap()).unwrap();
            for input in entry.get("in").and_then(Value::as_array).into_iter().flatten() {
                keys.extend(input.get("call").map(|call| format!("{arn}#{call}")));
            }
        }
    }
    keys
}
