//! The Lambda functions that machines call, for formats that deploy them.

use indexmap::IndexMap;
use stepfn_core::{
    arn::is_arn,
    definition::{Definition, Reference},
};

use crate::{
    error::Error,
    text::{Piece, split},
};

/// A function that the machines' own project deploys.
#[derive(Clone, Debug)]
pub(crate) struct Function<'a> {
    /// Its name, with `${…}`; `None` where any name will do.
    pub(crate) name: Option<String>,
    /// A machine that calls it, for the `${Name}`s in its name.
    pub(crate) definition: &'a Definition,
}

/// The functions that the machines call and their project deploys, by the task's name, in the order in which they are
/// first called.
///
/// # Errors
///
/// Where two machines disagree on a function, and where a task's name is no key.
pub(crate) fn functions<'a>(
    definitions: impl IntoIterator<Item = &'a Definition>,
) -> Result<IndexMap<&'a str, Function<'a>>, Error> {
    let mut met: IndexMap<&str, &str> = IndexMap::new();
    let mut functions: IndexMap<&str, Function<'_>> = IndexMap::new();
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
            let Some(name) = deployed_name(key, function_name, definition) else { continue };
            if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
                return Err(Error::FunctionKey { machine: machine(), key: key.to_owned() });
            }
            let twin = functions.iter().find(|(_, known)| name.is_some() && known.name == name);
            if let Some((first, _)) = twin {
                return Err(Error::FunctionName {
                    machine: machine(),
                    first: (*first).to_owned(),
                    second: key.to_owned(),
                    name: name.unwrap_or_default(),
                });
            }
            functions.insert(key, Function { name, definition });
        }
    }
    Ok(functions)
}

/// The name under which the project deploys the function: `None` where it does not, `Some(None)` where any name will do.
fn deployed_name(key: &str, function_name: &str, definition: &Definition) -> Option<Option<String>> {
    let pieces = split(function_name, &definition.substitutions);
    if let [Piece::Reference(reference)] = pieces.as_slice() {
        let (Reference::Ref(name) | Reference::GetAtt(name, _)) = reference.as_ref();
        return (name == key).then_some(None);
    }
    let is_elsewhere = is_arn(function_name)
        || function_name.contains(":function:")
        || pieces.iter().any(|piece| matches!(piece, Piece::Reference(_)));
    (!is_elsewhere).then(|| Some(unqualified(&pieces)))
}

/// The name without its version or alias: `validator:live`.
fn unqualified(pieces: &[Piece<'_>]) -> String {
    let mut name = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => match text.split_once(':') {
                Some((before, _)) => {
                    name.push_str(before);
                    break;
                }
                None => name.push_str(text),
            },
            Piece::Framework(text) | Piece::Unclosed(text) => name.push_str(text),
            Piece::Foreign(inner) => {
                name.push_str("${");
                name.push_str(inner);
                name.push('}');
            }
            // A function with a reference in its name is deployed elsewhere.
            Piece::Reference(_) => {}
        }
    }
    name
}
