//! Paths and intrinsic functions as the macro's tokens, where these give the very text back; else the text itself, in `asl("…")`.

use stepfn_core::{
    intrinsic::{self, ArgKind, Call, Function},
    path::{Path, Segment, SegmentKind, member},
    value::Value,
};

use super::words::{is_word, string};

/// A path or a call of an intrinsic function.
pub(super) fn expression(text: &str) -> String {
    let rendered = if text.starts_with("States.") { call(text) } else { path(text) };
    match rendered {
        Some(Rendered { tokens, asl }) if asl == text => tokens,
        _ => format!("asl({})", string(text)),
    }
}

/// Tokens, and what the macro makes of them.
#[derive(Default)]
struct Rendered {
    tokens: String,
    asl: String,
}

impl Rendered {
    fn push(&mut self, tokens: &str, asl: &str) {
        self.tokens.push_str(tokens);
        self.asl.push_str(asl);
    }
}

fn path(text: &str) -> Option<Rendered> {
    let path = Path::parse(text).ok()?;
    rendered_path(&path)
}

fn rendered_path(path: &Path) -> Option<Rendered> {
    let root = path.root.to_string();
    if !root.trim_start_matches('$').is_empty() && !is_word(root.trim_start_matches('$')) {
        return None;
    }
    let mut out = Rendered::default();
    out.push(&root, &root);
    for segment in &path.segments {
        let written = path.as_str().get(segment.span.clone())?;
        rendered_segment(segment, written, &mut out)?;
    }
    Some(out)
}

fn rendered_segment(segment: &Segment, written: &str, out: &mut Rendered) -> Option<()> {
    match &segment.kind {
        SegmentKind::Name(key) if key.split('-').all(is_word) => {
            let dotted = format!(".{key}");
            out.push(&dotted, &dotted);
        }
        SegmentKind::Name(key) => out.push(&format!("[{}]", string(key)), &member(key)),
        SegmentKind::Index(index) => {
            let index = format!("[{index}]");
            out.push(&index, &index);
        }
        SegmentKind::Wildcard if matches!(written, ".*" | "[*]") => out.push(written, written),
        SegmentKind::Descend(_) if written.strip_prefix("..").is_some_and(is_word) => {
            out.push(written, written);
        }
        SegmentKind::Slice { .. } if !written.contains(char::is_whitespace) => out.push(written, written),
        _ => return None,
    }
    Some(())
}

fn call(text: &str) -> Option<Rendered> {
    let call = Call::parse(text).ok()?;
    rendered_call(&call, text)
}

/// A call in a text; what nests in it is bounded by the parser.
fn rendered_call(call: &Call, text: &str) -> Option<Rendered> {
    let mut out = Rendered::default();
    let name = format!("{}(", call.function.name());
    out.push(&name, &name);
    for (index, argument) in call.args.iter().enumerate() {
        if index > 0 {
            out.push(", ", ", ");
        }
        let is_template = index == 0 && call.function == Function::Format;
        let written = text.get(argument.span.clone())?;
        match &argument.kind {
            ArgKind::String(value) => {
                let value = if is_template { template(written)? } else { value.clone() };
                out.push(&string(&value), &intrinsic::argument(&value.into(), is_template));
            }
            ArgKind::Number(number)
                if number.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte)) =>
            {
                out.push(number, number);
            }
            ArgKind::Number(_) => return None,
            ArgKind::Boolean(value) => out.push(&value.to_string(), &value.to_string()),
            ArgKind::Null => out.push("null", &Value::Null.to_string()),
            ArgKind::Path(path) => {
                let path = rendered_path(path)?;
                out.push(&path.tokens, &path.asl);
            }
            ArgKind::Call(call) => {
                let call = rendered_call(call, text)?;
                out.push(&call.tokens, &call.asl);
            }
        }
    }
    out.push(")", ")");
    Some(out)
}

/// The template of `States.Format` as the macro takes it: escapes of braces stay, others go.
fn template(written: &str) -> Option<String> {
    let body = written.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut out = String::new();
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next()? {
                brace @ ('{' | '}') => out.extend(['\\', brace]),
                other => out.push(other),
            },
            c => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_tokens_where_these_give_the_text_back() {
        for (asl, dsl) in [
            ("$", "$"),
            ("$$.Execution.Id", "$$.Execution.Id"),
            ("$name.a", "$name.a"),
            ("$.a[0].b[-1]", "$.a[0].b[-1]"),
            ("$.detail-type", "$.detail-type"),
            ("$['a b'].c", "$[\"a b\"].c"),
            ("$.1st", "$[\"1st\"]"),
            ("$.items[*].id", "$.items[*].id"),
            ("$.items[1:3]", "$.items[1:3]"),
            ("$..name", "$..name"),
            ("$['a']", "asl(\"$['a']\")"),
            ("$.a[?(@.b == 'x')]", "asl(\"$.a[?(@.b == 'x')]\")"),
            ("$.a[ 0 ]", "asl(\"$.a[ 0 ]\")"),
            ("$.match", "$.match"),
        ] {
            assert_eq!(expression(asl), dsl);
        }
    }

    #[test]
    fn functions_are_tokens_where_these_give_the_text_back() {
        for (asl, dsl) in [
            ("States.UUID()", "States.UUID()"),
            ("States.Format('{} of {}', $.a, 1)", "States.Format(\"{} of {}\", $.a, 1)"),
            (r"States.Format('it\'s \{\} \\', $.a)", r#"States.Format(r"it's \{\} \", $.a)"#),
            ("States.Array('a', true, null, -1.5)", "States.Array(\"a\", true, null, -1.5)"),
            ("States.MathAdd(States.ArrayLength($.a), 1)", "States.MathAdd(States.ArrayLength($.a), 1)"),
            ("States.Format('{}',$.a)", "asl(\"States.Format('{}',$.a)\")"),
            ("States.Nope(", "asl(\"States.Nope(\")"),
        ] {
            assert_eq!(expression(asl), dsl);
        }
    }
}
