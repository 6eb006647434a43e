//! The files that are read.

use std::{fs, io, path::Path};

use stepfn_import as import;

/// The bytes of mock files, and of histories that are samples: they hold the data of whole executions.
const MOST_BYTES_OF_DATA: u64 = 64 << 20;

/// A text and what to call it.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Returns `true` if a file is standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns the name of a file in messages.
pub(crate) fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// An argument that is JSON itself, as the AWS CLI takes it, and not the name of a file with JSON.
pub(crate) fn inline(argument: &Path) -> Option<Source> {
    let text = argument.to_str()?;
    let is_json = text.trim_start().starts_with(['{', '[', '"']) && !argument.exists();
    is_json.then(|| Source { name: "<input>".to_owned(), text: text.to_owned() })
}

/// Reads a definition, a source file or an input, from a file or standard input; the error is a whole message.
pub(crate) fn read(path: &Path) -> Result<Source, String> {
    read_within(path, import::MOST_BYTES)
}

/// Reads a file that holds the data of executions.
pub(crate) fn read_data(path: &Path) -> Result<Source, String> {
    read_within(path, MOST_BYTES_OF_DATA)
}

/// A device, or what another program writes, may have no end.
fn read_within(path: &Path, most: u64) -> Result<Source, String> {
    let name = name(path);
    let read = if is_stdin(path) {
        import::read_text_within(io::stdin().lock(), most)
    } else {
        fs::File::open(path).map_err(Into::into).and_then(|file| import::read_text_within(file, most))
    };
    let text = read.map_err(|error| format!("cannot read `{name}`: {error}"))?;
    Ok(Source { name, text })
}
