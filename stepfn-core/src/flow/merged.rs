//! Reading of objects that are put over each other: `$merge`, `States.JsonMerge`.

use super::{
    Analyser, OwnedClaim, OwnedNode, OwnedStep,
    obligation::Obligation,
    site::Reading,
    value::{Entry, Sym},
};

impl Analyser<'_> {
    /// Returns the values that a key can have in objects of types that are put over each other, with the claim that one of them has it;
    /// none where it takes no types to say so.
    pub(super) fn found_in(
        &mut self,
        reading: &Reading<'_>,
        parts: &[Sym],
        key: &str,
        (query, certain): (bool, bool),
    ) -> Option<Vec<Sym>> {
        let (base, over) = Sym::of_merged(parts, key);
        let need_not_have = match base {
            Some(Sym::Leaf(_) | Sym::Map(_)) => true,
            Some(Sym::Object(fields, None)) => {
                fields.get(key).is_some_and(|entry| entry.absent || matches!(entry.value, Sym::Leaf(_)))
            }
            _ => false,
        };
        if !need_not_have || over.is_empty() || !self.typing.proven {
            return None;
        }
        let step = || match query {
            true => OwnedStep::Query(key.to_owned()),
            false => OwnedStep::Key(key.to_owned()),
        };
        let mut nodes = Vec::new();
        for part in parts {
            match part.ground() {
                Sym::Leaf(leaf) => {
                    let leaf = leaf.then([step()]);
                    nodes.push(OwnedNode::Leaf(leaf.ty, leaf.side(), (*leaf.steps).clone()));
                }
                // There its own type decides.
                Sym::Object(fields, None) => {
                    if let Some(Entry { value: Sym::Leaf(leaf), absent: false, .. }) = fields.get(key) {
                        nodes.push(OwnedNode::Leaf(leaf.ty, leaf.side(), (*leaf.steps).clone()));
                    }
                }
                // There it need not be.
                Sym::Map(_) => {}
                _ => return None,
            }
        }
        let there = |value: Sym| match value {
            Sym::Leaf(leaf) if certain => Sym::Leaf(leaf.then([OwnedStep::Present])),
            other => other,
        };
        let values = base.map(|base| there(base.peek_may(key))).into_iter().chain(over).collect();
        self.oblige(Obligation {
            at: reading.at.clone(),
            range: reading.range.clone(),
            place: reading.site.place.clone(),
            claim: OwnedClaim::Found { shown: reading.shown.clone(), key: key.to_owned(), nodes, certain },
        });
        Some(values)
    }
}
