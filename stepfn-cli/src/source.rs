//! The files that are read.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

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

/// Reads a file or standard input; the error is a whole message.
pub(crate) fn read(path: &Path) -> Result<Source, String> {
    let name = name(path);
    let bytes = if is_stdin(path) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let bytes = bytes.map_err(|error| format!("cannot read `{name}`: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("cannot read `{name}`: line {line} is not UTF-8")
    })?;
    Ok(Source { name, text })
}
