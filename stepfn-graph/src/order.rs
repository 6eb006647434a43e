//! The order in which a reader goes through a level, and how far down each item is.

use crate::engine::Link;

/// Items in an order in which every link goes forward but those that close a loop, and the row of each.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) items: Vec<usize>,
    pub(crate) rows: Vec<usize>,
}

impl Order {
    /// Begins at the first item; what cannot be reached from it follows.
    pub(crate) fn of(count: usize, links: &[Link]) -> Self {
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
        for link in links {
            next[link.from].push(link.to);
        }
        let mut is_seen = vec![false; count];
        let mut finished = Vec::with_capacity(count);
        // The last root first, as the order is turned around in the end.
        let mut roots: Vec<usize> = Vec::new();
        for root in 0..count {
            if is_seen[root] {
                continue;
            }
            roots.push(finished.len());
            let mut stack = vec![(root, 0)];
            is_seen[root] = true;
            while let Some((item, branch)) = stack.last_mut() {
                // Backwards, so that the first way of an item comes first when the order is turned around.
                let count = next[*item].len();
                if *branch == count {
                    finished.push(*item);
                    stack.pop();
                    continue;
                }
                let to = next[*item][count - 1 - *branch];
                *branch += 1;
                if !is_seen[to] {
                    is_seen[to] = true;
                    stack.push((to, 0));
                }
            }
        }
        let mut items: Vec<usize> = Vec::with_capacity(count);
        for (place, &begin) in roots.iter().enumerate() {
            let end = roots.get(place + 1).copied().unwrap_or(finished.len());
            items.extend(finished[begin..end].iter().rev());
        }
        let mut place_of = vec![0; count];
        for (place, &item) in items.iter().enumerate() {
            place_of[item] = place;
        }
        let mut rows: Vec<usize> = vec![0; count];
        for &item in &items {
            for &to in &next[item] {
                if place_of[to] > place_of[item] {
                    rows[to] = rows[to].max(rows[item] + 1);
                }
            }
        }
        Self { items, rows }
    }

    /// Returns the number of rows that a link crosses.
    pub(crate) fn span(&self, link: &Link) -> usize {
        self.rows[link.from].abs_diff(self.rows[link.to])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Size;

    fn links(pairs: &[(usize, usize)]) -> Vec<Link> {
        pairs.iter().map(|&(from, to)| Link { from, to, label: Size::default(), weight: 1 }).collect()
    }

    #[test]
    fn loops_do_not_count() {
        let links = links(&[(0, 1), (1, 2), (2, 1), (2, 3), (0, 3)]);
        let order = Order::of(4, &links);
        assert_eq!(order.items, [0, 1, 2, 3]);
        assert_eq!(order.rows, [0, 1, 2, 3]);
        assert_eq!(order.span(&links[4]), 3);
    }

    #[test]
    fn what_cannot_be_reached_follows() {
        let order = Order::of(3, &links(&[(0, 2)]));
        assert_eq!(order.items, [0, 2, 1]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let pairs: Vec<(usize, usize)> = (0..200_000).map(|at| (at, at + 1)).collect();
        assert_eq!(Order::of(200_001, &links(&pairs)).rows[200_000], 200_000);
    }
}
