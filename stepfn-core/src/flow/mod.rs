//! Data flow: what every state's input can be, and what must hold for the workflow never to fail on a path or a type.
//!
//! [`analyse`] interprets a machine abstractly: each state gets what can flow in over any of its edges, each field is applied
//! in ASL's order. Types are known by name only, so that the same analysis runs inside the macro, where nobody can look into a
//! type, and in the builder. A requirement that depends on a type becomes an [`Obligation`]; an error that does not is a diagnostic at once.
//!
//! ```
//! use stepfn_core::{asl, flow};
//!
//! let (machine, _) = asl::read_str(
//!     r#"{ "StartAt": "Make", "States": {
//!         "Make": { "Type": "Pass", "Result": { "total": 7 }, "Next": "Use" },
//!         "Use": { "Type": "Pass", "InputPath": "$.totl", "End": true } } }"#,
//! )?;
//! let analysis = flow::analyse(&machine, &flow::Typing::default());
//! assert!(analysis.diagnostics[0].message.contains("there is no field `totl` here; it has `total`"));
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

mod answer;
mod apply;
mod call;
mod choice;
mod claims;
mod climb;
mod comparison;
mod counted;
mod counts;
mod demand;
mod edge;
mod errors;
mod expression;
mod fact;
mod fields;
mod filter;
mod formula;
mod function;
mod grouped;
mod hint;
mod intern;
mod intrinsics;
mod join;
mod jsonata;
mod lead;
mod leaf;
mod map;
mod merged;
mod narrow;
mod number;
mod obligation;
mod origin;
mod peek;
mod present;
mod queried;
mod query;
mod read;
mod report;
mod required;
mod select;
mod sent;
mod sequence;
mod site;
mod step;
mod stepwise;
#[cfg(not(feature = "rule-switches"))]
mod switch;
#[cfg(feature = "rule-switches")]
#[doc(hidden)]
pub mod switch;
mod task;
mod template;
mod transfer;
mod transform;
mod unwritten;
mod val;
mod value;
mod whole;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod counts_tests;
#[cfg(test)]
mod filled_tests;
#[cfg(test)]
mod fresh_tests;
#[cfg(test)]
mod function_tests;
#[cfg(test)]
mod intrinsic_tests;
#[cfg(test)]
mod jsonata_tests;
#[cfg(test)]
mod narrow_tests;
#[cfg(test)]
mod rest_tests;
#[cfg(test)]
mod sink_tests;
#[cfg(test)]
mod some_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod transform_tests;
#[cfg(test)]
mod ways_tests;
#[cfg(test)]
mod work_tests;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
    ops::Range,
    rc::Rc,
};

use self::{
    edge::Flow,
    leaf::Leaf,
    origin::{Origin, Reason},
    site::Site,
    value::Sym,
};
pub use self::{
    obligation::{Known, Obligation, OwnedClaim, OwnedNeed, OwnedNode},
    step::{OwnedFact, OwnedProperty, OwnedStep},
};
use crate::{
    asl::{QueryLanguage, State, StateKind, StateMachine},
    diagnostic::{Comparisons, Diagnostic, Severity},
    json::Pointer,
    jsonata::Expression,
    shape::Side,
    task::Call,
    value::Value,
};

/// A type by its place in the list of the machine's types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeRef(pub usize);

/// A task by its place in the list of the machine's tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskRef(pub usize);

/// The types of a machine.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    /// The type of the execution's input; anything where unknown.
    pub input: Option<TypeRef>,
    /// The type that the output must be readable as.
    pub output: Option<TypeRef>,
    /// The types of Task states, by JSON pointer.
    pub states: HashMap<Pointer, StateTyping>,
    /// Whether everything must be proven: a value that may fail is an error then, not a warning.
    pub proven: bool,
    /// Whether it is an Express workflow.
    pub express: bool,
    /// Whether values that are declared to be anything, and optional parts of a service's answer, must be tested before use: `#[strict]`.
    pub strict: bool,
}

impl Typing {
    /// Makes a diagnostic about what may fail, but need not, a warning where nothing has to be shown.
    fn soften(&self, diagnostic: &mut Diagnostic) {
        if !self.proven {
            diagnostic.severity = Severity::Warning;
        }
    }
}

/// The types of a Task state.
#[derive(Clone, Debug)]
pub enum StateTyping {
    /// A Rust function does its work.
    Task {
        /// The function.
        task: TaskRef,
        /// Its name.
        name: String,
        /// The input of the function.
        input: TypeRef,
        /// The output of the function.
        output: TypeRef,
        /// The way in which it is called.
        call: Call,
        /// The result, where the function does not determine it: of a callback.
        result: Option<TypeRef>,
    },
    /// It starts another workflow of the program.
    Child {
        /// The other machine's name.
        name: String,
        /// The input.
        input: TypeRef,
        /// The output.
        output: TypeRef,
        /// The result of a callback.
        result: Option<TypeRef>,
    },
    /// Something else does, and the result was declared.
    Result(TypeRef),
    /// No state, but a value in a definition that only rustc knows.
    #[doc(hidden)]
    Constant {
        /// The type.
        ty: TypeRef,
        /// The text that was written.
        name: String,
    },
}

/// The result of analysing a machine.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// The diagnostics that hold whatever the types are.
    pub diagnostics: Vec<Diagnostic>,
    /// The claims that are left to be judged by the types.
    pub obligations: Vec<Obligation>,
}

/// The data that flows in at a place: into a state, or into a path there.
#[derive(Clone, Debug)]
pub struct Seen {
    /// JSON pointer of the state, or to the path's text.
    pub at: Pointer,
    /// Byte range of the path in that text, where it is a part of it.
    pub range: Option<Range<usize>>,
    /// The value of `$` there (of `$$`, or of the variable, where the path starts with that). The first node is the value.
    pub nodes: Vec<OwnedNode>,
}

/// Analyses the data flow of a machine.
pub fn analyse(machine: &StateMachine, typing: &Typing) -> Analysis {
    run(machine, typing, None).0
}

/// Returns the data that flows into each state, and into each path, of a machine: an editor shows it there.
pub fn follow(machine: &StateMachine, typing: &Typing) -> Vec<Seen> {
    run(machine, typing, Some(Vec::new())).1.unwrap_or_default()
}

fn run(machine: &StateMachine, typing: &Typing, seen: Option<Vec<Seen>>) -> (Analysis, Option<Vec<Seen>>) {
    intern::begin(MOST_SIZE.max(2 * size(&machine.to_json())));
    let input = typing
        .input
        .map_or_else(|| Sym::Any(Origin::input()), |ty| Sym::leaf(ty, Side::Given, "the machine's input"));
    let mut analyser = Analyser {
        typing,
        language: machine.query_language.unwrap_or_default(),
        machine_input: input.clone(),
        map_items: Vec::new(),
        express: typing.express,
        has_constants: typing.states.values().any(|of| matches!(of, StateTyping::Constant { .. })),
        open: Vec::new(),
        results: HashMap::new(),
        machines: HashMap::new(),
        calls: apply::Calls::default(),
        parsed: HashMap::new(),
        contexts: HashMap::new(),
        again: Vec::new(),
        comparisons: Comparisons::default(),
        report: Some(Analysis::default()),
        seen,
    };
    let output = analyser.solve(&Pointer::root(), machine, &Flow::new(input));
    if let Some(ty) = typing.output {
        let site = Site {
            at: Pointer::root(),
            place: String::new(),
            input: Sym::Reported,
            context: Sym::Reported,
            variables: intern::Shared::default(),
        };
        analyser.fits(&site, &OUTPUT.into(), &output, ty, "the machine's output");
    }
    analyser.claim_again();
    analyser.unwritten(machine);
    let mut analysis = analyser.report.take().unwrap_or_default();
    let seen = analyser.seen.take();
    drop(analyser);
    intern::clear();
    analysis.tell_once();
    (analysis, seen)
}

impl Analysis {
    /// Merges diagnostics that were found over several edges: each is reported once, with the worst severity.
    fn tell_once(&mut self) {
        let mut told: HashMap<Diagnostic, usize> = HashMap::new();
        let mut once: Vec<Diagnostic> = Vec::new();
        for diagnostic in self.diagnostics.drain(..) {
            let severity = diagnostic.severity;
            let key = Diagnostic { severity: Severity::Error, ..diagnostic.clone() };
            match told.get(&key).and_then(|place| once.get_mut(*place)) {
                Some(told) if severity == Severity::Error => told.severity = severity,
                Some(_) => {}
                None => {
                    told.insert(key, once.len());
                    once.push(diagnostic);
                }
            }
        }
        self.diagnostics = once;
        let mut claims: HashMap<(Pointer, Option<Range<usize>>), usize> = HashMap::new();
        for obligation in &self.obligations {
            *claims.entry((obligation.at.clone(), obligation.range.clone())).or_default() += 1;
        }
        let mut claimed = HashSet::new();
        self.obligations.retain(|obligation| {
            let claims = claims.get(&(obligation.at.clone(), obligation.range.clone()));
            claims == Some(&1) || claimed.insert(format!("{obligation:?}"))
        });
    }
}

/// A value much larger than the definition grows in a loop, as one is that is larger than this at all.
const MOST_SIZE: u64 = 1024;

/// Returns the number of values in a JSON value.
fn size(value: &Value) -> u64 {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<u64>(),
        Value::Object(fields) => 1 + fields.iter().map(|(_, value)| size(value)).sum::<u64>(),
        _ => 1,
    }
}

/// The pointer of claims about the machine's output, which is no place of the definition.
pub const OUTPUT: &str = "/#output";

/// Visits of a state after which what flows in is no longer followed: it changes with every round of a loop.
const MOST_VISITS: usize = 4;
/// Visits after which nothing of it is known any more: it changes by turns.
const MOST_TURNS: usize = 40;

/// The result of one machine, outermost or nested.
#[derive(Default)]
struct Solved {
    inputs: HashMap<String, Flow>,
    visits: HashMap<String, usize>,
    ends: HashMap<String, Sym>,
    /// The input of the execution, and the item of the Map, that it was solved for.
    around: Option<(Sym, Option<Sym>)>,
}

struct Analyser<'t> {
    typing: &'t Typing,
    /// The outermost machine's: what states inside a Map or Parallel use, too, if they do not say.
    language: QueryLanguage,
    machine_input: Sym,
    /// `$$.Map` of the enclosing Map states, innermost last.
    map_items: Vec<Sym>,
    /// Whether the execution is an Express one.
    express: bool,
    /// Whether any part of the definition is a constant that only rustc knows.
    has_constants: bool,
    /// Paths into data of no known type, and what the states' results have, for [`unwritten`].
    open: Vec<unwritten::OpenRead>,
    results: HashMap<Pointer, Sym>,
    machines: HashMap<Pointer, Solved>,
    /// The functions of expressions that are being called.
    calls: apply::Calls,
    /// The trees of the expressions, by their texts.
    parsed: HashMap<String, Option<Rc<Expression>>>,
    /// The context objects of states: of what executions and items they are, and of what kind.
    contexts: HashMap<(Sym, Option<Sym>, [bool; 2]), Sym>,
    /// The values of loops, and in the rounds before: the place, the same in words, and the values.
    again: Vec<(Pointer, String, Vec<Leaf>)>,
    /// The comparisons of names that suggestions may still cost.
    comparisons: Comparisons,
    /// Where diagnostics go; none while a fixpoint is still being sought.
    report: Option<Analysis>,
    /// The data that was seen to flow in, where somebody asks for it.
    seen: Option<Vec<Seen>>,
}

impl Analyser<'_> {
    /// Finds what flows into every state, then reports over each once. Gives what the machine answers.
    fn solve(&mut self, at: &Pointer, machine: &StateMachine, input: &Flow) -> Sym {
        let report = self.report.take();
        // Most states are come to once: what is reported of one then is kept, and holds if nothing else flows in later.
        let eager = report.is_some() && self.typing.proven && self.seen.is_none();
        let mut reports: HashMap<&str, Analysis> = HashMap::new();
        let language = self.language;
        // What was known of it when it was last here: what flows in only grows.
        let mut solved = self.machines.remove(at).unwrap_or_default();
        let around = (self.machine_input.clone(), self.map_items.last().cloned());
        let mut queue = Queue::of(machine);
        if solved.around.as_ref() != Some(&around) {
            solved.around = Some(around);
            for name in machine.states.keys().filter(|name| solved.inputs.contains_key(*name)) {
                queue.add(name);
            }
        }
        if let Some((name, _)) = machine.states.get_key_value(&machine.start_at) {
            self.flow_in(at, &mut solved, &mut queue, name, input.clone());
        }
        while let Some(name) = queue.next() {
            let (Some(state), Some(flow)) = (machine.states.get(name), solved.inputs.get(name).cloned())
            else {
                continue;
            };
            intern::count();
            *solved.visits.entry(name.to_owned()).or_default() += 1;
            let is_first = *solved.visits.get(name).unwrap_or(&0) == 1;
            self.report = (eager && is_first).then(Analysis::default);
            let left = self.state(&at.state(name), name, state, language, &flow);
            match self.report.take() {
                Some(said) => _ = reports.insert(name, said),
                None => _ = reports.remove(name),
            }
            solved.ends.remove(name);
            if let Some(end) = left.end {
                solved.ends.insert(name.to_owned(), end.data);
            }
            for (target, flow) in left.next {
                let Some((target, _)) = machine.states.get_key_value(&target) else { continue };
                self.flow_in(at, &mut solved, &mut queue, target, flow.clip());
            }
        }
        self.report = report;
        if self.report.is_some() {
            self.report_each(at, machine, &solved, reports);
        }
        let ends = machine.states.keys().filter_map(|name| solved.ends.get(name)).cloned();
        let output = ends.reduce(|all, end| all.meet(&end));
        self.machines.insert(at.to_owned(), solved);
        output.unwrap_or_else(Sym::never)
    }

    /// Reports over each state once, where that has not been done already.
    fn report_each(
        &mut self,
        at: &Pointer,
        machine: &StateMachine,
        solved: &Solved,
        mut reports: HashMap<&str, Analysis>,
    ) {
        for (name, state) in &machine.states {
            if let (Some(said), Some(report)) = (reports.remove(name.as_str()), &mut self.report) {
                report.diagnostics.extend(said.diagnostics);
                report.obligations.extend(said.obligations);
                continue;
            }
            // A state that nothing leads to has a diagnostic of its own.
            let Some(flow) = solved.inputs.get(name.as_str()) else { continue };
            intern::count();
            let at = at.state(name);
            self.see(&at, None, &flow.data);
            self.state(&at, name, state, self.language, flow);
        }
    }

    /// Notes what flows in somewhere, if somebody asks.
    fn see(&mut self, at: &Pointer, range: Option<&Range<usize>>, value: &Sym) {
        if self.report.is_some()
            && let Some(seen) = &mut self.seen
        {
            seen.push(Seen { at: at.to_owned(), range: range.cloned(), nodes: claims::outline(value) });
        }
    }

    fn flow_in<'m>(
        &mut self,
        at: &Pointer,
        solved: &mut Solved,
        queue: &mut Queue<'m>,
        target: &'m str,
        flow: Flow,
    ) {
        let joined = match solved.inputs.get(target) {
            None => flow,
            Some(known) => {
                let joined = known.join(&flow);
                if joined == *known {
                    return;
                }
                let visits = solved.visits.get(target).copied().unwrap_or(0);
                if visits > MOST_TURNS {
                    joined.forgotten()
                } else if visits > MOST_VISITS {
                    let widened = widen(known, &joined);
                    for leaves in intern::take_again() {
                        self.again.push((at.state(target), format!("state `{target}`: "), leaves));
                    }
                    widened
                } else {
                    joined.clip()
                }
            }
        };
        if solved.inputs.get(target) == Some(&joined) {
            return;
        }
        solved.inputs.insert(target.to_owned(), joined);
        queue.add(target);
    }

    /// Claims of what loops came to that it is of the type of what it was before.
    fn claim_again(&mut self) {
        for (at, place, leaves) in std::mem::take(&mut self.again) {
            let leaf = |leaf: Leaf| OwnedNode::Leaf(leaf.ty, leaf.side(), (*leaf.steps).clone());
            self.oblige(Obligation {
                at,
                range: None,
                place,
                claim: OwnedClaim::Again { nodes: leaves.into_iter().map(leaf).collect() },
            });
        }
    }

    /// The context object as a state sees it.
    fn context(&mut self, at: &Pointer, state: &State) -> Sym {
        let retried = matches!(state.kind, StateKind::Task(_) | StateKind::Map(_) | StateKind::Parallel(_));
        let of = (
            self.machine_input.clone(),
            self.map_items.last().cloned(),
            [self.has_token(at, state), retried],
        );
        if let Some(known) = self.contexts.get(&of) {
            return known.clone();
        }
        let context = self.context_of(&of);
        self.contexts.insert(of, context.clone());
        context
    }

    /// Returns `true` if a state may have a token in its context object.
    fn has_token(&self, at: &Pointer, state: &State) -> bool {
        let StateKind::Task(task) = &state.kind else { return false };
        let callback = matches!(
            self.typing.states.get(at.as_str()),
            Some(StateTyping::Task { call: Call::WaitForTaskToken, .. })
        );
        // A placeholder may become anything.
        let arn = task.resource.as_str().unwrap_or("${}");
        callback
            || arn.contains("${")
            || arn.contains(".waitForTaskToken")
            || arn.contains(".sync")
            || arn.contains(":activity:")
    }

    fn context_of(&self, (input, item, [token, retried]): &(Sym, Option<Sym>, [bool; 2])) -> Sym {
        let mut fields = vec![
            (
                "Execution",
                Sym::object([
                    ("Id", Sym::String),
                    ("Input", input.clone()),
                    ("Name", Sym::String),
                    ("RoleArn", Sym::String),
                    ("StartTime", Sym::Timestamp),
                    ("RedriveCount", Sym::count()),
                    ("RedriveTime", Sym::Timestamp),
                ]),
            ),
            (
                "State",
                Sym::object([
                    ("EnteredTime", Sym::Timestamp),
                    ("Name", Sym::String),
                    ("RetryCount", Sym::count()),
                ]),
            ),
            ("StateMachine", Sym::object([("Id", Sym::String), ("Name", Sym::String)])),
        ];
        if *token {
            fields.push(("Task", Sym::object([("Token", Sym::String)])));
        }
        if let Some(item) = item {
            fields.push(("Map", item.clone()));
        }
        let mut context = Sym::object(fields).may_lack(&["Execution", "RedriveTime"]);
        if !retried {
            context = context.may_lack(&["State", "RetryCount"]);
        }
        // Recorded on AWS: an Express execution that is awaited has none.
        if self.express {
            context = context.may_lack(&["Execution", "RedriveCount"]);
        }
        context
    }
}

/// The states that are still to be interpreted. Those come first that lead to the others, so that where many ways meet all of them
/// have come before it goes on.
struct Queue<'m> {
    places: HashMap<&'m str, usize>,
    /// The states by their places, and whether they are open.
    states: Vec<(&'m str, bool)>,
    open: BinaryHeap<Reverse<usize>>,
}

impl<'m> Queue<'m> {
    fn of(machine: &'m StateMachine) -> Self {
        let mut left: Vec<&str> = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        let targets = |name: &'m str| {
            let targets = machine.states.get(name).map(State::targets).unwrap_or_default();
            targets.into_iter().map(|(_, target)| target).rev().collect::<Vec<&'m str>>()
        };
        let start = machine.start_at.as_str();
        seen.insert(start);
        let mut path = vec![(start, targets(start))];
        while let Some((name, open)) = path.last_mut() {
            match open.pop() {
                Some(target) if seen.insert(target) => path.push((target, targets(target))),
                Some(_) => {}
                None => {
                    left.push(*name);
                    path.pop();
                }
            }
        }
        let states: Vec<(&str, bool)> = left.into_iter().rev().map(|name| (name, false)).collect();
        let places = states.iter().enumerate().map(|(place, (name, _))| (*name, place)).collect();
        Self { places, states, open: BinaryHeap::new() }
    }

    fn add(&mut self, name: &'m str) {
        if let Some(place) = self.places.get(name)
            && let Some((_, is_open @ false)) = self.states.get_mut(*place)
        {
            *is_open = true;
            self.open.push(Reverse(*place));
        }
    }

    fn next(&mut self) -> Option<&'m str> {
        let Reverse(place) = self.open.pop()?;
        let (name, is_open) = self.states.get_mut(place)?;
        *is_open = false;
        Some(name)
    }
}

impl Analyser<'_> {
    /// The same without what only leads on, within the same type, from what is known: a function that walks a structure which holds
    /// itself.
    fn without_again(&mut self, env: &expression::Env<'_>, known: &Sym, new: &Sym) -> Sym {
        let kept: Vec<Sym> = new
            .members()
            .iter()
            .filter(|member| known == *member || !is_again(known, member))
            .cloned()
            .collect();
        for leaves in intern::take_again() {
            let again = (env.text.at.to_owned(), env.site.place.clone(), leaves);
            if !self.again.contains(&again) {
                self.again.push(again);
            }
        }
        if kept.is_empty() { known.clone() } else { Sym::union(kept) }
    }
}

/// Drops the parts that change with every round of a loop; those that stay the same stay known.
struct Widened;

impl Widened {
    fn value(known: &Sym, joined: &Sym) -> Sym {
        if known == joined {
            return known.clone();
        }
        intern::widened((known.clone(), joined.clone()), || Self::value_anew(known, joined))
    }

    fn value_anew(known: &Sym, joined: &Sym) -> Sym {
        match (known, joined) {
            (Sym::Array(a), Sym::Array(b)) => Sym::array(Self::value(a, b)),
            (Sym::Object(a, _), Sym::Object(b, base)) if known.is_way_of(joined) => {
                Sym::Object(intern::Shared::new(a.merge(b, &Self)), base.clone())
            }
            // What came in every round so far is left as it is.
            _ => {
                let (mut same, new): (Vec<_>, Vec<_>) =
                    joined.members().iter().cloned().partition(|member| known.members().contains(member));
                let mut other = Vec::new();
                for member in new {
                    if is_again(known, &member) {
                        continue;
                    }
                    let before = known.members().iter().find(|known| Self::are_alike(known, &member));
                    match (number::widened(known.members(), &member), before) {
                        (Some(number), _) => same.push(number),
                        (None, Some(before)) => same.push(Self::value(before, &member)),
                        (None, None) => other.push(member),
                    }
                }
                if !other.is_empty() {
                    same.push(Sym::union(other).outline(Reason::Loop));
                }
                Sym::union(same)
            }
        }
    }

    /// Returns `true` if one is what became of the other, and not something else beside it.
    fn are_alike(known: &Sym, member: &Sym) -> bool {
        match (known, member) {
            (Sym::Object(..), Sym::Object(..)) => known.is_way_of(member),
            (Sym::Array(_), Sym::Array(_)) => true,
            _ => false,
        }
    }
}

/// Returns `true` if it is a further part, of the same type as before, of what came in every round so far: a structure that holds itself,
/// walked down step by step. That the types are the same is claimed where they are known.
fn is_again(known: &Sym, member: &Sym) -> bool {
    let Sym::Leaf(new) = member.ground() else { return false };
    let before = known.members().iter().filter_map(|known| match known {
        Sym::Leaf(old) if new.leads_on_from(old) => Some(old.clone()),
        _ => None,
    });
    let before: Vec<Leaf> = before.collect();
    if before.is_empty() {
        return false;
    }
    intern::found_again(std::iter::once(new.clone()).chain(before).collect());
    true
}

impl fields::Merge for Widened {
    fn name(&self) -> (&'static str, Option<Sym>) {
        ("widened", None)
    }

    fn both(&self, known: &value::Entry, joined: &value::Entry) -> value::Entry {
        value::Entry { value: Self::value(&known.value, &joined.value), ..joined.clone() }
    }

    fn one(&self, _: &str, entry: &value::Entry, known: bool) -> Option<value::Entry> {
        (!known).then(|| value::Entry { value: Sym::Unknown(Reason::Loop), ..entry.clone() })
    }
}

fn widen(known: &Flow, joined: &Flow) -> Flow {
    let variables = known.variables.merge(&joined.variables, &Widened);
    Flow {
        data: Widened::value(&known.data, &joined.data),
        variables: intern::Shared::new(variables),
        context: joined.context.clone(),
        counts: joined.counts.clone(),
    }
}
