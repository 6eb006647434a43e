//! Distributed Maps: the executions that they start, what they read and what they write. "IAM policies for using Distributed Map
//! states" in the Step Functions Developer Guide.

use stepfn_core::{asl::Map, service, value::Value};

use super::{
    Condition, Resource,
    collect::Collector,
    parameters::{Given, Parameters},
    scope::Scope,
    services::{self, OBJECT},
};

pub(super) fn distributed_map<'d>(collector: &mut Collector<'d>, name: &str, map: &'d Map, pointer: &str) {
    let definition = collector.definition;
    // The machine's ARN out of its name: a reference to the machine in its own role's policy is a cycle in CloudFormation.
    let machine = services::own_machine(definition);
    let executions = "the Map's child executions get their names when they start";
    let label = map.label.as_deref().unwrap_or("*");
    let children = services::own_executions(definition, &format!("/{label}:*"));
    collector.allow("states:StartExecution", Resource::named(machine), Vec::new());
    // The guide has them without the label, and children with it.
    for suffix in [":*".to_owned(), format!("/{label}:*")] {
        let arn = services::own_executions(definition, &suffix);
        for action in ["states:DescribeExecution", "states:StopExecution"] {
            collector.allow(action, Resource::with_reason(arn.clone(), executions), Vec::new());
        }
    }
    collector.allow("states:RedriveExecution", Resource::with_reason(children, executions), Vec::new());
    if let Some(reader) = &map.item_reader {
        read(collector, name, reader, pointer);
    }
    if let Some(writer) = &map.result_writer {
        write(collector, name, writer, pointer);
    }
}

/// The scope of a reader or writer, and the action that its `Resource` names.
fn scope_of<'c, 'd>(
    collector: &'c mut Collector<'d>,
    name: &str,
    value: &'d Value,
    pointer: &str,
) -> Option<(Scope<'c, 'd>, String)> {
    let resource = value.get("Resource")?.as_str()?;
    let service::Resource::Integration(integration) = service::lookup(resource) else { return None };
    let parameters = Parameters::new(value.get("Arguments").or_else(|| value.get("Parameters")));
    let scope = Scope::new(collector, pointer, name, parameters, None);
    Some((scope, integration.action.to_owned()))
}

fn read<'d>(collector: &mut Collector<'d>, name: &str, reader: &'d Value, pointer: &str) {
    let config = |field: &str| reader.get("ReaderConfig").and_then(|config| config.get(field)?.as_str());
    let Some((mut scope, action)) = scope_of(collector, name, reader, &format!("{pointer}/ItemReader"))
    else {
        return;
    };
    if action == "listObjectsV2" {
        list(&mut scope, config("Transformation") == Some("LOAD_AND_FLATTEN"));
        return;
    }
    let manifest = scope.s3_object();
    scope.allow("s3:GetObject", &manifest);
    if config("InputType") == Some("MANIFEST") || config("ManifestType").is_some() {
        let files = match (config("ManifestType"), data_of_inventory(&manifest.arn)) {
            (None | Some("S3_INVENTORY"), Some(arn)) => Resource::with_reason(
                arn,
                "an S3 inventory's manifest names its files, which lie in its `data` folder",
            ),
            _ => Resource::named(scope.placeholder(
                "ManifestFiles",
                "the files are named by the manifest, which is read while the machine runs".to_owned(),
            )),
        };
        scope.allow("s3:GetObject", &files);
    }
}

/// The files of an S3 inventory: `PREFIX/BUCKET/ID/DATE/manifest.json` has them in `PREFIX/BUCKET/ID/data/`.
fn data_of_inventory(manifest: &str) -> Option<String> {
    let (folder, date) = manifest.strip_suffix("/manifest.json")?.rsplit_once('/')?;
    (!folder.ends_with(":::") && !date.contains("${")).then(|| format!("{folder}/data/*"))
}

/// The objects below a prefix: their list, and with `LOAD_AND_FLATTEN` themselves.
fn list(scope: &mut Scope<'_, '_>, loads: bool) {
    let bucket = scope.s3_bucket("Bucket");
    match scope.parameters.get("Prefix") {
        Given::Known(prefixes) => {
            let prefix = Condition { operator: "StringEquals", key: "s3:prefix", values: prefixes };
            scope.allow_if("s3:ListBucket", &bucket, prefix);
        }
        // A prefix out of the data: the bucket's list is what is asked for.
        Given::Absent | Given::Open(_) => scope.allow("s3:ListBucket", &bucket),
    }
    if loads {
        let prefix = match scope.parameters.get("Prefix") {
            Given::Absent => String::new(),
            Given::Known(prefixes) => prefixes.into_iter().next().unwrap_or_default(),
            open @ Given::Open(_) => scope.placeholder_for("Prefix", &open),
        };
        let objects = format!("{}/{prefix}*", bucket.arn);
        scope.allow(
            "s3:GetObject",
            &Resource::with_reason(objects, "the Map reads every object that it lists"),
        );
    }
}

fn write<'d>(collector: &mut Collector<'d>, name: &str, writer: &'d Value, pointer: &str) {
    let Some((mut scope, _)) = scope_of(collector, name, writer, &format!("{pointer}/ResultWriter")) else {
        return;
    };
    let bucket = scope.s3_bucket("Bucket");
    let folder = match scope.parameters.get("Prefix") {
        Given::Absent => String::new(),
        Given::Known(prefixes) => {
            prefixes.into_iter().next().unwrap_or_default().trim_end_matches('/').to_owned() + "/"
        }
        open @ Given::Open(_) => scope.placeholder_for("Prefix", &open) + "/",
    };
    let files = Resource::with_reason(
        format!("{}/{folder}*", bucket.arn),
        "the Map Run names the files of its results",
    );
    scope.allow_all(
        &["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
        &[files],
    );
}

impl Scope<'_, '_> {
    /// The bucket that a parameter names.
    pub(super) fn s3_bucket(&mut self, parameter: &str) -> Resource {
        match self.parameters.get(parameter) {
            Given::Known(names) => match names.first() {
                Some(name) if self.is_arn(name, parameter) => Resource::written(name),
                Some(name) => Resource::written(&format!("arn:${{AWS::Partition}}:s3:::{name}")),
                None => self.open_bucket(parameter, &Given::Absent),
            },
            given => self.open_bucket(parameter, &given),
        }
    }

    fn open_bucket(&mut self, parameter: &str, given: &Given) -> Resource {
        let name = self.placeholder_for(parameter, given);
        Resource::named(format!("arn:${{AWS::Partition}}:s3:::{name}"))
    }

    /// The object that `Bucket` and `Key` name.
    pub(super) fn s3_object(&mut self) -> Resource {
        let bucket = self.s3_bucket("Bucket");
        let key = match self.parameters.get("Key") {
            Given::Known(keys) => keys.into_iter().next().unwrap_or_default(),
            given => self.placeholder_for("Key", &given),
        };
        // An access point's objects have a level of their own.
        let between = if bucket.arn.contains(":accesspoint/") { "/object/" } else { "/" };
        Resource::written(&format!("{}{between}{key}", bucket.arn))
    }

    /// The object at an `s3://BUCKET/KEY` of a parameter.
    pub(super) fn s3_uri(&mut self, parameter: &str) -> Resource {
        let given = self.parameters.get(parameter);
        match given.text().and_then(|uri| uri.strip_prefix("s3://")) {
            Some(path) => Resource::written(&format!("{OBJECT}{path}")),
            None => Resource::named(format!("{OBJECT}{}", self.placeholder_as("Object", parameter, &given))),
        }
    }
}
