//! Logical ids: letters and digits.

/// The logical id of a name, as the Serverless Framework makes it of a machine's: `order-flow_2` is `OrderDashflowUnderscore2`.
pub(crate) fn logical_id(name: &str) -> String {
    let mut id = String::new();
    for c in name.chars() {
        match c {
            '-' => id.push_str("Dash"),
            '_' => id.push_str("Underscore"),
            c if c.is_ascii_alphanumeric() => id.push(c),
            c => id.push_str(&format!("U{:X}", u32::from(c))),
        }
    }
    upper_first(&id)
}

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
        for (name, id) in
            [("orders", "Orders"), ("send-mail_2", "SendDashmailUnderscore2"), ("주문", "UC8FCUBB38")]
        {
            assert_eq!(logical_id(name), id);
        }
        assert_eq!(pascal(["table", "name"]), "TableName");
        assert_eq!(pascal(["send-mail"]), "SendMail");
    }
}
