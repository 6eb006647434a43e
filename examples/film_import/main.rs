//! Machines with parameters, what machines share, and machines that start others.
//!
//! ```sh
//! cargo run --example film_import
//! ```

// The workflow's items are public for its readers; here they are a module of a program.
#![allow(unreachable_pub)]

mod workflow;

use std::error::Error;

use stepfn::{
    Workflow,
    executor::{Executor, Mock},
    testing::WorkflowTest,
    value::to_value,
};
use workflow::{Books, File, Films, Night, Nightly, Report};

fn main() -> Result<(), Box<dyn Error>> {
    for definition in [Films::definition(), Books::definition()] {
        println!("{}: {} s at most", definition.name, definition.machine.to_json()["TimeoutSeconds"]);
    }
    // DynamoDB is not here: what the machines keep goes nowhere.
    let kept = "arn:aws:states:::dynamodb:putItem";
    let executor = Executor::builder()
        .resource(kept, Mock::succeed(serde_json::json!({})))
        .virtual_time()
        .build(&Nightly::definition())?;
    for films in ["films.csv", "empty.csv"] {
        let file = |file: &str| File { file: file.to_owned() };
        let night = Night { films: file(films), books: file("books.csv") };
        let report: Report = executor.run_blocking(to_value(&night)?)?.into_output()?;
        println!("{films}: {:?} films, {} books", report.films, report.books);
    }
    let exploration = Nightly::explore();
    println!("{} ways are open", exploration.untaken().count());
    Ok(())
}
