//! Of each column of pixels the rows that draw the same line as all of them: the first, the last,
//! the lowest and the highest (Jugel, Jerzak, Hackenbroich, Markl: "M4: A Visualization-Oriented
//! Time Series Data Aggregation", VLDB 2014).

use super::axis::{Pixels, Place, Point, key};
use super::source::Chunk;

/// What is kept of a line in a column of pixels.
#[derive(Debug, Clone, Copy)]
struct Pixel {
    first: Point,
    last: Point,
    low: Point,
    high: Point,
}

/// The rows kept so far, whatever order they come in.
#[derive(Debug)]
pub struct M4 {
    pixels: Pixels,
    /// By line, then by column of pixels.
    kept: Vec<Option<Pixel>>,
    /// By column of pixels the first row, which stands there for lines without a value.
    firsts: Vec<Option<Place>>,
}

impl M4 {
    /// No rows of so many lines.
    pub fn new(pixels: Pixels, lines: usize) -> Self {
        M4 { pixels, kept: vec![None; pixels.count() * lines], firsts: vec![None; pixels.count()] }
    }

    /// Takes in the rows of a chunk that are inside.
    pub fn take(&mut self, chunk: &Chunk) {
        let count = self.pixels.count();
        for (row, place) in chunk.inside() {
            let column = self.pixels.column(place.0);
            let first = self.firsts[column].get_or_insert(place);
            *first = place.min(*first);
            for (line, cells) in chunk.lines.iter().enumerate() {
                let Some(value) = key(cells, row) else { continue };
                let point = Point { place, value };
                match &mut self.kept[line * count + column] {
                    Some(pixel) => pixel.take(point),
                    none => {
                        *none = Some(Pixel { first: point, last: point, low: point, high: point });
                    }
                }
            }
        }
    }

    /// The rows kept, some of them several times.
    pub fn finish(self, out: &mut Vec<Point>) {
        for (i, pixel) in self.kept.into_iter().enumerate() {
            match pixel {
                Some(Pixel { first, last, low, high }) => {
                    out.extend([first, last, low, high]);
                }
                None => out.extend(self.firsts[i % self.pixels.count()].map(Point::at)),
            }
        }
    }
}

impl Pixel {
    /// Of equal values the first row is kept.
    fn take(&mut self, point: Point) {
        if point.place < self.first.place {
            self.first = point;
        }
        if point.place > self.last.place {
            self.last = point;
        }
        let is_before = |other: &Point| point.value == other.value && point.place < other.place;
        if point.value < self.low.value || is_before(&self.low) {
            self.low = point;
        }
        if point.value > self.high.value || is_before(&self.high) {
            self.high = point;
        }
    }
}
