//! `cannot-tell`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A value whose type cannot be determined flows where a type is demanded: into a function, a typed result, an operand, or an \
           argument of a function.",
    why: "Nothing shows that it has the right type there, so the execution may fail with a type error. It can be passed on freely \
          as long as nothing is demanded of it. Only typed workflows (`state_machine!` and the builder) are refused for it. In the \
          example `..` matches fields of that name anywhere, of any type; name the one that is meant.",
    failing: r#"{
  "StartAt": "Find",
  "States": {
    "Find": { "Type": "Pass", "Parameters": { "delay.$": "States.ArrayGetItem($..delay, 0)" }, "Next": "Pause" },
    "Pause": { "Type": "Wait", "SecondsPath": "$.delay", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Find",
  "States": {
    "Find": { "Type": "Pass", "Parameters": { "delay.$": "$.order.delay" }, "Next": "Pause" },
    "Pause": { "Type": "Wait", "SecondsPath": "$.delay", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};
