//! Resolution of each `%`: the reference resolves them while it parses, and refuses one without a parent.

use std::ops::Range;

use super::{
    ast::{Expression, ExpressionKind as Kind, Operator},
    error::JsonataError,
};

/// Steps after which no more is looked for: texts of nothing but `%` would take their length squared.
const MOST_STEPS: usize = 1_000_000;

/// The depth beyond which expressions are not looked into: that could exhaust the stack.
const MOST_HEIGHT: usize = 100;

pub(super) fn verify(expression: &Expression) -> Result<(), JsonataError> {
    if expression.height > MOST_HEIGHT || !has_parent(expression) {
        return Ok(());
    }
    let mut seeker = Seeker { parents: Vec::new(), steps: 0 };
    let part = seeker.part(expression)?;
    match part.all_sought().first() {
        Some(parent) if seeker.steps < MOST_STEPS => Err(seeker.lost(*parent)),
        _ => Ok(()),
    }
}

fn has_parent(expression: &Expression) -> bool {
    matches!(expression.kind, Kind::Parent) || expression.parts().into_iter().any(has_parent)
}

struct Seeker {
    /// For each `%`: the number of levels still to climb, and its range.
    parents: Vec<(usize, Range<usize>)>,
    steps: usize,
}

/// The part of the reference's tree that determines what contains what.
struct Part {
    kind: Form,
    /// The `%` inside that are not resolved yet.
    sought: Vec<usize>,
    /// Whether `@` binds a variable to it.
    focus: bool,
}

enum Form {
    Field,
    Parent(usize),
    Block(Vec<Part>),
    Path(Vec<Part>),
    Other,
}

impl Part {
    fn new(kind: Form) -> Self {
        Self { kind, sought: Vec::new(), focus: false }
    }

    fn all_sought(&self) -> Vec<usize> {
        let own = if let Form::Parent(parent) = self.kind { Some(parent) } else { None };
        self.sought.iter().copied().chain(own).collect()
    }

    fn take_up(&mut self, other: &Self) {
        self.sought.extend(other.all_sought());
    }

    fn into_steps(self) -> (Vec<Self>, Vec<usize>) {
        match self.kind {
            Form::Path(steps) => (steps, self.sought),
            Form::Parent(parent) => (vec![self], vec![parent]),
            _ => (vec![self], Vec::new()),
        }
    }

    /// Does something to the last step of a path, else to the whole.
    fn with_last<R>(&mut self, change: impl FnOnce(&mut Self) -> R) -> R {
        if let Form::Path(steps) = &mut self.kind
            && let Some(last) = steps.last_mut()
        {
            return change(last);
        }
        change(self)
    }

    /// The steps of the path that this is, or that begins with it.
    fn into_first(self) -> (Vec<Self>, Vec<usize>) {
        match self.kind {
            Form::Path(steps) => (steps, self.sought),
            _ => (vec![self], Vec::new()),
        }
    }
}

impl Seeker {
    fn lost(&self, parent: usize) -> JsonataError {
        let range = self.parents.get(parent).map_or(0..0, |(_, range)| range.clone());
        JsonataError::new("S0217", "`%` refers to what contains a value, and there is none here", range)
    }

    fn part(&mut self, expression: &Expression) -> Result<Part, JsonataError> {
        let mut part = match &expression.kind {
            Kind::Name(_) => return Ok(Part::new(Form::Path(vec![Part::new(Form::Field)]))),
            Kind::Parent => {
                self.parents.push((1, expression.range.clone()));
                return Ok(Part::new(Form::Parent(self.parents.len() - 1)));
            }
            Kind::Wildcard => return Ok(Part::new(Form::Field)),
            Kind::Path(steps) => return self.path(steps),
            Kind::Filter { of, predicate } => return self.filter(of, predicate),
            Kind::Group { of, pairs } => {
                let part = self.part(of)?;
                for (key, value) in pairs {
                    self.part(key)?;
                    self.part(value)?;
                }
                return Ok(part);
            }
            Kind::OrderBy { of, terms } => {
                let (mut steps, sought) = self.part(of)?.into_first();
                let mut sort = Part::new(Form::Other);
                for term in terms {
                    sort.take_up(&self.part(&term.expression)?);
                }
                steps.push(sort);
                return self.resolved(steps, sought);
            }
            Kind::KeepArray(of) => return self.part(of),
            Kind::Focus { of, name } => {
                let mut part = self.part(of)?;
                // `@$` binds nothing: `$` is the value at hand.
                part.with_last(|last| last.focus = !name.is_empty());
                return Ok(part);
            }
            Kind::Index { of, .. } => {
                let (steps, sought) = self.part(of)?.into_first();
                return Ok(Part { kind: Form::Path(steps), sought, focus: false });
            }
            // These look into nothing from outside.
            Kind::Lambda { .. } | Kind::Transform { .. } | Kind::Binary { operator: Operator::Apply, .. } => {
                for part in expression.parts() {
                    self.part(part)?;
                }
                return Ok(Part::new(Form::Other));
            }
            Kind::Call { function, arguments } => {
                let mut part = Part::new(Form::Other);
                for argument in arguments {
                    part.take_up(&self.part(argument)?);
                }
                self.part(function)?;
                return Ok(part);
            }
            Kind::Block(_) => Part::new(Form::Block(Vec::new())),
            _ => Part::new(Form::Other),
        };
        for inner in expression.parts() {
            let inner = self.part(inner)?;
            part.take_up(&inner);
            if let Form::Block(parts) = &mut part.kind {
                parts.push(inner);
            }
        }
        Ok(part)
    }

    fn path(&mut self, steps: &[Expression]) -> Result<Part, JsonataError> {
        let Some((first, rest)) = steps.split_first() else { return Ok(Part::new(Form::Other)) };
        let first = self.step(first)?;
        let (mut done, mut sought) = first.into_steps();
        for step in rest {
            let step = self.step(step)?;
            match step.kind {
                Form::Path(inner) => done.extend(inner),
                _ => done.push(step),
            }
            let path = self.resolved(done, sought)?;
            (done, sought) = path.into_steps();
        }
        Ok(Part { kind: Form::Path(done), sought, focus: false })
    }

    /// In a path a text is a field's name.
    fn step(&mut self, step: &Expression) -> Result<Part, JsonataError> {
        let mut part = self.part(step)?;
        let mut inside = step;
        while let Kind::Filter { of, .. } | Kind::KeepArray(of) | Kind::Focus { of, .. } = &inside.kind {
            inside = of;
        }
        if matches!(inside.kind, Kind::String(_)) {
            part.kind = Form::Field;
        }
        Ok(part)
    }

    fn filter(&mut self, of: &Expression, predicate: &Expression) -> Result<Part, JsonataError> {
        let mut part = self.part(of)?;
        let predicate = self.part(predicate)?;
        if predicate.sought.is_empty() {
            return Ok(part);
        }
        part.with_last(|step| {
            for parent in &predicate.sought {
                if self.level(*parent) == 1 {
                    self.seek(step, *parent)?;
                } else {
                    self.climb(*parent);
                }
            }
            step.take_up(&predicate);
            Ok(())
        })?;
        Ok(part)
    }

    fn level(&self, parent: usize) -> usize {
        self.parents.get(parent).map_or(0, |(level, _)| *level)
    }

    fn climb(&mut self, parent: usize) {
        if let Some((level, _)) = self.parents.get_mut(parent) {
            *level = level.saturating_sub(1);
        }
    }

    /// Resolves the `%` of the last step in the steps before it.
    fn resolved(&mut self, steps: Vec<Part>, mut sought: Vec<usize>) -> Result<Part, JsonataError> {
        for parent in steps.last().map(Part::all_sought).unwrap_or_default() {
            let mut before = &steps[..steps.len() - 1];
            while self.level(parent) > 0 {
                let Some((mut step, rest)) = before.split_last() else {
                    sought.push(parent);
                    break;
                };
                before = rest;
                // Variables that are bound to the same value are one step.
                while step.focus
                    && let Some((next, rest)) = before.split_last()
                    && next.focus
                {
                    (step, before) = (next, rest);
                }
                self.seek(step, parent)?;
            }
        }
        Ok(Part { kind: Form::Path(steps), sought, focus: false })
    }

    fn seek(&mut self, step: &Part, parent: usize) -> Result<(), JsonataError> {
        self.steps += 1;
        if self.steps >= MOST_STEPS {
            self.parents.iter_mut().for_each(|(level, _)| *level = 0);
            return Ok(());
        }
        match &step.kind {
            Form::Field => self.climb(parent),
            Form::Parent(_) => {
                if let Some((level, _)) = self.parents.get_mut(parent) {
                    *level += 1;
                }
            }
            Form::Block(parts) => {
                if let Some(last) = parts.last() {
                    self.seek(last, parent)?;
                }
            }
            Form::Path(steps) => {
                for (index, step) in steps.iter().rev().enumerate() {
                    if index > 0 && self.level(parent) == 0 {
                        break;
                    }
                    self.seek(step, parent)?;
                }
            }
            Form::Other => return Err(self.lost(parent)),
        }
        Ok(())
    }
}
