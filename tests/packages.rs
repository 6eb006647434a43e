//! The packages for crates.io and docs.rs: each describes itself, and takes along what it needs and nothing else.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

/// Runs Cargo in this workspace; its standard output.
fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output =
        Command::new(cargo).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages of the workspace that are published.
fn published() -> Vec<Value> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"]))
            .unwrap();
    let packages = metadata["packages"].as_array().unwrap().clone();
    let published: Vec<Value> =
        packages.into_iter().filter(|package| package["publish"] != Value::Array(Vec::new())).collect();
    assert!(published.len() > 5, "{published:?}");
    published
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

#[test]
fn every_package_says_what_it_is() {
    let mut descriptions = BTreeSet::new();
    for package in published() {
        let name = package["name"].as_str().unwrap();
        let description = package["description"].as_str().unwrap_or_default();
        assert!(description.len() > 20 && !description.ends_with('.'), "{name}: description {description:?}");
        assert!(
            descriptions.insert(description.to_owned()),
            "{name} describes itself as another package does"
        );
        assert_eq!(package["license"], "MIT OR Apache-2.0", "{name}");
        assert_eq!(package["rust_version"], "1.89", "{name}");
        assert!(package["repository"].is_string(), "{name}");
        let keywords = strings(&package["keywords"]);
        assert!((3..=5).contains(&keywords.len()), "{name}: crates.io takes five keywords: {keywords:?}");
        assert!(keywords.iter().all(|keyword| keyword.len() <= 20), "{name}: {keywords:?}");
        assert!((1..=5).contains(&strings(&package["categories"]).len()), "{name}: categories");
        assert_eq!(
            package["metadata"]["docs"]["rs"]["all-features"], true,
            "{name}: docs.rs shows all features"
        );

        let readme = Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("README.md");
        let text = std::fs::read_to_string(&readme).unwrap_or_else(|_| panic!("{name} has no README.md"));
        assert!(text.starts_with(&format!("# {name}\n")), "{name}: the README's title");
    }
}

/// Where a package takes along more than its source, a change of a test is a change of what users download.
#[test]
fn every_package_takes_its_source_and_licences_along() {
    for package in published() {
        let name = package["name"].as_str().unwrap();
        let list = cargo(&["package", "--list", "--allow-dirty", "--offline", "--package", name]);
        let files: BTreeSet<&str> = list.lines().collect();
        for file in ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
            assert!(files.contains(file), "{name} lacks {file}");
        }
        assert!(files.contains("src/lib.rs"), "{name} lacks its source");
        let extra: Vec<&&str> = files
            .iter()
            .filter(|file| {
                file.starts_with("tests/") || file.starts_with("generated/") || file.starts_with('.')
            })
            .filter(|file| **file != ".cargo_vcs_info.json")
            .collect();
        assert!(extra.is_empty(), "{name} takes along {extra:?}");
    }
}
