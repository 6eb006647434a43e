//! Where something is read: the place, and the data that is there.

use crate::json::Pointer;
use std::ops::Range;

use super::{
    intern::Shared,
    value::{Fields, Sym},
};

/// The place of a path, and the data that it can read.
#[derive(Clone)]
pub(super) struct Site {
    /// JSON pointer of the state.
    pub(super) at: Pointer,
    /// ``state `Load`: ``
    pub(super) place: String,
    /// `$`
    pub(super) input: Sym,
    /// `$$`
    pub(super) context: Sym,
    /// `$name`
    pub(super) variables: Shared<Fields>,
}

impl Site {
    pub(super) fn with_input(&self, input: Sym) -> Self {
        Self { input, ..self.clone() }
    }

    /// Returns the data that can be read once a Task has ended: its token is gone.
    pub(super) fn ended(&self) -> Self {
        let context = match &self.context {
            Sym::Object(fields, base) if fields.contains_key("Task") => {
                let mut fields = (**fields).clone();
                fields.remove("Task");
                Sym::Object(Shared::new(fields), base.clone())
            }
            context => context.clone(),
        };
        Self { context, ..self.clone() }
    }
}

/// One path being read, with the place of its text.
pub(super) struct Reading<'r> {
    pub(super) site: &'r Site,
    pub(super) at: Pointer,
    pub(super) range: Option<Range<usize>>,
    pub(super) shown: String,
    /// Whether it may lead nowhere: it is only asked whether something is there (`IsPresent`), or it may match nothing.
    pub(super) asks: bool,
}
