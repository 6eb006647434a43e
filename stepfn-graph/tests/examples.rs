//! The pictures of the repository's examples, as in the README.
#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use stepfn_core::asl;
use stepfn_graph::{Graph, Options, svg};

#[test]
fn the_pictures_of_the_examples_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut drawn = 0;
    for entry in fs::read_dir(root.join("generated")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(name) = file.strip_suffix(".asl.json") else { continue };
        let (machine, _) = asl::read_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let picture = format!("{}\n", svg(&Graph::of(&machine), &Options::of(name)));
        let committed = fs::read_to_string(root.join(format!("docs/graphs/{name}.svg"))).unwrap_or_default();
        assert!(
            committed == picture,
            "docs/graphs/{name}.svg is not what is drawn: look at `cargo xtask graph {name} --format svg`, and write it there"
        );
        drawn += 1;
    }
    assert_eq!(drawn, 3);
}
