//! A file that is being imported: its nodes, the files that it names, and the words for what is wrong in it.

use stepfn_core::{
    asl::{self, Resource, StateKind, StateMachine},
    definition::{LogLevel, LoggingConfiguration, WorkflowType},
    json,
    value::Value,
};

use super::{
    Error, Files, Imported,
    node::{self, Kind, Node},
    open_placeholders,
    references::References,
    rust_name, without_marks,
};

/// A file and what surrounds it.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) file: &'a str,
    pub(super) files: Files<'a>,
    /// The values of placeholders without quotes, by name.
    pub(super) values: &'a [(String, String)],
}

/// The keys of a machine's settings, as the one format or the other writes them.
pub(super) struct Keys {
    pub(super) logging: &'static str,
    pub(super) level: &'static str,
    pub(super) include: &'static str,
    pub(super) destinations: &'static str,
    pub(super) tracing: &'static str,
    pub(super) enabled: &'static str,
}

impl Document<'_> {
    pub(super) fn error(&self, node: &Node, at: &str, message: impl Into<String>) -> Error {
        Error::Template {
            file: self.file.to_owned(),
            line: node.line,
            column: node.column,
            at: at.to_owned(),
            message: message.into(),
        }
    }

    /// Reads a file that this one names, with values of placeholders beside those that are given.
    pub(super) fn open(&self, path: &str, more: &[(String, String)]) -> Result<Node, Error> {
        let text = (self.files)(path).map_err(|source| Error::File {
            file: self.file.to_owned(),
            path: path.to_owned(),
            source,
        })?;
        let values: Vec<_> = more.iter().chain(self.values).cloned().collect();
        node::parse(path, &open_placeholders(&text, &values))
    }

    /// Reads a machine whose definition is at a node: an object, or the text of one.
    pub(super) fn machine(
        &self,
        name: &str,
        definition: &Node,
        at: &str,
        references: &mut References,
        more: &[(String, String)],
    ) -> Result<Imported, Error> {
        let whole = references.text(definition).or_else(|| definition.text().map(str::to_owned));
        let values: Vec<_> = more.iter().chain(self.values).cloned().collect();
        let whole = whole.map(|text| open_placeholders(&text, &values));
        let value = match whole {
            Some(text) => json::parse_value(&text).map_err(|error| {
                self.error(
                    definition,
                    at,
                    format!(
                        "the text is no JSON: line {}, column {} of it: {}",
                        error.line, error.column, error.message
                    ),
                )
            })?,
            None => references.value(definition),
        };
        if value.get("States").is_none() {
            return Err(self.error(definition, at, "this is no definition: it has no `States`"));
        }
        let value = without_marks(&value).map_err(|message| self.error(definition, at, message))?;
        let kept = references.kept.iter();
        let notes = kept
            .map(|function| {
                format!("`{function}` stays an object in the definition: only a template that holds it inline resolves it")
            })
            .collect();
        let mut imported = of_asl(name, &value, references);
        imported.notes = notes;
        Ok(imported)
    }

    /// A file that is a definition itself. Its objects are data; a Resource alone may be a function of CloudFormation.
    pub(super) fn definition(&self, name: &str, definition: &Node) -> Result<Imported, Error> {
        let value = without_marks(&definition.to_value())
            .map_err(|message| Error::NoMachine { file: self.file.to_owned(), message })?;
        Ok(of_asl(name, &value, &mut References::default()))
    }

    /// `STANDARD` or `EXPRESS`.
    pub(super) fn workflow_type(&self, node: &Node, at: &str) -> Result<WorkflowType, Error> {
        match node.text() {
            Some("STANDARD") => Ok(WorkflowType::Standard),
            Some("EXPRESS") => Ok(WorkflowType::Express),
            _ => Err(self.error(node, at, "a state machine is `STANDARD` or `EXPRESS`; write one of them")),
        }
    }

    /// Reads a template's settings of logs and traces.
    pub(super) fn settings(
        &self,
        imported: &mut Imported,
        properties: &Node,
        at: &str,
        keys: &Keys,
        references: &mut References,
    ) -> Result<(), Error> {
        references.substitutions = std::mem::take(&mut imported.substitutions);
        if let Some(node) = properties.get(keys.logging) {
            let at = format!("{at}.{}", keys.logging);
            let level = match node.get(keys.level) {
                None => LogLevel::Off,
                Some(level) => match level.text() {
                    Some("ALL") => LogLevel::All,
                    Some("ERROR") => LogLevel::Error,
                    Some("FATAL") => LogLevel::Fatal,
                    Some("OFF") => LogLevel::Off,
                    _ => {
                        return Err(self.error(
                            level,
                            &at,
                            "the levels are `ALL`, `ERROR`, `FATAL` and `OFF`",
                        ));
                    }
                },
            };
            let mut destinations = Vec::new();
            for item in node.get(keys.destinations).map(Node::items).unwrap_or_default() {
                let group = item.get("CloudWatchLogsLogGroup").and_then(|group| group.get("LogGroupArn"));
                let arn = group.unwrap_or(item);
                match references.text(arn).or_else(|| arn.text().map(str::to_owned)) {
                    Some(arn) => destinations.push(arn),
                    None => imported.notes.push(format!(
                        "{}:{}:{}: a destination of logs that only CloudFormation knows is left out",
                        self.file, arn.line, arn.column
                    )),
                }
            }
            let include = node.get(keys.include).is_some_and(is_true);
            imported.logging =
                Some(LoggingConfiguration { level, include_execution_data: include, destinations });
        }
        imported.tracing =
            properties.get(keys.tracing).and_then(|tracing| tracing.get(keys.enabled)).is_some_and(is_true);
        imported.substitutions = std::mem::take(&mut references.substitutions);
        Ok(())
    }
}

fn of_asl(name: &str, definition: &Value, references: &mut References) -> Imported {
    let (mut machine, _) = asl::read(definition);
    resources(&mut machine, references);
    Imported {
        name: name.to_owned(),
        rust_name: rust_name(name),
        workflow_type: WorkflowType::Standard,
        machine,
        substitutions: std::mem::take(&mut references.substitutions),
        logging: None,
        tracing: false,
        functions: Vec::new(),
        notes: Vec::new(),
    }
}

pub(super) fn is_true(node: &Node) -> bool {
    matches!(&node.kind, Kind::Scalar(Value::Bool(true)))
}

/// Resources that are written as a function of CloudFormation, as the Serverless plugin takes them.
fn resources(machine: &mut StateMachine, references: &mut References) {
    for state in machine.states.values_mut() {
        match &mut state.kind {
            StateKind::Task(task) => {
                if let Resource::Reference(value) = &task.resource
                    && let Some(text) = references.text(&of_value(value))
                {
                    task.resource = Resource::Arn(text);
                }
            }
            StateKind::Parallel(parallel) => {
                for branch in &mut parallel.branches {
                    resources(branch, references);
                }
            }
            StateKind::Map(map) => {
                for inner in [&mut map.item_processor, &mut map.iterator].into_iter().flatten() {
                    resources(inner, references);
                }
            }
            _ => {}
        }
    }
}

fn of_value(value: &Value) -> Node {
    let kind = match value {
        Value::Array(items) => Kind::List(items.iter().map(of_value).collect()),
        Value::Object(map) => {
            Kind::Map(map.iter().map(|(key, value)| (key.to_string(), of_value(value))).collect())
        }
        scalar => Kind::Scalar(scalar.clone()),
    };
    Node { line: 1, column: 1, kind }
}
