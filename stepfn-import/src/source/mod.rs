//! The source of one machine.

mod conditions;
mod layout;
mod machine;
mod paths;
mod results;
mod structs;
mod typed;
mod types;
mod uses;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use stepfn_core::{
    check,
    definition::{LogLevel, LoggingConfiguration, Reference, WorkflowType},
    json::{self, push_token},
    placeholder,
    value::Value,
};

use self::{
    layout::Piece,
    machine::Writer,
    results::Declared,
    structs::Structs,
    types::Type,
    words::{doc, string},
};
use super::{Error, Imported, Samples, Source};
use crate::rust::{self, Style};

pub(super) use self::words::{is_identifier, rust_function};

/// Something that `state_machine!` has no word for, because AWS does not take it either.
#[derive(Clone, Debug)]
struct Unwritable {
    at: String,
    what: String,
}

impl Unwritable {
    fn new(at: impl Into<String>, what: &str) -> Self {
        Self { at: at.into(), what: what.to_owned() }
    }
}

pub(super) fn rust_source(imported: &Imported, samples: &Samples) -> Result<Source, Error> {
    let fail = |unwritable: Unwritable| Error::Unwritable {
        machine: imported.name.clone(),
        at: unwritable.at,
        what: unwritable.what,
    };
    let json = imported.machine.to_json();
    let bytes = json.to_string().len();
    if bytes > check::MOST_BYTES {
        // Known before anything else of it.
        let most = check::MOST_BYTES;
        let what = format!("the state machine: {bytes} bytes without blanks, and {most} is the most");
        return Err(fail(Unwritable::new("", &what)));
    }
    let input = input_type(imported, &samples.inputs);
    let mut results = results::of(imported, &samples.results);
    typed::fit_results(imported, &input, &mut results);
    let diagnostics = typed::diagnostics(imported, input.shape(), &results);
    if let Some(claim) = diagnostics.claims.first() {
        return Err(fail(Unwritable::new(claim.at.as_str(), &claim.message)));
    }
    let mut allowed: BTreeMap<String, BTreeMap<&'static str, Vec<String>>> = BTreeMap::new();
    for diagnostic in &diagnostics.allowable {
        match state_at(&json, &diagnostic.at) {
            Some(state) => {
                let messages = allowed.entry(state).or_default().entry(diagnostic.code.name()).or_default();
                messages.push(diagnostic.message.clone());
            }
            None => return Err(fail(Unwritable::new(diagnostic.at.as_str(), &diagnostic.message))),
        }
    }
    let mut structs = Structs::beside(&imported.rust_name);
    let input = data(imported, &input, &mut structs);
    let declared = results::declare(imported, &results, &mut structs);
    let mut writer = Writer {
        substitutions: &imported.substitutions,
        allowed: &allowed,
        declared: &declared,
        has_path_as_text: false,
        in_place: BTreeSet::new(),
    };
    let Value::Object(mut map) = json else {
        return Err(fail(Unwritable::new("", "a machine is an object")));
    };
    let map = stepfn_core::value::Shared::make_mut(&mut map);
    let mut head = String::new();
    if let Some(lines) = map.get("Comment").and_then(Value::as_str).and_then(doc) {
        map.shift_remove("Comment");
        for line in lines {
            head.push_str(&format!("    {line}\n"));
        }
    }
    let entries = writer.machine(map, "").map_err(fail)?;
    if writer.has_path_as_text {
        return Err(fail(Unwritable::new(
            "",
            "a field of the machine itself is a text that looks like a path",
        )));
    }
    for line in attributes(imported, &writer.in_place) {
        head.push_str(&format!("    {line}\n"));
    }
    let mut text = imports(&structs, &declared);
    text.push_str(&structs.text);
    text.push_str(&declared.text);
    text.push_str(&format!("state_machine! {{\n{head}    "));
    // The machine itself is never put on one line.
    let block = Piece::Block { head: format!("pub {}({input}) ", imported.rust_name), entries };
    block.write_broken(&mut text, 4);
    text.push_str("\n}\n");
    if let Ok(formatted) = rust::format(&text, &Style::default()) {
        text = formatted.text;
    }
    Ok(Source { text, allowed: diagnostics.allowable })
}

/// Returns the type of the input: from the samples, or from the definition, as far as the machine compiles with it.
fn input_type(imported: &Imported, samples: &[Value]) -> Type {
    let inferred = uses::input(&imported.machine);
    let wanted = if samples.is_empty() {
        inferred
    } else {
        uses::with_tested(Type::of(&samples.iter().collect::<Vec<_>>()), &inferred)
    };
    typed::fitting(imported, &wanted)
}

/// Returns the name of the input's type: nothing where it may be anything.
fn data(imported: &Imported, input: &Type, structs: &mut Structs) -> String {
    if *input == Type::Any {
        return String::new();
    }
    structs.name(
        input,
        &format!("{}Input", imported.rust_name),
        &format!("The input of [`{}`].", imported.rust_name),
    )
}

/// The `use` lines that the items before the machine need.
fn imports(structs: &Structs, declared: &Declared) -> String {
    let mut text = String::new();
    if !structs.text.is_empty() {
        text.push_str("use serde::{Deserialize, Serialize};\n");
    }
    if structs.uses_value {
        text.push_str("use serde_json::Value;\n");
    }
    let mut names = Vec::new();
    if !structs.text.is_empty() {
        names.push("StateData");
    }
    if !declared.text.is_empty() {
        names.push("lambda");
    }
    names.push("state_machine");
    let names =
        if let [only] = names.as_slice() { (*only).to_owned() } else { format!("{{{}}}", names.join(", ")) };
    text.push_str(&format!("use stepfn::{names};\n\n"));
    text
}

/// The pointer of the innermost state around a pointer.
fn state_at(machine: &Value, at: &str) -> Option<String> {
    let mut tokens = json::tokens(at)?.peekable();
    let mut pointer = String::new();
    let mut found = None;
    let mut here = machine;
    while tokens.next()? == "States" {
        let name = tokens.next()?;
        here = here.get("States")?.get(&name)?;
        pointer.push_str("/States");
        push_token(&mut pointer, &name);
        found = Some(pointer.clone());
        let Some(field) = tokens.next() else { break };
        pointer.push('/');
        pointer.push_str(&field);
        here = match (&*field, here.get(&field)) {
            ("Branches", Some(Value::Array(branches))) => {
                let Some(index) = tokens.next() else { break };
                pointer.push('/');
                pointer.push_str(&index);
                match index.parse::<usize>().ok().and_then(|index| branches.get(index)) {
                    Some(branch) => branch,
                    None => break,
                }
            }
            ("ItemProcessor" | "Iterator", Some(inner)) => inner,
            _ => break,
        };
        if tokens.peek().is_none_or(|next| next != "States") {
            break;
        }
    }
    found
}

fn attributes(imported: &Imported, in_place: &BTreeSet<String>) -> Vec<String> {
    let mut lines = Vec::new();
    if imported.rust_name != imported.name {
        lines.push(format!("#[name = {}]", string(&imported.name)));
    }
    if imported.workflow_type == WorkflowType::Express {
        lines.push("#[express]".to_owned());
    }
    if imported.tracing {
        lines.push("#[tracing]".to_owned());
    }
    if let Some(logging) = &imported.logging {
        lines.push(logging_attribute(logging, imported));
    }
    let declared: Vec<String> = imported
        .substitutions
        .iter()
        .filter(|(name, _)| !in_place.contains(*name) && !is_destination(imported, name))
        .map(|(name, reference)| format!("{name} = {}", reference_call(reference)))
        .collect();
    if !declared.is_empty() {
        lines.push(format!("#[substitutions({})]", declared.join(", ")));
    }
    lines
}

/// Returns `true` if the attribute `logging` declares a substitution.
fn is_destination(imported: &Imported, name: &str) -> bool {
    let text = format!("${{{name}}}");
    let own = match imported.substitutions.get(name) {
        Some(Reference::Ref(id)) => id == name,
        Some(Reference::GetAtt(id, attribute)) => format!("{id}{attribute}") == name,
        None => false,
    };
    own && imported
        .logging
        .iter()
        .flat_map(|logging| &logging.destinations)
        .any(|destination| *destination == text)
}

fn reference_call(reference: &Reference) -> String {
    match reference {
        Reference::Ref(id) => format!("ref_({})", string(id)),
        Reference::GetAtt(id, attribute) => format!("get_att({}, {})", string(id), string(attribute)),
    }
}

fn logging_attribute(logging: &LoggingConfiguration, imported: &Imported) -> String {
    let level = match logging.level {
        LogLevel::All => "ALL",
        LogLevel::Error => "ERROR",
        LogLevel::Fatal => "FATAL",
        LogLevel::Off => "OFF",
    };
    let mut parts = vec![format!("level = {level}")];
    if logging.include_execution_data {
        parts.push("include_execution_data = true".to_owned());
    }
    for destination in &logging.destinations {
        let name = placeholder::only(destination);
        let reference = name.and_then(|name| imported.substitutions.get(name));
        let written = reference.map_or_else(|| string(destination), reference_call);
        parts.push(format!("destination = {written}"));
    }
    format!("#[logging({})]", parts.join(", "))
}
