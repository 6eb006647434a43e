//! `cargo xtask soundness`: the promise, over machines that nobody has seen before.

use std::{
    io,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

/// The default number of executions of each query language.
const EXECUTIONS: u64 = 1_000_000;

/// The default number of seconds for which the power of the proof is looked for.
const POWER_SECONDS: u64 = 300;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "`{0}` is no option; there are `--executions N`, `--seconds N`, `--seed S`, `--samples N`, `--mode paths|jsonata|mixed` and `--power`"
    )]
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

/// The options of the command.
struct Options {
    executions: u64,
    /// After so long no new machine is begun.
    seconds: Option<u64>,
    seed: u64,
    samples: u64,
    /// The only mode that runs.
    mode: Option<String>,
    power: bool,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, Error> {
        let mut options = Self {
            executions: EXECUTIONS,
            seconds: None,
            seed: fresh(),
            samples: 3,
            mode: None,
            power: false,
        };
        let mut rest = arguments.iter();
        while let Some(option) = rest.next() {
            let mut number = || {
                let text = rest.next().map_or("", String::as_str);
                text.replace('_', "").parse().map_err(|_| Error::Number(option.clone()))
            };
            match option.as_str() {
                "--executions" => options.executions = number()?,
                "--seconds" => options.seconds = Some(number()?),
                "--seed" => options.seed = number()?,
                "--samples" => options.samples = number()?,
                "--mode" => options.mode = rest.next().cloned(),
                "--power" => options.power = true,
                other => return Err(Error::Option(other.to_owned())),
            }
        }
        Ok(options)
    }
}

/// Runs fresh seeds in release, and prints the seeds and the figures.
pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let Options { executions, seconds, seed, samples, mode, power } = Options::read(arguments)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--release", "--package", "stepfn", "--test", "soundness"]);
    if power {
        let seconds = seconds.unwrap_or(POWER_SECONDS);
        println!("seed {seed}, {seconds} seconds");
        command.args(["--features", "rule-switches", "--", "--nocapture", "each_rule"]);
        command.env("STEPFN_POWER", seconds.to_string());
    } else {
        println!("seed {seed}, {executions} executions of each query language");
        command.args(["--", "--nocapture", "what_is_accepted"]);
        command.env("STEPFN_SOUNDNESS", executions.to_string());
        if let Some(seconds) = seconds {
            command.env("STEPFN_SOUNDNESS_SECONDS", seconds.to_string());
        }
    }
    command.env("STEPFN_SOUNDNESS_SEED", seed.to_string());
    command.env("STEPFN_SOUNDNESS_SAMPLES", samples.to_string());
    if let Some(mode) = mode {
        command.env("STEPFN_SOUNDNESS_MODE", mode);
    }
    if command.status()?.success() { Ok(()) } else { Err(Error::Broken { seed }) }
}

/// A seed that was not there before.
fn fresh() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Space for the seeds that follow it.
    now.as_secs() << 20
}
