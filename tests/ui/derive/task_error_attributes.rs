//! Mistakes in `#[task_error(...)]`.
use std::fmt;

use stepfn::TaskError;

#[derive(TaskError)]
enum OrderError {
    #[task_error(nam = "Empty")]
    Unknown,
    #[task_error(name = "States.Timeout")]
    Reserved,
    #[task_error(name = " ")]
    Empty,
    #[task_error(transparent)]
    Two(fmt::Error, fmt::Error),
    #[task_error(transparent)]
    None,
    #[task_error(rename_all = "camelCase")]
    Rule,
    #[task_error(name = Text)]
    Text,
}

#[derive(TaskError)]
enum SameName {
    Declined,
    #[task_error(name = "Declined")]
    Refused,
}

#[derive(TaskError)]
#[task_error(rename_all = "lowercase")]
enum SameAfterRule {
    NoFunds,
    Nofunds,
}

#[derive(TaskError)]
#[task_error(name = "Payment", rename_all = "camlCase")]
enum Container {
    Declined,
}

#[derive(TaskError)]
#[task_error(transparent)]
enum TransparentEnum {
    Declined,
}

#[derive(TaskError)]
#[task_error(rename_all = "camelCase")]
struct Struct;

#[derive(TaskError)]
union Bits {
    a: u32,
}

macro_rules! display {
    ($($ty:ty),*) => {
        $(impl fmt::Display for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("failed")
            }
        })*
    };
}

display!(OrderError, SameName, SameAfterRule, Container, TransparentEnum, Struct);

fn main() {}
