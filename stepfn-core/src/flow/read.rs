//! Following a path into what is known of a value.

use super::{
    Analyser,
    hint::Hint,
    intern::Shared,
    obligation::{Obligation, OwnedClaim, OwnedNeed},
    origin::Reason,
    site::Reading,
    step::OwnedStep,
    value::{Entry, Leaf, MOST_STEPS, Sym, index_key, index_of},
};
use crate::{
    diagnostic::{Code, Diagnostic, list},
    path::{Path, Root, Segment, SegmentKind},
    shape::{Arithmetic, Need, place_of},
    timestamp::is_timestamp,
};

/// The claims before one that it is compared with: those under other ways to the same value are near.
const MOST_COMPARED: usize = 1_000;

impl Analyser<'_> {
    /// Returns the value of a path, and demands what must be there.
    pub(super) fn read(&mut self, reading: &Reading<'_>, path: &Path, need: &OwnedNeed) -> Sym {
        let site = reading.site;
        let root = match &path.root {
            Root::Input => site.input.clone(),
            Root::Context => site.context.clone(),
            Root::Variable(name) => match site.variables.get(name.as_str()) {
                Some(Entry { value, absent: false, .. }) => value.clone(),
                Some(Entry { .. }) => {
                    if !matches!(need, OwnedNeed::Other(Need::Nothing)) {
                        self.wrong(
                            reading,
                            Code::UnassignedVariable,
                            format!("the variable `${name}` is not assigned on every way here"),
                            Some("assign it before the ways part".into()),
                        );
                    }
                    return Sym::Reported;
                }
                None => {
                    let known = site.variables.keys().map(|key| &**key);
                    let hint = Hint::near(&self.comparisons, "$", name, known).or(|| {
                        "assign it in an earlier state's `Assign`; a path into the data starts with `$.`"
                            .into()
                    });
                    let message = format!("no variable `${name}` is assigned here");
                    self.wrong(reading, Code::UnassignedVariable, message, hint);
                    return Sym::Reported;
                }
            },
        };
        self.see(&reading.at, reading.range.as_ref(), &root);
        let is_open = matches!(root, Sym::Any(_) | Sym::Unknown(_) | Sym::Reported);
        if path.segments.len() > MOST_STEPS && !is_open {
            return self.follow(&Sym::Unknown(Reason::Size), &path.segments, need, reading);
        }
        if path.root == Root::Input {
            let keys = path.segments.iter().map_while(|segment| match &segment.kind {
                SegmentKind::Name(name) => Some(name.as_str()),
                _ => None,
            });
            self.note_open(reading, &keys.take(2).collect::<Vec<_>>());
        }
        if path.root == Root::Context && self.out_of_place(reading, path) {
            return Sym::Reported;
        }
        if path.is_definite() {
            return self.follow(&root, &path.segments, need, reading);
        }
        // Of several names at the end of a path to one value it makes one object.
        if let Some((Segment { kind: SegmentKind::Names(names), .. }, before)) = path.segments.split_last()
            && before.iter().all(|segment| segment.kind.is_single())
        {
            let asks = *need == OwnedNeed::Other(Need::Nothing);
            let object = OwnedNeed::Other(if asks { Need::Nothing } else { Need::Object });
            let of = self.follow(&root, before, &object, reading);
            // Those that are missing are left out.
            let asked = Reading {
                asks: true,
                at: reading.at.clone(),
                range: reading.range.clone(),
                shown: reading.shown.clone(),
                ..*reading
            };
            let members = self.members_of(&of, names, &asked, false);
            self.demand(&members, need, reading);
            return members;
        }
        if !matches!(need, OwnedNeed::Other(Need::Nothing | Need::Value | Need::Array | Need::NotNull)) {
            let message = "it yields an array, for it can match several values".to_owned();
            let help = Some("name the one value, with keys and an index".to_owned());
            if is_comparison(need) {
                // It is never true then, and no failure.
                self.may_be_wrong(reading, Code::WrongType, message, help);
            } else {
                self.wrong(reading, Code::WrongType, message, help);
            }
        }
        self.select_all(&root, &path.segments, reading)
    }

    /// Reports `$$.Task` and `$$.Map` where the context object does not have them.
    fn out_of_place(&mut self, reading: &Reading<'_>, path: &Path) -> bool {
        let (Some(SegmentKind::Name(name)), Sym::Object(fields, _)) =
            (path.segments.first().map(|segment| &segment.kind), &reading.site.context)
        else {
            return false;
        };
        if fields.contains_key(name.as_str()) {
            return false;
        }
        let place = match name.as_str() {
            "Task" => "a Task that waits for a callback (`.waitForTaskToken`) or a job (`.sync`)",
            "Map" => "a Map's `ItemSelector` and the states of its item processor",
            _ => return false,
        };
        let message = format!("`$$.{name}` exists only in {place}");
        let before = self.report.as_ref().map_or(0, |report| report.diagnostics.len());
        self.wrong(reading, Code::TokenOutOfPlace, message, None);
        if let Some(report) = &mut self.report {
            report.diagnostics[before..].iter_mut().for_each(|diagnostic| self.typing.soften(diagnostic));
        }
        true
    }

    pub(super) fn follow(
        &mut self,
        value: &Sym,
        segments: &[Segment],
        need: &OwnedNeed,
        reading: &Reading<'_>,
    ) -> Sym {
        if let Sym::Union(members) = value {
            return self.follow_one_of(members, segments, need, reading);
        }
        if let Sym::Leaf(leaf) = value {
            return self.follow_leaf(leaf, segments, need, reading);
        }
        if let Sym::Answer(shape) = value {
            return self.follow_answer(shape, segments, need, reading);
        }
        // Only parts are known better: the rest determines whether the whole is there, and its kind.
        if let Sym::Object(fields, Some(base)) = value
            && segments.is_empty()
            && fields.values().all(|entry| entry.narrowed)
        {
            let found = self.follow(base, segments, need, reading);
            return if found == **base {
                value.clone()
            } else {
                Sym::Object(fields.clone(), Some(Shared::new(found)))
            };
        }
        // Where nothing is put over the base on some way, it is the whole there.
        if let Some(base) = value.bare_base()
            && segments.is_empty()
        {
            self.follow(base, segments, need, reading);
        }
        // Of an array more may be known of single items.
        if let Sym::Object(fields, Some(base)) = value
            && !fields.is_empty()
            && fields.keys().all(|key| index_of(key).is_some())
        {
            return match segments.split_first() {
                Some((Segment { kind: SegmentKind::Index(index), .. }, rest)) => {
                    match fields.get(index_key(*index).as_str()) {
                        Some(entry) => self.follow(&entry.value, rest, need, reading),
                        None => self.follow(base, segments, need, reading),
                    }
                }
                _ => self.follow(base, segments, need, reading),
            };
        }
        super::intern::count();
        let Some((segment, rest)) = segments.split_first() else {
            self.demand(value, need, reading);
            return value.clone();
        };
        match (&segment.kind, value) {
            (_, Sym::Changed(_)) => {
                if *need != OwnedNeed::Other(Need::Nothing) {
                    self.cannot_tell(reading, Reason::Function);
                    return self.not_told(Sym::Unknown(Reason::Function));
                }
                Sym::Unknown(Reason::Function)
            }
            (_, Sym::Any(_) | Sym::Reported | Sym::Unknown(_)) => {
                let asks = *need == OwnedNeed::Other(Need::Nothing);
                match value {
                    Sym::Unknown(reason) if !asks => {
                        self.cannot_tell(reading, *reason);
                        return self.not_told(value.clone());
                    }
                    // After it has been reported.
                    Sym::Any(_) if self.typing.strict && !asks => {
                        self.cannot_tell(reading, Reason::Undeclared);
                        return Sym::Reported;
                    }
                    _ => {}
                }
                value.clone()
            }
            (SegmentKind::Name(key), Sym::Object(fields, base)) => match (fields.get(key.as_str()), base) {
                (Some(entry), _) => self.follow_entry(key, entry, rest, need, reading),
                (None, Some(base)) => self.follow(base, segments, need, reading),
                (None, None) => {
                    let has = if fields.is_empty() {
                        "the object here has no fields".to_owned()
                    } else {
                        format!("it has {}", list(fields.keys()))
                    };
                    let hint = if fields.contains_key("Payload") && fields.contains_key("ExecutedVersion") {
                        Some(format!("what the function answers is under `Payload`: `….Payload.{key}`"))
                            .into()
                    } else {
                        Hint::near(&self.comparisons, "", key, fields.keys().map(|key| &**key))
                    };
                    self.wrong(
                        reading,
                        Code::NoSuchField,
                        format!("there is no field `{key}` here; {has}"),
                        hint,
                    );
                    Sym::Reported
                }
            },
            (SegmentKind::Index(index), Sym::Tuple(items)) => {
                match place_of(*index, items.len()).and_then(|place| items.get(place)) {
                    Some(item) => self.follow(item, rest, need, reading),
                    None => {
                        // On AWS it is null where the path is a whole value.
                        let message =
                            format!("the array has {} items, so there is none at `[{index}]`", items.len());
                        self.may_be_wrong(reading, Code::NoSuchField, message, None);
                        Sym::Reported
                    }
                }
            }
            (SegmentKind::Index(_), Sym::Array(item)) => {
                if *need != OwnedNeed::Other(Need::Nothing) {
                    self.wrong(
                        reading,
                        Code::MaybeMissing,
                        "the array may be empty, so that this item may be missing".into(),
                        Some("test it with `is_present` in a Choice before".into()),
                    );
                }
                self.follow(item, rest, need, reading)
            }
            (SegmentKind::Name(key), Sym::Map(of)) => {
                if *need != OwnedNeed::Other(Need::Nothing) {
                    self.wrong(
                        reading,
                        Code::MaybeMissing,
                        format!("`{key}` may be missing: which keys there are is computed"),
                        Some("test it with `is_present` in a Choice before".into()),
                    );
                }
                self.follow(of, rest, need, reading)
            }
            (SegmentKind::Name(key), Sym::Merged(parts)) => {
                let asked = matches!(need, OwnedNeed::Other(Need::Nothing));
                if let Some(values) = self.found_in(reading, parts, key, (false, !asked)) {
                    return Sym::union(values.iter().map(|value| self.follow(value, rest, need, reading)));
                }
                let (base, over) = Sym::of_merged(parts, key);
                let base = base.map(|base| match over.is_empty() {
                    true => self.follow(base, segments, need, reading),
                    // Another one may have it.
                    false => self.follow(&base.peek_may(key), rest, need, reading),
                });
                let over = over.iter().map(|value| self.follow(value, rest, need, reading));
                let over: Vec<Sym> = over.collect();
                Sym::union(base.into_iter().chain(over))
            }
            (SegmentKind::Name(key), _) => {
                let message = format!("it is {}, which has no fields, so there is no `{key}`", value.words());
                self.wrong(reading, Code::WrongType, message, None);
                Sym::Reported
            }
            (SegmentKind::Index(_), _) => {
                self.wrong(reading, Code::WrongType, format!("it is {}, not an array", value.words()), None);
                Sym::Reported
            }
            // A path that can match several values is not followed so.
            _ => Sym::Unknown(Reason::Wildcard),
        }
    }

    /// Follows a path into one of several values.
    fn follow_one_of(
        &mut self,
        members: &[Sym],
        segments: &[Segment],
        need: &OwnedNeed,
        reading: &Reading<'_>,
    ) -> Sym {
        // A comparison that can be true on one way is worth its while; only that it finds something must hold on all.
        let eased = match need {
            OwnedNeed::Literal(_)
            | OwnedNeed::Other(
                Need::MaybeString
                | Need::MaybeNumber
                | Need::MaybeBoolean
                | Need::MaybeTimestamp
                | Need::MaybeNull,
            ) => &OwnedNeed::Other(Need::Value),
            need => need,
        };
        let asks = *need == OwnedNeed::Other(Need::Nothing);
        let count = |analyser: &Self| analyser.report.as_ref().map_or(0, |report| report.diagnostics.len());
        let start = count(self);
        let mut fine = false;
        let mut all: Option<Sym> = None;
        for member in members {
            let before = count(self);
            let found = match segments.split_first() {
                Some((Segment { kind: SegmentKind::Name(key), .. }, rest)) if member.lacks(key, members) => {
                    if matches!(member, Sym::Object(_, None)) {
                        let missing = Entry { value: Sym::Reported, absent: true, narrowed: false };
                        self.follow_entry(key, &missing, rest, need, reading)
                    } else {
                        self.follow(&member.peek_may(key), rest, eased, reading)
                    }
                }
                _ => self.follow(member, segments, eased, reading),
            };
            fine = fine || count(self) == before;
            all = Some(all.map_or_else(|| found.clone(), |all| all.join(&found)));
        }
        if fine && let Some(report) = &mut self.report {
            if asks {
                // It is there on one way; that it is not on another is what is asked.
                report.diagnostics.truncate(start);
            }
            report.diagnostics[start..].iter_mut().for_each(|diagnostic| self.typing.soften(diagnostic));
        }
        all.unwrap_or_else(Sym::never)
    }

    /// Follows the rest of a path into what lies under a key.
    fn follow_entry(
        &mut self,
        key: &str,
        entry: &Entry,
        rest: &[Segment],
        need: &OwnedNeed,
        reading: &Reading<'_>,
    ) -> Sym {
        if entry.absent {
            if *need == OwnedNeed::Other(Need::Nothing) {
                return entry.value.clone();
            }
            self.wrong(
                reading,
                Code::MaybeMissing,
                format!("`{key}` may be missing: not every way here puts it there"),
                Some("put it there on every way, or test it with `is_present` in a Choice before".into()),
            );
            return Sym::Reported;
        }
        self.follow(&entry.value, rest, need, reading)
    }

    fn follow_leaf(
        &mut self,
        leaf: &Leaf,
        segments: &[Segment],
        need: &OwnedNeed,
        reading: &Reading<'_>,
    ) -> Sym {
        let mut steps: Vec<OwnedStep> = segments
            .iter()
            .filter_map(|segment| match &segment.kind {
                SegmentKind::Name(key) => Some(OwnedStep::Key(key.clone())),
                SegmentKind::Index(index) => Some(OwnedStep::Index(*index)),
                _ => None,
            })
            .collect();
        self.claim_path(leaf, &steps, need, reading);
        if *need != OwnedNeed::Other(Need::Nothing) && !steps.is_empty() {
            steps.push(OwnedStep::Present);
        }
        Sym::Leaf(leaf.then(steps))
    }

    #[track_caller]
    pub(super) fn claim_path(
        &mut self,
        leaf: &Leaf,
        steps: &[OwnedStep],
        need: &OwnedNeed,
        reading: &Reading<'_>,
    ) {
        let trivial = matches!(need, OwnedNeed::Other(Need::Nothing | Need::Value));
        if self.report.is_none() || (steps.is_empty() && trivial && leaf.steps.is_empty()) {
            return;
        }
        let mut all = (*leaf.steps).clone();
        all.extend(steps.iter().cloned());
        self.oblige(Obligation {
            at: reading.at.clone(),
            range: reading.range.clone(),
            place: reading.site.place.clone(),
            claim: OwnedClaim::Path {
                shown: reading.shown.clone(),
                origin: leaf.origin.to_string(),
                ty: leaf.ty,
                side: leaf.side(),
                steps: all,
                need: need.clone(),
            },
        });
    }

    /// Demands of a value that is no leaf that it is what is needed.
    #[track_caller]
    pub(super) fn demand(&mut self, value: &Sym, need: &OwnedNeed, reading: &Reading<'_>) {
        if !super::switch::is_off_asking(std::panic::Location::caller()) {
            self.demanded(value, need, reading);
        }
    }

    fn demanded(&mut self, value: &Sym, need: &OwnedNeed, reading: &Reading<'_>) {
        let value = &value.outside();
        let OwnedNeed::Other(need) = need else {
            if !matches!(
                value,
                Sym::Any(_) | Sym::Reported | Sym::Unknown(_) | Sym::String | Sym::Text(_) | Sym::Timestamp
            ) {
                self.never_true(reading, "a string", value);
            }
            return;
        };
        if matches!(value, Sym::Union(members) if members.is_empty()) {
            return;
        }
        let unknown = match value {
            Sym::Unknown(reason) => Some(*reason),
            Sym::Any(_) if self.typing.strict => Some(Reason::Undeclared),
            _ => None,
        };
        if let Some(reason) = unknown {
            let fine = matches!(
                need,
                Need::Nothing
                    | Need::Value
                    | Need::MaybeString
                    | Need::MaybeNumber
                    | Need::MaybeBoolean
                    | Need::MaybeTimestamp
                    | Need::MaybeNull
            );
            if !fine {
                self.cannot_tell(reading, reason);
            }
            return;
        }
        let (fits, expected) = match need {
            Need::Nothing | Need::Value => (true, ""),
            Need::MaybeString | Need::String | Need::Literal(_) => {
                (matches!(value, Sym::String | Sym::Text(_) | Sym::Timestamp), "a string")
            }
            Need::MaybeNumber | Need::Number => (
                matches!(value, Sym::Number | Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..)),
                "a number",
            ),
            Need::Integer => (
                match value {
                    value @ (Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..)) => may_be_whole(value),
                    _ => false,
                },
                "an integer",
            ),
            Need::Count => (
                match value {
                    Sym::Whole(bounds) => bounds.min >= 0,
                    Sym::Integer(value) => *value >= 0,
                    value @ Sym::Computed(..) => may_be_whole(value),
                    _ => false,
                },
                "an integer that is never below 0",
            ),
            Need::Ordered => (
                matches!(
                    value,
                    Sym::Number
                        | Sym::Whole(_)
                        | Sym::Integer(_)
                        | Sym::Computed(..)
                        | Sym::String
                        | Sym::Text(_)
                        | Sym::Timestamp
                ),
                "a number or a string",
            ),
            Need::Scalar => (
                matches!(
                    value,
                    Sym::Number
                        | Sym::Whole(_)
                        | Sym::Integer(_)
                        | Sym::Computed(..)
                        | Sym::String
                        | Sym::Text(_)
                        | Sym::Timestamp
                        | Sym::Boolean
                        | Sym::Bool(_)
                ),
                "a string, a number or a boolean",
            ),
            Need::Single => (!matches!(value, Sym::Array(_) | Sym::Tuple(_)), "something that is no array"),
            Need::Some => (!matches!(value, Sym::Array(_)), "an array that has items"),
            Need::Items => (
                matches!(
                    value,
                    Sym::Array(_)
                        | Sym::Tuple(_)
                        | Sym::Object(..)
                        | Sym::Map(_)
                        | Sym::Merged(_)
                        | Sym::Changed(_)
                ),
                "an array or an object",
            ),
            Need::MaybeBoolean | Need::Boolean => (matches!(value, Sym::Boolean | Sym::Bool(_)), "a boolean"),
            Need::MaybeTimestamp => {
                (matches!(value, Sym::String | Sym::Text(_) | Sym::Timestamp), "a timestamp")
            }
            Need::Timestamp => (
                match value {
                    Sym::Text(text) => is_timestamp(text),
                    value => *value == Sym::Timestamp,
                },
                "a timestamp",
            ),
            Need::MaybeNull => (matches!(value, Sym::Null), "something that may be null"),
            Need::Array => (matches!(value, Sym::Array(_) | Sym::Tuple(_)), "an array"),
            Need::NotNull => (!matches!(value, Sym::Null), "something that is never null"),
            Need::Data => (
                !matches!(value, Sym::String | Sym::Text(_) | Sym::Timestamp),
                "data that is no text, which is read as JSON text here",
            ),
            Need::Object | Need::Writable => {
                (matches!(value, Sym::Object(..) | Sym::Map(_) | Sym::Merged(_)), "an object")
            }
        };
        if fits || value.is_anything() {
            return;
        }
        let comparison = is_comparison(&OwnedNeed::Other(*need));
        if comparison {
            self.never_true(reading, expected, value);
        } else {
            let message = format!("expected {expected}, found {}", value.words());
            self.wrong(reading, Code::WrongType, message, None);
        }
    }

    /// A comparison with a value of another type: legal, and never true.
    #[track_caller]
    fn never_true(&mut self, reading: &Reading<'_>, expected: &str, value: &Sym) {
        let before = self.report.as_ref().map_or(0, |report| report.diagnostics.len());
        let message =
            format!("expected {expected}, found {}, so that the comparison is never true", value.words());
        self.wrong(reading, Code::WrongType, message, None);
        if let Some(report) = &mut self.report {
            report.diagnostics[before..].iter_mut().for_each(|diagnostic| self.typing.soften(diagnostic));
        }
    }

    /// Reports that it is not known whether a value is as required. In a definition without types nothing is to be proven, and an unknown
    /// value may well be right.
    #[track_caller]
    pub(super) fn cannot_tell(&mut self, reading: &Reading<'_>, reason: Reason) {
        if self.typing.proven && !super::switch::is_off_because(reason.words()) {
            let message = format!("its type cannot be determined: {}", reason.words());
            self.wrong(reading, Code::CannotTell, message, Some(reason.help().to_owned()));
        }
    }

    /// What is left of a value of which has been reported that it cannot be told.
    pub(super) fn not_told(&self, value: Sym) -> Sym {
        if self.typing.proven { Sym::Reported } else { value }
    }

    #[allow(clippy::needless_pass_by_value)] // messages are made for it
    #[track_caller]
    pub(super) fn wrong(
        &mut self,
        reading: &Reading<'_>,
        code: Code,
        message: String,
        hint: impl Into<Hint>,
    ) {
        if super::switch::is_off_wrong(std::panic::Location::caller(), code.name(), &message) {
            return;
        }
        let Some(report) = &mut self.report else { return };
        let message = format!("{}`{}`: {message}", reading.site.place, reading.shown);
        let mut diagnostic = Diagnostic::new(code, reading.at.clone(), message);
        diagnostic.range.clone_from(&reading.range);
        diagnostic = hint.into().add_to(diagnostic, &reading.shown);
        let asked = matches!(code, Code::NoSuchField | Code::WrongType) && reading.asks;
        if code == Code::MaybeMissing || asked {
            self.typing.soften(&mut diagnostic);
        }
        report.diagnostics.push(diagnostic);
    }

    #[track_caller]
    pub(super) fn oblige(&mut self, mut obligation: Obligation) {
        if self.typing.strict {
            obligation.be_strict();
        }
        if super::switch::is_off_at(std::panic::Location::caller()) {
            return;
        }
        if let Some(report) = &mut self.report {
            // What lies under several ways is claimed once.
            let last = report.obligations.iter().rev().take(MOST_COMPARED);
            let told = last.take_while(|known| known.at == obligation.at);
            if !told.into_iter().any(|known| known.is_same_path(&obligation)) {
                report.obligations.push(obligation);
            }
        }
    }
}

/// Returns `true` if a part of a computed number can be whole: what a type is, is judged where the number flows into one.
fn may_be_whole(value: &Sym) -> bool {
    match value {
        Sym::Any(_)
        | Sym::Reported
        | Sym::Unknown(_)
        | Sym::Leaf(_)
        | Sym::Integer(_)
        | Sym::Whole(_)
        | Sym::Computed(Arithmetic::Narrow | Arithmetic::Rounded, _) => true,
        Sym::Computed(Arithmetic::Quotient, _) => false,
        // To a power below zero it is a fraction.
        Sym::Computed(Arithmetic::Power, of)
            if of.get(1).and_then(Sym::bounds).is_some_and(|exponent| exponent.min < 0) =>
        {
            false
        }
        Sym::Computed(_, of) | Sym::Union(of) => of.iter().all(may_be_whole),
        _ => false,
    }
}

/// Returns `true` if something is compared: with what is never equal it is false, and does not fail.
fn is_comparison(need: &OwnedNeed) -> bool {
    matches!(
        need,
        OwnedNeed::Literal(_)
            | OwnedNeed::Other(
                Need::MaybeString
                    | Need::MaybeNumber
                    | Need::MaybeBoolean
                    | Need::MaybeTimestamp
                    | Need::MaybeNull
            )
    )
}
