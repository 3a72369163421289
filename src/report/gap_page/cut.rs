//! What may be lost with this backend, and what of the backend may be cut: by loss, and by what a policy promises.

use super::{Group, load, loss, name};
use crate::report::Row;
use crate::report::format::{cut, loss_in_full, percent, whole_percent};
use crate::report::page::{Axis, Block, Cell, Chart, Figure, Fill, Mark, Section, Table, Tone, Unit, maybe};
use crate::units::Demand;

/// The least backend against the share that is lost.
pub(super) fn losses(group: &Group) -> Section {
    let mut table = Table::new(
        format!("the least backend that carries {} and survives a loss", load(Some(group.trace.load_per_second))),
        &[("policy", ""), ("loss_ratio", "share lost"), ("least_backend_per_second", "least backend")],
    );
    for row in &group.rows {
        for of_loss in group.report.losses(row) {
            table.row([
                Cell::text(name(row)),
                Cell::number(of_loss.loss_ratio, loss_in_full(&of_loss.loss)),
                group.needed(of_loss.least_backend_per_second),
            ]);
        }
    }
    let chart = Chart {
        x: Axis::linear("share of the cache that is lost", Unit::Share),
        y: Axis::linear("least backend, a second", unit(group)),
        marks: vec![
            Mark::lines("loss_ratio", "least_backend_per_second", "policy"),
            Mark::rule_y(
                group.trace.rate().map_or(0.0, |rate| rate.per_second),
                format!("today's backend: {}", group.trace.backend_text()),
            ),
        ],
    };
    Section::new(group.id("losses"), "How much of the cache may be lost").figure(Figure {
        id: group.id("losses-chart"),
        caption: losses_caption(group),
        chart,
        table,
    })
}

fn losses_caption(group: &Group) -> String {
    let Some(baseline) = group.baseline() else { return String::new() };
    let backend = group.trace.backend_text();
    let with = |row: &Row| match row.loss_survived_ratio {
        None => row.absent("not even that nothing is lost").to_string(),
        Some(0.0) => "the loss of nothing".to_string(),
        Some(ratio) if ratio >= 1.0 => "the loss of everything".to_string(),
        Some(ratio) => format!("the loss of up to about {} of the cache", percent(ratio)),
    };
    let best = group.best().filter(|best| with(best) != with(baseline));
    let best = best.map_or(String::new(), |best| format!(", with {} {}", best.policy, with(best)));
    format!(
        "A backend of {backend} survives {} with {}{best}. Where a line rises above the dashed one, this backend is too small.",
        with(baseline),
        baseline.policy
    )
}

/// What may be cut.
pub(super) fn section(group: &Group) -> Section {
    let carried = load(Some(group.trace.load_per_second));
    let section = Section::new(group.id("cut"), "What you may cut")
        .prose(format!(
            "A backend must be large enough for the load ({carried}) while everything is well, and for the worst loss that \
             it must survive. Decide what may be lost; then read off what may go."
        ))
        .figure(of_today(group));
    let section = match promised(group) {
        Some(figure) => section.figure(figure),
        None => section.prose(format!(
            "No other policy here misses less than {}, so there is no saving to bank.",
            group.report.config.baseline
        )),
    };
    let section = match trap(group) {
        Some(text) => section.with(Block::Note(Tone::Careful, text)),
        None => section,
    };
    section.table(all(group)).prose(mildest(group))
}

/// What would do if the mildest node were the one that is lost.
fn mildest(group: &Group) -> String {
    let Some(baseline) = group.baseline() else { return String::new() };
    let need = |row: &Row| {
        let least = group.needed(Some(row.least_backend_mildest_node_per_second?));
        Some(format!("{} for {}", least.text, row.loss))
    };
    let needs: Vec<String> = group.report.losses(baseline).filter_map(need).collect();
    if needs.is_empty() {
        return String::new();
    }
    format!("The worst node decides; losing the mildest, {} needs about {}.", baseline.policy, needs.join(", "))
}

/// What the baseline lets one cut of today's backend, by loss.
fn of_today(group: &Group) -> Figure {
    let mut table = Table::new(
        format!("the baseline, {}", group.report.config.baseline),
        &[
            ("loss_ratio", "must survive losing"),
            ("least_backend_per_second", "least backend"),
            ("safe_cut_ratio", "may be cut"),
        ],
    );
    let baseline = group.baseline();
    for row in baseline.iter().flat_map(|row| group.report.losses(row)) {
        table.row([
            Cell::number(row.loss_ratio, loss_in_full(&row.loss)),
            group.needed(row.least_backend_per_second),
            of_backend(row.safe_cut_ratio),
        ]);
    }
    let chart = Chart {
        x: Axis::linear("share of today's backend", Unit::Share),
        y: Axis::words("must survive losing"),
        marks: vec![Mark::bar("loss_ratio", "safe_cut_ratio", Fill::Plain, "")],
    };
    Figure { id: group.id("cut-today"), caption: today_caption(group, baseline), chart, table }
}

/// How much of today's backend may go, or must be added.
pub(super) fn of_backend(safe_cut: Option<f64>) -> Cell {
    let judged = |share: f64| Cell::cut(share).tone(if share < 0.0 { Tone::Bad } else { Tone::Good });
    maybe(safe_cut, judged, "unknown")
}

fn today_caption(group: &Group, baseline: Option<&Row>) -> String {
    let Some(baseline) = baseline else { return String::new() };
    let rows = || group.report.losses(baseline).filter(|row| row.safe_cut_ratio.is_some());
    let most = rows().filter(|row| row.safe_cut_ratio >= Some(0.0)).last();
    let least = rows().find(|row| row.safe_cut_ratio < Some(0.0));
    let backend = group.trace.backend_text();
    match (most, least) {
        (Some(row), None) => format!(
            "Whatever part of the cache may be lost, {} of today's {backend} may go.",
            cut(row.safe_cut_ratio.unwrap_or(0.0))
        ),
        (Some(row), Some(short)) => format!(
            "If at most {} of the cache is ever lost, {} of today's {backend} may go; to survive losing {}, it is too small already.",
            loss(row.loss_ratio),
            cut(row.safe_cut_ratio.unwrap_or(0.0)),
            loss(short.loss_ratio)
        ),
        (None, Some(_)) => format!("Today's {backend} is too small even if nothing is lost: nothing may go."),
        (None, None) => String::new(),
    }
}

/// What policies' savings look like, and what they are.
fn promised(group: &Group) -> Option<Figure> {
    let mut table = Table::new(
        format!("the share of the backend that may go when a policy replaces {}", group.report.config.baseline),
        &[("policy", ""), ("must_survive", "must survive losing"), ("share", "may go")],
    )
    .note("'looks like' is what the miss ratios promise (naive_saving_ratio); the others are reclaimable_ratio for that loss.");
    let better = || group.deployable().filter(|row| row.naive_saving_ratio > Some(0.0));
    for row in better() {
        table.row([
            Cell::text(&row.policy),
            Cell::text("looks like"),
            maybe(row.naive_saving_ratio, Cell::share, "unknown"),
        ]);
        for of_loss in group.report.losses(row) {
            table.row([
                Cell::text(&row.policy),
                Cell::text(loss_in_full(&of_loss.loss)),
                maybe(of_loss.reclaimable_ratio, Cell::cut, "unknown"),
            ]);
        }
    }
    let best = better().min_by_key(|row| row.misses)?;
    let chart = Chart {
        x: Axis::words("what must be survived"),
        y: Axis::linear("share of the backend that may go", Unit::Share),
        marks: vec![Mark::lines("must_survive", "share", "policy")],
    };
    let caption = looks_like(group, best)?;
    Some(Figure { id: group.id("cut-promised"), caption, chart, table })
}

/// `lru -> sieve looks like a 45% cut; it is 29% if losing 12.5% must be survived, and 0% for everything.`
fn looks_like(group: &Group, row: &Row) -> Option<String> {
    let saving = row.naive_saving_ratio?;
    let is: Vec<String> = group
        .report
        .losses(row)
        .filter(|of_loss| of_loss.loss_ratio > 0.0)
        .filter_map(|of_loss| Some(format!("{} for {}", cut(of_loss.reclaimable_ratio?), loss(of_loss.loss_ratio))))
        .collect();
    (!is.is_empty()).then(|| {
        format!(
            "{} → {} looks like a cut of {}. What it is of what {0} needs, if losing a part must be survived: {}.",
            group.report.config.baseline,
            row.policy,
            whole_percent(saving),
            is.join(", ")
        )
    })
}

/// What banking the best policy's saving does to hidden capacity.
fn trap(group: &Group) -> Option<String> {
    let (baseline, best) = (group.baseline()?, group.best()?);
    let (saving, before, after) =
        (best.naive_saving_ratio?, baseline.hidden_safe_per_second?, best.hidden_safe_reclaimed_per_second?);
    let widens = best.widening_reclaimed_ratio.filter(|ratio| *ratio > 0.0);
    let widens = widens.map_or(String::new(), |ratio| format!(", and the gap widens by {}", percent(ratio)));
    Some(format!(
        "The trap: bank {}'s saving (make the backend smaller by {}) and hidden capacity falls from {} to {}{widens}.",
        best.policy,
        percent(saving),
        load(Some(before)),
        load(Some(after))
    ))
}

/// The least backend of every policy for every loss.
fn all(group: &Group) -> Table {
    let Some(first) = group.rows.first() else { return Table::default() };
    let heads: Vec<(String, String)> = group
        .report
        .losses(first)
        .map(|row| (format!("least_backend_per_second, loss_ratio {}", row.loss_ratio), loss_in_full(&row.loss)))
        .collect();
    let columns = heads.iter().map(|(key, head)| (key.as_str(), head.as_str()));
    let columns: Vec<(&str, &str)> = std::iter::once(("policy", "")).chain(columns).collect();
    let title =
        format!("The backend needed to carry {} and survive losing...", load(Some(group.trace.load_per_second)));
    let mut table = Table::new(title, &columns);
    for row in &group.rows {
        let needed = group.report.losses(row).map(|of_loss| group.needed(of_loss.least_backend_per_second));
        table.row(std::iter::once(Cell::text(name(row))).chain(needed));
    }
    table
}

fn unit(group: &Group) -> Unit {
    match group.demand() {
        Demand::Answers | Demand::Units(_) => Unit::Number,
        Demand::Bytes => Unit::Bytes,
    }
}
