//! Parts that the checker refuses of a machine are taken away until it accepts the rest: it answers for what remains.

use serde_json::{Value as Json, json};
use stepfn::{
    Definition,
    diagnostic::{Code, Diagnostic},
    shape::Shape,
};

use crate::trial::{Trial, WorkKind};

/// The number of times that something is taken away.
const ROUNDS: usize = 40;

/// The largest part that the checker accepts, as far as taking away leads; `seen` gets the first refusals.
pub(crate) fn prune(
    mut trial: Trial,
    mut seen: impl FnMut(&Trial, &[Diagnostic]),
) -> Option<(Trial, Definition)> {
    for round in 0..ROUNDS {
        match trial.build() {
            Ok(definition) => return Some((trial, definition)),
            Err(findings) => {
                if round == 0 {
                    seen(&trial, &findings);
                }
                // One of each part first: the next diagnostic may be of the same mistake. What flows out of it is not judged.
                let careful = round < ROUNDS / 2;
                let (mut changed, mut done) = (false, Vec::<&str>::new());
                for finding in &findings {
                    let part = part_of(finding.at.as_str());
                    if careful && done.iter().any(|done| done.starts_with(part) || part.starts_with(done)) {
                        continue;
                    }
                    changed |= remove(&mut trial, finding);
                    done.push(part);
                }
                if !changed {
                    return None;
                }
            }
        }
    }
    None
}

/// Returns the pointer of the part that a diagnostic is about; that of the machine is empty. An array is one part, for where an item
/// is taken away the others have other numbers.
fn part_of(at: &str) -> &str {
    let Some(start) = at.rfind("/States/").map(|at| at + "/States/".len()) else { return "" };
    let inside = at[start..].match_indices('/').map(|(at, _)| start + at);
    let numbered = |from: &usize| at[from + 1..].starts_with(|sign: char| sign.is_ascii_digit());
    &at[..inside.into_iter().find(numbered).unwrap_or(at.len())]
}

/// Fields that a state is nothing without.
const NEEDED: [&str; 9] =
    ["Type", "Resource", "States", "StartAt", "Branches", "ItemProcessor", "Iterator", "Choices", "Items"];

/// Takes away what a diagnostic is about.
pub(crate) fn remove(trial: &mut Trial, finding: &Diagnostic) -> bool {
    let at = finding.at.as_str();
    if at.starts_with('#') || at.is_empty() {
        return trial.output.take().is_some();
    }
    let tokens: Vec<String> =
        at.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    let Some(state) = innermost_state(&tokens) else {
        return take(&mut trial.machine, &tokens);
    };
    let inside = &tokens[state..];
    if finding.code == Code::DoesNotFit
        && let Some(work) = trial.work.iter_mut().find(|work| work.state == tokens[state - 1])
        && let WorkKind::Function { input, .. } = &mut work.kind
        && !matches!(input, Shape::Any)
    {
        *input = &Shape::Any;
        return true;
    }
    if inside.is_empty() && finding.code == Code::UnreachableState {
        return take(&mut trial.machine, &tokens[..state]);
    }
    match inside.first().map(String::as_str) {
        Some("Choices" | "Catch" | "Retry") if inside.len() > 1 => {
            let rule = &tokens[..state + 2];
            let own = inside.len() > 2 && matches!(inside[2].as_str(), "Assign" | "Output" | "ResultPath");
            let path = if own { &tokens[..] } else { rule };
            take(&mut trial.machine, path) || plain(trial, &tokens[..state])
        }
        Some(field) if NEEDED.contains(&field) && inside.len() == 1 => plain(trial, &tokens[..state]),
        Some("ItemReader" | "ItemBatcher" | "ResultWriter" | "Credentials") => {
            take(&mut trial.machine, &tokens) && !inside.is_empty()
                || take(&mut trial.machine, &tokens[..state + 1])
                || plain(trial, &tokens[..state])
        }
        Some(_) => take(&mut trial.machine, &tokens) || plain(trial, &tokens[..state]),
        None => plain(trial, &tokens[..state]),
    }
}

/// Returns the number of tokens that lead to the innermost state.
fn innermost_state(tokens: &[String]) -> Option<usize> {
    tokens.iter().rposition(|token| token == "States").map(|at| at + 2).filter(|state| *state <= tokens.len())
}

/// Makes a state a Pass that does nothing, once.
fn plain(trial: &mut Trial, path: &[String]) -> bool {
    let Some(state) = at(&mut trial.machine, path) else { return false };
    let mut pass = json!({ "Type": "Pass" });
    for (from, to) in
        [("Next", "Next"), ("Default", "Next"), ("End", "End"), ("QueryLanguage", "QueryLanguage")]
    {
        if let Some(value) = state.get(from) {
            pass[to] = value.clone();
        }
    }
    if pass.get("Next").is_none() {
        pass["End"] = true.into();
    }
    if *state == pass {
        return false;
    }
    *state = pass;
    true
}

fn at<'v>(value: &'v mut Json, path: &[String]) -> Option<&'v mut Json> {
    path.iter().try_fold(value, |value, key| match value {
        Json::Object(fields) => fields.get_mut(key.as_str()),
        Json::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Takes a part away; the last item of an array stays.
pub(crate) fn take(value: &mut Json, path: &[String]) -> bool {
    let Some((last, above)) = path.split_last() else { return false };
    match at(value, above) {
        Some(Json::Object(fields)) => fields.remove(last.as_str()).is_some(),
        Some(Json::Array(items)) => match last.parse::<usize>() {
            Ok(index) if index < items.len() && items.len() > 1 => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}
