//! The fields that a state has, found by the table: what the rules about paths, templates, expressions and numbers go over.

use super::{Field, fields_of, rows::*};
use crate::{
    asl::{Amount, Catcher, Condition, PathField, Retrier, State, StateKind, content::Content, holding},
    json::Pointer,
    value::Value,
};

/// The value of a field that is there.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Given<'m> {
    /// A string.
    Text(&'m str),
    /// A number, or a string in place of one.
    Amount(&'m Amount),
    /// A path or `null`.
    Path(&'m PathField),
    /// JSON.
    Value(&'m Value),
    /// An object with fields of its own, or nothing to look at.
    Other,
}

impl<'m> Given<'m> {
    /// The text of a string or path, or of a string in place of a number or value.
    pub fn as_str(self) -> Option<&'m str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Amount(Amount::Text(text)) => Some(text),
            Self::Path(path) => path.as_str(),
            Self::Value(value) => value.as_str(),
            Self::Amount(Amount::Number(_)) | Self::Other => None,
        }
    }
}

/// A field of a state, or of one of the objects in it.
#[derive(Clone, Debug)]
pub struct Part<'m> {
    /// JSON pointer below the state.
    pub at: Pointer,
    /// The row of the table.
    pub field: &'static Field,
    /// The value.
    pub given: Given<'m>,
}

/// Makes of rows the fields that are there.
macro_rules! given {
    ($own:ident $given:ident; $({ $holder:ident $name:literal $snake:ident: $type:ty, $kind:expr, $owners:expr, $language:expr, $docs:literal })*) => {
        $(holding!($holder [&] $own own => {
            const FIELD: &Field = &Field {
                name: $name,
                snake: stringify!($snake),
                kind: $kind,
                owners: $owners,
                language: $language,
                docs: $docs,
            };
            if let Some(value) = Content::given(&own.$snake) {
                $given.push((FIELD, value));
            }
        });)*
    };
}

type Fields<'m> = Vec<(&'static Field, Given<'m>)>;

impl State {
    /// The fields that the state has, in canonical order, but its `Type`; unknown ones are not among them.
    pub fn fields(&self) -> Fields<'_> {
        let mut fields = Fields::new();
        macro_rules! of_state {
            ($($row:tt)*) => { given! { self fields; $($row)* } };
        }
        state_fields!(of_state);
        fields
    }

    /// The fields of the state and of what it holds, in canonical order: entries of `Choices`, `Retry` and `Catch`, `ItemReader` and its
    /// like. The machines inside are none of them, and neither are the comparisons of a Choice rule.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = Vec::new();
        for (field, given) in self.fields() {
            let at = Pointer::root().key(field.name);
            parts.push(Part { at: at.clone(), field, given });
            match (field.kind, given) {
                (Kind::Object(owner), Given::Value(value)) => objects(&at, owner, value, &mut parts),
                (Kind::List("ChoiceRule"), _) => self.rules(&mut parts),
                (Kind::List("Retrier"), _) => {
                    let entries = self.retry.iter().flatten().map(Retrier::fields);
                    list(&at, entries, &mut parts);
                }
                (Kind::List("Catcher"), _) => {
                    let entries = self.catch.iter().flatten().map(Catcher::fields);
                    list(&at, entries, &mut parts);
                }
                _ => {}
            }
        }
        parts
    }

    fn rules<'m>(&'m self, parts: &mut Vec<Part<'m>>) {
        let StateKind::Choice(choice) = &self.kind else { return };
        for (index, rule) in choice.choices.iter().enumerate() {
            let condition = match &rule.condition {
                Condition::Jsonata(condition) => Some(Given::Value(condition)),
                _ => None,
            };
            for field in fields_of("ChoiceRule") {
                let given = match field.name {
                    "Comment" => rule.comment.given(),
                    "Condition" => condition,
                    "Assign" => rule.assign.given(),
                    "Output" => rule.output.given(),
                    "Next" => rule.next.given(),
                    _ => None,
                };
                let rule = Pointer::root().key("Choices").index(index);
                parts.extend(given.map(|given| Part { at: rule.key(field.name), field, given }));
            }
        }
    }
}

impl Retrier {
    /// The fields that the retrier has, in canonical order.
    pub fn fields(&self) -> Fields<'_> {
        let mut fields = Fields::new();
        macro_rules! of_retrier {
            ($($row:tt)*) => { given! { self fields; $($row)* } };
        }
        retrier_fields!(of_retrier);
        fields
    }
}

impl Catcher {
    /// The fields that the catcher has, in canonical order.
    pub fn fields(&self) -> Fields<'_> {
        let mut fields = Fields::new();
        macro_rules! of_catcher {
            ($($row:tt)*) => { given! { self fields; $($row)* } };
        }
        catcher_fields!(of_catcher);
        fields
    }
}

fn list<'m>(at: &Pointer, entries: impl Iterator<Item = Fields<'m>>, parts: &mut Vec<Part<'m>>) {
    for (index, fields) in entries.enumerate() {
        for (field, given) in fields {
            parts.push(Part { at: at.index(index).key(field.name), field, given });
        }
    }
}

/// The fields of an object that the model holds as JSON.
fn objects<'m>(at: &Pointer, owner: &str, value: &'m Value, parts: &mut Vec<Part<'m>>) {
    let Some(object) = value.as_object() else { return };
    for field in fields_of(owner) {
        let Some(value) = object.get(field.name) else { continue };
        let at = at.key(field.name);
        parts.push(Part { at: at.clone(), field, given: Given::Value(value) });
        if let Kind::Object(owner) = field.kind {
            objects(&at, owner, value, parts);
        }
    }
}
