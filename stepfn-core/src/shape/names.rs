//! Fields with several names, `#[serde(alias)]`: JSON has a field under one of them. Under two serde refuses it as a duplicate.

use super::{
    Field, Given, ObjectShape, Shape,
    fits::{Fits, Source},
    node::Node,
    text::{Text, contains, same},
    view::{Side, View},
};

impl Fits<'_> {
    /// Returns `true` if a source has a field for certain whose names are all names of the wanted field.
    pub(super) const fn is_there_by_some_name(self, source: Source, wanted: &Field) -> bool {
        let Source::View(view) = source else {
            // What lies over it may have taken one of the names away.
            return match (self.overlay(source), self.below(source)) {
                (Some(_), Some(below)) if !self.lacks_below(source) => {
                    self.names_over(source, wanted.given_as) == 0 && self.is_there_by_some_name(below, wanted)
                }
                _ => false,
            };
        };
        let (Side::Given, Shape::Object(object)) = (view.side, view.shape) else { return false };
        let mut i = 0;
        while i < object.fields.len() {
            let field = &object.fields[i];
            let mut name = 0;
            while name < field.given_as.len() && contains(wanted.given_as, field.given_as[name]) {
                name += 1;
            }
            let is_never = matches!(field.given, Given::Never);
            if name > 1
                && name == field.given_as.len()
                && !is_never
                && field.is_required(view.with(field.shape).shape)
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Returns `true` if a source cannot have two names of one field of an object; otherwise appends the names.
    pub(super) const fn has_no_second_name(
        self,
        source: Source,
        object: &'static ObjectShape,
        out: &mut Text,
    ) -> bool {
        let mut i = 0;
        while i < object.fields.len() {
            let Field { given_as, given, .. } = object.fields[i];
            if given_as.len() > 1
                && !matches!(given, Given::Never)
                && self.names_over(source, given_as) + self.names_below(source, given_as) > 1
            {
                out.push("it may have more than one of ");
                let mut name = 0;
                while name < given_as.len() {
                    out.push(if name > 0 { ", " } else { "" });
                    out.code(given_as[name]);
                    name += 1;
                }
                out.push(", which are names of one field of ");
                out.code(object.name);
                out.push(": serde calls the second a duplicate");
                return false;
            }
            i += 1;
        }
        true
    }

    /// How many of some names lie over what a source is based on.
    const fn names_over(self, source: Source, names: &[&str]) -> usize {
        let mut found = 0;
        let mut i = 0;
        while i < names.len() {
            if self.is_over(source, names[i]) {
                found += 1;
            }
            i += 1;
        }
        found
    }

    /// Whether an overlay has a key, or one that lies below it.
    const fn is_over(self, source: Source, key: &str) -> bool {
        let Some((first, len)) = self.overlay(source) else { return false };
        let mut i = first;
        while i < first + len {
            if let Node::Field { key: name, value, .. } = self.nodes[i]
                && same(name, key)
            {
                return !self.is_nothing(Source::Node(value));
            }
            i += 1;
        }
        match self.below(source) {
            Some(below) => self.is_over(below, key),
            None => false,
        }
    }

    /// Whether an overlay takes a key away from what is below it.
    const fn hides(self, source: Source, key: &str) -> bool {
        let Some((first, len)) = self.overlay(source) else { return false };
        let mut i = first;
        while i < first + len {
            if let Node::Field { key: name, absent: false, .. } = self.nodes[i]
                && same(name, key)
            {
                return true;
            }
            i += 1;
        }
        match self.below(source) {
            Some(below) => self.hides(below, key),
            None => false,
        }
    }

    /// The number of fields below the overlay of a source that may have one of some names, those that the overlay hides left out.
    const fn names_below(self, top: Source, names: &[&str]) -> usize {
        let mut source = top;
        while let Some(below) = self.below(source) {
            source = below;
        }
        match source {
            Source::View(view) => self.names_of(top, view, names, 0),
            Source::Node(index) if matches!(self.nodes[index], Node::Map(_)) => self.left(top, names),
            _ => 0,
        }
    }

    /// The number of names that the overlay of a source does not hide.
    const fn left(self, top: Source, names: &[&str]) -> usize {
        let mut left = 0;
        let mut i = 0;
        while i < names.len() {
            if !self.hides(top, names[i]) {
                left += 1;
            }
            i += 1;
        }
        left
    }

    const fn names_of(self, top: Source, view: View, names: &[&str], depth: usize) -> usize {
        match view.shape {
            Shape::Map(_) | Shape::Keyed { .. } => self.left(top, names),
            Shape::Nullable(inner) => self.names_of(top, view.with(inner), names, depth),
            Shape::Object(object) => {
                let mut found = 0;
                let mut i = 0;
                while i < object.fields.len() {
                    if self.may_be_named(top, &object.fields[i], view.side, names) {
                        found += 1;
                    }
                    i += 1;
                }
                let mut i = 0;
                while depth < 4 && i < object.flattened.len() {
                    // What no field takes is all that a flattened map holds.
                    if !matches!(object.flattened[i], Shape::Map(_) | Shape::Keyed { .. }) {
                        found += self.names_of(top, view.flattened_part(object, i), names, depth + 1);
                    }
                    i += 1;
                }
                found
            }
            Shape::OneOf(one_of) => {
                let mut most = 0;
                let mut i = 0;
                while depth < 4 && i < one_of.alternatives.len() {
                    if !view.excludes(i) {
                        let of = self.names_of(top, view.alternative(one_of, i), names, depth + 1);
                        most = if of > most { of } else { most };
                    }
                    i += 1;
                }
                most
            }
            _ => 0,
        }
    }

    /// Whether a field may have one of some names, those that the overlay hides left out.
    const fn may_be_named(self, top: Source, field: &Field, side: Side, names: &[&str]) -> bool {
        let Some(first) = field.key(side) else { return false };
        if matches!(side, Side::Made) {
            return contains(names, first) && !self.hides(top, first);
        }
        let mut i = 0;
        while i < field.given_as.len() {
            let name = field.given_as[i];
            if contains(names, name) && !self.hides(top, name) {
                return true;
            }
            i += 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use crate::shape::{
        Claim, Field, Given, Made, Node, ObjectShape, OneOfShape, Shape, Side, StateData, judge,
    };

    const fn field(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
        Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
    }
    const fn object(name: &'static str, fields: &'static [Field]) -> ObjectShape {
        ObjectShape { name, fields, flattened: &[], deny_unknown_fields: false }
    }
    const A: Field = field("a", &["a", "a_old"], u32::SHAPE);
    const B: Field = field("b", &["b"], String::SHAPE);
    const ALIASED: ObjectShape = object("Aliased", &[A, B]);
    const MAYBE: ObjectShape =
        object("Maybe", &[Field { given: Given::Optional, made: Made::Maybe, ..A }, B]);
    const TWO: ObjectShape = object(
        "Two",
        &[
            Field { made: Made::Maybe, given: Given::Optional, ..field("a", &["a"], u32::SHAPE) },
            Field { made: Made::Maybe, given: Given::Optional, ..field("a_old", &["a_old"], u32::SHAPE) },
            B,
        ],
    );
    const ONE: ObjectShape = object("One", &[field("a", &["a"], u32::SHAPE), B]);
    const OLD: ObjectShape = object("Old", &[field("a_old", &["a_old"], u32::SHAPE), B]);
    const EITHER: OneOfShape = OneOfShape {
        name: "Either",
        alternatives: &[&Shape::Object(&ONE), &Shape::Object(&OLD)],
        buffered: true,
        common: &TWO,
    };

    fn said(nodes: &[Node<'_>], target: &'static ObjectShape) -> String {
        let target: &'static Shape = Box::leak(Box::new(Shape::Object(target)));
        judge("", &Claim::Fits { what: "it", nodes, target })
            .map_or_else(String::new, |wrong| wrong.text.as_str().to_owned())
    }

    fn leaf(shape: &'static ObjectShape, side: Side) -> Node<'static> {
        Node::Leaf { shape: Box::leak(Box::new(Shape::Object(shape))), side, steps: &[] }
    }

    /// A number is put under a key.
    fn over(key: &'static str, base: Node<'static>, target: &'static ObjectShape) -> String {
        let nodes = [
            Node::Object { first: 1, len: 1, base: Some(2) },
            Node::Field { key, value: 3, absent: false },
            base,
            Node::Integer(1),
        ];
        said(&nodes, target)
    }

    const DUPLICATE: &str = "it may have more than one of `a`, `a_old`";

    #[test]
    fn what_is_put_beside_an_alias_is_a_duplicate() {
        for (target, base, key, is_fine) in [
            (&ALIASED, leaf(&ALIASED, Side::Given), "a", false),
            (&ALIASED, leaf(&ALIASED, Side::Given), "a_old", false),
            (&MAYBE, leaf(&ALIASED, Side::Given), "a", false),
            (&ALIASED, leaf(&MAYBE, Side::Given), "a", false),
            (&ALIASED, leaf(&ALIASED, Side::Made), "a", true),
            (&ALIASED, leaf(&ALIASED, Side::Made), "a_old", false),
            (&ALIASED, leaf(&OLD, Side::Given), "a", false),
            (&ALIASED, leaf(&OLD, Side::Given), "a_old", true),
            (&ALIASED, leaf(&ONE, Side::Given), "a", true),
            // A target without the alias passes over it.
            (&ONE, leaf(&ALIASED, Side::Given), "a", true),
            (&TWO, leaf(&ALIASED, Side::Given), "a", true),
        ] {
            let said = over(key, base, target);
            assert_eq!(said.is_empty(), is_fine, "{key} into {target:?}: {said}");
            assert!(is_fine || said.contains(DUPLICATE), "{said}");
        }
    }

    #[test]
    fn below_an_overlay_a_field_is_there_by_one_of_its_names() {
        for (target, base, expected) in [
            (&ALIASED, leaf(&ALIASED, Side::Given), ""),
            (&ALIASED, leaf(&MAYBE, Side::Given), "its field `a` may be missing"),
            (&ONE, leaf(&ALIASED, Side::Given), "its field `a` may be missing"),
        ] {
            let said = over("x", base, target);
            assert!(if expected.is_empty() { said.is_empty() } else { said.contains(expected) }, "{said}");
        }
    }

    #[test]
    fn two_fields_that_may_both_be_there_are_no_two_names_of_one() {
        assert!(said(&[leaf(&TWO, Side::Given)], &MAYBE).contains(DUPLICATE));
        assert!(said(&[leaf(&TWO, Side::Made)], &MAYBE).contains(DUPLICATE));
        // One after the other they are.
        let either: &'static Shape = Box::leak(Box::new(Shape::OneOf(&EITHER)));
        assert_eq!(said(&[Node::Leaf { shape: either, side: Side::Given, steps: &[] }], &ALIASED), "");
        let map = <std::collections::BTreeMap<String, u32>>::SHAPE;
        let map = Node::Leaf { shape: map, side: Side::Given, steps: &[] };
        assert!(said(&[map], object_of_a()).contains(DUPLICATE));
    }

    fn object_of_a() -> &'static ObjectShape {
        const ALONE: ObjectShape = object("Alone", &[Field { given: Given::Optional, ..A }]);
        &ALONE
    }

    #[test]
    fn what_is_known_of_a_field_is_put_nowhere() {
        // `a` is known to be there, and something else lies over the value or not.
        for other in [None, Some("a_old")] {
            let nodes = [
                Node::Either(1, 4),
                Node::Object { first: 2, len: 1, base: Some(3) },
                Node::Field { key: "a", value: 6, absent: false },
                leaf(&ALIASED, Side::Given),
                match other {
                    Some(_) => Node::Object { first: 5, len: 1, base: Some(3) },
                    None => leaf(&ALIASED, Side::Given),
                },
                Node::Field { key: "a_old", value: 6, absent: false },
                Node::Integer(1),
            ];
            let said = said(&nodes, &ALIASED);
            assert_eq!(said.is_empty(), other.is_none(), "{said}");
        }
    }
}
