//! The members of a request, as the API's model defines them.

use serde_json::{Map, Value};

use crate::{error::ApiError, model};

/// A request's members.
pub(crate) struct Request {
    members: Map<String, Value>,
}

type Member<T> = Result<T, ApiError>;

impl Request {
    /// Reads a request for an action.
    pub(crate) fn read(action: &str, body: &[u8]) -> Member<Self> {
        let not_json = || ApiError::new("SerializationException", "The request body is not a JSON object");
        let body: &[u8] = if body.is_empty() { b"{}" } else { body };
        match serde_json::from_slice(body).map_err(|_| not_json())? {
            // Null means absent.
            Value::Object(members) => {
                model::check(action, &members)?;
                Ok(Self { members: members.into_iter().filter(|(_, value)| !value.is_null()).collect() })
            }
            _ => Err(not_json()),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    pub(crate) fn to_json_text(&self) -> String {
        Value::Object(self.members.clone()).to_string()
    }

    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    pub(crate) fn text(&self, name: &str) -> Member<&str> {
        self.optional(name).ok_or_else(|| ApiError::internal(format!("the model does not have `{name}`")))
    }

    pub(crate) fn arn(&self, name: &str) -> Member<&str> {
        let arn = self.text(name)?;
        if !stepfn_core::arn::is_arn(arn) {
            return Err(ApiError::arn(format_args!("Invalid ARN prefix: {arn}")));
        }
        Ok(arn)
    }

    pub(crate) fn optional_flag(&self, name: &str) -> Option<bool> {
        self.members.get(name).and_then(Value::as_bool)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.optional_flag(name).unwrap_or(false)
    }

    /// Returns the most items of a page: 0 means 100.
    pub(crate) fn most(&self) -> usize {
        let most = self.members.get("maxResults").and_then(Value::as_u64).unwrap_or(0);
        if most == 0 { 100 } else { usize::try_from(most).unwrap_or(100) }
    }

    pub(crate) fn list(&self, name: &str) -> Option<&Vec<Value>> {
        self.members.get(name).and_then(Value::as_array)
    }
}
