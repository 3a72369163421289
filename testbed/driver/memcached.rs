//! memcached's text protocol, as far as the driver needs it.

use crate::store::{Line, Store, unexpected};
use std::io::Result;

/// A connection to a memcached.
pub struct Memcached(pub Line);

impl Memcached {
    fn ask(&mut self, command: &[u8], expected: &str) -> Result<()> {
        self.0.send(command)?;
        let answer = self.0.line()?;
        if answer == expected { Ok(()) } else { Err(unexpected(&answer)) }
    }
}

impl Store for Memcached {
    fn get(&mut self, key: u32) -> Result<bool> {
        self.0.send(format!("get {key}\r\n").as_bytes())?;
        let answer = self.0.line()?;
        if answer == "END" {
            return Ok(false);
        }
        let bytes = answer.strip_prefix("VALUE ").and_then(|value| value.rsplit(' ').next()?.parse::<u64>().ok());
        self.0.skip(bytes.ok_or_else(|| unexpected(&answer))? + 2)?;
        let end = self.0.line()?;
        if end == "END" { Ok(true) } else { Err(unexpected(&end)) }
    }

    fn set(&mut self, key: u32, bytes: usize) -> Result<()> {
        self.ask(format!("set {key} 0 0 {bytes}\r\n{:bytes$}\r\n", "").as_bytes(), "STORED")
    }

    fn entries(&mut self) -> Result<u64> {
        self.0.send(b"stats\r\n")?;
        let mut entries = None;
        loop {
            match self.0.line()?.as_str() {
                "END" => return entries.ok_or_else(|| unexpected("stats without curr_items")),
                line => {
                    if let Some(count) = line.strip_prefix("STAT curr_items ") {
                        entries = count.parse().ok();
                    }
                }
            }
        }
    }

    fn flush(&mut self) -> Result<()> {
        self.ask(b"flush_all\r\n", "OK")
    }
}
