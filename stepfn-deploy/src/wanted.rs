//! What is wanted of a deployment: its values, with every `${Name}` replaced.
//!
//! CloudFormation would do this by `DefinitionSubstitutions`; the API of Step Functions takes finished texts.

use std::fmt;

use indexmap::{IndexMap, IndexSet};
use stepfn_core::{
    arn::Arn,
    asl::{self, StateMachine},
    definition::{Definition, LoggingConfiguration, Reference},
    deployment::{self, Deployment, Identifier, Routing, Step},
    diagnostic::nearest,
    placeholder,
    value::Value,
};

/// A deployment needs values that were not given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingSubstitutions {
    /// The definition's name.
    pub machine: String,
    /// The names, in the order in which the deployment has them, each with its reference in CloudFormation.
    pub names: Vec<(String, Option<Reference>)>,
    /// The names that were given.
    pub given: Vec<String>,
}

impl fmt::Display for MissingSubstitutions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names.iter().map(|(name, reference)| match reference {
            Some(reference) => format!("`${{{name}}}` ({reference})"),
            None => format!("`${{{name}}}`"),
        });
        write!(f, "`{}` has no value for {}", self.machine, names.collect::<Vec<_>>().join(", "))?;
        let options: Vec<_> =
            self.names.iter().map(|(name, _)| format!("`--substitution {name}=…`")).collect();
        write!(f, "\n  help: give {}", options.join(" "))?;
        for (name, _) in &self.names {
            if let Some(near) = nearest(name, self.given.iter().map(String::as_str)) {
                write!(f, "\n  help: `{near}` was given; is `{name}` meant?")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for MissingSubstitutions {}

/// A deployment without names: what the API of Step Functions takes of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) machine: StateMachine,
    pub(crate) logging: Option<LoggingConfiguration>,
    pub(crate) role_arn: Option<String>,
    pub(crate) encryption: Option<Encryption>,
    pub(crate) log_group: Option<LogGroup>,
    /// All that the state machine has afterwards; none leaves those that it has.
    pub(crate) tags: Option<IndexMap<String, String>>,
    pub(crate) publish: bool,
    pub(crate) version_description: Option<String>,
    pub(crate) aliases: Vec<Alias>,
    /// What the API of Step Functions does not take, in words.
    pub(crate) left_out: Vec<&'static str>,
}

/// `encryptionConfiguration`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    AwsOwnedKey,
    CustomerManagedKey { kms_key_id: String, reuse_period_seconds: Option<u32> },
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AwsOwnedKey => f.write_str("AWS_OWNED_KEY"),
            Self::CustomerManagedKey { kms_key_id, reuse_period_seconds } => {
                write!(f, "CUSTOMER_MANAGED_KMS_KEY {kms_key_id}")?;
                reuse_period_seconds.map_or(Ok(()), |seconds| write!(f, ", reused for {seconds} s"))
            }
        }
    }
}

/// A log group that is made with the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogGroup {
    pub(crate) name: String,
    pub(crate) retention_in_days: Option<u32>,
}

impl LogGroup {
    /// Its ARN as a destination of logs: in the partition and account of another ARN, the role's or the machine's.
    pub(crate) fn destination(&self, region: &str, neighbour: &str) -> Option<String> {
        let Arn { partition, account, .. } = Arn::parse(neighbour)?;
        Some(format!("arn:{partition}:logs:{region}:{account}:log-group:{}:*", self.name))
    }
}

/// An alias that comes to lead to one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) steps: Vec<Step>,
}

impl Wanted {
    /// Replaces every `${Name}` of a deployment by its value.
    pub(crate) fn of(
        deployment: &Deployment,
        values: &IndexMap<String, String>,
    ) -> Result<Self, MissingSubstitutions> {
        let definition = &deployment.definition;
        let mut texts = Texts { known: &definition.substitutions, given: values, missing: IndexSet::new() };
        let machine = asl::read(&texts.value(&definition.machine.to_json())).0;
        let logging = definition.logging.as_ref().map(|logging| LoggingConfiguration {
            destinations: logging.destinations.iter().map(|arn| texts.text(arn)).collect(),
            ..logging.clone()
        });
        let role_arn = deployment.role.as_ref().map(|role| texts.identifier(role));
        let encryption = deployment.encryption.as_ref().map(|encryption| texts.encryption(encryption));
        let log_group = deployment.log_group.as_ref().map(|group| LogGroup {
            name: texts.identifier(&group.name),
            retention_in_days: group.retention_in_days,
        });
        let tags = deployment.tags.iter().map(|(key, value)| (key.clone(), texts.text(value)));
        let tags: IndexMap<_, _> = tags.collect();
        let version = deployment.version.as_ref();
        let version_description = version.and_then(|version| version.description.as_ref());
        let aliases = deployment.aliases.iter().filter(|alias| !leads_to_two(alias)).map(|alias| Alias {
            name: alias.name.clone(),
            description: alias.description.as_ref().map(|text| texts.text(text)),
            steps: alias.routing.steps(),
        });
        let aliases = aliases.collect();
        let wanted = Self {
            name: texts.text(&definition.name),
            machine,
            logging,
            role_arn,
            encryption,
            log_group,
            tags: (!tags.is_empty()).then_some(tags),
            publish: deployment.publishes(),
            version_description: version_description.map(|text| texts.text(text)),
            aliases,
            left_out: left_out(deployment),
        };
        texts.finish(definition)?;
        Ok(wanted)
    }
}

fn leads_to_two(alias: &deployment::Alias) -> bool {
    matches!(alias.routing, Routing::Split { .. })
}

/// Names the parts of a deployment that need other services than Step Functions, or a version that was published before.
fn left_out(deployment: &Deployment) -> Vec<&'static str> {
    let aliases = &deployment.aliases;
    let parts = [
        ("triggers", !deployment.triggers.is_empty()),
        ("alarms", !deployment.alarms.is_empty()),
        ("notifications", !deployment.notifications.is_empty()),
        ("alarms of aliases", aliases.iter().any(|alias| !alias.alarms.is_empty())),
        ("aliases that lead to two versions", aliases.iter().any(leads_to_two)),
    ];
    parts.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect()
}

struct Texts<'a> {
    known: &'a IndexMap<String, Reference>,
    given: &'a IndexMap<String, String>,
    missing: IndexSet<String>,
}

impl Texts<'_> {
    fn value(&mut self, value: &Value) -> Value {
        placeholder::map_texts(value, &mut |text| self.text(text))
    }

    /// A reference is a `${Name}` as well, named as in the definition.
    fn identifier(&mut self, identifier: &Identifier) -> String {
        match identifier {
            Identifier::Text(text) => self.text(text),
            Identifier::Reference(Reference::Ref(id)) => self.text(&format!("${{{id}}}")),
            Identifier::Reference(Reference::GetAtt(id, attribute)) => {
                self.text(&format!("${{{id}{attribute}}}"))
            }
        }
    }

    fn encryption(&mut self, encryption: &deployment::Encryption) -> Encryption {
        match encryption.customer_managed_key() {
            None => Encryption::AwsOwnedKey,
            Some((key, reuse_period_seconds)) => {
                Encryption::CustomerManagedKey { kms_key_id: self.identifier(key), reuse_period_seconds }
            }
        }
    }

    fn text(&mut self, text: &str) -> String {
        placeholder::fill(text, &mut |name| {
            let given = self.given.get(name);
            if given.is_none() && (self.known.contains_key(name) || is_placeholder(name, text)) {
                self.missing.insert(name.to_owned());
            }
            given.map(String::as_str)
        })
    }

    fn finish(self, definition: &Definition) -> Result<(), MissingSubstitutions> {
        if self.missing.is_empty() {
            return Ok(());
        }
        let names = self.missing.into_iter().map(|name| {
            let reference = self.known.get(&name).cloned();
            (name, reference)
        });
        Err(MissingSubstitutions {
            machine: definition.name.clone(),
            names: names.collect(),
            given: self.given.keys().cloned().collect(),
        })
    }
}

/// Returns `true` if `${name}` is a deployment tool's. In JSONata `${key: value}` groups `$`, so there only a bare name is, and what
/// CloudFormation and the Serverless Framework call their own.
fn is_placeholder(name: &str, text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_own = !text.starts_with("{%") || name.starts_with("AWS::") || name.starts_with("self:");
    !name.is_empty() && name.chars().all(|c| is_word(c) || (is_own && matches!(c, ':' | '.' | '-')))
}

#[cfg(test)]
mod tests {
    use stepfn_core::definition::{LogLevel, WorkflowType};

    use super::*;

    fn definition(asl: &str) -> Definition {
        let (machine, _) = asl::read_str(asl).unwrap();
        Definition::from_asl("M", WorkflowType::Standard, machine)
    }

    fn given(pairs: &[(&str, &str)]) -> IndexMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn all_missing_names_come_at_once_with_what_they_stand_for() {
        let mut definition = definition(
            r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"${LoadArn}","Parameters":
               {"a":"${Topic}-${Topic}","b":["${AWS::Region}"]},"End":true}}}"#,
        );
        definition.substitutions.insert("Topic".to_owned(), Reference::Ref("Topic".to_owned()));
        definition.logging = Some(LoggingConfiguration {
            level: LogLevel::All,
            include_execution_data: false,
            destinations: vec!["${Logs}:*".to_owned()],
        });
        let deployment = Deployment::from(definition)
            .role("${RoleArn}")
            .encryption(deployment::Encryption::new("${Topics}/${Key}"));
        let refusal = Wanted::of(&deployment, &given(&[("Topics", "x")])).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "`M` has no value for `${LoadArn}`, `${Topic}` (!Ref Topic), `${AWS::Region}`, `${Logs}`, `${RoleArn}`, `${Key}`\n  \
             help: give `--substitution LoadArn=…` `--substitution Topic=…` `--substitution AWS::Region=…` `--substitution Logs=…` `--substitution RoleArn=…` `--substitution Key=…`\n  \
             help: `Topics` was given; is `Topic` meant?"
        );
    }

    #[test]
    fn a_value_is_not_read_again() {
        let definition = definition(
            r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"a":"<${X}>${Y}"},"End":true}}}"#,
        );
        let machine = Wanted::of(&definition.into(), &given(&[("X", "${Y}"), ("Y", "y")])).unwrap().machine;
        assert_eq!(machine.to_json()["States"]["A"]["Parameters"]["a"].as_str(), Some("<${Y}>y"));
    }

    #[test]
    fn variables_of_the_framework_are_names_in_jsonata_as_well() {
        let definition = definition(
            r#"{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Output":
               "{% '${self:service}-${Stage}' %}","End":true}}}"#,
        );
        let refusal = Wanted::of(&(&definition).into(), &IndexMap::new()).unwrap_err();
        assert_eq!(refusal.names, [("self:service".to_owned(), None), ("Stage".to_owned(), None)]);
    }

    #[test]
    fn groupings_of_jsonata_and_open_braces_are_no_names() {
        let definition = definition(
            r#"{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Output":
               {"a":"{% $states.input.${id: name} %}","b":"${","c":"${}"},"End":true}}}"#,
        );
        let finished = Wanted::of(&(&definition).into(), &IndexMap::new()).unwrap();
        assert_eq!(finished.machine, definition.machine);
    }

    #[test]
    fn what_needs_other_services_is_left_out_by_name() {
        use stepfn_core::deployment::{Alarm, Alias, Metric};

        let deployment = Deployment::from(definition(r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#))
            .role(Reference::GetAtt("Role".to_owned(), "Arn".to_owned()))
            .alias(Alias::new("live").linear(40, 5))
            .alias(Alias::new("half").route("arn:aws:states:us-east-1:123456789012:stateMachine:M:1", 50))
            .alarm(Alarm::new(Metric::ExecutionsFailed));
        let wanted = Wanted::of(&deployment, &given(&[("RoleArn", "arn:aws:iam::1:role/m")])).unwrap();
        assert_eq!(wanted.role_arn.as_deref(), Some("arn:aws:iam::1:role/m"));
        let steps: Vec<_> =
            wanted.aliases.iter().flat_map(|alias| &alias.steps).map(Step::to_string).collect();
        assert_eq!(steps, ["40%:5m", "80%:5m"]);
        assert_eq!(wanted.left_out, ["alarms", "aliases that lead to two versions"]);
        assert!(wanted.publish && wanted.tags.is_none());
    }
}
