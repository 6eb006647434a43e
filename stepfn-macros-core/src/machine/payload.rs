//! What a Task sends besides its own parameters: payloads, and references to what templates know.

use stepfn_core::{
    definition::{Call, Reference},
    value::Map,
};

use super::{
    ast::{Block, Expr, Key, Place},
    lower::Lowering,
};

impl Lowering<'_> {
    pub(super) fn reference(&mut self, id: &str, attribute: Option<&String>, place: Place) -> String {
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
    pub(super) fn payload(&mut self, value: &Expr, key: &Key, name: &str, at: &str, map: &mut Map) {
        let (field, written) =
            if self.jsonata.1 { ("Arguments", "arguments") } else { ("Parameters", "parameters") };
        let at = format!("{at}/{field}");
        if map.contains_key(field) {
            let message = format!("give either `{}` or `{written}` with `\"{name}\"` in it", key.text);
            self.errors.push(key.place, message);
            return;
        }
        self.spot(&at, Some(key.place), value.place);
        let mut parameters = Map::new();
        self.template_field(name, value, key.place, &at, &mut parameters);
        map.insert(field.into(), parameters.into());
    }

    /// Reports a `payload` beside a function that is called directly: nothing sends it.
    pub(super) fn misplaced_payload(&mut self, block: &Block, at: &str, name: &str) {
        let is_called =
            self.out.tasks.last().is_some_and(|task| task.state == at && task.call == Call::Direct);
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
