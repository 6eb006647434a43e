//! The bodies of the fuzz targets for a while each, over mutations of seeds: `smoke [SECONDS] [TARGET or all] [FOLDER]`. Deterministic: an input is
//! identified by its number. Inputs that panic are printed; inputs that take longer than a second are, too.
//!
//! Files of the folder, and of those in it, are seeds as well: definitions and templates as they are, and of the texts in JSON those that a target
//! reads.

use std::{
    fs, io,
    panic::{self, AssertUnwindSafe},
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use stepfn_core::value::Value;

type Body = fn(&[u8]);

const TARGETS: [(&str, Body, &[&str]); 7] = [
    ("json", stepfn_fuzz::json, JSON),
    ("path", stepfn_fuzz::path, PATHS),
    ("intrinsic", stepfn_fuzz::intrinsic, INTRINSICS),
    ("jsonata", stepfn_fuzz::jsonata, JSONATA),
    ("asl", stepfn_fuzz::asl, ASL),
    ("import", stepfn_fuzz::import, FILES),
    ("macro_tokens", stepfn_fuzz::macro_tokens, MACHINES),
];

const JSON: &[&str] = &[
    r#"{"a": [1, -2.50, 1e400, "x\u00e9\ud83d\ude42\n"], "a": null, "": {"b": [[]]}}"#,
    "[123456789012345678901234567890, 0.1e-7, true, false]",
];
const PATHS: &[&str] = &[
    "$.a['b'][0][-1][1:2:3]..c[?(@.d == 'x' && !(@.e > 1.5) || $.f =~ /a/)].*[*]",
    "$$.Execution.Id",
    "$.a.length()",
    "$['a','b'][0,1]",
    "$var.x[?(@.y in ['a', null, true])]",
];
const INTRINSICS: &[&str] = &[
    r"States.Format('{} \{\} it\'s', $.a, States.MathAdd($.b[0], -1), null, true, 1.5)",
    "States.ArrayGetItem(States.StringSplit($.a['b'], ','), 0)",
    "States.JsonMerge($.a, $$.b, false)",
];
const JSONATA: &[&str] = &[
    "b[$type($) = 'number'].{'id': a, \"n\": $count($)}",
    "($f := function($x, $y)<nn?:n> { $x < 1 ? 0 : $f($x - 1) }; $f(a, ?) ~> $f)",
    "$ ~> |o.*.**|{'b': -1.5e3}, ['c']|",
    "$map(b, function($v, $i){ $v & $i }) ~> $join('-') & $formatNumber(n, '#,##0.00')",
    "$match(s, /(t)e?x*/im).groups[0] & $replace(s, /x|t/, '$0$1')",
    "[1..10][$ % 2 = 0]^(>$) ~> $sum() / $max(b[0..1]) ?: $now('[Y]-[M01]')",
    "$reduce(b, function($a, $c){ $string($a) & $string($c) }, []) ~> $base64encode() ~> $length()",
    "a.b@$x#$i.c.%.d{k: $sum(v)}",
];
const ASL: &[&str] = &[
    r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {"QueueUrl": "u", "MessageBody": {"t.$": "$$.Task.Token", "x.$": "States.Format('{}', $.a)"}}, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}], "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "C"}], "ResultPath": "$.r", "TimeoutSeconds": 5, "Next": "C"}, "C": {"Type": "Choice", "Choices": [{"And": [{"Variable": "$.a", "IsPresent": true}, {"Not": {"Variable": "$.a", "StringEqualsPath": "$.b"}}], "Next": "M"}], "Default": "A"}, "M": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"v.$": "$$.Map.Item.Value"}, "End": true}}}, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, "Parameters": {"Bucket": "b", "Key.$": "$.k"}}, "End": true}}}"#,
    r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": [{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": "{% $states.input.n + 1 %}", "Assign": {"x": "{% $count($states.input.items) %}"}, "End": true}}}], "Output": {"a": "{% $states.result[0].b %}"}, "Next": "C"}, "C": {"Type": "Choice", "Choices": [{"Condition": "{% $exists($states.input.a) and $states.input.a > 5 %}", "Next": "D"}], "Default": "D"}, "D": {"Type": "Fail", "Error": "E", "Cause": "{% 'no ' & $states.input.a %}"}}}"#,
    r#"{"StartAt":"L","States":{"L":{"Type":"Pass","Parameters":{"a.$":"$","b.$":"$.a"},"ResultPath":"$.x","Next":"L"}}}"#,
];
const FILES: &[&str] = &[
    "service: s\nstepFunctions:\n  stateMachines:\n    one: &one\n      name: ${self:service}-one\n      definition:\n        Comment: >-\n          a\n          b\n        StartAt: A\n        States: { A: { Type: Task, Resource: !GetAtt Fn.Arn, End: true } }\n    two: { <<: *one, type: EXPRESS }\n",
    "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Name: !Sub '${A}-x'\n      Tracing: { Enabled: true }\n      Definition: { StartAt: A, States: { A: { Type: Wait, Seconds: 5, Next: B }, B: { Type: Succeed } } }\n      DefinitionSubstitutions: { T: !Ref Topic }\n",
    "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: !Join ['', ['{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Pass\", \"Result\": {\"t\": \"', !Ref T, '\"}, \"End\": true}}}']]\n",
    r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$.a['b']", "NumericGreaterThan": 1.5, "Next": "B"}, {"Or": [{"Variable": "$.x", "IsNull": false}], "Next": "B"}], "Default": "B"}, "B": {"Type": "Pass", "Parameters": {"x.$": "States.Format('{} it''s', $.a)"}, "End": true}}}"#,
];
const MACHINES: &[&str] = &[
    r#"/// Orders.
    #[express] #[substitutions(Topic = ref_("T"))]
    pub Orders(Order) -> Receipt {
        start_at: Check,
        Check: Choice { choices: [ $.total > 1_000 && !is_present($.a["b"]) => Ask, string($.x) == $.y => Done ], default: Done },
        Ask: Task {
            resource: lambda::invoke(ask).wait_for_task_token -> Approval,
            payload: { "order": $, "token": $$.Task.Token, "f": States.Format("{}", $.a), "l": [1, null, true] },
            retry: [{ error_equals: [States.ALL], max_attempts: 3, backoff_rate: 1.5 }],
            catch: [{ error_equals: [Lambda.TooManyRequestsException], next: Done, result_path: $.error }],
            result_path: $.approval, timeout_seconds: 86_400, next: Each,
        },
        Each: Map { items_path: $.items[*], item_processor: { processor_config: { mode: DISTRIBUTED }, start_at: One, One: Pass { end: true } }, end: true },
        #[allow(stepfn::no_such_field)] "Two words": Parallel { branches: [{ start_at: W, W: Wait { seconds: 5, end: true } }], next: Done },
        Done: Succeed {},
    }"#,
    r#"Q(In) -> Out { query_language: JSONata, start_at: A, A: Pass { output: { "id": "{% $states.input.id %}" }, assign: { x: 1 }, next: B }, B: Choice { choices: ["{% $states.input.a > 1 %}" => C], default: C }, C: Fail { error: "E", cause: asl("$.x") } }"#,
];

const SIGNS: &[&str] = &[
    "$",
    ".",
    "[",
    "]",
    "(",
    ")",
    "'",
    "\"",
    "\\",
    ",",
    ":",
    "*",
    "?",
    "@",
    "!",
    "&",
    "|",
    "=",
    "<",
    ">",
    "~",
    "/",
    "{",
    "}",
    " ",
    "\n",
    "\0",
    "-",
    "0",
    "9",
    "#",
    "%",
    "^",
    ";",
    "`",
    "é",
    "名",
    "🙂",
    "\u{202e}",
    "1e999",
    "99999999999999999999",
    "null",
    "..",
    "{%",
    "%}",
    "${",
    "&a ",
    "*a",
    "<<: ",
    "- ",
    "r#\"",
    "//",
    "/*",
    "$$.",
    "States.",
    "Next",
    "_",
    "\u{feff}",
];

/// Numerical Recipes' generator: good enough to pick places and signs, the same on every run.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The texts of the files in a folder, no more than may be mutated in a while.
fn files(folder: &Path, texts: &mut Vec<String>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            files(&entry.path(), texts)?;
        } else if entry.metadata()?.len() < 20_000
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            texts.push(text);
        }
    }
    Ok(())
}

/// The texts in JSON.
fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.to_string()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.iter().for_each(|(_, value)| strings(value, found)),
        _ => {}
    }
}

/// What a target reads of the files.
fn seeds_of(target: &str, files: &[String]) -> Vec<String> {
    let reads: fn(&str) -> bool = match target {
        "json" | "asl" | "import" => return files.to_vec(),
        "macro_tokens" => {
            let imported = files
                .iter()
                .filter_map(|text| stepfn_import::read("a.json", text, &stepfn_import::no_files).ok());
            let sources =
                imported.flatten().filter_map(|machine| stepfn_import::rust_source(&machine, &[]).ok());
            let inside = sources.filter_map(|source| {
                let (_, body) = source.text.split_once("state_machine! {")?;
                Some(body.trim_end().trim_end_matches('}').to_owned())
            });
            return inside.collect();
        }
        "path" => |text| text.starts_with('$'),
        "intrinsic" => |text| text.starts_with("States."),
        _ => |text| text.starts_with("{%"),
    };
    let mut found = Vec::new();
    for text in files {
        if let Ok(value) = text.parse() {
            strings(&value, &mut found);
        }
    }
    found.retain(|text| reads(text));
    found.sort();
    found.dedup();
    let inner = |text: String| text.trim_start_matches("{%").trim_end_matches("%}").to_owned();
    found.into_iter().map(inner).collect()
}

fn mutated(seeds: &[&str], random: &mut Lcg) -> String {
    let mut text = seeds[random.below(seeds.len())].to_owned();
    for _ in 0..=random.below(6) {
        let at = boundary(&text, random.below(text.len() + 1));
        let end = boundary(&text, (at + random.below(12)).min(text.len()));
        match random.below(7) {
            0 => text.insert_str(at, SIGNS[random.below(SIGNS.len())]),
            1 => text.replace_range(at..end.max(at), ""),
            2 => text.replace_range(at..end.max(at), SIGNS[random.below(SIGNS.len())]),
            3 => {
                let part = text[at..end.max(at)].to_owned();
                text.insert_str(at, &part.repeat(random.below(40)));
            }
            4 => {
                let other = seeds[random.below(seeds.len())];
                let from = boundary(other, random.below(other.len() + 1));
                let to = boundary(other, (from + random.below(40)).min(other.len()));
                text.insert_str(at, &other[from..to.max(from)]);
            }
            5 => {
                let other = boundary(&text, random.below(text.len() + 1));
                let part = text[at..end.max(at)].to_owned();
                text.insert_str(other, &part);
            }
            _ => text.truncate(at),
        }
        if text.len() > 20_000 {
            break;
        }
    }
    text
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(60);
    let only = arguments.next().filter(|name| name != "all");
    let mut texts = Vec::new();
    if let Some(folder) = arguments.next()
        && let Err(error) = files(Path::new(&folder), &mut texts)
    {
        println!("{folder}: {error}");
        return ExitCode::FAILURE;
    }
    let mut failed = 0;
    for (name, body, seeds) in TARGETS {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let more = seeds_of(name, &texts);
        let seeds: Vec<&str> = seeds.iter().copied().chain(more.iter().map(String::as_str)).collect();
        println!("{name}: {} seeds", seeds.len());
        let (started, mut random, mut runs) = (Instant::now(), Lcg(7), 0_u64);
        let mut known: Vec<String> = Vec::new();
        while started.elapsed() < Duration::from_secs(seconds) && known.len() < 20 {
            let text = mutated(&seeds, &mut random);
            let begun = Instant::now();
            let result = panic::catch_unwind(AssertUnwindSafe(|| body(text.as_bytes())));
            if begun.elapsed() > Duration::from_secs(1) {
                println!("{name}: input {runs} took {:?}: {text:?}", begun.elapsed());
            }
            if let Err(panic) = result {
                let said = panic.downcast_ref::<String>().cloned();
                let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                let said: String = said.unwrap_or_default().chars().take(60).collect();
                if !known.contains(&said) {
                    println!("{name}: input {runs} panics: {text:?}");
                    known.push(said);
                    failed += 1;
                }
            }
            runs += 1;
        }
        println!("{name}: {runs} inputs in {:?}, {} panics", started.elapsed(), known.len());
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
