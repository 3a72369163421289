//! Turns what was measured into the reports' data.

use super::{
    Config, Elasticity, PreloadRow, RestartRow, Restarts, SKEW, SensitivityReport, SensitivityRow, WarmupReport,
    sentence,
};
use crate::analysis::knobs::Scene;
use crate::analysis::knobs::bench::SEEDS;
use crate::analysis::knobs::restart::{Restart, Restarts as Restarted};
use crate::analysis::knobs::sensitivity::{Knob, Row, can_redraw};
use crate::analysis::knobs::warmup::{Preload, WarmUp};
use crate::outage::Fill;
use crate::outage::verdict::HEALTHY;
use crate::report::format::percent;
use crate::report::head::{Head, Kind};
use crate::report::outage::{TraceFacts, assumptions};
use crate::units::{Seconds, grouped, grouped_rate, significant};

const GIB: f64 = (1_u64 << 30) as f64;

/// The knobs, each against the first row: the service as it is.
pub(in crate::report) fn sensitivity_rows(rows: &[Row]) -> Vec<SensitivityRow> {
    let base = rows.first().map(|row| row.edge);
    rows.iter()
        .map(|row| {
            let (knob, setting) = words(&row.knob);
            SensitivityRow {
                knob: knob.into(),
                setting,
                hidden_95_per_second: row.edge.hidden[0].load,
                hidden_95_per_second_low: row.edge.hidden[0].low,
                hidden_95_per_second_high: row.edge.hidden[0].high,
                hidden_50_per_second: row.edge.half(),
                hidden_factor: base.and_then(|base| row.edge.over(&base)),
                hidden_safe_per_second: row.edge.safe,
                advertised_per_second: row.edge.advertised,
            }
        })
        .collect()
}

/// The report on knobs; the first row is the service as it is.
pub fn sensitivity(command: &str, scene: &Scene<'_>, rows: &[Row]) -> SensitivityReport {
    let rows = sensitivity_rows(rows);
    let mut all = about(scene);
    all.push(
        "each row changes one thing of the service and is simulated anew, with as few trials as tell at which load half heal, beside as few of the service as it is; the first row stands as `gap` finds it, the others as many times as high; so does the safe bound"
            .to_string(),
    );
    all.push(if can_redraw(scene) {
        "skew: keys are drawn again from a Zipf distribution over as many keys, at the recorded times; that also undoes any order in \
         which the trace asks for keys, so compare these rows with each other, not with the first"
            .to_string()
    } else {
        "key skew is left out: this trace has sizes, writes, times to live, or a policy that reads the future, and other keys in \
         their place would have the wrong ones"
            .to_string()
    });
    SensitivityReport {
        head: Head::new(Kind::Sensitivity, command, Some(scene.setup.seed), all),
        config: config(scene),
        trace: facts(scene),
        sentence: sentence::sensitivity(&rows),
        rows,
    }
}

/// The report on keys that are loaded beforehand, and on restarts.
pub fn warmup(command: &str, scene: &Scene<'_>, found: &WarmUp, restarted: &Restarted) -> WarmupReport {
    let rows: Vec<PreloadRow> = (0..found.preloads.len()).map(|i| preload_row(&found.preloads, i)).collect();
    let base = found.preloads.first().map(|preload| preload.edge);
    let elasticity = found.elasticity.map(|found| {
        let share = found.spared as f64 / found.cold.max(1) as f64;
        let per_share = |factor: Option<f64>| factor.map(|factor| (factor - 1.0) / share.max(f64::MIN_POSITIVE));
        Elasticity {
            deciding_seconds: found.deciding.0,
            deciding_requests: found.requests as u64,
            cold_keys: found.cold as u64,
            spared_keys: found.spared as u64,
            spared_ratio: share,
            hidden_50_per_second: found.edge.half(),
            hidden_safe_per_second: found.edge.safe,
            safe_elasticity: per_share(base.and_then(|base| found.edge.safe_over(&base))),
            hidden_elasticity: per_share(base.and_then(|base| found.edge.over(&base))),
        }
    });
    let restarts = self::restarts(restarted, scene.today * scene.load);
    let mut all = about(scene);
    all.push(format!(
        "loaded beforehand: the keys asked for most before the loss, as if they were back at once; 100% is the {} entries of the warm cache",
        grouped(found.entries)
    ));
    all.push(format!(
        "a restart is safe if in no five windows fewer than {} are answered in time, at any of the moments and seeds; each node holds a share of the keys, chosen by hash, and restarts empty",
        percent(HEALTHY)
    ));
    let mut warnings = Vec::new();
    if let Some(control) = restarted.control.filter(|control| !control.is_safe()) {
        warnings.push(format!(
            "also while nothing restarts only {} are answered in time in the worst five windows: the service runs close to what it carries warm, or above, so no restart can be called safe; try a lower --load or a larger -b",
            percent(control.worst_success)
        ));
    }
    WarmupReport {
        head: Head { warnings, ..Head::new(Kind::Warmup, command, Some(scene.setup.seed), all) },
        config: config(scene),
        trace: facts(scene),
        sentence: sentence::warmup(&rows, &restarts),
        rows,
        elasticity,
        restarts,
    }
}

/// Restarts at a load, requests a second.
pub(in crate::report) fn restarts(restarted: &Restarted, load: f64) -> Restarts {
    let row = |restart: &Restart| RestartRow {
        at_once: restart.at_once,
        spacing_seconds: restart.spacing.map(|spacing| spacing.0),
        safe: restart.is_safe(),
        healed: restart.healed,
        worst_success_ratio: restart.worst_success,
        recovery_seconds: restart.recovery.map(|time| time.0),
        moments_tried: restart.moments,
    };
    Restarts {
        nodes: restarted.nodes,
        load_per_second: load,
        control_worst_success_ratio: restarted.control.map(|control| control.worst_success),
        safe_batch_nodes: restarted.safe_batch(),
        safe_spacing_seconds: restarted.safe_spacing().map(|spacing| spacing.0),
        batches: restarted.batches.iter().map(row).collect(),
        spacings: restarted.spacings.iter().map(row).collect(),
    }
}

/// The row of one of them, against the first and the one before.
fn preload_row(all: &[Preload], i: usize) -> PreloadRow {
    let (base, preload) = (&all[0].edge, &all[i]);
    let before = i.checked_sub(1).map(|before| &all[before]);
    let gain = before.and_then(|before| Some(preload.edge.half()? - before.edge.half()?));
    let keys = before.map_or(0, |before| preload.keys.saturating_sub(before.keys));
    let bytes = before.and_then(|before| Some(preload.bytes?.saturating_sub(before.bytes?)));
    PreloadRow {
        keys: preload.keys,
        entries_ratio: preload.share,
        bytes: preload.bytes,
        hidden_95_per_second: preload.edge.hidden[0].load,
        hidden_95_per_second_low: preload.edge.hidden[0].low,
        hidden_95_per_second_high: preload.edge.hidden[0].high,
        hidden_50_per_second: preload.edge.half(),
        hidden_factor: preload.edge.over(base),
        hidden_safe_per_second: preload.edge.safe,
        gain_per_thousand_keys: gain.filter(|_| keys > 0).map(|gain| gain / keys as f64 * 1000.0),
        gain_per_gib: gain.zip(bytes.filter(|bytes| *bytes > 0)).map(|(gain, bytes)| gain / bytes as f64 * GIB),
    }
}

fn config(scene: &Scene<'_>) -> Config {
    let setup = scene.setup;
    Config {
        policy: scene.cell.policy.to_string(),
        cache: setup.sweep.sizes.first().map_or(String::new(), ToString::to_string),
        cache_capacity_objects: scene.cell.capacity.objects(),
        cache_capacity_bytes: scene.cell.capacity.bytes(),
        cache_capacity_ratio: scene.capacity_ratio,
        backend: scene.model.backend.mu,
        backend_assumed: setup.backend.is_none(),
        model: scene.model,
        load_ratio: scene.load,
        moments_seconds: scene.moments().iter().map(|moment| moment.0).collect(),
        seeds: SEEDS,
        horizon_seconds: setup.horizon.0,
        window_seconds: scene.width.0,
        warmup_ratio: setup.sweep.warmup.get(),
    }
}

fn facts(scene: &Scene<'_>) -> TraceFacts {
    TraceFacts::of(scene.trace, &scene.facts, scene.today)
}

/// What both rest on.
fn about(scene: &Scene<'_>) -> Vec<String> {
    let setup = scene.setup;
    let mut all = assumptions::cache(setup, &scene.model, scene.cell.capacity, scene.capacity_ratio);
    let each = assumptions::each_tried(&setup.closed_loop);
    all.extend(assumptions::service(&setup.closed_loop, setup.service.service_time, &scene.model, &each));
    let moments: Vec<String> = scene.moments().iter().map(|at| Seconds(at.0.round()).to_string()).collect();
    all.push(format!(
        "hidden: the whole cache is lost at {} into the trace, with other seeds from {} on; an outage has healed when {} are answered in time again and the queue is empty within {} or before the trace ends",
        moments.join(", "),
        setup.seed,
        percent(HEALTHY),
        setup.horizon
    ));
    all.push(format!(
        "loads are requests/s of the busiest window, which has {} as recorded, and are scaled by time compression: every timestamp is divided by the factor; the first {} of the requests only warm the cache",
        grouped_rate(scene.today),
        setup.sweep.warmup
    ));
    all.extend(assumptions::reading(scene.trace, &scene.model));
    all
}

/// The knob's name, and where it stands.
fn words(knob: &Knob) -> (&'static str, String) {
    match knob {
        Knob::Base => ("base", "the service as it is".to_string()),
        Knob::Timeout(factor, timeout) => ("timeout", format!("{timeout} (x{})", significant(*factor))),
        Knob::Bound(share, bound) => {
            ("queue", format!("at most {} wait ({} timeouts)", grouped(u64::from(*bound)), significant(*share)))
        }
        Knob::Lifo => ("queue", "LIFO: the youngest first".to_string()),
        Knob::Retries(0) => ("retries", "none".to_string()),
        Knob::Retries(retries) => ("retries", retries.to_string()),
        Knob::SingleFlight(true) => ("single_flight", "on".to_string()),
        Knob::SingleFlight(false) => ("single_flight", "off".to_string()),
        Knob::Fill(Fill::Late) => ("insert_rule", "late answers enter as well".to_string()),
        Knob::Fill(Fill::InTime) => ("insert_rule", "only answers in time".to_string()),
        Knob::Policy(policy) => ("eviction", policy.to_string()),
        Knob::Skew(exponent) => (SKEW, format!("keys drawn again, Zipf {exponent}")),
    }
}
