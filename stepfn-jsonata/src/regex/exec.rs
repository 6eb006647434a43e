//! Instructions at work: backtracking, each step counted.

use super::{
    Match, Regex,
    class::{canonical, ends_line, is_word},
    compile::Inst,
};
use crate::{
    error::{Fault, Limit},
    limits::Meter,
};

/// The most places to go back to: what a match may hold.
const MOST_BACK: usize = 2_000_000;

/// A step that is undone when a path fails.
#[derive(Debug)]
enum Back {
    /// The other way from a place.
    Way {
        at: usize,
        place: usize,
    },
    /// The end of a run, which may take fewer.
    Run {
        at: usize,
        place: usize,
        least: usize,
    },
    Group {
        slot: usize,
        old: usize,
    },
    Loop {
        register: usize,
        old: (u32, usize),
    },
}

/// A group's place that is not known.
const NONE: usize = usize::MAX;

struct Attempt<'r> {
    regex: &'r Regex,
    units: &'r [u16],
    back: Vec<Back>,
    /// Start and end of each group.
    groups: Vec<usize>,
    /// Turns of each loop, and where the turn began.
    loops: Vec<(u32, usize)>,
    steps: u64,
    most_steps: u64,
}

impl Regex {
    /// The first match at a place or behind it.
    pub(crate) fn search(
        &self,
        units: &[u16],
        from: usize,
        meter: &Meter,
    ) -> Result<Option<Match>, Box<Fault>> {
        let mut attempt = Attempt {
            regex: self,
            units,
            back: Vec::new(),
            groups: vec![NONE; self.groups * 2],
            loops: vec![(0, 0); self.loops],
            steps: 0,
            most_steps: meter.left(),
        };
        let mut found = Ok(None);
        for start in from..=units.len() {
            attempt.groups.fill(NONE);
            attempt.back.clear();
            match attempt.run(0, start) {
                Ok(None) => {}
                Ok(Some(end)) => {
                    found = Ok(Some(Match { start, end, groups: attempt.taken() }));
                    break;
                }
                Err(fault) => {
                    found = Err(fault);
                    break;
                }
            }
        }
        let steps = attempt.steps;
        let found = found.map_err(|limit| Fault::limit(limit).range(&self.range));
        found.and_then(|found| meter.spend(steps).map(|()| found))
    }

    /// Returns `true` if an instruction matches a unit.
    fn takes(&self, inst: &Inst, unit: u16) -> bool {
        match inst {
            Inst::Unit(wanted) if self.ignore_case => canonical(unit) == *wanted,
            Inst::Unit(wanted) => unit == *wanted,
            Inst::Any => !ends_line(unit),
            Inst::Class(class) => {
                self.classes.get(*class).is_some_and(|class| class.matches(unit, self.ignore_case))
            }
            _ => false,
        }
    }
}

impl Attempt<'_> {
    fn taken(&self) -> Vec<Option<(usize, usize)>> {
        let group = |pair: &[usize]| match pair {
            [start, end] if *start != NONE && *end != NONE => Some((*start, *end)),
            _ => None,
        };
        self.groups.chunks(2).map(group).collect()
    }

    fn unit(&self, place: usize, behind: bool) -> Option<u16> {
        let at = if behind { place.checked_sub(1)? } else { place };
        self.units.get(at).copied()
    }

    fn spend(&mut self, steps: u64) -> Result<(), Limit> {
        self.steps += steps;
        if self.steps > self.most_steps {
            return Err(Limit::Steps);
        }
        if self.back.len() > MOST_BACK { Err(Limit::Memory) } else { Ok(()) }
    }

    /// Runs from an instruction to `Done`; gives where it ends.
    fn run(&mut self, start: usize, from: usize) -> Result<Option<usize>, Limit> {
        let base = self.back.len();
        let (mut at, mut place) = (start, from);
        let mut behind = false;
        loop {
            self.spend(1)?;
            let regex = self.regex;
            let Some(inst) = regex.program.get(at) else { return Ok(Some(place)) };
            let next = match inst {
                Inst::Done => return Ok(Some(place)),
                Inst::Direction(direction) => {
                    behind = *direction;
                    Some(at + 1)
                }
                Inst::Unit(_) | Inst::Any | Inst::Class(_) => match self.unit(place, behind) {
                    Some(unit) if regex.takes(inst, unit) => {
                        place = if behind { place - 1 } else { place + 1 };
                        Some(at + 1)
                    }
                    _ => None,
                },
                Inst::Run { least, most } => self.take_run(at, &mut place, *least, *most)?,
                Inst::Look { negative, next } => self.look(at + 1, place, *negative)?.then_some(*next),
                Inst::Back(number) => self.repeat_group(*number, &mut place, behind)?.then_some(at + 1),
                other => self.control(other, at, place),
            };
            match next {
                Some(next) => at = next,
                None => match self.fall_back(base) {
                    Some((other, back)) => (at, place) = (other, back),
                    None => return Ok(None),
                },
            }
        }
    }

    /// The instructions that take nothing: where it goes on, if it does.
    fn control(&mut self, inst: &Inst, at: usize, place: usize) -> Option<usize> {
        let edge = |unit: Option<&u16>, multiline: bool| match unit {
            None => true,
            Some(unit) => multiline && ends_line(*unit),
        };
        let multiline = self.regex.multiline;
        let before = place.checked_sub(1).and_then(|before| self.units.get(before));
        match inst {
            Inst::Split(first, second) => {
                self.back.push(Back::Way { at: *second, place });
                Some(*first)
            }
            Inst::Jump(to) => Some(*to),
            Inst::Save(slot) => {
                self.save(*slot, place);
                Some(at + 1)
            }
            Inst::Forget { from, to } => {
                for slot in 2 * from..2 * to {
                    self.save(slot, NONE);
                }
                Some(at + 1)
            }
            Inst::Start => edge(before, multiline).then_some(at + 1),
            Inst::End => edge(self.units.get(place), multiline).then_some(at + 1),
            Inst::Boundary(is) => {
                let word = |unit: Option<&u16>| unit.is_some_and(|unit| is_word(*unit));
                ((word(before) != word(self.units.get(place))) == *is).then_some(at + 1)
            }
            Inst::Loop(register) => {
                self.count(*register, (0, place));
                Some(at + 1)
            }
            Inst::Turn { register, least, most, greedy, exit } => {
                let (turns, _) = self.loops.get(*register).copied().unwrap_or_default();
                if turns >= *most {
                    return Some(*exit);
                }
                if turns >= *least {
                    let (first, second) = if *greedy { (at + 1, *exit) } else { (*exit, at + 1) };
                    self.back.push(Back::Way { at: second, place });
                    if first == at + 1 {
                        self.count(*register, (turns, place));
                    }
                    return Some(first);
                }
                self.count(*register, (turns, place));
                Some(at + 1)
            }
            Inst::Turned { register, least, start } => {
                let (turns, began) = self.loops.get(*register).copied().unwrap_or_default();
                if place == began && turns >= *least {
                    return None;
                }
                self.count(*register, (turns.saturating_add(1), place));
                Some(*start)
            }
            _ => None,
        }
    }

    fn save(&mut self, slot: usize, place: usize) {
        if let Some(known) = self.groups.get_mut(slot)
            && *known != place
        {
            self.back.push(Back::Group { slot, old: *known });
            *known = place;
        }
    }

    fn count(&mut self, register: usize, turn: (u32, usize)) {
        if let Some(known) = self.loops.get_mut(register) {
            self.back.push(Back::Loop { register, old: *known });
            *known = turn;
        }
    }

    /// Undoes up to the last place from which another way leads.
    fn fall_back(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.back.len() > base {
            match self.back.pop()? {
                Back::Way { at, place } => return Some((at, place)),
                Back::Run { at, place, least } => {
                    let place = place - 1;
                    if place > least {
                        self.back.push(Back::Run { at, place, least });
                    }
                    return Some((at, place));
                }
                undo => self.undo(&undo),
            }
        }
        None
    }

    fn undo(&mut self, back: &Back) {
        match back {
            Back::Group { slot, old } => {
                if let Some(known) = self.groups.get_mut(*slot) {
                    *known = *old;
                }
            }
            Back::Loop { register, old } => {
                if let Some(known) = self.loops.get_mut(*register) {
                    *known = *old;
                }
            }
            Back::Way { .. } | Back::Run { .. } => {}
        }
    }

    /// Takes as many units as there are; on the way back it takes fewer.
    fn take_run(
        &mut self,
        at: usize,
        place: &mut usize,
        least: u32,
        most: u32,
    ) -> Result<Option<usize>, Limit> {
        let Some(matcher) = self.regex.program.get(at + 1) else { return Ok(None) };
        let rest = self.units.get(*place..).unwrap_or_default();
        let taken = rest
            .iter()
            .take(usize::try_from(most).unwrap_or(usize::MAX))
            .take_while(|unit| self.regex.takes(matcher, **unit))
            .count();
        self.spend(taken as u64 / 4)?;
        let least = usize::try_from(least).unwrap_or(usize::MAX);
        if taken < least {
            return Ok(None);
        }
        let end = *place + taken;
        if taken > least {
            self.back.push(Back::Run { at: at + 2, place: end, least: *place + least });
        }
        *place = end;
        Ok(Some(at + 2))
    }

    /// Looks ahead or behind: it takes nothing, and is not gone back into.
    fn look(&mut self, at: usize, place: usize, negative: bool) -> Result<bool, Limit> {
        let base = self.back.len();
        let found = self.run(at, place)?.is_some();
        if found && !negative {
            // Its groups stay, until what is before it is undone.
            let tail = self.back.split_off(base);
            let groups =
                tail.into_iter().filter(|back| matches!(back, Back::Group { .. } | Back::Loop { .. }));
            self.back.extend(groups);
            return Ok(true);
        }
        while self.back.len() > base {
            if let Some(back) = self.back.pop() {
                self.undo(&back);
            }
        }
        Ok(found != negative)
    }

    /// Matches the text of a group once more; nothing where it took no part.
    fn repeat_group(&mut self, number: usize, place: &mut usize, behind: bool) -> Result<bool, Limit> {
        let pair = number.checked_sub(1).and_then(|group| self.groups.get(2 * group..2 * group + 2));
        let Some([start, end]) = pair.filter(|pair| !pair.contains(&NONE)) else { return Ok(true) };
        let (start, length) = (*start, end - start);
        self.spend(length as u64 / 4)?;
        let from = if behind { place.checked_sub(length) } else { Some(*place) };
        let Some(from) = from else { return Ok(false) };
        let (Some(group), Some(here)) =
            (self.units.get(start..start + length), self.units.get(from..from + length))
        else {
            return Ok(false);
        };
        let same = |(a, b): (&u16, &u16)| a == b || self.regex.ignore_case && canonical(*a) == canonical(*b);
        if !group.iter().zip(here).all(same) {
            return Ok(false);
        }
        *place = if behind { from } else { from + length };
        Ok(true)
    }
}
