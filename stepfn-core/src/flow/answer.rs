//! The answers of services, by their models: a member that is not in one is surely a mistake, one that is may still be missing.

use super::{
    Analyser, OwnedNeed,
    hint::Hint,
    origin::{Origin, Reason},
    site::Reading,
    val::{Val, Want},
    value::Sym,
};
use crate::{
    asl::Task,
    diagnostic::{Code, Comparisons, Severity, list},
    path::{Segment, SegmentKind},
    service::{Kind, Member, Resource, Shape, lookup},
    shape::{Bounds, Need},
};

/// Returns the answer of a Task's service, where the tables have it.
pub(super) fn of_task(task: &Task, name: &str) -> Sym {
    let Some(Resource::Integration(named)) = task.resource.as_str().map(lookup) else {
        return Sym::Any(Origin::result(name));
    };
    named
        .known()
        .and_then(|action| action.answer(named.pattern))
        .map_or_else(|| Sym::Any(Origin::result(name)), Sym::answer)
}

impl Sym {
    /// A status of HTTP.
    pub(super) fn status() -> Self {
        Self::Whole(Bounds { min: 100, max: 599 })
    }

    /// A part of an answer.
    pub(super) fn answer(shape: Shape) -> Self {
        match shape.kind() {
            // Bytes can be JSON.
            Kind::Anything | Kind::Bytes => Self::Any(Origin::service()),
            // As the service sends it.
            Kind::Timestamp => Self::union([Self::Timestamp, Self::Number]),
            _ => Self::Answer(shape),
        }
    }

    /// The same, once it is there.
    pub(super) fn there(&self) -> Self {
        let Self::Answer(shape) = self else { return self.clone() };
        match shape.kind() {
            Kind::String => Self::String,
            // No model has the largest counts and codes of services; they are not negative.
            Kind::Integer => Self::count(),
            Kind::Number => Self::Number,
            Kind::Boolean => Self::Boolean,
            _ => self.clone(),
        }
    }

    /// The same, without what is in it.
    pub(super) fn outside(&self) -> Self {
        let Self::Answer(shape) = self else { return self.clone() };
        match shape.kind() {
            Kind::Structure(_) | Kind::Map(_) => Self::some_object(Reason::Function),
            Kind::List(_) => Self::array(Self::Any(Origin::service())),
            _ => self.there(),
        }
    }

    /// Returns `true` if more may be in it than is known, so that nothing is demanded of it.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Any(_) | Self::Reported | Self::Unknown(_) | Self::Answer(_))
    }
}

/// Returns the value of a member of an answer.
pub(super) fn of_member(member: &Member) -> Sym {
    match &*member.name {
        name @ (HTTP | RESPONSE) if !member.shape.is_sdk() => metadata(name),
        _ => Sym::answer(member.shape),
    }
}

/// The name under which an optimised integration reports its call.
pub(super) const HTTP: &str = "SdkHttpMetadata";
pub(super) const RESPONSE: &str = "SdkResponseMetadata";

/// Returns the part of an optimised integration's report under a name: recorded on AWS.
pub(super) fn metadata(name: &str) -> Sym {
    if name == RESPONSE {
        return Sym::object([("RequestId", Sym::String)]);
    }
    Sym::object([
        // Which headers there are is the service's.
        ("AllHttpHeaders", Sym::Any(Origin::service())),
        ("HttpHeaders", Sym::Any(Origin::service())),
        ("HttpStatusCode", Sym::status()),
    ])
}

/// Returns the value of an answer at a key, without asking whether it can be there.
pub(super) fn peek(shape: &Shape, key: &str) -> Sym {
    match shape.kind() {
        Kind::Structure(_) => {
            shape.member(key).map_or_else(|| Sym::Any(Origin::service()), |member| of_member(&member))
        }
        Kind::Map(value) => Sym::answer(value),
        _ => Sym::Any(Origin::service()),
    }
}

/// Returns `true` if no model has the key of an answer, or keys are computed.
pub(super) fn lacks(shape: &Shape, key: &str) -> bool {
    match shape.kind() {
        Kind::Structure(_) => shape.member(key).is_none(),
        kind => matches!(kind, Kind::Map(_)),
    }
}

/// Returns `true` if something can be put into a part of an answer: a part that its model may have is taken to be there.
pub(super) fn has_part(shape: &Shape, key: &str) -> bool {
    !matches!(shape.kind(), Kind::Structure(_)) || shape.member(key).is_some()
}

/// Returns the items of an answer's list, each of which is there.
pub(super) fn item(shape: &Shape) -> Sym {
    match shape.kind() {
        Kind::List(item) => Sym::answer(item).there(),
        _ => Sym::Unknown(Reason::Items),
    }
}

impl Analyser<'_> {
    /// Follows a path into an answer.
    pub(super) fn follow_answer(
        &mut self,
        shape: &Shape,
        segments: &[Segment],
        need: &OwnedNeed,
        reading: &Reading<'_>,
    ) -> Sym {
        let value = Sym::answer(*shape);
        let Some((segment, rest)) = segments.split_first() else {
            self.demand(&value, need, reading);
            let asks = *need == OwnedNeed::Other(Need::Nothing);
            return if asks { value } else { value.there() };
        };
        match (&segment.kind, shape.kind()) {
            (SegmentKind::Name(key), Kind::Structure(_) | Kind::Map(_)) => {
                let found = self.answer_member(shape, key, reading);
                let is_there = match shape.kind() {
                    Kind::Structure(members) => {
                        members.iter().any(|member| member.is_named(key) && member.required)
                    }
                    _ => false,
                };
                if !is_there && found != Sym::Reported {
                    self.may_lack(key, need, reading);
                }
                self.follow(&found, rest, need, reading)
            }
            (SegmentKind::Name(key), _) => {
                let message = format!("it is {}, which has no fields, so there is no `{key}`", value.words());
                self.wrong(reading, Code::WrongType, message, None);
                Sym::Reported
            }
            (SegmentKind::Index(index), Kind::List(item)) => {
                self.may_lack(&format!("[{index}]"), need, reading);
                self.follow(&Sym::answer(item), rest, need, reading)
            }
            _ => {
                self.wrong(reading, Code::WrongType, format!("it is {}, not an array", value.words()), None);
                Sym::Reported
            }
        }
    }

    /// Reports where a strict machine reads what a service need not answer.
    fn may_lack(&mut self, part: &str, need: &OwnedNeed, reading: &Reading<'_>) {
        if self.typing.strict && *need != OwnedNeed::Other(Need::Nothing) {
            let message = format!("the service need not answer `{part}`, and the machine is `#[strict]`");
            let help = "test it with `is_present` in a Choice before".to_owned();
            self.wrong(reading, Code::MaybeMissing, message, Some(help));
        }
    }

    /// Returns the value of an answer at a key.
    pub(super) fn answer_member(&mut self, shape: &Shape, key: &str, reading: &Reading<'_>) -> Sym {
        match shape.kind() {
            Kind::Structure(members) => match members.iter().find(|member| member.is_named(key)) {
                Some(member) => of_member(member),
                None => {
                    let (message, hint, severity) = self.no_member(shape, &members, key);
                    self.wrong_by(severity, |this| this.wrong(reading, Code::NoSuchField, message, hint));
                    Sym::Reported
                }
            },
            Kind::Map(value) => Sym::answer(value),
            _ => Sym::Reported,
        }
    }

    /// Follows keys into an answer as JSONata does.
    pub(super) fn lead_answer(
        &mut self,
        reading: &Reading<'_>,
        shape: &Shape,
        (key, rest): (&str, &[&str]),
        want: Want,
    ) -> Val {
        match shape.kind() {
            Kind::Structure(members) => match members.iter().find(|member| member.is_named(key)) {
                Some(member) => {
                    let found = self.lead(reading, &of_member(member), rest, want);
                    if member.required { found } else { self.may_come_to_nothing(reading, key, found, want) }
                }
                None => {
                    let (message, hint, severity) = self.no_member(shape, &members, key);
                    self.wrong_by(severity, |this| {
                        this.nothing(reading, Code::NoSuchField, message, hint, want);
                    });
                    Val::one(Sym::Reported)
                }
            },
            Kind::Map(value) => {
                let found = self.lead(reading, &Sym::answer(value), rest, want);
                self.may_come_to_nothing(reading, key, found, want)
            }
            Kind::List(item) => {
                // The items are gone through: how many come of it is not known.
                let keys: Vec<&str> = std::iter::once(key).chain(rest.iter().copied()).collect();
                let each = self.lead(reading, &Sym::answer(item), &keys, Want::NOTHING);
                let found = Val::many(each.items());
                self.require(reading, &found, want);
                found
            }
            _ => {
                let value = Sym::Answer(*shape);
                let message = format!("it is {}, which has no fields, so there is no `{key}`", value.words());
                self.nothing(reading, Code::WrongType, message, None, want);
                Val::one(Sym::Reported)
            }
        }
    }

    /// Reports a value that may come to nothing: in a strict machine a field that a service need not answer.
    fn may_come_to_nothing(&mut self, reading: &Reading<'_>, key: &str, found: Val, want: Want) -> Val {
        if !self.typing.strict {
            return found;
        }
        if want.defined {
            let message = format!("the service need not answer `{key}`, and the machine is `#[strict]`");
            let help = "provide a default: `$exists(…) ? … : …`".to_owned();
            self.wrong(reading, Code::MaybeMissing, message, Some(help));
        }
        Val { absent: !want.defined, ..found }
    }

    /// Returns the message about a field that an answer does not have. A strict machine relies on nothing that no table has.
    fn no_member(&self, shape: &Shape, members: &[Member], key: &str) -> (String, Hint, Severity) {
        let (message, hint, severity) = no_member(shape, members, key);
        (message, hint, if self.typing.strict { Severity::Error } else { severity })
    }

    /// Reports something at most so bad.
    fn wrong_by(&mut self, severity: Severity, report: impl FnOnce(&mut Self)) {
        let count = |analyser: &Self| analyser.report.as_ref().map_or(0, |report| report.diagnostics.len());
        let before = count(self);
        report(self);
        if severity == Severity::Warning
            && let Some(report) = &mut self.report
        {
            report.diagnostics[before..]
                .iter_mut()
                .for_each(|diagnostic| diagnostic.severity = Severity::Warning);
        }
    }
}

/// Returns the message about a field that an answer does not have. Of `aws-sdk:`, which can be newer than the table, one that is near no
/// other is not surely wrong.
fn no_member(shape: &Shape, members: &[Member], key: &str) -> (String, Hint, Severity) {
    let has = match members.len() {
        0 => "the answer of the service has no fields".to_owned(),
        _ => format!("the service answers {}", list(members.iter().map(|member| &member.name))),
    };
    let is_named = |name: &str| members.iter().any(|member| member.name == name);
    let mut hint = Hint::near(&Comparisons::default(), "", key, members.iter().map(|member| &*member.name));
    let is_near = matches!(hint, Hint::Name { .. });
    let severity = if !is_near && shape.is_sdk() { Severity::Warning } else { Severity::Error };
    if !is_near && is_named("Payload") && is_named("ExecutedVersion") {
        hint = hint.or(|| format!("what the function answers is under `Payload`: `….Payload.{key}`"));
    }
    (format!("there is no field `{key}` here; {has}"), hint, severity)
}

#[cfg(test)]
mod tests {
    use crate::{
        asl,
        diagnostic::Severity,
        flow::{Typing, analyse},
    };

    /// Returns the diagnostics of a Task of a resource and a state after it, shown or only checked.
    fn said(resource: &str, task: &str, next: &str, proven: bool) -> Vec<String> {
        let text = format!(
            r#"{{ "StartAt": "Ask", "States": {{
                "Ask": {{ "Type": "Task", "Resource": "arn:aws:states:::{resource}", {task} "Next": "Use" }},
                "Use": {{ {next} }}, "Done": {{ "Type": "Succeed" }} }} }}"#
        );
        let (machine, read) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(read.is_empty(), "{read:?}");
        let diagnostics = analyse(&machine, &Typing { proven, ..Typing::default() }).diagnostics;
        let line = |found: &crate::diagnostic::Diagnostic| {
            let severity = if found.severity == Severity::Error { "error" } else { "warning" };
            let help = found.help.as_deref().unwrap_or_default();
            format!("{severity} {} {}: {} ({help})", found.code.name(), found.at, found.message)
        };
        diagnostics.iter().map(line).collect()
    }

    /// Returns the diagnostics of reading a path of an answer.
    fn reading(resource: &str, path: &str) -> Vec<String> {
        said(resource, "", &format!(r#""Type": "Pass", "InputPath": "{path}", "End": true"#), false)
    }

    #[test]
    fn a_field_that_the_answer_has_not_is_told_with_the_nearest() {
        assert_eq!(
            reading("lambda:invoke", "$.Payloda"),
            [
                "error no-such-field /States/Use/InputPath: state `Use`: `$.Payloda`: there is no field `Payloda` here; the service answers \
              `DurableExecutionArn`, `ExecutedVersion`, `FunctionError`, `LogResult`, `Payload`, `SdkHttpMetadata`, `SdkResponseMetadata`, \
              `StatusCode` (did you mean `Payload`?)"
            ]
        );
        assert!(
            reading("lambda:invoke", "$.total")[0]
                .ends_with("(what the function answers is under `Payload`: `….Payload.total`)")
        );
        assert!(reading("dynamodb:getItem", "$.item.id.S")[0].ends_with("(did you mean `Item`?)"));
        assert!(reading("dynamodb:getItem", "$.Item.id.s")[0].ends_with("(did you mean `S`?)"));
        assert!(
            reading("aws-sdk:rds:describeDBInstances", "$.DbInstances[0].Endpont")[0]
                .starts_with("error no-such-field")
        );
        assert!(
            reading("glue:startJobRun.sync", "$.JobRunStat")[0].ends_with("(did you mean `JobRunState`?)")
        );
        // A field of tomorrow, maybe.
        assert!(
            reading("aws-sdk:polly:getSpeechSynthesisTask", "$.TaskStatus")[0]
                .starts_with("warning no-such-field")
        );
    }

    #[test]
    fn what_the_answer_may_have_is_read() {
        for (resource, path) in [
            ("lambda:invoke", "$.Payload.any.thing[0]"),
            ("dynamodb:getItem", "$.Item.id.S"),
            ("dynamodb:getItem", "$.SdkHttpMetadata.HttpStatusCode"),
            ("aws-sdk:rds:describeDBInstances", "$.DbInstances[0].DbInstanceStatus"),
            ("aws-sdk:rds:describeDBInstances", "$.DBInstances[*].Endpoint.Address"),
            ("aws-sdk:rds:describeDBInstances", "$.DbInstances[?(@.MultiAZ == true)]"),
            ("aws-sdk:s3:listObjectsV2", "$..Key"),
            ("states:startExecution.sync:2", "$.Output.any.thing"),
            ("sqs:sendMessage.waitForTaskToken", "$.anything"),
            ("codebuild:startBuild.sync", "$.Build.ReportArns"),
            ("ecs:runTask.sync", "$.Containers[0].ExitCode"),
            ("glue:startJobRun", "$.JobRunId"),
            ("aws-sdk:nobody:knows", "$.anything"),
        ] {
            assert_eq!(reading(resource, path), [""; 0], "{resource} {path}");
        }
    }

    #[test]
    fn what_it_is_is_known_where_the_model_says_so() {
        let wait = r#""Type": "Wait", "SecondsPath": "$.wait.MessageId", "Next": "Done""#;
        assert_eq!(
            said("sqs:sendMessage", r#""ResultPath": "$.wait","#, wait, false),
            [
                "warning wrong-type /States/Use/SecondsPath: state `Use`: `$.wait.MessageId`: expected a number, found a string ()"
            ]
        );
        let map = r#""Type": "Map", "ItemsPath": "$.found", "End": true,
            "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Pass", "InputPath": "$.Item", "End": true } } }"#;
        let found = said("aws-sdk:dynamodb:query", r#""ResultPath": "$.found","#, map, false);
        assert!(found[0].contains("`$.found`: expected an array, found an object"), "{found:?}");
        // What comes out of the list is known, too.
        let found =
            said("aws-sdk:s3:listObjectsV2", r#""ResultSelector": { "found.$": "$.Contents" },"#, map, false);
        assert!(
            found[0].starts_with("warning no-such-field /States/Use/ItemProcessor/States/I/InputPath"),
            "{found:?}"
        );
    }

    #[test]
    fn that_a_field_may_be_missing_is_no_mistake() {
        let choice = r#""Type": "Choice", "Default": "Done", "Choices": [
            { "Variable": "$.LastEvaluatedKey", "IsPresent": false, "Next": "Done" },
            { "Variable": "$.LastEvaluatedKey.id.S", "StringEquals": "x", "Next": "Done" } ]"#;
        let first = r#""Type": "Pass", "InputPath": "$.Items[0].id", "End": true"#;
        for proven in [true, false] {
            assert_eq!(said("aws-sdk:dynamodb:scan", "", first, proven), [""; 0]);
            assert_eq!(said("aws-sdk:dynamodb:scan", "", choice, proven), [""; 0]);
        }
    }

    #[test]
    fn jsonata_reads_answers_too() {
        let output = |expression: &str, proven| {
            let task = format!(r#""QueryLanguage": "JSONata", "Output": {{ "a": "{{% {expression} %}}" }},"#);
            said("dynamodb:getItem", &task, r#""Type": "Succeed""#, proven)
        };
        for proven in [true, false] {
            assert_eq!(output("$states.result.Item.id.S & '!'", proven), [""; 0]);
            assert_eq!(output("$states.result.Item.tags.SS[0]", proven), [""; 0]);
            assert_eq!(
                output("$exists($states.result.Item) ? $states.result.Item.n.N : '0'", proven),
                [""; 0]
            );
            let slip = output("$states.result.Itme.id.S", proven);
            assert!(slip[0].ends_with("(did you mean `Item`?)"), "{slip:?}");
        }
    }
}
