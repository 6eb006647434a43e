//! `${Name}`s that have a value before anything is generated: those of a stage.

use indexmap::IndexMap;
use stepfn_core::{asl, definition::Reference, placeholder, value::Value};

use super::{Deployment, Identifier};

impl Deployment {
    /// The deployment with values in the place of `${Name}`s: in the machine's name, its texts, the names of its functions, the log groups, the
    /// tags and the role. A name without a value stays as it is.
    ///
    /// ```
    /// use indexmap::IndexMap;
    /// use stepfn_codegen::deployment::Deployment;
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}};
    ///
    /// let (machine, _) = asl::read_str(r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Stage} ${x}", "End": true}}}"#)?;
    /// let definition = Definition::from_asl("orders-${Stage}", WorkflowType::Standard, machine);
    /// let values = IndexMap::from([("Stage".to_owned(), "dev".to_owned())]);
    /// let deployment = Deployment::from(definition).with_values(&values);
    /// assert_eq!(deployment.definition().name, "orders-dev");
    /// assert!(deployment.definition().machine.to_canonical_string().contains("\"dev ${x}\""));
    /// # Ok::<(), stepfn_core::json::JsonError>(())
    /// ```
    #[must_use]
    pub fn with_values(mut self, values: &IndexMap<String, String>) -> Self {
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
        let keys = self.encryption.iter_mut().map(|encryption| &mut encryption.kms_key_id);
        for identifier in self.role.iter_mut().chain(groups).chain(keys) {
            fill(identifier, values);
        }
        self
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
