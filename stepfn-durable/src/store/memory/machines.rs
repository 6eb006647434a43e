//! Machines, versions, aliases, activities and tags.

use std::collections::BTreeSet;

use super::Model;
use crate::store::{
    Activity, Alias, AliasPut, AliasesOf, Created, Deleted, Machine, Millis, NewActivity, NewMachine, Page,
    PageAt, Publish, Published, PutAlias, Retag, Retagged, Revision, Status, StoreError, Tag, Update,
    Version, VersionId, VersionsOf,
    list::{page, read_named},
};

type Result<T> = std::result::Result<T, StoreError>;

/// A page of items that are in the order of their names.
fn by_name<T>(items: impl Iterator<Item = T>, at: &PageAt, name: impl Fn(&T) -> &str) -> Page<T> {
    let mut items: Vec<T> =
        items.filter(|item| at.after.as_deref().is_none_or(|after| name(item) > after)).collect();
    items.sort_by(|a, b| name(a).cmp(name(b)));
    items.truncate(at.limit + 1);
    page(items, at.limit, |item| name(item).to_owned())
}

impl Model {
    pub(super) fn create_machine(&mut self, new: NewMachine) -> Result<Created<Machine>> {
        if let Some((machine, _)) = self.machines.get(&new.arn) {
            return Ok(Created::Exists(machine.clone()));
        }
        let at = new.revision.created;
        let machine = Machine {
            arn: new.arn.clone(),
            name: new.name,
            kind: new.kind,
            created: at,
            deleting: false,
            revision: new.revision.id.clone(),
        };
        self.revisions.insert(new.revision.id.clone(), new.revision);
        self.machines.insert(new.arn.clone(), (machine, 0));
        self.tags.insert(new.arn.clone(), new.tags.into_iter().map(|tag| (tag.key, tag.value)).collect());
        if let Some(description) = new.publish {
            self.publish_now(&new.arn, description, at);
        }
        Ok(Created::New)
    }

    pub(super) fn update_machine(&mut self, update: Update) -> Result<Published> {
        let arn = update.revision.machine.clone();
        let Some((machine, _)) = self.machines.get_mut(&arn) else { return Ok(Published::Missing) };
        if machine.deleting {
            return Ok(Published::Deleting);
        }
        let at = update.revision.created;
        machine.revision.clone_from(&update.revision.id);
        self.revisions.insert(update.revision.id.clone(), update.revision);
        Ok(Published::Done(update.publish.and_then(|description| self.publish_now(&arn, description, at))))
    }

    fn publish_now(&mut self, arn: &str, description: String, at: Millis) -> Option<Version> {
        let (machine, last) = self.machines.get_mut(arn)?;
        let of_machine = self.versions.range((arn.to_owned(), 0)..=(arn.to_owned(), i64::MAX));
        if let Some((_, version)) = of_machine.rev().find(|(_, version)| version.revision == machine.revision)
        {
            return Some(version.clone());
        }
        *last += 1;
        let version = Version {
            machine: arn.to_owned(),
            number: *last,
            revision: machine.revision.clone(),
            description,
            created: at,
        };
        self.versions.insert((arn.to_owned(), *last), version.clone());
        Some(version)
    }

    fn versions_of<'a>(&'a self, arn: &'a str) -> impl DoubleEndedIterator<Item = &'a Version> {
        self.versions.range((arn.to_owned(), 0)..=(arn.to_owned(), i64::MAX)).map(|(_, version)| version)
    }

    pub(super) fn publish(&mut self, publish: Publish) -> Result<Published> {
        let Some((machine, _)) = self.machines.get(&publish.machine) else { return Ok(Published::Missing) };
        if machine.deleting {
            return Ok(Published::Deleting);
        }
        if publish.revision.as_ref().is_some_and(|revision| *revision != machine.revision) {
            return Ok(Published::Conflict(machine.revision.clone()));
        }
        let known = self.versions_of(&publish.machine).any(|version| version.revision == machine.revision);
        if !known && self.versions_of(&publish.machine).count() >= publish.most {
            return Ok(Published::TooMany);
        }
        Ok(Published::Done(self.publish_now(&publish.machine, publish.description, publish.at)))
    }

    pub(super) fn delete_machine(&mut self, arn: String) -> Result<Deleted> {
        let Some((machine, _)) = self.machines.get_mut(&arn) else { return Ok(Deleted::Missing) };
        machine.deleting = true;
        Ok(if self.drop_if_done(&arn) { Deleted::Done } else { Deleted::Waits })
    }

    /// Takes a machine away that is to go away, once it has no execution that runs.
    pub(super) fn drop_if_done(&mut self, arn: &str) -> bool {
        let deleting = self.machines.get(arn).is_some_and(|(machine, _)| machine.deleting);
        let runs = |status| matches!(status, Status::Running | Status::PendingRedrive);
        let summaries = || self.executions.values().map(|kept| &kept.execution.summary);
        if !deleting || summaries().any(|summary| summary.machine == arn && runs(summary.status)) {
            return false;
        }
        self.machines.remove(arn);
        self.tags.remove(arn);
        self.versions.retain(|(machine, _), _| machine != arn);
        self.aliases.retain(|_, alias| alias.machine != arn);
        true
    }

    pub(super) fn sweep_machines(&mut self) {
        let mut used: BTreeSet<&str> =
            self.machines.values().map(|(machine, _)| machine.revision.as_str()).collect();
        used.extend(self.versions.values().map(|version| version.revision.as_str()));
        used.extend(self.executions.values().map(|kept| kept.execution.revision.as_str()));
        let unused: Vec<String> =
            self.revisions.keys().filter(|id| !used.contains(id.as_str())).cloned().collect();
        for id in unused {
            self.revisions.remove(&id);
        }
    }

    pub(super) fn machine(&mut self, arn: String) -> Result<Option<Machine>> {
        Ok(self.machines.get(&arn).map(|(machine, _)| machine.clone()))
    }

    pub(super) fn machines(&mut self, at: PageAt) -> Result<Page<Machine>> {
        Ok(by_name(self.machines.values().map(|(machine, _)| machine.clone()), &at, |machine| &machine.arn))
    }

    pub(super) fn revision(&mut self, id: String) -> Result<Option<Revision>> {
        Ok(self.revisions.get(&id).cloned())
    }

    pub(super) fn version(&mut self, version: VersionId) -> Result<Option<Version>> {
        Ok(self.versions.get(&(version.machine, version.number)).cloned())
    }

    pub(super) fn delete_version(&mut self, version: VersionId) -> Result<Deleted> {
        let aliases = self.aliases.values().filter(|alias| alias.machine == version.machine);
        let users = aliases.filter(|alias| alias.routes.iter().any(|route| route.version == version.number));
        let users: Vec<String> = users.map(|alias| alias.arn.clone()).collect();
        if !users.is_empty() {
            return Ok(Deleted::InUse(users));
        }
        let there = self.versions.remove(&(version.machine, version.number)).is_some();
        Ok(if there { Deleted::Done } else { Deleted::Missing })
    }

    pub(super) fn versions(&mut self, list: VersionsOf) -> Result<Page<Version>> {
        let after = match &list.page.after {
            Some(cursor) => cursor.parse().map_err(|_| StoreError::Cursor(cursor.clone()))?,
            None => i64::MAX,
        };
        let older = self.versions_of(&list.machine).rev().filter(|version| version.number < after);
        let items = older.take(list.page.limit + 1).cloned().collect();
        Ok(page(items, list.page.limit, |version: &Version| version.number.to_string()))
    }

    pub(super) fn put_alias(&mut self, put: PutAlias) -> Result<AliasPut> {
        let mut alias = put.alias;
        if self.machines.get(&alias.machine).is_none_or(|(machine, _)| machine.deleting) {
            return Ok(AliasPut::NoMachine);
        }
        match self.aliases.get(&alias.arn) {
            Some(there) if put.new => return Ok(AliasPut::Exists(there.clone())),
            Some(there) => alias.created = there.created,
            None if !put.new => return Ok(AliasPut::Missing),
            None => {}
        }
        if let Some(route) = alias
            .routes
            .iter()
            .find(|route| !self.versions.contains_key(&(alias.machine.clone(), route.version)))
        {
            return Ok(AliasPut::NoVersion(route.version));
        }
        if put.new && self.aliases.values().filter(|other| other.machine == alias.machine).count() >= put.most
        {
            return Ok(AliasPut::TooMany);
        }
        self.aliases.insert(alias.arn.clone(), alias.clone());
        Ok(AliasPut::Done(alias))
    }

    pub(super) fn delete_alias(&mut self, arn: String) -> Result<Deleted> {
        Ok(if self.aliases.remove(&arn).is_some() { Deleted::Done } else { Deleted::Missing })
    }

    pub(super) fn alias(&mut self, arn: String) -> Result<Option<Alias>> {
        Ok(self.aliases.get(&arn).cloned())
    }

    pub(super) fn aliases(&mut self, list: AliasesOf) -> Result<Page<Alias>> {
        let of_machine = self.aliases.values().filter(|alias| alias.machine == list.machine);
        let mut items: Vec<Alias> = of_machine
            .filter(|alias| {
                list.version.is_none_or(|version| alias.routes.iter().any(|route| route.version == version))
            })
            .cloned()
            .collect();
        items.sort_by(|a, b| (a.created, &a.arn).cmp(&(b.created, &b.arn)));
        if let Some(cursor) = &list.page.after {
            let (created, arn) = read_named(cursor)?;
            items.retain(|alias| (alias.created, alias.arn.as_str()) > (created, arn));
        }
        items.truncate(list.page.limit + 1);
        Ok(page(items, list.page.limit, |alias| format!("{}.{}", alias.created, alias.arn)))
    }

    pub(super) fn create_activity(&mut self, new: NewActivity) -> Result<Created<Activity>> {
        let arn = new.activity.arn.clone();
        if let Some(there) = self.activities.get(&arn) {
            return Ok(Created::Exists(there.clone()));
        }
        self.tags.insert(arn.clone(), new.tags.into_iter().map(|tag| (tag.key, tag.value)).collect());
        self.activities.insert(arn, new.activity);
        Ok(Created::New)
    }

    pub(super) fn delete_activity(&mut self, arn: String) -> Result<Deleted> {
        if self.activities.remove(&arn).is_none() {
            return Ok(Deleted::Missing);
        }
        self.tags.remove(&arn);
        for (_, task) in self.tasks.remove(&arn).into_iter().flat_map(std::collections::BTreeMap::into_values)
        {
            self.queued.remove(&task.token);
        }
        Ok(Deleted::Done)
    }

    pub(super) fn activity(&mut self, arn: String) -> Result<Option<Activity>> {
        Ok(self.activities.get(&arn).cloned())
    }

    pub(super) fn activities(&mut self, at: PageAt) -> Result<Page<Activity>> {
        Ok(by_name(self.activities.values().cloned(), &at, |activity| &activity.arn))
    }

    pub(super) fn retag(&mut self, retag: Retag) -> Result<Retagged> {
        let Some(tags) = self.tags.get_mut(&retag.arn) else { return Ok(Retagged::Missing) };
        let mut after = tags.clone();
        for key in &retag.remove {
            after.remove(key);
        }
        after.extend(retag.set.into_iter().map(|tag| (tag.key, tag.value)));
        if after.len() > retag.most {
            return Ok(Retagged::TooMany);
        }
        *tags = after;
        Ok(Retagged::Done)
    }

    pub(super) fn tags(&mut self, arn: String) -> Result<Option<Vec<Tag>>> {
        let tag = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
        Ok(self.tags.get(&arn).map(|tags| tags.iter().map(tag).collect()))
    }
}
