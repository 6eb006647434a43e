use stepfn_core::{
    asl::{self, QueryLanguage, StateMachine},
    json::push_token,
};

use super::StateId;

/// The index of each state: those of one machine are in a row.
pub(super) struct Layout<'a> {
    pub(super) machines: Vec<Machine<'a>>,
    pub(super) states: Vec<Source<'a>>,
}

pub(super) struct Machine<'a> {
    pub(super) machine: &'a StateMachine,
    pub(super) pointer: String,
    /// The state this machine is inside of; empty for the machine itself.
    pub(super) owner: &'a str,
    pub(super) language: QueryLanguage,
    pub(super) first: usize,
}

pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) state: &'a asl::State,
    pub(super) pointer: String,
    pub(super) machine: usize,
    /// The first of the machines inside.
    pub(super) children: usize,
}

impl<'a> Layout<'a> {
    pub(super) fn of(machine: &'a StateMachine) -> Self {
        let mut layout = Self { machines: Vec::new(), states: Vec::new() };
        layout.push(machine, String::new(), "", QueryLanguage::JsonPath);
        let mut at = 0;
        while at < layout.machines.len() {
            layout.lay_out(at);
            at += 1;
        }
        layout
    }

    fn push(&mut self, machine: &'a StateMachine, pointer: String, owner: &'a str, outer: QueryLanguage) {
        let language = machine.query_language.unwrap_or(outer);
        self.machines.push(Machine { machine, pointer, owner, language, first: 0 });
    }

    fn lay_out(&mut self, index: usize) {
        let Machine { machine, language, .. } = self.machines[index];
        let base = self.machines[index].pointer.clone();
        self.machines[index].first = self.states.len();
        for (name, state) in &machine.states {
            let mut pointer = format!("{base}/States");
            push_token(&mut pointer, name);
            let children = self.machines.len();
            for (token, child) in state.children() {
                // A state's own query language is not handed down: only the machine's is.
                self.push(child, format!("{pointer}{token}"), name, language);
            }
            self.states.push(Source { name, state, pointer, machine: index, children });
        }
    }

    pub(super) fn find(&self, machine: usize, name: &str) -> Option<StateId> {
        let Machine { machine, first, .. } = &self.machines[machine];
        let index = machine.states.get_index_of(name)? + first;
        u32::try_from(index).ok().map(StateId)
    }
}
