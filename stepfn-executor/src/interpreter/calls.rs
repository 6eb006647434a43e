//! The number of calls of each Task state.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts by the site of a Task. The children of a distributed Map count together with the execution that they are in.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The one site that was called, as long as there is no other: nothing is made for it.
    only: Option<(usize, usize)>,
    own: Vec<usize>,
    /// In place of both, once there are children.
    shared: Option<Arc<Mutex<Vec<usize>>>>,
}

impl Calls {
    /// Counts a call, and gives how many there were before.
    pub(super) fn count(&mut self, site: usize) -> usize {
        if let Some(shared) = &self.shared {
            return increase(place(&mut lock(shared), site));
        }
        if self.own.is_empty() {
            let (only, count) = self.only.get_or_insert((site, 0));
            if *only == site {
                return increase(count);
            }
            self.spread();
        }
        increase(place(&mut self.own, site))
    }

    /// Gives each site a place of its own.
    fn spread(&mut self) {
        if let Some((site, count)) = self.only.take() {
            *place(&mut self.own, site) = count;
        }
    }

    /// The counts for one more execution.
    pub(super) fn share(&mut self) -> Self {
        self.spread();
        let own = &mut self.own;
        let shared = self.shared.get_or_insert_with(|| Arc::new(Mutex::new(std::mem::take(own))));
        Self { shared: Some(Arc::clone(shared)), ..Self::default() }
    }

    /// The counts, by the sites.
    pub(super) fn counts(&mut self) -> Vec<usize> {
        self.spread();
        self.shared.as_ref().map_or_else(|| self.own.clone(), |shared| lock(shared).clone())
    }
}

impl From<Vec<usize>> for Calls {
    fn from(own: Vec<usize>) -> Self {
        Self { own, ..Self::default() }
    }
}

fn lock(shared: &Mutex<Vec<usize>>) -> MutexGuard<'_, Vec<usize>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn increase(count: &mut usize) -> usize {
    *count += 1;
    *count - 1
}

/// The count of a site.
fn place(counts: &mut Vec<usize>, site: usize) -> &mut usize {
    if counts.len() <= site {
        counts.resize(site + 1, 0);
    }
    &mut counts[site]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_site_and_many_are_counted_alike() {
        let mut calls = Calls::default();
        assert_eq!([3, 3, 3].map(|site| calls.count(site)), [0, 1, 2]);
        let mut child = calls.share();
        assert_eq!([3, 0, 3].map(|site| child.count(site)), [3, 0, 4]);
        assert_eq!([0, 5].map(|site| calls.count(site)), [1, 0]);
        assert_eq!(calls.counts(), [2, 0, 0, 5, 0, 1]);
        assert_eq!(Calls::from(calls.counts()).count(3), 5);
        assert_eq!(Calls::default().counts(), [0; 0]);
        let mut calls = Calls::default();
        assert_eq!([1, 2, 1].map(|site| calls.count(site)), [0, 0, 1]);
    }
}
