//! One service: its structures, each once, and its actions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

const DIGITS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-";

/// The members of a structure, `name:kind`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Structure {
    required: BTreeSet<String>,
    optional: BTreeSet<String>,
}

/// A service as it will be written.
#[derive(Debug, Default)]
pub(super) struct Block {
    structures: Vec<Structure>,
    numbers: HashMap<Structure, usize>,
    /// The kinds of what goes into each action and what comes out.
    actions: BTreeMap<String, [Option<String>; 2]>,
}

impl Block {
    /// Takes in a model. A shape that the model lacks is the error.
    pub(super) fn add(&mut self, model: &Value) -> Result<(), String> {
        let mut kinds = Kinds { model, block: self, known: HashMap::new() };
        let mut actions = Vec::new();
        for (name, operation) in model["operations"].as_object().into_iter().flatten() {
            let mut sides = [None, None];
            for (kind, side) in sides.iter_mut().zip(["input", "output"]) {
                if let Some(shape) = operation[side]["shape"].as_str() {
                    *kind = Some(kinds.kind(shape)?);
                }
            }
            actions.push((recased(name, char::to_ascii_lowercase), sides));
        }
        self.actions.extend(actions);
        Ok(())
    }

    fn number(&mut self, structure: Structure) -> usize {
        if let Some(number) = self.numbers.get(&structure) {
            return *number;
        }
        self.structures.push(structure.clone());
        self.numbers.insert(structure, self.structures.len() - 1);
        self.structures.len() - 1
    }

    /// Appends the block.
    pub(super) fn write(&self, text: &mut String) {
        let members = self.structures.iter().flat_map(|it| it.required.iter().chain(&it.optional));
        let names: BTreeSet<&String> = members.collect();
        let names: Vec<&String> = names.into_iter().collect();
        let width = digits(names.len().saturating_sub(1), 1).len();
        text.push_str(&digits(width, 1));
        front_coded(names.iter().map(|name| name.as_str()), ' ', text);
        text.push('\n');
        let list = |members: &BTreeSet<String>| -> String {
            let number = |member| names.binary_search(&member).unwrap_or_default();
            members.iter().map(|member| digits(number(member), width)).collect()
        };
        for structure in &self.structures {
            text.push_str(&format!("{}/{}\n", list(&structure.required), list(&structure.optional)));
        }
        let side = |kind: &Option<String>| kind.as_deref().unwrap_or("*").trim_start_matches('@').to_owned();
        let actions: Vec<String> = self
            .actions
            .iter()
            .map(|(name, [input, output])| format!("{name} {} {}", side(input), side(output)))
            .collect();
        front_coded(actions.iter().map(String::as_str), '\n', text);
        text.push('\n');
    }
}

/// The kinds of one model's shapes.
struct Kinds<'m> {
    model: &'m Value,
    block: &'m mut Block,
    /// None while the shape's members are being looked at.
    known: HashMap<String, Option<String>>,
}

impl Kinds<'_> {
    fn kind(&mut self, name: &str) -> Result<String, String> {
        match self.known.get(name) {
            Some(Some(kind)) => return Ok(kind.clone()),
            // A shape inside itself: it is left open there.
            Some(None) => return Ok("*".to_owned()),
            None => {}
        }
        self.known.insert(name.to_owned(), None);
        let kind = self.shape(name)?;
        self.known.insert(name.to_owned(), Some(kind.clone()));
        Ok(kind)
    }

    fn shape(&mut self, name: &str) -> Result<String, String> {
        let model = self.model;
        let shape = model["shapes"].get(name).ok_or(name)?;
        let below = |field: &str| shape[field]["shape"].as_str().unwrap_or_default();
        Ok(match shape["type"].as_str().unwrap_or_default() {
            "string" | "character" => "s".to_owned(),
            "integer" | "long" | "short" | "byte" | "bigInteger" => "i".to_owned(),
            "float" | "double" | "bigDecimal" => "n".to_owned(),
            "boolean" => "b".to_owned(),
            "timestamp" => "t".to_owned(),
            "blob" => "o".to_owned(),
            "list" => format!("[{}", self.kind(below("member"))?),
            "map" => format!("{{{}", self.kind(below("value"))?),
            "structure" if shape["document"] != true && shape["eventstream"] != true => {
                let structure = self.structure(shape)?;
                format!("@{}", digits(self.block.number(structure), 1))
            }
            _ => "*".to_owned(),
        })
    }

    fn structure(&mut self, shape: &Value) -> Result<Structure, String> {
        let required = shape["required"].as_array().into_iter().flatten();
        let wanted: BTreeSet<&str> = required.filter_map(Value::as_str).collect();
        let mut structure = Structure::default();
        for (name, about) in shape["members"].as_object().into_iter().flatten() {
            let of = about["shape"].as_str().unwrap_or_default();
            let made =
                about["idempotencyToken"] == true || self.model["shapes"][of]["idempotencyToken"] == true;
            let kind = if made { "k".to_owned() } else { self.kind(of)? };
            let member = format!("{}:{kind}", recased(name, char::to_ascii_uppercase));
            let is_wanted = wanted.contains(&**name);
            let list = if is_wanted { &mut structure.required } else { &mut structure.optional };
            list.insert(member);
        }
        Ok(structure)
    }
}

/// A name with its first letter in another case.
fn recased(name: &str, case: fn(&char) -> char) -> String {
    let mut chars = name.chars();
    chars.next().iter().map(case).chain(chars).collect()
}

/// A number in at least so many digits.
fn digits(mut number: usize, width: usize) -> String {
    let mut digits = Vec::new();
    while number > 0 || digits.len() < width {
        digits.push(char::from(DIGITS[number % 64]));
        number /= 64;
    }
    digits.iter().rev().collect()
}

/// Sorted texts, each with what it shares with the one before as one digit in front of the rest.
fn front_coded<'t>(texts: impl Iterator<Item = &'t str>, separator: char, out: &mut String) {
    let mut before = "";
    for text in texts {
        let shared = before.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count().min(63);
        out.push(separator);
        out.push_str(&digits(shared, 1));
        out.push_str(&text[shared..]);
        before = text;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(model: &Value) -> String {
        let mut block = Block::default();
        block.add(model).unwrap();
        let mut text = String::new();
        block.write(&mut text);
        text
    }

    #[test]
    fn members_are_in_pascal_case_and_shapes_that_are_alike_are_written_once() {
        let model = json!({
            "operations": {
                "GetIt": { "input": { "shape": "In" }, "output": { "shape": "Out" } },
                "GetThat": { "input": { "shape": "Same" } },
            },
            "shapes": {
                "In": { "type": "structure", "required": ["token", "name"], "members": {
                    "token": { "shape": "S", "idempotencyToken": true }, "name": { "shape": "S" }, "Tags": { "shape": "Tags" } } },
                "Same": { "type": "structure", "required": ["Name", "Token"], "members": {
                    "Token": { "shape": "S", "idempotencyToken": true }, "Name": { "shape": "S" }, "Tags": { "shape": "Tags" } } },
                "Out": { "type": "structure", "members": { "Next": { "shape": "Out" }, "At": { "shape": "T" } } },
                "S": { "type": "string" },
                "T": { "type": "timestamp" },
                "Tags": { "type": "map", "value": { "shape": "S" } },
            }
        });
        assert_eq!(
            written(&model),
            "1 0At:t 0Name:s 1ext:* 0Tags:{s 1oken:k\n14/3\n/02\n\n0getIt 0 1\n3That 0 *\n"
        );
    }

    #[test]
    fn a_shape_that_is_not_there_is_an_error() {
        let model = json!({ "operations": { "A": { "input": { "shape": "Gone" } } }, "shapes": {} });
        assert_eq!(Block::default().add(&model), Err("Gone".to_owned()));
    }

    #[test]
    fn numbers_have_sixty_four_digits() {
        assert_eq!(digits(0, 1), "0");
        assert_eq!(digits(63, 2), "0-");
        assert_eq!(digits(64 * 64 + 1, 1), "101");
    }
}
