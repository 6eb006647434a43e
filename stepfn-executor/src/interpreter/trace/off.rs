use std::time::Duration;

use jiff::Timestamp;
use stepfn_core::task::HandlerFuture;

use super::super::{Failure, context::Info, fiber::Item};
use crate::{
    executor::Inner as Executor,
    outcome::{RunError, Status},
    program::{Exit, State},
};

#[derive(Debug)]
pub(in crate::interpreter) struct ExecutionSpan;

impl ExecutionSpan {
    #[inline]
    pub(in crate::interpreter) fn open(_: &Executor, _: &Info) -> Self {
        Self
    }

    #[inline]
    pub(in crate::interpreter) fn end(&mut self, _: &Result<Status, RunError>, _: u64, _: Timestamp) {}
}

#[derive(Clone, Debug)]
pub(in crate::interpreter) struct StateSpan;

impl StateSpan {
    #[inline]
    pub(in crate::interpreter) fn none() -> Self {
        Self
    }

    #[inline]
    pub(in crate::interpreter) fn open(
        _: &ExecutionSpan,
        _: Option<&Self>,
        _: &State,
        _: Option<&Item>,
    ) -> Self {
        Self
    }

    #[inline]
    pub(in crate::interpreter) fn attempt(&self, _: u32) {}

    #[inline]
    pub(in crate::interpreter) fn retried(&self, _: &Failure, _: u32, _: Duration, _: Timestamp) {}

    #[inline]
    pub(in crate::interpreter) fn caught(&self, _: &Failure, _: &State, _: Timestamp) {}

    #[inline]
    pub(in crate::interpreter) fn timed_out(&self, _: bool, _: Timestamp) {}

    #[inline]
    pub(in crate::interpreter) fn left(&mut self, _: Exit) {}

    #[inline]
    pub(in crate::interpreter) fn failed(&mut self, _: &Failure) {}

    #[inline]
    pub(in crate::interpreter) fn aborted(&mut self) {}

    #[inline]
    pub(in crate::interpreter) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }

    #[inline]
    pub(in crate::interpreter) fn around(&self, work: HandlerFuture) -> HandlerFuture {
        work
    }
}
