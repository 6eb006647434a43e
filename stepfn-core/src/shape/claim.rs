use super::{
    Bounds, EnumShape, Shape, TIMESTAMP,
    fits::Fits,
    narrow::{Fact, Kind, Property},
    node::Node,
    text::{Text, contains, distance, same, slip},
    view::{Problem, Side, Step, UNDECLARED, View, article, describe},
    ways::{Ways, again, count, fork, found, on_way},
};

/// A small claim about a type's JSON, judged by rustc (macro) or at once (builder).
#[derive(Clone, Copy, Debug)]
pub enum Claim<'a> {
    /// A path leads to something.
    Path {
        /// The path as it was written.
        shown: &'a str,
        /// The source of the typed value, in words; empty where the path itself has it.
        origin: &'a str,
        /// The type's shape.
        shape: &'static Shape,
        /// Its side.
        side: Side,
        /// The steps from the typed value on.
        steps: &'a [Step<'a>],
        /// The requirement.
        need: Need<'a>,
    },
    /// A value can be read as a type.
    Fits {
        /// The value that flows, and its target, in words: ``the payload of `validator` ``.
        what: &'a str,
        /// The value.
        nodes: &'a [Node<'a>],
        /// The type.
        target: &'static Shape,
    },
    /// A field of a template can be read as that field of a type. Where the type is no struct, the claim about the whole
    /// template covers everything.
    FieldFits {
        /// The value that flows, and its target, in words.
        what: &'a str,
        /// The keys that lead to the field.
        keys: &'a [&'a str],
        /// The field's value.
        nodes: &'a [Node<'a>],
        /// The type of the whole.
        target: &'static Shape,
    },
    /// A template has all fields that a type needs; what they hold is the matter of [`FieldFits`](Self::FieldFits).
    Complete {
        /// The value that flows, and its target, in words.
        what: &'a str,
        /// The whole template.
        nodes: &'a [Node<'a>],
        /// The type.
        target: &'static Shape,
    },
    /// The rows of a table, objects whose values are all texts, can be read as a type.
    Columns {
        /// The type.
        target: &'static Shape,
    },
    /// The answer of a [`TaskToken`](crate::token::TaskToken) can be the declared result of the state.
    Answers {
        /// The keys that lead to the token.
        keys: &'a [&'a str],
        /// The type of the function's input.
        input: &'static Shape,
        /// The type of the result.
        result: &'static Shape,
    },
    /// A task can fail with an error of this name.
    Raises {
        /// The task's name.
        task: &'a str,
        /// The name in `ErrorEquals`.
        error: &'a str,
        /// The names of the task's errors.
        names: &'a [&'a str],
        /// Whether others can occur.
        open: bool,
    },
    /// A sum stays within AWS's limits, by the types of its parts. One that does not is a warning.
    Within {
        /// The number as it was written.
        shown: &'a str,
        /// An array of its parts.
        nodes: &'a [Node<'a>],
        /// The values that AWS accepts.
        bounds: Bounds,
        /// The declaration to use instead.
        advice: &'a str,
    },
    /// Two values can be put in order: both are numbers, or both strings.
    Alike {
        /// The comparison, or what is put in order, as it was written.
        shown: &'a str,
        /// The values: leaves, [`Node::Number`] and [`Node::String`]; others say nothing.
        nodes: &'a [Node<'a>],
    },
    /// Operands of JSONata's `$append` make an array for certain: one of the two is one, or both are there.
    Appends {
        /// The call as it was written.
        shown: &'a str,
        /// The two: leaves, [`Node::Array`], [`Node::Any`] for what is there for certain, others for what need not be there.
        nodes: &'a [Node<'a>],
    },
    /// One of several objects that are put over each other has a key.
    Found {
        /// The path as it was written.
        shown: &'a str,
        /// The key.
        key: &'a str,
        /// Its value in each of them: leaves.
        nodes: &'a [Node<'a>],
        /// Whether it must be there for certain.
        certain: bool,
    },
    /// The value of a loop is of the type of the value it began with.
    Again {
        /// The value after the loop, and in the rounds before: leaves.
        nodes: &'a [Node<'a>],
    },
    /// The rules of a Choice leave nothing of a value that they test, or of the whole that it is a part of.
    Covers {
        /// The path as it was written.
        shown: &'a str,
        /// The type's shape.
        shape: &'static Shape,
        /// Its side.
        side: Side,
        /// The steps from the typed value on, with what is known where no rule holds.
        steps: &'a [Step<'a>],
        /// The same to the whole.
        whole: &'a [Step<'a>],
    },
}

/// The requirement at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Need<'a> {
    /// Nothing: it may be missing (`IsPresent`), but the way to it must make sense.
    Nothing,
    /// Anything.
    Value,
    /// Anything but `null`: a template cannot take `$` from it.
    NotNull,
    /// Anything but a string for certain: a string is read as JSON text there.
    Data,
    /// An object, or nothing yet: a `ResultPath` can write below it.
    Writable,
    /// A string, at least possibly: a comparison of it can be true.
    MaybeString,
    /// A number, at least possibly.
    MaybeNumber,
    /// A boolean, at least possibly.
    MaybeBoolean,
    /// A timestamp, at least possibly.
    MaybeTimestamp,
    /// `null`, at least possibly: a test for it is useful.
    MaybeNull,
    /// This string, at least possibly: one of an enum's.
    Literal(&'a str),
    /// A string for certain.
    String,
    /// A number for certain.
    Number,
    /// A whole number for certain.
    Integer,
    /// A whole number for certain, and none below zero.
    Count,
    /// Anything but an array: JSONata goes through it as it goes through one value.
    Single,
    /// Anything but an empty array: of its items something comes.
    Some,
    /// A boolean for certain.
    Boolean,
    /// A number or a string for certain: what can be put in order.
    Ordered,
    /// A string, a number or a boolean for certain: what can be made a number.
    Scalar,
    /// An array or an object for certain: what a Map in JSONata takes.
    Items,
    /// A timestamp for certain.
    Timestamp,
    /// An array for certain.
    Array,
    /// An object for certain.
    Object,
}

/// The error of a claim that does not hold.
#[derive(Clone, Copy, Debug)]
pub struct Mismatch {
    /// The rule that it breaks.
    pub fault: Fault,
    /// The error, with a suggestion.
    pub text: Text,
}

/// The rule that a claim breaks which does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `no-such-field`
    NoSuchField,
    /// `maybe-missing`
    MaybeMissing,
    /// `wrong-type`
    WrongType,
    /// `unknown-literal`
    UnknownLiteral,
    /// `does-not-fit`
    DoesNotFit,
    /// `unraised-error`
    UnraisedError,
    /// `choice-may-not-match`
    ChoiceMayNotMatch,
    /// `cannot-tell`
    CannotTell,
    /// `number-out-of-range`
    NumberOutOfRange,
}

impl Fault {
    /// The code of the diagnostic: see [`Code`](crate::check::Code).
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSuchField => "no-such-field",
            Self::MaybeMissing => "maybe-missing",
            Self::WrongType => "wrong-type",
            Self::UnknownLiteral => "unknown-literal",
            Self::DoesNotFit => "does-not-fit",
            Self::UnraisedError => "unraised-error",
            Self::ChoiceMayNotMatch => "choice-may-not-match",
            Self::CannotTell => "cannot-tell",
            Self::NumberOutOfRange => "number-out-of-range",
        }
    }
}

/// Stops the compiler with the claim's text where the claim is wrong. `place` is the place: ``state `Load`: ``.
///
/// # Panics
/// When the claim is wrong: this is how a constant reports. Use [`judge`] outside of constants.
#[track_caller]
pub const fn expect(place: &str, claim: &Claim<'_>) {
    expect_unless(place, claim, &[]);
}

/// Stops the compiler as [`expect`] does, but not where what is wrong has one of the codes that are allowed there.
///
/// # Panics
/// When the claim is wrong: this is how a constant reports.
#[track_caller]
pub const fn expect_unless(place: &str, claim: &Claim<'_>, allowed: &[&str]) {
    if let Some(Mismatch { fault, mut text }) = judge(place, claim)
        && !contains(allowed, fault.code())
    {
        text.push(" [");
        text.push(fault.code());
        text.push("]");
        panic!("{}", text.as_str());
    }
}

/// A [`Claim::Path`] in few words, for rustc reads hundreds of them.
pub const fn leads<'a>(
    shown: &'a str,
    origin: &'a str,
    shape: &'static Shape,
    side: Side,
    steps: &'a [Step<'a>],
    need: Need<'a>,
) -> Claim<'a> {
    Claim::Path { shown, origin, shape, side, steps, need }
}

/// Returns `true` if a claim holds: if it does not and that is no error, there is a warning.
pub const fn holds(claim: &Claim<'_>) -> bool {
    judge("", claim).is_none()
}

/// Whether a claim holds, as a type.
#[derive(Debug)]
pub struct Holds<const HOLDS: bool>;

/// The verdict on a claim: nothing where it holds, a warning where it does not.
pub trait Judged<Warning> {
    /// The verdict.
    type Verdict;
}

impl<Warning> Judged<Warning> for Holds<true> {
    type Verdict = ();
}

impl<Warning> Judged<Warning> for Holds<false> {
    type Verdict = Warning;
}

/// A value of the verdict's type, where rustc sees it. It is never called.
pub fn verdict<T>() -> T {
    unreachable!("it is for rustc alone")
}

/// Returns the error of a claim, if there is one.
pub const fn judge(place: &str, claim: &Claim<'_>) -> Option<Mismatch> {
    let mut out = Text::new();
    out.push(place);
    let mut fault = Fault::DoesNotFit;
    let holds = match claim {
        Claim::Path { shown, origin, shape, side, steps, need } => {
            out.code(shown);
            out.push(": ");
            match path(origin, View::new(shape, *side), steps, *need, &mut out) {
                Some(found) => {
                    fault = found;
                    false
                }
                None => true,
            }
        }
        Claim::Fits { what, nodes, target } => {
            out.push(what);
            out.push(": ");
            Fits::of(nodes).judge(target, &mut out)
        }
        Claim::FieldFits { what, keys, nodes, target } => {
            out.push(what);
            out.push(": ");
            match field(View::new(target, Side::Given), keys) {
                Some(target) => Fits::of(nodes).judge(target, &mut out),
                None => true,
            }
        }
        Claim::Complete { what, nodes, target } => {
            out.push(what);
            out.push(": ");
            complete(nodes, target, &mut out)
        }
        Claim::Columns { target } => columns(View::new(target, Side::Given), &mut out),
        Claim::Answers { keys, input, result } => match token(input, keys) {
            Some(answer) => {
                out.push("what the token in ");
                out.code(keys[keys.len() - 1]);
                out.push(" is answered with, ");
                article(&mut out, answer);
                out.push(", becomes the result, ");
                article(&mut out, result);
                out.push(": ");
                let nodes = [Node::Leaf { shape: answer, side: Side::Made, steps: &[] }];
                Fits::of(&nodes).judge(result, &mut out)
            }
            None => true,
        },
        Claim::Raises { task, error, names, open } => {
            fault = Fault::UnraisedError;
            raises(task, error, names, *open, &mut out)
        }
        Claim::Within { shown, nodes, bounds, advice } => {
            fault = Fault::NumberOutOfRange;
            out_of_range(shown, *bounds, advice, &mut out);
            Fits::of(nodes).stays_within(*bounds)
        }
        Claim::Alike { shown, nodes } => {
            fault = Fault::WrongType;
            out.code(shown);
            out.push(": a number and a string cannot be put in order; make both one or the other: `$number(…)`, `$string(…)`");
            alike(nodes)
        }
        Claim::Appends { shown, nodes } => {
            fault = Fault::MaybeMissing;
            out.code(shown);
            out.push(": where one of the two comes to nothing it is the other one, which is no array for certain; write `[…]` around one of them");
            appends(nodes)
        }
        Claim::Found { shown, key, nodes, certain } => {
            let (can_be, is_there) = found(nodes);
            fault = if can_be { Fault::MaybeMissing } else { Fault::NoSuchField };
            not_found(shown, key, can_be, nodes, &mut out);
            if *certain { is_there } else { can_be }
        }
        Claim::Again { nodes } => {
            fault = Fault::CannotTell;
            out.push("the type of what flows in here cannot be determined: it changes with every round of a loop; keep what changes in the loop under one key of a fixed type");
            again(nodes)
        }
        Claim::Covers { shown, shape, side, steps, whole } => {
            fault = Fault::ChoiceMayNotMatch;
            let root = View::new(shape, *side);
            is_left_nothing(root, whole) || covers(shown, root, steps, &mut out)
        }
    };
    if holds { None } else { Some(Mismatch { fault, text: out }) }
}

/// Appends that none of several merged objects has a key, or is certain to have it.
const fn not_found(shown: &str, key: &str, can_be: bool, nodes: &[Node<'_>], out: &mut Text) {
    out.code(shown);
    out.push(": ");
    if !can_be {
        out.push("none of the objects that are put over each other has ");
        out.code(key);
        return;
    }
    out.code(key);
    out.push(" may be missing: none of the objects that are put over each other is certain to have it");
    let queried = matches!(nodes.first(), Some(Node::Leaf { steps, .. }) if is_query(steps));
    out.push(if queried { INSTEAD } else { "; test it with `is_present` in a Choice before" });
}

const fn path(origin: &str, root: View, steps: &[Step<'_>], need: Need<'_>, out: &mut Text) -> Option<Fault> {
    if !fork(steps) {
        return path_to(origin, root, steps, root.walk(steps), need, out);
    }
    let ways = Ways::of(root, steps);
    let mark = out.mark();
    let mut fault = None;
    let mut fine = false;
    let mut i = 0;
    while i < ways.len() {
        let found = ways.get(i);
        let kept = out.mark();
        match path_to(origin, root, steps, found, need, out) {
            // A comparison that can be true on one way is worth its while; only that it finds something must hold on all.
            Some(Fault::WrongType | Fault::UnknownLiteral) if found.is_ok() && is_asking(need) => {
                if fault.is_none() {
                    fault = Some(Fault::WrongType);
                } else {
                    out.rewind(kept);
                }
            }
            Some(fault) => {
                let whole = *out;
                out.rewind(mark);
                let (_, reason) = whole.as_str().split_at(kept);
                out.push(reason);
                return Some(fault);
            }
            None => fine = true,
        }
        i += 1;
    }
    if fine {
        out.rewind(mark);
        return None;
    }
    fault
}

/// Returns `true` if a need is one of a comparison, which another value makes false.
const fn is_asking(need: Need<'_>) -> bool {
    matches!(
        need,
        Need::Literal(_)
            | Need::MaybeString
            | Need::MaybeNumber
            | Need::MaybeBoolean
            | Need::MaybeTimestamp
            | Need::MaybeNull
    )
}

/// The same for one way.
const fn path_to(
    origin: &str,
    root: View,
    steps: &[Step<'_>],
    found: Result<View, (usize, Problem)>,
    need: Need<'_>,
    out: &mut Text,
) -> Option<Fault> {
    let queried = is_query(steps);
    // What is not there yet is made on the way; what is there must do.
    let found = match (need, found) {
        (Need::Writable, Err((_, Problem::MaybeAbsent))) if !fork(steps) => root.walk_making(steps),
        (_, found) => found,
    };
    let view = match found {
        Ok(view) => view,
        Err((index, problem)) => {
            // A test for presence may look through what may be missing or null: AWS answers false.
            if matches!(need, Need::Nothing)
                && matches!(problem, Problem::MaybeAbsent | Problem::MaybeNull | Problem::Undeclared)
            {
                return None;
            }
            // What is not there yet is made on the way.
            if matches!(need, Need::Writable) && matches!(problem, Problem::MaybeAbsent | Problem::NoField(_))
            {
                return None;
            }
            describe(out, root.side, steps[index], problem);
            from(origin, out);
            let (before, _) = steps.split_at(index);
            // Both at once, so that the one is not reported after the other has been fixed.
            let or_null = matches!(problem, Problem::MaybeAbsent)
                && matches!(root.walk(before), Ok(View { shape: Shape::Nullable(_), .. }));
            if queried && matches!(problem, Problem::MaybeAbsent | Problem::MaybeNull) {
                out.push(if or_null || matches!(problem, Problem::MaybeNull) {
                    INSTEAD_OF_NULL
                } else {
                    INSTEAD
                });
            } else if matches!(problem, Problem::MaybeAbsent) && index > 0 && is_may(steps[index - 1]) {
                out.push(NOT_EVERYWHERE);
            } else if or_null {
                out.push(TEST_BOTH);
            } else if matches!(problem, Problem::MaybeAbsent) {
                out.push("; test it with `is_present` in a Choice before");
            } else if matches!(problem, Problem::MaybeNull) {
                out.push("; test it with `!is_null` in a Choice before");
            }
            return Some(match problem {
                Problem::NoField(_) | Problem::NoIndex(_) => Fault::NoSuchField,
                Problem::MaybeAbsent | Problem::MaybeNull => Fault::MaybeMissing,
                Problem::Undeclared => Fault::CannotTell,
                _ => Fault::WrongType,
            });
        }
    };
    if matches!(need, Need::Nothing) {
        return None;
    }
    // Of values of which there is one at least, something comes.
    if queried && view.many && (view.absent || !matches!(need, Need::Value | Need::Some)) {
        as_many_as_items(origin, out);
        return Some(if view.absent { Fault::MaybeMissing } else { Fault::WrongType });
    }
    if view.absent && !matches!(need, Need::Writable) {
        let or_null = match view.shape {
            Shape::Nullable(_) => !can_be(view.settled(), need),
            _ => false,
        };
        out.push("it may be missing");
        if or_null {
            out.push(" or null");
        }
        from(origin, out);
        if queried {
            out.push(if or_null { INSTEAD_OF_NULL } else { INSTEAD });
            return Some(Fault::MaybeMissing);
        }
        if !steps.is_empty() && is_may(steps[steps.len() - 1]) {
            out.push(NOT_EVERYWHERE);
            return Some(Fault::MaybeMissing);
        }
        if let Shape::Array(_) = root.shape
            && steps.len() == 1
        {
            out.push(", as any item of an array");
        }
        out.push(if or_null { TEST_BOTH } else { "; test it with `is_present` in a Choice before" });
        return Some(Fault::MaybeMissing);
    }
    if can_be(view.settled(), need) {
        return None;
    }
    if let (Shape::Any, true) = (view.shape, view.strict) {
        out.push(UNDECLARED);
        from(origin, out);
        return Some(Fault::CannotTell);
    }
    if let (Need::Literal(text), Shape::Enum(shape)) = (need, settled_enum(view)) {
        out.push("it is never \"");
        out.push(text);
        out.push("\"");
        if let Some(near) = nearest_variant(shape, text) {
            out.push("; did you mean \"");
            out.push(near);
            out.push("\"?");
        } else {
            out.push(";");
        }
        out.push(" ");
        out.code(shape.name);
        out.push(" has ");
        list(shape.variants, out);
        from(origin, out);
        return Some(Fault::UnknownLiteral);
    }
    if let Need::Single | Need::Some = need {
        as_many_as_items(origin, out);
        let is_some = matches!(need, Need::Some);
        return Some(if is_some { Fault::MaybeMissing } else { Fault::WrongType });
    }
    out.push("expected ");
    out.push(match need {
        Need::MaybeString | Need::String | Need::Literal(_) => "a string",
        Need::MaybeNumber | Need::Number => "a number",
        Need::MaybeBoolean | Need::Boolean => "a boolean",
        Need::Single | Need::Some => "something that is no array",
        Need::Ordered => "a number or a string",
        Need::Scalar => "a string, a number or a boolean",
        Need::Items => "an array or an object",
        Need::MaybeTimestamp | Need::Timestamp => "a timestamp",
        Need::MaybeNull => "something that may be null",
        Need::Integer => "an integer",
        Need::Count => "an integer that is never below 0",
        Need::Array => "an array",
        Need::Object | Need::Writable => "an object",
        Need::NotNull => "something that is never null",
        Need::Data => "data that is no text, which is read as JSON text here",
        Need::Nothing | Need::Value => "a value",
    });
    out.push(", found ");
    article(out, view.shape);
    from(origin, out);
    if let Need::Literal(text) = need
        && is_unquoted(view.shape, text)
    {
        out.push("; compare it with `");
        out.push(text);
        out.push("`, without quotes");
    }
    if matches!((need, view.shape), (Need::Timestamp, Shape::String)) {
        out.push("; where a field always holds one, write `#[state_data(timestamp)]` on it");
    }
    Some(Fault::WrongType)
}

/// Returns `true` if a text is a literal of the shape, but for its quotes.
const fn is_unquoted(shape: &Shape, text: &str) -> bool {
    match shape {
        Shape::Boolean => matches!(text.as_bytes(), b"true" | b"false"),
        Shape::Integer { .. } | Shape::Number => {
            let bytes = text.as_bytes();
            let mut at = if !bytes.is_empty() && bytes[0] == b'-' { 1 } else { 0 };
            if at == bytes.len() {
                return false;
            }
            while at < bytes.len() {
                if !bytes[at].is_ascii_digit() && (bytes[at] != b'.' || at + 1 == bytes.len()) {
                    return false;
                }
                at += 1;
            }
            true
        }
        _ => false,
    }
}

const fn as_many_as_items(origin: &str, out: &mut Text) {
    out.push("it is as many values as there are items: nothing, one value, or an array");
    from(origin, out);
    out.push("; write `[…]` around it, which is always an array");
}

/// The suggestion where something may be missing, and null where it is not.
const TEST_BOTH: &str = "; test it with `is_present(…) && !is_null(…)` in a Choice before";

/// The suggestion where a JSONata expression may come to nothing, or to null.
const INSTEAD_OF_NULL: &str = "; provide a default: `… != null ? … : …`";

/// The suggestion where a JSONata expression may come to nothing.
const INSTEAD: &str = "; provide a default: `$exists(…) ? … : …`";

/// The suggestion where only some of the transitions to a state put a field there.
const NOT_EVERYWHERE: &str = ": not every way here puts it there; put it there on every way, or test it with `is_present` in a Choice before";

const fn is_may(step: Step<'_>) -> bool {
    matches!(step, Step::May(_) | Step::MayQuery(_))
}

/// Returns `true` if the way is JSONata's.
const fn is_query(steps: &[Step<'_>]) -> bool {
    let mut i = 0;
    while i < steps.len() {
        if matches!(
            steps[i],
            Step::Query(_)
                | Step::MayQuery(_)
                | Step::Items
                | Step::Pick(_)
                | Step::PickEach(_)
                | Step::Many
                | Step::Maybe
        ) {
            return true;
        }
        i += 1;
    }
    false
}

const fn from(origin: &str, out: &mut Text) {
    if !origin.is_empty() {
        out.push(" (");
        out.push(origin);
        out.push(")");
    }
}

const fn settled_enum(view: View) -> &'static Shape {
    match view.shape {
        Shape::Nullable(inner) => view.with(inner).shape,
        shape => shape,
    }
}

const fn can_be(view: View, need: Need<'_>) -> bool {
    let certain = matches!(
        need,
        Need::String
            | Need::Number
            | Need::Integer
            | Need::Count
            | Need::Single
            | Need::Some
            | Need::Boolean
            | Need::Ordered
            | Need::Scalar
            | Need::Items
            | Need::Timestamp
            | Need::Array
            | Need::Object
            | Need::Writable
            | Need::NotNull
            | Need::Data
    );
    match view.shape {
        Shape::Any => !view.strict || !certain,
        Shape::Never => true,
        Shape::Mixed => matches!(need, Need::Value) || !certain,
        Shape::Nullable(_) if matches!(need, Need::MaybeNull | Need::Value) => true,
        Shape::Nullable(inner) => {
            (!certain || matches!(need, Need::Single | Need::Some | Need::Data))
                && can_be(view.with(inner), need)
        }
        Shape::OneOf(one_of) => {
            let mut i = 0;
            let mut some = false;
            while i < one_of.alternatives.len() {
                if !view.excludes(i) {
                    let fits = can_be(view.alternative(one_of, i), need);
                    if certain && !fits {
                        return false;
                    }
                    some = some || fits;
                }
                i += 1;
            }
            some
        }
        shape => match need {
            Need::Nothing | Need::Value => true,
            Need::Single => !matches!(shape, Shape::Array(_) | Shape::Tuple(_)),
            Need::Some => {
                view.many || !matches!(shape, Shape::Array(_) | Shape::Tuple([])) || view.reaches(0)
            }
            Need::NotNull => !matches!(shape, Shape::Null),
            Need::Data => !matches!(shape, Shape::String | Shape::Text(_) | Shape::Enum(_)),
            Need::MaybeString | Need::String => {
                matches!(shape, Shape::String | Shape::Text(_) | Shape::Enum(_))
            }
            Need::Literal(text) => match shape {
                Shape::Enum(shape) => {
                    // A value that is deserialized may have an alias for a name; a serialized one has the name.
                    contains(shape.variants, text)
                        || (matches!(view.side, Side::Given)
                            && (contains(shape.also_given, text) || contains(shape.also_given, "*")))
                }
                _ => matches!(shape, Shape::String | Shape::Text(_)),
            },
            Need::MaybeNumber | Need::Number => matches!(shape, Shape::Number | Shape::Integer { .. }),
            Need::Integer | Need::Count if view.is_number_of_any() => true,
            Need::Integer => matches!(shape, Shape::Integer { .. }),
            Need::Count => matches!(view.integers(), Some(Bounds { min: 0.., .. })),
            Need::MaybeBoolean | Need::Boolean => matches!(shape, Shape::Boolean),
            Need::Ordered => matches!(
                shape,
                Shape::String | Shape::Text(_) | Shape::Enum(_) | Shape::Number | Shape::Integer { .. }
            ),
            Need::Scalar => matches!(
                shape,
                Shape::String
                    | Shape::Text(_)
                    | Shape::Enum(_)
                    | Shape::Number
                    | Shape::Integer { .. }
                    | Shape::Boolean
            ),
            Need::Items => {
                matches!(
                    shape,
                    Shape::Array(_)
                        | Shape::Tuple(_)
                        | Shape::Object(_)
                        | Shape::Map(_)
                        | Shape::Keyed { .. }
                )
            }
            // Any string may hold a timestamp; only the form `timestamp` always does.
            Need::MaybeTimestamp => matches!(shape, Shape::String | Shape::Text(_)),
            Need::Timestamp => matches!(shape, Shape::Text(form) if same(form, TIMESTAMP)),
            Need::MaybeNull => matches!(shape, Shape::Null),
            Need::Array => matches!(shape, Shape::Array(_) | Shape::Tuple(_)),
            Need::Object | Need::Writable => {
                matches!(shape, Shape::Object(_) | Shape::Map(_) | Shape::Keyed { .. })
            }
        },
    }
}

/// The field of a struct at some keys; none where the way leads through anything but structs.
const fn field(target: View, keys: &[&str]) -> Option<&'static Shape> {
    let mut view = target;
    let mut i = 0;
    while i < keys.len() {
        if let Shape::Nullable(inner) = view.shape {
            view = view.with(inner);
        }
        view = match view.shape {
            Shape::Object(object) if object.flattened.is_empty() => match view.key(keys[i]) {
                Some(view) => view,
                None => return None,
            },
            _ => return None,
        };
        i += 1;
    }
    // A recursive type's inside is judged with the whole: outside of it the recursion leads nowhere.
    Some(view.shape)
}

/// Returns the type of the answer to the token at some keys of an input, if there is one that declares it.
const fn token(input: &'static Shape, keys: &[&str]) -> Option<&'static Shape> {
    let mut shape = input;
    let mut next = 0;
    loop {
        shape = match shape {
            Shape::Nullable(inner) => inner,
            Shape::Split { given, .. } => given,
            Shape::Object(object) if next < keys.len() => {
                let mut i = 0;
                loop {
                    if i == object.fields.len() {
                        return None;
                    }
                    if contains(object.fields[i].given_as, keys[next]) {
                        break;
                    }
                    i += 1;
                }
                next += 1;
                object.fields[i].shape
            }
            Shape::Token(answer) if next == keys.len() && next > 0 => return Some(answer),
            _ => return None,
        };
    }
}

/// Judges a whole template, but leaves to [`Claim::FieldFits`] what that judges.
const fn complete(nodes: &[Node<'_>], target: &'static Shape, out: &mut Text) -> bool {
    let mark = out.mark();
    if Fits::of(nodes).judge(target, out) {
        return true;
    }
    // Where a field is the reason and the field is judged alone, that claim reports it.
    let (Shape::Object(object), Node::Object { first, len, .. }) =
        (View::new(target, Side::Given).shape, nodes[0])
    else {
        return false;
    };
    if !object.flattened.is_empty() {
        return false;
    }
    let mut i = first;
    while i < first + len {
        if let Node::Field { key, value, absent: false } = nodes[i]
            && let Some(shape) = field(View::new(target, Side::Given), &[key])
        {
            let mut ignored = Text::new();
            let fits = Fits::of(nodes).judge_node(value, shape, &mut ignored);
            if !fits {
                out.rewind(mark);
                return true;
            }
        }
        i += 1;
    }
    false
}

/// Returns `true` if rows can be read as a type: objects whose values are all texts.
const fn columns(target: View, out: &mut Text) -> bool {
    match target.shape {
        Shape::Any => true,
        Shape::Nullable(inner) => columns(target.with(inner), out),
        Shape::Map(value) | Shape::Keyed { value, .. } => {
            if is_text(target.with(value)) {
                return true;
            }
            out.push("the rows hold texts alone, and its values are ");
            article(out, value);
            out.push("; make them `String`");
            false
        }
        Shape::Object(object) => {
            let mut i = 0;
            while i < object.fields.len() {
                let field = &object.fields[i];
                if let Some(key) = field.key(Side::Given)
                    && !is_text(target.with(field.shape))
                {
                    out.push("the rows hold texts alone, and its field ");
                    out.code(key);
                    out.push(" is ");
                    article(out, field.shape);
                    out.push("; make it a `String`, and convert it in a function");
                    return false;
                }
                i += 1;
            }
            let mut i = 0;
            while i < object.flattened.len() {
                if !columns(target.with(object.flattened[i]), out) {
                    return false;
                }
                i += 1;
            }
            true
        }
        shape => {
            out.push("the rows are objects, found ");
            article(out, shape);
            false
        }
    }
}

/// Returns `true` if a text can be read as a type, of whatever form.
const fn is_text(view: View) -> bool {
    match view.shape {
        Shape::Any | Shape::String | Shape::Text(_) | Shape::Enum(_) => true,
        Shape::Nullable(inner) => is_text(view.with(inner)),
        _ => false,
    }
}

const fn raises(task: &str, error: &str, names: &[&str], open: bool, out: &mut Text) -> bool {
    if open || contains(names, error) {
        return true;
    }
    out.code(task);
    out.push(" never fails with ");
    out.code(error);
    let mut best = None;
    let mut least = slip(error) + 1;
    let mut i = 0;
    while i < names.len() {
        let distance = distance(error, names[i]);
        if distance < least {
            least = distance;
            best = Some(names[i]);
        }
        i += 1;
    }
    match best {
        Some(near) => {
            out.push("; did you mean ");
            out.code(near);
            out.push("?");
        }
        None => out.push(";"),
    }
    out.push(" its errors are ");
    if names.is_empty() {
        out.push("none");
    }
    list(names, out);
    false
}

const fn list(names: &[&str], out: &mut Text) {
    let mut i = 0;
    while i < names.len() {
        if i > 0 {
            out.push(", ");
        }
        out.code(names[i]);
        i += 1;
    }
}

const fn out_of_range(shown: &str, bounds: Bounds, advice: &str, out: &mut Text) {
    out.code(shown);
    out.push(": by what is declared it can be beyond what AWS takes, ");
    out.number(bounds.min);
    out.push(" to ");
    out.number(bounds.max);
    out.push("; ");
    out.push(advice);
}

const fn alike(nodes: &[Node<'_>]) -> bool {
    let mut numbers = false;
    let mut strings = false;
    let mut i = 0;
    while i < nodes.len() {
        match nodes[i] {
            Node::Leaf { shape, side, steps } => {
                let root = View::new(shape, side);
                let mut way = 0;
                while way < count(root, steps) {
                    if let Ok(view) = on_way(root, steps, way) {
                        let number = can_be(view, Need::Number);
                        let string = can_be(view, Need::String);
                        // One that can be put in order and is neither for certain is now this, now that.
                        let either = can_be(view, Need::Ordered) && !number && !string;
                        numbers = numbers || either || number && !string;
                        strings = strings || either || string && !number;
                    }
                    way += 1;
                }
            }
            Node::Number => numbers = true,
            Node::String => strings = true,
            _ => {}
        }
        i += 1;
    }
    !(numbers && strings)
}

const fn appends(nodes: &[Node<'_>]) -> bool {
    let mut all_there = true;
    let mut i = 0;
    while i < nodes.len() {
        match nodes[i] {
            Node::Array(_) => return true,
            Node::Any => {}
            Node::Leaf { shape, side, steps } => {
                let root = View::new(shape, side);
                let ways = count(root, steps);
                let mut is_array = ways > 0;
                let mut way = 0;
                while way < ways {
                    match on_way(root, steps, way) {
                        Ok(view) if !view.absent && !view.many => {
                            is_array = is_array && can_be(view, Need::Array);
                        }
                        _ => {
                            is_array = false;
                            all_there = false;
                        }
                    }
                    way += 1;
                }
                if is_array {
                    return true;
                }
            }
            _ => all_there = false,
        }
        i += 1;
    }
    all_there
}

/// Returns `true` if there is no value where no rule holds.
const fn is_left_nothing(root: View, steps: &[Step<'_>]) -> bool {
    let ways = count(root, steps);
    let mut way = 0;
    while way < ways {
        match on_way(root, steps, way) {
            Ok(View { shape: Shape::Never, absent: false, .. }) => {}
            _ => return false,
        }
        way += 1;
    }
    ways > 0
}

const fn covers(shown: &str, root: View, steps: &[Step<'_>], out: &mut Text) -> bool {
    // Where the rules take all numbers, one is left only where it is none in JSON.
    let numbers = matches!(
        steps,
        [.., Step::Where(Fact { key: None, is: Property::Kind(Kind::Number), holds: false, .. })]
    );
    let mut way = 0;
    while way < count(root, steps) {
        let view = match on_way(root, steps, way) {
            Ok(View { shape: Shape::Number, absent: false, .. }) if numbers => root.with(&Shape::Never),
            Ok(view) => view,
            // Nothing matches where the way to it ends before.
            Err((_, Problem::MaybeAbsent | Problem::MaybeNull | Problem::Mixed)) => root.with(&Shape::Any),
            // The path has a claim of its own.
            Err(_) => return true,
        };
        if !covers_one(shown, view, out) {
            return false;
        }
        way += 1;
    }
    true
}

const fn covers_one(shown: &str, view: View, out: &mut Text) -> bool {
    let missing = match view.shape {
        // The rules leave nothing.
        Shape::Never if !view.absent => return true,
        Shape::Enum(shape) if matches!(view.side, Side::Made) || shape.also_given.is_empty() => {
            let mut i = 0;
            loop {
                if i == shape.variants.len() {
                    return true;
                }
                if !view.excludes(i) {
                    break shape.variants[i];
                }
                i += 1;
            }
        }
        Shape::Boolean => {
            if view.excludes(1) {
                "false"
            } else {
                "true"
            }
        }
        _ => "",
    };
    out.push("no rule matches where ");
    out.code(shown);
    if missing.is_empty() {
        out.push(" is anything else, and there is no `default`; add one");
    } else {
        out.push(" is \"");
        out.push(missing);
        out.push("\", and there is no `default`; add one, or a rule for it");
    }
    false
}

const fn nearest_variant(shape: &'static EnumShape, text: &str) -> Option<&'static str> {
    let mut best = None;
    let mut least = slip(text) + 1;
    let mut i = 0;
    while i < shape.variants.len() {
        let distance = distance(text, shape.variants[i]);
        if distance < least {
            least = distance;
            best = Some(shape.variants[i]);
        }
        i += 1;
    }
    best
}
