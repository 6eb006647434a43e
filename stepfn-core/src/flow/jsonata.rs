//! What a JSONata state does to what flows in.

use std::rc::Rc;

use super::{
    Analyser, StateTyping,
    query::Queried,
    read::Site,
    transfer::Left,
    value::{Flow, Sym},
};
use crate::{
    asl::{Amount, Choice, Condition, Map, State, StateKind},
    shape::Side,
    value::Value,
};

impl Analyser<'_> {
    pub(super) fn jsonata(&mut self, site: &Site, state: &State, flow: &Flow) -> Left {
        let at = &site.at;
        let mut left = Left { next: Vec::new(), end: None };
        let result = match &state.kind {
            StateKind::Choice(choice) => return self.jsonata_choice(site, state, choice, flow),
            StateKind::Fail(fail) => {
                for (field, text) in [("Error", &fail.error), ("Cause", &fail.cause)] {
                    if let Some(text) = text {
                        self.query_text(&Queried::before(site), &format!("{at}/{field}"), text);
                    }
                }
                return left;
            }
            StateKind::Wait(wait) => {
                self.amounts(site, &[("Seconds", &wait.seconds)]);
                if let Some(text) = &wait.timestamp {
                    self.query_text(&Queried::before(site), &format!("{at}/Timestamp"), text);
                }
                None
            }
            StateKind::Pass(_) | StateKind::Succeed => None,
            StateKind::Task(task) => {
                self.amounts(
                    site,
                    &[
                        ("TimeoutSeconds", &task.timeout_seconds),
                        ("HeartbeatSeconds", &task.heartbeat_seconds),
                    ],
                );
                if let Some(credentials) = &task.credentials {
                    self.query(&Queried::before(site), &format!("{at}/Credentials"), credentials);
                }
                let input = self.arguments(site, state);
                Some(self.task(site, state, task, &input))
            }
            StateKind::Parallel(parallel) => {
                let flow = flow.with_data(self.arguments(site, state));
                let outputs =
                    parallel.branches.iter().enumerate().map(|(index, branch)| {
                        self.machine(&format!("{at}/Branches/{index}"), branch, &flow)
                    });
                Some(Sym::Tuple(Rc::new(outputs.collect())))
            }
            StateKind::Map(map) => Some(self.jsonata_map(site, map, flow)),
        };
        let queried = Queried { site, result: result.as_ref(), error: None };
        let data = match &state.output {
            Some(output) => self.query(&queried, &format!("{at}/Output"), output),
            None => result.clone().unwrap_or_else(|| site.input.clone()),
        };
        let out =
            self.assigned(&queried, &format!("{at}/Assign"), state.assign.as_ref(), flow.with_data(data));
        left.next = self.jsonata_catch(site, state, flow);
        match &state.next {
            Some(next) => left.next.insert(0, (next.clone(), out)),
            None => left.end = Some(out),
        }
        left
    }

    fn arguments(&mut self, site: &Site, state: &State) -> Sym {
        match &state.arguments {
            Some(arguments) => {
                self.query(&Queried::before(site), &format!("{}/Arguments", site.at), arguments)
            }
            None => site.input.clone(),
        }
    }

    fn amounts(&mut self, site: &Site, amounts: &[(&str, &Option<Amount>)]) {
        for (field, amount) in amounts {
            if let Some(Amount::Text(text)) = amount {
                self.query_text(&Queried::before(site), &format!("{}/{field}", site.at), text);
            }
        }
    }

    fn assigned(&mut self, queried: &Queried<'_>, at: &str, assign: Option<&Value>, mut flow: Flow) -> Flow {
        let Some(assign) = assign else { return flow };
        if let Sym::Object(assigned, _) = self.query(queried, at, assign) {
            Rc::make_mut(&mut flow.variables)
                .extend(assigned.iter().map(|(key, entry)| (key.clone(), entry.clone())));
        }
        flow
    }

    fn jsonata_choice(&mut self, site: &Site, state: &State, choice: &Choice, flow: &Flow) -> Left {
        let queried = Queried::before(site);
        let mut left = Left { next: Vec::new(), end: None };
        let mut leave =
            |analyser: &mut Self, at: &str, output: Option<&Value>, assign: Option<&Value>, next: &str| {
                let data = match output {
                    Some(output) => analyser.query(&queried, &format!("{at}/Output"), output),
                    None => site.input.clone(),
                };
                let flow = analyser.assigned(&queried, &format!("{at}/Assign"), assign, flow.with_data(data));
                left.next.push((next.to_owned(), flow));
            };
        for (index, rule) in choice.choices.iter().enumerate() {
            let at = format!("{}/Choices/{index}", site.at);
            if let Condition::Jsonata(condition) = &rule.condition {
                self.query(&queried, &format!("{at}/Condition"), condition);
            }
            leave(self, &at, rule.output.as_ref(), rule.assign.as_ref(), &rule.next);
        }
        if let Some(default) = &choice.default {
            leave(self, &site.at, state.output.as_ref(), state.assign.as_ref(), default);
        }
        left
    }

    fn jsonata_catch(&mut self, site: &Site, state: &State, flow: &Flow) -> Vec<(String, Flow)> {
        let mut edges = Vec::new();
        for (index, catcher) in state.catch.iter().flatten().enumerate() {
            let at = format!("{}/Catch/{index}", site.at);
            // A callback may fail without saying why.
            let text =
                if self.is_callback(&site.at, state) { Sym::String.join(&Sym::Null) } else { Sym::String };
            let error = Sym::object([("Error", text.clone()), ("Cause", text)]);
            let queried = Queried { site, result: None, error: Some(&error) };
            let data = match &catcher.output {
                Some(output) => self.query(&queried, &format!("{at}/Output"), output),
                None => error.clone(),
            };
            let caught = self.assigned(
                &queried,
                &format!("{at}/Assign"),
                catcher.assign.as_ref(),
                flow.with_data(data),
            );
            edges.push((catcher.next.clone(), caught));
        }
        edges
    }

    fn jsonata_map(&mut self, site: &Site, map: &Map, flow: &Flow) -> Sym {
        let at = &site.at;
        let before = Queried::before(site);
        self.amounts(
            site,
            &[
                ("MaxConcurrency", &map.max_concurrency),
                ("ToleratedFailureCount", &map.tolerated_failure_count),
                ("ToleratedFailurePercentage", &map.tolerated_failure_percentage),
            ],
        );
        for (field, value) in [
            ("ItemReader", &map.item_reader),
            ("ItemBatcher", &map.item_batcher),
            ("ResultWriter", &map.result_writer),
        ] {
            if let Some(value) = value {
                self.query(&before, &format!("{at}/{field}"), value);
            }
        }
        let items = match (&map.items, &map.item_reader) {
            (Some(items), _) => self.query(&before, &format!("{at}/Items"), items),
            (None, Some(_)) => match self.typing.states.get(&format!("{at}/ItemReader")) {
                Some(StateTyping::Result(ty)) => {
                    Sym::array(Sym::leaf(*ty, Side::Given, "an item of the reader"))
                }
                _ => Sym::Any,
            },
            (None, None) => site.input.clone(),
        };
        // An object's items are its entries.
        let item = match &items {
            Sym::Array(_) | Sym::Tuple(_) => self.item_of(&items),
            _ => Sym::Any,
        };
        let Some(processor) = map.processor() else { return Sym::Any };
        let item_context = Sym::object([(
            "Item",
            Sym::object([
                ("Index", Sym::WholeNumber),
                ("Value", item.clone()),
                ("Key", Sym::String),
                ("Source", Sym::String),
            ]),
        )]);
        let each = match &map.item_selector {
            Some(selector) => {
                let context = site.context.set(&["Map".into()], item_context.clone());
                let site = Site { context, ..site.clone() };
                self.query(&Queried::before(&site), &format!("{at}/ItemSelector"), selector)
            }
            None => item,
        };
        let each = if map.item_batcher.is_some() {
            Sym::object([("Items", Sym::array(each)), ("BatchInput", Sym::Any)])
        } else {
            each
        };
        self.map_items.push(item_context);
        let child =
            format!("{at}/{}", if map.item_processor.is_some() { "ItemProcessor" } else { "Iterator" });
        let output = if map.is_distributed() {
            // The children are executions of their own: with their own input, and without the variables outside.
            let outer = std::mem::replace(&mut self.machine_input, each.clone());
            let output = self.machine(&child, processor, &Flow::new(each));
            self.machine_input = outer;
            output
        } else {
            self.machine(&child, processor, &flow.with_data(each))
        };
        self.map_items.pop();
        match &map.result_writer {
            Some(_) => Sym::Any,
            None => Sym::array(output),
        }
    }
}
