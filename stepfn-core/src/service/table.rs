//! The known actions: the optimised ones in `optimized.txt`, searched as text, those of `aws-sdk:` in `sdk.txt`.

use std::sync::OnceLock;

use super::{Pattern, Shape, sdk};
use crate::sort;

const OPTIMIZED: &str = include_str!("optimized.txt");

/// The members that every optimised integration adds to the service's answer to a request. They report that exchange, so that what a
/// job ends with need not have them.
const METADATA: &str = "SdkHttpMetadata SdkResponseMetadata";

/// An action of a service, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The integration patterns that it supports.
    pub patterns: Vec<Pattern>,
    /// The parameters, if they are known.
    pub parameters: Option<Shape>,
    /// Parameters of which one must be given; none for no such choice.
    pub one_of: Vec<&'static str>,
    /// The result of a plain request, if it is known.
    pub result: Option<Shape>,
    /// The result of the task at the end of the job (`.sync`, `.sync:2`), if it is known.
    pub job: [Option<Shape>; 2],
}

impl Action {
    /// Returns the result of a task, if it is known; that of a callback never is.
    pub fn answer(&self, pattern: Pattern) -> Option<Shape> {
        match pattern {
            Pattern::Request => self.result,
            Pattern::Sync => self.job[0],
            Pattern::Sync2 => self.job[1],
            Pattern::WaitForTaskToken => None,
        }
    }
}

/// The services that there are: the optimised ones, or those of `aws-sdk:`.
pub fn services(sdk: bool) -> Vec<&'static str> {
    if sdk {
        return sdk::services();
    }
    let mut names: Vec<&str> =
        entries().iter().filter_map(|(title, _)| Some(title.split_once(':')?.0)).collect();
    names.dedup();
    names
}

/// The actions of a service; none where the service is unknown.
pub fn actions(sdk: bool, service: &str) -> Vec<&'static str> {
    if sdk {
        return sdk::block(service).map(|block| block.actions().collect()).unwrap_or_default();
    }
    let of_service = |title: &&'static str| {
        let (found, action) = title.split_once(':')?;
        (found == service).then_some(action)
    };
    entries().iter().map(|(title, _)| title).filter_map(of_service).collect()
}

pub(super) fn action(sdk: bool, service: &str, action: &str) -> Option<Action> {
    if !sdk {
        return optimized(service, action);
    }
    let (parameters, result) = api(&format!("{service}:{action}"), true)?;
    Some(Action {
        patterns: vec![Pattern::Request, Pattern::WaitForTaskToken],
        parameters: Some(parameters),
        one_of: Vec::new(),
        result: Some(result),
        job: [None, None],
    })
}

/// The entries of the optimised integrations by their titles, `service:action`. The text is cut once.
fn entries() -> &'static [(&'static str, &'static str)] {
    static ENTRIES: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let entries = OPTIMIZED.split("\n\n").map(str::trim).filter(|entry| !entry.starts_with('#'));
        let mut entries: Vec<_> = entries.filter_map(|entry| entry.split_once('\n')).collect();
        sort::sort_by_key(&mut entries, |(title, _)| *title);
        entries
    })
}

/// Returns the parameters and the result of an action of `sdk.txt`, `service:action`.
fn api(name: &str, sdk: bool) -> Option<(Shape, Shape)> {
    let (service, action) = name.split_once(':')?;
    let block = sdk::block(service)?;
    let [input, output] = block.action(action)?;
    Some((Shape::structure(Some(block), input, sdk), Shape::structure(Some(block), output, sdk)))
}

/// Returns the parameters of the readers and writers of distributed Maps. A writer names the place of several objects.
pub(super) fn of_map(service: &str, action: &str) -> Option<Shape> {
    match (service, action) {
        ("s3", "getObject" | "listObjectsV2") => Some(api(&format!("s3:{action}"), false)?.0),
        ("s3", "putObject") => {
            Some(Shape::structure(None, "", false).with("Bucket:s", "ExpectedBucketOwner:s Prefix:s"))
        }
        _ => None,
    }
}

fn optimized(service: &str, action: &str) -> Option<Action> {
    let title = format!("{service}:{action}");
    let place = entries().binary_search_by(|(known, _)| (*known).cmp(&title)).ok()?;
    let (_, entry) = entries().get(place)?;
    let row = |key: &str| entry.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(' '));
    let patterns = row("patterns").unwrap_or_default().split_whitespace().filter_map(|word| match word {
        "request" => Some(Pattern::Request),
        "sync" => Some(Pattern::Sync),
        "sync:2" => Some(Pattern::Sync2),
        "waitForTaskToken" => Some(Pattern::WaitForTaskToken),
        _ => None,
    });
    let api = row("api").and_then(|name| api(name, false));
    let none = || Shape::structure(None, "", false);
    let parameters = match (row("required"), row("optional")) {
        (None, None) => api.map(|(input, _)| input),
        (required, optional) => {
            let own = api.map_or_else(none, |(input, _)| input);
            Some(own.with(required.unwrap_or_default(), optional.unwrap_or_default()))
        }
    };
    let result = match row("result") {
        None => api.map(|(_, output)| output.with(METADATA, "")),
        Some("*") => None,
        Some(row) => Some(api.map_or_else(none, |(_, output)| output).with(METADATA, row)),
    };
    let job = |key: &str| {
        let (name, rest) = row(key)?.split_once(' ').unwrap_or((row(key)?, ""));
        let (path, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let (_, output) = self::api(name, false)?;
        Some(output.at(path)?.with("", more))
    };
    Some(Action {
        patterns: patterns.collect(),
        parameters,
        one_of: row("one-of").unwrap_or_default().split_whitespace().collect(),
        result,
        job: [job("job"), job("job:2").or_else(|| job("job"))],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Kind;

    #[test]
    fn every_optimized_entry_can_be_read_to_its_end() {
        for (title, entry) in entries() {
            let (service, name) = title.split_once(':').unwrap();
            let action = optimized(service, name).unwrap();
            assert!(!action.patterns.is_empty(), "{title}");
            for line in entry.lines() {
                let (key, value) = line.trim().split_once(' ').unwrap();
                let first = value.split(' ').next().unwrap();
                let read = match key {
                    "patterns" | "required" | "optional" | "one-of" | "result" => true,
                    "api" => api(first, false).is_some(),
                    "job" => action.answer(Pattern::Sync).is_some(),
                    "job:2" => action.answer(Pattern::Sync2).is_some(),
                    _ => false,
                };
                assert!(read, "{title}\n{line}");
            }
        }
        assert!(services(false).len() > 15);
    }

    fn names(shape: Option<Shape>) -> Vec<String> {
        let Some(Kind::Structure(members)) = shape.map(|shape| shape.kind()) else { panic!("a structure") };
        members.iter().map(|member| member.name.to_string()).collect()
    }

    #[test]
    fn actions_of_the_sdk_have_what_the_api_has() {
        let found = action(true, "lambda", "listVersionsByFunction").unwrap();
        assert_eq!(names(found.parameters), ["FunctionName", "Marker", "MaxItems"]);
        assert_eq!(names(found.answer(Pattern::Request)), ["NextMarker", "Versions"]);
        assert_eq!(found.answer(Pattern::WaitForTaskToken), None);
        assert_eq!(names(action(true, "organizations", "leaveOrganization").unwrap().parameters), [""; 0]);
        assert_eq!(action(true, "s3", "getObjec"), None);
    }

    #[test]
    fn answers_of_the_integration_s_own_take_the_place_of_the_api_s() {
        let result = |service, name| names(action(false, service, name).unwrap().result);
        let metadata = ["SdkHttpMetadata", "SdkResponseMetadata"];
        assert_eq!(
            result("elasticmapreduce", "createCluster"),
            [&["ClusterArn", "ClusterId"][..], &metadata].concat()
        );
        assert_eq!(result("elasticmapreduce", "addStep"), [&metadata[..], &["StepId"]].concat());
        assert_eq!(
            result("emr-serverless", "startApplication"),
            [&["ApplicationId"][..], &metadata].concat()
        );
        assert_eq!(action(false, "bedrockagentcore", "invokeHarness").unwrap().result, None);
        assert_eq!(action(false, "bedrock", "invokeModel").unwrap().one_of, ["Body", "Input"]);
    }

    #[test]
    fn optimised_actions_have_what_the_integration_makes_of_the_api() {
        let found = action(false, "states", "startExecution").unwrap();
        assert_eq!(
            names(found.answer(Pattern::Request)),
            ["ExecutionArn", "SdkHttpMetadata", "SdkResponseMetadata", "StartDate"]
        );
        let output = |pattern| found.answer(pattern)?.member("Output").map(|output| output.shape.kind());
        assert_eq!(output(Pattern::Sync), Some(Kind::String));
        assert_eq!(output(Pattern::Sync2), Some(Kind::Anything));
        // Recorded on AWS: what the machine that was started ends with reports no exchange.
        for pattern in [Pattern::Sync, Pattern::Sync2] {
            assert_eq!(found.answer(pattern).unwrap().member("SdkHttpMetadata"), None);
        }
        let job = action(false, "glue", "startJobRun").unwrap().answer(Pattern::Sync).unwrap();
        assert!(!job.member("SdkHttpMetadata").unwrap().required);
        let cluster = action(false, "elasticmapreduce", "createCluster").unwrap().parameters.unwrap();
        assert!(cluster.member("Instances").unwrap().required);
        assert_eq!(cluster.member("Steps"), None);
    }
}
