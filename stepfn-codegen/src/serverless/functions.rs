//! The `functions` section.

use std::collections::HashSet;

use indexmap::IndexMap;
use stepfn_core::definition::{Definition, Reference};

use super::text::{Piece, outside, split};
use crate::{error::Error, yaml::Node};

/// The functions that the machines call and this service deploys, in the order in which they are first called.
pub(super) struct Functions<'a> {
    /// By key; `None` where the Framework is to name the function itself.
    names: IndexMap<&'a str, Option<String>>,
}

impl<'a> Functions<'a> {
    pub(super) fn of(definitions: &'a [Definition]) -> Result<Self, Error> {
        let mut met: IndexMap<&str, &str> = IndexMap::new();
        let mut names: IndexMap<&str, Option<String>> = IndexMap::new();
        for definition in definitions {
            for binding in &definition.tasks {
                let (key, function_name) = (binding.task.name, binding.task.function_name);
                let machine = || definition.name.clone();
                match met.get(key) {
                    Some(first) if *first == function_name => continue,
                    Some(first) => {
                        return Err(Error::FunctionConflict {
                            machine: machine(),
                            key: key.to_owned(),
                            first: (*first).to_owned(),
                            second: function_name.to_owned(),
                        });
                    }
                    None => met.insert(key, function_name),
                };
                let Some(name) = deployed_name(key, function_name, definition)? else { continue };
                if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
                    return Err(Error::FunctionKey { machine: machine(), key: key.to_owned() });
                }
                if let Some((first, _)) = names.iter().find(|(_, known)| name.is_some() && **known == name) {
                    return Err(Error::FunctionName {
                        machine: machine(),
                        first: (*first).to_owned(),
                        second: key.to_owned(),
                        name: name.unwrap_or_default(),
                    });
                }
                names.insert(key, name);
            }
        }
        Ok(Self { names })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn keys(&self) -> HashSet<&'a str> {
        self.names.keys().copied().collect()
    }

    /// What stands under `functions:`. Each zip has a name of its own: the Framework uploads by the file's name alone, so of
    /// several `bootstrap.zip`s the last one would become the code of all functions.
    pub(super) fn node(&self) -> Node {
        Node::map(self.names.iter().map(|(key, name)| {
            let mut entries = Vec::new();
            if let Some(name) = name {
                entries.push(("name", Node::text(name)));
            }
            entries.extend([
                ("handler", Node::text("bootstrap")),
                ("runtime", Node::text("provided.al2023")),
                ("architecture", Node::text("arm64")),
                ("package", Node::map([("artifact", Node::Text(format!("target/lambda/{key}.zip")))])),
            ]);
            (*key, Node::map(entries))
        }))
    }
}

/// The name under which this service deploys the function: `None` where it does not, `Some(None)` where any name will do.
fn deployed_name(
    key: &str,
    function_name: &str,
    definition: &Definition,
) -> Result<Option<Option<String>>, Error> {
    let pieces = split(function_name, &definition.substitutions).map_err(|problem| Error::Serverless {
        machine: definition.name.clone(),
        at: format!("function name of `{key}`"),
        problem,
    })?;
    if let [Piece::Reference(reference)] = pieces.as_slice() {
        let (Reference::Ref(name) | Reference::GetAtt(name, _)) = reference.as_ref();
        return Ok((name == key).then_some(None));
    }
    let is_elsewhere = function_name.starts_with("arn:")
        || function_name.contains(":function:")
        || pieces.iter().any(|piece| matches!(piece, Piece::Reference(_)));
    if is_elsewhere {
        return Ok(None);
    }
    let name = outside(&unqualified(&pieces));
    Ok(Some(Some(name)))
}

/// The name without its version or alias: `validator:live`.
fn unqualified<'p>(pieces: &[Piece<'p>]) -> Vec<Piece<'p>> {
    let mut kept = Vec::new();
    for piece in pieces {
        if let Piece::Literal(text) = piece
            && let Some((name, _)) = text.split_once(':')
        {
            kept.push(Piece::Literal(name));
            break;
        }
        kept.push(piece.clone());
    }
    kept
}
