//! Steps whose values have variables beside them: `@$x`, `#$i`, and the ancestors of `%`.

use std::rc::Rc;

use super::{Evaluator, Scope, path::Source};
use crate::{
    compile::{Kind, Node, Stage},
    value::{Res, Symbol, Tuple, Val},
};

type Tuples<'a> = (Rc<Vec<Tuple<'a>>>, bool);

impl<'a> Evaluator<'a> {
    pub(super) fn tuple_step(
        &self,
        step: &'a Node,
        source: &Source<'_, 'a>,
        before: Option<Tuples<'a>>,
        frame: &Scope<'a>,
    ) -> Res<'a, Tuples<'a>> {
        if let Kind::Sort(terms) = &step.kind {
            let sorted = match before {
                Some((tuples, stream)) => {
                    self.order(terms, &Val::Tuples(tuples, stream), frame, &step.range)?
                }
                None => {
                    let sorted = self.order(terms, &self.gathered(source)?, frame, &step.range)?;
                    let tuples = sorted.as_array().map(|items| {
                        let tuple = |(index, at)| {
                            let mut tuple = Tuple { at, bound: Vec::new() };
                            if let Some(symbol) = step.index {
                                tuple.bind(symbol, Val::Number(index as f64));
                            }
                            tuple
                        };
                        items.iter().enumerate().map(tuple).collect()
                    });
                    Val::Tuples(Rc::new(tuples.unwrap_or_default()), true)
                }
            };
            return self.tuple_stages(&step.stages, sorted, frame);
        }
        let before = before.map_or_else(|| Rc::new(source.tuples()), |(tuples, _)| tuples);
        let mut made = Vec::new();
        for tuple in before.iter() {
            let inner = frame.of_tuple(tuple);
            let value = self.evaluate(step, &tuple.at, &inner)?;
            self.extend(step, tuple, &value, &mut made)?;
            self.meter.items(made.len())?;
            // A value, and what is bound beside it.
            self.meter.room(made.len() * 2 * size_of::<Tuple<'_>>())?;
        }
        self.tuple_stages(&step.stages, Val::Tuples(Rc::new(made), true), frame)
    }

    /// Appends the values that a step gives for one before it.
    fn extend(
        &self,
        step: &'a Node,
        before: &Tuple<'a>,
        value: &Val<'a>,
        made: &mut Vec<Tuple<'a>>,
    ) -> Res<'a, ()> {
        if let Val::Tuples(inner, true) = value {
            for inner in inner.iter() {
                let mut tuple = before.clone();
                tuple.at = inner.at.clone();
                for (symbol, value) in &inner.bound {
                    tuple.bind(*symbol, value.clone());
                }
                made.push(tuple);
            }
            return self.meter.visit(inner.len());
        }
        let mut push = |index: usize, value: Val<'a>| {
            let mut tuple = before.clone();
            match step.focus {
                Some(symbol) => tuple.bind(symbol, value),
                None => tuple.at = value,
            }
            if let Some(symbol) = step.index {
                tuple.bind(symbol, Val::Number(index as f64));
            }
            if let Some(label) = step.ancestor {
                tuple.bind(Symbol(u32::try_from(label).unwrap_or(u32::MAX)), before.at.clone());
            }
            made.push(tuple);
        };
        match value.as_array() {
            Some(items) => {
                self.meter.visit(items.len())?;
                items.iter().enumerate().for_each(|(index, value)| push(index, value));
            }
            None if value.is_undefined() => {}
            None => push(0, value.clone()),
        }
        Ok(())
    }

    fn tuple_stages(&self, stages: &'a [Stage], input: Val<'a>, frame: &Scope<'a>) -> Res<'a, Tuples<'a>> {
        let mut result = input;
        for stage in stages {
            result = match stage {
                Stage::Filter(predicate) => self.filter(predicate, result, frame)?,
                Stage::Index(symbol) => numbered(result, *symbol),
            };
        }
        Ok(match result {
            Val::Tuples(tuples, stream) => (tuples, stream),
            // A filter on values of which it is not known any more that they are such.
            other => {
                let at = |at| Tuple { at, bound: Vec::new() };
                let tuples = other.as_array().map(|items| items.iter().map(at).collect());
                (Rc::new(tuples.unwrap_or_default()), false)
            }
        })
    }

    /// Filters and positions of a sort.
    pub(super) fn stages(&self, stages: &'a [Stage], input: Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let mut result = input;
        for stage in stages {
            result = match stage {
                Stage::Filter(predicate) => self.filter(predicate, result, frame)?,
                Stage::Index(symbol) => numbered(result, *symbol),
            };
        }
        Ok(result)
    }
}

fn numbered(value: Val<'_>, symbol: Symbol) -> Val<'_> {
    let Val::Tuples(tuples, stream) = value else { return value };
    let mut tuples = Rc::try_unwrap(tuples).unwrap_or_else(|tuples| (*tuples).clone());
    for (index, tuple) in tuples.iter_mut().enumerate() {
        tuple.bind(symbol, Val::Number(index as f64));
    }
    Val::Tuples(Rc::new(tuples), stream)
}
