//! Lowering of a state's templates to its fields.

use super::{
    expr::{Lowered, Lowering},
    state::{Slot, StateDef},
};
use crate::{
    asl::{QueryLanguage, State, StateKind},
    definition::Call,
    diagnostic::{Code, Diagnostic},
    draft,
    json::Pointer,
    value::Value,
};

impl StateDef {
    /// Puts the templates into the state's fields. `language` is the machine's.
    pub(super) fn lower(&mut self, at: &Pointer, language: QueryLanguage, lowering: &mut Lowering) {
        let jsonata = self.state.query_language.unwrap_or(language) == QueryLanguage::Jsonata;
        for (slot, expr) in std::mem::take(&mut self.templates) {
            let slot = if jsonata && matches!(slot, Slot::Payload) { Slot::Arguments } else { slot };
            let at = at.key(&slot.field());
            match lowering.lower(&expr, &at) {
                Lowered::Literal(value) => put(&mut self.state, slot, value),
                Lowered::Dynamic(text) => {
                    let message = format!("a template is an object here, found `{text}`");
                    let help = if jsonata {
                        "write an expression by `jsonata`"
                    } else {
                        "write `input_path` for a part of the data"
                    };
                    lowering.diagnostics.push(Diagnostic::new(Code::InvalidTemplate, at, message).help(help));
                }
            }
        }
        // `Draft::finish` puts the function's name in.
        if jsonata && self.task.is_some_and(|(_, call)| call != Call::Direct) {
            self.state.arguments.get_or_insert_with(Value::empty_object);
        }
        // And the ARN of the machine that is started.
        if self.child.is_some() {
            let given = if jsonata { &mut self.state.arguments } else { &mut self.state.parameters };
            draft::start_with(given.get_or_insert_with(Value::empty_object));
        }
    }
}

fn put(state: &mut State, slot: Slot, value: Value) {
    match (slot, &mut state.kind) {
        (Slot::Parameters | Slot::Payload, _) => merge(&mut state.parameters, value),
        (Slot::Arguments, _) => merge(&mut state.arguments, value),
        (Slot::ResultSelector, _) => state.result_selector = Some(value),
        (Slot::Assign, _) => state.assign = Some(value),
        (Slot::Output, _) => state.output = Some(value),
        (Slot::Items, StateKind::Map(map)) => map.items = Some(value),
        (Slot::ItemReader, StateKind::Map(map)) => map.item_reader = Some(value),
        (Slot::ItemSelector, StateKind::Map(map)) => map.item_selector = Some(value),
        (Slot::ItemBatcher, StateKind::Map(map)) => map.item_batcher = Some(value),
        (Slot::ResultWriter, StateKind::Map(map)) => map.result_writer = Some(value),
        (Slot::Credentials, StateKind::Task(task)) => task.credentials = Some(value),
        (Slot::RuleAssign(index) | Slot::RuleOutput(index), StateKind::Choice(choice)) => {
            if let Some(rule) = choice.choices.get_mut(index) {
                let field =
                    if matches!(slot, Slot::RuleAssign(_)) { &mut rule.assign } else { &mut rule.output };
                *field = Some(value);
            }
        }
        (Slot::CatchAssign(index) | Slot::CatchOutput(index), _) => {
            if let Some(catcher) = state.catch.as_mut().and_then(|catch| catch.get_mut(index)) {
                let field = if matches!(slot, Slot::CatchAssign(_)) {
                    &mut catcher.assign
                } else {
                    &mut catcher.output
                };
                *field = Some(value);
            }
        }
        // Only the types that have a field have the method that fills its slot.
        _ => {}
    }
}

/// `payload` beside `parameters`: one object of both.
fn merge(field: &mut Option<Value>, value: Value) {
    match (field.as_ref().and_then(Value::as_object), value.as_object()) {
        (Some(given), Some(more)) => {
            let mut all = given.clone();
            all.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
            *field = Some(all.into());
        }
        _ => *field = Some(value),
    }
}
