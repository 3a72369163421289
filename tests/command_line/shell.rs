//! Completions load and complete, manual pages are well formed, help begins where people begin.

use super::{coldgap, stdout};
use coldgap::policy::ALL;
use std::path::Path;
use std::process::Command;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All commands, as the help lists them.
fn commands() -> Vec<String> {
    let help = stdout(coldgap(here()).arg("--help"));
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.map(|line| line.split_whitespace().next().unwrap().to_string()).collect()
}

/// What bash offers after these words.
fn completed(words: &[&str]) -> Option<Vec<String>> {
    let script = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(script.path(), stdout(coldgap(here()).args(["completions", "bash"]))).unwrap();
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let last = words.len() - 1;
    let line = format!(
        "source '{}'; COMP_WORDS=({}); COMP_CWORD={last}; _coldgap coldgap \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{}]}}\"; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.path().display(),
        quoted.join(" "),
        last - 1
    );
    match Command::new("bash").args(["--norc", "-c", &line]).output() {
        Err(_) => {
            eprintln!("skipped: bash is not here");
            None
        }
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect())
        }
    }
}

#[test]
fn bash_completes_commands_options_and_policies() {
    let Some(commands) = completed(&["coldgap", "ga"]) else { return };
    assert_eq!(commands, ["gap"]);
    assert_eq!(completed(&["coldgap", "gap", "--service"]).unwrap(), ["--service-time", "--service"]);
    let policies = completed(&["coldgap", "gap", "--policy", ""]).unwrap();
    assert!(ALL.iter().all(|info| policies.contains(&info.name.to_string())), "{policies:?}");
    assert!(completed(&["coldgap", "formats", "c"]).unwrap().contains(&"csv".to_string()));
}

#[test]
fn every_shell_has_its_script() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(coldgap(here()).args(["completions", shell]));
        assert!(script.contains("sensitivity") && script.contains("s3fifo"), "{shell}");
    }
}

#[test]
fn manual_pages_are_well_formed() {
    let pages = commands().into_iter().filter(|name| name != "help").map(|name| vec![name]).chain([vec![]]);
    for page in pages {
        let text = stdout(coldgap(here()).arg("man").args(&page));
        let name = page.first().map_or("coldgap".to_string(), |name| format!("coldgap-{name}"));
        assert!(text.contains(&format!(".TH {name} 1")), "{name}: {}", text.lines().take(4).collect::<String>());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        match Command::new("groff").args(["-man", "-Tutf8", "-ww", "-z"]).arg(file.path()).output() {
            Err(_) => {
                eprintln!("skipped: groff is not here");
                return;
            }
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success() && said.is_empty(), "{name}: {said}");
            }
        }
    }
}

#[test]
fn help_ends_with_examples_that_are_commands() {
    for name in commands().into_iter().filter(|name| name != "help") {
        let help = stdout(coldgap(here()).args([&name, "--help"]));
        let examples = help.split("Examples:\n").nth(1).unwrap_or_else(|| panic!("{name} has no examples: {help}"));
        let lines: Vec<&str> = examples.lines().take_while(|line| line.starts_with("  ")).collect();
        assert!(!lines.is_empty(), "{name}");
        for line in lines {
            assert!(line.starts_with(&format!("  coldgap {name}")), "{line}");
        }
        assert_eq!(stdout(coldgap(here()).args(["help", &name])), help);
    }
}
