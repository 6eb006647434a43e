//! The requests of an execution to Step Functions itself: to start others, and to answer tokens.

use std::{
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll},
};

use jiff::Timestamp;
use stepfn_core::{task::HandlerFuture, value::Value};

use super::{Input, call::Deferred};
use crate::{
    nested::{self, Described, Started},
    outcome::Status,
    program::Action,
};

/// A request of an execution to Step Functions.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// Its number: calls and requests of an execution are counted together, from 1.
    pub number: u64,
    /// The request.
    pub asked: Asked,
}

/// The kinds of [`Request`]s.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Asked {
    /// `StartExecution` and `StartSyncExecution`, by a Task. The answer is [`Input::Replied`], and [`Input::Ended`] where the Task waits
    /// for the end.
    Start(Start),
    /// A Standard child of a distributed Map. The answer is [`Input::Ended`].
    Child(MapChild),
    /// A child of a Map Run that goes on in a redrive, by the ARN of its execution. The answer is [`Input::Ended`].
    Redrive(String),
    /// `SendTaskSuccess`, `SendTaskFailure` or `SendTaskHeartbeat`, by a Task. The answer is [`Input::Replied`].
    Answer(Box<Input>),
}

/// An execution that a Task starts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Start {
    /// The ARN of the machine, or of a version or an alias of it, as the Task has it.
    pub machine: String,
    /// The name.
    pub name: String,
    /// The input.
    pub input: Value,
    /// Whether the Task waits for the end; such an execution is stopped when the Task is given up.
    pub waits: bool,
    /// Whether it is asked for as `StartSyncExecution`, which takes Express ones alone.
    pub is_sync: bool,
}

/// A child of a distributed Map that is an execution of its own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MapChild {
    /// The ARN of the Map Run.
    pub map_run: String,
    /// The label of the Map: with its machine's name that of the child's.
    pub label: String,
    /// The place at which its machine begins: for [`Executor::of_map_children`](crate::Executor::of_map_children).
    pub processor: usize,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub execution_arn: String,
    /// Its input.
    pub input: Value,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reply {
    /// The execution was started, or ran already.
    Started {
        /// Its ARN.
        execution_arn: String,
        /// The ARN of its machine.
        machine_arn: String,
        /// When it was started.
        at: Timestamp,
    },
    /// The answer to the token was taken.
    Done,
    /// The request was refused.
    Refused {
        /// The name of the API's exception.
        code: String,
        /// Its message.
        message: String,
    },
}

/// The end of an execution that another one waits for.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildEnd {
    /// The status of its end.
    pub status: Status,
    /// When it was started.
    pub started: Timestamp,
    /// When it ended.
    pub stopped: Timestamp,
    /// The number of redrives.
    pub redrives: u32,
    /// Why it cannot be redriven, where it cannot.
    pub not_redrivable: Option<String>,
}

/// The receiver of an execution's end. Dropping it gives the execution up.
pub(crate) struct Ending {
    requests: Weak<Deferred>,
    number: u64,
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(requests) = self.requests.upgrade() {
            requests.give_up(self.number);
        }
    }
}

impl Ending {
    /// The end, where it is there.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<ChildEnd> {
        self.requests.upgrade().map_or(Poll::Pending, |requests| requests.poll_end(self.number, cx))
    }
}

impl std::fmt::Debug for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ending").field(&self.number).finish()
    }
}

/// The receiver of a reply. Dropping it before that gives the request up.
struct Replying {
    requests: Weak<Deferred>,
    number: u64,
    /// Whether the request is over with its reply.
    is_all: bool,
    is_done: bool,
}

impl Future for Replying {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reply> {
        let Some(requests) = self.requests.upgrade() else { return Poll::Pending };
        let reply = requests.poll_reply(self.number, self.is_all, cx);
        self.is_done = reply.is_ready();
        reply
    }
}

impl Drop for Replying {
    fn drop(&mut self) {
        if self.is_all
            && !self.is_done
            && let Some(requests) = self.requests.upgrade()
        {
            requests.give_up(self.number);
        }
    }
}

/// A Task's request: what answers it, and what ends it where the Task waits for more than the answer.
pub(crate) struct AskedFor {
    pub(crate) reply: HandlerFuture,
    pub(crate) end: Option<HandlerFuture>,
}

impl Deferred {
    /// Sends the answer to a token.
    pub(crate) fn send(self: &Arc<Self>, input: Input, action: Action, request: String) -> HandlerFuture {
        let number = self.ask(Asked::Answer(Box::new(input)));
        let reply = Replying { requests: Arc::downgrade(self), number, is_all: true, is_done: false };
        Box::pin(async move {
            match reply.await {
                Reply::Refused { code, message } => Err(nested::failure(action, &code, &message, &request)),
                Reply::Done | Reply::Started { .. } => Ok(Value::empty_object()),
            }
        })
    }

    /// Starts an execution.
    pub(crate) fn start(self: &Arc<Self>, start: Start, action: Action, request: String) -> AskedFor {
        let Start { input, name, waits, is_sync, .. } = start.clone();
        let number = self.ask(Asked::Start(start));
        let requests = || Arc::downgrade(self);
        let ending = waits.then(|| Ending { requests: requests(), number });
        let reply = Replying { requests: requests(), number, is_all: !waits, is_done: false };
        let again = Replying { requests: requests(), number, is_all: false, is_done: false };
        let refusal = {
            let request = request.clone();
            move |code: &str, message: &str| nested::failure(action, code, message, &request)
        };
        let refused = refusal.clone();
        let reply = async move {
            match reply.await {
                Reply::Refused { code, message } => Err(refused(&code, &message)),
                Reply::Done => Ok(Value::empty_object()),
                Reply::Started { execution_arn, at, .. } => {
                    let started = Started { arn: execution_arn, at };
                    let is_sdk = action.is_sdk();
                    Ok(if is_sdk { nested::sdk_reply(&started) } else { nested::reply(&started, &request) })
                }
            }
        };
        let end = ending.map(|ending| {
            let end = async move {
                let started = again.await;
                let (arn, machine) = match &started {
                    Reply::Refused { code, message } => return Err(refusal(code, message)),
                    Reply::Started { execution_arn, machine_arn, .. } => (execution_arn, machine_arn),
                    Reply::Done => return Ok(Value::empty_object()),
                };
                let end = std::future::poll_fn(|cx| ending.poll(cx)).await;
                let described = Described {
                    arn,
                    name: &name,
                    machine,
                    input: &input,
                    status: &end.status,
                    started: end.started,
                    stopped: end.stopped,
                    redrives: Some(end.redrives),
                    not_redrivable: end.not_redrivable.as_deref(),
                };
                nested::result_of(&described, action).map_err(nested::as_failure)
            };
            Box::pin(end) as HandlerFuture
        });
        // Of `StartSyncExecution` nothing is reported before the end.
        match end {
            Some(end) if is_sync => AskedFor { reply: end, end: None },
            end => AskedFor { reply: Box::pin(reply), end },
        }
    }

    /// Starts a child of a distributed Map, or lets it go on.
    pub(crate) fn begin_child(self: &Arc<Self>, asked: Asked) -> Ending {
        Ending { number: self.ask(asked), requests: Arc::downgrade(self) }
    }
}
