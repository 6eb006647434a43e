//! Maps in distributed mode: what they read, how their children run, and what they write.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use stepfn_core::{task::TaskFailure, value::Value};
use stepfn_executor::{
    Executor, ExecutorBuilder, Mock, Outcome, RunError,
    object_store::{ObjectStore, ObjectStoreExt, memory::InMemory},
};

use super::{definition, json, predecessors, run, run_with, steps};

/// A machine of one distributed Map with these fields, whose children run these states from `P` on.
fn map_of(fields: &str, states: &str) -> String {
    format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", {fields} "End": true, "ItemProcessor": {{
            "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "P", "States": {{{states}}}}}}}}}}}"#
    )
}

pub(crate) fn map(fields: &str) -> String {
    map_of(fields, r#""P": {"Type": "Pass", "End": true}"#)
}

pub(crate) fn reader(key: &str, config: &str) -> String {
    format!(
        r#""ItemReader": {{"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {{{config}}},
            "Parameters": {{"Bucket": "b", "Key": "{key}"}}}},"#
    )
}

pub(crate) fn store(objects: &[(&str, &str)]) -> Arc<InMemory> {
    let store = Arc::new(InMemory::new());
    wait(async {
        for (key, text) in objects {
            store.put(&(*key).into(), (*text).to_owned().into()).await.unwrap();
        }
    });
    store
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn get(store: &dyn ObjectStore, key: &str) -> String {
    wait(async {
        let bytes = store.get(&key.into()).await.unwrap().bytes().await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    })
}

fn text(outcome: &Outcome) -> String {
    match outcome.output() {
        Some(output) => output.to_string(),
        None => panic!("{}\n{}", outcome.status, outcome.history),
    }
}

pub(crate) fn with(store: &Arc<InMemory>) -> impl FnOnce(ExecutorBuilder) -> ExecutorBuilder {
    let store = Arc::clone(store);
    move |builder| builder.bucket("b", store)
}

/// A Task that fails for the items below a number.
fn failing(builder: ExecutorBuilder, below: i64) -> ExecutorBuilder {
    builder.task("P", move |item: Value| async move {
        match item.as_i64() {
            Some(number) if number < below => Err(TaskFailure::with_cause("Odd", "it is")),
            _ => Ok(item),
        }
    })
}

const WORK: &str = r#""P": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}"#;

#[test]
fn children_have_no_events_in_the_history_of_the_map() {
    let outcome = run(&map(""), "[1, 2]");
    assert_eq!(text(&outcome), "[1,2]");
    assert_eq!(
        steps(&outcome),
        [
            "ExecutionStarted",
            "MapStateEntered M",
            "MapStateStarted M",
            "MapRunStarted M",
            "MapRunSucceeded M",
            "MapStateSucceeded M",
            "MapStateExited M",
            "ExecutionSucceeded"
        ]
    );
    assert_eq!(predecessors(&outcome), [0, 0, 2, 3, 4, 5, 4, 7]);
    let started = outcome.history.to_json()["events"][3].clone();
    assert_eq!(started["mapRunStartedEventDetails"]["mapRunArn"].as_str(), Some(&*outcome.map_runs[0].arn));
}

#[test]
fn children_are_executions_of_their_own() {
    let child = r#""P": {"Type": "Pass", "End": true, "Parameters": {"input.$": "$$.Execution.Input", "id.$": "$$.Execution.Id"}}"#;
    let asl = map_of(r#""Label": "each","#, child);
    let outcome = run_with(&asl, "[7]", |builder| builder.keep_children(1));
    let output = outcome.output().unwrap();
    assert_eq!(output[0]["input"], Value::from(7));
    let children = &outcome.map_runs[0].children;
    assert_eq!(output[0]["id"].as_str(), Some(&*children[0].execution_arn()));
    assert!(children[0].execution_arn().contains(":execution:Machine/each:"), "{output}");
    assert_eq!(steps(&children[0]).len(), 4);
    assert!(outcome.map_runs[0].arn.contains(":mapRun:Machine/each:"));
}

#[test]
fn variables_of_the_parent_are_out_of_reach() {
    let asl = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Assign": {"x": 1}, "Result": [1], "Next": "M"},
        "M": {"Type": "Map", "End": true, "ItemSelector": {"x.$": "$x"}, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"y.$": "$x"}, "End": true}}}}}}"#;
    let outcome = run(asl, "{}");
    assert_eq!(outcome.error(), Some("States.ExceedToleratedFailureThreshold"));
    let selected = asl.replace(r#""y.$": "$x""#, r#""y.$": "$.x""#);
    assert_eq!(text(&run(&selected, "{}")), r#"[{"y":1}]"#);
}

#[test]
fn csv_rows_become_objects_of_texts() {
    let store = store(&[("a.csv", "x|y\n1|\"a|b\"\n2\n   \n3|4|5\n")]);
    let asl = map(&reader(
        "a.csv",
        r#""InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVDelimiter": "PIPE""#,
    ));
    let outcome = run_with(&asl, "{}", with(&store));
    assert_eq!(
        text(&outcome),
        r#"[{"x":"1","y":"a|b"},{"x":"2","y":""},{"x":"   ","y":""},{"x":"3","y":"4"}]"#
    );
    let given = map(&reader(
        "a.csv",
        r#""InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["p", "p"]"#,
    ));
    let outcome = run_with(&given, "{}", with(&store));
    assert_eq!(
        (outcome.error(), outcome.cause()),
        (Some("States.ItemReaderFailed"), Some("CSV headers cannot contain duplicates."))
    );
    assert_eq!(predecessors(&outcome), [0, 0, 2, 3, 4, 5, 6]);
}

#[test]
fn json_lines_and_inventories_are_read() {
    let store = store(&[
        ("a.json", r#"{"deep": {"rows": [1, 2, 3]}}"#),
        ("a.jsonl", "{\"n\": 1}\n{\"n\": 2}\n"),
        (
            "manifest.json",
            r#"{"destinationBucket": "arn:aws:s3:::b", "fileFormat": "CSV", "fileSchema": "Bucket, Key",
                "files": [{"key": "part1.csv"}, {"key": "part2.csv"}]}"#,
        ),
        ("results-manifest.csv", "s3://b/a.jsonl\ns3://b/more.jsonl\n"),
        ("more.jsonl", "{\"n\": 3}"),
        ("part1.csv", "\"b\",\"k1\"\n"),
        ("part2.csv", "\"b\",\"k2\"\n"),
    ]);
    for (key, config, items) in [
        ("a.json", r#""InputType": "JSON", "ItemsPointer": "/deep/rows", "MaxItems": 2"#, "[1,2]"),
        ("a.jsonl", r#""InputType": "JSONL""#, r#"[{"n":1},{"n":2}]"#),
        (
            "results-manifest.csv",
            r#""InputType": "JSONL", "ManifestType": "ATHENA_DATA""#,
            r#"[{"n":1},{"n":2},{"n":3}]"#,
        ),
        (
            "manifest.json",
            r#""InputType": "MANIFEST""#,
            r#"[{"Bucket":"b","Key":"k1"},{"Bucket":"b","Key":"k2"}]"#,
        ),
    ] {
        assert_eq!(text(&run_with(&map(&reader(key, config)), "{}", with(&store))), items, "{key}");
    }
    let number = map(&reader("a.json", r#""InputType": "JSON", "ItemsPointer": "/deep/rows/0""#));
    let outcome = run_with(&number, "{}", with(&store));
    assert_eq!(outcome.cause(), Some("Attempting to map over non-iterable node."));
}

#[test]
fn objects_of_a_bucket_are_listed_or_read() {
    let store = store(&[("in/a1", "{\"n\": 1}"), ("in/a2", "{\"n\": 2}"), ("in/b", "{}"), ("out", "{}")]);
    let list = |config: &str| {
        map(&format!(
            r#""ItemReader": {{"Resource": "arn:aws:states:::s3:listObjectsV2", {config}
                "Parameters": {{"Bucket": "b", "Prefix.$": "$.prefix"}}}},"#
        ))
    };
    let outcome = run_with(&list(""), r#"{"prefix": "in/a"}"#, with(&store));
    let keys: Vec<_> =
        outcome.output().unwrap().as_array().unwrap().iter().map(|item| item["Key"].as_str()).collect();
    assert_eq!(keys, [Some("in/a1"), Some("in/a2")]);
    let read = list(r#""ReaderConfig": {"InputType": "JSONL", "Transformation": "LOAD_AND_FLATTEN"},"#);
    let outcome = run_with(&read, r#"{"prefix": "in/a"}"#, with(&store));
    assert_eq!(text(&outcome), r#"[{"n":1},{"n":2}]"#);
}

#[test]
fn a_bucket_that_is_not_bound_is_named() {
    let definition = definition(&map(&reader("a.json", r#""InputType": "JSON""#)));
    let error = Executor::new(&definition).unwrap().run_blocking(json("{}")).unwrap_err();
    assert_eq!(error, RunError::UnboundBucket { state: "M".to_owned(), bucket: "b".to_owned() });
    assert!(error.to_string().contains(".bucket_dir(\"b\""), "{error}");
}

#[test]
fn batches_are_bounded_by_items_and_bytes() {
    let by_items = map(r#""ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"from.$": "$[0]"}},"#);
    assert_eq!(
        text(&run(&by_items, "[1,2,3]")),
        r#"[{"BatchInput":{"from":1},"Items":[1,2]},{"BatchInput":{"from":1},"Items":[3]}]"#
    );
    let by_bytes = map(r#""ItemBatcher": {"MaxInputBytesPerBatch": 4},"#);
    assert_eq!(
        text(&run(&by_bytes, "[10,20,30000,4]")),
        r#"[{"Items":[10,20]},{"Items":[30000]},{"Items":[4]}]"#
    );
}

#[test]
fn failures_are_tolerated_up_to_a_count_or_a_share() {
    for (fields, failing_items, succeeds) in [
        ("", 0, true),
        ("", 1, false),
        (r#""ToleratedFailureCount": 1,"#, 1, true),
        (r#""ToleratedFailureCount": 1,"#, 2, false),
        (r#""ToleratedFailurePercentage": 50,"#, 2, true),
        (r#""ToleratedFailurePercentage": 50,"#, 3, false),
        (r#""ToleratedFailurePercentage": 50, "ToleratedFailureCount": 1,"#, 2, false),
    ] {
        let outcome = run_with(&map_of(fields, WORK), "[0,1,2,3]", |builder| failing(builder, failing_items));
        assert_eq!(outcome.output().is_some(), succeeds, "{fields} {failing_items}");
        if let Some(output) = outcome.output() {
            assert_eq!(output.as_array().unwrap().len(), 4);
            for place in 0..failing_items as usize {
                assert_eq!(output[place]["Error"].as_str(), Some("Odd"));
            }
        } else {
            assert_eq!(outcome.error(), Some("States.ExceedToleratedFailureThreshold"));
            assert_eq!(outcome.cause(), Some("The specified tolerated failure threshold was exceeded"));
        }
    }
}

#[test]
fn results_go_into_a_bucket() {
    let store = store(&[]);
    let writer = r#""ToleratedFailureCount": 1, "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket": "b", "Prefix": "jobs"}},"#;
    let bind = |builder| failing(with(&store)(builder), 1);
    let outcome = run_with(&map_of(writer, WORK), "[0,1,2]", bind);
    let output = outcome.output().unwrap();
    let run = &outcome.map_runs[0];
    assert_eq!(output["MapRunArn"].as_str(), Some(&*run.arn));
    let key = output["ResultWriterDetails"]["Key"].as_str().unwrap();
    let manifest = json(&get(&*store, key));
    assert_eq!(manifest["DestinationBucket"].as_str(), Some("b"));
    assert_eq!(manifest["ResultFiles"]["PENDING"].to_string(), "[]");
    let read = |status: &str| {
        let file = &manifest["ResultFiles"][status][0];
        let text = get(&*store, file["Key"].as_str().unwrap());
        assert_eq!(file["Size"].as_i64(), Some(text.len() as i64));
        json(&text)
    };
    let succeeded = read("SUCCEEDED");
    assert_eq!(succeeded.as_array().unwrap().len(), 2);
    assert_eq!(succeeded[0]["Output"].as_str(), Some("1"));
    assert_eq!(read("FAILED")[0]["Cause"].as_str(), Some("it is"));
    assert_eq!((run.succeeded, run.failed, run.results_written), (2, 1, 3));

    let lines = writer.replace(
        r#""ResultWriter": {"#,
        r#""ResultWriter": {"WriterConfig": {"OutputType": "JSONL", "Transformation": "FLATTEN"}, "#,
    );
    let outcome = run_with(&map(&lines), "[[1,2],3]", with(&store));
    let key = outcome.output().unwrap()["ResultWriterDetails"]["Key"].as_str().unwrap().to_owned();
    assert_eq!(get(&*store, &key.replace("manifest.json", "SUCCEEDED_0.jsonl")), "1\n2\n3\n");
}

#[test]
fn the_input_of_a_child_that_is_too_large_is_not_written_into_the_results() {
    let store = store(&[]);
    let items = Value::array([Value::from("x".repeat(200_000))]);
    // Parts of the input are shared: it takes no memory, and its text would have hundreds of megabytes.
    let fields: Vec<String> = (0..2_000).map(|number| format!(r#""k{number}.$": "$[0]""#)).collect();
    let writer = format!(
        r#""ToleratedFailureCount": 1, "ItemSelector": {{{}}}, "ResultWriter": {{"Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {{"Bucket": "b", "Prefix": "out"}}}},"#,
        fields.join(", ")
    );
    let outcome = run_with(&map(&writer), &items.to_string(), with(&store));
    let key = outcome.output().unwrap()["ResultWriterDetails"]["Key"].as_str().unwrap().to_owned();
    let failed = json(&get(&*store, &key.replace("manifest.json", "FAILED_0.json")));
    assert_eq!(failed[0]["Error"].as_str(), Some("States.DataLimitExceeded"));
    assert_eq!(failed[0]["InputDetails"].to_string(), r#"{"Included":false}"#);
    assert_eq!(failed[0]["Input"], Value::Null);
}

#[test]
fn a_writer_without_a_bucket_changes_the_output_alone() {
    let flat = map(r#""ResultWriter": {"WriterConfig": {"Transformation": "FLATTEN"}},"#);
    assert_eq!(text(&run(&flat, "[[1,2],[3]]")), "[1,2,3]");
}

#[test]
fn an_output_that_is_too_large_fails_the_map() {
    let items = Value::array([Value::from("x".repeat(140_000)), Value::from(1)]);
    let doubled = map(r#""ItemSelector": {"a.$": "$$.Map.Item.Value", "b.$": "$[0]"},"#);
    let outcome = run(&doubled, &items.to_string());
    assert_eq!(
        outcome.error(),
        Some("States.ExceedToleratedFailureThreshold"),
        "the input of a child is too large"
    );
    let outcome = run(&map(r#""ItemSelector": {"b.$": "$[0]"},"#), &items.to_string());
    assert_eq!(outcome.error(), Some("States.DataLimitExceeded"));
}

#[test]
fn children_wait_and_time_out_on_the_time_of_the_execution() {
    let waiting = map_of("", r#""P": {"Type": "Wait", "SecondsPath": "$", "End": true}"#);
    let outcome = run(&waiting, "[30, 10, 20]");
    assert_eq!((text(&outcome), outcome.duration().as_secs()), ("[30,10,20]".to_owned(), 30));
    let one_by_one = waiting
        .replace(r#""End": true, "ItemProcessor""#, r#""MaxConcurrency": 1, "End": true, "ItemProcessor""#);
    let outcome = run(&one_by_one, "[30, 10, 20]");
    assert_eq!((outcome.duration().as_secs(), outcome.map_runs[0].most_at_once), (60, 1));
    let outcome = run(&waiting.replace("STANDARD", "EXPRESS"), "[301, 10]");
    assert_eq!(outcome.error(), Some("States.ExceedToleratedFailureThreshold"));
    assert_eq!(outcome.duration().as_secs(), 300);
}

#[test]
fn a_distributed_map_may_stand_in_another() {
    let inner = map_of("", r#""Q": {"Type": "Wait", "Seconds": 5, "End": true}"#)
        .replace("\"StartAt\": \"P\"", "\"StartAt\": \"Q\"");
    let inner = json(&inner)["States"]["M"].to_string();
    let outcome = run(&map_of("", &format!(r#""P": {inner}"#)), "[[1,2],[3]]");
    assert_eq!((text(&outcome), outcome.duration().as_secs()), ("[[1,2],[3]]".to_owned(), 5));
    assert_eq!(outcome.map_runs.iter().map(|run| run.total).collect::<Vec<_>>(), [2, 1, 2]);
}

#[test]
fn a_failed_run_can_be_tried_again_and_caught() {
    let asl = map_of(
        r#""Retry": [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "MaxAttempts": 1}],"#,
        WORK,
    );
    let outcome = run_with(&asl, "[1]", |builder| {
        builder.mock("P", Mock::fail("No", "not yet").then(Mock::succeed(2)))
    });
    assert_eq!(text(&outcome), "[2]");
    assert_eq!(outcome.map_runs.len(), 2);
}

#[test]
fn a_hundred_thousand_rows_are_never_held_at_once() {
    let mut rows = "n\n".to_owned();
    for row in 0..100_000 {
        rows.push_str(&format!("{row}\n"));
    }
    let folder = std::env::temp_dir().join(format!("stepfn-rows-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("rows.csv"), rows).unwrap();
    let fields = reader("rows.csv", r#""InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW""#)
        + r#""MaxConcurrency": 50, "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "b", "Prefix": "out"}, "WriterConfig": {"OutputType": "JSONL", "Transformation": "COMPACT"}},"#;
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let states = r#""P": {"Type": "Wait", "Seconds": 1, "Next": "Q"},
        "Q": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}"#;
    let outcome = run_with(&map_of(&fields, states), "{}", |builder| {
        builder.bucket_dir("b", &folder).task("Q", move |row: Value| {
            count.fetch_add(1, Ordering::Relaxed);
            async move { Ok::<_, TaskFailure>(row["n"].clone()) }
        })
    });
    let run = &outcome.map_runs[0];
    assert_eq!(
        (run.items, run.succeeded, run.results_written, run.most_at_once),
        (100_000, 100_000, 100_000, 50)
    );
    assert_eq!(calls.load(Ordering::Relaxed), 100_000);
    assert_eq!(outcome.duration().as_secs(), 2000);
    assert_eq!(outcome.history.len(), 8);
    let key = outcome.output().unwrap()["ResultWriterDetails"]["Key"].as_str().unwrap();
    let written =
        std::fs::read_to_string(folder.join(key.replace("manifest.json", "SUCCEEDED_0.jsonl"))).unwrap();
    assert_eq!(written.lines().count(), 100_000);
    std::fs::remove_dir_all(folder).unwrap();
}

/// In a runtime files are read by other threads: the execution has to wait for them, and virtual time with it.
#[tokio::test]
async fn time_stands_still_for_stores_that_answer_later() {
    let folder = std::env::temp_dir().join(format!("stepfn-later-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.jsonl"), "3\n4\n").unwrap();
    let writer = r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket": "b", "Prefix": "out"}},"#;
    let fields = reader("a.jsonl", r#""InputType": "JSONL""#) + writer;
    let definition =
        definition(&map_of(&fields, r#""P": {"Type": "Wait", "SecondsPath": "$", "End": true}"#));
    let executor = Executor::builder().bucket_dir("b", &folder).build(&definition).unwrap();
    let outcome = executor.run(json("{}")).await.unwrap();
    assert_eq!((outcome.duration().as_secs(), outcome.map_runs[0].results_written), (4, 2));
    let key = outcome.output().unwrap()["ResultWriterDetails"]["Key"].as_str().unwrap();
    assert!(folder.join(key).is_file());
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn real_time_reads_from_stores_too() {
    let store = Arc::new(InMemory::new());
    store.put(&"a.json".into(), "[1,2]".into()).await.unwrap();
    let definition = definition(&map(&reader("a.json", r#""InputType": "JSON""#)));
    let executor = Executor::builder().real_time().bucket("b", store).build(&definition).unwrap();
    assert_eq!(text(&executor.run(json("{}")).await.unwrap()), "[1,2]");
}

#[test]
fn callbacks_end_tasks_of_children() {
    let states = r#""P": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
        "Parameters": {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"}}"#;
    let executor =
        Executor::builder().mock("P", Mock::callback("answered")).build(&definition(&map_of("", states)));
    let outcome = executor.unwrap().run_blocking(json("[1, 2]")).unwrap();
    assert_eq!(text(&outcome), r#"["answered","answered"]"#);

    let executor =
        Executor::builder().mock("P", Mock::never()).build(&definition(&map_of("", states))).unwrap();
    let error = executor.run_blocking(json("[1]")).unwrap_err();
    assert_eq!(error, RunError::Stuck { states: vec!["M".to_owned()] });
}

#[test]
fn a_run_is_aborted_with_its_state() {
    let waiting = json(&map_of("", r#""P": {"Type": "Wait", "Seconds": 5, "End": true}"#));
    let asl = format!(
        r#"{{"StartAt": "B", "States": {{"B": {{"Type": "Parallel", "End": true, "Branches": [{waiting},
            {{"StartAt": "W", "States": {{"W": {{"Type": "Wait", "Seconds": 1, "Next": "F"}}, "F": {{"Type": "Fail"}}}}}}]}}}}}}"#
    );
    let outcome = run(&asl, "[1]");
    let steps = steps(&outcome);
    let aborted = steps.iter().position(|step| step == "MapRunAborted M");
    assert_eq!(aborted.map(|at| steps[at + 1].as_str()), Some("MapStateAborted M"), "{}", outcome.history);
    assert_eq!(outcome.duration().as_secs(), 1);
}

#[test]
fn ten_thousand_children_wait_at_once() {
    let states = r#""P": {"Type": "Wait", "SecondsPath": "$", "End": true}"#;
    let items = Value::array((0..12_000).map(|item| Value::from(item % 600 + 1)));
    let outcome = run(&map_of("", states), &items.to_string());
    let run = &outcome.map_runs[0];
    assert_eq!((run.most_at_once, run.succeeded), (10_000, 12_000));
}

#[test]
fn in_jsonata_every_number_and_argument_may_be_an_expression() {
    let store = store(&[("orders.jsonl", "{\"n\": 1}\n{\"n\": 2}\n{\"n\": 3}\n{\"n\": 4}\n{\"n\": 5}\n")]);
    let asl = r#"{"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSONL", "MaxItems": "{% $states.input.most %}"},
            "Arguments": {"Bucket": "b", "Key": "{% $states.input.name & '.jsonl' %}"}},
        "ItemSelector": {"n": "{% $states.context.Map.Item.Value.n * 10 %}", "of": "{% $states.input.name %}"},
        "ItemBatcher": {"MaxItemsPerBatch": "{% $states.input.most - 2 %}", "BatchInput": {"of": "{% $states.input.name %}"}},
        "MaxConcurrency": "{% 2 %}",
        "ToleratedFailureCount": "{% $states.input.bear %}",
        "ToleratedFailurePercentage": "{% 99.5 %}",
        "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
            "Arguments": {"Bucket": "b", "Prefix": "{% $states.context.Execution.Name %}"}},
        "Output": "{% $states.result.ResultWriterDetails.Bucket %}",
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "P", "States": {
                "P": {"Type": "Choice", "Default": "Ok", "Choices": [
                    {"Condition": "{% $states.input.Items[0].n = 30 %}", "Next": "No"}]},
                "Ok": {"Type": "Succeed"}, "No": {"Type": "Fail", "Error": "No"}}}}}}"#;
    let run = |input: &str| {
        run_with(asl, input, |builder| {
            builder.bucket("b", Arc::clone(&store) as Arc<dyn ObjectStore>).keep_children(9)
        })
    };
    let outcome = run(r#"{"most": 4, "name": "orders", "bear": 2}"#);
    assert_eq!(text(&outcome), r#""b""#);
    let [map_run] = &outcome.map_runs[..] else { panic!("{}", outcome.map_runs.len()) };
    assert_eq!((map_run.items, map_run.total, map_run.succeeded, map_run.failed), (4, 2, 1, 1));
    assert_eq!(
        text(&map_run.children[0]),
        r#"{"BatchInput":{"of":"orders"},"Items":[{"n":10,"of":"orders"},{"n":20,"of":"orders"}]}"#
    );
    assert_eq!(map_run.children[1].error(), Some("No"));
    // The failed batch holds two items.
    let outcome = run(r#"{"most": 4, "name": "orders", "bear": 1}"#);
    assert_eq!(outcome.error(), Some("States.ExceedToleratedFailureThreshold"));
    let outcome = run(r#"{"most": 4, "name": "orders", "bear": "2"}"#);
    assert_eq!(outcome.error(), Some("States.QueryEvaluationError"));
    let outcome = run(r#"{"most": -4, "name": "orders", "bear": 1}"#);
    assert_eq!(outcome.error(), Some("States.QueryEvaluationError"));
}

#[test]
fn in_jsonata_the_items_of_a_distributed_map_are_items() {
    let asl = r#"{"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
        "Items": "{% [1..$states.input] %}",
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "P", "States": {"P": {"Type": "Pass", "Output": "{% $states.input * $states.input %}", "End": true}}}}}}"#;
    assert_eq!(text(&run(asl, "4")), "[1,4,9,16]");
}

/// As AWS's guide has them: backslashes, and quotes in fields without quotes around them.
#[test]
fn rows_of_csv_are_read_with_their_escapes() {
    let rows = "path,n\nC:\\\\Program Files\\\\App.exe,1\nC:\\Users\\x,2\na\\,b,3\n{\"\"k\"\":\"\"v\"\"},4\n";
    let store = store(&[("rows.csv", rows)]);
    let csv = reader("rows.csv", r#""InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW""#);
    assert_eq!(
        text(&run_with(&map(&csv), "{}", with(&store))),
        r#"[{"path":"C:\\Program Files\\App.exe","n":"1"},{"path":"C:Usersx","n":"2"},{"path":"a,b","n":"3"},{"path":"{\"k\":\"v\"}","n":"4"}]"#
    );
}

#[test]
fn an_inventory_needs_no_input_type() {
    let store = store(&[
        (
            "manifest.json",
            r#"{"fileFormat": "CSV", "fileSchema": "Bucket, Key", "files": [{"key": "part.csv"}]}"#,
        ),
        ("part.csv", "\"b\",\"k\"\n"),
    ]);
    for config in
        [r#""ManifestType": "S3_INVENTORY""#, r#""ManifestType": "S3_INVENTORY", "InputType": "MANIFEST""#]
    {
        let outcome = run_with(&map(&reader("manifest.json", config)), "{}", with(&store));
        assert_eq!(text(&outcome), r#"[{"Bucket":"b","Key":"k"}]"#, "{config}");
    }
}

#[test]
fn the_members_of_an_object_are_items_with_keys() {
    let select = r#""ItemSelector": {"k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source"},"#;
    let of_state = map(&format!(r#"{select} "ItemsPath": "$.rows","#));
    assert_eq!(
        text(&run_with(&of_state, r#"{"rows":{"a":1,"b":[2]}}"#, |builder| builder)),
        r#"[{"s":"STATE_DATA","v":1,"k":"a"},{"s":"STATE_DATA","v":[2],"k":"b"}]"#
    );
    let store = store(&[("o.json", r#"{"deep":{"x":1,"y":{}}}"#)]);
    let read = reader("o.json", r#""InputType": "JSON", "ItemsPointer": "/deep""#);
    assert_eq!(
        text(&run_with(&map(&format!("{select} {read}")), "{}", with(&store))),
        r#"[{"s":"s3://b/o.json","v":1,"k":"x"},{"s":"s3://b/o.json","v":{},"k":"y"}]"#
    );
    // An inline Map takes none: recorded on AWS.
    let inline =
        of_state.replace(r#""Mode": "DISTRIBUTED", "ExecutionType": "STANDARD""#, r#""Mode": "INLINE""#);
    let outcome = run_with(&inline, r#"{"rows":{"a":1}}"#, |builder| builder);
    assert!(outcome.cause().unwrap().ends_with(r#"Reference path "$.rows" must point to array."#));
}

#[test]
fn items_say_where_they_come_from() {
    let store = store(&[("in/a", "[1,2]"), ("in/b", "[3]")]);
    let list = |config: &str| {
        map(&format!(
            r#""ItemSelector": {{"s.$": "$$.Map.Item.Source"}},
               "ItemReader": {{"Resource": "arn:aws:states:::s3:listObjectsV2", "ReaderConfig": {{{config}}},
                "Parameters": {{"Bucket": "b", "Prefix": "in/"}}}},"#
        ))
    };
    let sources = |config: &str| text(&run_with(&list(config), "{}", with(&store)));
    assert_eq!(sources(""), r#"[{"s":"s3://b"},{"s":"s3://b"}]"#);
    assert_eq!(
        sources(r#""InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN""#),
        r#"[{"s":"s3://b/in/a"},{"s":"s3://b/in/a"},{"s":"s3://b/in/b"}]"#
    );
    let inline = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemSelector": {"s.$": "$$.Map.Item.Source"},
        "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}, "End": true}}}"#;
    assert_eq!(text(&run_with(inline, "[1]", |builder| builder)), r#"[{"s":"STATE_DATA"}]"#);
}

/// Recorded on AWS, for the version alone.
#[test]
fn parquet_files_are_told_apart_where_they_are_reached() {
    let parquet = reader("x.parquet", r#""InputType": "PARQUET""#);
    let version = map(&parquet.replace(r#""Key":"#, r#""VersionId": "1", "Key":"#));
    let store = store(&[("x.parquet", "PAR1")]);
    let outcome = run_with(&version, "{}", with(&store));
    assert_eq!(outcome.error(), Some("States.ItemReaderFailed"));
    assert_eq!(outcome.cause(), Some("S3 Version ID selection is not currently supported for PARQUET files"));
    let executor = with(&store)(Executor::builder()).build(&definition(&map(&parquet))).unwrap();
    match executor.run_blocking(json("{}")) {
        Ok(outcome) if cfg!(feature = "parquet") => {
            assert_eq!(outcome.error(), Some("States.ItemReaderFailed"));
        }
        ended => {
            let error = ended.unwrap_err();
            assert!(matches!(error, RunError::Unsupported { ref state, .. } if state == "M"), "{error}");
        }
    }
}
