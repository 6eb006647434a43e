//! What states answer, from samples: the outputs of functions and the results of other work.

use std::collections::BTreeMap;

use stepfn_core::{
    asl::{Resource, StateKind, StateMachine},
    case::pascal,
    json::Pointer,
    value::Value,
};

use super::{structs::Structs, types::Type, words::string};
use crate::Imported;

/// The answer of states of one kind: those that call one function, or one state.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// JSON pointers of the states.
    pub(super) states: Vec<String>,
    pub(super) ty: Type,
    /// The Rust name of the function that answers.
    pub(super) function: Option<String>,
    /// The name of the state.
    pub(super) state: String,
}

/// The items that are declared before the machine.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// The functions by what a Task has as its resource, with the substitution that they bring.
    pub(super) functions: BTreeMap<String, (String, Option<String>)>,
    /// The names of types, by the pointers of states.
    pub(super) results: BTreeMap<String, String>,
    pub(super) text: String,
}

/// The types of what states answered.
pub(super) fn of(imported: &Imported, samples: &[(String, Value)]) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::new();
    let mut values: Vec<Vec<Value>> = Vec::new();
    let mut visit = |at: &Pointer, name: &str, resource: &str| {
        let function = imported.functions.iter().find(|function| function.resource == resource);
        let Some(kept) = Kept::of(resource, function.is_some()) else { return };
        let found = samples.iter().filter(|(state, _)| state == name).map(|(_, value)| kept.of_value(value));
        let function = function.map(|function| function.rust_name.clone());
        let known = answers.iter().position(|answer| function.is_some() && answer.function == function);
        let place = known.unwrap_or_else(|| {
            answers.push(Answer { states: Vec::new(), ty: Type::Any, function, state: name.to_owned() });
            values.push(Vec::new());
            answers.len() - 1
        });
        if let (Some(answer), Some(values)) = (answers.get_mut(place), values.get_mut(place)) {
            answer.states.push(at.to_string());
            values.extend(found);
        }
    };
    each_task(&imported.machine, &Pointer::root(), &mut visit);
    for (answer, values) in answers.iter_mut().zip(&values) {
        answer.ty = Type::of(&values.iter().collect::<Vec<_>>());
    }
    answers.retain(|answer| answer.ty != Type::Any);
    answers
}

fn each_task(machine: &StateMachine, at: &Pointer, visit: &mut dyn FnMut(&Pointer, &str, &str)) {
    for (name, state) in &machine.states {
        let at = at.state(name);
        match &state.kind {
            StateKind::Task(task) => {
                if let Resource::Arn(resource) = &task.resource {
                    visit(&at, name, resource);
                }
            }
            StateKind::Parallel(parallel) => {
                for (index, branch) in parallel.branches.iter().enumerate() {
                    each_task(branch, &at.key("Branches").index(index), visit);
                }
            }
            StateKind::Map(map) => {
                for (field, inner) in [("ItemProcessor", &map.item_processor), ("Iterator", &map.iterator)] {
                    if let Some(inner) = inner {
                        each_task(inner, &at.key(field), visit);
                    }
                }
            }
            _ => {}
        }
    }
}

/// How much of a result is worth a type: of services that tell what they answer nothing, of the function behind `lambda:invoke` what it answers.
enum Kept {
    All,
    Keys(&'static [&'static str]),
}

impl Kept {
    fn of(resource: &str, is_function: bool) -> Option<Self> {
        if is_function
            || !resource.starts_with("arn:aws:states:::")
            || resource.ends_with(".waitForTaskToken")
        {
            return Some(Self::All);
        }
        match resource.trim_start_matches("arn:aws:states:::") {
            "lambda:invoke" => Some(Self::Keys(&["ExecutedVersion", "Payload", "StatusCode"])),
            "http:invoke" => Some(Self::Keys(&["ResponseBody", "StatusCode"])),
            "states:startExecution.sync:2" => Some(Self::Keys(&["ExecutionArn", "Name", "Output", "Status"])),
            _ => None,
        }
    }

    fn of_value(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::Keys(keys), Value::Object(fields)) => Value::object(
                fields
                    .iter()
                    .filter(|(key, _)| keys.contains(&key.as_ref()))
                    .map(|(key, value)| (key.to_string(), value.clone())),
            ),
            _ => value.clone(),
        }
    }
}

/// Declares the functions, and names the types of results.
pub(super) fn declare(imported: &Imported, answers: &[Answer], structs: &mut Structs) -> Declared {
    let mut declared = Declared::default();
    for answer in answers.iter().filter(|answer| answer.function.is_none() && answer.ty != Type::Any) {
        let name = structs.name(
            &answer.ty,
            &format!("{}Result", pascal(&answer.state)),
            &format!("What `{}` answers.", answer.state.replace(['`', '\n', '\r'], " ")),
        );
        declared.results.extend(answer.states.iter().map(|state| (state.clone(), name.clone())));
    }
    for function in &imported.functions {
        let answer = answers.iter().find(|answer| answer.function.as_ref() == Some(&function.rust_name));
        let output = match answer {
            Some(answer) => structs.name(
                &answer.ty,
                &format!("{}Output", pascal(&function.rust_name)),
                &format!("What the function `{}` answers.", function.key),
            ),
            None => structs.name(&Type::Any, "", ""),
        };
        let input = structs.name(&Type::Any, "", "");
        let mut arguments = Vec::new();
        if function.rust_name != function.key {
            arguments.push(format!("name = {}", string(&function.key)));
        }
        if let Some(arn) = &function.arn {
            arguments.push(format!("function_name = {}", string(arn)));
        }
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        declared.text.push_str(&format!(
            "/// The function `{}`.\n#[lambda{arguments}]\npub fn {}(input: {input}) -> {output};\n\n",
            function.key, function.rust_name
        ));
        let substitution = function.arn.is_none().then(|| format!("{}Arn", pascal(&function.key)));
        declared.functions.insert(function.resource.clone(), (function.rust_name.clone(), substitution));
    }
    declared
}
