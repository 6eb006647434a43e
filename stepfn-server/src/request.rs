//! The members of a request, checked by the limits of the API's model.

use serde_json::{Map, Value};

use crate::error::ApiError;

/// A request's members.
pub(crate) struct Request {
    members: Map<String, Value>,
}

type Member<T> = Result<T, ApiError>;

impl Request {
    pub(crate) fn read(body: &[u8]) -> Member<Self> {
        let not_json = || ApiError::new("SerializationException", "The request body is not a JSON object");
        let body: &[u8] = if body.is_empty() { b"{}" } else { body };
        match serde_json::from_slice(body).map_err(|_| not_json())? {
            // Null means absent.
            Value::Object(members) => {
                Ok(Self { members: members.into_iter().filter(|(_, value)| !value.is_null()).collect() })
            }
            _ => Err(not_json()),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    pub(crate) fn to_json(&self) -> String {
        Value::Object(self.members.clone()).to_string()
    }

    /// A text of `least` to `most` characters.
    pub(crate) fn optional(&self, name: &str, least: usize, most: usize) -> Member<Option<&str>> {
        let Some(value) = self.members.get(name) else { return Ok(None) };
        let Some(text) = value.as_str() else { return Err(wrong_type(name, "a string")) };
        let length = text.chars().count();
        let bound = if length < least {
            format!("greater than or equal to {least}")
        } else if length > most {
            format!("less than or equal to {most}")
        } else {
            return Ok(Some(text));
        };
        Err(ApiError::invalid(format_args!(
            "Value '{text}' at '{name}' failed to satisfy constraint: Member must have length {bound}"
        )))
    }

    pub(crate) fn text(&self, name: &str, least: usize, most: usize) -> Member<&str> {
        self.optional(name, least, most)?.ok_or_else(|| {
            ApiError::invalid(format_args!(
                "Value null at '{name}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    pub(crate) fn arn(&self, name: &str) -> Member<&str> {
        let arn = self.text(name, 1, 2000)?;
        if !arn.starts_with("arn:") {
            return Err(ApiError::arn(format_args!("Invalid ARN prefix: {arn}")));
        }
        Ok(arn)
    }

    pub(crate) fn flag(&self, name: &str) -> Member<Option<bool>> {
        let Some(value) = self.members.get(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| wrong_type(name, "a boolean"))
    }

    pub(crate) fn one_of<'a>(&'a self, name: &str, values: &[&str]) -> Member<Option<&'a str>> {
        match self.optional(name, 0, usize::MAX)? {
            Some(value) if !values.contains(&value) => Err(ApiError::invalid(format_args!(
                "Value '{value}' at '{name}' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
                values.join(", ")
            ))),
            value => Ok(value),
        }
    }

    pub(crate) fn most(&self) -> Member<usize> {
        let Some(value) = self.members.get("maxResults") else { return Ok(100) };
        let Some(most) = value.as_i64() else { return Err(wrong_type("maxResults", "an integer")) };
        let bound = match most {
            ..0 => "greater than or equal to 0",
            0 => return Ok(100),
            1..=1000 => return Ok(usize::try_from(most).unwrap_or(100)),
            _ => "less than or equal to 1000",
        };
        Err(ApiError::invalid(format_args!(
            "Value '{most}' at 'maxResults' failed to satisfy constraint: Member must have value {bound}"
        )))
    }

    pub(crate) fn list(&self, name: &str) -> Member<Option<&Vec<Value>>> {
        let Some(value) = self.members.get(name) else { return Ok(None) };
        value.as_array().map(Some).ok_or_else(|| wrong_type(name, "a list"))
    }
}

pub(crate) fn wrong_type(name: &str, expected: &str) -> ApiError {
    ApiError::new("SerializationException", format!("`{name}` must be {expected}"))
}
