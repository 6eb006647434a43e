//! `transparent` and `name` exclude each other.
use std::fmt;

use stepfn::TaskError;

#[derive(TaskError)]
struct Inner;

#[derive(TaskError)]
enum Outer {
    #[task_error(transparent, name = "Inner")]
    Inner(Inner),
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("inner")
    }
}

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("outer")
    }
}

fn main() {}
