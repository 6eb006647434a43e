//! The declared results of Tasks, and the mocks that are checked against them.

use std::{collections::HashMap, sync::Arc};

use stepfn_core::{
    definition::{Call, Definition},
    shape::{self, Shape},
    task::{Handler, TaskFailure},
    value::Value,
};

use crate::{
    handler::{Attempt, TaskCall, TaskHandler},
    mock,
    program::Pattern,
};

/// The reason why a handler that is no mock gets no answer by [`Attempt::Real`].
pub(crate) const ONLY_MOCKS: &str = "only a mock can hand a call on to the function of the workflow";

/// The declared results of a Task.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Declared {
    /// The output of the function.
    function: Option<Answers>,
    /// The result of the state, if no function of the program determines it: of a service, or of a callback.
    pub(crate) result: Option<&'static Shape>,
    /// The output of the machine that the state starts.
    child: Option<&'static Shape>,
}

#[derive(Clone, Copy, Debug)]
struct Answers {
    shape: &'static Shape,
    call: Call,
    handler: Option<Handler>,
}

impl Declared {
    /// Returns the declared results of a definition's Tasks, by JSON pointer.
    pub(crate) fn all(definition: &Definition) -> HashMap<String, Self> {
        let mut all: HashMap<String, Self> = HashMap::new();
        for binding in &definition.tasks {
            let task = &binding.task;
            let answers = Answers { shape: task.output, call: binding.call, handler: task.handler };
            all.entry(binding.state.clone()).or_default().function = Some(answers);
        }
        for binding in &definition.children {
            all.entry(binding.state.clone()).or_default().child = Some(binding.child.output);
        }
        for (pointer, shape) in &definition.results {
            all.entry(pointer.clone()).or_default().result = Some(shape);
        }
        all
    }

    /// Returns the reason why a result cannot be the state's, if it cannot.
    fn mismatch(&self, result: &Value, pattern: Pattern) -> Option<String> {
        if let Some(output) = self.child.filter(|_| pattern == Pattern::Sync) {
            return match result.get("Output") {
                Some(given) => reason(given, output).map(|reason| format!("its `Output`: {reason}")),
                None => Some(
                    "what an execution that was started answers is under `Output`: write `Mock::execution`"
                        .to_owned(),
                ),
            };
        }
        match (&self.function, self.result) {
            // `mismatch` knows what `Deserialize` takes, and a function answers what `Serialize` makes.
            (Some(Answers { shape, call: Call::Direct | Call::Invoke, .. }), _)
                if !shape::reads_back(shape) =>
            {
                None
            }
            // What a function that waits for a callback answers itself is seen by nobody.
            (None | Some(Answers { call: Call::WaitForTaskToken, .. }), result_shape) => {
                reason(result, result_shape?)
            }
            (Some(Answers { shape, call: Call::Direct, .. }), _) => reason(result, shape),
            (Some(Answers { shape, call: Call::Invoke, .. }), _) => match result.get("Payload") {
                Some(payload) => reason(payload, shape).map(|reason| format!("its `Payload`: {reason}")),
                None => Some(
                    "the result of `lambda:invoke` has what the function answers under `Payload`: write `Mock::payload`"
                        .to_owned(),
                ),
            },
        }
    }
}

/// Returns the reason why a value is not of a type, where it is not.
pub(crate) fn reason(value: &Value, shape: &'static Shape) -> Option<String> {
    shape::mismatch(value, shape)
}

/// A mock that is held to what its state was declared to bring.
pub(crate) struct Held {
    pub(crate) mock: Arc<dyn TaskHandler>,
    pub(crate) declared: Declared,
    pub(crate) pattern: Pattern,
}

impl Held {
    fn checked(&self, result: Result<Value, TaskFailure>) -> Result<Result<Value, TaskFailure>, String> {
        let given = result.as_ref().ok().filter(|_| !self.mock.is_unchecked());
        let mismatch = given.and_then(|result| self.declared.mismatch(result, self.pattern));
        match mismatch {
            Some(reason) => Err(format!(
                "what the mock answers is not what the state was declared to bring: {reason}\nhelp: where it shall be wrong, write `.unchecked()` behind the mock"
            )),
            None => Ok(result),
        }
    }

    /// Hands a call on to the function that the workflow was declared with.
    fn real(&self, call: &TaskCall<'_>) -> Attempt {
        let Some(Answers { call: how, handler: Some(handler), .. }) = self.declared.function else {
            return Attempt::Refused(
                "`Mock::real()` needs a function of this program in the state".to_owned(),
            );
        };
        if how == Call::Direct {
            return Attempt::Work(handler(call.input.clone()));
        }
        let work = handler(mock::sent(call.input));
        Attempt::Work(Box::pin(async move { work.await.map(|answer| mock::envelope(answer, "")) }))
    }
}

impl TaskHandler for Held {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let checked = match self.mock.call(call) {
            Attempt::Real => return self.real(call),
            // The reply to the request: the callback brings the result.
            Attempt::Done(result) if self.pattern != Pattern::WaitForTaskToken => {
                self.checked(result).map(Attempt::Done)
            }
            Attempt::After(takes, result) if self.pattern != Pattern::WaitForTaskToken => {
                self.checked(result).map(|result| Attempt::After(takes, result))
            }
            Attempt::Submitted { reply, takes, result } => {
                self.checked(result).map(|result| Attempt::Submitted { reply, takes, result })
            }
            other => Ok(other),
        };
        checked.unwrap_or_else(Attempt::Refused)
    }

    fn is_raw(&self) -> bool {
        self.mock.is_raw()
    }

    fn is_scripted(&self) -> bool {
        self.mock.is_scripted()
    }
}
