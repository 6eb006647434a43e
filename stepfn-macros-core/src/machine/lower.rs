//! Lowering of the syntax tree to ASL: the machine as JSON, with the place of everything in it.

mod choice;
mod fields;
mod resource;

use std::{collections::HashMap, ops::Range};

use indexmap::IndexMap;
use stepfn_core::{
    asl::{TYPES, schema},
    definition::{Call, Reference},
    diagnostic::{list, nearest},
    draft::{self, FUNCTION_NAME},
    json::Pointer,
    number,
    value::{Map, Shared, Value},
};
use syn::{Attribute, Ident, Type};

use super::{
    ast::{
        Block, Callee, Constant, Entry, Errors, Expr, Key, Kind, Machine, Place, Resource, Target, Text,
        Wanted,
    },
    names::{field_name, identifier},
    settings::{self, Settings},
};

/// A machine in ASL, and where its parts were written.
pub(super) struct Lowered {
    pub(super) json: Value,
    pub(super) places: HashMap<Pointer, Places>,
    pub(super) tasks: Vec<Task>,
    pub(super) children: Vec<Child>,
    pub(super) results: Vec<(Pointer, Type)>,
    /// Numbers that only rustc knows, by JSON pointer.
    pub(super) numbers: Vec<(Pointer, Constant)>,
    /// Other values that only rustc knows, by JSON pointer.
    pub(super) constants: Vec<(Pointer, Constant, Wanted)>,
    pub(super) substitutions: IndexMap<String, Reference>,
    /// Diagnostics that the user allows: the pointer of the state, and the code's word.
    pub(super) allowed: Vec<(Pointer, String)>,
    /// The names of the states that are identifiers, in their order.
    pub(super) states: Vec<Ident>,
    /// The doc comments of each of these.
    pub(super) docs: Vec<Vec<Attribute>>,
    /// The names of states that something leads to, where they are written.
    pub(super) targets: Vec<(String, Place)>,
    pub(super) settings: Settings,
}

/// The places of a part of the definition in the source.
pub(super) struct Places {
    pub(super) key: Option<Place>,
    pub(super) value: Place,
    /// Parts of the text there.
    pub(super) parts: Vec<(Range<usize>, Place)>,
}

/// A Task state with a function.
pub(super) struct Task {
    pub(super) state: Pointer,
    pub(super) task: Callee,
    pub(super) call: Call,
    pub(super) result: Option<Type>,
}

/// A Task state that starts another machine.
pub(super) struct Child {
    pub(super) state: Pointer,
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
            places: HashMap::new(),
            tasks: Vec::new(),
            children: Vec::new(),
            results: Vec::new(),
            numbers: Vec::new(),
            constants: Vec::new(),
            substitutions: settings.substitutions.clone(),
            allowed: Vec::new(),
            states: Vec::new(),
            docs: Vec::new(),
            targets: Vec::new(),
            settings,
        },
    };
    let comment = settings::doc_text(&machine.attributes);
    lowering.add_places(&Pointer::root(), None, Place::of(machine.name.span()));
    let json = lowering.machine(&machine.block, &Pointer::root(), comment);
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
    pub(super) fn add_places(&mut self, at: &Pointer, key: Option<Place>, value: Place) {
        self.out.places.insert(at.clone(), Places { key, value, parts: Vec::new() });
    }

    pub(super) fn add_text_places(&mut self, at: &Pointer, key: Option<Place>, value: Place, text: &Text) {
        self.out.places.insert(at.clone(), Places { key, value, parts: text.parts.clone() });
    }

    fn machine(&mut self, block: &Block, at: &Pointer, comment: Option<String>) -> Value {
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
                let state_at = at.state(&key.text);
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
                self.add_places(&state_at, Some(key.place), key.place);
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
        self.add_places(&at.key("States"), None, block.place);
        map.insert("States".into(), states.into());
        map.into()
    }

    fn state(
        &mut self,
        kind: &Ident,
        block: &Block,
        attributes: &[Attribute],
        at: &Pointer,
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
            self.out.allowed.push((at.clone(), code));
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
        let invoked =
            self.out.tasks.last().is_some_and(|task| task.state == *at && task.call != Call::Direct);
        if invoked {
            let field = if self.jsonata.1 { "Arguments" } else { "Parameters" };
            if self.jsonata.1 && !map.contains_key(field) {
                map.insert(field.into(), Value::empty_object());
            }
            if let Some(Value::Object(parameters)) = map.get_mut(field)
                && !["FunctionName", "FunctionName.$"].iter().any(|key| parameters.contains_key(key))
            {
                Shared::make_mut(parameters).insert("FunctionName".into(), FUNCTION_NAME.into());
            }
        }
        self.misplaced_payload(block, at, name);
        let starts = self.out.children.last().is_some_and(|child| child.state == *at);
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
    fn field(&mut self, key: &Key, value: &Expr, at: &Pointer, map: &mut Map) {
        let name = if key.is_string { key.text.clone() } else { field_name(&key.text) };
        if map.contains_key(name.as_str()) {
            let from_doc = name == "Comment" && !self.out.places.contains_key(&at.key("Comment"));
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
        let field_at = at.key(&name);
        self.add_places(&field_at, Some(key.place), value.place);
        if let Kind::Number(constant) = &value.kind
            && number::range(&name).is_some()
        {
            self.out.numbers.push((field_at, constant.clone()));
            let stand_in = number::stand_in(&name);
            map.insert(name.into(), stand_in.into());
            return;
        }
        let lowered = match name.as_str() {
            "Default" if matches!(&value.kind, Kind::Name(name) if name == "States.NoChoiceMatched") => {
                self.out.allowed.push((at.clone(), "choice-may-not-match".to_owned()));
                return;
            }
            "Resource" => return self.resource(value, at, map),
            "Payload" => return self.payload(value, key, &name, at, map),
            "Input" if self.starts => return self.payload(value, key, &name, at, map),
            "RoleArn" => return self.template_field("RoleArn", value, key.place, at, map),
            // An unknown field is reported as unknown, whatever its value.
            _ if schema::named(&name).is_none() && is_unread(value) => Some(Value::Null),
            _ => self.value(schema::named(&name), &name, key, value, &field_at),
        };
        if let Some(value) = lowered {
            map.insert(name.into(), value);
        }
    }

    /// Notes a constant, and returns what stands in its place until its value is known: a placeholder, of which no rule tells anything.
    pub(super) fn constant(
        &mut self,
        constant: &Constant,
        wanted: Wanted,
        place: Place,
        at: &Pointer,
    ) -> Value {
        self.out.places.entry(at.clone()).or_insert(Places { key: None, value: place, parts: Vec::new() });
        // What is written alike is the same.
        let is_same = |known: &Constant| known.value.to_string() == constant.value.to_string();
        let known = self.out.constants.iter().position(|(_, known, _)| is_same(known));
        let index = known.unwrap_or(self.out.constants.len());
        let is_judged = matches!(wanted, Wanted::Timestamp | Wanted::Error);
        if is_judged && constant.itself.is_none() {
            let what = if wanted == Wanted::Error { "the name of an error" } else { "a timestamp" };
            self.errors.push(
                place,
                format!(
                    "{what} that is a constant has to be of the machine's own module; write it out, or make it a parameter of the fragment"
                ),
            );
        }
        self.out.constants.push((at.clone(), constant.clone(), wanted));
        format!("${{StepfnConstant{index}}}").into()
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
            Kind::Constant(_) => self
                .expected(value, &format!("a name after `{field}`: a constant says too late which is meant")),
            _ => self.expected(value, &format!("a name after `{field}`")),
        }
    }

    fn nested(&mut self, value: &Expr, at: &Pointer, what: &str) -> Option<Value> {
        match &value.kind {
            Kind::Object(block) => {
                self.add_places(at, None, block.place);
                Some(self.machine(block, at, None))
            }
            _ => self.expected(value, &format!("{what}: `{{ start_at: First, First: Task {{ … }} }}`")),
        }
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

/// Returns `true` for a value that only some fields take: names, alone or in a list.
fn is_unread(value: &Expr) -> bool {
    match &value.kind {
        Kind::Name(_) => true,
        Kind::Array(items) => items.iter().any(is_unread),
        _ => false,
    }
}
