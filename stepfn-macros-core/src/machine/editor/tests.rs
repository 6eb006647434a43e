use proc_macro2::TokenStream;
use quote::quote;

use super::machine;

/// The code of a machine, without blanks.
fn code(written: TokenStream) -> String {
    let code = machine(written);
    syn::parse2::<syn::File>(code.clone()).unwrap_or_else(|error| panic!("{error}: {code}"));
    code.to_string().replace(' ', "")
}

fn assert_has(code: &str, parts: &[&str]) {
    for part in parts {
        assert!(code.contains(&part.replace(' ', "")), "no `{part}` in {code}");
    }
}

#[test]
fn each_name_of_a_state_is_its_constant() {
    let code = code(quote! {
        Orders(Order) {
            start_at: Start,
            timeout_seconds: 5 * MINUTE,
            Start: Choice { choices: [$.a > limits::LARGE => Rule], default: Default },
            Rule: Task { resource: lambda(work::charge), catch: [{ error_equals: [States.ALL], next: Caught }], next: End },
            Both: Parallel { branches: [{ start_at: Inner, Inner: Pass { end: true } }], next: End },
        }
    });
    for name in ["Start", "Rule", "Default", "Caught", "End", "Inner"] {
        assert_has(&code, &[&format!("let _ = Orders::{name};")]);
    }
    assert_has(&code, &["let _ = work::charge;", "type Input = Order;"]);
    assert_has(&code, &["let _ = &(5 * MINUTE);", "let _ = &(limits::LARGE);"]);
}

#[test]
fn a_path_is_read_from_what_flows_in_there() {
    let code = code(quote! {
        Orders(Order) {
            start_at: Work,
            Work: Task { resource: lambda(work), input_path: $.part, result_path: $.made, next: Use },
            Use: Pass { parameters: { "a": $.made.id, "b": $.items[*].sku, "c": $$.Execution.Id, "d": $.made["odd key"] }, end: true },
        }
    });
    assert_has(
        &code,
        &[
            "let __stepfn_data = ::stepfn::__private::editor::of::<<Order as ::stepfn::__private::editor::Json>::Fields>(); let _ = &__stepfn_data.part;",
            "pub struct Flow1<T0, Base> { pub made: T0, base: Base }",
            "<<work as ::stepfn::__private::Task>::Output as ::stepfn::__private::editor::Json>::Fields",
            "let _ = &__stepfn_data.made.id;",
            "let _ = &__stepfn_data.items[0usize].sku;",
            "let _ = &__stepfn_data.Execution.Id;",
            "let _ = &__stepfn_data.made;",
        ],
    );
}

/// As an editor completes: with a name put in at the cursor.
#[test]
fn what_is_half_typed_has_its_names_and_paths() {
    let code = code(quote! {
        Orders(Order) {
            start_at: Check,
            Check: Choice { choices: [$.total > 3 => Ship, $.part. == 1 => Ship, $.here], default: Here },
            Ship: Pass { parameters: { "a": $.there, "b" }, next: Here },
            Wait: Wait { seconds_path: $.no where },
        }
    });
    assert_has(
        &code,
        &[
            "_data.here;",
            "_data.total;",
            "_data.part.__stepfn_name;",
            "_data.there;",
            "let _ = Orders::Here;",
        ],
    );
}

#[test]
fn what_nobody_knows_has_no_fields() {
    let code = code(quote! {
        Orders(Order) {
            start_at: A,
            A: Task {
                resource: "arn:aws:states:us-east-1:123456789012:activity:work",
                result_selector: { "a": $.deep.down, "known": { "b": $.deep } },
                result_path: $.made,
                next: B,
            },
            B: Pass { parameters: { "c": $.made.a.further, "d": $.made.known.b.further, "e": $.made.known.oh }, end: true },
        }
    });
    assert!(!code.contains("deep") && !code.contains("further"), "{code}");
    assert_has(&code, &["_data.made.a;", "_data.made.known.b;", "_data.made.known.oh;"]);
}

#[test]
fn what_is_no_machine_has_no_code() {
    assert!(machine(quote!(1 2 3)).is_empty());
    assert!(machine(TokenStream::new()).is_empty());
}
