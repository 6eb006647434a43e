use std::sync::Arc;

use stepfn_core::{task::TaskFailure, value::Value};

use crate::{
    handler::{Attempt, TaskCall, TaskHandler},
    program::{Family, Pattern, Resource},
};

/// The answers of a mocked response, by invocation.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) name: String,
    /// The answers, in the order of the invocations, from 0 without gaps.
    pub(super) answers: Vec<Answer>,
}

#[derive(Debug)]
pub(super) struct Answer {
    /// The last invocation that gets it.
    pub(super) last: u32,
    pub(super) result: Result<Value, TaskFailure>,
}

/// The fields of what Lambda's `Invoke` returns.
const INVOKE: &[&str] = &[
    "StatusCode",
    "Payload",
    "ExecutedVersion",
    "FunctionError",
    "LogResult",
    "SdkHttpMetadata",
    "SdkResponseMetadata",
];

impl TaskHandler for Arc<Response> {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let invocation = call.calls_before;
        let covers = |answer: &&Answer| usize::try_from(answer.last).is_ok_and(|last| invocation <= last);
        let Some(answer) = self.answers.iter().find(covers) else {
            return Attempt::Refused(format!(
                "the mocked response `{name}` has no answer for invocation {invocation}\nhelp: add `\"{invocation}\"` to `{name}` in `MockedResponses`",
                name = self.name
            ));
        };
        let resource = Resource::parse(call.resource);
        let result = answer.result.clone().map(|result| match resource.family {
            Family::Lambda => payload(result),
            _ => result,
        });
        match resource.pattern {
            Pattern::RequestResponse => Attempt::Done(result),
            Pattern::Sync | Pattern::WaitForTaskToken => {
                Attempt::Submitted { reply: Value::empty_object(), takes: std::time::Duration::ZERO, result }
            }
        }
    }

    fn is_scripted(&self) -> bool {
        true
    }

    fn is_raw(&self) -> bool {
        true
    }
}

/// The function's answer, in what is mocked for the call of a Lambda function.
fn payload(result: Value) -> Value {
    let invoked = result.as_object().is_some_and(|map| map.keys().all(|key| INVOKE.contains(&&**key)));
    match result.get("Payload") {
        Some(payload) if invoked => payload.clone(),
        _ => result,
    }
}
