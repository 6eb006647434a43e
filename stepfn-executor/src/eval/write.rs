//! `ResultPath`: writing a result into the input.

use stepfn_core::{
    path::{Path, Root, SegmentKind},
    value::{Key, Shared, Value},
};

use super::{CompileError, EvalError, error_name};

/// A Reference Path to write to.
#[derive(Clone, Debug)]
pub(crate) struct ResultPath {
    text: Box<str>,
    steps: Box<[Step]>,
}

#[derive(Clone, Debug)]
enum Step {
    Member(Key),
    Element(i64),
}

impl ResultPath {
    /// Compiles a path.
    ///
    /// # Errors
    /// When it is no Reference Path into the input: `$$` and variables can not be written to.
    pub(crate) fn compile(text: &str) -> Result<Self, CompileError> {
        let path = Path::parse(text)?;
        if path.root != Root::Input {
            return Err(CompileError::new(format!("`{text}` is not in the input"))
                .help("a result goes to `$` or below; variables are set by `Assign`"));
        }
        let steps = path.segments.iter().map(|segment| match &segment.kind {
            SegmentKind::Name(name) => Ok(Step::Member(name.as_str().into())),
            SegmentKind::Index(index) => Ok(Step::Element(*index)),
            _ => Err(CompileError::new(format!("`{text}` may select several values"))
                .help("write names and single indexes only")),
        });
        Ok(Self { steps: steps.collect::<Result<_, _>>()?, text: path.as_str().into() })
    }

    /// The path as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns `true` if the path is `$`: the result replaces the input.
    pub(crate) fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    /// Writes a value. Objects that are missing on the way are made; only the containers on the way are copied, and not
    /// even they when nobody else holds them.
    ///
    /// # Errors
    /// `States.ResultPathMatchFailure` when the way leads through something that is no object, or an element that the
    /// array does not have: AWS makes no arrays (specification, "ResultPath").
    pub(crate) fn write(&self, mut target: Value, value: Value) -> Result<Value, EvalError> {
        if put(&self.steps, &mut target, value) { Ok(target) } else { Err(self.mismatch(&target)) }
    }

    /// The words are those of AWS, which are public only with an older error name, `States.ReferencePathConflict`.
    fn mismatch(&self, input: &Value) -> EvalError {
        EvalError::new(
            error_name::RESULT_PATH_MATCH_FAILURE,
            format!("Unable to apply ReferencePath {} to input {input}", self.text),
        )
    }
}

/// Writes at the end of the steps. Returns `false`, with everything as it was, if they lead nowhere.
fn put(steps: &[Step], mut place: &mut Value, value: Value) -> bool {
    let last_element = steps.iter().rposition(|step| matches!(step, Step::Element(_)));
    for (at, step) in steps.iter().enumerate() {
        place = match (step, place) {
            (Step::Member(name), Value::Object(map)) => {
                let makes_an_array = last_element.is_some_and(|last| last > at);
                if !map.contains_key(name) && makes_an_array {
                    return false;
                }
                Shared::make_mut(map).entry(name.clone()).or_insert_with(Value::empty_object)
            }
            (Step::Element(index), Value::Array(items)) => {
                let Some(at) = position(items, *index) else { return false };
                match Shared::make_mut(items).get_mut(at) {
                    Some(element) => element,
                    None => return false,
                }
            }
            _ => return false,
        };
    }
    *place = value;
    true
}

fn position(items: &[Value], index: i64) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index).filter(|index| *index < items.len()),
        Err(_) => items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}
