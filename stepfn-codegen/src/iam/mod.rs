//! The least role that a workflow needs: what its states do in AWS, as an IAM policy.
//!
//! ```
//! use stepfn_codegen::iam;
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (machine, _) = asl::read_str(r#"{"StartAt": "Save", "States": {"Save": {
//!     "Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem",
//!     "Parameters": {"TableName": "Orders", "Item": {"id": {"S.$": "$.id"}}}, "Next": "Tell"
//!   }, "Tell": {
//!     "Type": "Task", "Resource": "arn:aws:states:::sns:publish",
//!     "Parameters": {"TopicArn.$": "$.topic", "Message": "saved"}, "End": true
//! }}}"#)?;
//! let policy = iam::policy(&Definition::from_asl("Orders", WorkflowType::Standard, machine));
//!
//! assert_eq!(policy.statements[0].action, ["dynamodb:PutItem"]);
//! let table = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/Orders";
//! assert_eq!(policy.statements[0].resource[0].arn, table);
//! // Its topic is in the data: a value that nobody can know here is a placeholder, and is reported.
//! assert_eq!(policy.statements[1].resource[0].arn, "${TellTopicArn}");
//! let unknown = &policy.unknown()[0];
//! assert_eq!((&*unknown.state, &*unknown.field), ("/States/Tell", "TopicArn"));
//! # Ok(())
//! # }
//! ```
//!
//! # Forms of resources
//!
//! Texts hold `${Name}` for the definition's substitutions and those of [`Policy::substitutions`], `${AWS::Partition}`,
//! `${AWS::Region}` and `${AWS::AccountId}`, and the names of [`Policy::unknown`], which get their values at deployment.
//! A resource with a `*` has the [reason](Resource::wide): the service knows nothing narrower, or an id is made while the machine runs.
//!
//! # Where it comes from
//!
//! The optimised integrations are those of "IAM policies for integrated services" in the Step Functions Developer Guide, less
//! what a definition shows to be needless. For `aws-sdk:` the actions and the ARNs of their resources are those of the Service
//! Authorization Reference, condensed into `actions.txt` by `cargo xtask permissions`.
//!
//! The rights that a service uses in the name of its caller are in `callers.txt`, with their sources: objects in S3 that it reads and writes,
//! KMS keys that it uses. Undocumented ones get a placeholder. Where a role is passed, the service works by that.
//!
//! With `Credentials` a task works in the role that it names: this one only has to assume it.

mod apis;
mod arn;
mod athena;
mod callers;
mod collect;
mod document;
mod integrations;
mod items;
mod parameters;
mod reference;
mod rows;
mod scope;
mod services;
mod walk;

use indexmap::IndexMap;
use stepfn_core::definition::{Definition, Reference};

use stepfn_core::deployment::Deployment;

/// A policy, and what it could not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The statements, sorted by their first actions. There is always one: a machine that needs nothing is denied everything,
    /// as the Step Functions console does it.
    pub statements: Vec<Statement>,
    /// The references of `${Name}`s in the statements, beside the definition's own substitutions.
    pub substitutions: IndexMap<String, Reference>,
    unknown: Vec<Unknown>,
    needless: Vec<Needless>,
}

/// `Effect`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

impl Effect {
    /// Returns IAM's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `Sid`: letters and digits, of its own in the policy.
    pub sid: String,
    /// `Effect`
    pub effect: Effect,
    /// `Action`: sorted.
    pub action: Vec<String>,
    /// `Resource`: sorted by their texts.
    pub resource: Vec<Resource>,
    /// `Condition`: sorted.
    pub condition: Vec<Condition>,
}

/// A resource of a statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// The ARN, or `*`.
    pub arn: String,
    /// The reason why the ARN has a `*`; none where it has none.
    pub wide: Option<String>,
}

/// One line of a statement's `Condition`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// `StringEquals`
    pub operator: &'static str,
    /// `iam:PassedToService`
    pub key: &'static str,
    /// The values, of which one has to be met.
    pub values: Vec<String>,
}

/// A placeholder: a part of the policy that the definition does not determine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Its name: the policy has it as `${Name}`.
    pub name: String,
    /// The JSON pointer of the state that needs it.
    pub state: String,
    /// The parameter that would determine it.
    pub field: String,
    /// The reason why the definition does not determine it.
    pub why: String,
}

/// A Task that needs no permission of the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needless {
    /// The JSON pointer of the state.
    pub state: String,
    /// The reason why it needs none.
    pub why: &'static str,
}

impl Policy {
    /// The placeholders, in the order of the states that need them.
    pub fn unknown(&self) -> &[Unknown] {
        &self.unknown
    }

    /// The Tasks that need no permission of the role.
    pub fn needless(&self) -> &[Needless] {
        &self.needless
    }
}

/// The name of the file of a machine's policy: `<Name>.policy.json`.
pub fn file_name(definition: &Definition) -> String {
    format!("{}.policy.json", definition.short_name())
}

/// Returns the policy of a workflow's role, as far as the definition determines it.
pub fn policy(definition: &Definition) -> Policy {
    walk::policy(definition, None)
}

/// The policy of the role of a machine as it is deployed: its key is the deployment's.
pub fn policy_of(deployment: &Deployment) -> Policy {
    let encryption = deployment.encryption.as_ref();
    let key = encryption.and_then(|encryption| encryption.customer_managed_key());
    walk::policy(&deployment.definition, key.map(|(key, _)| key))
}
