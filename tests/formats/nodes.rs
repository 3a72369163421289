//! On which node of a cache a key lives: a matter of the key alone.

use super::samples::sample;
use super::{read, read_with};
use coldgap::placement::{counted_from, node_of};
use coldgap::request::ObjectId;
use coldgap::trace::sample::{Part, place};
use coldgap::trace::{ReadOptions, Trace, parquet};
use std::collections::HashMap;

/// Hashes by key, as text.
fn by_key(trace: &Trace) -> HashMap<String, u32> {
    let key = |i: usize| format!("{:?}", trace.keys.get(ObjectId(i as u32)));
    trace.key_hashes().into_iter().enumerate().map(|(i, hash)| (key(i), hash)).collect()
}

/// Keys 0 to 399 and some text, touched in this order, and then asked for in a common one.
fn csv(first: impl Iterator<Item = u32>) -> String {
    let mut rows = String::from("time,key\n");
    for (i, key) in first.chain((0..1000).map(|i| i * i % 400)).enumerate() {
        let key = if key % 3 == 0 { format!("/page/{key}") } else { key.to_string() };
        rows += &format!("{i}.25,{key}\n");
    }
    rows
}

#[test]
fn another_prefix_moves_no_key() {
    let (up, down) = (csv(0..400), csv((0..400).rev()));
    let (up, down) = (read("up.csv", up.as_bytes()).unwrap(), read("down.csv", down.as_bytes()).unwrap());
    assert_ne!(up.objects, down.objects);
    assert_eq!(by_key(&up), by_key(&down));
    let cut = ReadOptions { from: Some(coldgap::units::Seconds(700.0)), ..ReadOptions::default() };
    let cut = read_with("up.csv", csv(0..400).as_bytes(), &cut).unwrap();
    let all = by_key(&up);
    assert!(by_key(&cut).iter().all(|(key, hash)| all[key] == *hash));
    let part = Part::of(&up, 0, |object| object.0 % 2 == 1).trace;
    assert!(by_key(&part).iter().all(|(key, hash)| all[key] == *hash));
}

#[test]
fn the_format_moves_no_key() {
    let trace = read("t.csv", csv(0..400).as_bytes()).unwrap();
    let mut native = Vec::new();
    parquet::write(&trace, &mut native).unwrap();
    assert_eq!(trace.key_hashes(), read("t.parquet", &native).unwrap().key_hashes());
    // Numbers as text, and as 64 bits.
    let binary = read("t.oracleGeneral", &sample("oracleGeneral")).unwrap();
    let text = read("t.csv", &sample("csv")).unwrap();
    assert_eq!(binary.key_hashes(), text.key_hashes());
}

#[test]
fn nodes_are_even_and_independent_of_samples() {
    let rows: String = (0..80_000).map(|key| format!("{key}\n")).collect();
    let trace = read("t.csv", rows.as_bytes()).unwrap();
    let hashes = trace.key_hashes();
    let counts = |kept: &dyn Fn(ObjectId) -> bool| {
        let mut counts = [0u32; 8];
        let objects = (0..hashes.len() as u32).map(ObjectId).filter(|object| kept(*object));
        objects.for_each(|object| counts[((u64::from(hashes[object.index()]) * 8) >> 32) as usize] += 1);
        counts
    };
    // 10,000 a node, give or take four standard deviations; 1,000 in a sample of 10 %.
    assert!(counts(&|_| true).iter().all(|count| count.abs_diff(10_000) < 400));
    for seed in 0..3 {
        let sampled = counts(&|object| place(trace.keys.get(object), seed) < 0.1);
        assert!(sampled.iter().all(|count| count.abs_diff(1_000) < 126), "{sampled:?}");
    }
}

#[test]
fn nodes_may_be_counted_from_any_of_them() {
    // But for a hash at the very edge of a node, where nodes do not divide all hashes evenly.
    for nodes in [1, 6, 8, 64] {
        for first in 0..nodes {
            for hash in (1..5_000u32).map(|i| i.wrapping_mul(2_654_435_761)) {
                let counted = node_of(counted_from(hash, first, nodes), nodes);
                assert_eq!(counted, (node_of(hash, nodes) + nodes - first) % nodes, "{hash} from {first} of {nodes}");
            }
        }
    }
}
