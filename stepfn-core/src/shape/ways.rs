//! Steps that can lead to values of several shapes: the items of a tuple, the fields of an object.

use super::{
    ObjectShape, Shape,
    array::place_of,
    node::Node,
    strangers::may_have_more,
    view::{Problem, Side, Step, View},
};

/// The number of ways up to which they are kept apart.
const MOST: usize = 64;

/// The value at the end of some steps on one way, or the number of the step that failed there, and the reason.
type Found = Result<View, (usize, Problem)>;

/// The values that some steps can lead to.
#[derive(Clone, Copy)]
pub(super) struct Ways {
    found: [Found; MOST],
    len: usize,
}

/// Returns whether steps can lead to values of several shapes.
pub(super) const fn fork(steps: &[Step<'_>]) -> bool {
    let mut i = 0;
    while i < steps.len() {
        if is_fork(steps[i]) {
            return true;
        }
        i += 1;
    }
    false
}

const fn is_fork(step: Step<'_>) -> bool {
    matches!(step, Step::Each | Step::Item | Step::Every | Step::At(_) | Step::Within | Step::Descend)
}

/// On how many ways steps lead from a value.
pub(super) const fn count(root: View, steps: &[Step<'_>]) -> usize {
    if fork(steps) { Ways::of(root, steps).len() } else { 1 }
}

/// Returns the value at the end of steps on the way of a number.
pub(super) const fn on_way(root: View, steps: &[Step<'_>], number: usize) -> Found {
    if fork(steps) { Ways::of(root, steps).get(number) } else { root.walk(steps) }
}

impl Ways {
    /// Returns all ways that some steps can take from a value. With none there is nothing at the end.
    pub(super) const fn of(root: View, steps: &[Step<'_>]) -> Self {
        let mut all = Self { found: [Ok(root); MOST], len: 0 };
        all.follow(root, steps, 0);
        all
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The way of a number; that of a number too high leads to what nothing can be.
    pub(super) const fn get(&self, number: usize) -> Found {
        if number < self.len { self.found[number] } else { Ok(View::new(&Shape::Never, Side::Made)) }
    }

    const fn add(&mut self, found: Found) {
        // Nothing is there on this way.
        if let Ok(View { shape: Shape::Never, absent: false, .. }) = found {
            return;
        }
        if let Ok(view) = found
            && self.has_same(view)
        {
            return;
        }
        if self.len < MOST {
            self.found[self.len] = found;
            self.len += 1;
        } else {
            // Too many to follow each.
            self.found[MOST - 1] = Ok(View::new(&Shape::Mixed, Side::Made));
        }
    }

    /// Returns `true` if another way leads to the same, where that is easy to see.
    const fn has_same(&self, view: View) -> bool {
        let mut i = 0;
        while i < self.len {
            if let Ok(known) = self.found[i]
                && known.absent == view.absent
                && known.many == view.many
                && matches!(
                    (known.shape, view.shape),
                    (Shape::String, Shape::String)
                        | (Shape::Number, Shape::Number)
                        | (Shape::Null, Shape::Null)
                        | (Shape::Any, Shape::Any)
                )
            {
                return true;
            }
            i += 1;
        }
        false
    }

    const fn follow(&mut self, from: View, steps: &[Step<'_>], at: usize) {
        let mut view = from;
        let mut i = at;
        while i < steps.len() {
            if is_fork(steps[i])
                && !view.absent
                && !view.many
                && !matches!(view.shape, Shape::Any | Shape::Never)
            {
                return self.fork(view, steps, i);
            }
            if let Some((known, end)) = view.known(steps, i) {
                view = known;
                i = end;
                continue;
            }
            view = match view.step(steps[i]) {
                Ok(view) => view,
                Err(problem) => return self.add(Err((i, problem))),
            };
            i += 1;
        }
        self.add(Ok(view));
    }

    /// Takes a step that forks, and the steps after it on each way.
    const fn fork(&mut self, view: View, steps: &[Step<'_>], at: usize) {
        let next = at + 1;
        match (steps[at], view.shape) {
            (Step::Within, _) => self.within(view, steps, next, true),
            (Step::Descend, _) => self.within(view, steps, next, false),
            (Step::At(_), Shape::Array(item)) => {
                self.follow(view.with(item), steps, next);
                self.follow(view.with(&Shape::Null), steps, next);
            }
            (Step::At(index), Shape::Tuple(items)) => {
                let item = match place_of(index, items.len()) {
                    Some(place) => items[place],
                    None => &Shape::Null,
                };
                self.follow(view.with(item), steps, next);
            }
            (Step::Each | Step::Item | Step::Every, Shape::Array(item)) => {
                self.follow(view.with(item), steps, next);
            }
            (Step::Each | Step::Item | Step::Every, Shape::Tuple(items)) => {
                let mut i = 0;
                while i < items.len() {
                    self.follow(view.with(items[i]), steps, next);
                    i += 1;
                }
            }
            (Step::Item, Shape::Mixed) => self.follow(view, steps, next),
            (Step::Every | Step::Item, Shape::Map(value) | Shape::Keyed { value, .. }) => {
                self.follow(view.with(value), steps, next);
            }
            (Step::Every | Step::Item, Shape::Object(object)) => {
                self.values(view, object, steps, next);
                // What comes in may have more fields, which hold anything.
                if may_have_more(view, object) {
                    self.follow(view.with(&Shape::Mixed), steps, next);
                }
            }
            (Step::Every | Step::Item, Shape::OneOf(one_of)) => {
                let mut i = 0;
                while i < one_of.alternatives.len() {
                    if !view.excludes(i) {
                        self.follow(view.alternative(one_of, i), steps, at);
                    }
                    i += 1;
                }
            }
            (_, Shape::Nullable(_) | Shape::Null) => self.add(Err((at, Problem::MaybeNull))),
            (_, Shape::Mixed) => self.add(Err((at, Problem::Mixed))),
            (_, shape) => self.add(Err((at, Problem::NotArray(shape)))),
        }
    }

    /// The values of an object's fields.
    const fn values(&mut self, view: View, object: &'static ObjectShape, steps: &[Step<'_>], next: usize) {
        let mut i = 0;
        while i < object.fields.len() {
            if object.fields[i].key(view.side).is_some() {
                let value = view.of_field(&object.fields[i]);
                self.follow(View { absent: false, ..value }, steps, next);
            }
            i += 1;
        }
        let mut i = 0;
        while i < object.flattened.len() {
            let part = view.flattened_part(object, i);
            match part.shape {
                Shape::Nullable(inner) => self.follow(part.with(inner), steps, next - 1),
                _ => self.follow(part, steps, next - 1),
            }
            i += 1;
        }
    }

    /// The value itself, and all that is in it; arrays themselves where they count. A type that holds itself has nothing new
    /// further in.
    const fn within(&mut self, view: View, steps: &[Step<'_>], next: usize, arrays: bool) {
        // What may be null is taken apart.
        if arrays || !matches!(view.shape, Shape::Array(_) | Shape::Tuple(_) | Shape::Nullable(_)) {
            self.follow(view, steps, next);
        } else if let Shape::Nullable(_) = view.shape {
            self.follow(view.with(&Shape::Null), steps, next);
        }
        match view.shape {
            Shape::Nullable(part)
            | Shape::Array(part)
            | Shape::Map(part)
            | Shape::Keyed { value: part, .. } => {
                self.within_part(view.with(part), part, steps, next, arrays);
            }
            Shape::Tuple(items) => {
                let mut i = 0;
                while i < items.len() {
                    self.within_part(view.with(items[i]), items[i], steps, next, arrays);
                    i += 1;
                }
            }
            Shape::OneOf(one_of) => {
                let mut i = 0;
                while i < one_of.alternatives.len() {
                    if !view.excludes(i) {
                        self.within_part(
                            view.alternative(one_of, i),
                            one_of.alternatives[i],
                            steps,
                            next,
                            arrays,
                        );
                    }
                    i += 1;
                }
            }
            Shape::Object(object) => {
                let mut i = 0;
                while i < object.fields.len() {
                    if object.fields[i].key(view.side).is_some() {
                        let part = object.fields[i].shape;
                        self.within_part(view.with(part), part, steps, next, arrays);
                    }
                    i += 1;
                }
                let mut i = 0;
                while i < object.flattened.len() {
                    self.within_part(
                        view.flattened_part(object, i),
                        object.flattened[i],
                        steps,
                        next,
                        arrays,
                    );
                    i += 1;
                }
            }
            _ => {}
        }
    }

    const fn within_part(&mut self, view: View, part: &Shape, steps: &[Step<'_>], next: usize, arrays: bool) {
        if !leads_back(part, view.side) && self.len < MOST {
            self.within(view, steps, next, arrays);
        }
    }
}

/// Returns `true` if a part is what encloses it.
const fn leads_back(part: &Shape, side: Side) -> bool {
    match (part, side) {
        (Shape::Recursive(_), _) => true,
        (Shape::Split { made, .. }, Side::Made) => leads_back(made, side),
        (Shape::Split { given, .. }, Side::Given) => leads_back(given, side),
        _ => false,
    }
}
/// Returns whether one of some leaves can be there, and whether one is there for certain.
pub(super) const fn found(nodes: &[Node<'_>]) -> (bool, bool) {
    let (mut can_be, mut is_there) = (false, false);
    let mut i = 0;
    while i < nodes.len() {
        if let Node::Leaf { shape, side, steps } = nodes[i] {
            let root = View::new(shape, side);
            let ways = count(root, steps);
            let mut on_all = ways > 0;
            let mut way = 0;
            while way < ways {
                match on_way(root, steps, way) {
                    Ok(view) => {
                        can_be = true;
                        on_all = on_all && !view.absent && !view.many;
                    }
                    Err((_, problem)) => {
                        can_be = can_be || matches!(problem, Problem::MaybeAbsent | Problem::MaybeNull);
                        on_all = false;
                    }
                }
                way += 1;
            }
            is_there = is_there || on_all;
        }
        i += 1;
    }
    (can_be, is_there)
}

/// Returns `true` if the first of some leaves is what one of the others is.
pub(super) const fn again(nodes: &[Node<'_>]) -> bool {
    let Some(Node::Leaf { shape, side, steps }) = nodes.first() else { return false };
    let Ok(new) = View::new(shape, *side).walk(steps) else { return false };
    let Some(identity) = new.identity() else { return false };
    let mut i = 1;
    while i < nodes.len() {
        if let Node::Leaf { shape, side, steps } = nodes[i]
            && let Ok(known) = View::new(shape, side).walk(steps)
            && let Some(other) = known.identity()
            && identity == other
            && (known.absent || !new.absent)
            && known.many == new.many
        {
            return true;
        }
        i += 1;
    }
    false
}
