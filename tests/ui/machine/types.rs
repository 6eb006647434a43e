//! What types hold beyond their names: items of a tuple, forms, keys, bounds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, StateData)]
struct Part {
    a: u32,
}

#[derive(Serialize, Deserialize, StateData)]
struct Input {
    pair: (Part, Option<Part>),
    mixed: (u8, String),
    signed: i32,
    names: BTreeMap<String, u8>,
}

#[derive(Serialize, Deserialize, StateData)]
struct List {
    value: i32,
    next: Option<Box<List>>,
}

#[lambda]
fn letter(letter: char) -> char;

#[lambda]
fn count(n: u32) -> u32;

#[lambda]
fn all(numbers: Vec<u32>) -> u32;

#[lambda]
fn by_number(map: BTreeMap<u8, u8>) -> u8;

state_machine! {
    Items(Input) -> serde_json::Value {
        start_at: Each,
        Each: Map {
            items_path: $.pair,
            item_processor: { start_at: P, P: Pass { parameters: { "x": $.a }, end: true } },
            result_path: $.each,
            next: Mixed,
        },
        Mixed: Task { resource: lambda(all), input_path: $.mixed[*], end: true },
    }
}

state_machine! {
    Letters(Input) -> char {
        start_at: Letter,
        Letter: Task { resource: lambda::invoke(letter), payload: "abc", output_path: $.Payload, end: true },
    }
}

state_machine! {
    Bounds(Input) -> u32 {
        start_at: Count,
        Count: Task { resource: lambda(count), input_path: $.signed, end: true },
    }
}

state_machine! {
    Keys(Input) -> u8 {
        start_at: ByNumber,
        ByNumber: Task { resource: lambda(by_number), input_path: $.names, end: true },
    }
}

state_machine! {
    Lists(List) -> serde_json::Value {
        start_at: Second,
        Second: Pass { parameters: { "x": $.next.next.value }, end: true },
    }
}

#[derive(Serialize, Deserialize, StateData)]
struct Keyed {
    map: BTreeMap<Part, u8>,
}

fn main() {}
