//! Which variant of an enum an object was meant to be: why it is not that one is the whole reason.

use super::{
    EnumShape, Given, OneOfShape, Shape, Side,
    fits::{Fits, Source},
    object::in_field,
    text::Text,
    view::View,
};

impl Fits<'_> {
    /// Appends the reason why an object is none of the variants, where it is tagged as one of them; returns `false` where that is not known.
    pub(super) const fn mismatch_of_variant(
        self,
        source: Source,
        one_of: &'static OneOfShape,
        target: View,
        depth: usize,
        out: &mut Text,
    ) -> bool {
        if !self.is_object(source) {
            return false;
        }
        let mark = out.mark();
        if let [tag, ..] = one_of.common.fields
            && let Shape::Enum(_) = tag.shape
            && let [key, ..] = tag.given_as
        {
            match self.key(source, key) {
                Some((value, false)) => {
                    if !self.fits(value, View::new(tag.shape, target.side), depth + 3, out) {
                        in_field(key, mark, out);
                        return true;
                    }
                }
                Some((_, true)) => {}
                None => {
                    out.push("its field ");
                    out.code(key);
                    out.push(" is missing, which says which variant of ");
                    out.code(one_of.name);
                    out.push(" it is");
                    return true;
                }
            }
        }
        out.rewind(mark);
        let mut meant = None;
        let mut i = 0;
        while i < one_of.alternatives.len() {
            if self.is_tagged_as(source, target.alternative(one_of, i).shape, one_of.buffered) {
                if meant.is_some() {
                    return false;
                }
                meant = Some(i);
            }
            i += 1;
        }
        let Some(i) = meant else { return false };
        self.fits(source, target.alternative(one_of, i), depth + 2, out);
        out.push(" (a variant of ");
        out.code(one_of.name);
        out.push(")");
        true
    }

    /// Whether an object has the tag of a variant, or is tagged outside by its only key.
    const fn is_tagged_as(self, source: Source, variant: &'static Shape, buffered: bool) -> bool {
        let Shape::Object(object) = variant else { return false };
        let mut i = 0;
        while i < object.fields.len() {
            let field = &object.fields[i];
            if let [key, ..] = field.given_as
                && let Some((value, false)) = self.key(source, key)
            {
                match field.shape {
                    Shape::Enum(names) if names.variants.len() == 1 => {
                        return matches!(field.given, Given::Required)
                            && self.fits(value, View::new(field.shape, Side::Given), 0, &mut Text::new());
                    }
                    _ if !buffered && object.fields.len() == 1 => return true,
                    _ => {}
                }
            }
            i += 1;
        }
        false
    }
}

/// Appends the names of an enum's variants, where those are strings, or keys of what is tagged outside.
pub(super) const fn names_of_variants(one_of: &OneOfShape, out: &mut Text) {
    let mut before = ": ";
    let mut i = 0;
    while !one_of.buffered && i < one_of.alternatives.len() {
        match one_of.alternatives[i] {
            Shape::Enum(names) => list(names.variants, &mut before, out),
            Shape::Object(object) => {
                if let [field] = object.fields {
                    list(field.given_as, &mut before, out);
                }
            }
            _ => {}
        }
        i += 1;
    }
}

/// Appends the strings that an enum is read from.
pub(super) const fn names(shape: &EnumShape, out: &mut Text) {
    let mut before = " (";
    list(shape.variants, &mut before, out);
    if !shape.variants.is_empty() {
        out.push(")");
    }
}

const fn list(names: &[&str], before: &mut &str, out: &mut Text) {
    let mut i = 0;
    while i < names.len() {
        out.push(before);
        out.code(names[i]);
        *before = ", ";
        i += 1;
    }
}
