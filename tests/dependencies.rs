//! The dependencies that a user's build takes in.
#![allow(clippy::unwrap_used)]

use std::fs;

/// The packages of the lock file: name, and what they depend on with the features that are on.
fn locked() -> Vec<(String, Vec<String>)> {
    let lock = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).unwrap();
    let package = |text: &str| {
        let name = text.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).unwrap();
        let dependencies = text.lines().filter_map(|line| line.strip_prefix(" \"")?.strip_suffix("\","));
        // A version may follow the name.
        let names = dependencies.map(|name| name.split(' ').next().unwrap_or_default().to_owned());
        (name.to_owned(), names.collect())
    };
    lock.split("[[package]]").skip(1).map(package).collect()
}

#[test]
fn no_other_jsonata_is_in_the_tree() {
    let packages = locked();
    let expected = ["stepfn", "stepfn-core", "stepfn-executor", "stepfn-jsonata", "serde_json"];
    for name in expected {
        assert!(packages.iter().any(|(known, _)| known == name), "{name} is not in Cargo.lock");
    }
    for (name, _) in &packages {
        assert!(name == "stepfn-jsonata" || !name.contains("jsonata"), "{name} is in Cargo.lock");
    }
}

/// The feature slows everybody's JSON down: one crate that asks for it switches it on in the whole build.
#[test]
fn nobody_switches_preserve_order_on_in_serde_json() {
    let packages = locked();
    for (name, dependencies) in packages.iter().filter(|(name, _)| name == "serde_json") {
        assert!(
            dependencies.iter().any(|dependency| dependency == "itoa"),
            "{name} is read wrongly: {dependencies:?}"
        );
        assert!(
            !dependencies.iter().any(|dependency| dependency == "indexmap"),
            "{name} has `preserve_order`"
        );
    }
}
