//! Values that are declared to be anything: of them everything may be asked, so that a failure that leans on one is nobody's but the
//! declaration's. So is what `States.ArrayGetItem` finds at a position that is computed. A failure counts where it stays when all of them are declared to be something.

use serde_json::Value as Json;
use stepfn::{
    definition,
    diagnostic::Code,
    intrinsic::{ArgKind, Call, Function},
    shape::{Field, Given, Made, ObjectShape, OneOfShape, Shape},
};

use stepfn_core::service;

use crate::{
    exempt::Exempt,
    judge::Failure,
    shapes::leak,
    trial::{Format, Trial, Work, WorkKind, pointers},
};

/// Executions that must show the failure again.
const AGAIN: u64 = 40;

/// The trial with everything declared that still fails alike; the exemption where the failure leans on what is anything.
pub(crate) fn declared(trial: &Trial, seed: u64, failure: &Failure) -> Result<Trial, Exempt> {
    // Which members an answer has is not promised: what a sink that is sure to be there cannot read, counts. A strict machine asks
    // for a test of them.
    let whole = trial.whole();
    let any = |is: &dyn Fn(&Work) -> bool| {
        whole.iter().any(|part| part.work.iter().any(|work| is(work) && is_there(part, work)))
    };
    let serves = |work: &Work| matches!(work.kind, WorkKind::Service(Some(_)));
    let sinks =
        failure.kind.contains("cannot be read: expected") || failure.kind.contains("its input: expected");
    // Nor what its model leaves open.
    let open = |work: &Work| matches!(&work.kind, WorkKind::Service(Some(answer)) if is_open(answer, 3));
    if sinks && any(&open) {
        return Err(Exempt::Service);
    }
    // What a machine that was awaited answers is known; the rest of the answer is the service's.
    let left_out: Vec<String> =
        whole.iter().flat_map(|part| may_lack(part).into_iter().chain(warned(part))).collect();
    let leans = any(&serves) || left_out.iter().any(|member| names(&failure.said, member));
    if !sinks && !trial.strict && leans {
        return in_strict(trial, seed, failure);
    }
    // The items of a listing are the service's: no type describes them better.
    let lists = |work: &Work| matches!(work.kind, WorkKind::Reader { format: Format::Listing, .. });
    let lists_in =
        |part: &&Trial| part.work.iter().any(lists) && part.machine.to_string().contains("s3:listObjectsV2");
    if whole.iter().any(lists_in) {
        return Err(Exempt::Service);
    }
    // A strict machine leans on nothing that is anything, but for items at positions that are computed.
    let is_open = |part: &&Trial| at_positions(&mut part.machine.clone());
    let leans = if trial.strict { !trial.children.is_empty() } else { has_anything(trial) };
    if !leans && !whole.iter().any(is_open) {
        return Ok(trial.clone());
    }
    let field = Field {
        made_as: "a",
        given_as: &["a"],
        shape: &Shape::String,
        made: Made::Always,
        given: Given::Required,
    };
    let object = ObjectShape {
        name: "Concrete",
        fields: vec![field].leak(),
        flattened: &[],
        deny_unknown_fields: false,
    };
    let concrete: [&'static Shape; 4] = [
        &Shape::String,
        leak(Shape::Object(Box::leak(Box::new(object)))),
        leak(Shape::Integer { min: 0, max: u32::MAX.into() }),
        &Shape::Array(&Shape::String),
    ];
    let failing = concrete.into_iter().map(|shape| with(trial, shape)).find(|trial| {
        let found = trial.build().ok().and_then(|definition| trial.run(&definition, seed, AGAIN));
        found.is_some_and(|found| found.kind == failure.kind)
    });
    failing.ok_or(Exempt::Anything)
}

/// The failure where the machine leans on no presence in an answer, as a strict one does not: then it counts.
fn in_strict(trial: &Trial, seed: u64, failure: &Failure) -> Result<Trial, Exempt> {
    let mut strict = trial.clone();
    be_strict(&mut strict);
    let found = strict.build().ok().and_then(|definition| strict.run(&definition, seed, AGAIN));
    match found {
        Some(found) if found.kind == failure.kind => declared(&strict, seed, failure),
        _ => Err(Exempt::Service),
    }
}

fn be_strict(trial: &mut Trial) {
    trial.strict = true;
    trial.children.iter_mut().for_each(|child| be_strict(&mut child.trial));
}

/// The members that an answer of the executor to a start always has, as far as its model has them.
const ALWAYS: [&str; 10] = [
    "BillingDetails",
    "ExecutionArn",
    "Input",
    "InputDetails",
    "Name",
    "RedriveCount",
    "StartDate",
    "StateMachineArn",
    "Status",
    "StopDate",
];

/// The members that the answers to a trial's starts need not have.
fn may_lack(trial: &Trial) -> Vec<String> {
    let pointers = pointers(&trial.machine);
    let mut found = Vec::new();
    for work in &trial.work {
        let WorkKind::Child { result: None, .. } = work.kind else { continue };
        let state = pointers.get(&work.state).and_then(|pointer| trial.machine.pointer(pointer));
        let Some(resource) = state.and_then(|state| state["Resource"].as_str()) else { continue };
        let service::Resource::Integration(named) = service::lookup(resource) else { continue };
        let Some(answer) = named.known().and_then(|action| action.answer(named.pattern)) else { continue };
        let service::Kind::Structure(members) = answer.kind() else { continue };
        // A machine that did not succeed fails the state, but where its answer is all that the start gives.
        let succeeds = !resource.ends_with("startSyncExecution");
        let is_sure =
            |name: &str| ALWAYS.contains(&name) || succeeds && ["Output", "OutputDetails"].contains(&name);
        let members = members.into_iter().filter(|member| !member.required && !is_sure(&member.name));
        found.extend(members.map(|member| member.name.into_owned()));
    }
    found
}

/// The fields that no table has of an answer of `aws-sdk:`, which may be newer: that is a warning.
fn warned(trial: &Trial) -> Vec<String> {
    let Ok(draft) = trial.draft() else { return Vec::new() };
    let (_, findings) = draft.build_with_warnings();
    let missing = findings.iter().filter(|finding| finding.code == Code::NoSuchField);
    let named =
        missing.filter_map(|finding| finding.message.split_once("there is no field `")?.1.split_once('`'));
    named.map(|(name, _)| name.to_owned()).collect()
}

/// Whether what failed, the path or the expression, names a member; what was found, and where it stands, is left aside.
fn names(said: &str, member: &str) -> bool {
    let said = said.split("\ninput ").next().unwrap_or_default();
    let said = said.split("; found ").next().unwrap_or_default();
    let said = said.split("' specified for ").next().unwrap_or_default();
    said.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').any(|word| word == member)
}

/// Whether a part of an answer may be anything by its model.
fn is_open(answer: &service::Shape, depth: usize) -> bool {
    match answer.kind() {
        service::Kind::Anything | service::Kind::Bytes => true,
        _ if depth == 0 => true,
        service::Kind::List(item) | service::Kind::Map(item) => is_open(&item, depth - 1),
        service::Kind::Structure(members) => members.iter().any(|member| is_open(&member.shape, depth - 1)),
        _ => false,
    }
}

fn is_there(trial: &Trial, work: &Work) -> bool {
    pointers(&trial.machine)
        .get(&work.state)
        .and_then(|pointer| trial.machine.pointer(pointer))
        .is_some_and(|state| state["Type"] == "Task")
}

/// The functions that read a text, and what makes one instead.
const TEXTS: [(&str, &str); 2] = [("$parse", "$string"), ("States.StringToJson", "States.JsonToString")];

/// The places of a function's name in a text, called there or not.
fn named(text: &str, function: &str) -> Vec<usize> {
    let goes_on = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let ends = |at: &usize| !text[at + function.len()..].starts_with(goes_on);
    text.match_indices(function).map(|(at, _)| at).filter(ends).collect()
}

pub(crate) fn has_anything(trial: &Trial) -> bool {
    trial.whole().into_iter().any(has_anything_itself)
}

fn has_anything_itself(trial: &Trial) -> bool {
    let mut machine = trial.machine.clone();
    texts(&mut machine, &mut |text| {
        if is_declared(trial, text) {
            text.clear();
        }
    });
    let text = machine.to_string();
    TEXTS.iter().any(|(what, _)| !named(&text, what).is_empty())
        || is_any(trial.input)
        || trial.children.iter().any(|child| child.trial.output.is_none_or(is_any))
        || trial.work.iter().any(|work| match &work.kind {
            WorkKind::Function { call, output, result, .. } => {
                is_any(output)
                    || result.is_some_and(is_any)
                    || (*call == definition::Call::WaitForTaskToken && result.is_none())
            }
            WorkKind::Declared(result) => result.is_none_or(is_any),
            WorkKind::Child { result, .. } => result.is_some_and(is_any),
            WorkKind::Service(answer) => answer.is_none(),
            WorkKind::Reader { item, declared, .. } => !declared || item.is_none_or(is_any),
        })
}

/// Whether it is declared what a text reads.
fn is_declared(trial: &Trial, text: &str) -> bool {
    trial.texts.iter().any(|(declared, _)| declared == text)
}

/// Goes through the texts in a machine.
fn texts(machine: &mut Json, see: &mut impl FnMut(&mut String)) {
    match machine {
        Json::Object(fields) => fields.values_mut().for_each(|value| texts(value, see)),
        Json::Array(items) => items.iter_mut().for_each(|item| texts(item, see)),
        Json::String(text) => see(text),
        _ => {}
    }
}

/// Everything that is anything is this instead.
fn with(trial: &Trial, concrete: &'static Shape) -> Trial {
    let mut trial = trial.clone();
    trial.input = replace(trial.input, concrete);
    for child in &mut trial.children {
        // What it answers flows on.
        child.trial.output = Some(replace(child.trial.output.unwrap_or(&Shape::Any), concrete));
        child.trial = with(&child.trial, concrete);
    }
    for work in &mut trial.work {
        // A strict machine leans on nothing that was not declared; of a part of a type that is anything it may be asked still.
        match &mut work.kind {
            WorkKind::Declared(None) | WorkKind::Service(None) | WorkKind::Reader { declared: false, .. }
                if trial.strict => {}
            WorkKind::Function { output, result, .. } => {
                *output = replace(output, concrete);
                *result = result.map(|result| replace(result, concrete));
            }
            WorkKind::Child { result, .. } => *result = result.map(|result| replace(result, concrete)),
            WorkKind::Declared(result) => {
                *result = Some(result.map_or(concrete, |result| replace(result, concrete)));
            }
            WorkKind::Service(None) => work.kind = WorkKind::Declared(Some(concrete)),
            WorkKind::Service(Some(_)) => {}
            // Files of CSV hold text.
            WorkKind::Reader { format: Format::Csv, item, declared } => {
                *item = item.filter(|_| *declared).or(Some(&Shape::Map(&Shape::String)));
                *declared = true;
            }
            WorkKind::Reader { format: Format::Listing, .. } => {}
            WorkKind::Reader { item, declared, .. } => {
                *item = Some(item.map_or(concrete, |item| replace(item, concrete)));
                *declared = true;
            }
        }
    }
    let declared = trial.clone();
    texts(&mut trial.machine, &mut |text| {
        if !is_declared(&declared, text) {
            for (what, instead) in TEXTS {
                for at in named(text, what).into_iter().rev() {
                    text.replace_range(at..at + what.len(), instead);
                }
            }
        }
    });
    at_positions(&mut trial.machine);
    trial
}

/// Replaces items at computed positions, where there may be none, by the first ones; returns `true` if there were any.
fn at_positions(machine: &mut Json) -> bool {
    match machine {
        Json::Object(fields) => fields.values_mut().map(at_positions).filter(|found| *found).count() > 0,
        Json::Array(items) => items.iter_mut().map(at_positions).filter(|found| *found).count() > 0,
        Json::String(text) if text.contains("States.ArrayGetItem(") => {
            let Ok(call) = Call::parse(text) else { return false };
            let mut computed: Vec<_> = call
                .calls()
                .filter(|call| call.function == Function::ArrayGetItem)
                .filter_map(|call| call.args.get(1))
                .filter(|index| !matches!(index.kind, ArgKind::Number(_)))
                .map(|index| index.span.clone())
                .collect();
            computed.sort_by_key(|span| span.start);
            // One inside of another goes with it.
            let mut end = 0;
            computed.retain(|span| {
                let is_outer = span.start >= end;
                end = end.max(span.end);
                is_outer
            });
            let any = !computed.is_empty();
            for span in computed.into_iter().rev() {
                text.replace_range(span, "0");
            }
            any
        }
        _ => false,
    }
}

pub(crate) fn is_any(shape: &'static Shape) -> bool {
    match shape {
        Shape::Any | Shape::Mixed => matches!(shape, Shape::Any),
        Shape::Array(inner)
        | Shape::Map(inner)
        | Shape::Keyed { value: inner, .. }
        | Shape::Nullable(inner) => is_any(inner),
        Shape::Tuple(items) => items.iter().any(|item| is_any(item)),
        Shape::Object(object) => any_in(object),
        Shape::OneOf(one_of) => one_of.alternatives.iter().any(|shape| is_any(shape)),
        Shape::Split { made, given } => is_any(made) || is_any(given),
        _ => false,
    }
}

fn any_in(object: &'static ObjectShape) -> bool {
    object.fields.iter().any(|field| is_any(field.shape))
        || object.flattened.iter().any(|shape| is_any(shape))
}

fn replace(shape: &'static Shape, concrete: &'static Shape) -> &'static Shape {
    if !is_any(shape) {
        return shape;
    }
    let inside = |inner: &'static Shape| replace(inner, concrete);
    leak(match shape {
        Shape::Any => return concrete,
        Shape::Array(inner) => Shape::Array(inside(inner)),
        Shape::Map(inner) => Shape::Map(inside(inner)),
        Shape::Keyed { key, value } => Shape::Keyed { key, value: inside(value) },
        Shape::Nullable(inner) => Shape::Nullable(inside(inner)),
        Shape::Tuple(items) => Shape::Tuple(items.iter().map(|item| inside(item)).collect::<Vec<_>>().leak()),
        Shape::Object(object) => Shape::Object(replace_in(object, concrete)),
        Shape::OneOf(one_of) => Shape::OneOf(Box::leak(Box::new(OneOfShape {
            name: one_of.name,
            alternatives: one_of.alternatives.iter().map(|shape| inside(shape)).collect::<Vec<_>>().leak(),
            common: replace_in(one_of.common, concrete),
            buffered: one_of.buffered,
        }))),
        Shape::Split { made, given } => Shape::Split { made: inside(made), given: inside(given) },
        other => return other,
    })
}

fn replace_in(object: &'static ObjectShape, concrete: &'static Shape) -> &'static ObjectShape {
    let fields: Vec<Field> =
        object.fields.iter().map(|field| Field { shape: replace(field.shape, concrete), ..*field }).collect();
    let flattened: Vec<_> = object.flattened.iter().map(|shape| replace(shape, concrete)).collect();
    Box::leak(Box::new(ObjectShape { fields: fields.leak(), flattened: flattened.leak(), ..*object }))
}
