//! What several rules need: the walk over machines and states, the strings and numbers in them, graphs, parameters of services.

pub(super) mod graph;
pub(super) mod jsonata_texts;
pub(super) mod numbers;
pub(super) mod service_task;
pub(super) mod standing;
#[cfg(test)]
pub(super) mod testing;
pub(super) mod texts;
pub(super) mod walk;
