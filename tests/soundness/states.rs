//! Random states of the simple types, and Parallels.

use std::rc::Rc;

use serde_json::{Map, Value as Json, json};

use crate::{
    guess::{Guess, Kind},
    machine::{Author, Left, Ways, go_on},
    paths, query,
    scope::Scope,
};

impl Author<'_> {
    pub(crate) fn pass(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        ways: &Ways<'_>,
        jsonata: bool,
    ) -> Left {
        fields.insert("Type".into(), "Pass".into());
        go_on(fields, ways);
        let after = if jsonata {
            self.output(fields, scope, scope.input.clone())
        } else {
            let inside = self.input_path(fields, scope);
            let mut result = inside.input.clone();
            if self.random.one_in(2) {
                let (template, guess) = paths::template(self.random, &inside, 2);
                fields.insert("Parameters".into(), template);
                result = guess;
            }
            if self.random.one_in(6) {
                let (literal, guess) = paths::literal(self.random);
                fields.insert("Result".into(), literal);
                result = guess;
            }
            self.result(fields, scope, result, false)
        };
        vec![(ways.next.map(str::to_owned), after)]
    }

    pub(crate) fn wait(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        ways: &Ways<'_>,
        jsonata: bool,
    ) -> Left {
        fields.insert("Type".into(), "Wait".into());
        go_on(fields, ways);
        if jsonata {
            let (name, value) = match self.random.below(4) {
                0 => ("Seconds", json!(1)),
                1 => ("Timestamp", json!("2024-05-06T07:08:09Z")),
                2 => ("Seconds", query::text(self.random, scope, Kind::Whole).0),
                _ => ("Timestamp", query::text(self.random, scope, Kind::Time).0),
            };
            fields.insert(name.into(), value);
            let after = self.output(fields, scope, scope.input.clone());
            return vec![(ways.next.map(str::to_owned), after)];
        }
        let inside = self.input_path(fields, scope);
        let (name, value) = match self.random.below(4) {
            0 => ("Seconds", json!(1)),
            1 => ("Timestamp", json!("2024-05-06T07:08:09Z")),
            2 => ("SecondsPath", paths::path(self.random, &inside, Kind::Whole).0.into()),
            _ => ("TimestampPath", paths::path(self.random, &inside, Kind::Time).0.into()),
        };
        fields.insert(name.into(), value);
        let mut after = inside.clone();
        if self.random.one_in(5) {
            self.assign_path(fields, &inside, &mut after);
        }
        self.output_path(fields, &mut after);
        vec![(ways.next.map(str::to_owned), after)]
    }

    pub(crate) fn succeed(&mut self, fields: &mut Map<String, Json>, scope: &Scope, jsonata: bool) -> Left {
        fields.insert("Type".into(), "Succeed".into());
        let mut after = scope.clone();
        if jsonata {
            if self.random.one_in(2) {
                let (template, guess) = query::template(self.random, scope);
                fields.insert("Output".into(), template);
                after.input = guess;
            }
        } else {
            after = self.input_path(fields, scope);
            self.output_path(fields, &mut after);
        }
        vec![(None, after)]
    }

    pub(crate) fn fail(&mut self, fields: &mut Map<String, Json>, scope: &Scope, jsonata: bool) -> Left {
        fields.insert("Type".into(), "Fail".into());
        for name in ["Error", "Cause"] {
            match self.random.below(4) {
                // Neither has to be there.
                0 => {}
                1 => {
                    fields.insert(name.into(), "Boom".into());
                }
                _ if jsonata => {
                    fields.insert(name.into(), query::text(self.random, scope, Kind::Text).0);
                }
                _ => {
                    let (text, _) = paths::expression(self.random, scope, Kind::Text);
                    fields.insert(format!("{name}Path"), text.into());
                }
            }
        }
        Vec::new()
    }

    pub(crate) fn choice(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        ways: &Ways<'_>,
        jsonata: bool,
    ) -> Left {
        fields.insert("Type".into(), "Choice".into());
        let next = ways.next.unwrap_or_default().to_owned();
        let inside = if jsonata { scope.clone() } else { self.input_path(fields, scope) };
        let mut after = inside.clone();
        if !jsonata {
            self.output_path(fields, &mut after);
        }
        let mut left = Vec::new();
        let mut rules = Vec::new();
        for at in 0..1 + self.random.below(2) {
            let target =
                if at == 0 && self.random.one_in(2) { next.clone() } else { self.random.pick(ways.later) };
            let before = rules.last().and_then(|rule: &Json| query::opposite(&rule["Condition"]));
            let (mut rule, sure) = if let Some(condition) = before.filter(|_| self.random.one_in(3)) {
                (json!({ "Condition": condition }), Vec::new())
            } else if jsonata {
                let (condition, sure) = query::condition(self.random, &inside);
                (json!({ "Condition": condition }), sure)
            } else {
                paths::condition(self.random, &inside, 2)
            };
            let mut beyond = after.clone();
            if let Some(rule) = rule.as_object_mut() {
                if jsonata && self.random.one_in(3) {
                    beyond = self.output(rule, &inside, inside.input.clone());
                } else if !jsonata && self.random.one_in(6) {
                    self.assign_path(rule, &inside, &mut beyond);
                }
                rule.insert("Next".into(), target.clone().into());
                self.say(rule, &[]);
            }
            if fields.get("OutputPath").is_none() && rule.get("Output").is_none() {
                beyond.sure = sure.into();
            }
            rules.push(rule);
            left.push((Some(target), beyond));
        }
        fields.insert("Choices".into(), rules.into());
        if jsonata {
            if self.random.one_in(3) {
                after = self.output(fields, &inside, inside.input.clone());
            }
        } else if self.random.one_in(6) {
            self.assign_path(fields, &inside, &mut after);
        }
        if !self.random.one_in(8) {
            fields.insert("Default".into(), next.clone().into());
            left.push((Some(next), after));
        }
        left
    }

    pub(crate) fn parallel(
        &mut self,
        fields: &mut Map<String, Json>,
        scope: &Scope,
        ways: &Ways<'_>,
        jsonata: bool,
    ) -> Left {
        fields.insert("Type".into(), "Parallel".into());
        go_on(fields, ways);
        let mut inside = if jsonata { scope.clone() } else { self.input_path(fields, scope) };
        if self.random.one_in(3) {
            let (name, (template, guess)) = if jsonata {
                ("Arguments", query::template(self.random, &inside))
            } else {
                ("Parameters", paths::template(self.random, &inside, 1))
            };
            fields.insert(name.into(), template);
            inside.input = guess;
        }
        inside.sure = Rc::default();
        self.depth += 1;
        let (mut branches, mut results) = (Vec::new(), Vec::new());
        for _ in 0..1 + self.random.below(2) {
            let size = self.random.pick(&[1, 1, 2, 3]);
            let (mut branch, output) = self.machine(&inside, size);
            self.say(&mut branch, &[]);
            branches.push(branch);
            results.push(output);
        }
        self.depth -= 1;
        fields.insert("Branches".into(), json!(branches));
        let result = Guess::Tuple(results.into());
        let after = if jsonata {
            let sees = Scope { result: Some(result.clone()), ..scope.clone() };
            self.output(fields, &sees, result)
        } else {
            self.result(fields, scope, result, true)
        };
        let mut left = vec![(ways.next.map(str::to_owned), after)];
        self.failures(fields, scope, ways, jsonata, &mut left);
        left
    }
}
