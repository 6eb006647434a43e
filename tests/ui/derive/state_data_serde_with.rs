//! What a function makes or reads is not known.
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use stepfn::StateData;

mod csv {
    use super::*;

    pub fn serialize<S: Serializer>(items: &[String], serializer: S) -> Result<S::Ok, S::Error> {
        items.join(",").serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        Ok(String::deserialize(deserializer)?.split(',').map(str::to_owned).collect())
    }
}

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    #[serde(with = "csv")]
    both: Vec<String>,
    #[serde(serialize_with = "csv::serialize")]
    made: Vec<String>,
    #[serde(deserialize_with = "csv::deserialize")]
    given: Vec<String>,
    #[serde(with = "csv")]
    #[state_data(as(serialize = "String"))]
    half: Vec<String>,
}

#[derive(Serialize, Deserialize, StateData)]
enum Event {
    #[serde(with = "csv")]
    List(Vec<String>),
}

fn main() {}
