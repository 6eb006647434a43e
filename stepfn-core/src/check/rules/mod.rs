//! The rules, a file for each, and the order in which they run.

pub(super) mod callback_without_timeout;
pub(super) mod choice_operand;
pub(super) mod conflicting_operators;
pub(super) mod conflicting_transition;
pub(super) mod dead_choice_rule;
pub(super) mod duplicate_state_name;
pub(super) mod empty_list;
pub(super) mod endless_loop;
pub(super) mod error_names;
pub(super) mod express;
pub(super) mod expression_as_text;
pub(super) mod fail_fields;
pub(super) mod field_not_allowed;
pub(super) mod function_arguments;
pub(super) mod invalid_intrinsic;
pub(super) mod invalid_jsonata;
pub(super) mod invalid_path;
pub(super) mod invalid_resource;
pub(super) mod invalid_template;
pub(super) mod invalid_version;
pub(super) mod map_fields;
pub(super) mod map_label;
pub(super) mod map_objects;
pub(super) mod missing_parameter;
pub(super) mod missing_task_token;
pub(super) mod missing_transition;
pub(super) mod no_such_states_field;
pub(super) mod no_terminal_state;
pub(super) mod not_a_reference_path;
pub(crate) mod over_limit;
pub(super) mod result_path_context;
pub(super) mod retry_values;
pub(super) mod shadowed_error;
pub(super) mod shadowed_variable;
pub(super) mod timeout_values;
pub(super) mod top_level_context;
pub(super) mod uncatchable_error;
pub(super) mod unknown_action;
pub(super) mod unknown_error_name;
pub(super) mod unknown_field;
pub(super) mod unknown_function;
pub(super) mod unknown_parameter;
pub(super) mod unknown_service;
pub(super) mod unknown_state;
pub(super) mod unreachable_state;
pub(super) mod unsupported_pattern;
pub(super) mod variable_name;
pub(super) mod wait_fields;
pub(super) mod wrong_parameter;
pub(super) mod wrong_query_language;

use super::{
    Code,
    helpers::{
        graph::{self, Graph},
        jsonata_texts, numbers, service_task, standing, texts,
        walk::{self, Node, Scope, Walk},
    },
    page,
};
use crate::{
    asl::{QueryLanguage, StateMachine},
    diagnostic::Diagnostic,
};

/// Judges a machine with all that are nested in it, one rule after the other.
pub(super) fn check(walk: &Walk<'_>, machine: &StateMachine, diagnostics: &mut Vec<Diagnostic>) {
    unknown_state::check(walk, diagnostics);
    duplicate_state_name::check(walk, diagnostics);
    over_limit::check(walk, machine, diagnostics);
    unknown_error_name::check(walk, diagnostics);
    shadowed_variable::check(walk, diagnostics);
    callback_without_timeout::check(walk, diagnostics);
    for scope in &walk.scopes {
        check_machine(scope, machine.query_language.unwrap_or_default(), diagnostics);
    }
    for node in walk.nodes() {
        check_state(node, diagnostics);
    }
}

/// The rules for one machine; `outermost` is the query language that holds for all.
fn check_machine(scope: &Scope<'_>, outermost: QueryLanguage, diagnostics: &mut Vec<Diagnostic>) {
    unknown_field::check_machine(scope, diagnostics);
    field_not_allowed::check_machine(scope, diagnostics);
    wrong_query_language::check_machine(scope, diagnostics, outermost);
    invalid_version::check_machine(scope, diagnostics);
    timeout_values::check_machine(scope, diagnostics);
    empty_list::check_machine(scope, diagnostics);
    express::check(scope, diagnostics);
    if let Some(graph) = Graph::new(scope) {
        unreachable_state::check(scope, &graph, diagnostics);
        no_terminal_state::check(scope, &graph, diagnostics);
        endless_loop::check(scope, &graph, diagnostics);
    }
}

/// The rules for one state.
fn check_state(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for rule in [
        unknown_field::check,
        field_not_allowed::check,
        wrong_query_language::check,
        missing_transition::check,
        conflicting_transition::check,
        empty_list::check,
        invalid_template::check,
        expression_as_text::check,
        invalid_jsonata::check,
        variable_name::check,
        conflicting_operators::check,
        choice_operand::check,
        dead_choice_rule::check,
        error_names::check,
        uncatchable_error::check,
        shadowed_error::check,
        retry_values::check,
        timeout_values::check,
        wait_fields::check,
        fail_fields::check,
        map_fields::check,
        map_label::check,
        map_objects::check,
        invalid_resource::check,
        unknown_service::check,
        unknown_action::check,
        unsupported_pattern::check,
        missing_parameter::check,
        unknown_parameter::check,
        wrong_parameter::check,
        missing_task_token::check,
    ] {
        rule(node, diagnostics);
    }
    let expressions = jsonata_texts::judged(node);
    for rule in [
        invalid_jsonata::check_expressions,
        unknown_function::check,
        function_arguments::check,
        top_level_context::check,
        no_such_states_field::check,
        variable_name::check_expressions,
    ] {
        rule(node, &expressions, diagnostics);
    }
    let texts = texts::texts(node);
    for rule in [
        invalid_path::check,
        not_a_reference_path::check,
        result_path_context::check,
        invalid_intrinsic::check,
    ] {
        rule(node, &texts, diagnostics);
    }
}
