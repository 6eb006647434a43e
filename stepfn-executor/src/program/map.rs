//! The fields of a Map, those of the distributed mode included.

use std::sync::Arc;

use stepfn_core::{
    asl::{self, QueryLanguage},
    definition::WorkflowType,
    value::{Shared, Value},
};

use super::{
    Amount, FaultKind, Frame, Inner, Map, StateId,
    compile::{Compiler, Place},
    jsonata::unexpected,
    layout::{Layout, Source},
};
use crate::eval::{CompiledPath, EvalError, Template, jsonata};

/// The fields of a Map's distributed mode (AWS, "Using Map state in Distributed mode").
#[derive(Debug)]
pub(crate) struct Distributed {
    /// `ExecutionType` of the children.
    pub(crate) workflow_type: WorkflowType,
    /// `Label`
    pub(crate) label: Option<String>,
    pub(crate) reader: Option<Reader>,
    pub(crate) batcher: Option<Batcher>,
    pub(crate) writer: Option<Writer>,
    pub(crate) tolerated_count: Option<Amount>,
    pub(crate) tolerated_percentage: Option<Percentage>,
}

/// A template in the query language of its state.
#[derive(Debug)]
pub(crate) enum Payload {
    JsonPath(Template),
    Jsonata(jsonata::Template),
}

impl Payload {
    pub(crate) fn render(&self, frame: &Frame<'_>, input: &Value) -> Result<Value, EvalError> {
        match self {
            Self::JsonPath(template) => template.render(&frame.scope(input)),
            Self::Jsonata(template) => template.render(&frame.jsonata(input)),
        }
    }
}

/// The source of a Map's items, if no `ItemReader` reads them.
#[derive(Debug)]
pub(crate) enum ItemsFrom {
    /// The effective input, in JSONPath by the path `$`.
    Input(QueryLanguage),
    /// `ItemsPath`
    Path(CompiledPath),
    /// `Items`
    Jsonata(jsonata::Template),
}

/// The items that a Map iterates over.
#[derive(Clone, Debug)]
pub(crate) enum Dataset {
    Items(Shared<stepfn_core::value::Array>),
    /// The members of an object, in their order.
    Members(Shared<stepfn_core::value::Map>),
}

impl Default for Dataset {
    fn default() -> Self {
        Self::Items(Shared::default())
    }
}

impl Dataset {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Items(items) => items.len(),
            Self::Members(members) => members.len(),
        }
    }

    /// An item and its key, if it has one.
    pub(crate) fn get(&self, index: usize) -> Option<(Option<Arc<str>>, Value)> {
        match self {
            Self::Items(items) => Some((None, items.get(index)?.clone())),
            Self::Members(members) => {
                let (key, value) = members.get_index(index)?;
                Some((Some(key.into()), value.clone()))
            }
        }
    }
}

/// The value of `Map.Item.Source` for items that no reader reads.
const STATE_DATA: &str = "STATE_DATA";

impl ItemsFrom {
    /// Returns `Map.Item.Source`, where there is one: in an inline Map of a JSONata state there is not (recorded on AWS).
    pub(crate) fn source(&self) -> Option<&'static str> {
        match self {
            Self::Path(_) | Self::Input(QueryLanguage::JsonPath) => Some(STATE_DATA),
            Self::Jsonata(_) | Self::Input(QueryLanguage::Jsonata) => None,
        }
    }

    /// The items. A distributed Map takes an object as well (AWS, "ItemReader (Map)"); an inline one refuses it (recorded).
    pub(crate) fn evaluate(
        &self,
        frame: &Frame<'_>,
        input: &Value,
        takes_objects: bool,
    ) -> Result<Dataset, EvalError> {
        let items = match self {
            Self::Input(_) => input.clone(),
            Self::Path(path) => path.get(&frame.scope(input)).map_err(|miss| miss.invalid_path())?,
            Self::Jsonata(template) => template.render(&frame.jsonata(input))?,
        };
        let items = match items {
            Value::Array(items) => return Ok(Dataset::Items(items)),
            Value::Object(members) if takes_objects => return Ok(Dataset::Members(members)),
            other => other,
        };
        let path = match self {
            Self::Jsonata(template) => return Err(unexpected(template, "Items", "array", &items)),
            Self::Input(QueryLanguage::Jsonata) => {
                let cause = format!("Map state input must be an array but was: {items}");
                return Err(EvalError::query(cause, None));
            }
            Self::Input(QueryLanguage::JsonPath) => "$",
            Self::Path(path) => path.as_str(),
        };
        // AWS leaves out the sign of the context object: recorded on `TestState`.
        let path = path.strip_prefix('$').filter(|rest| rest.starts_with('$')).unwrap_or(path);
        Err(EvalError::runtime(format!("Reference path \"{path}\" must point to array.")))
    }
}

/// `ItemReader`
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) lists_objects: bool,
    pub(crate) parameters: Option<Payload>,
    pub(crate) format: Format,
    pub(crate) max_items: Option<Amount>,
    /// `Transformation`: the objects of a list are read, and not only listed.
    pub(crate) flattens: bool,
    /// `"ManifestType": "ATHENA_DATA"`: the object lists those that are read.
    pub(crate) is_athena: bool,
}

/// `InputType`, with the fields that go with it.
#[derive(Clone, Debug)]
pub(crate) enum Format {
    /// An array, or one inside an object at `ItemsPointer`.
    Json {
        pointer: Option<String>,
        /// Whether the members of an object are items too: not so to the AWS of before.
        takes_objects: bool,
    },
    JsonLines,
    Csv {
        delimiter: u8,
        headers: Option<Vec<String>>,
    },
    /// An S3 inventory.
    Manifest,
    Parquet,
}

/// `ItemBatcher`
#[derive(Debug)]
pub(crate) struct Batcher {
    pub(crate) max_items: Option<Amount>,
    pub(crate) max_bytes: Option<Amount>,
    pub(crate) input: Option<Payload>,
}

/// `ResultWriter`
#[derive(Debug)]
pub(crate) struct Writer {
    /// The place to write to; nothing is written without.
    pub(crate) parameters: Option<Payload>,
    pub(crate) transformation: Transformation,
    pub(crate) is_lines: bool,
}

/// `Transformation` of a `ResultWriter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transformation {
    /// The results with what is known of their executions.
    None,
    Compact,
    Flatten,
}

/// `ToleratedFailurePercentage`, or the path beside it.
#[derive(Debug)]
pub(crate) enum Percentage {
    Fixed(f64),
    Path(CompiledPath),
    Jsonata(jsonata::Template),
}

impl Percentage {
    pub(crate) fn evaluate(&self, frame: &Frame<'_>, input: &Value) -> Result<f64, EvalError> {
        let percentage = match self {
            Self::Fixed(percentage) => *percentage,
            Self::Path(path) => {
                let value = path.get(&frame.scope(input)).map_err(|miss| miss.invalid_path())?;
                let number = match &value {
                    Value::Number(number) => Some(number.as_f64()),
                    Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
                    _ => None,
                };
                number.ok_or_else(|| {
                    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    EvalError::runtime(format!(
                        "The ToleratedFailurePercentagePath field refers to value \"{shown}\" which is not a valid float: {path}"
                    ))
                })?
            }
            Self::Jsonata(template) => match template.render(&frame.jsonata(input))? {
                Value::Number(number) => number.as_f64(),
                other => return Err(unexpected(template, "ToleratedFailurePercentage", "number", &other)),
            },
        };
        if (0.0..=100.0).contains(&percentage) {
            return Ok(percentage);
        }
        Err(EvalError::runtime("ToleratedFailurePercentage must be between 0 and 100."))
    }
}

impl Inner {
    /// The machine that the children of a distributed Map run, named as AWS names it: `machine/label`.
    pub(crate) fn of_children(&self, start: StateId, workflow_type: WorkflowType, label: &str) -> Self {
        Self {
            name: format!("{}/{label}", self.name),
            workflow_type,
            states: Arc::clone(&self.states),
            start,
            timeout_seconds: None,
            sites: self.sites,
        }
    }
}

impl Compiler {
    pub(super) fn map(
        &mut self,
        layout: &Layout<'_>,
        source: &Source<'_>,
        map: &asl::Map,
        place: &Place<'_>,
    ) -> Option<Map> {
        let Some(processor) = map.processor() else {
            self.fault(FaultKind::Field, place, "ItemProcessor", "a Map needs an `ItemProcessor`");
            return None;
        };
        let config = processor.processor_config.as_ref();
        let is_distributed = config.is_some_and(|config| config["Mode"].as_str() == Some("DISTRIBUTED"));
        let distributed = if is_distributed {
            let express = config.is_some_and(|config| config["ExecutionType"].as_str() == Some("EXPRESS"));
            let workflow_type = if express { WorkflowType::Express } else { WorkflowType::Standard };
            Some(Box::new(self.distributed(map, workflow_type, place)?))
        } else {
            for (field, given) in [
                ("ItemReader", map.item_reader.is_some()),
                ("ItemBatcher", map.item_batcher.is_some()),
                ("ResultWriter", map.result_writer.is_some()),
            ] {
                if given {
                    let message = format!("`{field}` needs a distributed Map, and this one is inline");
                    self.fault(FaultKind::DistributedMap, place, field, message).help = Some(
                        "write `\"Mode\": \"DISTRIBUTED\"` in the `ProcessorConfig`, or remove the field"
                            .to_owned(),
                    );
                    return None;
                }
            }
            None
        };
        let is_jsonata = place.language == QueryLanguage::Jsonata;
        let items = match (&map.items, &map.items_path) {
            // The items come from the reader then, whatever the path is: recorded on AWS.
            _ if map.item_reader.is_some() => ItemsFrom::Input(place.language),
            (Some(items), _) if is_jsonata => {
                ItemsFrom::Jsonata(self.expressions_at(place, "Items", "Items", items)?)
            }
            (_, Some(path)) if !is_jsonata => ItemsFrom::Path(self.path(place, "ItemsPath", path)?),
            _ => ItemsFrom::Input(place.language),
        };
        let item_selector = match &map.item_selector {
            Some(selector) => self.payload(place, "ItemSelector", Some(selector)),
            None if is_jsonata => Some(None),
            None => self.payload(place, "Parameters", source.state.parameters.as_ref()),
        };
        let max_concurrency = self.amount(
            place,
            ("MaxConcurrency", "MaxConcurrencyPath"),
            map.max_concurrency.as_ref(),
            map.max_concurrency_path.as_ref(),
        );
        let processor = self.start(layout, source.children);
        Some(Map {
            items,
            item_selector: item_selector?,
            max_concurrency: max_concurrency?,
            processor: processor?,
            distributed,
        })
    }

    fn distributed(
        &mut self,
        map: &asl::Map,
        workflow_type: WorkflowType,
        place: &Place<'_>,
    ) -> Option<Distributed> {
        let reader = match &map.item_reader {
            Some(reader) => Some(self.reader(reader, place)?),
            None => None,
        };
        let batcher = match &map.item_batcher {
            Some(batcher) => {
                let number = |compiler: &mut Self, field, path_field| {
                    compiler.raw_amount(place, "ItemBatcher", (field, path_field), batcher)
                };
                Some(Batcher {
                    max_items: number(self, "MaxItemsPerBatch", "MaxItemsPerBatchPath")?,
                    max_bytes: number(self, "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")?,
                    input: self.payload(place, "ItemBatcher/BatchInput", batcher.get("BatchInput"))?,
                })
            }
            None => None,
        };
        let writer = match &map.result_writer {
            Some(writer) => Some(self.writer(writer, place)?),
            None => None,
        };
        let tolerated_count = self.amount(
            place,
            ("ToleratedFailureCount", "ToleratedFailureCountPath"),
            map.tolerated_failure_count.as_ref(),
            map.tolerated_failure_count_path.as_ref(),
        );
        let field = "ToleratedFailurePercentage";
        let tolerated_percentage =
            match (&map.tolerated_failure_percentage_path, &map.tolerated_failure_percentage) {
                (Some(path), _) => {
                    Some(Percentage::Path(self.path(place, "ToleratedFailurePercentagePath", path)?))
                }
                (None, Some(amount)) => Some(match self.computed(place, field, field, amount)? {
                    Some(template) => Percentage::Jsonata(template),
                    None => Percentage::Fixed(self.number(place, field, amount)?),
                }),
                (None, None) => None,
            };
        Some(Distributed {
            workflow_type,
            label: map.label.clone(),
            reader,
            batcher,
            writer,
            tolerated_count: tolerated_count?,
            tolerated_percentage,
        })
    }

    fn reader(&mut self, reader: &Value, place: &Place<'_>) -> Option<Reader> {
        let config = &reader["ReaderConfig"];
        let resource = reader["Resource"].as_str().unwrap_or_default();
        let lists_objects = match resource.rsplit_once(":::") {
            Some((_, "s3:getObject")) => false,
            Some((_, "s3:listObjectsV2")) => true,
            _ => {
                let message = format!("expected an ARN that items are read by, found `{resource}`");
                self.fault(FaultKind::Field, place, "ItemReader/Resource", message).help = Some(
                    "write `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`".to_owned(),
                );
                return None;
            }
        };
        let flattens = config["Transformation"].as_str() == Some("LOAD_AND_FLATTEN");
        let json = || Format::Json {
            pointer: config["ItemsPointer"].as_str().map(str::to_owned),
            takes_objects: true,
        };
        let format = match config["InputType"].as_str() {
            // A manifest of an inventory has its own description of its parts.
            _ if config["ManifestType"].as_str() == Some("S3_INVENTORY") => Format::Manifest,
            Some("CSV") => {
                let delimiter = match config["CSVDelimiter"].as_str() {
                    None | Some("COMMA") => b',',
                    Some("PIPE") => b'|',
                    Some("SEMICOLON") => b';',
                    Some("SPACE") => b' ',
                    Some("TAB") => b'\t',
                    Some(other) => {
                        let message = format!("there is no `CSVDelimiter` `{other}`");
                        self.fault(
                            FaultKind::Field,
                            place,
                            "ItemReader/ReaderConfig/CSVDelimiter",
                            message,
                        )
                        .help = Some("write `COMMA`, `PIPE`, `SEMICOLON`, `SPACE` or `TAB`".to_owned());
                        return None;
                    }
                };
                let given = config["CSVHeaderLocation"].as_str() == Some("GIVEN");
                let names = config["CSVHeaders"].as_array().filter(|_| given);
                let headers = names.map(|names| {
                    names.iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
                });
                Format::Csv { delimiter, headers }
            }
            Some("JSONL") => Format::JsonLines,
            Some("MANIFEST") => Format::Manifest,
            Some("JSON") => json(),
            Some("PARQUET") => Format::Parquet,
            None => json(),
            Some(other) => {
                let message = format!("the executor reads no `InputType` `{other}`");
                self.fault(FaultKind::DistributedMap, place, "ItemReader/ReaderConfig/InputType", message)
                    .help = Some("it reads `CSV`, `JSON`, `JSONL`, `PARQUET` and `MANIFEST`".to_owned());
                return None;
            }
        };
        Some(Reader {
            lists_objects,
            parameters: self.arguments(place, "ItemReader", reader)?,
            format,
            max_items: self.raw_amount(
                place,
                "ItemReader/ReaderConfig",
                ("MaxItems", "MaxItemsPath"),
                config,
            )?,
            flattens,
            is_athena: config["ManifestType"].as_str() == Some("ATHENA_DATA"),
        })
    }

    fn writer(&mut self, writer: &Value, place: &Place<'_>) -> Option<Writer> {
        let config = &writer["WriterConfig"];
        let parameters = self.arguments(place, "ResultWriter", writer)?;
        let transformation = match config["Transformation"].as_str() {
            Some("COMPACT") => Transformation::Compact,
            Some("FLATTEN") => Transformation::Flatten,
            Some("NONE") => Transformation::None,
            // Results that are exported have their executions with them, those that are not have not.
            None if parameters.is_some() => Transformation::None,
            None => Transformation::Compact,
            Some(other) => {
                let message = format!("there is no `Transformation` `{other}`");
                self.fault(FaultKind::Field, place, "ResultWriter/WriterConfig/Transformation", message)
                    .help = Some("write `NONE`, `COMPACT` or `FLATTEN`".to_owned());
                return None;
            }
        };
        Some(Writer { parameters, transformation, is_lines: config["OutputType"].as_str() == Some("JSONL") })
    }

    /// `Parameters` of an object of a Map, or `Arguments` in its place.
    fn arguments(&mut self, place: &Place<'_>, object: &str, fields: &Value) -> Option<Option<Payload>> {
        let name = if fields.get("Parameters").is_some() { "Parameters" } else { "Arguments" };
        self.payload(place, &format!("{object}/{name}"), fields.get(name))
    }

    fn payload(&mut self, place: &Place<'_>, field: &str, value: Option<&Value>) -> Option<Option<Payload>> {
        match place.language {
            QueryLanguage::JsonPath => {
                self.template(place, field, value).map(|payload| payload.map(Payload::JsonPath))
            }
            QueryLanguage::Jsonata => {
                self.expressions(place, field, value).map(|payload| payload.map(Payload::Jsonata))
            }
        }
    }

    /// A number in an object that the model keeps as it is.
    fn raw_amount(
        &mut self,
        place: &Place<'_>,
        object: &str,
        (field, path_field): (&str, &'static str),
        fields: &Value,
    ) -> Option<Option<Amount>> {
        if let Some(path) = fields[path_field].as_str() {
            let path = self.path(place, &format!("{object}/{path_field}"), path)?;
            return Some(Some(Amount::Path { path, field: path_field }));
        }
        let amount = match fields.get(field) {
            None => return Some(None),
            Some(Value::Number(number)) => asl::Amount::Number(number.clone()),
            Some(other) => {
                let text = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
                asl::Amount::Text(text)
            }
        };
        let at = format!("{object}/{field}");
        if let Some(template) = self.computed(place, &at, field, &amount)? {
            return Some(Some(Amount::Jsonata { template, field: field.into() }));
        }
        self.whole_number(place, &at, &at, &amount).map(|amount| Some(Amount::Fixed(amount)))
    }
}
