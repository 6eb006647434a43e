//! The Rust of types: structs with serde's attributes.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexSet;

use stepfn_core::case;

use super::{
    types::{Field, Type},
    words::{is_identifier, snake_case, string},
};

/// Names that a struct must not take from the prelude or the imports.
const TAKEN: [&str; 16] = [
    "Option",
    "String",
    "Vec",
    "Value",
    "Result",
    "Ok",
    "Err",
    "Some",
    "None",
    "Box",
    "Serialize",
    "Deserialize",
    "StateData",
    "Self",
    "Default",
    "Clone",
];

/// The structs that a type needs, in the order in which a reader meets them.
#[derive(Debug, Default)]
pub(super) struct Structs {
    names: BTreeSet<String>,
    /// The number to try next behind a name that is taken: thousands of structs may want one.
    numbers: HashMap<String, usize>,
    /// Each struct's fields and name, to use one again for the same fields.
    known: HashMap<Vec<Field>, String>,
    pub(super) text: String,
    pub(super) uses_value: bool,
}

impl Structs {
    /// Structs beside a machine, which has its name already.
    pub(super) fn beside(machine: &str) -> Self {
        let mut names: BTreeSet<String> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
        names.insert(machine.to_owned());
        Self { names, ..Self::default() }
    }

    /// The type's name in Rust; its structs are added to the text.
    pub(super) fn name(&mut self, ty: &Type, wanted: &str, doc: &str) -> String {
        match ty {
            Type::Any => {
                self.uses_value = true;
                "Value".to_owned()
            }
            Type::Boolean => "bool".to_owned(),
            Type::Integer => "i64".to_owned(),
            Type::Number => "f64".to_owned(),
            Type::String => "String".to_owned(),
            Type::List(item) => format!("Vec<{}>", self.name(item, singular(wanted), doc)),
            Type::Nullable(inner) => format!("Option<{}>", self.name(inner, wanted, doc)),
            Type::Object(fields) => self.declare(fields, wanted, doc),
        }
    }

    fn declare(&mut self, fields: &[Field], wanted: &str, doc: &str) -> String {
        if let Some(name) = self.known.get(fields) {
            return name.clone();
        }
        let name = self.free(wanted);
        self.known.insert(fields.to_vec(), name.clone());
        let names = field_names(fields);
        let rule = rename_rule(fields, &names);
        let mut own = format!("/// {doc}\n#[derive(Clone, Debug, Serialize, Deserialize, StateData)]\n");
        if let Some(rule) = rule {
            own.push_str(&format!("#[serde(rename_all = \"{}\")]\n", rule.name));
        }
        own.push_str(&format!("pub struct {name} {{\n"));
        let mut below = std::mem::take(&mut self.text);
        for (field, ident) in fields.iter().zip(&names) {
            let mut attributes = Vec::new();
            let written = rule.map_or_else(|| ident.clone(), |rule| (rule.apply)(ident));
            if written != field.key {
                attributes.push(format!("rename = {}", string(&field.key)));
            }
            if field.is_optional {
                attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned());
            }
            if !attributes.is_empty() {
                own.push_str(&format!("    #[serde({})]\n", attributes.join(", ")));
            }
            let doc = format!("`{}` of [`{name}`].", field.key.replace(['`', '\n', '\r'], " "));
            let ty = self.name(&field.ty, &case::pascal(ident), &doc);
            let ty = if field.is_optional && !matches!(field.ty, Type::Nullable(_)) {
                format!("Option<{ty}>")
            } else {
                ty
            };
            own.push_str(&format!("    pub {}: {ty},\n", raw(ident)));
        }
        own.push_str("}\n\n");
        // What is inside follows its owner.
        below.push_str(&own);
        below.push_str(&self.text);
        self.text = below;
        name
    }

    fn free(&mut self, wanted: &str) -> String {
        let wanted = if is_identifier(wanted) { wanted.to_owned() } else { format!("Data{wanted}") };
        let mut name = wanted.clone();
        let number = self.numbers.entry(wanted.clone()).or_insert(1);
        while !self.names.insert(name.clone()) {
            name = if *number == 1 { format!("{wanted}Data") } else { format!("{wanted}{number}") };
            *number += 1;
        }
        name
    }
}

/// Returns the singular: an item of `Orders` is an `Order`.
fn singular(name: &str) -> &str {
    name.strip_suffix('s').filter(|one| !one.is_empty() && !one.ends_with('s')).unwrap_or(name)
}

/// Identifiers for the keys, each its own.
fn field_names(fields: &[Field]) -> Vec<String> {
    let mut names: IndexSet<String> = IndexSet::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for field in fields {
        let ascii: String = field.key.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
        let mut name = snake_case(&ascii).trim_end_matches('_').to_owned();
        if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name = format!("field_{name}").trim_end_matches('_').to_owned();
        }
        // These four cannot be raw.
        if ["self", "super", "crate"].contains(&name.as_str()) {
            name.push('_');
        }
        let wanted = name.clone();
        let number = numbers.entry(wanted.clone()).or_insert(1);
        while names.contains(&name) {
            *number += 1;
            name = format!("{wanted}_{number}");
        }
        names.insert(name);
    }
    names.into_iter().collect()
}

/// A field's name, raw where it is one of Rust's own words.
fn raw(name: &str) -> String {
    const FREE: [&str; 6] = ["asl", "get_att", "null", "ref_", "safe", "union"];
    if is_identifier(name) || FREE.contains(&name) { name.to_owned() } else { format!("r#{name}") }
}

/// A rule of serde's `rename_all`.
#[derive(Clone, Copy)]
struct Rule {
    name: &'static str,
    apply: fn(&str) -> String,
}

const RULES: [Rule; 3] = [
    Rule { name: "camelCase", apply: camel_case },
    Rule { name: "PascalCase", apply: serde_pascal_case },
    Rule { name: "kebab-case", apply: |name| name.replace('_', "-") },
];

/// The rule by which most keys come of their names, where not all are their names already.
fn rename_rule(fields: &[Field], names: &[String]) -> Option<Rule> {
    let fitting = |apply: fn(&str) -> String| {
        fields.iter().zip(names).filter(|(field, name)| apply(name) == field.key).count()
    };
    let plain = fitting(str::to_owned);
    let best = RULES.into_iter().rev().max_by_key(|rule| fitting(rule.apply))?;
    (fitting(best.apply) > plain).then_some(best)
}

/// Returns the name in PascalCase as serde makes it: a capital behind each `_`.
fn serde_pascal_case(name: &str) -> String {
    let mut out = String::new();
    let mut is_first = true;
    for c in name.chars() {
        if c == '_' {
            is_first = true;
        } else if std::mem::take(&mut is_first) {
            out.push(c.to_ascii_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

fn camel_case(name: &str) -> String {
    let pascal = serde_pascal_case(name);
    let mut chars = pascal.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use stepfn_core::json::parse_value;

    use super::*;

    #[test]
    fn keys_become_fields_with_the_attributes_that_give_them_back() {
        let value = parse_value(
            r#"{ "orderId": "a", "type": 1, "odd key": true, "self": null, "URL": "u", "lines": [{ "sku": "x", "qty": 1.5 }],
                 "customer": { "name": "n" }, "order_id": 1, "12": 3, "한글": 1 }"#,
        )
        .unwrap();
        let mut structs = Structs::beside("Orders");
        let name = structs.name(&Type::of(&[&value]), "OrdersInput", "The input of [`Orders`].");
        assert_eq!(name, "OrdersInput");
        assert!(structs.uses_value);
        assert_eq!(
            structs.text,
            r#"/// The input of [`Orders`].
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct OrdersInput {
    pub order_id: String,
    pub r#type: i64,
    #[serde(rename = "odd key")]
    pub odd_key: bool,
    pub self_: Value,
    #[serde(rename = "URL")]
    pub url: String,
    pub lines: Vec<Line>,
    pub customer: Customer,
    #[serde(rename = "order_id")]
    pub order_id_2: i64,
    #[serde(rename = "12")]
    pub field_12: i64,
    #[serde(rename = "한글")]
    pub field: i64,
}

/// `lines` of [`OrdersInput`].
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct Line {
    pub sku: String,
    pub qty: f64,
}

/// `customer` of [`OrdersInput`].
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct Customer {
    pub name: String,
}

"#
        );
    }

    /// A sample of thousands of keys, all of which make one name, and of objects that each have another one.
    #[test]
    fn thousands_of_fields_and_structs_that_want_one_name_get_one_each() {
        let keys: Vec<_> =
            (0..3_000).map(|at| format!(r#""{}": {{ "k{at}": {at} }}"#, "-".repeat(at + 1))).collect();
        let list: Vec<_> = (0..3_000).map(|at| format!(r#"{{ "n{at}": 1 }}"#)).collect();
        let value =
            parse_value(&format!(r#"{{ {}, "list": [{}] }}"#, keys.join(","), list.join(","))).unwrap();
        let mut structs = Structs::beside("Orders");
        structs.name(&Type::of(&[&value]), "OrdersInput", "The input.");
        for declared in ["pub field: Field,", "pub field_3000: ", "pub n2999: Option<i64>"] {
            assert!(structs.text.contains(declared), "{declared}");
        }
        let mut names: Vec<&str> =
            structs.text.lines().filter(|line| line.starts_with("pub struct ")).collect();
        let declared = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!((declared, names.len()), (3_002, 3_002));
    }
}
