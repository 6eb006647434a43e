use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::StateData;

use crate::agree::{agree, given, made};

#[derive(Clone, Serialize, Deserialize, StateData)]
struct Inner {
    n: u8,
    text: Option<String>,
}

fn inner() -> Inner {
    Inner { n: 1, text: None }
}

macro_rules! variants {
    ($name:ident) => {
        [
            $name::Unit,
            $name::Newtype(inner()),
            $name::Maybe(None),
            $name::Maybe(Some(inner())),
            $name::Struct { x: 1, y: None },
            $name::Struct { x: 1, y: Some("y".into()) },
            $name::Empty {},
        ]
    };
}

#[derive(Serialize, Deserialize, StateData)]
enum External {
    Unit,
    Newtype(Inner),
    Maybe(Option<Inner>),
    Struct {
        x: i8,
        y: Option<String>,
    },
    Empty {},
    #[serde(alias = "Paar")]
    Pair(u8, String),
    UnitInside(()),
    #[serde(rename = "t-3")]
    Three(u8, #[serde(skip)] u8, u8),
}

#[test]
fn externally_tagged() {
    agree(variants!(External));
    agree([External::Pair(1, "x".into()), External::UnitInside(()), External::Three(1, 2, 3)]);
    given::<External>([json!({"Paar": [1, "x"]}), json!({"Paar": [1, "x"], "Pair": [1, "x"]})]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Internal {
    Unit,
    Newtype(Inner),
    Struct {
        x: i8,
        y: Option<String>,
    },
    Empty {},
    UnitInside(()),
    Map(BTreeMap<String, u8>),
    #[serde(skip_serializing)] // serde cannot
    Maybe(Option<Inner>),
    #[serde(other)]
    Other,
}

#[test]
fn internally_tagged() {
    agree([
        Internal::Unit,
        Internal::Newtype(inner()),
        Internal::Struct { x: 1, y: None },
        Internal::Struct { x: 1, y: Some("y".into()) },
        Internal::Empty {},
        Internal::UnitInside(()),
        Internal::Map(BTreeMap::new()),
        Internal::Map([("k".into(), 1)].into()),
        Internal::Other,
    ]);
    given::<Internal>([
        json!({"type": "whatever"}),
        json!({"type": "unit", "n": 1}),
        json!({"type": "maybe", "n": 1}),
    ]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type", deny_unknown_fields)]
enum Strict {
    Unit,
    Struct { x: i8 },
}

#[test]
fn internally_tagged_without_strangers() {
    agree([Strict::Unit, Strict::Struct { x: 1 }]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(deny_unknown_fields)]
enum ExternalStrict {
    Struct { x: i8 },
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(untagged, deny_unknown_fields)]
enum UntaggedStrict {
    Struct { x: i8 },
    More { x: String, y: i8 },
}

#[test]
fn without_strangers() {
    agree([ExternalStrict::Struct { x: 1 }]);
    agree([UntaggedStrict::Struct { x: 1 }, UntaggedStrict::More { x: "x".into(), y: 1 }]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Newtype(Inner),
    Maybe(Option<Inner>),
    Struct { x: i8, y: Option<String> },
    Empty {},
    Pair(u8, String),
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "t", content = "c", deny_unknown_fields)]
enum AdjacentStrict {
    Unit,
    Struct { x: i8 },
}

#[test]
fn adjacently_tagged() {
    agree(variants!(Adjacent));
    agree([Adjacent::Pair(1, "x".into())]);
    given::<Adjacent>([json!({"t": "Unit", "c": null}), json!({"t": "Maybe"}), json!({"t": "Pair"})]);
    agree([AdjacentStrict::Unit, AdjacentStrict::Struct { x: 1 }]);
    given::<AdjacentStrict>([json!({"t": "Unit", "c": null}), json!({"t": "Struct", "c": {"x": 1, "y": 2}})]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(untagged)]
enum Untagged {
    Unit,
    Number(u8),
    Pair(u8, String),
    Struct { x: i8, y: String },
    Fewer { x: i8 },
}

#[test]
fn untagged() {
    agree([
        Untagged::Unit,
        Untagged::Number(1),
        Untagged::Pair(1, "x".into()),
        Untagged::Struct { x: 1, y: "y".into() },
        Untagged::Fewer { x: 1 },
    ]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(untagged)]
enum UntaggedObjects {
    Both { x: i8, y: String },
    Other { x: i8, z: bool },
}

#[test]
fn untagged_objects_have_fields_in_common() {
    agree([UntaggedObjects::Both { x: 1, y: "y".into() }, UntaggedObjects::Other { x: 1, z: true }]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type")]
enum PartlyUntagged {
    A {
        x: u8,
    },
    #[serde(untagged)]
    Rest {
        y: u8,
    },
}

#[test]
fn an_untagged_variant_among_tagged_ones() {
    agree([PartlyUntagged::A { x: 1 }, PartlyUntagged::Rest { y: 1 }]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type")]
enum Sides {
    #[serde(rename(serialize = "out", deserialize = "in"))]
    Renamed {
        #[serde(skip_serializing)]
        read: u8,
        #[serde(skip_deserializing)]
        written: u8,
    },
    #[serde(skip_serializing)]
    Read { x: u8 },
    #[serde(skip_deserializing)]
    Written { x: String },
}

#[test]
fn variants_of_one_side() {
    made([Sides::Renamed { read: 1, written: 2 }, Sides::Written { x: "x".into() }]);
    given::<Sides>([
        json!({"type": "in", "read": 1}),
        json!({"type": "out", "read": 1}),
        json!({"type": "Read", "x": 1}),
        json!({"type": "Written", "x": "x"}),
    ]);
    let _ = Sides::Read { x: 1 };
}

#[derive(Serialize, Deserialize, StateData)]
enum Effective {
    A,
    /// Serde treats it as a unit variant.
    B(#[serde(skip)] Unshaped),
}

#[derive(Default)]
struct Unshaped;

#[test]
fn a_variant_of_one_skipped_field_is_a_unit() {
    agree([Effective::A, Effective::B(Unshaped)]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Flattens {
    n: u8,
    #[serde(flatten)]
    internal: UntaggedObjects,
}

#[derive(Serialize, Deserialize, StateData)]
struct FlattensExternal {
    n: u8,
    #[serde(flatten)]
    external: Two,
}

#[derive(Serialize, Deserialize, StateData)]
enum Two {
    A { x: u8 },
    B(String),
}

#[test]
fn flattened_enums() {
    agree([Flattens { n: 1, internal: UntaggedObjects::Other { x: 1, z: true } }]);
    agree([
        FlattensExternal { n: 1, external: Two::A { x: 1 } },
        FlattensExternal { n: 1, external: Two::B("x".into()) },
    ]);
}
