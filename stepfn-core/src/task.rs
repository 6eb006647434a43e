//! Tasks: the Rust functions that a workflow's Task states call, and the names of the errors they fail with.
//!
//! `#[lambda]` and `#[derive(TaskError)]` write these implementations; nobody needs to write them by hand, but it can be done:
//!
//! ```
//! use stepfn_core::task::{TaskError, TaskFailure};
//!
//! struct OutOfStock;
//!
//! impl TaskError for OutOfStock {
//!     const NAMES: &'static [&'static str] = &["OutOfStock"];
//!
//!     fn failure(&self) -> TaskFailure {
//!         TaskFailure::new("OutOfStock", "nothing left")
//!     }
//! }
//! assert_eq!(OutOfStock.failure().cause, r#"{"errorType":"OutOfStock","errorMessage":"nothing left"}"#);
//! ```

use std::{borrow::Cow, convert::Infallible, fmt, pin::Pin};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    shape::{Shape, StateData},
    value::{self, Value},
};

/// The future of a handler's result.
pub type HandlerFuture = Pin<Box<dyn Future<Output = Result<Value, TaskFailure>> + Send>>;

/// A task's function behind JSON: what the executor calls.
pub type Handler = fn(Value) -> HandlerFuture;

/// A task that a workflow can call.
///
/// Where the function is named in a machine but this is missing, write `#[lambda]` on the function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task",
    label = "not a task",
    note = "write `#[stepfn::lambda]` on the function, and bring it into scope by its name"
)]
pub trait Task {
    /// The input of the task.
    type Input: StateData;
    /// The output of the task.
    type Output: StateData;
    /// The error of the task.
    type Error: TaskError;

    /// The function's name, and its key in the `functions` section of a `serverless.yml`.
    const NAME: &'static str;

    /// The deployed name of the function: `FunctionName` of `lambda:invoke`.
    const FUNCTION_NAME: &'static str;

    /// The handler, where it is a function of this program.
    const HANDLER: Option<Handler> = None;
}

/// The errors of a task, by the names that `Retry` and `Catch` match on (a Lambda function's `errorType`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no error names for `Retry` and `Catch` to match on",
    label = "not a task error",
    note = "write `#[derive(stepfn::TaskError)]` on `{Self}`"
)]
pub trait TaskError {
    /// The names of all errors that this can fail with.
    const NAMES: &'static [&'static str];

    /// Whether other names than [`NAMES`](Self::NAMES) can occur, so that none can be called unknown.
    const OPEN: bool = false;

    /// This error as Step Functions sees it.
    fn failure(&self) -> TaskFailure;
}

/// The text of an error, which a catcher reads as its cause: everything that is `Display` has one. `#[derive(TaskError)]` asks for it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the errors of `{Self}` have no text for a catcher to read: it is not `Display`",
    label = "not `Display`",
    note = "write `#[derive(thiserror::Error)]` on `{Self}` and `#[error(\"…\")]` on each variant (`cargo add thiserror`), or implement `std::fmt::Display`"
)]
pub trait ErrorText {
    /// The text.
    fn text(&self) -> String;
}

// Otherwise rustc would report the bound and not what is above.
#[diagnostic::do_not_recommend]
impl<T: std::fmt::Display + ?Sized> ErrorText for T {
    fn text(&self) -> String {
        self.to_string()
    }
}

/// The input of a function: everything that serde can read. `#[lambda]` asks for it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from JSON: it is not `Deserialize`",
    label = "not `Deserialize`",
    note = "write `#[derive(serde::Deserialize)]` on `{Self}`, beside `StateData`"
)]
pub trait TaskInput: Sized {
    /// Reads one.
    ///
    /// # Errors
    /// Serde's.
    fn read(value: &Value) -> Result<Self, serde_json::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> TaskInput for T {
    fn read(value: &Value) -> Result<Self, serde_json::Error> {
        value::from_value(value)
    }
}

/// The output of a function: everything that serde can write. `#[lambda]` asks for it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as JSON: it is not `Serialize`",
    label = "not `Serialize`",
    note = "write `#[derive(serde::Serialize)]` on `{Self}`, beside `StateData`"
)]
pub trait TaskOutput {
    /// Writes it.
    ///
    /// # Errors
    /// Serde's.
    fn write(&self) -> Result<Value, serde_json::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> TaskOutput for T {
    fn write(&self) -> Result<Value, serde_json::Error> {
        value::to_value(self)
    }
}

/// Reads what a function takes. Not for use by hand.
///
/// # Errors
/// Serde's.
#[doc(hidden)]
pub fn read_input<T: TaskInput>(value: &Value) -> Result<T, serde_json::Error> {
    T::read(value)
}

/// Writes what a function returns. Not for use by hand.
///
/// # Errors
/// Serde's.
#[doc(hidden)]
pub fn write_output<T: TaskOutput + ?Sized>(output: &T) -> Result<Value, serde_json::Error> {
    output.write()
}

impl TaskError for Infallible {
    const NAMES: &'static [&'static str] = &[];

    fn failure(&self) -> TaskFailure {
        match *self {}
    }
}

/// A failed attempt: what `Retry` and `Catch` match on, and what a catcher writes into the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFailure {
    /// The error's name.
    pub error: String,
    /// The cause: for a Lambda function the JSON text `{"errorType": …, "errorMessage": …}`.
    pub cause: String,
}

impl TaskFailure {
    /// The failure of a Lambda function, with the cause as the Rust runtime reports it.
    pub fn new(error: impl Into<String>, message: impl Into<String>) -> Self {
        let (error, message) = (error.into(), message.into());
        let cause = Value::object([
            ("errorType", Value::from(error.as_str())),
            ("errorMessage", Value::from(message)),
        ]);
        Self { error, cause: cause.to_string() }
    }

    /// The failure of a Lambda function whose event is not its input: `Runtime.UnmarshalError`, Lambda's own name for that.
    ///
    /// `stepfn::lambda::run` reports it, so a `Retry` or `Catch` that names it works here and in AWS.
    pub fn not_an_input(task: &str, error: impl fmt::Display) -> Self {
        Self::new("Runtime.UnmarshalError", format!("the event is not an input of `{task}`: {error}"))
    }

    /// The failure of a Lambda function whose answer serde cannot write as JSON: `Runtime.MarshalError`.
    pub fn not_an_output(task: &str, error: impl fmt::Display) -> Self {
        Self::new(
            "Runtime.MarshalError",
            format!("the output of `{task}` cannot be written as JSON: {error}"),
        )
    }

    /// The failure of a Lambda function that panicked with this message: `Runtime.Panic`.
    pub fn panicked(message: impl fmt::Display) -> Self {
        Self::new("Runtime.Panic", format!("the function panicked: {message}"))
    }

    /// A failure with a cause of its own form.
    pub fn with_cause(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: error.into(), cause: cause.into() }
    }

    /// The `errorMessage` of a Lambda function's failure; where the cause is of its own form, the cause.
    pub fn message(&self) -> Cow<'_, str> {
        match self.cause.parse::<Value>() {
            Ok(cause) if cause["errorType"].as_str() == Some(&self.error) => {
                match cause["errorMessage"].as_str() {
                    Some(message) => Cow::Owned(message.to_owned()),
                    None => Cow::Borrowed(&self.cause),
                }
            }
            _ => Cow::Borrowed(&self.cause),
        }
    }
}

impl fmt::Display for TaskFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.cause)
    }
}

impl std::error::Error for TaskFailure {}

/// A task's facts as a value: [`Task`] without its types.
#[derive(Clone, Copy, Debug)]
pub struct TaskInfo {
    /// [`Task::NAME`]
    pub name: &'static str,
    /// [`Task::FUNCTION_NAME`]
    pub function_name: &'static str,
    /// [`Task::HANDLER`]
    pub handler: Option<Handler>,
    /// The shape of [`Task::Input`].
    pub input: &'static Shape,
    /// The shape of [`Task::Output`].
    pub output: &'static Shape,
    /// [`TaskError::NAMES`]
    pub errors: &'static [&'static str],
    /// [`TaskError::OPEN`]
    pub errors_open: bool,
}

impl TaskInfo {
    /// The facts of a task.
    pub const fn of<T: Task>() -> Self {
        Self {
            name: T::NAME,
            function_name: T::FUNCTION_NAME,
            handler: T::HANDLER,
            input: T::Input::SHAPE,
            output: T::Output::SHAPE,
            errors: T::Error::NAMES,
            errors_open: T::Error::OPEN,
        }
    }
}

/// The way in which a Task state calls a Lambda function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The function's ARN is the `Resource`: the state's input is its input, its answer is the result.
    Direct,
    /// `arn:aws:states:::lambda:invoke`: `Payload` is its input, the answer is under `Payload`.
    Invoke,
    /// `arn:aws:states:::lambda:invoke.waitForTaskToken`: `Payload` is its input, the callback brings the result.
    WaitForTaskToken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_what_the_function_said() {
        assert_eq!(TaskFailure::new("Empty", "no \"rows\"").message(), "no \"rows\"");
        assert_eq!(TaskFailure::with_cause("Empty", "no rows").message(), "no rows");
        let other = r#"{"errorType":"Other","errorMessage":"x"}"#;
        assert_eq!(TaskFailure::with_cause("Empty", other).message(), other);
    }
}
