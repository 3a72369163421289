use coldgap::{cache::*, policy::*, replay::replay, request::*};
use rand::SeedableRng;
use rand_distr::{Distribution, Zipf};
struct V<'a> {
    r: &'a Requests<'a>,
    n: usize,
    cap: u64,
}
impl Visitor for V<'_> {
    type Output = ();
    fn visit<P: Policy>(self) {
        for _ in 0..8 {
            let cap = Capacity::Objects(self.cap);
            let mut c = Cache::new(P::new(cap, &Parameters::default()).unwrap(), cap, self.n, None, false);
            let t = std::time::Instant::now();
            let tally = replay(&mut c, self.r);
            let s = t.elapsed().as_secs_f64();
            println!(
                "{:10} cap {:7} {:7.1} M/s  miss {:.4}",
                P::INFO.name,
                self.cap,
                self.r.len() as f64 / s / 1e6,
                tally.misses as f64 / tally.requests as f64
            );
        }
    }
}
fn main() {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let n = 1_000_000usize;
    let z = Zipf::new(n as f64, 1.0).unwrap();
    let mut rng = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(1);
    let mut ids = vec![u32::MAX; n + 1];
    let mut k = 0;
    let objects: Vec<ObjectId> = (0..8_000_000)
        .map(|_| {
            let x = z.sample(&mut rng) as usize;
            if ids[x] == u32::MAX {
                ids[x] = k;
                k += 1;
            }
            ObjectId(ids[x])
        })
        .collect();
    let mut seen = vec![NEVER; n];
    let mut next = vec![NEVER; objects.len()];
    for (i, o) in objects.iter().enumerate().rev() {
        next[i] = std::mem::replace(&mut seen[o.index()], i as u32);
    }
    let times: Vec<u64> =
        if std::env::var("TIMES").is_ok() { (0..objects.len() as u64).map(|i| i * 1000).collect() } else { vec![] };
    let sizes: Option<Vec<u32>> = std::env::var("TIMES").is_ok().then(|| vec![1; objects.len()]);
    for cap in [100_000, 10_000] {
        for info in ALL {
            if !only.is_empty() && !only.iter().any(|o| o == info.name) {
                continue;
            }
            let r = Requests {
                times: &times,
                objects: &objects,
                sizes: sizes.as_deref(),
                ops: None,
                ttls: None,
                next: info.needs_future.then_some(&next),
                second: SECOND,
            };
            visit(info.name, V { r: &r, n: k as usize, cap });
        }
    }
}
