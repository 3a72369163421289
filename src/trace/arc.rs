//! The block lists of the ARC paper: `start count ignored number`, a line for a run of blocks that follow each other.
//!
//! It knows the line and nothing of what becomes of its blocks.

use super::builder::{Builder, Flow, Row};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::intern::Key;
use super::lines::{Lines, first_lines};
use super::words::{digits, shown};
use crate::error::{Error, Result};
use crate::request::Op;
use crate::units::grouped;

/// Lines that must all fit, and how many there must be.
const LINES_TO_SNIFF: usize = 50;
const LEAST_LINES: usize = 10;
/// A line that claims more blocks is taken for a mistake.
const MOST_BLOCKS: u64 = 1 << 16;

/// The format.
pub struct ArcList;

static INFO: FormatInfo = FormatInfo {
    name: "arc",
    extensions: &["lis"],
    summary: "block lists of the ARC paper (.lis): start, count, ignored, number",
    layout: "Each line becomes a get of each of its blocks. Lines are recognised by their numbers, each of which is one more than the \
             one before. It has no times: give --rate.",
};

/// The first block of a line, how many there are, and the line's number.
fn run(line: &[u8]) -> Option<(u64, u64, u64)> {
    let mut fields = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|field| !field.is_empty());
    let mut number = || fields.next().and_then(digits);
    let (start, count, _, number) = (number()?, number()?, number()?, number()?);
    (fields.next().is_none() && count <= MOST_BLOCKS && start.checked_add(count).is_some())
        .then_some((start, count, number))
}

impl Format for ArcList {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let lines = first_lines(head.bytes, head.complete, LINES_TO_SNIFF);
        let runs: Vec<_> = lines.iter().map_while(|line| run(line)).collect();
        let follow = runs.windows(2).all(|pair| pair[0].2.checked_add(1) == Some(pair[1].2));
        let are_blocks = runs.iter().all(|(_, count, _)| *count > 0);
        match runs.len() == lines.len() && runs.len() >= LEAST_LINES && follow && are_blocks {
            true => Sniff::Yes("its lines are numbered runs of blocks"),
            false => Sniff::No,
        }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        options.refuse_columns(INFO.name)?;
        rows.set_layout("lines of start, count, ignored, number; key = each block from start on".to_string());
        let mut lines = Lines::new(input);
        let (mut runs, mut blocks) = (0u64, 0u64);
        while let Some((line, spot)) = lines.next()? {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let Some((start, count, _)) = run(line) else {
                let fault =
                    Error::trace(format!("not a run of up to {} blocks: '{}'", grouped(MOST_BLOCKS), shown(line)))
                        .hint("remove the line, or name another format: --input csv; see coldgap formats arc");
                rows.skip(fault, spot)?;
                continue;
            };
            runs += 1;
            blocks += count;
            for block in start..start + count {
                let row = Row { time: None, key: Key::Number(block), size: None, op: Op::Get, ttl: 0 };
                if rows.push(row, spot)? == Flow::Break(()) {
                    return Ok(());
                }
            }
        }
        rows.note(format!("{} lines stand for {} blocks, each of them a get", grouped(runs), grouped(blocks)));
        Ok(())
    }
}
