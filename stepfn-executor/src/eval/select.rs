//! The steps that may select several values.

use stepfn_core::value::Value;

use super::path::{Step, element, merge};

/// A selected value; `None` is what lies beyond the end of an array, which becomes `null` in a result.
type Node<'v> = Option<&'v Value>;

/// Returns all values that the steps select, in document order.
///
/// One step after the other for all values at once, so that a path of any length needs no deeper stack.
pub(super) fn select<'v>(steps: &[Step], from: &'v Value, root: &'v Value) -> Vec<Value> {
    let mut nodes: Vec<Node<'v>> = vec![Some(from)];
    for (at, step) in steps.iter().enumerate() {
        if let Step::Names(names) = step
            && at + 1 == steps.len()
        {
            let objects = nodes.iter().filter_map(|node| node.and_then(Value::as_object));
            return objects.map(|map| merge(names, map)).collect();
        }
        let mut next = Vec::new();
        for node in nodes.into_iter().flatten() {
            match step {
                Step::Descend(inner) => descend(inner, node, root, &mut next),
                step => apply(step, node, root, &mut next),
            }
        }
        nodes = next;
    }
    nodes.into_iter().map(|node| node.cloned().unwrap_or_default()).collect()
}

fn apply<'v>(step: &Step, value: &'v Value, root: &'v Value, out: &mut Vec<Node<'v>>) {
    match (step, value) {
        (Step::Name(name), Value::Object(map)) => out.extend(map.get(name).map(Some)),
        (Step::Names(names), Value::Object(map)) => {
            out.extend(names.iter().filter_map(|name| map.get(name)).map(Some));
        }
        (Step::Wildcard, Value::Object(map)) => out.extend(map.values().map(Some)),
        (Step::Wildcard, Value::Array(items)) => out.extend(items.iter().map(Some)),
        (Step::Index(index), Value::Array(items)) => out.push(element(items, *index)),
        (Step::Indices(indices), Value::Array(items)) => {
            out.extend(indices.iter().map(|index| element(items, *index)));
        }
        (Step::Slice { start, end, step }, Value::Array(items)) => slice(items, *start, *end, *step, out),
        (Step::Filter(filter), Value::Array(items)) => {
            out.extend(items.iter().filter(|item| filter.holds(item, root)).map(Some));
        }
        // A filter on an object asks about the object itself.
        (Step::Filter(filter), object @ Value::Object(_)) if filter.holds(object, root) => {
            out.push(Some(object));
        }
        _ => {}
    }
}

/// A step at any depth: at the value, then in what it contains.
fn descend<'v>(step: &Step, from: &'v Value, root: &'v Value, out: &mut Vec<Node<'v>>) {
    let mut stack = vec![from];
    while let Some(value) = stack.pop() {
        match value {
            Value::Object(map) => {
                apply(step, value, root, out);
                stack.extend(map.values().rev());
            }
            Value::Array(items) => {
                // A filter meets each element when the walk gets there, and only objects: Jayway.
                if !matches!(step, Step::Filter(_)) {
                    apply(step, value, root, out);
                }
                stack.extend(items.iter().rev());
            }
            _ => {}
        }
    }
}

/// A slice as RFC 9535 has it: bounds from the end when negative, cut to the array, backwards with a negative step.
fn slice<'v>(items: &'v [Value], start: Option<i64>, end: Option<i64>, step: i64, out: &mut Vec<Node<'v>>) {
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let bound = |index: i64| if index < 0 { index.saturating_add(length) } else { index };
    let (first, last) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let (default_start, default_end) = if step > 0 { (first, last) } else { (last, first) };
    let start = start.map_or(default_start, |index| bound(index).clamp(first, last));
    let end = end.map_or(default_end, |index| bound(index).clamp(first, last));
    let mut at = start;
    while step != 0 && if step > 0 { at < end } else { at > end } {
        out.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).map(Some));
        at = at.saturating_add(step);
    }
}
