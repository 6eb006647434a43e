//! The data that an expression reads, and the parts of it that Step Functions does not support.

use std::ops::Range;

use super::{
    ast::{Expression, ExpressionKind as Kind, Operator},
    function::{function, functions},
};
use crate::{
    names::{list, nearest},
    sort,
};

/// The members of `$states` at the expression's place; `input` and `context` are always there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// `result`: in `Output` and `Assign` of a Task, Parallel or Map state.
    pub result: bool,
    /// `errorOutput`: in `Output` and `Assign` of a catcher.
    pub error_output: bool,
}

impl Place {
    /// The members that `$states` has.
    pub fn members(self) -> Vec<&'static str> {
        let here =
            [("context", true), ("errorOutput", self.error_output), ("input", true), ("result", self.result)];
        here.into_iter().filter(|(_, exists)| *exists).map(|(name, _)| name).collect()
    }
}

/// An error in an expression that parses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The kind of the error.
    pub kind: IssueKind,
    /// The offending bytes of the expression.
    pub range: Range<usize>,
    /// The error: lower case, no full stop, code in backticks.
    pub message: String,
    /// A suggestion of what to write instead.
    pub help: Option<String>,
}

/// Kinds of [`Issue`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IssueKind {
    /// A call of a function that Step Functions does not have.
    UnknownFunction,
    /// A built-in function with too few or too many arguments.
    Arguments,
    /// `$`, `$$` or a field's name where there is no context.
    NoContext,
    /// A member that `$states` does not have here.
    NoSuchMember,
    /// A member that the context object does not have, which is nothing, and no failure of itself.
    NoSuchContext,
    /// `$states` is bound.
    Reserved,
}

/// The data that an expression reads, and its errors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Analysis {
    /// The errors, in the order of the text.
    pub issues: Vec<Issue>,
    /// The variables that it reads and does not bind, `$states` and functions not among them: names without `$`, and their
    /// places.
    pub variables: Vec<(String, Range<usize>)>,
}

/// The members of the context object.
const CONTEXT: [&str; 5] = ["Execution", "Map", "State", "StateMachine", "Task"];

/// Only what is certain to fail is an error: in a function's body, a predicate or a later step of a path there is a context.
pub fn analyse(expression: &Expression, place: Place) -> Analysis {
    let mut positions = Vec::new();
    let mut bound = Vec::new();
    collect(expression, &mut positions, &mut bound);
    let mut walker = Walker { place, later: bound, frames: vec![positions], analysis: Analysis::default() };
    walker.visit(expression, Context { exists: false, lambda: false });
    sort::sort_by_key(&mut walker.analysis.issues, |issue| issue.range.start);
    walker.analysis
}

/// The names that `@` and `#` bind for the rest of their path, and those that `:=` binds.
fn collect(expression: &Expression, positions: &mut Vec<String>, bound: &mut Vec<String>) {
    match &expression.kind {
        Kind::Focus { name, .. } | Kind::Index { name, .. } => positions.push(name.clone()),
        Kind::Bind { name, .. } => bound.push(name.clone()),
        _ => {}
    }
    for part in expression.parts() {
        collect(part, positions, bound);
    }
}

#[derive(Clone, Copy)]
struct Context {
    /// Whether there is a context that `$` and names of fields refer to.
    exists: bool,
    /// Whether it is a function's body: that runs later, when more may be bound.
    lambda: bool,
}

struct Walker {
    place: Place,
    /// The names that `:=` binds anywhere.
    later: Vec<String>,
    frames: Vec<Vec<String>>,
    analysis: Analysis,
}

impl Walker {
    fn issue(&mut self, kind: IssueKind, range: &Range<usize>, message: String, help: Option<String>) {
        self.analysis.issues.push(Issue { kind, range: range.clone(), message, help });
    }

    fn is_bound(&self, name: &str, context: Context) -> bool {
        self.frames.iter().flatten().any(|bound| bound == name)
            || (context.lambda && self.later.iter().any(|bound| bound == name))
    }

    fn visit(&mut self, expression: &Expression, context: Context) {
        let inside = Context { exists: true, ..context };
        let range = &expression.range;
        match &expression.kind {
            Kind::Name(name) if !context.exists => self.field(name, range),
            Kind::Variable(name) => self.variable(name, range, context),
            Kind::Path(steps) => self.path(steps, context),
            Kind::Filter { of, .. } | Kind::OrderBy { of, .. } | Kind::Group { of, .. } => {
                self.visit(of, context);
                for part in expression.parts().into_iter().skip(1) {
                    self.visit(part, inside);
                }
            }
            Kind::Block(parts) => {
                self.frames.push(Vec::new());
                for part in parts {
                    self.visit(part, context);
                }
                self.frames.pop();
            }
            Kind::Bind { name, name_range, value } => {
                if name == "states" {
                    let message = "`$states` is reserved and cannot be bound".to_owned();
                    self.issue(IssueKind::Reserved, name_range, message, Some("choose another name".into()));
                }
                // A function may call itself.
                if let Kind::Lambda { .. } = value.kind {
                    self.bind(name);
                }
                self.visit(value, context);
                self.bind(name);
            }
            Kind::Lambda { parameters, body, .. } => {
                self.frames.push(parameters.clone());
                self.visit(body, Context { exists: true, lambda: true });
                self.frames.pop();
            }
            Kind::Transform { .. } => {
                for part in expression.parts() {
                    self.visit(part, Context { exists: true, lambda: true });
                }
            }
            Kind::Binary { operator: Operator::Apply, left, right } => {
                self.visit(left, context);
                match &right.kind {
                    // The value before `~>` is the first argument.
                    Kind::Call { function, arguments } => self.call(right, function, arguments, 1, context),
                    _ => self.visit(right, context),
                }
            }
            Kind::Call { function, arguments } => self.call(expression, function, arguments, 0, context),
            _ => {
                for part in expression.parts() {
                    self.visit(part, context);
                }
            }
        }
    }

    fn bind(&mut self, name: &str) {
        if let Some(frame) = self.frames.last_mut() {
            frame.push(name.to_owned());
        }
    }

    fn field(&mut self, name: &str, range: &Range<usize>) {
        let message = format!(
            "the field `{name}` has nothing to be a field of: an expression has no context of its own"
        );
        let help = if name == "states" {
            "write `$states`".to_owned()
        } else if function(name).is_some() {
            format!("write `${name}(...)` for the function, `$states.input.{name}` for a field of the input")
        } else {
            format!("write `$states.input.{name}` for a field of the input, `${name}` for a variable")
        };
        self.issue(IssueKind::NoContext, range, message, Some(help));
    }

    fn variable(&mut self, name: &str, range: &Range<usize>, context: Context) {
        if self.is_bound(name, context) {
            return;
        }
        match name {
            "" | "$" if context.exists => {}
            "" | "$" => {
                let message =
                    format!("`${name}` refers to nothing here: an expression has no context of its own");
                self.issue(
                    IssueKind::NoContext,
                    range,
                    message,
                    Some("write `$states.input` for the state's input".into()),
                );
            }
            "states" => {}
            "eval" => self.eval(range),
            _ if function(name).is_some() => {}
            _ => self.analysis.variables.push((name.to_owned(), range.clone())),
        }
    }

    fn eval(&mut self, range: &Range<usize>) {
        let message = "Step Functions has no `$eval`".to_owned();
        self.issue(
            IssueKind::UnknownFunction,
            range,
            message,
            Some("write `$parse(...)` to read JSON text".into()),
        );
    }

    fn path(&mut self, steps: &[Expression], context: Context) {
        let Some((first, rest)) = steps.split_first() else { return };
        match &first.kind {
            // The first step of a path may be a field's name in quotes.
            Kind::String(name) if !context.exists => self.field(name, &first.range),
            _ => self.visit(first, context),
        }
        if matches!(&first.kind, Kind::Variable(name) if name == "states" && !self.is_bound(name, context)) {
            self.states(rest);
        }
        for step in rest {
            self.visit(step, Context { exists: true, ..context });
        }
    }

    /// The steps that follow `$states`.
    fn states(&mut self, steps: &[Expression]) {
        let Some((member, range)) = steps.first().and_then(name_of) else { return };
        let members = self.place.members();
        if !members.contains(&member) {
            let (message, help) = match member {
                "result" => (
                    "`$states.result` does not exist here".to_owned(),
                    "it exists in `Output` and `Assign` of Task, Parallel and Map states; `$states.input` is the state's input".to_owned(),
                ),
                "errorOutput" => (
                    "`$states.errorOutput` does not exist here".to_owned(),
                    "it exists in `Output` and `Assign` of a catcher".to_owned(),
                ),
                _ => (
                    format!("`$states` has no `{member}`"),
                    match nearest(member, ["context", "errorOutput", "input", "result"]) {
                        Some(near) => format!("did you mean `$states.{near}`?"),
                        None => format!("it has {}", list(&members)),
                    },
                ),
            };
            self.issue(IssueKind::NoSuchMember, &range, message, Some(help));
        } else if member == "context"
            && let Some((name, range)) = steps.get(1).and_then(name_of)
            && !CONTEXT.contains(&name)
        {
            let message = format!("the context object has no `{name}`");
            let help = match nearest(name, CONTEXT) {
                Some(near) => format!("did you mean `$states.context.{near}`?"),
                None => format!("it has {}", list(CONTEXT)),
            };
            self.issue(IssueKind::NoSuchContext, &range, message, Some(help));
        }
    }

    fn call(
        &mut self,
        call: &Expression,
        called: &Expression,
        arguments: &[Expression],
        before: usize,
        context: Context,
    ) {
        match &called.kind {
            Kind::Variable(name) if !self.is_bound(name, context) => {
                self.builtin(call, name, &called.range, arguments, before);
            }
            Kind::Name(name) if !context.exists && function(name).is_some() => {
                let message = format!("`{name}` is a field's name: a function is called with `$`");
                let help = Some(format!("write `${name}(...)`"));
                self.issue(IssueKind::UnknownFunction, &called.range, message, help);
            }
            _ => self.visit(called, context),
        }
        for argument in arguments {
            self.visit(argument, context);
        }
    }

    fn builtin(
        &mut self,
        call: &Expression,
        name: &str,
        range: &Range<usize>,
        arguments: &[Expression],
        before: usize,
    ) {
        let Some(known) = function(name) else {
            match name {
                "eval" => self.eval(range),
                // What a path or a wildcard yields may be called; that fails for another reason.
                "" | "$" => {}
                _ => {
                    let help = match name {
                        "randomSeeded" => "write `$random(seed)`".to_owned(),
                        _ => match nearest(name, functions().iter().map(|function| function.name)) {
                            Some(near) => format!("did you mean `${near}`?"),
                            None => format!(
                                "bind it in the expression: `(${name} := function($x) {{ ... }}; ...)`"
                            ),
                        },
                    };
                    let message = format!("there is no function `${name}`");
                    self.issue(IssueKind::UnknownFunction, range, message, Some(help));
                }
            }
            return;
        };
        let (least, most) = known.arity();
        let partial = arguments.iter().any(|argument| argument.kind == Kind::Placeholder);
        let given = arguments.len() + if partial { 0 } else { before };
        let too_many = most.is_some_and(|most| given > most);
        if too_many || (given < least && !partial) {
            let takes = match most {
                Some(most) if most == least => plural(least),
                Some(most) => format!("{least} to {}", plural(most)),
                None => format!("at least {}", plural(least)),
            };
            let message = format!("`${name}` takes {takes}, found {given}");
            let help = format!("its signature is `{}`", known.signature);
            self.issue(IssueKind::Arguments, &call.range, message, Some(help));
        }
    }
}

fn plural(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        _ => format!("{count} arguments"),
    }
}

/// The name of a field that a step of a path is, whatever qualifies it.
fn name_of(step: &Expression) -> Option<(&str, Range<usize>)> {
    match &step.kind {
        Kind::Name(name) | Kind::String(name) => Some((name, step.range.clone())),
        Kind::Filter { of, .. } | Kind::KeepArray(of) | Kind::Focus { of, .. } | Kind::Index { of, .. } => {
            name_of(of)
        }
        _ => None,
    }
}
