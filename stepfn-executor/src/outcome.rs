mod error;

use std::{fmt, ops::Range, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use stepfn_core::{
    definition::{LogLevel, WorkflowType},
    value::{self, Value},
};

pub use self::error::{RunError, Unbound};
use crate::{
    history::{History, status_change},
    interpreter::{Stopped, execution_name},
    map_run::MapRun,
    redrive, time,
};

/// The status of an execution.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// `RUNNING`
    Running,
    /// `SUCCEEDED`
    Succeeded {
        /// The output of the machine.
        output: Value,
    },
    /// `FAILED`
    Failed {
        /// The error's name; a Fail state need not give one.
        error: Option<String>,
        /// The cause; timeouts have none.
        cause: Option<String>,
    },
    /// `TIMED_OUT`: the machine's own `TimeoutSeconds`, or the longest time its type allows.
    TimedOut,
    /// `ABORTED`: stopped from outside.
    Aborted {
        /// The error given with the stop.
        error: Option<String>,
        /// The cause given with the stop.
        cause: Option<String>,
    },
}

impl Status {
    /// Returns AWS's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded { .. } => "SUCCEEDED",
            Self::Failed { .. } => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted { .. } => "ABORTED",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Succeeded { output } => write!(f, " {output}"),
            Self::Failed { error, cause } | Self::Aborted { error, cause } => {
                if let Some(error) = error {
                    write!(f, " {error}")?;
                }
                if let Some(cause) = cause {
                    write!(f, ": {cause}")?;
                }
                Ok(())
            }
            Self::Running | Self::TimedOut => Ok(()),
        }
    }
}

/// The outcome of an execution.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// Success with the output, or what else.
    pub status: Status,
    /// The event history. Empty for Express, which keeps none.
    pub history: History,
    /// State transitions as AWS bills them: one for each state entered, one for each retry; those of children are among them.
    pub transitions: u64,
    /// The time of its start, on its clock.
    pub started: Timestamp,
    /// The time of its end, on its clock.
    pub stopped: Timestamp,
    /// The Map Runs of distributed Maps, in the order in which they ended. Those inside of children are among them.
    pub map_runs: Vec<MapRun>,
    /// The executions that it started by `states:startExecution`, in the order in which they ended: as many as
    /// [`keep_children`](crate::ExecutorBuilder::keep_children) allows.
    pub started_executions: Vec<Self>,
    pub(crate) input: Value,
    pub(crate) name: Option<String>,
    pub(crate) id: [u64; 2],
    /// The number of redrives.
    pub(crate) redrives: u32,
    /// The place where it stopped, for a redrive.
    pub(crate) checkpoint: Option<Arc<Stopped>>,
    pub(crate) expression_error: Option<Arc<ExpressionError>>,
}

/// The place in a JSONata expression where an execution failed.
///
/// ```
/// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
/// use stepfn_executor::Executor;
///
/// let (machine, _) = asl::read_str(r#"{"QueryLanguage": "JSONata", "StartAt": "Add", "States": {
///     "Add": {"Type": "Pass", "Output": {"sum": "{% 1 + $states.input.n %}"}, "End": true}
/// }}"#)?;
/// let definition = Definition::from_asl("Adding", WorkflowType::Standard, machine);
/// let outcome = Executor::new(&definition)?.run_blocking(Value::object([("n", Value::from("x"))]))?;
///
/// let place = outcome.expression_error().expect("it failed in an expression");
/// assert_eq!((place.state.as_str(), place.field.as_str()), ("Add", "Output/sum"));
/// assert_eq!(&place.expression[place.range.clone()], "$states.input.n");
/// assert_eq!(place.code, Some("T2002"));
/// assert_eq!(place.message, "The right side of the \"+\" operator must evaluate to a number");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpressionError {
    /// The state's name.
    pub state: String,
    /// The field: `Output/total`.
    pub field: String,
    /// The expression, without `{%` and `%}`.
    pub expression: String,
    /// The bytes of it that failed.
    pub range: Range<usize>,
    /// The code of JSONata 2.0.6, where it is JSONata that fails: `T2001`.
    pub code: Option<&'static str>,
    /// The message: the text of JSONata 2.0.6, where it is JSONata that fails.
    pub message: String,
}

impl Outcome {
    /// Returns the place where the execution failed, if that was in a JSONata expression of a state of its own: those of executions that it
    /// started, and of children of distributed Maps, have outcomes of their own.
    pub fn expression_error(&self) -> Option<&ExpressionError> {
        self.expression_error.as_deref()
    }

    /// The number of redrives.
    pub fn redrives(&self) -> u32 {
        self.redrives
    }

    /// Why the execution cannot be redriven, in AWS's words; when it ended is not looked at.
    pub fn not_redrivable(&self) -> Option<&'static str> {
        let limits = &self.history.executor().env.limits;
        redrive::refusal(self.status.name(), self.history.len(), limits)
    }

    /// The execution's ARN.
    pub fn execution_arn(&self) -> String {
        self.history.executor().execution_arn(self.name.as_deref(), self.id)
    }

    /// The execution's name.
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| execution_name(self.id))
    }

    /// Returns the events that CloudWatch Logs gets of the execution at a level, with its data or without (developer guide, "Using CloudWatch
    /// Logs to log execution history"): `{id, type, details, previous_event_id, event_timestamp, execution_arn, redrive_count}`, all but the
    /// details as text. Input and output over 248 KiB are cut, as AWS does it.
    ///
    /// An Express execution keeps no history, unless its executor is built with [`keep_history`](crate::ExecutorBuilder::keep_history).
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, LogLevel, WorkflowType}, value::Value};
    /// use stepfn_executor::Executor;
    ///
    /// let (machine, _) = asl::read_str(r#"{
    ///     "StartAt": "Refuse", "States": { "Refuse": { "Type": "Fail", "Error": "Refused" } }
    /// }"#)?;
    /// let definition = Definition::from_asl("Order", WorkflowType::Express, machine);
    /// let outcome = Executor::builder().keep_history().build(&definition)?.run_blocking(Value::from(1))?;
    ///
    /// let logged = outcome.log_events(LogLevel::Error, false);
    /// assert_eq!(logged[0]["type"].as_str(), Some("FailStateEntered"));
    /// assert_eq!(logged[0]["details"].to_string(), r#"{"name":"Refuse"}"#);
    /// assert_eq!(logged[1]["details"]["error"].as_str(), Some("Refused"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn log_events(&self, level: LogLevel, include_execution_data: bool) -> Vec<Value> {
        self.history.log_events(level, include_execution_data, &self.execution_arn()).collect()
    }

    /// Returns the events that EventBridge gets of the execution (developer guide, "Automating Step Functions event delivery with
    /// EventBridge"): an event "Step Functions Execution Status Change" for its start, for each redrive, and for each end. None for Express,
    /// as on AWS.
    ///
    /// Input and output beyond 248 KiB in escaped form are left out, which `inputDetails` and `outputDetails` indicate.
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// use stepfn_executor::Executor;
    ///
    /// let (machine, _) = asl::read_str(r#"{"StartAt": "Hello", "States": {"Hello": {"Type": "Succeed"}}}"#)?;
    /// let definition = Definition::from_asl("Hello", WorkflowType::Standard, machine);
    /// let outcome = Executor::new(&definition)?.run_blocking(Value::from("you"))?;
    ///
    /// let events = outcome.status_change_events();
    /// let statuses: Vec<_> = events.iter().filter_map(|event| event["detail"]["status"].as_str()).collect();
    /// assert_eq!(statuses, ["RUNNING", "SUCCEEDED"]);
    /// assert_eq!(events[1]["source"].as_str(), Some("aws.states"));
    /// assert_eq!(events[1]["detail"]["output"].as_str(), Some(r#""you""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn status_change_events(&self) -> Vec<Value> {
        let executor = self.history.executor();
        if executor.program.workflow_type == WorkflowType::Express {
            return Vec::new();
        }
        let (arn, name) = (self.execution_arn(), self.name());
        let execution = status_change::Execution { executor, arn: &arn, name: &name, id: self.id };
        status_change::events(&execution, self.history.as_slice())
    }

    /// The output, of an execution that succeeded.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// let outcome = stepfn_executor::Executor::new(&definition)?.run_blocking(Value::Null)?;
    /// assert_eq!(outcome.output().and_then(Value::as_str), Some("hello"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn output(&self) -> Option<&Value> {
        match &self.status {
            Status::Succeeded { output } => Some(output),
            _ => None,
        }
    }

    /// The output as a type of your own.
    ///
    /// # Errors
    /// When the execution did not succeed, or answered something else.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// let outcome = stepfn_executor::Executor::new(&definition)?.run_blocking(Value::Null)?;
    /// assert_eq!(outcome.into_output::<String>()?, "hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_output<T: DeserializeOwned>(self) -> Result<T, OutputError> {
        match self.status {
            Status::Succeeded { output } => value::from_value(&output).map_err(|error| OutputError::Shape {
                output: output.to_string(),
                reason: error.to_string(),
            }),
            status => Err(OutputError::NotSucceeded(status)),
        }
    }

    /// The name of the error, of an execution that failed.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Refuse", "States": { "Refuse": { "Type": "Fail", "Error": "Refused" } } }"#)?;
    /// let definition = Definition::from_asl("Refusing", WorkflowType::Standard, machine);
    /// let outcome = stepfn_executor::Executor::new(&definition)?.run_blocking(Value::Null)?;
    /// assert_eq!(outcome.error(), Some("Refused"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn error(&self) -> Option<&str> {
        match &self.status {
            Status::Failed { error, .. } | Status::Aborted { error, .. } => error.as_deref(),
            _ => None,
        }
    }

    /// The cause, of an execution that failed.
    pub fn cause(&self) -> Option<&str> {
        match &self.status {
            Status::Failed { cause, .. } | Status::Aborted { cause, .. } => cause.as_deref(),
            _ => None,
        }
    }

    /// Returns the duration of the execution, on its clock.
    pub fn duration(&self) -> Duration {
        time::until(self.started, self.stopped)
    }
}

/// An output that is not there, or not of the wanted type.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputError {
    /// The execution did not succeed.
    NotSucceeded(Status),
    /// The output does not fit the type.
    Shape {
        /// The output, as JSON text.
        output: String,
        /// The mismatch.
        reason: String,
    },
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSucceeded(status) => write!(f, "the execution did not succeed: {status}"),
            Self::Shape { output, reason } => write!(f, "the output does not fit: {reason}, in {output}"),
        }
    }
}

impl std::error::Error for OutputError {}
