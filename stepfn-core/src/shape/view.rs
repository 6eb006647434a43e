use super::{
    Bounds, Field, Given, MAX_BETWEEN, Made, ObjectShape, OneOfShape, Shape,
    array::place_of,
    narrow::Fact,
    strangers::may_have_more,
    text::{Text, distance, same, slip},
};

/// The side of a type: serialized or deserialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// `Serialize` made it: a task's output.
    Made,
    /// `Deserialize` would take it: a machine's input, a callback's output.
    Given,
}

/// One step into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The value of a key.
    Key(&'a str),
    /// The value of a key that the type need not have: another way to here puts it there.
    May(&'a str),
    /// The same as JSONata reads it: of an array, that of each item.
    MayQuery(&'a str),
    /// The value of a key as JSONata reads it: of an array, that of each item.
    Query(&'a str),
    /// The item at a position, from the end where negative.
    Index(i64),
    /// Any item of an array.
    Each,
    /// An item of a distributed Map: any of an array. Of an object it is an entry, with its key and value, of which nothing is known.
    Item,
    /// Any item of an array, any value of an object: `*`.
    Every,
    /// The item at a position, or null where the array is shorter: in a path that can match several values.
    At(i64),
    /// The value, or any object or array in it: `..`.
    Within,
    /// The value, or anything in it, arrays item by item: `**` of JSONata.
    Descend,
    /// Known not to be `null` here.
    NonNull,
    /// Known to be there.
    Present,
    /// The items of the value as a part of an array that JSONata builds: of an array its items, anything else itself.
    Items,
    /// As many values as a filter leaves.
    Many,
    /// The value may not be there.
    Maybe,
    /// The value of any key.
    Values,
    /// The key of any entry: the items of an array have none.
    EntryKey,
    /// The values without duplicates: the length of an array of fixed length is not known then.
    Distinct,
    /// The item at a position as JSONata reads it: what is no array is its own first and last.
    Pick(i64),
    /// The same of each value where there are several.
    PickEach(i64),
    /// A fact about the value, known here.
    Where(Fact<'a>),
    /// A value that is declared to be anything must be tested first: the machine is strict.
    Strict,
    /// A further fact, as an alternative to the one before it: it belongs to the [`Where`](Self::Where) before.
    OrWhere(Fact<'a>),
}

/// A value of a known shape, seen from one side.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its shape, none of [`Shape::Split`], [`Shape::Recursive`] and [`Shape::Token`].
    pub shape: &'static Shape,
    /// Its side.
    pub side: Side,
    /// Whether it may be missing.
    pub absent: bool,
    /// Whether JSONata makes a sequence of such values: one alone is itself, several are an array, and none are nothing.
    pub many: bool,
    /// Whether an empty array can be what it comes to, where JSONata makes a sequence: one array alone is itself.
    pub(super) hollow: bool,
    /// Alternatives that it is known not to be, a bit each: variants of an enum, or of the enum flattened into an object, and `false`
    /// and `true` of a boolean.
    pub(super) excluded: u128,
    /// The least number of items of an array.
    pub(super) least: usize,
    /// The known bounds of an integer, beside those of its type.
    pub(super) known: Bounds,
    /// The owners that [`Shape::Recursive`] inside refers to: the nearest enclosing shape first.
    pub(super) owners: [Owner; MAX_BETWEEN + 1],
    /// Whether a value that is declared to be anything must be tested before use.
    pub(super) strict: bool,
    /// Whether the key of a value that is declared to be anything is known to be there.
    pub(super) tested: bool,
    /// Whether a number is one of a value that is declared to be anything: no condition distinguishes whole ones, so either kind may be asked
    /// for.
    pub(super) of_any: bool,
    /// The variant of an enum that is flattened among an object's fields, and its position.
    pub(super) variant: Option<Variant>,
}

/// One variant of an enum, by its position; where there are no more, nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variant {
    /// The position of the enum among the flattened parts.
    at: usize,
    of: &'static OneOfShape,
    number: usize,
}

/// An enclosing shape, and a number that identifies it: entered again through recursion it has the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    shape: &'static Shape,
    identity: u64,
}

/// The result of a step into a value that may be missing.
#[derive(Clone, Copy)]
enum Missing {
    Fails,
    /// JSONata's comes to nothing: the type is that of the other case.
    Nothing,
    Made,
}

/// The reason why a step cannot be taken for certain.
#[derive(Clone, Copy, Debug)]
pub enum Problem {
    /// The object has no such field.
    NoField(&'static Shape),
    /// Fields are asked of something that is no object.
    NotObject(&'static Shape),
    /// Items are asked of something that is no array.
    NotArray(&'static Shape),
    /// The array of fixed length has no such position.
    NoIndex(usize),
    /// It may be `null`.
    MaybeNull,
    /// It may be missing.
    MaybeAbsent,
    /// It differs from variant to variant.
    Mixed,
    /// It is declared to be anything, and the machine is strict.
    Undeclared,
}

impl View {
    /// A shape's value, seen from a side.
    pub const fn new(shape: &'static Shape, side: Side) -> Self {
        let owners = [Owner { shape: &Shape::Any, identity: 1 }; MAX_BETWEEN + 1];
        Self {
            shape,
            side,
            absent: false,
            many: false,
            hollow: false,
            excluded: 0,
            least: 0,
            known: Bounds::ANY,
            strict: false,
            tested: false,
            of_any: false,
            owners,
            variant: None,
        }
        .settle(0)
    }

    /// The same value with another shape: one that is part of its own.
    pub const fn with(self, shape: &'static Shape) -> Self {
        self.part(shape, 0)
    }

    /// Returns `true` if it is a number of which nobody declared whether it is a whole one.
    pub(super) const fn is_number_of_any(self) -> bool {
        matches!(self.shape, Shape::Number) && self.of_any && !self.strict
    }

    /// The same value as one of an enum's variants.
    pub(super) const fn alternative(self, one_of: &'static OneOfShape, number: usize) -> Self {
        self.part(one_of.alternatives[number], number as u64 + 1)
    }

    const fn part(self, shape: &'static Shape, number: u64) -> Self {
        Self {
            shape,
            absent: false,
            excluded: 0,
            least: 0,
            known: Bounds::ANY,
            tested: false,
            of_any: false,
            variant: None,
            ..self
        }
        .settle(number)
    }

    /// Looks through splits and recursion, and remembers the owners that recursion inside leads back to. The parts of a type are identified
    /// by their depth and by the numbers of variants: parts side by side never lead back.
    const fn settle(mut self, number: u64) -> Self {
        loop {
            match self.shape {
                Shape::Split { made, given } => {
                    self.shape = match self.side {
                        Side::Made => made,
                        Side::Given => given,
                    };
                }
                Shape::Recursive(between) => {
                    let between = if *between > MAX_BETWEEN { MAX_BETWEEN } else { *between };
                    let mut i = 0;
                    while i + between < self.owners.len() {
                        self.owners[i] = self.owners[i + between];
                        i += 1;
                    }
                    self.shape = self.owners[0].shape;
                    return self;
                }
                Shape::Object(_) | Shape::OneOf(_) => {
                    let mut i = self.owners.len() - 1;
                    while i > 0 {
                        self.owners[i] = self.owners[i - 1];
                        i -= 1;
                    }
                    let identity = self.owners[0].identity.wrapping_mul(1021).wrapping_add(number);
                    self.owners[0] = Owner { shape: self.shape, identity };
                    return self;
                }
                // In JSON it is a string.
                Shape::Token(_) => {
                    self.shape = &Shape::String;
                    return self;
                }
                _ => return self,
            }
        }
    }

    /// Identifies an enclosing object or enum; none where this is neither, or only some variants of it:
    /// recursion leads back to all of them.
    pub(super) const fn identity(&self) -> Option<u64> {
        match self.shape {
            Shape::Object(_) | Shape::OneOf(_) if self.variant.is_none() && self.excluded == 0 => {
                Some(self.owners[0].identity)
            }
            _ => None,
        }
    }

    /// Returns the flattened part at a position of an object.
    pub(super) const fn flattened_part(self, object: &'static ObjectShape, position: usize) -> Self {
        match self.variant {
            Some(Variant { at, of, number }) if at == position => {
                let whole = self.with(object.flattened[position]);
                if number == of.alternatives.len() {
                    return whole.with(&Shape::Null);
                }
                match whole.shape {
                    Shape::Nullable(inner) => whole.with(inner).alternative(of, number),
                    _ => whole.alternative(of, number),
                }
            }
            _ => self.flattened_left(object, position),
        }
    }

    /// Returns the value as one variant after the other of the first enum that is flattened among its fields; none behind the
    /// last, or where there is no such enum. As a variant that it is known not to be it is nothing.
    pub(super) const fn as_variant(self, number: usize) -> Option<Self> {
        let Shape::Object(object) = self.shape else { return None };
        if self.variant.is_some() {
            return None;
        }
        let mut i = 0;
        while i < object.flattened.len() {
            let whole = self.with(object.flattened[i]);
            let (enumeration, nullable) = match whole.shape {
                Shape::Nullable(inner) => (whole.with(inner).shape, true),
                shape => (shape, false),
            };
            if let Shape::OneOf(one_of) = enumeration {
                let last = one_of.alternatives.len();
                if !nullable && number < last && self.excludes(number) {
                    return Some(self.with(&Shape::Never));
                }
                if number < last || number == last && nullable {
                    return Some(Self { variant: Some(Variant { at: i, of: one_of, number }), ..self });
                }
                return None;
            }
            i += 1;
        }
        None
    }

    /// Takes one step.
    pub const fn step(self, step: Step<'_>) -> Result<Self, Problem> {
        match step {
            Step::Present => return Ok(Self { absent: false, ..self }),
            Step::NonNull => {
                let mut view = self;
                while let Shape::Nullable(inner) = view.shape {
                    view = Self { absent: view.absent, ..view.with(inner) };
                }
                return Ok(view);
            }
            Step::Strict => return Ok(Self { strict: true, ..self }),
            Step::Items => return Ok(self.items()),
            Step::Many => return Ok(Self { absent: true, many: true, ..self }),
            Step::Maybe => return Ok(Self { absent: true, ..self }),
            Step::Values => return Ok(self.values()),
            Step::EntryKey => return Ok(self.entry_key()),
            Step::Distinct => {
                return Ok(match self.shape {
                    Shape::Tuple(_) => {
                        Self { absent: self.absent, many: self.many, ..self.with(&Shape::Mixed) }
                    }
                    _ => self,
                });
            }
            Step::Pick(index) => return Ok(self.pick(index, false)),
            Step::PickEach(index) => return Ok(self.pick(index, true)),
            // Without the others that belong to it nothing is known.
            Step::Where(_) | Step::OrWhere(_) => return Ok(self),
            _ => {}
        }
        if let Step::May(key) | Step::MayQuery(key) = step {
            return match (self.shape, self.strict && !self.tested) {
                (Shape::Any, true) => Err(Problem::Undeclared),
                (Shape::Any, false) => Ok(Self { tested: false, ..self }),
                _ if matches!(step, Step::May(_)) => Ok(self.may(key)),
                _ => Ok(self.may_query(key)),
            };
        }
        if self.absent {
            return Err(Problem::MaybeAbsent);
        }
        if let Shape::Never = self.shape {
            return Ok(self);
        }
        if let (Shape::Any, true) = (self.shape, self.strict) {
            return if self.tested { Ok(Self { tested: false, ..self }) } else { Err(Problem::Undeclared) };
        }
        if let Step::Query(key) = step {
            return self.query(key);
        }
        if self.many {
            return Err(Problem::Mixed);
        }
        match self.shape {
            Shape::Any => return Ok(self),
            Shape::Nullable(_) | Shape::Null => return Err(Problem::MaybeNull),
            Shape::Mixed => return Err(Problem::Mixed),
            _ => {}
        }
        match step {
            Step::Key(key) => match self.shape {
                Shape::Object(_) | Shape::Map(_) | Shape::Keyed { .. } | Shape::OneOf(_) => {
                    match self.key(key) {
                        Some(view) => Ok(view),
                        None => Err(Problem::NoField(self.shape)),
                    }
                }
                _ => Err(Problem::NotObject(self.shape)),
            },
            Step::Index(index) => match self.shape {
                Shape::Array(item) => Ok(Self { absent: !self.reaches(index), ..self.with(item) }),
                Shape::Tuple(items) => match place_of(index, items.len()) {
                    Some(place) => Ok(self.with(items[place])),
                    None => Err(Problem::NoIndex(items.len())),
                },
                _ => Err(Problem::NotArray(self.shape)),
            },
            // What forks is asked for by `ways`.
            _ => match self.shape {
                Shape::Array(item) => Ok(self.with(item)),
                Shape::Tuple(_) => Err(Problem::Mixed),
                _ => Err(Problem::NotArray(self.shape)),
            },
        }
    }

    /// A key as JSONata reads it. The result for the items of an array depends on their number.
    pub(super) const fn query(mut self, key: &str) -> Result<Self, Problem> {
        // Of items that need not be there nothing comes.
        let mut may_be_none = self.hollow;
        loop {
            match self.shape {
                Shape::Array(item) => {
                    may_be_none = may_be_none || !self.reaches(0);
                    self = Self { many: true, ..self.with(item) };
                    // The items that are null have no fields, and are passed over.
                    if let Shape::Nullable(inner) = self.shape {
                        may_be_none = true;
                        self = self.with(inner);
                    }
                }
                Shape::Any if self.strict && !self.tested => return Err(Problem::Undeclared),
                Shape::Any => return Ok(Self { absent: self.absent || may_be_none, tested: false, ..self }),
                Shape::Tuple(_) | Shape::Mixed => {
                    return Ok(Self { absent: true, many: true, ..self.with(&Shape::Mixed) });
                }
                Shape::Nullable(_) | Shape::Null => return Err(Problem::MaybeNull),
                Shape::Object(_) | Shape::Map(_) | Shape::Keyed { .. } => {
                    return match self.key(key) {
                        Some(view) => Ok(Self { absent: view.absent || may_be_none, ..view }.flattened()),
                        None => Err(Problem::NoField(self.shape)),
                    };
                }
                Shape::OneOf(one_of) => {
                    let Some(view) = self.key(key) else { return Err(Problem::NoField(self.shape)) };
                    // An array in the place of a variant gives each of its items' values.
                    let mut i = 0;
                    while i < one_of.alternatives.len() {
                        if !self.excludes(i) && !matches!(self.alternative(one_of, i).shape, Shape::Object(_))
                        {
                            return Ok(Self { absent: true, ..self.with(&Shape::Mixed) });
                        }
                        i += 1;
                    }
                    return Ok(Self { absent: view.absent || may_be_none, ..view });
                }
                _ => return Err(Problem::NotObject(self.shape)),
            }
        }
    }

    /// Returns the items of the items, where several arrays are read at once.
    const fn flattened(self) -> Self {
        match self.shape {
            Shape::Array(item) if self.many => Self { absent: true, hollow: true, ..self.with(item) },
            _ => self,
        }
    }

    /// Returns the items of the value as a part of an array that JSONata builds.
    const fn items(self) -> Self {
        // Several arrays are its items; one alone is itself, so that its items are.
        if let (true, Shape::Array(_) | Shape::Tuple(_)) = (self.many, self.shape) {
            return Self { absent: false, many: false, ..self.with(&Shape::Mixed) };
        }
        let view = Self { absent: false, many: false, ..self };
        match view.shape {
            Shape::Array(item) => view.with(item),
            Shape::Tuple([]) => view.with(&Shape::Any),
            Shape::Tuple(_) => view.with(&Shape::Mixed),
            Shape::Nullable(inner) => match view.with(inner).shape {
                Shape::Array(_) | Shape::Tuple(_) | Shape::OneOf(_) => view.with(&Shape::Mixed),
                _ => view,
            },
            _ => view,
        }
    }

    /// Returns the value of any key: where they differ, nothing is known of it.
    const fn values(self) -> Self {
        let view = Self { absent: false, many: false, ..self };
        match view.shape {
            Shape::Any | Shape::Never => view,
            Shape::Map(value) | Shape::Keyed { value, .. } | Shape::Array(value) => view.with(value),
            Shape::Nullable(inner) => view.with(inner).values(),
            Shape::Object(object) if object.flattened.is_empty() && !may_have_more(view, object) => {
                let mut same = None;
                let mut i = 0;
                while i < object.fields.len() {
                    let field = &object.fields[i];
                    if field.key(view.side).is_some() {
                        let value = view.with(field.shape);
                        match (same, value.shape) {
                            (None, _) => same = Some(value),
                            (Some(Self { shape: Shape::String, .. }), Shape::String)
                            | (Some(Self { shape: Shape::Boolean, .. }), Shape::Boolean)
                            | (
                                Some(Self { shape: Shape::Number, .. }),
                                Shape::Number | Shape::Integer { .. },
                            ) => {}
                            (
                                Some(Self { shape: Shape::Integer { .. }, .. }),
                                Shape::Number | Shape::Integer { .. },
                            ) => {
                                same = Some(value.with(&Shape::Number));
                            }
                            _ => return view.with(&Shape::Mixed),
                        }
                    }
                    i += 1;
                }
                match same {
                    Some(value) => value,
                    None => view.with(&Shape::Never),
                }
            }
            _ => view.with(&Shape::Mixed),
        }
    }

    /// The key of any entry, where there are entries.
    const fn entry_key(self) -> Self {
        let key = self.with(&Shape::String);
        match self.shape {
            Shape::Any | Shape::Never => self,
            Shape::Object(_) | Shape::Map(_) | Shape::Keyed { .. } => key,
            _ => Self { absent: true, ..key },
        }
    }

    /// Returns `true` if there is an item at a position for certain.
    pub(super) const fn reaches(self, index: i64) -> bool {
        let needed = if index < 0 { index.unsigned_abs() } else { index.unsigned_abs().saturating_add(1) };
        self.least as u64 >= needed
    }

    /// Returns `true` if it is one value, or one each of several, whatever the data are.
    const fn is_no_array(self) -> bool {
        match self.shape {
            Shape::Nullable(inner) => self.with(inner).is_no_array(),
            Shape::Any
            | Shape::Mixed
            | Shape::Never
            | Shape::Array(_)
            | Shape::Tuple(_)
            | Shape::OneOf(_)
            | Shape::Split { .. }
            | Shape::Recursive(_) => false,
            _ => true,
        }
    }

    /// The item at a position, of what is no array itself.
    const fn pick(self, index: i64, each: bool) -> Self {
        if self.many {
            let there =
                matches!(index, 0 | -1) && !each && !self.absent && !self.hollow && self.is_no_array();
            return Self { absent: !there, many: each, ..self.items() };
        }
        if let Shape::Tuple(items) = self.shape {
            return match place_of(index, items.len()) {
                Some(place) => Self { absent: self.absent, ..self.with(items[place]) },
                None => Self { absent: true, ..self.with(&Shape::Never) },
            };
        }
        let view = self.items();
        let there = match self.shape {
            Shape::Array(_) => self.reaches(index),
            Shape::Tuple(_) | Shape::Mixed | Shape::Nullable(_) | Shape::OneOf(_) => false,
            // Of what is declared to be anything everything may be asked.
            Shape::Any => !self.strict,
            Shape::Never => true,
            _ => matches!(index, 0 | -1),
        };
        Self { absent: self.absent || !there, ..view }
    }

    /// The value as what it is for whoever does not know how many there are.
    pub(super) const fn settled(self) -> Self {
        if self.many { Self { many: false, absent: self.absent, ..self.with(&Shape::Mixed) } } else { self }
    }

    /// The value of a key of an object, a map or an enum's common fields.
    pub(super) const fn key(self, key: &str) -> Option<Self> {
        match self.shape {
            Shape::Any => Some(Self { absent: true, ..self }),
            Shape::Map(value) | Shape::Keyed { value, .. } => Some(Self { absent: true, ..self.with(value) }),
            Shape::Nullable(inner) => match self.with(inner).key(key) {
                Some(view) => Some(Self { absent: true, ..view }),
                None => None,
            },
            Shape::Object(object) => self.field(object, key),
            Shape::OneOf(one_of) => self.of_alternatives(one_of, key),
            _ => None,
        }
    }

    pub(super) const fn field(self, object: &'static ObjectShape, key: &str) -> Option<Self> {
        let mut i = 0;
        while i < object.fields.len() {
            let field = &object.fields[i];
            if let Some(name) = field.key(self.side)
                && same(name, key)
            {
                return Some(self.of_field(field));
            }
            i += 1;
        }
        let mut i = 0;
        while i < object.flattened.len() {
            if let Some(view) = self.flattened_part(object, i).key(key) {
                return Some(view);
            }
            i += 1;
        }
        None
    }

    pub(super) const fn of_field(self, field: &'static Field) -> Self {
        let view = self.with(field.shape);
        let absent = match self.side {
            Side::Made => !matches!(field.made, Made::Always),
            // Under an alias the value has another key, so the name itself is not certain.
            Side::Given => !field.is_required(view.shape) || field.given_as.len() > 1,
        };
        Self { absent, ..view }
    }

    /// Between what it lies, where it is an integer.
    pub(super) const fn integers(&self) -> Option<Bounds> {
        match self.shape {
            Shape::Integer { min, max } => Some(Bounds { min: *min, max: *max }.both(self.known)),
            _ => None,
        }
    }

    /// Returns the part of the value for which the facts at a place hold, and the place after them.
    pub(super) const fn known(self, steps: &[Step<'_>], at: usize) -> Option<(Self, usize)> {
        let Step::Where(_) = steps[at] else { return None };
        let mut end = at + 1;
        while end < steps.len() && matches!(steps[end], Step::OrWhere(_)) {
            end += 1;
        }
        let (_, facts) = steps.split_at(at);
        let (facts, _) = facts.split_at(end - at);
        Some((self.narrow(facts), end))
    }

    /// Takes several steps; the number is that of the step that failed.
    pub const fn walk(self, steps: &[Step<'_>]) -> Result<Self, (usize, Problem)> {
        self.walked(steps, Missing::Fails)
    }

    /// The same, where all that JSONata reads a key of is there, and is no null: otherwise it comes to nothing.
    pub(super) const fn walk_if_there(self, steps: &[Step<'_>]) -> Result<Self, (usize, Problem)> {
        self.walked(steps, Missing::Nothing)
    }

    /// The same, where what is missing is made on the way.
    pub(super) const fn walk_making(self, steps: &[Step<'_>]) -> Result<Self, (usize, Problem)> {
        self.walked(steps, Missing::Made)
    }

    const fn walked(self, steps: &[Step<'_>], missing: Missing) -> Result<Self, (usize, Problem)> {
        let mut view = self;
        let mut i = 0;
        while i < steps.len() {
            if let Missing::Made = missing {
                view = Self { absent: false, ..view };
            }
            if let (Missing::Nothing, Step::Query(_)) = (missing, steps[i]) {
                view = Self { absent: false, ..view };
                while let Shape::Nullable(inner) = view.shape {
                    view = Self { many: view.many, ..view.with(inner) };
                }
            }
            if let Some((known, end)) = view.known(steps, i) {
                view = known;
                i = end;
                continue;
            }
            view = match view.step(steps[i]) {
                Ok(view) => view,
                Err(problem) => return Err((i, problem)),
            };
            i += 1;
        }
        Ok(view)
    }
}

impl Field {
    /// The key on a side; none where the field is not there at all.
    pub(super) const fn key(&self, side: Side) -> Option<&'static str> {
        match side {
            Side::Made => match self.made {
                Made::Never => None,
                _ => Some(self.made_as),
            },
            Side::Given => match self.given {
                Given::Never => None,
                _ if self.given_as.is_empty() => None,
                _ => Some(self.given_as[0]),
            },
        }
    }

    /// Returns `true` if reading fails without the key: serde lets an `Option` be missing.
    pub(super) const fn is_required(&self, settled: &Shape) -> bool {
        matches!(self.given, Given::Required) && !matches!(settled, Shape::Nullable(_))
    }
}

/// Appends what was wrong with a step into a value of a type.
pub(super) const fn describe(out: &mut Text, side: Side, step: Step<'_>, problem: Problem) {
    let key = match step {
        Step::Key(key) | Step::Query(key) | Step::May(key) | Step::MayQuery(key) => key,
        _ => "",
    };
    match problem {
        Problem::NoField(shape) => {
            out.code(shape.words());
            out.push(" has no JSON field ");
            out.code(key);
            if let Some(near) = nearest_key(shape, side, key) {
                out.push("; did you mean ");
                out.code(near);
                out.push("?");
            } else {
                out.push(";");
            }
            out.push(" it has ");
            let mark = out.mark();
            keys(out, shape, side, mark);
            if out.mark() == mark {
                out.push("none");
            }
        }
        Problem::NotObject(shape) => {
            out.push("it is ");
            article(out, shape);
            out.push(", which has no fields, so there is no ");
            out.code(key);
            if let Shape::Array(_) = shape {
                out.push("; in JSONPath `[*]` before it takes that of each item");
            }
        }
        Problem::NotArray(shape) => {
            out.push("it is ");
            article(out, shape);
            out.push(", not an array");
        }
        Problem::NoIndex(len) => {
            out.push("the array has ");
            out.number(len as i128);
            out.push(" items, so there is none at this position");
        }
        Problem::MaybeNull => {
            out.push("it may be null before ");
            if key.is_empty() {
                out.push("its items are");
            } else {
                out.code(key);
                out.push(" is");
            }
            out.push(" read");
        }
        Problem::MaybeAbsent => {
            out.push("it may be missing before ");
            if key.is_empty() {
                out.push("its items are");
            } else {
                out.code(key);
                out.push(" is");
            }
            out.push(" read");
        }
        Problem::Undeclared => out.push(UNDECLARED),
        Problem::Mixed if matches!(step, Step::Each) => out.push("its items are of different types"),
        Problem::Mixed => out.push("its type differs from variant to variant"),
    }
}

/// The message where a value is used that is declared to be anything.
pub(super) const UNDECLARED: &str = "it is declared to be anything, and the machine is `#[strict]`; test it in a Choice before, or declare a type";

/// Appends a shape in words: a type's name in backticks, anything else with its article.
pub(super) const fn article(out: &mut Text, shape: &Shape) {
    match shape {
        Shape::Nullable(inner) => {
            article(out, inner);
            out.push(" or null");
        }
        Shape::Text(name) => {
            out.push("a string of the form ");
            out.code(name);
        }
        Shape::Integer { min: 0, max } if *max == u64::MAX as i128 => out.push("an unsigned integer"),
        Shape::Integer { min: 0, max } if *max > u64::MAX as i128 => {
            out.push("an unsigned integer of 128 bits");
        }
        Shape::Integer { min, max } if *min < i64::MIN as i128 && *max > i64::MAX as i128 => {
            out.push("an integer of 128 bits");
        }
        // A narrow type's bounds are the reason more often than not.
        Shape::Integer { min, max } if *min > i64::MIN as i128 || *max < i64::MAX as i128 => {
            out.push("an integer from ");
            out.number(*min);
            out.push(" to ");
            out.number(*max);
        }
        shape => {
            if shape.name().is_some() {
                out.code(shape.words());
            } else {
                out.push(shape.words());
            }
        }
    }
}

/// Appends the keys of a shape, in backticks; `start` is where the list began.
const fn keys(out: &mut Text, shape: &Shape, side: Side, start: usize) {
    let object = match shape {
        Shape::Object(object) => object,
        Shape::OneOf(one_of) => one_of.common,
        Shape::Nullable(inner) => return keys(out, inner, side, start),
        Shape::Split { made, given } => {
            return keys(out, if matches!(side, Side::Made) { made } else { given }, side, start);
        }
        _ => return,
    };
    let mut i = 0;
    while i < object.fields.len() {
        if let Some(key) = object.fields[i].key(side) {
            if out.mark() > start {
                out.push(", ");
            }
            out.code(key);
        }
        i += 1;
    }
    let mut i = 0;
    while i < object.flattened.len() {
        keys(out, object.flattened[i], side, start);
        i += 1;
    }
}

const fn nearest_key(shape: &Shape, side: Side, key: &str) -> Option<&'static str> {
    let object = match shape {
        Shape::Object(object) => object,
        Shape::OneOf(one_of) => one_of.common,
        _ => return None,
    };
    let mut best = None;
    let mut least = slip(key) + 1;
    let mut i = 0;
    while i < object.fields.len() {
        if let Some(candidate) = object.fields[i].key(side) {
            let distance = distance(key, candidate);
            if distance < least {
                least = distance;
                best = Some(candidate);
            }
        }
        i += 1;
    }
    best
}
