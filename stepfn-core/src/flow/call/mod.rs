//! The requirements of JSONata's functions on their arguments, and their results.

mod amounts;
mod arrays;
mod higher;
mod numbers;
pub(super) mod objects;
mod signature;
mod strings;

use std::ops::Range;

use self::signature::Parameter;
pub(super) use self::signature::parameters;
use super::{
    Analyser, OwnedNeed,
    expression::{Env, Val, Want},
    function::Function,
    origin::{Origin, Reason},
    site::Reading,
    value::Sym,
};
use crate::{
    diagnostic::{Code, list},
    intrinsic::ALGORITHMS,
    jsonata::{self, Expression, ExpressionKind as Kind},
    shape::{Bounds, Need},
};

/// The milliseconds of the last moment that a timestamp can name.
const MOST_MILLIS: i128 = 8_640_000_000_000_000;

/// An argument: as it is written, or a value that was made of something else.
#[derive(Clone)]
pub(super) enum Argument<'e> {
    Written(&'e Expression),
    Made(Val, Range<usize>),
}

impl Argument<'_> {
    pub(super) fn range(&self) -> &Range<usize> {
        match self {
            Self::Written(expression) => &expression.range,
            Self::Made(_, range) => range,
        }
    }

    /// The expression, where it is written here.
    fn written(&self) -> Option<&Expression> {
        match self {
            Self::Written(expression) => Some(expression),
            Self::Made(..) => None,
        }
    }
}

/// The result of a call where an argument comes to nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// The call comes to nothing itself.
    Nothing,
    /// The call fails.
    Fails,
    /// The call has a result all the same.
    Accepted,
}

/// A call of a built-in function.
pub(super) struct Call<'c, 'e> {
    pub(super) name: &'static str,
    pub(super) arguments: &'c [Argument<'e>],
    /// The range of the call.
    pub(super) at: &'c Range<usize>,
    pub(super) want: Want,
}

impl Analyser<'_> {
    /// The value of an argument, of which something is asked.
    pub(super) fn argument(&mut self, env: &mut Env<'_>, argument: &Argument<'_>, want: Want) -> Val {
        match argument {
            Argument::Written(expression) => self.evaluate(env, expression, want),
            Argument::Made(value, range) => {
                self.require(&env.reading(range), value, want);
                value.clone()
            }
        }
    }

    /// The value of an argument that is gone through or handed on: a function among data is no longer followed.
    pub(super) fn data(&mut self, env: &mut Env<'_>, argument: &Argument<'_>, want: Want) -> Val {
        let value = self.argument(env, argument, want);
        self.as_data(env, value, argument.range())
    }

    /// The value of an argument that is gone through: one, or several, of which there must be one at least where something must come.
    fn several(&mut self, env: &mut Env<'_>, argument: &Argument<'_>, want: Want) -> Val {
        let asked = Want { many: true, ..want.part(Need::Value) };
        let value = self.data(env, argument, asked);
        if !want.defined || value.function.is_some() {
            return value;
        }
        let reading = env.reading(argument.range());
        if value.many || value.absent {
            self.require(&reading, &value, want.part(Need::Value));
        }
        for (leaf, need) in &value.over {
            let need = if *need == Need::Single { Need::Some } else { *need };
            self.claim_path(leaf, &[], &OwnedNeed::Other(need), &reading);
        }
        value
    }

    /// The same of a value that is there already.
    pub(super) fn as_data(&mut self, env: &Env<'_>, value: Val, at: &Range<usize>) -> Val {
        if value.function.is_none() {
            return value;
        }
        self.cannot_tell(&env.reading(at), Reason::Lambda);
        Val::reported()
    }

    /// An argument of which is asked whether it is there: that it may not be is no fault, but what fails on the way to it is.
    fn asked_for(&mut self, env: &mut Env<'_>, argument: &Argument<'_>) {
        let mark = self.report.as_ref().map(|report| (report.diagnostics.len(), report.obligations.len()));
        self.argument(env, argument, Want::NOTHING);
        let (Some(report), Some((diagnostics, obligations))) = (&mut self.report, mark) else { return };
        if argument.written().is_none_or(only_leads) {
            report.diagnostics.truncate(diagnostics);
            report.obligations.truncate(obligations);
            return;
        }
        let mut new = report.diagnostics.split_off(diagnostics);
        new.retain(|diagnostic| !matches!(diagnostic.code, Code::NoSuchField | Code::UnassignedVariable));
        report.diagnostics.append(&mut new);
        let mut new = report.obligations.split_off(obligations);
        new.retain(|obligation| !obligation.asks_only_for_presence());
        report.obligations.append(&mut new);
    }

    /// A call as it is written.
    pub(super) fn function(
        &mut self,
        env: &mut Env<'_>,
        function: &Expression,
        arguments: &[Argument<'_>],
        at: &Range<usize>,
        want: Want,
    ) -> Val {
        let callee = self.callee(env, function);
        let help = "write the name of a function, or one of its own: `function($v) { … }`";
        let Some(callee) = self.callable(env, &callee, &function.range, help) else {
            for argument in arguments {
                self.argument(env, argument, Want::NOTHING);
            }
            // A called value that is no function was reported, or cannot be known.
            return if callee.sym.is_anything() { Val::reported() } else { Val::unknown(Reason::Lambda) };
        };
        let is_open = |argument: &Argument<'_>| {
            argument.written().is_some_and(|argument| matches!(argument.kind, Kind::Placeholder))
        };
        if arguments.iter().any(is_open) {
            let given = arguments
                .iter()
                .map(|argument| match is_open(argument) {
                    true => None,
                    false => Some(self.argument(env, argument, Want::NOTHING)),
                })
                .collect();
            return Val::function(Function::Partial(callee, given));
        }
        self.apply(env, &callee, arguments, at, want)
    }

    /// Evaluates what is called. It must be there, even where it is asked whether the whole is.
    fn called(&mut self, env: &mut Env<'_>, function: &Expression) -> Val {
        let before = self.report.as_ref().map_or(0, |report| report.diagnostics.len());
        let called = self.evaluate(env, function, Want::NOTHING);
        let new = self.report.iter_mut().flat_map(|report| report.diagnostics.iter_mut().skip(before));
        new.filter(|new| new.code == Code::NoSuchField).for_each(|new| new.code = Code::WrongType);
        called
    }

    /// Returns the called function. A variable of the machine hides the function of its name.
    fn callee(&mut self, env: &mut Env<'_>, function: &Expression) -> Val {
        let Kind::Variable(name) = &function.kind else {
            return self.called(env, function);
        };
        if let Some(local) = env.local(name) {
            return local.clone();
        }
        match jsonata::function(name) {
            Some(known) if !env.site.variables.contains_key(name.as_str()) => {
                Val::function(Function::BuiltIn(known))
            }
            Some(_) => {
                let message = format!("the machine's variable `${name}` hides the function of this name");
                let help = "give the variable another name in the `Assign` that makes it".to_owned();
                self.wrong(&env.reading(&function.range), Code::WrongType, message, Some(help));
                Val::reported()
            }
            // That there is none is reported where all functions are. The context is no function's name.
            None if !env.site.variables.contains_key(name.as_str()) && !matches!(name.as_str(), "" | "$") => {
                Val::reported()
            }
            None => self.evaluate(env, function, Want::NOTHING),
        }
    }

    /// `left ~> right`: a call, or a function of two.
    pub(super) fn chain(
        &mut self,
        env: &mut Env<'_>,
        left: &Expression,
        right: &Expression,
        want: Want,
    ) -> Val {
        let at = left.range.start..right.range.end;
        if let Kind::Call { function, arguments } = &right.kind
            && !arguments.iter().any(|argument| matches!(argument.kind, Kind::Placeholder))
        {
            let all: Vec<Argument<'_>> =
                std::iter::once(left).chain(arguments).map(Argument::Written).collect();
            return self.function(env, function, &all, &at, want);
        }
        let next = match &right.kind {
            // Only the functions of calls are looked up where all functions are.
            Kind::Variable(name) if env.local(name).is_some() || jsonata::function(name).is_some() => {
                self.callee(env, right)
            }
            _ => self.called(env, right),
        };
        let help = "put the part before it in parentheses: `(… ~> $f()) …`";
        let Some(next) = self.callable(env, &next, &right.range, help) else {
            self.evaluate(env, left, Want::NOTHING);
            return if next.sym.is_anything() { Val::reported() } else { Val::unknown(Reason::Lambda) };
        };
        let may_be_function =
            matches!(left.kind, Kind::Variable(_) | Kind::Lambda { .. } | Kind::Block(_) | Kind::Call { .. })
                || matches!(left.kind, Kind::Regex { .. } | Kind::Transform { .. } | Kind::Binary { .. });
        if !may_be_function {
            return self.apply(env, &next, &[Argument::Written(left)], &at, want);
        }
        let first = match &left.kind {
            Kind::Variable(name) if jsonata::function(name).is_some() => self.callee(env, left),
            _ => self.evaluate(env, left, Want::NOTHING),
        };
        match &first.function {
            Some(function) => Val::function(Function::Composed(std::rc::Rc::clone(function), next)),
            None => self.apply(env, &next, &[Argument::Made(first, left.range.clone())], &at, want),
        }
    }

    /// A call of a built-in function. Most functions of nothing come to nothing.
    pub(super) fn built_in(
        &mut self,
        env: &mut Env<'_>,
        known: &'static jsonata::Function,
        arguments: &[Argument<'_>],
        at: &Range<usize>,
        want: Want,
    ) -> Val {
        let parameters = parameters(known.signature);
        // The context takes the place of a first argument that is left out.
        let needed = parameters.iter().filter(|parameter| !parameter.optional).count();
        let with_context: Vec<Argument<'_>>;
        let arguments = match parameters.first() {
            Some(first) if first.context && arguments.len() < needed => {
                let context = env.context.clone().unwrap_or_else(Val::nothing);
                if !self.is_fit_context(env, known.name, &context, *first, at) {
                    return Val::reported();
                }
                let context = Argument::Made(context, at.clone());
                with_context = std::iter::once(context).chain(arguments.iter().cloned()).collect();
                &with_context[..]
            }
            _ => arguments,
        };
        // One too many that is written is reported where all calls are.
        if arguments.len() > parameters.len()
            && !known.signature.contains('+')
            && let Some(Argument::Made(_, range)) = arguments.get(parameters.len())
        {
            let message = format!("`${}` takes at most {} arguments", known.name, parameters.len());
            let help =
                "write a function that takes as many as it is given: `function($a, $b) { … }`".to_owned();
            self.wrong(&env.reading(range), Code::WrongType, message, Some(help));
            return Val::reported();
        }
        let call = Call { name: known.name, arguments, at, want };
        let special = match known.name {
            "map" | "filter" | "single" | "reduce" | "sort" | "each" | "sift" => {
                self.goes_through(env, &call)
            }
            "append" | "reverse" | "shuffle" | "distinct" | "zip" | "partition" | "range" | "join" => {
                self.of_arrays(env, &call)
            }
            "keys" | "lookup" | "merge" | "spread" | "clone" => self.of_objects(env, &call),
            "sum" | "max" | "min" | "average" | "abs" | "floor" | "ceil" | "round" | "power" => {
                self.of_numbers(env, &call)
            }
            "match" | "replace" | "toMillis" | "fromMillis" | "now" | "parseInteger" => {
                self.of_strings(env, &call)
            }
            "exists" => {
                for argument in arguments {
                    self.asked_for(env, argument);
                }
                Some(Val::one(Sym::Boolean))
            }
            _ => None,
        };
        special.unwrap_or_else(|| self.by_signature(env, &call, known.signature, &parameters))
    }

    /// Returns `true` if the context can take the place of an argument that is left out. Unlike an argument it must be there.
    fn is_fit_context(
        &mut self,
        env: &Env<'_>,
        name: &str,
        context: &Val,
        parameter: Parameter,
        at: &Range<usize>,
    ) -> bool {
        if context.is_nothing() {
            let message =
                format!("`${name}` lacks an argument, and there is no context here to take its place");
            let help = format!("write what it is of: `${name}($states.input.…)`");
            self.wrong(&env.reading(at), Code::WrongType, message, Some(help));
            return false;
        }
        if context.function.is_none() {
            self.require(&env.reading(at), context, Want::of(parameter.need().unwrap_or(Need::Value)));
        }
        true
    }

    /// Evaluates a call of a function by its signature.
    fn by_signature(
        &mut self,
        env: &mut Env<'_>,
        call: &Call<'_, '_>,
        signature: &str,
        parameters: &[Parameter],
    ) -> Val {
        let values = self.checked_arguments(env, call, parameters);
        if call.name == "hash" {
            // Without an algorithm it comes to nothing.
            let (Some(algorithm), Some(argument)) = (values.get(1), call.arguments.get(1)) else {
                return Val::nothing();
            };
            self.known_algorithm(&env.reading(argument.range()), &algorithm.sym);
        }
        let propagates = call
            .arguments
            .iter()
            .enumerate()
            .filter(|(place, _)| {
                parameters.get(*place).is_some_and(|parameter| {
                    when_missing(call.name, *place, parameter.optional) == Missing::Nothing
                })
            })
            .filter_map(|(place, _)| values.get(place));
        let mut made = gives(call.name, signature);
        // A text that is parted where there is something has one part at least.
        made.some = call.name == "split"
            && values.len() == 2
            && values.get(1).is_some_and(|by| match &by.sym {
                Sym::Text(by) => !by.is_empty(),
                _ => by.function.as_ref().is_some_and(|function| function.is_pattern()),
            });
        made.of_parts(propagates, call.want)
    }

    /// Reports the name of a hash algorithm that there is not, where it is known.
    fn known_algorithm(&mut self, reading: &Reading<'_>, name: &Sym) {
        let Sym::Text(name) = name else { return };
        if ALGORITHMS.contains(&&**name) {
            return;
        }
        let help = format!("the algorithms are {}", list(ALGORITHMS));
        self.wrong(reading, Code::WrongType, format!("`{name}` is no hash algorithm"), Some(help));
    }

    /// Evaluates all arguments of a call, with the requirements of their parameters.
    fn checked_arguments(
        &mut self,
        env: &mut Env<'_>,
        call: &Call<'_, '_>,
        parameters: &[Parameter],
    ) -> Vec<Val> {
        let all = call.arguments.iter().enumerate();
        all.map(|(place, argument)| match parameters.get(place) {
            Some(parameter) => self.by_parameter(env, call, place, argument, *parameter),
            // One too many is reported with the others that are.
            None => self.argument(env, argument, Want::NOTHING),
        })
        .collect()
    }

    fn by_parameter(
        &mut self,
        env: &mut Env<'_>,
        call: &Call<'_, '_>,
        place: usize,
        argument: &Argument<'_>,
        parameter: Parameter,
    ) -> Val {
        let need = parameter.need().unwrap_or(Need::Value);
        let want = match when_missing(call.name, place, parameter.optional) {
            Missing::Nothing => call.want.part(need),
            Missing::Fails => Want::of(need),
            Missing::Accepted if parameter.takes_array() => Want { many: true, ..Want::if_any(need) },
            Missing::Accepted => Want::if_any(need),
        };
        if parameter.takes_function() {
            let value = self.argument(env, argument, Want::NOTHING);
            // Where a text will do as well, the function is a regular expression.
            if need == Need::String {
                self.matches(env, &value, argument.range());
            }
            if value.function.is_none() {
                if need == Need::Value {
                    let help = "write one: `function($v) { … }`";
                    self.callable(env, &value, argument.range(), help);
                } else {
                    self.require(&env.reading(argument.range()), &value, want);
                }
            }
            return value;
        }
        let value = self.argument(env, argument, want);
        self.is_taken(&env.reading(argument.range()), call.name, place, &value.sym);
        if let Some(item) = parameter.item_need() {
            let items = Val::one(value.items());
            self.require(&env.reading(argument.range()), &items, Want::if_any(item));
        }
        value
    }
}

/// Returns `true` if an expression does nothing but lead to a value.
fn only_leads(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Path(steps) => steps.iter().all(only_leads),
        Kind::KeepArray(of) => only_leads(of),
        Kind::Variable(_) | Kind::Name(_) | Kind::String(_) | Kind::Wildcard | Kind::Descendant => true,
        _ => false,
    }
}

/// Returns the result of a call of a function where the argument at a place comes to nothing: as jsonata 2.0.6 answers.
fn when_missing(name: &str, place: usize, optional: bool) -> Missing {
    match (name, place) {
        ("count" | "exists" | "zip" | "append" | "error" | "now" | "random", _) => Missing::Accepted,
        ("assert", 0)
        | ("contains" | "formatInteger" | "formatNumber" | "parseInteger" | "power" | "split" | "match", 1)
        | ("replace", 1 | 2) => Missing::Fails,
        // Those of Step Functions come to nothing: recorded.
        ("range" | "partition" | "hash", _) => Missing::Nothing,
        ("substringAfter" | "substringBefore" | "pad" | "substring", 1) => Missing::Accepted,
        _ if optional => Missing::Accepted,
        _ => Missing::Nothing,
    }
}

/// Returns the result of a function, by the end of its signature and the facts beyond it.
fn gives(name: &str, signature: &str) -> Val {
    Val::one(match name {
        "count" | "length" => Sym::count(),
        "millis" => Sym::Whole(Bounds { min: 0, max: MOST_MILLIS }),
        "split" => Sym::array(Sym::String),
        // What holds comes to nothing.
        "assert" => return Val::nothing(),
        // It ends here.
        "error" => Sym::never(),
        "parse" => Sym::Any(Origin::text()),
        _ => match signature.rsplit_once(':').map(|(_, gives)| gives.trim_end_matches('>')) {
            Some("s") => Sym::String,
            Some("n") => Sym::Number,
            Some("b") => Sym::Boolean,
            _ => Sym::Unknown(Reason::Function),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_a_result() {
        const OWN: [&str; 34] = [
            "map",
            "filter",
            "single",
            "reduce",
            "sort",
            "each",
            "sift",
            "append",
            "reverse",
            "shuffle",
            "distinct",
            "zip",
            "partition",
            "range",
            "join",
            "keys",
            "lookup",
            "merge",
            "spread",
            "clone",
            "sum",
            "max",
            "min",
            "average",
            "abs",
            "floor",
            "ceil",
            "round",
            "power",
            "match",
            "replace",
            "toMillis",
            "fromMillis",
            "now",
        ];
        for function in jsonata::functions() {
            if OWN.contains(&function.name) {
                continue;
            }
            let made = gives(function.name, function.signature);
            assert!(!matches!(made.sym, Sym::Unknown(_)), "${} has no result", function.name);
        }
    }

    #[test]
    fn every_parameter_is_checked_or_takes_everything() {
        for function in jsonata::functions() {
            for (place, parameter) in parameters(function.signature).iter().enumerate() {
                let checked = parameter.need().is_some() || parameter.takes_function();
                assert!(
                    checked || parameter.takes_array() || parameter.takes_everything(),
                    "${}: nothing is asked of argument {}",
                    function.name,
                    place + 1,
                );
            }
        }
    }
}
