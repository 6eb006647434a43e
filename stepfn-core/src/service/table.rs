//! The two tables, searched as text.

use std::{collections::BTreeMap, sync::OnceLock};

use super::Pattern;

const OPTIMIZED: &str = include_str!("optimized.txt");
const SDK: &str = include_str!("sdk.txt");
const DIGITS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-";

/// What is known of an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// The integration patterns that it supports.
    pub patterns: Vec<Pattern>,
    /// The parameters that must be given.
    pub required: Vec<&'static str>,
    /// The others; with none of both, parameters are not known.
    pub optional: Vec<&'static str>,
    /// The fields that the answer to a plain request may have; empty where they are not known.
    pub result: Vec<&'static str>,
}

/// The services that there are: the optimised ones, or those of `aws-sdk:`.
pub fn services(sdk: bool) -> Vec<&'static str> {
    if sdk {
        return blocks().keys().copied().collect();
    }
    let mut names: Vec<&str> = entries().filter_map(|entry| Some(entry.split_once(':')?.0)).collect();
    names.dedup();
    names
}

/// The actions of a service; none where the service is unknown.
pub fn actions(sdk: bool, service: &str) -> Vec<&'static str> {
    if sdk {
        let Some((_, lines)) = block(service) else { return Vec::new() };
        return lines.filter_map(|line| Some(line.split_once(' ')?.0)).collect();
    }
    let of_service = |entry: &'static str| {
        let (found, rest) = entry.split_once(':')?;
        (found == service).then(|| rest.lines().next())?
    };
    entries().filter_map(of_service).collect()
}

pub(super) fn action(sdk: bool, service: &str, action: &str) -> Option<Action> {
    if sdk { sdk_action(service, action) } else { optimized(service, action) }
}

fn entries() -> impl Iterator<Item = &'static str> {
    OPTIMIZED.split("\n\n").map(str::trim).filter(|entry| !entry.starts_with('#'))
}

fn optimized(service: &str, action: &str) -> Option<Action> {
    let title = format!("{service}:{action}");
    let entry = entries().find(|entry| entry.lines().next() == Some(&title))?;
    let list = |key: &str| -> Vec<&'static str> {
        let line = entry.lines().find_map(|line| line.trim().strip_prefix(key));
        line.unwrap_or_default().split_whitespace().collect()
    };
    let patterns = list("patterns ").into_iter().filter_map(|word| match word {
        "request" => Some(Pattern::Request),
        "sync" => Some(Pattern::Sync),
        "sync:2" => Some(Pattern::Sync2),
        "waitForTaskToken" => Some(Pattern::WaitForTaskToken),
        _ => None,
    });
    Some(Action {
        patterns: patterns.collect(),
        required: list("required "),
        optional: list("optional "),
        result: list("result "),
    })
}

/// Where each service of the SDK stands. The text is cut once, and read only where a machine names a service.
fn blocks() -> &'static BTreeMap<&'static str, &'static str> {
    static BLOCKS: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    BLOCKS.get_or_init(|| SDK.split("\n@").skip(1).filter_map(|block| block.split_once('\n')).collect())
}

/// The names and the lines of one service.
fn block(service: &str) -> Option<(&'static str, impl Iterator<Item = &'static str>)> {
    let (names, lines) = blocks().get(service)?.split_once('\n')?;
    Some((names, lines.lines()))
}

fn sdk_action(service: &str, action: &str) -> Option<Action> {
    let (names, mut lines) = block(service)?;
    let line = lines.find_map(|line| line.strip_prefix(action)?.strip_prefix(' '))?;
    let names: Vec<&str> = names.split(' ').collect();
    let list = |digits: &str| -> Vec<&'static str> {
        let digit = |byte: u8| DIGITS.bytes().position(|other| other == byte);
        let pairs = digits.as_bytes().chunks_exact(2);
        let name = |pair: &[u8]| names.get(digit(pair[0])? * DIGITS.len() + digit(pair[1])?).copied();
        pairs.filter_map(name).collect()
    };
    let mut lists = line.split('/').map(list);
    Some(Action {
        patterns: vec![Pattern::Request, Pattern::WaitForTaskToken],
        required: lists.next().unwrap_or_default(),
        optional: lists.next().unwrap_or_default(),
        result: lists.next().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_optimized_entry_has_patterns_and_only_known_lines() {
        for entry in entries() {
            let (service, rest) = entry.split_once(':').unwrap();
            let name = rest.lines().next().unwrap();
            assert!(!optimized(service, name).unwrap().patterns.is_empty(), "{entry}");
            for line in rest.lines().skip(1) {
                let key = line.split_whitespace().next().unwrap();
                assert!(["patterns", "required", "optional", "result"].contains(&key), "{line}");
            }
        }
        assert!(services(false).len() > 15);
    }

    #[test]
    fn actions_of_the_sdk_are_read_from_their_digits() {
        let found = sdk_action("s3", "getObject").unwrap();
        assert_eq!(found.required, ["Bucket", "Key"]);
        assert!(found.optional.contains(&"VersionId"));
        assert_eq!(
            sdk_action("lambda", "listVersionsByFunction").unwrap().result,
            ["NextMarker", "Versions"]
        );
        assert_eq!(sdk_action("s3", "getObjec"), None);
        for service in services(true) {
            assert!(!actions(true, service).is_empty(), "{service}");
        }
    }
}
