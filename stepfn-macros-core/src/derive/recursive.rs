//! Forms over the containers of the standard library, known by name: for types that hold themselves, whose constant must
//! not be asked for while it is made.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

use super::form::{Form, Written};

/// The form of a field's type where it mentions the deriving type. `itself` is the form of the mention: `Recursive` where
/// the nearest object around is the deriving type's own, `Any` elsewhere.
pub(super) fn over_itself(ty: &Type, ident: &syn::Ident, itself: &Form) -> Form {
    over_containers(ty, &|leaf| {
        if is_itself(leaf, ident) {
            itself.clone()
        } else if mentions(leaf, ident) {
            Form::Any
        } else {
            Form::of(leaf)
        }
    })
}

/// Returns `true` if a type names the deriving type somewhere.
pub(super) fn mentions(ty: &Type, ident: &syn::Ident) -> bool {
    fn search(tokens: TokenStream, ident: &syn::Ident) -> bool {
        let mut after_path = false;
        tokens.into_iter().any(|token| {
            let qualified = std::mem::take(&mut after_path);
            match token {
                // `other::Tree` is another type, as far as one can see.
                TokenTree::Ident(found) => found == "Self" || (found == *ident && !qualified),
                TokenTree::Group(group) => search(group.stream(), ident),
                TokenTree::Punct(punct) => {
                    after_path = punct.as_char() == ':';
                    false
                }
                TokenTree::Literal(_) => false,
            }
        })
    }
    search(ty.to_token_stream(), ident)
}

fn is_itself(ty: &Type, ident: &syn::Ident) -> bool {
    match ty {
        Type::Path(path) if path.qself.is_none() && path.path.segments.len() == 1 => {
            path.path.segments.iter().all(|segment| segment.ident == *ident || segment.ident == "Self")
        }
        _ => false,
    }
}

/// The form of a type as far as it is made of known containers; `leaf` is asked for what they hold.
pub(super) fn over_containers(ty: &Type, leaf: &dyn Fn(&Type) -> Form) -> Form {
    let inside = |ty: &Type| Box::new(over_containers(ty, leaf));
    match ty {
        Type::Group(group) => over_containers(&group.elem, leaf),
        Type::Paren(paren) => over_containers(&paren.elem, leaf),
        Type::Reference(reference) => over_containers(&reference.elem, leaf),
        Type::Slice(slice) => Form::Array(inside(&slice.elem)),
        Type::Array(array) => Form::Repeat(inside(&array.elem), Box::new(Written(array.len.clone()))),
        Type::Tuple(tuple) if !tuple.elems.is_empty() => {
            Form::Tuple(tuple.elems.iter().map(|item| over_containers(item, leaf)).collect())
        }
        Type::Path(path) if path.qself.is_none() => match container(&path.path) {
            Some((Container::Nullable, inner)) => Form::Nullable(inside(inner)),
            Some((Container::Same, inner)) => over_containers(inner, leaf),
            Some((Container::Array, item)) => Form::Array(inside(item)),
            Some((Container::Map(key), value)) => Form::Map(Box::new(leaf(key)), inside(value)),
            None => leaf(ty),
        },
        _ => leaf(ty),
    }
}

enum Container<'a> {
    Nullable,
    Same,
    Array,
    /// With the type of its keys.
    Map(&'a Type),
}

fn container(path: &syn::Path) -> Option<(Container<'_>, &Type)> {
    let last = path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    let first = types.next()?;
    Some(match last.ident.to_string().as_str() {
        "Option" | "Weak" => (Container::Nullable, first),
        "Box" | "Rc" | "Arc" | "Mutex" | "RwLock" | "RefCell" | "Cell" | "Cow" | "Reverse" | "Wrapping" => {
            (Container::Same, first)
        }
        "Vec" | "VecDeque" | "LinkedList" | "BinaryHeap" | "BTreeSet" | "HashSet" | "IndexSet" => {
            (Container::Array, first)
        }
        "BTreeMap" | "HashMap" | "IndexMap" => (Container::Map(first), types.next()?),
        _ => return None,
    })
}
