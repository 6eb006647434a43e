//! The states that were entered, those inside of Maps and Parallels below them.

use std::{fmt, sync::Arc};

use super::{Event, EventKind, Iteration};
use crate::program::{Inner as Program, Kind, StateId};

/// The way that an execution took: [`History::route`](super::History::route).
///
/// Its [`Display`](fmt::Display) is one line, in which the routes of iterations and branches are in brackets after their Map or
/// Parallel, by their numbers from 0: `Load -> Each [0-1: Pay -> Ship; 2: Pay] -> Done`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The states of the machine itself, in the order in which they were entered.
    pub steps: Vec<RouteStep>,
}

/// A state that was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteStep {
    /// The state's name.
    pub state: String,
    /// The routes of the iterations of a Map or the branches of a Parallel, each with its number; of a state that was tried again,
    /// attempt after attempt. Children of distributed Maps have histories of their own.
    pub inside: Vec<(usize, Route)>,
}

/// The route of a history that is being read.
struct Tracer<'p> {
    program: &'p Program,
    threads: Vec<Thread>,
    visits: Vec<Visit>,
    /// The thread of each event.
    of_event: Vec<usize>,
}

/// The machine itself, an iteration or a branch.
struct Thread {
    parent: Option<usize>,
    number: usize,
    /// `Each[1] / Both[0]`; empty for the machine itself.
    place: Arc<str>,
    visits: Vec<usize>,
}

struct Visit {
    state: StateId,
    threads: Vec<usize>,
}

pub(super) fn route(program: &Program, events: &[Event]) -> Route {
    Tracer::of(program, events).finish(0)
}

/// Returns the place of each event.
pub(super) fn places(program: &Program, events: &[Event]) -> Vec<Arc<str>> {
    let tracer = Tracer::of(program, events);
    let place = |thread: &usize| tracer.threads.get(*thread).map(|thread| Arc::clone(&thread.place));
    tracer.of_event.iter().map(|thread| place(thread).unwrap_or_default()).collect()
}

/// The place of an iteration or branch of a state.
pub(crate) fn inside(place: &str, state: &str, number: usize) -> String {
    if place.is_empty() { format!("{state}[{number}]") } else { format!("{place} / {state}[{number}]") }
}

/// A state with its place before it.
pub(crate) fn placed(place: &str, state: &str) -> String {
    if place.is_empty() { state.to_owned() } else { format!("{place} / {state}") }
}

impl<'p> Tracer<'p> {
    fn of(program: &'p Program, events: &[Event]) -> Self {
        let mut tracer = Self {
            program,
            threads: vec![Thread { parent: None, number: 0, place: Arc::default(), visits: Vec::new() }],
            visits: Vec::new(),
            of_event: Vec::with_capacity(events.len()),
        };
        for event in events {
            let thread = tracer.thread(events, event);
            tracer.of_event.push(thread);
        }
        tracer
    }

    fn thread(&mut self, events: &[Event], event: &Event) -> usize {
        let before = (event.previous as usize).checked_sub(1);
        let from = before.and_then(|before| self.of_event.get(before)).copied().unwrap_or(0);
        match &event.kind {
            EventKind::StateEntered { state, .. } => {
                let branch = match before.and_then(|before| events.get(before)).map(|event| &event.kind) {
                    Some(EventKind::ChildrenStarted { state: owner, .. }) => self.branch(*owner, *state),
                    _ => None,
                };
                let thread = match branch {
                    Some(number) => self.open(from, number),
                    None => from,
                };
                self.visits.push(Visit { state: *state, threads: Vec::new() });
                let visit = self.visits.len() - 1;
                if let Some(thread) = self.threads.get_mut(thread) {
                    thread.visits.push(visit);
                }
                thread
            }
            EventKind::Iteration { state, index, what: Iteration::Started } => {
                let owner = self.outwards(from, *state);
                self.open(owner, *index)
            }
            kind => kind.state().map_or(from, |state| self.outwards(from, state)),
        }
    }

    /// Returns the branch of a Parallel that a state begins.
    fn branch(&self, owner: StateId, state: StateId) -> Option<usize> {
        match &self.program.state(owner).kind {
            Kind::Parallel { branches } => branches.iter().position(|start| *start == state),
            _ => None,
        }
    }

    /// The thread that is in a state: this one or one around it. The event that ends a Map comes from its last iteration.
    fn outwards(&self, from: usize, state: StateId) -> usize {
        let mut at = Some(from);
        while let Some(index) = at {
            let Some(thread) = self.threads.get(index) else { break };
            let last = thread.visits.last().and_then(|visit| self.visits.get(*visit));
            if last.is_some_and(|visit| visit.state == state) {
                return index;
            }
            at = thread.parent;
        }
        from
    }

    /// Begins an iteration or a branch of the state that a thread is in.
    fn open(&mut self, parent: usize, number: usize) -> usize {
        let thread = self.threads.len();
        let outer = self.threads.get(parent);
        let visit = outer.and_then(|outer| outer.visits.last()).copied();
        let state = visit.and_then(|visit| self.visits.get(visit)).map(|visit| visit.state);
        let state = state.map_or("", |state| &*self.program.state(state).name);
        let place = inside(outer.map_or("", |outer| &*outer.place), state, number).into();
        self.threads.push(Thread { parent: Some(parent), number, place, visits: Vec::new() });
        if let Some(visit) = visit.and_then(|visit| self.visits.get_mut(visit)) {
            visit.threads.push(thread);
        }
        thread
    }

    fn finish(&self, thread: usize) -> Route {
        let Some(thread) = self.threads.get(thread) else { return Route::default() };
        let visits = thread.visits.iter().filter_map(|visit| self.visits.get(*visit));
        let steps = visits.map(|visit| {
            let mut inside: Vec<(usize, Route)> = Vec::with_capacity(visit.threads.len());
            for thread in &visit.threads {
                let number = self.threads.get(*thread).map_or(0, |thread| thread.number);
                inside.push((number, self.finish(*thread)));
            }
            RouteStep { state: self.program.state(visit.state).name.to_string(), inside }
        });
        Route { steps: steps.collect() }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.steps.iter().enumerate() {
            if place > 0 {
                f.write_str(" -> ")?;
            }
            step.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for RouteStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.state)?;
        if self.inside.is_empty() {
            return Ok(());
        }
        f.write_str(" [")?;
        let mut rest = &self.inside[..];
        while let Some(((first, route), others)) = rest.split_first() {
            // Neighbours with the same route are shown together.
            let alike = others
                .iter()
                .enumerate()
                .take_while(|(at, (number, other))| *number == first + at + 1 && other == route)
                .count();
            if rest.len() < self.inside.len() {
                f.write_str("; ")?;
            }
            match alike {
                0 => write!(f, "{first}: ")?,
                alike => write!(f, "{first}-{}: ", first + alike)?,
            }
            if route.steps.is_empty() {
                f.write_str("nothing")?;
            } else {
                route.fmt(f)?;
            }
            rest = others.get(alike..).unwrap_or_default();
        }
        f.write_str("]")
    }
}
