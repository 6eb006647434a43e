//! Schedules and rules that start executions.

use std::collections::BTreeMap;

use super::{Machine, Template, reference};
use crate::{
    plan::{Caller, Field, Planned, Start},
    tree::Node,
};
use stepfn_core::deployment::Trigger;

impl Template {
    /// Adds all triggers of a machine; `target` is the ARN that they start.
    pub(crate) fn triggers(&mut self, machine: &Machine<'_>, target: &Node) {
        let all: Vec<&Trigger> = machine.deployment.triggers.iter().collect();
        self.start(machine, target, &all);
    }

    /// Some of the triggers of a machine.
    pub(crate) fn start(&mut self, machine: &Machine<'_>, target: &Node, triggers: &[&Trigger]) {
        let mut roles = BTreeMap::new();
        for trigger in triggers {
            let caller = Caller::of(trigger);
            let role = roles.entry(caller).or_insert_with(|| {
                let action = caller.action(machine.definition().workflow_type);
                let wanted = format!("{}{}Role", machine.id, caller.name());
                self.service_role(&wanted, caller.principal(), vec![(action, target.clone())])
            });
            let role = role.clone();
            match Start::of(trigger) {
                Start::Schedule { fields, target: rest } => {
                    let id = self.claim(&format!("{}Schedule", machine.id));
                    let mut entries = vec![("Arn", target.clone()), ("RoleArn", role)];
                    entries.extend(self.fields(machine, &rest));
                    let mut properties = self.fields(machine, &fields);
                    properties.push(("Target", Node::map(entries)));
                    self.resource(&id, "AWS::Scheduler::Schedule", Node::map(properties));
                }
                Start::Rule { name, fields, target: rest, .. } => {
                    let id = self.claim(&format!("{}{name}", machine.id));
                    let mut entries =
                        vec![("Id", Node::text("stateMachine")), ("Arn", target.clone()), ("RoleArn", role)];
                    entries.extend(self.fields(machine, &rest));
                    let mut properties = self.fields(machine, &fields);
                    properties.push(("Targets", Node::List(vec![Node::map(entries)])));
                    self.resource(&id, "AWS::Events::Rule", Node::map(properties));
                }
                Start::Route(http) => self.route(machine, http, target, role),
            }
        }
    }

    /// The fields of a plan, under CloudFormation's names.
    pub(crate) fn fields(
        &mut self,
        machine: &Machine<'_>,
        fields: &[Field<'_>],
    ) -> Vec<(&'static str, Node)> {
        fields.iter().map(|(name, value)| (*name, self.planned(machine, value))).collect()
    }

    pub(crate) fn planned(&mut self, machine: &Machine<'_>, value: &Planned<'_>) -> Node {
        let substitutions = &machine.definition().substitutions;
        match value {
            Planned::Word(word) => Node::text(*word),
            Planned::Number(number) => Node::Number(number.to_string()),
            Planned::Literal(text) => Node::text(*text),
            Planned::Text(text) => self.text(text, substitutions),
            Planned::Json(json) => self.value(json, substitutions),
            Planned::Identifier(identifier) => self.identifier(identifier, substitutions),
            Planned::Identifiers(all) => {
                Node::List(all.iter().map(|one| self.identifier(one, substitutions)).collect())
            }
            Planned::Block(fields) => Node::map(self.fields(machine, fields)),
            Planned::Names(names) => {
                Node::map(names.iter().map(|(name, text)| (name.as_str(), Node::text(text))))
            }
            Planned::OfMachine => Node::List(vec![Node::map([
                ("Name", Node::text("StateMachineArn")),
                ("Value", reference(&machine.id)),
            ])]),
        }
    }
}
