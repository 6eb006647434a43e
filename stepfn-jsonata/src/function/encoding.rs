//! Base64 and URLs.

use super::{Mode, argument};
use crate::{
    error::{Error, Fault},
    eval::{Evaluator, Scope, fault_of},
    value::{Res, Val},
};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes the low byte of each unit of the text, as Node's `Buffer.from(text, 'binary')` has it.
pub(super) fn base64_encode<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    e.meter.read(text.len())?;
    e.meter.room(text.len() * 2)?;
    let bytes: Vec<u8> = text.encode_utf16().map(|unit| unit.to_le_bytes()[0]).collect();
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4_usize {
            let digit = ALPHABET[(bits >> (18 - 6 * index) & 63) as usize];
            encoded.push(if index <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    e.text(encoded)
}

pub(super) fn base64_decode<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    e.meter.read(text.len())?;
    e.meter.room(text.len())?;
    let mut decoded = String::with_capacity(text.len());
    let (mut bits, mut count) = (0_u32, 0_u32);
    let mut digits = 0_usize;
    for byte in text.bytes() {
        let digit = match byte {
            b'-' => 62,
            b'_' => 63,
            b'=' => break,
            _ => match ALPHABET.iter().position(|known| *known == byte) {
                Some(digit) => digit as u32,
                // Node skips what is no digit; Step Functions refuses it.
                None if e.mode == Mode::StepFunctions && !byte.is_ascii_whitespace() => {
                    return Err(invalid_base64(e, text));
                }
                None => continue,
            },
        };
        digits += 1;
        bits = (bits << 6 | digit) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push(char::from((bits >> count & 0xff) as u8));
        }
    }
    if e.mode == Mode::StepFunctions && digits % 4 == 1 {
        return Err(invalid_base64(e, text));
    }
    e.text(decoded)
}

fn invalid_base64(e: &Evaluator<'_>, text: &str) -> Box<Fault> {
    let value = crate::value::stringify(&Val::word(text), e.meter);
    Fault::new(Error::INTERNAL).value(value.map(|text| format!("The text is no Base64: {text}")))
}

pub(super) fn encode_component<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    encode(e, arguments, "-_.!~*'()")
}

pub(super) fn encode_url<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    encode(e, arguments, "-_.!~*'();/?:@&=+$,#")
}

/// Percent-encodes all but letters, digits and what is let be.
fn encode<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], plain: &str) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    e.meter.read(text.len() * 3)?;
    e.meter.room(text.len() * 3)?;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.as_bytes().contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    e.text(encoded)
}

pub(super) fn decode_component<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    decode(e, arguments, "", "decodeUrlComponent")
}

pub(super) fn decode_url<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    decode(e, arguments, ";/?:@&=+$,#", "decodeUrl")
}

/// Decodes what is percent-encoded, but for characters that mean something in a URL.
fn decode<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], reserved: &str, function: &str) -> Res<'a> {
    let value = argument(arguments, 0);
    let Some(text) = value.as_text() else { return Ok(Val::Undefined) };
    e.meter.read(text.len())?;
    e.meter.room(text.len())?;
    match decoded(text, reserved) {
        Some(decoded) => e.text(decoded),
        None => Err(fault_of("D3140", &value, e.meter).token(function)),
    }
}

fn decoded(text: &str, reserved: &str) -> Option<String> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.extend(before.bytes());
        let first = hexadecimal(after)?;
        let length = match first {
            0..0x80 => 1,
            0xc2..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0..0xf5 => 4,
            _ => return None,
        };
        if length == 1 && reserved.as_bytes().contains(&first) {
            out.push(b'%');
            rest = after;
            continue;
        }
        let mut bytes = vec![first];
        rest = after.get(2..)?;
        for _ in 1..length {
            let after = rest.strip_prefix('%')?;
            bytes.push(hexadecimal(after)?);
            rest = after.get(2..)?;
        }
        std::str::from_utf8(&bytes).ok()?;
        out.extend(bytes);
    }
    out.extend(rest.bytes());
    String::from_utf8(out).ok()
}

fn hexadecimal(text: &str) -> Option<u8> {
    let digits = text.get(..2)?;
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        u8::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}
