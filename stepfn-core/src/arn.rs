//! ARNs: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, as AWS writes them and as deployment tools fill them in.

use crate::placeholder;

/// The parts of an ARN.
///
/// ```
/// use stepfn_core::arn::Arn;
///
/// let arn = Arn::parse("arn:${AWS::Partition}:lambda:eu-west-1:123456789012:function:load:live").unwrap();
/// assert_eq!((arn.partition, arn.service, arn.resource), ("${AWS::Partition}", "lambda", "function:load:live"));
/// assert_eq!(arn.below("function:"), Some("load:live"));
/// assert_eq!(Arn::parse("load"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`
    pub partition: &'a str,
    /// `lambda`, `states`
    pub service: &'a str,
    /// The region; empty where the resource has none.
    pub region: &'a str,
    /// The account; empty where the resource has none.
    pub account: &'a str,
    /// What is behind the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads an ARN. The colons of a placeholder, `${AWS::Region}` or `#{AWS::Region}`, part nothing.
    pub fn parse(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix("arn:")?;
        let (partition, rest) = part(rest)?;
        let (service, rest) = part(rest)?;
        let (region, rest) = part(rest)?;
        let (account, resource) = part(rest)?;
        Some(Self { partition, service, region, account, resource })
    }

    /// The resource without its kind: what is behind `activity:` or `function:`.
    pub fn below(&self, kind: &str) -> Option<&'a str> {
        self.resource.strip_prefix(kind)
    }

    /// The parts of the resource: `execution`, the machine's name, the execution's.
    pub fn parts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let mut rest = Some(self.resource);
        std::iter::from_fn(move || {
            let text = rest?;
            let (first, after) = part(text).map_or((text, None), |(first, after)| (first, Some(after)));
            rest = after;
            Some(first)
        })
    }
}

/// Returns `true` if a string is written as an ARN is, whole or filled in later.
pub fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

/// The string behind the last colon: the name of a machine, the number of a version.
///
/// ```
/// assert_eq!(stepfn_core::arn::last("arn:aws:states:eu-west-1:123456789012:stateMachine:Order:3"), "3");
/// ```
pub fn last(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

/// The ARN of a state machine, and the version or alias behind it.
///
/// ```
/// use stepfn_core::arn::MachineArn;
///
/// let machine = MachineArn::parse("arn:aws:states:eu-west-1:123456789012:stateMachine:Order:live").unwrap();
/// assert_eq!((machine.name, machine.qualifier), ("Order", Some("live")));
/// assert_eq!(machine.unqualified, "arn:aws:states:eu-west-1:123456789012:stateMachine:Order");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineArn<'a> {
    /// The ARN without the version or alias.
    pub unqualified: &'a str,
    /// The machine's name.
    pub name: &'a str,
    /// The number of the version, or the name of the alias.
    pub qualifier: Option<&'a str>,
}

impl<'a> MachineArn<'a> {
    /// Reads the ARN of a state machine, a version or an alias.
    pub fn parse(text: &'a str) -> Option<Self> {
        let arn = Arn::parse(text).filter(|arn| arn.service == "states")?;
        let mut parts = arn.parts();
        let name = parts.next().filter(|kind| *kind == "stateMachine").and(parts.next())?;
        let qualifier = parts.next();
        if name.is_empty() || parts.next().is_some() {
            return None;
        }
        let behind = qualifier.map_or(0, |qualifier| qualifier.len() + 1);
        let unqualified = text.get(..text.len() - behind)?;
        Some(Self { unqualified, name, qualifier })
    }
}

/// The bare name of a Lambda function, from its name, its partial or its whole ARN, with or without a version or alias.
pub fn function_name(text: &str) -> &str {
    match text.split_once("function:") {
        Some((_, name)) => first_name(name),
        // `${...}` placeholders have colons of their own.
        None => first_name(text),
    }
}

/// The bare name of a state machine, from its name, its ARN, with or without a version or alias, or the `${Name}` of a deployment tool.
pub fn machine_name(text: &str) -> &str {
    placeholder::only(text)
        .unwrap_or_else(|| first_name(text.split_once(":stateMachine:").map_or(text, |(_, name)| name)))
}

/// The string up to the first colon; all of it where a placeholder is in it, which has colons of its own.
fn first_name(text: &str) -> &str {
    if text.contains("${") { text } else { text.split(':').next().unwrap_or(text) }
}

/// The text up to the first colon outside of a placeholder, and what is behind it.
fn part(text: &str) -> Option<(&str, &str)> {
    let mut is_inside = false;
    for (index, sign) in text.char_indices() {
        match sign {
            '{' if text.get(..index).is_some_and(|before| before.ends_with(['$', '#'])) => is_inside = true,
            '}' => is_inside = false,
            ':' if !is_inside => return Some((text.get(..index)?, text.get(index + 1..)?)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_what_lies_between_colons_outside_of_placeholders() {
        let parts = |text| {
            Arn::parse(text).map(|arn| [arn.partition, arn.service, arn.region, arn.account, arn.resource])
        };
        for (text, expected) in [
            ("arn:aws:states:::sqs:sendMessage.sync:2", ["aws", "states", "", "", "sqs:sendMessage.sync:2"]),
            ("arn:#{AWS::Partition}:s3:::b", ["#{AWS::Partition}", "s3", "", "", "b"]),
            (
                "arn:aws:lambda:${AWS::Region}:${A}:function:f",
                ["aws", "lambda", "${AWS::Region}", "${A}", "function:f"],
            ),
        ] {
            assert_eq!(parts(text), Some(expected), "{text}");
        }
        for text in ["", "arn", "arn:aws:lambda:eu-west-1:1", "${Arn}", "arn:${aws:lambda:a:b:c:d:e"] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn machines_are_named_with_their_versions_and_aliases() {
        fn named(text: &str) -> Option<(&str, &str, Option<&str>)> {
            MachineArn::parse(text).map(|machine| (machine.unqualified, machine.name, machine.qualifier))
        }

        let arn = "arn:aws:states:eu-west-1:1:stateMachine:Order";
        assert_eq!(named(arn), Some((arn, "Order", None)));
        let version = format!("{arn}:3");
        assert_eq!(named(&version), Some((arn, "Order", Some("3"))));
        for text in [
            "Order",
            "arn:aws:states:eu-west-1:1:stateMachine:",
            "arn:aws:states:eu-west-1:1:stateMachine:Order:live:more",
            "arn:aws:lambda:eu-west-1:1:stateMachine:Order",
            "arn:aws:states:::sqs:sendMessage",
        ] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_found_in_whole_and_partial_arns() {
        for text in ["f", "f:live", "function:f:3", "arn:aws:lambda:eu-west-1:1:function:f:live"] {
            assert_eq!(function_name(text), "f", "{text}");
        }
        assert_eq!(function_name("arn:aws:lambda:${AWS::Region}:1:function:${Name}"), "${Name}");
        assert_eq!(function_name("${self:service}-load"), "${self:service}-load");
        assert_eq!(machine_name("arn:aws:states:us-east-1:1:stateMachine:${Stage}-pay"), "${Stage}-pay");
        for text in ["Order", "Order:3", "${Order}", "arn:aws:states:eu-west-1:1:stateMachine:Order:live"] {
            assert_eq!(machine_name(text), "Order", "{text}");
        }
    }
}
