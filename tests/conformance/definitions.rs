//! The kinds `create_error` and `validate_definition`: AWS's verdict on a definition.

use stepfn::{
    WorkflowType,
    validate::{Validation, validate},
    value::Value,
};

use super::{case::Case, compare::dumps};

/// Returns our verdict on the definition of a case.
fn validation(case: &Case) -> Validation {
    let text =
        case.value["definition_raw"].as_str().map_or_else(|| dumps(&case.value["definition"]), str::to_owned);
    let workflow_type = match case.value["type"].as_str() {
        Some("EXPRESS") => WorkflowType::Express,
        _ => WorkflowType::Standard,
    };
    validate(&text, workflow_type)
}

/// `ValidateStateMachineDefinition`: the whole reply.
pub fn validated(case: &Case) -> Vec<String> {
    let mut expected = case.expected()["response"].clone();
    expected.make_object().shift_remove("ResponseMetadata");
    let actual = case.comparer.normalise(&validation(case).to_json());
    case.comparer.differences(&expected, &actual)
}

/// `CreateStateMachine`: refused, with AWS's message where that was recorded.
pub fn created(case: &Case) -> Vec<String> {
    let Some(refusal) = validation(case).refusal() else {
        return vec!["AWS refuses the definition".to_owned()];
    };
    if !case.by_aws {
        return Vec::new();
    }
    let mut found = case.differences("error", Some(&"InvalidDefinition".into()));
    found.extend(case.differences("cause", Some(&Value::from(refusal))));
    found
}

/// Whether we refuse a definition that AWS took, as it ran it.
pub fn refused(case: &Case) -> Option<String> {
    validation(case).refusal().filter(|_| case.value["definition"] != Value::Null)
}
