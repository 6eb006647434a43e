//! ASL JSON and Serverless Framework YAML from stepfn definitions.
//!
//! One [`Definition`](stepfn_core::definition::Definition) yields one `*.asl.json`, and all of them together one
//! `stepfn.serverless.yml`:
//!
//! ```
//! use stepfn_codegen::generate::generate;
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (machine, _) = asl::read_str(r#"{"StartAt": "Hello", "States": {"Hello": {"Type": "Succeed"}}}"#)?;
//! let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
//!
//! let out = tempfile::tempdir()?;
//! let files = generate(&[definition], out.path())?;
//! assert!(files[0].ends_with("Greeting.asl.json"));
//! assert!(files[1].ends_with("stepfn.serverless.yml"));
//! # Ok(())
//! # }
//! ```
//!
//! The files depend on the definitions alone: no clock, no environment, no version number.

pub mod asl;
pub mod cloudformation;
mod difference;
mod disk;
mod error;
mod format;
mod functions;
pub mod generate;
pub mod iam;
mod plan;
mod problem;
pub mod sam;
pub mod serverless;
mod template;
pub mod terraform;
mod text;
mod together;
mod tree;
mod yaml;

pub use error::Error;
pub use problem::Problem;
