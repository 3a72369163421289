//! What a trace is called must not become part of the page, nor of the Markdown.

use super::chromium::{browser, open, probed};
use super::{Made, with_script};

const NAME: &str = "x</script><img src=x onerror=alert(1)>&amp;\"'`|\u{2028}.csv";

/// A report on a trace of a name made to break out.
fn report() -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/traces/burst.csv"), &path).unwrap();
    Made::by(&["gap", path.to_str().unwrap(), "-b", "auto", "--quick"])
}

#[test]
fn a_name_stays_a_name() {
    let made = report();
    let html = made.text("html");
    assert!(!html.contains("<img") && html.contains("&lt;img src=x"));
    for fetched in
        ["src=\"http", "src='http", "href=\"http", "@import", "url(http", "url(\"http", "<link rel=\"stylesheet"]
    {
        assert!(!html.contains(fetched), "{fetched}");
    }
    assert!(html.contains("default-src 'none'"));
    let Some(browser) = browser() else { return };
    let opened = open(&browser, &with_script(&made.html(), super::gap_page::PROBE), &[]);
    assert!(opened.console.is_empty(), "{:#?}", opened.console);
    let page = probed(&opened);
    assert_eq!((page["images"].as_u64(), page["scripts"].as_u64()), (Some(0), Some(3)));
}

#[test]
fn markdown_tables_keep_their_shape() {
    let made = report();
    let text = made.text("md");
    // Between fences everything is text.
    let prose: String = text.split("\n```").step_by(2).collect();
    assert!(prose.contains("&lt;img") && !prose.contains("<img") && !prose.contains('\u{2028}'));
    let mut columns = None;
    let mut tables = 0;
    for line in text.lines() {
        if !line.starts_with('|') {
            columns = None;
            continue;
        }
        let bars = line.replace("\\|", "").matches('|').count();
        tables += usize::from(columns.is_none());
        assert_eq!(*columns.get_or_insert(bars), bars, "{line}");
    }
    assert!(tables > 2);
}
