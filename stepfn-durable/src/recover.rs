//! Recovery of an execution from a store.

use std::time::Duration;

use stepfn_executor::turns::Begin;

use crate::{
    clock::timestamp,
    driver::Over,
    inner::Inner,
    journal::{Entry, Head},
    running::{Open, Origin, RecoverError, Running},
    store::{Answer, Claim, Load, Store, StoreError},
};

/// The number of a journal's entries that are loaded at once.
const PAGE: usize = 1000;

/// Repeats the turns of an execution that are kept.
pub(crate) async fn recover(
    inner: &Inner,
    claim: &Claim,
) -> Result<Result<(Running, Open), RecoverError>, Over> {
    let execution = &claim.execution;
    let unreadable = |reason: String| RecoverError::Unreadable { reason };
    let machine = match inner.machine_of(&execution.revision, &execution.summary.machine).await {
        Ok(Some(machine)) => machine,
        Ok(None) => {
            return Ok(Err(RecoverError::NoMachine { machine: execution.summary.machine.clone() }));
        }
        Err(error) => return Ok(Err(unreadable(error.to_string()))),
    };
    let mut entries = Vec::new();
    loop {
        let after = entries.len() as i64;
        let load = Load { id: execution.summary.id, after, limit: PAGE };
        let page = match try_ask(inner, "load a journal", |store| store.load(load)).await? {
            Ok(page) => page,
            // It harms this execution alone.
            Err(error) => return Ok(Err(unreadable(error.to_string()))),
        };
        let full = page.len() == PAGE;
        for (place, entry) in page.into_iter().enumerate() {
            if entry.seq != after + place as i64 + 1 {
                let missing = after + place as i64 + 1;
                return Ok(Err(unreadable(format!("the entry of turn {missing} is missing"))));
            }
            match Entry::read(&entry.data) {
                Ok(entry) => entries.push(entry),
                Err(error) => return Ok(Err(unreadable(format!("turn {}: {}", entry.seq, error.0)))),
            }
        }
        if !full {
            break;
        }
    }
    if entries.len() as i64 != execution.seq {
        let reason = format!("it has {} turns, and entries of {}", execution.seq, entries.len());
        return Ok(Err(unreadable(reason)));
    }
    let head = match Head::read(&execution.head) {
        Ok(head) => head,
        Err(error) => return Ok(Err(unreadable(error.0))),
    };
    let begin = Begin {
        name: execution.summary.name.clone(),
        input: match stepfn_core::json::parse_value(&execution.input) {
            Ok(input) => input,
            Err(error) => return Ok(Err(unreadable(error.to_string()))),
        },
        key: head.key,
        started: timestamp(execution.summary.started),
    };
    let mut executor = machine.executor;
    for (processor, label) in &head.maps {
        match executor.of_map_children(*processor, label) {
            Some(child) => executor = child,
            None => return Ok(Err(unreadable(format!("the machine has no Map `{label}`")))),
        }
    }
    let origin = Origin { head, revision: execution.revision.clone(), machine: machine.arn };
    let parent = execution.parent.as_ref().map(|parent| parent.execution.as_str());
    let mut running = match Running::begin(&executor, &begin, origin, parent) {
        Ok(running) => running,
        Err(error) => return Ok(Err(error.into())),
    };
    Ok(running.recover(parent, entries).map(|open| (running, open)))
}

/// Asks the store, and asks again while it cannot answer. What no repetition changes ends the host.
pub(crate) async fn ask<T, F>(inner: &Inner, what: &str, ask: F) -> Result<T, Over>
where
    F: Fn(&dyn Store) -> Answer<'_, T>,
{
    try_ask(inner, what, ask).await?.map_err(|error| {
        inner.failed(what, &error);
        Over::Closed
    })
}

/// The same, but what no repetition changes is for the caller to decide.
pub(crate) async fn try_ask<T, F>(inner: &Inner, what: &str, ask: F) -> Result<Result<T, StoreError>, Over>
where
    F: Fn(&dyn Store) -> Answer<'_, T>,
{
    let mut pause = Duration::from_millis(50);
    let mut has_failed = false;
    loop {
        match ask(&*inner.store).await {
            Ok(answer) => {
                if has_failed {
                    inner.works_again();
                }
                return Ok(Ok(answer));
            }
            Err(StoreError::Closed) => return Err(Over::Closed),
            Err(error) if inner.stops_at_errors => {
                inner.failed(what, &error);
                return Err(Over::Closed);
            }
            Err(error) if error.is_lasting() => return Ok(Err(error)),
            Err(error) => inner.failed(what, &error),
        }
        has_failed = true;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}
