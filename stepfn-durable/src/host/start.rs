//! Starts of executions.

use serde::Serialize;
use stepfn_core::{
    definition::{Workflow, WorkflowType},
    value::{self, Value},
};
use stepfn_executor::{Executor, RunError, turns::Begin};
use uuid::Uuid;

use super::{Host, StartOf, StartedExecution};
use crate::{
    clock::{millis, span, timestamp},
    driver::Event,
    error::HostError,
    journal::Head,
    machine::Machine,
    running::{Origin, Running},
    store::{Lease, NewExecution, Started},
};

impl Host {
    /// Starts an execution of a workflow. It is kept when this returns.
    ///
    /// # Errors
    /// When the workflow is not registered or its input is too large, or the store fails.
    pub async fn start<W>(&self, input: &W::Input) -> Result<StartedExecution, HostError>
    where
        W: Workflow,
        W::Input: Serialize,
    {
        self.start_as::<W>(None, input).await
    }

    /// The same with a name: starting it again with the same input, while it runs, gives the same execution.
    ///
    /// # Errors
    /// As [`start`](Self::start), and when another execution has the name.
    pub async fn start_named<W>(&self, name: &str, input: &W::Input) -> Result<StartedExecution, HostError>
    where
        W: Workflow,
        W::Input: Serialize,
    {
        self.start_as::<W>(Some(name), input).await
    }

    async fn start_as<W>(&self, name: Option<&str>, input: &W::Input) -> Result<StartedExecution, HostError>
    where
        W: Workflow,
        W::Input: Serialize,
    {
        let input = value::to_value(input)
            .map_err(|error| HostError::Run(RunError::InvalidInput { reason: error.to_string() }))?;
        self.start_execution(W::NAME, name, input).await
    }

    /// `StartExecution`: starts an execution of the machine of a name.
    ///
    /// # Errors
    /// As [`start_named`](Self::start_named).
    pub async fn start_execution(
        &self,
        machine: &str,
        name: Option<&str>,
        input: Value,
    ) -> Result<StartedExecution, HostError> {
        let known = self.inner.lock().current.get(machine).cloned();
        let known = known.ok_or_else(|| HostError::NoMachine { machine: machine.to_owned() })?;
        self.start_on(known, StartOf { name, input, ..StartOf::default() }).await
    }

    /// `StartExecution` of a revision of a machine that the store has.
    ///
    /// # Errors
    /// As [`start_named`](Self::start_named), and when the store has no such revision or it cannot be run.
    pub async fn start_revision(
        &self,
        machine_arn: &str,
        revision: &str,
        start: StartOf<'_>,
    ) -> Result<StartedExecution, HostError> {
        let machine = self.inner.machine_of(revision, machine_arn).await?;
        let machine = machine.ok_or_else(|| HostError::NoMachine { machine: machine_arn.to_owned() })?;
        self.start_on(machine, start).await
    }

    /// The executor of a revision of a machine that the store has: what runs the executions of Express workflows, which are not kept.
    ///
    /// # Errors
    /// When the store has no such revision or it cannot be run, or the store fails.
    pub async fn executor(&self, machine_arn: &str, revision: &str) -> Result<Executor, HostError> {
        let machine = self.inner.machine_of(revision, machine_arn).await?;
        let machine = machine.ok_or_else(|| HostError::NoMachine { machine: machine_arn.to_owned() })?;
        Ok(machine.executor)
    }

    async fn start_on(&self, machine: Machine, start: StartOf<'_>) -> Result<StartedExecution, HostError> {
        let inner = &self.inner;
        let StartOf { name, input, text, version, alias, details } = start;
        if machine.workflow_type == WorkflowType::Express {
            return Err(HostError::Express { machine: machine.name });
        }
        let name = match name {
            Some(name) => name.to_owned(),
            // Ordered by time: the index of names grows at its end.
            None => Uuid::now_v7().to_string(),
        };
        let started = timestamp(millis(inner.clock.now()));
        let key = inner.key(&[&machine.arn, &name])?;
        let begin = Begin { name, input, key, started };
        let head = Head::new(key);
        let origin =
            Origin { head: head.clone(), revision: machine.revision.clone(), machine: machine.arn.clone() };
        let running = Running::begin(&machine.executor, &begin, origin, None).map_err(HostError::Run)?;
        let running = Box::new(running);
        let arn = running.turns().execution_arn();
        let new = NewExecution {
            arn: arn.clone(),
            name: begin.name.clone(),
            machine: machine.arn.clone(),
            revision: machine.revision.clone(),
            version,
            alias,
            details,
            input: text.unwrap_or_else(|| begin.input.to_string()),
            head: head.write(),
            started: millis(started),
            lease: Some(Lease { owner: inner.owner.clone(), until: inner.until() }),
            free_before: millis(started).saturating_sub(span(inner.retention)),
            ..NewExecution::default()
        };
        match inner.store.start(new).await? {
            Started::New { id, fence } => {
                inner.send(Event::Begun { id, fence, arn: arn.clone(), running })?;
                Ok(StartedExecution { execution_arn: arn, started, is_new: true })
            }
            Started::Same(known) => Ok(StartedExecution {
                execution_arn: arn,
                started: timestamp(known.summary.started),
                is_new: false,
            }),
            Started::NameTaken(_) => Err(HostError::Run(RunError::ExecutionAlreadyExists { arn })),
        }
    }
}
