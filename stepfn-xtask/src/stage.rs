//! `stepfn.toml`: the stages of a program, with what each deploys to.

use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
};

use indexmap::IndexMap;
use serde::Deserialize;
use stepfn_core::deployment;
use stepfn_core::diagnostic::{list, nearest};

use crate::Failure;

/// The file's name.
pub(crate) const FILE: &str = "stepfn.toml";

/// A stage, for which a command runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stage {
    /// Its name, where one was asked for.
    pub(crate) name: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    /// The values of `${Name}`s.
    pub(crate) values: IndexMap<String, String>,
    /// The names of buckets, by what the program calls them.
    pub(crate) buckets: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Environment {
    #[serde(default)]
    substitutions: BTreeMap<String, String>,
    #[serde(default)]
    buckets: BTreeMap<String, String>,
    #[serde(default)]
    stages: BTreeMap<String, StageTable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageTable {
    account: Option<String>,
    region: Option<String>,
    #[serde(default)]
    substitutions: BTreeMap<String, String>,
    #[serde(default)]
    buckets: BTreeMap<String, String>,
}

impl Stage {
    /// The stage of a name; without one, nothing is known.
    pub(crate) fn find(name: Option<&str>, file: Option<&Path>) -> Result<Self, Failure> {
        let Some(name) = name else { return Ok(Self::default()) };
        let usage = |message: String| Failure::Usage(format!("error: {message}\n"));
        let path = match file {
            Some(path) => path.to_path_buf(),
            None => above().ok_or_else(|| {
                usage(format!(
                    "there is no `{FILE}` here or above\n  = help: write one, with a table `[stages.{name}]`, or name it: `--environment FILE`"
                ))
            })?,
        };
        let text = fs::read_to_string(&path)
            .map_err(|error: io::Error| usage(format!("cannot read `{}`: {error}", path.display())))?;
        Self::read(name, &text).map_err(|message| usage(format!("`{}`: {message}", path.display())))
    }

    fn read(name: &str, text: &str) -> Result<Self, String> {
        let file: Environment = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text.get(..at).unwrap_or(text).matches('\n').count() + 1;
            format!("line {line}: {}", error.message())
        })?;
        let Some(table) = file.stages.get(name) else {
            let known: Vec<&str> = file.stages.keys().map(String::as_str).collect();
            let help = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => format!("write a table `[stages.{name}]`"),
                None => format!("the stages are {}", list(known)),
            };
            return Err(format!("there is no stage `{name}`\n  = help: {help}"));
        };
        let mut values = IndexMap::new();
        for (value, names) in [
            (Some(name), ["Stage", "sls:stage", "self:provider.stage"]),
            (table.account.as_deref(), ["Account", "aws:accountId", "AWS::AccountId"]),
            (table.region.as_deref(), ["Region", "aws:region", "AWS::Region"]),
        ] {
            values.extend(
                value.into_iter().flat_map(|value| names.map(|name| (name.to_owned(), value.to_owned()))),
            );
        }
        let own = values.clone();
        let filled = |text: &String| deployment::filled(text, &own);
        let buckets: BTreeMap<String, String> = file
            .buckets
            .iter()
            .chain(&table.buckets)
            .map(|(name, bucket)| (name.clone(), filled(bucket)))
            .collect();
        for (name, value) in file.substitutions.iter().chain(&table.substitutions) {
            values.insert(name.clone(), filled(value));
        }
        values.extend(buckets.iter().map(|(name, bucket)| (name.clone(), bucket.clone())));
        let (account, region) = (table.account.clone(), table.region.clone());
        Ok(Self { name: Some(name.to_owned()), account, region, values, buckets })
    }
}

/// The file in the current folder, or in the nearest one above.
fn above() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[substitutions]
Topic = "arn:aws:sns:${Region}:${Account}:orders-${Stage}"
[buckets]
Uploads = "acme-uploads-${Stage}"
[stages.dev]
account = "111111111111"
region = "eu-west-1"
[stages.prod]
substitutions = { Topic = "arn:of:prod" }
buckets = { Uploads = "acme" }
"#;

    #[test]
    fn a_stage_has_what_is_said_for_all_and_its_own() {
        let dev = Stage::read("dev", TEXT).unwrap();
        assert_eq!(dev.region.as_deref(), Some("eu-west-1"));
        assert_eq!(dev.values["Topic"], "arn:aws:sns:eu-west-1:111111111111:orders-dev");
        assert_eq!(
            (dev.values["Stage"].as_str(), dev.values["Uploads"].as_str()),
            ("dev", "acme-uploads-dev")
        );
        let prod = Stage::read("prod", TEXT).unwrap();
        assert_eq!(
            (prod.values["Topic"].as_str(), prod.buckets["Uploads"].as_str()),
            ("arn:of:prod", "acme")
        );
        assert_eq!(prod.account, None);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        assert_eq!(
            Stage::read("prd", TEXT).unwrap_err(),
            "there is no stage `prd`\n  = help: did you mean `prod`?"
        );
        assert_eq!(
            Stage::read("x", "").unwrap_err(),
            "there is no stage `x`\n  = help: write a table `[stages.x]`"
        );
        let error = Stage::read("dev", "[stages.dev]\nregoin = \"x\"\n").unwrap_err();
        assert!(error.starts_with("line 2: unknown field `regoin`"), "{error}");
        assert!(Stage::read("dev", "[stages.dev\n").is_err());
    }
}
