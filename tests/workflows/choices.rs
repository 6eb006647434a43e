//! And, Or and Not.

use serde::{Deserialize, Serialize};
use serde_json::json;
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

#[test]
fn every_rule_and_the_default_are_taken() {
    for (input, path, output) in [
        (json!({ "age": 20, "country": "KR", "member": true }), "Admitted", json!("admitted")),
        (json!({ "age": 20, "country": "JP", "member": true }), "Admitted", json!("admitted")),
        (
            json!({ "age": 20, "country": "KR", "member": false, "referral": "vip-7" }),
            "Invited",
            json!({ "by": "vip-7" }),
        ),
        (json!({ "age": 20, "country": "DE", "member": true }), "Waiting", json!("waiting")),
        (
            json!({ "age": 20, "country": "DE", "member": true, "referral": null }),
            "Waiting",
            json!("waiting"),
        ),
        (
            json!({ "age": 20, "country": "DE", "member": true, "referral": "friend" }),
            "Waiting",
            json!("waiting"),
        ),
    ] {
        let outcome = crate::run(&Admission::definition(), input, |builder| builder);
        crate::succeeded(&outcome, &["Decide", path], output);
    }
    for input in [
        json!({ "age": 17, "country": "KR", "member": true }),
        json!({ "age": 30, "country": "XX", "member": true }),
    ] {
        let outcome = crate::run(&Admission::definition(), input, |builder| builder);
        crate::failed(&outcome, &["Decide", "Refused"], "Refused", "not eligible");
    }
}
