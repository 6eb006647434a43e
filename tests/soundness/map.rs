//! Random Maps, inline and distributed, with their readers, batchers and writers.

use std::rc::Rc;

use serde_json::{Map, Value as Json, json};
use stepfn::shape::Side;

use crate::{
    guess::{Guess, Kind},
    machine::{Author, Left, Ways, go_on},
    paths, query,
    scope::Scope,
    shapes,
    trial::{Format, Work, WorkKind},
};

/// The bucket that a state reads. It has one of its own, so that a reader without a prefix lists nothing but what it was declared to.
pub(crate) fn bucket(state: &str) -> String {
    format!("read-by-{}", state.to_lowercase())
}

/// The bucket that results are written to.
pub(crate) const RESULTS: &str = "results";

impl Author<'_> {
    pub(crate) fn map(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        ways: &Ways<'_>,
        jsonata: bool,
    ) -> Left {
        fields.insert("Type".into(), "Map".into());
        go_on(fields, ways);
        let distributed = !self.express && self.random.one_in(3);
        let inside = if jsonata { scope.clone() } else { self.input_path(fields, scope) };
        let item = if distributed && self.random.one_in(2) {
            self.reader(fields, &inside, jsonata)
        } else {
            self.items(fields, &inside, jsonata)
        };
        let mut child = Scope { item: Some(item.clone()), ..inside.clone() };
        child.input = item;
        if self.random.one_in(3) {
            let sees = Scope { item: child.item.clone(), ..inside.clone() };
            let (name, (template, guess)) = if jsonata {
                ("ItemSelector", query::template(self.random, &sees))
            } else {
                (
                    if self.random.one_in(5) { "Parameters" } else { "ItemSelector" },
                    paths::template(self.random, &sees, 1),
                )
            };
            fields.insert(name.into(), template);
            child.input = guess;
        }
        self.numbers(fields, &inside, jsonata, distributed);
        if distributed && self.random.one_in(3) {
            self.batcher(fields, &inside, jsonata, &mut child);
        }
        let output = self.processor(fields, child, distributed);
        let mut result = Guess::array(output);
        if distributed && self.random.one_in(4) {
            self.writer(fields, &inside, jsonata);
            let details = ["Bucket", "Key"].map(|name| (name.to_owned(), Guess::Text));
            result = Guess::object([
                ("MapRunArn".to_owned(), Guess::Text),
                ("ResultWriterDetails".to_owned(), Guess::object(details)),
            ]);
        }
        let after = if jsonata {
            let sees = Scope { result: Some(result.clone()), ..scope.clone() };
            self.output(fields, &sees, result)
        } else {
            self.result(fields, scope, result, true)
        };
        let mut left = vec![(ways.next.map(str::to_owned), after)];
        self.failures(fields, scope, ways, jsonata, &mut left);
        left
    }

    /// `Items` or `ItemsPath`: what the items are.
    fn items(&mut self, fields: &mut Map<String, Json>, scope: &Scope, jsonata: bool) -> Guess {
        let wanted = if self.random.one_in(8) { Kind::Object } else { Kind::Array };
        let (name, (value, guess)) = if jsonata {
            let found = if self.random.one_in(8) {
                (json!([1, "x"]), Guess::array(Guess::Any))
            } else {
                query::text(self.random, scope, wanted)
            };
            ("Items", found)
        } else {
            let (path, guess) = paths::path(self.random, scope, wanted);
            ("ItemsPath", (path.into(), guess))
        };
        fields.insert(name.into(), value);
        guess.item()
    }

    fn processor(&mut self, fields: &mut Map<String, Json>, mut child: Scope, distributed: bool) -> Guess {
        child.sure = Rc::default();
        if distributed {
            // The children are executions of their own.
            child.variables = Rc::default();
        }
        self.depth += 1;
        let was = self.express;
        let express = distributed && self.random.one_in(3);
        self.express |= express;
        let size = self.random.pick(&[1, 1, 2, 3]);
        let (mut processor, output) = self.machine(&child, size);
        self.express = was;
        self.depth -= 1;
        if distributed {
            let kind = if express { "EXPRESS" } else { "STANDARD" };
            processor
                .insert("ProcessorConfig".into(), json!({ "Mode": "DISTRIBUTED", "ExecutionType": kind }));
            if self.random.one_in(6) {
                fields.insert("Label".into(), self.name().into());
            }
        } else if self.random.one_in(6) {
            processor.insert("ProcessorConfig".into(), json!({ "Mode": "INLINE" }));
        }
        if self.random.one_in(20) {
            processor.insert("Comment".into(), "each".into());
        }
        let name = if distributed || self.random.percent(85) { "ItemProcessor" } else { "Iterator" };
        fields.insert(name.into(), processor.into());
        output
    }

    /// Makes a number, or an expression in the place of one.
    fn number(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        jsonata: bool,
        name: &str,
        plain: u32,
    ) {
        match self.random.below(3) {
            0 => {
                fields.insert(name.into(), plain.into());
            }
            _ if jsonata => {
                fields.insert(name.into(), query::text(self.random, scope, Kind::Whole).0);
            }
            _ => {
                let (path, _) = paths::path(self.random, scope, Kind::Whole);
                fields.insert(format!("{name}Path"), path.into());
            }
        }
    }

    fn numbers(&mut self, fields: &mut Map<String, Json>, scope: &Scope, jsonata: bool, distributed: bool) {
        if self.random.one_in(6) {
            self.number(fields, scope, jsonata, "MaxConcurrency", 2);
        }
        for name in ["ToleratedFailureCount", "ToleratedFailurePercentage"] {
            if distributed && self.random.one_in(5) {
                self.number(fields, scope, jsonata, name, 50);
            }
        }
    }

    /// `Parameters` or `Arguments` of a reader or writer: bucket and key.
    fn place(&mut self, scope: &Scope, jsonata: bool, names: [(&str, &str); 2]) -> Json {
        let mut given = Map::new();
        for (name, plain) in names {
            match self.random.below(5) {
                0 if jsonata => {
                    given.insert(name.into(), query::text(self.random, scope, Kind::Text).0);
                }
                0 => {
                    let (path, _) = paths::expression(self.random, scope, Kind::Text);
                    given.insert(format!("{name}.$"), path.into());
                }
                _ => {
                    given.insert(name.into(), plain.into());
                }
            }
        }
        given.into()
    }

    /// `ItemReader`: what its items are.
    fn reader(&mut self, fields: &mut Map<String, Json>, scope: &Scope, jsonata: bool) -> Guess {
        let name = self.current.clone();
        let format = self.random.pick(&[
            Format::Csv,
            Format::Json,
            Format::JsonLines,
            Format::Listing,
            Format::Csv,
            Format::Loaded,
        ]);
        let key = match format {
            Format::Listing => ("Prefix", "listed/".to_owned()),
            Format::Loaded => ("Prefix", format!("loaded/{name}")),
            _ => ("Key", format!("{name}.{}", format.extension())),
        };
        let given = self.place(scope, jsonata, [("Bucket", &bucket(&name)), (key.0, &key.1)]);
        let lists = matches!(format, Format::Listing | Format::Loaded);
        let action = if lists { "listObjectsV2" } else { "getObject" };
        let mut reader = json!({
            "Resource": format!("arn:aws:states:::s3:{action}"),
            if jsonata { "Arguments" } else { "Parameters" }: given,
        });
        let mut config = Map::new();
        match format {
            Format::Csv => {
                config.insert("InputType".into(), "CSV".into());
                if self.random.one_in(2) {
                    config.insert("CSVHeaderLocation".into(), "FIRST_ROW".into());
                } else {
                    config.insert("CSVHeaderLocation".into(), "GIVEN".into());
                    config.insert("CSVHeaders".into(), json!(shapes::KEYS));
                }
                if self.random.percent(60) {
                    let word = self.random.pick(&["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]);
                    config.insert("CSVDelimiter".into(), word.into());
                }
            }
            Format::Json => {
                config.insert("InputType".into(), "JSON".into());
                if self.random.one_in(4) {
                    config.insert("ItemsPointer".into(), "/items".into());
                }
            }
            Format::Loaded => {
                config.insert("Transformation".into(), "LOAD_AND_FLATTEN".into());
                config.insert("InputType".into(), "JSONL".into());
            }
            Format::JsonLines => {
                config.insert("InputType".into(), "JSONL".into());
            }
            Format::Listing => {
                if self.random.one_in(3) {
                    config.insert("Transformation".into(), "NONE".into());
                }
            }
        }
        if self.random.one_in(3) {
            self.number(&mut config, scope, jsonata, "MaxItems", 2);
        }
        if !config.is_empty() {
            reader["ReaderConfig"] = config.into();
        }
        fields.insert("ItemReader".into(), reader);
        let item = match format {
            Format::Listing => None,
            // A row is an object.
            Format::Csv => Some(shapes::object(self.random, 0)),
            _ => Some(shapes::shape(self.random, 2)),
        };
        let declared = item.filter(|_| !self.random.one_in(4));
        self.work.push(Work {
            state: name,
            kind: WorkKind::Reader { format, item, declared: declared.is_some() },
        });
        match (declared, format) {
            (Some(item), _) => Guess::of(item, Side::Given),
            (None, Format::Csv) => Guess::object(shapes::KEYS.map(|key| (key.to_owned(), Guess::Text))),
            (None, Format::Listing) => Guess::object([
                ("Key".to_owned(), Guess::Text),
                ("Size".to_owned(), Guess::Whole),
                ("Etag".to_owned(), Guess::Text),
                ("LastModified".to_owned(), Guess::Any),
            ]),
            _ => Guess::Any,
        }
    }

    fn batcher(&mut self, fields: &mut Map<String, Json>, scope: &Scope, jsonata: bool, child: &mut Scope) {
        let mut batcher = Map::new();
        self.number(&mut batcher, scope, jsonata, "MaxItemsPerBatch", 2);
        if self.random.one_in(4) {
            self.number(&mut batcher, scope, jsonata, "MaxInputBytesPerBatch", 1000);
        }
        let mut input = vec![("Items".to_owned(), Guess::array(child.input.clone()))];
        if self.random.one_in(2) {
            let (template, guess) = if jsonata {
                query::template(self.random, scope)
            } else {
                paths::template(self.random, scope, 1)
            };
            batcher.insert("BatchInput".into(), template);
            input.push(("BatchInput".to_owned(), guess));
        } else if self.random.one_in(6) {
            // It is not there.
            input.push(("BatchInput".to_owned(), Guess::Any));
        }
        fields.insert("ItemBatcher".into(), batcher.into());
        child.input = Guess::object(input);
    }

    fn writer(&mut self, fields: &mut Map<String, Json>, scope: &Scope, jsonata: bool) {
        let given = self.place(scope, jsonata, [("Bucket", RESULTS), ("Prefix", "results")]);
        let mut writer = json!({
            "Resource": "arn:aws:states:::s3:putObject",
            if jsonata { "Arguments" } else { "Parameters" }: given,
        });
        if self.random.one_in(2) {
            let transformation = self.random.pick(&["NONE", "COMPACT", "FLATTEN"]);
            let output = self.random.pick(&["JSON", "JSON", "JSONL"]);
            writer["WriterConfig"] = json!({ "Transformation": transformation, "OutputType": output });
        }
        fields.insert("ResultWriter".into(), writer);
    }
}
