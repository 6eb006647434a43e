use super::{
    Amount, Catcher, ChoiceRule, Comparison, Condition, PathField, Resource, Retrier, State, StateKind,
    StateMachine, Unknown,
};
use crate::value::{Map as JsonMap, Value};

/// Writes fields in the order of the calls: the canonical order of the language.
#[derive(Default)]
struct Writer {
    map: JsonMap,
}

impl Writer {
    fn value(&mut self, name: &str, value: impl Into<Value>) {
        self.map.insert(name.into(), value.into());
    }

    fn optional(&mut self, name: &str, value: Option<&Value>) {
        if let Some(value) = value {
            self.value(name, value.clone());
        }
    }

    fn text(&mut self, name: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.value(name, text.as_str());
        }
    }

    /// A text that the field cannot do without: empty where it was missing.
    fn required(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.value(name, text);
        }
    }

    fn list(&mut self, name: &str, items: impl Iterator<Item = Value>) {
        let mut items = items.peekable();
        if items.peek().is_some() {
            self.value(name, Value::array(items));
        }
    }

    fn amount(&mut self, name: &str, amount: Option<&Amount>) {
        match amount {
            Some(Amount::Number(number)) => self.value(name, Value::Number(number.clone())),
            Some(Amount::Text(text)) => self.value(name, text.as_str()),
            None => {}
        }
    }

    fn path(&mut self, name: &str, path: Option<&PathField>) {
        match path {
            Some(PathField::Path(path)) => self.value(name, path.as_str()),
            Some(PathField::Null) => self.value(name, Value::Null),
            None => {}
        }
    }

    fn finish(mut self, unknown: &Unknown) -> Value {
        self.map.extend(unknown.iter().map(|(key, value)| (key.clone(), value.clone())));
        self.map.into()
    }
}

impl StateMachine {
    /// The canonical JSON of the machine: fields in a fixed order, data as it was written.
    pub fn to_json(&self) -> Value {
        let mut out = Writer::default();
        out.text("Comment", self.comment.as_ref());
        out.text("Version", self.version.as_ref());
        if let Some(language) = self.query_language {
            out.value("QueryLanguage", language.name());
        }
        out.amount("TimeoutSeconds", self.timeout_seconds.as_ref());
        out.optional("ProcessorConfig", self.processor_config.as_ref());
        out.required("StartAt", &self.start_at);
        out.value(
            "States",
            Value::object(self.states.iter().map(|(name, state)| (name.as_str(), state.to_json()))),
        );
        out.finish(&self.unknown)
    }

    /// The canonical JSON text: indented by two spaces, with a final newline.
    pub fn to_canonical_string(&self) -> String {
        let mut text = self.to_json().to_pretty_string();
        text.push('\n');
        text
    }
}

impl State {
    /// The canonical JSON of the state.
    pub fn to_json(&self) -> Value {
        let mut out = Writer::default();
        out.value("Type", self.kind.name());
        out.text("Comment", self.comment.as_ref());
        if let Some(language) = self.query_language {
            out.value("QueryLanguage", language.name());
        }
        out.path("InputPath", self.input_path.as_ref());
        match &self.kind {
            StateKind::Task(task) => {
                match &task.resource {
                    Resource::Arn(arn) => out.required("Resource", arn),
                    Resource::Reference(reference) => out.value("Resource", reference.clone()),
                }
                out.optional("Credentials", task.credentials.as_ref());
            }
            StateKind::Map(map) => {
                out.text("ItemsPath", map.items_path.as_ref());
                out.optional("Items", map.items.as_ref());
                out.optional("ItemReader", map.item_reader.as_ref());
                out.optional("ItemSelector", map.item_selector.as_ref());
                out.optional("ItemBatcher", map.item_batcher.as_ref());
                out.amount("MaxConcurrency", map.max_concurrency.as_ref());
                out.text("MaxConcurrencyPath", map.max_concurrency_path.as_ref());
                out.amount("ToleratedFailureCount", map.tolerated_failure_count.as_ref());
                out.text("ToleratedFailureCountPath", map.tolerated_failure_count_path.as_ref());
                out.amount("ToleratedFailurePercentage", map.tolerated_failure_percentage.as_ref());
                out.text("ToleratedFailurePercentagePath", map.tolerated_failure_percentage_path.as_ref());
                out.text("Label", map.label.as_ref());
            }
            _ => {}
        }
        out.optional("Parameters", self.parameters.as_ref());
        out.optional("Arguments", self.arguments.as_ref());
        match &self.kind {
            StateKind::Task(task) => {
                out.amount("TimeoutSeconds", task.timeout_seconds.as_ref());
                out.text("TimeoutSecondsPath", task.timeout_seconds_path.as_ref());
                out.amount("HeartbeatSeconds", task.heartbeat_seconds.as_ref());
                out.text("HeartbeatSecondsPath", task.heartbeat_seconds_path.as_ref());
            }
            StateKind::Pass(pass) => out.optional("Result", pass.result.as_ref()),
            StateKind::Choice(choice) => {
                out.list("Choices", choice.choices.iter().map(ChoiceRule::to_json));
            }
            StateKind::Wait(wait) => {
                out.amount("Seconds", wait.seconds.as_ref());
                out.text("SecondsPath", wait.seconds_path.as_ref());
                out.text("Timestamp", wait.timestamp.as_ref());
                out.text("TimestampPath", wait.timestamp_path.as_ref());
            }
            StateKind::Succeed => {}
            StateKind::Fail(fail) => {
                out.text("Error", fail.error.as_ref());
                out.text("ErrorPath", fail.error_path.as_ref());
                out.text("Cause", fail.cause.as_ref());
                out.text("CausePath", fail.cause_path.as_ref());
            }
            StateKind::Parallel(parallel) => {
                out.list("Branches", parallel.branches.iter().map(StateMachine::to_json));
            }
            StateKind::Map(map) => {
                for (name, processor) in [("ItemProcessor", &map.item_processor), ("Iterator", &map.iterator)]
                {
                    if let Some(processor) = processor {
                        out.value(name, processor.to_json());
                    }
                }
                out.optional("ResultWriter", map.result_writer.as_ref());
            }
        }
        out.optional("ResultSelector", self.result_selector.as_ref());
        out.path("ResultPath", self.result_path.as_ref());
        out.path("OutputPath", self.output_path.as_ref());
        out.optional("Assign", self.assign.as_ref());
        out.optional("Output", self.output.as_ref());
        if let Some(retry) = &self.retry {
            out.value("Retry", Value::array(retry.iter().map(Retrier::to_json)));
        }
        if let Some(catch) = &self.catch {
            out.value("Catch", Value::array(catch.iter().map(Catcher::to_json)));
        }
        if let StateKind::Choice(choice) = &self.kind {
            out.text("Default", choice.default.as_ref());
        }
        out.text("Next", self.next.as_ref());
        if let Some(end) = self.end {
            out.value("End", end);
        }
        out.finish(&self.unknown)
    }
}

impl Retrier {
    fn to_json(&self) -> Value {
        let mut out = Writer::default();
        out.text("Comment", self.comment.as_ref());
        out.list("ErrorEquals", self.error_equals.iter().map(|name| name.as_str().into()));
        out.amount("IntervalSeconds", self.interval_seconds.as_ref());
        out.amount("MaxAttempts", self.max_attempts.as_ref());
        out.amount("BackoffRate", self.backoff_rate.as_ref());
        out.amount("MaxDelaySeconds", self.max_delay_seconds.as_ref());
        out.text("JitterStrategy", self.jitter_strategy.as_ref());
        out.finish(&self.unknown)
    }
}

impl Catcher {
    fn to_json(&self) -> Value {
        let mut out = Writer::default();
        out.text("Comment", self.comment.as_ref());
        out.list("ErrorEquals", self.error_equals.iter().map(|name| name.as_str().into()));
        out.path("ResultPath", self.result_path.as_ref());
        out.optional("Assign", self.assign.as_ref());
        out.optional("Output", self.output.as_ref());
        out.required("Next", &self.next);
        out.finish(&self.unknown)
    }
}

impl ChoiceRule {
    fn to_json(&self) -> Value {
        let mut out = Writer::default();
        out.text("Comment", self.comment.as_ref());
        self.condition.write(&mut out);
        out.optional("Assign", self.assign.as_ref());
        out.optional("Output", self.output.as_ref());
        out.required("Next", &self.next);
        out.finish(&self.unknown)
    }
}

impl Condition {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::And(rules) => out.value("And", Value::array(rules.iter().map(Self::to_json))),
            Self::Or(rules) => out.value("Or", Value::array(rules.iter().map(Self::to_json))),
            Self::Not(rule) => out.value("Not", rule.to_json()),
            Self::Compare(Comparison { variable, operator, operand, comment, unknown }) => {
                out.text("Comment", comment.as_ref());
                out.value("Variable", variable.as_str());
                out.value(operator.name(), operand.clone());
                out.map.extend(unknown.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            Self::Jsonata(condition) => out.value("Condition", condition.clone()),
            Self::Annotated(condition, fields) => {
                out.map.extend(fields.iter().map(|(key, value)| (key.clone(), value.clone())));
                condition.write(out);
            }
        }
    }

    /// The canonical JSON of the condition, without the rule's `Next`.
    pub fn to_json(&self) -> Value {
        let mut out = Writer::default();
        self.write(&mut out);
        out.map.into()
    }
}
