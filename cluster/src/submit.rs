//! The process that asks: it submits a question's plan, waits for the parts and writes the report.

use crate::copies::is_remote;
use crate::failure::Failure;
use crate::part::Question;
use crate::plan::{self, Codec};
use crate::serve::{LONGEST_MESSAGE, host_and_port, runtime};
use ballista_core::config::{
    BALLISTA_CLIENT_GRPC_MAX_MESSAGE_SIZE, BALLISTA_JOB_NAME, BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK,
};
use ballista_core::execution_plans::execute_physical_plan;
use ballista_core::extension::SessionConfigExt;
use coldgap::cli::elsewhere::Gap;
use datafusion::error::Result;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::protobuf::PhysicalPlanNode;
use futures::TryStreamExt;
use std::ffi::OsString;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;

/// Runs it. `words` are those of coldgap's command line, from `gap` on.
///
/// # Errors
/// See `coldgap gap`, whose exit codes these have; a cluster that does not answer.
pub fn run(scheduler: &str, words: Vec<OsString>) -> std::result::Result<(), Failure> {
    let address = host_and_port(scheduler)?;
    let words = std::iter::once(OsString::from("coldgap")).chain(words).collect();
    let Some(gap) = Gap::of(words, is_remote)? else { return Ok(()) };
    let hint = "hint: start one: coldgap-cluster scheduler";
    let unreached = |cause| Failure::cluster(format!("{scheduler}: cannot reach the scheduler: {cause}\n{hint}"));
    TcpStream::connect(address).map_err(unreached)?;
    let question = Question { command: gap.command().to_vec(), of: gap.parts() };
    let parts = runtime()?.block_on(collect(scheduler, question));
    let parts = parts.map_err(|error| Failure::in_message(&error.to_string()))?;
    Ok(gap.deliver(&parts)?)
}

/// Has the parts of a question done: a name and the text of each, as often as they come.
async fn collect(scheduler: &str, question: Question) -> Result<Vec<(PathBuf, String)>> {
    let config = SessionConfig::new_with_ballista()
        .set_str(BALLISTA_JOB_NAME, &question.command.join(" "))
        // A part is tried again alone.
        .set_usize(BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK, 1)
        .set_usize(BALLISTA_CLIENT_GRPC_MAX_MESSAGE_SIZE, LONGEST_MESSAGE as usize);
    let session = SessionContext::new_with_config(config.clone()).session_id();
    let plan = plan::of(question)?;
    let url = format!("http://{scheduler}");
    let (engine, codec) = (config.ballista_config(), Codec::new(Arc::default()));
    let found = execute_physical_plan::<PhysicalPlanNode>(url, &engine, plan, &codec, session, config).await?;
    let found: Vec<_> = found.try_collect().await?;
    let texts = found.iter().map(plan::texts).collect::<Result<Vec<_>>>()?;
    Ok(texts.into_iter().flatten().map(|(index, text)| (PathBuf::from(format!("part {index}")), text)).collect())
}
