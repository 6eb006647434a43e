//! The resource of a Task.

use stepfn_core::{arn::Arn, service, value::Value};

/// The meaning of a Task's `Resource`.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// The ARN of the definition, substitutions applied.
    pub(crate) arn: String,
    pub(crate) family: Family,
    pub(crate) pattern: Pattern,
}

/// The family of history events that a Task writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// A Lambda function's ARN: `LambdaFunctionScheduled` and so on.
    Lambda,
    /// An activity's ARN: `ActivityScheduled` and so on.
    Activity,
    /// A service integration: `TaskScheduled` and so on.
    Service {
        /// `lambda`, `sqs`, `aws-sdk:s3`
        resource_type: String,
        /// `invoke`, `sendMessage.waitForTaskToken`
        resource: String,
    },
}

/// A service integration pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    RequestResponse,
    /// `.sync`, `.sync:2`
    Sync,
    WaitForTaskToken,
}

/// An action that Step Functions itself performs for a Task. The executor does so too, where nothing else is bound to the Task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// `states:startExecution`
    Start(Waits),
    /// `aws-sdk:sfn:startExecution`
    SdkStart,
    /// `aws-sdk:sfn:startSyncExecution`
    SdkStartSync,
    SendTaskSuccess,
    SendTaskFailure,
    SendTaskHeartbeat,
}

/// The event that a Task which starts an execution waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waits {
    /// For the reply of the start; and for a token, if that is the pattern.
    Reply,
    /// For its end, with its data in JSON text: `.sync`.
    Sync,
    /// For its end, with its data: `.sync:2`.
    SyncData,
}

impl Action {
    /// Returns `true` if it is called as the SDK calls it, with failures as the SDK has them.
    pub(crate) fn is_sdk(self) -> bool {
        !matches!(self, Self::Start(_))
    }

    pub(crate) fn starts(self) -> bool {
        matches!(self, Self::Start(_) | Self::SdkStart | Self::SdkStartSync)
    }
}

impl Resource {
    pub(crate) fn parse(arn: &str) -> Self {
        let (family, pattern) = parse_family(arn);
        Self { arn: arn.to_owned(), family, pattern }
    }

    /// Returns `true` if this is the optimised integration `lambda:invoke`, in whichever pattern.
    pub(crate) fn is_lambda_invoke(&self) -> bool {
        match &self.family {
            Family::Service { resource_type, resource } => {
                resource_type == "lambda" && resource.split('.').next() == Some("invoke")
            }
            _ => false,
        }
    }

    /// The parameters with what Step Functions adds to them: recorded on AWS.
    pub(crate) fn completed(&self, mut parameters: Value) -> Value {
        if let Family::Service { resource_type, resource } = &self.family
            && resource_type == "ecs"
            && resource.starts_with("runTask.sync")
            && matches!(&parameters, Value::Object(members) if !members.contains_key("StartedBy"))
        {
            parameters.make_object().insert("StartedBy".into(), "AWS Step Functions".into());
        }
        parameters
    }

    /// Returns the reason why Step Functions does not start the Task with these parameters: recorded on AWS.
    pub(crate) fn refused(&self, parameters: &Value) -> Option<&'static str> {
        let Family::Service { resource_type, resource } = &self.family else { return None };
        if resource_type != "apigateway" || resource.split('.').next() != Some("invoke") {
            return None;
        }
        let headers = parameters.get("Headers")?;
        let fits = headers
            .as_object()
            .is_some_and(|headers| headers.values().all(|value| value.as_array().is_some()));
        (!fits && *headers != Value::Null).then_some("The value of the field 'Headers' has an invalid format")
    }

    /// Returns the action that Step Functions itself performs for the Task.
    pub(crate) fn action(&self) -> Option<Action> {
        let Family::Service { resource_type, resource } = &self.family else { return None };
        Some(match (&**resource_type, &**resource) {
            ("states", "startExecution" | "startExecution.waitForTaskToken") => Action::Start(Waits::Reply),
            ("states", "startExecution.sync") => Action::Start(Waits::Sync),
            ("states", "startExecution.sync:2") => Action::Start(Waits::SyncData),
            ("aws-sdk:sfn", "startExecution" | "startExecution.waitForTaskToken") => Action::SdkStart,
            ("aws-sdk:sfn", "startSyncExecution") => Action::SdkStartSync,
            ("aws-sdk:sfn", "sendTaskSuccess") => Action::SendTaskSuccess,
            ("aws-sdk:sfn", "sendTaskFailure") => Action::SendTaskFailure,
            ("aws-sdk:sfn", "sendTaskHeartbeat") => Action::SendTaskHeartbeat,
            _ => return None,
        })
    }

    /// Returns `true` if somebody outside ends the task by its token.
    pub(crate) fn has_token(&self) -> bool {
        self.pattern != Pattern::RequestResponse || self.family == Family::Activity
    }
}

fn parse_family(text: &str) -> (Family, Pattern) {
    // A function may be known by its name alone, or by a placeholder of a deployment tool.
    let Some(arn) = Arn::parse(text).filter(|arn| arn.service == "states") else {
        return (Family::Lambda, Pattern::RequestResponse);
    };
    if arn.below("activity:").is_some() {
        return (Family::Activity, Pattern::RequestResponse);
    }
    let Some(integration) = service::meant(text) else {
        // No action of AWS; a mock may stand for it.
        let (resource_type, action) = arn.resource.rsplit_once(':').unwrap_or((arn.resource, ""));
        let family = Family::Service { resource_type: resource_type.to_owned(), resource: action.to_owned() };
        return (family, Pattern::RequestResponse);
    };
    let sdk = if integration.sdk { "aws-sdk:" } else { "" };
    let family = Family::Service {
        resource_type: format!("{sdk}{}", integration.service),
        resource: format!("{}{}", integration.action, integration.pattern.suffix()),
    };
    let pattern = match integration.pattern {
        service::Pattern::Request => Pattern::RequestResponse,
        service::Pattern::Sync | service::Pattern::Sync2 => Pattern::Sync,
        service::Pattern::WaitForTaskToken => Pattern::WaitForTaskToken,
    };
    (family, pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(arn: &str) -> (String, String, Pattern) {
        let resource = Resource::parse(arn);
        let Family::Service { resource_type, resource: action } = resource.family else { panic!("{arn}") };
        (resource_type, action, resource.pattern)
    }

    #[test]
    fn resources_name_service_action_and_pattern() {
        let of = |a: &str, b: &str, pattern| (a.to_owned(), b.to_owned(), pattern);
        assert_eq!(
            service("arn:aws:states:::lambda:invoke"),
            of("lambda", "invoke", Pattern::RequestResponse)
        );
        assert_eq!(
            service("arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
            of("sqs", "sendMessage.waitForTaskToken", Pattern::WaitForTaskToken)
        );
        assert_eq!(
            service("arn:aws:states:::states:startExecution.sync:2"),
            of("states", "startExecution.sync:2", Pattern::Sync)
        );
        assert_eq!(
            service("arn:aws:states:::aws-sdk:s3:getObject"),
            of("aws-sdk:s3", "getObject", Pattern::RequestResponse)
        );
        assert_eq!(Resource::parse("arn:aws:lambda:us-east-1:1:function:f").family, Family::Lambda);
        assert_eq!(Resource::parse("arn:aws:states:us-east-1:1:activity:a").family, Family::Activity);
    }

    #[test]
    fn actions_of_step_functions_are_known() {
        let action = |resource: &str| Resource::parse(&format!("arn:aws:states:::{resource}")).action();
        assert_eq!(action("states:startExecution.sync:2"), Some(Action::Start(Waits::SyncData)));
        assert_eq!(action("states:startExecution.waitForTaskToken"), Some(Action::Start(Waits::Reply)));
        assert_eq!(action("aws-sdk:sfn:startSyncExecution"), Some(Action::SdkStartSync));
        assert_eq!(action("aws-sdk:sfn:listExecutions"), None);
        assert_eq!(action("sqs:sendMessage"), None);
    }
}
