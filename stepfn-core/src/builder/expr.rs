use indexmap::IndexMap;

use crate::{
    definition::Reference,
    diagnostic::{Code, Diagnostic},
    intrinsic,
    json::Pointer,
    jsonata,
    shape::{Shape, StateData},
    value::{Map, Number, Value},
};

/// A value in a payload template: a literal, a path, a call, or an object or array of such.
///
/// ```
/// use stepfn_core::builder::{call, object, path};
///
/// let payload = object([("order", path("$")), ("note", "as it came".into()), ("id", call("States.UUID", []))]);
/// # let _ = payload;
/// ```
#[derive(Clone, Debug)]
pub struct Expr(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Literal(Value),
    /// A path or an intrinsic function: a string for a `.$` key, and the references of the `${Name}`s in it.
    Dynamic(String, Vec<(String, Reference)>),
    /// A call whose result is of a type that was declared.
    Parsed(Box<Expr>, &'static Shape),
    /// NaN or an infinity, which JSON does not have.
    NoNumber(f64),
    Reference(String, Reference),
    Object(Vec<(String, Expr)>),
    Array(Vec<Expr>),
}

/// A path: `path("$.order.id")`, `path("$$.Execution.Id")`, `path("$variable")`. `build()` reports errors in it.
///
/// ```
/// use stepfn_core::builder::{Machine, Pass, path};
///
/// let mut machine = Machine::new("Pick");
/// let pick = machine.state("Pick");
/// machine.define(pick, Pass::new().parameters([("id", path("$.order.id"))]).end());
/// let asl = machine.build()?.machine.to_json();
/// assert_eq!(asl["States"]["Pick"]["Parameters"].to_string(), r#"{"id.$":"$.order.id"}"#);
/// # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
/// ```
pub fn path(text: impl Into<String>) -> Expr {
    Expr(Kind::Dynamic(text.into(), Vec::new()))
}

/// A JSONata expression: `jsonata("$states.input.order.id")` is `{% $states.input.order.id %}`.
///
/// ```
/// use stepfn_core::{asl::QueryLanguage, builder::{Machine, Pass, jsonata}};
///
/// let mut machine = Machine::new("Sum").query_language(QueryLanguage::Jsonata);
/// let sum = machine.state("Sum");
/// machine.define(sum, Pass::new().output(jsonata("$sum($states.input.prices)")).end());
/// let asl = machine.build()?.machine.to_json();
/// assert_eq!(asl["States"]["Sum"]["Output"].as_str(), Some("{% $sum($states.input.prices) %}"));
/// # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
/// ```
pub fn jsonata(expression: impl AsRef<str>) -> Expr {
    format!("{{% {} %}}", expression.as_ref()).into()
}

/// A call of an intrinsic function: `call("States.MathAdd", [path("$.count"), 1.into()])`.
pub fn call(function: &str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    let mut text = format!("{function}(");
    let mut references = Vec::new();
    for (index, argument) in arguments.into_iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        let is_template = index == 0 && function == "States.Format";
        text.push_str(&match argument.bare().0 {
            Kind::Dynamic(text, inner) => {
                references.extend(inner);
                text
            }
            Kind::Literal(value) => intrinsic::argument(&value, is_template),
            Kind::Reference(name, reference) => {
                let text = intrinsic::argument(&format!("${{{name}}}").into(), false);
                references.push((name, reference));
                text
            }
            // Functions take no objects: the text is refused by the checks, at its place.
            Kind::Object(_) | Kind::Array(_) | Kind::Parsed(..) => "{}".to_owned(),
            Kind::NoNumber(value) => value.to_string(),
        });
    }
    text.push(')');
    Expr(Kind::Dynamic(text, references))
}

impl Expr {
    /// Declares what the text holds that `States.StringToJson` reads, as [`Task::result`](super::Task::result) does of a service:
    /// `call("States.StringToJson", [path("$.text")]).result::<Order>()`. The expression must be the value of a key.
    #[must_use]
    pub fn result<T: StateData>(self) -> Self {
        Self(Kind::Parsed(Box::new(self), T::SHAPE))
    }

    /// The expression without what was declared of it.
    fn bare(self) -> Self {
        match self.0 {
            Kind::Parsed(inner, _) => inner.bare(),
            kind => Self(kind),
        }
    }
}

/// Whether a value is an expression of JSONata that reads a text.
fn reads_text(value: &Value) -> bool {
    let text = value.as_str().and_then(jsonata::expression_in);
    // What cannot be read is reported with the other expressions.
    text.is_some_and(|(text, _)| jsonata::parse(text).map_or(true, |read| read.is_call_of("parse")))
}

/// `States.Format`: `format("{} of {}", [path("$.done"), path("$.all")])`.
pub fn format(template: &str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    call("States.Format", std::iter::once(template.into()).chain(arguments))
}

/// An object of a template.
pub fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Expr)>) -> Expr {
    Expr(Kind::Object(entries.into_iter().map(|(key, value)| (key.into(), value)).collect()))
}

/// An array of a template. With paths in it, it becomes a call of `States.Array`, for ASL has no `.$` in arrays.
pub fn array(items: impl IntoIterator<Item = Expr>) -> Expr {
    Expr(Kind::Array(items.into_iter().collect()))
}

/// CloudFormation's `!Ref`.
pub fn ref_(id: &str) -> Expr {
    Expr(Kind::Reference(id.to_owned(), Reference::Ref(id.to_owned())))
}

/// CloudFormation's `!GetAtt`.
pub fn get_att(id: &str, attribute: &str) -> Expr {
    let name = format!("{id}{attribute}").replace('.', "");
    Expr(Kind::Reference(name, Reference::GetAtt(id.to_owned(), attribute.to_owned())))
}

macro_rules! literals {
    ($($ty:ty),*) => {
        $(impl From<$ty> for Expr {
            fn from(value: $ty) -> Self {
                Self(Kind::Literal(value.into()))
            }
        })*
    };
}
literals!(bool, i32, i64, u32, u64, &str, String, Value);

impl From<f64> for Expr {
    fn from(value: f64) -> Self {
        Self(
            Number::from_f64(value)
                .map_or(Kind::NoNumber(value), |number| Kind::Literal(Value::Number(number))),
        )
    }
}

/// Collects, while a template is lowered, everything that is not ASL.
#[derive(Default)]
pub(super) struct Lowering {
    pub(super) substitutions: IndexMap<String, Reference>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The declared types of JSON strings, by the JSON pointer of the field.
    pub(super) results: Vec<(String, &'static Shape)>,
}

pub(super) enum Lowered {
    Literal(Value),
    Dynamic(String),
}

impl Lowering {
    pub(super) fn lower(&mut self, expr: &Expr, at: &Pointer) -> Lowered {
        match &expr.0 {
            Kind::Literal(value) => Lowered::Literal(value.clone()),
            Kind::Dynamic(text, references) => {
                for (name, reference) in references {
                    self.substitute(name, reference, at);
                }
                Lowered::Dynamic(text.clone())
            }
            Kind::Parsed(inner, shape) => {
                let lowered = self.lower(inner, at);
                match &lowered {
                    Lowered::Dynamic(text) if text.starts_with("States.StringToJson(") => {
                        self.results.push((format!("{at}.$"), shape));
                    }
                    Lowered::Literal(text) if reads_text(text) => self.results.push((at.to_string(), shape)),
                    _ => {
                        let message =
                            "a type was declared of what is no call of `States.StringToJson` or `$parse`";
                        self.diagnostics.push(
                            Diagnostic::new(Code::InvalidTemplate, at, message)
                                .help("what other functions, expressions and paths give is known"),
                        );
                    }
                }
                lowered
            }
            Kind::Reference(name, reference) => {
                self.substitute(name, reference, at);
                Lowered::Literal(format!("${{{name}}}").into())
            }
            Kind::NoNumber(value) => {
                let message = format!("JSON has no number `{value}`");
                self.diagnostics.push(Diagnostic::new(Code::WrongKind, at, message));
                Lowered::Literal(Value::Null)
            }
            Kind::Object(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    self.field(key, value, at, &mut map);
                }
                Lowered::Literal(map.into())
            }
            Kind::Array(items) => self.array(items, at),
        }
    }

    fn substitute(&mut self, name: &str, reference: &Reference, at: &Pointer) {
        let known = self.substitutions.entry(name.to_owned()).or_insert_with(|| reference.clone());
        if known != reference {
            let message = format!("`${{{name}}}` has two values, `{known}` and `{reference}`");
            self.diagnostics.push(
                Diagnostic::new(Code::DuplicateKey, at, message)
                    .help("give one of the two resources another logical id"),
            );
        }
    }

    /// A template's field: with `.$` behind its key where its value is a path or a call.
    fn field(&mut self, key: &str, value: &Expr, at: &Pointer, map: &mut Map) {
        let at = at.key(key);
        if key.ends_with(".$") {
            let message =
                format!("the key `{key}` is written without `.$`: a path or a function gets it by itself");
            self.diagnostics.push(Diagnostic::new(Code::InvalidTemplate, at, message).on_key());
            return;
        }
        if map.contains_key(key) || map.contains_key(format!("{key}.$").as_str()) {
            let message = format!("the key `{key}` occurs twice in one object");
            self.diagnostics.push(Diagnostic::new(Code::DuplicateKey, at, message).on_key());
            return;
        }
        match self.lower(value, &at) {
            Lowered::Literal(value) => map.insert(key.into(), value),
            Lowered::Dynamic(text) => map.insert(format!("{key}.$").into(), text.into()),
        };
    }

    fn array(&mut self, items: &[Expr], at: &Pointer) -> Lowered {
        for (index, item) in items.iter().enumerate() {
            if let Kind::Parsed(inner, _) = &item.0
                && matches!(inner.0, Kind::Dynamic(..))
            {
                let message = "a type is declared of the value of a key, not of an item";
                self.diagnostics.push(Diagnostic::new(Code::InvalidTemplate, at.index(index), message));
            }
        }
        let lowered: Vec<Lowered> =
            items.iter().enumerate().map(|(index, item)| self.lower(item, &at.index(index))).collect();
        if lowered.iter().all(|item| matches!(item, Lowered::Literal(_))) {
            return Lowered::Literal(Value::array(lowered.into_iter().filter_map(|item| match item {
                Lowered::Literal(value) => Some(value),
                Lowered::Dynamic(_) => None,
            })));
        }
        let mut texts = Vec::new();
        for (index, item) in lowered.into_iter().enumerate() {
            match item {
                Lowered::Dynamic(text) => texts.push(text),
                Lowered::Literal(Value::Array(_) | Value::Object(_)) => self.diagnostics.push(
                    Diagnostic::new(
                        Code::InvalidTemplate,
                        at.index(index),
                        "ASL cannot put an object beside a path into an array",
                    )
                    .help("build it in a Pass state before, and name its path here"),
                ),
                Lowered::Literal(scalar) => texts.push(intrinsic::argument(&scalar, false)),
            }
        }
        Lowered::Dynamic(format!("States.Array({})", texts.join(", ")))
    }
}
