//! Samples: inputs of executions, and what their states answered.

use std::collections::HashMap;

use stepfn_core::{json, value::Value};

/// The inputs of executions, and the answers of their states' work.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// Inputs of the machines.
    pub inputs: Vec<Value>,
    /// Results of Task states, by the states' names, as they came: before `ResultSelector`.
    pub results: Vec<(String, Value)>,
}

impl Samples {
    /// Takes what a history tells: the JSON of `aws stepfunctions get-execution-history --include-execution-data`.
    ///
    /// # Errors
    /// When it is no such history.
    pub fn history(&mut self, history: &Value) -> Result<(), String> {
        let events = history
            .get("events")
            .and_then(Value::as_array)
            .ok_or("this is no history: it has no list of `events`; `aws stepfunctions get-execution-history` writes one")?;
        let mut by_id: HashMap<i64, &Value> = HashMap::new();
        for event in events.iter() {
            if let Some(id) = event.get("id").and_then(Value::as_i64) {
                by_id.insert(id, event);
            }
        }
        let mut states = States { by_id, known: HashMap::new() };
        for event in events.iter() {
            let details = |name: &str| event.get(name);
            if let Some(started) = details("executionStartedEventDetails") {
                self.inputs.extend(data(started, "input"));
            }
            let done = [
                "taskSucceededEventDetails",
                "lambdaFunctionSucceededEventDetails",
                "activitySucceededEventDetails",
            ];
            if let Some(output) = done.iter().find_map(|name| data(details(name)?, "output"))
                && let Some(state) = states.of(event)
            {
                self.results.push((state.to_owned(), output));
            }
        }
        Ok(())
    }
}

/// The data of an event: a text of JSON, which is not there where it was cut or left out.
fn data(details: &Value, key: &str) -> Option<Value> {
    let is_cut =
        details.get(&format!("{key}Details")).and_then(|of| of.get("truncated")) == Some(&Value::Bool(true));
    if is_cut {
        return None;
    }
    json::parse_value(details.get(key)?.as_str()?).ok()
}

/// The states that events happened in: the last that was entered before.
struct States<'h> {
    by_id: HashMap<i64, &'h Value>,
    /// Those of events that were gone through: a chain may be as long as the history, and each of its events may ask.
    known: HashMap<i64, Option<&'h str>>,
}

impl<'h> States<'h> {
    fn of(&mut self, event: &'h Value) -> Option<&'h str> {
        let (mut event, mut passed) = (event, Vec::new());
        let state = loop {
            if let Some(entered) = event.get("stateEnteredEventDetails") {
                break entered.get("name").and_then(Value::as_str);
            }
            let Some(previous) = event.get("previousEventId").and_then(Value::as_i64) else { break None };
            if let Some(known) = self.known.get(&previous) {
                break *known;
            }
            // Whoever comes by here again in a loop finds nothing.
            self.known.insert(previous, None);
            passed.push(previous);
            let Some(before) = self.by_id.get(&previous) else { break None };
            event = before;
        };
        for id in passed {
            self.known.insert(id, state);
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(events: &str) -> Samples {
        let mut samples = Samples::default();
        samples.history(&json::parse_value(&format!("{{\"events\": [{events}]}}")).unwrap()).unwrap();
        samples
    }

    #[test]
    fn inputs_and_results_are_found_with_their_states() {
        let samples = samples(
            r#"{ "id": 1, "previousEventId": 0, "type": "ExecutionStarted", "executionStartedEventDetails": { "input": "{\"a\":1}" } },
               { "id": 2, "previousEventId": 0, "type": "TaskStateEntered", "stateEnteredEventDetails": { "name": "Charge" } },
               { "id": 3, "previousEventId": 2, "type": "LambdaFunctionScheduled" },
               { "id": 4, "previousEventId": 3, "type": "LambdaFunctionSucceeded", "lambdaFunctionSucceededEventDetails": { "output": "{\"paid\":true}" } },
               { "id": 5, "previousEventId": 4, "type": "TaskStateEntered", "stateEnteredEventDetails": { "name": "Send" } },
               { "id": 6, "previousEventId": 5, "type": "TaskSucceeded", "taskSucceededEventDetails": { "output": "{\"x\"", "outputDetails": { "truncated": true } } }"#,
        );
        assert_eq!(samples.inputs.len(), 1);
        assert_eq!(samples.results, [("Charge".to_owned(), json::parse_value(r#"{"paid":true}"#).unwrap())]);
    }

    /// Each of them asks for a state that lies further back.
    #[test]
    fn a_chain_as_long_as_the_history_is_gone_through_once() {
        let entered =
            r#"{ "id": 1, "previousEventId": 0, "stateEnteredEventDetails": { "name": "Charge" } }"#;
        let done = |id: usize| {
            format!(
                r#"{{ "id": {id}, "previousEventId": {}, "taskSucceededEventDetails": {{ "output": "{id}" }} }}"#,
                id - 1
            )
        };
        // Half of it comes from behind.
        let ids = (2..1_000).chain((1_000..100_000).rev());
        let events: Vec<_> = std::iter::once(entered.to_owned()).chain(ids.map(done)).collect();
        let samples = samples(&events.join(","));
        assert_eq!(samples.results.len(), 99_998);
        assert!(samples.results.iter().all(|(state, _)| state == "Charge"));
    }

    #[test]
    fn what_is_no_history_is_reported_and_loops_end() {
        assert!(Samples::default().history(&Value::Null).unwrap_err().contains("get-execution-history"));
        let looped = samples(
            r#"{ "id": 1, "previousEventId": 2, "taskSucceededEventDetails": { "output": "1" } }, { "id": 2, "previousEventId": 1 }"#,
        );
        assert!(looped.results.is_empty());
    }
}
