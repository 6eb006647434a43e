//! The rules of a Choice.

use stepfn_core::{
    json::Pointer,
    value::{Map, Value},
};

use super::{
    super::{
        ast::{Condition, Expr, Kind, Operand, Place, Rule},
        settings,
    },
    Lowering,
};

impl Lowering<'_> {
    pub(super) fn rules(&mut self, value: &Expr, at: &Pointer) -> Option<Value> {
        let Kind::Rules(rules) = &value.kind else { return self.expected(value, "the rules") };
        let mut out = Vec::new();
        for (index, Rule { attributes, condition, next, fields, place }) in rules.iter().enumerate() {
            let rule_at = at.index(index);
            self.add_places(&rule_at, None, *place);
            let mut map = Map::new();
            self.condition(condition, &rule_at, &mut map);
            self.add_places(&rule_at.key("Next"), None, next.place);
            self.target(next);
            if let Some(next) = self.name(next, "=>") {
                map.insert("Next".into(), next);
            }
            if let Some(comment) = settings::doc_text(attributes) {
                map.insert("Comment".into(), comment.into());
            }
            if let Some(attribute) = attributes.iter().find(|attribute| !attribute.path().is_ident("doc")) {
                self.errors.push(Place::of_tokens(attribute), "a rule has doc comments, no attributes");
            }
            if let Some(fields) = fields {
                // What it asks and where it leads is written already.
                let written = ["and", "or", "not", "variable", "condition", "next"];
                self.entries(fields, &rule_at, "ChoiceRule", &written, &mut map);
            }
            out.push(map.into());
        }
        Some(out.into())
    }

    pub(super) fn condition(&mut self, condition: &Condition, at: &Pointer, map: &mut Map) {
        match condition {
            Condition::And(parts) => self.conditions("And", parts, at, map),
            Condition::Or(parts) => self.conditions("Or", parts, at, map),
            Condition::Not(inner) => {
                let inner_at = at.key("Not");
                self.add_places(&inner_at, None, inner.place());
                let mut inner_map = Map::new();
                self.condition(inner, &inner_at, &mut inner_map);
                map.insert("Not".into(), inner_map.into());
            }
            Condition::Compare {
                operator,
                variable: (text, place),
                operand: (operand, operand_place),
                ..
            } => {
                self.add_text_places(&at.key("Variable"), None, *place, text);
                map.insert("Variable".into(), text.text.as_str().into());
                self.add_places(&at.key(operator), None, *operand_place);
                let operand = match operand {
                    Operand::Value(value) => value.clone(),
                    Operand::Constant(constant, wanted) => {
                        self.constant(constant, *wanted, *operand_place, &at.key(operator))
                    }
                };
                map.insert((*operator).into(), operand);
            }
            Condition::Commented(inner, comment) => {
                self.condition(inner, at, map);
                map.insert("Comment".into(), comment.as_str().into());
            }
            Condition::Jsonata(text, place) => {
                self.add_places(&at.key("Condition"), None, *place);
                map.insert("Condition".into(), text.clone());
            }
        }
    }

    pub(super) fn conditions(&mut self, name: &str, parts: &[Condition], at: &Pointer, map: &mut Map) {
        let mut out = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let part_at = at.key(name).index(index);
            self.add_places(&part_at, None, part.place());
            let mut part_map = Map::new();
            self.condition(part, &part_at, &mut part_map);
            out.push(part_map.into());
        }
        map.insert(name.into(), out.into());
    }
}
