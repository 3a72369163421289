//! What the decisions rest on, in sentences, and what should make a reader of them careful.

use crate::analysis::{Findings, Question};
use crate::report::format::capacity_text;
use crate::report::outage::build as outage;
use crate::trace::source::About;
use crate::units::{Seconds, grouped_rate};

/// Every assumption behind one trace's decisions.
pub(in crate::report) fn of_trace(question: &Question, findings: &Findings) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(told) = &findings.if_lost {
        let story = &told.story;
        let simulations = question.draws().len();
        let until = if story.spent { "the trace ends before that" } else { "or until the trace ends" };
        all.push(format!(
            "if the cache is lost: all of it at once, {} into the trace ({}), at {}; each policy's cache at the same moment, in \
             {} simulations (service times {}, seeds from {} on); followed for {} ({until}), in windows of {}",
            story.moment.at,
            story.moment.why,
            match question.load {
                None => format!("the load as recorded, {} in the busiest window", grouped_rate(findings.load)),
                Some(_) => format!("{} in the busiest window", grouped_rate(findings.load)),
            },
            simulations,
            question.closed_loop.service_times(),
            question.seeds.first().copied().unwrap_or(1),
            question.horizon,
            story.width
        ));
    }
    if question.sweeps_prices() {
        let first = findings.cells.first().map_or(String::new(), |cell| capacity_text(cell.cell.capacity));
        all.push(format!(
            "one cache size was given with prices, so others were tried: from an eighth of {first} to eight times as much, a factor \
             of two apart, and no more than the whole footprint; list the sizes with -c to try others"
        ));
    }
    all
}

/// What all traces share.
pub(in crate::report) fn shared(question: &Question) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(survive) = question.survive.filter(|_| question.survive_assumed) {
        all.push(format!(
            "THE LOSS TO SURVIVE WAS NOT GIVEN: taken to be {survive}, one of {} cache nodes; say it with --survive",
            question.nodes
        ));
    }
    if !question.seeds.is_empty() {
        all.push(format!(
            "the cache has {} nodes (--nodes) with equal shares of the keys, by hash, that restart empty; restarts are tried from the \
             begin of the busiest window, from the end of warm-up, from where a full loss is worst and from where losing one node is, \
             that node first, and are safe if in no five windows fewer than 97% are answered in time",
            question.nodes
        ));
    }
    if question.prices.is_some() {
        all.push(
            "costs: the least backend that survives, and the cache, each in proportion to its price; without what a change itself costs"
                .to_string(),
        );
    }
    all
}

/// What is not known about the loss of the cache, or should be read with care.
pub(in crate::report) fn warnings(trace: &About, question: &Question, findings: &Findings) -> Vec<String> {
    let named = |text: String| format!("{}: if the cache is lost: {text}", trace.name);
    match &findings.if_lost {
        Some(told) => outage::warnings(&told.story).into_iter().map(named).collect(),
        None if question.seeds.is_empty() || findings.backend.is_none() => Vec::new(),
        None => vec![named(format!(
            "unknown; at {} requests/s too little of the trace, or of the horizon of {}, is left after the moments that were tried",
            grouped_rate(findings.load),
            Seconds(question.horizon.0)
        ))],
    }
}
