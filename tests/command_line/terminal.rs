//! Texts fit the terminal they are for, lose nothing on the way, and use only the characters and colours it has.
//!
//! `COLDGAP_UPDATE_DOCS=1 cargo test --release command_line` writes the texts in tests/command_line/widths anew.

use super::{coldgap, stdout};
use coldgap::report::chart::Ink;
use coldgap::report::markdown;
use coldgap::report::render::Render;
use coldgap::report::saved::{self, Saved};
use coldgap::report::sheet::look::Look;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

const WIDTHS: [usize; 4] = [40, 60, 92, 140];

/// Reports of every kind, by name.
static REPORTS: LazyLock<Vec<(&str, Saved)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let make = |(name, words): (&'static str, &[&str])| {
        let path = folder.path().join(format!("{name}.json"));
        let mut command = coldgap(Path::new(env!("CARGO_MANIFEST_DIR")));
        // A gate may fail; the report is written all the same.
        command.args(words).arg("-o").arg(&path).output().unwrap();
        (name, saved::read(&path).unwrap())
    };
    let all: [(&str, &[&str]); 7] = [
        (
            "gap",
            &[
                "gap",
                "traces/burst.csv",
                "-p",
                "lru,s3fifo:small=20%,belady",
                "-b",
                "60/s",
                "--quick",
                "--fail-if",
                "gap > 1x",
            ],
        ),
        ("outage", &["outage", "traces/burst.csv", "-b", "60/s", "--load", "0.8x", "--horizon", "60s"]),
        ("replay", &["replay", "traces/burst.csv", "-p", "lru,s3fifo:small=20%", "-c", "1%,10%"]),
        ("curve", &["replay", "traces/burst.csv", "-p", "lru,s3fifo:small=20%", "--curve=12"]),
        ("compare", &["compare", "traces/burst.csv", "--candidate", "s3fifo:small=20%", "-b", "60/s", "--quick"]),
        ("warmup", &["warmup", "traces/burst.csv", "-b", "60/s", "--horizon", "60s"]),
        ("sensitivity", &["sensitivity", "traces/burst.csv", "-b", "60/s", "--horizon", "60s", "--limit", "6000"]),
    ];
    all.into_iter().map(make).collect()
});

/// Every table of a report.
fn render(report: &Saved, look: &Look) -> String {
    written(report, &look.with_details(true))
}

fn written(report: &Saved, look: &Look) -> String {
    match report {
        Saved::Gap(report) => report.text(look),
        Saved::Outage(report) => report.text(look),
        Saved::Replay(report) => report.text(look),
        Saved::Sensitivity(report) => report.text(look),
        Saved::Estimate(report) => report.text(look),
        Saved::Warmup(report) => report.text(look),
        Saved::Compare(report) => report.text(look),
    }
}

/// The answers fit a screen, whatever the report, and lines the terminal.
#[test]
fn a_report_in_short_fits_a_screen() {
    for (name, report) in REPORTS.iter() {
        let most = match *name {
            "gap" => 40,
            "replay" | "curve" => continue,
            _ => 45,
        };
        let text = written(report, &Look::terminal(90, Ink::Ascii, false));
        assert!(text.lines().count() <= most, "{name}: {} lines\n{text}", text.lines().count());
        for width in WIDTHS {
            let text = written(report, &Look::terminal(width, Ink::Ascii, false));
            let fits = |line: &str| line.chars().count() <= width || line.split_whitespace().count() == 1;
            // The settings of knobs are names, and stay whole.
            let long: Vec<&str> = text.lines().filter(|line| !fits(line)).collect();
            assert!(long.is_empty() || (*name == "sensitivity" && width < 60), "{name} at {width}: {long:#?}");
        }
        if let Saved::Compare(report) = report {
            let lines = markdown::render(&report.page()).lines().count();
            assert!(lines <= 60, "{lines} lines of Markdown");
        }
    }
}

#[test]
fn no_line_is_longer_than_the_terminal() {
    for (name, report) in REPORTS.iter().filter(|(name, _)| *name != "sensitivity") {
        for width in WIDTHS {
            let text = render(report, &Look::terminal(width, Ink::Ascii, false));
            for line in text.lines() {
                // The command is left whole, to be copied, and so is a word that no line could hold.
                let unbreakable = line.trim_start().starts_with("coldgap ") || line.split_whitespace().count() == 1;
                assert!(line.chars().count() <= width || unbreakable, "{name} at {width}: {line}");
            }
        }
    }
}

#[test]
fn a_narrow_text_says_everything_that_a_file_says() {
    let words = |text: &str| -> BTreeSet<String> {
        let is_drawing = |word: &str| word.chars().all(|c| "#-+|^".contains(c));
        text.split_whitespace().filter(|word| !is_drawing(word)).map(str::to_string).collect()
    };
    for (name, report) in REPORTS.iter() {
        let whole = words(&render(report, &Look::FILE));
        for width in WIDTHS {
            let narrow = words(&render(report, &Look::terminal(width, Ink::Ascii, false)));
            // The chart of what was asked of the backend is scaled to its highest column, a mean over fewer or more windows.
            let missing: Vec<&String> = whole.difference(&narrow).filter(|word| !word.ends_with("/s")).collect();
            assert!(missing.is_empty(), "{name} at {width} lacks {missing:?}");
        }
    }
}

#[test]
fn texts_are_those_that_were_looked_at() {
    for (name, report) in REPORTS.iter().take(2) {
        for width in WIDTHS {
            let path =
                PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/command_line/widths/{name}-{width}.txt"));
            let text = render(report, &Look::terminal(width, Ink::Blocks, false));
            if std::env::var_os("COLDGAP_UPDATE_DOCS").is_some() {
                std::fs::write(&path, &text).unwrap();
            }
            let known = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                known == text,
                "{} is behind; look at the text, then COLDGAP_UPDATE_DOCS=1 writes it anew",
                path.display()
            );
        }
    }
}

#[test]
fn without_colour_and_blocks_a_text_is_plain_ascii() {
    for (name, report) in REPORTS.iter() {
        let plain = render(report, &Look::terminal(92, Ink::Ascii, false));
        assert!(plain.chars().all(|c| c == '\n' || (' '..='~').contains(&c)), "{name}");
        let coloured = render(report, &Look::terminal(92, Ink::Ascii, true));
        let uncoloured =
            ["\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m"].iter().fold(coloured, |text, code| text.replace(code, ""));
        assert_eq!(uncoloured, plain, "{name}: colour must add nothing but colour");
    }
}

/// What a command shows on a terminal with these variables; none where there is no `script`.
fn shown(variables: &[(&str, &str)], words: &str) -> Option<String> {
    let line = format!("{} {words} 2>/dev/null", env!("CARGO_BIN_EXE_coldgap"));
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE", "COLUMNS"] {
        script.env_remove(name);
    }
    script.env("TERM", "xterm").env("LANG", "en_US.UTF-8").envs(variables.iter().copied());
    match script.output() {
        Ok(output) if output.status.success() => Some(String::from_utf8(output.stdout).unwrap().replace('\r', "")),
        _ => {
            eprintln!("skipped: script (util-linux) is not here");
            None
        }
    }
}

#[test]
fn a_terminal_gets_what_it_can_show() {
    let gap = "gap traces/burst.csv -p lru,fifo -b 60/s --quick";
    let Some(text) = shown(&[("COLUMNS", "60")], gap) else { return };
    assert!(text.contains("\x1b[31m") && text.contains('█'), "{text}");
    assert!(text.lines().all(|line| !line.starts_with("  BACKEND NEEDED") || line.len() <= 60), "{text}");
    let plain = shown(&[("COLUMNS", "60"), ("NO_COLOR", "1"), ("LC_ALL", "C")], gap).unwrap();
    assert!(plain.is_ascii() && !plain.contains('\x1b'), "{plain}");
    let bars = |text: &str| text.lines().find(|line| line.contains(" today ")).unwrap().to_string();
    assert!(bars(&plain).chars().count() <= 60, "{plain}");
    // Files and pipes are the same wherever they are made.
    let mut piped = coldgap(Path::new(env!("CARGO_MANIFEST_DIR")));
    piped.args(gap.split(' ').take(8)).env("COLUMNS", "40").env("LANG", "en_US.UTF-8");
    assert!(stdout(&mut piped).contains(&"#".repeat(24)));
}

/// On a terminal what is known at once stands there while the rest is still sought; a file gets the same bytes as ever.
#[cfg(target_os = "linux")]
#[test]
fn what_is_known_at_once_is_said_at_once_and_only_to_a_terminal() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.txt");
    let words = "gap traces/article.parquet -b 350/s -p lru --quick --limit 100000";
    let typed = format!("{} {words} > {}", env!("CARGO_BIN_EXE_coldgap"), file.display());
    let mut script = Command::new("script");
    script.current_dir(env!("CARGO_MANIFEST_DIR")).args(["-qec", &typed, "/dev/null"]);
    let Ok(mut running) = script.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
        return println!("skipped: no script(1), so no terminal");
    };
    let mut shown = BufReader::new(running.stdout.take().unwrap());
    let mut first = String::new();
    shown.read_line(&mut first).unwrap();
    assert!(first.contains("100,000 requests on "), "{first}");
    assert!(running.try_wait().unwrap().is_none() && std::fs::read(&file).unwrap().is_empty(), "it came at the end");
    let mut rest = Vec::new();
    std::io::Read::read_to_end(&mut shown, &mut rest).unwrap();
    let rest = String::from_utf8_lossy(&rest);
    assert!(rest.contains("misses while warm: lru ") && rest.contains("seeking the worst moment"), "{rest}");
    assert!(running.wait().unwrap().success());
    let mut piped = coldgap(Path::new(env!("CARGO_MANIFEST_DIR")));
    let piped = piped.args(words.split(' ')).output().unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), piped.stdout);
    assert!(!String::from_utf8_lossy(&piped.stderr).contains("100,000 requests on"));
}
