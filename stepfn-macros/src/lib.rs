//! The procedural macros of [stepfn](https://docs.rs/stepfn). Use them through the facade crate, where they are documented
//! with examples.
//!
//! Their expansions name `::stepfn`. Where a program has that crate under another name, it declares it before the item, and in `path!` before
//! the type: `#[stepfn(crate = ::flows)]`.

use proc_macro::TokenStream;
use stepfn_macros_core as core;

/// The JSON form of a type, read from its serde attributes.
///
/// Everything that serde's own derives take is understood: `rename`, `rename_all`, `alias`, `default`, `skip…`, `flatten`,
/// `deny_unknown_fields`, `transparent`, every kind of tagging. Where serde hands a value over to code that nobody can look into
/// (`with`, `serialize_with`, …), say what it is:
///
/// - `#[state_data(as = "String")]` on a field, variant or type: it has the form of another type;
///   `#[state_data(as(serialize = "A", deserialize = "B"))]` where the two sides differ
/// - `#[state_data(timestamp)]`: a string that always holds an RFC 3339 timestamp
/// - `#[state_data(any)]`: anything
///
/// Two types that hold each other make rustc report a cycle: write `#[state_data(any)]` on one of the fields.
#[proc_macro_derive(StateData, attributes(state_data, serde, stepfn))]
pub fn state_data(input: TokenStream) -> TokenStream {
    core::state_data(input.into()).into()
}

/// The names that `Retry` and `Catch` match an error type by.
///
/// An enum's variants give the names, a struct gives its own. The message is that of `Display`.
///
/// - `#[task_error(name = "DynamoDB.ProvisionedThroughputExceededException")]` on a variant or struct: another name
/// - `#[task_error(rename_all = "…")]` on an enum, with serde's rules
/// - `#[task_error(transparent)]` on a variant of one field: the names of the inner error
#[proc_macro_derive(TaskError, attributes(task_error, stepfn))]
pub fn task_error(input: TokenStream) -> TokenStream {
    core::task_error(input.into()).into()
}

/// Makes a function a task that a workflow can call.
///
/// The function stays as it is; beside it comes a type of the same name, so that `resource: lambda(validator)` and
/// `lambda::invoke(validator)` know its input, its output and its errors, and the executor runs it. It takes one value or none, and
/// answers a value or a `Result`; it may be `async`. Without a body it declares a function that lives elsewhere.
///
/// - `#[lambda(name = "validateCSV")]`: the function's key in `serverless.yml`; the Rust name where absent
/// - `#[lambda(function_name = "…")]`: what it is deployed as; `${self:service}-${self:provider.stage}-<name>` where absent, which is
///   what the Serverless Framework makes of the key
#[proc_macro_attribute]
pub fn lambda(attr: TokenStream, item: TokenStream) -> TokenStream {
    core::lambda(attr.into(), item.into()).into()
}

/// Declares a state machine. The crate's documentation describes the language.
///
/// `[attributes] [pub] Name(Input) -> Output { start_at: First, First: Task { … }, … }` becomes a type `Name` that implements
/// `Workflow`, with a constant for each state's name. Attributes:
///
/// - a doc comment: the `Comment`, and the type's documentation
/// - `#[name = "…"]`: the state machine's name; the type's where absent
/// - `#[express]`: an Express workflow
/// - `#[strict]`: nothing may be asked of what was declared to be anything (results without `-> T`, readers' items), and what a service need
///   not answer has to be tested with `is_present`
/// - `#[logging(level = ALL, include_execution_data = true, destination = get_att("LogGroup", "Arn"))]`
/// - `#[tracing]`: X-Ray
/// - `#[substitutions(Table = ref_("Orders"), ShipArn = get_att("Ship", "Arn"))]`: the values of `${Table}` in strings
/// - `#[cfg(…)]`, `#[deprecated]`, `#[allow(…)]`, `#[expect(…)]`, `#[warn(…)]`: rustc's own
/// - on a state, `#[allow(stepfn::code)]`: a diagnostic that you know better about
///
/// Imported definitions may need the exact text of ASL: `asl("$['a']")` is a path or function in its own text, `is_present($.x) == false` and
/// `and($.x == 1)` are tests and lists that would be written shorter otherwise.
#[proc_macro]
pub fn state_machine(input: TokenStream) -> TokenStream {
    core::state_machine(input.into()).into()
}

/// Declares a part of machines that is written once and used in many: states, the fields of a state, retriers, catchers, rules.
///
/// `[attributes] [pub] Name { Publish: Task { … }, … }` holds states or fields, `Name [ … ]` the items of a list. `..Name` in a machine puts
/// them there; `..Name { prefix: Second, Done: Ship }` under other names. `Name(load, table) { … }` takes arguments: `..Name { load: films::load, … }`.
#[proc_macro]
pub fn fragment(input: TokenStream) -> TokenStream {
    core::fragment(input.into()).into()
}

/// The view that editors have of a machine: `state_machine!` writes it where only rust-analyzer looks, with what it was given.
#[doc(hidden)]
#[proc_macro]
pub fn editor_machine(input: TokenStream) -> TokenStream {
    core::editor_machine(input.into()).into()
}

/// The view that editors have of a type: `#[derive(StateData)]` writes it where only rust-analyzer looks, with what it was given.
#[doc(hidden)]
#[proc_macro]
pub fn editor_data(input: TokenStream) -> TokenStream {
    core::editor_data(input.into()).into()
}

/// The text of a path, checked against a type where it is written: `path!(Order, $.items[*].sku)`.
///
/// That the type has such fields is checked by rustc; whether they are there at some state is for the builder's `build()`.
#[proc_macro]
pub fn path(input: TokenStream) -> TokenStream {
    core::path(input.into()).into()
}

/// A machine's picture for its documentation: `svg!("Name", "{ … }")` becomes a string literal of HTML. `state_machine!` writes it where only
/// rustdoc looks, so that an ordinary build does not draw.
#[cfg(feature = "graph")]
#[doc(hidden)]
#[proc_macro]
pub fn svg(input: TokenStream) -> TokenStream {
    core::svg(input.into()).into()
}
