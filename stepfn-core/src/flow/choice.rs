//! What a Choice asks, and what its edges know.

use super::{
    Analyser, OwnedClaim, OwnedNeed, OwnedStep,
    obligation::Obligation,
    read::Site,
    value::{Flow, Sym},
};
use crate::{
    asl::{Choice, Comparison, Condition, OperandKind, Operator},
    diagnostic::{Code, Diagnostic},
    path::{Path, Root, SegmentKind},
    shape::Need,
    value::Value,
};

/// What an edge knows of the value at a path.
enum Fact<'v> {
    /// It is there.
    Present,
    /// It is there and not null.
    NonNull,
    /// It is this.
    Is(&'v Value),
}

impl Analyser<'_> {
    /// Judges the conditions of a Choice and gives what flows along each edge: one flow a rule, and the flow of what no
    /// rule took.
    pub(super) fn choice(&mut self, site: &Site, choice: &Choice, flow: &Flow) -> (Vec<Flow>, Flow) {
        let mut taken = Vec::new();
        let mut rest = flow.clone();
        for (index, rule) in choice.choices.iter().enumerate() {
            let at = format!("{}/Choices/{index}", site.at);
            let (yes, no) = self.condition(site, &at, &rule.condition, &rest);
            taken.push(yes);
            rest = no;
        }
        if choice.default.is_none() && self.report.is_some() {
            self.no_default(site, choice, flow);
        }
        (taken, rest)
    }

    /// What flows on where a condition holds, and where not.
    fn condition(&mut self, site: &Site, at: &str, condition: &Condition, flow: &Flow) -> (Flow, Flow) {
        match condition {
            // Short-circuit: a later part is only asked where the earlier ones hold (And) or do not (Or).
            Condition::And(parts) => {
                let mut yes = flow.clone();
                let mut single = None;
                for (index, part) in parts.iter().enumerate() {
                    let (part_yes, part_no) = self.condition(site, &format!("{at}/And/{index}"), part, &yes);
                    yes = part_yes;
                    single = Some(part_no).filter(|_| parts.len() == 1);
                }
                (yes, single.unwrap_or_else(|| flow.clone()))
            }
            Condition::Or(parts) => {
                let mut no = flow.clone();
                let mut yes: Option<Flow> = None;
                for (index, part) in parts.iter().enumerate() {
                    let (part_yes, part_no) = self.condition(site, &format!("{at}/Or/{index}"), part, &no);
                    yes = Some(yes.map_or_else(|| part_yes.clone(), |yes| yes.join(&part_yes)));
                    no = part_no;
                }
                (yes.unwrap_or_else(|| flow.clone()), no)
            }
            Condition::Not(inner) => {
                let (yes, no) = self.condition(site, &format!("{at}/Not"), inner, flow);
                (no, yes)
            }
            Condition::Compare(comparison) => self.compare(site, at, comparison, flow),
            Condition::Jsonata(_) => (flow.clone(), flow.clone()),
        }
    }

    fn compare(&mut self, site: &Site, at: &str, comparison: &Comparison, flow: &Flow) -> (Flow, Flow) {
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
        let Ok((path, _)) = Path::parse_lenient(variable) else { return (flow.clone(), flow.clone()) };
        let narrow = |fact: Option<Fact<'_>>| fact.map_or_else(|| flow.clone(), |fact| refine(flow, &path, &fact));
        let asked = operand.as_bool() != Some(false);
        let (yes, no) = match operator {
            Operator::IsPresent => (Some(Fact::Present), None),
            Operator::IsNull => (Some(Fact::Is(&Value::Null)), Some(Fact::NonNull)),
            operator if operator.is_test() => (Some(Fact::NonNull), Some(Fact::Present)),
            Operator::StringEquals | Operator::BooleanEquals => (Some(Fact::Is(operand)), Some(Fact::Present)),
            // A comparison with null is false, so that a true one says it is none.
            _ => (Some(Fact::NonNull), Some(Fact::Present)),
        };
        if operator.is_test() && !asked { (narrow(no), narrow(yes)) } else { (narrow(yes), narrow(no)) }
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
                                && a.operand.as_bool().is_some_and(|asked| b.operand.as_bool() == Some(!asked))
                        }
                        _ => false,
                    }
            })
        });
        if complementary || covers_numbers(&conditions) {
            return;
        }
        if self.typing.exhaustive_choices
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
        if let Some(report) = &mut self.report {
            let message = format!("{}no rule may match, and there is no `Default`", site.place);
            let mut finding = Diagnostic::new(Code::ChoiceMayNotMatch, format!("{}/Choices", site.at), message)
                .help("add a `Default`, or rules that take every value; without either the execution may fail with `States.NoChoiceMatched`");
            if !self.typing.exhaustive_choices {
                finding.severity = crate::diagnostic::Severity::Warning;
            }
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

fn refine(flow: &Flow, path: &Path, fact: &Fact<'_>) -> Flow {
    match (keys(path), &path.root) {
        (Some(keys), _) => flow.with_data(refine_at(&flow.data, &keys, fact)),
        (None, Root::Variable(name)) if path.segments.is_empty() => {
            let mut flow = flow.clone();
            let variables = std::rc::Rc::make_mut(&mut flow.variables);
            if let Some(entry) = variables.get_mut(name.as_str()) {
                entry.absent = false;
                entry.value = refine_at(&entry.value, &[], fact);
            }
            flow
        }
        _ => flow.clone(),
    }
}

/// A value with what an edge knows of it at some keys. What is on the way there is there and no null.
fn refine_at(value: &Sym, keys: &[String], fact: &Fact<'_>) -> Sym {
    let Some((key, rest)) = keys.split_first() else {
        return match (fact, value) {
            (Fact::Is(constant), _) => Sym::constant(constant),
            (Fact::Present, Sym::Leaf(leaf)) => Sym::Leaf(leaf.then([OwnedStep::Present])),
            (Fact::NonNull, Sym::Leaf(leaf)) => Sym::Leaf(leaf.then([OwnedStep::Present, OwnedStep::NonNull])),
            (Fact::NonNull, Sym::Union(members)) => {
                Sym::union(members.iter().filter(|member| **member != Sym::Null).map(|one| refine_at(one, &[], fact)))
            }
            (_, other) => other.clone(),
        };
    };
    match value {
        Sym::Union(members) => Sym::union(members.iter().map(|member| refine_at(member, keys, fact))),
        Sym::Leaf(leaf) => {
            let below = leaf.then([OwnedStep::Key(key.clone())]);
            let below = if rest.is_empty() {
                below
            } else {
                below.then([OwnedStep::Present, OwnedStep::NonNull])
            };
            let whole = Sym::Leaf(leaf.clone());
            whole.set(std::slice::from_ref(key), refine_at(&Sym::Leaf(below), rest, fact))
        }
        Sym::Object(..) => {
            let below = match value.peek(key) {
                Sym::Leaf(leaf) if !rest.is_empty() => {
                    Sym::Leaf(leaf.then([OwnedStep::Present, OwnedStep::NonNull]))
                }
                below => below,
            };
            value.set(std::slice::from_ref(key), refine_at(&below, rest, fact))
        }
        other => other.clone(),
    }
}

/// The one path that all rules compare with string or boolean literals, and the literals.
fn literals(conditions: &[&Condition]) -> Option<(String, Vec<String>)> {
    fn collect<'c>(condition: &'c Condition, variable: &mut Option<&'c str>, out: &mut Vec<String>) -> Option<()> {
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
        let (mut below, mut above): (Option<(f64, bool)>, Option<(f64, bool)>) = (None, None);
        let mut equal = Vec::new();
        for comparison in comparisons.iter().filter(|comparison| comparison.variable == **variable) {
            let Some(bound) = comparison.operand.as_f64() else { continue };
            match comparison.operator {
                Operator::NumericLessThan | Operator::NumericLessThanEquals => {
                    let this = (bound, comparison.operator == Operator::NumericLessThanEquals);
                    below = Some(below.map_or(this, |best| if this.0 > best.0 || (this.0 == best.0 && this.1) { this } else { best }));
                }
                Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals => {
                    let this = (bound, comparison.operator == Operator::NumericGreaterThanEquals);
                    above = Some(above.map_or(this, |best| if this.0 < best.0 || (this.0 == best.0 && this.1) { this } else { best }));
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

