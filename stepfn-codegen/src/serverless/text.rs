//! `${…}` as each place of a Serverless YAML writes it.

use std::collections::HashSet;

use indexmap::IndexMap;
use stepfn_core::{definition::Reference, value::Value};

pub(super) use crate::text::Piece;
use crate::{problem::Problem, text, tree::Node};

/// Cuts a text at its `${…}`, unless the Framework or CloudFormation would read it otherwise.
pub(super) fn split<'a>(
    text: &'a str,
    substitutions: &'a IndexMap<String, Reference>,
) -> Result<Vec<Piece<'a>>, Problem> {
    let pieces = text::split(text, substitutions);
    let mut after_dollar = false;
    for piece in &pieces {
        match piece {
            Piece::Unclosed(_) => return Err(Problem::Unclosed),
            Piece::Framework(_) if after_dollar => return Err(Problem::SwallowedDollar),
            _ => {}
        }
        after_dollar = matches!(piece, Piece::Literal(text) if text.ends_with('$'));
    }
    Ok(pieces)
}

/// The kind of value that a field of a definition takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Any value, an intrinsic function of CloudFormation among them.
    Data,
    /// A text and nothing else: the plugin's validation refuses `!Ref` there.
    Text,
    /// A number.
    Amount,
}

/// Renders the strings of one definition.
#[derive(Debug)]
pub(super) struct Renderer<'a> {
    /// The definition's substitutions.
    pub(super) substitutions: &'a IndexMap<String, Reference>,
    /// The keys of the `functions` section.
    pub(super) functions: &'a HashSet<&'a str>,
    /// Whether the plugin puts the definition into a `Fn::Sub`, where a `${foo}` that is meant as it is has to be escaped.
    pub(super) in_sub: bool,
    /// Whether a reference was rendered, because of which the plugin does so.
    pub(super) rendered_reference: bool,
}

impl Renderer<'_> {
    /// The node of a text of the definition.
    pub(super) fn render(&mut self, text: &str, place: Place) -> Result<Node, Problem> {
        let pieces = split(text, self.substitutions)?;
        let has_reference = pieces.iter().any(|piece| matches!(piece, Piece::Reference(_)));
        // The plugin turns every `#{x}` of a definition into a `${x}` of a `Fn::Sub`, except within intrinsic functions.
        let has_plugin_variable = text.contains("#{");
        // In the JSON of a `Fn::Sub` an escape hides it, of which Step Functions sees nothing.
        let has_dynamic_reference = text::has_dynamic_reference(text);
        self.rendered_reference |= has_reference || has_plugin_variable || has_dynamic_reference;
        if place == Place::Amount && has_reference {
            return Err(Problem::NumberReference(text.to_owned()));
        }
        if place != Place::Data && has_plugin_variable {
            return Err(Problem::PluginVariable);
        }
        if place != Place::Data && has_dynamic_reference {
            return Err(Problem::DynamicReference(text.to_owned()));
        }
        if place == Place::Data {
            if let [Piece::Reference(reference)] = pieces.as_slice() {
                return Ok(tag(reference));
            }
            if has_reference || has_plugin_variable || has_dynamic_reference {
                let sub = text::without_dynamic_references(&self.sub(&pieces));
                return Ok(Node::tagged("!Sub", Node::Text(sub)));
            }
        }
        Ok(Node::Text(self.plain(&pieces)))
    }

    /// The text of a `!Sub`. The plugin puts its value into JSON text unescaped, so the escapes of JSON are written here.
    fn sub(&self, pieces: &[Piece<'_>]) -> String {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(text) | Piece::Unclosed(text) => out.push_str(&json_escaped(text)),
                Piece::Reference(reference) => push_variable(&mut out, &self.sub_name(reference)),
                Piece::Framework(variable) => push_dollar(&mut out, variable),
                Piece::Foreign(name) => push_variable(&mut out, &format!("!{name}")),
            }
        }
        out
    }

    /// A text that stays one; references have the plugin's own form.
    fn plain(&self, pieces: &[Piece<'_>]) -> String {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(text) | Piece::Unclosed(text) => out.push_str(text),
                Piece::Reference(reference) => {
                    out.push_str("#{");
                    out.push_str(&self.sub_name(reference));
                    out.push('}');
                }
                Piece::Framework(variable) => push_dollar(&mut out, variable),
                Piece::Foreign(name) if self.in_sub => push_variable(&mut out, &format!("!{name}")),
                Piece::Foreign(name) => push_variable(&mut out, name),
            }
        }
        out
    }

    /// The name within a `Fn::Sub`. The plugin knows function keys in `!Ref` and `!GetAtt` alone: here it is the logical id.
    fn sub_name(&self, reference: &Reference) -> String {
        let id = |name: &str| {
            if self.functions.contains(name) { lambda_logical_id(name) } else { name.to_owned() }
        };
        match reference {
            Reference::Ref(name) => id(name),
            Reference::GetAtt(name, attribute) => format!("{}.{attribute}", id(name)),
        }
    }
}

/// `!Ref` or `!GetAtt`.
pub(super) fn tag(reference: &Reference) -> Node {
    match reference {
        Reference::Ref(name) => Node::tagged("!Ref", Node::text(name)),
        Reference::GetAtt(name, attribute) => {
            Node::tagged("!GetAtt", Node::Text(format!("{name}.{attribute}")))
        }
    }
}

/// A text outside of definitions, which CloudFormation does not read as a `Fn::Sub`.
pub(super) fn outside(pieces: &[Piece<'_>]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) | Piece::Unclosed(text) => out.push_str(text),
            Piece::Framework(variable) => push_dollar(&mut out, variable),
            Piece::Foreign(name) => push_variable(&mut out, name),
            Piece::Reference(_) => {}
        }
    }
    out
}

/// The logical id that the Framework gives a function: `send-mail` is `SendDashmailLambdaFunction`.
pub(super) fn lambda_logical_id(key: &str) -> String {
    let normalized = key.replace('-', "Dash").replace('_', "Underscore");
    let mut chars = normalized.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).chain("LambdaFunction".chars()).collect()
}

pub(super) fn json_escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
}

fn push_variable(out: &mut String, name: &str) {
    push_dollar(out, &format!("${{{name}}}"));
}

/// Puts a `${…}` there. The Framework takes backslashes before one for escapes and halves them.
fn push_dollar(out: &mut String, variable: &str) {
    let backslashes = out.len() - out.trim_end_matches('\\').len();
    out.extend(std::iter::repeat_n('\\', backslashes));
    out.push_str(variable);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &str, place: Place, in_sub: bool) -> Result<Node, Problem> {
        let substitutions = IndexMap::from([
            ("Topic".to_owned(), Reference::Ref("SuccessTopic".to_owned())),
            ("Arn".to_owned(), Reference::GetAtt("send-mail".to_owned(), "Arn".to_owned())),
        ]);
        let functions = HashSet::from(["send-mail"]);
        Renderer { substitutions: &substitutions, functions: &functions, in_sub, rendered_reference: false }
            .render(text, place)
    }

    fn data(text: &str) -> Node {
        render(text, Place::Data, true).unwrap()
    }

    fn plain(text: &str) -> Node {
        render(text, Place::Text, true).unwrap()
    }

    #[test]
    fn a_reference_alone_is_a_tag() {
        assert_eq!(data("${Topic}"), Node::tagged("!Ref", Node::text("SuccessTopic")));
        assert_eq!(data("${Arn}"), Node::tagged("!GetAtt", Node::text("send-mail.Arn")));
        assert_eq!(data("${AWS::Region}"), Node::tagged("!Ref", Node::text("AWS::Region")));
    }

    #[test]
    fn a_reference_in_a_longer_text_is_a_sub_with_logical_ids() {
        assert_eq!(
            data("${Topic}/${Arn}/${AWS::Region}/${self:service}/${other}"),
            Node::tagged(
                "!Sub",
                Node::text(
                    "${SuccessTopic}/${SendDashmailLambdaFunction.Arn}/${AWS::Region}/${self:service}/${!other}"
                )
            )
        );
    }

    #[test]
    fn a_sub_has_the_escapes_of_json() {
        assert_eq!(data("\"${Topic}\"\n"), Node::tagged("!Sub", Node::text(r#"\"${SuccessTopic}\"\n"#)));
        assert_eq!(data("${Topic}\""), Node::tagged("!Sub", Node::text(r#"${SuccessTopic}\""#)));
        assert_eq!(data("no reference \""), Node::text("no reference \""));
    }

    #[test]
    fn where_only_a_text_fits_references_have_the_plugins_form() {
        assert_eq!(
            plain("to ${Topic}, ${Arn}"),
            Node::text("to #{SuccessTopic}, #{SendDashmailLambdaFunction.Arn}")
        );
        assert_eq!(plain("${Topic}"), Node::text("#{SuccessTopic}"));
    }

    #[test]
    fn variables_of_the_framework_stay() {
        for text in [
            "${self:service}-x",
            "${file(a.yml):b.c}",
            "${self:custom.${sls:stage}, 'x'}",
            "${opt:stage, 'dev'}",
        ] {
            assert_eq!(data(text), Node::text(text));
            assert_eq!(plain(text), Node::text(text));
        }
    }

    #[test]
    fn a_dollar_that_is_nobodys_is_escaped_where_cloudformation_reads() {
        assert_eq!(plain("${name} costs $5 ${}"), Node::text("${!name} costs $5 ${!}"));
        assert_eq!(
            render("${name} costs $5 ${}", Place::Data, false),
            Ok(Node::text("${name} costs $5 ${}"))
        );
        assert_eq!(plain("${aws::x}"), Node::text("${!aws::x}"));
    }

    #[test]
    fn backslashes_before_a_variable_are_doubled() {
        assert_eq!(plain(r"a\${self:x}"), Node::text(r"a\\${self:x}"));
        assert_eq!(plain(r"a\\b ${self:x}"), Node::text(r"a\\b ${self:x}"));
        assert_eq!(data(r"\${Topic}"), Node::tagged("!Sub", Node::text(r"\\\\${SuccessTopic}")));
    }

    #[test]
    fn the_plugins_own_sign_is_hidden_in_a_sub_or_refused() {
        assert_eq!(data("issue #{1}"), Node::tagged("!Sub", Node::text("issue #{1}")));
        assert_eq!(render("issue #{1", Place::Text, false), Err(Problem::PluginVariable));
    }

    #[test]
    fn what_cloudformation_would_resolve_is_hidden_in_a_sub_or_refused() {
        assert_eq!(
            data("{{resolve:ssm:x}} ${Topic}"),
            Node::tagged("!Sub", Node::text("\\u007b{resolve:ssm:x}} ${SuccessTopic}"))
        );
        let text = "{{resolve:ssm:x}}";
        assert_eq!(render(text, Place::Text, true), Err(Problem::DynamicReference(text.to_owned())));
    }

    #[test]
    fn what_cannot_be_spelled_is_refused() {
        assert_eq!(render("cost ${", Place::Data, true), Err(Problem::Unclosed));
        assert_eq!(render("$${self:custom.price}", Place::Data, true), Err(Problem::SwallowedDollar));
        assert_eq!(
            render("${Topic}", Place::Amount, true),
            Err(Problem::NumberReference("${Topic}".to_owned()))
        );
    }
}
