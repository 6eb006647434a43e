//! A type of the user's may have any name: those of what the expansions name, and those of the prelude.

/// Machines, tasks and derives over types of some names.
macro_rules! named {
    ($path:tt $($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        #[allow(non_snake_case, non_camel_case_types)]
        mod tried {
            $(pub(super) mod $name {
            #[derive(::core::fmt::Debug, ::serde::Serialize, ::serde::Deserialize, ::stepfn::StateData)]
            pub(in super::super) struct $name {
                value: ::core::primitive::u8,
                next: ::core::option::Option<::std::boxed::Box<$name>>,
                kind: variants::$name,
            }

            mod variants {
                #[derive(::core::fmt::Debug, ::serde::Serialize, ::serde::Deserialize, ::stepfn::StateData)]
                #[serde(tag = "t")]
                pub(super) enum $name {
                    Unit,
                    Data { inner: unit::$name },
                }

                mod unit {
                    #[derive(::core::fmt::Debug, ::serde::Serialize, ::serde::Deserialize, ::stepfn::StateData)]
                    pub(in super::super) struct $name;
                }
            }

            mod error {
                #[derive(::core::fmt::Debug, ::stepfn::TaskError)]
                pub(super) enum $name {
                    Failed,
                }

                impl ::core::fmt::Display for $name {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str("failed")
                    }
                }
            }

            #[::stepfn::lambda]
            async fn work(input: $name) -> ::core::result::Result<$name, error::$name> {
                if input.value == 0 { ::core::result::Result::Err(error::$name::Failed) } else { ::core::result::Result::Ok(input) }
            }

            #[::stepfn::lambda]
            fn elsewhere(input: $name) -> $name;

            ::stepfn::state_machine! {
                pub(in super::super) Machine($name) -> $name {
                    start_at: Work,
                    Work: Task { resource: lambda(work), catch: [{ error_equals: [Failed], next: Fallen }], next: Check },
                    Check: Choice {
                        choices: [ is_null($path.next) => Ask, $path.next.value > 3 => Ask ],
                        default: Later,
                    },
                    Ask: Task {
                        resource: sqs::send_message.wait_for_task_token -> $name,
                        parameters: { "QueueUrl": "https://sqs.eu-central-1.amazonaws.com/1/q", "MessageBody": { "token": $path$path.Task.Token } },
                        timeout_seconds: 60,
                        end: true,
                    },
                    Later: Wait { seconds_path: $path.value, next: Elsewhere },
                    Elsewhere: Task { resource: lambda(elsewhere), input_path: $path.next, end: true },
                    Fallen: Fail {},
                }
            }

            pub(in super::super) const PATH: &::core::primitive::str = ::stepfn::path!($name, $path.next.kind.t);
            })*
        }

        #[test]
        fn types_of_any_name_are_taken() {
            $(assert_eq!(tried::$name::PATH, "$.next.kind.t", stringify!($name));
            assert_eq!(<tried::$name::Machine as stepfn::Workflow>::NAME, "Machine");)*
        }
    };
}

named! { $
    Arithmetic Bounds Call Claim Definition Draft DraftTask EnumShape Fact Field Given Handler HandlerFuture
    Holds Judged Kind LogLevel LoggingConfiguration Made Need Node ObjectShape OneOfShape Property Reference Shape Side
    Source StateData Step TIMESTAMP Task TaskError TaskFailure TaskInfo Value Workflow WorkflowInfo WorkflowType DraftChild
    FragmentConstant FragmentNumber FragmentType constant expect expect_amount expect_express expect_less expect_number expect_own_error expect_timestamp expect_unless editor editor_data editor_machine
    ErrorText read_input write_output fragment from_value holds number said verdict same shape_of state_machine svg to_value
    claims leads Key May Query Index Each Item Every At Within Descend NonNull Present Items Many Maybe Values EntryKey
    Distinct Pick PickEach Where Strict OrWhere

    AsMut AsRef Box Clone Copy Default DoubleEndedIterator Drop Eq Err ExactSizeIterator Extend Fn FnMut FnOnce From
    FromIterator Future Into IntoFuture IntoIterator Iterator None Ok Option Ord PartialEq PartialOrd Result Send Sized Some
    String Sync ToOwned ToString TryFrom TryInto Unpin Vec drop size_of

    Debug Display Error Infallible Pin Serialize Deserialize alloc core std serde stepfn
}

/// The names that `__private` exports, as its source lists them.
fn exported() -> Vec<&'static str> {
    let source = include_str!("../../src/lib.rs");
    let (_, body) = source.split_once("pub mod __private {").unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let word = |c: char| !(c.is_alphanumeric() || c == '_');
    let mut names = Vec::new();
    for line in body.lines().filter(|line| !line.trim_start().starts_with(['#', '/'])) {
        let leaves = line.rsplit("::").next().unwrap_or(line);
        names.extend(
            leaves.split(word).filter(|name| !matches!(*name, "" | "pub" | "use" | "mod" | "stepfn_core")),
        );
    }
    names
}

#[test]
fn each_name_that_expansions_use_is_tried() {
    let exported = exported();
    assert!(exported.len() > 30 && exported.contains(&"Claim") && exported.contains(&"svg"), "{exported:?}");
    let untried: Vec<_> = exported.into_iter().filter(|name| !NAMES.contains(name)).collect();
    assert!(untried.is_empty(), "add to the types of this test: {untried:?}");
}
