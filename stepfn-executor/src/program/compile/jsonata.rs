//! JSONata states.

use stepfn_core::{
    asl::{self, Condition, StateKind},
    value::Value,
};

use super::{Compiler, FaultKind, Layout, Place, Source};
use crate::{
    eval::jsonata::Template,
    program::{
        StateId,
        jsonata::{Choosing, Jsonata, JsonataKind, Results},
    },
};

/// The state without what may hold an expression: what is left is compiled as that of any state.
pub(super) fn without_expressions(state: &asl::State) -> asl::State {
    let mut plain = state.clone();
    // What function a Task calls is seen here.
    plain.parameters = plain.arguments.take();
    match &mut plain.kind {
        StateKind::Task(task) => {
            task.credentials = None;
            task.timeout_seconds = None;
            task.heartbeat_seconds = None;
        }
        StateKind::Wait(wait) => *wait = asl::Wait { seconds: Some(0.into()), ..asl::Wait::default() },
        StateKind::Fail(fail) => *fail = asl::Fail::default(),
        StateKind::Choice(choice) => choice.choices.clear(),
        StateKind::Pass(_) | StateKind::Succeed | StateKind::Parallel(_) | StateKind::Map(_) => {}
    }
    plain
}

impl Compiler {
    pub(super) fn jsonata(
        &mut self,
        layout: &Layout<'_>,
        source: &Source<'_>,
        place: &Place<'_>,
    ) -> Option<Jsonata> {
        let state = source.state;
        let results = self.results(place, ["", ""], state.output.as_ref(), state.assign.as_ref());
        let arguments = self.expressions(place, "Arguments", state.arguments.as_ref());
        let mut catch = Vec::new();
        for (index, catcher) in state.catch.iter().flatten().enumerate() {
            let prefix = [format!("Catch/{index}/"), format!("Catch[{index}]/")];
            let prefix = prefix.each_ref().map(String::as_str);
            catch.push(self.results(place, prefix, catcher.output.as_ref(), catcher.assign.as_ref()));
        }
        let kind = self.jsonata_kind(layout, source, place);
        let catch = catch.into_iter().collect::<Option<_>>()?;
        Some(Jsonata { kind: kind?, arguments: arguments?, results: results?, catch })
    }

    fn jsonata_kind(
        &mut self,
        layout: &Layout<'_>,
        source: &Source<'_>,
        place: &Place<'_>,
    ) -> Option<JsonataKind> {
        let amount = |amount: &Option<asl::Amount>| amount.clone().map(Value::from);
        let string = |text: &Option<String>| text.as_deref().map(Value::from);
        Some(match &source.state.kind {
            StateKind::Task(task) => JsonataKind::Task {
                timeout: self.expressions(place, "TimeoutSeconds", amount(&task.timeout_seconds).as_ref())?,
                heartbeat: self.expressions(
                    place,
                    "HeartbeatSeconds",
                    amount(&task.heartbeat_seconds).as_ref(),
                )?,
                credentials: self.expressions(place, "Credentials", task.credentials.as_ref())?,
            },
            StateKind::Wait(wait) => {
                let seconds = self.expressions(place, "Seconds", amount(&wait.seconds).as_ref())?;
                let timestamp = self.expressions(place, "Timestamp", string(&wait.timestamp).as_ref())?;
                match (seconds, timestamp) {
                    (Some(seconds), _) => JsonataKind::Seconds(seconds),
                    (None, Some(timestamp)) => JsonataKind::Timestamp(timestamp),
                    (None, None) => {
                        let message = "a Wait needs `Seconds` or `Timestamp`";
                        self.fault(FaultKind::Field, place, "", message);
                        return None;
                    }
                }
            }
            StateKind::Fail(fail) => JsonataKind::Fail {
                error: self.expressions(place, "Error", string(&fail.error).as_ref())?,
                cause: self.expressions(place, "Cause", string(&fail.cause).as_ref())?,
            },
            StateKind::Choice(choice) => {
                let mut rules = Vec::new();
                for (index, rule) in choice.choices.iter().enumerate() {
                    let target = self.target(layout, source, &format!("Choices/{index}/Next"), &rule.next);
                    rules.push(self.rule(place, index, rule, target));
                }
                JsonataKind::Choice(rules.into_iter().collect::<Option<_>>()?)
            }
            StateKind::Pass(_) | StateKind::Succeed | StateKind::Parallel(_) | StateKind::Map(_) => {
                JsonataKind::Plain
            }
        })
    }

    fn rule(
        &mut self,
        place: &Place<'_>,
        index: usize,
        rule: &asl::ChoiceRule,
        next: Option<StateId>,
    ) -> Option<Choosing> {
        let prefix = [format!("Choices/{index}/"), format!("Choices[{index}]/")];
        let [pointer, field] = prefix.each_ref().map(String::as_str);
        let results = self.results(place, [pointer, field], rule.output.as_ref(), rule.assign.as_ref());
        let field = format!("{field}Condition");
        let Condition::Jsonata(condition) = &rule.condition else {
            let message = "a rule of a JSONata state needs a `Condition`";
            self.fault(FaultKind::Field, place, pointer.trim_end_matches('/'), message);
            return None;
        };
        let condition = self.expressions_at(place, &format!("{pointer}Condition"), &field, condition)?;
        Some(Choosing { condition, field: field.into(), results: results?, next: next? })
    }

    /// The fields of `Output` and `Assign`, whose place is written in two ways: as a pointer, and as AWS writes it.
    fn results(
        &mut self,
        place: &Place<'_>,
        [pointer, field]: [&str; 2],
        output: Option<&Value>,
        assign: Option<&Value>,
    ) -> Option<Results> {
        let mut template = |name: &str, value: Option<&Value>| match value {
            None => Some(None),
            Some(value) => self
                .expressions_at(place, &format!("{pointer}{name}"), &format!("{field}{name}"), value)
                .map(Some),
        };
        let (output, assign) = (template("Output", output), template("Assign", assign));
        Some(Results { output: output?, assign: assign? })
    }

    pub(in crate::program) fn expressions(
        &mut self,
        place: &Place<'_>,
        field: &str,
        value: Option<&Value>,
    ) -> Option<Option<Template>> {
        match value {
            None => Some(None),
            Some(value) => self.expressions_at(place, field, field, value).map(Some),
        }
    }

    pub(in crate::program) fn expressions_at(
        &mut self,
        place: &Place<'_>,
        pointer: &str,
        field: &str,
        value: &Value,
    ) -> Option<Template> {
        match Template::compile(value, field) {
            Ok(template) => Some(template),
            Err(error) => {
                let fault = self.fault(FaultKind::Jsonata, place, pointer, error.message);
                fault.at.push_str(&error.at);
                fault.help = error.help;
                None
            }
        }
    }
}
