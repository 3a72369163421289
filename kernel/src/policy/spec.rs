//! How people name policies: `s3fifo:small=10%,fill=paper`, `lru+reject-first`, and lists of them: `all,!belady`.
//!
//! It parses and prints names; what runs them is the caller's.

use super::admission::{self, Admission, FILTERS, FilterInfo};
use super::{ALL, Capacity, Info, ParameterError, Parameters, Policy, Visitor, info, visit};
use crate::error::{Error, Result};
use crate::suggest::nearest;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::fmt;
use std::str::FromStr;

/// A policy with its parameters and an admission filter, as named on the command line. Its parameters are checked.
#[derive(Clone, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PolicySpec {
    info: &'static Info,
    parameters: Parameters,
    filter: Option<FilterSpec>,
    custom: Option<Maker>,
}

/// What makes caches of a policy that is not registered. Whoever knows caches looks into it.
pub type Maker = &'static (dyn Any + Send + Sync);

/// An admission filter with its parameters. They are checked.
#[derive(Clone)]
struct FilterSpec {
    info: &'static FilterInfo,
    parameters: Parameters,
}

impl PolicySpec {
    /// The policy with its default parameters and no filter.
    pub fn of(info: &'static Info) -> PolicySpec {
        PolicySpec { info, parameters: Parameters::default(), filter: None, custom: None }
    }

    /// A policy that is not registered, with its default parameters. `maker`: see [`PolicySpec::maker`].
    ///
    /// # Errors
    /// A name that a registered policy has, or that cannot be told from a list of policies.
    pub(crate) fn outside(info: &'static Info, maker: Maker) -> Result<PolicySpec> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if info.name.is_empty() || !info.name.chars().all(plain) || super::info(info.name).is_some() {
            return Err(Error::usage(format!("a policy of yours cannot be called '{}'", info.name)).hint(
                "name it with letters, digits and dashes, and as no policy of coldgap is named: coldgap policies",
            ));
        }
        Ok(PolicySpec { custom: Some(maker), ..PolicySpec::of(info) })
    }

    /// What makes caches of it; `None` for registered policies, which are reached by their name.
    pub(crate) fn maker(&self) -> Option<Maker> {
        self.custom
    }

    /// What the policy says of itself; its `name` is what [`visit`] takes.
    pub fn info(&self) -> &'static Info {
        self.info
    }

    /// The parameters that were given.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// What the admission filter before it says of itself.
    pub fn filter(&self) -> Option<&'static FilterInfo> {
        self.filter.as_ref().map(|filter| filter.info)
    }

    /// Whether after a loss (of `everything`, or a part) a get that hits in the undisturbed twin misses only if its key was lost
    /// and has not been fetched again since: then what is said of losses from the hits of a warm replay is safe. A filter may
    /// refuse what is fetched again, and a policy whose parts have fixed sizes may give it up while the cache has room. After
    /// losing a part most policies evict others than their twin does once the cache is full again; not LRU, which then
    /// still holds whatever its twin does, but for keys that were lost.
    pub fn hits_bound_losses(&self, everything: bool) -> bool {
        self.filter.is_none() && self.info.fills_up && (everything || self.info.name == "lru")
    }

    /// The admission filter before it, empty, for a cache of this capacity and a trace of so many objects.
    ///
    /// # Errors
    /// A parameter outside its range.
    pub fn new_filter(
        &self,
        capacity: Capacity,
        objects: usize,
    ) -> std::result::Result<Option<Box<dyn Admission>>, ParameterError> {
        let new = |filter: &FilterSpec| (filter.info.new)(capacity, objects, &filter.parameters);
        self.filter.as_ref().map(new).transpose()
    }

    /// The same policy behind a filter.
    fn behind(&self, filter: &FilterSpec) -> PolicySpec {
        PolicySpec { filter: Some(filter.clone()), ..self.clone() }
    }
}

/// The name that gives this spec back: without aliases, parameters in alphabetical order.
impl fmt::Display for PolicySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = with_parameters(self.info.name, &self.parameters);
        if let Some(filter) = &self.filter {
            text += &format!("+{}", with_parameters(filter.info.name, &filter.parameters));
        }
        f.pad(&text)
    }
}

fn with_parameters(name: &str, parameters: &Parameters) -> String {
    let parameters = parameters.to_string();
    if parameters.is_empty() { name.to_string() } else { format!("{name}:{parameters}") }
}

impl From<PolicySpec> for String {
    fn from(spec: PolicySpec) -> String {
        spec.to_string()
    }
}

impl TryFrom<String> for PolicySpec {
    type Error = Error;

    fn try_from(text: String) -> Result<PolicySpec> {
        text.parse()
    }
}

impl fmt::Debug for PolicySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PolicySpec({self})")
    }
}

impl PartialEq for PolicySpec {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl FromStr for PolicySpec {
    type Err = Error;

    /// Reads `NAME[:parameter=value,...][+FILTER[:parameter=value,...]]`.
    fn from_str(text: &str) -> Result<PolicySpec> {
        // A plus at the end of a policy's own name is no filter's.
        let (rest, filter) = match text.rsplit_once('+') {
            Some((rest, filter)) if !filter.is_empty() && !filter.starts_with(':') => {
                (rest, Some(parse_filter(filter)?))
            }
            _ => (text, None),
        };
        let (name, parameters) = rest.split_once(':').unwrap_or((rest, ""));
        let info = find_policy(name)?;
        let parameters = check(info, parameters).map_err(|error| {
            Error::usage(format!("policy '{text}': {error}"))
                .hint(format!("coldgap policies {} lists its parameters and their defaults", info.name))
        })?;
        if let Some(filter) = &filter
            && !stands_before(filter, info)
        {
            let able = ALL.iter().filter(|info| stands_before(filter, info)).map(|info| info.name);
            return Err(Error::usage(format!("{} cannot stand before {}", filter.info.name, info.name)).hint(format!(
                "it compares with the victim, which only some policies name beforehand: {}",
                able.collect::<Vec<_>>().join(", ")
            )));
        }
        Ok(PolicySpec { info, parameters, filter, custom: None })
    }
}

/// Reads a comma-separated list of policies. `x=y` after a policy or filter with parameters is one more parameter of it;
/// `all` is every registered policy, `all+FILTER` every one that the filter can stand before; `!NAME` takes a policy out,
/// whatever its parameters and filter. Each may be listed once.
///
/// # Errors
/// Unknown names, parameters that cannot be used, a policy twice, `!NAME` of one that is not listed, an empty list.
pub fn parse_list(text: &str) -> Result<Vec<PolicySpec>> {
    let mut specs = Vec::new();
    let mut excluded = Vec::new();
    for part in split(text) {
        if part == "all" {
            specs.extend(ALL.iter().map(PolicySpec::of));
        } else if let Some(filter) = part.strip_prefix("all+") {
            let filter = parse_filter(filter)?;
            let able = ALL.iter().filter(|info| stands_before(&filter, info));
            specs.extend(able.map(|info| PolicySpec::of(info).behind(&filter)));
        } else if let Some(name) = part.strip_prefix('!') {
            excluded.push(find_policy(name)?);
        } else {
            specs.push(part.parse()?);
        }
    }
    for info in excluded {
        let before = specs.len();
        specs.retain(|spec| spec.info.name != info.name);
        if specs.len() == before {
            return Err(Error::usage(format!("'!{0}' takes out nothing: '{0}' is not listed", info.name))
                .hint(format!("write all,!{} for every policy but this", info.name)));
        }
    }
    for (i, spec) in specs.iter().enumerate() {
        if specs[..i].contains(spec) {
            return Err(Error::usage(format!("policy '{spec}' is listed twice")).hint("name each policy once"));
        }
    }
    if specs.is_empty() {
        return Err(Error::usage("no policy is left in the list").hint(format!("the policies are {}", all_names())));
    }
    Ok(specs)
}

/// Splits at commas, except before a further parameter.
fn split(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let is_parameter = part.contains('=') && !part.contains(':');
        match parts.last_mut() {
            Some(spec) if is_parameter && spec.contains(':') => *spec += &format!(",{part}"),
            _ => parts.push(part.to_string()),
        }
    }
    parts
}

fn all_names() -> String {
    let mut names: Vec<&str> = ALL.iter().map(|info| info.name).collect();
    let last = names.pop().unwrap_or_default();
    format!("{} and {last}", names.join(", "))
}

fn did_you_mean(name: Option<&str>) -> String {
    name.map_or(String::new(), |name| format!("; did you mean '{name}'?"))
}

fn find_policy(name: &str) -> Result<&'static Info> {
    info(name).ok_or_else(|| {
        let known = ALL.iter().flat_map(|info| std::iter::once(info.name).chain(info.aliases.iter().copied()));
        Error::usage(format!("there is no policy '{name}'{}", did_you_mean(nearest(name, known))))
            .hint(format!("the policies are {}", all_names()))
    })
}

fn find_filter(name: &str) -> Result<&'static FilterInfo> {
    admission::info(name).ok_or_else(|| {
        let names: Vec<&str> = FILTERS.iter().map(|filter| filter.name).collect();
        let near = nearest(name, names.iter().copied());
        Error::usage(format!("there is no admission filter '{name}'{}", did_you_mean(near)))
            .hint(format!("POLICY:PARAMETERS+FILTER:PARAMETERS, where FILTER is one of {}", names.join(", ")))
    })
}

/// Reads `FILTER[:parameter=value,...]`, and lets the filter judge the values.
fn parse_filter(text: &str) -> Result<FilterSpec> {
    let (name, parameters) = text.split_once(':').unwrap_or((text, ""));
    let info = find_filter(name)?;
    let parameters = Parameters::parse(parameters, info.parameters)
        .and_then(|parameters| (info.new)(Capacity::Objects(1), 0, &parameters).map(|_| parameters))
        .map_err(|error| {
            Error::usage(format!("admission filter '{text}': {error}"))
                .hint(format!("coldgap policies {} lists its parameters and their defaults", info.name))
        })?;
    Ok(FilterSpec { info, parameters })
}

/// Whether the filter can stand before the policy.
fn stands_before(filter: &FilterSpec, policy: &Info) -> bool {
    struct NamesVictim;
    impl Visitor for NamesVictim {
        type Output = bool;
        fn visit<P: Policy>(self) -> bool {
            P::VICTIM.is_some()
        }
    }
    !filter.info.needs_victim || visit(policy.name, NamesVictim).unwrap_or(false)
}

/// Parses the parameters and lets the policy judge their values.
fn check(info: &'static Info, parameters: &str) -> std::result::Result<Parameters, ParameterError> {
    struct Try<'p>(&'p Parameters);
    impl Visitor for Try<'_> {
        type Output = std::result::Result<(), ParameterError>;
        fn visit<P: Policy>(self) -> Self::Output {
            P::new(Capacity::Objects(1), self.0).map(|_| ())
        }
    }
    let parameters = Parameters::parse(parameters, info.parameters)?;
    visit(info.name, Try(&parameters)).unwrap_or(Ok(()))?;
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        parse_list(text).unwrap().iter().map(PolicySpec::to_string).collect()
    }

    fn error(text: &str) -> String {
        let error = parse_list(text).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        error.to_string()
    }

    #[test]
    fn specs_print_canonically_and_read_back() {
        for (text, canonical) in [
            ("LRU", "lru"),
            ("s3-fifo:small=10%,fill=paper", "s3fifo:fill=paper,small=10%"),
            ("lru+reject-first", "lru+reject-first"),
            ("s3fifo:ghost=0%+reject-first", "s3fifo:ghost=0%+reject-first"),
            ("lru+bloom", "lru+reject-first"),
            ("s3fifo:ghost=0%+probabilistic:seed=2,p=5%", "s3fifo:ghost=0%+probabilistic:p=5%,seed=2"),
        ] {
            let spec: PolicySpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), canonical);
            assert_eq!(canonical.parse::<PolicySpec>().unwrap(), spec);
        }
    }

    #[test]
    fn lists_keep_parameters_with_their_policy() {
        assert_eq!(
            names("lru, s3fifo:small=10%,fill=paper,fifo"),
            ["lru", "s3fifo:fill=paper,small=10%", "fifo"].map(String::from)
        );
        assert_eq!(names("s3fifo,s3fifo:promote=1,lru+reject-first,lru").len(), 4);
        assert_eq!(
            names("lru+probabilistic:p=5%,seed=2,fifo"),
            ["lru+probabilistic:p=5%,seed=2", "fifo"].map(String::from)
        );
    }

    #[test]
    fn all_and_exclusions() {
        assert_eq!(names("all"), ALL.iter().map(|info| info.name.to_string()).collect::<Vec<_>>());
        let left = names("all,!belady,!infinite,lru+reject-first");
        assert_eq!(left.len(), ALL.len() - 1);
        assert!(!left.iter().any(|name| name == "belady" || name == "unbounded"));
    }

    #[test]
    fn all_behind_a_filter() {
        assert_eq!(names("all+size:max=1KiB,!lru").len(), ALL.len() - 1);
        let compared = names("all+tinylfu");
        assert!(compared.contains(&"lru+tinylfu".to_string()) && !compared.contains(&"s3fifo+tinylfu".to_string()));
    }

    #[test]
    fn errors_say_what_is_wrong_and_what_there_is() {
        let unknown = error("lri");
        assert!(unknown.starts_with("there is no policy 'lri'; did you mean 'lru'?\nhint: the policies are fifo, lru"));
        assert!(unknown.ends_with("and unbounded"));
        assert!(error("quokka").starts_with("there is no policy 'quokka'\n"));
        assert!(error("").starts_with("there is no policy ''"));
        assert!(error("lru,fifo,LRU").starts_with("policy 'lru' is listed twice"));
        assert!(error("all,lru").starts_with("policy 'lru' is listed twice"));
        assert!(error("lru,!fifo").contains("takes out nothing"));
        assert!(error("lru,!lru").contains("no policy is left"));
        assert!(error("lru+reject").contains("did you mean 'reject-first'?"));
        assert!(error("lru+probabilistic:p=0%").contains("above 0%"));
        assert!(error("lru+size:max=10%").contains("not a number of bytes"));
        assert!(error("lru+reject-first:p=1%").contains("there is no parameter 'p'; it has none"));
        assert!(error("s3fifo+tinylfu").starts_with("tinylfu cannot stand before s3fifo\nhint: it compares"));
        assert!(error("lru:k=2").contains("there is no parameter 'k'; it has none"));
        assert!(error("lru,k=2").starts_with("there is no policy 'k=2'"));
        assert!(error("s3fifo:smal=1%").contains("it has small, ghost, promote, fill"));
        assert!(error("s3fifo:small=0%").contains("above 0%"));
        assert!(error("s3fifo:promote=4").contains("'4' is not one of 1, 2, 3"));
        assert!(error("s3fifo:small=1%,small=2%").contains("given twice"));
    }
}
