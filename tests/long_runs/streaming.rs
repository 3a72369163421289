//! A native file that is streamed gives what the same trace in memory gives, and a damaged one gives an error.

use super::{Recipe, made, write};
use arrow::array::{ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::datatypes::UInt32Type;
use coldgap::analysis::{Sweep, Swept};
use coldgap::error::Result;
use coldgap::policy::ALL;
use coldgap::policy::spec;
use coldgap::report::replay::ReplayReport;
use coldgap::trace::source::Source;
use coldgap::trace::{ReadOptions, Trace};
use coldgap::units::Ratio;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

const SUMMARY: &str = "coldgap.summary";

fn sweep(threads: usize) -> Sweep {
    let bounds: Vec<String> =
        ALL.iter().filter(|info| info.needs_future).map(|info| format!(",!{}", info.name)).collect();
    Sweep {
        policies: spec::parse_list(&format!("all{},lru+reject-first", bounds.concat())).unwrap(),
        sizes: vec!["1%".parse().unwrap(), "777obj".parse().unwrap()],
        ignore_size: false,
        warmup: Ratio::new(0.25).unwrap(),
        threads,
    }
}

/// The report as JSON, every number of it.
fn report(source: &Source, swept: &Swept) -> String {
    let mut report = ReplayReport::new("coldgap", None, Vec::new());
    report.add(&source.about(), swept);
    serde_json::to_string_pretty(&report).unwrap()
}

fn streamed(path: &Path) -> Source<'static> {
    match Source::open(&[path.to_path_buf()], &ReadOptions::default()).unwrap() {
        Source::Memory(_) => panic!("it was read into memory"),
        file => file,
    }
}

fn renamed(trace: Trace, path: &Path) -> Source<'static> {
    Source::from(Trace { name: path.display().to_string(), format: "parquet".to_string(), ..trace })
}

#[test]
fn streamed_or_in_memory_the_report_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    // More than one batch, and warm-up ends inside the first.
    let requests = 300_000;
    for (times, sizes, mixed) in
        [(true, true, true), (true, true, false), (false, false, false), (true, false, true), (false, true, false)]
    {
        let trace = made(Recipe { requests, keys: 30_000, times, sizes, mixed });
        write(&trace, &path);
        let file = streamed(&path);
        let memory = renamed(trace, &path);
        let expected = report(&memory, &sweep(2).run(&memory, None, &()).unwrap());
        assert!(expected.contains("made for a test") && expected.contains("\"policy\": \"lru+reject-first\""));
        for threads in [1, 2] {
            assert_eq!(report(&file, &sweep(threads).run(&file, None, &()).unwrap()), expected);
        }
    }
}

#[test]
fn files_without_ids_and_parts_of_a_trace_are_read_into_memory() {
    let in_memory = |path: &Path, options: &ReadOptions| {
        matches!(Source::open(&[path.to_path_buf()], options).unwrap(), Source::Memory(_))
    };
    // Written before files held ids.
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/article.parquet");
    assert!(in_memory(&old, &ReadOptions::default()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write(&made(Recipe { requests: 1000, keys: 100, times: true, sizes: true, mixed: false }), &path);
    assert!(!in_memory(&path, &ReadOptions::default()));
    assert!(in_memory(&path, &ReadOptions { limit: Some(10), ..ReadOptions::default() }));
}

/// A native file, written again with other columns or another summary.
fn forged(
    path: &Path,
    change: impl Fn(RecordBatch) -> RecordBatch,
    summary: impl Fn(String) -> String,
) -> Source<'static> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let entries = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
    let entry = entries.into_iter().find(|entry| entry.key == SUMMARY).unwrap();
    let entry = KeyValue::new(SUMMARY.to_string(), entry.value.map(summary));
    let properties = WriterProperties::builder().set_key_value_metadata(Some(vec![entry])).build();
    let forged = path.with_extension("forged");
    let mut writer =
        ArrowWriter::try_new(File::create(&forged).unwrap(), reader.schema().clone(), Some(properties)).unwrap();
    for batch in reader.build().unwrap() {
        writer.write(&change(batch.unwrap())).unwrap();
    }
    writer.close().unwrap();
    streamed(&forged)
}

fn replayed(source: &Source) -> Result<Swept> {
    sweep(1).run(source, None, &())
}

fn error(source: &Source) -> String {
    let error = replayed(source).err().expect("the damage was not seen");
    assert_eq!(error.exit_code(), 3);
    assert!(error.to_string().contains("\nhint: "));
    error.to_string()
}

/// Puts a changed column into a batch.
fn with(batch: RecordBatch, name: &str, change: impl Fn(Vec<u32>) -> Vec<u32>) -> RecordBatch {
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    let place = batch.schema().index_of(name).unwrap();
    let values = columns[place].as_primitive::<UInt32Type>().values().to_vec();
    columns[place] = Arc::new(UInt32Array::from(change(values)));
    RecordBatch::try_new(batch.schema(), columns).unwrap()
}

#[test]
fn a_file_that_breaks_its_promises_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write(&made(Recipe { requests: 1000, keys: 100, times: true, sizes: true, mixed: false }), &path);
    let same = |text: String| text;
    assert!(replayed(&forged(&path, |batch| batch, same)).is_ok(), "rewriting alone is no damage");

    let swapped = |mut ids: Vec<u32>| {
        ids.swap(0, 1);
        ids
    };
    let told = error(&forged(&path, |batch| with(batch, "object", swapped), same));
    assert!(told.contains("not in order of first touch"), "{told}");
    let huge = |mut ids: Vec<u32>| {
        ids[700] = u32::MAX;
        ids
    };
    assert!(error(&forged(&path, |batch| with(batch, "object", huge), same)).contains("first touch"));
    let zeros = |ids: Vec<u32>| vec![0; ids.len()];
    assert!(error(&forged(&path, |batch| with(batch, "object", zeros), same)).contains("fewer requests or objects"));
    let grown = |mut sizes: Vec<u32>| {
        sizes[999] += 1;
        sizes
    };
    let told = error(&forged(&path, |batch| with(batch, "size", grown), same));
    assert!(told.contains("not those that were written"), "{told}");
    let larger = |text: String| text.replace("\"footprint_bytes\":", "\"footprint_bytes\":1");
    assert!(error(&forged(&path, |batch| batch, larger)).contains("its footprint"));
}

#[test]
fn a_summary_that_cannot_be_true_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write(&made(Recipe { requests: 1000, keys: 100, times: true, sizes: true, mixed: false }), &path);
    let replacements = [
        ("\"requests\":1000", "\"requests\":999"),
        ("\"objects\":", "\"objects\":4000"),
        ("\"gets\":1000", "\"gets\":1001"),
        ("\"footprint_bytes\":", "\"other\":"),
        ("{", ""),
    ];
    for (from, to) in replacements {
        let forge = std::panic::catch_unwind(|| {
            forged(
                &path,
                |batch| batch,
                |summary| {
                    assert!(summary.contains(from), "{summary}");
                    summary.replacen(from, to, 1)
                },
            )
        });
        // `streamed` unwraps: the summary is judged when the file is opened.
        let told = *forge.err().expect("it was opened").downcast::<String>().unwrap();
        assert!(told.contains("the native Parquet file is damaged"), "{told}");
    }
}

#[test]
fn damaged_bytes_never_panic_and_never_change_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write(&made(Recipe { requests: 5000, keys: 500, times: true, sizes: true, mixed: true }), &path);
    let intact = std::fs::read(&path).unwrap();
    let source = streamed(&path);
    let expected = report(&source, &replayed(&source).unwrap());
    let mut refused = 0;
    for at in (4..intact.len()).step_by(97) {
        let mut bytes = intact.clone();
        bytes[at] ^= 0x41;
        std::fs::write(&path, &bytes).unwrap();
        // Where the footer is gone the file is judged by the ordinary reader, which other tests damage.
        if let Ok(source @ Source::File(_)) = Source::open(std::slice::from_ref(&path), &ReadOptions::default()) {
            match replayed(&source) {
                Ok(swept) => {
                    let (found, head) = (report(&source, &swept), |text: &str| text.find("\"rows\"").unwrap());
                    assert_eq!(found[head(&found)..], expected[head(&expected)..], "byte {at}");
                }
                Err(error) => {
                    assert_eq!(error.exit_code(), 3, "byte {at}: {error}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 50, "only {refused} damages were seen");
}
