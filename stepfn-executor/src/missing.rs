//! What rustc says where a feature is missing.

/// Nothing has it: it is for the message.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a folder in place of a bucket needs the feature `object-store`",
    label = "not without the feature",
    note = "in Cargo.toml: `stepfn = {{ version = \"0.1\", features = [\"object-store\"] }}`, for tests under `[dev-dependencies]`"
)]
pub trait NeedsObjectStore {}
