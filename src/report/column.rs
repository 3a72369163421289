//! Rows and all that is known of their columns, from one list ([`rows`]): the struct, which JSON and its schema are made of;
//! the table of CSV and Parquet; and of the numbers that gates and metrics may look at the word, the quantity, and what an
//! absent one means. It knows no report.

use super::gates::Reading;

/// What a column of numbers holds.
pub trait Number {
    /// The number; `None` where it is absent.
    fn number(&self) -> Option<f64>;
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl Number for $number {
            fn number(&self) -> Option<f64> {
                Some(*self as f64)
            }
        })+
    };
}

numbers!(f64, u32, u64, i64);

impl<N: Number> Number for Option<N> {
    fn number(&self) -> Option<f64> {
        self.as_ref().and_then(Number::number)
    }
}

/// A number that is unknown where it is absent.
pub fn known<R>(_: &R, value: Option<f64>) -> Reading {
    value.map_or(Reading::Unknown("not known"), Reading::Number)
}

/// A number that is without limit where it is absent.
pub fn limit<R>(_: &R, value: Option<f64>) -> Reading {
    value.map_or(Reading::NoLimit, Reading::Number)
}

/// What a list says of a column.
pub fn help_of(list: &'static [(&'static str, &'static str)], name: &str) -> &'static str {
    list.iter().find(|(known, _)| *known == name).map_or("", |(_, help)| help.trim())
}

/// A struct, and its numbers. `field: type => Quantity "word" reader` is a number that a gate may look at: the reader says what
/// an absent one means; `per loss` follows where there is one for each. After `table;` the rows are also a table.
macro_rules! rows {
    (table; $(#[$meta:meta])* pub struct $row:ident { $($(#[doc = $help:literal])* pub $field:ident: $type:ty
        $(=> $unit:ident $word:literal $read:ident $(per $loss:ident)?)?,)+ }) => {
        rows! { $(#[$meta])* pub struct $row { $($(#[doc = $help])* pub $field: $type
            $(=> $unit $word $read $(per $loss)?)?,)+ } }

        #[cfg(feature = "cli")]
        impl $crate::report::frame::Rows for $row {
            fn columns(rows: &[$row]) -> Vec<$crate::report::frame::Column> {
                vec![$($crate::report::frame::column(stringify!($field), rows.iter().map(|row| row.$field.clone()))),+]
            }
        }
    };
    ($(#[$meta:meta])* pub struct $row:ident { $($(#[doc = $help:literal])* pub $field:ident: $type:ty
        $(=> $unit:ident $word:literal $read:ident $(per $loss:ident)?)?,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub struct $row {
            $($(#[doc = $help])* pub $field: $type,)+
        }

        impl $row {
            /// What this list says of each column; empty where the dictionary does.
            pub const HELP: &'static [(&'static str, &'static str)] = &[$((stringify!($field), concat!($($help),*))),+];
        }

        impl $crate::report::gates::Listed for $row {
            fn fields() -> &'static [$crate::report::gates::Field<$row>] {
                const FIELDS: &[$crate::report::gates::Field<$row>] = &[$($($crate::report::gates::Field {
                name: stringify!($field),
                word: $word,
                unit: $crate::report::gates::Unit::$unit,
                help: || $crate::report::column::help_of($row::HELP, stringify!($field)),
                per_loss: {
                    let losses: &[&str] = &[$(stringify!($loss))?];
                    !losses.is_empty()
                },
                read: |row| $read(row, $crate::report::column::Number::number(&row.$field)),
            },)?)+];
                FIELDS
            }
        }
    };
}
pub(crate) use rows;
