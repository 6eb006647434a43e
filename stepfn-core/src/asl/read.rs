use super::{
    Amount, Catcher, Choice, ChoiceRule, Comparison, Condition, Fail, Map, Operator, Parallel, Pass,
    PathField, QueryLanguage, Resource, Retrier, State, StateKind, StateMachine, TYPES, Task, Unknown, Wait,
};
use crate::{
    diagnostic::{Code, Diagnostic, Edit, Severity, Subject, list},
    json::{self, Document, JsonError, below, push_token, to_string},
    value::{Map as JsonMap, Value},
};

/// The name of a number in messages.
const NUMBER: &str = "a number";
/// The name of a boolean in messages.
const BOOLEAN: &str = "`true` or `false`";

/// Reads a definition from JSON text.
///
/// Duplicate keys are diagnostics; AWS takes the last.
///
/// # Errors
/// Only when the text is not JSON. Everything else is a finding.
pub fn read_str(text: &str) -> Result<(StateMachine, Vec<Diagnostic>), JsonError> {
    Ok(read_document(&json::parse(text)?))
}

/// Reads a definition from a parsed JSON text, as [`read_str`] does.
pub fn read_document(document: &Document) -> (StateMachine, Vec<Diagnostic>) {
    let (machine, mut findings) = read(&document.value);
    for (at, _) in &document.duplicates {
        let key = json::tokens(at).into_iter().flatten().last().unwrap_or_default();
        findings.push(
            Diagnostic::new(
                Code::DuplicateKey,
                at.clone(),
                format!("the key `{key}` occurs twice in one object"),
            )
            .on_key()
            .help("only the last one counts: remove the other"),
        );
    }
    (machine, findings)
}

/// Reads a definition from a JSON value. A part that cannot be read is a diagnostic, and the rest is read all the same.
///
/// Only the form of the fields is judged here; [`check`](crate::check::check) judges what they say.
pub fn read(value: &Value) -> (StateMachine, Vec<Diagnostic>) {
    let mut reader = Reader { findings: Vec::new() };
    let machine = reader.machine(value, "", "the state machine");
    (machine, reader.findings)
}

struct Reader {
    findings: Vec<Diagnostic>,
}

/// The fields of one object that are still to be read.
struct Fields<'r> {
    reader: &'r mut Reader,
    rest: JsonMap,
    /// Fields with values that the model cannot hold. They are kept among the unknown ones, so that nothing is lost.
    kept: JsonMap,
    at: String,
}

impl Reader {
    fn fields(&mut self, value: &Value, at: &str, what: &str) -> Fields<'_> {
        let rest = match value.as_object() {
            Some(map) => map.clone(),
            None => {
                self.wrong_kind(at, what, "an object", value);
                JsonMap::new()
            }
        };
        Fields { reader: self, rest, kept: JsonMap::new(), at: at.to_owned() }
    }

    fn wrong_kind(&mut self, at: &str, what: &str, expected: &str, found: &Value) {
        let shown = match found {
            Value::Null => "null".to_owned(),
            Value::String(text) => format!("the string \"{text}\""),
            Value::Number(_) | Value::Bool(_) => format!("`{found}`"),
            Value::Array(_) => "an array".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        };
        let finding =
            Diagnostic::new(Code::WrongKind, at, format!("{what} must be {expected}, found {shown}"));
        // A number or a boolean in quotes is meant without them.
        let bare = found.as_str().filter(|text| match expected {
            NUMBER => text.parse::<u32>().is_ok_and(|number| number.to_string() == **text),
            BOOLEAN => ["true", "false"].contains(text),
            _ => false,
        });
        self.findings.push(match bare {
            Some(text) => finding
                .help(format!("write it without quotes: `{text}`"))
                .fix(Edit::Value { at: at.to_owned(), to: text.to_owned() }, true),
            None => finding,
        });
    }

    fn machine(&mut self, value: &Value, at: &str, what: &str) -> StateMachine {
        let readable = value.as_object().is_some();
        let mut fields = self.fields(value, at, what);
        let mut machine = StateMachine {
            comment: fields.string("Comment"),
            query_language: fields.query_language(),
            version: fields.string("Version"),
            timeout_seconds: fields.amount("TimeoutSeconds"),
            processor_config: fields.take("ProcessorConfig"),
            ..StateMachine::default()
        };
        machine.start_at = fields.required_state_name("StartAt", what, readable);
        match fields.take("States") {
            Some(states) => {
                let at = format!("{at}/States");
                let named = states.as_object();
                for (name, state) in named.into_iter().flatten() {
                    let mut at = at.clone();
                    push_token(&mut at, name);
                    if let Some(state) = fields.reader.state(state, &at, name) {
                        machine.states.insert(name.to_string(), state);
                    }
                }
                if named.is_none() {
                    fields.reader.wrong_kind(&at, "`States`", "an object", &states);
                }
                if named.is_none_or(|named| named.len() != machine.states.len()) {
                    fields.kept.insert("States".into(), states);
                }
            }
            None if readable => fields.missing("States", what),
            None => {}
        }
        machine.unknown = fields.unknown();
        machine
    }

    fn state(&mut self, value: &Value, at: &str, name: &str) -> Option<State> {
        let what = format!("state `{name}`");
        value.as_object().or_else(|| {
            self.wrong_kind(at, &what, "an object", value);
            None
        })?;
        let mut fields = self.fields(value, at, &what);
        if !fields.rest.contains_key("Type") {
            fields.missing("Type", &what);
            return None;
        }
        let kind = fields.string("Type")?;
        let kind = match kind.as_str() {
            "Task" => StateKind::Task(Task {
                resource: fields.resource(&what),
                credentials: fields.take("Credentials"),
                timeout_seconds: fields.amount("TimeoutSeconds"),
                timeout_seconds_path: fields.string("TimeoutSecondsPath"),
                heartbeat_seconds: fields.amount("HeartbeatSeconds"),
                heartbeat_seconds_path: fields.string("HeartbeatSecondsPath"),
            }),
            "Pass" => StateKind::Pass(Pass { result: fields.take("Result") }),
            "Choice" => StateKind::Choice(Choice {
                choices: match fields.array("Choices") {
                    Some(rules) => fields.each("Choices", &rules, |reader, rule, at| reader.rule(rule, at)),
                    None => {
                        if !fields.rest.contains_key("Choices") {
                            fields.missing("Choices", &what);
                        }
                        Vec::new()
                    }
                },
                default: fields.state_name("Default"),
            }),
            "Wait" => StateKind::Wait(Wait {
                seconds: fields.amount("Seconds"),
                seconds_path: fields.string("SecondsPath"),
                timestamp: fields.string("Timestamp"),
                timestamp_path: fields.string("TimestampPath"),
            }),
            "Succeed" => StateKind::Succeed,
            "Fail" => StateKind::Fail(Fail {
                error: fields.string("Error"),
                error_path: fields.string("ErrorPath"),
                cause: fields.string("Cause"),
                cause_path: fields.string("CausePath"),
            }),
            "Parallel" => StateKind::Parallel(Parallel {
                branches: match fields.array("Branches") {
                    Some(branches) => fields.each("Branches", &branches, |reader, branch, at| {
                        Some(reader.machine(branch, at, "the branch"))
                    }),
                    None => {
                        fields.missing("Branches", &what);
                        Vec::new()
                    }
                },
            }),
            "Map" => {
                let mut processor = |name: &str, what: &str| {
                    let value = fields.take(name)?;
                    let at = format!("{}/{name}", fields.at);
                    if value.as_object().is_none() {
                        fields.kept.insert(name.into(), value.clone());
                    }
                    Some(fields.reader.machine(&value, &at, what))
                };
                let item_processor = processor("ItemProcessor", "the item processor");
                let iterator = processor("Iterator", "the iterator");
                if item_processor.is_none() && iterator.is_none() {
                    fields.missing("ItemProcessor", &what);
                }
                StateKind::Map(Box::new(Map {
                    items_path: fields.string("ItemsPath"),
                    items: fields.take("Items"),
                    item_reader: fields.take("ItemReader"),
                    item_selector: fields.take("ItemSelector"),
                    item_batcher: fields.take("ItemBatcher"),
                    item_processor,
                    iterator,
                    result_writer: fields.take("ResultWriter"),
                    max_concurrency: fields.amount("MaxConcurrency"),
                    max_concurrency_path: fields.string("MaxConcurrencyPath"),
                    tolerated_failure_count: fields.amount("ToleratedFailureCount"),
                    tolerated_failure_count_path: fields.string("ToleratedFailureCountPath"),
                    tolerated_failure_percentage: fields.amount("ToleratedFailurePercentage"),
                    tolerated_failure_percentage_path: fields.string("ToleratedFailurePercentagePath"),
                    label: fields.string("Label"),
                }))
            }
            other => {
                let finding = Diagnostic::new(
                    Code::UnknownStateType,
                    format!("{at}/Type"),
                    format!("there is no state type `{other}`; the types are {}", list(TYPES)),
                );
                self.findings
                    .push(finding.subject(Subject::Word(other.to_owned())).did_you_mean(other, TYPES));
                return None;
            }
        };
        let mut state = State::new(kind);
        state.comment = fields.string("Comment");
        state.query_language = fields.query_language();
        state.input_path = fields.path("InputPath");
        state.parameters = fields.take("Parameters");
        state.arguments = fields.take("Arguments");
        state.result_selector = fields.take("ResultSelector");
        state.result_path = fields.path("ResultPath");
        state.output_path = fields.path("OutputPath");
        state.output = fields.take("Output");
        state.assign = fields.take("Assign");
        state.retry = fields
            .array("Retry")
            .map(|items| fields.each("Retry", &items, |reader, item, at| reader.retrier(item, at)));
        state.catch = fields
            .array("Catch")
            .map(|items| fields.each("Catch", &items, |reader, item, at| reader.catcher(item, at)));
        state.next = fields.state_name("Next");
        state.end = fields.boolean("End");
        state.unknown = fields.unknown();
        Some(state)
    }

    fn retrier(&mut self, value: &Value, at: &str) -> Option<Retrier> {
        let mut fields = self.fields(value, at, "a retrier");
        Some(Retrier {
            error_equals: fields.error_equals("the retrier"),
            interval_seconds: fields.amount("IntervalSeconds"),
            max_attempts: fields.amount("MaxAttempts"),
            backoff_rate: fields.amount("BackoffRate"),
            max_delay_seconds: fields.amount("MaxDelaySeconds"),
            jitter_strategy: fields.string("JitterStrategy"),
            comment: fields.string("Comment"),
            unknown: fields.unknown(),
        })
    }

    fn catcher(&mut self, value: &Value, at: &str) -> Option<Catcher> {
        let mut fields = self.fields(value, at, "a catcher");
        Some(Catcher {
            error_equals: fields.error_equals("the catcher"),
            result_path: fields.path("ResultPath"),
            assign: fields.take("Assign"),
            output: fields.take("Output"),
            next: fields.required_state_name("Next", "the catcher", true),
            comment: fields.string("Comment"),
            unknown: fields.unknown(),
        })
    }

    fn rule(&mut self, value: &Value, at: &str) -> Option<ChoiceRule> {
        let mut fields = self.fields(value, at, "a Choice rule");
        let next = fields.required_state_name("Next", "the Choice rule", true);
        let assign = fields.take("Assign");
        let output = fields.take("Output");
        // A comparison takes its Comment along: the rule's own is the same field.
        let comment = fields.string("Comment");
        let (condition, unknown) = fields.condition()?;
        Some(ChoiceRule { condition, next, assign, output, comment, unknown })
    }
}

impl Fields<'_> {
    fn take(&mut self, name: &str) -> Option<Value> {
        self.rest.shift_remove(name)
    }

    /// Returns the fields that are left, with those that could not be converted.
    fn unknown(mut self) -> Unknown {
        self.rest.extend(std::mem::take(&mut self.kept));
        self.rest
    }

    fn missing(&mut self, name: &str, what: &str) {
        self.reader.findings.push(Diagnostic::new(
            Code::MissingField,
            self.at.clone(),
            format!("{what} needs the field `{name}`"),
        ));
    }

    /// Takes a field out and converts it; what cannot be converted is a finding.
    fn convert<T>(
        &mut self,
        name: &str,
        expected: &str,
        convert: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(name)?;
        let converted = convert(&value);
        if converted.is_none() {
            let at = format!("{}/{name}", self.at);
            self.reader.wrong_kind(&at, &format!("`{name}`"), expected, &value);
            self.kept.insert(name.into(), value);
        }
        converted
    }

    fn string(&mut self, name: &str) -> Option<String> {
        self.convert(name, "a string", |value| value.as_str().map(str::to_owned))
    }

    fn required_string(&mut self, name: &str, what: &str, report: bool) -> String {
        if report && !self.rest.contains_key(name) {
            self.missing(name, what);
        }
        self.string(name).unwrap_or_default()
    }

    /// The name of a state. AWS takes a boolean or a number for the text it is written as, as YAML makes them of bare words.
    fn state_name(&mut self, name: &str) -> Option<String> {
        let value = self.rest.get(name)?;
        if !matches!(value, Value::Bool(_) | Value::Number(_)) {
            return self.string(name);
        }
        let value = self.take(name)?;
        let text = value.to_string();
        self.reader.findings.push(
            Diagnostic {
                severity: Severity::Warning,
                ..Diagnostic::new(
                    Code::WrongKind,
                    format!("{}/{name}", self.at),
                    format!("`{name}` should be a string, found `{value}`"),
                )
            }
            .help(format!("write `\"{text}\"`"))
            .fix(
                Edit::Value { at: format!("{}/{name}", self.at), to: to_string(&text.as_str().into()) },
                true,
            ),
        );
        self.kept.insert(name.into(), value);
        Some(text)
    }

    fn required_state_name(&mut self, name: &str, what: &str, report: bool) -> String {
        if report && !self.rest.contains_key(name) {
            self.missing(name, what);
        }
        self.keep_if_empty(name);
        self.state_name(name).unwrap_or_default()
    }

    /// The model has no difference between a required field that is empty and one that is missing: the text has.
    fn keep_if_empty(&mut self, name: &str) {
        let Some(value) = self.rest.get(name) else { return };
        if value.as_str() == Some("") || value.as_array().is_some_and(<[Value]>::is_empty) {
            self.kept.insert(name.into(), value.clone());
        }
    }

    fn boolean(&mut self, name: &str) -> Option<bool> {
        self.convert(name, BOOLEAN, Value::as_bool)
    }

    fn array(&mut self, name: &str) -> Option<Vec<Value>> {
        if matches!(name, "Choices" | "Branches") {
            self.keep_if_empty(name);
        }
        self.convert(name, "an array", |value| value.as_array().map(<[Value]>::to_vec))
    }

    fn each<T>(
        &mut self,
        name: &str,
        items: &[Value],
        mut read: impl FnMut(&mut Reader, &Value, &str) -> Option<T>,
    ) -> Vec<T> {
        let at = format!("{}/{name}", self.at);
        let mut out = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            out.extend(read(self.reader, item, &format!("{at}/{index}")));
        }
        if out.len() != items.len() || items.iter().any(|item| item.as_object().is_none()) {
            self.kept.insert(name.into(), Value::array(items.iter().cloned()));
        }
        out
    }

    fn amount(&mut self, name: &str) -> Option<Amount> {
        self.convert(name, NUMBER, |value| match value {
            Value::Number(number) => Some(Amount::Number(number.clone())),
            // Deployment tools and JSONata put a string where a number will be.
            Value::String(text) if text.starts_with("{%") || text.contains("${") || text.contains("#{") => {
                Some(Amount::Text(text.to_string()))
            }
            _ => None,
        })
    }

    fn path(&mut self, name: &str) -> Option<PathField> {
        self.convert(name, "a path in a string, or null", |value| match value {
            Value::Null => Some(PathField::Null),
            Value::String(path) => Some(PathField::Path(path.to_string())),
            _ => None,
        })
    }

    fn resource(&mut self, what: &str) -> Resource {
        if !self.rest.contains_key("Resource") {
            self.missing("Resource", what);
        }
        self.keep_if_empty("Resource");
        self.convert("Resource", "a string", |value| match value {
            Value::String(arn) => Some(Resource::Arn(arn.to_string())),
            Value::Object(reference)
                if reference.keys().any(|key| &**key == "Ref" || key.starts_with("Fn::")) =>
            {
                Some(Resource::Reference(value.clone()))
            }
            _ => None,
        })
        .unwrap_or_default()
    }

    fn query_language(&mut self) -> Option<QueryLanguage> {
        self.convert("QueryLanguage", "\"JSONPath\" or \"JSONata\"", |value| match value.as_str()? {
            "JSONPath" => Some(QueryLanguage::JsonPath),
            "JSONata" => Some(QueryLanguage::Jsonata),
            _ => None,
        })
    }

    fn error_equals(&mut self, what: &str) -> Vec<String> {
        if !self.rest.contains_key("ErrorEquals") {
            self.missing("ErrorEquals", what);
        }
        self.keep_if_empty("ErrorEquals");
        self.convert("ErrorEquals", "an array of strings", |value| {
            value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
        })
        .unwrap_or_default()
    }

    /// Reads the condition of a rule out of the fields that are left; the second part is what it does not know.
    fn condition(mut self) -> Option<(Condition, Unknown)> {
        for (name, join) in
            [("And", Condition::And as fn(Vec<Condition>) -> Condition), ("Or", Condition::Or)]
        {
            if let Some(rules) = self.array(name) {
                let rules = self.each(name, &rules, Reader::nested_condition);
                return Some((join(rules), self.unknown()));
            }
        }
        if let Some(rule) = self.take("Not") {
            let at = format!("{}/Not", self.at);
            let rule = self.reader.nested_condition(&rule, &at)?;
            return Some((Condition::Not(Box::new(rule)), self.unknown()));
        }
        if let Some(condition) = self.take("Condition") {
            return Some((Condition::Jsonata(condition), self.unknown()));
        }
        let Some(operator) = self.rest.keys().find_map(|key| Operator::from_name(key)) else {
            let names = Operator::ALL.iter().map(|operator| operator.name());
            let known = ["Variable", "Comment", "And", "Or", "Not", "Condition"];
            let stray = self.rest.keys().find(|key| !known.contains(&key.as_ref()));
            let finding = match stray {
                Some(key) => Diagnostic::new(
                    Code::UnknownOperator,
                    below(&self.at, key),
                    format!("there is no comparison operator `{key}`"),
                )
                .on_key()
                .subject(Subject::Field(key.to_string()))
                .did_you_mean(key, names),
                None => Diagnostic::new(
                    Code::MissingField,
                    self.at.clone(),
                    "a Choice rule needs a comparison operator, `And`, `Or`, `Not` or `Condition`",
                ),
            };
            self.reader.findings.push(finding);
            return None;
        };
        let variable = self.required_string("Variable", "the comparison", true);
        let operand = self.take(operator.name())?;
        let comment = self.string("Comment");
        let comparison = Comparison { variable, operator, operand, comment, unknown: Unknown::new() };
        Some((Condition::Compare(comparison), self.unknown()))
    }
}

impl Reader {
    fn nested_condition(&mut self, value: &Value, at: &str) -> Option<Condition> {
        let fields = self.fields(value, at, "a Choice rule");
        let (condition, unknown) = fields.condition()?;
        Some(match condition {
            Condition::Compare(comparison) => Condition::Compare(Comparison { unknown, ..comparison }),
            other if unknown.is_empty() => other,
            other => Condition::Annotated(Box::new(other), unknown),
        })
    }
}
