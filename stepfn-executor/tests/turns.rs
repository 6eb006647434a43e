//! Executions in turns: whoever goes through the same turns has the same execution.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::{
    collections::VecDeque,
    task::{Context, Poll, Waker},
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    task::TaskFailure,
    value::Value,
};
use stepfn_executor::{
    Executor, Outcome, Timestamp, TokenError,
    turns::{Answer, Asked, Begin, Call, ChildEnd, Input, Reply, Request, Turn, Turns},
};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:work";
const START: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn definition(name: &str, text: &str) -> Definition {
    let text = text.replace("FUNCTION", FUNCTION);
    let (machine, diagnostics) = asl::read_str(&text).unwrap();
    assert!(diagnostics.is_empty(), "{name}: {diagnostics:?}");
    Definition::from_asl(name, WorkflowType::Standard, machine)
}

/// Answers "again" with an error the first two times, and everything else with itself.
async fn work(input: Value) -> Result<Value, TaskFailure> {
    if input.get("fail").is_some() {
        return Err(TaskFailure::with_cause("Bad", "asked for"));
    }
    assert!(input.get("panic").is_none(), "asked for");
    Ok(input)
}

fn executor(text: &str) -> Executor {
    Executor::builder()
        .real_time()
        .function("work", work)
        .resource("arn:aws:states:::sqs:sendMessage.waitForTaskToken", |_: Value| async {
            Ok(Value::empty_object())
        })
        .state_machine("Inner", &inner())
        .build(&definition("Outer", text))
        .unwrap()
}

fn begin() -> Begin {
    let input = stepfn_core::json::parse_value(
        r#"{"n": 3, "items": [1, 2, {"fail": 1}, 4], "bad": {"fail": 1}, "worse": {"panic": 1}}"#,
    );
    Begin { name: "one".to_owned(), input: input.unwrap(), key: [7; 32], started: START }
}

fn make(call: Call) -> Answer {
    match call.make(false).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the handlers of these tests answer at once"),
    }
}

/// A host, with the data that it keeps.
struct Host {
    executor: Executor,
    turns: Turns,
    events: Vec<String>,
    journal: Vec<(Timestamp, Vec<Input>)>,
    calls: VecDeque<Call>,
    requests: VecDeque<Request>,
    /// The ends of executions that were started, and are waited for.
    ends: VecDeque<Input>,
    due: Option<Timestamp>,
    end: Option<String>,
    outcome: Option<Outcome>,
    made: Vec<u64>,
}

impl Host {
    fn new(executor: &Executor) -> Self {
        Self::of(executor, &begin())
    }

    fn of(executor: &Executor, begin: &Begin) -> Self {
        let turns = executor.begin(begin).unwrap();
        let mut host = Self {
            executor: executor.clone(),
            turns,
            events: Vec::new(),
            journal: Vec::new(),
            calls: VecDeque::new(),
            requests: VecDeque::new(),
            ends: VecDeque::new(),
            due: None,
            end: None,
            outcome: None,
            made: Vec::new(),
        };
        host.turn(begin.started, Vec::new());
        host
    }

    fn turn(&mut self, at: Timestamp, inputs: Vec<Input>) {
        self.journal.push((at, inputs.clone()));
        let Turn { calls, requests, events, due, end, .. } = self.turns.turn(at, inputs);
        self.calls.extend(calls);
        self.requests.extend(requests);
        self.events.extend(events);
        self.due = due;
        self.outcome = end.map(Result::unwrap);
        self.end = self.outcome.as_ref().map(|end| end.status.to_string());
    }

    /// Another one that goes through the same turns.
    fn recovered(&self, executor: &Executor) -> Self {
        let mut host = Self::new(executor);
        host.turns = executor.begin(&begin()).unwrap();
        host.events.clear();
        host.journal.clear();
        host.calls.clear();
        host.requests.clear();
        for (at, inputs) in &self.journal {
            host.turn(*at, inputs.clone());
        }
        assert_eq!(host.events, self.events);
        let open = host.turns.open_calls();
        host.calls.retain(|call| open.contains(&call.number()));
        let answered: Vec<u64> =
            self.journal.iter().flat_map(|(_, inputs)| inputs).filter_map(answered).collect();
        host.requests.retain(|request| !answered.contains(&request.number));
        host.ends.clone_from(&self.ends);
        host.made.clone_from(&self.made);
        host
    }

    /// One more turn: an answer, else the answer to a token, else the next time.
    fn go_on(&mut self) {
        let now = self.turns.now();
        if let Some(call) = self.calls.pop_front() {
            let number = call.number();
            self.made.push(number);
            return self.turn(now, vec![Input::Answered { call: number, answer: make(call) }]);
        }
        if let Some(request) = self.requests.pop_front() {
            let inputs = self.answer(request);
            return self.turn(now, inputs);
        }
        if let Some(end) = self.ends.pop_front() {
            return self.turn(now, vec![end]);
        }
        if let Some(pending) = self.turns.pending_tokens().into_iter().next() {
            let success = Input::Success { token: pending.token, output: Value::from("answered") };
            assert_eq!(self.turns.check(&success), Ok(()));
            return self.turn(now, vec![success]);
        }
        let due = self.due.expect("it waits for something");
        self.turn(due, Vec::new());
    }
}

impl Host {
    /// Answers a request: the execution that it starts is over at once.
    fn answer(&mut self, request: Request) -> Vec<Input> {
        let (executor, name, input, waits) = match request.asked {
            Asked::Start(start) => (inner(), start.name, start.input, start.waits),
            Asked::Child(child) => {
                let executor = self.executor.of_map_children(child.processor, &child.label).unwrap();
                (executor, child.name, child.input, true)
            }
            asked => panic!("{asked:?}"),
        };
        let begin = Begin { name, input, key: [request.number as u8; 32], started: self.turns.now() };
        let mut child = Self::of(&executor, &begin);
        while child.end.is_none() {
            child.go_on();
        }
        let (reply, end) = (child.turns.execution_arn(), child.outcome.unwrap());
        let reply = Reply::Started {
            execution_arn: reply,
            machine_arn: executor.state_machine_arn(),
            at: begin.started,
        };
        if waits {
            let end = ChildEnd {
                status: end.status.clone(),
                started: begin.started,
                stopped: end.stopped,
                redrives: 0,
                not_redrivable: end.not_redrivable().map(str::to_owned),
            };
            self.ends.push_back(Input::Ended { request: request.number, end });
        }
        vec![Input::Replied { request: request.number, reply }]
    }
}

fn answered(input: &Input) -> Option<u64> {
    match input {
        Input::Replied { request, .. } => Some(*request),
        _ => None,
    }
}

fn inner() -> Executor {
    let inner = definition(
        "Inner",
        r#"{"StartAt": "In", "States": {"In": {"Type": "Task", "Resource": "FUNCTION", "End": true}}}"#,
    );
    Executor::builder().real_time().function("work", work).build(&inner).unwrap()
}

const MACHINES: &[(&str, &str)] = &[
    (
        "task",
        r#"{"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "FUNCTION", "ResultPath": "$.a", "Next": "B"},
        "B": {"Type": "Task", "Resource": "FUNCTION", "End": true}}}"#,
    ),
    (
        "retry and catch",
        r#"{"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "FUNCTION", "InputPath": "$.bad", "ResultPath": "$.a",
            "Retry": [{"ErrorEquals": ["Bad"], "IntervalSeconds": 5, "MaxAttempts": 3, "JitterStrategy": "FULL"}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "B"}], "Next": "B"},
        "B": {"Type": "Task", "Resource": "FUNCTION", "InputPath": "$.worse",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}], "End": true},
        "C": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()", "any.$": "States.MathRandom(0, 1000000)"}, "End": true}}}"#,
    ),
    (
        "parallel",
        r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "FUNCTION", "End": true}}},
        {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 10, "Next": "B"},
            "B": {"Type": "Task", "Resource": "FUNCTION", "End": true}}},
        {"StartAt": "C", "States": {"C": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"Token.$": "$$.Task.Token"}, "HeartbeatSeconds": 30, "End": true}}}]}}}"#,
    ),
    (
        "map",
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 2,
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "D"}], "End": true,
        "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "FUNCTION", "End": true}}}},
        "D": {"Type": "Succeed"}}}"#,
    ),
    (
        "distributed map",
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 2,
        "ToleratedFailurePercentage": 50, "End": true,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3, "Next": "A"},
                "A": {"Type": "Task", "Resource": "FUNCTION", "End": true}}}}}}"#,
    ),
    (
        "activity",
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "TimeoutSeconds": 60, "End": true,
        "Resource": "arn:aws:states:us-east-1:123456789012:activity:pack"}}}"#,
    ),
    (
        "timeout",
        r#"{"StartAt": "W", "TimeoutSeconds": 20, "States": {
        "W": {"Type": "Wait", "Seconds": 15, "Next": "V"}, "V": {"Type": "Wait", "Seconds": 15, "End": true}}}"#,
    ),
    (
        "nested",
        r#"{"StartAt": "N", "States": {
        "N": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Next": "S",
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Inner", "Input.$": "$"}},
        "S": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": true,
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Inner", "Input": {"x": 1}}}}}"#,
    ),
    (
        "jsonata",
        r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "FUNCTION", "Arguments": "{% {'r': $random(), 'u': $uuid()} %}",
            "Assign": {"got": "{% $states.result.r %}"}, "Next": "W"},
        "W": {"Type": "Wait", "Seconds": "{% $states.input.r < 2 ? 4 : 5 %}", "Next": "Z"},
        "Z": {"Type": "Succeed", "Output": "{% $got %}"}}}"#,
    ),
];

#[test]
fn whoever_stops_between_any_two_turns_goes_on_as_if_nothing_had_happened() {
    for (name, text) in MACHINES {
        let executor = executor(text);
        let mut whole = Host::new(&executor);
        // Another process has other executors.
        let mut interrupted = Host::new(&self::executor(text));
        let mut turns = 0;
        while whole.end.is_none() {
            whole.go_on();
            interrupted = interrupted.recovered(&self::executor(text));
            interrupted.go_on();
            turns += 1;
            assert!(turns < 200, "{name} does not end");
        }
        assert_eq!(interrupted.events, whole.events, "{name}");
        assert_eq!(interrupted.end, whole.end, "{name}");
        assert_eq!(interrupted.made, whole.made, "{name}: no call is made twice");
        let mut once = whole.made.clone();
        once.dedup();
        assert_eq!(once, whole.made, "{name}");
    }
}

#[test]
fn tokens_are_known_again_and_other_keys_give_others() {
    let text = r#"{"StartAt": "C", "States": {"C": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"Token.$": "$$.Task.Token"}, "End": true}}}"#;
    let executor = executor(text);
    let first = Host::new(&executor).turns.pending_tokens();
    let again = Host::new(&executor).turns.pending_tokens();
    assert_eq!(first, again);
    assert_eq!(first.len(), 1);
    let mut other = executor.begin(&Begin { key: [8; 32], ..begin() }).unwrap();
    let _ = other.turn(START, Vec::new());
    assert_ne!(other.pending_tokens()[0].token, first[0].token);
    let late = Input::Heartbeat { token: first[0].token.clone() };
    assert_eq!(other.check(&late), Err(TokenError::TaskTimedOut), "its execution was dropped");
    let none = Input::Heartbeat { token: "none".to_owned() };
    assert_eq!(other.check(&none), Err(TokenError::InvalidToken));
}

#[test]
fn a_turn_tells_which_tokens_it_opened_and_closed() {
    let text = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "End": true,
        "ItemProcessor": {"StartAt": "A", "States": {
            "A": {"Type": "Task", "TimeoutSeconds": 60, "End": true,
                "Resource": "arn:aws:states:us-east-1:123456789012:activity:pack"}}}}}}"#;
    let executor = executor(text);
    let mut turns = executor.begin(&begin()).unwrap();
    let opened = turns.turn(START, Vec::new()).opened;
    assert_eq!(opened.len(), 4);
    assert_eq!(opened[0].activity.as_deref(), Some("arn:aws:states:us-east-1:123456789012:activity:pack"));
    assert_eq!(executor.get_activity_task("arn:aws:states:us-east-1:123456789012:activity:pack", None), None);
    let token = opened[2].token.clone();
    let done = vec![
        Input::Taken { token: token.clone(), worker: Some("w".to_owned()) },
        Input::Success { token: token.clone(), output: Value::from(1) },
    ];
    assert_eq!(turns.turn(START, done).closed, [token]);
    let end = turns.turn(START, vec![Input::Stop { error: None, cause: None }]);
    assert_eq!(end.closed.len(), 3);
    assert!(end.end.is_some());
}

#[test]
fn answers_that_come_late_or_twice_change_nothing() {
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "FUNCTION", "TimeoutSeconds": 5, "End": true,
        "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "W"}]}, "W": {"Type": "Wait", "Seconds": 5, "End": true}}}"#;
    let executor = executor(text);
    let mut host = Host::new(&executor);
    let due = host.due.unwrap();
    assert_eq!(due, START + jiff::SignedDuration::from_secs(5));
    assert!(host.turns.waits_for_calls());
    let turn = host.turns.turn(due, Vec::new());
    assert_eq!(turn.given_up, [1]);
    host.events.extend(turn.events);
    host.due = turn.due;
    assert_eq!(host.turns.open_calls(), Vec::<u64>::new(), "nobody waits for the call any more");
    assert!(!host.turns.waits_for_calls());
    let events = host.events.len();
    let answer = Answer::Done(Ok(Value::Null));
    let late = vec![Input::Answered { call: 1, answer: answer.clone() }, Input::Answered { call: 9, answer }];
    host.turn(due, late);
    assert_eq!((host.events.len(), &host.end), (events, &None));
    host.turn(due, vec![Input::Stop { error: Some("E".to_owned()), cause: None }]);
    assert_eq!(host.end.as_deref(), Some("ABORTED E"));
}

#[test]
fn a_redrive_goes_on_in_turns() {
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "FUNCTION", "InputPath": "$.bad", "End": true}}}"#;
    let executor = executor(text);
    let mut turns = executor.begin(&begin()).unwrap();
    let call = turns.turn(START, Vec::new()).calls.remove(0);
    let key = call.idempotency_key().to_owned();
    let answer = Input::Answered { call: call.number(), answer: make(call) };
    let failed = turns.turn(START, vec![answer]).end.unwrap().unwrap();
    assert_eq!(failed.status.to_string(), "FAILED Bad: asked for");
    let later = START + jiff::SignedDuration::from_secs(60);
    let mut again = executor.redrive_in_turns(&failed, later, [9; 32]).unwrap();
    let turn = again.turn(later, Vec::new());
    assert!(turn.events[0].contains("ExecutionRedriven"), "{:?}", turn.events);
    assert_eq!(turn.calls[0].state(), "A");
    assert_ne!(turn.calls[0].idempotency_key(), key, "it is another call");
    assert_eq!(again.execution_arn(), failed.execution_arn());
}
