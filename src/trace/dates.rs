//! Dates as logs, programs and spreadsheets write them.
//!
//! It knows one text at a time, and must not know the column it stands in.

use crate::request::SECOND;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// Bytes of dates up to their seconds.
const SECONDS_END: usize = "2026-03-12 08:14:05".len();
const LOG_SECONDS_END: usize = "17/May/2015:10:05:03".len();

/// Nanoseconds since 1970 of a date like `17/May/2015:10:05:03 +0000`, and whether it names its zone: milliseconds may follow
/// the seconds, and HAProxy writes no zone.
pub fn of_log(date: &[u8]) -> Option<(u64, bool)> {
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let punctuation = [(2, b'/'), (6, b'/'), (11, b':'), (14, b':'), (17, b':')];
    if date.len() < LOG_SECONDS_END || punctuation.iter().any(|(at, byte)| date[*at] != *byte) {
        return None;
    }
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let month = 1 + MONTHS.iter().position(|month| *month == &date[3..6])? as u32;
    let day = NaiveDate::from_ymd_opt(number(&date[7..11])? as i32, month, number(&date[..2])?)?;
    let (hour, minute, second) = (number(&date[12..14])?, number(&date[15..17])?, number(&date[18..20])?);
    // A leap second is the first one of the next minute.
    let leap = u32::from(second == 60);
    let local = day.and_hms_opt(hour, minute, second - leap)?.and_utc().timestamp() + i64::from(leap);
    let rest = &date[LOG_SECONDS_END..];
    let digits = rest.strip_prefix(b".").map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let (fraction, zone) = match digits {
        0 => (0, rest),
        1..=9 => (u64::from(number(&rest[1..=digits])?) * 10u64.pow(9 - digits as u32), &rest[1 + digits..]),
        _ => return None,
    };
    let zone = zone.strip_prefix(b" ").unwrap_or(zone);
    let offset = match zone {
        [] | [b'Z'] => 0,
        [sign @ (b'+' | b'-'), zone @ ..] if zone.len() == 4 => {
            let ahead = i64::from(number(&zone[..2])? * 3600 + number(&zone[2..])? * 60);
            if *sign == b'+' { ahead } else { -ahead }
        }
        _ => return None,
    };
    let time = u64::try_from(local - offset).ok()?.checked_mul(SECOND)?.checked_add(fraction)?;
    Some((time, !zone.is_empty()))
}

/// Nanoseconds since 1970 of a date whose year comes first, as programs write it, or of one of mail; and whether it names its zone.
pub fn year_first(text: &str) -> Option<(u64, bool)> {
    // As Python and Java log milliseconds: 2026-03-12 08:14:05,123.
    let dotted = (text.as_bytes().get(SECONDS_END) == Some(&b',')).then(|| text.replacen(',', ".", 1));
    let text = dotted.as_deref().unwrap_or(text);
    if let Ok(date) = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)) {
        return Some((nanoseconds(date.with_timezone(&Utc))?, true));
    }
    let zoned =
        ["%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y%m%dT%H%M%S%.f%#z"];
    if let Some(date) = zoned.iter().find_map(|format| DateTime::parse_from_str(text, format).ok()) {
        return Some((nanoseconds(date.with_timezone(&Utc))?, true));
    }
    let (text, is_utc) = match text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")) {
        Some(text) => (text, true),
        None => (text, false),
    };
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f", "%Y/%m/%dT%H:%M:%S%.f"];
    let date = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some((nanoseconds(date.and_utc())?, is_utc))
}

fn nanoseconds(date: DateTime<Utc>) -> Option<u64> {
    u64::try_from(date.timestamp()).ok()?.checked_mul(SECOND)?.checked_add(u64::from(date.timestamp_subsec_nanos()))
}

/// A date whose year comes last, as spreadsheets write it: 3/12/2026 8:14:05 AM, 12.3.2026 08:14:05.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearLast {
    /// The two numbers before the year.
    pub parts: [u32; 2],
    year: i32,
    time: NaiveTime,
    /// True for points between the numbers: then the day comes first. Slashes and dashes do not tell.
    pub is_dotted: bool,
}

impl YearLast {
    /// Splits a date; `None` for what is none, or has no seconds.
    pub fn parse(text: &[u8]) -> Option<YearLast> {
        let text = std::str::from_utf8(text).ok()?;
        let (date, time) = text.split_once(' ').or_else(|| text.split_once('T'))?;
        let date = date.trim_end_matches(',');
        let mark = date.chars().find(|c| matches!(c, '/' | '.' | '-'))?;
        let mut numbers = date.split(mark).map(|part| {
            let is_number = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u32>().ok().filter(|_| is_number)
        });
        let parts = [numbers.next()??, numbers.next()??];
        let year = numbers.next()??;
        if numbers.next().is_some() || !(1_000..10_000).contains(&year) {
            return None;
        }
        let formats = ["%H:%M:%S%.f", "%I:%M:%S%.f %p"];
        let time = formats.iter().find_map(|format| NaiveTime::parse_from_str(time, format).ok())?;
        Some(YearLast { parts, year: i32::try_from(year).ok()?, time, is_dotted: mark == '.' })
    }

    /// Nanoseconds since 1970, in the one order of the parts or in the other.
    pub fn read(self, month_first: bool) -> Option<u64> {
        let [first, second] = self.parts;
        let (month, day) = if month_first { (first, second) } else { (second, first) };
        nanoseconds(NaiveDate::from_ymd_opt(self.year, month, day)?.and_time(self.time).and_utc())
    }
}

/// True for a time of day alone: 08:14:05.
pub fn is_time_of_day(text: &[u8]) -> bool {
    let hours = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = &text[hours..];
    (1..=2).contains(&hours) && rest.len() >= 6 && rest[0] == b':' && rest[3] == b':' && rest[1].is_ascii_digit()
}

/// True for a date that stops at its minutes.
pub fn lacks_seconds(text: &[u8]) -> bool {
    let is_mark = |byte: &u8| matches!(byte, b'/' | b'.' | b'-');
    text.first().is_some_and(u8::is_ascii_digit)
        && text.iter().filter(|byte| **byte == b':').count() == 1
        && text.iter().filter(|byte| is_mark(byte)).count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_spreadsheets_are_taken_apart() {
        // 2009-02-13 23:31:30 UTC is the second 1,234,567,890.
        let expected = Some(1_234_567_890 * SECOND);
        for (text, month_first) in [
            ("2/13/2009 23:31:30", true),
            ("02/13/2009 11:31:30 PM", true),
            ("2/13/2009, 11:31:30.000 PM", true),
            ("13/2/2009 23:31:30", false),
            ("13-02-2009T23:31:30", false),
            ("13.2.2009 23:31:30", false),
        ] {
            let date = YearLast::parse(text.as_bytes()).unwrap();
            assert_eq!((date.read(month_first), date.read(!month_first)), (expected, None), "{text}");
        }
        for text in [
            "2/13/09 23:31:30",
            "2/13/2009",
            "2/13/2009 23:31",
            "2/13/2009/1 23:31:30",
            "2009/2/13 23:31:30",
            "é/é/é 1",
            "",
        ] {
            assert_eq!(YearLast::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(YearLast::parse(b"12/31/1969 23:59:59").unwrap().read(true), None, "before 1970");
    }

    #[test]
    fn what_a_date_lacks_is_told() {
        assert!(
            is_time_of_day(b"08:14:05") && is_time_of_day(b"8:14:05.123") && !is_time_of_day(b"2026-03-12 08:14:05")
        );
        assert!(
            !is_time_of_day(b"")
                && !is_time_of_day(b"8:")
                && !is_time_of_day(b"123:45:67")
                && !is_time_of_day(b"::::::")
        );
        assert!(
            lacks_seconds(b"3/12/2026 8:14")
                && lacks_seconds(b"2026-03-12 08:14")
                && !lacks_seconds(b"3/12/2026 8:14:05")
        );
    }
}
