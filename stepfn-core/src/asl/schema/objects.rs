use super::{Field, model_table, rows::*, table};

/// The objects of a definition that are no states: the outermost machine, a Parallel's branch, a Map's processor and what else a
/// state holds.
pub const OBJECTS: [&str; 13] = [
    "StateMachine",
    "Branch",
    "ItemProcessor",
    "ProcessorConfig",
    "ChoiceRule",
    "Retrier",
    "Catcher",
    "Credentials",
    "ItemReader",
    "ReaderConfig",
    "ItemBatcher",
    "ResultWriter",
    "WriterConfig",
];

/// The rows of all objects.
pub(super) static TABLES: [&[Field]; 13] = [
    TYPE,
    state_fields!(model_table),
    machine_fields!(model_table),
    PROCESSOR_CONFIG,
    CHOICE_RULE,
    retrier_fields!(model_table),
    catcher_fields!(model_table),
    CREDENTIALS,
    ITEM_READER,
    READER_CONFIG,
    ITEM_BATCHER,
    RESULT_WRITER,
    WRITER_CONFIG,
];

const TYPE: &[Field] = table! {
    "Type" type Kind::Type, types::ALL, BOTH, "";
};

const PROCESSOR_CONFIG: &[Field] = table! {
    "Mode" mode Kind::Name(&["INLINE", "DISTRIBUTED"]), &["ProcessorConfig"], BOTH, "";
    "ExecutionType" execution_type Kind::Name(&["STANDARD", "EXPRESS"]), &["ProcessorConfig"], BOTH, "";
};

/// Beside the one comparison operator of a rule that is none of the others.
const CHOICE_RULE: &[Field] = table! {
    "Comment" comment Kind::Plain, &["ChoiceRule"], BOTH, "";
    "And" and Kind::List("ChoiceRule"), &["ChoiceRule"], JSON_PATH, "";
    "Or" or Kind::List("ChoiceRule"), &["ChoiceRule"], JSON_PATH, "";
    "Not" not Kind::Object("ChoiceRule"), &["ChoiceRule"], JSON_PATH, "";
    "Variable" variable Kind::Path(PathKind::Any), &["ChoiceRule"], JSON_PATH, "";
    "Condition" condition Kind::Condition, &["ChoiceRule"], JSONATA, "";
    "Assign" assign Kind::Template, &["ChoiceRule"], BOTH, "";
    "Output" output Kind::Template, &["ChoiceRule"], JSONATA, "";
    "Next" next Kind::State, &["ChoiceRule"], BOTH, "";
};

const CREDENTIALS: &[Field] = table! {
    "RoleArn" role_arn Kind::Entry, &["Credentials"], BOTH, ": the role that the task takes on.";
};

const ITEM_READER: &[Field] = table! {
    "Resource" resource Kind::Resource, &["ItemReader"], BOTH, "";
    "ReaderConfig" reader_config Kind::Object("ReaderConfig"), &["ItemReader"], BOTH, "";
    "Parameters" parameters Kind::Template, &["ItemReader"], JSON_PATH, "";
    "Arguments" arguments Kind::Template, &["ItemReader"], JSONATA, "";
};

const READER_CONFIG: &[Field] = table! {
    "InputType" input_type Kind::Word(&["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"]), &["ReaderConfig"], BOTH, "";
    "Transformation" transformation Kind::Word(&["NONE", "LOAD_AND_FLATTEN"]), &["ReaderConfig"], BOTH, "";
    "CSVHeaderLocation" csv_header_location Kind::Word(&["FIRST_ROW", "GIVEN"]), &["ReaderConfig"], BOTH, "";
    "CSVHeaders" csv_headers Kind::Texts, &["ReaderConfig"], BOTH, "";
    "CSVDelimiter" csv_delimiter Kind::Word(&["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]), &["ReaderConfig"], BOTH, "";
    "ItemsPointer" items_pointer Kind::Plain, &["ReaderConfig"], BOTH, ": the JSON pointer of the array inside a JSON file.";
    "ManifestType" manifest_type Kind::Word(&["ATHENA_DATA", "S3_INVENTORY"]), &["ReaderConfig"], BOTH, "";
    // AWS reads at most a hundred million items.
    "MaxItems" max_items Kind::Amount(Range::whole(0.0, 1e8)), &["ReaderConfig"], BOTH, ": how many are read at most.";
    "MaxItemsPath" max_items_path REFERENCE, &["ReaderConfig"], JSON_PATH, "";
};

const ITEM_BATCHER: &[Field] = table! {
    "BatchInput" batch_input Kind::Template, &["ItemBatcher"], BOTH, ": what each batch gets beside its items.";
    "MaxItemsPerBatch" max_items_per_batch Kind::Amount(Range::whole(1.0, 1e8)), &["ItemBatcher"], BOTH, "";
    "MaxItemsPerBatchPath" max_items_per_batch_path REFERENCE, &["ItemBatcher"], JSON_PATH, "";
    "MaxInputBytesPerBatch" max_input_bytes_per_batch Kind::Amount(Range::whole(1.0, 262_144.0)), &["ItemBatcher"], BOTH, ": at most 262,144.";
    "MaxInputBytesPerBatchPath" max_input_bytes_per_batch_path REFERENCE, &["ItemBatcher"], JSON_PATH, "";
};

const RESULT_WRITER: &[Field] = table! {
    "Resource" resource Kind::Resource, &["ResultWriter"], BOTH, "";
    "WriterConfig" writer_config Kind::Object("WriterConfig"), &["ResultWriter"], BOTH, "";
    "Parameters" parameters Kind::Template, &["ResultWriter"], JSON_PATH, "";
    "Arguments" arguments Kind::Template, &["ResultWriter"], JSONATA, "";
};

const WRITER_CONFIG: &[Field] = table! {
    "Transformation" transformation Kind::Word(&["NONE", "COMPACT", "FLATTEN"]), &["WriterConfig"], BOTH, "";
    "OutputType" output_type Kind::Word(&["JSON", "JSONL"]), &["WriterConfig"], BOTH, "";
};
