//! coldgap as a Python module: questions in, reports out. It computes nothing: every number comes from the crate's facade.

mod arrow;
mod report;
mod run;
mod trace;

use coldgap::{Compare, Gap, Outage, Replay};
use pyo3::prelude::*;
use pyo3::types::PyModule;
use report::Report;
use run::{Words, run};
use std::ffi::OsString;
use trace::Trace;

/// Asks one question: its words, then its answer, while other Python threads go on.
macro_rules! question {
    ($name:ident($trace:ident $(, $argument:ident: $kind:ty)?) = $question:expr) => {
        #[pyfunction]
        fn $name(
            py: Python<'_>,
            $trace: &Trace,
            $($argument: $kind,)?
            words: Words,
            progress: Option<Py<PyAny>>,
        ) -> PyResult<Report> {
            let $trace = $trace.trace();
            run(py, progress, |interrupt, watch| {
                let mut question = $question;
                for (flag, text) in &words {
                    question = question.set(flag, text)?;
                }
                question.interrupt(interrupt).watch(watch).run().and_then(|report| Report::new(&report))
            })
        }
    };
}

question!(gap(trace) = Gap::new(trace));
question!(outage(trace) = Outage::new(trace));
// An outage as a scenario file tells it.
question!(scenario(trace, scenario: &str) = Outage::new(trace).scenario(scenario)?);
question!(compare(trace) = Compare::new(trace));
question!(replay(trace) = Replay::new(trace));

/// Runs a command line in this process; its exit code.
#[pyfunction]
fn command(py: Python<'_>, words: Vec<OsString>) -> u8 {
    py.detach(|| coldgap::cli::exit_code(words))
}

#[pymodule]
fn _coldgap(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // Panics of decoding libraries are caught and told as errors: nothing is to be printed about them.
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !coldgap::trace::is_decoding() {
            before(panic);
        }
    }));
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("Error", module.py().get_type::<run::Error>())?;
    module.add_class::<Trace>()?;
    module.add_class::<Report>()?;
    module.add_function(wrap_pyfunction!(gap, module)?)?;
    module.add_function(wrap_pyfunction!(outage, module)?)?;
    module.add_function(wrap_pyfunction!(scenario, module)?)?;
    module.add_function(wrap_pyfunction!(compare, module)?)?;
    module.add_function(wrap_pyfunction!(replay, module)?)?;
    module.add_function(wrap_pyfunction!(command, module)?)
}
