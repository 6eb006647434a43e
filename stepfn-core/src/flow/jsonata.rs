//! The effect of a JSONata state on the flow.

use super::{
    Analyser, OwnedProperty, choice,
    counted::Counts,
    edge::Flow,
    expression::{Env, Val, Want},
    fact,
    formula::{Asked, Place},
    intern::Shared,
    map::{bounds_of, item_context, key_of},
    present::is_lasting,
    queried::{Queried, Text},
    site::{Reading, Site},
    transfer::Exits,
    value::{Sym, index_of},
};
use crate::{
    asl::{Amount, Choice, Condition, Map, State, StateKind},
    json::Pointer,
    jsonata::{self, Expression, ExpressionKind as Kind},
    shape::Need,
    value::Value,
};

impl Analyser<'_> {
    pub(super) fn jsonata(&mut self, site: &Site, state: &State, flow: &Flow) -> Exits {
        let at = &site.at;
        let mut left = Exits { next: Vec::new(), end: None };
        let result = match &state.kind {
            StateKind::Choice(choice) => return self.jsonata_choice(site, state, choice),
            StateKind::Fail(fail) => {
                for (field, text) in [("Error", &fail.error), ("Cause", &fail.cause)] {
                    if let Some(text) = text {
                        self.query_text(&Queried::before(site), &at.key(field), text, Need::String);
                    }
                }
                return left;
            }
            StateKind::Wait(wait) => {
                self.amounts(site, &[("Seconds", &wait.seconds)]);
                if let Some(text) = &wait.timestamp {
                    let need = if self.typing.proven { Need::Timestamp } else { Need::String };
                    let at = at.key("Timestamp");
                    let value = self.query_text(&Queried::before(site), &at, text, need);
                    self.known_timestamp(site, &at, text, &value);
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
                    self.query(&Queried::before(site), &at.key("Credentials"), credentials);
                }
                let input = self.arguments(site, state);
                Some(self.task(site, state, task, &input))
            }
            StateKind::Parallel(parallel) => {
                let flow = flow.with_data(self.arguments(site, state));
                let outputs = parallel
                    .branches
                    .iter()
                    .enumerate()
                    .map(|(index, branch)| self.machine(&at.key("Branches").index(index), branch, &flow));
                Some(Sym::Tuple(Shared::new(outputs.collect())))
            }
            StateKind::Map(map) => Some(self.jsonata_map(site, map, flow)),
        };
        let site = &site.ended();
        let queried = Queried { site, result: result.as_ref(), error: None };
        let data = match &state.output {
            Some(output) => self.query(&queried, &at.key("Output"), output),
            None => result.clone().unwrap_or_else(|| site.input.clone()),
        };
        let out = self.assigned(&queried, &at.key("Assign"), state.assign.as_ref(), flow.with_data(data));
        left.next = self.jsonata_catch(site, state, flow);
        match &state.next {
            Some(next) => left.next.insert(0, (next.clone(), out)),
            None => left.end = Some(out),
        }
        left
    }

    fn arguments(&mut self, site: &Site, state: &State) -> Sym {
        match &state.arguments {
            Some(arguments) => self.query(&Queried::before(site), &site.at.key("Arguments"), arguments),
            None => site.input.clone(),
        }
    }

    fn amounts(&mut self, site: &Site, amounts: &[(&str, &Option<Amount>)]) {
        for (field, amount) in amounts {
            if let Some(Amount::Text(text)) = amount {
                let need = match *field {
                    "ToleratedFailurePercentage" => Need::Number,
                    _ if self.typing.proven => Need::Integer,
                    _ => Need::Number,
                };
                let at = site.at.key(field);
                let value = self.query_text(&Queried::before(site), &at, text, need);
                // What is one of several is bounded by them, as `$min` of a number and a limit is.
                if self.typing.proven && matches!(value, Sym::Leaf(_) | Sym::Computed(..)) {
                    let shown =
                        jsonata::expression_in(text).map_or(&**text, |(inside, _)| inside.trim()).to_owned();
                    let reading = Reading { site, at: at.clone(), range: None, shown, asks: false };
                    self.within(&reading, &[value], bounds_of(&at));
                } else if !self.typing.proven {
                    self.known_amount(site, &at, text, &value, *field != "ToleratedFailurePercentage");
                }
            }
        }
    }

    fn assigned(
        &mut self,
        queried: &Queried<'_>,
        at: &Pointer,
        assign: Option<&Value>,
        mut flow: Flow,
    ) -> Flow {
        let Some(assign) = assign else { return flow };
        if let Sym::Object(assigned, _) = self.query(queried, at, assign) {
            flow.variables.edit(|variables| {
                variables.extend(assigned.iter().map(|(key, entry)| (key.clone(), entry.clone())));
            });
        }
        flow
    }

    fn jsonata_choice(&mut self, site: &Site, state: &State, choice: &Choice) -> Exits {
        let mut left = Exits { next: Vec::new(), end: None };
        let state_at = &site.at;
        let mut leave = |analyser: &mut Self,
                         site: &Site,
                         at: &Pointer,
                         (output, assign): (Option<&Value>, Option<&Value>),
                         next: &str| {
            let queried = Queried::before(site);
            // A rule without `Output` has that of the state: recorded on AWS.
            let data = match (output, &state.output) {
                (Some(output), _) => analyser.query(&queried, &at.key("Output"), output),
                (None, Some(output)) => analyser.query(&queried, &state_at.key("Output"), output),
                (None, None) => site.input.clone(),
            };
            let context = analyser.context_facts(&choice::parts(&site.context));
            let flow = Flow { data, variables: site.variables.clone(), context, counts: Counts::default() };
            let flow = analyser.assigned(&queried, &at.key("Assign"), assign, flow);
            left.next.push((next.to_owned(), flow));
        };
        let mut rest = Some(site.clone());
        for (index, rule) in choice.choices.iter().enumerate() {
            let at = site.at.key("Choices").index(index);
            // What no value comes to is judged as if there were one, but nothing flows along.
            let before = rest.clone().unwrap_or_else(|| site.clone());
            let (taken, others) = match &rule.condition {
                Condition::Jsonata(condition) => {
                    self.query_condition(&before, &at.key("Condition"), condition)
                }
                _ => (Some(before.clone()), Some(before)),
            };
            if rest.is_some() {
                rest = others;
                if let Some(taken) = taken {
                    leave(self, &taken, &at, (rule.output.as_ref(), rule.assign.as_ref()), &rule.next);
                }
            }
        }
        match (&choice.default, &rest) {
            (Some(default), Some(rest)) => {
                leave(self, rest, &site.at, (state.output.as_ref(), state.assign.as_ref()), default);
            }
            (None, Some(rest)) if !self.takes_all(rest, choice) => {
                let asked = self.asked_by(site, choice);
                let value = |asked: &Asked| choice::of_place(asked, &rest.input, &rest.variables);
                let is_left = self.report.is_some();
                if is_left && !self.takes_the_rest(site, &asked, value) {
                    self.may_not_match(site);
                }
            }
            _ => {}
        }
        left
    }

    /// The paths that the rules of a Choice ask about, as they are written.
    fn asked_by(&mut self, site: &Site, choice: &Choice) -> Vec<(Asked, String)> {
        let mut found = Vec::new();
        for rule in &choice.choices {
            let Condition::Jsonata(Value::String(text)) = &rule.condition else { continue };
            let Some((inside, offset)) = jsonata::expression_in(text) else { continue };
            let Some(expression) = self.parsed(inside) else { continue };
            let text = Text { at: &site.at, text: inside, offset };
            let env = Env::new(&Queried::before(site), text);
            fact::formula(&env, &expression).facts(&mut |asked| {
                let mut asked = asked.clone();
                let mut shown = match &asked.place {
                    Place::Variable(name) => format!("${name}"),
                    _ => "$states.input".to_owned(),
                };
                if asked.is == OwnedProperty::There {
                    asked.keys.pop();
                }
                for key in &asked.keys {
                    match index_of(key) {
                        Some(index) => shown.push_str(&format!("[{index}]")),
                        None => shown.push_str(&format!(".{key}")),
                    }
                }
                found.push((asked, shown));
            });
        }
        found
    }

    /// Whether some rule of a Choice holds whatever the data are: one that always does, or two of which one does where the other
    /// does not.
    fn takes_all(&mut self, site: &Site, choice: &Choice) -> bool {
        let mut conditions = Vec::new();
        for rule in &choice.choices {
            match &rule.condition {
                Condition::Jsonata(Value::Bool(true)) => return true,
                Condition::Jsonata(Value::String(text)) => {
                    let Some((inside, offset)) = jsonata::expression_in(text) else { continue };
                    let Some(expression) = self.parsed(inside) else { continue };
                    if expression.kind == Kind::Boolean(true) {
                        return true;
                    }
                    conditions.push((inside, offset, expression));
                }
                _ => {}
            }
        }
        for (a, _, first) in &conditions {
            for (b, offset, second) in &conditions {
                match (opposite((a, first), (b, second)), &second.kind) {
                    (Opposite::Always, _) => return true,
                    (Opposite::IfThere, Kind::Binary { left, right, .. }) => {
                        let at = site.at.key("Choices");
                        let text = Text { at: &at, text: b, offset: *offset };
                        let mut env = Env::new(&Queried::before(site), text);
                        for side in [left, right] {
                            self.evaluate(&mut env, side, Want::of(Need::Value));
                        }
                        return true;
                    }
                    _ => {}
                }
            }
        }
        false
    }

    fn jsonata_catch(&mut self, site: &Site, state: &State, flow: &Flow) -> Vec<(String, Flow)> {
        let mut edges = Vec::new();
        for (index, catcher) in state.catch.iter().flatten().enumerate() {
            let at = site.at.key("Catch").index(index);
            let error = self.caught(&site.at, state, catcher);
            let queried = Queried { site, result: None, error: Some(&error) };
            let data = match &catcher.output {
                Some(output) => self.query(&queried, &at.key("Output"), output),
                None => error.clone(),
            };
            let caught =
                self.assigned(&queried, &at.key("Assign"), catcher.assign.as_ref(), flow.with_data(data));
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
        let count = if self.typing.proven { Need::Integer } else { Need::Number };
        let batcher = [("MaxItemsPerBatch", count), ("MaxInputBytesPerBatch", count)];
        let place = [("Arguments/Bucket", Need::String), ("Arguments/Prefix", Need::String)];
        let reader = [place[0], place[1], ("Arguments/Key", Need::String), ("ReaderConfig/MaxItems", count)];
        let mut batch = Sym::never();
        for (field, value, asked) in [
            ("ItemReader", &map.item_reader, &reader[..]),
            ("ItemBatcher", &map.item_batcher, &batcher),
            ("ResultWriter", &map.result_writer, &place),
        ] {
            if let Some(value) = value {
                let made = self.query_parts(&before, &at.key(field), value, asked);
                match field {
                    "ItemBatcher" => batch = made.peek("BatchInput"),
                    _ => self.needs_bucket(site, field, value, Some(&made.peek("Arguments"))),
                }
            }
        }
        // Recorded on AWS: an inline Map takes no object.
        let need = if map.is_distributed() { Need::Items } else { Need::Array };
        let items = match (&map.items, &map.item_reader) {
            (Some(items), _) => self.query_as(&before, &at.key("Items"), items, need),
            (None, Some(reader)) => Sym::array(self.read_item(site, reader)),
            (None, None) => {
                let value = site.input.clone();
                let reading = Reading {
                    site,
                    at: at.clone(),
                    range: None,
                    shown: "$states.input".to_owned(),
                    asks: false,
                };
                self.require(&reading, &Val::one(value.clone()), Want::of(need));
                value
            }
        };
        let item = self.entry_of(map, &items);
        let item_context = item_context(&item, key_of(map, &items), map.item_reader.is_some());
        let each = match &map.item_selector {
            Some(selector) => {
                let context = site.context.set(&["Map".into()], item_context.clone());
                let site = Site { context, ..site.clone() };
                self.query(&Queried::before(&site), &at.key("ItemSelector"), selector)
            }
            None => item,
        };
        let each = match &map.item_batcher {
            Some(batcher) if batcher.get("BatchInput").is_some() => {
                Sym::object([("Items", Sym::array(each)), ("BatchInput", batch)])
            }
            Some(_) => Sym::object([("Items", Sym::array(each))]),
            None => each,
        };
        self.iterations(site, map, item_context, each, flow)
    }
}

/// Whether of two conditions one holds where the other does not.
enum Opposite {
    No,
    /// Whatever the data are.
    Always,
    /// Where both sides come to something: what is not there is neither equal nor unequal.
    IfThere,
}

fn opposite((a, first): (&str, &Expression), (b, second): (&str, &Expression)) -> Opposite {
    use jsonata::Operator as Op;
    let part = |text: &str, expression: &Expression| {
        text.get(expression.range.clone()).unwrap_or_default().trim().to_owned()
    };
    if !is_lasting(first) || !is_lasting(second) {
        return Opposite::No;
    }
    match (&first.kind, &second.kind) {
        (Kind::Call { function, arguments }, _)
            if fact::is_call(function, "not")
                && matches!(&arguments[..], [of] if part(a, of) == part(b, second)) =>
        {
            Opposite::Always
        }
        (
            Kind::Binary { operator, left, right },
            Kind::Binary { operator: other, left: other_left, right: other_right },
        ) if part(a, left) == part(b, other_left) && part(a, right) == part(b, other_right) => {
            match (operator, other) {
                // That both sides are there was asked of these.
                (Op::Less, Op::GreaterOrEqual) | (Op::Greater, Op::LessOrEqual) => Opposite::Always,
                (Op::Equal, Op::NotEqual) => Opposite::IfThere,
                _ => Opposite::No,
            }
        }
        _ => Opposite::No,
    }
}
