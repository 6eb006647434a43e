//! Points, sizes, and where a line meets a shape.

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Point {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { x: self.x + other.x, y: self.y + other.y }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// The part of a shape's flat sides that its corners take.
const ROUNDED: f64 = 6.0;

/// Returns the point where the line from the middle of a shape towards a point leaves the shape. The left and right sides of a shape with
/// `slant` come together to a point in the middle of its height, as a hexagon's do.
pub(crate) fn border(center: Point, size: Size, slant: f64, towards: Point) -> Point {
    let (dx, dy) = (towards.x - center.x, towards.y - center.y);
    let (half_width, half_height) = (size.width / 2.0, size.height / 2.0);
    // What comes from straight above or below goes on so: lines side by side stay side by side.
    if dx.abs() < half_width - slant - ROUNDED && dy.abs() > half_height {
        return Point { x: towards.x, y: center.y + half_height * dy.signum() };
    }
    let to_flat = if dy == 0.0 { f64::INFINITY } else { half_height / dy.abs() };
    let slope = if half_height > 0.0 { slant / half_height } else { 0.0 };
    let sideways = dx.abs() + slope * dy.abs();
    let to_side = if sideways == 0.0 { f64::INFINITY } else { half_width / sideways };
    let part = to_flat.min(to_side);
    if part.is_finite() { Point { x: center.x + dx * part, y: center.y + dy * part } } else { center }
}

/// The point `length` before the end of a line.
pub(crate) fn before(from: Point, to: Point, length: f64) -> Point {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let whole = (dx * dx + dy * dy).sqrt();
    if whole <= length {
        return from;
    }
    Point { x: to.x - dx / whole * length, y: to.y - dy / whole * length }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_the_shape() {
        let (center, size) = (Point { x: 100.0, y: 50.0 }, Size { width: 80.0, height: 40.0 });
        assert_eq!(border(center, size, 0.0, Point { x: 100.0, y: 200.0 }), Point { x: 100.0, y: 70.0 });
        assert_eq!(border(center, size, 0.0, Point { x: 300.0, y: 50.0 }), Point { x: 140.0, y: 50.0 });
        assert_eq!(border(center, size, 20.0, Point { x: 300.0, y: 50.0 }), Point { x: 140.0, y: 50.0 });
        let corner = border(center, size, 20.0, Point { x: 180.0, y: 90.0 });
        assert!(corner.x < 130.0 && corner.y < 70.0, "{corner:?}");
        assert_eq!(border(center, size, 20.0, center), center);
    }

    #[test]
    fn a_short_line_is_cut_to_nothing() {
        let (from, to) = (Point { x: 0.0, y: 0.0 }, Point { x: 0.0, y: 5.0 });
        assert_eq!(before(from, to, 7.0), from);
        assert_eq!(before(from, to, 2.0), Point { x: 0.0, y: 3.0 });
    }
}
