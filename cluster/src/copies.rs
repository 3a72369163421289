//! Traces that lie in an object store, copied to local files while they are needed.

use futures::StreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, RetryConfig};
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::{NamedTempFile, TempPath};
use tokio::sync::Mutex;

/// How the name of a trace in a store begins.
const SCHEME: &str = "s3://";

/// A store that does not answer is asked again for so long; then the part fails, and is tried again.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a trace lies in a store.
pub fn is_remote(trace: &Path) -> bool {
    trace.to_str().is_some_and(|name| name.starts_with(SCHEME))
}

/// The copies that a process has. A copy is used again as long as the object is the same, and goes when another one is needed
/// and no part reads it any more.
#[derive(Debug)]
pub struct Copies {
    folder: PathBuf,
    held: Mutex<HashMap<String, Copy>>,
}

/// An object's copy, and the version that the store gave it.
#[derive(Debug, Clone)]
struct Copy {
    version: Option<String>,
    file: Arc<TempPath>,
}

/// For who copies nothing, or anywhere.
impl Default for Copies {
    fn default() -> Copies {
        Copies::new(std::env::temp_dir())
    }
}

impl Copies {
    /// None yet. They will be made in this folder.
    pub fn new(folder: PathBuf) -> Copies {
        Copies { folder, held: Mutex::default() }
    }

    /// The copy of an object, which is there as long as it is held. Objects outside of `needed` are forgotten.
    ///
    /// # Errors
    /// A store that does not answer, an object that is not there; a disk that is full.
    pub async fn of(&self, url: &str, needed: &[String]) -> io::Result<Arc<TempPath>> {
        let (store, key) = store(url)?;
        // One after the other: two parts that need the same object must not both fetch it.
        let mut held = self.held.lock().await;
        held.retain(|known, _| needed.contains(known));
        if let Some(copy) = held.get(url)
            && copy.version.is_some()
            && store.head(&key).await?.e_tag == copy.version
        {
            return Ok(Arc::clone(&copy.file));
        }
        let object = store.get(&key).await?;
        let version = object.meta.e_tag.clone();
        let mut file = NamedTempFile::new_in(&self.folder)?;
        let mut bytes = object.into_stream();
        while let Some(bytes) = bytes.next().await {
            file.write_all(&bytes?)?;
        }
        let file = Arc::new(file.into_temp_path());
        log::info!("copied {url}");
        held.insert(url.to_string(), Copy { version, file: Arc::clone(&file) });
        Ok(file)
    }
}

/// The store of an object, as the usual variables AWS_* say, and the object's place in it.
fn store(url: &str) -> io::Result<(impl ObjectStore, Key)> {
    let place = url.strip_prefix(SCHEME).and_then(|place| place.split_once('/'));
    let (bucket, key) =
        place.ok_or_else(|| io::Error::other(format!("{url} does not name an object: s3://BUCKET/KEY")))?;
    let retry = RetryConfig { max_retries: 100, retry_timeout: PATIENCE, ..RetryConfig::default() };
    let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry).build()?;
    Ok((store, Key::parse(key).map_err(io::Error::other)?))
}
