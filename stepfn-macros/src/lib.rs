//! The procedural macros of stepfn.
