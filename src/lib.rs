//! stepfn.
