//! Orders: `^(…)`, and the sort that `$sort` uses as well.

use std::{cmp::Ordering, ops::Range, rc::Rc};

use stepfn_core::value::Value;

use super::{Evaluator, Scope, fault_of};
use crate::{
    compile::Term,
    text::compare,
    value::{ArrayView, Flags, Res, Tuple, Val, View, stringify},
};

impl<'a> Evaluator<'a> {
    /// `input^(terms)`
    pub(super) fn order(
        &self,
        terms: &'a [Term],
        input: &Val<'a>,
        frame: &Scope<'a>,
        range: &Range<usize>,
    ) -> Res<'a> {
        let Some(items) = input.as_array() else { return Ok(input.clone()) };
        if items.len() <= 1 {
            return Ok(input.clone());
        }
        if let Val::Tuples(tuples, stream) = input {
            let of = |tuple: &Tuple<'a>| {
                let frame = if *stream { frame.of_tuple(tuple) } else { frame.clone() };
                (tuple.at.clone(), frame)
            };
            let order = self.sorted_places(terms, tuples.len(), range, |place| {
                tuples.get(place).map_or_else(|| (Val::Undefined, frame.clone()), of)
            })?;
            let sorted = order.into_iter().filter_map(|place| tuples.get(place).cloned()).collect();
            // The sorted values are not known as such any more: so it is in the reference.
            return Ok(Val::Tuples(Rc::new(sorted), false));
        }
        let order = match self.simple_order(terms, &items)? {
            Some(order) => order,
            None => {
                self.sorted_places(terms, items.len(), range, |place| (items.get(place), frame.clone()))?
            }
        };
        Val::array(order.into_iter().map(|place| items.get(place)).collect(), Flags::PLAIN, self.meter)
    }

    /// The order by one member of objects that came in, where it is a number in all of them, or a text in all: nothing can fail then, so
    /// that it does not matter in which order the items are asked.
    fn simple_order(&self, terms: &'a [Term], items: &ArrayView<'_, 'a>) -> Res<'a, Option<Vec<usize>>> {
        let ([term], ArrayView::Ref(items)) = (terms, items) else { return Ok(None) };
        let Some(name) = term.expression.only_name() else { return Ok(None) };
        let mut keys = Vec::with_capacity(items.len());
        for item in *items {
            match item.get(name) {
                Some(key @ (Value::Number(_) | Value::String(_))) => keys.push(key),
                _ => return Ok(None),
            }
        }
        self.meter.visit(items.len() * (items.len().ilog2() as usize + 2))?;
        if let Some(numbers) = keys.iter().map(|key| key.as_f64()).collect::<Option<Vec<f64>>>() {
            if numbers.iter().any(|number| !number.is_finite()) {
                return Ok(None);
            }
            return Ok(Some(places(&numbers, term.descending, |one, other| {
                one.partial_cmp(other).unwrap_or(Ordering::Equal)
            })));
        }
        let texts = keys.iter().map(|key| key.as_str()).collect::<Option<Vec<&str>>>();
        Ok(texts.map(|texts| places(&texts, term.descending, |one, other| compare(one, other))))
    }

    fn sorted_places(
        &self,
        terms: &'a [Term],
        count: usize,
        range: &Range<usize>,
        context: impl Fn(usize) -> (Val<'a>, Scope<'a>),
    ) -> Res<'a, Vec<usize>> {
        // What a term gives for an item is asked once.
        let mut known: Vec<Option<Val<'a>>> = vec![None; count * terms.len()];
        let mut value = |place: usize, term: usize| -> Res<'a> {
            let at = place * terms.len() + term;
            if let Some(Some(value)) = known.get(at) {
                return Ok(value.clone());
            }
            let Some(found) = terms.get(term) else { return Ok(Val::Undefined) };
            let (item, frame) = context(place);
            let made = self.evaluate(&found.expression, &item, &frame)?;
            if let Some(slot) = known.get_mut(at) {
                *slot = Some(made.clone());
            }
            Ok(made)
        };
        self.merge_sort((0..count).collect(), &mut |left: &usize, right: &usize| {
            for (index, term) in terms.iter().enumerate() {
                let (first, second) = (value(*left, index)?, value(*right, index)?);
                match self.after(&first, &second, term.descending, range)? {
                    0 => {}
                    comparison => return Ok(comparison > 0),
                }
            }
            Ok(false)
        })
    }

    /// Returns whether the first comes after the second (1), before it (-1), or neither.
    fn after(
        &self,
        first: &Val<'a>,
        second: &Val<'a>,
        descending: bool,
        range: &Range<usize>,
    ) -> Res<'a, i8> {
        let comparison = match (first.view(), second.view()) {
            (View::Undefined, View::Undefined) => return Ok(0),
            // What is undefined comes last, whatever the direction.
            (View::Undefined, _) => return Ok(1),
            (_, View::Undefined) => return Ok(-1),
            (View::Number(first), View::Number(second)) => first.partial_cmp(&second).map_or(1, |o| o as i8),
            (View::Text(first), View::Text(second)) => compare(first, second) as i8,
            (View::Number(_) | View::Text(_), View::Number(_) | View::Text(_)) => {
                return Err(fault_of("T2007", first, self.meter)
                    .value2(stringify(second, self.meter))
                    .range(range));
            }
            (View::Number(_) | View::Text(_), _) => {
                return Err(fault_of("T2008", second, self.meter).range(range));
            }
            _ => return Err(fault_of("T2008", first, self.meter).range(range)),
        };
        Ok(if descending { -comparison } else { comparison })
    }

    /// Sorts by halves, as the reference does: the answer of `swap` for each pair decides, whether it is an order or not.
    pub(crate) fn merge_sort<T: Clone>(
        &self,
        items: Vec<T>,
        swap: &mut dyn FnMut(&T, &T) -> Res<'a, bool>,
    ) -> Res<'a, Vec<T>> {
        if items.len() <= 1 {
            return Ok(items);
        }
        self.meter.visit(items.len())?;
        let mut left = items;
        let right = left.split_off(left.len() / 2);
        let (left, right) = (self.merge_sort(left, swap)?, self.merge_sort(right, swap)?);
        let mut merged = Vec::with_capacity(left.len() + right.len());
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
            let next = if swap(first, second)? { right.next() } else { left.next() };
            merged.extend(next);
        }
        merged.extend(left);
        merged.extend(right);
        Ok(merged)
    }
}

/// The places of keys in their order. Those of equal keys stay as they are, in both directions.
fn places<K>(keys: &[K], descending: bool, compare: impl Fn(&K, &K) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..keys.len()).collect();
    places.sort_by(|one, other| match (keys.get(*one), keys.get(*other)) {
        (Some(one), Some(other)) if descending => compare(other, one),
        (Some(one), Some(other)) => compare(one, other),
        _ => Ordering::Equal,
    });
    places
}
