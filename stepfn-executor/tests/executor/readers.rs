//! The harm that files of items may try to do to whoever reads them, and its bounds.

use stepfn_executor::{Executor, Limits, Outcome, RunError};

use super::{
    definition,
    distributed_map::{map, reader, store, with},
    json, run_with,
};

/// A stranger's file harms nobody: what a reader has to hold is bounded.
#[test]
fn readers_hold_no_more_than_is_set() {
    let store = store(&[
        ("a.csv", "x,y\n1,2\n1234567,89\n"),
        ("a.jsonl", "1\n[1,2,3,4,5]\n"),
        ("a.json", "[1,2,3,4,5]"),
        ("m.json", r#"{"fileFormat": "CSV"}"#),
    ]);
    let run = |key: &str, config: &str, set: fn(&mut Limits)| {
        let mut limits = Limits::default();
        set(&mut limits);
        let asl = map(&reader(key, config));
        let executor = with(&store)(Executor::builder().limits(limits)).build(&definition(&asl)).unwrap();
        executor.run_blocking(json("{}"))
    };
    let too_large = |setting, limit| RunError::ItemsTooLarge { state: "M".to_owned(), limit, setting };
    let item: fn(&mut Limits) = |limits| limits.item_bytes = 9;
    let file: fn(&mut Limits) = |limits| limits.file_bytes = 9;
    let csv = r#""InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW""#;
    let lines = r#""InputType": "JSONL""#;
    for (key, config, set, refused) in [
        ("a.csv", csv, item, Some(too_large("item_bytes", 9))),
        ("a.csv", csv, file, None),
        ("a.jsonl", lines, item, Some(too_large("item_bytes", 9))),
        ("a.jsonl", lines, file, None),
        ("a.json", r#""InputType": "JSON""#, file, Some(too_large("file_bytes", 9))),
        ("a.json", r#""InputType": "JSON""#, item, None),
        ("m.json", r#""InputType": "MANIFEST""#, file, Some(too_large("file_bytes", 9))),
    ] {
        assert_eq!(run(key, config, set).err(), refused, "{key}");
    }
    let said = too_large("item_bytes", 9).to_string();
    assert!(said.contains("more than 9 bytes\nhelp: raise `Limits::item_bytes` by `.limits(…)`"), "{said}");
    let outcome = run("a.csv", csv, |limits| limits.csv_header_bytes = 2).unwrap();
    assert_eq!(outcome.error(), Some("States.ItemReaderFailed"));
    assert_eq!(outcome.cause(), Some("CSV headers cannot be longer than 2 bytes."));
}

/// What is checked out or unpacked into a folder may have links that lead anywhere.
#[cfg(unix)]
#[test]
fn a_folder_in_place_of_a_bucket_is_not_left_through_links() {
    use std::os::unix::fs::symlink;

    let place = std::env::temp_dir().join(format!("stepfn-links-{}", std::process::id()));
    let (folder, outside) = (place.join("bucket"), place.join("outside"));
    for dir in [&folder, &outside] {
        std::fs::create_dir_all(dir).unwrap();
    }
    std::fs::write(outside.join("a.jsonl"), "1\n").unwrap();
    std::fs::write(folder.join("own.jsonl"), "1\n").unwrap();
    symlink(outside.join("a.jsonl"), folder.join("link.jsonl")).unwrap();
    symlink(&outside, folder.join("dir")).unwrap();
    symlink(&folder, place.join("root")).unwrap();
    let run =
        |asl: &str, folder: &std::path::Path| run_with(asl, "{}", |builder| builder.bucket_dir("b", folder));
    let cause = |outcome: &Outcome| outcome.cause().unwrap_or_default().to_owned();
    for key in ["link.jsonl", "dir/a.jsonl"] {
        let outcome = run(&map(&reader(key, r#""InputType": "JSONL""#)), &folder);
        assert_eq!(outcome.error(), Some("States.ItemReaderFailed"), "{key}");
        assert!(cause(&outcome).ends_with("is a symbolic link"), "{key}: {}", cause(&outcome));
    }
    // A socket stands for all that a key names and that may have no end: pipes, devices.
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("pipe.jsonl")).unwrap();
    let outcome = run(&map(&reader("pipe.jsonl", r#""InputType": "JSONL""#)), &folder);
    assert!(cause(&outcome).ends_with("is neither a file nor a folder"), "{}", cause(&outcome));
    let outcome = run(&map(&reader("", r#""InputType": "JSONL""#)), &folder);
    assert!(cause(&outcome).starts_with("The specified key does not exist."), "{}", cause(&outcome));
    // The folder itself is what the user named.
    let own = map(&reader("own.jsonl", r#""InputType": "JSONL""#));
    assert_eq!(run(&own, &place.join("root")).error(), None);
    let writes = |prefix: &str| {
        map(&format!(
            r#""ResultWriter": {{"Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {{"Bucket": "b", "Prefix": "{prefix}"}}}},"#
        ))
    };
    let outcome = run_with(&writes("dir/x"), "[1]", |builder| builder.bucket_dir("b", &folder));
    assert_eq!(outcome.error(), Some("States.ResultWriterFailed"), "{:?}", cause(&outcome));
    assert!(!outside.join("x").exists());
    let outcome = run_with(&writes("x"), "[1]", |builder| builder.bucket_dir("b", &folder));
    assert_eq!(outcome.error(), None);
    std::fs::remove_dir_all(&place).unwrap();
}
