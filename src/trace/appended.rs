//! Fields that owners of a combined log append, name=value: `rt=0.184 urt="0.183, 0.190" cs=MISS`.
//!
//! There is no standard; the names are those that nginx's variables have or that its examples give them. What has no name is
//! left alone.

use super::record::{self, Answered};
use super::words::{self, Cell};
use crate::request::SECOND;

/// How long the answer took, seconds.
const TOOK: [&str; 2] = ["rt", "request_time"];
/// How long the backend took, seconds.
const BACKEND: [&str; 2] = ["urt", "upstream_response_time"];
/// Whether a cache answered.
const RESULT: [&str; 4] = ["cs", "ucs", "cache_status", "upstream_cache_status"];

/// What the fields of a line say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    /// How long the answer took, nanoseconds; `None` where no field says it.
    pub took: Option<u64>,
    /// Who answered.
    pub answered: Answered,
}

/// Of what stands behind the bytes that were sent: referer and user agent in quotes, then the fields.
pub fn read(rest: &[u8], status: u32) -> Appended {
    let (mut found, mut result, mut backend) = (Appended::default(), None, None);
    if memchr::memchr(b'=', rest).is_none() {
        return found;
    }
    let mut rest = rest.trim_ascii_start();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b' ' | b'"' | b'=')).unwrap_or(rest.len());
        let name = &rest[..end];
        let has_value = rest.get(end) == Some(&b'=');
        let value;
        (value, rest) = word(&rest[if has_value { end + 1 } else { end }..]);
        let is = |names: &[&str]| has_value && names.iter().any(|known| known.as_bytes() == name);
        if is(&TOOK) {
            found.took = words::decimal(value, SECOND).map(|(took, _)| took);
        } else if is(&BACKEND) {
            backend = record::took(Cell::Text(value), SECOND);
        } else if is(&RESULT) {
            result = Some(Cell::Text(value));
        }
        rest = rest.trim_ascii_start();
    }
    if result.is_some() || backend.is_some() {
        found.answered = Answered::of(result, backend, u64::from(status));
    }
    found
}

/// A word without its quotes, and what follows it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match text.strip_prefix(b"\"") {
        Some(inside) => {
            let end = memchr::memchr(b'"', inside).unwrap_or(inside.len());
            (&inside[..end], inside.get(end + 1..).unwrap_or_default())
        }
        None => text.split_at(memchr::memchr(b' ', text).unwrap_or(text.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::By;
    use super::*;

    #[test]
    fn fields_with_names_are_read_and_others_left_alone() {
        let nginx = read(br#" "-" "curl/8.9 rt=9" rt=0.184 uct="0.001" urt="0.010, 0.183" cs=MISS"#, 200);
        let answered = Answered { by: By::Backend, tries: 2, micros: 183_000 };
        assert_eq!(nginx, Appended { took: Some(184_000_000), answered });
        let hit = read(br#" "-" "-" rt=0.000 urt="-" upstream_cache_status=HIT"#, 200);
        assert_eq!((hit.took, hit.answered.by), (Some(0), By::Cache));
        for nothing in ["", " \"-\" \"a=b\"", " \"http://a/?rt=1\" \"-\" 0.33 =", " \"-\" \"x=", " rt= rt=x ="] {
            assert_eq!(read(nothing.as_bytes(), 200), Appended::default(), "{nothing}");
        }
    }
}
