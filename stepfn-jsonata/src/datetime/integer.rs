//! Pictures of whole numbers: `#,##0`, `Ww`, `I`, `1;o`.

use super::{Trouble, words};
use crate::number;

/// The format of a whole number.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub(super) primary: Primary,
    pub(super) case: Case,
    pub(super) ordinal: bool,
    /// The digit zero of the family, for decimals.
    zero: u32,
    /// No number where the format has no digits.
    pub(super) mandatory: f64,
    pub(super) optional: f64,
    /// Separators by their distance from the right end.
    separators: Vec<(usize, char)>,
    /// The distance between separators, where it is always the same.
    pub(super) regular: Option<(usize, char)>,
    /// The picture, where nobody knows how to count with it.
    token: String,
    /// The number of digits of a date, where it is given.
    pub(super) digits: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Primary {
    Decimal,
    Letters,
    Roman,
    Words,
    Sequence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Upper,
    Lower,
    Title,
}

/// The digits zero of the families of digits.
const ZEROS: [u32; 37] = [
    0x30, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

/// More digits than any number has.
const MOST_DIGITS: f64 = 1e5;

impl Format {
    pub(super) fn read(picture: &str) -> Result<Self, Trouble> {
        let (picture, modifier) = picture.rsplit_once(';').unwrap_or((picture, ""));
        let mut format = Self {
            primary: Primary::Decimal,
            case: Case::Lower,
            ordinal: modifier.starts_with('o'),
            zero: 0x30,
            mandatory: f64::NAN,
            optional: f64::NAN,
            separators: Vec::new(),
            regular: None,
            token: String::new(),
            digits: None,
        };
        (format.primary, format.case) = match picture {
            "A" => (Primary::Letters, Case::Upper),
            "a" => (Primary::Letters, Case::Lower),
            "I" => (Primary::Roman, Case::Upper),
            "i" => (Primary::Roman, Case::Lower),
            "W" => (Primary::Words, Case::Upper),
            "Ww" => (Primary::Words, Case::Title),
            "w" => (Primary::Words, Case::Lower),
            _ => {
                format.read_decimal(picture)?;
                (format.primary, Case::Lower)
            }
        };
        Ok(format)
    }

    fn read_decimal(&mut self, picture: &str) -> Result<(), Trouble> {
        let mut zero = None;
        let (mut mandatory, mut optional, mut position) = (0_u32, 0_u32, 0_usize);
        for c in picture.chars().rev() {
            let code = u32::from(c);
            if let Some(family) = ZEROS.iter().find(|family| (**family..=**family + 9).contains(&code)) {
                if *zero.get_or_insert(*family) != *family {
                    return Err(Trouble::new("D3131"));
                }
                mandatory += 1;
                position += 1;
            } else if c == '#' {
                optional += 1;
                position += 1;
            } else {
                self.separators.push((position, c));
            }
        }
        let Some(zero) = zero else {
            picture.clone_into(&mut self.token);
            self.primary = Primary::Sequence;
            return Ok(());
        };
        self.zero = zero;
        self.mandatory = f64::from(mandatory);
        self.optional = f64::from(optional);
        self.regular = regular(&self.separators);
        Ok(())
    }

    /// The number as this format writes it.
    pub(super) fn write(&self, number: f64) -> Result<String, Trouble> {
        let value = number.abs();
        let text = match self.primary {
            Primary::Letters => words::letters(value, if self.case == Case::Upper { b'A' } else { b'a' }),
            Primary::Roman => {
                let roman = words::roman(value)?;
                if self.case == Case::Upper { roman.to_uppercase() } else { roman }
            }
            Primary::Words => {
                let words = words::words(value, self.ordinal);
                match self.case {
                    Case::Upper => words.to_uppercase(),
                    Case::Lower => words.to_lowercase(),
                    Case::Title => words,
                }
            }
            Primary::Decimal => self.write_decimal(value)?,
            Primary::Sequence => return Err(Trouble::with("D3130", self.token.clone())),
        };
        Ok(if number < 0.0 { format!("-{text}") } else { text })
    }

    fn write_decimal(&self, value: f64) -> Result<String, Trouble> {
        let mut digits: Vec<char> = number::text(value).chars().collect();
        let missing = self.mandatory - digits.len() as f64;
        if missing > MOST_DIGITS {
            return Err(Trouble::new(Trouble::TOO_LONG));
        }
        if missing > 0.0 {
            digits.splice(0..0, std::iter::repeat_n('0', missing as usize));
        }
        if self.zero != 0x30 {
            for digit in &mut digits {
                let code = u32::from(*digit) + self.zero - 0x30;
                *digit = char::from_u32(code).unwrap_or(*digit);
            }
        }
        if let Some((distance, separator)) = self.regular {
            let count = digits.len().saturating_sub(1) / distance;
            for index in (1..=count).rev() {
                digits.insert(digits.len() - index * distance, separator);
            }
        } else {
            for (position, separator) in self.separators.iter().rev() {
                match digits.len().checked_sub(*position) {
                    Some(place) => digits.insert(place, *separator),
                    // What is left of the picture's end counts from the right in JavaScript.
                    None => {
                        let from = (2 * digits.len()).saturating_sub(*position);
                        digits.drain(..from.min(digits.len()));
                        digits.insert(0, *separator);
                    }
                }
            }
        }
        if self.ordinal {
            let teens = digits.len() > 1 && digits.get(digits.len() - 2) == Some(&'1');
            let suffix = match digits.last() {
                Some('1') if !teens => "st",
                Some('2') if !teens => "nd",
                Some('3') if !teens => "rd",
                _ => "th",
            };
            digits.extend(suffix.chars());
        }
        Ok(digits.into_iter().collect())
    }

    /// A regular expression of what this format writes.
    pub(super) fn pattern(&self) -> Result<String, Trouble> {
        let upper = self.case == Case::Upper;
        Ok(match self.primary {
            Primary::Letters => if upper { "[A-Z]+" } else { "[a-z]+" }.to_owned(),
            Primary::Roman => if upper { "[MDCLXVI]+" } else { "[mdclxvi]+" }.to_owned(),
            Primary::Words => words::pattern(),
            Primary::Decimal => {
                let times = match self.digits {
                    Some(digits) if digits > 0.0 && self.optional == 0.0 => {
                        format!("{{{}}}", number::text(digits))
                    }
                    Some(digits) if digits > 0.0 => {
                        let least = number::text(digits - self.optional);
                        format!("{{{least},{}}}", number::text(digits))
                    }
                    _ => "+".to_owned(),
                };
                let suffix = if self.ordinal { "(?:th|st|nd|rd)" } else { "" };
                format!("[0-9]{times}{suffix}")
            }
            Primary::Sequence => return Err(Trouble::with("D3130", self.token.clone())),
        })
    }

    /// Returns the number in a text that this format wrote.
    pub(super) fn number(&self, text: &str) -> Result<f64, Trouble> {
        let upper = self.case == Case::Upper;
        Ok(match self.primary {
            Primary::Letters => words::number_of_letters(text, if upper { b'A' } else { b'a' }),
            Primary::Roman if upper => words::number_of_roman(text),
            Primary::Roman => words::number_of_roman(&text.to_uppercase()),
            Primary::Words => words::number_of(&text.to_lowercase()),
            Primary::Decimal => {
                let units = text.chars().count();
                let digits = text.chars().take(if self.ordinal { units.saturating_sub(2) } else { units });
                let is_separator = |c: char| match self.regular {
                    Some(_) => c == ',',
                    None => self.separators.iter().any(|(_, separator)| *separator == c),
                };
                let plain = |c: char| {
                    let code = (u32::from(c) + 0x30).checked_sub(self.zero)?;
                    char::from_u32(code)
                };
                let digits: String =
                    digits.filter(|c| !is_separator(*c)).map(|c| plain(c).unwrap_or(c)).collect();
                number::leading_integer(&digits)
            }
            Primary::Sequence => return Err(Trouble::with("D3130", self.token.clone())),
        })
    }

    /// The separator, where it comes at regular distances.
    pub(super) fn separator(&self) -> Option<char> {
        self.regular.map(|(_, separator)| separator)
    }
}

/// The distance between separators, where it is always the same and they are all alike.
fn regular(separators: &[(usize, char)]) -> Option<(usize, char)> {
    let (_, separator) = *separators.first()?;
    if separators.iter().any(|(_, other)| *other != separator) {
        return None;
    }
    let factor = separators.iter().map(|(position, _)| *position).reduce(gcd)?;
    let all = (1..=separators.len())
        .all(|index| separators.iter().any(|(position, _)| *position == index * factor));
    (all && factor > 0).then_some((factor, separator))
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// `$formatInteger`
pub(crate) fn format_integer(number: f64, picture: &str) -> Result<String, Trouble> {
    Format::read(picture)?.write(number)
}

/// `$parseInteger`
pub(crate) fn parse_integer(text: &str, picture: &str) -> Result<f64, Trouble> {
    Format::read(picture)?.number(text)
}
