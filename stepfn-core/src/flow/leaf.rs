//! Parts of typed values: a type, and the steps into it.

use super::{TypeRef, intern::Shared, step::OwnedStep};
use crate::shape::Side;
use std::rc::Rc;

/// A part of a typed value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Leaf {
    pub(super) ty: TypeRef,
    pub(super) given: bool,
    pub(super) steps: Shared<Vec<OwnedStep>>,
    /// The source of the typed value, in words.
    pub(super) origin: Rc<str>,
}

impl Leaf {
    pub(super) fn side(&self) -> Side {
        if self.given { Side::Given } else { Side::Made }
    }

    /// Returns the value below which a `ResultPath` wrote: the type need not have it.
    pub(super) fn perhaps(&self) -> Self {
        if !matches!(self.steps.last(), Some(OwnedStep::Key(_))) {
            return self.clone();
        }
        let mut steps = (*self.steps).clone();
        for step in steps.iter_mut().rev() {
            match step {
                OwnedStep::Key(key) => *step = OwnedStep::May(std::mem::take(key)),
                _ => break,
            }
        }
        Self { steps: Shared::new(steps), ..self.clone() }
    }

    /// Whether it is whatever there is in a value, facts left aside.
    pub(super) fn is_any_within(&self) -> bool {
        let is_same =
            |step: &&OwnedStep| matches!(step, OwnedStep::Items | OwnedStep::Many | OwnedStep::Maybe);
        let mut steps = ways(self).collect::<Vec<_>>();
        while steps.last().is_some_and(is_same) {
            steps.pop();
        }
        steps.last() == Some(&&OwnedStep::Descend)
    }

    /// Whether it is a part of what another one is, facts left aside.
    pub(super) fn leads_on_from(&self, other: &Self) -> bool {
        if (self.ty, self.given, &self.origin) != (other.ty, other.given, &other.origin) {
            return false;
        }
        let (mut mine, mut theirs) = (ways(self), ways(other));
        theirs.by_ref().all(|step| mine.next() == Some(step)) && mine.next().is_some()
    }

    pub(super) fn then(&self, steps: impl IntoIterator<Item = OwnedStep>) -> Self {
        let mut all = (*self.steps).clone();
        all.extend(steps);
        Self { steps: Shared::new(all), ..self.clone() }
    }
}

/// The steps of a leaf that lead somewhere.
pub(super) fn ways(leaf: &Leaf) -> impl Iterator<Item = &OwnedStep> {
    leaf.steps.iter().filter(|step| {
        !matches!(step, OwnedStep::Where(_) | OwnedStep::OrWhere(_) | OwnedStep::Present | OwnedStep::NonNull)
    })
}
