//! Words: strings, numbers, identifiers and ASL's names, as Rust writes them.

use stepfn_core::{asl::schema, case::pascal, value::Number, visible::is_direction};

/// The words that `state_machine!` does not read as a name, and Rust's own keywords.
const TAKEN: [&str; 60] = [
    "null", "States", "ref_", "get_att", "asl", "as", "async", "await", "break", "const", "continue",
    "crate", "dyn", "else", "enum", "extern", "false", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self", "static", "struct", "super",
    "trait", "true", "type", "union", "unsafe", "use", "where", "while", "abstract", "become", "box", "do",
    "final", "macro", "override", "priv", "try", "typeof", "unsized", "virtual", "yield", "safe", "_",
];

/// Letters, digits and `_` of ASCII: what reads the same everywhere.
pub(super) fn is_word(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && text != "_"
}

/// Returns `true` for a word that is a name wherever one is read.
pub(crate) fn is_identifier(text: &str) -> bool {
    is_word(text) && !TAKEN.contains(&text)
}

/// A state's or an error's name where one is named: `Next`, `States.ALL`, `"Wait a bit"`.
pub(super) fn name(text: &str) -> String {
    let mut parts = text.split('.');
    let first = parts.next().unwrap_or_default();
    let is_plain = (is_identifier(first) || (first == "States" && text.contains('.')))
        && parts.all(is_identifier)
        && text != "States.NoChoiceMatched";
    if is_plain { text.to_owned() } else { string(text) }
}

/// The name of a state where it is declared. An identifier becomes a constant of the machine, beside what the machine has
/// itself: what could be mistaken for that stays a string.
pub(super) fn state_name(text: &str) -> String {
    let is_constant = is_identifier(text) && text.starts_with(|c: char| c.is_ascii_uppercase());
    if is_constant && text != "NAME" { text.to_owned() } else { string(text) }
}

/// A string literal, raw where that reads better.
pub(super) fn string(text: &str) -> String {
    let is_plain = |c: char| c == '\n' || !(c.is_control() || is_invisible(c));
    if (text.contains('"') || text.contains('\\') || text.contains('\n')) && text.chars().all(is_plain) {
        let longest =
            text.split('"').skip(1).map(|part| part.chars().take_while(|c| *c == '#').count()).max();
        let hashes = "#".repeat(longest.map_or(0, |longest| longest + 1));
        // As many as rustc counts.
        if hashes.len() < 256 {
            return format!("r{hashes}\"{text}\"{hashes}");
        }
    }
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_invisible(c) => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Returns `true` for a character that a reader of source cannot see, and rustc warns of: marks of direction, blanks without width.
fn is_invisible(c: char) -> bool {
    is_direction(c)
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A number, its digits in groups where there are many.
pub(super) fn number(number: &Number) -> String {
    let text = number.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    if digits.len() < 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    let mut out = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// The lines of a doc comment that gives back just this text; none where no doc comment does.
pub(super) fn doc(text: &str) -> Option<Vec<String>> {
    let is_kept =
        |line: &str| line.trim() == line && !line.chars().any(|c| c.is_control() || is_invisible(c));
    if text.trim().is_empty() || text.trim() != text || !text.split('\n').all(is_kept) {
        return None;
    }
    Some(
        text.split('\n')
            .map(|line| if line.is_empty() { "///".to_owned() } else { format!("/// {line}") })
            .collect(),
    )
}

/// A field of ASL as the macro reads it: `TimeoutSeconds` is `timeout_seconds`, `CSVHeaders` is `csv_headers`. A name that would not be read
/// back stays a string.
pub(super) fn field(name: &str) -> String {
    if let Some(row) = schema::named(name) {
        return row.snake.to_owned();
    }
    let snake = snake_case(name);
    if is_word(&snake) && pascal(&snake) == name { snake } else { string(name) }
}

pub(super) fn snake_case(name: &str) -> String {
    let mut out = String::new();
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let starts = before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
            || (before.is_some() && chars.peek().is_some_and(|next| next.is_lowercase()));
        if c.is_uppercase() && starts && !out.ends_with('_') {
            out.push('_');
        }
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        before = Some(c);
    }
    out
}

/// The name of the Rust function for a function's key: `processOrder` is `process_order`.
pub(crate) fn rust_function(key: &str) -> String {
    let name = snake_case(key);
    if is_identifier(&name) { name } else { format!("function_{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_asl_has_its_word() {
        for row in schema::all() {
            assert!(is_word(&field(row.name)), "{}", row.name);
        }
        assert_eq!(field("CSVHeaderLocation"), "csv_header_location");
        assert_eq!(field("fooBar"), "\"fooBar\"");
    }

    #[test]
    fn strings_are_read_back_as_they_were() {
        assert_eq!(string("a"), "\"a\"");
        assert_eq!(string("say \"#1\""), "r##\"say \"#1\"\"##");
        assert_eq!(string("C:\\"), "r\"C:\\\"");
        assert_eq!(string("a\r\n\u{202e}"), "\"a\\r\\n\\u{202e}\"");
        assert_eq!(string("two\nlines"), "r\"two\nlines\"");
    }

    #[test]
    fn names_that_the_macro_would_misread_are_strings() {
        for text in ["match", "null", "Self", "a-b", "", "1a", "States.NoChoiceMatched", "States", "한글"] {
            assert_eq!(name(text), string(text));
        }
        for text in ["Load", "States.ALL", "Lambda.Unknown", "load_it"] {
            assert_eq!(name(text), text);
        }
        assert_eq!(state_name("definition"), "\"definition\"");
    }

    #[test]
    fn doc_comments_give_back_their_text_or_are_none() {
        assert_eq!(
            doc("one\n\ntwo"),
            Some(vec!["/// one".to_owned(), "///".to_owned(), "/// two".to_owned()])
        );
        for text in ["", " ", " a", "a ", "a\n b", "a\tb"] {
            assert_eq!(doc(text), None, "{text:?}");
        }
    }
}
