//! The deployed state machine: the reading side of the API.

use aws_sdk_sfn::{
    Client,
    operation::describe_state_machine::DescribeStateMachineOutput,
    types::{RoutingConfigurationListItem, StateMachineStatus},
};
use indexmap::IndexMap;
use stepfn_core::asl::{self, StateMachine};

use crate::{error::Error, plan::Route};

/// The name in DescribeStateMachine of the revision that `CreateStateMachine` makes, where it has one.
const FIRST_REVISION: &str = "INITIAL";

/// The ARN of the state machine of a name, in the client's account and region.
pub(crate) async fn find(client: &Client, name: &str) -> Result<Option<String>, Error> {
    let mut machines = client.list_state_machines().into_paginator().items().send();
    while let Some(machine) = machines.next().await {
        let machine = machine.map_err(|error| Error::of_call("ListStateMachines", &error))?;
        if machine.name() == name {
            return Ok(Some(machine.state_machine_arn().to_owned()));
        }
    }
    Ok(None)
}

pub(crate) async fn describe(client: &Client, arn: &str) -> Result<DescribeStateMachineOutput, Error> {
    let answer = client.describe_state_machine().state_machine_arn(arn).send().await;
    answer.map_err(|error| Error::of_call("DescribeStateMachine", &error))
}

/// The deployed definition, to be compared.
pub(crate) fn machine(described: &DescribeStateMachineOutput) -> Result<StateMachine, Error> {
    let unreadable = |reason: String| Error::Unreadable { machine: described.name().to_owned(), reason };
    if described.status() == Some(&StateMachineStatus::Deleting) {
        return Err(unreadable("it is being deleted".to_owned()));
    }
    asl::read_str(described.definition())
        .map(|(machine, _)| machine)
        .map_err(|error| unreadable(error.to_string()))
}

/// Returns `true` if both are of one revision. An emulator that counts no revisions is asked by what they hold.
pub(crate) fn is_same_revision(one: &DescribeStateMachineOutput, other: &DescribeStateMachineOutput) -> bool {
    let revision =
        |machine: &DescribeStateMachineOutput| machine.revision_id().unwrap_or(FIRST_REVISION).to_owned();
    revision(one) == revision(other)
        && one.definition() == other.definition()
        && one.role_arn() == other.role_arn()
}

/// The tags that whoever deploys can change: those of `aws:` are AWS's own, such as CloudFormation's.
pub(crate) async fn tags(client: &Client, arn: &str) -> Result<IndexMap<String, String>, Error> {
    let answer = client.list_tags_for_resource().resource_arn(arn).send().await;
    let answer = answer.map_err(|error| Error::of_call("ListTagsForResource", &error))?;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let tags = answer.tags().iter().map(|tag| (text(tag.key()), text(tag.value())));
    Ok(tags.filter(|(key, _)| !key.starts_with("aws:")).collect())
}

/// The version of what is deployed, where there is one. Versions come newest first, so that only the first can be it.
pub(crate) async fn version(
    client: &Client,
    current: &DescribeStateMachineOutput,
) -> Result<Option<String>, Error> {
    let answer = client
        .list_state_machine_versions()
        .state_machine_arn(current.state_machine_arn())
        .max_results(1)
        .send()
        .await;
    let answer = answer.map_err(|error| Error::of_call("ListStateMachineVersions", &error))?;
    let Some(newest) = answer.state_machine_versions().first() else { return Ok(None) };
    let newest = newest.state_machine_version_arn();
    let described = describe(client, newest).await?;
    Ok(is_same_revision(&described, current).then(|| newest.to_owned()))
}

/// An alias as it is.
#[derive(Clone, Debug)]
pub(crate) struct DeployedAlias {
    pub(crate) description: Option<String>,
    pub(crate) routes: Vec<Route>,
}

pub(crate) async fn alias(
    client: &Client,
    machine: &str,
    name: &str,
) -> Result<Option<DeployedAlias>, Error> {
    let arn = format!("{machine}:{name}");
    let answer = match client.describe_state_machine_alias().state_machine_alias_arn(arn).send().await {
        Ok(answer) => answer,
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found()) => {
            return Ok(None);
        }
        Err(error) => return Err(Error::of_call("DescribeStateMachineAlias", &error)),
    };
    let routes = answer.routing_configuration().iter().filter(|item| item.weight() > 0).map(route);
    Ok(Some(DeployedAlias { description: answer.description().map(str::to_owned), routes: routes.collect() }))
}

fn route(item: &RoutingConfigurationListItem) -> Route {
    Route {
        version_arn: item.state_machine_version_arn().to_owned(),
        percent: u8::try_from(item.weight()).unwrap_or(100).min(100),
    }
}
