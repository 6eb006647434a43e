//! The levels of a workflow: the outermost machine, and each branch of the states that have any. Boxes are laid out inside out, so that a
//! box has its size when the level around it is laid out.

use std::collections::BTreeMap;

use stepfn_core::graph::{Edge, EdgeKind, Graph, Mark};

use crate::{
    Options,
    engine::Link,
    geometry::{Point, Size},
    plan::{Member, Plan, plan},
    shape::{self, Face},
    text,
};

/// Around what is inside of a box, and between its branches.
pub(crate) const INSET: f64 = 14.0;
/// Branches go to the next line where they are wider together.
const MOST_WIDE: f64 = 1500.0;

/// The state that a level is inside of, and the branch; none for the outermost.
pub(crate) type Key = Option<(usize, usize)>;

/// An item of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    /// The mark of the beginning.
    Start,
    /// A state, by its place.
    State(usize),
    /// The mark below a state that ends the machine.
    End,
}

/// A line between two items: the edges that go the same way and look the same.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) is_catch: bool,
    pub(crate) mark: Mark,
    /// The lines of its label.
    pub(crate) label: Vec<String>,
    /// Its title, in full.
    pub(crate) title: String,
}

/// A level, laid out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Level {
    pub(crate) items: Vec<Item>,
    pub(crate) sizes: Vec<Size>,
    pub(crate) lines: Vec<Line>,
    pub(crate) members: Vec<Member>,
    pub(crate) plan: Plan,
}

/// All levels, and the faces of the states.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) levels: BTreeMap<Key, Level>,
    pub(crate) faces: Vec<Face>,
    /// The corner where each branch begins within its box, from the box's upper left corner.
    pub(crate) branches: BTreeMap<(usize, usize), Point>,
}

impl<'a> Scene<'a> {
    pub(crate) fn of(graph: &'a Graph, options: &Options) -> Self {
        let mut inside: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (place, node) in graph.nodes.iter().enumerate() {
            // A graph made by hand may have anything; states come before the ones inside of them.
            let parent = node.parent.filter(|(parent, _)| *parent < place);
            inside.entry(parent).or_default().push(place);
        }
        let key_of = |place: usize| -> Key {
            graph.nodes.get(place).and_then(|node| node.parent).filter(|(parent, _)| *parent < place)
        };
        let mut edges: BTreeMap<Key, Vec<&Edge>> = BTreeMap::new();
        let count = graph.nodes.len();
        for edge in &graph.edges {
            if edge.from < count && edge.to < count && key_of(edge.from) == key_of(edge.to) {
                edges.entry(key_of(edge.from)).or_default().push(edge);
            }
        }
        let mut scene = Self {
            graph,
            levels: BTreeMap::new(),
            faces: graph.nodes.iter().map(shape::face).collect(),
            branches: BTreeMap::new(),
        };
        for place in (0..count).rev() {
            let keys: Vec<Key> =
                inside.range(Some((place, 0))..=Some((place, usize::MAX))).map(|(key, _)| *key).collect();
            if !keys.is_empty() {
                for key in &keys {
                    scene.lay_out(*key, &inside, &edges, options);
                }
                scene.arrange(place, &keys);
            }
        }
        scene.lay_out(None, &inside, &edges, options);
        scene
    }

    fn lay_out(
        &mut self,
        key: Key,
        inside: &BTreeMap<Key, Vec<usize>>,
        edges: &BTreeMap<Key, Vec<&Edge>>,
        options: &Options,
    ) {
        let states = inside.get(&key).map(Vec::as_slice).unwrap_or_default();
        let edges = edges.get(&key).map(Vec::as_slice).unwrap_or_default();
        let mut level = Level::default();
        let mut families: BTreeMap<(usize, bool, u8, String), usize> = BTreeMap::new();
        // A single state is its own beginning and end.
        let has_marks = states.len() > 1 || key.is_none();
        let start = states.iter().find(|&&place| self.graph.nodes[place].is_start).filter(|_| has_marks);
        if start.is_some() {
            level.add(Item::Start, shape::START);
        }
        let mut item_of: BTreeMap<usize, usize> = BTreeMap::new();
        // The first state first, as readers and the engine begin with it.
        let first = states.iter().filter(|&&place| self.graph.nodes[place].is_start);
        for &place in first.chain(states.iter().filter(|&&place| !self.graph.nodes[place].is_start)) {
            item_of.insert(place, level.add(Item::State(place), self.faces[place].size));
        }
        if let Some(start) = start.and_then(|place| item_of.get(place)) {
            level.connect(0, *start, Mark::None);
        }
        for group in grouped(edges) {
            let (Some(&from), Some(&to)) = (item_of.get(&group[0].from), item_of.get(&group[0].to)) else {
                continue;
            };
            let line = self.line(&group, options);
            let family = (to, line.is_catch, mark_number(line.mark), line.label.join("\n"));
            let next = families.len();
            let family = *families.entry(family).or_insert(next);
            let weight = match group[0].kind {
                EdgeKind::Next => 4,
                EdgeKind::Rule(_) | EdgeKind::Default => 2,
                EdgeKind::Catch(_) => 1,
            };
            let link = Link { from, to, label: shape::label_size(&line.label), weight };
            level.members.push(Member { link, family, shares: !line.label.is_empty() });
            level.lines.push(line);
        }
        for &place in states.iter().filter(|_| has_marks) {
            let goes_on = |edge: &&&Edge| edge.from == place && !matches!(edge.kind, EdgeKind::Catch(_));
            let is_end = !matches!(self.graph.nodes[place].state_type, "Succeed" | "Fail");
            if is_end && edges.iter().find(goes_on).is_none() {
                let end = level.add(Item::End, shape::END);
                if let Some(from) = item_of.get(&place) {
                    level.connect(*from, end, self.graph.nodes[place].end);
                }
            }
        }
        level.plan = plan(&level.sizes, &level.members);
        self.levels.insert(key, level);
    }

    fn line(&self, edges: &[&Edge], options: &Options) -> Line {
        let captions: Vec<String> = edges.iter().map(|edge| self.graph.caption(edge)).collect();
        let labels: Vec<&str> = captions.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        let name = |place: usize| self.graph.nodes.get(place).map_or("", |node| node.name.as_str());
        let mut title = format!("{} → {}", name(edges[0].from), name(edges[0].to));
        if !labels.is_empty() {
            title.push_str(": ");
            title.push_str(&labels.join("; "));
        }
        Line {
            is_catch: matches!(edges[0].kind, EdgeKind::Catch(_)),
            mark: edges[0].mark,
            label: shape::label(&labels, options.label_columns),
            title,
        }
    }

    /// Puts the branches of a box side by side, in as many lines as they need, and gives the box its size.
    fn arrange(&mut self, place: usize, keys: &[Key]) {
        let (mut x, mut y, mut line_height, mut width) = (INSET, shape::TITLE, 0.0_f64, 0.0_f64);
        let several = keys.len() > 1;
        for key in keys {
            let Some((level, branch)) = self.levels.get(key).zip(*key) else { continue };
            let mut size = level.plan.size;
            if several {
                size = Size { width: size.width + 2.0 * INSET, height: size.height + 2.0 * INSET };
            }
            if x > INSET && x + size.width > MOST_WIDE {
                (x, y, line_height) = (INSET, y + line_height + INSET, 0.0);
            }
            let inset = if several { INSET } else { 0.0 };
            self.branches.insert(branch, Point { x: x + inset, y: y + inset });
            x += size.width + INSET;
            width = width.max(x);
            line_height = line_height.max(size.height);
        }
        let title = self.faces[place].title_width + 2.0 * INSET;
        // A title that is wider than the part below it: that moves to the middle.
        let more = (title - width).max(0.0) / 2.0;
        for (_, at) in self.branches.range_mut((place, 0)..=(place, usize::MAX)) {
            at.x += more;
        }
        let size = Size { width: width.max(title), height: y + line_height + INSET };
        self.faces[place].size = size;
        self.faces[place].is_box = true;
    }
}

impl Level {
    fn add(&mut self, item: Item, size: Size) -> usize {
        self.items.push(item);
        self.sizes.push(size);
        self.items.len() - 1
    }

    /// A line without a meaning of its own, from or to a mark.
    fn connect(&mut self, from: usize, to: usize, mark: Mark) {
        let link = Link { from, to, label: Size::default(), weight: 4 };
        self.members.push(Member { link, family: usize::MAX - to, shares: false });
        let line = Line { is_catch: false, mark, label: Vec::new(), title: String::new() };
        self.lines.push(line);
    }
}

/// Edges that go the same way and look the same, together; in the order of the first of each.
fn grouped<'a>(edges: &[&'a Edge]) -> Vec<Vec<&'a Edge>> {
    let mut places: BTreeMap<(usize, usize, bool, u8), usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&Edge>> = Vec::new();
    for &edge in edges {
        let key = (edge.from, edge.to, matches!(edge.kind, EdgeKind::Catch(_)), mark_number(edge.mark));
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(edge),
            None => groups.push(vec![edge]),
        }
    }
    groups
}

fn mark_number(mark: Mark) -> u8 {
    match mark {
        Mark::None => 0,
        Mark::Taken => 1,
        Mark::Never => 2,
    }
}

impl Face {
    /// The text that a pointer shows.
    pub(crate) fn title(name: &str, state_type: &str) -> String {
        text::escaped(&format!("{name} ({state_type})"))
    }
}
