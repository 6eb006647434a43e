use super::{
    Expr, Map, Scope,
    state::{Slot, StateDef},
};
use crate::{
    asl::{Amount, StateKind},
    definition::WorkflowType,
    shape::{Shape, StateData},
    value::Value,
};

impl Map {
    /// A state that runs its `ItemProcessor` for each item: in this execution, unless it is made [`distributed`](Self::distributed).
    ///
    /// ```
    /// use stepfn_core::builder::{Machine, Map, Scope, Task, path};
    ///
    /// let mut each = Scope::new();
    /// let load = each.state("Load");
    /// each.define(load, Task::resource("arn:aws:lambda:eu-west-1:123456789012:function:load").end());
    ///
    /// let mut machine = Machine::new("All");
    /// let all = machine.state("All");
    /// machine.define(all, Map::new(each).items(path("$.orders")).max_concurrency(5).end());
    /// # let _ = machine;
    /// ```
    pub fn new(processor: Scope) -> Self {
        let mut def = StateDef::new(StateKind::Map(Box::default()));
        def.children.push(processor);
        Self(def)
    }

    /// `ItemSelector`
    #[must_use]
    pub fn item_selector<K: Into<String>>(mut self, entries: impl IntoIterator<Item = (K, Expr)>) -> Self {
        self.0.templates.push((Slot::ItemSelector, super::object(entries)));
        self
    }

    /// The processor under the name that it had before: `Iterator`.
    pub fn iterator(processor: Scope) -> Self {
        let mut map = Self::new(processor);
        map.0.iterator = true;
        map
    }

    /// `ProcessorConfig`: each item becomes an execution of its own (`"Mode": "DISTRIBUTED"`), of this `ExecutionType`.
    #[must_use]
    pub fn distributed(mut self, execution_type: WorkflowType) -> Self {
        self.0.processor_config = Some(Value::object([
            ("Mode", Value::from("DISTRIBUTED")),
            ("ExecutionType", execution_type.name().into()),
        ]));
        self
    }

    /// `ProcessorConfig`: `"Mode": "INLINE"`, the default, written out.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.0.processor_config = Some(Value::object([("Mode", Value::from("INLINE"))]));
        self
    }

    /// `Items` (JSONata): an array, or an expression that gives one.
    #[must_use]
    pub fn items(mut self, items: impl Into<Expr>) -> Self {
        self.0.templates.push((Slot::Items, items.into()));
        self
    }

    /// `ItemReader` (distributed)
    #[must_use]
    pub fn item_reader(mut self, reader: ItemReader) -> Self {
        self.0.item = reader.item;
        self.0.templates.push((Slot::ItemReader, reader.fields.into_expr("ReaderConfig")));
        self
    }

    /// `ItemBatcher` (distributed)
    #[must_use]
    pub fn item_batcher(mut self, batcher: ItemBatcher) -> Self {
        self.0.templates.push((Slot::ItemBatcher, super::object(batcher.fields)));
        self
    }

    /// `ResultWriter` (distributed)
    #[must_use]
    pub fn result_writer(mut self, writer: ResultWriter) -> Self {
        self.0.templates.push((Slot::ResultWriter, writer.fields.into_expr("WriterConfig")));
        self
    }
}

/// The fields that `ItemReader` and `ResultWriter` share.
#[derive(Clone, Debug)]
struct Fields {
    resource: Option<String>,
    config: Vec<(&'static str, Value)>,
    parameters: Vec<(&'static str, Expr)>,
}

impl Fields {
    fn into_expr(self, config: &'static str) -> Expr {
        let mut fields = Vec::new();
        fields.extend(self.resource.map(|resource| ("Resource", resource.into())));
        if !self.config.is_empty() {
            fields.push((config, Value::object(self.config).into()));
        }
        fields.extend(self.parameters);
        super::object(fields)
    }
}

/// `ItemReader`: where a distributed Map finds its items.
///
/// ```
/// use stepfn_core::builder::{ItemReader, Machine, Map, Pass, Scope, path};
/// use stepfn_core::definition::WorkflowType;
///
/// let mut each = Scope::new();
/// let row = each.state("Row");
/// each.define(row, Pass::new().end());
///
/// let reader = ItemReader::new("arn:aws:states:::s3:getObject")
///     .input_type("CSV")
///     .csv_header_location("FIRST_ROW")
///     .parameters([("Bucket", "orders".into()), ("Key", path("$.key"))]);
/// let mut machine = Machine::new("Rows");
/// let rows = machine.state("Rows");
/// machine.define(rows, Map::new(each).distributed(WorkflowType::Express).item_reader(reader).end());
/// assert!(machine.build().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct ItemReader {
    fields: Fields,
    item: Option<&'static Shape>,
}

macro_rules! words {
    ($($name:ident $field:literal $doc:literal,)*) => {
        $(#[doc = concat!("`", $field, "`", $doc)]
        #[must_use]
        pub fn $name(mut self, word: impl Into<String>) -> Self {
            self.fields.config.push(($field, word.into().into()));
            self
        })*
    };
}

macro_rules! parameters {
    () => {
        /// `Parameters` of the call.
        #[must_use]
        pub fn parameters<K: Into<String>>(mut self, entries: impl IntoIterator<Item = (K, Expr)>) -> Self {
            self.fields.parameters.push(("Parameters", super::object(entries)));
            self
        }

        /// `Arguments` of the call (JSONata).
        #[must_use]
        pub fn arguments(mut self, arguments: impl Into<Expr>) -> Self {
            self.fields.parameters.push(("Arguments", arguments.into()));
            self
        }
    };
}

impl ItemReader {
    /// A reader by its resource: `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`.
    pub fn new(resource: impl Into<String>) -> Self {
        let fields = Fields { resource: Some(resource.into()), config: Vec::new(), parameters: Vec::new() };
        Self { fields, item: None }
    }

    /// Declares the type of an item; anything by default.
    #[must_use]
    pub fn item<T: StateData>(mut self) -> Self {
        self.item = Some(T::SHAPE);
        self
    }

    parameters!();

    words! {
        input_type "InputType" ": `CSV`, `JSON`, `JSONL`, `PARQUET` or `MANIFEST`.",
        transformation "Transformation" ": `NONE` or `LOAD_AND_FLATTEN`, of `s3:listObjectsV2`.",
        csv_header_location "CSVHeaderLocation" ": `FIRST_ROW` or `GIVEN`.",
        csv_delimiter "CSVDelimiter" ": `COMMA`, `PIPE`, `SEMICOLON`, `SPACE` or `TAB`.",
        items_pointer "ItemsPointer" ": the JSON pointer of the array inside a JSON file.",
        manifest_type "ManifestType" ": `ATHENA_DATA` or `S3_INVENTORY`.",
        max_items_path "MaxItemsPath" ", a path.",
    }

    /// `CSVHeaders`, where `CSVHeaderLocation` is `GIVEN`.
    #[must_use]
    pub fn csv_headers<H: Into<String>>(mut self, headers: impl IntoIterator<Item = H>) -> Self {
        let headers = headers.into_iter().map(|header| Value::from(header.into()));
        self.fields.config.push(("CSVHeaders", Value::array(headers)));
        self
    }

    /// `MaxItems`: how many are read at most.
    #[must_use]
    pub fn max_items(mut self, most: impl Into<Amount>) -> Self {
        self.fields.config.push(("MaxItems", most.into().into()));
        self
    }
}

/// `ItemBatcher`: how many items a child execution of a distributed Map gets at once.
///
/// ```
/// use stepfn_core::builder::{ItemBatcher, path};
///
/// let batcher = ItemBatcher::new().max_items_per_batch(100).batch_input([("run", path("$.run"))]);
/// # let _ = batcher;
/// ```
#[derive(Clone, Debug, Default)]
pub struct ItemBatcher {
    fields: Vec<(&'static str, Expr)>,
}

impl ItemBatcher {
    /// Creates a batcher without bounds; it needs at least one of the two.
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, field: &'static str, value: impl Into<Expr>) -> Self {
        self.fields.push((field, value.into()));
        self
    }

    /// `BatchInput`: what each batch gets beside its items.
    #[must_use]
    pub fn batch_input<K: Into<String>>(self, entries: impl IntoIterator<Item = (K, Expr)>) -> Self {
        self.with("BatchInput", super::object(entries))
    }

    /// `MaxItemsPerBatch`
    #[must_use]
    pub fn max_items_per_batch(self, most: impl Into<Amount>) -> Self {
        self.with("MaxItemsPerBatch", Value::from(most.into()))
    }

    /// `MaxItemsPerBatchPath`
    #[must_use]
    pub fn max_items_per_batch_path(self, path: impl Into<String>) -> Self {
        self.with("MaxItemsPerBatchPath", path.into())
    }

    /// `MaxInputBytesPerBatch`: at most 262,144.
    #[must_use]
    pub fn max_input_bytes_per_batch(self, most: impl Into<Amount>) -> Self {
        self.with("MaxInputBytesPerBatch", Value::from(most.into()))
    }

    /// `MaxInputBytesPerBatchPath`
    #[must_use]
    pub fn max_input_bytes_per_batch_path(self, path: impl Into<String>) -> Self {
        self.with("MaxInputBytesPerBatchPath", path.into())
    }
}

/// `ResultWriter`: where a distributed Map writes the results of its child executions, and how.
///
/// ```
/// use stepfn_core::builder::ResultWriter;
///
/// let writer = ResultWriter::new("arn:aws:states:::s3:putObject")
///     .transformation("COMPACT")
///     .output_type("JSONL")
///     .parameters([("Bucket", "orders".into()), ("Prefix", "results".into())]);
/// # let _ = writer;
/// ```
#[derive(Clone, Debug)]
pub struct ResultWriter {
    fields: Fields,
}

impl ResultWriter {
    /// A writer by its resource: `arn:aws:states:::s3:putObject`.
    pub fn new(resource: impl Into<String>) -> Self {
        let fields = Fields { resource: Some(resource.into()), config: Vec::new(), parameters: Vec::new() };
        Self { fields }
    }

    /// Creates a writer that writes nothing: its `WriterConfig` only determines the result of the state.
    pub fn inline() -> Self {
        Self { fields: Fields { resource: None, config: Vec::new(), parameters: Vec::new() } }
    }

    parameters!();

    words! {
        transformation "Transformation" ": `NONE`, `COMPACT` or `FLATTEN`.",
        output_type "OutputType" ": `JSON` or `JSONL`.",
    }
}
