//! The tests that conditions are made of, and the executor as their judge.

use stepfn_core::{
    asl::{self, Choice, Comparison, Condition, OperandKind, QueryLanguage, State, StateKind, StateMachine},
    definition::{Definition, WorkflowType},
    jsonata::{self, Expression, ExpressionKind as Kind},
    value::Value,
};

use super::{
    Rule, Step,
    about::{self, Candidate, Read},
    numbered,
};
use crate::Executor;

/// A condition in terms of its tests.
#[derive(Clone, Debug)]
pub(super) enum Formula {
    Atom(usize),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

/// A test that is not taken apart any further.
pub(super) struct Atom {
    /// The paths that it reads of the data; a variable is a field of its name here.
    pub(super) paths: Vec<Vec<Step>>,
    /// The values that it is about.
    pub(super) candidates: Vec<Candidate>,
    pub(super) judge: Judge,
    /// The variables that it reads.
    variables: Vec<String>,
    text: String,
}

impl Formula {
    pub(super) fn of(condition: &Condition, atoms: &mut Vec<Atom>) -> Self {
        match condition {
            Condition::And(parts) => Self::And(parts.iter().map(|part| Self::of(part, atoms)).collect()),
            Condition::Or(parts) => Self::Or(parts.iter().map(|part| Self::of(part, atoms)).collect()),
            Condition::Not(inner) => Self::Not(Box::new(Self::of(inner, atoms))),
            Condition::Annotated(inner, _) => Self::of(inner, atoms),
            Condition::Compare(comparison) => Self::Atom(of_comparison(comparison, atoms)),
            Condition::Jsonata(value) => {
                let text = value.as_str().and_then(jsonata::expression_in).map(|(inside, _)| inside);
                match text.and_then(|text| Some((text, jsonata::parse(text).ok()?))) {
                    Some((text, expression)) => Self::of_expression(&expression, text, atoms),
                    // A literal.
                    None => Self::Atom(push(
                        atoms,
                        condition.clone(),
                        QueryLanguage::Jsonata,
                        value.to_string(),
                        Read::default(),
                    )),
                }
            }
        }
    }

    fn of_expression(expression: &Expression, text: &str, atoms: &mut Vec<Atom>) -> Self {
        match &expression.kind {
            Kind::Binary { operator: jsonata::Operator::And, left, right } => {
                Self::And([left, right].map(|part| Self::of_expression(part, text, atoms)).into())
            }
            Kind::Binary { operator: jsonata::Operator::Or, left, right } => {
                Self::Or([left, right].map(|part| Self::of_expression(part, text, atoms)).into())
            }
            Kind::Block(parts) if parts.len() == 1 => Self::of_expression(&parts[0], text, atoms),
            Kind::Call { function, arguments }
                if arguments.len() == 1
                    && matches!(&function.kind, Kind::Variable(name) if name == "not") =>
            {
                Self::Not(Box::new(Self::of_expression(&arguments[0], text, atoms)))
            }
            Kind::Conditional { condition, then, otherwise: Some(otherwise) } => {
                let [condition, then, otherwise] =
                    [condition, then, otherwise].map(|part| Self::of_expression(part, text, atoms));
                let no = Self::Not(Box::new(condition.clone()));
                Self::Or(vec![Self::And(vec![condition, then]), Self::And(vec![no, otherwise])])
            }
            _ => {
                let text = text.get(expression.range.clone()).unwrap_or_default();
                let mut read = Read::default();
                about::of_expression(expression, &mut read);
                // Within `and` a value that is no boolean is taken for one, and nothing for false.
                let condition = Condition::Jsonata(format!("{{% ({text}) ? true : false %}}").into());
                Self::Atom(push(atoms, condition, QueryLanguage::Jsonata, text.to_owned(), read))
            }
        }
    }
}

fn of_comparison(comparison: &Comparison, atoms: &mut Vec<Atom>) -> usize {
    let mut read = Read::default();
    read.path(&comparison.variable);
    if comparison.operator.operand() == OperandKind::Path && !comparison.operator.is_test() {
        read.path(comparison.operand.as_str().unwrap_or_default());
    }
    about::of_comparison(comparison, &mut read.candidates);
    let text = format!("{} {:?} {}", comparison.variable, comparison.operator, comparison.operand);
    push(atoms, Condition::Compare(comparison.clone()), QueryLanguage::JsonPath, text, read)
}

fn push(
    atoms: &mut Vec<Atom>,
    condition: Condition,
    language: QueryLanguage,
    text: String,
    read: Read,
) -> usize {
    if let Some(known) = atoms.iter().position(|atom| atom.text == text) {
        return known;
    }
    let Read { paths, variables, candidates } = read;
    let judge = Judge::new(numbered(vec![condition]), language, &variables);
    atoms.push(Atom { paths, candidates, judge, variables, text });
    atoms.len() - 1
}

/// The Choice itself, with its rules by their numbers.
pub(super) fn whole(choice: &Choice, language: QueryLanguage, atoms: &[Atom]) -> Option<Judge> {
    let mut variables: Vec<String> = Vec::new();
    for atom in atoms {
        variables.extend_from_slice(&atom.variables);
    }
    variables.sort();
    variables.dedup();
    let conditions = choice.choices.iter().map(|rule| rule.condition.clone()).collect();
    let mut judge = Judge::new(numbered(conditions), language, &variables);
    judge.has_default = choice.default.is_some();
    judge.executor.is_some().then_some(judge)
}

/// A machine that is a Choice and nothing else.
pub(super) struct Judge {
    executor: Option<Executor>,
    has_default: bool,
}

impl Judge {
    fn new(choice: Choice, language: QueryLanguage, variables: &[String]) -> Self {
        let mut states = indexmap::IndexMap::new();
        for index in 0..choice.choices.len() {
            states.insert(format!("R{index}"), result(u64::try_from(index).unwrap_or_default().into()));
        }
        states.insert("Other".to_owned(), result(Value::Null));
        states.insert("Choice".to_owned(), State::new(StateKind::Choice(choice)));
        let mut start_at = "Choice".to_owned();
        if !variables.is_empty() {
            let mut assign = State::new(StateKind::Pass(asl::Pass::default()));
            assign.next = Some("Choice".to_owned());
            assign.assign = Some(Value::object(variables.iter().map(|name| match language {
                QueryLanguage::JsonPath => (format!("{name}.$"), Value::from(format!("$.{name}"))),
                QueryLanguage::Jsonata => (name.clone(), format!("{{% $states.input.{name} %}}").into()),
            })));
            states.insert("Assign".to_owned(), assign);
            start_at = "Assign".to_owned();
        }
        let machine =
            StateMachine { start_at, states, query_language: Some(language), ..StateMachine::default() };
        let definition = Definition::from_asl("Judge", WorkflowType::Standard, machine);
        Self { executor: Executor::builder().virtual_time().build(&definition).ok(), has_default: true }
    }

    /// The rule that data take, or the default; none where the Choice fails.
    pub(super) fn rule(&self, data: &Value) -> Option<Rule> {
        let outcome = self.executor.as_ref()?.run_blocking(data.clone()).ok()?;
        let output = outcome.output()?;
        match output.as_i64().and_then(|index| usize::try_from(index).ok()) {
            Some(index) => Some(Some(index)),
            None => self.has_default.then_some(None),
        }
    }

    /// Returns whether a test holds; none where it fails.
    pub(super) fn holds(&self, data: &Value) -> Option<bool> {
        self.rule(data).map(|rule| rule.is_some())
    }
}

/// A state that ends with a value, in either language.
fn result(value: Value) -> State {
    let mut state = State::new(StateKind::Pass(asl::Pass { result: Some(value) }));
    state.query_language = Some(QueryLanguage::JsonPath);
    state.end = Some(true);
    state
}
