//! `coldgap demo`: quick, narrow, and its claims are those of its numbers.

use super::text;
use std::time::{Duration, Instant};

/// Generous: it takes under a second on an idle machine, and other tests run beside it.
const SOON: Duration = Duration::from_secs(40);

/// The number before `/s` in the line that begins with this name.
fn heals_up_to(story: &str, name: &str) -> f64 {
    let line = story.lines().find(|line| line.trim_start().starts_with(&format!("{name}  "))).unwrap();
    let number = line.split("/s").next().unwrap().split_whitespace().last().unwrap();
    number.replace(',', "").parse().unwrap()
}

#[test]
fn the_demo_tells_what_it_measured() {
    let begin = Instant::now();
    let story = text(&["demo"]);
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    assert!(story.is_ascii(), "not for every terminal");
    assert!(story.lines().all(|line| line.len() <= 80), "wider than 80 columns");

    // Down, healed by the knob, down again with the better cache: in this order.
    let down: Vec<usize> = story.match_indices("It stays down.").map(|(at, _)| at).collect();
    let heals: Vec<usize> = story.match_indices("It heals: ").map(|(at, _)| at).collect();
    assert_eq!((down.len(), heals.len()), (2, 1), "{story}");
    assert!(down[0] < heals[0] && heals[0] < down[1]);

    // The better cache misses less and heals no better; the knob changes that.
    let sentence = &story[story.find("Would a better cache").unwrap()..];
    let misses: Vec<f64> =
        sentence.split('%').take(2).map(|part| part.split_whitespace().last().unwrap().parse().unwrap()).collect();
    assert!(misses[0] < 0.8 * misses[1], "{misses:?}");
    let (lru, sieve) = (heals_up_to(&story, "LRU"), heals_up_to(&story, "SIEVE"));
    let bounded = heals_up_to(&story, "LRU, at most 175 wait");
    assert!((sieve / lru - 1.0).abs() < 0.1, "{sieve} and {lru}");
    assert!(bounded > 2.0 * lru, "{bounded} and {lru}");

    assert_eq!(story, text(&["demo"]), "not the same twice");
}
