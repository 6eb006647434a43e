//! Data for which a Choice takes a given way: solved for.
//!
//! The rules are taken apart at `and`, `or` and `not` into tests of few paths each. For a way, the tests that have to hold and not to hold are
//! put together (the rule's own, and none of the rules before it), each path has the values that its tests are about and their neighbours, and those
//! are kept for which the executor itself says that the test comes out so. What is found is run through the whole Choice at the end.

mod about;
mod atoms;
mod pool;

#[cfg(test)]
mod tests;

use stepfn_core::{
    asl::{Choice, Condition, QueryLanguage, State, StateKind},
    value::Value,
};

use self::{
    atoms::{Atom, Formula},
    pool::Pools,
};
use crate::sorted::Sorted;

/// A way out of a Choice: a rule by its index, or the default.
pub(super) type Rule = Option<usize>;
/// A step of a path: a field, or an item of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}
/// The value at each path; none where nothing is to be there.
pub(super) type Solution = Sorted<Vec<Step>, Option<Value>>;

/// Combinations of tests that are tried for a way.
const MOST_COMBINATIONS: usize = 64;
/// Solutions that are kept for a way.
const MOST_SOLUTIONS: usize = 6;
/// Evaluations of tests for a way.
const MOST_EVALUATIONS: usize = 6_000;

/// Which test has to hold, and which has not to.
type Conjunction = Sorted<usize, bool>;

/// The solutions of a Choice for each of its ways, those of the language of the machine around it.
pub(super) fn solve(state: &State, around: QueryLanguage) -> Vec<(Rule, Vec<Solution>)> {
    let StateKind::Choice(choice) = &state.kind else { return Vec::new() };
    let language = state.query_language.unwrap_or(around);
    let mut atoms = Vec::new();
    let rules: Vec<Formula> =
        choice.choices.iter().map(|rule| Formula::of(&rule.condition, &mut atoms)).collect();
    let whole = atoms::whole(choice, language, &atoms);
    let mut solver = Solver { pools: Pools::of(&atoms), atoms, whole, evaluations: 0 };
    let ways = (0..rules.len()).map(Some).chain(choice.default.iter().map(|_| None));
    ways.map(|way| (way, solver.way(way, &rules))).collect()
}

struct Solver {
    atoms: Vec<Atom>,
    pools: Pools,
    /// The Choice itself.
    whole: Option<atoms::Judge>,
    evaluations: usize,
}

impl Solver {
    fn way(&mut self, way: Rule, rules: &[Formula]) -> Vec<Solution> {
        self.evaluations = 0;
        let before = way.unwrap_or(rules.len());
        let mut parts: Vec<Formula> =
            rules.iter().take(before).map(|rule| Formula::Not(Box::new(rule.clone()))).collect();
        // The rule itself first: it has the least freedom.
        parts.splice(0..0, way.and_then(|index| rules.get(index)).cloned());
        let mut found: Vec<Solution> = Vec::new();
        for conjunction in conjunctions(&Formula::And(parts), true) {
            self.conjunction(&conjunction, way, &mut found);
            if found.len() >= MOST_SOLUTIONS || self.evaluations > MOST_EVALUATIONS {
                break;
            }
        }
        found
    }

    /// Adds the solutions of a combination of tests.
    fn conjunction(&mut self, wanted: &Conjunction, way: Rule, found: &mut Vec<Solution>) {
        let mut paths: Vec<Vec<Step>> = Vec::new();
        for (index, _) in wanted {
            for path in self.atoms.get(*index).into_iter().flat_map(|atom| &atom.paths) {
                if let Err(place) = paths.binary_search(path) {
                    paths.insert(place, path.clone());
                }
            }
        }
        let before = found.len();
        self.assign(&paths, wanted, &mut Solution::default(), way, &mut |solution| {
            found.push(solution);
            // One more of the same combination may have another type.
            found.len() - before < 4 && found.len() < MOST_SOLUTIONS
        });
    }

    /// Gives the paths values, one after the other; a test is judged as soon as all of its paths have one. Ends where `keep` says so.
    fn assign(
        &mut self,
        paths: &[Vec<Step>],
        wanted: &Conjunction,
        chosen: &mut Solution,
        way: Rule,
        keep: &mut dyn FnMut(Solution) -> bool,
    ) -> bool {
        if self.evaluations > MOST_EVALUATIONS {
            return false;
        }
        let Some((path, rest)) = paths.split_first() else {
            self.evaluations += 1;
            let taken = self.whole.as_ref().and_then(|whole| whole.rule(&built(chosen)));
            return taken != Some(way) || keep(chosen.clone());
        };
        let ready: Vec<(usize, bool)> = wanted
            .iter()
            .filter(|(index, _)| {
                self.atoms.get(*index).is_some_and(|atom| {
                    atom.paths.contains(path) && atom.paths.iter().all(|path| !rest.contains(path))
                })
            })
            .map(|(index, wanted)| (*index, *wanted))
            .collect();
        for value in self.pools.of_path(path) {
            chosen.insert(path.clone(), value);
            let data = built(chosen);
            self.evaluations += ready.len();
            let holds = |(index, wanted): &(usize, bool)| {
                self.atoms.get(*index).and_then(|atom| atom.judge.holds(&data)) == Some(*wanted)
            };
            if ready.iter().all(holds) && !self.assign(rest, wanted, chosen, way, keep) {
                chosen.remove(path);
                return false;
            }
        }
        chosen.remove(path);
        true
    }
}

/// The combinations of tests under which a formula is `wanted`: an alternative each, the first some of them.
fn conjunctions(formula: &Formula, wanted: bool) -> Vec<Conjunction> {
    match formula {
        Formula::Atom(index) => {
            let mut alone = Conjunction::default();
            alone.insert(*index, wanted);
            vec![alone]
        }
        Formula::Not(inner) => conjunctions(inner, !wanted),
        Formula::And(parts) | Formula::Or(parts) => {
            if matches!(formula, Formula::And(_)) == wanted {
                let mut all = vec![Conjunction::default()];
                for part in parts {
                    let alternatives = conjunctions(part, wanted);
                    let mut next = Vec::new();
                    for (one, other) in
                        all.iter().flat_map(|one| alternatives.iter().map(move |other| (one, other)))
                    {
                        next.extend(both(one, other));
                        if next.len() >= MOST_COMBINATIONS {
                            break;
                        }
                    }
                    all = next;
                }
                return all;
            }
            // One is enough: the others may come out as they like.
            let mut any: Vec<Conjunction> =
                parts.iter().flat_map(|part| conjunctions(part, wanted)).collect();
            any.truncate(MOST_COMBINATIONS);
            any
        }
    }
}

/// Both combinations at once; none where they contradict each other.
fn both(one: &Conjunction, other: &Conjunction) -> Option<Conjunction> {
    let mut all = one.clone();
    for (index, wanted) in other {
        if all.insert(*index, *wanted).is_some_and(|known| known != *wanted) {
            return None;
        }
    }
    Some(all)
}

/// Data with the values at their paths, and nothing else.
pub(super) fn built(solution: &Solution) -> Value {
    let mut data = Value::empty_object();
    // Shorter paths come first: what lies below them is put into them.
    for (path, value) in solution {
        if let Some(value) = value {
            put(&mut data, path, value);
        }
    }
    data
}

fn put(data: &mut Value, path: &[Step], value: &Value) {
    let Some((step, rest)) = path.split_first() else {
        *data = value.clone();
        return;
    };
    match step {
        Step::Name(name) => {
            let mut fields = data.as_object().cloned().unwrap_or_default();
            let mut below = fields.get(name.as_str()).cloned().unwrap_or_else(Value::empty_object);
            put(&mut below, rest, value);
            fields.insert(name.as_str().into(), below);
            *data = fields.into();
        }
        Step::Index(index) => {
            let mut items: Vec<Value> = data.as_array().map(<[Value]>::to_vec).unwrap_or_default();
            while items.len() <= *index {
                // Items before it are like it, so that the list is of one type.
                let like = if rest.is_empty() { Some(value) } else { items.last() };
                items.push(like.cloned().unwrap_or_else(Value::empty_object));
            }
            if let Some(item) = items.get_mut(*index) {
                put(item, rest, value);
            }
            *data = Value::array(items);
        }
    }
}

/// What is to be at each path of names; a list with items of its own is one value.
pub(super) fn wishes(solution: &Solution) -> Sorted<Vec<String>, Option<Value>> {
    let data = built(solution);
    let mut wishes = Sorted::default();
    for (path, value) in solution {
        let names: Vec<String> = path
            .iter()
            .map_while(|step| match step {
                Step::Name(name) => Some(name.clone()),
                Step::Index(_) => None,
            })
            .collect();
        let value = if names.len() < path.len() {
            names.iter().try_fold(&data, |value, name| value.get(name.as_str())).cloned()
        } else {
            value.clone()
        };
        wishes.insert(names, value);
    }
    wishes
}

/// A Choice whose rules are conditions that lead to states by their numbers.
fn numbered(conditions: Vec<Condition>) -> Choice {
    let rule = |(index, condition)| stepfn_core::asl::ChoiceRule {
        condition,
        next: format!("R{index}"),
        assign: None,
        output: None,
        comment: None,
        unknown: Default::default(),
    };
    Choice {
        choices: conditions.into_iter().enumerate().map(rule).collect(),
        default: Some("Other".to_owned()),
    }
}
