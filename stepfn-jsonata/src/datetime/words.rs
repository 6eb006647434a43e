//! Whole numbers in English words, Roman numerals and letters.

use super::Trouble;

const FEW: [&str; 20] = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
];
const ORDINALS: [&str; 20] = [
    "Zeroth",
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
    "Tenth",
    "Eleventh",
    "Twelfth",
    "Thirteenth",
    "Fourteenth",
    "Fifteenth",
    "Sixteenth",
    "Seventeenth",
    "Eighteenth",
    "Nineteenth",
];
const DECADES: [&str; 9] =
    ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety", "Hundred"];
const MAGNITUDES: [&str; 4] = ["Thousand", "Million", "Billion", "Trillion"];

/// The number in words, each with a capital.
pub(super) fn words(number: f64, ordinal: bool) -> String {
    if number.is_finite() { speak(number, false, ordinal) } else { crate::number::text(number) }
}

fn speak(number: f64, after: bool, ordinal: bool) -> String {
    let few = if ordinal { &ORDINALS } else { &FEW };
    let (and, comma) = if after { (" and ", ", ") } else { ("", "") };
    let name = |list: &[&'static str], index: f64| list.get(index as usize).copied().unwrap_or_default();
    if number <= 19.0 {
        return format!("{and}{}", name(few, number));
    }
    if number < 100.0 {
        let decade = name(&DECADES, (number / 10.0).floor() - 2.0);
        let rest = number % 10.0;
        return if rest > 0.0 {
            format!("{and}{decade}-{}", speak(rest, false, ordinal))
        } else if ordinal {
            format!("{and}{}ieth", decade.strip_suffix('y').unwrap_or(decade))
        } else {
            format!("{and}{decade}")
        };
    }
    let (head, rest) = if number < 1000.0 {
        (format!("{comma}{} Hundred", name(&FEW, (number / 100.0).floor())), number % 100.0)
    } else {
        let magnitude = ((number.log10() / 3.0).floor()).min(MAGNITUDES.len() as f64);
        let factor = 10_f64.powi(magnitude as i32 * 3);
        let many = (number / factor).floor();
        let head = format!("{comma}{} {}", speak(many, false, false), name(&MAGNITUDES, magnitude - 1.0));
        (head, number - many * factor)
    };
    if rest > 0.0 {
        format!("{head}{}", speak(rest, true, ordinal))
    } else if ordinal {
        format!("{head}th")
    } else {
        head
    }
}

/// Returns all words of numbers, and their values.
fn known_words() -> Vec<(String, f64)> {
    let mut known: Vec<(String, f64)> = Vec::new();
    for list in [FEW, ORDINALS] {
        known.extend(list.iter().enumerate().map(|(index, word)| (word.to_lowercase(), index as f64)));
    }
    for (index, word) in DECADES.iter().enumerate() {
        let word = word.to_lowercase();
        let value = (index as f64 + 2.0) * 10.0;
        let stem = word.get(..word.len() - 1).unwrap_or_default();
        known.push((format!("{stem}ieth"), value));
        known.insert(known.len() - 1, (word, value));
    }
    known.push(("hundredth".to_owned(), 100.0));
    for (index, word) in MAGNITUDES.iter().enumerate() {
        let word = word.to_lowercase();
        let value = 10_f64.powi((index as i32 + 1) * 3);
        known.push((word.clone(), value));
        known.push((format!("{word}th"), value));
    }
    known
}

/// A regular expression of numbers in words.
pub(super) fn pattern() -> String {
    let words: Vec<String> = known_words().into_iter().map(|(word, _)| word).collect();
    format!("(?:{}|and|[\\-, ])+", words.join("|"))
}

/// The number that words say, in lower case; no number where there is another word.
pub(super) fn number_of(text: &str) -> f64 {
    let known = known_words();
    let mut sums = vec![0.0_f64];
    for word in split(text) {
        let value = known.iter().find(|(name, _)| *name == word).map_or(f64::NAN, |(_, value)| *value);
        let top = sums.pop().unwrap_or_default();
        if value < 100.0 {
            if top >= 1000.0 {
                sums.push(top);
                sums.push(value);
            } else {
                sums.push(top + value);
            }
        } else {
            sums.push(top * value);
        }
    }
    sums.iter().sum()
}

/// Words between commas, `and`, blanks and hyphens.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    let mut start = 0;
    let mut at = 0;
    while let Some(c) = rest.get(at..).and_then(|rest| rest.chars().next()) {
        let tail = rest.get(at..).unwrap_or_default();
        let blank = |text: &str| text.chars().next().is_some_and(char::is_whitespace);
        let skip = if c == ',' && blank(&tail[1..]) {
            2
        } else if c.is_whitespace()
            && tail[c.len_utf8()..].starts_with("and")
            && blank(&tail[c.len_utf8() + 3..])
        {
            c.len_utf8() + 4
        } else if c.is_whitespace() || c == '-' || c == '\\' {
            c.len_utf8()
        } else {
            at += c.len_utf8();
            continue;
        };
        words.push(rest.get(start..at).unwrap_or_default());
        rest = rest.get(at + skip..).unwrap_or_default();
        (start, at) = (0, 0);
    }
    words.push(rest.get(start..).unwrap_or_default());
    words
}

const ROMAN: [(f64, &str); 13] = [
    (1000.0, "m"),
    (900.0, "cm"),
    (500.0, "d"),
    (400.0, "cd"),
    (100.0, "c"),
    (90.0, "xc"),
    (50.0, "l"),
    (40.0, "xl"),
    (10.0, "x"),
    (9.0, "ix"),
    (5.0, "v"),
    (4.0, "iv"),
    (1.0, "i"),
];

/// The number in Roman numerals, in lower case.
pub(super) fn roman(number: f64) -> Result<String, Trouble> {
    // A thousand is one letter.
    if number > 1e7 {
        return Err(Trouble::new(Trouble::TOO_LONG));
    }
    let mut rest = number;
    let mut text = String::new();
    while let Some((value, letters)) = ROMAN.iter().find(|(value, _)| rest >= *value) {
        text.push_str(letters);
        rest -= value;
    }
    Ok(text)
}

/// The number that Roman numerals say, in capitals; no number where there is another letter.
pub(super) fn number_of_roman(text: &str) -> f64 {
    let value = |letter: char| match letter {
        'M' => 1000.0,
        'D' => 500.0,
        'C' => 100.0,
        'L' => 50.0,
        'X' => 10.0,
        'V' => 5.0,
        'I' => 1.0,
        _ => f64::NAN,
    };
    let (mut sum, mut most) = (0.0, 1.0);
    for letter in text.chars().rev() {
        let value = value(letter);
        if value < most {
            sum -= value;
        } else {
            most = value;
            sum += value;
        }
    }
    sum
}

/// The number in letters: `a` to `z`, `aa` …
pub(super) fn letters(number: f64, first: u8) -> String {
    let mut rest = if number.is_finite() { number } else { 0.0 };
    let mut text = Vec::new();
    while rest > 0.0 {
        let letter = ((rest - 1.0) % 26.0) as u8;
        text.push(char::from(first + letter));
        rest = ((rest - 1.0) / 26.0).floor();
    }
    text.into_iter().rev().collect()
}

/// The number that letters say.
pub(super) fn number_of_letters(text: &str, first: u8) -> f64 {
    let units: Vec<u16> = text.encode_utf16().collect();
    let digit = |(index, unit): (usize, &u16)| {
        (f64::from(*unit) - f64::from(first) + 1.0) * 26_f64.powi(i32::try_from(index).unwrap_or(i32::MAX))
    };
    units.iter().rev().enumerate().map(digit).sum()
}
