//! The pages of what the analysis of the data flow finds.
//!
//! Where types decide, the comment of the example says which.

use super::page::Page;
use crate::definition::WorkflowType::Standard;

pub(super) const NO_SUCH_FIELD: Page = Page {
    what: "A path reads a field that the data does not have at this place.",
    why: "AWS accepts the definition, and the execution fails with `States.Runtime` when it comes here, past every `Catch`. \
          Mostly the field was replaced by a result without `ResultPath`, lies under `Payload`, or is misspelt. What services \
          answer is known from their models: of `aws-sdk:` a field that is near no other is a warning, for it may be newer than they are.",
    failing: r#"{
  "StartAt": "Make",
  "States": {
    "Make": { "Type": "Pass", "Result": { "total": 7 }, "Next": "Use" },
    "Use": { "Type": "Pass", "InputPath": "$.totl", "End": true }
  }
}"#,
    mended: r#"{
  "StartAt": "Make",
  "States": {
    "Make": { "Type": "Pass", "Result": { "total": 7 }, "Next": "Use" },
    "Use": { "Type": "Pass", "InputPath": "$.total", "End": true }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const MAYBE_MISSING: Page = Page {
    what: "A path reads a field that may be absent: its type is optional, or only some of the ways here set it.",
    why: "AWS fails the execution with `States.Runtime` when the field is absent. Ask with `IsPresent` in a Choice before, or \
          set the field on every way. In the example the input's type says that `note` may be left out.",
    failing: r#"{
  "StartAt": "Use",
  "States": {
    "Use": { "Type": "Pass", "InputPath": "$.note", "End": true }
  }
}"#,
    mended: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.note", "IsPresent": true, "Next": "Use" }],
      "Default": "Leave"
    },
    "Use": { "Type": "Pass", "InputPath": "$.note", "End": true },
    "Leave": { "Type": "Succeed" }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const WRONG_TYPE: Page = Page {
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
    mended: r#"{
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
    workflow_type: Standard,
};

pub(super) const UNKNOWN_LITERAL: Page = Page {
    what: "A Choice rule compares with a text that the value can never be.",
    why: "AWS accepts the definition, and the rule never matches. In the example the type of `status` is an enum with the \
          variants `PASSED` and `FAILED`.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.status", "StringEquals": "PASS", "Next": "Done" }],
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
      "Choices": [{ "Variable": "$.status", "StringEquals": "PASSED", "Next": "Done" }],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const DOES_NOT_FIT: Page = Page {
    what: "What flows into a task, or out of the machine, cannot be read as the type that is declared there.",
    why: "AWS knows no types, so the function's own reading of its input fails, in production. In the example the task takes an \
          order, and gets the note of one.",
    failing: r#"{
  "StartAt": "Store",
  "States": {
    "Store": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:store",
      "InputPath": "$.note",
      "End": true
    }
  }
}"#,
    mended: r#"{
  "StartAt": "Store",
  "States": {
    "Store": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:store",
      "InputPath": "$",
      "End": true
    }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const UNRAISED_ERROR: Page = Page {
    what: "A retrier or catcher names an error that the task never raises.",
    why: "AWS accepts the definition, and the entry never matches: the error that was meant goes past it. In the example the \
          task's error type has the variant `OutOfStock`.",
    failing: r#"{
  "StartAt": "Reserve",
  "States": {
    "Reserve": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:reserve",
      "Catch": [{ "ErrorEquals": ["OutOfStok"], "Next": "Reorder" }],
      "End": true
    },
    "Reorder": { "Type": "Succeed" }
  }
}"#,
    mended: r#"{
  "StartAt": "Reserve",
  "States": {
    "Reserve": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:reserve",
      "Catch": [{ "ErrorEquals": ["OutOfStock"], "Next": "Reorder" }],
      "End": true
    },
    "Reorder": { "Type": "Succeed" }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const CHOICE_MAY_NOT_MATCH: Page = Page {
    what: "A Choice state has no `Default`, and its rules do not take every value.",
    why: "AWS accepts the definition. When no rule matches, the execution fails with `States.NoChoiceMatched`, which the \
          Choice state cannot catch.",
    failing: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 100, "Next": "Done" }]
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    mended: r#"{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 100, "Next": "Done" }],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const TOKEN_OUT_OF_PLACE: Page = Page {
    what: "`$$.Task.Token` is read in a state that waits for no callback.",
    why: "Only Task states with `.waitForTaskToken` (and activities) have a token. AWS accepts the definition, and the \
          execution fails with `States.Runtime` when it comes here.",
    failing: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": { "FunctionName": "ask", "Payload": { "token.$": "$$.Task.Token" } },
      "End": true
    }
  }
}"#,
    mended: r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
      "TimeoutSeconds": 3600,
      "Parameters": { "FunctionName": "ask", "Payload": { "token.$": "$$.Task.Token" } },
      "End": true
    }
  }
}"#,
    workflow_type: Standard,
};

pub(super) const UNASSIGNED_VARIABLE: Page = Page {
    what: "A path reads a variable that no state before has assigned.",
    why: "AWS refuses a variable that is assigned nowhere, and fails the execution where the way here did not come by the \
          `Assign`. Variables that are assigned inside a Map or Parallel are not seen outside.",
    failing: r#"{
  "StartAt": "Set",
  "States": {
    "Set": { "Type": "Pass", "Assign": { "total": 7 }, "Next": "Use" },
    "Use": { "Type": "Pass", "InputPath": "$totl", "End": true }
  }
}"#,
    mended: r#"{
  "StartAt": "Set",
  "States": {
    "Set": { "Type": "Pass", "Assign": { "total": 7 }, "Next": "Use" },
    "Use": { "Type": "Pass", "InputPath": "$total", "End": true }
  }
}"#,
    workflow_type: Standard,
};
