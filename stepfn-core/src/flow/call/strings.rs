//! Functions of strings and times.

use std::ops::Range;

use super::{
    super::{
        Analyser,
        expression::{Env, Val, Want},
        value::Sym,
    },
    Argument, Call, MOST_MILLIS,
};
use crate::{
    diagnostic::Code,
    shape::{Bounds, Need},
};

impl Analyser<'_> {
    pub(super) fn of_strings(&mut self, env: &mut Env<'_>, call: &Call<'_, '_>) -> Option<Val> {
        let want = call.want;
        let optional = |analyser: &mut Self, env: &mut Env<'_>, place: usize, need: Need<'static>| {
            call.arguments.get(place).map(|argument| {
                let value = analyser.argument(env, argument, Want::if_any(need));
                analyser.is_taken(&env.reading(argument.range()), call.name, place, &value.sym);
                value
            })
        };
        Some(match call.name {
            "match" => {
                let (first, others) = call.arguments.split_first()?;
                let of = self.argument(env, first, want.part(Need::String));
                let mut made = match_object(true);
                if let Some(pattern) = others.first() {
                    let value = self.argument(env, pattern, Want::NOTHING);
                    self.callable(env, &value, pattern.range(), "write a regular expression: `/…/`");
                    self.matches(env, &value, pattern.range());
                    made = match_object(has_sure_groups(&value));
                }
                optional(self, env, 2, Need::Number);
                Val::many(made).of_parts([&of], want)
            }
            "replace" => {
                let [first, pattern, replacement, ..] = call.arguments else { return None };
                let of = self.argument(env, first, want.part(Need::String));
                let value = self.argument(env, pattern, Want::NOTHING);
                self.matches(env, &value, pattern.range());
                if value.function.is_none() {
                    self.require(&env.reading(pattern.range()), &value, Want::of(Need::String));
                    if value.sym == Sym::text("") {
                        let message = "nothing can be put in the place of an empty string".to_owned();
                        self.wrong(&env.reading(pattern.range()), Code::WrongType, message, None);
                    }
                }
                self.replacement(env, &value, replacement);
                optional(self, env, 3, Need::Number);
                Val::one(Sym::String).of_parts([&of], want)
            }
            "toMillis" => {
                let of = self.argument(env, call.arguments.first()?, want.part(Need::String));
                let picture = optional(self, env, 1, Need::String);
                let made = Val::one(Sym::Whole(Bounds { min: -MOST_MILLIS, max: MOST_MILLIS }));
                // A string that does not match the picture is no time.
                let made = if picture.is_some() { made.maybe() } else { made };
                made.of_parts([&of], want)
            }
            "fromMillis" => {
                let of = self.argument(env, call.arguments.first()?, want.part(Need::Number));
                let picture = optional(self, env, 1, Need::String);
                optional(self, env, 2, Need::String);
                let made = if picture.is_some() { Sym::String } else { Sym::Timestamp };
                Val::one(made).of_parts([&of], want)
            }
            "now" => {
                let picture = optional(self, env, 0, Need::String);
                optional(self, env, 1, Need::String);
                Val::one(if picture.is_some() { Sym::String } else { Sym::Timestamp })
            }
            "parseInteger" => {
                let [first, picture] = call.arguments else { return None };
                let of = self.argument(env, first, want.part(Need::String));
                self.argument(env, picture, Want::of(Need::String));
                Val::one(Sym::whole()).of_parts([&of], want)
            }
            _ => return None,
        })
    }

    /// Demands of a function in place of a regular expression that it is one: any other would have to give the same result, which no type
    /// promises.
    pub(super) fn matches(&mut self, env: &Env<'_>, value: &Val, at: &Range<usize>) {
        let is_other = value.function.as_ref().is_some_and(|function| !function.is_pattern());
        if is_other && self.typing.proven {
            let message = "it is a function, and no regular expression".to_owned();
            self.wrong(&env.reading(at), Code::WrongType, message, Some("write one: `/…/`".to_owned()));
        }
    }

    /// Evaluates the replacement of `$replace`: a string, or a function that makes one of a match of a regular expression.
    fn replacement(&mut self, env: &mut Env<'_>, pattern: &Val, argument: &Argument<'_>) {
        let value = self.argument(env, argument, Want::NOTHING);
        let at = argument.range();
        match &value.function {
            Some(_)
                if pattern.function.is_none() && !matches!(pattern.sym, Sym::Reported | Sym::Unknown(_)) =>
            {
                let message =
                    "a function replaces what a regular expression finds, and not a string".to_owned();
                let help = "write the pattern as one: `/…/`".to_owned();
                self.wrong(&env.reading(at), Code::WrongType, message, Some(help));
            }
            Some(function) => {
                let found = Argument::Made(Val::one(match_object(has_sure_groups(pattern))), at.clone());
                let made = self.apply(env, function, &[found], at, Want::of(Need::String));
                self.require(&env.reading(at), &made, Want::of(Need::String));
            }
            None => self.require(&env.reading(at), &value, Want::of(Need::String)),
        }
    }
}

fn has_sure_groups(pattern: &Val) -> bool {
    pattern.function.as_ref().is_some_and(|function| function.has_sure_groups())
}

/// A match. A group that took no part in it is null.
fn match_object(sure: bool) -> Sym {
    let groups = Sym::array(if sure { Sym::String } else { Sym::union([Sym::String, Sym::Null]) });
    Sym::object([("match", Sym::String), ("index", Sym::count()), ("groups", groups)])
}
