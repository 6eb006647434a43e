//! The fibers that can go on.

use std::collections::VecDeque;

use super::fiber::FiberId;

/// A queue, of one in most executions: that one is stored in place.
#[derive(Debug, Default)]
pub(super) struct Ready {
    first: Option<FiberId>,
    /// Those behind the first; none where there is no first.
    others: VecDeque<FiberId>,
}

impl Ready {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(super) fn push_back(&mut self, id: FiberId) {
        match self.first {
            None => self.first = Some(id),
            Some(_) => self.others.push_back(id),
        }
    }

    pub(super) fn push_front(&mut self, id: FiberId) {
        if let Some(second) = self.first.replace(id) {
            self.others.push_front(second);
        }
    }

    pub(super) fn pop_front(&mut self) -> Option<FiberId> {
        let first = self.first.take();
        if !self.others.is_empty() {
            self.first = self.others.pop_front();
        }
        first
    }

    /// Takes one out, wherever it is.
    pub(super) fn remove(&mut self, id: FiberId) {
        self.others.retain(|other| *other != id);
        if self.first == Some(id) {
            self.pop_front();
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_queue() {
        let [a, b, c, d] = [0, 1, 2, 3].map(FiberId::at);
        let mut ready = Ready::default();
        assert!(ready.is_empty() && ready.pop_front().is_none());
        for id in [b, c, d] {
            ready.push_back(id);
        }
        ready.push_front(a);
        ready.remove(a);
        ready.remove(c);
        ready.push_front(a);
        let order: Vec<_> = std::iter::from_fn(|| ready.pop_front()).collect();
        assert_eq!(order, [a, b, d]);
        ready.push_back(d);
        ready.clear();
        assert!(ready.is_empty());
    }
}
