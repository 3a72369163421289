//! The answers at the top of an estimate, no stronger than its intervals: what they do not settle is called that.

use super::{EstimateReport, EstimateRow, EstimateTrace};
use crate::report::format::{cut, load, percent};
use crate::report::page::{Answer, Tone};
use crate::units::{Loss, Rate};

/// All of them, about the baseline.
pub(in crate::report) fn answers(
    report: &EstimateReport,
    trace: &EstimateTrace,
    baseline: &EstimateRow,
) -> Vec<Answer> {
    let must = report.config.survive_ratio.unwrap_or(Loss::one_of(report.config.nodes).share());
    let row = report.losses(baseline).find(|row| row.loss_ratio == must);
    let row = row.or_else(|| report.losses(baseline).find(|row| row.loss_ratio > 0.0));
    let what = Answer::new(
        "How sure is this?",
        format!("It is an estimate from {} of the keys", percent(trace.sample_ratio)),
        "Another sample gives other numbers; what the whole trace gives lies in an interval in 95 of 100 draws.",
        Tone::Careful,
    );
    // Where nobody says what must be survived, the loss of everything comes first.
    let most =
        report.losses(baseline).last().filter(|most| report.config.survive_ratio.is_none() && most.loss_ratio >= 1.0);
    let cut = match (most.map(|most| cut_of(trace, most)), row.map(|row| cut_of(trace, row))) {
        (Some(most), Some(row)) if most.short != row.short => Some(Answer { also: row.short, ..most }),
        (most, row) => most.or(row),
    };
    [Some(what), cut, Some(lost(baseline))].into_iter().flatten().collect()
}

/// Whether the backend may be cut, if a loss must be survived.
fn cut_of(trace: &EstimateTrace, row: &EstimateRow) -> Answer {
    let rate = |per_second: f64| Rate { per_second, of: trace.demand() }.to_string();
    let survive = if row.loss_ratio >= 1.0 { "everything".to_string() } else { format!("{} of the cache", row.loss) };
    let survive = format!("if losing {survive} must be survived");
    let question = "May the backend be cut?";
    let has = rate(row.backend_per_second);
    let ends = row.least_backend_per_second_low.zip(row.least_backend_per_second_high);
    let Some((low, high)) = ends else {
        return Answer::new(question, "Unknown: the sample does not say", "", Tone::Careful);
    };
    let takes = format!("that takes {} to {}, it has {has}", rate(low), rate(high));
    match row.safe_cut_ratio_low {
        Some(share) if share >= 0.0 => {
            Answer::new(question, format!("By {} at least, {survive}: {takes}", cut(share)), "", Tone::Good)
        }
        _ if low > row.backend_per_second => Answer::new(question, format!("No, {survive}: {takes}"), "", Tone::Bad),
        _ => Answer::new(question, format!("The sample does not settle it, {survive}: {takes}"), "", Tone::Careful),
    }
}

/// Whether it recovers from losing all of the cache.
fn lost(row: &EstimateRow) -> Answer {
    let question = "If the whole cache is lost?";
    let carried = load(Some(row.load_per_second));
    let Some((low, high)) = row.hidden_safe_per_second_low.zip(row.hidden_safe_per_second_high) else {
        return Answer::new(question, "Unknown: the sample does not say", "", Tone::Careful);
    };
    let below = format!("no answer is late below {} to {}, the load is {carried}", load(Some(low)), load(Some(high)));
    if row.load_per_second <= low {
        Answer::new(question, format!("It should recover: {below}"), "", Tone::Good)
    } else if row.load_per_second > high {
        Answer::new(question, format!("Do not count on it to recover: {below}"), "", Tone::Bad)
    } else {
        Answer::new(question, format!("The sample does not settle whether it recovers: {below}"), "", Tone::Careful)
    }
}
