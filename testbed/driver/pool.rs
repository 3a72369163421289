//! A pool of database connections with one queue before it, first in, first out: what an application's pool does. Work whose
//! client gave up is done all the same.

use crate::postgres::Postgres;
use std::collections::VecDeque;
use std::io::Result;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A key that somebody wants from the database.
#[derive(Clone, Copy)]
pub struct Fetch {
    pub number: usize,
    pub key: u32,
    pub asked: Instant,
}

/// What the pool tells.
pub enum News {
    /// A connection began to work on a fetch that had waited so long.
    Began(Duration),
    /// The database answered the fetch of this number.
    Answered(usize),
    /// A connection is of no use any more.
    Broken(std::io::Error),
}

/// Fetches that wait, and who waits for them.
#[derive(Default)]
struct Line {
    waiting: Mutex<VecDeque<Fetch>>,
    not_empty: Condvar,
}

impl Line {
    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Fetch>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Fetch {
        let mut waiting = self.lock();
        loop {
            match waiting.pop_front() {
                Some(fetch) => return fetch,
                None => waiting = self.not_empty.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// The pool. Its threads end with the process.
pub struct Pool(Arc<Line>);

impl Pool {
    /// Connects `size` times; each query takes `service` at the database.
    pub fn open(address: &str, size: usize, service: Duration, news: &Sender<News>) -> Result<Pool> {
        let line = Arc::new(Line::default());
        for _ in 0..size {
            let (mut connection, line, news) = (Postgres::connect(address)?, line.clone(), news.clone());
            std::thread::spawn(move || {
                let mut work = || -> Result<()> {
                    loop {
                        let fetch = line.next();
                        let _ = news.send(News::Began(fetch.asked.elapsed()));
                        let seconds = service.as_secs_f64();
                        connection.query(&format!("select v from kv, pg_sleep({seconds}) where k = {}", fetch.key))?;
                        let _ = news.send(News::Answered(fetch.number));
                    }
                };
                if let Err(error) = work() {
                    let _ = news.send(News::Broken(error));
                }
            });
        }
        Ok(Pool(line))
    }

    /// Puts a fetch at the end of the queue.
    pub fn ask(&self, fetch: Fetch) {
        self.0.lock().push_back(fetch);
        self.0.not_empty.notify_one();
    }

    /// How many wait, and since when the first one does.
    pub fn waiting(&self) -> (usize, Option<Instant>) {
        let waiting = self.0.lock();
        (waiting.len(), waiting.front().map(|fetch| fetch.asked))
    }
}
