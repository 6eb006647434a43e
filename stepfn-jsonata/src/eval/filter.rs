//! Predicates: conditions, and indices.

use std::rc::Rc;

use super::{Evaluator, Scope};
use crate::{
    compile::{Kind, Node},
    value::{Res, Val, View},
};

impl<'a> Evaluator<'a> {
    pub(super) fn filter(&self, predicate: &'a Node, input: Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        if let Val::Tuples(tuples, stream) = &input {
            let mut kept = Vec::new();
            if let Some(index) = constant_index(predicate, tuples.len()) {
                kept.extend(tuples.get(index).cloned());
            } else {
                for (index, tuple) in tuples.iter().enumerate() {
                    let inner = if *stream { frame.of_tuple(tuple) } else { frame.clone() };
                    let value = self.evaluate(predicate, &tuple.at, &inner)?;
                    for _ in 0..self.chosen(&value, index, tuples.len())? {
                        kept.push(tuple.clone());
                    }
                }
            }
            return Ok(Val::Tuples(Rc::new(kept), *stream));
        }
        let Some(items) = input.as_array() else {
            let kept = match constant_index(predicate, 1) {
                Some(index) => usize::from(index == 0 && !input.is_undefined()),
                None => {
                    let value = self.evaluate(predicate, &input, frame)?;
                    self.chosen(&value, 0, 1)?
                }
            };
            return Val::sequence(vec![input; kept], self.meter);
        };
        let count = items.len();
        if is_index(predicate) {
            let item = constant_index(predicate, count).map_or(Val::Undefined, |index| items.get(index));
            return match item {
                Val::Undefined => Val::sequence(Vec::new(), self.meter),
                item if item.is_array() => Ok(item),
                item => Val::sequence(vec![item], self.meter),
            };
        }
        let mut kept = Vec::new();
        for index in 0..count {
            let item = items.get(index);
            let value = self.evaluate(predicate, &item, frame)?;
            for _ in 0..self.chosen(&value, index, count)? {
                kept.push(item.clone());
            }
        }
        Val::sequence(kept, self.meter)
    }

    /// Returns how often the value of a predicate chooses the item: numbers are indices, and may name it again and again.
    fn chosen(&self, value: &Val<'a>, index: usize, count: usize) -> Res<'a, usize> {
        let is_it = |number: f64| {
            let number = number.floor();
            let place = if number < 0.0 { number + count as f64 } else { number };
            usize::from(place == index as f64)
        };
        if let Some(number) = value.numeric()? {
            return Ok(is_it(number));
        }
        if let View::Array(items) = value.view() {
            let mut times = 0;
            let mut are_numbers = true;
            for item in items.iter() {
                match item.numeric()? {
                    Some(number) => times += is_it(number),
                    None => are_numbers = false,
                }
            }
            self.meter.visit(items.len())?;
            if are_numbers {
                return Ok(times);
            }
        }
        Ok(usize::from(value.is_true()?))
    }
}

fn is_index(predicate: &Node) -> bool {
    matches!(&predicate.kind, Kind::Literal(stepfn_core::value::Value::Number(_)))
}

/// The item that a number in brackets names; nothing where there is none, or the predicate is no number.
fn constant_index(predicate: &Node, count: usize) -> Option<usize> {
    let Kind::Literal(value) = &predicate.kind else { return None };
    let number = value.as_f64()?.floor();
    let place = if number < 0.0 { number + count as f64 } else { number };
    (place >= 0.0 && place < count as f64).then_some(place as usize)
}
