use crate::{
    asl::{Amount, Resource, State, StateKind},
    placeholder,
    value::Value,
};

/// The default number of a retrier's attempts.
const DEFAULT_ATTEMPTS: u64 = 3;

/// Returns the lines below a state's name in a picture.
pub(super) fn of(state: &State) -> Vec<String> {
    let mut notes = Vec::new();
    match &state.kind {
        StateKind::Task(task) => notes.extend(resource(&task.resource, state)),
        StateKind::Map(map) => {
            if map.is_distributed() {
                notes.push("distributed".to_owned());
            }
            let most = match (&map.max_concurrency, &map.max_concurrency_path) {
                (Some(Amount::Number(number)), _) if number.to_string() == "0" => None,
                (Some(Amount::Number(number)), _) => Some(number.to_string()),
                (Some(Amount::Text(text)), _) | (None, Some(text)) => Some(text.clone()),
                (None, None) => None,
            };
            notes.extend(most.map(|most| format!("at most {most} at once")));
        }
        _ => {}
    }
    let attempts: Vec<u64> = state
        .retry
        .iter()
        .flatten()
        .map(|retrier| match &retrier.max_attempts {
            Some(Amount::Number(number)) => number.to_string().parse().unwrap_or(DEFAULT_ATTEMPTS),
            Some(Amount::Text(_)) | None => DEFAULT_ATTEMPTS,
        })
        .filter(|attempts| *attempts > 0)
        .collect();
    if let Some(most) = attempts.iter().max() {
        notes.push(format!("↻ up to {most}"));
    }
    notes
}

/// The resource in a few words: `charge`, `sns:publish`, `lambda:invoke charge`.
fn resource(resource: &Resource, state: &State) -> Option<String> {
    let arn = resource.as_str()?;
    if let Some(placeholder) = placeholder::only(arn) {
        return Some(
            placeholder.strip_suffix("Arn").filter(|name| !name.is_empty()).unwrap_or(placeholder).to_owned(),
        );
    }
    if let Some((_, service)) = arn.split_once(":states:::") {
        let given = state.parameters.as_ref().or(state.arguments.as_ref());
        let function = given.and_then(|given| given.get("FunctionName")).and_then(Value::as_str);
        return Some(match function {
            Some(function) if service.starts_with("lambda:invoke") => format!("{service} {}", name(function)),
            _ => service.to_owned(),
        });
    }
    if let Some((_, activity)) = arn.split_once(":activity:") {
        return Some(format!("activity {activity}"));
    }
    Some(name(arn).to_owned())
}

/// A function's name: what is behind `:function:` of its ARN, and behind the service and stage that the Serverless Framework puts before names.
fn name(function: &str) -> &str {
    let function = function.split_once(":function:").map_or(function, |(_, name)| name);
    let own = function.rsplit_once('}').map_or(function, |(_, own)| own.trim_start_matches(['-', '_']));
    if own.is_empty() { function } else { own }
}

#[cfg(test)]
mod tests {
    use crate::{asl, graph::Graph};

    #[test]
    fn states_tell_what_they_call_how_they_repeat_and_how_wide_they_run() {
        let (machine, _) = asl::read_str(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Task", "Resource": "${ChargeArn}", "Retry": [{ "ErrorEquals": ["X"], "MaxAttempts": 5 }, { "ErrorEquals": ["States.ALL"] }], "Next": "B" },
                "B": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "FunctionName": "${self:service}-${sls:stage}-charge" }, "Next": "C" },
                "C": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Retry": [{ "ErrorEquals": ["X"], "MaxAttempts": 0 }], "Next": "D" },
                "D": { "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:load:live", "Next": "E" },
                "E": { "Type": "Map", "MaxConcurrency": 40, "End": true, "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
                    "StartAt": "P", "States": { "P": { "Type": "Task", "Resource": "arn:aws:states:us-east-1:1:activity:pack", "End": true } } } } } }"#,
        )
        .unwrap();
        let notes: Vec<String> = Graph::of(&machine).nodes.iter().map(|node| node.notes.join("; ")).collect();
        assert_eq!(
            notes,
            [
                "Charge; ↻ up to 5",
                "lambda:invoke charge",
                "sns:publish",
                "load:live",
                "distributed; at most 40 at once",
                "activity pack",
            ]
        );
    }
}
