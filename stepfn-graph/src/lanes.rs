//! Lanes: what many states share, like the way to one handler, runs beside the picture instead of through it.
//!
//! A link in a lane leaves its item below, goes to the right under the item's row, joins the lane, and enters its target from
//! above the target's row. Nothing but lines is there: labels keep `GAP` from both rows.

use std::collections::BTreeMap;

use crate::{
    engine::Link,
    geometry::{Point, Size},
    rows::Rows,
};

/// From the picture to the first lane, and between lanes.
const APART: f64 = 16.0;
/// How near to the rows the lines run, and how much further away those of the next lane, in turns of three.
const BELOW: f64 = 5.0;
const ABOVE: f64 = 11.0;
const STEP: f64 = 4.0;

/// Links that run together.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    /// The links, by place.
    pub(crate) links: Vec<usize>,
    /// From the items to the lane: corners.
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
    families: &[Vec<usize>],
    width: f64,
) -> Vec<Lane> {
    let mut x = width + APART;
    let mut ports = vec![0_u8; items.len()];
    let mut out = Vec::new();
    for (turn, family) in families.iter().enumerate() {
        let Some(&first) = family.first() else { continue };
        let away = STEP * [0.0, 1.0, 2.0][turn % 3];
        let mut below: BTreeMap<i64, Vec<(f64, f64, f64)>> = BTreeMap::new();
        for &place in family {
            let from = links[place].from;
            let (center, size) = (centers[from], items[from]);
            let port = port(center, size, &mut ports[from]);
            let under = rows.around(center).1 + BELOW + away;
            below.entry(Rows::key(center)).or_default().push((port, center.y + size.height / 2.0, under));
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
        let to = links[first].to;
        let over = rows.around(centers[to]).0 - ABOVE - away;
        let port = port(centers[to], items[to], &mut ports[to]);
        let far = if (over - top).abs() > (over - bottom).abs() { top } else { bottom };
        let mut trunk = vec![Point { x, y: far }];
        // Sources on both sides of the target: the lane comes from both.
        if top < over && over < bottom {
            branches.push(vec![Point { x, y: if far == top { bottom } else { top } }, Point { x, y: over }]);
        }
        trunk.extend([
            Point { x, y: over },
            Point { x: port, y: over },
            Point { x: port, y: centers[to].y - items[to].height / 2.0 },
        ]);
        let size = links[first].label;
        let label = (size.width > 0.0).then(|| {
            let nearest =
                family.iter().map(|&place| centers[links[place].from].y).fold(f64::INFINITY, f64::min);
            let at = Point { x: x + 6.0 + size.width / 2.0, y: nearest.max(top.min(over)) };
            (at, size)
        });
        out.push(Lane { links: family.clone(), branches, trunk, label });
        x += APART + if size.width > 0.0 { size.width + 6.0 } else { 0.0 };
    }
    out
}

/// Where the next line of an item begins or ends: right of its middle.
fn port(center: Point, size: Size, used: &mut u8) -> f64 {
    let place = f64::from(*used);
    *used = used.saturating_add(1);
    let most = (size.width / 2.0 - 12.0).max(0.0);
    center.x + (size.width / 4.0 + place * 6.0).min(most)
}
