//! Small charts of characters for a terminal: a quantity over time as a filled area. It knows numbers, not what they mean.

/// Which characters draw an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// `#`, for files, pipes and terminals of any kind.
    Ascii,
    /// Blocks in eighths, for terminals that have them.
    Blocks,
}

impl Ink {
    /// A cell that is filled to its top.
    pub fn full(self) -> char {
        cell(8.0, self)
    }
}

/// Means of `columns` equal parts of a series; fewer where there are fewer values. Missing values count nowhere.
pub fn binned(values: &[Option<f64>], columns: usize) -> Vec<Option<f64>> {
    let columns = columns.min(values.len());
    let bin = |i: usize| {
        let part = &values[i * values.len() / columns..(i + 1) * values.len() / columns];
        let known: Vec<f64> = part.iter().copied().flatten().collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    (0..columns).map(bin).collect()
}

/// The lines of an area chart, the highest first, each as long as there are values. `top` is the value of a full column.
pub fn area(values: &[Option<f64>], top: f64, height: usize, ink: Ink) -> Vec<String> {
    let steps = match ink {
        Ink::Ascii => 1.0,
        Ink::Blocks => 8.0,
    };
    let filled = |value: Option<f64>| {
        let value = value.unwrap_or(0.0).clamp(0.0, top);
        // What is not nothing must be seen.
        let least = if value > 0.0 { 1.0 / (steps * height as f64) } else { 0.0 };
        ((value / top.max(f64::MIN_POSITIVE)).max(least) * height as f64 * steps).round()
    };
    let line = |row: usize| {
        let below = (height - 1 - row) as f64 * steps;
        values.iter().map(|value| cell((filled(*value) - below).clamp(0.0, steps), ink)).collect()
    };
    (0..height).map(line).collect()
}

/// A bar of a share of a full length; whatever is not nothing is seen.
pub fn bar(share: f64, length: usize, ink: Ink) -> String {
    let filled = if share > 0.0 { (share * length as f64).round().max(1.0) as usize } else { 0 };
    ink.full().to_string().repeat(filled.min(length))
}

fn cell(filled: f64, ink: Ink) -> char {
    const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    match ink {
        Ink::Ascii if filled >= 1.0 => '#',
        Ink::Ascii => ' ',
        Ink::Blocks => BLOCKS[(filled as usize).min(8)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_as_high_as_its_values() {
        let values: Vec<Option<f64>> = [0.0, 0.01, 0.5, 1.0].map(Some).to_vec();
        assert_eq!(area(&values, 1.0, 2, Ink::Ascii), ["   #", " ###"]);
        assert_eq!(area(&values, 1.0, 2, Ink::Blocks), ["   █", " ▁██"]);
    }

    #[test]
    fn bins_are_means_of_what_is_known() {
        assert_eq!(binned(&[Some(1.0), None, Some(2.0), Some(4.0)], 2), [Some(1.0), Some(3.0)]);
        assert_eq!(binned(&[None], 5), [None]);
        assert_eq!(binned(&[], 5), []);
    }
}
