//! Chromium without a window and without a network.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a page became.
pub struct Opened {
    /// The document after its scripts ran.
    pub dom: String,
    /// What the console said.
    pub console: Vec<String>,
}

/// The browser: `CHROMIUM`, or one on the path; `None`, with a notice, where there is none.
pub fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = named.or_else(|| {
        let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        places.into_iter().find(|place| place.is_file())
    });
    if found.is_none() {
        eprintln!("skipped: no chromium, chromium-browser or google-chrome on the path, and CHROMIUM is not set");
    }
    found
}

/// Opens a file; `flags` come on top.
pub fn open(browser: &Path, page: &Path, flags: &[&str]) -> Opened {
    let profile = tempfile::tempdir().unwrap();
    let (dom, said) = (profile.path().join("dom"), profile.path().join("said"));
    let mut child = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=5000", "--enable-logging=stderr"])
        .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
        .args(flags)
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&dom).unwrap())
        .stderr(std::fs::File::create(&said).unwrap())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the browser did not finish {}", page.display());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let said = String::from_utf8_lossy(&std::fs::read(&said).unwrap()).into_owned();
    let console = said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_string).collect();
    let dom = String::from_utf8_lossy(&std::fs::read(&dom).unwrap()).into_owned();
    assert!(dom.contains("</html>"), "the browser showed nothing of {}:\n{said}", page.display());
    Opened { dom, console }
}

/// What a script at a page's end left in the element `probe`, as JSON.
pub fn probed(opened: &Opened) -> Value {
    let begin = opened.dom.find("<pre id=\"probe\">").expect("the probe ran") + "<pre id=\"probe\">".len();
    let text = &opened.dom[begin..];
    let text = &text[..text.find("</pre>").unwrap()];
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap()
}
