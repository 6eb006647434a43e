//! State machines of a SAM or CloudFormation template.

use stepfn_core::value::Value;

use super::{
    Error, Imported,
    document::{Document, Keys},
    node::{Kind, Node},
    references::References,
};

/// The properties of a resource type.
struct Type {
    name: &'static str,
    machine_name: &'static str,
    workflow_type: &'static str,
    /// The keys under which the definition may be inline.
    inline: &'static [&'static str],
    /// The key under which it may be a file.
    file: &'static str,
    keys: Keys,
}

const TYPES: [Type; 2] = [
    Type {
        name: "AWS::Serverless::StateMachine",
        machine_name: "Name",
        workflow_type: "Type",
        inline: &["Definition"],
        file: "DefinitionUri",
        keys: Keys {
            logging: "Logging",
            level: "Level",
            include: "IncludeExecutionData",
            destinations: "Destinations",
            tracing: "Tracing",
            enabled: "Enabled",
        },
    },
    Type {
        name: "AWS::StepFunctions::StateMachine",
        machine_name: "StateMachineName",
        workflow_type: "StateMachineType",
        inline: &["DefinitionString", "Definition"],
        // `aws cloudformation package` puts what a path names into a bucket.
        file: "DefinitionS3Location",
        keys: Keys {
            logging: "LoggingConfiguration",
            level: "Level",
            include: "IncludeExecutionData",
            destinations: "Destinations",
            tracing: "TracingConfiguration",
            enabled: "Enabled",
        },
    },
];

/// The state machines among the resources; none where the file has no resources.
pub(super) fn machines(document: Document<'_>, root: &Node) -> Result<Option<Vec<Imported>>, Error> {
    let Some(resources) = root.get("Resources") else { return Ok(None) };
    let mut out = Vec::new();
    for (id, resource) in resources.entries() {
        let declared = resource.get("Type").and_then(Node::text);
        if let Some(ty) = TYPES.iter().find(|ty| Some(ty.name) == declared) {
            out.push(machine(document, id, resource, ty)?);
        }
    }
    Ok(Some(out))
}

fn machine(document: Document<'_>, id: &str, resource: &Node, ty: &Type) -> Result<Imported, Error> {
    let at = format!("Resources.{id}.Properties");
    let properties = resource
        .get("Properties")
        .ok_or_else(|| document.error(resource, &at, "the resource has no `Properties`"))?;
    let mut references = References::default();
    let declared = properties.get(ty.machine_name).map(|node| (node, node.text()));
    let name = declared.and_then(|(_, text)| text).unwrap_or(id);
    let inline = ty.inline.iter().find_map(|key| Some((*key, properties.get(key)?)));
    let mut imported = if let Some((key, definition)) = inline {
        let values = literals(properties);
        document.machine(name, definition, &format!("{at}.{key}"), &mut references, &values)?
    } else {
        let Some(node) = properties.get(ty.file) else {
            let keys = ty.inline.iter().chain([&ty.file]);
            let keys: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
            return Err(document.error(
                properties,
                &at,
                format!("there is no definition; it is expected in one of {}", keys.join(", ")),
            ));
        };
        let at = format!("{at}.{}", ty.file);
        let Some(path) = node.text().filter(|path| !path.starts_with("s3://")) else {
            return Err(document.error(
                node,
                &at,
                "the definition lies in a bucket; put the file beside the template and write its path",
            ));
        };
        let definition = document.open(path, &literals(properties))?;
        let inner = Document { file: path, ..document };
        if definition.get("States").is_none() {
            return Err(inner.error(&definition, "", "this is no definition: it has no `States`"));
        }
        // SAM fills in substitutions and leaves the rest of the file as it is.
        inner.definition(name, &definition)?
    };
    if let Some((node, None)) = declared {
        imported.notes.push(format!(
            "{}:{}:{}: its name is resolved by CloudFormation: here it is `{id}`",
            document.file, node.line, node.column
        ));
    }
    if let Some(kind) = properties.get(ty.workflow_type) {
        imported.workflow_type = document.workflow_type(kind, &format!("{at}.{}", ty.workflow_type))?;
    }
    document.settings(&mut imported, properties, &at, &ty.keys, &mut references)?;
    substitutions(&mut imported, properties, &mut references);
    let known = [
        ty.machine_name,
        ty.workflow_type,
        ty.file,
        ty.keys.logging,
        ty.keys.tracing,
        "DefinitionSubstitutions",
    ];
    let rest: Vec<String> = properties
        .entries()
        .iter()
        .filter(|(key, _)| !known.contains(&key.as_str()) && !ty.inline.contains(&key.as_str()))
        .map(|(key, _)| format!("`{key}`"))
        .collect();
    if !rest.is_empty() {
        imported.notes.push(format!("what stays in the template: {}", rest.join(", ")));
    }
    Ok(imported)
}

/// The substitutions that are values, and not references.
fn literals(properties: &Node) -> Vec<(String, String)> {
    let entries = properties.get("DefinitionSubstitutions").map(Node::entries).unwrap_or_default();
    let literal = |(name, node): &(String, Node)| match &node.kind {
        Kind::Scalar(Value::String(text)) => Some((name.clone(), text.to_string())),
        Kind::Scalar(value) => Some((name.clone(), value.to_string())),
        _ => None,
    };
    entries.iter().filter_map(literal).collect()
}

/// `DefinitionSubstitutions`: names that the definition's author chose.
fn substitutions(imported: &mut Imported, properties: &Node, references: &mut References) {
    let Some(node) = properties.get("DefinitionSubstitutions") else { return };
    for (name, value) in node.entries() {
        references.substitutions.clear();
        let text = references.text(value);
        let mut found = references.substitutions.drain(..);
        match (text, found.next(), value.text()) {
            (Some(text), Some((own, reference)), _)
                if text == format!("${{{own}}}")
                    && imported.substitutions.get(name).is_none_or(|known| *known == reference) =>
            {
                imported.substitutions.insert(name.clone(), reference);
            }
            (_, _, literal) => {
                let what = literal
                    .map_or_else(|| "is resolved by the template".to_owned(), |text| format!("is `{text}`"));
                imported.notes.push(format!("`${{{name}}}` {what}: it stays in `DefinitionSubstitutions`"));
            }
        }
    }
}
