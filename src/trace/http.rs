//! Requests over HTTP as logs write them: the line of a request, and its target as a key.
//!
//! It knows bytes and nothing of logs or tables.

/// Method and target of the line of a request; HTTP/0.9 has no third part, and careless clients put blanks into targets.
pub fn request(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = line.iter().position(|byte| *byte == b' ')?;
    let (method, rest) = (&line[..space], line[space..].trim_ascii());
    let target = match rest.iter().rposition(|byte| *byte == b' ') {
        Some(last) if rest[last + 1..].starts_with(b"HTTP/") => rest[..last].trim_ascii_end(),
        None if rest.starts_with(b"HTTP/") => return None,
        _ => rest,
    };
    let is_method = !method.is_empty() && method.iter().all(u8::is_ascii_uppercase);
    (!target.is_empty() && is_method).then_some((method, target))
}

/// Appends a target as a key: of an absolute one without scheme and port, so that the host stays; with normal escapes.
pub fn target(target: &[u8], out: &mut Vec<u8>) {
    let scheme =
        [&b"http://"[..], b"https://", b"ws://", b"wss://"].into_iter().find(|scheme| target.starts_with(scheme));
    let Some(scheme) = scheme else { return normalise(target, out) };
    let rest = &target[scheme.len()..];
    let (authority, path) =
        rest.split_at(rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len()));
    let is_port = |port: &[u8]| !port.is_empty() && port.iter().all(u8::is_ascii_digit);
    let host = match authority.iter().rposition(|byte| *byte == b':') {
        Some(colon) if is_port(&authority[colon + 1..]) => &authority[..colon],
        _ => authority,
    };
    // A host that stands there already is not written twice.
    let is_there = out.strip_suffix(b"/").is_some_and(|before| before == host);
    if is_there {
        out.pop();
    } else {
        out.extend(host.iter().map(u8::to_ascii_lowercase));
    }
    normalise(path, out);
}

/// Appends `target` with its percent escapes normalised (RFC 3986, 6.2.2): those of unreserved characters are undone,
/// the others get capital digits. So one path is one key, however the client wrote it.
fn normalise(target: &[u8], out: &mut Vec<u8>) {
    let mut rest = target;
    while let Some(percent) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..percent]);
        rest = &rest[percent..];
        let digit = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (digit(1), digit(2)) {
            (Some(high), Some(low)) => {
                let byte = (high * 16 + low) as u8;
                if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                    out.push(byte);
                } else {
                    out.extend_from_slice(&[b'%', rest[1].to_ascii_uppercase(), rest[2].to_ascii_uppercase()]);
                }
                rest = &rest[3..];
            }
            // Not an escape: kept as it is.
            _ => {
                out.push(b'%');
                rest = &rest[1..];
            }
        }
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_target_is_one_key() {
        for (written, key) in [
            ("/a%7eb?x=%2f", "/a~b?x=%2F"),
            ("/100%/%zz/%4", "/100%/%zz/%4"),
            ("https://Shop.example:443/p?q=1", "shop.example/p?q=1"),
            ("http://[::1]:80/a", "[::1]/a"),
            ("http://h", "h"),
        ] {
            let mut out = Vec::new();
            target(written.as_bytes(), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), key, "{written}");
        }
    }

    #[test]
    fn garbage_is_no_request() {
        assert_eq!(request(b"GET /b c/d HTTP/1.1"), Some((&b"GET"[..], &b"/b c/d"[..])));
        assert_eq!(request(b"GET /a"), Some((&b"GET"[..], &b"/a"[..])));
        for line in [&b"GET  HTTP/1.1"[..], b"-", b"- http://service.example:443- -", b"", b" /a HTTP/1.1", b"\\x16 /a"]
        {
            assert_eq!(request(line), None, "{}", String::from_utf8_lossy(line));
        }
    }
}
