//! The library's own judgement, asked about whole values.

use serde_json::Value;
use stepfn::shape::{Claim, Node, Shape, Side, judge};

/// Whether the value is judged to be readable as a type of this shape.
pub(crate) fn fits(target: &'static Shape, value: &Value) -> bool {
    let mut nodes = vec![Node::Any];
    nodes[0] = node(value, &mut nodes);
    judge("here", &Claim::Fits { what: "the value", nodes: &nodes, target }).is_none()
}

/// Whether what is made of a shape is judged to be readable as the same, as it is or with a key laid over it.
pub(crate) fn fits_itself(shape: &'static Shape, with_stranger: bool) -> bool {
    let leaf = Node::Leaf { shape, side: Side::Made, steps: &[] };
    let laid_over = [
        Node::Object { first: 1, len: 1, base: Some(3) },
        Node::Field { key: "stranger", value: 2, absent: false },
        Node::Object { first: 4, len: 1, base: None },
        leaf,
        Node::Field { key: "x", value: 5, absent: false },
        Node::Tuple { first: 6, len: 1 },
        Node::Integer(1),
    ];
    let nodes = if with_stranger { &laid_over[..] } else { &laid_over[3..4] };
    judge("here", &Claim::Fits { what: "the value", nodes, target: shape }).is_none()
}

fn node<'a>(value: &'a Value, nodes: &mut Vec<Node<'a>>) -> Node<'a> {
    match value {
        Value::Null => Node::Null,
        Value::Bool(true) => Node::True,
        Value::Bool(false) => Node::False,
        Value::String(text) => Node::Text(text),
        Value::Number(number) => {
            let whole = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
            whole.map_or(Node::Number, Node::Integer)
        }
        Value::Array(items) => {
            let first = reserve(items.len(), nodes);
            for (i, item) in items.iter().enumerate() {
                nodes[first + i] = Node::Item(put(item, nodes));
            }
            Node::Tuple { first, len: items.len() }
        }
        Value::Object(map) => {
            let first = reserve(map.len(), nodes);
            for (i, (key, value)) in map.iter().enumerate() {
                nodes[first + i] = Node::Field { key, value: put(value, nodes), absent: false };
            }
            Node::Object { first, len: map.len(), base: None }
        }
    }
}

fn reserve(len: usize, nodes: &mut Vec<Node<'_>>) -> usize {
    let first = nodes.len();
    nodes.resize(first + len, Node::Any);
    first
}

fn put<'a>(value: &'a Value, nodes: &mut Vec<Node<'a>>) -> usize {
    let at = reserve(1, nodes);
    nodes[at] = node(value, nodes);
    at
}
