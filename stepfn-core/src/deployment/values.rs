//! `${Name}`s that have a value before anything is generated: those of a stage.

use crate::{asl, definition::Reference, placeholder, value::Value};
use indexmap::IndexMap;

use super::{Deployment, Encryption, Identifier, Payload, Routing, Trigger};

impl Deployment {
    /// The deployment with values in the place of `${Name}`s: in the machine's name, its texts, the names of its functions, the log groups, the
    /// tags, the role, triggers, alarms, notifications and aliases. A name without a value stays as it is.
    ///
    /// ```
    /// use indexmap::IndexMap;
    /// use stepfn_core::deployment::Deployment;
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}};
    ///
    /// let (machine, _) = asl::read_str(r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Stage} ${x}", "End": true}}}"#)?;
    /// let definition = Definition::from_asl("orders-${Stage}", WorkflowType::Standard, machine);
    /// let values = IndexMap::from([("Stage".to_owned(), "dev".to_owned())]);
    /// let deployment = Deployment::from(definition).with_values(&values);
    /// assert_eq!((deployment.definition.name.as_str(), deployment.short_name().as_str()), ("orders-dev", "orders"));
    /// assert!(deployment.definition.machine.to_canonical_string().contains("\"dev ${x}\""));
    /// # Ok::<(), stepfn_core::json::JsonError>(())
    /// ```
    #[must_use]
    pub fn with_values(mut self, values: &IndexMap<String, String>) -> Self {
        self.called = Some(self.short_name());
        let definition = &mut self.definition;
        definition.name = filled(&definition.name, values);
        definition.machine = asl::read(&value(&definition.machine.to_json(), values)).0;
        for binding in &mut definition.tasks {
            let name = filled(binding.task.function_name, values);
            if name != binding.task.function_name {
                // Names of functions are constants everywhere else; a command has one stage, so that these are few.
                binding.task.function_name = name.leak();
            }
        }
        for child in &mut definition.children {
            child.name = filled(&child.name, values);
            // Templates make the id of the name that is left.
            if let Some(name) = &child.substitution {
                definition.substitutions.insert(name.clone(), Reference::Ref(child.logical_id()));
            }
        }
        for destination in definition.logging.iter_mut().flat_map(|logging| &mut logging.destinations) {
            *destination = filled(destination, values);
        }
        for tag in self.tags.values_mut() {
            *tag = filled(tag, values);
        }
        let groups = self.log_group.iter_mut().map(|group| &mut group.name);
        let keys = self.encryption.iter_mut().filter_map(|encryption| match encryption {
            Encryption::AwsOwnedKey => None,
            Encryption::CustomerManagedKey { kms_key_id, .. } => Some(kms_key_id),
        });
        for identifier in self.role.iter_mut().chain(groups).chain(keys) {
            fill(identifier, values);
        }
        for trigger in &mut self.triggers {
            *trigger = trigger.with_values(values);
        }
        for alarm in &mut self.alarms {
            let actions =
                [&mut alarm.alarm_actions, &mut alarm.ok_actions, &mut alarm.insufficient_data_actions];
            let actions = actions.into_iter().flatten();
            actions.chain(&mut alarm.name).for_each(|identifier| fill(identifier, values));
            fill_text(&mut alarm.description, values);
        }
        for notification in &mut self.notifications {
            fill(notification.target.arn_mut(), values);
        }
        for alias in &mut self.aliases {
            alias.alarms.iter_mut().for_each(|alarm| fill(alarm, values));
            if let Routing::Split { version, .. } = &mut alias.routing {
                fill(version, values);
            }
            fill_text(&mut alias.description, values);
        }
        if let Some(version) = &mut self.version {
            fill_text(&mut version.description, values);
        }
        self
    }
}

impl Trigger {
    /// The trigger with values in the place of `${Name}`s; a name without a value stays as it is.
    #[must_use]
    pub fn with_values(&self, values: &IndexMap<String, String>) -> Self {
        let mut trigger = self.clone();
        let dead_letter = match &mut trigger {
            Self::Schedule(schedule) => {
                schedule.expression = filled(&schedule.expression, values);
                for text in [&mut schedule.time_zone, &mut schedule.name, &mut schedule.description] {
                    fill_text(text, values);
                }
                if let Some(input) = &mut schedule.input {
                    *input = value(input, values);
                }
                &mut schedule.dead_letter
            }
            Self::Event(rule) => {
                rule.event_pattern = value(&rule.event_pattern, values);
                rule.event_bus_name.iter_mut().for_each(|bus| fill(bus, values));
                fill_text(&mut rule.name, values);
                fill_text(&mut rule.description, values);
                match &mut rule.payload {
                    Payload::Input(input) => *input = value(input, values),
                    Payload::InputTransformer { input_template, .. } => {
                        *input_template = filled(input_template, values);
                    }
                    Payload::Event | Payload::InputPath(_) => {}
                }
                &mut rule.dead_letter
            }
            Self::Http(http) => {
                http.path = filled(&http.path, values);
                return trigger;
            }
        };
        dead_letter.iter_mut().for_each(|arn| fill(arn, values));
        trigger
    }
}

fn fill_text(text: &mut Option<String>, values: &IndexMap<String, String>) {
    if let Some(text) = text {
        *text = filled(text, values);
    }
}

fn fill(identifier: &mut Identifier, values: &IndexMap<String, String>) {
    match identifier {
        Identifier::Text(text) => *text = filled(text, values),
        Identifier::Reference(Reference::Ref(name)) => {
            if let Some(value) = values.get(name) {
                *identifier = Identifier::Text(value.clone());
            }
        }
        Identifier::Reference(Reference::GetAtt(..)) => {}
    }
}

fn value(given: &Value, values: &IndexMap<String, String>) -> Value {
    placeholder::map_texts(given, &mut |text| filled(text, values))
}

/// A text with the values of its `${Name}`s; what a value holds is not read again, and what has no value stays.
pub fn filled(text: &str, values: &IndexMap<String, String>) -> String {
    placeholder::fill(text, &mut |name| values.get(name).map(String::as_str))
}
