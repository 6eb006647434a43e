//! What the work of a Task is sent, and what it gives.

use super::{
    Analyser, OwnedClaim, OwnedNeed, StateTyping, answer,
    errors::error_names,
    obligation::Obligation,
    origin::Origin,
    site::{Reading, Site},
    value::Sym,
};
use crate::{
    asl::{State, Task},
    json::Pointer,
    jsonata,
    placeholder::has_placeholder,
    service::{Pattern, Resource, lookup},
    shape::{Need, Side},
    task::Call,
    value::Value,
};

impl Analyser<'_> {
    pub(super) fn task(&mut self, site: &Site, state: &State, task: &Task, input: &Sym) -> Sym {
        let at = &site.at;
        for (field, path) in [
            ("TimeoutSecondsPath", &task.timeout_seconds_path),
            ("HeartbeatSecondsPath", &task.heartbeat_seconds_path),
        ] {
            if let Some(path) = path {
                self.amount(site, &at.key(field), path, Need::Integer);
            }
        }
        if let Some(credentials) = &task.credentials {
            self.template(site, &at.key("Credentials"), credentials);
        }
        let typing = self.typing.states.get(at.as_str()).cloned();
        // A function declares the errors it raises.
        if !matches!(typing, Some(StateTyping::Task { .. })) {
            self.foreign_errors(site, state, task);
            self.sent(site, state, task, input);
        }
        let name = site.place.trim_start_matches("state `").trim_end_matches("`: ").to_owned();
        let origin = format!("the result of `{name}`");
        match typing {
            Some(StateTyping::Task { task, name: function, input: wanted, output, call, result }) => {
                let (template, field) = given(state);
                let (payload, payload_at) = match call {
                    Call::Direct if template.is_some() => (input.clone(), at.key(field)),
                    Call::Direct => (input.clone(), at.key("Resource")),
                    Call::Invoke | Call::WaitForTaskToken => parameter(at, state, input, "Payload"),
                };
                let what = format!("the input of `{function}`");
                match call {
                    Call::Direct => self.fits(site, &payload_at, &payload, wanted, &what),
                    _ => self.payload_fits(site, &payload_at, &payload, wanted, &what),
                }
                if let (Call::WaitForTaskToken, Some(result), Some(payload)) =
                    (call, result, template.and_then(|template| template.get("Payload")))
                {
                    let mut tokens = Vec::new();
                    token_keys(payload, &mut Vec::new(), &mut tokens);
                    for keys in tokens {
                        self.oblige(Obligation {
                            at: keys.iter().fold(payload_at.clone(), |at, key| at.key(key)),
                            range: None,
                            place: site.place.clone(),
                            claim: OwnedClaim::Answers { keys, input: wanted, result },
                        });
                    }
                }
                // Who answers a callback may fail it with any name.
                if call != Call::WaitForTaskToken {
                    self.raised(site, state, task, &function);
                }
                match call {
                    Call::Direct => Sym::leaf(result.unwrap_or(output), Side::Made, origin),
                    Call::Invoke => Sym::object([
                        ("ExecutedVersion", Sym::String),
                        ("Payload", Sym::leaf(output, Side::Made, origin)),
                        ("StatusCode", Sym::status()),
                        (answer::HTTP, answer::metadata(answer::HTTP)),
                        (answer::RESPONSE, answer::metadata(answer::RESPONSE)),
                    ]),
                    Call::WaitForTaskToken => result.map_or_else(
                        || Sym::Any(Origin::result(&name)),
                        |ty| Sym::leaf(ty, Side::Given, origin),
                    ),
                }
            }
            Some(StateTyping::Child { name: child, input: wanted, output, result }) => {
                let (sent, sent_at) = parameter(at, state, input, "Input");
                // A null is taken for an empty object, as a payload is.
                self.payload_fits(site, &sent_at, &sent, wanted, &format!("the input of `{child}`"));
                self.no_text(site, &sent_at, &sent);
                self.child_result(task, &name, (&child, output), result)
            }
            Some(StateTyping::Result(ty)) => Sym::leaf(ty, Side::Given, origin),
            Some(StateTyping::Constant { .. }) | None => answer::of_task(task, &name),
        }
    }

    /// Demands of what another machine is started with that it is no text: `StartExecution` reads a text as JSON text.
    pub(super) fn no_text(&mut self, site: &Site, at: &Pointer, sent: &Sym) {
        let reading =
            Reading { site, at: at.to_owned(), range: None, shown: "Input".to_owned(), asks: false };
        for member in sent.members() {
            match member {
                Sym::Leaf(leaf) => self.claim_path(leaf, &[], &OwnedNeed::Other(Need::Data), &reading),
                other if other.is_open() => {}
                other => self.demand(other, &OwnedNeed::Other(Need::Data), &reading),
            }
        }
    }

    /// Returns the result of a Task that starts another machine.
    pub(super) fn child_result(
        &mut self,
        task: &Task,
        name: &str,
        (child, output): (&str, super::TypeRef),
        result: Option<super::TypeRef>,
    ) -> Sym {
        let origin = format!("the result of `{name}`");
        if let Some(ty) = result {
            return Sym::leaf(ty, Side::Given, origin);
        }
        let answer = answer::of_task(task, name);
        let Some(Resource::Integration(named)) = task.resource.as_str().map(lookup) else { return answer };
        // With the other patterns the output is a text, or not there yet.
        if named.pattern != Pattern::Sync2 {
            return answer;
        }
        let output = Sym::leaf(output, Side::Given, format!("the output of `{child}`"));
        answer.set(&["Output".into()], output)
    }

    /// The names in `Retry` and `Catch` that the task would have to raise itself.
    pub(super) fn raised(&mut self, site: &Site, state: &State, task: super::TaskRef, function: &str) {
        for (at, error) in error_names(state) {
            // Names with a dot are the service's, or of a service that the task passes on; which one a placeholder becomes, nobody knows.
            if !error.contains('.') && !has_placeholder(error) {
                self.oblige(Obligation {
                    at: site.at.join(at),
                    range: None,
                    place: site.place.clone(),
                    claim: OwnedClaim::Raises { task, name: function.to_owned(), error: error.clone() },
                });
            }
        }
    }
}

/// Collects the places of the task's token in a template.
pub(super) fn token_keys(template: &Value, keys: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let Value::Object(map) = template else { return };
    for (key, value) in map.iter() {
        keys.push(key.trim_end_matches(".$").to_owned());
        let is_token = value.as_str().is_some_and(|text| {
            text == "$$.Task.Token"
                || jsonata::expression_in(text)
                    .is_some_and(|(inside, _)| inside.trim() == "$states.context.Task.Token")
        });
        if is_token {
            found.push(keys.clone());
        }
        token_keys(value, keys, found);
        keys.pop();
    }
}

/// Returns the parameters that a Task gives its service, and their field.
pub(super) fn given(state: &State) -> (Option<&Value>, &'static str) {
    match &state.arguments {
        Some(arguments) => (Some(arguments), "Arguments"),
        None => (state.parameters.as_ref(), "Parameters"),
    }
}

/// Returns one parameter of a service that takes data, and its place. Without it the service is given an empty object.
pub(super) fn parameter(at: &Pointer, state: &State, input: &Sym, name: &str) -> (Sym, Pointer) {
    let (template, field) = given(state);
    match template {
        Some(Value::Object(map)) if map.contains_key(name) => (input.peek(name), at.key(field).key(name)),
        Some(Value::Object(map)) if map.contains_key(format!("{name}.$").as_str()) => {
            (input.peek(name), at.key("Parameters").key(&format!("{name}.$")))
        }
        // An expression that makes all of it.
        Some(Value::String(_)) => (input.peek(name), at.key(field)),
        _ => (Sym::object([]), at.key("Resource")),
    }
}
