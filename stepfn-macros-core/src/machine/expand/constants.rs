//! The claims about constants: what only rustc knows is judged by rustc.

use proc_macro2::TokenStream;
use quote::quote;
use stepfn_core::{
    flow::{OwnedClaim, OwnedNeed, StateTyping, Typing},
    json::Pointer,
    number,
    shape::{Need, Side},
    value::Value,
};

use super::{
    super::{
        ast::{Constant, Wanted},
        lower::Lowered,
        names::snake_case,
    },
    Names, call, call_site,
};

/// The claims about the numbers that only rustc knows.
pub(in crate::machine) fn numbers(lowered: &Lowered) -> TokenStream {
    let mut claims = TokenStream::new();
    for (at, constant) in &lowered.numbers {
        let Some(owner) = at.parent() else { continue };
        let field = &*at.last();
        let Some(range) = number::range(field) else { continue };
        let place = lowered.places.get(at).map_or_else(call_site, |places| places.value);
        let written = snake_case(field);
        let Constant { integer, float, .. } = constant;
        let state = of_state(&owner);
        let message = format!("{state}`{written}` takes {} [{}]", range.words(), code_of(field));
        let (least, most, whole) = (range.least, range.most.min(f64::MAX), range.whole);
        claims.extend(call(
            "expect_number",
            place,
            &quote!(#message, #least, #most, #whole, (#integer, #float)),
        ));
        // Which of two has to be less than the other.
        for (less, more) in [("HeartbeatSeconds", "TimeoutSeconds"), ("IntervalSeconds", "MaxDelaySeconds")] {
            // Of two constants the first reports it.
            let other = if field == less { more } else { less };
            if field != less && (field != more || is_constant(lowered, &owner.key(less))) {
                continue;
            }
            let Some(other) = float_of(lowered, &owner.key(other)) else { continue };
            let message = format!(
                "{state}`{}` has to be less than `{}` [{}]",
                snake_case(less),
                snake_case(more),
                code_of(field)
            );
            let (first, second) = if field == less { (float.clone(), other) } else { (other, float.clone()) };
            claims.extend(call("expect_less", place, &quote!(#message, #first, #second)));
        }
    }
    claims
}

/// The claims about other values that only rustc knows: that they are of the kind that is taken there.
pub(in crate::machine) fn constants_are_of_kind(
    lowered: &Lowered,
    typing: &Typing,
    names: &Names,
) -> TokenStream {
    let mut claims = TokenStream::new();
    for (at, constant, wanted) in &lowered.constants {
        let Some(StateTyping::Constant { ty, name }) = typing.states.get(at) else { continue };
        let place = lowered.places.get(at).map_or_else(call_site, |places| places.value);
        let state = of_state(at);
        let need = match wanted {
            Wanted::Anything => continue,
            Wanted::Number => {
                let message = format!(
                    "{state}`{name}` is no number; say what it is: `string({name})`, `timestamp({name})` or `boolean({name})` [wrong-type]"
                );
                let shape = &constant.shape;
                claims.extend(call("expect_amount", place, &quote!(#message, #shape)));
                continue;
            }
            Wanted::Text => Need::String,
            Wanted::Boolean => Need::Boolean,
            Wanted::Timestamp | Wanted::Error => {
                let (judge, message) = if *wanted == Wanted::Error {
                    (
                        "expect_own_error",
                        "is no error of the program's own; AWS's own names are written out: `States.ALL`",
                    )
                } else {
                    ("expect_timestamp", "is no RFC 3339 timestamp, as `2016-03-14T01:59:00Z`")
                };
                let (message, itself) = (format!("{state}`{name}` {message}"), &constant.itself);
                claims.extend(call(judge, place, &quote!(#message, #itself)));
                continue;
            }
        };
        let claim = OwnedClaim::Path {
            shown: name.clone(),
            origin: "the constant".to_owned(),
            ty: *ty,
            side: Side::Made,
            steps: Vec::new(),
            need: OwnedNeed::Other(need),
        };
        claims.extend(names.expect(place, &state, &claim, &[]));
    }
    claims
}

/// ``state `Load`: `` of the innermost state around a place.
fn of_state(at: &Pointer) -> String {
    at.innermost_state().map_or_else(String::new, |(_, name)| format!("state `{name}`: "))
}

fn code_of(field: &str) -> &'static str {
    match field {
        "TimeoutSeconds" | "HeartbeatSeconds" => "timeout-values",
        "IntervalSeconds" | "MaxAttempts" | "BackoffRate" | "MaxDelaySeconds" => "retry-values",
        "Seconds" => "wait-fields",
        _ => "map-fields",
    }
}

fn is_constant(lowered: &Lowered, at: &Pointer) -> bool {
    lowered.numbers.iter().any(|(known, _)| known == at)
}

/// The number at a place, be it a constant or a literal.
fn float_of(lowered: &Lowered, at: &Pointer) -> Option<TokenStream> {
    if let Some((_, constant)) = lowered.numbers.iter().find(|(known, _)| known == at) {
        return Some(constant.float.clone());
    }
    let Value::Number(number) = lowered.json.pointer(at)? else { return None };
    let number = number.as_f64();
    Some(quote!(#number))
}
