//! Schedules and rules that start executions.

use super::{Machine, Template, start_action};
use crate::{
    deployment::{EventRule, Identifier, Payload, RetryPolicy, Schedule, ScheduleMethod, Trigger},
    tree::Node,
};

impl Template {
    /// Adds all triggers of a machine; `target` is the ARN that they start.
    pub(crate) fn triggers(&mut self, machine: &Machine<'_>, target: &Node) {
        let all: Vec<&Trigger> = machine.deployment.triggers.iter().collect();
        self.start(machine, target, &all);
    }

    /// Some of the triggers of a machine.
    pub(crate) fn start(&mut self, machine: &Machine<'_>, target: &Node, triggers: &[&Trigger]) {
        let (mut scheduler, mut events, mut api) = (None, None, None);
        for trigger in triggers {
            let (role, name, service, action) = match trigger {
                Trigger::Schedule(Schedule { method: ScheduleMethod::Scheduler, .. }) => {
                    (&mut scheduler, "ScheduleRole", "scheduler.amazonaws.com", "states:StartExecution")
                }
                Trigger::Schedule(_) | Trigger::Event(_) => {
                    (&mut events, "EventRole", "events.amazonaws.com", "states:StartExecution")
                }
                Trigger::Http(_) => {
                    let action = start_action(machine.definition().workflow_type);
                    (&mut api, "ApiRole", "apigateway.amazonaws.com", action.permission)
                }
            };
            let role = role
                .get_or_insert_with(|| {
                    let wanted = format!("{}{name}", machine.id);
                    self.service_role(&wanted, service, vec![(action, target.clone())])
                })
                .clone();
            match trigger {
                Trigger::Schedule(schedule) if schedule.method == ScheduleMethod::Scheduler => {
                    self.scheduler(machine, schedule, target, role);
                }
                Trigger::Schedule(schedule) => self.scheduled_rule(machine, schedule, target, role),
                Trigger::Event(rule) => self.event_rule(machine, rule, target, role),
                Trigger::Http(http) => self.route(machine, http, target, role),
            }
        }
    }

    fn scheduler(&mut self, machine: &Machine<'_>, schedule: &Schedule, target: &Node, role: Node) {
        let id = self.claim(&format!("{}Schedule", machine.id));
        let mut target = vec![("Arn", target.clone()), ("RoleArn", role)];
        if let Some(input) = &schedule.input {
            target.push(("Input", self.text(&input.to_string(), &machine.definition().substitutions)));
        }
        target.extend(self.retries(machine, schedule.retry_policy, schedule.dead_letter.as_ref()));
        let window = match schedule.flexible_time_window {
            Some(minutes) => Node::map([
                ("Mode", Node::text("FLEXIBLE")),
                ("MaximumWindowInMinutes", Node::Number(minutes.to_string())),
            ]),
            None => Node::map([("Mode", Node::text("OFF"))]),
        };
        let mut properties = self.named(machine, schedule.name.as_deref(), schedule.description.as_deref());
        properties.push(("ScheduleExpression", Node::text(&schedule.expression)));
        if let Some(time_zone) = &schedule.time_zone {
            properties.push(("ScheduleExpressionTimezone", Node::text(time_zone)));
        }
        properties.extend([
            ("State", state(schedule.enabled)),
            ("FlexibleTimeWindow", window),
            ("Target", Node::map(target)),
        ]);
        self.resource(&id, "AWS::Scheduler::Schedule", Node::map(properties));
    }

    fn scheduled_rule(&mut self, machine: &Machine<'_>, schedule: &Schedule, target: &Node, role: Node) {
        let id = self.claim(&format!("{}ScheduleRule", machine.id));
        let mut target = rule_target(target, role);
        if let Some(input) = &schedule.input {
            target.push(("Input", self.text(&input.to_string(), &machine.definition().substitutions)));
        }
        target.extend(self.retries(machine, schedule.retry_policy, schedule.dead_letter.as_ref()));
        let mut properties = self.named(machine, schedule.name.as_deref(), schedule.description.as_deref());
        properties.extend([
            ("ScheduleExpression", Node::text(&schedule.expression)),
            ("State", state(schedule.enabled)),
            ("Targets", Node::List(vec![Node::map(target)])),
        ]);
        self.resource(&id, "AWS::Events::Rule", Node::map(properties));
    }

    fn event_rule(&mut self, machine: &Machine<'_>, rule: &EventRule, target: &Node, role: Node) {
        let id = self.claim(&format!("{}EventRule", machine.id));
        let mut target = rule_target(target, role);
        target.extend(self.input(machine, &rule.payload));
        target.extend(self.retries(machine, rule.retry_policy, rule.dead_letter.as_ref()));
        let mut properties = self.named(machine, rule.name.as_deref(), rule.description.as_deref());
        if let Some(bus) = &rule.event_bus_name {
            properties.push(("EventBusName", self.identifier(bus, &machine.definition().substitutions)));
        }
        properties.extend([
            ("EventPattern", self.value(&rule.event_pattern, &machine.definition().substitutions)),
            ("State", state(rule.enabled)),
            ("Targets", Node::List(vec![Node::map(target)])),
        ]);
        self.resource(&id, "AWS::Events::Rule", Node::map(properties));
    }

    fn named(
        &mut self,
        machine: &Machine<'_>,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Vec<(&'static str, Node)> {
        let substitutions = &machine.definition().substitutions;
        let mut entries = Vec::new();
        entries.extend(name.map(|name| ("Name", self.text(name, substitutions))));
        entries.extend(description.map(|text| ("Description", self.text(text, substitutions))));
        entries
    }

    /// Returns the part of an event that the target gets, where it is not all of it.
    pub(crate) fn input(&mut self, machine: &Machine<'_>, payload: &Payload) -> Option<(&'static str, Node)> {
        let substitutions = &machine.definition().substitutions;
        match payload {
            Payload::Event => None,
            Payload::Input(input) => Some(("Input", self.text(&input.to_string(), substitutions))),
            Payload::InputPath(path) => Some(("InputPath", Node::text(path))),
            Payload::InputTransformer { input_paths_map, input_template } => {
                let paths = input_paths_map.iter().map(|(name, path)| (name.as_str(), Node::text(path)));
                let mut entries = Vec::new();
                if !input_paths_map.is_empty() {
                    entries.push(("InputPathsMap", Node::map(paths)));
                }
                entries.push(("InputTemplate", self.text(input_template, substitutions)));
                Some(("InputTransformer", Node::map(entries)))
            }
        }
    }

    pub(crate) fn retries(
        &mut self,
        machine: &Machine<'_>,
        policy: Option<RetryPolicy>,
        dead_letter: Option<&Identifier>,
    ) -> Vec<(&'static str, Node)> {
        let mut entries = Vec::new();
        if let Some(policy) = policy {
            let age = Node::Number(policy.maximum_event_age_in_seconds.to_string());
            let attempts = Node::Number(policy.maximum_retry_attempts.to_string());
            let node = Node::map([("MaximumEventAgeInSeconds", age), ("MaximumRetryAttempts", attempts)]);
            entries.push(("RetryPolicy", node));
        }
        if let Some(arn) = dead_letter {
            let arn = self.identifier(arn, &machine.definition().substitutions);
            entries.push(("DeadLetterConfig", Node::map([("Arn", arn)])));
        }
        entries
    }
}

fn rule_target(arn: &Node, role: Node) -> Vec<(&'static str, Node)> {
    vec![("Id", Node::text("stateMachine")), ("Arn", arn.clone()), ("RoleArn", role)]
}

pub(crate) fn state(enabled: bool) -> Node {
    Node::text(if enabled { "ENABLED" } else { "DISABLED" })
}
