//! The visible behaviour of Java's collections: the order in which a `java.util.HashMap` or `HashSet` gives values.

use std::collections::HashMap;

use stepfn_core::value::{Number, Value};

/// Buckets of a new table.
const BUCKETS: usize = 16;

/// `String.hashCode`
pub(super) fn hash_text(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// The places of entries with these hashes, in the order in which a table gives them that they were put into one after the other.
pub(super) fn table_order(hashes: &[i32]) -> Vec<usize> {
    let mut buckets = BUCKETS;
    while hashes.len() * 4 > buckets * 3 {
        buckets *= 2;
    }
    let bucket = |hash: i32| {
        let hash = hash.cast_unsigned();
        // `HashMap.hash` lets the high bits take part.
        (hash ^ (hash >> 16)) as usize & (buckets - 1)
    };
    let mut places: Vec<usize> = (0..hashes.len()).collect();
    // Stable: within a bucket they stay in the order in which they came.
    places.sort_by_key(|place| hashes.get(*place).copied().map_or(0, bucket));
    places
}

/// `hashCode` of the value's Java form: `Integer`, `Long`, `Double`, `String`, `Boolean`, `ArrayList`, `LinkedHashMap`, null.
pub(super) fn hash(value: &Value) -> i32 {
    match value {
        Value::Null => 0,
        Value::Bool(true) => 1231,
        Value::Bool(false) => 1237,
        Value::String(text) => hash_text(text),
        Value::Number(number) => match whole(number) {
            Some(value) => i32::try_from(value).unwrap_or_else(|_| fold(value.cast_unsigned())),
            None => fold(number.as_f64().to_bits()),
        },
        Value::Array(items) => {
            items.iter().fold(1, |sum: i32, item| sum.wrapping_mul(31).wrapping_add(hash(item)))
        }
        Value::Object(members) => {
            members.iter().fold(0, |sum: i32, (key, value)| sum.wrapping_add(hash_text(key) ^ hash(value)))
        }
    }
}

/// Returns `true` if two values are equal in Java: the order of keys does not matter, and an integer never equals a floating-point number.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (whole(a), whole(b)) {
            (Some(a), Some(b)) => a == b,
            (None, None) if a.is_integer() && b.is_integer() => a == b,
            (None, None) if a.is_integer() == b.is_integer() => a.as_f64().to_bits() == b.as_f64().to_bits(),
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let same = |key: &str, value| b.get(key).is_some_and(|other| equal(value, other));
            a.len() == b.len() && a.iter().all(|(key, value)| same(key, value))
        }
        (a, b) => a == b,
    }
}

/// The first of each that are equal, in the order of a `HashSet`.
pub(super) fn distinct(items: &[Value]) -> Vec<Value> {
    let (mut kept, mut hashes): (Vec<&Value>, Vec<i32>) = (Vec::new(), Vec::new());
    let mut known: HashMap<i32, Vec<usize>> = HashMap::new();
    for item in items {
        let hash = hash(item);
        let alike = known.entry(hash).or_default();
        if !alike.iter().any(|place| kept.get(*place).is_some_and(|other| equal(item, other))) {
            alike.push(kept.len());
            kept.push(item);
            hashes.push(hash);
        }
    }
    table_order(&hashes)
        .into_iter()
        .filter_map(|place| kept.get(place).map(|item| Value::clone(item)))
        .collect()
}

/// The number as a `long`, if Jackson reads it as a whole one of that size.
fn whole(number: &Number) -> Option<i64> {
    number.as_i64().filter(|_| number.is_integer())
}

/// `Long.hashCode`, and that of the bits of a `Double`.
fn fold(bits: u64) -> i32 {
    ((bits ^ (bits >> 32)) as u32).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        text.parse().unwrap()
    }

    #[test]
    fn hashes_are_those_of_java() {
        for (text, expected) in [
            (r#""""#, 0),
            (r#""roleCount""#, 310_032_953),
            (r#""hello""#, 99_162_322),
            ("1", 1),
            ("-1", -1),
            ("4294967296", 1),
            ("1.5", 1_073_217_536),
            ("[1,2]", 994),
            ("[]", 1),
            (r#"{"a":1}"#, 96),
            ("null", 0),
        ] {
            assert_eq!(hash(&value(text)), expected, "{text}");
        }
    }

    #[test]
    fn sets_give_what_is_in_them_by_their_buckets() {
        for (text, expected) in [
            ("[true,false,true]", "[false,true]"),
            ("[[1,2],[2,1],[1,2]]", "[[2,1],[1,2]]"),
            ("[1,null,1]", "[null,1]"),
            (r#"[{"a":1,"b":2},{"b":2,"a":1}]"#, r#"[{"a":1,"b":2}]"#),
            (r#"["c","a","b"]"#, r#"["a","b","c"]"#),
            ("[1,1.0,1.00]", "[1.0,1]"),
            ("[16,0,17,1]", "[16,0,17,1]"),
        ] {
            assert_eq!(
                Value::array(distinct(value(text).as_array().unwrap())).to_string(),
                expected,
                "{text}"
            );
        }
        // A table doubles when it is three quarters full.
        let many: Vec<Value> = (0..20).rev().map(Value::from).collect();
        assert_eq!(distinct(&many), (0..20).map(Value::from).collect::<Vec<_>>());
    }
}
