//! The house's rules about its own sources: sizes, headers, who may know which crate, and which way imports run.

use coldgap::trace::FORMATS;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Top-level modules by floor, the lowest first. A floor may use those below it, and no other module of its own.
/// `suggest` and `progress` serve words and bars to whoever is above; `capacity` and `service` are plain arithmetic.
const FLOORS: [&[&str]; 11] = [
    &["units", "error", "hash", "prefetch", "suggest", "prose"],
    &["placement", "request"],
    &["bitset", "interrupt", "progress", "settings"],
    &["trace", "policy", "capacity", "service"],
    &["cache"],
    &["outage"],
    &["replay"],
    &["analysis"],
    &["report"],
    &["api"],
    &["cli"],
];

/// Every Rust file under a folder: its path, and its text. What is in kernel/src counts as in src: the crate shows it as its own.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join(folder), &mut paths);
    if folder == "src" {
        walk(&root.join("kernel/src"), &mut paths);
    }
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        (name.trim_start_matches("kernel/").to_string(), fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(named).collect()
}

/// The code without its comments.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// The identifiers that follow each `prefix` in a text; for `prefix{a, b}` all of the braces.
fn named_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let first = |part: &str| part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(list) => found.extend(list.split('}').next().unwrap_or("").split(',').map(|part| first(part.trim()))),
            None => {
                found.insert(first(rest));
            }
        }
    }
    found
}

#[test]
fn files_are_small_and_say_what_they_are() {
    for folder in ["src", "tests", "benches", "testbed"] {
        for (name, text) in sources(folder) {
            assert!(text.lines().count() <= 600, "{name} has {} lines", text.lines().count());
            assert!(text.starts_with("//! "), "{name} does not say what it is");
        }
    }
}

#[test]
fn each_heavy_crate_is_known_in_one_place() {
    let allowed: [(&str, &[&str]); 9] = [
        ("polars_core::", &["src/report/frame.rs"]),
        ("arrow::", &["src/trace/"]),
        ("parquet::", &["src/trace/"]),
        ("indicatif::", &["src/cli/progress.rs"]),
        ("rayon::", &["src/replay/grid.rs", "src/trace/"]),
        ("thread::Builder", &["src/trace/read_ahead.rs"]),
        ("clap::", &["src/cli/"]),
        ("unsafe {", &["src/prefetch.rs", "src/cli/allocator.rs"]),
        ("libc::", &["src/cli/allocator.rs"]),
    ];
    let sources = sources("src");
    for (word, places) in allowed {
        let mut users = 0;
        for (name, text) in &sources {
            // A path's first word: `trace::parquet::` is a module of ours.
            let code = code(text);
            let used = code.match_indices(word).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            users += usize::from(used);
            assert!(!used || places.iter().any(|place| name.starts_with(place)), "{name} uses {word}");
        }
        assert!(users > 0, "nobody uses {word}");
    }
}

#[test]
fn imports_run_down_the_floors() {
    let floor = |module: &str| FLOORS.iter().position(|modules| modules.contains(&module));
    let declared = ["src/lib.rs", "kernel/src/lib.rs"]
        .map(|path| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap());
    for module in declared
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.strip_suffix(';')?.trim_start_matches("pub ").strip_prefix("mod "))
    {
        assert!(floor(module).is_some(), "{module} stands on no floor");
    }
    let mut imports = 0;
    for (name, text) in sources("src") {
        let path = name.trim_start_matches("src/").trim_end_matches(".rs");
        let own = path.split('/').next().unwrap();
        let Some(own_floor) = floor(own) else {
            assert!(["lib", "main"].contains(&own), "{name} stands on no floor");
            continue;
        };
        for other in named_after(&code(&text), "crate::") {
            // A macro of the crate's root, not a module.
            if other == own || other == "linked" {
                continue;
            }
            imports += 1;
            let other_floor = floor(&other).unwrap_or_else(|| panic!("{name} imports {other}, which is on no floor"));
            assert!(other_floor < own_floor, "{name} ({own}) imports {other}, which is not below it");
        }
    }
    assert!(imports > 50, "only {imports} imports were seen");
}

/// The paths that a `use` names, each from its first word on.
fn paths(text: &str) -> Vec<String> {
    let text = text.trim();
    let Some((before, inside)) = text.split_once('{') else { return vec![text.to_string()] };
    let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (at, c) in inside.char_indices().chain([(inside.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .flat_map(|part| paths(&format!("{before}{}", part.trim())))
        .collect()
}

/// Where imports of a file lead, as modules from the crate's root; `module` is its own.
fn imports(code: &str, module: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for statement in code.split(';').filter_map(|part| part.rsplit_once("use ").map(|(_, paths)| paths)) {
        for path in paths(statement) {
            let mut words = path.split("::").map(str::trim).map(str::to_string).peekable();
            let mut from = match words.peek().map(String::as_str) {
                Some("crate") => Vec::new(),
                Some("super") => module[..module.len().saturating_sub(1)].to_vec(),
                _ => continue,
            };
            words.next();
            while words.next_if(|word| word == "super").is_some() {
                from.pop();
            }
            found.push(from.into_iter().chain(words).collect());
        }
    }
    found
}

/// Of the modules beside each other in a folder none imports another that imports it, by whatever way. A folder may use what its
/// parts have, and they what it has.
#[test]
fn neighbours_do_not_import_each_other_in_a_circle() {
    let module = |name: &str| -> Vec<String> {
        let path = name.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').map(str::to_string).collect()
    };
    let files: Vec<(Vec<String>, String)> = sources("src")
        .into_iter()
        .filter(|(name, _)| !name.ends_with("tests.rs"))
        .map(|(name, text)| (module(&name), code(text.split("#[cfg(test)]\nmod tests").next().unwrap_or(""))))
        .collect();
    // By folder: which neighbour imports which.
    let mut edges: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (own, code) in &files {
        for other in imports(code, own) {
            let shared = own.iter().zip(&other).take_while(|(a, b)| a == b).count();
            if let (Some(from), Some(to)) = (own.get(shared), other.get(shared)) {
                let is_module = files.iter().any(|(path, _)| path.get(..=shared) == other.get(..=shared));
                if is_module {
                    let folder = edges.entry(own[..shared].join("::")).or_default();
                    folder.entry(from.clone()).or_default().insert(to.clone());
                }
            }
        }
    }
    assert!(edges.len() > 10, "only {} folders were seen", edges.len());
    for (folder, edges) in edges {
        // What nobody of the rest is imported by goes, until nothing goes any more: what stays is a circle.
        let mut rest = edges.clone();
        loop {
            let leaves: Vec<String> = rest
                .iter()
                .filter(|(_, to)| !to.iter().any(|to| rest.contains_key(to)))
                .map(|(from, _)| from.clone())
                .collect();
            if leaves.is_empty() {
                break;
            }
            leaves.iter().for_each(|leaf| {
                rest.remove(leaf);
            });
        }
        assert!(rest.is_empty(), "{folder}: a circle among {:?}", rest.keys());
    }
}

#[test]
fn every_format_is_registered() {
    let mut implemented = BTreeSet::new();
    let mut registry = String::new();
    for (name, text) in sources("src/trace") {
        if name == "src/trace/registry.rs" {
            registry = text;
        } else if let Some(kind) = text.lines().find_map(|line| line.strip_prefix("impl Format for ")) {
            let file = Path::new(&name).file_stem().unwrap().to_string_lossy();
            implemented.insert(format!("{file}::{}", kind.trim_end_matches(" {")));
        }
    }
    // Formats that are entries of tables: each has the name of its static, or is found through the table of presets.
    let tables = ["binary::Binary", "known::Preset"];
    let entries = ["LCS", "VSCSI", "TWR", "ORACLE_OP_NS", "BE32", "BE64"].map(|name| format!("binary::{name}"));
    let binary = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/trace/binary.rs")).unwrap();
    assert_eq!(binary.matches("pub static ").count(), entries.len());
    assert!(tables.iter().all(|table| implemented.remove(*table)));
    implemented.extend(entries);
    assert_eq!(implemented.len(), FORMATS.len());
    for entry in implemented {
        assert!(registry.contains(&format!("&super::{entry},")), "{entry} is not in the registry");
    }
}
