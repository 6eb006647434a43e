use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::StateData;

use crate::agree::{agree, given, made};

#[derive(Default, Serialize, Deserialize, StateData)]
#[serde(default, rename_all(serialize = "SCREAMING_SNAKE_CASE", deserialize = "kebab-case"))]
struct Defaults {
    first_field: u8,
    #[serde(rename = "second", alias = "zweites", alias = "deuxième")]
    second_field: Option<String>,
    #[serde(rename(serialize = "out", deserialize = "in"))]
    third_field: bool,
}

#[test]
fn container_default_and_names_of_two_sides() {
    made([Defaults::default(), Defaults { second_field: Some("x".into()), ..Defaults::default() }]);
    given::<Defaults>([
        json!({"first-field": 1, "second": "x", "in": true}),
        json!({"zweites": "x", "deuxième": "y"}),
        json!({"first-field": 1, "deuxième": "y"}),
        json!({"FIRST_FIELD": "not read", "out": 1}),
    ]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(deny_unknown_fields)]
struct Skips {
    kept: u8,
    #[serde(skip)]
    _skipped: NoShape,
    #[serde(skip_serializing)]
    read: u8,
    #[serde(skip_deserializing)]
    written: u8,
    #[serde(default)]
    defaulted: u8,
    #[serde(default = "seven")]
    seven: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<u8>,
    #[serde(skip_serializing_if = "is_zero")]
    nonzero: u8,
}

/// Not `StateData`: nobody asks for it.
#[derive(Default)]
struct NoShape;

fn seven() -> u8 {
    7
}

fn is_zero(n: &u8) -> bool {
    *n == 0
}

#[test]
fn skips_and_defaults() {
    let skips = |maybe, nonzero| Skips {
        kept: 1,
        _skipped: NoShape,
        read: 2,
        written: 3,
        defaulted: 4,
        seven: 5,
        maybe,
        nonzero,
    };
    made([skips(None, 0), skips(Some(1), 1)]);
    let all = json!({"kept": 1, "read": 1, "defaulted": 1, "seven": 1, "maybe": 1, "nonzero": 1});
    given::<Skips>([all, json!({"kept": 1, "read": 1, "nonzero": 1, "written": 1})]);
}

#[derive(Clone, Serialize, Deserialize, StateData)]
#[serde(into = "String", try_from = "Parts")]
struct Version(u8, u8);

#[derive(Deserialize, StateData)]
struct Parts {
    major: u8,
    minor: u8,
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        format!("{}.{}", version.0, version.1)
    }
}

impl TryFrom<Parts> for Version {
    type Error = &'static str;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        // What a conversion refuses beyond its type is nothing that a shape could say.
        if parts.minor < 100 { Ok(Self(parts.major, parts.minor)) } else { Err("too many") }
    }
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(from = "Option<u8>")]
struct FromOption {
    n: u8,
}

impl From<Option<u8>> for FromOption {
    fn from(n: Option<u8>) -> Self {
        Self { n: n.unwrap_or_default() }
    }
}

#[derive(Serialize, Deserialize, StateData)]
struct HoldsFrom {
    from: FromOption,
    version: Version,
}

#[test]
fn other_types_stand_in() {
    made([Version(1, 2)]);
    given::<Version>([json!({"major": 1, "minor": 2})]);
    made([FromOption { n: 1 }]);
    given::<FromOption>([json!(1), json!(null)]);
    made([HoldsFrom { from: FromOption { n: 1 }, version: Version(1, 2) }]);
    given::<HoldsFrom>([json!({"from": 1, "version": {"major": 1, "minor": 2}})]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Borrowed<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    text: &'a str,
}

#[test]
fn lifetimes_and_borrows() {
    made([Borrowed { name: "n".into(), text: "t" }]);
    let keys =
        [r#"{"name":"n","text":"t"}"#, r#"{"name":"n"}"#, r#"{"text":"t"}"#, r#"{"name":1,"text":"t"}"#];
    for text in keys {
        let value = serde_json::from_str(text).unwrap();
        assert_eq!(
            crate::interpret::accepts(Borrowed::SHAPE, &value, false),
            serde_json::from_str::<Borrowed<'_>>(text).is_ok(),
            "{text}"
        );
    }
}

mod foreign {
    pub(super) struct Duration {
        pub(super) seconds: u64,
        pub(super) nanos: u32,
    }
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(remote = "foreign::Duration")]
struct DurationDef {
    #[serde(rename = "secs")]
    seconds: u64,
    nanos: u32,
}

#[derive(Serialize, Deserialize, StateData)]
struct Lasts {
    #[serde(with = "DurationDef")]
    #[state_data(as = "DurationDef")]
    time: foreign::Duration,
}

#[test]
fn remote_types() {
    agree([Lasts { time: foreign::Duration { seconds: 1, nanos: 2 } }]);
}

#[derive(Serialize, StateData)]
struct OnlyMade {
    n: u8,
}

#[derive(Deserialize, StateData)]
struct OnlyGiven {
    #[serde(alias = "m")]
    n: u8,
}

#[test]
fn one_sided_types() {
    made([OnlyMade { n: 1 }]);
    given::<OnlyGiven>([json!({"n": 1}), json!({"m": 1})]);
    let _ = serde_json::from_value::<OnlyGiven>(json!({"n": 1})).map(|given| given.n);
}

#[test]
fn a_default_alone_needs_no_key() {
    agree([Defaulted { n: 1 }]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Defaulted {
    #[serde(default)]
    n: u8,
}
