//! The two processes that wait for work: the scheduler and the executor.

use crate::copies::Copies;
use crate::failure::Failure;
use crate::logging;
use crate::plan::Codec;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// What two processes say to each other at once, in bytes: a part's text is one row, which is not divided.
pub const LONGEST_MESSAGE: u32 = 1 << 30;

/// An executor looks for a scheduler that is not there yet for so many seconds.
const CONNECT_SECONDS: u16 = 60;

/// How often is looked for lost executors while one may be silent for so long, in seconds.
const CHECKS: u64 = 4;

/// A runtime for everything that waits.
///
/// # Errors
/// A system that gives no threads.
pub fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(|cause| Failure::cluster(format!("cannot start: {cause}")))
}

/// Runs a scheduler until it is killed.
///
/// # Errors
/// An address that is not to be had.
pub fn scheduler(listen: SocketAddr, lost_after: u64) -> Result<(), Failure> {
    logging::start();
    let config = SchedulerConfig {
        bind_host: listen.ip().to_string(),
        bind_port: listen.port(),
        external_host: listen.ip().to_string(),
        // Executors ask: they need no port that the scheduler must reach.
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: lost_after,
        expire_dead_executor_interval_seconds: lost_after / CHECKS,
        override_physical_codec: Some(Arc::new(Codec::new(Arc::default()))),
        ..SchedulerConfig::default()
    };
    runtime()?.block_on(async {
        let failed = |error| Failure::cluster(format!("{listen}: {error}"));
        let cluster = BallistaCluster::new_from_config(&config).await.map_err(failed)?;
        start_server(cluster, listen, Arc::new(config)).await.map_err(failed)
    })
}

/// Runs an executor until it is asked to stop.
///
/// # Errors
/// A scheduler that cannot be reached, an address or a folder that is not to be had.
pub fn executor(scheduler: &str, listen: SocketAddr, cores: usize, folder: Option<PathBuf>) -> Result<(), Failure> {
    logging::start();
    let (host, port) = host_and_port(scheduler)?;
    let folder = folder.unwrap_or_else(std::env::temp_dir);
    let failed = |cause| Failure::cluster(format!("{}: cannot make a folder: {cause}", folder.display()));
    let folder = tempfile::Builder::new().prefix("coldgap-").tempdir_in(&folder).map_err(failed)?;
    let copies = Copies::new(folder.path().to_path_buf());
    let config = ExecutorProcessConfig {
        bind_host: listen.ip().to_string(),
        port: listen.port(),
        // Else the scheduler takes the address that it is asked from.
        external_host: Some(listen.ip()).filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string()),
        scheduler_host: host.to_string(),
        scheduler_port: port,
        scheduler_connect_timeout_seconds: CONNECT_SECONDS,
        vcores: cores,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(folder.path().display().to_string()),
        grpc_max_decoding_message_size: LONGEST_MESSAGE,
        grpc_max_encoding_message_size: LONGEST_MESSAGE,
        override_physical_codec: Some(Arc::new(Codec::new(Arc::new(copies)))),
        ..ExecutorProcessConfig::default()
    };
    let done = runtime()?.block_on(start_executor_process(Arc::new(config)));
    done.map_err(|error| Failure::cluster(format!("{scheduler}: {error}")))
}

/// `HOST:PORT` in two.
///
/// # Errors
/// Something else.
pub fn host_and_port(address: &str) -> Result<(&str, u16), Failure> {
    let parsed = address.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    parsed.ok_or_else(|| Failure::cluster(format!("'{address}' is no scheduler\nhint: write HOST:PORT")))
}
