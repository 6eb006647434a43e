//! `#[lambda]`: a function as a task.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Attribute, GenericArgument, LitStr, PathArguments, ReturnType, Token, Type, Visibility,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    parse_quote,
    spanned::Spanned,
};

use crate::{derive::Errors, enclosed, signature::Signature};

/// The function as it is written, and the task of its name beside it; on mistakes, their messages as well.
pub(crate) fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#item #error);
        }
    };
    let mut errors = Errors::default();
    let arguments = Arguments::read(attr, &mut errors);
    let task = Task::of(&function, arguments, &mut errors);
    let mut tokens = TokenStream::new();
    if function.body.is_some() {
        tokens.extend(item);
    }
    // A method's task would be inside of an impl block, where no type can be.
    if function.sig.receiver.is_none() {
        tokens.extend(task.expand(&function, errors.is_empty()));
    }
    tokens.extend(errors.into_compile_error());
    tokens
}

/// A function, with its body as it is written, or without one.
struct Function {
    attrs: Vec<Attribute>,
    vis: Visibility,
    sig: Signature,
    body: Option<TokenStream>,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !input.peek(Token![fn])
            && (input.peek(Token![struct])
                || input.peek(Token![enum])
                || input.peek(Token![impl])
                || input.peek(Token![mod]))
        {
            return Err(input.error(
                "`#[lambda]` goes on a function: `async fn name(input: Input) -> Result<Output, Error>`",
            ));
        }
        let sig = input.parse()?;
        let body = if input.parse::<Option<Token![;]>>()?.is_some() { None } else { Some(input.parse()?) };
        Ok(Self { attrs, vis, sig, body })
    }
}

/// `#[lambda(name = "...", function_name = "...")]`
#[derive(Default)]
struct Arguments {
    name: Option<LitStr>,
    function_name: Option<LitStr>,
}

impl Arguments {
    fn read(attr: TokenStream, errors: &mut Errors) -> Self {
        let mut read = Self::default();
        let parser = syn::meta::parser(|meta| {
            let slot = if meta.path.is_ident("name") {
                &mut read.name
            } else if meta.path.is_ident("function_name") {
                &mut read.function_name
            } else {
                let path = meta.path.to_token_stream().to_string().replace(' ', "");
                return Err(meta.error(format!(
                    "unknown `lambda` argument `{path}`, expected one of `name = \"...\"`, `function_name = \"...\"`"
                )));
            };
            let text: LitStr = meta.value()?.parse()?;
            if slot.is_some() {
                return Err(meta.error("the argument occurs here twice; keep one"));
            }
            if text.value().is_empty() {
                return Err(syn::Error::new(
                    text.span(),
                    "the name is empty; leave the argument out for the function's own",
                ));
            }
            *slot = Some(text);
            Ok(())
        });
        if let Err(error) = parser.parse2(attr) {
            errors.push(error);
        }
        // What the Serverless Framework takes as a key of `functions`.
        if let Some(name) = &read.name
            && !name.value().chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        {
            errors.at(
                name,
                format!("`{}` is no function name: it may hold letters, digits, `-` and `_`", name.value()),
            );
        }
        read
    }
}

/// The task that a function declares.
struct Task {
    name: String,
    function_name: String,
    /// The input; none for a function without parameters, which leaves its input unread.
    input: Option<Type>,
    output: Type,
    /// The error; none for a function that does not answer with a `Result`.
    error: Option<Type>,
}

impl Task {
    fn of(function: &Function, arguments: Arguments, errors: &mut Errors) -> Self {
        let sig = &function.sig;
        refuse(sig, errors);
        let name = arguments.name.map_or_else(|| sig.ident.unraw().to_string(), |name| name.value());
        let function_name = match arguments.function_name {
            Some(name) => name.value(),
            // What the Serverless Framework calls a function that does not say its name.
            None => format!("${{self:service}}-${{self:provider.stage}}-{name}"),
        };
        let input = sig.inputs.first().map(|input| input.ty.clone());
        let (output, error) = match &sig.output {
            ReturnType::Default => (parse_quote!(()), None),
            ReturnType::Type(_, ty) => answer(ty, errors),
        };
        Self { name, function_name, input, output, error }
    }

    fn expand(&self, Function { attrs, vis, sig, body }: &Function, sound: bool) -> TokenStream {
        let ident = &sig.ident;
        let Self { name, function_name, .. } = self;
        let input = self.input.as_ref().map_or_else(|| quote!(::stepfn::__private::Value), enclosed);
        let output = enclosed(&self.output);
        let error = self.error.as_ref().map_or_else(|| quote!(::core::convert::Infallible), enclosed);
        // Types that are wrong in themselves would be reported once more.
        let (input, output, error) = if sound {
            (input, output, error)
        } else {
            (
                quote!(::stepfn::__private::Value),
                quote!(::stepfn::__private::Value),
                quote!(::core::convert::Infallible),
            )
        };
        let handler = match body {
            Some(_) if sound => {
                let handler = self.handler(sig);
                quote!(::core::option::Option::Some(#handler))
            }
            _ => quote!(::core::option::Option::None),
        };
        let cfgs: Vec<_> = attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
        let mut docs: Vec<_> =
            attrs.iter().filter(|attr| attr.path().is_ident("doc")).map(ToTokens::to_token_stream).collect();
        if docs.is_empty() {
            let text = format!("The task `{name}`.");
            docs.push(quote!(#[doc = #text]));
        }
        quote! {
            #(#cfgs)*
            #(#docs)*
            #[allow(non_camel_case_types, dead_code, clippy::empty_structs_with_brackets)]
            #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
            #vis struct #ident {}

            #(#cfgs)*
            #[automatically_derived]
            impl ::stepfn::__private::Task for #ident {
                type Input = #input;
                type Output = #output;
                type Error = #error;

                const NAME: &'static str = #name;
                const FUNCTION_NAME: &'static str = #function_name;
                const HANDLER: ::core::option::Option<::stepfn::__private::Handler> = #handler;
            }
        }
    }

    /// A closure that calls the function with JSON. Its variables are hygienic, and named like no constant of the user's, which
    /// a pattern would mean instead.
    fn handler(&self, sig: &Signature) -> TokenStream {
        let (ident, name) = (&sig.ident, &self.name);
        let await_ = sig.asyncness.map(|_| quote!(.await));
        let local = |name: &str| Ident::new(&format!("__stepfn_{name}"), Span::mixed_site());
        let (value, input, output, error) = (local("value"), local("input"), local("output"), local("error"));
        let (read, call) = match &self.input {
            Some(input_type) => {
                let ty = enclosed(input_type);
                let from_value = quote_spanned!(input_type.span()=> ::stepfn::__private::read_input::<#ty>);
                let read = quote! {
                    let #input = match #from_value(&#value) {
                        ::core::result::Result::Ok(#input) => #input,
                        ::core::result::Result::Err(#error) => {
                            return ::core::result::Result::Err(
                                ::stepfn::__private::TaskFailure::not_an_input(#name, #error),
                            );
                        }
                    };
                };
                (read, quote!(#ident(#input)))
            }
            None => (quote!(let _ = #value;), quote!(#ident())),
        };
        let answer = match &self.error {
            // Through the task's own type, which has the bound: a missing one is reported at the signature alone.
            Some(_) => quote! {{
                fn __stepfn_failure<T: ::stepfn::__private::Task>(
                    __stepfn_error: &T::Error,
                ) -> ::stepfn::__private::TaskFailure {
                    ::stepfn::__private::TaskError::failure(__stepfn_error)
                }
                match #call #await_ {
                    ::core::result::Result::Ok(#output) => #output,
                    ::core::result::Result::Err(#error) => {
                        return ::core::result::Result::Err(__stepfn_failure::<#ident>(&#error));
                    }
                }
            }},
            None => quote!(#call #await_),
        };
        let ty = enclosed(&self.output);
        let to_value = quote_spanned!(self.output.span()=> ::stepfn::__private::write_output::<#ty>);
        // At the function, so that a future that is not `Send` is reported there.
        let future = quote_spanned! {ident.span()=>
            ::std::boxed::Box::pin(async move {
                #read
                let #output: #ty = #answer;
                #to_value(&#output).map_err(|#error| ::stepfn::__private::TaskFailure::not_an_output(#name, #error))
            })
        };
        quote!(|#value: ::stepfn::__private::Value| -> ::stepfn::__private::HandlerFuture { #future })
    }
}

/// Refuses what cannot be called with one JSON value.
fn refuse(sig: &Signature, errors: &mut Errors) {
    if let Some(receiver) = &sig.receiver {
        errors.at(
            receiver,
            "a task is a free function; take what `self` holds from a `static` or from the input",
        );
    }
    if !sig.generics.params.is_empty() {
        errors.at(
            &sig.generics,
            "a task has one input and one output type; write the types out in place of generics",
        );
    }
    for (token, word) in [
        (sig.constness.map(|token| token.to_token_stream()), "const"),
        (sig.unsafety.map(|token| token.to_token_stream()), "unsafe"),
        (sig.abi.as_ref().map(ToTokens::to_token_stream), "extern"),
    ] {
        if let Some(token) = token {
            errors.at(token, format!("a task cannot be `{word}`; make it a plain `fn` or `async fn`"));
        }
    }
    for (i, input) in sig.inputs.iter().enumerate() {
        if i > 0 {
            errors.at(input, "a task takes one value; put its parts into one struct");
        }
        match &input.ty {
            Type::Reference(reference) => {
                errors.at(reference, "a task owns its input; take it by value, `String` for `&str`");
            }
            Type::ImplTrait(ty) => {
                errors.at(ty, "the input's JSON form must be known; write the type out in place of `impl`");
            }
            _ => {}
        }
    }
}

/// The output and the error of a return type.
fn answer(ty: &Type, errors: &mut Errors) -> (Type, Option<Type>) {
    let parts = match ty {
        Type::ImplTrait(ty) => {
            errors.at(ty, "the output's JSON form must be known; write the type out in place of `impl`");
            None
        }
        Type::Path(path) if path.qself.is_none() => {
            path.path.segments.last().filter(|last| last.ident == "Result").and_then(|result| match &result.arguments {
                PathArguments::AngleBracketed(arguments) => {
                    let types: Vec<_> = arguments
                        .args
                        .iter()
                        .filter_map(|argument| match argument {
                            GenericArgument::Type(ty) => Some(ty.clone()),
                            _ => None,
                        })
                        .collect();
                    match <[Type; 2]>::try_from(types) {
                        Ok(types) => Some(types),
                        Err(_) => {
                            errors.at(ty, "the error's names must be known; write `Result<Output, Error>` with both types");
                            None
                        }
                    }
                }
                _ => None,
            })
        }
        _ => None,
    };
    match parts {
        Some([output, error]) => {
            if let Type::ImplTrait(ty) = &output {
                errors.at(ty, "the output's JSON form must be known; write the type out in place of `impl`");
            }
            (output, Some(error))
        }
        None => (ty.clone(), None),
    }
}
