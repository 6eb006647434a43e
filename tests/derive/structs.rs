use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::StateData;

use crate::agree::{agree, given, made};

#[derive(Clone, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
struct Order {
    order_id: String,
    total_amount: f64,
    items: Vec<Item>,
    note: Option<String>,
    r#type: char,
    #[serde(rename = "odd key: \"x\".$")]
    odd: bool,
}

#[derive(Clone, Serialize, Deserialize, StateData)]
struct Item {
    sku: String,
    quantity: u8,
}

fn order() -> Order {
    let items = vec![Item { sku: "a".into(), quantity: 200 }];
    Order { order_id: "1".into(), total_amount: 2.0, items, note: None, r#type: 'x', odd: true }
}

#[test]
fn named_fields() {
    agree([order(), Order { note: Some("n".into()), items: vec![], ..order() }]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Unit;

#[derive(Serialize, Deserialize, StateData)]
struct Id(u32);

#[derive(Serialize, Deserialize, StateData)]
struct Pair(u8, Option<String>);

#[derive(Serialize, Deserialize, StateData)]
struct NoItems();

#[derive(Serialize, Deserialize, StateData)]
struct NoFields {}

#[derive(Serialize, Deserialize, StateData)]
struct Halves(u8, #[serde(skip)] u16, String);

#[test]
fn unit_newtype_and_tuple_structs() {
    agree([Unit]);
    agree([Id(7)]);
    agree([Pair(1, None), Pair(1, Some("x".into()))]);
    agree([NoItems()]);
    agree([NoFields {}]);
    agree([Halves(1, 0, "x".into())]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Maybe(Option<u8>);

#[derive(Serialize, Deserialize, StateData)]
#[serde(transparent)]
struct Through {
    inner: Option<u8>,
    #[serde(skip)]
    cache: u8,
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(transparent)]
struct Lopsided {
    #[serde(skip_deserializing)]
    written: String,
    #[serde(skip_serializing)]
    read: u8,
}

#[test]
fn a_transparent_type_of_two_fields() {
    made([Lopsided { written: "x".into(), read: 1 }]);
    given::<Lopsided>([json!(1), json!("x")]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Holder {
    /// A newtype around an `Option` is no `Option`: it may be null, but not be missing.
    newtype: Maybe,
    /// A transparent one is.
    transparent: Through,
    boxed: Box<Option<u8>>,
    double: Option<Option<u8>>,
}

#[test]
fn only_a_plain_option_may_be_missing() {
    agree([Maybe(None), Maybe(Some(1))]);
    agree([Through { inner: None, cache: 0 }, Through { inner: Some(1), cache: 0 }]);
    let holder = |x| Holder {
        newtype: Maybe(x),
        transparent: Through { inner: x, cache: 0 },
        boxed: Box::new(x),
        double: x.map(Some),
    };
    agree([holder(None), holder(Some(1))]);
}

#[derive(Clone, Default, Serialize, Deserialize, StateData)]
struct Address {
    street: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip: Option<u32>,
}

#[derive(Serialize, Deserialize, StateData)]
struct Flat {
    name: String,
    #[serde(flatten)]
    address: Address,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

#[derive(Serialize, Deserialize, StateData)]
struct FlatMaybe {
    #[serde(flatten)]
    address: Option<Address>,
    n: u8,
}

#[derive(Serialize, Deserialize, StateData)]
struct FlatSkipped {
    n: u8,
    #[serde(flatten, skip_serializing)]
    read: Address,
    #[serde(flatten, skip_serializing_if = "HashMap::is_empty")]
    more: HashMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize, StateData)]
struct FlatSometimes {
    n: u8,
    #[serde(flatten, skip_serializing_if = "is_nowhere")]
    address: Address,
}

fn is_nowhere(address: &Address) -> bool {
    address.street.is_empty()
}

#[test]
fn flattened_structs_and_maps() {
    let address = Address { street: "s".into(), zip: None };
    let flat = |zip, rest: &[(&str, u8)]| Flat {
        name: "n".into(),
        address: Address { zip, ..address.clone() },
        rest: rest.iter().map(|(key, value)| (key.to_string(), *value)).collect(),
    };
    agree([flat(None, &[]), flat(Some(3), &[("a", 1), ("b", 2)])]);
    agree([FlatMaybe { address: None, n: 1 }, FlatMaybe { address: Some(address.clone()), n: 1 }]);
    let sometimes =
        |street: &str| FlatSometimes { n: 1, address: Address { street: street.into(), zip: None } };
    agree([sometimes(""), sometimes("s")]);
    let skipped = |more| FlatSkipped { n: 1, read: address.clone(), more };
    made([skipped(HashMap::new()), skipped([("k".into(), json!([1]))].into())]);
    given::<FlatSkipped>([json!({"n": 1, "street": "s", "zip": 1, "k": null})]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "kind", rename = "tagged")]
struct Tagged {
    x: u8,
}

#[test]
fn a_tagged_struct_writes_its_tag_and_does_not_read_it() {
    agree([Tagged { x: 1 }]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Std {
    tuple: (u8, String),
    array: [bool; 2],
    map: HashMap<String, Vec<f32>>,
    unit: (),
    integers: (i8, i16, i32, i64, u16, u32, u64),
    any: serde_json::Value,
}

#[test]
fn types_of_std() {
    agree([Std {
        tuple: (1, "x".into()),
        array: [true, false],
        map: [("k".into(), vec![1.0])].into(),
        unit: (),
        integers: (1, 1, 1, 1, 1, 1, 1),
        any: json!({"x": 1}),
    }]);
}
