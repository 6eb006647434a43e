//! Operators.

use std::cmp::Ordering;

use stepfn_core::jsonata::Operator;

use super::{Evaluator, Scope, fault_of};
use crate::{
    compile::{Kind, Node},
    error::Fault,
    text::compare,
    value::{Flags, Res, Val, View, deep_equal, same, stringify, to_text},
};

impl<'a> Evaluator<'a> {
    /// `a + b + c`: operators that nest to the left are one row, so that a long one does not nest evaluations.
    pub(crate) fn row(&self, node: &'a Node, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        if let Kind::Binary { left, .. } = &node.kind
            && !matches!(left.kind, Kind::Binary { .. })
        {
            let first = self.evaluate(left, input, frame)?;
            return self.binary(node, &first, input, frame);
        }
        let mut first = node;
        let mut row = Vec::new();
        while let Kind::Binary { left, .. } = &first.kind
            && (std::ptr::eq(first, node) || first.is_bare())
        {
            row.push(first);
            first = left;
        }
        self.meter.spend(row.len() as u64)?;
        let mut value = self.evaluate(first, input, frame)?;
        while let Some(node) = row.pop() {
            value = self.binary(node, &value, input, frame).map_err(|fault| fault.range(&node.range))?;
        }
        Ok(value)
    }

    fn binary(&self, node: &'a Node, first: &Val<'a>, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let Kind::Binary { operator, left, right } = &node.kind else { return Ok(Val::Undefined) };
        match operator {
            Operator::And | Operator::Or => {
                // The reference does so for all errors on the right side.
                let said = |fault: Box<Fault>| fault.range(&node.range).token(operator.symbol());
                self.logical(*operator, first, right, input, frame).map_err(said)
            }
            _ => {
                let second = self.evaluate(right, input, frame)?;
                self.operate(*operator, first, &second).map_err(|mut fault| {
                    match fault.code {
                        "T2001" | "T2003" => fault.range = Some(left.range.clone()),
                        "T2002" | "T2004" => fault.range = Some(right.range.clone()),
                        _ => {}
                    }
                    fault.token(operator.symbol())
                })
            }
        }
    }

    fn operate(&self, operator: Operator, first: &Val<'a>, second: &Val<'a>) -> Res<'a> {
        match operator {
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Modulo => {
                self.arithmetic(operator, first, second)
            }
            Operator::Equal | Operator::NotEqual => {
                if first.is_undefined() || second.is_undefined() {
                    return Ok(Val::bool(false));
                }
                let equal = deep_equal(first, second, self.meter)?;
                Ok(Val::bool(equal == (operator == Operator::Equal)))
            }
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                self.comparison(operator, first, second)
            }
            Operator::Concatenate => self.concatenate(first, second),
            Operator::Range => self.range(first, second),
            Operator::In => self.includes(first, second),
            // These have parts of their own in a program.
            Operator::And | Operator::Or | Operator::Apply => Ok(Val::Undefined),
        }
    }

    fn logical(
        &self,
        operator: Operator,
        first: &Val<'a>,
        right: &'a Node,
        input: &Val<'a>,
        frame: &Scope<'a>,
    ) -> Res<'a> {
        let first = first.is_true()?;
        if first == (operator == Operator::Or) {
            return Ok(Val::bool(first));
        }
        Ok(Val::bool(self.evaluate(right, input, frame)?.is_true()?))
    }

    fn arithmetic(&self, operator: Operator, first: &Val<'a>, second: &Val<'a>) -> Res<'a> {
        let operand = |value: &Val<'a>, code| match value.numeric()? {
            None if !value.is_undefined() => Err(fault_of(code, value, self.meter)),
            found => Ok(found),
        };
        let (first, second) = (operand(first, "T2001")?, operand(second, "T2002")?);
        let (Some(first), Some(second)) = (first, second) else { return Ok(Val::Undefined) };
        Ok(Val::Number(match operator {
            Operator::Add => first + second,
            Operator::Subtract => first - second,
            Operator::Multiply => first * second,
            Operator::Divide => first / second,
            _ => first % second,
        }))
    }

    fn comparison(&self, operator: Operator, first: &Val<'a>, second: &Val<'a>) -> Res<'a> {
        let comparable =
            |value: &Val<'a>| matches!(value.view(), View::Undefined | View::Text(_) | View::Number(_));
        if !comparable(first) || !comparable(second) {
            let of_order = matches!(first.view(), View::Text(_) | View::Number(_));
            return Err(fault_of("T2010", if of_order { second } else { first }, self.meter));
        }
        let order = match (first.view(), second.view()) {
            (View::Undefined, _) | (_, View::Undefined) => return Ok(Val::Undefined),
            (View::Number(first), View::Number(second)) => first.partial_cmp(&second),
            (View::Text(first), View::Text(second)) => {
                self.meter.read(first.len().min(second.len()))?;
                Some(compare(first, second))
            }
            _ => {
                return Err(fault_of("T2009", first, self.meter).value2(stringify(second, self.meter)));
            }
        };
        Ok(Val::bool(order.is_some_and(|order| match operator {
            Operator::Less => order == Ordering::Less,
            Operator::LessOrEqual => order != Ordering::Greater,
            Operator::Greater => order == Ordering::Greater,
            _ => order != Ordering::Less,
        })))
    }

    fn concatenate(&self, first: &Val<'a>, second: &Val<'a>) -> Res<'a> {
        let (first, second) = (to_text(first, false, self.meter)?, to_text(second, false, self.meter)?);
        let (first, second) = (first.as_text().unwrap_or_default(), second.as_text().unwrap_or_default());
        let length = first.len() + second.len();
        self.meter.read(length)?;
        self.meter.room(length)?;
        let mut text = String::with_capacity(length);
        text.push_str(first);
        text.push_str(second);
        self.text(text)
    }

    fn range(&self, first: &Val<'a>, second: &Val<'a>) -> Res<'a> {
        let whole = |value: &Val<'a>, code| match value.as_number() {
            Some(number) if number.fract() == 0.0 => Ok(Some(number)),
            None if value.is_undefined() => Ok(None),
            _ => Err(fault_of(code, value, self.meter)),
        };
        let (first, last) = (whole(first, "T2003")?, whole(second, "T2004")?);
        let (Some(first), Some(last)) = (first, last) else { return Ok(Val::Undefined) };
        if first > last {
            return Ok(Val::Undefined);
        }
        let size = last - first + 1.0;
        if size > 1e7 {
            return Err(fault_of("D2014", &Val::Number(size), self.meter));
        }
        Val::range(first, size as usize, self.meter)
    }

    fn includes(&self, first: &Val<'a>, second: &Val<'a>) -> Res<'a> {
        if first.is_undefined() || second.is_undefined() {
            return Ok(Val::bool(false));
        }
        Ok(Val::bool(match second.as_array() {
            Some(items) => {
                self.meter.visit(items.len())?;
                items.iter().any(|item| same(&item, first))
            }
            None => same(second, first),
        }))
    }

    pub(super) fn negate(&self, of: &'a Node, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let value = self.evaluate(of, input, frame)?;
        match value.numeric()? {
            Some(number) => Ok(Val::Number(-number)),
            None if value.is_undefined() => Ok(value),
            None => Err(fault_of("D1002", &value, self.meter).token("-")),
        }
    }

    /// `[…]`
    pub(super) fn array(
        &self,
        parts: &'a [Node],
        constructed: bool,
        input: &Val<'a>,
        frame: &Scope<'a>,
    ) -> Res<'a> {
        let flags = if constructed { Flags::CONSTRUCTED } else { Flags::PLAIN };
        let mut items = Vec::with_capacity(parts.len());
        let only = parts.len() == 1;
        for part in parts {
            let value = self.evaluate(part, input, frame)?;
            match value.as_array() {
                Some(inner) if !matches!(part.kind, Kind::Array(_)) => {
                    if only && let Val::Array(array, _) = value {
                        return Ok(Val::Array(array, flags));
                    }
                    self.meter.visit(inner.len())?;
                    self.meter.items(items.len() + inner.len())?;
                    items.extend(inner.iter());
                }
                None if value.is_undefined() => {}
                _ => items.push(value),
            }
        }
        Val::array(items, flags, self.meter)
    }
}
