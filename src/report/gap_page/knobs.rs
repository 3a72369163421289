//! Which knob of the service moves hidden capacity, as `coldgap sensitivity` tells it.

use super::Group;
use crate::report::knobs::page;
use crate::report::page::Section;

/// Hidden capacity with one change at a time; empty without `--full`.
pub(super) fn section(group: &Group) -> Section {
    let found = group.report.sensitivity.iter().find(|found| found.trace == group.trace.name);
    found.map_or_else(Section::default, |found| {
        page::knobs(&format!("{}knobs", group.trace_prefix), &found.rows, &found.sentence)
    })
}
