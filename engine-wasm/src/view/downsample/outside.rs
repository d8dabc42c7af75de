//! The rows on both sides of what is asked for: with them lines leave the picture where they do.

use super::axis::{Bounds, Place, Point, Side, key};
use super::source::Chunk;

/// Of each line the nearest row with a value before the part that is asked for, and behind it.
#[derive(Debug)]
pub struct Outside {
    before: Vec<Option<Place>>,
    after: Vec<Option<Place>>,
}

impl Outside {
    /// No rows of so many lines.
    pub fn new(lines: usize) -> Self {
        Outside { before: vec![None; lines], after: vec![None; lines] }
    }

    /// Takes in the rows of a chunk that are outside; its lines are those from `line` on.
    pub fn take(&mut self, chunk: &Chunk, bounds: &Bounds, line: usize) {
        for (row, place) in chunk.places() {
            let side = bounds.side(place.0);
            if side == Side::Inside {
                continue;
            }
            for (cells, line) in chunk.lines.iter().zip(line..) {
                let nearest = match side {
                    Side::Before => &mut self.before[line],
                    _ => &mut self.after[line],
                };
                let is_nearer = nearest.is_none_or(|nearest| match side {
                    Side::Before => place > nearest,
                    _ => place < nearest,
                });
                if is_nearer && key(cells, row).is_some() {
                    *nearest = Some(place);
                }
            }
        }
    }

    /// Whether there is a row of each line on that side.
    pub fn is_complete(&self, side: Side) -> bool {
        let rows = if side == Side::Before { &self.before } else { &self.after };
        rows.iter().all(Option::is_some)
    }

    /// The rows.
    pub fn finish(self, out: &mut Vec<Point>) {
        out.extend(self.before.into_iter().chain(self.after).flatten().map(Point::at));
    }
}
