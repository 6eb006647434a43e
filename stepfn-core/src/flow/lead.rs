//! Resolution of JSONata paths: step by step, and through arrays by themselves.

use super::{
    Analyser, OwnedNeed, OwnedStep,
    hint::Hint,
    leaf::Leaf,
    origin::Reason,
    site::Reading,
    val::{Val, Want, guarded},
    value::{Entry, Sym, index_key},
};
use crate::{
    diagnostic::{Code, list},
    jsonata::{Expression, ExpressionKind as Kind},
    placeholder::has_placeholder,
    shape::Need,
};

impl Analyser<'_> {
    /// Follows keys as JSONata does.
    pub(super) fn lead(&mut self, reading: &Reading<'_>, value: &Sym, keys: &[&str], want: Want) -> Val {
        let Some((key, rest)) = keys.split_first() else {
            let value = Val::one(value.there());
            self.require(reading, &value, want);
            return value;
        };
        // Through what is of many kinds within each other the ways multiply.
        if !self.spends() {
            let value = Val::unknown(Reason::Size);
            self.require(reading, &value, want);
            return value;
        }
        match value {
            Sym::Leaf(leaf) => Val::one(Sym::Leaf(self.lead_leaf(reading, leaf, keys, want))),
            Sym::Object(fields, base) => match (fields.get(key), base) {
                (Some(entry), _) => self.lead_entry(reading, (key, entry), rest, want),
                // Of an array that was counted something comes, where it comes of each item.
                (None, Some(base)) if fields.contains_key(index_key(0).as_str()) => {
                    let Sym::Array(item) = &**base else { return self.lead(reading, base, keys, want) };
                    let each = self.lead(reading, item, keys, Want::NOTHING);
                    let found = Val::many(each.items()).some_as(&each);
                    self.require(reading, &found, want);
                    found
                }
                (None, Some(base)) => self.lead(reading, base, keys, want),
                (None, None) => {
                    let has = if fields.is_empty() {
                        "the object here has no fields".to_owned()
                    } else {
                        format!("it has {}", list(fields.keys()))
                    };
                    let hint = Hint::near(&self.comparisons, "", key, fields.keys().map(|key| &**key));
                    let message = format!("there is no field `{key}` here; {has}");
                    self.nothing(reading, Code::NoSuchField, message, hint, want);
                    Val { absent: !want.defined, ..Val::reported() }
                }
            },
            Sym::Answer(shape) => self.lead_answer(reading, shape, (key, rest), want),
            Sym::Union(members) => self.lead_any(reading, members, keys, want),
            Sym::Array(_) | Sym::Tuple(_) => {
                let items = Val::one(value.clone()).items();
                if items == Sym::never() {
                    let found = Val::nothing();
                    self.require(reading, &found, want);
                    return found;
                }
                let count =
                    |analyser: &Self| analyser.report.as_ref().map_or(0, |report| report.diagnostics.len());
                let before = count(self);
                let found = self.lead(reading, &items, keys, Want::NOTHING);
                let found = Val::many(found.items());
                if count(self) == before {
                    self.require(reading, &found, want);
                }
                found
            }
            Sym::Changed(parts) => {
                let mut found = Val::unknown(Reason::Function);
                // Its type determines whether it is one value.
                if let [Sym::Leaf(like), item] = &parts[..]
                    && !item.lacks_taken()
                {
                    found = self.lead(reading, item, keys, Want::NOTHING);
                    found.over.push((like.clone(), Need::Single));
                }
                self.require(reading, &found, want);
                found
            }
            Sym::Unknown(_) => {
                let found = Val::one(value.clone()).maybe();
                self.require(reading, &found, want);
                found
            }
            Sym::Map(of) => {
                if want.defined {
                    let message = format!("`{key}` may be missing: which keys there are is computed");
                    let help = "provide a default: `$exists(…) ? … : …`".to_owned();
                    self.wrong(reading, Code::MaybeMissing, message, Some(help));
                }
                let value = self.lead(reading, of, rest, want);
                Val { absent: true, ..value }
            }
            // A strict machine leans on nothing that was not declared.
            Sym::Any(_)
                if self.typing.strict
                    && (want.defined || !matches!(want.need, Need::Value | Need::Nothing)) =>
            {
                self.cannot_tell(reading, Reason::Undeclared);
                Val::reported()
            }
            Sym::Any(_) | Sym::Reported => self.part_of_any(value),
            Sym::Merged(parts) => {
                if let Some(values) = self.found_in(reading, parts, key, (true, want.defined)) {
                    let found = values.iter().map(|value| self.lead(reading, value, rest, want));
                    return found.reduce(Val::join).unwrap_or_else(|| Val::one(Sym::never()));
                }
                let (base, over) = Sym::of_merged(parts, key);
                let base = base.map(|base| self.lead(reading, base, keys, want));
                let over: Vec<Val> = over.iter().map(|value| self.lead(reading, value, rest, want)).collect();
                base.into_iter().chain(over).reduce(Val::join).unwrap_or_else(|| Val::one(Sym::never()))
            }
            _ => {
                let message = format!("it is {}, which has no fields, so there is no `{key}`", value.words());
                self.nothing(reading, Code::WrongType, message, None, want);
                Val { absent: !want.defined, ..Val::reported() }
            }
        }
    }

    /// Follows the rest of a path into what lies under a key.
    fn lead_entry(
        &mut self,
        reading: &Reading<'_>,
        (key, entry): (&str, &Entry),
        rest: &[&str],
        want: Want,
    ) -> Val {
        let needed = entry.needs();
        for leaf in needed.unwrap_or_default().iter().filter(|_| want.defined) {
            self.follow(leaf, &[], &OwnedNeed::Other(Need::Value), reading);
        }
        if needed.is_none() && want.defined {
            let message = format!("`{key}` may be missing: not every way here puts it there");
            let help = "provide a default: `$exists(…) ? … : …`".to_owned();
            self.wrong(reading, Code::MaybeMissing, message, Some(help));
        }
        let value = self.lead(reading, &entry.value, rest, want);
        let mut value = Val { absent: value.absent || (needed.is_none() && !want.defined), ..value };
        if !want.defined {
            let leaves = needed.unwrap_or_default().iter().filter_map(|needed| match needed {
                Sym::Leaf(leaf) => Some((leaf.clone(), Need::Value)),
                _ => None,
            });
            value.over.extend(leaves);
        }
        value
    }

    fn lead_leaf(&mut self, reading: &Reading<'_>, leaf: &Leaf, keys: &[&str], want: Want) -> Leaf {
        let query = |key: &&str| OwnedStep::Query((*key).to_owned());
        let mut bare: Vec<OwnedStep> = keys.iter().map(query).collect();
        // Of all that is in a value some have the key.
        if leaf.is_any_within()
            && let (Some(first), Some(key)) = (bare.first_mut(), keys.first())
        {
            *first = OwnedStep::May((*key).to_owned());
        }
        let raw = leaf.then(bare.iter().cloned());
        if want.defined {
            self.claim_path(leaf, &bare, &OwnedNeed::Other(want.need), reading);
            return guarded(&raw);
        }
        let need = if want.need == Need::Value { Need::Nothing } else { want.need };
        self.claim_path(&guarded(&raw), &[], &OwnedNeed::Other(need), reading);
        raw
    }

    /// Resolves a path of one of several values: a field that one of them has is not surely wrong.
    fn lead_any(&mut self, reading: &Reading<'_>, members: &[Sym], keys: &[&str], want: Want) -> Val {
        let count = |analyser: &Self| analyser.report.as_ref().map_or(0, |report| report.diagnostics.len());
        let start = count(self);
        let mut fine = false;
        let mut all: Option<Val> = None;
        let mut astray: Option<Vec<_>> = None;
        for member in members {
            let before = count(self);
            let found = match keys.split_first() {
                Some((key, rest)) if member.lacks(key, members) => match member {
                    // Another way puts it there: it may be missing.
                    Sym::Object(_, None) => {
                        if want.defined {
                            let message = format!("`{key}` may be missing: not every way here puts it there");
                            let help = "provide a default: `$exists(…) ? … : …`".to_owned();
                            self.wrong(reading, Code::MaybeMissing, message, Some(help));
                        }
                        Val::one(Sym::never()).maybe()
                    }
                    member => self.lead(reading, &member.query_may(key), rest, want),
                },
                _ => self.lead(reading, member, keys, want),
            };
            // A member that has no such key comes to nothing, where that is allowed.
            // What is declared to be anything may well have it.
            if !want.defined && found.sym == Sym::Reported && !member.may_be_anything_at(keys) {
                let said = self.report.as_mut().map(|report| report.diagnostics.split_off(before));
                astray.get_or_insert_default().extend(said.unwrap_or_default());
                continue;
            }
            fine = fine || count(self) == before;
            all = Some(match all {
                None => found,
                Some(all) => all.join(found),
            });
        }
        if fine && let Some(report) = &mut self.report {
            report.diagnostics[start..].iter_mut().for_each(|diagnostic| self.typing.soften(diagnostic));
        }
        match (all, astray) {
            (Some(all), None) => all,
            (Some(all), Some(_)) => all.maybe(),
            // None of them has it.
            (None, Some(said)) => {
                if let Some(report) = &mut self.report {
                    report.diagnostics.extend(said);
                }
                Val::reported().maybe()
            }
            (None, None) => Val::one(Sym::never()),
        }
    }

    /// A part of what is declared to be anything, which is taken to be there. A strict machine leans on no such thing.
    pub(super) fn part_of_any(&self, of: &Sym) -> Val {
        Val { absent: self.typing.strict && matches!(of, Sym::Any(_)), ..Val::one(of.clone()) }
    }

    /// The value of a part of something open.
    pub(super) fn open(&self, of: &Sym) -> Val {
        if of.is_anything() { self.part_of_any(of) } else { Val::unknown(Reason::Count) }
    }
}

/// Whether an array is written as a step of a path somewhere in an expression: it stays one among the values that its step comes to.
pub(super) fn has_kept_array(expression: &Expression) -> bool {
    let is_array = |step: &Expression| matches!(step.kind, Kind::Array(_));
    matches!(&expression.kind, Kind::Path(steps) if steps.iter().any(is_array))
        || expression.parts().into_iter().any(has_kept_array)
}

pub(super) fn key_of(step: &Expression) -> Option<&str> {
    match &step.kind {
        Kind::Name(name) => Some(name),
        _ => text_of(step),
    }
}

/// Returns a literal string. One that a deployment tool fills in is not known yet.
pub(super) fn text_of(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::String(text) if !has_placeholder(text) => Some(text),
        _ => None,
    }
}
