//! `[policy.]field[(loss)] OP value`: how people write a gate. It checks names and units against what a run will give,
//! before the run.

use super::field::Field;
use super::{Gate, Gated, Operator};
use crate::analysis::outage::setup::Setup;
use crate::error::{Error, Result};
use crate::policy::spec::PolicySpec;
use crate::suggest::nearest;
use crate::units::{Demand, Loss, Ratio};

/// What a run will have numbers of.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Policies by their full names.
    pub policies: Vec<String>,
    /// Losses, 0 for nothing among them where the report has any.
    pub losses: Vec<f64>,
    /// What the backend's capacity is counted in.
    pub demand: Demand,
}

impl Scope {
    /// Of a simulation: one policy, and no losses to choose from.
    pub fn of(setup: &Setup) -> Scope {
        let policies = setup.sweep.policies.iter().map(ToString::to_string).collect();
        Scope { policies, losses: Vec::new(), demand: setup.service.demand }
    }
}

/// Reads a gate for a kind of report.
///
/// # Errors
/// An expression that is none, an unknown field, policy or loss, a limit in a wrong unit; with the nearest name.
pub fn parse<G: Gated>(text: &str, scope: &Scope) -> Result<Gate<G::Row>> {
    let expression = text.trim();
    let (left, operator, right) = split(expression).ok_or_else(|| {
        Error::usage(format!("'{expression}' is no gate"))
            .hint("write [POLICY.]FIELD OP VALUE with one of < <= > >= == !=, like --fail-if 'gap > 3x'")
    })?;
    let (name, loss) = match left.strip_suffix(')').and_then(|left| left.rsplit_once('(')) {
        Some((name, loss)) => (name.trim_end(), Some(loss.trim())),
        None => (left, None),
    };
    let (policy, name) = match name.rsplit_once('.') {
        Some((policy, name)) => (Some(policy.trim()), name.trim()),
        None => (None, name),
    };
    let field = find(G::fields(), name)?;
    let loss = match (field.per_loss, loss) {
        (true, Some(loss)) => Some(find_loss(loss, scope)?),
        (false, None) => None,
        (true, None) => {
            return Err(Error::usage(format!("'{expression}': {name} differs by what is lost"))
                .hint(format!("say how much: {name}(12.5%)")));
        }
        (false, Some(_)) => {
            return Err(Error::usage(format!("'{expression}': {name} is the same whatever is lost"))
                .hint(format!("write it as {name} alone")));
        }
    };
    let limit = field.unit.parse(right, scope.demand).ok_or_else(|| {
        Error::usage(format!("'{expression}': '{right}' is no limit for {name}"))
            .hint(format!("{name} is {}", field.unit.example(scope.demand)))
    })?;
    let policy = policy.map(|policy| find_policy(policy, scope)).transpose()?;
    Ok(Gate { expression: expression.to_string(), policy, field, loss, operator, limit, demand: scope.demand })
}

/// What stands left and right of the first comparison. A single `=` is a parameter's.
fn split(text: &str) -> Option<(&str, Operator, &str)> {
    let starts = |at: usize| Operator::ALL.iter().find(|operator| text[at..].starts_with(operator.name()));
    let (at, operator) = text.char_indices().find_map(|(at, _)| starts(at).map(|operator| (at, *operator)))?;
    let (left, right) = (text[..at].trim(), text[at + operator.name().len()..].trim());
    (!left.is_empty() && !right.is_empty()).then_some((left, operator, right))
}

/// The first field of that name, as the short names of `gap_ratio` and `gap_per_second` are one.
fn find<R>(fields: &'static [Field<R>], name: &str) -> Result<&'static Field<R>> {
    if let Some(field) = fields.iter().find(|field| field.names().any(|known| known == name)) {
        return Ok(field);
    }
    let error = Error::usage(format!("no number '{name}' to put a gate on"));
    // Of two names as near, the plain one.
    let words = fields.iter().map(|field| field.word);
    Err(match nearest(name, words.chain(fields.iter().flat_map(Field::names))) {
        Some(near) => error.hint(format!("did you mean {near}? --help lists all of them")),
        None => error.hint("--help lists those that there are"),
    })
}

fn find_policy(name: &str, scope: &Scope) -> Result<String> {
    let canonical = name.parse::<PolicySpec>().map_or(name.to_string(), |policy| policy.to_string());
    if scope.policies.contains(&canonical) {
        return Ok(canonical);
    }
    let listed = scope.policies.join(", ");
    let error = Error::usage(format!("a gate names the policy '{name}', which is not among {listed}"));
    Err(match nearest(name, scope.policies.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean {near}?")),
        None => error.hint("list it with --policy as well"),
    })
}

fn find_loss(text: &str, scope: &Scope) -> Result<f64> {
    let nothing = ["0", "0%", "nothing"].contains(&text.trim());
    let loss: Loss = if nothing { Ok(Loss::NOTHING) } else { text.parse() }
        .map_err(|cause| Error::usage(format!("a gate's loss: {cause}")).hint("name a loss like least_backend(1/8)"))?;
    let near = |known: &&f64| (**known - loss.share()).abs() < 1e-9;
    scope.losses.iter().find(near).copied().ok_or_else(|| {
        let losses: Vec<String> =
            scope.losses.iter().filter_map(|loss| Ratio::new(*loss)).map(|loss| loss.to_string()).collect();
        Error::usage(format!("a gate names the loss of {loss}, which is not among {}", losses.join(", ")))
            .hint(format!("list it with --lose {loss} as well"))
    })
}
