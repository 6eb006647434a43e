//! The rights that states need, combined into statements.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use stepfn_core::{
    case::ascii_pascal,
    definition::{Definition, Reference},
};

use crate::text::names;

use super::{Condition, Effect, Needless, Policy, Resource, Statement, Unknown};

/// One action on one resource.
#[derive(Debug)]
struct Grant {
    action: String,
    resource: Resource,
    condition: Vec<Condition>,
}

/// Gathers what states need.
#[derive(Debug)]
pub(super) struct Collector<'d> {
    pub(super) definition: &'d Definition,
    grants: Vec<Grant>,
    substitutions: IndexMap<String, Reference>,
    unknown: Vec<Unknown>,
    needless: Vec<Needless>,
}

impl<'d> Collector<'d> {
    pub(super) fn new(definition: &'d Definition) -> Self {
        Self {
            definition,
            grants: Vec::new(),
            substitutions: IndexMap::new(),
            unknown: Vec::new(),
            needless: Vec::new(),
        }
    }

    pub(super) fn allow(&mut self, action: &str, resource: Resource, mut condition: Vec<Condition>) {
        condition.sort();
        self.grants.push(Grant { action: action.to_owned(), resource, condition });
    }

    pub(super) fn needs_nothing(&mut self, state: &str, why: &'static str) {
        self.needless.push(Needless { state: state.to_owned(), why });
    }

    /// Returns the reference of `${name}`, be it the definition's or the policy's.
    pub(super) fn substitution(&self, name: &str) -> Option<&Reference> {
        self.definition.substitutions.get(name).or_else(|| self.substitutions.get(name))
    }

    /// `${Name}` for an attribute of what CloudFormation knows by an id.
    pub(super) fn attribute(&mut self, id: &str, attribute: &str) -> String {
        self.reference(&format!("{id}{attribute}"), &Reference::GetAtt(id.to_owned(), attribute.to_owned()))
    }

    /// `${Name}` for a reference.
    pub(super) fn reference(&mut self, name: &str, reference: &Reference) -> String {
        let known = self.definition.substitutions.iter().chain(&self.substitutions);
        if let Some((name, _)) = known.into_iter().find(|(_, known)| *known == reference) {
            return format!("${{{name}}}");
        }
        let name = self.free_name(name);
        self.substitutions.insert(name.clone(), reference.clone());
        format!("${{{name}}}")
    }

    /// Returns a `${Name}` for a value that the definition does not determine. For the same field of the same state it is the same.
    pub(super) fn placeholder(&mut self, name: &str, state: &str, field: &str, why: String) -> String {
        let known = self.unknown.iter().find(|known| known.state == state && known.field == field);
        if let Some(known) = known {
            return format!("${{{}}}", known.name);
        }
        let name = self.free_name(name);
        let placeholder = format!("${{{name}}}");
        // Formats show it where `${…}` would be theirs.
        let references: Vec<String> = names(&why).into_iter().map(str::to_owned).collect();
        let plain = |why: String, name: &String| why.replace(&format!("${{{name}}}"), name);
        let why = references.iter().fold(why, plain);
        self.unknown.push(Unknown { name, state: state.to_owned(), field: field.to_owned(), why });
        placeholder
    }

    /// A name for `${Name}` that nothing else has, with a number where need be.
    fn free_name(&self, name: &str) -> String {
        let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let is_taken = |name: &str| {
            // A parameter of a template has the id of its reference.
            let mut known = self.definition.substitutions.values().chain(self.substitutions.values());
            self.substitution(name).is_some()
                || self.unknown.iter().any(|unknown| unknown.name == name)
                || known.any(|reference| matches!(reference, Reference::Ref(id) if id == name))
        };
        numbered(if letters.is_empty() { "Unnamed" } else { &letters }, is_taken)
    }

    pub(super) fn finish(self) -> Policy {
        let mut resources: BTreeMap<(Vec<Condition>, String), BTreeMap<String, Option<String>>> =
            BTreeMap::new();
        for Grant { action, resource, condition } in self.grants {
            let of_action = resources.entry((condition, action)).or_default();
            of_action.entry(resource.arn).or_insert(resource.wide);
        }
        let mut actions: BTreeMap<(Vec<Resource>, Vec<Condition>), BTreeSet<String>> = BTreeMap::new();
        for ((condition, action), mut arns) in resources {
            if let Some(all) = arns.remove("*") {
                arns = BTreeMap::from([("*".to_owned(), all)]);
            }
            // Reasons name their action; statements are distinguished by the ARNs.
            let resource = arns.into_iter().map(|(arn, wide)| Resource { arn, wide }).collect();
            actions.entry((resource, condition)).or_default().insert(action);
        }
        let mut statements: Vec<Statement> = actions
            .into_iter()
            .map(|((resource, condition), actions)| Statement {
                sid: String::new(),
                effect: Effect::Allow,
                action: actions.into_iter().collect(),
                resource,
                condition,
            })
            .collect();
        if statements.is_empty() {
            statements.push(nothing());
        }
        statements.sort_by(|a, b| (&a.action, &a.resource).cmp(&(&b.action, &b.resource)));
        let mut sids: BTreeSet<String> = BTreeSet::new();
        for statement in &mut statements {
            statement.sid = numbered(&sid(statement), |sid| sids.contains(sid));
            sids.insert(statement.sid.clone());
        }
        Policy {
            statements,
            substitutions: self.substitutions,
            unknown: self.unknown,
            needless: self.needless,
        }
    }
}

/// "IAM policies for activities or no tasks" in the Step Functions Developer Guide.
fn nothing() -> Statement {
    let wide = "the machine calls nothing, and its role may do nothing".to_owned();
    Statement {
        sid: String::new(),
        effect: Effect::Deny,
        action: vec!["*".to_owned()],
        resource: vec![Resource { arn: "*".to_owned(), wide: Some(wide) }],
        condition: Vec::new(),
    }
}

/// `LambdaInvokeFunction`: of the first action.
fn sid(statement: &Statement) -> String {
    match statement.action.first().and_then(|action| action.split_once(':')) {
        Some((service, action)) => ascii_pascal(service) + &ascii_pascal(action),
        None => "NothingIsNeeded".to_owned(),
    }
}

/// The name, or the first of `Name2`, `Name3` that is free.
fn numbered(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let names = (2_usize..).map(|number| format!("{name}{number}"));
    names.into_iter().find(|name| !is_taken(name)).unwrap_or_default()
}
