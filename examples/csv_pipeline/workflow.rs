//! The CSV pipeline: its data, its functions, its state machine.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

/// The event that starts the pipeline.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    /// The name of the file in messages.
    pub file_id: String,
    /// Where the file is.
    pub path: String,
}

/// The result of the validation.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Validation {
    /// Whether the file can be used.
    pub validation_status: Status,
    /// As in [`Upload`].
    pub file_id: String,
    /// The rows that hold.
    pub valid_records: Vec<Record>,
    /// The rows that do not, and why.
    pub errors: Vec<String>,
}

/// Whether a file can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, StateData)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Some rows hold.
    Passed,
    /// None does.
    Failed,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, StateData)]
pub struct Record {
    /// Its number.
    pub id: u32,
    /// Whose it is.
    pub name: String,
    /// Won.
    pub amount: u64,
}

/// The input of the transformation.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// The rows that hold.
    pub valid_records: Vec<Record>,
    /// As in [`Upload`].
    pub file_id: String,
}

/// The result of the transformation.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Transformed {
    /// The rows, ready to be stored.
    pub records: Vec<Row>,
    /// The sum of the amounts.
    pub total_amount: u64,
}

/// A row, ready to be stored.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The key.
    pub pk: String,
    /// Whose it is.
    pub name: String,
    /// Won.
    pub amount: u64,
}

/// The input of the loader.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct Load {
    /// The rows.
    pub records: Vec<Row>,
}

/// The result of the loader.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Loaded {
    /// The number of rows that were stored.
    pub loaded_count: usize,
}

/// The input of the error handler: the facts that are known when something went wrong.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// As in [`Upload`].
    pub file_id: String,
    /// The error that a state was left with; none where the validation refused the file.
    pub error: Option<Caught>,
}

/// An error as a catcher puts it into the data.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "PascalCase")]
pub struct Caught {
    /// Its name.
    pub error: String,
    /// Its cause.
    pub cause: String,
}

/// The result of the error handler.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct Handled {
    /// The text of the report.
    pub report: String,
}

/// Why a file cannot be validated.
#[derive(Debug, thiserror::Error, TaskError)]
pub enum ValidationError {
    /// It cannot be opened.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// Why rows cannot be stored.
#[derive(Debug, thiserror::Error, TaskError)]
pub enum LoadError {
    /// The table is too busy.
    #[error("the table is too busy")]
    #[task_error(name = "DynamoDB.ProvisionedThroughputExceededException")]
    Throttled,
}

/// Reads a CSV file and sorts its rows into those that hold and those that do not.
#[lambda(name = "validateCSV")]
pub async fn validate_csv(upload: Upload) -> Result<Validation, ValidationError> {
    // In AWS the file would be an object in S3; here the path is one of the repository.
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(&upload.path);
    let mut reader = csv::Reader::from_path(&path).map_err(|error| ValidationError::Unreadable {
        path: upload.path.clone(),
        reason: error.to_string(),
    })?;
    let (mut valid_records, mut errors) = (Vec::new(), Vec::new());
    for (row, record) in reader.deserialize().enumerate() {
        match record {
            Ok(record) => valid_records.push(record),
            Err(error) => errors.push(format!("row {}: {error}", row + 1)),
        }
    }
    let validation_status = if valid_records.is_empty() { Status::Failed } else { Status::Passed };
    Ok(Validation { validation_status, file_id: upload.file_id, valid_records, errors })
}

/// Makes rows of records.
#[lambda(name = "transformData")]
pub async fn transform_data(batch: Batch) -> Transformed {
    let row = |record: &Record| Row {
        pk: format!("{}#{}", batch.file_id, record.id),
        name: record.name.clone(),
        amount: record.amount,
    };
    Transformed {
        records: batch.valid_records.iter().map(row).collect(),
        total_amount: batch.valid_records.iter().map(|record| record.amount).sum(),
    }
}

/// Stores rows. The table takes a thousand at a time.
#[lambda(name = "loadData")]
pub async fn load_data(load: Load) -> Result<Loaded, LoadError> {
    if load.records.len() > 1_000 {
        return Err(LoadError::Throttled);
    }
    Ok(Loaded { loaded_count: load.records.len() })
}

/// Reports what went wrong.
#[lambda(name = "handleError")]
pub async fn handle_error(incident: Incident) -> Handled {
    let reason = incident.error.map_or("no row of it holds".to_owned(), |caught| caught.error);
    Handled { report: format!("{}: {reason}", incident.file_id) }
}

state_machine! {
    /// CSV 파일 처리 워크플로우
    #[name = "CsvProcessingWorkflow"]
    #[logging(level = ALL, include_execution_data = true, destination = get_att("WorkflowLogGroup", "Arn"))]
    #[tracing]
    pub CsvProcessing(Upload) -> serde_json::Value {
        start_at: ValidateCSV,

        ValidateCSV: Task {
            resource: lambda::invoke(validate_csv),
            payload: $,
            result_path: $.validationResult,
            retry: [{
                error_equals: [States.Timeout, Lambda.ServiceException],
                interval_seconds: 2,
                max_attempts: 2,
                backoff_rate: 2.0,
            }],
            catch: [{ error_equals: [States.ALL], result_path: $.error, next: HandleError }],
            next: CheckValidation,
        },

        CheckValidation: Choice {
            choices: [$.validationResult.Payload.validationStatus == "PASSED" => TransformData],
            default: HandleError,
        },

        TransformData: Task {
            resource: lambda::invoke(transform_data),
            payload: {
                "validRecords": $.validationResult.Payload.validRecords,
                "fileId": $.validationResult.Payload.fileId,
            },
            result_path: $.transformResult,
            timeout_seconds: 300,
            catch: [{ error_equals: [States.ALL], result_path: $.error, next: HandleError }],
            next: LoadData,
        },

        LoadData: Task {
            resource: lambda::invoke(load_data),
            payload: { "records": $.transformResult.Payload.records },
            result_path: $.loadResult,
            timeout_seconds: 600,
            retry: [{
                error_equals: [DynamoDB.ProvisionedThroughputExceededException],
                interval_seconds: 5,
                max_attempts: 3,
                backoff_rate: 2.0,
            }],
            catch: [{ error_equals: [States.ALL], result_path: $.error, next: HandleError }],
            next: SendSuccessNotification,
        },

        SendSuccessNotification: Task {
            resource: sns::publish,
            parameters: {
                "TopicArn": ref_("SuccessTopic"),
                "Subject": "CSV 처리 완료",
                "Message": States.Format(
                    "파일 {}의 처리가 완료되었습니다. {}건을 저장했습니다.",
                    $.fileId,
                    $.loadResult.Payload.loadedCount
                ),
            },
            result_path: $.notification,
            output_path: $.loadResult.Payload,
            catch: [{ error_equals: [States.ALL], result_path: $.error, next: HandleError }],
            end: true,
        },

        HandleError: Task {
            resource: lambda::invoke(handle_error),
            payload: $,
            output_path: $.Payload,
            end: true,
        },
    }
}
