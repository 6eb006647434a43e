//! The value of a JSONata expression, and the requirements for it to have one.
//!
//! A path that leads nowhere is no failure in JSONata: it comes to nothing, and so does what is computed of it. Only where a whole
//! value comes to nothing AWS fails. So requirements go from the outside in: [`Want`] states whether there must be something, and of
//! what kind.

pub(super) use super::val::{Env, Val, Want};
use super::{
    Analyser, OwnedClaim, OwnedNeed, OwnedNode,
    call::Argument,
    function::{Function, Lambda, Transform, has_sure_groups},
    intern::Shared,
    lead::text_of,
    number::{between, computed, exact, quotient, remainder},
    obligation::Obligation,
    origin::Reason,
    sequence::kept,
    site::Reading,
    stepwise::is_kept_below,
    val::guarded,
    value::{Fields, MOST_STEPS, Sym},
};
use crate::{
    diagnostic::Code,
    jsonata::{Expression, ExpressionKind as Kind, Operator},
    shape::{Arithmetic, Need, Node},
};

impl Analyser<'_> {
    pub(super) fn evaluate(&mut self, env: &mut Env<'_>, expression: &Expression, want: Want) -> Val {
        if !self.spends() {
            let value = Val::unknown(Reason::Size);
            self.require(&env.reading(&expression.range), &value, want);
            return value;
        }
        if env.is_present(expression) {
            let value = self.evaluated(env, expression, Want { defined: false, ..want });
            if want.defined && value.function.is_some() {
                self.require(&env.reading(&expression.range), &value, want);
            }
            return value.present();
        }
        self.evaluated(env, expression, want)
    }

    fn evaluated(&mut self, env: &mut Env<'_>, expression: &Expression, want: Want) -> Val {
        let value = match &expression.kind {
            // These ask their parts themselves.
            Kind::Path(steps) if steps.len() > MOST_STEPS => Val::unknown(Reason::Size),
            Kind::Path(steps) => match steps.split_first() {
                Some((first, rest)) => return self.path_of(env, expression, first, rest, want),
                None => Val::nothing(),
            },
            Kind::Variable(_) | Kind::Name(_) => return self.path_of(env, expression, expression, &[], want),
            Kind::Block(parts) => {
                let Some((last, before)) = parts.split_last() else {
                    let nothing = Val::nothing();
                    self.require(&env.reading(&expression.range), &nothing, want);
                    return nothing;
                };
                let (bound, later, present) = (env.locals.len(), env.later.len(), env.present.clone());
                parts.iter().for_each(|part| binds(part, &mut env.later));
                for part in before {
                    self.evaluate(env, part, Want::NOTHING);
                }
                let value = self.evaluate(env, last, want);
                env.locals.truncate(bound);
                env.later.truncate(later);
                env.present = present;
                return value;
            }
            Kind::Conditional { condition, then, otherwise } => {
                return self.conditional(env, expression, (condition, then, otherwise.as_deref()), want);
            }
            Kind::Bind { name, value, .. } => {
                let value = self.evaluate(env, value, want);
                env.bind(name, value.clone());
                return value;
            }
            Kind::String(_) => Val::one(text_of(expression).map_or(Sym::String, Sym::text)),
            Kind::Number(value) => Val::one(exact(*value).map_or(Sym::Number, Sym::Integer)),
            Kind::Boolean(value) => Val::one(Sym::Bool(*value)),
            Kind::Null => Val::one(Sym::Null),
            Kind::Negate(of) => match of.kind {
                Kind::Number(value) => Val::one(exact(-value).map_or(Sym::Number, Sym::Integer)),
                _ => {
                    let of = self.evaluate(env, of, want.part(Need::Number));
                    Val::one(computed(Arithmetic::Negation, [of.sym.clone()])).of_parts([&of], want)
                }
            },
            Kind::Binary { operator, left, right } => self.binary(env, *operator, left, right, want),
            Kind::Array(items) => self.array(env, items),
            Kind::Object(pairs) => Val::one(self.object(env, pairs)),
            Kind::Call { function, arguments } => {
                let arguments: Vec<Argument<'_>> = arguments.iter().map(Argument::Written).collect();
                self.function(env, function, &arguments, &expression.range, want)
            }
            // Of one thing in an array the first item is that of the thing itself.
            Kind::Filter { of, predicate } if only_item(of, predicate).is_some() => {
                let of = only_item(of, predicate).unwrap_or(of);
                let of = self.evaluate(env, of, Want::NOTHING);
                self.filter(env, &of, predicate, Vec::new())
            }
            Kind::Filter { of, predicate } => {
                let of = self.evaluate(env, of, Want::NOTHING);
                let found = self.filter(env, &of, predicate, Vec::new());
                match is_kept_below(expression) && !found.sym.is_anything() {
                    true => kept(&found).join(found),
                    false => found,
                }
            }
            Kind::KeepArray(of) => {
                let value = self.evaluate(env, of, want.part(Need::Value));
                let value = self.as_data(env, value, &of.range);
                match stays_array(of, &value) {
                    Some(true) => kept(&value),
                    Some(false) => value,
                    None => kept(&value).join(value),
                }
            }
            Kind::OrderBy { of, terms } => {
                env.trail.clear();
                let value = self.evaluate(env, of, want.part(Need::Value));
                let of = self.as_data(env, value, &of.range);
                // A `%` in the terms climbs the path that is put in order.
                let above = std::mem::take(&mut env.trail);
                self.ordered(env, &of, terms, above)
            }
            Kind::Group { of, pairs } => {
                let value = self.evaluate(env, of, Want::NOTHING);
                let of = self.as_data(env, value, &of.range);
                self.grouped(env, &of, pairs)
            }
            Kind::Lambda { parameters, body, signature } => {
                Val::function(Function::Lambda(Box::new(Lambda {
                    parameters: parameters.clone(),
                    signature: signature.clone(),
                    body: (**body).clone(),
                    locals: env.locals.clone(),
                    context: env.context.clone(),
                    present: env.present.clone(),
                    later: env.later.clone(),
                })))
            }
            Kind::Regex { pattern, .. } => Val::function(Function::Pattern(has_sure_groups(pattern))),
            Kind::Transform { pattern, update, delete } => {
                Val::function(Function::Transform(Box::new(Transform {
                    pattern: (**pattern).clone(),
                    update: (**update).clone(),
                    delete: delete.as_deref().cloned(),
                    locals: env.locals.clone(),
                    later: env.later.clone(),
                })))
            }
            Kind::Parent => env.ancestors.last().cloned().unwrap_or_else(|| Val::unknown(Reason::Wildcard)),
            // What else there is can be anything; its parts are not followed.
            _ => Val::unknown(Reason::Step),
        };
        self.require(&env.reading(&expression.range), &value, want);
        value
    }

    fn conditional(
        &mut self,
        env: &mut Env<'_>,
        whole: &Expression,
        (condition, then, otherwise): (&Expression, &Expression, Option<&Expression>),
        want: Want,
    ) -> Val {
        self.evaluate(env, condition, Want::NOTHING);
        let value = self.branch(env, condition, true, then, want);
        match otherwise {
            Some(otherwise) => value.join(self.branch(env, condition, false, otherwise, want)),
            None if want.defined => {
                let message = "it comes to nothing where the condition does not hold".to_owned();
                let help = "write what it is then: `condition ? value : other`".to_owned();
                self.wrong(&env.reading(&whole.range), Code::MaybeMissing, message, Some(help));
                value
            }
            None => value.maybe(),
        }
    }

    /// Returns the value of one side of a condition: nothing where it never comes to that side.
    fn branch(
        &mut self,
        env: &Env<'_>,
        condition: &Expression,
        holds: bool,
        side: &Expression,
        want: Want,
    ) -> Val {
        match env.assume(condition, holds) {
            Some(mut env) => self.evaluate(&mut env, side, want),
            None => Val::one(Sym::never()),
        }
    }

    fn binary(
        &mut self,
        env: &mut Env<'_>,
        operator: Operator,
        left: &Expression,
        right: &Expression,
        want: Want,
    ) -> Val {
        use Operator as Op;
        match operator {
            Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Modulo => {
                let sides = [left, right].map(|side| self.evaluate(env, side, want.part(Need::Number)));
                if matches!(operator, Op::Divide | Op::Modulo) && sides[1].sym == Sym::Integer(0) {
                    let message = "nothing can be divided by zero".to_owned();
                    self.may_be_wrong(&env.reading(&right.range), Code::WrongType, message, None);
                }
                let [one, other] = [&sides[0].sym, &sides[1].sym].map(Sym::clone);
                let number = match operator {
                    Op::Add => computed(Arithmetic::Sum, [one, other]),
                    Op::Subtract => computed(Arithmetic::Sum, [one, computed(Arithmetic::Negation, [other])]),
                    Op::Multiply => computed(Arithmetic::Product, [one, other]),
                    Op::Modulo => remainder(&one, &other),
                    _ => quotient(&one, &other),
                };
                Val::one(number).of_parts(&sides, want)
            }
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                let range = left.range.start..right.range.end;
                let before = self.evaluate(env, left, want.part(Need::Ordered));
                let kind = kind_in_order(&before);
                let after = self.evaluate(env, right, want.part(kind.unwrap_or(Need::Ordered)));
                if let (None, Some(kind)) = (kind, kind_in_order(&after)) {
                    self.require(&env.reading(&left.range), &before, Want::if_any(kind));
                }
                if kind.is_none() && kind_in_order(&after).is_none() {
                    self.alike(&env.reading(&range), &[before.sym.clone(), after.sym.clone()]);
                }
                Val::one(Sym::Boolean).of_parts([&before, &after], want)
            }
            Op::Equal | Op::NotEqual => {
                for (side, other) in [(left, right), (right, left)] {
                    let value = self.evaluate(env, side, Want::NOTHING);
                    if let Some(literal) = text_of(other) {
                        self.may_equal(&env.reading(&side.range), &value, literal);
                    }
                }
                Val::one(Sym::Boolean)
            }
            Op::And | Op::Or => {
                self.evaluate(env, left, Want::NOTHING);
                // Where the left side decides alone the right one is not asked.
                if let Some(mut rest) = env.assume(left, operator == Op::And) {
                    self.evaluate(&mut rest, right, Want::NOTHING);
                }
                Val::one(Sym::Boolean)
            }
            Op::In => {
                self.evaluate(env, left, Want::NOTHING);
                self.evaluate(env, right, Want::NOTHING);
                Val::one(Sym::Boolean)
            }
            Op::Concatenate => {
                self.evaluate(env, left, Want::NOTHING);
                self.evaluate(env, right, Want::NOTHING);
                Val::one(Sym::String)
            }
            Op::Range => {
                let end = Want::if_any(if self.typing.proven { Need::Integer } else { Need::Number });
                let ends = [left, right].map(|side| self.evaluate(env, side, end));
                for (side, value) in [left, right].into_iter().zip(&ends) {
                    if !self.typing.proven && value.sym == Sym::Number {
                        let message = "it may be a fraction, and a range has whole numbers at its ends";
                        self.may_be_wrong(&env.reading(&side.range), Code::WrongType, message.into(), None);
                    }
                }
                range_of(&ends)
            }
            Op::Apply => self.chain(env, left, right, want),
        }
    }

    /// Demands of two typed values that they can be put in order.
    pub(super) fn alike(&mut self, reading: &Reading<'_>, values: &[Sym]) {
        let members = values.iter().flat_map(|value| value.members());
        let node = |member: &Sym| match member.ground() {
            Sym::Leaf(leaf) => {
                let leaf = guarded(leaf);
                Some(OwnedNode::Leaf(leaf.ty, leaf.side(), (*leaf.steps).clone()))
            }
            Sym::Text(_) | Sym::String | Sym::Timestamp => Some(OwnedNode::Other(Node::String)),
            Sym::Number | Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..) => {
                Some(OwnedNode::Other(Node::Number))
            }
            _ => None,
        };
        let nodes: Vec<OwnedNode> = members.filter_map(node).collect();
        self.oblige(Obligation {
            at: reading.at.clone(),
            range: reading.range.clone(),
            place: reading.site.place.clone(),
            claim: OwnedClaim::Alike { shown: reading.shown.clone(), nodes },
        });
    }

    /// An equality with a text that the value never is: legal, and surely a mistake.
    fn may_equal(&mut self, reading: &Reading<'_>, value: &Val, literal: &str) {
        if value.many {
            return;
        }
        let need = OwnedNeed::Literal(literal.to_owned());
        match &value.sym {
            Sym::Leaf(leaf) => self.claim_path(&guarded(leaf), &[], &need, reading),
            Sym::Number | Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..) | Sym::Boolean => {
                self.demand(&value.sym, &need, reading);
            }
            _ => {}
        }
    }

    fn array(&mut self, env: &mut Env<'_>, items: &[Expression]) -> Val {
        let values: Vec<(bool, Val)> = items
            .iter()
            .map(|item| {
                let value = self.evaluate(env, item, Want::NOTHING);
                self.refuse_function(env, item, &value);
                let alone = match &item.kind {
                    // What is written as an array stays one inside of another.
                    Kind::Array(_) => true,
                    _ => value.is_certain(),
                };
                (alone, value)
            })
            .collect();
        if values.iter().all(|(alone, _)| *alone) {
            return Val::one(Sym::Tuple(Shared::new(
                values.into_iter().map(|(_, value)| value.sym).collect(),
            )));
        }
        let some = values.iter().any(|(alone, value)| *alone || value.has_items());
        let some_if = values.iter().find_map(|(_, value)| value.items_if());
        let item = values.iter().map(|(alone, value)| if *alone { value.sym.clone() } else { value.items() });
        let item = item.reduce(|all, item| all.join(&item)).unwrap_or_else(Sym::never);
        Val { some, some_if, ..Val::one(Sym::array(item)) }
    }

    /// Refuses a function as a part of an array or object: it is no JSON.
    fn refuse_function(&mut self, env: &Env<'_>, part: &Expression, value: &Val) {
        if value.function.is_some() {
            self.require(&env.reading(&part.range), value, Want::of(Need::Value));
        }
    }

    fn object(&mut self, env: &mut Env<'_>, pairs: &[(Expression, Expression)]) -> Sym {
        let mut fields = Fields::new();
        let mut computed: Option<Sym> = None;
        for (key, part) in pairs {
            let value = self.evaluate(env, part, Want::NOTHING);
            self.refuse_function(env, part, &value);
            if let Some(key) = text_of(key) {
                fields.insert(key.into(), value.entry());
            } else {
                let value = value.part();
                self.evaluate(env, key, Want::if_any(Need::String));
                computed = Some(computed.map_or_else(|| value.clone(), |all| all.join(&value)));
            }
        }
        match computed {
            Some(value) if fields.is_empty() => Sym::Map(Shared::new(value)),
            Some(value) => Sym::Object(Shared::new(fields), Some(Shared::new(Sym::Map(Shared::new(value))))),
            None => Sym::Object(Shared::new(fields), None),
        }
    }
}

/// The whole numbers between two: none where the second is less than the first.
pub(super) fn range_of(ends: &[Val; 2]) -> Val {
    let number = between(ends.iter().map(|end| &end.sym));
    match (ends[0].sym.bounds(), ends[1].sym.bounds()) {
        (Some(first), Some(last)) if first.max < last.min && ends.iter().all(Val::is_certain) => {
            Val { some: true, ..Val::one(Sym::array(number)) }
        }
        (Some(first), Some(last))
            if first == last && first.min == first.max && ends.iter().all(Val::is_certain) =>
        {
            Val::one(number)
        }
        _ => Val::many(number),
    }
}

/// The only item of an array of which an item is taken by its position.
fn only_item<'e>(of: &'e Expression, predicate: &Expression) -> Option<&'e Expression> {
    let is_position = matches!(&predicate.kind, Kind::Number(_))
        || matches!(&predicate.kind, Kind::Negate(of) if matches!(of.kind, Kind::Number(_)));
    match &of.kind {
        Kind::Array(items) if is_position => match &items[..] {
            // What is written as an array stays one inside of another, and a range is as many as there are.
            [item] if !matches!(item.kind, Kind::Array(_)) => Some(item),
            _ => None,
        },
        _ => None,
    }
}

/// Returns whether what is followed by `[]` is an array for certain: what a path or a filter comes to is; what is written otherwise stays
/// itself, but for a function that gives as many values as there are.
fn stays_array(of: &Expression, value: &Val) -> Option<bool> {
    match &of.kind {
        Kind::Path(_) | Kind::Name(_) | Kind::Filter { .. } | Kind::KeepArray(_) | Kind::OrderBy { .. } => {
            Some(true)
        }
        Kind::Wildcard | Kind::Descendant | Kind::Parent => Some(true),
        Kind::Call { function, .. } if value.many => match &function.kind {
            Kind::Variable(name) if crate::jsonata::function(name).is_some() => Some(true),
            _ => None,
        },
        _ => Some(false),
    }
}

/// The names that a part of a block binds in it.
fn binds(expression: &Expression, found: &mut Vec<String>) {
    match &expression.kind {
        Kind::Bind { name, value, .. } => {
            found.push(name.clone());
            binds(value, found);
        }
        // These have variables of their own.
        Kind::Block(_) | Kind::Lambda { .. } => {}
        _ => expression.parts().into_iter().for_each(|part| binds(part, found)),
    }
}

/// Returns the kind that a value requires of its neighbour in an order, where it does.
fn kind_in_order(value: &Val) -> Option<Need<'static>> {
    match &value.sym {
        Sym::Number | Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..) => Some(Need::Number),
        Sym::String | Sym::Text(_) | Sym::Timestamp => Some(Need::String),
        _ => None,
    }
}
