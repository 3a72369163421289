//! Output files: opened before the work starts, complete or not there at all.

use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use crate::suggest::nearest;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Refuses outputs that would take the place of what is read.
///
/// # Errors
/// An output that is one of the inputs, by whatever path.
pub fn check_distinct(outputs: &[PathBuf], inputs: &[PathBuf]) -> Result<()> {
    let is_input = |output: &PathBuf| {
        let file = output.canonicalize().ok();
        file.is_some() && inputs.iter().any(|input| input.canonicalize().ok() == file)
    };
    match outputs.iter().find(|output| is_input(output)) {
        Some(output) => Err(Error::usage("this file is read, and would be overwritten")
            .at(output.display(), None)
            .hint("name another file")),
        None => Ok(()),
    }
}

/// Refuses inputs that are not there, before any work, with what may have been meant.
///
/// # Errors
/// A path without a file.
pub fn check_there(inputs: &[PathBuf]) -> Result<()> {
    let is_missing = |input: &&PathBuf| {
        input.as_os_str() != "-" && input.metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    };
    let Some(missing) = inputs.iter().find(is_missing) else { return Ok(()) };
    let folder = missing.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let hint = match std::fs::read_dir(folder) {
        Err(_) => format!("there is no folder {}; check the path", folder.display()),
        Ok(entries) => {
            let names: Vec<String> =
                entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            let name = missing.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
            match nearest(&name, names.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean {}?", folder.join(meant).display()),
                None => "check the path; to try coldgap without a trace: coldgap demo".to_string(),
            }
        }
    };
    let cause = io::Error::from(io::ErrorKind::NotFound);
    Err(Error::file(Kind::Trace, missing, "open the file", &cause).hint(hint))
}

/// A file to be written: it takes its name only once it is complete.
pub struct Output {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
    interrupt: Interrupt,
}

impl Output {
    /// Opens a temporary file beside `path`, so that a target that cannot be written is known before the work.
    ///
    /// # Errors
    /// A folder that is not there or not writable, or a path that is a folder.
    pub fn create(path: &Path) -> Result<Output> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let hint = "check that the folder exists and may be written to";
        if path.is_dir() {
            return Err(Error::usage("is a folder; name a file").at(path.display(), None));
        }
        if !folder.is_dir() {
            return Err(Error::usage(format!("the folder {} does not exist", folder.display()))
                .at(path.display(), None)
                .hint("make it first, or name another file"));
        }
        let file = tempfile::Builder::new()
            .prefix(".coldgap-")
            .tempfile_in(folder)
            .map_err(|cause| Error::file(Kind::Usage, path, "create the output", &cause).hint(hint))?;
        Ok(Output {
            path: path.to_path_buf(),
            file: BufWriter::with_capacity(1 << 20, file),
            interrupt: Interrupt::default(),
        })
    }

    /// Fails to be written once the interrupt is set; the target is then as it was before.
    pub fn until(self, interrupt: &Interrupt) -> Output {
        Output { interrupt: interrupt.clone(), ..self }
    }

    /// Gives the complete file its name.
    ///
    /// # Errors
    /// A disk that is full, or a target that cannot be replaced; the target is then as it was before.
    pub fn finish(self) -> Result<()> {
        let path = self.path;
        let failed = |cause: io::Error| Error::file(Kind::Usage, &path, "write the output", &cause);
        let file = self.file.into_inner().map_err(|error| failed(error.into_error()))?;
        set_permissions(&file).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// The target's name, for errors.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Temporary files are private; an output is as readable as any new file.
#[cfg(unix)]
fn set_permissions(file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_permissions(_: &NamedTempFile) -> io::Result<()> {
    Ok(())
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.interrupt.is_set() {
            return Err(io::Error::other("interrupted"));
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
