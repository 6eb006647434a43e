//! Types that hold each other: say `any` on one of the fields.
use serde::{Deserialize, Serialize};
use stepfn::StateData;

#[derive(Serialize, Deserialize, StateData)]
struct Author {
    books: Vec<Book>,
}

#[derive(Serialize, Deserialize, StateData)]
struct Book {
    author: Option<Box<Author>>,
}

fn main() {}
