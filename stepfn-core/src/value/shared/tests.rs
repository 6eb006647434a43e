use std::thread;

use super::{
    home::MOVES,
    spares::{LARGEST, MOST, PATIENCE, PLACES},
    *,
};
use crate::value::Size;

const ANY: Size = Size { bytes: usize::MAX, depth: usize::MAX };

fn list(text: &str) -> Shared<Array> {
    let value: Value = text.parse().unwrap();
    value.size(ANY);
    let Value::Array(items) = value else { panic!("an array") };
    items
}

fn count<T: Part>(part: &Shared<T>) -> usize {
    Arc::strong_count(part.held())
}

/// Waits for what a thread keeps, too.
fn in_a_thread(run: impl FnOnce() + Send) {
    thread::scope(|scope| scope.spawn(run).join()).unwrap();
}

#[test]
fn the_thread_that_made_a_part_counts_it_and_another_one_keeps_what_it_counted() {
    let part = list("[1,2]");
    drop(part.clone());
    assert_eq!(count(&part), 1);
    in_a_thread(|| {
        for _ in 1..PATIENCE {
            drop(part.clone());
            assert_eq!(count(&part), 1, "the first times are none");
        }
        let two = (part.clone(), part.clone());
        assert_eq!(count(&part), 3);
        drop(two);
        assert_eq!(count(&part), 3);
        // From here on nothing is counted.
        for _ in 0..10 {
            let two = (part.clone(), part.clone());
            assert_eq!(count(&part), 3);
            drop(two);
        }
        let three = (part.clone(), part.clone(), part.clone());
        assert_eq!(count(&part), 4);
        drop(three);
    });
    // The thread has ended, and with it what it kept.
    assert_eq!(count(&part), 1);
}

#[test]
fn what_only_the_spares_of_one_thread_hold_goes() {
    let inner = list("[1]");
    let list = Shared::new(Array::from(vec![Value::Array(inner.clone())]));
    Value::Array(list.clone()).size(ANY);
    assert_eq!(count(&inner), 2);
    in_a_thread(|| {
        (0..PATIENCE).for_each(|_| drop(list.clone()));
        assert_eq!(count(&list), 2);
        drop(list);
        assert_eq!(count(&inner), 1, "the list is gone, and what it held");
    });
}

#[test]
fn spares_keep_nobody_from_changing_a_part_in_place() {
    let mut part = list("[1]");
    let address = Arc::as_ptr(part.held()).addr();
    in_a_thread(|| {
        drop(vec![part.clone(); PATIENCE.into()]);
        drop((part.clone(), part.clone()));
        assert_eq!(count(&part), 3);
        Shared::make_mut(&mut part).push(2.into());
        assert_eq!(Arc::as_ptr(part.held()).addr(), address);
        // Its home is where it was changed last.
        assert!(part.held().home.is_here());
        let other = part.clone();
        Shared::make_mut(&mut part).push(3.into());
        assert_eq!((part.len(), other.len()), (3, 2));
        assert_eq!(Shared::unwrap_or_clone(other).len(), 2);
    });
}

#[test]
fn parts_that_are_too_many_to_be_kept_move_to_the_thread_that_uses_them() {
    let parts: Vec<_> = (0..1_000).map(|_| list("[1]")).collect();
    let are_here = || parts.iter().filter(|part| part.held().home.is_here()).count();
    let use_all = || parts.iter().for_each(|part| drop((part.clone(), part.clone())));
    in_a_thread(|| {
        use_all();
        assert_eq!(are_here(), 0);
        use_all();
        assert!(are_here() > 900, "{}", are_here());
    });
    // Between threads they go back and forth, but not for long.
    let use_twice = || (0..2).for_each(|_| use_all());
    for _ in 0..MOVES {
        use_twice();
        in_a_thread(use_twice);
    }
    let before = are_here();
    in_a_thread(use_twice);
    assert_eq!(are_here(), before);
    assert!(parts.iter().filter(|part| count(part) == 1).count() > 900);
}

#[test]
fn what_threads_use_by_turns_without_others_in_between_stays_where_it_is() {
    let part = list("[1]");
    for _ in 0..3 {
        in_a_thread(|| {
            assert!(!part.held().home.is_here());
            (0..100).for_each(|_| drop(part.clone()));
            assert!(!part.held().home.is_here());
            assert_eq!(count(&part), 2);
        });
    }
    assert!(part.held().home.is_here());
}

#[test]
fn a_thread_keeps_a_bounded_number_of_small_parts() {
    let parts: Vec<_> = (0..1_000).map(|_| list("[1]")).collect();
    let large = list(&format!("[\"{}\"]", "x".repeat(LARGEST.bytes)));
    let unmeasured = Shared::new(Array::from(vec![1.into()]));
    let deep = list(&format!("{}{}", "[".repeat(110), "]".repeat(110)));
    in_a_thread(|| {
        for part in parts.iter().chain([&large, &unmeasured, &deep]) {
            drop(vec![part.clone(); MOST + 10]);
        }
        assert!(parts.iter().all(|part| count(part) <= MOST + 1));
        assert!(parts.iter().filter(|part| count(part) > 1).count() <= PLACES);
        assert_eq!((count(&large), count(&unmeasured), count(&deep)), (1, 1, 1));
    });
    assert!(parts.iter().all(|part| count(part) == 1));
}
