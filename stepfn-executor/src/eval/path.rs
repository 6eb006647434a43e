//! JSONPath, compiled.

use std::{borrow::Cow, fmt};

use stepfn_core::{
    path::{Path, Root, SegmentKind},
    value::{Key, Map, Value},
};

use super::{CompileError, EvalError, Scope, filter::Condition, select};

/// A path, ready to be walked over values.
///
/// A path of names and single indexes (`$.a[0].b`) gives the value it names, or misses; walking it allocates nothing.
/// Any other path gives an array of what it selects, empty when that is nothing: recorded on AWS also for a path whose
/// definite beginning is missing. Several names at the end (`$.a['x','y']`) give, as in Jayway, one object with those
/// of the members that are there.
#[derive(Clone, Debug)]
pub(crate) struct CompiledPath {
    path: Path,
    steps: Steps,
    /// Whether it is of names and single indexes alone.
    is_plain: bool,
    /// The reason why the path's result is not known: AWS creates a machine with it, and the state fails when it is reached.
    unsupported: Option<Box<str>>,
}

/// The steps of a path, be it a whole one or one inside a filter.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    steps: Box<[Step]>,
    shape: Shape,
    /// Whether the path ends with `length()`, a function of Jayway that the developer guide does not promise.
    counts: bool,
}

/// The kind of result that a path gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// One value.
    One,
    /// One object, of the members that the last step names.
    Merged,
    /// An array.
    Many,
}

/// One step.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Name(Key),
    Names(Box<[Key]>),
    Index(i64),
    Indices(Box<[i64]>),
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    Wildcard,
    Filter(Condition),
    Descend(Box<Self>),
}

/// The end of a walk over single steps.
pub(super) enum End<'v> {
    /// At a value.
    At(&'v Value),
    /// Beyond the end of an array. To AWS that is a null of Java's: more than nothing, less than `null`.
    Beyond,
    /// Before a step that could not be taken.
    Missed(usize, Reason),
}

/// The reason why a step could not be taken.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reason {
    /// The object has no such member.
    NoMember,
    /// A name, and no object; `None` for what lies beyond an array.
    NoObject(Option<Value>),
    /// An index, and no array; `None` for what lies beyond an array.
    NoArray(Option<Value>),
    /// An index beyond the array.
    Beyond,
    /// The variable has no value.
    NoVariable,
    /// AWS creates a machine with such a path, and nobody knows what it does with it.
    Unsupported(Box<str>),
}

impl CompiledPath {
    /// Compiles a path. A word without quotes in a filter is taken as a string, as in published definitions.
    pub(crate) fn compile(text: &str) -> Result<Self, CompileError> {
        let (path, _) = Path::parse_lenient(text)?;
        Ok(Self::from_path(path))
    }

    /// Compiles a path that is parsed already.
    pub(crate) fn from_path(path: Path) -> Self {
        match Steps::compile(path.segments.iter().map(|segment| &segment.kind)) {
            Ok(steps) => {
                let is_plain = steps.shape == Shape::One && !steps.counts;
                Self { path, steps, is_plain, unsupported: None }
            }
            Err(Unsupported(reason)) => {
                let steps = Steps { steps: Box::default(), shape: Shape::One, counts: false };
                Self { path, steps, is_plain: false, unsupported: Some(reason.into()) }
            }
        }
    }

    /// The path as it was written.
    pub(crate) fn as_str(&self) -> &str {
        self.path.as_str()
    }

    /// Returns `true` if the path is `$` alone.
    pub(crate) fn is_input(&self) -> bool {
        self.path.root == Root::Input && self.path.segments.is_empty()
    }

    /// Returns the value of the path. A position beyond the end of an array is `null`: so it is on AWS where the path is the whole value of a
    /// template's member or of a field.
    pub(crate) fn get(&self, scope: &Scope<'_>) -> Result<Value, PathMiss<'_>> {
        if let Some(value) = self.lead(scope) {
            return Ok(value.clone());
        }
        Ok(self.look_up(scope)?.map_or(Value::Null, Cow::into_owned))
    }

    /// Returns the value of the path. A position beyond the end of an array is a miss: so it is on AWS for an argument of an
    /// intrinsic function, and for whoever asks whether a value is present.
    pub(crate) fn find<'v>(&self, scope: &Scope<'v>) -> Result<Cow<'v, Value>, PathMiss<'_>> {
        let last = self.steps.steps.len().saturating_sub(1);
        self.look_up(scope)?.ok_or(PathMiss { path: self, at: last, reason: Reason::Beyond })
    }

    /// Returns the value that a path of names and single indexes leads to; `None` where there is none, and for any other path:
    /// [`find`](Self::find) tells of these. Most paths come here, and what they lead to is not moved.
    #[inline]
    pub(crate) fn lead<'v>(&self, scope: &Scope<'v>) -> Option<&'v Value> {
        if !self.is_plain {
            return None;
        }
        let mut value = self.root(scope)?;
        for step in &self.steps.steps {
            value = match (step, value) {
                (Step::Name(name), Value::Object(map)) => map.get(name)?,
                (Step::Index(index), Value::Array(items)) => element(items, *index)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// The value the path starts from: the input, the context object or the value of a variable.
    pub(super) fn root<'v>(&self, scope: &Scope<'v>) -> Option<&'v Value> {
        match &self.path.root {
            Root::Input => Some(scope.input),
            Root::Context => Some(scope.context.value()),
            Root::Variable(name) => scope.variables.get(name),
        }
    }

    /// Returns `true` if the path starts from the input, and that is `null`: a template fails then, be the path `$` itself.
    pub(super) fn reads_null_input(&self, scope: &Scope<'_>) -> bool {
        self.path.root == Root::Input && *scope.input == Value::Null
    }

    fn look_up<'v>(&self, scope: &Scope<'v>) -> Result<Option<Cow<'v, Value>>, PathMiss<'_>> {
        let miss = |(at, reason)| PathMiss { path: self, at, reason };
        if let Some(reason) = &self.unsupported {
            return Err(miss((0, Reason::Unsupported(reason.clone()))));
        }
        let root = self.root(scope).ok_or_else(|| miss((0, Reason::NoVariable)))?;
        self.steps.look_up(root, root).map_err(miss)
    }

    /// The path in Jayway's form, its first `n` steps. Jayway knows the context object as `$`.
    fn normalized(&self, n: usize) -> String {
        let text = self.path.normalized_prefix(n);
        match self.path.root {
            Root::Context => text.strip_prefix('$').map(str::to_owned).unwrap_or(text),
            _ => text,
        }
    }
}

impl fmt::Display for CompiledPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Steps {
    pub(super) fn compile<'s>(
        segments: impl ExactSizeIterator<Item = &'s SegmentKind>,
    ) -> Result<Self, Unsupported> {
        let mut shape = Shape::One;
        let mut steps = Vec::with_capacity(segments.len());
        let mut counts = false;
        for segment in segments {
            if counts {
                return Err(Unsupported("nothing can follow `length()`".to_owned()));
            }
            if matches!(segment, SegmentKind::Function(name) if name == "length") {
                counts = true;
                continue;
            }
            let step = Step::compile(segment)?;
            shape = match (shape, &step) {
                (Shape::One, Step::Name(_) | Step::Index(_)) => Shape::One,
                (Shape::One, Step::Names(_)) => Shape::Merged,
                _ => Shape::Many,
            };
            steps.push(step);
        }
        Ok(Self { steps: steps.into(), shape, counts })
    }

    /// Returns the values that the steps select from a value: `None` beyond the end of an array. `root` is the `$` of filters.
    pub(super) fn look_up<'v>(
        &self,
        from: &'v Value,
        root: &'v Value,
    ) -> Result<Option<Cow<'v, Value>>, (usize, Reason)> {
        let found = self.reach(from, root)?;
        if !self.counts {
            return Ok(found);
        }
        // Of anything else Jayway gives a null of Java's.
        Ok(match found.as_deref() {
            Some(Value::Array(items)) => Some(Cow::Owned(items.len().into())),
            Some(Value::Object(members)) => Some(Cow::Owned(members.len().into())),
            _ => None,
        })
    }

    fn reach<'v>(&self, from: &'v Value, root: &'v Value) -> Result<Option<Cow<'v, Value>>, (usize, Reason)> {
        let single = match self.shape {
            Shape::One => &self.steps[..],
            Shape::Merged => self.steps.split_last().map_or(&self.steps[..], |(_, single)| single),
            Shape::Many => {
                return Ok(Some(Cow::Owned(select::select(&self.steps, from, root).into())));
            }
        };
        match (walk(single, from), self.steps.last()) {
            (End::Missed(at, reason), _) => Err((at, reason)),
            (End::At(Value::Object(map)), Some(Step::Names(names))) => {
                Ok(Some(Cow::Owned(merge(names, map))))
            }
            (End::At(value), Some(Step::Names(_))) => {
                Err((single.len(), Reason::NoObject(Some(value.clone()))))
            }
            (End::Beyond, Some(Step::Names(_))) => Err((single.len(), Reason::NoObject(None))),
            (End::At(value), _) => Ok(Some(Cow::Borrowed(value))),
            (End::Beyond, _) => Ok(None),
        }
    }
}

impl Step {
    fn compile(segment: &SegmentKind) -> Result<Self, Unsupported> {
        Ok(match segment {
            SegmentKind::Name(name) => Self::Name(name.as_str().into()),
            SegmentKind::Names(names) => Self::Names(names.iter().map(|name| name.as_str().into()).collect()),
            SegmentKind::Index(index) => Self::Index(*index),
            SegmentKind::Indices(indices) => Self::Indices(indices.as_slice().into()),
            SegmentKind::Slice { start, end, step } => {
                Self::Slice { start: *start, end: *end, step: step.unwrap_or(1) }
            }
            SegmentKind::Wildcard => Self::Wildcard,
            SegmentKind::Filter(filter) => Self::Filter(Condition::compile(filter)?),
            SegmentKind::Descend(inner) => Self::Descend(Box::new(Self::compile(inner)?)),
            SegmentKind::Function(name) => {
                return Err(Unsupported(format!("the function `{name}()` is not supported in paths")));
            }
        })
    }
}

/// Syntax that the parser reads and Step Functions does not promise, with its description.
#[derive(Debug)]
pub(super) struct Unsupported(pub(super) String);

/// Walks names and single indexes.
fn walk<'v>(steps: &[Step], from: &'v Value) -> End<'v> {
    let mut value = Some(from);
    for (at, step) in steps.iter().enumerate() {
        value = match (step, value) {
            (Step::Name(name), Some(Value::Object(map))) => match map.get(name) {
                Some(value) => Some(value),
                None => return End::Missed(at, Reason::NoMember),
            },
            (Step::Name(_), value) => return End::Missed(at, Reason::NoObject(value.cloned())),
            (Step::Index(index), Some(Value::Array(items))) => element(items, *index),
            (_, value) => return End::Missed(at, Reason::NoArray(value.cloned())),
        };
    }
    value.map_or(End::Beyond, End::At)
}

/// The element at an index; a negative one counts from the end.
pub(super) fn element(items: &[Value], index: i64) -> Option<&Value> {
    let from_end =
        || usize::try_from(index.unsigned_abs()).ok().and_then(|back| items.len().checked_sub(back));
    items.get(usize::try_from(index).ok().or_else(from_end)?)
}

/// An object of those members of another that are named and there.
pub(super) fn merge(names: &[Key], map: &Map) -> Value {
    let members = names.iter().filter_map(|name| Some((name.clone(), map.get(name)?.clone())));
    Value::object(members)
}

/// The words of AWS, known from what its users report.
pub(super) fn null_input() -> EvalError {
    EvalError::runtime("Unable to apply Path transformation to null or empty input.")
}

/// A path that found nothing: which step of it, and why.
///
/// [`Display`](fmt::Display) gives the text of Jayway, which AWS passes on where it does not have its own.
#[derive(Clone, Debug)]
pub(crate) struct PathMiss<'p> {
    path: &'p CompiledPath,
    at: usize,
    reason: Reason,
}

impl PathMiss<'_> {
    /// The failure of a field that is a path: `InputPath`, `OutputPath`, `TimeoutSecondsPath` and their like.
    pub(crate) fn invalid_path(&self) -> EvalError {
        if self.at == 0
            && self.path.path.root == Root::Input
            && self.reason == Reason::NoObject(Some(Value::Null))
        {
            return null_input();
        }
        EvalError::runtime(format!("Invalid path '{}' : {self}", self.path))
    }
}

impl fmt::Display for PathMiss<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.path.path.segments.len();
        let here = || self.path.normalized(self.at);
        match &self.reason {
            Reason::NoMember if self.at + 1 < length => {
                write!(f, "Missing property in path {}", self.path.normalized(self.at + 1))
            }
            Reason::NoMember | Reason::Beyond => {
                write!(f, "No results for path: {}", self.path.normalized(length))
            }
            Reason::NoObject(found) => {
                let whole = self.path.normalized(self.at + 1);
                let property = whole.strip_prefix(&here()).unwrap_or_default();
                write!(
                    f,
                    "Expected to find an object with property {property} in path {} but found '{}'. This is not a json \
                     object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.",
                    here(),
                    found.as_ref().map_or("null", java_class),
                )
            }
            Reason::NoArray(Some(found)) => {
                let whole = self.path.normalized(self.at + 1);
                let index = whole.strip_prefix(&here()).unwrap_or_default();
                write!(f, "Filter: {index} can only be applied to arrays. Current context is: {found}")
            }
            Reason::NoArray(None) => write!(f, "The path {} is null", here()),
            Reason::Unsupported(reason) => f.write_str(reason),
            Reason::NoVariable => write!(f, "the variable `{}` has no value", self.path.normalized(0)),
        }
    }
}

/// The class that Jackson, AWS's JSON library, keeps a value in.
fn java_class(value: &Value) -> &'static str {
    match value {
        Value::Null => "com.fasterxml.jackson.databind.node.NullNode",
        Value::Bool(_) => "com.fasterxml.jackson.databind.node.BooleanNode",
        Value::Number(number) if !number.is_integer() => "com.fasterxml.jackson.databind.node.DoubleNode",
        Value::Number(number) => match number.as_i64() {
            Some(value) if i32::try_from(value).is_ok() => "com.fasterxml.jackson.databind.node.IntNode",
            Some(_) => "com.fasterxml.jackson.databind.node.LongNode",
            None => "com.fasterxml.jackson.databind.node.BigIntegerNode",
        },
        Value::String(_) => "com.fasterxml.jackson.databind.node.TextNode",
        Value::Array(_) => "com.fasterxml.jackson.databind.node.ArrayNode",
        Value::Object(_) => "com.fasterxml.jackson.databind.node.ObjectNode",
    }
}
