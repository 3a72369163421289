//! Which column of a table holds what: told by its name, by a preset, or by `--columns`.
//!
//! It knows names and numbers of columns, and must not know the files they stand in.

use super::clock::unit_in_name;
use super::dates;
use super::names::{
    BACKEND_NAMES, CHAINED_NAMES, CLIENT_NAMES, COST_NAMES, COUNT_NAMES, DAY_NAMES, DURATION_NAMES, HOST_NAMES,
    KEY_NAMES, METHOD_NAMES, OP_NAMES, QUERY_NAMES, REQUEST_NAMES, RESULT_NAMES, SAMPLING_NAMES, SIZE_NAMES,
    STATUS_NAMES, TIME_NAMES, TRIES_NAMES, TTL_NAMES, URL_NAMES,
};
use super::options::{Meaning, ReadOptions, Role};
use super::preset::Preset;
use crate::error::{Error, Result};

/// Of more columns no message names all.
const NAMED: usize = 100;
/// So many columns that are not read are named.
const UNUSED_SHOWN: usize = 12;

/// A column that a key goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub column: usize,
    /// True for a query, which stands behind a question mark and may be missing.
    pub is_query: bool,
}

/// Where the columns of a table stand, counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// When.
    pub time: Option<usize>,
    /// What follows a day in the column of times, where two hold them.
    pub time_of_day: Option<usize>,
    /// Which object.
    pub key: usize,
    /// Further columns of the key.
    pub key_parts: Vec<Part>,
    /// How many bytes.
    pub size: Option<usize>,
    /// How many, where that column does not know.
    pub size_else: Option<usize>,
    /// Bytes in one unit of the size.
    pub size_unit: u64,
    /// Bytes that are added to the size: a key's own, where a table tells them apart.
    pub key_size: Option<usize>,
    /// The status of an answer over HTTP, whose bytes the size then is.
    pub status: Option<usize>,
    /// What is done.
    pub op: Option<usize>,
    /// The column of the key that holds the line of a request, `GET /a HTTP/1.1`: it says the operation, too.
    pub request: Option<usize>,
    /// True where keys are targets of requests over HTTP, and operations their methods.
    pub is_http: bool,
    /// Words of operations that mean something else than usual.
    pub ops: Vec<(Meaning, String)>,
    /// How long the answer lives.
    pub ttl: Option<usize>,
    /// What a miss costs the backend.
    pub cost: Option<usize>,
    /// How many tokens a block of a chain has.
    pub block: Option<usize>,
    /// Whether the row is behind the one before it in a chain.
    pub chained: Option<usize>,
    /// How often the row happened.
    pub count: Option<usize>,
    /// The share of the keys that the table has.
    pub sampling: Option<usize>,
    /// How long the answer took, which is subtracted from the time.
    pub duration: Option<usize>,
    /// Nanoseconds in one unit of the duration.
    pub duration_unit: u64,
    /// Whether a cache answered; `None` where nobody asks.
    pub result: Option<usize>,
    /// How long the backend took; the same.
    pub backend: Option<usize>,
    /// Nanoseconds in one unit of that.
    pub backend_unit: u64,
    /// How often it was asked for one answer; the same.
    pub tries: Option<usize>,
    /// Nanoseconds in one unit of the time column, where its name or the user says it.
    pub unit: Option<u64>,
}

impl Columns {
    /// Keys in the first column, and nothing else.
    pub fn plain() -> Columns {
        Columns { size_unit: 1, duration_unit: 1, ..Columns::default() }
    }

    /// Every column that is read, in no order.
    pub fn used(&self) -> Vec<usize> {
        let Columns {
            time,
            time_of_day,
            size,
            size_else,
            key_size,
            status,
            op,
            ttl,
            cost,
            block,
            chained,
            count,
            sampling,
            duration,
            result,
            backend,
            tries,
            ..
        } = *self;
        let one =
            [time, time_of_day, size, size_else, key_size, status, op, ttl, cost, chained, count, sampling, duration];
        let one = one.into_iter().chain([result, backend, tries, block]);
        let parts = self.key_parts.iter().map(|part| part.column).chain(self.request.filter(|_| self.op.is_none()));
        one.flatten().chain([self.key]).chain(parts).collect()
    }

    fn used_by_key(&self, column: usize) -> bool {
        self.key == column || self.key_parts.iter().any(|part| part.column == column)
    }

    /// The same columns where they stand elsewhere: the i-th at `place(i)`.
    pub fn moved(&self, place: impl Fn(usize) -> usize) -> Columns {
        let moved = |column: Option<usize>| column.map(&place);
        Columns {
            time: moved(self.time),
            time_of_day: moved(self.time_of_day),
            key: place(self.key),
            key_parts: self.key_parts.iter().map(|part| Part { column: place(part.column), ..*part }).collect(),
            size: moved(self.size),
            size_else: moved(self.size_else),
            request: moved(self.request),
            key_size: moved(self.key_size),
            status: moved(self.status),
            op: moved(self.op),
            ttl: moved(self.ttl),
            cost: moved(self.cost),
            block: moved(self.block),
            chained: moved(self.chained),
            count: moved(self.count),
            sampling: moved(self.sampling),
            duration: moved(self.duration),
            result: moved(self.result),
            backend: moved(self.backend),
            tries: moved(self.tries),
            ..self.clone()
        }
    }

    /// The same with the column of the day, where a row shows that the times are times of day, and a name that it is there.
    #[must_use]
    pub fn with_day<'r>(
        self,
        names: &[String],
        options: &ReadOptions,
        cell: impl Fn(usize) -> Option<&'r [u8]>,
    ) -> Columns {
        let is_given = options.columns.iter().any(|(role, _)| *role == Role::Time);
        let time = self.time.filter(|time| !is_given && cell(*time).is_some_and(dates::is_time_of_day));
        let used = self.used();
        let day = find(names, DAY_NAMES).filter(|day| !used.contains(day));
        match (time, day) {
            (Some(time), Some(day)) => Columns { time: Some(day), time_of_day: Some(time), ..self },
            _ => self,
        }
    }

    /// Which column was taken for what, in a line, and which ones were not.
    pub fn told(&self, names: Option<&[String]>) -> String {
        let name = |column: usize| match names.and_then(|names| names.get(column)) {
            Some(name) => format!("{name} ({})", column + 1),
            None => format!("column {}", column + 1),
        };
        let mut key = name(self.key);
        for part in &self.key_parts {
            key += &format!(" + {}{}", if part.is_query { "?" } else { "" }, name(part.column));
        }
        if self.request.is_some_and(|request| self.used_by_key(request)) {
            key += ", the request's line";
        }
        let time = self.time.map(|time| match self.time_of_day {
            Some(of_day) => format!("{} + {}", name(time), name(of_day)),
            None => name(time),
        });
        let size = self.size.map(|size| match self.key_size {
            Some(key_size) => format!("{} + {}", name(size), name(key_size)),
            None => name(size),
        });
        let mut told = vec![format!("key = {key}")];
        let rest = [
            ("time", time),
            ("duration", self.duration.map(name)),
            ("result", self.result.map(name)),
            ("backend", self.backend.map(name)),
            ("tries", self.tries.map(name)),
            ("size", size),
            ("status", self.status.map(name)),
            ("op", self.op.map(name)),
            ("ttl", self.ttl.map(name)),
            ("cost", self.cost.map(name)),
            ("tokens of a block", self.block.map(name)),
            ("repeats", self.count.map(name)),
            ("sampled", self.sampling.map(name)),
        ];
        told.extend(rest.into_iter().filter_map(|(role, name)| Some(format!("{role} = {}", name?))));
        told.join(", ") + &self.told_unused(names.unwrap_or_default())
    }

    /// Which columns are not read.
    fn told_unused(&self, names: &[String]) -> String {
        let used = self.used();
        let says_duration = |name: &str| {
            let is_one =
                self.time.is_some() && self.duration.is_none() && DURATION_NAMES.contains(&plain(name).as_str());
            let is_host = self.is_http && self.key_parts.is_empty() && plain(name) == "host";
            if is_one {
                format!("{name} (if times are of the answers' end: --columns duration={name})")
            } else if is_host && let Some(path) = names.get(self.key) {
                format!("{name} (if it is what was asked, and not who asks: --columns key={name}+{path})")
            } else {
                name.to_string()
            }
        };
        let unused = names.iter().enumerate().filter(|(i, _)| !used.contains(i)).map(|(_, name)| says_duration(name));
        let unused: Vec<String> = unused.collect();
        match unused.len() {
            0 => String::new(),
            1..=UNUSED_SHOWN => format!("; not read: {}", unused.join(", ")),
            many => format!("; not read: {} and {} more", unused[..UNUSED_SHOWN].join(", "), many - UNUSED_SHOWN),
        }
    }
}

/// Lower case, letters and digits only.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A column of one of these names; else one whose path ends in one of them.
fn find(names: &[String], known: &[&str]) -> Option<usize> {
    let place = |names: &[Option<String>]| {
        known.iter().find_map(|known| names.iter().position(|name| name.as_deref() == Some(*known)))
    };
    let whole: Vec<Option<String>> = names.iter().map(|name| Some(plain(name))).collect();
    place(&whole).or_else(|| {
        let last = |name: &String| name.rsplit_once('.').map(|(_, last)| plain(last));
        place(&names.iter().map(last).collect::<Vec<_>>())
    })
}

fn find_time(names: &[String]) -> Option<usize> {
    let stems: Vec<String> =
        names.iter().map(|name| plain(unit_in_name(name).map_or(name.as_str(), |(_, stem)| stem))).collect();
    let last = |name: &str| name.rsplit_once('.').map(|(_, last)| plain(last));
    let in_structure = |known: &&str| names.iter().position(|name| last(name).as_deref() == Some(*known));
    TIME_NAMES
        .iter()
        .find_map(|known| stems.iter().position(|stem| stem == known))
        .or_else(|| ["timestamp", "ts", "time"].iter().find_map(in_structure))
}

/// True where a column's name says that it holds keys.
pub fn names_a_key(names: &[String]) -> bool {
    find(names, KEY_NAMES).is_some()
}

/// The columns of a table of `width` columns: as `--columns` says, else as the preset says, else by their names.
///
/// # Errors
/// A table in which nothing is known to hold keys; `--columns` that name a column that is not there, or one twice.
pub fn choose(
    names: Option<&[String]>,
    width: usize,
    preset: Option<&Preset>,
    options: &ReadOptions,
) -> Result<Columns> {
    let spot = |column: &str| position(column, names, width);
    let mut taken = Vec::new();
    for column in options.columns.iter().filter(|(_, column)| column != "-").flat_map(|(_, column)| column.split('+')) {
        let index = spot(column.trim_start_matches('?'))?;
        if taken.contains(&index) {
            return Err(Error::usage(format!("--columns gives column '{column}' two roles"))
                .hint("a column holds one thing; ROLE=- leaves a role out"));
        }
        taken.push(index);
    }
    let given =
        |role: Role| options.columns.iter().find(|(known, _)| *known == role).map(|(_, column)| column.as_str());
    let preset_columns = preset.map_or("", |preset| preset.columns);
    let wanted_by_preset = |role: &str| {
        preset_columns
            .split(',')
            .filter_map(|part| part.split_once('='))
            .find(|(name, _)| *name == role)
            .map(|(_, of)| of)
    };
    // Of each part of what a preset names, the first of several names that is there.
    let there = |part: &'static str| {
        let names = part.trim_start_matches('?').split('|');
        names.filter_map(|name| Some((name, spot(name.trim_start_matches('!')).ok()?))).next()
    };
    // A column that a preset names need not be there: owners of a log choose its fields.
    let by_preset = |role: &str| -> Vec<Part> {
        let parts = wanted_by_preset(role).into_iter().flat_map(|wanted| wanted.split('+'));
        parts.filter_map(|part| Some(Part { column: there(part)?.1, is_query: part.starts_with('?') })).collect()
    };
    // But a host without a path is no key.
    let path = wanted_by_preset("key").and_then(|wanted| wanted.split('+').rfind(|part| !part.starts_with('?')));
    let lacks_path = path.is_some_and(|path| there(path).is_none());
    let size_else = preset_columns
        .split(',')
        .find_map(|part| part.strip_prefix("size=")?.split_once('|'))
        .and_then(|(_, other)| spot(other).ok());
    let by_name = |known| names.and_then(|names| find(names, known));
    let role = |role: Role, found: Option<usize>| -> Result<Vec<Part>> {
        match given(role) {
            Some("-") => Ok(Vec::new()),
            Some(column) => column
                .split('+')
                .map(|column| {
                    Ok(Part { column: spot(column.trim_start_matches('?'))?, is_query: column.starts_with('?') })
                })
                .collect(),
            // What the user gave to another role is not used twice.
            None => {
                let found = match preset {
                    Some(_) if role == Role::Key && lacks_path => Vec::new(),
                    Some(_) => by_preset(role.name()),
                    None => found.map(|column| Part { column, is_query: false }).into_iter().collect(),
                };
                Ok(found.into_iter().filter(|part| !taken.contains(&part.column)).collect())
            }
        }
    };
    let first = |parts: &[Part]| parts.first().map(|part| part.column);
    let second = |parts: &[Part]| parts.get(1).map(|part| part.column);
    let name_is = |column: Option<usize>, known: &[&str]| {
        let is_known = |name: &str| known.contains(&plain(name).as_str());
        let name = column.and_then(|column| names?.get(column));
        name.is_some_and(|name| is_known(name) || name.rsplit_once('.').is_some_and(|(_, last)| is_known(last)))
    };
    let time = role(Role::Time, names.and_then(find_time))?;
    let op = first(&role(Role::Op, by_name(OP_NAMES).or_else(|| by_name(METHOD_NAMES)))?);
    let size = role(Role::Size, by_name(SIZE_NAMES))?;
    let mut request = first(&role(Role::Request, None)?);
    let mut key = role(Role::Key, by_name(KEY_NAMES))?;
    let is_free = |column: &usize| !taken.contains(column);
    if let Some(column) = request {
        key.push(Part { column, is_query: false });
    } else if preset.is_some() {
        request = path.and_then(there).filter(|(name, _)| name.starts_with('!')).map(|(_, column)| column);
    } else if given(Role::Key).is_none() {
        if key.is_empty() {
            request = by_name(REQUEST_NAMES).filter(is_free);
            key.extend(request.map(|column| Part { column, is_query: false }));
        }
        if request.is_some() || name_is(first(&key), URL_NAMES) {
            // The same path of two hosts is two objects.
            let plain_host = || by_name(&["host"]).filter(|_| by_name(CLIENT_NAMES).is_some());
            let host = by_name(HOST_NAMES).or_else(plain_host).filter(is_free);
            key.splice(0..0, host.map(|column| Part { column, is_query: false }));
            key.extend(by_name(QUERY_NAMES).filter(is_free).map(|column| Part { column, is_query: true }));
        }
    }
    let duration = first(&role(Role::Duration, None)?);
    let recorded = |of: Role, known: &'static [&'static str]| -> Result<Option<usize>> {
        Ok(if options.records { first(&role(of, by_name(known))?) } else { None })
    };
    let (result, backend) = (recorded(Role::Result, RESULT_NAMES)?, recorded(Role::Backend, BACKEND_NAMES)?);
    let unit_of = |column: usize| unit_in_name(names?.get(column)?).map(|(unit, _)| unit);
    let mut ops = options.ops.clone();
    ops.extend(preset.map_or("", |preset| preset.ops).split(',').filter_map(|part| {
        let (meaning, word) = part.split_once('=')?;
        Some((Meaning::ALL.into_iter().find(|known| known.name() == meaning)?, word.to_string()))
    }));
    if name_is(op, &["optype"]) {
        ops.push((Meaning::Get, "1".to_string()));
    }
    let cost = first(&role(Role::Cost, by_name(COST_NAMES))?);
    let status = first(&role(Role::Status, size.first().and(by_name(STATUS_NAMES)))?);
    Ok(Columns {
        time: first(&time),
        time_of_day: second(&time),
        key: first(&key).ok_or_else(|| no_key(names, width))?,
        key_parts: key[1..].to_vec(),
        size_else: size_else.filter(|other| given(Role::Size).is_none() && Some(*other) != first(&size)),
        size_unit: preset.map_or(1, |preset| preset.size_unit),
        size: first(&size),
        key_size: second(&size),
        status: status.filter(|_| !size.is_empty()),
        op,
        request,
        is_http: preset.map_or(name_is(op, METHOD_NAMES), |preset| preset.is_http) || request.is_some(),
        ops,
        ttl: first(&role(Role::Ttl, by_name(TTL_NAMES))?),
        cost,
        block: first(&by_preset("block")),
        chained: by_name(CHAINED_NAMES).filter(|index| cost.is_some() && !taken.contains(index)),
        count: by_name(COUNT_NAMES).filter(|index| !taken.contains(index)),
        sampling: by_name(SAMPLING_NAMES).filter(|index| !taken.contains(index)),
        duration,
        result,
        backend,
        tries: recorded(Role::Tries, TRIES_NAMES)?,
        backend_unit: preset.map(|preset| preset.backend_unit).or_else(|| unit_of(backend?)).unwrap_or(1_000_000_000),
        duration_unit: preset
            .map(|preset| preset.duration_unit)
            .filter(|unit| *unit > 0)
            .or_else(|| unit_of(duration?))
            .unwrap_or(1_000_000_000),
        unit: options.time_unit.or_else(|| preset?.unit).or_else(|| unit_of(first(&time)?)),
    })
}

fn no_key(names: Option<&[String]>, width: usize) -> Error {
    let columns = match names {
        Some(names) if names.len() > NAMED => format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED),
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
    let there = names.map_or_else(String::new, |names| format!(": {}", names[..names.len().min(NAMED)].join(", ")));
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
        let of = |line: &str| choose(Some(&names(line)), line.split(',').count(), None, &none).unwrap();
        let meta = of("op_time,key,key_size,op,op_count,size,cache_hits,ttl,usecase,sub_usecase");
        assert_eq!((meta.time, meta.key, meta.size), (Some(0), 1, Some(5)));
        assert_eq!((meta.op, meta.ttl, meta.count), (Some(3), Some(7), Some(4)));
        let cdn = of("timestamp,cacheKey,OpType,objectSize,responseSize,TTL,SamplingRate");
        assert_eq!((cdn.time, cdn.key, cdn.size, cdn.sampling), (Some(0), 1, Some(3), Some(6)));
        assert_eq!(cdn.ops, [(Meaning::Get, "1".to_string())]);
        let wiki = of("relative_unix,hashed_host_path_query,image_type,response_size,time_firstbyte");
        assert_eq!((wiki.time, wiki.key, wiki.size, wiki.op), (Some(0), 1, Some(3), None));
        let oracle = of("time,object,size,next_access_vtime");
        assert_eq!((oracle.time, oracle.key, oracle.size, oracle.used().len()), (Some(0), 1, Some(2), 3));
        assert_eq!(of("ts_ms,id").unit, Some(1_000_000));
        assert_eq!(of("timestamp (ms),id").unit, Some(1_000_000));
        let hosts = of("time,http_host,uri,status,bytes");
        assert_eq!((hosts.key, &hosts.key_parts[..]), (1, &[Part { column: 2, is_query: false }][..]));
    }

    #[test]
    fn what_the_user_says_comes_first() {
        let names = names("time,key,size");
        let by = |columns: &[(Role, &str)]| choose(Some(&names), 3, None, &with(columns));
        assert_eq!(by(&[(Role::Size, "-")]).unwrap().size, None);
        let swapped = by(&[(Role::Key, "3")]).unwrap();
        assert_eq!((swapped.key, swapped.size), (2, None));
        assert_eq!(by(&[(Role::Time, "KEY"), (Role::Key, "1")]).unwrap().time, Some(1));
        let both = by(&[(Role::Key, "size+key"), (Role::Time, "-")]).unwrap();
        assert_eq!((both.time, both.key, both.key_parts[0].column, both.size), (None, 2, 1, None));
        assert_eq!(both.told(Some(&names)), "key = size (3) + key (2); not read: time");
        assert_eq!(by(&[(Role::Time, "4")]).unwrap_err().exit_code(), 2);
        assert_eq!(by(&[(Role::Time, "0")]).unwrap_err().exit_code(), 2);
        assert_eq!(by(&[(Role::Time, "1"), (Role::Key, "time")]).unwrap_err().exit_code(), 2);
        assert_eq!(by(&[(Role::Key, "1+1")]).unwrap_err().exit_code(), 2);
        assert_eq!(by(&[(Role::Key, "-")]).unwrap_err().exit_code(), 3);
    }
}
