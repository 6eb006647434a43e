//! The ARNs of the machines that a definition itself declares to start.

use aws_sdk_sfn::Client;
use stepfn_core::definition::Definition;

use crate::{deployed, error::Error, settings::Settings, substitution::substitute};

/// The settings with the ARNs of the machines that the definition starts, where they do not have them: AWS knows those by name.
pub(crate) async fn known(
    client: &Client,
    definition: &Definition,
    settings: &Settings,
) -> Result<Settings, Error> {
    let mut settings = settings.clone();
    let mut open = Vec::new();
    for child in &definition.children {
        if let Some(name) = &child.substitution
            && !settings.substitutions.contains_key(name)
        {
            open.push((name, &child.name));
            settings.substitutions.insert(name.clone(), String::new());
        }
    }
    // Other names without a value are reported before anything is asked.
    substitute(definition, &settings)?;
    for (substitution, child) in open {
        let Some(arn) = deployed::find(client, child).await? else {
            return Err(Error::MissingChild {
                machine: definition.name.clone(),
                child: child.clone(),
                substitution: substitution.clone(),
            });
        };
        settings.substitutions.insert(substitution.clone(), arn);
    }
    Ok(settings)
}
