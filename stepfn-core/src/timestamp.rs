//! Timestamps as AWS takes them, in definitions and in data: RFC 3339.

use std::{fmt, str::FromStr};

/// A point in time, read from an RFC 3339 timestamp: `2016-03-14T01:59:00Z`, with a fraction of a second of any length and an offset
/// where wanted.
///
/// Two forms of one instant are equal:
///
/// ```
/// use stepfn_core::check::Timestamp;
///
/// let read = |text: &str| text.parse::<Timestamp>();
/// assert_eq!(read("2016-12-05T22:29:29+01:00"), read("2016-12-05T21:29:29.000Z"));
/// assert!(read("9999-12-31T23:59:59.1234567890123Z") > read("9999-12-31T23:59:59.1234567890122Z"));
/// assert!(read("2016-12-05 21:29:29Z").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Since 1970.
    seconds: i64,
    /// The digits of the second's fraction, without zeros at the end.
    fraction: Box<str>,
}

impl Timestamp {
    /// Whole seconds since 1970, rounded down.
    pub fn seconds(&self) -> i64 {
        self.seconds
    }

    /// The nanoseconds of the second's fraction; what is smaller is cut off.
    pub fn nanoseconds(&self) -> u32 {
        let digits = self.fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
        digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads a timestamp: date, an uppercase `T`, time with seconds, and an uppercase `Z` or an offset.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        read(text).ok_or(TimestampError)
    }
}

/// A text that is no timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimestampError;

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a timestamp such as `2016-03-14T01:59:00Z`")
    }
}

impl std::error::Error for TimestampError {}

/// Returns `true` if a text is a timestamp.
pub(crate) fn is_timestamp(text: &str) -> bool {
    read(text).is_some()
}

fn read(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T')?;
    let (time, offset) = match time.strip_suffix('Z') {
        Some(time) => (time, 0),
        None => {
            let (time, offset) = time.split_at(time.rfind(['+', '-'])?);
            let [hours, minutes] = numbers(offset.get(1..)?, ':', [2, 2])?;
            let offset = (hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)?;
            (
                time,
                if text.as_bytes().get(date.len() + 1 + time.len()) == Some(&b'-') {
                    -offset
                } else {
                    offset
                },
            )
        }
    };
    let (clock, fraction) = match time.split_once('.') {
        Some((clock, fraction)) => (clock, fraction),
        None => (time, "0"),
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let day_exists = (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
    let time_exists = hour < 24 && minute < 60 && second < 60;
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    (day_exists && time_exists && is_fraction).then(|| Timestamp {
        seconds: day_number(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset,
        fraction: fraction.trim_end_matches('0').into(),
    })
}

/// The numbers of a text with so many digits each.
fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits)?;
        *number = part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(numbers)
}

fn days(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The days from 1970-01-01 to a day.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let years = before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let months: i64 = (1..month).map(|month| days(year, month)).sum();
    // From the first day of year 1 to that of 1970.
    years + months + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().seconds()
    }

    #[test]
    fn rfc_3339_and_nothing_else() {
        for text in [
            "2016-12-05T21:29:29Z",
            "2016-12-05T21:29:29.00Z",
            "2016-12-05T21:29:29.243167252Z",
            "2016-12-05T21:29:29.1234567890Z",
            "2024-02-29T00:00:00+09:00",
            "2016-12-05T21:29:29-00:30",
            "2016-12-05T21:29:29.5-00:30",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59-23:59",
            "0000-01-01T00:00:00Z",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in [
            "",
            "Z",
            "T",
            "2016-12-05",
            "2016-12-05 21:29:29Z",
            "2016-12-05t21:29:29Z",
            "2016-12-05T21:29:29z",
            "2016-12-05T21:29:29",
            "2016-12-05T21:29Z",
            "2016-13-05T21:29:29Z",
            "2023-02-29T00:00:00Z",
            "2016-12-05T25:29:29Z",
            "2016-12-05T21:29:60Z",
            "05-12-2016T21:29:29Z",
            "2016-12-05T21:29:29.Z",
            "2016-12-05T21:29:29.1.2Z",
            "2016-12-05T21:29:29+0900",
            "2016-12-05T21:29:29+09:00Z",
            "2016-12-05T21:29:29Z[UTC]",
            "2016-12-05T21:29:2\u{e9}Z",
            "\u{e4}016-12-05T21:29:29Z",
            "10000-01-01T00:00:00Z",
            "tomorrow",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }

    #[test]
    fn seconds_are_counted_from_1970() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31T23:30:00-00:30", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2024-01-01T00:00:00Z", 1_704_067_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
        // Each day follows the one before.
        let mut before = seconds("1895-12-31T00:00:00Z");
        for year in 1896..2105 {
            for month in 1..=12 {
                for day in 1..=days(year, month) {
                    let now = seconds(&format!("{year}-{month:02}-{day:02}T00:00:00Z"));
                    assert_eq!(now - before, 86_400, "{year}-{month}-{day}");
                    before = now;
                }
            }
        }
    }

    #[test]
    fn instants_compare_as_instants() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(at("2016-12-05T21:29:29Z"), at("2016-12-05T21:29:29.000Z"));
        assert!(at("2016-12-05T21:29:29Z") < at("2016-12-05T21:29:29.000000001Z"));
        assert!(at("2016-12-05T21:29:29.0000000001Z") < at("2016-12-05T21:29:29.00000000011Z"));
        assert!(at("2016-12-05T21:29:29+02:00") < at("2016-12-05T20:29:29Z"));
        assert_eq!(at("2016-12-05T21:29:29.05Z").nanoseconds(), 50_000_000);
        assert_eq!(at("2016-12-05T21:29:29.1234567899Z").nanoseconds(), 123_456_789);
    }
}
