//! `Map`: inline, by its older names, and distributed.

use stepfn::{
    Definition, StateData, WorkflowType,
    asl::QueryLanguage,
    builder::{
        Catcher, ItemBatcher, ItemReader, Machine, Map, Pass, ResultWriter, Retrier, Scope, jsonata, object,
        path,
    },
    state_machine,
    value::Value,
};

/// A row of the file that the distributed Map reads.
#[derive(serde::Serialize, serde::Deserialize, StateData)]
pub(crate) struct Row {
    pub(crate) id: String,
}

/// A processor with one state, which hands on what it gets.
fn processor(name: &str) -> Scope {
    let mut scope = Scope::new();
    let state = scope.state(name);
    scope.define(state, Pass::new().end());
    scope
}

pub(crate) mod inline {
    use super::*;

    state_machine! {
        /// Maps inside the execution.
        pub(crate) Inline(Value) -> Value {
            start_at: Each,
            Each: Map {
                input_path: $.order,
                items_path: $.lines,
                item_selector: { "item": $$.Map.Item.Value, "index": $$.Map.Item.Index },
                item_processor: {
                    comment: "one item",
                    processor_config: { mode: INLINE },
                    start_at: One,
                    One: Pass { end: true },
                },
                max_concurrency: 4,
                result_selector: { "all": $ },
                result_path: $.done,
                output_path: $,
                assign: { "count": States.ArrayLength($) },
                retry: [{ error_equals: [States.TaskFailed] }],
                catch: [{ error_equals: [States.ALL], result_path: $.error, next: Older }],
                next: Older,
            },
            Older: Map {
                comment: "by the names it had before",
                query_language: JSONPath,
                items_path: $.items,
                parameters: { "item": $$.Map.Item.Value },
                iterator: { start_at: OneOfThem, OneOfThem: Pass { end: true } },
                max_concurrency_path: $.most,
                end: true,
            },
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m =
            Machine::new("Inline").comment("Maps inside the execution.").input::<Value>().output::<Value>();
        let [each, older] = ["Each", "Older"].map(|name| m.state(name));
        m.define(
            each,
            Map::new(processor("One").comment("one item"))
                .inline()
                .input_path("$.order")
                .items_path("$.lines")
                .item_selector([("item", path("$$.Map.Item.Value")), ("index", path("$$.Map.Item.Index"))])
                .max_concurrency(4)
                .result_selector([("all", path("$"))])
                .result_path("$.done")
                .output_path("$")
                .assign([("count", stepfn::builder::call("States.ArrayLength", [path("$")]))])
                .retry(Retrier::on(["States.TaskFailed"]))
                .catch(Catcher::on(["States.ALL"], older).result_path("$.error"))
                .next(older),
        );
        m.define(
            older,
            Map::iterator(processor("OneOfThem"))
                .comment("by the names it had before")
                .query_language(QueryLanguage::JsonPath)
                .items_path("$.items")
                .parameters([("item", path("$$.Map.Item.Value"))])
                .max_concurrency_path("$.most")
                .end(),
        );
        super::super::definition(m)
    }
}

pub(crate) mod distributed {
    use super::*;

    state_machine! {
        /// Maps over files.
        pub(crate) Distributed(Value) -> Value {
            start_at: Entries,
            Entries: Map {
                items_path: $.entries,
                item_selector: { "key": $$.Map.Item.Key, "value": $$.Map.Item.Value },
                item_processor: {
                    processor_config: { mode: DISTRIBUTED, execution_type: EXPRESS },
                    start_at: Entry,
                    Entry: Pass { end: true },
                },
                result_path: null,
                next: Rows,
            },
            Rows: Map {
                label: "rows",
                item_reader: {
                    resource: s3::get_object -> Row,
                    reader_config: {
                        input_type: CSV,
                        csv_header_location: GIVEN,
                        csv_headers: ["id", "total"],
                        csv_delimiter: SEMICOLON,
                        max_items_path: $.most,
                    },
                    parameters: { "Bucket": ref_("Bucket"), "Key": $.key },
                },
                item_selector: { "id": $$.Map.Item.Value.id, "run": $.run, "file": $$.Map.Item.Source },
                item_batcher: {
                    batch_input: { "run": $.run },
                    max_items_per_batch: 100,
                    max_input_bytes_per_batch: 65_536,
                },
                item_processor: {
                    processor_config: { mode: DISTRIBUTED, execution_type: EXPRESS },
                    start_at: Batch,
                    Batch: Pass { end: true },
                },
                max_concurrency: 1000,
                tolerated_failure_count: 10,
                tolerated_failure_percentage: 2.5,
                result_writer: {
                    resource: s3::put_object,
                    writer_config: { transformation: COMPACT, output_type: JSONL },
                    parameters: { "Bucket": ref_("Bucket"), "Prefix": "results" },
                },
                result_path: $.rows,
                next: Objects,
            },
            Objects: Map {
                item_reader: {
                    resource: s3::list_objects_v2,
                    reader_config: { transformation: NONE, max_items: 50 },
                    parameters: { "Bucket": "orders", "Prefix": $.prefix },
                },
                item_batcher: {
                    max_items_per_batch_path: $.size,
                    max_input_bytes_per_batch_path: $.bytes,
                },
                item_processor: {
                    processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                    start_at: Object,
                    Object: Pass { end: true },
                },
                tolerated_failure_count_path: $.failures,
                tolerated_failure_percentage_path: $.percentage,
                result_writer: { writer_config: { transformation: FLATTEN, output_type: JSON } },
                result_path: null,
                next: Parts,
            },
            Parts: Map {
                item_reader: {
                    resource: s3::get_object,
                    reader_config: { input_type: JSON, items_pointer: "/data/items" },
                    parameters: { "Bucket": "orders", "Key": "parts.json" },
                },
                item_processor: {
                    processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                    start_at: Part,
                    Part: Pass { end: true },
                },
                end: true,
            },
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m =
            Machine::new("Distributed").comment("Maps over files.").input::<Value>().output::<Value>();
        let [entries, rows, objects, parts] =
            ["Entries", "Rows", "Objects", "Parts"].map(|name| m.state(name));
        let bucket = || stepfn::builder::ref_("Bucket");
        m.define(
            entries,
            Map::new(processor("Entry"))
                .distributed(WorkflowType::Express)
                .items_path("$.entries")
                .item_selector([("key", path("$$.Map.Item.Key")), ("value", path("$$.Map.Item.Value"))])
                .result_path(None)
                .next(rows),
        );
        m.define(
            rows,
            Map::new(processor("Batch"))
                .distributed(WorkflowType::Express)
                .label("rows")
                .item_reader(
                    ItemReader::new("arn:aws:states:::s3:getObject")
                        .item::<Row>()
                        .input_type("CSV")
                        .csv_header_location("GIVEN")
                        .csv_headers(["id", "total"])
                        .csv_delimiter("SEMICOLON")
                        .max_items_path("$.most")
                        .parameters([("Bucket", bucket()), ("Key", path("$.key"))]),
                )
                .item_selector([
                    ("id", path("$$.Map.Item.Value.id")),
                    ("run", path("$.run")),
                    ("file", path("$$.Map.Item.Source")),
                ])
                .item_batcher(
                    ItemBatcher::new()
                        .batch_input([("run", path("$.run"))])
                        .max_items_per_batch(100)
                        .max_input_bytes_per_batch(65_536),
                )
                .max_concurrency(1000)
                .tolerated_failure_count(10)
                .tolerated_failure_percentage(2.5)
                .result_writer(
                    ResultWriter::new("arn:aws:states:::s3:putObject")
                        .transformation("COMPACT")
                        .output_type("JSONL")
                        .parameters([("Bucket", bucket()), ("Prefix", "results".into())]),
                )
                .result_path("$.rows")
                .next(objects),
        );
        m.define(
            objects,
            Map::new(processor("Object"))
                .distributed(WorkflowType::Standard)
                .item_reader(
                    ItemReader::new("arn:aws:states:::s3:listObjectsV2")
                        .transformation("NONE")
                        .max_items(50)
                        .parameters([("Bucket", "orders".into()), ("Prefix", path("$.prefix"))]),
                )
                .item_batcher(
                    ItemBatcher::new()
                        .max_items_per_batch_path("$.size")
                        .max_input_bytes_per_batch_path("$.bytes"),
                )
                .tolerated_failure_count_path("$.failures")
                .tolerated_failure_percentage_path("$.percentage")
                .result_writer(ResultWriter::inline().transformation("FLATTEN").output_type("JSON"))
                .result_path(None)
                .next(parts),
        );
        m.define(
            parts,
            Map::new(processor("Part"))
                .distributed(WorkflowType::Standard)
                .item_reader(
                    ItemReader::new("arn:aws:states:::s3:getObject")
                        .input_type("JSON")
                        .items_pointer("/data/items")
                        .parameters([("Bucket", "orders".into()), ("Key", "parts.json".into())]),
                )
                .end(),
        );
        super::super::definition(m)
    }
}

pub(crate) mod expressions {
    use super::*;

    state_machine! {
        /// Maps in JSONata.
        pub(crate) MapExpressions(Value) -> Value {
            query_language: JSONata,
            start_at: Each,
            Each: Map {
                items: "{% $states.input.items %}",
                item_selector: { "item": "{% $states.context.Map.Item.Value %}" },
                item_processor: {
                    start_at: One,
                    One: Pass { end: true },
                },
                max_concurrency: "{% $states.input.most %}",
                output: "{% $states.result %}",
                assign: { "done": "{% $count($states.result) %}" },
                next: Inventory,
            },
            Inventory: Map {
                item_reader: {
                    resource: s3::get_object,
                    reader_config: { input_type: MANIFEST, manifest_type: S3_INVENTORY, max_items: "{% $done %}" },
                    arguments: { "Bucket": "orders", "Key": "{% $states.context.Execution.Input.key %}" },
                },
                item_batcher: {
                    batch_input: { "done": "{% $done %}" },
                    max_items_per_batch: "{% $done + 1 %}",
                },
                item_processor: {
                    processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                    start_at: Entry,
                    Entry: Pass { end: true },
                },
                tolerated_failure_count: "{% $done %}",
                tolerated_failure_percentage: "{% 5 %}",
                result_writer: {
                    resource: s3::put_object,
                    arguments: { "Bucket": "orders", "Prefix": "{% $states.context.Execution.Name %}" },
                },
                end: true,
            },
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m = Machine::new("MapExpressions")
            .comment("Maps in JSONata.")
            .input::<Value>()
            .output::<Value>()
            .query_language(QueryLanguage::Jsonata);
        let [each, inventory] = ["Each", "Inventory"].map(|name| m.state(name));
        m.define(
            each,
            Map::new(processor("One"))
                .items(jsonata("$states.input.items"))
                .item_selector([("item", jsonata("$states.context.Map.Item.Value"))])
                .max_concurrency("{% $states.input.most %}")
                .output(jsonata("$states.result"))
                .assign([("done", jsonata("$count($states.result)"))])
                .next(inventory),
        );
        let key = jsonata("$states.context.Execution.Input.key");
        let prefix = jsonata("$states.context.Execution.Name");
        m.define(
            inventory,
            Map::new(processor("Entry"))
                .distributed(WorkflowType::Standard)
                .item_reader(
                    ItemReader::new("arn:aws:states:::s3:getObject")
                        .input_type("MANIFEST")
                        .manifest_type("S3_INVENTORY")
                        .max_items("{% $done %}")
                        .arguments(object([("Bucket", "orders".into()), ("Key", key)])),
                )
                .item_batcher(
                    ItemBatcher::new()
                        .batch_input([("done", jsonata("$done"))])
                        .max_items_per_batch("{% $done + 1 %}"),
                )
                .tolerated_failure_count("{% $done %}")
                .tolerated_failure_percentage("{% 5 %}")
                .result_writer(
                    ResultWriter::new("arn:aws:states:::s3:putObject")
                        .arguments(object([("Bucket", "orders".into()), ("Prefix", prefix)])),
                )
                .end(),
        );
        super::super::definition(m)
    }
}
