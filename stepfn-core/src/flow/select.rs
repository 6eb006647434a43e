//! Paths that can match several values. Each step passes over what it cannot be taken of: what is missing, a null, a value of
//! another type. So such a path never fails, but a step that can be taken of nothing at all is surely a mistake.

use super::{
    Analyser, OwnedNeed, OwnedProperty, OwnedStep, answer,
    hint::Hint,
    intern::Shared,
    leaf::Leaf,
    narrow::{Test, refine},
    origin::Reason,
    site::Reading,
    value::{Entry, Fields, MOST_STEPS, Sym, index_key, index_of, step_of},
};
use crate::{
    diagnostic::{Code, list},
    path::{Filter, FilterOp, FilterOperand, FilterPath, Segment, SegmentKind},
    service::Kind,
    shape::{Need, place_of},
};

impl Analyser<'_> {
    /// Returns the value of a path that can match several values: an array of them.
    pub(super) fn select_all(&mut self, root: &Sym, segments: &[Segment], reading: &Reading<'_>) -> Sym {
        // Nothing fails where a step leads nowhere.
        let reading = Reading {
            asks: true,
            at: reading.at.clone(),
            range: reading.range.clone(),
            shown: reading.shown.clone(),
            ..*reading
        };
        Sym::array(self.select(root, segments, &reading, false))
    }

    /// Returns one of the values that a path matches. `tries`: whether this is one of several things that the steps are taken
    /// of, so that they may well lead nowhere.
    fn select(&mut self, value: &Sym, segments: &[Segment], reading: &Reading<'_>, tries: bool) -> Sym {
        super::intern::count();
        if let Sym::Union(members) = value {
            if !self.spends() {
                return Sym::Unknown(Reason::Size);
            }
            return Sym::union(members.iter().map(|member| self.select(member, segments, reading, true)));
        }
        let Some((segment, rest)) = segments.split_first() else {
            if let Sym::Leaf(leaf) = value {
                self.claim_path(leaf, &[], &OwnedNeed::Other(Need::Nothing), reading);
            }
            return value.clone();
        };
        if let (Sym::Any(_) | Sym::Reported | Sym::Unknown(_), kind) = (value, &segment.kind) {
            return match kind {
                SegmentKind::Function(name) => self.not_promised(name, reading),
                _ => value.clone(),
            };
        }
        // What is changed in an array, or put together, is not followed any further than to keys and items.
        match (value, &segment.kind) {
            (Sym::Merged(parts), SegmentKind::Name(key)) => {
                return self.select_merged(parts, key, rest, reading);
            }
            (Sym::Changed(_), SegmentKind::Slice { .. } | SegmentKind::Filter(_)) => {}
            (Sym::Merged(_) | Sym::Changed(_), _) => return Sym::Unknown(Reason::Function),
            _ => {}
        }
        match &segment.kind {
            SegmentKind::Name(key) => self.select_key(value, key, segments, reading, tries),
            SegmentKind::Index(index) => self.select_index(value, *index, rest, reading, tries),
            SegmentKind::Indices(indices) => {
                Sym::union(indices.iter().map(|index| self.select_index(value, *index, rest, reading, tries)))
            }
            SegmentKind::Names(names) if rest.is_empty() => self.members_of(value, names, reading, tries),
            SegmentKind::Names(names) => Sym::union(names.iter().map(|name| {
                let key = Segment { kind: SegmentKind::Name(name.clone()), span: segment.span.clone() };
                let segments: Vec<Segment> = std::iter::once(key).chain(rest.iter().cloned()).collect();
                self.select(value, &segments, reading, tries)
            })),
            SegmentKind::Wildcard => self.select_every(value, rest, reading, tries),
            SegmentKind::Slice { .. } => self.select_items(value, None, rest, reading, tries),
            SegmentKind::Filter(filter) => self.select_items(value, Some(filter), rest, reading, tries),
            SegmentKind::Descend(inner) => {
                let inner = Segment { kind: (**inner).clone(), span: segment.span.clone() };
                let segments: Vec<Segment> = std::iter::once(inner).chain(rest.iter().cloned()).collect();
                self.select_within(value, &segments, reading)
            }
            SegmentKind::Function(name) => self.not_promised(name, reading),
        }
    }

    /// Of objects that are put over each other, what each of them may have there.
    fn select_merged(&mut self, parts: &[Sym], key: &str, rest: &[Segment], reading: &Reading<'_>) -> Sym {
        let (base, over) = Sym::of_merged(parts, key);
        let base = base.map(|base| match base.peek_may(key) {
            Sym::Leaf(leaf) => Sym::Leaf(leaf.then([OwnedStep::Present])),
            other => other,
        });
        let found = base.into_iter().chain(over).map(|found| self.select(&found, rest, reading, true));
        Sym::union(found.collect::<Vec<_>>())
    }

    fn not_promised(&mut self, name: &str, reading: &Reading<'_>) -> Sym {
        if self.typing.proven {
            let message =
                format!("`{name}()` is a function of Jayway, which Step Functions does not promise to have");
            let help = "use an intrinsic function, such as `States.ArrayLength`".to_owned();
            self.wrong(reading, Code::InvalidPath, message, Some(help));
        }
        Sym::Reported
    }

    fn select_key(
        &mut self,
        value: &Sym,
        key: &str,
        segments: &[Segment],
        reading: &Reading<'_>,
        tries: bool,
    ) -> Sym {
        let rest = &segments[1..];
        match value {
            Sym::Leaf(leaf) => {
                let step =
                    if tries { OwnedStep::May(key.to_owned()) } else { OwnedStep::Key(key.to_owned()) };
                self.select(&Sym::Leaf(taken(leaf, step)), rest, reading, tries)
            }
            Sym::Object(fields, base) => match (fields.get(key), base) {
                (Some(entry), _) => self.select(&entry.value, rest, reading, tries),
                (None, Some(base)) => self.select(base, segments, reading, tries),
                (None, None) => {
                    if !tries {
                        let has = if fields.is_empty() {
                            "the object here has no fields".to_owned()
                        } else {
                            format!("it has {}", list(fields.keys()))
                        };
                        let hint = Hint::near(&self.comparisons, "", key, fields.keys().map(|key| &**key));
                        self.wrong(
                            reading,
                            Code::NoSuchField,
                            format!("there is no field `{key}` here; {has}"),
                            hint,
                        );
                    }
                    Sym::never()
                }
            },
            Sym::Map(of) => self.select(of, rest, reading, tries),
            Sym::Answer(shape) => match shape.kind() {
                Kind::Structure(_) | Kind::Map(_) => {
                    let found = self.answer_member(shape, key, reading);
                    self.select(&found, rest, reading, tries)
                }
                _ => self.passed_over(
                    value,
                    &format!("which has no fields, so there is no `{key}`"),
                    reading,
                    tries,
                ),
            },
            // A null has nothing in it.
            Sym::Null => Sym::never(),
            _ => self.passed_over(
                value,
                &format!("which has no fields, so there is no `{key}`"),
                reading,
                tries,
            ),
        }
    }

    /// The item at a position. Where there is none, it is null, but nothing can be read of it.
    fn select_index(
        &mut self,
        value: &Sym,
        index: i64,
        rest: &[Segment],
        reading: &Reading<'_>,
        tries: bool,
    ) -> Sym {
        let or_null = |found: Sym| if rest.is_empty() { Sym::union([found, Sym::Null]) } else { found };
        match value {
            Sym::Leaf(leaf) => {
                self.select(&Sym::Leaf(taken(leaf, OwnedStep::At(index))), rest, reading, tries)
            }
            Sym::Tuple(items) => match place_of(index, items.len()).and_then(|place| items.get(place)) {
                Some(item) => self.select(item, rest, reading, tries),
                None => or_null(Sym::never()),
            },
            Sym::Array(item) => or_null(self.select(item, rest, reading, tries)),
            Sym::Object(fields, Some(base)) if is_of_items(fields) => {
                match fields.get(index_key(index).as_str()) {
                    Some(entry) => self.select(&entry.value, rest, reading, tries),
                    None => self.select_index(base, index, rest, reading, tries),
                }
            }
            Sym::Answer(shape) if matches!(shape.kind(), Kind::List(_)) => {
                or_null(self.select(&answer::item(shape), rest, reading, tries))
            }
            Sym::Null => Sym::never(),
            Sym::Union(members) => {
                Sym::union(members.iter().map(|member| self.select_index(member, index, rest, reading, true)))
            }
            _ => self.passed_over(value, "not an array", reading, tries),
        }
    }

    /// The items of an array, those that a filter leaves.
    fn select_items(
        &mut self,
        value: &Sym,
        filter: Option<&Filter>,
        rest: &[Segment],
        reading: &Reading<'_>,
        tries: bool,
    ) -> Sym {
        let items = match value {
            Sym::Leaf(leaf) => vec![Sym::Leaf(taken(leaf, OwnedStep::Each))],
            Sym::Tuple(items) => items.to_vec(),
            Sym::Array(item) => vec![(**item).clone()],
            Sym::Changed(parts) => parts.last().cloned().into_iter().collect(),
            Sym::Object(fields, Some(base)) if is_of_items(fields) => {
                return self.select_items(base, filter, rest, reading, tries);
            }
            Sym::Answer(shape) if matches!(shape.kind(), Kind::List(_)) => vec![answer::item(shape)],
            // A filter on an object asks about the object itself.
            Sym::Object(..) | Sym::Map(_) if filter.is_some() => vec![value.clone()],
            Sym::Any(_) | Sym::Reported | Sym::Unknown(_) => vec![value.clone()],
            Sym::Union(members) => {
                let found =
                    members.iter().map(|member| self.select_items(member, filter, rest, reading, true));
                return Sym::union(found.collect::<Vec<_>>());
            }
            Sym::Null => return Sym::never(),
            _ => return self.passed_over(value, "not an array", reading, tries),
        };
        // What one of several items has not, another may have.
        let tries = tries || items.len() > 1;
        Sym::union(items.iter().map(|item| {
            let item = match filter {
                Some(filter) => {
                    self.follow_filter(item, filter, reading, tries);
                    filtered(item, filter)
                }
                None => item.clone(),
            };
            self.select(&item, rest, reading, tries)
        }))
    }

    /// The items of an array or the values of an object.
    fn select_every(&mut self, value: &Sym, rest: &[Segment], reading: &Reading<'_>, tries: bool) -> Sym {
        match value {
            Sym::Leaf(leaf) => self.select(&Sym::Leaf(taken(leaf, OwnedStep::Every)), rest, reading, tries),
            Sym::Object(fields, base) if !is_of_items(fields) || base.is_none() => {
                let tries = tries || fields.len() + usize::from(base.is_some()) > 1;
                let mut found: Vec<Sym> =
                    fields.values().map(|entry| self.select(&entry.value, rest, reading, tries)).collect();
                if let Some(base) = base {
                    found.push(match &**base {
                        Sym::Union(members) => Sym::union(
                            members.iter().map(|member| self.select_every(member, rest, reading, true)),
                        ),
                        open @ (Sym::Any(_) | Sym::Reported | Sym::Unknown(_)) => open.clone(),
                        Sym::Merged(_) | Sym::Changed(_) => Sym::Unknown(Reason::Function),
                        base => self.select_every(base, rest, reading, tries),
                    });
                }
                Sym::union(found)
            }
            Sym::Map(of) => self.select(of, rest, reading, tries),
            Sym::Answer(shape) => match shape.kind() {
                Kind::Structure(members) => Sym::union(
                    members
                        .iter()
                        .map(|member| self.select(&Sym::answer(member.shape).there(), rest, reading, true)),
                ),
                Kind::Map(value) => self.select(&Sym::answer(value).there(), rest, reading, tries),
                _ => self.select_items(value, None, rest, reading, tries),
            },
            _ => self.select_items(value, None, rest, reading, tries),
        }
    }

    /// Returns the values that steps find in a value and in all that is in it.
    fn select_within(&mut self, value: &Sym, segments: &[Segment], reading: &Reading<'_>) -> Sym {
        let mut found = Vec::new();
        let mut open = vec![value.clone()];
        while let Some(value) = open.pop() {
            match &value {
                Sym::Union(members) => {
                    open.extend(members.iter().cloned());
                    continue;
                }
                Sym::Any(_) | Sym::Reported | Sym::Unknown(_) => {
                    found.push(value);
                    continue;
                }
                Sym::Answer(_) | Sym::Merged(_) | Sym::Changed(_) => return Sym::Unknown(Reason::Wildcard),
                Sym::Leaf(leaf) => {
                    let within = taken(leaf, OwnedStep::Within);
                    let SegmentKind::Name(_) = &segments[0].kind else {
                        return Sym::Unknown(Reason::Wildcard);
                    };
                    found.push(self.select(&Sym::Leaf(within), segments, reading, true));
                    continue;
                }
                Sym::Object(fields, base) => {
                    open.extend(fields.values().map(|entry| entry.value.clone()));
                    open.extend(base.as_ref().map(|base| (**base).clone()));
                }
                Sym::Array(item) | Sym::Map(item) => open.push((**item).clone()),
                Sym::Tuple(items) => open.extend(items.iter().cloned()),
                _ => continue,
            }
            // Below an overlay it has been looked already.
            let own = match &value {
                Sym::Object(fields, Some(_)) => Sym::Object(fields.clone(), None),
                other => other.clone(),
            };
            found.push(self.select(&own, segments, reading, true));
        }
        Sym::union(found)
    }

    /// An object of the members of these names, as far as they are there.
    pub(super) fn members_of(
        &mut self,
        value: &Sym,
        names: &[String],
        reading: &Reading<'_>,
        tries: bool,
    ) -> Sym {
        let mut fields = Fields::new();
        match value {
            Sym::Union(members) => {
                return Sym::union(
                    members.iter().map(|member| self.members_of(member, names, reading, true)),
                );
            }
            Sym::Any(_) | Sym::Reported | Sym::Unknown(_) => return value.clone(),
            Sym::Merged(_) | Sym::Changed(_) => return Sym::Unknown(Reason::Function),
            Sym::Null => return Sym::never(),
            Sym::Leaf(leaf) => {
                for name in names {
                    let leaf =
                        leaf.then([OwnedStep::Present, OwnedStep::NonNull, OwnedStep::Key(name.clone())]);
                    if !tries {
                        self.claim_path(&leaf, &[], &OwnedNeed::Other(Need::Nothing), reading);
                    }
                    fields.insert(name.as_str().into(), Entry::of(Sym::Leaf(leaf)));
                }
            }
            Sym::Map(of) => {
                for name in names {
                    let entry = Entry { absent: true, ..Entry::of((**of).clone()) };
                    fields.insert(name.as_str().into(), entry);
                }
            }
            Sym::Object(known, base) => {
                for name in names {
                    match (known.get(name.as_str()), base) {
                        (Some(entry), _) => {
                            fields.insert(name.as_str().into(), Entry { narrowed: false, ..entry.clone() });
                        }
                        (None, Some(base)) => {
                            let below = self.members_of(base, std::slice::from_ref(name), reading, true);
                            let value = below.peek(name);
                            fields.insert(name.as_str().into(), Entry { absent: true, ..Entry::of(value) });
                        }
                        (None, None) if tries => {}
                        (None, None) => {
                            self.select_key(value, name, &[key_of(name)], reading, false);
                        }
                    }
                }
            }
            Sym::Answer(shape) if matches!(shape.kind(), Kind::Structure(_) | Kind::Map(_)) => {
                for name in names {
                    let found = self.answer_member(shape, name, reading);
                    fields.insert(name.as_str().into(), Entry::of(found));
                }
            }
            _ => return self.passed_over(value, "which has no fields", reading, tries),
        }
        Sym::Object(Shared::new(fields), None)
    }

    /// Reports that nothing is found of a value of this kind.
    fn passed_over(&mut self, value: &Sym, why: &str, reading: &Reading<'_>, tries: bool) -> Sym {
        if !tries {
            self.wrong(reading, Code::WrongType, format!("it is {}, {why}", value.words()), None);
        }
        Sym::never()
    }

    fn follow_filter(&mut self, item: &Sym, filter: &Filter, reading: &Reading<'_>, tries: bool) {
        match filter {
            Filter::Or(all) | Filter::And(all) => {
                all.iter().for_each(|one| self.follow_filter(item, one, reading, tries));
            }
            Filter::Not(one) => self.follow_filter(item, one, reading, tries),
            Filter::Exists(path) => self.follow_filter_path(item, path, reading, tries),
            Filter::Compare { left, op, right } => {
                for operand in [left, right] {
                    match operand {
                        FilterOperand::Path(path) => self.follow_filter_path(item, path, reading, tries),
                        FilterOperand::List(_) | FilterOperand::Regex(_) => self.no_operator(*op, reading),
                        _ => {}
                    }
                }
                if !op.is_supported() {
                    self.no_operator(*op, reading);
                }
            }
        }
    }

    fn no_operator(&mut self, op: FilterOp, reading: &Reading<'_>) {
        if self.typing.proven {
            let message = format!(
                "`{}` is an operator of Jayway, which Step Functions does not promise to have",
                op.symbol()
            );
            let help = "compare with `==`, `!=`, `<`, `<=`, `>` or `>=`".to_owned();
            self.wrong(reading, Code::InvalidPath, message, Some(help));
        }
    }

    fn follow_filter_path(&mut self, item: &Sym, path: &FilterPath, reading: &Reading<'_>, tries: bool) {
        if !path.from_root
            && path.segments.len() <= MOST_STEPS
            && path.segments.iter().all(|segment| segment.kind.is_single())
        {
            self.select(item, &path.segments, reading, tries);
        }
    }
}

/// A part of a leaf, where the leaf is something that the step can be taken of, and the part is there.
fn taken(leaf: &Leaf, step: OwnedStep) -> Leaf {
    leaf.then([OwnedStep::Present, OwnedStep::NonNull, step, OwnedStep::Present])
}

/// Returns `true` if an overlay has facts about single items of an array.
fn is_of_items(fields: &Fields) -> bool {
    !fields.is_empty() && fields.keys().all(|key| index_of(key).is_some())
}

fn key_of(name: &str) -> Segment {
    Segment { kind: SegmentKind::Name(name.to_owned()), span: 0..0 }
}

/// An item with what is known of it once a filter has let it pass.
fn filtered(item: &Sym, filter: &Filter) -> Sym {
    let keys = |path: &FilterPath| {
        let keys = path.segments.iter().map(|segment| match &segment.kind {
            SegmentKind::Name(name) => Some(name.clone()),
            _ => None,
        });
        (!path.from_root && path.segments.len() <= MOST_STEPS).then(|| keys.collect::<Option<Vec<_>>>())?
    };
    let known = |path: &FilterPath, facts: &[(OwnedProperty, bool)]| match keys(path) {
        None => item.clone(),
        Some(keys) => facts
            .iter()
            .try_fold(item.clone(), |item, (is, holds)| {
                refine(&item, &keys, Test { is, holds: *holds, query: false })
            })
            .unwrap_or_else(Sym::never),
    };
    let there = (OwnedProperty::There, true);
    let not_null = (OwnedProperty::Kind(crate::shape::Kind::Null), false);
    match filter {
        Filter::And(all) => all.iter().fold(item.clone(), |item, one| filtered(&item, one)),
        Filter::Or(all) => Sym::union(all.iter().map(|one| filtered(item, one))),
        Filter::Exists(path) => known(path, &[there]),
        Filter::Compare { left: FilterOperand::Path(path), op, right }
        | Filter::Compare { left: right, op, right: FilterOperand::Path(path) } => match (op, right) {
            // It may be missing, though.
            (FilterOp::Ne, FilterOperand::Null) => match (keys(path).as_deref(), item) {
                (Some([key]), Sym::Leaf(leaf)) => {
                    let value = leaf.then([step_of(key), OwnedStep::NonNull]);
                    item.narrow(key, Sym::Leaf(value))
                }
                _ => item.clone(),
            },
            (FilterOp::Ne, _) | (_, FilterOperand::Null | FilterOperand::Path(_)) => item.clone(),
            // No number and no text is null, and none is missing.
            (FilterOp::Eq, FilterOperand::String(text)) => {
                known(path, &[(OwnedProperty::Text(text.clone()), true)])
            }
            _ => known(path, &[there, not_null]),
        },
        Filter::Not(_) | Filter::Compare { .. } => item.clone(),
    }
}
