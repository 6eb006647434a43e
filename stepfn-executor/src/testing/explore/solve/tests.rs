//! Each solution takes the way that it is one of, and there is one where there can be one.

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
};

use super::*;
use crate::Executor;

/// The Choice of some rules, as a machine; each rule leads to `R0`, `R1`, …
fn machine(language: &str, rules: &[String]) -> StateMachineOf {
    let rules: Vec<String> = rules
        .iter()
        .enumerate()
        .map(|(index, rule)| format!("{}, \"Next\": \"R{index}\" }}", rule.trim_end().trim_end_matches('}')))
        .collect();
    let ends: String =
        (0..rules.len()).map(|index| format!(r#", "R{index}": {{ "Type": "Succeed" }}"#)).collect();
    let text = format!(
        r#"{{ "StartAt": "Pick", "QueryLanguage": "{language}", "States": {{
            "Pick": {{ "Type": "Choice", "Choices": [{}], "Default": "Other" }},
            "Other": {{ "Type": "Succeed" }}{ends} }} }}"#,
        rules.join(", ")
    );
    let machine = asl::read_str(&text).unwrap().0;
    StateMachineOf(Definition::from_asl("M", WorkflowType::Standard, machine))
}

struct StateMachineOf(Definition);

impl StateMachineOf {
    fn solved(&self) -> Vec<(Rule, Vec<Solution>)> {
        let language = self.0.machine.query_language.unwrap_or_default();
        solve(&self.0.machine.states["Pick"], language)
    }

    /// The rule that an input takes when the machine runs.
    fn taken(&self, input: Value) -> Option<Rule> {
        let executor = Executor::builder().virtual_time().keep_history().build(&self.0).unwrap();
        let outcome = executor.run_blocking(input).unwrap();
        let path = outcome.history.path();
        let last = path.get(1)?;
        Some(last.strip_prefix('R').map(|index| index.parse().unwrap()))
    }

    /// Checks that every solution takes its way; returns the ways without one.
    fn check(&self) -> Vec<Rule> {
        let mut unsolved = Vec::new();
        for (way, solutions) in self.solved() {
            for solution in &solutions {
                let input = built(solution);
                assert_eq!(
                    self.taken(input.clone()),
                    Some(way),
                    "{input} of {:?}",
                    self.0.machine.to_json().to_string()
                );
            }
            if solutions.is_empty() {
                unsolved.push(way);
            }
        }
        unsolved
    }
}

fn all_are_solved(language: &str, rules: &[&str]) {
    let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
    let machine = machine(language, &rules);
    assert_eq!(machine.check(), [], "{rules:?}");
}

#[test]
fn conditions_over_several_paths_are_solved_together() {
    all_are_solved(
        "JSONPath",
        &[
            r#"{ "And": [{ "Variable": "$.a", "NumericGreaterThan": 5 }, { "Variable": "$.a", "NumericLessThan": 6 }, { "Variable": "$.b.c", "StringEquals": "x" }] }"#,
            r#"{ "And": [{ "Variable": "$.a", "NumericGreaterThanPath": "$.limit" }, { "Variable": "$.limit", "NumericGreaterThanEquals": 1000 }] }"#,
            r#"{ "Or": [{ "Variable": "$.items[1].kind", "StringEquals": "late" }, { "Not": { "Variable": "$.note", "IsPresent": true } }] }"#,
        ],
    );
}

#[test]
fn patterns_of_several_stars_are_solved_and_so_are_two_at_once() {
    all_are_solved(
        "JSONPath",
        &[
            r#"{ "And": [{ "Variable": "$.name", "StringMatches": "a*b*c" }, { "Variable": "$.name", "StringMatches": "*bb*" }] }"#,
            r#"{ "Variable": "$.name", "StringMatches": "*\\**.log" }"#,
            r#"{ "And": [{ "Variable": "$.name", "StringMatches": "log-*" }, { "Not": { "Variable": "$.name", "StringMatches": "log-*x" } }] }"#,
        ],
    );
}

#[test]
fn jsonata_is_solved_through_its_words() {
    all_are_solved(
        "JSONata",
        &[
            r#"{ "Condition": "{% $states.input.n > 5 and $states.input.n < 7 and $not($states.input.kind in ['a', 'b']) %}" }"#,
            r#"{ "Condition": "{% $length($states.input.name) >= 12 or ($count($states.input.items) = 3 and $exists($states.input.note)) %}" }"#,
            r#"{ "Condition": "{% $states.input.paid < $states.input.total and $states.input.total >= 400 %}" }"#,
            r#"{ "Condition": "{% 'urgent' in $states.input.tags %}" }"#,
            r#"{ "Condition": "{% $number($states.input.text) = 42 %}" }"#,
            r#"{ "Condition": "{% $contains($states.input.name, 'needle') ? $states.input.flag : $states.input.other %}" }"#,
        ],
    );
}

#[test]
fn what_cannot_be_has_no_solution() {
    let rules = [
        r#"{ "And": [{ "Variable": "$.a", "NumericGreaterThan": 5 }, { "Variable": "$.a", "NumericLessThan": 5 }] }"#,
        r#"{ "Variable": "$.a", "IsPresent": true }"#,
        r#"{ "Variable": "$.a", "NumericEquals": 1 }"#,
    ];
    let machine = machine("JSONPath", &rules.map(str::to_owned));
    // Without `a` the first rule fails, so that nothing comes to the default.
    assert_eq!(machine.check(), [Some(0), Some(2), None]);
}

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(bound).unwrap()).unwrap()
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

const PATHS: [&str; 5] = ["a", "b", "c.d", "e[0].f", "g"];

fn comparison(random: &mut Random) -> String {
    let path = random.of(&PATHS);
    let other = random.of(&PATHS);
    let number = random.below(9);
    let operand = match random.below(8) {
        0 => format!(
            r#""{}": {number}"#,
            random.of(&["NumericEquals", "NumericLessThan", "NumericGreaterThanEquals"])
        ),
        1 => format!(r#""{}": "$.{other}""#, random.of(&["NumericLessThanPath", "NumericEqualsPath"])),
        2 => format!(r#""{}": "$.{other}""#, random.of(&["StringLessThanPath", "StringEqualsPath"])),
        3 => format!(r#""StringMatches": "{}""#, random.of(&["x*y*", "*z", "log-*-*.txt", "*"])),
        4 => format!(
            r#""{}": "{}""#,
            random.of(&["StringEquals", "StringGreaterThan"]),
            random.of(&["m", "mm", ""])
        ),
        5 => format!(
            r#""{}": {}"#,
            random.of(&["IsPresent", "IsNull", "IsString", "IsNumeric", "IsTimestamp"]),
            number.is_multiple_of(2)
        ),
        6 => format!(r#""BooleanEquals": {}"#, number.is_multiple_of(2)),
        _ => format!(r#""TimestampLessThan": "20{number}0-01-01T00:00:00Z""#),
    };
    format!(r#"{{ "Variable": "$.{path}", {operand} }}"#)
}

fn rule(random: &mut Random, depth: usize) -> String {
    match if depth > 2 { 9 } else { random.below(6) } {
        0 => format!(r#"{{ "And": [{}, {}] }}"#, rule(random, depth + 1), rule(random, depth + 1)),
        1 => format!(r#"{{ "Or": [{}, {}] }}"#, rule(random, depth + 1), rule(random, depth + 1)),
        2 => format!(r#"{{ "Not": {} }}"#, rule(random, depth + 1)),
        _ => comparison(random),
    }
}

fn expression(random: &mut Random, depth: usize) -> String {
    let path = |random: &mut Random| format!("$states.input.{}", random.of(&PATHS));
    let (one, other, number) = (path(random), path(random), random.below(9));
    match if depth > 2 { 3 + random.below(7) } else { random.below(10) } {
        0 => format!("({} and {})", expression(random, depth + 1), expression(random, depth + 1)),
        1 => format!("({} or {})", expression(random, depth + 1), expression(random, depth + 1)),
        2 => format!("$not({})", expression(random, depth + 1)),
        3 => format!("{one} {} {number}", random.of(&["=", "!=", "<", ">="])),
        4 => format!("{one} {} {other}", random.of(&["=", "!=", "<", ">="])),
        5 => format!("$exists({one})"),
        6 => format!("$length({one}) > {number}"),
        7 => format!("$count({one}) = {number}"),
        8 => format!("{one} in ['m', 'n', {number}]"),
        _ => format!("$contains({one}, 'needle{number}')"),
    }
}

#[test]
fn each_solution_takes_the_way_that_it_claims() {
    let mut random = Random(17);
    let (mut ways, mut unsolved) = (0, 0);
    for round in 0..150 {
        let language = if round % 2 == 0 { "JSONPath" } else { "JSONata" };
        let count = 1 + random.below(3);
        let rules: Vec<String> = (0..count)
            .map(|_| match language {
                "JSONPath" => rule(&mut random, 0),
                _ => format!(r#"{{ "Condition": "{{% {} %}}" }}"#, expression(&mut random, 0)),
            })
            .collect();
        let machine = machine(language, &rules);
        let missed = machine.check();
        ways += count + 1;
        unsolved += missed.len();
    }
    // The others cannot be taken at all, or by chance only.
    assert!(unsolved * 10 < ways, "{unsolved} of {ways} ways have no solution");
}
