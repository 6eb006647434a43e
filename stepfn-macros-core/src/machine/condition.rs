//! Conditions: `$.total > 100 && (is_present($.note) || $.kind == "gift")`.

use stepfn_core::value::Value;
use syn::{
    Attribute, Ident, LitBool, LitStr, Result, Token,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, discouraged::Speculative},
    token,
};

use super::{
    ast::{Condition, Constant, Operand, Place, Text, Wanted},
    constant::{Calculated, calculated},
    parse::literal,
    path::{is_path, path},
    settings::doc_text,
};

/// Reads a condition up to `=>`.
pub(super) fn condition(input: ParseStream<'_>) -> Result<Condition> {
    let mut parts = vec![conjunction(input)?];
    while input.peek(Token![||]) {
        input.parse::<Token![||]>()?;
        parts.push(conjunction(input)?);
    }
    Ok(joined(parts, Condition::Or))
}

fn conjunction(input: ParseStream<'_>) -> Result<Condition> {
    let mut parts = vec![term(input)?];
    while input.peek(Token![&&]) {
        input.parse::<Token![&&]>()?;
        parts.push(term(input)?);
    }
    Ok(joined(parts, Condition::And))
}

fn joined(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1 { parts.swap_remove(0) } else { join(parts) }
}

fn term(input: ParseStream<'_>) -> Result<Condition> {
    if input.peek(Token![#]) {
        let attributes = input.call(Attribute::parse_outer)?;
        if let Some(other) = attributes.iter().find(|attribute| !attribute.path().is_ident("doc")) {
            return Err(syn::Error::new_spanned(other, "a condition has doc comments, no attributes"));
        }
        let inner = term(input)?;
        return Ok(match doc_text(&attributes) {
            Some(comment) => Condition::Commented(Box::new(inner), comment),
            None => inner,
        });
    }
    if input.peek(Token![!]) {
        input.parse::<Token![!]>()?;
        return Ok(Condition::Not(Box::new(term(input)?)));
    }
    if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        let inner = condition(&content)?;
        if !content.is_empty() {
            return Err(content.error("expected `)`"));
        }
        return Ok(inner);
    }
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        return Ok(Condition::Jsonata(text.value().into(), Place::of(text.span())));
    }
    if input.peek(LitBool) && input.peek2(Token![=>]) {
        let constant: LitBool = input.parse()?;
        return Ok(Condition::Jsonata(constant.value.into(), Place::of(constant.span())));
    }
    if input.peek(Ident::peek_any) {
        let fork = input.fork();
        let ident = fork.call(Ident::parse_any)?;
        if let Some((_, operator)) = TESTS.iter().find(|(name, _)| ident == name) {
            input.advance_to(&fork);
            let content;
            let parens = parenthesized!(content in input);
            let variable = path(&content)?;
            if !content.is_empty() {
                return Err(content.error("expected `)`: a test takes one path"));
            }
            let place = Place { first: ident.span(), last: parens.span.close() };
            let (operand, operand_place) = expected(input, place)?;
            return Ok(Condition::Compare {
                operator,
                variable,
                operand: (operand.into(), operand_place),
                place: place.to(operand_place),
            });
        }
        if ident == "not" {
            return Err(syn::Error::new(ident.span(), "`not` is written `!`: `!($.total > 5)`"));
        }
        let join = match ident.to_string().as_str() {
            "and" => Some(Condition::And as fn(_) -> _),
            "or" => Some(Condition::Or as fn(_) -> _),
            _ => None,
        };
        if let Some(join) = join.filter(|_| fork.peek(token::Paren)) {
            input.advance_to(&fork);
            return list(input).map(join);
        }
    }
    comparison(input)
}

/// Returns the expected value of a test: `is_present($.x)` is true, `is_present($.x) == false` false.
fn expected(input: ParseStream<'_>, test: Place) -> Result<(bool, Place)> {
    if !input.peek(Token![==]) {
        return Ok((true, test));
    }
    input.parse::<Token![==]>()?;
    let constant: LitBool = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), "a test is compared with `true` or `false`"))?;
    Ok((constant.value, Place::of(constant.span())))
}

/// `and($.x == 1)`, `or($.x == 1, $.y == 2)`: ASL's lists written out, also with one condition.
fn list(input: ParseStream<'_>) -> Result<Vec<Condition>> {
    let content;
    let parens = parenthesized!(content in input);
    if content.is_empty() {
        return Err(syn::Error::new(
            parens.span.join(),
            "expected a condition in the list: `and($.total > 100)`",
        ));
    }
    let mut parts = vec![condition(&content)?];
    while !content.is_empty() {
        content.parse::<Token![,]>()?;
        if !content.is_empty() {
            parts.push(condition(&content)?);
        }
    }
    Ok(parts)
}

const TESTS: [(&str, &str); 6] = [
    ("is_present", "IsPresent"),
    ("is_null", "IsNull"),
    ("is_string", "IsString"),
    ("is_numeric", "IsNumeric"),
    ("is_boolean", "IsBoolean"),
    ("is_timestamp", "IsTimestamp"),
];

/// One side of a comparison.
struct Side {
    kind: Option<Family>,
    value: SideValue,
    place: Place,
}

enum SideValue {
    Path(Text),
    Literal(Value),
    Constant(Constant),
}

/// The kind of values that a comparison compares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    String,
    Numeric,
    Boolean,
    Timestamp,
}

impl Family {
    /// What a constant has to be that is compared so.
    fn wanted(self) -> Wanted {
        match self {
            Self::String => Wanted::Text,
            Self::Numeric => Wanted::Number,
            Self::Boolean => Wanted::Boolean,
            Self::Timestamp => Wanted::Timestamp,
        }
    }
}

fn side(input: ParseStream<'_>) -> Result<Side> {
    if is_path(input) {
        let (text, place) = path(input)?;
        return Ok(Side { kind: None, value: SideValue::Path(text), place });
    }
    if input.peek(Ident::peek_any) && input.peek2(token::Paren) {
        let ident = input.call(Ident::parse_any)?;
        let kind = match ident.to_string().as_str() {
            "string" => Family::String,
            "number" => Family::Numeric,
            "boolean" => Family::Boolean,
            "timestamp" => Family::Timestamp,
            _ => {
                return Err(syn::Error::new(
                    ident.span(),
                    "expected a path, a literal, one of the tests `is_present`, `is_null`, `is_string`, `is_numeric`, `is_boolean`, `is_timestamp`, or one of `string(…)`, `number(…)`, `boolean(…)`, `timestamp(…)` around a path",
                ));
            }
        };
        let content;
        let parens = parenthesized!(content in input);
        let inner = side(&content)?;
        if !content.is_empty() {
            return Err(content.error("expected `)`"));
        }
        let place = Place { first: ident.span(), last: parens.span.close() };
        return Ok(Side { kind: Some(kind), value: inner.value, place });
    }
    let null = input.fork().call(Ident::parse_any).ok().filter(|ident| ident == "null");
    if let Some(null) = null {
        return Err(syn::Error::new(null.span(), "compare with null by `is_null($.path)`"));
    }
    let (value, place) = match calculated(input)? {
        Some(Calculated::Literal(value, place)) => (value, place),
        Some(Calculated::Constant(constant, place, is_arithmetic)) => {
            let kind = is_arithmetic.then_some(Family::Numeric);
            return Ok(Side { kind, value: SideValue::Constant(constant), place });
        }
        None => literal(input)?,
    };
    let kind = match &value {
        Value::String(_) => Family::String,
        Value::Number(_) => Family::Numeric,
        _ => Family::Boolean,
    };
    Ok(Side { kind: Some(kind), value: SideValue::Literal(value), place })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equals,
    NotEquals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
    Matches,
}

fn relation(input: ParseStream<'_>) -> Result<Relation> {
    macro_rules! relations {
        ($($token:tt => $relation:ident),*) => {
            $(if input.peek(Token![$token]) {
                input.parse::<Token![$token]>()?;
                return Ok(Relation::$relation);
            })*
        };
    }
    relations!(== => Equals, != => NotEquals, <= => LessThanEquals, >= => GreaterThanEquals, < => LessThan, > => GreaterThan);
    let fork = input.fork();
    if fork.call(Ident::parse_any).is_ok_and(|ident| ident == "matches") {
        input.advance_to(&fork);
        return Ok(Relation::Matches);
    }
    if input.peek(token::Paren) {
        return Err(input.error("a test is written around its path: `is_present($.note)`"));
    }
    if input.peek(Token![=]) {
        return Err(input.error("a comparison is written `==`"));
    }
    if input.peek(Token![in]) {
        return Err(
            input.error("write a comparison for each value: `$.status == \"NEW\" || $.status == \"PAID\"`")
        );
    }
    Err(input.error("expected a comparison: `==`, `!=`, `<`, `<=`, `>`, `>=` or `matches`"))
}

fn comparison(input: ParseStream<'_>) -> Result<Condition> {
    let mut left = side(input)?;
    let mut relation = relation(input)?;
    let mut right = side(input)?;
    let place = left.place.to(right.place);
    let error = |message: &str| super::expand::spanned_error(place, message);
    if !matches!(left.value, SideValue::Path(_)) {
        if !matches!(right.value, SideValue::Path(_)) {
            return Err(error("a comparison has a path on one of its sides"));
        }
        // `100 < $.total` is `$.total > 100`: the path is ASL's `Variable`.
        std::mem::swap(&mut left, &mut right);
        relation = match relation {
            Relation::LessThan => Relation::GreaterThan,
            Relation::LessThanEquals => Relation::GreaterThanEquals,
            Relation::GreaterThan => Relation::LessThan,
            Relation::GreaterThanEquals => Relation::LessThanEquals,
            Relation::Matches => return Err(error("the path comes before `matches`, the pattern after")),
            same => same,
        };
    }
    let family = match (left.kind, right.kind) {
        (Some(a), Some(b)) if a != b => return Err(error("the two sides are of different types")),
        (a, b) => a.or(b),
    };
    let SideValue::Path(variable) = left.value else {
        return Err(error("a comparison has a path on one of its sides"));
    };
    let variable = (variable, left.place);
    let is_path = matches!(right.value, SideValue::Path(_));
    // Of a constant without words a number is the most likely; rustc tells where it is none.
    let family = family.or_else(|| match right.value {
        SideValue::Constant(_) if relation == Relation::Matches => Some(Family::String),
        SideValue::Constant(_) => Some(Family::Numeric),
        _ => None,
    });
    let Some(family) = family else {
        return Err(error(
            "what is compared? write `string(…)`, `number(…)`, `boolean(…)` or `timestamp(…)` around one of the paths",
        ));
    };
    let Some(operator) = operator(family, relation, is_path) else {
        return Err(error(match (family, relation) {
            (Family::Boolean, _) => "booleans are compared by `==` and `!=` only",
            (_, Relation::Matches) => "`matches` takes a string with `*`, as `$.name matches \"log-*\"`",
            _ => "there is no such comparison in ASL",
        }));
    };
    let operand = match right.value {
        SideValue::Literal(value) => Operand::Value(value),
        SideValue::Path(text) => Operand::Value(text.text.into()),
        SideValue::Constant(constant) => Operand::Constant(constant, family.wanted()),
    };
    let compare = Condition::Compare { operator, variable, operand: (operand, right.place), place };
    Ok(if relation == Relation::NotEquals { Condition::Not(Box::new(compare)) } else { compare })
}

fn operator(family: Family, relation: Relation, is_path: bool) -> Option<&'static str> {
    let family = match family {
        Family::String => "String",
        Family::Numeric => "Numeric",
        Family::Boolean => "Boolean",
        Family::Timestamp => "Timestamp",
    };
    let relation = match relation {
        Relation::Equals | Relation::NotEquals => "Equals",
        Relation::LessThan => "LessThan",
        Relation::LessThanEquals => "LessThanEquals",
        Relation::GreaterThan => "GreaterThan",
        Relation::GreaterThanEquals => "GreaterThanEquals",
        Relation::Matches => "Matches",
    };
    let path = if is_path { "Path" } else { "" };
    let name = format!("{family}{relation}{path}");
    name.parse::<stepfn_core::asl::Operator>().ok().map(|operator| operator.name())
}
