//! The sentences at the top, no stronger than the rows below them.

use super::{Elasticity, PreloadRow, Restarts, SensitivityRow};
use crate::outage::search::TOLERANCE;
use crate::outage::verdict::HEALTHY;
use crate::report::format::{cut, percent};
use crate::units::{Seconds, grouped, grouped_rate, significant};

/// Up to which load the service heals by itself, and what moves that most.
pub fn sensitivity(rows: &[SensitivityRow]) -> String {
    let Some(base) = rows.first() else { return String::new() };
    let sentence = format!(
        "{} {}",
        as_it_is(base.hidden_95_per_second, base.hidden_50_per_second),
        moved(rows, "the load that heals")
    );
    sentence.trim_end().to_string()
}

/// What moves the load at which half heal, where it is known.
pub fn knobs(rows: &[SensitivityRow]) -> Option<String> {
    rows.first()?.hidden_50_per_second?;
    Some(moved(rows, "the load at which half of full losses heal"))
}

/// What moves that load most, up and down, and whether eviction does.
fn moved(rows: &[SensitivityRow], load: &str) -> String {
    let mut said = Vec::new();
    let changes = || rows[1..].iter().filter(|row| row.knob != "skew" && row.knob != "eviction");
    let factors = || changes().filter_map(|row| row.hidden_factor);
    let (most, least) = (factors().fold(1.0, f64::max), factors().fold(1.0, f64::min));
    let at = |factor: f64| {
        let those = changes().filter(|row| row.hidden_factor == Some(factor));
        let those: Vec<String> = those.map(|row| format!("{} {}", name(&row.knob), row.setting)).collect();
        format!("{} ({}x)", those.join(", or "), significant(factor))
    };
    if most > 1.0 + TOLERANCE {
        said.push(format!("Raises {load}: above all {}.", at(most)));
    }
    if least < 1.0 - TOLERANCE {
        let it = if said.is_empty() { load } else { "it" };
        said.push(format!("Lowers {it}: above all {}.", at(least)));
    }
    let it = if said.is_empty() { load } else { "it" };
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
    said.join(" ")
}

/// A knob as people say it.
pub fn name(knob: &str) -> &str {
    match knob {
        "single_flight" => "single-flight",
        "insert_rule" => "insert rule",
        other => other,
    }
}

/// Up to which load the service heals as it is: in 95 of 100 outages, and in half of them.
fn as_it_is(most: Option<f64>, half: Option<f64>) -> String {
    let after = "After losing its whole cache the service heals by itself";
    match (most, half) {
        (Some(most), Some(half)) => {
            format!(
                "{after} in 95% of simulations at {}/s, in half of them at {}/s.",
                grouped_rate(most),
                grouped_rate(half)
            )
        }
        _ => format!("{after} at a load that is not known: no load that was tried shows it."),
    }
}

/// What preloading buys, and how to restart.
pub fn warmup(rows: &[PreloadRow], elasticity: Option<&Elasticity>, restarts: &Restarts) -> String {
    format!("{} {}", loading(rows, elasticity), self::restarts(restarts))
}

/// What preloading buys.
pub fn loading(rows: &[PreloadRow], elasticity: Option<&Elasticity>) -> String {
    let Some(base) = rows.first() else { return String::new() };
    let mut said = as_it_is(base.hidden_95_per_second, base.hidden_50_per_second);
    let tenth = rows.iter().find(|row| row.entries_ratio >= 0.1);
    if let Some((row, factor)) = tenth.and_then(|row| Some((row, row.hidden_factor?))) {
        said += &format!(
            " With the {} hottest keys ({} of the cache's entries) back at once that load is {}x as high.",
            grouped(row.keys),
            percent(row.entries_ratio),
            significant(factor)
        );
    }
    if let Some((found, gain)) = elasticity.and_then(|found| Some((found, found.safe_elasticity?))) {
        said += &format!(
            " {} fewer cold misses in the deciding {} raise the safe bound by {}.",
            percent(found.spared_ratio),
            Seconds(significant_seconds(found.deciding_seconds)),
            percent(gain * found.spared_ratio)
        );
    }
    said
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

fn significant_seconds(seconds: f64) -> f64 {
    significant(seconds).parse().unwrap_or(seconds)
}
