//! The example reports are what their command makes today.

use std::path::Path;
use std::process::Command;

#[test]
fn the_example_reports_are_what_their_command_makes() {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
    let folder = tempfile::tempdir().unwrap();
    let mut make = Command::new(reports.join("make"));
    let output = make.arg(folder.path()).env("COLDGAP", env!("CARGO_BIN_EXE_coldgap")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = |folder: &Path| {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = files.filter(|name| name != "make" && name != "README.md").collect();
        names.sort();
        names
    };
    let made = names(folder.path());
    assert_eq!(made, names(&reports), "run reports/make, and remove what it does not make");
    for name in made {
        let [made, committed] = [folder.path(), &reports].map(|folder| std::fs::read(folder.join(&name)).unwrap());
        assert!(made == committed, "{} is not current: run reports/make", name.display());
    }
    let page = std::fs::read_to_string(reports.join("README.md")).unwrap();
    for name in names(&reports) {
        assert!(page.contains(&*name.to_string_lossy()), "{} is not explained", name.display());
    }
}
