use super::*;

const fn plain(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
}

const ORDER: Shape = Shape::Object(&ObjectShape {
    name: "Order",
    fields: &[
        plain("totalAmount", &["totalAmount"], <u64>::SHAPE),
        plain("items", &["items"], <Vec<String>>::SHAPE),
        plain("note", &["note"], <Option<String>>::SHAPE),
        plain(
            "status",
            &["status"],
            &Shape::Enum(&EnumShape { name: "Status", variants: &["PASSED", "FAILED"], also_given: &[] }),
        ),
    ],
    flattened: &[],
    deny_unknown_fields: false,
});

fn said(claim: &Claim<'_>) -> String {
    judge("", claim).map_or_else(String::new, |wrong| wrong.text.as_str().to_owned())
}

fn read(steps: &[Step<'_>], side: Side, need: Need<'_>) -> String {
    said(&Claim::Path { shown: "$.x", origin: "", shape: &ORDER, side, steps, need })
}

#[test]
fn paths_say_what_is_wrong_and_what_is_meant() {
    use Side::{Given, Made};
    use Step::{Each, Index, Items, Key, Many, Maybe, NonNull, Present, Query};
    for (steps, side, need, expected) in [
        (&[Key("totalAmount")][..], Made, Need::MaybeNumber, ""),
        (
            &[Key("totlAmount")],
            Made,
            Need::Value,
            "`Order` has no JSON field `totlAmount`; did you mean `totalAmount`? it has `totalAmount`, `items`",
        ),
        (
            &[Key("totalAmount"), Key("x")],
            Made,
            Need::Value,
            "it is an unsigned integer, which has no fields",
        ),
        (&[Key("items"), Index(0)], Made, Need::Value, "it may be missing"),
        (&[Key("items"), Each], Made, Need::String, ""),
        (&[Query("items"), Query("x")], Made, Need::Nothing, "it is a string, which has no fields"),
        (&[Query("items")], Made, Need::Value, ""),
        (&[Query("items"), Items], Made, Need::String, ""),
        (&[Query("items"), Items, Maybe], Made, Need::String, "it may be missing; say what else it is then"),
        (&[Query("items"), Items, Many], Made, Need::String, "write `[…]` around it"),
        (&[Query("note")], Given, Need::Value, "it may be missing; say what else it is then"),
        (&[Query("itms")], Made, Need::Nothing, "`Order` has no JSON field `itms`; did you mean `items`?"),
        (&[Query("status"), Query("x")], Made, Need::Nothing, "which has no fields, so there is no `x`"),
        (&[Key("status"), Each], Made, Need::String, "not an array"),
        (&[Key("note")], Made, Need::MaybeString, ""),
        (&[Key("note")], Made, Need::String, "expected a string, found a string or null"),
        (&[Key("note"), NonNull], Made, Need::String, ""),
        (&[Key("note")], Given, Need::MaybeString, "it may be missing; test it with `is_present`"),
        (&[Key("note")], Given, Need::Nothing, ""),
        (&[Key("note"), Present, NonNull], Given, Need::String, ""),
        (&[Key("note"), Key("x")], Made, Need::Value, "it may be null before `x` is read"),
        (&[Key("status")], Made, Need::Literal("PASSED"), ""),
        (
            &[Key("status")],
            Made,
            Need::Literal("PASED"),
            "did you mean \"PASSED\"? `Status` has `PASSED`, `FAILED`",
        ),
        (&[Key("totalAmount")], Made, Need::MaybeString, "expected a string, found an unsigned integer"),
    ] {
        let said = read(steps, side, need);
        assert!(
            if expected.is_empty() { said.is_empty() } else { said.contains(expected) },
            "{steps:?}: {said}"
        );
    }
}

#[test]
fn values_fit_types_or_say_why_not() {
    let leaf = Node::Leaf { shape: &ORDER, side: Side::Made, steps: &[] };
    let fits = |nodes: &[Node<'_>], target| said(&Claim::Fits { what: "it", nodes, target });
    assert_eq!(fits(&[leaf], &ORDER), "");
    assert_eq!(fits(&[Node::Text("PASSED")], <String>::SHAPE), "");
    assert_eq!(
        fits(&[Node::Integer(300)], <u8>::SHAPE),
        "it: expected an integer from 0 to 255, found the number 300"
    );
    assert_eq!(fits(&[Node::Null], <Option<u8>>::SHAPE), "");
    assert_eq!(fits(&[Node::Null], <u8>::SHAPE), "it: expected an integer from 0 to 255, found null");
    let approval = [
        Node::Object { first: 1, len: 1, base: None },
        Node::Field { key: "approved", value: 2, absent: false },
        Node::True,
    ];
    assert_eq!(fits(&approval, &ORDER), "it: its field `totalAmount` is missing");
    let overlay = [
        Node::Object { first: 1, len: 1, base: Some(3) },
        Node::Field { key: "status", value: 2, absent: false },
        Node::Text("PASED"),
        leaf,
    ];
    assert!(
        fits(&overlay, &ORDER).starts_with("it: in its field `status`: expected `Status`, found the string")
    );
    let union = [Node::Union { first: 1, len: 2 }, Node::Item(3), Node::Item(4), leaf, Node::Any];
    assert_eq!(fits(&union, &ORDER), "");
}

#[test]
fn errors_and_cover_are_judged() {
    let raises = |error| {
        said(&Claim::Raises { task: "Reserve", error, names: &["OutOfStock", "Throttled"], open: false })
    };
    assert_eq!(raises("OutOfStock"), "");
    assert_eq!(
        raises("OutOfStok"),
        "`Reserve` never fails with `OutOfStok`; did you mean `OutOfStock`? its errors are `OutOfStock`, `Throttled`"
    );
    let covers = |literals: &[&str]| {
        said(&Claim::Covers {
            shown: "$.s",
            shape: &ORDER,
            side: Side::Made,
            steps: &[Step::Key("status")],
            literals,
        })
    };
    assert_eq!(covers(&["PASSED", "FAILED"]), "");
    assert!(covers(&["PASSED"]).contains("is \"FAILED\""));
}
