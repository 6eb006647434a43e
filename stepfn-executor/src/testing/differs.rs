//! The first difference between two values or two routes, in as few words as show it.

use stepfn_core::value::Value;

use super::ExpectedPath;
use crate::{Route, RouteStep};

/// More of a value than this is left out.
const MOST_SHOWN: usize = 400;

/// The size of a value up to which it is shown whole.
const SEEN_AT_ONCE: usize = 60;

/// A value, cut where it is long.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.len() <= MOST_SHOWN {
        return text;
    }
    let end = (0..=MOST_SHOWN).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}… ({} bytes)", &text[..end], text.len())
}

/// Two values that are not the same, for an assertion's message: whole where both are short, else where they differ first.
pub(super) fn outputs(expected: &Value, found: &Value) -> (String, String) {
    let mut at = "$".to_owned();
    let (inner_expected, inner_found) = first(expected, found, &mut at);
    let longest = expected.to_string().len().max(found.to_string().len());
    let tell = |all: &Value, inner: Option<&Value>| {
        let inner = inner.map_or_else(|| "nothing".to_owned(), shown);
        if at == "$" || longest <= SEEN_AT_ONCE {
            format!("the output {}", shown(all))
        } else if longest <= MOST_SHOWN {
            format!("the output {} ({inner} at `{at}`)", shown(all))
        } else {
            format!("an output with {inner} at `{at}`")
        }
    };
    (tell(expected, inner_expected), tell(found, inner_found))
}

/// Goes down to the first difference of two values. A part that is on one side alone is none on the other.
fn first<'v>(
    expected: &'v Value,
    found: &'v Value,
    at: &mut String,
) -> (Option<&'v Value>, Option<&'v Value>) {
    let (mut expected, mut found) = (expected, found);
    loop {
        let step = match (expected, found) {
            (Value::Object(left), Value::Object(right)) => {
                let keys = left.keys().chain(right.keys().filter(|key| left.get(key).is_none()));
                let mut pairs = keys.map(|key| (key, left.get(key), right.get(key)));
                pairs.find(|(_, left, right)| left != right).map(|(key, left, right)| {
                    let plain = key.chars().all(|c| c.is_alphanumeric() || c == '_');
                    at.push_str(&if plain { format!(".{key}") } else { format!("['{key}']") });
                    (left, right)
                })
            }
            (Value::Array(left), Value::Array(right)) => {
                let mut pairs =
                    (0..left.len().max(right.len())).map(|index| (index, left.get(index), right.get(index)));
                pairs.find(|(_, left, right)| left != right).map(|(index, left, right)| {
                    at.push_str(&format!("[{index}]"));
                    (left, right)
                })
            }
            _ => None,
        };
        match step {
            Some((Some(left), Some(right))) => (expected, found) = (left, right),
            Some(sides) => return sides,
            None => return (Some(expected), Some(found)),
        }
    }
}

/// Returns the first difference between a route and the expected one: the step, from 1, what was expected there, and what was found.
///
/// A step is expected by its name, whatever happens inside of it, or as [`Route`] shows it, with what happens inside.
pub(super) fn ways(expected: &[String], found: &Route) -> Option<String> {
    let longest = expected.len().max(found.steps.len());
    (0..longest).find_map(|index| match (expected.get(index), found.steps.get(index)) {
        (Some(expected), Some(step)) if is(expected, step) => None,
        (Some(expected), Some(step)) => Some(match inside(expected, step) {
            Some((number, difference)) => {
                format!("step {}, in `{}[{number}]`: {difference}", index + 1, step.state)
            }
            None => format!("step {}: expected `{expected}`, found `{}`", index + 1, like(expected, step)),
        }),
        (Some(expected), None) => {
            Some(format!("step {}: expected `{expected}`, and the way was over", index + 1))
        }
        (None, Some(step)) => {
            Some(format!("step {}: the way was to be over, and went on to `{}`", index + 1, step.state))
        }
        (None, None) => None,
    })
}

fn is(expected: &str, step: &RouteStep) -> bool {
    step.state == expected || step.to_string() == expected.replace('→', "->")
}

/// Returns the first difference inside of a Map or Parallel, with the number of the iteration or branch; none where the states are others, or
/// the expectation is not written as routes are.
fn inside(expected: &str, step: &RouteStep) -> Option<(usize, String)> {
    let expected = expected.replace('→', "->");
    let groups = expected.strip_prefix(&*step.state)?.strip_prefix(" [")?.strip_suffix(']')?;
    let mut wanted: Vec<(usize, Vec<String>)> = Vec::new();
    for group in outside_of_brackets(groups, ';') {
        let (numbers, way) = group.split_once(':')?;
        let (first, last) = numbers.trim().split_once('-').unwrap_or((numbers.trim(), numbers.trim()));
        let way = if way.trim() == "nothing" { Vec::new() } else { way.steps() };
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        // As many as there are: who expects more finds the first that is missing.
        wanted.extend((first..=last.min(first + step.inside.len())).map(|number| (number, way.clone())));
    }
    let missing = wanted.iter().find(|(number, _)| step.inside.iter().all(|(there, _)| there != number));
    let differs = |(number, route): &(usize, Route)| match wanted.iter().find(|(wanted, _)| wanted == number)
    {
        Some((_, way)) => Some((*number, ways(way, route)?)),
        None => Some((*number, format!("expected nothing, found `{route}`"))),
    };
    let found = step.inside.iter().find_map(differs);
    found.or_else(|| {
        missing.map(|(number, way)| (*number, format!("expected `{}`, found nothing", way.join(" -> "))))
    })
}

/// The parts of a text between signs that are not inside of brackets.
fn outside_of_brackets(text: &str, sign: char) -> Vec<&str> {
    let mut depth = 0_usize;
    let is_border = |c: char| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && c == sign
    };
    text.split(is_border).collect()
}

/// Returns a step as the expectation has it: with what happened inside where that makes the difference.
fn like(expected: &str, step: &RouteStep) -> String {
    let inside = expected.strip_prefix(&*step.state).is_some_and(|rest| rest.starts_with(" ["));
    if inside { step.to_string() } else { step.state.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(expected: &str, found: &str) -> (String, String) {
        outputs(&expected.parse().unwrap_or_default(), &found.parse().unwrap_or_default())
    }

    #[test]
    fn short_outputs_are_whole_with_the_place_of_the_first_difference() {
        let text = "x".repeat(60);
        let (expected, found) =
            told(&format!(r#"{{"a":[1,2],"b":"{text}"}}"#), &format!(r#"{{"b":"{text}","a":[1,5]}}"#));
        assert_eq!(expected, format!(r#"the output {{"a":[1,2],"b":"{text}"}} (2 at `$.a[1]`)"#));
        assert_eq!(found, format!(r#"the output {{"b":"{text}","a":[1,5]}} (5 at `$.a[1]`)"#));
        assert_eq!(told("[1]", "[2]"), ("the output [1]".to_owned(), "the output [2]".to_owned()));
    }

    #[test]
    fn of_long_outputs_the_first_difference_is_told() {
        let long = |items: &str| format!(r#"{{"text":"{}","list":[{items}]}}"#, "x".repeat(1_000));
        let (expected, found) = told(&long("1, {\"a b\": 2}"), &long("1, {\"a b\": 3}"));
        assert_eq!(expected, "an output with 2 at `$.list[1]['a b']`");
        assert_eq!(found, "an output with 3 at `$.list[1]['a b']`");
        let (expected, found) = told(&long("1"), &long("1, 2"));
        assert_eq!(
            (&*expected, &*found),
            ("an output with nothing at `$.list[1]`", "an output with 2 at `$.list[1]`")
        );
    }
}
