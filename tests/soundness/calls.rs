//! JSONata: calls of the built-in functions, by their signatures.

use stepfn_core::jsonata::{Function, functions};

use crate::{
    guess::{Guess, Kind},
    query::{expression, with_local},
    random::Random,
    scope::{Scope, guess_of},
};

/// A parameter of a signature: its letters, the `<…>` behind an array, whether it may be left out.
struct Parameter {
    letters: String,
    of: char,
    optional: bool,
    context: bool,
}

fn parameters(signature: &str) -> Vec<Parameter> {
    let inside = signature.trim_start_matches('<');
    let (mut found, mut signs) = (Vec::<Parameter>::new(), inside.chars().peekable());
    while let Some(sign) = signs.next() {
        match sign {
            ':' | '>' => break,
            '(' => {
                let letters: String = signs.by_ref().take_while(|sign| *sign != ')').collect();
                found.push(Parameter { letters, of: ' ', optional: false, context: false });
            }
            '<' => {
                let of = signs.next().unwrap_or(' ');
                let mut depth = 1;
                while depth > 0 {
                    match signs.next() {
                        Some('<') => depth += 1,
                        Some('>') | None => depth -= 1,
                        _ => {}
                    }
                }
                if let Some(last) = found.last_mut() {
                    last.of = of;
                }
            }
            '-' | '?' | '+' => {
                if let Some(last) = found.last_mut() {
                    last.context |= sign == '-';
                    last.optional |= sign == '?';
                }
            }
            letter => {
                found.push(Parameter { letters: letter.into(), of: ' ', optional: false, context: false });
            }
        }
    }
    found
}

fn result_of(function: &Function) -> Kind {
    match function.signature.rsplit_once(':').map(|(_, result)| &result[..1]) {
        Some("s") => Kind::Text,
        Some("n") => Kind::Number,
        Some("b") => Kind::Boolean,
        Some("a") => Kind::Array,
        Some("o") => Kind::Object,
        Some(_) => Kind::Any,
        None => Kind::Array,
    }
}

/// A call of a built-in function that gives something of a kind.
pub(crate) fn call(random: &mut Random, scope: &Scope, wanted: Kind, depth: usize) -> (String, Guess) {
    let fits = |function: &&Function| match (wanted, result_of(function)) {
        (Kind::Any, _) | (_, Kind::Any) => true,
        (wanted, given) => guess_of(given).is(wanted) || (wanted == Kind::Whole && given == Kind::Number),
    };
    let fitting: Vec<&Function> = functions().iter().filter(fits).collect();
    let function = if fitting.is_empty() {
        &functions()[random.below(functions().len())]
    } else {
        random.pick(&fitting)
    };
    let all = parameters(function.signature);
    let mut arguments: Vec<(String, Guess)> = Vec::new();
    let mut item = Guess::Any;
    for (at, parameter) in all.iter().enumerate() {
        if parameter.optional && random.one_in(2) {
            break;
        }
        let argument = special(random, function.name, at)
            .map(|text| (text, Guess::Any))
            .unwrap_or_else(|| argument(random, scope, parameter, &item, depth));
        if at == 0 {
            item = match argument.1.kind() {
                Kind::Array => argument.1.item(),
                _ => Guess::Any,
            };
        }
        arguments.push(argument);
    }
    // Any number of them.
    if function.signature.contains('+') {
        for _ in 0..random.below(3) {
            arguments.push(expression(random, scope, Kind::Array, depth - 1));
        }
    }
    let guess = match (function.name, arguments.first()) {
        ("append" | "filter" | "reverse" | "shuffle" | "sort" | "distinct", Some((_, first))) => {
            Guess::array(first.item())
        }
        ("single", Some((_, first))) => first.item(),
        ("keys" | "split", _) => Guess::array(Guess::Text),
        ("range", _) => Guess::array(Guess::Number),
        ("count" | "length", _) => Guess::Whole,
        ("merge", Some((_, first))) => first.item(),
        ("clone" | "sift", Some((_, first))) => first.clone(),
        _ => guess_of(result_of(function)),
    };
    // The first argument may be the context's value.
    if all.first().is_some_and(|first| first.context) && !arguments.is_empty() && random.percent(40) {
        let (of, rest) = (arguments[0].0.clone(), &arguments[1..]);
        let rest: Vec<_> = rest.iter().map(|(text, _)| text.as_str()).collect();
        let dot = random.pick(&[".", " ~> "]);
        return (format!("({of}){dot}${}({})", function.name, rest.join(", ")), guess);
    }
    let texts: Vec<_> = arguments.iter().map(|(text, _)| text.as_str()).collect();
    (format!("${}({})", function.name, texts.join(", ")), guess)
}

/// Arguments that few values fit.
fn special(random: &mut Random, function: &str, at: usize) -> Option<String> {
    let literals: &[&str] = match (function, at) {
        ("formatNumber", 1) => &["'#0.0'", "'#,##0'"],
        ("formatNumber", 2) => &["{'decimal-separator': ','}"],
        ("formatInteger" | "parseInteger", 1) => &["'0'", "'w'"],
        ("parseInteger", 0) => &["'12'"],
        ("formatBase", 1) => &["2", "16"],
        ("fromMillis" | "toMillis" | "now", 1) | ("now", 0) => &["'[Y]-[M01]-[D01]'"],
        ("fromMillis" | "now", 2) => &["'+0100'"],
        ("toMillis", 0) => &["'2024-05-06T07:08:09Z'", "$states.context.State.EnteredTime", "$now()"],
        ("hash", 1) => &["'MD5'", "'SHA-256'"],
        ("base64decode", 0) => &["'eA=='", "$base64encode('x')"],
        ("parse", 0) => &["'[1, {\"a\": 2}]'", "'7'"],
        ("split" | "replace" | "contains", 1) => &["','", "/x/", "'x'"],
        ("partition", 1) | ("range", 2) | ("pad", 1) => &["1", "2"],
        ("replace", 2) => &["'y'", "function($m) { 'z' }"],
        ("error", 0) => &["'wrong'"],
        ("assert", 0) => &["true"],
        ("sqrt" | "power", 0) => &["4", "2"],
        ("match", 1) => &["/x/", "/(a)b*/i", "/(a)|([a-z])/"],
        ("string", 1) => &["true"],
        _ => return None,
    };
    (!random.one_in(4)).then(|| random.pick(literals).to_owned())
}

fn argument(
    random: &mut Random,
    scope: &Scope,
    parameter: &Parameter,
    item: &Guess,
    depth: usize,
) -> (String, Guess) {
    let letters: Vec<char> = parameter.letters.chars().collect();
    let kind = match random.pick(&letters) {
        's' => Kind::Text,
        'n' => Kind::Number,
        'b' => Kind::Boolean,
        'a' => Kind::Array,
        'o' => Kind::Object,
        'f' => return (lambda(random, scope, item, depth), Guess::Any),
        _ => Kind::Any,
    };
    if kind == Kind::Array && parameter.of != ' ' && random.one_in(2) {
        let of = match parameter.of {
            's' => Kind::Text,
            'n' => Kind::Number,
            'o' => Kind::Object,
            _ => Kind::Any,
        };
        let (one, guess) = expression(random, scope, of, depth - 1);
        let (other, _) = expression(random, scope, of, depth - 1);
        return (format!("[{one}, {other}]"), Guess::array(guess));
    }
    expression(random, scope, kind, depth - 1)
}

fn lambda(random: &mut Random, scope: &Scope, item: &Guess, depth: usize) -> String {
    if random.one_in(8) {
        return random.pick(&["$string", "$uppercase", "$boolean", "$not", "$exists"]).to_owned();
    }
    let names =
        random.pick(&[&["$i"][..], &["$i", "$k"], &["$l", "$r"], &["$i", "$k", "$all"], &["$v", "$k"]]);
    let mut inner = scope.clone();
    for (at, name) in names.iter().enumerate() {
        let guess = match (*name, at) {
            (_, 0) | ("$r", _) => item.clone(),
            ("$k", _) => Guess::Whole,
            _ => Guess::array(item.clone()),
        };
        inner = with_local(&inner, name, guess);
    }
    let wanted = random.pick(&[Kind::Boolean, Kind::Boolean, Kind::Any, Kind::Number]);
    let (body, _) = expression(random, &inner, wanted, depth.saturating_sub(1));
    format!("function({}) {{ {body} }}", names.join(", "))
}
