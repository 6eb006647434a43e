//! Paths and intrinsic functions: tokens to the texts that ASL wants, with the place of each part.

use proc_macro2::{Group, TokenStream, TokenTree};
use stepfn_core::{intrinsic, path::member};
use syn::{
    Ident, Lit, LitStr, Result, Token,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, discouraged::Speculative},
    token,
};

use super::ast::{Place, Text};

/// Returns `true` if a path follows: `$…`, or `asl("…")`.
pub(super) fn is_path(input: ParseStream<'_>) -> bool {
    input.peek(Token![$]) || is_verbatim(input)
}

fn is_verbatim(input: ParseStream<'_>) -> bool {
    input.fork().call(Ident::parse_any).is_ok_and(|ident| ident == "asl") && input.peek2(token::Paren)
}

/// `asl("$['a']")`: a path or a function in the exact text of ASL, where it has to be that to the byte.
fn verbatim(input: ParseStream<'_>) -> Result<(Text, Place)> {
    let name = input.call(Ident::parse_any)?;
    let content;
    let parens = parenthesized!(content in input);
    let written: LitStr = content
        .parse()
        .map_err(|error| syn::Error::new(error.span(), "expected ASL's own text: `asl(\"$['a b']\")`"))?;
    if !content.is_empty() {
        return Err(content.error("expected `)`"));
    }
    let text = written.value();
    if !text.starts_with('$') && !text.starts_with("States.") {
        return Err(syn::Error::new(
            written.span(),
            "`asl(…)` takes a path (`$…`) or a function (`States.…`) as ASL writes it",
        ));
    }
    let mut out = Text::default();
    out.push(&text, Place::of(written.span()));
    Ok((out, Place { first: name.span(), last: parens.span.close() }))
}

/// `$.a.b`, `$$.Execution.Id`, `$name.a`, `$["odd key"][0]`, `asl("$['a']")`
pub(super) fn path(input: ParseStream<'_>) -> Result<(Text, Place)> {
    if is_verbatim(input) {
        return verbatim(input);
    }
    let dollar: Token![$] = input.parse()?;
    let mut place = Place::of(dollar.span);
    let mut text = Text::default();
    if input.peek(Token![$]) {
        let second: Token![$] = input.parse()?;
        place.last = second.span;
        text.push("$$", place);
    } else if input.peek(Ident::peek_any) {
        let name = input.call(Ident::parse_any)?;
        place.last = name.span();
        text.push(&format!("${}", name.unraw()), place);
    } else {
        text.push("$", place);
    }
    loop {
        if input.peek(Token![..]) {
            let dots: Token![..] = input.parse()?;
            let start = Place { first: dots.spans[0], last: dots.spans[1] };
            text.push("..", start);
            if input.peek(Token![*]) {
                let star: Token![*] = input.parse()?;
                place.last = star.span;
                text.push("*", Place::of(star.span));
            } else if input.peek(Ident::peek_any) {
                let (name, end) = name(input)?;
                place.last = end.last;
                text.push(&name, end);
            } else if !input.peek(token::Bracket) {
                return Err(input.error("expected a name, `*` or `[…]` after `..`"));
            }
        } else if input.peek(Token![.]) {
            let dot: Token![.] = input.parse()?;
            if input.peek(Token![*]) {
                let star: Token![*] = input.parse()?;
                place.last = star.span;
                text.push(".*", Place { first: dot.span, last: star.span });
                continue;
            }
            if !input.peek(Ident::peek_any) {
                return Err(syn::Error::new(
                    dot.span,
                    "expected a name after `.`; a key that is no identifier is written `[\"the key\"]`",
                ));
            }
            let (name, end) = name(input)?;
            place.last = end.last;
            text.push(&member(&name), Place { first: dot.span, last: end.last });
        } else if input.peek(token::Bracket) {
            let group: Group = input.parse()?;
            let part = Place { first: group.span_open(), last: group.span_close() };
            place.last = part.last;
            text.push(&bracket(&group)?, part);
        } else {
            return Ok((text, place));
        }
    }
}

/// An identifier, or several joined by `-` as in `detail-type`.
fn name(input: ParseStream<'_>) -> Result<(String, Place)> {
    let first = input.call(Ident::parse_any)?;
    let mut name = first.unraw().to_string();
    let mut place = Place::of(first.span());
    while input.peek(Token![-]) && !input.peek(Token![->]) {
        let fork = input.fork();
        fork.parse::<Token![-]>()?;
        let Ok(next) = fork.call(Ident::parse_any) else { break };
        input.advance_to(&fork);
        name.push('-');
        name.push_str(&next.unraw().to_string());
        place.last = next.span();
    }
    Ok((name, place))
}

/// `["key"]`, `[0]`, `[*]`, `[1:3]`, `[?(@.a == "x")]`
fn bracket(group: &Group) -> Result<String> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    if let [TokenTree::Literal(literal)] = tokens.as_slice()
        && let Ok(Lit::Str(key)) = syn::parse2::<Lit>(TokenStream::from(TokenTree::Literal(literal.clone())))
    {
        return Ok(member(&key.value()));
    }
    Ok(format!("[{}]", plain(group.stream())?))
}

/// Tokens of an index, a slice or a filter as ASL writes them.
fn plain(tokens: TokenStream) -> Result<String> {
    let mut out = String::new();
    for token in tokens {
        match token {
            TokenTree::Literal(literal) => {
                match syn::parse2::<Lit>(TokenStream::from(TokenTree::Literal(literal.clone())))? {
                    Lit::Str(text) => {
                        out.push('\'');
                        out.push_str(&text.value().replace('\\', "\\\\").replace('\'', "\\'"));
                        out.push('\'');
                    }
                    Lit::Int(int) => out.push_str(int.base10_digits()),
                    Lit::Float(float) => out.push_str(float.base10_digits()),
                    other => {
                        return Err(syn::Error::new(other.span(), "expected a string or a number in a path"));
                    }
                }
            }
            TokenTree::Group(inner) => {
                let (open, close) = match inner.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                out.push_str(open);
                out.push_str(&plain(inner.stream())?);
                out.push_str(close);
            }
            TokenTree::Punct(punct) => out.push(punct.as_char()),
            TokenTree::Ident(ident) => {
                // Words must not run together.
                if out.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    out.push(' ');
                }
                out.push_str(&ident.unraw().to_string());
            }
        }
    }
    Ok(out)
}

/// `States.Name(arguments…)`
pub(super) fn call(input: ParseStream<'_>) -> Result<(Text, Place)> {
    let states: Ident = input.parse()?;
    input.parse::<Token![.]>()?;
    let function = input.call(Ident::parse_any)?;
    let name = Place { first: states.span(), last: function.span() };
    let content;
    let parens = parenthesized!(content in input);
    let mut text = Text::default();
    text.push(&format!("States.{}", function.unraw()), name);
    text.text.push('(');
    let mut first = true;
    while !content.is_empty() {
        if !first {
            text.text.push_str(", ");
        }
        argument(&content, &mut text, first && function == "Format")?;
        first = false;
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    text.text.push(')');
    Ok((text, Place { first: states.span(), last: parens.span.close() }))
}

fn argument(input: ParseStream<'_>, text: &mut Text, is_template: bool) -> Result<()> {
    if input.peek(Token![$]) {
        let (path, place) = path(input)?;
        text.append(&path, place);
    } else if input.peek(Ident::peek_any) && !input.peek(syn::LitBool) {
        let fork = input.fork();
        let ident = fork.call(Ident::parse_any)?;
        if ident == "null" {
            input.advance_to(&fork);
            text.push("null", Place::of(ident.span()));
        } else if ident == "States" {
            let (call, place) = call(input)?;
            text.append(&call, place);
        } else {
            let message = format!(
                "expected a literal, a path or another `States.…(…)`; a constant is put into the data in a Pass state before, `parameters: {{ \"name\": {ident} }}`, and named by its path here"
            );
            return Err(syn::Error::new(ident.span(), message));
        }
    } else {
        let (value, place) = super::parse::literal(input)?;
        text.push(&intrinsic::argument(&value, is_template), place);
    }
    Ok(())
}
