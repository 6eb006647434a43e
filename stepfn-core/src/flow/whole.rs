//! Demands of numbers that were computed: that they are whole.

use super::{Analyser, OwnedNeed, site::Reading, val::guarded, value::Sym};
use crate::{
    diagnostic::Code,
    shape::{Arithmetic, Need},
};

impl Analyser<'_> {
    /// A number that was computed is whole where all is that it was computed of.
    pub(super) fn whole_parts(&mut self, reading: &Reading<'_>, value: &Sym, need: Need<'static>) {
        for member in value.members() {
            if let (Need::Integer, Sym::Computed(how, parts)) = (need, member)
                && !matches!(how, Arithmetic::Narrow | Arithmetic::Rounded)
            {
                for (place, part) in parts.iter().enumerate() {
                    // To a power below zero it is a fraction.
                    if *how == Arithmetic::Power && place == 1 {
                        self.counts(reading, part);
                        continue;
                    }
                    for part in part.members() {
                        if let Sym::Leaf(leaf) = part {
                            self.claim_path(&guarded(leaf), &[], &OwnedNeed::Other(Need::Integer), reading);
                        }
                    }
                    self.whole_parts(reading, part, Need::Integer);
                }
            }
        }
    }

    /// Demands of a number that it is a whole one, and not below zero.
    fn counts(&mut self, reading: &Reading<'_>, value: &Sym) {
        for member in value.members() {
            match member {
                Sym::Leaf(leaf) => {
                    self.claim_path(&guarded(leaf), &[], &OwnedNeed::Other(Need::Count), reading);
                }
                Sym::Computed(Arithmetic::Sum | Arithmetic::Product | Arithmetic::Total, parts) => {
                    parts.iter().for_each(|part| self.counts(reading, part));
                }
                Sym::Computed(Arithmetic::Magnitude, _) => self.whole_parts(reading, member, Need::Integer),
                member if member.is_anything() => {}
                member if member.bounds().is_some_and(|bounds| bounds.min >= 0) => {}
                _ => {
                    let message = "to a power below zero it is a fraction".to_owned();
                    let help = "round it: `$round(…)`".to_owned();
                    self.wrong(reading, Code::WrongType, message, Some(help));
                }
            }
        }
    }
}
