//! What a Task calls: a function, a machine, a service, or an ARN.

use proc_macro2::Span;
use syn::{
    Ident, LitStr, Result, Token, Type, ext::IdentExt, parenthesized, parse::ParseStream, spanned::Spanned,
    token,
};

use super::{
    ast::{Callee, Expr, Kind, Place, Resource, Target},
    names::no_resource,
};

/// `lambda(f)`, `lambda::invoke(f).wait_for_task_token`, `sns::publish`, `"arn:…"`, each with `-> Type`.
pub(super) fn resource(input: ParseStream<'_>) -> Result<Expr> {
    let first = input.span();
    let mut last;
    let target = if input.peek(LitStr) {
        let arn: LitStr = input.parse()?;
        last = arn.span();
        Target::Arn(arn.value())
    } else {
        let head = input
            .call(Ident::parse_any)
            .map_err(|error| syn::Error::new(error.span(), no_resource("lambda")))?;
        last = head.span();
        if (head == "ref_" || head == "get_att") && input.peek(token::Paren) {
            let (id, attribute, close) = reference(input, &head)?;
            last = close;
            Target::Reference(id, attribute)
        } else if head == "lambda" && input.peek(token::Paren) {
            let (task, close) = task(input)?;
            last = close;
            Target::Lambda(task)
        } else {
            let mut parts = vec![head.unraw().to_string()];
            while input.peek(Token![::]) {
                input.parse::<Token![::]>()?;
                let part = input.call(Ident::parse_any)?;
                last = part.span();
                parts.push(part.unraw().to_string());
            }
            let task = if input.peek(token::Paren) {
                let (task, close) = task(input)?;
                last = close;
                Some(task)
            } else {
                None
            };
            let pattern = if input.peek(Token![.]) {
                input.parse::<Token![.]>()?;
                let pattern = input.call(Ident::parse_any)?;
                last = pattern.span();
                Some(pattern)
            } else {
                None
            };
            let suffix = match &pattern {
                None => "",
                Some(name) if name == "wait_for_task_token" => ".waitForTaskToken",
                Some(name) if name == "sync" => ".sync",
                Some(name) if name == "sync_2" => ".sync:2",
                Some(other) => {
                    return Err(syn::Error::new(
                        other.span(),
                        format!(
                            "there is no pattern `{other}`; the patterns are `wait_for_task_token`, `sync` and `sync_2`"
                        ),
                    ));
                }
            };
            match (parts.as_slice(), task) {
                ([lambda, invoke], Some(task)) if lambda == "lambda" && invoke == "invoke" => {
                    if let Some(pattern) =
                        pattern.as_ref().filter(|pattern| *pattern != "wait_for_task_token")
                    {
                        return Err(syn::Error::new(
                            pattern.span(),
                            "`lambda::invoke` has one pattern beside its own: `wait_for_task_token`",
                        ));
                    }
                    Target::Invoke { task, wait_for_task_token: pattern.is_some() }
                }
                (parts, Some(child)) if starts(parts) => {
                    // Of the two that wait for the end, the one whose answer has data, and not a text of JSON.
                    let suffix = if suffix == ".sync" { ".sync:2" } else { suffix };
                    let arn = format!("arn:aws:states:::{}{suffix}", service_path(parts));
                    Target::Start { child, arn }
                }
                (_, Some(_)) => {
                    return Err(syn::Error::new(
                        first,
                        "only `lambda(…)` and `lambda::invoke(…)` take a function, and `states::start_execution(…)` a machine; other services take `parameters`",
                    ));
                }
                ([name], None) => return Err(syn::Error::new(first, no_resource(name))),
                (parts, None) => Target::Arn(format!("arn:aws:states:::{}{suffix}", service_path(parts))),
            }
        }
    };
    let result = if input.peek(Token![->]) {
        input.parse::<Token![->]>()?;
        let ty: Type = input.parse()?;
        last = ty.span();
        Some(ty)
    } else {
        None
    };
    Ok(Expr { kind: Kind::Resource(Resource { target, result }), place: Place { first, last } })
}

/// Returns `true` if an action starts the machine in the parentheses behind it.
fn starts(parts: &[String]) -> bool {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    matches!(
        parts.as_slice(),
        ["states", "start_execution"] | ["aws_sdk", "sfn", "start_execution" | "start_sync_execution"]
    )
}

fn task(input: ParseStream<'_>) -> Result<(Callee, Span)> {
    let content;
    let parens = parenthesized!(content in input);
    let path: syn::Path = content.parse().map_err(|error: syn::Error| {
        let help = if content.peek(syn::LitStr) { "; it is written without quotes" } else { "" };
        syn::Error::new(
            error.span(),
            format!("expected the name of a `#[lambda]` function, or of a machine to start{help}"),
        )
    })?;
    if !content.is_empty() {
        return Err(content.error("expected `)`: a task is one function, or one machine"));
    }
    let name = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    let ty = Type::Path(syn::TypePath { attrs: Vec::new(), qself: None, path });
    Ok((Callee { ty, name }, parens.span.close()))
}

/// `aws_sdk::dynamodb::get_item` as `aws-sdk:dynamodb:getItem`: services with dashes, the action in camelCase.
fn service_path(parts: &[String]) -> String {
    let (action, services) =
        parts.split_last().map_or(("", parts), |(action, services)| (action.as_str(), services));
    let mut out: String = services.iter().map(|service| service.replace('_', "-") + ":").collect();
    let mut upper = false;
    for c in action.chars() {
        if c == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

/// Reads the parentheses of `ref_("Topic")` and `get_att("Table", "Arn")`: the logical id, the attribute, and where they end.
pub(super) fn reference(input: ParseStream<'_>, function: &Ident) -> Result<(String, Option<String>, Span)> {
    let content;
    let parens = parenthesized!(content in input);
    let id: LitStr = content.parse()?;
    let attribute = if function == "get_att" {
        content.parse::<Token![,]>()?;
        Some(content.parse::<LitStr>()?.value())
    } else {
        None
    };
    if !content.is_empty() {
        return Err(content.error("expected `)`"));
    }
    if id.value().is_empty() || !id.value().chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(syn::Error::new(id.span(), "a CloudFormation logical id has letters and digits only"));
    }
    Ok((id.value(), attribute, parens.span.close()))
}
