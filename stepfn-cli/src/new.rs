//! `stepfn new`

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use stepfn_codegen::generate::{Format, Plan, write_file};
use stepfn_core::deployment::Deployment;
use stepfn_import::{self as import, Imported, Reach, rust};

use crate::{Outcome, arguments::New, import::snake_case, report, style};

/// The version of all crates, as a requirement.
const VERSION: &str =
    concat!("\"", env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"), "\"");

const RUSTFMT: &str = include_str!("../templates/rustfmt.toml");

pub(crate) fn run(arguments: &New, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    match project(arguments) {
        Ok(project) => {
            for note in &project.notes {
                writeln!(err, "note: {}", report::printable(note))?;
            }
            let name = &arguments.name;
            writeln!(out, "wrote {} files below `{name}`", project.files.len())?;
            writeln!(out, "  cd {name}")?;
            writeln!(out, "  cargo test             # its first test")?;
            writeln!(out, "  cargo xtask generate   # the deployment files, after each change")?;
            Ok(Outcome::Success)
        }
        Err(message) => {
            report::error(err, &message)?;
            Ok(Outcome::Unreadable)
        }
    }
}

/// The files of a project, and the notes to print beside them.
struct Project {
    files: Vec<(PathBuf, String)>,
    notes: Vec<String>,
}

fn project(arguments: &New) -> Result<Project, String> {
    let name = arguments.name.as_str();
    if let Some(why) = fault_of_name(name) {
        return Err(format!(
            "`{name}` is no name for a crate: {why}\n  = help: letters, digits, `-` and `_`, such as `order-flow`"
        ));
    }
    let words = Words::of(arguments)?;
    let mut project = match &arguments.from {
        None => starter(),
        Some(file) => imported(file, arguments)?,
    };
    for (path, text) in [
        ("Cargo.toml", include_str!("../templates/Cargo.toml.txt")),
        (".cargo/config.toml", include_str!("../templates/config.toml")),
        (".github/workflows/ci.yml", include_str!("../templates/ci.yml")),
        (".gitignore", "target\n"),
        ("rustfmt.toml", RUSTFMT),
        ("xtask/Cargo.toml", include_str!("../templates/xtask.toml")),
    ] {
        project.files.push((path.into(), text.to_owned()));
    }
    // The name is the project's own: nothing that is there is touched.
    let root = Path::new(name);
    fs::create_dir(root).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => format!("`{name}` is there already\n  = help: choose another name"),
        _ => format!("cannot make the directory `{name}`: {error}"),
    })?;
    for (path, text) in &project.files {
        let path = root.join(path);
        let failed = |error: io::Error| format!("cannot write `{}`: {error}", path.display());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        write_file(&path, &words.filled(text)).map_err(failed)?;
    }
    Ok(project)
}

/// The names in the templates, with their replacements.
struct Words([(&'static str, String); 4]);

impl Words {
    fn of(arguments: &New) -> Result<Self, String> {
        let [stepfn, xtask] = match &arguments.checkout {
            None => [VERSION.to_owned(), VERSION.to_owned()],
            Some(folder) => {
                let whole = fs::canonicalize(folder)
                    .ok()
                    .filter(|folder| folder.join("stepfn-xtask/Cargo.toml").is_file())
                    .ok_or_else(|| format!("`{}` is no checkout of stepfn", folder.display()))?;
                [whole.clone(), whole.join("stepfn-xtask")].map(|path| {
                    let text = path.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
                    format!("{{ path = \"{text}\" }}")
                })
            }
        };
        let name = arguments.name.clone();
        Ok(Self([
            ("{{crate}}", name.replace('-', "_")),
            ("{{name}}", name),
            ("{{stepfn}}", stepfn),
            ("{{stepfn_xtask}}", xtask),
        ]))
    }

    fn filled(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (word, value)| text.replace(word, value))
    }
}

/// The order approval of the README.
fn starter() -> Project {
    let files = [
        ("src/lib.rs", include_str!("../templates/lib.rs")),
        ("src/main.rs", include_str!("../templates/main.rs")),
        ("tests/workflow.rs", include_str!("../templates/workflow.rs")),
        ("xtask/src/main.rs", include_str!("../templates/xtask.rs")),
        // What `cargo xtask generate` writes, so that the first check of it passes.
        ("generated/OrderApproval.asl.json", include_str!("../templates/generated/OrderApproval.asl.json")),
        ("generated/stepfn.serverless.yml", include_str!("../templates/generated/stepfn.serverless.yml")),
        ("generated/.stepfn-generated", include_str!("../templates/generated/list.txt")),
    ];
    let files = files.map(|(path, text)| (path.into(), text.to_owned()));
    Project { files: files.into(), notes: Vec::new() }
}

/// The machines of a file, each a module, with a test that each is still what it was.
fn imported(file: &Path, arguments: &New) -> Result<Project, String> {
    let reach = if arguments.allow_outside { Reach::Anywhere } else { Reach::Below };
    let machines =
        import::read_file_with(file, reach, &arguments.substitutions).map_err(|error| error.to_string())?;
    let mut project = Project { files: Vec::new(), notes: Vec::new() };
    // As `cargo xtask fmt` lays it out there.
    let style = style::read(RUSTFMT)?;
    let (mut modules, mut uses, mut names, mut tests) = (Vec::new(), Vec::new(), Vec::new(), String::new());
    for machine in &machines {
        let source = import::rust_source(machine, &[]).map_err(|error| error.to_string())?;
        let (module, rust_name) = (module_of(machine), &machine.rust_name);
        if modules.contains(&module) {
            return Err(format!(
                "two of the machines would be the module `{module}`: their names differ in their signs alone\n  = help: \
                 rename one, or import them by `stepfn import` into two directories"
            ));
        }
        project.notes.extend(machine.notes.iter().map(|note| format!("{}: {note}", machine.name)));
        project.notes.extend(source.allowed.iter().map(|diagnostic| {
            format!(
                "{}, {}: {} [{}]",
                machine.name,
                diagnostic.at,
                diagnostic.message,
                diagnostic.code.name()
            )
        }));
        tests.push_str(&test_of(machine, &module));
        let laid_out = rust::format(&source.text, &style).map_or(source.text, |formatted| formatted.text);
        let laid_out = crate::import::origin(file) + &laid_out;
        project.files.push((format!("src/{module}.rs").into(), laid_out));
        let asl = machine.machine.to_canonical_string();
        project.files.push((format!("tests/imported/{module}.asl.json").into(), asl));
        uses.push(format!("{module}::{rust_name}"));
        names.push(format!("{rust_name}::definition"));
        modules.push(module);
    }
    // In rustfmt's order.
    modules.sort();
    uses.sort();
    let lines = |lines: &[String]| lines.concat();
    let declared: Vec<String> = modules.iter().map(|module| format!("pub mod {module};\n")).collect();
    let imports =
        if let [only] = uses.as_slice() { only.clone() } else { format!("{{{}}}", uses.join(", ")) };
    project.files.push(("src/lib.rs".into(), lines(&declared)));
    project.files.push((
        "xtask/src/main.rs".into(),
        format!(
            "use stepfn::Workflow;\n\nuse {{{{crate}}}}::{imports};\n\nfn main() -> std::process::ExitCode {{\n    \
             stepfn_xtask::main(&[{}])\n}}\n",
            names.join(", ")
        ),
    ));
    let head = "//! The machines are what they were imported from. Where one is to change, its file here goes, and a test of what it does comes.\n\n\
                use stepfn::Workflow;\n";
    project.files.push(("tests/imported.rs".into(), format!("{head}{tests}")));
    let deployments: Vec<Deployment> = machines.iter().map(|machine| machine.definition().into()).collect();
    match Plan::with_refusals(&deployments, &Format::DEFAULT) {
        Ok((plan, refused)) => {
            let texts = plan.texts().map(|(name, text)| (Path::new("generated").join(name), text.to_owned()));
            project.files.extend(texts);
            project.notes.extend(refused.iter().map(|(format, error)| format!("{format}: {error}")));
        }
        Err(error) => project.notes.push(error.to_string()),
    }
    Ok(project)
}

/// The module of a machine: a word that Rust does not keep, and no file that a crate has anyway.
fn module_of(machine: &Imported) -> String {
    let module = snake_case(&machine.rust_name);
    if import::is_identifier(&module) && module != "lib" && module != "main" {
        module
    } else {
        format!("{module}_machine")
    }
}

fn test_of(machine: &Imported, module: &str) -> String {
    format!(
        "\n#[test]\nfn {module}_is_what_it_was() {{\n    let definition = {{{{crate}}}}::{module}::{}::definition();\n    \
         assert_eq!(definition.machine.to_canonical_string(), include_str!(\"imported/{module}.asl.json\"));\n}}\n",
        machine.rust_name
    )
}

/// Returns the reason why cargo, or a program, cannot have a crate of this name.
fn fault_of_name(name: &str) -> Option<&'static str> {
    const TAKEN: [&str; 12] = [
        "stepfn",
        "stepfn-xtask",
        "xtask",
        "serde",
        "serde_json",
        "test",
        "core",
        "std",
        "alloc",
        "proc_macro",
        "crate",
        "self",
    ];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        Some("it begins with something else than a letter")
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        Some("it holds something else than letters, digits, `-` and `_`")
    } else if name.len() > 64 {
        Some("it is longer than 64 characters")
    } else if TAKEN.contains(&name) || !import::is_identifier(&name.replace('-', "_")) {
        Some("it is taken")
    } else {
        None
    }
}
