//! The executions that an execution has started: what their machines were sent, and what became of it.

use stepfn::{executor::Outcome, shape::Shape, value::Value};

use crate::{
    exempt::{exempt, is_beyond_its_type},
    judge::Failure,
    trial::{Child, Trial, unreadable},
};

impl Trial {
    /// The executions that were started, with their machines and what they were sent.
    fn started<'t>(&'t self, outcome: &'t Outcome) -> impl Iterator<Item = (&'t Child, &'t Outcome, Value)> {
        outcome.started_executions.iter().filter_map(|started| {
            let arn = started.execution_arn();
            let is_of = |child: &&'t Child| arn.contains(&format!(":{}:", child.name));
            let own = self.children.iter().find(is_of);
            // What goes on after the one that started it has ended is counted as the first one's.
            let below = || self.whole().into_iter().flat_map(|trial| &trial.children).filter(is_of).collect();
            let below: Vec<&Child> = own.map_or_else(below, |own| vec![own]);
            assert!(!below.is_empty(), "{arn} is of no machine that was to be started");
            // Two that start machines of their own may call them by one name.
            let [child] = below[..] else { return None };
            let details = started.history.events().next()?.details()?;
            Some((child, started, details["input"].as_str()?.parse().ok()?))
        })
    }

    /// The failure of an execution that was started, or of an input that its machine cannot read.
    pub(crate) fn of_started(&self, outcome: &Outcome) -> Option<Failure> {
        let of = |(child, started, input): (&Child, &Outcome, Value)| {
            if let Some(reason) = unreadable(child.trial.input, &input)
                && exempt(&reason).is_none()
                && !is_beyond_its_type(outcome, &input, &reason)
            {
                let place = "a machine that is started cannot read its input";
                return Some(Failure::new(place, &reason, Some(&input)));
            }
            child.trial.verdict(started, &input, false)
        };
        let inside = || outcome.map_runs.iter().flat_map(|run| &run.children);
        self.started(outcome).find_map(of).or_else(|| inside().find_map(|child| self.of_started(child)))
    }

    /// Whether a field that could not be read, by the words of the error, is one that a machine which was started was sent and that the
    /// type of its input does not know.
    pub(crate) fn is_sent_unknown(&self, outcome: &Outcome, reason: &str) -> bool {
        let of = |(child, started, input): (&Child, &Outcome, Value)| {
            is_unknown(child.trial.input, &input, reason) || child.trial.is_sent_unknown(started, reason)
        };
        let inside = || outcome.map_runs.iter().flat_map(|run| &run.children);
        self.started(outcome).any(of) || inside().any(|child| self.is_sent_unknown(child, reason))
    }
}

/// Whether an error names a field that a value has and its type does not know.
pub(crate) fn is_unknown(shape: &Shape, value: &Value, reason: &str) -> bool {
    let known = format!("{shape:?}");
    // Such a type has all keys.
    if ["Map(", "Keyed", "Any"].iter().any(|open| known.contains(open)) {
        return false;
    }
    let fields = ["in its field `", "Unable to apply ReferencePath $."];
    let fields = fields.iter().flat_map(|words| reason.split(words).skip(1));
    let fields = fields.filter_map(|rest| rest.split(['`', ' ']).next());
    fields
        .flat_map(|path| path.split('.'))
        .any(|key| has(value, key) && !known.contains(&format!("\"{key}\"")))
}

fn has(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(name, value)| name == key || has(value, key)),
        Value::Array(items) => items.iter().any(|item| has(item, key)),
        _ => false,
    }
}

#[test]
fn a_field_that_a_type_knows_is_no_unknown_one() {
    let input: Value = r#"{"a": 1, "b": [{"c": 2}]}"#.parse().unwrap();
    let known = <(bool, Option<String>) as stepfn::shape::StateData>::SHAPE;
    let of = |field: &str| is_unknown(known, &input, &format!("in its field `{field}`: expected a string"));
    assert!(of("a") && of("c") && !of("d"));
    assert!(is_unknown(known, &input, "Unable to apply ReferencePath $.a.x to input {}"));
    let any = <serde_json::Value as stepfn::shape::StateData>::SHAPE;
    assert!(!is_unknown(any, &input, "in its field `a`: expected a string"));
    assert!(!is_unknown(known, &input, "expected a string"));
}
