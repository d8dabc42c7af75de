//! Reads of as many rows as can be drawn: of all rows along an axis those that make the same
//! picture as all of them (M4), or nearly (LTTB).
//!
//! The rows are gone through once to see what there is, where that is not known, and once to
//! choose; nothing is kept of rows that are not chosen. Where there are no more of them than M4 might
//! choose anyway, or than LTTB may, all are.

mod axis;
mod lttb;
mod m4;
mod outside;
mod source;
mod spec;

pub use spec::{Downsample, Method, ReadSpec};

use super::View;
use super::read::check_cells;
use super::window::{CellBuffer, Sample, Window, WindowSpec};
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::table::Table;
use axis::{Form, Pixels, Point, is_continuous, number};
use m4::M4;
use outside::Outside;
use source::{Extent, Source};
use std::ops::Range;

/// The most columns of pixels of all lines: what is kept of each takes a hundred bytes.
const MOST_PIXELS: usize = 1 << 19;

/// The rows that M4 keeps of a line in a column of pixels.
const ROWS_OF_PIXEL: u64 = 4;

impl View {
    /// Reads the cells of those rows of a window that are chosen to be drawn, in the order of the
    /// axis. Rows without a place on it are left out. Where an end of the axis is asked for, the
    /// nearest row beyond it comes too, of each line.
    ///
    /// Costs a look at all rows of the window; where they stand at their numbers, at those
    /// between the ends.
    ///
    /// # Errors
    /// Where the view has no such columns, or what is chosen is too much.
    pub fn downsample(
        &mut self,
        table: &Table,
        window: WindowSpec,
        how: &Downsample,
    ) -> Result<Window> {
        let (rows, columns) = window.clamp(self.num_rows(table), self.num_columns(table));
        let lines = self.lines(how, &columns, table)?;
        if lines.len() * how.points > MOST_PIXELS {
            let message = format!("{} points of {} columns", how.points, lines.len());
            let error = Error::new(Kind::Unsupported, message).at("downsample.points");
            return Err(error.expected(format!("at most {MOST_PIXELS} of all columns")));
        }
        let mut source = Source::new(self, table, rows.clone(), how)?;
        let extent = source.extent();
        let mut points = chosen(&mut source, &extent, &lines, how);
        let ends = ends(&source, extent.ends);
        points.sort_unstable();
        points.dedup_by_key(|point| point.place);
        check_cells(points.len() as u64, columns.len())?;
        let numbers: Vec<u64> = points.into_iter().map(|point| point.place.1).collect();
        let mut found = self.find(0..0, table);
        for run in numbers.chunk_by(|a, b| a + 1 == *b) {
            found.append(self.find(run[0]..run[0] + run.len() as u64, table));
        }
        let sample = Sample { rows: numbers, among: extent.among, ends };
        Ok(self.window(found, (rows, columns), Some(sample), table))
    }

    /// The numbers of the columns that are drawn, of those between the bounds.
    fn lines(
        &mut self,
        how: &Downsample,
        columns: &Range<usize>,
        table: &Table,
    ) -> Result<Vec<usize>> {
        let width = self.names.len();
        let Some(names) = &how.y else {
            let is_numeric = |number: &usize| self.types[number % width].is_numeric();
            return Ok(columns.clone().filter(is_numeric).collect());
        };
        let paths: Vec<String> = columns.clone().map(|n| self.column_name(n, table)).collect();
        let mut lines = Vec::new();
        for (i, name) in names.iter().enumerate() {
            let place = || format!("downsample.y[{i}]");
            let shown = self.names.0.iter().position(|shown| shown == name);
            let parts = columns.clone().zip(&paths);
            let parts = parts.filter(|(number, path)| match shown {
                Some(shown) => number % width == shown,
                None => *path == name,
            });
            let before = lines.len();
            lines.extend(parts.map(|(number, _)| number));
            if shown.is_none() && lines.len() == before {
                let known = self.names.0.iter().chain(&paths).map(String::as_str);
                let error = Error::unknown(Kind::UnknownColumn, "column", name, known);
                return Err(error.at(place()));
            }
            let number = shown.or(lines.last().copied()).unwrap_or_default();
            let data_type = &self.types[number % width];
            if !is_continuous(data_type) {
                let message = format!("\"{name}\" is of type {}", data_type.kind().name());
                let error = Error::new(Kind::TypeMismatch, message).at(place());
                return Err(error.expected("a column of numbers, dates or datetimes"));
            }
        }
        lines.sort_unstable();
        lines.dedup();
        Ok(lines)
    }

    /// The column of the table that a flat view has under a name, shown or not.
    pub(super) fn table_column(&self, name: &str, table: &Table) -> Option<usize> {
        let super::ViewRows::Flat(view) = &self.rows else { return None };
        let derived = self.derived.iter().find(|(known, _)| known == name);
        derived.map(|(_, number)| *number).or_else(|| {
            let shown = self.names.0.iter().position(|shown| shown == name);
            shown.map(|shown| view.columns()[shown]).or_else(|| table.schema().index_of(name))
        })
    }
}

/// The rows that are chosen, in any order, some of them several times.
fn chosen(
    source: &mut Source<'_>,
    extent: &Extent,
    lines: &[usize],
    how: &Downsample,
) -> Vec<Point> {
    let bounds = source.bounds;
    let mut kept = Vec::new();
    let mut outside = Outside::new(lines.len());
    let points = how.points as u64;
    let most = if how.method == Method::M4 { ROWS_OF_PIXEL * points } else { points };
    let form = source.form();
    if extent.among <= most {
        let lines = if bounds.are_set() { lines } else { &[] };
        source.each(lines, &mut |chunk| {
            kept.extend(chunk.inside().map(|(_, place)| Point::at(place)));
            outside.take(chunk, &bounds, 0);
        });
    } else if how.method == Method::M4 {
        let ends = bounds.ends(extent.inner.unwrap_or_default());
        let mut m4 = M4::new(Pixels::new(form, ends, how.points), lines.len());
        source.each(lines, &mut |chunk| {
            m4.take(chunk);
            outside.take(chunk, &bounds, 0);
        });
        m4.finish(&mut kept);
    } else {
        let mut line = Vec::new();
        for (i, &column) in lines.iter().enumerate() {
            line.clear();
            source.each(&[column], &mut |chunk| {
                line.extend(chunk.inside().filter_map(|(row, place)| {
                    let value = number(&chunk.lines[0], row)?.to_bits();
                    Some(Point { place, value })
                }));
                outside.take(chunk, &bounds, i);
            });
            line.sort_unstable();
            lttb::choose(&line, how.points, form, &mut kept);
        }
    }
    if bounds.are_set() {
        source.each_outside(lines, &mut |chunk, side| {
            outside.take(chunk, &bounds, 0);
            !outside.is_complete(side)
        });
        outside.finish(&mut kept);
    }
    kept
}

/// The ends of the axis as cells of its type; of decimals as floats.
fn ends(source: &Source<'_>, ends: Option<(u64, u64)>) -> CellBuffer {
    let form = source.form();
    let data_type = match form {
        Form::Float => DataType::Float64,
        _ => source.data_type.clone(),
    };
    let mut cells = CellBuffer::new(data_type, 2);
    if let Some((low, high)) = ends {
        [low, high].into_iter().for_each(|end| cells.push(form.scalar(end), None));
    }
    cells
}
