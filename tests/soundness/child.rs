//! Random nested workflows: a machine that a state of another one starts, with an input and an output of its own.

use serde_json::{Map, Value as Json, json};
use stepfn::{
    draft::CHILD_ARN,
    shape::{Shape, Side},
};
use stepfn_core::service::{self, Resource};

use crate::{
    guess::{Guess, Kind},
    machine::{self, Author, Mode, Wish},
    paths, prune, query,
    scope::Scope,
    shapes,
    trial::{Child, Trial, Work, WorkKind},
};

/// The resources that start a machine.
pub(crate) const STARTS: [&str; 6] = [
    "states:startExecution",
    "states:startExecution.sync",
    "states:startExecution.sync:2",
    "states:startExecution.waitForTaskToken",
    "aws-sdk:sfn:startExecution",
    "aws-sdk:sfn:startSyncExecution",
];

impl Author<'_> {
    /// A state that starts another machine: what that takes is judged, and what it answers is known.
    pub(crate) fn start(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        jsonata: bool,
        name: &str,
    ) -> Guess {
        let mut resource = self.random.pick(&STARTS);
        if self.random.one_in(2) {
            // What it answers is known.
            resource = "states:startExecution.sync:2";
        }
        if self.express && (resource.contains(".sync") || resource.contains(".waitForTaskToken")) {
            resource = "aws-sdk:sfn:startSyncExecution";
        }
        let callback = resource.ends_with(".waitForTaskToken");
        let scope = Scope { token: callback, ..scope.clone() };
        let inside = if jsonata { scope.clone() } else { self.input_path(fields, &scope) };
        // Made towards the type of what flows, or the type towards what flows.
        let meant = self.random.one_in(2).then(|| shapes::object(self.random, 1));
        let (mut key, mut sent, mut given) = self.sent(&inside, jsonata, meant);
        if callback {
            (key, sent) = ("Input", if sent.is_object() { sent } else { json!({}) });
            let (token, text) = if jsonata {
                ("token", "{% $states.context.Task.Token %}")
            } else {
                ("token.$", "$$.Task.Token")
            };
            sent[token] = text.into();
            given = given.with(&["token"], Guess::Text);
        }
        let input = meant.unwrap_or_else(|| self.sink(&given));
        let result = callback.then(|| shapes::shape(self.random, 2));
        fields.insert("Resource".into(), format!("arn:aws:states:::{resource}").into());
        let holder = if jsonata { "Arguments" } else { "Parameters" };
        fields.insert(holder.into(), json!({ "StateMachineArn": CHILD_ARN, key: sent }));
        let express = resource.ends_with("startSyncExecution") || self.random.one_in(4);
        let child = self.child(name, input, express);
        let output = child.trial.output.unwrap_or(&Shape::Any);
        let number = self.children.len();
        self.children.push(child);
        self.work.push(Work { state: name.to_owned(), kind: WorkKind::Child { number, result } });
        if let Some(result) = result {
            return Guess::of(result, Side::Given);
        }
        if resource.ends_with(".sync:2") {
            let texts = ["ExecutionArn", "Name", "StateMachineArn", "Status"];
            let texts = texts.map(|name| (name.to_owned(), Guess::Text));
            return Guess::object(texts).with(&["Output"], Guess::of(output, Side::Given));
        }
        let arn = format!("arn:aws:states:::{resource}");
        let Resource::Integration(named) = service::lookup(&arn) else {
            return Guess::Any;
        };
        let answer = named.known().and_then(|action| action.answer(named.pattern));
        answer.map_or(Guess::Any, Guess::Service)
    }

    /// The input of the machine that is started: its key, its text, and what it is.
    fn sent(
        &mut self,
        scope: &Scope,
        jsonata: bool,
        meant: Option<&'static Shape>,
    ) -> (&'static str, Json, Guess) {
        let (value, guess) = match (jsonata, meant, self.random.below(3)) {
            (true, Some(shape), _) => query::towards(self.random, scope, shape),
            (false, Some(shape), _) => paths::towards(self.random, scope, shape),
            (true, None, 0) => query::text(self.random, scope, Kind::Object),
            (true, None, _) => query::template(self.random, scope),
            (false, None, 0) => {
                let (path, guess) = paths::expression(self.random, scope, Kind::Object);
                return ("Input.$", path.into(), guess);
            }
            (false, None, _) => paths::template(self.random, scope, 2),
        };
        ("Input", value, guess)
    }

    /// A machine of its own that takes this, as far as the checker accepts it.
    fn child(&mut self, state: &str, input: &'static Shape, express: bool) -> Child {
        let mode = self.random.pick(&[Mode::Paths, Mode::Jsonata, Mode::Mixed]);
        let (size, level) = (self.random.pick(&[1, 1, 2, 3]), self.level + 1);
        let wish = Wish { mode, express, strict: false, input, size, level };
        let made = machine::write(self.random, &wish);
        let plain = || Trial {
            machine: json!({ "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } } }),
            express,
            strict: false,
            input,
            output: None,
            work: Vec::new(),
            texts: Vec::new(),
            constants: Vec::new(),
            children: Vec::new(),
        };
        let trial = prune::prune(made, |_, _| {}).map_or_else(plain, |(trial, _)| trial);
        Child { name: Box::leak(format!("Child{level}{state}").into_boxed_str()), trial }
    }
}
