//! A question's parts as the engine's plan: a row a part below, a stage that does them, one partition each, and a stage above
//! that collects what they found.

use crate::copies::Copies;
use crate::part::{self, Question};
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt32Type};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PlanProperties,
};
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use futures::TryStreamExt;
use std::fmt;
use std::sync::Arc;

/// The plan of a question. The stage above the work is not for its own sake: results of a last stage that were on an executor
/// which was lost are not made again.
///
/// # Errors
/// None for what a question can be.
pub fn of(question: Question) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = Arc::new(Schema::new(vec![Field::new("index", DataType::UInt32, false)]));
    let row = |index: usize| {
        let index: ArrayRef = Arc::new(UInt32Array::from(vec![index as u32]));
        Ok(vec![RecordBatch::try_new(Arc::clone(&schema), vec![index])?])
    };
    let rows = (0..question.of).map(row).collect::<Result<Vec<_>>>()?;
    let rows = MemorySourceConfig::try_new_exec(&rows, Arc::clone(&schema), None)?;
    let parts = PartsExec::new(rows, Arc::new(question), Arc::default());
    Ok(Arc::new(CoalescePartitionsExec::new(Arc::new(parts))))
}

/// The texts of the parts in a result, by index.
///
/// # Errors
/// A result of another shape.
pub fn texts(batch: &RecordBatch) -> Result<Vec<(u32, String)>> {
    let indices = batch.columns().first().and_then(|column| column.as_primitive_opt::<UInt32Type>());
    let texts = batch.columns().get(1).and_then(|column| column.as_string_opt::<i32>());
    let (Some(indices), Some(texts)) = (indices, texts) else {
        return Err(DataFusionError::Execution("a result is no part".to_string()));
    };
    Ok(indices.values().iter().copied().zip(texts.iter().flatten().map(str::to_string)).collect())
}

/// Does the parts whose indices are its input's rows. They are rows and not partitions of its own: the engine gives a task only
/// some partitions of a source that it knows, and all of one that it does not, so that each task would do every part.
#[derive(Debug)]
struct PartsExec {
    rows: Arc<dyn ExecutionPlan>,
    question: Arc<Question>,
    copies: Arc<Copies>,
    properties: Arc<PlanProperties>,
}

impl PartsExec {
    fn new(rows: Arc<dyn ExecutionPlan>, question: Arc<Question>, copies: Arc<Copies>) -> PartsExec {
        let columns = [("index", DataType::UInt32), ("text", DataType::Utf8)];
        let fields: Vec<Field> = columns.map(|(name, of)| Field::new(name, of, false)).to_vec();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::new(Schema::new(fields))),
            Partitioning::UnknownPartitioning(rows.output_partitioning().partition_count()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        PartsExec { rows, question, copies, properties: Arc::new(properties) }
    }
}

impl DisplayAs for PartsExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartsExec: {} parts of {}", self.question.of, self.question.command.join(" "))
    }
}

impl ExecutionPlan for PartsExec {
    fn name(&self) -> &str {
        "PartsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.rows]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, mut rows: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let rows = rows.pop().unwrap_or_else(|| Arc::clone(&self.rows));
        Ok(Arc::new(PartsExec::new(rows, Arc::clone(&self.question), Arc::clone(&self.copies))))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = self.rows.execute(partition, context)?;
        let (schema, question, copies) = (self.schema(), Arc::clone(&self.question), Arc::clone(&self.copies));
        let found =
            rows.and_then(move |rows| do_parts(rows, Arc::clone(&schema), Arc::clone(&question), Arc::clone(&copies)));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), found)))
    }
}

async fn do_parts(
    rows: RecordBatch,
    schema: SchemaRef,
    question: Arc<Question>,
    copies: Arc<Copies>,
) -> Result<RecordBatch> {
    let mut texts = Vec::new();
    for index in rows.column(0).as_primitive::<UInt32Type>().values() {
        texts.push(part::text(Arc::clone(&question), *index as usize, Arc::clone(&copies)).await?);
    }
    Ok(RecordBatch::try_new(schema, vec![Arc::clone(rows.column(0)), Arc::new(StringArray::from(texts))])?)
}

/// How the plan's own operator is written; the engine's are left to the engine.
#[derive(Debug)]
pub struct Codec {
    engine: BallistaPhysicalExtensionCodec,
    copies: Arc<Copies>,
}

/// How what is written here begins, as nothing of the engine's does.
const MARK: &[u8] = b"coldgap\0";

impl Codec {
    /// What is read by it keeps its copies here.
    pub fn new(copies: Arc<Copies>) -> Codec {
        Codec { engine: BallistaPhysicalExtensionCodec::default(), copies }
    }
}

impl PhysicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(bytes) = bytes.strip_prefix(MARK) else {
            return self.engine.try_decode(bytes, inputs, context, converter);
        };
        let damaged = || DataFusionError::Execution("a plan of parts that cannot be read".to_string());
        let mut words = std::str::from_utf8(bytes).map_err(|_| damaged())?.split('\0');
        let of = words.next().and_then(|of| of.parse().ok()).ok_or_else(damaged)?;
        let question = Question { of, command: words.map(str::to_string).collect() };
        let [rows] = inputs else { return Err(damaged()) };
        Ok(Arc::new(PartsExec::new(Arc::clone(rows), Arc::new(question), Arc::clone(&self.copies))))
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(parts) = node.downcast_ref::<PartsExec>() else {
            return self.engine.try_encode(node, bytes, converter);
        };
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(parts.question.of.to_string().as_bytes());
        // No word of a command line has a zero byte.
        for word in &parts.question.command {
            bytes.push(0);
            bytes.extend_from_slice(word.as_bytes());
        }
        Ok(())
    }
}
