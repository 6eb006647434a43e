//! The requests of executions to Step Functions: the executions that they start, and the tokens that they answer.
//!
//! The requests of a turn become part of its commit: the heads of children, messages, redrives. Their results are an input of the
//! execution's next turn; after a crash in between it is asked for again, under the same names.

use sha2::{Digest, Sha256};
use stepfn_core::definition::WorkflowType;
use stepfn_executor::{
    Executor, RunError, Status as Is, Timestamp,
    turns::{Asked, Begin, ChildEnd, Input, MapChild, Reply, Request, Start, unknown_token},
};

use super::{Driver, Loaded, Over, calls::Job};
use crate::{
    clock::{millis, span, timestamp},
    inner::{Inner, Target},
    journal::{Head, Message, Redriven as Redrive, Watcher},
    recover::ask,
    running::{Origin, Running, Step},
    store::{
        self, Address, Delivered, Delivery, Effects, Execution, ExecutionId, Lease, NewExecution, Parent,
        Redriven, Started, Status, Turn,
    },
};

/// The number of executions that may be around one: those that start themselves without end are stopped.
const DEPTH: u32 = 1000;

/// An execution of an Express workflow, which is not kept.
pub(crate) struct Express {
    request: u64,
    execution: Box<stepfn_executor::Execution>,
    /// Whether its end is waited for.
    waits: bool,
}

/// A child that a commit starts.
struct Starting {
    request: u64,
    running: Box<Running>,
    arn: String,
    machine: String,
    started: Timestamp,
    /// Whether it is started by a Task, which gets a reply.
    is_asked: bool,
    waits: bool,
}

/// The execution that asks.
struct Asker {
    arn: String,
    origin: Origin,
    executor: Executor,
}

impl Asker {
    fn of(loaded: &Loaded) -> Self {
        let running = &loaded.running;
        Self { arn: loaded.arn.clone(), origin: running.origin.clone(), executor: running.executor().clone() }
    }
}

/// A prepared request.
enum Prepared {
    Start(Box<(NewExecution, Starting)>),
    Redrive(store::Redrive),
    Send(Delivery),
    Express(Express, Reply),
    Answer(Input),
}

/// The requests of a commit to others, in its order.
#[derive(Default)]
pub(super) struct AskedFor {
    starts: Vec<Starting>,
    redrives: Vec<(u64, String)>,
    /// The tokens that are answered, by their requests.
    sends: Vec<(u64, String)>,
    watches: Vec<(u64, String)>,
    express: Vec<Express>,
    answers: Vec<Input>,
}

fn refused(request: u64, code: &str, message: String) -> Input {
    Input::Replied { request, reply: Reply::Refused { code: code.to_owned(), message } }
}

/// The key of a child, which follows from that of its parent.
fn child_key(parent: &[u8; 32], request: u64) -> [u8; 32] {
    Sha256::new()
        .chain_update(parent)
        .chain_update(b"child")
        .chain_update(request.to_be_bytes())
        .finalize()
        .into()
}

/// Returns the end of an execution that is over, for the one that waits for it.
fn end_of(execution: &Execution) -> Option<ChildEnd> {
    let end = execution.end.as_ref()?;
    let status = match end.status {
        Status::Succeeded => {
            let output = end.output.as_deref().unwrap_or("null");
            Is::Succeeded { output: stepfn_core::json::parse_value(output).unwrap_or_default() }
        }
        Status::Failed => Is::Failed { error: end.error.clone(), cause: end.cause.clone() },
        Status::TimedOut => Is::TimedOut,
        Status::Aborted => Is::Aborted { error: end.error.clone(), cause: end.cause.clone() },
        Status::Running | Status::PendingRedrive => return None,
    };
    Some(ChildEnd {
        status,
        started: timestamp(execution.summary.started),
        stopped: timestamp(end.at),
        redrives: u32::try_from(execution.summary.redrives).unwrap_or(u32::MAX),
        not_redrivable: end.not_redrivable.clone(),
    })
}

fn failed(at: Timestamp, cause: String) -> ChildEnd {
    let status = Is::Failed { error: Some("States.Runtime".to_owned()), cause: Some(cause.clone()) };
    ChildEnd { status, started: at, stopped: at, redrives: 0, not_redrivable: Some(cause) }
}

impl Inner {
    /// Prepares a request, at a time.
    async fn prepare(&self, parent: &Asker, request: &Request, at: Timestamp) -> Result<Prepared, Over> {
        let number = request.number;
        Ok(match &request.asked {
            Asked::Start(start) => self.prepare_start(parent, number, start, at).await?,
            Asked::Child(child) => self.prepare_child(parent, number, child, at),
            Asked::Redrive(arn) => Prepared::Redrive(self.child_redrive(parent, number, arn, at)),
            Asked::Answer(input) => {
                let (Input::Success { token, .. }
                | Input::Failure { token, .. }
                | Input::Heartbeat { token }) = &**input
                else {
                    return Ok(Prepared::Answer(Input::Replied { request: number, reply: Reply::Done }));
                };
                let closes = !matches!(**input, Input::Heartbeat { .. });
                Prepared::Send(Delivery {
                    to: Address::Token { token: token.clone(), closes },
                    data: Message::Input((**input).clone()).write(),
                    key: format!("{}#{number}", parent.arn),
                    at: millis(at),
                })
            }
            _ => {
                let message = "this version of stepfn-durable does not know the request".to_owned();
                Prepared::Answer(refused(number, "ValidationException", message))
            }
        })
    }

    fn child_redrive(&self, parent: &Asker, number: u64, arn: &str, at: Timestamp) -> store::Redrive {
        let redriven = Redrive { key: child_key(&parent.origin.head.key, number), request: Some(number) };
        store::Redrive {
            execution: arn.to_owned(),
            data: Message::Redrive(redriven).write(),
            key: format!("{}#{number}", parent.arn),
            pending: false,
            at: millis(at),
        }
    }

    async fn prepare_start(
        &self,
        parent: &Asker,
        number: u64,
        start: &Start,
        at: Timestamp,
    ) -> Result<Prepared, Over> {
        let head = &parent.origin.head;
        let no = |code: &str, message: String| Ok(Prepared::Answer(refused(number, code, message)));
        let target = self.target(&start.machine, child_key(&head.key, number)[0]).await?;
        let Some(Target { machine, version, alias, deleting }) = target else {
            let message = format!("State Machine Does Not Exist: '{}'", start.machine);
            return no("StateMachineDoesNotExist", message);
        };
        if deleting {
            return no("StateMachineDeleting", format!("State Machine is deleting: '{}'", start.machine));
        }
        if head.depth >= DEPTH {
            let message = format!("{DEPTH} executions have started each other");
            return no("ExecutionLimitExceeded", message);
        }
        if machine.workflow_type == WorkflowType::Express {
            let execution = machine.executor.start_with_name(&start.name, start.input.clone());
            let execution_arn = execution.execution_arn();
            let reply = Reply::Started { execution_arn, machine_arn: machine.arn.clone(), at };
            let express = Express { request: number, execution: Box::new(execution), waits: start.waits };
            return Ok(Prepared::Express(express, reply));
        }
        if start.is_sync {
            let message = "This operation is not supported by this type of state machine".to_owned();
            return no("StateMachineTypeNotSupported", message);
        }
        let head = Head {
            key: child_key(&head.key, number),
            depth: head.depth + 1,
            request: start.waits.then_some(number),
            maps: Vec::new(),
        };
        let origin = Origin { head, revision: machine.revision.clone(), machine: machine.arn.clone() };
        let begun = self.begin(parent, number, &machine.executor, origin, (&start.name, &start.input), at);
        let (mut new, mut starting) = match begun {
            Ok(begun) => begun,
            Err(RunError::InvalidName { name }) => {
                return no("InvalidName", format!("Invalid Name: '{name}'"));
            }
            Err(error) => {
                let message = format!("Invalid State Machine Execution Input: '{error}'");
                return no("InvalidExecutionInput", message);
            }
        };
        (new.version, new.alias) = (version, alias);
        (starting.is_asked, starting.waits) = (true, start.waits);
        Ok(Prepared::Start(Box::new((new, starting))))
    }

    fn prepare_child(&self, parent: &Asker, number: u64, child: &MapChild, at: Timestamp) -> Prepared {
        let origin = &parent.origin;
        let ended =
            |cause: String| Prepared::Answer(Input::Ended { request: number, end: failed(at, cause) });
        let Some(executor) = parent.executor.of_map_children(child.processor, &child.label) else {
            return ended("the machine has no such Map".to_owned());
        };
        let mut maps = origin.head.maps.clone();
        maps.push((child.processor, child.label.clone()));
        let head = Head {
            key: child_key(&origin.head.key, number),
            depth: origin.head.depth,
            request: Some(number),
            maps,
        };
        let origin = Origin { head, ..origin.clone() };
        match self.begin(parent, number, &executor, origin, (&child.name, &child.input), at) {
            Ok((mut new, starting)) => {
                new.map_run = Some(child.map_run.clone());
                Prepared::Start(Box::new((new, starting)))
            }
            Err(error) => ended(error.to_string()),
        }
    }

    fn begin(
        &self,
        parent: &Asker,
        number: u64,
        executor: &Executor,
        origin: Origin,
        (name, input): (&str, &stepfn_core::value::Value),
        at: Timestamp,
    ) -> Result<(NewExecution, Starting), RunError> {
        let started = timestamp(millis(at));
        let begin = Begin { name: name.to_owned(), input: input.clone(), key: origin.head.key, started };
        let (head, revision) = (origin.head.write(), origin.revision.clone());
        let running = Box::new(Running::begin(executor, &begin, origin, Some(&parent.arn))?);
        let (arn, machine) = (running.turns().execution_arn(), executor.state_machine_arn());
        let new = NewExecution {
            arn: arn.clone(),
            name: begin.name,
            machine: machine.clone(),
            parent: Some(Parent { execution: parent.arn.clone(), place: number.to_string() }),
            revision,
            input: begin.input.to_string(),
            details: "{}".to_owned(),
            head,
            started: millis(started),
            lease: Some(Lease { owner: self.owner.clone(), until: self.until() }),
            free_before: millis(started).saturating_sub(span(self.retention)),
            ..NewExecution::default()
        };
        let starting =
            Starting { request: number, running, arn, machine, started, is_asked: false, waits: true };
        Ok((new, starting))
    }
}

impl Driver {
    /// Makes what a turn asks for part of its commit.
    pub(super) async fn ask_for(
        &mut self,
        id: ExecutionId,
        turn: &mut Turn,
        step: &mut Step,
    ) -> Result<AskedFor, Over> {
        let mut asked = AskedFor::default();
        let at = step.entry.at;
        let Some(loaded) = self.loaded.get_mut(&id) else { return Ok(asked) };
        let again = std::mem::take(&mut loaded.redrives);
        let watches = std::mem::take(&mut loaded.watches);
        if step.requests.is_empty()
            && step.stops.is_empty()
            && step.watchers.is_empty()
            && again.is_empty()
            && watches.is_empty()
        {
            return Ok(asked);
        }
        let asker = Asker::of(loaded);
        for request in std::mem::take(&mut step.requests) {
            match self.inner.prepare(&asker, &request, at).await? {
                Prepared::Start(start) => {
                    turn.children.push(start.0);
                    asked.starts.push(start.1);
                }
                Prepared::Redrive(redrive) => {
                    asked.redrives.push((request.number, redrive.execution.clone()));
                    turn.redrives.push(redrive);
                }
                Prepared::Send(delivery) => {
                    asked.sends.push((request.number, token_of(&delivery)));
                    turn.sends.push(delivery);
                }
                Prepared::Express(express, reply) => {
                    asked.answers.push(Input::Replied { request: request.number, reply });
                    asked.express.push(express);
                }
                Prepared::Answer(input) => asked.answers.push(input),
            }
        }
        for (number, arn) in again {
            turn.redrives.push(self.inner.child_redrive(&asker, number, &arn, at));
            asked.redrives.push((number, arn));
        }
        let send = |to: String, message: Message| Delivery {
            to: Address::Execution(to),
            data: message.write(),
            key: String::new(),
            at: millis(at),
        };
        for (request, arn) in watches {
            let watcher = Watcher { execution: asker.arn.clone(), request };
            turn.sends.push(send(arn.clone(), Message::Watch(watcher)));
            asked.watches.push((request, arn));
        }
        for arn in std::mem::take(&mut step.stops) {
            turn.sends.push(send(arn, Message::Input(Input::Stop { error: None, cause: None })));
        }
        if let Some(end) = &turn.end {
            let (started, redrives) = match &step.end {
                Some(Ok(outcome)) => (outcome.started, outcome.redrives()),
                _ => (at, 0),
            };
            let end = ChildEnd {
                status: match &step.end {
                    Some(Ok(outcome)) => outcome.status.clone(),
                    _ => Is::Failed { error: end.error.clone(), cause: end.cause.clone() },
                },
                started,
                stopped: timestamp(end.at),
                redrives,
                not_redrivable: end.not_redrivable.clone(),
            };
            for Watcher { execution, request } in std::mem::take(&mut step.watchers) {
                let ended = Input::Ended { request, end: end.clone() };
                turn.sends.push(send(execution, Message::Input(ended)));
            }
        }
        Ok(asked)
    }

    /// Takes in what came of that.
    pub(super) async fn take_effects(
        &mut self,
        id: ExecutionId,
        asked: AskedFor,
        effects: Effects,
    ) -> Result<(), Over> {
        let AskedFor { starts, redrives, sends, watches, express, answers } = asked;
        for input in answers {
            self.give(id, input);
        }
        for (starting, started) in starts.into_iter().zip(effects.children) {
            self.started(id, starting, started);
        }
        for ((request, arn), redriven) in redrives.into_iter().zip(effects.redrives) {
            self.child_redriven(id, request, arn, redriven).await?;
        }
        let mut delivered = effects.sends.into_iter();
        for ((request, token), delivered) in sends.into_iter().zip(&mut delivered) {
            self.give(id, sent(request, &token, delivered));
        }
        for ((request, arn), delivered) in watches.into_iter().zip(&mut delivered) {
            if !matches!(delivered, Delivered::To(_)) {
                self.look_at(id, request, &arn).await?;
            }
        }
        for one in express {
            self.begin_express(id, one);
        }
        Ok(())
    }

    fn begin_express(&mut self, id: ExecutionId, express: Express) {
        if let Some(loaded) = self.loaded.get_mut(&id)
            && express.waits
        {
            loaded.spawned.insert(express.request);
        }
        self.jobs.push(Job::express(id, express, self.inner.clock.now()));
    }

    /// Gives an execution an input for its next turn.
    fn give(&mut self, id: ExecutionId, input: Input) {
        if let Some(loaded) = self.loaded.get_mut(&id) {
            loaded.inputs.push(input);
            self.ready.insert(id);
        }
    }

    fn started(&mut self, id: ExecutionId, starting: Starting, started: Started) {
        let Starting { request, running, arn, machine, started: at, is_asked, waits } = starting;
        let (reply_at, joined) = match started {
            Started::New { id: child, fence } => {
                self.load_child(child, fence, id, arn.clone(), running);
                (at, false)
            }
            // The commit was made before, and nobody was notified.
            Started::Same(known) if self.is_child(id, &known, request) => {
                if known.seq == 0 && known.lease.as_ref().is_some_and(|lease| lease.owner == self.inner.owner)
                {
                    self.load_child(known.summary.id, known.fence, id, arn.clone(), running);
                }
                (timestamp(known.summary.started), false)
            }
            Started::Same(known) => (timestamp(known.summary.started), true),
            Started::NameTaken(_) => {
                let message = format!("Execution Already Exists: '{arn}'");
                return self.give(id, refused(request, "ExecutionAlreadyExists", message));
            }
        };
        if joined
            && waits
            && let Some(loaded) = self.loaded.get_mut(&id)
        {
            loaded.watches.push((request, arn.clone()));
        }
        if is_asked {
            let reply = Reply::Started { execution_arn: arn, machine_arn: machine, at: reply_at };
            self.give(id, Input::Replied { request, reply });
        }
    }

    fn is_child(&self, parent: ExecutionId, of: &Execution, request: u64) -> bool {
        let arn = self.loaded.get(&parent).map(|loaded| loaded.arn.as_str());
        of.parent.as_ref().is_some_and(|parent| {
            Some(parent.execution.as_str()) == arn && parent.place == request.to_string()
        })
    }

    fn load_child(
        &mut self,
        id: ExecutionId,
        fence: i64,
        parent: ExecutionId,
        arn: String,
        running: Box<Running>,
    ) {
        if self.loaded.contains_key(&id) {
            return;
        }
        let mut loaded = Loaded::new(running, arn, fence, 0);
        loaded.parent = self.loaded.get(&parent).map(|parent| parent.arn.clone());
        self.load(id, loaded);
    }

    async fn child_redriven(
        &mut self,
        id: ExecutionId,
        request: u64,
        arn: String,
        redriven: Redriven,
    ) -> Result<(), Over> {
        match redriven {
            Redriven::Since(_) => Ok(()),
            // It was to stop, and has not yet. Its end wakes this one.
            Redriven::NotFailed(Status::Running | Status::PendingRedrive) => {
                if let Some(loaded) = self.loaded.get_mut(&id) {
                    loaded.redrives.push((request, arn));
                }
                Ok(())
            }
            Redriven::NotFailed(_) | Redriven::Missing => self.look_at(id, request, &arn).await,
        }
    }

    /// Notifies an execution of the end of another one that is over, or gone.
    async fn look_at(&mut self, id: ExecutionId, request: u64, arn: &str) -> Result<(), Over> {
        let known = ask(&self.inner, "look at an execution", |store| store.execution(arn.to_owned())).await?;
        let end = match &known {
            Some(known) => end_of(known),
            None => Some(failed(self.inner.clock.now(), format!("there is no execution `{arn}` any more"))),
        };
        if let Some(end) = end {
            self.give(id, Input::Ended { request, end });
        }
        Ok(())
    }

    /// Repeats the requests of an execution that were made before the process ended, and not answered.
    pub(super) async fn ask_again(&mut self, id: ExecutionId, requests: Vec<Request>) -> Result<(), Over> {
        for request in requests {
            let at = self.inner.clock.now();
            let Some(loaded) = self.loaded.get(&id) else { return Ok(()) };
            let number = request.number;
            let asker = Asker::of(loaded);
            let known = loaded.running.children.get(&number).and_then(|child| child.arn.clone());
            match (&request.asked, known) {
                // Its end is a message.
                (Asked::Child(_), _) => continue,
                (Asked::Start(_), Some(arn)) => {
                    self.watch_again(id, number, &arn).await?;
                    continue;
                }
                _ => {}
            }
            match self.inner.prepare(&asker, &request, at).await? {
                Prepared::Start(start) => {
                    let (new, starting) = *start;
                    let started =
                        ask(&self.inner, "start an execution", |store| store.start(new.clone())).await?;
                    self.started(id, starting, started);
                }
                Prepared::Redrive(redrive) => {
                    let arn = redrive.execution.clone();
                    let redriven =
                        ask(&self.inner, "redrive an execution", |store| store.redrive(redrive.clone()))
                            .await?;
                    self.child_redriven(id, number, arn, redriven).await?;
                }
                Prepared::Send(delivery) => {
                    let token = token_of(&delivery);
                    let delivered =
                        ask(&self.inner, "answer a token", |store| store.deliver(delivery.clone())).await?;
                    self.give(id, sent(number, &token, delivered));
                }
                Prepared::Express(express, reply) => {
                    self.give(id, Input::Replied { request: number, reply });
                    self.begin_express(id, express);
                }
                Prepared::Answer(input) => self.give(id, input),
            }
        }
        Ok(())
    }

    /// An execution that is waited for: one that somebody else started may not know of it.
    async fn watch_again(&mut self, id: ExecutionId, request: u64, arn: &str) -> Result<(), Over> {
        let known = ask(&self.inner, "look at an execution", |store| store.execution(arn.to_owned())).await?;
        match known {
            Some(known) if self.is_child(id, &known, request) => {}
            Some(known) if known.end.is_none() => {
                if let Some(loaded) = self.loaded.get_mut(&id) {
                    loaded.watches.push((request, arn.to_owned()));
                    loaded.fresh = true;
                    self.ready.insert(id);
                }
            }
            // An Express one, which ended with its process, or one that is over.
            _ => self.look_at(id, request, arn).await?,
        }
        Ok(())
    }
}

impl Job {
    /// An execution of an Express workflow.
    fn express(id: ExecutionId, express: Express, now: Timestamp) -> Self {
        let Express { request, execution, waits } = express;
        let doing = Box::pin(async move {
            let end = match (*execution).await {
                Ok(outcome) => ChildEnd {
                    status: outcome.status.clone(),
                    started: outcome.started,
                    stopped: outcome.stopped,
                    redrives: 0,
                    not_redrivable: Some("Execution is of type EXPRESS and cannot be redriven".to_owned()),
                },
                Err(error) => failed(now, error.to_string()),
            };
            waits.then_some(Input::Ended { request, end })
        });
        Self { id, number: waits.then_some(request), doing }
    }
}

fn token_of(delivery: &Delivery) -> String {
    match &delivery.to {
        Address::Token { token, .. } => token.clone(),
        Address::Execution(_) => String::new(),
    }
}

fn sent(request: u64, token: &str, delivered: Delivered) -> Input {
    let error = match delivered {
        Delivered::To(_) => return Input::Replied { request, reply: Reply::Done },
        Delivered::Missing => unknown_token(token),
        Delivered::Closed => stepfn_executor::TokenError::TaskTimedOut,
    };
    refused(request, error.name(), error.to_string())
}
