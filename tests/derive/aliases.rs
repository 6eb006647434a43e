use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{
    StateData,
    shape::{Given, Made, Shape},
};

use crate::agree::{agree, given, made};

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Passed,
    #[serde(alias = "KO", alias = "failure")]
    Failed,
    #[serde(rename = "in progress")]
    Running,
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    #[serde(other)]
    Unknown,
}

#[derive(Serialize, Deserialize, StateData)]
enum Sided {
    #[serde(rename(serialize = "a", deserialize = "A"))]
    A,
    #[serde(skip_serializing)]
    Read,
    #[serde(skip_deserializing)]
    Written,
}

#[derive(Serialize, Deserialize, StateData)]
enum Nothing {}

#[test]
fn unit_variants_are_strings() {
    assert!(
        matches!(Status::SHAPE, Shape::Enum(shape) if shape.variants == ["PASSED", "FAILED", "in progress"])
    );
    agree([Status::Passed, Status::Failed, Status::Running]);
    given::<Status>([json!("KO"), json!("failure"), json!("FAILURE")]);
    agree([Colour::Red, Colour::Unknown]);
    made([Sided::A, Sided::Written]);
    given::<Sided>([json!("A"), json!("Read"), json!("Written")]);
    let _ = Sided::Read;
    given::<Nothing>([]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
enum Event {
    Created {
        order_id: String,
        at_time: u32,
    },
    Moved {
        order_id: String,
        at_time: String,
        #[serde(alias = "to")]
        target: String,
    },
    Closed {
        order_id: String,
    },
}

#[test]
fn what_variants_have_in_common() {
    let Shape::OneOf(one_of) = Event::SHAPE else { panic!("{:?}", Event::SHAPE) };
    let common: Vec<_> =
        one_of.common.fields.iter().map(|field| (field.made_as, field.made, field.shape)).collect();
    assert!(
        matches!(
            common[..],
            [
                ("type", Made::Always, Shape::Enum(tag)),
                ("orderId", Made::Always, Shape::String),
                ("atTime", Made::Maybe, Shape::Mixed),
                ("target", Made::Maybe, Shape::String),
            ] if tag.variants == ["Created", "Moved", "Closed"]
        ),
        "{common:#?}"
    );
    let order_id = || "1".to_owned();
    agree([
        Event::Created { order_id: order_id(), at_time: 1 },
        Event::Moved { order_id: order_id(), at_time: "t".into(), target: "x".into() },
        Event::Closed { order_id: order_id() },
    ]);
    given::<Event>([json!({"type": "Moved", "orderId": "1", "atTime": "t", "to": "x"})]);
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(untagged)]
enum Differing {
    B {
        aliased: u8,
        defaulted: u8,
        skipped: Option<u8>,
    },
    A {
        #[serde(alias = "b")]
        aliased: u8,
        #[serde(default)]
        defaulted: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        skipped: Option<u8>,
    },
}

#[derive(Serialize, Deserialize, StateData)]
enum PartlyObject {
    Unit,
    Data { x: u8 },
}

#[test]
fn what_variants_have_in_common_is_as_weak_as_the_weakest() {
    let Shape::Split { made: Shape::OneOf(made), given: Shape::OneOf(given) } = Differing::SHAPE else {
        panic!("{:?}", Differing::SHAPE)
    };
    // Under an alias the value has another key, and only in one of the variants.
    assert!(matches!(
        (made.common.fields[0].shape, given.common.fields[0].shape),
        (Shape::Integer { .. }, Shape::Mixed)
    ));
    let [_, defaulted, skipped] = made.common.fields else { panic!("{:?}", made.common) };
    assert_eq!((defaulted.made, defaulted.given), (Made::Always, Given::Optional));
    assert_eq!((skipped.made, skipped.given), (Made::Maybe, Given::Required));
    let Shape::OneOf(one_of) = PartlyObject::SHAPE else { panic!("{:?}", PartlyObject::SHAPE) };
    assert!(one_of.common.fields.is_empty());
    agree([
        Differing::A { aliased: 1, defaulted: 2, skipped: None },
        Differing::B { aliased: 1, defaulted: 2, skipped: Some(3) },
    ]);
    agree([PartlyObject::Unit, PartlyObject::Data { x: 1 }]);
}

#[derive(Serialize, Deserialize, StateData)]
struct Common {
    x: u8,
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type")]
enum AllFlat {
    A(Common),
    B(Common),
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type")]
enum SomeFlat {
    A(Common),
    B { x: String },
}

#[test]
fn what_newtype_variants_have_in_common() {
    let Shape::OneOf(one_of) = AllFlat::SHAPE else { panic!("{:?}", AllFlat::SHAPE) };
    assert!(matches!(one_of.common.flattened, [Shape::Object(common)] if common.name == "Common"));
    let Shape::OneOf(one_of) = SomeFlat::SHAPE else { panic!("{:?}", SomeFlat::SHAPE) };
    // What `Common` holds under the key is not known here.
    assert!(matches!(one_of.common.fields[1].shape, Shape::Mixed));
    agree([AllFlat::A(Common { x: 1 }), AllFlat::B(Common { x: 1 })]);
    agree([SomeFlat::A(Common { x: 1 }), SomeFlat::B { x: "x".into() }]);
}
