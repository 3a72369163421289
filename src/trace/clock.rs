//! Reads the time column of a table: numbers in a unit that is given or guessed, or dates as people write them.
//!
//! It knows one cell at a time and no files; whole nanoseconds come out, without a detour through floats.

use super::words::{Cell, decimal, natural, shown_cell};
use crate::error::{Error, Result};
use crate::request::SECOND;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// Units of time columns and what people call them.
const NAMES: [(u64, &str); 5] = [
    (SECOND, "seconds"),
    (1_000_000, "milliseconds"),
    (1_000, "microseconds"),
    (FILETIME, "100 ns ticks since 1601 (Windows)"),
    (1, "nanoseconds"),
];

/// Nanoseconds in a tick of a Windows file time, and how many ticks after 1601 the year 1970 began.
const FILETIME: u64 = 100;
const FILETIME_1970: u64 = 116_444_736_000_000_000;

/// The unit of times whose digits are a date: 20160201235959.
pub const DATES: u64 = 0;

/// Bytes of a date up to its seconds.
const SECONDS_END: usize = "2026-03-12 08:14:05".len();

/// How a time column is read.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Nanoseconds in one unit; `None` until the first number was seen.
    unit: Option<u64>,
    guessed: bool,
    zoneless: bool,
}

impl Clock {
    /// A clock in units of so many nanoseconds, where that is known.
    pub fn new(unit: Option<u64>) -> Clock {
        Clock { unit, guessed: false, zoneless: false }
    }

    /// The time in nanoseconds.
    ///
    /// # Errors
    /// No time at all, one before 1970, or one beyond what 64 bits of nanoseconds hold.
    #[inline]
    pub fn read(&mut self, cell: Cell<'_>) -> Result<u64> {
        let time = match natural(cell) {
            Some(number) => self.number(number),
            None => self.any(cell),
        };
        time.ok_or_else(|| no_time(cell))
    }

    fn any(&mut self, cell: Cell<'_>) -> Option<u64> {
        match cell {
            Cell::Null => None,
            Cell::Unsigned(number) => self.number(number),
            Cell::Signed(number) => u64::try_from(number).ok().and_then(|number| self.number(number)),
            Cell::Float(number) => self.float(number),
            Cell::Text(text) => self.text(text),
        }
    }

    fn number(&mut self, number: u64) -> Option<u64> {
        let unit = self.unit(number);
        match unit {
            DATES => {
                let day = NaiveDate::from_ymd_opt(
                    (number / 10_000_000_000) as i32,
                    (number / 100_000_000 % 100) as u32,
                    (number / 1_000_000 % 100) as u32,
                )?;
                let time = day.and_hms_opt(
                    (number / 10_000 % 100) as u32,
                    (number / 100 % 100) as u32,
                    (number % 100) as u32,
                )?;
                u64::try_from(time.and_utc().timestamp()).ok()?.checked_mul(SECOND)
            }
            FILETIME if self.guessed => number.checked_sub(FILETIME_1970)?.checked_mul(FILETIME),
            _ => number.checked_mul(unit),
        }
    }

    fn float(&mut self, number: f64) -> Option<u64> {
        if !(0.0..u64::MAX as f64).contains(&number) {
            return None;
        }
        let unit = self.unit(number as u64);
        // Seconds since 1970 are exact to the microsecond in a float, not beyond.
        let (scale, step) = if unit == SECOND && number > 1e6 { (1e6, 1_000) } else { (unit as f64, 1) };
        let steps = (number * scale).round();
        if steps < u64::MAX as f64 { (steps as u64).checked_mul(step) } else { None }
    }

    fn text(&mut self, text: &[u8]) -> Option<u64> {
        // Where the unit is known, a number need not be read twice.
        if let Some(unit) = self.unit.filter(|unit| ![DATES, FILETIME].contains(unit))
            && let Some((time, _)) = decimal(text, unit)
        {
            return Some(time);
        }
        if let Some((number, rest)) = decimal(text, 1) {
            return if rest == 0 { self.number(number) } else { Some(decimal(text, self.unit(number))?.0) };
        }
        if let Some(time) = self.date_of_log(text) {
            return Some(time);
        }
        let text = std::str::from_utf8(text).ok()?;
        // As spreadsheets of half the world write seconds.
        if let Some((whole, fraction)) = text.split_once(',')
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
        {
            return self.text(format!("{whole}.{fraction}").as_bytes());
        }
        // As Python and Java log milliseconds: 2026-03-12 08:14:05,123.
        let dotted = (text.as_bytes().get(SECONDS_END) == Some(&b',')).then(|| text.replacen(',', ".", 1));
        let text = dotted.as_deref().unwrap_or(text);
        let date = match DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)) {
            Ok(date) => date.with_timezone(&Utc),
            Err(_) => {
                let zoned = ["%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z"];
                match zoned.iter().find_map(|format| DateTime::parse_from_str(text, format).ok()) {
                    Some(date) => date.with_timezone(&Utc),
                    None => {
                        let (text, is_utc) = match text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")) {
                            Some(text) => (text, true),
                            None => (text, false),
                        };
                        self.zoneless |= !is_utc;
                        let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f"];
                        formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?.and_utc()
                    }
                }
            }
        };
        u64::try_from(date.timestamp()).ok()?.checked_mul(SECOND)?.checked_add(u64::from(date.timestamp_subsec_nanos()))
    }

    /// A date as logs write it, with brackets around it or without.
    pub fn date_of_log(&mut self, text: &[u8]) -> Option<u64> {
        let text = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(text);
        let (time, is_zoned) = date_of_log(text)?;
        self.zoneless |= !is_zoned;
        Some(time)
    }

    /// The unit; guessed by the magnitude of the first number where it is not known. Dates of our time have 10 digits
    /// in seconds, 13 in milliseconds, 16 in microseconds, 18 in Windows' ticks, 19 in nanoseconds.
    fn unit(&mut self, number: u64) -> u64 {
        *self.unit.get_or_insert_with(|| {
            self.guessed = true;
            match number {
                0..100_000_000_000 => SECOND,
                100_000_000_000..100_000_000_000_000 => 1_000_000,
                100_000_000_000_000..100_000_000_000_000_000 => 1_000,
                100_000_000_000_000_000..200_000_000_000_000_000 => FILETIME,
                _ => 1,
            }
        })
    }

    /// What was assumed, where anything was.
    pub fn note(&self) -> Option<String> {
        let name = NAMES.iter().find(|(unit, _)| Some(*unit) == self.unit).map_or("", |(_, name)| name);
        match (self.guessed, self.zoneless) {
            (true, _) => Some(format!("times are read as {name}, by their magnitude; --time-unit says otherwise")),
            (false, true) => Some("times name no zone and are read as UTC".to_string()),
            (false, false) => None,
        }
    }
}

/// Nanoseconds since 1970 of a date like `17/May/2015:10:05:03 +0000`, and whether it names its zone: milliseconds may follow
/// the seconds, and HAProxy writes no zone.
fn date_of_log(date: &[u8]) -> Option<(u64, bool)> {
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    const SECONDS_END: usize = "17/May/2015:10:05:03".len();
    let punctuation = [(2, b'/'), (6, b'/'), (11, b':'), (14, b':'), (17, b':')];
    if date.len() < SECONDS_END || punctuation.iter().any(|(at, byte)| date[*at] != *byte) {
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
    let rest = &date[SECONDS_END..];
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

#[cold]
fn no_time(cell: Cell<'_>) -> Error {
    Error::trace(format!("'{}' is not a time between 1970 and 2554", shown_cell(cell))).hint(
        "check which column holds the time (--columns time=NAME) and its unit (--time-unit s, ms, us or ns); \
         --columns time=- leaves it out",
    )
}

/// The unit that a column's name says, `time_ms`, `timestamp (us)`, in nanoseconds, and the name without it.
pub fn unit_in_name(name: &str) -> Option<(u64, &str)> {
    let end = name.trim_end_matches(')');
    let (stem, unit) = end.rsplit_once(['_', ' ', '(', '[', '.'])?;
    let unit = match unit.trim_end_matches(']').to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "seconds" => SECOND,
        "ms" | "millis" | "milliseconds" => 1_000_000,
        "us" | "micros" | "microseconds" => 1_000,
        "ns" | "nanos" | "nanoseconds" => 1,
        _ => return None,
    };
    Some((unit, stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<u64> {
        Clock::new(None).read(Cell::Text(text.as_bytes())).ok()
    }

    #[test]
    fn units_are_told_by_magnitude() {
        // 2009-02-13 23:31:30 UTC, the second 1,234,567,890.
        let expected = Some(1_234_567_890 * SECOND);
        for text in [
            "1234567890",
            "1234567890000",
            "1234567890000000",
            "1234567890000000000",
            "128790414900000000",
            "2009-02-13 23:31:30",
            "2009-02-13T23:31:30Z",
            "2009-02-14T01:31:30+02:00",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read("1234567890.000000001"), expected.map(|time| time + 1));
        assert_eq!(read("0"), Some(0));
        for text in [
            "13/Feb/2009:23:31:30 +0000",
            "[14/Feb/2009:01:31:30 +0200]",
            "13/Feb/2009:23:31:30.000",
            "1.23456789e9",
            "2009-02-13 23:31:30 UTC",
            "2009-02-14 01:31:30 +0200",
            "2009-02-14 01:31:30.000+02",
            "2009-02-13 23:31:30,000",
            "Fri, 13 Feb 2009 23:31:30 GMT",
            "1234567890,0",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        for text in ["13/Feb/2009:23:30:60 +0000", "2009-02-13T23:30:60Z"] {
            assert_eq!(read(text), expected.map(|time| time - 30 * SECOND), "{text}");
        }
        assert_eq!(read("13/Feb/2009:23:31:30.123 +0000"), expected.map(|time| time + 123_000_000));
        for text in [
            "",
            "-1",
            "noon",
            "31/Feb/2009:23:31:30 +0000",
            "13/Feb/2009:23:31:61 +0000",
            "13/Feb/2009:23:31 +0000",
            "1969-12-31 23:59:59",
            "9999-12-31 00:00:00",
            "é",
            "2009-02-30 00:00:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_unit_once_seen_stays() {
        let mut clock = Clock::new(None);
        assert_eq!(clock.read(Cell::Text(b"1.5")), Ok(SECOND * 3 / 2));
        assert!(clock.read(Cell::Text(b"1234567890000")).is_err(), "too many seconds");
        let mut clock = Clock::new(Some(1_000_000));
        assert_eq!(clock.read(Cell::Unsigned(7)), Ok(7_000_000));
        assert_eq!(clock.read(Cell::Float(0.5)), Ok(500_000));
        assert!(clock.read(Cell::Float(f64::NAN)).is_err());
        assert!(clock.read(Cell::Float(-1.0)).is_err());
        assert!(clock.read(Cell::Signed(-1)).is_err());
        assert_eq!(clock.note(), None);
        assert_eq!(unit_in_name("op_time_ms"), Some((1_000_000, "op_time")));
        assert_eq!(
            unit_in_name("timestamp (ms)").map(|(unit, stem)| (unit, stem.trim())),
            Some((1_000_000, "timestamp"))
        );
        assert_eq!(unit_in_name("op_time"), None);
    }
}
