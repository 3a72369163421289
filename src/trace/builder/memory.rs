//! What rows take while they are collected, held against what they may take, and how many there are against the size of their file.
//!
//! It knows columns, and not who set the limit.

use super::Builder;
use crate::error::{Error, Result};
use crate::trace::allowance;
use crate::units::{bytes, grouped};

impl Builder<'_> {
    /// # Errors
    /// Rows that take more memory than they may, or stand for more requests than their file can be meant to hold.
    pub(super) fn check_memory(&self) -> Result<()> {
        let begin = self.parts.last().map_or(0, |part| part.rows.end);
        let allowed = self.size.as_ref().map_or(u64::MAX, |size| allowance::rows(size.bytes()));
        if (self.len() - begin) as u64 > allowed {
            return Err(allowance::too_many_requests());
        }
        let Some(most) = self.options.memory else { return Ok(()) };
        let columns = size_of_val(&self.times[..])
            + size_of_val(&self.objects[..])
            + size_of_val(&self.sizes[..])
            + size_of_val(&self.costs[..])
            + size_of_val(&self.ttls[..])
            + size_of_val(&self.records[..])
            + self.ops.len()
            + self.chained.len()
            + self.answers.len();
        if (columns + self.interner.memory()) as u64 <= most {
            return Ok(());
        }
        let requests = self.len();
        Err(Error::usage(format!(
            "the trace takes more than the {} of memory that there are for it: its first {} requests do",
            bytes(most as f64),
            grouped(requests as u64)
        ))
        .hint(format!(
            "give it more (--memory), or read a part (--limit {}, --until) or a sample of its keys: coldgap convert --sample 10%, \
             whose result coldgap replay streams",
            requests / 2
        )))
    }
}
