//! The values of expressions: JSON that came in by reference, and values made of it.

mod array;
mod convert;
mod equal;
mod function;
mod object;

use std::rc::Rc;

use stepfn_core::value::{self as json, Value};

pub(crate) use self::{
    array::{Array, ArrayView, Flags},
    convert::{NoJson, stringify, to_json, to_text},
    equal::{deep_equal, same},
    function::{Composed, Function, Lambda, Native},
    object::{Fields, Object, ObjectView},
};
use crate::{
    error::Fault,
    limits::{Charge, Meter},
    number,
};

pub(crate) type Res<'a, T = Val<'a>> = Result<T, Box<Fault>>;

/// Texts that are longer are counted.
const SHORT: usize = 256;

/// A value while an expression is evaluated.
#[derive(Clone, Debug, Default)]
pub(crate) enum Val<'a> {
    #[default]
    Undefined,
    /// Data of the input, or of the program.
    Ref(&'a Value),
    /// JSON that was made: short texts, truth values, what `$parse` gives.
    Own(Value),
    /// A number that was computed.
    Number(f64),
    /// A long text that was made.
    Text(Rc<Text<'a>>),
    /// An array that was made. The flags belong to who holds it.
    Array(Rc<Array<'a>>, Flags),
    /// An object that was made.
    Object(Rc<Object<'a>>),
    Function(Rc<Function<'a>>),
    /// Values with the variables that `@`, `#` and `%` bind for them, and whether it is still known that they are.
    Tuples(Rc<Vec<Tuple<'a>>>, bool),
}

/// A value of a path, with what is bound beside it.
#[derive(Clone, Debug)]
pub(crate) struct Tuple<'a> {
    pub(crate) at: Val<'a>,
    pub(crate) bound: Vec<(Symbol, Val<'a>)>,
}

impl<'a> Tuple<'a> {
    pub(crate) fn bind(&mut self, symbol: Symbol, value: Val<'a>) {
        match self.bound.iter_mut().find(|(known, _)| *known == symbol) {
            Some((_, old)) => *old = value,
            None => self.bound.push((symbol, value)),
        }
    }
}

/// The number of a variable's name in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Symbol(pub(crate) u32);

/// A text that counts as long as it is held.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub(crate) text: json::Text,
    _charge: Charge<'a>,
}

/// A view of a value, by its kind.
#[derive(Debug)]
pub(crate) enum View<'v, 'a> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(&'v str),
    Array(ArrayView<'v, 'a>),
    Object(ObjectView<'v, 'a>),
    Function(&'v Rc<Function<'a>>),
}

impl<'a> Val<'a> {
    pub(crate) fn bool(value: bool) -> Self {
        Self::Own(Value::Bool(value))
    }

    pub(crate) fn null() -> Self {
        Self::Own(Value::Null)
    }

    /// A text that was made.
    pub(crate) fn text(text: impl Into<json::Text>, meter: &'a Meter) -> Res<'a> {
        let text = text.into();
        if text.len() < SHORT {
            return Ok(Self::Own(Value::String(text)));
        }
        let charge = meter.hold(text.len())?;
        Ok(Self::Text(Rc::new(Text { text, _charge: charge })))
    }

    /// A short text that needs no counting.
    pub(crate) fn word(text: &str) -> Self {
        Self::Own(Value::String(text.into()))
    }

    pub(crate) fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    #[inline]
    pub(crate) fn view(&self) -> View<'_, 'a> {
        match self {
            Self::Undefined => View::Undefined,
            Self::Ref(value) => match value {
                Value::Array(items) => View::Array(ArrayView::Ref(items)),
                Value::Object(members) => View::Object(ObjectView::Ref(members)),
                scalar => scalar_view(scalar),
            },
            Self::Own(value) => match value {
                Value::Array(items) => View::Array(ArrayView::Own(items)),
                Value::Object(members) => View::Object(ObjectView::Own(members)),
                scalar => scalar_view(scalar),
            },
            Self::Number(number) => View::Number(*number),
            Self::Text(text) => View::Text(&text.text),
            Self::Array(array, _) => View::Array(ArrayView::Made(array)),
            Self::Object(object) => View::Object(ObjectView::Made(object)),
            Self::Function(function) => View::Function(function),
            Self::Tuples(tuples, _) => View::Array(ArrayView::Tuples(tuples)),
        }
    }

    /// The text, if this is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Ref(Value::String(text)) | Self::Own(Value::String(text)) => Some(text),
            Self::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// The text to keep, if this is one.
    pub(crate) fn shared_text(&self) -> Option<json::Text> {
        match self {
            Self::Ref(Value::String(text)) | Self::Own(Value::String(text)) => Some(text.clone()),
            Self::Text(text) => Some(text.text.clone()),
            _ => None,
        }
    }

    /// The number, if this is one: `typeof value === 'number'`.
    #[inline]
    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Ref(Value::Number(number)) | Self::Own(Value::Number(number)) => Some(number.as_f64()),
            _ => None,
        }
    }

    /// The number, if this is one that can be computed with.
    #[inline]
    pub(crate) fn numeric(&self) -> Res<'a, Option<f64>> {
        match self.as_number() {
            Some(number) if number.is_infinite() => Err(Fault::new("D1001").value(Some("null".to_owned()))),
            Some(number) if number.is_nan() => Ok(None),
            found => Ok(found),
        }
    }

    /// The items, if this is an array.
    #[inline]
    pub(crate) fn as_array(&self) -> Option<ArrayView<'_, 'a>> {
        match self {
            Self::Array(array, _) => Some(ArrayView::Made(array)),
            Self::Ref(Value::Array(items)) => Some(ArrayView::Ref(items)),
            Self::Own(Value::Array(items)) => Some(ArrayView::Own(items)),
            Self::Tuples(tuples, _) => Some(ArrayView::Tuples(tuples)),
            _ => None,
        }
    }

    pub(crate) fn is_array(&self) -> bool {
        self.as_array().is_some()
    }

    pub(crate) fn as_object(&self) -> Option<ObjectView<'_, 'a>> {
        match self.view() {
            View::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn as_function(&self) -> Option<&Rc<Function<'a>>> {
        match self {
            Self::Function(function) => Some(function),
            _ => None,
        }
    }

    pub(crate) fn flags(&self) -> Flags {
        match self {
            Self::Array(_, flags) => *flags,
            _ => Flags::PLAIN,
        }
    }

    /// The array with other flags; what is no made array stays as it is.
    pub(crate) fn with_flags(self, change: impl FnOnce(Flags) -> Flags) -> Self {
        match self {
            Self::Array(array, flags) => Self::Array(array, change(flags)),
            other => other,
        }
    }

    /// Returns the depth of the made values around the data of JSON.
    pub(crate) fn depth(&self) -> u32 {
        match self {
            Self::Array(array, _) => array.depth(),
            Self::Object(object) => object.depth(),
            Self::Function(function) => function.depth(),
            _ => 0,
        }
    }

    /// `$boolean`: its effective truth value; nothing of what is undefined.
    pub(crate) fn truth(&self) -> Res<'a, Option<bool>> {
        Ok(Some(match self.view() {
            View::Undefined => return Ok(None),
            View::Null => false,
            View::Bool(value) => value,
            View::Number(_) => self.numeric()?.is_some_and(|number| number != 0.0),
            View::Text(text) => !text.is_empty(),
            View::Object(object) => !object.is_empty(),
            View::Function(function) => function.is_truthy(),
            View::Array(items) => match items.len() {
                0 => false,
                1 => return Ok(Some(items.get(0).truth()?.unwrap_or(false))),
                count => {
                    let mut any = false;
                    // The reference looks at all of them: an infinite number fails wherever it is.
                    for index in 0..count {
                        any |= items.get(index).truth()?.unwrap_or(false);
                    }
                    any
                }
            },
        }))
    }

    /// The truth value, undefined being false.
    pub(crate) fn is_true(&self) -> Res<'a, bool> {
        match self {
            Self::Own(Value::Bool(value)) | Self::Ref(Value::Bool(value)) => Ok(*value),
            _ => Ok(self.truth()?.unwrap_or(false)),
        }
    }

    /// A symbol for the kind, as signatures know it.
    pub(crate) fn symbol(&self) -> u8 {
        match self.view() {
            View::Undefined => b'm',
            View::Null => b'l',
            View::Bool(_) => b'b',
            View::Number(_) => b'n',
            View::Text(_) => b's',
            View::Array(_) => b'a',
            View::Object(_) => b'o',
            View::Function(_) => b'f',
        }
    }

    /// The number as a JSON value, other data by reference count; nothing where it is not JSON.
    pub(crate) fn scalar(&self) -> Option<Value> {
        match self {
            Self::Number(number) => Some(number::value(*number)),
            Self::Ref(value) => Some((*value).clone()),
            Self::Own(value) => Some(value.clone()),
            Self::Text(text) => Some(Value::String(text.text.clone())),
            _ => None,
        }
    }
}

#[inline]
fn scalar_view<'v, 'a>(value: &'v Value) -> View<'v, 'a> {
    match value {
        Value::Bool(value) => View::Bool(*value),
        Value::Number(number) => View::Number(number.as_f64()),
        Value::String(text) => View::Text(text),
        _ => View::Null,
    }
}
