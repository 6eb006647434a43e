//! An error has a message.
use stepfn::TaskError;

#[derive(TaskError)]
enum OrderError {
    Empty,
    Declined { reason: String },
}

fn main() {}
