//! The sentences at the top, no stronger than the rows below them.

use super::{PreloadRow, Restarts, SKEW, SensitivityRow};
use crate::outage::search::TOLERANCE;
use crate::outage::verdict::HEALTHY;
use crate::report::format::{cut, percent, times};
use crate::units::{Seconds, grouped, grouped_rate};

/// The load that everything here is about.
const HALF: &str = "the load at which half heal";

/// Up to which load the service heals by itself, and what moves that most.
pub fn sensitivity(rows: &[SensitivityRow]) -> String {
    let Some(base) = rows.first() else { return String::new() };
    let is = as_it_is(base.hidden_95_per_second, base.hidden_50_per_second, base.hidden_safe_per_second);
    [Some(is), knobs(rows)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What moves the load at which half heal most, up and down, and whether eviction does; `None` where that load is not known.
pub fn knobs(rows: &[SensitivityRow]) -> Option<String> {
    rows.first()?.hidden_50_per_second?;
    let mut said = Vec::new();
    let settings = || rows[1..].iter().filter(|row| row.knob != SKEW && row.knob != "eviction");
    let factors = || settings().filter_map(|row| row.hidden_factor);
    let (most, least) = (factors().fold(1.0, f64::max), factors().fold(1.0, f64::min));
    let at = |factor: f64| {
        let those = settings().filter(|row| row.hidden_factor == Some(factor));
        let those: Vec<String> = those.map(|row| format!("{} {}", name(&row.knob), row.setting)).collect();
        format!("{} ({})", those.join(", or "), times(factor))
    };
    let up = (most > 1.0 + TOLERANCE).then(|| format!("up, {}", at(most)));
    let down = (least < 1.0 - TOLERANCE).then(|| format!("down, {}", at(least)));
    let most: Vec<String> = up.into_iter().chain(down).collect();
    if !most.is_empty() {
        said.push(format!("Of its settings these move {HALF} most: {}.", most.join("; ")));
    }
    let it = if said.is_empty() { HALF } else { "it" };
    let policies: Vec<&SensitivityRow> = rows.iter().filter(|row| row.knob == "eviction").collect();
    let off = policies.iter().map(|row| row.hidden_factor.map_or(f64::INFINITY, |factor| (factor - 1.0).abs()));
    match off.fold(0.0, f64::max) {
        0.0 if !policies.is_empty() => {
            let same: Vec<&str> = policies.iter().map(|row| row.setting.as_str()).collect();
            said.push(format!("No eviction policy moves {it}: the same trials heal with {}.", same.join(", ")));
        }
        off if off <= 2.0 * TOLERANCE => {
            said.push(format!("No eviction policy moves {it} by more than the trials tell apart."));
        }
        off if off.is_finite() => {
            said.push(format!("Here the eviction policy moves {it} too, by {} at the most.", percent(off)));
        }
        _ => {}
    }
    Some(said.join(" "))
}

/// A knob as people say it.
pub fn name(knob: &str) -> &str {
    match knob {
        "single_flight" => "single-flight",
        "insert_rule" => "insert rule",
        other => other,
    }
}

/// Up to which load the service heals as it is: in 95 of 100 outages, and in half of them; where that is not known, the safe bound.
fn as_it_is(most: Option<f64>, half: Option<f64>, safe: Option<f64>) -> String {
    let after = "Losing its whole cache while it runs, the service";
    match (most, half) {
        (Some(most), Some(half)) if most >= half => {
            format!(
                "{after} heals by itself in 95% of simulations up to {}/s, the highest load tried.",
                grouped_rate(most)
            )
        }
        (Some(most), Some(half)) => format!(
            "{after} heals by itself in 95% of simulations at {}/s, in half of them at {}/s.",
            grouped_rate(most),
            grouped_rate(half)
        ),
        _ => {
            let safe = safe.map_or("any load".to_string(), |safe| format!("{}/s", grouped_rate(safe)));
            format!(
                "{after} has no late answer below {safe}, the safe bound. Up to which load it heals is not known: no load that was \
                 tried shows it."
            )
        }
    }
}

/// What preloading buys, and how to restart.
pub fn warmup(rows: &[PreloadRow], restarts: &Restarts) -> String {
    format!("{} {}", loading(rows), self::restarts(restarts))
}

/// What preloading buys.
pub fn loading(rows: &[PreloadRow]) -> String {
    let Some(base) = rows.first() else { return String::new() };
    let is = as_it_is(base.hidden_95_per_second, base.hidden_50_per_second, base.hidden_safe_per_second);
    let tenth = rows.iter().find(|row| row.entries_ratio >= 0.1);
    let Some((row, factor)) = tenth.and_then(|row| Some((row, row.hidden_factor?))) else { return is };
    let moves = match factor {
        factor if factor > 1.0 + TOLERANCE => format!("makes {HALF} {} as high", times(factor)),
        _ => format!("does not move {HALF}"),
    };
    format!(
        "{is} Having the {} hottest keys ({} of the cache's entries) back at once {moves}.",
        grouped(row.keys),
        percent(row.entries_ratio)
    )
}

/// How many nodes may restart at once, and how far apart.
pub fn restarts(restarts: &Restarts) -> String {
    let (load, nodes) = (grouped_rate(restarts.load_per_second), restarts.nodes);
    let is_well = restarts.control_worst_success_ratio.map(|success| success >= HEALTHY);
    // What is said of losses asks more: that no answer is late, whichever node it is and whenever.
    let measure = |safe: u32| {
        let worst =
            restarts.batches.iter().find(|row| row.at_once == safe).map_or(HEALTHY, |row| row.worst_success_ratio);
        let share = if worst >= 1.0 { "all".to_string() } else { format!("at least {} of", cut(worst)) };
        format!("simulated at {load}/s from some moments, {share} answers stay in time")
    };
    let batch = match (is_well, restarts.safe_batch_nodes) {
        (None, _) => return format!("How many of {nodes} nodes may restart is unknown: the trace is too short."),
        (Some(false), _) => {
            return format!("At {load}/s users suffer even while nothing restarts, so no restart is safe.");
        }
        (_, Some(safe)) if safe == nodes => format!("All {nodes} nodes at once: {}.", measure(safe)),
        (_, Some(safe)) => format!("Up to {safe} of {nodes} nodes at once: {}.", measure(safe)),
        (_, None) => format!(
            "No node of {nodes} without users feeling it: simulated at {load}/s, fewer than {} of answers are in time.",
            percent(HEALTHY)
        ),
    };
    match restarts.safe_spacing_seconds {
        Some(spacing) => format!("{batch} One after the other: leave {} or more between two.", Seconds(spacing)),
        None if nodes > 1 => format!("{batch} A safe time between two restarts is unknown."),
        None => batch,
    }
}
