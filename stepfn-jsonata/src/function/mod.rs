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

use std::{rc::Rc, sync::LazyLock};

pub(crate) use self::signature::Signature;
use crate::{
    eval::{Evaluator, Frame},
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

type Implementation = for<'a, 'e> fn(&'e Evaluator<'a>, &'e [Val<'a>], &'e Rc<Frame<'a>>) -> Res<'a>;

#[derive(Clone, Copy)]
struct Spec {
    name: &'static str,
    signature: &'static str,
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
            LazyLock::new(|| SPECS.iter().map(|spec| Signature::parse(spec.signature)).collect());
        &SIGNATURES[self.0]
    }

    pub(crate) fn call<'a>(
        self,
        evaluator: &Evaluator<'a>,
        arguments: &[Val<'a>],
        frame: &Rc<Frame<'a>>,
    ) -> Res<'a> {
        (self.spec().call)(evaluator, arguments, frame)
    }
}

/// The signature of what `|…|…|` makes.
pub(crate) fn transform_signature() -> &'static Signature {
    static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::parse("<(oa):o>"));
    &SIGNATURE
}

/// An argument; undefined where there is none.
fn argument<'a>(arguments: &[Val<'a>], index: usize) -> Val<'a> {
    arguments.get(index).cloned().unwrap_or_default()
}

const fn both(name: &'static str, signature: &'static str, arity: usize, call: Implementation) -> Spec {
    Spec { name, signature, arity, mode: None, call }
}

const fn aws(name: &'static str, signature: &'static str, arity: usize, call: Implementation) -> Spec {
    Spec { name, signature, arity, mode: Some(Mode::StepFunctions), call }
}

const fn js(name: &'static str, signature: &'static str, arity: usize, call: Implementation) -> Spec {
    Spec { name, signature, arity, mode: Some(Mode::Reference), call }
}

const SPECS: &[Spec] = &[
    both("sum", "<a<n>:n>", 1, number::sum),
    both("count", "<a:n>", 1, array::count),
    both("max", "<a<n>:n>", 1, number::max),
    both("min", "<a<n>:n>", 1, number::min),
    both("average", "<a<n>:n>", 1, number::average),
    both("string", "<x-b?:s>", 1, string::string),
    both("substring", "<s-nn?:s>", 3, string::substring),
    both("substringBefore", "<s-s:s>", 2, string::substring_before),
    both("substringAfter", "<s-s:s>", 2, string::substring_after),
    both("lowercase", "<s-:s>", 1, string::lowercase),
    both("uppercase", "<s-:s>", 1, string::uppercase),
    both("length", "<s-:n>", 1, string::length),
    both("trim", "<s-:s>", 1, string::trim),
    both("pad", "<s-ns?:s>", 3, string::pad),
    both("match", "<s-f<s:o>n?:a<o>>", 3, matcher::find),
    both("contains", "<s-(sf):b>", 2, matcher::contains),
    both("replace", "<s-(sf)(sf)n?:s>", 4, replace::replace),
    both("split", "<s-(sf)n?:a<s>>", 3, matcher::split),
    both("join", "<a<s>s?:s>", 2, string::join),
    both("formatNumber", "<n-so?:s>", 3, number::format_number),
    both("formatBase", "<n-n?:s>", 2, number::format_base),
    both("formatInteger", "<n-s:s>", 2, time::format_integer),
    both("parseInteger", "<s-s:n>", 2, time::parse_integer),
    both("number", "<(nsb)-:n>", 1, number::number),
    both("floor", "<n-:n>", 1, number::floor),
    both("ceil", "<n-:n>", 1, number::ceil),
    both("round", "<n-n?:n>", 2, number::round),
    both("abs", "<n-:n>", 1, number::abs),
    both("sqrt", "<n-:n>", 1, number::sqrt),
    both("power", "<n-n:n>", 2, number::power),
    js("random", "<:n>", 0, step_functions::random),
    aws("random", "<n?:n>", 1, step_functions::random),
    both("boolean", "<x-:b>", 1, object::boolean),
    both("not", "<x-:b>", 1, object::not),
    both("map", "<af>", 2, higher_order::map),
    both("zip", "<a+>", 0, array::zip),
    both("filter", "<af>", 2, higher_order::filter),
    both("single", "<af?>", 2, higher_order::single),
    both("reduce", "<afj?:j>", 3, higher_order::reduce),
    both("sift", "<o-f?:o>", 2, higher_order::sift),
    both("keys", "<x-:a<s>>", 1, object::keys),
    both("lookup", "<x-s:x>", 2, object::lookup),
    both("append", "<xx:a>", 2, array::append),
    both("exists", "<x:b>", 1, object::exists),
    both("spread", "<x-:a<o>>", 1, object::spread),
    both("merge", "<a<o>:o>", 1, object::merge),
    both("reverse", "<a:a>", 1, array::reverse),
    both("each", "<o-f:a>", 2, higher_order::each),
    both("error", "<s?:x>", 1, object::error),
    both("assert", "<bs?:x>", 2, object::assert),
    both("type", "<x:s>", 1, object::kind),
    both("sort", "<af?:a>", 2, array::sort),
    both("shuffle", "<a:a>", 1, array::shuffle),
    both("distinct", "<x:x>", 1, array::distinct),
    both("base64encode", "<s-:s>", 1, encoding::base64_encode),
    both("base64decode", "<s-:s>", 1, encoding::base64_decode),
    both("encodeUrlComponent", "<s-:s>", 1, encoding::encode_component),
    both("encodeUrl", "<s-:s>", 1, encoding::encode_url),
    both("decodeUrlComponent", "<s-:s>", 1, encoding::decode_component),
    both("decodeUrl", "<s-:s>", 1, encoding::decode_url),
    js("eval", "<sx?:x>", 2, object::evaluate),
    both("toMillis", "<s-s?:n>", 2, time::to_millis),
    both("fromMillis", "<n-s?s?:s>", 3, time::from_millis),
    both("clone", "<(oa)-:o>", 1, object::clone),
    both("now", "<s?s?:s>", 2, time::now),
    both("millis", "<:n>", 0, time::millis),
    aws("partition", "<xn?:a>", 2, step_functions::partition),
    aws("range", "<nnn?:a>", 3, step_functions::range),
    aws("hash", "<ss?:s>", 2, step_functions::hash),
    aws("uuid", "<:s>", 0, step_functions::uuid),
    aws("parse", "<s-:x>", 1, step_functions::parse),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_functions_has_what_core_knows() {
        for function in stepfn_core::jsonata::functions() {
            assert!(Builtin::of(function.name, Mode::StepFunctions).is_some(), "{}", function.name);
        }
        let known = SPECS.iter().filter(|spec| spec.mode != Some(Mode::Reference));
        for spec in known {
            assert!(stepfn_core::jsonata::function(spec.name).is_some(), "{}", spec.name);
        }
        assert!(Builtin::of("eval", Mode::StepFunctions).is_none());
        assert!(Builtin::of("partition", Mode::Reference).is_none());
    }
}
