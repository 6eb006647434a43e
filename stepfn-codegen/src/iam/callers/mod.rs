//! Rights that a service uses in the name of its caller: it reads and writes objects in S3, uses KMS keys, publishes to topics. `callers.txt`
//! lists those that guides document, the reference has "Dependent actions"; all others get a placeholder.

use stepfn_core::{
    service::{Kind, Shape},
    value::Value,
};

use super::{
    Resource,
    parameters::{self, Given},
    reference,
    scope::Scope,
    services::{OBJECT, here},
};

#[cfg(test)]
mod tests;

const TEXT: &str = include_str!("callers.txt");

/// The meaning of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A bucket; the key is in another parameter.
    Bucket,
    /// `s3://BUCKET/KEY`
    Uri,
    Key,
    Topic,
}

/// A parameter that names something of another service.
#[derive(Debug)]
struct Place {
    what: What,
    path: String,
    given: Given,
    /// Of a bucket: the parameter beside it that has the object's key, or what the keys begin with.
    key: Option<(String, Given)>,
}

/// The actions for a kind, and why there are none; nothing where nobody has written it down.
fn row(service: &str, operation: &str, kind: &str) -> Option<(Vec<&'static str>, &'static str)> {
    let rows = TEXT.lines().filter(|line| !line.starts_with(['#', '=']));
    rows.filter_map(|line| {
        let mut words = line.splitn(4, ' ');
        let (of, wanted, what, actions) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let fits = match wanted.strip_suffix('*') {
            Some(beginning) => operation.starts_with(beginning),
            None => operation == wanted,
        };
        (of == service && fits && what == kind).then_some(actions)
    })
    .next()
    .map(|actions| match actions.split_once(' ') {
        Some(("-", why)) => (Vec::new(), why),
        _ => (actions.split(',').collect(), ""),
    })
}

/// The actions that the guides and the reference tell of; none where neither does. A row that says why there are none is believed.
fn actions_of(service: &str, operation: &str, shape: Option<Shape>, kind: &str) -> Option<Vec<&'static str>> {
    let row = row(service, operation, kind);
    if row.as_ref().is_some_and(|(actions, _)| actions.is_empty()) {
        return Some(Vec::new());
    }
    let mut all = row.map(|(actions, _)| actions).unwrap_or_default();
    for action in depended_on(service, operation, shape, kind) {
        if !all.contains(&action) {
            all.push(action);
        }
    }
    (!all.is_empty()).then_some(all)
}

/// What the reference says that the operation depends on, on what is of that kind.
fn depended_on(service: &str, operation: &str, shape: Option<Shape>, kind: &str) -> Vec<&'static str> {
    let of = match kind {
        "key" => "kms:",
        "topic" => "sns:",
        _ => "s3:",
    };
    let actions = reference::dependents(reference::prefix(service), operation);
    // To list all buckets is no action on one of them.
    let actions = actions.filter(|action| action.starts_with(of) && *action != "s3:ListAllMyBuckets");
    let mut actions: Vec<_> = actions.collect();
    if of == "s3:" && reads_and_writes(shape, operation) {
        actions.retain(|action| {
            let reads = action.starts_with("s3:GetObject");
            if kind == "read" { reads || is_on_bucket(action) } else { !reads }
        });
    }
    actions
}

/// Returns `true` if a request may name places that are read, and others that are written.
fn reads_and_writes(shape: Option<Shape>, operation: &str) -> bool {
    let places = shape.map(|shape| within(shape, "", &Given::Absent)).unwrap_or_default();
    let mut ways = places
        .iter()
        .filter(|place| matches!(place.what, What::Bucket | What::Uri))
        .map(|place| writes(&place.path, operation));
    let first = ways.next();
    ways.any(|way| Some(way) != first)
}

/// Returns `true` if an action on S3 is allowed on a bucket, not on the objects in it.
fn is_on_bucket(action: &str) -> bool {
    action.starts_with("s3:") && !action.contains("Object") && action != "s3:AbortMultipartUpload"
}

/// Adds the rights that the operation uses in the caller's name. `passes_role`: the request gives the service a role, by which it goes to S3.
pub(super) fn rights(
    scope: &mut Scope<'_, '_>,
    service: &str,
    operation: &str,
    shape: Option<Shape>,
    passes_role: bool,
) {
    let mut places = Vec::new();
    match scope.parameters.value() {
        Some(value) if value.as_object().is_some() => find(value, shape, "", 0, &mut places),
        // All of it comes out of the data.
        _ => {
            places
                .extend(shape.into_iter().flat_map(|shape| within(shape, "", &Given::Open("$".to_owned()))));
        }
    }
    for place in places {
        let is_write = writes(&place.path, operation);
        let kind = match place.what {
            What::Bucket | What::Uri if is_write => "write",
            What::Bucket | What::Uri => "read",
            What::Key => "key",
            What::Topic => "topic",
        };
        match (actions_of(service, operation, shape, kind), place.what) {
            (Some(actions), what) => documented(scope, &place, what, &actions),
            // Of topics only those that are known to be used at once: others are published to when there is something to publish.
            (None, What::Topic) => {}
            (None, What::Key) => unknown(
                scope,
                &place,
                service,
                &["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            ),
            (None, What::Bucket | What::Uri) if passes_role => {}
            (None, What::Bucket | What::Uri) if is_write => {
                unknown(scope, &place, service, &["s3:PutObject"]);
            }
            (None, What::Bucket | What::Uri) => unknown(scope, &place, service, &["s3:GetObject"]),
        }
    }
}

fn documented(scope: &mut Scope<'_, '_>, place: &Place, what: What, actions: &[&str]) {
    if actions.is_empty() {
        return;
    }
    let (resources, buckets) = match what {
        What::Topic => (scope.arns_of(&place.path, &place.given), Vec::new()),
        What::Key => (key(scope, place).into_iter().collect(), Vec::new()),
        What::Uri => objects_of_uri(scope, place),
        What::Bucket => objects(scope, place),
    };
    for action in actions {
        let on = if is_on_bucket(action) { &buckets } else { &resources };
        scope.allow_all(&[action], on);
    }
}

fn unknown(scope: &mut Scope<'_, '_>, place: &Place, service: &str, actions: &[&str]) {
    if place.what == What::Key && place.given.text().is_some_and(is_aws_key) {
        return;
    }
    let (what, thing) = match place.what {
        What::Key => ("a KMS key", "the key"),
        _ => ("a place in S3", "the objects"),
    };
    let path = &place.path;
    let why = format!(
        "`{path}` names {what}, and it is not written down whether {service} uses it with the caller's rights: the ARN of {thing}, where it does"
    );
    let arn = scope.placeholder(path, why);
    scope.allow_all(actions, &[Resource::named(arn)]);
}

/// AWS's own keys let everybody in whom the service lets in.
fn is_aws_key(text: &str) -> bool {
    text.starts_with("alias/aws/") || text.contains(":alias/aws/")
}

/// The key, by its ARN, its id or its alias.
fn key(scope: &mut Scope<'_, '_>, place: &Place) -> Option<Resource> {
    match place.given.text() {
        Some(text) if is_aws_key(text) => None,
        Some(text) if scope.is_arn(text, &place.path) && !text.contains(":alias/") => {
            Some(Resource::written(text))
        }
        Some(text) if text.contains("alias/") => {
            let why = format!("`{text}` is an alias, and a policy names keys");
            Some(Resource::named(scope.placeholder(&place.path, why)))
        }
        Some(text) => Some(Resource::written(&format!("{}key/{text}", here("kms")))),
        None => Some(Resource::named(scope.placeholder_for(&place.path, &place.given))),
    }
}

/// An action on the key that a parameter names.
pub(super) fn key_of(scope: &mut Scope<'_, '_>, parameter: &str, action: &str) {
    let given = scope.parameters.get(parameter);
    let place = Place { what: What::Key, path: parameter.to_owned(), given, key: None };
    if let Some(key) = key(scope, &place) {
        scope.allow(action, &key);
    }
}

/// The objects at an `s3://BUCKET/KEY`, and its bucket.
fn objects_of_uri(scope: &mut Scope<'_, '_>, place: &Place) -> (Vec<Resource>, Vec<Resource>) {
    let address = place.given.text().map(|text| {
        let path =
            text.strip_prefix("s3://").or_else(|| Some(text.split_once(":s3:::")?.1)).map(str::to_owned);
        // `https://s3.eu-west-1.amazonaws.com/BUCKET/KEY`
        path.or_else(|| Some(text.strip_prefix("https://s3.")?.split_once('/')?.1.to_owned()))
    });
    let Some(Some(path)) = address else {
        let name = scope.placeholder_as("Objects", &place.path, &place.given);
        let objects = Resource::named(name);
        return (vec![objects.clone()], vec![objects]);
    };
    let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
    let bucket = format!("{OBJECT}{bucket}");
    (vec![below(&bucket, key, true)], vec![Resource::written(&bucket)])
}

/// The objects in a bucket, and the bucket.
fn objects(scope: &mut Scope<'_, '_>, place: &Place) -> (Vec<Resource>, Vec<Resource>) {
    let bucket = match place.given.text() {
        Some(text) if scope.is_arn(text, &place.path) => text.to_owned(),
        Some(text) => format!("{OBJECT}{}", text.trim_start_matches("s3://").trim_end_matches('/')),
        None => format!("{OBJECT}{}", scope.placeholder_for(&place.path, &place.given)),
    };
    let objects = match &place.key {
        None => below(&bucket, "", true),
        Some((name, given)) => {
            let is_beginning = !is_whole_key(name);
            match given.text() {
                Some(key) => below(&bucket, key, is_beginning),
                None => {
                    let key = scope.placeholder_for(name, given);
                    below(&bucket, &key, is_beginning)
                }
            }
        }
    };
    (vec![objects], vec![Resource::written(&bucket)])
}

/// One object, or all whose keys begin so.
fn below(bucket: &str, key: &str, is_beginning: bool) -> Resource {
    if is_beginning {
        let why = "the service names the objects below it, or reads all of them";
        return Resource::with_reason(format!("{bucket}/{key}*"), why);
    }
    Resource::written(&format!("{bucket}/{key}"))
}

/// Returns `true` if a parameter is an object's whole key.
fn is_whole_key(name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    !name.contains("prefix") && !name.contains("output") && !name.contains("path") && !name.contains("folder")
}

/// Returns `true` if what is named there is written: else it is read.
fn writes(path: &str, operation: &str) -> bool {
    const WORDS: [&str; 10] = [
        "output",
        "destination",
        "result",
        "target",
        "export",
        "delivery",
        "report",
        "log",
        "backup",
        "upload",
    ];
    let path = path.to_ascii_lowercase();
    operation.starts_with("export") || WORDS.iter().any(|word| path.contains(word))
}

/// The depth to which structures are looked into: those that contain themselves go on for ever.
const MOST_DEPTH: usize = 12;

/// Goes over what is given, beside the shape of what is taken.
fn find(value: &Value, shape: Option<Shape>, at: &str, depth: usize, found: &mut Vec<Place>) {
    if depth > MOST_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => {
            let item = shape.and_then(|shape| match shape.kind() {
                Kind::List(item) => Some(item),
                _ => None,
            });
            items.iter().for_each(|value| find(value, item, at, depth + 1, found));
        }
        Value::Object(entries) => {
            let all = parameters::Parameters::new(Some(value));
            for (key, value) in entries.iter() {
                let name = key.strip_suffix(".$").unwrap_or(key);
                let path = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
                let member = shape.and_then(|shape| match shape.kind() {
                    Kind::Map(value) => Some(value),
                    _ => Some(shape.member(name)?.shape),
                });
                let given = all.get(name);
                match what(name, member, &given) {
                    Some(what) => {
                        let beside = entries.iter().map(|(key, _)| key.strip_suffix(".$").unwrap_or(key));
                        let key = (what == What::Bucket).then(|| key_beside(name, beside)).flatten();
                        let key = key.map(|key| (format!("{at}{}{key}", dot(at)), all.get(key)));
                        found.push(Place { what, path, given, key });
                    }
                    None if matches!(given, Given::Open(_)) && value.as_object().is_none() => {
                        found.extend(member.into_iter().flat_map(|shape| within(shape, &path, &given)));
                    }
                    None => find(value, member, &path, depth + 1, found),
                }
            }
        }
        _ => {}
    }
}

fn dot(at: &str) -> &'static str {
    if at.is_empty() { "" } else { "." }
}

/// The places in what comes out of the data as a whole: one of each kind and direction, so that nothing is forgotten.
fn within(shape: Shape, at: &str, given: &Given) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let mut open = vec![(shape, at.to_owned(), 0)];
    while let Some((shape, at, depth)) = open.pop() {
        match shape.kind() {
            Kind::List(item) | Kind::Map(item) if depth < MOST_DEPTH => open.push((item, at, depth + 1)),
            Kind::Structure(members) if depth < 6 => {
                for member in members {
                    let path = format!("{at}{}{}", dot(&at), member.name);
                    match what(&member.name, Some(member.shape), &Given::Absent) {
                        Some(what) => {
                            let is_known = |known: &Place| {
                                known.what == what && writes(&known.path, "") == writes(&path, "")
                            };
                            if !found.iter().any(is_known) {
                                let what = if what == What::Bucket { What::Uri } else { what };
                                found.push(Place { what, path, given: given.clone(), key: None });
                            }
                        }
                        None => open.push((member.shape, path, depth + 1)),
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The parameter with the key of the objects in a bucket.
fn key_beside<'n>(bucket: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let beginning = bucket.to_ascii_lowercase();
    let beginning = beginning.split("bucket").next().unwrap_or_default().to_owned();
    let score = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let is_key = (lower.contains("key") && !lower.contains("kms") && !lower.contains("encryption"))
            || lower.ends_with("prefix")
            || matches!(&*lower, "name" | "folder" | "bucketpath");
        is_key.then(|| u8::from(!beginning.is_empty() && lower.starts_with(&beginning)))
    };
    names.filter_map(|name| Some((score(name)?, name))).max_by_key(|(score, _)| *score).map(|(_, name)| name)
}

/// Returns the meaning of a parameter of this name, if it can be a string.
pub(super) fn what(name: &str, shape: Option<Shape>, given: &Given) -> Option<What> {
    if !shape.is_none_or(|shape| is_text(&shape)) {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    if is_key(&lower) {
        return Some(What::Key);
    }
    if lower.contains("role") {
        return None;
    }
    if given.text().is_some_and(|text| text.starts_with("s3://") || is_object_arn(text)) {
        return Some(What::Uri);
    }
    let is_uri = lower.contains("s3")
        && ["uri", "url", "path", "location", "directory"].iter().any(|ending| lower.ends_with(ending))
        || lower.ends_with("fileuri") && !lower.contains("http");
    if is_uri && !lower.starts_with("s3tables") || lower.ends_with("s3destinationarn") {
        return Some(What::Uri);
    }
    let is_bucket = ["bucket", "bucketname", "bucketarn", "bucketarnupdate", "buckets"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    if is_bucket && !lower.contains("vectorbucket") && !lower.contains("tablebucket") {
        return Some(What::Bucket);
    }
    (lower == "snstopicarn" || lower == "topicarn").then_some(What::Topic)
}

/// Returns `true` if a text is the ARN of an object, as far as it is known.
fn is_object_arn(text: &str) -> bool {
    text.strip_prefix("arn:")
        .and_then(|text| text.split_once(":s3:::"))
        .is_some_and(|(_, text)| text.contains('/'))
}

fn is_text(shape: &Shape) -> bool {
    match shape.kind() {
        Kind::String | Kind::Anything => true,
        Kind::List(item) => matches!(item.kind(), Kind::String),
        _ => false,
    }
}

/// Returns `true` if a parameter names a KMS key.
fn is_key(lower: &str) -> bool {
    const ENDINGS: [&str; 12] = [
        "key",
        "keyid",
        "keyids",
        "keyarn",
        "keyarns",
        "keyidentifier",
        "keyoverride",
        "kmsarn",
        "kmsaliasarn",
        "kmsaliasname",
        "keyarnupdate",
        "keyname",
    ];
    let is_about_keys = lower.contains("kms") || lower.contains("encryptionkey");
    is_about_keys && ENDINGS.iter().any(|ending| lower.ends_with(ending))
}
