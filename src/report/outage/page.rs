//! The outage as a document: does it heal, how to come back, and the timeline that shows why.

use super::sentence::{self, share};
use super::{Event, OutageReport, Phase, RemedyRow, SignalRow, TimelineRow, Verdict, WindowRow, alerts};
use crate::outage::verdict::HEALTHY;
use crate::report::format::{capacity_of, capacity_text, percent};
use crate::report::page::{Answer, Axis, Cell, Figure, Mark, Of, Page, Section, Table, Tone, Unit, maybe};
use crate::report::words::ended;
use crate::units::{Demand, Rate, Seconds, grouped, grouped_rate};

/// The document.
pub fn page(report: &OutageReport) -> Page {
    let config = &report.config;
    let subtitle = format!(
        "{} · {} with a cache of {} · backend {} · {} requests a second",
        report.trace.name,
        config.policy,
        capacity_text(capacity_of(config.cache_capacity_objects, config.cache_capacity_bytes)),
        config.backend,
        grouped_rate(report.verdict.load_per_second)
    );
    let mut page = Page::new("One outage, told", subtitle, &report.head);
    page.answers = vec![heals(report), loop_breaker(report)];
    let [felt, waits] = timeline(report).figures("timeline");
    let edge = sentence::edge(&report.verdict, grouped_rate);
    let edge = if edge.is_empty() { edge } else { format!("{edge}.") };
    let about = Section::new("about", "What this shows").prose(report.about.clone().unwrap_or_default());
    let page = page
        .section(about)
        .section(
            Section::new("timeline", "The outage, from the trigger on")
                .figure(felt)
                .figure(waits)
                .list(&events(report))
                .table(joined(report))
                .prose(cost(report))
                .prose(edge),
        )
        .section(come_back(report))
        .section(remedies(report))
        .section(signals(report));
    ended(page, &report.head, &[report.trace.line()])
}

/// The outage over time.
pub(in crate::report) fn timeline(report: &OutageReport) -> Timeline<'_> {
    let config = &report.config;
    Timeline {
        windows: &report.windows,
        joined: &report.timeline,
        events: &report.events,
        timeout_seconds: config.model.client.timeout.0,
        backend: config.backend,
        window_seconds: config.window_seconds,
    }
}

/// What happens when.
fn events(report: &OutageReport) -> Vec<String> {
    report.events.iter().map(|event| format!("{}: {}", Cell::seconds(event.at_seconds).text, event.what)).collect()
}

/// Windows that are alike, joined.
fn joined(report: &OutageReport) -> Of<&TimelineRow> {
    let ratio = |ratio: Option<f64>| maybe(ratio, |ratio| Cell::number(ratio, share(ratio)), "-");
    Table::of("what happened, a second", &report.timeline)
        .column("from_seconds", "from", |row| Cell::seconds(row.from_seconds))
        .column("to_seconds", "to", |row| Cell::seconds(row.to_seconds))
        .column("offered_per_second", "offered", |row| Cell::rate(row.offered_per_second))
        .column("success_ratio", "in time", |row| ratio(row.success_ratio))
        .column("asked_per_second", "asked", |row| Cell::rate(row.asked_per_second))
        .column("answered_per_second", "answered", |row| Cell::rate(row.answered_per_second))
        .column("queue", "queue", |row| Cell::count(row.queue))
        .column("min_delay_seconds", "least wait", |row| Cell::seconds(row.min_delay_seconds))
        .column("hit_ratio", "hits", |row| ratio(row.hit_ratio))
        .column("inserts_per_second", "inserts", |row| Cell::rate(row.inserts_per_second))
        .note(
            "asked: fetches sent to the backend; least wait: the shortest in its queue. After a spike it returns to 0; above the \
             clients' timeout every answer of the backend is late.",
        )
}

fn heals(report: &OutageReport) -> Answer {
    let verdict = &report.verdict;
    let (short, tone) = match (&*verdict.phase, verdict.recovery_seconds) {
        ("overloaded_warm", _) => ("It is overloaded even before".to_string(), Tone::Bad),
        ("unsettled", None) => ("Not in the time simulated".to_string(), Tone::Careful),
        (_, None) => ("No: it stays down".to_string(), Tone::Bad),
        ("stable", Some(seconds)) => (format!("Yes, {}", after(seconds)), Tone::Good),
        (_, Some(seconds)) => (format!("Yes, {}", after(seconds)), Tone::Careful),
    };
    Answer::new("Does it heal by itself?", short, format!("{} {}", verdict.sentence, verdict.why), tone)
}

fn after(seconds: f64) -> String {
    if seconds < 0.5 { "at once".to_string() } else { format!("after {}", Seconds(seconds)) }
}

/// The quickest remedy, and how much must be shed without any.
fn loop_breaker(report: &OutageReport) -> Answer {
    let verdict = &report.verdict;
    let in_place = report.remedies.iter().filter(|row| row.in_place_healed);
    let best = in_place.min_by(|a, b| f64::total_cmp(&recovery(a), &recovery(b)));
    let short = match best {
        Some(row) => row.what.clone(),
        None if report.remedies.is_empty() => "No remedy was tried".to_string(),
        None => "None of the remedies alone".to_string(),
    };
    let healed = report.remedies.iter().filter(|row| row.in_place_healed).count();
    let mut text = match best {
        Some(row) => format!(
            "In place before the outage, it heals {}: the quickest of {healed} remedies that break the loop, of {} tried.",
            after(recovery(row)),
            report.remedies.len()
        ),
        None => String::new(),
    };
    if verdict.shed_ratio > 0.0 && verdict.recovery_seconds.is_none() {
        text += &format!(
            " Without changing anything it climbs out only below {} requests a second: shed over {}.",
            grouped_rate(verdict.escape_per_second),
            share(verdict.shed_ratio)
        );
    }
    Answer::new("What breaks the loop?", short, text, Tone::Plain)
}

fn recovery(row: &RemedyRow) -> f64 {
    row.in_place_recovery_seconds.unwrap_or(f64::INFINITY)
}

fn cost(report: &OutageReport) -> String {
    let verdict = &report.verdict;
    if verdict.requests_failed == 0 {
        return String::new();
    }
    let client = &report.config.model.client;
    let lost = Seconds(verdict.user_seconds_lost / verdict.requests_failed as f64);
    // With one try each, that is how long clients wait.
    let waited = if client.retries == 0 { String::new() } else { format!(", after {lost} in the mean") };
    format!(
        "In the {} after the trigger {} requests failed{waited}.",
        Seconds(verdict.watched_seconds.round()),
        grouped(verdict.requests_failed)
    )
}

/// More windows than these are drawn joined, as the report's timeline has them.
const MOST_WINDOWS: usize = 300;

/// One outage over time, whichever report it stands in.
pub(in crate::report) struct Timeline<'r> {
    pub windows: &'r [WindowRow],
    pub joined: &'r [TimelineRow],
    pub events: &'r [Event],
    pub timeout_seconds: f64,
    pub backend: Rate,
    pub window_seconds: f64,
}

/// What is drawn of some windows.
struct Moment {
    from_seconds: f64,
    success_ratio: Option<f64>,
    hit_ratio: Option<f64>,
    asked_per_second: f64,
    answered_per_second: f64,
    min_delay_seconds: f64,
}

impl Timeline<'_> {
    /// What users felt, and what the backend was asked.
    pub(in crate::report) fn figures(&self, id: &str) -> [Figure; 2] {
        [self.felt(format!("{id}-felt")), self.waits(format!("{id}-waits"))]
    }

    fn moments(&self) -> Vec<Moment> {
        let of_window = |window: &WindowRow| Moment {
            from_seconds: window.start_seconds,
            success_ratio: window.success_ratio,
            hit_ratio: window.miss_ratio.map(|ratio| 1.0 - ratio),
            asked_per_second: window.asked as f64 / self.window_seconds,
            answered_per_second: window.answered as f64 / self.window_seconds,
            min_delay_seconds: window.min_delay_seconds,
        };
        let of_joined = |row: &TimelineRow| Moment {
            from_seconds: row.from_seconds,
            success_ratio: row.success_ratio,
            hit_ratio: row.hit_ratio,
            asked_per_second: row.asked_per_second,
            answered_per_second: row.answered_per_second,
            min_delay_seconds: row.min_delay_seconds,
        };
        if self.windows.len() <= MOST_WINDOWS {
            self.windows.iter().map(of_window).collect()
        } else {
            self.joined.iter().map(of_joined).collect()
        }
    }

    fn events(&self) -> impl Iterator<Item = Mark> {
        self.events.iter().map(|event| Mark::rule_x(event.at_seconds, event.what.clone()))
    }

    /// Stretches in which every answer came too late, so that nothing could heal.
    fn stuck(&self) -> Vec<(f64, f64)> {
        let mut stretches: Vec<(f64, f64)> = Vec::new();
        for window in self.windows.iter().filter(|window| window.min_delay_seconds >= self.timeout_seconds) {
            let end = window.start_seconds + self.window_seconds;
            match stretches.last_mut() {
                Some((_, last)) if window.start_seconds <= *last + self.window_seconds / 2.0 => *last = end,
                _ => stretches.push((window.start_seconds, end)),
            }
        }
        stretches
    }

    fn zones(&self) -> Vec<Mark> {
        let stretches = self.stuck();
        let longest = stretches.iter().map(|(from, to)| to - from).fold(0.0, f64::max);
        let zone = |(from, to): (f64, f64)| Mark::Zone {
            from,
            to,
            name: if to - from == longest {
                "stuck: every answer of the backend is late".to_string()
            } else {
                String::new()
            },
        };
        stretches.into_iter().map(zone).collect()
    }

    /// What users felt.
    pub(in crate::report) fn felt(&self, id: String) -> Figure {
        let ratio = |ratio: Option<f64>| maybe(ratio, Cell::share, "-");
        let table = Table::of("what users felt over time", self.moments())
            .column("from_seconds", "from", |moment| Cell::seconds(moment.from_seconds))
            .column("success_ratio", "in time", |moment| ratio(moment.success_ratio))
            .column("hit_ratio", "hits", |moment| ratio(moment.hit_ratio))
            .note(
                "in time: of the requests, those answered before the client's timeout; hits: of the lookups, those that the cache \
                 answered.",
            );
        Figure::new(id, self.felt_caption(), table)
            .x(Axis::linear("since the trigger", Unit::Seconds))
            .y(Axis::linear("share of the requests", Unit::Share))
            .marks(self.zones())
            .mark(Mark::line("from_seconds", "success_ratio", "answered in time"))
            .mark(Mark::line("from_seconds", "hit_ratio", "hits"))
            .marks(self.events())
    }

    fn felt_caption(&self) -> String {
        let after = || self.windows.iter().filter(|window| window.phase != Phase::Before.name());
        let worst = after().filter_map(|window| window.success_ratio).fold(1.0, f64::min);
        let last = self.windows.iter().rev().find_map(|window| window.success_ratio).unwrap_or(1.0);
        let stuck: f64 = self.stuck().iter().map(|(from, to)| to - from).sum();
        let late = match stuck {
            0.0 => "At no time was every answer of the backend late".to_string(),
            stuck => format!(
                "For {} every answer of the backend came too late, and only the cache's were in time",
                Seconds(stuck)
            ),
        };
        format!(
            "{late}. In the worst window {} of the requests were answered in time, in the last one {}.",
            share(worst),
            share(last)
        )
    }

    fn waits(&self, id: String) -> Figure {
        let table = Table::of("what the backend met over time", self.moments())
            .column("from_seconds", "from", |moment| Cell::seconds(moment.from_seconds))
            .column("asked_per_second", "asked a second", |moment| Cell::rate(moment.asked_per_second))
            .column("answered_per_second", "answered a second", |moment| Cell::rate(moment.answered_per_second))
            .column("min_delay_seconds", "least wait", |moment| Cell::seconds(moment.min_delay_seconds));
        let gives = || Mark::rule_y(self.backend.per_second, format!("the backend can give {}", self.backend));
        let most = self.windows.iter().map(|window| window.asked).max().unwrap_or(0) as f64 / self.window_seconds;
        let caption = format!(
            "The backend, which can give {}, was asked up to {} times a second.",
            self.backend,
            grouped_rate(most)
        );
        Figure::new(id, caption, table)
            .x(Axis::linear("since the trigger", Unit::Seconds))
            .y(Axis::linear("a second", Unit::Number))
            .marks(self.zones())
            .mark(Mark::line("from_seconds", "asked_per_second", "asked"))
            .mark(Mark::line("from_seconds", "answered_per_second", "answered"))
            .mark((self.backend.of == Demand::Answers).then(gives))
            .marks(self.events())
    }
}

fn come_back(report: &OutageReport) -> Section {
    let verdict = &report.verdict;
    let section = Section::new("come-back", "How to come back without changing anything else");
    if verdict.phase != "metastable" {
        return section;
    }
    let shed = format!(
        "Once it is down it climbs out only below {} requests a second, its escape load: above it the queue does not shrink, so shed over {} \
         of the load of {}, until {} of the requests are answered in time and the queue is empty.",
        grouped_rate(verdict.escape_per_second),
        share(verdict.shed_ratio),
        grouped_rate(verdict.load_per_second),
        percent(HEALTHY)
    );
    let backlog = format!(
        "At the end the oldest in the queue have waited {}: work for clients who left long ago. Emptying it (a restart of the \
         backend or its connection pool) saves the time it takes to work it off.",
        Seconds(verdict.backlog_seconds)
    );
    let section = section
        .prose(if verdict.shed_ratio > 0.0 { shed } else { String::new() })
        .prose(if verdict.backlog_seconds >= 1.0 { backlog } else { String::new() });
    let Some(ramp) = &report.ramp else {
        return section.prose("No schedule was found that lets the load back before the trace ends.");
    };
    let table = Table::of("a schedule that was found by simulating it", &ramp.steps)
        .column("at_seconds", "at", |step| Cell::seconds(step.at_seconds))
        .column("load_per_second", "let in, requests a second", |step| Cell::rate(step.load_per_second))
        .column("load_ratio", "of the load", |step| Cell::number(step.load_ratio, share(step.load_ratio)))
        .column("hold_seconds", "hold for", |step| maybe(step.hold_seconds, Cell::seconds, "-"));
    section
        .prose(format!(
            "In each of {} simulations every step became calm within its hold, and the service was well at the full load {} after \
             the first cut. In earnest, go on only while the least wait returns to 0.",
            ramp.simulations,
            Seconds(ramp.takes_seconds)
        ))
        .table(table)
}

fn remedies(report: &OutageReport) -> Section {
    let watched = Seconds(report.verdict.watched_seconds.round());
    let act = report.config.act_seconds;
    let switched = act.map_or(String::new(), |act| format!("switched on: {} after the trigger; ", Seconds(act)));
    let healed = |seconds: Option<f64>| match seconds {
        None => Cell::text("no").tone(Tone::Bad),
        Some(seconds) => Cell::seconds(seconds).tone(Tone::Good),
    };
    let table = Table::of("each remedy alone, in the same outage, and when it is well again", &report.remedies)
        .column("what", "", |row| Cell::text(&row.what))
        .column_if(act.is_some(), "switched_on_recovery_seconds", "switched on", |row| {
            healed(row.switched_on_recovery_seconds)
        })
        .column("in_place_recovery_seconds", "in place before", |row| healed(row.in_place_recovery_seconds))
        .column("heals_low_per_second", "heals up to", |row| match (row.heals_low_per_second, row.heals_high_per_second) {
            (Some(low), None) => Cell::number(low, "any"),
            (Some(low), Some(_)) => Cell::rate(low),
            (None, Some(high)) => Cell::text(format!("under {}", grouped_rate(high))),
            (None, None) => Cell::text("-"),
        })
        .note(format!(
            "{switched}no: not within the {watched} simulated; heals up to: the largest load, in requests a second, at which every trial \
             healed with it in place; any: every load that the warm cache carries.{}",
            without(&report.verdict)
        ));
    Section::new("remedies", "What breaks the loop").table(table)
}

/// What becomes of it without any remedy.
fn without(verdict: &Verdict) -> String {
    let heals = verdict.recovery_seconds.map(|seconds| format!(" Without any it heals {}.", after(seconds)));
    let edge =
        verdict.hidden_95_per_second.map(|load| format!(" Without any remedy 95% heal at {}.", grouped_rate(load)));
    heals.into_iter().chain(edge).collect()
}

/// Thresholds that tell an outage that stays from one that heals.
pub(in crate::report) fn signals(report: &OutageReport) -> Section {
    let section = Section::new("alerts", "Which alert tells an outage that stays from one that heals");
    let Some(found) = &report.alerts else { return section };
    let title = format!("signals over {}, in {} simulated losses", Seconds(found.watched_seconds), found.runs);
    let value = |row: &SignalRow, value: f64| Cell::number(value, alerts::value_text(row, value));
    let table = Table::of(title, &found.signals)
        .column("signal", "", |row| Cell::text(alerts::name(row)))
        .column("healed_most", "heals: at most", |row| value(row, row.healed_most))
        .column("stayed_least", "stays: least", |row| value(row, row.stayed_least))
        .column("threshold", "alert above", |row| maybe(row.threshold, |found| value(row, found), "they overlap"))
        .column("fires_seconds", "fires within", |row| maybe(row.fires_seconds, Cell::seconds, "-"));
    let felt = found.felt_seconds.map_or(String::new(), |felt| {
        format!(" Users feel it within {} (less than 97% answered in time).", Seconds(felt))
    });
    section.prose(alerts::told_apart(found) + &felt).table(table)
}
