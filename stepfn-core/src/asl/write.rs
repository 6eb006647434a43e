use super::{
    Catcher, ChoiceRule, Comparison, Condition, Retrier, State, StateKind, StateMachine,
    content::Content,
    holding,
    schema::rows::{catcher_fields, machine_fields, retrier_fields, state_fields},
    writer::Writer,
};
use crate::value::Value;

/// Writes fields row by row.
macro_rules! write_rows {
    ($out:ident $own:ident; $({ $holder:ident $name:literal $snake:ident: $type:ty, $kind:expr, $owners:expr, $language:expr, $docs:literal })*) => {
        $(holding!($holder [&] $own own => { own.$snake.write($name, &mut $out); });)*
    };
}

impl StateMachine {
    /// The canonical JSON of the machine: fields in a fixed order, data as it was written.
    ///
    /// ```
    /// let (machine, _) = stepfn_core::asl::read_str(r#"{ "States": { "A": { "Type": "Succeed" } }, "StartAt": "A" }"#)?;
    /// assert_eq!(machine.to_json().to_string(), r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#);
    /// # Ok::<(), stepfn_core::json::JsonError>(())
    /// ```
    pub fn to_json(&self) -> Value {
        let mut out = Writer::default();
        macro_rules! rows {
            ($($row:tt)*) => { write_rows! { out self; $($row)* } };
        }
        machine_fields!(rows);
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
        macro_rules! rows {
            ($($row:tt)*) => { write_rows! { out self; $($row)* } };
        }
        state_fields!(rows);
        out.finish(&self.unknown)
    }
}

impl Retrier {
    pub(super) fn to_json(&self) -> Value {
        let mut out = Writer::default();
        macro_rules! rows {
            ($($row:tt)*) => { write_rows! { out self; $($row)* } };
        }
        retrier_fields!(rows);
        out.finish(&self.unknown)
    }
}

impl Catcher {
    pub(super) fn to_json(&self) -> Value {
        let mut out = Writer::default();
        macro_rules! rows {
            ($($row:tt)*) => { write_rows! { out self; $($row)* } };
        }
        catcher_fields!(rows);
        out.finish(&self.unknown)
    }
}

impl ChoiceRule {
    pub(super) fn to_json(&self) -> Value {
        let mut out = Writer::default();
        self.comment.write("Comment", &mut out);
        self.condition.write(&mut out);
        self.assign.write("Assign", &mut out);
        self.output.write("Output", &mut out);
        self.next.write("Next", &mut out);
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
                comment.write("Comment", out);
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
