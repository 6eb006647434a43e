//! The pages of what the reader of ASL finds.

use super::page::Page;
use crate::definition::WorkflowType::Standard;

pub(super) const INVALID_JSON: Page = Page {
    what: "The text is not JSON.",
    why: "AWS takes definitions in JSON only. JSON has no comments and no trailing commas; keys and texts stand in double quotes.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "End": true, }
  }
}"#,
    mended: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "End": true }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const MISSING_FIELD: Page = Page {
    what: "A field that must be there is not.",
    why: "AWS refuses the definition. A state machine needs `StartAt` and `States`, a state its `Type`, a Task its `Resource`, \
          a Choice its `Choices`, a catcher `ErrorEquals` and `Next`, a Choice rule `Next` and something to compare.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Catch": [{ "Next": "Failed", "ErrorEquals": ["States.Timeout"] }, { "ErrorEquals": ["States.ALL"] }],
      "End": true
    },
    "Failed": { "Type": "Fail" }
  }
}"#,
    mended: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Catch": [{ "Next": "Failed", "ErrorEquals": ["States.Timeout", "My.Error"] }],
      "End": true
    },
    "Failed": { "Type": "Fail" }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const WRONG_KIND: Page = Page {
    what: "A field's value is of the wrong kind: a string for a number, an object for an array.",
    why: "AWS refuses the definition; it converts nothing. Numbers and booleans stand without quotes.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Comment": ["loads", "all"], "End": true }
  }
}"#,
    mended: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Comment": "loads all", "End": true }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const DUPLICATE_KEY: Page = Page {
    what: "A key stands twice in one JSON object.",
    why: "JSON readers keep the last of the two and drop the other without a word: a state or a parameter is lost.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Result": 1, "Result": 2, "End": true }
  }
}"#,
    mended: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Result": 2, "End": true }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const UNKNOWN_STATE_TYPE: Page = Page {
    what: "There is no state of this type.",
    why: "AWS refuses the definition. The types are Task, Wait, Pass, Succeed, Fail, Choice, Parallel and Map, written just so.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "End": true },
    "Wait": { "Type": "wait", "Seconds": 5, "Next": "Load" }
  }
}"#,
    mended: r#"{
  "StartAt": "Wait",
  "States": {
    "Load": { "Type": "Pass", "End": true },
    "Wait": { "Type": "Wait", "Seconds": 5, "Next": "Load" }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const UNKNOWN_OPERATOR: Page = Page {
    what: "A Choice rule has an operator that does not exist.",
    why: "AWS refuses the definition. Operators name the kind that they compare: `StringEquals`, `NumericLessThan`, \
          `TimestampGreaterThanPath`, `IsPresent`.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [
        { "Variable": "$.status", "StringEquals": "ready", "Next": "Done" },
        { "Variable": "$.status", "StringEqual": "failed", "Next": "Done" }
      ],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    mended: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [
        { "Variable": "$.status", "StringEquals": "ready", "Next": "Done" },
        { "Variable": "$.status", "StringEquals": "failed", "Next": "Done" }
      ],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: Standard,
};
