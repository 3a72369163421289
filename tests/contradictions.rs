//! A careful reader finds no two places of a report that contradict each other: what is printed in one is held against another.

use assert_cmd::Command;
use coldgap::report::chart::Ink;
use coldgap::report::page::{Block, Cell, Section, Table};
use coldgap::report::render::Render;
use coldgap::report::saved::{self, Saved};
use coldgap::report::sheet::look::Look;
use coldgap::report::{Report, Row};
use coldgap::request::ObjectId;
use coldgap::trace::Trace;
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

const ARTICLE: &str = "traces/article.parquet";
const BURST: &str = "traces/burst.csv";

/// A report as saved, and its JSON.
fn made(arguments: &[&str]) -> (Saved, Value) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).arg("-o").arg(&path).assert().success();
    let json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    (saved::read(&path).unwrap(), json)
}

fn gap(arguments: &[&str]) -> Report {
    let (Saved::Gap(report), _) = made(&[&["gap"], arguments].concat()) else { panic!("a gap report") };
    *report
}

fn short(report: &impl Render) -> String {
    // In one line, as sentences are wrapped anywhere.
    report.text(&Look::terminal(90, Ink::Ascii, false)).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn baseline(report: &Report) -> &Row {
    report.rows.iter().find(|row| row.is_baseline()).unwrap()
}

/// The article's service, as the README has it, with more losses.
static SIX_NODES: LazyLock<Report> =
    LazyLock::new(|| gap(&[ARTICLE, "-b", "350/s", "--nodes", "6", "--lose", "1/20,1/8,1/4,1/2,100%"]));

/// The tables of a page that have a column.
fn tables(report: &Report, key: &str) -> Vec<Table> {
    fn of(section: &Section, found: &mut Vec<Table>) {
        found.extend(section.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table.clone()),
            Block::Figure(figure) => Some(figure.table.clone()),
            _ => None,
        }));
        section.sections.iter().for_each(|part| of(part, found));
    }
    let mut found = Vec::new();
    report.page().sections.iter().for_each(|section| of(section, &mut found));
    found.retain(|table| table.position(key).is_some());
    assert!(!found.is_empty(), "{key}");
    found
}

fn cell<'t>(table: &'t Table, row: &'t [Cell], key: &str) -> &'t Cell {
    &row[table.position(key).unwrap()]
}

/// A mean over the last seconds once stood beside it.
#[test]
fn a_load_is_the_same_wherever_it_is_said() {
    let report = &*SIX_NODES;
    let row = baseline(report);
    let told = &report.if_lost[0].verdict;
    assert_eq!(told.load_per_second, row.load_per_second);
    assert_eq!(told.shed_ratio, row.shed_ratio.unwrap());
    assert!(!told.sentence.contains("requests a second"), "{}", told.sentence);
    let (Saved::Outage(outage), _) = made(&["outage", ARTICLE, "-b", "350/s", "--quick"]) else { panic!("an outage") };
    let verdict = &outage.verdict;
    assert_eq!(verdict.load_per_second, row.load_per_second);
    assert!((verdict.shed_ratio - (1.0 - verdict.escape_per_second / verdict.load_per_second)).abs() < 1e-12);
    let ramp = outage.ramp.as_ref().unwrap().steps.last().unwrap();
    assert_eq!((ramp.load_ratio, ramp.load_per_second), (1.0, row.load_per_second));
    assert!(short(&*outage).contains("350/s, load 3,000/s; the whole cache is emptied"), "{}", short(&*outage));
}

/// They were of other trials than the loads beside them.
#[test]
fn the_factor_of_a_knob_is_that_of_the_loads_beside_it() {
    for command in ["sensitivity", "warmup"] {
        let (_, json) = made(&[command, ARTICLE, "-b", "350/s", "--limit", "180000", "--warmup", "10%"]);
        let rows = json["rows"].as_array().unwrap();
        let half = |row: &Value| row["hidden_50_per_second"].as_f64();
        let base = half(&rows[0]).unwrap();
        let mut known = 0;
        for row in rows {
            let (Some(load), Some(factor)) = (half(row), row["hidden_factor"].as_f64()) else { continue };
            assert!((load / base / factor - 1.0).abs() < 1e-9, "{row}");
            known += 1;
        }
        assert!(known > 6, "{command}: {known}");
    }
}

fn written(folder: &Path, rows: impl Iterator<Item = (f64, String)>) -> String {
    let path = folder.join("trace.csv");
    let mut text = String::from("time,key\n");
    rows.for_each(|(time, key)| writeln!(text, "{time},{key}").unwrap());
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_string()
}

/// Fifty requests a second for ten keys, and in the last three seconds, where the trace ends, for new ones.
#[test]
fn the_window_in_which_a_trace_ends_is_neither_the_worst_nor_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let key = |i: u32| if i < 20_000 { format!("k{}", i % 10) } else { format!("new{i}") };
    let trace = written(folder.path(), (0..20_150).map(|i| (f64::from(i) / 50.0, key(i))));
    let report = gap(&[&trace, "-b", "60/s", "-c", "20obj", "-p", "lru", "--quick"]);
    let last = report.windows.last().unwrap();
    assert_eq!((last.requests, last.miss_ratio), (150, Some(1.0)));
    assert_eq!(baseline(&report).miss_ratio_worst_window, Some(0.0));
    let drawn = &tables(&report, "requests_per_second")[0];
    assert_eq!(drawn.rows.len(), report.windows.len() - 1);
    for row in &drawn.rows {
        assert_eq!(cell(drawn, row, "requests_per_second").number, Some(50.0));
    }
    // One that lacks but the last gap between requests is whole.
    let trace = written(folder.path(), (0..20_000).map(|i| (f64::from(i) / 50.0, key(i))));
    let report = gap(&[&trace, "-b", "60/s", "-c", "20obj", "-p", "lru", "--quick"]);
    assert_eq!(tables(&report, "requests_per_second")[0].rows.len(), 40);
}

/// The words of a command among those that a short text ends with.
fn command<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let at = text.rfind(&format!("; coldgap {name} ")).unwrap_or_else(|| panic!("{name} in {text}"));
    text[at..].split(';').nth(1).unwrap().split_whitespace().skip(1).collect()
}

/// Without simulation nothing was said of a service that is down, and the command that tells more was another service's.
#[test]
fn a_quick_report_says_what_to_do_while_down_and_what_tells_more() {
    let report = gap(&[BURST, "-b", "65/s", "-p", "lru", "--quick", "--timeout", "2s", "--retries", "1"]);
    let text = short(&report);
    assert!(text.contains("Once down it is sure to climb out below 32.5/s"), "{text}");
    assert!(text.contains("without simulation: coldgap outage tells"), "{text}");
    let (Saved::Outage(outage), _) = made(&command(&text, "outage")) else { panic!("an outage") };
    let client = outage.config.model.client;
    assert_eq!((client.timeout.0, client.retries, outage.config.backend.per_second), (2.0, 1, 65.0));
    assert_eq!(outage.verdict.load_per_second, baseline(&report).load_per_second);
}

/// The first row's was gap's, the others' of other walks.
#[test]
fn what_does_not_move_the_safe_bound_leaves_it_where_it_is() {
    let (_, json) = made(&["sensitivity", BURST, "-b", "300/s"]);
    let rows = json["rows"].as_array().unwrap();
    let safe = |row: &Value| row["hidden_safe_per_second"].as_f64().unwrap();
    let retries: Vec<&Value> = rows.iter().filter(|row| row["knob"] == "retries").collect();
    assert!(!retries.is_empty());
    retries.iter().for_each(|row| assert!((safe(row) / safe(&rows[0]) - 1.0).abs() < 1e-9, "{row}"));
}

/// Sure below 2,063 stood beside an interval from 1,979.
#[test]
fn sure_is_never_said_of_a_load_at_which_an_outage_stayed_down() {
    let mut said = Vec::new();
    for service in ["constant", "exponential"] {
        for backend in ["70/s", "90/s"] {
            let report = gap(&[BURST, "-b", backend, "-p", "lru", "--service", service]);
            let row = baseline(&report);
            let sure = report.traces[0].verdict.sentence.contains("is sure to");
            let hidden = row.hidden_safe_per_second.unwrap();
            let stayed_down = report.healing.iter().any(|at| at.load_per_second <= hidden && at.healed < at.trials);
            assert!(!(sure && stayed_down), "{service} {backend}");
            let is_proved = service == "constant" || row.hidden_95_per_second_low.is_some_and(|low| low >= hidden);
            assert!(!sure || is_proved, "{service} {backend}");
            assert_eq!(sure, is_proved && !stayed_down && row.healed_at_safe_ratio == Some(1.0));
            said.push(sure);
        }
    }
    assert!(said[0] && said[1], "with even service times it is proved: {said:?}");
    // The interval of 95 % begins below the safe bound.
    let row = baseline(&SIX_NODES);
    assert!(row.hidden_95_per_second_low < row.hidden_safe_per_second);
    assert!(SIX_NODES.traces[0].verdict.sentence.contains("should recover"));
}

/// "1/6 at no time" stood below "late at the worst moment".
#[test]
fn the_map_of_moments_says_what_the_answers_say() {
    let quick: Vec<Report> = ["70/s", "90/s", "110/s"]
        .into_iter()
        .flat_map(|backend| ["lru", "sieve"].map(|policy| (backend, policy)))
        .map(|(backend, policy)| gap(&[BURST, "-b", backend, "-p", policy, "--nodes", "6", "--quick"]))
        .collect();
    for report in quick.iter().chain([&*SIX_NODES]) {
        let row = baseline(report);
        for loss in report.losses(row).filter(|loss| loss.loss_ratio > 0.0) {
            let is_late = |at: &&coldgap::report::MomentRow| at.loss == loss.loss && at.wait_seconds.is_none();
            let late = report.moments.iter().filter(is_late).count();
            let needs_more = loss.least_backend_per_second > loss.backend_per_second;
            // Where warm traffic decides there is no moment to show.
            assert!(
                !needs_more || late > 0 || loss.loss_worst_moment_seconds.is_none(),
                "{} {}",
                row.policy,
                loss.loss
            );
            assert!(needs_more || late == 0 || row.policy != "lru", "{} {}", row.policy, loss.loss);
        }
    }
}

#[test]
fn a_restart_that_nobody_felt_has_nothing_to_be_well_from() {
    let report = &*SIX_NODES;
    let table = &tables(report, "worst_success_ratio")[0];
    let mut safe = 0;
    for row in &table.rows {
        let is_safe = cell(table, row, "safe").text == "yes";
        assert_eq!(is_safe, cell(table, row, "recovery_seconds").text == "not felt");
        safe += usize::from(is_safe);
    }
    assert!((1..table.rows.len()).contains(&safe));
}

#[test]
fn what_is_lost_has_one_unit() {
    let report = &*SIX_NODES;
    let failed = coldgap::units::grouped(report.if_lost[0].verdict.requests_failed);
    let table = &tables(report, "requests_failed")[0];
    assert_eq!(cell(table, &table.rows[0], "requests_failed").text, failed);
    let text = report.text(&Look::terminal(200, Ink::Ascii, false).with_details(true));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!text.contains("user-seconds") && text.contains(&format!("{failed} requests fail")));
}

/// A floor above the backend, a share of other moments than the worst, eight losses in a table.
#[test]
fn the_terminal_explains_what_would_look_wrong() {
    let report = &*SIX_NODES;
    let text = report.text(&Look::terminal(90, Ink::Ascii, false));
    assert!(report.losses(baseline(report)).count() >= 7, "nothing, five that are asked for, and one of six");
    let heads = text.lines().filter(|line| line.contains(" misses ") && line.contains("no loss")).collect::<Vec<_>>();
    assert!(heads.len() == 1 && heads[0].trim_end().ends_with("all"), "one table in one part: {heads:?}");
    assert!(text.lines().all(|line| line.chars().count() <= 90));
    assert!(short(report).contains("Lost at any moment tried, answers may be late: 95% heal up to"));
    for (report, peaks) in [(gap(&[BURST, "-b", "60/s", "-p", "lru", "--quick"]), None), (report.clone(), Some(false))]
    {
        let row = baseline(&report);
        let is_more = row.floor_per_second.unwrap() > 1.002 * row.backend_per_second.unwrap();
        assert_eq!(short(&report).contains("floor: every get asks, peaks wait"), is_more);
        assert!(peaks.is_none_or(|peaks| peaks == is_more));
    }
}

/// Sixty keys of the last of eight nodes are asked for at once, long after the busiest window: restarting another node, or that
/// one at another time, is felt by nobody.
#[test]
fn restarts_are_tried_where_losing_a_node_is_worst() {
    let folder = tempfile::tempdir().unwrap();
    let keys = written(folder.path(), (0..4_000).map(|key| (f64::from(key), format!("k{key}"))));
    let trace = Trace::open(&keys).unwrap();
    let hashes = trace.key_hashes();
    let of_node = |node: u32| (0..4_000u32).filter(move |key| hashes[ObjectId(*key).index()] >> 29 == node);
    let last: Vec<u32> = of_node(7).take(60).collect();
    let mut rows: Vec<(f64, String)> = Vec::new();
    for i in 0..24_000u32 {
        rows.push((f64::from(i) / 100.0, format!("k{}", i % 40)));
    }
    // They are known from the warm-up on, and asked for once more.
    for (i, key) in last.iter().enumerate() {
        rows.extend([(10.0, key), (150.0, key)].map(|(at, key)| (at + i as f64 / 1000.0, format!("k{key}"))));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let trace = written(folder.path(), rows.into_iter());
    let report = gap(&[&trace, "-b", "20/s", "-c", "1000obj", "-p", "lru", "--nodes", "8", "--service", "constant"]);
    let one = report.losses(baseline(&report)).find(|row| row.loss == "1/8").unwrap().clone();
    assert_eq!(one.loss_worst_node, Some(7), "{one:?}");
    assert!(one.least_backend_per_second > Some(20.0));
    assert_eq!(report.if_lost[0].restarts.safe_batch_nodes, None, "{:?}", report.if_lost[0].restarts);
}

/// Nothing was said of what people ask first.
#[test]
fn a_backend_that_is_too_small_even_warm_leaves_no_question_open() {
    for (trace, backend, policies) in [(ARTICLE, 200.0, "lru,fifo,sieve"), (BURST, 40.0, "lru,fifo,s3fifo")] {
        let report = gap(&[trace, "-b", &format!("{backend}/s"), "-p", policies, "--quick"]);
        let text = short(&report);
        let row = baseline(&report);
        for question in ["DOES IT CARRY", "MAY THE BACKEND BE CUT?", "IF A NODE IS LOST?", "IF THE CACHE IS LOST?"] {
            assert!(text.contains(question), "{question}: {text}");
        }
        assert_eq!(report.page().answers.len(), 4);
        let other = report.cells(trace).min_by_key(|row| row.misses).unwrap();
        let least = coldgap::units::grouped_rate(other.least_backend_per_second.unwrap());
        let does = match other.least_backend_per_second.unwrap() <= backend {
            true => format!("With {} {least}/s would do warm", other.policy),
            false => format!("With {}, which needs the least, it is {least}/s: too much as well", other.policy),
        };
        assert!(text.contains(&does), "{does}: {text}");
        let short_of = |row: &Row| coldgap::report::format::cut(row.safe_cut_ratio.unwrap());
        assert!(text.contains(&format!("too small already. {} for warm traffic", short_of(row).replace("add", "Add"))));
        for (lost, says) in [("1/8", "1 of 8 nodes"), ("100%", "everything")] {
            let row = report.losses(row).find(|row| row.loss == lost).unwrap();
            let more = short_of(row).replace("add ", "");
            assert!(text.contains(&format!("{more} to lose {says}")), "{lost}: {text}");
        }
        assert!(text.contains("climb out below") && text.contains("While the cache is warm it carries"), "{text}");
        let lines = report.text(&Look::terminal(90, Ink::Ascii, false)).lines().count();
        assert!(lines <= 40, "{lines} lines");
    }
}

/// "Up to 2 of 8 nodes: all answers stay in time" stood beside a loss of two nodes that takes more than the backend.
#[test]
fn what_is_said_of_restarts_is_not_more_than_what_is_said_of_losses() {
    let mut unsure = 0;
    for report in [gap(&[BURST, "-b", "70/s", "-p", "lru"]), SIX_NODES.clone()] {
        let told = &report.if_lost[0];
        let (nodes, says) = (f64::from(told.restarts.nodes), &told.restarts_sentence);
        let safe = f64::from(told.restarts.safe_batch_nodes.unwrap());
        let fails = |row: &&Row| row.safe_cut_ratio < Some(0.0) && row.loss_ratio * nodes <= safe + 1e-9;
        let is_unsure = report.losses(baseline(&report)).find(fails).is_some();
        assert_eq!(says.contains("not sure. At the worst moment answers are late"), is_unsure, "{says}");
        assert!(says.contains("simulated from 4 moments") || says.contains("simulated from 3 moments"), "{says}");
        unsure += usize::from(is_unsure);
    }
    assert!(unsure > 0);
}

/// "Stayed down" stood beside "95% heal" at a higher load: one is of a moment, the other of all that were tried.
#[test]
fn one_moment_and_all_of_them_are_told_apart() {
    let report = gap(&["traces/web.log.gz", "-b", "4.02/s", "-p", "lru"]);
    let (row, told) = (baseline(&report), &report.if_lost[0]);
    assert!(told.simulations_healed < told.simulations && row.load_per_second < row.advertised_per_second.unwrap());
    let text = short(&report);
    let of_one = format!("alone {} of {} do at 1.69/s", told.simulations_healed, told.simulations);
    assert!(text.contains("95% heal at any load") && text.contains(&of_one), "{text}");
    assert!(text.contains("No load need be shed: with no cache at all its backend carries 4.02/s"), "{text}");
}

/// The answer for the loss of everything comes first, unless somebody said what must be survived.
#[test]
fn the_careful_answer_is_the_first() {
    let text = short(&*SIX_NODES);
    assert!(text.contains("MAY THE BACKEND BE CUT? No, if losing everything must be survived"), "{text}");
    let report = gap(&[BURST, "-b", "70/s", "-p", "lru", "--quick", "--survive", "1/8"]);
    let text = short(&report);
    assert!(text.contains("CUT? By up to 8.4%, if losing 1 of 8 nodes must be survived. Not at all"), "{text}");
}

/// What recovers, what heals and what climbs out are three loads.
#[test]
fn a_service_that_is_down_climbs_out() {
    let (Saved::Outage(outage), _) = made(&["outage", ARTICLE, "-b", "350/s", "--quick"]) else { panic!("an outage") };
    let wide = Look::terminal(200, Ink::Ascii, false);
    for look in [wide, wide.with_details(true)] {
        for text in [SIX_NODES.text(&look), outage.text(&look)] {
            assert!(text.contains("climbs out only below") && !text.contains("comes back"), "{text}");
        }
    }
}

/// A timeout that was given stood nowhere; a hint led to another service.
#[test]
fn what_was_said_of_the_service_is_shown_and_goes_into_the_next_command() {
    let service =
        "-b 90/s -c 5% --timeout 20s --retries 1 --queue lifo --backoff exponential:first=50ms,cap=2s,jitter=10%";
    let asked = format!("outage {BURST} {service} -p fifo --load 1.5x --lose 1/6 --quick");
    let (Saved::Outage(outage), _) = made(&asked.split(' ').collect::<Vec<_>>()) else { panic!("an outage") };
    let text = short(&*outage);
    assert!(text.contains("Given: timeout 20s, retries 1, backoff exponential:first=0.05s,cap=2s"), "{text}");
    assert!(text.contains("queue lifo. Assumed: service time (10 ms)."), "{text}");
    let report = gap(&[&command(&text, "gap")[1..], &["--quick"]].concat());
    let (config, client) = (&report.config, outage.config.model.client);
    assert_eq!((config.timeout_seconds, config.retries), (client.timeout.0, client.retries));
    assert_eq!((&*config.queue_rule, config.nodes, &*config.baseline, &*config.caches[0]), ("lifo", 6, "fifo", "5%"));
    assert_eq!(report.traces[0].load_per_second, outage.verdict.load_per_second);
    let next = short(&report);
    assert!(next.contains("Given: timeout 20s") && command(&next, "outage").contains(&"--retries"), "{next}");
}
