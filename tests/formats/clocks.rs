//! Clocks that tick coarsely: what a trace knows of them, and what parts of it do.

use super::{read, read_with};
use coldgap::request::SECOND;
use coldgap::trace::{ReadOptions, Trace, parquet};
use coldgap::units::{Ratio, Seconds};

/// Whole seconds: one more request in each than in the one before.
fn csv() -> String {
    let seconds = (0..20).flat_map(|second| (0..=second).map(move |_| 1_700_000_000 + second));
    format!(
        "time,key\n{}",
        seconds.enumerate().map(|(i, time)| format!("{time},k{}\n", i * i % 97)).collect::<String>()
    )
}

fn native(trace: &Trace) -> Vec<u8> {
    let mut bytes = Vec::new();
    parquet::write(trace, &mut bytes).unwrap();
    bytes
}

#[test]
fn a_trace_knows_the_tick_of_its_clock_and_its_file_remembers_it() {
    let trace = read("t.csv", csv().as_bytes()).unwrap();
    assert_eq!(trace.tick, Some(SECOND));
    let written = native(&trace);
    assert_eq!(read("t.parquet", &written).unwrap().tick, Some(SECOND));
    // What is left of a tick in a sample lies at no even pace any more.
    let sample = ReadOptions { sample: Ratio::new(0.5), ..ReadOptions::default() };
    let sampled = read_with("t.parquet", &written, &sample).unwrap();
    assert!(sampled.len() < trace.len());
    assert_eq!((sampled.tick, read("s.parquet", &native(&sampled)).unwrap().tick), (Some(SECOND), Some(SECOND)));
    assert_eq!(read("fine.csv", b"time,key\n1.000001,a\n1.000001,b\n1.7,c\n").unwrap().tick, None);
    assert_eq!(read("none.csv", b"a\nb\n").unwrap().tick, None);
}

#[test]
fn a_second_that_the_limit_cuts_is_spread_as_if_it_were_whole() {
    let whole = read("t.csv", csv().as_bytes()).unwrap();
    for limit in [1, 104, 105, 106, 111, 119, 120, 121, 210, 500] {
        let kept = whole.len().min(limit);
        for sort in [false, true] {
            let options = ReadOptions { limit: Some(limit as u64), sort, ..ReadOptions::default() };
            let part = read_with("t.csv", csv().as_bytes(), &options).unwrap();
            assert_eq!(part.times, whole.times[..kept], "{limit}");
        }
    }
}

#[test]
fn what_stands_behind_the_limit_does_not_matter() {
    let options = |limit| ReadOptions { limit: Some(limit), ..ReadOptions::default() };
    for bad in ["no time,z\n", "2,z,w\n", "\"2,z\n"] {
        let text = format!("time,key\n1,a\n2,b\n{bad}");
        assert_eq!(read_with("t.csv", text.as_bytes(), &options(2)).unwrap().len(), 2, "{bad}");
        assert!(read_with("t.csv", text.as_bytes(), &options(3)).is_err() || bad.starts_with('"'), "{bad}");
    }
}

#[test]
fn random_spreading_moves_requests_inside_their_ticks_only() {
    let trace = read("t.csv", csv().as_bytes()).unwrap();
    let random = trace.spread_at_random(1);
    assert!(random.is_sorted() && random != trace.times && random != trace.spread_at_random(2));
    assert_eq!(random, trace.spread_at_random(1));
    // All but the last tick, which may have been cut.
    let whole = 190;
    assert!(trace.times[..whole].iter().zip(&random).all(|(even, random)| even / SECOND == random / SECOND));
    let fine = read("fine.csv", b"time,key\n1.000001,a\n1.000001,b\n1.7,c\n").unwrap();
    assert_eq!(fine.spread_at_random(1), fine.times);
}

#[test]
fn a_part_of_a_written_trace_is_scattered_over_what_is_left_of_its_ticks() {
    let written = native(&read("t.csv", csv().as_bytes()).unwrap());
    // From the middle of the 10th second to the middle of the 15th.
    let (from, until) = (Some(Seconds(10.5)), Some(Seconds(15.5)));
    let part = read_with("t.parquet", &written, &ReadOptions { from, until, ..ReadOptions::default() }).unwrap();
    assert_eq!(part.tick, Some(SECOND));
    let begin = part.start % SECOND;
    for seed in 0..20 {
        let random = part.spread_at_random(seed);
        assert!(
            part.times.iter().zip(&random).all(|(even, random)| (even + begin) / SECOND == (random + begin) / SECOND)
        );
        assert!(random.last() < Some(&(5 * SECOND + SECOND / 8)), "{random:?}");
    }
}
