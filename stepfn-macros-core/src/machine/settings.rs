//! The attributes of a machine and of its states.

use indexmap::IndexMap;
use proc_macro2::TokenStream;
use quote::quote;
use stepfn_core::{
    check::Code,
    definition::{LogLevel, LoggingConfiguration, Reference, WorkflowType},
    diagnostic::nearest,
};
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Token, ext::IdentExt, punctuated::Punctuated};

use super::ast::{Errors, Place};

/// The settings from a machine's attributes.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) name: Option<String>,
    pub(super) workflow_type: WorkflowType,
    /// `#[strict]`
    pub(super) strict: bool,
    pub(super) logging: Option<LoggingConfiguration>,
    pub(super) tracing: bool,
    pub(super) substitutions: IndexMap<String, Reference>,
    /// Attributes that are none of ours, for the item that the machine becomes.
    pub(super) others: Vec<Attribute>,
}

impl Settings {
    /// The `#[cfg]`s, for all that the machine becomes; what speaks of a deprecated machine there is its own.
    pub(super) fn conditions(&self) -> TokenStream {
        let is =
            |name: &'static str| self.others.iter().filter(move |attribute| attribute.path().is_ident(name));
        let conditions = is("cfg");
        let own = is("deprecated").map(|_| quote!(#[allow(deprecated)]));
        quote!(#(#conditions)* #(#own)*)
    }
}

const KNOWN: [&str; 6] = ["name", "express", "logging", "tracing", "strict", "substitutions"];

pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Settings {
    let mut settings = Settings::default();
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("name") {
            match string(&attribute.meta) {
                Some(name) => settings.name = Some(name),
                None => errors
                    .push(Place::of_tokens(attribute), "write the name as `#[name = \"CsvProcessing\"]`"),
            }
        } else if path.is_ident("express") {
            settings.workflow_type = WorkflowType::Express;
        } else if path.is_ident("tracing") {
            settings.tracing = true;
        } else if path.is_ident("strict") {
            settings.strict = true;
        } else if path.is_ident("logging") {
            logging(attribute, &mut settings, errors);
        } else if path.is_ident("substitutions") {
            substitutions(attribute, &mut settings, errors);
        } else if path.is_ident("stepfn") {
            // The path of the crate, which is put into the expansion as a whole: `crate_path`.
        } else if ["doc", "allow", "cfg", "deprecated", "expect", "warn"]
            .iter()
            .any(|known| path.is_ident(known))
        {
            settings.others.push(attribute.clone());
        } else {
            let name = path.get_ident().map(Ident::to_string).unwrap_or_default();
            let help = nearest(&name, KNOWN).map_or_else(
                || {
                    "the attributes are `name`, `express`, `logging`, `tracing`, `strict` and `substitutions`"
                        .to_owned()
                },
                |near| format!("did you mean `#[{near}]`?"),
            );
            errors.push(Place::of_tokens(path), format!("a state machine has no attribute `{name}`; {help}"));
        }
    }
    settings
}

fn string(meta: &Meta) -> Option<String> {
    match meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// `#[logging(level = ALL, include_execution_data = true, destination = get_att("LogGroup", "Arn"))]`
fn logging(attribute: &Attribute, settings: &mut Settings, errors: &mut Errors) {
    let mut logging = LoggingConfiguration {
        level: LogLevel::Off,
        include_execution_data: false,
        destinations: Vec::new(),
    };
    let mut substitutions = IndexMap::new();
    let result = attribute.parse_nested_meta(|meta| {
        if meta.path.is_ident("level") {
            let level: Ident = meta.value()?.call(Ident::parse_any)?;
            logging.level = match level.to_string().as_str() {
                "ALL" => LogLevel::All,
                "ERROR" => LogLevel::Error,
                "FATAL" => LogLevel::Fatal,
                "OFF" => LogLevel::Off,
                _ => {
                    return Err(syn::Error::new(
                        level.span(),
                        "the levels are `ALL`, `ERROR`, `FATAL` and `OFF`",
                    ));
                }
            };
        } else if meta.path.is_ident("include_execution_data") {
            logging.include_execution_data = meta.value()?.parse::<syn::LitBool>()?.value;
        } else if meta.path.is_ident("destination") {
            let value = meta.value()?;
            if value.peek(LitStr) {
                logging.destinations.push(value.parse::<LitStr>()?.value());
                return Ok(());
            }
            let function: Ident = value.parse()?;
            let content;
            syn::parenthesized!(content in value);
            let arguments: Vec<String> = Punctuated::<LitStr, Token![,]>::parse_terminated(&content)?
                .iter()
                .map(LitStr::value)
                .collect();
            let (name, reference) = match (function.to_string().as_str(), arguments.as_slice()) {
                ("ref_", [id]) => (id.clone(), Reference::Ref(id.clone())),
                ("get_att", [id, attribute]) => {
                    (format!("{id}{attribute}"), Reference::GetAtt(id.clone(), attribute.clone()))
                }
                _ => {
                    return Err(syn::Error::new(
                        function.span(),
                        "expected an ARN in a string, `ref_(\"Id\")` or `get_att(\"LogGroup\", \"Arn\")`",
                    ));
                }
            };
            logging.destinations.push(format!("${{{name}}}"));
            substitutions.insert(name, reference);
        } else {
            return Err(meta.error("`logging` has `level`, `include_execution_data` and `destination`"));
        }
        Ok(())
    });
    if let Err(error) = result {
        errors.push_syn(&error);
        return;
    }
    settings.substitutions.extend(substitutions);
    settings.logging = Some(logging);
}

/// `#[substitutions(TableName = ref_("Orders"), ShipArn = get_att("Ship", "Arn"))]`: the values of `${TableName}` in strings.
fn substitutions(attribute: &Attribute, settings: &mut Settings, errors: &mut Errors) {
    let result = attribute.parse_nested_meta(|meta| {
        let name = meta.path.require_ident()?.unraw().to_string();
        if !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(meta.error("a substitution's name has letters and digits only"));
        }
        let value = meta.value()?;
        let expected = "expected `ref_(\"Id\")` or `get_att(\"Id\", \"Arn\")`";
        let function: Ident =
            value.call(Ident::parse_any).map_err(|error| syn::Error::new(error.span(), expected))?;
        if function != "ref_" && function != "get_att" {
            return Err(syn::Error::new(function.span(), expected));
        }
        let reference = match super::resource::reference(value, &function)? {
            (id, None, _) => Reference::Ref(id),
            (id, Some(attribute), _) => Reference::GetAtt(id, attribute),
        };
        if settings.substitutions.insert(name.clone(), reference).is_some() {
            return Err(meta.error(format!("`{name}` is given twice [duplicate-key]")));
        }
        Ok(())
    });
    if let Err(error) = result {
        errors.push_syn(&error);
    }
}

/// The text of the doc comments, lines joined.
pub(super) fn doc_text(attributes: &[Attribute]) -> Option<String> {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| string(&attribute.meta))
        .map(|line| line.trim().to_owned())
        .collect();
    let text = lines.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The codes that `#[allow(stepfn::unreachable_state)]` on a state names.
pub(super) fn allowed(attributes: &[Attribute], errors: &mut Errors) -> Vec<String> {
    let mut codes = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident("doc") {
            continue;
        }
        if !attribute.path().is_ident("allow") {
            errors.push(
                Place::of_tokens(attribute.path()),
                "a state has doc comments and `#[allow(stepfn::code)]`, no other attributes",
            );
            continue;
        }
        match attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated) {
            Ok(paths) => {
                for path in paths {
                    let names: Vec<String> =
                        path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                    let code = match names.as_slice() {
                        [crate_name, code] if crate_name == "stepfn" => code.replace('_', "-"),
                        _ => {
                            errors.push(
                                Place::of_tokens(&path),
                                "expected `stepfn::code`, as `stepfn::unreachable_state`",
                            );
                            continue;
                        }
                    };
                    let all = || Code::ALL.iter().map(|code| code.name());
                    if all().any(|known| known == code) {
                        codes.push(code);
                    } else {
                        let help = nearest(&code, all())
                            .map(|near| format!("; did you mean `stepfn::{}`?", near.replace('-', "_")))
                            .unwrap_or_default();
                        errors
                            .push(Place::of_tokens(&path), format!("there is no diagnostic `{code}`{help}"));
                    }
                }
            }
            Err(error) => errors.push_syn(&error),
        }
    }
    codes
}
