//! The table of the language, and the proof that it is whole and true.

use std::{collections::BTreeMap, fmt::Write as _};

use stepfn::{
    asl::{Operator, QueryLanguage, TYPES},
    intrinsic::Function,
    value::Value,
};

use stepfn_core::asl::schema::{Field, OBJECTS, fields_of};

use crate::{Case, cases, spelling};

/// Which cases have a field, by the object and the field.
type Uses<'c> = BTreeMap<(String, String), Vec<&'c Case>>;

/// Notes every field of an object of the language and of those inside it.
fn note<'c>(owner: &str, object: &Value, case: &'c Case, uses: &mut Uses<'c>) {
    for (key, value) in object.as_object().into_iter().flatten() {
        let cases = uses.entry((owner.to_owned(), key.trim_end_matches(".$").to_owned())).or_default();
        if !cases.iter().any(|known| known.name == case.name) {
            cases.push(case);
        }
        let each = |uses: &mut Uses<'c>, owner: &str| {
            for item in value.as_array().into_iter().flatten() {
                note(owner, item, case, uses);
            }
        };
        match (owner, &**key) {
            (_, "States") => {
                for (_, state) in value.as_object().into_iter().flatten() {
                    note(state["Type"].as_str().unwrap(), state, case, uses);
                }
            }
            ("Choice", "Choices") | ("ChoiceRule", "And" | "Or") => each(uses, "ChoiceRule"),
            ("ChoiceRule", "Not") => note("ChoiceRule", value, case, uses),
            (_, "Retry") => each(uses, "Retrier"),
            (_, "Catch") => each(uses, "Catcher"),
            ("Parallel", "Branches") => each(uses, "Branch"),
            ("Map", "ItemProcessor" | "Iterator") => note("ItemProcessor", value, case, uses),
            (
                _,
                "ProcessorConfig" | "Credentials" | "ItemReader" | "ReaderConfig" | "ItemBatcher"
                | "ResultWriter",
            )
            | ("ResultWriter", "WriterConfig") => note(key, value, case, uses),
            _ => {}
        }
    }
}

/// The row of a part of the language, if a case writes it in both fronts as in the table.
fn row(name: &str, languages: &str, dsl: &str, call: &str, covering: &[&Case]) -> Result<String, String> {
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let spelled =
        covering.iter().find(|case| squeezed(case.dsl).contains(dsl) && squeezed(case.calls).contains(call));
    let Some(case) = spelled else {
        let tests: Vec<_> = covering.iter().map(|case| case.name).collect();
        return Err(format!("{name}: not spelled `{dsl}` and `{call}` in {tests:?}"));
    };
    let shown = |text: &str| {
        let text = text.trim().replace('|', "\\|");
        match text.chars().last() {
            Some('(') => format!("{text}…)"),
            Some('{') => format!("{text} … }}"),
            Some(':') => format!("{text} …"),
            _ => text,
        }
    };
    Ok(format!("| `{name}` | {languages} | `{}` | `{}` | `{}` |\n", shown(dsl), shown(call), case.name))
}

const CONTEXT: [&str; 16] = [
    "$$.Execution.Id",
    "$$.Execution.Input",
    "$$.Execution.Name",
    "$$.Execution.RoleArn",
    "$$.Execution.StartTime",
    "$$.Execution.RedriveCount",
    "$$.State.EnteredTime",
    "$$.State.Name",
    "$$.State.RetryCount",
    "$$.StateMachine.Id",
    "$$.StateMachine.Name",
    "$$.Task.Token",
    "$$.Map.Item.Index",
    "$$.Map.Item.Key",
    "$$.Map.Item.Source",
    "$$.Map.Item.Value",
];

/// What has no word in ASL, and so no case here: its tests are named.
const BEYOND: &str = r##"
## Beyond ASL

What the language has no word for; the [chapter on sharing](book/sharing.md) shows all of it.

| Part | `state_machine!` | Builder | Test |
| --- | --- | --- | --- |
| states that machines share | `fragment! { Notify { … } }`, `..Notify`, `..Notify { prefix: First, Told: Done }` | a function over a `Scope` | `tests/sharing.rs` |
| retriers, catchers, rules that machines share | `fragment! { Transient [ … ] }`, `retry: [..Transient]` | `.retries(…)`, `.catches(…)`, a list | `tests/sharing.rs` |
| fields that states share | `fragment! { Patient { timeout_seconds: 60 } }`, `Task { ..Patient, … }` | a function over the state | `tests/sharing.rs` |
| fragments of another crate | `..shop_fragments::Notify` | a function of that crate | `tests/fragments` |
| a machine with parameters | `fragment! { Import(load, table) { start_at: … } }`, `..Import { load: load_film, table: "films" }` | a function that returns a `Definition` | `tests/sharing.rs` |
| a constant or arithmetic for a number, a text or data | `timeout_seconds: 5 * limits::MINUTE`, `$.total > LIMIT`, `"TableName": TABLE` | any expression | `tests/constants.rs` |
| a machine that another one starts | `resource: states::start_execution(Fulfilment).sync` | `Task::start_execution_sync::<Fulfilment>()` | `tests/nested.rs` |
| a machine over several files | a fragment in each | functions over a `Scope` | `tests/sharing.rs` |
"##;

/// The table, and what is missing in the cases.
fn table() -> (String, Vec<String>) {
    let cases = cases();
    let mut uses = Uses::new();
    for case in &cases {
        note("StateMachine", &case.written.machine.to_json(), case, &mut uses);
    }
    let mut missing = Vec::new();
    let mut text = String::from(
        "# The language\n\n\
         Every part of the Amazon States Language, how `state_machine!` and the builder write it, and the test in `tests/language` that \
         covers it. Generated by that test: `STEPFN_BLESS=1 cargo test --test language`.\n",
    );
    for owner in TYPES.iter().chain(&OBJECTS) {
        heading(&mut text, owner, "Field");
        // First what JSONPath has, then what JSONata alone has.
        let (expressions, paths): (Vec<&Field>, Vec<_>) =
            fields_of(owner).iter().partition(|field| field.language == Some(QueryLanguage::Jsonata));
        for known in paths.into_iter().chain(expressions) {
            let languages = known.language.map_or("both", QueryLanguage::name);
            let field = known.name;
            let covering = uses.get(&((*owner).to_owned(), field.to_owned())).cloned().unwrap_or_default();
            add(
                &mut text,
                &mut missing,
                row(
                    field,
                    languages,
                    &spelling::dsl(owner, field),
                    &spelling::builder(owner, field),
                    &covering,
                )
                .map_err(|error| format!("{owner}.{error}")),
            );
        }
    }
    heading(&mut text, "Comparison operators", "Operator");
    for operator in Operator::ALL {
        let (dsl, call) = spelling::operator(operator.name());
        let key = ("ChoiceRule".to_owned(), operator.name().to_owned());
        let covering = uses.get(&key).cloned().unwrap_or_default();
        add(&mut text, &mut missing, row(operator.name(), "JSONPath", &dsl, &call, &covering));
    }
    let whole: Vec<(&Case, String)> =
        cases.iter().map(|case| (case, case.written.machine.to_json().to_string())).collect();
    let with = |part: &str| -> Vec<&Case> {
        whole.iter().filter(|(_, text)| text.contains(part)).map(|(case, _)| *case).collect()
    };
    heading(&mut text, "Intrinsic functions", "Function");
    for function in Function::ALL {
        let name = function.name();
        let (dsl, call) = (format!("{name}("), format!("call(\"{name}\""));
        let call = if name == "States.Format" { "\"States.Format\"".to_owned() } else { call };
        add(&mut text, &mut missing, row(name, "JSONPath", &dsl, &call, &with(&dsl)));
    }
    heading(&mut text, "Context object", "Member");
    for member in CONTEXT {
        let call = format!("path(\"{member}\")");
        add(&mut text, &mut missing, row(member, "JSONPath", member, &call, &with(member)));
    }
    text.push_str(
        "\nIn JSONata the context object is `$states.context`, and expressions are written in strings: `\"{% $states.input.total %}\"`, by the \
         builder `jsonata(\"$states.input.total\")`.\n",
    );
    text.push_str(BEYOND);
    (text, missing)
}

fn heading(text: &mut String, title: &str, first: &str) {
    writeln!(
        text,
        "\n## {title}\n\n| {first} | Query language | `state_machine!` | Builder | Test |\n| --- | --- | --- | --- | --- |"
    )
    .unwrap();
}

fn add(text: &mut String, missing: &mut Vec<String>, row: Result<String, String>) {
    match row {
        Ok(row) => text.push_str(&row),
        Err(error) => missing.push(error),
    }
}

#[test]
fn the_table_is_whole_and_as_it_is_committed() {
    let (text, missing) = table();
    assert_eq!(missing, [""; 0]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/language.md");
    if std::env::var_os("STEPFN_BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "docs/language.md is stale: run `STEPFN_BLESS=1 cargo test --test language`");
}

#[test]
fn what_no_case_has_is_missed() {
    let nowhere = row("Field", "both", "field:", ".field(", &[]);
    assert_eq!(nowhere, Err("Field: not spelled `field:` and `.field(` in []".to_owned()));
}
