//! Numbers that count the items of an array: `States.ArrayLength` of it, put beside it or into a variable. A condition of a Choice on the
//! number then also narrows the array.

use std::rc::Rc;

use super::{
    counted::{Counted, Counts, Part},
    edge::Flow,
    formula::{Asked, Formula, Place},
    step::OwnedProperty,
    value::index_key,
};
use crate::{
    asl::{Catcher, Comparison, Operator, PathField, State, StateKind},
    intrinsic::{ArgKind, Call, Function},
    path::{Path, Root, SegmentKind},
    value::Value,
};

impl Part {
    fn of(text: &str) -> Option<Self> {
        Self::of_path(&Path::parse_lenient(text).ok()?.0)
    }

    fn of_path(path: &Path) -> Option<Self> {
        let keys = path.segments.iter().map(|segment| match &segment.kind {
            SegmentKind::Name(name) => Some(name.clone()),
            SegmentKind::Index(index) => Some(index_key(*index)),
            _ => None,
        });
        let variable = match &path.root {
            Root::Input => None,
            Root::Variable(name) => Some(name.clone()),
            Root::Context => return None,
        };
        Some(Self { variable, keys: keys.collect::<Option<_>>()? })
    }

    fn place(&self) -> Place {
        self.variable.as_ref().map_or(Place::Input, |name| Place::Variable(name.clone()))
    }
}

/// The part of the data that is kept on the way out of a state.
enum Kept {
    /// Another value takes its place.
    Nothing,
    All,
    /// Something is written at these keys.
    But(Vec<String>),
}

impl Kept {
    fn of(result_path: Option<&PathField>, output_path: Option<&PathField>) -> Self {
        match (output_path, result_path) {
            (Some(_), _) | (None, None) => Self::Nothing,
            (None, Some(PathField::Null)) => Self::All,
            (None, Some(PathField::Path(path))) => {
                Path::parse(path).ok().and_then(|path| keys(&path)).map_or(Self::Nothing, Self::But)
            }
        }
    }

    fn keeps(&self, part: &Part, assign: Option<&Value>) -> bool {
        if let Some(name) = &part.variable {
            return !assigned(assign).any(|assigned| assigned == name);
        }
        match self {
            Self::Nothing => false,
            Self::All => true,
            Self::But(written) => !written.iter().zip(&part.keys).all(|(one, other)| one == other),
        }
    }
}

/// The names that an `Assign` assigns.
fn assigned(assign: Option<&Value>) -> impl Iterator<Item = &str> {
    let fields = assign.and_then(Value::as_object);
    fields.into_iter().flat_map(|fields| fields.iter().map(|(key, _)| key.strip_suffix(".$").unwrap_or(key)))
}

impl Flow {
    /// Returns the counts that both have.
    pub(super) fn common_counts(&self, other: &Self) -> Counts {
        if self.counts == other.counts {
            return Rc::clone(&self.counts);
        }
        Rc::new(self.counts.iter().filter(|counted| other.counts.contains(counted)).cloned().collect())
    }

    /// The same for what leaves a state, by the state's own fields.
    pub(super) fn counting(mut self, state: &State, before: &Counts) -> Self {
        let makes = matches!(
            state.kind,
            StateKind::Task(_) | StateKind::Pass(_) | StateKind::Parallel(_) | StateKind::Map(_)
        );
        let (result_path, output_path) = (state.result_path.as_ref(), state.output_path.as_ref());
        let kept = match makes {
            true => Kept::of(result_path, output_path),
            false if state.input_path.is_none() && output_path.is_none() => Kept::All,
            false => Kept::Nothing,
        };
        let assign = state.assign.as_ref();
        let mut counts = self.left(&kept, assign, before);
        // The place of the state's result in the data, which is `$` in `Assign`.
        let result: Option<&[String]> = match (&kept, result_path) {
            (Kept::But(keys), _) => Some(keys),
            (Kept::All, _) if !makes => Some(&[]),
            (Kept::Nothing, None) if makes && output_path.is_none() => Some(&[]),
            _ => None,
        };
        if let (StateKind::Pass(pass), Some(template), Some(result)) =
            (&state.kind, &state.parameters, result)
            && pass.result.is_none()
            && state.input_path.is_none()
        {
            let within = |keys: &[String]| Part { variable: None, keys: [result, keys].concat() };
            for (number, path, array) in counts_in(template) {
                let copy = found_at(template, &path).map(|keys| within(&keys));
                let stays = Some(array).filter(|array| kept.keeps(array, assign));
                let arrays = [stays, copy].into_iter().flatten();
                counts.extend(arrays.map(|array| Counted { number: within(&number), array }));
            }
        }
        for (number, path, mut array) in assign.map(counts_in).unwrap_or_default() {
            let [name] = &number[..] else { continue };
            let number = Part { variable: Some(name.clone()), keys: Vec::new() };
            if let Some(copy) = assign.and_then(|assign| found_at(assign, &path))
                && let [name] = &copy[..]
            {
                let array = Part { variable: Some(name.clone()), keys: Vec::new() };
                counts.push(Counted { number: number.clone(), array });
            }
            match (&array.variable, result) {
                (Some(name), _) if assigned(assign).any(|assigned| assigned == name) => continue,
                (Some(_), _) => {}
                (None, Some(result)) => array.keys = [result, &array.keys[..]].concat(),
                (None, None) => continue,
            }
            counts.push(Counted { number, array });
        }
        self.counts = Rc::new(counts);
        self
    }

    /// The same for what a catcher leads to.
    pub(super) fn counting_caught(mut self, catcher: &Catcher, before: &Counts) -> Self {
        let kept = Kept::of(catcher.result_path.as_ref(), None);
        self.counts = Rc::new(self.left(&kept, catcher.assign.as_ref(), before));
        self
    }

    /// The same for what a rule of a Choice leads to.
    pub(super) fn counting_ruled(mut self, state: &State, assign: Option<&Value>, before: &Counts) -> Self {
        let keeps = state.input_path.is_none() && state.output_path.is_none();
        let kept = if keeps { Kept::All } else { Kept::Nothing };
        self.counts = Rc::new(self.left(&kept, assign, before));
        self
    }

    fn left(&self, kept: &Kept, assign: Option<&Value>, before: &Counts) -> Vec<Counted> {
        let keeps =
            |counted: &&Counted| kept.keeps(&counted.number, assign) && kept.keeps(&counted.array, assign);
        before.iter().filter(keeps).cloned().collect()
    }
}

/// Returns the counts that a template makes: the place, the path of the array, and its place.
fn counts_in(template: &Value) -> Vec<(Vec<String>, String, Part)> {
    let mut found = Vec::new();
    let mut count = |keys: &[String], text: &str| {
        let Ok((call, _)) = Call::parse_lenient(text) else { return };
        if let (Function::ArrayLength, [array]) = (call.function, &call.args[..])
            && let ArgKind::Path(path) = &array.kind
            && let Some(part) = Part::of_path(path)
        {
            found.push((keys.to_vec(), path.as_str().to_owned(), part));
        }
    };
    texts(template, &mut Vec::new(), &mut count);
    found
}

/// Returns the place in a template of the value of a path.
fn found_at(template: &Value, path: &str) -> Option<Vec<String>> {
    let mut found = None;
    texts(template, &mut Vec::new(), &mut |keys, text| {
        if text == path {
            found.get_or_insert_with(|| keys.to_vec());
        }
    });
    found
}

/// Goes through the paths and calls in a template's objects.
fn texts(template: &Value, keys: &mut Vec<String>, see: &mut impl FnMut(&[String], &str)) {
    let Some(fields) = template.as_object() else { return };
    for (key, value) in fields.iter() {
        match (key.strip_suffix(".$"), value.as_str()) {
            (Some(key), Some(text)) => {
                keys.push(key.to_owned());
                see(keys, text);
                keys.pop();
            }
            _ => {
                keys.push(key.to_string());
                texts(value, keys, see);
                keys.pop();
            }
        }
    }
}

/// Adds the facts about the arrays that a comparison's number counts to those about the number.
pub(super) fn with_facts(comparison: &Comparison, counts: &Counts, formula: Formula) -> Formula {
    let Comparison { variable, operator, operand, .. } = comparison;
    let (Some(number), false) = (Part::of(variable), counts.is_empty()) else { return formula };
    let Some(bound) = operand.as_i64() else { return formula };
    // How many there are at least, where it holds and where it does not.
    let (yes, no) = match operator {
        Operator::NumericGreaterThan => (bound.saturating_add(1), 0),
        Operator::NumericGreaterThanEquals => (bound, 0),
        Operator::NumericEquals => (bound, i64::from(bound == 0)),
        Operator::NumericLessThan => (0, bound),
        Operator::NumericLessThanEquals => (0, bound.saturating_add(1)),
        _ => return formula,
    };
    let at_least = |formula: Formula, least: i64| {
        let facts = counts.iter().filter(|counted| counted.number == number).filter_map(|counted| {
            let least = usize::try_from(least).ok().filter(|least| *least > 0)?;
            Some(Formula::Fact(Asked {
                place: counted.array.place(),
                keys: counted.array.keys.clone(),
                is: OwnedProperty::AtLeast(least),
                query: false,
            }))
        });
        Box::new(Formula::All([formula].into_iter().chain(facts).collect()))
    };
    Formula::Either { yes: at_least(formula.clone(), yes), no: at_least(formula.not(), no) }
}

/// The keys of a path into the data that has nothing but keys.
pub(super) fn keys(path: &Path) -> Option<Vec<String>> {
    if path.root != Root::Input {
        return None;
    }
    path.segments
        .iter()
        .map(|segment| match &segment.kind {
            SegmentKind::Name(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}
