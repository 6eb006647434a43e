//! Versions and aliases.

use serde_json::{Value, json};
use stepfn_durable::store::{
    Alias, AliasPut, AliasesOf, Deleted, Machine, Publish, PutAlias, Route, Version, VersionId, VersionsOf,
};

use super::{Api, machines::Details, put_some, seconds};
use crate::{
    arn,
    error::{ApiError, Reply},
    request::Request,
};

/// The target of a machine's ARN: its current revision, that of a version, or that which an alias picks.
pub(super) struct Target {
    pub(super) machine: Machine,
    pub(super) revision: String,
    pub(super) version: Option<Version>,
    pub(super) alias: Option<Alias>,
}

impl Api {
    pub(super) async fn target(&self, given: &str) -> Result<Target, ApiError> {
        let (machine_arn, qualifier) = arn::machine(given)?;
        let missing = || ApiError::no_machine(given);
        let machine = self.host.store().machine(machine_arn.clone()).await?.ok_or_else(missing)?;
        let Some(qualifier) = qualifier else {
            let revision = machine.revision.clone();
            return Ok(Target { machine, revision, version: None, alias: None });
        };
        let (number, alias) = match qualifier.parse::<i64>() {
            Ok(number) => (number, None),
            Err(_) => {
                let alias = self.host.store().alias(given.to_owned()).await?.ok_or_else(missing)?;
                {
                    let [chance, ..] = *uuid::Uuid::new_v4().as_bytes();
                    (alias.pick(chance).ok_or_else(missing)?, Some(alias))
                }
            }
        };
        let id = VersionId { machine: machine_arn, number };
        let version = self.host.store().version(id).await?.ok_or_else(missing)?;
        Ok(Target { machine, revision: version.revision.clone(), version: Some(version), alias })
    }

    pub(super) async fn publish(&self, request: &Request) -> Reply {
        let (machine, _) = arn::machine(request.arn("stateMachineArn")?)?;
        let revision = match request.optional("revisionId") {
            Some("INITIAL") => Some(self.initial_revision(&machine).await?),
            revision => revision.map(str::to_owned),
        };
        let description = request.optional("description").unwrap_or_default().to_owned();
        let at = self.now();
        let asked = revision.clone().unwrap_or_default();
        let publish = Publish { machine: machine.clone(), revision, description, most: 1000, at };
        let published = self.host.store().publish(publish).await?;
        let version = self.published(published, &machine, &asked)?;
        let known = match &version {
            Some(arn) => self.target(arn).await?.version,
            None => None,
        };
        let created = known.map_or(at, |version| version.created);
        Ok(json!({ "stateMachineVersionArn": version, "creationDate": seconds(created) }))
    }

    /// The revision of a machine that was never changed; what no revision is where it was.
    async fn initial_revision(&self, machine: &str) -> Result<String, ApiError> {
        let known = self.known_machine(machine).await?;
        let revision = self.revision_of(&known).await?;
        let is_updated = Details::read(&revision.details).is_updated(&revision, &known);
        Ok(if is_updated { "INITIAL".to_owned() } else { revision.id })
    }

    pub(super) async fn delete_version(&self, request: &Request) -> Reply {
        let given = request.arn("stateMachineVersionArn")?;
        let (machine, qualifier) = arn::machine(given)?;
        let Some(number) = qualifier.and_then(|number| number.parse().ok()) else {
            return Err(ApiError::arn(format_args!("Invalid ARN prefix: {given}")));
        };
        match self.host.store().delete_version(VersionId { machine, number }).await? {
            Deleted::InUse(aliases) => {
                let names: Vec<&str> = aliases.iter().map(|alias| stepfn_core::arn::last(alias)).collect();
                Err(ApiError::new(
                    "ConflictException",
                    format!(
                        "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [{}]",
                        names.join(", ")
                    ),
                ))
            }
            Deleted::Done | Deleted::Waits | Deleted::Missing => Ok(json!({})),
        }
    }

    pub(super) async fn list_versions(&self, request: &Request) -> Reply {
        let (machine, _) = arn::machine(request.arn("stateMachineArn")?)?;
        let list = format!("versions {machine}");
        let page = self.page(request, &list)?;
        let page = self.host.store().versions(VersionsOf { machine, page }).await?;
        let items = page.items.iter().map(|version| {
            json!({
                "stateMachineVersionArn": format!("{}:{}", version.machine, version.number),
                "creationDate": seconds(version.created),
            })
        });
        Ok(self.paged("stateMachineVersions", &list, items.collect(), page.next))
    }

    pub(super) async fn create_alias(&self, request: &Request) -> Reply {
        let name = request.text("name")?;
        let (machine, routes) = routes(request)?.unwrap_or_default();
        let description = request.optional("description").map(str::to_owned);
        let now = self.now();
        let alias = Alias {
            arn: format!("{machine}:{name}"),
            machine,
            name: name.to_owned(),
            description,
            routes,
            created: now,
            updated: now,
        };
        let put = PutAlias { alias: alias.clone(), new: true, most: 100 };
        let known = match self.host.store().put_alias(put).await? {
            AliasPut::Done(known) => known,
            AliasPut::Exists(known)
                if known.routes == alias.routes && known.description == alias.description =>
            {
                known
            }
            AliasPut::Exists(_) => {
                return Err(ApiError::new(
                    "ConflictException",
                    "Failed to create alias because an alias with the same name and a different routing configuration already exists.",
                ));
            }
            other => return Err(not_put(&other)),
        };
        Ok(json!({ "stateMachineAliasArn": known.arn, "creationDate": seconds(known.created) }))
    }

    async fn known_alias(&self, given: &str) -> Result<Alias, ApiError> {
        arn::machine(given)?;
        self.host.store().alias(given.to_owned()).await?.ok_or_else(ApiError::no_resource)
    }

    pub(super) async fn update_alias(&self, request: &Request) -> Reply {
        let known = self.known_alias(request.arn("stateMachineAliasArn")?).await?;
        let description = request.optional("description").map(str::to_owned);
        let routes = routes(request)?.map(|(_, routes)| routes);
        if description.is_none() && routes.is_none() {
            return Err(ApiError::new(
                "MissingRequiredParameter",
                "Either the description or the routing configuration must be specified",
            ));
        }
        let at = self.now();
        let alias = Alias {
            description: description.or(known.description),
            routes: routes.unwrap_or(known.routes),
            updated: at,
            arn: known.arn,
            machine: known.machine,
            name: known.name,
            created: known.created,
        };
        match self.host.store().put_alias(PutAlias { alias, new: false, most: 100 }).await? {
            AliasPut::Done(_) => Ok(json!({ "updateDate": seconds(at) })),
            other => Err(not_put(&other)),
        }
    }

    pub(super) async fn describe_alias(&self, request: &Request) -> Reply {
        let alias = self.known_alias(request.arn("stateMachineAliasArn")?).await?;
        let routing = alias.routes.iter().map(|route| {
            json!({
                "stateMachineVersionArn": format!("{}:{}", alias.machine, route.version),
                "weight": route.weight,
            })
        });
        let mut reply = json!({
            "stateMachineAliasArn": alias.arn,
            "name": alias.name,
            "routingConfiguration": routing.collect::<Vec<_>>(),
            "creationDate": seconds(alias.created),
            "updateDate": seconds(alias.updated),
        });
        put_some(&mut reply, "description", alias.description.clone());
        Ok(reply)
    }

    pub(super) async fn delete_alias(&self, request: &Request) -> Reply {
        let given = request.arn("stateMachineAliasArn")?;
        arn::machine(given)?;
        match self.host.store().delete_alias(given.to_owned()).await? {
            Deleted::Done | Deleted::Waits | Deleted::Missing | Deleted::InUse(_) => Ok(json!({})),
        }
    }

    pub(super) async fn list_aliases(&self, request: &Request) -> Reply {
        let (machine, version) = arn::machine(request.arn("stateMachineArn")?)?;
        self.known_machine(&machine).await?;
        let version = version.and_then(|number| number.parse().ok());
        let list = format!("aliases {machine} {version:?}");
        let page = self.page(request, &list)?;
        let page = self.host.store().aliases(AliasesOf { machine, version, page }).await?;
        let items = page.items.iter().map(
            |alias| json!({ "stateMachineAliasArn": alias.arn, "creationDate": seconds(alias.created) }),
        );
        Ok(self.paged("stateMachineAliases", &list, items.collect(), page.next))
    }
}

fn not_put(put: &AliasPut) -> ApiError {
    match put {
        AliasPut::TooMany => ApiError::new(
            "ServiceQuotaExceededException",
            "The state machine has as many aliases as it may have",
        ),
        _ => ApiError::no_resource(),
    }
}

/// The machine and the versions of a routing configuration.
fn routes(request: &Request) -> Result<Option<(String, Vec<Route>)>, ApiError> {
    let Some(list) = request.list("routingConfiguration") else { return Ok(None) };
    let invalid = |what: &str| ApiError::new("ValidationException", what);
    let received = |what: &str| {
        let arns = list.iter().map(|entry| entry["stateMachineVersionArn"].as_str().unwrap_or_default());
        let arns = arns.collect::<Vec<_>>().join(", ");
        ApiError::new(
            "ValidationException",
            format!("Routing configuration must contain {what}. Received: [{arns}]"),
        )
    };
    let mut machine = None;
    let mut routes = Vec::new();
    for entry in list {
        let given = entry.get("stateMachineVersionArn").and_then(Value::as_str).unwrap_or_default();
        let weight = entry.get("weight").and_then(Value::as_i64).unwrap_or(0);
        let (of, qualifier) = arn::machine(given)?;
        let Some(version) = qualifier.and_then(|number| number.parse().ok()) else {
            return Err(received("state machine version ARNs"));
        };
        if *machine.get_or_insert_with(|| of.clone()) != of {
            return Err(invalid("The versions of a routing configuration must be of one state machine"));
        }
        if routes.iter().any(|route: &Route| route.version == version) {
            return Err(received("distinct state machine version ARNs"));
        }
        routes.push(Route { version, weight });
    }
    match machine {
        Some(machine) if routes.len() <= 2 => {
            if routes.iter().map(|route| route.weight).sum::<i64>() == 100 {
                return Ok(Some((machine, routes)));
            }
            let weights: Vec<String> = routes.iter().map(|route| route.weight.to_string()).collect();
            let weights = weights.join(", ");
            Err(invalid(&format!(
                "Sum of routing configuration weights must equal 100. Received: [{weights}]"
            )))
        }
        _ => Err(invalid("A routing configuration has one or two versions")),
    }
}
