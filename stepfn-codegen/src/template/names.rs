//! Logical ids: letters and digits.

pub(crate) use stepfn_core::definition::logical_id;

/// Words as one: `["table", "name"]` is `TableName`.
pub(crate) fn pascal<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words
        .into_iter()
        .flat_map(|word| word.split(|c: char| !c.is_ascii_alphanumeric()))
        .map(upper_first)
        .collect()
}

fn upper_first(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
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
