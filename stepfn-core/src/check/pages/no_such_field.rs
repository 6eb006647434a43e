//! `no-such-field`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A path reads a field that the data does not have at this place.",
    why: "AWS accepts the definition, and the execution fails with `States.Runtime` when it comes here, past every `Catch`. \
          Mostly the field was replaced by a result without `ResultPath`, lies under `Payload`, or is misspelt. The answers of services are known from their models: for `aws-sdk:` a field that is near no other is a warning, as it may be newer than the models.",
    failing: r#"{
  "StartAt": "Make",
  "States": {
    "Make": { "Type": "Pass", "Result": { "total": 7 }, "Next": "Use" },
    "Use": { "Type": "Pass", "InputPath": "$.totl", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Make",
  "States": {
    "Make": { "Type": "Pass", "Result": { "total": 7 }, "Next": "Use" },
    "Use": { "Type": "Pass", "InputPath": "$.total", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn the_nearest_field_is_named_and_what_there_is() {
        assert_eq!(
            messages(
                r#"{ "StartAt": "Make", "States": {
                "Make": { "Type": "Pass", "Result": { "total": 7, "id": "a" }, "Next": "Use" },
                "Use": { "Type": "Pass", "InputPath": "$.totl", "End": true } } }"#
            ),
            [
                "no-such-field /States/Use/InputPath: state `Use`: `$.totl`: there is no field `totl` here; it has `id`, `total` \
              (did you mean `total`?)"
            ]
        );
    }
}
