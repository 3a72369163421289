//! Synthetic traces: a [`Recipe`] and its seed become a [`Trace`], the same one every time.
//!
//! Each property of a request has a file and a random stream of its own. Rows go through the [`Builder`] as those of
//! any file do. Nothing here reads or writes files.

mod arrivals;
mod operations;
mod popularity;
mod quantity;
pub mod recipe;
mod sizes;
mod stream;

use super::builder::{Builder, Row};
use super::{Key, ReadOptions, Trace};
use crate::error::{Result, Spot};
use crate::interrupt::Interrupt;
use arrivals::Arrivals;
use operations::{Operations, Ttls};
use popularity::Popularity;
pub use recipe::Recipe;
use sizes::Sizes;

/// Makes the trace that a recipe describes. Needs some 30 bytes of memory a request and 50 a key.
///
/// # Errors
/// More distinct keys than 32-bit ids can name; every other mistake was found when the recipe was parsed.
pub fn generate(recipe: &Recipe) -> Result<Trace> {
    generate_unless(recipe, &Interrupt::default())
}

/// The same, unless it is stopped.
///
/// # Errors
/// See [`generate`]; an interrupt.
pub fn generate_unless(recipe: &Recipe, interrupt: &Interrupt) -> Result<Trace> {
    let seed = recipe.seed;
    let mut arrivals = Arrivals::new(&recipe.arrivals, seed);
    let mut popularity = Popularity::new(&recipe.keys, recipe.requests, seed)?;
    let sizes = recipe.sizes.as_ref().map(|sizes| Sizes::new(sizes, seed));
    let mut operations = Operations::new(&recipe.operations, seed);
    let mut ttls = recipe.ttl.as_ref().map(|ttl| Ttls::new(ttl, seed));
    let options = ReadOptions { interrupt: interrupt.clone(), ..ReadOptions::default() };
    let mut rows = Builder::new(&recipe.name, "synthetic", &options);
    let mut text = recipe.keys.prefix.clone();
    for n in 0..recipe.requests {
        let time = arrivals.next();
        let number = popularity.next(time);
        let op = operations.next();
        let row = Row {
            time: Some(recipe.arrivals.start.saturating_add(time)),
            key: key(&mut text, &recipe.keys.prefix, number),
            size: sizes.as_ref().map(|sizes| sizes.of(number)),
            op,
            ttl: ttls.as_mut().map_or(0, |ttls| ttls.next(op)),
        };
        if rows.push(row, Spot::Row(n + 1))?.is_break() {
            break;
        }
    }
    rows.finish()
}

/// The key with this number, written into `text` where it has a prefix.
fn key<'t>(text: &'t mut String, prefix: &str, number: u64) -> Key<'t> {
    use std::fmt::Write;
    if prefix.is_empty() {
        return Key::Number(number);
    }
    text.truncate(prefix.len());
    // Writing to a String cannot fail.
    let _ = write!(text, "{number}");
    Key::parse(text.as_bytes())
}
