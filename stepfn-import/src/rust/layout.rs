//! Lines: what fits stays on one, what its author broke stays broken.

use super::{
    Style,
    tree::{Body, Form, Group, Item, Line, Part},
};

/// The width that a sequence needs after it on its line: the comma.
const COMMA: usize = 1;

pub(super) struct Printer<'s> {
    pub(super) style: &'s Style,
    pub(super) newline: &'s str,
    pub(super) out: String,
}

/// Writes on one line, until it is known not to fit.
struct Inline<'o> {
    out: &'o mut String,
    left: usize,
}

impl Inline<'_> {
    fn push(&mut self, text: &str) -> bool {
        let width = text.chars().count();
        if width > self.left || text.contains('\n') {
            return false;
        }
        self.left -= width;
        self.out.push_str(text);
        true
    }

    fn parts(&mut self, parts: &[Part<'_>]) -> bool {
        parts.iter().all(|part| match part {
            Part::Word { ends_line: true, .. } => false,
            Part::Word { text, gap, .. } => (!gap || self.push(" ")) && self.push(text),
            Part::Group(group, gap) => (!gap || self.push(" ")) && self.group(group),
        })
    }

    fn group(&mut self, group: &Group<'_>) -> bool {
        if is_kept_broken(group) || !group.foot.is_empty() || group.items.iter().any(has_lines) {
            return false;
        }
        let padding = if group.open == "{" && !group.items.is_empty() { " " } else { "" };
        let is_written = self.push(group.open)
            && self.push(padding)
            && group
                .items
                .iter()
                .enumerate()
                .all(|(index, item)| (index == 0 || self.push(", ")) && self.parts(&item.parts));
        // `(T,)` is a tuple.
        let comma = if group.form == Form::Arguments && group.has_comma { "," } else { "" };
        is_written && self.push(comma) && self.push(padding) && self.push(group.close)
    }
}

fn has_lines(item: &Item<'_>) -> bool {
    !item.above.is_empty() || !item.behind.is_empty()
}

fn is_kept_broken(group: &Group<'_>) -> bool {
    group.is_broken && !group.items.is_empty() && hugged(group).is_none()
}

/// The only item of a list of one block, or of arguments that are one call: its brackets stay close.
fn hugged<'g, 't>(group: &'g Group<'t>) -> Option<&'g Item<'t>> {
    let [only] = group.items.as_slice() else { return None };
    if has_lines(only) || !group.foot.is_empty() {
        return None;
    }
    match (group.form, only.parts.as_slice()) {
        (Form::List, [Part::Group(Group { form: Form::Block, .. }, _)]) => Some(only),
        (Form::Arguments, [head @ .., Part::Group(..)]) if head.iter().all(is_plain) => Some(only),
        _ => None,
    }
}

fn is_plain(part: &Part<'_>) -> bool {
    matches!(part, Part::Word { ends_line: false, is_joint: false, .. })
}

impl Printer<'_> {
    /// Writes the whole content of the delimiters of a macro that is written at `indent`.
    pub(super) fn body(&mut self, body: &Body<'_>, indent: usize, room: usize) {
        if !body.is_broken && body.machine.above.is_empty() && body.foot.is_empty() {
            let mut line = String::new();
            let mut inline = Inline { out: &mut line, left: room };
            if inline.push(" ") && inline.parts(&body.machine.parts) && inline.push(" ") {
                self.out.push_str(&line);
                return;
            }
        }
        let inner = indent + self.style.tab_spaces;
        self.lines(&body.machine.above, inner, true);
        self.line(inner);
        self.sequence(&body.machine.parts, inner, inner, 0);
        self.lines(&body.foot, inner, false);
        self.line(indent);
    }

    fn line(&mut self, indent: usize) {
        self.out.push_str(self.newline);
        let (tabs, spaces) = if self.style.hard_tabs && self.style.tab_spaces > 0 {
            (indent / self.style.tab_spaces, indent % self.style.tab_spaces)
        } else {
            (0, indent)
        };
        self.out.extend(std::iter::repeat_n('\t', tabs));
        self.out.extend(std::iter::repeat_n(' ', spaces));
    }

    /// Writes comments and attributes, without an empty line before the first, behind an opening bracket.
    fn lines(&mut self, lines: &[Line<'_>], indent: usize, mut is_first: bool) {
        for line in lines {
            if line.is_apart && !is_first {
                self.out.push_str(self.newline);
            }
            is_first = false;
            self.line(indent);
            self.sequence(&line.parts, indent, indent, 0);
        }
    }

    /// The column behind what is written.
    fn column(&self, before: usize, mark: usize) -> usize {
        let written = self.out.get(mark..).unwrap_or_default();
        match written.rsplit_once('\n') {
            // Indentation by tabs is as wide as it shows.
            Some((_, line)) => line.chars().map(|c| if c == '\t' { self.style.tab_spaces } else { 1 }).sum(),
            None => before + written.chars().count(),
        }
    }

    fn inline(&mut self, parts: &[Part<'_>], room: usize) -> bool {
        let mark = self.out.len();
        let is_written = Inline { out: &mut self.out, left: room }.parts(parts);
        if !is_written {
            self.out.truncate(mark);
        }
        is_written
    }

    /// Writes a sequence of which the lines below the first start at `indent`, with `behind` columns for what follows.
    fn sequence(&mut self, parts: &[Part<'_>], indent: usize, column: usize, behind: usize) {
        let room = self.style.max_width.saturating_sub(column + behind);
        if self.inline(parts, room) {
            return;
        }
        if let Some(operator) = self.breaks_at(parts, room) {
            self.chain(parts, operator, indent, column, behind);
        } else {
            self.broken(parts, indent, column, behind);
        }
    }

    /// Returns the operator at which conditions are broken: the outermost, if the part before a block does not fit.
    fn breaks_at(&mut self, parts: &[Part<'_>], room: usize) -> Option<&'static str> {
        let is_joint = |operator: &str| {
            parts
                .iter()
                .any(|part| matches!(part, Part::Word { text, is_joint: true, .. } if *text == operator))
        };
        let operator = ["||", "&&"].into_iter().find(|operator| is_joint(operator))?;
        let block =
            parts.iter().rposition(|part| matches!(part, Part::Group(Group { form: Form::Block, .. }, _)));
        let head =
            block.and_then(|at| parts.get(..at)).filter(|_| block.is_some_and(|at| at + 1 == parts.len()));
        let mark = self.out.len();
        let fits = head.is_some_and(|head| self.inline(head, room.saturating_sub(" {".len())));
        self.out.truncate(mark);
        (!fits).then_some(operator)
    }

    fn chain(&mut self, parts: &[Part<'_>], operator: &str, indent: usize, column: usize, behind: usize) {
        let step = indent + self.style.tab_spaces;
        let mut start = 0;
        let mut column = column;
        for end in 1..=parts.len() {
            let is_here = parts.get(end).is_none_or(
                |part| matches!(part, Part::Word { text, is_joint: true, .. } if *text == operator),
            );
            if !is_here {
                continue;
            }
            let Some(segment) = parts.get(start..end) else { return };
            let is_last = end == parts.len();
            if start > 0 {
                // A comment may have ended the line already.
                self.line(step);
                column = step;
            }
            let below = if is_last && ends_in_block(segment) { indent } else { step };
            self.first_closed(segment, start > 0, below, column, if is_last { behind } else { 0 });
            start = end;
        }
    }

    /// A segment of a chain, without the gap before its operator.
    fn first_closed(
        &mut self,
        segment: &[Part<'_>],
        is_open: bool,
        indent: usize,
        column: usize,
        behind: usize,
    ) {
        let mark = self.out.len();
        let Some((Part::Word { text, .. }, rest)) = segment.split_first().filter(|_| is_open) else {
            self.sequence(segment, indent, column, behind);
            return;
        };
        self.out.push_str(text);
        let column = self.column(column, mark);
        self.sequence(rest, indent, column, behind);
    }

    /// A sequence that does not fit: its groups that cannot be on one line are broken, or the last one.
    fn broken(&mut self, parts: &[Part<'_>], indent: usize, column: usize, behind: usize) {
        let start = self.out.len();
        let must = |part: &Part<'_>| match part {
            Part::Group(group, _) => {
                let mut line = String::new();
                !Inline { out: &mut line, left: usize::MAX }.group(group)
            }
            Part::Word { .. } => false,
        };
        let forced: Vec<bool> = parts.iter().map(must).collect();
        let last = |is_wanted: fn(&Group<'_>) -> bool| {
            parts.iter().rposition(|part| matches!(part, Part::Group(group, _) if is_wanted(group)))
        };
        let chosen = if forced.contains(&true) {
            None
        } else {
            last(|group| group.form != Form::Arguments && !group.items.is_empty())
                .or_else(|| last(|group| !group.items.is_empty() && group.open == "("))
                .or_else(|| last(|group| !group.items.is_empty()))
        };
        let mut is_new = false;
        for (index, part) in parts.iter().enumerate() {
            if std::mem::take(&mut is_new) {
                self.line(indent + self.style.tab_spaces);
            } else if let Part::Word { gap: true, .. } | Part::Group(_, true) = part {
                self.out.push(' ');
            }
            match part {
                Part::Word { text, ends_line, .. } => {
                    self.out.push_str(text);
                    is_new = *ends_line && index + 1 < parts.len();
                }
                Part::Group(group, _) => {
                    let is_broken = forced.get(index) == Some(&true) || chosen == Some(index);
                    let mut inline = Inline { out: &mut self.out, left: usize::MAX };
                    if !is_broken && inline.group(group) {
                        continue;
                    }
                    let column = self.column(column, start);
                    self.group(group, indent, column, behind);
                }
            }
        }
    }

    fn group(&mut self, group: &Group<'_>, indent: usize, column: usize, behind: usize) {
        self.out.push_str(group.open);
        if let Some(only) = hugged(group) {
            let comma = usize::from(group.form == Form::Arguments && group.has_comma);
            match only.parts.as_slice() {
                [Part::Group(inner, _)] => self.group(inner, indent, column + 1, behind + 1 + comma),
                parts => self.broken(parts, indent, column + 1, behind + 1 + comma),
            }
            if comma > 0 {
                self.out.push(',');
            }
            self.out.push_str(group.close);
            return;
        }
        let inner = indent + self.style.tab_spaces;
        for (index, item) in group.items.iter().enumerate() {
            if item.is_apart && index > 0 {
                self.out.push_str(self.newline);
            }
            self.lines(&item.above, inner, true);
            self.line(inner);
            let is_last = index + 1 == group.items.len();
            let has_comma = !is_last || group.form != Form::Arguments || group.has_comma;
            self.sequence(&item.parts, inner, inner, if has_comma { COMMA } else { 0 });
            if has_comma {
                self.out.push(',');
            }
            for comment in &item.behind {
                self.out.push(' ');
                self.out.push_str(comment);
            }
        }
        self.lines(&group.foot, inner, group.items.is_empty());
        self.line(indent);
        self.out.push_str(group.close);
    }
}

fn ends_in_block(parts: &[Part<'_>]) -> bool {
    matches!(parts.last(), Some(Part::Group(Group { form: Form::Block, .. }, _)))
}
