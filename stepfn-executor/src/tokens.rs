mod offers;

use std::{
    collections::HashMap,
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Poll, Waker},
};

use stepfn_core::{shape::Shape, task::TaskFailure, value::Value};

use self::offers::{Offers, Ticket};
use crate::{
    declared,
    eval::Random,
    limits::{self, Limits},
    link::{Command, Link},
    size::{self, Extent},
};

/// A task that waits for its token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PendingToken {
    /// The token: `$$.Task.Token`.
    pub token: String,
    /// The state's name.
    pub state: String,
    /// The task's `Parameters`.
    pub parameters: Value,
    /// The declared result of the callback.
    pub(crate) answer: Option<&'static Shape>,
}

impl PendingToken {
    /// Returns the reason why this cannot be the output that the state was declared to get, if it cannot: ``its field `approvedBy` is
    /// missing``.
    ///
    /// `SendTaskSuccess` takes any JSON, here as in AWS; the state fails later on then, where the data is read.
    pub fn mismatch(&self, output: &Value) -> Option<String> {
        declared::reason(output, self.answer?)
    }
}

impl PartialEq for PendingToken {
    /// Compares by the token: it is one task's, and no other's.
    fn eq(&self, other: &Self) -> bool {
        self.token == other.token
    }
}

/// The error with which `SendTaskSuccess`, `SendTaskFailure` or `SendTaskHeartbeat` was refused, by AWS's names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// The text is no token of this executor.
    InvalidToken,
    /// The task is over: the token was used, the task timed out or failed, or the execution ended.
    TaskTimedOut,
    /// An error is longer than 256 characters, or a cause longer than 32,768.
    TooLong {
        /// `error` or `cause`.
        field: &'static str,
        /// The most characters.
        limit: usize,
    },
    /// The output is over 262144 bytes, or nested too deep.
    InvalidOutput {
        /// The error.
        reason: String,
    },
}

impl TokenError {
    /// The name of the exception.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidToken => "InvalidToken",
            Self::TaskTimedOut => "TaskTimedOut",
            Self::TooLong { .. } => "ValidationException",
            Self::InvalidOutput { .. } => "InvalidOutput",
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidToken => f.write_str("Invalid Token: 'Invalid token'"),
            Self::TaskTimedOut => f.write_str("Task Timed Out: 'Provided task does not exist anymore'"),
            Self::TooLong { field, limit } => write!(
                f,
                "1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must have length less than or equal to {limit}"
            ),
            Self::InvalidOutput { reason } => write!(f, "Invalid Output: '{reason}'"),
        }
    }
}

impl std::error::Error for TokenError {}

/// A task for an activity worker: the reply of `GetActivityTask`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ActivityTask {
    /// The token to end the task by.
    pub token: String,
    /// The input of the task.
    pub input: Value,
}

/// The tokens of an executor's running executions.
#[derive(Debug)]
pub(crate) struct Registry {
    limits: Arc<Limits>,
    pending: Mutex<HashMap<Arc<str>, Weak<Link>>>,
    /// The tasks that no worker has taken yet, by the activity's ARN.
    offers: Mutex<Offers>,
}

/// A worker that waits. When it has its task, or is dropped, it is called no more, and a call that came meanwhile goes to the next.
struct Waiting<'a> {
    registry: &'a Registry,
    activity: &'a str,
    ticket: Option<Ticket>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let next = self.registry.offers().leave(self.activity, ticket);
        next.into_iter().for_each(Waker::wake);
    }
}

impl Registry {
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Self { limits, pending: Mutex::default(), offers: Mutex::default() }
    }

    pub(crate) fn add(&self, token: Arc<str>, link: &Arc<Link>) {
        self.lock().insert(token, Arc::downgrade(link));
    }

    pub(crate) fn remove(&self, token: &str) {
        if self.lock().remove(token).is_some() {
            self.forget();
        }
    }

    /// Clears away offers that are over, when there may be more of them than of those that still wait: where no worker ever comes, they must
    /// not pile up, whatever comes before them.
    fn forget(&self) {
        let mut offers = self.offers();
        if offers.one_is_over() {
            self.clear(&mut offers);
        }
    }

    fn clear(&self, offers: &mut Offers) {
        let pending = self.lock();
        offers.retain(|token| pending.contains_key(token));
    }

    /// Lets a task wait for a worker of an activity, or returns the number that may wait.
    pub(crate) fn offer(&self, activity: &str, token: Arc<str>, input: Value) -> Result<(), usize> {
        let mut offers = self.offers();
        let limit = self.limits.activity_tasks;
        if offers.len() >= limit {
            self.clear(&mut offers);
            if offers.len() >= limit {
                return Err(limit);
            }
        }
        let called = offers.push(activity, token, input);
        drop(offers);
        called.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// The oldest task of an activity, for a worker that waits until there is one.
    pub(crate) async fn next(&self, activity: &str, worker: Option<&str>) -> ActivityTask {
        let mut waiting = Waiting { registry: self, activity, ticket: None };
        poll_fn(|cx| {
            // Before it is looked for, so that none is missed that comes in between.
            waiting.ticket = Some(self.offers().wait(activity, waiting.ticket, cx.waker()));
            self.take(activity, worker).map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Gives the oldest task of an activity to a worker.
    pub(crate) fn take(&self, activity: &str, worker: Option<&str>) -> Option<ActivityTask> {
        loop {
            let (token, input) = self.offers().pop(activity)?;
            // A task may have timed out before any worker came.
            let Some(link) = self.lock().get(&token).and_then(Weak::upgrade) else { continue };
            let task = ActivityTask { token: token.to_string(), input };
            link.command(Command::Started { token, worker: worker.map(Arc::from) });
            return Some(task);
        }
    }

    /// Notes that somebody outside gave the task to a worker.
    pub(crate) fn taken(&self, token: &str, worker: Option<&str>) -> Result<(), TokenError> {
        let link = self.lock().get_key_value(token).map(|(token, link)| (Arc::clone(token), link.clone()));
        let (token, link) =
            link.and_then(|(token, link)| Some((token, link.upgrade()?))).ok_or_else(|| unknown(token))?;
        link.command(Command::Started { token, worker: worker.map(Arc::from) });
        Ok(())
    }

    /// Checks whether a task waits for the token.
    pub(crate) fn check_token(&self, token: &str) -> Result<(), TokenError> {
        let is_known = self.lock().get(token).is_some_and(|link| link.strong_count() > 0);
        if is_known { Ok(()) } else { Err(unknown(token)) }
    }

    /// Returns whether a task may end with an output.
    pub(crate) fn check_output(&self, output: &Value) -> Result<(), TokenError> {
        let size = self.limits.payload();
        if Extent::of(output, size).fits(size) {
            return Ok(());
        }
        Err(TokenError::InvalidOutput { reason: size::fault(output, size) })
    }

    pub(crate) fn success(&self, token: &str, output: Value) -> Result<(), TokenError> {
        if let Err(error) = self.check_output(&output) {
            size::dismantle(output);
            return Err(error);
        }
        self.end(token, Ok(output))
    }

    pub(crate) fn failure(
        &self,
        token: &str,
        error: Option<String>,
        cause: Option<String>,
    ) -> Result<(), TokenError> {
        self.check_texts(error.as_deref(), cause.as_deref())?;
        self.end(token, Err((error, cause)))
    }

    /// Returns whether a task may fail with these.
    pub(crate) fn check_texts(&self, error: Option<&str>, cause: Option<&str>) -> Result<(), TokenError> {
        let most = &self.limits;
        for (field, text, limit) in [("error", error, most.error_chars), ("cause", cause, most.cause_chars)] {
            if text.is_some_and(|text| !limits::fits(text, limit)) {
                return Err(TokenError::TooLong { field, limit });
            }
        }
        Ok(())
    }

    fn end(&self, token: &str, result: CallbackResult) -> Result<(), TokenError> {
        // Removed at once, so that the token cannot be used twice.
        let entry = self.lock().remove_entry(token);
        if entry.is_some() {
            self.forget();
        }
        let link = entry.and_then(|(token, link)| Some((token, link.upgrade()?)));
        let (token, link) = link.ok_or_else(|| unknown(token))?;
        link.command(Command::End { token, result });
        Ok(())
    }

    pub(crate) fn heartbeat(&self, token: &str) -> Result<(), TokenError> {
        let link = self.lock().get_key_value(token).map(|(token, link)| (Arc::clone(token), link.clone()));
        let link = link.and_then(|(token, link)| Some((token, link.upgrade()?)));
        let (token, link) = link.ok_or_else(|| unknown(token))?;
        link.command(Command::Heartbeat { token });
        Ok(())
    }

    fn offers(&self) -> MutexGuard<'_, Offers> {
        self.offers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Weak<Link>>> {
        // The map is whole between any two calls, so a panic elsewhere does not spoil it.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The result of a callback. `SendTaskFailure` may leave out error and cause.
pub(crate) type CallbackResult = Result<Value, (Option<String>, Option<String>)>;

pub(crate) fn callback(result: Result<Value, TaskFailure>) -> CallbackResult {
    result.map_err(|failure| (Some(failure.error), Some(failure.cause)))
}

const PREFIX: &str = "AQC0Stepfn";

/// Creates a new token. It ends in a checksum, which distinguishes a token that is over from a text that never was one.
pub(crate) fn new_token(random: &Random) -> Arc<str> {
    let [high, low] = random.id();
    let body = format!("{PREFIX}{high:016x}{low:016x}");
    format!("{body}{:08x}", checksum(&body)).into()
}

pub(crate) fn unknown(token: &str) -> TokenError {
    let ours = token
        .len()
        .checked_sub(8)
        .and_then(|at| token.split_at_checked(at))
        .is_some_and(|(body, sum)| body.starts_with(PREFIX) && sum == format!("{:08x}", checksum(body)));
    if ours { TokenError::TaskTimedOut } else { TokenError::InvalidToken }
}

/// FNV-1a
fn checksum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        sync::atomic::{AtomicUsize, Ordering},
        task::{Context, Wake},
    };

    use super::*;

    /// A task that waits long comes before any number of others that are over.
    #[test]
    fn offers_that_are_over_do_not_pile_up_behind_one_that_waits() {
        let (registry, link, random) =
            (Registry::new(Arc::default()), Arc::new(Link::default()), Random::new(1));
        let offer = || {
            let token = new_token(&random);
            registry.add(Arc::clone(&token), &link);
            registry.offer("activity", Arc::clone(&token), Value::Null).unwrap();
            token
        };
        let first = offer();
        for _ in 0..10_000 {
            registry.remove(&offer());
        }
        let waiting = registry.offers().len();
        assert!(waiting <= offers::MANY + 1, "{waiting}");
        assert_eq!(registry.take("activity", None).map(|task| task.token), Some(first.to_string()));
        assert_eq!(registry.take("activity", None), None);
    }

    /// Counts how often it is called.
    #[derive(Default)]
    struct Calls(AtomicUsize);

    impl Wake for Calls {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_task_calls_one_worker_of_its_activity_however_many_wait() {
        let (registry, link, random) =
            (Registry::new(Arc::default()), Arc::new(Link::default()), Random::new(1));
        let offer = || {
            let token = new_token(&random);
            registry.add(Arc::clone(&token), &link);
            registry.offer("packing", token, Value::Null).unwrap();
        };
        let calls = Arc::new(Calls::default());
        let waker = Waker::from(Arc::clone(&calls));
        let mut cx = Context::from_waker(&waker);
        let called = || calls.0.swap(0, Ordering::Relaxed);
        let mut others: Vec<_> = (0..1_000).map(|_| Box::pin(registry.next("painting", None))).collect();
        let mut workers: VecDeque<_> = (0..1_000).map(|_| Box::pin(registry.next("packing", None))).collect();
        assert!(
            others.iter_mut().chain(&mut workers).all(|worker| worker.as_mut().poll(&mut cx).is_pending())
        );
        for _ in 0..100 {
            offer();
            assert_eq!(called(), 1);
            // The one that waited longest.
            assert!(workers[0].as_mut().poll(&mut cx).is_ready());
            workers.pop_front();
        }
        // One that has gone before it took its task hands the call on, and one that was not called does not.
        offer();
        assert_eq!(called(), 1);
        workers.pop_front();
        workers.pop_back();
        assert_eq!(called(), 1);
        assert!(workers[0].as_mut().poll(&mut cx).is_ready());
        workers.pop_front();
        // Where somebody was faster, it waits again.
        offer();
        assert!(registry.take("packing", None).is_some() && workers[0].as_mut().poll(&mut cx).is_pending());
        assert_eq!(called(), 1);
        drop((others, workers));
        offer();
        assert_eq!(called(), 0);
        assert!(registry.offers().is_quiet());
    }

    #[test]
    fn used_tokens_are_told_from_texts_that_never_were_tokens() {
        let registry = Registry::new(Arc::default());
        let token = new_token(&Random::new(1));
        assert_eq!(registry.success(&token, Value::Null), Err(TokenError::TaskTimedOut));
        for text in ["", "token", "AQC0Stepfn", &token[1..], "AQC0Stepfnäääääää"] {
            assert_eq!(registry.heartbeat(text), Err(TokenError::InvalidToken), "{text}");
        }
    }
}
