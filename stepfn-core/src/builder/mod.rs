//! The fluent front.
