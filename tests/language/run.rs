//! The cases run natively: they work as ASL defines, not only in print.

use stepfn::{
    Definition, Workflow,
    executor::{Executor, Mock},
    json,
    value::Value,
};

/// Runs a machine on virtual time and gives how it ended, in one line, and the output.
fn run(definition: &Definition, input: &str, mocks: &[(&str, Mock)]) -> String {
    let mut builder = Executor::builder()
        .virtual_time_from("2029-12-31T00:00:00Z".parse().unwrap())
        .seed(7)
        .any_input()
        .substitute("Bucket", "orders");
    for (state, mock) in mocks {
        builder = builder.mock(*state, mock.clone());
    }
    let executor = builder.build(definition).unwrap_or_else(|error| panic!("{error}"));
    let outcome = executor.run_blocking(value(input)).unwrap_or_else(|error| panic!("{error}"));
    match outcome.output() {
        Some(output) => output.to_pretty_string(),
        None => format!(
            "{} {}: {}",
            outcome.status.name(),
            outcome.error().unwrap_or("-"),
            outcome.cause().unwrap_or("-")
        ),
    }
}

fn value(text: &str) -> Value {
    json::parse_value(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn tasks_in_jsonpath() {
    let priced = r#"{ "price": 7, "role": "arn:aws:iam::123456789012:role/queue", "limits": { "timeout": 60, "heartbeat": 20 } }"#;
    let flaky = Mock::fail("Lambda.ServiceException", "slow").times(2).then(Mock::payload(value(priced)));
    let output = run(
        &crate::tasks::paths::Paths::definition(),
        r#"{ "order": { "id": 1 } }"#,
        &[("Price", flaky), ("Queue", Mock::callback(value(r#"{ "queued": true }"#)))],
    );
    insta::assert_snapshot!(output);
    let failed = run(
        &crate::tasks::paths::Paths::definition(),
        r#"{ "order": { "id": 1 } }"#,
        &[("Price", Mock::fail("NoPrice", "none")), ("Queue", Mock::never())],
    );
    insta::assert_snapshot!("tasks_in_jsonpath_caught", failed);
}

#[test]
fn waits_passes_and_ends_in_jsonpath() {
    insta::assert_snapshot!(run(&crate::tasks::failures::Failures::definition(), "{}", &[]));
}

#[test]
fn choices_in_jsonpath() {
    let definition = crate::choices::operators::Operators::definition();
    // Every path is there, and nothing holds before the last rule.
    let data = r#"{ "data": { "s": "m", "t": "", "n": 0, "m": 0, "b": false, "c": true, "d": "x", "e": "x", "x": {} } }"#;
    insta::assert_snapshot!(run(&definition, data, &[]));
}

#[test]
fn inline_maps() {
    let input = r#"{ "order": { "lines": [1, 2, 3] }, "items": ["a", "b"], "most": 1 }"#;
    insta::assert_snapshot!(run(&crate::maps::inline::Inline::definition(), input, &[]));
}

#[test]
fn intrinsic_functions() {
    let input = r#"{ "three": "a,b", "list": [3, 1, 3], "encoded": "aGk=", "left": { "a": 1 }, "right": { "a": 2 },
        "text": "{\"b\": [1.0]}", "number": 2 }"#;
    insta::assert_snapshot!(run(&crate::functions::intrinsics::Intrinsics::definition(), input, &[]));
}

#[test]
fn context_object() {
    let input = r#"{ "items": [{ "n": 1 }, { "n": 2 }] }"#;
    insta::assert_snapshot!(run(
        &crate::functions::context::Context::definition(),
        input,
        &[("Ask", Mock::callback(Value::Null))],
    ));
}

#[test]
fn tasks_in_jsonata() {
    let definition = crate::tasks::expressions::Expressions::definition();
    let input = r#"{ "order": { "id": 1 }, "id": "o-1", "role": "arn:aws:iam::123456789012:role/r", "timeout": 60, "heartbeat": 20 }"#;
    let found = || Mock::respond_with(|call| Ok(call.input.clone()));
    let priced = Mock::payload(value(r#"{ "id": "o-2", "price": 7 }"#));
    insta::assert_snapshot!(run(&definition, input, &[("Price", priced), ("Save", found())]));
    let caught = run(&definition, input, &[("Price", Mock::fail("NoPrice", "none")), ("Save", found())]);
    insta::assert_snapshot!("tasks_in_jsonata_caught", caught);
}

#[test]
fn waits_passes_and_ends_in_jsonata() {
    let definition = crate::tasks::endings::Endings::definition();
    insta::assert_snapshot!(run(&definition, r#"{ "n": 2 }"#, &[]));
}

#[test]
fn choices_in_jsonata() {
    let definition = crate::choices::conditions::Conditions::definition();
    let outputs = [r#"{ "total": 101 }"#, r#"{ "total": 1, "force": true }"#, r#"{ "total": 1 }"#]
        .map(|input| run(&definition, input, &[]));
    insta::assert_snapshot!(outputs.join("\n"));
}

#[test]
fn maps_in_jsonata() {
    use stepfn_executor::object_store::{ObjectStoreExt, memory::InMemory};

    // gzip of `"orders","a.txt","5"`, `"orders","b.txt","7"` and `"orders","c.txt","9"`, a line each.
    const INVENTORY: [u8; 54] = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0x53, 0xca, 0x2f, 0x4a, 0x49, 0x2d, 0x2a, 0x56, 0xd2, 0x51, 0x4a,
        0xd4, 0x2b, 0xa9, 0x28, 0x01, 0xd2, 0xa6, 0x4a, 0x5c, 0x4a, 0x70, 0xc1, 0x24, 0xa8, 0xa0, 0x39, 0xb2,
        0x60, 0x32, 0x54, 0xd0, 0x52, 0x89, 0x0b, 0x00, 0xb5, 0x0d, 0x1d, 0xe9, 0x3f, 0, 0, 0,
    ];
    let store = std::sync::Arc::new(InMemory::new());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let manifest = r#"{ "fileFormat": "CSV", "fileSchema": "Bucket, Key, Size", "files": [{ "key": "inventory.csv.gz" }] }"#;
    runtime.block_on(async {
        store.put(&"manifest.json".into(), manifest.into()).await.unwrap();
        store.put(&"inventory.csv.gz".into(), INVENTORY.to_vec().into()).await.unwrap();
    });
    let executor = Executor::builder()
        .any_input()
        .keep_children(1)
        .bucket("orders", store)
        .build(&crate::maps::expressions::MapExpressions::definition())
        .unwrap_or_else(|error| panic!("{error}"));
    let input = r#"{ "items": ["x", "y"], "most": 1, "key": "manifest.json" }"#;
    let outcome = executor.run_blocking(value(input)).unwrap_or_else(|error| panic!("{error}"));
    let [run] = &outcome.map_runs[..] else { panic!("{:?} {:?}", outcome.error(), outcome.cause()) };
    // As many objects as the first Map had items.
    assert_eq!(
        run.children[0].output(),
        Some(&value(
            r#"{ "BatchInput": { "done": 2 }, "Items": [
                { "Bucket": "orders", "Key": "a.txt", "Size": "5" }, { "Bucket": "orders", "Key": "b.txt", "Size": "7" }] }"#
        )),
    );
    assert_eq!(
        outcome.output().map(|output| output["ResultWriterDetails"]["Bucket"].clone()),
        Some("orders".into())
    );
}

#[test]
fn distributed_maps() {
    use stepfn_executor::object_store::{ObjectStoreExt, memory::InMemory};

    let store = InMemory::new();
    let put = |key: &str, text: &'static str| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(store.put(&key.into(), text.into())).unwrap();
    };
    put("in/rows.csv", "1;10\n2;20\n3;30\n");
    put("parts.json", r#"{ "data": { "items": ["a", "b"] } }"#);
    let executor = Executor::builder()
        .substitute("Bucket", "orders")
        .any_input()
        .bucket("orders", std::sync::Arc::new(store))
        .build(&crate::maps::distributed::Distributed::definition())
        .unwrap_or_else(|error| panic!("{error}"));
    let input = r#"{ "entries": { "k": 1 }, "most": 2, "key": "in/rows.csv", "run": "r1", "prefix": "in/", "size": 5, "bytes": 1000, "failures": 0, "percentage": 0 }"#;
    let outcome = executor.run_blocking(value(input)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        outcome.output(),
        Some(&value(r#"["a", "b"]"#)),
        "{:?} {:?}",
        outcome.error(),
        outcome.cause()
    );
    let counts: Vec<_> = outcome.map_runs.iter().map(|run| (run.succeeded, run.failed)).collect();
    assert_eq!(counts.len(), 4);
    assert!(counts.iter().all(|(succeeded, failed)| *succeeded > 0 && *failed == 0), "{counts:?}");
}
