//! ARNs: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, as AWS writes them and as deployment tools fill them in.

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
}
