//! Mistakes: of a machine that is right, one thing is made wrong, of any kind that a person could get wrong. The checker must refuse it
//! or it must run all the same.

use serde_json::{Value as Json, json};
use stepfn::{
    intrinsic::Call,
    shape::{Field, Given, Made, ObjectShape, Shape, Side},
};
use stepfn_core::jsonata::{self, Expression};

use crate::{
    guess::{Guess, Kind},
    paths, query,
    random::Random,
    scope::Scope,
    shapes::{self, KEYS, leak},
    shrink::{get, parts, set},
    trial::{Trial, WorkKind},
};

/// Changes a machine; returns `false` if nothing was done this time.
pub(crate) fn mutate(random: &mut Random, trial: &mut Trial) -> bool {
    match random.below(12) {
        0..=2 => types(random, trial),
        3 => structure(random, trial),
        _ => text(random, trial),
    }
}

/// A type becomes another one: what flows in, what a function takes or answers, what must come out.
fn types(random: &mut Random, trial: &mut Trial) -> bool {
    match random.below(4) {
        0 => trial.input = other(random, trial.input, 3),
        1 => {
            let shape = trial.output.unwrap_or(&Shape::Any);
            trial.output = Some(other(random, shape, 3));
        }
        _ => {
            if trial.work.is_empty() {
                return false;
            }
            let at = random.below(trial.work.len());
            match &mut trial.work[at].kind {
                WorkKind::Function { input, output, result, .. } => match (random.below(3), result) {
                    (0, Some(result)) => *result = other(random, result, 3),
                    (1, _) => *output = other(random, output, 3),
                    _ => *input = other(random, input, 3),
                },
                WorkKind::Declared(Some(shape)) | WorkKind::Reader { item: Some(shape), .. } => {
                    *shape = other(random, shape, 3);
                }
                WorkKind::Child { number, result } => match (random.below(3), result) {
                    (0, Some(result)) => *result = other(random, result, 3),
                    (1, _) => {
                        let child = &mut trial.children[*number].trial;
                        child.output = Some(other(random, child.output.unwrap_or(&Shape::Any), 3));
                    }
                    _ => {
                        let child = &mut trial.children[*number].trial;
                        child.input = other(random, child.input, 3);
                    }
                },
                _ => return false,
            }
        }
    }
    true
}

/// The type with one thing of it changed.
fn other(random: &mut Random, shape: &'static Shape, depth: usize) -> &'static Shape {
    if depth == 0 || random.one_in(4) {
        return match random.below(5) {
            0 | 1 => shapes::shape(random, 1),
            2 => leak(Shape::Nullable(shape)),
            3 => leak(Shape::Array(shape)),
            _ => shapes::scalar(random),
        };
    }
    let depth = depth - 1;
    leak(match shape {
        Shape::Object(object) if !object.fields.is_empty() => {
            let mut fields = object.fields.to_vec();
            let at = random.below(fields.len());
            let field = &mut fields[at];
            match random.below(8) {
                0 => field.made = Made::Maybe,
                1 => field.given = Given::Optional,
                2 => field.given = Given::Required,
                3 => *field = Field { made: Made::Maybe, given: Given::Optional, ..*field },
                4 => {
                    fields.remove(at);
                }
                _ => field.shape = other(random, field.shape, depth),
            }
            // Serde does not deny where something is flattened.
            let turns = object.flattened.is_empty() && random.one_in(10);
            let deny = object.deny_unknown_fields != turns;
            let object = ObjectShape { fields: fields.leak(), deny_unknown_fields: deny, ..**object };
            Shape::Object(Box::leak(Box::new(object)))
        }
        Shape::Array(item) => Shape::Array(other(random, item, depth)),
        Shape::Map(item) => Shape::Map(other(random, item, depth)),
        Shape::Keyed { key, value } => Shape::Keyed { key, value: other(random, value, depth) },
        Shape::Nullable(inner) if random.one_in(2) => Shape::Nullable(other(random, inner, depth)),
        // Of a type that always holds itself there is no value.
        Shape::Nullable(Shape::Recursive(_)) => Shape::Null,
        Shape::Nullable(inner) => return inner,
        Shape::Tuple(items) if !items.is_empty() => {
            let mut items = items.to_vec();
            let at = random.below(items.len());
            match random.below(3) {
                0 => {
                    items.remove(at);
                }
                1 => items.push(shapes::scalar(random)),
                _ => items[at] = other(random, items[at], depth),
            }
            Shape::Tuple(items.leak())
        }
        _ => return shapes::shape(random, 1),
    })
}

/// A field of a state goes, or a guard holds whatever comes.
fn structure(random: &mut Random, trial: &mut Trial) -> bool {
    const KEPT: [&str; 14] = [
        "Type",
        "States",
        "StartAt",
        "Next",
        "End",
        "Resource",
        "QueryLanguage",
        "Branches",
        "ItemProcessor",
        "Iterator",
        "Choices",
        "ProcessorConfig",
        "ErrorEquals",
        "FunctionName",
    ];
    let mut all = Vec::new();
    parts(&trial.machine, &mut Vec::new(), &mut all);
    if random.one_in(3) {
        all.retain(|path| path.len() > 1 && path[path.len() - 2] == "Choices");
        if all.is_empty() {
            return false;
        }
        let path = random.pick(&all);
        let Some(rule) = get(&trial.machine, &path).and_then(Json::as_object).cloned() else { return false };
        let mut opened = if rule.contains_key("Condition") {
            json!({ "Condition": "{% true %}" })
        } else {
            json!({ "Variable": "$$.State.Name", "IsPresent": true })
        };
        for kept in ["Next", "Assign", "Output"] {
            if let Some(value) = rule.get(kept) {
                opened[kept] = value.clone();
            }
        }
        return set(&mut trial.machine, &path, opened);
    }
    all.retain(|path| {
        let last = path.last().map_or("", String::as_str);
        let state = path.len() >= 2 && path[path.len() - 2] == "States";
        !KEPT.contains(&last) && !state && last.parse::<usize>().is_err()
    });
    if all.is_empty() {
        return false;
    }
    let path = random.pick(&all);
    if random.one_in(6) && path.last().is_some_and(|last| last.ends_with("Path")) {
        return set(&mut trial.machine, &path, Json::Null);
    }
    crate::prune::take(&mut trial.machine, &path)
}

/// A path, expression or literal becomes another one.
fn text(random: &mut Random, trial: &mut Trial) -> bool {
    let mut all = Vec::new();
    parts(&trial.machine, &mut Vec::new(), &mut all);
    all.retain(|path| {
        let last = path.last().map_or("", String::as_str);
        let value = get(&trial.machine, path);
        let is_text = value.and_then(Json::as_str).is_some_and(|text| speaks(last, text));
        is_text || value.is_some_and(is_scalar) && in_data(path)
    });
    if all.is_empty() {
        return false;
    }
    let path = random.pick(&all);
    let last = path.last().cloned().unwrap_or_default();
    let Some(value) = get(&trial.machine, &path).cloned() else { return false };
    let scope = scope_of(trial);
    let changed = match value.as_str() {
        Some(text) if jsonata::expression_in(text).is_some() => expression(random, &scope, text),
        Some(text) if speaks(&last, text) => {
            Some(json_path(random, &scope, trial, text, last.ends_with(".$")))
        }
        _ => return set(&mut trial.machine, &path, paths::literal(random).0),
    };
    changed.is_some_and(|changed| set(&mut trial.machine, &path, changed.into()))
}

/// Whether a text is a path, a function or an expression.
fn speaks(key: &str, text: &str) -> bool {
    text.contains("{%") || key.ends_with(".$") || key.ends_with("Path") || key == "Variable"
}

fn is_scalar(value: &Json) -> bool {
    !value.is_object() && !value.is_array()
}

/// Returns `true` if a literal is data, and not an amount or a duration.
fn in_data(path: &[String]) -> bool {
    const HOLDERS: [&str; 12] = [
        "Parameters",
        "Arguments",
        "Output",
        "Assign",
        "Result",
        "ResultSelector",
        "ItemSelector",
        "BatchInput",
        "Choices",
        "Items",
        "Seconds",
        "Timestamp",
    ];
    path.iter().any(|key| HOLDERS.contains(&key.as_str()))
        && !path
            .iter()
            .rev()
            .take(2)
            .any(|key| ["Next", "FunctionName", "Resource", "StateMachineArn"].contains(&key.as_str()))
}

/// Returns the scope that a mistaken author believes to be there.
fn scope_of(trial: &Trial) -> Scope {
    let mut scope = Scope::new(Guess::of(trial.input, Side::Given));
    for work in &trial.work {
        match &work.kind {
            WorkKind::Function { output, .. } => scope.result = Some(Guess::of(output, Side::Made)),
            WorkKind::Service(Some(shape)) => scope.result = Some(Guess::Service(*shape)),
            WorkKind::Child { number, .. } => {
                let output = trial.children[*number].trial.output.unwrap_or(&Shape::Any);
                let given = ("Output".to_owned(), Guess::of(output, Side::Given));
                scope.result = Some(Guess::object([given]));
            }
            WorkKind::Reader { item: Some(item), .. } => scope.item = Some(Guess::of(item, Side::Given)),
            _ => {}
        }
    }
    scope
}

/// Another path, or a function of it.
fn json_path(random: &mut Random, scope: &Scope, trial: &Trial, text: &str, template: bool) -> String {
    if let Ok(call) = Call::parse(text)
        && !random.one_in(5)
    {
        let args: Vec<_> =
            call.calls().flat_map(|call| call.args.iter().map(|arg| arg.span.clone())).collect();
        if !args.is_empty() {
            let at = random.pick(&args);
            let new = argument(random, scope);
            return format!("{}{new}{}", &text[..at.start], &text[at.end..]);
        }
    }
    if template && random.one_in(5) {
        return random
            .pick(&[
                "States.ArrayGetItem(X, 0)",
                "States.ArrayGetItem(States.Array(X), 1)",
                "States.ArrayLength(X)",
                "States.MathAdd(X, 1)",
                "States.StringSplit(X, ',')",
                "States.JsonMerge(X, X, false)",
                "States.Format('{}', X)",
                "States.ArrayUnique(X)",
                "States.Base64Encode(X)",
                "States.ArrayContains(X, 1)",
            ])
            .replace('X', if text.starts_with('$') { text } else { "$" });
    }
    match random.below(6) {
        0 => walk(random, &scope.input),
        1 => paths::path(random, scope, Kind::Any).0,
        2 => longer(random, text),
        3 => shorter(text),
        4 => misspelt(random, text),
        _ => {
            // One from elsewhere in the machine.
            let mut all = Vec::new();
            parts(&trial.machine, &mut Vec::new(), &mut all);
            let texts: Vec<&str> =
                all.iter().filter_map(|path| get(&trial.machine, path)?.as_str()).collect();
            // The placeholder of a machine that is started is none.
            let is_path = |text: &&str| text.starts_with('$') && !text.starts_with("${");
            let texts: Vec<&str> = texts.into_iter().filter(is_path).collect();
            if texts.is_empty() { "$".into() } else { random.pick(&texts).to_owned() }
        }
    }
}

fn argument(random: &mut Random, scope: &Scope) -> String {
    match random.below(5) {
        0 => random.pick(&["1", "-1", "1.5", "'x'", "true", "null", "0", "100"]).into(),
        1 => random
            .pick(&[
                "States.Array($, 1)",
                "States.UUID()",
                "States.MathRandom(1, 9)",
                "States.StringSplit('a,b', ',')",
                "States.StringToJson('{\"a\": 1}')",
                "States.ArrayGetItem(States.Array(1, 'x'), 1)",
                "States.ArrayRange(1, 3, 1)",
                "States.JsonToString($)",
            ])
            .into(),
        2 => walk(random, &scope.input),
        _ => paths::path(random, scope, Kind::Any).0,
    }
}

/// A way into a value, as likely wrong as right.
fn walk(random: &mut Random, from: &Guess) -> String {
    let (mut steps, mut guess) = (Vec::new(), from.clone());
    for _ in 0..random.pick(&[0, 1, 1, 2, 3]) {
        let Some((step, next, _)) = guess.step(random) else { break };
        steps.push(step);
        guess = next;
    }
    paths::write(random, "$".into(), &steps)
}

fn longer(random: &mut Random, text: &str) -> String {
    let key = random.pick(&KEYS);
    let step = match random.below(9) {
        0 => "[0]".to_owned(),
        1 => "[*]".to_owned(),
        2 => format!("[?(@.{key} == 1)]"),
        3 => format!("..{key}"),
        4 => "['a','b']".to_owned(),
        5 => "[0:2]".to_owned(),
        6 => "[7]".to_owned(),
        _ => format!(".{key}"),
    };
    if text.starts_with('$') { format!("{text}{step}") } else { format!("${step}") }
}

fn shorter(text: &str) -> String {
    let cut = text.rfind(['.', '[']).filter(|at| *at > 0 && !text[..*at].ends_with('.'));
    cut.map_or_else(|| "$".to_owned(), |at| text[..at].to_owned())
}

/// A name in a path is misspelt.
fn misspelt(random: &mut Random, text: &str) -> String {
    let names: Vec<usize> = text
        .match_indices('.')
        .map(|(at, _)| at + 1)
        .filter(|at| text[*at..].starts_with(|sign: char| sign.is_ascii_lowercase()))
        .collect();
    if names.is_empty() {
        return random
            .pick(&["$v7", "$.z", "$$.Execution.Input.z", "$$.Map.Item.Value", "$$.Task.Token"])
            .into();
    }
    let mut broken = text.to_owned();
    broken.insert(random.pick(&names), 'z');
    broken
}

/// An expression with one part of it replaced.
fn expression(random: &mut Random, scope: &Scope, text: &str) -> Option<String> {
    let (inner, _) = jsonata::expression_in(text)?;
    let whole = jsonata::parse(inner).ok()?;
    let mut all = Vec::new();
    collect(&whole, &mut all);
    let at = random.pick(&all);
    let old = inner.get(at.clone())?;
    let new = part(random, scope, old);
    let changed = format!("{}{new}{}", &inner[..at.start], &inner[at.end..]);
    jsonata::parse(&changed).ok()?;
    Some(format!("{{%{changed}%}}"))
}

fn collect(expression: &Expression, all: &mut Vec<std::ops::Range<usize>>) {
    if all.len() < 80 {
        all.push(expression.range.clone());
        expression.parts().into_iter().for_each(|part| collect(part, all));
    }
}

/// Makes a replacement of a part: something of another kind, or something made of the part.
fn part(random: &mut Random, scope: &Scope, old: &str) -> String {
    let key = random.pick(&KEYS);
    match random.below(10) {
        0 | 1 => random
            .pick(&[
                "1",
                "-1",
                "2.5",
                "0",
                "'x'",
                "''",
                "true",
                "null",
                "[]",
                "{}",
                "[1, 'x']",
                "['x', 'y']",
                "{'a': 1}",
                "[{'a': 1}, {'b': 2}]",
                "()",
                "[3]",
                "[1, 2]",
                "1e30",
                "'2024-05-06'",
            ])
            .into(),
        2 => random
            .pick(&[
                "$uppercase",
                "$count",
                "/x/",
                "function($x) { $x }",
                "function($a, $b) { $a }",
                "function($a) { () }",
                "function($a) { $uppercase }",
                "$states",
                "$nope",
                "$states.input",
                "$states.input.*",
                "$states.input.**",
                "$states.input.%",
                "$states.result",
                "$states.errorOutput",
                "$states.context",
                "$v0",
                "$",
                "$$",
                "$states.context.Map.Item.Value",
                "$states.context.Execution.RedriveTime",
            ])
            .into(),
        3 | 4 => query::expression(random, scope, Kind::Any, 1).0,
        5 => format!("$states.input.{key}"),
        6 => misspelt(random, old),
        7 => format!("({old}).{key}"),
        _ => random
            .pick(&[
                "(X)[0]",
                "(X)[9]",
                "[X]",
                "(X)[]",
                "(X)[a = 1]",
                "(X).a",
                "(X).*",
                "(X).**",
                "(X)^(a)",
                "(X){a: b}",
                "(X){'k': $}",
                "$string(X)",
                "$number(X)",
                "$keys(X)",
                "$sort(X)",
                "$sum(X)",
                "$max(X)",
                "$map(X, function($i) { $i.a })",
                "$map([1, 2], X)",
                "$filter(X, function($i) { $i = 1 })",
                "$reduce(X, function($a, $b) { $a & $b })",
                "$reduce(X, function($a, $b) { $a + $b })",
                "$reduce(X, $count)",
                "$single(X)",
                "$each(X, function($v, $k) { $v })",
                "$sift(X, function($v) { $v = 1 })",
                "$sift(X)",
                "$lookup(X, 'a')",
                "$merge(X)",
                "$merge([X, {'a': 1}])",
                "$append(X, 1)",
                "$zip(X, [1])",
                "$join(X)",
                "$partition(X, 1)",
                "$range(1, X, 1)",
                "$parse(X)",
                "$length(X)",
                "$split(X, ',')",
                "$replace(X, 'x', 'y')",
                "$replace('x', X, 'y')",
                "$replace('x', 'x', X)",
                "$match('x', X)",
                "$contains('x', X)",
                "$hash(X)",
                "$toMillis(X)",
                "$fromMillis(X)",
                "$formatNumber(1, X)",
                "X ~> $count",
                "X ~> $f",
                "X ? 1",
                "X ? 1 : 'x'",
                "(X) < 1",
                "(X) < (X)",
                "'a' > (X)",
                "-(X)",
                "1 + (X)",
                "(X) / 2",
                "[1..(X)]",
                "X ~> |$|{'a': 1}|",
                "(X)(1)",
                "$exists(X) ? X : 1",
                "$distinct(X)",
                "$spread(X)",
                "$clone(X)",
                "{ 'a': X }",
                "(X).(X)",
                "($x := X; $x)",
                "($f := function($p) { $p.a }; $f(X))",
                "($f := function($p)<s:s> { $p }; $f(X))",
                "($f := function($n) { $n > 3 ? $n : $f($n + 1) }; $f(X))",
            ])
            .replace('X', old),
    }
}
