//! The syntax tree: the tokens of `state_machine!` as a tree with the place of each part.

use std::ops::Range;

use proc_macro2::{Span, TokenStream};
use stepfn_core::value::Value;
use syn::{Attribute, Ident, Type, Visibility};

/// The place of a part: from its first token to its last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) first: Span,
    pub(super) last: Span,
}

impl Place {
    pub(super) fn of(span: Span) -> Self {
        Self { first: span, last: span }
    }

    pub(super) fn to(self, other: Self) -> Self {
        Self { first: self.first, last: other.last }
    }

    pub(super) fn of_tokens(tokens: &impl quote::ToTokens) -> Self {
        let mut spans = tokens.to_token_stream().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        Self { first, last: spans.last().unwrap_or(first) }
    }
}

/// `/// …  #[…] pub Name(Input) -> Output { … }`
pub(super) struct Machine {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) name: Ident,
    pub(super) input: Type,
    pub(super) output: Type,
    pub(super) block: Block,
}

/// `{ key: value, … }`
pub(super) struct Block {
    pub(super) entries: Vec<Entry>,
    pub(super) place: Place,
}

pub(super) struct Entry {
    pub(super) attributes: Vec<Attribute>,
    pub(super) key: Key,
    pub(super) value: Expr,
    /// Whether it comes out of a fragment.
    pub(super) spread: bool,
}

pub(super) struct Key {
    pub(super) text: String,
    pub(super) place: Place,
    /// An identifier is a field's name in snake_case, a string is taken as it is.
    pub(super) is_string: bool,
}

pub(super) struct Expr {
    pub(super) kind: Kind,
    pub(super) place: Place,
}

impl Expr {
    /// The same as an item that comes out of a fragment: its fields are marked as such.
    pub(super) fn out_of_a_fragment(mut self) -> Self {
        if let Kind::Object(block) = &mut self.kind {
            block.entries.iter_mut().for_each(|entry| entry.spread = true);
        }
        self
    }
}

#[allow(clippy::large_enum_variant)] // there are few of them
pub(super) enum Kind {
    /// A string, number, boolean or null.
    Literal(Value),
    /// `$.a[0]`: its text.
    Path(Text),
    /// `States.Format(…)`: its text.
    Call(Text),
    /// `States.StringToJson(…) -> Order`: its text, and what the text in the data holds.
    Parsed(Text, Type),
    /// `"{% $parse(…) %}" -> Order`: the same of JSONata.
    Declared(Value, Type),
    /// `ref_("Topic")`, `get_att("Table", "Arn")`: the logical id and the attribute.
    Reference(String, Option<String>),
    Object(Block),
    Array(Vec<Expr>),
    /// `LIMIT`, `5 * limits::MINUTE` in a field that takes a number, which only rustc knows
    Number(Constant),
    /// The same where a value of any kind is taken
    Constant(Constant),
    /// `Task { … }`
    State(Ident, Block),
    /// `CheckValidation`, `States.Timeout`, `ALL`
    Name(String),
    Resource(Resource),
    Rules(Vec<Rule>),
    /// It could not be read; that is reported already.
    Broken,
}

/// A text put together from tokens, with the place of its parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) parts: Vec<(Range<usize>, Place)>,
}

impl Text {
    pub(super) fn push(&mut self, text: &str, place: Place) {
        let start = self.text.len();
        self.text.push_str(text);
        self.parts.push((start..self.text.len(), place));
    }

    /// Appends another text with its parts, and itself as a part.
    pub(super) fn append(&mut self, other: &Self, place: Place) {
        let start = self.text.len();
        self.parts.extend(
            other.parts.iter().map(|(range, place)| (range.start + start..range.end + start, *place)),
        );
        self.push(&other.text, place);
    }
}

/// The value of `resource:`.
pub(super) struct Resource {
    pub(super) target: Target,
    /// `-> Type`
    pub(super) result: Option<Type>,
}

/// A value that only rustc knows, as the expressions that give it.
#[derive(Clone)]
pub(super) struct Constant {
    /// The text that was written, for messages.
    pub(super) name: String,
    /// Numbers, as each of the two kinds.
    pub(super) integer: TokenStream,
    pub(super) float: TokenStream,
    /// The shape of its type, and its JSON.
    pub(super) shape: TokenStream,
    pub(super) value: TokenStream,
    /// Itself, where its module is at hand: a text of which rustc judges more than the type.
    pub(super) itself: Option<TokenStream>,
}

/// What a constant has to be where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Anything,
    Number,
    Text,
    Boolean,
    Timestamp,
    /// The name of an error.
    Error,
}

/// The other side of a comparison.
pub(super) enum Operand {
    Value(Value),
    Constant(Constant, Wanted),
}

impl From<bool> for Operand {
    fn from(value: bool) -> Self {
        Self::Value(value.into())
    }
}

/// A function or a machine by its name.
#[derive(Clone)]
pub(super) struct Callee {
    /// The type of that name.
    pub(super) ty: Type,
    /// The name, for messages.
    pub(super) name: String,
}

pub(super) enum Target {
    /// `lambda(validator)`
    Lambda(Callee),
    /// `lambda::invoke(validator)`
    Invoke { task: Callee, wait_for_task_token: bool },
    /// `states::start_execution(Fulfilment).sync`: the other machine, and the ARN of the action
    Start { child: Callee, arn: String },
    /// A string, or `sns::publish` expanded to its ARN.
    Arn(String),
    /// `get_att("Function", "Arn")`, `ref_("Activity")`
    Reference(String, Option<String>),
}

/// `/// Comment`, `condition => Target`, and an optional `{ assign: …, output: … }`
pub(super) struct Rule {
    pub(super) attributes: Vec<Attribute>,
    pub(super) condition: Condition,
    pub(super) next: Expr,
    pub(super) fields: Option<Block>,
    pub(super) place: Place,
}

#[allow(clippy::large_enum_variant)] // there are few of them
pub(super) enum Condition {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Compare {
        operator: &'static str,
        variable: (Text, Place),
        operand: (Operand, Place),
        place: Place,
    },
    /// `"{% … %}"`, or a boolean
    Jsonata(Value, Place),
    /// `#[doc = "why"] $.total > 100`, within another condition
    Commented(Box<Self>, String),
}

impl Condition {
    pub(super) fn place(&self) -> Place {
        match self {
            Self::And(parts) | Self::Or(parts) => match (parts.first(), parts.last()) {
                (Some(first), Some(last)) => first.place().to(last.place()),
                _ => Place::of(Span::call_site()),
            },
            Self::Not(inner) | Self::Commented(inner, _) => inner.place(),
            Self::Compare { place, .. } | Self::Jsonata(_, place) => *place,
        }
    }
}

/// All errors of the source.
#[derive(Default)]
pub(super) struct Errors {
    reported: Vec<TokenStream>,
    /// Whether there is an error that is reported where a fragment is written.
    pub(super) is_broken: bool,
    /// The keys around what is being read, outermost first.
    within: Vec<String>,
    /// The paths in what could not be read, with the keys around.
    lost: Vec<(Vec<String>, Text)>,
}

impl Errors {
    pub(super) fn push(&mut self, place: Place, message: impl AsRef<str>) {
        self.reported.push(super::expand::compile_error(place, message.as_ref()));
    }

    /// Goes into the value of a key, until [`leave`](Self::leave).
    pub(super) fn enter(&mut self, key: &str) {
        self.within.push(key.to_owned());
    }

    pub(super) fn leave(&mut self) {
        self.within.pop();
    }

    /// Keeps the paths of what could not be read, for editors.
    pub(super) fn lose(&mut self, paths: Vec<Text>) {
        self.lost.extend(paths.into_iter().map(|path| (self.within.clone(), path)));
    }

    /// The paths in what could not be read of a state, by its pointer.
    pub(super) fn lost_in(&self, state: &str) -> impl Iterator<Item = &Text> {
        let name = state.rsplit_once("/States/").map_or("", |(_, name)| name).to_owned();
        let of_state = move |keys: &[String]| keys.contains(&name);
        self.lost.iter().filter(move |(keys, _)| of_state(keys)).map(|(_, path)| path)
    }

    pub(super) fn push_syn(&mut self, error: &syn::Error) {
        self.reported.push(error.to_compile_error());
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.reported.append(&mut other.reported);
        self.is_broken |= other.is_broken;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reported.is_empty() && !self.is_broken
    }

    pub(super) fn to_tokens(&self) -> TokenStream {
        self.reported.iter().cloned().collect()
    }
}
