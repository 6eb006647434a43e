//! Machines made at random: whatever they do, they end, and their histories hold together.

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    value::{Map, Value},
};
use stepfn_executor::{Executor, Mock, Outcome, RunError};

use crate::json;

struct Lcg(u64);

impl Lcg {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    fn maybe(&mut self, state: &mut Map, fields: &[&str]) {
        if self.below(3) == 0 {
            let field = self.pick(fields);
            state.extend(json(&format!("{{{field}}}")).as_object().unwrap().clone());
        }
    }

    /// A machine of three states, whose names begin with `prefix`.
    fn machine(&mut self, prefix: &str, depth: u64, mocks: &mut Vec<(String, Mock)>) -> Value {
        let names: Vec<String> = (0..3).map(|index| format!("{prefix}{index}")).collect();
        let states = names.iter().enumerate().map(|(index, name)| {
            let next = names.get(index + 1).map(String::as_str);
            (name.as_str(), self.state(name, next, &names, depth, mocks))
        });
        let states = Value::object(states.collect::<Vec<_>>());
        Value::object([("StartAt", Value::from(names[0].as_str())), ("States", states)])
    }

    fn state(
        &mut self,
        name: &str,
        next: Option<&str>,
        names: &[String],
        depth: u64,
        mocks: &mut Vec<(String, Mock)>,
    ) -> Value {
        let mut state = Map::new();
        let kinds = if depth == 0 { 5 } else { 7 };
        let kind = self.below(kinds);
        let base = match kind {
            0 => r#""Type": "Pass""#.to_owned(),
            1 => format!(r#""Type": "Wait", "Seconds": {}"#, self.below(4)),
            2 => format!(
                r#""Type": "Choice", "Default": "{}", "Choices": [{{"Variable": "$.n", "NumericEquals": 1, "Next": "{}"}}]"#,
                names[self.below(3) as usize],
                names[self.below(3) as usize]
            ),
            3 | 4 => {
                mocks.push((name.to_owned(), self.mock()));
                let resource = self.pick(&[
                    "arn:aws:states:::sns:publish",
                    "arn:aws:lambda:us-east-1:123456789012:function:f",
                    "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                    "arn:aws:states:::states:startExecution.sync",
                ]);
                format!(r#""Type": "Task", "Resource": "{resource}", "TimeoutSeconds": 3"#)
            }
            5 => r#""Type": "Parallel""#.to_owned(),
            _ => r#""Type": "Map", "ItemsPath": "$.list""#.to_owned(),
        };
        state.extend(json(&format!("{{{base}}}")).as_object().unwrap().clone());
        match kind {
            2 => return state.into(),
            5 => {
                let branches = (0..2).map(|index| self.machine(&format!("{name}b{index}"), depth - 1, mocks));
                state.insert("Branches".into(), Value::array(branches.collect::<Vec<_>>()));
            }
            6 => {
                state.insert("ItemProcessor".into(), self.machine(&format!("{name}i"), depth - 1, mocks));
                self.maybe(
                    &mut state,
                    &[
                        r#""MaxConcurrency": 1"#,
                        r#""ItemSelector": {"list.$": "$.list", "n.$": "$$.Map.Item.Index"}"#,
                    ],
                );
            }
            _ => {}
        }
        if kind >= 3 {
            let caught = &names[2];
            self.maybe(
                &mut state,
                &[
                    r#""Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]"#,
                    r#""Retry": [{"ErrorEquals": ["E"], "JitterStrategy": "FULL"}]"#,
                ],
            );
            self.maybe(
                &mut state,
                &[&format!(
                    r#""Catch": [{{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "{caught}"}}]"#
                )],
            );
        }
        if kind != 1 {
            self.maybe(&mut state, &[r#""ResultPath": "$.out""#, r#""ResultPath": null"#]);
        }
        self.maybe(
            &mut state,
            &[r#""OutputPath": "$.list""#, r#""InputPath": "$.list""#, r#""Assign": {"v.$": "$"}"#],
        );
        match next {
            Some(next) => state.insert("Next".into(), next.into()),
            None => state.insert("End".into(), true.into()),
        };
        state.into()
    }

    fn mock(&mut self) -> Mock {
        let takes = std::time::Duration::from_secs(self.below(5));
        match self.below(6) {
            0 => Mock::fail("E", "c"),
            1 => Mock::fail("E", "c").then(Mock::succeed(json(r#"{"list":[1]}"#))),
            2 => Mock::timeout(),
            3 => Mock::callback(json("[]")).take(takes),
            4 => Mock::succeed(json(r#"{"n":1,"list":[1,2]}"#)).take(takes),
            _ => Mock::respond_with(|call| Ok(call.input.clone())),
        }
    }
}

fn run(seed: u64) -> (String, Result<Outcome, RunError>) {
    let mut random = Lcg(seed);
    let mut mocks = Vec::new();
    let value = random.machine("S", 2, &mut mocks);
    let (machine, _) = asl::read(&value);
    let definition = Definition::from_asl("Random", WorkflowType::Standard, machine);
    let builder = Executor::builder().max_transitions(500).seed(seed.cast_signed());
    let builder = mocks.into_iter().fold(builder, |builder, (state, mock)| builder.mock(state, mock));
    let executor = builder.build(&definition).unwrap();
    (value.to_string(), executor.run_blocking(json(r#"{"n":1,"list":[1,{"n":1,"list":[]},[2]]}"#)))
}

#[test]
fn random_machines_end_and_their_histories_hold_together() {
    let (mut succeeded, mut failed) = (0, 0);
    for seed in 0..3000 {
        let (machine, outcome) = run(seed);
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(RunError::TooManyTransitions { .. }) => continue,
            Err(error) => panic!("{error}: {machine}"),
        };
        match outcome.status.name() {
            "SUCCEEDED" => succeeded += 1,
            "FAILED" => failed += 1,
            other => panic!("{other}: {machine}"),
        }
        let (mut time, mut open) = (outcome.started, 0i64);
        for event in outcome.history.events() {
            assert!(event.previous_event_id < event.id, "{machine}\n{}", outcome.history);
            assert!(event.timestamp >= time);
            time = event.timestamp;
            let state = event.event_type;
            open += i64::from(state.ends_with("StateEntered"));
            open -= i64::from(state.ends_with("StateExited") || state.ends_with("StateAborted"));
            assert!(open >= 0, "{machine}\n{}", outcome.history);
        }
        if outcome.status.name() == "SUCCEEDED" && !outcome.history.to_string().contains("Failed") {
            assert_eq!(open, 0, "{machine}\n{}", outcome.history);
        }
    }
    assert!(succeeded > 300 && failed > 300, "{succeeded} {failed}");
}

#[test]
fn random_machines_do_the_same_twice() {
    for seed in 0..300 {
        let history = |(_, outcome): (String, Result<Outcome, RunError>)| {
            outcome.map(|outcome| outcome.history.to_json().to_string()).map_err(|error| error.to_string())
        };
        assert_eq!(history(run(seed)), history(run(seed)));
    }
}
