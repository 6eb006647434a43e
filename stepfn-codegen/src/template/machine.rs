//! `AWS::StepFunctions::StateMachine`, and everything around it.

use super::{Machine, Template, attribute, reference};
use crate::tree::Node;
use stepfn_core::deployment::LogGroup;

impl Template {
    /// The machine, its role and its log group.
    pub(crate) fn machine(&mut self, machine: &Machine<'_>) {
        let definition = machine.definition();
        let mut properties = vec![
            ("StateMachineName", self.text(&definition.name, &definition.substitutions)),
            ("StateMachineType", Node::text(definition.workflow_type.name())),
            ("RoleArn", self.role(machine)),
        ];
        if let Some(logging) = self.logging(machine) {
            properties.push(("LoggingConfiguration", logging));
        }
        if definition.tracing {
            properties.push(("TracingConfiguration", Node::map([("Enabled", Node::Bool(true))])));
        }
        if let Some(encryption) = self.encryption(machine) {
            properties.push(("EncryptionConfiguration", encryption));
        }
        if !machine.deployment.tags.is_empty() {
            properties.push(("Tags", self.tags(machine)));
        }
        properties.extend(self.definition(definition));
        let attributes = self.attributes(machine);
        self.resource_with(
            &machine.id,
            "AWS::StepFunctions::StateMachine",
            Node::map(properties),
            attributes,
        );
    }

    /// Returns the attributes beside the properties of the machine's resource.
    pub(crate) fn attributes(&self, machine: &Machine<'_>) -> Vec<(&'static str, Node)> {
        let mut attributes = Vec::new();
        // What the template does not make is there before it.
        let first = machine.deployment.depends_on.iter().filter_map(|id| self.made(id));
        let first: Vec<Node> = first.filter(|id| **id != machine.id).map(Node::text).collect();
        if !first.is_empty() {
            attributes.push(("DependsOn", Node::List(first)));
        }
        if machine.deployment.retain {
            attributes.push(("DeletionPolicy", Node::text("Retain")));
            attributes.push(("UpdateReplacePolicy", Node::text("Retain")));
        }
        attributes
    }

    /// `LoggingConfiguration`, and the log group where one is to be made.
    pub(crate) fn logging(&mut self, machine: &Machine<'_>) -> Option<Node> {
        let definition = machine.definition();
        let logging = definition.logging.as_ref()?;
        let mut destinations: Vec<Node> =
            logging.destinations.iter().map(|text| self.text(text, &definition.substitutions)).collect();
        if machine.deployment.log_group.is_some() {
            destinations.extend(self.log_group(machine));
        }
        let destinations = destinations
            .into_iter()
            .map(|arn| Node::map([("CloudWatchLogsLogGroup", Node::map([("LogGroupArn", arn)]))]));
        let destinations: Vec<_> = destinations.collect();
        let mut entries = vec![
            ("Level", Node::text(logging.level.name())),
            ("IncludeExecutionData", Node::Bool(logging.include_execution_data)),
        ];
        if !destinations.is_empty() {
            entries.push(("Destinations", Node::List(destinations)));
        }
        Some(Node::map(entries))
    }

    /// Makes the machine's log group, and gives its ARN.
    pub(crate) fn log_group(&mut self, machine: &Machine<'_>) -> Option<Node> {
        let group = machine.deployment.log_group.as_ref()?;
        let id = self.claim(&format!("{}LogGroup", machine.id));
        let name = self.identifier(&group.name, &machine.definition().substitutions);
        let (properties, attributes) = log_group_resource(group, name);
        self.resource_with(&id, "AWS::Logs::LogGroup", properties, attributes);
        Some(attribute(&id, "Arn"))
    }

    fn encryption(&mut self, machine: &Machine<'_>) -> Option<Node> {
        let encryption = machine.deployment.encryption.as_ref()?;
        let Some((key, reuse)) = encryption.customer_managed_key() else {
            return Some(Node::map([("Type", Node::text("AWS_OWNED_KEY"))]));
        };
        let key = self.identifier(key, &machine.definition().substitutions);
        let mut entries = vec![("Type", Node::text("CUSTOMER_MANAGED_KMS_KEY")), ("KmsKeyId", key)];
        if let Some(seconds) = reuse {
            entries.push(("KmsDataKeyReusePeriodSeconds", Node::Number(seconds.to_string())));
        }
        Some(Node::map(entries))
    }

    fn tags(&mut self, machine: &Machine<'_>) -> Node {
        let tags = machine.deployment.tags.iter();
        let substitutions = &machine.definition().substitutions;
        let tags = tags.map(|(key, value)| {
            Node::map([("Key", Node::text(key)), ("Value", self.text(value, substitutions))])
        });
        Node::List(tags.collect())
    }

    /// Everything that leads to the machine or hears of it: versions, aliases, triggers, alarms, notifications.
    pub(crate) fn around(&mut self, machine: &Machine<'_>) {
        let target = self.versions(machine).unwrap_or_else(|| reference(&machine.id));
        self.triggers(machine, &target);
        self.alarms(machine);
        self.notifications(machine);
    }
}

/// The properties and the attributes of a log group, which keeps what was logged when its stack goes.
pub(crate) fn log_group_resource(group: &LogGroup, name: Node) -> (Node, Vec<(&'static str, Node)>) {
    let mut properties = vec![("LogGroupName", name)];
    if let Some(days) = group.retention_in_days {
        properties.push(("RetentionInDays", Node::Number(days.to_string())));
    }
    let keep = || Node::text("Retain");
    (Node::map(properties), vec![("DeletionPolicy", keep()), ("UpdateReplacePolicy", keep())])
}
