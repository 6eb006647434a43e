//! The meaning of an answer to an invocation.

use hyper::{HeaderMap, StatusCode};
use stepfn_core::{task::TaskFailure, value::Value};

use super::parse;
use crate::client::Answered;

/// The result of an invocation. Lambda reports in a header that a function failed; the emulators leave it out, and are recognized by what
/// they answer then: a status of 5xx with an error's JSON, or that JSON alone where a function failed to start.
pub(super) fn read(answered: &Answered) -> Result<Value, TaskFailure> {
    let Answered { status, headers, body } = answered;
    let text = || String::from_utf8_lossy(body).into_owned();
    let value = parse(body);
    if headers.contains_key("x-amz-function-error") {
        return Err(function_error(value.as_ref(), text()));
    }
    let is_error = value.as_ref().is_some_and(|value| value["errorType"].as_str().is_some());
    if status.is_server_error() && is_error {
        return Err(function_error(value.as_ref(), text()));
    }
    if !status.is_success() {
        return Err(service_error(*status, headers, value.as_ref(), text()));
    }
    match value {
        // No content: an answer to `Event` and `DryRun`, and of a function that gives nothing.
        None if body.is_empty() => Ok(Value::Null),
        None => Err(TaskFailure::with_cause("Lambda.Unknown", format!("the answer is no JSON: {}", text()))),
        Some(value) if is_bare_error(&value) => Err(function_error(Some(&value), text())),
        Some(value) => Ok(value),
    }
}

/// Whether a value is nothing but the error of a function.
fn is_bare_error(value: &Value) -> bool {
    const MEMBERS: [&str; 5] = ["errorType", "errorMessage", "stackTrace", "trace", "requestId"];
    let Value::Object(members) = value else { return false };
    members.contains_key("errorType")
        && members.contains_key("errorMessage")
        && members.keys().all(|key| MEMBERS.contains(&&**key))
        && value["errorType"].as_str().is_some()
        && value["errorMessage"].as_str().is_some()
}

/// An error of the function itself: its type is the error, what it answered the cause.
fn function_error(value: Option<&Value>, text: String) -> TaskFailure {
    let error = value.and_then(|value| value["errorType"].as_str()).filter(|error| !error.is_empty());
    // Out of memory, out of time: AWS has no type for it.
    TaskFailure::with_cause(error.unwrap_or("Lambda.Unknown"), text)
}

/// An error of the service.
fn service_error(
    status: StatusCode,
    headers: &HeaderMap,
    value: Option<&Value>,
    text: String,
) -> TaskFailure {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // `ResourceNotFoundException:http://…`
    let named = header("x-amzn-errortype").and_then(|named| named.split(':').next()).map(str::trim);
    let code = match named.filter(|named| !named.is_empty()) {
        Some(named) => named,
        None => match status.as_u16() {
            429 => "TooManyRequestsException",
            404 => "ResourceNotFoundException",
            500.. => "ServiceException",
            _ => "AWSLambdaException",
        },
    };
    let message = value.and_then(|value| {
        ["Message", "message", "Reason"].iter().find_map(|key| value[*key].as_str()).map(str::to_owned)
    });
    let id = header("x-amzn-requestid").unwrap_or("none");
    TaskFailure::with_cause(
        format!("Lambda.{code}"),
        format!(
            "{} (Service: AWSLambda; Status Code: {}; Error Code: {code}; Request ID: {id}; Proxy: null)",
            message.unwrap_or(text),
            status.as_u16()
        ),
    )
}

#[cfg(test)]
mod tests {
    use hyper::body::Bytes;

    use super::*;

    fn answer(
        status: u16,
        headers: &[(&'static str, &str)],
        body: &'static str,
    ) -> Result<Value, TaskFailure> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        read(&Answered {
            status: StatusCode::from_u16(status).unwrap(),
            headers: headers.collect(),
            body: Bytes::from_static(body.as_bytes()),
        })
    }

    fn error(status: u16, headers: &[(&'static str, &str)], body: &'static str) -> (String, String) {
        let failure = answer(status, headers, body).unwrap_err();
        (failure.error, failure.cause)
    }

    #[test]
    fn results_are_taken_as_they_are() {
        assert_eq!(answer(200, &[], r#"{"a":1}"#), Ok(Value::object([("a", Value::from(1))])));
        assert_eq!(answer(200, &[], "null"), Ok(Value::Null));
        assert_eq!(answer(202, &[], ""), Ok(Value::Null));
        let record = r#"{"errorType":"none","errorMessage":"","id":7}"#;
        assert!(answer(200, &[], record).is_ok(), "a result with more than an error has");
        assert!(answer(200, &[], r#"{"errorType":1,"errorMessage":"x"}"#).is_ok());
    }

    #[test]
    fn a_function_s_error_is_known_in_each_form() {
        let body = r#"{"errorType":"OutOfStock","errorMessage":"nothing left"}"#;
        let unhandled = [("x-amz-function-error", "Unhandled")];
        for (status, headers) in [(200, &unhandled[..]), (500, &[]), (502, &[]), (200, &[])] {
            assert_eq!(error(status, headers, body), ("OutOfStock".to_owned(), body.to_owned()), "{status}");
        }
        let traced = r#"{"errorMessage":"m","errorType":"E","requestId":"","stackTrace":[]}"#;
        assert_eq!(error(200, &[], traced).0, "E");
        let late = r#"{"errorMessage":"Task timed out after 3.00 seconds"}"#;
        assert_eq!(error(200, &unhandled, late), ("Lambda.Unknown".to_owned(), late.to_owned()));
        assert_eq!(error(200, &unhandled, "Killed").0, "Lambda.Unknown");
    }

    #[test]
    fn errors_of_the_service_have_its_names() {
        assert_eq!(error(429, &[], "").0, "Lambda.TooManyRequestsException");
        assert_eq!(error(503, &[], "busy").0, "Lambda.ServiceException");
        assert_eq!(error(400, &[], "what?").0, "Lambda.AWSLambdaException");
        let named =
            [("x-amzn-errortype", "ResourceNotFoundException:http://internal"), ("x-amzn-requestid", "r-1")];
        let body = r#"{"Type":"User","Message":"Function not found: f"}"#;
        assert_eq!(
            error(404, &named, body),
            (
                "Lambda.ResourceNotFoundException".to_owned(),
                "Function not found: f (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: r-1; Proxy: null)".to_owned()
            )
        );
        assert_eq!(error(200, &[], "<html>").0, "Lambda.Unknown");
    }
}
