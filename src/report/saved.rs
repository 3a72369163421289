//! A saved report comes back from its JSON as what it was.

use super::SCHEMA_VERSION;
use super::head::Kind;
use super::kinds::kinds;
use crate::error::{Error, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::path::Path;

macro_rules! saved {
    ($($kind:ident $name:literal $report:ty: $brief:path, $page:path, $rows:ident;)+) => {
        /// A report of any kind.
        #[allow(missing_docs, reason = "named after the subcommand")]
        pub enum Saved {
            $($kind(Box<$report>),)+
        }

        impl Saved {
            /// Which report it is.
            pub fn kind(&self) -> Kind {
                match self { $(Saved::$kind(_) => Kind::$kind),+ }
            }

            fn of_kind(kind: Kind, text: &str) -> Result<Saved> {
                Ok(match kind { $(Kind::$kind => Saved::$kind(from_json(text)?)),+ })
            }
        }
    };
}
kinds!(saved);

/// As much as says what the rest is. Another version may have other kinds.
#[derive(Deserialize)]
struct Outline {
    schema_version: u32,
    report: String,
    tool: super::head::Tool,
}

/// Reads a report that `-o FILE.json` wrote.
///
/// # Errors
/// A file that cannot be read, is no JSON, is no report, is cut off, or was written by a newer version.
pub fn read(path: &Path) -> Result<Saved> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|cause| {
        Error::file(crate::error::Kind::Trace, path, "read the report", &cause).hint("save one with -o FILE.json")
    })?;
    parse(&text).map_err(|error| error.at(name, None))
}

fn parse(text: &str) -> Result<Saved> {
    let Outline { schema_version, report, tool } = from_json(text)?;
    if schema_version > SCHEMA_VERSION {
        return Err(Error::trace(format!(
            "{} {} wrote this report, in schema {schema_version}; this version reads up to {SCHEMA_VERSION}",
            tool.name, tool.version
        ))
        .hint("take at least the version that wrote it"));
    }
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == report) else {
        let known = Kind::ALL.map(Kind::name).join(", ");
        return Err(Error::trace(format!("there is no report '{report}'; there are {known}"))
            .hint("take at least the version that wrote it"));
    };
    Saved::of_kind(kind, text)
}

fn from_json<R: DeserializeOwned>(text: &str) -> Result<R> {
    serde_json::from_str(text).map_err(|cause| {
        let (what, hint) = match cause.classify() {
            Category::Eof => ("the file ends before the report does", "save it again, or copy it again"),
            Category::Data => ("this JSON is no report of coldgap", "coldgap schema says what a report has"),
            Category::Syntax | Category::Io => ("this is not JSON", "save a report with -o FILE.json"),
        };
        Error::trace(format!("{what}: {cause}")).hint(hint)
    })
}
