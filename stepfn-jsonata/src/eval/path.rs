//! Paths: step by step, each over all that the one before gave.

use std::rc::Rc;

use super::{Evaluator, Scope};
use crate::{
    compile::{Kind, Node, Stage},
    value::{ArrayView, Flags, Res, Tuple, Val},
};

/// The values that a step goes over.
pub(super) enum Source<'v, 'a> {
    One(&'v Val<'a>),
    Many(&'v Val<'a>, ArrayView<'v, 'a>),
}

impl<'a> Source<'_, 'a> {
    fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(_, items) => items.len(),
        }
    }

    fn get(&self, index: usize) -> Val<'a> {
        match self {
            Self::One(value) => (*value).clone(),
            Self::Many(_, items) => items.get(index),
        }
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn path(&self, node: &'a Node, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let Kind::Path { steps, keep, .. } = &node.kind else { return Ok(Val::Undefined) };
        let mut tuples: Option<(Rc<Vec<Tuple<'a>>>, bool)> = None;
        let mut is_tuples = false;
        let mut result: Option<Val<'a>> = None;
        for (index, step) in steps.iter().enumerate() {
            is_tuples |= step.tuple;
            let source = match &result {
                Some(result) => Source::of(result),
                None => first_source(&steps[0], input),
            };
            if index == 0 && step.constructed {
                let input = self.gathered(&source)?;
                result = Some(self.evaluate(step, &input, frame)?);
            } else if is_tuples {
                tuples = Some(self.tuple_step(step, &source, tuples, frame)?);
                continue;
            } else {
                result = Some(self.step(step, &source, frame, index + 1 == steps.len())?);
            }
            let is_over = result.as_ref().is_none_or(|result| {
                result.is_undefined() || result.as_array().is_some_and(|items| items.is_empty())
            });
            if is_over && !is_tuples {
                break;
            }
        }
        let mut result = result.unwrap_or_default();
        if is_tuples {
            let (tuples, stream) = tuples.unwrap_or_default();
            if let Some(group) = &node.group {
                return self.group(group, &Val::Tuples(tuples, stream), frame);
            }
            result = if node.tuple {
                Val::Tuples(tuples, stream)
            } else {
                Val::sequence(tuples.iter().map(|tuple| tuple.at.clone()).collect(), self.meter)?
            };
        }
        if *keep {
            result = self.kept(result)?;
        }
        match &node.group {
            Some(group) => self.group(group, &result, frame),
            None => Ok(result),
        }
    }

    /// The array that one value stays.
    pub(super) fn kept(&self, result: Val<'a>) -> Res<'a> {
        let flags = result.flags();
        let result = if flags.has(Flags::CONSTRUCTED) && !flags.is_sequence() {
            Val::sequence(vec![result], self.meter)?
        } else {
            result
        };
        Ok(result.with_flags(|flags| flags.with(Flags::KEPT)))
    }

    /// Returns the values that a step goes over, as an array.
    pub(super) fn gathered(&self, source: &Source<'_, 'a>) -> Res<'a> {
        match source {
            Source::One(value) => Val::sequence(vec![(*value).clone()], self.meter),
            Source::Many(value, _) => Ok((*value).clone()),
        }
    }

    fn step(&self, step: &'a Node, source: &Source<'_, 'a>, frame: &Scope<'a>, last: bool) -> Res<'a> {
        if let Kind::Sort(terms) = &step.kind {
            let input = self.gathered(source)?;
            let sorted = self.order(terms, &input, frame, &step.range)?;
            return self.stages(&step.stages, sorted, frame);
        }
        let mut results: Vec<Val<'a>> = Vec::new();
        let mut nested = false;
        for index in 0..source.len() {
            let mut value = self.evaluate(step, &source.get(index), frame)?;
            for stage in &step.stages {
                if let Stage::Filter(predicate) = stage {
                    value = self.filter(predicate, value, frame)?;
                }
            }
            if !value.is_undefined() {
                nested |= value.is_array();
                results.push(value);
            }
        }
        if !nested {
            return Val::sequence(results, self.meter);
        }
        if last
            && let [only] = results.as_slice()
            && only.is_array()
            && !only.flags().is_sequence()
        {
            return Ok(only.clone());
        }
        self.flattened(&results)
    }

    fn flattened(&self, results: &[Val<'a>]) -> Res<'a> {
        let mut items = Vec::new();
        for value in results {
            match value.as_array() {
                Some(inner) if !value.flags().has(Flags::CONSTRUCTED) => {
                    self.meter.visit(inner.len())?;
                    self.meter.items(items.len() + inner.len())?;
                    items.extend(inner.iter());
                }
                _ => items.push(value.clone()),
            }
        }
        Val::sequence(items, self.meter)
    }
}

/// Returns the values that the first step goes over: data that is an array item by item, but for a variable.
pub(super) fn first_source<'v, 'a>(first: &Node, input: &'v Val<'a>) -> Source<'v, 'a> {
    match input.as_array() {
        Some(items) if !matches!(first.kind, Kind::Variable(_)) => Source::Many(input, items),
        _ => Source::One(input),
    }
}

impl<'v, 'a> Source<'v, 'a> {
    fn of(value: &'v Val<'a>) -> Self {
        value.as_array().map_or(Self::One(value), |items| Self::Many(value, items))
    }

    pub(super) fn tuples(&self) -> Vec<Tuple<'a>> {
        (0..self.len()).map(|index| Tuple { at: self.get(index), bound: Vec::new() }).collect()
    }
}
