//! Adding a policy is one new file and one registry entry: nothing else in the sources may know a policy.

use coldgap::policy::{self, ALL, Info, Policy, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// The sources in kernel/src/policy, by file stem.
fn sources() -> BTreeMap<String, String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("kernel/src/policy");
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// `file::Type` of every file that implements the trait.
fn implemented(sources: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (file, text) in sources {
        for line in text.lines().filter_map(|line| line.strip_prefix("impl Policy for ")) {
            found.insert(format!("{file}::{}", line.trim_end_matches(" {")));
        }
    }
    found
}

/// The entries of `registry![...]`.
fn registered(sources: &BTreeMap<String, String>) -> BTreeSet<String> {
    let (_, list) = sources["mod"].split_once("\nregistry![").unwrap();
    let (list, _) = list.split_once(']').unwrap();
    list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(String::from).collect()
}

#[test]
fn every_policy_file_is_registered_and_every_entry_has_its_file() {
    let sources = sources();
    let registered = registered(&sources);
    assert_eq!(implemented(&sources), registered);
    assert_eq!(registered.len(), ALL.len());
    for info in ALL {
        // A name that no module can have, as `2q`, has an alias that one can.
        let mut names = std::iter::once(&info.name).chain(info.aliases);
        let has_file = |name: &str| {
            let file = name.replace('-', "_");
            registered.iter().any(|entry| entry.starts_with(&format!("{file}::")))
        };
        assert!(names.any(|name| has_file(name)), "{}", info.name);
    }
}

/// The modules are private to kernel/src/policy, so the compiler keeps all other folders from naming one.
#[test]
fn nothing_but_the_registry_names_a_policys_type() {
    let sources = sources();
    for entry in registered(&sources) {
        let (file, _) = entry.split_once("::").unwrap();
        assert!(sources["mod"].contains(&format!("\nmod {file};")), "{file} is public");
        assert_eq!(sources["mod"].matches(&entry).count(), 1, "{entry} has one entry");
        let path = format!("{file}::");
        let is_part_of_a_word = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        for (other, text) in sources.iter().filter(|(other, _)| *other != "mod" && *other != file) {
            let mut named = text.match_indices(&path).map(|(at, _)| &text[..at]);
            assert!(named.all(is_part_of_a_word), "{other}.rs names {file}");
        }
    }
}

/// Copying a cache, as searches do hundreds of times, must not allocate what is there.
#[test]
fn what_allocates_can_be_copied_in_place() {
    let sources = sources();
    for entry in registered(&sources) {
        let (file, name) = entry.split_once("::").unwrap();
        let allocates = sources[file].contains("    fn memory(");
        let in_place = sources[file].contains(&format!("\nclone_in_place!({name} {{"));
        assert!(in_place || !allocates, "{file}.rs allocates: clone_in_place! instead of a derived Clone");
    }
}

#[test]
fn every_name_and_alias_leads_to_its_policy_and_no_other() {
    struct Name;
    impl Visitor for Name {
        type Output = Info;
        fn visit<P: Policy>(self) -> Info {
            P::INFO
        }
    }
    let mut seen = BTreeSet::new();
    for info in ALL {
        for name in std::iter::once(&info.name).chain(info.aliases) {
            assert!(seen.insert(*name), "{name} stands for two policies");
            assert_eq!(policy::visit(name, Name).unwrap().name, info.name);
            assert_eq!(policy::visit(&name.to_uppercase(), Name).unwrap().name, info.name);
            assert_eq!(policy::info(name).unwrap().name, info.name);
        }
        for text in [info.summary, info.paper, info.weakness] {
            assert!(!text.is_empty(), "{}", info.name);
        }
    }
    assert!(policy::visit("quokka", Name).is_none());
}

#[test]
fn every_file_documents_idea_paper_parameters_cost_and_weakness() {
    let sources = sources();
    for entry in registered(&sources) {
        let (file, _) = entry.split_once("::").unwrap();
        let header: String = sources[file].lines().take_while(|line| line.starts_with("//!")).collect();
        for word in ["Paper: ", "Parameters: ", "Cost: ", "Memory: "] {
            assert!(header.contains(word), "{file}.rs does not say: {word}");
        }
    }
}

#[path = "../../examples/custom_policy.rs"]
#[allow(dead_code)]
mod custom_policy;

/// The example's policy is not in the registry, and runs all the same.
#[test]
fn a_policy_from_outside_the_crate_runs() {
    let mru = custom_policy::miss_ratio::<custom_policy::Mru>;
    assert!(policy::info("mru").is_none());
    // All 1000 miss once; after that, each round of the loop misses the 100 that do not fit, and little else.
    assert!((0.1..0.12).contains(&mru(&custom_policy::looping())));
    assert!(mru(&custom_policy::skewed()) < 0.5);
}

/// It stands beside lru in a gap report, and lru's numbers are those it has alone.
#[test]
fn a_policy_from_outside_the_crate_has_a_gap_report() {
    let report = custom_policy::on_a_trace("traces/burst.csv", "70/s").unwrap();
    let (lru, mru) = (report.policy("lru").unwrap(), report.policy("mru").unwrap());
    assert!(mru.advertised < lru.advertised && mru.need("1/8").unwrap().backend > lru.need("1/8").unwrap().backend);
    let trace = coldgap::Trace::open("traces/burst.csv").unwrap();
    let alone = coldgap::Gap::new(&trace).policies(["lru"]).unwrap().backend("70/s").unwrap();
    let alone = alone.set("quick", "true").unwrap().run().unwrap();
    assert_eq!(alone.policy("lru").unwrap().needs, lru.needs);
    let taken = coldgap::policy::spec::PolicySpec::custom::<Named>().unwrap_err().to_string();
    assert!(taken.starts_with("a policy of yours cannot be called 'sieve'"), "{taken}");
}

/// A policy under the name of another.
#[derive(Clone)]
struct Named;

impl policy::Policy for Named {
    const INFO: policy::Info = policy::Info { name: "sieve", ..policy::Info::PLAIN };
    type Node = ();

    fn new(_: policy::Capacity, _: &policy::Parameters) -> Result<Self, policy::ParameterError> {
        Ok(Named)
    }

    fn resize(&mut self, _: &mut policy::Nodes<()>, _: policy::Capacity) {}
    fn on_hit(&mut self, _: &mut policy::Nodes<()>, _: &coldgap::request::Request) {}
    fn on_insert(&mut self, _: &mut policy::Nodes<()>, _: &coldgap::request::Request) {}
    fn evict(
        &mut self,
        _: &mut policy::Nodes<()>,
        _: Option<&coldgap::request::Request>,
    ) -> coldgap::request::ObjectId {
        coldgap::request::ObjectId(0)
    }
    fn on_remove(&mut self, _: &mut policy::Nodes<()>, _: coldgap::request::ObjectId) {}
}
