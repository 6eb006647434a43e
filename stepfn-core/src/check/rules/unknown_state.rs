//! `unknown-state`

use super::{Code, page::Page, walk::Walk};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Subject},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "`StartAt`, `Next` or `Default` names a state that the machine does not have.",
    why: "AWS refuses the definition. Names are compared letter by letter, capitals included. A transition stays inside \
          its machine: a state inside a Map or Parallel cannot be reached from outside, nor one outside from inside.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Next": "Stroe" },
    "Store": { "Type": "Succeed" }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Next": "Store" },
    "Store": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(walk: &Walk<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for scope in &walk.scopes {
        let names = || scope.machine.states.keys().map(String::as_str);
        let suggest = |diagnostic: Diagnostic, name: &str| {
            let diagnostic = diagnostic.subject(Subject::State(name.to_owned()));
            if let Some(other) = walk.scopes.iter().find(|other| other.machine.states.contains_key(name)) {
                let place = match other.owner {
                    Some(owner) => format!("inside `{owner}`"),
                    None => "outside".to_owned(),
                };
                let border = "no transition crosses the border of a Map or Parallel state";
                return diagnostic.help(format!("a state `{name}` is {place}, but {border}"));
            }
            if name.eq_ignore_ascii_case("end") {
                return diagnostic.help("write `\"End\": true` where the machine ends");
            }
            match walk.comparisons.of(names()) {
                Some(names) => diagnostic.did_you_mean(name, names),
                None => diagnostic,
            }
        };
        let start = &scope.machine.start_at;
        // The reader reports a missing field, and an empty machine has no name to give.
        if !start.is_empty() && !scope.machine.states.is_empty() && !scope.machine.states.contains_key(start)
        {
            let message = format!(": `StartAt` names `{start}`, and there is no state of that name");
            diagnostics.push(suggest(scope.diagnostic(Code::UnknownState, "/StartAt", &message), start));
        }
        for node in &scope.nodes {
            for (below, target) in node.state.targets() {
                if scope.machine.states.contains_key(target) || (target.is_empty() && below != "/Next") {
                    continue;
                }
                let field = below.rsplit('/').next().unwrap_or_default();
                let message =
                    format!("`{field}` leads to `{target}`, and there is no state of that name here");
                diagnostics.push(suggest(node.diagnostic(Code::UnknownState, &below, message), target));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn borders_are_named() {
        let found = lines(
            r#"{ "StartAt": "Each", "States": {
                "Each": { "Type": "Map", "Next": "Inner", "ItemProcessor": {
                    "StartAt": "Innr", "States": { "Inner": { "Type": "Pass", "Next": "Last" } } } },
                "Last": { "Type": "Succeed" } } }"#,
        );
        assert_eq!(
            found,
            [
                "unknown-state /States/Each/ItemProcessor/StartAt: state `Each`: the item processor: `StartAt` names `Innr`, \
                 and there is no state of that name (did you mean `Inner`?)",
                "unknown-state /States/Each/ItemProcessor/States/Inner/Next: state `Inner`: `Next` leads to `Last`, and \
                 there is no state of that name here (a state `Last` is outside, but no transition crosses the border \
                 of a Map or Parallel state)",
                "unknown-state /States/Each/Next: state `Each`: `Next` leads to `Inner`, and there is no state of that name \
                 here (a state `Inner` is inside `Each`, but no transition crosses the border of a Map or Parallel \
                 state)",
            ]
        );
    }

    #[test]
    fn catchers_rules_and_defaults_lead_somewhere() {
        let found = lines(
            r#"{ "StartAt": "Do", "States": {
                "Do": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "Next": "Pick",
                    "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "A" }] },
                "Pick": { "Type": "Choice", "Default": "B",
                    "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "C" }] } } }"#,
        );
        let places: Vec<_> = found.iter().filter_map(|line| line.split(": ").next()).collect();
        assert_eq!(
            places,
            [
                "unknown-state /States/Do/Catch/0/Next",
                "unknown-state /States/Pick/Choices/0/Next",
                "unknown-state /States/Pick/Default",
            ]
        );
    }

    /// Each slip is compared with each name, until that costs too much.
    #[test]
    fn thousands_of_slips_are_compared_with_some_of_the_names_alone() {
        let states: Vec<_> = (0..1_500)
            .map(|at| format!(r#""Step{at}": {{ "Type": "Pass", "Next": "Stepp{}" }}"#, (at + 1) % 1_500))
            .collect();
        let found = lines(&format!(r#"{{ "StartAt": "Step0", "States": {{ {} }} }}"#, states.join(", ")));
        let found: Vec<_> = found.iter().filter(|line| line.starts_with("unknown-state ")).collect();
        assert_eq!(found.len(), 1_500);
        let helped = found.iter().filter(|line| line.contains("did you mean `Step")).count();
        assert_eq!(helped, 500_000 / 1_500);
    }
}
