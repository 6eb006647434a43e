//! The kind `test_state`: one state on its own, and the whole reply.

use stepfn::{executor::test_state::TestState, task::TaskFailure, value::Value};

use super::{case::Case, compare::dumps};

pub fn differences(case: &Case) -> (Vec<String>, String) {
    let recorded = &case.value;
    let mut request = recorded["request"].clone();
    let fields = request.make_object();
    let definition =
        recorded["definition_raw"].as_str().map_or_else(|| dumps(&recorded["definition"]), str::to_owned);
    fields.insert("definition".into(), definition.into());
    if let Some(input) = recorded["input_text"].as_str() {
        fields.insert("input".into(), input.into());
    }
    let answer = TestState::from_request(&request).and_then(|test| {
        let test = test.account("111111111111");
        match function(&recorded["lambdas"][0]) {
            Some(payload) => test.handler(move |_: Value| {
                let answer = Ok::<_, TaskFailure>(payload.clone());
                async move { answer }
            }),
            None => test,
        }
        .run()
    });
    match answer {
        Ok(reply) => {
            let mut expected = case.expected()["response"].clone();
            expected.make_object().shift_remove("ResponseMetadata");
            let reply = reply.to_json();
            if case.expected()["status"].as_str() == Some("API_ERROR") {
                return (
                    vec![format!("refused with {} != {reply}", case.expected()["cause"])],
                    String::new(),
                );
            }
            (case.comparer.differences(&expected, &case.comparer.normalise(&reply)), reply.to_pretty_string())
        }
        Err(error) => {
            let mut found = case.differences("error", Some(&error.code.into()));
            found.extend(case.differences("cause", Some(&error.message.as_str().into())));
            if case.expected()["status"].as_str() != Some("API_ERROR") {
                found.insert(0, format!("{} != refused: {error}", case.expected()["status"]));
            }
            (found, String::new())
        }
    }
}

/// Returns the answer of a function of the recordings, which is known by its source.
fn function(lambda: &Value) -> Option<Value> {
    match lambda["source"].as_str()? {
        source if source.ends_with("__return_bytes_str.py") => Some("HelloWorld!".into()),
        _ => None,
    }
}
