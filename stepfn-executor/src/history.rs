mod event;
mod log;
mod render;
mod route;
pub(crate) mod status_change;
mod text;

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use stepfn_core::{definition::LogLevel, value::Value, visible::visible};

pub(crate) use self::event::{Event, EventError, EventKind, Iteration, Scheduled};
pub use self::route::{Route, RouteStep};
pub(crate) use self::route::{inside, placed};
pub use self::{log::log_event, status_change::StatusChange};
use crate::{executor::Inner, program::Inner as Program, shared::Shared, time};

/// The event history of an execution, in the form of AWS's `GetExecutionHistory`.
///
/// Events hold the data of the execution itself; JSON is made only when asked for.
///
/// ```
/// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
/// use stepfn_executor::Executor;
///
/// let (machine, _) = asl::read_str(r#"{"StartAt": "Hello", "States": {"Hello": {"Type": "Succeed"}}}"#)?;
/// let definition = Definition::from_asl("Hello", WorkflowType::Standard, machine);
/// let history = Executor::builder().build(&definition)?.run_blocking(Value::from(1))?.history;
/// assert_eq!(history.events().map(|event| event.event_type).collect::<Vec<_>>(), [
///     "ExecutionStarted", "SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded",
/// ]);
/// assert_eq!(history.to_json()["events"][3]["previousEventId"], Value::from(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Its [`Display`](fmt::Display) is one line per event: id, predecessor, seconds since the start, what happened.
#[derive(Clone)]
pub struct History {
    executor: Shared,
    /// None where none were kept.
    events: Option<Arc<Vec<Event>>>,
}

/// One event of a [`History`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HistoryEvent<'a> {
    /// `id`, from 1 without gaps.
    pub id: u64,
    /// `previousEventId`: what led to this; 0 for nothing.
    pub previous_event_id: u64,
    /// `timestamp`, by the execution's clock.
    pub timestamp: Timestamp,
    /// `type`: `TaskStateEntered`
    pub event_type: &'static str,
    /// The name of the state it happened in; none for the execution's own events.
    pub state: Option<&'a str>,
    history: &'a History,
    event: &'a Event,
}

impl History {
    pub(crate) fn new(executor: Shared, events: Vec<Event>) -> Self {
        Self { executor, events: (!events.is_empty()).then(|| Arc::new(events)) }
    }

    /// Of events that others hold too.
    pub(crate) fn shared(executor: Shared, events: Arc<Vec<Event>>) -> Self {
        Self { executor, events: (!events.is_empty()).then_some(events) }
    }

    pub(crate) fn executor(&self) -> &Inner {
        &self.executor
    }

    fn program(&self) -> &Program {
        &self.executor.program
    }

    /// The number of events. An Express execution keeps none.
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Returns `true` if there are no events.
    pub fn is_empty(&self) -> bool {
        self.events.is_none()
    }

    /// The events, in their order.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// let outcome = stepfn_executor::Executor::new(&definition)?.run_blocking(Value::Null)?;
    /// let first = outcome.history.events().next().map(|event| event.to_json());
    /// assert_eq!(first.and_then(|event| event["type"].as_str().map(str::to_owned)).as_deref(), Some("ExecutionStarted"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn events(&self) -> impl ExactSizeIterator<Item = HistoryEvent<'_>> {
        self.as_slice().iter().enumerate().map(|(index, event)| self.event(index, event))
    }

    fn event<'a>(&'a self, index: usize, event: &'a Event) -> HistoryEvent<'a> {
        HistoryEvent {
            id: index as u64 + 1,
            previous_event_id: u64::from(event.previous),
            timestamp: event.at,
            event_type: render::event_type(event, self.program()),
            state: event.kind.state().map(|state| &*self.program().state(state).name),
            history: self,
            event,
        }
    }

    /// The reply of `GetExecutionHistory`: `{"events": […]}`, timestamps in seconds since 1970.
    pub fn to_json(&self) -> Value {
        Value::object([("events", Value::array(self.events().map(|event| event.to_json())))])
    }

    /// The JSON text of [`to_json`](Self::to_json), written as it goes: no value is made of it.
    pub fn to_json_string(&self) -> String {
        let mut text = text::Text::default();
        text.push("{\"events\":[");
        for event in self.events() {
            if event.id > 1 {
                text.push(",");
            }
            text.event(&event);
        }
        text.push("]}");
        text.into_string()
    }

    pub(crate) fn log_events(
        &self,
        level: LogLevel,
        include_execution_data: bool,
        arn: &str,
    ) -> impl Iterator<Item = Value> {
        let mut redrives = 0;
        self.events().filter_map(move |event| {
            if let EventKind::ExecutionRedriven { count } = event.event.kind {
                redrives = count;
            }
            log::is_logged(level, event.event_type)
                .then(|| log::event(&event, include_execution_data, arn, redrives))
        })
    }

    /// The events from one on, each in JSON.
    pub(crate) fn json_from(&self, first: usize) -> Vec<String> {
        json_lines(&self.executor, self.as_slice(), first)
    }

    pub(crate) fn as_slice(&self) -> &[Event] {
        self.events.as_deref().map_or(&[], Vec::as_slice)
    }

    /// The states that were entered, those of iterations and branches below their Map or Parallel.
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// use stepfn_executor::Executor;
    ///
    /// let (machine, _) = asl::read_str(r#"{"StartAt": "Each", "States": {
    ///     "Each": {"Type": "Map", "Next": "Done", "ItemProcessor": {
    ///         "StartAt": "Check", "States": {"Check": {"Type": "Pass", "End": true}}}},
    ///     "Done": {"Type": "Succeed"}}}"#)?;
    /// let definition = Definition::from_asl("Checks", WorkflowType::Standard, machine);
    /// let outcome = Executor::new(&definition)?.run_blocking(Value::array([Value::from(1), Value::from(2)]))?;
    /// assert_eq!(outcome.history.route().to_string(), "Each [0-1: Check] -> Done");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn route(&self) -> Route {
        route::route(self.program(), self.as_slice())
    }

    /// Returns the place of each event: `Each[1] / Both[0]` in the first branch of the Parallel `Both` in the second iteration of the Map
    /// `Each`, and nothing in the machine itself.
    pub fn places(&self) -> Vec<Arc<str>> {
        route::places(self.program(), self.as_slice())
    }

    /// The names of the states that were entered, in their order.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// let outcome = stepfn_executor::Executor::new(&definition)?.run_blocking(Value::Null)?;
    /// assert_eq!(outcome.history.path(), ["Greet"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(&self) -> Vec<&str> {
        let entered = self.as_slice().iter().filter_map(|event| match event.kind {
            EventKind::StateEntered { state, .. } => Some(&*self.program().state(state).name),
            _ => None,
        });
        entered.collect()
    }
}

/// The events from one on, each in JSON.
pub(crate) fn json_lines(executor: &Shared, events: &[Event], first: usize) -> Vec<String> {
    let history = History::new(executor.clone(), Vec::new());
    let event = |index: usize, event| {
        let mut text = text::Text::default();
        text.event(&history.event(index, event));
        text.into_string()
    };
    events.iter().enumerate().skip(first).map(|(index, of)| event(index, of)).collect()
}

impl HistoryEvent<'_> {
    /// The event as `GetExecutionHistory` has it.
    pub fn to_json(&self) -> Value {
        render::json(self)
    }

    /// The details alone, without `id`, `previousEventId`, `timestamp` and `type`; none for events that have none.
    pub fn details(&self) -> Option<Value> {
        render::details(self).map(|(_, details)| details)
    }
}

impl fmt::Display for HistoryEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.history.as_slice().first().map_or(self.timestamp, |first| first.at);
        let elapsed = time::until(start, self.timestamp);
        write!(
            f,
            "{:>4} <- {:<4} {:>10.3} {}",
            self.id,
            self.previous_event_id,
            elapsed.as_secs_f64(),
            self.event_type
        )?;
        if let Some(state) = self.state {
            write!(f, " {}", visible(state))?;
        }
        render::brief(self.event, f)
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.events().try_for_each(|event| writeln!(f, "{event}"))
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "History({} events)", self.len())
    }
}
