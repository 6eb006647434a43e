//! Lanes: what many states share, like the way to one handler, runs beside the picture instead of through it.
//!
//! A link in a lane leaves its item below, goes to the right under the item's row, joins the lane, and enters its target from
//! above the target's row. Nothing but lines is there: labels keep `GAP` from both rows.

use std::collections::BTreeMap;

use crate::{
    engine::{Link, Route},
    geometry::{Point, Size, border},
    rows::Rows,
};

/// The distance from the picture to the first lane, and between lanes.
const APART: f64 = 16.0;
/// Between lines that end side by side: more than an arrow's head.
const BETWEEN: f64 = 9.0;
/// The distance from a lane to its label.
const ASIDE: f64 = 6.0;
/// The distance of the lines from the rows, and the further distance of the next lanes, in turns of three.
const BELOW: f64 = 5.0;
const ABOVE: f64 = 11.0;
const STEP: f64 = 4.0;

/// Links that run together.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    /// The links, by place.
    pub(crate) links: Vec<usize>,
    /// The lines from the items to the lane: corners.
    pub(crate) branches: Vec<Vec<Point>>,
    /// The lane itself, to its target.
    pub(crate) trunk: Vec<Point>,
    /// The middle and the size of its label.
    pub(crate) label: Option<(Point, Size)>,
}

impl Lane {
    pub(crate) fn points(&self) -> impl Iterator<Item = Point> {
        self.branches.iter().flatten().chain(&self.trunk).copied()
    }

    pub(crate) fn points_mut(&mut self) -> impl Iterator<Item = &mut Point> {
        let label = self.label.iter_mut().map(|(point, _)| point);
        self.branches.iter_mut().flatten().chain(&mut self.trunk).chain(label)
    }
}

/// The lanes of the families, right of `width`.
pub(crate) fn lanes(
    rows: &Rows,
    items: &[Size],
    centers: &[Point],
    links: &[Link],
    routes: &[Option<Route>],
    families: &[Vec<usize>],
    width: f64,
) -> Vec<Lane> {
    let level = Lanes { rows, items, centers, links };
    let mut ports = level.ports(routes);
    let mut out = Vec::new();
    for (track, family) in level.tracks(families, width) {
        out.extend(level.lane(track, family, &mut ports));
    }
    out
}

/// The positions where lines begin and end at the upper and at the lower side of each item.
struct Ports {
    above: Vec<Vec<f64>>,
    below: Vec<Vec<f64>>,
}

/// The position of a lane: how far to the right, and how much further from the rows than the nearest.
#[derive(Clone, Copy)]
struct Track {
    x: f64,
    away: f64,
}

struct Lanes<'a> {
    rows: &'a Rows,
    items: &'a [Size],
    centers: &'a [Point],
    links: &'a [Link],
}

impl Lanes<'_> {
    /// The line under the row of an item, and the line above it.
    fn under(&self, item: usize, away: f64) -> f64 {
        self.rows.around(self.centers[item]).1 + BELOW + away
    }

    fn over(&self, item: usize, away: f64) -> f64 {
        self.rows.around(self.centers[item]).0 - ABOVE - away
    }

    /// Returns the positions where the lines that run in no lane begin and end.
    fn ports(&self, routes: &[Option<Route>]) -> Ports {
        let none = vec![Vec::new(); self.items.len()];
        let mut ports = Ports { above: none.clone(), below: none };
        for (link, route) in self.links.iter().zip(routes) {
            let Some(Route { points, .. }) = route else { continue };
            let [_, second, ..] = points[..] else { continue };
            let before = points[points.len() - 2];
            for (item, towards) in [(link.from, second), (link.to, before)] {
                let center = self.centers[item];
                let side = if towards.y > center.y { &mut ports.below } else { &mut ports.above };
                side[item].push(border(center, self.items[item], 0.0, towards).x);
            }
        }
        ports
    }

    /// Returns the vertical range of a family's lane.
    fn range(&self, family: &[usize]) -> (f64, f64) {
        let under = family.iter().map(|&place| self.under(self.links[place].from, 0.0));
        let ends = family.first().map(|&first| self.over(self.links[first].to, 0.0));
        under.chain(ends).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)))
    }

    /// Gives each family a track: those that run at different heights share one.
    fn tracks<'f>(&self, families: &'f [Vec<usize>], width: f64) -> Vec<(Track, &'f [usize])> {
        let mut sorted: Vec<(&[usize], f64, f64)> = families
            .iter()
            .map(|family| {
                let (low, high) = self.range(family);
                // A label is higher than a short lane.
                let room = family.first().map_or(0.0, |&first| self.links[first].label.height / 2.0);
                (family.as_slice(), low - room, high + room)
            })
            .collect();
        sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
        // How far down each track is taken, and how wide it is.
        let mut tracks: Vec<(f64, f64)> = Vec::new();
        let mut placed = Vec::new();
        for (family, low, high) in sorted {
            let label = family.first().map_or(0.0, |&first| self.links[first].label.width);
            let place = tracks.iter().position(|(end, _)| end + 4.0 * STEP < low).unwrap_or(tracks.len());
            match tracks.get_mut(place) {
                Some(track) => *track = (high, track.1.max(label)),
                None => tracks.push((high, label)),
            }
            placed.push((place, family));
        }
        let mut x = width + APART;
        let tracks: Vec<Track> = tracks
            .iter()
            .enumerate()
            .map(|(place, (_, label))| {
                let track = Track { x, away: STEP * [0.0, 1.0, 2.0][place % 3] };
                x += APART + if *label > 0.0 { label + ASIDE } else { 0.0 };
                track
            })
            .collect();
        placed.into_iter().filter_map(|(place, family)| Some((*tracks.get(place)?, family))).collect()
    }

    fn lane(&self, Track { x, away }: Track, family: &[usize], ports: &mut Ports) -> Option<Lane> {
        let first = *family.first()?;
        let mut below: BTreeMap<i64, Vec<(f64, f64, f64)>> = BTreeMap::new();
        for &place in family {
            let from = self.links[place].from;
            let (center, size) = (self.centers[from], self.items[from]);
            let port = free(center, size, &mut ports.below[from]);
            let end = (port, center.y + size.height / 2.0, self.under(from, away));
            below.entry(Rows::key(center)).or_default().push(end);
        }
        let mut branches = Vec::new();
        let (mut top, mut bottom) = (f64::INFINITY, f64::NEG_INFINITY);
        for mut ends in below.into_values() {
            // One line for the row, from its first item on; the others come down to it.
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (place, (port, from, under)) in ends.into_iter().enumerate() {
                (top, bottom) = (top.min(under), bottom.max(under));
                let mut branch = vec![Point { x: port, y: from }, Point { x: port, y: under }];
                if place == 0 {
                    branch.push(Point { x, y: under });
                }
                branches.push(branch);
            }
        }
        let to = self.links[first].to;
        let (center, over) = (self.centers[to], self.over(to, away));
        let port = free(center, self.items[to], &mut ports.above[to]);
        let far = if (over - top).abs() > (over - bottom).abs() { top } else { bottom };
        // Sources on both sides of the target: the lane comes from both.
        if top < over && over < bottom {
            let other = if far == top { bottom } else { top };
            branches.push(vec![Point { x, y: other }, Point { x, y: over }]);
        }
        let trunk = vec![
            Point { x, y: far },
            Point { x, y: over },
            Point { x: port, y: over },
            Point { x: port, y: center.y - self.items[to].height / 2.0 },
        ];
        let size = self.links[first].label;
        let (low, high) = (top.min(over), bottom.max(over));
        let label = (size.width > 0.0).then(|| {
            let y = self.rows.height_for_label(low, high, size.height).unwrap_or((low + high) / 2.0);
            (Point { x: x + ASIDE + size.width / 2.0, y }, size)
        });
        Some(Lane { links: family.to_vec(), branches, trunk, label })
    }
}

/// Returns the position where the next line of an item begins or ends: at its right, or where it is apart from the others.
fn free(center: Point, size: Size, taken: &mut Vec<f64>) -> f64 {
    let parts = [0.25, 0.375, 0.125, -0.25, -0.375, -0.125];
    let places = parts.map(|part| center.x + size.width * part);
    let is_free = |place: &f64| taken.iter().all(|other| (other - place).abs() > BETWEEN);
    let place = places.into_iter().find(is_free).unwrap_or(places[0]);
    taken.push(place);
    place
}
