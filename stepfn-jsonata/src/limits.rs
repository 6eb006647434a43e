//! The limits of an evaluation, counted alike on every machine: no clock is read.

use std::cell::Cell;

use crate::error::{Fault, Limit};

/// The limits of an evaluation, beyond which it ends with an [`Error`](crate::Error) that has a [`Limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Parts of expressions evaluated and items visited, with a part of one for each 64 bytes of text that is gone through.
    pub steps: u64,
    /// The depth to which evaluations, and the values they make, may be nested.
    pub depth: u32,
    /// Bytes of arrays, objects and texts that are held at one time, besides the data that came in.
    pub bytes: usize,
    /// Items of one array that is made.
    pub items: usize,
}

impl Default for Limits {
    /// The bounds of Step Functions, as far as they are known: 873,782 items were measured there. An evaluation that loops
    /// ends within half a second; AWS gives it some seconds of a slower engine.
    fn default() -> Self {
        Self { steps: 5_000_000, depth: 320, bytes: 64 << 20, items: 873_782 }
    }
}

/// The meter of one evaluation.
#[derive(Debug)]
pub(crate) struct Meter {
    limits: Limits,
    steps: Cell<u64>,
    bytes: Cell<usize>,
    depth: Cell<u32>,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, steps: Cell::new(limits.steps), bytes: Cell::new(0), depth: Cell::new(0) }
    }

    /// The steps that are left.
    pub(crate) fn left(&self) -> u64 {
        self.steps.get()
    }

    #[inline]
    pub(crate) fn spend(&self, steps: u64) -> Result<(), Box<Fault>> {
        match self.steps.get().checked_sub(steps) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => {
                self.steps.set(0);
                Err(Fault::limit(Limit::Steps))
            }
        }
    }

    /// The steps of going through items.
    pub(crate) fn visit(&self, items: usize) -> Result<(), Box<Fault>> {
        self.spend(items as u64)
    }

    /// The steps of going through a text.
    pub(crate) fn read(&self, bytes: usize) -> Result<(), Box<Fault>> {
        if bytes < 64 { Ok(()) } else { self.spend(bytes as u64 / 64) }
    }

    /// Goes one level deeper, until [`leave`](Self::leave).
    #[inline]
    pub(crate) fn enter(&self) -> Result<(), Box<Fault>> {
        let depth = self.depth.get() + 1;
        if depth > self.limits.depth {
            return Err(Fault::limit(Limit::Depth));
        }
        self.depth.set(depth);
        self.spend(1)
    }

    #[inline]
    pub(crate) fn leave(&self) {
        self.depth.set(self.depth.get() - 1);
    }

    /// Returns whether a value nested that deep may be made.
    pub(crate) fn nest(&self, depth: u32) -> Result<(), Box<Fault>> {
        if depth > self.limits.depth { Err(Fault::limit(Limit::Depth)) } else { Ok(()) }
    }

    /// Returns whether an array of so many items may be made.
    pub(crate) fn items(&self, items: usize) -> Result<(), Box<Fault>> {
        if items > self.limits.items { Err(Fault::limit(Limit::Memory)) } else { Ok(()) }
    }

    /// Takes bytes until the charge is dropped.
    pub(crate) fn hold(&self, bytes: usize) -> Result<Charge<'_>, Box<Fault>> {
        self.take(bytes)?;
        Ok(Charge { meter: self, bytes })
    }

    fn take(&self, bytes: usize) -> Result<(), Box<Fault>> {
        let sum = self.bytes.get().saturating_add(bytes);
        if sum > self.limits.bytes {
            return Err(Fault::limit(Limit::Memory));
        }
        self.bytes.set(sum);
        Ok(())
    }

    /// Returns whether so many bytes more could be held now.
    pub(crate) fn room(&self, bytes: usize) -> Result<(), Box<Fault>> {
        if self.bytes.get().saturating_add(bytes) > self.limits.bytes {
            return Err(Fault::limit(Limit::Memory));
        }
        Ok(())
    }
}

/// Bytes that are held.
#[derive(Debug)]
pub(crate) struct Charge<'a> {
    meter: &'a Meter,
    bytes: usize,
}

impl Charge<'_> {
    /// Takes more bytes under the same charge.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Box<Fault>> {
        self.meter.take(bytes)?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Charge<'_> {
    fn drop(&mut self) {
        self.meter.bytes.set(self.meter.bytes.get().saturating_sub(self.bytes));
    }
}
