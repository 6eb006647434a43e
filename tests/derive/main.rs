//! Shapes agree with serde: the deserialized side is what `Deserialize` takes, and the serialized side is what
//! `Serialize` makes. Error names and handlers are what `TaskError` and `Task` say.

#![allow(clippy::single_range_in_vec_init, clippy::upper_case_acronyms)] // types and names that are tried on purpose
#![allow(dead_code)] // fields are there for serde and shapes to see
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod agree;
mod aliases;
mod attributes;
mod enums;
mod errors;
mod foreign_types;
mod generics;
mod hygiene;
mod interpret;
mod judgement;
mod lambdas;
mod names;
mod recursion;
mod said;
mod serde_types;
mod structs;
