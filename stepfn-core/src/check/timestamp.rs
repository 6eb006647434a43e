//! Timestamps as AWS takes them in definitions: RFC 3339.

/// Whether a text is a timestamp: `2016-03-14T01:59:00Z`, with a fraction of a second and an offset where wanted.
pub(crate) fn is_timestamp(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let (time, offset) = match time.strip_suffix('Z') {
        Some(time) => (time, None),
        None => match time.rfind(['+', '-']) {
            Some(sign) => (&time[..sign], Some(&time[sign + 1..])),
            None => return false,
        },
    };
    let (clock, fraction) = match time.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (time, None),
    };
    let date = numbers(date, '-', &[4, 2, 2]);
    let clock = numbers(clock, ':', &[2, 2, 2]);
    let offset = offset.map_or(Some(vec![0, 0]), |offset| numbers(offset, ':', &[2, 2]));
    let (Some(date), Some(clock), Some(offset)) = (date, clock, offset) else { return false };
    let day_exists = (1..=12).contains(&date[1]) && (1..=days(date[0], date[1])).contains(&date[2]);
    let time_exists = clock[0] < 24 && clock[1] < 60 && clock[2] < 60;
    let fraction =
        fraction.is_none_or(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    day_exists && time_exists && fraction && offset[0] < 24 && offset[1] < 60
}

/// The numbers of a text with so many digits each.
fn numbers(text: &str, separator: char, digits: &[usize]) -> Option<Vec<u32>> {
    let parts: Vec<_> = text.split(separator).collect();
    let fits = parts.len() == digits.len()
        && parts
            .iter()
            .zip(digits)
            .all(|(part, digits)| part.len() == *digits && part.bytes().all(|byte| byte.is_ascii_digit()));
    if fits { parts.iter().map(|part| part.parse().ok()).collect() } else { None }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::is_timestamp;

    #[test]
    fn rfc_3339_and_nothing_else() {
        for text in [
            "2016-12-05T21:29:29Z",
            "2016-12-05T21:29:29.00Z",
            "2016-12-05T21:29:29.243167252Z",
            "2024-02-29T00:00:00+09:00",
            "2016-12-05T21:29:29-00:30",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in [
            "",
            "2016-12-05 21:29:29Z",
            "2016-12-05T21:29:29",
            "2016-12-05T21:29Z",
            "2016-13-05T21:29:29Z",
            "2023-02-29T00:00:00Z",
            "2016-12-05T25:29:29Z",
            "05-12-2016T21:29:29Z",
            "2016-12-05T21:29:29.Z",
            "2016-12-05T21:29:29+0900",
            "2016-12-05T21:29:2\u{e9}Z",
            "tomorrow",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}
