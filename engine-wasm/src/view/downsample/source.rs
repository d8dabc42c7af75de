//! The rows of a window along an axis, read in chunks: their places, and the values of lines.

use super::axis::{Bounds, Form, Place, Side, key};
use super::spec::Downsample;
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::table::Table;
use crate::view::min_max::CHUNK;
use crate::view::read::Found;
use crate::view::window::CellBuffer;
use crate::view::{View, ViewRows};
use std::ops::Range;

/// What says where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Along {
    /// Its number.
    Numbers,
    /// A column of the table of a flat view, shown or not.
    TableColumn(usize),
    /// A column of a view of distinct rows.
    Column(usize),
    /// The only level of its groups.
    Level,
}

/// Rows of a window, to be gone through.
#[derive(Debug)]
pub struct Source<'a> {
    view: &'a mut View,
    table: &'a Table,
    rows: Range<u64>,
    along: Along,
    /// The type of what they stand along.
    pub data_type: DataType,
    /// The part of the axis that is asked for.
    pub bounds: Bounds,
}

/// Some rows, one behind the other.
#[derive(Debug)]
pub struct Chunk {
    bounds: Bounds,
    /// The number of the first one.
    first: u64,
    /// Where each stands, if it has a place.
    along: Vec<Option<u64>>,
    /// Their values in each line.
    pub lines: Vec<CellBuffer>,
}

impl Chunk {
    /// The rows that have a place on the axis.
    pub fn places(&self) -> impl Iterator<Item = (usize, Place)> {
        let places = self.along.iter().zip(self.first..).enumerate();
        places.filter_map(|(row, (along, number))| Some((row, ((*along)?, number))))
    }

    /// Those of them that stand in the part that is asked for.
    pub fn inside(&self) -> impl Iterator<Item = (usize, Place)> {
        self.places().filter(|(_, (along, _))| self.bounds.side(*along) == Side::Inside)
    }
}

/// What there is along the axis.
#[derive(Debug, Default)]
pub struct Extent {
    /// The least and the greatest place.
    pub ends: Option<(u64, u64)>,
    /// The same of the part that is asked for.
    pub inner: Option<(u64, u64)>,
    /// How many rows are in that part.
    pub among: u64,
}

impl<'a> Source<'a> {
    /// The rows `rows` of a view along the axis that is asked for.
    ///
    /// # Errors
    /// Where the view has no such axis.
    pub fn new(
        view: &'a mut View,
        table: &'a Table,
        rows: Range<u64>,
        how: &Downsample,
    ) -> Result<Self> {
        let (along, data_type) = axis_of(view, table, how.x.as_deref())?;
        let bounds = Bounds::new(&data_type, how.from, how.to);
        // Rows are asked for in parts, which are all of them.
        view.complete_order(table);
        Ok(Source { view, table, rows, along, data_type, bounds })
    }

    /// Goes through all rows to see what there is; rows that stand at their numbers are known.
    pub fn extent(&mut self) -> Extent {
        let mut extent = Extent::default();
        if self.along == Along::Numbers {
            let part = self.bounds.rows(&self.rows);
            let ends = |rows: &Range<u64>| (!rows.is_empty()).then(|| (rows.start, rows.end - 1));
            extent.among = part.end - part.start;
            (extent.ends, extent.inner) = (ends(&self.rows), ends(&part));
            return extent;
        }
        self.each(&[], &mut |chunk| {
            for (_, (along, _)) in chunk.places() {
                widen(&mut extent.ends, along);
            }
            for (_, (along, _)) in chunk.inside() {
                widen(&mut extent.inner, along);
                extent.among += 1;
            }
        });
        extent
    }

    /// Hands out all rows among which those are that are asked for, with their values in some
    /// columns of the view.
    pub fn each(&mut self, lines: &[usize], take: &mut dyn FnMut(&Chunk)) {
        let rows = match self.along {
            Along::Numbers => self.bounds.rows(&self.rows),
            _ => self.rows.clone(),
        };
        for start in rows.clone().step_by(CHUNK) {
            let chunk = self.chunk(start..rows.end.min(start + CHUNK as u64), lines);
            take(&chunk);
        }
    }

    /// Hands out the rows that [`each`](Source::each) does not, from the part that is asked
    /// for outwards, on each side until `take` wants no more.
    pub fn each_outside(&mut self, lines: &[usize], take: &mut dyn FnMut(&Chunk, Side) -> bool) {
        if self.along != Along::Numbers {
            return;
        }
        let part = self.bounds.rows(&self.rows);
        let (mut end, mut wanted) = (part.start, true);
        while wanted && end > self.rows.start {
            let start = self.rows.start.max(end.saturating_sub(CHUNK as u64));
            wanted = take(&self.chunk(start..end, lines), Side::Before);
            end = start;
        }
        let (mut start, mut wanted) = (part.end, true);
        while wanted && start < self.rows.end {
            let end = self.rows.end.min(start + CHUNK as u64);
            wanted = take(&self.chunk(start..end, lines), Side::After);
            start = end;
        }
    }

    fn chunk(&mut self, rows: Range<u64>, lines: &[usize]) -> Chunk {
        let first = rows.start;
        let count = (rows.end - rows.start) as usize;
        let found = self.view.find(rows.clone(), self.table);
        let along = match self.along {
            Along::Numbers => rows.map(Some).collect(),
            _ => {
                let mut cells = CellBuffer::new(self.data_type.clone(), count);
                self.read_axis(&found, &mut cells);
                (0..count).map(|row| key(&cells, row)).collect()
            }
        };
        let view = &mut *self.view;
        let lines = lines.iter().map(|&number| {
            let data_type = view.types[number % view.names.len()].clone();
            let mut cells = CellBuffer::new(data_type, count);
            view.rows.read_column(number, &found, self.table, &mut cells);
            cells
        });
        Chunk { bounds: self.bounds, first, along, lines: lines.collect() }
    }

    fn read_axis(&mut self, found: &Found, out: &mut CellBuffer) {
        match (&mut self.view.rows, found, self.along) {
            (ViewRows::Flat(_), Found::Rows(rows), Along::TableColumn(number)) => {
                let column = &self.table.columns()[number];
                rows.iter().for_each(|&row| out.push(column.scalar(row), None));
            }
            (ViewRows::Grouped(view), Found::Groups(groups), _) => {
                view.read_outermost_keys(groups, self.table, out);
            }
            (rows, found, Along::Column(number)) => {
                rows.read_column(number, found, self.table, out);
            }
            _ => unreachable!("an axis is one that the view has"),
        }
    }
}

/// Takes a place between the ends.
fn widen(ends: &mut Option<(u64, u64)>, along: u64) {
    let (low, high) = ends.get_or_insert((along, along));
    *low = along.min(*low);
    *high = along.max(*high);
}

/// What rows stand along, and its type.
fn axis_of(view: &View, table: &Table, name: Option<&str>) -> Result<(Along, DataType)> {
    let fail = |error: Error| Err(error.at("downsample.x"));
    let axis = match (&view.rows, name) {
        (ViewRows::Grouped(groups), name) => {
            let levels = &view.config.group_by;
            let [level] = levels.as_slice() else {
                let message = format!("rows of {} group levels have no place", levels.len());
                let error = Error::new(Kind::Unsupported, message);
                return fail(error.expected("a view with one level of groups, or none"));
            };
            if name.is_some_and(|name| name != level) {
                let name = name.unwrap_or_default();
                let known = [level.as_str()];
                return fail(Error::unknown(Kind::UnknownColumn, "group level", name, known));
            }
            (Along::Level, groups.level_types(table).next())
        }
        (_, None) => (Along::Numbers, Some(DataType::UInt64)),
        (ViewRows::Flat(_), Some(name)) => match view.table_column(name, table) {
            Some(number) => {
                let data_type = table.columns()[number].data_type().clone();
                (Along::TableColumn(number), Some(data_type))
            }
            None => {
                let known = table.schema().fields().iter().map(|field| field.name.as_str());
                return fail(Error::unknown(Kind::UnknownColumn, "column", name, known));
            }
        },
        (ViewRows::Distinct(_), Some(name)) => {
            match view.names.0.iter().position(|shown| shown == name) {
                Some(number) => (Along::Column(number), Some(view.types[number].clone())),
                None => {
                    let known = view.names.0.iter().map(String::as_str);
                    return fail(Error::unknown(Kind::UnknownColumn, "column", name, known));
                }
            }
        }
    };
    match axis {
        (along, Some(data_type)) if super::axis::is_continuous(&data_type) => {
            Ok((along, data_type))
        }
        (_, data_type) => {
            let kind = data_type.map_or("string", |data_type| data_type.kind().name());
            let error = Error::new(Kind::TypeMismatch, format!("a column of type {kind}"));
            fail(error.expected("a column of numbers, dates or datetimes"))
        }
    }
}

impl Source<'_> {
    /// The form of its places.
    pub fn form(&self) -> Form {
        Form::of(&self.data_type)
    }
}
