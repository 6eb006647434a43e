//! The facts of a JSONata condition, and those that an expression knows where it holds.

use super::{
    OwnedProperty,
    formula::{Asked, Formula, Known, Order, Place},
    lead::{key_of, text_of},
    narrow::{self, Test, learn_entry, refine},
    present::Present,
    val::{Env, Val},
    value::{Sym, index_key},
};
use crate::{
    jsonata::{Expression, ExpressionKind as Kind, Operator as Op},
    shape,
    value::Value,
};

/// Returns the formula of a condition.
pub(super) fn formula(env: &Env<'_>, condition: &Expression) -> Formula {
    let of = |part: &Expression| formula(env, part);
    let both = |a: Formula, b: Formula| Formula::All(vec![a, b]);
    match &condition.kind {
        Kind::Block(parts) => match &parts[..] {
            [one] => of(one),
            _ => Formula::Open,
        },
        Kind::Boolean(true) => Formula::All(Vec::new()),
        Kind::Boolean(false) => Formula::Any(Vec::new()),
        Kind::Binary { operator, left, right } => match operator {
            Op::And => both(of(left), of(right)),
            Op::Or => Formula::Any(vec![of(left), of(right)]),
            Op::Equal => equal(env, left, right),
            // What is not there is not unequal to anything.
            Op::NotEqual => {
                let is_null = |side: &Expression| matches!(side.kind, Kind::Null);
                let mut known: Vec<Formula> = [(left, right), (right, left)]
                    .into_iter()
                    .filter(|(_, other)| is_null(other))
                    .filter_map(|(side, _)| whole_is_no_null(env, side))
                    .collect();
                known.extend([there(env, left), there(env, right), equal(env, left, right).not()]);
                Formula::All(known)
            }
            Op::In => is_in(env, left, right),
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                in_order(env, *operator, left, right)
            }
            _ => Formula::Open,
        },
        Kind::Call { function, arguments } => match &arguments[..] {
            [of] if is_call(function, "not") => {
                let inner = formula(env, of);
                // What is not there is not negated: it comes to nothing, which counts as false.
                if is_always_something(of) {
                    return inner.not();
                }
                let something = there(env, of);
                let no = match &of.kind {
                    Kind::Path(_) | Kind::Variable(_) | Kind::Name(_) => {
                        Formula::Any(vec![something.not(), inner.clone()])
                    }
                    _ => Formula::Open,
                };
                Formula::Either { yes: Box::new(inner.not()), no: Box::new(no) }
            }
            [of] if is_call(function, "exists") => there(env, of),
            [of] if is_call(function, "boolean") => formula(env, of),
            _ => Formula::Open,
        },
        // What counts as true is there, and no null; of an array some item counts as true.
        _ => {
            let yes = [
                whole_is_no_null(env, condition),
                Some(there(env, condition)),
                fact(env, condition, OwnedProperty::Kind(shape::Kind::Null)).map(Formula::not),
                fact(env, condition, OwnedProperty::AtLeast(1)),
            ];
            let no = fact(env, condition, OwnedProperty::Flag(true)).map_or(Formula::Open, Formula::not);
            Formula::Either {
                yes: Box::new(Formula::All(yes.into_iter().flatten().collect())),
                no: Box::new(no),
            }
        }
    }
}

/// Returns `true` if a condition comes to `true` or `false` whatever is there.
fn is_always_something(condition: &Expression) -> bool {
    match &condition.kind {
        Kind::Block(parts) => matches!(&parts[..], [one] if is_always_something(one)),
        Kind::Boolean(_) => true,
        Kind::Binary { operator, .. } => {
            matches!(operator, Op::And | Op::Or | Op::Equal | Op::NotEqual | Op::In)
        }
        Kind::Call { function, arguments } => match &arguments[..] {
            [_] if is_call(function, "exists") => true,
            [of] if is_call(function, "not") || is_call(function, "boolean") => is_always_something(of),
            _ => false,
        },
        _ => false,
    }
}

/// Returns `true` if an expression comes to a boolean, or to nothing.
pub(super) fn is_condition(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Binary { operator: Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual, .. } => true,
        Kind::Call { function, arguments } => {
            arguments.len() == 1 && (is_call(function, "not") || is_call(function, "boolean"))
                || is_always_something(expression)
        }
        Kind::Block(parts) => matches!(&parts[..], [one] if is_condition(one)),
        _ => is_always_something(expression),
    }
}

/// The fact that an expression comes to something.
fn there(env: &Env<'_>, of: &Expression) -> Formula {
    if literal(of).is_some() || matches!(of.kind, Kind::Number(_)) {
        return Formula::All(Vec::new());
    }
    match fact(env, of, OwnedProperty::There) {
        Some(fact) => fact,
        // Where it comes to nothing, nothing is known.
        None => Present::of(&env.text, of).map_or(Formula::Open, Formula::Written),
    }
}

/// The fact that the value from which an item is taken is no null, where the item is none: null is its own first item.
fn whole_is_no_null(env: &Env<'_>, item: &Expression) -> Option<Formula> {
    let Formula::Fact(mut asked) = fact(env, item, OwnedProperty::Kind(shape::Kind::Null))? else {
        return None;
    };
    let before = asked.keys.len();
    while asked.keys.last().is_some_and(|key| narrow::is_index(key)) {
        asked.keys.pop();
    }
    (asked.keys.len() < before).then(|| Formula::Fact(asked).not())
}

fn equal(env: &Env<'_>, left: &Expression, right: &Expression) -> Formula {
    for (this, other) in [(left, right), (right, left)] {
        if let Some(counted) = count_of(this)
            && let Kind::Number(number) = other.kind
        {
            return counted_equal(env, counted, number);
        }
        if let Some(asked) = type_of(this)
            && let Some(name) = text_of(other)
        {
            return match kind_named(name) {
                Some(kind) => fact(env, asked, OwnedProperty::Kind(kind)).unwrap_or(Formula::Open),
                None => Formula::Open,
            };
        }
        let Some(value) = literal(other) else { continue };
        if let Some(is) = super::formula::equals(&value) {
            return fact(env, this, is).unwrap_or_else(|| Formula::only(there(env, this)));
        }
    }
    let number = |side: &Expression| matches!(side.kind, Kind::Number(_));
    let mut known = vec![there(env, left), there(env, right)];
    if number(left) || number(right) {
        let side = if number(left) { right } else { left };
        known.extend(fact(env, side, OwnedProperty::Kind(shape::Kind::Number)));
    }
    Formula::only(Formula::All(known))
}

fn is_in(env: &Env<'_>, left: &Expression, right: &Expression) -> Formula {
    if let Kind::Array(items) = &right.kind {
        let equals = items.iter().map(|item| fact(env, left, super::formula::equals(&literal(item)?)?));
        if let Some(any) = equals.collect::<Option<Vec<_>>>() {
            return Formula::Any(any);
        }
    }
    // In what has no items there is nothing.
    let some = fact(env, right, OwnedProperty::AtLeast(1));
    Formula::only(Formula::All([there(env, left), there(env, right)].into_iter().chain(some).collect()))
}

/// Values that are put in order are there, and not null.
fn in_order(env: &Env<'_>, operator: Op, left: &Expression, right: &Expression) -> Formula {
    if let Some(counted) = counted(env, operator, left, right) {
        return counted;
    }
    let mut known = Vec::new();
    for (side, other) in [(left, right), (right, left)] {
        known.extend(whole_is_no_null(env, side));
        known.push(there(env, side));
        let kind = match &other.kind {
            Kind::Number(_) => Some(shape::Kind::Number),
            Kind::String(_) => Some(shape::Kind::String),
            _ => None,
        };
        known.extend(match kind {
            Some(kind) => fact(env, side, OwnedProperty::Kind(kind)),
            None => fact(env, side, OwnedProperty::Kind(shape::Kind::Null)).map(Formula::not),
        });
    }
    let order = match operator {
        Op::Less => Order::Less,
        Op::LessOrEqual => Order::LessOrEqual,
        Op::Greater => Order::Greater,
        _ => Order::GreaterOrEqual,
    };
    let bound = match (number_of(left), number_of(right)) {
        (None, Some(number)) => super::formula::compared(order, number).and_then(|is| fact(env, left, is)),
        (Some(number), None) => {
            super::formula::compared(order.turned(), number).and_then(|is| fact(env, right, is))
        }
        _ => None,
    };
    known.extend(bound.clone());
    match bound {
        Some(bound) => Formula::Either { yes: Box::new(Formula::All(known)), no: Box::new(bound.not()) },
        None => Formula::only(Formula::All(known)),
    }
}

/// Returns a literal number.
fn number_of(side: &Expression) -> Option<f64> {
    match &side.kind {
        Kind::Number(number) => Some(*number),
        Kind::Negate(of) => match of.kind {
            Kind::Number(number) => Some(-number),
            _ => None,
        },
        _ => None,
    }
}

/// `$count(…) > 0` and its like: that there are so many, or not.
fn counted(env: &Env<'_>, operator: Op, left: &Expression, right: &Expression) -> Option<Formula> {
    // As if the count were on the left.
    let (of, number, operator) = match (count_of(left), count_of(right), &left.kind, &right.kind) {
        (Some(of), _, _, Kind::Number(number)) => (of, *number, operator),
        (_, Some(of), Kind::Number(number), _) => {
            let turned = match operator {
                Op::Less => Op::Greater,
                Op::LessOrEqual => Op::GreaterOrEqual,
                Op::Greater => Op::Less,
                _ => Op::LessOrEqual,
            };
            (of, *number, turned)
        }
        _ => return None,
    };
    let at_least = |least: f64| at_least(env, of, least.max(0.0).ceil());
    Some(match operator {
        Op::Greater => at_least(number.floor() + 1.0),
        Op::GreaterOrEqual => at_least(number),
        Op::Less => at_least(number).not(),
        _ => at_least(number.floor() + 1.0).not(),
    })
}

fn counted_equal(env: &Env<'_>, of: &Expression, number: f64) -> Formula {
    if number <= 0.0 {
        // None where it holds, and some where not.
        return if number == 0.0 { at_least(env, of, 1.0).not() } else { Formula::Open };
    }
    Formula::only(at_least(env, of, number.ceil()))
}

fn at_least(env: &Env<'_>, of: &Expression, least: f64) -> Formula {
    const MOST: f64 = 1_000_000.0;
    if least <= 0.0 {
        return Formula::All(Vec::new());
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and the most
    let least = least.min(MOST) as usize;
    let Some(fact) = fact(env, of, OwnedProperty::AtLeast(least)) else {
        return Formula::only(there(env, of));
    };
    Formula::All(vec![there(env, of), fact])
}

fn count_of(side: &Expression) -> Option<&Expression> {
    argument_of(side, "count")
}

fn type_of(side: &Expression) -> Option<&Expression> {
    argument_of(side, "type")
}

fn argument_of<'e>(side: &'e Expression, name: &str) -> Option<&'e Expression> {
    match &side.kind {
        Kind::Call { function, arguments } if is_call(function, name) => match &arguments[..] {
            [of] => Some(of),
            _ => None,
        },
        _ => None,
    }
}

/// The kind that `$type` names.
fn kind_named(name: &str) -> Option<shape::Kind> {
    Some(match name {
        "null" => shape::Kind::Null,
        "boolean" => shape::Kind::Boolean,
        "number" => shape::Kind::Number,
        "string" => shape::Kind::String,
        "array" => shape::Kind::Array,
        "object" => shape::Kind::Object,
        _ => return None,
    })
}

/// A fact about what a path of keys and positions leads to; none where the expression is no such path.
fn fact(env: &Env<'_>, path: &Expression, is: OwnedProperty) -> Option<Formula> {
    let (first, steps) = match &path.kind {
        Kind::Path(steps) => steps.split_first()?,
        _ => (path, &[][..]),
    };
    let mut keys = Vec::new();
    let mut place = begin(env, first, &mut keys)?;
    for step in steps {
        keys_of(step, &mut keys)?;
    }
    if let Place::Variable(name) = &place
        && name == "states"
        && env.local(name).is_none()
    {
        place = match keys.first()?.as_str() {
            "input" => Place::Input,
            "context" => Place::Context,
            "result" => Place::Result,
            "errorOutput" => Place::Error,
            _ => return None,
        };
        keys.remove(0);
    }
    Some(Formula::Fact(Asked { place, keys, is, query: true }))
}

fn begin(env: &Env<'_>, first: &Expression, keys: &mut Vec<String>) -> Option<Place> {
    match &first.kind {
        Kind::Variable(name) if name.is_empty() => Some(Place::Item),
        Kind::Variable(name) => {
            let known = name == "states"
                || env.local(name).is_some()
                || env.site.variables.contains_key(name.as_str());
            known.then(|| Place::Variable(name.clone()))
        }
        Kind::Filter { of, predicate } => {
            let place = begin(env, of, keys)?;
            keys.push(index_key(index_of(predicate)?));
            Some(place)
        }
        Kind::Name(name) => {
            keys.push(name.clone());
            Some(Place::Item)
        }
        _ => None,
    }
}

fn keys_of(step: &Expression, keys: &mut Vec<String>) -> Option<()> {
    if let Kind::Filter { of, predicate } = &step.kind {
        keys_of(of, keys)?;
        keys.push(index_key(index_of(predicate)?));
        return Some(());
    }
    keys.push(key_of(step)?.to_owned());
    Some(())
}

fn index_of(predicate: &Expression) -> Option<i64> {
    let number = match &predicate.kind {
        Kind::Number(number) => *number,
        Kind::Negate(of) => match of.kind {
            Kind::Number(number) => -number,
            _ => return None,
        },
        _ => return None,
    };
    #[allow(clippy::cast_possible_truncation)] // in these bounds nothing is lost
    (number.fract() == 0.0 && number.abs() < 1e6).then_some(number as i64)
}

impl Env<'_> {
    /// The same where a condition holds, or where it does not; none where that cannot be.
    pub(super) fn assume(&self, condition: &Expression, holds: bool) -> Option<Self> {
        super::formula::assume(self, &formula(self, condition), holds)
    }
}

impl Known for Env<'_> {
    fn learn(&self, asked: &Asked, holds: bool) -> Option<Self> {
        let test = Test { is: &asked.is, holds, query: asked.query };
        let keys = &asked.keys[..];
        let mut env = self.clone();
        match &asked.place {
            Place::Variable(name) => {
                if let Some((_, local)) = env.locals.iter_mut().rev().find(|(local, _)| local == name) {
                    learn_local(local, keys, test)?;
                } else {
                    // Where it is not assigned a function may have the name, which is there.
                    let is_function = crate::jsonata::function(name).is_some()
                        && env.site.variables.get(name.as_str()).is_some_and(|entry| entry.absent);
                    if !is_function {
                        env.site.variables.edit(|variables| learn_entry(variables, name, keys, test))?;
                    }
                }
            }
            Place::Input => env.site.input = refine(&env.site.input, keys, test)?,
            Place::Context => env.site.context = refine(&env.site.context, keys, test)?,
            Place::Result => learn_part(&mut env.result, keys, test)?,
            Place::Error => learn_part(&mut env.error, keys, test)?,
            Place::Item => {
                if let Some(context) = &mut env.context {
                    learn_local(context, keys, test)?;
                }
            }
        }
        Some(env)
    }

    fn learn_written(&self, written: &Present) -> Self {
        let mut env = self.clone();
        env.present.push(written.clone());
        env
    }

    fn either(&self, other: &Self) -> Self {
        let mut env = self.clone();
        let join = |a: &mut Option<Sym>, b: &Option<Sym>| {
            if let (Some(a), Some(b)) = (a, b) {
                *a = a.meet(b);
            }
        };
        env.site.input = env.site.input.meet(&other.site.input);
        env.site.context = env.site.context.meet(&other.site.context);
        join(&mut env.result, &other.result);
        join(&mut env.error, &other.error);
        if let (Some(context), Some(same)) = (&mut env.context, &other.context) {
            context.sym = context.sym.join(&same.sym);
            context.absent = context.absent || same.absent;
        }
        if env.site.variables != other.site.variables
            && let Sym::Object(variables, _) = Sym::Object(env.site.variables.clone(), None)
                .join(&Sym::Object(other.site.variables.clone(), None))
        {
            env.site.variables = variables;
        }
        for ((_, local), (_, same)) in env.locals.iter_mut().zip(&other.locals) {
            local.sym = local.sym.join(&same.sym);
            local.absent = local.absent || same.absent;
        }
        env.present.retain(|written| other.present.contains(written));
        env
    }
}

fn learn_part(part: &mut Option<Sym>, keys: &[String], test: Test<'_>) -> Option<()> {
    if let Some(value) = part {
        *value = refine(value, keys, test)?;
    }
    Some(())
}

fn learn_local(local: &mut Val, keys: &[String], test: Test<'_>) -> Option<()> {
    // Of several values it is not known which is meant, but that there are some.
    let asks_for_some = match test.is {
        OwnedProperty::There => keys.iter().all(|key| narrow::is_index(key)),
        OwnedProperty::AtLeast(least) => *least > 0 && keys.is_empty(),
        _ => false,
    };
    if test.holds && local.many && asks_for_some {
        local.some = true;
    }
    if local.is_single() {
        match refine(&local.sym, keys, test) {
            Some(value) => local.sym = value,
            None if local.absent && !test.holds => {}
            None => return None,
        }
    }
    if test.holds {
        local.absent = false;
    }
    Some(())
}

pub(super) fn is_call(function: &Expression, name: &str) -> bool {
    matches!(&function.kind, Kind::Variable(called) if called == name)
}

fn literal(expression: &Expression) -> Option<Value> {
    match &expression.kind {
        Kind::String(_) => text_of(expression).map(Value::from),
        Kind::Boolean(value) => Some(Value::from(*value)),
        Kind::Null => Some(Value::Null),
        _ => None,
    }
}
