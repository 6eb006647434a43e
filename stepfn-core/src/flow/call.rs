//! What JSONata's functions ask of their arguments, and what they give.

use super::{
    Analyser,
    expression::{Env, Val, Want},
    intern::Shared,
    lead::key_of,
    number::of_any_size,
    origin::{Origin, Reason},
    value::{Entry, Fields, Sym},
};
use crate::{
    diagnostic::Code,
    jsonata::{self, Expression, ExpressionKind as Kind},
    shape::{Bounds, Need},
};

/// The milliseconds of the last moment that a timestamp can name.
const MOST_MILLIS: i128 = 8_640_000_000_000_000;

impl Analyser<'_> {
    /// A call. Most functions of nothing come to nothing.
    pub(super) fn function(
        &mut self,
        env: &mut Env<'_>,
        function: &Expression,
        arguments: &[Expression],
        want: Want,
    ) -> Val {
        let name = match &function.kind {
            Kind::Variable(name) if env.local(name).is_none() => name.as_str(),
            _ => "",
        };
        let partial = arguments.iter().any(|argument| matches!(argument.kind, Kind::Placeholder));
        let Some(known) = jsonata::function(name).filter(|_| !partial) else {
            if name.is_empty() {
                self.evaluate(env, function, Want::NOTHING);
            }
            for argument in arguments {
                self.evaluate(env, argument, Want::NOTHING);
            }
            // A transformation gives what it takes, with something changed in it.
            if matches!(function.kind, Kind::Transform { .. })
                && let [argument] = arguments
            {
                let of = self.evaluate(env, argument, want.part(Need::Value));
                return Val::one(Sym::Unknown(Reason::Function)).of_parts([&of], want);
            }
            return Val::unknown(Reason::Lambda);
        };
        if let Some((first, others)) = arguments.split_first()
            && let Some(value) = self.special(env, name, first, others, want)
        {
            return value;
        }
        let parameters = parameters(known.signature);
        // Where one is left out the context may stand for it, and the others are not where they are written.
        let in_place = arguments.len() == parameters.len()
            || !known.signature.contains('-')
            || arguments.len() >= known.arity().0 && !parameters.iter().any(|(_, context)| *context);
        let mut values = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            // A pattern is taken where a pattern may stand.
            if matches!(argument.kind, Kind::Regex { .. } | Kind::Lambda { .. })
                && parameters.get(index).is_some_and(|(kind, _)| *kind == 's')
            {
                values.push(Val::one(Sym::String));
                continue;
            }
            let need = match parameters.get(index) {
                Some((kind, _)) if in_place => need_of(*kind),
                _ => Need::Value,
            };
            let asked = if comes_to_something(name) {
                Want { many: true, ..Want::if_any(need) }
            } else {
                want.part(need)
            };
            values.push(self.evaluate(env, argument, asked));
        }
        let made = result(name, known.signature, &values);
        if comes_to_something(name) { made } else { made.of_parts(&values, want) }
    }

    /// The functions that their signature does not tell about.
    fn special(
        &mut self,
        env: &mut Env<'_>,
        name: &str,
        first: &Expression,
        others: &[Expression],
        want: Want,
    ) -> Option<Val> {
        Some(match name {
            "exists" => {
                // It is asked whether it is there.
                let report = self.report.take();
                self.evaluate(env, first, Want::NOTHING);
                self.report = report;
                Val::one(Sym::Boolean)
            }
            "map" | "filter" | "sort" | "each" | "sift" | "single" | "reduce" => {
                let goes_through = matches!(name, "map" | "filter" | "sort");
                let need = if matches!(name, "each" | "sift") { Need::Object } else { Need::Value };
                let of = self.evaluate(env, first, want.part(need));
                if name == "sort" && others.is_empty() {
                    // Without a function only numbers and texts are sorted.
                    let items = Val::one(of.items());
                    let reading = env.reading(&first.range);
                    self.require(&reading, &items, Want::if_any(Need::Ordered));
                    self.alike(&reading, &[items.sym]);
                }
                let item = if goes_through || name == "single" {
                    of.items()
                } else {
                    Sym::Unknown(Reason::Function)
                };
                let mut made = Val::unknown(Reason::Function);
                for (place, other) in others.iter().enumerate() {
                    if place == 0 {
                        made = self.applied(env, other, &item, name);
                    } else {
                        // What `$reduce` begins with.
                        self.evaluate(env, other, Want::NOTHING);
                    }
                }
                match name {
                    "map" => match made.many {
                        true => Val::many(Sym::Unknown(Reason::Count)),
                        false => Val::many(made.sym),
                    },
                    "filter" => Val::many(item),
                    "sort" => Val::one(Sym::array(item)).of_parts([&of], want),
                    "single" => Val::one(item).of_parts([&of], want),
                    "each" => Val::many(Sym::Unknown(Reason::Function)),
                    "sift" => Val::one(Sym::some_object(Reason::Function)).maybe(),
                    _ => Val::unknown(Reason::Function),
                }
            }
            "sum" | "max" | "min" | "average" => {
                let of = self.evaluate(env, first, want.part(Need::Value));
                let item = of.items();
                self.require(&env.reading(&first.range), &Val::one(item.clone()), Want::if_any(Need::Number));
                let made = match name {
                    "sum" => Val::one(of_any_size(&[item])),
                    "average" => Val { absent: may_be_empty(&of), ..Val::one(Sym::Number) },
                    _ => Val { absent: may_be_empty(&of), ..Val::one(item) },
                };
                made.of_parts([&of], want)
            }
            "append" => {
                let second = others.first()?;
                // With nothing it is the other one as it is: an array only where that is one.
                let sides = [first, second].map(|part| self.evaluate(env, part, Want::NOTHING));
                let is_array = sides.iter().any(|side| {
                    matches!(side.sym, Sym::Array(_) | Sym::Tuple(_))
                        && !side.many
                        && !side.absent
                        && side.over.is_empty()
                });
                let asked = if is_array { Want::NOTHING } else { want.part(Need::Value) };
                for (part, side) in [first, second].into_iter().zip(&sides) {
                    self.require(&env.reading(&part.range), side, asked);
                }
                let made = Val::one(Sym::array(sides[0].items().join(&sides[1].items())));
                if is_array { made } else { made.of_parts(&sides, want) }
            }
            "merge" => match &first.kind {
                Kind::Array(parts) => {
                    let mut merged = Sym::object([]);
                    for part in parts {
                        let part = self.evaluate(env, part, Want::if_any(Need::Object));
                        merged = if part.is_single() {
                            merge(&merged, &part.sym)
                        } else {
                            Sym::some_object(Reason::Function)
                        };
                    }
                    Val::one(merged)
                }
                _ => {
                    self.evaluate(env, first, want.part(Need::Value));
                    Val::one(Sym::some_object(Reason::Function))
                }
            },
            "lookup" => {
                let of = self.evaluate(env, first, want.part(Need::Value));
                let key = others.first()?;
                match (key_of(key), of.many) {
                    (Some(key), false) => {
                        let mut found = self.lead(&env.reading(&first.range), &of.sym, &[key], want);
                        found.absent = found.absent || of.absent;
                        found.over.extend(of.over);
                        self.require(&env.reading(&first.range), &found, want);
                        found
                    }
                    _ => {
                        self.evaluate(env, key, want.part(Need::String));
                        Val::unknown(Reason::Computed)
                    }
                }
            }
            "reverse" | "shuffle" | "distinct" => {
                let of = self.evaluate(env, first, want.part(Need::Value));
                if name == "distinct" {
                    Val::many(of.items())
                } else {
                    Val::one(Sym::array(of.items())).of_parts([&of], want)
                }
            }
            "partition" => {
                let of = self.evaluate(env, first, want.part(Need::Value));
                if let Some(size) = others.first() {
                    self.evaluate(env, size, want.part(Need::Number));
                }
                Val::one(Sym::array(Sym::array(of.items()))).of_parts([&of], want)
            }
            "join" => {
                let of = self.evaluate(env, first, want.part(Need::Value));
                self.require(&env.reading(&first.range), &Val::one(of.items()), Want::if_any(Need::String));
                if let Some(separator) = others.first() {
                    self.evaluate(env, separator, Want::if_any(Need::String));
                }
                Val::one(Sym::String).of_parts([&of], want)
            }
            "abs" => {
                let of = self.evaluate(env, first, want.part(Need::Number));
                Val::one(of_any_size(&[of.sym.clone()])).of_parts([&of], want)
            }
            _ => return None,
        })
    }

    /// What a function that goes through items makes of one.
    fn applied(&mut self, env: &mut Env<'_>, function: &Expression, item: &Sym, caller: &str) -> Val {
        match &function.kind {
            Kind::Lambda { parameters, body, .. } => {
                let mut inside = env.clone();
                for (place, name) in parameters.iter().enumerate() {
                    let value = match (place, caller) {
                        (0, "map" | "filter" | "single") | (0 | 1, "sort") => Val::one(item.clone()),
                        (1, "map" | "filter" | "single") => Val::one(Sym::count()),
                        _ => Val::unknown(Reason::Lambda),
                    };
                    inside.locals.push((name.clone(), value));
                }
                self.evaluate(&mut inside, body, Want::NOTHING)
            }
            Kind::Variable(name) if env.local(name).is_none() => match jsonata::function(name) {
                Some(known) => {
                    let item = Val::one(item.clone());
                    let need =
                        parameters(known.signature).first().map_or(Need::Value, |(kind, _)| need_of(*kind));
                    self.require(&env.reading(&function.range), &item, Want::if_any(need));
                    result(name, known.signature, &[item])
                }
                None => Val::unknown(Reason::Lambda),
            },
            _ => {
                let value = self.evaluate(env, function, Want::NOTHING);
                if !matches!(value.sym, Sym::Any(_) | Sym::Reported | Sym::Unknown(_) | Sym::Union(_)) {
                    let message = format!("expected a function, found {}", value.sym.words());
                    let help = "write one: `function($v) { … }`".to_owned();
                    self.wrong(&env.reading(&function.range), Code::WrongType, message, Some(help));
                }
                value
            }
        }
    }
}

/// What a parameter of a kind takes.
fn need_of(kind: char) -> Need<'static> {
    match kind {
        's' => Need::String,
        'n' => Need::Number,
        'b' => Need::Boolean,
        'o' => Need::Object,
        _ => Need::Value,
    }
}

/// Whether a function comes to something even of nothing.
fn comes_to_something(name: &str) -> bool {
    matches!(
        name,
        "exists"
            | "count"
            | "not"
            | "now"
            | "millis"
            | "uuid"
            | "random"
            | "append"
            | "merge"
            | "error"
            | "assert"
    )
}

/// What a function gives, by the end of its signature and what is known beyond it.
fn result(name: &str, signature: &str, arguments: &[Val]) -> Val {
    Val::one(match name {
        "count" | "length" => Sym::count(),
        "millis" => Sym::Whole(Bounds { min: 0, max: MOST_MILLIS }),
        "toMillis" => Sym::Whole(Bounds { min: -MOST_MILLIS, max: MOST_MILLIS }),
        "floor" | "ceil" | "parseInteger" => Sym::whole(),
        "round" if arguments.len() == 1 => Sym::whole(),
        "now" if arguments.is_empty() => Sym::Timestamp,
        "fromMillis" if arguments.len() == 1 => Sym::Timestamp,
        "range" => {
            let parts: Vec<Sym> = arguments.iter().map(|argument| argument.sym.clone()).collect();
            Sym::array(of_any_size(&parts))
        }
        "split" => Sym::array(Sym::String),
        "keys" => return Val::many(Sym::String),
        "match" => {
            let groups = Sym::array(Sym::String);
            return Val::many(Sym::object([
                ("match", Sym::String),
                ("index", Sym::count()),
                ("groups", groups),
            ]));
        }
        "spread" => return Val::many(Sym::some_object(Reason::Function)),
        "assert" => return Val::one(Sym::never()).maybe(),
        "parse" => Sym::Any(Origin::text()),
        "clone" | "zip" => Sym::Unknown(Reason::Function),
        _ => match signature.rsplit_once(':').map(|(_, gives)| gives.trim_end_matches('>')) {
            Some("s") => Sym::String,
            Some("n") => Sym::Number,
            Some("b") => Sym::Boolean,
            _ => Sym::Unknown(Reason::Function),
        },
    })
}

fn may_be_empty(of: &Val) -> bool {
    match &of.sym {
        Sym::Tuple(items) => items.is_empty(),
        Sym::Any(_) | Sym::Reported | Sym::Answer(_) => false,
        _ => true,
    }
}

/// The kinds of a signature's parameters, in order, and whether the context stands for one that is left out. A choice of kinds
/// is any, but that of a pattern.
fn parameters(signature: &str) -> Vec<(char, bool)> {
    let mut found: Vec<(char, bool)> = Vec::new();
    let mut depth = 0_usize;
    for (place, sign) in signature.char_indices().skip(1) {
        match sign {
            ':' if depth == 0 => break,
            '(' if depth == 0 => {
                // A pattern is a text or a regular expression, which no data are.
                let is_pattern = signature[place..].starts_with("(sf)");
                found.push((if is_pattern { 's' } else { 'x' }, false));
                depth += 1;
            }
            '<' | '(' => depth += 1,
            '>' | ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '-' => {
                if let Some(last) = found.last_mut() {
                    last.1 = true;
                }
            }
            '?' | '+' => {}
            kind => found.push((kind, false)),
        }
    }
    found
}

/// An object with another one's fields put over it.
fn merge(below: &Sym, above: &Sym) -> Sym {
    let Sym::Object(fields, base) = above else {
        return match (below, above) {
            (Sym::Object(fields, None), _) if fields.is_empty() => above.clone(),
            _ => Sym::some_object(Reason::Function),
        };
    };
    if base.is_some() {
        return match below {
            Sym::Object(fields, None) if fields.is_empty() => above.clone(),
            _ => Sym::some_object(Reason::Function),
        };
    }
    let (mut all, base): (Fields, Option<Shared<Sym>>) = match below {
        Sym::Object(fields, base) => ((**fields).clone(), base.clone()),
        Sym::Leaf(_) => (Fields::new(), Some(Shared::new(below.clone()))),
        _ => return Sym::some_object(Reason::Function),
    };
    for (key, entry) in fields.iter() {
        let entry = match (entry.absent, all.get(key), &base) {
            (false, ..) => entry.clone(),
            (true, Some(under), _) => Entry { value: under.value.join(&entry.value), ..under.clone() },
            (true, None, None) => entry.clone(),
            (true, None, Some(_)) => return Sym::some_object(Reason::Function),
        };
        all.insert(key.clone(), entry);
    }
    Sym::Object(Shared::new(all), base)
}
