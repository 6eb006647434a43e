use super::{
    Choice, Expr, Rule, StateRef,
    state::{Slot, StateDef},
};
use crate::{
    asl::{self, StateKind},
    diagnostic::Code,
};

/// An entry of `Choices`: where to go on when something holds, and what else is done then.
///
/// ```
/// use stepfn_core::builder::{Choice, ChoiceRule, Machine, Succeed, path};
///
/// let mut machine = Machine::new("Grade");
/// let grade = machine.state("Grade");
/// let done = machine.state("Done");
/// let good = ChoiceRule::new(path("$.points").is_present() & path("$.points").ge(50), done)
///     .comment("half of the points will do")
///     .assign([("grade", "passed".into())]);
/// machine.define(grade, Choice::new().rule(good).default(done));
/// machine.define(done, Succeed::new());
/// assert!(machine.build().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct ChoiceRule {
    rule: asl::ChoiceRule,
    next: StateRef,
    assign: Option<Expr>,
    output: Option<Expr>,
}

impl ChoiceRule {
    /// Creates a rule that goes to a state when the condition holds.
    pub fn new(condition: Rule, next: StateRef) -> Self {
        let rule = asl::ChoiceRule {
            condition: condition.0,
            next: String::new(),
            assign: None,
            output: None,
            comment: None,
            unknown: asl::Unknown::new(),
        };
        Self { rule, next, assign: None, output: None }
    }

    /// `Comment`
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.rule.comment = Some(text.into());
        self
    }

    /// `Assign`: the variables that are set when this rule is taken.
    #[must_use]
    pub fn assign<K: Into<String>>(mut self, variables: impl IntoIterator<Item = (K, Expr)>) -> Self {
        self.assign = Some(super::object(variables));
        self
    }

    /// `Output` (JSONata): what goes on when this rule is taken.
    #[must_use]
    pub fn output(mut self, output: impl Into<Expr>) -> Self {
        self.output = Some(output.into());
        self
    }
}

impl Choice {
    /// A state that decides where to go on.
    pub fn new() -> Self {
        Self(StateDef::new(StateKind::Choice(asl::Choice::default())))
    }

    /// Adds a rule: where it holds, the execution goes on there.
    ///
    /// ```
    /// use stepfn_core::builder::{Choice, Machine, Succeed, path};
    ///
    /// let mut machine = Machine::new("Route");
    /// let (route, large, small) = (machine.state("Route"), machine.state("Large"), machine.state("Small"));
    /// let is_large = path("$.total").is_present() & path("$.total").is_numeric() & path("$.total").gt(100);
    /// machine.define(route, Choice::new().when(is_large, large).default(small));
    /// machine.define(large, Succeed::new());
    /// machine.define(small, Succeed::new());
    /// assert_eq!(machine.build()?.machine.start_at, "Route");
    /// # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn when(self, condition: Rule, next: StateRef) -> Self {
        self.rule(ChoiceRule::new(condition, next))
    }

    /// Adds a rule with more to it.
    #[must_use]
    pub fn rule(mut self, rule: ChoiceRule) -> Self {
        let ChoiceRule { rule, next, assign, output } = rule;
        if let StateKind::Choice(choice) = &mut self.0.state.kind {
            let index = choice.choices.len();
            choice.choices.push(rule);
            self.0.rules.push(next);
            self.0.templates.extend(assign.map(|assign| (Slot::RuleAssign(index), assign)));
            self.0.templates.extend(output.map(|output| (Slot::RuleOutput(index), output)));
        }
        self
    }

    /// `Default`: where to go on where no rule holds.
    #[must_use]
    pub fn default(mut self, state: StateRef) -> Self {
        self.0.default = Some(state);
        self
    }

    /// Accepts that no rule may hold: the execution then fails with `States.Runtime`, which nothing catches.
    #[must_use]
    pub fn may_not_match(mut self) -> Self {
        self.0.allowed.push(Code::ChoiceMayNotMatch);
        self
    }
}

impl Default for Choice {
    fn default() -> Self {
        Self::new()
    }
}
