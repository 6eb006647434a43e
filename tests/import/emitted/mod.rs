//! Written by `stepfn_import`; see `../main.rs`.

pub(crate) mod expressions;
pub(crate) mod greeter;
pub(crate) mod joined;
pub(crate) mod nightly;
pub(crate) mod order_flow;
pub(crate) mod orders;
pub(crate) mod paths;
pub(crate) mod reminder;
pub(crate) mod shipping;
