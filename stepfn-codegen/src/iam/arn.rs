//! The ARNs of the Service Authorization Reference, filled in from what a state gives its service.

use stepfn_core::arn::is_arn;

use crate::text;

use super::{
    Resource,
    parameters::Given,
    reference::{Action, ResourceType},
    scope::{NO_RESOURCES, Scope, takes_arns},
};

/// Parameters that have another name than the variable of the ARN: of a service's prefix, the variable and the parameter.
const ALIASES: [(&str, &str, &str); 6] = [
    ("s3", "ObjectName", "Key"),
    ("ssm", "ParameterNameWithoutLeadingSlash", "Name"),
    ("ecs", "ServiceName", "Service"),
    ("elasticmapreduce", "ClusterId", "JobFlowId"),
    ("glue", "DatabaseName", "DatabaseInput.Name"),
    ("glue", "TableName", "TableInput.Name"),
];

/// The services' defaults for parameters that are not given.
const DEFAULTS: [(&str, &str, &str); 5] = [
    ("athena", "WorkGroupName", "primary"),
    ("athena", "DataCatalogName", "AwsDataCatalog"),
    ("ecs", "ClusterName", "default"),
    ("events", "EventBusName", "default"),
    ("scheduler", "GroupName", "default"),
];

/// The reason why an ARN has a `*` in the place of an id that no parameter names.
const MADE_LATER: &str = "no parameter of the action names it";

/// The match of a type of resource with the state's parameters.
enum Found {
    /// The state names it: or it is known, or has a placeholder.
    Named(Vec<Resource>),
    /// The service would take a name, the state gives none.
    LeftOut(&'static str, String),
    /// The service takes no name.
    Unnamed(Resource),
}

impl Scope<'_, '_> {
    /// Allows an action of the reference on what the state names.
    pub(super) fn allow_action(&mut self, action: &Action) {
        for resource in self.resources(action) {
            self.allow(&action.name, &resource);
        }
    }

    /// Returns the resources on which an action of the reference works in this state.
    pub(super) fn resources(&mut self, action: &Action) -> Vec<Resource> {
        let prefix = action.name.split_once(':').map_or("", |(prefix, _)| prefix).to_owned();
        let named = action.types.iter().filter(|of| of.required && !variables(of.arn).is_empty());
        let is_sole = named.count() <= 1;
        let (mut named, mut left_out) = (Vec::new(), Vec::new());
        for of in action.types.iter().filter(|of| of.required) {
            match self.find(&prefix, of, is_sole) {
                Found::Named(mut resources) => named.append(&mut resources),
                Found::Unnamed(resource) => named.push(resource),
                Found::LeftOut(arn, parameter) => left_out.push((arn, parameter)),
            }
        }
        for of in action.types.iter().filter(|of| !of.required) {
            // One of several that a request may name: this one, if the state names all of it.
            let is_whole = variables(of.arn)
                .into_iter()
                .all(|variable| self.parameter(&prefix, variable, of, false).is_some());
            if is_whole && let Found::Named(mut resources) = self.find(&prefix, of, false) {
                named.append(&mut resources);
            }
        }
        if !named.is_empty() {
            return named;
        }
        match left_out.as_slice() {
            [] if action.types.is_empty() => vec![Resource::all(NO_RESOURCES)],
            [] => vec![Resource::all(
                "the state names none of the resources that the action could be narrowed to",
            )],
            // Of several that the service would take, the state gives none: which of them it is nobody knows.
            [(_, parameter)] if takes_arns(parameter) => self.arns_of(parameter, &Given::Absent),
            [(arn, _)] => vec![self.filled(&prefix, arn)],
            _ => vec![Resource::named(
                self.placeholder("resource", "no parameter names what the action acts on".to_owned()),
            )],
        }
    }

    fn find(&mut self, prefix: &str, of: &ResourceType, is_sole: bool) -> Found {
        let Some(variable) = variables(of.arn).last().copied() else {
            return Found::Named(vec![self.filled(prefix, of.arn)]);
        };
        let Some(parameter) = self.parameter(prefix, variable, of, is_sole) else {
            let filled = self.filled(prefix, of.arn);
            return Found::Unnamed(filled);
        };
        match self.parameters.get(&parameter) {
            Given::Absent if default(prefix, variable).is_some() => {
                Found::Named(vec![self.filled(prefix, of.arn)])
            }
            Given::Absent => Found::LeftOut(of.arn, parameter),
            given if takes_arns(&parameter) => Found::Named(self.arns_of(&parameter, &given)),
            open @ Given::Open(_) => {
                let placeholder = self.placeholder_for(&parameter, &open);
                Found::Named(vec![self.with(prefix, of.arn, variable, &placeholder)])
            }
            Given::Known(texts) => {
                let texts = texts.iter().map(|text| {
                    if self.is_arn(text, &parameter) {
                        Resource::written(text)
                    } else {
                        self.named_by(prefix, of, variable, text)
                    }
                });
                Found::Named(texts.collect())
            }
        }
    }

    /// The ARN of what has this name.
    fn named_by(&mut self, prefix: &str, of: &ResourceType, variable: &str, text: &str) -> Resource {
        let text = text.trim_start_matches('/');
        if prefix == "secretsmanager" {
            let secret = self.with(prefix, of.arn, variable, text);
            let why = "Secrets Manager puts six characters of its own behind a secret's name";
            return Resource::with_reason(format!("{}-??????", secret.arn), why);
        }
        // `task-definition/${Family}:${Revision}`: one parameter has both, `family:3`, or the family alone.
        if let Some((first, _)) = of.arn.split_once(&format!(":${{{variable}}}"))
            && let Some((before, name)) =
                first.rsplit_once("${").map(|(before, name)| (before, name.trim_end_matches('}')))
            && first.ends_with('}')
            && self
                .parameter(prefix, name, &ResourceType { name: "", arn: "", required: false }, false)
                .is_none()
            && !["Account", "Region"].contains(&name)
        {
            let whole = format!("{before}${{{variable}}}");
            if text.contains(':') {
                return self.with(prefix, &whole, variable, text);
            }
            let all = self.with(prefix, &whole, variable, text);
            return Resource::with_reason(
                format!("{}:*", all.arn),
                "without a revision the newest one is meant",
            );
        }
        self.with(prefix, of.arn, variable, text)
    }

    /// Returns the parameter for a variable of an ARN.
    fn parameter(&self, prefix: &str, variable: &str, of: &ResourceType, is_sole: bool) -> Option<String> {
        let alias = ALIASES.iter().find(|(of, name, _)| *of == prefix && *name == variable);
        if let Some((.., path)) = alias
            && path.contains('.')
            && self.parameters.are_written()
            && self.parameters.get(path) != Given::Absent
        {
            return Some((*path).to_owned());
        }
        let given = self.parameters.names();
        let known = self.members.iter().map(String::as_str);
        // `profile/${ProfileName}/${UUID}`: the type's name is the profile's, not the id's.
        let of_type = stem(of.name);
        let is_types = !variables(of.arn).iter().any(|other| *other != variable && stem(other) == of_type);
        let score = |name: &str| -> u8 {
            let (stem, of_variable) = (stem(name), stem(variable));
            match () {
                () if name.eq_ignore_ascii_case(variable) => 6,
                () if alias.is_some_and(|(.., parameter)| *parameter == name) => 5,
                () if !stem.is_empty() && (stem == of_variable || is_types && stem == of_type) => 4,
                () if is_sole && is_types && stem.is_empty() => 3,
                () if is_sole && is_types && !stem.is_empty() && of_type.ends_with(&*stem) => 2,
                () => 0,
            }
        };
        let names = given.into_iter().map(|name| (name, 1)).chain(known.map(|name| (name, 0)));
        let scored =
            names.map(|(name, is_given)| (score(name), is_given, name)).filter(|(score, ..)| *score > 0);
        // Of equals the first: names of parameters are sorted.
        let best = scored.reduce(|best, next| if (next.0, next.1) > (best.0, best.1) { next } else { best });
        best.map(|(.., name)| name.to_owned())
    }

    /// The ARN with one variable's text, the others by their own parameters.
    pub(super) fn with(&mut self, prefix: &str, arn: &str, variable: &str, text: &str) -> Resource {
        let arn = arn.replace(&format!("${{{variable}}}"), &text.replace("${", "\u{0}"));
        let mut resource = self.filled(prefix, &arn);
        resource.arn = resource.arn.replace('\u{0}', "${");
        if resource.wide.is_none() {
            return Resource::written(&resource.arn);
        }
        resource
    }

    /// The ARN with all of its variables filled in.
    pub(super) fn filled(&mut self, prefix: &str, arn: &str) -> Resource {
        let mut text = arn.to_owned();
        for (name, pseudo) in
            [("Partition", "AWS::Partition"), ("Region", "AWS::Region"), ("Account", "AWS::AccountId")]
        {
            text = text.replace(&format!("${{{name}}}"), &format!("${{{pseudo}}}"));
        }
        let mut wide = None;
        for variable in variables(arn) {
            let of = ResourceType { name: "", arn: "", required: false };
            let value = match self.parameter(prefix, variable, &of, false) {
                None => None,
                Some(parameter) => Some(match self.parameters.get(&parameter) {
                    Given::Known(texts) => match texts.first() {
                        Some(text) if is_arn(text) => last_part(text).to_owned(),
                        Some(text) if !self.is_arn(text, &parameter) => text.clone(),
                        _ => self.placeholder_for(&parameter, &Given::Known(texts)),
                    },
                    Given::Absent => match default(prefix, variable) {
                        Some(default) => default.to_owned(),
                        None => self.placeholder_for(&parameter, &Given::Absent),
                    },
                    open @ Given::Open(_) => self.placeholder_for(&parameter, &open),
                }),
            };
            let value = value.unwrap_or_else(|| {
                wide = Some(MADE_LATER.to_owned());
                "*".to_owned()
            });
            text = text.replace(&format!("${{{variable}}}"), &value);
        }
        Resource { arn: text, wide }
    }
}

fn default(prefix: &str, variable: &str) -> Option<&'static str> {
    let default = DEFAULTS.iter().find(|(of, name, _)| *of == prefix && *name == variable);
    default.map(|(.., default)| *default)
}

/// The variables of an ARN, but for those of the place.
fn variables(arn: &str) -> Vec<&str> {
    let names = text::names(arn).into_iter();
    names.filter(|name| !["Partition", "Region", "Account"].contains(name) && !name.contains(':')).collect()
}

/// Returns the stem of a name: `TableName`, `tables` and `TableArn` have the same.
fn stem(name: &str) -> String {
    let mut name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    name.make_ascii_lowercase();
    for ending in ["identifiers", "identifier", "arns", "arn", "ids", "id", "names", "name", "url", "uri"] {
        if let Some(stem) = name.strip_suffix(ending) {
            return stem.to_owned();
        }
    }
    name.strip_suffix('s').map_or(name.clone(), str::to_owned)
}

/// The name at the end of an ARN.
fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}
