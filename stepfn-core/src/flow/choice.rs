//! What a Choice asks, and what its edges know.

use super::{
    Analyser, OwnedClaim, OwnedNeed, OwnedStep,
    obligation::Obligation,
    read::Site,
    value::{Flow, Sym, index_key, index_of, step_of},
};
use crate::{
    asl::{Choice, Comparison, Condition, OperandKind, Operator},
    diagnostic::{Code, Diagnostic},
    path::{Path, Root, SegmentKind},
    shape::Need,
    value::Value,
};

/// What an edge knows of the value at a path.
#[derive(Clone, Copy)]
pub(super) enum Fact<'v> {
    /// It is there.
    Present,
    /// It is not there.
    Absent,
    /// It is there and not null.
    NonNull,
    /// It is this.
    Is(&'v Value),
    /// It is there, and not this.
    IsNot(&'v Value),
}

impl Analyser<'_> {
    /// Judges the conditions of a Choice and gives what flows along each edge: one flow a rule, and the flow of what no
    /// rule took. None is for an edge that nothing can take.
    pub(super) fn choice(
        &mut self,
        site: &Site,
        choice: &Choice,
        flow: &Flow,
    ) -> (Vec<Option<Flow>>, Option<Flow>) {
        let mut taken = Vec::new();
        let mut rest = Some(flow.clone());
        for (index, rule) in choice.choices.iter().enumerate() {
            let at = format!("{}/Choices/{index}", site.at);
            let (yes, no) = self.condition(site, &at, &rule.condition, rest);
            taken.push(yes);
            rest = no;
        }
        if choice.default.is_none() && rest.is_some() && self.report.is_some() {
            self.no_default(site, choice, flow);
        }
        (taken, rest)
    }

    /// What flows on where a condition holds, and where not.
    fn condition(
        &mut self,
        site: &Site,
        at: &str,
        condition: &Condition,
        flow: Option<Flow>,
    ) -> (Option<Flow>, Option<Flow>) {
        let Some(flow) = flow else { return (None, None) };
        match condition {
            // Short-circuit: a later part is only asked where the earlier ones hold (And) or do not (Or).
            Condition::And(parts) => {
                let (mut yes, mut no) = (Some(flow), None);
                for (index, part) in parts.iter().enumerate() {
                    let (part_yes, part_no) = self.condition(site, &format!("{at}/And/{index}"), part, yes);
                    no = either(no, part_no);
                    yes = part_yes;
                }
                (yes, no)
            }
            Condition::Or(parts) => {
                let (mut yes, mut no) = (None, Some(flow));
                for (index, part) in parts.iter().enumerate() {
                    let (part_yes, part_no) = self.condition(site, &format!("{at}/Or/{index}"), part, no);
                    yes = either(yes, part_yes);
                    no = part_no;
                }
                (yes, no)
            }
            Condition::Not(inner) => {
                let (yes, no) = self.condition(site, &format!("{at}/Not"), inner, Some(flow));
                (no, yes)
            }
            Condition::Annotated(inner, _) => self.condition(site, at, inner, Some(flow)),
            Condition::Compare(comparison) => self.compare(site, at, comparison, &flow),
            Condition::Jsonata(_) => (Some(flow.clone()), Some(flow)),
        }
    }

    fn compare(
        &mut self,
        site: &Site,
        at: &str,
        comparison: &Comparison,
        flow: &Flow,
    ) -> (Option<Flow>, Option<Flow>) {
        let Comparison { variable, operator, operand, .. } = comparison;
        let site = Site { variables: flow.variables.clone(), ..site.with_input(flow.data.clone()) };
        let need = match (operator, operator.compares(), operand) {
            (Operator::IsPresent, ..) => OwnedNeed::Other(Need::Nothing),
            (Operator::StringEquals, _, Value::String(text)) => OwnedNeed::Literal(text.to_string()),
            (operator, ..) if operator.is_test() => OwnedNeed::Other(Need::Value),
            (_, kind, _) => OwnedNeed::Other(maybe(kind)),
        };
        self.path_text(&site, &format!("{at}/Variable"), variable, need);
        if operator.operand() == OperandKind::Path
            && let Some(path) = operand.as_str()
        {
            let need = OwnedNeed::Other(maybe(operator.compares()));
            self.path_text(&site, &format!("{at}/{}", operator.name()), path, need);
        }
        let Ok((path, _)) = Path::parse_lenient(variable) else {
            return (Some(flow.clone()), Some(flow.clone()));
        };
        let (yes, no) = match operator {
            Operator::IsPresent => (Fact::Present, Fact::Absent),
            Operator::IsNull => (Fact::Is(&Value::Null), Fact::NonNull),
            operator if operator.is_test() => (Fact::NonNull, Fact::Present),
            Operator::StringEquals | Operator::BooleanEquals => (Fact::Is(operand), Fact::IsNot(operand)),
            // A comparison with null is false, so that a true one says it is none.
            _ => (Fact::NonNull, Fact::Present),
        };
        let (yes, no) = (refine(flow, &path, yes), refine(flow, &path, no));
        if operator.is_test() && operand.as_bool() == Some(false) { (no, yes) } else { (yes, no) }
    }

    /// A Choice without `Default` must take every value.
    fn no_default(&mut self, site: &Site, choice: &Choice, flow: &Flow) {
        let conditions: Vec<&Condition> = choice.choices.iter().map(|rule| &rule.condition).collect();
        let complement = |a: &Condition, b: &Condition| matches!(a, Condition::Not(inner) if **inner == *b);
        let complementary = conditions.iter().any(|a| {
            conditions.iter().any(|b| {
                complement(a, b)
                    || match (a, b) {
                        (Condition::Compare(a), Condition::Compare(b)) => {
                            a.operator.is_test()
                                && a.operator == b.operator
                                && a.variable == b.variable
                                && a.operand
                                    .as_bool()
                                    .is_some_and(|asked| b.operand.as_bool() == Some(!asked))
                        }
                        _ => false,
                    }
            })
        });
        if complementary || covers_numbers(&conditions) {
            return;
        }
        if self.typing.proven
            && let Some((variable, literals)) = literals(&conditions)
            && let Ok(path) = Path::parse(&variable)
            && let Some(keys) = keys(&path)
        {
            let value = keys.iter().fold(flow.data.clone(), |value, key| value.peek(key));
            let open: Vec<&Sym> = value
                .members()
                .iter()
                .filter(|member| match member {
                    Sym::Text(text) => !literals.iter().any(|literal| **literal == **text),
                    Sym::Bool(value) => !literals.contains(&value.to_string()),
                    _ => true,
                })
                .collect();
            if open.iter().all(|member| matches!(member, Sym::Leaf(_))) {
                for member in open {
                    let Sym::Leaf(leaf) = member else { continue };
                    self.oblige(Obligation {
                        at: format!("{}/Choices", site.at),
                        range: None,
                        place: site.place.clone(),
                        claim: OwnedClaim::Covers {
                            shown: variable.clone(),
                            ty: leaf.ty,
                            side: leaf.side(),
                            steps: (*leaf.steps).clone(),
                            literals: literals.clone(),
                        },
                    });
                }
                return;
            }
        }
        self.may_not_match(site);
    }

    /// Reports a Choice that may take nothing.
    pub(super) fn may_not_match(&mut self, site: &Site) {
        if let Some(report) = &mut self.report {
            let message = format!("{}no rule may match, and there is no `Default`", site.place);
            let mut finding = Diagnostic::new(Code::ChoiceMayNotMatch, format!("{}/Choices", site.at), message)
                .help("add a `Default`, or rules that take every value; without either the execution may fail with `States.Runtime`");
            self.typing.soften(&mut finding);
            report.findings.push(finding);
        }
    }
}

fn maybe(kind: OperandKind) -> Need<'static> {
    match kind {
        OperandKind::String => Need::MaybeString,
        OperandKind::Number => Need::MaybeNumber,
        OperandKind::Boolean => Need::MaybeBoolean,
        OperandKind::Timestamp => Need::MaybeTimestamp,
        OperandKind::Path => Need::Value,
    }
}

/// The keys of a path into the data that has nothing but keys.
pub(super) fn keys(path: &Path) -> Option<Vec<String>> {
    if path.root != Root::Input {
        return None;
    }
    path.segments
        .iter()
        .map(|segment| match &segment.kind {
            SegmentKind::Name(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

fn either(a: Option<Flow>, b: Option<Flow>) -> Option<Flow> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.join(&b)),
        (a, b) => a.or(b),
    }
}

/// The steps of a path into the data that leads to one value, an index as [`index_key`].
fn steps(path: &Path) -> Option<Vec<String>> {
    if path.root != Root::Input {
        return None;
    }
    path.segments
        .iter()
        .map(|segment| match &segment.kind {
            SegmentKind::Name(name) => Some(name.clone()),
            SegmentKind::Index(index) => Some(index_key(*index)),
            _ => None,
        })
        .collect()
}

/// A flow with what an edge knows; none where it cannot be.
fn refine(flow: &Flow, path: &Path, fact: Fact<'_>) -> Option<Flow> {
    match (steps(path), &path.root) {
        (Some(keys), _) => Some(flow.with_data(refine_at(&flow.data, &keys, fact, &step_of)?)),
        (None, Root::Variable(name)) if path.segments.is_empty() => {
            let mut flow = flow.clone();
            if let Some(entry) = std::rc::Rc::make_mut(&mut flow.variables).get_mut(name.as_str()) {
                entry.value = refine_at(&entry.value, &[], fact, &step_of)?;
                entry.absent = entry.absent && matches!(fact, Fact::Absent);
            }
            Some(flow)
        }
        _ => Some(flow.clone()),
    }
}

/// A value with what an edge knows of it at some keys; none where it cannot be. What is on the way to a value that is there
/// is there itself, and no null.
pub(super) fn refine_at(
    value: &Sym,
    keys: &[String],
    fact: Fact<'_>,
    step: &dyn Fn(&str) -> OwnedStep,
) -> Option<Sym> {
    if let Sym::Union(members) = value {
        let members: Vec<_> =
            members.iter().filter_map(|member| refine_at(member, keys, fact, step)).collect();
        return (!members.is_empty()).then(|| Sym::union(members));
    }
    let Some((key, rest)) = keys.split_first() else {
        return match (fact, value) {
            (Fact::Absent, Sym::Leaf(_) | Sym::Answer(_) | Sym::Any | Sym::Mixed) => Some(value.clone()),
            (Fact::Absent, _) => None,
            (Fact::Is(constant), known) => {
                let constant = Sym::constant(constant);
                let other = (is_constant(known) && *known != constant)
                    || matches!(known, Sym::Object(..) | Sym::AnyObject | Sym::Array(_) | Sym::Tuple(_));
                (!other).then_some(constant)
            }
            (Fact::IsNot(constant), known) if *known == Sym::constant(constant) => None,
            (Fact::NonNull, Sym::Null) => None,
            (Fact::NonNull, Sym::Leaf(leaf)) => {
                Some(Sym::Leaf(leaf.then([OwnedStep::Present, OwnedStep::NonNull])))
            }
            (_, Sym::Leaf(leaf)) => Some(Sym::Leaf(leaf.then([OwnedStep::Present]))),
            (_, other) => Some(other.clone()),
        };
    };
    let absent = matches!(fact, Fact::Absent);
    match value {
        // That it is not there says nothing of the way to it.
        Sym::Leaf(_) if absent => Some(value.clone()),
        Sym::Leaf(leaf) => {
            let mut below = leaf.then([step(key)]);
            if !rest.is_empty() {
                below = below.then([OwnedStep::Present, OwnedStep::NonNull]);
            }
            let below = refine_at(&Sym::Leaf(below), rest, fact, step)?;
            Some(value.narrow(key, below))
        }
        Sym::Object(fields, base) => match (fields.get(key.as_str()), base) {
            (Some(entry), _) if absent && entry.absent => Some(value.clone()),
            (None, None) => absent.then(|| value.clone()),
            (None, Some(_)) if absent => Some(value.clone()),
            _ => {
                let mut below = value.peek(key);
                if let Sym::Leaf(leaf) = &below
                    && !rest.is_empty()
                    && !absent
                {
                    below = Sym::Leaf(leaf.then([OwnedStep::Present, OwnedStep::NonNull]));
                }
                let below = refine_at(&below, rest, fact, step)?;
                Some(if absent { value.clone() } else { value.narrow(key, below) })
            }
        },
        Sym::Any | Sym::Mixed | Sym::AnyObject | Sym::Answer(_) => Some(value.clone()),
        Sym::Array(item) if index_of(key).is_some() && !absent => {
            let below = refine_at(item, rest, fact, step)?;
            Some(value.narrow(key, below))
        }
        Sym::Tuple(_) if index_of(key).is_some() => Some(value.clone()),
        _ => absent.then(|| value.clone()),
    }
}

fn is_constant(value: &Sym) -> bool {
    matches!(value, Sym::Null | Sym::Bool(_) | Sym::Text(_) | Sym::Integer(_))
}

/// The one path that all rules compare with string or boolean literals, and the literals.
fn literals(conditions: &[&Condition]) -> Option<(String, Vec<String>)> {
    fn collect<'c>(
        condition: &'c Condition,
        variable: &mut Option<&'c str>,
        out: &mut Vec<String>,
    ) -> Option<()> {
        match condition {
            Condition::Or(parts) => parts.iter().try_for_each(|part| collect(part, variable, out)),
            Condition::Compare(comparison) => {
                let literal = match (comparison.operator, &comparison.operand) {
                    (Operator::StringEquals, Value::String(text)) => text.to_string(),
                    (Operator::BooleanEquals, Value::Bool(value)) => value.to_string(),
                    _ => return None,
                };
                if *variable.get_or_insert(&comparison.variable) != comparison.variable {
                    return None;
                }
                out.push(literal);
                Some(())
            }
            _ => None,
        }
    }
    let mut variable = None;
    let mut literals = Vec::new();
    // A rule that asks for more takes nothing for certain: it adds no literal, and stands in nobody's way.
    for condition in conditions {
        let mut one = Vec::new();
        let mut its = variable;
        if collect(condition, &mut its, &mut one).is_some() {
            variable = its;
            literals.extend(one);
        }
    }
    variable.map(|variable| (variable.to_owned(), literals))
}

/// A bound of a number, and whether it belongs to what is bounded.
type Bound = (f64, bool);

/// Whether rules on one path cover the number line.
fn covers_numbers(conditions: &[&Condition]) -> bool {
    let mut variables: Vec<&str> = Vec::new();
    let comparisons: Vec<&Comparison> = conditions
        .iter()
        .filter_map(|condition| match condition {
            Condition::Compare(comparison) if comparison.operand.as_f64().is_some() => Some(comparison),
            _ => None,
        })
        .collect();
    for comparison in &comparisons {
        if !variables.contains(&comparison.variable.as_str()) {
            variables.push(&comparison.variable);
        }
    }
    variables.iter().any(|variable| {
        // Everything below `below` and above `above` is taken, the bound itself where the flag says so.
        let (mut below, mut above): (Option<Bound>, Option<Bound>) = (None, None);
        let mut equal = Vec::new();
        for comparison in comparisons.iter().filter(|comparison| comparison.variable == **variable) {
            let Some(bound) = comparison.operand.as_f64() else { continue };
            match comparison.operator {
                Operator::NumericLessThan | Operator::NumericLessThanEquals => {
                    let this = (bound, comparison.operator == Operator::NumericLessThanEquals);
                    below = Some(below.map_or(this, |best| {
                        if this.0 > best.0 || (this.0 == best.0 && this.1) { this } else { best }
                    }));
                }
                Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals => {
                    let this = (bound, comparison.operator == Operator::NumericGreaterThanEquals);
                    above = Some(above.map_or(this, |best| {
                        if this.0 < best.0 || (this.0 == best.0 && this.1) { this } else { best }
                    }));
                }
                Operator::NumericEquals => equal.push(bound),
                _ => {}
            }
        }
        match (below, above) {
            (Some((below, with_below)), Some((above, with_above))) => {
                above < below || (above == below && (with_below || with_above || equal.contains(&below)))
            }
            _ => false,
        }
    })
}
