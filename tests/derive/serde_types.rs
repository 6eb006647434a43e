//! Every type that serde itself serializes or deserializes has a shape, and the shape agrees with serde.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    ffi::{CStr, CString},
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    num::{NonZero, Saturating, Wrapping},
    ops::{Bound, Range},
    path::{Path, PathBuf},
    rc::{self, Rc},
    sync::{self, Arc, Mutex, RwLock, atomic},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{
    StateData,
    shape::{Claim, Node, Shape, Side, judge},
};

use crate::agree::{agree, agree_at_least, given, given_at_least, made};

/// The implementors of `Serialize` and `Deserialize` that the documentation of serde 1.0.229 lists, by their names there.
const SERDE: &str = "
    bool char f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize () ! str String &T &mut_T
    Option Result Bound Box Rc Arc rc::Weak sync::Weak Cow Cell RefCell Mutex RwLock Wrapping Saturating Reverse PhantomData
    [T] [T;N] Vec VecDeque LinkedList BinaryHeap BTreeSet HashSet BTreeMap HashMap
    (T,) tuple2 tuple3 tuple4 tuple5 tuple6 tuple7 tuple8 tuple9 tuple10 tuple11 tuple12 tuple13 tuple14 tuple15 tuple16
    Range RangeFrom RangeInclusive RangeTo Arguments CStr CString OsStr OsString Path PathBuf Duration SystemTime
    IpAddr Ipv4Addr Ipv6Addr SocketAddr SocketAddrV4 SocketAddrV6
    NonZero<i8> NonZero<i16> NonZero<i32> NonZero<i64> NonZero<i128> NonZero<isize>
    NonZero<u8> NonZero<u16> NonZero<u32> NonZero<u64> NonZero<u128> NonZero<usize>
    AtomicBool AtomicI8 AtomicI16 AtomicI32 AtomicI64 AtomicIsize AtomicU8 AtomicU16 AtomicU32 AtomicU64 AtomicUsize
    IgnoredAny
    serde_json::Value serde_json::Number serde_json::Map serde_json::RawValue
";

/// The types that have no shape, and the reasons.
const LEFT_OUT: &[(&str, &str)] = &[
    ("!", "rustc does not name it on stable"),
    ("OsStr", "its JSON is another on each platform"),
    ("OsString", "its JSON is another on each platform"),
    ("serde_json::RawValue", "serde_json's own serializer alone can write it"),
];

/// Names of types with what checks each.
macro_rules! checks {
    ($($name:literal => $check:expr;)*) => {
        const CHECKED: &[&str] = &[$($name),*];

        #[test]
        fn what_serde_implements_agrees_with_serde() {
            $($check;)*
        }
    };
}

#[test]
fn no_type_that_serde_implements_is_left_out() {
    let listed: BTreeSet<_> = SERDE.split_whitespace().collect();
    let left_out = LEFT_OUT.iter().map(|(name, _)| *name);
    let known: BTreeSet<_> = CHECKED.iter().copied().chain(left_out).collect();
    assert_eq!(listed, known);
}

fn v4() -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, 255)
}

fn v6() -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, StateData)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    #[serde(alias = "verde")]
    Green,
}

/// A value with something in it and one with nothing.
fn map<K: Ord, V>(key: K, value: V) -> [BTreeMap<K, V>; 2] {
    [BTreeMap::from([(key, value)]), BTreeMap::new()]
}

fn weak() -> (Arc<u8>, Rc<u8>) {
    (Arc::new(1), Rc::new(1))
}

checks! {
    "bool" => agree([true, false]);
    "char" => agree(['c', 'é', '😀']);
    "f32" => agree([1.5f32]);
    "f64" => agree([1.5f64, -1e300]);
    "i8" => agree([i8::MIN, 0, i8::MAX]);
    "i16" => agree([i16::MIN, i16::MAX]);
    "i32" => agree([i32::MIN, i32::MAX]);
    "i64" => agree([i64::MIN, i64::MAX]);
    "i128" => agree([i64::MIN.into(), i128::from(u64::MAX)]);
    "isize" => agree([isize::MIN, isize::MAX]);
    "u8" => agree([0u8, u8::MAX]);
    "u16" => agree([u16::MAX]);
    "u32" => agree([u32::MAX]);
    "u64" => agree([u64::MAX]);
    "u128" => agree([0, u128::from(u64::MAX)]);
    "usize" => agree([usize::MAX]);
    "()" => agree([()]);
    "str" => agree::<Box<str>>(["text".into()]);
    "String" => agree(["text".to_owned(), String::new()]);
    "&T" => made([&1u8]);
    "&mut_T" => made([&mut 1u8]);
    "Option" => { agree([Some(1u8), None]); agree([Some(Some(1u8)), Some(None), None]) };
    "Result" => {
        agree::<Result<u8, String>>([Ok(1), Err("x".into())]);
        agree::<Result<Option<u8>, ()>>([Ok(None), Ok(Some(1)), Err(())]);
    };
    "Bound" => {
        agree([Bound::Included(1u8), Bound::Excluded(2), Bound::Unbounded]);
        agree([Bound::Included(Some(1u8)), Bound::Excluded(None)]);
    };
    "Box" => agree([Box::new(1u8)]);
    "Rc" => { agree([Rc::new(1u8)]); agree::<Rc<str>>(["x".into()]) };
    "Arc" => { agree([Arc::new(1u8)]); agree::<Arc<[u8]>>([[1, 2].into()]) };
    "rc::Weak" => { let (_, held) = weak(); agree([Rc::downgrade(&held), rc::Weak::new()]) };
    "sync::Weak" => { let (held, _) = weak(); agree([Arc::downgrade(&held), sync::Weak::new()]) };
    "Cow" => { agree([Cow::Borrowed("x")]); agree::<Cow<'_, [u8]>>([vec![1].into()]) };
    "Cell" => agree([Cell::new(1u8)]);
    "RefCell" => agree([RefCell::new(1u8)]);
    "Mutex" => agree([Mutex::new(1u8)]);
    "RwLock" => agree([RwLock::new(1u8)]);
    "Wrapping" => agree([Wrapping(1u8)]);
    "Saturating" => {
        agree([Saturating(1u8)]);
        agree([Saturating(-1i64)]);
        agree([Saturating(1u128)]);
        given::<Saturating<i8>>([json!(1000), json!(-1000), json!(u64::MAX)]);
    };
    "Reverse" => agree([Reverse(1u8)]);
    "PhantomData" => agree([PhantomData::<str>]);
    "[T]" => agree::<Box<[u8]>>([[1, 2].into()]);
    "[T;N]" => { agree([[1u8; 3]]); agree([[1u8; 32]]); agree::<[u8; 0]>([[]]) };
    "Vec" => agree([vec![1u8], vec![]]);
    "VecDeque" => agree([VecDeque::from([1u8])]);
    "LinkedList" => agree([LinkedList::from([1u8])]);
    "BinaryHeap" => agree([BinaryHeap::from([1u8])]);
    "BTreeSet" => agree([BTreeSet::from([1u8])]);
    "HashSet" => agree([HashSet::from([1u8])]);
    "BTreeMap" => {
        agree(map("a".to_owned(), 1u8));
        agree(map(1u8, "x".to_owned()));
        agree(map(-1i64, 1u8));
        agree(map(u128::from(u64::MAX), 1u8));
        agree(map(true, 1u8));
        agree(map('c', 1u8));
        agree(map(Colour::Green, 1u8));
        agree(map(Cow::Borrowed("a"), 1u8));
        agree(map::<Box<str>, _>("a".into(), 1u8));
        agree(map::<Rc<str>, _>("a".into(), 1u8));
        agree(map::<Arc<str>, _>("a".into(), 1u8));
        agree(map(Wrapping(1u8), 1u8));
        agree(map(NonZero::new(-1i8).unwrap(), 1u8));
        agree(map(v4(), 1u8));
        agree(map(PathBuf::from("a"), 1u8));
    };
    "HashMap" => agree([HashMap::from([(IpAddr::V6(v6()), map(Colour::Red, 1u8))])]);
    "(T,)" => agree([(1u8,)]);
    "tuple2" => agree([(1u8, "x".to_owned())]);
    "tuple3" => agree([(1u8, 2u8, 3u8)]);
    "tuple4" => agree([(1u8, 2u8, 3u8, 4u8)]);
    "tuple5" => agree([(1u8, 2u8, 3u8, 4u8, 5u8)]);
    "tuple6" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8)]);
    "tuple7" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8)]);
    "tuple8" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8, 8u8)]);
    "tuple9" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8, 8u8, 9u8)]);
    "tuple10" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8, 8u8, 9u8, 10u8)]);
    "tuple11" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8, 8u8, 9u8, 10u8, 11u8)]);
    "tuple12" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8, 8u8, 9u8, 10u8, 11u8, 12u8)]);
    "tuple13" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8, 8u8, 9u8, 10u8, 11u8, 12u8, 13u8)]);
    "tuple14" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8, 8u8, 9u8, 10u8, 11u8, 12u8, 13u8, 14u8)]);
    "tuple15" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8, 8u8, 9u8, 10u8, 11u8, 12u8, 13u8, 14u8, 15u8)]);
    "tuple16" => agree([(1u8, 2u8, 3u8, 4u8, 5u8, 6u8, 7u8, 8u8, 9u8, 10u8, 11u8, 12u8, 13u8, 14u8, 15u8, 16u8)]);
    "Range" => { agree([1u8..2]); agree([None..Some(2u8)]) };
    "RangeFrom" => agree([1u8..]);
    "RangeInclusive" => agree([1u8..=2]);
    "RangeTo" => agree([..2u8]);
    "Arguments" => made([format_args!("{}", "x")]);
    "CStr" => agree::<Box<CStr>>([CString::new("ab").unwrap().into()]);
    "CString" => { agree([CString::new("ab").unwrap()]); given::<CString>([json!([0]), json!("a\0")]) };
    "Path" => made([Path::new("/a")]);
    "PathBuf" => agree([PathBuf::from("/a")]);
    "Duration" => { agree_at_least([Duration::new(1, 2), Duration::MAX]); given_at_least::<Duration>([json!({"secs": u64::MAX, "nanos": 999_999_999})]) };
    "SystemTime" => {
        agree_at_least([SystemTime::UNIX_EPOCH + Duration::new(1, 2)]);
        given_at_least::<SystemTime>([json!({"secs_since_epoch": i64::MAX, "nanos_since_epoch": 999_999_999})]);
    };
    "IpAddr" => agree([IpAddr::V4(v4()), IpAddr::V6(v6())]);
    "Ipv4Addr" => agree([v4()]);
    "Ipv6Addr" => agree([v6(), Ipv6Addr::UNSPECIFIED, v4().to_ipv6_mapped()]);
    "SocketAddr" => agree([SocketAddr::from((v4(), 80)), SocketAddr::from((v6(), 80))]);
    "SocketAddrV4" => agree([SocketAddrV4::new(v4(), 80)]);
    "SocketAddrV6" => agree([SocketAddrV6::new(v6(), 80, 0, 0), SocketAddrV6::new(v6(), 80, 0, 7)]);
    "NonZero<i8>" => agree([NonZero::<i8>::MIN, NonZero::<i8>::MAX]);
    "NonZero<i16>" => agree([NonZero::<i16>::MIN]);
    "NonZero<i32>" => agree([NonZero::<i32>::MIN]);
    "NonZero<i64>" => agree([NonZero::<i64>::MIN, NonZero::<i64>::MAX]);
    "NonZero<i128>" => agree([NonZero::new(-1i128).unwrap()]);
    "NonZero<isize>" => agree([NonZero::<isize>::MIN]);
    "NonZero<u8>" => agree([NonZero::<u8>::MIN, NonZero::<u8>::MAX]);
    "NonZero<u16>" => agree([NonZero::<u16>::MAX]);
    "NonZero<u32>" => agree([NonZero::<u32>::MAX]);
    "NonZero<u64>" => agree([NonZero::<u64>::MAX]);
    "NonZero<u128>" => agree([NonZero::<u128>::MIN]);
    "NonZero<usize>" => agree([NonZero::<usize>::MAX]);
    "AtomicBool" => agree([atomic::AtomicBool::new(true)]);
    "AtomicI8" => agree([atomic::AtomicI8::new(-1)]);
    "AtomicI16" => agree([atomic::AtomicI16::new(-1)]);
    "AtomicI32" => agree([atomic::AtomicI32::new(-1)]);
    "AtomicI64" => agree([atomic::AtomicI64::new(-1)]);
    "AtomicIsize" => agree([atomic::AtomicIsize::new(-1)]);
    "AtomicU8" => agree([atomic::AtomicU8::new(1)]);
    "AtomicU16" => agree([atomic::AtomicU16::new(1)]);
    "AtomicU32" => agree([atomic::AtomicU32::new(1)]);
    "AtomicU64" => agree([atomic::AtomicU64::new(1)]);
    "AtomicUsize" => agree([atomic::AtomicUsize::new(1)]);
    "IgnoredAny" => given::<serde::de::IgnoredAny>([]);
    "serde_json::Value" => agree([json!({"a": [1]})]);
    "serde_json::Number" => agree([serde_json::Number::from(1), serde_json::Number::from_f64(1.5).unwrap()]);
    "serde_json::Map" => agree([serde_json::Map::from_iter([("a".to_owned(), json!(1))])]);
}

/// The nesting of types: a field, a flattened map, a buffered variant.
#[derive(Serialize, Deserialize, StateData)]
struct Fields {
    weak: rc::Weak<u8>,
    nothing: PhantomData<u8>,
    range: Range<Option<u8>>,
    result: Result<Option<u8>, Colour>,
    double: Option<Option<u8>>,
}

impl Default for Fields {
    fn default() -> Self {
        let range = None..Some(1);
        Self { weak: rc::Weak::new(), nothing: PhantomData, range, result: Ok(None), double: None }
    }
}

#[derive(Serialize, Deserialize, StateData)]
struct Flattened<K: Ord> {
    n: u8,
    #[serde(flatten)]
    rest: BTreeMap<K, u8>,
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "t")]
enum Tagged {
    Keyed { map: BTreeMap<u8, u8> },
    Wide { n: u128 },
    Named { map: BTreeMap<Colour, u8> },
}

#[test]
fn they_agree_inside_of_others() {
    agree([Fields::default(), Fields { double: Some(None), result: Err(Colour::Red), ..Fields::default() }]);
    agree([Flattened { n: 1, rest: BTreeMap::from([(Colour::Red, 1)]) }]);
    // Serde cannot read back what it wrote: keys that are numbers do not come out of its buffers.
    made([Flattened { n: 1, rest: BTreeMap::from([(7u8, 1)]) }]);
    made([Tagged::Keyed { map: BTreeMap::from([(7, 1)]) }, Tagged::Wide { n: 1 }]);
    for value in [
        json!({"n": 1, "7": 1}),
        json!({"t": "Keyed", "map": {"7": 1}}),
        json!({"t": "Keyed", "map": {}}),
        json!({"t": "Wide", "n": 1}),
        json!({"t": "Named", "map": {"red": 1}}),
    ] {
        let judged = |shape| crate::judgement::fits(shape, &value);
        assert_eq!(
            judged(<Flattened<u8>>::SHAPE),
            serde_json::from_value::<Flattened<u8>>(value.clone()).is_ok(),
            "{value}"
        );
        assert_eq!(judged(Tagged::SHAPE), serde_json::from_value::<Tagged>(value.clone()).is_ok(), "{value}");
    }
}

/// Whether all that a task makes of one type can be read as another.
fn fits(made: &'static Shape, target: &'static Shape) -> bool {
    let nodes = [Node::Leaf { shape: made, side: Side::Made, steps: &[] }];
    judge("", &Claim::Fits { what: "it", nodes: &nodes, target }).is_none()
}

#[test]
fn ranges_of_numbers_are_compared_whole() {
    macro_rules! assert_fits {
        ($($made:ty => $($target:ty),+; not $($other:ty),+;)*) => {
            $($(assert!(fits(<$made>::SHAPE, <$target>::SHAPE), stringify!($made => $target));)+
            $(assert!(!fits(<$made>::SHAPE, <$other>::SHAPE), stringify!($made => not $other));)+)*
        };
    }
    assert_fits! {
        u8 => u8, i16, u64, i128, u128, f64, Saturating<i8>; not i8, NonZero<u8>, NonZero<i16>, String;
        i32 => i32, i64, i128, Saturating<u8>; not u32, u64, u128, i16, NonZero<i32>;
        u64 => u64, u128, i128; not i64, u32;
        i128 => i128; not u128, i64, u64, Saturating<u64>;
        u128 => u128; not i128, u64;
        NonZero<u8> => NonZero<u8>, u8, NonZero<i16>, i16; not NonZero<i8>, i8;
        NonZero<i8> => NonZero<i8>, i8, NonZero<i64>; not u8, NonZero<u8>;
        Ipv4Addr => IpAddr, String, Ipv4Addr; not Ipv6Addr, SocketAddr;
        IpAddr => IpAddr, String; not Ipv4Addr;
        BTreeMap<u8, u8> => BTreeMap<u8, u8>, BTreeMap<String, u8>, BTreeMap<i16, u16>;
            not BTreeMap<i8, u8>, BTreeMap<bool, u8>, BTreeMap<Colour, u8>;
        BTreeMap<String, u8> => HashMap<Box<str>, u8>; not BTreeMap<u8, u8>, BTreeMap<char, u8>;
        BTreeMap<Colour, u8> => BTreeMap<Colour, u8>, BTreeMap<String, u8>; not BTreeMap<u8, u8>;
    }
}
