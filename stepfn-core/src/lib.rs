//! The Amazon States Language model, shapes and checks behind stepfn.

pub mod intrinsic;
pub mod path;
