//! What is required of the value of an expression.

use super::{
    Analyser, OwnedNeed, OwnedStep,
    intern::Shared,
    leaf::Leaf,
    site::Reading,
    val::guarded,
    val::{Val, Want},
    value::Sym,
};
use crate::{diagnostic::Code, shape::Need};

impl Analyser<'_> {
    /// Demands of a value what is asked.
    #[track_caller]
    pub(super) fn require(&mut self, reading: &Reading<'_>, value: &Val, want: Want) {
        if !super::switch::is_off_asking(std::panic::Location::caller()) {
            self.required(reading, value, want);
        }
    }

    pub(super) fn required(&mut self, reading: &Reading<'_>, value: &Val, want: Want) {
        if value.function.is_some() {
            if want.defined || !matches!(want.need, Need::Value | Need::Nothing) {
                let message = "it is a function, which is no JSON value".to_owned();
                let help = "call it: `$f(…)`".to_owned();
                self.wrong(reading, Code::WrongType, message, Some(help));
            }
            return;
        }
        if let Sym::Unknown(reason) = value.sym
            && (want.defined && value.absent || !matches!(want.need, Need::Value | Need::Nothing))
        {
            self.cannot_tell(reading, reason);
            return;
        }
        // Where nothing can be at all, all holds.
        if want.defined && value.is_nothing() && reading.site.input != Sym::never() {
            let help = "provide a default: `$exists(…) ? … : …`".to_owned();
            self.wrong(reading, Code::NoSuchField, "it comes to nothing".to_owned(), Some(help));
            return;
        }
        if value.many
            && !want.many
            && want.defined
            && want.need == Need::Value
            && let Some(needed) = value.items_if()
        {
            for (leaf, need) in needed {
                // Of its items something comes where it is no empty array.
                match leaf.steps.split_last() {
                    Some((OwnedStep::Pick(0), of)) => {
                        let of = Leaf { steps: Shared::new(of.to_vec()), ..leaf.clone() };
                        self.claim_path(&of, &[], &OwnedNeed::Other(Need::Some), reading);
                    }
                    _ => self.claim_path(&leaf, &[], &OwnedNeed::Other(need), reading),
                }
            }
            return;
        }
        if (value.many && !want.many || value.absent) && want.defined {
            if self.typing.proven {
                let (message, help) = if value.many {
                    (
                        "it is as many values as there are items: nothing, one value, or an array",
                        "write `[…]` around it, which is always an array",
                    )
                } else {
                    ("it may come to nothing", "provide a default: `$exists(…) ? … : …`")
                };
                self.wrong(reading, Code::MaybeMissing, message.into(), Some(help.into()));
            }
            return;
        }
        if !value.is_single() && !want.many && want.need != Need::Value && self.typing.proven {
            let message = "it is as many values as there are items: nothing, one value, or an array";
            let help = "take the one that is meant: `…[0]`".to_owned();
            self.wrong(reading, Code::WrongType, message.into(), Some(help));
            return;
        }
        if want.defined && !want.many {
            for (leaf, need) in &value.over {
                self.claim_path(leaf, &[], &OwnedNeed::Other(*need), reading);
            }
        }
        let typed = value.sym.members().iter().any(|member| matches!(member.ground(), Sym::Leaf(_)));
        if !value.many && (want.need != Need::Value || want.defined && typed) {
            // Of what need not be there it is asked what it is then.
            let sym = if want.defined { value.sym.clone() } else { known_to_be_there(&value.sym) };
            self.follow(&sym, &[], &OwnedNeed::Other(want.need), reading);
        }
    }
}

pub(super) fn known_to_be_there(value: &Sym) -> Sym {
    match value {
        Sym::Leaf(leaf) => Sym::Leaf(guarded(leaf)),
        Sym::Union(members) => Sym::union(members.iter().map(known_to_be_there)),
        other => other.clone(),
    }
}
