//! What the rules about service integrations share.

use super::walk::Node;
use crate::{
    asl::StateKind,
    service::{Integration, Resource, lookup},
};

/// The service integration that a Task names.
pub(super) fn integration<'m>(node: &Node<'m>) -> Option<Integration<'m>> {
    let StateKind::Task(task) = &node.state.kind else { return None };
    match lookup(task.resource.as_str()?) {
        Resource::Integration(named) => Some(named),
        _ => None,
    }
}
