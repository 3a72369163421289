//! What every document says in the same words: what the terms mean, and who made it of what.

use super::gates::GateRow;
use super::head::{Head, Kind};
use super::page::{Answer, Block, Cell, Page, Section, Table, Tone};
use crate::prose::quoted;
use crate::units::grouped;

/// The document with its end: gates, words, what it rests on and where it comes from. `traces` has a line for each.
pub fn ended(mut page: Page, head: &Head, traces: &[String]) -> Page {
    // A gate that passes says nothing of what it does not ask, and least beside an answer that warns.
    let warns = page.answers.iter().any(|answer| matches!(answer.tone, Tone::Bad | Tone::Careful));
    page.answers.extend(verdict(&head.gates).map(|answer| match answer.tone {
        Tone::Good if warns => Answer { tone: Tone::Plain, ..answer },
        _ => answer,
    }));
    let page = page.section(gates(&head.gates));
    let page = if head.report == Kind::Replay { page } else { page.section(terms()) };
    page.section(Section::new("assumptions", "What these numbers rest on").list(&head.assumptions))
        .section(provenance(head, traces))
}

/// What a gate that passes does not say.
const ONLY: &str = "Gates judge what they ask, and no more: the other answers stand.";

/// Whether the gates pass, where there are any.
fn verdict(gates: &[GateRow]) -> Option<Answer> {
    let failed: Vec<&GateRow> = gates.iter().filter(|gate| !gate.passed).collect();
    let told: Vec<&str> = failed.iter().map(|gate| gate.text.as_str()).collect();
    let (short, text, tone) = match (gates.len(), failed.len()) {
        (0, _) => return None,
        (1, 0) => ("It passes".to_string(), ONLY.to_string(), Tone::Good),
        (all, 0) => (format!("All {all} pass"), ONLY.to_string(), Tone::Good),
        (all, failed) => (format!("{failed} of {all} fail"), format!("{}.", told.join("; ")), Tone::Bad),
    };
    Some(Answer::new("Do the gates pass?", short, text, tone))
}

fn gates(gates: &[GateRow]) -> Section {
    let table = Table::of("limits on this report's numbers", gates)
        .column("expression", "fails if", |gate| Cell::text(&gate.expression))
        .column("passed", "", |gate| match gate.passed {
            true => Cell::text("passes").tone(Tone::Good),
            false => Cell::text("fails").tone(Tone::Bad),
        })
        .column("text", "found", |gate| Cell::text(&gate.text));
    Section::new("gates", "Gates").table(table)
}

/// The words of reports, and what they mean.
pub(super) const TERMS: [(&str, &str); 17] = [
    ("Load", "Requests a second. Today's is that of the trace's busiest window."),
    (
        "Backend",
        "What answers when the cache cannot: a database, an origin. Its capacity is how much it can answer a second.",
    ),
    (
        "Advertised capacity",
        "The largest load that is carried while the cache is warm. What a load test of the healthy service shows.",
    ),
    (
        "Hidden capacity",
        "The load below which the service recovers from losing its whole cache while it runs: no answer is late where service times \
         are even. 'Hidden', because nothing shows it until the cache is lost. Which share of simulated outages heals, by load, some \
         answers late, stands beside it; once the service is down only loads below the escape load count.",
    ),
    ("Floor", "The load carried with no cache at all."),
    ("Gap", "Advertised over hidden capacity: how far the service depends on its cache not being lost."),
    (
        "Why it stays down",
        "With an empty cache every request asks the backend. Its queue grows until answers come later than clients wait. Late \
         answers do not enter the cache, so it stays empty, although what began the outage is over: a metastable failure.",
    ),
    ("Loss survived", "The largest share of the cache, as whole nodes lose it, after which no answer is late."),
    (
        "Least backend",
        "The smallest backend that carries the load and survives a given loss at the worst moment that was tried.",
    ),
    (
        "Banking a saving",
        "Making the backend smaller because a better policy misses less. After a full loss all policies are alike, so hidden capacity falls with the backend.",
    ),
    ("Baseline", "The policy that others are compared with: the one in use."),
    (
        "Refill",
        "The time after a flush until under 1% of the requests of the next ten steps together miss only because of it, against a cache \
         that was never flushed. In a single step more may.",
    ),
    (
        "Well again",
        "97% of the requests are answered in time, in every stretch of five windows from then on, and the backend's queue has been empty: \
         healed.",
    ),
    (
        "Escape load",
        "Once the service is down, with its queue full of old work, it climbs out only below this load. It lies below hidden capacity, \
         which is of a cache lost while all is well.",
    ),
    (
        "Safe bound",
        "Hidden capacity as it is computed: below it no answer is late after losing the cache at any moment.",
    ),
    (
        "Half heal at",
        "The load at which half of the simulated losses of the whole cache heal, some answers late; at another 95% do.",
    ),
    (
        "Least wait",
        "The shortest wait in the backend's queue over a window: the minimum queueing delay. After a spike it returns to 0; above the \
         clients' timeout every answer of the backend is late.",
    ),
];

/// The report's words, for a reader who has not met them.
fn terms() -> Section {
    let terms = TERMS.iter().map(|(word, meaning)| (word.to_string(), meaning.to_string())).collect();
    Section::new("words", "The words").with(Block::Terms(terms))
}

/// A command that goes on from a report: about the same files, backend and service. `own`: its other flags.
pub(super) fn next(command: &str, files: &[String], backend: &str, own: &[Option<String>], head: &Head) -> String {
    let files: Vec<String> = files.iter().map(|file| quoted(file)).collect();
    let said = [format!("coldgap {command} {} -b {backend}", files.join(" "))];
    said.iter().chain(own.iter().flatten()).chain(&head.said).cloned().collect::<Vec<_>>().join(" ")
}

/// Where a trace comes from, in a line. `counts`: requests, gets, objects; `more` follows them.
pub(super) fn origin(name: &str, format: &str, counts: [u64; 3], more: &str, fingerprint: &str) -> String {
    let [requests, gets, objects] = counts.map(grouped);
    format!("{name}: {format}, {requests} requests ({gets} gets), {objects} objects{more}, fingerprint {fingerprint}")
}

/// What made the report, from which traces, by which command.
fn provenance(head: &Head, traces: &[String]) -> Section {
    let seed = head.seed.map_or(String::new(), |seed| format!(", first seed {seed}"));
    Section::new("provenance", "Where this comes from")
        .prose(format!("{} {}, report schema {}{seed}.", head.tool.name, head.tool.version, head.schema_version))
        .list(traces)
        .prose("The same command on the same trace gives the same numbers:")
        .with(Block::Code(head.command.clone()))
}
