//! Quantiles of Student's t distribution.

/// The upper 2.5 % point of the normal distribution.
pub const NORMAL: f64 = 1.959_963_985;

/// The upper 2.5 % point of Student's t with so many degrees of freedom, at least 2. Within 1 % of the tables: the Cornish-Fisher
/// expansion about the normal quantile. [Abramowitz & Stegun, 26.7.5]
pub fn quantile(freedom: f64) -> f64 {
    let (z, v) = (NORMAL, freedom.max(2.0));
    let (z3, z5, z7) = (z.powi(3), z.powi(5), z.powi(7));
    z + (z3 + z) / (4.0 * v)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v.powi(2))
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * v.powi(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (freedom, table) in [(4.0, 2.776), (7.0, 2.365), (9.0, 2.262), (12.0, 2.179), (30.0, 2.042), (1e6, 1.960)] {
            let found = quantile(freedom);
            assert!((found / table - 1.0).abs() < 0.01, "{freedom}: {found}, table: {table}");
        }
    }
}
