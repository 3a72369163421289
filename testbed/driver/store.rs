//! What the driver asks of a cache server, and which of them speaks how.

use crate::{memcached::Memcached, redis::Redis};
use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::net::{TcpStream, ToSocketAddrs};

/// A connection to a cache server.
pub trait Store {
    /// Whether the key is there.
    fn get(&mut self, key: u32) -> Result<bool>;
    /// Stores a value of so many bytes.
    fn set(&mut self, key: u32, bytes: usize) -> Result<()>;
    /// Number of keys stored.
    fn entries(&mut self) -> Result<u64>;
    /// Drops all keys.
    fn flush(&mut self) -> Result<()>;
}

/// The servers that the driver can speak to.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Server {
    Memcached,
    Redis,
}

impl Server {
    /// Connects to this server at HOST:PORT.
    pub fn connect(self, address: &str) -> Result<Box<dyn Store>> {
        let line = Line::connect(address)?;
        Ok(match self {
            Server::Memcached => Box::new(Memcached(line)),
            Server::Redis => Box::new(Redis(line)),
        })
    }
}

/// A connection that is read line by line.
pub struct Line(BufReader<TcpStream>);

impl Line {
    /// Connects to HOST:PORT.
    pub fn connect(address: impl ToSocketAddrs) -> Result<Line> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Line(BufReader::new(stream)))
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// The next line, without its end.
    pub fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(Error::other("the server closed the connection"));
        }
        Ok(line.trim_end().to_string())
    }

    /// Reads so many bytes and drops them.
    pub fn skip(&mut self, bytes: u64) -> Result<()> {
        std::io::copy(&mut self.0.by_ref().take(bytes), &mut std::io::sink()).map(|_| ())
    }
}

/// An answer that the protocol does not allow here.
pub fn unexpected(answer: &str) -> Error {
    Error::other(format!("the server answered: {answer}"))
}
