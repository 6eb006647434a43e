//! Values and errors of SQLite.

use rusqlite::{
    ErrorCode, ToSql,
    types::{ToSqlOutput, ValueRef},
};

use crate::store::{StoreError, sql::Cell};

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

impl TryFrom<ValueRef<'_>> for Cell<'static> {
    type Error = rusqlite::Error;

    fn try_from(value: ValueRef<'_>) -> rusqlite::Result<Self> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Int(value),
            ValueRef::Text(value) => Self::Text(String::from_utf8_lossy(value).into_owned().into()),
            ValueRef::Blob(value) => Self::Bytes(value.to_owned().into()),
            ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
        })
    }
}

pub(super) fn error_of(error: &rusqlite::Error) -> StoreError {
    let what = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(what),
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Corrupt(what),
        Some(ErrorCode::NotADatabase) => StoreError::Foreign(what),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked(what),
        Some(ErrorCode::ConstraintViolation) => StoreError::Misuse(what),
        _ => StoreError::Io(what),
    }
}
