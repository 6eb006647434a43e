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
        (&[Query("items"), Items, Maybe], Made, Need::String, "it may be missing; provide a default"),
        (&[Query("items"), Items, Many], Made, Need::String, "write `[…]` around it"),
        (&[Query("note")], Given, Need::Value, "it may be missing; provide a default"),
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

const OPTIONAL_ORDER: Shape = Shape::Nullable(&ORDER);

#[test]
fn items_of_a_tuple_are_what_all_of_them_are() {
    let read = |shape: &'static Shape, steps: &[Step<'_>], need| {
        said(&Claim::Path { shown: "$.x", origin: "", shape, side: Side::Made, steps, need })
    };
    let each = &[Step::Each][..];
    let amount = &[Step::Each, Step::Key("totalAmount")][..];
    let same: &Shape = &Shape::Tuple(&[&ORDER, &ORDER]);
    let optional: &Shape = &Shape::Tuple(&[&ORDER, &OPTIONAL_ORDER]);
    assert_eq!(read(same, amount, Need::Number), "");
    assert!(read(optional, amount, Need::Value).contains("may be null before `totalAmount` is read"));
    assert_eq!(read(<(u8, i64)>::SHAPE, each, Need::Integer), "");
    assert_eq!(read(<(String, char)>::SHAPE, each, Need::String), "");
    assert!(read(<(String, Option<String>)>::SHAPE, each, Need::String).contains("found a string or null"));
    for different in [<(u8, String)>::SHAPE, <(Vec<u8>, Vec<String>)>::SHAPE, <(u8, Option<String>)>::SHAPE] {
        assert_eq!(read(different, each, Need::Value), "");
        assert_ne!(read(different, each, Need::Integer), "");
        assert_ne!(read(different, each, Need::String), "");
    }
    let items = |made, target| {
        said(&Claim::Fits {
            what: "it",
            nodes: &[Node::Leaf { shape: made, side: Side::Made, steps: &[Step::Each] }],
            target,
        })
    };
    assert_eq!(items(<(u8, i64)>::SHAPE, <i64>::SHAPE), "");
    assert!(items(<(u8, i64)>::SHAPE, <u8>::SHAPE).contains("found an integer"));
}

#[test]
fn literals_of_a_form_are_judged() {
    let fits = |text, target| said(&Claim::Fits { what: "it", nodes: &[Node::Text(text)], target });
    assert_eq!(fits("c", <char>::SHAPE), "");
    assert_eq!(
        fits("abc", <char>::SHAPE),
        "it: expected a string of the form `char`, found the string \"abc\""
    );
    assert_eq!(fits("2024-05-06T07:08:09Z", &Shape::Text(TIMESTAMP)), "");
    assert!(fits("tomorrow", &Shape::Text(TIMESTAMP)).contains("found the string \"tomorrow\""));
    assert_eq!(fits("anything", &Shape::Text("somebody's own")), "");
    // A value that is there already is read by the type itself, which knows more ways to write it.
    assert_eq!(mismatch(&"2024-05-06t07:08:09z".into(), &Shape::Text(TIMESTAMP)), None);
    assert!(mismatch(&"abc".into(), <char>::SHAPE).is_some());
}

#[test]
fn keys_of_maps_are_judged() {
    use std::collections::BTreeMap;

    let object = |key| {
        let nodes = [
            Node::Object { first: 1, len: 1, base: None },
            Node::Field { key, value: 2, absent: false },
            Node::Integer(1),
        ];
        said(&Claim::Fits { what: "it", nodes: &nodes, target: <BTreeMap<u8, u8>>::SHAPE })
    };
    assert_eq!(object("7"), "");
    assert_eq!(object("x"), "it: its key `x` is not an integer from 0 to 255");
    assert_eq!(object("256"), "it: its key `256` is not an integer from 0 to 255");
    let map = Node::Leaf { shape: <BTreeMap<String, u8>>::SHAPE, side: Side::Made, steps: &[] };
    let said = said(&Claim::Fits { what: "it", nodes: &[map], target: <BTreeMap<u8, u8>>::SHAPE });
    assert_eq!(said, "it: its keys are a string, expected an integer from 0 to 255");
}

#[test]
fn bounds_of_a_number_are_judged_whole() {
    let fits = |least, most, target| {
        said(&Claim::Fits { what: "it", nodes: &[Node::Whole(Bounds { min: least, max: most })], target })
    };
    assert_eq!(fits(0, 255, <u8>::SHAPE), "");
    assert_eq!(fits(-1, 255, <f64>::SHAPE), "");
    assert_eq!(
        fits(-1, 255, <u8>::SHAPE),
        "it: expected an integer from 0 to 255, found an integer from -1 to 255"
    );
}

/// A type that branches into itself seven times takes no longer than one that does so once.
#[test]
fn recursive_types_are_judged_once() {
    const BUSH: Shape = Shape::Object(&ObjectShape {
        name: "Bush",
        fields: &[
            plain("value", &["value"], <u8>::SHAPE),
            plain("a", &["a"], &Shape::Nullable(&Shape::Recursive(0))),
            plain("b", &["b"], &Shape::Array(&Shape::Recursive(0))),
            plain("c", &["c"], &Shape::Map(&Shape::Recursive(0))),
            plain("d", &["d"], &Shape::Nullable(&Shape::Recursive(0))),
            plain("e", &["e"], &Shape::Array(&Shape::Recursive(0))),
            plain("f", &["f"], &Shape::Nullable(&Shape::Recursive(0))),
            plain("g", &["g"], &Shape::Nullable(&Shape::Recursive(0))),
        ],
        flattened: &[],
        deny_unknown_fields: false,
    });
    const NODES: &[Node<'_>] = &[Node::Leaf { shape: &BUSH, side: Side::Made, steps: &[] }];
    const FITS: bool = judge("", &Claim::Fits { what: "it", nodes: NODES, target: &BUSH }).is_none();
    const { assert!(FITS) };
    let deep = [Step::Key("a"), Step::NonNull, Step::Key("f"), Step::NonNull, Step::Key("value")];
    let claim = Claim::Path {
        shown: "$.a.f.value",
        origin: "",
        shape: &BUSH,
        side: Side::Made,
        steps: &deep,
        need: Need::Integer,
    };
    assert_eq!(said(&claim), "");
}

#[test]
fn types_nested_too_deep_are_refused_and_not_taken() {
    macro_rules! nested {
        ($inner:ty;) => { $inner };
        ($inner:ty; $($deeper:tt)*) => { nested!(@ $inner; $($deeper)*) };
        (@ $inner:ty; - $($deeper:tt)*) => { nested!(Vec<$inner>; $($deeper)*) };
    }
    type Deep = nested!(u8; - - - - - - - - - - - - - - - - - - - -);
    type TooDeep = nested!(u8; - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -);
    let fits = |shape| {
        said(&Claim::Fits {
            what: "it",
            nodes: &[Node::Leaf { shape, side: Side::Made, steps: &[] }],
            target: shape,
        })
    };
    const NODES: &[Node<'_>] = &[Node::Leaf { shape: TooDeep::SHAPE, side: Side::Made, steps: &[] }];
    // It ends in a constant as well.
    const { assert!(judge("", &Claim::Fits { what: "it", nodes: NODES, target: TooDeep::SHAPE }).is_some()) };
    assert_eq!(fits(Deep::SHAPE), "");
    assert!(fits(TooDeep::SHAPE).contains("nested too deep"));
}

/// As deep as a type may be a constant can hold it, whatever it is made of.
#[test]
fn a_constant_judges_all_that_is_not_too_deep() {
    macro_rules! nested {
        ($kind:ident;) => { &Shape::String };
        (object; - $($deeper:tt)*) => {
            &Shape::Object(&ObjectShape {
                name: "Nested",
                fields: &[plain("inner", &["inner"], nested!(object; $($deeper)*))],
                flattened: &[],
                deny_unknown_fields: false,
            })
        };
        (map; - $($deeper:tt)*) => { &Shape::Map(nested!(map; $($deeper)*)) };
        (tuple; - $($deeper:tt)*) => { &Shape::Tuple(&[nested!(tuple; $($deeper)*)]) };
        (nullable; - $($deeper:tt)*) => { &Shape::Nullable(&Shape::Array(nested!(nullable; $($deeper)*))) };
    }
    macro_rules! judged {
        ($($kind:ident),*) => {
            $({
                const SHAPE: &Shape = nested!($kind; - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -);
                const NODES: &[Node<'_>] = &[Node::Leaf { shape: SHAPE, side: Side::Made, steps: &[] }];
                const { assert!(judge("", &Claim::Fits { what: "it", nodes: NODES, target: SHAPE }).is_some()) };
                const LESS: &Shape = nested!($kind; - - - - - - - - - - - - - - - - -);
                const FEWER: &[Node<'_>] = &[Node::Leaf { shape: LESS, side: Side::Made, steps: &[] }];
                const { assert!(judge("", &Claim::Fits { what: "it", nodes: FEWER, target: LESS }).is_none()) };
            })*
        };
    }
    judged!(object, map, tuple, nullable);
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
    const fn is_not(key: Option<&'static str>, text: &'static str) -> Step<'static> {
        Step::Where(Fact { key, query: false, is: Property::Text(text), holds: false })
    }
    let covers = |steps: &[Step<'_>], whole: &[Step<'_>]| {
        said(&Claim::Covers { shown: "$.s", shape: &ORDER, side: Side::Made, steps, whole })
    };
    let (passed, failed) = (is_not(None, "PASSED"), is_not(None, "FAILED"));
    assert_eq!(covers(&[Step::Key("status"), passed, failed], &[]), "");
    assert!(covers(&[Step::Key("status"), passed], &[]).contains("is \"FAILED\""));
    // Of the whole nothing is left, whatever else is asked of it.
    let gone = Step::Where(Fact { key: Some("status"), query: false, is: Property::There, holds: false });
    assert_eq!(covers(&[Step::Key("status"), passed], &[gone]), "");
}
