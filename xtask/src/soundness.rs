//! `cargo xtask soundness`: the promise, over machines that nobody has seen before.

use std::{
    io,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

/// Executions of each query language where nothing is said.
const EXECUTIONS: u64 = 1_000_000;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("`{0}` is no option; there are `--executions N`, `--seed S`, `--samples N` and `--power`")]
    Option(String),
    #[error("`{0}` needs a number")]
    Number(String),
    #[error("cargo cannot be started: {0}")]
    Cargo(#[from] io::Error),
    #[error(
        "the promise does not hold: see above; the same again with `cargo xtask soundness --seed {seed}`"
    )]
    Broken { seed: u64 },
}

/// Runs fresh seeds in release, and prints the seeds and the figures.
pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let (mut executions, mut seed, mut samples, mut power) = (EXECUTIONS, fresh(), 3, false);
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let mut number = || {
            let text = rest.next().map_or("", String::as_str);
            text.replace('_', "").parse().map_err(|_| Error::Number(option.clone()))
        };
        match option.as_str() {
            "--executions" => executions = number()?,
            "--seed" => seed = number()?,
            "--samples" => samples = number()?,
            "--power" => power = true,
            other => return Err(Error::Option(other.to_owned())),
        }
    }
    println!("seed {seed}, {executions} executions of each query language");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--release", "--package", "stepfn", "--test", "soundness"]);
    if power {
        // A machine is good for some executions; what is refused is tried as well.
        command.args(["--features", "rule-switches", "--", "--nocapture", "each_rule"]);
        command.env("STEPFN_POWER", (executions / 40).to_string());
    } else {
        command.args(["--", "--nocapture", "what_is_accepted"]);
        command.env("STEPFN_SOUNDNESS", executions.to_string());
    }
    command.env("STEPFN_SOUNDNESS_SEED", seed.to_string());
    command.env("STEPFN_SOUNDNESS_SAMPLES", samples.to_string());
    if command.status()?.success() { Ok(()) } else { Err(Error::Broken { seed }) }
}

/// A seed that was not there before.
fn fresh() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Room for the seeds that follow it.
    now.as_secs() << 20
}
