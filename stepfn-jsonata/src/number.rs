//! Numbers as JavaScript has them: floats, and how they are written.

use stepfn_core::value::{Number, Value};

/// Beyond this a float does not distinguish whole numbers.
const SAFE: f64 = 9_007_199_254_740_992.0;

/// The digits of a finite, positive number (`d` in `0.ddd × 10^exponent`), the shortest that read back as the same.
fn digits(number: f64) -> (String, i32) {
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse::<i32>().unwrap_or(0) + 1)
}

/// `String(number)` of JavaScript.
pub(crate) fn text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if number.fract() == 0.0 && number.abs() < SAFE {
        return (number as i64).to_string();
    }
    let (digits, exponent) = digits(number.abs());
    let sign = if number < 0.0 { "-" } else { "" };
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if (count..=21).contains(&exponent) {
        return format!("{sign}{digits}{}", zeros(exponent - count));
    }
    if (1..=21).contains(&exponent) {
        let (whole, fraction) = digits.split_at(usize::try_from(exponent).unwrap_or(0));
        return format!("{sign}{whole}.{fraction}");
    }
    if (-5..=0).contains(&exponent) {
        return format!("{sign}0.{}{digits}", zeros(-exponent));
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let power = exponent - 1;
    let plus = if power < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{rest}e{plus}{}", power.abs())
}

/// The decimal digits of a finite, positive number: those that are kept, rounded half up, and the exponent of the first.
fn rounded(number: f64, keep: usize) -> (Vec<u8>, i32) {
    // Enough digits to distinguish an exact half from its neighbours.
    let text = format!("{number:.*e}", keep + 60);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut exponent = exponent.parse::<i32>().unwrap_or(0);
    let all: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    let mut kept: Vec<u8> = all.iter().take(keep).copied().collect();
    if all.get(keep).is_some_and(|next| *next >= 5) {
        let carry = kept.iter().rposition(|digit| *digit < 9);
        let from = carry.map_or(0, |at| at + 1);
        for digit in kept.iter_mut().skip(from) {
            *digit = 0;
        }
        match carry.and_then(|at| kept.get_mut(at)) {
            Some(digit) => *digit += 1,
            None => {
                kept.insert(0, 1);
                kept.truncate(keep.max(1));
                exponent += 1;
            }
        }
    }
    (kept, exponent)
}

/// `Number(number.toPrecision(15))`: what `$string` writes of a number.
pub(crate) fn precise(number: f64) -> f64 {
    if !number.is_finite() || number == 0.0 || (number.fract() == 0.0 && number.abs() < 1e15) {
        return number;
    }
    let (digits, exponent) = rounded(number.abs(), 15);
    let digits: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let value = format!("{digits}e{}", exponent - 14).parse::<f64>().unwrap_or(number);
    if number < 0.0 { -value } else { value }
}

/// `number.toFixed(places)` of a number that is not negative.
pub(crate) fn fixed(number: f64, places: usize) -> String {
    if !number.is_finite() || number >= 1e21 {
        return text(number);
    }
    let exact = format!("{number:.*}", places + 60);
    let Some((whole, fraction)) = exact.split_once('.') else { return exact };
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(places)).collect();
    if fraction.as_bytes().get(places).is_some_and(|next| *next >= b'5') {
        let mut at = digits.len();
        loop {
            let Some(digit) = at.checked_sub(1).and_then(|before| digits.get_mut(before)) else {
                digits.insert(0, b'1');
                break;
            };
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
            at -= 1;
        }
    }
    let point = digits.len().saturating_sub(places);
    let (whole, fraction) = digits.split_at(point);
    let (whole, fraction) = (String::from_utf8_lossy(whole), String::from_utf8_lossy(fraction));
    if fraction.is_empty() { whole.into_owned() } else { format!("{whole}.{fraction}") }
}

/// `number.toString(radix)` of a whole number.
pub(crate) fn in_radix(number: f64, radix: u32) -> String {
    if !number.is_finite() || radix == 10 {
        return text(number);
    }
    let mut rest = number.abs();
    let base = f64::from(radix);
    let mut reversed = Vec::new();
    // V8 writes zeros where a float knows no digit: as long as what is left after the next digit is no exact integer.
    while rest / base >= SAFE {
        rest /= base;
        reversed.push('0');
    }
    loop {
        let digit = rest % base;
        reversed.push(char::from_digit(digit as u32, radix).unwrap_or('0'));
        rest = (rest - digit) / base;
        if rest <= 0.0 {
            break;
        }
    }
    if number < 0.0 {
        reversed.push('-');
    }
    reversed.into_iter().rev().collect()
}

/// The JSON number: whole ones without a fraction, and in digits up to 10^21. What JSON has no number for is a text, as
/// Jackson on AWS writes it.
pub(crate) fn value(number: f64) -> Value {
    if !number.is_finite() {
        return Value::String(text(number).into());
    }
    if number.fract() == 0.0 {
        if number.abs() < SAFE {
            return Value::from(number as i64);
        }
        if number.abs() < 1e21
            && let Ok(value) = text(number).parse::<Value>()
        {
            return value;
        }
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// The number at the start of a text, as `parseInt(text)` reads it: nothing but digits behind blanks and a sign.
pub(crate) fn leading_integer(text: &str) -> f64 {
    let text = text.trim_start();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(hexadecimal) = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
        let digits = hexadecimal.chars().map_while(|digit| digit.to_digit(16));
        return sign
            * digits.fold(f64::NAN, |value, digit| {
                if value.is_nan() { f64::from(digit) } else { value * 16.0 + f64::from(digit) }
            });
    }
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end).and_then(|digits| digits.parse::<f64>().ok()).map_or(f64::NAN, |value| sign * value)
}

/// `$round`: to the nearest, halves to the even one.
pub(crate) fn round(number: f64, precision: f64) -> f64 {
    let shift = |number: f64, by: f64| {
        let written = text(number);
        let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
        let exponent = exponent.parse::<f64>().unwrap_or(0.0) + by;
        format!("{mantissa}e{exponent}").parse::<f64>().unwrap_or(f64::NAN)
    };
    let shifted = if precision == 0.0 || precision.is_nan() { number } else { shift(number, precision) };
    // `Math.round`: halves up.
    let mut result = (shifted + 0.5).floor();
    if shifted.fract() == 0.0 || shifted.abs() >= SAFE {
        result = shifted;
    } else if result - shifted > 0.5 {
        // The sum above was rounded itself.
        result -= 1.0;
    }
    if (result - shifted).abs() == 0.5 && (result % 2.0).abs() == 1.0 {
        result -= 1.0;
    }
    if precision != 0.0 && !precision.is_nan() {
        result = shift(result, -precision);
    }
    if result == 0.0 { 0.0 } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_javascript() {
        for (number, expected) in [
            (1.0, "1"),
            (-0.0, "0"),
            (1.5, "1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e21, "1e+21"),
            (123e18, "123000000000000000000"),
            (1.5e300, "1.5e+300"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (-1.25e-9, "-1.25e-9"),
            (9_007_199_254_740_994.0, "9007199254740994"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(text(number), expected);
        }
    }

    #[test]
    fn results_are_json_numbers() {
        assert_eq!(value(3.0).to_string(), "3");
        assert_eq!(value(-0.0).to_string(), "0");
        assert_eq!(value(1e20).to_string(), "100000000000000000000");
        assert_eq!(value(f64::INFINITY).to_string(), "\"Infinity\"");
        assert_eq!(value(f64::NAN).to_string(), "\"NaN\"");
    }

    #[test]
    fn fifteen_digits_are_kept() {
        assert_eq!(precise(0.1 + 0.2), 0.3);
        assert_eq!(precise(100_000_000_000_000.5), 100_000_000_000_001.0);
        assert_eq!(precise(12_345_678_901_234_567.0), 12_345_678_901_234_600.0);
        assert_eq!(precise(-99.999_999_999_999_99), -100.0);
    }

    #[test]
    fn fixed_places_round_halves_up() {
        assert_eq!(fixed(0.5, 0), "1");
        assert_eq!(fixed(2.5, 0), "3");
        assert_eq!(fixed(1.005, 2), "1.00");
        assert_eq!(fixed(9.995, 1), "10.0");
        assert_eq!(fixed(12.0, 3), "12.000");
    }

    #[test]
    fn radix_and_rounding() {
        assert_eq!(in_radix(255.0, 16), "ff");
        assert_eq!(in_radix(-10.0, 2), "-1010");
        assert_eq!(in_radix(0.0, 2), "0");
        assert_eq!(round(2.5, 0.0), 2.0);
        assert_eq!(round(3.5, 0.0), 4.0);
        assert_eq!(round(-2.5, 0.0), -2.0);
        assert_eq!(round(4.525, 2.0), 4.52);
        assert_eq!(round(4.515, 2.0), 4.52);
        assert_eq!(round(12345.0, -2.0), 12300.0);
        assert_eq!(round(0.499_999_999_999_999_94, 0.0), 0.0);
    }

    #[test]
    fn integers_at_the_start_of_texts() {
        assert_eq!(leading_integer("+0530"), 530.0);
        assert_eq!(leading_integer("-12x"), -12.0);
        assert!(leading_integer("x").is_nan());
    }
}
