#![allow(clippy::use_self)] // a type may write its own name

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{StateData, shape::Shape};

use crate::agree::{agree, made};

#[derive(Clone, Serialize, Deserialize, StateData)]
struct Tree {
    name: String,
    kids: Vec<Tree>,
    left: Option<Box<Self>>,
    named: BTreeMap<String, Tree>,
    pairs: Vec<(u8, Tree)>,
}

fn tree(name: &str, kids: Vec<Tree>) -> Tree {
    Tree { name: name.into(), kids, left: None, named: BTreeMap::new(), pairs: vec![] }
}

#[test]
fn a_type_that_holds_itself() {
    let leaf = tree("leaf", vec![]);
    agree([
        tree("root", vec![leaf.clone()]),
        Tree {
            left: Some(Box::new(leaf.clone())),
            named: [("k".into(), leaf.clone())].into(),
            pairs: vec![(1, leaf)],
            ..tree("r", vec![])
        },
    ]);
}

#[derive(Clone, Serialize, Deserialize, StateData)]
struct List<T> {
    head: T,
    tail: Option<Box<List<T>>>,
}

#[test]
fn a_generic_type_that_holds_itself() {
    let end = List { head: 1u8, tail: None };
    agree([end.clone(), List { head: 2, tail: Some(Box::new(end)) }]);
}

#[derive(Serialize, Deserialize, StateData)]
enum Expression {
    Number(i64),
    Not(Box<Expression>),
    Add { left: Box<Expression>, right: Box<Expression> },
}

#[derive(Serialize, Deserialize, StateData)]
struct Nodes(Vec<Nodes>);

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "t")]
enum Inside {
    Leaf { n: u8 },
    Node { kids: Vec<Inside>, first: Option<Box<Inside>> },
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "t", content = "c")]
enum Beside {
    Leaf(u8),
    Kids(Vec<Beside>),
    Both { left: Box<Beside>, right: Option<Box<Beside>> },
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(untagged)]
enum Bare {
    Leaf(u8),
    Kids(Vec<Bare>),
    Named(std::collections::HashMap<String, Bare>),
}

#[derive(Serialize, Deserialize, StateData)]
enum Nullable {
    End,
    Next(Option<Box<Nullable>>),
    Further { next: Option<Box<Nullable>> },
}

#[test]
fn an_enum_that_holds_itself() {
    let one = || Box::new(Expression::Number(1));
    agree([Expression::Not(one()), Expression::Add { left: one(), right: Box::new(Expression::Not(one())) }]);
    let leaf = || Inside::Leaf { n: 1 };
    agree([Inside::Node {
        kids: vec![leaf(), Inside::Node { kids: vec![], first: None }],
        first: Some(Box::new(leaf())),
    }]);
    agree([
        Beside::Kids(vec![Beside::Leaf(1)]),
        Beside::Both { left: Box::new(Beside::Leaf(1)), right: Some(Box::new(Beside::Kids(vec![]))) },
    ]);
    agree([
        Bare::Kids(vec![Bare::Leaf(1), Bare::Kids(vec![])]),
        Bare::Named([("a".into(), Bare::Leaf(1))].into()),
    ]);
    agree([
        Nullable::Next(None),
        Nullable::Next(Some(Box::new(Nullable::End))),
        Nullable::Further { next: Some(Box::new(Nullable::Next(None))) },
    ]);
}

/// Without an object around there is nothing that the mention could lead back to.
#[test]
fn recursion_without_an_object_is_anything() {
    made([Nodes(vec![Nodes(vec![])])]);
    assert!(matches!(Nodes::SHAPE, Shape::Array(Shape::Any)));
}

struct Shelf<T>(std::marker::PhantomData<T>);

/// Serde itself would not end with the second field, but reports it only where it is used.
#[allow(dead_code)]
#[derive(StateData)]
struct Book {
    refers: Shelf<Book>,
    #[serde(flatten)]
    first: Option<Box<Book>>,
}

#[test]
fn recursion_through_unknown_containers_is_anything() {
    let Shape::Object(book) = Book::SHAPE else { panic!("{:?}", Book::SHAPE) };
    assert!(matches!((book.fields[0].shape, book.flattened), (Shape::Any, [Shape::Any])));
}

mod other {
    use super::*;

    /// Of the name of the type that holds it, but another.
    #[derive(Serialize, Deserialize, StateData)]
    pub(super) struct Order {
        pub(super) n: u8,
    }
}

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    old: other::Order,
}

#[test]
fn another_type_of_the_same_name_is_no_recursion() {
    agree([Order { old: other::Order { n: 1 } }]);
    assert!(serde_json::from_value::<Order>(json!({"old": {"old": {"n": 1}}})).is_err());
}
