use saphyr::{LoadableYamlNode, Scalar, Yaml};

use super::*;

/// Reads as YAML 1.2 does.
fn read(text: &str) -> Node {
    let documents = Yaml::load_from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let [document] = documents.as_slice() else { panic!("{} documents\n{text}", documents.len()) };
    node(document)
}

fn node(yaml: &Yaml<'_>) -> Node {
    match yaml {
        Yaml::Value(Scalar::Null) => Node::Null,
        Yaml::Value(Scalar::Boolean(value)) => Node::Bool(*value),
        Yaml::Value(Scalar::Integer(value)) => Node::Number(value.to_string()),
        Yaml::Value(Scalar::FloatingPoint(value)) => Node::Number(value.to_string()),
        Yaml::Value(Scalar::String(text)) => Node::text(text.as_ref()),
        Yaml::Sequence(items) => Node::List(items.iter().map(node).collect()),
        Yaml::Mapping(entries) => Node::map(entries.iter().map(|(key, value)| {
            let Node::Text(key) = node(key) else { panic!("key {key:?}") };
            (key, node(value))
        })),
        Yaml::Tagged(tag, inner) => {
            let tags = ["!Ref", "!GetAtt", "!Sub", "!Join"];
            let tag =
                tags.into_iter().find(|known| *known == format!("{}{}", tag.handle, tag.suffix)).unwrap();
            Node::tagged(tag, node(inner))
        }
        other => panic!("{other:?}"),
    }
}

fn round_trip(node: &Node) {
    let text = emit(node);
    assert_eq!(&read(&text), node, "\n{text}");
}

/// Every way in which a text can be mistaken for something else, and the bits such texts are made of.
const ODD: &[&str] = &[
    "",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "\r",
    "a",
    "한글 텍스트",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "null",
    "Null",
    "~",
    "true",
    "1",
    "1.0",
    "2.",
    ".5",
    "-1",
    "+1",
    "1e3",
    "0x1f",
    "0o17",
    "0b1",
    "017",
    "1_000",
    "12:30:45",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "2024-01-01 00:00:00",
    ".inf",
    "-.INF",
    ".nan",
    "=",
    "<<",
    "*",
    "&",
    "!",
    "%",
    "@",
    "`",
    "'",
    "\"",
    "''",
    "\\",
    "\\n",
    "#",
    " #",
    "# ",
    ":",
    ": ",
    " :",
    "-",
    "- ",
    "---",
    "...",
    "?",
    "? ",
    "|",
    ">",
    "|-",
    "{",
    "}",
    "[",
    "]",
    ",",
    "{}",
    "[]",
    "${self:service}",
    "${AWS::Region}",
    "$.a",
    "$",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffe}",
    "🦀",
    "e\u{301}",
    "!Ref x",
    "line\nline",
    "line\n  indented",
    "end\n",
    "  start\nx",
    "blank\n\nline",
    "blanks\n  \nx",
    "tab\tbed",
    "trail \nx",
];

#[test]
fn odd_texts_come_back_as_values_keys_items_and_tagged() {
    for text in ODD {
        round_trip(&Node::text(*text));
        round_trip(&Node::map([("key", Node::text(*text)), ("next", Node::Null)]));
        round_trip(&Node::map([(*text, Node::Number("1".to_owned()))]));
        round_trip(&Node::List(vec![Node::text(*text), Node::text("next")]));
        round_trip(&Node::map([("key", Node::tagged("!Sub", Node::text(*text)))]));
    }
}

#[test]
fn odd_texts_come_back_in_every_combination() {
    for (index, first) in ODD.iter().enumerate() {
        for second in ODD {
            let mut entries = vec![Node::Text(format!("{first}{second}"))];
            // A third of the triples, another one for each first text.
            for third in ODD.iter().skip(index % 3).step_by(3) {
                entries.push(Node::Text(format!("{first}{second}{third}")));
            }
            round_trip(&Node::List(entries));
        }
    }
}

#[test]
fn nests_come_back() {
    let leaf =
        |text: &str| Node::map([(text, Node::List(vec![Node::text("- x"), Node::Null, Node::Bool(true)]))]);
    let list = Node::List(vec![
        leaf("a"),
        Node::List(vec![
            leaf("b"),
            Node::List(vec![]),
            Node::List(vec![Node::List(vec![Node::text("deep\ntext")])]),
        ]),
        Node::Map(vec![]),
        Node::tagged(
            "!Join",
            Node::List(vec![Node::text(""), Node::List(vec![Node::tagged("!Ref", Node::text("A::B"))])]),
        ),
        Node::map([("c", Node::tagged("!Sub", leaf("d"))), ("e", Node::text("two\nlines\n"))]),
    ]);
    round_trip(&Node::map([("list", list.clone()), ("map", leaf("f"))]));
    round_trip(&list);
}

#[test]
fn texts_stay_plain_where_they_can() {
    for text in [
        "CSV 처리 완료",
        "파일 {}의 처리가 완료되었습니다",
        "States.Format('{} done', $.fileId)",
        "$.validationResult.Payload",
        "arn:aws:states:::lambda:invoke",
        "${self:service}-${self:provider.stage}-validator",
        "Wait for X seconds",
        "3일 대기",
        "a#b",
        "it's",
        "$$.Task.Token",
    ] {
        assert_eq!(emit(&Node::text(text)), format!("{text}\n"));
    }
}

#[test]
fn texts_that_js_yaml_or_yaml_1_1_takes_for_something_else_are_quoted() {
    for text in [
        "2024-01-01",
        "2024-01-01T00:00:00Z",
        "2001-12-14 21:59:43.10 -5",
        "1.0",
        "0x1f",
        "0o17",
        "0b11",
        "1_000",
        "1e3",
        "190:20:30",
        "yes",
        "No",
        "ON",
        "off",
        "y",
        "N",
        "null",
        "~",
        "True",
        "<<",
        "=",
        ".5",
        ".inf",
        "+1",
        "-1",
        "12",
        "1,000",
    ] {
        assert_eq!(emit(&Node::text(text)), format!("'{text}'\n"));
    }
}

#[test]
fn what_cannot_be_seen_is_escaped() {
    assert_eq!(emit(&Node::text("a\tb\u{0}\u{feff}\"\\")), "\"a\\tb\\u0000\\ufeff\\\"\\\\\"\n");
}

#[test]
fn quotes_are_those_that_need_no_escape() {
    assert_eq!(emit(&Node::text("- it's")), "\"- it's\"\n");
    assert_eq!(emit(&Node::text("- it's \"x\"")), "'- it''s \"x\"'\n");
    assert_eq!(emit(&Node::text("- \\")), "'- \\'\n");
}

#[test]
fn several_lines_are_a_block() {
    assert_eq!(
        emit(&Node::map([("a", Node::text("{% (\n  1;\n\n  2\n) %}"))])),
        "a: |-\n  {% (\n    1;\n\n    2\n  ) %}\n"
    );
    assert_eq!(emit(&Node::text("a\nb\n")), "|\n  a\n  b\n");
    assert_eq!(emit(&Node::text("a\n\n")), "\"a\\n\\n\"\n");
}

#[test]
fn layout() {
    let item = Node::map([("a", Node::Number("1.50".to_owned())), ("b", Node::Map(vec![]))]);
    let inner = Node::List(vec![Node::text("x"), Node::tagged("!Ref", Node::text("Topic"))]);
    let node = Node::map([
        ("list", Node::List(vec![item, inner])),
        ("tag", Node::tagged("!Join", Node::List(vec![Node::Null]))),
    ]);
    assert_eq!(
        emit(&node),
        "\
list:
  - a: 1.50
    b: {}
  - - x
    - !Ref Topic
tag: !Join
  - null
"
    );
}

#[test]
fn a_comment_stands_behind_a_node_of_one_line_and_is_no_part_of_it() {
    let reference = || Node::tagged("!Ref", Node::text("Topic"));
    let plain = Node::map([("a", Node::List(vec![Node::text("*"), reference(), Node::text("b\nc")]))]);
    let explained = Node::map([(
        "a",
        Node::List(vec![
            Node::text("*").explained("all: of it"),
            reference().explained("it's `$.topic`"),
            Node::text("b\nc").explained("no place for it"),
        ]),
    )]);
    let text = emit(&explained);
    assert_eq!(text, "a:\n  - '*' # all: of it\n  - !Ref Topic # it's `$.topic`\n  - |-\n    b\n    c\n");
    assert_eq!(read(&text), plain);
    assert_eq!(emit(&Node::text("a").explained("b\nc: 1\u{202e}")), "a # b c: 1U+202E\n");
}
