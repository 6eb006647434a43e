//! The journal of an execution: its start, and the inputs of each of its turns, as JSON text.

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD as BASE64};
use sha2::{Digest, Sha256};
use stepfn_core::{
    json,
    task::TaskFailure,
    value::{Map, Value},
};
use stepfn_executor::{
    Timestamp,
    turns::{Answer, Asked, Call, Input, Request},
};

mod requests;

/// The version of what is written here. A later one is not read.
const VERSION: i64 = 1;

/// The journal cannot be read: the store was written by another version of this crate, or is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

type Read<T> = Result<T, Unreadable>;

/// One entry of an execution's journal: a turn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    /// It was redriven.
    pub(crate) redriven: Option<Redriven>,
    /// Who waits for its end from now on.
    pub(crate) watchers: Vec<Watcher>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) events: Digests,
}

/// A message in an inbox.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Message {
    Input(Input),
    Redrive(Redriven),
    /// Another execution waits for the end of this one.
    Watch(Watcher),
}

/// An execution that waits for the end of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Watcher {
    /// Its ARN.
    pub(crate) execution: String,
    /// Its request.
    pub(crate) request: u64,
}

/// A redrive of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Redriven {
    /// The key with which it goes on.
    pub(crate) key: [u8; 32],
    /// The request of its parent that waits for its end, if that was what redrove it.
    pub(crate) request: Option<u64>,
}

/// The beginning of an execution, as far as no column of the store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) key: [u8; 32],
    /// The number of executions around it.
    pub(crate) depth: u32,
    /// The request of its parent that waits for its end.
    pub(crate) request: Option<u64>,
    /// The way from the machine of its revision to its own, through distributed Maps: where each one's machine begins, and its label.
    pub(crate) maps: Vec<(usize, String)>,
}

fn first(digest: [u8; 32]) -> [u8; 8] {
    digest.first_chunk().copied().unwrap_or_default()
}

/// The digests by which the events and calls of a turn are recognized.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Digests(Vec<[u8; 8]>);

impl Digests {
    /// The events come first, one by one; then the calls, which are known again by their numbers alone.
    pub(crate) fn of(events: &[String], calls: &[Call], requests: &[Request]) -> Self {
        let events = events.iter().map(|event| first(Sha256::digest(event).into()));
        let calls = calls.iter().map(|call| {
            let digest = Sha256::new().chain_update(call.idempotency_key()).chain_update([0]);
            let digest = digest.chain_update(call.state()).chain_update([0]);
            first(digest.chain_update(call.input().to_string()).finalize().into())
        });
        let requests = requests.iter().map(|request| {
            let digest = Sha256::new().chain_update(request.number.to_string()).chain_update([0]);
            let asked = match &request.asked {
                Asked::Start(start) => {
                    [start.name.as_str(), &start.machine, &start.input.to_string()].join("\0")
                }
                Asked::Child(child) => [child.execution_arn.as_str(), &child.input.to_string()].join("\0"),
                Asked::Redrive(arn) => arn.clone(),
                Asked::Answer(input) => write_input(input).to_string(),
                _ => String::new(),
            };
            first(digest.chain_update(asked).finalize().into())
        });
        Self(events.chain(calls).chain(requests).collect())
    }

    /// The place of the first event that is another one.
    pub(crate) fn differs(&self, other: &Self) -> Option<usize> {
        let most = self.0.len().max(other.0.len());
        (0..most).find(|place| self.0.get(*place) != other.0.get(*place))
    }
}

impl Head {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key, depth: 0, request: None, maps: Vec::new() }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut head = Map::new();
        head.insert("v".into(), VERSION.into());
        head.insert("key".into(), BASE64.encode(self.key).into());
        if self.depth > 0 {
            head.insert("depth".into(), self.depth.into());
        }
        put_number(&mut head, "request", self.request);
        if !self.maps.is_empty() {
            let maps = self.maps.iter().map(|(processor, label)| {
                object([("processor", Value::from(*processor)), ("label", label.as_str().into())])
            });
            head.insert("maps".into(), Value::array(maps));
        }
        Value::from(head).to_string().into_bytes()
    }

    pub(crate) fn read(bytes: &[u8]) -> Read<Self> {
        let head = versioned(bytes)?;
        let maps = head.get("maps").and_then(Value::as_array).unwrap_or_default().iter().map(|map| {
            let processor = number(map, "processor").and_then(|number| usize::try_from(number).ok());
            Ok((processor.ok_or_else(|| missing("processor"))?, text(map, "label")?.to_owned()))
        });
        Ok(Self {
            key: key(&head)?,
            depth: number(&head, "depth").and_then(|depth| u32::try_from(depth).ok()).unwrap_or(0),
            request: number(&head, "request"),
            maps: maps.collect::<Read<_>>()?,
        })
    }
}

fn number(of: &Value, key: &str) -> Option<u64> {
    of.get(key).and_then(Value::as_i64).and_then(|number| u64::try_from(number).ok())
}

fn put_number(into: &mut Map, key: &'static str, number: Option<u64>) {
    if let Some(number) = number {
        into.insert(key.into(), Value::from(i64::try_from(number).unwrap_or(i64::MAX)));
    }
}

fn key(of: &Value) -> Read<[u8; 32]> {
    let key = BASE64.decode(text(of, "key")?).ok().and_then(|bytes| bytes.try_into().ok());
    key.ok_or_else(|| missing("key"))
}

impl Entry {
    pub(crate) fn write(&self) -> Vec<u8> {
        let digests = BASE64.encode(self.events.0.as_flattened());
        let mut entry = Map::new();
        entry.insert("v".into(), VERSION.into());
        entry.insert("at".into(), self.at.as_microsecond().into());
        if let Some(redriven) = &self.redriven {
            entry.insert("key".into(), BASE64.encode(redriven.key).into());
            put_number(&mut entry, "request", redriven.request);
        }
        if !self.watchers.is_empty() {
            entry.insert("watch".into(), Value::array(self.watchers.iter().map(write_watcher)));
        }
        entry.insert("in".into(), Value::array(self.inputs.iter().map(write_input)));
        entry.insert("events".into(), digests.into());
        Value::from(entry).to_string().into_bytes()
    }

    pub(crate) fn read(bytes: &[u8]) -> Read<Self> {
        let entry = versioned(bytes)?;
        let redriven = entry.get("key").is_some().then(|| read_redriven(&entry)).transpose()?;
        let inputs = entry.get("in").and_then(Value::as_array).ok_or_else(|| missing("in"))?;
        let watchers = entry.get("watch").and_then(Value::as_array).unwrap_or_default().iter();
        let digests = BASE64.decode(text(&entry, "events")?).map_err(|_| missing("events"))?;
        let (digests, rest) = digests.as_chunks::<8>();
        if !rest.is_empty() {
            return Err(missing("events"));
        }
        Ok(Self {
            at: time(&entry, "at")?,
            redriven,
            watchers: watchers.map(read_watcher).collect::<Read<_>>()?,
            inputs: inputs.iter().map(read_input).collect::<Read<_>>()?,
            events: Digests(digests.to_vec()),
        })
    }
}

impl Message {
    pub(crate) fn write(&self) -> Vec<u8> {
        let message = match self {
            Self::Input(input) => write_input(input),
            Self::Redrive(redriven) => {
                let mut message = Map::new();
                message.insert("redrive".into(), true.into());
                message.insert("key".into(), BASE64.encode(redriven.key).into());
                put_number(&mut message, "request", redriven.request);
                message.into()
            }
            Self::Watch(watcher) => write_watcher(watcher),
        };
        message.to_string().into_bytes()
    }

    /// A message that was sent to a token. That of a worker who took a task does not name it.
    pub(crate) fn read(bytes: &[u8], sent_to: Option<&str>) -> Read<Self> {
        let message = parse(bytes)?;
        if message.get("redrive").is_some() {
            return read_redriven(&message).map(Self::Redrive);
        }
        if message.get("watcher").is_some() {
            return read_watcher(&message).map(Self::Watch);
        }
        let mut input = read_input(&message)?;
        if let (Input::Taken { token, .. }, Some(sent_to)) = (&mut input, sent_to) {
            sent_to.clone_into(token);
        }
        Ok(Self::Input(input))
    }
}

fn write_watcher(watcher: &Watcher) -> Value {
    let mut of = Map::new();
    of.insert("watcher".into(), watcher.execution.as_str().into());
    put_number(&mut of, "request", Some(watcher.request));
    of.into()
}

fn read_watcher(of: &Value) -> Read<Watcher> {
    let request = number(of, "request").ok_or_else(|| missing("request"))?;
    Ok(Watcher { execution: text(of, "watcher")?.to_owned(), request })
}

fn read_redriven(of: &Value) -> Read<Redriven> {
    Ok(Redriven { key: key(of)?, request: number(of, "request") })
}

fn write_input(input: &Input) -> Value {
    match input {
        Input::Answered { call, answer } => {
            let call = ("call", Value::from(i64::try_from(*call).unwrap_or(i64::MAX)));
            match answer {
                Answer::Done(Ok(value)) => object([call, ("ok", value.clone())]),
                Answer::Done(Err(failure)) => object([
                    call,
                    ("error", failure.error.as_str().into()),
                    ("cause", failure.cause.as_str().into()),
                ]),
                Answer::Panicked(message) => object([call, ("panic", message.as_str().into())]),
            }
        }
        Input::Success { token, output } => {
            object([("success", token.as_str().into()), ("output", output.clone())])
        }
        Input::Failure { token, error, cause } => {
            with([("failure", token.as_str())], [("error", error), ("cause", cause)])
        }
        Input::Heartbeat { token } => object([("heartbeat", token.as_str().into())]),
        Input::Taken { token, worker } => with([("taken", token.as_str())], [("worker", worker)]),
        Input::Stop { error, cause } => with([("stop", "")], [("error", error), ("cause", cause)]),
        Input::Replied { request, reply } => requests::write_reply(*request, reply),
        Input::Ended { request, end } => requests::write_end(*request, end),
        Input::MapRun { arn, update } => requests::write_update(arn, update),
        // The host gives none but these.
        _ => Value::Null,
    }
}

fn read_input(of: &Value) -> Read<Input> {
    let optional = |key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
    let has = |key: &str| of.get(key).is_some();
    Ok(if has("call") {
        let call = of.get("call").and_then(Value::as_i64).and_then(|call| u64::try_from(call).ok());
        let answer = if let Some(value) = of.get("ok") {
            Answer::Done(Ok(value.clone()))
        } else if let Some(message) = optional("panic") {
            Answer::Panicked(message)
        } else {
            Answer::Done(Err(TaskFailure::with_cause(text(of, "error")?, text(of, "cause")?)))
        };
        Input::Answered { call: call.ok_or_else(|| missing("call"))?, answer }
    } else if has("success") {
        let output = of.get("output").cloned().ok_or_else(|| missing("output"))?;
        Input::Success { token: text(of, "success")?.to_owned(), output }
    } else if has("failure") {
        let token = text(of, "failure")?.to_owned();
        Input::Failure { token, error: optional("error"), cause: optional("cause") }
    } else if has("heartbeat") {
        Input::Heartbeat { token: text(of, "heartbeat")?.to_owned() }
    } else if has("taken") {
        Input::Taken { token: text(of, "taken")?.to_owned(), worker: optional("worker") }
    } else if has("reply") {
        requests::read_reply(of)?
    } else if has("ended") {
        requests::read_end(of)?
    } else if has("map_run") {
        requests::read_update(of)?
    } else if has("stop") {
        Input::Stop { error: optional("error"), cause: optional("cause") }
    } else {
        return Err(Unreadable(format!("`{of}` is no input")));
    })
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::object(entries)
}

fn with<const N: usize, const M: usize>(
    given: [(&str, &str); N],
    optional: [(&str, &Option<String>); M],
) -> Value {
    let mut object = Map::new();
    for (key, text) in given {
        object.insert(key.into(), text.into());
    }
    for (key, text) in optional {
        if let Some(text) = text {
            object.insert(key.into(), text.as_str().into());
        }
    }
    object.into()
}

fn parse(bytes: &[u8]) -> Read<Value> {
    let text = str::from_utf8(bytes).map_err(|error| Unreadable(error.to_string()))?;
    json::parse_value(text).map_err(|error| Unreadable(error.to_string()))
}

fn versioned(bytes: &[u8]) -> Read<Value> {
    let value = parse(bytes)?;
    match value.get("v").and_then(Value::as_i64) {
        Some(VERSION) => Ok(value),
        Some(version) => Err(Unreadable(format!(
            "it has version {version}, and this version of stepfn-durable reads version {VERSION}"
        ))),
        None => Err(missing("v")),
    }
}

fn missing(key: &str) -> Unreadable {
    Unreadable(format!("`{key}` is missing or not what it must be"))
}

fn text<'a>(of: &'a Value, key: &str) -> Read<&'a str> {
    of.get(key).and_then(Value::as_str).ok_or_else(|| missing(key))
}

fn time(of: &Value, key: &str) -> Read<Timestamp> {
    let micros = of.get(key).and_then(Value::as_i64).ok_or_else(|| missing(key))?;
    Timestamp::from_microsecond(micros).map_err(|error| Unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let text = |text: &str| Some(text.to_owned());
        let token = "t\u{0}\"한".to_owned();
        let value = json::parse_value(r#"{"n": 1.50, "big": 123456789012345678901234567890, "s": "\u0000"}"#)
            .unwrap();
        let inputs = vec![
            Input::Answered { call: 1, answer: Answer::Done(Ok(value.clone())) },
            Input::Answered { call: 2, answer: Answer::Done(Ok(Value::Null)) },
            Input::Answered { call: 3, answer: Answer::Done(Err(TaskFailure::with_cause("E", "why"))) },
            Input::Answered { call: 4, answer: Answer::Panicked("oh".to_owned()) },
            Input::Success { token: token.clone(), output: value },
            Input::Failure { token: token.clone(), error: text("E"), cause: None },
            Input::Failure { token: token.clone(), error: None, cause: text("why") },
            Input::Heartbeat { token: token.clone() },
            Input::Taken { token: token.clone(), worker: text("w") },
            Input::Taken { token, worker: None },
            Input::Stop { error: None, cause: None },
            Input::Stop { error: text("E"), cause: text("") },
        ];
        let inputs = [inputs, requests::tests::inputs()].concat();
        for input in &inputs {
            let message = Message::Input(input.clone());
            assert_eq!(Message::read(&message.write(), None), Ok(message));
        }
        let watch = Message::Watch(Watcher { execution: "e".to_owned(), request: 1 });
        assert_eq!(Message::read(&watch.write(), None), Ok(watch));
        for request in [None, Some(5)] {
            let redrive = Message::Redrive(Redriven { key: [4; 32], request });
            assert_eq!(Message::read(&redrive.write(), None), Ok(redrive));
        }
        let at = Timestamp::from_microsecond(1_700_000_000_123_456).unwrap();
        let events = Digests::of(&["{}".to_owned(), "{\"id\":2}".to_owned()], &[], &[]);
        for redriven in [None, Some(Redriven { key: [3; 32], request: Some(2) })] {
            let watchers =
                vec![Watcher { execution: "e".to_owned(), request: 4 }; usize::from(redriven.is_some())];
            let entry = Entry { at, redriven, watchers, inputs: inputs.clone(), events: events.clone() };
            assert_eq!(Entry::read(&entry.write()), Ok(entry));
        }
        let plain = Head::new([9; 32]);
        let child =
            Head { depth: 2, request: Some(7), maps: vec![(3, "Each".to_owned())], ..Head::new([8; 32]) };
        for head in [plain, child] {
            assert_eq!(Head::read(&head.write()), Ok(head));
        }
    }

    #[test]
    fn what_is_damaged_or_newer_is_refused_with_words() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"v":1}"#,
            r#"{"v":1,"at":1,"in":[{}],"events":""}"#,
            r#"{"v":1,"at":1,"in":[],"events":"0"}"#,
        ] {
            assert!(Entry::read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Entry::read(&[0xff]).is_err());
        let newer = Entry::read(br#"{"v":2}"#).unwrap_err();
        assert_eq!(newer.0, "it has version 2, and this version of stepfn-durable reads version 1");
        assert!(Head::read(br#"{"v":1,"key":"00"}"#).is_err());
    }

    #[test]
    fn the_first_event_that_differs_is_named() {
        let digests = |texts: &[&str]| {
            Digests::of(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), &[], &[])
        };
        assert_eq!(digests(&["a", "b"]).differs(&digests(&["a", "b"])), None);
        assert_eq!(digests(&["a", "b"]).differs(&digests(&["a", "c"])), Some(1));
        assert_eq!(digests(&["a"]).differs(&digests(&["a", "c"])), Some(1));
        assert_eq!(digests(&["a"]).differs(&digests(&[])), Some(0));
    }
}
