//! What a Task calls, and what it sends there.

use stepfn_core::{
    definition::{Call, Reference},
    json::Pointer,
    value::Map,
};

use super::{
    super::ast::{Block, Expr, Key, Kind, Place, Resource, Target},
    Child, Lowering, Task,
};

impl Lowering<'_> {
    pub(super) fn resource(&mut self, value: &Expr, at: &Pointer, map: &mut Map) {
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
        if has_code && ["ItemReader", "ResultWriter"].contains(&&*at.last()) {
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
                state: at.clone(),
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
                state: at.clone(),
                task: task.clone(),
                call,
                result: result.clone(),
            }),
            (None, Some(ty)) => self.out.results.push((at.clone(), ty.clone())),
            (None, None) => {}
        }
    }

    pub(in crate::machine) fn reference(
        &mut self,
        id: &str,
        attribute: Option<&String>,
        place: Place,
    ) -> String {
        let name = format!("{id}{}", attribute.map_or("", String::as_str)).replace('.', "");
        let reference = match attribute {
            None => Reference::Ref(id.to_owned()),
            Some(attribute) => Reference::GetAtt(id.to_owned(), attribute.clone()),
        };
        let known = self.out.substitutions.entry(name.clone()).or_insert_with(|| reference.clone());
        if *known != reference {
            let message = format!(
                "`${{{name}}}` has two values, `{known}` and `{reference}`; give one of the two another logical id [duplicate-key]"
            );
            self.errors.push(place, message);
        }
        format!("${{{name}}}")
    }

    /// `payload`: what `lambda:invoke` sends, and `input`: what another machine is started with. In ASL it is a field of `Parameters` (of
    /// `Arguments` in JSONata).
    pub(super) fn payload(&mut self, value: &Expr, key: &Key, name: &str, at: &Pointer, map: &mut Map) {
        let (field, written) =
            if self.jsonata.1 { ("Arguments", "arguments") } else { ("Parameters", "parameters") };
        let at = at.key(field);
        if map.contains_key(field) {
            let message = format!("give either `{}` or `{written}` with `\"{name}\"` in it", key.text);
            self.errors.push(key.place, message);
            return;
        }
        self.add_places(&at, Some(key.place), value.place);
        let mut parameters = Map::new();
        self.template_field(name, value, key.place, &at, &mut parameters);
        map.insert(field.into(), parameters.into());
    }

    /// Reports a `payload` beside a function that is called directly: nothing sends it.
    pub(super) fn misplaced_payload(&mut self, block: &Block, at: &Pointer, name: &str) {
        let is_called =
            self.out.tasks.last().is_some_and(|task| task.state == *at && task.call == Call::Direct);
        let payload = block.entries.iter().find(|entry| entry.key.text == "payload");
        if let (true, Some(entry)) = (is_called, payload) {
            let field = if self.jsonata.1 { "arguments" } else { "parameters" };
            let message = format!(
                "state `{name}`: `payload` is what `lambda::invoke(…)` sends; `lambda(…)` gives the function the state's input, or what `{field}` makes of it"
            );
            self.errors.push(entry.key.place, message);
        }
    }
}
