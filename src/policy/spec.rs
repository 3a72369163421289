//! temporary
use super::admission::{FILTERS, FilterInfo};
use super::{Info, Parameters};
use crate::error::{Error, Result};

#[derive(Clone)]
pub struct PolicySpec {
    pub name: &'static str,
    pub parameters: Parameters,
    pub filter: Option<&'static FilterInfo>,
}
impl PolicySpec {
    pub fn info(&self) -> &'static Info {
        super::info(self.name).unwrap()
    }
}
impl std::fmt::Display for PolicySpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.name)?;
        let p = self.parameters.to_string();
        if !p.is_empty() {
            write!(f, ":{p}")?;
        }
        if let Some(x) = self.filter {
            write!(f, "+{}", x.name)?;
        }
        Ok(())
    }
}
pub fn parse_list(text: &str) -> Result<Vec<PolicySpec>> {
    text.split(',')
        .map(|t| {
            let (t, filter) = match t.split_once('+') {
                Some((a, b)) => (a, FILTERS.iter().find(|f| f.name == b)),
                None => (t, None),
            };
            let info = super::info(t).ok_or_else(|| Error::usage("no such policy"))?;
            Ok(PolicySpec { name: info.name, parameters: Parameters::default(), filter })
        })
        .collect()
}
