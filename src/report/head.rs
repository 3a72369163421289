//! What every report begins with: what made it, from what command, and what it rests on. It knows no report by its content.

use super::SCHEMA_VERSION;
use super::gate_row::GateRow;
use super::kinds::kinds;
use super::named::named;
use crate::analysis::outage::said::Settings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

macro_rules! kind {
    ($($kind:ident $name:literal $report:ty: $brief:path, $page:path, $rows:ident;)+) => {
        named! {
            /// Which report it is: the subcommand that makes it; an estimate is what `gap --sample` makes.
            #[allow(missing_docs, reason = "named after the subcommand")]
            pub enum Kind {
                $($kind = $name,)+
            }
        }
    };
}
kinds!(kind);

/// The program that made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `coldgap`.
    pub name: Cow<'static, str>,
    /// Its version.
    pub version: Cow<'static, str>,
}

/// What every report begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// Another one where a field changed its meaning or went away; new fields do not count.
    pub schema_version: u32,
    /// Which report it is.
    pub report: Kind,
    /// The program.
    pub tool: Tool,
    /// The command, without what does not change the result (outputs, threads).
    pub command: String,
    /// The first seed of what was simulated; null where nothing was. Nothing else is random: lost shards are chosen by a
    /// fixed hash of the key's number.
    pub seed: Option<u64>,
    /// What was said of the service beside its backend's capacity, as flags say it: `--timeout 20s`.
    #[serde(default)]
    pub said: Vec<String>,
    /// What could have been said and was not, each with what was taken instead: `timeout (1 s)`.
    #[serde(default)]
    pub unsaid: Vec<String>,
    /// What was assumed, in sentences.
    pub assumptions: Vec<String>,
    /// What should make a reader careful.
    pub warnings: Vec<String>,
    /// What the gates said; empty where there were none.
    #[serde(default)]
    pub gates: Vec<GateRow>,
}

/// What has a head: every report.
pub trait Headed {
    /// What it begins with.
    fn head(&self) -> &Head;
    /// The same, to be added to.
    fn head_mut(&mut self) -> &mut Head;
}

impl Head {
    /// What was said of the service, and what was left open.
    pub fn set(&mut self, Settings { said, unsaid }: Settings) {
        (self.said, self.unsaid) = (said, unsaid);
    }

    /// The same again.
    pub fn settings(&self) -> Settings {
        Settings { said: self.said.clone(), unsaid: self.unsaid.clone() }
    }

    /// The head of a report that this program makes now.
    pub fn new(report: Kind, command: &str, seed: Option<u64>, assumptions: Vec<String>) -> Head {
        let tool = Tool { name: Cow::Borrowed("coldgap"), version: Cow::Borrowed(env!("CARGO_PKG_VERSION")) };
        Head {
            schema_version: SCHEMA_VERSION,
            report,
            tool,
            command: command.to_string(),
            seed,
            said: Vec::new(),
            unsaid: Vec::new(),
            assumptions,
            warnings: Vec::new(),
            gates: Vec::new(),
        }
    }
}
