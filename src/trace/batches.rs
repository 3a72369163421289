//! Reads requests off Arrow record batches: what Parquet and Arrow IPC share.
//!
//! It knows Arrow's types and no files.

use super::allowance;
use super::builder::{Batch, Builder, Flow};
use super::columns::{self, Columns};
use super::guard;
use super::options::ReadOptions;
use super::presets::of_names;
use super::table::Table;
use super::words::Cell;
use crate::error::{Error, Result, Spot};
use crate::request::SECOND;
use arrow::array::{Array, ArrayRef, AsArray, LargeBinaryArray, RecordBatch, make_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Fields, Float64Type, Int64Type, Schema, TimeUnit, UInt64Type};

/// How deep a column may lie in structures.
const DEEPEST: usize = 8;

/// Which columns of a schema are read, and as what.
pub struct Selection {
    columns: Columns,
    /// The columns of the schema that are read, in ascending order.
    roots: Vec<usize>,
    /// Of each value that is read: its column's place among those, and where it lies in it.
    leaves: Vec<Vec<usize>>,
    layout: String,
}

/// The names of a schema's columns, those in structures as paths, and where they lie.
fn leaves(fields: &Fields, path: &[usize], name: &str, found: &mut Vec<(String, Vec<usize>)>) {
    for (i, field) in fields.iter().enumerate() {
        let name = if name.is_empty() { field.name().clone() } else { format!("{name}.{}", field.name()) };
        let path = [path, &[i]].concat();
        match field.data_type() {
            DataType::Struct(fields) if path.len() < DEEPEST => leaves(fields, &path, &name, found),
            _ => found.push((name, path)),
        }
    }
}

impl Selection {
    /// Chooses columns by name and as the options say.
    ///
    /// # Errors
    /// See [`columns::choose`]; `--time-unit` for a column whose type names the unit.
    pub fn new(schema: &Schema, options: &ReadOptions) -> Result<Selection> {
        let mut found = Vec::new();
        leaves(schema.fields(), &[], "", &mut found);
        let (names, paths): (Vec<String>, Vec<Vec<usize>>) = found.into_iter().unzip();
        let preset = of_names(&names);
        let mut columns = columns::choose(Some(&names), names.len(), preset, options)?;
        if let Some(time) = columns.time
            && let Some(unit) = field_at(schema, &paths[time]).and_then(unit_of)
        {
            if options.time_unit.is_some() {
                return Err(Error::usage(format!("--time-unit: the type of column '{}' names its unit", names[time]))
                    .hint("leave --time-unit out"));
            }
            columns.unit = Some(unit);
        }
        let source = preset.map_or(String::new(), |preset| format!(", those of {}", preset.info.name));
        let layout = format!("a table of {} columns{source}; {}", names.len(), columns.told(Some(&names)));
        let sorted = |mut numbers: Vec<usize>| {
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        };
        let wanted = sorted(columns.used());
        let roots = sorted(wanted.iter().map(|column| paths[*column][0]).collect());
        let place = |path: &Vec<usize>| [&[roots.partition_point(|root| *root < path[0])], &path[1..]].concat();
        let leaves = wanted.iter().map(|column| place(&paths[*column])).collect();
        let columns = columns.moved(|column| wanted.partition_point(|wanted| *wanted < column));
        Ok(Selection { columns, roots, leaves, layout })
    }

    /// The columns that are read, in ascending order: the batches may hold just these.
    pub fn wanted(&self) -> &[usize] {
        &self.roots
    }

    /// Which column was taken for what.
    pub fn layout(&self) -> &str {
        &self.layout
    }

    /// A reader for batches that hold only the wanted columns.
    pub fn into_reader(self) -> BatchReader {
        BatchReader { table: Table::new(self.columns), leaves: self.leaves, rows: 0, text: 0 }
    }
}

/// The type of the column at a path.
fn field_at<'s>(schema: &'s Schema, path: &[usize]) -> Option<&'s DataType> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(schema.fields().get(*first)?.data_type(), |data_type, i| match data_type {
        DataType::Struct(fields) => fields.get(*i).map(|field| field.data_type()),
        _ => None,
    })
}

/// The column at a path, and its name.
fn column_at(batch: &RecordBatch, path: &[usize]) -> Option<(ArrayRef, String)> {
    let (first, rest) = path.split_first()?;
    let name = batch.schema().fields().get(*first)?.name().clone();
    let mut column = batch.columns().get(*first)?.clone();
    for i in rest {
        column = column.as_struct_opt()?.columns().get(*i)?.clone();
    }
    Some((column, name))
}

/// Reads batches, one after the other.
pub struct BatchReader {
    table: Table,
    leaves: Vec<Vec<usize>>,
    rows: u64,
    /// Bytes of their texts.
    text: u64,
}

impl BatchReader {
    /// Adds the rows of a batch, up to which the file has so many bytes.
    ///
    /// # Errors
    /// A column of a type that cannot be read; see also [`Table::push`].
    pub fn push(&mut self, batch: &RecordBatch, file_bytes: u64, rows: &mut Builder<'_>) -> Result<Flow> {
        // Columns of nothing may claim any number.
        if self.rows.saturating_add(batch.num_rows() as u64) > allowance::rows(file_bytes) {
            return Err(allowance::swollen("rows"));
        }
        let most_text = allowance::bytes(file_bytes);
        let cells: Vec<Cells> = self
            .leaves
            .iter()
            .map(|path| {
                let (column, name) = column_at(batch, path).ok_or_else(|| {
                    Error::trace("a batch has fewer columns than the first").hint("write the file again")
                })?;
                Cells::new(&column, &name, most_text)
            })
            .collect::<Result<_>>()?;
        self.text += cells.iter().map(|cells| cells.text_bytes(batch.num_rows())).sum::<u64>();
        if self.text > most_text {
            return Err(allowance::swollen("text"));
        }
        if let Some((times, keys, sizes)) = self.table.numbers(batch.num_rows(), |column| cells[column].numbers()) {
            let before = self.rows;
            self.rows += batch.num_rows() as u64;
            let numbers = Batch { times: times.as_deref(), keys: &keys, sizes: sizes.as_deref() };
            return rows.push_all(&numbers, |i| Spot::Row(before + 1 + i as u64));
        }
        for i in 0..batch.num_rows() {
            self.rows += 1;
            if self.table.push(rows, |column| cells[column].get(i), Spot::Row(self.rows))? == Flow::Break(()) {
                return Ok(Flow::Break(()));
            }
        }
        Ok(Flow::Continue(()))
    }

    /// Says what was assumed.
    pub fn finish(self, rows: &mut Builder<'_>) {
        self.table.finish(rows);
    }
}

/// Bytes that views are of: each begins with the length of its text.
fn bytes_of(views: &[u128]) -> u64 {
    views.iter().map(|view| u64::from(*view as u32)).sum()
}

/// Nanoseconds in the unit that a column's type names.
fn unit_of(data_type: &DataType) -> Option<u64> {
    let unit = match data_type {
        DataType::Timestamp(unit, _) | DataType::Duration(unit) => unit,
        DataType::Date64 => &TimeUnit::Millisecond,
        DataType::Date32 => return Some(86_400 * SECOND),
        _ => return None,
    };
    Some(match unit {
        TimeUnit::Second => SECOND,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    })
}

/// A column in one of the few types that cells are read from.
enum Cells {
    Unsigned(ArrayRef),
    Signed(ArrayRef),
    Float(ArrayRef),
    Bytes(LargeBinaryArray),
    /// Places in a dictionary, and the dictionary.
    Named(Box<Cells>, Box<Cells>),
}

impl Cells {
    /// A column that may have so many bytes of text.
    fn new(column: &ArrayRef, name: &str, most_text: u64) -> Result<Cells> {
        let to = |data_type: &DataType| {
            guard::decode(|| cast(column, data_type))
                .map_err(|cause| Error::trace(format!("column '{name}' cannot be read: {cause}")))
        };
        Ok(match column.data_type() {
            // Values are not copied to each row: a file of few and long ones may be a thousandth of what it would become.
            DataType::Dictionary(..) => {
                let dictionary = column.as_any_dictionary();
                let (numbers, values) = (make_array(dictionary.keys().to_data()), dictionary.values());
                Cells::Named(
                    Box::new(Cells::new(&numbers, name, most_text)?),
                    Box::new(Cells::new(values, name, most_text)?),
                )
            }
            DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => {
                Cells::Unsigned(to(&DataType::UInt64)?)
            }
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => {
                Cells::Signed(to(&DataType::Int64)?)
            }
            DataType::Date32 => {
                let days = to(&DataType::Int32)?;
                return Cells::new(&days, name, most_text);
            }
            data_type if unit_of(data_type).is_some() => Cells::Signed(to(&DataType::Int64)?),
            DataType::Decimal32(_, 0) | DataType::Decimal64(_, 0) | DataType::Decimal128(_, 0) => {
                Cells::Signed(to(&DataType::Int64)?)
            }
            DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) => {
                Cells::Float(to(&DataType::Float64)?)
            }
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Cells::Float(to(&DataType::Float64)?),
            // Any number of views may be of one text, which would be written out for each.
            DataType::Utf8View if bytes_of(column.as_string_view().views()) > most_text => {
                return Err(allowance::swollen("text"));
            }
            DataType::BinaryView if bytes_of(column.as_binary_view().views()) > most_text => {
                return Err(allowance::swollen("text"));
            }
            DataType::Utf8 | DataType::Utf8View => return Cells::new(&to(&DataType::LargeUtf8)?, name, most_text),
            DataType::LargeUtf8 | DataType::Binary | DataType::BinaryView | DataType::FixedSizeBinary(1..) => {
                return Cells::new(&to(&DataType::LargeBinary)?, name, most_text);
            }
            DataType::LargeBinary => Cells::Bytes(column.as_binary::<i64>().clone()),
            other => {
                return Err(Error::trace(format!("column '{name}' is of type {other}, which coldgap does not read"))
                    .hint(
                        "write it as whole numbers, floating-point seconds, timestamps or strings, or leave it out",
                    ));
            }
        })
    }

    /// All cells, where they are whole numbers and none is missing or negative.
    fn numbers(&self) -> Option<Vec<u64>> {
        match self {
            Cells::Unsigned(column) if column.null_count() == 0 => {
                Some(column.as_primitive::<UInt64Type>().values().to_vec())
            }
            Cells::Signed(column) if column.null_count() == 0 => {
                column.as_primitive::<Int64Type>().values().iter().map(|number| u64::try_from(*number).ok()).collect()
            }
            _ => None,
        }
    }

    /// Bytes of the texts of so many rows.
    fn text_bytes(&self, rows: usize) -> u64 {
        match self {
            Cells::Bytes(column) => {
                column.offsets().last().zip(column.offsets().first()).map_or(0, |(end, begin)| (end - begin) as u64)
            }
            Cells::Named(..) => {
                (0..rows).map(|i| if let Cell::Text(text) = self.get(i) { text.len() as u64 } else { 0 }).sum()
            }
            _ => 0,
        }
    }

    /// A cell as a place in a dictionary.
    fn place(&self, i: usize) -> Option<usize> {
        match self.get(i) {
            Cell::Unsigned(number) => usize::try_from(number).ok(),
            Cell::Signed(number) => usize::try_from(number).ok(),
            _ => None,
        }
    }

    fn get(&self, i: usize) -> Cell<'_> {
        match self {
            Cells::Unsigned(column) | Cells::Signed(column) | Cells::Float(column) if column.is_null(i) => Cell::Null,
            Cells::Unsigned(column) => Cell::Unsigned(column.as_primitive::<UInt64Type>().value(i)),
            Cells::Signed(column) => Cell::Signed(column.as_primitive::<Int64Type>().value(i)),
            Cells::Float(column) => Cell::Float(column.as_primitive::<Float64Type>().value(i)),
            Cells::Bytes(column) if column.is_null(i) => Cell::Null,
            Cells::Bytes(column) => Cell::Text(column.value(i)),
            Cells::Named(places, values) => match places.place(i) {
                Some(place) => values.get(place),
                None => Cell::Null,
            },
        }
    }
}
