use std::{cell::OnceCell, sync::Arc};

use jiff::Timestamp;
use stepfn_core::{
    definition::WorkflowType,
    value::{Map, Value},
};

use super::fiber::Fiber;
use crate::{
    eval::ContextObject,
    executor::Inner as Executor,
    identity::iso,
    program::{Kind, State},
};

/// The facts that are fixed for an execution from its start.
#[derive(Debug)]
pub(crate) struct Info {
    /// The name given to it.
    pub(crate) name: Option<String>,
    /// The source of names where none is given.
    pub(crate) id: [u64; 2],
    pub(crate) input: Value,
    pub(crate) started: Timestamp,
    /// The number of redrives, and the time of the last.
    pub(crate) redrives: u32,
    pub(crate) redriven: Option<Timestamp>,
    /// Whether the starter of the execution does not wait for its end.
    pub(crate) is_async: bool,
}

impl Info {
    pub(crate) fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| execution_name(self.id))
    }

    pub(crate) fn arn(&self, executor: &Executor) -> String {
        executor.execution_arn(self.name.as_deref(), self.id)
    }
}

/// The name of an execution that was given none.
pub(crate) fn execution_name(id: [u64; 2]) -> String {
    uuid(id[0], id[1])
}

impl Executor {
    /// The ARN of an execution, by its name, or by what its name is made of.
    pub(crate) fn execution_arn(&self, name: Option<&str>, id: [u64; 2]) -> String {
        let name = name.map_or_else(|| execution_name(id), str::to_owned);
        let program = &self.program;
        self.settings.identity.execution_arn(program.workflow_type, &program.name, &name, &uuid(id[1], id[0]))
    }
}

pub(crate) fn uuid(high: u64, low: u64) -> String {
    uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
        .into_uuid()
        .to_string()
}

/// The context object of a fiber, built when an expression asks for it.
pub(super) struct ContextView<'a> {
    executor: &'a Executor,
    info: &'a Info,
    fiber: &'a Fiber,
    token: Option<&'a str>,
    value: OnceCell<Value>,
}

impl<'a> ContextView<'a> {
    pub(super) fn new(
        executor: &'a Executor,
        info: &'a Info,
        fiber: &'a Fiber,
        token: Option<&'a str>,
    ) -> Self {
        Self { executor, info, fiber, token, value: OnceCell::new() }
    }

    fn build(&self) -> Value {
        let Self { executor, fiber, .. } = self;
        let state = executor.program.state(fiber.at);
        let mut context = Map::with_capacity(4);
        context.insert("Execution".into(), self.execution());
        context.insert(
            "StateMachine".into(),
            Value::object([
                ("Id", Value::from(executor.settings.identity.state_machine_arn(&executor.program.name))),
                ("Name", Value::from(executor.program.name.as_str())),
            ]),
        );
        context.insert("State".into(), self.state(state));
        if let Some(token) = self.token {
            context.insert("Task".into(), Value::object([("Token", Value::from(token))]));
        }
        if let Some(item) = &fiber.item {
            let item = map_item(item.index, item.value.clone(), item.key.as_ref(), item.source.as_ref());
            context.insert("Map".into(), Value::object([("Item", item)]));
        }
        context.into()
    }

    fn execution(&self) -> Value {
        let Self { executor, info, .. } = self;
        let mut execution = Map::with_capacity(6);
        execution.insert("Id".into(), info.arn(executor).into());
        execution.insert("Input".into(), info.input.clone());
        execution.insert("StartTime".into(), iso(info.started).into());
        execution.insert("Name".into(), info.name().into());
        execution.insert("RoleArn".into(), executor.settings.identity.role_arn().into());
        // Express executions that are awaited have none: recorded on AWS.
        let is_counted = executor.program.workflow_type == WorkflowType::Standard || info.is_async;
        if is_counted && executor.settings.identity.has_redrive_count() {
            execution.insert("RedriveCount".into(), info.redrives.into());
        }
        if let Some(redriven) = info.redriven {
            execution.insert("RedriveTime".into(), iso(redriven).into());
        }
        execution.into()
    }

    fn state(&self, state: &State) -> Value {
        let mut object = Map::with_capacity(3);
        object.insert("Name".into(), state.name.clone().into());
        object.insert("EnteredTime".into(), iso(self.fiber.entered_at).into());
        if let Kind::Task(_) | Kind::Map(_) | Kind::Parallel { .. } = state.kind {
            object.insert("RetryCount".into(), Value::from(self.fiber.retry_count));
        }
        object.into()
    }
}

/// `Map.Item` of the context object.
pub(crate) fn map_item(
    index: usize,
    value: Value,
    key: Option<&Arc<str>>,
    source: Option<&Arc<str>>,
) -> Value {
    let mut item = Map::with_capacity(4);
    item.insert("Index".into(), Value::from(index));
    if let Some(key) = key {
        item.insert("Key".into(), Value::from(Arc::clone(key)));
    }
    item.insert("Value".into(), value);
    if let Some(source) = source {
        item.insert("Source".into(), Value::from(Arc::clone(source)));
    }
    item.into()
}

impl ContextObject for ContextView<'_> {
    fn value(&self) -> &Value {
        self.value.get_or_init(|| self.build())
    }
}
