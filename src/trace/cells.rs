//! Cells of a table that hold a number with a meaning and limits of its own: lives, costs, repeats, tries.
//!
//! It sees one cell at a time, and must not know which column it stands in.

use super::words::{self, Cell};
use crate::error::{Error, Result};
use crate::request::{RENEWS, SECOND};
use crate::units::grouped;

/// A row that claims to have happened more often is taken for a mistake.
const MOST_REPEATS: u64 = 1_000_000;

/// Seconds to live; 0 where the row does not say.
pub fn read_ttl(cell: Cell<'_>) -> Result<u32> {
    let ttl = words::whole(cell, "ttl")?.unwrap_or(0);
    u32::try_from(ttl).ok().filter(|ttl| *ttl < RENEWS).ok_or_else(|| too_long(ttl))
}

/// What a miss costs, in whole units; a fraction counts as one more, so that nothing costs less than it does.
pub fn read_cost(cell: Cell<'_>) -> Result<u32> {
    let cost = match cell {
        Cell::Text(b"" | b"-") | Cell::Null => Some(0),
        Cell::Text(text) => words::decimal(text, 1).map(|(whole, rest)| whole + u64::from(rest > 0)),
        Cell::Float(cost) if cost >= 0.0 => Some(cost.ceil() as u64),
        cell => words::natural(cell),
    };
    cost.and_then(|cost| u32::try_from(cost).ok()).ok_or_else(|| {
        Error::trace(format!(
            "'{}' is no cost: it is a number from 0 to {}",
            words::shown_cell(cell),
            grouped(u32::MAX.into())
        ))
        .hint("check which column holds it, and count in a larger unit: --columns cost=NAME; cost=- leaves costs out")
    })
}

#[cold]
fn too_long(ttl: u64) -> Error {
    Error::trace(format!("a time to live of {ttl} s is more than 68 years"))
        .hint("check which column holds it: --columns ttl=NAME, in seconds; ttl=- leaves times to live out")
}

/// Nanoseconds that something took: in the column's unit, or in one that stands behind the number, as programs in Go write it.
/// `None` where it is not said, or a clock stepped back.
pub fn duration(cell: Cell<'_>, unit: u64) -> Option<u64> {
    let text = match cell {
        Cell::Text(text) => text,
        Cell::Float(took) if took >= 0.0 => return Some((took * unit as f64) as u64),
        cell => return words::natural(cell).and_then(|took| took.checked_mul(unit)),
    };
    let units = [("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", SECOND)];
    let own = units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name.as_bytes())?, *unit)));
    let (number, unit) = own.unwrap_or((text, unit));
    words::decimal(number, unit).map(|(took, _)| took)
}

/// How often a row happened; 0 where it says that it did not.
pub fn repeats(cell: Cell<'_>) -> Result<u64> {
    let count = words::whole(cell, "count")?.unwrap_or(1);
    if count > MOST_REPEATS {
        let (count, most) = (grouped(count), grouped(MOST_REPEATS));
        return Err(Error::trace(format!("op_count {count} is more than the {most} that a row may stand for"))
            .hint("check the row; rename the column op_count if it holds something else"));
    }
    Ok(count)
}

/// How often the backend was asked for one answer; 0 where that is not said. HAProxy writes the further ones behind the last bar
/// of its connections, with a plus where they went to another server.
pub fn tries(cell: Cell<'_>) -> u8 {
    let (cell, first) = match cell {
        Cell::Text(text) => match text.iter().rposition(|byte| *byte == b'/') {
            Some(bar) => (Cell::Text(text[bar + 1..].strip_prefix(b"+").unwrap_or(&text[bar + 1..])), 1),
            None => (Cell::Text(text), 0),
        },
        cell => (cell, 0),
    };
    words::natural(cell).map_or(0, |count| u8::try_from(count.saturating_add(first)).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_with_the_first() {
        let read = |text: &str| tries(Cell::Text(text.as_bytes()));
        assert_eq!((read("812/640/93/31/1"), read("812/640/93/31/+2"), read("8/6/9/3/0")), (2, 3, 1));
        assert_eq!((read("2"), read("-"), read(""), read("/"), read("99999")), (2, 0, 0, 0, 255));
        assert_eq!((tries(Cell::Unsigned(3)), tries(Cell::Null), read("18446744073709551615")), (3, 0, 255));
    }

    #[test]
    fn a_duration_may_have_a_unit_of_its_own() {
        let read = |text: &str| duration(Cell::Text(text.as_bytes()), 1_000_000);
        assert_eq!((read("184"), read("0.5")), (Some(184_000_000), Some(500_000)));
        assert_eq!((read("184.5ms"), read("1.184s")), (Some(184_500_000), Some(1_184_000_000)));
        assert_eq!((read("7µs"), read("7us"), read("7ns")), (Some(7_000), Some(7_000), Some(7)));
        for none in ["", "-", "-1", "ms", "1m2s", "x"] {
            assert_eq!(read(none), None, "{none}");
        }
        assert_eq!(duration(Cell::Unsigned(2), SECOND), Some(2 * SECOND));
        assert_eq!((duration(Cell::Float(0.5), SECOND), duration(Cell::Float(-1.0), 1)), (Some(SECOND / 2), None));
    }

    #[test]
    fn a_count_beyond_reason_is_refused() {
        assert_eq!(repeats(Cell::Text(b"3")), Ok(3));
        assert_eq!(repeats(Cell::Text(b"")), Ok(1));
        assert!(repeats(Cell::Unsigned(MOST_REPEATS + 1)).is_err());
        assert_eq!(repeats(Cell::Unsigned(0)), Ok(0));
    }
}
