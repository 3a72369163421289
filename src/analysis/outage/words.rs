//! How people write triggers, remedies and queues: `spike:times=3,lasts=30s`, `shed:share=50%`, `150`. The same words stand
//! on the command line and in scenario files. It knows no run.

use crate::outage::breaker::Breaker;
use crate::outage::client::{Backoff, Budget};
use crate::outage::queue::{CoDel, Order, Queue};
use crate::outage::remedy::Remedy;
use crate::outage::trigger::Trigger;
use crate::suggest::nearest;
use crate::units::{Rate, Ratio, Seconds};
use std::fmt::{self, Display};
use std::str::FromStr;

/// Something that has a name and fields.
pub struct Word {
    /// How it is called.
    pub name: &'static str,
    /// Its fields, and what is taken where one is left out.
    pub fields: &'static [(&'static str, &'static str)],
    /// What it does, as the end of a sentence.
    pub summary: &'static str,
}

const fn word(name: &'static str, fields: &'static [(&'static str, &'static str)], summary: &'static str) -> Word {
    Word { name, fields, summary }
}

/// Every trigger.
pub const TRIGGERS: &[Word] = &[
    word("flush", &[], "the whole cache is emptied"),
    word("shards", &[("lost", "1"), ("of", "8")], "so many of the cache's nodes are lost"),
    word("loss", &[("share", "12.5%")], "a share of the keys is lost"),
    word("hottest", &[("keys", "1000")], "the keys that are asked for most are lost"),
    word("rolling-restart", &[("nodes", "8"), ("interval", "10s")], "nodes restart empty, one after the other"),
    word("renamed", &[("share", "100%")], "a share of the keys gets a new prefix"),
    word("spike", &[("times", "2"), ("lasts", "30s")], "more requests for a while"),
    word("slow-backend", &[("speed", "25%"), ("lasts", "30s")], "the backend works at a share of its speed"),
    word(
        "stall",
        &[("lasts", "10s")],
        "the backend answers nothing for a while, then gets all that was asked meanwhile",
    ),
    word("shrunk", &[("to", "50%")], "the cache keeps a share of its capacity"),
];

/// Every remedy.
pub const REMEDIES: &[Word] = &[
    word("no-retries", &[], "clients do not retry"),
    word("retry-budget", &[("per-request", "10%")], "so many retries per request at most, over all clients"),
    word("bounded-queue", &[("most", "100")], "at most so many wait for the backend, the rest fail at once"),
    word("lifo", &[], "the youngest ask is served first"),
    word("adaptive-lifo", &[], "the youngest first while the queue does not drain (CoDel with adaptive LIFO)"),
    word("deadline", &[("after", "1s")], "who waited longer than this is dropped when his turn comes"),
    word("circuit-breaker", &[], "while half of the asks fail, none is sent"),
    word("shed", &[("share", "50%")], "a share of all requests is refused at the door"),
    word("fills-first", &[], "fetches that fill the cache go first"),
    word("first-tries-first", &[], "first tries go before retries"),
    word("warm-up", &[("keys", "1000"), ("rate", "100/s")], "the hottest keys are fetched into the cache"),
    word("single-flight", &[], "one fetch per key at a time, the others wait for it"),
    word("serve-stale", &[("longer", "60s")], "entries past their time to live are still served"),
    word("fast-errors", &[], "errors cost the backend nothing"),
    word("late-fills", &[], "answers enter the cache also when nobody waits for them any more"),
    word("leave-queue", &[], "work whose client gave up leaves the queue; what has begun is finished"),
    word("cancel", &[], "work whose client gave up is cancelled, also where it has begun"),
];

/// A word as it was written, with its fields.
struct Written<'a> {
    word: &'static Word,
    given: Vec<(&'a str, &'a str)>,
}

impl<'a> Written<'a> {
    fn parse(text: &'a str, what: &str, words: &'static [Word]) -> Result<Written<'a>, String> {
        let (name, fields) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
        let names = || words.iter().map(|word| word.name);
        let Some(word) = words.iter().find(|word| word.name == name) else {
            let meant = nearest(name, names()).map_or(String::new(), |near| format!("; did you mean '{near}'?"));
            return Err(format!(
                "there is no {what} '{name}'{meant} There are: {}",
                names().collect::<Vec<_>>().join(", ")
            ));
        };
        let mut given = Vec::new();
        for field in fields.split(',').filter(|field| !field.trim().is_empty()) {
            let (key, value) = field.split_once('=').ok_or_else(|| format!("'{field}' is not FIELD=VALUE"))?;
            let key = key.trim();
            let known = || word.fields.iter().map(|(known, _)| *known);
            if !known().any(|known| known == key) {
                let meant = nearest(key, known()).map_or(String::new(), |near| format!("; did you mean '{near}'?"));
                return Err(format!(
                    "{what} '{name}' has no field '{key}'{meant} It is written like {}",
                    example(word)
                ));
            }
            given.push((key, value.trim()));
        }
        Ok(Written { word, given })
    }

    fn text(&self, key: &str) -> &str {
        let default = || self.word.fields.iter().find(|(known, _)| *known == key).map_or("", |(_, default)| default);
        self.given.iter().rev().find(|(given, _)| *given == key).map_or_else(default, |(_, value)| value)
    }

    fn get<T: FromStr<Err: Display>>(&self, key: &str) -> Result<T, String> {
        self.text(key).parse().map_err(|error| format!("{}: {key}: {error}", self.word.name))
    }

    /// A value for which `fits` holds.
    fn within<T: FromStr<Err: Display>>(
        &self,
        key: &str,
        fits: impl Fn(&T) -> bool,
        wanted: &str,
    ) -> Result<T, String> {
        let value = self.get(key)?;
        if fits(&value) {
            Ok(value)
        } else {
            Err(format!("{}: {key} must be {wanted}, not {}", self.word.name, self.text(key)))
        }
    }

    fn count(&self, key: &str) -> Result<u32, String> {
        self.within(key, |count| *count > 0, "a whole number above 0")
    }

    fn length(&self, key: &str) -> Result<Seconds, String> {
        self.within(key, |length: &Seconds| length.0 > 0.0, "longer than nothing")
    }

    fn share(&self, key: &str) -> Result<Ratio, String> {
        self.within(key, |share| *share > Ratio::NONE, "above 0%")
    }
}

/// `spike:times=2,lasts=30s`.
pub fn example(word: &Word) -> String {
    let fields: Vec<String> = word.fields.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if fields.is_empty() { word.name.to_string() } else { format!("{}:{}", word.name, fields.join(",")) }
}

/// Reads a trigger.
///
/// # Errors
/// A name or field that is not there, or a value that makes no sense.
pub fn trigger(text: &str) -> Result<Trigger, String> {
    let written = Written::parse(text, "trigger", TRIGGERS)?;
    Ok(match written.word.name {
        "shards" => {
            let (lost, of) = (written.count("lost")?, written.count("of")?);
            if lost > of {
                return Err(format!("shards: {lost} of {of} cannot be lost"));
            }
            Trigger::Shards { lost, of }
        }
        "loss" => Trigger::Loss(written.share("share")?),
        "hottest" => Trigger::Hottest(written.count("keys")?),
        "rolling-restart" => {
            Trigger::RollingRestart { nodes: written.count("nodes")?, interval: written.length("interval")? }
        }
        "renamed" => Trigger::Renamed(written.share("share")?),
        "spike" => Trigger::Spike {
            factor: written.within("times", |times| *times > 0.0 && *times <= 1000.0, "above 0 and at most 1000")?,
            lasts: written.length("lasts")?,
        },
        "slow-backend" => Trigger::SlowBackend { speed: written.share("speed")?, lasts: written.length("lasts")? },
        "stall" => Trigger::Stall { lasts: written.length("lasts")? },
        "shrunk" => Trigger::Shrunk(written.share("to")?),
        _ => Trigger::Flush,
    })
}

/// Reads what `--lose` says: `100%`, `12.5%`, `1/8`.
///
/// # Errors
/// No share, or one of nothing.
pub fn loss(text: &str) -> Result<Trigger, String> {
    if let Some((lost, of)) = text.split_once('/') {
        return trigger(&format!("shards:lost={},of={}", lost.trim(), of.trim()))
            .map_err(|_| format!("'{text}' is not a part of the cache's nodes; write it like 1/8"));
    }
    match text.parse::<Ratio>().map_err(|error| error.to_string())? {
        Ratio::ALL => Ok(Trigger::Flush),
        Ratio::NONE => Err("losing nothing is no trigger; write it like 100%, 12.5% or 1/8".to_string()),
        share => Ok(Trigger::Loss(share)),
    }
}

/// Reads a remedy.
///
/// # Errors
/// A name or field that is not there, or a value that makes no sense.
pub fn remedy(text: &str) -> Result<Remedy, String> {
    let written = Written::parse(text, "remedy", REMEDIES)?;
    Ok(match written.word.name {
        "no-retries" => Remedy::NoRetries,
        "retry-budget" => {
            let per_request: Ratio = written.get("per-request")?;
            Remedy::RetryBudget(budget(per_request.get()))
        }
        "bounded-queue" => Remedy::BoundedQueue(written.count("most")?),
        "lifo" => Remedy::Lifo,
        "adaptive-lifo" => Remedy::AdaptiveLifo(CoDel::default()),
        "deadline" => Remedy::Deadline(written.length("after")?),
        "circuit-breaker" => Remedy::CircuitBreaker(Breaker::default()),
        "shed" => Remedy::Shed(written.get("share")?),
        "fills-first" => Remedy::FillsFirst,
        "first-tries-first" => Remedy::FirstTriesFirst,
        "warm-up" => {
            let rate: Rate = written.get("rate")?;
            Remedy::WarmUp { keys: written.count("keys")?, per_second: rate.per_second }
        }
        "single-flight" => Remedy::SingleFlight,
        "serve-stale" => Remedy::ServeStale(written.length("longer")?),
        "fast-errors" => Remedy::FastErrors,
        "late-fills" => Remedy::LateFills,
        "leave-queue" => Remedy::LeaveQueue,
        _ => Remedy::Cancel,
    })
}

/// A retry budget that allows so many retries per request; a small bucket, so that little is saved up for the outage.
pub fn budget(per_request: f64) -> Budget {
    const MOST: f64 = 10.0;
    Budget { per_request, per_second: 0.0, most: MOST }
}

/// A queue as people write it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum QueueWord {
    /// First in, first out, without limits.
    Unbounded,
    /// At most so many wait.
    Bound(u32),
    /// The youngest first.
    Lifo,
    /// Who waited too long to be answered in time is dropped.
    Deadline,
    /// CoDel with adaptive LIFO.
    CoDel,
    /// Fetches that fill the cache first.
    Priority,
}

impl FromStr for QueueWord {
    type Err = String;
    fn from_str(text: &str) -> Result<QueueWord, String> {
        match text {
            "unbounded" => Ok(QueueWord::Unbounded),
            "lifo" => Ok(QueueWord::Lifo),
            "deadline" => Ok(QueueWord::Deadline),
            "codel" => Ok(QueueWord::CoDel),
            "priority" => Ok(QueueWord::Priority),
            number => match number.parse::<u32>() {
                Ok(bound) if bound > 0 => Ok(QueueWord::Bound(bound)),
                _ => Err(format!(
                    "'{text}' is no queue; write unbounded, lifo, deadline, codel, priority, or how many may wait"
                )),
            },
        }
    }
}

impl fmt::Display for QueueWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            QueueWord::Unbounded => f.pad("unbounded"),
            QueueWord::Bound(bound) => write!(f, "{bound}"),
            QueueWord::Lifo => f.pad("lifo"),
            QueueWord::Deadline => f.pad("deadline"),
            QueueWord::CoDel => f.pad("codel"),
            QueueWord::Priority => f.pad("priority"),
        }
    }
}

impl QueueWord {
    /// The queue, for clients that can wait so long for their turn.
    pub fn queue(self, patience: Seconds) -> Queue {
        let fifo = Queue::UNBOUNDED;
        match self {
            QueueWord::Unbounded => fifo,
            QueueWord::Bound(bound) => Queue { bound: Some(bound), ..fifo },
            QueueWord::Lifo => Queue { order: Order::Lifo, ..fifo },
            QueueWord::Deadline => Queue { deadline: Some(patience), ..fifo },
            QueueWord::CoDel => Queue { order: Order::Adaptive(CoDel::default()), ..fifo },
            QueueWord::Priority => Queue { order: Order::FillsFirst, ..fifo },
        }
    }
}

/// Reads a backoff: `none`, `500ms`, or `exponential` with what its fields say.
///
/// # Errors
/// Neither of them.
pub fn backoff(text: &str) -> Result<Backoff, String> {
    const EXPONENTIAL: &[Word] = &[word(
        "exponential",
        &[("first", "100ms"), ("cap", "10s"), ("jitter", "50%")],
        "twice as long after each try",
    )];
    if text == "none" {
        return Ok(Backoff::None);
    }
    if let Ok(wait) = text.parse::<Seconds>() {
        return Ok(Backoff::Fixed(wait));
    }
    let written = Written::parse(text, "backoff", EXPONENTIAL)?;
    Ok(Backoff::Exponential {
        first: written.length("first")?,
        cap: written.length("cap")?,
        jitter: written.get("jitter")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_can_be_written_as_its_example_says() {
        for word in TRIGGERS {
            assert!(trigger(&example(word)).is_ok(), "{}", example(word));
        }
        for word in REMEDIES {
            assert!(remedy(&example(word)).is_ok(), "{}", example(word));
        }
        assert_eq!(trigger("spike:times=3,lasts=1min"), Ok(Trigger::Spike { factor: 3.0, lasts: Seconds(60.0) }));
        assert_eq!(loss("1/8"), Ok(Trigger::Shards { lost: 1, of: 8 }));
        assert_eq!(loss("100%"), Ok(Trigger::Flush));
        assert_eq!("150".parse(), Ok(QueueWord::Bound(150)));
        assert_eq!(backoff("500ms"), Ok(Backoff::Fixed(Seconds(0.5))));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_nearest_word() {
        assert!(trigger("spik").unwrap_err().contains("did you mean 'spike'?"));
        assert!(trigger("spike:time=3").unwrap_err().contains("did you mean 'times'?"));
        assert!(remedy("life").unwrap_err().contains("did you mean 'lifo'?"));
        for text in [
            "shards:lost=9,of=8",
            "spike:times=-1",
            "slow-backend:speed=0%",
            "stall:lasts=0s",
            "hottest:keys=0",
            "flush:x=1",
        ] {
            assert!(trigger(text).is_err(), "{text}");
        }
        for text in ["0%", "9/8", "1/0", "101%", "", "x"] {
            assert!(loss(text).is_err(), "{text}");
        }
        assert!("0".parse::<QueueWord>().is_err() && "fast".parse::<QueueWord>().is_err());
    }
}
