//! The objects inside a Map and a Task: `ItemReader`, `ItemBatcher`, `ResultWriter`, `Credentials`. Their diagnostics have the codes of the
//! fields of states.

use super::{
    Code, numbers,
    walk::{Node, below, has_placeholder},
};
use crate::{
    arn::Arn,
    asl::{
        Amount, QueryLanguage, StateKind,
        schema::{self, Kind, fields},
    },
    diagnostic::{Diagnostic, Subject, list},
    value::{Map as JsonMap, Value},
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut judge = Judge { node, diagnostics };
    match &node.state.kind {
        StateKind::Task(task) => {
            if let Some(credentials) = judge.object("Credentials", "/Credentials", task.credentials.as_ref())
            {
                judge.needs(
                    &credentials,
                    "/Credentials",
                    "Credentials",
                    "RoleArn",
                    "the role that the task takes on",
                );
            }
        }
        StateKind::Map(map) => {
            if let Some(reader) = judge.object("ItemReader", "/ItemReader", map.item_reader.as_ref()) {
                judge.item_reader(&reader);
            }
            if let Some(batcher) = judge.object("ItemBatcher", "/ItemBatcher", map.item_batcher.as_ref()) {
                judge.item_batcher(&batcher);
            }
            if let Some(writer) = judge.object("ResultWriter", "/ResultWriter", map.result_writer.as_ref()) {
                judge.result_writer(&writer);
            }
        }
        _ => {}
    }
}

struct Judge<'j, 'm> {
    node: &'j Node<'m>,
    diagnostics: &'j mut Vec<Diagnostic>,
}

impl Judge<'_, '_> {
    fn push(&mut self, code: Code, at: &str, message: impl AsRef<str>, help: Option<String>) {
        self.diagnostics.push(self.node.diagnostic(code, at, message).maybe_help(help));
    }

    /// An object of the language, its fields judged.
    fn object(&mut self, owner: &str, at: &str, value: Option<&Value>) -> Option<JsonMap> {
        let value = value?;
        let Some(object) = value.as_object() else {
            // JSONata may make the whole of it.
            if value.as_str().is_none_or(|text| !text.starts_with("{%") && !has_placeholder(text)) {
                self.push(Code::WrongKind, at, format!("`{owner}` must be an object"), None);
            }
            return None;
        };
        let (own, other) = match self.node.language {
            QueryLanguage::JsonPath => (QueryLanguage::JsonPath, QueryLanguage::Jsonata),
            QueryLanguage::Jsonata => (QueryLanguage::Jsonata, QueryLanguage::JsonPath),
        };
        let known = fields(owner, own);
        for key in object.keys() {
            let name = key.strip_suffix(".$").filter(|_| own == QueryLanguage::JsonPath).unwrap_or(key);
            if known.contains(&name) {
                continue;
            }
            let at = below(at, key);
            let diagnostic = if fields(owner, other).contains(&name) {
                let instead = match (name, other) {
                    ("Arguments", _) => "write `Parameters`".to_owned(),
                    ("Parameters", _) => "write `Arguments`".to_owned(),
                    (path, _) => {
                        format!("write `{}` with a `{{% %}}` expression", path.trim_end_matches("Path"))
                    }
                };
                let message = format!(
                    "`{name}` is a field of {}, and the state's query language is {}",
                    other.name(),
                    own.name()
                );
                self.node.diagnostic(Code::WrongQueryLanguage, &at, message).help(instead)
            } else {
                let message = format!("`{owner}` has no field `{key}`");
                self.node.diagnostic(Code::UnknownField, &at, message).on_key().suggest(name, known)
            };
            self.diagnostics.push(diagnostic.on_key());
        }
        Some(object.clone())
    }

    fn needs(&mut self, object: &JsonMap, at: &str, owner: &str, field: &str, what: &str) {
        if !object.contains_key(field) && !object.contains_key(format!("{field}.$").as_str()) {
            let message = format!("`{owner}` needs the field `{field}`: {what}");
            self.push(Code::MissingField, at, message, None);
        }
    }

    /// A field that takes one of some words.
    fn word(&mut self, object: &JsonMap, at: &str, owner: &str, field: &str) -> Option<&'static str> {
        let Kind::Word(words) = schema::field(owner, field)?.kind else { return None };
        let value = object.get(field)?;
        let text = value.as_str().unwrap_or_default();
        let word = words.iter().copied().find(|word| *word == text);
        if word.is_none() && !has_placeholder(text) && !text.starts_with("{%") {
            let found = value.as_str().map_or_else(|| format!("`{value}`"), |text| format!("`{text}`"));
            let message = format!("`{field}` must be one of {}, found {found}", list(words));
            let diagnostic = self.node.diagnostic(Code::MapFields, &below(at, field), message);
            self.diagnostics.push(
                diagnostic.subject(Subject::Word(text.to_owned())).did_you_mean(text, words.iter().copied()),
            );
        }
        word
    }

    /// A number in its range, or an expression or placeholder in its place.
    fn number(&mut self, object: &JsonMap, at: &str, owner: &str, field: &str) {
        let (Some(value), Some(range)) = (object.get(field), numbers::range(owner, field)) else { return };
        let ok = match value {
            Value::Number(number) => numbers::breach(field, range, &Amount::Number(number.clone())).is_none(),
            Value::String(text) => text.starts_with("{%") || has_placeholder(text),
            _ => false,
        };
        if !ok {
            let message = format!("`{field}` must be {}, found `{value}`", range.words());
            self.push(Code::MapFields, &below(at, field), message, None);
        }
    }

    /// A field and the `...Path` beside it, of which one may be there.
    fn twins(&mut self, object: &JsonMap, at: &str, field: &str) {
        let path = format!("{field}Path");
        if object.contains_key(field) && object.contains_key(path.as_str()) {
            let message = format!("it has both `{field}` and `{path}`");
            let help = Some(format!("keep one of the two, best `{field}`"));
            self.push(Code::MapFields, &below(at, &path), message, help);
        }
    }

    /// A resource by the actions that fit.
    fn resource(&mut self, object: &JsonMap, at: &str, actions: &[&'static str]) -> Option<&'static str> {
        let value = object.get("Resource")?;
        let text = value.as_str().unwrap_or_default();
        let action = actions.iter().copied().find(|action| {
            let arn = Arn::parse(text).filter(|arn| arn.service == "states" && arn.resource == *action);
            arn.is_some_and(|arn| arn.region.is_empty() && arn.account.is_empty())
        });
        if action.is_none() && !has_placeholder(text) {
            let resources = actions.iter().map(|action| format!("arn:aws:states:::{action}"));
            let message = format!("`Resource` must be one of {}, found `{text}`", list(resources));
            self.push(Code::InvalidResource, &below(at, "Resource"), message, None);
        }
        action
    }

    fn item_reader(&mut self, reader: &JsonMap) {
        let at = "/ItemReader";
        self.needs(
            reader,
            at,
            "ItemReader",
            "Resource",
            "`arn:aws:states:::s3:getObject` or `s3:listObjectsV2`",
        );
        self.resource(reader, at, &["s3:getObject", "s3:listObjectsV2"]);
        let at = "/ItemReader/ReaderConfig";
        let Some(config) = self.object("ReaderConfig", at, reader.get("ReaderConfig")) else { return };
        let input_type = self.word(&config, at, "ReaderConfig", "InputType");
        let transformation = self.word(&config, at, "ReaderConfig", "Transformation");
        self.word(&config, at, "ReaderConfig", "ManifestType");
        if transformation == Some("LOAD_AND_FLATTEN") {
            self.needs(
                &config,
                at,
                "ReaderConfig",
                "InputType",
                "of what format the objects are that are loaded",
            );
        }
        self.of_input_type(&config, at, input_type);
        self.word(&config, at, "ReaderConfig", "CSVDelimiter");
        let location = self.word(&config, at, "ReaderConfig", "CSVHeaderLocation");
        if location == Some("GIVEN") {
            self.needs(
                &config,
                at,
                "ReaderConfig",
                "CSVHeaders",
                "the names of the columns that are `GIVEN`",
            );
        }
        self.number(&config, at, "ReaderConfig", "MaxItems");
        self.twins(&config, at, "MaxItems");
    }

    /// The fields that go with a format: recorded on AWS.
    fn of_input_type(&mut self, config: &JsonMap, at: &str, input_type: Option<&'static str>) {
        let refused: &[&str] = match input_type {
            Some("CSV") => {
                let what = "where the names of the columns are, `FIRST_ROW` or `GIVEN`";
                self.needs(config, at, "ReaderConfig", "CSVHeaderLocation", what);
                &[]
            }
            Some("JSON") => &["CSVHeaderLocation", "CSVHeaders", "CSVDelimiter", "ManifestType"],
            Some("JSONL") => &["CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"],
            _ => &[],
        };
        for field in refused.iter().filter(|field| config.contains_key(field)) {
            let format = input_type.unwrap_or_default();
            let message = format!("`{field}` does not apply to a `{format}` object");
            let diagnostic = self.node.diagnostic(Code::FieldNotAllowed, &below(at, field), message);
            self.diagnostics.push(diagnostic.on_key().help("remove it, or write another `InputType`"));
        }
        let pointer = config.get("ItemsPointer").and_then(Value::as_str);
        if let Some(pointer) = pointer.filter(|text| !text.starts_with('/') && !has_placeholder(text)) {
            let message = format!("`ItemsPointer` must be a JSON pointer, found `{pointer}`");
            let help = format!("write `/{pointer}`");
            self.push(Code::MapFields, &below(at, "ItemsPointer"), message, Some(help));
        }
    }

    fn item_batcher(&mut self, batcher: &JsonMap) {
        let at = "/ItemBatcher";
        self.number(batcher, at, "ItemBatcher", "MaxItemsPerBatch");
        self.number(batcher, at, "ItemBatcher", "MaxInputBytesPerBatch");
        self.twins(batcher, at, "MaxItemsPerBatch");
        self.twins(batcher, at, "MaxInputBytesPerBatch");
        if !batcher.keys().any(|key| key.starts_with("Max")) {
            let message = "`ItemBatcher` needs `MaxItemsPerBatch` or `MaxInputBytesPerBatch`";
            self.push(Code::MissingField, at, message, None);
        }
    }

    fn result_writer(&mut self, writer: &JsonMap) {
        let at = "/ResultWriter";
        if !writer.contains_key("Resource") && !writer.contains_key("WriterConfig") {
            let message = "`ResultWriter` needs `Resource` with where to write, `WriterConfig`, or both";
            self.push(Code::MissingField, at, message, None);
        }
        self.resource(writer, at, &["s3:putObject"]);
        let at = "/ResultWriter/WriterConfig";
        let Some(config) = self.object("WriterConfig", at, writer.get("WriterConfig")) else { return };
        self.word(&config, at, "WriterConfig", "Transformation");
        self.word(&config, at, "WriterConfig", "OutputType");
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    fn found(fields: &str) -> Vec<String> {
        let all = lines(&format!(
            r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Map", {fields}, "End": true, "ItemProcessor": {{
                "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }},
                "StartAt": "B", "States": {{ "B": {{ "Type": "Pass", "End": true }} }} }} }} }} }}"#
        ));
        all.into_iter().map(|line| line.replace(" /States/A", " ").replace("state `A`: ", "")).collect()
    }

    #[test]
    fn what_aws_documents_is_accepted() {
        for fields in [
            r#""ItemReader": { "Resource": "arn:aws-cn:states:::s3:getObject", "ReaderConfig": { "InputType": "CSV",
                "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"], "CSVDelimiter": "TAB", "MaxItems": 0 },
                "Parameters": { "Bucket": "b", "Key.$": "$.key" } }"#,
            r#""ItemReader": { "Resource": "${Reader}", "ReaderConfig": { "InputType": "${Type}", "MaxItems": "${Most}" } }"#,
            r#""ItemBatcher": { "MaxItemsPerBatchPath": "$.n", "BatchInput": { "a.$": "$.a" } }"#,
            r#""ResultWriter": { "WriterConfig": { "Transformation": "FLATTEN", "OutputType": "JSONL" } }"#,
        ] {
            assert_eq!(found(fields), [""; 0], "{fields}");
        }
    }

    #[test]
    fn slips_are_found_at_their_place() {
        for (fields, diagnostic) in [
            (
                r#""ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputTyp": "CSV" }, "Parameters": { "Bucket": "b", "Key": "k" } }"#,
                "unknown-field /ItemReader/ReaderConfig/InputTyp: `ReaderConfig` has no field `InputTyp` (did you mean `InputType`?)",
            ),
            (
                r#""ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "csv" }, "Parameters": { "Bucket": "b", "Key": "k" } }"#,
                "map-fields /ItemReader/ReaderConfig/InputType: `InputType` must be one of `CSV`, `JSON`, `JSONL`, `PARQUET`, \
                 `MANIFEST`, found `csv` (did you mean `CSV`?)",
            ),
            (
                r#""ItemReader": { "Resource": "arn:aws:states:::s3:putObject" }"#,
                "invalid-resource /ItemReader/Resource: `Resource` must be one of `arn:aws:states:::s3:getObject`, \
                 `arn:aws:states:::s3:listObjectsV2`, found `arn:aws:states:::s3:putObject`",
            ),
            (
                r#""ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "Arguments": {} }"#,
                "wrong-query-language /ItemReader/Arguments: `Arguments` is a field of JSONata, and the state's query language is \
                 JSONPath (write `Parameters`)",
            ),
            (
                r#""ItemBatcher": { "BatchInput": {} }"#,
                "missing-field /ItemBatcher: `ItemBatcher` needs `MaxItemsPerBatch` or `MaxInputBytesPerBatch`",
            ),
            (
                r#""ItemBatcher": { "MaxInputBytesPerBatch": 300000 }"#,
                "map-fields /ItemBatcher/MaxInputBytesPerBatch: `MaxInputBytesPerBatch` must be a whole number from 1 to 262144, \
                 found `300000`",
            ),
            (
                r#""ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "CSVHeaderLocation": "GIVEN" }, "Parameters": { "Bucket": "b", "Key": "k" } }"#,
                "missing-field /ItemReader/ReaderConfig: `ReaderConfig` needs the field `CSVHeaders`: the names of the columns that \
                 are `GIVEN`",
            ),
        ] {
            assert_eq!(found(fields), [diagnostic], "{fields}");
        }
    }

    #[test]
    fn credentials_name_a_role() {
        let task = |credentials: &str| {
            lines(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
                    "Credentials": {credentials}, "End": true }} }} }}"#
            ))
        };
        assert_eq!(task(r#"{ "RoleArn.$": "$.role" }"#), [""; 0]);
        assert_eq!(
            task(r#"{}"#),
            [
                "missing-field /States/A/Credentials: state `A`: `Credentials` needs the field `RoleArn`: the role that the task takes on"
            ]
        );
        assert_eq!(
            task(r#"{ "RoleArn": "arn:aws:iam::123456789012:role/r", "Role": 1 }"#),
            [
                "unknown-field /States/A/Credentials/Role: state `A`: `Credentials` has no field `Role` (did you mean `RoleArn`?)"
            ]
        );
    }
}
