//! What every report can become.

use super::details;
#[cfg(feature = "cli")]
use super::frame::{Column, Rows, Table};
use super::head::{Head, Headed};
use super::kinds::kinds;
use super::page::Page;
use super::sheet::look::Look;
use serde::Serialize;

/// A report that can be written as text, as JSON, and as a document.
pub trait Render: Serialize {
    /// The answers for a terminal, in some thirty lines.
    fn brief(&self, look: &Look) -> String;

    /// The document that HTML and Markdown show, and `--details` prints.
    fn page(&self) -> Page;

    /// The text for a terminal: in short, or the whole document where the look says so.
    fn text(&self, look: &Look) -> String {
        if look.details { details::render(&self.page(), look) } else { self.brief(look) }
    }
}

macro_rules! render {
    ($($kind:ident $name:literal $report:ty: $brief:path, $page:path, $rows:ident;)+) => {
        $(impl Render for $report {
            fn brief(&self, look: &Look) -> String {
                $brief(self, look)
            }

            fn page(&self) -> Page {
                $page(self)
            }
        }

        impl Headed for $report {
            fn head(&self) -> &Head {
                &self.head
            }

            fn head_mut(&mut self) -> &mut Head {
                &mut self.head
            }
        }

        #[cfg(feature = "cli")]
        impl Table for $report {
            fn columns(&self) -> Vec<Column> {
                Rows::columns(&self.$rows)
            }
        })+
    };
}
kinds!(render);
