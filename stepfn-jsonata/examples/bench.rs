//! What evaluations cost: `cargo run --release -p stepfn-jsonata --example bench`.

use std::{borrow::Cow, hint::black_box, time::Instant};

use stepfn_core::value::Value;
use stepfn_jsonata::{Environment, Expression};

/// `$states`, as the executor has it.
struct States(Value);

impl Environment for States {
    fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
        (name == "states").then(|| Cow::Owned(Value::object([("input", self.0.clone())])))
    }

    fn member(&self, variable: &str, member: &str) -> Option<Option<&Value>> {
        (variable == "states").then(|| (member == "input").then_some(&self.0))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let items = (0..1000).map(|index| {
        Value::object([
            ("id", Value::from(index)),
            ("name", Value::from(format!("item {index}"))),
            ("price", Value::from(f64::from(index) / 4.0)),
            ("tags", Value::array([Value::from("a"), Value::from("b")])),
        ])
    });
    let order: Value =
        r#"{"order": {"customer": {"address": {"city": "Paris"}}, "total": 250.5, "id": "o-1"}}"#.parse()?;
    let mut data = order;
    data.make_object().insert("items".into(), Value::array(items));
    let states = States(data);
    for text in [
        "$states.input.order.customer.address.city",
        "$states.input.order.total * 1.2 + 3",
        "{'id': $states.input.order.id, 'total': $states.input.order.total, 'city': $states.input.order.customer.address.city}",
        "$states.input.order.total > 100 and $states.input.order.id != 'x'",
        "$states.input.items.price",
        "$sum($states.input.items.price)",
        "$states.input.items[price > 100].name",
        "$states.input.items.{'id': id, 'double': price * 2}",
        "$map($states.input.items, function($v) { {'id': $v.id, 'double': $v.price * 2} })",
        "$reduce($states.input.items.price, function($a, $b) { $a + $b })",
        "$states.input.items^(>price)[0].id",
        "$states.input.items{name: price}",
        "($f := function($n) { $n = 0 ? 0 : $f($n - 1) }; $f(1000))",
        "$join($states.input.items.name, ',')",
        "$count($states.input.items.name[$contains($, /7+$/)])",
    ] {
        let expression = Expression::compile(text)?;
        let run = || black_box(expression.evaluate_in(None, black_box(&states)));
        run()?;
        let mut turns = 1_u32;
        // The best of several rounds: others may use the machine.
        let mut best = f64::INFINITY;
        for _ in 0..20 {
            let start = Instant::now();
            for _ in 0..turns {
                let _ = run();
            }
            let spent = start.elapsed().as_secs_f64();
            best = best.min(spent / f64::from(turns));
            if spent < 0.005 {
                turns = turns.saturating_mul(4);
            }
        }
        println!("{:>12.3} µs  {text}", best * 1e6);
    }
    Ok(())
}
