//! Reads the time column of a table: numbers in a unit that is given or guessed, or dates as people write them.
//!
//! It knows one cell at a time and no files; whole nanoseconds come out, without a detour through floats.

use super::words::{Cell, decimal, natural, shown_cell};
use crate::error::{Error, Result};
use crate::request::SECOND;
use chrono::{DateTime, NaiveDateTime, Utc};

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
            FILETIME if self.guessed => number.checked_sub(FILETIME_1970)?.checked_mul(FILETIME),
            _ => number.checked_mul(unit),
        }
    }

    fn float(&mut self, number: f64) -> Option<u64> {
        if !(0.0..u64::MAX as f64).contains(&number) {
            return None;
        }
        let nanoseconds = number * self.unit(number as u64) as f64;
        (nanoseconds < u64::MAX as f64).then_some(nanoseconds.round() as u64)
    }

    fn text(&mut self, text: &[u8]) -> Option<u64> {
        if let Some((number, rest)) = decimal(text, 1) {
            return if rest == 0 { self.number(number) } else { Some(decimal(text, self.unit(number))?.0) };
        }
        let text = std::str::from_utf8(text).ok()?;
        let date = match DateTime::parse_from_rfc3339(text) {
            Ok(date) => date.with_timezone(&Utc),
            Err(_) => {
                self.zoneless = true;
                let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];
                formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?.and_utc()
            }
        };
        u64::try_from(date.timestamp()).ok()?.checked_mul(SECOND)?.checked_add(u64::from(date.timestamp_subsec_nanos()))
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

#[cold]
fn no_time(cell: Cell<'_>) -> Error {
    Error::trace(format!("'{}' is not a time between 1970 and 2554", shown_cell(cell))).hint(
        "check which column holds the time (--columns time=NAME) and its unit (--time-unit s, ms, us or ns); \
         --columns time=- leaves it out",
    )
}

/// The unit that a column's name says, `time_ms`, `timestamp_us`, in nanoseconds.
pub fn unit_in_name(name: &str) -> Option<u64> {
    let name = name.to_ascii_lowercase();
    match name.rsplit_once('_')?.1 {
        "s" | "sec" | "secs" | "seconds" => Some(SECOND),
        "ms" | "millis" | "milliseconds" => Some(1_000_000),
        "us" | "micros" | "microseconds" => Some(1_000),
        "ns" | "nanos" | "nanoseconds" => Some(1),
        _ => None,
    }
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
        for text in ["", "-1", "noon", "1e9", "1969-12-31 23:59:59", "9999-12-31 00:00:00", "é", "2009-02-30 00:00:00"]
        {
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
        assert_eq!(unit_in_name("op_time_ms"), Some(1_000_000));
        assert_eq!(unit_in_name("op_time"), None);
    }
}
