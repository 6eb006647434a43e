//! The main job, end to end: a workflow declared in Rust, the two files generated from it, and its native run over a real
//! CSV file, step by step.
//!
//! ```sh
//! cargo run --example csv_pipeline
//! ```

// The workflow's items are public for its readers; here they are a module of a program.
#![allow(unreachable_pub)]

mod workflow;

use std::{error::Error, path::Path};

use stepfn::{
    Workflow,
    executor::{Executor, Mock},
    value::{Value, to_value},
};
use workflow::{CsvProcessing, Upload};

fn main() -> Result<(), Box<dyn Error>> {
    let definition = CsvProcessing::definition();
    let comment = definition.machine.comment.as_deref().unwrap_or_default();
    println!("{}: {comment}", definition.name);
    println!("  states: {}", definition.machine.states.keys().cloned().collect::<Vec<_>>().join(", "));

    // `cargo xtask generate` writes the files of all machines; these are of this one alone.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("\ngenerated");
    for file in stepfn_codegen::generate::generate(
        std::slice::from_ref(&definition),
        &root.join("target/csv_pipeline"),
    )? {
        println!("  {}", file.strip_prefix(root).unwrap_or(&file).display());
    }

    // The functions are this program's own; the topic is AWS's, so an answer replaces it.
    let executor = Executor::builder()
        .resource(
            "arn:aws:states:::sns:publish",
            Mock::succeed(to_value(&serde_json::json!({ "MessageId": "m-1" }))?),
        )
        .build(&definition)?;
    let upload = Upload { file_id: "2030-01".into(), path: "examples/csv_pipeline/records.csv".into() };
    let outcome = executor.run_blocking(to_value(&upload)?)?;

    println!("\nnative run");
    for event in outcome.history.events() {
        let step = match event.event_type {
            "TaskSucceeded" => {
                // History holds JSON text, as AWS's does; a function's answer is under `Payload`.
                let output: Value = event
                    .details()
                    .and_then(|details| details["output"].as_str()?.parse().ok())
                    .unwrap_or_default();
                format!("answered {}", output.get("Payload").unwrap_or(&output))
            }
            "TaskFailed" => format!("failed {}", event.details().unwrap_or_default()),
            "ChoiceStateExited" => "decided".to_owned(),
            _ => continue,
        };
        println!("  {:<24} {}", event.state.unwrap_or_default(), cut(&step, 92));
    }
    println!(
        "\n{} after {} events: {}",
        outcome.status.name(),
        outcome.history.len(),
        outcome.history.path().join(" → ")
    );
    if let Some(output) = outcome.output() {
        println!("{}", cut(&output.to_string(), 400));
    }
    Ok(())
}

/// The beginning of a text, as much of it as fits on a line.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        text.chars().take(most - 1).chain(['…']).collect()
    }
}
