//! The settings of rustfmt that hold for a file: machines are as wide as the Rust around them.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use stepfn_import::rust::Style;

/// The settings of folders, each read once.
#[derive(Default)]
pub(crate) struct Styles {
    known: BTreeMap<PathBuf, Style>,
}

impl Styles {
    /// The settings for a file, or for what is written into the current folder.
    pub(crate) fn of(&mut self, path: &Path) -> Result<Style, String> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // A folder that is still to be made has its settings from above.
        let folder = folder.ancestors().find_map(|folder| fs::canonicalize(folder).ok());
        let Some(folder) = folder.or_else(|| fs::canonicalize(".").ok()) else { return Ok(Style::default()) };
        if let Some(style) = self.known.get(&folder) {
            return Ok(style.clone());
        }
        let style = above(&folder)?;
        self.known.insert(folder, style.clone());
        Ok(style)
    }
}

/// Looks for settings as rustfmt does: in the folder, then in those above it.
fn above(folder: &Path) -> Result<Style, String> {
    for folder in folder.ancestors() {
        for name in [".rustfmt.toml", "rustfmt.toml"] {
            let file = folder.join(name);
            let text = match fs::read_to_string(&file) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(format!("cannot read `{}`: {error}", file.display())),
            };
            return read(&text).map_err(|what| format!("cannot read `{}`: {what}", file.display()));
        }
    }
    Ok(Style::default())
}

/// The settings that a file holds.
pub(crate) fn read(text: &str) -> Result<Style, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let mut style = Style::default();
    let number = |key: &str, otherwise| match table.get(key) {
        None => Ok(otherwise),
        Some(value) => value
            .as_integer()
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| format!("`{key}` is a whole number")),
    };
    style.max_width = number("max_width", style.max_width)?;
    style.tab_spaces = number("tab_spaces", style.tab_spaces)?;
    style.hard_tabs = table.get("hard_tabs").and_then(toml::Value::as_bool).unwrap_or(style.hard_tabs);
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_those_of_rustfmt() {
        let style = read("edition = \"2024\"\nmax_width = 80\nhard_tabs = true\n").unwrap();
        assert_eq!((style.max_width, style.tab_spaces, style.hard_tabs), (80, 4, true));
        assert_eq!(read("").unwrap(), Style::default());
        assert_eq!(read("max_width = -1").unwrap_err(), "`max_width` is a whole number");
        assert!(read("max_width").is_err());
    }
}
