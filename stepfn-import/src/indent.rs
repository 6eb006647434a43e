//! YAML as people write it: what most readers take and the strict one does not.

/// The text with the lines inside of brackets moved to the right of where these opened; none where no line was.
pub(super) fn indented(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 1024);
    // How deep in brackets, the quote that is open, and the columns that a block scalar's lines are to the right of.
    let (mut depth, mut quote, mut block, mut is_changed) = (0_usize, None, None, false);
    let mut needed = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let is_blank = line.trim().is_empty();
        if let Some(columns) = block {
            if is_blank || indent > columns {
                out.push_str(line);
                continue;
            }
            block = None;
        }
        if depth > 0 && quote.is_none() && !is_blank && indent < needed {
            out.extend(std::iter::repeat_n(' ', needed - indent));
            is_changed = true;
        }
        let was_open = depth > 0;
        let mut previous = ' ';
        for c in line.chars() {
            match (quote, c) {
                (Some('"'), _) if previous == '\\' => {
                    previous = ' ';
                    continue;
                }
                (Some(open), c) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '#') if previous.is_whitespace() => break,
                (None, '"' | '\'') if depth > 0 || " :-[{,\t".contains(previous) => quote = Some(c),
                (None, '{' | '[') if depth > 0 || " :-\t".contains(previous) => depth += 1,
                (None, '}' | ']') => depth = depth.saturating_sub(1),
                _ => {}
            }
            previous = c;
        }
        if depth > 0 && !was_open {
            needed = indent + 1;
        }
        let code = line.split(" #").next().unwrap_or(line).trim_end();
        if depth == 0 && quote.is_none() && code.ends_with(['|', '>', '-', '+']) && code.contains([':', '-'])
        {
            let last = code.rsplit([' ', ':']).next().unwrap_or_default();
            block = last.starts_with(['|', '>']).then_some(indent);
        }
        out.push_str(line);
    }
    is_changed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::{super::node::parse, *};

    #[test]
    fn brackets_may_close_at_any_column() {
        let text = "a:\n  b:\n    c: {\n      \"d\": [1,\n  2]  # no } here\n  }\n  e: '{'\n  f: |\n    {\n  g: \"x } \\\" {\"\n";
        let json = parse("a.yml", text).unwrap().to_value().to_string();
        assert_eq!(json, r#"{"a":{"b":{"c":{"d":[1,2]}},"e":"{","f":"{\n","g":"x } \" {"}}"#);
    }

    #[test]
    fn what_is_right_as_it_is_stays_so_and_what_is_wrong_is_reported_of_the_file() {
        assert_eq!(indented("a: { b: [\n    1 ] }\nc: |\n  {\n  x\n"), None);
        let error = parse("a.yml", "a: {\nb: [1}\n").unwrap_err().to_string();
        assert!(error.starts_with("a.yml:2:"), "{error}");
    }
}
