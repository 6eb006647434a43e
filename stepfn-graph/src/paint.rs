//! The scene as SVG.

use std::collections::BTreeMap;

use stepfn_core::graph::Mark;

use crate::{
    Options,
    engine::Route,
    geometry::{Point, Size, before, border},
    lanes::Lane,
    level::{INSET, Item, Key, Level, Line, Scene},
    shape::{LABEL_LINE, NAME_LINE, NOTE_LINE},
    style,
    text::{escaped, number},
};

/// Around the picture.
const MARGIN: f64 = 12.0;
/// The length and half of the width of an arrow's head.
const HEAD: f64 = 8.0;
const HEAD_HALF: f64 = 4.0;
/// The corners of lanes.
const CORNER: f64 = 6.0;

/// The picture.
pub(crate) fn paint(scene: &Scene<'_>, options: &Options) -> String {
    let whole = scene.levels.get(&None).map(|level| level.plan.size).unwrap_or_default();
    let (width, height) = (number(whole.width + 2.0 * MARGIN), number(whole.height + 2.0 * MARGIN));
    let title = escaped(&options.title);
    let states = scene.graph.nodes.iter().map(|node| format!("{} ({})", node.name, node.state_type));
    let list: Vec<String> = states.collect();
    let mut painter = Painter { scene, out: String::new() };
    painter.out.push_str(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"stepfn-graph\" role=\"img\" aria-label=\"{title}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\
         <title>{title}</title><desc>{}</desc><style>{}</style>",
        escaped(&list.join(", ")),
        style::sheet()
    ));
    // Boxes come before the items inside of them: their levels come one after the other.
    let mut origins: BTreeMap<Key, Point> = BTreeMap::new();
    origins.insert(None, Point { x: MARGIN, y: MARGIN });
    painter.level(None, &mut origins);
    for place in 0..scene.graph.nodes.len() {
        for key in scene.branches.range((place, 0)..=(place, usize::MAX)).map(|(key, _)| *key) {
            painter.level(Some(key), &mut origins);
        }
    }
    painter.out.push_str("</svg>");
    painter.out
}

struct Painter<'a> {
    scene: &'a Scene<'a>,
    out: String,
}

impl Painter<'_> {
    fn level(&mut self, key: Key, origins: &mut BTreeMap<Key, Point>) {
        let (Some(level), Some(&origin)) = (self.scene.levels.get(&key), origins.get(&key)) else { return };
        let at = |place: usize| level.plan.items.get(place).copied().unwrap_or_default().plus(origin);
        if key.is_some() && self.has_siblings(key) {
            let size = level.plan.size;
            let room = Size { width: size.width + 2.0 * INSET, height: size.height + 2.0 * INSET };
            self.rect("r", Point { x: origin.x - INSET, y: origin.y - INSET }, room, 6.0);
        }
        for (place, line) in level.lines.iter().enumerate() {
            if let Some(Some(route)) = level.plan.routes.get(place) {
                self.line(level, place, line, route, origin);
            }
        }
        for lane in &level.plan.lanes {
            self.lane(level, lane, origin);
        }
        for (place, item) in level.items.iter().enumerate() {
            match item {
                Item::Start => self.circle("a", at(place), 6.0),
                Item::End => {
                    self.circle("e", at(place), 7.5);
                    self.circle("a", at(place), 4.0);
                }
                Item::State(state) => self.state(*state, at(place), origins),
            }
        }
        for (place, line) in level.lines.iter().enumerate() {
            let route = level.plan.routes.get(place).and_then(Option::as_ref);
            if let Some(label) = route.and_then(|route| route.label) {
                self.label(line, label.plus(origin), level.members[place].link.label);
            }
        }
        for lane in &level.plan.lanes {
            if let (Some((center, size)), Some(&first)) = (lane.label, lane.links.first()) {
                self.label(&level.lines[first], center.plus(origin), size);
            }
        }
    }

    /// Returns `true` if a branch is one of several.
    fn has_siblings(&self, key: Key) -> bool {
        key.is_some_and(|(place, _)| {
            self.scene.branches.range((place, 0)..=(place, usize::MAX)).nth(1).is_some()
        })
    }

    fn state(&mut self, place: usize, center: Point, origins: &mut BTreeMap<Key, Point>) {
        let (node, face) = (&self.scene.graph.nodes[place], &self.scene.faces[place]);
        let mark = mark(node.mark);
        let corner = Point { x: center.x - face.size.width / 2.0, y: center.y - face.size.height / 2.0 };
        self.out.push_str(&format!(
            "<g><title>{}</title>",
            crate::shape::Face::title(&node.name, node.state_type)
        ));
        if face.is_box {
            self.rect(&format!("b{mark}"), corner, face.size, 8.0);
            self.out.push_str(&format!(
                "<text class=\"m\" x=\"{}\" y=\"{}\"><tspan class=\"t\">{}</tspan> {}</text></g>",
                number(center.x),
                number(corner.y + 22.0),
                escaped(&face.kind),
                escaped(&face.title),
            ));
            for (key, inner) in self.scene.branches.range((place, 0)..=(place, usize::MAX)) {
                origins.insert(Some(*key), corner.plus(*inner));
            }
            return;
        }
        let class = format!("n {}{mark}", escaped(node.state_type));
        match node.state_type {
            "Choice" => self.hexagon(&class, center, face.size, face.slant),
            "Succeed" | "Fail" => self.rect(&class, corner, face.size, face.size.height / 2.0),
            _ => self.rect(&class, corner, face.size, 6.0),
        }
        let x = number(center.x);
        self.out.push_str(&format!(
            "<text class=\"t\" x=\"{x}\" y=\"{}\">{}</text>",
            number(corner.y + 16.0),
            escaped(node.state_type)
        ));
        let mut y = corner.y + 16.0;
        for line in &face.name {
            y += NAME_LINE;
            self.out.push_str(&format!(
                "<text class=\"m\" x=\"{x}\" y=\"{}\">{}</text>",
                number(y),
                escaped(line)
            ));
        }
        for note in &face.notes {
            y += NOTE_LINE;
            self.out.push_str(&format!(
                "<text class=\"t\" x=\"{x}\" y=\"{}\">{}</text>",
                number(y),
                escaped(note)
            ));
        }
        self.out.push_str("</g>");
    }

    fn line(&mut self, level: &Level, place: usize, line: &Line, route: &Route, origin: Point) {
        let link = level.members[place].link;
        let mut points: Vec<Point> = route.points.iter().map(|point| point.plus(origin)).collect();
        let count = points.len();
        if count >= 2 {
            let end = |item: usize, towards: Point| {
                let slant = match level.items[item] {
                    Item::State(state) => self.scene.faces[state].slant,
                    _ => 0.0,
                };
                border(level.plan.items[item].plus(origin), level.sizes[item], slant, towards)
            };
            // Between two items the middle of one is the direction of the other.
            let (second, last_but_one) = match count {
                2 => (level.plan.items[link.to].plus(origin), level.plan.items[link.from].plus(origin)),
                _ => (points[1], points[count - 2]),
            };
            (points[0], points[count - 1]) = (end(link.from, second), end(link.to, last_but_one));
        }
        self.out.push_str("<g>");
        if !line.title.is_empty() {
            self.out.push_str(&format!("<title>{}</title>", escaped(&line.title)));
        }
        let class = edge_class(line);
        let is_to_end = matches!(level.items[link.to], Item::End);
        let (Some(&tip), Some(&towards)) = (points.last(), points.get(count.wrapping_sub(2))) else { return };
        if !is_to_end && let Some(last) = points.last_mut() {
            *last = before(towards, tip, HEAD - 1.0);
        }
        self.out.push_str(&format!("<path class=\"{class}\" d=\"{}\"/>", curve(&points)));
        if !is_to_end {
            self.head(line, towards, tip);
        }
        self.out.push_str("</g>");
    }

    fn lane(&mut self, level: &Level, lane: &Lane, origin: Point) {
        let Some(line) = lane.links.first().map(|&first| &level.lines[first]) else { return };
        let titles: Vec<&str> = lane.links.iter().map(|&place| level.lines[place].title.as_str()).collect();
        let class = edge_class(line);
        self.out.push_str(&format!("<g><title>{}</title>", escaped(&titles.join("; "))));
        let shift =
            |points: &[Point]| -> Vec<Point> { points.iter().map(|point| point.plus(origin)).collect() };
        for branch in &lane.branches {
            self.out.push_str(&format!("<path class=\"{class}\" d=\"{}\"/>", corners(&shift(branch))));
        }
        let mut trunk = shift(&lane.trunk);
        if let [.., towards, tip] = trunk[..] {
            if let Some(last) = trunk.last_mut() {
                *last = before(towards, tip, HEAD - 1.0);
            }
            self.out.push_str(&format!("<path class=\"{class}\" d=\"{}\"/>", corners(&trunk)));
            self.head(line, towards, tip);
        }
        self.out.push_str("</g>");
    }

    /// An arrow's head. Drawn, as markers have names that a page's pictures would share.
    fn head(&mut self, line: &Line, towards: Point, tip: Point) {
        let base = before(towards, tip, HEAD);
        let length = ((tip.x - base.x).powi(2) + (tip.y - base.y).powi(2)).sqrt();
        if length == 0.0 {
            return;
        }
        let side =
            Point { x: (tip.y - base.y) / length * HEAD_HALF, y: (base.x - tip.x) / length * HEAD_HALF };
        let points = [tip, base.plus(side), Point { x: base.x - side.x, y: base.y - side.y }];
        let points: Vec<String> = points.into_iter().map(pair).collect();
        self.out.push_str(&format!("<path class=\"a{}\" d=\"M{}Z\"/>", mark(line.mark), points.join("L")));
    }

    fn label(&mut self, line: &Line, center: Point, size: Size) {
        let corner = Point { x: center.x - size.width / 2.0, y: center.y - size.height / 2.0 };
        self.out.push_str(&format!("<g><title>{}</title>", escaped(&line.title)));
        self.rect("p", corner, size, 4.0);
        let mut y = corner.y - 1.0;
        for text in &line.label {
            y += LABEL_LINE;
            self.out.push_str(&format!(
                "<text class=\"l{}\" x=\"{}\" y=\"{}\">{}</text>",
                mark(line.mark),
                number(center.x),
                number(y),
                escaped(text)
            ));
        }
        self.out.push_str("</g>");
    }

    fn rect(&mut self, class: &str, corner: Point, size: Size, radius: f64) {
        self.out.push_str(&format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
            number(corner.x),
            number(corner.y),
            number(size.width),
            number(size.height),
            number(radius)
        ));
    }

    fn hexagon(&mut self, class: &str, center: Point, size: Size, slant: f64) {
        let (x, y) = (size.width / 2.0, size.height / 2.0);
        let corners = [(-x, 0.0), (slant - x, -y), (x - slant, -y), (x, 0.0), (x - slant, y), (slant - x, y)];
        let corners: Vec<String> =
            corners.into_iter().map(|(x, y)| pair(center.plus(Point { x, y }))).collect();
        self.out.push_str(&format!("<path class=\"{class}\" d=\"M{}Z\"/>", corners.join("L")));
    }

    fn circle(&mut self, class: &str, center: Point, radius: f64) {
        self.out.push_str(&format!(
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            number(center.x),
            number(center.y),
            number(radius)
        ));
    }
}

fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::None => "",
        Mark::Taken => " taken",
        Mark::Never => " never",
    }
}

fn edge_class(line: &Line) -> String {
    format!("e{}{}", if line.is_catch { " catch" } else { "" }, mark(line.mark))
}

fn pair(point: Point) -> String {
    format!("{} {}", number(point.x), number(point.y))
}

/// A smooth line that begins and ends at its points and is drawn towards those between: a B-spline, which stays where they are.
fn curve(points: &[Point]) -> String {
    let [first, .., last] = points else { return String::new() };
    let mut out = format!("M{}", pair(*first));
    let mix =
        |a: Point, b: Point, part: f64| Point { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
    for (place, window) in points.windows(3).enumerate() {
        let [a, b, c] = [window[0], window[1], window[2]];
        if place == 0 {
            out.push_str(&format!("L{}", pair(mix(a, b, 1.0 / 6.0))));
        }
        let (one, other) = (mix(a, b, 2.0 / 3.0), mix(b, c, 1.0 / 3.0));
        out.push_str(&format!(
            "C{} {} {}",
            pair(mix(a, b, 1.0 / 3.0)),
            pair(one),
            pair(mix(one, other, 0.5))
        ));
    }
    if let [.., a, b] = points
        && points.len() > 2
    {
        out.push_str(&format!(
            "C{} {} {}",
            pair(mix(*a, *b, 1.0 / 3.0)),
            pair(mix(*a, *b, 2.0 / 3.0)),
            pair(*b)
        ));
    } else {
        out.push_str(&format!("L{}", pair(*last)));
    }
    out
}

/// Straight lines with round corners.
fn corners(points: &[Point]) -> String {
    let [first, .., last] = points else { return String::new() };
    let mut out = format!("M{}", pair(*first));
    for window in points.windows(3) {
        let [a, b, c] = [window[0], window[1], window[2]];
        let half = |from: Point| ((b.x - from.x).abs() + (b.y - from.y).abs()) / 2.0;
        let radius = CORNER.min(half(a)).min(half(c));
        out.push_str(&format!("L{}Q{} {}", pair(before(a, b, radius)), pair(b), pair(before(c, b, radius))));
    }
    out.push_str(&format!("L{}", pair(*last)));
    out
}
