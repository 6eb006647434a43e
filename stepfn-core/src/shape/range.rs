//! Numbers of which a type declares how large they can be.

use super::{
    Arithmetic, Bounds, Node, Shape,
    fits::Fits,
    view::View,
    ways::{count, on_way},
};

impl Fits<'_> {
    /// Returns `true` if a sum of numbers stays within some bounds, by the types of its parts. Numbers that no type declares are not judged.
    pub(super) const fn stays_within(self, bounds: Bounds) -> bool {
        let Node::Tuple { first, len } = self.nodes[0] else { return true };
        let mut sum = Bounds::one(0);
        let mut is_declared = false;
        let mut i = 0;
        while i < len {
            if let Some(part) = self.declared(first + i) {
                sum = sum.add(part);
                is_declared = is_declared || self.is_of_type(first + i);
            }
            i += 1;
        }
        !is_declared || sum.is_within(bounds)
    }

    /// Between what a number lies by its type, or as it is written.
    const fn declared(self, index: usize) -> Option<Bounds> {
        match self.nodes[index] {
            Node::Item(inner) | Node::If { value: inner, .. } => self.declared(inner),
            Node::Integer(value) => Some(Bounds::one(value)),
            Node::Leaf { shape, side, steps } => {
                let root = View::new(shape, side);
                let mut all: Option<Bounds> = None;
                let mut way = 0;
                while way < count(root, steps) {
                    if let Ok(view) = on_way(root, steps, way)
                        && let Some(one) = range(view.shape)
                    {
                        all = match all {
                            Some(all) => Some(all.hull(one)),
                            None => Some(one),
                        };
                    }
                    way += 1;
                }
                all
            }
            // What was narrowed to 32 bits before has failed there, or fits; the others are what no type bounds.
            Node::Computed {
                how: Arithmetic::Narrow | Arithmetic::Other | Arithmetic::Total | Arithmetic::Power,
                ..
            } => None,
            Node::Computed { first, len, .. } => {
                let mut i = 0;
                while i < len {
                    if self.declared(first + i).is_none() {
                        return None;
                    }
                    i += 1;
                }
                self.bounds(index)
            }
            Node::Union { first, len } => {
                let mut all: Option<Bounds> = None;
                let mut i = 0;
                while i < len {
                    all = match (all, self.declared(first + i)) {
                        (Some(all), Some(one)) => Some(all.hull(one)),
                        (all, None) => all,
                        (None, one) => one,
                    };
                    i += 1;
                }
                all
            }
            _ => None,
        }
    }

    /// Returns `true` if a type has a part in what a number is.
    const fn is_of_type(self, index: usize) -> bool {
        match self.nodes[index] {
            Node::Item(inner) | Node::If { value: inner, .. } => self.is_of_type(inner),
            Node::Leaf { .. } => true,
            Node::Computed { first, len, .. } | Node::Union { first, len } => {
                let mut i = 0;
                while i < len {
                    if self.is_of_type(first + i) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            _ => false,
        }
    }
}

/// Between what the numbers of a shape lie; none where it is no number.
const fn range(shape: &Shape) -> Option<Bounds> {
    match shape {
        Shape::Number => Some(Bounds::ANY),
        Shape::Nullable(inner) => range(inner),
        shape => match shape.range() {
            Some((min, max)) => Some(Bounds { min, max }),
            None => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::shape::{Bounds, Claim, Node, Shape, Side, StateData, judge};

    const fn of(shape: &'static Shape) -> Node<'static> {
        Node::Leaf { shape, side: Side::Made, steps: &[] }
    }

    fn leaves(parts: &[Node<'_>], bounds: Bounds) -> bool {
        let items = parts.iter().enumerate().map(|(index, _)| Node::Item(1 + parts.len() + index));
        let whole = Node::Tuple { first: 1, len: parts.len() };
        let nodes: Vec<Node<'_>> = [whole].into_iter().chain(items).chain(parts.iter().copied()).collect();
        judge("", &Claim::Within { shown: "x", nodes: &nodes, bounds, advice: "" }).is_some()
    }

    #[test]
    fn sums_are_judged_by_what_types_declare() {
        for (parts, expected) in [
            (&[of(u16::SHAPE), Node::Integer(1)][..], false),
            (&[of(i32::SHAPE)], false),
            (&[of(i32::SHAPE), Node::Integer(1)], true),
            (&[of(i32::SHAPE), Node::Integer(-1)], true),
            (&[of(u32::SHAPE), Node::Integer(-5)], true),
            (&[of(f64::SHAPE), Node::Integer(1)], true),
            (&[of(<std::num::NonZeroU8>::SHAPE), Node::Integer(1)], false),
            // A value that is declared to be anything, and a computed one, are not judged.
            (&[of(&Shape::Any), Node::Integer(1)], false),
            (&[Node::Whole(Bounds::ANY), Node::Integer(1)], false),
            (&[Node::Integer(i128::MAX)], false),
            (&[Node::Whole(Bounds::ANY), of(u64::SHAPE)], true),
        ] {
            assert_eq!(leaves(parts, Bounds::BITS_32), expected, "{parts:?}");
        }
        let percent = Bounds { min: 0, max: 100 };
        assert!(leaves(&[of(u8::SHAPE)], percent));
        assert!(!leaves(&[Node::Number], percent));
    }
}
