//! Queries about executions.

use std::cmp::Reverse;

use super::Model;
use crate::store::{
    Counts, Entry, Event, Execution, ExecutionId, Executions, ExecutionsOf, HistoryOf, Inbox, Load, MapRun,
    MapRunsOf, Message, Millis, Page, PageAt, StoreError, Summary, Token,
    list::{cursor_of, page, read_cursor, read_named},
};

type Result<T> = std::result::Result<T, StoreError>;

/// Returns the time by which lists order an execution.
fn listed(summary: &Summary) -> Millis {
    summary.stopped.or(summary.redriven).unwrap_or(summary.started)
}

/// A page of items that are in the order of their keys, largest first.
fn newest_first<T>(mut items: Vec<T>, at: &PageAt, key: impl Fn(&T) -> (i64, i64)) -> Result<Page<T>> {
    let after = at.after.as_deref().map(read_cursor).transpose()?;
    items.retain(|item| after.is_none_or(|after| key(item) < after));
    items.sort_by_key(|item| Reverse(key(item)));
    items.truncate(at.limit + 1);
    Ok(page(items, at.limit, |item| {
        let (time, number) = key(item);
        cursor_of(time, number)
    }))
}

impl Model {
    pub(super) fn load(&mut self, load: Load) -> Result<Vec<Entry>> {
        let Some(kept) = self.executions.get(&load.id) else { return Ok(Vec::new()) };
        let first = kept.journal.partition_point(|entry| entry.seq <= load.after);
        Ok(kept.journal.iter().skip(first).take(load.limit).cloned().collect())
    }

    pub(super) fn next_due(&mut self, owner: String) -> Result<Option<Millis>> {
        let of_others = |id: &ExecutionId| {
            let lease = self.executions.get(id).and_then(|kept| kept.execution.lease.as_ref());
            lease.is_none_or(|lease| lease.owner != owner)
        };
        Ok(self.ready.iter().find(|(_, id)| of_others(id)).map(|(ready, _)| *ready))
    }

    pub(super) fn inbox(&mut self, inbox: Inbox) -> Result<Vec<Message>> {
        let (of, limit): (Vec<ExecutionId>, usize) = match inbox {
            Inbox::Of(ids) => (ids, usize::MAX),
            Inbox::Owner { owner, limit } => {
                let executions = &self.executions;
                self.mail.retain(|id| executions.get(id).is_some_and(|kept| !kept.inbox.is_empty()));
                let is_owned = |id: &ExecutionId| {
                    let lease = executions.get(id).and_then(|kept| kept.execution.lease.as_ref());
                    lease.is_some_and(|lease| lease.owner == owner)
                };
                (self.mail.iter().copied().filter(is_owned).collect(), limit)
            }
        };
        let mut messages: Vec<Message> = of
            .iter()
            .filter_map(|id| self.executions.get(id))
            .flat_map(|kept| kept.inbox.values().cloned())
            .collect();
        messages.sort_by_key(|message| message.id);
        messages.dedup();
        messages.truncate(limit);
        Ok(messages)
    }

    pub(super) fn execution(&mut self, arn: String) -> Result<Option<Execution>> {
        Ok(self.arns.get(&arn).and_then(|id| self.executions.get(id)).map(|kept| kept.execution.clone()))
    }

    pub(super) fn execution_of(&mut self, id: ExecutionId) -> Result<Option<Execution>> {
        Ok(self.executions.get(&id).map(|kept| kept.execution.clone()))
    }

    fn of<'a>(&'a self, of: &'a ExecutionsOf) -> impl Iterator<Item = &'a Summary> {
        self.executions.values().map(|kept| &kept.execution.summary).filter(move |summary| match of {
            ExecutionsOf::All => summary.map_run.is_none(),
            ExecutionsOf::Machine(arn) => summary.map_run.is_none() && summary.machine == *arn,
            ExecutionsOf::Version(arn) => summary.map_run.is_none() && summary.version.as_ref() == Some(arn),
            ExecutionsOf::Alias(arn) => summary.map_run.is_none() && summary.alias.as_ref() == Some(arn),
            ExecutionsOf::MapRun(arn) => summary.map_run.as_ref() == Some(arn),
        })
    }

    pub(super) fn executions(&mut self, list: Executions) -> Result<Page<Summary>> {
        let items = self
            .of(&list.of)
            .filter(|summary| list.status.is_none_or(|status| summary.status == status))
            .filter(|summary| list.redriven.is_none_or(|redriven| (summary.redrives > 0) == redriven))
            .cloned()
            .collect();
        newest_first(items, &list.page, |summary| (listed(summary), summary.id.0))
    }

    pub(super) fn counts(&mut self, of: ExecutionsOf) -> Result<Counts> {
        let mut counts = Counts::default();
        for summary in self.of(&of) {
            if let Some(count) = counts.0.get_mut(summary.status as usize) {
                *count += 1;
            }
        }
        Ok(counts)
    }

    pub(super) fn history(&mut self, list: HistoryOf) -> Result<Page<Event>> {
        let after =
            list.page.after.as_deref().map(|cursor| read_cursor(cursor).map(|(_, id)| id)).transpose()?;
        let Some(kept) = self.executions.get(&list.id) else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        let take = |events: &mut dyn Iterator<Item = &Event>| -> Vec<Event> {
            let mut after_cursor = events.filter(|event| {
                after.is_none_or(|id| if list.reverse { event.id < id } else { event.id > id })
            });
            after_cursor.by_ref().take(list.page.limit + 1).cloned().collect()
        };
        let items =
            if list.reverse { take(&mut kept.history.iter().rev()) } else { take(&mut kept.history.iter()) };
        Ok(page(items, list.page.limit, |event| cursor_of(0, event.id)))
    }

    pub(super) fn token(&mut self, token: String) -> Result<Option<Token>> {
        Ok(self.tokens.get(&token).map(|kept| Token {
            execution: kept.execution,
            place: kept.place.clone(),
            open: kept.open,
        }))
    }

    pub(super) fn map_run(&mut self, arn: String) -> Result<Option<MapRun>> {
        Ok(self.map_runs.get(&arn).cloned())
    }

    pub(super) fn map_runs(&mut self, list: MapRunsOf) -> Result<Page<MapRun>> {
        let mut items: Vec<MapRun> =
            self.map_runs.values().filter(|run| run.execution == list.execution).cloned().collect();
        items.sort_by(|a, b| (b.started, &b.arn).cmp(&(a.started, &a.arn)));
        if let Some(cursor) = &list.page.after {
            let (started, arn) = read_named(cursor)?;
            items.retain(|run| (run.started, run.arn.as_str()) < (started, arn));
        }
        items.truncate(list.page.limit + 1);
        Ok(page(items, list.page.limit, |run| format!("{}.{}", run.started, run.arn)))
    }
}
