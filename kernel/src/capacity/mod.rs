//! The arithmetic of capacity: numbers in, numbers out. It reads beside `docs/definitions.md`: a function for each row of
//! its tables, in its order, under its name; each begins with the row.
//!
//! Rates are a second and in one unit, ratios are 0..=1, `mu` is the backend's capacity, `m` a miss ratio, `r` retries.
//! Which of many moments and nodes is the worst is searched in `replay`; nothing here replays, reads or prints.

mod backend;
mod check;
mod cold;
mod decisions;
mod load;

pub use backend::*;
pub use check::*;
pub use cold::*;
pub use decisions::*;
pub use load::*;

/// The smaller of two limits; `None` is no limit.
fn smaller(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// The names in the first column of a page's tables, and what the last column has for each.
    fn rows(page: &str) -> Vec<(String, String)> {
        let cells = |line: &str| line.trim().trim_matches('|').split(" | ").map(str::trim).map(String::from).collect();
        let rows = page.lines().filter(|line| line.starts_with("| **")).map(|line| -> Vec<String> { cells(line) });
        rows.map(|cells| (cells[0].clone(), cells.last().cloned().unwrap_or_default())).collect()
    }

    #[test]
    fn every_row_of_the_definitions_has_its_function_in_their_order() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let page = fs::read_to_string(root.join("../docs/definitions.md")).unwrap();
        let rows = rows(&page);
        assert!(rows.len() >= 25, "only {} rows: {rows:?}", rows.len());
        let mut last = ("", 0);
        for (name, function) in &rows {
            let path: Vec<&str> = function.trim_matches('`').split("::").collect();
            let [file, function] = path[..] else { panic!("{name}: '{function}' is no function of a file") };
            let bold = name.split("**").nth(1).unwrap();
            let first = bold.split([' ', ',']).next().unwrap().replace('-', "_");
            assert!(function.starts_with(&first), "{name} is called {function}");
            let source = fs::read_to_string(root.join(format!("src/capacity/{file}.rs"))).unwrap();
            let declared = [format!("pub fn {function}("), format!("pub fn {function}<")];
            let at = declared.iter().find_map(|declared| source.find(declared));
            let at = at.unwrap_or_else(|| panic!("{name}: no {function} in capacity/{file}.rs"));
            assert!(last.0 != file || last.1 < at, "{function} stands before its predecessor");
            last = (path[0], at);
            let comment = source[..at].rsplit("\n\n").next().unwrap();
            assert!(comment.contains(&format!("/// **{bold}**")), "{function} does not begin with its row, {name}");
        }
    }
}
