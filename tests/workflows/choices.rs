//! And, Or and Not.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Workflow, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Applicant {
    age: u32,
    country: String,
    member: bool,
    #[serde(default)]
    referral: Option<String>,
}

state_machine! {
    /// Who gets in.
    Admission(Applicant) -> serde_json::Value {
        start_at: Decide,
        Decide: Choice {
            choices: [
                $.age >= 18 && ($.country == "KR" || $.country == "JP") && !($.member == false) => Admitted,
                is_present($.referral) && !is_null($.referral) && $.referral matches "vip-*" => Invited,
                $.age < 18 || !($.country != "XX") => Refused,
            ],
            default: Waiting,
        },
        Admitted: Pass { result: "admitted", end: true },
        Invited: Pass { parameters: { "by": $.referral }, end: true },
        Refused: Fail { error: "Refused", cause: "not eligible" },
        Waiting: Pass { result: "waiting", end: true },
    }
}

#[test]
fn asl() {
    insta::assert_snapshot!(Admission::definition().machine.to_canonical_string());
}
