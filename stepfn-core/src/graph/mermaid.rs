use crate::visible::visible;

use super::{EdgeKind, Graph, Mark, Node};

impl Graph {
    /// A Mermaid flowchart: Choices as rhombs, Maps and Parallels as boxes around what is in them, catchers dashed, what was never
    /// taken in red. GitHub and rustdoc themes show it in a `mermaid` code block.
    pub fn to_mermaid(&self) -> String {
        let mut out = "flowchart TB\n".to_owned();
        self.level(None, 1, &mut out);
        for (index, edge) in self.edges.iter().enumerate() {
            let arrow = if matches!(edge.kind, EdgeKind::Catch(_)) { "-.->" } else { "-->" };
            let caption = self.caption(edge);
            let label =
                if caption.is_empty() { String::new() } else { format!("|\"{}\"|", escaped(&caption)) };
            out.push_str(&format!("  s{} {arrow}{label} s{}\n", edge.from, edge.to));
            match edge.mark {
                Mark::Never => out.push_str(&format!("  linkStyle {index} stroke:#c00,color:#c00\n")),
                Mark::Taken => out.push_str(&format!("  linkStyle {index} stroke:#080\n")),
                Mark::None => {}
            }
        }
        for (class, style, mark) in
            [("never", "fill:#fdd,stroke:#c00", Mark::Never), ("taken", "fill:#dfd,stroke:#080", Mark::Taken)]
        {
            let marked = self.nodes.iter().enumerate().filter(|(_, node)| node.mark == mark);
            let marked: Vec<String> = marked.map(|(place, _)| format!("s{place}")).collect();
            if !marked.is_empty() {
                out.push_str(&format!("  classDef {class} {style}\n  class {} {class}\n", marked.join(",")));
            }
        }
        out
    }

    fn level(&self, parent: Option<(usize, usize)>, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        for (place, node) in self.inside(parent) {
            let lines: Vec<String> =
                [&node.name].into_iter().chain(&node.notes).map(|line| escaped(line)).collect();
            let name = lines.join("<br/>");
            let branches = self.branches(place);
            if branches == 0 {
                out.push_str(&format!("{indent}s{place}{}\n", shape(node, &name)));
                continue;
            }
            out.push_str(&format!("{indent}subgraph s{place} [\"{name}\"]\n"));
            for branch in 0..branches {
                if branches == 1 {
                    self.level(Some((place, branch)), depth + 1, out);
                } else {
                    out.push_str(&format!("{indent}  subgraph s{place}b{branch} [\" \"]\n"));
                    self.level(Some((place, branch)), depth + 2, out);
                    out.push_str(&format!("{indent}  end\n"));
                }
            }
            out.push_str(&format!("{indent}end\n"));
        }
    }
}

fn shape(node: &Node, name: &str) -> String {
    match node.state_type {
        "Choice" => format!("{{\"{name}\"}}"),
        "Succeed" | "Fail" => format!("([\"{name}\"])"),
        _ if node.is_start && node.parent.is_none() => format!("[[\"{name}\"]]"),
        _ => format!("[\"{name}\"]"),
    }
}

/// A text inside of quotes: Mermaid knows HTML's entities.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in visible(text).chars() {
        match sign {
            '"' => out.push_str("&quot;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '#' => out.push_str("&num;"),
            sign => out.push(sign),
        }
    }
    out
}
