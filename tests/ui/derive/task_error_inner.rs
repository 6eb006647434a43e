//! A transparent variant holds a task error.
use std::fmt;

use stepfn::TaskError;

#[derive(TaskError)]
enum OrderError {
    #[task_error(transparent)]
    Io(std::io::Error),
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("order")
    }
}

fn main() {}
