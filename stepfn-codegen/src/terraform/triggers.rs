//! Schedules, rules and routes that start executions.

use super::{
    Machine, Module,
    strings::{attribute, escaped, literal},
};
use crate::{
    deployment::{
        Authorization, EventRule, Http, Identifier, Payload, RetryPolicy, Schedule, ScheduleMethod, Trigger,
    },
    template::{start_action, state},
    tree::Node,
};

impl Module {
    /// Adds all triggers of a machine; `target` is the ARN that they start.
    pub(super) fn triggers(&mut self, machine: &Machine<'_>, target: &Node) {
        let action = start_action(machine.definition().workflow_type);
        let (mut scheduler, mut events, mut api) = (None, None, None);
        for trigger in &machine.deployment.triggers {
            let (role, name, service, action) = match trigger {
                Trigger::Schedule(schedule) if schedule.method == ScheduleMethod::Scheduler => {
                    (&mut scheduler, "schedule", "scheduler.amazonaws.com", "states:StartExecution")
                }
                Trigger::Schedule(_) | Trigger::Event(_) => {
                    (&mut events, "event", "events.amazonaws.com", "states:StartExecution")
                }
                Trigger::Http(_) => (&mut api, "api", "apigateway.amazonaws.com", action.permission),
            };
            let role = role
                .get_or_insert_with(|| {
                    let wanted = format!("{}_{name}", machine.name);
                    self.service_role(&wanted, service, &[(action, target.clone())])
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
        let name = self.claim(&format!("{}_schedule", machine.name));
        let mut node = vec![("arn", target.clone()), ("role_arn", role)];
        node.extend(
            schedule
                .input
                .as_ref()
                .map(|input| ("input", self.text(&input.to_string(), &machine.definition().substitutions))),
        );
        node.extend(self.retries(machine, schedule.retry_policy, schedule.dead_letter.as_ref()));
        let window = match schedule.flexible_time_window {
            Some(minutes) => Node::map([
                ("mode", Node::text("FLEXIBLE")),
                ("maximum_window_in_minutes", Node::Number(minutes.to_string())),
            ]),
            None => Node::map([("mode", Node::text("OFF"))]),
        };
        let mut entries = self.named(machine, schedule.name.as_deref(), schedule.description.as_deref());
        entries.push(("schedule_expression", literal(&schedule.expression)));
        entries
            .extend(schedule.time_zone.as_ref().map(|zone| ("schedule_expression_timezone", literal(zone))));
        entries.extend([
            ("state", state(schedule.enabled)),
            ("flexible_time_window", window),
            ("target", Node::map(node)),
        ]);
        self.resource("aws_scheduler_schedule", &name, entries);
    }

    fn scheduled_rule(&mut self, machine: &Machine<'_>, schedule: &Schedule, target: &Node, role: Node) {
        let name = self.claim(&format!("{}_schedule_rule", machine.name));
        let mut entries = self.named(machine, schedule.name.as_deref(), schedule.description.as_deref());
        entries.push(("schedule_expression", literal(&schedule.expression)));
        entries.push(("state", state(schedule.enabled)));
        self.resource("aws_cloudwatch_event_rule", &name, entries);

        let mut entries = rule_target(&name, target, role);
        entries.extend(
            schedule
                .input
                .as_ref()
                .map(|input| ("input", self.text(&input.to_string(), &machine.definition().substitutions))),
        );
        entries.extend(self.retries(machine, schedule.retry_policy, schedule.dead_letter.as_ref()));
        self.resource("aws_cloudwatch_event_target", &name, entries);
    }

    fn event_rule(&mut self, machine: &Machine<'_>, rule: &EventRule, target: &Node, role: Node) {
        let name = self.claim(&format!("{}_event_rule", machine.name));
        let substitutions = &machine.definition().substitutions;
        let bus = rule.event_bus_name.as_ref().map(|bus| self.identifier(bus, substitutions));
        let bus = bus.map(|bus| ("event_bus_name", bus));
        let mut entries = self.named(machine, rule.name.as_deref(), rule.description.as_deref());
        entries.extend(bus.clone());
        entries.push(("event_pattern", self.text(&rule.event_pattern.to_string(), substitutions)));
        entries.push(("state", state(rule.enabled)));
        self.resource("aws_cloudwatch_event_rule", &name, entries);

        let mut entries = rule_target(&name, target, role);
        entries.extend(bus);
        match &rule.payload {
            Payload::Event => {}
            Payload::Input(input) => entries.push(("input", self.text(&input.to_string(), substitutions))),
            Payload::InputPath(path) => entries.push(("input_path", literal(path))),
            Payload::InputTransformer { input_paths_map, input_template } => {
                let paths = input_paths_map.iter().map(|(name, path)| (escaped(name), literal(path)));
                let mut node = Vec::new();
                if !input_paths_map.is_empty() {
                    node.push(("input_paths", Node::map(paths)));
                }
                node.push(("input_template", self.text(input_template, substitutions)));
                entries.push(("input_transformer", Node::map(node)));
            }
        }
        entries.extend(self.retries(machine, rule.retry_policy, rule.dead_letter.as_ref()));
        self.resource("aws_cloudwatch_event_target", &name, entries);
    }

    fn named(
        &mut self,
        machine: &Machine<'_>,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Vec<(&'static str, Node)> {
        let substitutions = &machine.definition().substitutions;
        let mut entries = Vec::new();
        entries.extend(name.map(|name| ("name", self.text(name, substitutions))));
        entries.extend(description.map(|text| ("description", self.text(text, substitutions))));
        entries
    }

    fn retries(
        &mut self,
        machine: &Machine<'_>,
        policy: Option<RetryPolicy>,
        dead_letter: Option<&Identifier>,
    ) -> Vec<(&'static str, Node)> {
        let mut entries = Vec::new();
        if let Some(policy) = policy {
            let number = |value: u32| Node::Number(value.to_string());
            let node = Node::map([
                ("maximum_event_age_in_seconds", number(policy.maximum_event_age_in_seconds)),
                ("maximum_retry_attempts", number(policy.maximum_retry_attempts)),
            ]);
            entries.push(("retry_policy", node));
        }
        if let Some(arn) = dead_letter {
            let arn = self.identifier(arn, &machine.definition().substitutions);
            entries.push(("dead_letter_config", Node::map([("arn", arn)])));
        }
        entries
    }

    fn route(&mut self, machine: &Machine<'_>, http: &Http, target: &Node, role: Node) {
        let api = self.api();
        let api_id = || attribute("aws_apigatewayv2_api", &api, "id");
        let name = self.claim(&format!("{}_route", machine.name));
        let parameters =
            Node::map([("StateMachineArn", target.clone()), ("Input", Node::text("$request.body"))]);
        let subtype = start_action(machine.definition().workflow_type).subtype;
        self.resource(
            "aws_apigatewayv2_integration",
            &name,
            vec![
                ("api_id", api_id()),
                ("integration_type", Node::text("AWS_PROXY")),
                ("integration_subtype", Node::text(subtype)),
                ("payload_format_version", Node::text("1.0")),
                ("credentials_arn", role),
                ("request_parameters", parameters),
            ],
        );
        let authorization = match http.authorization {
            Authorization::AwsIam => "AWS_IAM",
            Authorization::None => "NONE",
        };
        self.resource(
            "aws_apigatewayv2_route",
            &name,
            vec![
                ("api_id", api_id()),
                ("route_key", literal(&http.route_key())),
                ("authorization_type", Node::text(authorization)),
                ("target", Node::Text(format!("integrations/${{aws_apigatewayv2_integration.{name}.id}}"))),
            ],
        );
    }

    /// The API of all machines, made when the first route wants it.
    fn api(&mut self) -> String {
        if let Some(api) = &self.api {
            return api.clone();
        }
        let api = self.claim("state_machine_api");
        let entries = vec![("name", Node::text("state-machines")), ("protocol_type", Node::text("HTTP"))];
        self.resource("aws_apigatewayv2_api", &api, entries);
        self.resource(
            "aws_apigatewayv2_stage",
            &api,
            vec![
                ("api_id", attribute("aws_apigatewayv2_api", &api, "id")),
                ("name", Node::text("$default")),
                ("auto_deploy", Node::Bool(true)),
            ],
        );
        let endpoint = attribute("aws_apigatewayv2_api", &api, "api_endpoint");
        self.output(&format!("{api}_endpoint"), "Where the HTTP API listens", endpoint);
        self.api = Some(api.clone());
        api
    }
}

fn rule_target(rule: &str, arn: &Node, role: Node) -> Vec<(&'static str, Node)> {
    let rule = attribute("aws_cloudwatch_event_rule", rule, "name");
    vec![("rule", rule), ("arn", arn.clone()), ("role_arn", role)]
}
