//! PostgreSQL's protocol, as far as the driver needs it: a connection that the server trusts, and simple queries.

use std::io::{BufReader, Error, Read, Result, Write};
use std::net::TcpStream;

/// The protocol's version 3.0.
const VERSION: u32 = 196_608;

/// The number that asks for a cancellation in the version's place.
const CANCEL: u32 = 80_877_102;
/// What the server calls a query that was cancelled.
const CANCELLED: &str = "57014";

/// A connection to a PostgreSQL.
pub struct Postgres {
    stream: BufReader<TcpStream>,
    /// Process and secret, as the server said them.
    key: [u8; 8],
}

impl Postgres {
    /// Connects to HOST:PORT as the user and to the database `postgres`.
    pub fn connect(address: &str) -> Result<Postgres> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut connection = Postgres { stream: BufReader::new(stream), key: [0; 8] };
        let mut hello = VERSION.to_be_bytes().to_vec();
        hello.extend(b"user\0postgres\0database\0postgres\0\0");
        connection.send(None, &hello)?;
        connection.until_ready()?;
        Ok(connection)
    }

    /// Runs a query; the number of its rows.
    pub fn query(&mut self, sql: &str) -> Result<u64> {
        let mut text = sql.as_bytes().to_vec();
        text.push(0);
        self.send(Some(b'Q'), &text)?;
        self.until_ready()
    }

    /// Runs a query; whether it was answered and not cancelled.
    pub fn query_unless_cancelled(&mut self, sql: &str) -> Result<bool> {
        match self.query(sql) {
            Ok(_) => Ok(true),
            Err(error) if error.to_string().contains(CANCELLED) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What [`Postgres::cancel`] must know of this connection.
    pub fn key(&self) -> [u8; 8] {
        self.key
    }

    /// Cancels what a connection is at, and waits until the server has passed that on.
    pub fn cancel(address: &str, key: [u8; 8]) -> Result<()> {
        let mut stream = TcpStream::connect(address)?;
        let mut message = 16u32.to_be_bytes().to_vec();
        message.extend(CANCEL.to_be_bytes());
        message.extend(key);
        stream.write_all(&message)?;
        // The server answers nothing, and closes.
        stream.read_to_end(&mut Vec::new()).map(|_| ())
    }

    fn send(&mut self, kind: Option<u8>, body: &[u8]) -> Result<()> {
        let mut message: Vec<u8> = kind.into_iter().collect();
        message.extend((body.len() as u32 + 4).to_be_bytes());
        message.extend(body);
        self.stream.get_mut().write_all(&message)
    }

    /// Reads messages until the server waits for the next query; counts rows.
    fn until_ready(&mut self) -> Result<u64> {
        let (mut rows, mut wrong) = (0, None);
        loop {
            let mut head = [0; 5];
            self.stream.read_exact(&mut head)?;
            let [kind, length @ ..] = head;
            let mut body = vec![0; (u32::from_be_bytes(length) as usize).saturating_sub(4)];
            self.stream.read_exact(&mut body)?;
            match kind {
                b'Z' => return wrong.map_or(Ok(rows), Err),
                b'D' => rows += 1,
                b'K' if body.len() == 8 => self.key.copy_from_slice(&body),
                b'E' => wrong = Some(Error::other(String::from_utf8_lossy(&body).replace('\0', " "))),
                b'R' if body[..] != [0; 4] => return Err(Error::other("the server wants a password")),
                _ => {}
            }
        }
    }
}
