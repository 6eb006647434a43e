//! The results of the intrinsic functions.

use super::{
    Analyser, OwnedNeed, OwnedStep,
    call::objects::merge,
    intern::Shared,
    number::{self, NARROWER, computed},
    origin::{Origin, Reason},
    site::{Reading, Site},
    value::Sym,
};
use crate::{
    diagnostic::Code,
    intrinsic::{ArgKind, Call, Function},
    json,
    path::{Root, Segment, SegmentKind},
    shape::{Arithmetic, Bounds, Need},
};

/// The number of literal numbers up to which a range is known number by number.
const MOST_NUMBERS: i128 = 16;

impl Analyser<'_> {
    /// Returns the result of a call, by its arguments.
    pub(super) fn call_result(&mut self, reading: &Reading<'_>, call: &Call, args: &[Sym]) -> Sym {
        let items =
            |this: &mut Self, place: usize| args.get(place).map_or_else(Sym::never, |of| this.item_of(of));
        match call.function {
            Function::Array => Sym::Tuple(Shared::new(args.to_vec())),
            Function::ArrayPartition => Sym::array(Sym::array(items(self, 0))),
            Function::ArrayUnique => Sym::array(items(self, 0)),
            Function::ArrayGetItem => match (args.first(), args.get(1)) {
                (Some(array), Some(Sym::Integer(index))) => self.item_at(reading, call, array, *index),
                // Of an array without items that is null, wherever it would be.
                (Some(array), _) if array.members().iter().any(is_empty) => items(self, 0).join(&Sym::Null),
                _ => items(self, 0),
            },
            // From the first to the second, whichever is larger.
            Function::ArrayRange => {
                range(args).unwrap_or_else(|| Sym::array(number::between(args.iter().take(2))))
            }
            Function::StringSplit => Sym::array(Sym::String),
            Function::ArrayContains => Sym::Boolean,
            Function::ArrayLength => match args.first() {
                Some(Sym::Tuple(items)) => Sym::Integer(items.len() as i128),
                _ => Sym::count(),
            },
            Function::MathAdd => {
                self.within(reading, args, (Bounds::BITS_32, NARROWER));
                computed(Arithmetic::Narrow, args.iter().cloned())
            }
            Function::MathRandom => {
                match (args.first().and_then(Sym::bounds), args.get(1).and_then(Sym::bounds)) {
                    // The end does not belong to it.
                    (Some(start), Some(end)) => {
                        Sym::Whole(Bounds { min: start.min, max: end.max.saturating_sub(1).max(start.min) })
                    }
                    _ => number::rounded(&number::between(args.iter().take(2))),
                }
            }
            Function::StringToJson => match args.first() {
                Some(Sym::Text(text)) => read(text),
                _ => Sym::Any(Origin::text()),
            },
            Function::JsonMerge => match (args.first(), args.get(1)) {
                (Some(below), Some(Sym::Object(above, None))) => {
                    above.iter().fold(below.clone(), |merged, (key, entry)| {
                        let set = merged.set(&[key.to_string()], entry.value.clone());
                        if entry.absent { set.join(&merged) } else { set }
                    })
                }
                (Some(below), Some(above)) if below == above => above.clone(),
                // Both are one object: that was asked of them.
                (Some(below), Some(above)) => merge(below, above),
                _ => Sym::some_object(Reason::Function),
            },
            Function::Format
            | Function::JsonToString
            | Function::Base64Encode
            | Function::Base64Decode
            | Function::Hash
            | Function::Uuid => Sym::String,
        }
    }

    /// The item at a position that is written there.
    fn item_at(&mut self, reading: &Reading<'_>, call: &Call, array: &Sym, index: i128) -> Sym {
        if index < 0 {
            // The table of literals has it otherwise.
            if !matches!(call.args.get(1).map(|index| &index.kind), Some(ArgKind::Number(_))) {
                let message = format!("positions count from 0, so there is no item at {index}");
                self.wrong(reading, Code::InvalidIntrinsic, message, None);
            }
            return Sym::Reported;
        }
        let Ok(position) = i64::try_from(index) else { return Sym::Reported };
        // Of a path to the array: the same as a path to the item.
        if let [array, _] = &call.args[..]
            && let ArgKind::Path(path) = &array.kind
            && path.is_definite()
            && position >= 0
        {
            let mut path = path.clone();
            path.segments.push(Segment { kind: SegmentKind::Index(position), span: array.span.clone() });
            return self.read(reading, &path, &OwnedNeed::Other(Need::Value));
        }
        let known = call.args.first().and_then(|array| parts(reading.site, &array.kind));
        let found = array.members().iter().map(|member| match member {
            Sym::Tuple(items) => {
                match usize::try_from(position).ok().and_then(|position| items.get(position)) {
                    Some(item) => item.clone(),
                    None => {
                        let message =
                            format!("the array has {} items, so there is none at {position}", items.len());
                        self.wrong(reading, Code::NoSuchField, message, None);
                        Sym::Reported
                    }
                }
            }
            Sym::Leaf(leaf) => {
                let item = leaf.then([OwnedStep::Index(position)]);
                self.claim_path(&item, &[], &OwnedNeed::Other(Need::Value), reading);
                Sym::Leaf(item.then([OwnedStep::Present]))
            }
            Sym::Array(item) => {
                let is_there = usize::try_from(position)
                    .is_ok_and(|position| known.as_ref().is_some_and(|(parts, _)| position < parts.len()));
                if !is_there && self.typing.proven {
                    let message =
                        format!("the array may have fewer items, so that there is none at {position}");
                    let help =
                        "put the array into the data first, and test the item with `is_present` in a Choice";
                    self.wrong(reading, Code::MaybeMissing, message, Some(help.to_owned()));
                }
                (**item).clone()
            }
            other => self.item_of(other),
        });
        Sym::union(found.collect::<Vec<_>>())
    }
}

/// Returns `true` if an array surely has no items.
fn is_empty(array: &Sym) -> bool {
    match array {
        Sym::Tuple(items) => items.is_empty(),
        Sym::Array(item) => item.members().is_empty(),
        _ => false,
    }
}

/// What a text that is known holds. One that is blank gives `null`, and `-0` gives 0: both recorded on AWS.
fn read(text: &str) -> Sym {
    match text.trim() {
        "" => Sym::Null,
        "-0" => Sym::Integer(0),
        _ => json::parse_value(text).map_or_else(|_| Sym::Any(Origin::text()), |value| Sym::constant(&value)),
    }
}

/// The numbers of a range whose ends are written there.
fn range(args: &[Sym]) -> Option<Sym> {
    let [Sym::Integer(first), Sym::Integer(last), Sym::Integer(step)] = args else { return None };
    let count = last.checked_sub(*first)?.checked_div(*step)?;
    if !(0..MOST_NUMBERS).contains(&count) {
        return None;
    }
    let numbers = (0..=count).map(|place| Sym::Integer(first + place * step));
    Some(Sym::Tuple(Shared::new(numbers.collect())))
}

/// The parts into which a call splits a text that has always the same form.
fn parts(site: &Site, of: &ArgKind) -> Option<(Vec<String>, Option<&'static str>)> {
    let ArgKind::Call(call) = of else { return None };
    let [text, ArgKind::String(separators)] = [&call.args.first()?.kind, &call.args.get(1)?.kind] else {
        return None;
    };
    if call.function != Function::StringSplit {
        return None;
    }
    let (sample, only) = sample(site, text)?;
    if only.is_some_and(|only| separators.chars().any(|separator| !only.contains(separator))) {
        return None;
    }
    let parts = sample.split(|c| separators.contains(c)).filter(|part| !part.is_empty());
    Some((parts.map(str::to_owned).collect(), only))
}

/// A text of the form that a text always has, and the separators that alone may be relied on.
fn sample(site: &Site, of: &ArgKind) -> Option<(String, Option<&'static str>)> {
    const TIME: &str = "2000-01-01T00:00:00.000Z";
    match of {
        ArgKind::String(text) => Some((text.clone(), None)),
        ArgKind::Call(call) if call.function == Function::ArrayGetItem => {
            let parts = parts(site, &call.args.first()?.kind)?;
            let ArgKind::Number(index) = &call.args.get(1)?.kind else { return None };
            let (parts, only) = parts;
            parts.get(index.parse::<usize>().ok()?).map(|part| (part.clone(), only))
        }
        ArgKind::Path(path) => {
            // What names hold is their users' affair.
            match path.as_str() {
                "$$.Execution.Id" => return Some(("a:a:a:a:a:a:a:a".into(), Some(":"))),
                "$$.StateMachine.Id" => return Some(("a:a:a:a:a:a:a".into(), Some(":"))),
                "$$.Execution.RoleArn" => return Some(("a:a:a:a:a".into(), Some(":"))),
                _ => {}
            }
            let root = match &path.root {
                Root::Input => &site.input,
                Root::Context => &site.context,
                Root::Variable(name) => &site.variables.get(name.as_str())?.value,
            };
            let mut value = root.clone();
            for segment in &path.segments {
                let SegmentKind::Name(name) = &segment.kind else { return None };
                value = value.peek(name);
            }
            (value == Sym::Timestamp).then(|| (TIME.to_owned(), Some("T-:")))
        }
        _ => None,
    }
}
