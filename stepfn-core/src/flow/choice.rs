//! The conditions of a Choice, and the facts on its edges.

use super::{
    Analyser, OwnedClaim, OwnedNeed, OwnedProperty,
    comparison::{FACTS, asked_for, covers_numbers, formula, is_placeholder, known_part, maybe},
    counts,
    edge::Flow,
    formula::{Asked, Known, Place, assume},
    intern::Shared,
    leaf::Leaf,
    narrow::{Test, learn_entry, refine},
    obligation::Obligation,
    site::Site,
    step::OwnedStep,
    value::{Entry, Fields, Sym, index_of},
};
use crate::{
    asl::{Choice, Comparison, Condition, OperandKind, Operator},
    diagnostic::{Code, Diagnostic},
    json::Pointer,
    shape::{Kind, Need, place_of},
    value::Value,
};

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
        let mut rest = Some(Flow { context: parts(&site.context), ..flow.clone() });
        for (index, rule) in choice.choices.iter().enumerate() {
            let at = site.at.key("Choices").index(index);
            let (yes, no) = self.condition(site, &at, &rule.condition, rest);
            taken.push(yes);
            rest = no;
        }
        if choice.default.is_none()
            && let Some(rest) = &rest
            && self.report.is_some()
        {
            self.no_default(site, choice, rest);
        }
        let known = |flow: Flow| Flow { context: self.context_facts(&flow.context), ..flow };
        (taken.into_iter().map(|flow| flow.map(known)).collect(), rest.map(known))
    }

    /// Returns the facts of conditions about the context object, beyond those that are known anyway.
    pub(super) fn context_facts(&self, parts: &Fields) -> Shared<Fields> {
        let mut known = parts.clone();
        let item = self.map_items.last().map(|item| item.peek("Item").peek("Value"));
        known.retain(|name, entry| match &**name {
            "Map.Item.Value" => item.as_ref().is_some_and(|item| *item != entry.value),
            _ => self.machine_input != entry.value,
        });
        Shared::new(known)
    }

    /// Returns the flow where a condition holds, and where it does not.
    fn condition(
        &mut self,
        site: &Site,
        at: &Pointer,
        condition: &Condition,
        flow: Option<Flow>,
    ) -> (Option<Flow>, Option<Flow>) {
        let Some(flow) = flow else { return (None, None) };
        match condition {
            // Short-circuit: a later part is only asked where the earlier ones hold (And) or do not (Or).
            Condition::And(parts) => {
                let (mut yes, mut no) = (Some(flow), None);
                for (index, part) in parts.iter().enumerate() {
                    let (part_yes, part_no) = self.condition(site, &at.key("And").index(index), part, yes);
                    no = either(no, part_no);
                    yes = part_yes;
                }
                (yes, no)
            }
            Condition::Or(parts) => {
                let (mut yes, mut no) = (None, Some(flow));
                for (index, part) in parts.iter().enumerate() {
                    let (part_yes, part_no) = self.condition(site, &at.key("Or").index(index), part, no);
                    yes = either(yes, part_yes);
                    no = part_no;
                }
                (yes, no)
            }
            Condition::Not(inner) => {
                let (yes, no) = self.condition(site, &at.key("Not"), inner, Some(flow));
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
        at: &Pointer,
        comparison: &Comparison,
        flow: &Flow,
    ) -> (Option<Flow>, Option<Flow>) {
        let Comparison { variable, operator, operand, .. } = comparison;
        let site = Site {
            variables: flow.variables.clone(),
            context: with_facts(&site.context, &flow.context),
            ..site.with_input(flow.data.clone())
        };
        let need = match (operator, operator.compares(), operand) {
            (Operator::IsPresent, ..) => OwnedNeed::Other(Need::Nothing),
            (Operator::StringEquals, _, Value::String(text)) if !is_placeholder(operand) => {
                OwnedNeed::Literal(text.to_string())
            }
            (operator, ..) if operator.is_test() => OwnedNeed::Other(Need::Value),
            (_, kind, _) => OwnedNeed::Other(maybe(kind)),
        };
        self.path_text(&site, &at.key("Variable"), variable, need);
        if operator.operand() == OperandKind::Path
            && let Some(path) = operand.as_str()
        {
            let need = OwnedNeed::Other(maybe(operator.compares()));
            self.path_text(&site, &at.key(operator.name()), path, need);
        }
        let formula = counts::with_facts(comparison, &flow.counts, formula(comparison));
        [true, false].map(|holds| assume(flow, &formula, holds)).into()
    }

    /// A Choice without `Default` must take every value.
    fn no_default(&mut self, site: &Site, choice: &Choice, rest: &Flow) {
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
        if complementary {
            return;
        }
        let mut asked = Vec::new();
        conditions.iter().for_each(|condition| asked_for(condition, &mut asked));
        let mut rest = rest.clone();
        // All numbers are taken: what is left is no number.
        if let Some(variable) = covers_numbers(&conditions) {
            if !self.typing.proven {
                return;
            }
            asked.retain(|(_, shown)| shown == variable);
            if let Some((number, _)) = asked.first() {
                let is = OwnedProperty::Kind(Kind::Number);
                match rest.learn(&Asked { is, ..number.clone() }, false) {
                    Some(left) => rest = left,
                    None => return,
                }
            }
        }
        if !self.takes_the_rest(site, &asked, |asked| of_place(asked, &rest.data, &rest.variables)) {
            self.may_not_match(site);
        }
    }

    /// Claims that rules leave nothing of the value that most of them test; returns `true` if there is one to claim it of.
    pub(super) fn takes_the_rest(
        &mut self,
        site: &Site,
        asked: &[(Asked, String)],
        rest: impl Fn(&Asked) -> Option<Sym>,
    ) -> bool {
        if !self.typing.proven {
            return false;
        }
        let count = |asked_for: &Asked| {
            let is_same = |(other, _): &&(Asked, String)| {
                other.place == asked_for.place && other.keys == asked_for.keys
            };
            asked.iter().filter(is_same).count()
        };
        // The first of those that are asked for most.
        let Some((most, shown)) = asked.iter().rev().max_by_key(|(asked, _)| count(asked)) else {
            return false;
        };
        let Some(whole) = rest(most) else { return false };
        let at = |whole: &Sym| most.keys.iter().fold(whole.clone(), |value, key| value.peek(key));
        // What leads nowhere is taken by no rule.
        let is_nowhere = |member: &Sym| at(member) == Sym::never() || may_lack(member, &most.keys);
        if whole.members().iter().any(is_nowhere) {
            return false;
        }
        let mut leaves: Vec<(Leaf, &Sym)> = Vec::new();
        for member in whole.members() {
            for value in at(member).members() {
                match value.ground() {
                    Sym::Leaf(leaf) => leaves.push((leaf.clone(), member.ground())),
                    Sym::Reported => {}
                    _ => return false,
                }
            }
        }
        // What lacks a key on the way is left. In JSONata nothing fails there, and of one of several things that come here no claim of its
        // own tells of it.
        let before = of_place(most, &site.input, &site.variables);
        let is_untold = most.query || before.is_some_and(|before| before.members().len() > 1);
        let may = |step: &OwnedStep| match step {
            OwnedStep::Key(key) if is_untold => OwnedStep::May(key.clone()),
            OwnedStep::Query(key) if is_untold => OwnedStep::MayQuery(key.clone()),
            OwnedStep::Index(index) if most.query => OwnedStep::Pick(*index),
            step => step.clone(),
        };
        for (leaf, whole) in leaves {
            let whole = match whole {
                Sym::Leaf(whole) if (whole.ty, whole.given) == (leaf.ty, leaf.given) => {
                    (*whole.steps).clone()
                }
                _ => Vec::new(),
            };
            self.oblige(Obligation {
                at: site.at.key("Choices"),
                range: None,
                place: site.place.clone(),
                claim: OwnedClaim::Covers {
                    shown: shown.clone(),
                    ty: leaf.ty,
                    side: leaf.side(),
                    steps: leaf.steps.iter().map(may).collect(),
                    whole,
                },
            });
        }
        true
    }

    /// Reports a Choice that may take nothing.
    pub(super) fn may_not_match(&mut self, site: &Site) {
        if super::switch::is_off("choice-may-not-match") {
            return;
        }
        if let Some(report) = &mut self.report {
            let message = format!("{}no rule may match, and there is no `Default`", site.place);
            let mut diagnostic = Diagnostic::new(Code::ChoiceMayNotMatch, site.at.key("Choices"), message)
                .help("add a `Default`, or rules that take every value; without either the execution may fail with `States.Runtime`");
            self.typing.soften(&mut diagnostic);
            report.diagnostics.push(diagnostic);
        }
    }
}

/// What a fact is about: none where it need not be there.
pub(super) fn of_place(asked: &Asked, input: &Sym, variables: &Fields) -> Option<Sym> {
    match &asked.place {
        Place::Input => Some(input.clone()),
        Place::Variable(name) => {
            variables.get(name.as_str()).filter(|entry| !entry.absent).map(|entry| entry.value.clone())
        }
        _ => None,
    }
}

/// Returns `true` if some keys may lead nowhere, by what is known of a value beside its type.
fn may_lack(value: &Sym, keys: &[String]) -> bool {
    let Some((key, rest)) = keys.split_first() else { return false };
    match value {
        Sym::Object(fields, base) => match (fields.get(key.as_str()), base) {
            (Some(entry), _) => entry.absent || may_lack(&entry.value, rest),
            (None, Some(base)) => may_lack(base, keys),
            (None, None) => true,
        },
        Sym::Union(members) => members.iter().any(|member| may_lack(member, keys)),
        Sym::Tuple(items) => {
            let place = index_of(key).and_then(|index| place_of(index, items.len()));
            place.and_then(|place| items.get(place)).is_none_or(|item| may_lack(item, rest))
        }
        Sym::Leaf(_) | Sym::Reported => false,
        _ => true,
    }
}

/// Returns the context object with the facts of conditions.
pub(super) fn with_facts(context: &Sym, known: &Fields) -> Sym {
    FACTS.into_iter().fold(context.clone(), |context, (name, keys)| match known.get(name) {
        Some(entry) => {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            context.set(&keys, entry.value.clone())
        }
        None => context,
    })
}

/// The parts of the context object that are the same in each state.
pub(super) fn parts(context: &Sym) -> Shared<Fields> {
    let parts = FACTS.into_iter().filter_map(|(name, keys)| {
        let (first, rest) = (keys.first().copied()?, keys.get(1..)?);
        let Sym::Object(fields, _) = context else { return None };
        let entry = fields.get(first)?;
        Some((name.into(), Entry::of(rest.iter().fold(entry.value.clone(), |value, key| value.peek(key)))))
    });
    Shared::new(parts.collect())
}

fn either(a: Option<Flow>, b: Option<Flow>) -> Option<Flow> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.join(&b)),
        (a, b) => a.or(b),
    }
}

impl Known for Flow {
    fn learn(&self, asked: &Asked, holds: bool) -> Option<Self> {
        let test = Test { is: &asked.is, holds, query: asked.query };
        let keys = &asked.keys[..];
        match &asked.place {
            Place::Input => Some(self.with_data(refine(&self.data, keys, test)?)),
            Place::Variable(name) => {
                let mut flow = self.clone();
                flow.variables.edit(|variables| learn_entry(variables, name, keys, test))?;
                Some(flow)
            }
            Place::Context => {
                let Some((part, keys)) = known_part(keys) else { return Some(self.clone()) };
                let mut flow = self.clone();
                flow.context.edit(|context| learn_entry(context, part, keys, test))?;
                Some(flow)
            }
            Place::Result | Place::Error | Place::Item => Some(self.clone()),
        }
    }

    fn either(&self, other: &Self) -> Self {
        self.join(other)
    }
}
