//! `aws_sfn_state_machine`, and everything around it.

use super::{
    Machine, Module,
    strings::{attribute, escaped, literal, snake},
};
use crate::{
    asl::{self, Portable},
    error::Error,
    template::logical_id,
    tree::Node,
};
use stepfn_core::deployment::{Alias, Routing};

impl Module {
    /// The machine and all that leads to it or hears of it.
    pub(super) fn machine(&mut self, machine: &Machine<'_>) -> Result<(), Error> {
        let (deployment, definition) = (machine.deployment, machine.definition());
        let substitutions = &definition.substitutions;
        let file = asl::file_name(definition);
        let Portable { text, substituted } = asl::portable(definition);
        let text = self.definition_text(&file, &text, &substituted, substitutions);
        let (role, policy) = self.role(machine);
        let mut entries = vec![
            ("name", self.text(&definition.name, substitutions)),
            ("type", Node::text(definition.workflow_type.name())),
            ("role_arn", role),
            ("definition", Node::Text(format!("${{{text}}}"))),
        ];
        if deployment.publishes() {
            entries.push(("publish", Node::Bool(true)));
            let description = deployment.version.as_ref().and_then(|version| version.description.as_ref());
            entries.extend(description.map(|text| ("version_description", literal(text))));
        }
        entries.extend(self.logging(machine).map(|node| ("logging_configuration", node)));
        if definition.tracing {
            entries.push(("tracing_configuration", Node::map([("enabled", Node::Bool(true))])));
        }
        if let Some(encryption) = &deployment.encryption {
            let mut node = Vec::new();
            if let Some((key, reuse)) = encryption.customer_managed_key() {
                let key = self.identifier(key, substitutions);
                node.extend([("type", Node::text("CUSTOMER_MANAGED_KMS_KEY")), ("kms_key_id", key)]);
                let seconds = reuse.map(|seconds| Node::Number(seconds.to_string()));
                node.extend(seconds.map(|seconds| ("kms_data_key_reuse_period_seconds", seconds)));
            } else {
                node.push(("type", Node::text("AWS_OWNED_KEY")));
            }
            entries.push(("encryption_configuration", Node::map(node)));
        }
        if !deployment.tags.is_empty() {
            let tags = deployment.tags.iter();
            let tags = tags.map(|(key, value)| (escaped(key), self.text(value, substitutions)));
            entries.push(("tags", Node::map(tags)));
        }
        // What the module does not make is there before it.
        let own = logical_id(&definition.short_name());
        let first = deployment.depends_on.iter().filter(|id| **id != own);
        let first = first.filter_map(|id| self.machines.get(id));
        let first = first.map(|name| format!("aws_sfn_state_machine.{name}"));
        // AWS looks at the role's permissions when it makes the machine: for its logs, its traces, its key.
        let first: Vec<Node> = first.chain(policy).map(Node::Text).collect();
        if !first.is_empty() {
            entries.push(("depends_on", Node::List(first)));
        }
        if deployment.retain {
            entries.push(("lifecycle", Node::map([("prevent_destroy", Node::Bool(true))])));
        }
        self.resource("aws_sfn_state_machine", &machine.name, entries);

        let mut target = None;
        for alias in &deployment.aliases {
            let arn = self.alias(machine, alias)?;
            target.get_or_insert(arn);
        }
        self.triggers(machine, &target.unwrap_or_else(|| machine.arn()));
        self.alarms(machine);
        self.notifications(machine);
        Ok(())
    }

    /// Returns the alias's ARN.
    fn alias(&mut self, machine: &Machine<'_>, alias: &Alias) -> Result<Node, Error> {
        let name = self.claim(&format!("{}_{}", machine.name, snake(&alias.name)));
        let latest = attribute("aws_sfn_state_machine", &machine.name, "state_machine_version_arn");
        let route = |version: Node, weight: u32| {
            Node::map([("state_machine_version_arn", version), ("weight", Node::Number(weight.to_string()))])
        };
        let routes = match &alias.routing {
            Routing::Latest => vec![route(latest, 100)],
            Routing::Split { version, weight } => {
                let version = self.identifier(version, &machine.definition().substitutions);
                vec![route(latest, 100_u32.saturating_sub(*weight)), route(version, *weight)]
            }
            Routing::AllAtOnce if alias.alarms.is_empty() => vec![route(latest, 100)],
            _ => {
                return Err(Error::Unsupported {
                    machine: machine.definition().name.clone(),
                    at: format!("aliases.{}", alias.name),
                    format: "Terraform",
                    what: "does not shift traffic step by step; leave out `canary`, `linear` and `alarm`, or use `route`",
                });
            }
        };
        let mut entries = vec![("name", literal(&alias.name))];
        entries.extend(alias.description.as_ref().map(|text| ("description", literal(text))));
        entries.push(("routing_configuration", Node::List(routes)));
        self.resource("aws_sfn_alias", &name, entries);
        Ok(attribute("aws_sfn_alias", &name, "arn"))
    }

    fn logging(&mut self, machine: &Machine<'_>) -> Option<Node> {
        let definition = machine.definition();
        let logging = definition.logging.as_ref()?;
        let mut entries = vec![
            ("level", Node::text(logging.level.name())),
            ("include_execution_data", Node::Bool(logging.include_execution_data)),
        ];
        let given = logging.destinations.first().map(|text| self.text(text, &definition.substitutions));
        if let Some(destination) = given.or_else(|| self.log_group(machine)) {
            entries.push(("log_destination", destination));
        }
        Some(Node::map(entries))
    }

    /// Makes the machine's log group, and gives its ARN as Step Functions wants it.
    fn log_group(&mut self, machine: &Machine<'_>) -> Option<Node> {
        let group = machine.deployment.log_group.as_ref()?;
        let mut entries = vec![("name", self.identifier(&group.name, &machine.definition().substitutions))];
        if let Some(days) = group.retention_in_days {
            entries.push(("retention_in_days", Node::Number(days.to_string())));
        }
        // What was logged stays when the machine goes, as in CloudFormation.
        entries.push(("skip_destroy", Node::Bool(true)));
        self.resource("aws_cloudwatch_log_group", &machine.name, entries);
        Some(Node::Text(format!("${{aws_cloudwatch_log_group.{}.arn}}:*", machine.name)))
    }
}
