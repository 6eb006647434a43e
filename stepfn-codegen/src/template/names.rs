//! Logical ids: letters and digits.

use stepfn_core::case::ascii_pascal;
pub(crate) use stepfn_core::definition::logical_id;

/// Words as one: `["table", "name"]` is `TableName`.
pub(crate) fn pascal<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(ascii_pascal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_letters_and_digits() {
        assert_eq!(pascal(["table", "name"]), "TableName");
        assert_eq!(pascal(["send-mail"]), "SendMail");
    }
}
