//! The `functions` section.

use std::collections::HashSet;

use indexmap::IndexMap;
use stepfn_core::definition::Definition;

use super::text::{outside, split};
use crate::{error::Error, functions::functions, tree::Node};

/// The functions that the machines call and this service deploys, in the order in which they are first called.
pub(super) struct Functions<'a> {
    /// By key; `None` where the Framework is to name the function itself.
    names: IndexMap<&'a str, Option<String>>,
}

impl<'a> Functions<'a> {
    pub(super) fn of(definitions: impl IntoIterator<Item = &'a Definition>) -> Result<Self, Error> {
        let mut names = IndexMap::new();
        for (key, function) in functions(definitions)? {
            let name = match &function.name {
                Some(name) => {
                    let pieces = split(name, &function.definition.substitutions).map_err(|problem| {
                        Error::Serverless {
                            machine: function.definition.name.clone(),
                            at: format!("function name of `{key}`"),
                            problem,
                        }
                    })?;
                    Some(outside(&pieces))
                }
                None => None,
            };
            names.insert(key, name);
        }
        Ok(Self { names })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn in_order(&self) -> impl Iterator<Item = &'a str> {
        self.names.keys().copied()
    }

    pub(super) fn keys(&self) -> HashSet<&'a str> {
        self.names.keys().copied().collect()
    }

    /// Returns the node under `functions:`. Each zip has a name of its own: the Framework uploads by the file's name alone, so of
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
