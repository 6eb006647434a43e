//! The files that the map of the repository names are there.

use std::fs;

use crate::source::root;

/// The paths between backticks in the section "Two walks" of ARCHITECTURE.md, and the number of steps of each walk.
#[test]
fn the_walks_name_files_that_are_there() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap().replace("\r\n", "\n");
    let (_, section) = text.split_once("\n## Two walks").expect("a section `Two walks`");
    let section = section.split("\n## ").next().unwrap();
    let walks: Vec<_> = section.split("\n### ").skip(1).collect();
    assert_eq!(walks.len(), 2);
    for walk in walks {
        let steps =
            walk.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())).count();
        assert!((4..10).contains(&steps), "a walk has {steps} steps");
        let files: Vec<_> = walk.split('`').skip(1).step_by(2).filter(|word| word.ends_with(".rs")).collect();
        assert!(files.len() >= steps, "{files:?}");
        for file in files {
            assert!(root().join(file).is_file(), "`{file}` is not there");
        }
    }
}
