//! Texts to dates and times.

use super::{
    Trouble,
    calendar::{DAY, DAYS, Date, MONTHS, utc},
    integer::Format,
    picture::{self, Marker, Part},
};
use crate::{
    error::Fault,
    limits::Meter,
    number,
    regex::Regex,
    text::{of_units, units},
};

/// `$toMillis` without a picture. Times without a zone are in UTC.
pub(crate) fn parse_iso(text: &str) -> Result<Option<f64>, Trouble> {
    match iso(text) {
        Some(millis) => Ok(Some(millis)),
        None => Err(Trouble::with("D3110", text)),
    }
}

/// Returns the time in a text of the form that the reference accepts; no number where there is no such time.
fn iso(text: &str) -> Option<f64> {
    let mut reader = Reader { rest: text };
    let year = reader.digits(4)?;
    let mut months = Vec::new();
    while let Some(number) = reader.marked("-", 2) {
        months.push(number);
    }
    let mut times = Vec::new();
    while let Some(hours) = reader.marked("T", 2) {
        times.push([hours, reader.marked(":", 2)?, reader.marked(":", 2)?]);
    }
    let mut fraction = 0.0;
    let has_fraction = reader.rest.starts_with('.');
    if let Some(rest) = reader.rest.strip_prefix('.') {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())?;
        reader.rest = after;
        let thousandths: String = digits.chars().chain("00".chars()).take(3).collect();
        fraction = thousandths.parse().ok()?;
    }
    let zone = reader.zone()?;
    if !reader.rest.is_empty() {
        return None;
    }
    let (month, day) = match months.as_slice() {
        [] => (1.0, 1.0),
        [month] => (*month, 1.0),
        [month, day] => (*month, *day),
        _ => return Some(f64::NAN),
    };
    let [hours, minutes, seconds] = match times.as_slice() {
        [] if has_fraction => return Some(f64::NAN),
        [] => [0.0; 3],
        [time] => *time,
        _ => return Some(f64::NAN),
    };
    let ends_day = hours == 24.0 && minutes == 0.0 && seconds == 0.0 && fraction == 0.0;
    let is_time = hours <= 23.0 || ends_day;
    if !(1.0..=12.0).contains(&month) || !(1.0..=31.0).contains(&day) || !is_time {
        return Some(f64::NAN);
    }
    // Years of four digits are what they say, other than in `Date.UTC`.
    let since = if year < 100.0 {
        utc(year + 400.0, month - 1.0, day, [0.0; 4]) - 146_097.0 * DAY
    } else {
        utc(year, month - 1.0, day, [0.0; 4])
    };
    Some(since + hours * 3_600_000.0 + minutes * 60_000.0 + seconds * 1000.0 + fraction - zone * 60_000.0)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn digits(&mut self, count: usize) -> Option<f64> {
        let (digits, rest) = self.rest.split_at_checked(count)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        digits.parse().ok()
    }

    fn marked(&mut self, mark: &str, count: usize) -> Option<f64> {
        let before = self.rest;
        self.rest = self.rest.strip_prefix(mark)?;
        let number = self.digits(count);
        // A zone begins like a month.
        if number.is_none() || (mark == "-" && self.rest.starts_with(':')) {
            self.rest = before;
            return None;
        }
        number
    }

    /// The offset in minutes: `Z`, `+01:00`, `-0530`, or nothing.
    fn zone(&mut self) -> Option<f64> {
        if self.rest.is_empty() {
            return Some(0.0);
        }
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Some(0.0);
        }
        let sign = if self.rest.starts_with('-') { -1.0 } else { 1.0 };
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        let hours = self.digits(2)?;
        self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
        let minutes = self.digits(2)?;
        Some(sign * (hours * 60.0 + minutes))
    }
}

/// `$toMillis` with a picture.
pub(crate) fn parse(
    text: &str,
    picture: &str,
    now: f64,
    meter: &Meter,
) -> Result<Result<Option<f64>, Trouble>, Box<Fault>> {
    let prepared = picture::read(picture).and_then(|parts| {
        let pattern = pattern(&parts)?;
        Ok((parts, pattern))
    });
    let (parts, pattern) = match prepared {
        Ok(prepared) => prepared,
        Err(trouble) => return Ok(Err(trouble)),
    };
    // A pattern of ours can be read, but for widths that are no numbers.
    let Ok(regex) = Regex::new(&pattern, "i", &(0..0)) else { return Ok(Ok(None)) };
    let units = units(text);
    let Some(found) = regex.search(&units, 0, meter)? else { return Ok(Ok(None)) };
    let mut components = Components::default();
    for (part, group) in parts.iter().zip(&found.groups) {
        let Part::Marker(marker) = part else { continue };
        let (start, end) = group.unwrap_or((0, 0));
        let text = of_units(units.get(start..end).unwrap_or_default());
        match value(marker, &text) {
            Ok(value) => components.set(marker.component, value),
            Err(trouble) => return Ok(Err(trouble)),
        }
    }
    Ok(components.millis(now))
}

/// A regular expression with a group for each part.
fn pattern(parts: &[Part]) -> Result<String, Trouble> {
    let mut pattern = "^".to_owned();
    for part in parts {
        pattern.push('(');
        match part {
            Part::Literal(literal) => {
                for c in literal.chars() {
                    if ".*+?^${}()|[]\\".contains(c) {
                        pattern.push('\\');
                    }
                    pattern.push(c);
                }
            }
            Part::Marker(marker) => pattern.push_str(&marker_pattern(marker)?),
        }
        pattern.push(')');
    }
    pattern.push('$');
    Ok(pattern)
}

fn marker_pattern(marker: &Marker) -> Result<String, Trouble> {
    match (&marker.format, marker.component) {
        (Some(format), 'Z' | 'z') => {
            let name = if marker.component == 'z' { "GMT" } else { "" };
            let minutes = match format.separator() {
                Some(separator) => format!("{separator}[0-9]+"),
                None => String::new(),
            };
            Ok(format!("{name}[-+][0-9]+{minutes}"))
        }
        (Some(format), _) => {
            let mut format = format.clone();
            format.digits = Some(marker.digits).filter(|digits| !digits.is_nan());
            format.pattern()
        }
        (None, 'M' | 'x' | 'F' | 'P') => Ok("[a-zA-Z]+".to_owned()),
        (None, other) => Err(Trouble::with("D3133", other.to_string())),
    }
}

/// Returns the value of a text for a marker; nothing where it is no name of the kind.
fn value(marker: &Marker, text: &str) -> Result<Option<f64>, Trouble> {
    match (&marker.format, marker.component) {
        (Some(format), 'Z' | 'z') => {
            let text = if marker.component == 'z' { text.get(3..).unwrap_or_default() } else { text };
            Ok(Some(zone(text, format)))
        }
        (Some(format), _) => format.number(text).map(Some),
        (None, 'P') => Ok(match text {
            "am" | "AM" => Some(0.0),
            "pm" | "PM" => Some(1.0),
            _ => None,
        }),
        (None, component) => {
            let (names, first): (&[&str], _) =
                if component == 'F' { (&DAYS[1..], 1.0) } else { (&MONTHS, 1.0) };
            let short = |name: &str| match marker.most {
                Some(most) if most > 0.0 => name.chars().take(most as usize).collect(),
                _ => name.to_owned(),
            };
            // Where two are the same when cut, the last counts.
            Ok(names.iter().rposition(|name| short(name) == text).map(|index| index as f64 + first))
        }
    }
}

/// The offset in minutes.
fn zone(text: &str, format: &Format) -> f64 {
    let (hours, minutes) = match format.separator() {
        Some(separator) => text.split_once(separator).unwrap_or((text, "")),
        None if text.len() <= 3 => (text, "0"),
        None => text.split_at_checked(3).unwrap_or((text, "0")),
    };
    number::leading_integer(hours) * 60.0 + number::leading_integer(minutes)
}

/// The components that were read of a date.
#[derive(Default)]
struct Components(Vec<(char, f64)>);

impl Components {
    fn set(&mut self, component: char, value: Option<f64>) {
        self.0.retain(|(known, _)| *known != component);
        self.0.extend(value.map(|value| (component, value)));
    }

    fn get(&self, component: char) -> Option<f64> {
        self.0.iter().find(|(known, _)| *known == component).map(|(_, value)| *value)
    }

    /// A bit for each of the components that is there and not zero.
    fn mask(&self, components: &str) -> u32 {
        components.chars().fold(0, |mask, component| {
            let is_there = self.get(component).is_some_and(|value| value != 0.0 && !value.is_nan());
            mask << 1 | u32::from(is_there)
        })
    }

    fn millis(mut self, now: f64) -> Result<Option<f64>, Trouble> {
        if self.0.is_empty() {
            return Ok(None);
        }
        // Whether nothing but these is there, and one of them.
        let is = |kind: u32, mask: u32| !kind & mask == 0 && kind & mask != 0;
        let date = self.mask("YXMxWwdD");
        let by_month = is(0b1010_0001, date);
        let by_day = !by_month && is(0b1000_0010, date);
        let by_month_week = is(0b0101_0100, date);
        let by_week = !by_month_week && is(0b0100_1000, date);
        let time = self.mask("PHhmsf");
        let by_half = !is(0b01_0111, time) && is(0b10_1111, time);
        let dates = if by_day {
            "YD"
        } else if by_month_week {
            "XxwF"
        } else if by_week {
            "XWF"
        } else {
            "YMD"
        };
        self.fill(dates, if by_half { "Phmsf" } else { "Hmsf" }, now)?;
        if by_month_week || by_week {
            // The reference does not read these.
            return Err(Trouble::new("D3136"));
        }
        let part = |component: char| self.get(component).unwrap_or(f64::NAN);
        let mut month = self.get('M').filter(|month| *month > 0.0).map_or(0.0, |month| month - 1.0);
        let mut day = part('D');
        if by_day {
            let date = Date::of(utc(part('Y'), 0.0, 1.0, [0.0; 4]) + (part('d') - 1.0) * DAY);
            (month, day) = (date.month, date.day);
        }
        let mut hours = part('H');
        if by_half {
            hours = if part('h') == 12.0 { 0.0 } else { part('h') };
            if part('P') == 1.0 {
                hours += 12.0;
            }
        }
        let millis = utc(part('Y'), month, day, [hours, part('m'), part('s'), part('f')]);
        let zone = |component| self.get(component).filter(|zone| *zone != 0.0 && !zone.is_nan());
        Ok(Some(millis - zone('Z').or_else(|| zone('z')).unwrap_or(0.0) * 60_000.0))
    }

    /// Fills in what is missing: before what is given from the time now, behind it with the first there is.
    fn fill(&mut self, dates: &str, times: &str, now: f64) -> Result<(), Trouble> {
        let now = Date::of(now);
        let (mut begun, mut ended) = (false, false);
        for component in dates.chars().chain(times.chars()) {
            if self.get(component).is_some() {
                begun = true;
                if ended {
                    return Err(Trouble::new("D3136"));
                }
            } else if begun {
                self.set(component, Some(if "MDd".contains(component) { 1.0 } else { 0.0 }));
                ended = true;
            } else {
                let value = match component {
                    'P' => f64::NAN,
                    _ => now.component(component).unwrap_or(f64::NAN),
                };
                self.set(component, Some(value));
            }
        }
        Ok(())
    }
}
