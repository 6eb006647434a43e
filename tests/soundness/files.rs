//! The files that readers read.

use serde_json::Value as Json;
use stepfn::{
    shape::{Shape, Side},
    value::Value,
};

use crate::{
    random::Random,
    shapes,
    trial::Format,
    values::{anything, value},
};

/// Makes the object that a reader reads: the key and the text.
pub(crate) fn object(
    random: &mut Random,
    state: &str,
    format: Format,
    (item, declared): (Option<&'static Shape>, bool),
    config: &Json,
) -> (String, String) {
    let separator = match config["CSVDelimiter"].as_str() {
        Some("PIPE") => "|",
        Some("SEMICOLON") => ";",
        Some("SPACE") => " ",
        Some("TAB") => "\t",
        _ => ",",
    };
    let mut items = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|_| match item {
                Some(item) => value(random, item, Side::Given),
                None => anything(random, 2),
            })
            .collect()
    };
    let text = match format {
        // What is declared of a row is taken at its word.
        Format::Csv if declared => row(&items(1), separator),
        Format::Csv => {
            // Rows of the columns that there may be, whatever the type: files hold text.
            let keys = shapes::KEYS;
            let rows = [["1", "x", "", "true", "é", "A"], ["-2.5", "DONE", "7", "null", "x y", "B"]];
            let line = |row: &[&str]| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(separator);
            let mut lines = vec![line(&keys)];
            lines.extend(rows.iter().map(|row| line(row)));
            lines.join("\n")
        }
        Format::Json => {
            let items = Value::from(items(3));
            let below = !config["ItemsPointer"].is_null();
            if below { format!(r#"{{"items":{items}}}"#) } else { items.to_string() }
        }
        Format::JsonLines | Format::Loaded => {
            items(3).iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
        }
        Format::Listing => "x".to_owned(),
    };
    let key = match format {
        Format::Listing => format!("listed/{state}"),
        Format::Loaded => format!("loaded/{state}"),
        format => format!("{state}.{}", format.extension()),
    };
    (key, text)
}

/// A file of one row: the texts of a value that can be one.
fn row(items: &[Value], separator: &str) -> String {
    let cells = items.iter().filter_map(Value::as_object).flat_map(|row| row.iter());
    let (keys, texts): (Vec<_>, Vec<_>) =
        cells.filter_map(|(key, value)| Some((quoted(key), quoted(value.as_str()?)))).unzip();
    // A file without columns has no rows either.
    if keys.is_empty() {
        return "k\n".to_owned();
    }
    format!("{}\n{}", keys.join(separator), texts.join(separator))
}

/// A cell of a file of CSV.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
