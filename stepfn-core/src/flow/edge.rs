//! What flows along an edge: data, variables, and what is known of both.

use super::{
    counted::Counts,
    intern::{self, Shared},
    origin::Reason,
    value::{Entry, Fields, MOST_DEPTH, Sym},
};

/// The data that flows along an edge.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flow {
    pub(super) data: Sym,
    pub(super) variables: Shared<Fields>,
    /// The facts of conditions about parts of the context object that do not change: `Execution.Input`, `Map.Item.Value`.
    pub(super) context: Shared<Fields>,
    /// The numbers that count the items of an array.
    pub(super) counts: Counts,
}

impl Flow {
    pub(super) fn new(data: Sym) -> Self {
        Self { data, variables: Shared::default(), context: Shared::default(), counts: Counts::default() }
    }

    pub(super) fn with_data(&self, data: Sym) -> Self {
        Self { data, ..self.clone() }
    }

    /// Returns the flow into a Map's item processor: there are no facts about another item yet.
    pub(super) fn with_item(&self, data: Sym) -> Self {
        let mut flow = self.with_data(data);
        if flow.context.contains_key("Map.Item.Value") {
            flow.context.edit(|context| context.remove("Map.Item.Value"));
        }
        flow
    }

    /// The same, where it grew too large.
    pub(super) fn clip(mut self) -> Self {
        self.data = self.data.clip();
        if self.variables.size() > intern::most_size() || self.variables.depth() >= MOST_DEPTH {
            self.variables = Shared::new(self.variables.clip(None));
        }
        self
    }

    /// The same, of which nothing is known but which variables there may be.
    pub(super) fn forgotten(&self) -> Self {
        let unknown = || Sym::Unknown(Reason::Loop);
        let variables = self.variables.iter();
        let variables =
            variables.map(|(name, entry)| (name.clone(), Entry { value: unknown(), ..entry.clone() }));
        Self { variables: Shared::new(variables.collect()), ..Self::new(unknown()) }
    }

    pub(super) fn join(&self, other: &Self) -> Self {
        let join = |one: &Shared<Fields>, other: &Shared<Fields>| {
            if one == other {
                return one.clone();
            }
            match Sym::Object(one.clone(), None).join(&Sym::Object(other.clone(), None)) {
                Sym::Object(fields, _) => fields,
                _ => one.clone(),
            }
        };
        let mut context = join(&self.context, &other.context);
        if context.values().any(|entry| entry.absent) {
            // Facts of only one edge are dropped.
            context.edit(|context| context.retain(|_, entry| !entry.absent));
        }
        Self {
            data: self.data.meet(&other.data),
            variables: join(&self.variables, &other.variables),
            context,
            counts: self.common_counts(other),
        }
    }
}
