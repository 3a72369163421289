//! The answers at the top, on a page and in a terminal: whether the backend may be cut, what happens if a node or all of the
//! cache is lost, what to do. For a reader who knows nothing else; every number is the report's.

use crate::analysis::MOST_NODES;
use crate::outage::verdict::HEALTHY;
use crate::prose::quoted;
use crate::report::format::{compact, cut, given, load, loss_name, percent};
use crate::report::page::{Answer, Tone};
use crate::report::words::next;
use crate::report::{Region, Report, Row, TraceReport};
use crate::units::{Loss, Rate, Seconds, grouped, grouped_rate, significant};

/// All of them, about the baseline; `of` names the trace where there are several.
pub(in crate::report) fn answers(report: &Report, trace: &TraceReport, baseline: &Row, of: &str) -> Vec<Answer> {
    let about = About { report, trace, baseline };
    let mut all = match (trace.backend, trace.verdict.region) {
        (None, _) => vec![about.unasked()],
        (_, Region::Unknown) => vec![about.unknown()],
        (_, region) => {
            let first = if region == Region::OverloadedWarm { about.overloaded() } else { Vec::new() };
            let cut = first.is_empty().then(|| about.cut());
            first.into_iter().chain(cut).chain(about.node()).chain([about.lost()]).collect()
        }
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
    let cache = config.caches.first().map_or("", String::as_str);
    let load = Rate::answers(trace.load_per_second);
    let own = [
        (config.baseline != "lru").then(|| format!("-p {}", quoted(&config.baseline))),
        (!matches!(cache, "auto" | "10%")).then(|| format!("-c {cache}")),
        config.ignore_size.then(|| "--ignore-size".to_string()),
        (trace.load_per_second != trace.today_per_second).then(|| format!("--load {}", compact(load))),
    ];
    Some(next("outage", files, &compact(rate), &own, &report.head))
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

    /// Where the load is too high before anything is lost: that, and that nothing may be cut.
    fn overloaded(&self) -> Vec<Answer> {
        let (carried, has, policy) = (self.carried(), self.has(), &self.baseline.policy);
        let warm = self.losses().find(|row| row.loss_ratio == 0.0);
        let needs = warm.and_then(|row| row.least_backend_per_second);
        let short = match needs {
            Some(warm) => {
                format!("No: with {policy} {carried} need {} while the cache is warm. It has {has}", self.rate(warm))
            }
            None => format!("No: {}, not {carried}", self.carries_warm()),
        };
        let check = "Is -b a second's, of all replicas? Is -c right?";
        let carries = answer(
            "Does it carry the load?",
            short,
            format!("{check} {}", warm.map_or(String::new(), |row| self.others(row))),
            format!("A lost cache is not to blame: with a backend of {has} {}.", self.carries_warm()),
            Tone::Bad,
        );
        let add =
            |row: &Row, what: String| Some(format!("{} {what}", cut(row.safe_cut_ratio?).trim_start_matches("add ")));
        let survive = |row: &'r Row| add(row, format!("to lose {}", lost(row)));
        let all = [
            warm.and_then(|row| add(row, "for warm traffic".to_string())),
            self.one_node().and_then(survive),
            self.most().and_then(survive),
        ];
        let mut all: Vec<String> = all.into_iter().flatten().collect();
        all.dedup();
        let also = if all.is_empty() {
            "No backend was found that is large enough".to_string()
        } else {
            format!("Add {}", all.join(", "))
        };
        let short = "No: it is too small already".to_string();
        vec![carries, answer("May the backend be cut?", short, also, String::new(), Tone::Bad)]
    }

    /// `with lru it carries 1,937 requests/s while the cache is warm`.
    fn carries_warm(&self) -> String {
        let row = self.baseline;
        format!("with {} it carries {} while the cache is warm", row.policy, load(row.advertised_per_second))
    }

    /// Which policy this backend would be enough for while nothing is lost, or that it is for none.
    fn others(&self, warm: &Row) -> String {
        match self.survivor(warm) {
            Some((policy, least)) if least <= self.mu() => {
                format!("With {policy} {} would do warm", self.rate(least))
            }
            Some((policy, least)) if *policy != self.baseline.policy => {
                format!("With {policy}, which needs the least, it is {}: too much as well", self.rate(least))
            }
            _ => "No policy here needs less".to_string(),
        }
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
        // The answer that holds for more comes first: who reads no further cuts too little, not too much.
        let (first, rest) = match (must, self.one_node(), self.most()) {
            (Some(must), _, most) => (Some(must), most.filter(|most| most.loss_ratio > must.loss_ratio)),
            (None, node, most) => {
                (most, node.filter(|node| most.is_some_and(|most| most.loss_ratio > node.loss_ratio)))
            }
        };
        let text = format!(
            "It gives {}. To carry {} it needs {}; what is above may go.{}",
            self.has(),
            self.carried(),
            self.needs(),
            self.trap(must.or(self.one_node()).or(first))
        );
        let enough = |row: &Row| row.safe_cut_ratio.is_some_and(|cut| cut >= 0.0);
        let tone = match (first.is_some_and(enough), rest) {
            (true, Some(_)) if must.is_some() => Tone::Careful,
            (true, _) => Tone::Good,
            (false, Some(rest)) if must.is_none() && enough(rest) => Tone::Careful,
            (false, _) => Tone::Bad,
        };
        let is_milder = |row: &Row| first.is_some_and(|first| row.loss_ratio < first.loss_ratio);
        let short = first.map_or("Unknown".to_string(), |row| self.may_cut(row, "No", "if losing {} must be survived"));
        let also = rest.map_or(String::new(), |row| match is_milder(row) {
            true => self.may_cut(row, "Nor", "if at most {} is ever lost"),
            false => self.may_cut(row, "Not at all", "if losing {} must be survived"),
        });
        answer("May the backend be cut?", short, also, text, tone)
    }

    /// `By up to 43%, if losing 1 of 6 nodes must be survived`; `none` begins what says that nothing may go, `case` names the loss.
    fn may_cut(&self, row: &Row, none: &str, case: &str) -> String {
        let case = case.replace("{}", &lost(row));
        let none = if none == "Nor" { format!("Nor {case}") } else { format!("{none}, {case}") };
        let needs = |least: f64, share: f64| match cut(share) {
            none if none == "0%" => format!("that takes {}, a little more than it has", self.rate(least)),
            more => format!("{more}, to {}", self.rate(least)),
        };
        match (row.safe_cut_ratio, row.least_backend_per_second) {
            (Some(share), _) if share >= 0.0 && cut(share) == "0%" => format!("{none}: it has just enough"),
            (Some(share), Some(least)) if share < 0.0 => format!("{none}: {}", needs(least, share)),
            (Some(share), _) => format!("By up to {}, {case}", cut(share)),
            (None, _) => format!("{none}: no backend was found that is large enough"),
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
        let what = lost(row);
        let takes =
            row.least_backend_per_second.map_or(String::new(), |least| format!("; it takes {}", self.rate(least)));
        let (short, also, tone) = if row.safe_cut_ratio.is_some_and(|share| share >= 0.0) {
            (format!("{what}: no answer is late, whichever it is and whenever"), Vec::new(), Tone::Good)
        } else if self.trace.verdict.region == Region::OverloadedWarm {
            (format!("{what}: answers are late, as without a loss{takes}"), self.spared(row), Tone::Bad)
        } else {
            let nodes = match self.baseline.nodes_needed {
                None => format!("No number of nodes up to {MOST_NODES} makes losing one of them safe"),
                Some(nodes) => {
                    format!("Spread over {} nodes or more, the same cache survives losing one", grouped(nodes))
                }
            };
            let also = self.spared(row).into_iter().chain([nodes]).collect();
            (format!("{what}: answers are late at the worst moment{takes}"), also, Tone::Bad)
        };
        let text = format!(
            "Each of the nodes was lost in turn at every moment of the trace; the worst counts{}.",
            row.loss_worst_moment_seconds.map_or(String::new(), |at| format!(", {} into it", Seconds(at)))
        );
        Some(answer("What if a node is lost?", short, also.join(". "), text, tone))
    }

    /// With which policy this backend is enough for a loss, if with any.
    fn spared(&self, loss: &Row) -> Vec<String> {
        let enough = self.survivor(loss).filter(|(_, least)| *least <= self.mu());
        let said = |(policy, least)| format!("With {policy} {} would do", self.rate(least));
        enough.map(said).into_iter().collect()
    }

    /// The policy that needs the least to survive a loss, and how much.
    fn survivor(&self, loss: &Row) -> Option<(&'r String, f64)> {
        let rows = self.report.cells(&self.trace.name).filter(|row| !row.is_bound);
        let of_size = rows.filter(|row| row.cache_capacity_ratio == self.baseline.cache_capacity_ratio);
        let least = of_size.filter_map(|row| {
            let of_loss = self.report.losses(row).find(|of| of.loss_ratio == loss.loss_ratio)?;
            Some((&row.policy, of_loss.least_backend_per_second?))
        });
        least.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn lost(&self) -> Answer {
        let (trace, baseline) = (self.trace, self.baseline);
        let verdict = &trace.verdict;
        let carried_load = baseline.load_per_second;
        let (low, high) = (baseline.hidden_95_per_second_low, baseline.hidden_95_per_second_high);
        let told = self.report.told(baseline);
        let stayed_down = baseline.recovers == Some(false) || high.is_some_and(|high| high <= carried_load);
        let came_back = baseline.recovers == Some(true)
            || (baseline.recovers.is_none() && low.is_some_and(|low| low >= carried_load));
        let carried = self.carried();
        let (short, tone) = match verdict.region {
            Region::OverloadedWarm => ("Answers are late, as they are while nothing is lost".to_string(), Tone::Bad),
            Region::Vulnerable if stayed_down => match told.filter(|told| told.simulations_healed > 0) {
                Some(told) => (
                    format!(
                        "It may go down at {carried}, and stay down: {} of {} simulations {} did",
                        told.simulations - told.simulations_healed,
                        told.simulations,
                        told.when()
                    ),
                    Tone::Bad,
                ),
                None => (format!("It goes down at {carried}, and stays down{}", self.watched()), Tone::Bad),
            },
            Region::Vulnerable if baseline.drains() => {
                ("Answers are late until a queue has drained; then it is well".to_string(), Tone::Careful)
            }
            Region::Vulnerable if came_back => {
                (format!("It healed when tried at {carried}, though answers were late: no guarantee"), Tone::Careful)
            }
            Region::Vulnerable => (format!("It may go down at {carried}, and stay down"), Tone::Bad),
            Region::Survives if stayed_down => (format!("It heals at {carried}, but with no margin"), Tone::Careful),
            Region::Survives if low.is_some_and(|low| low < carried_load) => {
                (format!("It should heal by itself at {carried}, with little margin"), Tone::Careful)
            }
            _ => (format!("It heals by itself at {carried}, whenever that happens"), Tone::Good),
        };
        let also = match verdict.region {
            Region::Vulnerable => self.climbs_out().join(". "),
            Region::OverloadedWarm => {
                let warm = format!("While the cache is warm it carries {}", load(baseline.advertised_per_second));
                self.climbs_out().into_iter().chain([warm]).collect::<Vec<_>>().join(". ")
            }
            _ => String::new(),
        };
        let text = format!("{}{}", verdict.sentence, self.simulated());
        answer("What if the cache is lost?", short, also, text, tone)
    }

    /// Below which load it climbs out once it is down, and until when to let in no more; below which no answer is late at all.
    fn climbs_out(&self) -> Vec<String> {
        let row = self.baseline;
        let hidden =
            row.hidden_safe_per_second.map(|hidden| format!("No answer is late only below {}/s", grouped_rate(hidden)));
        let well = format!("until {} are answered in time and the queue is empty", percent(HEALTHY));
        let ask = ": coldgap outage tells";
        let quick = self.report.config.seeds.is_empty();
        let floor = row.floor_long_run_per_second.map(|mean| mean.max(row.floor_per_second.unwrap_or(0.0)));
        let healed = row.recovery_seconds.map(|seconds| match seconds {
            at_once if at_once < 0.5 => "Simulated, hardly anybody notices".to_string(),
            seconds => format!("In the slowest simulation it was well again after {}", Seconds(seconds)),
        });
        let down = match (row.let_in(), floor) {
            (Some(load), _) => vec![format!(
                "Once down it climbs out only below {}/s: let in less, so shed over {}, {well}. For how long{ask}",
                grouped_rate(load),
                percent(row.shed_ratio.unwrap_or(0.0))
            )],
            (_, Some(floor)) if row.drains() => {
                let unknown = quick.then(|| format!("How long that takes is unknown without simulation{ask}"));
                let shed = format!(
                    "No load need be shed: with no cache at all its backend carries {}/s on average",
                    grouped_rate(floor)
                );
                healed.into_iter().chain(unknown).chain([shed]).collect()
            }
            _ if healed.is_some() => healed.into_iter().collect(),
            // What the backend answers with no cache at all it works off, whatever the cache holds.
            (_, Some(_)) => vec![format!(
                "Once down it is sure to climb out below {}/s, where the backend keeps up even if every get asks it: let in less {well}. \
                 Whether more, and for how long, is unknown{}",
                grouped_rate(row.floor_long_run_per_second.unwrap_or(0.0)),
                if quick { format!(" without simulation{ask}") } else { String::new() }
            )],
            _ => Vec::new(),
        };
        // Of a service that may stay down what brings it back says more than from where it would not go down.
        let is_overloaded = self.trace.verdict.region == Region::OverloadedWarm;
        let hidden = hidden.filter(|_| (row.drains() || row.recovery_seconds.is_some()) && !is_overloaded);
        down.into_iter().chain(hidden).collect()
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
