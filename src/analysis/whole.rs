//! Which windows a trace's end cuts: what is missing of these would look as if fewer came.

/// What may be missing of a window, as a share of it: requests do not come at its very end.
pub const MISSING: f64 = 0.05;

/// Whether a window of `width` that ends at `end` is whole in a trace that ends at `span`; all in seconds.
pub fn is_whole(end: f64, width: f64, span: f64) -> bool {
    end - span <= MISSING * width
}
