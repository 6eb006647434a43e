/// The whole numbers from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bounds {
    /// The smallest.
    pub min: i128,
    /// The largest.
    pub max: i128,
}

/// The origin of computed numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arithmetic {
    /// The sum of the parts.
    Sum,
    /// The product of the parts.
    Product,
    /// The part, with the other sign.
    Negation,
    /// The result of `States.MathAdd`: each part is rounded, and the sum has 32 bits.
    Narrow,
    /// The remainder of the part in a division by a whole number.
    Remainder,
    /// The part, divided by what makes it no larger: no whole number.
    Quotient,
    /// The part, rounded: a whole number, whatever the part is.
    Rounded,
    /// The sum of any number of numbers like the part.
    Total,
    /// The part, without its sign.
    Magnitude,
    /// The first part to the power of the second.
    Power,
    /// A number of any size, whole where the parts are.
    Other,
}

impl Bounds {
    /// Nothing is known of the size. Where it matters, 32 bits are assumed: only the sign is of interest then.
    pub const ANY: Self = Self { min: i128::MIN, max: i128::MAX };
    /// A number of 32 bits: what AWS computes with.
    pub const BITS_32: Self = Self { min: i32::MIN as i128, max: i32::MAX as i128 };
    /// The bounds of a count.
    pub const COUNT: Self = Self { min: 0, max: i32::MAX as i128 };

    /// Returns the bounds of one number.
    pub const fn one(value: i128) -> Self {
        Self { min: value, max: value }
    }

    /// Returns `true` if the numbers are all among others.
    pub const fn is_within(self, others: Self) -> bool {
        others.min <= self.min && self.max <= others.max
    }

    /// The numbers, those of `other`, and what lies between.
    #[must_use]
    pub const fn hull(self, other: Self) -> Self {
        Self { min: least(self.min, other.min), max: most(self.max, other.max) }
    }

    /// The numbers that are among others as well.
    #[must_use]
    pub const fn both(self, other: Self) -> Self {
        Self { min: most(self.min, other.min), max: least(self.max, other.max) }
    }

    /// The same, and all beyond a bound which the numbers of `grown` pass.
    #[must_use]
    pub const fn widened(self, grown: Self) -> Self {
        Self {
            min: if grown.min < self.min { i128::MIN } else { self.min },
            max: if grown.max > self.max { i128::MAX } else { self.max },
        }
    }

    /// The sums.
    #[must_use]
    pub const fn add(self, other: Self) -> Self {
        Self { min: add(self.min, other.min), max: add(self.max, other.max) }
    }

    /// The products.
    #[must_use]
    pub const fn multiply(self, other: Self) -> Self {
        let (a, b) = (self.min.saturating_mul(other.min), self.min.saturating_mul(other.max));
        let (c, d) = (self.max.saturating_mul(other.min), self.max.saturating_mul(other.max));
        Self { min: least(least(a, b), least(c, d)), max: most(most(a, b), most(c, d)) }
    }

    /// The numbers with the other sign.
    #[must_use]
    pub const fn negate(self) -> Self {
        Self { min: negate(self.max), max: negate(self.min) }
    }

    /// The numbers without their signs.
    #[must_use]
    pub const fn magnitude(self) -> Self {
        let negated = self.negate();
        if self.min >= 0 {
            self
        } else if self.max <= 0 {
            negated
        } else {
            Self { min: 0, max: most(self.max, negated.max) }
        }
    }

    /// The sums of any number of the numbers.
    #[must_use]
    pub const fn total(self) -> Self {
        Self { min: if self.min < 0 { i128::MIN } else { 0 }, max: if self.max > 0 { i128::MAX } else { 0 } }
    }

    /// The same, as far as it lies in 32 bits.
    #[must_use]
    pub const fn narrow(self) -> Self {
        let (lowest, highest) = (Self::BITS_32.min, Self::BITS_32.max);
        Self { min: clamp(self.min, lowest, highest), max: clamp(self.max, lowest, highest) }
    }

    /// The same, where what has no bound is taken to have 32 bits.
    #[must_use]
    pub const fn settled(self) -> Self {
        Self {
            min: if self.min == i128::MIN { least(Self::BITS_32.min, self.max) } else { self.min },
            max: if self.max == i128::MAX { most(Self::BITS_32.max, self.min) } else { self.max },
        }
    }

    /// The same, without what neither 32 bits nor the parts hold of which it is computed: how large numbers get, nobody can say.
    #[must_use]
    pub const fn within_size_of(self, parts: Self) -> Self {
        let size = Self::BITS_32.hull(parts.settled());
        Self { min: clamp(self.min, size.min, size.max), max: clamp(self.max, size.min, size.max) }
    }
}

/// No bound stays none.
const fn add(a: i128, b: i128) -> i128 {
    match (a, b) {
        (i128::MIN, _) | (_, i128::MIN) => i128::MIN,
        (i128::MAX, _) | (_, i128::MAX) => i128::MAX,
        _ => a.saturating_add(b),
    }
}

const fn negate(value: i128) -> i128 {
    match value {
        i128::MIN => i128::MAX,
        i128::MAX => i128::MIN,
        _ => -value,
    }
}

const fn least(a: i128, b: i128) -> i128 {
    if a < b { a } else { b }
}

const fn most(a: i128, b: i128) -> i128 {
    if a > b { a } else { b }
}

const fn clamp(value: i128, min: i128, max: i128) -> i128 {
    most(min, least(value, max))
}

#[cfg(test)]
mod tests {
    use super::Bounds;

    #[test]
    fn bounds_are_computed_with_their_signs() {
        let (a, b) = (Bounds { min: -2, max: 3 }, Bounds { min: -5, max: 7 });
        assert_eq!(a.add(b), Bounds { min: -7, max: 10 });
        assert_eq!(a.multiply(b), Bounds { min: -15, max: 21 });
        assert_eq!(a.negate(), Bounds { min: -3, max: 2 });
        assert_eq!(Bounds::ANY.negate(), Bounds::ANY);
        assert_eq!(Bounds::COUNT.add(Bounds::one(-1)).min, -1);
    }

    #[test]
    fn what_has_no_bound_stays_so_and_has_32_bits_in_the_end() {
        let counted = Bounds::one(0).widened(Bounds { min: 0, max: 1 });
        assert_eq!(counted, Bounds { min: 0, max: i128::MAX });
        assert_eq!(counted.add(Bounds::one(1)).settled(), Bounds { min: 1, max: i32::MAX.into() });
        assert_eq!(Bounds::ANY.settled(), Bounds::BITS_32);
    }

    #[test]
    fn what_is_computed_has_32_bits_or_the_size_of_its_parts() {
        let bits_64 = Bounds { min: 0, max: u64::MAX.into() };
        assert_eq!(bits_64.add(Bounds::one(1)).within_size_of(bits_64), Bounds { min: 1, ..bits_64 });
        let bits_8 = Bounds { min: 0, max: 255 };
        assert_eq!(bits_8.add(Bounds::one(1)).within_size_of(bits_8), Bounds { min: 1, max: 256 });
    }
}
