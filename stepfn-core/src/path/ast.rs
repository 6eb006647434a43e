//! The parts a [`Path`](super::Path) is made of.

use std::ops::Range;

/// The root of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Root {
    /// `$`: the input of the state, or the data that the field reads.
    Input,
    /// `$$`: the context object.
    Context,
    /// `$name`: a variable, by its name without the `$`.
    Variable(String),
}

/// One step of a path, with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Segment {
    /// The kind of the step, with its selection.
    pub kind: SegmentKind,
    /// The byte range in the text of the path, the leading `.` or the brackets included.
    pub span: Range<usize>,
}

/// The selection of one step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SegmentKind {
    /// `.a`, `['a']`, `["a"]`: one member, by its name without escapes.
    Name(String),
    /// `['a','b']`: several members.
    Names(Vec<String>),
    /// `[0]`, `[-1]`: one element; a negative index counts from the end.
    Index(i64),
    /// `[0,2]`: several elements.
    Indices(Vec<i64>),
    /// `[start:end]`, `[start:end:step]`.
    Slice {
        /// The first index, the beginning of the array when left out.
        start: Option<i64>,
        /// The index after the last, the end of the array when left out.
        end: Option<i64>,
        /// The distance from one element to the next.
        step: Option<i64>,
    },
    /// `.*`, `[*]`: every member or element.
    Wildcard,
    /// `[?(...)]`: the elements for which the filter holds.
    Filter(Filter),
    /// `..`: the step inside, at any depth. Never a `Descend` in a `Descend`.
    Descend(Box<Self>),
    /// `.length()`: a function of Jayway, by its name. Parsed so that a checker can report it:
    /// Step Functions promises none of them.
    Function(String),
}

/// The condition of a `[?(...)]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Filter {
    /// `a || b`: two filters or more.
    Or(Vec<Self>),
    /// `a && b`: two filters or more.
    And(Vec<Self>),
    /// `!a`.
    Not(Box<Self>),
    /// `@.a` alone: true when the path finds something, be it `false` or `null`.
    Exists(FilterPath),
    /// `@.a == 1`.
    Compare {
        /// The operand on the left.
        left: FilterOperand,
        /// The operator.
        op: FilterOp,
        /// The operand on the right.
        right: FilterOperand,
    },
}

/// A comparison operator of filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilterOp {
    /// `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
    /// `=~`: Jayway only, as all that follow.
    Regex,
    /// `in`.
    In,
    /// `nin`.
    Nin,
    /// `subsetof`.
    SubsetOf,
    /// `anyof`.
    AnyOf,
    /// `noneof`.
    NoneOf,
    /// `size`.
    Size,
    /// `empty`.
    Empty,
    /// `contains`.
    Contains,
    /// `type`.
    Type,
}

impl FilterOp {
    /// Every operator.
    pub const ALL: &[Self] = &[
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::Regex,
        Self::In,
        Self::Nin,
        Self::SubsetOf,
        Self::AnyOf,
        Self::NoneOf,
        Self::Size,
        Self::Empty,
        Self::Contains,
        Self::Type,
    ];

    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Regex => "=~",
            Self::In => "in",
            Self::Nin => "nin",
            Self::SubsetOf => "subsetof",
            Self::AnyOf => "anyof",
            Self::NoneOf => "noneof",
            Self::Size => "size",
            Self::Empty => "empty",
            Self::Contains => "contains",
            Self::Type => "type",
        }
    }

    /// Returns `true` if the developer guide lets a filter use the operator: the six comparisons written
    /// with signs, neither regular expressions nor the operators that are words.
    pub fn is_supported(self) -> bool {
        matches!(self, Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }
}

/// One side of a comparison in a filter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FilterOperand {
    /// `@.a`, `$.a`.
    Path(FilterPath),
    /// `'x'`, `"x"`, without escapes.
    String(String),
    /// `1.5`, as it is written, so that no digit is lost.
    Number(String),
    /// `true`, `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// `['a', 'b']`: the right side of `in` and its like.
    List(Vec<Self>),
    /// `/a.*/i`, as it is written, slashes and flags included.
    Regex(String),
}

/// A path inside a filter. Its segments have their place in the text of the whole path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FilterPath {
    /// True for `$` (the whole document), false for `@` (the element at hand).
    pub from_root: bool,
    /// The steps.
    pub segments: Vec<Segment>,
}
