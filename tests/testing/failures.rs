//! The messages of a test that fails.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;
use stepfn::{Workflow, executor::Mock, testing::Coverage};

use super::{CsvProcessing, csv, loaded, upload};

pub(super) fn said(test: impl FnOnce()) -> String {
    match catch_unwind(AssertUnwindSafe(test)) {
        Ok(()) => "the test holds".to_owned(),
        Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_default(),
    }
}

#[test]
fn another_output_shows_the_way_and_the_data() {
    insta::assert_snapshot!(said(|| {
        loaded().assert_output(json!({ "loadedCount": 5 }));
    }));
}

#[test]
fn a_failure_shows_where_it_was_left() {
    insta::assert_snapshot!(said(|| {
        csv()
            .mock(CsvProcessing::HandleError, Mock::fail("Broken", "at night"))
            .mock(CsvProcessing::ValidateCSV, Mock::fail("Boom", "bang"))
            .run(&upload())
            .assert_succeeded();
    }));
}

#[test]
fn a_task_without_an_answer_is_named() {
    let said = said(|| {
        use stepfn::testing::WorkflowTest as _;
        drop(CsvProcessing::test().run(&upload()));
    });
    assert!(said.contains("SendSuccessNotification"), "{said}");
}

#[test]
fn a_callback_that_nobody_waits_for_is_named() {
    let said = said(|| csv().start(&upload()).succeed(CsvProcessing::LoadData, &1));
    assert_eq!(said, "`LoadData` waits for no callback now; no state does");
}

#[test]
fn too_little_coverage_lists_what_was_never_taken() {
    let said = said(|| {
        let mut coverage = Coverage::of(&CsvProcessing::definition());
        coverage.add(&loaded());
        coverage.assert_at_least(80.0);
    });
    assert!(said.contains("       -  CheckValidation → HandleError (default)"), "{said}");
}
