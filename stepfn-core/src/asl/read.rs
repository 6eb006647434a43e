use super::{
    Catcher, ChoiceRule, Comparison, Condition, Operator, Retrier, State, StateKind, StateMachine, TYPES,
    Unknown,
    content::Content,
    fields::{Fields, Reader},
    holding,
    schema::rows::*,
};
use crate::{
    diagnostic::{Code, Diagnostic, Subject, list},
    json::{self, Document, JsonError, Pointer, below},
    value::Value,
};

/// Reads a definition from JSON text.
///
/// Duplicate keys are diagnostics; AWS takes the last.
///
/// # Errors
/// Only when the text is not JSON. Everything else is a diagnostic.
pub fn read_str(text: &str) -> Result<(StateMachine, Vec<Diagnostic>), JsonError> {
    Ok(read_document(&json::parse(text)?))
}

/// Reads a definition from a parsed JSON text, as [`read_str`] does.
pub fn read_document(document: &Document) -> (StateMachine, Vec<Diagnostic>) {
    let (machine, mut diagnostics) = read(&document.value);
    for (at, _) in &document.duplicates {
        let key = json::tokens(at).into_iter().flatten().last().unwrap_or_default();
        diagnostics.push(
            Diagnostic::new(
                Code::DuplicateKey,
                at.clone(),
                format!("the key `{key}` occurs twice in one object"),
            )
            .on_key()
            .help("only the last one counts: remove the other"),
        );
    }
    (machine, diagnostics)
}

/// Reads a definition from a JSON value. A part that cannot be read is a diagnostic, and the rest is read all the same.
///
/// Only the form of the fields is judged here; [`check`](crate::check::check) judges what they say.
pub fn read(value: &Value) -> (StateMachine, Vec<Diagnostic>) {
    let mut reader = Reader { diagnostics: Vec::new() };
    let machine = reader.machine(value, &Pointer::root(), "the state machine");
    (machine, reader.diagnostics)
}

/// Reads fields into the struct that holds them, row by row.
macro_rules! read_rows {
    ($from:ident $own:ident; $({ $holder:ident $name:literal $snake:ident: $type:ty, $kind:expr, $owners:expr, $language:expr, $docs:literal })*) => {
        $(holding!($holder [&mut] $own own => {
            own.$snake = Content::read(&mut $from, $name, $kind);
        });)*
    };
}

impl Reader {
    pub(super) fn machine(&mut self, value: &Value, at: &Pointer, what: &str) -> StateMachine {
        let mut fields = self.fields(value, at, what, what);
        let mut machine = StateMachine::default();
        let own = &mut machine;
        macro_rules! rows {
            ($($row:tt)*) => { read_rows! { fields own; $($row)* } };
        }
        machine_fields!(rows);
        machine.unknown = fields.unknown();
        machine
    }

    pub(super) fn state(&mut self, value: &Value, at: &Pointer, name: &str) -> Option<State> {
        let what = format!("state `{name}`");
        value.as_object().or_else(|| {
            self.wrong_kind(at, &what, "an object", value);
            None
        })?;
        let mut fields = self.fields(value, at, &what, &what);
        if !fields.rest.contains_key("Type") {
            fields.require("Type");
            return None;
        }
        let type_name = fields.string("Type")?;
        let Some(kind) = StateKind::named(&type_name) else {
            let diagnostic = Diagnostic::new(
                Code::UnknownStateType,
                at.key("Type"),
                format!("there is no state type `{type_name}`; the types are {}", list(TYPES)),
            );
            self.diagnostics
                .push(diagnostic.subject(Subject::Word(type_name.clone())).did_you_mean(&type_name, TYPES));
            return None;
        };
        let mut state = State::new(kind);
        let own = &mut state;
        macro_rules! rows {
            ($($row:tt)*) => { read_rows! { fields own; $($row)* } };
        }
        state_fields!(rows);
        if let StateKind::Map(map) = &state.kind
            && map.processor().is_none()
        {
            fields.require("ItemProcessor");
        }
        state.unknown = fields.unknown();
        Some(state)
    }

    pub(super) fn retrier(&mut self, value: &Value, at: &Pointer) -> Retrier {
        let mut fields = self.fields(value, at, "a retrier", "the retrier");
        let mut retrier = Retrier::default();
        let own = &mut retrier;
        macro_rules! rows {
            ($($row:tt)*) => { read_rows! { fields own; $($row)* } };
        }
        retrier_fields!(rows);
        retrier.unknown = fields.unknown();
        retrier
    }

    pub(super) fn catcher(&mut self, value: &Value, at: &Pointer) -> Catcher {
        let mut fields = self.fields(value, at, "a catcher", "the catcher");
        let mut catcher = Catcher::default();
        let own = &mut catcher;
        macro_rules! rows {
            ($($row:tt)*) => { read_rows! { fields own; $($row)* } };
        }
        catcher_fields!(rows);
        catcher.unknown = fields.unknown();
        catcher
    }

    /// The condition takes what is left when the other fields are read: a comparison may have any of 39 operators.
    pub(super) fn rule(&mut self, value: &Value, at: &Pointer) -> Option<ChoiceRule> {
        let mut fields = self.fields(value, at, "a Choice rule", "the Choice rule");
        let next = Content::read(&mut fields, "Next", Kind::State);
        let assign = Content::read(&mut fields, "Assign", Kind::Template);
        let output = Content::read(&mut fields, "Output", Kind::Template);
        // A comparison takes its Comment along: the rule's own is the same field.
        let comment = Content::read(&mut fields, "Comment", Kind::Plain);
        let (condition, unknown) = fields.condition()?;
        Some(ChoiceRule { condition, next, assign, output, comment, unknown })
    }
}

impl Fields<'_> {
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
            let at = self.at.key("Not");
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
            let diagnostic = match stray {
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
            self.reader.diagnostics.push(diagnostic);
            return None;
        };
        self.owner = "the comparison".to_owned();
        self.require("Variable");
        let variable = self.string("Variable").unwrap_or_default();
        let operand = self.take(operator.name())?;
        let comment = self.string("Comment");
        let comparison = Comparison { variable, operator, operand, comment, unknown: Unknown::new() };
        Some((Condition::Compare(comparison), self.unknown()))
    }
}

impl Reader {
    fn nested_condition(&mut self, value: &Value, at: &Pointer) -> Option<Condition> {
        let fields = self.fields(value, at, "a Choice rule", "the Choice rule");
        let (condition, unknown) = fields.condition()?;
        Some(match condition {
            Condition::Compare(comparison) => Condition::Compare(Comparison { unknown, ..comparison }),
            other if unknown.is_empty() => other,
            other => Condition::Annotated(Box::new(other), unknown),
        })
    }
}
