//! What has no form.
use serde::Deserialize;
use stepfn::StateData;

#[derive(StateData)]
union Bits {
    a: u32,
    b: f32,
}

#[derive(Deserialize, StateData)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Id,
    Total,
}

fn main() {}
