//! The functions and what they take.

use std::fmt;

/// An intrinsic function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Function {
    /// `States.Format`: a text with its `{}` filled in.
    Format,
    /// `States.StringToJson`: from JSON text to its value.
    StringToJson,
    /// `States.JsonToString`: a value to compact JSON text.
    JsonToString,
    /// `States.Array`: an array of the arguments.
    Array,
    /// `States.ArrayPartition`: an array cut into chunks.
    ArrayPartition,
    /// `States.ArrayContains`: whether a value is in an array.
    ArrayContains,
    /// `States.ArrayRange`: numbers from a first to a last by a step.
    ArrayRange,
    /// `States.ArrayGetItem`: the element at an index.
    ArrayGetItem,
    /// `States.ArrayLength`: how many elements an array has.
    ArrayLength,
    /// `States.ArrayUnique`: an array without its duplicates.
    ArrayUnique,
    /// `States.Base64Encode`: text to Base64.
    Base64Encode,
    /// `States.Base64Decode`: Base64 to text.
    Base64Decode,
    /// `States.Hash`: the digest of a value, in hexadecimal.
    Hash,
    /// `States.JsonMerge`: the members of two objects, the second winning.
    JsonMerge,
    /// `States.MathRandom`: a random number, the same for the same seed.
    MathRandom,
    /// `States.MathAdd`: the sum of two numbers.
    MathAdd,
    /// `States.StringSplit`: a text cut at any of some characters.
    StringSplit,
    /// `States.UUID`: a random UUID, version 4.
    Uuid,
}

/// The arguments and the result of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// The parameters that have a name.
    pub params: &'static [Param],
    /// The kind of the arguments after them, when there may be any number of those.
    pub variadic: Option<Kind>,
    /// The least number of arguments.
    pub required: usize,
    /// The kind of the result.
    pub result: Kind,
}

/// A parameter of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param {
    /// Its name, for messages.
    pub name: &'static str,
    /// The values it takes.
    pub kind: Kind,
}

/// A kind of JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Any value.
    Any,
    /// A text.
    String,
    /// A number.
    Number,
    /// A number whose fraction is cut off.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An array.
    Array,
    /// An object.
    Object,
    /// `null`: only ever found, no function asks for it.
    Null,
}

impl fmt::Display for Kind {
    /// The kind with its article: `a string`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any value",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Integer => "an integer",
            Self::Boolean => "a boolean",
            Self::Array => "an array",
            Self::Object => "an object",
            Self::Null => "`null`",
        })
    }
}

impl Signature {
    /// The most arguments the function takes; `None` when there is no limit.
    pub fn limit(self) -> Option<usize> {
        match self.variadic {
            Some(_) => None,
            None => Some(self.params.len()),
        }
    }

    /// The kind of the argument at an index, counted from 0; `None` past the last.
    pub fn kind_of(self, index: usize) -> Option<Kind> {
        match self.params.get(index) {
            Some(param) => Some(param.kind),
            None => self.variadic,
        }
    }
}

impl fmt::Display for Signature {
    /// The parameters as documentation writes them: `(start, end, [seed])`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (n, param) in self.params.iter().enumerate() {
            let comma = if n > 0 { ", " } else { "" };
            if n < self.required {
                write!(f, "{comma}{}", param.name)?;
            } else {
                write!(f, "{comma}[{}]", param.name)?;
            }
        }
        if self.variadic.is_some() {
            f.write_str(if self.params.is_empty() { "..." } else { ", ..." })?;
        }
        f.write_str(")")
    }
}

const fn param(name: &'static str, kind: Kind) -> Param {
    Param { name, kind }
}

crate::named!(Function, "intrinsic function");

impl Function {
    /// Every function, in the order of the specification.
    pub const ALL: &[Self] = &[
        Self::Format,
        Self::StringToJson,
        Self::JsonToString,
        Self::Array,
        Self::ArrayPartition,
        Self::ArrayContains,
        Self::ArrayRange,
        Self::ArrayGetItem,
        Self::ArrayLength,
        Self::ArrayUnique,
        Self::Base64Encode,
        Self::Base64Decode,
        Self::Hash,
        Self::JsonMerge,
        Self::MathRandom,
        Self::MathAdd,
        Self::StringSplit,
        Self::Uuid,
    ];

    /// The whole name: `States.Format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Format => "States.Format",
            Self::StringToJson => "States.StringToJson",
            Self::JsonToString => "States.JsonToString",
            Self::Array => "States.Array",
            Self::ArrayPartition => "States.ArrayPartition",
            Self::ArrayContains => "States.ArrayContains",
            Self::ArrayRange => "States.ArrayRange",
            Self::ArrayGetItem => "States.ArrayGetItem",
            Self::ArrayLength => "States.ArrayLength",
            Self::ArrayUnique => "States.ArrayUnique",
            Self::Base64Encode => "States.Base64Encode",
            Self::Base64Decode => "States.Base64Decode",
            Self::Hash => "States.Hash",
            Self::JsonMerge => "States.JsonMerge",
            Self::MathRandom => "States.MathRandom",
            Self::MathAdd => "States.MathAdd",
            Self::StringSplit => "States.StringSplit",
            Self::Uuid => "States.UUID",
        }
    }

    /// The function of a whole name, letter for letter.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|function| function.name() == name)
    }

    /// The function whose name is the most like `name`, if any is like it at all.
    pub fn nearest(name: &str) -> Option<Self> {
        let bare = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.strip_prefix("states.").map(str::to_owned).unwrap_or(name)
        };
        let wanted = bare(name);
        Self::ALL
            .iter()
            .map(|function| (distance(&wanted, &bare(function.name())), *function))
            .min_by_key(|(distance, _)| *distance)
            // A third of the letters wrong is still a typo, more is another word.
            .filter(|(distance, _)| *distance <= wanted.len() / 3)
            .map(|(_, function)| function)
    }

    /// Returns the function's signature.
    pub fn signature(self) -> Signature {
        use Kind::{Any, Array, Boolean, Integer, Number, Object, String};
        const ARRAY: Param = param("array", Array);
        const STRING: Param = param("string", String);
        let (params, result): (&'static [Param], Kind) = match self {
            Self::Format => (const { &[param("template", String)] }, String),
            Self::StringToJson => (const { &[STRING] }, Any),
            Self::JsonToString => (const { &[param("value", Any)] }, String),
            Self::Array => (&[], Array),
            Self::ArrayPartition => (const { &[ARRAY, param("size", Integer)] }, Array),
            Self::ArrayContains => (const { &[ARRAY, param("value", Any)] }, Boolean),
            Self::ArrayRange => {
                (const { &[param("first", Integer), param("last", Integer), param("step", Integer)] }, Array)
            }
            Self::ArrayGetItem => (const { &[ARRAY, param("index", Integer)] }, Any),
            Self::ArrayLength => (const { &[ARRAY] }, Integer),
            Self::ArrayUnique => (const { &[ARRAY] }, Array),
            Self::Base64Encode | Self::Base64Decode => (const { &[STRING] }, String),
            Self::Hash => (const { &[param("data", Any), param("algorithm", String)] }, String),
            Self::JsonMerge => {
                (const { &[param("first", Object), param("second", Object), param("deep", Boolean)] }, Object)
            }
            Self::MathRandom => {
                (const { &[param("start", Number), param("end", Number), param("seed", Number)] }, Integer)
            }
            Self::MathAdd => (const { &[param("first", Number), param("second", Number)] }, Number),
            Self::StringSplit => (const { &[STRING, param("delimiters", String)] }, Array),
            Self::Uuid => (&[], String),
        };
        Signature {
            params,
            variadic: match self {
                Self::Format | Self::Array => Some(Any),
                _ => None,
            },
            required: match self {
                // The seed may be left out.
                Self::MathRandom => 2,
                _ => params.len(),
            },
            result,
        }
    }
}

/// Returns the number of letters to add, drop or change to get from one string to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, a) in from.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (b, above) in to.iter().zip(row.iter_mut().skip(1)) {
            let changed = diagonal + usize::from(a != *b);
            diagonal = *above;
            left = changed.min(left + 1).min(*above + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
