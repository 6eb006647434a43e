use std::sync::Arc;

use indexmap::IndexMap;
use stepfn_core::{
    diagnostic::{list, nearest},
    json::{self, Document, Span, push_token},
    sort,
    task::TaskFailure,
    value::{Map, Value},
};

use super::{
    Cases, MOST_COMPARED, MockFault, MockFile, MockFileError,
    response::{Answer, Response},
};

pub(super) fn read(text: &str) -> Result<MockFile, MockFileError> {
    let document = json::parse(text).map_err(|error| MockFault {
        pointer: String::new(),
        span: Span { range: error.offset..error.offset, line: error.line, column: error.column },
        message: error.message,
        help: error.help,
    })?;
    let mut reader = Reader { document: &document, faults: Vec::new() };
    let machines = reader.file();
    let mut faults = reader.faults;
    if !faults.is_empty() {
        sort::sort_by_key(&mut faults, |fault| fault.span.range.start);
        return Err(MockFileError { faults });
    }
    Ok(MockFile { document, machines })
}

struct Reader<'d> {
    document: &'d Document,
    faults: Vec<MockFault>,
}

impl<'d> Reader<'d> {
    fn fault(&mut self, pointer: &str, message: impl Into<String>, help: Option<String>) {
        let span = self.document.nearest_span(pointer);
        self.faults.push(MockFault { pointer: pointer.to_owned(), span, message: message.into(), help });
    }

    /// A fault of a key.
    fn key_fault(&mut self, pointer: &str, message: impl Into<String>, help: Option<String>) {
        let span = self.document.key_span(pointer).unwrap_or_else(|| self.document.nearest_span(pointer));
        self.faults.push(MockFault { pointer: pointer.to_owned(), span, message: message.into(), help });
    }

    fn object(&mut self, value: &'d Value, at: &str, what: &str) -> Option<&'d Map> {
        let map = value.as_object();
        if map.is_none() {
            self.fault(at, format!("{what} must be an object"), None);
        }
        map
    }

    /// A field that must be there, an object.
    fn field(&mut self, map: &'d Map, at: &str, name: &str) -> Option<(&'d Map, String)> {
        let Some(value) = map.get(name) else {
            let near = nearest(name, map.keys().map(|key| &**key));
            let help = near.map(|near| format!("`{near}` is there: write `{name}`"));
            self.fault(at, format!("the field `{name}` is missing"), help);
            return None;
        };
        let at = child(at, name);
        Some((self.object(value, &at, &format!("`{name}`"))?, at))
    }

    fn file(&mut self) -> IndexMap<String, IndexMap<String, Cases>> {
        let document = self.document;
        for (pointer, _) in &document.duplicates {
            let help = "only the last one counts: remove or rename the other".to_owned();
            self.key_fault(pointer, "this key occurs twice in one object", Some(help));
        }
        let mut machines = IndexMap::new();
        let Some(root) = self.object(&self.document.value, "", "a mock file") else { return machines };
        let responses = self.field(root, "", "MockedResponses").map(|(map, at)| self.responses(map, &at));
        let Some((map, at)) = self.field(root, "", "StateMachines") else { return machines };
        for (name, machine) in map.iter() {
            let at = child(&at, name);
            let Some(machine) = self.object(machine, &at, "a state machine") else { continue };
            let Some((cases, at)) = self.field(machine, &at, "TestCases") else { continue };
            let cases = cases.iter().map(|(case, states)| {
                let states = self.case(states, &child(&at, case), responses.as_ref());
                (case.to_string(), states)
            });
            machines.insert(name.to_string(), cases.collect());
        }
        machines
    }

    fn case(
        &mut self,
        states: &'d Value,
        at: &str,
        responses: Option<&IndexMap<&'d str, Option<Arc<Response>>>>,
    ) -> Cases {
        let mut case = Vec::new();
        let Some(states) = self.object(states, at, "a test case") else { return case };
        for (state, response) in states.iter() {
            let at = child(at, state);
            let Some(name) = response.as_str() else {
                self.fault(&at, "the name of a mocked response must be a string", None);
                continue;
            };
            let Some(responses) = responses else { continue };
            match responses.get(name) {
                Some(Some(response)) => case.push((state.to_string(), Arc::clone(response))),
                // It has faults of its own.
                Some(None) => {}
                None => {
                    let names = || responses.keys().copied();
                    // Thousands of names that are each compared with thousands would take minutes.
                    let near = if self.faults.len() < MOST_COMPARED { nearest(name, names()) } else { None };
                    let help = match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None if responses.is_empty() => "add it to `MockedResponses`".to_owned(),
                        None => format!("there are {}", list(names())),
                    };
                    self.fault(&at, format!("there is no mocked response `{name}`"), Some(help));
                }
            }
        }
        case
    }

    fn responses(&mut self, map: &'d Map, at: &str) -> IndexMap<&'d str, Option<Arc<Response>>> {
        let mut responses = IndexMap::new();
        for (name, response) in map.iter() {
            let answers = self.response(response, &child(at, name));
            let response = answers.map(|answers| Arc::new(Response { name: name.to_string(), answers }));
            responses.insert(&**name, response);
        }
        responses
    }

    /// The answers of a mocked response, where nothing is wrong with it.
    fn response(&mut self, response: &'d Value, at: &str) -> Option<Vec<Answer>> {
        let before = self.faults.len();
        let entries = self.object(response, at, "a mocked response")?;
        if entries.is_empty() {
            let help = "add an answer for the first invocation, `\"0\"`".to_owned();
            self.fault(at, "a mocked response has no answers", Some(help));
        }
        let mut answers = Vec::new();
        for (key, answer) in entries.iter() {
            let at = child(at, key);
            let invocations = match invocations(key) {
                Ok(invocations) => Some(invocations),
                Err(message) => {
                    let help = "write `\"0\"` for the first invocation, `\"1-2\"` for the two that follow";
                    self.key_fault(&at, message, Some(help.to_owned()));
                    None
                }
            };
            let result = self.answer(answer, &at);
            if let (Some((first, last)), Some(result)) = (invocations, result) {
                answers.push((first, at, Answer { last, result }));
            }
        }
        // What is missing may be what could not be read.
        if self.faults.len() > before {
            return None;
        }
        sort::sort_by_key(&mut answers, |(first, _, answer)| (*first, answer.last));
        let mut next = 0;
        for (first, at, answer) in &answers {
            let first = u64::from(*first);
            if first > next {
                let help = "the invocations are numbered from 0, without gaps".to_owned();
                let missing = range(next, first - 1);
                self.key_fault(at, format!("{missing} no answer before this one"), Some(help));
            } else if first < next {
                let message = format!("invocation {first} has two answers");
                self.key_fault(at, message, Some("each invocation has one".to_owned()));
            }
            next = next.max(u64::from(answer.last) + 1);
        }
        (self.faults.len() == before).then(|| answers.into_iter().map(|(_, _, answer)| answer).collect())
    }

    fn answer(&mut self, answer: &'d Value, at: &str) -> Option<Result<Value, TaskFailure>> {
        const RETURN: &str =
            "write `{ \"Return\": … }` or `{ \"Throw\": { \"Error\": \"…\", \"Cause\": \"…\" } }`";
        let answer = self.object(answer, at, "an answer")?;
        let fields: Vec<&str> = answer.keys().map(|key| &**key).collect();
        match fields[..] {
            ["Return"] => answer.get("Return").cloned().map(Ok),
            ["Throw"] => self.throw(answer.get("Throw")?, &child(at, "Throw")).map(Err),
            _ if fields.contains(&"Return") && fields.contains(&"Throw") => {
                self.fault(at, "an answer has either `Return` or `Throw`, not both", None);
                None
            }
            _ => {
                let stray = fields.iter().find(|field| !["Return", "Throw"].contains(field));
                match stray {
                    Some(field) => {
                        let near = nearest(field, ["Return", "Throw"]);
                        let help = near.map_or(RETURN.to_owned(), |near| format!("did you mean `{near}`?"));
                        let message = format!("an answer has no field `{field}`");
                        self.key_fault(&child(at, field), message, Some(help));
                    }
                    None => self.fault(at, "an answer needs `Return` or `Throw`", Some(RETURN.to_owned())),
                }
                None
            }
        }
    }

    fn throw(&mut self, throw: &'d Value, at: &str) -> Option<TaskFailure> {
        let throw = self.object(throw, at, "`Throw`")?;
        let mut text = |name: &str| match throw.get(name) {
            None => {
                self.fault(at, format!("`Throw` needs the field `{name}`"), None);
                None
            }
            Some(value) => {
                let text = value.as_str();
                if text.is_none() {
                    self.fault(&child(at, name), format!("`{name}` must be a string"), None);
                }
                text
            }
        };
        let (error, cause) = (text("Error"), text("Cause"));
        for key in throw.keys().filter(|key| !["Error", "Cause"].contains(&&***key)) {
            let help = nearest(key, ["Error", "Cause"]).map(|near| format!("did you mean `{near}`?"));
            self.key_fault(&child(at, key), format!("`Throw` has no field `{key}`"), help);
        }
        Some(TaskFailure::with_cause(error?, cause?))
    }
}

fn child(at: &str, name: &str) -> String {
    let mut at = at.to_owned();
    push_token(&mut at, name);
    at
}

/// The first and the last of the invocations of a key: `0`, `1-2`.
fn invocations(key: &str) -> Result<(u32, u32), String> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    let (first, last) = key.split_once('-').unwrap_or((key, key));
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Err(format!("the invocations `{key}` go backwards")),
        (Some(first), Some(last)) => Ok((first, last)),
        _ => Err(format!("`{key}` is no invocation number and no range of them")),
    }
}

fn range(first: u64, last: u64) -> String {
    if first == last {
        format!("invocation {first} has")
    } else {
        format!("invocations {first} to {last} have")
    }
}
