//! Infinity and NaN: what a division by a computed zero gives, and a text that is no number. No more can be computed of them.

use stepfn_core::jsonata::{self, Expression, ExpressionKind as Kind, Operator};

/// Whether a failure is that something of this kind came to be.
pub(crate) fn is_no_number(cause: &str) -> bool {
    let made = ["\"Infinity\"", "\"-Infinity\"", "\"NaN\""];
    let is_found = |text: &&str| {
        cause.contains(&format!("found the string {text}"))
            || cause.contains(&format!("Expected 'number', but was 'string' for value: {text}"))
    };
    made.iter().any(is_found) || is_operand(cause).unwrap_or(false)
}

/// Whether the operand that is no number is one that the expression itself made so.
fn is_operand(cause: &str) -> Option<bool> {
    let asked = [
        "must evaluate to a number",
        "must evaluate to an integer",
        "Cannot negate a non-numeric value: null",
    ];
    let (before, _) = asked.iter().find_map(|asked| cause.split_once(asked))?;
    let (_, expression) = before.split_once("JSONata expression '")?;
    let (expression, said) = expression.split_once("' specified for")?;
    let whole = jsonata::parse(expression).ok()?;
    let side = match said {
        _ if said.contains("The left side of the ") => Some(0),
        _ if said.contains("The right side of the ") => Some(1),
        _ => None,
    };
    let symbol = match said.split_once("range operator") {
        Some(_) => "..",
        None => {
            said.rsplit_once("side of the \"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or("-")
        }
    };
    let divides_somewhere = any(&whole, &divides);
    // What a variable holds, or what a path is taken of, may have been divided where it was made.
    let may_be = |operand: &Expression| any(operand, &divides) || divides_somewhere && is_bound(operand);
    let is_it = |part: &Expression| match (&part.kind, side) {
        (Kind::Binary { operator, left, right }, Some(side)) if operator.symbol() == symbol => {
            may_be([left, right][side])
        }
        (Kind::Negate(of), None) => may_be(of),
        _ => false,
    };
    Some(any(&whole, &is_it))
}

/// Whether this holds of an expression or of one of its parts.
pub(crate) fn any(expression: &Expression, is: &dyn Fn(&Expression) -> bool) -> bool {
    is(expression) || expression.parts().into_iter().any(|part| any(part, is))
}

/// Whether an expression may give what is no number: of numbers, or of what a text holds.
fn divides(expression: &Expression) -> bool {
    const MAKES: [&str; 4] = ["parseInteger", "round", "power", "toMillis"];
    let is_one = |function: &Expression| matches!(&function.kind, Kind::Variable(name) if MAKES.contains(&name.as_str()));
    match &expression.kind {
        Kind::Binary { operator: Operator::Divide | Operator::Modulo, .. } => true,
        Kind::Variable(_) => is_one(expression),
        _ => false,
    }
}

/// Whether it takes something that is bound in the expression: a variable, the context, or a field of it.
fn is_bound(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Variable(name) => name != "states" && jsonata::function(name).is_none(),
        Kind::Name(_) | Kind::Wildcard | Kind::Descendant | Kind::Parent => true,
        Kind::Path(steps) => match steps.split_first() {
            Some((first, rest)) if matches!(&first.kind, Kind::Variable(name) if name == "states") => {
                rest.iter().any(|step| match &step.kind {
                    Kind::Name(_) => false,
                    Kind::Filter { of, predicate } if matches!(of.kind, Kind::Name(_)) => is_bound(predicate),
                    _ => is_bound(step),
                })
            }
            _ => steps.iter().any(is_bound),
        },
        _ => expression.parts().into_iter().any(is_bound),
    }
}

#[test]
fn an_operand_that_is_no_number_for_its_type_is_a_failure() {
    let is = |expression: &str, said: &str| {
        is_no_number(&format!(
            "The JSONata expression '{expression}' specified for the field 'Output' threw an error during evaluation. {said}"
        ))
    };
    let left = "T2001: The left side of the \"+\" operator must evaluate to a number";
    let right = "T2002: The right side of the \"+\" operator must evaluate to a number";
    assert!(is("$states.input.a / $states.input.b + 1", left));
    assert!(is("1 + $parseInteger($states.input.s, \"w\")", right));
    assert!(is("($x := 1 / $states.input.n; $x + 1)", left));
    assert!(is("-(1 % $states.input.n)", "D1002: Cannot negate a non-numeric value: null"));
    assert!(is(
        "[1..1 / $states.input.n]",
        "T2004: The right side of the range operator (..) must evaluate to an integer"
    ));
    // It is the other side, or another operator, or nothing is divided.
    assert!(!is("$states.input.s + 1 / 2", left));
    assert!(!is("$states.input.s[0] + 1 / 2", left));
    assert!(!is("($x := $states.input.s; $x + 1)", left));
    assert!(!is("\"a\" + 1 / 2", left));
    assert!(!is("1 / 2 - (1 + \"a\")", right));
}
