//! `actions.txt`: the actions of IAM and the resources that they are allowed on. Its header describes the format.

use std::{collections::BTreeMap, sync::OnceLock};

const TEXT: &str = include_str!("actions.txt");

/// A type of resource of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResourceType {
    /// `table`
    pub(super) name: &'static str,
    /// `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`
    pub(super) arn: &'static str,
    /// Whether the action always acts on one.
    pub(super) required: bool,
}

/// An action, and what it is allowed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Action {
    /// `dynamodb:PutItem`
    pub(super) name: String,
    /// None where it is allowed on `*` alone.
    pub(super) types: Vec<ResourceType>,
}

#[derive(Debug, Default)]
struct Table {
    /// By service of `aws-sdk:`.
    prefixes: BTreeMap<&'static str, &'static str>,
    /// By prefix.
    blocks: BTreeMap<&'static str, &'static str>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut blocks = TEXT.split("\n@");
        let head = blocks.next().unwrap_or_default();
        Table {
            prefixes: head
                .lines()
                .filter(|line| !line.starts_with('#'))
                .filter_map(|line| line.split_once(' '))
                .collect(),
            blocks: blocks.filter_map(|block| block.split_once('\n')).collect(),
        }
    })
}

/// The prefix of a service's actions: `states` for `sfn`. A service that is not known has its own name.
pub(super) fn prefix(service: &str) -> &str {
    table().prefixes.get(service).copied().unwrap_or(service)
}

/// The action of an operation of an API, `putItem` or `PutItem`; none for one that the reference has not.
pub(super) fn action(prefix: &str, operation: &str) -> Option<Action> {
    let block = table().blocks.get(prefix)?;
    let renamed = block.lines().find_map(|line| {
        let (from, to) = line.split_once('=')?;
        from.eq_ignore_ascii_case(operation).then_some(to)
    });
    let wanted = renamed.unwrap_or(operation);
    for line in block.lines() {
        let Some((types, actions)) = line.strip_prefix(':').and_then(|line| line.split_once(' ')) else {
            continue;
        };
        let found = actions.split(' ').find(|action| action.eq_ignore_ascii_case(wanted));
        if let Some(found) = found {
            let types = types.split(',').filter_map(|name| resource_type(block, name)).collect();
            return Some(Action { name: format!("{prefix}:{found}"), types });
        }
    }
    None
}

/// The actions on S3, KMS and SNS that an operation asks for besides its own.
pub(super) fn dependents(prefix: &str, operation: &str) -> impl Iterator<Item = &'static str> {
    let name = action(prefix, operation).map(|action| action.name);
    let found = name.and_then(|name| {
        let (_, name) = name.split_once(':')?;
        let lines = table().blocks.get(prefix)?.lines();
        lines
            .filter_map(|line| line.strip_prefix('+'))
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
    });
    found.into_iter().flat_map(|actions| actions.split(','))
}

fn resource_type(block: &'static str, name: &'static str) -> Option<ResourceType> {
    let (name, required) = name.strip_suffix('?').map_or((name, true), |name| (name, false));
    let arn = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    Some(ResourceType { name, arn, required })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_can_be_read_to_its_end() {
        assert!(table().prefixes.len() > 100, "{}", table().prefixes.len());
        assert!(table().blocks.len() > 300, "{}", table().blocks.len());
        let mut count = 0;
        for (prefix, block) in &table().blocks {
            for line in block.lines() {
                if let Some((types, actions)) = line.strip_prefix(':').and_then(|line| line.split_once(' ')) {
                    let types = types.split(',').filter(|name| !name.is_empty()).count();
                    for name in actions.split(' ') {
                        let action = action(prefix, name).unwrap();
                        assert_eq!(action.name, format!("{prefix}:{name}"));
                        assert_eq!(action.types.len(), types, "{prefix}: {line}");
                        count += 1;
                    }
                } else if let Some((from, to)) = line.split_once('=') {
                    assert_eq!(action(prefix, from).unwrap().name, format!("{prefix}:{to}"));
                } else if let Some((name, needed)) =
                    line.strip_prefix('+').and_then(|line| line.split_once(' '))
                {
                    assert_eq!(
                        dependents(prefix, name).collect::<Vec<_>>().join(","),
                        needed,
                        "{prefix}: {name}"
                    );
                } else {
                    assert!(line.contains(" arn:"), "{prefix}: {line}");
                }
            }
        }
        assert!(count > 15_000, "{count}");
    }

    #[test]
    fn operations_have_their_actions() {
        assert_eq!(prefix("sfn"), "states");
        assert_eq!(prefix("dynamodb"), "dynamodb");
        assert_eq!(action("s3", "listObjectsV2").unwrap().name, "s3:ListBucket");
        let query = action("dynamodb", "query").unwrap();
        let types: Vec<_> = query.types.iter().map(|of| (of.name, of.required)).collect();
        assert_eq!(types, [("index", false), ("table", true)]);
        assert_eq!(action("dynamodb", "quer"), None);
        assert_eq!(dependents("polly", "startSpeechSynthesisTask").collect::<Vec<_>>(), ["s3:PutObject"]);
        assert_eq!(dependents("dynamodb", "query").count(), 0);
    }
}
