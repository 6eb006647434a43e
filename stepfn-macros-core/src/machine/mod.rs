//! `state_machine!`: what was written (`ast`, read by `parse`, `head`, `path`, `condition`), lowered to ASL with the place of everything
//! (`lower`, `template`), judged by stepfn-core, and expanded to tokens (`expand`); `salvage` finds the names in what cannot be read.

mod ast;
mod condition;
mod constant;
mod editor;
mod expand;
mod fragment;
mod head;
mod lower;
mod names;
mod parse;
mod path;
mod resource;
mod salvage;
mod settings;
mod spread;
mod template;
mod typed_path;

#[cfg(test)]
mod imported;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, ops::Range};

use proc_macro2::TokenStream;
use stepfn_core::{
    asl::{self, schema},
    check::{self, Options},
    definition::Call,
    diagnostic::{Code, Diagnostic, Severity, Subject},
    flow::{self, StateTyping, TaskRef, Typing},
    json::{self, Pointer},
};

use self::{
    ast::{Errors, Machine, Place},
    expand::Names,
    lower::Lowered,
    parse::Parsed,
};
pub(crate) use self::{
    editor::machine as editor_machine, fragment::fragment, names::identifier, typed_path::typed_path,
};

/// What was written, as far as it can be read, with the fragments at hand; what is wrong where nothing can.
fn read(tokens: TokenStream, known: Vec<fragment::Known>) -> Result<(Machine, Errors), TokenStream> {
    // syn ends with an error of its own where an error inside has left tokens unread, so the result is kept beside it.
    let mut parsed = None;
    let result = syn::parse::Parser::parse2(
        |input: syn::parse::ParseStream<'_>| {
            parsed = Some(Parsed::read(input, known)?);
            Ok(())
        },
        tokens,
    );
    match (parsed, result) {
        (Some(Parsed { machine, mut errors }), result) => {
            if let Err(error) = result
                && errors.is_empty()
            {
                errors.push_syn(&error);
            }
            Ok((machine, errors))
        }
        (None, Err(error)) => Err(error.to_compile_error()),
        (None, Ok(())) => Err(TokenStream::new()),
    }
}

pub(crate) fn state_machine(tokens: TokenStream) -> TokenStream {
    if let Err(error) = salvage::judge_depth(tokens.clone()) {
        return error.to_compile_error();
    }
    // With the fragments that it is put together of.
    let written = tokens.clone();
    let (known, tokens) = fragment::take(tokens);
    if let Some(asked) = fragment::ask(&tokens, &known, "state_machine") {
        return asked;
    }
    let without = tokens.clone();
    let (machine, mut errors) = match read(tokens, known) {
        Ok(read) => read,
        Err(error) => return error,
    };
    let lowered = lower::lower(&machine, &mut errors);
    let mut names = Names::default();
    let typing = typing(&machine, &lowered, &mut names);
    let (definition, mut diagnostics) = asl::read(&lowered.json);
    // What could not be read is missing in the machine: only what it cannot disturb is judged then.
    let mut claims = TokenStream::new();
    if errors.is_empty() {
        diagnostics = check::check_read(
            &definition,
            diagnostics,
            &Options { workflow_type: lowered.settings.workflow_type },
        );
        let analysis = flow::analyse(&definition, &typing);
        diagnostics.extend(analysis.diagnostics);
        for obligation in &analysis.obligations {
            if let flow::OwnedClaim::Covers { .. } = obligation.claim
                && lowered.allows(&obligation.at, "choice-may-not-match")
            {
                continue;
            }
            if lowered.allows(&obligation.at, "unraised-error")
                && matches!(obligation.claim, flow::OwnedClaim::Raises { .. })
            {
                continue;
            }
            let place = lowered.place(&machine, &obligation.at, false, obligation.range.as_ref());
            if let Some(warning) = obligation.warning() {
                if !lowered.allows(&obligation.at, warning.code.name()) {
                    claims.extend(names.warn(place, &obligation.claim, &words(&warning)));
                }
                continue;
            }
            let allowed = lowered.allowed_at(&obligation.at);
            claims.extend(names.expect(place, &obligation.place, &obligation.claim, &allowed));
        }
    } else {
        diagnostics.clear();
    }
    // The expansion holds the machine as this text: what the reader would refuse must not get that far.
    claims.extend(expand::numbers(&lowered));
    claims.extend(expand::constants_are_of_kind(&lowered, &typing, &names));
    let text = definition.to_json().to_string();
    if errors.is_empty()
        && let Err(error) = json::parse_value(&text)
    {
        errors.push(Place::of(machine.name.span()), format!("{}; split the machine", error.message));
    }
    tell_once(&mut diagnostics);
    let conditions = lowered.settings.conditions();
    let mut warnings = TokenStream::new();
    let mut failed = !errors.is_empty();
    for diagnostic in diagnostics {
        if lowered.allows(&diagnostic.at, diagnostic.code.name()) {
            continue;
        }
        let place = lowered.place(&machine, &diagnostic.at, diagnostic.on_key, diagnostic.range.as_ref());
        let message = words(&diagnostic);
        if diagnostic.severity == Severity::Error {
            failed = true;
            errors.push(place, message);
        } else {
            warnings.extend(expand::warning(&conditions, place, &message));
        }
    }
    let errors = errors.to_tokens();
    let (item, definition) = if failed {
        let states = salvage::states(without, lowered.states);
        expand::stand_in(&machine, &states, &lowered.docs, &conditions)
    } else {
        expand::machine(&machine, &lowered, &text, &typing, &names)
    };
    let judged = expand::judged(&conditions, &names, &claims, &definition, Some(&written));
    quote::quote!(#judged #item #warnings #errors)
}

/// Leaves out what only follows from a misspelt name: that the field is missing which it was meant for, and that nothing is there.
fn tell_once(diagnostics: &mut Vec<Diagnostic>) {
    let meant: Vec<(Pointer, String)> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == Code::UnknownField)
        .filter_map(|diagnostic| {
            let near = diagnostic.help.as_deref()?.strip_prefix("did you mean `")?.strip_suffix("`?")?;
            Some((diagnostic.at.parent()?, near.to_owned()))
        })
        .collect();
    let of_states: Vec<_> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == Code::NoSuchStatesField)
        .map(|diagnostic| diagnostic.at.clone())
        .collect();
    let without_context: Vec<_> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == Code::TopLevelContext)
        .map(|diagnostic| diagnostic.at.clone())
        .collect();
    diagnostics.retain(|diagnostic| match diagnostic.code {
        Code::WaitFields | Code::MissingField | Code::MissingTransition => {
            let text = format!("{} {}", diagnostic.message, diagnostic.help.as_deref().unwrap_or_default());
            !meant.iter().any(|(at, near)| *at == diagnostic.at && text.contains(&format!("`{near}`")))
        }
        Code::NoSuchField => {
            !(diagnostic.message.contains("`$states.") && of_states.contains(&diagnostic.at))
        }
        // A name of no context has no type either.
        Code::CannotTell => !without_context.contains(&diagnostic.at),
        _ => true,
    });
}

/// Names the machine's types and tasks.
fn typing(machine: &Machine, lowered: &Lowered, names: &mut Names) -> Typing {
    let mut states = HashMap::new();
    let input = names.ty(&machine.input);
    let output = names.ty(&machine.output);
    for task in &lowered.tasks {
        let (index, input, output) = names.task(&task.task.ty);
        let name = task.task.name.clone();
        states.insert(
            task.state.clone(),
            StateTyping::Task {
                task: TaskRef(index),
                name,
                input,
                output,
                call: task.call,
                result: task
                    .result
                    .as_ref()
                    .filter(|_| task.call == Call::WaitForTaskToken)
                    .map(|ty| names.ty(ty)),
            },
        );
    }
    for child in &lowered.children {
        let (input, output) = names.child(&child.child.ty, child.is_sync);
        let name = child.child.name.clone();
        let result = child.result.as_ref().map(|ty| names.ty(ty));
        states.insert(child.state.clone(), StateTyping::Child { name, input, output, result });
    }
    for (state, ty) in &lowered.results {
        states.insert(state.clone(), StateTyping::Result(names.ty(ty)));
    }
    for (at, constant, _) in &lowered.constants {
        let ty = names.constant(constant);
        states.insert(at.clone(), StateTyping::Constant { ty, name: constant.name.clone() });
    }
    let express = lowered.settings.workflow_type == stepfn_core::definition::WorkflowType::Express;
    let strict = lowered.settings.strict;
    Typing { input: Some(input), output: Some(output), states, proven: true, express, strict }
}

impl Lowered {
    pub(super) fn allows(&self, at: &str, code: &str) -> bool {
        self.allowed_at(at).contains(&code)
    }

    /// The codes that are allowed at a place.
    fn allowed_at(&self, at: &str) -> Vec<&str> {
        let here =
            |state: &str| at.strip_prefix(state).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.allowed.iter().filter(|(state, _)| here(state)).map(|(_, code)| code.as_str()).collect()
    }

    /// Returns the place of a part of the definition in the source: that of the nearest part that was written.
    fn place(&self, machine: &Machine, at: &str, on_key: bool, range: Option<&Range<usize>>) -> Place {
        if at == flow::OUTPUT {
            return Place::of_tokens(&machine.output);
        }
        let mut pointer = at;
        loop {
            if let Some(places) = self.places.get(pointer) {
                if pointer == at
                    && let Some(range) = range
                    && let Some((_, part)) = places
                        .parts
                        .iter()
                        .filter(|(part, _)| part.start <= range.start && range.end <= part.end)
                        .min_by_key(|(part, _)| part.len())
                {
                    return *part;
                }
                return match places.key {
                    Some(key) if on_key => key,
                    _ => places.value,
                };
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return expand::call_site(),
            }
        }
    }
}

/// Returns a diagnostic in the words of the DSL: fields as they are written here. Messages about the data name its own keys, which stay
/// as they are: an error's `Cause` is no field of a state.
fn words(diagnostic: &Diagnostic) -> String {
    let of_data = matches!(diagnostic.code, Code::NoSuchField | Code::MaybeMissing | Code::WrongType);
    // A field that ASL does not have was written in snake_case all the same.
    let own = diagnostic.at.rsplit('/').next().filter(|_| diagnostic.code == Code::UnknownField);
    // A state may have the name of a field: `End`.
    let state = match &diagnostic.subject {
        Some(Subject::State(name)) => Some(name.as_str()),
        _ => None,
    };
    let spell = |text: &str| if of_data { text.to_owned() } else { in_dsl(text, own, state) };
    let mut message = spell(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        message.push_str("; ");
        message.push_str(&spell(help));
    }
    format!("{message} [{}]", diagnostic.code.name())
}

/// Replaces ASL's field names in backticks with those of the DSL.
fn in_dsl(text: &str, own: Option<&str>, state: Option<&str>) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        // What a state is to be given is a field.
        let names_state = out.ends_with("state ") && !out.ends_with("give the state ");
        let is_state = names_state || state == Some(part) && out.ends_with(" to ");
        if index > 0 {
            out.push('`');
        }
        // Odd parts are inside backticks.
        if index % 2 == 1 && !is_state { out.push_str(&code_in_dsl(part, own)) } else { out.push_str(part) }
    }
    out
}

/// Returns `true` if the DSL has a field of ASL as a word: what a Choice rule asks is an expression.
fn is_written(field: &str) -> bool {
    schema::all().any(|row| row.name == field && row.owners != ["ChoiceRule"])
}

/// A piece of ASL as the DSL writes it: `TimeoutSeconds`, `"End": true`, `"TaskToken.$": "$$.Task.Token"`.
fn code_in_dsl(code: &str, own: Option<&str>) -> String {
    if is_written(code) || own == Some(code) {
        return names::snake_case(code);
    }
    if let Some(pattern) = code.strip_prefix('.')
        && pattern == "waitForTaskToken"
    {
        return ".wait_for_task_token".to_owned();
    }
    let Some((key, value)) = code.strip_prefix('"').and_then(|rest| rest.split_once("\": ")) else {
        return code.to_owned();
    };
    match key.strip_suffix(".$") {
        Some(key) => format!("\"{key}\": {}", value.trim_matches('"')),
        None if is_written(key) => format!("{}: {value}", names::snake_case(key)),
        None => code.to_owned(),
    }
}
