use std::{fmt, marker::PhantomData, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use stepfn_core::{
    definition::{Definition, Workflow},
    value::{Value, from_value},
};

use super::{
    ExpectedPath,
    differs::{self, shown},
    fail, json, or_fail,
    picture::{self, Visit},
};
use crate::{Outcome, Route, Status, history::EventKind};

/// A run that is over, to be asked and asserted about. Assertions can be chained; one that does not hold shows the way the
/// execution took, and the data before and after its last states.
pub struct Run<W = ()> {
    name: String,
    /// The outcome, with everything that there is to know.
    pub outcome: Outcome,
    visits: Vec<Visit>,
    workflow: PhantomData<fn() -> W>,
}

impl<W> Run<W> {
    pub(super) fn new(name: String, outcome: Outcome) -> Self {
        let visits = picture::visits(&outcome.history);
        Self { name, outcome, visits, workflow: PhantomData }
    }

    /// The output in JSON.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// # use stepfn_executor::{Mock, testing::Test};
    /// let run = Test::of(&definition).mock("Load", Mock::succeed(1)).run_value(Value::Null);
    /// assert_eq!(run.output_value(), &Value::from(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// When the execution did not succeed.
    #[track_caller]
    pub fn output_value(&self) -> &Value {
        match self.outcome.output() {
            Some(output) => output,
            None => self.otherwise("an output", &self.outcome.status.to_string()),
        }
    }

    /// The output as the workflow's type.
    ///
    /// # Panics
    /// When the execution did not succeed.
    #[track_caller]
    pub fn output(&self) -> W::Output
    where
        W: Workflow,
        W::Output: DeserializeOwned,
    {
        or_fail(from_value(self.output_value()), "the output is not of the workflow's type")
    }

    /// The names of the states that were entered, in their order, those inside of Maps and Parallels among them as they came.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// # use stepfn_executor::{Mock, testing::Test};
    /// let run = Test::of(&definition).mock("Load", Mock::succeed(1)).run_value(Value::Null);
    /// assert_eq!(run.path(), ["Load"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(&self) -> Vec<&str> {
        self.visits.iter().map(|visit| &*visit.state).collect()
    }

    /// The way through the machine itself, what happened inside of Maps and Parallels below its states.
    pub fn route(&self) -> Route {
        self.outcome.history.route()
    }

    /// Returns the inputs of a Task's handler, call by call.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// # use stepfn_executor::{Mock, testing::Test};
    /// let run = Test::of(&definition).mock("Load", Mock::succeed(1)).run_value(Value::Null);
    /// assert_eq!(run.calls("Load"), [Value::Null]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn calls(&self, state: &str) -> Vec<Value> {
        let program = &self.outcome.history.executor().program;
        let events = self.outcome.history.as_slice().iter().enumerate();
        events
            .filter_map(|(index, event)| match &event.kind {
                EventKind::TaskScheduled(scheduled) if *program.state(scheduled.state).name == *state => {
                    let event = self.outcome.history.events().nth(index)?.details()?;
                    let text = event.get("parameters").or_else(|| event.get("input"))?.as_str()?.to_owned();
                    text.parse().ok()
                }
                _ => None,
            })
            .collect()
    }

    /// Returns the inputs of a state, visit by visit.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// # use stepfn_executor::testing::Test;
    /// let run = Test::of(&definition).run_value(Value::Null);
    /// assert_eq!(run.inputs("Greet"), [&Value::Null]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn inputs(&self, state: &str) -> Vec<&Value> {
        self.visits.iter().filter(|visit| visit.state == state).map(|visit| &visit.input).collect()
    }

    /// Returns the outputs of a state, visit by visit; visits without one are left out.
    pub fn outputs(&self, state: &str) -> Vec<&Value> {
        let visits = self.visits.iter().filter(|visit| visit.state == state);
        visits.filter_map(|visit| visit.left.as_ref().map(|(output, _)| output)).collect()
    }

    /// The way the execution took: `ValidateCSV → CheckValidation → …`, for a snapshot.
    pub fn path_text(&self) -> String {
        picture::path(&self.visits)
    }

    /// The workflow as a Mermaid flowchart, the way that the execution took marked.
    pub fn to_mermaid(&self, definition: &Definition) -> String {
        let mut coverage = super::Coverage::of(definition);
        coverage.add(self);
        coverage.to_mermaid()
    }

    /// The history, an event a line, for a snapshot: the same for the same test, every time.
    pub fn history_text(&self) -> String {
        self.outcome.history.to_string()
    }

    /// Asserts success.
    ///
    /// # Panics
    /// When the execution did not succeed.
    #[track_caller]
    pub fn assert_succeeded(&self) -> &Self {
        if self.outcome.output().is_none() {
            self.otherwise("SUCCEEDED", &self.outcome.status.to_string());
        }
        self
    }

    /// Asserts success with this output, compared as JSON.
    ///
    /// # Panics
    /// When the execution ended otherwise.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// # use stepfn_executor::testing::Test;
    /// let run = Test::of(&definition).run_value(Value::Null);
    /// run.assert_output("hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn assert_output(&self, expected: impl Serialize) -> &Self {
        let expected = json(&expected);
        match self.outcome.output() {
            Some(output) if *output == expected => self,
            Some(output) => {
                let (expected, found) = differs::outputs(&expected, output);
                self.otherwise(&expected, &found)
            }
            None => {
                self.otherwise(&format!("the output {}", shown(&expected)), &self.outcome.status.to_string())
            }
        }
    }

    /// Asserts that the execution failed with this error.
    ///
    /// # Panics
    /// When the execution ended otherwise.
    #[track_caller]
    pub fn assert_failed(&self, error: &str) -> &Self {
        let failed = matches!(self.outcome.status, Status::Failed { .. });
        if !failed || self.outcome.error() != Some(error) {
            self.otherwise(&format!("FAILED {error}"), &self.outcome.status.to_string());
        }
        self
    }

    /// Asserts the states of the machine itself that were entered, in their order.
    ///
    /// A Map or Parallel is expected by its name, whatever happens inside of it, or with that, as [`route`](Self::route) shows it:
    /// `Each [0-1: Pay -> Ship; 2: Pay]`, the iterations or branches by their numbers from 0, those that went the same way together.
    /// The whole path may be one such text: `"Check -> Each [0-1: Pay] -> Done"`.
    ///
    /// # Panics
    /// When they were others; the first difference is shown.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// # use stepfn_executor::testing::Test;
    /// let run = Test::of(&definition).run_value(Value::Null);
    /// run.assert_path(["Greet"]);
    /// run.assert_path("Greet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn assert_path(&self, expected: impl ExpectedPath) -> &Self {
        let expected = expected.steps();
        let route = self.route();
        if let Some(difference) = differs::ways(&expected, &route) {
            self.otherwise(
                &format!("the path {}", expected.join(" → ")),
                &format!("the path {}\n  {difference}", route.to_string().replace("->", "→")),
            );
        }
        self
    }

    /// Asserts that a state was entered, in the machine itself or inside of a Map or Parallel.
    ///
    /// # Panics
    /// When it was not.
    #[track_caller]
    pub fn assert_visited(&self, state: &str) -> &Self {
        if !self.has_visited(state) {
            self.otherwise(&format!("a visit of `{state}`"), "none");
        }
        self
    }

    /// Asserts that a state was not entered.
    ///
    /// # Panics
    /// When it was.
    #[track_caller]
    pub fn assert_not_visited(&self, state: &str) -> &Self {
        if self.has_visited(state) {
            self.otherwise(&format!("no visit of `{state}`"), "one");
        }
        self
    }

    /// Asserts how long the execution took, on its clock.
    ///
    /// # Panics
    /// When it took longer or shorter.
    #[track_caller]
    pub fn assert_took(&self, expected: Duration) -> &Self {
        let took = self.outcome.duration();
        if took != expected {
            self.otherwise(&format!("{expected:?} of virtual time"), &format!("{took:?}"));
        }
        self
    }

    /// Returns `true` if a state was entered, in children of distributed Maps, too.
    fn has_visited(&self, state: &str) -> bool {
        let children = self.outcome.map_runs.iter().flat_map(|run| &run.children);
        self.path().contains(&state)
            || children.flat_map(|child| child.history.path()).any(|entered| entered == state)
    }

    #[track_caller]
    fn otherwise(&self, expected: &str, found: &str) -> ! {
        fail(&format!(
            "the run of `{}` was not as expected\n  expected  {expected}\n  found     {found}\n\n{self}",
            self.name
        ))
    }
}

impl<W> fmt::Display for Run<W> {
    /// Writes the end, the route, and the data before and after the last states.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  end   {}", self.outcome.status)?;
        f.write_str(&picture::of_history(&self.outcome.history))
    }
}

impl<W> fmt::Debug for Run<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
