//! Machines made at random, whose tasks fail at first: redriven until they succeed, they come to what they come to without failures, and
//! no task that succeeded is done again.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    task::TaskFailure,
    value::{Map, Value},
};
use stepfn_executor::{Executor, Outcome};

use super::json;

struct Lcg(u64);

impl Lcg {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn machine(&mut self, prefix: &str, depth: u64) -> Value {
        let count = 1 + self.below(3);
        let name = |index| format!("{prefix}{index}");
        let states: Vec<_> = (0..count)
            .map(|index| {
                let mut state = self.state(&name(index), depth);
                match index + 1 < count {
                    true => state.insert("Next".into(), name(index + 1).into()),
                    false => state.insert("End".into(), true.into()),
                };
                (name(index), Value::from(state))
            })
            .collect();
        let states = Value::object(states.iter().map(|(name, state)| (name.as_str(), state.clone())));
        Value::object([("StartAt", Value::from(name(0))), ("States", states)])
    }

    fn state(&mut self, name: &str, depth: u64) -> Map {
        let kind = self.below(if depth == 0 { 4 } else { 8 });
        let base = match kind {
            0 => r#""Type": "Pass", "Parameters": {"passed.$": "$"}, "Assign": {"seen.$": "$"}"#.to_owned(),
            1 => format!(r#""Type": "Wait", "Seconds": {}"#, self.below(3)),
            2 | 3 => format!(
                r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "Parameters": {{"at": "{name}", "in.$": "$"}}"#
            ),
            4 | 5 => r#""Type": "Parallel""#.to_owned(),
            _ => format!(
                r#""Type": "Map", "MaxConcurrency": {}, "ItemsPath": "$$.Execution.Input.list", "ItemSelector": {{"i.$": "$$.Map.Item.Value", "in.$": "$"}}"#,
                self.below(3)
            ),
        };
        let mut state = json(&format!("{{{base}}}")).as_object().unwrap().clone();
        match kind {
            4 | 5 => {
                let branches = (0..2).map(|index| self.machine(&format!("{name}b{index}"), depth - 1));
                let branches = branches.collect::<Vec<_>>();
                state.insert("Branches".into(), Value::array(branches));
            }
            6 | 7 => {
                let mut processor = self.machine(&format!("{name}i"), depth - 1);
                if kind == 7 {
                    let execution_type = ["STANDARD", "EXPRESS"][self.below(2) as usize];
                    let config = format!(r#"{{"Mode": "DISTRIBUTED", "ExecutionType": "{execution_type}"}}"#);
                    processor.make_object().insert("ProcessorConfig".into(), json(&config));
                    // The input of the children's own executions.
                    let selector =
                        r#"{"i.$": "$$.Map.Item.Value", "in.$": "$", "list.$": "$$.Execution.Input.list"}"#;
                    state.insert("ItemSelector".into(), json(selector));
                }
                state.insert("ItemProcessor".into(), processor);
            }
            _ => {}
        }
        state
    }
}

type Calls = Arc<Mutex<HashMap<String, u32>>>;

/// An executor whose tasks fail once for some of their inputs, and how often each input succeeded.
fn executor(definition: &Definition, failing: u64) -> (Executor, Calls) {
    let (succeeded, failed) = (Calls::default(), Mutex::new(HashSet::new()));
    let counted = Arc::clone(&succeeded);
    let executor = Executor::builder().function("work", move |input: Value| {
        let key = input.to_string();
        let number = key.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        let fails = number % 4 < failing && failed.lock().unwrap().insert(key.clone());
        if !fails {
            *counted.lock().unwrap().entry(key).or_default() += 1;
        }
        async move { if fails { Err(TaskFailure::with_cause("Once", "")) } else { Ok(input) } }
    });
    (executor.build(definition).unwrap(), succeeded)
}

fn run(definition: &Definition, failing: u64) -> (Outcome, usize, Calls) {
    let (executor, calls) = executor(definition, failing);
    let mut outcome = executor.run_blocking(json(r#"{"list": [1, 2, 3]}"#)).unwrap();
    let mut redrives = 0;
    while outcome.output().is_none() {
        redrives += 1;
        assert!(redrives < 2_000, "{}\n{}", definition.machine.to_json(), outcome.history);
        outcome = executor.redrive(&outcome).unwrap().run_blocking().unwrap();
    }
    (outcome, redrives, calls)
}

#[test]
fn redriven_machines_come_to_what_they_come_to_without_failures() {
    let (mut redriven, mut exact) = (0, 0);
    for seed in 0..400 {
        let (machine, diagnostics) = asl::read(&Lcg(seed).machine("S", 2));
        assert_eq!(diagnostics, []);
        let definition = Definition::from_asl("Random", WorkflowType::Standard, machine);
        let (wanted, _, once) = run(&definition, 0);
        let (outcome, redrives, calls) = run(&definition, 2);
        let shown = || format!("seed {seed}: {}\n{}", definition.machine.to_json(), outcome.history);
        assert_eq!(outcome.output(), wanted.output(), "{}", shown());
        let (once, calls) = (once.lock().unwrap(), calls.lock().unwrap());
        assert!(once.values().all(|count| *count == 1), "{}", shown());
        redriven += redrives;
        // Express children that did not succeed start anew.
        if definition.machine.to_json().to_string().contains("EXPRESS") {
            continue;
        }
        let repeated: Vec<_> = calls.iter().filter(|(key, count)| once.get(*key) != Some(*count)).collect();
        assert!(repeated.is_empty() && once.len() == calls.len(), "{repeated:?}\n{}", shown());
        exact += 1;
    }
    assert!(exact > 200, "{exact}");
    assert!(redriven > 200, "{redriven}");
}
