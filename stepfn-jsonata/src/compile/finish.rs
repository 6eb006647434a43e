//! The rules of a program that need all of it.

use super::{Compiler, Group, Kind, Node, Stage, Variable};

impl Compiler<'_> {
    /// Puts variables in the place of slots, and notes what makes parts simple.
    pub(super) fn finish(&mut self, node: &mut Node) {
        node.seeking = Vec::new();
        node.ancestor = node.ancestor.map(|slot| self.label(slot));
        for predicate in &mut node.predicates {
            self.finish(predicate);
        }
        for stage in &mut node.stages {
            if let Stage::Filter(predicate) = stage {
                self.finish(predicate);
            }
        }
        if let Some(group) = &mut node.group {
            self.finish_group(group);
        }
        node.simple = node.is_bare();
        match &mut node.kind {
            Kind::Parent(slot) => *slot = self.label(*slot),
            Kind::Path { steps, plain, .. } => {
                for step in steps.iter_mut() {
                    self.finish(step);
                }
                *plain = node.group.is_none() && node.predicates.is_empty() && is_plain(steps);
            }
            Kind::Array(parts) => parts.iter_mut().for_each(|part| self.finish(part)),
            Kind::Block { parts, binds } => {
                parts.iter_mut().for_each(|part| self.finish(part));
                *binds = self.mode.has_eval() || parts.iter().any(binds_here);
            }
            Kind::Binary { left, right, .. } | Kind::Apply { left, right } => {
                self.finish(left);
                self.finish(right);
                self.fold(node);
            }
            Kind::Negate(of) | Kind::Bind { value: of, .. } => self.finish(of),
            Kind::Object(group) => self.finish_group(group),
            Kind::Condition { condition, then, otherwise } => {
                self.finish(condition);
                self.finish(then);
                if let Some(otherwise) = otherwise {
                    self.finish(otherwise);
                }
            }
            Kind::Call(call) => {
                self.finish(&mut call.procedure);
                call.arguments.iter_mut().for_each(|argument| self.finish(argument));
            }
            Kind::Lambda(code) => self.finish(&mut code.body),
            Kind::Transform(code) => {
                self.finish(&mut code.pattern);
                self.finish(&mut code.update);
                if let Some(delete) = &mut code.delete {
                    self.finish(delete);
                }
            }
            Kind::Sort(terms) => terms.iter_mut().for_each(|term| self.finish(&mut term.expression)),
            Kind::Name(_)
            | Kind::Literal(_)
            | Kind::Constant(_)
            | Kind::Wildcard
            | Kind::Descendant
            | Kind::Regex(_)
            | Kind::Variable(_)
            | Kind::Placeholder => {}
        }
    }

    fn finish_group(&mut self, group: &mut Group) {
        for (key, value) in &mut group.pairs {
            self.finish(key);
            self.finish(value);
        }
    }

    fn label(&self, slot: usize) -> usize {
        self.slots.get(slot).map_or(slot, |slot| slot.label.0 as usize)
    }
}

fn is_plain(steps: &[Node]) -> bool {
    steps.iter().enumerate().all(|(index, step)| {
        let is_name = match &step.kind {
            Kind::Name(_) => true,
            Kind::Variable(variable) => index == 0 && *variable != Variable::Context,
            _ => false,
        };
        is_name && (step.is_bare() || step.keep && only_kept(step))
    })
}

fn only_kept(step: &Node) -> bool {
    matches!(step.kind, Kind::Name(_))
        && !step.tuple
        && step.stages.is_empty()
        && step.predicates.is_empty()
        && step.group.is_none()
}

/// Returns `true` if it binds a variable in the frame that it is evaluated in.
pub(crate) fn binds_here(node: &Node) -> bool {
    let stages = node.stages.iter().any(|stage| match stage {
        Stage::Filter(predicate) => binds_here(predicate),
        Stage::Index(_) => false,
    });
    let group = |group: &Group| group.pairs.iter().any(|(key, value)| binds_here(key) || binds_here(value));
    if stages || node.predicates.iter().any(binds_here) || node.group.as_deref().is_some_and(group) {
        return true;
    }
    match &node.kind {
        Kind::Bind { .. } => true,
        Kind::Path { steps: parts, .. } | Kind::Array(parts) => parts.iter().any(binds_here),
        Kind::Binary { left, right, .. } | Kind::Apply { left, right } => {
            binds_here(left) || binds_here(right)
        }
        Kind::Negate(of) => binds_here(of),
        Kind::Object(pairs) => group(pairs),
        Kind::Condition { condition, then, otherwise } => {
            binds_here(condition) || binds_here(then) || otherwise.as_deref().is_some_and(binds_here)
        }
        Kind::Call(call) => binds_here(&call.procedure) || call.arguments.iter().any(binds_here),
        // A transformation evaluates its parts in the frame that it is made in.
        Kind::Transform(code) => {
            binds_here(&code.pattern)
                || binds_here(&code.update)
                || code.delete.as_ref().is_some_and(binds_here)
        }
        Kind::Sort(terms) => terms.iter().any(|term| binds_here(&term.expression)),
        // These have frames of their own.
        Kind::Block { .. } | Kind::Lambda(_) => false,
        Kind::Name(_)
        | Kind::Literal(_)
        | Kind::Constant(_)
        | Kind::Wildcard
        | Kind::Descendant
        | Kind::Parent(_)
        | Kind::Regex(_)
        | Kind::Variable(_)
        | Kind::Placeholder => false,
    }
}
