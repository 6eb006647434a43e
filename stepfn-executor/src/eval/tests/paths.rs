use stepfn_core::value::Value;

use super::{Lcg, World, json};
use crate::eval::CompiledPath;

const STORE: &str = r#"{
    "store": {
        "book": [
            {"title": "A", "price": 8, "isbn": "1"},
            {"title": "B", "price": 12.5},
            {"title": "C", "price": 22, "isbn": null, "tags": ["x", "y"]}
        ],
        "bicycle": {"price": 20}
    },
    "detail-type": "d",
    "list": [0, 1, 2, 3, 4],
    "null": null,
    "": "empty",
    "empty": [],
    "matrix": [[1, 2], [3], []]
}"#;

#[track_caller]
fn get(world: &World, path: &str) -> Result<Value, String> {
    let compiled = CompiledPath::compile(path).unwrap();
    compiled.get(&world.scope()).map_err(|miss| miss.to_string())
}

#[test]
fn definite_paths_give_the_value() {
    let world = World::new(STORE);
    for (path, expected) in [
        ("$.store.bicycle", r#"{"price":20}"#),
        ("$['store']['bicycle']['price']", "20"),
        ("$.store.book[0].title", r#""A""#),
        ("$.store.book[-1].title", r#""C""#),
        ("$.detail-type", r#""d""#),
        ("$.null", "null"),
        ("$['']", r#""empty""#),
        ("$.empty", "[]"),
        ("$.matrix[0][1]", "2"),
        ("$$.State.Name", r#""Here""#),
        ("$$.Execution.Input.list[2]", "3"),
        ("$count", "3"),
        ("$order.id", r#""o-1""#),
        ("$order.tags[-1]", r#""b""#),
        // Beyond the end of an array there is null, as AWS has it.
        ("$.list[5]", "null"),
        ("$.list[-6]", "null"),
        ("$.list[9223372036854775807]", "null"),
        ("$.list[-9223372036854775808]", "null"),
        ("$.empty[0]", "null"),
    ] {
        assert_eq!(get(&world, path), Ok(json(expected)), "{path}");
    }
    assert_eq!(get(&world, "$"), Ok(world.input.clone()));
    assert_eq!(get(&world, "$$"), Ok(world.context.clone()));
}

#[test]
fn what_lies_beyond_an_array_is_not_found() {
    let world = World::new(STORE);
    for (path, found) in [("$.list[4]", true), ("$.list[5]", false), ("$.list[-6]", false), ("$.null", true)]
    {
        let path = CompiledPath::compile(path).unwrap();
        assert_eq!(path.find(&world.scope()).is_ok(), found, "{path}");
    }
}

#[test]
#[rustfmt::skip]
fn misses_in_the_words_of_aws() {
    let world = World::new(STORE);
    for (path, message) in [
        ("$.no", "No results for path: $['no']"),
        ("$.store.no", "No results for path: $['store']['no']"),
        ("$.no.such.result.path", "Missing property in path $['no']"),
        ("$.store.book[0].no.more", "Missing property in path $['store']['book'][0]['no']"),
        ("$$.No", "No results for path: $['No']"),
        ("$.list.a[0]", "Expected to find an object with property ['a'] in path $['list'] but found 'com.fasterxml.jackson.databind.node.ArrayNode'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'."),
        ("$.list[7].a", "Expected to find an object with property ['a'] in path $['list'][7] but found 'null'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'."),
        ("$.detail-type[0]", r#"Filter: [0] can only be applied to arrays. Current context is: "d""#),
        ("$.list[7][0]", "The path $['list'][7] is null"),
        ("$.list['a','b']", "Expected to find an object with property ['a','b'] in path $['list'] but found 'com.fasterxml.jackson.databind.node.ArrayNode'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'."),
        ("$unknown", "the variable `$unknown` has no value"),
        ("$order.no", "No results for path: $order['no']"),
    ] {
        assert_eq!(get(&world, path), Err(message.to_owned()), "{path}");
    }
    let path = CompiledPath::compile("$.NoSuchInputPath").unwrap();
    let error = path.get(&world.scope()).unwrap_err().invalid_path();
    assert_eq!(error.error, "States.Runtime");
    assert_eq!(error.cause, "Invalid path '$.NoSuchInputPath' : No results for path: $['NoSuchInputPath']");
}

#[test]
fn indefinite_paths_give_arrays_in_document_order() {
    let world = World::new(STORE);
    for (path, expected) in [
        ("$.store.book[*].title", r#"["A","B","C"]"#),
        ("$.store.book.*.isbn", r#"["1",null]"#),
        ("$.store.*.price", "[20]"),
        ("$.store.bicycle.*", "[20]"),
        ("$.list[0,2]", "[0,2]"),
        ("$.list[-1,0]", "[4,0]"),
        ("$.list[1:3]", "[1,2]"),
        ("$.list[1:]", "[1,2,3,4]"),
        ("$.list[:2]", "[0,1]"),
        ("$.list[-2:]", "[3,4]"),
        ("$.list[:-2]", "[0,1,2]"),
        ("$.list[1:-1]", "[1,2,3]"),
        ("$.list[:]", "[0,1,2,3,4]"),
        ("$.list[::2]", "[0,2,4]"),
        ("$.list[4:0:-2]", "[4,2]"),
        ("$.list[::-1]", "[4,3,2,1,0]"),
        ("$.list[3:1]", "[]"),
        ("$.list[9:]", "[]"),
        ("$.list[-99:99]", "[0,1,2,3,4]"),
        ("$.list[::9223372036854775807]", "[0]"),
        ("$.matrix[*][0]", "[1,3,null]"),
        ("$.matrix[*][*]", "[1,2,3]"),
        ("$.matrix[0:2][0]", "[1,3]"),
        ("$..isbn", r#"["1",null]"#),
        ("$..book[0].title", r#"["A"]"#),
        ("$.store..price", "[8,12.5,22,20]"),
        ("$..tags[*]", r#"["x","y"]"#),
        ("$.store..[0].title", r#"["A"]"#),
        ("$.matrix..*", "[[1,2],[3],[],1,2,3]"),
        ("$..nothing", "[]"),
        ("$.store.book[1]['title','price']", r#"{"title":"B","price":12.5}"#),
        ("$.store.book[1]['price','isbn']", r#"{"price":12.5}"#),
        (
            "$.store.book[*]['title','isbn']",
            r#"[{"title":"A","isbn":"1"},{"title":"B"},{"title":"C","isbn":null}]"#,
        ),
        ("$['store','null'].bicycle", r#"[{"price":20}]"#),
        // Recorded: nothing at the beginning is an empty array, too.
        ("$.no[*]", "[]"),
        ("$.no[1:]", "[]"),
        ("$.no.items[1:5].value", "[]"),
        ("$.detail-type[*]", "[]"),
        ("$.detail-type[0,1]", "[]"),
        ("$.null[*].x", "[]"),
        ("$.list[*].x", "[]"),
        ("$order.tags[*]", r#"["a","b"]"#),
        ("$$.Execution.Input.list[1:]", "[2,3]"),
    ] {
        assert_eq!(get(&world, path), Ok(json(expected)), "{path}");
    }
    assert_eq!(get(&World::new("{}"), "$[*]"), Ok(json("[]")));
    assert_eq!(get(&World::new("{}"), "$[1:]"), Ok(json("[]")));
    assert_eq!(get(&World::new("[3,4]"), "$[1:]"), Ok(json("[4]")));
}

#[test]
fn filters() {
    let world = World::new(STORE);
    for (filter, titles) in [
        ("@.isbn", r#"["A","C"]"#),
        ("!@.isbn", r#"["B"]"#),
        ("@.isbn == null", r#"["C"]"#),
        ("@.isbn == '1'", r#"["A"]"#),
        ("@.isbn == 1", r#"["A"]"#),
        ("1 == @.isbn", r#"["A"]"#),
        // What is not there is not equal.
        ("@.isbn != '1'", r#"["B","C"]"#),
        ("@.isbn == @.no", "[]"),
        ("@.no == @.no", "[]"),
        ("@.price == 12.50", r#"["B"]"#),
        ("@.price != 12.5", r#"["A","C"]"#),
        ("@.price < 12.5", r#"["A"]"#),
        ("@.price <= 12.5", r#"["A","B"]"#),
        ("@.price > 12.5", r#"["C"]"#),
        ("@.price >= 12.5", r#"["B","C"]"#),
        ("@.price > '9'", "[]"),
        ("@.title > 'A'", r#"["B","C"]"#),
        ("@.title == true", "[]"),
        ("@.price > 10 && @.isbn", r#"["C"]"#),
        ("@.price > 10 || @.isbn", r#"["A","B","C"]"#),
        ("!(@.price > 10) || @.tags", r#"["A","C"]"#),
        ("@.price < $.store.bicycle.price", r#"["A","B"]"#),
        ("@.tags[0]", r#"["C"]"#),
        ("@.tags[*]", r#"["C"]"#),
        ("@.tags[?(@ == 'y')]", r#"["C"]"#),
        ("@.tags == $.store.book[2].tags", r#"["C"]"#),
        ("@.s==word", "[]"),
    ] {
        assert_eq!(get(&world, &format!("$.store.book[?({filter})].title")), Ok(json(titles)), "{filter}");
    }
    for (path, expected) in [
        ("$.list[?(@ > 2)]", "[3,4]"),
        ("$.store.bicycle[?(@.price == 20)]", r#"[{"price":20}]"#),
        ("$.store.bicycle[?(@.price == 21)]", "[]"),
        ("$.detail-type[?(@.a)]", "[]"),
        ("$..[?(@.price > 15)].price", "[22,20]"),
        ("$..book[?(@.tags)].title", r#"["C"]"#),
    ] {
        assert_eq!(get(&world, path), Ok(json(expected)), "{path}");
    }
}

/// The results of `amazon/aws-stepfunctions-local`.
#[test]
fn the_truth_table_of_step_functions_local() {
    let world = World::new(
        r#"{"list":[{"keep":true},{"keep":false},{"other":1}],"d":{"x":{"a":[1,2]}},"users":[{"status":0},{"status":1}]}"#,
    );
    for (path, expected) in [
        ("$.list[?(@.keep)]", r#"[{"keep":true},{"keep":false}]"#),
        ("$.list[?(@.keep == true)]", r#"[{"keep":true}]"#),
        ("$.d..a", "[[1,2]]"),
        ("$.d..a[*]", "[1,2]"),
        ("$.users[?(@.status == 0)]", r#"[{"status":0}]"#),
    ] {
        assert_eq!(get(&world, path), Ok(json(expected)), "{path}");
    }
}

/// AWS creates a machine with such paths, and promises nothing of them.
#[test]
fn what_aws_does_not_promise_fails_when_it_is_reached() {
    let world = World::new(r#"{"list":[{"a":"x"}]}"#);
    for (path, message) in [
        ("$.list.sum()", "the function `sum()` is not supported in paths"),
        ("$.list.length().a", "nothing can follow `length()`"),
        ("$.list[?(@.a in ['x'])]", "the filter operator `in` is not supported"),
        ("$.list[?(@.a =~ /x/)]", "the filter operator `=~` is not supported"),
        ("$.list[?(@.a == ['x'])]", "`[...]` is no value to compare with"),
    ] {
        let path = CompiledPath::compile(path).unwrap();
        let error = path.get(&world.scope()).unwrap_err().invalid_path();
        assert_eq!(error.error, "States.Runtime");
        assert_eq!(error.cause, format!("Invalid path '{path}' : {message}"));
    }
    assert_eq!(CompiledPath::compile("list").unwrap_err().message, "a path starts with `$`");
}

#[test]
fn length_counts_items_and_members_as_jayway_does() {
    let world = World::new(r#"{"list":[[1,2],[3],[]],"o":{"a":1},"s":"abc"}"#);
    for (path, expected) in [
        ("$.list.length()", "3"),
        ("$.list[?(@.length() > 1)]", "[[1,2]]"),
        ("$.list[*].length()", "3"),
        ("$.o.length()", "1"),
        ("$.s.length()", "null"),
        ("$.list[?(@.length() == 01)]", "[[3]]"),
    ] {
        assert_eq!(get(&world, path), Ok(json(expected)), "{path}");
    }
    assert!(get(&world, "$.none.length()").is_err());
}

#[test]
fn a_path_of_any_length_and_a_value_of_any_depth_are_walked() {
    let depth = 2_000;
    let mut value = json("1");
    for _ in 0..depth {
        value = Value::array([value]);
    }
    let world = World { input: value, ..World::new("0") };
    let long = "[0]".repeat(depth);
    assert_eq!(get(&world, &format!("${long}")), Ok(json("1")));
    assert_eq!(get(&world, &format!("${}", "[*]".repeat(depth))), Ok(json("[1]")));
    let all = get(&world, "$..*").unwrap();
    assert_eq!(all.as_array().map(<[Value]>::len), Some(depth));
}

#[test]
fn every_member_and_element_is_found_by_its_path() {
    let mut lcg = Lcg(7);
    for _ in 0..500 {
        let world = World { input: lcg.value(4), ..World::new("0") };
        let all = get(&world, "$..*").unwrap();
        let mut expected = Vec::new();
        let mut stack = vec![("$".to_owned(), world.input.clone())];
        while let Some((path, value)) = stack.pop() {
            assert_eq!(get(&world, &path), Ok(value.clone()), "{path}");
            let members: Vec<(String, Value)> = match &value {
                Value::Object(map) => {
                    map.iter().map(|(key, value)| (format!("{path}.{key}"), value.clone())).collect()
                }
                Value::Array(items) => items
                    .iter()
                    .enumerate()
                    .map(|(at, value)| (format!("{path}[{at}]"), value.clone()))
                    .collect(),
                _ => Vec::new(),
            };
            expected.extend(members.iter().map(|(_, value)| value.clone()));
            stack.extend(members.into_iter().rev());
        }
        assert_eq!(all, Value::from(expected), "{}", world.input);
    }
}
