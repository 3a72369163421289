//! A report as Python sees it: JSON, text, the page, and its result table as an Arrow stream.

use crate::arrow;
use crate::run::raised;
use coldgap::Result;
use coldgap::report::frame::{self, Table};
use coldgap::report::render::Render;
use coldgap::report::sheet::look::Look;
use coldgap::report::{html, json, markdown};
use polars_core::frame::DataFrame;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// One report, in all its forms. They are made once, while the interpreter is free.
#[pyclass(frozen, module = "coldgap._coldgap")]
pub struct Report {
    json: String,
    html: String,
    markdown: String,
    text: String,
    details: String,
    table: DataFrame,
}

impl Report {
    /// What a report of any kind shows.
    ///
    /// # Errors
    /// None that a report can cause.
    pub fn new(report: &(impl Render + Table)) -> Result<Report> {
        let page = report.page();
        Ok(Report {
            json: json::render(report)?,
            html: html::render(&page),
            markdown: markdown::render(&page),
            text: report.text(&Look::FILE),
            details: report.text(&Look::FILE.with_details(true)),
            table: frame::frame(report)?,
        })
    }
}

#[pymethods]
impl Report {
    fn json(&self) -> &str {
        &self.json
    }

    fn html(&self) -> &str {
        &self.html
    }

    fn markdown(&self) -> &str {
        &self.markdown
    }

    #[pyo3(signature = (details = false))]
    fn text(&self, details: bool) -> &str {
        if details { &self.details } else { &self.text }
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The protocol lets a producer ignore it.
        let _ = requested_schema;
        arrow::export(py, &self.table).map_err(|error| raised(&error))?
    }
}
