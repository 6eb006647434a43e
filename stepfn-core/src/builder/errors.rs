use super::{Expr, StateRef, state::path_field};
use crate::asl;

/// An entry of `Retry`.
#[derive(Clone, Debug)]
pub struct Retrier(pub(super) asl::Retrier);

impl Retrier {
    /// A retrier of these errors.
    ///
    /// ```
    /// use stepfn_core::builder::{Machine, Retrier, Task};
    ///
    /// let mut machine = Machine::new("Patient");
    /// let load = machine.state("Load");
    /// let retry = Retrier::on(["States.TaskFailed"]).interval_seconds(2).max_attempts(5);
    /// machine.define(load, Task::resource("arn:aws:lambda:eu-west-1:123456789012:function:load").retry(retry).end());
    /// let asl = machine.build()?.machine.to_json();
    /// assert_eq!(asl["States"]["Load"]["Retry"][0]["MaxAttempts"].to_string(), "5");
    /// # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
    /// ```
    pub fn on<E: Into<String>>(errors: impl IntoIterator<Item = E>) -> Self {
        let error_equals = errors.into_iter().map(Into::into).collect();
        Self(asl::Retrier { error_equals, ..asl::Retrier::default() })
    }

    /// `IntervalSeconds`
    #[must_use]
    pub fn interval_seconds(mut self, seconds: u64) -> Self {
        self.0.interval_seconds = Some(seconds.into());
        self
    }

    /// `MaxAttempts`
    #[must_use]
    pub fn max_attempts(mut self, attempts: u64) -> Self {
        self.0.max_attempts = Some(attempts.into());
        self
    }

    /// `BackoffRate`
    #[must_use]
    pub fn backoff_rate(mut self, rate: f64) -> Self {
        self.0.backoff_rate = Some(rate.into());
        self
    }

    /// `MaxDelaySeconds`
    #[must_use]
    pub fn max_delay_seconds(mut self, seconds: u64) -> Self {
        self.0.max_delay_seconds = Some(seconds.into());
        self
    }

    /// `Comment`
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.0.comment = Some(text.into());
        self
    }

    /// `JitterStrategy`: `FULL` or `NONE`.
    #[must_use]
    pub fn jitter_strategy(mut self, strategy: impl Into<String>) -> Self {
        self.0.jitter_strategy = Some(strategy.into());
        self
    }
}

/// An entry of `Catch`.
#[derive(Clone, Debug)]
pub struct Catcher {
    pub(super) catcher: asl::Catcher,
    pub(super) next: StateRef,
    pub(super) assign: Option<Expr>,
    pub(super) output: Option<Expr>,
}

impl Catcher {
    /// A catcher of these errors, and where the execution goes on then.
    ///
    /// ```
    /// use stepfn_core::builder::{Catcher, Fail, Machine, Task};
    ///
    /// let mut machine = Machine::new("Careful");
    /// let (load, give_up) = (machine.state("Load"), machine.state("GiveUp"));
    /// machine.define(load, Task::resource("arn:aws:lambda:eu-west-1:123456789012:function:load").catch(Catcher::on(["States.ALL"], give_up)).end());
    /// machine.define(give_up, Fail::new().error("NotLoaded"));
    /// assert_eq!(machine.build()?.machine.states.len(), 2);
    /// # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
    /// ```
    pub fn on<E: Into<String>>(errors: impl IntoIterator<Item = E>, next: StateRef) -> Self {
        let error_equals = errors.into_iter().map(Into::into).collect();
        Self {
            catcher: asl::Catcher { error_equals, ..asl::Catcher::default() },
            next,
            assign: None,
            output: None,
        }
    }

    /// `ResultPath`: where the error goes in the state's input; `None` is `null`.
    #[must_use]
    pub fn result_path<'p>(mut self, path: impl Into<Option<&'p str>>) -> Self {
        self.catcher.result_path = path_field(path.into());
        self
    }

    /// `Assign`
    #[must_use]
    pub fn assign<K: Into<String>>(mut self, variables: impl IntoIterator<Item = (K, Expr)>) -> Self {
        self.assign = Some(super::object(variables));
        self
    }

    /// `Output` (JSONata): what goes on, `$states.errorOutput` being the error.
    #[must_use]
    pub fn output(mut self, output: impl Into<Expr>) -> Self {
        self.output = Some(output.into());
        self
    }

    /// `Comment`
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.catcher.comment = Some(text.into());
        self
    }
}
