//! The effect of one state on the flow.

use super::{
    Analyser, OwnedClaim, OwnedNeed,
    choice::with_facts,
    counted::Counts,
    counts::keys,
    edge::Flow,
    intern::Shared,
    obligation::Obligation,
    origin::Reason,
    site::{Reading, Site},
    value::{MOST_DEPTH, Sym},
};
use crate::{
    asl::{PathField, QueryLanguage, State, StateKind, StateMachine},
    diagnostic::Code,
    json::Pointer,
    path::{Path, Root, SegmentKind},
    shape::Need,
    value::Value,
};

/// The flow that leaves a state.
pub(super) struct Exits {
    /// Along each transition, by the target's name.
    pub(super) next: Vec<(String, Flow)>,
    /// The flow to the end of the machine.
    pub(super) end: Option<Flow>,
}

impl Analyser<'_> {
    pub(super) fn state(
        &mut self,
        at: &Pointer,
        name: &str,
        state: &State,
        language: QueryLanguage,
        flow: &Flow,
    ) -> Exits {
        let language = state.query_language.unwrap_or(language);
        let site = Site {
            at: at.to_owned(),
            place: format!("state `{name}`: "),
            input: flow.data.clone(),
            context: with_facts(&self.context(at, state), &flow.context),
            variables: flow.variables.clone(),
        };
        if language == QueryLanguage::Jsonata {
            let mut left = self.jsonata(&site, state, flow);
            let flows = left.next.iter_mut().map(|(_, flow)| flow).chain(&mut left.end);
            flows.for_each(|flow| flow.counts = Counts::default());
            return left;
        }
        let input = match &state.input_path {
            None => flow.data.clone(),
            Some(PathField::Null) => Sym::object([]),
            Some(PathField::Path(path)) => {
                self.path_text(&site, &at.key("InputPath"), path, OwnedNeed::Other(Need::Value))
            }
        };
        let site = site.with_input(input.clone());
        let mut left = Exits { next: Vec::new(), end: None };
        let mut out = flow.clone();
        match &state.kind {
            StateKind::Choice(choice) => {
                let before = flow.counts.clone();
                let flow = flow.with_data(input);
                let (taken, rest) = self.choice(&site, choice, &flow);
                for ((index, rule), flow) in choice.choices.iter().enumerate().zip(taken) {
                    let Some(flow) = flow else { continue };
                    let rule_at = at.key("Choices").index(index).key("Assign");
                    let flow = self.assign(&site, &rule_at, rule.assign.as_ref(), &flow.data.clone(), flow);
                    let flow = self.output_path(&site, state, flow);
                    let flow = flow.counting_ruled(state, rule.assign.as_ref(), &before);
                    left.next.push((rule.next.clone(), flow));
                }
                if let (Some(default), Some(rest)) = (&choice.default, rest) {
                    let flow = self.assign(
                        &site,
                        &at.key("Assign"),
                        state.assign.as_ref(),
                        &rest.data.clone(),
                        rest,
                    );
                    let flow = self.output_path(&site, state, flow);
                    left.next.push((default.clone(), flow.counting(state, &before)));
                }
                return left;
            }
            StateKind::Fail(fail) => {
                for (field, path) in [("ErrorPath", &fail.error_path), ("CausePath", &fail.cause_path)] {
                    if let Some(path) = path {
                        self.expression(&site, &at.key(field), path, Need::String);
                    }
                }
                return left;
            }
            StateKind::Wait(wait) => {
                if let Some(path) = &wait.seconds_path {
                    self.amount(&site, &at.key("SecondsPath"), path, Need::Integer);
                }
                if let Some(path) = &wait.timestamp_path {
                    self.timestamp(&site, &at.key("TimestampPath"), path);
                }
                out.data = input.clone();
            }
            StateKind::Succeed => out.data = input.clone(),
            _ => {
                let result = self.result(&site, state, flow);
                let site = site.ended();
                let selected = match &state.result_selector {
                    Some(selector) => {
                        self.template(&site.with_input(result.clone()), &at.key("ResultSelector"), selector)
                    }
                    None => result.clone(),
                };
                self.note_result(at, &selected);
                out.data = self.result_path(
                    &site,
                    &at.key("ResultPath"),
                    state.result_path.as_ref(),
                    flow,
                    selected,
                );
                // In `Assign` a state's result is `$`.
                let assigned = &result;
                out = self.assign(&site, &at.key("Assign"), state.assign.as_ref(), assigned, out);
                left.next = self.catch(&site, state, flow);
            }
        }
        if matches!(state.kind, StateKind::Wait(_) | StateKind::Succeed) {
            out = self.assign(&site, &at.key("Assign"), state.assign.as_ref(), &input, out);
        }
        let out = self.output_path(&site.ended(), state, out).counting(state, &flow.counts);
        match &state.next {
            Some(next) => left.next.insert(0, (next.clone(), out)),
            None => left.end = Some(out),
        }
        left
    }

    /// The raw result of a Task, Pass, Parallel or Map.
    fn result(&mut self, site: &Site, state: &State, flow: &Flow) -> Sym {
        let at = &site.at;
        let parameters = match &state.parameters {
            Some(template) if !matches!(state.kind, StateKind::Map(_)) => {
                Some(self.template(site, &at.key("Parameters"), template))
            }
            _ => None,
        };
        let effective = parameters.clone().unwrap_or_else(|| site.input.clone());
        match &state.kind {
            StateKind::Pass(pass) => match &pass.result {
                Some(result) => self.written(&at.key("Result"), result),
                None => effective,
            },
            StateKind::Task(task) => self.task(site, state, task, &effective),
            StateKind::Parallel(parallel) => {
                let flow = flow.with_data(effective);
                let outputs = parallel
                    .branches
                    .iter()
                    .enumerate()
                    .map(|(index, branch)| self.machine(&at.key("Branches").index(index), branch, &flow));
                Sym::Tuple(Shared::new(outputs.collect()))
            }
            StateKind::Map(map) => self.map(site, state, map, flow),
            _ => effective,
        }
    }

    /// A timestamp that a path leads to. That a text is none is to be shown only where everything is; where it is known it is seen.
    fn timestamp(&mut self, site: &Site, at: &Pointer, path: &str) {
        let need = if self.typing.proven { Need::Timestamp } else { Need::String };
        let value = self.path_text(site, at, path, OwnedNeed::Other(need));
        self.known_timestamp(site, at, path, &value);
    }

    /// Judges a timestamp whose text is known.
    pub(super) fn known_timestamp(&mut self, site: &Site, at: &Pointer, shown: &str, value: &Sym) {
        let members = value.members();
        if !self.typing.proven && members.iter().all(|member| matches!(member, Sym::Text(_))) {
            let reading =
                Reading { site, at: at.to_owned(), range: None, shown: shown.to_owned(), asks: false };
            for member in members {
                self.demand(member, &OwnedNeed::Other(Need::Timestamp), &reading);
            }
        }
    }

    /// Returns the input with a result at the `ResultPath`.
    fn result_path(
        &mut self,
        site: &Site,
        at: &Pointer,
        path: Option<&PathField>,
        flow: &Flow,
        result: Sym,
    ) -> Sym {
        let text = match path {
            None => return result,
            Some(PathField::Null) => return flow.data.clone(),
            Some(PathField::Path(text)) => text,
        };
        // The checks of the texts report what is no path into the data.
        let Some(path) = Path::parse(text).ok().filter(|path| path.root == Root::Input) else {
            return Sym::Reported;
        };
        let Some(keys) = keys(&path) else {
            let site = site.with_input(flow.data.clone());
            // What is written into an array is not followed.
            return if self.typing.proven {
                self.path_text(&site, at, text, OwnedNeed::Other(Need::Value));
                Sym::Unknown(Reason::Step)
            } else {
                self.item_to_write(&site, at, &path);
                Sym::Reported
            };
        };
        let mut shown = "$".to_owned();
        let mut value = flow.data.clone();
        let before = site.with_input(value.clone());
        for (depth, key) in keys.iter().enumerate() {
            super::intern::count();
            let is_too_deep = depth == 4 * MOST_DEPTH;
            if is_too_deep {
                // A claim about each step would make a long path cost its square.
                value = Sym::Unknown(Reason::Size);
            }
            self.writable(&before, at, &value, &shown);
            // What is put there itself is an object all the way.
            if is_too_deep
                || value.is_anything()
                || matches!(&value, Sym::Object(fields, None) if !fields.contains_key(key))
            {
                break;
            }
            value = value.peek(key);
            shown.push_str(&crate::path::member(key));
        }
        // Values that lie so deep are not known.
        let (keys, result) = match keys.get(..MOST_DEPTH) {
            Some(first) if first.len() < keys.len() => (first, Sym::some_object(Reason::Size)),
            _ => (&keys[..], result),
        };
        flow.data.set(keys, result).clip()
    }

    /// Demands of what a `ResultPath` with an index leads through that it is an array there, as far as it is known.
    fn item_to_write(&mut self, site: &Site, at: &Pointer, path: &Path) {
        let reading =
            Reading { site, at: at.to_owned(), range: None, shown: path.as_str().to_owned(), asks: false };
        let mut value = site.input.clone();
        for segment in &path.segments {
            match (&segment.kind, &value) {
                (SegmentKind::Name(key), _) => value = value.peek(key),
                (SegmentKind::Index(index), Sym::Tuple(items)) => {
                    let Some(item) = usize::try_from(*index).ok().and_then(|index| items.get(index)) else {
                        let message =
                            format!("the array has {} items, so there is none at `[{index}]`", items.len());
                        self.wrong(&reading, Code::NoSuchField, message, None);
                        return;
                    };
                    value = item.clone();
                }
                (_, Sym::Array(item)) => value = (**item).clone(),
                (_, value) => {
                    let is_other = |member: &Sym| {
                        !member.is_open() && !matches!(member, Sym::Leaf(_) | Sym::Array(_) | Sym::Tuple(_))
                    };
                    if !value.members().is_empty() && value.members().iter().all(is_other) {
                        let message = format!("it is {}, not an array", value.words());
                        self.wrong(&reading, Code::WrongType, message, None);
                    }
                    return;
                }
            }
        }
    }

    /// Demands of what a result is put into that it can hold it.
    fn writable(&mut self, site: &Site, at: &Pointer, value: &Sym, shown: &str) {
        let reading = Reading { site, at: at.to_owned(), range: None, shown: shown.to_owned(), asks: false };
        for member in value.members() {
            // That more is known of a part does not make an object of the whole.
            match member.ground() {
                Sym::Leaf(leaf) => self.oblige(Obligation {
                    at: at.to_owned(),
                    range: None,
                    place: site.place.clone(),
                    claim: OwnedClaim::Path {
                        shown: shown.to_owned(),
                        origin: leaf.origin.to_string(),
                        ty: leaf.ty,
                        side: leaf.side(),
                        steps: (*leaf.steps).clone(),
                        need: OwnedNeed::Other(Need::Writable),
                    },
                }),
                other => self.demand(other, &OwnedNeed::Other(Need::Writable), &reading),
            }
        }
    }

    fn output_path(&mut self, site: &Site, state: &State, flow: Flow) -> Flow {
        match &state.output_path {
            None => flow,
            Some(PathField::Null) => flow.with_data(Sym::object([])),
            Some(PathField::Path(path)) => {
                let site = site.with_input(flow.data.clone());
                let at = site.at.key("OutputPath");
                let data = self.path_text(&site, &at, path, OwnedNeed::Other(Need::Value));
                flow.with_data(data)
            }
        }
    }

    fn assign(
        &mut self,
        site: &Site,
        at: &Pointer,
        assign: Option<&Value>,
        input: &Sym,
        mut flow: Flow,
    ) -> Flow {
        let Some(assign) = assign else { return flow };
        if let Sym::Object(assigned, _) = self.template(&site.with_input(input.clone()), at, assign) {
            flow.variables.edit(|variables| {
                variables.extend(assigned.iter().map(|(key, entry)| (key.clone(), entry.clone())));
            });
        }
        flow
    }

    fn catch(&mut self, site: &Site, state: &State, flow: &Flow) -> Vec<(String, Flow)> {
        let mut edges = Vec::new();
        for (index, catcher) in state.catch.iter().flatten().enumerate() {
            let at = site.at.key("Catch").index(index);
            let error = self.caught(&site.at, state, catcher);
            let data = self.result_path(
                site,
                &at.key("ResultPath"),
                catcher.result_path.as_ref(),
                flow,
                error.clone(),
            );
            let caught =
                self.assign(site, &at.key("Assign"), catcher.assign.as_ref(), &error, flow.with_data(data));
            edges.push((catcher.next.clone(), caught.counting_caught(catcher, &flow.counts)));
        }
        edges
    }

    pub(super) fn machine(&mut self, at: &Pointer, machine: &StateMachine, flow: &Flow) -> Sym {
        // Of data inside a branch nothing was counted yet.
        self.solve(at, machine, &Flow { counts: Counts::default(), ..flow.clone() })
    }
}
