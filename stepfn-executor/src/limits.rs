//! The bounds of an executor: AWS's quotas, and those that keep a process alive.

use std::sync::Arc;

use crate::size::Size;

/// The bounds of an executor: [`ExecutorBuilder::limits`](crate::ExecutorBuilder::limits). What AWS has a quota for has that by default
/// (developer guide, "Step Functions service quotas"; API reference), so that what fails there for its size fails here.
///
/// ```
/// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
/// use stepfn_executor::{Executor, Limits, Mock};
///
/// let (machine, _) = asl::read_str(r#"{"StartAt": "Load", "States": {
///     "Load": {"Type": "Task", "Resource": "arn:aws:states:::sqs:receiveMessage", "End": true}
/// }}"#)?;
/// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
///
/// let mut limits = Limits::default();
/// assert_eq!(limits.payload_bytes, 262_144);
/// limits.payload_bytes = 1_000;
/// let executor = Executor::builder().limits(limits).mock("Load", Mock::succeed("x".repeat(1_000))).build(&definition)?;
/// let outcome = executor.run_blocking(Value::empty_object())?;
/// assert_eq!(outcome.error(), Some("States.DataLimitExceeded"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of JSON text of an input, an output, a Task's result: 262,144. More is `States.DataLimitExceeded`.
    pub payload_bytes: usize,
    /// The depth of these: 1,000, as deep as AWS's reader of JSON goes. More than 1,000 is taken as 1,000: deeper values would
    /// exhaust the stack.
    pub payload_depth: usize,
    /// Bytes of JSON text that one `Assign` sets: 262,144. More is `States.DataLimitExceeded`.
    pub assign_bytes: usize,
    /// Bytes of JSON text of all variables of an execution: 10 MiB. More is `States.DataLimitExceeded`.
    pub variable_bytes: usize,
    /// Events in the history of a Standard execution: 25,000. At the last one it fails with `States.Runtime`.
    pub history_events: u32,
    /// Bytes of memory, about, that the data of a history may take: 1 GiB. AWS has no quota for them but that of events. More is
    /// [`RunError::HistoryTooLarge`](crate::RunError::HistoryTooLarge).
    pub history_bytes: usize,
    /// Seconds that a Standard execution may take: a year. It times out then.
    pub standard_seconds: u64,
    /// Seconds that an Express execution may take: 300. It times out then.
    pub express_seconds: u64,
    /// Characters of an execution's name: 80. A longer one is [`RunError::InvalidName`](crate::RunError::InvalidName).
    pub name_chars: usize,
    /// Characters of an error's name: 256. A longer one is cut, and refused where a callback brings it.
    pub error_chars: usize,
    /// Characters of a cause: 32,768. A longer one is cut, and refused where a callback brings it.
    pub cause_chars: usize,
    /// Iterations of an inline Map that run at once, whatever its `MaxConcurrency`: 40.
    pub inline_concurrency: usize,
    /// Children of a distributed Map that run at once, whatever its `MaxConcurrency`: 10,000.
    pub distributed_concurrency: usize,
    /// Bytes of the headers of a CSV file of items: 10 KiB. More is `States.ItemReaderFailed`.
    pub csv_header_bytes: usize,
    /// Bytes of a line, or a row, of a file of items: 16 MiB. AWS documents no bound. More is
    /// [`RunError::ItemsTooLarge`](crate::RunError::ItemsTooLarge).
    pub item_bytes: usize,
    /// Bytes of a file of items that has to be held whole, unpacked: JSON, a manifest, Parquet. 256 MiB, where AWS takes 10 GB. More is
    /// [`RunError::ItemsTooLarge`](crate::RunError::ItemsTooLarge).
    pub file_bytes: usize,
    /// Executions that are open at one time, those that others start not counted: 1,000,000. One more is
    /// [`RunError::ExecutionLimitExceeded`](crate::RunError::ExecutionLimitExceeded).
    pub open_executions: usize,
    /// Tasks of activities that wait for a worker at one time: 1,000,000. AWS has no quota for them but that of open executions. One
    /// more is [`RunError::TooManyActivityTasks`](crate::RunError::TooManyActivityTasks).
    pub activity_tasks: usize,
    /// Names of Standard executions that are known to be taken: the last 100,000. AWS knows them for 90 days.
    pub known_names: usize,
    /// The depth to which executions may start each other: 32. AWS has no quota for it, and a machine that starts itself would never end. One
    /// more is [`RunError::NestedTooDeep`](crate::RunError::NestedTooDeep).
    pub started_depth: u32,
    /// The executions that one may start, those that they start included: 100,000. AWS has no quota for it. One more is
    /// [`RunError::TooManyStarted`](crate::RunError::TooManyStarted).
    pub started_executions: u64,
    /// Steps of one JSONata expression: 5,000,000, counted alike on every machine, where AWS looks at a clock. More is
    /// `States.QueryEvaluationError`, and so are the other bounds of JSONata.
    pub jsonata_steps: u64,
    /// The depth of the evaluation of a JSONata expression, and of its result: 320. More than 320 is taken as 320: deeper ones
    /// would exhaust the stack.
    pub jsonata_depth: u32,
    /// Bytes that one JSONata expression may hold besides the data that came in: 64 MiB.
    pub jsonata_bytes: usize,
    /// Items of an array that a JSONata expression makes: 873,782, which is what AWS was measured to allow.
    pub jsonata_items: usize,
}

impl Limits {
    /// AWS's quotas.
    pub(crate) const AWS: Self = Self {
        payload_bytes: 262_144,
        payload_depth: 1_000,
        assign_bytes: 262_144,
        variable_bytes: 10 * 1024 * 1024,
        history_events: 25_000,
        history_bytes: 1 << 30,
        standard_seconds: 365 * 86_400,
        express_seconds: 300,
        name_chars: 80,
        error_chars: 256,
        cause_chars: 32_768,
        inline_concurrency: 40,
        distributed_concurrency: 10_000,
        csv_header_bytes: 10 * 1024,
        item_bytes: 16 << 20,
        file_bytes: 256 << 20,
        open_executions: 1_000_000,
        activity_tasks: 1_000_000,
        known_names: 100_000,
        started_depth: 32,
        started_executions: 100_000,
        jsonata_steps: 5_000_000,
        jsonata_depth: 320,
        jsonata_bytes: 64 << 20,
        jsonata_items: 873_782,
    };

    /// Returns the size of a payload.
    pub(crate) fn payload(&self) -> Size {
        Size { bytes: self.payload_bytes, depth: self.depth() }
    }

    /// Returns the size of one `Assign`.
    pub(crate) fn assign(&self) -> Size {
        Size { bytes: self.assign_bytes, depth: self.depth() }
    }

    /// Returns the limits of one JSONata expression.
    #[cfg(feature = "jsonata")]
    pub(crate) fn jsonata(&self) -> stepfn_jsonata::Limits {
        stepfn_jsonata::Limits {
            steps: self.jsonata_steps,
            depth: self.jsonata_depth.min(Self::AWS.jsonata_depth),
            bytes: self.jsonata_bytes,
            items: self.jsonata_items,
        }
    }

    fn depth(&self) -> usize {
        self.payload_depth.min(Self::AWS.payload_depth)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::AWS
    }
}

/// Returns `true` if a text has no more characters than that.
pub(crate) fn fits(text: &str, most: usize) -> bool {
    text.len() <= most || text.chars().nth(most).is_none()
}

/// The text, or its first characters.
pub(crate) fn cut(text: Arc<str>, most: usize) -> Arc<str> {
    if text.len() <= most {
        return text;
    }
    match text.char_indices().nth(most) {
        Some((end, _)) => text.get(..end).unwrap_or_default().into(),
        None => text,
    }
}
