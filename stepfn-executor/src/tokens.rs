use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
};

use stepfn_core::{task::TaskFailure, value::Value};

use crate::{
    eval::Random,
    link::{Command, Link},
    size::{self, Extent},
};

/// A task that waits for its token.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PendingToken {
    /// The token: `$$.Task.Token`.
    pub token: String,
    /// The state's name.
    pub state: String,
    /// What the task got: its `Parameters`.
    pub parameters: Value,
}

/// Why `SendTaskSuccess`, `SendTaskFailure` or `SendTaskHeartbeat` was refused, by AWS's names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// The text is no token of this executor.
    InvalidToken,
    /// The task is over: the token was used, the task timed out or failed, or the execution ended.
    TaskTimedOut,
    /// The output is over 262144 bytes, or nested too deep.
    InvalidOutput {
        /// What is wrong with it.
        reason: String,
    },
}

impl TokenError {
    /// The name of the exception.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidToken => "InvalidToken",
            Self::TaskTimedOut => "TaskTimedOut",
            Self::InvalidOutput { .. } => "InvalidOutput",
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidToken => f.write_str("Invalid Token: 'Invalid token'"),
            Self::TaskTimedOut => f.write_str("Task Timed Out: 'Provided task does not exist anymore'"),
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
    /// What there is to work on.
    pub input: Value,
}

/// The tokens of an executor's running executions.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    pending: Mutex<HashMap<Arc<str>, Weak<Link>>>,
    /// The tasks that no worker has taken yet, by the activity's ARN.
    offers: Mutex<Offers>,
}

#[derive(Debug, Default)]
struct Offers {
    tasks: HashMap<String, VecDeque<(Arc<str>, Value)>>,
    /// The workers that wait for a task, of whichever activity.
    waiting: Vec<Waker>,
}

impl Registry {
    pub(crate) fn add(&self, token: Arc<str>, link: &Arc<Link>) {
        self.lock().insert(token, Arc::downgrade(link));
    }

    pub(crate) fn remove(&self, token: &str) {
        self.lock().remove(token);
    }

    /// Has a task wait for a worker of an activity.
    pub(crate) fn offer(&self, activity: &str, token: Arc<str>, input: Value) {
        let mut offers = self.offers();
        let queue = offers.tasks.entry(activity.to_owned()).or_default();
        // Where no worker ever comes, what timed out must not pile up.
        while queue.front().is_some_and(|(token, _)| !self.lock().contains_key(token)) {
            queue.pop_front();
        }
        queue.push_back((token, input));
        let waiting = std::mem::take(&mut offers.waiting);
        drop(offers);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Gives the oldest task of an activity to a worker, as soon as there is one.
    pub(crate) fn poll_take(
        &self,
        activity: &str,
        worker: Option<&str>,
        cx: &Context<'_>,
    ) -> Poll<ActivityTask> {
        // Before it is looked for, so that none is missed that comes in between.
        let mut offers = self.offers();
        if !offers.waiting.iter().any(|known| known.will_wake(cx.waker())) {
            offers.waiting.push(cx.waker().clone());
        }
        drop(offers);
        self.take(activity, worker).map_or(Poll::Pending, Poll::Ready)
    }

    /// Gives the oldest task of an activity to a worker.
    pub(crate) fn take(&self, activity: &str, worker: Option<&str>) -> Option<ActivityTask> {
        loop {
            let (token, input) = self.offers().tasks.get_mut(activity)?.pop_front()?;
            // A task may have timed out before any worker came.
            let Some(link) = self.lock().get(&token).and_then(Weak::upgrade) else { continue };
            let task = ActivityTask { token: token.to_string(), input };
            link.command(Command::Started { token, worker: worker.map(Arc::from) });
            return Some(task);
        }
    }

    pub(crate) fn success(&self, token: &str, output: Value) -> Result<(), TokenError> {
        if !Extent::of(&output).fits() {
            return Err(TokenError::InvalidOutput { reason: size::fault(&output) });
        }
        self.end(token, Ok(output))
    }

    pub(crate) fn failure(
        &self,
        token: &str,
        error: Option<String>,
        cause: Option<String>,
    ) -> Result<(), TokenError> {
        self.end(token, Err((error, cause)))
    }

    fn end(&self, token: &str, result: CallbackResult) -> Result<(), TokenError> {
        // Removed at once, so that the token cannot be used twice.
        let entry = self.lock().remove_entry(token);
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

/// What a callback brings. `SendTaskFailure` may leave out error and cause.
pub(crate) type CallbackResult = Result<Value, (Option<String>, Option<String>)>;

pub(crate) fn callback(result: Result<Value, TaskFailure>) -> CallbackResult {
    result.map_err(|failure| (Some(failure.error), Some(failure.cause)))
}

const PREFIX: &str = "AQC0Stepfn";

/// A new token. It ends in a checksum, by which a token that is over is told from a text that never was one.
pub(crate) fn new_token(random: &Random) -> Arc<str> {
    let body = format!("{PREFIX}{:016x}{:016x}", random.next_u64(), random.next_u64());
    format!("{body}{:08x}", checksum(&body)).into()
}

fn unknown(token: &str) -> TokenError {
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
    use super::*;

    #[test]
    fn used_tokens_are_told_from_texts_that_never_were_tokens() {
        let registry = Registry::default();
        let token = new_token(&Random::new(1));
        assert_eq!(registry.success(&token, Value::Null), Err(TokenError::TaskTimedOut));
        for text in ["", "token", "AQC0Stepfn", &token[1..], "AQC0Stepfnäääääää"] {
            assert_eq!(registry.heartbeat(text), Err(TokenError::InvalidToken), "{text}");
        }
    }
}
