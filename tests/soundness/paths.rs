//! JSONPath: random paths, intrinsic functions, templates and conditions, which know what is there and mostly keep to it.

use serde_json::{Map, Value as Json, json};
use stepfn::{
    asl::{OperandKind, Operator},
    intrinsic::{Function, Kind as Param},
    shape::{Given, Shape},
};

use crate::{
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
    if !sure.is_empty() && random.percent(40) {
        let (text, guess) = random.pick(&sure);
        return (text, guess, false);
    }
    if random.one_in(40) {
        return (odd(random, scope), Guess::array(Guess::Any), false);
    }
    for _ in 0..3 {
        let (root, from) = root(random, scope);
        let (steps, guess, shaky) = Scope::walk(random, &from, wanted);
        if guess.is(wanted) || random.one_in(8) {
            return (write(random, root, &steps), guess, shaky);
        }
    }
    ("$".into(), scope.input.clone(), false)
}

fn root(random: &mut Random, scope: &Scope) -> (String, Guess) {
    match random.below(10) {
        0 => {
            let (name, guess) = scope.context(random);
            (format!("$$.{name}"), guess)
        }
        1 if random.one_in(12) => ("$$".into(), Guess::Any),
        1 | 2 if !scope.variables.is_empty() => {
            let (name, guess) = random.pick(&scope.variables);
            (format!("${name}"), guess)
        }
        _ => ("$".into(), scope.input.clone()),
    }
}

pub(crate) fn write(random: &mut Random, root: String, steps: &[Step]) -> String {
    let mut text = root;
    for step in steps {
        match step {
            Step::Key(key) if random.one_in(8) || !key.chars().all(|sign| sign.is_ascii_alphanumeric()) => {
                text.push_str(&format!("['{key}']"));
            }
            Step::Key(key) => text.push_str(&format!(".{key}")),
            Step::Index(0) if random.one_in(6) => text.push_str("[-1]"),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
            Step::Each => text.push_str(&each(random)),
        }
    }
    text
}

fn each(random: &mut Random) -> String {
    match random.below(14) {
        0 => "[0:1]".into(),
        1 => "[1:]".into(),
        2 => "[:2]".into(),
        3 => "[-1:]".into(),
        4 => "[0,1]".into(),
        5 => "[0:4:2]".into(),
        6 | 7 => format!("[?({})]", filter(random, 1)),
        _ => "[*]".into(),
    }
}

fn filter(random: &mut Random, depth: usize) -> String {
    let key = random.pick(&KEYS);
    let sign = random.pick(&["==", "!=", "<", "<=", ">", ">="]);
    match random.below(if depth == 0 { 6 } else { 9 }) {
        0 => format!("@.{key}"),
        1 => format!("@.{key} {sign} 1.5"),
        2 => format!("@.{key} {sign} 'x'"),
        3 => format!("@.{key} {} {}", random.pick(&["==", "!="]), random.pick(&["true", "null"])),
        4 => format!("@ {sign} 1"),
        5 => format!("@.{key} {sign} $.{}", random.pick(&KEYS)),
        6 => format!("{} && {}", filter(random, 0), filter(random, 0)),
        7 => format!("{} || {}", filter(random, 0), filter(random, 0)),
        _ => format!("!({})", filter(random, 0)),
    }
}

/// Paths of forms that nobody steps into by the way.
fn odd(random: &mut Random, scope: &Scope) -> String {
    let (from, _) = root(random, scope);
    let (key, other) = (random.pick(&KEYS), random.pick(&KEYS));
    match random.below(6) {
        0 => format!("{from}..{key}"),
        1 => format!("{from}['{key}','{other}']"),
        2 => format!("{from}.*"),
        3 => format!("{from}..*"),
        4 => format!("{from}[*].{key}"),
        _ => format!("{from}..[0]"),
    }
}

fn param_kind(param: Param) -> Kind {
    match param {
        Param::String => Kind::Text,
        Param::Number => Kind::Number,
        Param::Integer => Kind::Whole,
        Param::Boolean => Kind::Boolean,
        Param::Array => Kind::Array,
        Param::Object => Kind::Object,
        Param::Any | Param::Null => Kind::Any,
    }
}

/// A call of an intrinsic function that gives something of a kind.
fn call(random: &mut Random, scope: &Scope, wanted: Kind, depth: usize) -> (String, Guess) {
    let fits = |function: &Function| match (wanted, param_kind(function.signature().result)) {
        (Kind::Any, _) | (_, Kind::Any) => true,
        (wanted, given) => guess_of(given).is(wanted),
    };
    let fitting: Vec<Function> = Function::ALL.iter().copied().filter(fits).collect();
    let function = if fitting.is_empty() { random.pick(Function::ALL) } else { random.pick(&fitting) };
    let signature = function.signature();
    let mut given = signature.required;
    if given < signature.params.len() && random.one_in(2) {
        given += 1;
    }
    let mut guesses = Vec::new();
    let mut arguments: Vec<String> = (0..given)
        .map(|at| {
            let kind = param_kind(signature.params[at].kind);
            let (text, guess) = special(random, function, at)
                .map_or_else(|| argument(random, scope, kind, depth), |text| (text, Guess::Any));
            guesses.push(guess);
            text
        })
        .collect();
    if signature.variadic.is_some() {
        let several = random.below(3) + usize::from(function == Function::Format);
        let more: Vec<_> = (0..several).map(|_| argument(random, scope, Kind::Any, depth)).collect();
        if function == Function::Format {
            // What it fills in is no array and no object.
            let more: Vec<_> = more.iter().map(|_| argument(random, scope, Kind::Text, depth)).collect();
            arguments = vec![format!("'{}'", vec!["{}"; more.len()].join("-"))];
            arguments.extend(more.into_iter().map(|(text, _)| text));
        } else {
            for (text, guess) in more {
                arguments.push(text);
                guesses.push(guess);
            }
        }
    }
    let guess = match function {
        Function::Array => Guess::Tuple(guesses.into()),
        Function::ArrayGetItem => guesses[0].item(),
        Function::ArrayUnique => Guess::array(guesses[0].item()),
        Function::ArrayPartition => Guess::array(Guess::array(guesses[0].item())),
        Function::ArrayRange => Guess::array(Guess::Whole),
        Function::StringSplit => Guess::array(Guess::Text),
        Function::JsonMerge => guesses[1].clone(),
        Function::MathAdd => Guess::Whole,
        _ => guess_of(param_kind(signature.result)),
    };
    (format!("{}({})", function.name(), arguments.join(", ")), guess)
}

/// Arguments that few values fit.
fn special(random: &mut Random, function: Function, at: usize) -> Option<String> {
    let literal = match (function, at) {
        (Function::Hash, 1) => random.pick(&["'MD5'", "'SHA-1'", "'SHA-256'", "'SHA-384'", "'SHA-512'"]),
        (Function::JsonMerge, 2) => "false",
        (Function::ArrayPartition, 1) => random.pick(&["1", "2"]),
        (Function::ArrayRange, 2) => "1",
        (Function::ArrayRange, 0) | (Function::MathRandom, 0) => "1",
        (Function::MathRandom, 1) => "9",
        (Function::ArrayGetItem, 1) if !random.one_in(4) => random.pick(&["0", "1"]),
        _ => return None,
    };
    (!random.one_in(5)).then(|| literal.to_owned())
}

fn argument(random: &mut Random, scope: &Scope, kind: Kind, depth: usize) -> (String, Guess) {
    if depth > 0 && random.one_in(5) {
        return call(random, scope, kind, depth - 1);
    }
    if random.one_in(4) {
        match kind {
            Kind::Text => return ("'x,y'".into(), Guess::Text),
            Kind::Number | Kind::Whole => return (random.pick(&["1", "2", "-1"]).into(), Guess::Whole),
            Kind::Boolean => return (random.pick(&["true", "false"]).into(), Guess::Boolean),
            Kind::Any => return (random.pick(&["null", "1.5", "'it\\'s'", "true"]).into(), Guess::Any),
            _ => {}
        }
    }
    path(random, scope, kind)
}

/// Makes a value for a `.$` key.
pub(crate) fn expression(random: &mut Random, scope: &Scope, wanted: Kind) -> (String, Guess) {
    if random.percent(30) { call(random, scope, wanted, 2) } else { path(random, scope, wanted) }
}

/// What the key of a count begins with.
const COUNT: &str = "n_";

/// A payload template.
pub(crate) fn template(random: &mut Random, scope: &Scope, depth: usize) -> (Json, Guess) {
    let (mut fields, mut guesses) = (Map::new(), Vec::new());
    for _ in 0..1 + random.below(3) {
        let key = random.pick(&KEYS);
        fields.remove(key);
        fields.remove(&format!("{key}.$"));
        guesses.retain(|(known, _): &(String, Guess)| known != key);
        let guess = match random.below(11) {
            9 if depth > 0 => {
                let (text, guess) = scope.declared_text(random, |[one, two, three]| {
                    format!("States.StringToJson(States.ArrayGetItem(States.Array('{one}', '{two}', '{three}'), States.MathRandom(0, 3)))")
                });
                fields.insert(format!("{key}.$"), text.into());
                guess
            }
            // How many there are beside them.
            10 => {
                let (text, guess) = path(random, scope, Kind::Array);
                let count = format!("{COUNT}{key}");
                fields.insert(format!("{count}.$"), format!("States.ArrayLength({text})").into());
                fields.insert(format!("{key}.$"), text.into());
                guesses.retain(|(known, _)| *known != count);
                guesses.push((count, Guess::Whole));
                guess
            }
            0 => {
                let (literal, guess) = literal(random);
                fields.insert(key.into(), literal);
                guess
            }
            1 if depth > 0 => {
                let (inner, guess) = template(random, scope, depth - 1);
                fields.insert(key.into(), inner);
                guess
            }
            2 if depth > 0 => {
                let (inner, guess) = template(random, scope, 0);
                fields.insert(key.into(), json!([inner, 1]));
                Guess::Tuple(vec![guess, Guess::Whole].into())
            }
            _ => {
                let (text, guess) = expression(random, scope, Kind::Any);
                fields.insert(format!("{key}.$"), text.into());
                guess
            }
        };
        guesses.push((key.to_owned(), guess));
    }
    (fields.into(), Guess::object(guesses))
}

pub(crate) fn literal(random: &mut Random) -> (Json, Guess) {
    match random.below(9) {
        0 => (json!("x"), Guess::Text),
        1 => (json!(1), Guess::Whole),
        2 => (json!(-2.5), Guess::Number),
        3 => (json!(true), Guess::Boolean),
        4 => (json!(null), Guess::Null),
        5 => (json!([]), Guess::array(Guess::Any)),
        6 => (json!([1, 2]), Guess::Tuple(vec![Guess::Whole, Guess::Whole].into())),
        7 => (json!({ "a": 1, "b": { "c": "x" } }), {
            let inner = Guess::object([("c".to_owned(), Guess::Text)]);
            Guess::object([("a".to_owned(), Guess::Whole), ("b".to_owned(), inner)])
        }),
        _ => (json!("2024-05-06T07:08:09Z"), Guess::Time),
    }
}

/// A template whose fields are those that a type takes: `key.$` or `key` of the object that holds it, and the value.
pub(crate) fn towards(random: &mut Random, scope: &Scope, shape: &'static Shape) -> (Json, Guess) {
    match shape {
        Shape::Object(object) => {
            let (mut fields, mut guesses) = (Map::new(), Vec::new());
            for field in object.fields {
                let optional = field.given != Given::Required || matches!(field.shape, Shape::Nullable(_));
                if field.given == Given::Never || (optional && random.one_in(2)) {
                    continue;
                }
                let key = random.pick(field.given_as);
                if let (Shape::Object(_), true) = (field.shape, random.one_in(3)) {
                    let (inner, guess) = towards(random, scope, field.shape);
                    fields.insert(key.into(), inner);
                    guesses.push((key.to_owned(), guess));
                    continue;
                }
                let wanted = Guess::of(field.shape, stepfn::shape::Side::Given).kind();
                let (text, guess) = expression(random, scope, wanted);
                fields.insert(format!("{key}.$"), text.into());
                guesses.push((key.to_owned(), guess));
            }
            (fields.into(), Guess::object(guesses))
        }
        _ => template(random, scope, 1),
    }
}

/// A test of one path by any of the operators.
fn comparison(random: &mut Random, scope: &Scope) -> Json {
    let operator = random.pick(Operator::ALL);
    let compared = match operator.compares() {
        OperandKind::String => Kind::Text,
        OperandKind::Number => Kind::Number,
        OperandKind::Boolean if operator.is_test() => Kind::Any,
        OperandKind::Boolean => Kind::Boolean,
        OperandKind::Timestamp => Kind::Time,
        OperandKind::Path => Kind::Any,
    };
    let operand = match operator.operand() {
        OperandKind::String => json!(random.pick(&["DONE", "NEW", "x", "*", "A", "x*"])),
        OperandKind::Number => json!(random.pick(&[1.0, -2.5, 0.0])),
        OperandKind::Boolean => json!(random.one_in(3)),
        OperandKind::Timestamp => json!("2024-05-06T07:08:09Z"),
        OperandKind::Path => json!(path(random, scope, compared).0),
    };
    let mut rule = Map::new();
    rule.insert("Variable".into(), path(random, scope, compared).0.into());
    rule.insert(operator.name().into(), operand);
    rule.into()
}

/// A condition, and what is sure where it holds.
pub(crate) fn condition(random: &mut Random, scope: &Scope, depth: usize) -> (Json, Vec<(String, Guess)>) {
    if let Guess::Object(fields) = &scope.input
        && let Some((count, _)) = fields.iter().find(|(key, _)| key.starts_with(COUNT))
        && random.one_in(2)
    {
        return counted(random, scope, count);
    }
    match random.below(if depth == 0 { 4 } else { 10 }) {
        0..=2 => (comparison(random, scope), Vec::new()),
        3 => {
            let (text, guess) = path(random, scope, Kind::Any);
            (json!({ "Variable": text, "IsPresent": true }), vec![(text, guess)])
        }
        // The usual guards, and something that needs them.
        4..=6 => {
            let (text, guess, _) = shaky_path(random, scope, Kind::Any);
            let mut guess = guess.settle().0;
            // What is declared to be anything is what a test says.
            let asked = random.pick(&[Kind::Text, Kind::Number, Kind::Boolean, Kind::Time, Kind::Any]);
            let is_any = guess.kind() == Kind::Any;
            if is_any {
                guess = guess_of(asked);
            }
            let inner = Scope { sure: vec![(text.clone(), guess.clone())].into(), ..scope.clone() };
            let test = match (if is_any { 0 } else { random.below(3) }, guess.kind()) {
                (0, Kind::Time) => json!({ "Variable": text, "IsTimestamp": true }),
                (0, Kind::Text) => json!({ "Variable": text, "IsString": true }),
                (0, Kind::Number | Kind::Whole) => json!({ "Variable": text, "IsNumeric": true }),
                (0, Kind::Boolean) => json!({ "Variable": text, "IsBoolean": true }),
                (1, Kind::Time) => json!({ "Variable": text, "IsTimestamp": true }),
                _ => json!({ "Variable": text, "IsNull": false }),
            };
            let mut all = vec![json!({ "Variable": text, "IsPresent": true }), test];
            if random.one_in(2) {
                all.push(condition(random, &inner, depth - 1).0);
            }
            (json!({ "And": all }), vec![(text, guess)])
        }
        7 => (json!({ "Not": condition(random, scope, depth - 1).0 }), Vec::new()),
        8 => {
            let (one, _) = condition(random, scope, depth - 1);
            (json!({ "Or": [one, condition(random, scope, depth - 1).0] }), Vec::new())
        }
        // An enum's tag.
        _ => {
            let (text, guess) = path(random, scope, Kind::Text);
            let tag = random.pick(&["A", "B", "NEW"]);
            (json!({ "Variable": text, "StringEquals": tag }), vec![(text, guess)])
        }
    }
}

/// A test of how many there are, and the items that it is sure of.
fn counted(random: &mut Random, scope: &Scope, count: &str) -> (Json, Vec<(String, Guess)>) {
    let key = count.trim_start_matches(COUNT);
    let least = random.below(3);
    let (operator, operand) = random.pick(&[
        ("NumericGreaterThan", least),
        ("NumericGreaterThanEquals", least + 1),
        ("NumericEquals", least + 1),
    ]);
    let item = scope.input.at(key).item();
    let sure = [0, least].map(|at| (format!("$.{key}[{at}]"), item.clone()));
    (json!({ "Variable": format!("$.{count}"), operator: operand }), sure.into())
}
