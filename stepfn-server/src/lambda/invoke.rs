//! The Invoke action of Lambda: `POST /2015-03-31/functions/NAME/invocations`.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use hyper::{HeaderMap, StatusCode};
use serde_json::json;
use stepfn_core::{task::TaskFailure, value::Value};

use super::{Functions, parse};

/// An answer of Lambda.
pub(crate) struct Invoked {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: String,
}

impl Invoked {
    fn of(status: StatusCode, body: String) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    fn refused(status: StatusCode, code: &'static str, message: &str) -> Self {
        let body = json!({ "Type": "User", "Message": message, "message": message }).to_string();
        Self { status, headers: vec![("x-amzn-errortype", code)], body }
    }
}

/// The name of the function in a path of Invoke: a name, a partial or a whole ARN, with or without a qualifier.
pub(crate) fn function_of(path: &str) -> Option<String> {
    let name = path.strip_prefix("/2015-03-31/functions/")?.strip_suffix("/invocations")?;
    let name = percent_encoding::percent_decode_str(name).decode_utf8().ok()?;
    let name = stepfn_core::arn::function_name(&name);
    let is_name = !name.is_empty() && name.len() <= 140;
    (is_name && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')))
        .then(|| name.to_owned())
}

/// Calls a function, and returns its result as Lambda does.
pub(crate) async fn invoke(
    functions: &Functions,
    (account, region): (&str, &str),
    name: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Invoked {
    let Some(function) = functions.find(name) else {
        let message = format!("Function not found: arn:aws:lambda:{region}:{account}:function:{name}");
        return Invoked::refused(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message);
    };
    let input = if body.is_empty() { Some(Value::empty_object()) } else { parse(body) };
    let Some(input) = input else {
        let message = "Could not parse request body into json: it is no JSON";
        return Invoked::refused(StatusCode::BAD_REQUEST, "InvalidRequestContentException", message);
    };
    // A function that panics, and not this server.
    let work = AssertUnwindSafe(function.call(input)).catch_unwind().map(|called| {
        called.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            Err(TaskFailure::panicked(text.unwrap_or("a value that is no text")))
        })
    });
    match headers.get("x-amz-invocation-type").and_then(|value| value.to_str().ok()) {
        Some("DryRun") => return Invoked::of(StatusCode::NO_CONTENT, String::new()),
        Some("Event") => {
            let Ok(place) = Arc::clone(&functions.events).try_acquire_owned() else {
                let status = StatusCode::TOO_MANY_REQUESTS;
                return Invoked::refused(status, "TooManyRequestsException", "Rate Exceeded.");
            };
            // Nobody gets its result. It ends as the longest function of Lambda does.
            let work = tokio::time::timeout(functions.longest, work);
            tokio::spawn(async move {
                drop(work.await);
                drop(place);
            });
            return Invoked::of(StatusCode::ACCEPTED, String::new());
        }
        _ => {}
    }
    let mut invoked = match work.await {
        Ok(output) => Invoked::of(StatusCode::OK, output.to_string()),
        Err(failure) => {
            let mut invoked = Invoked::of(StatusCode::OK, failed(&failure));
            invoked.headers.push(("x-amz-function-error", "Unhandled"));
            invoked
        }
    };
    invoked.headers.push(("x-amz-executed-version", "$LATEST"));
    invoked
}

/// The JSON of a function's error.
fn failed(failure: &TaskFailure) -> String {
    match failure.cause.parse::<Value>() {
        Ok(cause) if cause["errorType"].as_str().is_some() => failure.cause.clone(),
        _ => json!({ "errorType": failure.error, "errorMessage": failure.cause }).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_functions_and_nothing_else() {
        for path in [
            "/2015-03-31/functions/charge/invocations",
            "/2015-03-31/functions/charge:live/invocations",
            "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Acharge/invocations",
            "/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:charge:3/invocations",
        ] {
            assert_eq!(function_of(path).as_deref(), Some("charge"), "{path}");
        }
        for path in [
            "/2015-03-31/functions//invocations",
            "/2015-03-31/functions/../../etc/passwd/invocations",
            "/2015-03-31/functions/%2e%2e%2fx/invocations",
            "/2015-03-31/functions/a%00b/invocations",
            "/2015-03-31/functions/charge",
            "/2015-03-31/functions/charge/invocations/x",
            "/",
        ] {
            assert_eq!(function_of(path), None, "{path}");
        }
    }
}
