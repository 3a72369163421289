//! The gap report in some thirty lines: the answers, the capacities as bars, the backend that each loss takes.

use super::{answers, close, hung, open, rests_on};
use crate::report::decisions::IfLost;
use crate::report::details;
use crate::report::format::{self, cut, each_once, given, percent, percent_of, policy, size, times, whole_percent};
use crate::report::gap_page::answers::{answers as of_trace, best, outage_command};
use crate::report::gap_page::asked_for;
use crate::report::knobs::sentence;
use crate::report::sheet::Sheet;
use crate::report::sheet::columns::Columns;
use crate::report::sheet::look::{Look, Tone};
use crate::report::{Region, Report, Row, TraceReport};
use crate::units::{Demand, Seconds, coarse, grouped_rate};

/// Length of the longest bar.
const BAR: usize = 24;
/// Columns of a bar's line that are neither the bar nor words.
const LEAD: usize = 36;
/// Losses beside which the table shows hits as well.
const LOSSES: usize = 6;
/// Policies that the table shows; `--details` has all of them.
const POLICIES: usize = 8;

/// The report; every table of it with `--details`.
pub fn gap(report: &Report, look: &Look) -> String {
    let mut out = open(look);
    let mut more = vec!["-o report.html".to_string()];
    for trace in &report.traces {
        let cells: Vec<&Row> = report.cells(&trace.name).collect();
        for group in cells.chunks(report.config.policies.len().max(1)) {
            let Some(baseline) = group.iter().find(|row| row.is_baseline()) else { continue };
            more.extend(section(&mut out, report, trace, group, baseline));
        }
    }
    asked_for(report).iter().for_each(|part| details::section(&mut out, part));
    for knobs in report.sensitivity.iter().filter_map(|knobs| sentence::knobs(&knobs.rows)) {
        hung(&mut out, None, "  WHICH KNOB ", &knobs);
        out.blank();
    }
    if more.len() == 1 {
        more.push("coldgap explain hidden".to_string());
    }
    close(out, &report.head, &more)
}

/// One trace at one cache size. Gives the command that tells its outage, unless there are other traces.
fn section(out: &mut Sheet, report: &Report, trace: &TraceReport, group: &[&Row], baseline: &Row) -> Option<String> {
    let alone = report.traces.len() == 1;
    if trace.files.len() > 1 {
        out.prose("  ", &format!("{} files, merged by time: {}", trace.files.len(), trace.files.join(", ")));
        out.blank();
    } else if !alone {
        out.line(&format!("  {}", trace.name));
    }
    let next = outage_command(report, trace).filter(|_| alone);
    answers(out, &of_trace(report, trace, baseline, ""));
    out.prose("  ", &about(report, trace, baseline));
    match report.traces.first() {
        Some(first) if first.name == trace.name => {
            // Of one trace nobody needs to be told which.
            let of = format!("{}: ", trace.name);
            rests_on(out, &report.head, if alone { &of } else { "" });
        }
        _ => out.blank(),
    }
    if trace.limits_known {
        bars(out, trace, baseline);
    }
    needed(out, report, trace, group, baseline);
    if trace.verdict.region == Region::OverloadedWarm || !trace.limits_known {
        return next;
    }
    let told = report.told(baseline);
    let heals = simulated(baseline, told);
    if let Some(told) = told {
        hung(out, None, "  RESTARTS   ", &told.restarts_sentence);
    }
    if let Some(text) = &heals {
        hung(out, None, "  SIMULATED  ", text);
    }
    if told.is_some() || heals.is_some() {
        out.blank();
    }
    next
}

/// `lru, 3,006 objects (10% of the footprint) on 8 nodes; backend 350/s; today 3,000/s (busiest 10 s of 3 min)`.
fn about(report: &Report, trace: &TraceReport, baseline: &Row) -> String {
    let cache = size(baseline.cache());
    let today = grouped_rate(trace.today_per_second);
    let load =
        if is_today(trace) { String::new() } else { format!("to carry {}/s; ", grouped_rate(trace.load_per_second)) };
    let backend = match trace.backend {
        None => "no backend given".to_string(),
        Some(backend) => format!("backend {}{}", trace.backend_text(), given(backend.assumed)),
    };
    format!(
        "{}, {cache} ({} of the footprint) on {} nodes; {backend}; {load}today {today}/s (busiest {} of {})",
        baseline.policy,
        percent_of(baseline.cache_capacity_ratio, 2),
        report.config.nodes,
        Seconds(trace.window_seconds),
        Seconds(trace.span_seconds)
    )
}

/// What is carried warm, today, after losing the cache, and without one, the largest first.
fn bars(out: &mut Sheet, trace: &TraceReport, row: &Row) {
    let mut all = [
        ("warm", row.advertised_per_second, "advertised: warm, no answer late".to_string()),
        (if is_today(trace) { "today" } else { "to carry" }, Some(row.load_per_second), load_words(trace)),
        ("recovers below", row.hidden_safe_per_second, "hidden: all lost while it runs".to_string()),
        ("no cache", row.floor_per_second, floor_words(trace, row).to_string()),
    ];
    all.sort_by(|a, b| f64::total_cmp(&b.1.unwrap_or(f64::INFINITY), &a.1.unwrap_or(f64::INFINITY)));
    let most = all.iter().filter_map(|(_, value, _)| *value).fold(f64::MIN_POSITIVE, f64::max);
    let words = all.iter().map(|(.., what)| what.chars().count()).max().unwrap_or(0);
    let longest = out.look.chart(BAR, LEAD + words).min(BAR);
    let gap = row
        .gap_ratio
        .map_or(String::new(), |gap| format!(": warm it carries {} the load it recovers from", times(gap)));
    out.prose("  ", &format!("CAPACITY, requests/s{gap}"));
    for (name, value, what) in all {
        let length = (value.map_or(1.0, |value| value / most) * longest as f64).ceil() as usize;
        let bar = out.look.ink.full().to_string().repeat(length.min(longest));
        let number = value.map_or("no limit".to_string(), grouped_rate);
        out.led(&format!("    {name:<15} {number:>10}  {bar:<longest$}  "), &what);
    }
    out.blank();
}

/// What the floor is. It may be more than the backend gives: the busiest window is followed by calmer ones, and so long clients wait.
/// It is less where gets come in bursts that are shorter than a window.
fn floor_words(trace: &TraceReport, row: &Row) -> &'static str {
    let apart = |(floor, mu): &(f64, f64)| grouped_rate(*floor) != grouped_rate(*mu);
    match row.floor_per_second.zip(row.backend_per_second).filter(apart) {
        Some((floor, mu)) if trace.demand() == Demand::Answers => match floor > mu {
            true => "floor: every get asks, peaks wait",
            false => "floor: every get asks, bursts decide",
        },
        _ => "floor: every get asks the backend",
    }
}

/// Whether the load to carry is that of the trace.
fn is_today(trace: &TraceReport) -> bool {
    trace.load_per_second == trace.today_per_second
}

fn load_words(trace: &TraceReport) -> String {
    if is_today(trace) { format!("the busiest {}", Seconds(trace.window_seconds)) } else { "--load".to_string() }
}

/// How many digits a row's numbers bear: few where few misses were counted.
fn bears(row: &Row) -> i32 {
    if row.misses < 2_500 { 2 } else { 3 }
}

/// The backend that every policy needs to survive each loss.
fn needed(out: &mut Sheet, report: &Report, trace: &TraceReport, group: &[&Row], baseline: &Row) {
    let carried = grouped_rate(trace.load_per_second);
    let known = trace.backend.is_some();
    let survive =
        if known { " with no answer late after losing this part of the cache" } else { " while nothing is lost" };
    let unit = match trace.demand() {
        Demand::Units(name) => format!(", {}/s,", name.as_str()),
        Demand::Answers | Demand::Bytes => String::new(),
    };
    out.prose("  ", &format!("BACKEND NEEDED{unit} to carry {carried}/s{survive}"));
    let losses: Vec<&Row> = report.losses(baseline).filter(|row| known || row.loss_ratio == 0.0).collect();
    // Many losses fit a line without what is left when misses are taken from all.
    let many = losses.len() > LOSSES;
    let mut table = Columns::new(4).left("", name_width(group));
    if !many {
        table = table.right("hits", 7);
    }
    table = table.right("misses", if many { 0 } else { 7 });
    for row in &losses {
        let head = match row.loss_ratio {
            0.0 if known && many => "no loss".to_string(),
            0.0 if known => "nothing".to_string(),
            0.0 => "needed".to_string(),
            1.0 if many => "all".to_string(),
            1.0 => "everything".to_string(),
            _ => row.loss.clone(),
        };
        table = table.right(head, if many { 0 } else { 8 });
    }
    let shown = group.iter().filter(|row| row.is_baseline()).chain(group.iter().filter(|row| !row.is_baseline()));
    for row in shown.take(POLICIES) {
        let digits = bears(row);
        let misses = |of: fn(f64) -> f64| row.miss_ratio.map_or("-".to_string(), |ratio| percent_of(of(ratio), digits));
        let name = policy(&row.policy, row.is_bound);
        let least = report.losses(row).filter(|of_loss| known || of_loss.loss_ratio == 0.0);
        let backend = |least: f64| format::backend(least, trace.demand());
        let least = least.map(|row| row.least_backend_per_second.map_or(trace.absent("none is").to_string(), backend));
        let hits = (!many).then(|| misses(|ratio| 1.0 - ratio));
        let cells = std::iter::once(name).chain(hits).chain([misses(|ratio| ratio)]).chain(least);
        if row.is_baseline() && group.len() > 1 { table.row_in(Tone::Strong, cells) } else { table.row(cells) }
    }
    if known {
        let blanks = std::iter::repeat_n(String::new(), if many { 1 } else { 2 });
        table.row(std::iter::once("may be cut".to_string()).chain(blanks).chain(cut_row(report, baseline)));
    }
    out.table(&table);
    if group.len() > POLICIES {
        out.prose("    ", &format!("and {} more policies: --details", group.len() - POLICIES));
    }
    let overloaded = trace.verdict.region == Region::OverloadedWarm;
    if let Some(text) = looks_like(report, group).filter(|_| !overloaded) {
        out.prose("    ", &text);
    }
    out.blank();
}

/// What may be cut of the backend, by loss.
fn cut_row<'r>(report: &'r Report, baseline: &'r Row) -> impl Iterator<Item = String> + 'r {
    report.losses(baseline).map(|loss| loss.safe_cut_ratio.map_or("-".to_string(), cut))
}

fn name_width(group: &[&Row]) -> usize {
    group.iter().map(|row| row.policy.len() + 2 * usize::from(row.is_bound)).max().unwrap_or(0).max(7)
}

/// `sieve misses 45% less than lru, which looks like as large a cut of what lru needs; it is 32% for 1/8, 0% for everything`.
fn looks_like(report: &Report, group: &[&Row]) -> Option<String> {
    let best = best(group)?;
    let saving = best.naive_saving_ratio.filter(|saving| *saving > 0.0)?;
    let real = report.losses(best).filter(|row| row.loss_ratio > 0.0);
    let real = real.filter_map(|row| {
        let what = if row.loss_ratio >= 1.0 { "everything" } else { &row.loss };
        Some((cut(row.reclaimable_ratio?), what.to_string()))
    });
    let real: Vec<(String, String)> = real.collect();
    let it_is = if real.is_empty() { String::new() } else { format!("; it is {}", each_once(&real, "for")) };
    Some(format!(
        "{} misses {} less than {baseline}, which looks like as large a cut of what {baseline} needs{it_is}.",
        best.policy,
        percent(saving),
        baseline = report.config.baseline
    ))
}

/// `Lost at any moment tried, answers may be late: 95% heal up to 1,000/s (880..1,100), half up to 1,130/s`, how many do at the one
/// that is told, and which of the loads counts when.
fn simulated(row: &Row, told: Option<&IfLost>) -> Option<String> {
    const LOST: &str = "Lost at any moment tried, answers may be late:";
    let half = row.hidden_50_per_second;
    let (low, high) = (row.hidden_95_per_second_low, row.hidden_95_per_second_high);
    let interval = format::interval(low, high, coarse);
    let half = half.map_or(String::new(), |half| format!(", half up to {}/s", coarse(half)));
    let all = row.hidden_measured_end.as_deref() == Some("advertised");
    let text = match (row.hidden_95_per_second, low) {
        (Some(most), _) if all => {
            let most = row.advertised_per_second.unwrap_or(most);
            format!("95% heal at any load up to the {}/s that it carries while warm.", grouped_rate(most))
        }
        (Some(most), _) => format!("95% heal up to {}/s{interval}{half}.", coarse(most)),
        (None, Some(low)) => format!("more than 95% heal up to {}/s at least.", coarse(low)),
        (None, None) => return None,
    };
    // One moment is not all of them: here fewer may heal than of all that were tried.
    let contradicts = |told: &&IfLost| {
        let heals =
            if all { row.advertised_per_second } else { row.hidden_95_per_second_high.or(row.hidden_95_per_second) };
        let fewer = told.simulations_healed < told.simulations;
        fewer && (told.simulations_healed > 0 || heals.is_none_or(|heals| row.load_per_second <= heals))
    };
    let alone = told.filter(contradicts).map_or(String::new(), |told| {
        let (healed, all) = (told.simulations_healed, told.simulations);
        format!(" Of those {} alone {healed} of {all} do at {}/s.", told.when(), grouped_rate(row.load_per_second))
    });
    let at_safe = match row.healed_at_safe_ratio {
        Some(share) if share < 0.95 => format!(" At the hidden load itself {} heal.", whole_percent(share)),
        _ => String::new(),
    };
    let counts = row
        .hidden_safe_per_second
        .filter(|hidden| row.load_per_second > *hidden)
        .map_or(String::new(), |hidden| format!(" Plan with {}/s.", grouped_rate(hidden)));
    Some(format!("{LOST} {text}{alone}{at_safe}{counts}"))
}
