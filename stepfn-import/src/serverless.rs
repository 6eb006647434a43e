//! `stepFunctions.stateMachines` of a Serverless Framework file, as the plugin `serverless-step-functions` reads it.

use stepfn_core::placeholder::{self, Part};

use super::{
    Error, Imported,
    document::{Document, Keys},
    functions,
    node::{Kind, Node},
    references::References,
};

const KEYS: Keys = Keys {
    logging: "loggingConfig",
    level: "level",
    include: "includeExecutionData",
    destinations: "destinations",
    tracing: "tracingConfig",
    enabled: "enabled",
};

/// The keys of a machine that the source can express; the rest belongs to the file.
const KNOWN: [&str; 5] = ["name", "type", "definition", "loggingConfig", "tracingConfig"];

/// The number of files that may name each other in a row.
const MOST_FILES: usize = 16;

/// The machines below `stepFunctions`; none where the file has no such section.
pub(super) fn machines(document: Document<'_>, root: &Node) -> Result<Option<Vec<Imported>>, Error> {
    // A file with the section's own content is one that `${file(…)}` names.
    let section = root.get("stepFunctions").or_else(|| root.get("stateMachines").map(|_| root));
    let Some(section) = section else { return Ok(None) };
    let section = followed(document, section, "stepFunctions")?;
    let Some(machines) = section.get("stateMachines") else { return Ok(Some(Vec::new())) };
    let at = "stepFunctions.stateMachines";
    let machines = followed(document, machines, at)?;
    let mut out = Vec::new();
    let functions = functions::keys(root);
    // Serverless takes a list of maps as well: one for each file.
    if let Kind::List(parts) = &machines.kind {
        for part in parts {
            let part = followed(document, part, at)?;
            all(document, &part, at, &functions, &mut out)?;
        }
    } else {
        all(document, &machines, at, &functions, &mut out)?;
    }
    for imported in &mut out {
        functions::bind(imported, &functions);
    }
    Ok(Some(out))
}

fn all(
    document: Document<'_>,
    machines: &Node,
    at: &str,
    functions: &[String],
    out: &mut Vec<Imported>,
) -> Result<(), Error> {
    for (key, node) in machines.entries() {
        let at = format!("{at}.{key}");
        let node = followed(document, node, &at)?;
        out.push(machine(document, key, &node, &at, functions)?);
    }
    Ok(())
}

fn machine(
    document: Document<'_>,
    key: &str,
    node: &Node,
    at: &str,
    functions: &[String],
) -> Result<Imported, Error> {
    let Some(definition) = node.get("definition") else {
        return Err(document.error(node, at, "the machine has no `definition`"));
    };
    let at_definition = format!("{at}.definition");
    let definition = followed(document, definition, &at_definition)?;
    let mut references = References { functions: functions.to_vec(), ..References::default() };
    let declared = node.get("name").and_then(Node::text);
    // What Rust calls it has no variables in it.
    let name = declared.filter(|name| !name.contains("${")).unwrap_or(key);
    let mut imported = document.machine(name, &definition, &at_definition, &mut references, &[])?;
    if let Some(declared) = declared.filter(|declared| *declared != name && is_name(declared)) {
        declared.clone_into(&mut imported.name);
    } else if let Some(declared) = declared.filter(|declared| *declared != name) {
        imported.notes.push(format!(
            "its `name` is `{declared}` in the file, which is resolved there: here it is `{name}`"
        ));
    }
    if let Some(kind) = node.get("type") {
        imported.workflow_type = document.workflow_type(kind, &format!("{at}.type"))?;
    }
    document.settings(&mut imported, node, at, &KEYS, &mut references)?;
    let rest: Vec<String> = node
        .entries()
        .iter()
        .filter(|(key, _)| !KNOWN.contains(&key.as_str()))
        .map(|(key, _)| format!("`{key}`"))
        .collect();
    if !rest.is_empty() {
        imported.notes.push(format!("what stays in the file: {}", rest.join(", ")));
    }
    Ok(imported)
}

/// Returns `true` if every format has a word for the variables of a name.
fn is_name(declared: &str) -> bool {
    placeholder::parts(declared).all(|part| match part {
        Part::Text(_) => true,
        Part::Placeholder { name, .. } => name == "Stage" || placeholder::is_framework_variable(name),
        Part::Unclosed(_) => false,
    })
}

/// Follows a node to the content of a file, if it is `${file(flows/orders.json)}` or `${file(all.yml):orders.flow}`.
fn followed(document: Document<'_>, node: &Node, at: &str) -> Result<Node, Error> {
    let mut here = node.clone();
    for _ in 0..MOST_FILES {
        let Some((path, keys)) = here.text().and_then(file_variable) else { return Ok(here) };
        let mut found = document.open(path, &[])?;
        for key in keys.split('.').filter(|key| !key.is_empty()) {
            found = found
                .get(key)
                .cloned()
                .ok_or_else(|| document.error(node, at, format!("`{path}` has no `{key}`")))?;
        }
        here = found;
    }
    Err(document.error(node, at, "the files name each other without end"))
}

/// The path and the keys of `${file(path):a.b}`.
fn file_variable(text: &str) -> Option<(&str, &str)> {
    let inner = text.trim().strip_prefix("${file(")?.strip_suffix('}')?;
    let (path, rest) = inner.split_once(')')?;
    let keys = rest.strip_prefix(':').or_else(|| rest.is_empty().then_some(""))?;
    Some((path.trim(), keys))
}
