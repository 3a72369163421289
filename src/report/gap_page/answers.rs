//! The answers at the top, on a page and in a terminal: whether the backend may be cut, what happens if a node or all of the
//! cache is lost, what to do. For a reader who knows nothing else; every number is the report's.

use crate::analysis::MOST_NODES;
use crate::outage::verdict::HEALTHY;
use crate::prose::quoted;
use crate::report::format::{compact, cut, given, load, loss_name, percent};
use crate::report::page::{Answer, Tone};
use crate::report::{Region, Report, Row, TraceReport};
use crate::units::{Loss, Rate, Seconds, grouped, grouped_rate, significant};

/// All of them, about the baseline; `of` names the trace where there are several.
pub(in crate::report) fn answers(report: &Report, trace: &TraceReport, baseline: &Row, of: &str) -> Vec<Answer> {
    let about = About { report, trace, baseline };
    let mut all = match (trace.backend, trace.verdict.region) {
        (None, _) => vec![about.unasked()],
        (_, Region::OverloadedWarm) => vec![about.overloaded()],
        (_, Region::Unknown) => vec![about.unknown()],
        _ => [Some(about.cut()), about.node(), Some(about.lost())].into_iter().flatten().collect(),
    };
    if !of.is_empty() {
        all.iter_mut().for_each(|answer| answer.question = format!("{of}: {}", answer.question));
    }
    all
}

/// The command that simulates the loss of a trace's cache with the service of the report; `None` without a backend.
pub(in crate::report) fn outage_command(report: &Report, trace: &TraceReport) -> Option<String> {
    let (config, backend) = (&report.config, trace.backend?);
    // One that nobody said is no number to be repeated to its last digit.
    let short = significant(backend.rate.per_second).parse().ok().filter(|_| backend.assumed);
    let rate = Rate { per_second: short.unwrap_or(backend.rate.per_second), ..backend.rate };
    let files = if trace.files.is_empty() { std::slice::from_ref(&trace.name) } else { &trace.files };
    let files: Vec<String> = files.iter().map(|file| quoted(file)).collect();
    let cache = config.caches.first().map_or("", String::as_str);
    let load = Rate::answers(trace.load_per_second);
    let flags = [
        (config.baseline != "lru").then(|| format!("-p {}", quoted(&config.baseline))),
        (!matches!(cache, "auto" | "10%")).then(|| format!("-c {cache}")),
        config.ignore_size.then(|| "--ignore-size".to_string()),
        (trace.load_per_second != trace.today_per_second).then(|| format!("--load {}", compact(load))),
        (config.timeout_seconds != 1.0).then(|| format!("--timeout {}s", config.timeout_seconds)),
        (config.service_time_seconds != 0.01).then(|| format!("--service-time {}s", config.service_time_seconds)),
        (config.retries != 0).then(|| format!("--retries {}", config.retries)),
        config.single_flight.then(|| "--single-flight".to_string()),
    ];
    let said = [format!("coldgap outage {} -b {}", files.join(" "), compact(rate))];
    Some(said.into_iter().chain(flags.into_iter().flatten()).collect::<Vec<_>>().join(" "))
}

/// The deployable policy with the fewest misses, where that is not the baseline.
pub(in crate::report) fn best<'r>(rows: &[&'r Row]) -> Option<&'r Row> {
    let baseline = rows.iter().find(|row| row.is_baseline())?;
    let best = rows.iter().copied().filter(|row| !row.is_bound).min_by_key(|row| row.misses)?;
    (best.misses < baseline.misses).then_some(best)
}

/// What is answered about.
struct About<'r> {
    report: &'r Report,
    trace: &'r TraceReport,
    baseline: &'r Row,
}

fn answer(question: &str, short: String, also: String, text: String, tone: Tone) -> Answer {
    Answer { question: question.to_string(), short, also, text, tone }
}

impl<'r> About<'r> {
    fn rate(&self, per_second: f64) -> String {
        Rate { per_second, of: self.trace.demand() }.to_string()
    }

    fn mu(&self) -> f64 {
        self.baseline.backend_per_second.unwrap_or(0.0)
    }

    fn has(&self) -> String {
        let assumed = self.trace.backend.is_some_and(|backend| backend.assumed);
        format!("{}{}", self.rate(self.mu()), given(assumed))
    }

    fn carried(&self) -> String {
        let whose = if self.baseline.load_per_second == self.trace.today_per_second { "today's " } else { "" };
        format!("{whose}{}", load(Some(self.baseline.load_per_second)))
    }

    fn losses(&self) -> impl Iterator<Item = &'r Row> {
        self.report.losses(self.baseline)
    }

    /// The row of losing one node of as many as the cache has; else that of the smallest loss.
    fn one_node(&self) -> Option<&'r Row> {
        let share = Loss::one_of(self.report.config.nodes).share();
        self.losses()
            .find(|row| row.loss_ratio == share)
            .or_else(|| self.losses().find(|row| row.loss_ratio > 0.0))
            .filter(|row| row.loss_ratio < 1.0)
    }

    /// The largest loss that was tried.
    fn most(&self) -> Option<&'r Row> {
        self.losses().filter(|row| row.loss_ratio > 0.0).last()
    }

    fn needed(&self, loss: f64) -> Option<f64> {
        self.losses().find(|row| row.loss_ratio == loss).and_then(|row| row.least_backend_per_second)
    }

    /// Without a backend.
    fn unasked(&self) -> Answer {
        let carried = self.carried();
        let warm = self.baseline.least_backend_per_second.map_or_else(
            || format!("How much {carried} need even while the cache is warm is unknown"),
            |warm| format!("{carried} need {} while the cache is warm ({})", self.rate(warm), self.baseline.policy),
        );
        answer(
            "May the backend be cut?",
            "Unknown: nobody said what it can do. Give it with -b 300/s".to_string(),
            warm,
            "With it this report says which loss of cache nodes is survived, from what load the service comes back by itself, what may be \
             cut, and what happens if all is lost."
                .to_string(),
            Tone::Careful,
        )
    }

    /// Where the load is too high before anything is lost.
    fn overloaded(&self) -> Answer {
        let carries = load(self.baseline.advertised_per_second);
        let (carried, has, policy) = (self.carried(), self.has(), &self.baseline.policy);
        let short = match self.needed(0.0) {
            Some(warm) => {
                format!("No: with {policy} {carried} need {} while the cache is warm. It has {has}", self.rate(warm))
            }
            None => format!("No: with {policy} it carries {carries} while the cache is warm, not {carried}"),
        };
        answer(
            "Does it carry the load?",
            short,
            "Is -b a second's, and that of all replicas together? Is -c right? A lost cache is not to blame"
                .to_string(),
            format!(
                "With a backend of {has} the warm cache carries {carries}: it is overloaded before anything is lost, so nothing is \
                 said of losses."
            ),
            Tone::Bad,
        )
    }

    /// Where the trace is too short.
    fn unknown(&self) -> Answer {
        let timeout = Seconds(self.report.config.timeout_seconds);
        answer(
            "May the backend be cut?",
            "Unknown: the trace is too short to tell".to_string(),
            format!(
                "After its warm-up a trace must go on for ten timeouts, {} at the load to carry",
                Seconds(10.0 * timeout.0)
            ),
            "Record a longer trace, or give a shorter --timeout or --warmup where that is true.".to_string(),
            Tone::Careful,
        )
    }

    fn cut(&self) -> Answer {
        let must = self.report.config.survive_ratio;
        let must = must.and_then(|must| self.losses().find(|row| row.loss_ratio == must));
        let (first, rest) = match (must, self.one_node(), self.most()) {
            (Some(must), _, most) => (Some(must), most.filter(|most| most.loss_ratio > must.loss_ratio)),
            (None, Some(node), most) => (Some(node), most.filter(|most| most.loss_ratio > node.loss_ratio)),
            (None, None, most) => (most, None),
        };
        let text = format!(
            "It gives {}. To carry {} it needs {}; what is above may go.{}",
            self.has(),
            self.carried(),
            self.needs(),
            self.trap(first)
        );
        let tone = match first.and_then(|row| row.safe_cut_ratio) {
            Some(cut) if cut < 0.0 => Tone::Bad,
            Some(_) if rest.is_none() => Tone::Good,
            _ => Tone::Careful,
        };
        let short = first.map_or("Unknown".to_string(), |row| self.may_cut(row, true));
        let also = rest.map_or(String::new(), |row| self.may_cut(row, first.is_none()));
        answer("May the backend be cut?", short, also, text, tone)
    }

    /// `By up to 43%, if losing 1 of 6 nodes must be survived`.
    fn may_cut(&self, row: &Row, is_first: bool) -> String {
        let survive = format!("if losing {} must be survived", lost(row));
        let needs = |least: f64, share: f64| match cut(share) {
            none if none == "0%" => format!("that takes {}, a little more than it has", self.rate(least)),
            more => format!("that takes {}, so {more}", self.rate(least)),
        };
        let nothing = if is_first { "No" } else { "Not at all" };
        match (row.safe_cut_ratio, row.least_backend_per_second) {
            (Some(share), _) if share >= 0.0 && cut(share) == "0%" => {
                format!("{nothing}, {survive}: it has just enough")
            }
            (Some(share), Some(least)) if share < 0.0 => format!("{nothing}, {survive}: {}", needs(least, share)),
            (Some(share), _) => format!("By up to {}, {survive}", cut(share)),
            (None, _) => format!("{nothing}, {survive}: no backend was found that is large enough"),
        }
    }

    /// `310/s warm, 338/s if 1 of 8 nodes is lost, 804/s if everything is`.
    fn needs(&self) -> String {
        let named = |row: &Row| {
            let least = self.rate(row.least_backend_per_second?);
            Some(if row.loss_ratio == 0.0 {
                format!("{least} while nothing is lost")
            } else {
                format!("{least} to lose {}", lost(row))
            })
        };
        let rows = self.losses().filter(|row| row.loss_ratio == 0.0).chain(self.one_node()).chain(self.most());
        let mut needs: Vec<String> = rows.filter_map(named).collect();
        needs.dedup();
        if needs.is_empty() { "more than any backend that was tried".to_string() } else { needs.join(", ") }
    }

    /// What the best policy's saving is worth, if a loss must be survived.
    fn trap(&self, must: Option<&Row>) -> String {
        let rows: Vec<&Row> = self.report.cells(&self.trace.name).collect();
        let Some((best, must)) = best(&rows).zip(must) else { return String::new() };
        let real = self.report.losses(best).find(|row| row.loss_ratio == must.loss_ratio);
        let real = real.and_then(|row| row.reclaimable_ratio);
        let (Some(saving), Some(real)) = (best.naive_saving_ratio, real) else { return String::new() };
        let is = match real {
            real if real.abs() < 0.005 => "none of that may be cut".to_string(),
            real if real < 0.0 => format!("it needs {} more instead", percent(-real)),
            real => format!("it is {}", cut(real)),
        };
        format!(
            " {} instead of {baseline} misses {} less, which looks like as large a cut of what {baseline} needs; if losing {} must be \
             survived, {is}.",
            best.policy,
            percent(saving),
            lost(must),
            baseline = self.report.config.baseline
        )
    }

    /// What losing one node does; nothing where no such loss was tried.
    fn node(&self) -> Option<Answer> {
        let row = self.one_node()?;
        let (what, least) = (lost(row), row.least_backend_per_second.map(|least| self.rate(least)));
        let nodes = self.baseline.nodes_needed.map(|nodes| match nodes {
            1 => String::new(),
            nodes => format!("Spread over {} nodes or more, the same cache survives losing one", grouped(nodes)),
        });
        let (short, also, tone) = match (row.safe_cut_ratio, least) {
            (Some(share), _) if share >= 0.0 => {
                (format!("{what}: no answer is late, whichever it is and whenever"), String::new(), Tone::Good)
            }
            (_, least) => (
                format!(
                    "{what}: answers are late at the worst moment{}",
                    least.map_or(String::new(), |least| format!("; it takes {least}"))
                ),
                self.survivor(row)
                    .into_iter()
                    .chain([nodes.unwrap_or_else(|| {
                        format!("No number of nodes up to {MOST_NODES} makes losing one of them safe")
                    })])
                    .collect::<Vec<_>>()
                    .join(". "),
                Tone::Bad,
            ),
        };
        let text = format!(
            "Each of the nodes was lost in turn at every moment of the trace; the worst counts{}.",
            row.loss_worst_moment_seconds.map_or(String::new(), |at| format!(", {} into it", Seconds(at)))
        );
        Some(answer("What if a node is lost?", short, also, text, tone))
    }

    /// The policy that needs the least to survive a loss, where this backend is enough for it.
    fn survivor(&self, loss: &Row) -> Option<String> {
        let rows: Vec<&Row> = self.report.cells(&self.trace.name).filter(|row| !row.is_bound).collect();
        let needs =
            |row: &&Row| self.report.losses(row).find(|of| of.loss_ratio == loss.loss_ratio)?.least_backend_per_second;
        let of_size = rows.iter().filter(|row| row.cache_capacity_ratio == self.baseline.cache_capacity_ratio);
        let least = of_size.filter_map(|row| Some((needs(row)?, &row.policy)));
        let (least, policy) = least.min_by(|a, b| a.0.total_cmp(&b.0))?;
        (least <= self.mu()).then(|| format!("With {policy} it takes {} and is survived", self.rate(least)))
    }

    fn lost(&self) -> Answer {
        let (trace, baseline) = (self.trace, self.baseline);
        let verdict = &trace.verdict;
        let load = baseline.load_per_second;
        let (low, high) = (baseline.hidden_95_per_second_low, baseline.hidden_95_per_second_high);
        let stayed_down = baseline.recovers == Some(false) || high.is_some_and(|high| high <= load);
        let came_back =
            baseline.recovers == Some(true) || (baseline.recovers.is_none() && low.is_some_and(|low| low >= load));
        let carried = self.carried();
        let (short, tone) = match verdict.region {
            Region::Vulnerable if stayed_down => {
                match self.report.told(baseline).filter(|told| told.simulations_healed > 0) {
                    Some(told) => (
                        format!(
                            "It may go down at {carried}, and stay down: {} of {} simulations at the worst moment did",
                            told.simulations - told.simulations_healed,
                            told.simulations
                        ),
                        Tone::Bad,
                    ),
                    None => (format!("It goes down at {carried}, and stays down{}", self.watched()), Tone::Bad),
                }
            }
            Region::Vulnerable if baseline.drains() => {
                ("Answers are late until a queue has drained; then it is well".to_string(), Tone::Careful)
            }
            Region::Vulnerable if came_back => {
                (format!("It came back when tried at {carried}, though answers were late: no guarantee"), Tone::Careful)
            }
            Region::Vulnerable => (format!("It may go down at {carried}, and stay down"), Tone::Bad),
            Region::Survives if stayed_down => (format!("It heals at {carried}, but with no margin"), Tone::Careful),
            Region::Survives if low.is_some_and(|low| low < load) => {
                (format!("It should heal by itself at {carried}, with little margin"), Tone::Careful)
            }
            _ => (format!("It heals by itself at {carried}, whenever that happens"), Tone::Good),
        };
        let also = if verdict.region == Region::Vulnerable { self.comes_back() } else { String::new() };
        let text = format!("{}{}", verdict.sentence, self.simulated());
        answer("What if the cache is lost?", short, also, text, tone)
    }

    /// Below which load no answer is late, below which it comes back once it is down, and until when.
    fn comes_back(&self) -> String {
        let row = self.baseline;
        let hidden =
            row.hidden_safe_per_second.map(|hidden| format!("No answer is late only below {}/s", grouped_rate(hidden)));
        let well = format!("until {} are answered in time and the queue is empty", percent(HEALTHY));
        let command = outage_command(self.report, self.trace);
        let ask = command.map_or(String::new(), |command| format!(": {command} tells"));
        let quick = self.report.config.seeds.is_empty();
        let down = match (row.let_in(), row.recovery_seconds, row.floor_long_run_per_second) {
            (Some(load), ..) => Some(format!(
                "Once down it comes back only below {}/s: let in less, so shed over {}, {well}. For how long is unknown here{ask}",
                grouped_rate(load),
                percent(row.shed_ratio.unwrap_or(0.0))
            )),
            (_, Some(seconds), _) => {
                Some(format!("It was well again after {} in the slowest simulation", Seconds(seconds)))
            }
            _ if row.drains() => quick.then(|| format!("How long that takes is unknown without simulation{ask}")),
            // What the backend answers with no cache at all it works off, whatever the cache holds.
            (.., Some(floor)) => Some(format!(
                "Once down it is sure to come back below {}/s, where the backend keeps up even if every get asks it: let in less {well}. \
                 Whether more may be let in, and for how long, is unknown{}",
                grouped_rate(floor),
                if quick { format!(" without simulation{ask}") } else { String::new() }
            )),
            _ => None,
        };
        // Of a service that stays down what brings it back says more than from where it would not go down.
        let hidden = hidden.filter(|_| row.let_in().is_none());
        down.into_iter().chain(hidden).collect::<Vec<_>>().join(". ")
    }

    /// For how long an outage was watched.
    fn watched(&self) -> String {
        let told = self.report.told(self.baseline);
        told.map_or(String::new(), |told| {
            format!(" for the {} simulated", Seconds(told.verdict.watched_seconds.round()))
        })
    }

    /// What the simulated outage came to at the load to carry, and what brings it back.
    fn simulated(&self) -> String {
        let Some(told) = self.report.told(self.baseline) else { return String::new() };
        let verdict = &told.verdict;
        let failed = grouped(verdict.requests_failed);
        let watched = Seconds(verdict.watched_seconds.round());
        match verdict.recovery_seconds {
            Some(_) if verdict.requests_failed == 0 => " Simulated at this load, no request fails.".to_string(),
            Some(seconds) => {
                format!(" Simulated at this load, {failed} requests fail until it is well, after {}.", Seconds(seconds))
            }
            None if verdict.phase == "unsettled" => format!(
                " Simulated at this load, it is not well yet after {watched}, though nothing keeps it down; {failed} requests have failed."
            ),
            None => format!(
                " Simulated at this load, it{} stays down for all of the {watched} that were simulated: {failed} requests fail.",
                if told.simulations_healed > 0 { ", where it went worst," } else { "" }
            ),
        }
    }
}

/// `1 of 8 nodes`, `everything`.
pub(in crate::report) fn lost(row: &Row) -> String {
    match row.loss.parse::<Loss>() {
        Ok(loss) if loss.is_everything() => "everything".to_string(),
        Ok(Loss { lost, nodes }) => format!("{lost} of {nodes} nodes"),
        Err(_) => loss_name(row.loss_ratio),
    }
}
