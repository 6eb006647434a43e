use std::{fmt, str::FromStr};

use crate::{cloudformation, error::Error, sam, serverless, terraform};
use stepfn_core::deployment::Deployment;

/// A format of deployment files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Format {
    /// `asl`: canonical ASL JSON, a file for each machine.
    Asl,
    /// `serverless`: Serverless Framework YAML.
    Serverless,
    /// `sam`: an AWS SAM template.
    Sam,
    /// `cloudformation-yaml`: a CloudFormation template in YAML.
    CloudFormationYaml,
    /// `cloudformation-json`: a CloudFormation template in JSON.
    CloudFormationJson,
    /// `terraform`: a Terraform module in JSON.
    Terraform,
    /// `policy`: the policy that each machine's role needs, a file for each machine.
    Policy,
}

impl Format {
    /// All formats, in the order in which their files are written.
    pub const ALL: [Self; 7] = [
        Self::Asl,
        Self::Serverless,
        Self::Sam,
        Self::CloudFormationYaml,
        Self::CloudFormationJson,
        Self::Terraform,
        Self::Policy,
    ];

    /// The formats that are written where nobody asks for others.
    pub const DEFAULT: [Self; 2] = [Self::Asl, Self::Serverless];

    /// Returns the format's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asl => "asl",
            Self::Serverless => "serverless",
            Self::Sam => "sam",
            Self::CloudFormationYaml => "cloudformation-yaml",
            Self::CloudFormationJson => "cloudformation-json",
            Self::Terraform => "terraform",
            Self::Policy => "policy",
        }
    }

    /// Returns `true` if the format's files refer to the machines' ASL JSON, or are them.
    pub(crate) fn reads_asl(self) -> bool {
        match self {
            Self::Asl | Self::Sam | Self::Terraform => true,
            Self::Serverless | Self::CloudFormationYaml | Self::CloudFormationJson | Self::Policy => false,
        }
    }

    /// The name of the file that holds all machines, if the format has one.
    pub fn shared_file(self) -> Option<&'static str> {
        match self {
            Self::Asl | Self::Policy => None,
            Self::Serverless => Some(serverless::FILE_NAME),
            Self::Sam => Some(sam::FILE_NAME),
            Self::CloudFormationYaml => Some(cloudformation::YAML_FILE_NAME),
            Self::CloudFormationJson => Some(cloudformation::JSON_FILE_NAME),
            Self::Terraform => Some(terraform::FILE_NAME),
        }
    }

    /// The file that holds all machines, if the format has one.
    pub(crate) fn of_all(self, deployments: &[Deployment]) -> Result<Option<(&'static str, String)>, Error> {
        let Some(name) = self.shared_file() else { return Ok(None) };
        let text = match self {
            Self::Asl | Self::Policy => return Ok(None),
            Self::Serverless => serverless::to_yaml(deployments)?,
            Self::Sam => sam::to_yaml(deployments)?,
            Self::CloudFormationYaml => cloudformation::to_yaml(deployments)?,
            Self::CloudFormationJson => cloudformation::to_json_text(deployments)?,
            Self::Terraform => terraform::to_json_text(deployments)?,
        };
        Ok(Some((name, text)))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that no format has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no format is called `{name}`; the formats are {}", formats())]
pub struct UnknownFormat {
    /// The name.
    pub name: String,
}

fn formats() -> String {
    let names: Vec<String> = Format::ALL.iter().map(|format| format!("`{format}`")).collect();
    names.join(", ")
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let known = Self::ALL.into_iter().find(|format| format.name() == name);
        known.ok_or_else(|| UnknownFormat { name: name.to_owned() })
    }
}
