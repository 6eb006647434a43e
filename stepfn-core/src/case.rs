//! Words in the case of identifiers.

/// The words of a text as one, each with a capital: `order-flow` is `OrderFlow`.
///
/// ```
/// assert_eq!(stepfn_core::case::pascal("process_order"), "ProcessOrder");
/// assert_eq!(stepfn_core::case::pascal("été"), "Été");
/// ```
pub fn pascal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.flat_map(|word| capital(word, |first| first.to_uppercase().collect())).collect()
}

/// The words of a text as one in letters and digits of ASCII alone, as logical ids and names of substitutions are: `Submit job` is `SubmitJob`.
///
/// ```
/// assert_eq!(stepfn_core::case::ascii_pascal("emr-serverless"), "EmrServerless");
/// assert_eq!(stepfn_core::case::ascii_pascal("été d'or"), "TDOr");
/// ```
pub fn ascii_pascal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.flat_map(|word| capital(word, |first| first.to_ascii_uppercase().to_string())).collect()
}

fn capital(word: &str, upper: impl Fn(char) -> String) -> [String; 2] {
    let mut letters = word.chars();
    let first = letters.next().map(upper).unwrap_or_default();
    [first, letters.collect()]
}
