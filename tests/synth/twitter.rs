//! The calibrated recipe against the published row of its cluster.

use super::{assert_near, frequencies, sample};
use coldgap::request::Op;
use std::collections::BTreeMap;
use std::path::Path;

/// The row as the recipe's comment quotes it, for where the published table is not at hand.
const QUOTED: &[(&str, &str)] = &[
    ("key_size_mean_B", "67"),
    ("value_size_mean_B", "2439"),
    ("request_rate_kqps", "5.26"),
    ("mean_freq", "26.5"),
    ("one_hit_wonder_pct", "29.33"),
    ("compulsory_miss_pct", "3.77"),
    ("common_ttl_s_share", "60:0.39;300:0.24;3600:0.13;600:0.12;14400:0.09;86400:0.03"),
    ("op_get", "0.93"),
    ("op_set", "0.07"),
    ("zipf_alpha", "1.1004"),
];

/// Cluster 4's statistics by column name.
fn published() -> BTreeMap<String, String> {
    let quoted = QUOTED.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/facts/twitter_2020_clusters.csv");
    let Ok(table) = std::fs::read_to_string(path) else {
        eprintln!("notice: the published table is not here; comparing with the numbers quoted from it");
        return quoted;
    };
    let mut lines = table.lines().map(|line| line.split(','));
    let header = lines.next().unwrap();
    let row = lines.find(|row| row.clone().next() == Some("4")).unwrap();
    let row: BTreeMap<String, String> = header.zip(row).map(|(name, value)| (name.into(), value.into())).collect();
    assert!(quoted.iter().all(|(name, value)| row[name] == *value), "the recipe's comment misquotes the table");
    row
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

#[test]
fn the_trace_has_the_cluster_s_rate_and_reuse() {
    let (trace, row) = (sample("twitter_cluster4.toml"), published());
    let span = *trace.times.last().unwrap() as f64 / 1e9;
    assert_near("rate", trace.len() as f64 / span, number(&row, "request_rate_kqps") * 1000.0 / 10.0, 0.01);
    let frequencies = frequencies(&trace);
    let (requests, objects) = (trace.len() as f64, frequencies.len() as f64);
    assert_near("mean frequency", requests / objects, number(&row, "mean_freq"), 0.02);
    assert_near("compulsory misses", objects / requests, number(&row, "compulsory_miss_pct") / 100.0, 0.02);
    let once = frequencies.iter().filter(|frequency| **frequency == 1).count() as f64;
    assert_near("one-hit wonders", once / objects, number(&row, "one_hit_wonder_pct") / 100.0, 0.03);
}

/// The exponent as the slope of log frequency over log rank, among keys asked for often enough to have one.
#[test]
fn popularity_falls_with_the_cluster_s_exponent() {
    let (trace, row) = (sample("twitter_cluster4.toml"), published());
    let mut frequencies = frequencies(&trace);
    frequencies.sort_unstable_by(|a, b| b.cmp(a));
    let points: Vec<(f64, f64)> = (1..)
        .zip(&frequencies)
        .take_while(|(_, frequency)| **frequency >= 10)
        .map(|(rank, frequency)| (f64::from(rank).ln(), (*frequency as f64).ln()))
        .collect();
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let slope = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>()
        / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>();
    assert_near("Zipf exponent", -slope, number(&row, "zipf_alpha"), 0.03);
}

#[test]
fn sizes_operations_and_times_to_live_are_the_cluster_s() {
    let (trace, row) = (sample("twitter_cluster4.toml"), published());
    let sizes = trace.sizes.as_ref().unwrap();
    let mut by_object = vec![0; trace.object_count()];
    trace.objects.iter().zip(sizes).for_each(|(object, size)| by_object[object.index()] = *size);
    let mean = by_object.iter().map(|size| f64::from(*size)).sum::<f64>() / by_object.len() as f64;
    assert_near("size", mean, number(&row, "key_size_mean_B") + number(&row, "value_size_mean_B"), 0.03);

    let (ops, ttls) = (trace.ops.as_ref().unwrap(), trace.ttls.as_ref().unwrap());
    let share = |op: Op| ops.iter().filter(|other| **other == op).count() as f64 / ops.len() as f64;
    assert_near("gets", share(Op::Get), number(&row, "op_get"), 0.005);
    assert_near("sets", share(Op::Set), number(&row, "op_set"), 0.02);
    assert_eq!(share(Op::Delete), 0.0);

    let said: Vec<u32> = ttls.iter().copied().filter(|ttl| *ttl > 0).collect();
    assert!(ops.iter().zip(ttls).all(|(op, ttl)| (*op == Op::Set) == (*ttl > 0)), "sets say a time to live, gets none");
    for pair in row["common_ttl_s_share"].split(';') {
        let (ttl, published) = pair.split_once(':').unwrap();
        let ttl: u32 = ttl.parse().unwrap();
        let measured = said.iter().filter(|other| **other == ttl).count() as f64 / said.len() as f64;
        let published: f64 = published.parse().unwrap();
        assert!((measured - published).abs() < 0.01, "time to live {ttl} s: {measured} where {published} was expected");
    }
}
