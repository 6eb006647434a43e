//! `${Name}`s of a definition, replaced by what the deployment knows them to be.
//!
//! CloudFormation would do this by `DefinitionSubstitutions`; the API of Step Functions takes a finished text.
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}};
//! use stepfn_deploy::{Settings, substitution::substitute};
//!
//! let (machine, _) = asl::read_str(
//!     r#"{ "StartAt": "Load", "States": { "Load": { "Type": "Task", "Resource": "${LoadArn}", "End": true } } }"#,
//! )?;
//! let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
//! let refusal = substitute(&definition, &Settings::new()).expect_err("nothing is given");
//! assert_eq!(refusal.to_string(), "`Loading` has no value for `${LoadArn}`\n  help: give `--substitution LoadArn=…`");
//!
//! let settings = Settings::new().substitution("LoadArn", "arn:aws:lambda:us-east-1:123456789012:function:load");
//! let finished = substitute(&definition, &settings)?;
//! assert!(finished.machine.to_canonical_string().contains("function:load"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use indexmap::{IndexMap, IndexSet};
use stepfn_core::{
    asl::{self, StateMachine},
    definition::{Definition, LoggingConfiguration, Reference},
    diagnostic::nearest,
    placeholder,
    value::Value,
};

use crate::settings::{Encryption, LogGroup, Settings};

/// A definition needs values that were not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingSubstitutions {
    /// The definition's name.
    pub machine: String,
    /// The names, in the order in which the definition has them, each with its reference in CloudFormation.
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

/// A definition without names: what is deployed of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Substituted {
    /// The machine.
    pub machine: StateMachine,
    /// The logging, with the ARNs of its log groups.
    pub logging: Option<LoggingConfiguration>,
    /// The role of the settings.
    pub role_arn: Option<String>,
    /// The encryption of the settings.
    pub encryption: Option<Encryption>,
    /// The log group of the settings.
    pub log_group: Option<LogGroup>,
}

/// The definition's machine and logging, and the role and key of the settings, with every `${Name}` of their texts replaced.
///
/// # Errors
///
/// [`MissingSubstitutions`], naming all that have no value.
pub fn substitute(definition: &Definition, settings: &Settings) -> Result<Substituted, MissingSubstitutions> {
    let given = &settings.substitutions;
    let mut texts = Texts { known: &definition.substitutions, given, missing: IndexSet::new() };
    let machine = texts.value(&definition.machine.to_json());
    let logging = definition.logging.as_ref().map(|logging| LoggingConfiguration {
        destinations: logging.destinations.iter().map(|arn| texts.text(arn)).collect(),
        ..logging.clone()
    });
    let role_arn = settings.role_arn.as_ref().map(|arn| texts.text(arn));
    let encryption = settings.encryption.as_ref().map(|encryption| match encryption {
        Encryption::AwsOwnedKey => Encryption::AwsOwnedKey,
        Encryption::CustomerManagedKey { kms_key_id, reuse_period_seconds } => {
            let (kms_key_id, reuse_period_seconds) = (texts.text(kms_key_id), *reuse_period_seconds);
            Encryption::CustomerManagedKey { kms_key_id, reuse_period_seconds }
        }
    });
    let log_group = settings.log_group.as_ref();
    let log_group = log_group.map(|group| LogGroup { name: texts.text(&group.name), ..group.clone() });
    texts.finish(definition)?;
    Ok(Substituted { machine: asl::read(&machine).0, logging, role_arn, encryption, log_group })
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

    fn given(pairs: &[(&str, &str)]) -> Settings {
        pairs.iter().fold(Settings::new(), |settings, &(name, value)| settings.substitution(name, value))
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
        let settings =
            given(&[("Topics", "x")]).role_arn("${RoleArn}").encryption(Encryption::CustomerManagedKey {
                kms_key_id: "${Topics}/${Key}".to_owned(),
                reuse_period_seconds: None,
            });
        let refusal = substitute(&definition, &settings).unwrap_err();
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
        let machine = substitute(&definition, &given(&[("X", "${Y}"), ("Y", "y")])).unwrap().machine;
        assert_eq!(machine.to_json()["States"]["A"]["Parameters"]["a"].as_str(), Some("<${Y}>y"));
    }

    #[test]
    fn variables_of_the_framework_are_names_in_jsonata_as_well() {
        let definition = definition(
            r#"{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Output":
               "{% '${self:service}-${Stage}' %}","End":true}}}"#,
        );
        let refusal = substitute(&definition, &Settings::new()).unwrap_err();
        assert_eq!(refusal.names, [("self:service".to_owned(), None), ("Stage".to_owned(), None)]);
    }

    #[test]
    fn groupings_of_jsonata_and_open_braces_are_no_names() {
        let definition = definition(
            r#"{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Output":
               {"a":"{% $states.input.${id: name} %}","b":"${","c":"${}"},"End":true}}}"#,
        );
        let finished = substitute(&definition, &Settings::new()).unwrap();
        assert_eq!(finished.machine, definition.machine);
    }
}
