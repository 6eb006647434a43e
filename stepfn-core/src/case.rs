//! Words in the case of identifiers.

/// The words of a text as one, each with a capital: `order-flow` is `OrderFlow`.
///
/// ```
/// assert_eq!(stepfn_core::case::pascal("process_order"), "ProcessOrder");
/// assert_eq!(stepfn_core::case::pascal("été"), "Été");
/// ```
pub fn pascal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let mut text = String::new();
    for word in words {
        let mut letters = word.chars();
        text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        text.push_str(letters.as_str());
    }
    text
}

/// The words of a text as one in letters and digits of ASCII alone, as logical ids and names of substitutions are: `Submit job` is `SubmitJob`.
///
/// ```
/// assert_eq!(stepfn_core::case::ascii_pascal("emr-serverless"), "EmrServerless");
/// assert_eq!(stepfn_core::case::ascii_pascal("été d'or"), "TDOr");
/// ```
pub fn ascii_pascal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let mut text = String::new();
    for word in words {
        let mut letters = word.chars();
        text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(letters.as_str());
    }
    text
}
