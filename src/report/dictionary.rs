//! What every field of a report means: one entry for a name, whichever report has it. The JSON Schemas, the help of gates and
//! `coldgap explain` read it; the words of the figures beside.

use super::Report;
use super::gates::Gated;
use super::head::Kind;
use super::schema::schema;
use super::words::TERMS;
use crate::error::{Error, Result};
use crate::suggest::nearest;
use serde_json::Value;

/// Fields by name. A name means the same wherever it stands; what is special in one report, its own type says.
pub const FIELDS: &[(&str, &str)] = &[
    (
        "advertised_long_run_per_second",
        "The load carried in the long run while the cache is warm, requests a second: backend / miss ratio. Null: never a miss.",
    ),
    (
        "advertised_per_second",
        "The largest load that is carried while the cache is warm, requests a second: no answer is late below it. Null: no limit, or unknown.",
    ),
    (
        "advertised_reclaimed_per_second",
        "Advertised capacity once the policy's saving was handed back by a smaller backend. Null for the baseline, or without limit.",
    ),
    (
        "amplification",
        "How much more an empty cache asks of the backend than the warm one: (1 + retries) / miss ratio. Null: never a miss.",
    ),
    ("answered", "Answers that the backend gave."),
    ("answered_per_second", "Answers that the backend gave, a second."),
    ("asked", "Fetches sent to the backend."),
    ("asked_per_second", "Fetches sent to the backend, a second."),
    ("at_once", "Nodes that restart together."),
    ("at_seconds", "When, seconds after the first trigger's begin."),
    ("backend", "The backend's capacity."),
    (
        "backend_assumed",
        "True where the backend was not given and was taken to be a little more than what is needed warm.",
    ),
    ("backend_cost", "What that backend costs, in the currency of the prices. Null: none is enough."),
    (
        "backend_per_second",
        "What the backend can do: answers or bytes a second. Null: nobody said, and all that depends on it is unknown.",
    ),
    ("backend_unit", "What the backend's capacity is counted in: answers or bytes."),
    ("baseline", "The policy, or the value, that others are compared with."),
    ("baseline_loss_survived_ratio", "The share of the cache whose loss the baseline survives as it is."),
    ("batches", "Nodes that restart at once, from one on."),
    ("bound", "How many may wait."),
    ("bytes", "Bytes of these keys. Null where the trace has no sizes."),
    ("bytes_missed", "Bytes of requests that missed after warm-up. Null where the trace has no sizes."),
    ("bytes_requested", "Bytes asked for after warm-up. Null where the trace has no sizes."),
    ("cache", "The cache's size, as given."),
    ("cache_capacity", "The cache's size, in objects or bytes."),
    ("cache_capacity_bytes", "The cache's size in bytes. Null where objects are counted."),
    ("cache_capacity_objects", "The cache's size in objects. Null where bytes are counted."),
    ("cache_capacity_ratio", "The cache's size over the trace's footprint."),
    ("cache_cost", "What that cache costs, in the currency of the prices."),
    ("candidate", "The value of what is compared with the baseline."),
    ("cold_keys", "Distinct keys that are fetched in the deciding time."),
    ("compulsory_misses", "First touches after warm-up: misses of every policy."),
    ("config", "The configuration as it was used."),
    ("cost", "Backend and cache together. Null: no backend is enough."),
    ("cut_ratio", "The share of the backend that is cut."),
    ("deciding_requests", "Requests in the deciding time."),
    ("deciding_seconds", "From the flush to the first late answer just above the safe bound: the time that decides."),
    ("drops", "Asks that the backend's queue refused or dropped."),
    ("drops_per_second", "Asks that the backend's queue refused or dropped, a second."),
    ("entries", "Objects in the cache."),
    ("entries_ratio", "The keys that are loaded over the entries of the warm cache."),
    (
        "escape_per_second",
        "The load under which the collapsed service climbs out by itself, requests a second of the busiest window. Null: not simulated.",
    ),
    ("events", "What happens when."),
    ("failures", "Requests that gave up for good."),
    (
        "fatal_loss_ratio",
        "The smallest share of the cache whose loss did not heal in all simulations. Null: every loss healed.",
    ),
    ("felt_seconds", "How soon users feel the loss: fewer than 97 % are answered in time. Null: they do not."),
    ("fingerprint", "Equal for equal requests in any format."),
    (
        "floor_long_run_per_second",
        "The load served in the long run with no cache at all: backend / (1 + retries). Null without a backend.",
    ),
    (
        "floor_per_second",
        "The load that is served with no cache at all, requests a second. Null: no limit, or unknown.",
    ),
    ("footprint_bytes", "Bytes of all distinct objects. Null where the trace has no sizes."),
    ("format", "The format that the trace was read as."),
    ("from_seconds", "Begin, seconds after the first trigger's begin."),
    (
        "gain_per_gib",
        "Requests a second that are gained for each GiB more that is loaded, over the row before. Null where the trace has no sizes.",
    ),
    (
        "gain_per_thousand_keys",
        "Requests a second that are gained for each thousand keys more that are loaded, over the row before.",
    ),
    ("gap_change_ratio", "How much the gap widens against the baseline with its own backend."),
    ("gap_floor_ratio", "Advertised over floor. Null: unknown."),
    ("gap_per_second", "Advertised minus hidden capacity, requests a second. Null: unknown, or no limit."),
    (
        "gap_ratio",
        "The gap: advertised over hidden capacity, how far the service depends on its cache not being lost. Null: unknown, or no limit.",
    ),
    ("gets", "Gets of the trace."),
    (
        "growth_ratio",
        "How far the load may grow until this backend stops surviving the loss; below 0 it is too high already. Null: no limit, or unknown.",
    ),
    ("healed", "Whether it healed, or how often."),
    ("healed_at_safe_ratio", "The share of simulated outages that heal at the safe bound. Null: not simulated."),
    (
        "heals_high_per_second",
        "The lowest load that was tried at which it does not heal in every trial. Null: it healed at all of them.",
    ),
    ("heals_low_per_second", "The largest load at which it healed in every trial. Null: at none that was tried."),
    (
        "hidden_05_per_second",
        "The load at which 5 % of simulated outages heal, requests a second. Null: not simulated, or at none that was tried.",
    ),
    ("hidden_05_per_second_high", "The upper end of its 95 % interval."),
    ("hidden_05_per_second_low", "The lower end of its 95 % interval."),
    (
        "hidden_50_per_second",
        "The load at which half of the simulated outages heal, requests a second. Null: not simulated, or at none that was tried.",
    ),
    ("hidden_50_per_second_high", "The upper end of its 95 % interval."),
    ("hidden_50_per_second_low", "The lower end of its 95 % interval."),
    (
        "hidden_95_per_second",
        "The load at which 95 % of simulated outages heal: measured hidden capacity, requests a second. Null: not simulated, or at none that was tried.",
    ),
    ("hidden_95_per_second_high", "The upper end of its 95 % interval."),
    ("hidden_95_per_second_low", "The lower end of its 95 % interval."),
    ("hidden_change_ratio", "How much hidden capacity changes against the baseline with its own backend."),
    ("hidden_measured_end", "Why the search for measured hidden capacity ended upwards. Null: nothing was simulated."),
    (
        "hidden_measured_service",
        "The distribution of service times with which the fewest outages heal. Null: nothing was simulated.",
    ),
    (
        "hidden_measured_worst_moment_seconds",
        "After which flush the fewest healed, seconds into the trace. Null: nothing was simulated.",
    ),
    ("hidden_safe_certified", "Whether every moment was cleared, not only searched."),
    (
        "hidden_safe_per_second",
        "Hidden capacity: below this load, requests a second, no answer is late after the whole cache is lost at any moment; the service recovers by itself. Null: no limit, or unknown.",
    ),
    ("hidden_safe_per_second_p01", "The same at all but the worst hundredth of the moments."),
    ("hidden_safe_per_second_p50", "The same at half of the moments: typically."),
    (
        "hidden_safe_reclaimed_per_second",
        "Hidden capacity once the policy's saving was handed back by a smaller backend. Null for the baseline.",
    ),
    ("hit_ratio", "Hits over lookups."),
    ("hits", "Gets that the cache answered, after warm-up."),
    ("hold_seconds", "How long this step is held. Null for the last."),
    ("horizon_seconds", "How much of the trace after a loss is walked, and how long an outage is followed at most."),
    ("in_place_user_seconds_lost", "What users waited in vain with the remedy in place before."),
    (
        "in_place_worst_success_ratio",
        "The lowest share answered in time over five windows with the remedy in place before.",
    ),
    ("in_time", "Requests that were answered in time."),
    ("inserts", "Answers that entered the cache."),
    ("inserts_per_second", "Answers that entered the cache, a second."),
    ("is_bound", "True for a bound that nobody can deploy, as one that sees the future."),
    ("keys", "Keys that are loaded beforehand, the hottest first."),
    ("lead_seconds", "What is simulated before the first trigger."),
    (
        "least_backend_mildest_node_per_second",
        "What surviving the loss of the mildest of the nodes takes, about. Null where there is but one, or none is enough.",
    ),
    (
        "least_backend_per_second",
        "The smallest backend that carries the load and survives this loss at the worst moment, of the worst node, answers or bytes a second. Null: none is enough, or unknown.",
    ),
    (
        "limits_known",
        "False where nobody gave a backend, or the trace ends too soon after warm-up: then limits are unknown.",
    ),
    (
        "load_limit_per_second",
        "The largest load at which this backend survives the loss, requests a second. Null: no limit, or unknown.",
    ),
    ("load_per_second", "The load to carry, requests a second of the busiest window."),
    ("load_ratio", "The load over the recorded one."),
    ("lookups", "Requests that asked the cache, retries among them."),
    ("loss", "What is lost, as nodes of nodes: 1/8."),
    ("loss_certified", "Whether every moment and node was cleared for this loss, not only searched."),
    ("loss_ratio", "The share of the cache that is lost; 0: nothing."),
    (
        "loss_survived_ratio",
        "The share of one node, of as few nodes as survive the loss of any of them. Null: the load is not carried even warm, or unknown.",
    ),
    ("loss_worst_moment_seconds", "When this loss is worst, seconds into the trace. Null where warm traffic decides."),
    ("loss_worst_node", "The first of the nodes whose loss is worst. Null where everything is lost."),
    ("max_delay_seconds", "The longest wait in the backend's queue."),
    (
        "min_delay_seconds",
        "The minimum queueing delay: the shortest wait in the backend's queue. Above the clients' timeout every answer is late.",
    ),
    ("miss_ratio", "Misses over gets, after warm-up."),
    ("miss_ratio_high", "The upper end of its 95 % interval, where it is estimated from a sample."),
    ("miss_ratio_low", "The lower end of its 95 % interval, where it is estimated from a sample."),
    ("miss_ratio_worst_window", "The largest miss ratio of a window after warm-up. Null: no window holds enough gets."),
    ("misses", "Gets that the cache did not answer, after warm-up."),
    ("model", "The simulated service, as it was."),
    ("moment_reason", "Why this moment was taken."),
    ("moment_seconds", "When it happens, seconds into the trace."),
    (
        "naive_saving_ratio",
        "The saving that misses promise: 1 - miss ratio / that of the baseline. Null for the baseline.",
    ),
    ("name", "As the user named it."),
    ("nodes", "Nodes of the cache."),
    (
        "nodes_needed",
        "The fewest cache nodes of which any one may be lost at the load to carry. Null: no number of them, or unknown.",
    ),
    ("objects", "Distinct objects of the trace."),
    ("offered", "New requests of users, without retries."),
    ("offered_per_second", "New requests of users a second, without retries."),
    ("phase", "Before, during or after the trigger."),
    ("policy", "The eviction policy, with its parameters and filter."),
    ("queue", "How many wait for the backend."),
    (
        "reclaimable_ratio",
        "The share of the baseline's backend that this policy really lets go for the same loss. Null for the baseline, or unknown.",
    ),
    (
        "recovers",
        "Whether the service comes back by itself at the load to carry, in all simulations. Null: not simulated, or not settled.",
    ),
    ("recovery_seconds", "How long that takes, in the slowest simulation. Null: it does not, or not simulated."),
    ("refill_requests", "Requests until the cache is refilled. Null: not before the trace or the horizon ended."),
    (
        "refill_seconds",
        "How long after a flush the cache costs misses that an undisturbed one would not have. Null: not seen to end.",
    ),
    ("remedy", "The remedy, as the simulator takes it."),
    ("requests", "Requests that count: gets after warm-up; of a trace, all of it."),
    ("requests_failed", "Requests that were not answered in time."),
    ("requests_since", "Requests since the flush."),
    ("restarts", "How the cache's nodes may restart."),
    ("retries", "How often a client asks again after a timeout; in windows, how often it did."),
    ("retries_per_second", "Lookups a second that are retries."),
    ("rows", "The rows."),
    ("runs", "Losses that were simulated."),
    ("safe", "Whether nobody feels it: at least 97 % are answered in time."),
    (
        "safe_cut_ratio",
        "What may be cut of the backend if this loss must be survived; below 0: so much must be added. 1 - least backend / backend. Null: none is enough, or unknown.",
    ),
    ("saving_ratio", "What is saved over today's cost; below 0: it costs more. Null: no backend is enough."),
    ("seconds", "Seconds since the flush."),
    ("seeds", "Seeds of the simulated outages; how many, or which."),
    ("sentence", "What it comes to, in sentences."),
    ("service_time_seconds", "The backend's mean service time."),
    ("setting", "What the knob is set to, in words."),
    (
        "shed_ratio",
        "The share of the load to shed so that the collapsed service comes back; 0 where it heals by itself. Null: not simulated.",
    ),
    ("signal", "What an alert watches."),
    ("signals", "One row for each signal."),
    ("simulations_healed", "How many of them healed."),
    ("single_flight", "Whether a miss joins the fetch of the same key that is under way."),
    ("spacing_seconds", "Time between two restarts. Null where nodes restart at once."),
    ("spacings", "All nodes one after the other, so far apart."),
    ("spared_keys", "Keys that are answered from elsewhere."),
    ("spared_ratio", "These over the distinct keys of the deciding time."),
    ("start_seconds", "When it begins, seconds into the trace or after the first trigger's begin."),
    ("success_ratio", "The share that was answered in time. Null: nothing was asked."),
    (
        "survived_loss_ratio",
        "The largest share of the cache whose loss healed in all simulations. Null: not even the smallest.",
    ),
    ("threshold", "The value above which an alert tells both apart. Null: they overlap."),
    ("timeline", "The windows joined into few rows."),
    ("timeout_seconds", "How long clients wait for an answer."),
    ("timeouts", "Requests whose clients gave up waiting."),
    ("to_seconds", "End, seconds after the first trigger's begin."),
    ("today_per_second", "Load of the trace's busiest window, requests a second."),
    ("tool_version", "The version of coldgap that made it."),
    ("trace", "The trace, as the user named it."),
    (
        "transient_misses",
        "Misses that a full flush adds, against an undisturbed twin. Null without a backend, for which the worst moment is sought.",
    ),
    ("trials", "How often this load was simulated."),
    ("twin_misses", "Misses of the twin that was not flushed."),
    (
        "user_seconds_lost",
        "What users waited in vain until the simulation's end, in seconds of a user. Null: not simulated.",
    ),
    ("verdict", "What comes of it."),
    ("warmup", "True for windows in which the cache only warms."),
    ("warmup_ratio", "Share of the requests that only warm the cache."),
    ("watched_seconds", "How long it was followed after the trigger's begin."),
    ("what", "In what they differ, in words."),
    (
        "widening_ratio",
        "How far the gap is wider than the baseline's with the same backend. Null for the baseline, or unknown.",
    ),
    (
        "widening_reclaimed_ratio",
        "How far the gap is wider once the saving was handed back. Null for the baseline, or unknown.",
    ),
    ("window_seconds", "Width of the windows."),
    ("windows", "Every window."),
    ("worst_moment_seconds", "When a full flush is worst, seconds into the trace. Null without a backend."),
    ("worst_success_ratio", "The lowest share answered in time over five windows."),
];

/// What a field means; `None` for a name that is no field.
pub fn meaning(name: &str) -> Option<&'static str> {
    FIELDS.binary_search_by_key(&name, |(known, _)| *known).ok().map(|i| FIELDS[i].1)
}

/// What a name means, of a field, a number for gates or a word of the reports, for reading.
///
/// # Errors
/// A name that is none of these.
pub fn explain(name: &str) -> Result<String> {
    let word = name.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let mut out: Vec<String> = Vec::new();
    let is_term = |term: &str| {
        let term = term.to_ascii_lowercase();
        term == word.replace('_', " ") || term.split(' ').next() == Some(&word.replace('_', " "))
    };
    out.extend(TERMS.iter().filter(|(term, _)| is_term(term)).map(|(term, text)| format!("{term}: {text}")));
    let schemas =
        Kind::ALL.into_iter().map(|kind| Ok((kind, serde_json::from_str(&schema(kind)?).unwrap_or(Value::Null))));
    let schemas: Vec<(Kind, Value)> = schemas.collect::<Result<_>>()?;
    let named = Report::fields().iter().find(|field| field.names().any(|name| name == word)).map(|field| field.name);
    let bare = |field: &str| {
        let units = ["_per_second", "_ratio", "_seconds"];
        field == word || named == Some(field) || units.iter().any(|unit| field.strip_suffix(unit) == Some(&word))
    };
    let mut known: Vec<(String, String)> = Vec::new();
    for (kind, schema) in &schemas {
        fields(schema, &mut |field, description| {
            if bare(field) {
                known.push((format!("{field} ({})", kind.name()), description.to_string()));
            }
        });
    }
    known.sort();
    known.dedup_by(|a, b| a.0 == b.0);
    // One line for a meaning, with all reports that have it.
    let mut lines: Vec<(String, String)> = Vec::new();
    for (field, text) in known {
        match lines
            .iter_mut()
            .find(|(other, meaning)| *meaning == text && other.split(' ').next() == field.split(' ').next())
        {
            Some((other, _)) => {
                let report = field.split('(').nth(1).unwrap_or_default().trim_end_matches(')');
                other.insert_str(other.len() - 1, &format!(", {report}"));
            }
            None => lines.push((field, text)),
        }
    }
    out.extend(lines.into_iter().map(|(field, text)| format!("{field}: {text}")));
    if !out.is_empty() {
        return Ok(out.join("\n\n"));
    }
    let units = ["_per_second", "_ratio", "_seconds"];
    let shorter = |name: &&'static str| units.iter().find_map(|unit| name.strip_suffix(unit));
    let names = FIELDS.iter().map(|(name, _)| *name);
    let meant = nearest(&word, names.clone().chain(names.clone().filter_map(|name| shorter(&name))));
    let meant = meant.or_else(|| names.clone().find(|name| name.contains(&word)));
    let hint = match meant {
        Some(meant) => format!("did you mean '{meant}'? coldgap explain {meant}"),
        None => "the fields of a report: coldgap schema gap".to_string(),
    };
    Err(Error::usage(format!("no field and no word of a report is called '{name}'")).hint(hint))
}

/// Every property of a schema with its description.
fn fields(schema: &Value, each: &mut impl FnMut(&str, &str)) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "properties"
                    && let Some(properties) = value.as_object()
                {
                    for (name, field) in properties {
                        each(name, field["description"].as_str().unwrap_or_default());
                    }
                }
                fields(value, each);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| fields(value, each)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_every_schema_is_described_and_every_entry_is_of_a_field() {
        assert!(FIELDS.is_sorted_by_key(|(name, _)| *name));
        let mut used = std::collections::BTreeSet::new();
        for kind in Kind::ALL {
            let schema: Value = serde_json::from_str(&schema(kind).unwrap()).unwrap();
            fields(&schema, &mut |name, description| {
                // Variants of an enum are named in words, and described as such.
                assert!(
                    !description.is_empty()
                        || meaning(name).is_some()
                        || name.contains('-')
                        || VARIANTS.contains(&name),
                    "{}: {name}",
                    kind.name()
                );
                used.insert(name.to_string());
            });
        }
        let unused: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).filter(|name| !used.contains(*name)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    /// Tags of variants, whose types say what they are.
    const VARIANTS: [&str; 16] = [
        "adaptive",
        "contended",
        "deadline",
        "exponential",
        "fixed",
        "hottest",
        "load",
        "lognormal",
        "renamed",
        "servers",
        "shards",
        "shed",
        "shrunk",
        "spike",
        "stall",
        "trigger",
    ];

    #[test]
    fn a_word_is_explained_and_a_misspelt_one_is_answered_with_the_nearest() {
        assert!(explain("hidden").unwrap().contains("heals by itself"));
        assert!(explain("safe_cut").unwrap().starts_with("safe_cut_ratio (gap): What may be cut"));
        assert!(explain("misses").unwrap().contains("did not answer"));
        assert!(explain("safe_cutt").unwrap_err().to_string().contains("coldgap explain safe_cut"));
    }
}
