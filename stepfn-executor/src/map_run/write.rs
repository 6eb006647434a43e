//! `ResultWriter`: what children came to, as a text or in a bucket (AWS, "ResultWriter (Map)").

use std::{
    collections::VecDeque,
    sync::Arc,
    task::{Context, Poll},
};

use jiff::Timestamp;
use stepfn_core::value::{Map, Value};

use super::{Bucket, IoError, stream::BoxFuture};
use crate::{identity::iso, outcome::Status, program::Transformation};

/// After how many bytes a file is full.
const FILE: usize = 5 << 20;

/// A child that ended, or never ran.
#[derive(Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) arn: &'a str,
    pub(crate) name: &'a str,
    pub(crate) machine: &'a str,
    /// None where it was too large to run with.
    pub(crate) input: Option<&'a Value>,
    pub(crate) started: Timestamp,
    pub(crate) stopped: Timestamp,
    pub(crate) status: &'a Status,
}

/// Returns a child's entries in the results. A child that failed is shown with its execution, whatever the transformation.
pub(crate) fn entries(ended: &Ended<'_>, transformation: Transformation) -> Vec<Value> {
    match (ended.status, transformation) {
        (Status::Succeeded { output }, Transformation::Compact) => vec![output.clone()],
        (Status::Succeeded { output }, Transformation::Flatten) => match output.as_array() {
            Some(items) => items.to_vec(),
            None => vec![output.clone()],
        },
        _ => vec![execution(ended)],
    }
}

fn execution(ended: &Ended<'_>) -> Value {
    let included = |is: bool| Value::object([("Included", Value::from(is))]);
    let mut entry = Map::new();
    let mut add = |key: &str, value: Value| entry.insert(key.into(), value);
    if let Status::Failed { error, cause } = ended.status {
        for (key, text) in [("Cause", cause), ("Error", error)] {
            if let Some(text) = text {
                add(key, text.as_str().into());
            }
        }
    }
    add("ExecutionArn", ended.arn.into());
    if let Some(input) = ended.input {
        add("Input", input.to_string().into());
    }
    add("InputDetails", included(ended.input.is_some()));
    add("Name", ended.name.into());
    if let Status::Succeeded { output } = ended.status {
        add("Output", output.to_string().into());
        add("OutputDetails", included(true));
    }
    add("StartDate", iso(ended.started).into());
    add("StateMachineArn", ended.machine.into());
    let status = if *ended.status == Status::Running { "PENDING" } else { ended.status.name() };
    add("Status", status.into());
    if *ended.status != Status::Running {
        add("StopDate", iso(ended.stopped).into());
    }
    entry.into()
}

/// The results of a run on their way into a bucket: files of bounded length, written as they fill.
pub(crate) struct Export {
    store: Arc<dyn Bucket>,
    bucket: String,
    /// `<prefix>/<run>`
    folder: String,
    is_lines: bool,
    lists: [List; 3],
    writes: VecDeque<BoxFuture<Result<(), IoError>>>,
}

#[derive(Debug)]
struct List {
    name: &'static str,
    text: String,
    files: Vec<Value>,
}

impl Export {
    pub(crate) fn new(
        store: Arc<dyn Bucket>,
        bucket: String,
        prefix: &str,
        run: &str,
        is_lines: bool,
    ) -> Self {
        let prefix = prefix.trim_end_matches('/');
        let folder = if prefix.is_empty() { run.to_owned() } else { format!("{prefix}/{run}") };
        let lists = ["SUCCEEDED", "FAILED", "PENDING"].map(|name| List {
            name,
            text: String::new(),
            files: Vec::new(),
        });
        Self { store, bucket, folder, is_lines, lists, writes: VecDeque::new() }
    }

    /// Adds the results of a child.
    pub(crate) fn push(&mut self, status: &Status, entries: &[Value]) {
        let list = match status {
            Status::Succeeded { .. } => 0,
            Status::Failed { .. } | Status::TimedOut => 1,
            Status::Running | Status::Aborted { .. } => 2,
        };
        for entry in entries {
            let text = &mut self.lists[list].text;
            if !self.is_lines {
                text.push(if text.is_empty() { '[' } else { ',' });
            }
            text.push_str(&entry.to_string());
            if self.is_lines {
                text.push('\n');
            }
        }
        if self.lists[list].text.len() >= FILE {
            self.flush(list);
        }
    }

    fn flush(&mut self, list: usize) {
        let List { name, text, files } = &mut self.lists[list];
        if text.is_empty() {
            return;
        }
        let mut text = std::mem::take(text);
        if !self.is_lines {
            text.push(']');
        }
        let extension = if self.is_lines { "jsonl" } else { "json" };
        let key = format!("{}/{name}_{}.{extension}", self.folder, files.len());
        files.push(Value::object([("Key", Value::from(key.as_str())), ("Size", text.len().into())]));
        self.put(&key, text);
    }

    fn put(&mut self, key: &str, text: String) {
        self.writes.push_back(self.store.put(key, text));
    }

    /// Writes what is left, and the manifest. Gives what the Map answers with.
    pub(crate) fn finish(&mut self, arn: &str) -> Value {
        for list in 0..self.lists.len() {
            self.flush(list);
        }
        let files = [1, 2, 0].map(|list| {
            let List { name, files, .. } = &mut self.lists[list];
            (*name, Value::array(std::mem::take(files)))
        });
        let manifest = Value::object([
            ("DestinationBucket", Value::from(self.bucket.as_str())),
            ("MapRunArn", arn.into()),
            ("ResultFiles", Value::object(files)),
        ]);
        let key = format!("{}/manifest.json", self.folder);
        self.put(&key, manifest.to_string());
        let details = Value::object([("Bucket", Value::from(self.bucket.as_str())), ("Key", key.into())]);
        Value::object([("MapRunArn", Value::from(arn)), ("ResultWriterDetails", details)])
    }

    /// Goes on with what is to be written, one file after the other.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), IoError>> {
        while let Some(write) = self.writes.front_mut() {
            match write.as_mut().poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(())) => self.writes.pop_front(),
            };
        }
        Poll::Ready(Ok(()))
    }
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").field("folder", &self.folder).finish_non_exhaustive()
    }
}
