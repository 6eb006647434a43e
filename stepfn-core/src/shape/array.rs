//! Arrays into arrays, and arrays of fixed length into such.

use super::{
    Node, Shape,
    fits::{Fits, Source, prefix},
    text::Text,
    view::View,
};

/// The place of a position in an array of some length, counted from its end where negative; none where there is no such item.
pub(crate) const fn place_of(index: i64, len: usize) -> Option<usize> {
    let place = if index < 0 { index.saturating_add_unsigned(len as u64) } else { index };
    if place >= 0 && (place as u64) < len as u64 { Some(place as usize) } else { None }
}

impl Fits<'_> {
    /// An array as an array; none where the source is no array.
    pub(super) const fn items(
        self,
        source: Source,
        target: View,
        item: &'static Shape,
        depth: usize,
        out: &mut Text,
    ) -> Option<bool> {
        let wanted = target.with(item);
        let mark = out.mark();
        let mut which = None;
        let fits = match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Array(each) => self.fits(Source::Node(each), wanted, depth + 3, out),
                Node::Tuple { first, len } => {
                    let mut fits = true;
                    let mut i = 0;
                    while fits && i < len {
                        fits = self.fits(Source::Node(first + i), wanted, depth + 3, out);
                        which = Some(i);
                        i += 1;
                    }
                    fits
                }
                _ => return None,
            },
            Source::View(view) => match view.shape {
                Shape::Array(each) => self.fits(Source::View(view.with(each)), wanted, depth + 3, out),
                Shape::Tuple(items) => {
                    let mut fits = true;
                    let mut i = 0;
                    while fits && i < items.len() {
                        fits = self.fits(Source::View(view.with(items[i])), wanted, depth + 3, out);
                        i += 1;
                    }
                    fits
                }
                _ => return None,
            },
            Source::Over(..) => return None,
        };
        if !fits {
            match which {
                Some(number) => in_item(number, mark, out),
                None => prefix(out, mark, "in its items: "),
            }
        }
        Some(fits)
    }

    /// An array as an array of fixed length; none where the source is none of known length.
    pub(super) const fn tuple(
        self,
        source: Source,
        target: View,
        wanted: &'static [&'static Shape],
        depth: usize,
        out: &mut Text,
    ) -> Option<bool> {
        let len = match source {
            Source::Node(index) => match self.nodes[index] {
                Node::Tuple { len, .. } => len,
                _ => return None,
            },
            Source::View(view) => match view.shape {
                Shape::Tuple(items) => items.len(),
                _ => return None,
            },
            Source::Over(..) => return None,
        };
        if len != wanted.len() {
            out.push("expected an array of ");
            out.number(wanted.len() as i128);
            out.push(" items, found one of ");
            out.number(len as i128);
            return Some(false);
        }
        let mut i = 0;
        while i < len {
            let item = match source {
                Source::Node(index) => match self.nodes[index] {
                    Node::Tuple { first, .. } => Source::Node(first + i),
                    _ => source,
                },
                Source::View(view) => match view.shape {
                    Shape::Tuple(items) => Source::View(view.with(items[i])),
                    _ => source,
                },
                Source::Over(..) => source,
            };
            let mark = out.mark();
            if !self.fits(item, target.with(wanted[i]), depth + 3, out) {
                in_item(i, mark, out);
                return Some(false);
            }
            i += 1;
        }
        Some(true)
    }
}

/// Puts the number of an item before the reason that was appended since a mark.
const fn in_item(number: usize, mark: usize, out: &mut Text) {
    let mut inner = Text::new();
    inner.push("in its item `[");
    inner.number(number as i128);
    inner.push("]`: ");
    prefix(out, mark, inner.as_str());
}

#[cfg(test)]
mod tests {
    use super::place_of;

    #[test]
    fn negative_positions_count_from_the_end() {
        let places = [-4, -3, -1, 0, 2, 3, i64::MIN, i64::MAX].map(|index| place_of(index, 3));
        assert_eq!(places, [None, Some(0), Some(2), Some(0), Some(2), None, None, None]);
        assert_eq!([-1, 0].map(|index| place_of(index, 0)), [None, None]);
    }
}
