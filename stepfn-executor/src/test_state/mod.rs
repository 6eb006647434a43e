//! One state on its own: AWS's `TestState`.
//!
//! A state runs with an input, a mock in place of its work, a context object and variables, and the answer shows the
//! data on the way. Texts are JSON texts, as in AWS's API. Tasks, Parallel and Map states take a [mock](StateMock); a Task may be
//! done by a [handler](TestState::handler) instead.
//!
//! ```
//! use stepfn_executor::test_state::{InspectionLevel, StateMock, TestState, TestStatus};
//!
//! let state = r#"{
//!     "Type": "Task",
//!     "Resource": "arn:aws:states:::lambda:invoke",
//!     "Parameters": { "FunctionName": "rate", "Payload.$": "$.order" },
//!     "ResultPath": "$.rating",
//!     "Retry": [{ "ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 3 }],
//!     "Next": "Store"
//! }"#;
//! let test = TestState::new(state).input(r#"{"order": {"id": 7}}"#).inspection_level(InspectionLevel::Debug);
//!
//! let answer = test.clone().mock(StateMock::result(r#"{"StatusCode": 200}"#)).run()?;
//! assert_eq!(answer.output.as_deref(), Some(r#"{"order":{"id":7},"rating":{"StatusCode":200}}"#));
//! assert_eq!(answer.next_state.as_deref(), Some("Store"));
//! let seen = answer.inspection_data.unwrap_or_default();
//! assert_eq!(seen["afterParameters"].as_str(), Some(r#"{"FunctionName":"rate","Payload":{"id":7}}"#));
//!
//! let answer = test.mock(StateMock::error("Lambda.TooManyRequestsException", "slow down")).run()?;
//! assert_eq!(answer.status, TestStatus::Retriable);
//! assert_eq!(answer.inspection_data.unwrap_or_default()["errorDetails"]["retryBackoffIntervalSeconds"].as_i64(), Some(3));
//! # Ok::<(), stepfn_executor::test_state::TestStateError>(())
//! ```

mod check;
mod flow;
mod inspection;
mod locate;
mod reply;
mod request;
mod schema;
mod task;
mod tolerance;

use std::{fmt, sync::Arc};

use stepfn_core::value::Value;

pub use self::{
    reply::{TestStateError, TestStateReply, TestStatus},
    request::{FieldValidationMode, InspectionLevel, StateConfiguration, StateMock},
};
use crate::{
    handler::{Attempt, TaskCall, TaskHandler},
    identity::Identity,
};

/// A state to be tested, and all that AWS's `TestState` is called with.
#[derive(Clone, Default)]
pub struct TestState {
    definition: String,
    state_name: Option<String>,
    input: Option<String>,
    inspection_level: InspectionLevel,
    mock: Option<StateMock>,
    context: Option<String>,
    variables: Option<String>,
    configuration: Option<StateConfiguration>,
    role_arn: Option<String>,
    reveal_secrets: bool,
    handler: Option<Shared>,
    identity: Identity,
}

/// The handler that does the work of a Task.
#[derive(Clone)]
struct Shared(Arc<dyn TaskHandler>);

impl TaskHandler for Shared {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        self.0.call(call)
    }

    fn is_raw(&self) -> bool {
        self.0.is_raw()
    }
}

impl TestState {
    /// A test of a state, given as JSON text: the state itself, or a state machine, of which [`state_name`](Self::state_name) then
    /// selects it.
    pub fn new(definition: impl Into<String>) -> Self {
        Self { definition: definition.into(), ..Self::default() }
    }

    /// A test from the request of the API, with the fields `definition`, `input`, `inspectionLevel`, `mock` and so on.
    ///
    /// # Errors
    /// When a field is not of the type that the API has for it.
    pub fn from_request(request: &Value) -> Result<Self, TestStateError> {
        request::read(request)
    }

    /// Sets the state of the machine that is tested: one of its own, or one inside of a Parallel or Map.
    #[must_use]
    pub fn state_name(mut self, name: impl Into<String>) -> Self {
        self.state_name = Some(name.into());
        self
    }

    /// Sets the state's input, as JSON text; `{}` by default.
    #[must_use]
    pub fn input(mut self, json: impl Into<String>) -> Self {
        self.input = Some(json.into());
        self
    }

    /// Sets the detail of the answer; [`InspectionLevel::Info`] by default.
    #[must_use]
    pub fn inspection_level(mut self, level: InspectionLevel) -> Self {
        self.inspection_level = level;
        self
    }

    /// Sets the mock in place of the state's work.
    #[must_use]
    pub fn mock(mut self, mock: StateMock) -> Self {
        self.mock = Some(mock);
        self
    }

    /// The context object, as JSON text. It is taken as it is: what is not in it is not there.
    #[must_use]
    pub fn context(mut self, json: impl Into<String>) -> Self {
        self.context = Some(json.into());
        self
    }

    /// The variables, as the JSON text of an object.
    #[must_use]
    pub fn variables(mut self, json: impl Into<String>) -> Self {
        self.variables = Some(json.into());
        self
    }

    /// Sets what happened before: retries, failed iterations.
    #[must_use]
    pub fn state_configuration(mut self, configuration: StateConfiguration) -> Self {
        self.configuration = Some(configuration);
        self
    }

    /// The role. AWS wants one for a Task without a mock.
    #[must_use]
    pub fn role_arn(mut self, arn: impl Into<String>) -> Self {
        self.role_arn = Some(arn.into());
        self
    }

    /// Returns whether the secrets of an HTTP task are shown. AWS refuses it beside a mock.
    #[must_use]
    pub fn reveal_secrets(mut self, reveal: bool) -> Self {
        self.reveal_secrets = reveal;
        self
    }

    /// Sets the handler of a Task that has no mock.
    #[must_use]
    pub fn handler(mut self, handler: impl TaskHandler) -> Self {
        self.handler = Some(Shared(Arc::new(handler)));
        self
    }

    /// The account in the ARNs of the context object.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.identity.account = account.into();
        self
    }

    /// The region in the ARNs of the context object.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.identity.region = region.into();
        self
    }

    /// Runs the state.
    ///
    /// # Errors
    /// The error with which AWS refuses such a call. A state that fails is an answer.
    pub fn run(&self) -> Result<TestStateReply, TestStateError> {
        let checked = check::check(self)?;
        flow::run(self, &checked)
    }
}

impl fmt::Debug for TestState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestState").field("definition", &self.definition).finish_non_exhaustive()
    }
}
