//! The built-in functions.

mod array;
mod encoding;
mod higher_order;
mod matcher;
mod number;
mod object;
mod replace;
mod signature;
mod step_functions;
mod string;
mod time;

use std::sync::LazyLock;

use stepfn_core::jsonata;

pub(crate) use self::signature::Signature;
use crate::{
    eval::{Evaluator, Scope},
    value::{Res, Val},
};

/// The set of functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Step Functions: no `$eval`, but `$partition`, `$range`, `$hash`, `$random` with a seed, `$uuid` and `$parse`.
    #[default]
    StepFunctions,
    /// The reference implementation, jsonata-js 2.0.6, with `$eval`.
    Reference,
}

impl Mode {
    pub(crate) fn has_eval(self) -> bool {
        self == Self::Reference
    }
}

type Implementation = for<'a, 'e> fn(&'e Evaluator<'a>, &'e [Val<'a>], &'e Scope<'a>) -> Res<'a>;

/// A function of core's table, or one that only the reference has.
#[derive(Clone, Copy)]
struct Spec {
    name: &'static str,
    /// The signature, where the function is none of Step Functions.
    signature: Option<&'static str>,
    /// The number of parameters of the reference's function, which those that call it look at.
    arity: usize,
    /// The mode that it is for, where it is not for both.
    mode: Option<Mode>,
    call: Implementation,
}

/// A built-in function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Builtin(usize);

impl Builtin {
    pub(crate) fn of(name: &str, mode: Mode) -> Option<Self> {
        let is_it = |spec: &Spec| spec.name == name && spec.mode.is_none_or(|only| only == mode);
        SPECS.iter().position(is_it).map(Self)
    }

    fn spec(self) -> &'static Spec {
        // Numbers are made of places in the table alone.
        &SPECS[self.0]
    }

    pub(crate) fn name(self) -> &'static str {
        self.spec().name
    }

    /// Returns `true` if the context comes behind its arguments: `$eval` goes on in it.
    pub(crate) fn takes_context(self) -> bool {
        self.spec().name == "eval"
    }

    pub(crate) fn arity(self) -> usize {
        self.spec().arity
    }

    pub(crate) fn signature(self) -> &'static Signature {
        static SIGNATURES: LazyLock<Vec<Signature>> =
            LazyLock::new(|| SPECS.iter().map(Spec::signature).collect());
        &SIGNATURES[self.0]
    }

    pub(crate) fn call<'a>(
        self,
        evaluator: &Evaluator<'a>,
        arguments: &[Val<'a>],
        frame: &Scope<'a>,
    ) -> Res<'a> {
        (self.spec().call)(evaluator, arguments, frame)
    }
}

/// The signature of what `|…|…|` makes.
pub(crate) fn transform_signature() -> &'static Signature {
    static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::read("<(oa):o>"));
    &SIGNATURE
}

/// An argument; undefined where there is none.
fn argument<'a>(arguments: &[Val<'a>], index: usize) -> Val<'a> {
    arguments.get(index).cloned().unwrap_or_default()
}

impl Spec {
    fn signature(&self) -> Signature {
        let known = || jsonata::function(self.name).map(|function| function.signature);
        Signature::read(self.signature.or_else(known).unwrap_or("<>"))
    }
}

const fn both(name: &'static str, arity: usize, call: Implementation) -> Spec {
    Spec { name, signature: None, arity, mode: None, call }
}

const fn aws(name: &'static str, arity: usize, call: Implementation) -> Spec {
    Spec { name, signature: None, arity, mode: Some(Mode::StepFunctions), call }
}

const fn js(name: &'static str, signature: &'static str, arity: usize, call: Implementation) -> Spec {
    Spec { name, signature: Some(signature), arity, mode: Some(Mode::Reference), call }
}

const SPECS: &[Spec] = &[
    both("sum", 1, number::sum),
    both("count", 1, array::count),
    both("max", 1, number::max),
    both("min", 1, number::min),
    both("average", 1, number::average),
    both("string", 1, string::string),
    both("substring", 3, string::substring),
    both("substringBefore", 2, string::substring_before),
    both("substringAfter", 2, string::substring_after),
    both("lowercase", 1, string::lowercase),
    both("uppercase", 1, string::uppercase),
    both("length", 1, string::length),
    both("trim", 1, string::trim),
    both("pad", 3, string::pad),
    both("match", 3, matcher::find),
    both("contains", 2, matcher::contains),
    both("replace", 4, replace::replace),
    both("split", 3, matcher::split),
    both("join", 2, string::join),
    both("formatNumber", 3, number::format_number),
    both("formatBase", 2, number::format_base),
    both("formatInteger", 2, time::format_integer),
    both("parseInteger", 2, time::parse_integer),
    both("number", 1, number::number),
    both("floor", 1, number::floor),
    both("ceil", 1, number::ceil),
    both("round", 2, number::round),
    both("abs", 1, number::abs),
    both("sqrt", 1, number::sqrt),
    both("power", 2, number::power),
    js("random", "<:n>", 0, step_functions::random),
    aws("random", 1, step_functions::random),
    both("boolean", 1, object::boolean),
    both("not", 1, object::not),
    both("map", 2, higher_order::map),
    both("zip", 0, array::zip),
    both("filter", 2, higher_order::filter),
    both("single", 2, higher_order::single),
    both("reduce", 3, higher_order::reduce),
    both("sift", 2, higher_order::sift),
    both("keys", 1, object::keys),
    both("lookup", 2, object::lookup),
    both("append", 2, array::append),
    both("exists", 1, object::exists),
    both("spread", 1, object::spread),
    both("merge", 1, object::merge),
    both("reverse", 1, array::reverse),
    both("each", 2, higher_order::each),
    both("error", 1, object::error),
    both("assert", 2, object::assert),
    both("type", 1, object::kind),
    both("sort", 2, array::sort),
    both("shuffle", 1, array::shuffle),
    both("distinct", 1, array::distinct),
    both("base64encode", 1, encoding::base64_encode),
    both("base64decode", 1, encoding::base64_decode),
    both("encodeUrlComponent", 1, encoding::encode_component),
    both("encodeUrl", 1, encoding::encode_url),
    both("decodeUrlComponent", 1, encoding::decode_component),
    both("decodeUrl", 1, encoding::decode_url),
    js("eval", "<sx?:x>", 2, object::evaluate),
    both("toMillis", 2, time::to_millis),
    both("fromMillis", 3, time::from_millis),
    both("clone", 1, object::clone),
    both("now", 2, time::now),
    both("millis", 0, time::millis),
    aws("partition", 2, step_functions::partition),
    aws("range", 3, step_functions::range),
    aws("hash", 2, step_functions::hash),
    aws("uuid", 0, step_functions::uuid),
    aws("parse", 1, step_functions::parse),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_functions_has_what_core_knows() {
        for function in jsonata::functions() {
            assert!(Builtin::of(function.name, Mode::StepFunctions).is_some(), "{}", function.name);
        }
        for spec in SPECS {
            // Core's table has the signature of each but those of the reference alone.
            assert_eq!(spec.signature.is_some(), spec.mode == Some(Mode::Reference), "{}", spec.name);
            assert!(spec.signature.is_some() || jsonata::function(spec.name).is_some(), "{}", spec.name);
        }
        assert!(Builtin::of("eval", Mode::StepFunctions).is_none());
        assert!(Builtin::of("partition", Mode::Reference).is_none());
    }
}
