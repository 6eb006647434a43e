//! What errors say: in the words of jsonata 2.0.6, which AWS passes on.

use jsonata_core::evaluator::error_code_prefix;

use super::{Refusal, Uses};

/// AWS's words for an expression that takes too much memory, that does not end, and that calls too deep.
pub(super) const MEMORY: &str =
    "Expression evaluation memory limit exceeded: Check for excessive memory usage";
const TIMEOUT: &str = "Expression evaluation timeout: Check for infinite loop";
const STACK: &str = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive";

/// The texts that hold nothing of the expression, by their codes.
const TEXTS: &[(&str, &str)] = &[
    ("D1004", "Regular expression matches zero length string"),
    ("T1006", "Attempted to invoke a non-function"),
    ("T1008", "Attempted to partially apply a non-function"),
    ("T2003", "The left side of the range operator (..) must evaluate to an integer"),
    ("T2004", "The right side of the range operator (..) must evaluate to an integer"),
    ("T2006", "The right side of the function application operator ~> must be a function"),
    ("T2008", "The expressions within an order-by clause must evaluate to numeric or string values"),
    ("D3001", "Attempting to invoke string function on Infinity or NaN"),
    ("D3010", "Second argument of replace function cannot be an empty string"),
    ("D3011", "Fourth argument of replace function must evaluate to a positive number"),
    ("D3012", "Attempted to replace a matched string with a non-string value"),
    ("D3020", "Third argument of split function must evaluate to a positive number"),
    ("D3040", "Third argument of match function must evaluate to a positive number"),
    ("D3050", "The second argument of reduce function must be a function with at least two arguments"),
    (
        "D3070",
        "The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function",
    ),
    ("D3138", "The $single() function expected exactly 1 matching result.  Instead it matched more."),
    ("D3139", "The $single() function expected exactly 1 matching result.  Instead it matched 0."),
];

/// What a failed evaluation comes to.
pub(super) fn refusal(message: &str, uses: &Uses) -> Refusal {
    let Some(code) = error_code_prefix(message) else { return Refusal::Threw(message.to_owned()) };
    match code {
        "D1012" => return Refusal::Exceeded(TIMEOUT),
        "D1011" | "U1001" => return Refusal::Exceeded(STACK),
        "D2015" => return Refusal::Exceeded(MEMORY),
        _ => {}
    }
    if let Some((code, text)) = TEXTS.iter().find(|(known, _)| *known == code) {
        return Refusal::Threw(format!("{code}: {text}"));
    }
    Refusal::Threw(rewrite(code, message, uses).unwrap_or_else(|| message.to_owned()))
}

/// The engine's own words for what jsonata 2.0.6 says otherwise.
fn rewrite(code: &str, message: &str, uses: &Uses) -> Option<String> {
    match code {
        // The engine does not say which function it was; where there is one only, that is known.
        "T0410" => match &*uses.variables {
            [function] if !message.contains("of function") => {
                let argument = message.strip_prefix("T0410: Argument ")?.split(' ').next()?.parse().ok()?;
                Some(signature(function, argument))
            }
            _ => None,
        },
        "T0412" => {
            let [function] = &*uses.variables else { return None };
            let rest = message.strip_prefix("T0412: Argument ")?;
            let (argument, of) = rest.split_once(" must be an array of ")?;
            let of = of.trim_end_matches('s').to_lowercase();
            Some(format!(
                "T0412: Argument {argument} of function \"{function}\" must be an array of \"{of}s\""
            ))
        }
        "D3030" => {
            let value = message.strip_prefix("D3030: Cannot convert '")?.strip_suffix("' to number")?;
            Some(format!("D3030: Unable to cast value to a number: \"{value}\""))
        }
        _ => None,
    }
}

/// The text of an argument that a function does not take.
pub(super) fn signature(function: &str, argument: usize) -> String {
    format!("T0410: Argument {argument} of function \"{function}\" does not match function signature")
}
