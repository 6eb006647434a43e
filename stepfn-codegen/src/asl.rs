//! Canonical Amazon States Language JSON, with names for what the deployment puts in.
//!
//! A `${Name}` in it is a name of letters and digits, which every tool has a place for: CDK's `DefinitionBody.fromFile` with
//! `definitionSubstitutions`, the `DefinitionUri` of AWS SAM with `DefinitionSubstitutions`, Terraform's `templatefile`. A variable of the
//! Serverless Framework is one as well (`${self:service}` is `${Service}`), and so is what CloudFormation knows (`${AWS::Region}` is `${Region}`).
//! What only looks like a name of theirs, such as a grouping of JSONata, is escaped, so that none of them sees it and JSON reads the same.
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}};
//!
//! let (machine, _) = asl::read_str(
//!     r#"{"States": {"Hello": {"Type": "Pass", "Result": "${self:service} ${x y}", "End": true}}, "StartAt": "Hello"}"#,
//! )?;
//! let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
//! assert_eq!(stepfn_codegen::asl::file_name(&definition), "Greeting.asl.json");
//! let text = stepfn_codegen::asl::to_json_text(&definition);
//! assert!(text.starts_with("{\n  \"StartAt\": \"Hello\""));
//! assert!(text.contains(r#""Result": "${Service} \u0024{x y}""#), "{text}");
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

use indexmap::IndexMap;
use stepfn_core::{
    asl::{self, StateMachine},
    definition::{Definition, Reference},
    value::Value,
};

use crate::{
    template::pascal,
    text::{Piece, split, variable, without_dynamic_references},
};

/// Replaces a `$` or `%` that is hidden from tools, until the text is written: Unicode has no characters there, and never will.
const HIDDEN: [(char, &str, &str); 2] = [('\u{FDD0}', "$", "\\u0024"), ('\u{FDD1}', "%", "\\u0025")];

/// Stands around a placeholder in the place of a number, until the text is written: no character either.
const UNQUOTED: char = '\u{FDD2}';

/// A definition as its file has it.
pub(crate) struct Portable {
    /// The text of the file.
    pub(crate) text: String,
    /// What each name in the file's `${…}` is in the definition: `${self:service}` for `Service`.
    pub(crate) substituted: IndexMap<String, String>,
}

/// The canonical text: two spaces of indent, fields in a fixed order, a final newline. Whatever tool puts it into a template, CloudFormation sees no
/// dynamic reference in it.
pub fn to_json_text(definition: &Definition) -> String {
    portable(definition).text
}

/// The machine as its file has it: to be compared with one that was read.
pub fn machine(definition: &Definition) -> StateMachine {
    let mut names = Names::of(definition);
    let text = names.value(&definition.machine.to_json()).to_string();
    let shown = HIDDEN.iter().fold(text, |text, (hidden, sign, _)| text.replace(*hidden, sign));
    asl::read_str(&shown).map_or_else(|_| definition.machine.clone(), |(machine, _)| machine)
}

/// The name of the machine's file: `<Name>.asl.json`.
pub fn file_name(definition: &Definition) -> String {
    format!("{}.asl.json", definition.short_name())
}

pub(crate) fn portable(definition: &Definition) -> Portable {
    let mut names = Names::of(definition);
    let mut json = definition.machine.to_json();
    if names.hides {
        json = asl::fill_amounts(&json, &|text| format!("{UNQUOTED}{text}{UNQUOTED}").into());
    }
    let machine = asl::read(&names.value(&json)).0;
    let text = without_dynamic_references(&machine.to_canonical_string());
    // A tool puts a number there: AWS takes no text.
    let (open, close) = (format!("\"{UNQUOTED}"), format!("{UNQUOTED}\""));
    let text = text.replace(&open, "").replace(&close, "");
    let text = HIDDEN.iter().fold(text, |text, (hidden, _, escape)| text.replace(*hidden, escape));
    Portable { text, substituted: names.given }
}

/// The names that the file has.
struct Names<'d> {
    substitutions: &'d IndexMap<String, Reference>,
    /// By the name, what it is in the definition.
    given: IndexMap<String, String>,
    /// Whether signs can be hidden: nobody has those characters in a text.
    hides: bool,
}

impl<'d> Names<'d> {
    fn of(definition: &'d Definition) -> Self {
        let text = definition.machine.to_json().to_string();
        let hides = HIDDEN.iter().all(|(hidden, ..)| !text.contains(*hidden)) && !text.contains(UNQUOTED);
        Self { substitutions: &definition.substitutions, given: IndexMap::new(), hides }
    }

    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Array(items) => Value::array(items.iter().map(|item| self.value(item))),
            Value::Object(members) => {
                Value::object(members.iter().map(|(key, value)| (self.text(key), self.value(value))))
            }
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        let [(dollar, ..), (percent, ..)] = HIDDEN;
        if !text.contains("${") && !text.contains("%{") {
            return text.to_owned();
        }
        let substitutions = self.substitutions;
        // In JSONata `${key: value}` groups.
        let is_expression = text.starts_with("{%");
        let mut out = String::new();
        for piece in split(text, substitutions) {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Framework(whole) if is_expression && !is_of_the_framework(whole) => {
                    out.push_str(&if self.hides {
                        whole.replace("${", &format!("{dollar}{{"))
                    } else {
                        whole.to_owned()
                    });
                }
                // Where a number is taken it can be nothing else than a placeholder.
                Piece::Foreign(name) if text.starts_with(UNQUOTED) => out.push_str(&format!("${{{name}}}")),
                Piece::Unclosed(text) | Piece::Foreign(text) => {
                    let is_closed = matches!(piece, Piece::Foreign(_));
                    let text = if is_closed { format!("${{{text}}}") } else { text.to_owned() };
                    out.push_str(&if self.hides { text.replace("${", &format!("{dollar}{{")) } else { text });
                }
                Piece::Framework(whole) => {
                    let words = variable(whole).words;
                    self.push(&mut out, &pascal(words), whole);
                }
                Piece::Reference(reference) => match reference.as_ref() {
                    Reference::Ref(name) if name.starts_with("AWS::") => {
                        let wanted = match name.as_str() {
                            "AWS::AccountId" => "Account",
                            other => other.trim_start_matches("AWS::"),
                        };
                        self.push(&mut out, wanted, &format!("${{{name}}}"));
                    }
                    reference => {
                        // The author's own name for it.
                        let known = substitutions.iter().find(|(_, known)| *known == reference);
                        let name = known.map_or_else(|| reference.to_string(), |(name, _)| name.clone());
                        self.push(&mut out, &name, &format!("${{{name}}}"));
                    }
                },
            }
        }
        if self.hides { out.replace("%{", &format!("{percent}{{")) } else { out }
    }

    /// Adds the placeholder for something of the definition: by the wanted name, unless that is something else's.
    fn push(&mut self, out: &mut String, wanted: &str, whole: &str) {
        // `sls:stage`, `self:provider.stage` and `Stage` are one.
        let is_same =
            |known: &str| known == whole || (wanted == "Stage" && is_stage(known) && is_stage(whole));
        let mut name = wanted.to_owned();
        let mut n = 1;
        while let Some(known) = self.given.get(&name)
            && !is_same(known)
        {
            n += 1;
            name = format!("{wanted}{n}");
        }
        // To Terraform `$${` is no placeholder.
        if self.hides && out.ends_with('$') {
            out.pop();
            out.push(HIDDEN[0].0);
        }
        out.push_str(&format!("${{{name}}}"));
        self.given.entry(name).or_insert_with(|| whole.to_owned());
    }
}

/// Returns `true` if a variable in an expression is surely the Serverless Framework's, by its source.
fn is_of_the_framework(whole: &str) -> bool {
    const SOURCES: [&str; 12] =
        ["self", "sls", "opt", "env", "param", "file", "ssm", "s3", "cf", "aws", "git", "strToBool"];
    let inner = whole.trim_start_matches("${");
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let (source, rest) = inner.split_at(end);
    (SOURCES.contains(&source) && !rest.starts_with(": ")) || whole == "${sls:stage}"
}

fn is_stage(whole: &str) -> bool {
    matches!(variable(whole).words.as_slice(), ["stage" | "Stage"])
}

#[cfg(test)]
mod tests {
    use stepfn_core::definition::WorkflowType;

    use super::*;

    #[test]
    fn a_placeholder_in_the_place_of_a_number_has_no_quotes() {
        let text = r#"{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":"${Wait}","Next":"B"},
            "B":{"Type":"Pass","Result":{"Seconds":"${Wait}"},"End":true}},"TimeoutSeconds":"${self:custom.limit}"}"#;
        let definition = Definition::from_asl("M", WorkflowType::Standard, asl::read_str(text).unwrap().0);
        let written = to_json_text(&definition);
        assert!(
            written.contains("\"Seconds\": ${Wait},") && written.contains("\"Seconds\": \"\\u0024{Wait}\""),
            "{written}"
        );
        assert!(written.contains("\"TimeoutSeconds\": ${Limit}"), "{written}");
    }

    fn definition(result: &str, substitutions: &[(&str, Reference)]) -> Definition {
        let result = Value::from(result);
        let text =
            format!(r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass","Result":{result},"End":true}}}}}}"#);
        let mut definition =
            Definition::from_asl("M", WorkflowType::Standard, asl::read_str(&text).unwrap().0);
        definition.substitutions =
            substitutions.iter().map(|(name, of)| ((*name).to_owned(), of.clone())).collect();
        definition
    }

    fn written(result: &str, substitutions: &[(&str, Reference)]) -> (String, Vec<(String, String)>) {
        let Portable { text, substituted } = portable(&definition(result, substitutions));
        let line = text.lines().find_map(|line| line.trim().strip_prefix("\"Result\": ")).unwrap();
        (line.trim_end_matches(',').to_owned(), substituted.into_iter().collect())
    }

    #[test]
    fn variables_of_the_framework_and_of_cloudformation_are_plain_names() {
        let (text, names) = written(
            "${self:service}-${self:provider.stage}-${sls:stage} ${AWS::Region} ${Account} ${opt:x, 'y'}",
            &[],
        );
        assert_eq!(text, r#""${Service}-${Stage}-${Stage} ${Region} ${Account} ${OptX}""#);
        let names: Vec<_> = names.iter().map(|(name, whole)| (name.as_str(), whole.as_str())).collect();
        assert_eq!(
            names,
            [
                ("Service", "${self:service}"),
                ("Stage", "${self:provider.stage}"),
                ("Region", "${AWS::Region}"),
                ("Account", "${AWS::AccountId}"),
                ("OptX", "${opt:x, 'y'}"),
            ]
        );
    }

    #[test]
    fn names_of_two_things_do_not_meet() {
        let service = Reference::Ref("Service".to_owned());
        let (text, names) = written("${Service} ${self:service} ${env:service}", &[("Service", service)]);
        assert_eq!(text, r#""${Service} ${Service2} ${EnvService}""#);
        assert_eq!(names[1], ("Service2".to_owned(), "${self:service}".to_owned()));
    }

    #[test]
    fn a_dollar_before_a_name_is_hidden() {
        let topic = Reference::Ref("Topic".to_owned());
        assert_eq!(written("$${Topic}", &[("Topic", topic)]).0, r#""\u0024${Topic}""#);
    }

    #[test]
    fn what_is_nobodys_is_hidden_from_templates_and_read_as_it_was() {
        for result in ["{% $.x${id: name, 'b': c} %}", "${", "%{ if x }", "{% $.a${b: c} %}", "$${x y}"] {
            let definition = definition(result, &[]);
            let text = to_json_text(&definition);
            assert!(!text.contains("${") && !text.contains("%{"), "{text}");
            assert_eq!(asl::read_str(&text).unwrap().0, definition.machine, "{text}");
            assert_eq!(machine(&definition), definition.machine);
        }
    }
}
