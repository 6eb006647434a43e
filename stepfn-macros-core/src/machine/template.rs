//! Payload templates: values with paths in them, lowered to ASL's `.$` keys.

use stepfn_core::{
    check::Code,
    intrinsic::{self, Function},
    json::Pointer,
    jsonata,
    value::{Map, Value},
};

use super::{
    ast::{Expr, Kind, Place, Text, Wanted},
    lower::{Lowering, Places},
};

/// A template's value: a literal, or a text behind a `.$` key.
pub(super) enum Lower {
    Literal(Value),
    Dynamic(Text),
}

impl Lowering<'_> {
    pub(super) fn template_field(
        &mut self,
        key: &str,
        value: &Expr,
        key_place: Place,
        at: &Pointer,
        map: &mut Map,
    ) {
        let plain_at = at.key(key);
        match self.template(value, &plain_at) {
            Some(Lower::Literal(literal)) => {
                self.out.places.entry(plain_at).or_insert(Places {
                    key: Some(key_place),
                    value: value.place,
                    parts: Vec::new(),
                });
                map.insert(key.into(), literal);
            }
            Some(Lower::Dynamic(text)) => {
                let dynamic_at = at.key(&format!("{key}.$"));
                if let Kind::Parsed(text, ty) = &value.kind {
                    if text.text.starts_with("States.StringToJson(") {
                        self.out.results.push((dynamic_at.clone(), ty.clone()));
                    } else {
                        self.errors.push(
                            Place::of_tokens(ty),
                            "`-> Type` declares the content of a string that `States.StringToJson` reads; the results of other functions are known",
                        );
                    }
                }
                self.add_text_places(&dynamic_at, Some(key_place), value.place, &text);
                self.add_text_places(&plain_at, Some(key_place), value.place, &text);
                map.insert(format!("{key}.$").into(), text.text.into());
            }
            None => {}
        }
    }

    /// Reports a string that is a path or an expression without its signs.
    fn is_meant_as_expression(&mut self, literal: &Value, place: Place, at: &Pointer) -> bool {
        let Some(text) = literal.as_str().filter(|_| !self.literal) else { return false };
        let message = if text.starts_with("$.") || text.starts_with("$$.") {
            format!(
                "this is the string \"{text}\", not the value of the path; write it without quotes: {text}"
            )
        } else if self.jsonata.1 && (text.starts_with("$states.input") || text.starts_with("$states.result"))
        {
            format!(
                "this is the string \"{text}\", not what the expression gives; write `\"{{% {text} %}}\"`"
            )
        } else {
            return false;
        };
        if self.out.allows(at, Code::ExpressionAsText.name()) {
            return false;
        }
        self.errors.push(place, message);
        true
    }

    pub(super) fn template(&mut self, value: &Expr, at: &Pointer) -> Option<Lower> {
        Some(match &value.kind {
            Kind::Literal(literal) => {
                if self.is_meant_as_expression(literal, value.place, at) {
                    return None;
                }
                Lower::Literal(literal.clone())
            }
            Kind::Path(_) | Kind::Call(_) | Kind::Parsed(..) | Kind::Declared(..) if self.literal => {
                let message = "`result` is taken literally; write `parameters` for values with paths";
                self.errors.push(value.place, message);
                return None;
            }
            Kind::Path(text) | Kind::Call(text) | Kind::Parsed(text, _) => Lower::Dynamic(text.clone()),
            Kind::Declared(value, ty) => {
                let reads = value
                    .as_str()
                    .and_then(jsonata::expression_in)
                    .and_then(|(text, _)| jsonata::parse(text).ok());
                match reads {
                    Some(reads) if !reads.is_call_of("parse") => self.errors.push(
                        Place::of_tokens(ty),
                        "`-> Type` declares the content of a string that `$parse` reads; the results of other expressions are known",
                    ),
                    None if value.as_str().and_then(jsonata::expression_in).is_none() => self.errors.push(
                        Place::of_tokens(ty),
                        "`-> Type` follows an expression that reads a string: `\"{% $parse(…) %}\" -> Order`",
                    ),
                    // What cannot be read is reported with the other expressions.
                    _ => self.out.results.push((at.clone(), ty.clone())),
                }
                Lower::Literal(value.clone())
            }
            Kind::Reference(id, attribute) => {
                Lower::Literal(self.reference(id, attribute.as_ref(), value.place).into())
            }
            Kind::Object(block) => {
                let mut map = Map::new();
                for entry in &block.entries {
                    let key = &entry.key;
                    if matches!(entry.value.kind, Kind::Broken) {
                        continue;
                    }
                    if key.is_string && key.text.ends_with(".$") && !self.literal {
                        self.errors.push(key.place, "write the key without `.$`: a path or a function gets it by itself [invalid-template]");
                        continue;
                    }
                    if map.contains_key(key.text.as_str())
                        || map.contains_key(format!("{}.$", key.text).as_str())
                    {
                        self.errors
                            .push(key.place, format!("the key `{}` occurs twice [duplicate-key]", key.text));
                        continue;
                    }
                    self.template_field(&key.text, &entry.value, key.place, at, &mut map);
                }
                Lower::Literal(map.into())
            }
            Kind::Array(items) => return self.array(items, value.place, at),
            Kind::Name(name) => {
                let function = name.strip_prefix("States.").and_then(|name| name.parse::<Function>().ok());
                let help = if function.is_some() {
                    format!("a function has parentheses: `{name}(…)`")
                } else if name.contains('.') && name.starts_with(char::is_lowercase) {
                    format!("a value from the data is a path, `$.{name}`, and a string is written in quotes")
                } else if name.starts_with("States.") || name.starts_with("Lambda.") {
                    format!("names of errors are those of `error_equals`: `[{name}]`")
                } else {
                    "a string is written in quotes".to_owned()
                };
                self.errors.push(value.place, format!("expected a value, found the name `{name}`; {help}"));
                return None;
            }
            Kind::Constant(constant) | Kind::Number(constant) => {
                Lower::Literal(self.constant(constant, Wanted::Anything, value.place, at))
            }
            Kind::State(kind, _) => {
                self.errors.push(value.place, format!("expected a value, found the state `{kind}`"));
                return None;
            }
            Kind::Resource(_) | Kind::Rules(_) | Kind::Broken => return None,
        })
    }

    /// An array: with paths in it, it becomes a call of `States.Array`, for ASL has no `.$` in arrays.
    fn array(&mut self, items: &[Expr], place: Place, at: &Pointer) -> Option<Lower> {
        let mut lowered = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let item_at = at.index(index);
            self.add_places(&item_at, None, item.place);
            if let Kind::Parsed(_, ty) = &item.kind {
                self.errors.push(
                    Place::of_tokens(ty),
                    "`-> Type` follows the value of a key, not an item of an array",
                );
            }
            lowered.push((self.template(item, &item_at)?, item.place));
        }
        let is_literal = lowered.iter().all(|(item, _)| matches!(item, Lower::Literal(_)));
        if let Some(constant) = items.iter().find(|item| is_constant(item)).filter(|_| !is_literal) {
            self.errors.push(
                constant.place,
                "a constant cannot stand beside a path in an array, which becomes a function's arguments; give it a key of its own, or put it into the data in a Pass state before",
            );
            return None;
        }
        if is_literal {
            let items = lowered.into_iter().filter_map(|(item, _)| match item {
                Lower::Literal(value) => Some(value),
                Lower::Dynamic(_) => None,
            });
            return Some(Lower::Literal(Value::array(items)));
        }
        let mut text = Text::default();
        text.text.push_str("States.Array(");
        for (index, (item, item_place)) in lowered.iter().enumerate() {
            if index > 0 {
                text.text.push_str(", ");
            }
            match item {
                Lower::Dynamic(inner) => text.append(inner, *item_place),
                Lower::Literal(Value::Array(_) | Value::Object(_)) => {
                    self.errors.push(
                        *item_place,
                        "ASL cannot put an object beside a path into an array; build it in a Pass state before, and name its path here",
                    );
                    return None;
                }
                Lower::Literal(scalar) => text.push(&intrinsic::argument(scalar, false), *item_place),
            }
        }
        text.text.push(')');
        text.push("", place);
        Some(Lower::Dynamic(text))
    }
}

fn is_constant(item: &Expr) -> bool {
    matches!(item.kind, Kind::Constant(_) | Kind::Number(_))
}
