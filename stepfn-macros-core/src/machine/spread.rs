//! `..Notify { prefix: Second, Done: Ship }`: a fragment put where it is used, under the names that it has there.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use stepfn_core::{diagnostic::list, value::Value};
use syn::{Path, Type, ext::IdentExt};

use super::{
    ast::{
        Block, Condition, Constant, Entry, Errors, Expr, Key, Kind, Operand, Place, Resource, Rule, Target,
    },
    fragment::{self, Given, Known, Renamed},
};

/// The kind of part that a fragment is read as, by the place where it is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    Entries,
    Items,
    Rules,
}

/// A part of a fragment.
pub(super) enum Part {
    /// States, or the fields of something.
    Entries(Vec<Entry>),
    /// Retriers, catchers, branches, names of errors.
    Items(Vec<Expr>),
    /// Rules of a Choice.
    Rules(Vec<Rule>),
}

/// A fragment where it is used.
pub(super) struct Spread {
    pub(super) path: Path,
    /// The content of the braces behind it.
    pub(super) given: Vec<Given>,
}

impl Spread {
    fn place(&self) -> Place {
        Place::of_tokens(&self.path)
    }

    /// The fragment's name, for messages.
    fn name(&self) -> String {
        self.path.segments.last().map(|segment| segment.ident.unraw().to_string()).unwrap_or_default()
    }

    /// Expands the part of the fragment that belongs here.
    pub(super) fn put(&self, known: &[Known], errors: &mut Errors, wants: Wants) -> Option<Part> {
        let Some(known) = fragment::find(known, &self.path) else {
            errors.push(self.place(), format!("there is no fragment `{}` at hand here", self.name()));
            return None;
        };
        let is_list = known.body.delimiter() == proc_macro2::Delimiter::Bracket;
        if is_list == (wants == Wants::Entries) && !known.broken {
            let name = self.name();
            let message = if is_list {
                format!("`{name}` is a list; it is put into one: `retry: [..{name}]`")
            } else {
                format!("`{name}` holds states or fields; it is put between them: `{{ ..{name}, … }}`")
            };
            errors.push(self.place(), message);
            return None;
        }
        let is_argument =
            |given: &&Given| !given.name.is_string && known.parameters.contains(&given.name.text);
        let arguments: HashMap<&str, TokenStream> = self
            .given
            .iter()
            .filter(is_argument)
            .map(|given| (given.name.text.as_str(), given.value.clone()))
            .collect();
        let missing: Vec<&String> =
            known.parameters.iter().filter(|name| !arguments.contains_key(name.as_str())).collect();
        if !missing.is_empty() && !known.broken {
            let name = self.name();
            let first = missing.first().map_or("", |name| name.as_str());
            let message = format!(
                "`{name}` takes {}, and {} not given: `..{name} {{ {first}: … }}`",
                list(&known.parameters),
                if missing.len() == 1 { format!("`{first}` is") } else { format!("{} are", list(&missing)) }
            );
            errors.push(self.place(), message);
            return None;
        }
        let mut part = fragment::read(known, &arguments, errors, wants)?;
        let mut names = Vec::new();
        for given in self.given.iter().filter(|given| !is_argument(given)) {
            match given.other_name() {
                Ok(other) => names.push((&given.name, other)),
                Err(error) => errors.push_syn(&error),
            }
        }
        self.rename(&mut part, &names, errors);
        Some(part)
    }

    /// Gives states, and those that the fragment leads to, the names that they have here.
    fn rename(&self, part: &mut Part, names: &[(&Renamed, Renamed)], errors: &mut Errors) {
        // Names are unique in a whole definition: those inside of Maps and Parallels, too.
        let mut states = HashSet::new();
        if let Part::Entries(entries) = part {
            each_state(entries, &mut |key| {
                states.insert(key.text.clone());
            });
        }
        let is_prefix = |from: &Renamed| from.text == "prefix" && !from.is_string;
        let prefix = names.iter().find(|(from, _)| is_prefix(from)).map(|(_, to)| to);
        if let Some(prefix) = prefix
            && states.is_empty()
        {
            errors.push(
                prefix.place,
                format!("`{}` has no states, whose names could have a prefix", self.name()),
            );
        }
        let mut led_to = HashSet::new();
        each_name(part, &mut |name| {
            if !states.contains(name.as_str()) {
                led_to.insert(name.clone());
            }
            if let Some(new) = renamed(name, names, prefix, &states) {
                *name = new.0;
            }
        });
        if let Part::Entries(entries) = part {
            each_state(entries, &mut |key| {
                if let Some((name, is_string)) = renamed(&key.text, names, prefix, &states) {
                    key.text = name;
                    key.is_string |= is_string;
                }
            });
        }
        for (from, _) in names.iter().filter(|(from, _)| !is_prefix(from)) {
            if !states.contains(&from.text) && !led_to.contains(&from.text) {
                errors.push(from.place, self.no_such_name(&from.text, &states, &led_to));
            }
        }
    }

    fn no_such_name(&self, name: &str, states: &HashSet<String>, led_to: &HashSet<String>) -> String {
        let sorted = |names: &HashSet<String>| {
            let mut names: Vec<String> = names.iter().cloned().collect();
            names.sort();
            names
        };
        let fragment = self.name();
        let has =
            if states.is_empty() { String::new() } else { format!("; it has {}", list(sorted(states))) };
        let leads = if led_to.is_empty() {
            "; it leads to nothing outside of itself".to_owned()
        } else {
            format!("; it leads to {}", list(sorted(led_to)))
        };
        format!("`{fragment}` has no state `{name}` and leads to none{has}{leads}")
    }
}

/// The name that a name of the fragment has here, and whether it is written as a string.
fn renamed(
    name: &str,
    names: &[(&Renamed, Renamed)],
    prefix: Option<&Renamed>,
    states: &HashSet<String>,
) -> Option<(String, bool)> {
    let is_named =
        |(from, _): &&(&Renamed, Renamed)| from.text == name && (from.text != "prefix" || from.is_string);
    if let Some((_, to)) = names.iter().find(is_named) {
        return Some((to.text.clone(), to.is_string));
    }
    let prefix = prefix.filter(|_| states.contains(name))?;
    Some((format!("{}{name}", prefix.text), prefix.is_string))
}

pub(super) fn is_state(entry: &Entry) -> bool {
    matches!(entry.value.kind, Kind::State(..))
}

/// The name of every state, at any depth.
fn each_state(entries: &mut [Entry], see: &mut dyn FnMut(&mut Key)) {
    for Entry { key, value, .. } in entries {
        match &mut value.kind {
            Kind::State(_, block) => {
                see(key);
                each_state(&mut block.entries, see);
            }
            Kind::Object(block) if is_machine(key) => each_state(&mut block.entries, see),
            Kind::Array(items) if is_machine(key) => {
                for item in items {
                    if let Kind::Object(block) = &mut item.kind {
                        each_state(&mut block.entries, see);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Returns `true` for the fields of a state that hold states.
fn is_machine(key: &Key) -> bool {
    !key.is_string && ["item_processor", "iterator", "branches"].contains(&key.text.as_str())
}

/// Every name of a state that something leads to, at any depth.
fn each_name(part: &mut Part, change: &mut dyn FnMut(&mut String)) {
    match part {
        Part::Entries(entries) => names_of_entries(entries, change),
        Part::Items(items) => items.iter_mut().for_each(|item| names_of_expr(item, change)),
        Part::Rules(rules) => names_of_rules(rules, change),
    }
}

fn names_of_entries(entries: &mut [Entry], change: &mut dyn FnMut(&mut String)) {
    for Entry { key, value, .. } in entries {
        let leads = !key.is_string && ["next", "default", "start_at"].contains(&key.text.as_str());
        match &mut value.kind {
            Kind::State(_, block) => names_of_entries(&mut block.entries, change),
            Kind::Rules(rules) => names_of_rules(rules, change),
            Kind::Object(block) if is_machine(key) => names_of_entries(&mut block.entries, change),
            Kind::Array(items) if key.text == "catch" || is_machine(key) => {
                items.iter_mut().for_each(|item| names_of_expr(item, change));
            }
            Kind::Name(name) if leads && name != "States.NoChoiceMatched" => change(name),
            Kind::Literal(Value::String(text)) if leads => {
                let mut name = text.to_string();
                change(&mut name);
                *text = name.into();
            }
            _ => {}
        }
    }
}

fn names_of_expr(item: &mut Expr, change: &mut dyn FnMut(&mut String)) {
    if let Kind::Object(Block { entries, .. }) = &mut item.kind {
        names_of_entries(entries, change);
    }
}

fn names_of_rules(rules: &mut [Rule], change: &mut dyn FnMut(&mut String)) {
    for rule in rules {
        match &mut rule.next.kind {
            Kind::Name(name) => change(name),
            Kind::Literal(Value::String(text)) => {
                let mut name = text.to_string();
                change(&mut name);
                *text = name.into();
            }
            _ => {}
        }
    }
}

/// The items of its module that a fragment names.
pub(super) enum Named<'p> {
    /// A type, a function or a machine.
    Type(&'p mut Type),
    Number(&'p mut Constant),
    Constant(&'p mut Constant),
}

/// Everything that is named of the module, in the order in which it is written.
pub(super) fn each_named(part: &mut Part, see: &mut dyn FnMut(Named<'_>)) {
    match part {
        Part::Entries(entries) => types_of_entries(entries, see),
        Part::Items(items) => items.iter_mut().for_each(|item| types_of(item, see)),
        Part::Rules(rules) => rules.iter_mut().for_each(|rule| types_of_rule(rule, see)),
    }
}

fn types_of_entries(entries: &mut [Entry], see: &mut dyn FnMut(Named<'_>)) {
    entries.iter_mut().for_each(|entry| types_of(&mut entry.value, see));
}

fn types_of_rule(rule: &mut Rule, see: &mut dyn FnMut(Named<'_>)) {
    constants_of(&mut rule.condition, see);
    if let Some(block) = &mut rule.fields {
        types_of_entries(&mut block.entries, see);
    }
}

fn constants_of(condition: &mut Condition, see: &mut dyn FnMut(Named<'_>)) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter_mut().for_each(|part| constants_of(part, see));
        }
        Condition::Not(inner) | Condition::Commented(inner, _) => constants_of(inner, see),
        Condition::Compare { operand: (Operand::Constant(constant, _), _), .. } => {
            see(Named::Constant(constant));
        }
        Condition::Compare { .. } | Condition::Jsonata(..) => {}
    }
}

fn types_of(value: &mut Expr, see: &mut dyn FnMut(Named<'_>)) {
    match &mut value.kind {
        Kind::Object(block) | Kind::State(_, block) => types_of_entries(&mut block.entries, see),
        Kind::Array(items) => items.iter_mut().for_each(|item| types_of(item, see)),
        Kind::Rules(rules) => rules.iter_mut().for_each(|rule| types_of_rule(rule, see)),
        Kind::Parsed(_, ty) | Kind::Declared(_, ty) => see(Named::Type(ty)),
        Kind::Number(constant) => see(Named::Number(constant)),
        Kind::Constant(constant) => see(Named::Constant(constant)),
        Kind::Resource(Resource { target, result }) => {
            match target {
                Target::Lambda(callee)
                | Target::Invoke { task: callee, .. }
                | Target::Start { child: callee, .. } => {
                    see(Named::Type(&mut callee.ty));
                }
                Target::Arn(_) | Target::Reference(..) => {}
            }
            if let Some(ty) = result {
                see(Named::Type(ty));
            }
        }
        Kind::Literal(_)
        | Kind::Path(_)
        | Kind::Call(_)
        | Kind::Reference(..)
        | Kind::Name(_)
        | Kind::Broken => {}
    }
}
