//! Random machines: states of all types with all their fields, in JSONPath, JSONata, or both.

use std::rc::Rc;

use serde_json::{Map, Value as Json, json};
use stepfn::shape::{Shape, Side};
use stepfn_core::check::ERROR_NAMES;

use crate::{
    constants,
    guess::{Guess, Kind},
    paths, query,
    random::Random,
    scope::Scope,
    shapes,
    sink::sink,
    trial::{Child, Trial, Work},
};

/// The query languages of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Paths,
    Jsonata,
    /// JSONPath, with states in JSONata.
    Mixed,
}

pub(crate) struct Author<'r> {
    pub(crate) random: &'r mut Random,
    pub(crate) mode: Mode,
    pub(crate) express: bool,
    count: usize,
    /// The state being written.
    pub(crate) current: String,
    pub(crate) work: Vec<Work>,
    /// The depth in Maps and Parallels.
    pub(crate) depth: usize,
    /// The machines that are started.
    pub(crate) children: Vec<Child>,
    /// How many machines above started this one.
    pub(crate) level: usize,
}

/// What a machine is to be.
pub(crate) struct Wish {
    pub(crate) mode: Mode,
    pub(crate) express: bool,
    pub(crate) strict: bool,
    pub(crate) input: &'static Shape,
    pub(crate) size: usize,
    pub(crate) level: usize,
}

/// Where a state leads.
pub(crate) struct Ways<'n> {
    /// `Next` and `End`: the name of the next state, none at the end.
    pub(crate) next: Option<&'n str>,
    /// The states after this one.
    pub(crate) later: &'n [String],
}

/// The data that leaves a state, and its target; none for the end.
pub(crate) type Left = Vec<(Option<String>, Scope)>;

/// A random machine over random types.
pub(crate) fn trial(random: &mut Random, mode: Mode) -> Trial {
    let input = if random.one_in(10) { shapes::shape(random, 3) } else { shapes::object(random, 3) };
    let express = random.one_in(10);
    let size = random.pick(&[1, 2, 2, 3, 3, 4, 5]);
    let strict = random.one_in(10);
    write(random, &Wish { mode, express, strict, input, size, level: 0 })
}

/// A random machine of a kind.
pub(crate) fn write(random: &mut Random, wish: &Wish) -> Trial {
    let Wish { mode, express, strict, input, size, level } = *wish;
    let current = String::new();
    let (work, children) = (Vec::new(), Vec::new());
    let mut author = Author { random, mode, express, count: 0, current, work, depth: 0, children, level };
    let scope = Scope::new(Guess::of(input, Side::Given));
    let (mut machine, output) = author.machine(&scope, size);
    if mode == Mode::Jsonata || author.random.one_in(8) {
        let language = if mode == Mode::Jsonata { "JSONata" } else { "JSONPath" };
        machine.insert("QueryLanguage".into(), language.into());
    }
    author.say(&mut machine, &[("Version", json!("1.0")), ("TimeoutSeconds", json!(5000))]);
    let (work, children) = (author.work, author.children);
    let output = random.percent(70).then(|| sink(random, &output, 2));
    let texts = scope.texts.borrow().clone();
    let mut machine = machine.into();
    let constants = if random.one_in(3) { constants::put(random, &mut machine) } else { Vec::new() };
    Trial { machine, express, strict, input, output, work, texts, constants, children }
}

impl Author<'_> {
    pub(crate) fn name(&mut self) -> String {
        self.count += 1;
        format!("S{}", self.count)
    }

    /// Fields that say nothing of the data.
    pub(crate) fn say(&mut self, fields: &mut Map<String, Json>, more: &[(&str, Json)]) {
        if self.random.one_in(8) {
            fields.insert("Comment".into(), "what it does".into());
        }
        for (name, value) in more {
            if self.random.one_in(20) {
                fields.insert((*name).into(), value.clone());
            }
        }
    }

    /// `StartAt` and `States`, and what comes out.
    pub(crate) fn machine(&mut self, scope: &Scope, size: usize) -> (Map<String, Json>, Guess) {
        let names: Vec<String> = (0..size).map(|_| self.name()).collect();
        let mut incoming: Vec<Vec<Scope>> = vec![Vec::new(); size];
        incoming[0].push(scope.clone());
        let (mut states, mut outputs) = (Map::new(), Vec::new());
        let mut counter = None;
        for at in 0..size {
            if incoming[at].is_empty() {
                continue;
            }
            let scope = self.random.pick(&incoming[at]);
            let later = &names[at + 1..];
            self.current.clone_from(&names[at]);
            let ways = Ways { next: later.first().map(String::as_str), later };
            let (mut state, left) = if at == 0 && size > 3 && self.random.one_in(3) {
                counter = Some(format!("n{}", self.depth));
                self.begin_loop(&scope, &ways, counter.as_deref().unwrap_or_default())
            } else {
                self.state(&scope, &ways, incoming.get(at + 1).is_some_and(|known| !known.is_empty()))
            };
            if let (Some(counter), "Choice", true) =
                (&counter, &*state["Type"].to_string().replace('"', ""), at > 1)
            {
                let back = names[1 + self.random.below(at - 1)].clone();
                self.loop_back(&mut state, counter, &back);
            }
            for (target, scope) in left {
                match target.and_then(|target| names.iter().position(|name| *name == target)) {
                    Some(target) => incoming[target].push(scope),
                    None => outputs.push(scope.input),
                }
            }
            states.insert(names[at].clone(), state);
        }
        let output = if outputs.is_empty() { Guess::Any } else { self.random.pick(&outputs) };
        let mut machine = Map::new();
        machine.insert("StartAt".into(), names[0].clone().into());
        machine.insert("States".into(), states.into());
        (machine, output)
    }

    pub(crate) fn is_jsonata(&mut self) -> bool {
        match self.mode {
            Mode::Paths => false,
            Mode::Jsonata => true,
            Mode::Mixed => self.random.one_in(2),
        }
    }

    fn begin_loop(&mut self, scope: &Scope, ways: &Ways<'_>, counter: &str) -> (Json, Left) {
        let mut fields = Map::new();
        fields.insert("Type".into(), "Pass".into());
        fields.insert("Assign".into(), json!({ counter: 0 }));
        if self.mode == Mode::Mixed {
            fields.insert("QueryLanguage".into(), "JSONPath".into());
        }
        go_on(&mut fields, ways);
        let mut after = scope.clone();
        after.assign(counter, Guess::Whole);
        (fields.into(), vec![(ways.next.map(str::to_owned), after)])
    }

    /// A rule that leads back, three times at most.
    fn loop_back(&mut self, state: &mut Json, counter: &str, back: &str) {
        let rule = if is_jsonata(state, self.mode) {
            json!({
                "Condition": format!("{{% ${counter} < 3 %}}"),
                "Assign": { counter: format!("{{% ${counter} + 1 %}}") },
                "Next": back,
            })
        } else {
            json!({
                "Variable": format!("${counter}"),
                "NumericLessThan": 3,
                "Assign": { format!("{counter}.$"): format!("States.MathAdd(${counter}, 1)") },
                "Next": back,
            })
        };
        if let Some(rules) = state["Choices"].as_array_mut() {
            rules.insert(0, rule);
        }
    }

    fn state(&mut self, scope: &Scope, ways: &Ways<'_>, may_end: bool) -> (Json, Left) {
        let jsonata = self.is_jsonata();
        let last = ways.next.is_none();
        let mut fields = Map::new();
        let scope = &Scope { token: false, result: None, error: false, ..scope.clone() };
        let left = match self.random.below(20) {
            0..=3 if !last => self.choice(&mut fields, scope, ways, jsonata),
            4..=8 => self.task(&mut fields, scope, ways, jsonata),
            9..=11 if self.depth < 2 => self.map(&mut fields, scope, ways, jsonata),
            12 | 13 if self.depth < 2 => self.parallel(&mut fields, scope, ways, jsonata),
            14 => self.wait(&mut fields, scope, ways, jsonata),
            15 if last || may_end => self.fail(&mut fields, scope, jsonata),
            16 if last || may_end => self.succeed(&mut fields, scope, jsonata),
            _ => self.pass(&mut fields, scope, ways, jsonata),
        };
        if self.mode == Mode::Mixed || self.random.one_in(20) {
            let language = if jsonata { "JSONata" } else { "JSONPath" };
            fields.insert("QueryLanguage".into(), language.into());
        }
        self.say(&mut fields, &[]);
        (fields.into(), left)
    }

    // What the fields of the data flow have in common.

    /// `InputPath`.
    pub(crate) fn input_path(&mut self, fields: &mut Map<String, Json>, scope: &Scope) -> Scope {
        if !self.random.one_in(5) {
            return scope.clone();
        }
        if self.random.one_in(12) {
            fields.insert("InputPath".into(), Json::Null);
            return scope.with_input(Guess::object([]));
        }
        let (text, guess) = paths::path(self.random, scope, Kind::Any);
        fields.insert("InputPath".into(), text.into());
        scope.with_input(guess)
    }

    /// `ResultSelector`, `ResultPath`, `OutputPath`, `Assign`: what leaves the state.
    pub(crate) fn result(
        &mut self,
        fields: &mut Map<String, Json>,
        raw: &Scope,
        result: Guess,
        selector: bool,
    ) -> Scope {
        let mut after = raw.clone();
        if self.random.one_in(5) {
            self.assign_path(fields, &raw.with_input(result.clone()), &mut after);
        }
        let mut result = result;
        if selector && self.random.one_in(4) {
            let (template, guess) = paths::template(self.random, &raw.with_input(result), 1);
            fields.insert("ResultSelector".into(), template);
            result = guess;
        }
        let (path, data) = match self.random.below(13) {
            12 if raw.input.kind() == Kind::Array => (json!("$[0]"), raw.input.clone()),
            12 => (json!("$.c[0]"), raw.input.clone()),
            0 | 1 => (json!("$.r"), raw.input.with(&["r"], result)),
            2 => (json!("$.a"), raw.input.with(&["a"], result)),
            3 => (json!("$.a.b"), raw.input.with(&["a", "b"], result)),
            4 => (json!("$.r.x.y"), raw.input.with(&["r", "x", "y"], result)),
            5 => (Json::Null, raw.input.clone()),
            6 => (json!("$"), result),
            _ => (json!(0), result),
        };
        if path != json!(0) {
            fields.insert("ResultPath".into(), path);
        }
        after.input = data;
        after.sure = Rc::default();
        self.output_path(fields, &mut after);
        after
    }

    pub(crate) fn output_path(&mut self, fields: &mut Map<String, Json>, after: &mut Scope) {
        if self.random.one_in(8) {
            let (text, guess) = paths::path(self.random, after, Kind::Any);
            fields.insert("OutputPath".into(), text.into());
            after.input = guess;
        }
    }

    pub(crate) fn assign_path(&mut self, fields: &mut Map<String, Json>, sees: &Scope, after: &mut Scope) {
        let name = format!("{}{}", self.random.pick(&["v", "w"]), self.depth);
        let (text, guess) = paths::expression(self.random, sees, Kind::Any);
        fields.insert("Assign".into(), json!({ format!("{name}.$"): text }));
        after.assign(&name, guess);
    }

    /// `Output` and `Assign`: what leaves a state in JSONata. `result` is what leaves without an `Output`.
    pub(crate) fn output(&mut self, fields: &mut Map<String, Json>, sees: &Scope, result: Guess) -> Scope {
        let mut after = sees.clone();
        if self.random.one_in(4) {
            // Now and then one that shadows a function.
            let stem = self.random.pick(&["v", "w", "v", "count"]);
            let name = if stem == "count" { stem.to_owned() } else { format!("{stem}{}", self.depth) };
            let (value, guess) = query::template(self.random, sees);
            fields.insert("Assign".into(), json!({ name.clone(): value }));
            after.assign(&name, guess);
        }
        after.input = result;
        if self.random.one_in(2) {
            let (template, guess) = query::template(self.random, sees);
            fields.insert("Output".into(), template);
            after.input = guess;
        }
        after.sure = Rc::default();
        after.result = None;
        after
    }

    /// `Retry` and `Catch`.
    pub(crate) fn failures(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        ways: &Ways<'_>,
        jsonata: bool,
        left: &mut Left,
    ) {
        if self.random.one_in(5) {
            let named = if self.random.one_in(4) { self.random.pick(ERROR_NAMES) } else { "Boom" };
            let mut retrier = json!({ "ErrorEquals": [named], "MaxAttempts": 1 });
            for (name, value) in [
                ("IntervalSeconds", json!(2)),
                ("BackoffRate", json!(1.5)),
                ("MaxDelaySeconds", json!(10)),
                ("JitterStrategy", json!(self.random.pick(&["FULL", "NONE"]))),
                ("Comment", json!("again")),
            ] {
                if self.random.one_in(3) {
                    retrier[name] = value;
                }
            }
            fields.insert("Retry".into(), json!([retrier]));
        }
        if ways.later.is_empty() || !self.random.one_in(2) {
            return;
        }
        const LIKELY: [&str; 5] = ["States.ALL", "Boom", "States.TaskFailed", "States.ALL", "States.ALL"];
        let caught =
            if self.random.one_in(6) { self.random.pick(ERROR_NAMES) } else { self.random.pick(&LIKELY) };
        let target = self.random.pick(ways.later);
        let mut catcher = Map::new();
        catcher.insert("ErrorEquals".into(), json!([caught]));
        let error = Guess::object(["Error", "Cause"].map(|name| (name.to_owned(), Guess::Text)));
        let mut after = scope.clone();
        if jsonata {
            let sees = Scope { error: true, result: None, ..scope.clone() };
            after = self.output(&mut catcher, &sees, error);
            after.error = false;
        } else {
            if self.random.one_in(3) {
                self.assign_path(&mut catcher, &scope.with_input(error.clone()), &mut after);
            }
            let (path, data) = match self.random.below(5) {
                0 | 1 => (Some("$.r"), scope.input.with(&["r"], error)),
                2 => (Some("$.error"), scope.input.with(&["error"], error)),
                3 => (Some("$.a"), scope.input.with(&["a"], error)),
                _ => (None, error),
            };
            if let Some(path) = path {
                catcher.insert("ResultPath".into(), path.into());
            }
            after.input = data;
        }
        after.sure = Rc::default();
        self.say(&mut catcher, &[]);
        catcher.insert("Next".into(), target.clone().into());
        fields.insert("Catch".into(), json!([catcher]));
        left.push((Some(target), after));
    }

    /// Returns the input type of a function: like the data that flows there, or anything.
    pub(crate) fn sink(&mut self, guess: &Guess) -> &'static Shape {
        sink(self.random, guess, 2)
    }
}

pub(crate) fn is_jsonata(state: &Json, mode: Mode) -> bool {
    state["QueryLanguage"].as_str().map_or(mode == Mode::Jsonata, |language| language == "JSONata")
}

pub(crate) fn go_on(fields: &mut Map<String, Json>, ways: &Ways<'_>) {
    match ways.next {
        Some(next) => fields.insert("Next".into(), next.into()),
        None => fields.insert("End".into(), true.into()),
    };
}
