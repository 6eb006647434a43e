//! Machines, versions, aliases, activities and tags.

use super::{Driver, Result, Row, cells, first};
use crate::store::{
    Activity, Alias, AliasPut, AliasesOf, Created, Deleted, Machine, MachineKind, Millis, NewActivity,
    NewMachine, Page, PageAt, Publish, Published, PutAlias, Retag, Retagged, Revision, Route, Status,
    StoreError, Tag, Update, Version, VersionId, VersionsOf,
    list::{page, read_named},
};

fn read_machine(mut row: Row) -> Result<Machine> {
    Ok(Machine {
        arn: row.text()?,
        name: row.text()?,
        kind: match row.int()? {
            0 => MachineKind::Standard,
            1 => MachineKind::Express,
            other => return Err(StoreError::Corrupt(format!("a machine is of the kind {other}"))),
        },
        created: row.int()?,
        deleting: row.int()? == 1,
        revision: row.text()?,
    })
}

async fn find<D: Driver>(db: &mut D, arn: &str) -> Result<Option<Machine>> {
    let sql = "select arn, name, kind, created, deleting, revision from machines where arn = $1";
    first(db, sql, cells![arn]).await?.map(read_machine).transpose()
}

/// The machine, which stays as it is until the transaction is over.
async fn lock<D: Driver>(db: &mut D, arn: &str) -> Result<Option<Machine>> {
    let sql = "select arn, name, kind, created, deleting, revision from machines where arn = $1 for update";
    first(db, sql, cells![arn]).await?.map(read_machine).transpose()
}

async fn add_revision<D: Driver>(db: &mut D, revision: Revision) -> Result<()> {
    let sql = "insert into revisions (id, machine, definition, details, created) values ($1, $2, $3, $4, $5) \
               on conflict (id) do update set machine = excluded.machine, definition = excluded.definition, \
               details = excluded.details, created = excluded.created";
    db.run(
        sql,
        cells![revision.id, revision.machine, revision.definition, revision.details, revision.created],
    )
    .await?;
    Ok(())
}

async fn set_tag<D: Driver>(db: &mut D, arn: &str, tag: Tag) -> Result<()> {
    let sql = "insert into tags (arn, name, content) values ($1, $2, $3) on conflict (arn, name) do update set content = excluded.content";
    db.run(sql, cells![arn, tag.key, tag.value]).await?;
    Ok(())
}

pub(in crate::store) async fn create_machine<D: Driver>(
    db: &mut D,
    new: NewMachine,
) -> Result<Created<Machine>> {
    let kind = match new.kind {
        MachineKind::Standard => 0i64,
        MachineKind::Express => 1,
    };
    let sql = "insert into machines (arn, name, kind, created, deleting, revision, last_version) values ($1, $2, $3, $4, 0, $5, 0) \
               on conflict (arn) do nothing";
    let at = new.revision.created;
    if db.run(sql, cells![new.arn.as_str(), new.name, kind, at, new.revision.id.as_str()]).await? == 0 {
        return match find(db, &new.arn).await? {
            Some(machine) => Ok(Created::Exists(machine)),
            None => Err(StoreError::Io(format!("the machine {} went away meanwhile", new.arn))),
        };
    }
    let revision = new.revision.id.clone();
    add_revision(db, new.revision).await?;
    for tag in new.tags {
        set_tag(db, &new.arn, tag).await?;
    }
    if let Some(description) = new.publish {
        publish_now(db, &new.arn, &revision, description, at).await?;
    }
    Ok(Created::New)
}

pub(in crate::store) async fn update_machine<D: Driver>(db: &mut D, update: Update) -> Result<Published> {
    let arn = update.revision.machine.clone();
    match lock(db, &arn).await? {
        None => return Ok(Published::Missing),
        Some(machine) if machine.deleting => return Ok(Published::Deleting),
        Some(_) => {}
    }
    let (id, at) = (update.revision.id.clone(), update.revision.created);
    db.run("update machines set revision = $2 where arn = $1", cells![arn.as_str(), id.as_str()]).await?;
    add_revision(db, update.revision).await?;
    Ok(Published::Done(match update.publish {
        Some(description) => Some(publish_now(db, &arn, &id, description, at).await?),
        None => None,
    }))
}

fn read_version(mut row: Row) -> Result<Version> {
    Ok(Version {
        machine: row.text()?,
        number: row.int()?,
        revision: row.text()?,
        description: row.text()?,
        created: row.int()?,
    })
}

async fn version_of_revision<D: Driver>(db: &mut D, arn: &str, revision: &str) -> Result<Option<Version>> {
    let sql = "select machine, number, revision, description, created from versions where machine = $1 and revision = $2 \
               order by number desc limit 1";
    first(db, sql, cells![arn, revision]).await?.map(read_version).transpose()
}

async fn publish_now<D: Driver>(
    db: &mut D,
    arn: &str,
    revision: &str,
    description: String,
    at: Millis,
) -> Result<Version> {
    if let Some(version) = version_of_revision(db, arn, revision).await? {
        return Ok(version);
    }
    let sql = "update machines set last_version = last_version + 1 where arn = $1 returning last_version";
    let Some(mut row) = first(db, sql, cells![arn]).await? else {
        return Err(StoreError::Io(format!("the machine {arn} went away meanwhile")));
    };
    let number = row.int()?;
    let sql =
        "insert into versions (machine, number, revision, description, created) values ($1, $2, $3, $4, $5)";
    db.run(sql, cells![arn, number, revision, description.as_str(), at]).await?;
    Ok(Version { machine: arn.to_owned(), number, revision: revision.to_owned(), description, created: at })
}

pub(in crate::store) async fn publish<D: Driver>(db: &mut D, publish: Publish) -> Result<Published> {
    let Some(machine) = lock(db, &publish.machine).await? else { return Ok(Published::Missing) };
    if machine.deleting {
        return Ok(Published::Deleting);
    }
    if publish.revision.as_ref().is_some_and(|revision| *revision != machine.revision) {
        return Ok(Published::Conflict(machine.revision));
    }
    if version_of_revision(db, &machine.arn, &machine.revision).await?.is_none() {
        let row =
            first(db, "select count(*) from versions where machine = $1", cells![publish.machine.as_str()])
                .await?;
        let count = row.map_or(Ok(0), |mut row| row.int())?;
        if usize::try_from(count).unwrap_or(usize::MAX) >= publish.most {
            return Ok(Published::TooMany);
        }
    }
    Ok(Published::Done(Some(
        publish_now(db, &machine.arn, &machine.revision, publish.description, publish.at).await?,
    )))
}

pub(in crate::store) async fn delete_machine<D: Driver>(db: &mut D, arn: String) -> Result<Deleted> {
    if db.run("update machines set deleting = 1 where arn = $1", cells![arn.as_str()]).await? == 0 {
        return Ok(Deleted::Missing);
    }
    Ok(if drop_if_done(db, &arn).await? { Deleted::Done } else { Deleted::Waits })
}

/// Takes a machine away that is to go away, once it has no execution that runs.
pub(in crate::store) async fn drop_if_done<D: Driver>(db: &mut D, arn: &str) -> Result<bool> {
    if first(db, "select 1 from machines where arn = $1 and deleting = 1", cells![arn]).await?.is_none() {
        return Ok(false);
    }
    for status in [Status::Running, Status::PendingRedrive] {
        let sql = "select 1 from runs where machine = $1 and status = $2 limit 1";
        if first(db, sql, cells![arn, status.number()]).await?.is_some() {
            return Ok(false);
        }
    }
    for sql in [
        "delete from machines where arn = $1",
        "delete from versions where machine = $1",
        "delete from aliases where machine = $1",
        "delete from tags where arn = $1",
    ] {
        db.run(sql, cells![arn]).await?;
    }
    Ok(true)
}

/// Forgets revisions that nothing refers to, and machines that were to go away.
pub(in crate::store) async fn sweep_machines<D: Driver>(db: &mut D) -> Result<()> {
    for mut row in db.rows("select arn from machines where deleting = 1", Vec::new()).await? {
        drop_if_done(db, &row.text()?).await?;
    }
    db.run(
        "delete from revisions where not exists (select 1 from machines m where m.revision = revisions.id) \
         and not exists (select 1 from versions v where v.revision = revisions.id) \
         and not exists (select 1 from executions e where e.revision = revisions.id)",
        Vec::new(),
    )
    .await?;
    Ok(())
}

pub(in crate::store) async fn machine<D: Driver>(db: &mut D, arn: String) -> Result<Option<Machine>> {
    find(db, &arn).await
}

pub(in crate::store) async fn machines<D: Driver>(db: &mut D, at: PageAt) -> Result<Page<Machine>> {
    let sql = "select arn, name, kind, created, deleting, revision from machines where arn > $1 order by arn limit $2";
    let rows = db.rows(sql, cells![at.after.unwrap_or_default(), at.limit.saturating_add(1)]).await?;
    let machines = rows.into_iter().map(read_machine).collect::<Result<_>>()?;
    Ok(page(machines, at.limit, |machine: &Machine| machine.arn.clone()))
}

pub(in crate::store) async fn revision<D: Driver>(db: &mut D, id: String) -> Result<Option<Revision>> {
    let sql = "select id, machine, definition, details, created from revisions where id = $1";
    let row = first(db, sql, cells![id]).await?;
    row.map(|mut row| {
        Ok(Revision {
            id: row.text()?,
            machine: row.text()?,
            definition: row.text()?,
            details: row.text()?,
            created: row.int()?,
        })
    })
    .transpose()
}

pub(in crate::store) async fn version<D: Driver>(db: &mut D, version: VersionId) -> Result<Option<Version>> {
    let sql = "select machine, number, revision, description, created from versions where machine = $1 and number = $2";
    first(db, sql, cells![version.machine, version.number]).await?.map(read_version).transpose()
}

pub(in crate::store) async fn delete_version<D: Driver>(db: &mut D, version: VersionId) -> Result<Deleted> {
    // Whoever points an alias at a version holds the machine as well.
    lock(db, &version.machine).await?;
    let sql =
        "select arn from aliases where machine = $1 and (version_a = $2 or version_b = $2) order by arn";
    let users = db.rows(sql, cells![version.machine.as_str(), version.number]).await?;
    let users = users.into_iter().map(|mut row| row.text()).collect::<Result<Vec<_>>>()?;
    if !users.is_empty() {
        return Ok(Deleted::InUse(users));
    }
    let gone = db
        .run(
            "delete from versions where machine = $1 and number = $2",
            cells![version.machine, version.number],
        )
        .await?;
    Ok(if gone > 0 { Deleted::Done } else { Deleted::Missing })
}

pub(in crate::store) async fn versions<D: Driver>(db: &mut D, list: VersionsOf) -> Result<Page<Version>> {
    let before: i64 = match &list.page.after {
        Some(cursor) => cursor.parse().map_err(|_| StoreError::Cursor(cursor.clone()))?,
        None => i64::MAX,
    };
    let sql = "select machine, number, revision, description, created from versions where machine = $1 and number < $2 \
               order by number desc limit $3";
    let rows = db.rows(sql, cells![list.machine, before, list.page.limit.saturating_add(1)]).await?;
    let versions = rows.into_iter().map(read_version).collect::<Result<_>>()?;
    Ok(page(versions, list.page.limit, |version: &Version| version.number.to_string()))
}

/// The columns of an alias.
macro_rules! select_alias {
    ($rest:literal) => {
        concat!(
            "select arn, machine, name, description, version_a, weight_a, version_b, weight_b, created, updated from aliases where ",
            $rest
        )
    };
}

fn read_alias(mut row: Row) -> Result<Alias> {
    let (arn, machine, name, description) = (row.text()?, row.text()?, row.text()?, row.maybe_text()?);
    let mut routes = Vec::new();
    for _ in 0..2 {
        if let (Some(version), Some(weight)) = (row.maybe_int()?, row.maybe_int()?) {
            routes.push(Route { version, weight });
        }
    }
    Ok(Alias { arn, machine, name, description, routes, created: row.int()?, updated: row.int()? })
}

pub(in crate::store) async fn put_alias<D: Driver>(db: &mut D, put: PutAlias) -> Result<AliasPut> {
    let mut alias = put.alias;
    if alias.routes.len() > 2 {
        return Err(StoreError::Misuse(format!(
            "an alias has one or two versions, and {} has {}",
            alias.arn,
            alias.routes.len()
        )));
    }
    if lock(db, &alias.machine).await?.is_none_or(|machine| machine.deleting) {
        return Ok(AliasPut::NoMachine);
    }
    match find_alias(db, &alias.arn).await? {
        Some(there) if put.new => return Ok(AliasPut::Exists(there)),
        Some(there) => alias.created = there.created,
        None if !put.new => return Ok(AliasPut::Missing),
        None => {}
    }
    for route in &alias.routes {
        if version(db, VersionId { machine: alias.machine.clone(), number: route.version }).await?.is_none() {
            return Ok(AliasPut::NoVersion(route.version));
        }
    }
    if put.new {
        let row =
            first(db, "select count(*) from aliases where machine = $1", cells![alias.machine.as_str()])
                .await?;
        let count = row.map_or(Ok(0), |mut row| row.int())?;
        if usize::try_from(count).unwrap_or(usize::MAX) >= put.most {
            return Ok(AliasPut::TooMany);
        }
    }
    let (a, b) = (alias.routes.first().copied(), alias.routes.get(1).copied());
    let (version_of, weight_of) = (|route: Route| route.version, |route: Route| route.weight);
    db.run(
        "insert into aliases (arn, machine, name, description, version_a, weight_a, version_b, weight_b, created, updated) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (arn) do update set description = excluded.description, \
         version_a = excluded.version_a, weight_a = excluded.weight_a, version_b = excluded.version_b, \
         weight_b = excluded.weight_b, updated = excluded.updated",
        cells![
            alias.arn.as_str(),
            alias.machine.as_str(),
            alias.name.as_str(),
            alias.description.as_deref(),
            a.map(version_of),
            a.map(weight_of),
            b.map(version_of),
            b.map(weight_of),
            alias.created,
            alias.updated
        ],
    )
    .await?;
    Ok(AliasPut::Done(alias))
}

async fn find_alias<D: Driver>(db: &mut D, arn: &str) -> Result<Option<Alias>> {
    first(db, select_alias!("arn = $1"), cells![arn]).await?.map(read_alias).transpose()
}

pub(in crate::store) async fn delete_alias<D: Driver>(db: &mut D, arn: String) -> Result<Deleted> {
    let gone = db.run("delete from aliases where arn = $1", cells![arn]).await?;
    Ok(if gone > 0 { Deleted::Done } else { Deleted::Missing })
}

pub(in crate::store) async fn alias<D: Driver>(db: &mut D, arn: String) -> Result<Option<Alias>> {
    find_alias(db, &arn).await
}

pub(in crate::store) async fn aliases<D: Driver>(db: &mut D, list: AliasesOf) -> Result<Page<Alias>> {
    let (created, arn) = list.page.after.as_deref().map_or(Ok((i64::MIN, "")), read_named)?;
    let limit = list.page.limit.saturating_add(1);
    let rows = match list.version {
        None => {
            let sql =
                select_alias!("machine = $1 and (created, arn) > ($2, $3) order by created, arn limit $4");
            db.rows(sql, cells![list.machine, created, arn, limit]).await?
        }
        Some(version) => {
            let sql = select_alias!(
                "machine = $1 and (created, arn) > ($2, $3) and (version_a = $5 or version_b = $5) order by created, arn limit $4"
            );
            db.rows(sql, cells![list.machine, created, arn, limit, version]).await?
        }
    };
    let aliases = rows.into_iter().map(read_alias).collect::<Result<_>>()?;
    Ok(page(aliases, list.page.limit, |alias: &Alias| format!("{}.{}", alias.created, alias.arn)))
}

fn read_activity(mut row: Row) -> Result<Activity> {
    Ok(Activity { arn: row.text()?, name: row.text()?, details: row.text()?, created: row.int()? })
}

pub(in crate::store) async fn create_activity<D: Driver>(
    db: &mut D,
    new: NewActivity,
) -> Result<Created<Activity>> {
    let sql = "insert into activities (arn, name, details, created) values ($1, $2, $3, $4) on conflict (arn) do nothing";
    let given = &new.activity;
    let cells = cells![given.arn.as_str(), given.name.as_str(), given.details.as_str(), given.created];
    if db.run(sql, cells).await? == 0 {
        return match activity(db, new.activity.arn.clone()).await? {
            Some(there) => Ok(Created::Exists(there)),
            None => Err(StoreError::Io(format!("the activity {} went away meanwhile", new.activity.arn))),
        };
    }
    for tag in new.tags {
        set_tag(db, &new.activity.arn, tag).await?;
    }
    Ok(Created::New)
}

pub(in crate::store) async fn delete_activity<D: Driver>(db: &mut D, arn: String) -> Result<Deleted> {
    if db.run("delete from activities where arn = $1", cells![arn.as_str()]).await? == 0 {
        return Ok(Deleted::Missing);
    }
    db.run("delete from tags where arn = $1", cells![arn.as_str()]).await?;
    db.run("delete from tasks where activity = $1", cells![arn]).await?;
    Ok(Deleted::Done)
}

pub(in crate::store) async fn activity<D: Driver>(db: &mut D, arn: String) -> Result<Option<Activity>> {
    let sql = "select arn, name, details, created from activities where arn = $1";
    first(db, sql, cells![arn]).await?.map(read_activity).transpose()
}

pub(in crate::store) async fn activities<D: Driver>(db: &mut D, at: PageAt) -> Result<Page<Activity>> {
    let sql = "select arn, name, details, created from activities where arn > $1 order by arn limit $2";
    let rows = db.rows(sql, cells![at.after.unwrap_or_default(), at.limit.saturating_add(1)]).await?;
    let activities = rows.into_iter().map(read_activity).collect::<Result<_>>()?;
    Ok(page(activities, at.limit, |activity: &Activity| activity.arn.clone()))
}

/// Returns whether there is a machine or an activity of that ARN; it stays until the transaction is over.
async fn has_tags<D: Driver>(db: &mut D, arn: &str) -> Result<bool> {
    Ok(lock(db, arn).await?.is_some()
        || first(db, "select 1 from activities where arn = $1 for update", cells![arn]).await?.is_some())
}

pub(in crate::store) async fn retag<D: Driver>(db: &mut D, retag: Retag) -> Result<Retagged> {
    if !has_tags(db, &retag.arn).await? {
        return Ok(Retagged::Missing);
    }
    let mut keys: std::collections::BTreeSet<String> =
        read_tags(db, &retag.arn).await?.into_iter().map(|tag| tag.key).collect();
    for key in &retag.remove {
        keys.remove(key);
    }
    keys.extend(retag.set.iter().map(|tag| tag.key.clone()));
    if keys.len() > retag.most {
        return Ok(Retagged::TooMany);
    }
    for key in retag.remove {
        db.run("delete from tags where arn = $1 and name = $2", cells![retag.arn.as_str(), key]).await?;
    }
    for tag in retag.set {
        set_tag(db, &retag.arn, tag).await?;
    }
    Ok(Retagged::Done)
}

async fn read_tags<D: Driver>(db: &mut D, arn: &str) -> Result<Vec<Tag>> {
    let rows = db.rows("select name, content from tags where arn = $1 order by name", cells![arn]).await?;
    rows.into_iter().map(|mut row| Ok(Tag { key: row.text()?, value: row.text()? })).collect()
}

pub(in crate::store) async fn tags<D: Driver>(db: &mut D, arn: String) -> Result<Option<Vec<Tag>>> {
    let sql = "select 1 from machines where arn = $1 union all select 1 from activities where arn = $1";
    if first(db, sql, cells![arn.as_str()]).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(read_tags(db, &arn).await?))
}
