//! Roles, alarms and notifications.

use super::{
    Machine, Module,
    strings::{attribute, literal, snake},
    triggers::own,
};
use crate::{plan, tree::Node};
use stepfn_core::deployment::Notification;

impl Module {
    /// The ARN of the role that the machine runs as: the deployment's, or that of a role which the module makes, with the address
    /// of its policy.
    pub(super) fn role(&mut self, machine: &Machine<'_>) -> (Node, Option<String>) {
        if let Some(role) = &machine.deployment.role {
            return (self.identifier(role, &machine.definition().substitutions), None);
        }
        let statements = self.statements(machine);
        let name = self.role_with(&machine.name, "states.amazonaws.com", statements);
        (attribute("aws_iam_role", &name, "arn"), Some(format!("aws_iam_role_policy.{name}")))
    }

    /// A role of a service, with the actions and resources that it is allowed; its ARN.
    pub(super) fn service_role(
        &mut self,
        wanted: &str,
        service: &str,
        allowed: &[(&'static str, Node)],
    ) -> Node {
        let statements = allowed.iter().map(|(action, resource)| {
            Node::map([
                ("actions", Node::List(vec![Node::text(*action)])),
                ("resources", Node::List(vec![resource.clone()])),
            ])
        });
        let name = self.role_with(wanted, service, statements.collect());
        attribute("aws_iam_role", &name, "arn")
    }

    /// A role of a service, with a policy of these statements; its name.
    fn role_with(&mut self, wanted: &str, service: &str, statements: Vec<Node>) -> String {
        let name = self.claim(&format!("{wanted}_role"));
        let trust = Node::map([
            ("actions", Node::List(vec![Node::text("sts:AssumeRole")])),
            (
                "principals",
                Node::List(vec![Node::map([
                    ("type", Node::text("Service")),
                    ("identifiers", Node::List(vec![Node::text(service)])),
                ])]),
            ),
        ]);
        let policy = self.policy(&format!("{name}_trust"), vec![trust]);
        self.resource("aws_iam_role", &name, vec![("assume_role_policy", policy)]);
        if !statements.is_empty() {
            let policy = self.policy(&name, statements);
            let entries = vec![("role", attribute("aws_iam_role", &name, "id")), ("policy", policy)];
            self.resource("aws_iam_role_policy", &name, entries);
        }
        name
    }

    /// A policy document, and the expression of its JSON.
    fn policy(&mut self, name: &str, statements: Vec<Node>) -> Node {
        let document = Node::map([("statement", Node::List(statements))]);
        self.data.entry("aws_iam_policy_document").or_default().insert(name.to_owned(), document);
        Node::Text(format!("${{data.aws_iam_policy_document.{name}.json}}"))
    }

    pub(super) fn alarms(&mut self, machine: &Machine<'_>) {
        let definition = machine.definition();
        for alarm in &machine.deployment.alarms {
            let name = self.claim(&format!("{}_{}", machine.name, snake(alarm.metric.name())));
            let alarm_name = match &alarm.name {
                Some(name) => self.identifier(name, &definition.substitutions),
                None => literal(&format!("{}-{}", definition.name, alarm.metric.name())),
            };
            let mut entries = vec![("alarm_name".to_owned(), alarm_name)];
            entries.extend(self.fields(machine, &plan::alarm(alarm)));
            self.resource("aws_cloudwatch_metric_alarm", &name, entries);
        }
    }

    /// Adds the rules for executions that change their status, and the role by which EventBridge reaches the targets.
    pub(super) fn notifications(&mut self, machine: &Machine<'_>) {
        let notifications = &machine.deployment.notifications;
        if notifications.is_empty() {
            return;
        }
        let substitutions = &machine.definition().substitutions;
        let all: Vec<&Notification> = notifications.iter().collect();
        let allowed = plan::allowed(&all, |arn| self.identifier(arn, substitutions));
        let role = self.service_role(&format!("{}_notification", machine.name), plan::EVENTS, &allowed);
        for status in machine.deployment.notified() {
            let name = self.claim(&format!("{}_{}", machine.name, status.name().to_ascii_lowercase()));
            // The machine's ARN has no quotes.
            let pattern = format!(
                r#"{{"source":["aws.states"],"detail-type":["Step Functions Execution Status Change"],"detail":{{"status":["{}"],"stateMachineArn":["${{aws_sfn_state_machine.{}.arn}}"]}}}}"#,
                status.name(),
                machine.name,
            );
            self.resource("aws_cloudwatch_event_rule", &name, vec![("event_pattern", Node::Text(pattern))]);
            for notification in notifications.iter().filter(|notification| notification.status == status) {
                let target = self.claim(&format!("{name}_target"));
                let mut entries = own([
                    ("rule", attribute("aws_cloudwatch_event_rule", &name, "name")),
                    ("arn", self.identifier(notification.target.arn(), substitutions)),
                    ("role_arn", role.clone()),
                ]);
                let parameters = plan::parameters(&notification.target);
                entries.extend(self.fields(machine, parameters.as_slice()));
                self.resource("aws_cloudwatch_event_target", &target, entries);
            }
        }
    }
}
