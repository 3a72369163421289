//! What may be lost with this backend, and what of the backend may be cut: by loss, and by what a policy promises.

use super::{Group, load, loss, name};
use crate::report::Row;
use crate::report::format::{cut, each_once, loss_in_full, percent};
use crate::report::page::{Axis, Block, Cell, Figure, Fill, Mark, Section, Table, Tone, Unit, maybe};
use crate::units::Demand;

/// The least backend against the share that is lost.
pub(super) fn losses(group: &Group) -> Section {
    let losses = group.rows.iter().flat_map(|row| group.report.losses(row));
    let title =
        format!("the least backend that carries {} and survives a loss", load(Some(group.trace.load_per_second)));
    let table = Table::of(title, losses)
        .column("policy", "", |row| Cell::text(name(row)))
        .column("loss_ratio", "share lost", |row| Cell::loss(row.loss_ratio, &row.loss))
        .column("least_backend_per_second", "least backend", |row| group.needed(row.least_backend_per_second));
    let today = group.trace.rate().map_or(0.0, |rate| rate.per_second);
    let figure = Figure::new(group.id("losses-chart"), losses_caption(group), table)
        .x(Axis::linear("share of the cache that is lost", Unit::Share))
        .y(Axis::linear("least backend, a second", unit(group)))
        .mark(Mark::lines("loss_ratio", "least_backend_per_second", "policy"))
        .mark(Mark::rule_y(today, format!("today's backend: {}", group.trace.backend_text())));
    Section::new(group.id("losses"), "How much of the cache may be lost").figure(figure)
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
    let baseline = group.baseline();
    let losses = baseline.into_iter().flat_map(|row| group.report.losses(row));
    let table = Table::of(format!("the baseline, {}", group.report.config.baseline), losses)
        .column("loss_ratio", "must survive losing", |row| Cell::loss(row.loss_ratio, &row.loss))
        .column("least_backend_per_second", "least backend", |row| group.needed(row.least_backend_per_second))
        .column("safe_cut_ratio", "may be cut", |row| of_backend(row.safe_cut_ratio));
    Figure::new(group.id("cut-today"), today_caption(group, baseline), table)
        .x(Axis::linear("share of today's backend", Unit::Share))
        .y(Axis::words("must survive losing"))
        .mark(Mark::bar("loss_ratio", "safe_cut_ratio", Fill::Plain, ""))
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
    let better = || group.deployable().filter(|row| row.naive_saving_ratio > Some(0.0));
    // What misses promise first, then what each loss leaves of it.
    let promises = better().flat_map(|row| {
        let losses = group.report.losses(row).map(|of_loss| (of_loss, Some(&of_loss.loss)));
        std::iter::once((row, None)).chain(losses)
    });
    let baseline = &group.report.config.baseline;
    let title = format!("the share of what {baseline} needs that may go when a policy replaces it");
    let table = Table::of(title, promises)
        .column("policy", "", |(row, _)| Cell::text(&row.policy))
        .column("must_survive", "must survive losing", |(_, lost)| {
            Cell::text(lost.map_or("looks like".to_string(), |lost| loss_in_full(lost)))
        })
        .column("share", "may go", |(row, lost)| match lost {
            None => maybe(row.naive_saving_ratio, Cell::share, "unknown"),
            Some(_) => maybe(row.reclaimable_ratio, Cell::cut, "unknown"),
        })
        .note("'looks like' is what the miss ratios promise (naive_saving_ratio); the others are reclaimable_ratio for that loss.");
    let best = better().min_by_key(|row| row.misses)?;
    let figure = Figure::new(group.id("cut-promised"), looks_like(group, best)?, table)
        .x(Axis::words("what must be survived"))
        .y(Axis::linear(format!("share of what {baseline} needs"), Unit::Share))
        .mark(Mark::lines("must_survive", "share", "policy"));
    Some(figure)
}

/// `lru -> sieve looks like a 45% cut; it is 29% if losing 12.5% must be survived, and 0% for everything.`
fn looks_like(group: &Group, row: &Row) -> Option<String> {
    let saving = row.naive_saving_ratio?;
    let losses = group.report.losses(row).filter(|of_loss| of_loss.loss_ratio > 0.0);
    let is: Vec<(String, String)> =
        losses.filter_map(|of_loss| Some((cut(of_loss.reclaimable_ratio?), loss(of_loss.loss_ratio)))).collect();
    (!is.is_empty()).then(|| {
        format!(
            "{} → {} looks like a cut of {}. What it is of what {0} needs, if losing a part must be survived: {}.",
            group.report.config.baseline,
            row.policy,
            percent(saving),
            each_once(&is, "for")
        )
    })
}

/// What banking the best policy's saving does to hidden capacity.
fn trap(group: &Group) -> Option<String> {
    let (baseline, best) = (group.baseline()?, group.best()?);
    let (saving, before, after) =
        (best.naive_saving_ratio?, baseline.hidden_safe_per_second?, best.hidden_safe_reclaimed_per_second?);
    Some(format!(
        "The trap: bank {}'s saving (make the backend smaller by {}) and hidden capacity falls from {} to {}.",
        best.policy,
        percent(saving),
        load(Some(before)),
        load(Some(after))
    ))
}

/// The least backend of every policy for every loss.
fn all(group: &Group) -> Table {
    let title = format!(
        "The backend needed to carry {} with no answer late after losing...",
        load(Some(group.trace.load_per_second))
    );
    let table = Table::of(title, group.rows.iter().copied()).column("policy", "", |row| Cell::text(name(row)));
    let losses = group.rows.first().into_iter().flat_map(|first| group.report.losses(first));
    let all = losses.fold(table, |table, lost| {
        let key = format!("least_backend_per_second, loss_ratio {}", lost.loss_ratio);
        table.column(key, loss_in_full(&lost.loss), |row| {
            let of_loss = group.report.losses(row).find(|other| other.loss_ratio == lost.loss_ratio);
            group.needed(of_loss.and_then(|row| row.least_backend_per_second))
        })
    });
    all.into()
}

fn unit(group: &Group) -> Unit {
    match group.demand() {
        Demand::Answers | Demand::Units(_) => Unit::Number,
        Demand::Bytes => Unit::Bytes,
    }
}
