//! Calls of functions that are values. A function is followed where it is called, with the values that it is called with. One that calls
//! itself is followed until what it is called with, and what it gives, no longer changes.

use std::{ops::Range, rc::Rc};

use super::{
    Analyser,
    call::{Argument, parameters},
    function::{Function, Lambda},
    origin::Reason,
    val::{Env, Val, Want},
    value::Sym,
};
use crate::{
    diagnostic::Code,
    jsonata::{Expression, ExpressionKind as Kind},
};

/// The calls that are being followed.
#[derive(Default)]
pub(super) struct Calls {
    frames: Vec<Frame>,
    /// The number of steps that were taken for the expression or path in the definition.
    pub(super) spent: usize,
}

struct Frame {
    /// The function's address.
    id: usize,
    given: Vec<Val>,
    /// The assumed result where it calls itself.
    made: Val,
    recursed: bool,
    changed: bool,
}

/// Calls nested deeper than this are not followed.
const MOST_CALLS: usize = 24;
/// An expression or path that takes more steps than this is not followed to its end.
const MOST_SPENT: usize = 20_000;
/// The number of rounds for a function that calls itself, and the number after which a part that still changes is dropped.
const MOST_ROUNDS: usize = 8;
const EXACT_ROUNDS: usize = 3;

impl Analyser<'_> {
    /// Counts a step of what is being followed; returns `false` where it were too many.
    pub(super) fn spends(&mut self) -> bool {
        super::intern::count();
        self.calls.spent += 1;
        self.calls.spent <= MOST_SPENT
    }

    /// Returns the result of a function for some arguments.
    pub(super) fn apply(
        &mut self,
        env: &mut Env<'_>,
        function: &Rc<Function>,
        arguments: &[Argument<'_>],
        at: &Range<usize>,
        want: Want,
    ) -> Val {
        match &**function {
            Function::BuiltIn(known) => self.built_in(env, known, arguments, at, want),
            Function::Lambda(lambda) => {
                let given = self.given(env, lambda, arguments);
                self.enter(env, (function, lambda), given, at)
            }
            Function::Partial(of, fixed) => {
                let mut rest = arguments.iter().cloned();
                let all: Vec<Argument<'_>> = fixed
                    .iter()
                    .filter_map(|argument| match argument {
                        Some(value) => Some(Argument::Made(value.clone(), at.clone())),
                        None => rest.next(),
                    })
                    .collect();
                self.apply(env, of, &all, at, want)
            }
            Function::Composed(first, second) => {
                let made = self.apply(env, first, arguments, at, Want::NOTHING);
                self.apply(env, second, &[Argument::Made(made, at.clone())], at, want)
            }
            Function::Partly(of) => self.apply(env, of, arguments, at, want),
            Function::Either(one, other) => {
                let values: Vec<Argument<'_>> = arguments
                    .iter()
                    .map(|argument| {
                        let value = self.argument(env, argument, Want::NOTHING);
                        Argument::Made(value, argument.range().clone())
                    })
                    .collect();
                let one = self.apply(env, one, &values, at, want);
                one.join(self.apply(env, other, &values, at, want))
            }
            Function::Pattern(_) => {
                for argument in arguments {
                    self.argument(env, argument, Want::if_any(crate::shape::Need::String));
                }
                Val::unknown(Reason::Lambda)
            }
            Function::Transform(transform) => {
                let Some(of) = arguments.first() else { return Val::nothing() };
                let of = self.argument(env, of, want.part(crate::shape::Need::Items));
                self.transform(env, transform, &of, want)
            }
        }
    }

    fn given(&mut self, env: &mut Env<'_>, lambda: &Lambda, arguments: &[Argument<'_>]) -> Vec<Val> {
        let asked = lambda.signature.as_deref().map(parameters).unwrap_or_default();
        arguments
            .iter()
            .enumerate()
            .map(|(place, argument)| {
                let want = asked.get(place).and_then(|parameter| parameter.need()).map(Want::if_any);
                self.argument(env, argument, want.unwrap_or(Want::NOTHING))
            })
            .collect()
    }

    fn enter(
        &mut self,
        env: &Env<'_>,
        (function, lambda): (&Rc<Function>, &Lambda),
        mut given: Vec<Val>,
        at: &Range<usize>,
    ) -> Val {
        given.resize(lambda.parameters.len(), Val::nothing());
        let id = Rc::as_ptr(function) as usize;
        let known = self.calls.frames.iter().find(|frame| frame.id == id).map(|frame| frame.given.clone());
        let known = known.unwrap_or_default();
        let mut before = known
            .iter()
            .zip(&given)
            .map(|(known, new)| self.without_again(env, &known.sym, &new.sym))
            .collect::<Vec<_>>()
            .into_iter();
        if let Some(frame) = self.calls.frames.iter_mut().find(|frame| frame.id == id) {
            frame.recursed = true;
            for (known, new) in frame.given.iter_mut().zip(given) {
                let new = match before.next() {
                    Some(sym) => Val { sym, ..new },
                    None => new,
                };
                let joined = known.clone().join(new);
                if !joined.is_as(known) {
                    frame.changed = true;
                    *known = joined;
                }
            }
            return frame.made.clone();
        }
        if self.calls.frames.len() >= MOST_CALLS {
            return Val::unknown(Reason::Lambda);
        }
        let made = Val::one(Sym::never());
        self.calls.frames.push(Frame { id, given, made, recursed: false, changed: false });
        let mark = self.report.as_ref().map(|report| (report.diagnostics.len(), report.obligations.len()));
        let mut value = self.body(env, lambda);
        if self.calls.frames.last().is_some_and(|frame| frame.recursed) {
            if let (Some(report), Some((diagnostics, obligations))) = (&mut self.report, mark) {
                report.diagnostics.truncate(diagnostics);
                report.obligations.truncate(obligations);
            }
            value = self.settled(env, lambda, value);
            self.has_way_out(env, lambda, &value, at);
        }
        self.calls.frames.pop();
        value
    }

    /// Returns the result of a function that calls itself.
    fn settled(&mut self, env: &Env<'_>, lambda: &Lambda, mut value: Val) -> Val {
        let report = self.report.take();
        for round in 0..MOST_ROUNDS {
            let Some(frame) = self.calls.frames.last_mut() else { break };
            let joined = frame.made.clone().join(value.clone());
            // The first that it gives changes nothing yet.
            let has_changed = !joined.is_as(&frame.made) && !frame.made.is_nowhere();
            let joined = if round >= EXACT_ROUNDS && has_changed { joined.outline(round) } else { joined };
            if !frame.changed && joined.is_as(&frame.made) {
                value = joined;
                break;
            }
            if round >= EXACT_ROUNDS && frame.changed {
                for given in &mut frame.given {
                    *given = given.clone().outline(round);
                }
            }
            frame.changed = false;
            frame.made = joined;
            value = self.body(env, lambda);
            if round + 1 == MOST_ROUNDS {
                value = Val::unknown(Reason::Lambda);
                if let Some(frame) = self.calls.frames.last_mut() {
                    frame.made = value.clone();
                }
            }
        }
        self.report = report;
        if self.report.is_some() {
            self.body(env, lambda);
        }
        value
    }

    /// Reports a function that calls itself on every way through it.
    fn has_way_out(&mut self, env: &Env<'_>, lambda: &Lambda, value: &Val, at: &Range<usize>) {
        let is_reached = self.calls.frames.last().is_some_and(|frame| {
            frame.given.iter().all(|given| !given.is_nowhere()) && env.site.input != Sym::never()
        });
        // An error of its own is a way out.
        if is_reached && value.is_nowhere() && !raises(&lambda.body) {
            let message = "the function calls itself whatever it is given, without an end".to_owned();
            let help = "give it a case that does not: `function($n) { $n > 0 ? $f($n - 1) : … }`".to_owned();
            self.wrong(&env.reading(at), Code::WrongType, message, Some(help));
        }
    }

    fn body(&mut self, env: &Env<'_>, lambda: &Lambda) -> Val {
        let Some(frame) = self.calls.frames.last() else { return Val::unknown(Reason::Lambda) };
        let parameters = lambda.parameters.iter().cloned().zip(frame.given.iter().cloned());
        let sees = |name: &String| lambda.locals.iter().any(|(local, _)| local == name);
        let later = env.locals.iter().filter(|(name, _)| lambda.later.contains(name) && !sees(name));
        let locals = later.chain(&lambda.locals).cloned().chain(parameters).collect();
        let mut inside = Env {
            locals,
            context: lambda.context.clone(),
            ancestors: Vec::new(),
            present: lambda.present(),
            later: lambda.later.clone(),
            ..env.clone()
        };
        self.evaluate(&mut inside, &lambda.body, Want::NOTHING)
    }

    /// The function that a value is; what is none is reported.
    pub(super) fn callable(
        &mut self,
        env: &Env<'_>,
        value: &Val,
        at: &Range<usize>,
        help: &str,
    ) -> Option<Rc<Function>> {
        if let Some(function) = &value.function {
            if value.absent || value.many || function.is_partial() {
                let message = "it is a function on some ways only".to_owned();
                let help = "make it one on every way: `condition ? $f : $g`".to_owned();
                self.may_be_wrong(&env.reading(at), Code::WrongType, message, Some(help));
            }
            return Some(Rc::clone(function));
        }
        if let Sym::Unknown(reason) = value.sym {
            self.cannot_tell(&env.reading(at), reason);
            return None;
        }
        // What is declared to be anything is JSON still, which no function is.
        let is_gone = value.is_nothing() || value.sym == Sym::Reported && value.absent;
        if (value.sym != Sym::Reported || is_gone) && !value.is_nowhere() {
            let found = if is_gone { "nothing".to_owned() } else { value.sym.words() };
            let message = format!("expected a function, found {found}");
            self.wrong(&env.reading(at), Code::WrongType, message, Some(help.to_owned()));
        }
        None
    }
}

/// Whether an error of its own is somewhere in an expression.
fn raises(expression: &Expression) -> bool {
    matches!(&expression.kind, Kind::Variable(name) if matches!(name.as_str(), "error" | "assert"))
        || expression.parts().into_iter().any(raises)
}
