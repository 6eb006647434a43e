//! Diagnostics in the forms that other tools read: SARIF 2.1.0, and the workflow commands of GitHub Actions.

use std::{collections::BTreeMap, fmt::Write};

use stepfn_core::{
    check::{Code, Located},
    diagnostic::Severity,
    json::{self, Span},
    value::Value,
    visible::{is_visible, visible},
};

use crate::source::Source;

/// A place in a file: lines and columns from 1, the end behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Line and column of the first character.
    pub start: (usize, usize),
    /// Line and column behind the last.
    pub end: (usize, usize),
}

impl Region {
    /// The beginning of a line, where nothing more is known.
    pub fn of_line(line: u32) -> Option<Self> {
        let line = usize::try_from(line).ok()?;
        Some(Self { start: (line, 1), end: (line, 1) })
    }

    fn new(source: &Source, span: &Span) -> Self {
        Self { start: (span.line, span.column), end: span.end(&source.text) }
    }
}

/// A diagnostic as renderers take it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The word that names the rule.
    pub code: String,
    /// The severity.
    pub severity: Severity,
    /// The message.
    pub message: String,
    /// A suggestion of what to write instead.
    pub help: Option<String>,
    /// The file that it is in, where it is in one.
    pub file: Option<String>,
    /// The place in the file.
    pub region: Option<Region>,
    /// The place in something other than the file: a JSON pointer, a machine and a pointer.
    pub logical: Option<String>,
    /// Other places of the file that have to do with it.
    pub related: Vec<(Region, String)>,
    /// The edits of the file that put it right.
    pub fix: Vec<(Region, String)>,
}

impl Entry {
    /// A diagnostic without a place in a file.
    pub fn new(code: impl Into<String>, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            severity,
            message: message.into(),
            help: None,
            file: None,
            region: None,
            logical: None,
            related: Vec::new(),
            fix: Vec::new(),
        }
    }

    pub(crate) fn of(source: &Source, found: &Located) -> Self {
        let Located { diagnostic, span, labels } = found;
        let region = |span: &Span| Region::new(source, span);
        let edits = fix(source, found).map(|(_, edits)| edits).unwrap_or_default();
        Self {
            help: diagnostic.help.clone(),
            file: Some(source.name.clone()),
            region: Some(region(span)),
            logical: Some(diagnostic.at.to_string()).filter(|at| !at.is_empty()),
            related: labels.iter().map(|(span, message)| (region(span), message.clone())).collect(),
            fix: edits.into_iter().map(|(span, to)| (region(&span), to)).collect(),
            ..Self::new(diagnostic.code.name(), diagnostic.severity, diagnostic.message.as_str())
        }
    }

    fn text(&self) -> String {
        match &self.help {
            Some(help) => format!("{}; {help}", self.message),
            None => self.message.clone(),
        }
    }

    fn level(&self) -> &'static str {
        match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// The edits of a diagnostic's fix in the text, and whether it is certain.
pub(crate) fn fix(source: &Source, found: &Located) -> Option<(bool, Vec<(Span, String)>)> {
    let fix = found.diagnostic.fix.as_ref()?;
    // Only a text that is no JSON has edits without a document.
    let document = json::parse(&source.text).ok();
    let edits = fix.edits.iter().map(|edit| {
        let (range, to) = edit.in_text(document.as_ref())?;
        Some((Span::of(&source.text, range), to))
    });
    Some((fix.certain, edits.collect::<Option<_>>()?))
}

/// The diagnostics as commands of a GitHub Actions workflow, which shows them at the lines of a pull request: `::error file=…::message`.
///
/// ```
/// use stepfn_cli::render::{Entry, github};
/// use stepfn_core::diagnostic::Severity;
///
/// let entry = Entry { file: Some("a.json".to_owned()), ..Entry::new("too-large", Severity::Error, "100% of\nit") };
/// assert_eq!(github(&[entry]), "::error file=a.json,title=too-large::100%25 of%0Ait\n");
/// ```
pub fn github(entries: &[Entry]) -> String {
    let shown = |text: &str| -> String {
        let seen = |c: char| c == '\n' || c == '\r' || is_visible(c);
        text.chars()
            .map(|c| if seen(c) { c.to_string() } else { visible(&c.to_string()).into_owned() })
            .collect()
    };
    let data = |text: &str| shown(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for entry in entries {
        let mut properties = Vec::new();
        if let Some(file) = &entry.file {
            properties.push(format!("file={}", property(file)));
        }
        if let Some(Region { start, end }) = entry.region {
            properties.push(format!("line={},endLine={}", start.0, end.0));
            // GitHub takes columns of one line alone, and counts the last character in.
            if start.0 == end.0 {
                properties.push(format!(
                    "col={},endColumn={}",
                    start.1,
                    end.1.saturating_sub(1).max(start.1)
                ));
            }
        }
        properties.push(format!("title={}", property(&entry.code)));
        let place = match (&entry.file, &entry.logical) {
            (None, Some(logical)) => format!("{logical}: "),
            _ => String::new(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "::{} {}::{}",
            entry.level(),
            properties.join(","),
            data(&format!("{place}{}", entry.text()))
        );
    }
    out
}

/// The diagnostics as a log of SARIF 2.1.0, which code scanning services take.
///
/// ```
/// use stepfn_cli::render::{Entry, sarif};
/// use stepfn_core::diagnostic::Severity;
///
/// let log = sarif(&[Entry::new("unknown-state", Severity::Error, "no state is named `Stroe`")]);
/// assert_eq!(log["runs"][0]["results"][0]["ruleId"].as_str(), Some("unknown-state"));
/// ```
pub fn sarif(entries: &[Entry]) -> Value {
    let mut rules: BTreeMap<&str, (usize, Severity)> = BTreeMap::new();
    for entry in entries {
        rules.entry(&entry.code).or_insert((0, entry.severity));
    }
    for (index, rule) in rules.values_mut().enumerate() {
        rule.0 = index;
    }
    let driver = Value::object([
        ("name", Value::from("stepfn")),
        ("informationUri", Value::from(env!("CARGO_PKG_REPOSITORY"))),
        ("semanticVersion", Value::from(env!("CARGO_PKG_VERSION"))),
        ("rules", Value::array(rules.iter().map(|(name, (_, severity))| rule(name, *severity)))),
    ]);
    let results = entries.iter().map(|entry| {
        let index = rules.get(&*entry.code).map_or(0, |(index, _)| *index);
        result(entry, index)
    });
    let run = Value::object([
        ("tool", Value::object([("driver", driver)])),
        ("columnKind", Value::from("unicodeCodePoints")),
        ("results", Value::array(results)),
    ]);
    Value::object([
        ("$schema", Value::from("https://json.schemastore.org/sarif-2.1.0.json")),
        ("version", Value::from("2.1.0")),
        ("runs", Value::array([run])),
    ])
}

fn message(text: &str) -> Value {
    Value::object([("text", Value::from(text))])
}

fn rule(name: &str, severity: Severity) -> Value {
    let mut members = vec![("id", Value::from(name))];
    let code = name.parse::<Code>().ok();
    if let Some(code) = code {
        let page = code.page();
        members.push(("shortDescription", message(page.what)));
        members.push(("fullDescription", message(page.why)));
        members.push(("helpUri", Value::from(code.url())));
    }
    let level = code.map_or(severity, Code::severity).to_string();
    members.push(("defaultConfiguration", Value::object([("level", Value::from(level))])));
    Value::object(members)
}

fn result(entry: &Entry, index: usize) -> Value {
    let mut members = vec![
        ("ruleId", Value::from(entry.code.as_str())),
        ("ruleIndex", Value::from(index as u64)),
        ("level", Value::from(entry.level())),
        ("message", message(&entry.text())),
    ];
    let mut location = Vec::new();
    if let Some(file) = &entry.file {
        location.push(("physicalLocation", physical(file, entry.region)));
    }
    if let Some(logical) = &entry.logical {
        let logical = Value::object([("fullyQualifiedName", Value::from(logical.as_str()))]);
        location.push(("logicalLocations", Value::array([logical])));
    }
    if !location.is_empty() {
        members.push(("locations", Value::array([Value::object(location)])));
    }
    if let Some(file) = &entry.file {
        if !entry.related.is_empty() {
            let related = entry.related.iter().enumerate().map(|(id, (place, text))| {
                Value::object([
                    ("id", Value::from(id as u64)),
                    ("physicalLocation", physical(file, Some(*place))),
                    ("message", message(text)),
                ])
            });
            members.push(("relatedLocations", Value::array(related)));
        }
        if !entry.fix.is_empty() {
            let replacements = entry.fix.iter().map(|(place, text)| {
                Value::object([("deletedRegion", region(*place)), ("insertedContent", message(text))])
            });
            let change = Value::object([
                ("artifactLocation", artifact(file)),
                ("replacements", Value::array(replacements)),
            ]);
            let description = message(entry.help.as_deref().unwrap_or(&entry.message));
            let fix =
                Value::object([("description", description), ("artifactChanges", Value::array([change]))]);
            members.push(("fixes", Value::array([fix])));
        }
    }
    Value::object(members)
}

fn physical(file: &str, place: Option<Region>) -> Value {
    let mut members = vec![("artifactLocation", artifact(file))];
    members.extend(place.map(|place| ("region", region(place))));
    Value::object(members)
}

fn region(Region { start, end }: Region) -> Value {
    Value::object([
        ("startLine", Value::from(start.0 as u64)),
        ("startColumn", Value::from(start.1 as u64)),
        ("endLine", Value::from(end.0 as u64)),
        ("endColumn", Value::from(end.1 as u64)),
    ])
}

/// A file by its URI: what a URI does not have is escaped.
fn artifact(file: &str) -> Value {
    let mut uri = String::new();
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b'\\' if cfg!(windows) => uri.push('/'),
            byte => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    Value::object([("uri", Value::from(uri))])
}
