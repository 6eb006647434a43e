//! Paths into data of no known type that nothing writes, where it shows that something was meant to.
//!
//! What an execution's input or a function's answer has nobody tells, so that a field that nothing writes may be theirs. It is
//! reported only beside what gives a slip away: a result that is thrown away or written to a name that nothing reads.

use std::ops::Range;

use super::{Analyser, pointer, read::Reading, value::Sym};
use crate::{
    asl::{PathField, State, StateKind, StateMachine},
    diagnostic::{Code, Diagnostic, nearest},
    path::{Path, Root, SegmentKind},
    service::Kind,
    value::Value,
};

/// More pairs of names than this are not compared.
const MOST_PAIRS: usize = 100_000;

/// A path whose first field nothing is known of.
pub(super) struct OpenRead {
    /// The pointer of the state.
    state: String,
    at: String,
    range: Option<Range<usize>>,
    place: String,
    shown: String,
    key: String,
    /// The field that is read of that.
    next: Option<String>,
}

impl Analyser<'_> {
    /// Notes a path into data of no known type.
    pub(super) fn note_open(&mut self, reading: &Reading<'_>, keys: &[&str]) {
        let Some(key) = keys.first() else { return };
        if self.typing.proven || self.report.is_none() || !is_open(&reading.site.input, key) {
            return;
        }
        self.open.push(OpenRead {
            state: reading.site.at.clone(),
            at: reading.at.clone(),
            range: reading.range.clone(),
            place: reading.site.place.clone(),
            shown: reading.shown.clone(),
            key: (*key).to_owned(),
            next: keys.get(1).map(|key| (*key).to_owned()),
        });
    }

    /// Notes what fields a state's result has, where that is known.
    pub(super) fn note_result(&mut self, at: &str, result: &Sym) {
        if self.typing.proven || self.report.is_none() {
            return;
        }
        let fields: Vec<String> = match result {
            Sym::Object(fields, None) => fields.keys().map(ToString::to_string).collect(),
            Sym::Answer(shape) => match shape.kind() {
                Kind::Structure(members) => members.iter().map(|member| member.name.to_string()).collect(),
                _ => return,
            },
            _ => return,
        };
        self.results.insert(at.to_owned(), fields);
    }

    /// Judges what was noted.
    pub(super) fn unwritten(&mut self, machine: &StateMachine) {
        let reads = std::mem::take(&mut self.open);
        if reads.is_empty() {
            return;
        }
        let mut texts = Vec::new();
        path_texts(&machine.to_json(), &mut texts);
        let mut findings = Vec::new();
        self.level("", machine, &reads, &texts, &mut findings);
        if let Some(report) = &mut self.report {
            report.findings.extend(findings);
        }
    }

    fn level(
        &self,
        at: &str,
        machine: &StateMachine,
        reads: &[OpenRead],
        texts: &[String],
        findings: &mut Vec<Diagnostic>,
    ) {
        let level = Level::new(self, at, machine, reads, texts);
        for (state, read) in &level.reads {
            if let Some((message, help)) = level.evidence(*state, read) {
                let message = format!("{}`{}`: {message}", read.place, read.shown);
                let mut finding = Diagnostic::new(Code::UnwrittenField, read.at.clone(), message).help(help);
                finding.range.clone_from(&read.range);
                findings.push(finding);
            }
        }
        for (name, state) in &machine.states {
            let at = pointer(at, name);
            for (below, child) in state.children() {
                let at = format!("{at}{below}");
                let inside: Vec<&OpenRead> =
                    reads.iter().filter(|read| read.state.starts_with(&at)).collect();
                if !inside.is_empty() {
                    self.level(&at, child, reads, texts, findings);
                }
            }
        }
    }
}

/// One machine, without those inside of it.
struct Level<'l> {
    names: Vec<&'l str>,
    states: Vec<&'l State>,
    start: Option<usize>,
    /// Where each state leads, and whether by a catcher.
    edges: Vec<Vec<(usize, bool)>>,
    /// What each state writes, by the first field.
    writes: Vec<Vec<Written>>,
    /// The fields that each state's result is known to have.
    results: Vec<Option<&'l Vec<String>>>,
    reads: Vec<(usize, &'l OpenRead)>,
    texts: &'l [String],
}

struct Written {
    key: String,
    /// Whether it is made of the field of that name itself.
    is_copy: bool,
    by_catcher: bool,
}

impl<'l> Level<'l> {
    fn new(
        analyser: &'l Analyser<'_>,
        at: &str,
        machine: &'l StateMachine,
        reads: &'l [OpenRead],
        texts: &'l [String],
    ) -> Self {
        let names: Vec<&str> = machine.states.keys().map(String::as_str).collect();
        let places: std::collections::HashMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
        let pointers: std::collections::HashMap<String, usize> =
            names.iter().enumerate().map(|(place, name)| (pointer(at, name), place)).collect();
        let states: Vec<&State> = machine.states.values().collect();
        let reads = reads.iter().filter_map(|read| {
            let direct = pointers.get(&read.state).copied();
            // A branch gets what its Parallel gets.
            let place = direct.or_else(|| {
                let (outer, _) =
                    read.state.strip_prefix(at).and_then(|_| read.state.split_once("/Branches/"))?;
                pointers.get(outer).copied().filter(|place| passes_input(states[*place]))
            })?;
            Some((place, read))
        });
        Self {
            start: places.get(machine.start_at.as_str()).copied(),
            edges: states
                .iter()
                .map(|state| {
                    let targets = state.targets();
                    targets
                        .iter()
                        .filter_map(|(at, name)| Some((*places.get(name)?, at.starts_with("/Catch"))))
                        .collect()
                })
                .collect(),
            writes: states.iter().map(|state| writes(state)).collect(),
            results: names.iter().map(|name| analyser.results.get(&pointer(at, name))).collect(),
            reads: reads.collect(),
            names,
            states,
            texts,
        }
    }

    /// What gives away that a field was meant to be written before.
    fn evidence(&self, state: usize, read: &OpenRead) -> Option<(String, String)> {
        let key = &read.key;
        if self.states.len().saturating_mul(self.reads.len()) > MOST_PAIRS {
            return None;
        }
        self.after_failure(state, key).or_else(|| {
            let written = self.writes.iter().flatten().any(|written| written.key == *key && !written.is_copy);
            if written { None } else { self.thrown_away(state, read).or_else(|| self.near_name(state, key)) }
        })
    }

    /// It is what a state answers, and it is read where that state failed.
    fn after_failure(&self, state: usize, key: &str) -> Option<(String, String)> {
        let writer = (0..self.states.len()).find(|writer| {
            let writes = &self.writes[*writer];
            *writer != state
                && writes.iter().any(|written| written.key == key && !written.by_catcher)
                && !writes.iter().any(|written| written.key == key && written.by_catcher)
                && self.only_after(*writer, key)
                && !self.reaches(state, |from, by_catcher| from == *writer && by_catcher)
        })?;
        let name = self.names[writer];
        let other = self.writes[writer].iter().find(|written| written.by_catcher);
        let caught = other.map_or_else(String::new, |other| format!("; its catcher writes `{}`", other.key));
        Some((
            format!("`{key}` is what `{name}` answers, and here it failed{caught}"),
            format!("write `\"ResultPath\": \"$.{key}\"` in its catcher, or read what the catcher writes"),
        ))
    }

    /// It is read as the result of a state is that goes nowhere.
    fn thrown_away(&self, state: usize, read: &OpenRead) -> Option<(String, String)> {
        let field = read.next.as_ref()?;
        let key = &read.key;
        let writer = (0..self.states.len()).find(|writer| {
            self.results[*writer].is_some_and(|fields| fields.contains(field))
                && self.is_unused(*writer)
                && self.only_after(*writer, key)
                && self.dominates(*writer, state)
        })?;
        let name = self.names[writer];
        let goes = match self.writes[writer].iter().find(|written| !written.by_catcher) {
            Some(written) => format!("goes to `{}`, which nothing reads", written.key),
            None => "is thrown away".to_owned(),
        };
        Some((
            format!("nothing before writes `{key}`; `{field}` is what `{name}` answers, and that {goes}"),
            format!("write `\"ResultPath\": \"$.{key}\"` in `{name}`"),
        ))
    }

    /// A state before it writes a name that is near and that nothing reads.
    fn near_name(&self, state: usize, key: &str) -> Option<(String, String)> {
        let (writer, other) = (0..self.states.len()).find_map(|writer| {
            let other = self.writes[writer].iter().find(|written| is_near(key, &written.key))?;
            let meant =
                !self.is_named(&other.key) && self.only_after(writer, key) && self.dominates(writer, state);
            meant.then_some((writer, &other.key))
        })?;
        let name = self.names[writer];
        Some((
            format!("nothing before writes `{key}`; `{name}` writes `{other}`, which nothing reads"),
            format!("write `{key}` in `{name}`, or read `{other}` here"),
        ))
    }

    /// Whether nothing can use a state's result by name.
    fn is_unused(&self, state: usize) -> bool {
        if self.states[state].assign.is_some() {
            return false;
        }
        match &self.states[state].result_path {
            Some(PathField::Null) => true,
            Some(PathField::Path(_)) => self.writes[state]
                .iter()
                .filter(|written| !written.by_catcher)
                .all(|written| !self.is_named(&written.key)),
            None => false,
        }
    }

    fn is_named(&self, key: &str) -> bool {
        self.texts.iter().any(|text| mentions(text, key))
    }

    /// Whether a field is read only where a state lies behind.
    fn only_after(&self, state: usize, key: &str) -> bool {
        self.reads
            .iter()
            .filter(|(_, read)| read.key == key)
            .all(|(place, _)| *place != state && self.dominates(state, *place))
    }

    /// Whether every way to a state leads through another one.
    fn dominates(&self, through: usize, to: usize) -> bool {
        through != to && !self.reaches(to, |from, _| from == through)
    }

    /// Whether a state can be reached without some edges.
    fn reaches(&self, to: usize, without: impl Fn(usize, bool) -> bool) -> bool {
        let Some(start) = self.start else { return true };
        let mut seen = vec![false; self.states.len()];
        let mut stack = vec![start];
        while let Some(state) = stack.pop() {
            if std::mem::replace(&mut seen[state], true) {
                continue;
            }
            if state == to {
                return true;
            }
            let edges = self.edges[state].iter().filter(|(_, by_catcher)| !without(state, *by_catcher));
            stack.extend(edges.map(|(target, _)| *target));
        }
        false
    }
}

/// Whether nothing is known of a field of a value, that it is missing included.
fn is_open(value: &Sym, key: &str) -> bool {
    match value {
        Sym::Any(_) | Sym::Reported => true,
        Sym::Object(fields, Some(base)) => {
            fields.get(key).is_none_or(|entry| entry.narrowed) && is_open(base, key)
        }
        Sym::Union(members) => members.iter().all(|member| is_open(member, key)),
        _ => false,
    }
}

fn passes_input(state: &State) -> bool {
    matches!(state.kind, StateKind::Parallel(_))
        && state.parameters.is_none()
        && state.arguments.is_none()
        && state.input_path.is_none()
}

/// The fields that a state writes over its input, or makes anew.
fn writes(state: &State) -> Vec<Written> {
    let mut found = Vec::new();
    let mut path = |field: &Option<PathField>, by_catcher: bool| {
        if let Some(PathField::Path(text)) = field
            && let Some(key) = first_key(text)
        {
            found.push(Written { key, is_copy: false, by_catcher });
        }
    };
    path(&state.result_path, false);
    for catcher in state.catch.iter().flatten() {
        path(&catcher.result_path, true);
    }
    if state.result_path.is_none() && state.output_path.is_none() {
        let made = match &state.kind {
            StateKind::Pass(pass) => pass.result.as_ref().or(state.parameters.as_ref()),
            _ => state.result_selector.as_ref(),
        };
        for (key, value) in made.and_then(Value::as_object).into_iter().flat_map(|fields| fields.iter()) {
            let key = key.strip_suffix(".$").unwrap_or(key);
            let mut texts = Vec::new();
            path_texts(value, &mut texts);
            let is_copy = texts.iter().any(|text| first_key(text).as_deref() == Some(key));
            found.push(Written { key: key.to_owned(), is_copy, by_catcher: false });
        }
    }
    found
}

fn first_key(text: &str) -> Option<String> {
    let path = Path::parse(text).ok().filter(|path| path.root == Root::Input)?;
    match &path.segments.first()?.kind {
        SegmentKind::Name(name) => Some(name.clone()),
        _ => None,
    }
}

/// The texts that can name a field: all that may be a path or an expression, but where results are written to.
fn path_texts(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text)
            if text.starts_with('$') || text.starts_with("States.") || text.contains("{%") =>
        {
            texts.push(text.to_string());
        }
        Value::Array(items) => items.iter().for_each(|item| path_texts(item, texts)),
        Value::Object(fields) => {
            for (_, value) in fields.iter().filter(|(key, _)| &***key != "ResultPath") {
                path_texts(value, texts);
            }
        }
        _ => {}
    }
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// Whether a text has a name in it, as a word.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Whether two names may stand for one another: by a slip, or where one is the other with something before or behind.
fn is_near(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    a != b && (nearest(a, [b]).is_some() || short.chars().count() > 3 && is_part(short, long))
}

/// Whether a name is a part of another one, between words: `timer` of `renamed_timer`, `result` of `resultOfAll`.
fn is_part(part: &str, whole: &str) -> bool {
    let lower = |text: &str| text.to_ascii_lowercase();
    let (small, large) = (lower(part), lower(whole));
    large.match_indices(&small).any(|(start, _)| {
        let (Some(before), Some(after)) = (whole.get(..start), whole.get(start + part.len()..)) else {
            return false;
        };
        let starts = before.is_empty()
            || !before.ends_with(char::is_alphanumeric)
            || whole[start..].starts_with(char::is_uppercase);
        let ends =
            after.is_empty() || !after.starts_with(|sign: char| sign.is_lowercase() || sign.is_numeric());
        starts && ends
    })
}
