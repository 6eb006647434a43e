//! Sorting where time does not count.

use std::cmp::Ordering;

/// Sorts as [`slice::sort_by`] does. That one costs the build of everybody a thousand instructions and more for each type and
/// comparison, this one a tenth of it; when it runs, it is a little slower.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut places = sorted_places(items.len(), &mut |one, other| match (items.get(one), items.get(other)) {
        (Some(one), Some(other)) => compare(one, other),
        _ => Ordering::Equal,
    });
    // What lay before a place was swapped away, so it is looked for where it went.
    for place in 0..places.len() {
        let from = whence(&mut places, place);
        items.swap(place, from);
    }
}

/// Sorts by a key.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// The places of as many things in the order of a comparison.
fn sorted_places(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    places.sort_by(|one, other| compare(*one, *other));
    places
}

/// Where the thing is now that belongs at a place.
fn whence(places: &mut [usize], place: usize) -> usize {
    let mut from = places.get(place).copied().unwrap_or(place);
    while from < place {
        from = places.get(from).copied().unwrap_or(place);
    }
    // The next one need not go the whole way again.
    if let Some(known) = places.get_mut(place) {
        *known = from;
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_sorted_as_the_standard_library_does() {
        let mut number: u32 = 7;
        for len in (0..40).chain([1000]) {
            let mut items: Vec<(u32, usize)> = (0..len)
                .map(|place| {
                    number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ((number >> 16) % 17, place)
                })
                .collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_by_key(&mut items, |(key, _)| *key);
            assert_eq!(items, expected);
        }
    }
}
