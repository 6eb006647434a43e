use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use stepfn::StateData;

use crate::agree::agree;

#[derive(Serialize, Deserialize, StateData)]
struct Page<T, M = ()> {
    items: Vec<T>,
    meta: M,
    next: Option<String>,
}

#[derive(Serialize, Deserialize, StateData)]
struct Wrapper<T>(T);

#[derive(Serialize, Deserialize, StateData)]
struct Marked<T> {
    n: u8,
    #[serde(skip)]
    _marker: PhantomData<T>,
}

/// Has no form, and needs none.
struct Mark;

trait Kind {
    type Data;
}

struct Numbers;

impl Kind for Numbers {
    type Data = u8;
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(bound(serialize = "K::Data: Serialize", deserialize = "K::Data: Deserialize<'de>"))]
struct Of<K: Kind> {
    data: K::Data,
    all: Vec<K::Data>,
}

#[derive(Serialize, Deserialize, StateData)]
struct Fixed<T, const N: usize>
where
    T: Clone,
    [T; N]: Serialize + for<'a> Deserialize<'a>,
{
    array: [T; N],
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type")]
enum Choice<A, B> {
    Left { a: A },
    Right { b: B },
}

#[test]
fn type_parameters() {
    agree([Page { items: vec![1u8], meta: (), next: None }]);
    agree([
        Page { items: vec![String::new()], meta: Some(true), next: None },
        Page { items: vec![], meta: None, next: None },
    ]);
    agree([Wrapper("x".to_owned())]);
    agree([Page { items: vec![Wrapper(Some(1u8)), Wrapper(None)], meta: Wrapper(Some(1u8)), next: None }]);
    agree([Marked::<Mark> { n: 1, _marker: PhantomData }]);
    agree([Of::<Numbers> { data: 1, all: vec![1] }]);
    agree([Choice::<u8, String>::Left { a: 1 }, Choice::Right { b: "b".into() }]);
    let _ = Mark;
}

#[test]
fn constant_parameters() {
    agree([Fixed { array: [1u8, 2] }]);
}
