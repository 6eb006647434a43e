//! The Amazon States Language model, shapes and checks behind stepfn.

pub mod arn;
pub mod asl;
pub mod builder;
#[doc(hidden)]
pub mod case;
pub mod check;
pub mod definition;
pub mod deployment;
pub mod diagnostic;
pub mod diff;
pub mod draft;
#[doc(hidden)]
pub mod editor;
pub mod flow;
pub mod graph;
pub mod intrinsic;
pub mod json;
pub mod jsonata;
mod names;
#[doc(hidden)]
pub mod number;
pub mod path;
pub mod placeholder;
pub mod service;
pub mod shape;
#[doc(hidden)]
pub mod sort;
pub mod task;
mod timestamp;
pub mod token;
pub mod validate;
pub mod value;
pub mod visible;
