//! Executions of all kinds that are started, answered, stopped and dropped at random.

use std::{future::pending, time::Duration};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    task::TaskFailure,
    value::Value,
};
use stepfn_executor::{Execution, Executor, Limits, Mock};

const TOKEN: &str = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
const ACTIVITY: &str = "arn:aws:states:us-east-1:123456789012:activity:work";

pub(crate) fn definition(asl: &str) -> Definition {
    let (machine, diagnostics) = asl::read_str(asl).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Definition::from_asl("Churned", WorkflowType::Standard, machine)
}

/// A machine that asks in so many branches at once.
#[allow(dead_code)] // `counted_work.rs` does not ask.
pub(crate) fn asking(branches: usize) -> Executor {
    let branch = format!(
        r#"{{"StartAt": "Ask", "States": {{"Ask": {{"Type": "Task", "Resource": "{TOKEN}", "End": true,
            "Parameters": {{"QueueUrl": "q", "MessageBody": {{"token.$": "$$.Task.Token"}}}}}}}}}}"#
    );
    let branches = vec![branch; branches].join(",");
    let asl = format!(
        r#"{{"StartAt": "All", "States": {{"All": {{"Type": "Parallel", "End": true, "Branches": [{branches}]}}}}}}"#
    );
    let mut limits = Limits::default();
    limits.history_events = u32::MAX;
    let builder = Executor::builder().limits(limits).resource(TOKEN, Mock::succeed(Value::Null));
    builder.build(&definition(&asl)).unwrap()
}

/// Machines that wait for everything that executions wait for.
pub(crate) fn executors() -> Vec<Executor> {
    let ask = format!(
        r#""Type": "Task", "Resource": "{TOKEN}", "Parameters": {{"QueueUrl": "q", "MessageBody": {{"token.$": "$$.Task.Token"}}}}"#
    );
    let machines = [
        // A timer, and data on the way.
        r#"{"StartAt": "W", "States": {
            "W": {"Type": "Wait", "Seconds": 5, "Next": "P"},
            "P": {"Type": "Pass", "Parameters": {"n.$": "$", "at.$": "$$.State.Name"}, "Assign": {"v.$": "$"}, "End": true}}}"#
            .to_owned(),
        // A callback with a limit, beside a timer.
        format!(
            r#"{{"StartAt": "Both", "States": {{"Both": {{"Type": "Parallel", "End": true, "Branches": [
                {{"StartAt": "Ask", "States": {{"Ask": {{{ask}, "TimeoutSeconds": 30, "HeartbeatSeconds": 8, "End": true}}}}}},
                {{"StartAt": "Rest", "States": {{"Rest": {{"Type": "Wait", "Seconds": 9, "End": true}}}}}}]}}}}}}"#
        ),
        // A worker that never comes.
        format!(
            r#"{{"StartAt": "Do", "States": {{"Do": {{"Type": "Task", "Resource": "{ACTIVITY}", "TimeoutSeconds": 12,
                "Retry": [{{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1}}], "End": true}}}}}}"#
        ),
        // Iterations, each of which waits.
        format!(
            r#"{{"StartAt": "Make", "States": {{
                "Make": {{"Type": "Pass", "Parameters": {{"items.$": "States.ArrayRange(1, 4, 1)"}}, "Next": "Each"}},
                "Each": {{"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 2, "End": true, "ItemProcessor": {{
                    "StartAt": "One", "States": {{"One": {{{ask}, "TimeoutSeconds": 3, "End": true,
                        "Catch": [{{"ErrorEquals": ["States.ALL"], "Next": "Late"}}]}},
                        "Late": {{"Type": "Succeed"}}}}}}}}}}}}"#
        ),
        // A handler that is never done.
        r#"{"StartAt": "H", "States": {"H": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {"Message": "m", "TopicArn": "t"}, "End": true}}}"#
            .to_owned(),
        // Another execution, in a distributed Map.
        r#"{"StartAt": "Make", "States": {
            "Make": {"Type": "Pass", "Parameters": {"items.$": "States.ArrayRange(1, 3, 1)"}, "Next": "Each"},
            "Each": {"Type": "Map", "ItemsPath": "$.items", "End": true, "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Start", "States": {
                "Start": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true,
                    "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Inner", "Input": {}}}}}}}}"#
            .to_owned(),
    ];
    let inner = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 4, "Next": "S"}, "S": {"Type": "Succeed"}}}"#;
    let inner = Executor::new(&definition(inner)).unwrap();
    let never = |_: Value| pending::<Result<Value, TaskFailure>>();
    let build = |asl: &String| {
        Executor::builder()
            .resource(TOKEN, Mock::succeed(Value::Null))
            .resource("arn:aws:states:::sns:publish", never)
            .state_machine("Inner", &inner)
            .build(&definition(asl))
            .unwrap()
    };
    machines.iter().map(build).collect()
}

/// The number of executions by their ends.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    pub(crate) succeeded: u32,
    pub(crate) failed: u32,
    pub(crate) stopped: u32,
    pub(crate) dropped: u32,
}

/// Some executions that are alive, of which one after the other is moved on.
pub(crate) struct Churn<'e> {
    executors: &'e [Executor],
    alive: Vec<(usize, Execution)>,
    random: u64,
    ended: Ended,
}

impl<'e> Churn<'e> {
    const ALIVE: usize = 200;

    pub(crate) fn new(executors: &'e [Executor], seed: u64) -> Self {
        Self { executors, alive: Vec::with_capacity(Self::ALIVE), random: seed, ended: Ended::default() }
    }

    fn draw(&mut self, below: usize) -> usize {
        // xorshift64
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        usize::try_from(self.random % below as u64).unwrap()
    }

    /// Starts so many executions, and moves others on in between.
    pub(crate) fn run(&mut self, number: u32) {
        for order in 0..number {
            while self.alive.len() >= Self::ALIVE {
                self.step();
            }
            let kind = self.draw(self.executors.len());
            let mut execution = self.executors[kind].start(Value::from(order));
            execution.run_until_idle();
            self.alive.push((kind, execution));
        }
    }

    /// Drops all that are left, and returns the results of all.
    pub(crate) fn finish(&mut self) -> Ended {
        self.ended.dropped += u32::try_from(self.alive.len()).unwrap();
        self.alive = Vec::new();
        std::mem::take(&mut self.ended)
    }

    fn step(&mut self) {
        let place = self.draw(self.alive.len());
        let what = self.draw(10);
        let millis = self.draw(6_000) as u64;
        let (kind, execution) = &mut self.alive[place];
        match what {
            0 => {
                self.ended.dropped += 1;
                drop(self.alive.swap_remove(place));
                return;
            }
            1 => {
                execution.control().stop("Stopped".to_owned(), None);
                execution.run_until_idle();
            }
            2 | 3 => {
                if let Some(pending) = execution.pending_tokens().first() {
                    let executor = &self.executors[*kind];
                    executor.send_task_heartbeat(&pending.token).unwrap();
                    executor.send_task_success(&pending.token, Value::from("done")).unwrap();
                }
                execution.run_until_idle();
            }
            _ => {
                execution.advance(Duration::from_millis(millis));
            }
        }
        let end = execution.run_until_idle().map(|end| end.as_ref().map(|outcome| outcome.status.name()));
        match end {
            None => return,
            Some(Ok("SUCCEEDED")) => self.ended.succeeded += 1,
            Some(Ok("ABORTED")) => self.ended.stopped += 1,
            Some(_) => self.ended.failed += 1,
        }
        drop(self.alive.swap_remove(place));
    }
}
