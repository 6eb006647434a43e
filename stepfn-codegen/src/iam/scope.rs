//! One state, and what its role needs for it.

use stepfn_core::{
    arn::is_arn,
    case::ascii_pascal,
    definition::Reference,
    placeholder,
    service::{Integration, Kind},
};

use super::{
    Condition, Resource,
    collect::Collector,
    parameters::{Given, Parameters},
};

/// The reason why a resource of a service that has none is `*`.
pub(super) const NO_RESOURCES: &str = "the service allows the action on `*` alone";

/// A state that is looked at.
#[derive(Debug)]
pub(super) struct Scope<'c, 'd> {
    pub(super) collector: &'c mut Collector<'d>,
    /// The state's JSON pointer.
    pub(super) state: String,
    /// The state's name.
    pub(super) name: String,
    /// The parameters that it gives its service.
    pub(super) parameters: Parameters<'d>,
    /// The names of the parameters that the service takes, of those that may be names or ARNs.
    pub(super) members: Vec<String>,
}

impl<'c, 'd> Scope<'c, 'd> {
    pub(super) fn new(
        collector: &'c mut Collector<'d>,
        state: &str,
        name: &str,
        parameters: Parameters<'d>,
        integration: Option<Integration<'_>>,
    ) -> Self {
        let shape = integration.and_then(|integration| integration.known()?.parameters);
        let members = match shape.map(|shape| shape.kind()) {
            Some(Kind::Structure(members)) => members
                .iter()
                .filter(|member| can_be_a_name(&member.shape.kind()))
                .map(|member| member.name.to_string())
                .collect(),
            _ => Vec::new(),
        };
        Self { collector, state: state.to_owned(), name: name.to_owned(), parameters, members }
    }

    /// Allows an action on a resource.
    pub(super) fn allow(&mut self, action: &str, resource: &Resource) {
        self.collector.allow(action, resource.clone(), Vec::new());
    }

    /// Allows actions on resources.
    pub(super) fn allow_all(&mut self, actions: &[&str], resources: &[Resource]) {
        for action in actions {
            for resource in resources {
                self.allow(action, resource);
            }
        }
    }

    /// Allows an action where a condition is met.
    pub(super) fn allow_if(&mut self, action: &str, resource: &Resource, condition: Condition) {
        self.collector.allow(action, resource.clone(), vec![condition]);
    }

    /// Returns `${StateField}` for a value that the definition does not determine.
    pub(super) fn placeholder(&mut self, field: &str, why: String) -> String {
        let last = field.rsplit('.').next().unwrap_or(field);
        self.collector.placeholder(&(ascii_pascal(&self.name) + &ascii_pascal(last)), &self.state, field, why)
    }

    /// A placeholder for a parameter whose place in the ARN is called otherwise: of a queue's URL its ARN.
    pub(super) fn placeholder_as(&mut self, name: &str, field: &str, given: &Given) -> String {
        let why = why(field, given);
        self.collector.placeholder(&(ascii_pascal(&self.name) + name), &self.state, field, why)
    }

    /// A placeholder for a parameter that comes out of the data or is not given.
    pub(super) fn placeholder_for(&mut self, field: &str, given: &Given) -> String {
        let why = why(field, given);
        self.placeholder(field, why)
    }

    /// The parameter as ARNs: of what is given as such, or whatever else becomes one.
    pub(super) fn arns(&mut self, field: &str) -> Vec<Resource> {
        let given = self.parameters.get(field);
        self.arns_of(field, &given)
    }

    /// A parameter's values as ARNs.
    pub(super) fn arns_of(&mut self, field: &str, given: &Given) -> Vec<Resource> {
        let placeholder = |scope: &mut Self| vec![Resource::named(scope.placeholder_for(field, given))];
        let Given::Known(texts) = given else { return placeholder(self) };
        let mut resources = Vec::new();
        for text in texts {
            if !self.is_arn(text, field) {
                let why = format!("`{field}` is `{text}`, which is no ARN");
                return vec![Resource::named(self.placeholder(field, why))];
            }
            resources.push(Resource::written(text));
        }
        if resources.is_empty() { placeholder(self) } else { resources }
    }

    /// Returns `true` if a text is an ARN where it is deployed: one that is written out, or a reference to one. `field` is the parameter
    /// that has it: CloudFormation's `!Ref` is an ARN where the parameter takes nothing else.
    pub(super) fn is_arn(&self, text: &str, field: &str) -> bool {
        if is_arn(text) {
            return true;
        }
        let Some(name) = substitution_name(text) else { return false };
        match self.collector.substitution(name) {
            Some(Reference::GetAtt(_, attribute)) => attribute.ends_with("Arn"),
            Some(Reference::Ref(_)) => takes_arns(field),
            None => takes_arns(name) || takes_arns(field),
        }
    }

    /// The id of a `!Ref` that a text is.
    pub(super) fn ref_id(&self, text: &str) -> Option<String> {
        match self.collector.substitution(substitution_name(text)?)? {
            Reference::Ref(id) => Some(id.clone()),
            Reference::GetAtt(..) => None,
        }
    }
}

/// Returns `true` if a parameter may be a name or an ARN, or a list of such.
fn can_be_a_name(kind: &Kind) -> bool {
    match kind {
        Kind::String | Kind::Anything => true,
        Kind::List(item) => matches!(item.kind(), Kind::String | Kind::Anything),
        _ => false,
    }
}

/// Returns the reason why a parameter is not known.
fn why(field: &str, given: &Given) -> String {
    match given {
        Given::Open(path) if path == "$" => format!("`{field}` comes out of the state's input"),
        Given::Open(object) if object.starts_with("{\"") => {
            format!("`{field}` is `{object}`, which a deployment tool resolves")
        }
        Given::Open(path) => format!("`{field}` comes out of the data, by `{path}`"),
        Given::Absent => format!("`{field}` is not given"),
        Given::Known(texts) => format!("`{}` does not determine it", texts.join("`, `")),
    }
}

/// The name in a text that is `${Name}` and nothing else.
pub(super) fn substitution_name(text: &str) -> Option<&str> {
    let name = placeholder::only(text)?;
    (!name.contains(['$', '{', '}']) && !name.starts_with("AWS::")).then_some(name)
}

/// Returns `true` if a parameter of this name takes an ARN and nothing else.
pub(super) fn takes_arns(name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    name.ends_with("arn") || name.ends_with("arns")
}

impl Resource {
    /// A resource without a `*`.
    pub(super) fn named(arn: String) -> Self {
        Self { arn, wide: None }
    }

    /// A resource out of the definition's own text.
    pub(super) fn written(arn: &str) -> Self {
        let wide = arn.contains(['*', '?']).then(|| "the definition itself has the `*`".to_owned());
        Self { arn: arn.to_owned(), wide }
    }

    /// A resource with a `*`, and why.
    pub(super) fn with_reason(arn: impl Into<String>, why: &str) -> Self {
        Self { arn: arn.into(), wide: Some(why.to_owned()) }
    }

    /// `*`, and why.
    pub(super) fn all(why: &str) -> Self {
        Self::with_reason("*", why)
    }
}
