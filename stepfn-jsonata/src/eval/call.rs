//! Calls: of functions in the program, and of functions that are values.

use std::rc::Rc;

use super::{Evaluator, Scope};
use crate::{
    compile::{Call, Kind, Node, Variable},
    error::Fault,
    function::Builtin,
    value::{Composed, Function, Lambda, Native, Res, Symbol, Val},
};

impl<'a> Evaluator<'a> {
    /// `f(…)`; `first` is what `~>` hands over.
    pub(super) fn call(
        &self,
        call: &'a Call,
        input: &Val<'a>,
        frame: &Scope<'a>,
        first: Option<Val<'a>>,
    ) -> Res<'a> {
        if let Some(builtin) = self.builtin(&call.procedure)? {
            let arguments = self.arguments(call, input, frame, first)?;
            return self.apply_builtin(builtin, arguments, input, frame);
        }
        let procedure = self.evaluate(&call.procedure, input, frame)?;
        if procedure.is_undefined()
            && let Some(name) = self.forgotten(call, frame)?
        {
            return Err(Fault::new("T1005").token(name));
        }
        let arguments = self.arguments(call, input, frame, first)?;
        self.apply(&procedure, arguments, input, frame, call.token.as_deref()).map_err(|mut fault| {
            if fault.token.is_none() {
                fault.token.clone_from(&call.token);
            }
            fault
        })
    }

    fn arguments(
        &self,
        call: &'a Call,
        input: &Val<'a>,
        frame: &Scope<'a>,
        first: Option<Val<'a>>,
    ) -> Res<'a, Vec<Val<'a>>> {
        let mut arguments = Vec::with_capacity(call.arguments.len() + usize::from(first.is_some()));
        arguments.extend(first);
        for argument in &call.arguments {
            arguments.push(match self.evaluate(argument, input, frame)? {
                Val::Function(function) if !matches!(*function, Function::Wrapped(_)) => {
                    Function::Wrapped(function).into()
                }
                value => value,
            });
        }
        Ok(arguments)
    }

    /// The function that a call names and that nothing hides: no value need be made of it.
    fn builtin(&self, procedure: &'a Node) -> Res<'a, Option<Builtin>> {
        let Kind::Variable(Variable::Free(symbol)) = &procedure.kind else { return Ok(None) };
        let symbols = self.symbols.borrow();
        let Some(builtin) = symbols.builtin(*symbol).filter(|_| procedure.simple) else { return Ok(None) };
        if self.environment.variable(symbols.name(*symbol)).is_some() {
            return Ok(None);
        }
        // It counts as the part that it is.
        self.meter.enter().map_err(|fault| fault.range(&procedure.range))?;
        self.meter.leave();
        Ok(Some(builtin))
    }

    fn apply_builtin(
        &self,
        builtin: Builtin,
        arguments: Vec<Val<'a>>,
        input: &Val<'a>,
        frame: &Scope<'a>,
    ) -> Res<'a> {
        let arguments = builtin.signature().validate(arguments, input, self.meter);
        let call = |mut arguments: Vec<Val<'a>>| {
            if builtin.takes_context() {
                arguments.push(input.clone());
            }
            // It may call functions whose last call is one of it again.
            self.nested(|| builtin.call(self, &arguments, frame))
        };
        arguments.and_then(call).map_err(|mut fault| {
            // The reference knows a function of its own by the name under which it was called last, be it in another
            // expression: that is its name, once it was called by it.
            fault.token.get_or_insert_with(|| builtin.name().into());
            fault
        })
    }

    /// The name of a function before which the `$` was forgotten.
    fn forgotten(&self, call: &'a Call, frame: &Scope<'a>) -> Res<'a, Option<&'a str>> {
        let (Kind::Path { .. }, Some(name)) = (&call.procedure.kind, call.token.as_deref()) else {
            return Ok(None);
        };
        Ok(self.named(name, frame).is_true()?.then_some(name))
    }

    /// The value of a function, with all calls at its end made.
    pub(crate) fn apply(
        &self,
        function: &Val<'a>,
        arguments: Vec<Val<'a>>,
        input: &Val<'a>,
        frame: &Scope<'a>,
        token: Option<&str>,
    ) -> Res<'a> {
        let mut result = self.apply_once(function, arguments, input, frame, token)?;
        loop {
            let Val::Function(function) = &result else { return Ok(result) };
            let Function::Tail { call: node, input: context, frame: inner } = &**function else {
                return Ok(result);
            };
            let Kind::Call(call) = &node.kind else { return Ok(Val::Undefined) };
            self.meter.spend(1)?;
            let next = self.evaluate(&call.procedure, context, inner)?;
            let mut arguments = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                arguments.push(self.evaluate(argument, context, inner)?);
            }
            let token = match call.procedure.kind {
                Kind::Variable(_) => call.token.as_deref(),
                _ => None,
            };
            result = self
                .apply_once(&next, arguments, input, frame, token)
                .map_err(|fault| fault.range(&node.range))?;
        }
    }

    fn apply_once(
        &self,
        function: &Val<'a>,
        arguments: Vec<Val<'a>>,
        input: &Val<'a>,
        frame: &Scope<'a>,
        token: Option<&str>,
    ) -> Res<'a> {
        let Some(function) = function.as_function() else { return Err(Fault::new("T1006")) };
        if let Function::Builtin(builtin) = &**function {
            return self.apply_builtin(*builtin, arguments, input, frame);
        }
        let arguments = match function.signature() {
            Some(signature) => signature.validate(arguments, input, self.meter),
            None => Ok(arguments),
        };
        arguments.and_then(|arguments| self.enter(function, arguments, frame)).map_err(|mut fault| {
            if fault.token.is_none() {
                fault.token = token.map(Into::into);
            }
            fault
        })
    }

    fn enter(&self, function: &Rc<Function<'a>>, mut arguments: Vec<Val<'a>>, frame: &Scope<'a>) -> Res<'a> {
        match &**function {
            Function::Builtin(builtin) => self.apply_builtin(*builtin, arguments, &Val::Undefined, frame),
            Function::Lambda(lambda) => {
                let parameters = lambda.open.as_ref().unwrap_or(&lambda.code.parameters);
                let mut arguments = arguments.into_iter();
                let bind = |symbol: &Symbol| (*symbol, arguments.next().unwrap_or_default());
                let inner = lambda.frame.with(parameters.iter().map(bind).collect());
                self.evaluate(&lambda.code.body, &lambda.input, &inner)
            }
            Function::Wrapped(inner) => {
                let inner = Val::Function(Rc::clone(inner));
                self.nested(|| self.apply(&inner, arguments, &Val::null(), frame, None))
            }
            Function::Native(native) => {
                let mut open = arguments.into_iter();
                let given = native.given.iter().map(|given| match given {
                    Some(value) => value.clone(),
                    None => open.next().unwrap_or_default(),
                });
                // What takes no arguments gets none; `$zip` takes as many as there are.
                let taken = if native.function.ignores_arguments() { 0 } else { usize::MAX };
                let arguments = given.take(taken).collect();
                let function = Val::Function(Rc::clone(&native.function));
                self.nested(|| self.apply(&function, arguments, &Val::Undefined, frame, None))
            }
            Function::Composed(composed) => {
                let first = Val::Function(Rc::clone(&composed.first));
                let second = Val::Function(Rc::clone(&composed.second));
                arguments.truncate(1);
                self.nested(|| {
                    let value = self.apply(&first, arguments, &Val::null(), frame, None)?;
                    self.apply(&second, vec![value], &Val::null(), frame, None)
                })
            }
            Function::Transform { code, frame } => {
                self.transform(code, arguments.into_iter().next().unwrap_or_default(), frame)
            }
            Function::Regex(regex) => {
                self.matched(regex, arguments.first().unwrap_or(&Val::Undefined), arguments.get(1))
            }
            Function::Next { regex, text, from, length } => self.next_match(regex, text, *from, *length),
            Function::Tail { .. } => Ok(Val::Undefined),
        }
    }

    /// Does some work one level deeper, for functions that call functions.
    fn nested(&self, work: impl FnOnce() -> Res<'a>) -> Res<'a> {
        self.meter.enter()?;
        let result = work();
        self.meter.leave();
        result
    }

    /// `f(?, …)`
    pub(super) fn partial(&self, call: &'a Call, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let mut given = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            given.push(match argument.kind {
                Kind::Placeholder => None,
                _ => Some(self.evaluate(argument, input, frame)?),
            });
        }
        let procedure = self.evaluate(&call.procedure, input, frame)?;
        let Val::Function(function) = &procedure else {
            if procedure.is_undefined()
                && let Some(name) = self.forgotten(call, frame)?
            {
                return Err(Fault::new("T1007").token(name));
            }
            let mut fault = Fault::new("T1008");
            fault.token.clone_from(&call.token);
            return Err(fault);
        };
        if let Function::Lambda(lambda) = &**function {
            return self.partial_lambda(lambda, given);
        }
        let depth = 1 + function.depth();
        self.meter.nest(depth)?;
        given.resize(function.parameters(), Some(Val::Undefined));
        Ok(Function::Native(Native { function: Rc::clone(function), given, depth }).into())
    }

    fn partial_lambda(&self, lambda: &Lambda<'a>, given: Vec<Option<Val<'a>>>) -> Res<'a> {
        let parameters = lambda.open.as_ref().unwrap_or(&lambda.code.parameters);
        let mut given = given.into_iter();
        let (mut bound, mut open) = (Vec::new(), Vec::new());
        for parameter in parameters {
            match given.next().unwrap_or(Some(Val::Undefined)) {
                Some(value) => bound.push((*parameter, value)),
                None => open.push(*parameter),
            }
        }
        let frame = lambda.frame.with(bound);
        self.keep(&frame)?;
        let input = lambda.input.clone();
        Ok(Function::Lambda(Lambda { code: lambda.code, open: Some(open), input, frame }).into())
    }

    /// `left ~> right`
    pub(super) fn chain(
        &self,
        left: &'a Node,
        right: &'a Node,
        input: &Val<'a>,
        frame: &Scope<'a>,
    ) -> Res<'a> {
        let first = self.evaluate(left, input, frame)?;
        if let Kind::Call(call) = &right.kind
            && !call.partial
        {
            let result = self.call(call, input, frame, Some(first));
            return result.map_err(|fault| fault.range(&right.range));
        }
        let function = self.evaluate(right, input, frame)?;
        let Val::Function(second) = &function else {
            return Err(super::fault_of("T2006", &function, self.meter));
        };
        if let Val::Function(first) = &first {
            let depth = 1 + first.depth().max(second.depth());
            self.meter.nest(depth)?;
            let composed = Composed { first: Rc::clone(first), second: Rc::clone(second), depth };
            return Ok(Function::Composed(composed).into());
        }
        self.apply(&function, vec![first], &Val::null(), frame, None)
    }
}
