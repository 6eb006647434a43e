//! The rows of a level: what the engine put at one height. Between rows is nothing but lines and labels.

use std::collections::BTreeMap;

use crate::{
    engine::{Link, Placed},
    geometry::{Point, Size},
};

/// The distance above and below a row from which a line goes straight through it.
const STRAIGHT: f64 = 4.0;

/// The height of a state with a short name.
const STATE: f64 = 40.0;

/// Top and bottom of each row, by the height of its middle.
#[derive(Debug)]
pub(crate) struct Rows {
    bounds: BTreeMap<i64, (f64, f64)>,
}

impl Rows {
    pub(crate) fn of(items: &[Size], centers: &[Point]) -> Self {
        let mut bounds: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
        for (size, center) in items.iter().zip(centers) {
            let (top, bottom) = (center.y - size.height / 2.0, center.y + size.height / 2.0);
            let row = bounds.entry(Self::key(*center)).or_insert((top, bottom));
            *row = (row.0.min(top), row.1.max(bottom));
        }
        Self { bounds }
    }

    /// The row that the middle of an item is in.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "heights of pictures are far below the bounds, and `as` saturates"
    )]
    pub(crate) fn key(center: Point) -> i64 {
        center.y.round() as i64
    }

    /// Top and bottom of the row of an item.
    pub(crate) fn around(&self, center: Point) -> (f64, f64) {
        self.bounds.get(&Self::key(center)).copied().unwrap_or((center.y, center.y))
    }

    /// The height for a label in a lane: beside the first row of states between two heights, where no line leads to the right.
    pub(crate) fn height_for_label(&self, low: f64, high: f64, label: f64) -> Option<f64> {
        let is_free = |(top, bottom): (f64, f64)| bottom - top >= STATE && top >= low && top + label <= high;
        let (top, bottom) = self.bounds.values().copied().find(|row| is_free(*row))?;
        Some(if bottom - top > 2.0 * label { top + label } else { (top + bottom) / 2.0 })
    }

    /// Straightens the routes through rows. The engine treats a row as a line, and takes the shortest way to the next one: through the
    /// corner of a box that is taller than the items beside it.
    pub(crate) fn straighten(&self, items: &[Size], links: &[Link], placed: &mut Placed) {
        for (route, link) in placed.routes.iter_mut().zip(links) {
            let count = route.points.len();
            if link.from == link.to || count < 3 {
                continue;
            }
            let (from, to) = (placed.items[link.from], placed.items[link.to]);
            let is_down = from.y < to.y;
            let mut points = Vec::with_capacity(count * 3);
            points.push(route.points[0]);
            points.extend(self.beside(from, items[link.from], route.points[1], is_down));
            for point in &route.points[1..count - 1] {
                match self.bounds.get(&Self::key(*point)) {
                    Some(&(top, bottom)) => {
                        let through = [top - STRAIGHT, top, bottom, bottom + STRAIGHT];
                        let mut through = through.map(|y| Point { x: point.x, y });
                        if !is_down {
                            through.reverse();
                        }
                        points.extend(through);
                    }
                    None => points.push(*point),
                }
            }
            let mut end = self.beside(to, items[link.to], route.points[count - 2], !is_down);
            end.reverse();
            points.extend(end);
            points.push(route.points[count - 1]);
            route.points = without_repetition(&points);
        }
    }

    /// The way from an item to the end of its row, where the row is higher than the item.
    fn beside(&self, center: Point, size: Size, towards: Point, is_down: bool) -> Vec<Point> {
        let (top, bottom) = self.around(center);
        if bottom - top < size.height + 2.0 {
            return Vec::new();
        }
        let most = size.width / 3.0;
        let x = center.x + ((towards.x - center.x) / 4.0).clamp(-most, most);
        let ys = if is_down { [bottom, bottom + STRAIGHT] } else { [top, top - STRAIGHT] };
        ys.map(|y| Point { x, y }).to_vec()
    }
}

/// The points without those that change nothing, even of a smooth line: in the middle of five above each other.
fn without_repetition(points: &[Point]) -> Vec<Point> {
    let is_idle = |place: usize| {
        let around = place.checked_sub(2).and_then(|from| points.get(from..=place + 2));
        around.is_some_and(|around| around.iter().all(|point| (point.x - points[place].x).abs() < 0.05))
    };
    points.iter().enumerate().filter(|(place, _)| !is_idle(*place)).map(|(_, point)| *point).collect()
}
