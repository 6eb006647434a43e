//! Strings with `${…}` as a template writes them.

use indexmap::IndexMap;
use stepfn_core::{definition::Reference, value::Value};

use super::{Dialect, Template, pascal, reference_node};
use crate::{
    text::{Piece, split, variable},
    tree::{Node, from_value},
};
use stepfn_core::deployment::Identifier;

/// A part of a text, as the template has it.
enum Part<'a> {
    Text(&'a str),
    /// A `${…}` that is meant as it is, or that the Serverless Framework resolves before CloudFormation looks.
    Verbatim(&'a str),
    Foreign(&'a str),
    /// A `${` without its brace, and all that follows.
    Unclosed(&'a str),
    Reference(Reference),
}

impl Template {
    /// An ARN or a name. `substitutions` are the definition's.
    pub(crate) fn identifier(
        &mut self,
        identifier: &Identifier,
        substitutions: &IndexMap<String, Reference>,
    ) -> Node {
        match identifier {
            Identifier::Text(text) => self.text(text, substitutions),
            Identifier::Reference(reference) => self.reference(reference),
        }
    }

    /// A text: itself, `!Ref`, `!GetAtt` or `!Sub`.
    pub(crate) fn text(&mut self, text: &str, substitutions: &IndexMap<String, Reference>) -> Node {
        let parts: Vec<Part<'_>> = split(text, substitutions)
            .into_iter()
            .map(|piece| match piece {
                Piece::Literal(text) => Part::Text(text),
                Piece::Unclosed(text) => Part::Unclosed(text),
                Piece::Foreign(name) => Part::Foreign(name),
                Piece::Reference(reference) => Part::Reference(self.resolve(&reference)),
                Piece::Framework(text) => match self.framework(text) {
                    Some(reference) => Part::Reference(reference),
                    None => Part::Verbatim(text),
                },
            })
            .collect();
        if let [Part::Reference(reference)] = parts.as_slice() {
            return reference_node(reference);
        }
        let is_sub = parts.iter().any(|part| matches!(part, Part::Reference(_)));
        let mut out = String::new();
        let mut variables = Vec::new();
        for part in &parts {
            match part {
                // `Fn::Sub` would look for its brace.
                Part::Unclosed(text) if is_sub => {
                    out.push_str("${Dollar}");
                    variables.push(("Dollar", Node::text("$")));
                    out.push_str(text.strip_prefix('$').unwrap_or(text));
                }
                Part::Unclosed(text) => out.push_str(text),
                Part::Text(text) | Part::Verbatim(text) => out.push_str(text),
                Part::Foreign(name) => {
                    out.push_str(if is_sub { "${!" } else { "${" });
                    out.push_str(name);
                    out.push('}');
                }
                Part::Reference(Reference::Ref(id)) => out.push_str(&format!("${{{id}}}")),
                Part::Reference(Reference::GetAtt(id, name)) => out.push_str(&format!("${{{id}.{name}}}")),
            }
        }
        match (is_sub, variables.is_empty()) {
            (false, _) => Node::Text(out),
            (true, true) => Node::tagged("!Sub", Node::Text(out)),
            (true, false) => Node::tagged("!Sub", Node::List(vec![Node::Text(out), Node::map(variables)])),
        }
    }

    /// A JSON value with such texts.
    pub(crate) fn value(&mut self, value: &Value, substitutions: &IndexMap<String, Reference>) -> Node {
        match value {
            Value::String(text) => self.text(text, substitutions),
            Value::Array(items) => {
                Node::List(items.iter().map(|item| self.value(item, substitutions)).collect())
            }
            Value::Object(map) => {
                Node::map(map.iter().map(|(key, value)| (&**key, self.value(value, substitutions))))
            }
            other => from_value(other),
        }
    }

    /// A reference of a definition.
    pub(crate) fn reference(&mut self, reference: &Reference) -> Node {
        reference_node(&self.resolve(reference))
    }

    /// Resolves the reference: a thing that the template makes has its logical id, everything else is a parameter.
    pub(super) fn resolve(&mut self, reference: &Reference) -> Reference {
        let (Reference::Ref(name) | Reference::GetAtt(name, _)) = reference;
        if name.starts_with("AWS::") {
            return reference.clone();
        }
        if let Some(id) = self.made(name).cloned() {
            return match reference {
                Reference::Ref(_) => Reference::Ref(id),
                Reference::GetAtt(_, attribute) => Reference::GetAtt(id, attribute.clone()),
            };
        }
        if self.dialect == Dialect::Serverless {
            return reference.clone();
        }
        let (wanted, what) = match reference {
            Reference::Ref(name) => (pascal([name.as_str()]), format!("The value of !Ref {name}")),
            Reference::GetAtt(name, attribute) => {
                (pascal([name.as_str(), attribute.as_str()]), format!("The {attribute} of {name}"))
            }
        };
        Reference::Ref(self.parameter(reference.to_string(), &parameter_id(wanted), what, None))
    }

    /// The parameter of a variable of the Serverless Framework; `None` where the Framework itself reads the file.
    pub(super) fn framework(&mut self, text: &str) -> Option<Reference> {
        if self.dialect == Dialect::Serverless {
            return None;
        }
        let variable = variable(text);
        // `sls:stage` is what `self:provider.stage` is.
        let key = match variable.words.as_slice() {
            ["stage"] => "${self:provider.stage}".to_owned(),
            _ => text.to_owned(),
        };
        let wanted = parameter_id(pascal(variable.words.iter().copied()));
        let what = format!("The Serverless Framework calls it {}", &text[2..text.len() - 1]);
        Some(Reference::Ref(self.parameter(key, &wanted, what, variable.default)))
    }
}

/// A name that CloudFormation takes for a parameter.
fn parameter_id(name: String) -> String {
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("Value{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(dialect: Dialect) -> Template {
        let mut template = Template::new(dialect);
        template.make("send-mail", "SendMailFunction");
        template
    }

    fn rendered(dialect: Dialect, text: &str) -> Node {
        let substitutions = IndexMap::from([
            ("Topic".to_owned(), Reference::Ref("SuccessTopic".to_owned())),
            ("LogGroup".to_owned(), Reference::GetAtt("CsvLogs".to_owned(), "Arn".to_owned())),
            ("Mailer".to_owned(), Reference::GetAtt("send-mail".to_owned(), "Arn".to_owned())),
        ]);
        template(dialect).text(text, &substitutions)
    }

    #[test]
    fn what_the_template_does_not_make_is_a_parameter() {
        assert_eq!(rendered(Dialect::Yaml, "${Topic}"), Node::tagged("!Ref", Node::text("SuccessTopic")));
        assert_eq!(rendered(Dialect::Yaml, "${LogGroup}"), Node::tagged("!Ref", Node::text("CsvLogsArn")));
        assert_eq!(
            rendered(Dialect::Yaml, "${Mailer}"),
            Node::tagged("!GetAtt", Node::text("SendMailFunction.Arn"))
        );
        assert_eq!(
            rendered(Dialect::Yaml, "${AWS::Region}"),
            Node::tagged("!Ref", Node::text("AWS::Region"))
        );
        assert_eq!(
            rendered(Dialect::Yaml, "${self:provider.stage}"),
            Node::tagged("!Ref", Node::text("Stage"))
        );
    }

    #[test]
    fn a_longer_text_with_references_is_a_sub() {
        assert_eq!(
            rendered(Dialect::Yaml, "${self:service}-${Mailer}-${price}"),
            Node::tagged("!Sub", Node::text("${Service}-${SendMailFunction.Arn}-${!price}"))
        );
        assert_eq!(rendered(Dialect::Yaml, "costs ${price} ${"), Node::text("costs ${price} ${"));
        let variables = Node::map([("Dollar", Node::text("$"))]);
        assert_eq!(
            rendered(Dialect::Yaml, "${Topic} ${a"),
            Node::tagged("!Sub", Node::List(vec![Node::text("${SuccessTopic} ${Dollar}{a"), variables]))
        );
    }

    #[test]
    fn the_serverless_framework_resolves_its_own() {
        assert_eq!(
            rendered(Dialect::Serverless, "${self:service}-${Topic}"),
            Node::tagged("!Sub", Node::text("${self:service}-${SuccessTopic}"))
        );
        assert_eq!(rendered(Dialect::Serverless, "${self:service}-x"), Node::text("${self:service}-x"));
        assert_eq!(
            rendered(Dialect::Serverless, "${LogGroup}"),
            Node::tagged("!GetAtt", Node::text("CsvLogs.Arn"))
        );
    }

    #[test]
    fn names_of_two_things_never_meet() {
        let mut template = template(Dialect::Yaml);
        let none = IndexMap::new();
        assert_eq!(template.text("${self:stage}", &none), template.text("${self:provider.stage}", &none));
        let first = template.reference(&Reference::Ref("TopicArn".to_owned()));
        let second = template.reference(&Reference::GetAtt("Topic".to_owned(), "Arn".to_owned()));
        assert_eq!(first, Node::tagged("!Ref", Node::text("TopicArn")));
        assert_eq!(second, Node::tagged("!Ref", Node::text("TopicArn2")));
        assert_eq!(template.reference(&Reference::Ref("TopicArn".to_owned())), first);
    }
}
