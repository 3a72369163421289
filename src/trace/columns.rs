//! Which column of a table holds what: told by its name, or by `--columns`.
//!
//! It knows names and numbers of columns, and must not know the files they stand in.

use super::clock::unit_in_name;
use super::format::{ReadOptions, Role};
use crate::error::{Error, Result};

/// Names that are known, the surest first: lower case, letters and digits only, a unit at the end left out.
const TIME_NAMES: &[&str] = &[
    "time",
    "timestamp",
    "ts",
    "optime",
    "relativeunix",
    "eventtime",
    "datetime",
    "unixtime",
    "epoch",
    "timeiso8601",
    "timelocal",
    "msec",
];
const KEY_NAMES: &[&str] = &[
    "key",
    "object",
    "obj",
    "objid",
    "objectid",
    "id",
    "keyid",
    "cachekey",
    "anonymizedkey",
    "anonymisedkey",
    "lbn",
    "blockid",
    "hashedhostpathquery",
    "url",
    "uri",
    "requesturi",
    "requestpath",
];
const SIZE_NAMES: &[&str] = &[
    "size",
    "objsize",
    "objectsize",
    "bytes",
    "valuesize",
    "iosize",
    "sizebytes",
    "responsesize",
    "bytessent",
    "bodybytessent",
    "length",
];
const OP_NAMES: &[&str] = &["op", "optype", "operation", "opname", "method", "command", "cmd", "opcode"];
const TTL_NAMES: &[&str] = &["ttl", "ttlseconds", "timetolive", "maxage"];
/// The status of an answer over HTTP: it decides what the size says.
const STATUS_NAMES: &[&str] = &["status", "statuscode", "httpstatus", "response", "responsecode", "scstatus"];
/// How often the row happened: Meta's tables count equal operations.
const COUNT_NAMES: &[&str] = &["opcount"];

/// Where the columns of a table stand, counted from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Columns {
    /// When.
    pub time: Option<usize>,
    /// Which object.
    pub key: usize,
    /// How many bytes.
    pub size: Option<usize>,
    /// Bytes that are added to the size: a key's own, where a table tells them apart.
    pub key_size: Option<usize>,
    /// The status of an answer over HTTP, whose bytes the size then is.
    pub status: Option<usize>,
    /// What is done.
    pub op: Option<usize>,
    /// True where the operation `1` means a get, as in the tables of Meta's CDN.
    pub one_is_get: bool,
    /// How long the answer lives.
    pub ttl: Option<usize>,
    /// How often the row happened.
    pub count: Option<usize>,
    /// Nanoseconds in one unit of the time column, where its name or the user says it.
    pub unit: Option<u64>,
}

/// Lower case, letters and digits only.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn find(names: &[String], known: &[&str]) -> Option<usize> {
    known.iter().find_map(|known| names.iter().position(|name| plain(name) == *known))
}

fn find_time(names: &[String]) -> Option<usize> {
    let stem = |name: &str| match (unit_in_name(name), name.rsplit_once('_')) {
        (Some(_), Some((stem, _))) => plain(stem),
        _ => plain(name),
    };
    TIME_NAMES.iter().find_map(|known| names.iter().position(|name| stem(name) == *known))
}

/// True where a column's name says that it holds keys.
pub fn names_a_key(names: &[String]) -> bool {
    find(names, KEY_NAMES).is_some()
}

/// The columns of a table of `width` columns, by their names and as `--columns` says.
///
/// # Errors
/// A table in which nothing is known to hold keys; `--columns` that name a column that is not there, or one twice.
pub fn choose(names: Option<&[String]>, width: usize, options: &ReadOptions) -> Result<Columns> {
    let given =
        |role: Role| options.columns.iter().find(|(known, _)| *known == role).map(|(_, column)| column.as_str());
    let mut taken = Vec::new();
    for (_, column) in options.columns.iter().filter(|(_, column)| column != "-") {
        let index = position(column, names, width)?;
        if taken.contains(&index) {
            return Err(Error::usage(format!("--columns gives column '{column}' two roles"))
                .hint("a column holds one thing; ROLE=- leaves a role out"));
        }
        taken.push(index);
    }
    let role = |role: Role, found: Option<usize>| -> Result<Option<usize>> {
        match given(role) {
            Some("-") => Ok(None),
            Some(column) => position(column, names, width).map(Some),
            // What the user gave to another role is not used twice.
            None => Ok(found.filter(|index| !taken.contains(index))),
        }
    };
    let by_name = |known| names.and_then(|names| find(names, known));
    let time = role(Role::Time, names.and_then(find_time))?;
    let op = role(Role::Op, by_name(OP_NAMES))?;
    let size = role(Role::Size, by_name(SIZE_NAMES))?;
    let name_of = |index: usize| names.and_then(|names| names.get(index));
    Ok(Columns {
        time,
        key: role(Role::Key, by_name(KEY_NAMES))?.ok_or_else(|| no_key(names, width))?,
        size,
        key_size: None,
        status: size.and(by_name(STATUS_NAMES)).filter(|index| !taken.contains(index)),
        op,
        one_is_get: op.and_then(name_of).is_some_and(|name| plain(name) == "optype"),
        ttl: role(Role::Ttl, by_name(TTL_NAMES))?,
        count: by_name(COUNT_NAMES).filter(|index| !taken.contains(index)),
        unit: options.time_unit.or_else(|| time.and_then(name_of).and_then(|name| unit_in_name(name))),
    })
}

fn no_key(names: Option<&[String]>, width: usize) -> Error {
    let columns = match names {
        Some(names) => names.join(", "),
        None => format!("1 to {width}, without names"),
    };
    Error::trace(format!("nothing says which column holds the keys; the columns are {columns}"))
        .hint("say it by name or number: --columns time=1,key=2,size=3")
}

/// A column by its name, or by its number counted from 1.
fn position(column: &str, names: Option<&[String]>, width: usize) -> Result<usize> {
    if let Some(names) = names {
        let exact = names.iter().position(|name| name == column);
        let alike = || names.iter().position(|name| !plain(name).is_empty() && plain(name) == plain(column));
        if let Some(index) = exact.or_else(alike) {
            return Ok(index);
        }
    }
    if let Ok(number) = column.parse::<usize>()
        && (1..=width).contains(&number)
    {
        return Ok(number - 1);
    }
    let there = names.map_or_else(String::new, |names| format!(": {}", names.join(", ")));
    Err(Error::usage(format!("--columns: there is no column '{column}'"))
        .hint(format!("the trace has {width} columns{there}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<String> {
        line.split(',').map(str::to_string).collect()
    }

    fn with(columns: &[(Role, &str)]) -> ReadOptions {
        let columns = columns.iter().map(|(role, column)| (*role, column.to_string())).collect();
        ReadOptions { columns, ..ReadOptions::default() }
    }

    #[test]
    fn published_headers_are_known() {
        let none = ReadOptions::default();
        let of = |line: &str| choose(Some(&names(line)), line.split(',').count(), &none).unwrap();
        let meta = of("op_time,key,key_size,op,op_count,size,cache_hits,ttl,usecase,sub_usecase");
        assert_eq!((meta.time, meta.key, meta.size), (Some(0), 1, Some(5)));
        assert_eq!((meta.op, meta.ttl, meta.count), (Some(3), Some(7), Some(4)));
        let cdn = of("timestamp,cacheKey,OpType,objectSize,responseSize,TTL");
        assert_eq!((cdn.time, cdn.key, cdn.size, cdn.one_is_get), (Some(0), 1, Some(3), true));
        let wiki = of("relative_unix,hashed_host_path_query,image_type,response_size,time_firstbyte");
        assert_eq!((wiki.time, wiki.key, wiki.size, wiki.op), (Some(0), 1, Some(3), None));
        let oracle = of("time,object,size,next_access_vtime");
        assert_eq!(oracle, Columns { time: Some(0), key: 1, size: Some(2), ..Columns::default() });
        assert_eq!(of("ts_ms,id").unit, Some(1_000_000));
    }

    #[test]
    fn what_the_user_says_comes_first() {
        let names = names("time,key,size");
        let by = |columns: &[(Role, &str)]| choose(Some(&names), 3, &with(columns));
        assert_eq!(by(&[(Role::Size, "-")]).unwrap().size, None);
        let swapped = by(&[(Role::Key, "3")]).unwrap();
        assert_eq!((swapped.key, swapped.size), (2, None));
        assert_eq!(by(&[(Role::Time, "KEY"), (Role::Key, "1")]).unwrap().time, Some(1));
        assert_eq!(by(&[(Role::Time, "4")]).unwrap_err().exit_code(), 2);
        assert_eq!(by(&[(Role::Time, "0")]).unwrap_err().exit_code(), 2);
        assert_eq!(by(&[(Role::Time, "1"), (Role::Key, "time")]).unwrap_err().exit_code(), 2);
        assert_eq!(by(&[(Role::Key, "-")]).unwrap_err().exit_code(), 3);
    }
}
