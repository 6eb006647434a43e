//! The parser over prefixes, mutations and mixtures of texts: no panic, and every range lies in the text and in that of the
//! whole it is part of.

use super::{Expression, Place, analyse, parse};

const SEEDS: &[&str] = &[
    "$states.input.orders[status = 'öpen' and total > 100].{'id': id, \"n\": $count(items)}",
    "($f := function($x, $y)<nn?:n> { $x + $y }; $f(1, ?) ~> $f)",
    "a.b.c[0][]^(>x, <y){k: $sum(v)}",
    "Account.Order@$o#$i.Product.%.%[$i = 1]",
    "$ ~> |a.*.**|{'b': -1.5e3}, ['c']|",
    "x ? [1..10, -2] : y ? λ(){ null } : `a b`.\"c\"",
    "$match('a/b', /a\\/[/](b)/im) or not in and",
    "/* c */ '\\u00e9\\ud83d\\ude42\\n' & \"名前\" != true",
    "($a := $b := 1; $a <= $b; )",
    "a ?? b ?: c == d && e || !f",
];

const SIGNS: &[char] = &[
    '$', '.', '[', ']', '(', ')', '\'', '"', '\\', ',', ':', '*', '?', '@', '!', '&', '|', '=', '<', '>',
    '~', '/', '{', '}', ' ', '\n', '\0', '-', '0', '9', 'u', 'n', '#', '%', '^', ';', '`', 'λ', 'é', '名',
    '🙂', '\u{a0}',
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

fn nested(text: &str, expression: &Expression) {
    assert!(
        text.get(expression.range.clone()).is_some_and(|part| !part.is_empty()),
        "{text:?} {expression:?}"
    );
    let mut last = expression.range.start;
    for part in expression.parts() {
        let inside = expression.range.start <= part.range.start && part.range.end <= expression.range.end;
        assert!(inside, "{text:?}: {:?} in {:?}", part.range, expression.range);
        assert!(last <= part.range.start, "{text:?}: {:?} after {last}", part.range);
        last = part.range.end;
        nested(text, part);
    }
}

fn check(text: &str) {
    match parse(text) {
        Ok(expression) => {
            nested(text, &expression);
            let analysis = analyse(&expression, Place::default());
            for issue in &analysis.issues {
                assert!(text.get(issue.range.clone()).is_some(), "{text:?} {issue:?}");
            }
            for (name, range) in &analysis.variables {
                assert_eq!(text[range.clone()], format!("${name}"));
            }
        }
        Err(error) => assert!(text.get(error.range.clone()).is_some(), "{text:?} {error:?}"),
    }
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
            check(&format!("{}{rest}", &seed[..at]));
            for sign in SIGNS {
                check(&format!("{}{sign}{rest}", &seed[..at]));
            }
        }
    }
}

#[test]
fn random_mutations() {
    let mut random = Lcg(0x5eed);
    for _ in 0..20_000 {
        let mut bytes = random.pick(SEEDS).as_bytes().to_vec();
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
