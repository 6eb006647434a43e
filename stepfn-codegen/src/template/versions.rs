//! Versions and aliases.

use super::{Machine, Template, attribute, pascal, reference};
use crate::tree::Node;
use stepfn_core::deployment::{Alias, Routing};

impl Template {
    /// Publishes a version and points the aliases to it. Gives the ARN of the first alias.
    pub(crate) fn versions(&mut self, machine: &Machine<'_>) -> Option<Node> {
        if !machine.deployment.publishes() {
            return None;
        }
        let id = self.claim(&format!("{}Version", machine.id));
        let mut properties = Vec::new();
        let description =
            machine.deployment.version.as_ref().and_then(|version| version.description.as_ref());
        if let Some(description) = description {
            properties.push(("Description", Node::text(description)));
        }
        properties.extend([
            ("StateMachineArn", reference(&machine.id)),
            // A new revision is a new version, while the one before it stays for those who run it.
            ("StateMachineRevisionId", attribute(&machine.id, "StateMachineRevisionId")),
        ]);
        let keep = [("DeletionPolicy", Node::text("Retain")), ("UpdateReplacePolicy", Node::text("Retain"))];
        self.resource_with(&id, "AWS::StepFunctions::StateMachineVersion", Node::map(properties), keep);

        let mut first = None;
        for alias in &machine.deployment.aliases {
            let alias_id = self.alias(machine, alias, &id);
            first.get_or_insert_with(|| reference(&alias_id));
        }
        first
    }

    fn alias(&mut self, machine: &Machine<'_>, alias: &Alias, version: &str) -> String {
        let substitutions = &machine.definition().substitutions;
        let id = self.claim(&format!("{}{}Alias", machine.id, pascal([alias.name.as_str()])));
        let mut properties = vec![("Name", Node::text(&alias.name))];
        if let Some(description) = &alias.description {
            properties.push(("Description", Node::text(description)));
        }
        let route = |version: Node, weight: u32| {
            Node::map([("StateMachineVersionArn", version), ("Weight", Node::Number(weight.to_string()))])
        };
        match &alias.routing {
            Routing::Latest => {
                let routes = Node::List(vec![route(reference(version), 100)]);
                properties.push(("RoutingConfiguration", routes));
            }
            Routing::Split { version: other, weight } => {
                let other = self.identifier(other, substitutions);
                let rest = 100_u32.saturating_sub(*weight);
                let routes = Node::List(vec![route(reference(version), rest), route(other, *weight)]);
                properties.push(("RoutingConfiguration", routes));
            }
            // Steps of any size are refused before: no template has them.
            preference => {
                let (kind, percentage, interval) = match *preference {
                    Routing::Canary { percentage, interval } => ("CANARY", Some(percentage), Some(interval)),
                    Routing::Linear { percentage, interval } => ("LINEAR", Some(percentage), Some(interval)),
                    _ => ("ALL_AT_ONCE", None, None),
                };
                let mut entries =
                    vec![("StateMachineVersionArn", reference(version)), ("Type", Node::text(kind))];
                entries.extend(percentage.map(|value| ("Percentage", Node::Number(value.to_string()))));
                entries.extend(interval.map(|value| ("Interval", Node::Number(value.to_string()))));
                if !alias.alarms.is_empty() {
                    let alarms = alias.alarms.iter().map(|name| self.identifier(name, substitutions));
                    entries.push(("Alarms", Node::List(alarms.collect())));
                }
                properties.push(("DeploymentPreference", Node::map(entries)));
            }
        }
        self.resource(&id, "AWS::StepFunctions::StateMachineAlias", Node::map(properties));
        id
    }
}
