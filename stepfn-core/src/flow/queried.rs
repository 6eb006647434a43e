//! An expression's place, and the data that it can read there.

use crate::json::Pointer;
use std::ops::Range;

use super::{
    site::{Reading, Site},
    value::Sym,
};

/// The data that expressions can read at one place.
pub(super) struct Queried<'s> {
    pub(super) site: &'s Site,
    /// `$states.result`
    pub(super) result: Option<&'s Sym>,
    /// `$states.errorOutput`
    pub(super) error: Option<&'s Sym>,
}

impl<'s> Queried<'s> {
    /// Returns the data before there is a result or an error.
    pub(super) fn before(site: &'s Site) -> Self {
        Self { site, result: None, error: None }
    }
}

/// The place of an expression.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) at: &'t Pointer,
    pub(super) text: &'t str,
    pub(super) offset: usize,
}

impl<'t> Text<'t> {
    pub(super) fn part(&self, range: &Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_default().trim()
    }
}

pub(super) fn reading<'s>(site: &'s Site, text: &Text<'_>, range: &Range<usize>) -> Reading<'s> {
    Reading {
        site,
        at: text.at.to_owned(),
        range: Some(range.start + text.offset..range.end + text.offset),
        shown: text.part(range).to_owned(),
        asks: false,
    }
}
