//! The properties of every picture, whatever the graph: drawn, whole, well-formed and always the same.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::Instant;

use stepfn_core::{
    asl,
    graph::{Edge, EdgeKind, Graph, Mark, Node},
};
use stepfn_graph::{Options, svg};

fn draw(graph: &Graph) -> String {
    svg(graph, &Options::default())
}

fn graph(text: &str) -> Graph {
    Graph::of(&asl::read_str(text).unwrap().0)
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % most.max(1)
    }
}

/// A graph with boxes in boxes, loops, loops of one state, catchers and states that nothing leads to.
fn random(numbers: &mut Numbers) -> Graph {
    let count = 1 + numbers.below(40);
    let mut nodes: Vec<Node> = Vec::new();
    for place in 0..count {
        let inside = place > 0 && numbers.below(3) == 0;
        let parent = inside.then(|| (numbers.below(place), numbers.below(3)));
        let state_type = ["Task", "Choice", "Wait", "Pass", "Succeed", "Fail"][numbers.below(6)];
        let name = [
            "주문 접수",
            "Check <it> & \"go\"",
            "averyveryveryveryverylongnamewithoutanyplacetobreakitwell",
            "a",
        ];
        let mark = [Mark::None, Mark::Taken, Mark::Never][numbers.below(3)];
        let name = format!("{} {place}", name[numbers.below(4)]);
        let notes =
            [vec![], vec!["sns:publish".to_owned(), "↻ up to 3".to_owned()]][numbers.below(2)].clone();
        nodes.push(Node {
            name,
            state_type,
            parent,
            is_start: numbers.below(5) == 0,
            notes,
            mark,
            end: mark,
        });
    }
    let kinds = [EdgeKind::Next, EdgeKind::Rule(0), EdgeKind::Default, EdgeKind::Catch(0)];
    let labels = [
        "",
        "$.a == 1",
        "States.ALL",
        "$.상태 == \"완료\" && $.customer.address.country == \"KR\" || $.x > 5",
    ];
    let edges = (0..numbers.below(count * 2 + 1))
        .map(|_| {
            let (from, kind) = (numbers.below(count), kinds[numbers.below(4)]);
            let to = if numbers.below(2) == 0 { (from + 1) % count } else { numbers.below(count) };
            let mark = [Mark::None, Mark::Taken, Mark::Never][numbers.below(3)];
            Edge { from, to, kind, label: labels[numbers.below(4)].to_owned(), mark }
        })
        .collect();
    Graph { nodes, edges }
}

/// Whether every element is closed in its order, and no sign is unescaped.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("`<` without `>`: {part}"));
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!text.contains('>'), "{part}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(!svg.contains('\n') && !svg.contains("NaN") && !svg.contains("inf\""), "{svg}");
}

#[test]
fn random_graphs_are_drawn_whole_and_always_the_same() {
    let mut numbers = Numbers(0x5eed_1234_abcd_0001);
    let mut seen = 0;
    for _ in 0..100 {
        let graph = random(&mut numbers);
        let picture = draw(&graph);
        assert_well_formed(&picture);
        let faces = picture.matches("</text></g>").count();
        assert!(faces >= graph.nodes.len(), "{faces} of {}", graph.nodes.len());
        assert_eq!(picture, draw(&graph));
        let [labels, states] = ["p", "n "].map(|class| rectangles(&picture, class));
        seen += labels.len();
        for (place, label) in labels.iter().enumerate() {
            assert!(!states.iter().any(|state| overlap(label, state)), "{label:?} is on a state: {picture}");
            assert!(
                !labels[..place].iter().any(|other| overlap(label, other)),
                "{label:?} is on a label: {picture}"
            );
        }
    }
    assert!(seen > 500, "{seen} labels");
}

/// `x`, `y`, `width`, `height` of the rectangles of a class.
fn rectangles(svg: &str, class: &str) -> Vec<[f64; 4]> {
    let start = format!("<rect class=\"{class}");
    svg.split(&start).skip(1).map(numbers).collect()
}

fn numbers(rect: &str) -> [f64; 4] {
    ["x", "y", "width", "height"].map(|name| {
        let value = rect.split(&format!(" {name}=\"")).nth(1).unwrap();
        value.split('"').next().unwrap().parse().unwrap()
    })
}

fn overlap(one: &[f64; 4], other: &[f64; 4]) -> bool {
    let apart =
        |at: usize| one[at] + one[at + 2] < other[at] + 0.5 || other[at] + other[at + 2] < one[at] + 0.5;
    !apart(0) && !apart(1)
}

#[test]
fn graphs_made_by_hand_may_say_anything() {
    let node = |parent| Node { state_type: "Task", parent, is_start: true, ..Node::default() };
    let edge = |from, to| Edge { from, to, kind: EdgeKind::Next, label: String::new(), mark: Mark::None };
    for graph in [
        Graph { nodes: vec![], edges: vec![] },
        Graph { nodes: vec![], edges: vec![edge(0, 0)] },
        Graph { nodes: vec![node(Some((0, 0)))], edges: vec![edge(0, 0), edge(0, usize::MAX)] },
        Graph {
            nodes: vec![node(Some((1, 0))), node(Some((0, usize::MAX)))],
            edges: vec![edge(0, 1), edge(1, 0)],
        },
        Graph { nodes: vec![node(Some((7, 3))), node(None)], edges: vec![edge(0, 1)] },
    ] {
        assert_well_formed(&draw(&graph));
    }
}

#[test]
fn large_machines_are_drawn_in_little_time() {
    let chain = |count: usize| {
        let states: Vec<String> = (0..count)
            .map(|at| {
                let next = if at + 1 < count { format!("\"Next\": \"s{}\"", at + 1) } else { "\"End\": true".to_owned() };
                let back = at * 7919 % count;
                format!(
                    "\"s{at}\": {{ \"Type\": \"Task\", \"Resource\": \"r\", {next}, \"Catch\": [\
                     {{ \"ErrorEquals\": [\"States.ALL\"], \"Next\": \"s{}\" }}, {{ \"ErrorEquals\": [\"E{at}\"], \"Next\": \"s{back}\" }}] }}",
                    count - 1
                )
            })
            .collect();
        graph(&format!("{{ \"StartAt\": \"s0\", \"States\": {{ {} }} }}", states.join(", ")))
    };
    for count in [100, 390, 3000] {
        let (graph, before) = (chain(count), Instant::now());
        let picture = draw(&graph);
        assert!(picture.matches("class=\"n Task\"").count() == count);
        // A hundred times what it takes; without bounds on the engine's work it would be minutes.
        assert!(before.elapsed().as_secs() < 60, "{count}: {:?}", before.elapsed());
        println!("{count} states: {:?}, {} bytes", before.elapsed(), picture.len());
    }
}

const NESTED: &str = r#"{ "StartAt": "Both", "States": {
    "Both": { "Type": "Parallel", "Branches": [
        { "StartAt": "L", "States": { "L": { "Type": "Succeed" } } },
        { "StartAt": "R", "States": { "R": { "Type": "Map", "ItemProcessor": { "StartAt": "One", "States": {
            "One": { "Type": "Pass", "Next": "Two" }, "Two": { "Type": "Pass", "End": true } } }, "End": true } } }],
        "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Lost" }], "Next": "Ask" },
    "Ask": { "Type": "Choice", "Choices": [
        { "Variable": "$.again", "BooleanEquals": true, "Next": "Both" }, { "Variable": "$.n", "NumericLessThan": 3, "Next": "Both" }], "Default": "Lost" },
    "Lost": { "Type": "Fail" } } }"#;

/// `x`, `y`, `width`, `height` of the first rectangle after a state's title.
fn rectangle(svg: &str, title: &str) -> [f64; 4] {
    let from = svg.find(&format!("<title>{title}</title>")).unwrap();
    numbers(&svg[from + svg[from..].find("<rect").unwrap()..])
}

#[test]
fn boxes_hold_what_is_inside_of_them_and_branches_stand_side_by_side() {
    let picture = draw(&graph(NESTED));
    let holds = |outer: [f64; 4], inner: [f64; 4]| {
        outer[0] < inner[0]
            && outer[1] < inner[1]
            && inner[0] + inner[2] < outer[0] + outer[2]
            && inner[1] + inner[3] < outer[1] + outer[3]
    };
    let [both, map, one, left] =
        ["Both (Parallel)", "R (Map)", "One (Pass)", "L (Succeed)"].map(|title| rectangle(&picture, title));
    assert!(holds(both, map) && holds(map, one) && holds(both, left), "{picture}");
    assert!(left[0] + left[2] < map[0], "{left:?} {map:?}");
}

#[test]
fn ways_of_one_kind_between_two_states_share_a_line_with_all_conditions() {
    let picture = draw(&graph(NESTED));
    assert!(picture.contains("<title>Ask → Both: 1. $.again == true; 2. $.n &lt; 3</title>"));
    assert!(picture.contains(">1. $.again == true</text>") && picture.contains(">2. $.n &lt; 3</text>"));
    assert_eq!(picture.matches("class=\"e catch\"").count(), 1);
}

#[test]
fn long_conditions_are_shortened_and_whole_in_the_title() {
    let condition = "$.".to_owned() + &"veryLongName.".repeat(20) + "end";
    let text = format!(
        r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Choice", "Choices": [{{ "Variable": "{condition}", "IsPresent": true, "Next": "B" }}] }}, "B": {{ "Type": "Succeed" }} }} }}"#
    );
    let picture = draw(&graph(&text));
    assert!(picture.contains(&format!("<title>A → B: IsPresent({condition})</title>")));
    assert!(picture.contains("…</text>"));
    assert_eq!(picture.matches("<text class=\"l\"").count(), 3);
}

#[test]
fn marks_are_classes_of_states_lines_and_heads() {
    let mut graph = graph(NESTED);
    graph.mark_states(|state| if state == "L" { Mark::Never } else { Mark::Taken });
    graph.mark_edges(|_, kind| if kind == EdgeKind::Next { Mark::Taken } else { Mark::Never });
    let before = draw(&graph);
    graph.mark_ends(|_| Mark::Taken);
    let picture = draw(&graph);
    // The last way of what ended is as green as those before it.
    assert!(picture.matches("class=\"e taken\"").count() > before.matches("class=\"e taken\"").count());
    for class in
        ["n Succeed never", "n Pass taken", "b taken", "e catch never", "a never", "e taken", "a taken"]
    {
        assert!(picture.contains(&format!("class=\"{class}\"")), "{class}");
    }
}

#[test]
fn what_three_states_share_runs_in_a_lane() {
    let catch = r#""Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Lost" }]"#;
    let states: Vec<String> = (0..6)
        .map(|at| format!(r#""s{at}": {{ "Type": "Pass", "Next": "s{}", {catch} }}"#, at + 1))
        .collect();
    let text = format!(
        r#"{{ "StartAt": "s0", "States": {{ {}, "s6": {{ "Type": "Succeed" }}, "Lost": {{ "Type": "Fail" }} }} }}"#,
        states.join(", ")
    );
    let picture = draw(&graph(&text));
    assert!(picture.contains("<title>s0 → Lost: States.ALL; s1 → Lost: States.ALL; s2 → Lost"), "{picture}");
    assert!(picture.matches(">States.ALL</text>").count() <= 2);
}
