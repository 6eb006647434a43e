//! `cargo xtask bench-check`: what a machine of 100 states costs `cargo check`, beside the same crate without it.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot write `{path}`: {error}")]
    Write { path: String, error: io::Error },
    #[error("cannot run cargo: {0}")]
    Start(io::Error),
    #[error("`cargo check` failed in `{0}`")]
    Check(String),
}

/// The number of times that each crate is checked; the best counts.
const SAMPLES: usize = 7;
/// Groups of four states; the machine has four more.
const GROUPS: usize = 24;

const MANIFEST: &str = r#"[package]
name = "bench-check"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
serde = { version = "1", features = ["derive"] }
"#;

const TYPES: &str = r#"//! A crate to be checked.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda};

#[derive(Serialize, Deserialize, StateData)]
pub struct Order {
    pub id: String,
    pub total: u32,
    pub kind: String,
    pub delay: u16,
    pub note: Option<String>,
    pub items: Vec<Item>,
}

#[derive(Serialize, Deserialize, StateData)]
pub struct Item {
    pub sku: String,
    pub count: u32,
}

#[derive(Serialize, Deserialize, StateData)]
pub struct Charge {
    pub id: String,
    pub amount: u32,
}

#[derive(Serialize, Deserialize, StateData)]
pub struct Receipt {
    pub number: String,
    pub paid: bool,
    pub amount: u32,
}

#[lambda]
pub fn charge(charge: Charge) -> Receipt {
    Receipt { number: charge.id, paid: true, amount: charge.amount }
}
"#;

pub(crate) fn run() -> Result<(), Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = target.join("bench-check");
    let without = sample(&root, &folder, "without", TYPES)?;
    println!("without a machine         {:.2} s", without.as_secs_f64());
    let states = 4 * GROUPS + 4;
    for (language, machine) in [("jsonpath", jsonpath_machine()), ("jsonata", jsonata_machine())] {
        let with = sample(&root, &folder, language, &format!("{TYPES}\n{machine}"))?;
        println!(
            "{states} states in {language:<10} {:.2} s: ratio {:.1}, {:.1} ms a state",
            with.as_secs_f64(),
            with.as_secs_f64() / without.as_secs_f64(),
            with.saturating_sub(without).as_secs_f64() * 1000.0 / states as f64
        );
    }
    Ok(())
}

/// The best time of `cargo check` after the crate's file has changed.
fn sample(root: &Path, folder: &Path, name: &str, text: &str) -> Result<Duration, Error> {
    let package = folder.join(name);
    let write = |path: PathBuf, text: &str| {
        fs::write(&path, text).map_err(|error| Error::Write { path: path.display().to_string(), error })
    };
    let source = package.join("src");
    fs::create_dir_all(&source)
        .map_err(|error| Error::Write { path: source.display().to_string(), error })?;
    let stepfn =
        format!("stepfn = {{ path = {:?}, default-features = false }}\n", root.display().to_string());
    write(package.join("Cargo.toml"), &format!("{MANIFEST}{stepfn}"))?;
    let lock = package.join("Cargo.lock");
    fs::copy(root.join("Cargo.lock"), &lock)
        .map_err(|error| Error::Write { path: lock.display().to_string(), error })?;
    let mut best = Duration::MAX;
    // The first run checks what the crate depends on.
    for run in 0..=SAMPLES {
        write(source.join("lib.rs"), &format!("{text}\n/// Change {run}.\npub struct Change{run};\n"))?;
        let started = Instant::now();
        let status = Command::new("cargo")
            .args(["check", "--quiet", "--target-dir"])
            .arg(folder.join("target"))
            .current_dir(&package)
            .status()
            .map_err(Error::Start)?;
        if !status.success() {
            return Err(Error::Check(package.display().to_string()));
        }
        if run > 0 {
            best = best.min(started.elapsed());
        }
    }
    Ok(best)
}

/// Each group's name and that of the state behind it.
fn groups() -> impl Iterator<Item = (usize, String)> {
    (0..GROUPS).map(|index| {
        (index, if index + 1 == GROUPS { "Check".to_owned() } else { format!("Charge{}", index + 1) })
    })
}

/// The same machine in JSONata.
fn jsonata_machine() -> String {
    let mut states = String::new();
    for (index, next) in groups() {
        // Writing to a string cannot fail.
        let _ = write!(
            states,
            r#"
    Charge{index}: Task {{
        resource: lambda(charge),
        arguments: {{ "id": "{{% $states.input.id %}}", "amount": "{{% $states.input.total %}}" }},
        retry: [{{ error_equals: [States.Timeout], interval_seconds: 1, max_attempts: 2 }}],
        catch: [{{ error_equals: [States.ALL], output: {{ "error": "{{% $states.errorOutput %}}" }}, next: Failed }}],
        assign: {{ "receipt": "{{% $states.result %}}" }},
        output: "{{% $states.input %}}",
        next: Paid{index},
    }},
    Paid{index}: Choice {{
        choices: [
            "{{% $receipt.paid = false %}}" => Delay{index},
            "{{% $states.input.total > 100 and ($exists($states.input.note) or $states.input.kind = 'gift') %}}" => Delay{index},
        ],
        default: Copy{index},
    }},
    Delay{index}: Wait {{ seconds: "{{% $states.input.delay %}}", next: Copy{index} }},
    Copy{index}: Pass {{
        assign: {{
            "copy{index}": {{
                "number": "{{% $receipt.number %}}",
                "text": "{{% $states.input.id & '/' & $string($receipt.amount) %}}",
                "skus": "{{% [$states.input.items.sku] %}}",
            }},
        }},
        next: {next},
    }},
"#
        );
    }
    format!(
        r#"stepfn::state_machine! {{
    pub Orders(Order) -> Receipt {{
    query_language: JSONata,
    start_at: Charge0,
{states}
    Check: Choice {{ choices: ["{{% $states.input.total > 7 %}}" => Last], default: Other }},
    Other: Pass {{ next: Last }},
    Last: Succeed {{ output: "{{% $receipt %}}" }},
    Failed: Fail {{ error: "Failed", cause: "{{% $states.input.error.Cause %}}" }},
    }}
}}
"#
    )
}

/// A machine of Tasks with retriers and catchers, Choices, Waits and Passes with templates.
fn jsonpath_machine() -> String {
    let mut states = String::new();
    for (index, next) in groups() {
        // Writing to a string cannot fail.
        let _ = write!(
            states,
            r#"
    Charge{index}: Task {{
        resource: lambda(charge),
        parameters: {{ "id": $.id, "amount": $.total }},
        retry: [{{ error_equals: [States.Timeout], interval_seconds: 1, max_attempts: 2 }}],
        catch: [{{ error_equals: [States.ALL], result_path: $.error, next: Failed }}],
        result_path: $.receipt,
        next: Paid{index},
    }},
    Paid{index}: Choice {{
        choices: [
            $.receipt.paid == false => Delay{index},
            $.total > 100 && (is_present($.note) || $.kind == "gift") => Delay{index},
        ],
        default: Copy{index},
    }},
    Delay{index}: Wait {{ seconds_path: $.delay, next: Copy{index} }},
    Copy{index}: Pass {{
        parameters: {{ "number": $.receipt.number, "text": States.Format("{{}}/{{}}", $.id, $.receipt.amount), "skus": $.items[*].sku }},
        result_path: $.copy{index},
        next: {next},
    }},
"#
        );
    }
    format!(
        r#"stepfn::state_machine! {{
    pub Orders(Order) -> Receipt {{
    start_at: Charge0,
{states}
    Check: Choice {{ choices: [$.total > 7 => Last], default: Other }},
    Other: Pass {{ next: Last }},
    Last: Succeed {{ output_path: $.receipt }},
    Failed: Fail {{ error: "Failed", cause_path: $.error.Cause }},
    }}
}}
"#
    )
}
