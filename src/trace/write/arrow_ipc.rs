//! Arrow IPC, the file form (Feather version 2): the columns of the native format, not compressed.

use super::Target;
use crate::error::{Error, Result};
use crate::trace::{Trace, parquet};
use arrow::error::ArrowError;
use arrow::ipc::writer::FileWriter;

pub fn write(trace: &Trace, target: Target<'_>) -> Result<()> {
    let failed = |cause: ArrowError| Error::usage(format!("cannot write the trace: {cause}"));
    let (schema, batches) = parquet::record_batches(trace, false)?;
    let mut writer = FileWriter::try_new(target, &schema).map_err(failed)?;
    for batch in batches {
        writer.write(&batch.map_err(failed)?).map_err(failed)?;
    }
    writer.finish().map_err(failed)
}
