//! The functions that an expression can call.

use super::Signature;

/// The origin of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// JSONata 2.0.6.
    Jsonata,
    /// Step Functions: "JSONata functions provided by Step Functions" of the developer guide.
    StepFunctions,
}

/// A built-in function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name, without `$`.
    pub name: &'static str,
    /// Its signature in JSONata's notation: what it takes, and what it gives after the colon.
    pub signature: &'static str,
    /// The origin.
    pub origin: Origin,
}

impl Function {
    /// The least and the most arguments that it takes; no most for `+`.
    ///
    /// A parameter marked `-` is the context's value where it is left out.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let signature = Signature::read(self.signature);
        let parameters = signature.parameters();
        let least = parameters.iter().filter(|parameter| !parameter.optional).count();
        let is_endless = parameters.iter().any(|parameter| parameter.repeated);
        (least, if is_endless { None } else { Some(parameters.len()) })
    }
}

const fn jsonata(name: &'static str, signature: &'static str) -> Function {
    Function { name, signature, origin: Origin::Jsonata }
}

const fn step_functions(name: &'static str, signature: &'static str) -> Function {
    Function { name, signature, origin: Origin::StepFunctions }
}

/// Returns all functions that Step Functions has, `$eval` not among them, by name.
pub fn functions() -> &'static [Function] {
    FUNCTIONS
}

/// The function of a name, without `$`.
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

const FUNCTIONS: &[Function] = &[
    jsonata("abs", "<n-:n>"),
    jsonata("append", "<xx:a>"),
    jsonata("assert", "<bs?:x>"),
    jsonata("average", "<a<n>:n>"),
    jsonata("base64decode", "<s-:s>"),
    jsonata("base64encode", "<s-:s>"),
    jsonata("boolean", "<x-:b>"),
    jsonata("ceil", "<n-:n>"),
    jsonata("clone", "<(oa)-:o>"),
    jsonata("contains", "<s-(sf):b>"),
    jsonata("count", "<a:n>"),
    jsonata("decodeUrl", "<s-:s>"),
    jsonata("decodeUrlComponent", "<s-:s>"),
    jsonata("distinct", "<x:x>"),
    jsonata("each", "<o-f:a>"),
    jsonata("encodeUrl", "<s-:s>"),
    jsonata("encodeUrlComponent", "<s-:s>"),
    jsonata("error", "<s?:x>"),
    jsonata("exists", "<x:b>"),
    jsonata("filter", "<af>"),
    jsonata("floor", "<n-:n>"),
    jsonata("formatBase", "<n-n?:s>"),
    jsonata("formatInteger", "<n-s:s>"),
    jsonata("formatNumber", "<n-so?:s>"),
    jsonata("fromMillis", "<n-s?s?:s>"),
    step_functions("hash", "<ss?:s>"),
    jsonata("join", "<a<s>s?:s>"),
    jsonata("keys", "<x-:a<s>>"),
    jsonata("length", "<s-:n>"),
    jsonata("lookup", "<x-s:x>"),
    jsonata("lowercase", "<s-:s>"),
    jsonata("map", "<af>"),
    jsonata("match", "<s-f<s:o>n?:a<o>>"),
    jsonata("max", "<a<n>:n>"),
    jsonata("merge", "<a<o>:o>"),
    jsonata("millis", "<:n>"),
    jsonata("min", "<a<n>:n>"),
    jsonata("not", "<x-:b>"),
    jsonata("now", "<s?s?:s>"),
    jsonata("number", "<(nsb)-:n>"),
    jsonata("pad", "<s-ns?:s>"),
    step_functions("parse", "<s-:x>"),
    jsonata("parseInteger", "<s-s:n>"),
    // What is no array it refuses itself, in other words: recorded.
    step_functions("partition", "<xn?:a>"),
    jsonata("power", "<n-n:n>"),
    // Step Functions gives it a seed, JSONata has none.
    step_functions("random", "<n?:n>"),
    step_functions("range", "<nnn?:a>"),
    jsonata("reduce", "<afj?:j>"),
    jsonata("replace", "<s-(sf)(sf)n?:s>"),
    jsonata("reverse", "<a:a>"),
    jsonata("round", "<n-n?:n>"),
    jsonata("shuffle", "<a:a>"),
    jsonata("sift", "<o-f?:o>"),
    jsonata("single", "<af?>"),
    jsonata("sort", "<af?:a>"),
    jsonata("split", "<s-(sf)n?:a<s>>"),
    jsonata("spread", "<x-:a<o>>"),
    jsonata("sqrt", "<n-:n>"),
    jsonata("string", "<x-b?:s>"),
    jsonata("substring", "<s-nn?:s>"),
    jsonata("substringAfter", "<s-s:s>"),
    jsonata("substringBefore", "<s-s:s>"),
    jsonata("sum", "<a<n>:n>"),
    jsonata("toMillis", "<s-s?:n>"),
    jsonata("trim", "<s-:s>"),
    jsonata("type", "<x:s>"),
    jsonata("uppercase", "<s-:s>"),
    step_functions("uuid", "<:s>"),
    jsonata("zip", "<a+>"),
];
