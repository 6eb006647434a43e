//! The checks that AWS makes before it runs a state.

use stepfn_core::{
    asl::StateKind,
    json::{self, Document},
    validate::jackson,
    value::Value,
};

use super::{
    FieldValidationMode, TestState, TestStateError,
    locate::{Located, locate},
    schema,
};
use crate::program::Resource;

/// A call that AWS takes, its texts read.
pub(super) struct Checked {
    pub(super) located: Located,
    pub(super) input: Document,
    /// The mocked result.
    pub(super) result: Option<Document>,
    pub(super) context: Option<Document>,
    pub(super) variables: Option<Document>,
    /// The items of a Map's `ItemReader`.
    pub(super) read_items: Option<Document>,
}

fn refused<T>(message: impl Into<String>) -> Result<T, TestStateError> {
    Err(TestStateError::validation(message))
}

pub(super) fn check(test: &TestState) -> Result<Checked, TestStateError> {
    if test.mock.as_ref().is_some_and(|mock| mock.result.is_some() && mock.error.is_some()) {
        return refused("A test mock should have only one of the following fields: [result, errorOutput].");
    }
    let located = locate(test)?;
    check_kind(test, &located)?;
    let input = read_input(test)?;
    let variables = read(test.variables.as_deref(), "Variables must be valid JSON")?;
    if variables.as_ref().is_some_and(|variables| variables.value.as_object().is_none()) {
        return refused("Variables must be a JSON object");
    }
    let context =
        read(test.context.as_deref(), "Invalid Context object provided: Context object must be valid JSON")?;
    if let Some(context) = &context {
        check_context(&context.value, &located).map_err(|reason| {
            TestStateError::validation(format!("Invalid Context object provided: {reason}"))
        })?;
    }
    let configuration = test.configuration.as_ref();
    let items = configuration.and_then(|configuration| configuration.map_item_reader_data.as_deref());
    let read_items = read(items, "Map item reader data must be valid JSON")?;
    let result = test.mock.as_ref().and_then(|mock| mock.result.as_deref());
    let result = read(result, "Mocked result must be valid JSON")?;
    if let Some(result) = &result {
        check_result(test, &located, &result.value)?;
    }
    Ok(Checked { located, input, result, context, variables, read_items })
}

fn read(text: Option<&str>, message: &str) -> Result<Option<Document>, TestStateError> {
    text.map(json::parse).transpose().map_err(|_| TestStateError::validation(message))
}

fn read_input(test: &TestState) -> Result<Document, TestStateError> {
    let text = test.input.as_deref().unwrap_or("{}");
    json::parse(text).map_err(|error| TestStateError {
        code: "InvalidExecutionInput",
        message: format!("Invalid State Machine Execution Input: '{}'", jackson::message(text, &error)),
    })
}

/// Mocks, roles and secrets that the state's type does not take.
fn check_kind(test: &TestState, located: &Located) -> Result<(), TestStateError> {
    let kind = &located.state.kind;
    let mocked = test.mock.is_some();
    let takes_mock = matches!(kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_));
    if mocked && !takes_mock {
        return refused(format!("State type '{}' is not supported when a mock is specified", kind.name()));
    }
    if mocked && test.reveal_secrets {
        return refused("TestState does not support RevealSecrets when a mock is specified.");
    }
    let counts = |test: &TestState| test.configuration.as_ref()?.map_iteration_failure_count;
    if !mocked && counts(test).is_some() {
        return refused("TestState does not support MapIterationFailureCount when a mock is not specified.");
    }
    match kind {
        StateKind::Map(_) | StateKind::Parallel(_) if !mocked => Err(TestStateError::definition(
            "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]",
        )),
        StateKind::Task(_) if !mocked && test.role_arn.is_none() => {
            refused("RoleArn must be specified when testing a Task state")
        }
        _ => Ok(()),
    }
}

/// A mocked result of the wrong form.
fn check_result(test: &TestState, located: &Located, result: &Value) -> Result<(), TestStateError> {
    match &located.state.kind {
        StateKind::Map(map) if map.result_writer.is_some() => match result {
            Value::Object(_) => Ok(()),
            _ => refused("Mocked result must be a JSON object."),
        },
        StateKind::Map(_) => match result {
            Value::Array(_) => Ok(()),
            _ => refused("Mocked result must be an array."),
        },
        StateKind::Parallel(parallel) => match result {
            Value::Array(results) if results.len() == parallel.branches.len() => Ok(()),
            Value::Array(_) => {
                refused("Mocked result must contain the same number of items as number of Parallel branches.")
            }
            _ => refused("Mocked result must be an array."),
        },
        StateKind::Task(task) => {
            let mode = test.mock.as_ref().map(|mock| mock.validation).unwrap_or_default();
            let resource = task.resource.as_str().unwrap_or_default();
            match mode {
                FieldValidationMode::None => Ok(()),
                _ => schema::check(resource, result, mode == FieldValidationMode::Strict)
                    .or_else(|reason| refused(format!("Mock result schema validation error: {reason}"))),
            }
        }
        _ => Ok(()),
    }
}

/// A field's name and its type, where it must be of one.
type ContextField = (&'static str, Option<&'static str>);

/// The fields of a context object, and whether each is a string or a number; `Input` may be anything.
const CONTEXT: &[(&str, &[ContextField])] = &[
    (
        "Execution",
        &[
            ("Id", Some("string")),
            ("Input", None),
            ("Name", Some("string")),
            ("RoleArn", Some("string")),
            ("StartTime", Some("string")),
            ("RedriveCount", Some("number")),
            ("RedriveTime", Some("string")),
        ],
    ),
    ("State", &[("EnteredTime", Some("string")), ("Name", Some("string")), ("RetryCount", Some("number"))]),
    ("StateMachine", &[("Id", Some("string")), ("Name", Some("string"))]),
    ("Task", &[("Token", Some("string"))]),
];

fn check_context(context: &Value, located: &Located) -> Result<(), String> {
    let Some(context) = context.as_object() else {
        return Err("Context object must be a JSON object".to_owned());
    };
    for (part, value) in context {
        if &**part == "Map" {
            return Err("'Map' field is not supported when mocking a Context object".to_owned());
        }
        let known = CONTEXT.iter().find(|(name, _)| *name == &**part);
        let Some((_, fields)) = known else { return Err(format!("Field '{part}' is not allowed")) };
        if &**part == "Task" && !has_token(located) {
            return Err("Context object contains 'Task' when state is not a Task state with a '.sync' or \
                        '.waitForTaskToken' service integration pattern"
                .to_owned());
        }
        let Some(value) = value.as_object() else { return Err(format!("{part} must be an object")) };
        for (field, value) in value {
            let Some((_, wanted)) = fields.iter().find(|(name, _)| *name == &**field) else {
                return Err(format!("Field '{field}' is not allowed"));
            };
            if wanted.is_some_and(|wanted| wanted != value.type_name()) {
                return Err(format!("{part}.{field} must be a {}", wanted.unwrap_or_default()));
            }
        }
    }
    Ok(())
}

fn has_token(located: &Located) -> bool {
    match &located.state.kind {
        StateKind::Task(task) => task.resource.as_str().is_some_and(|arn| Resource::parse(arn).has_token()),
        _ => false,
    }
}
