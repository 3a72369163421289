//! The committed samples are what their recipes make.

use super::{sample, samples};
use coldgap::trace::{self, ReadOptions};

/// Recipes and the samples they make.
const SAMPLES: [(&str, &str); 6] = [
    ("article.toml", "article.parquet"),
    ("twitter_cluster4.toml", "twitter_cluster4.parquet"),
    ("web.toml", "web.log.gz"),
    ("scan.toml", "scan.oracleGeneral.zst"),
    ("burst.toml", "burst.csv"),
    ("sessions.toml", "sessions.arrow"),
];

#[test]
fn each_sample_is_read_as_what_its_recipe_makes() {
    for (recipe, file) in SAMPLES {
        let read = trace::read(&samples().join(file), &ReadOptions::default()).unwrap();
        let made = sample(recipe);
        assert_eq!((read.len(), read.object_count()), (made.len(), made.object_count()), "{file}");
        assert_eq!(read.start / 1_000_000_000, made.start / 1_000_000_000, "{file}");
        assert_eq!(read.fingerprint, made.fingerprint, "{file}: make it again with the command in traces/README.md");
    }
}

#[test]
fn no_sample_is_without_recipe_or_command_and_all_are_small() {
    let readme = std::fs::read_to_string(samples().join("README.md")).unwrap();
    for (recipe, file) in SAMPLES {
        let command = format!("`coldgap synth traces/{recipe} -o traces/{file}`");
        assert!(readme.contains(&command), "README.md does not say: {command}");
    }
    let mut total = 0;
    for entry in std::fs::read_dir(samples()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let known = SAMPLES.iter().any(|(recipe, file)| name == *recipe || name == *file);
        assert!(known || name == "README.md", "{name} belongs to no recipe");
        let bytes = entry.metadata().unwrap().len();
        assert!(bytes < 1_500_000, "{name} has {bytes} bytes");
        total += bytes;
    }
    assert!(total < 4_000_000, "all together have {total} bytes");
}
