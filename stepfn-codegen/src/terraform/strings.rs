//! Strings with `${…}`, and names, as Terraform writes them.

use indexmap::IndexMap;
use stepfn_core::definition::Reference;

use super::{Machine, Module};
use crate::{
    template::logical_id,
    text::{Piece, split, variable},
    tree::Node,
};
use stepfn_core::deployment::{Deployment, Identifier};

/// A part of a text.
enum Part<'a> {
    Text(&'a str),
    /// The text between the braces of a `${…}` that is none of ours.
    Foreign(&'a str),
    /// An expression of Terraform's.
    Expression(String),
}

impl Module {
    /// The machines, with the names of their resources.
    pub(super) fn machines<'a>(&mut self, deployments: &'a [Deployment]) -> Vec<Machine<'a>> {
        let machines = deployments.iter().map(|deployment| {
            let short = deployment.definition.short_name();
            let name = self.claim(&snake(&short));
            self.machines.entry(logical_id(&short)).or_insert_with(|| name.clone());
            Machine { deployment, name }
        });
        machines.collect()
    }

    /// An ARN or a name, as a template of Terraform's. `substitutions` are the definition's.
    pub(super) fn identifier(
        &mut self,
        identifier: &Identifier,
        substitutions: &IndexMap<String, Reference>,
    ) -> Node {
        match identifier {
            Identifier::Text(text) => self.text(text, substitutions),
            Identifier::Reference(reference) => {
                let expression = self.reference(reference);
                Node::Text(format!("${{{expression}}}"))
            }
        }
    }

    /// A text as a template of Terraform's.
    pub(super) fn text(&mut self, text: &str, substitutions: &IndexMap<String, Reference>) -> Node {
        let mut out = String::new();
        for part in self.parts(text, substitutions) {
            match part {
                Part::Text(text) => out.push_str(&escaped(text)),
                Part::Foreign(name) => out.push_str(&format!("$${{{}}}", escaped(name))),
                Part::Expression(expression) => {
                    // `$${` would be an escape, and no expression.
                    let kept = out.trim_end_matches('$').len();
                    let dollars = out.len() - kept;
                    out.truncate(kept);
                    out.extend(std::iter::repeat_n("${\"$\"}", dollars));
                    out.push_str(&format!("${{{expression}}}"));
                }
            }
        }
        Node::Text(out)
    }

    fn parts<'t>(&mut self, text: &'t str, substitutions: &'t IndexMap<String, Reference>) -> Vec<Part<'t>> {
        let pieces = split(text, substitutions).into_iter();
        let parts = pieces.map(|piece| match piece {
            Piece::Literal(text) | Piece::Unclosed(text) => Part::Text(text),
            Piece::Foreign(name) => Part::Foreign(name),
            Piece::Reference(reference) => Part::Expression(self.reference(&reference)),
            Piece::Framework(text) => Part::Expression(self.framework(text)),
        });
        parts.collect()
    }

    /// The expression of a reference.
    pub(super) fn reference(&mut self, reference: &Reference) -> String {
        let (Reference::Ref(name) | Reference::GetAtt(name, _)) = reference;
        if let Reference::Ref(name) = reference
            && let Some(expression) = self.pseudo_parameter(name)
        {
            return expression;
        }
        if let Some(machine) = self.machines.get(name) {
            let attribute = match reference {
                Reference::GetAtt(_, attribute) if attribute == "Name" => "name",
                Reference::GetAtt(_, attribute) if attribute == "StateMachineRevisionId" => "revision_id",
                Reference::Ref(_) | Reference::GetAtt(..) => "arn",
            };
            return format!("aws_sfn_state_machine.{machine}.{attribute}");
        }
        let (wanted, what) = match reference {
            Reference::Ref(name) => (snake(name), format!("The value of !Ref {name}")),
            Reference::GetAtt(name, attribute) => {
                (format!("{}_{}", snake(name), snake(attribute)), format!("The {attribute} of {name}"))
            }
        };
        self.variable(reference.to_string(), &wanted, what, None)
    }

    /// `AWS::Region` and its like; there is no stack that the others could be of.
    fn pseudo_parameter(&mut self, name: &str) -> Option<String> {
        let (kind, data, attribute) = match name {
            "AWS::Region" => ("aws_region", "current", "region"),
            "AWS::AccountId" => ("aws_caller_identity", "current", "account_id"),
            "AWS::Partition" => ("aws_partition", "current", "partition"),
            "AWS::URLSuffix" => ("aws_partition", "current", "dns_suffix"),
            _ => return None,
        };
        self.data.entry(kind).or_default().entry(data.to_owned()).or_insert_with(|| Node::Map(Vec::new()));
        Some(format!("data.{kind}.{data}.{attribute}"))
    }

    /// The expression of a variable of the Serverless Framework.
    fn framework(&mut self, text: &str) -> String {
        let variable = variable(text);
        let key = match variable.words.as_slice() {
            ["stage"] => "${self:provider.stage}".to_owned(),
            _ => text.to_owned(),
        };
        let wanted: Vec<String> = variable.words.iter().map(|word| snake(word)).collect();
        let what = format!("The Serverless Framework calls it {}", &text[2..text.len() - 1]);
        self.variable(key, &wanted.join("_"), what, variable.default)
    }

    /// Returns the variable's expression; `key` identifies the variable.
    pub(super) fn variable(
        &mut self,
        key: String,
        wanted: &str,
        description: String,
        default: Option<&str>,
    ) -> String {
        if let Some(known) = self.variables.get(&key) {
            return format!("var.{}", known.name);
        }
        // The names of a module's arguments that Terraform keeps to itself.
        let is_free = |name: &str| {
            const RESERVED: [&str; 8] =
                ["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];
            !RESERVED.contains(&name) && self.variables.values().all(|known| known.name != name)
        };
        let mut name = wanted.to_owned();
        let mut n = 1;
        while !is_free(&name) {
            n += 1;
            name = format!("{wanted}_{n}");
        }
        let expression = format!("var.{name}");
        // Terraform reads no template in a variable's own attributes.
        let default = default.map(str::to_owned);
        self.variables.insert(key, super::Variable { name, description, default });
        expression
    }

    /// Returns the expression for the text of a definition: its file, with the values of its `${…}`.
    pub(super) fn definition_text(
        &mut self,
        file: &str,
        text: &str,
        substituted: &IndexMap<String, String>,
        substitutions: &IndexMap<String, Reference>,
    ) -> String {
        let path = format!("\"${{path.module}}/{}\"", escaped(file));
        let mut values: Vec<(&str, String)> = Vec::new();
        for (name, whole) in substituted {
            for part in self.parts(whole, substitutions) {
                if let Part::Expression(expression) = part {
                    values.push((name, in_json(expression)));
                }
            }
        }
        let is_template = !text.contains("%{")
            && !text.contains("$${")
            && text.matches("${").count() == crate::text::names(text).len()
            && crate::text::names(text)
                .iter()
                .all(|name| is_identifier(name) && substituted.contains_key(*name));
        if values.is_empty() {
            return format!("file({path})");
        }
        if is_template {
            let values: Vec<String> =
                values.iter().map(|(name, expression)| format!("{name} = {expression}")).collect();
            return format!("templatefile({path}, {{ {} }})", values.join(", "));
        }
        // A variable may hold another: the longer one goes first.
        values.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        values.iter().fold(format!("file({path})"), |text, (name, expression)| {
            let in_json = stepfn_core::value::Value::from(format!("${{{name}}}")).to_string();
            format!("replace({text}, {}, {expression})", quoted(in_json.trim_matches('"')))
        })
    }
}

/// An expression whose value is put between the quotes of a JSON text. What a variable holds is the module's user's: a quote there would end the
/// text; what AWS itself names has none.
fn in_json(expression: String) -> String {
    if expression.starts_with("var.") {
        format!(r#"trimsuffix(trimprefix(jsonencode({expression}), "\""), "\"")"#)
    } else {
        expression
    }
}

/// `${kind.name.attribute}`
pub(super) fn attribute(kind: &str, name: &str, attribute: &str) -> Node {
    Node::Text(format!("${{{kind}.{name}.{attribute}}}"))
}

/// A text that Terraform reads as a template, and that is to stay what it is.
pub(super) fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// The same.
pub(super) fn literal(text: &str) -> Node {
    Node::Text(escaped(text))
}

/// A text in quotes, in an expression.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(&text.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A name as Terraform's users write it: `CsvProcessing` is `csv_processing`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut previous = '_';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let starts_word = c.is_ascii_uppercase()
            && (previous.is_ascii_lowercase()
                || previous.is_ascii_digit()
                || (previous.is_ascii_uppercase() && chars.peek().is_some_and(char::is_ascii_lowercase)));
        if starts_word || (!c.is_ascii_alphanumeric() && previous != '_') {
            out.push('_');
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
            previous = c;
        } else {
            if !c.is_ascii() {
                out.push_str(&format!("u{:x}", u32::from(c)));
            }
            previous = if c.is_ascii() { '_' } else { c };
        }
    }
    let out = out.trim_matches('_').to_owned();
    if out.starts_with(|c: char| c.is_ascii_alphabetic()) { out } else { format!("_{out}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> String {
        let substitutions = IndexMap::from([
            ("Topic".to_owned(), Reference::Ref("SuccessTopic".to_owned())),
            ("Mailer".to_owned(), Reference::GetAtt("send-mail".to_owned(), "Arn".to_owned())),
            ("Child".to_owned(), Reference::Ref("Child".to_owned())),
        ]);
        let mut module = Module::default();
        module.machines.insert("Child".to_owned(), "child".to_owned());
        let Node::Text(text) = module.text(text, &substitutions) else { panic!("a text") };
        text
    }

    #[test]
    fn references_are_variables_data_or_resources() {
        for (text, expected) in [
            ("${Topic}", "${var.success_topic}"),
            ("${Mailer}", "${var.send_mail_arn}"),
            ("${Child}", "${aws_sfn_state_machine.child.arn}"),
            (
                "${AWS::Region}-${AWS::AccountId}",
                "${data.aws_region.current.region}-${data.aws_caller_identity.current.account_id}",
            ),
            ("${AWS::StackName}", "${var.aws_stack_name}"),
            ("${self:service}-${sls:stage}", "${var.service}-${var.stage}"),
            ("${price} %{if} 100% ${", "$${price} %%{if} 100% $${"),
            ("costs $$${Topic}", r#"costs ${"$"}${"$"}${var.success_topic}"#),
        ] {
            assert_eq!(rendered(text), expected);
        }
    }

    #[test]
    fn names_are_in_snake_case() {
        for (name, expected) in [
            ("CsvProcessing", "csv_processing"),
            ("HTTPServer2Go", "http_server2_go"),
            ("Quick.Check-it", "quick_check_it"),
            ("AWS::StackName", "aws_stack_name"),
            ("send_mail", "send_mail"),
            ("2go", "_2go"),
            ("주문", "uc8fc_ubb38"),
        ] {
            assert_eq!(snake(name), expected);
        }
    }

    #[test]
    fn a_definition_is_a_file_a_template_or_a_text_with_replacements() {
        let substitutions = IndexMap::from([("Topic".to_owned(), Reference::Ref("Topic".to_owned()))]);
        let rendered = |text: &str, names: &[&str]| {
            let substituted = names.iter().map(|name| ((*name).to_owned(), format!("${{{name}}}"))).collect();
            Module::default().definition_text("M.asl.json", text, &substituted, &substitutions)
        };
        assert_eq!(rendered("{% 1 %} ${x}", &[]), r#"file("${path.module}/M.asl.json")"#);
        assert_eq!(
            rendered("a ${Topic}", &["Topic"]),
            r#"templatefile("${path.module}/M.asl.json", { Topic = trimsuffix(trimprefix(jsonencode(var.topic), "\""), "\"") })"#
        );
        let replaced = r#"replace(file("${path.module}/M.asl.json"), "$${Topic}", trimsuffix(trimprefix(jsonencode(var.topic), "\""), "\""))"#;
        for text in ["${Topic} %{ x", "${Topic} ${price}", "$${Topic}", "${Topic} ${"] {
            assert_eq!(rendered(text, &["Topic"]), replaced, "{text}");
        }
        assert_eq!(
            rendered("${AWS::Region}", &["AWS::Region", "self:custom.x, \"y\""]),
            "replace(replace(file(\"${path.module}/M.asl.json\"), \"$${self:custom.x, \\\\\\\"y\\\\\\\"}\", trimsuffix(trimprefix(jsonencode(var.x), \"\\\"\"), \"\\\"\")), \
             \"$${AWS::Region}\", data.aws_region.current.region)"
        );
    }
}
