//! PostgreSQL's protocol, as far as the driver needs it: a connection that the server trusts, and simple queries.

use std::io::{BufReader, Error, Read, Result, Write};
use std::net::TcpStream;

/// The protocol's version 3.0.
const VERSION: u32 = 196_608;

/// A connection to a PostgreSQL.
pub struct Postgres(BufReader<TcpStream>);

impl Postgres {
    /// Connects to HOST:PORT as the user and to the database `postgres`.
    pub fn connect(address: &str) -> Result<Postgres> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut connection = Postgres(BufReader::new(stream));
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

    fn send(&mut self, kind: Option<u8>, body: &[u8]) -> Result<()> {
        let mut message: Vec<u8> = kind.into_iter().collect();
        message.extend((body.len() as u32 + 4).to_be_bytes());
        message.extend(body);
        self.0.get_mut().write_all(&message)
    }

    /// Reads messages until the server waits for the next query; counts rows.
    fn until_ready(&mut self) -> Result<u64> {
        let (mut rows, mut wrong) = (0, None);
        loop {
            let mut head = [0; 5];
            self.0.read_exact(&mut head)?;
            let [kind, length @ ..] = head;
            let mut body = vec![0; (u32::from_be_bytes(length) as usize).saturating_sub(4)];
            self.0.read_exact(&mut body)?;
            match kind {
                b'Z' => return wrong.map_or(Ok(rows), Err),
                b'D' => rows += 1,
                b'E' => wrong = Some(Error::other(String::from_utf8_lossy(&body).replace('\0', " "))),
                b'R' if body[..] != [0; 4] => return Err(Error::other("the server wants a password")),
                _ => {}
            }
        }
    }
}
