//! The token of a callback: what a task's function gets under `.waitForTaskToken`, and whoever answers hands back.
//!
//! A machine passes it by `$$.Task.Token` (`$states.context.Task.Token` in JSONata); in JSON it is a string. In Rust its type also fixes that
//! of the answer, so that nobody answers with something else:
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use stepfn_core::token::TaskToken;
//!
//! #[derive(Serialize)]
//! struct Approval { approved_by: String }
//!
//! #[derive(Deserialize)]
//! struct ApprovalRequest { task_token: TaskToken<Approval> }
//!
//! let request: ApprovalRequest = serde_json::from_str(r#"{ "task_token": "AQB8…" }"#)?;
//! assert_eq!(request.task_token.as_str(), "AQB8…");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! In a machine, the state's `-> Type` and the token's type are compared: what the token is answered with must be read as the result.
//!
//! `stepfn-deploy` answers AWS with it (`SendTaskSuccess`, `SendTaskFailure`, `SendTaskHeartbeat`).

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::shape::{Shape, StateData};

/// A task token, to be answered with a `T`: 1 to 2048 characters that mean something to Step Functions alone
/// (Step Functions developer guide, "Wait for a Callback with Task Token").
pub struct TaskToken<T> {
    token: String,
    answer: PhantomData<fn(T)>,
}

impl<T> TaskToken<T> {
    /// The token of this text, for one that came by another way than a task's input: out of a link, a form, a database.
    pub fn new(token: impl Into<String>) -> Self {
        Self { token: token.into(), answer: PhantomData }
    }

    /// The token's text.
    pub fn as_str(&self) -> &str {
        &self.token
    }
}

impl<T> From<TaskToken<T>> for String {
    fn from(token: TaskToken<T>) -> Self {
        token.token
    }
}

impl<T> fmt::Display for TaskToken<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.token)
    }
}

impl<T> fmt::Debug for TaskToken<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TaskToken").field(&self.token).finish()
    }
}

// Derived, these would ask the same of `T`, of which there is none in here.
impl<T> Clone for TaskToken<T> {
    fn clone(&self) -> Self {
        Self::new(self.token.clone())
    }
}

impl<T> PartialEq for TaskToken<T> {
    fn eq(&self, other: &Self) -> bool {
        self.token == other.token
    }
}

impl<T> Eq for TaskToken<T> {}

impl<T> Hash for TaskToken<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.token.hash(state);
    }
}

impl<T> Serialize for TaskToken<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.token)
    }
}

impl<'de, T> Deserialize<'de> for TaskToken<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl<T: StateData> StateData for TaskToken<T> {
    const SHAPE: &'static Shape = &Shape::Token(T::SHAPE);
}
