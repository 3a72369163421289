//! Sizes, operations, times to live; and that a seed makes the same trace again.

use super::{assert_near, made};
use coldgap::request::Op;
use coldgap::trace::Trace;
use coldgap::trace::synthetic::{Recipe, generate, recipe};

fn recipe(rest: &str) -> String {
    format!("seed = 9\nrequests = 100_000\n[arrivals]\nrate = \"100/s\"\n[keys]\ncount = 20_000\nzipf = 0.3\n{rest}\n")
}

fn sizes_by_object(trace: &Trace) -> Vec<u32> {
    let mut sizes = vec![0; trace.object_count()];
    for (object, size) in trace.objects.iter().zip(trace.sizes.as_ref().unwrap()) {
        let known = &mut sizes[object.index()];
        assert!(*known == 0 || known == size, "an object changed its size");
        *known = *size;
    }
    sizes
}

#[test]
fn sizes_are_lognormal_with_the_mean_and_spread_that_were_asked_for() {
    let sizes = sizes_by_object(&made(&recipe("[sizes]\nmean = \"10kB\"\nspread = 0.7")));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let plain: Vec<f64> = sizes.iter().map(|size| f64::from(*size)).collect();
    assert_near("mean size", mean(&plain), 10_000.0, 0.02);
    let logs: Vec<f64> = plain.iter().map(|size| size.ln()).collect();
    let middle = mean(&logs);
    let variance = logs.iter().map(|log| (log - middle).powi(2)).sum::<f64>() / logs.len() as f64;
    assert_near("spread", variance.sqrt(), 0.7, 0.02);
    assert_near("median", middle, 10_000f64.ln() - 0.7 * 0.7 / 2.0, 0.002);
}

#[test]
fn sizes_are_cut_at_the_largest_and_alike_without_spread() {
    let cut = sizes_by_object(&made(&recipe("[sizes]\nmean = 1000\nspread = 3\nmax = \"4kB\"")));
    assert!(cut.iter().all(|size| (1..=4000).contains(size)) && cut.contains(&4000));
    assert!(sizes_by_object(&made(&recipe("[sizes]\nmean = 512"))).iter().all(|size| *size == 512));
}

#[test]
fn operations_and_times_to_live_have_their_shares() {
    let ttl = "[ttl]\nvalues = [{ lives = \"1min\", share = 0.25 }, { lives = \"1h\", share = 0.5 }]";
    let trace = made(&recipe(&format!("[operations]\nset = 0.3\ndelete = 0.05\n{ttl}")));
    let (ops, ttls) = (trace.ops.unwrap(), trace.ttls.unwrap());
    let count = |op: Op| ops.iter().filter(|other| **other == op).count() as f64;
    assert_near("sets", count(Op::Set), 30_000.0, 0.02);
    assert_near("deletes", count(Op::Delete), 5000.0, 0.05);
    let said = |ttl: u32| ops.iter().zip(&ttls).filter(|(op, said)| **op == Op::Set && **said == ttl).count() as f64;
    assert_near("1 min", said(60) / count(Op::Set), 0.25, 0.04);
    assert_near("1 h", said(3600) / count(Op::Set), 0.5, 0.03);
    assert_near("nothing said", said(0) / count(Op::Set), 0.25, 0.04);
    assert!(ops.iter().zip(&ttls).all(|(op, ttl)| *op == Op::Set || *ttl == 0));
}

#[test]
fn gets_say_a_time_to_live_where_asked_and_deletes_never() {
    let ttl = "[ttl]\non_gets = true\nvalues = [{ lives = \"60s\", share = 1.0 }]";
    let trace = made(&recipe(&format!("[operations]\ndelete = 0.1\n{ttl}")));
    let (ops, ttls) = (trace.ops.unwrap(), trace.ttls.unwrap());
    assert!(ops.iter().zip(&ttls).all(|(op, ttl)| *ttl == if *op == Op::Get { 60 } else { 0 }));
}

#[test]
fn a_seed_makes_the_same_trace_again_and_another_seed_another() {
    let text = recipe::EXAMPLE.replace("1_000_000 ", "20_000 ");
    let (first, again) = (made(&text), made(&text));
    assert_eq!(first.fingerprint, again.fingerprint);
    assert_ne!(first.fingerprint, made(&text.replace("seed = 1 ", "seed = 2 ")).fingerprint);
    // Recorded: where this changes, every committed sample and recorded result changes with it.
    assert_eq!(first.fingerprint, "823982b4b625e90852f5c67eee83633b");
}

#[test]
fn changing_one_part_leaves_the_others_as_they_are() {
    let plain = made(&recipe(""));
    let full = made(&recipe(
        "[sizes]\nmean = 512\nspread = 1\n[operations]\nset = 0.5\n[ttl]\nvalues = [{ lives = \"1s\", share = 1 }]",
    ));
    assert_eq!(plain.times, full.times);
    assert_eq!(plain.objects, full.objects);
    let wondering = made(&recipe("one_hit_wonders = 0.1"));
    assert_eq!(plain.times, wondering.times);
    let steeper = made(&recipe("").replace("zipf = 0.3", "zipf = 1.3"));
    assert_eq!(plain.times, steeper.times);
}

#[test]
fn the_documented_example_names_every_default() {
    let full = Recipe::parse(recipe::EXAMPLE, "example").unwrap();
    let least = "seed = 1\nrequests = 10\n[arrivals]\nrate = \"3000/s\"\n[keys]\ncount = 5\n[keys.scan]\nevery = \"1h\"\n\
                 keys = 7\n[arrivals.diurnal]\nswing = 0.5\n[sizes]\nmean = 100";
    let least = Recipe::parse(least, "least").unwrap();
    // The fields that the example says hold their default there.
    assert_eq!(full.arrivals.spacing, least.arrivals.spacing);
    assert_eq!(full.arrivals.clock, least.arrivals.clock);
    assert_eq!(full.arrivals.diurnal.unwrap().period, least.arrivals.diurnal.unwrap().period);
    assert_eq!(full.keys.zipf, least.keys.zipf);
    assert_eq!(full.keys.scan.unwrap().share, least.keys.scan.unwrap().share);
    assert_eq!((least.arrivals.start, least.keys.one_hit_wonders, least.keys.drift), (0, 0.0, 0.0));
    assert_eq!((least.operations.set, least.operations.delete), (0.0, 0.0));
    assert_eq!(least.sizes.unwrap().max, (4 << 30) - 1);
    assert!(!full.ttl.unwrap().on_gets);
}

#[test]
fn a_prefix_makes_keys_text() {
    let trace = made(&recipe("prefix = \"/item/\""));
    assert!(!trace.keys.all_numbers());
    assert_eq!(trace.objects, made(&recipe("")).objects, "and leaves popularity as it is");
    let smallest =
        generate(&Recipe::parse("seed = 0\nrequests = 1\narrivals.rate = \"1/s\"\nkeys.count = 1", "s").unwrap());
    assert_eq!(smallest.unwrap().len(), 1);
}
