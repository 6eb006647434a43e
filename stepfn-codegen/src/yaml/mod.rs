//! A YAML writer in block style for one reader: js-yaml with CloudFormation's tags, as the Serverless Framework has it.
//!
//! The crates that write YAML do not fit: they have no local tags on scalars, or resolve `2024-01-01` and `yes` by a schema
//! that is not js-yaml's, or reformat numbers.

mod scalar;
#[cfg(test)]
mod tests;

use stepfn_core::visible::visible;

use self::scalar::{block_lines, inline};
use crate::tree::Node;

/// The text of a document, with a final newline and without a `---`.
pub(crate) fn emit(node: &Node) -> String {
    let mut out = String::new();
    write(node, 0, Place::Root, &mut out);
    out
}

/// The text on the line before the node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    /// A dash: the first entry may follow on the same line.
    Item,
    /// A key and its colon, or a tag.
    Value,
}

/// Writes a node whose own lines begin at `indent` columns.
fn write(node: &Node, indent: usize, place: Place, out: &mut String) {
    match node {
        Node::Map(entries) if !entries.is_empty() => {
            for (index, (key, value)) in entries.iter().enumerate() {
                start_line(index, indent, place, out);
                out.push_str(&inline(key));
                out.push(':');
                write(value, indent + 2, Place::Value, out);
            }
        }
        Node::List(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                start_line(index, indent, place, out);
                out.push('-');
                write(item, indent + 2, Place::Item, out);
            }
        }
        Node::Tagged(tag, node) => {
            separate(place, out);
            out.push_str(tag);
            write(node, indent, Place::Value, out);
        }
        Node::Explained(node, why) => {
            let start = out.len();
            write(node, indent, place, out);
            let is_one_line = out[start..].find('\n') == Some(out.len() - start - 1);
            if is_one_line {
                out.pop();
                out.push_str(" # ");
                // A line break would end the comment, and what follows would be data.
                out.push_str(&visible(why));
                out.push('\n');
            }
        }
        Node::Text(text) => match block_lines(text) {
            Some((header, lines)) => {
                separate(place, out);
                out.push_str(header);
                out.push('\n');
                for line in lines {
                    if !line.is_empty() {
                        pad(indent.max(2), out);
                        out.push_str(line);
                    }
                    out.push('\n');
                }
            }
            None => scalar(&inline(text), place, out),
        },
        Node::Null => scalar("null", place, out),
        Node::Bool(true) => scalar("true", place, out),
        Node::Bool(false) => scalar("false", place, out),
        Node::Number(number) => scalar(number, place, out),
        Node::Map(_) => scalar("{}", place, out),
        Node::List(_) => scalar("[]", place, out),
    }
}

fn scalar(text: &str, place: Place, out: &mut String) {
    separate(place, out);
    out.push_str(text);
    out.push('\n');
}

fn separate(place: Place, out: &mut String) {
    if place != Place::Root {
        out.push(' ');
    }
}

/// Begins the line of an entry; the first entry after a dash is on the dash's own line.
fn start_line(index: usize, indent: usize, place: Place, out: &mut String) {
    match (index, place) {
        (0, Place::Root) => {}
        (0, Place::Item) => out.push(' '),
        (0, Place::Value) => {
            out.push('\n');
            pad(indent, out);
        }
        _ => pad(indent, out),
    }
}

fn pad(columns: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', columns));
}
