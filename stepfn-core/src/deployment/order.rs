//! Which machines have to be there before others: those that they start.

use std::{collections::HashMap, fmt};

use super::Deployment;

/// Machines that start each other in a circle.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cycle {
    /// Their names, each before the one that it starts; the last one starts the first.
    pub machines: Vec<String>,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let around = self.machines.iter().chain(self.machines.first());
        let names: Vec<String> = around.map(|name| format!("`{name}`")).collect();
        write!(
            f,
            "the machines {} start each other in a circle, and each has to be there before the one that starts it; let one of them take the \
             other's ARN out of its input",
            names.join(" → ")
        )
    }
}

impl std::error::Error for Cycle {}

/// The machines, each behind those that it starts. What starts none stays where it was.
///
/// ```
/// use stepfn_core::deployment::{Deployment, in_order};
/// use stepfn_core::{asl::StateMachine, definition::{Definition, WorkflowType}};
///
/// let machine = |name: &str| Definition::from_asl(name, WorkflowType::Standard, StateMachine::default()).into();
/// let deployments: [Deployment; 2] = [machine("A"), machine("B")];
/// let names: Vec<_> = in_order(&deployments)?.iter().map(|one| one.definition.name.clone()).collect();
/// assert_eq!(names, ["A", "B"]);
/// # Ok::<(), stepfn_core::deployment::Cycle>(())
/// ```
///
/// # Errors
///
/// [`Cycle`] where machines start each other in a circle.
pub fn in_order(deployments: &[Deployment]) -> Result<Vec<&Deployment>, Cycle> {
    let by_name = deployments.iter().enumerate().map(|(index, one)| (one.definition.name.as_str(), index));
    let by_name: HashMap<&str, usize> = by_name.collect();
    let children = |index: usize| -> Vec<usize> {
        let started =
            deployments.get(index).map(|one| one.definition.children.as_slice()).unwrap_or_default();
        // A machine that starts itself needs no other.
        let others = started.iter().filter(|child| child.substitution.is_some());
        // The last of the list is gone into first.
        others.rev().filter_map(|child| by_name.get(child.name.as_str()).copied()).collect()
    };
    let mut ordered = Vec::with_capacity(deployments.len());
    let mut is_done = vec![false; deployments.len()];
    for first in 0..deployments.len() {
        let mut way = vec![(first, children(first))];
        while let Some((index, open)) = way.last_mut() {
            let index = *index;
            let Some(next) = open.pop() else {
                if !std::mem::replace(&mut is_done[index], true) {
                    ordered.extend(deployments.get(index));
                }
                way.pop();
                continue;
            };
            if is_done[next] {
                continue;
            }
            if let Some(start) = way.iter().position(|(index, _)| *index == next) {
                let around = way.iter().skip(start).filter_map(|(index, _)| deployments.get(*index));
                let machines = around.map(|one| one.definition.name.clone()).collect();
                return Err(Cycle { machines });
            }
            way.push((next, children(next)));
        }
    }
    Ok(ordered)
}
