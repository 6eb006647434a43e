//! Athena: what a query reads and writes. "IAM policies for Amazon Athena" in the Step Functions Developer Guide.

use super::{
    Resource,
    parameters::Given,
    reference,
    scope::{NO_RESOURCES, Scope},
    services::{OBJECT, here},
};

const TABLES: &str = "the text of the query determines which of the database's tables it reads";
const RESULTS: &str = "Athena names the files of results by the query";

/// `athena:startQueryExecution`.
pub(super) fn start(scope: &mut Scope<'_, '_>, is_sync: bool) {
    let Some(start) = reference::action("athena", "StartQueryExecution") else { return };
    let workgroups = scope.resources(&start);
    scope.allow_all(&["athena:StartQueryExecution"], &workgroups);
    if is_sync {
        scope.allow_all(&["athena:GetQueryExecution", "athena:StopQueryExecution"], &workgroups);
    }
    let catalog = text_or(scope, "QueryExecutionContext.Catalog", "AwsDataCatalog");
    let catalog = Resource::written(&format!("{}datacatalog/{catalog}", here("athena")));
    scope.allow("athena:GetDataCatalog", &catalog);
    let reads = reads(&scope.parameters.get("QueryString"));
    tables(scope, reads);
    results(scope);
    let data = "the query reads the tables' files, whose buckets are in the data catalog".to_owned();
    let data = Resource::named(scope.placeholder("TableFiles", data));
    scope.allow("s3:GetObject", &data);
    if !reads {
        scope.allow_all(&["s3:DeleteObject", "s3:PutObject"], &[data]);
    }
    let why = "the query lists the tables' files, whose buckets are in the data catalog".to_owned();
    let buckets = Resource::named(scope.placeholder("TableBucket", why));
    scope.allow_all(&["s3:GetBucketLocation", "s3:ListBucket"], &[buckets]);
}

/// Returns `true` if a query only reads, by its first word, if that is known.
fn reads(query: &Given) -> bool {
    let word = query
        .text()
        .unwrap_or_default()
        .split(|c: char| !c.is_ascii_alphabetic())
        .find(|word| !word.is_empty());
    let word = word.unwrap_or_default().to_ascii_lowercase();
    matches!(&*word, "select" | "show" | "describe" | "desc" | "explain" | "values")
}

fn tables(scope: &mut Scope<'_, '_>, reads: bool) {
    let place = here("glue");
    let database = match scope.parameters.get("QueryExecutionContext.Database") {
        Given::Absent => scope.placeholder(
            "QueryExecutionContext.Database",
            "the query's own text may name databases".to_owned(),
        ),
        given => match given.text() {
            Some(text) => text.to_owned(),
            None => scope.placeholder_for("QueryExecutionContext.Database", &given),
        },
    };
    let resources = [
        Resource::named(format!("{place}catalog")),
        Resource::written(&format!("{place}database/{database}")),
        Resource::with_reason(format!("{place}table/{database}/*"), TABLES),
    ];
    scope.allow_all(
        &[
            "glue:BatchGetPartition",
            "glue:GetDatabase",
            "glue:GetDatabases",
            "glue:GetPartition",
            "glue:GetPartitions",
            "glue:GetTable",
            "glue:GetTables",
        ],
        &resources,
    );
    if !reads {
        scope.allow_all(
            &[
                "glue:BatchCreatePartition",
                "glue:BatchDeletePartition",
                "glue:BatchDeleteTable",
                "glue:CreateDatabase",
                "glue:CreatePartition",
                "glue:CreateTable",
                "glue:DeleteDatabase",
                "glue:DeletePartition",
                "glue:DeleteTable",
                "glue:UpdateDatabase",
                "glue:UpdatePartition",
                "glue:UpdateTable",
            ],
            &resources,
        );
    }
    scope.allow("lakeformation:GetDataAccess", &Resource::all(NO_RESOURCES));
}

fn results(scope: &mut Scope<'_, '_>) {
    const FIELD: &str = "ResultConfiguration.OutputLocation";
    let given = scope.parameters.get(FIELD);
    let location = given.text().and_then(|uri| uri.strip_prefix("s3://")).map(str::to_owned);
    let (bucket, folder) = match location {
        Some(path) => match path.split_once('/') {
            Some((bucket, folder)) => (bucket.to_owned(), folder.trim_end_matches('/').to_owned()),
            None => (path, String::new()),
        },
        None if given == Given::Absent => {
            let why = "without `OutputLocation` the results' bucket is in the workgroup".to_owned();
            (scope.placeholder("ResultBucket", why), String::new())
        }
        None => (scope.placeholder_as("ResultBucket", FIELD, &given), String::new()),
    };
    let separator = if folder.is_empty() { "" } else { "/" };
    let files = Resource::with_reason(format!("{OBJECT}{bucket}/{folder}{separator}*"), RESULTS);
    scope.allow_all(
        &["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
        &[files],
    );
    let bucket = Resource::named(format!("{OBJECT}{bucket}"));
    scope.allow_all(&["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], &[bucket]);
}

/// `athena:getQueryResults`: Athena reads the file in the caller's name.
pub(super) fn query_results(scope: &mut Scope<'_, '_>) {
    let why = "the file of the results is where the query was configured to write it".to_owned();
    let file = Resource::named(scope.placeholder("ResultFile", why));
    scope.allow("s3:GetObject", &file);
}

fn text_or(scope: &mut Scope<'_, '_>, field: &str, missing: &str) -> String {
    match scope.parameters.get(field) {
        Given::Absent => missing.to_owned(),
        given => match given.text() {
            Some(text) => text.to_owned(),
            None => scope.placeholder_for(field, &given),
        },
    }
}
