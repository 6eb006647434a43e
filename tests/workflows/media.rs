//! A picture's thumbnail and its metadata, side by side.

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{StateData, TaskError, Workflow, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Picture {
    key: String,
}

#[derive(Serialize, Deserialize, StateData)]
struct Thumbnail {
    thumbnail: String,
}

#[derive(Serialize, Deserialize, StateData)]
struct Metadata {
    width: u32,
    height: u32,
}

#[derive(Serialize, Deserialize, StateData)]
struct Stored {
    key: String,
    thumbnail: String,
    width: u32,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum MediaError {
    #[error("not a picture")]
    NotAPicture,
}

#[lambda]
async fn make_thumbnail(picture: Picture) -> Thumbnail {
    Thumbnail { thumbnail: format!("thumb/{}", picture.key) }
}

#[lambda]
async fn extract_metadata(picture: Picture) -> Result<Metadata, MediaError> {
    if picture.key.ends_with(".txt") {
        return Err(MediaError::NotAPicture);
    }
    Ok(Metadata { width: 640, height: 480 })
}

#[lambda]
async fn store(stored: Stored) -> Stored {
    stored
}

state_machine! {
    /// Thumbnail and metadata in parallel.
    MediaPipeline(Picture) -> Stored {
        start_at: Process,
        Process: Parallel {
            branches: [
                {
                    start_at: MakeThumbnail,
                    MakeThumbnail: Task { resource: lambda(make_thumbnail), end: true },
                },
                {
                    start_at: ExtractMetadata,
                    ExtractMetadata: Task { resource: lambda(extract_metadata), end: true },
                },
            ],
            result_selector: { "thumbnail": $[0].thumbnail, "width": $[1].width },
            result_path: $.media,
            catch: [ { error_equals: [States.ALL], result_path: $.error, next: Refused } ],
            next: Store,
        },
        Store: Task {
            resource: lambda(store),
            parameters: { "key": $.key, "thumbnail": $.media.thumbnail, "width": $.media.width },
            end: true,
        },
        Refused: Fail { error_path: $.error.Error, cause: "the file is no picture" },
    }
}

#[test]
fn asl() {
    insta::assert_snapshot!(MediaPipeline::definition().machine.to_canonical_string());
}

pub(crate) fn definition() -> stepfn::Definition {
    MediaPipeline::definition()
}

#[test]
fn both_branches_meet_in_the_store() {
    let outcome = crate::run(&definition(), json!({ "key": "cat.png" }), |builder| builder);
    assert_eq!(
        outcome.output(),
        Some(&crate::value(json!({ "key": "cat.png", "thumbnail": "thumb/cat.png", "width": 640 })))
    );
}

#[test]
fn one_branch_that_fails_ends_both() {
    let outcome = crate::run(&definition(), json!({ "key": "notes.txt" }), |builder| builder);
    assert_eq!(outcome.error(), Some("NotAPicture"));
    assert_eq!(outcome.cause(), Some("the file is no picture"));
}
