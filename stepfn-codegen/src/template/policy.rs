//! The policy of a machine's role, in a template.

use super::{Dialect, Machine, Template};
use crate::{
    iam::{self, Condition, Effect, Policy, Statement},
    tree::Node,
};
use indexmap::IndexMap;
use stepfn_core::definition::Reference;

impl Template {
    /// `Policies` of the machine's role: one, with every statement.
    pub(crate) fn policies(&mut self, machine: &Machine<'_>, name: &str) -> Node {
        let policy = iam::policy_of(machine.deployment);
        let names = self.names(machine, &policy);
        let statements =
            policy.statements.iter().map(|statement| self.statement(statement, &names)).collect();
        let document =
            Node::map([("Version", Node::text("2012-10-17")), ("Statement", Node::List(statements))]);
        Node::List(vec![Node::map([("PolicyName", Node::text(name)), ("PolicyDocument", document)])])
    }

    /// `iamRoleStatements` of the Serverless plugin; none where the machine needs nothing. The plugin's schema knows neither `Sid`
    /// nor `Condition`, and takes CloudFormation's functions in lists alone.
    pub(crate) fn role_statements(&mut self, machine: &Machine<'_>) -> Option<Node> {
        let policy = iam::policy_of(machine.deployment);
        let names = self.names(machine, &policy);
        // Without their conditions some statements repeat others.
        let is_said = |statement: &Statement| {
            policy.statements.iter().any(|other| {
                other.action.len() > statement.action.len()
                    && other.resource == statement.resource
                    && statement.action.iter().all(|action| other.action.contains(action))
            })
        };
        let allowed = policy
            .statements
            .iter()
            .filter(|statement| statement.effect == Effect::Allow && !is_said(statement));
        let statements: Vec<Node> = allowed
            .map(|statement| {
                Node::map([
                    ("Effect", Node::text(statement.effect.name())),
                    ("Action", texts(statement.action.iter().map(Node::text))),
                    ("Resource", Node::List(self.resources_of(statement, &names))),
                ])
            })
            .collect();
        (!statements.is_empty()).then_some(Node::List(statements))
    }

    /// Returns the values of the policy's `${…}`, the definition's own among them. A placeholder is a parameter of the template, or of
    /// the Serverless Framework, `${param:Name}`.
    fn names(&mut self, machine: &Machine<'_>, policy: &Policy) -> Names {
        let mut names =
            Names { references: machine.definition().substitutions.clone(), parameters: Vec::new() };
        names.references.extend(policy.substitutions.iter().map(|(name, of)| (name.clone(), of.clone())));
        for unknown in policy.unknown() {
            if self.dialect == Dialect::Serverless {
                names.parameters.push((unknown.name.clone(), unknown.why.clone()));
                continue;
            }
            let reference = Reference::Ref(unknown.name.clone());
            let of = &machine.definition().name;
            let what = format!("The role of {of} needs it for {}: {}", unknown.state, unknown.why);
            self.parameter(reference.to_string(), &unknown.name, what, None);
            names.references.insert(unknown.name.clone(), reference);
        }
        names
    }

    fn statement(&mut self, statement: &Statement, names: &Names) -> Node {
        let mut entries = vec![
            ("Sid", Node::text(&statement.sid)),
            ("Effect", Node::text(statement.effect.name())),
            ("Action", texts(statement.action.iter().map(Node::text))),
            ("Resource", one_or_more(self.resources_of(statement, names))),
        ];
        if !statement.condition.is_empty() {
            entries.push(("Condition", self.conditions(&statement.condition, names)));
        }
        Node::map(entries)
    }

    fn resources_of(&mut self, statement: &Statement, names: &Names) -> Vec<Node> {
        let resources = statement.resource.iter().map(|resource| {
            let node = self.policy_text(&resource.arn, names);
            let is_in = |(name, _): &&(String, String)| resource.arn.contains(&format!("${{{name}}}"));
            let placeholder = names.parameters.iter().find(is_in).map(|(_, why)| why);
            match resource.wide.as_ref().or(placeholder) {
                Some(why) => node.explained(why),
                None => node,
            }
        });
        resources.collect()
    }

    fn conditions(&mut self, conditions: &[Condition], names: &Names) -> Node {
        let mut operators: IndexMap<&str, Vec<(&str, Node)>> = IndexMap::new();
        for condition in conditions {
            let values = condition.values.iter().map(|value| self.policy_text(value, names)).collect();
            operators.entry(condition.operator).or_default().push((condition.key, one_or_more(values)));
        }
        Node::map(operators.into_iter().map(|(operator, keys)| (operator, Node::map(keys))))
    }

    fn policy_text(&mut self, text: &str, names: &Names) -> Node {
        let mut text = text.to_owned();
        for (name, _) in &names.parameters {
            text = text.replace(&format!("${{{name}}}"), &format!("${{param:{name}}}"));
        }
        self.text(&text, &names.references)
    }
}

/// The values of `${…}`.
struct Names {
    references: IndexMap<String, Reference>,
    /// The parameters of the Serverless Framework, which has no place for the reason but a comment.
    parameters: Vec<(String, String)>,
}

fn texts(nodes: impl Iterator<Item = Node>) -> Node {
    one_or_more(nodes.collect())
}

/// A list of one is its one node.
fn one_or_more(nodes: Vec<Node>) -> Node {
    match <[Node; 1]>::try_from(nodes) {
        Ok([node]) => node,
        Err(nodes) => Node::List(nodes),
    }
}
