//! Trees to instructions.

use super::{
    Class, Regex,
    class::canonical,
    parse::{Parsed, Repeat, Tree},
};

/// The most instructions of a program.
const MOST_INSTRUCTIONS: usize = 100_000;

#[derive(Debug)]
pub(super) enum Inst {
    Unit(u16),
    Any,
    Class(usize),
    /// As many as match, of one unit each: the matcher is the next instruction. It goes on behind that.
    Run {
        least: u32,
        most: u32,
    },
    /// Goes on at either place, the first first.
    Split(usize, usize),
    Jump(usize),
    /// Notes the place as the start of a group or its end.
    Save(usize),
    /// Forgets groups.
    Forget {
        from: usize,
        to: usize,
    },
    Start,
    End,
    Boundary(bool),
    Back(usize),
    /// Looks from here by the instructions that follow, up to `Done`; goes on at `next`.
    Look {
        negative: bool,
        next: usize,
    },
    /// Begins to count turns.
    Loop(usize),
    /// One turn more, or out of the loop.
    Turn {
        register: usize,
        least: u32,
        most: u32,
        greedy: bool,
        exit: usize,
    },
    /// The end of a turn: one that took nothing does not count.
    Turned {
        register: usize,
        least: u32,
        start: usize,
    },
    /// Whether units are taken before the place, not behind it.
    Direction(bool),
    Done,
}

impl Regex {
    pub(super) fn compile(&mut self, parsed: &Parsed) -> Result<(), String> {
        self.emit(&parsed.tree, parsed, false)?;
        self.push(Inst::Done)
    }

    fn push(&mut self, inst: Inst) -> Result<(), String> {
        if self.program.len() >= MOST_INSTRUCTIONS {
            return Err("it is too large".to_owned());
        }
        self.program.push(inst);
        Ok(())
    }

    fn set(&mut self, at: usize, inst: Inst) {
        if let Some(place) = self.program.get_mut(at) {
            *place = inst;
        }
    }

    fn emit(&mut self, tree: &Tree, parsed: &Parsed, behind: bool) -> Result<(), String> {
        match tree {
            Tree::Unit(unit) => {
                let unit = if self.ignore_case { canonical(*unit) } else { *unit };
                self.push(Inst::Unit(unit))
            }
            Tree::Any => self.push(Inst::Any),
            Tree::Class(class) => {
                let number = self.class(class);
                self.push(Inst::Class(number))
            }
            Tree::Sequence(parts) => {
                if behind {
                    parts.iter().rev().try_for_each(|part| self.emit(part, parsed, behind))
                } else {
                    parts.iter().try_for_each(|part| self.emit(part, parsed, behind))
                }
            }
            Tree::Either(branches) => self.either(branches, parsed, behind),
            Tree::Group(inside, number) => {
                // Looking behind, the end comes first.
                self.push(Inst::Save(2 * number - 2 + usize::from(behind)))?;
                self.emit(inside, parsed, behind)?;
                self.push(Inst::Save(2 * number - 1 - usize::from(behind)))
            }
            Tree::Repeat(repeat) => self.repeat(repeat, parsed, behind),
            Tree::Start => self.push(Inst::Start),
            Tree::End => self.push(Inst::End),
            Tree::Boundary(is) => self.push(Inst::Boundary(*is)),
            Tree::Back(number) => self.push(Inst::Back(*number)),
            Tree::NamedBack(name) => match parsed.named(name) {
                Some(number) => self.push(Inst::Back(number)),
                None => Err(format!("no group is named `{name}`")),
            },
            Tree::Look { inside, behind: looks_behind, negative } => {
                let at = self.program.len();
                self.push(Inst::Look { negative: *negative, next: 0 })?;
                self.push(Inst::Direction(*looks_behind))?;
                self.emit(inside, parsed, *looks_behind)?;
                self.push(Inst::Done)?;
                let next = self.program.len();
                self.set(at, Inst::Look { negative: *negative, next });
                Ok(())
            }
        }
    }

    fn class(&mut self, class: &Class) -> usize {
        self.classes.push(class.clone());
        self.classes.len() - 1
    }

    fn either(&mut self, branches: &[Tree], parsed: &Parsed, behind: bool) -> Result<(), String> {
        let mut jumps = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            let is_last = index + 1 == branches.len();
            let split = self.program.len();
            if !is_last {
                self.push(Inst::Split(0, 0))?;
            }
            self.emit(branch, parsed, behind)?;
            if !is_last {
                jumps.push(self.program.len());
                self.push(Inst::Jump(0))?;
                let next = self.program.len();
                self.set(split, Inst::Split(split + 1, next));
            }
        }
        let end = self.program.len();
        for jump in jumps {
            self.set(jump, Inst::Jump(end));
        }
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat, parsed: &Parsed, behind: bool) -> Result<(), String> {
        let (least, most) = (repeat.least, repeat.most.unwrap_or(u32::MAX));
        if most == 0 {
            return Ok(());
        }
        let is_unit = matches!(repeat.inside, Tree::Unit(_) | Tree::Any | Tree::Class(_));
        if is_unit && repeat.greedy && !behind {
            self.push(Inst::Run { least, most })?;
            return self.emit(&repeat.inside, parsed, behind);
        }
        let register = self.loops;
        self.loops += 1;
        self.push(Inst::Loop(register))?;
        let start = self.program.len();
        let greedy = repeat.greedy;
        self.push(Inst::Turn { register, least, most, greedy, exit: 0 })?;
        if !repeat.groups.is_empty() {
            self.push(Inst::Forget { from: repeat.groups.start, to: repeat.groups.end })?;
        }
        self.emit(&repeat.inside, parsed, behind)?;
        self.push(Inst::Turned { register, least, start })?;
        let exit = self.program.len();
        self.set(start, Inst::Turn { register, least, most, greedy, exit });
        Ok(())
    }
}
