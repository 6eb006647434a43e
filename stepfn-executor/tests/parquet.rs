//! Parquet files as the items of distributed Maps.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use parquet::{
    data_type::{ByteArray, ByteArrayType, Int64Type},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};
use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    value::Value,
};
use stepfn_executor::{
    Executor, Outcome,
    object_store::{ObjectStoreExt, memory::InMemory},
};

/// A file of rows with an id and a name.
fn file(rows: &[(i64, &str)]) -> Vec<u8> {
    let schema = "message row { required int64 id; required binary name (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let names: Vec<ByteArray> = rows.iter().map(|(_, name)| ByteArray::from(*name)).collect();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&ids, None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&names, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

async fn run(resource: &str, config: &str, parameters: &str, objects: &[(&str, Vec<u8>)]) -> Outcome {
    let store = Arc::new(InMemory::new());
    for (key, bytes) in objects {
        store.put(&(*key).into(), bytes.clone().into()).await.unwrap();
    }
    let machine = format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "End": true,
            "ItemReader": {{"Resource": "arn:aws:states:::s3:{resource}", "ReaderConfig": {{"InputType": "PARQUET"{config}}},
                "Parameters": {{"Bucket": "data", {parameters}}}}},
            "ItemSelector": {{"row.$": "$$.Map.Item.Value", "source.$": "$$.Map.Item.Source"}},
            "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
                "StartAt": "P", "States": {{"P": {{"Type": "Pass", "End": true}}}}}}}}}}}}"#
    );
    let (machine, diagnostics) = asl::read_str(&machine).unwrap();
    assert_eq!(diagnostics, []);
    let definition = Definition::from_asl("Machine", WorkflowType::Standard, machine);
    let executor = Executor::builder().bucket("data", store).build(&definition).unwrap();
    executor.run(Value::empty_object()).await.unwrap()
}

#[tokio::test]
async fn rows_of_a_file_are_items() {
    let rows = [(1, "one"), (2, "two"), (3, "three")];
    let outcome =
        run("getObject", r#", "MaxItems": 2"#, r#""Key": "a.parquet""#, &[("a.parquet", file(&rows))]).await;
    let expected = r#"[{"row":{"id":1,"name":"one"},"source":"s3://data/a.parquet"},{"row":{"id":2,"name":"two"},"source":"s3://data/a.parquet"}]"#;
    assert_eq!(outcome.output(), Some(&expected.parse().unwrap()), "{}", outcome.status);
}

#[tokio::test]
async fn rows_of_many_files_are_one_data_set() {
    let objects = [("p/a.parquet", file(&[(1, "one")])), ("p/b.parquet", file(&[(2, "two")]))];
    let config = r#", "Transformation": "LOAD_AND_FLATTEN""#;
    let outcome = run("listObjectsV2", config, r#""Prefix": "p/""#, &objects).await;
    let expected = r#"[{"row":{"id":1,"name":"one"},"source":"s3://data/p/a.parquet"},{"row":{"id":2,"name":"two"},"source":"s3://data/p/b.parquet"}]"#;
    assert_eq!(outcome.output(), Some(&expected.parse().unwrap()), "{}", outcome.status);
}

#[tokio::test]
async fn what_is_no_parquet_fails_the_reader() {
    let objects = [("a.parquet", b"id,name\n1,one\n".to_vec())];
    let outcome = run("getObject", "", r#""Key": "a.parquet""#, &objects).await;
    assert_eq!(outcome.error(), Some("States.ItemReaderFailed"));
    assert!(outcome.cause().unwrap().contains("Parquet"), "{}", outcome.status);
}
