//! Signatures: what a function takes, `<s-nn?:s>`.

use stepfn_core::jsonata::{self, Kinds, Parameter};

use crate::{
    error::Fault,
    limits::Meter,
    value::{Flags, Res, Val, stringify},
};

/// The parameters of a function.
#[derive(Debug)]
pub(crate) struct Signature {
    parameters: Vec<Parameter>,
    /// Whether each parameter takes one argument, unless it is left out.
    simple: bool,
}

/// Whether a parameter takes a value of a kind, as [`Val::symbol`] names it.
fn takes(parameter: &Parameter, symbol: u8) -> bool {
    match symbol {
        b'm' => !parameter.is_strict,
        _ => parameter.is_array || parameter.kinds.has(Kinds::of(char::from(symbol))),
    }
}

impl Signature {
    /// Reads a signature that the parser has accepted.
    pub(crate) fn read(text: &str) -> Self {
        let parameters = jsonata::Signature::read(text).parameters().to_vec();
        let simple = parameters.iter().all(|parameter| !parameter.repeated && !parameter.lazy);
        Self { parameters, simple }
    }

    /// The arguments as the function gets them: the context's value where one is left out, an array where one is due.
    pub(crate) fn validate<'a>(
        &self,
        mut arguments: Vec<Val<'a>>,
        context: &Val<'a>,
        meter: &'a Meter,
    ) -> Res<'a, Vec<Val<'a>>> {
        if self.simple && arguments.len() == self.parameters.len() {
            let pairs = || self.parameters.iter().zip(&arguments);
            if pairs().all(|(parameter, argument)| takes(parameter, argument.symbol())) {
                for (index, parameter) in self.parameters.iter().enumerate() {
                    if parameter.is_array
                        && let Some(place) = arguments.get_mut(index)
                    {
                        let value = std::mem::take(place);
                        *place = array(parameter, value, None, index, meter)?;
                    }
                }
                return Ok(arguments);
            }
        }
        let symbols: Vec<u8> = arguments.iter().map(Val::symbol).collect();
        let Some(counts) = self.counts(&symbols) else {
            return Err(self.mismatch(&symbols, &arguments, meter));
        };
        let mut valid = Vec::with_capacity(self.parameters.len());
        let mut at = 0;
        for (parameter, count) in self.parameters.iter().zip(counts) {
            let first = arguments.get(at).cloned().unwrap_or_default();
            if count == 0 {
                match parameter.context {
                    Some(is_checked) => {
                        if is_checked && !takes(parameter, context.symbol()) {
                            let fault = Fault::new("T0411").index(at + 1);
                            return Err(fault.value(stringify(context, meter)));
                        }
                        valid.push(context.clone());
                    }
                    None => {
                        valid.push(first);
                        at += 1;
                    }
                }
                continue;
            }
            let run = symbols.get(at..at + count).unwrap_or_default();
            for _ in 0..count {
                let value = if parameter.is_array {
                    array(parameter, arguments.get(at).cloned().unwrap_or_default(), Some(run), at, meter)?
                } else {
                    first.clone()
                };
                valid.push(value);
                at += 1;
            }
        }
        Ok(valid)
    }

    /// Returns the number of arguments that each parameter takes, by the regular expression that the reference makes of a signature.
    fn counts(&self, symbols: &[u8]) -> Option<Vec<usize>> {
        let mut failed = vec![false; (self.parameters.len() + 1) * (symbols.len() + 1)];
        let mut counts = Vec::with_capacity(self.parameters.len());
        Self::assign(&self.parameters, symbols, true, &mut counts, &mut failed).then_some(counts)
    }

    /// Gives arguments to parameters; `whole` where none may be left.
    fn assign(
        parameters: &[Parameter],
        symbols: &[u8],
        whole: bool,
        counts: &mut Vec<usize>,
        failed: &mut [bool],
    ) -> bool {
        let Some((parameter, rest)) = parameters.split_first() else { return !whole || symbols.is_empty() };
        let key = parameters.len() * (failed.len() / (counts.len() + parameters.len() + 1)) + symbols.len();
        if failed.get(key).is_some_and(|failed| *failed) {
            return false;
        }
        let run = symbols.iter().take_while(|symbol| takes(parameter, **symbol)).count();
        let most = if parameter.repeated { run } else { run.min(1) };
        let least = usize::from(!parameter.optional);
        let mut options: Vec<usize> = (least..=most).collect();
        if !parameter.lazy {
            options.reverse();
        }
        for count in options {
            counts.push(count);
            if Self::assign(rest, symbols.get(count..).unwrap_or_default(), whole, counts, failed) {
                return true;
            }
            counts.pop();
        }
        if let Some(failed) = failed.get_mut(key) {
            *failed = true;
        }
        false
    }

    /// Returns the error of the first argument that does not fit.
    fn mismatch<'a>(&self, symbols: &[u8], arguments: &[Val<'a>], meter: &'a Meter) -> Box<Fault> {
        let mut good = 0;
        for known in 1..=self.parameters.len() {
            let parameters = self.parameters.get(..known).unwrap_or_default();
            let mut counts = Vec::new();
            let mut failed = vec![false; (known + 1) * (symbols.len() + 1)];
            if !Self::assign(parameters, symbols, false, &mut counts, &mut failed) {
                break;
            }
            good = counts.iter().sum();
        }
        let value = arguments.get(good).and_then(|value| stringify(value, meter));
        Fault::new("T0410").index(good + 1).value(value)
    }
}

/// The argument of a parameter that takes an array.
fn array<'a>(
    parameter: &Parameter,
    value: Val<'a>,
    run: Option<&[u8]>,
    index: usize,
    meter: &'a Meter,
) -> Res<'a> {
    if value.is_undefined() {
        return Ok(value);
    }
    let items = value.as_array();
    if let Some(of) = parameter.of.as_deref() {
        let fits = match &items {
            None => match run {
                Some(run) => run == of.as_bytes(),
                None => of.as_bytes() == [value.symbol()],
            },
            Some(items) => {
                meter.visit(items.len())?;
                let wanted = of.bytes().next();
                items.all(|item| Some(item.symbol()) == wanted)
            }
        };
        if !fits {
            let mut fault = Fault::new("T0412").index(index + 1).value(stringify(&value, meter));
            fault.of = plural(of);
            return Err(fault);
        }
    }
    if items.is_some() { Ok(value) } else { Val::array(vec![value], Flags::PLAIN, meter) }
}

fn plural(of: &str) -> Option<&'static str> {
    Some(match of {
        "a" => "arrays",
        "b" => "booleans",
        "f" => "functions",
        "n" => "numbers",
        "o" => "objects",
        "s" => "strings",
        _ => return None,
    })
}
