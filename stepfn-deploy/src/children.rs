//! The ARNs of the machines that a definition itself declares to start.

use aws_sdk_sfn::Client;
use indexmap::IndexMap;
use stepfn_core::deployment::Deployment;

use crate::{deployed, error::Error, wanted::Wanted};

/// The values with the ARNs of the machines that the definition starts, where they do not have them: AWS knows those by name.
pub(crate) async fn known(
    client: &Client,
    deployment: &Deployment,
    values: &IndexMap<String, String>,
) -> Result<IndexMap<String, String>, Error> {
    let mut values = values.clone();
    let definition = &deployment.definition;
    let mut open = Vec::new();
    for child in &definition.children {
        if let Some(name) = &child.substitution
            && !values.contains_key(name)
        {
            open.push((name, &child.name));
            values.insert(name.clone(), String::new());
        }
    }
    // Other names without a value are reported before anything is asked.
    Wanted::of(deployment, &values)?;
    for (substitution, child) in open {
        let Some(arn) = deployed::find(client, child).await? else {
            return Err(Error::MissingChild {
                machine: definition.name.clone(),
                child: child.clone(),
                substitution: substitution.clone(),
            });
        };
        values.insert(substitution.clone(), arn);
    }
    Ok(values)
}
