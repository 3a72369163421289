//! Reads the time column of a table: numbers in a unit that is given or guessed, or dates as people write them.
//!
//! It knows one cell at a time and no files; whole nanoseconds come out, without a detour through floats.

use super::dates;
use super::words::{Cell, decimal, natural, shown_cell};
use crate::error::{Error, Result};
use crate::request::SECOND;
use chrono::NaiveDate;

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

/// "Units" of times that are dates whose year comes last: the month before the day, as in the US, or behind it.
pub const MONTH_FIRST: u64 = u64::MAX;
pub const DAY_FIRST: u64 = u64::MAX - 1;

/// Units that no number is multiplied by.
const NO_FACTORS: [u64; 4] = [DATES, FILETIME, MONTH_FIRST, DAY_FIRST];

/// How a time column is read.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Nanoseconds in one unit; `None` until the first number was seen.
    unit: Option<u64>,
    guessed: bool,
    zoneless: bool,
    /// Which part of a date comes first, where a part above 12 has told it.
    month_first: Option<bool>,
}

impl Clock {
    /// A clock in units of so many nanoseconds, where that is known.
    pub fn new(unit: Option<u64>) -> Clock {
        Clock { unit, guessed: false, zoneless: false, month_first: None }
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
        time.ok_or_else(|| self.no_time(cell))
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
            MONTH_FIRST | DAY_FIRST => None,
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
        if [MONTH_FIRST, DAY_FIRST].contains(&unit) {
            return None;
        }
        // Seconds since 1970 are exact to the microsecond in a float, not beyond.
        let (scale, step) = if unit == SECOND && number > 1e6 { (1e6, 1_000) } else { (unit as f64, 1) };
        let steps = (number * scale).round();
        if steps < u64::MAX as f64 { (steps as u64).checked_mul(step) } else { None }
    }

    fn text(&mut self, text: &[u8]) -> Option<u64> {
        // Where the unit is known, a number need not be read twice.
        if let Some(unit) = self.unit.filter(|unit| !NO_FACTORS.contains(unit))
            && let Some((time, _)) = decimal(text, unit)
        {
            return Some(time);
        }
        if let Some((number, rest)) = decimal(text, 1) {
            return match (rest, self.unit(number)) {
                (0, _) => self.number(number),
                (_, MONTH_FIRST | DAY_FIRST) => None,
                (_, unit) => Some(decimal(text, unit)?.0),
            };
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
        if let Some((time, is_zoned)) = dates::year_first(text) {
            self.zoneless |= !is_zoned;
            return Some(time);
        }
        self.year_last(dates::YearLast::parse(text.as_bytes())?)
    }

    /// A date whose year comes last: points say that the day is first; else a part above 12 does, here or in a row before, or
    /// the user.
    fn year_last(&mut self, date: dates::YearLast) -> Option<u64> {
        let month_first = match (self.unit, self.month_first, date.parts) {
            _ if date.is_dotted => false,
            (Some(MONTH_FIRST), ..) => true,
            (Some(DAY_FIRST), ..) => false,
            (_, Some(known), _) => known,
            (_, None, [first, _]) if first > 12 => *self.month_first.insert(false),
            (_, None, [_, second]) if second > 12 => *self.month_first.insert(true),
            _ => return None,
        };
        self.zoneless = true;
        date.read(month_first)
    }

    /// A date as logs write it, with brackets around it or without.
    pub fn date_of_log(&mut self, text: &[u8]) -> Option<u64> {
        let text = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(text);
        let (time, is_zoned) = dates::of_log(text)?;
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

    #[cold]
    fn no_time(&self, cell: Cell<'_>) -> Error {
        let shown = shown_cell(cell);
        let text = if let Cell::Text(text) = cell { text } else { b"" };
        let order_is_unknown = self.month_first.is_none() && ![Some(MONTH_FIRST), Some(DAY_FIRST)].contains(&self.unit);
        match dates::YearLast::parse(text) {
            Some(date) if order_is_unknown && !date.is_dotted && date.parts.iter().all(|part| *part <= 12) => {
                Error::trace(format!("'{shown}' begins with a month or with a day, and nothing says which"))
                    .hint("--time-unit mdy reads the month first, as in the US, --time-unit dmy the day")
            }
            _ if dates::is_time_of_day(text) => Error::trace(format!("'{shown}' is a time of day, without its day"))
                .hint("name the day's column, too: --columns time=DAY+TIME; --columns time=- leaves times out"),
            _ if dates::lacks_seconds(text) => Error::trace(format!("'{shown}' is a time without seconds"))
                .hint("what happens within seconds decides here: write them, as yyyy-mm-dd hh:mm:ss in a spreadsheet; --columns time=- leaves times out"),
            _ => Error::trace(format!("'{shown}' is not a time between 1970 and 2554")).hint(
                "check which column holds the time (--columns time=NAME) and its unit (--time-unit s, ms, us or ns); \
                 --columns time=- leaves it out",
            ),
        }
    }

    /// What was assumed, where anything was.
    pub fn note(&self) -> Option<String> {
        let name = NAMES.iter().find(|(unit, _)| Some(*unit) == self.unit).map_or("", |(_, name)| name);
        match (self.guessed, self.zoneless) {
            (true, _) => Some(format!("times are read as {name}, by their magnitude; --time-unit says otherwise")),
            (false, true) => {
                let order = match self.month_first {
                    Some(true) => ", the month before the day, as a part above 12 says",
                    Some(false) => ", the day before the month, as a part above 12 says",
                    None => "",
                };
                Some(format!("times name no zone and are read as UTC{order}"))
            }
            (false, false) => None,
        }
    }
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
            "20090213T233130Z",
            "13.02.2009 23:31:30",
            "2/13/2009 11:31:30 PM",
            "13/2/2009 23:31:30",
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
    fn a_part_above_12_tells_the_month_from_the_day() {
        let day = 24 * 3600 * SECOND;
        let (march, december) = (Ok(1_773_303_245 * SECOND), Ok(1_773_303_245 * SECOND + 266 * day));
        let ambiguous = Cell::Text(b"3/12/2026 8:14:05 AM");
        let mut clock = Clock::new(None);
        let error = clock.read(ambiguous).unwrap_err().to_string();
        assert!(error.contains("--time-unit mdy"), "{error}");
        assert_eq!(clock.read(Cell::Text(b"3/13/2026 8:14:05")), march.clone().map(|time| time + day));
        assert_eq!(clock.read(ambiguous), march);
        assert!(clock.read(Cell::Text(b"13/3/2026 8:14:05")).is_err(), "one order for all");
        assert!(clock.note().unwrap().contains("month before the day"));
        for (unit, time) in [(MONTH_FIRST, march), (DAY_FIRST, december)] {
            let mut clock = Clock::new(Some(unit));
            assert_eq!(clock.read(ambiguous), time);
            assert!(
                [Cell::Unsigned(0), Cell::Float(0.5), Cell::Text(b"0.5")]
                    .into_iter()
                    .all(|cell| clock.read(cell).is_err())
            );
        }
        let error = |text: &[u8]| Clock::new(None).read(Cell::Text(text)).unwrap_err().to_string();
        assert!(error(b"08:14:05").contains("time=DAY+TIME"));
        assert!(error(b"3/12/2026 8:14").contains("without seconds"));
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
