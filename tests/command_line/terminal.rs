//! What fits a terminal.
