//! The names of each part of the language where they do not follow from ASL's.

use stepfn_core::asl::schema;

/// Returns the DSL's name of a field.
pub(crate) fn dsl(owner: &str, field: &str) -> String {
    match (owner, field) {
        (_, "Type") => format!("{owner} {{"),
        ("ChoiceRule", "Comment") => "comment:".to_owned(),
        ("ChoiceRule", "Next") => "=>".to_owned(),
        ("ChoiceRule", "And") => "&&".to_owned(),
        ("ChoiceRule", "Or") => "||".to_owned(),
        ("ChoiceRule", "Not") => "!(".to_owned(),
        ("ChoiceRule", "Variable") => "$.".to_owned(),
        ("ChoiceRule", "Condition") => "\"{% ".to_owned(),
        (_, "States") => ": Pass {".to_owned(),
        // A doc comment before a machine or a state is its comment as well.
        ("StateMachine", "Comment") => "///".to_owned(),
        _ => format!("{}:", snake_case(field)),
    }
}

/// Returns the call of the builder that writes a field, or a part of it.
pub(crate) fn builder(owner: &str, field: &str) -> String {
    let call = match (owner, field) {
        ("StateMachine" | "Branch" | "ItemProcessor", "States") => ".define(",
        ("StateMachine", "StartAt") | ("Branch" | "ItemProcessor", "StartAt") => ".state(",
        ("Branch", "Comment" | "QueryLanguage") | ("ItemProcessor", "Comment" | "QueryLanguage") => {
            return format!(".{}(", snake_case(field));
        }
        ("ItemProcessor", "ProcessorConfig") | ("ProcessorConfig", _) => ".distributed(",
        ("ChoiceRule", "And") => " & ",
        ("ChoiceRule", "Or") => " | ",
        ("ChoiceRule", "Not") => "!",
        ("ChoiceRule", "Variable") => "path(",
        ("ChoiceRule", "Condition") => "condition(",
        ("ChoiceRule", "Next") => "ChoiceRule::new(",
        ("Retrier", "ErrorEquals") => "Retrier::on(",
        ("Catcher", "ErrorEquals" | "Next") => "Catcher::on(",
        ("Credentials", "RoleArn") => ".credentials(",
        ("Task", "Resource") => "Task::resource(",
        ("ItemReader", "Resource") => "ItemReader::new(",
        ("ResultWriter", "Resource") => "ResultWriter::new(",
        ("ItemReader", "ReaderConfig") => ".input_type(",
        ("ResultWriter", "WriterConfig") => ".output_type(",
        ("Choice", "Choices") => ".when(",
        ("Choice", "Default") => ".default(",
        ("Parallel", "Branches") => ".branch(",
        ("Map", "ItemProcessor") => "Map::new(",
        ("Map", "Iterator") => "Map::iterator(",
        ("Wait", "Seconds") => "Wait::seconds(",
        ("Wait", "SecondsPath") => "Wait::seconds_path(",
        ("Wait", "Timestamp") => "Wait::timestamp(",
        ("Wait", "TimestampPath") => "Wait::timestamp_path(",
        (_, "Type") => return format!("{owner}::"),
        _ => return format!(".{}(", snake_case(field)),
    };
    call.to_owned()
}

/// Returns the DSL's and the builder's forms of a comparison operator.
pub(crate) fn operator(name: &str) -> (String, String) {
    let test = match name {
        "IsNull" | "IsPresent" | "IsNumeric" | "IsString" | "IsBoolean" | "IsTimestamp" => {
            Some(snake_case(name))
        }
        _ => None,
    };
    if let Some(test) = test {
        return (format!("{test}($.x)"), format!("x.{test}()"));
    }
    if name == "StringMatches" {
        return ("$.s matches \"".to_owned(), "s.matches(\"".to_owned());
    }
    let (family, rest) = ["String", "Numeric", "Boolean", "Timestamp"]
        .into_iter()
        .find_map(|family| Some((family, name.strip_prefix(family)?)))
        .unwrap();
    let (relation, is_path) = rest.strip_suffix("Path").map_or((rest, false), |relation| (relation, true));
    let (sign, method) = match relation {
        "Equals" => ("==", "eq"),
        "LessThan" => ("<", "lt"),
        "LessThanEquals" => ("<=", "le"),
        "GreaterThan" => (">", "gt"),
        "GreaterThanEquals" => (">=", "ge"),
        other => panic!("no spelling for {other}"),
    };
    let (variable, function) = match family {
        "String" => ("s", "string"),
        "Numeric" => ("n", "number"),
        "Boolean" => ("b", "boolean"),
        _ => ("d", "timestamp"),
    };
    let (right, argument) = match (is_path, family) {
        (true, _) => (format!("{function}($."), format!("{function}_at(\"")),
        (false, "String") => ("\"".to_owned(), "\"".to_owned()),
        (false, "Timestamp") => ("timestamp(\"".to_owned(), "day()".to_owned()),
        (false, _) => (String::new(), String::new()),
    };
    (format!("$.{variable} {sign} {right}"), format!("{variable}.{method}({argument}"))
}

/// A field as it is written in Rust; the same rule for operators.
pub(crate) fn snake_case(name: &str) -> String {
    if let Some(field) = schema::named(name) {
        return field.snake.to_owned();
    }
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
