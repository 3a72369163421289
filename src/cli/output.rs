//! Output files: opened before the work starts, complete or not there at all.

use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use crate::suggest::nearest;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// How names of files begin that are not complete.
const PREFIX: &str = ".coldgap-";
/// Bytes that are written at once.
const BUFFER_BYTES: usize = 1 << 20;

/// Refuses outputs that would take the place of what is read.
///
/// # Errors
/// An output that is one of the inputs, by whatever path.
pub fn check_distinct(outputs: &[PathBuf], inputs: &[PathBuf]) -> Result<()> {
    let is_input = |output: &PathBuf| {
        // Standard input may be a file, too.
        let path = |input: &PathBuf| if input.as_os_str() == "-" { "/dev/stdin".into() } else { input.clone() };
        inputs.iter().any(|input| is_same(output, &path(input)))
    };
    match outputs.iter().find(|output| is_input(output)) {
        Some(output) => Err(Error::usage("this file is read, and would be overwritten")
            .at(output.display(), None)
            .hint("name another file")),
        None => Ok(()),
    }
}

/// Whether two paths are of one file: by another spelling, a link, or a second name of it.
fn is_same(one: &Path, other: &Path) -> bool {
    let (Ok(first), Ok(second)) = (one.canonicalize(), other.canonicalize()) else { return false };
    first == second || identity(&first).is_some_and(|file| identity(&second) == Some(file))
}

/// What the system knows a file by, where it has several names.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let data = path.metadata().ok().filter(|data| data.is_file())?;
    Some((data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}

/// The file that a path leads to, be it there or not yet: a link to a file that is to be made stays a link.
fn behind_links(path: &Path) -> PathBuf {
    if let Ok(target) = path.canonicalize() {
        return target;
    }
    let Ok(next) = path.read_link() else { return path.to_path_buf() };
    let folder = path.parent().unwrap_or(Path::new(""));
    // Only one step: what leads on to a link that leads nowhere is replaced.
    folder.join(next)
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

/// Where bytes go.
enum Way {
    /// Into a temporary file that takes the target's name only once it is complete.
    Aside(BufWriter<NamedTempFile>),
    /// Into the target itself: a pipe or a device has no place beside it.
    Straight(BufWriter<File>),
}

/// A file to be written: complete, or as it was before.
pub struct Output {
    path: PathBuf,
    /// The file itself, behind links.
    target: PathBuf,
    way: Way,
    interrupt: Interrupt,
}

impl Output {
    /// Opens a temporary file beside the target, so that one that cannot be written is known before the work. A link stays a
    /// link: the file that it leads to is written. Pipes and devices are written to as they are.
    ///
    /// # Errors
    /// A folder that is not there or not writable, or a path that is a folder.
    pub fn create(path: &Path) -> Result<Output> {
        let hint = "check that the folder exists and may be written to";
        let failed = |cause: io::Error| Error::file(Kind::Usage, path, "create the output", &cause).hint(hint);
        let target = behind_links(path);
        let interrupt = Interrupt::default();
        if target.is_dir() {
            return Err(Error::usage("is a folder; name a file").at(path.display(), None));
        }
        if target.exists() && !target.is_file() {
            let file = File::options().write(true).open(&target).map_err(failed)?;
            let way = Way::Straight(BufWriter::with_capacity(BUFFER_BYTES, file));
            return Ok(Output { path: path.to_path_buf(), target, way, interrupt });
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(Error::usage(format!("the folder {} does not exist", folder.display()))
                .at(path.display(), None)
                .hint("make it first, or name another file"));
        }
        let file = new_file(&target, folder).map_err(failed)?;
        let way = Way::Aside(BufWriter::with_capacity(BUFFER_BYTES, file));
        Ok(Output { path: path.to_path_buf(), target, way, interrupt })
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
        match self.way {
            Way::Straight(mut file) => file.flush().map_err(failed),
            Way::Aside(file) => {
                let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
                file.persist(&self.target).map_err(|error| failed(error.error))?;
                Ok(())
            }
        }
    }

    /// The target's name, for errors.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A temporary file that may be read by whom the target could be, or any new file of this user's.
#[cfg(unix)]
fn new_file(target: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    // The system takes away what the umask forbids.
    let file =
        tempfile::Builder::new().prefix(PREFIX).permissions(Permissions::from_mode(0o666)).tempfile_in(folder)?;
    if let Ok(before) = target.metadata() {
        file.as_file().set_permissions(Permissions::from_mode(before.permissions().mode() & 0o777))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn new_file(_: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.interrupt.is_set() {
            return Err(io::Error::other("interrupted"));
        }
        match &mut self.way {
            Way::Aside(file) => file.write(bytes),
            Way::Straight(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.way {
            Way::Aside(file) => file.flush(),
            Way::Straight(file) => file.flush(),
        }
    }
}
