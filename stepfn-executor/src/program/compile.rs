mod errors;
mod jsonata;

use std::collections::HashMap;

use stepfn_core::{
    asl::{self, QueryLanguage, StateKind},
    definition::{Definition, WorkflowType},
    value::Value,
};

use super::{
    Amount, CompileError, Data, DataFlow, Fault, FaultKind, Inner, Kind, Pattern, Resource, Rule, Select,
    State, StateId, Task, Text, Wait, Write, function_name,
    layout::{Layout, Machine, Source},
    machine_name,
    resource::Family,
    substitute::{lambda_arn, substitute},
};
use crate::{
    declared::Declared,
    eval::{self, CompiledPath, Expression, Instant, ResultPath, Template, Test, jsonata::is_expression},
};

pub(super) fn compile(
    definition: &Definition,
    substitutions: &[(String, String)],
) -> Result<Inner, CompileError> {
    let substituted = substitute(definition, substitutions);
    let machine = substituted.as_ref().unwrap_or(&definition.machine);
    let mut compiler = Compiler {
        faults: Vec::new(),
        sites: 0,
        workflow_type: definition.workflow_type,
        declared: Declared::all(definition),
    };
    let layout = Layout::of(machine);
    let timeout = machine.timeout_seconds.as_ref();
    let timeout_seconds = timeout.and_then(|timeout| {
        let place = Place { state: "", pointer: "", language: QueryLanguage::JsonPath };
        compiler.whole_number(&place, "TimeoutSeconds", "", timeout)
    });
    let start = compiler.start(&layout, 0);
    let states: Vec<State> =
        layout.states.iter().filter_map(|source| compiler.state(&layout, source)).collect();
    match start {
        Some(start) if compiler.faults.is_empty() => Ok(Inner {
            name: definition.name.clone(),
            workflow_type: definition.workflow_type,
            states: states.into(),
            start,
            timeout_seconds,
            sites: compiler.sites,
        }),
        _ => Err(CompileError { faults: compiler.faults }),
    }
}

/// The compiler's place.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) state: &'a str,
    pub(super) pointer: &'a str,
    pub(super) language: QueryLanguage,
}

pub(super) struct Compiler {
    faults: Vec<Fault>,
    sites: usize,
    workflow_type: WorkflowType,
    /// The declared results of Tasks, by JSON pointer.
    declared: HashMap<String, Declared>,
}

impl Compiler {
    pub(super) fn fault(
        &mut self,
        kind: FaultKind,
        place: &Place<'_>,
        field: &str,
        message: impl Into<String>,
    ) -> &mut Fault {
        let index = self.faults.len();
        self.faults.push(Fault {
            kind,
            state: place.state.to_owned(),
            field: field.to_owned(),
            at: if field.is_empty() {
                place.pointer.to_owned()
            } else {
                format!("{}/{field}", place.pointer)
            },
            message: message.into(),
            help: None,
        });
        &mut self.faults[index]
    }

    /// Returns a compiled field, or reports a fault.
    fn field<T>(
        &mut self,
        place: &Place<'_>,
        field: &str,
        result: Result<T, eval::CompileError>,
    ) -> Option<T> {
        result
            .map_err(|error| {
                let fault = self.fault(FaultKind::Field, place, field, error.message);
                fault.at.push_str(&error.at);
                fault.help = error.help;
            })
            .ok()
    }

    pub(super) fn start(&mut self, layout: &Layout<'_>, machine: usize) -> Option<StateId> {
        let Machine { machine: source, owner, pointer, .. } = &layout.machines[machine];
        let start = layout.find(machine, &source.start_at);
        if start.is_none() {
            let message = format!("there is no state `{}`", source.start_at);
            let place = Place { state: owner, pointer, language: QueryLanguage::JsonPath };
            self.fault(FaultKind::UnknownState, &place, "StartAt", message);
        }
        start
    }

    fn target(
        &mut self,
        layout: &Layout<'_>,
        source: &Source<'_>,
        field: &str,
        name: &str,
    ) -> Option<StateId> {
        let target = layout.find(source.machine, name);
        if target.is_none() {
            let place =
                Place { state: source.name, pointer: &source.pointer, language: QueryLanguage::JsonPath };
            self.fault(FaultKind::UnknownState, &place, field, format!("there is no state `{name}`"));
        }
        target
    }

    fn state(&mut self, layout: &Layout<'_>, source: &Source<'_>) -> Option<State> {
        let state = source.state;
        let language = state.query_language.unwrap_or(layout.machines[source.machine].language);
        let place = Place { state: source.name, pointer: &source.pointer, language };
        let next = match &state.next {
            Some(next) => Some(self.target(layout, source, "Next", next)?),
            None => None,
        };
        let terminal = matches!(state.kind, StateKind::Succeed | StateKind::Fail(_) | StateKind::Choice(_));
        if next.is_none() && state.end != Some(true) && !terminal {
            self.fault(FaultKind::Field, &place, "Next", "neither `Next` nor `End` is there");
        }
        let (kind, flow) = if language == QueryLanguage::Jsonata {
            let plain = jsonata::without_expressions(state);
            let plain = Source { state: &plain, pointer: source.pointer.clone(), ..*source };
            let jsonata = self.jsonata(layout, source, &place);
            (self.kind(layout, &plain, &place), jsonata.map(|jsonata| DataFlow::Jsonata(Box::new(jsonata))))
        } else {
            (self.kind(layout, source, &place), self.data(state, &place).map(DataFlow::Path))
        };
        let retry = self.retriers(state, &place);
        let catch = self.catchers(layout, source, &place, language);
        Some(State {
            name: source.name.into(),
            pointer: source.pointer.clone(),
            kind: kind?,
            flow: flow?,
            retry: retry?,
            catch: catch?,
            next,
        })
    }

    fn data(&mut self, state: &asl::State, place: &Place<'_>) -> Option<Data> {
        let input_path = self.select(place, "InputPath", state.input_path.as_ref());
        let output_path = self.select(place, "OutputPath", state.output_path.as_ref());
        // The `Parameters` of a Map are what its `ItemSelector` was called before.
        let parameters = state.parameters.as_ref().filter(|_| !matches!(state.kind, StateKind::Map(_)));
        let parameters = self.template(place, "Parameters", parameters);
        let result_selector = self.template(place, "ResultSelector", state.result_selector.as_ref());
        let assign = self.template(place, "Assign", state.assign.as_ref());
        let result_path = match &state.result_path {
            None => Some(Write::Replace),
            Some(asl::PathField::Null) => Some(Write::Discard),
            Some(asl::PathField::Path(text)) => self
                .field(place, "ResultPath", ResultPath::compile(text))
                .map(|path| if path.is_root() { Write::Replace } else { Write::Path(path) }),
        };
        Some(Data {
            input_path: input_path?,
            parameters: parameters?,
            result_selector: result_selector?,
            result_path: result_path?,
            output_path: output_path?,
            assign: assign?,
        })
    }

    fn select(&mut self, place: &Place<'_>, field: &str, path: Option<&asl::PathField>) -> Option<Select> {
        match path {
            None => Some(Select::All),
            Some(asl::PathField::Null) => Some(Select::Nothing),
            Some(asl::PathField::Path(text)) => {
                let path = self.field(place, field, CompiledPath::compile(text))?;
                Some(if path.is_input() { Select::All } else { Select::Path(path) })
            }
        }
    }

    pub(super) fn template(
        &mut self,
        place: &Place<'_>,
        field: &str,
        template: Option<&Value>,
    ) -> Option<Option<Template>> {
        match template {
            None => Some(None),
            Some(template) => self.field(place, field, Template::compile(template)).map(Some),
        }
    }

    pub(super) fn path(&mut self, place: &Place<'_>, field: &str, text: &str) -> Option<CompiledPath> {
        self.field(place, field, CompiledPath::compile(text))
    }

    /// A number field or the path beside it.
    pub(super) fn amount(
        &mut self,
        place: &Place<'_>,
        (field, path_field): (&str, &'static str),
        fixed: Option<&asl::Amount>,
        path: Option<&String>,
    ) -> Option<Option<Amount>> {
        if let Some(path) = path {
            let path = self.path(place, path_field, path)?;
            return Some(Some(Amount::Path { path, field: path_field }));
        }
        let Some(fixed) = fixed else { return Some(None) };
        if let Some(template) = self.computed(place, field, field, fixed)? {
            return Some(Some(Amount::Jsonata { template, field: field.into() }));
        }
        self.whole_number(place, field, field, fixed).map(|amount| Some(Amount::Fixed(amount)))
    }

    /// Returns the expression that a field has in place of a number.
    pub(super) fn computed(
        &mut self,
        place: &Place<'_>,
        pointer: &str,
        field: &str,
        amount: &asl::Amount,
    ) -> Option<Option<eval::jsonata::Template>> {
        match amount {
            asl::Amount::Text(text)
                if place.language == QueryLanguage::Jsonata && eval::jsonata::is_expression(text) =>
            {
                self.expressions_at(place, pointer, field, &Value::from(text.as_str())).map(Some)
            }
            _ => Some(None),
        }
    }

    pub(super) fn whole_number(
        &mut self,
        place: &Place<'_>,
        field: &str,
        at: &str,
        amount: &asl::Amount,
    ) -> Option<u64> {
        let number = self.number(place, field, amount)?;
        if number >= 0.0 && number.fract() == 0.0 && number < u64::MAX as f64 {
            return Some(number as u64);
        }
        let at = if at.is_empty() { field } else { at };
        self.fault(FaultKind::Field, place, at, format!("expected a whole number, found `{number}`"));
        None
    }

    pub(super) fn number(&mut self, place: &Place<'_>, field: &str, amount: &asl::Amount) -> Option<f64> {
        let text = match amount {
            asl::Amount::Number(number) => return Some(number.as_f64()),
            asl::Amount::Text(text) => text,
        };
        // A placeholder that was replaced is a text still.
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            self.fault(FaultKind::Field, place, field, format!("expected a number, found `{text}`"));
        }
        number
    }

    fn kind(&mut self, layout: &Layout<'_>, source: &Source<'_>, place: &Place<'_>) -> Option<Kind> {
        Some(match &source.state.kind {
            StateKind::Pass(pass) => Kind::Pass { result: pass.result.clone() },
            StateKind::Succeed => Kind::Succeed,
            StateKind::Task(task) => Kind::Task(Box::new(self.task(source.state, task, place)?)),
            StateKind::Choice(choice) => self.choice(layout, source, choice, place)?,
            StateKind::Wait(wait) => Kind::Wait(self.wait(wait, place)?),
            StateKind::Fail(fail) => {
                let error = self.text(place, fail.error.as_ref(), ("ErrorPath", fail.error_path.as_ref()));
                let cause = self.text(place, fail.cause.as_ref(), ("CausePath", fail.cause_path.as_ref()));
                Kind::Fail { error: error?, cause: cause? }
            }
            StateKind::Parallel(parallel) => {
                let children = source.children..source.children + parallel.branches.len();
                let branches = children.map(|child| self.start(layout, child)).collect::<Option<_>>()?;
                Kind::Parallel { branches }
            }
            StateKind::Map(map) => Kind::Map(Box::new(self.map(layout, source, map, place)?)),
        })
    }

    fn task(&mut self, state: &asl::State, task: &asl::Task, place: &Place<'_>) -> Option<Task> {
        let resource = match &task.resource {
            asl::Resource::Arn(arn) => Resource::parse(arn),
            asl::Resource::Reference(reference) => {
                let name = reference["Fn::GetAtt"][0].as_str().or_else(|| reference["Ref"].as_str());
                let Some(name) = name else {
                    let message = format!("expected an ARN, found {reference}");
                    self.fault(FaultKind::Field, place, "Resource", message).help =
                        Some("the executor knows `Fn::GetAtt` and `Ref`".to_owned());
                    return None;
                };
                Resource::parse(&lambda_arn(name))
            }
        };
        if resource.arn.is_empty() {
            self.fault(FaultKind::Field, place, "Resource", "a Task needs a `Resource`");
            return None;
        }
        if self.workflow_type == WorkflowType::Express {
            let refused = match (resource.pattern, &resource.family) {
                (Pattern::Sync, _) => Some("'.sync' service integration"),
                (Pattern::WaitForTaskToken, _) => Some("'.waitForTaskToken' service integration"),
                (_, Family::Activity) => Some("Activity ARN"),
                _ => None,
            };
            if let Some(refused) = refused {
                let message = format!("Express state machine does not support {refused}");
                self.fault(FaultKind::Express, place, "Resource", message).help =
                    Some("make the state machine a Standard one".to_owned());
            }
        }
        let fixed = |key: &str| {
            let text = state.parameters.as_ref()?.get(key)?.as_str()?;
            (!is_expression(text)).then_some(text)
        };
        let function = fixed("FunctionName").filter(|_| resource.is_lambda_invoke());
        let function = function.map(|name| function_name(name).to_owned());
        let machine = || fixed("StateMachineArn").map(|name| machine_name(name).to_owned());
        let action = resource.action();
        let action = action.map(|action| (action, machine().filter(|_| action.starts())));
        let timeout = self.amount(
            place,
            ("TimeoutSeconds", "TimeoutSecondsPath"),
            task.timeout_seconds.as_ref(),
            task.timeout_seconds_path.as_ref(),
        );
        let heartbeat = self.amount(
            place,
            ("HeartbeatSeconds", "HeartbeatSecondsPath"),
            task.heartbeat_seconds.as_ref(),
            task.heartbeat_seconds_path.as_ref(),
        );
        let credentials = self.template(place, "Credentials", task.credentials.as_ref());
        let site = self.sites;
        self.sites += 1;
        Some(Task {
            site,
            resource,
            function,
            action,
            credentials: credentials?,
            timeout: timeout?,
            heartbeat: heartbeat?,
            declared: self.declared.remove(place.pointer).unwrap_or_default(),
        })
    }

    fn choice(
        &mut self,
        layout: &Layout<'_>,
        source: &Source<'_>,
        choice: &asl::Choice,
        place: &Place<'_>,
    ) -> Option<Kind> {
        let mut rules = Vec::with_capacity(choice.choices.len());
        for (index, rule) in choice.choices.iter().enumerate() {
            let field = format!("Choices/{index}");
            let test = self.field(place, &field, Test::compile(&rule.condition));
            let assign = self.template(place, &format!("{field}/Assign"), rule.assign.as_ref());
            let next = self.target(layout, source, &format!("{field}/Next"), &rule.next);
            rules.push(test.zip(assign).zip(next).map(|((test, assign), next)| Rule { test, assign, next }));
        }
        let default = match &choice.default {
            Some(default) => Some(self.target(layout, source, "Default", default)?),
            None => None,
        };
        Some(Kind::Choice { rules: rules.into_iter().collect::<Option<_>>()?, default })
    }

    fn wait(&mut self, wait: &asl::Wait, place: &Place<'_>) -> Option<Wait> {
        if let Some(path) = &wait.seconds_path {
            return self.path(place, "SecondsPath", path).map(Wait::SecondsPath);
        }
        if let Some(path) = &wait.timestamp_path {
            return self.path(place, "TimestampPath", path).map(Wait::TimestampPath);
        }
        if let Some(text) = &wait.timestamp {
            let instant = text.parse::<Instant>().ok();
            if instant.is_none() {
                let message = format!("`{text}` is no RFC 3339 timestamp");
                self.fault(FaultKind::Field, place, "Timestamp", message).help =
                    Some("write it like `2016-03-14T01:59:00Z`".to_owned());
            }
            return instant.map(Wait::Timestamp);
        }
        if let Some(seconds) = &wait.seconds {
            return self.whole_number(place, "Seconds", "", seconds).map(Wait::Seconds);
        }
        self.fault(
            FaultKind::Field,
            place,
            "",
            "a Wait needs `Seconds`, `SecondsPath`, `Timestamp` or `TimestampPath`",
        );
        None
    }

    fn text(
        &mut self,
        place: &Place<'_>,
        literal: Option<&String>,
        (field, path): (&'static str, Option<&String>),
    ) -> Option<Option<Text>> {
        if let Some(path) = path {
            let expression = self.field(place, field, Expression::compile(path))?;
            return Some(Some(Text::Path { expression, field }));
        }
        Some(literal.map(|text| Text::Literal(text.as_str().into())))
    }
}
