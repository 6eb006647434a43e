//! The results of requests to Step Functions, as JSON.

use stepfn_core::value::{Map, Value};
use stepfn_executor::{
    Status, Timestamp,
    turns::{ChildEnd, Input, MapRunUpdate, Reply},
};

use super::{Read, missing, number, object, put_number, text, time};

fn int(number: u64) -> Value {
    Value::from(i64::try_from(number).unwrap_or(i64::MAX))
}

fn micros(at: Timestamp) -> Value {
    at.as_microsecond().into()
}

pub(super) fn write_reply(request: u64, reply: &Reply) -> Value {
    let request = ("reply", int(request));
    match reply {
        Reply::Started { execution_arn, machine_arn, at } => object([
            request,
            ("started", execution_arn.as_str().into()),
            ("machine", machine_arn.as_str().into()),
            ("at", micros(*at)),
        ]),
        Reply::Refused { code, message } => {
            object([request, ("refused", code.as_str().into()), ("message", message.as_str().into())])
        }
        _ => object([request]),
    }
}

pub(super) fn read_reply(of: &Value) -> Read<Input> {
    let request = number(of, "reply").ok_or_else(|| missing("reply"))?;
    let reply = if of.get("started").is_some() {
        Reply::Started {
            execution_arn: text(of, "started")?.to_owned(),
            machine_arn: text(of, "machine")?.to_owned(),
            at: time(of, "at")?,
        }
    } else if of.get("refused").is_some() {
        Reply::Refused { code: text(of, "refused")?.to_owned(), message: text(of, "message")?.to_owned() }
    } else {
        Reply::Done
    };
    Ok(Input::Replied { request, reply })
}

pub(super) fn write_end(request: u64, end: &ChildEnd) -> Value {
    let mut of = Map::new();
    of.insert("ended".into(), int(request));
    of.insert("status".into(), end.status.name().into());
    match &end.status {
        Status::Succeeded { output } => drop(of.insert("output".into(), output.clone())),
        Status::Failed { error, cause } | Status::Aborted { error, cause } => {
            for (key, text) in [("error", error), ("cause", cause)] {
                if let Some(text) = text {
                    of.insert(key.into(), text.as_str().into());
                }
            }
        }
        Status::Running | Status::TimedOut => {}
    }
    of.insert("started".into(), micros(end.started));
    of.insert("stopped".into(), micros(end.stopped));
    if end.redrives > 0 {
        put_number(&mut of, "redrives", Some(end.redrives.into()));
    }
    if let Some(reason) = &end.not_redrivable {
        of.insert("final".into(), reason.as_str().into());
    }
    of.into()
}

pub(super) fn read_end(of: &Value) -> Read<Input> {
    let optional = |key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
    let status = match text(of, "status")? {
        "SUCCEEDED" => {
            Status::Succeeded { output: of.get("output").cloned().ok_or_else(|| missing("output"))? }
        }
        "FAILED" => Status::Failed { error: optional("error"), cause: optional("cause") },
        "ABORTED" => Status::Aborted { error: optional("error"), cause: optional("cause") },
        "TIMED_OUT" => Status::TimedOut,
        _ => return Err(missing("status")),
    };
    let end = ChildEnd {
        status,
        started: time(of, "started")?,
        stopped: time(of, "stopped")?,
        redrives: number(of, "redrives").and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
        not_redrivable: optional("final"),
    };
    Ok(Input::Ended { request: number(of, "ended").ok_or_else(|| missing("ended"))?, end })
}

pub(super) fn write_update(arn: &str, update: &MapRunUpdate) -> Value {
    let mut of = Map::new();
    of.insert("map_run".into(), arn.into());
    put_number(&mut of, "concurrency", update.max_concurrency);
    put_number(&mut of, "count", update.tolerated_failure_count);
    if let Some(percentage) = update.tolerated_failure_percentage {
        of.insert("percentage".into(), Value::from(percentage));
    }
    of.into()
}

pub(super) fn read_update(of: &Value) -> Read<Input> {
    let update = MapRunUpdate {
        max_concurrency: number(of, "concurrency"),
        tolerated_failure_count: number(of, "count"),
        tolerated_failure_percentage: of.get("percentage").and_then(Value::as_f64),
    };
    Ok(Input::MapRun { arn: text(of, "map_run")?.to_owned(), update })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn inputs() -> Vec<Input> {
        let at = Timestamp::from_microsecond(1_700_000_000_123_456).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let replies = [
            Reply::Started { execution_arn: "e".to_owned(), machine_arn: "m".to_owned(), at },
            Reply::Refused { code: "c".to_owned(), message: String::new() },
            Reply::Done,
        ];
        let ends = [
            Status::Succeeded { output: Value::Null },
            Status::Failed { error: None, cause: text("why") },
            Status::Aborted { error: text("e"), cause: None },
            Status::TimedOut,
        ];
        let updates = [
            MapRunUpdate { max_concurrency: Some(0), ..MapRunUpdate::default() },
            MapRunUpdate {
                tolerated_failure_count: Some(3),
                tolerated_failure_percentage: Some(12.5),
                ..MapRunUpdate::default()
            },
        ];
        let replies = replies.into_iter().map(|reply| Input::Replied { request: 3, reply });
        let ends = (0..).zip(ends).map(|(redrives, status)| {
            let end = ChildEnd {
                status,
                started: at,
                stopped: at,
                redrives,
                not_redrivable: text("so").filter(|_| redrives > 1),
            };
            Input::Ended { request: 1 << 33, end }
        });
        let updates = updates.into_iter().map(|update| Input::MapRun { arn: "r".to_owned(), update });
        replies.chain(ends).chain(updates).collect()
    }
}
