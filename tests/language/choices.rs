//! `Choice`: every operator and every field.

use stepfn::{
    Definition,
    asl::QueryLanguage,
    builder::{
        Choice, ChoiceRule, Machine, Succeed, boolean_at, condition, jsonata, number_at, path, string_at,
        timestamp, timestamp_at,
    },
    state_machine,
    value::Value,
};

pub(crate) mod operators {
    use super::*;

    state_machine! {
        /// All comparison operators.
        pub(crate) Operators(Value) -> Value {
            start_at: Pick,
            #[allow(stepfn::maybe_missing, stepfn::dead_choice_rule)]
            Pick: Choice {
                comment: "one of each",
                query_language: JSONPath,
                input_path: $.data,
                output_path: $,
                assign: { "taken": "none" },
                choices: [
                    $.s == "a" => Done,
                    $.s == string($.t) => Done,
                    $.s < "a" => Done,
                    $.s < string($.t) => Done,
                    $.s > "a" => Done,
                    $.s > string($.t) => Done,
                    $.s <= "a" => Done,
                    $.s <= string($.t) => Done,
                    $.s >= "a" => Done,
                    $.s >= string($.t) => Done,
                    $.s matches "log-*.\\*" => Done,
                    $.n == 1 => Done,
                    $.n == number($.m) => Done,
                    $.n < 1.5 => Done,
                    $.n < number($.m) => Done,
                    $.n > -1 => Done,
                    $.n > number($.m) => Done,
                    $.n <= 10 => Done,
                    $.n <= number($.m) => Done,
                    $.n >= 10 => Done,
                    $.n >= number($.m) => Done,
                    $.b == true => Done,
                    $.b == boolean($.c) => Done,
                    $.d == timestamp("2030-01-01T00:00:00Z") => Done,
                    $.d == timestamp($.e) => Done,
                    $.d < timestamp("2030-01-01T00:00:00Z") => Done,
                    $.d < timestamp($.e) => Done,
                    $.d > timestamp("2030-01-01T00:00:00Z") => Done,
                    $.d > timestamp($.e) => Done,
                    $.d <= timestamp("2030-01-01T00:00:00Z") => Done,
                    $.d <= timestamp($.e) => Done,
                    $.d >= timestamp("2030-01-01T00:00:00Z") => Done,
                    $.d >= timestamp($.e) => Done,
                    is_null($.x) => Done,
                    is_present($.x) => Done,
                    is_numeric($.x) => Done,
                    is_string($.x) => Done,
                    is_boolean($.x) => Done,
                    is_timestamp($.x) => Done,
                    /// Joined, and turned round.
                    !($.n > 1) && ($.s != "a" || $$.Execution.Name == "test") => Done {
                        assign: { "taken": "joined" },
                    },
                ],
                default: Done,
            },
            Done: Succeed {},
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m =
            Machine::new("Operators").comment("All comparison operators.").input::<Value>().output::<Value>();
        let [pick, done] = ["Pick", "Done"].map(|name| m.state(name));
        let (s, n, b, d, x) = (path("$.s"), path("$.n"), path("$.b"), path("$.d"), path("$.x"));
        let day = || timestamp("2030-01-01T00:00:00Z");
        let rules = [
            s.eq("a"),
            s.eq(string_at("$.t")),
            s.lt("a"),
            s.lt(string_at("$.t")),
            s.gt("a"),
            s.gt(string_at("$.t")),
            s.le("a"),
            s.le(string_at("$.t")),
            s.ge("a"),
            s.ge(string_at("$.t")),
            s.matches("log-*.\\*"),
            n.eq(1),
            n.eq(number_at("$.m")),
            n.lt(1.5),
            n.lt(number_at("$.m")),
            n.gt(-1),
            n.gt(number_at("$.m")),
            n.le(10),
            n.le(number_at("$.m")),
            n.ge(10),
            n.ge(number_at("$.m")),
            b.eq(true),
            b.eq(boolean_at("$.c")),
            d.eq(day()),
            d.eq(timestamp_at("$.e")),
            d.lt(day()),
            d.lt(timestamp_at("$.e")),
            d.gt(day()),
            d.gt(timestamp_at("$.e")),
            d.le(day()),
            d.le(timestamp_at("$.e")),
            d.ge(day()),
            d.ge(timestamp_at("$.e")),
            x.is_null(),
            x.is_present(),
            x.is_numeric(),
            x.is_string(),
            x.is_boolean(),
            x.is_timestamp(),
        ];
        let choice = Choice::new()
            .comment("one of each")
            .query_language(QueryLanguage::JsonPath)
            .input_path("$.data")
            .output_path("$")
            .assign([("taken", "none".into())]);
        let choice = rules.into_iter().fold(choice, |choice, rule| choice.when(rule, done));
        let joined = !n.gt(1) & (s.ne("a") | path("$$.Execution.Name").eq("test"));
        let joined = ChoiceRule::new(joined, done)
            .comment("Joined, and turned round.")
            .assign([("taken", "joined".into())]);
        m.define(pick, choice.rule(joined).default(done));
        m.define(done, Succeed::new());
        super::super::definition(m)
    }
}

pub(crate) mod conditions {
    use super::*;

    state_machine! {
        /// Conditions in JSONata.
        pub(crate) Conditions(Value) -> Value {
            query_language: JSONata,
            start_at: Pick,
            Pick: Choice {
                output: "{% $states.input %}",
                assign: { "taken": 0 },
                choices: [
                    "{% $states.input.total > 100 %}" => Done {
                        output: { "large": "{% $states.input.total %}" },
                        assign: { "taken": 1 },
                    },
                    "{% $exists($states.input.force) %}" => Done { comment: "always" },
                ],
                default: Done,
            },
            Done: Succeed {},
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m = Machine::new("Conditions")
            .comment("Conditions in JSONata.")
            .input::<Value>()
            .output::<Value>()
            .query_language(QueryLanguage::Jsonata);
        let [pick, done] = ["Pick", "Done"].map(|name| m.state(name));
        let large = ChoiceRule::new(condition("$states.input.total > 100"), done)
            .output(stepfn::builder::object([("large", jsonata("$states.input.total"))]))
            .assign([("taken", 1.into())]);
        let force = ChoiceRule::new(condition("$exists($states.input.force)"), done).comment("always");
        m.define(
            pick,
            Choice::new()
                .output(jsonata("$states.input"))
                .assign([("taken", 0.into())])
                .rule(large)
                .rule(force)
                .default(done),
        );
        m.define(done, Succeed::new());
        super::super::definition(m)
    }
}
