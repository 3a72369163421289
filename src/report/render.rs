//! What every report can become.

use super::frame::Table;
use super::gates::Gated;
use super::page::Page;
use super::sheet::look::Look;
use super::{brief, compare, gap_page, knobs, outage, replay, replay_page, text};
use serde::Serialize;

/// A report that can be written as text, as JSON, as a table, as metrics, and as a document.
pub trait Render: Serialize + Table + Gated {
    /// The text for a terminal: in short, or every table of it where the look says so.
    fn text(&self, look: &Look) -> String;

    /// The document that HTML and Markdown show.
    fn page(&self) -> Page;
}

macro_rules! render {
    ($($report:ty => $brief:path, $details:path, $page:path),+ $(,)?) => {
        $(impl Render for $report {
            fn text(&self, look: &Look) -> String {
                if look.details { $details(self, look) } else { $brief(self, look) }
            }

            fn page(&self) -> Page {
                $page(self)
            }
        })+
    };
}

render! {
    super::Report => brief::gap, text::details, gap_page::page,
    compare::CompareReport => brief::compare, compare::text::details, compare::page::page,
    outage::OutageReport => brief::outage, outage::text::details, outage::page::page,
    knobs::SensitivityReport => brief::sensitivity, knobs::text::sensitivity, knobs::page::sensitivity,
    knobs::WarmupReport => brief::warmup, knobs::text::warmup, knobs::page::warmup,
    replay::ReplayReport => replay::ReplayReport::render, replay::ReplayReport::render, replay_page::page,
}
