//! Step Functions in memory, behind the SDK's own HTTP: what is asked is kept, what is deployed can be read.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard},
};

use aws_sdk_sfn::{
    Client, Config,
    config::{Credentials, Region},
};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use stepfn_core::value::{Map, Value};
use tokio::time::Instant;

const PREFIX: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:";

/// The ARN of a machine, or with a suffix of its versions and aliases.
pub fn arn(name: &str) -> String {
    format!("{PREFIX}{name}")
}

#[derive(Clone, Default)]
pub struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
pub struct State {
    /// By name.
    pub machines: HashMap<String, Machine>,
    /// The log groups: for how many days they keep logs, by name.
    pub log_groups: HashMap<String, Value>,
    /// Each call: its action and its request.
    pub calls: Vec<(String, Value)>,
    /// The URL of each call.
    pub urls: Vec<String>,
    /// When each call was made, in seconds of the paused clock.
    pub times: Vec<u64>,
    start: Option<Instant>,
    /// Answers to actions instead of what would be: status, content type, body. The last one stays.
    pub answers: HashMap<String, Vec<(u16, &'static str, String)>>,
}

#[derive(Clone, Default)]
pub struct Machine {
    /// The answer of `DescribeStateMachine`.
    pub fields: Map,
    pub revision: usize,
    pub versions: Vec<Map>,
    pub tags: Map,
    pub aliases: HashMap<String, Map>,
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

impl Fake {
    pub fn client(&self) -> Client {
        let fake = self.clone();
        let config = Config::builder()
            .behavior_version_latest()
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(fake.clone())));
        Client::from_conf(config.build())
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panicked with the lock")
    }

    /// When the calls of an action were made since the last look, in seconds since the first call of all.
    pub fn times(&self, action: &str) -> Vec<u64> {
        let state = self.state();
        let calls = state.calls.iter().zip(&state.times).filter(|(call, _)| call.0 == action);
        calls.map(|(_, time)| *time).collect()
    }

    /// The actions that were called since the last look.
    pub fn actions(&self) -> Vec<String> {
        self.take().into_iter().map(|(action, _)| action).collect()
    }

    fn take(&self) -> Vec<(String, Value)> {
        let mut state = self.state();
        state.times.clear();
        std::mem::take(&mut state.calls)
    }

    /// The requests of an action since the last look.
    pub fn requests(&self, action: &str) -> Vec<Value> {
        self.state().calls.iter().filter(|call| call.0 == action).map(|call| call.1.clone()).collect()
    }

    /// Lets an action answer with JSON.
    pub fn answer(&self, action: &str, status: u16, body: &str) {
        self.answer_as(action, status, "application/x-amz-json-1.0", body);
    }

    pub fn answer_as(&self, action: &str, status: u16, content_type: &'static str, body: &str) {
        let answer = (status, content_type, body.to_owned());
        self.state().answers.entry(action.to_owned()).or_default().push(answer);
    }

    pub fn refuse(&self, action: &str, code: &str, message: &str) {
        let body =
            format!(r#"{{"__type":"com.amazonaws.swf.service.v2.model#{code}","message":"{message}"}}"#);
        self.answer(action, 400, &body);
    }
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").expect("an action");
        let (service, action) = target.split_once('.').expect("a service");
        let action = action.to_owned();
        let signed_for = request.headers().get("authorization").expect("signed").to_owned();
        let (name, host) = match service {
            "AWSStepFunctions" => ("states", "states.us-east-1.amazonaws.com"),
            "Logs_20140328" => ("logs", "logs.us-east-1.amazonaws.com"),
            other => panic!("no service is called {other}"),
        };
        assert!(signed_for.contains(&format!("/us-east-1/{name}/aws4_request")), "{signed_for}");
        if request.uri().contains("amazonaws") {
            assert!(request.uri().contains(host), "{}", request.uri());
        }
        let body = request.body().bytes().map(String::from_utf8_lossy).expect("a body in memory");
        let asked: Value = body.parse().expect("JSON");
        let mut state = self.state();
        let start = *state.start.get_or_insert_with(Instant::now);
        state.times.push(start.elapsed().as_secs());
        state.urls.push(request.uri().to_owned());
        state.calls.push((action.clone(), asked.clone()));
        let said = state
            .answers
            .get_mut(&action)
            .map(|answers| if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() });
        let (status, content_type, body) = said.unwrap_or_else(|| {
            let (status, body) = match state.perform(&action, &asked) {
                Ok(answer) => (200, answer),
                Err(code) => (400, Value::object([("__type", Value::from(code)), ("message", code.into())])),
            };
            (status, "application/x-amz-json-1.0", body.to_string())
        });
        let status = StatusCode::try_from(status).expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        response.headers_mut().insert("content-type", content_type);
        HttpConnectorFuture::ready(Ok(response))
    }
}

type Answer = Result<Value, &'static str>;

impl State {
    fn perform(&mut self, action: &str, asked: &Value) -> Answer {
        let text = |key: &str| asked[key].as_str().unwrap_or_default().to_owned();
        match action {
            "ValidateStateMachineDefinition" => Ok(Value::object([
                ("result", Value::from("OK")),
                ("diagnostics", Value::array([])),
                ("truncated", false.into()),
            ])),
            "ListStateMachines" => Ok(self.list(&text("nextToken"))),
            "CreateStateMachine" => Ok(self.create(asked, &text("name"))),
            "UpdateStateMachine" => self.update(asked, &text("stateMachineArn")),
            "DescribeStateMachine" => self.describe(&text("stateMachineArn")),
            "PublishStateMachineVersion" => {
                let machine = self.machine(&text("stateMachineArn"))?;
                if asked.get("revisionId").is_some_and(|id| id.as_str() != machine.revision_id().as_deref()) {
                    return Err("ConflictException");
                }
                let version = machine.publish();
                Ok(Value::object([("stateMachineVersionArn", version), ("creationDate", 1.into())]))
            }
            "ListStateMachineVersions" => {
                let machine = self.machine(&text("stateMachineArn"))?;
                let versions = machine.versions.iter().rev().map(|version| {
                    let arn = version["stateMachineArn"].clone();
                    Value::object([("stateMachineVersionArn", arn), ("creationDate", 1.into())])
                });
                Ok(Value::object([("stateMachineVersions", Value::array(versions))]))
            }
            "ListTagsForResource" => {
                let tags = &self.machine(&text("resourceArn"))?.tags;
                let tags = tags.iter().map(|(key, value)| {
                    Value::object([("key", Value::from(&**key)), ("value", value.clone())])
                });
                Ok(Value::object([("tags", Value::array(tags))]))
            }
            "TagResource" => {
                self.machine(&text("resourceArn"))?.tag(&asked["tags"]);
                Ok(Value::empty_object())
            }
            "UntagResource" => {
                let keys = asked["tagKeys"].as_array().unwrap_or_default();
                let tags = &mut self.machine(&text("resourceArn"))?.tags;
                keys.iter().filter_map(Value::as_str).for_each(|key| drop(tags.shift_remove(key)));
                Ok(Value::empty_object())
            }
            "CreateStateMachineAlias" => {
                let version =
                    asked["routingConfiguration"][0]["stateMachineVersionArn"].as_str().unwrap_or_default();
                let (arn, _) = version.rsplit_once(':').ok_or("InvalidArn")?;
                let fields = asked.as_object().cloned().unwrap_or_default();
                self.machine(arn)?.aliases.insert(text("name"), fields);
                let arn = Value::from(format!("{arn}:{}", text("name")));
                Ok(Value::object([("stateMachineAliasArn", arn), ("creationDate", 1.into())]))
            }
            "DescribeStateMachineAlias" | "UpdateStateMachineAlias" => {
                let arn = text("stateMachineAliasArn");
                let (machine, alias) = arn.rsplit_once(':').ok_or("InvalidArn")?;
                let alias = self.machine(machine)?.aliases.get_mut(alias).ok_or("ResourceNotFound")?;
                if action == "DescribeStateMachineAlias" {
                    return Ok(Value::from(alias.clone()));
                }
                alias.extend(asked.as_object().cloned().unwrap_or_default());
                Ok(Value::object([("updateDate", 1.into())]))
            }
            "DescribeLogGroups" => {
                Ok(self.describe_log_groups(&text("logGroupNamePrefix"), &text("nextToken")))
            }
            "CreateLogGroup" => match self.log_groups.insert(text("logGroupName"), Value::Null) {
                None => Ok(Value::empty_object()),
                Some(_) => Err("ResourceAlreadyExistsException"),
            },
            "PutRetentionPolicy" => {
                let group =
                    self.log_groups.get_mut(&text("logGroupName")).ok_or("ResourceNotFoundException")?;
                *group = asked["retentionInDays"].clone();
                Ok(Value::empty_object())
            }
            _ => Err("UnknownOperationException"),
        }
    }

    /// Two pages, the first with a neighbour.
    fn describe_log_groups(&self, prefix: &str, token: &str) -> Value {
        if token.is_empty() {
            let neighbour = Value::object([("logGroupName", Value::from(format!("{prefix}-other")))]);
            return Value::object([("logGroups", Value::array([neighbour])), ("nextToken", "more".into())]);
        }
        let found =
            self.log_groups.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(name, days)| {
                Value::object([
                    ("logGroupName", Value::from(name.as_str())),
                    ("retentionInDays", days.clone()),
                ])
            });
        Value::object([("logGroups", Value::array(found))])
    }

    fn machine(&mut self, arn: &str) -> Result<&mut Machine, &'static str> {
        let name = arn.strip_prefix(PREFIX).ok_or("InvalidArn")?;
        self.machines.get_mut(name).ok_or("StateMachineDoesNotExist")
    }

    /// Two pages, so that the second is asked for.
    fn list(&self, token: &str) -> Value {
        if token.is_empty() {
            return Value::object([("stateMachines", Value::array([])), ("nextToken", "more".into())]);
        }
        let machines = self.machines.keys().map(|name| {
            Value::object([
                ("stateMachineArn", Value::from(arn(name))),
                ("name", name.as_str().into()),
                ("type", "STANDARD".into()),
                ("creationDate", 1.into()),
            ])
        });
        Value::object([("stateMachines", Value::array(machines))])
    }

    fn create(&mut self, asked: &Value, name: &str) -> Value {
        let mut fields = asked.as_object().cloned().unwrap_or_default();
        fields.insert("stateMachineArn".into(), arn(name).into());
        fields.insert("status".into(), "ACTIVE".into());
        fields.insert("creationDate".into(), 1.into());
        let mut machine = Machine { fields, ..Machine::default() };
        machine.tag(&asked["tags"]);
        let mut answer = vec![("stateMachineArn", Value::from(arn(name))), ("creationDate", 1.into())];
        if asked["publish"].as_bool() == Some(true) {
            answer.push(("stateMachineVersionArn", machine.publish()));
        }
        self.machines.insert(name.to_owned(), machine);
        Value::object(answer)
    }

    fn update(&mut self, asked: &Value, arn: &str) -> Answer {
        let machine = self.machine(arn)?;
        machine.fields.extend(asked.as_object().cloned().unwrap_or_default());
        machine.revision += 1;
        let mut answer = vec![("updateDate", Value::from(1))];
        if asked["publish"].as_bool() == Some(true) {
            answer.push(("stateMachineVersionArn", machine.publish()));
        }
        Ok(Value::object(answer))
    }

    fn describe(&mut self, arn: &str) -> Answer {
        if let Ok(machine) = self.machine(arn) {
            return Ok(Value::from(machine.described()));
        }
        let (machine, version) = arn.rsplit_once(':').ok_or("InvalidArn")?;
        let version: usize = version.parse().map_err(|_| "InvalidArn")?;
        let versions = &self.machine(machine)?.versions;
        version
            .checked_sub(1)
            .and_then(|index| versions.get(index))
            .cloned()
            .map(Value::from)
            .ok_or("StateMachineDoesNotExist")
    }
}

impl Machine {
    fn revision_id(&self) -> Option<String> {
        (self.revision > 0).then(|| format!("revision-{}", self.revision))
    }

    fn described(&self) -> Map {
        let mut fields = self.fields.clone();
        fields.extend(self.revision_id().map(|id| ("revisionId", id.into())));
        fields
    }

    /// A version of what is there; the one that there is already, where there is one.
    fn publish(&mut self) -> Value {
        let revision = |fields: &Map| fields.get("revisionId").cloned();
        let mut fields = self.described();
        if let Some(newest) = self.versions.last().filter(|newest| revision(newest) == revision(&fields)) {
            return newest["stateMachineArn"].clone();
        }
        let number = self.versions.len() + 1;
        let arn =
            Value::from(format!("{}:{number}", self.fields["stateMachineArn"].as_str().unwrap_or_default()));
        fields.insert("stateMachineArn".into(), arn.clone());
        self.versions.push(fields);
        arn
    }

    fn tag(&mut self, tags: &Value) {
        for tag in tags.as_array().unwrap_or_default() {
            self.tags.insert(tag["key"].as_str().unwrap_or_default().into(), tag["value"].clone());
        }
    }
}
