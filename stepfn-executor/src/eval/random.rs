//! The source of `States.UUID` and `States.MathRandom`.

use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};

/// The generator of `java.util.Random`.
///
/// AWS runs on Java: its JSONata function `$random(seed)` gives the numbers of this generator bit for bit. What
/// `States.MathRandom` gives for a seed is documented nowhere; the same generator is the best guess, and a small one.
///
/// From one number of it the next are known, so what must not be guessed (task tokens, names, UUIDs) is drawn from the operating
/// system, unless an execution is to be repeated: on virtual time. Where it is to be repeated and not to be guessed, all comes from a
/// key.
#[derive(Debug)]
pub(crate) struct Random {
    state: AtomicU64,
    secrets: Secrets,
}

/// The source of identifiers.
#[derive(Debug)]
enum Secrets {
    /// The generator's own numbers.
    None,
    /// The operating system.
    System,
    /// SHA-256 of a key and a counter: from what it gave nobody computes the key, nor what it gives next.
    Key(Box<Key>),
}

#[derive(Debug)]
struct Key {
    key: [u8; 32],
    drawn: AtomicU64,
}

impl Key {
    fn next(&self, purpose: &str) -> [u8; 32] {
        digest(&self.key, purpose, self.drawn.fetch_add(1, Ordering::Relaxed))
    }
}

const MULTIPLIER: u64 = 0x5_DEEC_E66D;
const MASK: u64 = (1 << 48) - 1;

impl Random {
    /// The generator of a seed: the same seed gives the same numbers.
    pub(crate) fn new(seed: i64) -> Self {
        Self { state: AtomicU64::new((seed.cast_unsigned() ^ MULTIPLIER) & MASK), secrets: Secrets::None }
    }

    /// The generator of a seed, whose identifiers are the operating system's.
    pub(crate) fn with_secrets(seed: i64) -> Self {
        Self { secrets: Secrets::System, ..Self::new(seed) }
    }

    /// The generator of a key: the same key gives the same numbers and identifiers, and nobody guesses them who does not know it.
    pub(crate) fn with_key(key: [u8; 32]) -> Self {
        let seed = halves(&digest(&key, "numbers", 0))[0];
        Self {
            secrets: Secrets::Key(Box::new(Key { key, drawn: AtomicU64::new(0) })),
            ..Self::new(seed.cast_signed())
        }
    }

    /// A generator of the same kind, for an execution inside of this one.
    pub(crate) fn inner(&self) -> Self {
        match &self.secrets {
            Secrets::None => Self::new(self.next_u64().cast_signed()),
            Secrets::System => Self::with_secrets(self.next_u64().cast_signed()),
            Secrets::Key(key) => Self::with_key(key.next("inner")),
        }
    }

    /// 128 bits to know something by that nobody guesses.
    pub(crate) fn id(&self) -> [u64; 2] {
        match &self.secrets {
            Secrets::None => [self.next_u64(), self.next_u64()],
            Secrets::System => system_bytes().map(u64::from_be_bytes),
            Secrets::Key(key) => halves(&key.next("id")),
        }
    }

    /// A UUID of version 4.
    pub(crate) fn uuid(&self) -> String {
        let [high, low] = self.id();
        let bytes = (u128::from(high) << 64) | u128::from(low);
        uuid::Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid().hyphenated().to_string()
    }

    /// The next `bits` random bits, at most 32, in the low end of the number.
    fn bits(&self, bits: u32) -> u32 {
        let step = |state: u64| state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
        // Not at once: who draws has the execution to itself.
        let state = step(self.state.load(Ordering::Relaxed));
        self.state.store(state, Ordering::Relaxed);
        (state >> (48 - bits)) as u32
    }

    /// `nextLong()`: 64 random bits.
    pub(crate) fn next_u64(&self) -> u64 {
        let high = self.bits(32).cast_signed();
        let low = self.bits(32).cast_signed();
        (i64::from(high) << 32).wrapping_add(i64::from(low)).cast_unsigned()
    }

    #[cfg(any(test, feature = "jsonata"))]
    /// `nextDouble()`: from 0 to before 1.
    pub(crate) fn next_f64(&self) -> f64 {
        let high = u64::from(self.bits(26)) << 27;
        (high + u64::from(self.bits(27))) as f64 / (1u64 << 53) as f64
    }

    /// A number from `start` to before `end`; `start` itself when there is none.
    pub(crate) fn between(&self, start: i64, end: i64) -> i64 {
        let Some(size) =
            end.checked_sub(start).and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0)
        else {
            return start;
        };
        let Ok(bound) = i32::try_from(size) else {
            return start.wrapping_add((self.next_u64() % size).cast_signed());
        };
        start + i64::from(self.below(bound))
    }

    /// `nextInt(bound)`.
    fn below(&self, bound: i32) -> i32 {
        if bound & (bound - 1) == 0 {
            return ((i64::from(bound) * i64::from(self.bits(31))) >> 31) as i32;
        }
        loop {
            let bits = self.bits(31).cast_signed();
            let value = bits % bound;
            // The last, incomplete run of numbers would favour the small ones.
            if bits.wrapping_sub(value).wrapping_add(bound - 1) >= 0 {
                return value;
            }
        }
    }
}

fn digest(key: &[u8; 32], purpose: &str, number: u64) -> [u8; 32] {
    Sha256::new().chain_update(key).chain_update(purpose).chain_update(number.to_be_bytes()).finalize().into()
}

/// The first sixteen bytes.
fn halves(digest: &[u8; 32]) -> [u64; 2] {
    let [high, low, ..] = *digest.as_chunks::<8>().0 else { return [0; 2] };
    [u64::from_be_bytes(high), u64::from_be_bytes(low)]
}

/// Sixteen bytes of the operating system's randomness.
pub(crate) fn system_bytes() -> [[u8; 8]; 2] {
    let mut bytes = [[0; 8]; 2];
    if getrandom::fill(bytes.as_flattened_mut()).is_err() {
        // Where the system has none to give, the keys of hash maps are the best there is: they too come from it.
        let keys = RandomState::new();
        bytes = [0, 1].map(|half: u8| keys.hash_one(half).to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_java() {
        // new Random(42).nextInt(), .nextLong() and ten of nextInt(10), as every JVM gives them.
        assert_eq!(Random::new(42).bits(32).cast_signed(), -1_170_105_035);
        assert_eq!(Random::new(42).next_u64().cast_signed(), -5_025_562_857_975_149_833);
        assert_eq!(Random::new(42).next_f64(), 0.727_563_680_032_868_1);
        let random = Random::new(42);
        let numbers: Vec<i64> = (0..10).map(|_| random.between(0, 10)).collect();
        assert_eq!(numbers, [0, 3, 8, 4, 0, 5, 5, 8, 9, 3]);
    }

    #[test]
    fn a_key_gives_the_same_again_and_no_other_key_does() {
        let draw = |key: u8| {
            let random = Random::with_key([key; 32]);
            let inner = random.inner();
            (random.id(), random.uuid(), random.between(0, 1 << 40), inner.id(), inner.inner().id())
        };
        assert_eq!(draw(1), draw(1));
        let (one, other) = (draw(1), draw(2));
        assert!(one.0 != other.0 && one.1 != other.1 && one.2 != other.2 && one.3 != other.3);
        assert!(one.0 != one.3 && one.3 != one.4);
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let random = Random::new(7);
        for (start, end) in [(0, 1), (-5, 5), (0, 1 << 30), (1, 1 << 40), (i64::MIN, -5), (5, i64::MAX)] {
            for _ in 0..200 {
                let number = random.between(start, end);
                assert!((start..end).contains(&number), "{start}..{end}: {number}");
            }
        }
        assert_eq!(random.between(3, 3), 3);
        assert_eq!(random.between(3, 1), 3);
        assert_eq!(random.between(i64::MIN, i64::MAX), i64::MIN);
    }
}
