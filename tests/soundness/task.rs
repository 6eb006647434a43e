//! Random Tasks: typed functions called in all ways, declared results, services that answer by core's tables.

use serde_json::{Map, Value as Json, json};
use stepfn::{
    definition::Call,
    shape::{Shape, Side},
};
use stepfn_core::service::{self, Pattern};

use crate::{
    guess::{Guess, Kind},
    machine::{Author, Left, Ways, go_on},
    paths, query,
    random::Random,
    scope::Scope,
    shapes,
    trial::{Work, WorkKind},
};

impl Author<'_> {
    pub(crate) fn task(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        ways: &Ways<'_>,
        jsonata: bool,
    ) -> Left {
        fields.insert("Type".into(), "Task".into());
        go_on(fields, ways);
        let state = self.current.clone();
        let result = match self.random.below(12) {
            0..=6 => self.function(fields, scope, jsonata, &state),
            7 | 8 => self.declared(fields, scope, jsonata, &state),
            9 if self.level < 2 => self.start(fields, scope, jsonata, &state),
            _ => self.service(fields, scope, jsonata, &state),
        };
        self.limits(fields, scope, jsonata);
        let after = if jsonata {
            let sees = Scope { result: Some(result.clone()), token: false, ..scope.clone() };
            self.output(fields, &sees, result)
        } else {
            self.result(fields, &Scope { token: false, ..scope.clone() }, result, true)
        };
        let mut left = vec![(ways.next.map(str::to_owned), after)];
        self.failures(fields, scope, ways, jsonata, &mut left);
        left
    }

    /// `TimeoutSeconds` and `HeartbeatSeconds`, with or without a path, and `Credentials`.
    fn limits(&mut self, fields: &mut Map<String, Json>, scope: &Scope, jsonata: bool) {
        for name in ["TimeoutSeconds", "HeartbeatSeconds"] {
            match self.random.below(14) {
                0 => {
                    fields.insert(name.into(), json!(if name == "TimeoutSeconds" { 60 } else { 20 }));
                }
                1 if jsonata => {
                    fields.insert(name.into(), query::text(self.random, scope, Kind::Whole).0);
                }
                1 => {
                    let (path, _) = paths::path(self.random, scope, Kind::Whole);
                    fields.insert(format!("{name}Path"), path.into());
                }
                _ => {}
            }
        }
        if self.random.one_in(24) {
            let role = "arn:aws:iam::123456789012:role/other";
            let (key, value) = match self.random.below(3) {
                0 if jsonata => ("RoleArn", query::text(self.random, scope, Kind::Text).0),
                0 => ("RoleArn.$", paths::path(self.random, scope, Kind::Text).0.into()),
                _ => ("RoleArn", json!(role)),
            };
            fields.insert("Credentials".into(), json!({ key: value }));
        }
    }

    /// A function of this program: what it takes is judged.
    fn function(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        jsonata: bool,
        name: &str,
    ) -> Guess {
        let answer = shapes::shape(self.random, 2);
        let call = match self.random.below(6) {
            0 | 1 => Call::Direct,
            2 if !self.express => Call::WaitForTaskToken,
            _ => Call::Invoke,
        };
        let token = call == Call::WaitForTaskToken;
        let scope = Scope { token, ..scope.clone() };
        let inside = if jsonata { scope.clone() } else { self.input_path(fields, &scope) };
        // Made towards the type of what flows, or the type towards what flows.
        let meant = self.random.one_in(3).then(|| shapes::object(self.random, 1));
        let given = self.payload(fields, &inside, jsonata, call, name, meant);
        let mut input = meant.unwrap_or_else(|| self.sink(&given));
        let result = token.then(|| shapes::shape(self.random, 2));
        if let Some(result) = result
            && self.random.one_in(3)
        {
            let answer = if self.random.one_in(6) { shapes::shape(self.random, 2) } else { result };
            input = shapes::with_token(input, answer);
        }
        let kind = WorkKind::Function { call, input, output: answer, result };
        self.work.push(Work { state: name.to_owned(), kind });
        match call {
            Call::Direct => Guess::of(answer, Side::Made),
            Call::WaitForTaskToken => Guess::of(result.unwrap_or(&Shape::Any), Side::Given),
            Call::Invoke => Guess::object([
                ("ExecutedVersion".to_owned(), Guess::Text),
                ("Payload".to_owned(), Guess::of(answer, Side::Made)),
                ("StatusCode".to_owned(), Guess::Whole),
            ]),
        }
    }

    /// Makes the payload of a function.
    fn payload(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        jsonata: bool,
        call: Call,
        name: &str,
        meant: Option<&'static Shape>,
    ) -> Guess {
        let plain = scope.input.clone();
        let (value, guess) = match (jsonata, meant, self.random.below(3)) {
            (true, Some(shape), _) => query::towards(self.random, scope, shape),
            (false, Some(shape), _) => paths::towards(self.random, scope, shape),
            (true, None, 0) => query::text(self.random, scope, Kind::Any),
            (true, None, _) => query::template(self.random, scope),
            (false, None, 0) => (json!(0), plain.clone()),
            (false, None, _) => paths::template(self.random, scope, 2),
        };
        let (holder, key) = (if jsonata { "Arguments" } else { "Parameters" }, "Payload");
        if call == Call::Direct {
            fields.insert("Resource".into(), format!("{LAMBDA}{name}").into());
            if value == json!(0) || self.random.one_in(3) {
                return plain;
            }
            fields.insert(holder.into(), value);
            return guess;
        }
        let suffix = if call == Call::WaitForTaskToken { ".waitForTaskToken" } else { "" };
        fields.insert("Resource".into(), format!("arn:aws:states:::lambda:invoke{suffix}").into());
        let mut given = json!({ "FunctionName": name });
        let mut guess = guess;
        if call == Call::WaitForTaskToken {
            let (token, text) = if jsonata {
                ("token", "{% $states.context.Task.Token %}")
            } else {
                ("token.$", "$$.Task.Token")
            };
            given[key] = if value.is_object() { value } else { json!({}) };
            given[key][token] = text.into();
            guess = guess.with(&["token"], Guess::Text);
        } else if value == json!(0) {
            let (path, found) = paths::expression(self.random, scope, Kind::Any);
            given[format!("{key}.$")] = path.into();
            guess = found;
        } else {
            given[key] = value;
        }
        fields.insert(holder.into(), given);
        guess
    }

    /// A resource whose result is declared, or is not.
    fn declared(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        jsonata: bool,
        name: &str,
    ) -> Guess {
        let token = !self.express && self.random.one_in(3);
        let scope = Scope { token, ..scope.clone() };
        let (value, _) = if jsonata {
            query::template(self.random, &scope)
        } else {
            let inside = self.input_path(fields, &scope);
            paths::template(self.random, &inside, 1)
        };
        let holder = if jsonata { "Arguments" } else { "Parameters" };
        if token {
            let mut body = if value.is_object() { value } else { json!({}) };
            if jsonata {
                body["token"] = "{% $states.context.Task.Token %}".into();
            } else {
                body["token.$"] = "$$.Task.Token".into();
            }
            let resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
            fields.insert("Resource".into(), resource.into());
            fields.insert(holder.into(), json!({ "QueueUrl": name, "MessageBody": body }));
        } else if self.random.one_in(2) && !self.express {
            let arn = format!("arn:aws:states:us-east-1:123456789012:activity:{name}");
            fields.insert("Resource".into(), arn.into());
            fields.insert(holder.into(), value);
        } else {
            fields.insert("Resource".into(), format!("{LAMBDA}{name}").into());
            fields.insert(holder.into(), value);
        }
        let result = (!self.random.one_in(4)).then(|| shapes::shape(self.random, 2));
        self.work.push(Work { state: name.to_owned(), kind: WorkKind::Declared(result) });
        result.map_or(Guess::Any, |result| Guess::of(result, Side::Given))
    }

    /// An integration that answers by the tables.
    fn service(&mut self, fields: &mut Map<String, Json>, scope: &Scope, jsonata: bool, name: &str) -> Guess {
        let sdk = self.random.one_in(3);
        let service = self.random.pick(&service::services(sdk));
        let actions = service::actions(sdk, service);
        if actions.is_empty() {
            return self.declared(fields, scope, jsonata, name);
        }
        let action = self.random.pick(&actions);
        let prefix = if sdk { "aws-sdk:" } else { "" };
        let resource = format!("arn:aws:states:::{prefix}{service}:{action}");
        let service::Resource::Integration(named) = service::lookup(&resource) else {
            return self.declared(fields, scope, jsonata, name);
        };
        let Some(known) = named.known().filter(|_| (service, action) != ("lambda", "invoke")) else {
            return self.declared(fields, scope, jsonata, name);
        };
        let patterns: Vec<Pattern> = known
            .patterns
            .iter()
            .copied()
            .filter(|pattern| match pattern {
                Pattern::WaitForTaskToken => !self.express,
                Pattern::Sync | Pattern::Sync2 => !self.express,
                Pattern::Request => true,
            })
            .collect();
        if patterns.is_empty() {
            return self.declared(fields, scope, jsonata, name);
        }
        let pattern = self.random.pick(&patterns);
        fields.insert("Resource".into(), format!("{resource}{}", pattern.suffix()).into());
        let mut given = Map::new();
        if let Some(service::Kind::Structure(members)) = known.parameters.map(|shape| shape.kind()) {
            for member in members.iter().filter(|member| member.required) {
                self.parameter(&mut given, scope, jsonata, member);
            }
        }
        if let Some(member) = known.one_of.first() {
            given.insert((*member).to_owned(), "x".into());
        }
        if pattern == Pattern::WaitForTaskToken && !self.token(&mut given, jsonata, &known) {
            return self.declared(fields, scope, jsonata, name);
        }
        fields.insert(if jsonata { "Arguments" } else { "Parameters" }.into(), given.into());
        if pattern == Pattern::WaitForTaskToken {
            // The sender of the token decides what it is.
            let result = shapes::shape(self.random, 2);
            self.work.push(Work { state: name.to_owned(), kind: WorkKind::Declared(Some(result)) });
            return Guess::of(result, Side::Given);
        }
        let answer = known.answer(pattern);
        self.work.push(Work { state: name.to_owned(), kind: WorkKind::Service(answer) });
        answer.map_or(Guess::Any, Guess::Service)
    }

    /// The token of a callback, in the first parameter that is a text.
    fn token(&mut self, given: &mut Map<String, Json>, jsonata: bool, action: &service::Action) -> bool {
        let Some(service::Kind::Structure(members)) = action.parameters.map(|shape| shape.kind()) else {
            return false;
        };
        let text = members.iter().find(|member| matches!(member.shape.kind(), service::Kind::String));
        let Some(text) = text.map(|member| member.name.to_string()) else { return false };
        given.remove(&text);
        if jsonata {
            given.insert(text, "{% $states.context.Task.Token %}".into());
        } else {
            given.remove(&format!("{text}.$"));
            given.insert(format!("{text}.$"), "$$.Task.Token".into());
        }
        true
    }

    fn parameter(
        &mut self,
        given: &mut Map<String, Json>,
        scope: &Scope,
        jsonata: bool,
        member: &service::Member,
    ) {
        let kind = Guess::Service(member.shape).kind();
        if self.random.one_in(3) && matches!(kind, Kind::Text | Kind::Whole | Kind::Boolean) {
            if jsonata {
                given.insert(member.name.to_string(), query::text(self.random, scope, kind).0);
            } else {
                let (path, _) = paths::path(self.random, scope, kind);
                given.insert(format!("{}.$", member.name), path.into());
            }
            return;
        }
        let mut plain = Random::new(7);
        given.insert(member.name.to_string(), json_of(&answer(&mut plain, &member.shape, 3, false)));
    }
}

pub(crate) const LAMBDA: &str = "arn:aws:lambda:us-east-1:123456789012:function:";

pub(crate) fn json_of(value: &stepfn::value::Value) -> Json {
    serde_json::from_str(&value.to_string()).unwrap_or(Json::Null)
}

/// An answer in which everything is there: what of it may be missing is not promised. It is asked for in a strict machine, where it
/// may be missing (`holes`).
pub(crate) fn answer(
    random: &mut Random,
    shape: &service::Shape,
    depth: usize,
    holes: bool,
) -> stepfn::value::Value {
    use stepfn::value::{Map, Value};
    match shape.kind() {
        service::Kind::String => random.pick(&["x", "", "SUCCEEDED"]).into(),
        service::Kind::Integer => Value::from(random.below(4) as u32),
        service::Kind::Number => [Value::from(1.5), Value::from(2)][random.below(2)].clone(),
        service::Kind::Boolean => random.one_in(2).into(),
        service::Kind::Timestamp => "2024-05-06T07:08:09Z".into(),
        service::Kind::Bytes | service::Kind::Anything => "x".into(),
        service::Kind::List(item) if depth > 0 => {
            let count = if holes { random.below(3) } else { 2 };
            (0..count).map(|_| answer(random, &item, depth - 1, holes)).collect::<Vec<_>>().into()
        }
        service::Kind::Map(item) if depth > 0 => shapes::KEYS
            .iter()
            .map(|key| (*key, answer(random, &item, depth - 1, holes)))
            .collect::<Map>()
            .into(),
        service::Kind::Structure(members) if depth > 0 => members
            .iter()
            .filter(|member| member.required || !holes || !random.one_in(4))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|member| {
                let value = exchange(&member.name).filter(|_| !member.shape.is_sdk());
                let value = value.unwrap_or_else(|| answer(random, &member.shape, depth - 1, holes));
                (member.name.as_ref(), value)
            })
            .collect::<Map>()
            .into(),
        service::Kind::List(_) => Value::array([]),
        service::Kind::Map(_) | service::Kind::Structure(_) => Value::Object(Map::new().into()),
    }
}

/// Returns the part of an optimised integration's report under a name.
fn exchange(name: &str) -> Option<stepfn::value::Value> {
    let text = match name {
        "SdkHttpMetadata" => {
            r#"{"AllHttpHeaders":{"a":["x","y"]},"HttpHeaders":{"a":"x"},"HttpStatusCode":200}"#
        }
        "SdkResponseMetadata" => r#"{"RequestId":"x"}"#,
        _ => return None,
    };
    text.parse().ok()
}
