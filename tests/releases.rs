//! What is released, and what a pipeline runs: versions, archives, the action and its scripts agree with each other and work.

use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What is quoted after each `prefix` at the begin of a line.
fn quoted<'t>(text: &'t str, prefix: &str) -> Vec<&'t str> {
    text.lines().filter_map(|line| line.trim().strip_prefix(prefix)?.split('"').next()).collect()
}

/// A program of the folder, by the shell.
fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A small program that is coldgap.
fn coldgap(folder: &Path) -> PathBuf {
    program(folder, "coldgap", &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_coldgap")))
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

#[test]
fn versions_agree() {
    let changelog = read("CHANGELOG.md");
    let latest = changelog.lines().find_map(|line| line.strip_prefix("## ")).unwrap();
    assert_eq!(latest.split(' ').next(), Some(VERSION));
    assert!(read("Cargo.lock").contains(&format!("name = \"coldgap\"\nversion = \"{VERSION}\"\n")));
    let [own, kernel, cluster, module, wheel] =
        ["Cargo.toml", "kernel/Cargo.toml", "cluster/Cargo.toml", "python/Cargo.toml", "python/pyproject.toml"]
            .map(read);
    assert!(own.contains(&format!("coldgap-kernel = {{ path = \"kernel\", version = \"{VERSION}\"")));
    let only = |text: &str, key: &str| {
        let [value] = quoted(text, &format!("{key} = \""))[..] else { panic!("one {key}") };
        value.to_string()
    };
    for key in ["version", "edition", "rust-version", "license"] {
        assert_eq!(only(&own, key), only(&module, key), "{key}");
        assert_eq!(only(&own, key), only(&kernel, key), "{key}");
        assert_eq!(only(&own, key), only(&cluster, key), "{key}");
    }
    // The wheel's version is that of python/Cargo.toml.
    assert!(wheel.contains("dynamic = [\"version\"]"));
    for key in ["description", "license"] {
        assert_eq!(only(&own, key), only(&wheel, key), "{key}");
    }
    let rust = only(&own, "rust-version");
    for (file, said) in [
        ("deploy/Containerfile", format!("FROM rust:{rust}-")),
        ("README.md", format!("Rust {rust}")),
        ("python/README.md", format!("Rust {rust}")),
        ("docs/ci.md", format!("coldgap@v{VERSION} ")),
        ("docs/ci.md", format!("`version: {VERSION}`")),
    ] {
        assert!(read(file).contains(&said), "{file} does not say {said}");
    }
}

#[test]
fn an_archive_is_whole_is_what_is_installed_and_a_damaged_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let install = root().join("deploy/ci/install");
    let known = read("deploy/ci/install");
    let targets: Vec<&str> = known.split("target=").skip(1).map(|rest| rest.split(' ').next().unwrap()).collect();
    let released = read(".github/workflows/release.yml");
    let release = at(&format!("v{VERSION}"));
    for target in targets.iter().filter(|target| target.contains('-')) {
        assert!(released.contains(&format!("target: {target},")), "{target} is not released");
        let arguments = [coldgap(folder.path()), target.into(), release.clone()];
        let output = Command::new(root().join("deploy/package")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    let name = format!("coldgap-{VERSION}-{}", targets[0]);
    let files = |folder: &str| fs::read_dir(release.join(&name).join(folder)).unwrap().count();
    let help = said(&Command::new(env!("CARGO_BIN_EXE_coldgap")).arg("--help").output().unwrap());
    let commands = help.lines().skip_while(|line| *line != "Commands:").take_while(|line| !line.is_empty());
    let commands = commands.filter(|line| line.starts_with("  ") && !line.starts_with("   ")).count();
    // help has none, coldgap itself has one.
    assert_eq!((files("completions"), files("man")), (5, commands));

    // The address that cargo binstall makes is that of an archive.
    let cargo = read("Cargo.toml");
    let filled = |text: &str| {
        text.replace("{ version }", VERSION).replace("{ name }", "coldgap").replace("{ target }", targets[0])
    };
    let [url] = quoted(&cargo, "pkg-url = \"")[..] else { panic!("one pkg-url") };
    assert_eq!(filled(url), format!("{{ repo }}/releases/download/v{VERSION}/{name}.tar.gz"));
    let [program] = quoted(&cargo, "bin-dir = \"")[..] else { panic!("one bin-dir") };
    let program = filled(program).replace("{ bin }", "coldgap").replace("{ binary-ext }", "");
    assert!(release.join(program).exists());

    // What would build coldgap instead fails.
    let path = format!("{}:{}", at("none").display(), std::env::var("PATH").unwrap());
    fs::create_dir(at("none")).unwrap();
    self::program(&at("none"), "cargo", "exit 9");
    let run = |to: &str| {
        let releases = format!("file://{}", folder.path().display());
        Command::new(&install).arg(at(to)).env("RELEASES", releases).env("PATH", &path).output().unwrap()
    };
    if !Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: no curl to install with");
    }
    let output = run("installed");
    assert!(output.status.success() && said(&output).contains(VERSION), "{}", said(&output));
    let installed = Command::new(at("installed/bin/coldgap")).arg("--version").output().unwrap();
    assert_eq!(said(&installed).trim(), format!("coldgap {VERSION}"));
    for target in targets.iter().filter(|target| target.contains('-')) {
        fs::write(release.join(format!("coldgap-{VERSION}-{target}.tar.gz")), "other").unwrap();
    }
    let output = run("damaged");
    assert!(!output.status.success() && said(&output).contains("is damaged"), "{}", said(&output));
    assert!(!at("damaged/bin/coldgap").exists());
    fs::remove_dir_all(&release).unwrap();
    assert_eq!(run("built").status.code(), Some(9), "what is not released is built");
}

/// The last script of the action, as the runner would start it.
#[test]
fn the_action_compares_comments_and_gates() {
    let action = read("action.yml");
    let (_, script) = action.rsplit_once("run: |\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("bin");
    fs::create_dir(&programs).unwrap();
    coldgap(&programs);
    program(&programs, "gh", "echo \"$@\" > gh.txt; cat \"$5\" > commented.md");
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let run = |gates: &str| {
        let mut bash = Command::new("bash");
        bash.args(["-e", "-c", script]).current_dir(folder.path()).env("PATH", &path);
        bash.env("GITHUB_ACTION_PATH", root()).env("RUNNER_TEMP", folder.path());
        bash.env("TRACES", root().join("traces/burst.csv")).env("GATES", gates).env("GH_TOKEN", "-");
        bash.env("FLAGS", "--baseline=lru\n--candidate=sieve\n-b=300/s\n\n").env("PULL_REQUEST", "12");
        bash.output().unwrap()
    };
    let output = run("hidden_decrease > 99%\nmiss_ratio > -1\n");
    assert_eq!(output.status.code(), Some(2), "there is no such gate: {}", said(&output));
    assert!(!folder.path().join("gh.txt").exists());
    let output = run("hidden_decrease > -1000%\ngap_increase > 1000%\n");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let comment = fs::read_to_string(folder.path().join("commented.md")).unwrap();
    assert!(comment.starts_with('#') && comment.contains("hidden_decrease"), "{comment}");
    assert!(fs::read_to_string(folder.path().join("gh.txt")).unwrap().starts_with("pr comment 12 --body-file "));
    assert!(folder.path().join("coldgap/page.html").exists());
}

#[test]
fn workflows_fit_the_schemas_of_their_vendor() {
    for (schema, file) in
        [("vendor.github-actions", "action.yml"), ("vendor.github-workflows", ".github/workflows/release.yml")]
    {
        let mut check = Command::new("check-jsonschema");
        let Ok(output) = check.current_dir(root()).args(["--builtin-schema", schema, file]).output() else {
            return eprintln!("skipped: no check-jsonschema (pip install check-jsonschema)");
        };
        assert!(output.status.success(), "{file}: {}", said(&output));
    }
}

/// Metadata of every crate in Cargo.lock, as cargo tells it.
fn packages() -> Vec<Value> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline"];
    let output = Command::new(env!("CARGO")).current_dir(root()).args(arguments).output().unwrap();
    assert!(output.status.success(), "cargo fetch brings what is missing: {}", said(&output));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

#[test]
fn the_oldest_rust_that_is_promised_builds_every_dependency() {
    let packages = packages();
    let rust = |package: &Value| -> Vec<u32> {
        let version = package["rust_version"].as_str().unwrap_or("1.0");
        version.split('.').map(|part| part.parse().unwrap()).collect()
    };
    let own = packages.iter().find(|package| package["name"] == "coldgap").map(rust).unwrap();
    for package in &packages {
        assert!(rust(package) <= own, "{} needs Rust {}", package["name"], package["rust_version"]);
    }
}
