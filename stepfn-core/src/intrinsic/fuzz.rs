//! Both parsers over prefixes, mutations and mixtures of texts: no panic, and every span lies in
//! the text and on character boundaries.

use std::ops::Range;

use super::{Call, format_parts};
use crate::path::{Path, Segment};

const SEEDS: &[&str] = &[
    "$",
    "$$",
    "$name",
    "$.a",
    "$.a.b.c",
    "$.größe[0].名前",
    "$$.Execution.Input.detail-type",
    "$.detail.case-id",
    "$['it\\'s'][\"a\\u0041\\ud83d\\ude42\"]",
    "$['a', 'b'].c[0,1][1:2:3][-1:]",
    "$..a[*].*..[0]",
    "$.a.['b'].[0]",
    "$.a.length().sum($.b, ')')",
    "$[?(@.a)]",
    "$.l[?(@.s == 'ä' && !(@.n >= -1.5e3 || @.x=~/a\\/b/i))].z",
    "$[?(@.a in ['x', \"y\", 1, true, null, [2]])]",
    "$[?(@.a==done thing)]",
    "$[?@.a[?(@.b == $.c)].d]",
    "$[?(((((!!!@.a)))))]",
    "States.UUID()",
    "States.Format('a {} \\{\\} \\'é\\' \\\\ {}', $.a, States.JsonToString($$.b))",
    "States.Format('{', '}', \"x\")",
    "States.Array( 1 , -1.5e3,true, false ,null,$name[0], 'x' )",
    "States.ArrayGetItem(States.StringSplit($.arn, ':'), 5)",
    "States.ArrayPartition('a', 0)",
    "States.MathRandom(1, 2, 3, 4)",
    "States.JsonMerge(States.StringToJson('{\"a\": 1}'), $['x'], true)",
    "States.Hash($.l[?(@.s==done)], 'MD4')",
    "States.Array(States.Array(States.Array(States.Array(States.Array()))))",
    "States.format($.a)",
];

/// Characters that mean something to one of the parsers, and some that are longer than a byte.
const SIGNS: &[char] = &[
    '$', '.', '[', ']', '(', ')', '\'', '"', '\\', ',', ':', '*', '?', '@', '!', '&', '|', '=', '<', '~',
    '/', '{', '}', ' ', '\n', '\0', '-', '0', '9', 'u', 'n', 'é', '名', '🙂', '\u{301}', '\u{a0}',
];

/// Numerical Recipes' generator: good enough to pick places and signs, the same on every run.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

fn inside(text: &str, span: &Range<usize>) {
    assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
}

fn check_path(text: &str) {
    let checked = |segments: &[Segment], text: &str| {
        for segment in segments {
            inside(text, &segment.span);
            assert!(!segment.span.is_empty(), "{text:?}");
        }
    };
    match Path::parse(text) {
        Ok(path) => {
            checked(&path.segments, text);
            assert_eq!(Path::parse(path.as_str()), Ok(path.clone()));
            assert!(!path.normalized().is_empty());
        }
        Err(error) => inside(text, &error.span),
    }
    match Path::parse_lenient(text) {
        Ok((path, forgiven)) => {
            checked(&path.segments, text);
            assert_eq!(forgiven.is_empty(), Path::parse(text).is_ok(), "{text:?}");
            forgiven.iter().for_each(|error| inside(text, &error.span));
        }
        Err(error) => inside(text, &error.span),
    }
}

fn check_call(text: &str) {
    if let Err(error) = format_parts(text) {
        inside(text, &error.span);
    }
    match Call::parse_lenient(text) {
        Ok((call, forgiven)) => {
            forgiven.iter().for_each(|error| inside(text, &error.span));
            for nested in call.calls() {
                inside(text, &nested.span);
                inside(text, &nested.name_span);
                nested.args.iter().for_each(|arg| inside(text, &arg.span));
            }
            for (path, span) in call.paths() {
                assert_eq!(&text[span], path.as_str());
            }
            let errors = call.arity_error().into_iter().chain(call.literal_kind_errors());
            errors.for_each(|error| inside(text, &error.span));
            let written = call.to_string();
            let (again, _) =
                Call::parse_lenient(&written).unwrap_or_else(|error| panic!("{written}: {error:?}"));
            assert_eq!(again.to_string(), written);
            assert_eq!(again.calls().count(), call.calls().count());
        }
        Err(error) => inside(text, &error.span),
    }
    if let Err(error) = Call::parse(text) {
        inside(text, &error.span);
    }
}

fn check(text: &str) {
    check_path(text);
    check_call(text);
    // Paths also occur in calls, where other characters end them.
    check_call(&format!("States.Array({text}, 1)"));
}

#[test]
fn every_prefix_and_suffix() {
    for seed in SEEDS {
        for (at, _) in seed.char_indices() {
            check(&seed[..at]);
            check(&seed[at..]);
        }
        check(seed);
    }
}

#[test]
fn every_sign_at_every_place() {
    for seed in SEEDS {
        for (at, old) in seed.char_indices() {
            let rest = &seed[at + old.len_utf8()..];
            check_path(&format!("{}{rest}", &seed[..at]));
            for sign in SIGNS {
                let text = format!("{}{sign}{rest}", &seed[..at]);
                check_path(&text);
                check_call(&text);
            }
        }
    }
}

#[test]
fn random_mutations() {
    let mut random = Lcg(0x5eed);
    for _ in 0..20_000 {
        let seed = random.pick(SEEDS);
        let mut bytes = seed.as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len() + 1);
            match random.below(4) {
                0 if at < bytes.len() => {
                    bytes.remove(at);
                }
                1 if at < bytes.len() => bytes[at] = random.below(256) as u8,
                2 => {
                    let sign = random.pick(SIGNS).to_string();
                    bytes.splice(at..at, sign.bytes());
                }
                _ => {
                    let other = random.pick(SEEDS).as_bytes();
                    let from = random.below(other.len());
                    bytes.splice(at..at, other[from..].iter().copied());
                }
            }
        }
        check(&String::from_utf8_lossy(&bytes));
    }
}
