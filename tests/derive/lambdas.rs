use std::{
    fmt,
    pin::pin,
    task::{Context, Poll, Waker},
};

use serde::{Deserialize, Serialize};
use stepfn::{
    StateData, Task, TaskError, lambda,
    shape::Shape,
    task::{TaskFailure, TaskInfo},
    value::Value,
};

#[derive(Serialize, Deserialize, StateData)]
struct Upload {
    rows: u32,
}

#[derive(Serialize, Deserialize, StateData)]
struct Validation {
    valid: u32,
}

#[derive(Debug, TaskError)]
enum ValidatorError {
    Empty,
}

impl fmt::Display for ValidatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no rows")
    }
}

/// Counts the valid rows.
#[lambda]
async fn validator(Upload { rows }: Upload) -> Result<Validation, ValidatorError> {
    tick().await;
    if rows == 0 { Err(ValidatorError::Empty) } else { Ok(Validation { valid: rows - 1 }) }
}

async fn tick() {
    let mut first = true;
    std::future::poll_fn(|cx| {
        if std::mem::take(&mut first) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

#[allow(clippy::needless_pass_by_value)]
#[lambda(name = "plain-answer")]
fn plain(upload: Upload) -> Validation {
    Validation { valid: upload.rows }
}

#[lambda(function_name = "prod-nothing")]
pub(crate) fn nothing() {}

#[lambda(name = "load-csv")]
async fn loader(batch: Vec<Upload>) -> Result<Option<Validation>, ValidatorError>;

#[lambda]
fn unwritable(_: ()) -> std::collections::BTreeMap<String, Unwritable> {
    [("k".to_owned(), Unwritable)].into()
}

#[derive(StateData)]
#[state_data(any)]
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("cannot be written"))
    }
}

mod elsewhere {
    #[stepfn::lambda]
    pub(crate) async fn r#move(n: u8) -> core::result::Result<u8, core::convert::Infallible> {
        Ok(n + 1)
    }
}

use elsewhere::r#move;

fn run<T: Task>(input: &str) -> Result<String, TaskFailure> {
    let handler = TaskInfo::of::<T>().handler.expect("a handler");
    let mut future = pin!(handler(input.parse::<Value>().expect("JSON")));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(answer) = future.as_mut().poll(&mut context) {
            return answer.map(|value| value.to_string());
        }
    }
}

#[test]
fn a_handler_speaks_json() {
    assert_eq!(run::<validator>(r#"{"rows": 3}"#), Ok(r#"{"valid":2}"#.to_owned()));
    assert_eq!(run::<plain>(r#"{"rows": 3, "more": 1}"#), Ok(r#"{"valid":3}"#.to_owned()));
    assert_eq!(run::<nothing>(r#"{"any": "thing"}"#), Ok("null".to_owned()));
    assert_eq!(run::<r#move>("1"), Ok("2".to_owned()));
}

#[test]
fn a_handler_fails_as_a_deployed_function_does() {
    assert_eq!(run::<validator>(r#"{"rows": 0}"#), Err(TaskFailure::new("Empty", "no rows")));
    let failure = run::<validator>(r#"{"rows": "x"}"#).unwrap_err();
    assert_eq!(failure.error, "Runtime.UnmarshalError");
    assert!(
        failure.cause.contains("the event is not an input of `validator`: ")
            && failure.cause.contains("expected u32"),
        "{failure}"
    );
    let failure = run::<unwritable>("null").unwrap_err();
    assert_eq!(failure.error, "Runtime.MarshalError");
    assert!(failure.cause.contains("cannot be written"), "{failure}");
}

#[test]
fn a_task_says_what_it_is() {
    let info = TaskInfo::of::<validator>();
    assert_eq!(info.name, "validator");
    assert_eq!(info.function_name, "${self:service}-${self:provider.stage}-validator");
    assert_eq!(
        (info.input.words(), info.output.words(), info.errors),
        ("Upload", "Validation", &["Empty"][..])
    );
    assert_eq!(TaskInfo::of::<r#move>().name, "move");

    let info = TaskInfo::of::<plain>();
    assert_eq!(info.function_name, "${self:service}-${self:provider.stage}-plain-answer");
    assert!(info.errors.is_empty() && !info.errors_open);

    let info = TaskInfo::of::<nothing>();
    assert_eq!((info.name, info.function_name), ("nothing", "prod-nothing"));
    assert!(matches!((info.input, info.output), (Shape::Any, Shape::Null)));
}

#[test]
fn a_function_without_a_body_lives_elsewhere() {
    let info = TaskInfo::of::<loader>();
    assert!(info.handler.is_none());
    assert_eq!(info.name, "load-csv");
    assert!(matches!((info.input, info.output), (Shape::Array(_), Shape::Nullable(_))));
}

/// Functions may be named like anything in an expansion.
mod names {
    use stepfn::lambda;

    #[lambda]
    fn value(n: u8) -> u8 {
        n
    }

    #[lambda]
    async fn input(n: u8) -> u8 {
        n
    }

    #[lambda]
    async fn output(n: u8) -> Result<u8, std::convert::Infallible> {
        Ok(n)
    }

    #[lambda]
    async fn error(n: u8) -> Result<u8, std::convert::Infallible> {
        Ok(n)
    }

    #[test]
    fn run() {
        use super::run;
        let answers = [run::<value>("1"), run::<input>("1"), run::<output>("1"), run::<error>("1")];
        assert!(answers.iter().all(|answer| answer.as_deref() == Ok("1")), "{answers:?}");
    }
}
