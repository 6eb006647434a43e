//! The rows of the objects that the model has as structs. Each list is a macro that hands its rows to another one, which makes of them the
//! structs, the table, the reader, the writer or the builder's methods. A row is
//!
//! `{ Struct "ASL's name" field: its type, kind of its value, objects that have it, query language, "what it is for" }`
//!
//! and the order of the rows is that of the canonical text.

pub(in crate::asl) use super::{Kind, MOST_SECONDS, PathKind, Range};
use crate::asl::QueryLanguage;

// Words of the rows.

pub(in crate::asl) const BOTH: Option<QueryLanguage> = None;
pub(in crate::asl) const JSON_PATH: Option<QueryLanguage> = Some(QueryLanguage::JsonPath);
pub(in crate::asl) const JSONATA: Option<QueryLanguage> = Some(QueryLanguage::Jsonata);

/// A number of seconds that may not be none at all.
pub(in crate::asl) const SECONDS: Kind = Kind::Amount(Range::whole(1.0, MOST_SECONDS));
pub(in crate::asl) const COUNT: Kind = Kind::Amount(Range::whole(0.0, f64::INFINITY));
pub(in crate::asl) const REFERENCE: Kind = Kind::Path(PathKind::Reference);
pub(in crate::asl) const LANGUAGE: Kind = Kind::Name(&["JSONPath", "JSONata"]);

/// Groups of state types.
pub(in crate::asl) mod types {
    pub(in crate::asl) const ALL: &[&str] = &crate::asl::TYPES;
    /// States that take data in and hand it on.
    pub(in crate::asl) const DATA: &[&str] =
        &["Task", "Wait", "Pass", "Succeed", "Choice", "Parallel", "Map"];
    /// States with a next state.
    pub(in crate::asl) const FLOW: &[&str] = &["Task", "Wait", "Pass", "Parallel", "Map"];
    pub(in crate::asl) const ASSIGN: &[&str] = &["Task", "Wait", "Pass", "Choice", "Parallel", "Map"];
    /// States with a result.
    pub(in crate::asl) const RESULT: &[&str] = &["Task", "Pass", "Parallel", "Map"];
    /// States that may fail.
    pub(in crate::asl) const WORK: &[&str] = &["Task", "Parallel", "Map"];
}

/// The fields of states.
macro_rules! state_fields {
    ($then:ident) => {
        $then! {
            { State "Comment" comment: Option<String>, Kind::Plain, types::ALL, BOTH, "" }
            { State "QueryLanguage" query_language: Option<QueryLanguage>, LANGUAGE, types::ALL, BOTH, ", where it differs from the machine's." }
            { State "InputPath" input_path: Option<PathField>, Kind::Path(PathKind::Any), types::DATA, JSON_PATH, "" }
            { Task "Resource" resource: Resource, Kind::Resource, &["Task"], BOTH, ": the ARN of what does the work." }
            { Task "Credentials" credentials: Option<Value>, Kind::Object("Credentials"), &["Task"], BOTH, ": `RoleArn` or `RoleArn.$`." }
            { Map "ItemsPath" items_path: Option<String>, REFERENCE, &["Map"], JSON_PATH, "" }
            { Map "Items" items: Option<Value>, Kind::Template, &["Map"], JSONATA, " (JSONata)" }
            { Map "ItemReader" item_reader: Option<Value>, Kind::Object("ItemReader"), &["Map"], BOTH, " (distributed)" }
            { Map "ItemSelector" item_selector: Option<Value>, Kind::Template, &["Map"], BOTH, "" }
            { Map "ItemBatcher" item_batcher: Option<Value>, Kind::Object("ItemBatcher"), &["Map"], BOTH, " (distributed)" }
            { Map "MaxConcurrency" max_concurrency: Option<Amount>, COUNT, &["Map"], BOTH, "" }
            { Map "MaxConcurrencyPath" max_concurrency_path: Option<String>, REFERENCE, &["Map"], JSON_PATH, "" }
            { Map "ToleratedFailureCount" tolerated_failure_count: Option<Amount>, COUNT, &["Map"], BOTH, " (distributed)" }
            { Map "ToleratedFailureCountPath" tolerated_failure_count_path: Option<String>, REFERENCE, &["Map"], JSON_PATH, " (distributed)" }
            { Map "ToleratedFailurePercentage" tolerated_failure_percentage: Option<Amount>, Kind::Amount(Range::number(0.0, 100.0)), &["Map"], BOTH, " (distributed): 0 to 100." }
            { Map "ToleratedFailurePercentagePath" tolerated_failure_percentage_path: Option<String>, REFERENCE, &["Map"], JSON_PATH, " (distributed)" }
            { Map "Label" label: Option<String>, Kind::Plain, &["Map"], BOTH, " (distributed): a part of the ARNs of the child executions." }
            { State "Parameters" parameters: Option<Value>, Kind::Template, types::RESULT, JSON_PATH, " (JSONPath; Task, Pass, Parallel, Map)" }
            { State "Arguments" arguments: Option<Value>, Kind::Template, &["Task", "Parallel"], JSONATA, " (JSONata; Task, Parallel)" }
            { Task "TimeoutSeconds" timeout_seconds: Option<Amount>, SECONDS, &["Task"], BOTH, "" }
            { Task "TimeoutSecondsPath" timeout_seconds_path: Option<String>, REFERENCE, &["Task"], JSON_PATH, "" }
            { Task "HeartbeatSeconds" heartbeat_seconds: Option<Amount>, SECONDS, &["Task"], BOTH, "" }
            { Task "HeartbeatSecondsPath" heartbeat_seconds_path: Option<String>, REFERENCE, &["Task"], JSON_PATH, "" }
            { Pass "Result" result: Option<Value>, Kind::Literal, &["Pass"], JSON_PATH, ": taken literally, `.$` keys included." }
            { Choice "Choices" choices: Vec<ChoiceRule>, Kind::List("ChoiceRule"), &["Choice"], BOTH, "" }
            { Wait "Seconds" seconds: Option<Amount>, Kind::Amount(Range::whole(0.0, MOST_SECONDS)), &["Wait"], BOTH, "" }
            { Wait "SecondsPath" seconds_path: Option<String>, REFERENCE, &["Wait"], JSON_PATH, "" }
            { Wait "Timestamp" timestamp: Option<String>, Kind::Text, &["Wait"], BOTH, "" }
            { Wait "TimestampPath" timestamp_path: Option<String>, REFERENCE, &["Wait"], JSON_PATH, "" }
            { Fail "Error" error: Option<String>, Kind::Text, &["Fail"], BOTH, "" }
            { Fail "ErrorPath" error_path: Option<String>, Kind::Path(PathKind::ReferenceOrIntrinsic), &["Fail"], JSON_PATH, ": a path or an intrinsic function." }
            { Fail "Cause" cause: Option<String>, Kind::Text, &["Fail"], BOTH, "" }
            { Fail "CausePath" cause_path: Option<String>, Kind::Path(PathKind::ReferenceOrIntrinsic), &["Fail"], JSON_PATH, ": a path or an intrinsic function." }
            { Parallel "Branches" branches: Vec<StateMachine>, Kind::List("Branch"), &["Parallel"], BOTH, "" }
            { Map "ItemProcessor" item_processor: Option<StateMachine>, Kind::Object("ItemProcessor"), &["Map"], BOTH, "" }
            { Map "Iterator" iterator: Option<StateMachine>, Kind::Object("ItemProcessor"), &["Map"], BOTH, ": the earlier name of `ItemProcessor`." }
            { Map "ResultWriter" result_writer: Option<Value>, Kind::Object("ResultWriter"), &["Map"], BOTH, " (distributed)" }
            { State "ResultSelector" result_selector: Option<Value>, Kind::Template, types::WORK, JSON_PATH, " (Task, Parallel, Map)" }
            { State "ResultPath" result_path: Option<PathField>, Kind::Path(PathKind::Target), types::RESULT, JSON_PATH, " (Task, Pass, Parallel, Map)" }
            { State "OutputPath" output_path: Option<PathField>, Kind::Path(PathKind::Any), types::DATA, JSON_PATH, "" }
            { State "Assign" assign: Option<Value>, Kind::Template, types::ASSIGN, BOTH, "" }
            { State "Output" output: Option<Value>, Kind::Template, types::DATA, JSONATA, " (JSONata)" }
            { State "Retry" retry: Option<Vec<Retrier>>, Kind::List("Retrier"), types::WORK, BOTH, " (Task, Parallel, Map)" }
            { State "Catch" catch: Option<Vec<Catcher>>, Kind::List("Catcher"), types::WORK, BOTH, " (Task, Parallel, Map)" }
            { Choice "Default" default: Option<String>, Kind::State, &["Choice"], BOTH, "" }
            { State "Next" next: Option<String>, Kind::State, types::FLOW, BOTH, "" }
            { State "End" end: Option<bool>, Kind::Flag, types::FLOW, BOTH, "" }
        }
    };
}
pub(crate) use state_fields;

/// The fields of machines: of the outermost one, of a branch, of a Map's processor.
macro_rules! machine_fields {
    ($then:ident) => {
        $then! {
            { StateMachine "Comment" comment: Option<String>, Kind::Plain, &["StateMachine", "Branch", "ItemProcessor"], BOTH, "" }
            { StateMachine "Version" version: Option<String>, Kind::Plain, &["StateMachine"], BOTH, ": of the language, `\"1.0\"`." }
            { StateMachine "QueryLanguage" query_language: Option<QueryLanguage>, LANGUAGE, &["StateMachine", "Branch"], BOTH, ": what states use that do not say so themselves. JSONPath where absent." }
            { StateMachine "TimeoutSeconds" timeout_seconds: Option<Amount>, SECONDS, &["StateMachine"], BOTH, ": for the whole execution." }
            { StateMachine "ProcessorConfig" processor_config: Option<Value>, Kind::Object("ProcessorConfig"), &["ItemProcessor"], BOTH, ", only in a Map's `ItemProcessor`: `Mode` and `ExecutionType`." }
            { StateMachine "StartAt" start_at: String, Kind::State, &["StateMachine", "Branch", "ItemProcessor"], BOTH, "" }
            { StateMachine "States" states: IndexMap<String, State>, Kind::States, &["StateMachine", "Branch", "ItemProcessor"], BOTH, "" }
        }
    };
}
pub(in crate::asl) use machine_fields;

/// The fields of the entries of `Retry`.
macro_rules! retrier_fields {
    ($then:ident) => {
        $then! {
            { Retrier "Comment" comment: Option<String>, Kind::Plain, &["Retrier"], BOTH, "" }
            { Retrier "ErrorEquals" error_equals: Vec<String>, Kind::Errors, &["Retrier"], BOTH, "" }
            { Retrier "IntervalSeconds" interval_seconds: Option<Amount>, SECONDS, &["Retrier"], BOTH, ": before the first retry; 1 where absent." }
            { Retrier "MaxAttempts" max_attempts: Option<Amount>, Kind::Amount(Range::whole(0.0, MOST_SECONDS)), &["Retrier"], BOTH, ": retries, not counting the first attempt; 3 where absent." }
            { Retrier "BackoffRate" backoff_rate: Option<Amount>, Kind::Amount(Range::number(1.0, f64::INFINITY)), &["Retrier"], BOTH, ": what the interval is multiplied by after each retry; 2.0 where absent." }
            { Retrier "MaxDelaySeconds" max_delay_seconds: Option<Amount>, Kind::Amount(Range::whole(1.0, 31_622_400.0)), &["Retrier"], BOTH, ": the longest interval." }
            { Retrier "JitterStrategy" jitter_strategy: Option<String>, Kind::Name(&["FULL", "NONE"]), &["Retrier"], BOTH, ": `FULL` or `NONE`." }
        }
    };
}
pub(in crate::asl) use retrier_fields;

/// The fields of the entries of `Catch`.
macro_rules! catcher_fields {
    ($then:ident) => {
        $then! {
            { Catcher "Comment" comment: Option<String>, Kind::Plain, &["Catcher"], BOTH, "" }
            { Catcher "ErrorEquals" error_equals: Vec<String>, Kind::Errors, &["Catcher"], BOTH, "" }
            { Catcher "ResultPath" result_path: Option<PathField>, Kind::Path(PathKind::Target), &["Catcher"], JSON_PATH, ": where the error output goes in the state's raw input; it replaces all of it where absent." }
            { Catcher "Assign" assign: Option<Value>, Kind::Template, &["Catcher"], BOTH, "" }
            { Catcher "Output" output: Option<Value>, Kind::Template, &["Catcher"], JSONATA, " (JSONata)" }
            { Catcher "Next" next: String, Kind::State, &["Catcher"], BOTH, "" }
        }
    };
}
pub(in crate::asl) use catcher_fields;
