//! Definitions of every format, imported. The sources are in `emitted`, compiled as modules of this test: what they generate is what they came
//! from. After a change, `STEPFN_BLESS=1 cargo test --test import` writes them anew.

// What warns here warns of the definitions; what is emitted is public, and not all of it is used here.
#![allow(deprecated, unreachable_pub, unused_must_use, dead_code, clippy::expect_used)]

mod emitted;

use std::{collections::BTreeSet, env, fs, path::Path};

use stepfn::{Definition, Workflow, value::Value};
use stepfn_core::asl::schema;
use stepfn_import::{self as import, Imported, Reach};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/import"))
}

fn imported(file: &str) -> Vec<Imported> {
    let text = fs::read_to_string(folder().join(file)).expect("a file of this test");
    import::read(file, &text, &|named| import::read_named(folder(), named, Reach::Below))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The machine `rust_name` of a file: its source is the one that was compiled, and that gives its definition back.
fn assert_comes_back(file: &str, module: &str, rust_name: &str, definition: &Definition, samples: &[Value]) {
    let machines = imported(file);
    let machine = machines.iter().find(|machine| machine.rust_name == rust_name).expect(rust_name);
    let source = import::rust_source(machine, samples).unwrap_or_else(|error| panic!("{error}")).text;
    let path = folder().join("emitted").join(module).with_extension("rs");
    if env::var_os("STEPFN_BLESS").is_some() {
        fs::write(&path, &source).expect("this folder can be written to");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, source, "`STEPFN_BLESS=1 cargo test --test import` writes {module}.rs anew");
    assert_eq!(definition.machine.to_canonical_string(), machine.machine.to_canonical_string());
    assert_eq!(definition.machine, machine.machine);
    assert_eq!(definition.name, machine.name);
    assert_eq!(definition.workflow_type, machine.workflow_type);
    assert_eq!(definition.logging, machine.logging);
    assert_eq!(definition.tracing, machine.tracing);
    assert_eq!(definition.substitutions, machine.substitutions);
}

#[test]
fn jsonpath_comes_back_with_every_field_and_operator() {
    assert_comes_back("paths.asl.json", "paths", "Paths", &emitted::paths::Paths::definition(), &[]);
}

#[test]
fn jsonata_comes_back_with_every_field() {
    assert_comes_back(
        "expressions.asl.json",
        "expressions",
        "Expressions",
        &emitted::expressions::Expressions::definition(),
        &[],
    );
}

#[test]
fn machines_of_serverless_come_back_with_their_settings_and_references() {
    let flow = emitted::order_flow::OrderFlow::definition();
    assert_comes_back("serverless.yml", "order_flow", "OrderFlow", &flow, &[]);
    assert_comes_back("serverless.yml", "nightly", "Nightly", &emitted::nightly::Nightly::definition(), &[]);
    let notes: Vec<Vec<String>> =
        imported("serverless.yml").into_iter().map(|machine| machine.notes).collect();
    assert_eq!(
        notes,
        [
            vec![
                "`Fn::ImportValue` stays an object in the definition: only a template that holds it inline resolves it",
                "what stays in the file: `role`"
            ],
            vec!["what stays in the file: `events`"]
        ]
    );
}

#[test]
fn machines_of_templates_come_back_with_their_settings_and_references() {
    assert_comes_back("template.yaml", "orders", "Orders", &emitted::orders::Orders::definition(), &[]);
    assert_comes_back("template.yaml", "greeter", "Greeter", &emitted::greeter::Greeter::definition(), &[]);
    assert_comes_back("template.yaml", "joined", "Joined", &emitted::joined::Joined::definition(), &[]);
    let notes = &imported("template.yaml")[0].notes;
    assert_eq!(
        *notes,
        [
            "`${Stage}` is resolved by the template: it stays in `DefinitionSubstitutions`",
            "what stays in the template: `Policies`"
        ]
    );
}

/// The samples of `shipping.asl.json`.
fn samples() -> Vec<Value> {
    let text = fs::read_to_string(folder().join("shipping.samples.json")).expect("a file of this test");
    let samples: Value = text.parse().expect("JSON");
    samples.as_array().expect("a list").to_vec()
}

#[test]
fn samples_tell_types_and_are_read_as_them() {
    use emitted::shipping::{Shipping, ShippingInput};
    assert_comes_back("shipping.asl.json", "shipping", "Shipping", &Shipping::definition(), &samples());
    for sample in samples() {
        let input: ShippingInput =
            stepfn::value::from_value(&sample).unwrap_or_else(|error| panic!("{error}"));
        let written = stepfn::value::to_value(&input).expect("it is JSON");
        let read: ShippingInput = stepfn::value::from_value(&written).expect("what it wrote itself");
        assert_eq!(stepfn::value::to_value(&read).expect("it is JSON"), written);
    }
}

#[test]
fn a_definition_tells_types_by_what_it_reads() {
    use emitted::reminder::{Reminder, ReminderInput};
    assert_comes_back("reminder.asl.json", "reminder", "Reminder", &Reminder::definition(), &[]);
    let input: Value = r#"{ "reminder": { "delay": 5, "channel": "mail" } }"#.parse().expect("JSON");
    let input: ReminderInput = stepfn::value::from_value(&input).expect("what the machine reads");
    assert_eq!((input.reminder.delay, input.reminder.channel.as_str()), (5, "mail"));
}

#[test]
fn what_the_checks_would_refuse_with_a_type_stays_untyped() {
    let machine = &imported("shipping.asl.json")[0];
    let source = |sample: &str| {
        let sample: Value = sample.parse().expect("JSON");
        import::rust_source(machine, &[sample]).unwrap_or_else(|error| panic!("{error}")).text
    };
    // No `lines`: the path to them would lead to nothing.
    assert!(source(r#"{ "totalAmount": 1 }"#).contains("pub Shipping() {"));
    let text = source(
        r#"{ "totalAmount": "much", "delay": "long", "lines": [], "shippingAddress": { "zip-code": 1 }, "note": "n" }"#,
    );
    // A text is no number of seconds, and none that a number is compared with.
    assert!(text.contains("pub total_amount: Value,"), "{text}");
    assert!(text.contains("pub delay: Value,"), "{text}");
    assert!(text.contains("pub note: String,"), "{text}");
}

#[test]
fn every_field_of_the_language_stands_in_one_of_the_definitions() {
    let mut written = BTreeSet::new();
    for file in ["paths.asl.json", "expressions.asl.json"] {
        keys(&imported(file)[0].machine.to_json(), &mut written);
    }
    for field in schema::all() {
        assert!(written.contains(field.name), "`{}` of {:?} is in none", field.name, field.owners);
    }
}

fn keys(value: &Value, out: &mut BTreeSet<String>) {
    for item in value.as_array().into_iter().flatten() {
        keys(item, out);
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        out.insert(key.strip_suffix(".$").unwrap_or(key).to_owned());
        keys(value, out);
    }
}
