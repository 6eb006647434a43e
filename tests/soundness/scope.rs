//! The generator's guess of the data at a state.

use std::{cell::RefCell, rc::Rc};

use stepfn::shape::{Shape, Side};

use crate::{
    anything::is_any,
    guess::{Guess, Kind, Step},
    random::Random,
    shapes,
    values::value,
};

#[derive(Clone)]
pub(crate) struct Scope {
    /// `$`, `$states.input`
    pub(crate) input: Guess,
    pub(crate) variables: Rc<Vec<(String, Guess)>>,
    /// `$$.Execution.Input`
    pub(crate) machine_input: Guess,
    /// `$$.Map.Item.Value` of the innermost Map.
    pub(crate) item: Option<Guess>,
    /// Whether there is a task token.
    pub(crate) token: bool,
    /// `$states.result`
    pub(crate) result: Option<Guess>,
    /// Whether there is `$states.errorOutput`.
    pub(crate) error: bool,
    /// The variables that an expression binds itself: names with `$`. A name without is a field of the context.
    pub(crate) locals: Vec<(String, Guess)>,
    /// Paths that a condition before has tested.
    pub(crate) sure: Rc<Vec<(String, Guess)>>,
    /// Of which texts of the machine it is declared what they read: `States.StringToJson(…) -> T`.
    pub(crate) texts: Texts,
}

/// Texts of a machine that read a text, and what that holds by its declaration.
pub(crate) type Texts = Rc<RefCell<Vec<(String, &'static Shape)>>>;

/// What stands in the context object, by the developer guide, "Accessing execution data from the Context object".
pub(crate) const CONTEXT: [(&str, Kind); 18] = [
    ("Execution.Id", Kind::Text),
    ("Execution.Input", Kind::Any),
    ("Execution.Name", Kind::Text),
    ("Execution.RoleArn", Kind::Text),
    ("Execution.StartTime", Kind::Time),
    ("Execution.RedriveCount", Kind::Whole),
    ("Execution.RedriveTime", Kind::Time),
    ("State.EnteredTime", Kind::Time),
    ("State.Name", Kind::Text),
    ("State.RetryCount", Kind::Whole),
    ("StateMachine.Id", Kind::Text),
    ("StateMachine.Name", Kind::Text),
    ("Task.Token", Kind::Text),
    ("Map.Item.Index", Kind::Whole),
    ("Map.Item.Value", Kind::Any),
    ("Map.Item.Key", Kind::Text),
    ("Map.Item.Source", Kind::Text),
    ("Execution", Kind::Object),
];

pub(crate) fn guess_of(kind: Kind) -> Guess {
    match kind {
        Kind::Any => Guess::Any,
        Kind::Null => Guess::Null,
        Kind::Boolean => Guess::Boolean,
        Kind::Whole => Guess::Whole,
        Kind::Number => Guess::Number,
        Kind::Text => Guess::Text,
        Kind::Time => Guess::Time,
        Kind::Array => Guess::array(Guess::Any),
        Kind::Object => Guess::object([]),
    }
}

impl Scope {
    pub(crate) fn new(input: Guess) -> Self {
        Self {
            machine_input: input.clone(),
            input,
            variables: Rc::default(),
            item: None,
            token: false,
            result: None,
            error: false,
            locals: Vec::new(),
            sure: Rc::default(),
            texts: Texts::default(),
        }
    }

    pub(crate) fn with_input(&self, input: Guess) -> Self {
        Self { input, sure: Rc::default(), ..self.clone() }
    }

    pub(crate) fn assign(&mut self, name: &str, value: Guess) {
        let mut variables = (*self.variables).clone();
        variables.retain(|(known, _)| known != name);
        variables.push((name.to_owned(), value));
        self.variables = Rc::new(variables);
    }

    /// A member of the context object, without `$$` before it; seldom one that is not there at this place.
    pub(crate) fn context(&self, random: &mut Random) -> (String, Guess) {
        loop {
            let (name, kind) = random.pick(&CONTEXT);
            let here = match name {
                "Task.Token" => self.token,
                "Execution.RedriveTime" | "Map.Item.Key" | "Map.Item.Source" => random.one_in(3),
                "State.RetryCount" => random.one_in(2),
                name if name.starts_with("Map.") => self.item.is_some(),
                _ => true,
            };
            if !here && !random.one_in(40) {
                continue;
            }
            let guess = match name {
                "Execution.Input" => self.machine_input.clone(),
                "Map.Item.Value" => self.item.clone().unwrap_or(Guess::Any),
                _ => guess_of(kind),
            };
            return (name.to_owned(), guess);
        }
    }

    /// What `write` makes of three texts that hold what it declares, and what that is.
    pub(crate) fn declared_text(
        &self,
        random: &mut Random,
        write: impl Fn([String; 3]) -> String,
    ) -> (String, Guess) {
        // A text that may be anything needs no declaration.
        let shape = loop {
            let shape = if random.one_in(2) { shapes::object(random, 1) } else { shapes::shape(random, 1) };
            if !is_any(shape) {
                break shape;
            }
        };
        let text = write([(); 3].map(|()| value(random, shape, Side::Given).to_string()));
        self.texts.borrow_mut().push((text.clone(), shape));
        (text, Guess::of(shape, Side::Given))
    }

    /// Steps from a value towards something of a kind: what is there then, and whether it may be missing or null.
    pub(crate) fn walk(random: &mut Random, from: &Guess, wanted: Kind) -> (Vec<Step>, Guess, bool) {
        let mut best = None;
        for _ in 0..10 {
            let (mut steps, mut guess, mut shaky, mut each) = (Vec::new(), from.clone(), false, false);
            for _ in 0..random.pick(&[0, 1, 1, 1, 2, 2, 3, 4]) {
                let null = guess.settle().1;
                let Some((step, next, missing)) = guess.step(random) else { break };
                shaky |= (null || missing) && !each;
                each |= matches!(step, Step::Each);
                guess = next;
                steps.push(step);
            }
            shaky |= guess.settle().1;
            if each {
                guess = Guess::array(guess);
            }
            let fits =
                guess.is(wanted) && (wanted == Kind::Any || guess.kind() != Kind::Any || random.one_in(4));
            if fits && (!shaky || random.one_in(6)) {
                return (steps, guess, shaky);
            }
            if best.is_none() && (fits || random.one_in(8)) {
                best = Some((steps, guess, shaky));
            }
        }
        best.unwrap_or((Vec::new(), from.clone(), from.settle().1))
    }
}
