//! Answers to tasks that wait for a callback, from standard input.

use std::{io::BufRead, thread};

use stepfn_core::{json, value::Value};
use stepfn_executor::{Control, PendingToken, testing::answer_of};
use tokio::sync::mpsc;

/// The reader of standard input, once there is something to answer.
#[derive(Default)]
pub(super) enum Answerer {
    #[default]
    Idle,
    Listening(mpsc::UnboundedReceiver<String>),
    /// Standard input is at its end.
    Over,
}

impl Answerer {
    /// Begins to read, where it does not yet.
    pub(super) fn listen(&mut self) {
        if !matches!(self, Self::Idle) {
            return;
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        *self = Self::Listening(receiver);
        // Nothing waits for the thread: it ends with the process, or when nobody listens any more.
        thread::spawn(move || {
            for line in std::io::stdin().lock().lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }

    /// The next line. It never comes where there is none: timeouts may still end what waits.
    pub(super) async fn next(&mut self) -> String {
        if let Self::Listening(receiver) = self {
            if let Some(line) = receiver.recv().await {
                return line;
            }
            *self = Self::Over;
        }
        std::future::pending().await
    }
}

/// An answer as it was written.
#[derive(Debug, PartialEq)]
enum Answer<'l> {
    Success(Value),
    Failure(Option<&'l str>, Option<&'l str>),
    Heartbeat,
}

const FORMS: &str = "write `success [N] JSON`, `failure [N] ERROR [CAUSE]` or `heartbeat [N]`";

/// The lines that answer a task that waits: with a value of the declared type, where there is one.
pub(super) fn hint(token: &str, pending: &[PendingToken]) -> Option<String> {
    let index = pending.iter().position(|known| known.token == token)?;
    let number = if pending.len() > 1 { format!(" {}", index + 1) } else { String::new() };
    let answer = answer_of(&pending[index]).map_or_else(|| "JSON".to_owned(), |answer| answer.to_string());
    Some(format!("type: success{number} {answer}  |  failure{number} ERROR [CAUSE]  |  heartbeat{number}"))
}

/// Carries out a line; returns a remark about it, if there is one.
pub(super) fn carry_out(line: &str, control: &Control) -> Option<String> {
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    let pending = control.pending_tokens();
    let message = match parse(line, &pending) {
        Ok((token, answer)) => {
            let sent = match answer {
                Answer::Success(output) => match token.mismatch(&output) {
                    Some(mismatch) => {
                        return Some(remark(&format!("`{}` cannot take it: {mismatch}", token.state)));
                    }
                    None => control.send_task_success(&token.token, output),
                },
                Answer::Failure(error, cause) => control.send_task_failure(
                    &token.token,
                    error.map(str::to_owned),
                    cause.map(str::to_owned),
                ),
                Answer::Heartbeat => control.send_task_heartbeat(&token.token),
            };
            sent.err().map(|error| error.to_string())
        }
        Err(problem) => Some(problem),
    };
    message.map(|message| remark(&message))
}

fn remark(message: &str) -> String {
    format!("{:>9}    ! {message}", "")
}

fn parse<'l, 'p>(
    line: &'l str,
    pending: &'p [PendingToken],
) -> Result<(&'p PendingToken, Answer<'l>), String> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let (first, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    // `success 1` is the number 1 where there is but one task to answer.
    let numbered = first.parse::<usize>().ok().filter(|_| word != "success" || !after.is_empty());
    let (number, rest) = match numbered {
        Some(number) => (Some(number), after.trim()),
        None => (None, rest),
    };
    let answer = match word {
        "success" => {
            let output = json::parse_value(rest)
                .map_err(|error| format!("the output is not JSON: {}", error.message))?;
            Answer::Success(output)
        }
        "failure" => {
            let (error, cause) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let given = |text: &'l str| Some(text.trim()).filter(|text| !text.is_empty());
            Answer::Failure(given(error), given(cause))
        }
        "heartbeat" => Answer::Heartbeat,
        _ => return Err(FORMS.to_owned()),
    };
    let token = match (number, pending) {
        (_, []) => return Err("no task waits for an answer".to_owned()),
        (None, [only]) => only,
        (None, _) => return Err(format!("{} tasks wait for an answer: say which; {FORMS}", pending.len())),
        (Some(number), _) => number
            .checked_sub(1)
            .and_then(|index| pending.get(index))
            .ok_or_else(|| format!("no task waits by the number {number}; there are {}", pending.len()))?,
    };
    Ok((token, answer))
}

#[cfg(test)]
mod tests {
    use stepfn_core::{
        asl,
        definition::{Definition, WorkflowType},
        shape::StateData,
    };
    use stepfn_executor::{Executor, Mock};

    use super::*;

    fn control(states: &[&str]) -> (stepfn_executor::Execution, Control) {
        let branches: Vec<String> = states
            .iter()
            .map(|state| {
                format!(
                    r#"{{ "StartAt": "{state}", "States": {{ "{state}": {{ "Type": "Task", "End": true,
                        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                        "Parameters": {{ "QueueUrl": "q", "MessageBody.$": "$$.Task.Token" }} }} }} }}"#
                )
            })
            .collect();
        let text = format!(
            r#"{{ "StartAt": "All", "States": {{ "All": {{ "Type": "Parallel", "Branches": [{}], "End": true }} }} }}"#,
            branches.join(",")
        );
        let mut definition =
            Definition::from_asl("M", WorkflowType::Standard, asl::read_str(&text).unwrap().0);
        definition.results.push(("/States/All/Branches/0/States/Ask".to_owned(), <bool>::SHAPE));
        let mut builder = Executor::builder().virtual_time();
        for state in states {
            builder = builder.mock(*state, Mock::succeed(Value::empty_object()));
        }
        let mut execution = builder.build(&definition).unwrap().start(Value::empty_object());
        let control = execution.control();
        execution.run_until_idle();
        (execution, control)
    }

    #[test]
    fn the_only_task_needs_no_number() {
        let (mut execution, control) = control(&["One"]);
        assert_eq!(carry_out("success 7", &control), None);
        let ended = execution.run_until_idle().cloned().unwrap().unwrap();
        assert_eq!(ended.output().map(Value::to_string).as_deref(), Some("[7]"));
    }

    #[test]
    fn of_several_tasks_one_is_named_by_its_number() {
        let (mut execution, control) = control(&["One", "Two"]);
        assert!(carry_out("success {}", &control).unwrap().contains("2 tasks wait for an answer"));
        assert!(carry_out("success 3 {}", &control).unwrap().contains("no task waits by the number 3"));
        assert_eq!(carry_out("heartbeat 1", &control), None);
        assert_eq!(carry_out("success 2 {\"ok\": true}", &control), None);
        assert_eq!(carry_out("failure Refused too late", &control), None);
        let ended = execution.run_until_idle().cloned().unwrap().unwrap();
        assert_eq!((ended.error(), ended.cause()), (Some("Refused"), Some("too late")));
    }

    #[test]
    fn an_answer_of_another_type_is_not_sent() {
        let (mut execution, control) = control(&["Ask"]);
        let message = carry_out("success \"yes\"", &control).unwrap();
        assert!(
            message.contains("`Ask` cannot take it: expected a boolean, found the string \"yes\""),
            "{message}"
        );
        assert_eq!(carry_out("success true", &control), None);
        assert!(execution.run_until_idle().is_some());
    }

    #[test]
    fn what_may_be_typed_is_an_answer() {
        let (mut execution, control) = control(&["Ask"]);
        let pending = control.pending_tokens();
        let hint = hint(&pending[0].token, &pending).unwrap();
        assert_eq!(hint, "type: success true  |  failure ERROR [CAUSE]  |  heartbeat");
        let line = hint.strip_prefix("type: ").and_then(|hint| hint.split("  |  ").next()).unwrap();
        assert_eq!(carry_out(line, &control), None);
        assert!(execution.run_until_idle().is_some());

        let (_execution, control) = self::control(&["One", "Two"]);
        let pending = control.pending_tokens();
        let hint = super::hint(&pending[1].token, &pending).unwrap();
        assert_eq!(hint, "type: success 2 JSON  |  failure 2 ERROR [CAUSE]  |  heartbeat 2");
    }

    #[test]
    fn what_is_no_answer_is_said() {
        let (_execution, control) = control(&["One"]);
        assert_eq!(carry_out("  ", &control), None);
        assert!(carry_out("yes", &control).unwrap().contains("write `success [N] JSON`"));
        assert!(carry_out("success {", &control).unwrap().contains("the output is not JSON"));
    }
}
