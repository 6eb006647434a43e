//! Pictures of dates and times: `[Y0001]-[M01]-[D01]`.

use super::{
    Trouble,
    integer::{Case, Format},
};
use crate::number;

/// A part of a picture.
#[derive(Debug)]
pub(super) enum Part {
    Literal(String),
    Marker(Box<Marker>),
}

/// A component of a date.
#[derive(Debug)]
pub(super) struct Marker {
    pub(super) component: char,
    /// Whether a width is given, be it `*`.
    pub(super) has_width: bool,
    /// The most characters, where it is given.
    pub(super) most: Option<f64>,
    /// The case of a name, if it is one.
    pub(super) names: Option<Case>,
    /// `t`: `Z` for UTC.
    pub(super) traditional: bool,
    pub(super) format: Option<Format>,
    /// The number of digits of a year that are kept; -1 for all.
    pub(super) digits: f64,
}

pub(super) fn read(picture: &str) -> Result<Vec<Part>, Trouble> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = picture;
    while let Some((before, after)) = rest.split_once('[') {
        literal.push_str(before);
        flush(&mut literal, &mut parts);
        if let Some(after) = after.strip_prefix('[') {
            parts.push(Part::Literal("[".to_owned()));
            rest = after;
            continue;
        }
        let Some((marker, after)) = after.split_once(']') else { return Err(Trouble::new("D3135")) };
        let marker: String = marker.chars().filter(|c| !c.is_whitespace()).collect();
        parts.push(Part::Marker(Box::new(Marker::read(&marker)?)));
        rest = after;
    }
    literal.push_str(rest);
    flush(&mut literal, &mut parts);
    Ok(parts)
}

fn flush(literal: &mut String, parts: &mut Vec<Part>) {
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.replace("]]", "]")));
        literal.clear();
    }
}

/// Returns the default presentation of a component.
fn default_presentation(component: char) -> Option<&'static str> {
    Some(match component {
        'Y' | 'M' | 'D' | 'd' | 'W' | 'w' | 'X' | 'x' | 'H' | 'h' | 'f' => "1",
        'F' | 'P' | 'C' | 'E' => "n",
        'm' | 's' => "01",
        'Z' | 'z' => "01:01",
        _ => return None,
    })
}

impl Marker {
    fn read(marker: &str) -> Result<Self, Trouble> {
        let mut chars = marker.chars();
        let Some(component) = chars.next() else { return Err(Trouble::with("D3132", "")) };
        let (modifiers, width) = match chars.as_str().rsplit_once(',') {
            Some((modifiers, width)) => (modifiers, Some(width)),
            // `substring(1, 0)` of JavaScript is the first character.
            None if component == ',' => (",", Some(chars.as_str())),
            None => (chars.as_str(), None),
        };
        let (least, most) = width.map_or((None, None), widths);
        let (first, second) = match modifiers.chars().last() {
            Some(last) if modifiers.chars().count() > 1 && "atco".contains(last) => {
                (modifiers.strip_suffix(last).unwrap_or(modifiers), Some(last))
            }
            _ => (modifiers, None),
        };
        let first = if modifiers.is_empty() {
            let unknown = || Trouble::with("D3132", component.to_string());
            default_presentation(component).ok_or_else(unknown)?
        } else {
            first
        };
        let mut made = Self {
            component,
            has_width: width.is_some(),
            most,
            names: None,
            traditional: second == Some('t'),
            format: None,
            digits: f64::NAN,
        };
        if first.starts_with('n') {
            made.names = Some(Case::Lower);
        } else if first.starts_with("Nn") {
            made.names = Some(Case::Title);
        } else if first.starts_with('N') {
            made.names = Some(Case::Upper);
        } else if "YMDdFWwXxHhmsf".contains(component) {
            made.read_integer(first, second, least)?;
        }
        if matches!(component, 'Z' | 'z') {
            made.format = Some(Format::read(first)?);
        }
        Ok(made)
    }

    fn read_integer(&mut self, first: &str, second: Option<char>, least: Option<f64>) -> Result<(), Trouble> {
        let mut format = match second {
            Some(second) => Format::read(&format!("{first};{second}"))?,
            None => Format::read(first)?,
        };
        if let Some(least) = least
            && format.mandatory < least
        {
            format.mandatory = least;
        }
        if "YMD".contains(self.component) {
            self.digits = -1.0;
            match self.most {
                Some(most) => {
                    self.digits = most;
                    format.mandatory = most;
                }
                None => {
                    let width = format.mandatory + format.optional;
                    if width >= 2.0 {
                        self.digits = width;
                    }
                }
            }
        }
        self.format = Some(format);
        Ok(())
    }
}

/// `2-4`, `*-4`, `2`
fn widths(width: &str) -> (Option<f64>, Option<f64>) {
    let read = |width: &str| (width != "*").then(|| number::leading_integer(width));
    match width.split_once('-') {
        Some((least, most)) => (read(least), read(most)),
        None => (read(width), None),
    }
}
