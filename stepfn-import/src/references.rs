//! CloudFormation's functions in a definition: what ASL can hold of them are texts with `${Name}`.

use indexmap::IndexMap;
use stepfn_core::{
    definition::Reference,
    placeholder::{self, Part},
    value::{Map, Value},
};

use super::node::{Kind, Node};

/// The replacements of a template's functions.
#[derive(Debug, Default)]
pub(super) struct References {
    /// The references of `${Name}`s.
    pub(super) substitutions: IndexMap<String, Reference>,
    /// The functions that no string can express: they stay objects.
    pub(super) kept: Vec<String>,
    /// The functions of a Serverless file, whose keys may stand for the resources that are made of them.
    pub(super) functions: Vec<String>,
}

impl References {
    /// A value of a definition, its references in texts.
    pub(super) fn value(&mut self, node: &Node) -> Value {
        if let Some(text) = self.text(node) {
            return text.into();
        }
        match &node.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::List(items) => Value::array(items.iter().map(|item| self.value(item)).collect::<Vec<_>>()),
            Kind::Map(entries) => {
                if let Some((name, _)) = node.only_entry().filter(|(name, _)| name.starts_with("Fn::"))
                    && !self.kept.iter().any(|known| known == name)
                {
                    self.kept.push(name.to_owned());
                }
                let mut map = Map::new();
                for (key, value) in entries {
                    map.insert(key.as_str().into(), self.value(value));
                }
                map.into()
            }
        }
    }

    /// Returns a function as a string, if one can express it; none where there is no function.
    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        let (name, argument) = node.only_entry()?;
        match name {
            "Ref" => self.of_id(argument.text()?),
            "Fn::GetAtt" => match argument.items() {
                [id, attribute] => self.of_attribute(id.text()?, attribute.text()?),
                _ => {
                    let (id, attribute) = argument.text()?.split_once('.')?;
                    self.of_attribute(id, attribute)
                }
            },
            "Fn::Sub" => match argument.items() {
                [template, variables] => {
                    let mut known = IndexMap::new();
                    for (name, value) in variables.entries() {
                        known.insert(name.as_str(), self.scalar(value)?);
                    }
                    self.sub(template.text()?, &known)
                }
                _ => self.sub(argument.text()?, &IndexMap::new()),
            },
            "Fn::Join" => {
                let [separator, parts] = argument.items() else { return None };
                let parts: Option<Vec<String>> = parts.items().iter().map(|part| self.scalar(part)).collect();
                // A list that is itself a function's has no parts to join.
                matches!(argument.items().get(1).map(|parts| &parts.kind), Some(Kind::List(_)))
                    .then_some(())?;
                Some(parts?.join(separator.text()?))
            }
            _ => None,
        }
    }

    /// A text, a number, or a function that comes to a text.
    fn scalar(&mut self, node: &Node) -> Option<String> {
        match &node.kind {
            Kind::Scalar(Value::String(text)) => Some(text.to_string()),
            Kind::Scalar(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
            _ => self.text(node),
        }
    }

    fn of_id(&mut self, id: &str) -> Option<String> {
        if id.starts_with("AWS::") {
            return Some(format!("${{{id}}}"));
        }
        self.declare(id, Reference::Ref(id.to_owned()))
    }

    fn of_attribute(&mut self, id: &str, attribute: &str) -> Option<String> {
        let is_key = id.contains(['-', '_']) && self.functions.iter().any(|key| key == id);
        if is_key {
            return self.of_attribute(&super::functions::logical_id(id), attribute);
        }
        let name = format!("{id}{}", attribute.replace('.', ""));
        self.declare(&name, Reference::GetAtt(id.to_owned(), attribute.to_owned()))
    }

    /// Returns `${Name}` for a reference. A name that is taken gets a number.
    fn declare(&mut self, name: &str, reference: Reference) -> Option<String> {
        let (Reference::Ref(id) | Reference::GetAtt(id, _)) = &reference;
        if id.is_empty()
            || !name.chars().all(|c| c.is_ascii_alphanumeric())
            || !id.chars().all(|c| c.is_ascii_alphanumeric())
        {
            return None;
        }
        let mut free = name.to_owned();
        let mut number = 1;
        while self.substitutions.get(&free).is_some_and(|known| *known != reference) {
            number += 1;
            free = format!("{name}{number}");
        }
        let text = format!("${{{free}}}");
        self.substitutions.insert(free, reference);
        Some(text)
    }

    /// The template of a `Fn::Sub`: `${Id}`, `${Id.Attribute}`, `${!Literal}`, and its own variables.
    pub(super) fn sub(&mut self, template: &str, variables: &IndexMap<&str, String>) -> Option<String> {
        let mut out = String::new();
        for part in placeholder::parts(template) {
            let (name, whole) = match part {
                Part::Text(text) | Part::Unclosed(text) => {
                    out.push_str(text);
                    continue;
                }
                Part::Placeholder { name, whole } => (name.trim(), whole),
            };
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
            } else if let Some(value) = variables.get(name) {
                out.push_str(value);
            } else if let Some((id, attribute)) = name.split_once('.').filter(|(id, _)| !id.contains(':')) {
                out.push_str(&self.of_attribute(id, attribute)?);
            } else if name.chars().all(|c| c.is_ascii_alphanumeric()) || name.starts_with("AWS::") {
                out.push_str(&self.of_id(name)?);
            } else {
                // `${self:service}` and its like are resolved before CloudFormation looks.
                out.push_str(whole);
            }
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::node::parse, *};

    #[test]
    fn functions_become_texts_with_names() {
        let node = parse(
            "a.yml",
            "- !Ref Topic\n- !GetAtt Ship.Arn\n- !Sub 'x ${Topic} ${Ship.Arn} ${AWS::Region} ${!Raw} ${self:service}'\n\
             - !Sub ['${A}-${B}', { A: 1, B: !Ref Topic }]\n- !Join [':', [arn, !Ref Topic, 7]]\n- !GetAtt [Db, Endpoint.Port]\n\
             - !ImportValue net\n- { Fn::GetAtt: [Ship, Arn], Other: 1 }\n- !Join [',', !Ref List]\n",
        )
        .unwrap();
        let mut references = References::default();
        assert_eq!(
            references.value(&node).to_string(),
            r#"["${Topic}","${ShipArn}","x ${Topic} ${ShipArn} ${AWS::Region} ${Raw} ${self:service}","1-${Topic}","arn:${Topic}:7","${DbEndpointPort}",{"Fn::ImportValue":"net"},{"Fn::GetAtt":["Ship","Arn"],"Other":1},{"Fn::Join":[",","${List}"]}]"#
        );
        assert_eq!(references.kept, ["Fn::ImportValue", "Fn::Join"]);
        let names: Vec<&String> = references.substitutions.keys().collect();
        assert_eq!(names, ["Topic", "ShipArn", "DbEndpointPort", "List"]);
    }

    #[test]
    fn two_references_of_one_name_get_two() {
        let node = parse("a.yml", "[!Ref AB, !GetAtt A.B]").unwrap();
        assert_eq!(References::default().value(&node).to_string(), r#"["${AB}","${AB2}"]"#);
    }
}
