//! What all formats ask of the deployments of a program, and a template of those in it.

use std::collections::HashMap;

use crate::{
    error::Error,
    text::{Piece, split},
};
use stepfn_core::deployment::{Deployment, Routing, in_order};

/// Checks what all formats ask of deployments: names that fit, values that AWS takes, requests that one machine answers. All errors come at
/// once.
pub(crate) fn check_all(deployments: &[Deployment]) -> Result<(), Error> {
    let mut errors = check_names(deployments);
    let mut routes: HashMap<String, &str> = HashMap::new();
    for deployment in deployments {
        errors.extend(deployment.check().err().map(Error::from));
        for route in deployment.routes() {
            let machine = &deployment.definition.name;
            if let Some(first) = routes.insert(route.clone(), machine) {
                let (machine, first) = (machine.clone(), first.to_owned());
                errors.push(Error::DuplicateRoute { machine, first, route });
            }
        }
    }
    Error::all(errors)
}

/// The same for machines that are in one template, where a thing that another one refers to is made before it.
pub(crate) fn check_together(deployments: &[Deployment]) -> Result<(), Error> {
    check_all(deployments)?;
    let aliases = deployments.iter().flat_map(|one| one.aliases.iter().map(move |alias| (one, alias)));
    let steps = aliases.filter(|(_, alias)| matches!(alias.routing, Routing::Steps(_)));
    let unsupported = steps.map(|(deployment, alias)| Error::Unsupported {
        machine: deployment.definition.name.clone(),
        at: format!("aliases.{}", alias.name),
        format: "a file",
        what: "does not have steps of any size; use `canary` or `linear`, or deploy by `cargo xtask deploy`",
    });
    Error::all(unsupported.collect())?;
    in_order(deployments)?;
    Ok(())
}

/// Checks the names of all machines: AWS accepts them, they can be names of files, and no two of them differ in case only.
fn check_names(deployments: &[Deployment]) -> Vec<Error> {
    let (mut met, mut errors) = (HashMap::new(), Vec::new());
    for Deployment { definition, .. } in deployments {
        let name = &definition.name;
        // The deployment gives the value of a placeholder; the text around it stays.
        let fixed: String = split(name, &definition.substitutions)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Literal(text) | Piece::Unclosed(text) => Some(text),
                Piece::Reference(_) | Piece::Framework(_) => None,
                // Nobody fills it in.
                Piece::Foreign(_) => Some("$"),
            })
            .collect();
        // A name of placeholders alone is the deployment's to judge.
        if let Some(why) = fault_of_name(&fixed).filter(|_| !fixed.is_empty() || name.is_empty()) {
            errors.push(Error::Name { name: name.clone(), why });
        }
        if let Some(first) = met.insert(definition.short_name().to_lowercase(), name) {
            errors.push(Error::DuplicateName { first: first.clone(), second: name.clone() });
        }
    }
    errors
}

/// Returns the error of a state machine's name: `name` of the `CreateStateMachine` action. The rules leave nothing over that
/// a file name could not hold, but a leading dot.
fn fault_of_name(name: &str) -> Option<String> {
    let refused = |c: &char| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(*c);
    let length = name.chars().count();
    if length == 0 {
        Some("is empty".to_owned())
    } else if length > 80 {
        Some(format!("has {length} characters; AWS takes 80"))
    } else if let Some(c) = name.chars().find(refused) {
        Some(format!("holds {c:?}, which AWS does not take; use letters, digits, `-` and `_`"))
    } else if name.starts_with('.') {
        Some("starts with a dot, which makes a hidden file".to_owned())
    } else {
        None
    }
}
