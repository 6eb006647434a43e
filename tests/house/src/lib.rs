//! Tests that keep the house in order: the length of files and functions, the list of what is public, the floors of core, the words, and the files
//! that ARCHITECTURE.md names.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod circles;
mod floors;
mod glossary;
mod lengths;
mod public;
mod source;
mod walks;
