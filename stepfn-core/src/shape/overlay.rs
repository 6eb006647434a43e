//! Fields that lie over a value: facts about its parts, and what need not be there.

use super::{
    Shape,
    fits::{Fits, Source, is_object_for_certain},
    node::Node,
    text::Text,
    view::View,
};

impl Fits<'_> {
    /// Judges a value that two nodes describe: with facts about its parts, and without.
    pub(super) const fn either(
        self,
        (known, plain): (usize, usize),
        target: View,
        depth: usize,
        out: &mut Text,
    ) -> bool {
        let mark = out.mark();
        let facts = Self { facts: true, ..self };
        if self.is_over_object(known)
            && self.has_no_second_name_as(plain, target, out)
            && facts.fits(Source::Node(known), target, depth + 3, out)
        {
            return true;
        }
        out.rewind(mark);
        self.fits(Source::Node(plain), target, depth + 3, out)
    }

    /// Judges what is no object, and has nothing over it on some way: it is that itself.
    pub(super) const fn bare_fits(self, source: Source, target: View, depth: usize, out: &mut Text) -> bool {
        let Some(below) = self.below(source) else { return true };
        self.facts
            || matches!(below, Source::View(view) if is_object_for_certain(view))
            || !self.may_be_bare(source)
            || self.fits(below, target, depth + 3, out)
    }

    /// Returns `true` if no field of a type comes under two names out of a node.
    const fn has_no_second_name_as(self, node: usize, target: View, out: &mut Text) -> bool {
        match target.shape {
            Shape::Object(object) => self.has_no_second_name(self.source(node), object, out),
            Shape::Nullable(inner) => self.has_no_second_name_as(node, target.with(inner), out),
            _ => true,
        }
    }

    /// Returns `true` if each field of an overlay may be missing.
    const fn may_be_bare(self, source: Source) -> bool {
        let Some((first, len)) = self.overlay(source) else { return false };
        let mut i = first;
        while i < first + len {
            if let Node::Field { absent: false, value, .. } = self.nodes[i]
                && !self.missing(value)
            {
                return false;
            }
            i += 1;
        }
        len > 0
    }

    /// Returns `true` if facts about parts of a value lie over what is an object for certain: of nothing else they make one.
    const fn is_over_object(self, index: usize) -> bool {
        let Node::Object { base: Some(base), .. } = self.nodes[index] else { return true };
        let mut way = 0;
        while way < self.ways(base) {
            if let Some(Source::View(view)) = (Fits { way, ..self }).base(base)
                && !is_object_for_certain(view)
            {
                return false;
            }
            way += 1;
        }
        true
    }
}
