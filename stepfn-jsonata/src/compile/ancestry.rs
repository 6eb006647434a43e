//! Paths, and the ancestor of each `%` in them.

use std::ops::Range;

use stepfn_core::jsonata::{Expression as Tree, JsonataError, OrderTerm};

use super::{Compiler, Kind, MOST_CLIMBED, Made, Node, Stage, Term, error, path_of};
use crate::value::Symbol;
use stepfn_core::value::Value;

/// The ancestor that a `%` looks for.
pub(super) struct Slot {
    /// The number of levels still to climb.
    level: usize,
    /// The variable that it will be.
    pub(super) label: Symbol,
}

impl Compiler<'_> {
    pub(super) fn slot(&mut self) -> usize {
        let label = self.symbols.anonymous();
        self.slots.push(Slot { level: 1, label });
        self.slots.len() - 1
    }

    /// Takes up the `%` of a part.
    pub(super) fn push_seeking(seeking: &mut Vec<usize>, part: &Node) {
        seeking.extend(&part.seeking);
        if let Kind::Parent(slot) = part.kind {
            seeking.push(slot);
        }
    }

    pub(super) fn path(&mut self, trees: &[Tree], range: &Range<usize>) -> Made {
        let Some((first, rest)) = trees.split_first() else {
            return Err(error("S0206", "a path without steps", range));
        };
        let first = self.node(first, false)?;
        let mut path = into_path(first);
        if let Kind::Path { steps, .. } = &path.kind
            && let [Node { kind: Kind::Parent(slot), .. }] = steps.as_slice()
        {
            path.seeking = vec![*slot];
        }
        // The steps that were gone through: a path may have a hundred thousand.
        let mut seen = 0;
        for tree in rest {
            let mut step = self.node(tree, false)?;
            let Kind::Path { steps, keep, .. } = &mut path.kind else { break };
            match step.kind {
                Kind::Path { steps: inner, .. } => steps.extend(inner),
                _ => {
                    step.stages.extend(step.predicates.drain(..).map(Stage::Filter));
                    steps.push(step);
                }
            }
            for step in steps.iter_mut().skip(seen) {
                if let Kind::Literal(value) = &step.kind {
                    let Value::String(name) = value else {
                        return Err(error("S0213", "a literal cannot be a step of a path", &step.range));
                    };
                    step.kind = Kind::Name(name.into());
                }
            }
            *keep |= steps.iter().skip(seen).any(|step| step.keep);
            seen = steps.len();
            for end in [0, steps.len() - 1] {
                if let Some(step) = steps.get_mut(end)
                    && matches!(step.kind, Kind::Array(_))
                {
                    step.constructed = true;
                }
            }
            self.resolve(&mut path)?;
        }
        path.range = range.clone();
        Ok(path)
    }

    /// Puts a predicate on what was made.
    pub(super) fn filter(&mut self, node: &mut Node, predicate: &Tree) -> Result<(), JsonataError> {
        let range = node.range.start..predicate.range.end;
        let predicate = self.node(predicate, false)?;
        let is_stage = matches!(&node.kind, Kind::Path { steps, .. } if !steps.is_empty());
        let step = last_step(node);
        if step.group.is_some() {
            return Err(error("S0209", "a predicate cannot follow a grouping", &range));
        }
        for slot in &predicate.seeking {
            match self.slots.get_mut(*slot) {
                Some(found) if found.level != 1 => found.level = found.level.saturating_sub(1),
                _ => self.seek(step, *slot)?,
            }
        }
        if !predicate.seeking.is_empty() {
            Self::push_seeking(&mut step.seeking, &predicate);
        }
        if is_stage {
            step.stages.push(Stage::Filter(predicate));
        } else {
            step.predicates.push(predicate);
        }
        Ok(())
    }

    pub(super) fn order(&mut self, of: &Tree, terms: &[OrderTerm], range: &Range<usize>) -> Made {
        let mut path = into_path(self.node(of, false)?);
        let mut seeking = Vec::new();
        let mut made = Vec::with_capacity(terms.len());
        for term in terms {
            let expression = self.node(&term.expression, false)?;
            Self::push_seeking(&mut seeking, &expression);
            made.push(Term { descending: term.descending, expression });
        }
        let sort = Node { seeking, ..Node::new(Kind::Sort(made), range) };
        if let Kind::Path { steps, .. } = &mut path.kind {
            steps.push(sort);
        }
        self.resolve(&mut path)?;
        Ok(path)
    }

    pub(super) fn focus(&mut self, of: &Tree, name: &str, range: &Range<usize>, keep: bool) -> Made {
        let symbol = self.symbols.of(name);
        let mut node = self.node(of, false)?;
        let step = last_step(&mut node);
        if !step.stages.is_empty() || !step.predicates.is_empty() {
            return Err(error("S0215", "a context variable cannot follow a predicate", range));
        }
        if matches!(step.kind, Kind::Sort(_)) {
            return Err(error("S0216", "a context variable cannot follow an order", range));
        }
        step.keep |= keep;
        // `@$` binds nothing: `$` is the value at hand.
        step.focus = (!name.is_empty()).then_some(symbol);
        step.tuple = true;
        Ok(node)
    }

    pub(super) fn index(&mut self, of: &Tree, name: &str) -> Made {
        let symbol = self.symbols.of(name);
        let mut node = self.node(of, false)?;
        if !matches!(node.kind, Kind::Path { .. }) {
            node.stages.extend(node.predicates.drain(..).map(Stage::Filter));
            node = path_of(node, false);
        }
        let step = last_step(&mut node);
        if step.stages.is_empty() {
            step.index = Some(symbol);
        } else {
            step.stages.push(Stage::Index(symbol));
        }
        step.tuple = true;
        Ok(node)
    }

    /// Resolves the `%` of the last step in the steps before it.
    fn resolve(&mut self, path: &mut Node) -> Result<(), JsonataError> {
        let Kind::Path { steps, .. } = &mut path.kind else { return Ok(()) };
        let Some((last, before)) = steps.split_last_mut() else { return Ok(()) };
        let mut slots = Vec::new();
        Self::push_seeking(&mut slots, last);
        for slot in slots {
            let mut at = before.len();
            while self.level(slot) > 0 {
                if at == 0 {
                    path.seeking.push(slot);
                    break;
                }
                at -= 1;
                self.climbed += 1;
                if self.climbed > MOST_CLIMBED {
                    return Err(error("S0206", "the `%` go back over too many steps", &last.range));
                }
                // Variables that are bound to the same value are one step.
                while at > 0
                    && before.get(at).is_some_and(|step| step.focus.is_some())
                    && before.get(at - 1).is_some_and(|step| step.focus.is_some())
                {
                    at -= 1;
                }
                if let Some(step) = before.get_mut(at) {
                    self.seek(step, slot)?;
                }
            }
        }
        Ok(())
    }

    fn level(&self, slot: usize) -> usize {
        self.slots.get(slot).map_or(0, |slot| slot.level)
    }

    fn seek(&mut self, step: &mut Node, slot: usize) -> Result<(), JsonataError> {
        match &mut step.kind {
            Kind::Name(_) | Kind::Wildcard => {
                let known = step.ancestor.and_then(|known| self.slots.get(known)).map(|known| known.label);
                let Some(found) = self.slots.get_mut(slot) else { return Ok(()) };
                found.level = found.level.saturating_sub(1);
                if found.level == 0 {
                    if let Some(label) = known {
                        found.label = label;
                    }
                    step.ancestor = Some(slot);
                    step.tuple = true;
                }
            }
            Kind::Parent(_) => {
                if let Some(found) = self.slots.get_mut(slot) {
                    found.level += 1;
                }
            }
            Kind::Block { parts, .. } => {
                if let Some(last) = parts.last_mut() {
                    step.tuple = true;
                    self.seek(last, slot)?;
                }
            }
            Kind::Path { steps, .. } => {
                step.tuple = true;
                for (index, step) in steps.iter_mut().rev().enumerate() {
                    if index > 0 && self.level(slot) == 0 {
                        break;
                    }
                    self.seek(step, slot)?;
                }
            }
            _ => {
                let message = "`%` refers to what contains a value, and there is none here";
                return Err(error("S0217", message, &step.range));
            }
        }
        Ok(())
    }
}

fn into_path(node: Node) -> Node {
    if matches!(node.kind, Kind::Path { .. }) { node } else { path_of(node, false) }
}

/// The last step of a path, else the whole.
fn last_step(node: &mut Node) -> &mut Node {
    if !matches!(&node.kind, Kind::Path { steps, .. } if !steps.is_empty()) {
        return node;
    }
    match &mut node.kind {
        Kind::Path { steps, .. } => {
            let last = steps.len() - 1;
            &mut steps[last]
        }
        _ => unreachable!("a path, as seen above"),
    }
}
