//! The trials that a run suggests: what lies near it, and what was solved for the ways that are left.

use std::collections::HashSet;

use stepfn_core::{
    asl::{PathField, State, StateKind},
    path::{Path, SegmentKind},
    shape::{Shape, Side},
    value::Value,
};

use super::{
    Answer, ExploredTask, Explorer, Trial, literals, reads,
    routes::{self, Named},
    sample::{put, variations},
    solve,
};
use crate::{
    History,
    testing::{
        Way,
        picture::{self, Visit},
    },
};

/// Places where the values of one solution are put.
const MOST_PLACES: usize = 48;

impl Explorer<'_> {
    /// Returns the trials that a run suggests.
    pub(super) fn next(&self, trial: &Trial, history: &History, open: &HashSet<&Way>) -> Vec<Trial> {
        let visits = picture::visits(history);
        let visited: HashSet<&str> = visits.iter().map(|visit| &*visit.state).collect();
        let mut next = Vec::new();
        let mut answer = |task: &ExploredTask<'_>, answer: Answer| {
            let mut trial = trial.clone();
            trial.answers.insert(task.name.to_owned(), answer);
            next.push(trial);
        };
        for task in self.tasks.iter().filter(|task| visited.contains(task.name)) {
            task.others.iter().for_each(|other| answer(task, other.clone()));
            for error in &task.errors {
                answer(task, Answer::Fail(error.clone(), 1));
                answer(task, Answer::Fail(error.clone(), usize::MAX));
            }
            answer(task, Answer::TimeOut);
            for value in variations(task.shape, Side::Made) {
                answer(task, Answer::Value(value));
            }
        }
        next.extend(self.with_what_is_read(trial, &visits));
        next.extend(self.solved(trial, &visited, open));
        for choice in visited.iter().filter_map(|name| self.choices.get(name)) {
            let StateKind::Choice(fields) = &choice.kind else { continue };
            let mut wishes = Vec::new();
            fields.choices.iter().for_each(|rule| literals::wishes(&rule.condition, &mut wishes));
            for (path, value) in wishes {
                self.fulfil(trial, &visited, &with_input_path(choice, &path), value.as_ref(), &mut next);
            }
        }
        next
    }

    /// The trials with data that were solved for ways which no run has taken.
    fn solved(&self, trial: &Trial, visited: &HashSet<&str>, open: &HashSet<&Way>) -> Vec<Trial> {
        let mut next = Vec::new();
        for way in open.iter().filter(|way| visited.contains(way.state())) {
            let rule = match way {
                Way::Rule { index, .. } => Some(*index),
                Way::Default { .. } => None,
                _ => continue,
            };
            let Some(choice) = self.choices.get(way.state()) else { continue };
            let solutions = self.solutions.get(way.state()).into_iter().flatten();
            for solution in solutions.filter(|(of, _)| *of == rule).flat_map(|(_, solutions)| solutions) {
                let mut trials = vec![trial.clone()];
                for (path, value) in solve::wishes(solution) {
                    let path = with_input_path(choice, &path);
                    let mut changed = Vec::new();
                    for trial in &trials {
                        self.fulfil(trial, visited, &path, value.as_ref(), &mut changed);
                    }
                    // What is to be away may be away.
                    if value.is_none() {
                        changed.append(&mut trials);
                    }
                    changed.truncate(MOST_PLACES);
                    trials = changed;
                }
                next.append(&mut trials);
            }
        }
        next
    }

    /// The trial with what the last state reads put into the input, where nobody knows what that is.
    fn with_what_is_read(&self, trial: &Trial, visits: &[Visit]) -> Option<Trial> {
        let state = self.states.get(visits.last()?.state.as_str())?;
        if !matches!(self.definition.input, Shape::Any) {
            return None;
        }
        let mut changed = trial.clone();
        for (path, value) in reads::reads(state) {
            let there = path.iter().try_fold(&changed.input, |value, key| value.get(key));
            if there.is_none() {
                put(&mut changed.input, &path, Some(value));
            }
        }
        (changed.input != trial.input).then_some(changed)
    }

    /// Trials that may bring a value to a path: in the input, or in the answer of a task that came before.
    fn fulfil(
        &self,
        trial: &Trial,
        visited: &HashSet<&str>,
        path: &[String],
        value: Option<&Value>,
        next: &mut Vec<Trial>,
    ) {
        for Named { path, is_length } in routes::names(path, &self.routes) {
            match value {
                Some(length) if is_length => {
                    let Some(length) = length.as_i64() else { continue };
                    for like in ["[]", "\"\""] {
                        let Some(value) = self.of_length(trial, &path, length, like) else { continue };
                        self.fulfil_by(trial, visited, &path, Some(&value), next);
                    }
                }
                _ if is_length => {}
                value => self.fulfil_by(trial, visited, &path, value, next),
            }
        }
    }

    /// A list or a text of a length, of items as the input has them there.
    fn of_length(&self, trial: &Trial, path: &[String], length: i64, like: &str) -> Option<Value> {
        let length = usize::try_from(length).ok().filter(|length| *length <= 1_000)?;
        if like != "[]" {
            return Some("x".repeat(length).into());
        }
        let there = path.iter().try_fold(&trial.input, |value, key| value.get(key));
        let item = there.and_then(Value::as_array).and_then(|items| items.first().cloned());
        Some(Value::array(std::iter::repeat_n(item.unwrap_or_else(|| "text".into()), length)))
    }

    /// Trials that put a value at a path: in the input, or in the answer of a task that came before.
    fn fulfil_by(
        &self,
        trial: &Trial,
        visited: &HashSet<&str>,
        path: &[String],
        value: Option<&Value>,
        next: &mut Vec<Trial>,
    ) {
        for skip in 0..path.len() {
            let mut changed = trial.clone();
            if put(&mut changed.input, &path[skip..], value.cloned()) {
                next.push(changed);
            }
        }
        for task in self.tasks.iter().filter(|task| visited.contains(task.name)) {
            let current = match trial.answers.get(task.name) {
                Some(Answer::Value(value)) => value.clone(),
                _ => task.plain.clone(),
            };
            // What lies before the answer's own part of the path is the way to it in the data.
            for skip in 0..=path.len() {
                let rest = &path[skip..];
                let known = rest.first().is_none_or(|key| current.get(key).is_some());
                let untyped = matches!(task.shape, Shape::Any | Shape::Map(_) | Shape::Keyed { .. });
                let mut answer = current.clone();
                if (known || untyped) && put(&mut answer, rest, value.cloned()) {
                    let mut changed = trial.clone();
                    changed.answers.insert(task.name.to_owned(), Answer::Value(answer));
                    next.push(changed);
                }
            }
        }
    }
}

/// A path that a Choice reads, as one into its raw input.
fn with_input_path(choice: &State, path: &[String]) -> Vec<String> {
    let before = match &choice.input_path {
        Some(PathField::Path(text)) => Path::parse(text).ok(),
        _ => None,
    };
    let before = before.into_iter().flat_map(|path| path.segments).filter_map(|segment| match segment.kind {
        SegmentKind::Name(name) => Some(name),
        _ => None,
    });
    before.chain(path.iter().cloned()).collect()
}
