//! What describes the items of an array whose items are of several types.

use super::{
    Field, ObjectShape, Shape,
    text::{contains, same},
    view::{Side, View},
};

/// Deeper than this shapes are taken to differ.
const MAX_DEPTH: usize = 16;

/// The view among some that describes them all; none where there is no such.
pub(super) const fn widest(of: View, shapes: &'static [&'static Shape]) -> Option<View> {
    let mut i = 0;
    while i < shapes.len() {
        let wide = of.with(shapes[i]);
        let mut j = 0;
        while j < shapes.len() && includes(wide, of.with(shapes[j]), 0) {
            j += 1;
        }
        if j == shapes.len() {
            return Some(wide);
        }
        i += 1;
    }
    None
}

/// Whether what one view says of a value holds for every value that another describes, on the same side.
const fn includes(wide: View, narrow: View, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match (wide.shape, narrow.shape) {
        (Shape::Any, Shape::Any)
        | (Shape::Null | Shape::Nullable(_), Shape::Null)
        | (Shape::Boolean, Shape::Boolean)
        | (Shape::Number, Shape::Number | Shape::Integer { .. })
        | (Shape::String, Shape::String | Shape::Text(_) | Shape::Enum(_)) => true,
        // One that may be anything is described by nothing else, and what may be null by nothing that may not.
        (_, Shape::Any) | (Shape::Any, _) => false,
        (Shape::Nullable(wide_inner), Shape::Nullable(inner)) => {
            includes(wide.with(wide_inner), narrow.with(inner), depth + 1)
        }
        (Shape::Nullable(inner), _) => includes(wide.with(inner), narrow, depth + 1),
        (Shape::Integer { min, max }, Shape::Integer { min: least, max: most }) => {
            *min <= *least && *most <= *max
        }
        (Shape::Text(wide), Shape::Text(narrow)) => same(wide, narrow),
        (Shape::Enum(wide), Shape::Enum(narrow)) => {
            all(wide.variants, narrow.variants) && all(wide.also_given, narrow.also_given)
        }
        (Shape::Array(wide_item), Shape::Array(item)) => {
            includes(wide.with(wide_item), narrow.with(item), depth + 1)
        }
        (Shape::Array(wide_item), Shape::Tuple(items)) => {
            let mut i = 0;
            while i < items.len() {
                if !includes(wide.with(wide_item), narrow.with(items[i]), depth + 1) {
                    return false;
                }
                i += 1;
            }
            true
        }
        (Shape::Tuple(wides), Shape::Tuple(items)) => each(wide, wides, narrow, items, depth),
        (Shape::Map(wide_value), Shape::Map(value) | Shape::Keyed { value, .. }) => {
            includes(wide.with(wide_value), narrow.with(value), depth + 1)
        }
        (Shape::Keyed { key: wide_key, value: wide_value }, Shape::Keyed { key, value }) => {
            includes(wide.with(wide_key), narrow.with(key), depth + 1)
                && includes(wide.with(wide_value), narrow.with(value), depth + 1)
        }
        (Shape::Object(wide_object), Shape::Object(object)) => {
            objects(wide, wide_object, narrow, object, depth)
        }
        (Shape::OneOf(wide_one), Shape::OneOf(one)) => {
            each(wide, wide_one.alternatives, narrow, one.alternatives, depth)
        }
        _ => false,
    }
}

/// The same for as many shapes on either side.
const fn each(
    wide: View,
    wides: &'static [&'static Shape],
    narrow: View,
    shapes: &'static [&'static Shape],
    depth: usize,
) -> bool {
    let mut i = 0;
    while i < wides.len() && i < shapes.len() {
        if !includes(wide.with(wides[i]), narrow.with(shapes[i]), depth + 1) {
            return false;
        }
        i += 1;
    }
    wides.len() == shapes.len()
}

/// Objects of the same keys.
const fn objects(
    wide: View,
    wide_object: &'static ObjectShape,
    narrow: View,
    object: &'static ObjectShape,
    depth: usize,
) -> bool {
    if wide_object.fields.len() != object.fields.len()
        || wide_object.deny_unknown_fields != object.deny_unknown_fields
    {
        return false;
    }
    let mut i = 0;
    while i < object.fields.len() {
        let (wide_field, field) = (&wide_object.fields[i], &object.fields[i]);
        if !fields(wide_field, field, wide.side) {
            return false;
        }
        let (wide_value, value) = (wide.of_field(wide_field), narrow.of_field(field));
        if value.absent && !wide_value.absent || !includes(wide_value, value, depth + 1) {
            return false;
        }
        i += 1;
    }
    each(wide, wide_object.flattened, narrow, object.flattened, depth)
}

/// Whether two fields are under the same keys.
const fn fields(wide: &Field, field: &Field, side: Side) -> bool {
    match (wide.key(side), field.key(side)) {
        (Some(wide_key), Some(key)) => {
            same(wide_key, key) && all(wide.given_as, field.given_as) && all(field.given_as, wide.given_as)
        }
        (None, None) => true,
        _ => false,
    }
}

/// Whether a list holds all of another.
const fn all(list: &[&str], of: &[&str]) -> bool {
    let mut i = 0;
    while i < of.len() {
        if !contains(list, of[i]) {
            return false;
        }
        i += 1;
    }
    true
}
