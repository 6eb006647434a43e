use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use stepfn::{
    StateData,
    shape::{Given, Shape},
};

use crate::agree::{agree, given, made};

/// A type of a crate that knows nothing of shapes.
#[derive(Clone, Debug, Default, PartialEq)]
struct Time(String);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.contains('T') { Ok(Self(text)) } else { Err(serde::de::Error::custom("no time")) }
    }
}

mod csv {
    use super::*;

    pub(super) fn serialize<S: Serializer>(items: &[String], serializer: S) -> Result<S::Ok, S::Error> {
        items.join(",").serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        Ok(String::deserialize(deserializer)?.split(',').map(str::to_owned).collect())
    }
}

fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    Option::<u8>::deserialize(deserializer)
}

fn hex<S: Serializer>(n: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    format!("{n:x}").serialize(serializer)
}

#[derive(Clone, Serialize, Deserialize, StateData)]
struct Said {
    #[state_data(timestamp)]
    at: Time,
    #[state_data(timestamp)]
    ended: Option<Time>,
    #[state_data(timestamp)]
    all: Vec<Time>,
    #[serde(with = "csv")]
    #[state_data(as = "String")]
    list: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    #[state_data(as = "Option<u8>")]
    lenient: Option<u8>,
    #[serde(deserialize_with = "lenient", default)]
    #[state_data(as = "Option<u8>")]
    lenient_default: Option<u8>,
}

#[test]
fn types_of_other_crates() {
    let said = Said {
        at: Time("2016-03-14T01:59:00Z".into()),
        ended: None,
        all: vec![Time("2016-03-14T01:59:00Z".into())],
        list: vec!["a".into(), "b".into()],
        lenient: None,
        lenient_default: Some(1),
    };
    agree([Said { ended: Some(said.at.clone()), ..said.clone() }, said]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Sides {
    #[serde(serialize_with = "hex")]
    #[state_data(as(serialize = "String"))]
    n: u8,
}

#[test]
fn a_function_on_one_side() {
    made([Sides { n: 10 }]);
    given::<Sides>([json!({"n": 10})]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Anything {
    #[state_data(any)]
    time: Time,
    #[state_data(any)]
    maybe: Option<Time>,
    #[serde(with = "csv")]
    #[state_data(any)]
    list: Vec<String>,
}

#[test]
fn anything_keeps_what_is_certain() {
    made([Anything { time: Time::default(), maybe: None, list: vec!["a".into()] }]);
    let Shape::Object(object) = Anything::SHAPE else { panic!("{:?}", Anything::SHAPE) };
    let shapes: Vec<_> = object.fields.iter().map(|field| field.shape).collect();
    assert!(matches!(shapes[..], [Shape::Any, Shape::Nullable(Shape::Any), Shape::Any]), "{shapes:?}");
    assert!(object.fields.iter().all(|field| field.given == Given::Required));
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(into = "String", from = "String")]
#[derive(Clone)]
struct Name(String);

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self(name)
    }
}

#[derive(StateData)]
#[state_data(as = "u8")]
struct ByHand;

impl Serialize for ByHand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(7)
    }
}

impl<'de> Deserialize<'de> for ByHand {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u8::deserialize(deserializer).map(|_| Self)
    }
}

#[test]
fn types_as_a_whole() {
    agree([Name("n".into())]);
    assert!(matches!(Name::SHAPE, Shape::String));
    agree([ByHand]);
}

#[derive(Serialize, Deserialize, StateData)]
enum Variant {
    #[serde(with = "csv")]
    #[state_data(as = "String")]
    List(Vec<String>),
    #[serde(serialize_with = "hex")]
    #[state_data(as(serialize = "String"))]
    Hex(u8),
    #[state_data(timestamp)]
    At(Time),
    Plain,
}

#[test]
fn a_function_for_a_variant() {
    let samples =
        [Variant::List(vec!["a".into()]), Variant::At(Time("2016-03-14T01:59:00Z".into())), Variant::Plain];
    let values: Vec<_> = samples.iter().map(|sample| serde_json::to_value(sample).unwrap()).collect();
    made(samples);
    given::<Variant>(values);
    made([Variant::Hex(10)]);
    given::<Variant>([json!({"Hex": 10}), json!({"Hex": "a"})]);
}
