//! Paths into data of no known type that nothing writes, where it shows that something was meant to.
//!
//! The content of an execution's input or a function's answer is not known, so that a field that nothing writes may be theirs. It is reported
//! only beside a sign of a slip: a result that is thrown away or written to a name that nothing reads.

mod texts;

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use self::texts::{is_near, is_word, mentions, path_texts};
use super::{Analyser, site::Reading, value::Sym};
use crate::{
    asl::{PathField, State, StateKind, StateMachine},
    diagnostic::{Code, Diagnostic},
    json::Pointer,
    path::{Path, Root, SegmentKind},
    service::Kind,
    sort,
    value::Value,
};

/// More steps than this are not gone, and more pairs of names not compared: this is advice, and must not cost more than the rest.
const MOST_STEPS: usize = 1_000_000;

/// The steps that a comparison of two names costs.
const COMPARISON: usize = 20;

/// A path whose first field nothing is known of.
pub(super) struct OpenRead {
    /// The pointer of the state.
    state: Pointer,
    at: Pointer,
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
    pub(super) fn note_result(&mut self, at: &Pointer, result: &Sym) {
        if self.typing.proven || self.report.is_none() {
            return;
        }
        if matches!(result, Sym::Object(_, None) | Sym::Answer(_)) {
            self.results.insert(at.to_owned(), result.clone());
        }
    }

    /// Judges what was noted.
    pub(super) fn unwritten(&mut self, machine: &StateMachine) {
        let reads = std::mem::take(&mut self.open);
        if reads.is_empty() {
            return;
        }
        let mut diagnostics = Vec::new();
        self.level(&Pointer::root(), machine, &reads, &Texts::of(machine), &mut diagnostics);
        if let Some(report) = &mut self.report {
            report.diagnostics.extend(diagnostics);
        }
    }

    fn level(
        &self,
        at: &Pointer,
        machine: &StateMachine,
        reads: &[OpenRead],
        texts: &Texts,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut level = Level::new(self, at, machine, reads, texts);
        let mut by_key: Vec<(usize, &OpenRead)> =
            level.reads.iter().map(|(place, read)| (*place, *read)).collect();
        sort::sort_by(&mut by_key, |(_, one), (_, other)| one.key.cmp(&other.key));
        let mut writers: HashMap<String, HashSet<(usize, Option<usize>)>> = HashMap::new();
        for (state, writes) in level.writes.iter().enumerate() {
            for written in writes.iter().filter(|written| !written.is_copy) {
                let edges = writers.entry(written.key.clone()).or_default();
                edges.insert((state, written.catcher));
            }
        }
        for reads in by_key.chunk_by(|(_, one), (_, other)| one.key == other.key) {
            let Some((_, first)) = reads.first() else { continue };
            level.judge(&first.key, writers.remove(&first.key).unwrap_or_default(), reads, diagnostics);
        }
        for (name, state) in &machine.states {
            let at = at.state(name);
            for (below, child) in state.children() {
                let at = at.join(&below);
                if reads.iter().any(|read| read.state.starts_with(at.as_str())) {
                    self.level(&at, child, reads, texts, diagnostics);
                }
            }
        }
    }
}

/// The texts of a machine that can name a field.
struct Texts {
    texts: Vec<String>,
    /// The words in them.
    words: HashSet<String>,
}

impl Texts {
    fn of(machine: &StateMachine) -> Self {
        let mut texts = Vec::new();
        path_texts(&machine.to_json(), &mut texts);
        let words = texts.iter().flat_map(|text| text.split(|sign| !is_word(sign)));
        Self { words: words.map(str::to_owned).collect(), texts }
    }

    /// Returns `true` if one of them names a field.
    fn name(&self, key: &str) -> bool {
        if key.chars().all(is_word) {
            return self.words.contains(key);
        }
        self.texts.iter().any(|text| mentions(text, key))
    }
}

/// A transition of a state.
struct Edge {
    to: usize,
    /// The catcher that leads there.
    catcher: Option<usize>,
}

/// One machine, without those inside of it.
struct Level<'l> {
    names: Vec<&'l str>,
    states: Vec<&'l State>,
    start: Option<usize>,
    edges: Vec<Vec<Edge>>,
    /// The writes of each state, by the first field.
    writes: Vec<Vec<Written>>,
    /// Each state's result, where its fields are known.
    results: Vec<Option<&'l Sym>>,
    reads: Vec<(usize, &'l OpenRead)>,
    texts: &'l Texts,
    /// The steps that may still be spent.
    steps: usize,
}

struct Written {
    key: String,
    /// Whether it is made of the field of that name itself.
    is_copy: bool,
    /// The catcher that writes it.
    catcher: Option<usize>,
}

/// The ways of a machine on which nothing writes one field, and where it is read there.
struct Unwritten<'k> {
    key: &'k str,
    /// The edges on which something writes it: a state, and whether it is one of its catchers'.
    written: HashSet<(usize, Option<usize>)>,
    /// The places that read it, though nothing may have written it.
    reads: Vec<usize>,
}

impl<'l> Level<'l> {
    fn new(
        analyser: &'l Analyser<'_>,
        at: &Pointer,
        machine: &'l StateMachine,
        reads: &'l [OpenRead],
        texts: &'l Texts,
    ) -> Self {
        let names: Vec<&str> = machine.states.keys().map(String::as_str).collect();
        let places: HashMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
        let pointers: HashMap<Pointer, usize> =
            names.iter().enumerate().map(|(place, name)| (at.state(name), place)).collect();
        let states: Vec<&State> = machine.states.values().collect();
        let reads = reads.iter().filter_map(|read| {
            let direct = pointers.get(&read.state).copied();
            // A branch gets what its Parallel gets.
            let place = direct.or_else(|| {
                let (outer, _) =
                    read.state.strip_prefix(at.as_str()).and_then(|_| read.state.split_once("/Branches/"))?;
                pointers.get(outer).copied().filter(|place| passes_input(states[*place]))
            })?;
            Some((place, read))
        });
        let edges = |state: &State| {
            let targets = state.targets();
            let edge = |(at, name): &(Pointer, _)| {
                let catcher =
                    at.strip_prefix("/Catch/").and_then(|rest| rest.split('/').next()?.parse().ok());
                Some(Edge { to: *places.get(*name)?, catcher })
            };
            targets.iter().filter_map(edge).collect()
        };
        Self {
            start: places.get(machine.start_at.as_str()).copied(),
            edges: states.iter().map(|state| edges(state)).collect(),
            writes: states.iter().map(|state| writes(state)).collect(),
            results: names.iter().map(|name| analyser.results.get(&at.state(name))).collect(),
            reads: reads.collect(),
            names,
            states,
            texts,
            steps: MOST_STEPS,
        }
    }

    /// Reports the places that read a field which nothing on a way there writes, where something gives away that it was meant to
    /// be written.
    fn judge(
        &mut self,
        key: &str,
        written: HashSet<(usize, Option<usize>)>,
        reads: &[(usize, &OpenRead)],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut unwritten = Unwritten { key, written, reads: Vec::new() };
        self.steps = self.steps.saturating_sub(self.states.len());
        let Some(seen) = self.reached(&unwritten, |_, _| false) else { return };
        let mut reads = reads.to_vec();
        reads.retain(|(place, _)| seen[*place]);
        unwritten.reads = reads.iter().map(|(place, _)| *place).collect();
        unwritten.reads.dedup();
        let mut fields: Vec<&String> = reads.iter().filter_map(|(_, read)| read.next.as_ref()).collect();
        fields.sort();
        fields.dedup();
        if unwritten.reads.is_empty() {
            return;
        }
        let everywhere = self.after_failure(&unwritten);
        let mut by_field: HashMap<&String, Option<(String, String)>> = HashMap::new();
        if everywhere.is_none() {
            for field in fields {
                let found = self.thrown_away(&unwritten, field);
                let found = found.or_else(|| self.error_thrown_away(&unwritten, field));
                by_field.insert(field, found);
            }
        }
        let near = if everywhere.is_none() { self.near_name(&unwritten) } else { None };
        for (_, read) in reads {
            let of_field = read.next.as_ref().and_then(|field| by_field.get(field)?.as_ref());
            let Some((message, help)) = everywhere.as_ref().or(of_field).or(near.as_ref()) else { continue };
            let message = format!("{}`{}`: {message}", read.place, read.shown);
            let mut diagnostic = Diagnostic::new(Code::UnwrittenField, read.at.clone(), message).help(help);
            diagnostic.range.clone_from(&read.range);
            diagnostics.push(diagnostic);
        }
    }

    /// Reports a read of a state's result where that state failed.
    fn after_failure(&mut self, unwritten: &Unwritten<'_>) -> Option<(String, String)> {
        let key = unwritten.key;
        let writers: Vec<usize> = unwritten
            .written
            .iter()
            .filter(|(_, catcher)| catcher.is_none())
            .map(|(state, _)| *state)
            .collect();
        let mut writers: Vec<usize> = writers
            .into_iter()
            .filter(|writer| {
                !self.writes[*writer].iter().any(|written| written.key == key && written.catcher.is_some())
            })
            .collect();
        writers.sort_unstable();
        let writer = writers.into_iter().find(|writer| self.lies_before(unwritten, *writer, None))?;
        let name = self.names[writer];
        let other = self.writes[writer].iter().find(|written| written.catcher.is_some());
        let caught = other.map_or_else(String::new, |other| format!("; its catcher writes `{}`", other.key));
        Some((
            format!("`{key}` is what `{name}` answers, and here it failed{caught}"),
            format!("write `\"ResultPath\": \"$.{key}\"` in its catcher, or read what the catcher writes"),
        ))
    }

    /// Reports a read of a result that is thrown away.
    fn thrown_away(&mut self, unwritten: &Unwritten<'_>, field: &str) -> Option<(String, String)> {
        let key = unwritten.key;
        let has = |result: &Sym| match result {
            Sym::Object(fields, None) => fields.contains_key(field),
            Sym::Answer(shape) => match shape.kind() {
                Kind::Structure(members) => members.iter().any(|member| member.name == field),
                _ => false,
            },
            _ => false,
        };
        let writer = (0..self.states.len()).find(|writer| {
            self.results[*writer].is_some_and(has)
                && self.is_unused(*writer)
                && self.lies_before(unwritten, *writer, None)
        })?;
        let name = self.names[writer];
        let goes = match self.writes[writer].iter().find(|written| written.catcher.is_none()) {
            Some(written) => format!("goes to `{}`, which nothing reads", written.key),
            None => "is thrown away".to_owned(),
        };
        Some((
            format!("nothing before writes `{key}`; `{field}` is what `{name}` answers, and that {goes}"),
            format!("write `\"ResultPath\": \"$.{key}\"` in `{name}`"),
        ))
    }

    /// Reports a read of an error that a catcher puts where nothing reads it.
    fn error_thrown_away(&mut self, unwritten: &Unwritten<'_>, field: &str) -> Option<(String, String)> {
        if !matches!(field, "Error" | "Cause") {
            return None;
        }
        let key = unwritten.key;
        for writer in 0..self.states.len() {
            for (index, catcher) in self.states[writer].catch.iter().flatten().enumerate() {
                let goes = match &catcher.result_path {
                    Some(PathField::Null) => "throws it away".to_owned(),
                    Some(PathField::Path(path)) => match first_key(path) {
                        Some(other) if !self.texts.name(&other) => {
                            format!("writes it to `{other}`, which nothing reads")
                        }
                        _ => continue,
                    },
                    None => continue,
                };
                if catcher.assign.is_some() || !self.lies_before(unwritten, writer, Some(index)) {
                    continue;
                }
                let name = self.names[writer];
                return Some((
                    format!(
                        "nothing before writes `{key}`; `{field}` is what a catcher of `{name}` gets, and it {goes}"
                    ),
                    format!("write `\"ResultPath\": \"$.{key}\"` in the catcher of `{name}`"),
                ));
            }
        }
        None
    }

    /// A state before it writes a name that is near and that nothing reads.
    fn near_name(&mut self, unwritten: &Unwritten<'_>) -> Option<(String, String)> {
        let key = unwritten.key;
        for writer in 0..self.states.len() {
            self.steps = self.steps.checked_sub(COMPARISON * self.writes[writer].len())?;
            let other = self.writes[writer].iter().find(|written| is_near(key, &written.key));
            let Some(other) = other.map(|other| other.key.clone()) else { continue };
            if !self.texts.name(&other) && self.lies_before(unwritten, writer, None) {
                let name = self.names[writer];
                return Some((
                    format!("nothing before writes `{key}`; `{name}` writes `{other}`, which nothing reads"),
                    format!("write `{key}` in `{name}`, or read `{other}` here"),
                ));
            }
        }
        None
    }

    /// Returns `true` if nothing can use a state's result by name.
    fn is_unused(&self, state: usize) -> bool {
        if self.states[state].assign.is_some() {
            return false;
        }
        match &self.states[state].result_path {
            Some(PathField::Null) => true,
            Some(PathField::Path(_)) => self.writes[state]
                .iter()
                .filter(|written| written.catcher.is_none())
                .all(|written| !self.texts.name(&written.key)),
            None => false,
        }
    }

    /// Returns `true` if a state, or one of its catchers, lies on every way on which a field is read unwritten.
    fn lies_before(&mut self, unwritten: &Unwritten<'_>, state: usize, catcher: Option<usize>) -> bool {
        if unwritten.reads.contains(&state) {
            return false;
        }
        let through = |from: usize, by: Option<usize>| from == state && (catcher.is_none() || by == catcher);
        let Some(seen) = self.reached(unwritten, through) else { return false };
        unwritten.reads.iter().all(|place| !seen[*place])
    }

    /// The states that can be reached with a field unwritten, without some edges; none where too much was done already.
    fn reached(
        &mut self,
        unwritten: &Unwritten<'_>,
        without: impl Fn(usize, Option<usize>) -> bool,
    ) -> Option<Vec<bool>> {
        let mut seen = vec![false; self.states.len()];
        let mut stack: Vec<usize> = self.start.into_iter().collect();
        while let Some(state) = stack.pop() {
            if std::mem::replace(&mut seen[state], true) {
                continue;
            }
            self.steps = self.steps.checked_sub(1 + self.edges[state].len())?;
            let edges = self.edges[state].iter().filter(|edge| {
                !without(state, edge.catcher) && !unwritten.written.contains(&(state, edge.catcher))
            });
            stack.extend(edges.map(|edge| edge.to));
        }
        Some(seen)
    }
}

/// Returns `true` if nothing is known of a field of a value, that it is missing included.
fn is_open(value: &Sym, key: &str) -> bool {
    match value {
        Sym::Any(_) | Sym::Reported => true,
        Sym::Object(fields, Some(base)) => {
            // On another way something else may have put it there.
            let is_open_still = |entry: &super::value::Entry| {
                entry.narrowed || entry.value.members().iter().any(Sym::is_anything)
            };
            fields.get(key).is_none_or(is_open_still) && is_open(base, key)
        }
        // On one of the ways here.
        Sym::Union(members) => members.iter().any(|member| is_open(member, key)),
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
    let mut path = |field: &Option<PathField>, catcher: Option<usize>| {
        if let Some(PathField::Path(text)) = field
            && let Some(key) = first_key(text)
        {
            found.push(Written { key, is_copy: false, catcher });
        }
    };
    path(&state.result_path, None);
    for (index, catcher) in state.catch.iter().flatten().enumerate() {
        path(&catcher.result_path, Some(index));
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
            found.push(Written { key: key.to_owned(), is_copy, catcher: None });
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
