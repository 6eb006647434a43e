//! `stepfn import`

use std::{
    collections::HashSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use stepfn_core::{json, value::Value};
use stepfn_import::{self as import, Imported, Reach, Samples, Source};

use crate::{
    Outcome,
    arguments::{Format, Import},
    report, source,
    style::Styles,
};

pub(crate) fn run(arguments: &Import, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    let Some(inputs) = samples(&arguments.input, err)? else { return Ok(Outcome::Unreadable) };
    let Some(histories) = samples(&arguments.history, err)? else { return Ok(Outcome::Unreadable) };
    let mut samples = Samples { inputs, results: Vec::new() };
    for (path, history) in arguments.history.iter().zip(&histories) {
        if let Err(message) = samples.history(history) {
            report::error(err, &format!("{}: {message}", source::name(path)))?;
            return Ok(Outcome::Unreadable);
        }
    }
    let here = Path::new("").to_path_buf();
    let style = match Styles::default().of(&arguments.out.as_ref().unwrap_or(&here).join("machine.rs")) {
        Ok(style) => style,
        Err(message) => {
            report::error(err, &message)?;
            return Ok(Outcome::Unreadable);
        }
    };
    let mut outcome = Outcome::Success;
    let mut written = Vec::new();
    for path in &arguments.files {
        match read(path, arguments) {
            Ok(machines) => {
                for imported in machines {
                    match import::rust_source_with(&imported, &samples) {
                        Ok(mut source) => {
                            // As `stepfn fmt` would lay it out there.
                            if let Ok(formatted) = stepfn_import::rust::format(&source.text, &style) {
                                source.text = formatted.text;
                            }
                            source.text.insert_str(0, &origin(path));
                            written.push((path, imported, source));
                        }
                        Err(error) => {
                            report::error(err, &format!("{}: {error}", source::name(path)))?;
                            outcome = outcome.max(Outcome::Failure);
                        }
                    }
                }
            }
            Err(error) => {
                report::error(err, &error)?;
                outcome = Outcome::Unreadable;
            }
        }
    }
    if arguments.out.is_none() && arguments.format == Format::Text && written.len() > 1 {
        let names: Vec<&str> = written.iter().map(|(_, imported, _)| imported.name.as_str()).collect();
        let message = format!(
            "there are {} machines, each a Rust file of its own: {}\n  = help: say where to write them: `--out DIR`",
            names.len(),
            names.join(", ")
        );
        report::error(err, &message)?;
        return Ok(Outcome::Unreadable);
    }
    let mut files: HashSet<PathBuf> = HashSet::new();
    for (path, imported, source) in &written {
        let file = match &arguments.out {
            None => None,
            Some(dir) => {
                let file = dir.join(format!("{}.rs", snake_case(&imported.rust_name)));
                if let Err(message) = write(dir, &file, &source.text, arguments.force, &files) {
                    report::error(err, &message)?;
                    outcome = Outcome::Unreadable;
                    continue;
                }
                files.insert(file.clone());
                Some(file)
            }
        };
        match arguments.format {
            Format::Json => writeln!(out, "{}", summary(path, imported, source, file.as_deref()))?,
            Format::Text => match &file {
                Some(file) => writeln!(out, "wrote {}", file.display())?,
                None => out.write_all(source.text.as_bytes())?,
            },
        }
        if arguments.format == Format::Text {
            out.flush()?;
            for note in &imported.notes {
                writeln!(err, "note: {}: {}", report::line(&imported.name), report::line(note))?;
            }
            for function in &imported.functions {
                let said = format!(
                    "`{}` is declared without a body: its input and output may be anything until you write their types",
                    function.rust_name
                );
                writeln!(err, "note: {}: {}", report::line(&imported.name), report::line(&said))?;
            }
            for diagnostic in &source.allowed {
                let text = format!("{}, {}: {}", imported.name, diagnostic.at, diagnostic.message);
                writeln!(err, "warning[{}]: {}", diagnostic.code.name(), report::line(&text))?;
            }
        }
    }
    Ok(outcome)
}

/// Where a file's machine comes from, as its first line.
pub(crate) fn origin(path: &Path) -> String {
    if source::is_stdin(path) {
        return "// Imported by `stepfn import`.\n\n".to_owned();
    }
    // The name alone: folders differ from machine to machine.
    let name = path.file_name().map(|name| name.to_string_lossy().replace(['\n', '\r', '`'], " "));
    format!("// Imported from `{}` by `stepfn import`.\n\n", name.unwrap_or_default())
}

fn read(path: &Path, arguments: &Import) -> Result<Vec<Imported>, String> {
    let values = &arguments.substitutions;
    if !source::is_stdin(path) {
        let reach = if arguments.allow_outside { Reach::Anywhere } else { Reach::Below };
        return import::read_file_with(path, reach, values).map_err(|error| error.to_string());
    }
    let name = source::name(path);
    let text =
        import::read_text(io::stdin().lock()).map_err(|error| format!("cannot read `{name}`: {error}"))?;
    import::read_with(&name, &text, &import::no_files, values).map_err(|error| error.to_string())
}

/// Reads the samples; reports one that cannot be read, and returns none.
fn samples(files: &[PathBuf], err: &mut dyn Write) -> io::Result<Option<Vec<Value>>> {
    let mut samples = Vec::new();
    for path in files {
        let source = match source::read_data(path) {
            Ok(source) => source,
            Err(message) => {
                report::error(err, &message)?;
                return Ok(None);
            }
        };
        match json::parse_value(&source.text) {
            Ok(sample) => samples.push(sample),
            Err(error) => {
                let span =
                    json::Span { range: error.offset..error.offset, line: error.line, column: error.column };
                let message = format!("the sample is not JSON: {}", error.message);
                report::error_at(err, &source, &span, &message, error.help.as_deref())?;
                return Ok(None);
            }
        }
    }
    Ok(Some(samples))
}

fn write(dir: &Path, file: &Path, text: &str, force: bool, written: &HashSet<PathBuf>) -> Result<(), String> {
    let failed = |error: io::Error| format!("cannot write `{}`: {error}", file.display());
    fs::create_dir_all(dir).map_err(failed)?;
    if written.contains(file) {
        return Err(format!(
            "`{}` is another machine's, written just now: their names differ in their signs alone\n  = help: \
             import them into two directories",
            file.display()
        ));
    }
    // What somebody wrote there by hand is not lost by accident.
    if !force && file.exists() && fs::read_to_string(file).map_err(failed)? != text {
        return Err(format!("`{}` is there already\n  = help: `--force` writes over it", file.display()));
    }
    stepfn_codegen::generate::write_file(file, text).map_err(failed)
}

fn summary(path: &Path, imported: &Imported, source: &Source, file: Option<&Path>) -> String {
    let allowed = source.allowed.iter().map(|diagnostic| {
        Value::object([
            ("code", Value::from(diagnostic.code.name())),
            ("pointer", diagnostic.at.as_str().into()),
            ("message", diagnostic.message.as_str().into()),
        ])
    });
    let all = Value::object([
        ("file", Value::from(source::name(path))),
        ("machine", imported.name.as_str().into()),
        ("rust_name", imported.rust_name.as_str().into()),
        ("written", file.map_or(Value::Null, |file| file.display().to_string().into())),
        ("source", if file.is_none() { source.text.as_str().into() } else { Value::Null }),
        ("notes", Value::array(imported.notes.iter().map(|note| Value::from(note.as_str())))),
        ("allowed", Value::array(allowed)),
    ]);
    report::printable_json(&all.to_string())
}

/// `CsvProcessing` is `csv_processing`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut out = String::new();
    let mut previous = '_';
    for c in name.chars() {
        if c.is_uppercase() && (previous.is_lowercase() || previous.is_ascii_digit()) {
            out.push('_');
        }
        out.extend(c.to_lowercase());
        previous = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn files_are_named_as_modules_are() {
        for (name, file) in
            [("CsvProcessing", "csv_processing"), ("A", "a"), ("SQSToS3", "sqsto_s3"), ("V2Flow", "v2_flow")]
        {
            assert_eq!(snake_case(name), file);
        }
    }
}
