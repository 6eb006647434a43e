//! Pages of lists, and the tokens that the next ones are asked for by.

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use sha2::{Digest, Sha256};
use stepfn_durable::store::PageAt;

use super::{Api, Value, json, put};
use crate::{
    error::{ApiError, invalid_token},
    request::Request,
};

/// The time for which a page token can be used.
const LIFE: u64 = 24 * 60 * 60 * 1000;
/// The length of a token's seal.
const SEAL: usize = 16;

/// Binds a token to the list that it is for. There is no secret in it, since whoever asks may read the whole list: a token that was cut off or
/// changed, or is another list's, is not taken for a place in this one. It is valid at any host of the store.
fn seal(list: &str, place: &str) -> [u8; SEAL] {
    let digest = Sha256::new().chain_update(list).chain_update([0]).chain_update(place).finalize();
    let mut seal = [0; SEAL];
    seal.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    seal
}

/// Makes a token for the items after one, at a time.
fn token(list: &str, now: i64, after: &str) -> String {
    let place = format!("{now} {after}");
    BASE64.encode([&seal(list, &place), place.as_bytes()].concat())
}

/// Returns the place after which the items of a token come; none where it is not this list's, or too old.
fn place(list: &str, now: i64, token: &str) -> Option<String> {
    let bytes = BASE64.decode(token).ok()?;
    let (sealed, place) = bytes.split_at_checked(SEAL)?;
    let place = str::from_utf8(place).ok()?;
    let (at, after) = place.split_once(' ')?;
    // A clock that was set back does not make tokens of the future wrong.
    let is_valid = sealed == seal(list, place) && now.abs_diff(at.parse().ok()?) < LIFE;
    is_valid.then(|| after.to_owned())
}

impl Api {
    /// Returns the page of a list that is asked for. A token is valid for one list, and for a day.
    pub(super) fn page(&self, request: &Request, list: &str) -> Result<PageAt, ApiError> {
        let limit = request.most();
        let Some(token) = request.optional("nextToken") else { return Ok(PageAt::first(limit)) };
        let after = place(list, self.now(), token).ok_or_else(invalid_token)?;
        Ok(PageAt { after: Some(after), limit })
    }

    /// A page of a list as it is answered.
    pub(super) fn paged(&self, key: &str, list: &str, items: Vec<Value>, next: Option<String>) -> Value {
        let mut reply = json!({});
        put(&mut reply, key, Value::Array(items));
        if let Some(next) = next {
            put(&mut reply, "nextToken", token(list, self.now(), &next).into());
        }
        reply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    #[test]
    fn a_token_is_valid_for_its_list_and_for_a_day() {
        let given = token("history a", 1_000, "7.x");
        assert_eq!(place("history a", 1_000 + DAY - 1, &given).as_deref(), Some("7.x"));
        assert_eq!(place("history a", 0, &given).as_deref(), Some("7.x"), "the clock was set back");
        assert_eq!(place("history a", 1_000 + DAY, &given), None);
        assert_eq!(place("history b", 1_000, &given), None);
    }

    #[test]
    fn a_token_that_was_changed_is_refused() {
        let given = token("machines", 1_000, "7.x");
        let bytes = BASE64.decode(&given).unwrap();
        for byte in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[byte] ^= 1;
            assert_eq!(place("machines", 1_000, &BASE64.encode(changed)), None, "{byte}");
            assert_eq!(place("machines", 1_000, &BASE64.encode(&bytes[..byte])), None, "{byte}");
        }
        for at in ["-9223372036854775808", "9223372036854775807", "99999999999999999999", "", "x"] {
            let text = format!("{at} 7.x");
            let forged = BASE64.encode([&seal("machines", &text), text.as_bytes()].concat());
            assert_eq!(place("machines", 1_000, &forged), None, "{at}");
        }
        for nonsense in ["", "x", "AAAA", "=", "\u{e9}", "' or 1=1 --"] {
            assert_eq!(place("machines", 1_000, nonsense), None, "{nonsense}");
        }
    }
}
