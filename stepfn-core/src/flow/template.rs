//! The results of payload templates and intrinsic functions.

use std::rc::Rc;

use super::{
    Analyser, StateTyping,
    intern::Shared,
    obligation::OwnedNeed,
    site::{Reading, Site},
    value::{Entry, Fields, Sym},
};
use crate::{
    intrinsic::{ArgKind, Call, Function, Kind, whole_number},
    json::Pointer,
    path::{Path, Root},
    shape::{Need, Side},
    value::Value,
};

impl Analyser<'_> {
    /// A text that is a path or an intrinsic function: a `.$` value, `ErrorPath`, …
    pub(super) fn expression(&mut self, site: &Site, at: &Pointer, text: &str, need: Need<'static>) -> Sym {
        if text.starts_with('$') {
            match Path::parse_lenient(text) {
                Ok((path, _)) => {
                    let reading =
                        Reading { site, at: at.to_owned(), range: None, shown: text.to_owned(), asks: false };
                    self.template_path(&reading, &path, need)
                }
                // The checks of the texts themselves report it.
                Err(_) => Sym::Reported,
            }
        } else {
            match Call::parse_lenient(text) {
                Ok((call, _)) => {
                    let value = self.call(site, at, text, &call);
                    let value = match self.typing.states.get(at.as_str()) {
                        // What the text holds was declared, as a service's result is.
                        Some(StateTyping::Result(ty)) if call.function == Function::StringToJson => {
                            Sym::leaf(*ty, Side::Given, format!("what `{text}` reads"))
                        }
                        _ => value,
                    };
                    let reading =
                        Reading { site, at: at.to_owned(), range: None, shown: text.to_owned(), asks: false };
                    self.demand_made(&value, need, &reading);
                    value
                }
                // The checks of the texts themselves report it.
                Err(_) => Sym::Reported,
            }
        }
    }

    /// A path in a template. There `$` of null is no value but a failure, whatever is asked of it: "Unable to apply Path
    /// transformation to null or empty input".
    fn template_path(&mut self, reading: &Reading<'_>, path: &Path, need: Need<'static>) -> Sym {
        if path.root == Root::Input
            && need != Need::Nothing
            && (path.segments.is_empty() || !path.is_definite())
        {
            let root = Path::root_path(Root::Input);
            let not_null = OwnedNeed::Other(Need::NotNull);
            let reading = Reading {
                at: reading.at.clone(),
                range: reading.range.clone(),
                shown: "$".into(),
                ..*reading
            };
            self.read(&reading, &root, &not_null);
            if path.segments.is_empty() && need == Need::Value {
                return reading.site.input.clone();
            }
        }
        self.read(reading, path, &OwnedNeed::Other(need))
    }

    /// A text that is a path.
    #[allow(clippy::needless_pass_by_value)] // needs are made for it
    pub(super) fn path_text(&mut self, site: &Site, at: &Pointer, text: &str, need: OwnedNeed) -> Sym {
        match Path::parse_lenient(text) {
            Ok((path, _)) => {
                let asks = need == OwnedNeed::Other(Need::Nothing);
                let reading = Reading { site, at: at.to_owned(), range: None, shown: text.to_owned(), asks };
                self.read(&reading, &path, &need)
            }
            Err(_) => Sym::Reported,
        }
    }

    /// A payload template (`Parameters`, `ResultSelector`, `ItemSelector`, `Assign`).
    pub(super) fn template(&mut self, site: &Site, at: &Pointer, template: &Value) -> Sym {
        match template {
            Value::Object(map) => {
                let mut fields = Fields::new();
                for (key, value) in map.iter() {
                    let at = at.key(key);
                    let (key, value) = match (key.strip_suffix(".$"), value.as_str()) {
                        (Some(key), Some(text)) => (key, self.expression(site, &at, text, Need::Value)),
                        (Some(key), None) => (key, Sym::Reported),
                        (None, _) => (&**key, self.template(site, &at, value)),
                    };
                    fields.insert(key.into(), Entry::of(value));
                }
                Sym::Object(Shared::new(fields), None)
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.template(site, &at.index(index), item)).collect();
                Sym::Tuple(Shared::new(items))
            }
            scalar => self.written(at, scalar),
        }
    }

    /// A value that is written in the definition, of which nothing is evaluated.
    pub(super) fn written(&self, at: &Pointer, value: &Value) -> Sym {
        // The place of each part would take the square of what long keys take.
        if !self.has_constants {
            return Sym::constant(value);
        }
        match value {
            Value::Object(map) => {
                let fields = map.iter().map(|(key, value)| {
                    let at = at.key(key);
                    (Rc::from(&**key), Entry::of(self.written(&at, value)))
                });
                Sym::Object(Shared::new(fields.collect()), None)
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.written(&at.index(index), item));
                Sym::Tuple(Shared::new(items.collect()))
            }
            scalar => self.constant(at).unwrap_or_else(|| Sym::constant(scalar)),
        }
    }

    /// The value of a constant that only rustc knows, if one stands here.
    pub(super) fn constant(&self, at: &Pointer) -> Option<Sym> {
        match self.typing.states.get(at.as_str()) {
            Some(StateTyping::Constant { ty, name }) => {
                Some(Sym::leaf(*ty, Side::Made, format!("the constant `{name}`")))
            }
            _ => None,
        }
    }

    /// Its name.
    pub(super) fn constant_name(&self, at: &Pointer) -> Option<&str> {
        match self.typing.states.get(at.as_str()) {
            Some(StateTyping::Constant { name, .. }) => Some(name),
            _ => None,
        }
    }

    fn call(&mut self, site: &Site, at: &Pointer, text: &str, call: &Call) -> Sym {
        let signature = call.function.signature();
        let mut args = Vec::new();
        for (index, arg) in call.args.iter().enumerate() {
            let kind = signature.kind_of(index).unwrap_or(Kind::Any);
            let need = match kind {
                Kind::String => Need::String,
                Kind::Number | Kind::Integer => Need::Number,
                Kind::Array => Need::Array,
                Kind::Object => Need::Object,
                Kind::Any | Kind::Boolean | Kind::Null => Need::Value,
            };
            args.push(match &arg.kind {
                ArgKind::Path(path) => {
                    let reading = Reading {
                        site,
                        at: at.to_owned(),
                        range: Some(arg.span.clone()),
                        shown: path.as_str().to_owned(),
                        asks: false,
                    };
                    self.template_path(&reading, path, need)
                }
                ArgKind::Call(inner) => {
                    let value = self.call(site, at, text, inner);
                    let shown = text.get(arg.span.clone()).unwrap_or(text).to_owned();
                    let reading = Reading {
                        site,
                        at: at.to_owned(),
                        range: Some(arg.span.clone()),
                        shown,
                        asks: false,
                    };
                    self.demand_made(&value, need, &reading);
                    value
                }
                ArgKind::String(text) => Sym::constant(&text.as_str().into()),
                ArgKind::Number(text) => whole_number(call.function, text)
                    .map_or(Sym::Number, |number| Sym::Integer(number.into())),
                ArgKind::Boolean(value) => Sym::Bool(*value),
                ArgKind::Null => Sym::Null,
            });
        }
        let reading = Reading {
            site,
            at: at.to_owned(),
            range: Some(call.span.clone()),
            shown: text.get(call.span.clone()).unwrap_or(text).to_owned(),
            asks: false,
        };
        self.call_result(&reading, call, &args)
    }

    /// Demands of what a function made that it is what is needed.
    fn demand_made(&mut self, value: &Sym, need: Need<'static>, reading: &Reading<'_>) {
        // That it is there is asked where it is made.
        if need == Need::Value {
            return;
        }
        for member in value.members() {
            match member {
                Sym::Leaf(leaf) => self.claim_path(leaf, &[], &OwnedNeed::Other(need), reading),
                member => self.demand(member, &OwnedNeed::Other(need), reading),
            }
        }
    }
}
