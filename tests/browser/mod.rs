//! HTML reports in a browser that cannot reach the network: they open without an error, and what is drawn is what the JSON
//! says. Skipped where there is no Chromium.

mod chromium;
mod gap_page;
mod safety;

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Runs a report of coldgap into a folder, as JSON, HTML and Markdown.
struct Made {
    folder: tempfile::TempDir,
    json: Value,
}

impl Made {
    fn by(arguments: &[&str]) -> Made {
        let folder = tempfile::tempdir().unwrap();
        let target = |ending: &str| folder.path().join(format!("report.{ending}")).to_str().unwrap().to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
        for ending in ["json", "html", "md"] {
            command.args(["-o", &target(ending)]);
        }
        command.assert().success();
        let json = serde_json::from_slice(&std::fs::read(target("json")).unwrap()).unwrap();
        Made { folder, json }
    }

    fn html(&self) -> PathBuf {
        self.folder.path().join("report.html")
    }

    fn text(&self, ending: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(format!("report.{ending}"))).unwrap()
    }
}

/// Numbers that went through pixels, a thousandth of which is the finest, and back.
fn near(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-4 * scale.abs().max(1e-9)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}

/// A copy of a page with a script at its end.
fn with_script(page: &Path, script: &str) -> PathBuf {
    let text = std::fs::read_to_string(page).unwrap();
    let end = text.rfind("</body>").unwrap();
    let copy = page.with_extension("probed.html");
    std::fs::write(&copy, format!("{}<script>{script}</script>{}", &text[..end], &text[end..])).unwrap();
    copy
}

/// A page that shows another at a width, which a window may not have, and repeats what its probe says.
fn framed(page: &Path, width: u32) -> PathBuf {
    let outer = page.with_extension("framed.html");
    let name = page.file_name().unwrap().to_str().unwrap();
    let text = format!(
        "<!DOCTYPE html><pre id=\"probe\"></pre><iframe src=\"{name}\" style=\"width:{width}px;height:800px;border:0\"></iframe>\
         <script>onmessage = (message) => {{ document.getElementById('probe').textContent = message.data; }};</script>"
    );
    std::fs::write(&outer, text).unwrap();
    outer
}
