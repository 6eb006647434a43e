//! The state under test, and the program that holds it alone.

use stepfn_core::{
    asl::{self, QueryLanguage, State, StateKind, StateMachine},
    definition::{Definition, WorkflowType},
    json,
    validate::{self, jackson},
    value::Value,
};

use super::{TestState, TestStateError};

/// AWS's name for a state that has none.
pub(super) const UNNAMED: &str = "StateName";

/// The state under test.
pub(super) struct Located {
    pub(super) name: String,
    pub(super) state: State,
    pub(super) language: QueryLanguage,
}

pub(super) fn locate(test: &TestState) -> Result<Located, TestStateError> {
    let definition = json::parse_value(&test.definition).map_err(|error| {
        let said = jackson::message(&test.definition, &error);
        TestStateError::definition(format!(
            "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: {said}'"
        ))
    })?;
    let machine = match &test.state_name {
        Some(_) => definition,
        // AWS judges a lone state inside of a machine of its own.
        None => Value::object([
            ("StartAt", Value::from(UNNAMED)),
            ("States", Value::object([(UNNAMED, definition)])),
        ]),
    };
    refuse(&machine)?;
    let (machine, _) = asl::read(&machine);
    let name = test.state_name.as_deref().unwrap_or(UNNAMED);
    let (state, language) = find(&machine, name, QueryLanguage::JsonPath)
        .ok_or_else(|| TestStateError::validation("State not found in definition"))?;
    Ok(Located { name: name.to_owned(), state: state.clone(), language })
}

/// Refuses what AWS refuses; where transitions lead is no concern of a state on its own.
fn refuse(machine: &Value) -> Result<(), TestStateError> {
    let mut validation = validate::validate(&machine.to_string(), WorkflowType::Standard);
    validation
        .diagnostics
        .retain(|issue| !matches!(issue.code, "MISSING_TRANSITION_TARGET" | "MISSING_END_STATE"));
    validation.refusal().map_or(Ok(()), |message| Err(TestStateError::definition(message)))
}

/// A state of a machine, or of one inside, and its query language.
fn find<'m>(
    machine: &'m StateMachine,
    name: &str,
    outer: QueryLanguage,
) -> Option<(&'m State, QueryLanguage)> {
    let language = machine.query_language.unwrap_or(outer);
    if let Some(state) = machine.states.get(name) {
        return Some((state, state.query_language.unwrap_or(language)));
    }
    // A state's own query language is not handed down: only the machine's is.
    let mut inside = machine.states.values().flat_map(State::children);
    inside.find_map(|(_, child)| find(child, name, language))
}

impl Located {
    /// Returns a machine of this state, with ends in place of the states it leads to. The states inside of it do not run, and are left out.
    pub(super) fn definition(&self) -> Definition {
        let mut state = self.state.clone();
        state.query_language = None;
        match &mut state.kind {
            StateKind::Map(map) => {
                map.item_processor = Some(end());
                (map.iterator, map.item_reader, map.item_batcher, map.result_writer) =
                    (None, None, None, None);
            }
            StateKind::Parallel(parallel) => parallel.branches.iter_mut().for_each(|branch| *branch = end()),
            _ => {}
        }
        let mut machine = StateMachine {
            start_at: self.name.clone(),
            query_language: Some(self.language),
            ..StateMachine::default()
        };
        for (_, target) in state.targets() {
            machine.states.insert(target.to_owned(), succeed());
        }
        machine.states.insert(self.name.clone(), state);
        Definition::from_asl(UNNAMED, WorkflowType::Standard, machine)
    }
}

fn succeed() -> State {
    State::new(StateKind::Succeed)
}

/// A machine that ends at once.
fn end() -> StateMachine {
    let mut machine = StateMachine { start_at: "End".to_owned(), ..StateMachine::default() };
    machine.states.insert("End".to_owned(), succeed());
    machine
}
