/// What a Task's `Resource` names.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// As the definition has it, substitutions applied.
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

impl Resource {
    pub(crate) fn parse(arn: &str) -> Self {
        let (family, pattern) = parse_family(arn);
        Self { arn: arn.to_owned(), family, pattern }
    }

    /// Whether this is the optimised integration `lambda:invoke`, in whichever pattern.
    pub(crate) fn is_lambda_invoke(&self) -> bool {
        match &self.family {
            Family::Service { resource_type, resource } => {
                resource_type == "lambda" && resource.split('.').next() == Some("invoke")
            }
            _ => false,
        }
    }

    /// Whether somebody outside ends the task by its token.
    pub(crate) fn has_token(&self) -> bool {
        self.pattern != Pattern::RequestResponse || self.family == Family::Activity
    }
}

fn parse_family(arn: &str) -> (Family, Pattern) {
    let mut parts = arn.splitn(6, ':');
    // arn:<partition>:<service>:<region>:<account>:<rest>
    let fields = (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next());
    let (Some("arn"), Some(_), Some(service), Some(_), Some(_), Some(rest)) = fields else {
        // A function that is known by its name alone, or by a placeholder of a deployment tool.
        return (Family::Lambda, Pattern::RequestResponse);
    };
    if service != "states" {
        return (Family::Lambda, Pattern::RequestResponse);
    }
    if rest.starts_with("activity:") {
        return (Family::Activity, Pattern::RequestResponse);
    }
    let (base, pattern) = if let Some(base) = rest.strip_suffix(".waitForTaskToken") {
        (base, Pattern::WaitForTaskToken)
    } else if let Some(base) = rest.strip_suffix(".sync").or_else(|| rest.strip_suffix(".sync:2")) {
        (base, Pattern::Sync)
    } else {
        (rest, Pattern::RequestResponse)
    };
    let (resource_type, action) = base.rsplit_once(':').unwrap_or((base, ""));
    let resource = format!("{action}{}", &rest[base.len()..]);
    (Family::Service { resource_type: resource_type.to_owned(), resource }, pattern)
}

/// The bare name of a Lambda function, from its name, its partial or its whole ARN, with or without a qualifier.
pub(crate) fn function_name(text: &str) -> &str {
    let name = match text.split_once("function:") {
        Some((_, name)) => name,
        // `${...}` placeholders have colons of their own.
        None if text.contains("${") => return text,
        None => text,
    };
    if name.contains("${") { name } else { name.split(':').next().unwrap_or(name) }
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
    fn function_names_lose_account_and_qualifier() {
        for text in ["load", "load:3", "arn:aws:lambda:us-east-1:1:function:load", "1:function:load:$LATEST"]
        {
            assert_eq!(function_name(text), "load");
        }
        assert_eq!(function_name("${self:service}-load"), "${self:service}-load");
    }
}
