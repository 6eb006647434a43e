//! Lowering of the syntax tree to ASL: the machine as JSON, with the place of everything in it.

use std::{collections::HashMap, ops::Range, sync::Arc};

use indexmap::IndexMap;
use stepfn_core::{
    asl::{
        QueryLanguage, TYPES,
        schema::{self, Field},
    },
    definition::{Call, Reference},
    diagnostic::{list, nearest},
    draft::{self, FUNCTION_NAME},
    json::push_token,
    number,
    value::{Map, Value},
};
use syn::{Attribute, Ident, Type};

use super::{
    ast::{
        Block, Callee, Condition, Constant, Entry, Errors, Expr, Key, Kind, Machine, Place, Resource, Rule,
        Target, Text,
    },
    names::{field_name, identifier},
    settings::{self, Settings},
    template::Lower,
};

/// A machine in ASL, and where its parts were written.
pub(super) struct Lowered {
    pub(super) json: Value,
    pub(super) spots: HashMap<String, Spot>,
    pub(super) tasks: Vec<Task>,
    pub(super) children: Vec<Child>,
    pub(super) results: Vec<(String, Type)>,
    /// Numbers that only rustc knows, by JSON pointer.
    pub(super) numbers: Vec<(String, Constant)>,
    pub(super) substitutions: IndexMap<String, Reference>,
    /// Diagnostics that the user allows: the pointer of the state, and the code's word.
    pub(super) allowed: Vec<(String, String)>,
    /// The names of the states that are identifiers, in their order.
    pub(super) states: Vec<Ident>,
    /// The doc comments of each of these.
    pub(super) docs: Vec<Vec<Attribute>>,
    /// The names of states that something leads to, where they are written.
    pub(super) targets: Vec<(String, Place)>,
    pub(super) settings: Settings,
}

/// The place of a part of the definition in the source.
pub(super) struct Spot {
    pub(super) key: Option<Place>,
    pub(super) value: Place,
    /// Parts of the text there.
    pub(super) parts: Vec<(Range<usize>, Place)>,
}

/// A Task state with a function.
pub(super) struct Task {
    pub(super) state: String,
    pub(super) task: Callee,
    pub(super) call: Call,
    pub(super) result: Option<Type>,
}

/// A Task state that starts another machine.
pub(super) struct Child {
    pub(super) state: String,
    pub(super) child: Callee,
    /// Whether `StartSyncExecution` starts it.
    pub(super) is_sync: bool,
    pub(super) result: Option<Type>,
}

pub(super) fn lower(machine: &Machine, errors: &mut Errors) -> Lowered {
    let settings = settings::read(&machine.attributes, errors);
    let mut lowering = Lowering {
        errors,
        jsonata: (false, false),
        starts: false,
        literal: false,
        out: Lowered {
            json: Value::Null,
            spots: HashMap::new(),
            tasks: Vec::new(),
            children: Vec::new(),
            results: Vec::new(),
            numbers: Vec::new(),
            substitutions: settings.substitutions.clone(),
            allowed: Vec::new(),
            states: Vec::new(),
            docs: Vec::new(),
            targets: Vec::new(),
            settings,
        },
    };
    let comment = settings::doc_text(&machine.attributes);
    lowering.spot("", None, Place::of(machine.name.span()));
    let json = lowering.machine(&machine.block, "", comment);
    lowering.out.json = json;
    lowering.out
}

pub(super) struct Lowering<'e> {
    pub(super) errors: &'e mut Errors,
    /// Whether states here are JSONata's by default, and whether this one is.
    pub(super) jsonata: (bool, bool),
    /// Whether this state starts another machine: `input` is what it is started with then.
    starts: bool,
    /// Whether the source is taken literally: keys and strings are themselves.
    pub(super) literal: bool,
    pub(super) out: Lowered,
}

/// The fields of machines, wherever they are, as they are written; states are no field here.
fn machine_fields() -> Vec<&'static str> {
    let owners = ["StateMachine", "Branch", "ItemProcessor"];
    let rows = schema::all().filter(|row| row.kind != schema::Kind::States);
    rows.filter(|row| row.owners.iter().any(|owner| owners.contains(owner))).map(|row| row.snake).collect()
}

impl Lowering<'_> {
    pub(super) fn spot(&mut self, at: &str, key: Option<Place>, value: Place) {
        self.out.spots.insert(at.to_owned(), Spot { key, value, parts: Vec::new() });
    }

    pub(super) fn text_spot(&mut self, at: &str, key: Option<Place>, value: Place, text: &Text) {
        self.out.spots.insert(at.to_owned(), Spot { key, value, parts: text.parts.clone() });
    }

    fn machine(&mut self, block: &Block, at: &str, comment: Option<String>) -> Value {
        let outer = self.jsonata;
        // A state's own query language is not handed down.
        self.jsonata.0 = is_jsonata(block).unwrap_or(outer.0);
        let mut map = Map::new();
        let mut states = Map::new();
        if let Some(comment) = comment {
            map.insert("Comment".into(), comment.into());
        }
        for Entry { attributes, key, value, spread } in &block.entries {
            if let Kind::State(kind, block) = &value.kind {
                let mut state_at = format!("{at}/States");
                push_token(&mut state_at, &key.text);
                if states.contains_key(key.text.as_str()) {
                    let help = if *spread {
                        "; it comes out of a fragment: give it another name with the `..`, `{ prefix: Second }`"
                    } else {
                        ""
                    };
                    self.errors.push(
                        key.place,
                        format!("the state `{}` is declared twice{help} [duplicate-key]", key.text),
                    );
                    continue;
                }
                self.spot(&state_at, Some(key.place), key.place);
                if !key.is_string {
                    match identifier(&key.text, key.place.first) {
                        Some(ident) if !self.out.states.contains(&ident) => {
                            self.out.states.push(ident);
                            let docs = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
                            self.out.docs.push(docs.cloned().collect());
                        }
                        Some(_) => {}
                        None => self.errors.push(
                            key.place,
                            format!("`{0}` is no name for a constant; write it as a string: `\"{0}\": {kind} {{ … }}`", key.text),
                        ),
                    }
                }
                if let Some(state) = self.state(kind, block, attributes, &state_at, &key.text) {
                    states.insert(key.text.as_str().into(), state);
                }
                continue;
            }
            if matches!(value.kind, Kind::Broken) {
                continue;
            }
            let known = machine_fields();
            if key.is_string || !known.contains(&key.text.as_str()) {
                let help = nearest(&key.text, known.iter().copied())
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_else(|| {
                        format!(
                            "; a state is written `{}: Task {{ … }}`, and the fields here are {}",
                            key.text,
                            list(&known)
                        )
                    });
                self.errors.push(key.place, format!("a state machine has no field `{}`{help}", key.text));
                continue;
            }
            self.field(key, value, at, &mut map);
        }
        self.jsonata = outer;
        self.spot(&format!("{at}/States"), None, block.place);
        map.insert("States".into(), states.into());
        map.into()
    }

    fn state(
        &mut self,
        kind: &Ident,
        block: &Block,
        attributes: &[Attribute],
        at: &str,
        name: &str,
    ) -> Option<Value> {
        let type_name = kind.to_string();
        if !TYPES.contains(&type_name.as_str()) {
            let help = nearest(&type_name, TYPES).map_or_else(
                || format!("the types are {}", list(TYPES)),
                |near| format!("did you mean `{near}`?"),
            );
            let message =
                format!("state `{name}`: there is no state type `{type_name}`; {help} [unknown-state-type]");
            self.errors.push(Place::of(kind.span()), message);
            return None;
        }
        for code in settings::allowed(attributes, self.errors) {
            self.out.allowed.push((at.to_owned(), code));
        }
        let outer = self.jsonata;
        self.jsonata.1 = is_jsonata(block).unwrap_or(outer.0);
        self.starts = block.entries.iter().any(|entry| {
            matches!(&entry.value.kind, Kind::Resource(Resource { target: Target::Start { .. }, .. }))
        });
        let mut map = Map::new();
        map.insert("Type".into(), type_name.into());
        if let Some(comment) = settings::doc_text(attributes) {
            map.insert("Comment".into(), comment.into());
        }
        for entry in &block.entries {
            if let Some(attribute) = entry.attributes.first() {
                self.errors.push(
                    Place::of_tokens(attribute),
                    "an attribute belongs before a state, not before a field",
                );
            }
            if !matches!(entry.value.kind, Kind::Broken) {
                self.field(&entry.key, &entry.value, at, &mut map);
            }
        }
        let invoked = self.out.tasks.last().is_some_and(|task| task.state == at && task.call != Call::Direct);
        if invoked {
            let field = if self.jsonata.1 { "Arguments" } else { "Parameters" };
            if self.jsonata.1 && !map.contains_key(field) {
                map.insert(field.into(), Value::empty_object());
            }
            if let Some(Value::Object(parameters)) = map.get_mut(field)
                && !["FunctionName", "FunctionName.$"].iter().any(|key| parameters.contains_key(key))
            {
                Arc::make_mut(parameters).insert("FunctionName".into(), FUNCTION_NAME.into());
            }
        }
        self.misplaced_payload(block, at, name);
        let starts = self.out.children.last().is_some_and(|child| child.state == at);
        for (is_bound, bound) in [(invoked, draft::Bound::Function), (starts, draft::Bound::Machine)] {
            let entry = block.entries.iter().find(|entry| {
                entry.key.text == "arguments"
                    && map.get("Arguments").is_some_and(|given| given.as_object().is_none())
            });
            if let (true, Some(entry)) = (is_bound, entry) {
                let (message, help) = bound.no_object();
                self.errors
                    .push(entry.value.place, format!("state `{name}`: {message}; {help} [invalid-template]"));
            }
        }
        if starts {
            let field = if self.jsonata.1 { "Arguments" } else { "Parameters" };
            let mut parameters = map.shift_remove(field).unwrap_or_else(Value::empty_object);
            draft::start_with(&mut parameters);
            map.insert(field.into(), parameters);
        }
        self.jsonata = outer;
        Some(map.into())
    }

    /// Lowers one field of a machine, a state, a retrier or a catcher into the object it belongs to.
    fn field(&mut self, key: &Key, value: &Expr, at: &str, map: &mut Map) {
        let name = if key.is_string { key.text.clone() } else { field_name(&key.text) };
        if map.contains_key(name.as_str()) {
            let from_doc = name == "Comment" && !self.out.spots.contains_key(&format!("{at}/Comment"));
            if !from_doc {
                let message = if name == "Type" {
                    "the type of a state is written before its braces: `Charge: Task { … }` [duplicate-key]"
                        .to_owned()
                } else {
                    format!("`{}` is given twice [duplicate-key]", key.text)
                };
                self.errors.push(key.place, message);
                return;
            }
        }
        let field_at = format!("{at}/{name}");
        self.spot(&field_at, Some(key.place), value.place);
        if let Kind::Constant(constant) = &value.kind {
            if number::range(&name).is_none() {
                self.no_constant(value.place);
                return;
            }
            self.out.numbers.push((field_at, constant.clone()));
            let stand_in = number::stand_in(&name);
            map.insert(name.into(), stand_in.into());
            return;
        }
        let lowered = match name.as_str() {
            "Default" if matches!(&value.kind, Kind::Name(name) if name == "States.NoChoiceMatched") => {
                self.out.allowed.push((at.to_owned(), "choice-may-not-match".to_owned()));
                return;
            }
            "Resource" => return self.resource(value, at, map),
            "Payload" => return self.payload(value, key, &name, at, map),
            "Input" if self.starts => return self.payload(value, key, &name, at, map),
            "RoleArn" => return self.template_field("RoleArn", value, key.place, at, map),
            _ => self.value(schema::named(&name), &name, key, value, &field_at),
        };
        if let Some(value) = lowered {
            map.insert(name.into(), value);
        }
    }

    /// The value of a field, by the kind that the field is of.
    fn value(&mut self, row: Option<&Field>, name: &str, key: &Key, value: &Expr, at: &str) -> Option<Value> {
        match row.map(|row| row.kind) {
            Some(schema::Kind::State) => {
                self.target(value);
                self.name(value, &key.text)
            }
            Some(schema::Kind::Name(_)) => self.name(value, &key.text),
            Some(schema::Kind::Errors) => self.names(value, at),
            Some(schema::Kind::List("ChoiceRule")) if name == "Choices" => self.rules(value, at),
            Some(schema::Kind::List("Retrier" | "Catcher")) => self.list(value, at, &key.text),
            Some(schema::Kind::List("Branch")) => self.branches(value, at),
            Some(schema::Kind::Object("ItemProcessor")) => self.nested(value, at, "the item processor"),
            Some(schema::Kind::Object("ProcessorConfig")) => self.config(value),
            Some(schema::Kind::Object(owner)) if owner != "ChoiceRule" => self.object(value, at, owner),
            Some(schema::Kind::Template)
                if row.is_some_and(|row| row.language == Some(QueryLanguage::Jsonata)) =>
            {
                self.expressions(key, value, at)
            }
            Some(schema::Kind::Template) => self.object_template(key, value, at),
            Some(schema::Kind::Literal) => self.verbatim(value, at),
            _ if name.ends_with("Path") => self.path_field(key, value, at),
            _ => self.literal(key, value, at),
        }
    }

    fn branches(&mut self, value: &Expr, at: &str) -> Option<Value> {
        let Kind::Array(items) = &value.kind else {
            return self.expected(value, "the branches: `[ { start_at: …, … }, … ]`");
        };
        let branches = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.nested(item, &format!("{at}/{index}"), "a branch"));
        let branches: Vec<_> = branches.collect();
        branches.into_iter().collect::<Option<Vec<_>>>().map(Value::from)
    }

    /// Data with expressions of JSONata.
    fn expressions(&mut self, key: &Key, value: &Expr, at: &str) -> Option<Value> {
        match self.template(value, at)? {
            Lower::Literal(value) => Some(value),
            Lower::Dynamic(text) => {
                let message = if key.text == "items" && !self.jsonata.1 {
                    format!("`items` is a field of JSONata; write `items_path: {}`", text.text)
                } else {
                    format!(
                        "`{}` is a field of JSONata, and `{}` is JSONPath; write `\"{{% $states.input… %}}\"`",
                        key.text, text.text
                    )
                };
                self.errors.push(value.place, message);
                None
            }
        }
    }

    /// Data of which nothing is evaluated.
    fn verbatim(&mut self, value: &Expr, at: &str) -> Option<Value> {
        self.literal = true;
        let result = self.template(value, at);
        self.literal = false;
        match result {
            Some(Lower::Literal(literal)) => Some(literal),
            _ => None,
        }
    }

    fn path_field(&mut self, key: &Key, value: &Expr, at: &str) -> Option<Value> {
        match &value.kind {
            Kind::Path(text) | Kind::Call(text) => {
                self.text_spot(at, Some(key.place), value.place, text);
                Some(text.text.as_str().into())
            }
            Kind::Literal(Value::Null) => Some(Value::Null),
            Kind::Literal(Value::String(path)) => {
                self.errors
                    .push(value.place, format!("write the path without quotes: `{}: {path}`", key.text));
                None
            }
            _ => self.expected(value, "a path, as `$.a.b`"),
        }
    }

    fn literal(&mut self, key: &Key, value: &Expr, at: &str) -> Option<Value> {
        match &value.kind {
            Kind::Name(name) => Some(name.as_str().into()),
            Kind::Path(text) => {
                let message = format!(
                    "`{0}` takes a literal; for a value from the data write `{0}_path: {1}`",
                    key.text, text.text
                );
                self.errors.push(value.place, message);
                None
            }
            _ => match self.template(value, at)? {
                Lower::Literal(value) => Some(value),
                Lower::Dynamic(_) => self.expected(value, "a literal"),
            },
        }
    }

    /// The fields of one of ASL's objects.
    fn entries(&mut self, block: &Block, at: &str, owner: &str, skip: &[&str], map: &mut Map) {
        let rows = schema::fields_of(owner).iter().map(|row| row.snake);
        let mut known: Vec<&str> = rows.filter(|field| !skip.contains(field)).collect();
        for Entry { key, value, .. } in &block.entries {
            if matches!(value.kind, Kind::Broken) {
                continue;
            }
            if key.is_string || !known.contains(&key.text.as_str()) {
                let near = nearest(&key.text, known.iter().copied());
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => {
                        known.sort_unstable();
                        format!("it has {}", list(&known))
                    }
                };
                let message = format!("`{owner}` has no field `{}`; {help} [unknown-field]", key.text);
                self.errors.push(key.place, message);
                continue;
            }
            self.field(key, value, at, map);
        }
    }

    /// A field that is an object of ASL's fields, not of data.
    fn object(&mut self, value: &Expr, at: &str, owner: &str) -> Option<Value> {
        let Kind::Object(block) = &value.kind else {
            return self.expected(value, &format!("the fields of `{owner}` in braces"));
        };
        let mut map = Map::new();
        self.entries(block, at, owner, &[], &mut map);
        Some(map.into())
    }

    /// A payload template; one that is not an object is no template in JSONPath.
    fn object_template(&mut self, key: &Key, value: &Expr, at: &str) -> Option<Value> {
        match self.template(value, at)? {
            Lower::Literal(value) => Some(value),
            Lower::Dynamic(text) => {
                let message = format!(
                    "`{}` takes an object; for a part of the data write `input_path: {}`",
                    key.text, text.text
                );
                self.errors.push(value.place, message);
                None
            }
        }
    }

    pub(super) fn no_constant(&mut self, place: Place) {
        self.errors.push(
            place,
            "constants and arithmetic stand for the numbers of fields such as `timeout_seconds`, `seconds` and `max_attempts`; write the value itself here",
        );
    }

    fn expected(&mut self, value: &Expr, what: &str) -> Option<Value> {
        self.errors.push(value.place, format!("expected {what}"));
        None
    }

    /// Notes a name as a state's that something leads to.
    fn target(&mut self, value: &Expr) {
        if let Kind::Name(name) = &value.kind {
            self.out.targets.push((name.clone(), value.place));
        }
    }

    fn name(&mut self, value: &Expr, field: &str) -> Option<Value> {
        match &value.kind {
            Kind::Name(name) => Some(name.as_str().into()),
            // What is no text, the checks refuse.
            Kind::Literal(literal) => Some(literal.clone()),
            _ => self.expected(value, &format!("a name after `{field}`")),
        }
    }

    fn names(&mut self, value: &Expr, at: &str) -> Option<Value> {
        let Kind::Array(items) = &value.kind else {
            return self.expected(value, "the names of errors: `[States.Timeout, PaymentError]`");
        };
        let mut names = Vec::new();
        for (index, item) in items.iter().enumerate() {
            self.spot(&format!("{at}/{index}"), None, item.place);
            names.push(self.name(item, "error_equals")?);
        }
        Some(names.into())
    }

    fn nested(&mut self, value: &Expr, at: &str, what: &str) -> Option<Value> {
        match &value.kind {
            Kind::Object(block) => {
                self.spot(at, None, block.place);
                Some(self.machine(block, at, None))
            }
            _ => self.expected(value, &format!("{what}: `{{ start_at: First, First: Task {{ … }} }}`")),
        }
    }

    /// `{ mode: DISTRIBUTED, execution_type: EXPRESS }`
    fn config(&mut self, value: &Expr) -> Option<Value> {
        let Kind::Object(block) = &value.kind else {
            return self
                .expected(value, "`{ mode: INLINE }` or `{ mode: DISTRIBUTED, execution_type: STANDARD }`");
        };
        let mut map = Map::new();
        for entry in &block.entries {
            map.insert(field_name(&entry.key.text).into(), self.name(&entry.value, &entry.key.text)?);
        }
        Some(map.into())
    }

    /// The retriers or catchers.
    fn list(&mut self, value: &Expr, at: &str, field: &str) -> Option<Value> {
        let Kind::Array(items) = &value.kind else {
            return self
                .expected(value, &format!("a list: `{field}: [ {{ error_equals: [States.ALL], … }} ]`"));
        };
        let mut out = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let item_at = format!("{at}/{index}");
            self.spot(&item_at, None, item.place);
            let Kind::Object(block) = &item.kind else {
                self.expected(item, "`{ error_equals: [States.ALL], … }`");
                continue;
            };
            let mut map = Map::new();
            for entry in &block.entries {
                if !matches!(entry.value.kind, Kind::Broken) {
                    self.field(&entry.key, &entry.value, &item_at, &mut map);
                }
            }
            out.push(map.into());
        }
        Some(out.into())
    }

    fn resource(&mut self, value: &Expr, at: &str, map: &mut Map) {
        let Kind::Resource(Resource { target, result }) = &value.kind else {
            self.expected(value, "a resource");
            return;
        };
        let (arn, call) = match target {
            // `Draft::finish` writes the function's own names; these are of the same form.
            Target::Lambda(task) => ("${FunctionArn}".to_owned(), Some((task, Call::Direct))),
            Target::Invoke { task, wait_for_task_token: false } => {
                ("arn:aws:states:::lambda:invoke".to_owned(), Some((task, Call::Invoke)))
            }
            Target::Invoke { task, .. } => (
                "arn:aws:states:::lambda:invoke.waitForTaskToken".to_owned(),
                Some((task, Call::WaitForTaskToken)),
            ),
            Target::Start { arn, .. } | Target::Arn(arn) => (arn.clone(), None),
            Target::Reference(id, attribute) => (self.reference(id, attribute.as_ref(), value.place), None),
        };
        map.insert("Resource".into(), arn.into());
        let has_code = call.is_some() || matches!(target, Target::Start { .. });
        if has_code && (at.ends_with("/ItemReader") || at.ends_with("/ResultWriter")) {
            self.errors.push(value.place, "no function reads items or writes results; write `s3::get_object`, `s3::list_objects_v2` or `s3::put_object`");
            return;
        }
        if let Target::Start { child, arn } = target {
            if let Some(ty) = result
                && !arn.ends_with(".waitForTaskToken")
            {
                self.errors.push(
                    Place::of_tokens(ty),
                    "what the machine answers is known; `-> Type` is for callbacks and other services",
                );
            }
            self.out.children.push(Child {
                state: at.to_owned(),
                child: child.clone(),
                is_sync: arn.ends_with(":startSyncExecution"),
                result: result.clone(),
            });
            return;
        }
        match (call, result) {
            (Some((_, Call::Direct | Call::Invoke)), Some(ty)) => self.errors.push(
                Place::of_tokens(ty),
                "the function's own output is the result; `-> Type` is for callbacks and other services",
            ),
            (Some((task, call)), result) => self.out.tasks.push(Task {
                state: at.to_owned(),
                task: task.clone(),
                call,
                result: result.clone(),
            }),
            (None, Some(ty)) => self.out.results.push((at.to_owned(), ty.clone())),
            (None, None) => {}
        }
    }

    fn rules(&mut self, value: &Expr, at: &str) -> Option<Value> {
        let Kind::Rules(rules) = &value.kind else { return self.expected(value, "the rules") };
        let mut out = Vec::new();
        for (index, Rule { attributes, condition, next, fields, place }) in rules.iter().enumerate() {
            let rule_at = format!("{at}/{index}");
            self.spot(&rule_at, None, *place);
            let mut map = Map::new();
            self.condition(condition, &rule_at, &mut map);
            self.spot(&format!("{rule_at}/Next"), None, next.place);
            self.target(next);
            if let Some(next) = self.name(next, "=>") {
                map.insert("Next".into(), next);
            }
            if let Some(comment) = settings::doc_text(attributes) {
                map.insert("Comment".into(), comment.into());
            }
            if let Some(attribute) = attributes.iter().find(|attribute| !attribute.path().is_ident("doc")) {
                self.errors.push(Place::of_tokens(attribute), "a rule has doc comments, no attributes");
            }
            if let Some(fields) = fields {
                // What it asks and where it leads is written already.
                let written = ["and", "or", "not", "variable", "condition", "next"];
                self.entries(fields, &rule_at, "ChoiceRule", &written, &mut map);
            }
            out.push(map.into());
        }
        Some(out.into())
    }

    fn condition(&mut self, condition: &Condition, at: &str, map: &mut Map) {
        match condition {
            Condition::And(parts) => self.conditions("And", parts, at, map),
            Condition::Or(parts) => self.conditions("Or", parts, at, map),
            Condition::Not(inner) => {
                let inner_at = format!("{at}/Not");
                self.spot(&inner_at, None, inner.place());
                let mut inner_map = Map::new();
                self.condition(inner, &inner_at, &mut inner_map);
                map.insert("Not".into(), inner_map.into());
            }
            Condition::Compare {
                operator,
                variable: (text, place),
                operand: (operand, operand_place),
                ..
            } => {
                self.text_spot(&format!("{at}/Variable"), None, *place, text);
                map.insert("Variable".into(), text.text.as_str().into());
                self.spot(&format!("{at}/{operator}"), None, *operand_place);
                map.insert((*operator).into(), operand.clone());
            }
            Condition::Commented(inner, comment) => {
                self.condition(inner, at, map);
                map.insert("Comment".into(), comment.as_str().into());
            }
            Condition::Jsonata(text, place) => {
                self.spot(&format!("{at}/Condition"), None, *place);
                map.insert("Condition".into(), text.clone());
            }
        }
    }

    fn conditions(&mut self, name: &str, parts: &[Condition], at: &str, map: &mut Map) {
        let mut out = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let part_at = format!("{at}/{name}/{index}");
            self.spot(&part_at, None, part.place());
            let mut part_map = Map::new();
            self.condition(part, &part_at, &mut part_map);
            out.push(part_map.into());
        }
        map.insert(name.into(), out.into());
    }
}

/// Returns the language of a block's `query_language`.
fn is_jsonata(block: &Block) -> Option<bool> {
    let entry =
        block.entries.iter().find(|entry| !entry.key.is_string && entry.key.text == "query_language")?;
    match &entry.value.kind {
        Kind::Name(name) => Some(name == "JSONata"),
        Kind::Literal(text) => Some(text.as_str() == Some("JSONata")),
        _ => None,
    }
}
