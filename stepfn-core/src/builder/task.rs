use super::{
    Expr, Task,
    state::{Slot, StateDef},
};
use crate::{
    asl::{self, Resource, StateKind},
    definition::{Call, Workflow, WorkflowInfo},
    shape::StateData,
    task::{self, TaskInfo},
};

impl Task {
    fn of<T: task::Task>(call: Call) -> Self {
        let mut def = StateDef::new(StateKind::Task(asl::Task::default()));
        def.task = Some((TaskInfo::of::<T>(), call));
        Self(def)
    }

    /// A function's ARN as the resource: the state's input is its input, its answer the result.
    pub fn lambda<T: task::Task>() -> Self {
        Self::of::<T>(Call::Direct)
    }

    /// `lambda:invoke`: give it a [`payload`](Self::payload), find the answer under `Payload`.
    pub fn invoke<T: task::Task>() -> Self {
        Self::of::<T>(Call::Invoke)
    }

    /// `lambda:invoke.waitForTaskToken`: the payload passes `$$.Task.Token` on, and the callback brings the result.
    pub fn wait_for_task_token<T: task::Task>() -> Self {
        Self::of::<T>(Call::WaitForTaskToken)
    }

    fn start<W: Workflow>(action: &str) -> Self
    where
        W::Input: StateData,
        W::Output: StateData,
    {
        let mut task = Self::resource(format!("arn:aws:states:::{action}"));
        task.0.child = Some(WorkflowInfo::of::<W>());
        task
    }

    /// `states:startExecution`: starts another workflow with an [`input`](Self::input), and does not wait for it.
    pub fn start_execution<W: Workflow>() -> Self
    where
        W::Input: StateData,
        W::Output: StateData,
    {
        Self::start::<W>("states:startExecution")
    }

    /// `states:startExecution.sync:2`: starts another workflow and waits for its end; what it answers is under `Output`.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, Workflow, WorkflowType}};
    /// # struct Fulfilment;
    /// # impl Workflow for Fulfilment {
    /// #     type Input = u32;
    /// #     type Output = String;
    /// #     const NAME: &'static str = "Fulfilment";
    /// #     fn definition() -> Definition {
    /// #         Definition::from_asl("Fulfilment", WorkflowType::Standard, asl::StateMachine::default())
    /// #     }
    /// # }
    /// use stepfn_core::builder::{Machine, Task, path};
    ///
    /// let mut machine = Machine::new("Orders").input::<u32>().output::<String>();
    /// let fulfil = machine.state("Fulfil");
    /// let task = Task::start_execution_sync::<Fulfilment>().input(path("$")).output_path("$.Output");
    /// machine.define(fulfil, task.end());
    /// let definition = machine.build()?;
    /// assert_eq!(definition.children[0].name, "Fulfilment");
    /// # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
    /// ```
    pub fn start_execution_sync<W: Workflow>() -> Self
    where
        W::Input: StateData,
        W::Output: StateData,
    {
        Self::start::<W>("states:startExecution.sync:2")
    }

    /// `states:startExecution.waitForTaskToken`: the input passes `$$.Task.Token` on, and the callback brings the result.
    pub fn start_execution_wait_for_task_token<W: Workflow>() -> Self
    where
        W::Input: StateData,
        W::Output: StateData,
    {
        Self::start::<W>("states:startExecution.waitForTaskToken")
    }

    /// `aws-sdk:sfn:startSyncExecution`: runs an Express workflow; what it answers is under `Output`, as a text of JSON.
    pub fn start_sync_execution<W: Workflow>() -> Self
    where
        W::Input: StateData,
        W::Output: StateData,
    {
        Self::start::<W>("aws-sdk:sfn:startSyncExecution")
    }

    /// Sets the input of the other workflow: `Input` of `StartExecution`.
    #[must_use]
    pub fn input(mut self, input: Expr) -> Self {
        self.0.templates.push((Slot::Payload, super::object([("Input", input)])));
        self
    }

    /// Any other resource by its ARN.
    pub fn resource(arn: impl Into<String>) -> Self {
        let task = asl::Task { resource: Resource::Arn(arn.into()), ..asl::Task::default() };
        Self(StateDef::new(StateKind::Task(task)))
    }

    /// Declares the type of the result, where the resource does not determine it: of a callback, or of another service.
    #[must_use]
    pub fn result<T: StateData>(mut self) -> Self {
        self.0.result = Some(T::SHAPE);
        self
    }

    /// Sets the payload of the function: `Payload` of `lambda:invoke`.
    #[must_use]
    pub fn payload(mut self, payload: Expr) -> Self {
        self.0.templates.push((Slot::Payload, super::object([("Payload", payload)])));
        self
    }

    /// `Credentials`: the role to take on, an ARN or a path to one.
    #[must_use]
    pub fn credentials(mut self, role_arn: Expr) -> Self {
        self.0.templates.push((Slot::Credentials, super::object([("RoleArn", role_arn)])));
        self
    }
}
