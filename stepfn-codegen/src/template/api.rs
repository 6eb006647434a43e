//! An HTTP API whose routes start executions: `AWS::ApiGatewayV2::Api`.

use super::{Machine, Template, reference};
use crate::{plan::start_action, tree::Node};
use stepfn_core::deployment::{Authorization, Http};

impl Template {
    pub(super) fn route(&mut self, machine: &Machine<'_>, http: &Http, target: &Node, role: Node) {
        let api = self.api();
        let integration = self.claim(&format!("{}Integration", machine.id));
        let parameters =
            Node::map([("StateMachineArn", target.clone()), ("Input", Node::text("$request.body"))]);
        self.resource(
            &integration,
            "AWS::ApiGatewayV2::Integration",
            Node::map([
                ("ApiId", reference(&api)),
                ("IntegrationType", Node::text("AWS_PROXY")),
                ("IntegrationSubtype", Node::text(start_action(machine.definition().workflow_type).subtype)),
                ("PayloadFormatVersion", Node::text("1.0")),
                ("CredentialsArn", role),
                ("RequestParameters", parameters),
            ]),
        );
        let id = self.claim(&format!("{}Route", machine.id));
        let authorization = match http.authorization {
            Authorization::AwsIam => "AWS_IAM",
            Authorization::None => "NONE",
        };
        self.resource(
            &id,
            "AWS::ApiGatewayV2::Route",
            Node::map([
                ("ApiId", reference(&api)),
                ("RouteKey", Node::Text(http.route_key())),
                ("AuthorizationType", Node::text(authorization)),
                ("Target", Node::tagged("!Sub", Node::Text(format!("integrations/${{{integration}}}")))),
            ]),
        );
    }

    /// The API of all machines, made when the first route wants it.
    fn api(&mut self) -> String {
        if let Some(api) = &self.api {
            return api.clone();
        }
        let api = self.claim("StateMachineApi");
        self.resource(
            &api,
            "AWS::ApiGatewayV2::Api",
            Node::map([
                ("Name", Node::tagged("!Sub", Node::text("${AWS::StackName}-state-machines"))),
                ("ProtocolType", Node::text("HTTP")),
            ]),
        );
        let stage = self.claim("StateMachineApiStage");
        self.resource(
            stage,
            "AWS::ApiGatewayV2::Stage",
            Node::map([
                ("ApiId", reference(&api)),
                ("StageName", Node::text("$default")),
                ("AutoDeploy", Node::Bool(true)),
            ]),
        );
        let output = self.claim("StateMachineApiEndpoint");
        let endpoint = Node::tagged("!GetAtt", Node::Text(format!("{api}.ApiEndpoint")));
        self.output(output, "Where the HTTP API listens".to_owned(), endpoint);
        self.api = Some(api.clone());
        api
    }
}
