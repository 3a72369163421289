//! The comparison as a document.

use super::metric::LOAD_LIMIT;
use super::sentence::{cut, subject};
use super::words::{cells, moved, name_of, names, word};
use super::{Change, CompareReport, Decision, Direction, Material};
use crate::report::format::loss_name as loss;
use crate::report::page::{Axis, Cell, Chart, Column, Figure, Fill, Mark, Page, Section, Table, Tone, Unit, maybe};
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
    page.answers.push(super::state::answer(report));
    let (short, text) = first_sentence(&report.verdict.headline);
    page = page.answer("What changes, by more than noise?", short, text, tone(report));
    if !report.verdict.capacity.is_empty() {
        let (short, text) = first_sentence(&report.verdict.capacity);
        let tone = if report.banked.is_some() { Tone::Careful } else { Tone::Plain };
        page = page.answer("What does it mean for the backend?", short, text, tone);
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
    let section = Section::new("changes", "What changes").table(table(report, "metric by metric", differs));
    if names.is_empty() { section } else { section.prose(format!("The same on both sides: {}.", names.join(", "))) }
}

fn by_loss(report: &CompareReport) -> Section {
    let limits: Vec<&Change> = report.changes.iter().filter(|change| change.metric == LOAD_LIMIT).collect();
    let mut loads = table(report, "the load up to which a loss is survived", limits.iter().copied());
    loads.columns.insert(1, Column { key: "loss_ratio".to_string(), head: "lost".to_string() });
    for (row, change) in loads.rows.iter_mut().zip(&limits) {
        row.insert(1, Cell::share(change.loss_ratio.unwrap_or(0.0)));
    }
    let (before, after) = names(report);
    let chart = Chart {
        x: Axis::linear("share of the cache that is lost", Unit::Share),
        y: Axis::linear("requests a second", Unit::Number),
        marks: vec![Mark::line("loss_ratio", "baseline", &before), Mark::line("loss_ratio", "candidate", &after)],
    };
    let told = |change: &&&Change| match (change.material, change.loss_ratio) {
        (Material::Yes, Some(share)) => Some(format!("losing {} {}", loss(share), moved(change))),
        (Material::No, Some(share)) => Some(format!("losing {} no material change", loss(share))),
        _ => None,
    };
    let ends: Vec<String> = limits.first().iter().chain(&limits.last()).filter_map(told).collect();
    let caption = if ends.is_empty() { "is not known to change".to_string() } else { ends.join(", ") };
    Section::new("by-loss", "What a loss leaves").figure(Figure {
        id: "by-loss-chart".to_string(),
        caption: format!("The load that survives: {caption}."),
        chart,
        table: loads,
    })
}

fn table<'r>(report: &CompareReport, title: &str, changes: impl Iterator<Item = &'r Change>) -> Table {
    let (before, after) = names(report);
    let mut table = Table::new(
        title,
        &[
            ("metric", ""),
            ("baseline", &before),
            ("candidate", &after),
            ("change_absolute", "change"),
            ("noise", "noise (95%)"),
            ("material", ""),
        ],
    )
    .note(
        "noise: between which changes chance alone may put this one; no material change where that holds none at all.",
    );
    for change in changes {
        let [name, before, after, moved, noise] = cells(change);
        let number = |value: Option<f64>, text: String| {
            value.map_or(Cell::text(text.clone()), |value| Cell::number(value, text))
        };
        let tone = match change.direction {
            Direction::Better => Tone::Good,
            Direction::Worse => Tone::Bad,
            Direction::Neither => Tone::Plain,
        };
        table.row([
            Cell::text(name),
            number(change.baseline, before),
            number(change.candidate, after),
            number(change.change_absolute, moved),
            Cell::text(noise),
            Cell::text(word(change)).tone(tone),
        ]);
    }
    table
}

fn cuts(report: &CompareReport) -> Section {
    let section = Section::new("cut", "If you cut the backend: looks like, is");
    let Some(saving) = report.decisions.first().and_then(|decision| decision.looks_like_ratio) else { return section };
    let mut table = Table::new(
        "what the change of misses promises of the backend, and what of it holds if a loss must be survived",
        &[
            ("loss", "if you must survive losing"),
            ("looks_like_ratio", "looks like a cut of"),
            ("is_ratio", "is a cut of"),
            ("material", "more than noise"),
            ("baseline_per_second", "backend needed before"),
            ("candidate_per_second", "now"),
        ],
    );
    for decision in &report.decisions {
        let rate = |value: Option<f64>| {
            value.map_or(Cell::text("none enough"), |value| Cell::number(value, report.baseline.rate(value)))
        };
        table.row([
            Cell::text(loss(decision.loss_ratio)),
            Cell::share(saving),
            maybe(decision.is_ratio, Cell::cut, "unknown"),
            Cell::text(decision.material.name()),
            rate(decision.baseline_per_second),
            rate(decision.candidate_per_second),
        ]);
    }
    let marks =
        vec![Mark::bar("loss", "is_ratio", Fill::Good, "what may be cut"), Mark::rule_x(saving, "what it looks like")];
    let chart = Chart { x: Axis::linear("share of the backend", Unit::Share), y: Axis::words("loss"), marks };
    section.figure(Figure { id: "cut-chart".to_string(), caption: caption(&report.decisions), chart, table })
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

fn first_sentence(text: &str) -> (String, String) {
    let (first, rest) = text.split_once(". ").unwrap_or((text.trim_end_matches('.'), ""));
    (first.to_string(), rest.to_string())
}
