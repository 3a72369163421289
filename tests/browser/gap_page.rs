//! The page of the main report: its figures against the numbers of the JSON.

use super::chromium::{browser, open, probed};
use super::{Made, framed, near, number, with_script};
use serde_json::Value;

pub const PROBE: &str = include_str!("probe.js");

/// What a figure of this id says.
fn figure<'p>(page: &'p Value, id: &str) -> &'p Value {
    let figures = page["figures"].as_array().unwrap();
    figures.iter().find(|figure| figure["id"] == id).unwrap_or_else(|| panic!("no figure {id}"))
}

/// The columns that a mark of the chart draws, as pairs of numbers per row of the twin table.
fn drawn(figure: &Value, mark: &Value) -> Vec<Vec<[Option<f64>; 2]>> {
    let rows = figure["rows"].as_array().unwrap();
    let series = mark["series"].as_str();
    let mut names: Vec<&Value> = Vec::new();
    let mut lines: Vec<Vec<[Option<f64>; 2]>> = Vec::new();
    for row in rows {
        let name = series.map_or(&Value::Null, |column| &row[column]);
        let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            lines.push(Vec::new());
            names.len() - 1
        });
        let y = number(&row[mark["y"].as_str().unwrap()]);
        if y.is_some() {
            lines[at].push([number(&row[mark["x"].as_str().unwrap()]), y]);
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// Every mark of every chart is where its twin table's numbers are: no more of them, and no fewer.
fn charts_show_their_tables(page: &Value) {
    for (fault, what) in [
        ("meets", "labels that meet"),
        ("hides", "words that may hide lines"),
        ("crossed", "words of bars that a vertical line crosses"),
        ("alike", "bars without their whole name"),
        ("unsigned", "tables that go on to the right and do not say so, or say so and do not"),
        ("holes", "rows of answers with a hole"),
    ] {
        assert_eq!(page[fault], serde_json::json!([]), "{what}");
    }
    for figure in page["figures"].as_array().unwrap() {
        let id = figure["id"].as_str().unwrap();
        let marks = figure["chart"]["marks"].as_array().unwrap();
        assert!(figure["named"] == true && figure["folded"] == true, "{id}");
        assert!(figure["caption"].as_str().unwrap().len() > 20, "{id} has no caption");
        assert_eq!((&figure["copies"], &figure["saved"]), (&2.into(), &serde_json::json!([])), "{id}");
        let mut lines = figure["lines"].as_array().unwrap().iter();
        let mut bars = figure["bars"].as_array().unwrap().iter();
        let of = |kind: &str| marks.iter().filter(move |mark| mark["mark"] == kind).collect::<Vec<_>>();
        // Lines and rules of a figure share its scale.
        let lines_y =
            of("line").into_iter().flat_map(|mark| drawn(figure, mark)).flatten().filter_map(|point| point[1]);
        let rules_y =
            of("rule").into_iter().filter(|mark| mark["across"] == "y").filter_map(|mark| number(&mark["at"]));
        let most = lines_y.chain(rules_y).fold(0.0, |a: f64, b| a.max(b.abs()));
        for mark in of("line") {
            for expected in drawn(figure, mark) {
                let line = lines.next().unwrap_or_else(|| panic!("{id} lacks a line")).as_array().unwrap();
                let far = expected.iter().filter_map(|point| point[0]).fold(0.0, |a: f64, b| a.max(b.abs()));
                assert_eq!(line.len(), expected.len(), "{id}");
                for (point, [x, y]) in line.iter().zip(&expected) {
                    assert!(x.is_none_or(|x| near(number(&point[0]).unwrap(), x, far)), "{id}: {point} for {x:?}");
                    assert!(near(number(&point[1]).unwrap(), y.unwrap(), most), "{id}: {point} for {y:?}");
                }
            }
        }
        for mark in of("bar") {
            let bars = bars.next().unwrap().as_array().unwrap();
            let end = |row: &Value, column: &Value| column.as_str().map_or(Some(0.0), |column| number(&row[column]));
            let rows = figure["rows"].as_array().unwrap();
            let expected: Vec<(f64, f64)> = rows
                .iter()
                .filter_map(|row| Some((end(row, &mark["from"])?, end(row, &mark["to"])?)))
                .map(|(a, b)| (a.min(b), a.max(b)))
                .collect();
            let most = expected.iter().fold(0.0, |most: f64, bar| most.max(bar.1.abs()).max(bar.0.abs()));
            assert_eq!(bars.len(), expected.len(), "{id}");
            for (bar, (from, to)) in bars.iter().zip(expected) {
                let is = (number(&bar[0]).unwrap(), number(&bar[1]).unwrap());
                assert!(near(is.0, from, most) && near(is.1, to, most), "{id}: {is:?} for {from}..{to}");
            }
        }
        assert!(lines.next().is_none() && bars.next().is_none(), "{id} draws more than it has");
        let ticks: usize = of("tick").iter().map(|_| figure["rows"].as_array().unwrap().len()).sum();
        assert_eq!(figure["ticks"].as_array().unwrap().len(), ticks, "{id}");
    }
}

#[test]
fn the_page_opens_without_a_network_and_draws_the_numbers_of_the_json() {
    let Some(browser) = browser() else { return };
    let made = Made::by(&["gap", "traces/article.parquet", "-b", "350/s"]);
    assert!(made.text("html").len() < 400_000, "{} bytes", made.text("html").len());
    let opened = open(&browser, &with_script(&made.html(), PROBE), &["--window-size=1100,1400"]);
    assert!(opened.console.is_empty(), "{:#?}", opened.console);
    let page = probed(&opened);
    charts_show_their_tables(&page);
    assert_eq!(page["width"], page["wide"]);
    assert_eq!(page["cut"], serde_json::json!([]), "tables that do not fit 1,100 px");
    assert!(page["contrast"].as_f64().unwrap() >= 4.5, "{}", page["contrast"]);
    assert!(page["paper"].as_f64().unwrap() > 0.9);
    let narrow = probed(&open(&browser, &framed(&with_script(&made.html(), PROBE), 400), &[]));
    charts_show_their_tables(&narrow);
    assert_ne!(narrow["cut"], serde_json::json!([]), "tables too wide for a telephone, which say so");

    let rows = made.json["rows"].as_array().unwrap();
    let cells: Vec<&Value> = rows.iter().filter(|row| row["loss_ratio"] == 0.0).collect();
    let glance = figure(&page, "glance-chart")["rows"].as_array().unwrap();
    assert_eq!(glance.len(), cells.len());
    for (drawn, cell) in glance.iter().zip(&cells) {
        for key in ["floor_per_second", "hidden_safe_per_second", "advertised_per_second", "gap_ratio"] {
            assert_eq!(drawn[key].as_f64(), cell[key].as_f64(), "{key}");
        }
    }
    let losses = figure(&page, "losses-chart")["rows"].as_array().unwrap();
    assert_eq!(losses.len(), rows.len());
    for (drawn, row) in losses.iter().zip(rows) {
        for key in ["loss_ratio", "least_backend_per_second"] {
            assert_eq!(drawn[key].as_f64(), row[key].as_f64(), "{key}");
        }
    }
    let refill = figure(&page, "refill-chart")["rows"].as_array().unwrap();
    let steps = made.json["refill"].as_array().unwrap();
    assert!(refill.len() > 20);
    for drawn in refill {
        let own =
            |step: &&Value| step["policy"] == drawn["policy"] && step["seconds"].as_f64() == drawn["seconds"].as_f64();
        let step = steps.iter().find(own).unwrap();
        for key in ["requests", "misses", "twin_misses"] {
            assert_eq!(drawn[key].as_f64(), step[key].as_f64(), "{key}");
        }
    }
    let lost = &made.json["if_lost"][0]["windows"];
    let felt = figure(&page, "lost-felt")["rows"].as_array().unwrap();
    assert_eq!(felt.len(), lost.as_array().unwrap().len());
    for (drawn, window) in felt.iter().zip(lost.as_array().unwrap()) {
        assert_eq!(drawn["success_ratio"].as_f64(), window["success_ratio"].as_f64());
    }
    let sizes = figure(&page, "sizes-chart")["rows"].as_array().unwrap();
    for (drawn, size) in sizes.iter().zip(made.json["sizes"].as_array().unwrap()) {
        for key in ["miss_ratio", "advertised_per_second", "hidden_safe_per_second", "gap_ratio"] {
            assert_eq!(drawn[key].as_f64(), size[key].as_f64(), "{key}");
        }
    }
    assert!(sizes.len() > 3 && made.json["command"].as_str().unwrap().ends_with(" --full"));
    let first_touches = figure(&page, "compulsory-chart")["rows"].as_array().unwrap();
    assert_eq!(first_touches.len(), made.json["traces"][0]["compulsory"].as_array().unwrap().len());
}

#[test]
fn the_page_is_readable_in_the_dark_on_a_telephone_and_without_scripts() {
    let Some(browser) = browser() else { return };
    let made = Made::by(&["gap", "traces/burst.csv", "-b", "auto", "--quick", "-p", "all"]);
    let probing = with_script(&made.html(), PROBE);
    let dark =
        probed(&open(&browser, &probing, &["--window-size=1100,1400", "--blink-settings=preferredColorScheme=0"]));
    assert!(
        dark["paper"].as_f64().unwrap() < 0.05 && dark["contrast"].as_f64().unwrap() >= 4.5,
        "{}",
        dark["contrast"]
    );
    charts_show_their_tables(&dark);
    let narrow = open(&browser, &framed(&probing, 360), &[]);
    assert!(narrow.console.is_empty(), "{:#?}", narrow.console);
    let narrow = probed(&narrow);
    assert!(narrow["width"].as_f64().unwrap() <= 360.0 && narrow["wide"] == narrow["width"], "{}", narrow["wide"]);
    charts_show_their_tables(&narrow);
    // What a browser without scripts shows: every table open, no chart that is empty for ever.
    let plain = made.text("html");
    let figures = plain.matches("<figure ").count();
    assert!(figures > 5 && !plain[..plain.find("<script>").unwrap()].contains("<svg"));
    assert_eq!(plain.matches("<details class=\"numbers\" open").count(), figures);
}

#[test]
fn other_reports_draw_their_numbers_too() {
    let Some(browser) = browser() else { return };
    let commands: [&[&str]; 3] = [
        &["outage", "traces/article.parquet", "-b", "350/s"],
        &["replay", "traces/burst.csv", "--curve=12", "-p", "lru,s3fifo,belady"],
        &["gap", "traces/burst.csv", "traces/web.log.gz", "--each", "--quick", "-b", "2MB/s", "-c", "5%,20%"],
    ];
    for command in commands {
        let made = Made::by(command);
        let opened = open(&browser, &with_script(&made.html(), PROBE), &["--window-size=1100,1400"]);
        assert!(opened.console.is_empty(), "{command:?}: {:#?}", opened.console);
        let page = probed(&opened);
        assert!(!page["figures"].as_array().unwrap().is_empty(), "{command:?}");
        assert!(made.text("html").len() < 1 << 20);
        charts_show_their_tables(&page);
    }
}
