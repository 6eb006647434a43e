//! Data with expressions in it: `Arguments`, `Output`, `Assign`, `Items`, `ItemSelector`, `Credentials`.

use stepfn_core::value::{Map, Value};

use super::{Expression, Scope, is_expression};
use crate::eval::{CompileError, EvalError};

/// The depth to which a template may nest: that of the JSON text that the project reads.
const MAX_DEPTH: usize = 128;

/// A compiled template: each string that is an expression evaluates to its value, everything else to itself.
#[derive(Debug)]
pub(crate) struct Template(Node);

#[derive(Debug)]
enum Node {
    Constant(Value),
    Object {
        /// The object with its constant members, and `null` for the others.
        base: Map,
        /// The other members, by their index in `base`.
        dynamic: Box<[(usize, Self)]>,
    },
    Array(Box<[Self]>),
    Dynamic(Box<Dynamic>),
}

#[derive(Debug)]
struct Dynamic {
    expression: Expression,
    /// The name of the place in messages: `Output/items[0]/id`.
    field: Box<str>,
}

impl Template {
    /// Compiles the value of a field.
    ///
    /// # Errors
    /// When an expression in it is no JSONata 2.0.6; the error has the position.
    pub(crate) fn compile(template: &Value, field: &str) -> Result<Self, CompileError> {
        Node::compile(template, field.to_owned(), 0).map(Self)
    }

    /// The data with the values of its expressions.
    ///
    /// # Errors
    /// Those of the first expression that fails.
    pub(crate) fn render(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        self.0.render(scope)
    }

    /// The expression that the template is as a whole.
    pub(crate) fn expression(&self) -> Option<&Expression> {
        match &self.0 {
            Node::Dynamic(dynamic) => Some(&dynamic.expression),
            _ => None,
        }
    }
}

impl Node {
    fn compile(template: &Value, field: String, depth: usize) -> Result<Self, CompileError> {
        if depth > MAX_DEPTH {
            return Err(CompileError::new(format!("a template nested more than {MAX_DEPTH} deep")));
        }
        match template {
            Value::String(text) if is_expression(text) => {
                let expression = Expression::compile(text)?;
                Ok(Self::Dynamic(Box::new(Dynamic { expression, field: field.into() })))
            }
            Value::Object(members) => {
                let mut base = Map::with_capacity(members.len());
                let mut dynamic: Vec<(usize, Self)> = Vec::new();
                for (index, (key, value)) in members.iter().enumerate() {
                    let node = Self::compile(value, format!("{field}/{key}"), depth + 1)
                        .map_err(|error| error.inside(key))?;
                    let (constant, node) = match node {
                        Self::Constant(value) => (value, None),
                        node => (Value::Null, Some(node)),
                    };
                    base.insert(key.clone(), constant);
                    dynamic.extend(node.map(|node| (index, node)));
                }
                Ok(if dynamic.is_empty() {
                    Self::Constant(template.clone())
                } else {
                    Self::Object { base, dynamic: dynamic.into() }
                })
            }
            Value::Array(items) => {
                let compile = |(index, item): (usize, &Value)| {
                    Self::compile(item, format!("{field}[{index}]"), depth + 1)
                        .map_err(|error| error.inside(&index.to_string()))
                };
                let nodes = items.iter().enumerate().map(compile).collect::<Result<Box<[Self]>, _>>()?;
                let constant = nodes.iter().all(|node| matches!(node, Self::Constant(_)));
                Ok(if constant { Self::Constant(template.clone()) } else { Self::Array(nodes) })
            }
            constant => Ok(Self::Constant(constant.clone())),
        }
    }

    fn render(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::Dynamic(dynamic) => dynamic.expression.evaluate(scope, &dynamic.field),
            Self::Array(nodes) => {
                let mut items = Vec::with_capacity(nodes.len());
                for node in nodes {
                    items.push(node.render(scope)?);
                }
                Ok(items.into())
            }
            Self::Object { base, dynamic } => {
                let mut members = base.clone();
                for (index, node) in dynamic {
                    let value = node.render(scope)?;
                    if let Some((_, member)) = members.get_index_mut(*index) {
                        *member = value;
                    }
                }
                Ok(members.into())
            }
        }
    }
}
