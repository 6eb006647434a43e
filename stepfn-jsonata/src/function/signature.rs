//! Signatures: what a function takes, `<s-nn?:s>`.

use std::rc::Rc;

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

#[derive(Debug, Default)]
struct Parameter {
    /// The kinds of values, as [`Val::symbol`] names them.
    kinds: Vec<u8>,
    is_array: bool,
    /// The type of the array's items.
    of: Option<Box<str>>,
    optional: bool,
    /// It takes all that follow.
    repeated: bool,
    /// It would rather take nothing, or little.
    lazy: bool,
    /// Whether the context's value replaces it: if it is of these kinds, where they are given.
    context: Option<Option<Vec<u8>>>,
}

impl Parameter {
    fn takes(&self, symbol: u8) -> bool {
        self.kinds.contains(&symbol)
    }
}

impl Signature {
    /// Reads a signature that the parser has accepted.
    pub(crate) fn parse(text: &str) -> Self {
        let signs: Vec<char> = text.chars().collect();
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut at = 1;
        while let Some(sign) = signs.get(at) {
            let any = |kinds: &str| Parameter { kinds: kinds.bytes().collect(), ..Parameter::default() };
            match sign {
                ':' => break,
                's' | 'n' | 'b' | 'l' | 'o' => parameters.push(any(&format!("{sign}m"))),
                'a' => parameters.push(Parameter { is_array: true, ..any("asnblfom") }),
                'f' => parameters.push(any("f")),
                'j' => parameters.push(any("asnblom")),
                'x' => parameters.push(any("asnblfom")),
                '(' => {
                    let end = closing(&signs, at, '(', ')');
                    let choice: String = signs.get(at + 1..end).unwrap_or_default().iter().collect();
                    parameters.push(any(&format!("{choice}m")));
                    at = end;
                }
                '<' => {
                    let end = closing(&signs, at, '<', '>');
                    let of: String = signs.get(at + 1..end).unwrap_or_default().iter().collect();
                    if let Some(last) = parameters.last_mut() {
                        last.of = Some(of.into());
                    }
                    at = end;
                }
                mark => {
                    if let Some(last) = parameters.last_mut() {
                        last.mark(*mark);
                    }
                }
            }
            at += 1;
        }
        let simple = parameters.iter().all(|parameter| !parameter.repeated && !parameter.lazy);
        Self { parameters, simple }
    }

    /// The arguments as the function gets them: the context's value where one is left out, an array where one is due.
    pub(crate) fn validate<'a>(
        &self,
        mut arguments: Vec<Val<'a>>,
        context: &Val<'a>,
        meter: &Rc<Meter>,
    ) -> Res<'a, Vec<Val<'a>>> {
        if self.simple && arguments.len() == self.parameters.len() {
            let pairs = || self.parameters.iter().zip(&arguments);
            if pairs().all(|(parameter, argument)| parameter.takes(argument.symbol())) {
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
                match &parameter.context {
                    Some(kinds) => {
                        if kinds.as_ref().is_some_and(|kinds| !kinds.contains(&context.symbol())) {
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
        let run = symbols.iter().take_while(|symbol| parameter.takes(**symbol)).count();
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
    fn mismatch<'a>(&self, symbols: &[u8], arguments: &[Val<'a>], meter: &Rc<Meter>) -> Box<Fault> {
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

impl Parameter {
    fn mark(&mut self, mark: char) {
        let marked = self.optional || self.repeated;
        match mark {
            '-' => {
                self.context = Some((!self.optional).then(|| self.kinds.clone()));
                self.lazy |= marked;
                self.optional |= !self.repeated;
            }
            '?' if self.repeated && !self.optional => self.lazy = true,
            '?' => {
                self.lazy |= marked;
                self.optional = true;
            }
            '+' => self.repeated = true,
            _ => {}
        }
    }
}

/// The argument of a parameter that takes an array.
fn array<'a>(
    parameter: &Parameter,
    value: Val<'a>,
    run: Option<&[u8]>,
    index: usize,
    meter: &Rc<Meter>,
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

fn closing(signs: &[char], open: usize, opening: char, end: char) -> usize {
    let mut depth = 1_usize;
    for (at, sign) in signs.iter().enumerate().skip(open + 1) {
        if *sign == end {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        } else if *sign == opening {
            depth += 1;
        }
    }
    signs.len()
}
