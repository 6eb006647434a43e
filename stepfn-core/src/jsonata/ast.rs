//! The tree of an expression.

use std::ops::Range;

/// An expression, or a part of one, with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// The kind of the expression, with its parts.
    pub kind: ExpressionKind,
    /// Its byte range in the text. The range of a part lies within that of the whole.
    pub range: Range<usize>,
    /// The depth of the tree: it bounds every walk over it.
    pub(super) height: usize,
}

/// The kind of an expression, with its parts.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// `"text"`, without escapes; a lone surrogate is U+FFFD. As a step of a path it is a field's name.
    String(String),
    /// `1.5`
    Number(f64),
    /// `true`, `false`
    Boolean(bool),
    /// `null`
    Null,
    /// `/pattern/flags`
    Regex {
        /// The text between the slashes, with its escapes.
        pattern: String,
        /// `i`, `m`, both or none.
        flags: String,
    },
    /// A field: `name` or `` `any name` ``.
    Name(String),
    /// `$name`, without the `$`: empty for the context `$`, `$` for the root `$$`.
    Variable(String),
    /// `*`
    Wildcard,
    /// `**`
    Descendant,
    /// `%`
    Parent,
    /// `?` in the place of an argument: the call is a partial application.
    Placeholder,
    /// `a.b.c`: two steps or more.
    Path(Vec<Expression>),
    /// `of[predicate]`
    Filter {
        /// The filtered expression.
        of: Box<Expression>,
        /// A condition on each item, or an index.
        predicate: Box<Expression>,
    },
    /// `of[]`: one value stays an array.
    KeepArray(Box<Expression>),
    /// `of^(a, >b)`
    OrderBy {
        /// The ordered expression.
        of: Box<Expression>,
        /// The criteria, the most important first.
        terms: Vec<OrderTerm>,
    },
    /// `of{key: value}`
    Group {
        /// The grouped expression.
        of: Box<Expression>,
        /// Keys and values.
        pairs: Vec<(Expression, Expression)>,
    },
    /// `of@$name`
    Focus {
        /// The source of the values.
        of: Box<Expression>,
        /// The variable, without `$`.
        name: String,
    },
    /// `of#$name`
    Index {
        /// The source of the values.
        of: Box<Expression>,
        /// The variable, without `$`.
        name: String,
    },
    /// `-of`
    Negate(Box<Expression>),
    /// `left operator right`
    Binary {
        /// The operator.
        operator: Operator,
        /// The left operand.
        left: Box<Expression>,
        /// The right operand.
        right: Box<Expression>,
    },
    /// `[a, b..c]`
    Array(Vec<Expression>),
    /// `{key: value}`
    Object(Vec<(Expression, Expression)>),
    /// `(a; b)`
    Block(Vec<Expression>),
    /// `condition ? then : otherwise`
    Conditional {
        /// The condition.
        condition: Box<Expression>,
        /// The value if it holds.
        then: Box<Expression>,
        /// The value if it does not; `None` if it is left out.
        otherwise: Option<Box<Expression>>,
    },
    /// `$name := value`
    Bind {
        /// The variable, without `$`.
        name: String,
        /// The range of the variable, its `$` included.
        name_range: Range<usize>,
        /// Its value.
        value: Box<Expression>,
    },
    /// `function($a, $b)<nn:n>{ body }`
    Lambda {
        /// The parameters, without `$`.
        parameters: Vec<String>,
        /// The signature with `<` and `>`, blanks left out.
        signature: Option<String>,
        /// The body, which gives the result.
        body: Box<Expression>,
    },
    /// `function(arguments)`
    Call {
        /// The called expression: mostly a variable.
        function: Box<Expression>,
        /// The arguments; one that is a [placeholder](Self::Placeholder) makes it a partial application.
        arguments: Vec<Expression>,
    },
    /// `|pattern|update, delete|`
    Transform {
        /// The pattern that selects the objects to change.
        pattern: Box<Expression>,
        /// The object that is merged in.
        update: Box<Expression>,
        /// The fields that are taken away.
        delete: Option<Box<Expression>>,
    },
}

/// One criterion of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderTerm {
    /// Whether the greatest comes first.
    pub descending: bool,
    /// The key to compare.
    pub expression: Expression,
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each has its symbol, see `symbol`
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Concatenate,
    And,
    Or,
    In,
    Range,
    Apply,
}

impl Operator {
    const ALL: [(Self, &'static str); 17] = [
        (Self::Add, "+"),
        (Self::Subtract, "-"),
        (Self::Multiply, "*"),
        (Self::Divide, "/"),
        (Self::Modulo, "%"),
        (Self::Equal, "="),
        (Self::NotEqual, "!="),
        (Self::Less, "<"),
        (Self::LessOrEqual, "<="),
        (Self::Greater, ">"),
        (Self::GreaterOrEqual, ">="),
        (Self::Concatenate, "&"),
        (Self::And, "and"),
        (Self::Or, "or"),
        (Self::In, "in"),
        (Self::Range, ".."),
        (Self::Apply, "~>"),
    ];

    /// Returns the operator as it is written: `+`, `and`, `~>`.
    pub fn symbol(self) -> &'static str {
        Self::ALL.iter().find(|(operator, _)| *operator == self).map_or("", |(_, symbol)| symbol)
    }

    pub(super) fn of(symbol: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == symbol).map(|(operator, _)| *operator)
    }
}

impl Expression {
    pub(super) fn new(kind: ExpressionKind, range: Range<usize>) -> Self {
        let mut expression = Self { kind, range, height: 1 };
        let parts = expression.parts();
        expression.height = 1 + parts.iter().map(|part| part.height).max().unwrap_or(0);
        expression
    }

    /// The path with one more step, or the path that begins with this.
    pub(super) fn step(mut self, step: Self) -> Self {
        let range = self.range.start..step.range.end;
        match &mut self.kind {
            // A path may be long: it is not looked through at each of its steps.
            ExpressionKind::Path(steps) => {
                self.height = self.height.max(1 + step.height);
                steps.push(step);
                Self { range, ..self }
            }
            _ => Self::new(ExpressionKind::Path(vec![self, step]), range),
        }
    }

    /// Says whether the whole is a call of a function: `$f(…)`, `… ~> $f(…)`, `… ~> $f`.
    ///
    /// ```
    /// let parse = |text| stepfn_core::jsonata::parse(text).expect("an expression");
    ///
    /// assert!(parse("$parse($states.input.text)").is_call_of("parse"));
    /// assert!(parse("($states.input.text ~> $parse)").is_call_of("parse"));
    /// assert!(!parse("$parse($states.input.text).id").is_call_of("parse"));
    /// ```
    pub fn is_call_of(&self, name: &str) -> bool {
        use ExpressionKind as Kind;
        let is_it = |function: &Self| matches!(&function.kind, Kind::Variable(called) if called == name);
        match &self.kind {
            Kind::Call { function, .. } => is_it(function),
            Kind::Block(parts) => parts.last().is_some_and(|last| last.is_call_of(name)),
            Kind::Binary { operator: Operator::Apply, right, .. } => is_it(right) || right.is_call_of(name),
            _ => false,
        }
    }

    /// The parts that it consists of directly, in the order of the text.
    pub fn parts(&self) -> Vec<&Self> {
        use ExpressionKind as Kind;
        match &self.kind {
            Kind::String(_)
            | Kind::Number(_)
            | Kind::Boolean(_)
            | Kind::Null
            | Kind::Regex { .. }
            | Kind::Name(_)
            | Kind::Variable(_)
            | Kind::Wildcard
            | Kind::Descendant
            | Kind::Parent
            | Kind::Placeholder => Vec::new(),
            Kind::Path(parts) | Kind::Array(parts) | Kind::Block(parts) => parts.iter().collect(),
            Kind::Filter { of, predicate } => vec![of, predicate],
            Kind::KeepArray(of) | Kind::Focus { of, .. } | Kind::Index { of, .. } | Kind::Negate(of) => {
                vec![of]
            }
            Kind::OrderBy { of, terms } => {
                let mut parts = vec![&**of];
                parts.extend(terms.iter().map(|term| &term.expression));
                parts
            }
            Kind::Group { of, pairs } => {
                let mut parts = vec![&**of];
                pairs.iter().for_each(|(key, value)| parts.extend([key, value]));
                parts
            }
            Kind::Object(pairs) => {
                let mut parts = Vec::with_capacity(2 * pairs.len());
                pairs.iter().for_each(|(key, value)| parts.extend([key, value]));
                parts
            }
            Kind::Binary { left, right, .. } => vec![left, right],
            Kind::Conditional { condition, then, otherwise } => {
                let mut parts = vec![&**condition, &**then];
                parts.extend(otherwise.as_deref());
                parts
            }
            Kind::Bind { value, .. } => vec![value],
            Kind::Lambda { body, .. } => vec![body],
            Kind::Call { function, arguments } => {
                let mut parts = vec![&**function];
                parts.extend(arguments);
                parts
            }
            Kind::Transform { pattern, update, delete } => {
                let mut parts = vec![&**pattern, &**update];
                parts.extend(delete.as_deref());
                parts
            }
        }
    }
}
