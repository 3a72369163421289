//! Redis' protocol, as far as the driver needs it: commands in one line, and their answers.

use crate::store::{Line, Store, unexpected};
use std::io::Result;

/// A connection to a Redis.
pub struct Redis(pub Line);

impl Store for Redis {
    fn get(&mut self, key: u32) -> Result<bool> {
        self.0.send(format!("GET {key}\r\n").as_bytes())?;
        let answer = self.0.line()?;
        if answer == "$-1" {
            return Ok(false);
        }
        let bytes = answer.strip_prefix('$').and_then(|bytes| bytes.parse::<u64>().ok());
        self.0.skip(bytes.ok_or_else(|| unexpected(&answer))? + 2)?;
        Ok(true)
    }

    fn set(&mut self, key: u32, bytes: usize) -> Result<()> {
        self.0.send(format!("SET {key} {}\r\n", "x".repeat(bytes)).as_bytes())?;
        let answer = self.0.line()?;
        if answer == "+OK" { Ok(()) } else { Err(unexpected(&answer)) }
    }

    fn entries(&mut self) -> Result<u64> {
        self.0.send(b"DBSIZE\r\n")?;
        let answer = self.0.line()?;
        answer.strip_prefix(':').and_then(|count| count.parse().ok()).ok_or_else(|| unexpected(&answer))
    }

    fn flush(&mut self) -> Result<()> {
        self.0.send(b"FLUSHALL\r\n")?;
        let answer = self.0.line()?;
        if answer == "+OK" { Ok(()) } else { Err(unexpected(&answer)) }
    }
}
