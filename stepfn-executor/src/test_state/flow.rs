//! The state's data flow, step by step, with the functions that executions use.

use std::sync::Arc;

use stepfn_core::{
    asl::StateKind,
    value::{Map, Shared, Value},
};

use super::{
    InspectionLevel, TestState, TestStateError, TestStateReply, TestStatus, check::Checked,
    inspection::Inspection, locate::UNNAMED, task, tolerance,
};
use crate::{
    eval::{EvalError, Random, error_name},
    identity::iso,
    interpreter::{Failure, map_item},
    limits::Limits,
    program::{self, Amount, DataFlow, Dataset, Frame, Kind, Output, Program, State, StateId},
    time::VirtualTime,
};

/// The reason why a state did not come to its end.
pub(super) enum Stop {
    Failed(Failure),
    Refused(TestStateError),
}

impl From<EvalError> for Stop {
    fn from(error: EvalError) -> Self {
        Self::Failed(Failure::new(Some(error.error.into()), Some(error.cause.into())))
    }
}

impl From<TestStateError> for Stop {
    fn from(error: TestStateError) -> Self {
        Self::Refused(error)
    }
}

/// The output and the next state.
pub(super) type StateResult = (Value, Option<StateId>);

pub(super) struct Flow<'a> {
    test: &'a TestState,
    pub(super) checked: &'a Checked,
    program: &'a program::Inner,
    pub(super) state: &'a State,
    pub(super) frame: Frame<'a>,
    pub(super) seen: Inspection<'a>,
}

pub(super) fn run(test: &TestState, checked: &Checked) -> Result<TestStateReply, TestStateError> {
    let definition = checked.located.definition();
    let program = Program::compile(&definition).map_err(|error| {
        TestStateError::definition(format!("Invalid State Machine Definition: '{error}'"))
    })?;
    let program = &*program.inner;
    let context =
        checked.context.as_ref().map_or_else(|| default_context(test, checked), |given| given.value.clone());
    let variables = checked.variables.as_ref().map_or_else(Value::empty_object, |given| given.value.clone());
    let random = Random::new(0);
    let mut flow = Flow {
        test,
        checked,
        program,
        state: program.state(program.start),
        frame: Frame {
            context: &context,
            variables: &variables,
            random: &random,
            now: VirtualTime::START,
            limits: &Limits::AWS,
        },
        seen: Inspection::new(checked),
    };
    if variables.as_object().is_some_and(|variables| !variables.is_empty()) {
        flow.seen.see("variables", &variables);
    }
    match flow.go() {
        Ok((output, next)) => Ok(flow.reply(TestStatus::Succeeded, Some(&output), None, next)),
        Err(Stop::Failed(failure)) => Ok(flow.failed(&failure.cut(&Limits::AWS))),
        Err(Stop::Refused(error)) => Err(error),
    }
}

/// The context object of a test that was given none: an Express execution's.
fn default_context(test: &TestState, checked: &Checked) -> Value {
    let identity = &test.identity;
    let name = "TestState";
    let express = stepfn_core::definition::WorkflowType::Express;
    let now = || Value::from(iso(VirtualTime::START));
    let mut state = vec![("Name", Value::from(UNNAMED)), ("EnteredTime", now())];
    if matches!(checked.located.state.kind, StateKind::Task(_) | StateKind::Map(_) | StateKind::Parallel(_)) {
        let retries = test.configuration.as_ref().and_then(|configuration| configuration.retrier_retry_count);
        state.push(("RetryCount", retries.unwrap_or(0).into()));
    }
    Value::object([
        (
            "Execution",
            Value::object([
                ("Id", Value::from(identity.execution_arn(express, UNNAMED, name, name))),
                ("Input", checked.input.value.clone()),
                ("Name", name.into()),
                ("RoleArn", test.role_arn.as_deref().map_or(Value::Null, Value::from)),
                ("StartTime", now()),
            ]),
        ),
        (
            "StateMachine",
            Value::object([
                ("Id", Value::from(identity.state_machine_arn(UNNAMED))),
                ("Name", UNNAMED.into()),
            ]),
        ),
        ("State", Value::object(state)),
    ])
}

impl Flow<'_> {
    fn go(&mut self) -> Result<StateResult, Stop> {
        let (state, raw) = (self.state, &self.checked.input.value);
        match &state.kind {
            Kind::Pass { result: Some(result) } => {
                self.seen.see("result", result);
                self.finish(result.clone())
            }
            Kind::Pass { result: None } if !state.flow.is_jsonata() => {
                let effective = self.effective_input()?;
                let made = self.parameters(effective)?;
                self.finish(made)
            }
            Kind::Task(task) => {
                let effective = self.effective_input()?;
                let terms = state.flow.terms(task, &self.frame, &effective)?;
                let parameters = self.parameters(effective)?;
                let result = self.work(parameters, (terms.timeout, terms.heartbeat))?;
                self.seen.see("result", &result);
                self.finish(result)
            }
            Kind::Parallel { .. } => {
                state.flow.input(&self.frame, raw)?;
                let result = self.mocked()?;
                self.finish(result)
            }
            Kind::Map(map) => {
                let input = self.effective_input()?;
                self.iterate(map, &input)?;
                let result = self.mocked()?;
                self.finish(result)
            }
            Kind::Wait(wait) => {
                self.effective_input()?;
                state.flow.span(wait, VirtualTime::START, &self.frame, raw)?;
                self.leave()
            }
            Kind::Pass { .. } | Kind::Succeed => {
                self.effective_input()?;
                self.leave()
            }
            Kind::Choice { rules, default } => {
                self.effective_input()?;
                match state.flow.choose(rules, *default, &self.frame, raw)? {
                    Some((left, way)) => Ok((self.left(left)?, way.next)),
                    None => Err(no_choice()),
                }
            }
            Kind::Fail { error, cause } => {
                self.effective_input()?;
                let (error, cause) = state.flow.failure((error, cause), &self.frame, raw)?;
                Err(Stop::Failed(Failure::new(error, cause)))
            }
        }
    }

    /// The input after `InputPath`, which only JSONPath has.
    fn effective_input(&mut self) -> Result<Value, Stop> {
        let flow = &self.state.flow;
        let input = flow.effective_input(&self.frame, &self.checked.input.value)?;
        if !flow.is_jsonata() {
            self.seen.see("afterInputPath", &input);
        }
        Ok(input)
    }

    fn parameters(&mut self, effective: Value) -> Result<Value, Stop> {
        let flow = &self.state.flow;
        let parameters = flow.parameters(&self.frame, effective)?;
        self.seen.see(if flow.is_jsonata() { "afterArguments" } else { "afterParameters" }, &parameters);
        Ok(parameters)
    }

    /// The result of a Task's work, with the seconds that it may take and those between heartbeats.
    fn work(&self, parameters: Value, limits: task::Limits) -> Result<Value, Stop> {
        match &self.checked.located.state.kind {
            StateKind::Task(task) if self.test.mock.is_none() => {
                task::run(self.test, task, parameters, limits)?.map_err(Stop::Failed)
            }
            _ => self.mocked(),
        }
    }

    /// Returns the answer of the mock.
    fn mocked(&self) -> Result<Value, Stop> {
        let error = self.test.mock.as_ref().and_then(|mock| mock.error.as_ref());
        match (&self.checked.result, error) {
            (Some(result), _) => Ok(result.value.clone()),
            (None, Some(error)) => {
                let text = |text: &Option<String>| text.as_deref().map(Into::into);
                Err(Stop::Failed(Failure::new(text(&error.error), text(&error.cause))))
            }
            (None, None) => Ok(Value::empty_object()),
        }
    }

    /// Evaluates the input of a Map before it starts.
    fn iterate(&mut self, map: &program::Map, input: &Value) -> Result<(), Stop> {
        let items = match self.read_items() {
            Some(read) => Dataset::Items(read),
            None => {
                let items = map.items.evaluate(&self.frame, input, map.distributed.is_some())?;
                if !self.state.flow.is_jsonata() {
                    let shown = match &items {
                        Dataset::Items(items) => Value::Array(items.clone()),
                        Dataset::Members(members) => Value::Object(members.clone()),
                    };
                    self.seen.see("afterItemsPath", &shown);
                }
                items
            }
        };
        if let Some(selector) = &map.item_selector {
            let selected = self.select_items(map, selector, &items, input)?;
            self.seen.see("afterItemSelector", &selected);
        }
        let amount = |amount: &Amount| amount.evaluate(&self.frame, input);
        let concurrency = map.max_concurrency.as_ref().map(amount).transpose()?;
        self.seen.note("maxConcurrency", Value::from(concurrency.unwrap_or(0)));
        self.tolerate(items.len(), input)
    }

    /// Returns the items of the configuration, in place of those of an `ItemReader`.
    fn read_items(&self) -> Option<Shared<stepfn_core::value::Array>> {
        let read = self.checked.read_items.as_ref()?;
        match &read.value {
            Value::Array(items) => Some(items.clone()),
            item => Some(Shared::new(vec![item.clone()].into())),
        }
    }

    /// Returns the result of `ItemSelector` for each item.
    fn select_items(
        &self,
        map: &program::Map,
        selector: &program::Payload,
        items: &Dataset,
        input: &Value,
    ) -> Result<Value, Stop> {
        let mut selected = Vec::with_capacity(items.len());
        let source = map.items.source().filter(|_| self.checked.read_items.is_none()).map(Arc::from);
        for (index, (key, item)) in (0..items.len()).filter_map(|index| Some((index, items.get(index)?))) {
            let mut context = self.frame.context.value().clone();
            let item = map_item(index, item, key.as_ref(), source.as_ref());
            context.make_object().insert("Map".into(), Value::object([("Item", item)]));
            let frame = Frame { context: &context, ..self.frame };
            selected.push(selector.render(&frame, input)?);
        }
        Ok(selected.into())
    }

    /// Returns whether the Map bears the failed iterations.
    fn tolerate(&mut self, items: usize, input: &Value) -> Result<(), Stop> {
        let StateKind::Map(map) = &self.checked.located.state.kind else { return Ok(()) };
        let (count, percentage) = tolerance::of(map, self.checked.located.language, &self.frame, input)?;
        if let Some(count) = count {
            self.seen.note("toleratedFailureCount", Value::from(count));
        }
        if let Some(percentage) = percentage {
            self.seen.note("toleratedFailurePercentage", percentage.into());
        }
        let failed = self
            .test
            .configuration
            .as_ref()
            .and_then(|configuration| configuration.map_iteration_failure_count);
        let failed = failed.unwrap_or(0);
        if failed > items as u64 {
            return Err(Stop::Refused(TestStateError::validation(
                "Map iteration failure count must be less than or equal to the number of Map iterations",
            )));
        }
        let over = count.is_some_and(|count| failed > count)
            || percentage.is_some_and(|percentage| failed as f64 * 100.0 > percentage * items as f64);
        if over {
            return Err(Stop::Failed(Failure::new(
                Some("States.ExceedToleratedFailureThreshold".into()),
                Some("The specified tolerated failure threshold was exceeded".into()),
            )));
        }
        Ok(())
    }

    /// Takes a result through the rest of the state.
    fn finish(&mut self, result: Value) -> Result<StateResult, Stop> {
        let raw = self.checked.input.value.clone();
        let left = match &self.state.flow {
            // Step by step, as each is shown.
            DataFlow::Path(data) => {
                let assign = data.assign.as_ref();
                let assigned =
                    assign.map(|template| program::assign(template, &self.frame, &result)).transpose()?;
                self.assigned(assigned.as_deref());
                let selected = data.select_result(&self.frame, result)?;
                self.seen.see("afterResultSelector", &selected);
                let written = data.result_path.apply(raw, selected)?;
                self.seen.see("afterResultPath", &written);
                let output = Output::made(data.output(&self.frame, written)?, self.frame.limits);
                program::StateResult { output, assigned: None }
            }
            flow @ DataFlow::Jsonata(_) => flow.complete(&self.frame, (raw, None), (result, None))?,
        };
        Ok((self.left(left)?, self.state.next))
    }

    /// Leaves a state that has no result of its own.
    fn leave(&mut self) -> Result<StateResult, Stop> {
        let left = self.state.flow.leave(&self.frame, &self.checked.input.value)?;
        Ok((self.left(left)?, self.state.next))
    }

    /// Notes what is assigned, and gives the output.
    fn left(&mut self, left: program::StateResult) -> Result<Value, Stop> {
        self.assigned(left.assigned.as_deref());
        match left.output {
            Output::Input => Ok(self.checked.input.value.clone()),
            Output::Made(output, extent) if extent.fits(self.frame.limits.payload()) => Ok(output),
            Output::Made(..) => Err(Stop::Failed(Failure::data_limit(&self.state.name))),
        }
    }

    /// Notes the variables with what the state sets of them.
    fn assigned(&mut self, assigned: Option<&Map>) {
        let Some(assigned) = assigned else { return };
        let mut variables =
            self.checked.variables.as_ref().map_or_else(Value::empty_object, |given| given.value.clone());
        variables.make_object().extend(assigned.iter().map(|(name, value)| (name.clone(), value.clone())));
        self.seen.see("variables", &variables);
    }

    fn failed(mut self, failure: &Failure) -> TestStateReply {
        let state = self.state;
        if failure.is_fatal() {
            return self.reply(TestStatus::Failed, None, Some(failure), None);
        }
        let mut details = Vec::new();
        if let Some(index) = state.retry.iter().position(|retrier| failure.matches(&retrier.errors)) {
            let retrier = &state.retry[index];
            let done =
                self.test.configuration.as_ref().and_then(|configuration| configuration.retrier_retry_count);
            let done = done.unwrap_or(0);
            details.push(("retryIndex", Value::from(index)));
            if done < retrier.max_attempts {
                // Without jitter: the answer of a test must not change.
                let backoff = retrier.delay(done, || 1.0).as_secs_f64();
                details.push(("retryBackoffIntervalSeconds", whole(backoff)));
                self.seen.note("errorDetails", Value::object(details));
                return self.reply(TestStatus::Retriable, None, Some(failure), None);
            }
        }
        let caught = state.catch.iter().position(|catcher| failure.matches(&catcher.errors));
        if let Some(index) = caught {
            let catcher = &state.catch[index];
            details.push(("catchIndex", Value::from(index)));
            self.seen.note("errorDetails", Value::object(details));
            let error = failure.output();
            return match self.catch(index, &error) {
                Ok(output) => {
                    self.reply(TestStatus::CaughtError, Some(&output), Some(failure), Some(catcher.next))
                }
                Err(Stop::Failed(failure)) => self.reply(TestStatus::Failed, None, Some(&failure), None),
                Err(Stop::Refused(_)) => self.reply(TestStatus::Failed, None, Some(failure), None),
            };
        }
        if !details.is_empty() {
            self.seen.note("errorDetails", Value::object(details));
        }
        self.reply(TestStatus::Failed, None, Some(failure), None)
    }

    /// Returns the output of a catcher.
    fn catch(&mut self, index: usize, error: &Value) -> Result<Value, Stop> {
        let state = self.state;
        let catcher = (index, &state.catch[index]);
        let left = state.flow.catch(catcher, &self.frame, &self.checked.input.value, error)?;
        self.left(left)
    }

    fn reply(
        self,
        status: TestStatus,
        output: Option<&Value>,
        failure: Option<&Failure>,
        next: Option<StateId>,
    ) -> TestStateReply {
        let text = |text: Option<&Arc<str>>| text.map(ToString::to_string);
        TestStateReply {
            status,
            output: output.map(|output| self.seen.text(output)),
            error: text(failure.and_then(|failure| failure.error.as_ref())),
            cause: text(failure.and_then(|failure| failure.cause.as_ref())),
            next_state: next.map(|next| self.program.state(next).name.to_string()),
            inspection_data: (self.test.inspection_level != InspectionLevel::Info)
                .then(|| self.seen.into_value()),
        }
    }
}

/// No rule of a Choice holds, and it has no default.
fn no_choice() -> Stop {
    Stop::Failed(Failure::new(
        Some(error_name::RUNTIME.into()),
        Some("Failed to transition out of the state. The state does not point to a next state.".into()),
    ))
}

/// A number without a fraction as a whole one.
fn whole(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}
