//! `number-out-of-range`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A number is declared by a type with values that AWS does not take where it is used.",
    why: "`States.MathAdd` computes with 32 bits, a Wait takes at most 99999999 seconds and none below 0, percentages end at 100. No type shows how large a number is at run time, so this is a warning: the execution fails where the number is too large. Declare the \
          narrower type that the data have (`u16` for `u32`, `u8` for percentages), or allow the warning where they are small anyway. \
          Only typed workflows (`state_machine!` and the builder) are warned; the example is of one whose `delay` is a `u64`.",
    failing: r#"{
  "StartAt": "Pause",
  "States": { "Pause": { "Type": "Wait", "SecondsPath": "$.delay", "End": true } }
}"#,
    fixed: r#"{
  "StartAt": "Pause",
  "States": { "Pause": { "Type": "Wait", "Seconds": 60, "End": true } }
}"#,
    workflow_type: WorkflowType::Standard,
};
