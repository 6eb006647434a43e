//! The ways of a value into what a Choice reads: states put parts of the data under other names, and a wish for the one is a wish for the other.

use std::collections::VecDeque;

use stepfn_core::{
    asl::{PathField, State, StateKind},
    intrinsic::Call,
    jsonata::{self, ExpressionKind},
    path::{Path, SegmentKind},
    value::Value,
};

/// The number of names that one path is looked for under.
const MOST_NAMES: usize = 12;

/// The value that a state puts under a name.
#[derive(Clone, Debug)]
pub(super) struct Route {
    to: Vec<String>,
    from: Vec<String>,
    /// Whether it is how much there is of it.
    is_length: bool,
}

/// A path, and whether what is wanted of it is its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) path: Vec<String>,
    pub(super) is_length: bool,
}

/// The routes of a state's templates.
pub(super) fn routes(state: &State, found: &mut Vec<Route>) {
    let result = match &state.result_path {
        Some(PathField::Path(path)) => path_keys(path).unwrap_or_default(),
        _ => Vec::new(),
    };
    // What replaces the data or is put into it; the item of a Map begins anew.
    for template in [&state.parameters, &state.result_selector] {
        template.iter().for_each(|template| template_routes(template, &mut result.clone(), found));
    }
    for template in [&state.assign, &state.arguments, &state.output] {
        template.iter().for_each(|template| template_routes(template, &mut Vec::new(), found));
    }
    if let StateKind::Map(map) = &state.kind {
        map.item_selector.iter().for_each(|template| template_routes(template, &mut Vec::new(), found));
    }
    if let Some(PathField::Path(path)) = &state.input_path
        && let Some(from) = path_keys(path)
        && !(from.is_empty() && result.is_empty())
    {
        found.push(Route { to: result, from, is_length: false });
    }
}

fn template_routes(template: &Value, to: &mut Vec<String>, found: &mut Vec<Route>) {
    match template {
        Value::Object(fields) => {
            for (key, value) in fields.iter() {
                to.push(key.strip_suffix(".$").unwrap_or(key).to_owned());
                template_routes(value, to, found);
                to.pop();
            }
        }
        // An item stands for the list, as in all paths here.
        Value::Array(items) => items.iter().for_each(|item| template_routes(item, to, found)),
        Value::String(text) => {
            if let Some((from, is_length)) = source(text) {
                found.push(Route { to: to.clone(), from, is_length });
            }
        }
        _ => {}
    }
}

/// The path of keys that a text takes a value from.
fn source(text: &str) -> Option<(Vec<String>, bool)> {
    if let Some((inside, _)) = jsonata::expression_in(text) {
        let expression = jsonata::parse(inside).ok()?;
        if let ExpressionKind::Call { function, arguments } = &expression.kind
            && let [argument] = arguments.as_slice()
            && matches!(&function.kind, ExpressionKind::Variable(name) if name == "count" || name == "length")
        {
            return Some((expression_keys(argument)?, true));
        }
        return Some((expression_keys(&expression)?, false));
    }
    if let Some(inner) = text.strip_prefix("States.ArrayLength(").and_then(|rest| rest.strip_suffix(')')) {
        return Some((path_keys(inner.trim())?, true));
    }
    if text.starts_with("States.") {
        let call = Call::parse(text).ok()?;
        let (path, _) = call.paths().next()?;
        return Some((keys(path), false));
    }
    Some((path_keys(text)?, false))
}

/// The keys of a path into the data or a variable; what picks items is left aside.
pub(super) fn path_keys(text: &str) -> Option<Vec<String>> {
    if text.starts_with("$$") || !text.starts_with('$') {
        return None;
    }
    let path = Path::parse(text).ok()?;
    Some(keys(&path))
}

pub(super) fn keys(path: &Path) -> Vec<String> {
    let variable = match &path.root {
        stepfn_core::path::Root::Variable(name) => Some(name.clone()),
        _ => None,
    };
    let names = path.segments.iter().filter_map(|segment| match &segment.kind {
        SegmentKind::Name(name) => Some(name.clone()),
        _ => None,
    });
    variable.into_iter().chain(names).collect()
}

/// The keys of `$states.input.a.b`, `$states.result.a.b` and `$variable.a.b`.
pub(super) fn expression_keys(expression: &jsonata::Expression) -> Option<Vec<String>> {
    let steps = match &expression.kind {
        ExpressionKind::Path(steps) => steps.as_slice(),
        ExpressionKind::Variable(name) if !name.is_empty() && name != "$" => return Some(vec![name.clone()]),
        ExpressionKind::Filter { of, .. } | ExpressionKind::KeepArray(of) => return expression_keys(of),
        _ => return None,
    };
    let (first, rest) = steps.split_first()?;
    let ExpressionKind::Variable(variable) = &first.kind else { return None };
    let mut found: Vec<String> = Vec::new();
    for step in rest {
        let mut step = step;
        while let ExpressionKind::Filter { of, .. } | ExpressionKind::KeepArray(of) = &step.kind {
            step = of;
        }
        match &step.kind {
            ExpressionKind::Name(name) | ExpressionKind::String(name) => found.push(name.clone()),
            _ => break,
        }
    }
    if variable != "states" {
        found.insert(0, variable.clone());
        return Some(found);
    }
    match found.split_first() {
        Some((root, rest)) if root == "input" || root == "result" => Some(rest.to_vec()),
        _ => None,
    }
}

/// A path, and the others that its value comes from.
pub(super) fn names(path: &[String], routes: &[Route]) -> Vec<Named> {
    let mut found = vec![Named { path: path.to_vec(), is_length: false }];
    let mut open = VecDeque::from([0]);
    while let Some(here) = open.pop_front() {
        let Some(named) = found.get(here).cloned() else { continue };
        for route in routes.iter().filter(|_| !named.is_length) {
            for skip in 0..=named.path.len() {
                let Some(rest) = named.path[skip..].strip_prefix(route.to.as_slice()) else { continue };
                if route.to.is_empty() && skip > 0 {
                    continue;
                }
                let path: Vec<String> = route.from.iter().chain(rest).cloned().collect();
                let next = Named { path, is_length: route.is_length };
                if found.len() < MOST_NAMES
                    && !next.path.is_empty()
                    && next.path.len() <= 16
                    && !found.contains(&next)
                {
                    open.push_back(found.len());
                    found.push(next);
                }
            }
        }
    }
    found
}
