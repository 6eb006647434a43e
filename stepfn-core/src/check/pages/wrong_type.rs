//! `wrong-type`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "The data at a path is of another type than the field or operator needs.",
    why: "AWS accepts the definition. A Choice rule on the wrong type never matches, a Map over something that is no array and \
          a function with an argument of the wrong type fail the execution.",
    failing: r#"{
  "StartAt": "Make",
  "States": {
    "Make": { "Type": "Pass", "Result": { "items": "none" }, "Next": "Each" },
    "Each": {
      "Type": "Map",
      "ItemsPath": "$.items",
      "ItemProcessor": { "StartAt": "One", "States": { "One": { "Type": "Succeed" } } },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Make",
  "States": {
    "Make": { "Type": "Pass", "Result": { "items": [] }, "Next": "Each" },
    "Each": {
      "Type": "Map",
      "ItemsPath": "$.items",
      "ItemProcessor": { "StartAt": "One", "States": { "One": { "Type": "Succeed" } } },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    #[test]
    fn a_text_that_is_no_timestamp_is_none_where_all_must_be_shown() {
        let text = |result: &str| {
            let text = format!(
                r#"{{ "StartAt": "Make", "States": {{ "Make": {{ "Type": "Pass", "Result": "{result}", "Next": "Rest" }},
                "Rest": {{ "Type": "Wait", "TimestampPath": "$", "End": true }} }} }}"#
            );
            let (machine, _) = crate::asl::read_str(&text).unwrap();
            crate::draft::Draft::new("Rest", machine).build().is_ok()
        };
        assert!(text("2030-01-01T00:00:00Z"));
        assert!(!text("tomorrow"));
    }

    #[test]
    fn a_map_needs_an_array_and_a_sum_needs_numbers() {
        let use_it = |state: &str| {
            messages(&format!(
                r#"{{ "StartAt": "Make", "States": {{
                "Make": {{ "Type": "Pass", "Result": {{ "text": "a", "list": [1] }}, "Next": "Use" }},
                "Use": {{ {state}, "End": true }} }} }}"#
            ))
        };
        let map = |path: &str| {
            format!(
                r#""Type": "Map", "ItemsPath": "{path}",
                "ItemProcessor": {{ "StartAt": "I", "States": {{ "I": {{ "Type": "Succeed" }} }} }}"#
            )
        };
        assert!(use_it(&map("$.list")).is_empty());
        assert!(use_it(&map("$.text"))[0].starts_with("wrong-type /States/Use/ItemsPath: "));
        let sum = use_it(r#""Type": "Pass", "Parameters": { "n.$": "States.MathAdd($.text, 1)" }"#);
        assert!(sum[0].contains("expected a number, found the string \"a\""), "{sum:?}");
    }
}
