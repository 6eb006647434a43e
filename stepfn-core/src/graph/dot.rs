use crate::visible::visible;

use super::{EdgeKind, Graph, Mark, Node};

impl Graph {
    /// Graphviz's DOT: Choices as rhombs, Maps and Parallels as clusters, catchers dashed, what was never taken in red.
    pub fn to_dot(&self) -> String {
        let mut out = "digraph {\n  compound=true;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n".to_owned();
        self.cluster(None, 1, &mut out);
        for edge in &self.edges {
            let mut attributes = Vec::new();
            let caption = self.caption(edge);
            if !caption.is_empty() {
                attributes.push(format!("label={}", quoted(&caption)));
            }
            if matches!(edge.kind, EdgeKind::Catch(_)) {
                attributes.push("style=dashed".to_owned());
            }
            // A cluster has no point of its own: the line begins and ends at a state in it.
            for (end, attribute) in [(edge.from, "ltail"), (edge.to, "lhead")] {
                if self.branches(end) > 0 {
                    attributes.push(format!("{attribute}=cluster_{end}"));
                }
            }
            attributes.extend(colour(edge.mark).map(|colour| format!("color={colour}")));
            let attributes =
                if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
            out.push_str(&format!("  {} -> {}{attributes};\n", self.point(edge.from), self.point(edge.to)));
        }
        out.push_str("}\n");
        out
    }

    fn cluster(&self, parent: Option<(usize, usize)>, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        for (place, node) in self.inside(parent) {
            let branches = self.branches(place);
            if branches == 0 {
                let mut attributes = Vec::new();
                match node.state_type {
                    "Choice" => attributes.push("shape=diamond, style=\"\"".to_owned()),
                    "Succeed" | "Fail" => attributes.push("shape=oval".to_owned()),
                    _ => {}
                }
                if !node.notes.is_empty() {
                    attributes.push(format!("label={}", lines(node)));
                }
                attributes.extend(colour(node.mark).map(|colour| format!("color={colour}")));
                let attributes = if attributes.is_empty() {
                    String::new()
                } else {
                    format!(" [{}]", attributes.join(", "))
                };
                out.push_str(&format!("{indent}{}{attributes};\n", quoted(&node.name)));
                continue;
            }
            out.push_str(&format!("{indent}subgraph cluster_{place} {{\n{indent}  label={};\n", lines(node)));
            if let Some(colour) = colour(node.mark) {
                out.push_str(&format!("{indent}  color={colour};\n"));
            }
            for branch in 0..branches {
                self.cluster(Some((place, branch)), depth + 1, out);
            }
            out.push_str(&format!("{indent}}}\n"));
        }
    }

    /// Returns the end of a line to a state: for a cluster the first state in it.
    fn point(&self, place: usize) -> String {
        match self.inside(Some((place, 0))).find(|(_, node)| node.is_start) {
            Some((inner, _)) => self.point(inner),
            None => quoted(&self.nodes[place].name),
        }
    }
}

/// Returns the name and the notes below it.
fn lines(node: &Node) -> String {
    let lines: Vec<String> = [&node.name].into_iter().chain(&node.notes).map(|line| escaped(line)).collect();
    format!("\"{}\"", lines.join("\\n"))
}

fn colour(mark: Mark) -> Option<&'static str> {
    match mark {
        Mark::None => None,
        Mark::Taken => Some("darkgreen"),
        Mark::Never => Some("red"),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('"', "\\\"")
}
