//! Imports every definition of a folder, compiles all machines as one crate, runs it, and compares the ASL that each generates with the
//! canonical form of the definition that it came from.
//!
//! ```sh
//! STEPFN_REALWORLD_DIR=definitions cargo run --manifest-path tests/interop/import/Cargo.toml
//! ```
//!
//! The inputs in a list `orders.input.json` are samples for `orders.asl.json`. With `-- --samples` each machine is given two made-up samples of its input, which have something at each path that it reads: their types must
//! compile, too.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

use stepfn_import::{self as import, Reach};
use stepfn_core::{
    asl::StateMachine,
    path::{Root, SegmentKind},
    value::Value,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A machine of the crate: its module's name, its type, and what it is to generate.
struct Machine {
    module: String,
    rust_name: String,
    file: PathBuf,
    expected: String,
    samples: Vec<Value>,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    let with_samples = env::args().any(|argument| argument == "--samples");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize()?;
    let folder =
        env::var_os("STEPFN_REALWORLD_DIR").map_or_else(|| root.join("../shared/realworld"), PathBuf::from);
    let files = definitions(&folder);
    if files.is_empty() {
        println!(
            "nothing to import: there are no definitions in {}; name a folder by STEPFN_REALWORLD_DIR",
            folder.display()
        );
        return Ok(true);
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let crate_folder = target.join("interop-import-crate");
    let sources = crate_folder.join("src");
    if sources.exists() {
        fs::remove_dir_all(&sources)?;
    }
    fs::create_dir_all(&sources)?;

    let mut machines = Vec::new();
    let (mut refused, mut declared, mut allowed, mut typed) = (0, 0, 0, 0);
    let start = Instant::now();
    for file in &files {
        let imported = match import::read_file(file, Reach::Anywhere) {
            Ok(imported) => imported,
            Err(error) => {
                declared += 1;
                refused += 1;
                println!("not imported: {error}");
                continue;
            }
        };
        for imported in imported {
            declared += 1;
            let samples = if with_samples { samples(&imported.machine) } else { given(file)? };
            let source = match import::rust_source(&imported, &samples) {
                Ok(source) => source,
                Err(error) => {
                    refused += 1;
                    println!("not imported: {}: {error}", file.display());
                    continue;
                }
            };
            allowed += usize::from(!source.allowed.is_empty());
            typed += usize::from(!source.text.contains(&format!("pub {}()", imported.rust_name)));
            let module = format!("m{:03}", machines.len());
            fs::write(sources.join(format!("{module}.rs")), &source.text)?;
            machines.push(Machine {
                module,
                rust_name: imported.rust_name,
                file: file.clone(),
                expected: imported.machine.to_canonical_string(),
                samples,
            });
        }
    }
    println!(
        "read and written in {:.1} s; {typed} machines have a type of input",
        start.elapsed().as_secs_f64()
    );
    println!("{allowed} machines hold diagnostics that are errors; their sources allow them by name");

    write_crate(&root, &crate_folder, &machines)?;
    let start = Instant::now();
    let build = cargo(&crate_folder, &target).arg("build").output()?;
    let messages = String::from_utf8_lossy(&build.stderr);
    let broken: Vec<&Machine> = machines
        .iter()
        .filter(|machine| {
            messages
                .lines()
                .any(|line| line.contains("--> ") && line.contains(&format!("{}.rs:", machine.module)))
        })
        .filter(|_| !build.status.success())
        .collect();
    println!("built in {:.1} s", start.elapsed().as_secs_f64());
    if !build.status.success() {
        println!("{messages}");
        println!(
            "imported {}, compiled {}, same ASL 0 of {declared}",
            declared - refused,
            machines.len() - broken.len().max(1)
        );
        return Ok(false);
    }

    let generated = cargo(&crate_folder, &target).args(["run", "--quiet"]).output()?;
    if !generated.status.success() {
        return Err(String::from_utf8_lossy(&generated.stderr).into());
    }
    let mut same = 0;
    for machine in &machines {
        let written =
            fs::read_to_string(crate_folder.join("generated").join(format!("{}.asl.json", machine.module)))?;
        if written == machine.expected {
            same += 1;
        } else {
            println!("not the same: {} ({})", machine.file.display(), machine.module);
        }
    }
    println!("imported {}, compiled {}, same ASL {same} of {declared}", declared - refused, machines.len());
    Ok(same == declared)
}

/// The inputs in the list `orders.input.json` beside `orders.asl.json`, where there is one.
fn given(file: &Path) -> Result<Vec<Value>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().replace(".asl.json", ".input.json");
    let path = file.with_file_name(name);
    if path == file || !path.exists() {
        return Ok(Vec::new());
    }
    let samples: Value = fs::read_to_string(path)?.parse()?;
    Ok(samples.as_array().map(<[Value]>::to_vec).unwrap_or_default())
}

/// Two samples, of which the second has other kinds of values at some paths, and lacks others.
fn samples(machine: &StateMachine) -> Vec<Value> {
    let mut paths = Vec::new();
    texts(&machine.to_json(), &mut paths);
    paths.sort_by(|left, right| left.as_str().cmp(right.as_str()));
    paths.dedup();
    let sample = |round: usize| {
        let mut sample = Value::empty_object();
        for (index, path) in paths.iter().enumerate().filter(|(index, _)| round == 0 || index % 7 != 3) {
            let names = path.segments.iter().map_while(|segment| match &segment.kind {
                SegmentKind::Name(name) => Some(name.as_str()),
                _ => None,
            });
            put(&mut sample, &names.collect::<Vec<_>>(), index + round * (index % 3));
        }
        sample
    };
    vec![sample(0), sample(1)]
}

fn texts(value: &Value, out: &mut Vec<stepfn_core::path::Path>) {
    match value {
        Value::String(text) => {
            out.extend(stepfn_core::path::Path::parse(text).ok().filter(|path| path.root == Root::Input))
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(map) => map.values().for_each(|value| texts(value, out)),
        _ => {}
    }
}

fn put(value: &mut Value, names: &[&str], kind: usize) {
    let Some((name, rest)) = names.split_first() else {
        if matches!(value, Value::Object(map) if map.is_empty()) {
            *value = match kind % 6 {
                0 => 3.into(),
                1 => "text".into(),
                2 => true.into(),
                3 => Value::array([
                    Value::object([("id", Value::from("a"))]),
                    Value::object([("id", Value::Null)]),
                ]),
                4 => "2030-01-01T00:00:00Z".into(),
                _ => Value::object([("x", Value::from(1))]),
            };
        }
        return;
    };
    if matches!(value, Value::Object(_)) {
        put(value.make_object().entry((*name).into()).or_insert_with(Value::empty_object), rest, kind);
    }
}

/// The files of a folder that may declare machines, in the order of their paths.
fn definitions(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| ["json", "yml", "yaml"].iter().any(|known| extension == *known))
            {
                found.push(path);
            }
        }
    }
    found.retain(|path| !path.to_string_lossy().ends_with(".input.json"));
    found.sort();
    found
}

fn write_crate(root: &Path, folder: &Path, machines: &[Machine]) -> Result<()> {
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"imported\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
             stepfn = {{ path = {root:?}, default-features = false }}\n"
        ),
    )?;
    // The versions that the repository is tested with.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::create_dir_all(folder.join("generated"))?;
    let mut main = String::from(PRELUDE);
    for machine in machines {
        main.push_str(&format!("mod {};\n", machine.module));
    }
    main.push_str("\nfn main() -> Result<(), Box<dyn std::error::Error>> {\n");
    for Machine { module, rust_name, samples, .. } in machines {
        let samples: Vec<String> = samples.iter().map(ToString::to_string).collect();
        main.push_str(&format!("    write::<{module}::{rust_name}>(\"{module}\", &{samples:?})?;\n"));
    }
    main.push_str("    Ok(())\n}\n");
    fs::write(folder.join("src/main.rs"), main)?;
    Ok(())
}

/// Writes what a machine generates, and reads the samples as its input.
const PRELUDE: &str = r#"use stepfn::{Workflow, value::Value};

fn write<W: Workflow<Input: serde::de::DeserializeOwned>>(
    module: &str,
    samples: &[&str],
) -> Result<(), Box<dyn std::error::Error>> {
    for sample in samples {
        let sample: Value = sample.parse()?;
        stepfn::value::from_value::<W::Input>(&sample).map_err(|error| format!("{module}: {error}: {sample}"))?;
    }
    std::fs::write(format!("generated/{module}.asl.json"), W::definition().machine.to_canonical_string())?;
    Ok(())
}

"#;

fn cargo(folder: &Path, target: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder).env("CARGO_TARGET_DIR", target);
    command
}
