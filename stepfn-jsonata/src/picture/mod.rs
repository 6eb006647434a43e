//! Pictures of numbers, `#,##0.00`: `format-number` of XPath, as the reference has it.

mod sub;
mod write;

pub(crate) use self::write::{ENDLESS, format};

/// The characters that mean something in a picture.
#[derive(Clone, Debug)]
pub(crate) struct Properties {
    decimal: String,
    grouping: String,
    exponent: String,
    minus: String,
    percent: String,
    per_mille: String,
    zero: String,
    digit: String,
    separator: String,
}

impl Default for Properties {
    fn default() -> Self {
        Self {
            decimal: ".".to_owned(),
            grouping: ",".to_owned(),
            exponent: "e".to_owned(),
            minus: "-".to_owned(),
            percent: "%".to_owned(),
            per_mille: "\u{2030}".to_owned(),
            zero: "0".to_owned(),
            digit: "#".to_owned(),
            separator: ";".to_owned(),
        }
    }
}

impl Properties {
    /// Sets a property by the name that it has in options; others are not known, and let be.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let property = match name {
            "decimal-separator" => &mut self.decimal,
            "grouping-separator" => &mut self.grouping,
            "exponent-separator" => &mut self.exponent,
            "minus-sign" => &mut self.minus,
            "percent" => &mut self.percent,
            "per-mille" => &mut self.per_mille,
            "zero-digit" => &mut self.zero,
            "digit" => &mut self.digit,
            "pattern-separator" => &mut self.separator,
            _ => return,
        };
        value.clone_into(property);
    }

    /// Returns the number of grouping separators in a picture.
    pub(crate) fn separators(&self, picture: &str) -> usize {
        picture.matches(&self.grouping).count()
    }

    fn zero_code(&self) -> u32 {
        self.zero.chars().next().map_or(0x30, u32::from)
    }

    fn is_decimal_digit(&self, c: char) -> bool {
        let zero = self.zero_code();
        (zero..zero + 10).contains(&u32::from(c))
    }

    fn is(&self, c: char, property: &str) -> bool {
        let mut chars = property.chars();
        chars.next() == Some(c) && chars.next().is_none()
    }

    fn is_active(&self, c: char) -> bool {
        let marks = [&self.decimal, &self.exponent, &self.grouping, &self.digit, &self.separator];
        self.is_decimal_digit(c) || marks.into_iter().any(|mark| self.is(c, mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(number: f64, picture: &str) -> Result<String, &'static str> {
        format(number, picture, &Properties::default())
    }

    #[test]
    fn numbers_with_pictures() {
        for (number, picture, expected) in [
            (12345.6, "#,###.00", "12,345.60"),
            (12_345_678.9, "9,999.99", "12,345,678.90"),
            (123_412_345.6, "#,###", "123,412,346"),
            (0.14, "01%", "14%"),
            (-6.0, "000", "-006"),
            (1234.5678, "00.000e0", "12.346e2"),
            (0.234, ".00", ".23"),
            (-1.0, "0;(0)", "(1)"),
        ] {
            assert_eq!(formatted(number, picture).as_deref(), Ok(expected), "{picture}");
        }
    }

    #[test]
    fn separators_at_irregular_places_are_where_the_reference_puts_them() {
        for (number, picture, expected) in [
            (123_456_789.123, "#,##,000.00,0", "1234,56,789.12,,3"),
            (1.0, "##,#,##0", ",1,"),
            (12.0, "##,#,##0", ",1,2"),
            (1_234.0, "##,#,##0", ",1,234"),
            (1.0, "#,##,#,0", ",,,1"),
            (12.0, "#,#,##0.0,0,00", ",12.0,,0,00"),
            (0.1, "#,#,##0.#,#,#", ",0.,,,1"),
            (1_234_567.0, "#,####,##0", ",1234,567"),
            (5.5, "#,#,#.#,#", "5.5,,"),
            (1.0, "#,#00,0,000.0,00,0", "000,0,01.0,0,,0,0"),
            (1_234_567.0, "#,#00,0", "123,456,7"),
        ] {
            assert_eq!(formatted(number, picture).as_deref(), Ok(expected), "{picture}");
        }
    }

    #[test]
    fn pictures_that_are_none() {
        for (picture, code) in [
            ("#;#;#", "D3080"),
            ("#.0.0", "D3081"),
            ("#0%%", "D3082"),
            ("#0,.0", "D3087"),
            ("0#", "D3090"),
            ("#0.0e,0", "D3093"),
        ] {
            assert_eq!(formatted(20.0, picture), Err(code), "{picture}");
        }
    }

    #[test]
    fn other_characters() {
        let mut properties = Properties::default();
        properties.set("decimal-separator", ",");
        properties.set("grouping-separator", ".");
        assert_eq!(format(1234.5, "#.##0,00", &properties).as_deref(), Ok("1.234,50"));
        properties.set("zero-digit", "\u{0660}");
        assert_eq!(format(12.0, "\u{0661}", &properties).as_deref(), Ok("\u{0661}\u{0662}"));
    }
}
