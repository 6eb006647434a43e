//! Any string in any place: a string that a format writes, its reader reads back unchanged, or the format refuses it with a reason.
#![allow(clippy::unwrap_used)]

mod support;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use stepfn_codegen::{Error, Problem, asl, cloudformation, sam, serverless, terraform};
use stepfn_core::deployment::{Alarm, Deployment, Metric, Schedule};
use stepfn_core::value::Value;

use support::machine;

/// The parts of such strings: the signs of each language that they go through, and invisible ones.
const PARTS: [&str; 42] = [
    "{{resolve:ssm:x}}",
    "{{resolve:secretsmanager:a:SecretString:b}}",
    "{{",
    "}}",
    "resolve:",
    "${",
    "${A}",
    "$",
    "$${",
    "%{",
    "%%{",
    "%",
    "}",
    "\"",
    "'",
    "\\",
    "\\\"",
    "\n",
    "\r\n",
    "\t",
    "\u{202e}",
    "\u{2066}",
    "\u{7f}",
    "\u{9b}31m",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{0}",
    "# ",
    " #",
    ": ",
    "- ",
    "A",
    "한",
    "😀",
    "<b>&",
    "!Ref ",
    "null",
    "1e3",
    "<<",
    "`",
    "]]>",
];

fn strings() -> impl Iterator<Item = String> {
    let mut state = 7_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let alone = PARTS.map(str::to_owned).into_iter();
    let joined = (0..600).map(move |_| (0..=next(5)).map(|_| PARTS[next(PARTS.len())]).collect::<String>());
    // A source and a colon make a variable of the Serverless Framework, which is no string.
    alone.chain(joined).filter(|text| !text.contains("${resolve:"))
}

/// Returns a deployment with the string wherever a user's text is allowed.
fn deployment(text: &str) -> Deployment {
    let quoted = Value::from(text).to_string();
    let name = Value::from(format!("S{text}")).to_string();
    let asl = format!(
        r#"{{ "Comment": {quoted}, "StartAt": "P", "States": {{
            "P": {{ "Type": "Pass", "Comment": {quoted}, "Result": {{ "a": {quoted}, "b": [{quoted}] }}, "Next": {name} }},
            {name}: {{ "Type": "Fail", "Cause": {quoted} }} }} }}"#
    );
    Deployment::from(machine("M", &asl))
}

fn yaml(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    value(&documents[0])
}

/// YAML as JSON; a local tag is an object of one key.
fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => Value::Bool(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::FloatingPoint(value)) => value.to_string().parse().unwrap(),
        Yaml::Value(Scalar::String(text)) => Value::from(text.as_ref()),
        Yaml::Sequence(items) => Value::array(items.iter().map(value)),
        Yaml::Mapping(entries) => Value::object(entries.iter().map(|(key, node)| {
            let Value::String(key) = value(key) else { panic!("the key {key:?}") };
            (key.to_string(), value(node))
        })),
        Yaml::Tagged(tag, inner) => Value::object([(tag.suffix.clone(), value(inner))]),
        other => panic!("{other:?}"),
    }
}

fn at<'a>(value: &'a Value, keys: &[&str]) -> &'a Value {
    keys.iter().fold(value, |here, key| here.get(key).unwrap_or_else(|| panic!("no {key} in {here}")))
}

/// Returns the definition that a template's machine gives Step Functions.
fn of_template(template: &Value, text: &str) -> Value {
    let properties = at(template, &["Resources", "M", "Properties"]);
    assert!(properties.get("DefinitionSubstitutions").is_none(), "{text:?}");
    match (properties.get("Definition"), properties.get("DefinitionString")) {
        (Some(definition), None) => definition.clone(),
        (None, Some(Value::String(definition))) => definition.parse().unwrap(),
        // CloudFormation's own function, in the JSON template: the lines of the text.
        (None, Some(definition)) => {
            let [separator, lines] = at(definition, &["Fn::Join"]).as_array().unwrap() else { panic!() };
            let lines: Vec<&str> =
                lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
            lines.join(separator.as_str().unwrap()).parse().unwrap()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn asl_and_cloudformation_read_back_what_was_written() {
    for text in strings() {
        let deployment = deployment(&text);
        let expected = deployment.definition.machine.to_json();
        let asl = asl::to_json_text(&deployment.definition);
        assert!(!asl.contains("{{resolve:"), "{asl}");
        assert_eq!(asl.parse::<Value>().unwrap(), expected, "{text:?}");
        let in_yaml = cloudformation::to_yaml(std::slice::from_ref(&deployment)).unwrap();
        assert!(!in_yaml.contains("{{resolve:"), "{in_yaml}");
        assert_eq!(of_template(&yaml(&in_yaml), &text), expected, "{text:?}");
        let in_json = cloudformation::to_json_text(std::slice::from_ref(&deployment)).unwrap();
        assert!(!in_json.contains("{{resolve:"), "{in_json}");
        assert_eq!(of_template(&in_json.parse().unwrap(), &text), expected, "{text:?}");

        let in_sam = sam::to_yaml(std::slice::from_ref(&deployment)).unwrap();
        assert!(!in_sam.contains("{{resolve:"), "{in_sam}");
        let template = yaml(&in_sam);
        let properties = at(&template, &["Resources", "M", "Properties"]);
        match properties.get("Definition") {
            Some(definition) => assert_eq!(*definition, expected, "{text:?}"),
            // A file beside the template, in which CloudFormation resolves nothing.
            None => assert_eq!(at(properties, &["DefinitionUri"]).as_str(), Some("M.asl.json")),
        }
    }
}

/// A definition as the plugin sends it: a `Fn::Sub` of JSON as soon as one of its texts is one.
fn sent(node: &Value, in_sub: bool) -> Value {
    match node {
        Value::String(text) if in_sub => Value::from(text.replace("${!", "${")),
        Value::Array(items) => Value::array(items.iter().map(|item| sent(item, in_sub))),
        Value::Object(map) => match map.get("Sub").filter(|_| map.len() == 1) {
            Some(Value::String(json)) => format!("\"{}\"", json.replace("${!", "${")).parse().unwrap(),
            _ => Value::object(map.iter().map(|(key, node)| (key.to_string(), sent(node, in_sub)))),
        },
        other => other.clone(),
    }
}

/// The Framework takes backslashes before a `${` for escapes, and halves them.
fn halved(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let before = &rest[..at];
        let kept = before.trim_end_matches('\\');
        out.push_str(kept);
        out.extend(std::iter::repeat_n('\\', (before.len() - kept.len()) / 2));
        out.push_str("${");
        rest = &rest[at + 2..];
    }
    out + rest
}

fn resolved(node: &Value) -> Value {
    match node {
        Value::String(text) => Value::from(halved(text)),
        Value::Array(items) => Value::array(items.iter().map(resolved)),
        Value::Object(map) => Value::object(map.iter().map(|(key, node)| (key.to_string(), resolved(node)))),
        other => other.clone(),
    }
}

#[test]
fn the_serverless_plugin_sends_what_was_written_or_it_is_refused() {
    let mut refused = 0;
    for text in strings() {
        // In data alone, and everywhere: a field that has to stay a text takes less.
        let quoted = Value::from(text.as_str()).to_string();
        let in_data = Deployment::from(support::passing(&format!(r#"{{ "a": {quoted}, "b": [{quoted}] }}"#)));
        for (deployment, name) in [(in_data, "Passing"), (deployment(&text), "M")] {
            match serverless::to_yaml(std::slice::from_ref(&deployment)) {
                Ok(in_yaml) => {
                    assert!(!in_yaml.contains("{{resolve:"), "{in_yaml}");
                    let file = yaml(&in_yaml);
                    let found = at(&file, &["stepFunctions", "stateMachines", name, "definition"]);
                    let in_sub = in_yaml.contains("!Sub");
                    let expected = deployment.definition.machine.to_json();
                    assert_eq!(sent(&resolved(found), in_sub), expected, "{text:?}\n{in_yaml}");
                }
                Err(Error::Serverless { problem, .. }) => {
                    let fits = match problem {
                        Problem::Unclosed => text.contains("${"),
                        Problem::Key(_) => text.contains("${") || text.contains("#{"),
                        Problem::DynamicReference(_) => name == "M" && text.contains("{{resolve:"),
                        Problem::PluginVariable => text.contains("#{"),
                        _ => false,
                    };
                    assert!(fits, "{text:?}: {problem}");
                    refused += 1;
                }
                Err(error) => panic!("{text:?}: {error}"),
            }
        }
    }
    assert!(refused > 100, "only {refused} were refused");
}

/// A text of Terraform's JSON as Terraform reads it: escapes, and interpolations of strings that it makes itself.
fn interpolated(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("$${").or_else(|| rest.strip_prefix("%%{")) {
            out.push(c);
            out.push('{');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("${\"$\"}") {
            out.push('$');
            rest = after;
        } else {
            assert!(
                !rest.starts_with("${") && !rest.starts_with("%{"),
                "an interpolation at {rest:?} of {text:?}"
            );
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

#[test]
fn terraform_reads_back_what_was_written() {
    for text in strings() {
        let described =
            Deployment::from(machine("M", r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#))
                .trigger(
                    Schedule::new("rate(1 day)").input(Value::object([("a", Value::from(text.as_str()))])),
                )
                .alarm(
                    Alarm::new(Metric::ExecutionsFailed)
                        .alarm_action("arn:aws:sns:us-east-1:123456789012:alerts")
                        .description(text.as_str()),
                );
        let file: Value = terraform::to_json_text(&[described]).unwrap().parse().unwrap();
        let alarms = at(&file, &["resource", "aws_cloudwatch_metric_alarm"]);
        let (_, alarm) = alarms.as_object().unwrap().iter().next().unwrap();
        assert_eq!(interpolated(at(alarm, &["alarm_description"]).as_str().unwrap()), text);
        let schedules = at(&file, &["resource", "aws_scheduler_schedule"]);
        let (_, schedule) = schedules.as_object().unwrap().iter().next().unwrap();
        let input: Value =
            interpolated(at(schedule, &["target", "input"]).as_str().unwrap()).parse().unwrap();
        assert_eq!(at(&input, &["a"]).as_str(), Some(text.as_str()));
    }
}

#[test]
fn what_nothing_can_hide_is_refused_by_its_place() {
    let greeting = || Deployment::from(support::greeting("M"));
    let text = "{{resolve:secretsmanager:prod/db:SecretString:password}}";
    let described = greeting().alarm(
        Alarm::new(Metric::ExecutionsFailed)
            .alarm_action("arn:aws:sns:us-east-1:123456789012:alerts")
            .description(text),
    );
    let tagged = greeting().tag("owner", text);
    let scheduled = greeting().trigger(Schedule::new("rate(1 day)").input(Value::from(text)));
    for deployment in [described, tagged, scheduled] {
        let all = std::slice::from_ref(&deployment);
        for result in [
            cloudformation::to_yaml(all),
            cloudformation::to_json_text(all),
            sam::to_yaml(all),
            serverless::to_yaml(all),
        ] {
            // A tag's signs are AWS's to refuse first.
            let said = result.unwrap_err().to_string();
            assert!(said.contains("CloudFormation puts what SSM") || said.contains("tags.owner"), "{said}");
        }
    }
}
