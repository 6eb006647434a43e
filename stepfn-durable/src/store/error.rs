use std::error::Error;
use std::fmt;

/// An error of a store, with what to do about it in its message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk or the database of the store is full.
    Full(String),
    /// The data of the store is damaged.
    Corrupt(String),
    /// Another process holds the store.
    Locked(String),
    /// The store was made by another version of this crate.
    Version {
        /// The location of the store.
        store: String,
        /// The version of its tables.
        found: i64,
        /// The version that this crate reads and writes.
        known: i64,
    },
    /// The file or the database is not a store of this crate.
    Foreign(String),
    /// Reading or writing failed; nothing took effect.
    Io(String),
    /// The database cannot be reached; nothing took effect.
    Unreachable(String),
    /// The connection was lost while a commit was under way: it may have taken effect.
    Unknown(String),
    /// A request that contradicts the store's contents, such as a turn that is not the next one.
    Misuse(String),
    /// A cursor that no page of this store gave.
    Cursor(String),
    /// The store was closed, or its thread ended.
    Closed,
}

impl StoreError {
    /// Returns `true` if the request may have taken effect all the same.
    ///
    /// Whoever wrote repeats the request, which a store answers as it would have the first time, or reads what is there.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Returns `true` if the same request fails again however often it is repeated: data is damaged, or contradicts itself. Of other
    /// errors the reason may go away: a disk gets room, a database comes back.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        matches!(
            self,
            Self::Corrupt(_) | Self::Version { .. } | Self::Foreign(_) | Self::Misuse(_) | Self::Cursor(_)
        )
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(what) => {
                write!(
                    f,
                    "no space left for the store: {what}; free some, and the store goes on where it was"
                )
            }
            Self::Corrupt(what) => write!(
                f,
                "the store is damaged: {what}; restore it from a copy, nothing was repaired or left out"
            ),
            Self::Locked(what) => write!(
                f,
                "the store is in use by another process: {what}; stop that one, or give this one a store of its own"
            ),
            Self::Version { store, found, known } if found > known => write!(
                f,
                "the store {store} has tables of version {found}, and this program knows {known}: it was written by a newer stepfn-durable; update this program"
            ),
            Self::Version { store, found, known } => write!(
                f,
                "the store {store} has tables of version {found}, and this program knows {known} and no way between them; open it with the version that made it"
            ),
            Self::Foreign(what) => write!(
                f,
                "this is no store of stepfn-durable: {what}; give the path or database of one, or of none yet"
            ),
            Self::Io(what) => write!(f, "the store cannot be read or written: {what}"),
            Self::Unreachable(what) => write!(f, "the store's database cannot be reached: {what}"),
            Self::Unknown(what) => {
                write!(f, "the store did not answer a commit, which may have taken effect: {what}")
            }
            Self::Misuse(what) => write!(f, "the store refuses the request: {what}"),
            Self::Cursor(cursor) => write!(f, "the cursor `{cursor}` is none that this store gave"),
            Self::Closed => f.write_str("the store is closed"),
        }
    }
}

impl Error for StoreError {}
