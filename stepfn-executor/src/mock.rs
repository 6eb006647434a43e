use std::{fmt, sync::Arc, time::Duration};

use serde::Serialize;
use stepfn_core::{
    task::TaskFailure,
    value::{Map, Value, to_value},
};

use crate::{
    handler::{Attempt, TaskCall, TaskHandler},
    identity::{ACCOUNT, REGION},
    time::VirtualTime,
};

/// Answers in place of a task, one per attempt.
///
/// The answers come in order, over retries, loops and Map items, counted per state and execution. The last one goes on for
/// ever unless [`times`](Self::times) bounds it; after a bounded one the run stops with an error.
///
/// ```
/// use std::time::Duration;
/// use stepfn_core::value::Value;
/// use stepfn_executor::Mock;
///
/// let flaky = Mock::fail("Lambda.ServiceException", "try again")
///     .times(2)
///     .then(Mock::succeed(Value::from("done")).take(Duration::from_secs(3)));
/// # let _ = flaky;
/// ```
///
/// An answer is the raw result of the task, of any type that serde writes as JSON. [`payload`](Self::payload) is the answer of a Lambda
/// function, wrapped as `lambda:invoke` wraps it. Where the state was declared to bring a type, by its function or by `-> T`, an answer
/// that cannot be read as that type stops the run with the field that does not fit, unless the mock is [`unchecked`](Self::unchecked).
#[derive(Clone)]
pub struct Mock {
    answers: Vec<Answer>,
    unchecked: bool,
}

#[derive(Clone)]
struct Answer {
    response: Response,
    takes: Duration,
    times: Option<usize>,
}

#[derive(Clone)]
enum Response {
    Result(Result<Value, TaskFailure>),
    Payload(Value),
    Execution(Value),
    Respond(Arc<Responder>),
    Callback {
        reply: Value,
        result: Result<Value, TaskFailure>,
    },
    TimedOut,
    Never,
    Real,
    /// The answer of the mock is no JSON.
    Refused(String),
}

type Responder = dyn Fn(&TaskCall<'_>) -> Result<Value, TaskFailure> + Send + Sync;

impl Mock {
    fn new(response: Response) -> Self {
        Self { answers: vec![Answer { response, takes: Duration::ZERO, times: None }], unchecked: false }
    }

    fn of(value: &impl Serialize, response: impl FnOnce(Value) -> Response) -> Self {
        Self::new(match to_value(value) {
            Ok(value) => response(value),
            Err(error) => Response::Refused(no_json(&error)),
        })
    }

    /// The task succeeds with this raw result.
    ///
    /// On `.waitForTaskToken` this is the service's reply to the request, and the task goes on to wait for its callback: see
    /// [`callback`](Self::callback) for both.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// # use stepfn_executor::{Mock, testing::Test};
    /// let run = Test::of(&definition).mock("Load", Mock::succeed(["a", "b"])).run_value(Value::Null);
    /// run.assert_output(["a", "b"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn succeed(result: impl Serialize) -> Self {
        Self::of(&result, |result| Response::Result(Ok(result)))
    }

    /// The Lambda function answers this. On `lambda:invoke` the result is the envelope with this as `Payload`.
    pub fn payload(payload: impl Serialize) -> Self {
        Self::of(&payload, Response::Payload)
    }

    /// The execution that the task starts succeeds with this output: the result is the description of an execution by `.sync:2`, with this as
    /// `Output`; a text of JSON where the pattern has that; the reply that it was started where nobody waits for its end.
    ///
    /// ```
    /// use stepfn_executor::Mock;
    ///
    /// let packed = Mock::execution(7);
    /// # let _ = packed;
    /// ```
    pub fn execution(output: impl Serialize) -> Self {
        Self::of(&output, Response::Execution)
    }

    /// The function that the workflow was declared with does the work: behind [`then`](Self::then), after answers of the mock's own.
    ///
    /// ```
    /// use stepfn_executor::Mock;
    ///
    /// let flaky = Mock::fail("Lambda.ServiceException", "try again").times(2).then(Mock::real());
    /// # let _ = flaky;
    /// ```
    ///
    /// It takes the time that it takes: [`take`](Self::take) does not apply to it.
    pub fn real() -> Self {
        Self::new(Response::Real)
    }

    /// The attempt fails.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// # use stepfn_executor::{Mock, testing::Test};
    /// let run = Test::of(&definition).mock("Load", Mock::fail("Busy", "come back later")).run_value(Value::Null);
    /// run.assert_failed("Busy");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fail(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self::new(Response::Result(Err(TaskFailure::with_cause(error, cause))))
    }

    /// The attempt times out: after `TimeoutSeconds` or `HeartbeatSeconds`, at once where the state has neither.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// # use stepfn_executor::{Mock, testing::Test};
    /// let run = Test::of(&definition).mock("Load", Mock::timeout()).run_value(Value::Null);
    /// run.assert_failed("States.Timeout");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn timeout() -> Self {
        Self::new(Response::TimedOut)
    }

    /// The attempt never ends by itself.
    pub fn never() -> Self {
        Self::new(Response::Never)
    }

    /// The result is computed from the call.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// # use stepfn_executor::{Mock, testing::Test};
    /// let run = Test::of(&definition).mock("Load", Mock::respond_with(|call| Ok(call.input.clone()))).run_value(Value::Null);
    /// run.assert_output(Value::Null);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn respond_with(
        respond: impl Fn(&TaskCall<'_>) -> Result<Value, TaskFailure> + Send + Sync + 'static,
    ) -> Self {
        Self::new(Response::Respond(Arc::new(respond)))
    }

    /// For `.waitForTaskToken` and `.sync`: the request is accepted with an empty reply, and the callback (or the job)
    /// ends with this result.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Ask", "States": { "Ask": {
    ///     "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    ///     "Parameters": { "QueueUrl": "https://queue", "MessageBody": { "token.$": "$$.Task.Token" } }, "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Asking", WorkflowType::Standard, machine);
    /// # use stepfn_executor::{Mock, testing::Test};
    /// let run = Test::of(&definition).mock("Ask", Mock::callback("approved")).run_value(Value::Null);
    /// run.assert_output("approved");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn callback(result: impl Serialize) -> Self {
        Self::of(&result, |result| Response::Callback { reply: Value::empty_object(), result: Ok(result) })
    }

    /// For `.waitForTaskToken` and `.sync`: the request is accepted with an empty reply, and the callback (or the job)
    /// fails.
    pub fn callback_failure(error: impl Into<String>, cause: impl Into<String>) -> Self {
        let result = Err(TaskFailure::with_cause(error, cause));
        Self::new(Response::Callback { reply: Value::empty_object(), result })
    }

    /// Sets the reply of the service to the request of a [`callback`](Self::callback): the `output` of `TaskSubmitted`.
    #[must_use]
    pub fn reply(mut self, submitted: impl Serialize) -> Self {
        if let Some(Answer { response, .. }) = self.answers.last_mut()
            && let Response::Callback { reply, .. } = response
        {
            match to_value(&submitted) {
                Ok(submitted) => *reply = submitted,
                Err(error) => *response = Response::Refused(no_json(&error)),
            }
        }
        self
    }

    /// Sets the duration of the last answer, on the execution's clock.
    #[must_use]
    pub fn take(mut self, takes: Duration) -> Self {
        if let Some(answer) = self.answers.last_mut() {
            answer.takes = takes;
        }
        self
    }

    /// Sets the number of times that the last answer is given.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        if let Some(answer) = self.answers.last_mut() {
            answer.times = Some(times);
        }
        self
    }

    /// Adds the answers that follow. Answers so far that are not bounded by [`times`](Self::times) are given once.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        for answer in &mut self.answers {
            answer.times.get_or_insert(1);
        }
        self.answers.extend(next.answers);
        self.unchecked |= next.unchecked;
        self
    }

    /// Lets the answers be what they are, whatever the state was declared to bring: for tests of what happens when a function or a
    /// service does not keep its word.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }

    fn answer(&self, call: usize) -> Option<&Answer> {
        let mut left = call;
        self.answers.iter().find(|answer| match answer.times {
            Some(times) if left >= times => {
                left -= times;
                false
            }
            _ => true,
        })
    }
}

impl TaskHandler for Mock {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let Some(answer) = self.answer(call.calls_before) else {
            return Attempt::Refused(format!(
                "the mock has answers for {} calls only",
                self.answers.iter().filter_map(|answer| answer.times).sum::<usize>()
            ));
        };
        let result = match &answer.response {
            Response::Result(result) => result.clone(),
            Response::Payload(payload) => Ok(payload_result(call.resource, payload)),
            Response::Execution(output) => Ok(execution_result(call.resource, output)),
            Response::Respond(respond) => respond(call),
            Response::Callback { reply, result } => {
                return Attempt::Submitted {
                    reply: reply.clone(),
                    takes: answer.takes,
                    result: result.clone(),
                };
            }
            Response::TimedOut => return Attempt::TimedOut,
            Response::Never => return Attempt::Never,
            Response::Real => return Attempt::Real,
            Response::Refused(reason) => return Attempt::Refused(reason.clone()),
        };
        if answer.takes.is_zero() { Attempt::Done(result) } else { Attempt::After(answer.takes, result) }
    }

    fn is_scripted(&self) -> bool {
        !self.answers.iter().any(|answer| matches!(answer.response, Response::Respond(_) | Response::Real))
    }

    fn is_mock(&self) -> bool {
        true
    }

    fn is_unchecked(&self) -> bool {
        self.unchecked
    }

    fn is_raw(&self) -> bool {
        true
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("answers", &self.answers.len()).finish()
    }
}

fn payload_result(resource: &str, payload: &Value) -> Value {
    if resource.ends_with("lambda:invoke") { envelope(payload.clone(), "") } else { payload.clone() }
}

/// Returns the description of an execution for the Task that starts it. Nobody ran it: it has no history, and began with virtual time.
pub(crate) fn execution_result(resource: &str, output: &Value) -> Value {
    let arn = format!("arn:aws:states:{REGION}:{ACCOUNT}:execution:mocked:mocked");
    let start = VirtualTime::START.as_millisecond();
    let output = match resource {
        _ if resource.ends_with(".sync:2") => output.clone(),
        _ if resource.ends_with(".sync") || resource.ends_with(":startSyncExecution") => {
            Value::from(output.to_string())
        }
        _ => return Value::object([("ExecutionArn", Value::from(arn)), ("StartDate", start.into())]),
    };
    let included = Value::object([("Included", Value::from(true))]);
    Value::object([
        ("ExecutionArn", Value::from(arn)),
        ("Name", "mocked".into()),
        ("Output", output),
        ("OutputDetails", included),
        ("StartDate", start.into()),
        ("StateMachineArn", format!("arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:mocked").into()),
        ("Status", "SUCCEEDED".into()),
        ("StopDate", start.into()),
    ])
}

fn no_json(error: &impl fmt::Display) -> String {
    format!("the mock's answer cannot be written as JSON: {error}")
}

/// Returns the payload that `lambda:invoke` sends to the function. A null comes to it as an object: recorded on AWS.
pub(crate) fn sent(parameters: &Value) -> Value {
    let payload = parameters.get("Payload").filter(|payload| **payload != Value::Null);
    payload.cloned().unwrap_or_else(Value::empty_object)
}

/// Returns the result of `lambda:invoke`: the function's answer, and facts of the HTTP exchange. Lengths and dates are left out of
/// the headers: nobody made the exchange.
pub(crate) fn envelope(payload: Value, request_id: &str) -> Value {
    let headers = [
        ("X-Amz-Executed-Version", "$LATEST"),
        ("x-amzn-Remapped-Content-Length", "0"),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", request_id),
        ("Content-Type", "application/json"),
    ];
    let mut result = Map::with_capacity(5);
    result.insert("ExecutedVersion".into(), "$LATEST".into());
    result.insert("Payload".into(), payload);
    exchange(&mut result, &headers, request_id);
    result.insert("StatusCode".into(), Value::from(200));
    result.into()
}

/// Adds the facts about the HTTP exchange that optimised integrations report.
pub(crate) fn exchange(result: &mut Map, headers: &[(&str, &str)], request_id: &str) {
    let all = headers.iter().map(|(name, value)| (*name, Value::array([Value::from(*value)])));
    let http = Value::object([
        ("AllHttpHeaders", Value::object(all)),
        ("HttpHeaders", Value::object(headers.iter().map(|(name, value)| (*name, Value::from(*value))))),
        ("HttpStatusCode", Value::from(200)),
    ]);
    result.insert("SdkHttpMetadata".into(), http);
    result.insert("SdkResponseMetadata".into(), Value::object([("RequestId", Value::from(request_id))]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(mock: &Mock, calls_before: usize) -> Attempt {
        mock.call(&TaskCall {
            input: &Value::Null,
            state: "S",
            resource: "arn:aws:states:::lambda:invoke",
            token: None,
            calls_before,
            retry_count: 0,
            idempotency_key: None,
            interrupted: false,
            map_index: None,
        })
    }

    #[test]
    fn answers_come_in_order_and_the_last_goes_on() {
        let mock = Mock::fail("E", "c").times(2).then(Mock::timeout()).then(Mock::succeed(1));
        assert!(matches!(call(&mock, 0), Attempt::Done(Err(_))));
        assert!(matches!(call(&mock, 1), Attempt::Done(Err(_))));
        assert!(matches!(call(&mock, 2), Attempt::TimedOut));
        assert!(matches!(call(&mock, 3), Attempt::Done(Ok(_))));
        assert!(matches!(call(&mock, 99), Attempt::Done(Ok(_))));
    }

    #[test]
    fn a_bounded_mock_refuses_what_comes_after() {
        let mock = Mock::succeed(1).times(2);
        assert!(matches!(call(&mock, 1), Attempt::Done(Ok(_))));
        let Attempt::Refused(reason) = call(&mock, 2) else { panic!("an answer") };
        assert_eq!(reason, "the mock has answers for 2 calls only");
    }

    #[test]
    fn a_payload_is_wrapped() {
        let Attempt::Done(Ok(result)) = call(&Mock::payload("x"), 0) else { panic!("no answer") };
        assert_eq!(result["Payload"], Value::from("x"));
        assert_eq!(result["StatusCode"], Value::from(200));
    }
}
