//! The log group that a deployment makes beside the machine.
//!
//! CloudWatch Logs has a client of its own, which takes longer to compile than all the rest. Three small actions of it are sent by the client
//! of Step Functions instead: with its credentials, retries and HTTP, to the neighbouring host, signed for `logs`.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sfn::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut},
    },
    error::BoxError,
};
use aws_types::SigningName;
use stepfn_core::value::Value;

use crate::error::Error;

const SERVICE: &str = "Logs_20140328";

/// A log group as AWS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Missing,
    There {
        retention_in_days: Option<u64>,
    },
    /// The endpoint, an emulator, has no log groups.
    Unsupported,
}

/// Looks for a log group.
pub(crate) async fn find(client: &Client, name: &str) -> Result<Found, Error> {
    let mut next: Option<String> = None;
    loop {
        let mut request = vec![("logGroupNamePrefix", Value::from(name))];
        request.extend(next.map(|token| ("nextToken", Value::from(token))));
        let answer = match call(client, "DescribeLogGroups", &Value::object(request)).await {
            Ok(answer) => answer,
            Err(Error::Unsupported { .. } | Error::Crashed { .. }) => return Ok(Found::Unsupported),
            Err(error) => return Err(error),
        };
        let groups = answer["logGroups"].as_array().unwrap_or_default();
        if let Some(group) = groups.iter().find(|group| group["logGroupName"].as_str() == Some(name)) {
            let days = group["retentionInDays"].to_string().parse().ok();
            return Ok(Found::There { retention_in_days: days });
        }
        next = answer["nextToken"].as_str().map(str::to_owned);
        if next.is_none() {
            return Ok(Found::Missing);
        }
    }
}

/// Makes a log group; one that somebody made meanwhile is as good.
pub(crate) async fn create(client: &Client, name: &str) -> Result<(), Error> {
    let request = Value::object([("logGroupName", Value::from(name))]);
    match call(client, "CreateLogGroup", &request).await {
        Err(error) if error.code() != Some("ResourceAlreadyExistsException") => Err(error),
        _ => Ok(()),
    }
}

/// Sets for how many days a log group keeps what it gets.
pub(crate) async fn keep(client: &Client, name: &str, days: u32) -> Result<(), Error> {
    let request = [("logGroupName", Value::from(name)), ("retentionInDays", u64::from(days).into())];
    call(client, "PutRetentionPolicy", &Value::object(request)).await.map(|_| ())
}

async fn call(client: &Client, action: &'static str, request: &Value) -> Result<Value, Error> {
    let logs = ToLogs { action, request: request.to_string(), answer: Arc::default() };
    let answer = Arc::clone(&logs.answer);
    // Any action whose answer may be empty carries the request.
    let sent = client.list_tags_for_resource().resource_arn("-").customize().interceptor(logs).send().await;
    sent.map_err(|error| Error::of_call(action, &error))?;
    let text = std::mem::take(&mut *answer.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(text.parse().unwrap_or_default())
}

/// Sends an action of CloudWatch Logs in the place of one of Step Functions.
#[derive(Debug)]
struct ToLogs {
    action: &'static str,
    request: String,
    answer: Arc<Mutex<String>>,
}

impl Intercept for ToLogs {
    fn name(&self) -> &'static str {
        "ToLogs"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        // An emulator has all services at one address.
        if let Some((scheme, rest)) = request.uri().split_once("://states.") {
            let uri = format!("{scheme}://logs.{rest}");
            request.set_uri(uri)?;
        }
        let length = self.request.len().to_string();
        let headers = request.headers_mut();
        headers.insert("x-amz-target", format!("{SERVICE}.{}", self.action));
        headers.insert("content-type", "application/x-amz-json-1.1");
        headers.insert("content-length", length);
        *request.body_mut() = self.request.clone().into();
        config.interceptor_state().store_put(SigningName::from_static("logs"));
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(bytes) = context.response().body().bytes() {
            *self.answer.lock().unwrap_or_else(PoisonError::into_inner) =
                String::from_utf8_lossy(bytes).into_owned();
        }
        Ok(())
    }
}
