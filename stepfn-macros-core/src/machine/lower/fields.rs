//! The values of fields, by the kind that the table of the language gives them.

use stepfn_core::{
    asl::{
        QueryLanguage,
        schema::{self, Field},
    },
    diagnostic::{list, nearest},
    json::Pointer,
    value::{Map, Value},
};

use super::{
    super::{
        ast::{Block, Entry, Expr, Key, Kind, Wanted},
        names::field_name,
        template::Lower,
    },
    Lowering,
};

impl Lowering<'_> {
    /// The value of a field, by the kind that the field is of.
    pub(super) fn value(
        &mut self,
        row: Option<&Field>,
        name: &str,
        key: &Key,
        value: &Expr,
        at: &Pointer,
    ) -> Option<Value> {
        match row.map(|row| row.kind) {
            Some(schema::Kind::State) => {
                self.target(value);
                self.name(value, &key.text)
            }
            Some(schema::Kind::Name(_)) => self.name(value, &key.text),
            Some(schema::Kind::Errors) => self.names(value, at),
            Some(schema::Kind::List("ChoiceRule")) if name == "Choices" => self.rules(value, at),
            Some(schema::Kind::List("Retrier" | "Catcher")) => self.list(value, at, &key.text),
            Some(schema::Kind::List("Branch")) => self.branches(value, at),
            Some(schema::Kind::Object("ItemProcessor")) => self.nested(value, at, "the item processor"),
            Some(schema::Kind::Object("ProcessorConfig")) => self.config(value),
            Some(schema::Kind::Object(owner)) if owner != "ChoiceRule" => self.object(value, at, owner),
            Some(schema::Kind::Template)
                if row.is_some_and(|row| row.language == Some(QueryLanguage::Jsonata)) =>
            {
                self.expressions(key, value, at)
            }
            Some(schema::Kind::Template) => self.object_template(key, value, at),
            Some(schema::Kind::Literal) => self.verbatim(value, at),
            _ if name.ends_with("Path") => self.path_field(key, value, at),
            _ => self.literal(key, value, at),
        }
    }

    pub(super) fn branches(&mut self, value: &Expr, at: &Pointer) -> Option<Value> {
        let Kind::Array(items) = &value.kind else {
            return self.expected(value, "the branches: `[ { start_at: …, … }, … ]`");
        };
        let branches =
            items.iter().enumerate().map(|(index, item)| self.nested(item, &at.index(index), "a branch"));
        let branches: Vec<_> = branches.collect();
        branches.into_iter().collect::<Option<Vec<_>>>().map(Value::from)
    }

    /// Data with expressions of JSONata.
    pub(super) fn expressions(&mut self, key: &Key, value: &Expr, at: &Pointer) -> Option<Value> {
        match self.template(value, at)? {
            Lower::Literal(value) => Some(value),
            Lower::Dynamic(text) => {
                let message = if key.text == "items" && !self.jsonata.1 {
                    format!("`items` is a field of JSONata; write `items_path: {}`", text.text)
                } else {
                    format!(
                        "`{}` is a field of JSONata, and `{}` is JSONPath; write `\"{{% $states.input… %}}\"`",
                        key.text, text.text
                    )
                };
                self.errors.push(value.place, message);
                None
            }
        }
    }

    /// Data of which nothing is evaluated.
    pub(super) fn verbatim(&mut self, value: &Expr, at: &Pointer) -> Option<Value> {
        self.literal = true;
        let result = self.template(value, at);
        self.literal = false;
        match result {
            Some(Lower::Literal(literal)) => Some(literal),
            _ => None,
        }
    }

    pub(super) fn path_field(&mut self, key: &Key, value: &Expr, at: &Pointer) -> Option<Value> {
        match &value.kind {
            Kind::Path(text) | Kind::Call(text) => {
                self.add_text_places(at, Some(key.place), value.place, text);
                Some(text.text.as_str().into())
            }
            Kind::Literal(Value::Null) => Some(Value::Null),
            Kind::Literal(Value::String(path)) => {
                let root = if path.starts_with('$') { "" } else { "$." };
                self.errors.push(
                    value.place,
                    format!("write the path without quotes: `{}: {root}{path}`", key.text),
                );
                None
            }
            _ => self.expected(value, "a path, as `$.a.b`"),
        }
    }

    pub(super) fn literal(&mut self, key: &Key, value: &Expr, at: &Pointer) -> Option<Value> {
        match &value.kind {
            Kind::Constant(constant) => {
                let row = schema::named(&field_name(&key.text));
                let wanted = match row.map(|row| row.kind) {
                    Some(schema::Kind::Flag) => Wanted::Boolean,
                    Some(_) if key.text == "timestamp" => Wanted::Timestamp,
                    Some(schema::Kind::Plain | schema::Kind::Text | schema::Kind::Word(_)) => Wanted::Text,
                    _ => Wanted::Anything,
                };
                Some(self.constant(constant, wanted, value.place, at))
            }
            Kind::Name(name) => Some(name.as_str().into()),
            Kind::Path(text) | Kind::Call(text) => {
                self.errors.push(
                    value.place,
                    no_literal(&key.text, &text.text, matches!(value.kind, Kind::Call(_))),
                );
                None
            }
            _ => match self.template(value, at)? {
                Lower::Literal(value) => Some(value),
                Lower::Dynamic(_) => self.expected(value, "a literal"),
            },
        }
    }

    /// The fields of one of ASL's objects.
    pub(super) fn entries(&mut self, block: &Block, at: &Pointer, owner: &str, skip: &[&str], map: &mut Map) {
        let rows = schema::fields_of(owner).iter().map(|row| row.snake);
        let mut known: Vec<&str> = rows.filter(|field| !skip.contains(field)).collect();
        for Entry { key, value, .. } in &block.entries {
            if matches!(value.kind, Kind::Broken) {
                continue;
            }
            if key.is_string || !known.contains(&key.text.as_str()) {
                let near = nearest(&key.text, known.iter().copied());
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => {
                        known.sort_unstable();
                        format!("it has {}", list(&known))
                    }
                };
                let message = format!("`{owner}` has no field `{}`; {help} [unknown-field]", key.text);
                self.errors.push(key.place, message);
                continue;
            }
            self.field(key, value, at, map);
        }
    }

    /// A field that is an object of ASL's fields, not of data.
    pub(super) fn object(&mut self, value: &Expr, at: &Pointer, owner: &str) -> Option<Value> {
        let Kind::Object(block) = &value.kind else {
            return self.expected(value, &format!("the fields of `{owner}` in braces"));
        };
        let mut map = Map::new();
        self.entries(block, at, owner, &[], &mut map);
        Some(map.into())
    }

    /// A payload template; one that is not an object is no template in JSONPath.
    pub(super) fn object_template(&mut self, key: &Key, value: &Expr, at: &Pointer) -> Option<Value> {
        match self.template(value, at)? {
            Lower::Literal(value) => Some(value),
            Lower::Dynamic(text) => {
                let message = format!(
                    "`{}` takes an object; for a part of the data write `input_path: {}`",
                    key.text, text.text
                );
                self.errors.push(value.place, message);
                None
            }
        }
    }

    pub(super) fn names(&mut self, value: &Expr, at: &Pointer) -> Option<Value> {
        let Kind::Array(items) = &value.kind else {
            return match &value.kind {
                Kind::Name(name) => self.expected(value, &format!("a list of errors: `[{name}]`")),
                _ => self.expected(value, "the names of errors: `[States.Timeout, PaymentError]`"),
            };
        };
        let mut names = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let item_at = at.index(index);
            self.add_places(&item_at, None, item.place);
            names.push(match &item.kind {
                Kind::Constant(constant) => self.constant(constant, Wanted::Error, item.place, &item_at),
                _ => self.name(item, "error_equals")?,
            });
        }
        Some(names.into())
    }

    /// `{ mode: DISTRIBUTED, execution_type: EXPRESS }`
    pub(super) fn config(&mut self, value: &Expr) -> Option<Value> {
        let Kind::Object(block) = &value.kind else {
            return self
                .expected(value, "`{ mode: INLINE }` or `{ mode: DISTRIBUTED, execution_type: STANDARD }`");
        };
        let mut map = Map::new();
        for entry in &block.entries {
            map.insert(field_name(&entry.key.text).into(), self.name(&entry.value, &entry.key.text)?);
        }
        Some(map.into())
    }

    /// The retriers or catchers.
    pub(super) fn list(&mut self, value: &Expr, at: &Pointer, field: &str) -> Option<Value> {
        let Kind::Array(items) = &value.kind else {
            return self
                .expected(value, &format!("a list: `{field}: [ {{ error_equals: [States.ALL], … }} ]`"));
        };
        let mut out = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let item_at = at.index(index);
            self.add_places(&item_at, None, item.place);
            let Kind::Object(block) = &item.kind else {
                self.expected(item, "`{ error_equals: [States.ALL], … }`");
                continue;
            };
            // What many states share names the errors of all of them.
            if block.entries.iter().any(|entry| entry.spread && entry.key.text == "error_equals") {
                self.out.allowed.push((item_at.clone(), "unraised-error".to_owned()));
            }
            let mut map = Map::new();
            for entry in &block.entries {
                if !matches!(entry.value.kind, Kind::Broken) {
                    self.field(&entry.key, &entry.value, &item_at, &mut map);
                }
            }
            out.push(map.into());
        }
        Some(out.into())
    }
}

/// The words for a path or a call where a literal is taken.
fn no_literal(field: &str, written: &str, is_call: bool) -> String {
    let of_data = format!("{field}_path");
    // Only the texts of a failure take a function, in the field of the same name with `Path`.
    if schema::written(&of_data).is_none() {
        format!("`{field}` takes a literal, no value from the data")
    } else if is_call && !matches!(field, "error" | "cause") {
        format!(
            "`{field}` takes a literal; compute the value in a Pass state before, `parameters: {{ \"name\": {written} }}`, and write `{of_data}: $.name`"
        )
    } else {
        format!("`{field}` takes a literal; for a value from the data write `{of_data}: {written}`")
    }
}
