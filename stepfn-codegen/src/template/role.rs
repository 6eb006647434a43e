//! Roles.

use super::{Machine, Template, attribute};
use crate::tree::Node;

impl Template {
    /// The ARN of the role that the machine runs as: the deployment's, or that of a role which the template makes.
    pub(crate) fn role(&mut self, machine: &Machine<'_>) -> Node {
        if let Some(role) = &machine.deployment.role {
            return self.identifier(role, &machine.definition().substitutions);
        }
        let id = self.claim(&format!("{}Role", machine.id));
        let policies = self.policies(machine, &id);
        let properties =
            Node::map([("AssumeRolePolicyDocument", trust("states.amazonaws.com")), ("Policies", policies)]);
        self.resource(&id, "AWS::IAM::Role", properties);
        attribute(&id, "Arn")
    }

    /// A role of a service that may do one thing: the resources of each action.
    pub(super) fn service_role(&mut self, wanted: &str, service: &str, allowed: Vec<(&str, Node)>) -> Node {
        let id = self.claim(wanted);
        let statements = allowed.into_iter().map(|(action, resource)| {
            Node::map([
                ("Effect", Node::text("Allow")),
                ("Action", Node::text(action)),
                ("Resource", resource),
            ])
        });
        let policy = Node::map([
            ("PolicyName", Node::Text(id.clone())),
            (
                "PolicyDocument",
                Node::map([
                    ("Version", Node::text("2012-10-17")),
                    ("Statement", Node::List(statements.collect())),
                ]),
            ),
        ]);
        let properties =
            Node::map([("AssumeRolePolicyDocument", trust(service)), ("Policies", Node::List(vec![policy]))]);
        self.resource(&id, "AWS::IAM::Role", properties);
        attribute(&id, "Arn")
    }
}

/// Returns the trust policy of the role.
fn trust(service: &str) -> Node {
    Node::map([
        ("Version", Node::text("2012-10-17")),
        (
            "Statement",
            Node::List(vec![Node::map([
                ("Effect", Node::text("Allow")),
                ("Principal", Node::map([("Service", Node::text(service))])),
                ("Action", Node::text("sts:AssumeRole")),
            ])]),
        ),
    ])
}
