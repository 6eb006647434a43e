//! Maps: where the items come from, what the children get, and what is made of their results.

use super::{
    Analyser, OwnedNeed, StateTyping, answer,
    edge::Flow,
    number::NARROWER,
    obligation::{Obligation, OwnedClaim},
    origin::{Origin, Reason},
    site::{Reading, Site},
    val::Want,
    value::{Entry, Fields, Sym, index_of},
};
use crate::{
    asl::{Amount, Map, State},
    diagnostic::Code,
    json::Pointer,
    shape::{Bounds, Need, Side},
    value::Value,
};

impl Analyser<'_> {
    /// The result of a Map in JSONPath.
    pub(super) fn map(&mut self, site: &Site, state: &State, map: &Map, flow: &Flow) -> Sym {
        let at = &site.at;
        for (field, path, need) in [
            ("MaxConcurrencyPath", &map.max_concurrency_path, Need::Count),
            ("ToleratedFailureCountPath", &map.tolerated_failure_count_path, Need::Count),
            ("ToleratedFailurePercentagePath", &map.tolerated_failure_percentage_path, Need::Number),
        ] {
            if let Some(path) = path {
                self.amount(site, &at.key(field), path, need);
            }
        }
        let batch_input = self.map_objects(site, map);
        let items = match &map.item_reader {
            Some(reader) => Sym::array(self.read_item(site, reader)),
            None => {
                let (items_at, path) = match &map.items_path {
                    Some(path) => (at.key("ItemsPath"), path.as_str()),
                    None => (at.clone(), "$"),
                };
                // Recorded on AWS: an inline Map takes no object.
                let need = if map.is_distributed() { Need::Items } else { Need::Array };
                self.path_text(site, &items_at, path, OwnedNeed::Other(need))
            }
        };
        let item = self.entry_of(map, &items);
        let (selector, selector_at) = match &map.item_selector {
            Some(selector) => (Some(selector), at.key("ItemSelector")),
            None => (state.parameters.as_ref(), at.key("Parameters")),
        };
        let item_context = item_context(&item, key_of(map, &items), true);
        let each = match selector {
            Some(selector) => {
                let context = site.context.set(&["Map".into()], item_context.clone());
                self.template(&Site { context, ..site.clone() }, &selector_at, selector)
            }
            None => item,
        };
        let each = match (&map.item_batcher, batch_input) {
            (Some(_), Some(input)) => Sym::object([("BatchInput", input), ("Items", Sym::array(each))]),
            (Some(_), None) => Sym::object([("Items", Sym::array(each))]),
            (None, _) => each,
        };
        self.iterations(site, map, item_context, each, flow)
    }

    /// Demands a number at the end of a path. AWS takes a number in a string as well, but not every string is one.
    pub(super) fn amount(&mut self, site: &Site, at: &Pointer, path: &str, need: Need<'static>) {
        if self.typing.proven {
            let value = self.path_text(site, at, path, OwnedNeed::Other(need));
            let reading =
                Reading { site, at: at.to_owned(), range: None, shown: path.to_owned(), asks: false };
            self.within(&reading, &[value], bounds_of(at));
            return;
        }
        let value = self.path_text(site, at, path, OwnedNeed::Other(Need::Value));
        self.known_amount(site, at, path, &value, need != Need::Number);
    }

    /// Judges a number of seconds, items or failures that is known.
    pub(super) fn known_amount(&mut self, site: &Site, at: &Pointer, shown: &str, value: &Sym, whole: bool) {
        let reading = Reading { site, at: at.to_owned(), range: None, shown: shown.to_owned(), asks: false };
        let members = value.members();
        if !members.is_empty() && members.iter().all(|member| no_amount(member).is_some()) {
            for member in members {
                let expected = no_amount(member).unwrap_or_default();
                let message = format!("expected {expected}, found {}", member.words());
                self.wrong(&reading, Code::WrongType, message, None);
            }
        } else if !members.is_empty() && members.iter().all(|member| member.outside() == Sym::String) {
            let message = format!("expected a number, found {}", value.words());
            self.may_be_wrong(&reading, Code::WrongType, message, None);
        } else if whole && members.contains(&Sym::Number) {
            let message = "it may be a fraction, and only whole numbers are taken".to_owned();
            self.may_be_wrong(&reading, Code::WrongType, message, None);
        }
    }

    /// The objects of a distributed Map whose fields are paths: gives `BatchInput`.
    fn map_objects(&mut self, site: &Site, map: &Map) -> Option<Sym> {
        let path_in = |this: &mut Self, object: &str, fields: &Value, field: &str| {
            if let Some(path) = fields.get(field).and_then(Value::as_str) {
                this.amount(site, &site.at.key(object).key(field), path, Need::Count);
            }
        };
        let mut batch_input = None;
        if let Some(batcher) = &map.item_batcher {
            path_in(self, "ItemBatcher", batcher, "MaxItemsPerBatchPath");
            path_in(self, "ItemBatcher", batcher, "MaxInputBytesPerBatchPath");
            batch_input = batcher
                .get("BatchInput")
                .map(|input| self.template(site, &site.at.key("ItemBatcher").key("BatchInput"), input));
        }
        if let Some(config) = map.item_reader.as_ref().and_then(|reader| reader.get("ReaderConfig")) {
            path_in(self, "ItemReader/ReaderConfig", config, "MaxItemsPath");
        }
        for (object, fields) in [("ItemReader", &map.item_reader), ("ResultWriter", &map.result_writer)] {
            let Some(fields) = fields else { continue };
            if let Some(parameters) = fields.get("Parameters") {
                self.bucket(site, &site.at.key(object).key("Parameters"), parameters);
            }
            self.needs_bucket(site, object, fields, None);
        }
        batch_input
    }

    /// Checks a place that is read from or written to.
    fn bucket(&mut self, site: &Site, at: &Pointer, parameters: &Value) {
        let Value::Object(fields) = parameters else { return };
        for (key, value) in fields.iter() {
            match (&**key, value.as_str()) {
                ("Bucket.$" | "Key.$" | "Prefix.$", Some(text)) => {
                    let need = if self.typing.proven { Need::String } else { Need::Value };
                    let at = at.key(key);
                    self.expression(site, &at, text, need);
                }
                _ => {
                    let one = Value::object([(key.clone(), value.clone())]);
                    self.template(site, at, &one);
                }
            }
        }
    }

    /// Demands a bucket, and a key where one object is read: AWS fails with `States.ItemReaderFailed` or `States.ResultWriterFailed`
    /// where they are no texts. What expressions make of them is asked of the expressions; `made` is what one alone makes of
    /// all of them.
    pub(super) fn needs_bucket(&mut self, site: &Site, object: &str, fields: &Value, made: Option<&Sym>) {
        let name = if made.is_some() { "Arguments" } else { "Parameters" };
        let given = fields.get(name);
        let resource = fields.get("Resource").and_then(Value::as_str);
        // A writer that only formats writes nowhere.
        if object == "ResultWriter" && given.is_none() && resource.is_none() {
            return;
        }
        let reads_one = resource.is_some_and(|resource| resource.ends_with(":s3:getObject"));
        for (field, needed) in [("Bucket", true), ("Key", reads_one), ("Prefix", false)] {
            let at = site.at.key(object);
            let at = if given.is_some() { at.key(name) } else { at };
            let reading = Reading { site, at, range: None, shown: object.to_owned(), asks: false };
            if let (Some(Value::String(_)), Some(made)) = (given, made) {
                if needed {
                    self.lead(&reading, made, &[field], Want::of(Need::String));
                }
                continue;
            }
            let computed =
                made.is_none() && given.is_some_and(|given| given.get(&format!("{field}.$")).is_some());
            match given.and_then(|given| given.get(field)) {
                Some(Value::String(_)) => {}
                Some(value) => {
                    let message = format!("`{field}` must be a string, found `{value}`");
                    self.wrong(&reading, Code::WrongType, message, None);
                }
                None if needed && !computed => {
                    let message = format!("it needs `{field}` in its `{name}`");
                    let help = format!("write `\"{name}\": {{ \"{field}\": … }}`");
                    self.wrong(&reading, Code::MissingField, message, Some(help));
                }
                None => {}
            }
        }
    }

    /// An item that a reader gives.
    pub(super) fn read_item(&mut self, site: &Site, reader: &Value) -> Sym {
        let at = site.at.key("ItemReader");
        let declared = match self.typing.states.get(at.as_str()) {
            Some(StateTyping::Result(ty)) => Some(*ty),
            _ => None,
        };
        let read = items_read(reader);
        let Some(ty) = declared else {
            return match read {
                Read::These(item) => item,
                Read::Rows | Read::Anything => Sym::Any(Origin::items()),
            };
        };
        match read {
            Read::These(item) => {
                self.fits(site, &at, &item, ty, "an item of the reader");
            }
            Read::Rows if self.report.is_some() => self.oblige(Obligation {
                at,
                range: None,
                place: site.place.clone(),
                claim: OwnedClaim::Columns { target: ty },
            }),
            Read::Rows | Read::Anything => {}
        }
        Sym::leaf(ty, Side::Given, "an item of the reader")
    }

    /// Evaluates the children over their inputs, and returns the Map's result.
    pub(super) fn iterations(
        &mut self,
        site: &Site,
        map: &Map,
        item_context: Sym,
        each: Sym,
        flow: &Flow,
    ) -> Sym {
        let Some(processor) = map.processor() else { return Sym::never() };
        let child = if map.item_processor.is_some() { "ItemProcessor" } else { "Iterator" };
        let child = site.at.key(child);
        if !map.is_distributed() {
            self.map_items.push(item_context);
            let output = self.machine(&child, processor, &flow.with_item(each));
            self.map_items.pop();
            return Sym::array(output);
        }
        // The children are executions of their own: with their own input, and without the variables and the items outside.
        let config = processor.processor_config.as_ref();
        let is_express =
            config.and_then(|config| config.get("ExecutionType")).and_then(Value::as_str) == Some("EXPRESS");
        let outer = std::mem::replace(&mut self.machine_input, each.clone());
        let items = std::mem::take(&mut self.map_items);
        let express = std::mem::replace(&mut self.express, is_express);
        let output = self.machine(&child, processor, &Flow::new(each));
        self.machine_input = outer;
        self.map_items = items;
        self.express = express;
        results(map, output)
    }

    /// Returns the input of one iteration from the items. Those of an object, which a distributed Map takes as well, are its entries' values.
    pub(super) fn entry_of(&mut self, map: &Map, items: &Sym) -> Sym {
        if !map.is_distributed() {
            return self.item_of(items);
        }
        match items {
            Sym::Leaf(leaf) => Sym::Leaf(leaf.then([super::OwnedStep::Item])),
            Sym::Object(fields, _) if !is_of_items(fields) => match items {
                Sym::Object(fields, Some(base)) => {
                    let below = self.entry_of(map, base);
                    Sym::union(fields.values().map(|entry| entry.value.clone()).chain([below]))
                }
                _ => items.entry(),
            },
            Sym::Map(_) => items.entry(),
            Sym::Union(members) => {
                let entries: Vec<_> = members.iter().map(|member| self.entry_of(map, member)).collect();
                Sym::union(entries)
            }
            _ => self.item_of(items),
        }
    }

    pub(super) fn item_of(&mut self, items: &Sym) -> Sym {
        match items {
            Sym::Array(item) => (**item).clone(),
            Sym::Leaf(leaf) => Sym::Leaf(leaf.then([super::OwnedStep::Each])),
            Sym::Tuple(items) => {
                let mut items = items.iter();
                items
                    .next()
                    .map_or_else(Sym::never, |first| items.fold(first.clone(), |all, item| all.join(item)))
            }
            Sym::Union(members) => {
                let items: Vec<_> = members.iter().map(|member| self.item_of(member)).collect();
                Sym::union(items)
            }
            Sym::Answer(shape) => answer::item(shape),
            // Of an array more may be known of single items.
            Sym::Object(fields, Some(base)) if is_of_items(fields) => self.item_of(base),
            Sym::Any(_) | Sym::Reported | Sym::Unknown(_) => items.clone(),
            _ => Sym::Unknown(Reason::Items),
        }
    }
}

/// Returns `true` if what is known of a value are single items of it.
fn is_of_items(fields: &Fields) -> bool {
    !fields.is_empty() && fields.keys().all(|key| index_of(key).is_some())
}

/// `$$.Map.Item.Key`: the members of an object have keys, which a distributed Map alone takes.
pub(super) fn key_of(map: &Map, items: &Sym) -> Entry {
    let none = Entry { absent: true, ..Entry::of(Sym::String) };
    // What is read may be an object, too.
    if !map.is_distributed() || map.item_reader.is_some() {
        return none;
    }
    match items {
        Sym::Leaf(leaf) => Entry::of(Sym::Leaf(leaf.then([super::OwnedStep::EntryKey]))),
        Sym::Object(fields, _) if !is_of_items(fields) => Entry::of(items.entry_key()),
        Sym::Map(_) => Entry::of(Sym::String),
        Sym::Any(_) | Sym::Reported => Entry::of(items.clone()),
        Sym::Union(members) => {
            let keys: Vec<_> = members.iter().map(|member| key_of(map, member)).collect();
            let absent = keys.iter().any(|key| key.absent);
            Entry { absent, ..Entry::of(Sym::union(keys.into_iter().map(|key| key.value))) }
        }
        _ => none,
    }
}

/// `$$.Map` while an item is at hand. Where the items come from is there in JSONPath, and in JSONata where they are read (recorded on AWS).
pub(super) fn item_context(item: &Sym, key: Entry, has_source: bool) -> Sym {
    let item = Sym::object([
        ("Index", Sym::count()),
        ("Value", item.clone()),
        ("Key", key.value),
        ("Source", Sym::String),
    ]);
    let item = if key.absent { item.may_lack(&["Key"]) } else { item };
    let item = if has_source { item } else { item.may_lack(&["Source"]) };
    Sym::object([("Item", item)])
}

/// The items of a reader.
enum Read {
    /// Items that are known whatever is read.
    These(Sym),
    /// Objects of strings, whose keys are in the data.
    Rows,
    Anything,
}

fn items_read(reader: &Value) -> Read {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let config = reader.get("ReaderConfig");
    let of = |field: &str| text(config.and_then(|config| config.get(field)));
    let lists = text(reader.get("Resource")).ends_with(":s3:listObjectsV2");
    if lists && of("Transformation") != "LOAD_AND_FLATTEN" {
        return Read::These(Sym::object([
            ("Etag", Sym::String),
            ("Key", Sym::String),
            ("LastModified", Sym::Number),
            ("Size", Sym::count()),
            ("StorageClass", Sym::String),
        ]));
    }
    let headers = config.and_then(|config| config.get("CSVHeaders")).and_then(Value::as_array);
    match (of("InputType").as_str(), headers) {
        // What a row lacks is an empty text there.
        ("CSV", Some(headers)) if of("CSVHeaderLocation") == "GIVEN" => {
            Read::These(Sym::object(headers.iter().filter_map(Value::as_str).map(|name| (name, Sym::String))))
        }
        ("CSV", _) => Read::Rows,
        ("MANIFEST", _) if of("ManifestType") != "ATHENA_DATA" => Read::Rows,
        _ => Read::Anything,
    }
}

/// Returns the result of a distributed Map from its children's outputs.
fn results(map: &Map, output: Sym) -> Sym {
    let writer = map.result_writer.as_ref();
    if writer.is_some_and(|writer| {
        ["Resource", "Parameters", "Arguments"].iter().any(|field| writer.get(field).is_some())
    }) {
        return Sym::object([
            ("MapRunArn", Sym::String),
            ("ResultWriterDetails", Sym::object([("Bucket", Sym::String), ("Key", Sym::String)])),
        ]);
    }
    // A writer that only formats leaves the results where they are.
    let config = writer.and_then(|writer| writer.get("WriterConfig"));
    let succeeded = match config.and_then(|config| config.get("Transformation")).and_then(Value::as_str) {
        Some("NONE") => execution(true),
        Some("FLATTEN") => Sym::union(output.members().iter().map(|member| match member {
            Sym::Array(item) => (**item).clone(),
            Sym::Tuple(items) => Sym::union(items.iter().cloned()),
            Sym::Leaf(_) | Sym::Unknown(_) | Sym::Answer(_) => Sym::Unknown(Reason::Count),
            other => other.clone(),
        })),
        _ => output,
    };
    let tolerates = |amount: &Option<Amount>| match amount {
        Some(Amount::Number(number)) => number.as_f64() > 0.0,
        Some(_) => true,
        None => false,
    };
    let some_may_fail = tolerates(&map.tolerated_failure_count)
        || tolerates(&map.tolerated_failure_percentage)
        || map.tolerated_failure_count_path.is_some()
        || map.tolerated_failure_percentage_path.is_some();
    if !some_may_fail {
        return Sym::array(succeeded);
    }
    // The facts of the execution that failed take the place of its output.
    Sym::array(Sym::union([succeeded, execution(false)]))
}

/// Returns the description of a child execution.
fn execution(succeeded: bool) -> Sym {
    let details = Sym::object([("Included", Sym::Boolean)]);
    let mut fields = vec![
        ("ExecutionArn", Sym::String),
        ("Input", Sym::String),
        ("InputDetails", details.clone()),
        ("Name", Sym::String),
        ("StartDate", Sym::Timestamp),
        ("StateMachineArn", Sym::String),
        ("Status", Sym::String),
        ("StopDate", Sym::Timestamp),
    ];
    if succeeded {
        fields.extend([("Output", Sym::String), ("OutputDetails", details)]);
        return Sym::object(fields);
    }
    fields.extend([("Cause", Sym::String), ("Error", Sym::String)]);
    Sym::object(fields).may_lack(&["Cause"]).may_lack(&["Error"])
}

/// Returns the limits that AWS sets for an amount, and the declaration that ensures them.
pub(super) fn bounds_of(at: &Pointer) -> (Bounds, &'static str) {
    let field = at.rsplit('/').next().unwrap_or_default();
    let field = field.strip_suffix("Path").unwrap_or(field);
    let (bounds, advice) = match field {
        "ToleratedFailurePercentage" => (Bounds { min: 0, max: 100 }, PERCENT),
        "Seconds" => (Bounds { min: 0, max: MOST_SECONDS }, NARROWER),
        "TimeoutSeconds" | "HeartbeatSeconds" => (Bounds { min: 1, max: MOST_SECONDS }, SECONDS),
        _ => (Bounds::COUNT, NARROWER),
    };
    (bounds, advice)
}

const MOST_SECONDS: i128 = 99_999_999;
const SECONDS: &str =
    "declare a narrower type, such as `NonZeroU16`, or allow it: `#[allow(stepfn::number_out_of_range)]`";
const PERCENT: &str =
    "make it a type of such numbers alone, or allow it: `#[allow(stepfn::number_out_of_range)]`";

/// Returns the expected kind in place of a value that is surely no amount.
fn no_amount(value: &Sym) -> Option<&'static str> {
    match &value.outside() {
        Sym::Object(..)
        | Sym::Timestamp
        | Sym::Array(_)
        | Sym::Tuple(_)
        | Sym::Bool(_)
        | Sym::Boolean
        | Sym::Null => Some("a number"),
        Sym::Text(text) if text.parse::<u64>().is_err() => Some("a number"),
        Sym::Integer(value) if *value < 0 => Some("a number that is not below 0"),
        _ => None,
    }
}
