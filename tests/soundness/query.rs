//! JSONata: random expressions of all forms, which know what is there and mostly keep to it.

use serde_json::{Map, Value as Json, json};
use stepfn::shape::{Given, Shape, Side};

use crate::{
    calls::call,
    guess::{Guess, Kind, Step},
    random::Random,
    scope::{Scope, guess_of},
    shapes::KEYS,
};

/// A path, and what is there.
pub(crate) fn path(random: &mut Random, scope: &Scope, wanted: Kind) -> (String, Guess) {
    let (text, guess, _) = shaky_path(random, scope, wanted);
    (text, guess)
}

fn shaky_path(random: &mut Random, scope: &Scope, wanted: Kind) -> (String, Guess, bool) {
    let sure: Vec<_> = scope.sure.iter().filter(|(_, guess)| guess.is(wanted)).cloned().collect();
    if !sure.is_empty() && random.percent(50) {
        let (text, guess) = random.pick(&sure);
        return (text, guess, false);
    }
    for _ in 0..3 {
        let (root, from) = root(random, scope);
        if root.is_empty() && from.kind() != Kind::Object {
            continue;
        }
        let (steps, guess, shaky) = Scope::walk(random, &from, wanted);
        if (guess.is(wanted) || random.one_in(8)) && !(root.is_empty() && steps.is_empty()) {
            let text = write(random, root, &steps);
            if !text.starts_with(['.', '[']) {
                return (text, guess, shaky);
            }
        }
    }
    ("$states.input".into(), scope.input.clone(), false)
}

fn root(random: &mut Random, scope: &Scope) -> (String, Guess) {
    if !scope.locals.is_empty() && random.one_in(2) {
        let (name, guess) = random.pick(&scope.locals);
        // Fields of the context are written alone.
        return if name == "$" && random.one_in(2) { (String::new(), guess) } else { (name, guess) };
    }
    match random.below(12) {
        0 => {
            let (name, guess) = scope.context(random);
            (format!("$states.context.{name}"), guess)
        }
        1 if random.one_in(10) => {
            let fields = [("input".to_owned(), scope.input.clone())];
            ("$states".into(), Guess::object(fields))
        }
        2 if scope.error => {
            let fields = ["Error", "Cause"].map(|name| (name.to_owned(), Guess::Text));
            ("$states.errorOutput".into(), Guess::object(fields))
        }
        3 | 4 if !scope.variables.is_empty() => {
            let (name, guess) = random.pick(&scope.variables);
            (format!("${name}"), guess)
        }
        5..=8 if scope.result.is_some() => {
            ("$states.result".into(), scope.result.clone().unwrap_or(Guess::Any))
        }
        _ => ("$states.input".into(), scope.input.clone()),
    }
}

fn write(random: &mut Random, root: String, steps: &[Step]) -> String {
    let mut text = root;
    for step in steps {
        match step {
            Step::Key(key) => {
                let plain = key.chars().all(|sign| sign.is_ascii_alphanumeric());
                let key = if plain && !random.one_in(30) { key.clone() } else { format!("`{key}`") };
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(&key);
            }
            Step::Index(0) if random.one_in(5) => text.push_str("[-1]"),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
            // JSONata steps into items by itself.
            Step::Each if random.one_in(6) => text.push_str("[a = 1]"),
            Step::Each if random.one_in(8) => text.push_str("[$ > 1]"),
            Step::Each if random.one_in(8) => text.push_str("[]"),
            Step::Each => {}
        }
    }
    // A position of what may be no array at all.
    if random.one_in(30) && !text.is_empty() {
        text.push_str(random.pick(&["[0]", "[1]", "[-1]", "[-2]"]));
    }
    text
}

/// An expression that gives something of a kind.
pub(crate) fn expression(random: &mut Random, scope: &Scope, wanted: Kind, depth: usize) -> (String, Guess) {
    if depth == 0 || random.one_in(3) {
        return if random.one_in(5) { literal(random, wanted) } else { path(random, scope, wanted) };
    }
    match random.below(14) {
        0..=3 => call(random, scope, wanted, depth),
        4 | 5 => guarded(random, scope, wanted, depth),
        6 => {
            let (condition, _) = expression(random, scope, Kind::Boolean, depth - 1);
            let (then, guess) = expression(random, scope, wanted, depth - 1);
            let (other, _) = expression(random, scope, wanted, depth - 1);
            (format!("({condition}) ? ({then}) : ({other})"), guess)
        }
        7 => bound(random, scope, wanted, depth),
        8 => form(random, scope, depth),
        _ => operation(random, scope, wanted, depth),
    }
}

fn literal(random: &mut Random, wanted: Kind) -> (String, Guess) {
    let text = match wanted {
        Kind::Text => random.pick(&["'x'", "'DONE'", "'12'"]),
        Kind::Number | Kind::Whole => random.pick(&["1", "2", "0", "-1", "2.5"]),
        Kind::Boolean => random.pick(&["true", "false"]),
        Kind::Null => "null",
        Kind::Time => "'2024-05-06T07:08:09Z'",
        Kind::Array => random.pick(&["[]", "[1, 2]", "['x']", "[1..3]", "[{'a': 1}]"]),
        Kind::Object => random.pick(&["{}", "{'a': 1}", "{'a': 'x', 'b': [1]}"]),
        Kind::Any => random.pick(&["1", "'x'", "null", "true", "[]", "{}", "2.5"]),
    };
    (text.to_owned(), guess_of(wanted))
}

/// An operator that gives something of a kind.
fn operation(random: &mut Random, scope: &Scope, wanted: Kind, depth: usize) -> (String, Guess) {
    let sub = |random: &mut Random, kind| expression(random, scope, kind, depth - 1).0;
    match wanted {
        Kind::Number | Kind::Whole => {
            let sign = random.pick(&["+", "-", "*", "/", "%", "+", "-", "*"]);
            if random.one_in(6) {
                return (format!("-({})", sub(random, Kind::Number)), Guess::Number);
            }
            let (left, right) = (sub(random, wanted), sub(random, wanted));
            (format!("({left}) {sign} ({right})"), guess_of(wanted))
        }
        Kind::Text => {
            let (left, right) = (sub(random, Kind::Any), sub(random, Kind::Text));
            (format!("({left}) & ({right})"), Guess::Text)
        }
        Kind::Boolean => (comparison(random, scope, depth), Guess::Boolean),
        Kind::Object => object(random, scope, depth - 1),
        Kind::Array => array(random, scope, depth),
        _ => {
            let wanted = random.pick(&[
                Kind::Number,
                Kind::Text,
                Kind::Boolean,
                Kind::Object,
                Kind::Array,
                Kind::Array,
            ]);
            operation(random, scope, wanted, depth)
        }
    }
}

fn comparison(random: &mut Random, scope: &Scope, depth: usize) -> String {
    let sign = random.pick(&["=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "in"]);
    let (left, right) = match sign {
        "and" | "or" => (Kind::Boolean, Kind::Boolean),
        "in" => (Kind::Any, Kind::Array),
        "=" | "!=" => (Kind::Any, Kind::Any),
        _ => random.pick(&[(Kind::Number, Kind::Number), (Kind::Text, Kind::Text)]),
    };
    let (left, _) = expression(random, scope, left, depth - 1);
    let (right, _) = expression(random, scope, right, depth - 1);
    format!("({left}) {sign} ({right})")
}

fn object(random: &mut Random, scope: &Scope, depth: usize) -> (String, Guess) {
    if random.one_in(8) {
        // A computed key.
        let (key, _) = expression(random, scope, Kind::Text, depth);
        let (value, guess) = expression(random, scope, Kind::Any, depth);
        return (format!("{{ ({key}): {value} }}"), Guess::object([("a".to_owned(), guess)]));
    }
    let mut fields: Vec<(String, String, Guess)> = Vec::new();
    for _ in 0..1 + random.below(3) {
        let key = random.pick(&KEYS).to_owned();
        let (value, guess) = expression(random, scope, Kind::Any, depth);
        fields.retain(|(known, ..)| *known != key);
        fields.push((key, value, guess));
    }
    let text: Vec<_> = fields.iter().map(|(key, value, _)| format!("'{key}': {value}")).collect();
    let guess = Guess::object(fields.into_iter().map(|(key, _, guess)| (key, guess)));
    (format!("{{ {} }}", text.join(", ")), guess)
}

fn array(random: &mut Random, scope: &Scope, depth: usize) -> (String, Guess) {
    match random.below(6) {
        0 => {
            let (end, _) = expression(random, scope, Kind::Whole, depth - 1);
            (format!("[1..({end})]"), Guess::array(Guess::Whole))
        }
        1 => {
            let (one, guess) = expression(random, scope, Kind::Any, depth - 1);
            let (other, _) = expression(random, scope, Kind::Any, depth - 1);
            (format!("[{one}, {other}]"), Guess::array(guess))
        }
        2 => {
            let (of, guess) = path(random, scope, Kind::Array);
            let inner = item_scope(scope, guess.item());
            let (body, guess) = expression(random, &inner, Kind::Any, depth - 1);
            (format!("[{of}.({body})]"), Guess::array(guess))
        }
        _ => {
            let (of, guess) = path(random, scope, Kind::Array);
            (format!("[{of}]"), Guess::array(guess.item()))
        }
    }
}

/// Returns the scope behind a dot, or in a predicate: the item is the context.
fn item_scope(scope: &Scope, item: Guess) -> Scope {
    let mut locals = scope.locals.clone();
    locals.retain(|(name, _)| name != "$");
    locals.push(("$".into(), item));
    Scope { locals, sure: Vec::new().into(), ..scope.clone() }
}

pub(crate) fn with_local(scope: &Scope, name: &str, guess: Guess) -> Scope {
    let mut locals = scope.locals.clone();
    locals.retain(|(known, _)| known != name);
    locals.push((name.into(), guess));
    Scope { locals, ..scope.clone() }
}

/// A test, and what needs it.
fn guarded(random: &mut Random, scope: &Scope, wanted: Kind, depth: usize) -> (String, Guess) {
    let (text, guess, _) = shaky_path(random, scope, wanted);
    let guess = guess.settle().0;
    let inner = Scope { sure: vec![(text.clone(), guess.clone())].into(), ..scope.clone() };
    let (then, then_guess) = expression(random, &inner, wanted, depth - 1);
    let (other, _) = expression(random, scope, wanted, depth - 1);
    let kind = match guess.kind() {
        Kind::Text | Kind::Time => "string",
        Kind::Number | Kind::Whole => "number",
        Kind::Boolean => "boolean",
        Kind::Array => "array",
        _ => "object",
    };
    let (condition, turned) = match random.below(9) {
        0 => (format!("$not($exists({text}))"), true),
        1 => (format!("$exists({text}) and {text} != null"), false),
        2 => (format!("{text} != null"), false),
        3 => (format!("$type({text}) = '{kind}'"), false),
        4 => (format!("$count({text}) > 0"), false),
        5 => (format!("$count({text}) = 0"), true),
        6 => (text.clone(), false),
        7 => (
            format!("$exists({text}) and ({})", expression(random, &inner, Kind::Boolean, depth - 1).0),
            false,
        ),
        _ => (format!("$exists({text})"), false),
    };
    let then = if random.one_in(2) { text } else { then };
    let text = if turned {
        format!("({condition}) ? ({other}) : ({then})")
    } else {
        format!("({condition}) ? ({then}) : ({other})")
    };
    (text, then_guess)
}

/// A variable of the expression's own, or a function of its own.
fn bound(random: &mut Random, scope: &Scope, wanted: Kind, depth: usize) -> (String, Guess) {
    let (value, guess) = expression(random, scope, Kind::Any, depth - 1);
    // One that shadows a function now and then.
    let name = random.pick(&["$x", "$y", "$x", "$y", "$count", "$sum"]);
    if random.one_in(4) {
        let inner = with_local(scope, "$p", guess);
        let (body, guess) = expression(random, &inner, wanted, depth - 1);
        let signature = if random.one_in(6) { "<x:x>" } else { "" };
        return (format!("($f := function($p){signature} {{ {body} }}; $f({value}))"), guess);
    }
    let (body, guess) = expression(random, &with_local(scope, name, guess), wanted, depth - 1);
    (format!("({name} := {value}; {body})"), guess)
}

/// The forms that no kind asks for.
fn form(random: &mut Random, scope: &Scope, depth: usize) -> (String, Guess) {
    let (of, guess) = path(random, scope, Kind::Array);
    let item = guess.item();
    let (key, other) = (random.pick(&KEYS), random.pick(&KEYS));
    let inner = item_scope(scope, item.clone());
    let sub = |random: &mut Random, kind| expression(random, &inner, kind, depth - 1).0;
    let text = match random.below(24) {
        0 => format!("{of}.*"),
        1 => format!("{of}.**"),
        2 => format!("{of}.{key}.%"),
        3 => format!("{of}.**.{key}"),
        4 => format!("{of}^({key})"),
        5 => format!("{of}^(>{key}, <{other})"),
        6 => format!("{of}{{ {key}: {other} }}"),
        7 => format!("{of}{{ $string({key}): $sum({other}) }}"),
        8 => format!("{of} ~> |$|{{ '{key}': 1 }}|"),
        9 => format!("{of} ~> |{key}|{{ 'z': 1 }}, ['{other}']|"),
        10 => format!("{of}[]"),
        11 => format!("{of}#$i.{{ 'i': $i, 'v': {} }}", sub(random, Kind::Any)),
        12 => format!("{of}@$j.{{ 'v': $j.{key} }}"),
        13 => format!("{of}[{}]", sub(random, Kind::Boolean)),
        14 => format!("{of}[[0..1]]"),
        15 => format!("{of}.{{ '{key}': {} }}", sub(random, Kind::Any)),
        16 => format!("{of}.[{}]", sub(random, Kind::Any)),
        17 => format!("{of} ~> $count()"),
        18 => format!("{of} ~> $map(function($i) {{ $i.{key} }})"),
        19 => format!("({}; {of})", sub(random, Kind::Any).replace("$.", "$states.input.")),
        20 => format!("$map({of}, $append(?, 1))"),
        21 => format!("{of}.($uppercase ~> $lowercase)('X')"),
        22 => random.pick(&["()", "$uppercase", "/x/i", "function($x) { $x }"]).to_owned(),
        _ => format!("{of}.$string()"),
    };
    (text, Guess::array(item))
}

/// A text with an expression.
pub(crate) fn text(random: &mut Random, scope: &Scope, wanted: Kind) -> (Json, Guess) {
    if random.one_in(25) {
        let (text, guess) = scope.declared_text(random, |[one, two, _]| {
            format!("{{% $parse($random() < 0.5 ? '{one}' : '{two}') %}}")
        });
        return (text.into(), guess);
    }
    let depth = random.pick(&[0, 1, 1, 2, 2, 3]);
    let (text, guess) = expression(random, scope, wanted, depth);
    (format!("{{% {text} %}}").into(), guess)
}

/// Makes a value of `Output`, `Arguments` and `Assign`.
pub(crate) fn template(random: &mut Random, scope: &Scope) -> (Json, Guess) {
    match random.below(8) {
        0..=3 => text(random, scope, Kind::Any),
        4 => {
            let (item, guess) = text(random, scope, Kind::Any);
            (json!([item, 1]), Guess::Tuple(vec![guess, Guess::Whole].into()))
        }
        5 => crate::paths::literal(random),
        _ => {
            let (mut fields, mut guesses) = (Map::new(), Vec::new());
            for _ in 0..1 + random.below(3) {
                let key = random.pick(&KEYS);
                let (value, guess) =
                    if random.one_in(5) { template(random, scope) } else { text(random, scope, Kind::Any) };
                guesses.retain(|(known, _): &(String, Guess)| known != key);
                fields.insert(key.into(), value);
                guesses.push((key.to_owned(), guess));
            }
            (fields.into(), Guess::object(guesses))
        }
    }
}

/// An object whose fields are those that a type takes.
pub(crate) fn towards(random: &mut Random, scope: &Scope, shape: &'static Shape) -> (Json, Guess) {
    let Shape::Object(object) = shape else {
        let wanted = Guess::of(shape, Side::Given).kind();
        return text(random, scope, wanted);
    };
    let (mut fields, mut guesses) = (Map::new(), Vec::new());
    for field in object.fields {
        let optional = field.given != Given::Required || matches!(field.shape, Shape::Nullable(_));
        if field.given == Given::Never || (optional && random.one_in(2)) {
            continue;
        }
        let key = random.pick(field.given_as);
        let (value, guess) = towards(random, scope, field.shape);
        fields.insert(key.into(), value);
        guesses.push((key.to_owned(), guess));
    }
    (fields.into(), Guess::object(guesses))
}

/// A condition that one takes for the opposite of another.
pub(crate) fn opposite(condition: &Json) -> Option<Json> {
    let text = condition.as_str()?.strip_prefix("{% ")?.strip_suffix(" %}")?;
    let is_simple = !text.contains(['(', '?']) && text.matches(" = ").count() == 1;
    let text = if is_simple { text.replace(" = ", " != ") } else { format!("$not({text})") };
    Some(format!("{{% {text} %}}").into())
}

/// A condition, and what is sure where it holds.
pub(crate) fn condition(random: &mut Random, scope: &Scope) -> (Json, Vec<(String, Guess)>) {
    let (text, guess, _) = shaky_path(random, scope, Kind::Any);
    let guess = guess.settle().0;
    let sure = vec![(text.clone(), guess)];
    let condition = match random.below(12) {
        0 => format!("$exists({text})"),
        1 => format!("$exists({text}) and {text} != null"),
        2 => format!("{text} != null"),
        3 => format!("$count({text}) > 0"),
        4 => format!("$type({text}) = '{}'", random.pick(&["string", "number", "null", "object"])),
        5 => format!("{text} = {}", random.pick(&["'A'", "'NEW'", "1", "true", "null"])),
        6 => format!("{text} in ['NEW', 'DONE']"),
        7 => format!("$boolean({text})"),
        _ => {
            let (text, _) = expression(random, scope, Kind::Boolean, 2);
            return (format!("{{% {text} %}}").into(), Vec::new());
        }
    };
    (format!("{{% {condition} %}}").into(), sure)
}
