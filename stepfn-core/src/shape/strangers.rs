//! Keys that a type does not have: `#[serde(deny_unknown_fields)]`, and the keys that are allowed beside the fields of a type.

use super::{
    Field, Node, ObjectShape, Shape,
    fits::{Fits, Source},
    object::named,
    text::Text,
    view::{Side, View},
};

impl Fits<'_> {
    /// `deny_unknown_fields`: every key that the source may have must be one of the object's.
    pub(super) const fn no_strangers(
        self,
        source: Source,
        object: &'static ObjectShape,
        out: &mut Text,
    ) -> bool {
        if let Some((first, len)) = self.merged(source) {
            let mut i = first;
            while i < first + len {
                if !self.no_strangers(self.merged_part(i).0, object, out) {
                    return false;
                }
                i += 1;
            }
            return true;
        }
        if let Some((first, len)) = self.overlay(source) {
            let mut i = first;
            while i < first + len {
                if let Node::Field { key, .. } = self.nodes[i]
                    && !takes(Some(object), key)
                {
                    return stranger(key, object, out);
                }
                i += 1;
            }
            return match self.below(source) {
                Some(below) => self.no_strangers(below, object, out),
                None => true,
            };
        }
        if let Some(reason) = self.untold(source)
            && !takes_all(object)
        {
            out.push("its fields cannot be determined: ");
            out.push(reason);
            out.push("; expected those of ");
            out.code(object.name);
            out.push(", which denies unknown fields");
            return false;
        }
        let view = match source {
            Source::View(view) => view,
            Source::Node(index) if matches!(self.nodes[index], Node::Map(_)) => {
                View::new(&Shape::Map(&Shape::Any), Side::Made)
            }
            _ => return true,
        };
        match view.shape {
            Shape::Object(given) => {
                let mut i = 0;
                while i < given.fields.len() {
                    if let Some(key) = unknown_key(&given.fields[i], view.side, object) {
                        return stranger(key, object, out);
                    }
                    i += 1;
                }
                let mut i = 0;
                while i < given.flattened.len() {
                    if !self.no_strangers(Source::View(view.flattened_part(given, i)), object, out) {
                        return false;
                    }
                    i += 1;
                }
                if may_have_more(view, given) && !takes_all(object) {
                    untold_keys(given, out);
                    out.push("expected those of ");
                    out.code(object.name);
                    out.push(", which denies unknown fields");
                    return false;
                }
                true
            }
            Shape::OneOf(one_of) => {
                let mut i = 0;
                while i < one_of.common.fields.len() {
                    if let Some(key) = unknown_key(&one_of.common.fields[i], view.side, object) {
                        return stranger(key, object, out);
                    }
                    i += 1;
                }
                true
            }
            Shape::Nullable(inner) => self.no_strangers(Source::View(view.with(inner)), object, out),
            Shape::Map(_) | Shape::Keyed { .. } if !takes_all(object) => {
                out.push("it is a map of any keys, expected those of ");
                out.code(object.name);
                out.push(", which denies unknown fields");
                false
            }
            _ => true,
        }
    }
}

/// Returns `true` if a value can have keys that its type does not have: `Deserialize` passes over them, and the JSON that is passed on is the
/// one that came in.
pub(super) const fn may_have_more(view: View, object: &'static ObjectShape) -> bool {
    if matches!(view.side, Side::Made) || object.deny_unknown_fields {
        return false;
    }
    let mut i = 0;
    while i < object.flattened.len() {
        let mut part = view.with(object.flattened[i]);
        if let Shape::Nullable(inner) = part.shape {
            part = part.with(inner);
        }
        // It takes them all.
        if let Shape::Map(_) | Shape::Keyed { .. } = part.shape {
            return false;
        }
        i += 1;
    }
    true
}

/// Appends that there may be such keys, and what to write instead.
pub(super) const fn untold_keys(object: &'static ObjectShape, out: &mut Text) {
    out.push("it may have fields that ");
    out.code(object.name);
    out.push(" does not declare (build it field by field, or write `#[serde(deny_unknown_fields)]` on ");
    out.code(object.name);
    out.push("), ");
}

/// Returns `true` if an object holds a flattened map or enum, where what keys it takes is judged.
const fn takes_all(object: &'static ObjectShape) -> bool {
    let mut i = 0;
    while i < object.flattened.len() {
        if !matches!(object.flattened[i], Shape::Object(_)) {
            return true;
        }
        i += 1;
    }
    false
}

/// Returns `true` if a field of an object takes a key.
const fn takes(object: Option<&'static ObjectShape>, key: &str) -> bool {
    if named(object, key) {
        return true;
    }
    let Some(object) = object else { return false };
    let mut i = 0;
    while i < object.flattened.len() {
        match object.flattened[i] {
            Shape::Object(inner) => {
                if takes(Some(inner), key) {
                    return true;
                }
            }
            // What a flattened map or enum takes is judged there.
            _ => return true,
        }
        i += 1;
    }
    false
}

/// Returns a key that a field may come in under and that an object does not know: aliases are keys as well.
const fn unknown_key(field: &Field, side: Side, object: &'static ObjectShape) -> Option<&'static str> {
    let Some(key) = field.key(side) else { return None };
    if !takes(Some(object), key) {
        return Some(key);
    }
    let mut i = 1;
    while matches!(side, Side::Given) && i < field.given_as.len() {
        if !takes(Some(object), field.given_as[i]) {
            return Some(field.given_as[i]);
        }
        i += 1;
    }
    None
}

const fn stranger(key: &str, object: &'static ObjectShape, out: &mut Text) -> bool {
    out.push("its field ");
    out.code(key);
    out.push(" is unknown to ");
    out.code(object.name);
    out.push(", which denies unknown fields");
    false
}

#[cfg(test)]
mod tests {
    use crate::shape::{
        Claim, Field, Given, Made, Node, ObjectShape, OneOfShape, Shape, Side, StateData, Step, judge,
    };

    const fn field(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
        Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
    }
    const A: Field = field("a", &["a"], u32::SHAPE);
    const B: Field = field("b", &["b"], String::SHAPE);
    const OPEN: ObjectShape =
        ObjectShape { name: "Open", fields: &[A], flattened: &[], deny_unknown_fields: false };
    const CLOSED: ObjectShape = ObjectShape { name: "Closed", deny_unknown_fields: true, ..OPEN };
    const OTHER: ObjectShape = ObjectShape { name: "Other", fields: &[B], ..CLOSED };
    const REST: ObjectShape =
        ObjectShape { name: "Rest", flattened: &[<std::collections::BTreeMap<String, u32>>::SHAPE], ..OPEN };
    const EITHER: Shape = Shape::OneOf(&OneOfShape {
        name: "Either",
        alternatives: &[&Shape::Object(&CLOSED), &Shape::Object(&OTHER)],
        buffered: true,
        common: &ObjectShape { name: "Either", fields: &[], flattened: &[], deny_unknown_fields: false },
    });
    const OPEN_EITHER: Shape = Shape::OneOf(&OneOfShape {
        name: "OpenEither",
        alternatives: &[&Shape::Object(&OPEN), &Shape::Object(&OTHER)],
        buffered: true,
        common: &ObjectShape { name: "OpenEither", fields: &[], flattened: &[], deny_unknown_fields: false },
    });

    fn said(nodes: &[Node<'_>], target: &'static Shape) -> String {
        judge("", &Claim::Fits { what: "it", nodes, target })
            .map_or_else(String::new, |wrong| wrong.text.as_str().to_owned())
    }

    fn of_type(shape: &'static Shape, side: Side, target: &'static Shape) -> String {
        said(&[Node::Leaf { shape, side, steps: &[] }], target)
    }

    const NUMBERS: &Shape = <std::collections::BTreeMap<String, u32>>::SHAPE;
    const ANYTHING: &Shape = &Shape::Map(&Shape::Any);

    #[test]
    fn what_comes_in_may_have_more_fields_than_its_type() {
        let (open, closed) = (&Shape::Object(&OPEN), &Shape::Object(&CLOSED));
        let rest = &Shape::Object(&REST);
        for (source, side, target, expected) in [
            (open, Side::Given, closed, "it may have fields that `Open` does not declare"),
            (open, Side::Made, closed, ""),
            (closed, Side::Given, closed, ""),
            (open, Side::Given, open, ""),
            (open, Side::Given, NUMBERS, "expected values that are each an integer from 0 to"),
            (open, Side::Made, NUMBERS, ""),
            (open, Side::Given, ANYTHING, ""),
            (closed, Side::Given, NUMBERS, ""),
            // What its type has no name for is in the map.
            (rest, Side::Given, rest, ""),
            (rest, Side::Given, NUMBERS, ""),
            (open, Side::Given, rest, "in its"),
            (&EITHER, Side::Given, &EITHER, ""),
            (&OPEN_EITHER, Side::Made, &EITHER, ""),
            (&OPEN_EITHER, Side::Given, &EITHER, "`Either`"),
        ] {
            let said = of_type(source, side, target);
            let fits = if expected.is_empty() { said.is_empty() } else { said.contains(expected) };
            assert!(fits || expected == "in its" && !said.is_empty(), "{source:?} {side:?}: {said}");
        }
    }

    #[test]
    fn what_lies_below_an_overlay_is_asked_for_its_fields_too() {
        let closed = &Shape::Object(&CLOSED);
        let over = |base: Node<'static>| {
            [
                Node::Object { first: 1, len: 1, base: Some(2) },
                Node::Field { key: "a", value: 3, absent: false },
                base,
                Node::Integer(1),
            ]
        };
        let leaf = |shape, side| Node::Leaf { shape, side, steps: &[] as &[Step<'_>] };
        for (base, expected) in [
            (Node::Unknown("it is deep"), "its fields cannot be determined"),
            (Node::Map(3), "it is a map of any keys"),
            (leaf(&Shape::Object(&OPEN), Side::Given), "does not declare"),
            (leaf(&Shape::Object(&OPEN), Side::Made), ""),
            // There is no way here.
            (leaf(&Shape::Never, Side::Made), ""),
            (Node::Any, ""),
        ] {
            let said = said(&over(base), closed);
            let fits = if expected.is_empty() { said.is_empty() } else { said.contains(expected) };
            assert!(fits, "{base:?}: {said}");
        }
    }

    #[test]
    fn what_lies_below_an_overlay_may_come_in_under_an_alias() {
        const ALIASED: ObjectShape = ObjectShape {
            name: "Aliased",
            fields: &[field("a", &["a", "a_old"], u32::SHAPE)],
            flattened: &[],
            deny_unknown_fields: true,
        };
        // One that must be there would be reported as missing.
        const BOTH: ObjectShape =
            ObjectShape { name: "Both", fields: &[Field { given: Given::Optional, ..A }, B], ..CLOSED };
        const SAME: ObjectShape = ObjectShape {
            name: "Same",
            fields: &[Field { given: Given::Optional, ..ALIASED.fields[0] }, B],
            ..CLOSED
        };
        let over = |side, target| {
            let nodes = [
                Node::Object { first: 1, len: 1, base: Some(2) },
                Node::Field { key: "b", value: 3, absent: false },
                Node::Leaf { shape: &Shape::Object(&ALIASED), side, steps: &[] },
                Node::String,
            ];
            said(&nodes, target)
        };
        let said = over(Side::Given, &Shape::Object(&BOTH));
        assert!(said.contains("its field `a_old` is unknown to `Both`"), "{said}");
        assert_eq!(over(Side::Made, &Shape::Object(&BOTH)), "");
        assert_eq!(over(Side::Given, &Shape::Object(&SAME)), "");
    }

    #[test]
    fn a_map_of_any_keys_is_no_map_of_some() {
        let of_numbers = &Shape::Keyed { key: u32::SHAPE, value: u32::SHAPE };
        let map = [Node::Map(1), Node::Integer(1)];
        assert!(said(&map, of_numbers).contains("its keys are a string, expected an integer from 0 to"));
        assert_eq!(said(&map, NUMBERS), "");
    }
}
