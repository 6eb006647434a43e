//! `States.ArrayPartition` and the other functions on arrays.

use std::borrow::Cow;

use stepfn_core::value::Value;

use super::{Arguments, Failure};
use crate::eval::{java, number::truncate};

/// The most items that `States.ArrayRange` makes (developer guide, "Intrinsics for arrays").
const MAX_RANGE: usize = 1000;

pub(super) fn partition(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    let array = args.array(0)?;
    let size = truncate(args.number(1)?);
    let size = usize::try_from(size).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| args.refuse())?;
    Ok(Value::array(array.chunks(size).map(|chunk| chunk.to_vec().into())))
}

/// AWS compares by text: `true` is found in `["true"]`, and the order of keys counts.
pub(super) fn contains(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    let wanted = text_of(args.get(1)?);
    Ok(args.array(0)?.iter().any(|item| text_of(item) == wanted).into())
}

fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// Fractions are cut off, not rounded: what AWS does here differs from its guide.
pub(super) fn range(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    let (first, last, step) =
        (truncate(args.number(0)?), truncate(args.number(1)?), truncate(args.number(2)?));
    if step == 0 {
        return Err(args.refuse());
    }
    let mut items = Vec::new();
    let mut next = Some(first);
    while let Some(item) = next.filter(|item| if step > 0 { *item <= last } else { *item >= last }) {
        if items.len() == MAX_RANGE {
            return Err(args.refuse());
        }
        items.push(item.into());
        next = item.checked_add(step);
    }
    Ok(items.into())
}

pub(super) fn get_item(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    let array = args.array(0)?;
    let index = truncate(args.number(1)?);
    if array.is_empty() {
        // AWS is reported to give this; a failure is recorded for arrays with items alone.
        return Ok(Value::Null);
    }
    let item = usize::try_from(index).ok().and_then(|index| array.get(index));
    item.cloned().ok_or_else(|| args.refuse())
}

/// The first of each kept, in the order of a Java set: what AWS is seen to give, though it promises no order.
pub(super) fn unique(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    Ok(java::distinct(args.array(0)?).into())
}
