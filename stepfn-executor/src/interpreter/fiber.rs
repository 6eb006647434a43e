use std::sync::Arc;

use jiff::Timestamp;
use stepfn_core::value::{Map, Value};

use super::{Failure, map::Children, redrive::Inside, run::MapRun, task::Job, trace::StateSpan};
use crate::{
    eval,
    program::StateId,
    size::{Extent, Size},
};

/// One thread of an execution: the machine itself, a Parallel branch, or a Map iteration.
#[derive(Debug)]
pub(super) struct Fiber {
    pub(super) at: StateId,
    /// The raw input of the state.
    pub(super) input: Value,
    /// Its size, if it is known.
    pub(super) extent: Option<Extent>,
    /// The event that the next one of this fiber comes from.
    pub(super) previous: u32,
    /// The event before that of entering the state.
    pub(super) arrived: u32,
    /// The event of entering the state.
    pub(super) entered: u32,
    pub(super) entered_at: Timestamp,
    pub(super) variables: Variables,
    /// The Map item at hand.
    pub(super) item: Option<Arc<Item>>,
    /// The fiber that waits for this one, and the place of its result there.
    pub(super) parent: Option<(FiberId, usize)>,
    /// The number of uses of each retrier of the state.
    pub(super) retries: Vec<u32>,
    /// The number of all retries together.
    pub(super) retry_count: u32,
    /// The number of its present wait: timers of anything earlier are void.
    pub(super) wait: u64,
    pub(super) phase: Phase,
    /// The span of the state it is in.
    pub(super) span: StateSpan,
}

/// The element of a Map's array that a fiber works on.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) index: usize,
    pub(super) value: Value,
    /// The key of an object's member.
    pub(super) key: Option<Arc<str>>,
    /// The source of the item.
    pub(super) source: Option<Arc<str>>,
}

/// The next step of a fiber, or its wait.
#[derive(Debug)]
pub(super) enum Phase {
    /// Enters its state.
    Enter,
    /// Does what its state does once more, without entering it.
    Rerun,
    /// Goes on with the children of its distributed Map.
    Redrive(Arc<Inside>),
    /// Makes an attempt at the work of its Task, Map or Parallel.
    Attempt,
    /// Starts the work of a Task that is scheduled.
    Start(Box<Job>),
    /// Goes on after a Wait.
    Waited,
    /// Goes on with the result of the state's work.
    Resume(Result<(Value, Extent), Failure>),
    /// Waits for a timer.
    Sleeping(Sleeping),
    /// Waits for the work of a Task.
    Working(Box<Job>),
    /// Waits for branches or iterations.
    Children(Box<Children>),
    /// Waits for the children of a distributed Map.
    MapRun(Box<MapRun>),
    /// It is in the middle of a step.
    Blocked,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Sleeping {
    /// A Wait.
    Wait,
    /// The backoff before a retry.
    Backoff,
}

impl Phase {
    /// Returns the phase after the timer.
    pub(super) fn woken(&self) -> Self {
        match self {
            Self::Sleeping(Sleeping::Backoff) => Self::Attempt,
            _ => Self::Waited,
        }
    }
}

impl Fiber {
    #[inline]
    pub(super) fn new(at: StateId, input: Value, previous: u32) -> Self {
        Self {
            at,
            input,
            extent: None,
            previous,
            arrived: previous,
            entered: 0,
            entered_at: Timestamp::UNIX_EPOCH,
            variables: Variables::default(),
            item: None,
            parent: None,
            retries: Vec::new(),
            retry_count: 0,
            wait: 0,
            phase: Phase::Enter,
            span: StateSpan::none(),
        }
    }
}

/// The variables in reach of a fiber.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    own: Map,
    /// The variables of the fiber outside, as they were when this one began: it waits meanwhile.
    outer: Option<Arc<Self>>,
}

impl Variables {
    pub(super) fn set(&mut self, variables: &Map) {
        self.own.extend(variables.iter().map(|(name, value)| (name.clone(), value.clone())));
    }

    /// Returns the size of this scope's variables in bytes of JSON text, without those that are about to be replaced.
    fn bytes(&self, replaced: Option<&Map>, most: Size) -> usize {
        let stays = |name: &str| replaced.is_none_or(|replaced| replaced.get(name).is_none());
        let kept = self.own.iter().filter(|(name, _)| stays(name));
        kept.map(|(name, value)| name.len() + Extent::of(value, most).bytes).sum()
    }

    /// An inner scope: it reads the variables of this one, and keeps its own to itself.
    pub(super) fn inner(&self) -> Self {
        if self.own.is_empty() {
            return Self { own: Map::new(), outer: self.outer.clone() };
        }
        Self { own: Map::new(), outer: Some(Arc::new(self.clone())) }
    }
}

impl eval::Variables for Variables {
    fn get(&self, name: &str) -> Option<&Value> {
        self.own.get(name).or_else(|| self.outer.as_ref()?.get(name))
    }
}

/// A fiber, by its place in the slab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FiberId(usize);

#[cfg(test)]
impl FiberId {
    pub(super) fn at(place: usize) -> Self {
        Self(place)
    }
}

/// The fibers of an execution. The first one is the machine itself.
#[derive(Debug, Default)]
pub(super) struct Fibers {
    /// The machine itself is stored in place, for most executions have no other.
    root: Option<Fiber>,
    is_begun: bool,
    /// The others, from the second on.
    slots: Vec<Option<Fiber>>,
    free: Vec<usize>,
    waits: u64,
}

impl Fibers {
    /// The machine itself, and no others yet.
    #[inline]
    pub(super) fn of(root: Fiber) -> Self {
        Self { root: Some(root), is_begun: true, slots: Vec::new(), free: Vec::new(), waits: 0 }
    }

    /// Returns the size in bytes of all variables that are in reach of a fiber, without those of `id` that are about to be replaced.
    pub(super) fn variable_bytes(&self, id: FiberId, replaced: &Map, most: Size) -> usize {
        self.entries().map(|(at, fiber)| fiber.variables.bytes((at == id).then_some(replaced), most)).sum()
    }

    pub(super) fn insert(&mut self, fiber: Fiber) -> FiberId {
        match self.free.pop() {
            Some(id) => {
                if let Some(slot) = self.slot_mut(FiberId(id)) {
                    *slot = Some(fiber);
                }
                FiberId(id)
            }
            None if !self.is_begun => {
                self.is_begun = true;
                self.root = Some(fiber);
                Self::ROOT
            }
            None => {
                self.slots.push(Some(fiber));
                FiberId(self.slots.len())
            }
        }
    }

    #[inline]
    fn slot(&self, id: FiberId) -> Option<&Option<Fiber>> {
        match id.0 {
            0 => Some(&self.root),
            place => self.slots.get(place - 1),
        }
    }

    #[inline]
    fn slot_mut(&mut self, id: FiberId) -> Option<&mut Option<Fiber>> {
        match id.0 {
            0 => Some(&mut self.root),
            place => self.slots.get_mut(place - 1),
        }
    }

    pub(super) fn remove(&mut self, id: FiberId) -> Option<Fiber> {
        let fiber = self.slot_mut(id)?.take();
        if fiber.is_some() {
            self.free.push(id.0);
        }
        fiber
    }

    /// The machine itself.
    pub(super) const ROOT: FiberId = FiberId(0);

    pub(super) fn get(&self, id: FiberId) -> Option<&Fiber> {
        self.slot(id)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: FiberId) -> Option<&mut Fiber> {
        self.slot_mut(id)?.as_mut()
    }

    /// A fiber that is known to be there: the one that is running, or one that waits for it.
    pub(super) fn at(&self, id: FiberId) -> &Fiber {
        match self.slot(id) {
            Some(Some(fiber)) => fiber,
            _ => unreachable!("fiber {} is gone", id.0),
        }
    }

    /// Returns the fiber [`at`](Self::at) an id, for a change.
    pub(super) fn at_mut(&mut self, id: FiberId) -> &mut Fiber {
        match self.slot_mut(id) {
            Some(Some(fiber)) => fiber,
            _ => unreachable!("fiber {} is gone", id.0),
        }
    }

    /// Marks that the fiber waits for something new, and gives the mark.
    pub(super) fn new_wait(&mut self, id: FiberId) -> u64 {
        self.waits += 1;
        let wait = self.waits;
        self.at_mut(id).wait = wait;
        wait
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Fiber> {
        self.root.iter_mut().chain(self.slots.iter_mut().flatten())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Fiber> {
        self.root.iter().chain(self.slots.iter().flatten())
    }

    /// Returns all of them, with their places.
    pub(super) fn entries(&self) -> impl Iterator<Item = (FiberId, &Fiber)> {
        let others = self.slots.iter().enumerate();
        let others = others.filter_map(|(place, fiber)| Some((FiberId(place + 1), fiber.as_ref()?)));
        self.root.iter().map(|root| (Self::ROOT, root)).chain(others)
    }

    /// The fibers that a fiber waits for, in the order of their places there.
    pub(super) fn children(&self, parent: FiberId) -> Vec<FiberId> {
        let mut children: Vec<_> = self
            .entries()
            .filter_map(|(id, fiber)| {
                let (of, place) = fiber.parent?;
                (of == parent).then_some((place, id))
            })
            .collect();
        children.sort_unstable();
        children.into_iter().map(|(_, id)| id).collect()
    }
}
