//! The pages of the codes whose rule is elsewhere (the reader of ASL, the data flow), and the table of all pages.

mod cannot_tell;
mod choice_may_not_match;
mod does_not_fit;
mod duplicate_key;
mod invalid_json;
mod maybe_missing;
mod missing_field;
mod no_such_field;
mod number_out_of_range;
mod token_out_of_place;
mod unassigned_variable;
mod unknown_literal;
mod unknown_operator;
mod unknown_state_type;
mod unraised_error;
mod unwritten_field;
mod wrong_kind;
mod wrong_type;

use super::{Code, page::Page, rules};

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
    UnknownField rules::unknown_field::PAGE,
    FieldNotAllowed rules::field_not_allowed::PAGE,
    WrongQueryLanguage rules::wrong_query_language::PAGE,
    UnknownState rules::unknown_state::PAGE,
    UnreachableState rules::unreachable_state::PAGE,
    NoTerminalState rules::no_terminal_state::PAGE,
    EndlessLoop rules::endless_loop::PAGE,
    MissingTransition rules::missing_transition::PAGE,
    ConflictingTransition rules::conflicting_transition::PAGE,
    DuplicateStateName rules::duplicate_state_name::PAGE,
    EmptyList rules::empty_list::PAGE,
    OverLimit rules::over_limit::PAGE,
    InvalidVersion rules::invalid_version::PAGE,
    InvalidPath rules::invalid_path::PAGE,
    NotAReferencePath rules::not_a_reference_path::PAGE,
    ResultPathContext rules::result_path_context::PAGE,
    InvalidIntrinsic rules::invalid_intrinsic::PAGE,
    InvalidTemplate rules::invalid_template::PAGE,
    ExpressionAsText rules::expression_as_text::PAGE,
    InvalidJsonata rules::invalid_jsonata::PAGE,
    UnknownFunction rules::unknown_function::PAGE,
    FunctionArguments rules::function_arguments::PAGE,
    TopLevelContext rules::top_level_context::PAGE,
    NoSuchStatesField rules::no_such_states_field::PAGE,
    VariableName rules::variable_name::PAGE,
    ShadowedVariable rules::shadowed_variable::PAGE,
    ConflictingOperators rules::conflicting_operators::PAGE,
    ChoiceOperand rules::choice_operand::PAGE,
    DeadChoiceRule rules::dead_choice_rule::PAGE,
    ErrorNames rules::error_names::PAGE,
    UnknownErrorName rules::unknown_error_name::PAGE,
    UncatchableError rules::uncatchable_error::PAGE,
    ShadowedError rules::shadowed_error::PAGE,
    RetryValues rules::retry_values::PAGE,
    TimeoutValues rules::timeout_values::PAGE,
    WaitFields rules::wait_fields::PAGE,
    FailFields rules::fail_fields::PAGE,
    MapFields rules::map_fields::PAGE,
    MapLabel rules::map_label::PAGE,
    InvalidResource rules::invalid_resource::PAGE,
    UnknownService rules::unknown_service::PAGE,
    UnknownAction rules::unknown_action::PAGE,
    UnsupportedPattern rules::unsupported_pattern::PAGE,
    MissingParameter rules::missing_parameter::PAGE,
    UnknownParameter rules::unknown_parameter::PAGE,
    WrongParameter rules::wrong_parameter::PAGE,
    MissingTaskToken rules::missing_task_token::PAGE,
    CallbackWithoutTimeout rules::callback_without_timeout::PAGE,
    Express rules::express::PAGE,
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
