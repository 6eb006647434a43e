//! The rules that a definition is checked by, and the pages that explain them.
//!
//! [`check`] judges the structure of a machine: transitions, fields, paths, error names, limits. The data flow is judged
//! by [`flow`](crate::flow). Both give [`Diagnostic`]s, and every [`Code`] has a [`Page`]. [`check_text`] does all of it for a
//! definition in JSON text, and reports lines.
//!
//! ```
//! use stepfn_core::{asl, check::{self, Options}};
//!
//! let (machine, _) = asl::read_str(
//!     r#"{ "StartAt": "Load", "States": {
//!         "Load": { "Type": "Pass", "Next": "Stroe" },
//!         "Store": { "Type": "Succeed" } } }"#,
//! )?;
//! let findings = check::check(&machine, &Options::default());
//! assert_eq!(findings[0].code.name(), "unknown-state");
//! assert_eq!(findings[0].at, "/States/Load/Next");
//! assert_eq!(findings[0].help.as_deref(), Some("did you mean `Store`?"));
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

mod callback_without_timeout;
mod cannot_tell;
mod choice_may_not_match;
mod choice_operand;
mod conflicting_operators;
mod conflicting_transition;
mod dead_choice_rule;
mod does_not_fit;
mod duplicate_key;
mod duplicate_state_name;
mod echo;
mod empty_list;
mod endless_loop;
mod error_names;
mod express;
mod expression_as_text;
mod fail_fields;
mod field_not_allowed;
mod fix;
mod function_arguments;
mod graph;
mod invalid_intrinsic;
mod invalid_json;
mod invalid_jsonata;
mod invalid_path;
mod invalid_resource;
mod invalid_template;
mod invalid_version;
pub(crate) mod jsonata_texts;
mod map_fields;
mod map_label;
mod map_objects;
mod maybe_missing;
mod missing_field;
mod missing_parameter;
mod missing_task_token;
mod missing_transition;
mod no_such_field;
mod no_such_states_field;
mod no_terminal_state;
mod not_a_reference_path;
mod number_out_of_range;
mod numbers;
mod order;
pub(crate) mod over_limit;
mod page;
mod result_path_context;
mod retry_values;
mod service_task;
mod shadowed_error;
mod shadowed_variable;
mod standing;
#[cfg(test)]
mod testing;
mod text;
mod texts;
mod timeout_values;
pub(crate) mod timestamp;
mod token_out_of_place;
mod top_level_context;
mod unassigned_variable;
mod uncatchable_error;
mod unknown_action;
mod unknown_error_name;
mod unknown_field;
mod unknown_function;
mod unknown_literal;
mod unknown_operator;
mod unknown_parameter;
mod unknown_service;
mod unknown_state;
mod unknown_state_type;
mod unraised_error;
mod unreachable_state;
mod unsupported_pattern;
mod unwritten_field;
mod variable_name;
mod wait_fields;
mod walk;
mod wrong_kind;
mod wrong_parameter;
mod wrong_query_language;
mod wrong_type;

pub use self::{
    fix::{Fixed, fix_text},
    over_limit::MOST_BYTES,
    page::Page,
    text::{Checked, Located, check_text},
    timestamp::{Timestamp, TimestampError},
    unknown_error_name::ERROR_NAMES,
};
use self::{
    graph::Graph,
    walk::{Node, Scope, Walk},
};
pub use crate::diagnostic::Code;
use crate::{
    asl::{QueryLanguage, StateMachine, WorkflowType},
    diagnostic::Diagnostic,
};

macro_rules! pages {
    ($($variant:ident $page:path,)*) => {
        impl Code {
            /// Returns the page: the meaning of the code, its reason, and an example.
            pub fn page(self) -> &'static Page {
                match self {
                    $(Self::$variant => &$page),*
                }
            }
        }
    };
}

pages! {
    InvalidJson invalid_json::PAGE,
    MissingField missing_field::PAGE,
    WrongKind wrong_kind::PAGE,
    DuplicateKey duplicate_key::PAGE,
    UnknownStateType unknown_state_type::PAGE,
    UnknownOperator unknown_operator::PAGE,
    UnknownField unknown_field::PAGE,
    FieldNotAllowed field_not_allowed::PAGE,
    WrongQueryLanguage wrong_query_language::PAGE,
    UnknownState unknown_state::PAGE,
    UnreachableState unreachable_state::PAGE,
    NoTerminalState no_terminal_state::PAGE,
    EndlessLoop endless_loop::PAGE,
    MissingTransition missing_transition::PAGE,
    ConflictingTransition conflicting_transition::PAGE,
    DuplicateStateName duplicate_state_name::PAGE,
    EmptyList empty_list::PAGE,
    OverLimit over_limit::PAGE,
    InvalidVersion invalid_version::PAGE,
    InvalidPath invalid_path::PAGE,
    NotAReferencePath not_a_reference_path::PAGE,
    ResultPathContext result_path_context::PAGE,
    InvalidIntrinsic invalid_intrinsic::PAGE,
    InvalidTemplate invalid_template::PAGE,
    ExpressionAsText expression_as_text::PAGE,
    InvalidJsonata invalid_jsonata::PAGE,
    UnknownFunction unknown_function::PAGE,
    FunctionArguments function_arguments::PAGE,
    TopLevelContext top_level_context::PAGE,
    NoSuchStatesField no_such_states_field::PAGE,
    VariableName variable_name::PAGE,
    ShadowedVariable shadowed_variable::PAGE,
    ConflictingOperators conflicting_operators::PAGE,
    ChoiceOperand choice_operand::PAGE,
    DeadChoiceRule dead_choice_rule::PAGE,
    ErrorNames error_names::PAGE,
    UnknownErrorName unknown_error_name::PAGE,
    UncatchableError uncatchable_error::PAGE,
    ShadowedError shadowed_error::PAGE,
    RetryValues retry_values::PAGE,
    TimeoutValues timeout_values::PAGE,
    WaitFields wait_fields::PAGE,
    FailFields fail_fields::PAGE,
    MapFields map_fields::PAGE,
    MapLabel map_label::PAGE,
    InvalidResource invalid_resource::PAGE,
    UnknownService unknown_service::PAGE,
    UnknownAction unknown_action::PAGE,
    UnsupportedPattern unsupported_pattern::PAGE,
    MissingParameter missing_parameter::PAGE,
    UnknownParameter unknown_parameter::PAGE,
    WrongParameter wrong_parameter::PAGE,
    MissingTaskToken missing_task_token::PAGE,
    CallbackWithoutTimeout callback_without_timeout::PAGE,
    Express express::PAGE,
    NoSuchField no_such_field::PAGE,
    MaybeMissing maybe_missing::PAGE,
    WrongType wrong_type::PAGE,
    UnknownLiteral unknown_literal::PAGE,
    DoesNotFit does_not_fit::PAGE,
    UnraisedError unraised_error::PAGE,
    ChoiceMayNotMatch choice_may_not_match::PAGE,
    TokenOutOfPlace token_out_of_place::PAGE,
    UnassignedVariable unassigned_variable::PAGE,
    UnwrittenField unwritten_field::PAGE,
    CannotTell cannot_tell::PAGE,
    NumberOutOfRange number_out_of_range::PAGE,
}

/// The options of the checks.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Standard or Express.
    pub workflow_type: WorkflowType,
}

/// Judges a machine by the rules of the language and the service, in the canonical order of the text.
///
/// The data flow is not checked: see [`flow::analyse`](crate::flow::analyse). Strings with the placeholders of deployment tools (`${Name}`,
/// `#{Name}`) may become anything, so they are not checked.
pub fn check(machine: &StateMachine, options: &Options) -> Vec<Diagnostic> {
    let walk = Walk::new(machine, options.workflow_type);
    let mut findings = Vec::new();
    unknown_state::check(&walk, &mut findings);
    duplicate_state_name::check(&walk, &mut findings);
    over_limit::check(&walk, machine, &mut findings);
    unknown_error_name::check(&walk, &mut findings);
    shadowed_variable::check(&walk, &mut findings);
    callback_without_timeout::check(&walk, &mut findings);
    for scope in &walk.scopes {
        check_machine(scope, machine.query_language.unwrap_or_default(), &mut findings);
    }
    for node in walk.nodes() {
        check_state(node, &mut findings);
    }
    order::sort(machine, &mut findings);
    findings
}

/// Judges a machine that was read from a text: what the [reader](crate::asl::read) found and what [`check`] finds, in order.
///
/// Diagnostics that only follow from one of the reader are left out: a state of an unknown type is not missed by those that lead to
/// it, a list that could not be read is not empty.
pub fn check_read(machine: &StateMachine, read: Vec<Diagnostic>, options: &Options) -> Vec<Diagnostic> {
    let mut findings = check(machine, options);
    if !read.is_empty() {
        echo::remove(machine, &read, &mut findings);
        findings.extend(read);
        order::sort(machine, &mut findings);
    }
    findings
}

/// The rules for one machine; `outermost` is the query language that holds for all.
fn check_machine(scope: &Scope<'_>, outermost: QueryLanguage, findings: &mut Vec<Diagnostic>) {
    unknown_field::check_machine(scope, findings);
    field_not_allowed::check_machine(scope, findings);
    wrong_query_language::check_machine(scope, findings, outermost);
    invalid_version::check_machine(scope, findings);
    timeout_values::check_machine(scope, findings);
    empty_list::check_machine(scope, findings);
    express::check(scope, findings);
    if let Some(graph) = Graph::new(scope) {
        unreachable_state::check(scope, &graph, findings);
        no_terminal_state::check(scope, &graph, findings);
        endless_loop::check(scope, &graph, findings);
    }
}

/// The rules for one state.
fn check_state(node: &Node<'_>, findings: &mut Vec<Diagnostic>) {
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
        rule(node, findings);
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
        rule(node, &expressions, findings);
    }
    let texts = texts::texts(node);
    for rule in [
        invalid_path::check,
        not_a_reference_path::check,
        result_path_context::check,
        invalid_intrinsic::check,
    ] {
        rule(node, &texts, findings);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_lead_back_to_their_codes() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(code.name().parse(), Ok(*code));
        }
        assert!("no-such-code".parse::<Code>().is_err());
    }

    /// Codes whose diagnostics need the types of a machine.
    const TYPED: &[Code] = &[
        Code::CannotTell,
        Code::MaybeMissing,
        Code::UnknownLiteral,
        Code::DoesNotFit,
        Code::UnraisedError,
        Code::NumberOutOfRange,
    ];

    #[test]
    fn every_page_fails_by_its_code_and_its_mend_by_none() {
        for code in Code::ALL {
            let page = code.page();
            assert_eq!(found(page.fixed, page), [""; 0], "{}: the fixed example", code.name());
            if !TYPED.contains(code) {
                assert_eq!(found(page.failing, page), [code.name()], "{}: the failing example", code.name());
            }
        }
    }

    fn found(text: &str, page: &Page) -> Vec<&'static str> {
        let checked = check_text(text, &Options { workflow_type: page.workflow_type });
        checked.findings.iter().map(|found| found.finding.code.name()).collect()
    }
}
