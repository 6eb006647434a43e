//! AWS's verdict on a definition: the answer of `ValidateStateMachineDefinition`, and the message with which `CreateStateMachine` and
//! `UpdateStateMachine` refuse one.
//!
//! The diagnostics are those of [`check`]; this module only renders them in AWS's words and codes, where these are known. What
//! AWS accepts is not a diagnostic here, and neither is what flows through the machine: AWS looks at that when it runs.
//!
//! ```
//! use stepfn_core::{definition::WorkflowType, validate};
//!
//! let answer = validate::validate(
//!     r#"{ "StartAt": "Load", "States": { "Load": { "Type": "Pass", "Next": "Store" }, "Stop": { "Type": "Succeed" } } }"#,
//!     WorkflowType::Standard,
//! );
//! assert_eq!(
//!     answer.refusal().as_deref(),
//!     Some(
//!         "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: Store at /States/Load/Next, \
//!          MISSING_TRANSITION_TARGET: State \"Stop\" is not reachable. at /States/Stop'"
//!     ),
//! );
//! ```

pub mod jackson;
mod reach;
mod words;

use crate::{
    asl::{self, WorkflowType},
    check::{self, Options},
    diagnostic::{Code, Diagnostic, Severity},
    intrinsic::Call,
    json,
    value::Value,
};

/// The greatest number of diagnostics in an answer.
const MOST: usize = 100;

/// The answer of `ValidateStateMachineDefinition`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validation {
    /// The diagnostics. All are errors.
    pub diagnostics: Vec<Issue>,
    /// Whether there were more.
    pub truncated: bool,
}

/// One diagnostic of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// AWS's code, such as `SCHEMA_VALIDATION_FAILED`.
    pub code: &'static str,
    /// AWS's words where they are known, else ours.
    pub message: String,
    /// The place, such as `/States/Pick/Choices[0]/Next`; some have none.
    pub location: Option<String>,
}

impl Validation {
    /// Returns `true` if AWS takes the definition.
    pub fn is_ok(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// The reply of `ValidateStateMachineDefinition`.
    pub fn to_json(&self) -> Value {
        let diagnostics = self.diagnostics.iter().map(|issue| {
            let mut entries = vec![
                ("severity", Value::from("ERROR")),
                ("code", issue.code.into()),
                ("message", issue.message.as_str().into()),
            ];
            entries.extend(issue.location.as_deref().map(|location| ("location", location.into())));
            Value::object(entries)
        });
        Value::object([
            ("result", Value::from(if self.is_ok() { "OK" } else { "FAIL" })),
            ("diagnostics", Value::array(diagnostics)),
            ("truncated", self.truncated.into()),
        ])
    }

    /// The message of the `InvalidDefinition` that `CreateStateMachine` refuses with; none where it takes the definition.
    pub fn refusal(&self) -> Option<String> {
        let issues: Vec<_> = self
            .diagnostics
            .iter()
            .map(|issue| match &issue.location {
                Some(location) => format!("{}: {} at {location}", issue.code, issue.message),
                None => format!("{}: {}", issue.code, issue.message),
            })
            .collect();
        (!issues.is_empty()).then(|| format!("Invalid State Machine Definition: '{}'", issues.join(", ")))
    }
}

/// Judges a definition in JSON text as AWS does.
///
/// ```
/// use stepfn_core::{definition::WorkflowType, validate::validate};
///
/// let answer = validate(r#"{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }"#, WorkflowType::Standard);
/// assert!(answer.is_ok());
/// assert!(!validate("{}", WorkflowType::Standard).is_ok());
/// ```
pub fn validate(definition: &str, workflow_type: WorkflowType) -> Validation {
    let only = |code, message, location| Validation {
        diagnostics: vec![Issue { code, message, location }],
        truncated: false,
    };
    let not_an_object = || only(words::SCHEMA, "Definition must be a valid JSON object".to_owned(), None);
    if definition.trim().is_empty() {
        return not_an_object();
    }
    let document = match json::parse(definition) {
        Ok(document) => document,
        Err(error) => {
            let source = jackson::source(definition, &error);
            let message = format!("{}\n at {source}", jackson::message(definition, &error));
            return only("INVALID_JSON_DESCRIPTION", message, Some(source));
        }
    };
    if document.value.as_object().is_none() {
        return not_an_object();
    }
    if let Some(diagnostic) = check::over_limit::of_text(definition, &document.value) {
        // What is too large is looked at no further.
        let issue = words::issue(&document.value, &diagnostic);
        return only(issue.code, issue.message, issue.location);
    }
    let (machine, read) = asl::read_document(&document);
    let is_readable = read.iter().all(|diagnostic| diagnostic.severity != Severity::Error);
    let diagnostics = check::check_read(&machine, read, &Options { workflow_type });
    // AWS takes the last of two equal keys, and a task that never gets its token waits; a call fails when it is made. What is
    // reached it looks at in its own way.
    let others = [
        Code::DuplicateKey,
        Code::MissingTaskToken,
        Code::UnknownFunction,
        Code::FunctionArguments,
        Code::UnreachableState,
        Code::NoTerminalState,
    ];
    let mut issues = Vec::<Issue>::new();
    for diagnostic in diagnostics {
        if issues.len() > MOST {
            break;
        }
        let is_said = !others.contains(&diagnostic.code) && !is_left_to_the_run(&document.value, &diagnostic);
        if diagnostic.severity == Severity::Error && is_said {
            let issue = words::issue(&document.value, &diagnostic);
            if !issues.contains(&issue) {
                issues.push(issue);
            }
            issues.extend(reach::start_of_nothing(&document.value, &diagnostic));
        }
    }
    if is_readable {
        issues.extend(reach::issues(&machine).into_iter().map(|(pointer, issue)| Issue {
            location: (!pointer.is_empty()).then(|| words::location(&document.value, &pointer)),
            ..issue
        }));
    } else if !reach::ends(&document.value) {
        issues.push(reach::no_end());
    }
    let truncated = issues.len() > MOST;
    issues.truncate(MOST);
    Validation { diagnostics: issues, truncated }
}

/// Returns `true` if AWS takes what is wrong, so that the state fails when it is reached. Of a Task's parameters: which of them must be given
/// beside others, of what kind they are, and whether there are those that paths make. Of a call: how many arguments it has, and of what
/// kind (both recorded on AWS).
fn is_left_to_the_run(definition: &Value, diagnostic: &Diagnostic) -> bool {
    match diagnostic.code {
        // For credentials without a role AWS reports only that.
        Code::UnknownField if diagnostic.at.contains("/Credentials/") => {
            let credentials = diagnostic.at.rsplit_once('/').and_then(|(at, _)| definition.pointer(at));
            credentials.is_some_and(|given| given.get("RoleArn").or(given.get("RoleArn.$")).is_none())
        }
        Code::InvalidIntrinsic => {
            let call = definition.pointer(&diagnostic.at).and_then(Value::as_str);
            call.is_some_and(|call| Call::parse_lenient(call).is_ok())
        }
        Code::WrongParameter => true,
        Code::UnknownParameter => diagnostic.at.ends_with(".$"),
        Code::MissingParameter => {
            let state = diagnostic.at.strip_suffix("/Resource").and_then(|at| definition.pointer(at));
            state.is_some_and(|state| state.get("Parameters").or(state.get("Arguments")).is_some())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(states: &str) -> String {
        let text = format!(r#"{{ "StartAt": "A", "States": {{ {states} }} }}"#);
        let refusal = validate(&text, WorkflowType::Standard).refusal().unwrap_or_default();
        refusal.trim_start_matches("Invalid State Machine Definition: ").trim_matches('\'').to_owned()
    }

    /// What is too large is not looked at, whatever else is wrong in it.
    #[test]
    fn a_definition_of_more_than_a_megabyte_is_one_diagnostic() {
        let states: Vec<_> = (0..80_000).map(|at| format!(r#""state {at}":{{}}"#)).collect();
        let text = format!(r#"{{"StartAt":"A","States":{{{}}}}}"#, states.join(","));
        assert!(text.len() > 1_048_576);
        let answer = validate(&text, WorkflowType::Standard);
        assert_eq!((answer.diagnostics.len(), answer.truncated), (1, false));
        assert!(answer.refusal().is_some_and(|refusal| refusal.contains("1048576 is the most")));
    }

    #[test]
    fn no_more_than_a_hundred_diagnostics_are_listed() {
        let states: Vec<_> = (0..150).map(|at| format!(r#""S{at}":{{"Type":"Pass","Next":"X"}}"#)).collect();
        let text = format!(r#"{{"StartAt":"S0","States":{{{}}}}}"#, states.join(","));
        let answer = validate(&text, WorkflowType::Standard);
        assert_eq!((answer.diagnostics.len(), answer.truncated), (100, true));
    }

    #[test]
    fn places_are_written_as_aws_writes_them() {
        let choice = r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.a", "IsNull": true, "Next": "0/1" }], "Default": "B" },
            "B": { "Type": "Succeed" }"#;
        assert_eq!(
            said(choice),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: 0/1 at /States/A/Choices[0]/Next"
        );
        let numbered = r#""A": { "Type": "Pass", "Next": "0/1" }, "0/1": { "Type": "Task", "End": true }"#;
        assert_eq!(
            said(numbered),
            "SCHEMA_VALIDATION_FAILED: These fields are required: [Resource] at /States/0/1"
        );
    }

    #[test]
    fn fields_that_are_not_supported_are_reported_of_what_has_them() {
        assert_eq!(
            said(r#""A": { "Type": "Pass", "Catch": [], "End": true }"#),
            "SCHEMA_VALIDATION_FAILED: Field 'Catch' is not supported at /States/A"
        );
        assert_eq!(
            said(r#""A": { "Type": "Pass", "Output": 1, "End": true }"#),
            "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the \
             'JSONata' QueryLanguage at /States/A"
        );
    }

    #[test]
    fn parameters_are_reported_where_they_stand() {
        let task = |fields: &str| said(&format!(r#""A": {{ "Type": "Task", {fields}, "End": true }}"#));
        assert_eq!(
            task(r#""Resource": "arn:aws:states:::sqs:sendMessage""#),
            "SCHEMA_VALIDATION_FAILED: Parameters field is required for resource ARN: arn:aws:states:::sqs:sendMessage at /States/A"
        );
        assert_eq!(
            task(r#""Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": { "QueueUrl": "q" }"#),
            "SCHEMA_VALIDATION_FAILED: The field 'MessageBody' is required but was missing at /States/A/Parameters"
        );
        let network = r#""NetworkConfiguration": { "awsVpcConfiguration": {} }"#;
        assert_eq!(
            task(&format!(
                r#""Resource": "arn:aws:states:::ecs:runTask", "Parameters": {{ "TaskDefinition": "t", {network} }}"#
            )),
            "SCHEMA_VALIDATION_FAILED: The field \"awsVpcConfiguration\" is not supported by Step Functions at \
             /States/A/Parameters/NetworkConfiguration"
        );
        // Such a task fails when it runs.
        assert_eq!(
            task(
                r#""Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "FunctionName": "f", "TaskToken.$": "$.t" }"#
            ),
            ""
        );
        assert_eq!(
            task(r#""Resource": "arn:aws:states:::sns:publish", "Parameters": { "Message": "m" }"#),
            ""
        );
    }

    #[test]
    fn a_loop_without_an_end_has_no_place_and_hides_what_is_not_reached() {
        let dangling = r#""A": { "Type": "Pass", "Next": "X" }"#;
        assert_eq!(
            said(dangling),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state"
        );
        let unreached = r#""A": { "Type": "Pass", "Next": "A" }, "B": { "Type": "Succeed" }"#;
        assert_eq!(said(unreached), "MISSING_TRANSITION_TARGET: State \"B\" is not reachable. at /States/B");
        let text = r#""A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "A" },
            "C": { "Type": "Pass", "Next": "A" }"#;
        assert_eq!(said(text), "MISSING_END_STATE: Workflow has no terminal state");
    }

    /// Recorded on AWS, which refuses only what is no call.
    #[test]
    fn the_arguments_of_a_call_are_looked_at_when_it_runs() {
        let pass = |call: &str| {
            said(&format!(r#""A": {{ "Type": "Pass", "Parameters": {{ "x.$": "{call}" }}, "End": true }}"#))
        };
        for call in [
            "States.ArrayLength()",
            "States.MathAdd('1', null)",
            "States.Hash('a', 'SHA-3')",
            "States.UUID(1)",
        ] {
            assert_eq!(pass(call), "", "{call}");
        }
        for call in ["States.UUID(", "States.UUID())", "States.UUID(,)", "States.Nope()"] {
            assert_eq!(
                pass(call),
                "SCHEMA_VALIDATION_FAILED: The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic \
                 function call at /States/A/Parameters",
                "{call}"
            );
        }
    }

    /// Each recorded on AWS.
    #[test]
    fn refusals_are_in_the_words_that_aws_was_seen_to_use() {
        let one = |states: &str| said(states).replace("SCHEMA_VALIDATION_FAILED: ", "");
        for (states, message) in [
            (
                r#""A": { "Type": "Wait", "Seconds": 1, "Timestamp": "2016-01-01T00:00:00Z", "End": true }"#,
                "There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A",
            ),
            (
                r#""A": { "Type": "Wait", "End": true }"#,
                "This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A",
            ),
            (
                r#""A": { "Type": "Wait", "Seconds": -1, "End": true }"#,
                "Minimum value is 0 at /States/A/Seconds",
            ),
            (
                r#""A": { "Type": "Wait", "Seconds": 1.5, "End": true }"#,
                "Expected value of type Integer at /States/A/Seconds",
            ),
            (
                r#""A": { "Type": "Choice", "Default": "B", "Choices": [{ "Variable": "n", "IsNull": true, "Next": "B" }] },
                   "B": { "Type": "Succeed" }"#,
                "Value is not a Reference Path: Reference path didn't start with '$' at /States/A/Choices[0]/Variable",
            ),
            (
                r#""A": { "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.result %}", "End": true }"#,
                "Field '$states.result' does not exist. at /States/A/Output",
            ),
            (
                r#""A": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "End": true,
                   "Retry": [{ "ErrorEquals": ["States.ALL", "X"] }] }"#,
                "States.ALL must appear alone and at end of list at /States/A/Retry",
            ),
            (
                r#""A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "B" }, "B": { "Type": "Parallel", "End": true, "Branches": [
                   { "StartAt": "C", "States": { "C": { "Type": "Pass", "Assign": { "x.$": "$" }, "End": true } } }] }"#,
                "The variable name 'x' was already defined in a parent scope. at /States/B/Branches[0]/States/C/Assign",
            ),
            (
                r#""A": { "End": true }"#,
                "The field 'Type' is required at /States/A, MISSING_END_STATE: Workflow has no terminal state",
            ),
            (
                "",
                "Value cannot be empty at /States, MISSING_TRANSITION_TARGET: Missing 'Next' target: A at /StartAt, \
                 MISSING_END_STATE: Workflow has no terminal state",
            ),
            (
                r#""A": { "Type": "Pass" }"#,
                "This object should have only one of the following fields: [Next, End] at /States/A, MISSING_END_STATE: \
                 Workflow has no terminal state",
            ),
        ] {
            assert_eq!(one(states), message, "{states}");
        }
        let rule = |rule: &str| {
            one(&format!(
                r#""A": {{ "Type": "Choice", "Default": "B", "Choices": [{{ "Variable": "$.n", {rule} "Next": "B" }}] }}, "B": {{ "Type": "Succeed" }}"#
            ))
        };
        assert!(rule("").starts_with(
            "This object should have only one of the following fields: [StringEquals, IsBoolean, "
        ));
        let both = rule(r#""StringEquals": "1", "NumericGreaterThan": 0,"#);
        assert!(
            both.starts_with("There should only be one of the following fields: [StringEquals, IsBoolean, "),
            "{both}"
        );
        assert!(both.ends_with("NumericGreaterThanEqualsPath] at /States/A/Choices[0]"), "{both}");
    }

    /// Recorded on AWS.
    #[test]
    fn what_is_no_integration_is_not_recognized_and_credentials_need_a_role() {
        let task = |resource: &str, fields: &str| {
            said(&format!(
                r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:::{resource}", {fields} "End": true }}"#
            ))
        };
        for resource in ["dynamodb:query", "sqs:sendMessage.sync"] {
            assert_eq!(
                task(resource, r#""Parameters": { "QueueUrl": "q", "MessageBody": "b" },"#),
                format!(
                    "SCHEMA_VALIDATION_FAILED: The resource provided arn:aws:states:::{resource} is not recognized. The value is not a \
                     valid resource ARN, or the resource is not available in this region. at /States/A/Resource"
                )
            );
        }
        assert_eq!(
            task(
                "lambda:invoke",
                r#""Parameters": { "FunctionName": "f" }, "Credentials": { "Role": "r" },"#
            ),
            "SCHEMA_VALIDATION_FAILED: The field 'RoleArn' is required but was missing at /States/A/Credentials"
        );
    }

    /// Each recorded on AWS.
    #[test]
    fn the_configuration_of_a_reader_goes_with_its_format() {
        let reader = |config: &str| {
            let map = format!(
                r#""A": {{ "Type": "Map", "End": true, "ItemReader": {{ "Resource": "arn:aws:states:::s3:getObject",
                    "Parameters": {{ "Bucket": "b", "Key": "k" }}, "ReaderConfig": {{ {config} }} }}, "ItemProcessor": {{
                    "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }},
                    "StartAt": "B", "States": {{ "B": {{ "Type": "Pass", "End": true }} }} }} }}"#
            );
            let said = said(
                &map.replace(
                    "s3:getObject",
                    if config.contains("FLATTEN") { "s3:listObjectsV2" } else { "s3:getObject" },
                )
                .replace(r#", "Key": "k""#, if config.contains("FLATTEN") { "" } else { r#", "Key": "k""# }),
            );
            said.replace("SCHEMA_VALIDATION_FAILED: ", "")
                .replace(" at /States/A/ItemReader/ReaderConfig", "")
        };
        for (config, message) in [
            (
                r#""ManifestType": "S3_INVENTORY", "InputType": "CSV""#,
                "The field 'CSVHeaderLocation' is required",
            ),
            (r#""ManifestType": "S3_INVENTORY""#, ""),
            (r#""Transformation": "LOAD_AND_FLATTEN""#, "The field 'InputType' is required"),
            (r#""InputType": "CSV", "ItemsPointer": "/a""#, "The field 'CSVHeaderLocation' is required"),
            (
                r#""InputType": "JSON", "ItemsPointer": "a/b""#,
                "Invalid input: JSON Pointer expression must start with '/': \"a/b\"/ItemsPointer",
            ),
            (
                r#""InputType": "JSON", "CSVHeaderLocation": "FIRST_ROW""#,
                "Field 'CSVHeaderLocation' is not supported",
            ),
            (
                r#""InputType": "JSON", "ManifestType": "ATHENA_DATA""#,
                "Field 'ManifestType' is not supported",
            ),
            (
                r#""InputType": "CSV", "CSVHeaderLocation": "GIVEN""#,
                "These fields are required: [CSVHeaders]",
            ),
            (
                r#""InputType": "JSONL", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"]"#,
                "Field 'CSVHeaderLocation' is not supported, Field 'CSVHeaders' is not supported",
            ),
        ] {
            assert_eq!(reader(config), message, "{config}");
        }
    }

    #[test]
    fn a_definition_that_is_fine_is_taken() {
        assert_eq!(said(r#""A": { "Type": "Succeed" }"#), "");
        assert_eq!(
            validate(r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#, WorkflowType::Express)
                .to_json()
                .to_string(),
            r#"{"result":"OK","diagnostics":[],"truncated":false}"#
        );
    }

    #[test]
    fn no_definition_panics() {
        for text in [
            "",
            "[]",
            "null",
            "{",
            "{\"States\": []}",
            "{\"States\": {\"\": {\"Type\": \"Choice\", \"Choices\": [{}]}}}",
            "é'",
        ] {
            assert!(!validate(text, WorkflowType::Standard).is_ok(), "{text}");
        }
    }
}
