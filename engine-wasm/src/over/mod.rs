//! Windows: columns that are computed over other rows of the table, as by SQL's `OVER`.
//!
//! Rows fall into *partitions*, are *ordered* in each, and the value of a row is computed over
//! its *frame*: rows of its partition that come before it and itself.
//!
//! | frame | file | an append at the end | a change in the middle |
//! |---|---|---|---|
//! | all rows up to this one | `running` | O(1) | the rows behind it, until what was added up is as it was |
//! | a number of rows, or those within a range | `rolling` | O(1), amortised | a frame of rows before it, and the rows whose frames it is in |
//! | the row a number of rows away | `shift` | O(1) | as many rows |
//!
//! A change in the middle also takes O(log n) to find its place. Rows that leave at the front
//! of a partition are such changes: what is left is what the rows that are left make, so that
//! in a frame of all rows each of them changes.
//!
//! What is kept over a frame is in a file for each family: `sums`, `extremes`, `counts`,
//! `smoothed`, `rate`. How a window is asked for is in `spec` and `resolve`; the rows of partitions are in
//! `partitions` and `sequence`.

mod counts;
mod directory;
mod extremes;
mod frame;
mod function;
mod order;
mod partitions;
mod range;
mod rate;
mod resolve;
mod rolling;
mod running;
mod sequence;
mod shift;
mod smoothed;
mod spec;
mod sums;

#[cfg(test)]
mod tests;

pub use function::Function;
pub use order::{Inputs, Order};
pub use partitions::{Kept, Reads, Rows};
pub use resolve::Resolved;
pub use smoothed::Fading;
pub use spec::{FrameSpec, Halflife, Over};

use crate::aggregate::{ExactMoments, ExactSum, FloatMoments, FloatSum};
use crate::schema::DataType;
use counts::{Count, Rank};
use extremes::{Extreme, Extremes};
use partitions::Partitions;
use range::Range;
use rate::Rate;
use rolling::{Preceding, Within};
use running::Whole;
use shift::Shifted;
use smoothed::Smoothed;
use sums::{Added, Spread};

/// A frame whose columns are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reach {
    /// All rows up to the current one.
    Whole,
    /// The current row and so many before it.
    Preceding(u64),
    /// The rows within a range.
    Within(Range),
    /// The row so many rows away.
    Shifted(u64),
}

/// The structure for a window over `reach`, whose column is of `data_type`. None where the
/// function has no such frame.
pub fn kept(reads: Reads, reach: Reach, data_type: &DataType) -> Option<Box<dyn Kept>> {
    let is_float = matches!(data_type, DataType::Float32 | DataType::Float64);
    macro_rules! over {
        ($state:ty, $moving:ty) => {
            match reach {
                Reach::Whole => boxed(Whole::<$state>::default(), reads),
                Reach::Preceding(rows) => boxed(Preceding::<$moving>::new(rows), reads),
                Reach::Within(range) => boxed(Within::<$moving>::new(range), reads),
                Reach::Shifted(_) => return None,
            }
        };
        ($state:ty) => {
            over!($state, $state)
        };
    }
    Some(match (reads.function, reach) {
        (Function::Sum | Function::Avg, _) if is_float => over!(Added<FloatSum>),
        (Function::Sum | Function::Avg, _) => over!(Added<ExactSum>),
        (Function::Var | Function::StdDev, _) if is_float => over!(Spread<FloatMoments>),
        (Function::Var | Function::StdDev, _) => over!(Spread<ExactMoments>),
        (Function::Min | Function::Max, _) => over!(Extreme, Extremes),
        (Function::Count, _) => over!(Count),
        (Function::Rate, Reach::Preceding(rows)) => boxed(Preceding::<Rate>::new(rows), reads),
        (Function::Rate, Reach::Within(range)) => boxed(Within::<Rate>::new(range), reads),
        (Function::Ema, Reach::Whole) => boxed(Whole::<Smoothed>::default(), reads),
        (Function::RowNumber | Function::Rank, Reach::Whole) => {
            boxed(Whole::<Rank>::default(), reads)
        }
        (Function::Lag | Function::Diff, Reach::Shifted(offset)) => {
            boxed(Shifted { offset, ahead: false }, reads)
        }
        (Function::Lead, Reach::Shifted(offset)) => boxed(Shifted { offset, ahead: true }, reads),
        _ => return None,
    })
}

fn boxed<F: frame::Frame + 'static>(frame: F, reads: Reads) -> Box<dyn Kept> {
    Box::new(Partitions::new(frame, reads))
}
