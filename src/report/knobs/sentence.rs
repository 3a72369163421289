//! The sentences at the top, no stronger than the rows below them.

use super::{Elasticity, PreloadRow, Restarts, SensitivityRow};
use crate::outage::search::TOLERANCE;
use crate::report::assumptions::percent;
use crate::units::{Seconds, grouped, grouped_rate, significant};

/// What moves hidden capacity most, up and down, and whether eviction does.
pub fn sensitivity(rows: &[SensitivityRow]) -> String {
    let Some(base) = rows.first() else { return String::new() };
    let mut said =
        format!("After losing its whole cache the service heals by itself {}.", up_to(base.hidden_low_per_second));
    let changes = || rows[1..].iter().filter(|row| row.knob != "skew" && row.knob != "eviction");
    let factors = || changes().filter_map(|row| row.hidden_factor);
    let (most, least) = (factors().fold(1.0, f64::max), factors().fold(1.0, f64::min));
    let at = |factor: f64| {
        let those = changes().filter(|row| row.hidden_factor == Some(factor));
        let those: Vec<String> = those.map(|row| format!("{} {}", name(&row.knob), row.setting)).collect();
        format!("{} ({}x)", those.join(", or "), significant(factor))
    };
    if most > 1.0 + TOLERANCE {
        said += &format!(" What raises that most: {}.", at(most));
    }
    if least < 1.0 - TOLERANCE {
        said += &format!(" What lowers it most: {}.", at(least));
    }
    let factors: Vec<Option<f64>> =
        rows.iter().filter(|row| row.knob == "eviction").map(|row| row.hidden_factor).collect();
    let off = factors.iter().map(|factor| factor.map_or(f64::INFINITY, |factor| (factor - 1.0).abs()));
    let off = off.fold(0.0, f64::max);
    said += &match off {
        0.0 if !factors.is_empty() => {
            format!(" The eviction policy moves it by nothing: {} others give the same.", factors.len())
        }
        off if off <= 2.0 * TOLERANCE => {
            " The eviction policy moves it by no more than the trials tell apart.".to_string()
        }
        off if off.is_finite() => {
            format!(" Here the eviction policy moves it too, by {} at the most.", percent(off))
        }
        _ => String::new(),
    };
    said
}

/// A knob as people say it.
pub fn name(knob: &str) -> &str {
    match knob {
        "single_flight" => "single-flight",
        "insert_rule" => "insert rule",
        other => other,
    }
}

fn up_to(load: Option<f64>) -> String {
    load.map_or("at none of the loads that were tried".to_string(), |load| format!("up to {}/s", grouped_rate(load)))
}

/// What preloading buys, and how to restart.
pub fn warmup(rows: &[PreloadRow], elasticity: Option<&Elasticity>, restarts: &Restarts) -> String {
    let Some(base) = rows.first() else { return String::new() };
    let mut said =
        format!("After losing its whole cache the service heals by itself {}.", up_to(base.hidden_low_per_second));
    let tenth = rows.iter().find(|row| row.entries_ratio >= 0.1);
    if let Some((row, factor)) = tenth.and_then(|row| Some((row, row.hidden_factor?))) {
        said += &format!(
            " With the {} hottest keys ({} of the cache's entries) back at once it does {} ({}x).",
            grouped(row.keys),
            percent(row.entries_ratio),
            up_to(row.hidden_low_per_second),
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
    let load = grouped_rate(restarts.load_per_second);
    said += &match restarts.safe_batch_nodes {
        Some(nodes) if nodes == restarts.nodes => format!(" At {load}/s all {nodes} nodes may restart at once."),
        Some(nodes) => format!(" At {load}/s at most {nodes} of {} nodes may restart at once.", restarts.nodes),
        None => format!(" At {load}/s no node of {} restarts without users feeling it.", restarts.nodes),
    };
    said += &match restarts.safe_spacing_seconds {
        Some(spacing) => format!(" One after the other is safe from {} between two restarts on.", Seconds(spacing)),
        None if restarts.nodes > 1 => " A safe time between two restarts is unknown.".to_string(),
        None => String::new(),
    };
    said
}

fn significant_seconds(seconds: f64) -> f64 {
    significant(seconds).parse().unwrap_or(seconds)
}
