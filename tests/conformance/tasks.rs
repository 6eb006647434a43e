//! The recorded results of tasks, in place of the services.

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use stepfn::{
    executor::{Attempt, Executor, TaskCall, TaskHandler},
    task::TaskFailure,
    value::Value,
};

/// The results that one state got, in order.
pub struct Recorded {
    results: Mutex<Vec<Value>>,
    executor: Arc<OnceLock<Executor>>,
}

impl Recorded {
    pub fn new(results: &[Value], executor: &Arc<OnceLock<Executor>>) -> Self {
        Self { results: Mutex::new(results.to_vec()), executor: Arc::clone(executor) }
    }

    fn take(&self, map_index: Option<usize>) -> Option<Value> {
        let mut results = self.results.lock().unwrap();
        let fits = |result: &Value| {
            let innermost = result["iteration"].as_array().and_then(<[Value]>::last);
            match (innermost.and_then(|iteration| iteration["index"].as_i64()), map_index) {
                (Some(index), Some(now)) => usize::try_from(index) == Ok(now),
                _ => true,
            }
        };
        let at = results.iter().position(fits)?;
        Some(results.remove(at))
    }
}

/// Returns a recorded result: an output, or an error.
pub fn result(recorded: &Value) -> Result<Value, TaskFailure> {
    let text = |key: &str| recorded[key].as_str().unwrap_or_default();
    match recorded["outcome"].as_str() {
        Some("succeed") => Ok(recorded["output"].clone()),
        _ => Err(TaskFailure::with_cause(text("error"), text("cause"))),
    }
}

/// Answers a task token with a recorded result.
pub fn send(executor: &Executor, token: &str, recorded: &Value) {
    let text = |key: &str| recorded[key].as_str().map(str::to_owned);
    match recorded["outcome"].as_str() {
        Some("succeed") => executor.send_task_success(token, recorded["output"].clone()),
        _ => executor.send_task_failure(token, text("error"), text("cause")),
    }
    .unwrap();
}

impl TaskHandler for Recorded {
    fn is_raw(&self) -> bool {
        true
    }

    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let Some(recorded) = self.take(call.map_index) else {
            return Attempt::Refused("no more recorded results".to_owned());
        };
        let timed_out = recorded["outcome"].as_str() == Some("timeout");
        let waits = call.resource.ends_with(".waitForTaskToken");
        match (recorded.get("submitted_output").cloned(), call.token) {
            // The reply comes, the callback does not.
            (Some(reply), _) if timed_out && waits => Attempt::Done(Ok(reply)),
            _ if timed_out => Attempt::TimedOut,
            (Some(reply), Some(token)) if waits => {
                send(self.executor.get().unwrap(), token, &recorded);
                Attempt::Done(Ok(reply))
            }
            (Some(reply), _) => {
                Attempt::Submitted { reply, takes: Duration::ZERO, result: result(&recorded) }
            }
            (None, _) => Attempt::Done(result(&recorded)),
        }
    }
}
