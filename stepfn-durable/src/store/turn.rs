//! The requests of hosts to stores while executions run.

use super::execution::{End, Execution, ExecutionId, Millis, NewExecution, Started, Status};

/// A request for executions to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claiming {
    /// The host that is going to run them.
    pub owner: String,
    /// The time at which executions are due, or their leases ended.
    pub now: Millis,
    /// The end of the new leases.
    pub until: Millis,
    /// The most executions.
    pub limit: usize,
}

/// An execution that its claimer runs from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The execution, with the claimer's lease and fence.
    pub execution: Execution,
    /// The messages that wait for it, oldest first.
    pub inbox: Vec<Message>,
}

/// A request for leases to last longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The executions, each with its fence.
    pub held: Vec<(ExecutionId, i64)>,
    /// The new end of the leases.
    pub until: Millis,
}

/// A page of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// The execution.
    pub id: ExecutionId,
    /// The entries after this turn; 0: from the first.
    pub after: i64,
    /// The most entries.
    pub limit: usize,
}

/// The inputs of one turn, as its host wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number of the turn.
    pub seq: i64,
    /// The host's bytes.
    pub data: Vec<u8>,
}

/// An event of an execution's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number in the history, from 1.
    pub id: i64,
    /// The call, as its host wrote it.
    pub data: Vec<u8>,
}

/// The changes of one turn of an execution: all of them are made, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The execution whose turn it is.
    pub execution: ExecutionId,
    /// The fence of the lease under which it was made.
    pub fence: i64,
    /// Its number: one more than the last turn's. The same turn once more is answered as it was the first time.
    pub seq: i64,
    /// The inputs, as the host wrote them; nothing is written where it is empty.
    pub entry: Vec<u8>,
    /// The events that it added to the history.
    pub events: Vec<Event>,
    /// The time at which the execution is due again, unless something comes first.
    pub due: Option<Millis>,
    /// Until when the host keeps it; `None` gives it away, to whoever claims it when it is due or something came.
    pub keep: Option<Millis>,
    /// Tokens that can be answered from now on.
    pub opened: Vec<OpenedToken>,
    /// Tokens that nobody can answer any more.
    pub closed: Vec<String>,
    /// Tasks for the workers of activities.
    pub tasks: Vec<ActivityTask>,
    /// Executions that it starts.
    pub children: Vec<NewExecution>,
    /// Map Runs that are new or changed.
    pub map_runs: Vec<MapRun>,
    /// The messages that it sends to others.
    pub sends: Vec<Delivery>,
    /// Others that it redrives.
    pub redrives: Vec<Redrive>,
    /// The messages of the inbox that it took.
    pub taken: Vec<MessageId>,
    /// The end of the execution, if it ended.
    pub end: Option<End>,
}

impl Turn {
    /// A turn that changes nothing yet.
    #[must_use]
    pub fn new(execution: ExecutionId, fence: i64, seq: i64) -> Self {
        Self {
            execution,
            fence,
            seq,
            entry: Vec::new(),
            events: Vec::new(),
            due: None,
            keep: None,
            opened: Vec::new(),
            closed: Vec::new(),
            tasks: Vec::new(),
            children: Vec::new(),
            map_runs: Vec::new(),
            sends: Vec::new(),
            redrives: Vec::new(),
            taken: Vec::new(),
            end: None,
        }
    }
}

/// The result of committing a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It took effect.
    Done(Effects),
    /// It did not: another host has the execution, or it is gone. The host drops what it has of it.
    Lost,
}

/// The results of a turn's requests to others, in the order of the turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// The results of the children.
    pub children: Vec<Started>,
    /// The results of the sends.
    pub sends: Vec<Delivered>,
    /// The results of the redrives.
    pub redrives: Vec<Redriven>,
}

/// A token that a turn hands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedToken {
    /// The token.
    pub token: String,
    /// The call that it belongs to, as the host wrote it.
    pub place: Vec<u8>,
}

/// A token, and what can be done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The execution that waits for it.
    pub execution: ExecutionId,
    /// The call that it belongs to.
    pub place: Vec<u8>,
    /// Whether an answer would be accepted.
    pub open: bool,
}

/// A task for a worker of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityTask {
    /// The ARN of the activity.
    pub activity: String,
    /// The token of its answer.
    pub token: String,
    /// Its input, as JSON.
    pub input: String,
}

/// A request for the oldest task of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeTask {
    /// The ARN of the activity.
    pub activity: String,
    /// The message for the inbox of the task's execution, there in the same moment.
    pub data: Vec<u8>,
    /// The time.
    pub at: Millis,
}

/// A task that its worker has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenTask {
    /// The execution that waits for it.
    pub execution: ExecutionId,
    /// The task.
    pub task: ActivityTask,
}

/// The receiver of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An execution that runs, by its ARN.
    Execution(String),
    /// The execution that waits for an answer to a token.
    Token {
        /// The token.
        token: String,
        /// Whether this is the answer: no other is accepted afterwards. A heartbeat is none.
        closes: bool,
    },
}

/// A message for an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The receiver.
    pub to: Address,
    /// The message, as its host wrote it.
    pub data: Vec<u8>,
    /// The sender, in words that no other message has: an answer that is sent again with the same words is taken as the one that it was.
    /// Empty: nobody in particular.
    pub key: String,
    /// The time at which it came.
    pub at: Millis,
}

/// The result of delivering a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// It is in the inbox of this execution.
    To(ExecutionId),
    /// There is no such execution or token.
    Missing,
    /// The execution is over, or the token was answered or closed.
    Closed,
}

/// The number of a message in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub i64);

/// A message in the inbox of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// The execution of the inbox.
    pub execution: ExecutionId,
    /// The token that it was sent to.
    pub token: Option<String>,
    /// The message, as its sender wrote it.
    pub data: Vec<u8>,
    /// The time at which it came.
    pub at: Millis,
}

/// Inboxes to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbox {
    /// The leases of these executions.
    Of(Vec<ExecutionId>),
    /// The leases of all executions that a host has.
    Owner {
        /// The host.
        owner: String,
        /// The most messages.
        limit: usize,
    },
}

/// A request for a failed execution to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redrive {
    /// The ARN of the execution.
    pub execution: String,
    /// The message for its inbox.
    pub data: Vec<u8>,
    /// The request in words that no other has, so that it can be made again. Empty: none.
    pub key: String,
    /// Whether it only becomes `PENDING_REDRIVE`, and runs when it is redriven once more.
    pub pending: bool,
    /// The time.
    pub at: Millis,
}

/// The result of a redrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redriven {
    /// The execution runs again, since then.
    Since(Millis),
    /// The execution has not failed: it runs, or it succeeded.
    NotFailed(Status),
    /// There is no such execution.
    Missing,
}

/// A Map Run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapRun {
    /// Its ARN.
    pub arn: String,
    /// The ARN of the execution that it is part of.
    pub execution: String,
    /// The ARN of that execution's machine.
    pub machine: String,
    /// Its status.
    pub status: Status,
    /// The time of its start.
    pub started: Millis,
    /// The time of its end.
    pub stopped: Option<Millis>,
    /// Its settings and counts, as its host wrote them.
    pub details: String,
}
