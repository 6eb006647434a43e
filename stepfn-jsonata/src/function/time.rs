//! Functions of time, and of whole numbers in words and numerals.

use super::argument;
use crate::{
    datetime,
    error::{Error, Fault, Limit},
    eval::{Evaluator, Scope},
    value::{Res, Val},
};

fn fault(trouble: datetime::Trouble) -> Box<Fault> {
    if trouble.code == datetime::Trouble::TOO_LONG {
        return Fault::limit(Limit::Memory);
    }
    if trouble.code == Error::INTERNAL {
        return Fault::new(trouble.code).value(trouble.value);
    }
    Fault::new(trouble.code).value(trouble.value.map(|value| crate::text::quote(&value)))
}

pub(super) fn format_integer<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let Some(number) = argument(arguments, 0).as_number() else { return Ok(Val::Undefined) };
    let picture = argument(arguments, 1);
    let picture = picture.as_text().unwrap_or_default();
    e.meter.spend(picture.len() as u64)?;
    let text = datetime::format_integer(number.floor(), picture).map_err(fault)?;
    e.text(text)
}

pub(super) fn parse_integer<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    let picture = argument(arguments, 1);
    let picture = picture.as_text().unwrap_or_default();
    e.meter.spend((picture.len() + text.len()) as u64)?;
    Ok(Val::Number(datetime::parse_integer(text, picture).map_err(fault)?))
}

pub(super) fn from_millis<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let Some(millis) = argument(arguments, 0).as_number() else { return Ok(Val::Undefined) };
    formatted(e, millis, &argument(arguments, 1), &argument(arguments, 2))
}

pub(super) fn now<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    formatted(e, e.environment.now(), &argument(arguments, 0), &argument(arguments, 1))
}

pub(super) fn millis<'a>(e: &Evaluator<'a>, _: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(Val::Number(e.environment.now()))
}

fn formatted<'a>(e: &Evaluator<'a>, millis: f64, picture: &Val<'a>, zone: &Val<'a>) -> Res<'a> {
    e.meter.spend(picture.as_text().map_or(0, str::len) as u64)?;
    let text = datetime::format(millis, picture.as_text(), zone.as_text()).map_err(fault)?;
    e.text(text)
}

pub(super) fn to_millis<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    let picture = argument(arguments, 1);
    e.meter.spend(text.len() as u64)?;
    let millis = match picture.as_text() {
        None => datetime::parse_iso(text),
        Some(picture) => {
            e.meter.spend(picture.len() as u64)?;
            datetime::parse(text, picture, e.environment.now(), e.meter)?
        }
    };
    millis.map(|millis| millis.map_or(Val::Undefined, Val::Number)).map_err(fault)
}
