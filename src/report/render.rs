//! What every report can become.

use super::frame::Table;
use super::page::Page;
use serde::Serialize;

/// A report that can be written as JSON, as a table, and as a document.
pub trait Render: Serialize + Table {
    /// The document that HTML and Markdown show.
    fn page(&self) -> Page;
}

macro_rules! render {
    ($($report:ty => $page:path),+ $(,)?) => {
        $(impl Render for $report {
            fn page(&self) -> Page {
                $page(self)
            }
        })+
    };
}

render! {
    super::Report => super::gap_page::page,
    super::compare::CompareReport => super::compare::page::page,
    super::outage::OutageReport => super::outage::page::page,
    super::knobs::SensitivityReport => super::knobs::page::sensitivity,
    super::knobs::WarmupReport => super::knobs::page::warmup,
    super::replay::ReplayReport => super::replay_page::page,
}
