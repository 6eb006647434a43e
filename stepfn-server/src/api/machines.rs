//! State machines and their revisions.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stepfn_core::{
    definition::{Definition, WorkflowType},
    validate,
};
use stepfn_durable::store::{
    self, Created, Deleted, Machine, MachineKind, NewMachine, Published, Revision, Tag, Update,
};

use stepfn_executor::ExecutorBuilder;

use super::{Api, activities, executions::with_data, put, put_some, seconds, variables};
use crate::{
    arn::{self, Named},
    error::{ApiError, Reply},
    request::Request,
};

/// The settings of a machine of the program beside its definition, for [`HostBuilder::details`](stepfn_durable::HostBuilder::details):
/// its role, which has no meaning here, its logging and its tracing.
pub fn details(definition: &Definition, account: &str) -> String {
    let mut details = json!({ "roleArn": format!("arn:aws:iam::{account}:role/stepfn") });
    if let Some(logging) = &definition.logging {
        let groups = logging.destinations.iter();
        let groups = groups.map(|arn| json!({ "cloudWatchLogsLogGroup": { "logGroupArn": arn } }));
        let logging = json!({
            "level": logging.level.name(),
            "includeExecutionData": logging.include_execution_data,
            "destinations": groups.collect::<Vec<_>>(),
        });
        put(&mut details, "loggingConfiguration", logging);
    }
    if definition.tracing {
        put(&mut details, "tracingConfiguration", json!({ "enabled": true }));
    }
    details.to_string()
}

/// Sets what an executor needs of the details: its role, which histories and the context object have.
/// For [`HostBuilder::by_details`](stepfn_durable::HostBuilder::by_details).
pub fn by_details(details: &str, builder: ExecutorBuilder) -> ExecutorBuilder {
    match Details::read(details).role().as_str() {
        Some(role) if !role.is_empty() => builder.role_arn(role),
        _ => builder,
    }
}

/// The settings of a revision beside its definition.
pub(super) struct Details(Value);

impl Details {
    pub(super) fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_else(|_| json!({})))
    }

    fn role(&self) -> Value {
        self.0.get("roleArn").cloned().unwrap_or_else(|| "".into())
    }

    fn logging(&self) -> Value {
        let off = || json!({ "level": "OFF", "includeExecutionData": false });
        self.0.get("loggingConfiguration").cloned().unwrap_or_else(off)
    }

    /// Returns `true` if a revision is not the first of its machine.
    pub(super) fn is_updated(&self, revision: &Revision, machine: &Machine) -> bool {
        self.0.get("updated").is_some() || revision.created != machine.created
    }

    fn tracing(&self) -> Value {
        self.0.get("tracingConfiguration").cloned().unwrap_or_else(|| json!({ "enabled": false }))
    }
}

pub(super) fn kind(request: &Request) -> MachineKind {
    match request.optional("type") {
        Some("EXPRESS") => MachineKind::Express,
        _ => MachineKind::Standard,
    }
}

pub(super) fn workflow_type(kind: MachineKind) -> WorkflowType {
    match kind {
        MachineKind::Standard => WorkflowType::Standard,
        MachineKind::Express => WorkflowType::Express,
    }
}

pub(super) fn type_name(kind: MachineKind) -> &'static str {
    match kind {
        MachineKind::Standard => "STANDARD",
        MachineKind::Express => "EXPRESS",
    }
}

fn description_without_version() -> ApiError {
    ApiError::new("ValidationException", "Version description can only be set when publish is true")
}

fn checked(definition: &str, kind: MachineKind) -> Result<(), ApiError> {
    match validate::validate(definition, workflow_type(kind)).refusal() {
        Some(refusal) => Err(ApiError::new("InvalidDefinition", refusal)),
        None => Ok(()),
    }
}

/// `encryptionConfiguration`, of machines and activities. Nothing is encrypted here, so none but AWS's own key is taken.
pub(super) fn encryption(request: &Request) -> Result<(), ApiError> {
    let given = request.get("encryptionConfiguration");
    let is_own = given.is_none_or(|given| given.get("type").and_then(Value::as_str) == Some("AWS_OWNED_KEY"));
    if is_own && given.is_none_or(|given| given.get("kmsKeyId").is_none_or(Value::is_null)) {
        return Ok(());
    }
    Err(ApiError::new(
        "InvalidEncryptionConfiguration",
        "Invalid Encryption Configuration: this server has no KMS keys; leave it out, or use the type AWS_OWNED_KEY",
    ))
}

/// Returns the `encryptionConfiguration` of an answer.
pub(super) fn no_encryption() -> Value {
    json!({ "type": "AWS_OWNED_KEY" })
}

/// `loggingConfiguration` as it is kept.
fn logging(request: &Request) -> Result<Option<Value>, ApiError> {
    let Some(logging) = request.get("loggingConfiguration") else { return Ok(None) };
    let level = logging.get("level").and_then(Value::as_str).unwrap_or("OFF");
    let destinations = logging.get("destinations").and_then(Value::as_array).map_or(0, Vec::len);
    if level != "OFF" && destinations != 1 {
        return Err(ApiError::new(
            "InvalidLoggingConfiguration",
            "Invalid Logging Configuration: Must specify exactly one Log Destination.",
        ));
    }
    let mut kept = logging.clone();
    put(&mut kept, "level", level.into());
    if logging.get("includeExecutionData").is_none() {
        put(&mut kept, "includeExecutionData", false.into());
    }
    Ok(Some(kept))
}

impl Api {
    pub(super) async fn create_machine(&self, request: &Request) -> Reply {
        let name = request.text("name")?;
        if !arn::is_name(name) {
            return Err(ApiError::new("InvalidName", format!("Invalid Name: '{name}'")));
        }
        let definition = request.text("definition")?;
        let role = request.text("roleArn")?;
        arn::role(role)?;
        let kind = kind(request);
        let publish = request.flag("publish");
        let description = request.optional("versionDescription");
        if description.is_some() && !publish {
            return Err(description_without_version());
        }
        encryption(request)?;
        let tags = activities::tags(request, &self.arn("stateMachine", name))?;
        checked(definition, kind)?;
        let mut details = json!({ "roleArn": role });
        put_some(&mut details, "loggingConfiguration", logging(request)?);
        put_some(&mut details, "tracingConfiguration", request.get("tracingConfiguration").cloned());
        let machine_arn = self.arn("stateMachine", name);
        let revision = self.revision(&machine_arn, definition, &details);
        let new = NewMachine {
            arn: machine_arn.clone(),
            name: name.to_owned(),
            kind,
            revision: revision.clone(),
            tags,
            publish: publish.then(|| description.unwrap_or_default().to_owned()),
        };
        let created = match self.host.store().create_machine(new).await? {
            Created::New => revision.created,
            Created::Exists(known) => {
                let known_revision = self.revision_of(&known).await?;
                let (old, new) = (Details::read(&known_revision.details), Details(details));
                let same = known.kind == kind
                    && known_revision.definition == definition
                    && old.logging() == new.logging()
                    && old.tracing() == new.tracing();
                if known.deleting {
                    return Err(ApiError::new(
                        "StateMachineDeleting",
                        format!("State Machine is deleting: '{machine_arn}'"),
                    ));
                }
                if !same {
                    return Err(ApiError::new(
                        "StateMachineAlreadyExists",
                        format!("State Machine Already Exists: '{machine_arn}'"),
                    ));
                }
                known.created
            }
        };
        let mut reply = json!({ "stateMachineArn": machine_arn, "creationDate": seconds(created) });
        if publish {
            put(&mut reply, "stateMachineVersionArn", format!("{machine_arn}:1").into());
        }
        Ok(reply)
    }

    fn revision(&self, machine: &str, definition: &str, details: &Value) -> Revision {
        Revision {
            id: uuid::Uuid::new_v4().to_string(),
            machine: machine.to_owned(),
            definition: definition.to_owned(),
            details: details.to_string(),
            created: self.now(),
        }
    }

    pub(super) async fn update_machine(&self, request: &Request) -> Reply {
        let (machine_arn, qualifier) = arn::machine(request.arn("stateMachineArn")?)?;
        if qualifier.is_some() {
            return Err(ApiError::no_machine(request.arn("stateMachineArn")?));
        }
        let definition = request.optional("definition");
        let role = request.optional("roleArn");
        role.map_or(Ok(()), arn::role)?;
        let logging = logging(request)?;
        let tracing = request.get("tracingConfiguration").cloned();
        let encryption = request.get("encryptionConfiguration");
        if definition.is_none()
            && role.is_none()
            && logging.is_none()
            && tracing.is_none()
            && encryption.is_none()
        {
            return Err(ApiError::new(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, the EncryptionConfiguration, or the TracingConfiguration must be specified",
            ));
        }
        self::encryption(request)?;
        let publish = request.flag("publish");
        let description = request.optional("versionDescription");
        if description.is_some() && !publish {
            return Err(description_without_version());
        }
        let description = description.unwrap_or_default();
        let machine = self.known_machine(&machine_arn).await?;
        let before = self.revision_of(&machine).await?;
        let definition = definition.unwrap_or(&before.definition);
        checked(definition, machine.kind)?;
        let mut details = Details::read(&before.details).0;
        put_some(&mut details, "roleArn", role);
        put_some(&mut details, "loggingConfiguration", logging);
        put_some(&mut details, "tracingConfiguration", tracing);
        let is_same = definition == before.definition && Details::read(&before.details).0 == details;
        put(&mut details, "updated", true.into());
        let revision = self.revision(&machine_arn, definition, &details);
        let (at, id) = (revision.created, revision.id.clone());
        let publish = publish.then(|| description.to_owned());
        let published = if is_same {
            match publish {
                None => Published::Done(None),
                Some(description) => {
                    let publish = store::Publish {
                        machine: machine_arn.clone(),
                        revision: None,
                        description,
                        most: 1000,
                        at,
                    };
                    self.host.store().publish(publish).await?
                }
            }
        } else {
            self.host.store().update_machine(Update { revision, publish }).await?
        };
        let version = self.published(published, &machine_arn, &id)?;
        let id = if is_same { before.id } else { id };
        let mut reply = json!({ "updateDate": seconds(at), "revisionId": id });
        put_some(&mut reply, "stateMachineVersionArn", version);
        Ok(reply)
    }

    /// The ARN of a version that was asked for.
    pub(super) fn published(
        &self,
        published: Published,
        machine: &str,
        revision: &str,
    ) -> Result<Option<String>, ApiError> {
        match published {
            Published::Done(version) => Ok(version.map(|version| format!("{machine}:{}", version.number))),
            Published::Conflict(current) => Err(ApiError::new(
                "ConflictException",
                format!(
                    "Failed to publish the State Machine version for revision {revision}. The current State Machine revision is {current}."
                ),
            )),
            Published::Deleting => {
                Err(ApiError::new("StateMachineDeleting", format!("State Machine is deleting: '{machine}'")))
            }
            Published::TooMany => Err(ApiError::new(
                "ServiceQuotaExceededException",
                "The state machine has as many versions as it may have",
            )),
            Published::Missing => Err(ApiError::no_machine(machine)),
        }
    }

    pub(super) async fn known_machine(&self, machine: &str) -> Result<Machine, ApiError> {
        let known = self.host.store().machine(machine.to_owned()).await?;
        known.ok_or_else(|| ApiError::no_machine(machine))
    }

    pub(super) async fn revision_of(&self, machine: &Machine) -> Result<Revision, ApiError> {
        self.known_revision(&machine.revision).await
    }

    pub(super) async fn known_revision(&self, id: &str) -> Result<Revision, ApiError> {
        // An execution's may have a test case behind it.
        let id = id.split('#').next().unwrap_or(id);
        let known = self.host.store().revision(id.to_owned()).await?;
        known.ok_or_else(|| ApiError::internal(format!("the store has no revision `{id}`")))
    }

    pub(super) async fn describe_machine(&self, request: &Request) -> Reply {
        let given = request.arn("stateMachineArn")?;
        let (of, label) = match arn::read(given)? {
            Named::Map { machine, label } => (machine, Some(label)),
            _ => (given.to_owned(), None),
        };
        let target = self.target(&of).await?;
        let revision = self.known_revision(&target.revision).await?;
        if let Some(label) = &label
            && !has_label(&revision.definition, label)
        {
            return Err(ApiError::no_machine(given));
        }
        let details = Details::read(&revision.details);
        let machine = &target.machine;
        let mut reply = json!({
            "stateMachineArn": given,
            "name": machine.name,
            "status": if machine.deleting { "DELETING" } else { "ACTIVE" },
            "type": type_name(machine.kind),
            "roleArn": details.role(),
            "creationDate": seconds(target.version.as_ref().map_or(machine.created, |version| version.created)),
            "loggingConfiguration": details.logging(),
            "tracingConfiguration": details.tracing(),
            "encryptionConfiguration": no_encryption(),
        });
        put_some(&mut reply, "label", label);
        put_definition(&mut reply, request, &revision.definition);
        if let Some(version) = &target.version
            && !version.description.is_empty()
        {
            put(&mut reply, "description", version.description.as_str().into());
        }
        // A machine that was never changed has none: recorded on AWS.
        if target.version.is_some() || details.is_updated(&revision, machine) {
            put(&mut reply, "revisionId", revision.id.as_str().into());
        }
        Ok(reply)
    }

    pub(super) async fn describe_machine_of(&self, request: &Request) -> Reply {
        let execution_arn = request.arn("executionArn")?;
        arn::execution(execution_arn)?;
        let execution = self.host.describe(execution_arn).await?;
        let revision = self.known_revision(&execution.revision).await?;
        let details = Details::read(&revision.details);
        // A child of a Map Run runs a part of its parent's machine.
        let machine = execution.summary.machine.as_str();
        let (machine, label) =
            machine.split_once('/').map_or((machine, None), |(machine, label)| (machine, Some(label)));
        let mut reply = json!({
            "stateMachineArn": machine,
            "name": stepfn_core::arn::last(machine),
            "roleArn": details.role(),
            "updateDate": seconds(revision.created),
            "loggingConfiguration": details.logging(),
            "tracingConfiguration": details.tracing(),
            "encryptionConfiguration": no_encryption(),
        });
        put_some(&mut reply, "mapRunArn", execution.summary.map_run.clone());
        put_some(&mut reply, "label", label);
        put_definition(&mut reply, request, &revision.definition);
        if let Ok(known) = self.known_machine(machine).await
            && details.is_updated(&revision, &known)
        {
            put(&mut reply, "revisionId", revision.id.as_str().into());
        }
        Ok(reply)
    }

    pub(super) async fn delete_machine(&self, request: &Request) -> Reply {
        let (machine, qualifier) = arn::machine(request.arn("stateMachineArn")?)?;
        if qualifier.is_some() {
            return Err(ApiError::new(
                "ValidationException",
                "Only the state machine itself can be deleted here",
            ));
        }
        match self.host.store().delete_machine(machine).await? {
            Deleted::Done | Deleted::Waits | Deleted::Missing | Deleted::InUse(_) => Ok(json!({})),
        }
    }

    pub(super) async fn list_machines(&self, request: &Request) -> Reply {
        let page = self.page(request, "machines")?;
        let page = self.host.store().machines(page).await?;
        let items = page.items.iter().map(|machine| {
            json!({
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": type_name(machine.kind),
                "creationDate": seconds(machine.created),
            })
        });
        Ok(self.paged("stateMachines", "machines", items.collect(), page.next))
    }
}

/// Whether a definition has a distributed Map of this label.
fn has_label(definition: &str, label: &str) -> bool {
    fn within(value: &Value, label: &str) -> bool {
        match value {
            Value::Object(members) => {
                let is_it = members.get("Label").and_then(Value::as_str) == Some(label)
                    && members.get("Type").and_then(Value::as_str) == Some("Map");
                is_it || members.values().any(|value| within(value, label))
            }
            Value::Array(items) => items.iter().any(|item| within(item, label)),
            _ => false,
        }
    }
    serde_json::from_str(definition).is_ok_and(|definition: Value| within(&definition, label))
}

/// The definition and the variables that it reads, where these are asked for.
fn put_definition(reply: &mut Value, request: &Request, definition: &str) {
    if !with_data(request) {
        return;
    }
    put(reply, "definition", definition.into());
    let references = variables::references(definition);
    if !references.is_empty() {
        put(reply, "variableReferences", json!(references));
    }
}

/// Tags as the API gives them. The last of one key counts.
pub(super) fn read_tags(tags: &[Value]) -> Vec<Tag> {
    let text = |tag: &Value, key: &str| tag.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let tags: BTreeMap<_, _> = tags.iter().map(|tag| (text(tag, "key"), text(tag, "value"))).collect();
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}
