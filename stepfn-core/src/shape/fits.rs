use super::{
    Field, Given, ObjectShape, Shape, TIMESTAMP,
    text::{Text, contains, same},
    view::{Side, Step, View, article},
};

/// What is known of a value that flows somewhere: a tree, laid out flat so that it can be a constant. Node 0 is the value.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// Anything.
    Any,
    /// `null`
    Null,
    /// This boolean.
    True,
    /// This boolean.
    False,
    /// This string.
    Text(&'a str),
    /// This whole number.
    Integer(i128),
    /// Some string.
    String,
    /// Some RFC 3339 timestamp.
    Timestamp,
    /// Some number.
    Number,
    /// Some whole number of unknown size.
    WholeNumber,
    /// Some boolean.
    Boolean,
    /// Some object.
    AnyObject,
    /// A value of a type, after some steps into it.
    Leaf {
        /// The type's shape.
        shape: &'static Shape,
        /// Its side.
        side: Side,
        /// The steps.
        steps: &'a [Step<'a>],
    },
    /// An object with fields, over what another node has.
    Object {
        /// The node of the first field; the others follow it.
        first: usize,
        /// How many fields.
        len: usize,
        /// The node below, if there is one.
        base: Option<usize>,
    },
    /// A field of an object.
    Field {
        /// Its key.
        key: &'a str,
        /// The node of its value.
        value: usize,
        /// Whether it may be missing.
        absent: bool,
    },
    /// An array whose items are all like one node.
    Array(usize),
    /// An array of known items.
    Tuple {
        /// The first of the [`Item`](Self::Item)s.
        first: usize,
        /// How many.
        len: usize,
    },
    /// One of several nodes.
    Union {
        /// The first of the [`Item`](Self::Item)s.
        first: usize,
        /// How many.
        len: usize,
    },
    /// A member of a tuple or a union: another node.
    Item(usize),
}

/// Recursion deeper than this is taken to fit: what is this deep has been judged on the way.
const MAX_DEPTH: usize = 24;

/// A source: a node of the tree, or a part of a typed value.
#[derive(Clone, Copy)]
enum Source {
    Node(usize),
    View(View),
}

/// Judges whether a value can be read as a type: `Deserialize` succeeds on all that it can be.
#[derive(Clone, Copy)]
pub(super) struct Fits<'a> {
    pub(super) nodes: &'a [Node<'a>],
    /// Whether the target stands flattened among other fields, so that keys it does not know are those of its neighbours.
    pub(super) flattened: bool,
}

impl<'a> Fits<'a> {
    /// Appends to `out` why not, where not.
    pub(super) const fn judge(self, target: &'static Shape, out: &mut Text) -> bool {
        self.fits(Source::Node(0), View::new(target, Side::Given), 0, out)
    }

    /// The same for one node of the tree.
    pub(super) const fn judge_node(self, node: usize, target: &'static Shape, out: &mut Text) -> bool {
        self.fits(Source::Node(node), View::new(target, Side::Given), 0, out)
    }

    /// A leaf as what it is. Where its steps do not lead, a claim of its own reports it or [`Self::missing`] is asked
    /// first, so that it counts as anything here.
    const fn source(self, index: usize) -> Source {
        match self.nodes[index] {
            Node::Item(inner) => self.source(inner),
            Node::Leaf { shape, side, steps } => match View::new(shape, side).walk(steps) {
                Ok(view) => Source::View(view),
                Err(_) => Source::View(View::new(&Shape::Any, side)),
            },
            _ => Source::Node(index),
        }
    }

    /// Whether a node may not be there: where edges join, one of them may lack it. A leaf that a path of the user's led
    /// to ends in [`Step::Present`], for there the path has a claim of its own.
    const fn missing(self, index: usize) -> bool {
        match self.nodes[index] {
            Node::Item(inner) => self.missing(inner),
            Node::Leaf { shape, side, steps } => match View::new(shape, side).walk(steps) {
                Ok(view) => view.absent,
                Err(_) => !matches!(steps.last(), Some(Step::Present)),
            },
            Node::Union { first, len } => {
                let mut i = 0;
                while i < len {
                    if self.missing(first + i) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            _ => false,
        }
    }

    /// What is below an overlay; none where there is nothing.
    const fn base(self, index: usize) -> Option<Source> {
        if let Node::Leaf { shape, side, steps } = self.nodes[index]
            && View::new(shape, side).walk(steps).is_err()
        {
            return None;
        }
        Some(self.source(index))
    }

    const fn fits(self, source: Source, target: View, depth: usize, out: &mut Text) -> bool {
        if depth > MAX_DEPTH {
            return true;
        }
        if let Shape::Any = target.shape {
            return true;
        }
        let source = match source {
            Source::Node(index) => self.source(index),
            view => view,
        };
        // What the source can be decides first: every one of its alternatives must fit.
        match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Any => return true,
                Node::Union { first, len } => {
                    let mut i = 0;
                    while i < len {
                        if !self.fits(Source::Node(first + i), target, depth + 1, out) {
                            return false;
                        }
                        i += 1;
                    }
                    return true;
                }
                _ => {}
            },
            Source::View(view) => match view.shape {
                Shape::Any => return true,
                Shape::Nullable(inner) => {
                    return match target.shape {
                        Shape::Nullable(wanted) => {
                            self.fits(Source::View(view.with(inner)), target.with(wanted), depth + 1, out)
                        }
                        Shape::OneOf(_) => {
                            self.fits(Source::View(view.with(&Shape::Null)), target, depth + 1, out)
                                && self.fits(Source::View(view.with(inner)), target, depth + 1, out)
                        }
                        _ => {
                            out.push("it may be null, expected ");
                            article(out, target.shape);
                            false
                        }
                    };
                }
                Shape::OneOf(one_of) => {
                    let mut i = 0;
                    while i < one_of.alternatives.len() {
                        let alternative = View { owner: view.owner, ..view.with(one_of.alternatives[i]) };
                        if !self.fits(Source::View(alternative), target, depth + 1, out) {
                            return false;
                        }
                        i += 1;
                    }
                    return true;
                }
                _ => {}
            },
        }
        match target.shape {
            Shape::Nullable(inner) => {
                if self.is_null(source) {
                    return true;
                }
                return self.fits(source, target.with(inner), depth + 1, out);
            }
            Shape::OneOf(one_of) => {
                let mark = out.mark();
                let mut i = 0;
                while i < one_of.alternatives.len() {
                    out.rewind(mark);
                    if self.fits(source, target.with(one_of.alternatives[i]), depth + 1, out) {
                        return true;
                    }
                    i += 1;
                }
                // With one alternative its reason says all; with several none of the reasons is the reason.
                if one_of.alternatives.len() != 1 {
                    out.rewind(mark);
                    self.found(source, out);
                    out.push(" is none of the variants of ");
                    out.code(one_of.name);
                }
                return false;
            }
            Shape::Array(item) => {
                if let Some(fits) = self.items(source, target, item, depth, out) {
                    return fits;
                }
            }
            Shape::Tuple(items) => {
                if let Some(fits) = self.tuple(source, target, items, depth, out) {
                    return fits;
                }
            }
            Shape::Object(object) => {
                if self.is_object(source) {
                    return self.object(source, target, object, depth, out);
                }
            }
            Shape::Map(value) => {
                if self.is_object(source) {
                    return self.entries(source, target.with(value), None, depth, out);
                }
            }
            _ => {
                if self.scalar(source, target.shape) {
                    return true;
                }
            }
        }
        out.push("expected ");
        article(out, target.shape);
        out.push(", found ");
        self.found(source, out);
        false
    }

    const fn is_null(self, source: Source) -> bool {
        match source {
            Source::Node(index) => matches!(self.nodes[index], Node::Null),
            Source::View(view) => matches!(view.shape, Shape::Null),
        }
    }

    const fn is_object(self, source: Source) -> bool {
        match source {
            Source::Node(index) => matches!(self.nodes[index], Node::Object { .. } | Node::AnyObject),
            Source::View(view) => matches!(view.shape, Shape::Object(_) | Shape::Map(_)),
        }
    }

    const fn scalar(self, source: Source, target: &Shape) -> bool {
        match source {
            Source::Node(index) => match (self.nodes[index], target) {
                (Node::Null, Shape::Null) => true,
                (Node::True | Node::False | Node::Boolean, Shape::Boolean) => true,
                (Node::Text(_) | Node::String | Node::Timestamp, Shape::String) => true,
                // A text that somebody wrote for it: only its form could be wrong.
                (Node::Text(_), Shape::Text(_)) => true,
                (Node::Timestamp, Shape::Text(form)) => same(form, TIMESTAMP),
                (Node::Text(text), Shape::Enum(shape)) => {
                    contains(shape.variants, text)
                        || contains(shape.also_given, text)
                        || contains(shape.also_given, "*")
                }
                (Node::String, Shape::Enum(shape)) => contains(shape.also_given, "*"),
                (Node::Integer(value), Shape::Integer { min, max }) => *min <= value && value <= *max,
                // Counts and sums: of 32 bits in AWS.
                (Node::WholeNumber, Shape::Integer { max, .. }) => *max >= i32::MAX as i128,
                (Node::Integer(_) | Node::WholeNumber | Node::Number, Shape::Number) => true,
                _ => false,
            },
            Source::View(view) => match (view.shape, target) {
                (Shape::Null, Shape::Null)
                | (Shape::Boolean, Shape::Boolean)
                | (Shape::Number | Shape::Integer { .. }, Shape::Number)
                | (Shape::String | Shape::Text(_) | Shape::Enum(_), Shape::String) => true,
                (Shape::Text(form), Shape::Text(wanted)) => same(form, wanted),
                (Shape::Integer { min, max }, Shape::Integer { min: least, max: most }) => {
                    *least <= *min && *max <= *most
                }
                (Shape::String | Shape::Text(_), Shape::Enum(wanted)) => contains(wanted.also_given, "*"),
                (Shape::Enum(given), Shape::Enum(wanted)) => {
                    if contains(wanted.also_given, "*") {
                        return true;
                    }
                    let mut i = 0;
                    while i < given.variants.len() {
                        let variant = given.variants[i];
                        if !contains(wanted.variants, variant) && !contains(wanted.also_given, variant) {
                            return false;
                        }
                        i += 1;
                    }
                    true
                }
                _ => false,
            },
        }
    }

    /// An array as an array; none where the source is no array.
    const fn items(
        self,
        source: Source,
        target: View,
        item: &'static Shape,
        depth: usize,
        out: &mut Text,
    ) -> Option<bool> {
        let wanted = target.with(item);
        let mark = out.mark();
        let fits = match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Array(each) => self.fits(Source::Node(each), wanted, depth + 1, out),
                Node::Tuple { first, len } => {
                    let mut fits = true;
                    let mut i = 0;
                    while fits && i < len {
                        fits = self.fits(Source::Node(first + i), wanted, depth + 1, out);
                        i += 1;
                    }
                    fits
                }
                _ => return None,
            },
            Source::View(view) => match view.shape {
                Shape::Array(each) => self.fits(Source::View(view.with(each)), wanted, depth + 1, out),
                Shape::Tuple(items) => {
                    let mut fits = true;
                    let mut i = 0;
                    while fits && i < items.len() {
                        fits = self.fits(Source::View(view.with(items[i])), wanted, depth + 1, out);
                        i += 1;
                    }
                    fits
                }
                _ => return None,
            },
        };
        if !fits {
            prefix(out, mark, "in its items: ");
        }
        Some(fits)
    }

    /// An array as an array of fixed length; none where the source is none of known length.
    const fn tuple(
        self,
        source: Source,
        target: View,
        wanted: &'static [&'static Shape],
        depth: usize,
        out: &mut Text,
    ) -> Option<bool> {
        let len = match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Tuple { len, .. } => len,
                _ => return None,
            },
            Source::View(view) => match view.shape {
                Shape::Tuple(items) => items.len(),
                _ => return None,
            },
        };
        if len != wanted.len() {
            out.push("expected an array of ");
            out.number(wanted.len() as i128);
            out.push(" items, found one of ");
            out.number(len as i128);
            return Some(false);
        }
        let mut i = 0;
        while i < len {
            let item = match source {
                Source::Node(index) => match self.nodes[index] {
                    Node::Tuple { first, .. } => Source::Node(first + i),
                    _ => source,
                },
                Source::View(view) => match view.shape {
                    Shape::Tuple(items) => Source::View(view.with(items[i])),
                    _ => source,
                },
            };
            if !self.fits(item, target.with(wanted[i]), depth + 1, out) {
                return Some(false);
            }
            i += 1;
        }
        Some(true)
    }

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
                        Some(base) => match self.base(base) {
                            Some(base) => self.key(base, key),
                            None => None,
                        },
                        None => None,
                    }
                }
                Node::Any | Node::AnyObject => Some((Source::View(View::new(&Shape::Any, Side::Made)), true)),
                _ => None,
            },
        }
    }

    const fn object(
        self,
        source: Source,
        target: View,
        object: &'static ObjectShape,
        depth: usize,
        out: &mut Text,
    ) -> bool {
        if let Source::Node(index) = source
            && let Node::Object { base: Some(base), len: 0, .. } = self.nodes[index]
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
                Node::Any | Node::AnyObject => true,
                Node::Object { base: Some(base), .. } => match self.base(base) {
                    Some(base) => self.is_unknown(base),
                    None => false,
                },
                _ => false,
            },
        }
    }

    /// Whether every entry of an object fits, but for those that fields of another object take.
    const fn entries(
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

    /// Appends what a source is.
    const fn found(self, source: Source, out: &mut Text) {
        match source {
            Source::View(view) => article(out, view.shape),
            Source::Node(index) => match self.nodes[index] {
                Node::Any | Node::Item(_) | Node::Field { .. } | Node::Leaf { .. } | Node::Union { .. } => {
                    out.push("anything");
                }
                Node::Null => out.push("null"),
                Node::True => out.push("`true`"),
                Node::False => out.push("`false`"),
                Node::Text(text) => {
                    out.push("the string \"");
                    out.push(text);
                    out.push("\"");
                }
                Node::Integer(value) => {
                    out.push("the number ");
                    out.number(value);
                }
                Node::String => out.push("a string"),
                Node::Timestamp => out.push("a timestamp"),
                Node::Number => out.push("a number"),
                Node::WholeNumber => out.push("an integer"),
                Node::Boolean => out.push("a boolean"),
                Node::AnyObject => out.push("an object"),
                Node::Object { first, len, base } => {
                    out.push("an object");
                    if base.is_none() && len == 0 {
                        out.push(" without fields");
                    }
                    let mut i = first;
                    while base.is_none() && i < first + len {
                        if let Node::Field { key, .. } = self.nodes[i] {
                            out.push(if i == first { " of " } else { ", " });
                            out.code(key);
                        }
                        i += 1;
                    }
                }
                Node::Array(_) | Node::Tuple { .. } => out.push("an array"),
            },
        }
    }
}

/// Whether a field of an object takes a key.
const fn takes(object: Option<&'static ObjectShape>, key: &str) -> bool {
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

/// Puts a text before what was appended since a mark.
const fn prefix(out: &mut Text, mark: usize, text: &str) {
    let whole = *out;
    out.rewind(mark);
    out.push(text);
    let (_, reason) = whole.as_str().split_at(mark);
    out.push(reason);
}
