//! Dates and times with pictures, and whole numbers in words and numerals: the formats of XPath, as the reference has them.

mod calendar;
mod format;
mod integer;
mod parse;
mod picture;
mod words;

pub(crate) use self::{
    format::format,
    integer::{format_integer, parse_integer},
    parse::{parse, parse_iso},
};

/// The reason why a picture cannot be used: the code of the error, and the value that it shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) code: &'static str,
    pub(crate) value: Option<String>,
}

impl Trouble {
    /// The code of texts that would be too long.
    pub(crate) const TOO_LONG: &'static str = "U1001";

    fn new(code: &'static str) -> Self {
        Self { code, value: None }
    }

    fn with(code: &'static str, value: impl Into<String>) -> Self {
        Self { code, value: Some(value.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_with_pictures() {
        let at = 1_521_801_216_617.0;
        assert_eq!(format(at, None, None).unwrap(), "2018-03-23T10:33:36.617Z");
        let picture = Some("[FNn], [D1o] [MNn] [Y] at [h]:[m01][P] [z]");
        assert_eq!(
            format(at, picture, Some("+0100")).unwrap(),
            "Friday, 23rd March 2018 at 11:33am GMT+01:00"
        );
        assert_eq!(format(at, Some("[Y"), None).unwrap_err().code, "D3135");
        assert_eq!(format(at, Some("[q]"), None).unwrap_err(), Trouble::with("D3132", "q"));
    }

    #[test]
    fn what_is_not_there_is_what_javascript_makes_of_it() {
        for picture in ["[Q2]", "[Qn,*-2]", "[Q01,2-3]", "[é1]", "[,2]", "[,]"] {
            assert_eq!(format(0.0, Some(picture), None).unwrap(), "undefined", "{picture}");
        }
        for (picture, expected) in
            [("[M]", "NaN"), ("[MNn]", "undefined"), ("[FNn]", "undefined"), ("[xNn] [PN]", "undefined AM")]
        {
            assert_eq!(format(0.0, Some(picture), Some("none")).unwrap(), expected, "{picture}");
        }
        for picture in ["[MN]", "[Mn]", "[MNn,3]", "[FN]", "[MNn,*-*]"] {
            assert_eq!(format(0.0, Some(picture), Some("none")).unwrap_err().code, "U1003", "{picture}");
        }
    }

    #[test]
    fn instants_without_pictures_are_read() {
        assert_eq!(parse_iso("2018-03-23T10:33:36.617Z"), Ok(Some(1_521_801_216_617.0)));
        assert_eq!(parse_iso("2018-03-23"), Ok(Some(1_521_763_200_000.0)));
        assert_eq!(parse_iso("1970-01-01T01:00:00+0100"), Ok(Some(0.0)));
        assert_eq!(parse_iso("today").unwrap_err().code, "D3110");
    }

    #[test]
    fn integers_in_words_and_numerals() {
        assert_eq!(format_integer(1999.0, "I").unwrap(), "MCMXCIX");
        assert_eq!(format_integer(2789.0, "w").unwrap(), "two thousand, seven hundred and eighty-nine");
        assert_eq!(format_integer(12.0, "A").unwrap(), "L");
        assert_eq!(format_integer(1_234_567.0, "#,##0").unwrap(), "1,234,567");
        assert_eq!(format_integer(22.0, "1;o").unwrap(), "22nd");
        assert_eq!(format_integer(1e30, "I").unwrap_err().code, Trouble::TOO_LONG);
        assert_eq!(parse_integer("twelve thousand", "w").unwrap(), 12_000.0);
        assert_eq!(parse_integer("MCMXCIX", "I").unwrap(), 1999.0);
    }
}
