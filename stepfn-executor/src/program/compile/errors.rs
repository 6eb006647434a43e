//! `Retry` and `Catch`.

use stepfn_core::asl::{self, QueryLanguage};

use super::{
    super::{Catcher, Failures, FaultKind, Jitter, Retrier, Write},
    Compiler, Place,
};
use crate::{
    eval::ResultPath,
    program::layout::{Layout, Source},
};

impl Compiler {
    pub(super) fn retriers(&mut self, state: &asl::State, place: &Place<'_>) -> Option<Box<[Retrier]>> {
        let mut retriers = Vec::new();
        for (index, retrier) in state.retry.iter().flatten().enumerate() {
            let at = |name: &str| format!("Retry/{index}/{name}");
            let mut number = |name: &str, amount: Option<&asl::Amount>, default: f64| match amount {
                Some(amount) => self.number(place, &at(name), amount),
                None => Some(default),
            };
            let interval = number("IntervalSeconds", retrier.interval_seconds.as_ref(), 1.0)?;
            let max_attempts = number("MaxAttempts", retrier.max_attempts.as_ref(), 3.0)?;
            let backoff_rate = number("BackoffRate", retrier.backoff_rate.as_ref(), 2.0)?;
            let max_delay = match &retrier.max_delay_seconds {
                Some(amount) => Some(number("MaxDelaySeconds", Some(amount), 0.0)?),
                None => None,
            };
            let jitter = match retrier.jitter_strategy.as_deref() {
                None | Some("NONE") => Jitter::None,
                Some("FULL") => Jitter::Full,
                Some(other) => {
                    let message = format!("there is no `JitterStrategy` `{other}`");
                    self.fault(FaultKind::Field, place, &at("JitterStrategy"), message).help =
                        Some("write `FULL` or `NONE`".to_owned());
                    return None;
                }
            };
            retriers.push(Retrier {
                errors: failures(&retrier.error_equals),
                interval,
                max_attempts: max_attempts.clamp(0.0, f64::from(u32::MAX)) as u32,
                backoff_rate,
                max_delay,
                jitter,
            });
        }
        Some(retriers.into())
    }

    pub(super) fn catchers(
        &mut self,
        layout: &Layout<'_>,
        source: &Source<'_>,
        place: &Place<'_>,
        language: QueryLanguage,
    ) -> Option<Box<[Catcher]>> {
        let mut catchers = Vec::new();
        for (index, catcher) in source.state.catch.iter().flatten().enumerate() {
            let at = |name: &str| format!("Catch/{index}/{name}");
            let result_path = match &catcher.result_path {
                None => Write::Replace,
                Some(asl::PathField::Null) => Write::Discard,
                Some(asl::PathField::Path(text)) => {
                    let path = self.field(place, &at("ResultPath"), ResultPath::compile(text))?;
                    if path.is_root() { Write::Replace } else { Write::Path(path) }
                }
            };
            catchers.push(Catcher {
                errors: failures(&catcher.error_equals),
                result_path,
                assign: match language {
                    QueryLanguage::JsonPath => {
                        self.template(place, &at("Assign"), catcher.assign.as_ref())?
                    }
                    QueryLanguage::Jsonata => None,
                },
                next: self.target(layout, source, &at("Next"), &catcher.next)?,
            });
        }
        Some(catchers.into())
    }
}

fn failures(names: &[String]) -> Failures {
    Failures(names.iter().map(|name| name.as_str().into()).collect())
}
