//! Every kind of report, in one list: its name, its type, what tells it in short, what makes its document, and which rows are its
//! table. What differs by kind is made from it.

/// Gives the whole list to a macro of a module beside this one. The name is that of the subcommand.
macro_rules! kinds {
    ($each:ident) => {
        $each! {
            Gap "gap" super::Report: super::brief::gap, super::gap_page::page, rows;
            Estimate "estimate" super::estimate::EstimateReport: super::brief::estimate, super::estimate::page::page, rows;
            Compare "compare" super::compare::CompareReport: super::brief::compare, super::compare::page::page, changes;
            Outage "outage" super::outage::OutageReport: super::brief::outage, super::outage::page::page, windows;
            Replay "replay" super::replay::ReplayReport: super::brief::replay, super::replay_page::page, rows;
            Sensitivity "sensitivity" super::knobs::SensitivityReport:
                super::brief::sensitivity, super::knobs::page::sensitivity, rows;
            Warmup "warmup" super::knobs::WarmupReport: super::brief::warmup, super::knobs::page::warmup, rows;
        }
    };
}
pub(super) use kinds;
