//! Canonical Amazon States Language JSON.
//!
//! `${Name}` substitutions stay as they are, which is the form that CDK's `DefinitionBody.fromFile`, the `DefinitionUri`
//! of AWS SAM and Terraform's `templatefile` take (the last where all are substitutions).
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}};
//!
//! let (machine, _) = asl::read_str(r#"{"States": {"Hello": {"Type": "Succeed"}}, "StartAt": "Hello"}"#)?;
//! let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
//! assert_eq!(stepfn_codegen::asl::file_name(&definition), "Greeting.asl.json");
//! assert!(stepfn_codegen::asl::to_json(&definition).starts_with("{\n  \"StartAt\": \"Hello\""));
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

use stepfn_core::definition::Definition;

use crate::text::without_dynamic_references;

/// The canonical text: two spaces of indent, fields in a fixed order, a final newline. Whatever tool puts it into a template, CloudFormation sees no
/// dynamic reference in it.
pub fn to_json(definition: &Definition) -> String {
    without_dynamic_references(&definition.machine.to_canonical_string())
}

/// The name of the machine's file: `<Name>.asl.json`.
pub fn file_name(definition: &Definition) -> String {
    format!("{}.asl.json", definition.short_name())
}
