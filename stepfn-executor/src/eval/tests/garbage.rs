use stepfn_core::value::Value;

use super::{Lcg, World, json};
use crate::eval::{CompiledPath, Expression, ResultPath};

#[rustfmt::skip]
const PARTS: &[&str] = &[
    "$", "$$", "$order", ".a", "..", "['a']", "[0]", "[-1]", "[*]", "[?(@.a)]", "[?(@ == 1)]", "[1:]", "[::-1]",
    "['a','b']", "[0,1]", ".*", ".b", "[?(!@.a || $.b > 2)]", "[9223372036854775807]", "[:-9223372036854775808]",
    "[-9223372036854775808::-9223372036854775808]", " ", "(", ")", ",", "-1", "1e999", "'x'", "null",
    "States.Format('{}',", "States.ArrayRange(", "States.ArrayPartition($,", "States.Base64Decode(",
    "States.MathRandom(-9223372036854775808,9223372036854775807)",
];

/// Whatever a definition and a document hold, evaluation ends with a value or an error that has words.
#[test]
fn nothing_panics() {
    let mut lcg = Lcg(1);
    let inputs =
        [r#"{"a":[1,{"b":2,"a":null}],"b":{"a":"x"}}"#, r#"[1,[2,[3]],{"a":{}}]"#, "null", r#""text""#];
    let worlds = inputs.map(World::new);
    let mut compiled = 0;
    for _ in 0..30_000 {
        let text: String = (0..=lcg.below(5)).map(|_| PARTS[lcg.below(PARTS.len())]).collect();
        for world in &worlds {
            if let Ok(expression) = Expression::compile(&text) {
                compiled += 1;
                match expression.evaluate(&world.scope(), "field.$") {
                    Ok(value) => assert_eq!(json(&value.to_string()), value, "{text}"),
                    Err(error) => assert!(!error.cause.is_empty(), "{text}"),
                }
            }
            if let Ok(path) = CompiledPath::compile(&text)
                && let Err(miss) = path.get(&world.scope())
            {
                assert!(!miss.invalid_path().cause.is_empty(), "{text}");
            }
            if let Ok(path) = ResultPath::compile(&text)
                && let Err(error) = path.write(world.input.clone(), Value::Null)
            {
                assert!(error.cause.contains(path.as_str()), "{text}");
            }
        }
    }
    assert!(compiled > 2_000, "{compiled}");
}
