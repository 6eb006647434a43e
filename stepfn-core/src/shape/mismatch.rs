use super::{Shape, fits::Fits, node::Node, text::Text, view::Side};
use crate::value::Value;

/// Returns the reason why a value cannot be read as a type, if it cannot: ``its field `total` is missing``.
///
/// ```
/// use stepfn_core::shape::{StateData, mismatch};
///
/// assert_eq!(mismatch(&"7".parse()?, <u8>::SHAPE), None);
/// let reason = mismatch(&"[1, 300]".parse()?, <Vec<u8>>::SHAPE);
/// assert_eq!(reason.as_deref(), Some("in its item `[1]`: expected an integer from 0 to 255, found the number 300"));
/// # Ok::<(), stepfn_core::json::JsonError>(())
/// ```
pub fn mismatch(value: &Value, target: &'static Shape) -> Option<String> {
    if let Shape::Any = target {
        return None;
    }
    let mut nodes = Vec::new();
    lay_out(value, &mut nodes);
    let mut out = Text::new();
    let fits = Fits { lenient: true, ..Fits::of(&nodes) }.judge(target, &mut out);
    (!fits).then(|| out.as_str().to_owned())
}

/// Returns `true` if `Deserialize` of a type reads all that its `Serialize` makes: fields may be skipped or renamed on one side alone.
///
/// ```
/// use stepfn_core::shape::{StateData, reads_back};
///
/// assert!(reads_back(<Vec<u8>>::SHAPE));
/// ```
pub fn reads_back(shape: &'static Shape) -> bool {
    let nodes = [Node::Leaf { shape, side: Side::Made, steps: &[] }];
    Fits { lenient: true, ..Fits::of(&nodes) }.judge(shape, &mut Text::new())
}

/// Appends a value as nodes: first itself, then what is in it.
fn lay_out<'v>(value: &'v Value, nodes: &mut Vec<Node<'v>>) -> usize {
    let index = nodes.len();
    nodes.push(Node::Any);
    nodes[index] = match value {
        Value::Null => Node::Null,
        Value::Bool(true) => Node::True,
        Value::Bool(false) => Node::False,
        Value::Number(number) if number.is_integer() => {
            number.to_string().parse().map_or(Node::Number, Node::Integer)
        }
        Value::Number(_) => Node::Number,
        Value::String(text) => Node::Text(text),
        Value::Array(items) => {
            let first = nodes.len();
            nodes.extend(items.iter().map(|_| Node::Any));
            for (position, item) in items.iter().enumerate() {
                nodes[first + position] = Node::Item(lay_out(item, nodes));
            }
            Node::Tuple { first, len: items.len() }
        }
        Value::Object(map) => {
            let first = nodes.len();
            nodes.extend(map.iter().map(|_| Node::Any));
            for (position, (key, value)) in map.iter().enumerate() {
                nodes[first + position] = Node::Field { key, value: lay_out(value, nodes), absent: false };
            }
            Node::Object { first, len: map.len(), base: None }
        }
    };
    index
}
