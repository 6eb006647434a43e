//! Diagnostics and obligations, as an analysis reports them.

use super::{
    Analyser, hint::Hint, obligation::Obligation, origin::Reason, site::Reading, val::Want, value::Sym,
};
use crate::diagnostic::{Code, Diagnostic};

impl Analyser<'_> {
    /// Reports that it is not known whether a value is as required. In a definition without types nothing is to be proven, and an unknown
    /// value may well be right.
    #[track_caller]
    pub(super) fn cannot_tell(&mut self, reading: &Reading<'_>, reason: Reason) {
        if self.typing.proven && !super::switch::is_off_because(reason.words()) {
            let message = format!("its type cannot be determined: {}", reason.words());
            self.wrong(reading, Code::CannotTell, message, Some(reason.help().to_owned()));
        }
    }

    /// Returns a value whose type could not be determined, after that was reported.
    pub(super) fn once_reported(&self, value: Sym) -> Sym {
        if self.typing.proven { Sym::Reported } else { value }
    }

    #[allow(clippy::needless_pass_by_value)] // messages are made for it
    #[track_caller]
    pub(super) fn wrong(
        &mut self,
        reading: &Reading<'_>,
        code: Code,
        message: String,
        hint: impl Into<Hint>,
    ) {
        if super::switch::is_off_wrong(std::panic::Location::caller(), code.name(), &message) {
            return;
        }
        let Some(report) = &mut self.report else { return };
        let message = format!("{}`{}`: {message}", reading.site.place, reading.shown);
        let mut diagnostic = Diagnostic::new(code, reading.at.clone(), message);
        diagnostic.range.clone_from(&reading.range);
        diagnostic = hint.into().add_to(diagnostic, &reading.shown);
        let asked = matches!(code, Code::NoSuchField | Code::WrongType) && reading.asks;
        if code == Code::MaybeMissing || asked {
            self.typing.soften(&mut diagnostic);
        }
        report.diagnostics.push(diagnostic);
    }

    #[track_caller]
    pub(super) fn oblige(&mut self, mut obligation: Obligation) {
        if self.typing.strict {
            obligation.be_strict();
        }
        if super::switch::is_off_at(std::panic::Location::caller()) {
            return;
        }
        if let Some(report) = &mut self.report {
            // What lies under several ways is claimed once.
            let last = report.obligations.iter().rev().take(MOST_COMPARED);
            let told = last.take_while(|known| known.at == obligation.at);
            if !told.into_iter().any(|known| known.is_same_path(&obligation)) {
                report.obligations.push(obligation);
            }
        }
    }

    /// Reports a way that leads nowhere: a failure where something must come of it, else surely a mistake.
    #[track_caller]
    pub(super) fn nothing(
        &mut self,
        reading: &Reading<'_>,
        code: Code,
        message: String,
        hint: impl Into<Hint>,
        want: Want,
    ) {
        if want.defined {
            self.wrong(reading, code, message, hint);
        } else {
            self.may_be_wrong(reading, code, message, hint);
        }
    }

    /// Reports what may fail, but need not.
    #[track_caller]
    pub(super) fn may_be_wrong(
        &mut self,
        reading: &Reading<'_>,
        code: Code,
        message: String,
        hint: impl Into<Hint>,
    ) {
        let before = self.report.as_ref().map_or(0, |report| report.diagnostics.len());
        self.wrong(reading, code, message, hint);
        if let Some(report) = &mut self.report {
            report.diagnostics[before..].iter_mut().for_each(|diagnostic| self.typing.soften(diagnostic));
        }
    }
}

/// The claims before one that it is compared with: those under other ways to the same value are near.
const MOST_COMPARED: usize = 1_000;
