use std::{
    collections::HashMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
    time::Duration,
};

use stepfn_core::{
    task::{HandlerFuture, TaskFailure},
    value::Value,
};

use super::request::{Asked, ChildEnd, Reply, Request};
use crate::{
    declared,
    handler::{Attempt, TaskCall, TaskHandler},
    interpreter::panic_message,
    time,
};

/// The outcome of a call to a handler.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The handler answered.
    Done(Result<Value, TaskFailure>),
    /// The handler panicked, with this message.
    Panicked(String),
}

/// The end of a [`Call`].
pub type CallFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A call to a handler that an execution asks for.
pub struct Call {
    number: u64,
    key: String,
    handler: Arc<dyn TaskHandler>,
    input: Value,
    state: String,
    resource: String,
    token: Option<String>,
    calls_before: usize,
    retry_count: u32,
    map_index: Option<usize>,
}

impl Call {
    /// Its number in the execution, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The state's name.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The `Resource`.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// Returns the input of the handler.
    pub fn input(&self) -> &Value {
        &self.input
    }

    /// Returns the key that is the same whenever this call is made: [`TaskCall::idempotency_key`].
    pub fn idempotency_key(&self) -> &str {
        &self.key
    }

    /// Makes the call. The handler is called when the future is first polled. `interrupted` means that it was made before, and not
    /// answered.
    pub fn make(self, interrupted: bool) -> CallFuture {
        Box::pin(async move {
            let attempt = {
                let call = TaskCall {
                    input: &self.input,
                    state: &self.state,
                    resource: &self.resource,
                    token: self.token.as_deref(),
                    calls_before: self.calls_before,
                    retry_count: self.retry_count,
                    map_index: self.map_index,
                    idempotency_key: Some(&self.key),
                    interrupted,
                };
                catch_unwind(AssertUnwindSafe(|| self.handler.call(&call)))
            };
            let pause = |span: Duration| async move {
                if !span.is_zero() {
                    time::sleep_outside(span).await;
                }
            };
            match attempt {
                Err(panic) => Answer::Panicked(panic_message(panic)),
                Ok(Attempt::Done(result)) => Answer::Done(result),
                Ok(Attempt::Work(future)) => Caught(future).await,
                Ok(Attempt::After(takes, result) | Attempt::Submitted { takes, result, .. }) => {
                    pause(takes).await;
                    Answer::Done(result)
                }
                Ok(Attempt::Never | Attempt::TimedOut) => std::future::pending().await,
                Ok(Attempt::Real) => {
                    Answer::Done(Err(TaskFailure::with_cause("States.TaskFailed", declared::ONLY_MOCKS)))
                }
                Ok(Attempt::Refused(reason)) => {
                    Answer::Done(Err(TaskFailure::with_cause("States.TaskFailed", reason)))
                }
            }
        })
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Call");
        debug.field("number", &self.number).field("state", &self.state).field("input", &self.input);
        debug.finish_non_exhaustive()
    }
}

/// A handler's work, whose panics are answers.
struct Caught(HandlerFuture);

impl Future for Caught {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(result)) => Poll::Ready(Answer::Done(result)),
            Err(panic) => Poll::Ready(Answer::Panicked(panic_message(panic))),
        }
    }
}

/// Numbers in the order in which they were given out.
fn in_order(mut numbers: Vec<u64>) -> Vec<u64> {
    numbers.sort_unstable();
    numbers
}

/// The calls of an execution that somebody else makes.
#[derive(Default)]
pub(crate) struct Deferred(Mutex<State>);

#[derive(Default)]
struct State {
    count: u64,
    new: Vec<Call>,
    open: HashMap<u64, Open>,
    /// Requests, those since the last time and those that are waited for.
    asked: Vec<Request>,
    requests: HashMap<u64, OpenRequest>,
    opened: Vec<OpenToken>,
    closed: Vec<String>,
    given_up: Vec<u64>,
}

#[derive(Default)]
struct OpenRequest {
    reply: Option<Reply>,
    end: Option<ChildEnd>,
    waker: Option<Waker>,
}

/// A task token that an execution handed out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OpenToken {
    /// The token.
    pub token: String,
    /// The state's name.
    pub state: String,
    /// The activity's ARN, where a worker is to take the task.
    pub activity: Option<String>,
    /// The task's `Parameters`, or `Arguments`.
    pub parameters: Value,
    /// Whether nothing but the token ends the task.
    pub awaited: bool,
}

#[derive(Default)]
struct Open {
    answer: Option<Answer>,
    waker: Option<Waker>,
}

impl Deferred {
    /// Numbers calls from the one after `count` on.
    pub(super) fn after(count: u64) -> Self {
        Self(Mutex::new(State { count, ..State::default() }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change leaves the state whole, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call, and gives what waits for its answer.
    pub(crate) fn defer(
        self: &Arc<Self>,
        handler: &Arc<dyn TaskHandler>,
        call: &TaskCall<'_>,
        arn: &str,
    ) -> HandlerFuture {
        let mut state = self.lock();
        state.count += 1;
        let number = state.count;
        state.open.insert(number, Open::default());
        state.new.push(Call {
            number,
            key: format!("{arn}#{number}"),
            handler: Arc::clone(handler),
            input: call.input.clone(),
            state: call.state.to_owned(),
            resource: call.resource.to_owned(),
            token: call.token.map(str::to_owned),
            calls_before: call.calls_before,
            retry_count: call.retry_count,
            map_index: call.map_index,
        });
        drop(state);
        Box::pin(Awaited { calls: Arc::downgrade(self), number })
    }

    /// The calls since the last time that nobody has given up meanwhile.
    pub(super) fn take_new(&self) -> Vec<Call> {
        let mut state = self.lock();
        let mut new = std::mem::take(&mut state.new);
        new.retain(|call| state.open.contains_key(&call.number));
        new
    }

    /// The numbers of those that were given up since the last time.
    pub(super) fn take_given_up(&self) -> Vec<u64> {
        std::mem::take(&mut self.lock().given_up)
    }

    /// Returns `true` if any has no answer yet.
    pub(super) fn is_waiting(&self) -> bool {
        self.lock().open.values().any(|open| open.answer.is_none())
    }

    /// The numbers of those that have no answer yet.
    pub(super) fn open(&self) -> Vec<u64> {
        let state = self.lock();
        let open = state.open.iter().filter(|(_, open)| open.answer.is_none());
        in_order(open.map(|(number, _)| *number).collect())
    }

    pub(crate) fn open_token(&self, token: OpenToken) {
        self.lock().opened.push(token);
    }

    pub(crate) fn close_token(&self, token: &str) {
        let mut state = self.lock();
        // Who never showed has not to go.
        match state.opened.iter().position(|opened| opened.token == token) {
            Some(place) => drop(state.opened.remove(place)),
            None => state.closed.push(token.to_owned()),
        }
    }

    /// The tokens that were handed out and given back since the last time.
    pub(super) fn take_tokens(&self) -> (Vec<OpenToken>, Vec<String>) {
        let mut state = self.lock();
        (std::mem::take(&mut state.opened), std::mem::take(&mut state.closed))
    }

    /// Notes a request; its number.
    pub(super) fn ask(&self, asked: Asked) -> u64 {
        let mut state = self.lock();
        state.count += 1;
        let number = state.count;
        state.requests.insert(number, OpenRequest::default());
        state.asked.push(Request { number, asked });
        number
    }

    /// The requests since the last time that nobody has given up meanwhile.
    pub(super) fn take_asked(&self) -> Vec<Request> {
        let mut state = self.lock();
        let mut asked = std::mem::take(&mut state.asked);
        asked.retain(|request| state.requests.contains_key(&request.number));
        asked
    }

    /// The numbers of the requests that are waited for.
    pub(super) fn open_requests(&self) -> Vec<u64> {
        in_order(self.lock().requests.keys().copied().collect())
    }

    pub(super) fn give_up(&self, number: u64) {
        let mut state = self.lock();
        if state.requests.remove(&number).is_some() {
            state.given_up.push(number);
        }
    }

    /// The reply to a request, which is over with it if it is a refusal or `is_all`.
    pub(super) fn poll_reply(&self, number: u64, is_all: bool, cx: &Context<'_>) -> Poll<Reply> {
        let mut state = self.lock();
        let Some(open) = state.requests.get_mut(&number) else { return Poll::Pending };
        let Some(reply) = open.reply.clone() else {
            open.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        if is_all || matches!(reply, Reply::Refused { .. }) {
            state.requests.remove(&number);
        }
        Poll::Ready(reply)
    }

    /// The end of an execution that a request started, which is over with it.
    pub(super) fn poll_end(&self, number: u64, cx: &Context<'_>) -> Poll<ChildEnd> {
        let mut state = self.lock();
        let Some(open) = state.requests.get_mut(&number) else { return Poll::Pending };
        let Some(end) = open.end.take() else {
            open.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        state.requests.remove(&number);
        Poll::Ready(end)
    }

    /// Takes in what a request came to.
    pub(super) fn arrived(
        &self,
        number: u64,
        arrived: impl FnOnce(&mut Option<Reply>, &mut Option<ChildEnd>),
    ) {
        let mut state = self.lock();
        let Some(open) = state.requests.get_mut(&number) else { return };
        arrived(&mut open.reply, &mut open.end);
        let waker = open.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn answer(&self, number: u64, answer: Answer) {
        let mut state = self.lock();
        let Some(open) = state.open.get_mut(&number).filter(|open| open.answer.is_none()) else { return };
        open.answer = Some(answer);
        let waker = open.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The receiver of a call's answer. Dropping it gives the call up.
struct Awaited {
    calls: Weak<Deferred>,
    number: u64,
}

impl Future for Awaited {
    type Output = Result<Value, TaskFailure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(calls) = self.calls.upgrade() else { return Poll::Pending };
        let mut state = calls.lock();
        let Some(open) = state.open.get_mut(&self.number) else { return Poll::Pending };
        match open.answer.take() {
            None => {
                open.waker = Some(cx.waker().clone());
                Poll::Pending
            }
            Some(answer) => {
                state.open.remove(&self.number);
                drop(state);
                match answer {
                    Answer::Done(result) => Poll::Ready(result),
                    // As if the handler itself had panicked here: no hook is run again.
                    Answer::Panicked(message) => resume_unwind(Box::new(message)),
                }
            }
        }
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        if let Some(calls) = self.calls.upgrade() {
            let mut state = calls.lock();
            if state.open.remove(&self.number).is_some() {
                state.given_up.push(self.number);
            }
        }
    }
}
