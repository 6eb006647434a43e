//! What keeps the house in order: the length of files and functions, the list of what is public, and the floors of
//! core.

mod floors;
mod lengths;
mod public;
mod source;
