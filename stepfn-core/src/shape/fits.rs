use super::{
    Arithmetic, Bounds, Node, ObjectShape, Shape, TIMESTAMP,
    form::{OfForm, of_form},
    text::{Text, contains, same},
    variants::{self, names_of_variants},
    view::{Problem, Side, Step, UNDECLARED, View, article},
    ways::{count, fork, on_way},
};

/// Types nested deeper than this are refused: rustc gives constants a stack of 128 calls, and here each is counted.
const MAX_DEPTH: usize = 104;

/// `{}`
const EMPTY: ObjectShape =
    ObjectShape { name: "{}", fields: &[], flattened: &[], deny_unknown_fields: false };

/// A source: a node of the tree, or a part of a typed value.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Node(usize),
    View(View),
    /// An [`Node::Object`] over something other than its own base: over one variant of it.
    Over(usize, View),
}

/// A source and a target that are being judged.
pub(super) struct Pair<'p> {
    source: u64,
    target: u64,
    around: Option<&'p Self>,
}

/// Judges whether a value can be read as a type: `Deserialize` succeeds on all that it can be.
#[derive(Clone, Copy)]
pub(super) struct Fits<'a> {
    pub(super) nodes: &'a [Node<'a>],
    /// Whether the target is flattened among other fields, so that keys it does not know are those of its neighbours.
    pub(super) flattened: bool,
    /// Whether serde reads the target out of a buffer.
    pub(super) buffered: bool,
    /// Whether a string whose form only its own parser can check is accepted.
    pub(super) lenient: bool,
    /// The pairs that are being judged around this one. A recursive type fits if all else does.
    pub(super) around: Option<&'a Pair<'a>>,
    /// The way that the steps below an overlay take, where they lead to values of several shapes.
    pub(super) way: usize,
    /// Whether it is a function's payload, whose null comes to it as `{}`.
    pub(super) sent: bool,
    /// Whether what lies over a value are facts about its parts.
    pub(super) facts: bool,
}

impl<'a> Fits<'a> {
    /// Judges a value that somebody wrote or computed.
    pub(super) const fn of(nodes: &'a [Node<'a>]) -> Self {
        Self {
            nodes,
            flattened: false,
            buffered: false,
            lenient: false,
            around: None,
            way: 0,
            sent: false,
            facts: false,
        }
    }

    /// Returns `true` if a source and a target are being judged around here.
    const fn is_around(self, source: u64, target: u64) -> bool {
        let mut next = self.around;
        while let Some(pair) = next {
            if pair.source == source && pair.target == target {
                return true;
            }
            next = pair.around;
        }
        false
    }

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
    pub(super) const fn source(self, index: usize) -> Source {
        match self.nodes[index] {
            Node::Item(inner) | Node::If { value: inner, .. } => self.source(inner),
            Node::Leaf { shape, side, steps } => match on_way(View::new(shape, side), steps, self.way) {
                Ok(view) => Source::View(view.settled()),
                // A JSONata path that comes to nothing where something is missing or null: what it is where it does not.
                Err((_, Problem::MaybeAbsent | Problem::MaybeNull)) if !fork(steps) => {
                    match View::new(shape, side).walk_if_there(steps) {
                        Ok(view) => Source::View(view.settled()),
                        Err(_) => Source::View(View::new(&Shape::Any, side)),
                    }
                }
                // A path to several values only asks whether they can be there, so nothing else tells that nothing is known of them.
                Err((_, Problem::Undeclared)) if fork(steps) => {
                    Source::View(View { strict: true, ..View::new(&Shape::Any, side) })
                }
                Err(_) => Source::View(View::new(&Shape::Any, side)),
            },
            _ => Source::Node(index),
        }
    }

    /// Returns `true` if a node may not be there: where edges join, one of them may lack it. A leaf that a path of the user's led
    /// to ends in [`Step::Present`], for there the path has a claim of its own.
    pub(super) const fn missing(self, index: usize) -> bool {
        match self.nodes[index] {
            Node::Item(inner) => self.missing(inner),
            Node::If { value, there } => self.missing(there) || self.missing(value),
            Node::Leaf { shape, side, steps } => {
                let root = View::new(shape, side);
                let mut way = 0;
                while way < count(root, steps) {
                    let missing = match on_way(root, steps, way) {
                        Ok(view) => view.absent,
                        Err(_) => !ends_present(steps),
                    };
                    if missing {
                        return true;
                    }
                    way += 1;
                }
                false
            }
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
            // That more is known of a part does not say that the whole is there.
            Node::Either(_, plain) => self.missing(plain),
            Node::Sent(inner) | Node::Changed { like: inner, .. } => self.missing(inner),
            _ => false,
        }
    }

    /// Returns the value below an overlay; none where there is nothing.
    pub(super) const fn base(self, index: usize) -> Option<Source> {
        if let Node::Leaf { shape, side, steps } = self.nodes[index]
            && on_way(View::new(shape, side), steps, self.way).is_err()
        {
            return None;
        }
        Some(self.source(index))
    }

    /// Returns the value below the overlay that a source is, if it is one.
    pub(super) const fn below(self, source: Source) -> Option<Source> {
        match source {
            Source::Over(_, view) => Some(Source::View(view)),
            Source::Node(index) => match self.nodes[index] {
                Node::Object { base: Some(base), .. } => self.base(base),
                _ => None,
            },
            Source::View(_) => None,
        }
    }

    /// The fields of the overlay that a source is: the first, and how many.
    pub(super) const fn overlay(self, source: Source) -> Option<(usize, usize)> {
        match source {
            Source::Node(index) | Source::Over(index, _) => match self.nodes[index] {
                Node::Object { first, len, .. } => Some((first, len)),
                _ => None,
            },
            Source::View(_) => None,
        }
    }

    pub(super) const fn fits(self, source: Source, target: View, depth: usize, out: &mut Text) -> bool {
        if let Shape::Any = target.shape {
            return true;
        }
        if depth > MAX_DEPTH {
            out.push(
                "it is nested too deep to be judged; take `serde_json::Value` for what is further inside",
            );
            return false;
        }
        let ways = match source {
            Source::Node(index) => self.ways(index),
            _ => 1,
        };
        let mut way = 0;
        while way < ways {
            let mut this: Fits<'_> = Self { way, ..self };
            let source = match source {
                Source::Node(index) => this.source(index),
                source => source,
            };
            let pair;
            let mut is_around = false;
            if let Source::View(view) = source
                && let (Some(of), Some(to)) = (view.identity(), target.identity())
                && !self.flattened
            {
                is_around = self.is_around(of, to);
                pair = Pair { source: of, target: to, around: self.around };
                this = Fits { around: Some(&pair), ..this };
            }
            if !is_around && !this.judged(source, target, depth, out) {
                return false;
            }
            way += 1;
        }
        true
    }

    /// On how many ways the steps of a leaf lead, which a node is or lies over.
    pub(super) const fn ways(self, index: usize) -> usize {
        match self.nodes[index] {
            Node::Item(inner) | Node::If { value: inner, .. } => self.ways(inner),
            Node::Leaf { shape, side, steps } => count(View::new(shape, side), steps),
            Node::Object { base: Some(base), .. } => self.ways(base),
            _ => 1,
        }
    }

    /// Judges a source that is no pair of what is being judged around.
    const fn judged(mut self, source: Source, target: View, depth: usize, out: &mut Text) -> bool {
        // Nothing is laid over what nothing can be: there is no way here.
        if let Some(Source::View(View { shape: Shape::Never, absent: false, .. })) = self.below(source) {
            return true;
        }
        // What is known of a part need not be there: then there may be null.
        if let (Some(Source::View(View { shape: Shape::Nullable(_) | Shape::Null, .. })), false) =
            (self.below(source), matches!(target.shape, Shape::Nullable(_)))
        {
            out.push("it may be null, expected ");
            article(out, target.shape);
            return false;
        }
        if !self.bare_fits(source, target, depth, out) {
            return false;
        }
        if self.sent && self.is_null(source) {
            return self.emptied(target, depth, out);
        }
        // What the source can be decides first: every one of its alternatives must fit.
        match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Any => return true,
                Node::Sent(inner) => {
                    return Self { sent: true, ..self }.fits(Source::Node(inner), target, depth + 2, out);
                }
                Node::Either(first, second) => return self.either((first, second), target, depth, out),
                Node::Changed { like, item } => return self.changed((like, item), target, depth, out),
                Node::Union { first, len } => {
                    let mut i = 0;
                    while i < len {
                        if !self.fits(Source::Node(first + i), target, depth + 2, out) {
                            return false;
                        }
                        i += 1;
                    }
                    return true;
                }
                _ => {}
            },
            Source::Over(..) => {}
            Source::View(view) => match view.shape {
                Shape::Any if view.strict => {
                    out.push(UNDECLARED);
                    return false;
                }
                Shape::Any | Shape::Never => return true,
                Shape::Nullable(inner) if self.sent => {
                    return self.emptied(target, depth, out)
                        && self.fits(Source::View(view.with(inner)), target, depth + 2, out);
                }
                Shape::Nullable(inner) => {
                    return match target.shape {
                        Shape::Nullable(wanted) => {
                            self.fits(Source::View(view.with(inner)), target.with(wanted), depth + 2, out)
                        }
                        Shape::OneOf(_) => {
                            self.fits(Source::View(view.with(&Shape::Null)), target, depth + 2, out)
                                && self.fits(Source::View(view.with(inner)), target, depth + 2, out)
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
                        if !view.excludes(i)
                            && !self.fits(Source::View(view.alternative(one_of, i)), target, depth + 2, out)
                        {
                            return false;
                        }
                        i += 1;
                    }
                    return true;
                }
                _ => {}
            },
        }
        // A null further inside is one.
        self = Self { sent: false, ..self };
        if let Some(fits) = self.by_variant(source, target, depth, out) {
            return fits;
        }
        match target.shape {
            Shape::Nullable(inner) => {
                if self.is_null(source) {
                    return true;
                }
                return self.fits(source, target.with(inner), depth + 2, out);
            }
            Shape::OneOf(one_of) => {
                let mark = out.mark();
                let inside = Self { buffered: self.buffered || one_of.buffered, ..self };
                let mut i = 0;
                while i < one_of.alternatives.len() {
                    out.rewind(mark);
                    if inside.fits(source, target.alternative(one_of, i), depth + 2, out) {
                        return true;
                    }
                    i += 1;
                }
                // With one alternative its reason is the whole reason; with several none of the reasons is.
                if one_of.alternatives.len() != 1 {
                    out.rewind(mark);
                    if self.lenient && inside.mismatch_of_variant(source, one_of, target, depth, out) {
                        return false;
                    }
                    self.found(source, out);
                    out.push(" is none of the variants of ");
                    out.code(one_of.name);
                    if self.lenient {
                        names_of_variants(one_of, out);
                    }
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
                    return self.entries(source, target, value, None, depth, out);
                }
            }
            Shape::Keyed { value, .. } => {
                if self.is_object(source) {
                    return self.entries(source, target, value, None, depth, out);
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
        if let (true, Shape::Enum(names)) = (self.lenient, target.shape) {
            variants::names(names, out);
        }
        out.push(", found ");
        self.found(source, out);
        false
    }

    /// Judges what a value is, with another in the place of each of its items.
    const fn changed(self, (like, item): (usize, usize), target: View, depth: usize, out: &mut Text) -> bool {
        let (Source::View(view), Some(_), 1) = (self.source(like), self.base(like), self.ways(like)) else {
            out.push("what is changed in it cannot be determined: it may be missing, or null, on the way");
            return false;
        };
        let mut shape = view.shape;
        if let Shape::Nullable(inner) = shape {
            let null = Source::View(view.with(&Shape::Null));
            if !self.fits(null, target, depth + 2, out) {
                return false;
            }
            shape = view.with(inner).shape;
        }
        let Shape::Array(_) = shape else {
            return matches!(shape, Shape::Any) || self.fits(Source::Node(item), target, depth + 2, out);
        };
        let wanted = match target.shape {
            Shape::Nullable(inner) => target.with(inner),
            _ => target,
        };
        match wanted.shape {
            Shape::Array(inner) => self.fits(Source::Node(item), wanted.with(inner), depth + 2, out),
            Shape::Any => true,
            _ => {
                out.push("expected ");
                article(out, target.shape);
                out.push(", found an array");
                false
            }
        }
    }

    /// Judges the `{}` that comes to a Lambda function in place of a null payload.
    const fn emptied(self, target: View, depth: usize, out: &mut Text) -> bool {
        let mark = out.mark();
        let empty = Source::View(View::new(&Shape::Object(&EMPTY), Side::Made));
        let fits = Self { sent: false, ..self }.fits(empty, target, depth + 2, out);
        if !fits {
            prefix(out, mark, "a null payload comes to the function as `{}`: ");
        }
        fits
    }

    /// Judges one variant after the other of an enum whose fields are among others', or under an overlay; none where there is no
    /// such enum, or where it does not matter which variant it is.
    const fn by_variant(self, source: Source, target: View, depth: usize, out: &mut Text) -> Option<bool> {
        let matters = match target.shape {
            Shape::OneOf(_) => true,
            Shape::Object(object) => !object.flattened.is_empty() || object.deny_unknown_fields,
            _ => false,
        };
        if !matters {
            return None;
        }
        let (view, index) = match source {
            Source::View(view) => (view, None),
            Source::Over(..) => return None,
            Source::Node(index) => match self.below(source) {
                Some(Source::View(view)) => (view, Some(index)),
                _ => return None,
            },
        };
        let mut number = 0;
        loop {
            let next = match view.shape {
                Shape::OneOf(one_of) if number < one_of.alternatives.len() => {
                    Some(if view.excludes(number) {
                        view.with(&Shape::Never)
                    } else {
                        view.alternative(one_of, number)
                    })
                }
                Shape::OneOf(_) => None,
                _ => view.as_variant(number),
            };
            let Some(variant) = next else { break };
            let variant = match index {
                // Nothing is laid over what is no object: a claim of its own reports it.
                Some(_) if !matches!(variant.shape, Shape::Object(_) | Shape::OneOf(_)) => None,
                Some(index) => Some(Source::Over(index, variant)),
                None => Some(Source::View(variant)),
            };
            if let Some(variant) = variant
                && !self.fits(variant, target, depth + 3, out)
            {
                return Some(false);
            }
            number += 1;
        }
        if number > 0 {
            return Some(true);
        }
        match index {
            // All that is judged of it must be on the same way.
            Some(index) if self.ways(index) != 1 => {
                Some(self.fits(Source::Over(index, view), target, depth + 3, out))
            }
            _ => None,
        }
    }

    const fn is_null(self, source: Source) -> bool {
        match source {
            Source::Node(index) => matches!(self.nodes[index], Node::Null),
            Source::View(view) => matches!(view.shape, Shape::Null),
            Source::Over(..) => false,
        }
    }

    pub(super) const fn is_object(self, source: Source) -> bool {
        match source {
            Source::Node(index) => {
                matches!(self.nodes[index], Node::Object { .. } | Node::Map(_) | Node::Merged { .. })
            }
            Source::View(view) => {
                matches!(view.shape, Shape::Object(_) | Shape::Map(_) | Shape::Keyed { .. })
            }
            Source::Over(..) => true,
        }
    }

    const fn scalar(self, source: Source, target: &Shape) -> bool {
        if let Shape::Integer { min, max } = target
            && (*min < i64::MIN as i128 || *max > u64::MAX as i128)
            && self.buffered
        {
            return false;
        }
        match source {
            Source::Over(..) => false,
            Source::Node(index) => match (self.nodes[index], target) {
                (Node::Null, Shape::Null) => true,
                (Node::True | Node::False | Node::Boolean, Shape::Boolean) => true,
                (Node::Text(_) | Node::String | Node::Timestamp, Shape::String) => true,
                (Node::Text(text), Shape::Text(form)) => match of_form(form, text) {
                    OfForm::Yes => true,
                    OfForm::No => false,
                    OfForm::Unsure => self.lenient,
                },
                (Node::Timestamp, Shape::Text(form)) => same(form, TIMESTAMP),
                (Node::Text(text), Shape::Enum(shape)) => {
                    contains(shape.variants, text)
                        || contains(shape.also_given, text)
                        || contains(shape.also_given, "*")
                }
                (Node::String, Shape::Enum(shape)) => contains(shape.also_given, "*"),
                (Node::Integer(value), Shape::Integer { min, max }) => *min <= value && value <= *max,
                (Node::Integer(_) | Node::Whole(_) | Node::Number | Node::Computed { .. }, Shape::Number) => {
                    true
                }
                (Node::Whole(_) | Node::Computed { .. }, Shape::Integer { min, max }) => {
                    match self.exactly(index) {
                        Some(bounds) => bounds.settled().is_within(Bounds { min: *min, max: *max }),
                        None => false,
                    }
                }
                _ => false,
            },
            Source::View(view) => match (view.shape, target) {
                (Shape::Null, Shape::Null)
                | (Shape::Boolean, Shape::Boolean)
                | (Shape::Number | Shape::Integer { .. }, Shape::Number)
                | (Shape::String | Shape::Text(_) | Shape::Enum(_), Shape::String) => true,
                (Shape::Number, Shape::Integer { .. }) => view.is_number_of_any(),
                (Shape::Text(form), Shape::Text(wanted)) => same(form, wanted),
                (Shape::Integer { .. }, Shape::Integer { min, max }) => match view.integers() {
                    Some(bounds) => bounds.is_within(Bounds { min: *min, max: *max }),
                    None => false,
                },
                (Shape::String | Shape::Text(_), Shape::Enum(wanted)) => contains(wanted.also_given, "*"),
                (Shape::Enum(given), Shape::Enum(wanted)) => {
                    if contains(wanted.also_given, "*") {
                        return true;
                    }
                    let mut i = 0;
                    while i < given.variants.len() {
                        let variant = given.variants[i];
                        if !view.excludes(i)
                            && !contains(wanted.variants, variant)
                            && !contains(wanted.also_given, variant)
                        {
                            return false;
                        }
                        i += 1;
                    }
                    // Data that came in may use an alias, and is passed on so.
                    let mut i = 0;
                    while matches!(view.side, Side::Given) && i < given.also_given.len() {
                        let alias = given.also_given[i];
                        if !contains(wanted.variants, alias) && !contains(wanted.also_given, alias) {
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

    /// Between what a number lies, where it is whole for certain.
    pub(super) const fn bounds(self, index: usize) -> Option<Bounds> {
        match self.nodes[index] {
            Node::Item(inner) => self.bounds(inner),
            Node::Integer(value) => Some(Bounds::one(value)),
            Node::Whole(bounds) => Some(bounds),
            Node::Leaf { shape, side, steps } => {
                let root = View::new(shape, side);
                let mut all: Option<Bounds> = None;
                let mut way = 0;
                while way < count(root, steps) {
                    let one = match on_way(root, steps, way) {
                        Ok(view) => match (view.settled().integers(), view.settled().shape) {
                            (Some(bounds), _) => bounds,
                            // A value that may be anything was not declared to be a fraction.
                            (None, Shape::Any) => Bounds::ANY,
                            _ => return None,
                        },
                        Err(_) => Bounds::ANY,
                    };
                    all = match all {
                        Some(all) => Some(all.hull(one)),
                        None => Some(one),
                    };
                    way += 1;
                }
                all
            }
            Node::Union { first, len } => {
                let mut i = 1;
                let mut all = if len == 0 { Some(Bounds::ANY) } else { self.bounds(first) };
                while i < len {
                    all = match (all, self.bounds(first + i)) {
                        (Some(all), Some(one)) => Some(all.hull(one)),
                        _ => None,
                    };
                    i += 1;
                }
                all
            }
            Node::Computed { how, first, len } => self.computed(how, first, len),
            Node::Any => Some(Bounds::ANY),
            _ => None,
        }
    }

    /// The same for a number as a whole: its type determines how small one without a sign gets with one.
    const fn exactly(self, index: usize) -> Option<Bounds> {
        if let Node::Computed { how: Arithmetic::Negation, first, len: 1 } = self.nodes[index]
            && let Some(part) = self.bounds(first)
            && part.min >= 0
        {
            return Some(part.settled().negate());
        }
        self.bounds(index)
    }

    /// Between what a number lies that need not be whole, where that is known.
    const fn size(self, index: usize) -> Option<Bounds> {
        match self.nodes[index] {
            Node::Item(inner) => self.size(inner),
            Node::Computed { how: Arithmetic::Quotient, first, .. } => match self.size(first) {
                Some(bounds) => Some(bounds.hull(Bounds::one(0))),
                None => None,
            },
            _ => self.bounds(index),
        }
    }

    /// The same of a number that is computed.
    const fn computed(self, how: Arithmetic, first: usize, len: usize) -> Option<Bounds> {
        if len == 0 {
            return None;
        }
        match how {
            Arithmetic::Quotient => return None,
            Arithmetic::Rounded => {
                return Some(match self.size(first) {
                    Some(bounds) => bounds,
                    None => Bounds::ANY,
                });
            }
            Arithmetic::Remainder => {
                return match self.bounds(first) {
                    Some(bounds) => Some(bounds.hull(Bounds::one(0))),
                    None => None,
                };
            }
            Arithmetic::Power => {
                return match (self.bounds(first), self.bounds(first + 1)) {
                    (Some(base), Some(exponent)) if len == 2 && exponent.min >= 0 => {
                        Some(if base.min >= 0 { Bounds { min: 0, max: i128::MAX } } else { Bounds::ANY })
                    }
                    _ => None,
                };
            }
            _ => {}
        }
        let mut made = Bounds::one(if matches!(how, Arithmetic::Product) { 1 } else { 0 });
        let mut size = Bounds::one(0);
        let mut i = 0;
        while i < len {
            let part = match (self.bounds(first + i), how) {
                (Some(part), _) => part,
                // It is rounded.
                (None, Arithmetic::Narrow) => Bounds::ANY,
                (None, _) => return None,
            };
            size = size.hull(part);
            made = match how {
                Arithmetic::Sum | Arithmetic::Narrow => made.add(part),
                Arithmetic::Product => made.multiply(part),
                Arithmetic::Negation => part.negate(),
                Arithmetic::Total => part.total(),
                Arithmetic::Magnitude => part.magnitude(),
                _ => Bounds::ANY,
            };
            i += 1;
        }
        Some(match how {
            Arithmetic::Narrow => made.narrow(),
            _ => made.within_size_of(size),
        })
    }

    /// Appends what a source is.
    const fn found(self, source: Source, out: &mut Text) {
        match source {
            Source::View(view) => match view.integers() {
                Some(Bounds { min, max }) => article(out, &Shape::Integer { min, max }),
                None => article(out, view.shape),
            },
            Source::Node(index) | Source::Over(index, _) => match self.nodes[index] {
                Node::Any
                | Node::Item(_)
                | Node::If { .. }
                | Node::Changed { .. }
                | Node::Either(..)
                | Node::Sent(_)
                | Node::Field { .. }
                | Node::Leaf { .. }
                | Node::Union { .. } => {
                    out.push("anything");
                }
                Node::Unknown(reason) => {
                    out.push("something that cannot be determined: ");
                    out.push(reason);
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
                Node::Whole(_) | Node::Computed { .. } => match self.exactly(index) {
                    Some(bounds) => {
                        let Bounds { min, max } = bounds.settled();
                        article(out, &Shape::Integer { min, max });
                    }
                    None => out.push("a number"),
                },
                Node::Boolean => out.push("a boolean"),
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
                Node::Map(_) => out.push("an object of any keys"),
                Node::Merged { .. } => out.push("several objects merged"),
                Node::Array(_) | Node::Tuple { .. } => out.push("an array"),
            },
        }
    }
}

/// Returns `true` if a value is nothing but an object; one that is declared to be anything is taken for one.
pub(super) const fn is_object_for_certain(view: View) -> bool {
    match view.shape {
        Shape::Object(_) | Shape::Map(_) | Shape::Keyed { .. } | Shape::Any | Shape::Never => true,
        Shape::Nullable(inner) => is_object_for_certain(view.with(inner)),
        Shape::OneOf(one_of) => {
            let mut i = 0;
            while i < one_of.alternatives.len() {
                if !view.excludes(i) && !is_object_for_certain(view.alternative(one_of, i)) {
                    return false;
                }
                i += 1;
            }
            true
        }
        _ => false,
    }
}

/// Returns `true` if a path of the user's led here, facts about what is there left aside.
const fn ends_present(steps: &[Step<'_>]) -> bool {
    let mut i = steps.len();
    while i > 0 {
        i -= 1;
        match steps[i] {
            Step::Where(_) | Step::OrWhere(_) => {}
            Step::Present => return true,
            _ => return false,
        }
    }
    false
}

/// Puts a text before what was appended since a mark.
pub(super) const fn prefix(out: &mut Text, mark: usize, text: &str) {
    let whole = *out;
    out.rewind(mark);
    out.push(text);
    let (_, reason) = whole.as_str().split_at(mark);
    out.push(reason);
}
