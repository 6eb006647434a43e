//! Types of the signature that are no data, or no errors.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda};

#[derive(Serialize, Deserialize)]
struct Upload {
    rows: u32,
}

#[derive(Serialize, Deserialize, StateData)]
struct Validation {
    rows: u32,
}

struct ValidatorError;

#[lambda]
async fn input(upload: Upload) -> Validation {
    Validation { rows: upload.rows }
}

#[lambda]
async fn output(validation: Validation) -> Upload {
    Upload { rows: validation.rows }
}

#[lambda]
async fn error(validation: Validation) -> Result<Validation, ValidatorError> {
    if validation.rows > 0 { Ok(validation) } else { Err(ValidatorError) }
}

#[lambda]
fn elsewhere(upload: Upload) -> Result<Vec<Upload>, ValidatorError>;

fn main() {}
