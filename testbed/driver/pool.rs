//! A pool of database connections with one queue before it: what an application's pool does. Work whose client gave up is done
//! all the same, leaves the queue, or is cancelled at the database. It knows no clients.

use crate::postgres::Postgres;
use coldgap::outage::Abandoned;
use coldgap::outage::queue::{Order, Queue};
use std::collections::VecDeque;
use std::io::Result;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
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
    /// The fetch of this number had waited too long when its turn came.
    Dropped(usize),
    /// A connection is of no use any more.
    Broken(std::io::Error),
}

/// Fetches that wait, and who works on which.
#[derive(Default)]
struct Work {
    waiting: VecDeque<Fetch>,
    /// By connection: the number of the fetch under way; `None` where there is none.
    under_way: Vec<Option<usize>>,
}

/// What the connections share.
struct Line {
    rules: Queue,
    work: Mutex<Work>,
    not_empty: Condvar,
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next fetch for a connection, which it works on from now.
    fn next(&self, connection: usize) -> Fetch {
        let mut work = self.lock();
        work.under_way[connection] = None;
        loop {
            let next = match self.rules.order {
                Order::Lifo => work.waiting.pop_back(),
                _ => work.waiting.pop_front(),
            };
            if let Some(fetch) = next {
                work.under_way[connection] = Some(fetch.number);
                return fetch;
            }
            work = self.not_empty.wait(work).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The pool. Its threads end with the process.
pub struct Pool {
    line: Arc<Line>,
    address: String,
    /// By connection: what the database wants to hear of who cancels its query.
    keys: Vec<[u8; 8]>,
}

impl Pool {
    /// Connects `size` times; each query takes `service` at the database.
    pub fn open(address: &str, size: usize, service: Duration, rules: Queue, news: &Sender<News>) -> Result<Pool> {
        let work = Mutex::new(Work { waiting: VecDeque::new(), under_way: vec![None; size] });
        let line = Arc::new(Line { rules, work, not_empty: Condvar::new() });
        let longest = rules.deadline.map(|longest| Duration::from_secs_f64(longest.0));
        let mut keys = Vec::new();
        for i in 0..size {
            let (mut connection, line, news) = (Postgres::connect(address)?, line.clone(), news.clone());
            keys.push(connection.key());
            std::thread::spawn(move || {
                let mut work = || -> Result<()> {
                    loop {
                        let fetch = line.next(i);
                        let waited = fetch.asked.elapsed();
                        if longest.is_some_and(|longest| waited > longest) {
                            let _ = news.send(News::Dropped(fetch.number));
                            continue;
                        }
                        let _ = news.send(News::Began(waited));
                        let seconds = service.as_secs_f64();
                        let sql = format!("select v from kv, pg_sleep({seconds}) where k = {}", fetch.key);
                        if connection.query_unless_cancelled(&sql)? {
                            let _ = news.send(News::Answered(fetch.number));
                        }
                    }
                };
                if let Err(error) = work() {
                    let _ = news.send(News::Broken(error));
                }
            });
        }
        Ok(Pool { line, address: address.to_string(), keys })
    }

    /// Puts a fetch at the end of the queue; false where it has no room.
    pub fn ask(&self, fetch: Fetch) -> bool {
        let mut work = self.line.lock();
        let is_free = work.waiting.is_empty() && work.under_way.contains(&None);
        if !is_free && self.line.rules.bound.is_some_and(|bound| work.waiting.len() >= bound as usize) {
            return false;
        }
        work.waiting.push_back(fetch);
        self.line.not_empty.notify_one();
        true
    }

    /// Nobody waits for a fetch any more.
    pub fn abandon(&self, number: usize, how: Abandoned) -> Result<()> {
        let mut work = self.line.lock();
        if how == Abandoned::Finished {
            return Ok(());
        }
        if let Some(place) = work.waiting.iter().position(|fetch| fetch.number == number) {
            work.waiting.remove(place);
        } else if how == Abandoned::Cancelled
            && let Some(connection) = work.under_way.iter().position(|fetch| *fetch == Some(number))
        {
            // The line is held meanwhile, so that the connection begins nothing else before the database has heard of it.
            Postgres::cancel(&self.address, self.keys[connection])?;
        }
        Ok(())
    }

    /// How many wait, and since when the oldest does.
    pub fn waiting(&self) -> (usize, Option<Instant>) {
        let work = self.line.lock();
        (work.waiting.len(), work.waiting.front().map(|fetch| fetch.asked))
    }
}
