//! The policy of a machine's role, as statements of an `aws_iam_policy_document`.

use indexmap::IndexMap;
use stepfn_core::definition::Reference;

use super::{Machine, Module, strings::snake};
use crate::{
    iam::{self, Statement},
    tree::Node,
};

impl Module {
    /// The statements. A placeholder is a variable of the module.
    pub(super) fn statements(&mut self, machine: &Machine<'_>) -> Vec<Node> {
        let policy = iam::policy_of(machine.deployment);
        let mut names = machine.definition().substitutions.clone();
        names.extend(policy.substitutions.iter().map(|(name, of)| (name.clone(), of.clone())));
        for unknown in policy.unknown() {
            let reference = Reference::Ref(unknown.name.clone());
            let of = &machine.definition().name;
            let what = format!("The role of {of} needs it for {}: {}", unknown.state, unknown.why);
            self.variable(reference.to_string(), &snake(&unknown.name), what, None);
            names.insert(unknown.name.clone(), reference);
        }
        policy.statements.iter().map(|statement| self.statement(statement, &names)).collect()
    }

    fn statement(&mut self, statement: &Statement, names: &IndexMap<String, Reference>) -> Node {
        let resources = statement.resource.iter().map(|resource| self.text(&resource.arn, names)).collect();
        let mut entries = vec![
            ("sid", Node::text(&statement.sid)),
            ("effect", Node::text(statement.effect.name())),
            ("actions", Node::List(statement.action.iter().map(Node::text).collect())),
            ("resources", Node::List(resources)),
        ];
        let conditions: Vec<Node> = statement
            .condition
            .iter()
            .map(|condition| {
                let values = condition.values.iter().map(|value| self.text(value, names)).collect();
                Node::map([
                    ("test", Node::text(condition.operator)),
                    ("variable", Node::text(condition.key)),
                    ("values", Node::List(values)),
                ])
            })
            .collect();
        if !conditions.is_empty() {
            entries.push(("condition", Node::List(conditions)));
        }
        Node::map(entries)
    }
}
