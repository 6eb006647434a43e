//! How many there are: the requirements for one at least, and sequences of several.

use super::{
    OwnedStep,
    intern::Shared,
    leaf::Leaf,
    val::Val,
    value::{Entry, Sym},
};
use crate::shape::Need;

impl Val {
    /// A value that there is only where there are items in this one.
    pub(super) fn if_some(&self, mut made: Self, strict: bool) -> Self {
        match (&self.sym, self.items_if()) {
            // A strict machine leans on nothing that was declared to be anything.
            (Sym::Any(_), _) if strict => made.absent = true,
            (sym, _) if sym.is_anything() => {}
            (_, Some(needed)) => made.over.extend(needed),
            (_, None) => made.absent = true,
        }
        made
    }

    /// Returns the requirements for there to be items in it; none where nothing that can be asked makes it certain.
    pub(super) fn items_if(&self) -> Option<Vec<(Leaf, Need<'static>)>> {
        if self.has_items() || self.is_certain() {
            return Some(Vec::new());
        }
        if self.absent || self.function.is_some() {
            return None;
        }
        if self.many {
            return if self.some { Some(Vec::new()) } else { self.some_if.clone() };
        }
        // Of several there is one where there is a first.
        let first = |leaf: &Leaf| (leaf.then([OwnedStep::Pick(0)]), Need::Value);
        let mut needed: Vec<_> = self
            .over
            .iter()
            .map(|(leaf, need)| if *need == Need::Value { (leaf.clone(), Need::Value) } else { first(leaf) })
            .collect();
        match &self.sym {
            // The type determines whether there are any, and the facts that are known here.
            Sym::Leaf(leaf) => needed.push(first(leaf)),
            Sym::Array(_) => match &self.some_if {
                Some(more) => needed.extend(more.iter().cloned()),
                None if self.some => {}
                None => return None,
            },
            sym if Self::one(sym.clone()).is_certain() || Self::one(sym.clone()).has_items() => {}
            _ => return None,
        }
        Some(needed)
    }

    /// Returns the requirements for there to be a first one in a sequence, which is itself where it is alone: none of them is an array.
    pub(super) fn first_if(&self) -> Option<Vec<(Leaf, Need<'static>)>> {
        let mut needed = self.items_if()?;
        for member in self.sym.members() {
            match member.ground() {
                Sym::Leaf(leaf) => needed.push((leaf.then([OwnedStep::Pick(0)]), Need::Value)),
                member if Self::one(member.clone()).is_certain() => {}
                _ => return None,
            }
        }
        Some(needed)
    }

    /// Returns the value as the field of an object, which it is where it comes to something.
    pub(super) fn entry(self) -> Entry {
        let is_typed = self.over.iter().all(|(_, need)| *need == Need::Value);
        let needed: Vec<Sym> = self.over.iter().map(|(leaf, _)| Sym::Leaf(leaf.clone())).collect();
        let is_open = self.absent || self.many;
        let entry = Entry { absent: is_open || !needed.is_empty(), ..Entry::of(self.part()) };
        match is_typed && !is_open && !needed.is_empty() {
            true => Entry { there_if: Some(Shared::new(needed)), ..entry },
            false => entry,
        }
    }

    /// The same as an array that has items where another value has some.
    pub(super) fn some_as(mut self, other: &Self) -> Self {
        match other.items_if() {
            Some(needed) if needed.is_empty() => self.some = true,
            needed => self.some_if = needed,
        }
        self
    }
}

/// Returns the result of a step on a value: as many as there are of both.
pub(super) fn through(of: &Val, found: Val) -> Val {
    let over = of.over.iter().chain(&found.over).cloned().collect();
    match of.many && !found.many {
        true => {
            let some_if = of.items_if().zip(found.items_if()).map(|(all, each)| [all, each].concat());
            Val { absent: found.absent || of.absent, over, some_if, ..Val::many(found.items()) }
        }
        false => Val { absent: found.absent || of.absent, over, ..found },
    }
}

/// `of[]`: of nothing it is nothing still.
pub(super) fn kept(of: &Val) -> Val {
    if of.is_nothing() {
        return Val::nothing();
    }
    let mut over = of.over.clone();
    over.extend(of.leaves().map(|leaf| (leaf.clone(), Need::Value)));
    over.iter_mut().for_each(|(_, need)| *need = Need::Value);
    Val { absent: of.absent || of.many, over, ..Val::one(Sym::array(of.items())) }
}
