//! Dates and times to text.

use super::{
    Trouble,
    calendar::{DAYS, Date, MONTHS},
    integer::{Case, format_integer},
    picture::{self, Marker, Part},
};
use crate::{error::Error, number};

/// More than anybody wants to know of a date.
const MOST_BYTES: usize = 16 << 20;

/// `$fromMillis`
pub(crate) fn format(millis: f64, picture: Option<&str>, zone: Option<&str>) -> Result<String, Trouble> {
    let zone = Zone::read(zone);
    let parts = picture::read(picture.unwrap_or("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]"))?;
    let date = Date::of(millis + (60.0 * zone.hours + zone.minutes) * 60_000.0);
    let mut text = String::new();
    for part in &parts {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Marker(marker) => text.push_str(&component(&date, marker, &zone)?),
        }
        if text.len() > MOST_BYTES {
            return Err(Trouble::new(Trouble::TOO_LONG));
        }
    }
    Ok(text)
}

struct Zone {
    hours: f64,
    minutes: f64,
}

impl Zone {
    /// `+0530`
    fn read(zone: Option<&str>) -> Self {
        let offset = zone.map_or(0.0, number::leading_integer);
        Self { hours: (offset / 100.0).floor(), minutes: offset % 100.0 }
    }
}

fn component(date: &Date, marker: &Marker, zone: &Zone) -> Result<String, Trouble> {
    let value = date.component(marker.component);
    match marker.component {
        'Z' | 'z' => offset(marker, zone),
        'P' => {
            let text = if date.hours >= 12.0 { "pm" } else { "am" };
            Ok(if marker.names == Some(Case::Upper) { text.to_uppercase() } else { text.to_owned() })
        }
        'C' | 'E' => Ok("ISO".to_owned()),
        'Y' | 'M' | 'D' | 'd' | 'F' | 'W' | 'w' | 'X' | 'x' | 'H' | 'h' | 'm' | 's' => {
            numbered(marker, value.unwrap_or(f64::NAN))
        }
        'f' => match &marker.format {
            Some(format) => format.write(value.unwrap_or(f64::NAN)),
            None => Err(Trouble::with("D3133", "f")),
        },
        // A component that nobody knows, with a presentation of its own.
        _ => Ok(UNDEFINED.to_owned()),
    }
}

/// What JavaScript makes of nothing in a text.
const UNDEFINED: &str = "undefined";

fn numbered(marker: &Marker, mut value: f64) -> Result<String, Trouble> {
    if marker.component == 'Y' && marker.digits != -1.0 {
        value %= 10_f64.powf(marker.digits);
    }
    let Some(case) = marker.names else {
        return match &marker.format {
            Some(format) => format.write(value),
            None => Ok(number::text(value)),
        };
    };
    let (names, at) = match marker.component {
        'M' | 'x' => (&MONTHS[..], value - 1.0),
        'F' => (&DAYS[..], value),
        other => return Err(Trouble::with("D3133", other.to_string())),
    };
    // The time zone may be no number: no month has a name then.
    let name = if at >= 0.0 { names.get(at as usize).copied() } else { None };
    let Some(name) = name else {
        // The reference looks at the length of nothing, or for its other case.
        return if case == Case::Title && !marker.has_width {
            Ok(UNDEFINED.to_owned())
        } else {
            let read = match case {
                Case::Upper => "toUpperCase",
                Case::Lower => "toLowerCase",
                Case::Title => "length",
            };
            let words = format!("Cannot read properties of undefined (reading '{read}')");
            Err(Trouble::with(Error::INTERNAL, words))
        };
    };
    let name = match case {
        Case::Upper => name.to_uppercase(),
        Case::Lower => name.to_lowercase(),
        Case::Title => name.to_owned(),
    };
    Ok(match marker.most {
        Some(most) if name.len() as f64 > most => name.chars().take(most.max(0.0) as usize).collect(),
        _ => name,
    })
}

/// The time zone.
fn offset(marker: &Marker, zone: &Zone) -> Result<String, Trouble> {
    let Some(format) = &marker.format else { return Err(Trouble::new("D3134")) };
    let offset = zone.hours * 100.0 + zone.minutes;
    let mut text = if format.regular.is_some() {
        format.write(offset)?
    } else if format.mandatory == 1.0 || format.mandatory == 2.0 {
        let mut text = format.write(zone.hours)?;
        if zone.minutes != 0.0 {
            text.push(':');
            text.push_str(&format_integer(zone.minutes, "00")?);
        }
        text
    } else if format.mandatory == 3.0 || format.mandatory == 4.0 {
        format.write(offset)?
    } else {
        return Err(Trouble::with("D3134", number::text(format.mandatory)));
    };
    if offset >= 0.0 {
        text.insert(0, '+');
    }
    if marker.component == 'z' {
        text.insert_str(0, "GMT");
    }
    if offset == 0.0 && marker.traditional {
        "Z".clone_into(&mut text);
    }
    Ok(text)
}
