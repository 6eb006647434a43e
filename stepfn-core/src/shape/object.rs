//! Objects into objects: fields, flattened parts, maps.

use super::{
    Field, Given, Node, ObjectShape, Shape,
    fits::{Fits, Source, prefix},
    strangers::{may_have_more, untold_keys},
    text::{Text, contains, same},
    view::{Side, View, article},
};

impl<'a> Fits<'a> {
    /// The value of a key, and whether it may be missing; none where it is not there at all.
    pub(super) const fn key(self, source: Source, key: &str) -> Option<(Source, bool)> {
        match source {
            Source::View(view) => match view.key(key) {
                Some(value) => Some((Source::View(value), value.absent)),
                None => None,
            },
            Source::Node(index) | Source::Over(index, _) => match self.nodes[index] {
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
                    match self.below(source) {
                        // Where the whole below is not there, nothing of it is.
                        Some(below) => match self.key(below, key) {
                            Some((value, absent)) => Some((value, absent || self.lacks_base(base))),
                            None => None,
                        },
                        None => None,
                    }
                }
                Node::Unknown(_) => Some((Source::Node(index), true)),
                // Its parts are asked one by one.
                Node::Merged { .. } => None,
                Node::Map(value) => Some((Source::Node(value), true)),
                Node::Any => Some((Source::View(View::new(&Shape::Any, Side::Made)), true)),
                _ => None,
            },
        }
    }

    /// The objects that are put over each other, if that is what a source is.
    pub(super) const fn merged(self, source: Source) -> Option<(usize, usize)> {
        match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Merged { first, len } => Some((first, len)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns one of the objects that are put over others, and whether it need not be there: it may be missing, or an array of none.
    pub(super) const fn merged_part(self, index: usize) -> (Source, bool) {
        let source = self.source(index);
        match source {
            Source::View(view) => {
                if self.base(index).is_none() {
                    return (Source::View(view.with(&Shape::Mixed)), true);
                }
                match view.shape {
                    Shape::Array(item) => (Source::View(view.with(item)), view.absent || !view.reaches(0)),
                    _ => (source, self.missing(index)),
                }
            }
            source => (source, self.missing(index)),
        }
    }

    /// Returns `true` if a source is what nothing can be: a field that was taken away.
    pub(super) const fn is_nothing(self, source: Source) -> bool {
        match source {
            Source::Node(index) => matches!(self.nodes[index], Node::Union { len: 0, .. }),
            _ => false,
        }
    }

    /// Returns `true` if every object that is put over others is known to be one.
    const fn are_objects(self, (first, len): (usize, usize), out: &mut Text) -> bool {
        let mut i = first;
        while i < first + len {
            let (part, _) = self.merged_part(i);
            let told = match part {
                Source::View(view) => matches!(
                    view.shape,
                    Shape::Object(_)
                        | Shape::Map(_)
                        | Shape::Keyed { .. }
                        | Shape::OneOf(_)
                        | Shape::Any
                        | Shape::Never
                ),
                Source::Over(..) => true,
                Source::Node(index) => {
                    matches!(self.nodes[index], Node::Object { .. } | Node::Map(_) | Node::Any)
                }
            };
            if !told {
                out.push("it cannot be determined that what is merged is an object: it may be missing, or null, or something else");
                return false;
            }
            i += 1;
        }
        true
    }

    /// Returns whether all that a key can be in objects that are put over each other fits; nothing where none has it. Gives whether one of
    /// them has it for certain.
    const fn merged_field(
        self,
        (first, len): (usize, usize),
        key: &str,
        wanted: View,
        depth: usize,
        out: &mut Text,
    ) -> Option<(bool, bool)> {
        let mut found = None;
        let mut gone = false;
        let mut i = first + len;
        while i > first {
            i -= 1;
            let (part, lacking) = self.merged_part(i);
            if let Some((value, absent)) = self.key(part, key) {
                let whole = self.whole();
                if !whole.fits(value, wanted, depth + 5, out) {
                    return Some((false, false));
                }
                if !absent && !lacking {
                    return Some((true, !gone));
                }
                gone = gone || absent && self.is_nothing(value);
                found = Some((true, false));
            }
        }
        found
    }

    /// Whether what lies below an overlay may be missing.
    pub(super) const fn lacks_below(self, source: Source) -> bool {
        match source {
            Source::Node(index) | Source::Over(index, _) => match self.nodes[index] {
                Node::Object { base, .. } => self.lacks_base(base),
                _ => false,
            },
            Source::View(_) => false,
        }
    }

    /// The same for a value inside.
    const fn whole(self) -> Self {
        Self { flattened: false, facts: false, ..self }
    }

    const fn lacks_base(self, base: Option<usize>) -> bool {
        match base {
            Some(base) => self.missing(base),
            None => false,
        }
    }

    /// Returns the reason why nothing is known of a source, where that is so.
    pub(super) const fn untold(self, source: Source) -> Option<&'a str> {
        match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Unknown(reason) => Some(reason),
                _ => None,
            },
            _ => None,
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
        if let (Some((_, 0)), Some(below)) = (self.overlay(source), self.below(source))
            && self.untold(below).is_none()
        {
            return self.fits(below, target, depth + 3, out);
        }
        if let Some(parts) = self.merged(source)
            && !self.are_objects(parts, out)
        {
            return false;
        }
        // Of facts about parts it is asked without them: they put nothing there.
        if !self.facts && !self.has_no_second_name(source, object, out) {
            return false;
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
            // Serde collects what no field takes before it reads it.
            let inside = Self { buffered: true, flattened: true, ..self };
            let fits = match flattened.shape {
                // The map takes what no field takes.
                Shape::Map(value) | Shape::Keyed { value, .. } => {
                    inside.entries(source, flattened, value, Some(object), depth, out)
                }
                Shape::Nullable(_) => true,
                _ => inside.fits(source, flattened, depth + 3, out),
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
        let mut i = 0;
        while i < field.given_as.len() {
            let key = field.given_as[i];
            if let Some(parts) = self.merged(source) {
                if let Some((fits, there)) = self.merged_field(parts, key, wanted, depth, out) {
                    if !fits {
                        return in_field(key, mark, out);
                    }
                    certain = certain || there;
                }
            } else if let Some((value, absent)) = self.key(source, key) {
                let whole = self.whole();
                if !whole.fits(value, wanted, depth + 4, out) {
                    return in_field(key, mark, out);
                }
                certain = certain || !absent || self.is_unknown(source);
            }
            i += 1;
        }
        if !certain && field.is_required(wanted.shape) && !self.is_there_by_some_name(source, field) {
            let name = if field.given_as.is_empty() { field.made_as } else { field.given_as[0] };
            out.push("its field ");
            out.code(name);
            out.push(if self.merged(source).is_some() || self.key(source, name).is_some() {
                " may be missing"
            } else {
                " is missing"
            });
            return false;
        }
        true
    }

    /// Returns `true` if nothing is known of a source below its overlay, so that it may be asked everything.
    const fn is_unknown(self, source: Source) -> bool {
        match source {
            Source::View(view) => matches!(view.shape, Shape::Any),
            Source::Node(index) if matches!(self.nodes[index], Node::Any) => true,
            _ => match self.below(source) {
                Some(below) => self.is_unknown(below),
                None => false,
            },
        }
    }

    /// Returns `true` if every entry of an object fits a map, but for those that fields of another object take.
    pub(super) const fn entries(
        self,
        source: Source,
        map: View,
        value: &'static Shape,
        but: Option<&'static ObjectShape>,
        depth: usize,
        out: &mut Text,
    ) -> bool {
        if let Some((first, len)) = self.merged(source) {
            if !self.are_objects((first, len), out) {
                return false;
            }
            let mut i = first;
            while i < first + len {
                if !self.entries(self.merged_part(i).0, map, value, but, depth + 1, out) {
                    return false;
                }
                i += 1;
            }
            return true;
        }
        if let Some((first, len)) = self.overlay(source) {
            let mut i = first;
            while i < first + len {
                if let Node::Field { key, value: entry, .. } = self.nodes[i]
                    && !named(but, key)
                    && !self.entry(Source::Node(entry), key, map, value, depth, out)
                {
                    return false;
                }
                i += 1;
            }
            return match self.below(source) {
                Some(below) => self.entries(below, map, value, but, depth, out),
                None => true,
            };
        }
        let wanted = map.with(value);
        let whole = self.whole();
        let view = match source {
            Source::View(view) => view,
            Source::Node(index) | Source::Over(index, _) => {
                let entry = match self.nodes[index] {
                    Node::Unknown(_) => source,
                    Node::Map(entry) => Source::Node(entry),
                    _ => return true,
                };
                return self.all_keys(View::new(&Shape::String, Side::Made), map, out)
                    && whole.fits(entry, wanted, depth + 3, out);
            }
        };
        match view.shape {
            Shape::Map(value) | Shape::Keyed { value, .. } => {
                let made = match view.shape {
                    Shape::Keyed { key, .. } => view.with(key),
                    _ => view.with(&Shape::String),
                };
                if !self.all_keys(made, map, out) {
                    return false;
                }
                whole.fits(Source::View(view.with(value)), wanted, depth + 3, out)
            }
            Shape::Object(object) => {
                if !self.entries_of_fields(view, object, map, value, but, depth, out) {
                    return false;
                }
                let mut i = 0;
                while i < object.flattened.len() {
                    let inner = Source::View(view.flattened_part(object, i));
                    if !self.entries(inner, map, value, but, depth + 1, out) {
                        return false;
                    }
                    i += 1;
                }
                // The values of further keys are not known.
                if may_have_more(view, object) && !matches!(wanted.shape, Shape::Any) {
                    untold_keys(object, out);
                    out.push("expected values that are each ");
                    article(out, wanted.shape);
                    return false;
                }
                true
            }
            Shape::OneOf(one_of) => self.entries_of_fields(view, one_of.common, map, value, but, depth, out),
            Shape::Nullable(inner) => {
                self.entries(Source::View(view.with(inner)), map, value, but, depth, out)
            }
            _ => true,
        }
    }

    /// Returns `true` if a map takes all keys that are made of one shape.
    const fn all_keys(self, made: View, map: View, out: &mut Text) -> bool {
        if let Shape::Keyed { key, .. } = map.shape
            && !self.takes_keys(made, map.with(key))
        {
            out.push("its keys are ");
            article(out, made.shape);
            out.push(", expected ");
            article(out, key);
            return false;
        }
        true
    }

    #[allow(clippy::too_many_arguments)] // a const fn has no closures to hold them
    const fn entries_of_fields(
        self,
        view: View,
        object: &'static ObjectShape,
        map: View,
        value: &'static Shape,
        but: Option<&'static ObjectShape>,
        depth: usize,
        out: &mut Text,
    ) -> bool {
        let mut i = 0;
        while i < object.fields.len() {
            let field = &object.fields[i];
            if let Some(key) = field.key(view.side)
                && !named(but, key)
                && !self.entry(Source::View(view.of_field(field)), key, map, value, depth, out)
            {
                return false;
            }
            i += 1;
        }
        true
    }

    const fn entry(
        self,
        entry: Source,
        name: &str,
        map: View,
        value: &'static Shape,
        depth: usize,
        out: &mut Text,
    ) -> bool {
        if let Shape::Keyed { key, .. } = map.shape
            && !self.takes_key(name, map.with(key))
        {
            out.push("its key ");
            out.code(name);
            out.push(" is not ");
            article(out, key);
            return false;
        }
        let mark = out.mark();
        let whole = self.whole();
        if whole.fits(entry, map.with(value), depth + 5, out) {
            return true;
        }
        in_field(name, mark, out)
    }
}

/// Puts the field before the reason that was appended since a mark.
pub(super) const fn in_field(name: &str, mark: usize, out: &mut Text) -> bool {
    let mut inner = Text::new();
    inner.push("in its field ");
    inner.code(name);
    inner.push(": ");
    prefix(out, mark, inner.as_str());
    false
}

/// Returns `true` if an object, or one flattened into it, has a field of this name: what a flattened map does not get to see.
pub(super) const fn named(object: Option<&'static ObjectShape>, key: &str) -> bool {
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
