//! The layered layout of one level of a graph, by the crate `dagre`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dagre::{EdgeLabel, LayoutOptions, NodeLabel, graph::GraphOptions, layout::types::LabelPos};

use crate::geometry::{Point, Size};

/// Half of what lies between two rows. Labels have rows of their own between those of the items, this far from both.
pub(crate) const GAP: f64 = 20.0;

/// A link from one item of a level to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The space for its label; nothing without one.
    pub(crate) label: Size,
    /// The weight with which it is made straight and short.
    pub(crate) weight: i32,
}

/// The way of a link, and the middle of its label.
#[derive(Clone, Debug, Default)]
pub(crate) struct Route {
    pub(crate) points: Vec<Point>,
    pub(crate) label: Option<Point>,
}

/// The positions of items and links; the routes are in the order of the links.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) items: Vec<Point>,
    pub(crate) routes: Vec<Route>,
}

/// Places the items in rows. `None` where the engine gives no picture that can be drawn: another way of placing them serves then.
pub(crate) fn place(items: &[Size], links: &[Link]) -> Option<Placed> {
    if items.is_empty() {
        return Some(Placed { items: Vec::new(), routes: Vec::new() });
    }
    // The engine states its invariants with `unwrap`. None is known to break; a picture is no reason to stop a compiler.
    let placed = catch_unwind(AssertUnwindSafe(|| run(items, links))).ok()??;
    is_sound(items, &placed).then_some(placed)
}

fn run(items: &[Size], links: &[Link]) -> Option<Placed> {
    let options = GraphOptions { directed: true, multigraph: true, compound: false };
    let mut graph: dagre::graph::Graph<NodeLabel, EdgeLabel> = dagre::graph::Graph::with_options(options);
    for (place, size) in items.iter().enumerate() {
        let label = NodeLabel { width: size.width, height: size.height, ..NodeLabel::default() };
        graph.set_node(place.to_string(), Some(label));
    }
    for (place, link) in links.iter().enumerate() {
        let label = EdgeLabel {
            width: link.label.width,
            height: link.label.height,
            weight: link.weight,
            labelpos: LabelPos::Center,
            ..EdgeLabel::default()
        };
        let name = place.to_string();
        graph.set_edge(link.from.to_string(), link.to.to_string(), Some(label), Some(&name));
    }
    let options =
        LayoutOptions { nodesep: 28.0, edgesep: 16.0, ranksep: 2.0 * GAP, ..LayoutOptions::default() };
    dagre::layout(&mut graph, Some(options));
    let point = |x: Option<f64>, y: Option<f64>| Some(Point { x: x?, y: y? });
    let mut placed = Placed { items: Vec::new(), routes: Vec::new() };
    for place in 0..items.len() {
        let node = graph.node(&place.to_string())?;
        placed.items.push(point(node.x, node.y)?);
    }
    for (place, link) in links.iter().enumerate() {
        let edge = graph.edge(&link.from.to_string(), &link.to.to_string(), Some(&place.to_string()))?;
        let points = edge.points.iter().map(|point| Point { x: point.x, y: point.y }).collect();
        let label = if link.label.width > 0.0 { Some(point(edge.x, edge.y)?) } else { None };
        placed.routes.push(Route { points, label });
    }
    Some(placed)
}

/// Returns `true` if every number is one and no item lies on another.
fn is_sound(items: &[Size], placed: &Placed) -> bool {
    let points = placed.routes.iter().flat_map(|route| route.points.iter().chain(&route.label));
    let are_numbers =
        placed.items.iter().chain(points).all(|point| point.x.is_finite() && point.y.is_finite());
    let overlap = |one: usize, other: usize| {
        let (a, b) = (placed.items[one], placed.items[other]);
        (a.x - b.x).abs() + 1.0 < (items[one].width + items[other].width) / 2.0
            && (a.y - b.y).abs() + 1.0 < (items[one].height + items[other].height) / 2.0
    };
    are_numbers
        && placed.routes.iter().all(|route| route.points.len() >= 2)
        && (0..items.len()).all(|one| (0..one).all(|other| !overlap(one, other)))
}
