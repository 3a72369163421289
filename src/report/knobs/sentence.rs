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
    format!("{} {}", loading(rows), self::restarts(restarts, &[]))
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

/// What a backend must be to survive losing a share of the cache at the worst moment, and whether it is that.
pub struct Lost {
    pub share: f64,
    pub survived: bool,
    /// `385/s`.
    pub takes: String,
}

impl Lost {
    /// Nodes of so many that are lost with it, a part as a whole.
    fn nodes(&self, of: u32) -> u32 {
        (self.share * f64::from(of) - 1e-6).ceil() as u32
    }
}

/// How many nodes may restart at once, and how far apart. What is known of losing them at the worst moment, `lost` in rising order,
/// comes before what was simulated from some moments.
pub fn restarts(restarts: &Restarts, lost: &[Lost]) -> String {
    let (load, nodes) = (grouped_rate(restarts.load_per_second), restarts.nodes);
    // A part of a node is none that may be lost, but one that may not.
    let sure = lost
        .iter()
        .filter(|lost| lost.survived)
        .map(|lost| (lost.share * f64::from(nodes) + 1e-6) as u32)
        .max()
        .unwrap_or(0);
    let batch = match (restarts.control_worst_success_ratio, restarts.safe_batch_nodes) {
        (None, _) => return format!("How many of {nodes} nodes may restart is unknown: the trace is too short."),
        (Some(control), _) if control < HEALTHY => {
            return format!("Simulated at {load}/s, users suffer even while nothing restarts, so no restart is safe.");
        }
        (_, None) => {
            let none = format!(
                "No node of {nodes} without users feeling it: simulated at {load}/s, fewer than {} of answers are in time",
                percent(HEALTHY)
            );
            match sure {
                0 => format!("{none}."),
                sure => format!("{none}, though losing {sure} makes none late where service times are even."),
            }
        }
        (_, Some(safe)) => batch(restarts, safe, lost, sure),
    };
    match restarts.safe_spacing_seconds {
        Some(spacing) => {
            format!("{batch} One after the other, simulated: {} or more between two.", Seconds(spacing))
        }
        None if nodes > 1 => format!("{batch} A safe time between two restarts is unknown."),
        None => batch,
    }
}

/// So many nodes at once, the most that nobody feels in simulations; `sure` are by what is known of losing them.
fn batch(restarts: &Restarts, safe: u32, lost: &[Lost], sure: u32) -> String {
    let nodes = restarts.nodes;
    let row = restarts.batches.iter().find(|row| row.at_once == safe);
    let worst = row.map_or(HEALTHY, |row| row.worst_success_ratio);
    let share = if worst >= 1.0 { "all".to_string() } else { format!("at least {} of", cut(worst)) };
    let moments = match row.map_or(0, |row| row.moments_tried) {
        // An older report does not say how many.
        0 => "some moments".to_string(),
        1 => "one moment".to_string(),
        some => format!("{some} moments"),
    };
    let at = if lost.is_empty() { format!(" at {}/s", grouped_rate(restarts.load_per_second)) } else { String::new() };
    let seen = format!("simulated{at} from {moments}, {share} answers are in time");
    let at_once = match safe {
        1 => format!("1 of {nodes} nodes at once"),
        safe if safe == nodes => format!("All {nodes} nodes at once"),
        safe => format!("Up to {safe} of {nodes} nodes at once"),
    };
    let also = if sure == 0 { String::new() } else { format!(" Sure is {sure} of {nodes}.") };
    let fails = lost.iter().find(|lost| !lost.survived && lost.nodes(nodes) <= safe);
    match fails {
        Some(lost) => format!(
            "{at_once}: not sure. At the worst moment answers are late ({} takes {}); {seen}.{also}",
            if lost.nodes(nodes) == safe { "it" } else { "a smaller loss" },
            lost.takes
        ),
        None if safe < sure && restarts.batches.iter().any(|row| !row.safe) => format!(
            "{at_once}: {seen}; with one more, fewer than {}, though losing {sure} makes none late where service times are even.",
            percent(HEALTHY)
        ),
        None if safe < sure => format!("{at_once}: {seen}. Losing {sure} makes no answer late, whenever that is."),
        None if safe == sure => format!("{at_once}: no answer is late, whenever that is; {seen}."),
        None => format!("{at_once}: {seen}; other moments may be worse.{also}"),
    }
}
