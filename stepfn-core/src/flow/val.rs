//! The value of an expression, the requirements on it, and the data that it can read.

use std::{ops::Range, rc::Rc};

use super::{
    OwnedStep,
    function::Function,
    intern::Shared,
    leaf::Leaf,
    number::of_any_size,
    origin::Reason,
    present::Present,
    queried::{Queried, Text, reading},
    site::{Reading, Site},
    value::{Sym, index_key},
};
use crate::{jsonata::Expression, service, shape::Need};

/// The requirement on the value of an expression.
#[derive(Clone, Copy)]
pub(super) struct Want {
    /// Whether it must come to something.
    pub(super) defined: bool,
    /// The kind that it must have, if it is something.
    pub(super) need: Need<'static>,
    /// Whether it may be a sequence, of which there may be none.
    pub(super) many: bool,
}

impl Want {
    /// No requirement.
    pub(super) const NOTHING: Self = Self { defined: false, need: Need::Value, many: true };

    /// Returns the requirement that it must be this.
    pub(super) const fn of(need: Need<'static>) -> Self {
        Self { defined: true, need, many: false }
    }

    /// Returns the requirement that it must be this, if it is something.
    pub(super) const fn if_any(need: Need<'static>) -> Self {
        Self { defined: false, need, many: false }
    }

    /// Returns the requirement on a part without which the whole comes to nothing.
    pub(super) const fn part(self, need: Need<'static>) -> Self {
        Self { defined: self.defined, need, many: false }
    }
}

/// The value of an expression, where it has one.
#[derive(Clone, Debug)]
pub(super) struct Val {
    pub(super) sym: Sym,
    /// Whether it is a sequence of such values: none are nothing, one alone is itself, several are an array.
    pub(super) many: bool,
    /// Whether it may come to nothing, whatever the data are.
    pub(super) absent: bool,
    /// The requirements on others for it to be one thing.
    pub(super) over: Vec<(Leaf, Need<'static>)>,
    /// Whether there are items in it for certain, where it is an array; one at least, where it is a sequence.
    pub(super) some: bool,
    /// The requirements for there to be items in it, where it is an array or a sequence that need not have any by itself.
    pub(super) some_if: Option<Vec<(Leaf, Need<'static>)>>,
    /// Whether an array of it stays one where it is made of each of several: what is written as one, `of.[…]`, does.
    pub(super) stays: bool,
    /// The function that it is, which is no JSON.
    pub(super) function: Option<Rc<Function>>,
}

impl Val {
    /// Returns a value of which nothing is known, not even whether it is there.
    pub(super) fn unknown(reason: Reason) -> Self {
        Self { absent: true, ..Self::one(Sym::Unknown(reason)) }
    }

    /// Returns the value where an error has been reported.
    pub(super) fn reported() -> Self {
        Self::one(Sym::Reported)
    }

    pub(super) fn one(sym: Sym) -> Self {
        Self {
            sym,
            many: false,
            absent: false,
            over: Vec::new(),
            some: false,
            some_if: None,
            stays: false,
            function: None,
        }
    }

    /// Returns no value at all.
    pub(super) fn nothing() -> Self {
        Self::one(Sym::never()).maybe()
    }

    pub(super) fn function(function: Function) -> Self {
        Self { function: Some(Rc::new(function)), ..Self::one(Sym::Unknown(Reason::Lambda)) }
    }

    /// Returns one of the two.
    pub(super) fn join(self, other: Self) -> Self {
        let is_nothing = |value: &Self| value.sym.members().is_empty() && value.function.is_none();
        let function = match (self.function.clone(), other.function.clone()) {
            (Some(one), Some(other)) if Rc::ptr_eq(&one, &other) => Some(one),
            (Some(one), Some(other)) => Some(Rc::new(Function::Either(one, other))),
            (Some(one), None) if is_nothing(&other) => Some(one),
            (None, Some(other)) if is_nothing(&self) => Some(other),
            // On one side it is none, but it stays a function to whoever asks for data.
            (Some(function), None) | (None, Some(function)) => Some(match &*function {
                Function::Partly(_) => function,
                _ => Rc::new(Function::Partly(function)),
            }),
            (None, None) => None,
        };
        // A value that is a sequence on one side only is known by what it can come to.
        let (one, other) = match self.many == other.many || is_nothing(&self) || is_nothing(&other) {
            true => (self, other),
            false => (self.settled(), other.settled()),
        };
        let mut over = one.over;
        over.extend(other.over.into_iter().filter(|condition| !over.contains(condition)).collect::<Vec<_>>());
        Self {
            sym: one.sym.join(&other.sym),
            many: one.many || other.many,
            absent: one.absent || other.absent,
            over,
            some: one.some && other.some,
            some_if: match (one.some_if, other.some_if) {
                (needed, _) if other.some => needed,
                (_, needed) if one.some => needed,
                (Some(needed), Some(more)) => Some(needed.into_iter().chain(more).collect()),
                _ => None,
            },
            stays: one.stays || other.stays,
            function,
        }
    }

    /// The same as no sequence: one value, or an array of several, or nothing.
    pub(super) fn settled(self) -> Self {
        if !self.many {
            return self;
        }
        let sym = self.sym.join(&Sym::array(self.sym.clone()));
        Self { sym, many: false, absent: self.absent || !self.some, ..self }
    }

    /// Returns `true` if nothing distinguishes it from another one.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        let function = match (&self.function, &other.function) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        function
            && self.sym == other.sym
            && (self.many, self.absent, self.stays) == (other.many, other.absent, other.stays)
            && self.over == other.over
    }

    /// Returns the outline of a value that changes whenever it is looked at: in the first rounds that it is a number.
    pub(super) fn outline(self, round: usize) -> Self {
        let computed = |part: &Sym| {
            self.sym
                .members()
                .iter()
                .any(|member| matches!(member, Sym::Computed(_, of) if of.contains(part)))
        };
        let number = |member: &Sym| match member {
            Sym::Number | Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..) => true,
            // What is computed with is a number.
            Sym::Leaf(_) => computed(member),
            _ => false,
        };
        let sym = match &self.sym {
            Sym::Leaf(_) | Sym::Any(_) | Sym::Reported | Sym::Object(..) => self.sym.clone(),
            sym if !sym.members().is_empty() && sym.members().iter().all(number) && round < 6 => {
                // What is computed with was to be a number, and is asked to be one still.
                let leaves = sym.members().iter().filter(|member| matches!(member, Sym::Leaf(_)));
                Sym::union(leaves.cloned().chain([of_any_size(sym.members())]))
            }
            sym if round < 5 => sym.clone(),
            sym => sym.outline(Reason::Lambda),
        };
        Self { sym, ..self }
    }

    pub(super) fn many(sym: Sym) -> Self {
        Self { many: true, ..Self::one(sym) }
    }

    /// The same, known to come to something.
    pub(super) fn present(self) -> Self {
        let sym = match self.sym {
            Sym::Leaf(leaf) => Sym::Leaf(guarded(&leaf)),
            other => other,
        };
        // Where the whole comes to something its parts did.
        let mut over = self.over;
        over.retain(|(_, need)| *need != Need::Value);
        Self { sym, absent: false, some: self.some || self.many, over, ..self }
    }

    /// The same, but that it may come to nothing.
    pub(super) fn maybe(self) -> Self {
        Self { absent: true, ..self }
    }

    /// The value of a whole that comes to nothing where one of its parts does. Where something is asked of the whole, it was
    /// asked of its parts.
    pub(super) fn of_parts<'v>(mut self, parts: impl IntoIterator<Item = &'v Self>, want: Want) -> Self {
        if want.defined {
            return self;
        }
        for part in parts {
            if part.is_nothing() {
                return Self::nothing();
            }
            self.absent = self.absent || part.absent || part.many;
            self.over.extend(part.over.iter().map(|(leaf, _)| (leaf.clone(), Need::Value)));
            self.over.extend(part.leaves().map(|leaf| (leaf.clone(), Need::Value)));
        }
        self
    }

    /// Returns `true` if there is no way here.
    pub(super) fn is_nowhere(&self) -> bool {
        self.sym == Sym::never() && self.function.is_none() && !self.absent && !self.many
    }

    /// Returns `true` if it comes to nothing, whatever the data are.
    pub(super) fn is_nothing(&self) -> bool {
        (self.absent || self.many) && self.function.is_none() && self.sym == Sym::never()
    }

    /// The values of types that it can be.
    pub(super) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.sym.members().iter().filter_map(|member| match member.ground() {
            Sym::Leaf(leaf) => Some(leaf),
            _ => None,
        })
    }

    /// Returns the value as a part of a whole, whatever the number of values: one value, or an array of several.
    pub(super) fn part(self) -> Sym {
        if self.many || self.is_single() {
            self.settled().sym
        } else {
            self.sym.join(&Sym::array(self.sym.clone()))
        }
    }

    /// Returns `true` if it is an array for certain.
    pub(super) fn is_array(&self) -> bool {
        let members = self.sym.members();
        !members.is_empty()
            && members.iter().all(|member| matches!(member, Sym::Array(_) | Sym::Tuple(_)))
            && !self.many
            && !self.absent
            && self.over.is_empty()
    }

    /// Returns `true` if it is an array for certain that has items.
    pub(super) fn has_items(&self) -> bool {
        !self.many
            && !self.absent
            && self.over.is_empty()
            && match &self.sym {
                Sym::Tuple(items) => !items.is_empty(),
                // Of one that was counted the first is known.
                Sym::Object(known, Some(base)) if matches!(**base, Sym::Array(_)) => {
                    self.some || known.contains_key(index_key(0).as_str())
                }
                sym => self.some && matches!(sym, Sym::Array(_)),
            }
    }

    /// Returns `true` if it is an array that has items, where it comes to something at all.
    pub(super) fn has_items_if_any(&self) -> bool {
        self.over.iter().all(|(_, need)| *need == Need::Value)
            && Self { over: Vec::new(), ..self.clone() }.has_items()
    }

    /// Returns `true` if it is one value for certain that is no array.
    pub(super) fn is_certain(&self) -> bool {
        let is_one = |sym: &Sym| match sym {
            // That what its model has is there is taken at its word.
            Sym::Answer(shape) => !matches!(shape.kind(), service::Kind::List(_)),
            sym => matches!(
                sym,
                Sym::Null
                    | Sym::Bool(_)
                    | Sym::Boolean
                    | Sym::Text(_)
                    | Sym::String
                    | Sym::Timestamp
                    | Sym::Object(_, None)
                    | Sym::Map(_)
                    | Sym::Merged(_)
                    | Sym::Integer(_)
                    | Sym::Whole(_)
                    | Sym::Number
                    | Sym::Computed(..)
            ),
        };
        let members = self.sym.members();
        !self.many
            && !self.absent
            && self.over.is_empty()
            && !members.is_empty()
            && members.iter().all(is_one)
    }

    /// Returns `true` if it is a number where it is something, whatever the types are.
    pub(super) fn is_number(&self) -> bool {
        let is_number =
            |sym: &Sym| matches!(sym, Sym::Number | Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..));
        let members = self.sym.members();
        !self.many && !members.is_empty() && members.iter().all(is_number)
    }

    /// Returns the same as no sequence; a value that has been reported needs no further report.
    pub(super) fn settled_or_reported(self) -> Self {
        if matches!(self.sym, Sym::Reported) { self } else { self.settled() }
    }

    /// Returns `true` if it is no sequence, whatever the types are.
    pub(super) fn is_single(&self) -> bool {
        !self.many && self.over.iter().all(|(_, need)| *need != Need::Single)
    }

    /// Returns the parts of the value where an array is built of it, or a function goes through them.
    pub(super) fn items(&self) -> Sym {
        let may_be_many = !self.is_single();
        match &self.sym {
            // One alone is itself, and if that is an array its items are taken.
            Sym::Array(_) | Sym::Tuple(_) if may_be_many => {
                let items = Self { many: false, over: Vec::new(), ..self.clone() }.items();
                match self.many {
                    true => self.sym.join(&items),
                    false if self.stays => self.sym.join(&items),
                    // Where it is made of each of several, it is these one by one.
                    false => items.join(&Self::many(items.clone()).items()),
                }
            }
            Sym::Union(members) => {
                Sym::union(members.iter().map(|member| Self { sym: member.clone(), ..self.clone() }.items()))
            }
            // So with a value of a type, as the type has it.
            Sym::Leaf(leaf) if may_be_many => {
                Sym::Leaf(guarded(leaf).then([OwnedStep::Many, OwnedStep::Items]))
            }
            _ if self.many => self.sym.clone(),
            Sym::Array(item) => (**item).clone(),
            Sym::Changed(parts) => parts.last().cloned().unwrap_or_else(Sym::never),
            Sym::Tuple(items) => {
                let mut items = items.iter();
                let first = items.next().cloned().unwrap_or_else(Sym::never);
                items.fold(first, |all, item| all.join(item))
            }
            // Where it comes to nothing there are none.
            Sym::Leaf(leaf) => Sym::Leaf(guarded(leaf).then([OwnedStep::Items])),
            // What is known of a part need not hold of each item.
            Sym::Object(fields, Some(base)) if fields.values().all(|entry| entry.narrowed) => {
                Self::one((**base).clone()).items()
            }
            Sym::Answer(shape) => match shape.kind() {
                service::Kind::List(item) => Sym::answer(item),
                _ => self.sym.clone(),
            },
            other => other.clone(),
        }
    }
}

/// The leaf with all on the way to it known to be there, and no null.
pub(super) fn guarded(leaf: &Leaf) -> Leaf {
    let mut steps = Vec::with_capacity(3 * leaf.steps.len());
    for step in leaf.steps.iter() {
        if matches!(step, OwnedStep::Query(_)) && steps.last() != Some(&OwnedStep::NonNull) {
            steps.extend([OwnedStep::Present, OwnedStep::NonNull]);
        }
        steps.push(step.clone());
    }
    if steps.last() != Some(&OwnedStep::Present) {
        steps.push(OwnedStep::Present);
    }
    Leaf { steps: Shared::new(steps), ..leaf.clone() }
}

/// The data that an expression can read.
#[derive(Clone)]
pub(super) struct Env<'t> {
    pub(super) text: Text<'t>,
    pub(super) site: Site,
    /// `$states.result`
    pub(super) result: Option<Sym>,
    /// `$states.errorOutput`
    pub(super) error: Option<Sym>,
    /// The variables that the expression binds itself, the innermost last.
    pub(super) locals: Vec<(String, Val)>,
    /// `$`, and what names alone are read of.
    pub(super) context: Option<Val>,
    /// Whether there is a `%` in the expression.
    pub(super) climbs: bool,
    /// Whether an array is a step of a path somewhere in the expression.
    pub(super) keeps: bool,
    /// The ancestors that `%` leads to from there, the nearest last: the items that the steps before were taken from.
    pub(super) ancestors: Vec<Val>,
    /// The same from where the last path came to.
    pub(super) trail: Vec<Val>,
    /// The names that the blocks around bind anywhere.
    pub(super) later: Vec<String>,
    /// Where the path around begins.
    pub(super) begun: usize,
    /// The parts of the expression that are known to come to something, as they are written.
    pub(super) present: Vec<Present>,
}

impl<'t> Env<'t> {
    pub(super) fn new(queried: &Queried<'_>, text: Text<'t>) -> Self {
        Self {
            text,
            site: queried.site.clone(),
            result: queried.result.cloned(),
            error: queried.error.cloned(),
            locals: Vec::new(),
            context: None,
            climbs: false,
            keeps: false,
            ancestors: Vec::new(),
            trail: Vec::new(),
            later: Vec::new(),
            begun: 0,
            present: Vec::new(),
        }
    }

    pub(super) fn local(&self, name: &str) -> Option<&Val> {
        self.locals.iter().rev().find(|(local, _)| local == name).map(|(_, value)| value)
    }

    pub(super) fn reading(&self, range: &std::ops::Range<usize>) -> Reading<'_> {
        reading(&self.site, &self.text, range)
    }

    pub(super) fn is_present(&self, expression: &Expression) -> bool {
        !self.present.is_empty() && self.is_written_present(self.text.part(&expression.range))
    }

    /// The same, with another `$`.
    pub(super) fn inside(&self, context: Sym) -> Self {
        self.inside_of(Val::one(context))
    }

    /// The same, where it may be a sequence.
    pub(super) fn inside_of(&self, context: Val) -> Self {
        self.climbing(context, Vec::new())
    }

    /// The value of a part of the expression, where that may be known to come to something.
    pub(super) fn known(&self, part: &Range<usize>, value: Val) -> Val {
        if self.present.is_empty() || value.function.is_some() {
            return value;
        }
        let written = self.text.part(part);
        if self.is_written_present(written) { value.present() } else { value }
    }

    fn is_written_present(&self, written: &str) -> bool {
        self.present.iter().any(|known| known.is_written(written))
    }

    /// Binds a variable: what is known of others of its name is known no longer.
    pub(super) fn bind(&mut self, name: &str, value: Val) {
        self.present.retain(|known| !known.names(name));
        self.locals.push((name.to_owned(), value));
    }

    /// The same, where `%` leads to these.
    pub(super) fn climbing(&self, context: Val, ancestors: Vec<Val>) -> Self {
        let mut env = Self { context: Some(context), ancestors, ..self.clone() };
        env.present.retain(|known| !known.is_of_context());
        env
    }
}
