//! Machines and activities in stores.

use super::{execution::Millis, list::PageAt};

/// The contract of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MachineKind {
    /// Each execution is kept, and each step happens once.
    Standard,
    /// Short, many, and not kept.
    Express,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its contract.
    pub kind: MachineKind,
    /// The time of its creation.
    pub created: Millis,
    /// Whether it goes away as soon as its executions ended.
    pub deleting: bool,
    /// The id of its current revision.
    pub revision: String,
}

/// A machine between two updates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its id.
    pub id: String,
    /// The ARN of the machine.
    pub machine: String,
    /// The definition.
    pub definition: String,
    /// Role, logging, tracing and further data of the API, as JSON. The store does not look into it.
    pub details: String,
    /// The time at which it became the machine's.
    pub created: Millis,
}

/// A machine that is about to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMachine {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its contract.
    pub kind: MachineKind,
    /// Its first revision.
    pub revision: Revision,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Makes version 1 of it, with this description.
    pub publish: Option<String>,
}

/// The result of creating a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created<T> {
    /// It was created.
    New,
    /// There is one of that name already: this one.
    Exists(T),
}

/// A change of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Its new revision.
    pub revision: Revision,
    /// Makes a version of it, with this description.
    pub publish: Option<String>,
}

/// The result of a change of a machine, or of publishing a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// It was done; the version, if one was asked for, is this one, new or not.
    Done(Option<Version>),
    /// The machine has another revision, by its id.
    Conflict(String),
    /// The machine is about to go away.
    Deleting,
    /// The machine has as many versions as it may.
    TooMany,
    /// There is no such machine.
    Missing,
}

/// A request for a version of what a machine is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// The ARN of the machine.
    pub machine: String,
    /// The revision that is meant, by its id.
    pub revision: Option<String>,
    /// The description of the version.
    pub description: String,
    /// The number of versions that the machine may have.
    pub most: usize,
    /// The time.
    pub at: Millis,
}

/// A version of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The ARN of the machine.
    pub machine: String,
    /// Its number. None is used again.
    pub number: i64,
    /// The id of its revision.
    pub revision: String,
    /// The description.
    pub description: String,
    /// The time of its publication.
    pub created: Millis,
}

/// The name of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionId {
    /// The ARN of the machine.
    pub machine: String,
    /// Its number.
    pub number: i64,
}

/// An alias of one or two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Its ARN.
    pub arn: String,
    /// The ARN of the machine.
    pub machine: String,
    /// Its name.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The versions to which it routes.
    pub routes: Vec<Route>,
    /// The time of its creation.
    pub created: Millis,
    /// The time of its last change.
    pub updated: Millis,
}

impl Alias {
    /// The version that an execution runs which is started by it: as the weights say, by chance.
    #[must_use]
    pub fn pick(&self, chance: u8) -> Option<i64> {
        // A byte is a little unfair to the last of a hundred; the weights are whole percents.
        let mut left = i64::from(chance) * 100 / 256;
        for route in &self.routes {
            if left < route.weight {
                return Some(route.version);
            }
            left -= route.weight;
        }
        self.routes.last().map(|route| route.version)
    }
}

/// A version behind an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The number of the version.
    pub version: i64,
    /// The percentage of executions that run it.
    pub weight: i64,
}

/// An alias that is to be there or to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutAlias {
    /// The alias.
    pub alias: Alias,
    /// Whether it is new; else it exists, and keeps its `created`.
    pub new: bool,
    /// The number of aliases that the machine may have.
    pub most: usize,
}

/// The result of putting an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AliasPut {
    /// The alias, as it is now.
    Done(Alias),
    /// There is one of that name already: this one.
    Exists(Alias),
    /// There is none of that name.
    Missing,
    /// There is no such machine, or it is about to go away.
    NoMachine,
    /// There is no version of this number.
    NoVersion(i64),
    /// The machine has as many aliases as it may.
    TooMany,
}

/// The result of a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// It was deleted.
    Done,
    /// It is deleted as soon as its executions ended.
    Waits,
    /// It stays: these aliases, by their ARNs, need it.
    InUse(Vec<String>),
    /// There was none.
    Missing,
}

/// A list of the versions of a machine, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionsOf {
    /// The ARN of the machine.
    pub machine: String,
    /// The page.
    pub page: PageAt,
}

/// A list of the aliases of a machine, oldest first: recorded on AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasesOf {
    /// The ARN of the machine.
    pub machine: String,
    /// Only those that route to the version of this number.
    pub version: Option<i64>,
    /// The page.
    pub page: PageAt,
}

/// An activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Further data of the API, as JSON. The store does not look into it.
    pub details: String,
    /// The time of its creation.
    pub created: Millis,
}

/// An activity that is about to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewActivity {
    /// The activity.
    pub activity: Activity,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A tag of a machine or an activity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// A change of the tags of a machine or an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retag {
    /// The ARN of the machine or activity.
    pub arn: String,
    /// Tags that it has afterwards.
    pub set: Vec<Tag>,
    /// The keys of tags that it has no more.
    pub remove: Vec<String>,
    /// The number of tags it may have.
    pub most: usize,
}

/// The result of a change of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retagged {
    /// It was done.
    Done,
    /// It would have more tags than it may.
    TooMany,
    /// There is no such machine or activity.
    Missing,
}

/// The data to forget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// Executions that ended before this.
    pub before: Millis,
    /// The most executions.
    pub limit: usize,
}
