//! The comparison that the recordings were made for: values in the recorder's own view, and its tokens as wildcards.

use std::{
    cell::RefCell,
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
    fmt::Write,
};

use regex::{NoExpand, Regex};
use stepfn::{
    json,
    value::{Map, Value},
};

/// The changes that the recorder made to the values of one case.
pub struct Comparer {
    /// Longest first.
    tokens: Vec<String>,
    rules: Vec<(Regex, String)>,
}

thread_local! {
    static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default();
}

fn regex(pattern: &str) -> Regex {
    COMPILED.with_borrow_mut(|known| {
        let compile = || Regex::new(pattern).unwrap_or_else(|error| panic!("`{pattern}`: {error}"));
        known.entry(pattern.to_owned()).or_insert_with(compile).clone()
    })
}

impl Comparer {
    pub fn of(case: &Value) -> Self {
        let list = |key: &str| case[key].as_array().unwrap_or_default();
        let mut tokens: Vec<String> =
            list("placeholders").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(token.chars().count()));
        let rules = list("normalizers").iter().filter(|rule| rule["kind"].as_str() == Some("regex"));
        let rules = rules.filter_map(|rule| {
            let token = dumps(&rule["token"]);
            Some((regex(rule["regex"].as_str()?), token[1..token.len() - 1].to_owned()))
        });
        Self { tokens, rules: rules.collect() }
    }

    /// A value as the recorder would have written it: entries that are JSON text of objects as objects, and what changes from run
    /// to run as tokens.
    pub fn normalise(&self, actual: &Value) -> Value {
        self.replace(view(actual))
    }

    /// The same without a look into texts.
    pub fn replace(&self, value: Value) -> Value {
        let text = self.rules.iter().fold(dumps(&value), |text, (regex, token)| {
            regex.replace_all(&text, NoExpand(token)).into_owned()
        });
        json::parse_value(&text).unwrap_or(value)
    }

    /// The differences between what was recorded and a normalised value.
    pub fn differences(&self, expected: &Value, actual: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.compare(expected, actual, "$", &mut found);
        found
    }

    fn compare(&self, expected: &Value, actual: &Value, path: &str, found: &mut Vec<String>) {
        match (expected, actual) {
            (Value::String(text), _) => self.compare_text(text, actual, path, found),
            (Value::Object(expected), Value::Object(actual)) => {
                let keys = |map: &Map| map.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
                let (wanted, got) = (keys(expected), keys(actual));
                // A key that is a token matches any key.
                let wild = |key: &String| {
                    self.tokens.iter().any(|token| token.starts_with('<') && key.contains(&**token))
                };
                for key in wanted.difference(&got).filter(|key| !wild(key)) {
                    found.push(format!("{path}.{key}: missing"));
                }
                if !wanted.difference(&got).any(wild) {
                    for key in got.difference(&wanted) {
                        found.push(format!("{path}.{key}: unexpected: {}", actual[&**key]));
                    }
                }
                for key in wanted.intersection(&got) {
                    self.compare(&expected[&**key], &actual[&**key], &format!("{path}.{key}"), found);
                }
            }
            (Value::Array(expected), Value::Array(actual)) if expected.len() != actual.len() => {
                found.push(format!("{path}: length {} != {}", expected.len(), actual.len()));
            }
            (Value::Array(expected), Value::Array(actual)) => {
                for (index, (expected, actual)) in expected.iter().zip(actual.iter()).enumerate() {
                    self.compare(expected, actual, &format!("{path}[{index}]"), found);
                }
            }
            // Data in events is text on AWS: where it is not, the recorder has read it.
            (expected, Value::String(text)) if is_event_data(path) && json_text(text).is_some() => {
                let actual = json_text(text).unwrap_or_default();
                self.compare(expected, &actual, &format!("{path}(json)"), found);
            }
            (Value::Number(one), Value::Number(other)) if one.numeric_cmp(other) == Ordering::Equal => {}
            _ if expected == actual => {}
            _ => found.push(format!("{path}: {expected} != {actual}")),
        }
    }

    fn compare_text(&self, expected: &str, actual: &Value, path: &str, found: &mut Vec<String>) {
        if self.tokens.iter().any(|token| token == expected) || actual.as_str() == Some(expected) {
            return;
        }
        // The spacing of JSON text and the order of its keys are not compared.
        if matches!(path.rsplit('.').next(), Some("input" | "output"))
            && let Some(text) = actual.as_str()
            && let (Some(expected), Some(actual)) = (json_text(expected), json_text(text))
        {
            return self.compare(&expected, &actual, &format!("{path}(json)"), found);
        }
        let parts = self.literal_parts(expected);
        let matched = parts.len() > 1
            && match actual.as_str() {
                Some(text) => glob(&parts, text),
                None => glob(&parts, &dumps(actual)),
            };
        if !matched {
            found.push(format!("{path}: {expected:?} != {actual}"));
        }
    }

    /// Returns the parts between the tokens of a text.
    fn literal_parts<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
        while let Some(next) = text[at..].chars().next() {
            let fits = |token: &&String| {
                let (before, after) = (text[..at].chars().next_back(), text[at..].strip_prefix(&***token));
                // A plain word counts as a whole word only.
                after.is_some_and(|after| {
                    let touches = |char: Option<char>| char.is_some_and(is_word);
                    !token.chars().all(is_word) || !(touches(before) || touches(after.chars().next()))
                })
            };
            match self.tokens.iter().find(fits) {
                Some(token) => {
                    parts.push(&text[start..at]);
                    at += token.len();
                    start = at;
                }
                None => at += next.len_utf8(),
            }
        }
        parts.push(&text[start..]);
        parts
    }
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-')
}

/// Whether a text is these parts, with anything between them.
fn glob(parts: &[&str], text: &str) -> bool {
    let [first, middle @ .., last] = parts else { return parts == [text] };
    let Some(mut rest) = text.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    middle.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// Whether it is the input or output of an event of a history.
fn is_event_data(path: &str) -> bool {
    let mut keys = path.rsplit('.');
    matches!(keys.next(), Some("input" | "output"))
        && keys.next().is_some_and(|key| key.ends_with("EventDetails"))
}

fn json_text(text: &str) -> Option<Value> {
    let looks =
        text.starts_with(['[', '"', '-', 't', 'f', 'n']) || text.starts_with(|c: char| c.is_ascii_digit());
    looks.then(|| json::parse_value(text).ok()).flatten()
}

/// The recorder's first step: an entry that is the text of a JSON object becomes that object. It does not look into that again.
fn view(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::object(map.iter().map(|(key, entry)| {
            let parsed = entry.as_str().filter(|text| text.starts_with('{')).map(json::parse_value);
            (key.clone(), parsed.and_then(Result::ok).unwrap_or_else(|| view(entry)))
        })),
        Value::Array(items) => Value::array(items.iter().map(|item| match item {
            Value::Object(_) => view(item),
            _ => item.clone(),
        })),
        _ => value.clone(),
    }
}

/// JSON text as the recorder writes it, which its regular expressions are made for: blanks after colons and commas, ASCII.
pub fn dumps(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value);
    text
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (index, (key, item)) in map.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_text(out, key);
                out.push_str(": ");
                write_value(out, item);
            }
            out.push('}');
        }
        _ => out.push_str(&value.to_string()),
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(char),
            _ => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[test]
fn tokens_stand_for_anything_and_nothing_else_does() {
    let case = r#"{ "placeholders": ["<arn>", "date", "<id:1>"],
        "normalizers": [{ "kind": "regex", "regex": "id-\\d+", "token": "<id:1>" }] }"#;
    let comparer = Comparer::of(&case.parse().unwrap());
    let differences = |expected: &str, actual: &str| {
        comparer.differences(&expected.parse().unwrap(), &comparer.normalise(&actual.parse().unwrap()))
    };
    let same = |expected: &str, actual: &str| assert_eq!(differences(expected, actual), [""; 0], "{actual}");
    let differs =
        |expected: &str, actual: &str| assert_ne!(differences(expected, actual), [""; 0], "{actual}");
    same(r#"{"a": "x <arn> y"}"#, r#"{"a": "x 1 2 y"}"#);
    differs(r#"{"a": "x <arn> y"}"#, r#"{"a": "x 1 2 z"}"#);
    same(r#"["<arn>"]"#, "[null]");
    same(r#"{"a": "on date"}"#, r#"{"a": "on 2024"}"#);
    differs(r#"{"a": "updated"}"#, r#"{"a": "up1d"}"#);
    same(r#"{"<arn>": 1.0}"#, r#"{"arn:x": 1}"#);
    differs(r#"{"b": 1}"#, r#"{"b": 1, "c": 2}"#);
    differs(r#"{"b": 1, "c": 2}"#, r#"{"b": 1}"#);
    same(r#"{"input": "[1, 2]"}"#, r#"{"input": "[1,2]"}"#);
    differs(r#"{"inner": "[1, 2]"}"#, r#"{"inner": "[1,2]"}"#);
    same(r#"{"aEventDetails": {"output": [1, 2]}}"#, r#"{"aEventDetails": {"output": "[1,2]"}}"#);
    same(r#"{"aEventDetails": {"output": 1}}"#, r#"{"aEventDetails": {"output": "1.0"}}"#);
    differs(r#"{"aEventDetails": {"output": 1}}"#, r#"{"aEventDetails": {"output": "2"}}"#);
    differs(r#"{"aEventDetails": {"name": 1}}"#, r#"{"aEventDetails": {"name": "1"}}"#);
    differs(r#"{"output": [1, 2]}"#, r#"{"output": "[1,2]"}"#);
    same(r#"{"cause": {"id": "<id:1>"}}"#, r#"{"cause": "{\"id\": \"id-7\"}"}"#);
    differs(r#"[1]"#, "[true]");
    differs(r#"[1]"#, "[1, 1]");
}
