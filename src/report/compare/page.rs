//! The comparison as a document.

use super::metric::LOAD_LIMIT;
use super::sentence::{cut, subject};
use super::words::{cells, moved, name_of, names, word};
use super::{Change, CompareReport, Decision, Direction, Material};
use crate::report::format::loss_name as loss;
use crate::report::page::{Answer, Axis, Cell, Figure, Fill, Mark, Of, Page, Section, Table, Tone, Unit, maybe};
use crate::report::words::ended;

/// The document.
pub fn page(report: &CompareReport) -> Page {
    let (baseline, candidate) = (&report.baseline, &report.candidate);
    let subtitle = format!(
        "{} · cache of {} / {} · backend {} / {}",
        baseline.trace,
        baseline.cache(),
        candidate.cache(),
        baseline.backend(),
        candidate.backend()
    );
    let mut page = Page::new(format!("What changes: {}", subject(baseline, candidate)), subtitle, &report.head);
    page = page.answer(super::state::answer(report));
    page = page.answer(Answer::told("What changes, by more than noise?", &report.verdict.headline, tone(report)));
    if !report.verdict.capacity.is_empty() {
        let tone = if report.banked.is_some() { Tone::Careful } else { Tone::Plain };
        page = page.answer(Answer::told("What does it mean for the backend?", &report.verdict.capacity, tone));
    }
    let page = page.section(changes(report)).section(cuts(report)).section(by_loss(report));
    ended(page, &report.head, &sources(report))
}

/// Good or bad only where everything that is material is.
fn tone(report: &CompareReport) -> Tone {
    let any = |direction| report.changes.iter().any(|change| change.direction == direction);
    match (any(Direction::Better), any(Direction::Worse)) {
        (true, false) => Tone::Good,
        (false, true) => Tone::Bad,
        (true, true) => Tone::Careful,
        (false, false) => Tone::Plain,
    }
}

fn changes(report: &CompareReport) -> Section {
    // Only what differs: a row whose sides are alike says nothing.
    let same = |change: &&Change| change.material == Material::No && change.change_absolute == Some(0.0);
    let overall = || report.changes.iter().filter(|change| change.loss_ratio.is_none());
    let names: Vec<String> = overall().filter(same).map(name_of).collect();
    let differs = overall().filter(|change| !same(change) && (change.baseline.is_some() || change.candidate.is_some()));
    let table = Table::of("metric by metric", differs).column("metric", "", |change| Cell::text(name_of(change)));
    let section = Section::new("changes", "What changes").table(compared(report, table));
    if names.is_empty() { section } else { section.prose(format!("The same on both sides: {}.", names.join(", "))) }
}

fn by_loss(report: &CompareReport) -> Section {
    let limits: Vec<&Change> = report.changes.iter().filter(|change| change.metric == LOAD_LIMIT).collect();
    let title = "the load up to which a loss is survived";
    let loads = Table::of(title, limits.iter().copied()).column("metric", "", |change| Cell::text(name_of(change)));
    let lost = loads.column("loss_ratio", "lost", |change| Cell::share(change.loss_ratio.unwrap_or(0.0)));
    let (before, after) = names(report);
    let told = |change: &&&Change| match (change.material, change.loss_ratio) {
        (Material::Yes, Some(share)) => Some(format!("losing {} {}", loss(share), moved(change))),
        (Material::No, Some(share)) => Some(format!("losing {} no material change", loss(share))),
        _ => None,
    };
    let ends: Vec<String> = limits.first().iter().chain(&limits.last()).filter_map(told).collect();
    let caption = if ends.is_empty() { "is not known to change".to_string() } else { ends.join(", ") };
    let caption = format!("The load that survives: {caption}.");
    let figure = Figure::new("by-loss-chart", caption, compared(report, lost))
        .x(Axis::linear("share of the cache that is lost", Unit::Share))
        .y(Axis::linear("requests a second", Unit::Number))
        .mark(Mark::line("loss_ratio", "baseline", before))
        .mark(Mark::line("loss_ratio", "candidate", after));
    Section::new("by-loss", "What a loss leaves").figure(figure)
}

/// The rest of a table of changes: both sides, the change, and what to make of it.
fn compared<'r>(report: &CompareReport, changes: Of<&'r Change>) -> Of<&'r Change> {
    let number = |value: Option<f64>, text: &str| maybe(value, |value| Cell::number(value, text), text);
    let judged = |change: &Change| match change.direction {
        Direction::Better => Tone::Good,
        Direction::Worse => Tone::Bad,
        Direction::Neither => Tone::Plain,
    };
    let (before, after) = names(report);
    changes
        .column("baseline", before, |change| number(change.baseline, &cells(change)[1]))
        .column("candidate", after, |change| number(change.candidate, &cells(change)[2]))
        .column("change_absolute", "change", |change| number(change.change_absolute, &cells(change)[3]))
        .column("noise", "noise (95%)", |change| Cell::text(&cells(change)[4]))
        .column("material", "", |change| Cell::text(word(change)).tone(judged(change)))
        .note(
            "noise: between which changes chance alone may put this one; no material change where that holds none at all.",
        )
}

fn cuts(report: &CompareReport) -> Section {
    let section = Section::new("cut", "If you cut the backend: looks like, is");
    let Some(saving) = report.decisions.first().and_then(|decision| decision.looks_like_ratio) else { return section };
    let rate =
        |value: Option<f64>| maybe(value, |value| Cell::number(value, report.baseline.rate(value)), "none enough");
    let title = "what the change of misses promises of the backend, and what of it holds if a loss must be survived";
    let table = Table::of(title, &report.decisions)
        .column("loss", "if you must survive losing", |decision| Cell::text(loss(decision.loss_ratio)))
        .column("looks_like_ratio", "looks like a cut of", |_| Cell::share(saving))
        .column("is_ratio", "is a cut of", |decision| maybe(decision.is_ratio, Cell::cut, "unknown"))
        .column("material", "more than noise", |decision| Cell::text(decision.material.name()))
        .column("baseline_per_second", "backend needed before", |decision| rate(decision.baseline_per_second))
        .column("candidate_per_second", "now", |decision| rate(decision.candidate_per_second));
    let figure = Figure::new("cut-chart", caption(&report.decisions), table)
        .x(Axis::linear("share of the backend", Unit::Share))
        .y(Axis::words("loss"))
        .mark(Mark::bar("loss", "is_ratio", Fill::Good, "what may be cut"))
        .mark(Mark::rule_x(saving, "what it looks like"));
    section.figure(figure)
}

fn caption(decisions: &[Decision]) -> String {
    let Some(most) = decisions.last() else { return String::new() };
    let what = loss(most.loss_ratio);
    match (most.material, cut(most)) {
        (Material::No, _) => format!("If you must survive losing {what}, the backend needed stays the same."),
        (_, Some(share)) => format!("If you must survive losing {what}, the cut is {share}."),
        (_, None) => format!("What may be cut if you must survive losing {what} is not known."),
    }
}

/// Where both sides come from.
pub(super) fn sources(report: &CompareReport) -> Vec<String> {
    let about = |name: &str, side: &super::Side| {
        format!(
            "{name}: {} with {}, backend {}, from {}, fingerprint {}",
            side.policy,
            side.cache(),
            side.backend(),
            side.source,
            side.fingerprint
        )
    };
    vec![about("baseline", &report.baseline), about("candidate", &report.candidate)]
}
