//! The looks and the size of a state.

use stepfn_core::{graph::Node, visible::visible};

use crate::{geometry::Size, text};

/// The sizes of the fonts, in pixels.
pub(crate) const NAME: f64 = 13.0;
pub(crate) const TYPE: f64 = 10.0;
pub(crate) const LABEL: f64 = 11.0;
/// The heights of their lines.
pub(crate) const NAME_LINE: f64 = 16.0;
pub(crate) const NOTE_LINE: f64 = 13.0;
pub(crate) const LABEL_LINE: f64 = 14.0;
/// The title line of a box.
pub(crate) const TITLE: f64 = 36.0;
/// The marks of beginning and end.
pub(crate) const START: Size = Size { width: 16.0, height: 16.0 };
pub(crate) const END: Size = Size { width: 18.0, height: 18.0 };

const NAME_WIDTH: f64 = 190.0;
const TITLE_WIDTH: f64 = 420.0;

/// A state, ready to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct Face {
    /// Its name, in lines.
    pub(crate) name: Vec<String>,
    /// The notes below the name.
    pub(crate) notes: Vec<String>,
    /// The type, and in the title of a box its notes.
    pub(crate) kind: String,
    /// Its name in one line, as the title of a box, and how wide that is together with the type.
    pub(crate) title: String,
    pub(crate) title_width: f64,
    pub(crate) size: Size,
    /// The slant of its left and right sides, as a hexagon's.
    pub(crate) slant: f64,
    /// Whether something is drawn inside of it.
    pub(crate) is_box: bool,
}

/// Names are bold: a little wider.
fn bold(text: &str) -> f64 {
    text::sans(text, NAME) * 1.06
}

/// Returns the face of a state without anything inside.
pub(crate) fn face(node: &Node) -> Face {
    let shown = visible(&node.name);
    let name = text::wrap(&shown, NAME_WIDTH, 3, bold);
    let title = text::shorten(&shown, TITLE_WIDTH, bold);
    let notes: Vec<String> = node
        .notes
        .iter()
        .map(|note| text::shorten(&visible(note), NAME_WIDTH, |text| text::sans(text, TYPE)))
        .collect();
    let kind =
        [node.state_type].into_iter().chain(notes.iter().map(String::as_str)).collect::<Vec<_>>().join(" · ");
    let type_width = text::sans(&kind, TYPE);
    let notes_width =
        notes.iter().map(|note| text::sans(note, TYPE)).fold(text::sans(node.state_type, TYPE), f64::max);
    let slant = match node.state_type {
        "Choice" => 14.0,
        "Succeed" | "Fail" => 10.0,
        _ => 0.0,
    };
    let text_width = name.iter().map(|line| bold(line)).fold(notes_width, f64::max);
    let lines: f64 = name.iter().map(|_| NAME_LINE).chain(notes.iter().map(|_| NOTE_LINE)).sum();
    Face {
        title_width: bold(&title) + type_width + 8.0,
        size: Size { width: (text_width + 24.0 + 2.0 * slant).max(88.0), height: lines + 30.0 },
        name,
        notes,
        kind,
        title,
        slant,
        is_box: false,
    }
}

/// Returns the lines of a label: one text in a few lines, or several, each in a line of its own.
pub(crate) fn label(texts: &[&str], most_columns: usize) -> Vec<String> {
    let width = f64::from(u16::try_from(most_columns.clamp(8, 400)).unwrap_or(400));
    let columns = |text: &str| f64::from(u32::try_from(text::columns(text)).unwrap_or(u32::MAX));
    match texts {
        [] => Vec::new(),
        [one] => text::wrap(&visible(one), width, 3, columns),
        several => {
            let shown = if several.len() > 4 { 3 } else { several.len() };
            let mut lines: Vec<String> =
                several[..shown].iter().map(|text| text::shorten(&visible(text), width, columns)).collect();
            if shown < several.len() {
                lines.push(format!("… {} more", several.len() - shown));
            }
            lines
        }
    }
}

/// Returns the size of a label.
pub(crate) fn label_size(lines: &[String]) -> Size {
    if lines.is_empty() {
        return Size::default();
    }
    let width = lines.iter().map(|line| text::mono(line, LABEL)).fold(0.0, f64::max);
    Size { width: width + 10.0, height: lines.iter().map(|_| LABEL_LINE).sum::<f64>() + 4.0 }
}
