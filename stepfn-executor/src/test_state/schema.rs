//! The results of services' APIs, as far as a mocked result is compared with them: those that workflows call most. A result of any
//! other API is taken as it is.

use stepfn_core::value::Value;

use crate::program::{Family, Resource};

/// The type of a field in an answer.
enum Shape {
    Text,
    /// A text of at least one character.
    Filled,
    OneOf(&'static [&'static str]),
    Number,
    Within(f64, f64),
    Flag,
    List(&'static Self),
    Object(&'static [Field]),
    /// Keys of the caller's own.
    Map(&'static Self),
    Any,
}

struct Field {
    name: &'static str,
    shape: Shape,
    required: bool,
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

use Shape::{Any, Filled, Flag, List, Map, Number, Object, OneOf, Text, Within};

const CAPACITY: &[Field] =
    &[may("CapacityUnits", Number), may("ReadCapacityUnits", Number), may("WriteCapacityUnits", Number)];

const CONSUMED: Shape = Object(&[
    may("TableName", Text),
    may("CapacityUnits", Number),
    may("ReadCapacityUnits", Number),
    may("WriteCapacityUnits", Number),
    may("Table", Object(CAPACITY)),
    may("LocalSecondaryIndexes", Map(&Object(CAPACITY))),
    may("GlobalSecondaryIndexes", Map(&Object(CAPACITY))),
]);

/// `AttributeValue`
const ATTRIBUTE: Shape = Object(&[
    may("S", Text),
    may("N", Text),
    may("B", Text),
    may("SS", List(&Text)),
    may("NS", List(&Text)),
    may("BS", List(&Text)),
    may("M", Map(&Any)),
    may("L", List(&Any)),
    may("NULL", Flag),
    may("BOOL", Flag),
]);

const WRITTEN: &[Field] = &[
    may("Attributes", Map(&ATTRIBUTE)),
    may("ConsumedCapacity", CONSUMED),
    may(
        "ItemCollectionMetrics",
        Object(&[may("ItemCollectionKey", Map(&ATTRIBUTE)), may("SizeEstimateRangeGB", List(&Number))]),
    ),
];

const FOUND: &[Field] = &[
    may("Items", List(&Map(&ATTRIBUTE))),
    may("Count", Number),
    may("ScannedCount", Number),
    may("LastEvaluatedKey", Map(&ATTRIBUTE)),
    may("ConsumedCapacity", CONSUMED),
];

const STORAGE: Shape = OneOf(&[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "OUTPOSTS",
    "GLACIER_IR",
    "SNOW",
    "EXPRESS_ONEZONE",
    "FSX_OPENZFS",
    "FSX_ONTAP",
]);

const ENCRYPTION: Shape = OneOf(&["AES256", "aws:fsx", "aws:kms", "aws:kms:dsse"]);

const ALGORITHM: Shape = OneOf(&["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]);

const FUNCTION: &[Field] = &[
    may("FunctionName", Text),
    may("FunctionArn", Text),
    may("Runtime", Text),
    may("Role", Text),
    may("Handler", Text),
    may("CodeSize", Number),
    may("Description", Text),
    may("Timeout", Within(1.0, f64::INFINITY)),
    may("MemorySize", Within(128.0, 10_240.0)),
    may("LastModified", Text),
    may("CodeSha256", Text),
    may("Version", Text),
    may("MasterArn", Text),
    may("RevisionId", Text),
    may(
        "State",
        OneOf(&[
            "Pending",
            "Active",
            "Inactive",
            "Failed",
            "Deactivating",
            "Deactivated",
            "ActiveNonInvocable",
            "Deleting",
        ]),
    ),
    may("PackageType", OneOf(&["Zip", "Image"])),
    may("Architectures", List(&OneOf(&["x86_64", "arm64"]))),
    may("Environment", Object(&[may("Variables", Map(&Text))])),
    may("EphemeralStorage", Object(&[may("Size", Within(512.0, 10_240.0))])),
];

const STARTED: &[Field] = &[must("ExecutionArn", Filled), must("StartDate", Text)];

const GOT: &[Field] = &[may("Item", Map(&ATTRIBUTE)), may("ConsumedCapacity", CONSUMED)];

const PUT_EVENTS: &[Field] = &[
    may("FailedEntryCount", Number),
    may("Entries", List(&Object(&[may("EventId", Text), may("ErrorCode", Text), may("ErrorMessage", Text)]))),
];

const ENCRYPTED: &[Field] =
    &[may("CiphertextBlob", Filled), may("KeyId", Filled), may("EncryptionAlgorithm", ALGORITHM)];

const DECRYPTED: &[Field] =
    &[may("KeyId", Filled), may("Plaintext", Filled), may("EncryptionAlgorithm", ALGORITHM)];

const GOT_FUNCTION: &[Field] = &[
    may("Configuration", Object(FUNCTION)),
    may(
        "Code",
        Object(&[
            may("RepositoryType", Text),
            may("Location", Text),
            may("ImageUri", Text),
            may("ResolvedImageUri", Text),
            may("SourceKMSKeyArn", Text),
        ]),
    ),
    may("Tags", Map(&Text)),
    may("Concurrency", Object(&[may("ReservedConcurrentExecutions", Within(0.0, f64::INFINITY))])),
];

const INVOKED: &[Field] = &[
    may("StatusCode", Number),
    may("FunctionError", Text),
    may("LogResult", Text),
    may("ExecutedVersion", Filled),
    may("Payload", Any),
];

const GOT_OBJECT: &[Field] = &[
    may("Body", Any),
    may("DeleteMarker", Flag),
    may("AcceptRanges", Text),
    may("Expiration", Text),
    may("Restore", Text),
    may("LastModified", Text),
    may("ContentLength", Number),
    may("ETag", Text),
    may("MissingMeta", Number),
    may("VersionId", Text),
    may("CacheControl", Text),
    may("ContentDisposition", Text),
    may("ContentEncoding", Text),
    may("ContentLanguage", Text),
    may("ContentRange", Text),
    may("ContentType", Text),
    may("ServerSideEncryption", ENCRYPTION),
    may("Metadata", Map(&Text)),
    may("SSEKMSKeyId", Text),
    may("BucketKeyEnabled", Flag),
    may("StorageClass", STORAGE),
    may("PartsCount", Number),
    may("TagCount", Number),
];

const PUT_OBJECT: &[Field] = &[
    may("Expiration", Text),
    may("ETag", Text),
    may("ServerSideEncryption", ENCRYPTION),
    may("VersionId", Text),
    may("SSEKMSKeyId", Text),
    may("BucketKeyEnabled", Flag),
    may("Size", Number),
];

const PUBLISHED: &[Field] = &[may("MessageId", Text), may("SequenceNumber", Text)];

const SENT: &[Field] = &[
    may("MD5OfMessageBody", Text),
    may("MD5OfMessageAttributes", Text),
    may("MD5OfMessageSystemAttributes", Text),
    may("MessageId", Text),
    may("SequenceNumber", Text),
];

/// Returns the fields of an API's result, by service and action as in a `Resource`.
fn answer(service: &str, action: &str) -> Option<&'static [Field]> {
    Some(match (service, action) {
        ("dynamodb", "putItem" | "updateItem" | "deleteItem") => WRITTEN,
        ("dynamodb", "getItem") => GOT,
        ("dynamodb", "query" | "scan") => FOUND,
        ("events" | "eventbridge", "putEvents") => PUT_EVENTS,
        ("kms", "encrypt") => ENCRYPTED,
        ("kms", "decrypt") => DECRYPTED,
        ("lambda", "getFunction") => GOT_FUNCTION,
        ("lambda", "invoke") => INVOKED,
        ("s3", "getObject") => GOT_OBJECT,
        ("s3", "putObject") => PUT_OBJECT,
        ("sns", "publish") => PUBLISHED,
        ("sqs", "sendMessage") => SENT,
        ("states" | "sfn", "startExecution") => STARTED,
        _ => return None,
    })
}

/// Compares a result with what the API of a resource answers. `strict` asks for the fields that must be there.
///
/// # Errors
/// The first thing that does not fit, in AWS's words.
pub(super) fn check(resource: &str, result: &Value, strict: bool) -> Result<(), String> {
    let Family::Service { resource_type, resource } = Resource::parse(resource).family else { return Ok(()) };
    let service = resource_type.strip_prefix("aws-sdk:").unwrap_or(&resource_type);
    // With a pattern behind it the result is that of a job or a callback.
    match answer(service, &resource) {
        Some(fields) => check_fields(fields, result, strict),
        None => Ok(()),
    }
}

fn check_fields(fields: &[Field], value: &Value, strict: bool) -> Result<(), String> {
    for field in fields {
        match value.get(field.name) {
            Some(value) => check_value(field.name, &field.shape, value, strict)?,
            None if strict && field.required => {
                return Err(format!("Required field '{}' is missing", field.name));
            }
            None => {}
        }
    }
    Ok(())
}

fn check_value(name: &str, shape: &Shape, value: &Value, strict: bool) -> Result<(), String> {
    let must_be = |what: &str| Err(format!("Field '{name}' must be {what}"));
    match (shape, value) {
        (Any, _) | (Text, Value::String(_)) | (Number, Value::Number(_)) | (Flag, Value::Bool(_)) => Ok(()),
        (Filled, Value::String(text)) if text.is_empty() => {
            Err(format!("Field '{name}' is smaller than the minimum length"))
        }
        (Filled, Value::String(_)) => Ok(()),
        (OneOf(values), Value::String(text)) if values.contains(&&**text) => Ok(()),
        (OneOf(_), Value::String(_)) => Err(format!("Field '{name}' is not an expected value")),
        (Within(least, most), Value::Number(number)) => match number.as_f64() {
            number if number < *least => Err(format!("Field '{name}' is less than the minimum value")),
            number if number > *most => Err(format!("Field '{name}' exceeds the maximum value")),
            _ => Ok(()),
        },
        (List(shape), Value::Array(items)) => {
            items.iter().try_for_each(|item| check_value(name, shape, item, strict))
        }
        (Object(fields), Value::Object(_)) => check_fields(fields, value, strict),
        (Map(shape), Value::Object(entries)) => {
            entries.iter().try_for_each(|(key, entry)| check_value(key, shape, entry, strict))
        }
        (Text | Filled | OneOf(_), _) => must_be("a string"),
        (Number | Within(..), _) => must_be("a number"),
        (Flag, _) => must_be("a boolean"),
        (List(_), _) => must_be("an array"),
        (Object(_) | Map(_), _) => must_be("an object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_compared_by_type_range_and_presence() {
        let check = |resource: &str, result: &str, strict| {
            check(&format!("arn:aws:states:::{resource}"), &result.parse().unwrap(), strict)
                .err()
                .unwrap_or_default()
        };
        assert_eq!(check("sns:publish", r#"{"MessageId": []}"#, true), "Field 'MessageId' must be a string");
        assert_eq!(
            check("states:startExecution", r#"{"StartDate": ""}"#, true),
            "Required field 'ExecutionArn' is missing"
        );
        assert_eq!(check("states:startExecution", "{}", false), "");
        assert_eq!(check("states:startExecution.sync:2", "{}", true), "");
        let size = |size: u32| format!(r#"{{"Configuration": {{"EphemeralStorage": {{"Size": {size}}}}}}}"#);
        assert_eq!(
            check("aws-sdk:lambda:getFunction", &size(511), true),
            "Field 'Size' is less than the minimum value"
        );
        assert_eq!(check("aws-sdk:lambda:getFunction", &size(512), true), "");
        assert_eq!(
            check("dynamodb:getItem", r#"{"Item": {"id": {"S": 1}}}"#, true),
            "Field 'S' must be a string"
        );
        assert_eq!(check("glue:startJobRun", r#"{"JobRunId": 1}"#, true), "");
    }
}
