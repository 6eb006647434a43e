//! Rules on the default event bus for executions that change their status.

use stepfn_core::case::ascii_pascal;

use super::{Machine, Template, reference};
use crate::{plan, tree::Node};
use stepfn_core::deployment::Notification;

impl Template {
    pub(crate) fn notifications(&mut self, machine: &Machine<'_>) {
        let all: Vec<&Notification> = machine.deployment.notifications.iter().collect();
        self.notify(machine, &all);
    }

    /// Rules for some of the machine's notifications, a rule for each status, and the role by which EventBridge reaches them.
    pub(crate) fn notify(&mut self, machine: &Machine<'_>, notifications: &[&Notification]) {
        if notifications.is_empty() {
            return;
        }
        let substitutions = &machine.definition().substitutions;
        let allowed = plan::allowed(notifications, |arn| self.identifier(arn, substitutions));
        let wanted = format!("{}NotificationRole", machine.id);
        let role = self.service_role(&wanted, plan::EVENTS, allowed);

        for status in machine.deployment.notified() {
            let targets = notifications.iter().filter(|notification| notification.status == status);
            let mut nodes = Vec::new();
            for (index, notification) in targets.enumerate() {
                let mut entries = vec![
                    ("Id", Node::Text(format!("target{}", index + 1))),
                    ("Arn", self.identifier(notification.target.arn(), substitutions)),
                    ("RoleArn", role.clone()),
                ];
                entries.extend(self.fields(machine, plan::parameters(&notification.target).as_slice()));
                nodes.push(Node::map(entries));
            }
            if nodes.is_empty() {
                continue;
            }
            let pattern = Node::map([
                ("source", Node::List(vec![Node::text("aws.states")])),
                ("detail-type", Node::List(vec![Node::text("Step Functions Execution Status Change")])),
                (
                    "detail",
                    Node::map([
                        ("status", Node::List(vec![Node::text(status.name())])),
                        ("stateMachineArn", Node::List(vec![reference(&machine.id)])),
                    ]),
                ),
            ]);
            let id = self.claim(&format!(
                "{}{}Notification",
                machine.id,
                ascii_pascal(&status.name().to_lowercase())
            ));
            let properties = Node::map([("EventPattern", pattern), ("Targets", Node::List(nodes))]);
            self.resource(&id, "AWS::Events::Rule", properties);
        }
    }
}
