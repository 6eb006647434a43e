use stepfn_core::value::Value;

use super::{TestState, TestStateError};

/// The detail of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InspectionLevel {
    /// The status and the output, or the error.
    #[default]
    Info,
    /// The data on its way through the state as well.
    Debug,
    /// As with `Debug`; of an HTTP task the request and the response as well, which nothing here makes.
    Trace,
}

/// The strictness with which a mocked result is compared with the service's API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldValidationMode {
    /// Required fields are there, and all fields are of their types.
    #[default]
    Strict,
    /// The fields that are there are of their types.
    Present,
    /// No validation.
    None,
}

/// The mock of a state's work: a result or an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateMock {
    pub(super) result: Option<String>,
    pub(super) error: Option<MockedError>,
    pub(super) validation: FieldValidationMode,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MockedError {
    pub(super) error: Option<String>,
    pub(super) cause: Option<String>,
}

impl StateMock {
    /// The work ends in this, as JSON text: the raw result of a Task, the array of a Parallel's or Map's results.
    pub fn result(json: impl Into<String>) -> Self {
        Self { result: Some(json.into()), ..Self::default() }
    }

    /// The work fails.
    pub fn error(error: impl Into<String>, cause: impl Into<String>) -> Self {
        let error = MockedError { error: Some(error.into()), cause: Some(cause.into()) };
        Self { error: Some(error), ..Self::default() }
    }

    /// Sets the strictness with which the result is compared with the service's API.
    #[must_use]
    pub fn field_validation_mode(mut self, mode: FieldValidationMode) -> Self {
        self.validation = mode;
        self
    }
}

/// The events before the state's work ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateConfiguration {
    /// The number of earlier uses of the retrier that handles the error.
    pub retrier_retry_count: Option<u32>,
    /// The state inside of a Map or Parallel that the mocked error comes from.
    pub error_caused_by_state: Option<String>,
    /// The number of a Map's failed iterations.
    pub map_iteration_failure_count: Option<u64>,
    /// The items of a Map's `ItemReader`, as JSON text.
    pub map_item_reader_data: Option<String>,
}

/// Reads the request of the API.
pub(super) fn read(request: &Value) -> Result<TestState, TestStateError> {
    let top = Fields { object: request, place: "" };
    let mut test = TestState::new(top.text("definition")?.unwrap_or_default());
    test.state_name = top.text("stateName")?;
    test.input = top.text("input")?;
    test.context = top.text("context")?;
    test.variables = top.text("variables")?;
    test.role_arn = top.text("roleArn")?;
    test.reveal_secrets = match request.get("revealSecrets") {
        None => false,
        Some(flag) => flag.as_bool().ok_or_else(|| wrong("revealSecrets", "a boolean"))?,
    };
    test.inspection_level = match top.text("inspectionLevel")?.as_deref() {
        None | Some("INFO") => InspectionLevel::Info,
        Some("DEBUG") => InspectionLevel::Debug,
        Some("TRACE") => InspectionLevel::Trace,
        Some(other) => return Err(not_of("inspectionLevel", other, "INFO, DEBUG, TRACE")),
    };
    if let Some(mock) = request.get("mock") {
        let fields = Fields { object: mock, place: "mock." };
        let error = mock.get("errorOutput").map(|error| {
            let fields = Fields { object: error, place: "mock.errorOutput." };
            Ok(MockedError { error: fields.text("error")?, cause: fields.text("cause")? })
        });
        let validation = match fields.text("fieldValidationMode")?.as_deref() {
            None | Some("STRICT") => FieldValidationMode::Strict,
            Some("PRESENT") => FieldValidationMode::Present,
            Some("NONE") => FieldValidationMode::None,
            Some(other) => return Err(not_of("mock.fieldValidationMode", other, "PRESENT, STRICT, NONE")),
        };
        test.mock = Some(StateMock { result: fields.text("result")?, error: error.transpose()?, validation });
    }
    if let Some(configuration) = request.get("stateConfiguration") {
        let fields = Fields { object: configuration, place: "stateConfiguration." };
        test.configuration = Some(StateConfiguration {
            retrier_retry_count: fields.number("retrierRetryCount")?,
            error_caused_by_state: fields.text("errorCausedByState")?,
            map_iteration_failure_count: fields.number("mapIterationFailureCount")?,
            map_item_reader_data: fields.text("mapItemReaderData")?,
        });
    }
    Ok(test)
}

struct Fields<'a> {
    object: &'a Value,
    place: &'a str,
}

impl Fields<'_> {
    fn text(&self, key: &str) -> Result<Option<String>, TestStateError> {
        let Some(value) = self.object.get(key) else { return Ok(None) };
        match value.as_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(wrong(&format!("{}{key}", self.place), "a string")),
        }
    }

    fn number<N: TryFrom<i64>>(&self, key: &str) -> Result<Option<N>, TestStateError> {
        let Some(value) = self.object.get(key) else { return Ok(None) };
        let number = value.as_i64().and_then(|number| N::try_from(number).ok());
        number.map(Some).ok_or_else(|| wrong(&format!("{}{key}", self.place), "a whole number from 0"))
    }
}

fn wrong(field: &str, expected: &str) -> TestStateError {
    TestStateError::validation(format!("`{field}` must be {expected}"))
}

fn not_of(field: &str, found: &str, values: &str) -> TestStateError {
    TestStateError::validation(format!(
        "1 validation error detected: Value '{found}' at '{field}' failed to satisfy constraint: Member must satisfy enum value set: [{values}]"
    ))
}
