//! Objects into objects: fields, flattened parts, maps.

use super::{
    Field, Given, Node, ObjectShape, Shape,
    fits::{Fits, Source, prefix},
    text::{Text, contains, same},
    view::{Side, View},
};

impl Fits<'_> {
    /// The value of a key, and whether it may be missing; none where it is not there at all.
    const fn key(self, source: Source, key: &str) -> Option<(Source, bool)> {
        match source {
            Source::View(view) => match view.key(key) {
                Some(value) => Some((Source::View(value), value.absent)),
                None => None,
            },
            Source::Node(index) => match self.nodes[index] {
                Node::Object { first, len, base } => {
                    let mut i = first;
                    while i < first + len {
                        if let Node::Field { key: name, value, absent } = self.nodes[i]
                            && same(name, key)
                        {
                            return Some((Source::Node(value), absent || self.missing(value)));
                        }
                        i += 1;
                    }
                    match base {
                        // Where the whole below is not there, nothing of it is.
                        Some(index) => match self.base(index) {
                            Some(base) => match self.key(base, key) {
                                Some((value, absent)) => Some((value, absent || self.missing(index))),
                                None => None,
                            },
                            None => None,
                        },
                        None => None,
                    }
                }
                Node::Unknown(_) => Some((Source::Node(index), true)),
                Node::Map(value) => Some((Source::Node(value), true)),
                Node::Any => Some((Source::View(View::new(&Shape::Any, Side::Made)), true)),
                _ => None,
            },
        }
    }

    pub(super) const fn object(
        self,
        source: Source,
        target: View,
        object: &'static ObjectShape,
        depth: usize,
        out: &mut Text,
    ) -> bool {
        if let Source::Node(index) = source
            && let Node::Object { base: Some(base), len: 0, .. } = self.nodes[index]
            && !matches!(self.nodes[base], Node::Unknown(_))
        {
            return self.fits(Source::Node(base), target, depth + 1, out);
        }
        // An overlay over anything: all that is not overlaid may be there.
        let mut i = 0;
        while i < object.fields.len() {
            if !self.field(source, target, &object.fields[i], depth, out) {
                return false;
            }
            i += 1;
        }
        let mut i = 0;
        while i < object.flattened.len() {
            let flattened = target.with(object.flattened[i]);
            let fits = match flattened.shape {
                // The map takes what no field takes.
                Shape::Map(value) => self.entries(source, flattened.with(value), Some(object), depth, out),
                Shape::Nullable(_) => true,
                _ => Self { flattened: true, ..self }.fits(source, flattened, depth + 1, out),
            };
            if !fits {
                return false;
            }
            i += 1;
        }
        if object.deny_unknown_fields && !self.flattened {
            return self.no_strangers(source, object, out);
        }
        true
    }

    const fn field(
        self,
        source: Source,
        target: View,
        field: &'static Field,
        depth: usize,
        out: &mut Text,
    ) -> bool {
        if matches!(field.given, Given::Never) {
            return true;
        }
        let wanted = target.with(field.shape);
        let mark = out.mark();
        let mut certain = false;
        let mut first = None;
        let mut i = 0;
        while i < field.given_as.len() {
            let key = field.given_as[i];
            if let Some((value, absent)) = self.key(source, key) {
                if let Some(first) = first
                    && !absent
                {
                    // serde calls the second a duplicate of the first.
                    out.push("its fields ");
                    out.code(first);
                    out.push(" and ");
                    out.code(key);
                    out.push(" are two names of one field");
                    return false;
                }
                if !absent {
                    first = Some(key);
                }
                let whole = Self { flattened: false, ..self };
                if !whole.fits(value, wanted, depth + 1, out) {
                    let mut inner = Text::new();
                    inner.push("in its field ");
                    inner.code(key);
                    inner.push(": ");
                    prefix(out, mark, inner.as_str());
                    return false;
                }
                certain = certain || !absent || self.is_unknown(source);
            }
            i += 1;
        }
        if !certain && field.is_required(wanted.shape) {
            out.push("its field ");
            out.code(if field.given_as.is_empty() { field.made_as } else { field.given_as[0] });
            out.push(if self.key(source, field.given_as[0]).is_some() {
                " may be missing"
            } else {
                " is missing"
            });
            return false;
        }
        true
    }

    /// Whether nothing is known of a source below its overlay, so that it may be asked everything.
    const fn is_unknown(self, source: Source) -> bool {
        match source {
            Source::View(view) => matches!(view.shape, Shape::Any),
            Source::Node(index) => match self.nodes[index] {
                Node::Any => true,
                Node::Object { base: Some(base), .. } => match self.base(base) {
                    Some(base) => self.is_unknown(base),
                    None => false,
                },
                _ => false,
            },
        }
    }

    /// Whether every entry of an object fits, but for those that fields of another object take.
    pub(super) const fn entries(
        self,
        source: Source,
        wanted: View,
        but: Option<&'static ObjectShape>,
        depth: usize,
        out: &mut Text,
    ) -> bool {
        match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Object { first, len, base } => {
                    let mut i = first;
                    while i < first + len {
                        if let Node::Field { key, value, .. } = self.nodes[i]
                            && !named(but, key)
                            && !self.entry(Source::Node(value), key, wanted, depth, out)
                        {
                            return false;
                        }
                        i += 1;
                    }
                    match base {
                        Some(base) => match self.base(base) {
                            Some(base) => self.entries(base, wanted, but, depth, out),
                            None => true,
                        },
                        None => true,
                    }
                }
                Node::Unknown(_) => self.fits(source, wanted, depth + 1, out),
                Node::Map(value) => self.fits(Source::Node(value), wanted, depth + 1, out),
                _ => true,
            },
            Source::View(view) => match view.shape {
                Shape::Map(value) => self.fits(Source::View(view.with(value)), wanted, depth + 1, out),
                Shape::Object(object) => {
                    let mut i = 0;
                    while i < object.fields.len() {
                        let field = &object.fields[i];
                        if let Some(key) = field.key(view.side)
                            && !named(but, key)
                            && !self.entry(Source::View(view.of_field(field)), key, wanted, depth, out)
                        {
                            return false;
                        }
                        i += 1;
                    }
                    let mut i = 0;
                    while i < object.flattened.len() {
                        let inner = Source::View(view.with(object.flattened[i]));
                        if !self.entries(inner, wanted, but, depth + 1, out) {
                            return false;
                        }
                        i += 1;
                    }
                    true
                }
                _ => true,
            },
        }
    }

    const fn entry(self, value: Source, key: &str, wanted: View, depth: usize, out: &mut Text) -> bool {
        let mark = out.mark();
        let whole = Self { flattened: false, ..self };
        if whole.fits(value, wanted, depth + 1, out) {
            return true;
        }
        let mut inner = Text::new();
        inner.push("in its field ");
        inner.code(key);
        inner.push(": ");
        prefix(out, mark, inner.as_str());
        false
    }

    /// `deny_unknown_fields`: every key that the source may have must be one of the object's.
    const fn no_strangers(self, source: Source, object: &'static ObjectShape, out: &mut Text) -> bool {
        match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Object { first, len, base } => {
                    let mut i = first;
                    while i < first + len {
                        if let Node::Field { key, .. } = self.nodes[i]
                            && !takes(Some(object), key)
                        {
                            return stranger(key, object, out);
                        }
                        i += 1;
                    }
                    match base {
                        Some(base) => match self.base(base) {
                            Some(base) => self.no_strangers(base, object, out),
                            None => true,
                        },
                        None => true,
                    }
                }
                _ => true,
            },
            Source::View(view) => match view.shape {
                Shape::Object(given) => {
                    let mut i = 0;
                    while i < given.fields.len() {
                        if let Some(key) = given.fields[i].key(view.side)
                            && !takes(Some(object), key)
                        {
                            return stranger(key, object, out);
                        }
                        i += 1;
                    }
                    true
                }
                _ => true,
            },
        }
    }
}

/// Whether a field of an object takes a key.
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

/// Whether an object, or one flattened into it, has a field of this name: what a flattened map does not get to see.
const fn named(object: Option<&'static ObjectShape>, key: &str) -> bool {
    let Some(object) = object else { return false };
    let mut i = 0;
    while i < object.fields.len() {
        let field = &object.fields[i];
        if !matches!(field.given, Given::Never) && contains(field.given_as, key) {
            return true;
        }
        i += 1;
    }
    let mut i = 0;
    while i < object.flattened.len() {
        let inner = View::new(object.flattened[i], Side::Given).shape;
        let found = match inner {
            Shape::Object(inner) => named(Some(inner), key),
            Shape::OneOf(one_of) => named(Some(one_of.common), key),
            _ => false,
        };
        if found {
            return true;
        }
        i += 1;
    }
    false
}

const fn stranger(key: &str, object: &'static ObjectShape, out: &mut Text) -> bool {
    out.push("its field ");
    out.code(key);
    out.push(" is unknown to ");
    out.code(object.name);
    out.push(", which denies unknown fields");
    false
}
