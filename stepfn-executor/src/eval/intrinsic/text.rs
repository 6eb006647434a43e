//! `States.Format` and the other functions on text and objects.

use std::fmt::Write as _;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use sha1::Digest as _;
use stepfn_core::{
    intrinsic::FormatPart,
    json,
    validate::jackson,
    value::{Shared, Value},
};

use super::{Arguments, Failure};

/// The most characters that a text for Base64 or a hash may have (developer guide, "Intrinsics for data encoding and
/// decoding", "Intrinsic for hash calculation").
const MAX_LENGTH: usize = 10_000;

pub(super) fn format(parts: &[FormatPart], args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    let mut values = args.values.iter().skip(1);
    let mut text = String::with_capacity(64);
    // In these words others know it from AWS; no recording has it.
    let mismatch = || {
        Failure::Refused(
            "Invalid arguments in States.Format: number of arguments do not match the occurrences of {}."
                .to_owned(),
        )
    };
    for part in parts {
        match part {
            FormatPart::Text(part) => text.push_str(part),
            FormatPart::Placeholder => write_java(values.next().ok_or_else(mismatch)?, &mut text),
        }
    }
    if values.next().is_some() {
        return Err(mismatch());
    }
    Ok(text.into())
}

/// A value as `toString` shows it in Java, recorded on AWS: strings bare, objects as `{a=1, b=[]}`.
fn write_java(value: &Value, text: &mut String) {
    match value {
        Value::String(value) => text.push_str(value),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                write_java(item, text);
            }
            text.push(']');
        }
        Value::Object(map) => {
            text.push('{');
            for (index, (key, value)) in map.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                text.push_str(key);
                text.push('=');
                write_java(value, text);
            }
            text.push('}');
        }
        Value::Number(number) => {
            // Writing to a String cannot fail.
            let _ = write!(text, "{number}");
        }
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Null => text.push_str("null"),
    }
}

/// Recorded on AWS: an empty or blank text gives `null`, and `-0` gives 0.
pub(super) fn string_to_json(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    let text = args.text(0)?;
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    if text.trim() == "-0" {
        return Ok(0.into());
    }
    json::parse_value(text).map_err(|error| {
        Failure::Refused(format!(
            "Cannot convert String to Json in States.StringToJson, caused by: {}",
            jackson::redacted(text, &error)
        ))
    })
}

pub(super) fn json_merge(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    let (Value::Object(first), Value::Object(second)) = (args.get(0)?, args.get(1)?) else {
        return Err(args.refuse());
    };
    // Anything but `true` asks for the shallow merge, the only one there is.
    if args.get(2)?.as_bool() == Some(true) {
        return Err(args.refuse());
    }
    let mut merged = first.clone();
    Shared::make_mut(&mut merged).extend(second.iter().map(|(key, value)| (key.clone(), value.clone())));
    Ok(Value::Object(merged))
}

/// The delimiters are a set of characters; empty parts are dropped (both recorded on AWS).
pub(super) fn string_split(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    let (text, delimiters) = (args.text(0)?, args.text(1)?);
    let parts = text.split(|c| delimiters.contains(c)).filter(|part| !part.is_empty());
    Ok(Value::array(parts.map(Value::from)))
}

pub(super) fn base64_encode(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    let text = args.text(0)?;
    limit(text, args)?;
    Ok(STANDARD.encode(text.as_bytes()).into())
}

/// AWS decodes with Apache Commons Codec, which skips what is not Base64, takes the letters of both alphabets, ends at the
/// first `=` and misses no padding.
pub(super) fn base64_decode(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::RequireNone),
    );
    let text = args.text(0)?;
    limit(text, args)?;
    let letters = text.bytes().take_while(|byte| *byte != b'=').filter_map(|byte| match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(byte),
        byte => byte.is_ascii_alphanumeric().then_some(byte),
    });
    let mut letters: Vec<u8> = letters.collect();
    if letters.len() % 4 == 1 {
        // Six bits are no byte.
        letters.pop();
    }
    let bytes = LENIENT.decode(letters).map_err(|_| args.refuse())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

pub(super) fn hash(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    // AWS takes any data, not only strings as its guide has it.
    let mut text = String::new();
    let data = match args.get(0)? {
        Value::String(data) => data,
        data => {
            write_java(data, &mut text);
            text.as_str()
        }
    };
    limit(data, args)?;
    let data = data.as_bytes();
    let digest = match &**args.text(1)? {
        "MD5" => hex(&md5::Md5::digest(data)),
        "SHA-1" => hex(&sha1::Sha1::digest(data)),
        "SHA-256" => hex(&sha2::Sha256::digest(data)),
        "SHA-384" => hex(&sha2::Sha384::digest(data)),
        "SHA-512" => hex(&sha2::Sha512::digest(data)),
        _ => return Err(args.refuse()),
    };
    Ok(digest.into())
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn limit(text: &str, args: &Arguments<'_, '_>) -> Result<(), Failure> {
    // Java counts UTF-16 code units.
    if text.len() > MAX_LENGTH && text.encode_utf16().count() > MAX_LENGTH {
        return Err(args.refuse());
    }
    Ok(())
}
