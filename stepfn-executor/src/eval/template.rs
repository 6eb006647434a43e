//! Payload templates: `Parameters`, `ResultSelector`, `ItemSelector`, `Assign`, `BatchInput`.

use stepfn_core::{
    sort,
    value::{Key, Map, Value},
};

use super::{CompileError, EvalError, Expression, Scope, java};

/// The depth to which a template may nest: that of the JSON text that the project reads.
const MAX_DEPTH: usize = 128;

/// A compiled payload template.
///
/// A member whose key ends in `.$` has a path or an intrinsic function as its value and appears, without the suffix, with
/// its result. Everything else stays as it is, strings in arrays included. In an object that has such members the
/// others come first, in their order; these follow in that of a Java map of their names (recorded on AWS).
#[derive(Clone, Debug)]
pub(crate) struct Template(Node);

#[derive(Clone, Debug)]
enum Node {
    Constant(Value),
    Object {
        /// The object with its constant members, and `null` for the others. To clone it costs no hashing.
        base: Map,
        /// The other members, by their index in `base`.
        dynamic: Box<[(usize, Self)]>,
    },
    Array(Box<[Self]>),
    Dynamic {
        expression: Expression,
        /// The name of the member in messages: `value.$`, with the keys on the way to it.
        field: Box<str>,
    },
}

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    /// When the value of a `.$` member is neither a path nor a call; the error has the place in the template.
    pub(crate) fn compile(template: &Value) -> Result<Self, CompileError> {
        Node::compile(template, &Place::default()).map(Self)
    }

    /// The template with its dynamic members filled in.
    pub(crate) fn render(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        self.0.render(scope)
    }
}

#[cfg(test)]
impl Template {
    /// The whole template, if nothing in it is dynamic.
    pub(crate) fn constant(&self) -> Option<&Value> {
        match &self.0 {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }
}

/// The members of an object in the order in which AWS puts them into what it makes.
fn in_order(members: &Map) -> Vec<(&Key, &Value)> {
    // Of `a` and `a.$` the later counts, wherever it is.
    let counts = |at: usize, key: &str| {
        let twin = match key.strip_suffix(".$") {
            Some(name) => members.get_index_of(name),
            None => members.get_index_of(format!("{key}.$").as_str()),
        };
        twin.is_none_or(|twin| twin < at)
    };
    let counted =
        members.iter().enumerate().filter(|(at, (key, _))| counts(*at, key)).map(|(_, member)| member);
    let (dynamic, mut ordered): (Vec<_>, Vec<_>) = counted.partition(|(key, _)| key.ends_with(".$"));
    let name = |key: &str| java::hash_text(key.strip_suffix(".$").unwrap_or(key));
    let hashes: Vec<i32> = dynamic.iter().map(|(key, _)| name(key)).collect();
    ordered.extend(java::table_order(&hashes).into_iter().filter_map(|place| dynamic.get(place).copied()));
    ordered
}

/// The compiler's place in a template.
#[derive(Clone, Default)]
struct Place {
    depth: usize,
    /// `Item.list[0].`: what comes before a key in a message. A recorded message names `Item.id.$`.
    prefix: String,
}

impl Place {
    fn member(&self, key: &str) -> Self {
        Self { depth: self.depth + 1, prefix: format!("{}{key}.", self.prefix) }
    }

    fn element(&self, index: usize) -> Self {
        let before = self.prefix.strip_suffix('.').unwrap_or(&self.prefix);
        Self { depth: self.depth + 1, prefix: format!("{before}[{index}].") }
    }
}

impl Node {
    fn compile(template: &Value, place: &Place) -> Result<Self, CompileError> {
        if place.depth > MAX_DEPTH {
            return Err(CompileError::new(format!("a template nested more than {MAX_DEPTH} deep")));
        }
        match template {
            Value::Object(members) => Self::compile_object(template, members, place),
            Value::Array(items) => {
                let compile = |(index, item)| {
                    Self::compile(item, &place.element(index))
                        .map_err(|error| error.inside(&index.to_string()))
                };
                let nodes = items.iter().enumerate().map(compile).collect::<Result<Box<[Self]>, _>>()?;
                let constant = nodes.iter().all(|node| matches!(node, Self::Constant(_)));
                Ok(if constant { Self::Constant(template.clone()) } else { Self::Array(nodes) })
            }
            constant => Ok(Self::Constant(constant.clone())),
        }
    }

    fn compile_object(template: &Value, members: &Map, place: &Place) -> Result<Self, CompileError> {
        let mut base = Map::with_capacity(members.len());
        let mut dynamic: Vec<(usize, Self)> = Vec::new();
        for (key, value) in in_order(members) {
            let (name, node) = match key.strip_suffix(".$") {
                Some(name) => (Key::from(name), Self::compile_dynamic(key, value, place)),
                None => (key.clone(), Self::compile(value, &place.member(key))),
            };
            let node = node.map_err(|error| error.inside(key))?;
            let (constant, node) = match node {
                Self::Constant(value) => (value, None),
                node => (Value::Null, Some(node)),
            };
            let (index, _) = base.insert_full(name, constant);
            dynamic.extend(node.map(|node| (index, node)));
        }
        // Evaluated in the order in which they are written: so is what they draw by chance, and which failure comes first.
        let written = |index: usize| {
            let name = base.get_index(index).map(|(name, _)| &**name).unwrap_or_default();
            let plain = || members.get_index_of(name);
            members.get_index_of(format!("{name}.$").as_str()).or_else(plain)
        };
        sort::sort_by_key(&mut dynamic, |(index, _)| written(*index));
        let unchanged = dynamic.is_empty() && base.len() == members.len();
        Ok(if unchanged {
            Self::Constant(template.clone())
        } else if dynamic.is_empty() {
            Self::Constant(base.into())
        } else {
            Self::Object { base, dynamic: dynamic.into() }
        })
    }

    fn compile_dynamic(key: &str, value: &Value, place: &Place) -> Result<Self, CompileError> {
        let Some(text) = value.as_str() else {
            return Err(CompileError::new(format!(
                "`{key}` takes a path or an intrinsic function, found {value}"
            ))
            .help(format!("write `{}` for a constant", key.trim_end_matches(".$"))));
        };
        let field = format!("{}{key}", place.prefix).into();
        Ok(Self::Dynamic { expression: Expression::compile(text)?, field })
    }

    fn render(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::Dynamic { expression, field } => expression.evaluate(scope, field),
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
