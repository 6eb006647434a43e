//! From the builder to the executor: each Task gets what does its work.

#[cfg(feature = "object-store")]
use std::collections::HashMap;
use std::sync::Arc;

#[cfg(feature = "object-store")]
use object_store::{ObjectStore, local::LocalFileSystem};
use stepfn_core::{definition::Definition, diagnostic::nearest, task::Handler};

use super::{BuildError, ExecutorBuilder, VIRTUAL_TRANSITIONS, bound};
#[cfg(feature = "object-store")]
use crate::map_run::{Bucket, Folder};
use crate::{
    declared::Held,
    eval::system_bytes,
    executor::{Bound, Clock, Environment, Executor, Parts, Settings},
    handler::{Attempt, TaskCall, TaskHandler},
    outcome::Unbound,
    program::{self, Family, Program, State, Task, function_name},
    shared::OpenCounts,
    time::VirtualTime,
};

impl ExecutorBuilder {
    /// Compiles the definition and binds its tasks.
    ///
    /// # Errors
    /// When the definition cannot be run, a bound state does not exist, or a task has nothing bound to it.
    pub fn build(self, definition: &Definition) -> Result<Executor, BuildError> {
        self.with_children(definition)?.build_alone(definition)
    }

    /// [`build`](Self::build), with the machines registered already that the definition starts.
    pub(crate) fn build_alone(self, definition: &Definition) -> Result<Executor, BuildError> {
        let substitutions = self.substitutions_of(definition);
        let program = Program::compile_with(definition, &substitutions).map_err(BuildError::Definition)?;
        self.check_states(&program.inner)?;
        let mut sites = Vec::with_capacity(program.inner.sites);
        sites.resize(program.inner.sites, None);
        let mut unbound = Vec::new();
        for (state, task) in program.inner.tasks() {
            let bound = self.find(state, task).or_else(|| {
                let handler = definition.handler(&state.pointer)?;
                Some(bound(Declared(handler)))
            });
            let bound = bound.or_else(|| self.functions_by.as_ref()?(function_of(task)?));
            let has_functions = !self.functions.is_empty() || self.functions_by.is_some();
            let dynamic = task.resource.is_lambda_invoke() && task.function.is_none() && has_functions;
            // Workers may take what activities have to do.
            let polled = task.resource.family == Family::Activity;
            let started = definition.children.iter().any(|child| child.state == state.pointer);
            if bound.is_none() && !dynamic && !polled && !started && !self.acts(task, definition) {
                unbound.push(Unbound {
                    machine: None,
                    state: state.name.to_string(),
                    pointer: state.pointer.clone(),
                    resource: task.resource.arn.clone(),
                });
            }
            sites[task.site] = bound.map(|bound| held(bound, task));
        }
        if !unbound.is_empty() && !self.allow_unbound {
            return Err(BuildError::Unbound(unbound));
        }
        let buckets = self.buckets;
        #[cfg(feature = "object-store")]
        let buckets = with_folders(buckets, self.folders)?;
        let clock = self.clock.unwrap_or(Clock::Virtual(VirtualTime::START));
        let is_virtual = match &clock {
            Clock::Virtual(_) => true,
            Clock::Real => false,
            Clock::Given(time) => time.is_virtual(),
        };
        let chance = || i64::from_be_bytes(system_bytes()[0]);
        Ok(Executor::from_parts(Parts {
            program,
            input: (!self.any_input).then_some(definition.input),
            machines: self.machines,
            settings: Settings {
                identity: self.identity,
                is_async: self.is_async,
                logs: self.keep_history,
                max_transitions: self.max_transitions.or(is_virtual.then_some(VIRTUAL_TRANSITIONS)),
                buckets: Arc::new(buckets),
                keep_children: self.keep_children,
                sites,
                functions: self.functions,
                functions_by: self.functions_by,
                seed: self.seed.unwrap_or_else(|| if is_virtual { 0 } else { chance() }),
                open: OpenCounts::default(),
            },
            env: Environment {
                hold_for_callbacks: self.hold_for_callbacks,
                waits_for_callbacks: self.waits_for_callbacks,
                ..Environment::new(clock, self.limits)
            },
        }))
    }

    /// Returns `true` if the executor does by itself what Step Functions does for the Task.
    fn acts(&self, task: &Task, definition: &Definition) -> bool {
        match &task.action {
            None => false,
            Some((action, _)) if !action.starts() => true,
            Some((_, Some(name))) => self.machines.contains_key(name) || *name == definition.name,
            Some((_, None)) => !self.machines.is_empty(),
        }
    }

    fn find(&self, state: &State, task: &Task) -> Option<Bound> {
        let by_state = self.states.get(&state.pointer).or_else(|| self.states.get(&*state.name));
        by_state
            .or_else(|| self.functions.get(function_of(task)?))
            .or_else(|| self.resources.get(&task.resource.arn))
            .cloned()
    }

    fn check_states(&self, program: &program::Inner) -> Result<(), BuildError> {
        let names = || program.tasks().map(|(state, _)| &*state.name);
        let known =
            |name: &str| program.tasks().any(|(state, _)| &*state.name == name || state.pointer == name);
        // In the order of the alphabet: the same mistake gives the same message.
        match self.states.keys().filter(|name| !known(name)).min() {
            None => Ok(()),
            Some(state) => Err(BuildError::UnknownState {
                state: state.clone(),
                near: nearest(state, names()).map(str::to_owned),
            }),
        }
    }
}

/// The bare name of the Lambda function that a Task calls, where it is known.
fn function_of(task: &Task) -> Option<&str> {
    match task.resource.family {
        Family::Lambda => Some(function_name(&task.resource.arn)),
        _ => task.function.as_deref(),
    }
}

/// A mock is held to what the state was declared to bring.
fn held(bound: Bound, task: &Task) -> Bound {
    if !bound.handler.is_mock() {
        return bound;
    }
    Bound {
        handler: Arc::new(Held {
            mock: bound.handler,
            declared: task.declared,
            pattern: task.resource.pattern,
        }),
    }
}

/// A handler that the workflow was declared with.
pub(super) struct Declared(pub(super) Handler);

impl TaskHandler for Declared {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        Attempt::Work((self.0)(call.input.clone()))
    }
}

/// The buckets, and those that are folders.
#[cfg(feature = "object-store")]
fn with_folders(
    mut buckets: HashMap<String, Arc<dyn Bucket>>,
    folders: Vec<(String, std::path::PathBuf)>,
) -> Result<HashMap<String, Arc<dyn Bucket>>, BuildError> {
    for (bucket, folder) in folders {
        let store: Arc<dyn ObjectStore> = match LocalFileSystem::new_with_prefix(&folder) {
            Ok(store) => Arc::new(store),
            Err(error) => return Err(BuildError::Folder { bucket, reason: error.to_string() }),
        };
        buckets.insert(bucket, Arc::new(Folder { store, root: folder }));
    }
    Ok(buckets)
}
