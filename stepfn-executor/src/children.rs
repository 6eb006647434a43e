//! The machines that a workflow itself declares to start: their executors are made with its own.

use std::sync::Arc;

use stepfn_core::{
    definition::{ChildBinding, Definition},
    json::push_token,
};

use crate::{
    builder::{BuildError, ExecutorBuilder},
    program::machine_name,
};

impl ExecutorBuilder {
    /// Registers the machines that the definition starts, and those that these start, but for what is registered, bound or mocked.
    pub(crate) fn with_children(mut self, definition: &Definition) -> Result<Self, BuildError> {
        let unbound = definition.children.iter().filter(|child| !self.is_bound(&child.state));
        let mut open: Vec<ChildBinding> = unbound.cloned().collect();
        while let Some(child) = open.pop() {
            let full_name = self.filled(&child.name);
            let name = machine_name(&full_name);
            if self.machines.contains_key(name) || name == machine_name(&definition.name) {
                continue;
            }
            // It may have been registered by the name that templates have for it.
            if let Some(known) = child.substitution.as_ref().and_then(|name| self.machines.get(name)) {
                self.machines.insert(name.to_owned(), Arc::clone(known));
                continue;
            }
            let started = (child.child.definition)();
            let executor = self
                .for_child()
                .build_alone(&started)
                .map_err(|error| BuildError::Child { machine: full_name.clone(), error: Box::new(error) })?;
            self.machines.insert(name.to_owned(), Arc::clone(&executor.inner));
            open.extend(started.children);
        }
        Ok(self)
    }

    /// Returns the values of `${Name}`s: the machines that the definition starts, and the given ones.
    pub(crate) fn substitutions_of(&self, definition: &Definition) -> Vec<(String, String)> {
        let arns = definition.children.iter().filter_map(|child| {
            let arn = self.identity.state_machine_arn(&self.filled(&child.name));
            Some((child.substitution.clone()?, arn))
        });
        arns.chain(self.substitutions.iter().cloned()).collect()
    }

    /// A name with what was given for its `${Name}`s.
    fn filled(&self, name: &str) -> String {
        let given = self.substitutions.iter();
        given.fold(name.to_owned(), |name, (known, by)| name.replace(&format!("${{{known}}}"), by))
    }

    /// Whether something else does the work of a state.
    fn is_bound(&self, pointer: &str) -> bool {
        self.states.keys().any(|state| {
            let mut name = String::new();
            push_token(&mut name, state);
            state == pointer || pointer.ends_with(&name)
        })
    }

    /// Returns the settings that a started machine shares with the one that starts it: all that is not bound to single states.
    fn for_child(&self) -> Self {
        Self {
            identity: self.identity.clone(),
            resources: self.resources.clone(),
            functions: self.functions.clone(),
            functions_by: self.functions_by.clone(),
            substitutions: self.substitutions.clone(),
            allow_unbound: self.allow_unbound,
            any_input: self.any_input,
            limits: self.limits.clone(),
            max_transitions: self.max_transitions,
            buckets: self.buckets.clone(),
            #[cfg(feature = "object-store")]
            folders: self.folders.clone(),
            keep_children: self.keep_children,
            keep_history: self.keep_history,
            ..Self::default()
        }
    }
}
