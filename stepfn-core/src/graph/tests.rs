use super::*;
use crate::asl::read_str;

const NESTED: &str = r#"{ "StartAt": "Each", "States": {
    "Each": { "Type": "Map", "ItemProcessor": { "StartAt": "One", "States": {
        "One": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
            "Catch": [{ "ErrorEquals": ["A", "States.Timeout"], "Next": "Lost" }] },
        "Lost": { "Type": "Pass", "End": true } } },
        "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "\"Bad\" <end>" }], "Next": "Both" },
    "Both": { "Type": "Parallel", "Branches": [
        { "StartAt": "L", "States": { "L": { "Type": "Succeed" } } },
        { "StartAt": "R", "States": { "R": { "Type": "Succeed" } } }], "Next": "Ask" },
    "Ask": { "Type": "Choice", "Choices": [
        { "And": [{ "Variable": "$.a", "IsPresent": true }, { "Not": { "Variable": "$.b", "StringEquals": "x" } }], "Next": "Both" },
        { "Variable": "$.n", "NumericLessThanEqualsPath": "$.most", "Next": "Each" }], "Default": "\"Bad\" <end>" },
    "\"Bad\" <end>": { "Type": "Fail" } } }"#;

fn graph() -> Graph {
    Graph::of(&read_str(NESTED).unwrap().0)
}

#[test]
fn states_know_what_they_are_inside_of() {
    let graph = graph();
    let place = |name: &str| graph.nodes.iter().position(|node| node.name == name).unwrap();
    assert_eq!(graph.nodes[place("Lost")].parent, Some((place("Each"), 0)));
    assert_eq!(graph.nodes[place("R")].parent, Some((place("Both"), 1)));
    assert_eq!(graph.nodes[place("Ask")].parent, None);
    assert_eq!(graph.branches(place("Both")), 2);
}

#[test]
fn edges_say_by_what_they_are_taken() {
    let graph = graph();
    let edges: Vec<String> = graph
        .edges
        .iter()
        .map(|edge| {
            let [from, to] = [edge.from, edge.to].map(|place| graph.nodes[place].name.as_str());
            format!("{from} -{:?}-> {to} {}", edge.kind, edge.label)
        })
        .collect();
    assert_eq!(
        edges,
        [
            "One -Catch(0)-> Lost A, States.Timeout",
            "Each -Next-> Both ",
            "Each -Catch(0)-> \"Bad\" <end> States.ALL",
            "Both -Next-> Ask ",
            "Ask -Rule(0)-> Both IsPresent($.a) && $.b != \"x\"",
            "Ask -Rule(1)-> Each $.n <= $.most",
            "Ask -Default-> \"Bad\" <end> else",
        ]
    );
}

#[test]
fn both_texts_hold_boxes_labels_and_marks() {
    let mut graph = graph();
    graph.mark_states(|state| if state == "R" { Mark::Never } else { Mark::None });
    graph.mark_edges(
        |state, kind| if state == "Ask" && kind == EdgeKind::Default { Mark::Never } else { Mark::Taken },
    );
    let mermaid = graph.to_mermaid();
    for line in [
        "  subgraph s0 [\"Each\"]",
        "    s1[\"One<br/>sqs:sendMessage\"]",
        "    subgraph s3b1 [\" \"]",
        "  s6{\"Ask\"}",
        "  s7([\"&quot;Bad&quot; &lt;end&gt;\"])",
        "  s1 -.->|\"A, States.Timeout\"| s2",
        "  s6 -->|\"1. IsPresent($.a) &amp;&amp; $.b != &quot;x&quot;\"| s3",
        "  linkStyle 6 stroke:#c00,color:#c00",
        "  class s5 never",
    ] {
        assert!(mermaid.lines().any(|found| found == line), "{line}\n{mermaid}");
    }
    let dot = graph.to_dot();
    for line in [
        "  subgraph cluster_0 {",
        "  \"Ask\" [shape=diamond, style=\"\"];",
        "  \"One\" -> \"Lost\" [label=\"A, States.Timeout\", style=dashed, color=darkgreen];",
        "  \"One\" -> \"L\" [ltail=cluster_0, lhead=cluster_3, color=darkgreen];",
        "  \"Ask\" -> \"\\\"Bad\\\" <end>\" [label=\"else\", color=red];",
        "    \"R\" [shape=oval, color=red];",
    ] {
        assert!(dot.lines().any(|found| found == line), "{line}\n{dot}");
    }
}

#[test]
fn no_text_turns_a_picture_or_a_terminal_around() {
    let (machine, _) = read_str(
        r#"{ "StartAt": "a\u202eb\u001b[2J", "States": {
            "a\u202eb\u001b[2J": { "Type": "Choice", "Choices": [{ "Variable": "$.x", "StringEquals": "\u2066\u0000\"", "Next": "End\n" }] },
            "End\n": { "Type": "Succeed" } } }"#,
    )
    .unwrap();
    let graph = Graph::of(&machine);
    let (mermaid, dot) = (graph.to_mermaid(), graph.to_dot());
    for text in [&mermaid, &dot] {
        assert!(text.chars().all(|c| c == '\n' || crate::visible::is_visible(c)), "{text:?}");
        assert!(text.contains("aU+202EbU+001B[2J"), "{text}");
    }
    assert!(dot.contains("\"End \" [shape=oval];"), "{dot}");
}
