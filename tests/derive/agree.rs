//! Puts a shape beside serde, over values near and far.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use stepfn::shape::StateData;

use crate::{
    interpret::{accepts, describes},
    judgement,
};

/// Both sides agree with serde, over samples and what lies around them.
#[track_caller]
pub(crate) fn agree<T: StateData + Serialize + DeserializeOwned>(samples: impl IntoIterator<Item = T>) {
    let samples = described(samples);
    let reads = |value: Value| serde_json::from_value::<T>(value).is_ok();
    if samples.iter().cloned().all(reads) {
        assert!(judgement::fits_itself(T::SHAPE, false), "what is made does not fit: {:#?}", T::SHAPE);
    }
    // Another key beside those that are there.
    if samples.iter().all(|sample| sample.as_object().is_some_and(|map| !map.contains_key("stranger"))) {
        let with = samples.iter().cloned().map(|mut sample| {
            sample["stranger"] = json!({"x": [1]});
            sample
        });
        let taken = with.map(reads).collect::<Vec<_>>();
        if taken.iter().all(|taken| *taken) {
            assert!(
                judgement::fits_itself(T::SHAPE, true),
                "with another key it does not fit: {:#?}",
                T::SHAPE
            );
        } else if !taken.contains(&true) {
            assert!(!judgement::fits_itself(T::SHAPE, true), "with another key it fits: {:#?}", T::SHAPE);
        }
    }
    given::<T>(samples);
}

/// The same for a type of which serde accepts more than its shape.
#[track_caller]
pub(crate) fn agree_at_least<T: StateData + Serialize + DeserializeOwned>(
    samples: impl IntoIterator<Item = T>,
) {
    given_at_least::<T>(described(samples));
}

#[track_caller]
fn described<T: StateData + Serialize>(samples: impl IntoIterator<Item = T>) -> Vec<Value> {
    let samples: Vec<_> = samples.into_iter().map(|sample| serde_json::to_value(sample).unwrap()).collect();
    for value in &samples {
        assert!(describes(T::SHAPE, value), "made {value}, but the shape is {:#?}", T::SHAPE);
    }
    samples
}

/// Checks that the serialized side agrees with serde.
#[track_caller]
pub(crate) fn made<T: StateData + Serialize>(samples: impl IntoIterator<Item = T>) {
    for sample in samples {
        let value = serde_json::to_value(sample).unwrap();
        assert!(describes(T::SHAPE, &value), "made {value}, but the shape is {:#?}", T::SHAPE);
    }
}

/// Checks that the deserialized side agrees with serde, over values and their neighbours.
#[track_caller]
pub(crate) fn given<T: StateData + DeserializeOwned>(values: impl IntoIterator<Item = Value>) {
    compared::<T>(values, true);
}

/// Checks that serde accepts whatever the deserialized side does, over values and their neighbours; it may accept more.
#[track_caller]
pub(crate) fn given_at_least<T: StateData + DeserializeOwned>(values: impl IntoIterator<Item = Value>) {
    compared::<T>(values, false);
}

#[track_caller]
fn compared<T: StateData + DeserializeOwned>(values: impl IntoIterator<Item = Value>, exactly: bool) {
    let values: Vec<_> = values.into_iter().collect();
    let around = values.iter().flat_map(mutants);
    for value in values.iter().cloned().chain(around).chain(odd()) {
        let serde = serde_json::from_value::<T>(value.clone());
        if serde.is_err() {
            assert!(
                !judgement::fits(T::SHAPE, &value),
                "{value} is judged to fit, but serde: {}",
                serde.err().unwrap()
            );
        }
        if accepts(T::SHAPE, &value, false) {
            assert!(
                serde.is_ok(),
                "{value} fits the shape, but serde: {}; {:#?}",
                serde.err().unwrap(),
                T::SHAPE
            );
        } else if exactly && !accepts(T::SHAPE, &value, true) {
            assert!(serde.is_err(), "serde takes {value}, but it does not fit {:#?}", T::SHAPE);
        }
    }
}

fn odd() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(7),
        json!(300),
        json!(1.5),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("a"),
        json!("A"),
        json!("stranger"),
        json!("2016-03-14T01:59:00Z"),
        json!("127.0.0.1"),
        json!("::1"),
        json!("127.0.0.1:80"),
        json!("[::1]:80"),
        json!([]),
        json!([null]),
        json!([1]),
        json!([1, 2]),
        json!(["a", "b"]),
        json!([[]]),
        json!({}),
        json!({"a": 1}),
        json!({"A": null}),
        json!({"1": 1}),
        json!({"-1": 1, "01": 1}),
        json!({"true": 1}),
        json!({"Ok": 1}),
        json!({"secs": 1, "nanos": 1_000_000_000_u64}),
        json!({"A": 1}),
        json!({"A": {"x": 1}, "B": 2}),
        json!({"stranger": "x"}),
        json!({"type": "A"}),
        json!({"type": "stranger", "x": 1}),
    ]
}

/// The value with one part changed: left out, put in, replaced, under another name.
fn mutants(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(map) => {
            let mut more = map.clone();
            more.insert("stranger".into(), json!({"x": [1]}));
            all.push(Value::Object(more));
            for (key, inner) in map {
                let mut less = map.clone();
                less.remove(key);
                all.push(Value::Object(less.clone()));
                less.insert(key.to_uppercase() + "_", inner.clone());
                all.push(Value::Object(less));
                for inner in odd().into_iter().chain(mutants(inner)) {
                    let mut other = map.clone();
                    other.insert(key.clone(), inner);
                    all.push(Value::Object(other));
                }
            }
        }
        Value::Array(items) => {
            for (i, inner) in items.iter().enumerate() {
                let mut less = items.clone();
                less.remove(i);
                all.push(Value::Array(less));
                for inner in odd().into_iter().chain(mutants(inner)) {
                    let mut other = items.clone();
                    other[i] = inner;
                    all.push(Value::Array(other));
                }
            }
            let mut more = items.clone();
            more.push(json!(1));
            all.push(Value::Array(more));
        }
        _ => {}
    }
    all
}
