//! Following a path into what is known of a value.

use super::{
    Analyser,
    demand::is_comparison,
    hint::Hint,
    intern::Shared,
    leaf::Leaf,
    obligation::{Obligation, OwnedClaim, OwnedNeed},
    origin::Reason,
    site::Reading,
    step::OwnedStep,
    value::{Entry, MOST_STEPS, Sym, index_key, index_of},
};
use crate::{
    diagnostic::{Code, list},
    path::{Path, Root, Segment, SegmentKind},
    shape::{Need, place_of},
};

impl Analyser<'_> {
    /// Returns the value of a path, and demands what must be there.
    pub(super) fn read(&mut self, reading: &Reading<'_>, path: &Path, need: &OwnedNeed) -> Sym {
        self.calls.spent = 0;
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
            // Through what is of many kinds within each other the ways multiply.
            if !self.spends() {
                self.cannot_tell(reading, Reason::Size);
                return self.once_reported(Sym::Unknown(Reason::Size));
            }
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
                    return self.once_reported(Sym::Unknown(Reason::Function));
                }
                Sym::Unknown(Reason::Function)
            }
            (_, Sym::Any(_) | Sym::Reported | Sym::Unknown(_)) => {
                let asks = *need == OwnedNeed::Other(Need::Nothing);
                match value {
                    Sym::Unknown(reason) if !asks => {
                        self.cannot_tell(reading, *reason);
                        return self.once_reported(value.clone());
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
        let eased = if is_comparison(need) { &OwnedNeed::Other(Need::Value) } else { need };
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
                        let missing = Entry::of(Sym::Reported).maybe();
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
        let asks = *need == OwnedNeed::Other(Need::Nothing);
        for leaf in entry.needs().unwrap_or_default() {
            self.follow(
                leaf,
                &[],
                &OwnedNeed::Other(if asks { Need::Nothing } else { Need::Value }),
                reading,
            );
        }
        if entry.needs().is_none() {
            if asks {
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
}
