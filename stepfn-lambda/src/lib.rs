//! A task as an AWS Lambda function: the function that was tested is the one that is deployed.
//!
//! Reached as `stepfn::lambda`, with the feature `lambda` of the crate `stepfn`. A binary per function is all it takes:
//!
//! ```no_run
//! # mod handlers {
//! #     use stepfn_core::task::{Handler, Task};
//! #     #[allow(non_camel_case_types)]
//! #     pub struct validator {}
//! #     impl Task for validator {
//! #         type Input = stepfn_core::value::Value;
//! #         type Output = stepfn_core::value::Value;
//! #         type Error = std::convert::Infallible;
//! #         const NAME: &'static str = "validator";
//! #         const FUNCTION_NAME: &'static str = "validator";
//! #         const HANDLER: Option<Handler> = Some(|event| Box::pin(async { Ok(event) }));
//! #     }
//! # }
//! use handlers::validator; // #[stepfn::lambda] pub async fn validator(upload: Upload) -> Result<Validation, ValidatorError>
//! # use stepfn_lambda as lambda; // stepfn::lambda
//!
//! #[tokio::main]
//! async fn main() -> Result<(), lambda::Error> {
//!     lambda::run::<validator>().await
//! }
//! ```
//!
//! # Error names
//!
//! `Retry` and `Catch` match on the `errorType` that a function reports. `lambda_runtime` by itself reports the path of a Rust type,
//! which no definition names; [`run`] reports what the executor sees as well:
//!
//! | what happened | `errorType` | `errorMessage` |
//! | --- | --- | --- |
//! | the function answered with an error | the name of [`TaskError`] | its message |
//! | the event is not the function's input | `Runtime.UnmarshalError` | the field of the input, and serde's message |
//! | the output cannot be written as JSON | `Runtime.MarshalError` | serde's message |
//! | the function panicked | `Runtime.Panic` | the panic's message |
//!
//! All of them match `States.TaskFailed` and `States.ALL`, too.

use std::{any::Any, env, error, fmt, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
#[cfg(doc)]
use stepfn_core::task::TaskError;
use stepfn_core::{
    task::{Handler, Task, TaskFailure},
    value::Value,
};

/// The variables that Lambda sets for its functions and the runtime requires (AWS Lambda guide, "Defined runtime environment variables").
const VARIABLES: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
];

/// Serves a task's function to AWS Lambda: takes events from the Runtime API, one after the other, and answers each with the
/// function's output as JSON, or with its error by the [name](self#error-names) that `Retry` and `Catch` match.
///
/// It goes on until Lambda ends the process. A panic of the function fails its event; the next one is served.
///
/// # Errors
///
/// [`Error::NotInLambda`] where a variable of Lambda's environment is missing, [`Error::Runtime`] where the Runtime API cannot be
/// reached or answers with what it must not.
///
/// A task whose function is elsewhere (`#[lambda] fn load(batch: Batch) -> Loaded;`) is refused while it compiles:
///
/// ```compile_fail
/// # use std::convert::Infallible;
/// # use stepfn_core::{task::Task, value::Value};
/// struct Load;
///
/// impl Task for Load {
///     type Input = Value;
///     type Output = Value;
///     type Error = Infallible;
///     const NAME: &'static str = "load";
///     const FUNCTION_NAME: &'static str = "load";
/// } // no `HANDLER`
///
/// # async fn main_() -> Result<(), stepfn_lambda::Error> {
/// stepfn_lambda::run::<Load>().await
/// # }
/// # fn main() { drop(main_()); }
/// ```
pub async fn run<T: Task>() -> Result<(), Error> {
    let handler = const { handler::<T>() };
    for variable in VARIABLES {
        if env::var_os(variable).is_none() {
            return Err(Error::NotInLambda { task: T::NAME, variable });
        }
    }
    let serve =
        |event: LambdaEvent<Value>| async move { answer(handler, event.payload).await.map_err(Refusal) };
    lambda_runtime::run(service_fn(serve)).await.map_err(Error::Runtime)
}

const fn handler<T: Task>() -> Handler {
    match T::HANDLER {
        Some(handler) => handler,
        None => {
            panic!("the task has no function in this program; give it a body to run it as a Lambda function")
        }
    }
}

/// Calls the function. A panic is its failure, while it makes its future too.
async fn answer(handler: Handler, event: Value) -> Result<Value, TaskFailure> {
    let work = AssertUnwindSafe(async { handler(event).await });
    work.catch_unwind().await.unwrap_or_else(|panic| Err(TaskFailure::panicked(message(&*panic))))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// A failure on its way to `lambda_runtime`, which would take the name from the type.
#[derive(Debug)]
struct Refusal(TaskFailure);

impl From<Refusal> for Diagnostic {
    fn from(Refusal(failure): Refusal) -> Self {
        Self { error_message: failure.message().into_owned(), error_type: failure.error }
    }
}

/// The error of serving a function.
#[non_exhaustive]
pub enum Error {
    /// The process does not run in Lambda, nor in an emulator of it.
    NotInLambda {
        /// The task's [`NAME`](Task::NAME).
        task: &'static str,
        /// The first of Lambda's variables that is not set.
        variable: &'static str,
    },
    /// The Runtime API failed: of `lambda_runtime`.
    Runtime(Box<dyn error::Error + Send + Sync>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInLambda { task, variable } => write!(
                f,
                "`{task}` does not run in AWS Lambda: `{variable}` is not set; deploy the binary, or start it with `cargo lambda watch`"
            ),
            Self::Runtime(error) => write!(f, "the Lambda Runtime API failed: {error}"),
        }
    }
}

/// Writes the same as [`Display`](fmt::Display): it is printed by a `main` that answers with the error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::NotInLambda { .. } => None,
            Self::Runtime(error) => Some(&**error),
        }
    }
}
