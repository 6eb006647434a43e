//! Schedules, rules and routes that start executions.

use std::collections::BTreeMap;

use super::{
    Machine, Module,
    strings::{attribute, escaped, literal, snake},
};
use crate::{
    plan::{Caller, Field, Planned, Start, start_action},
    tree::Node,
};
use stepfn_core::deployment::{Authorization, Http};

impl Module {
    /// Adds all triggers of a machine; `target` is the ARN that they start.
    pub(super) fn triggers(&mut self, machine: &Machine<'_>, target: &Node) {
        let mut roles = BTreeMap::new();
        for trigger in &machine.deployment.triggers {
            let caller = Caller::of(trigger);
            let role = roles.entry(caller).or_insert_with(|| {
                let action = caller.action(machine.definition().workflow_type);
                let wanted = format!("{}_{}", machine.name, snake(caller.name()));
                self.service_role(&wanted, caller.principal(), &[(action, target.clone())])
            });
            let role = role.clone();
            match Start::of(trigger) {
                Start::Schedule { fields, target: rest } => {
                    let name = self.claim(&format!("{}_schedule", machine.name));
                    let mut node = own([("arn", target.clone()), ("role_arn", role)]);
                    node.extend(self.fields(machine, &rest));
                    let mut entries = self.fields(machine, &fields);
                    entries.push(("target".to_owned(), Node::map(node)));
                    self.resource("aws_scheduler_schedule", &name, entries);
                }
                Start::Rule { name, bus, fields, target: rest } => {
                    let name = self.claim(&format!("{}_{}", machine.name, snake(name)));
                    let bus = bus.map(|bus| self.identifier(bus, &machine.definition().substitutions));
                    let entries = self.fields(machine, &fields);
                    self.resource("aws_cloudwatch_event_rule", &name, entries);

                    let rule = attribute("aws_cloudwatch_event_rule", &name, "name");
                    let mut entries = own([("rule", rule), ("arn", target.clone()), ("role_arn", role)]);
                    entries.extend(bus.map(|bus| ("event_bus_name".to_owned(), bus)));
                    entries.extend(self.fields(machine, &rest));
                    self.resource("aws_cloudwatch_event_target", &name, entries);
                }
                Start::Route(http) => self.route(machine, http, target, role),
            }
        }
    }

    /// The fields of a plan, under Terraform's names.
    pub(super) fn fields(&mut self, machine: &Machine<'_>, fields: &[Field<'_>]) -> Vec<(String, Node)> {
        fields.iter().map(|(name, value)| (argument(name), self.planned(machine, value))).collect()
    }

    fn planned(&mut self, machine: &Machine<'_>, value: &Planned<'_>) -> Node {
        let substitutions = &machine.definition().substitutions;
        match value {
            Planned::Word(word) => Node::text(*word),
            Planned::Number(number) => Node::Number(number.to_string()),
            Planned::Literal(text) => literal(text),
            Planned::Text(text) => self.text(text, substitutions),
            Planned::Json(json) => self.text(&json.to_string(), substitutions),
            Planned::Identifier(identifier) => self.identifier(identifier, substitutions),
            Planned::Identifiers(all) => {
                Node::List(all.iter().map(|one| self.identifier(one, substitutions)).collect())
            }
            Planned::Block(fields) => Node::map(self.fields(machine, fields)),
            Planned::Names(names) => {
                Node::map(names.iter().map(|(name, text)| (escaped(name), literal(text))))
            }
            Planned::OfMachine => Node::map([("StateMachineArn", machine.arn())]),
        }
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

pub(super) fn own<const N: usize>(entries: [(&str, Node); N]) -> Vec<(String, Node)> {
    entries.into_iter().map(|(name, node)| (name.to_owned(), node)).collect()
}

/// Terraform's name of a field of CloudFormation.
fn argument(field: &str) -> String {
    match field {
        "InputPathsMap" => "input_paths".to_owned(),
        "SqsParameters" => "sqs_target".to_owned(),
        "KinesisParameters" => "kinesis_target".to_owned(),
        field => snake(field),
    }
}
