//! The rows of a partition in their order, in blocks.
//!
//! ```text
//!  blocks   [ a b c d ]   [ e f ]   [ g h i ]
//!  before    nothing       abcd      abcdef        what has been added up before each block
//! ```
//!
//! A row is found in O(log n) comparisons, comes and goes in O(log n) and a move within its
//! block (and of 8 bytes a block behind it, where a block is split or given up), and its
//! neighbours are next to it. Rows are kept by the low halves of their ids; the order is the
//! caller's.
//!
//! A block may remember what was added up before it, so that whoever needs that in the middle
//! of a long partition does not begin at its front. The remembered is right as long as no row
//! before the block changes: whoever changes one goes through all behind it, block by block,
//! until what is remembered is right again.

use std::collections::VecDeque;

/// Rows in a block. The tests have small ones, so that they often cross from one to the next.
const BLOCK: usize = if cfg!(test) { 6 } else { 128 };

#[derive(Debug)]
struct Block<C> {
    rows: Vec<u32>,
    /// What was added up before the block, where that is known. Of the first block it is
    /// nothing, whatever stands here.
    before: Option<C>,
}

/// Rows in order.
#[derive(Debug)]
pub struct Sequence<C> {
    blocks: VecDeque<Box<Block<C>>>,
    len: usize,
}

impl<C> Default for Sequence<C> {
    fn default() -> Self {
        Sequence { blocks: VecDeque::new(), len: 0 }
    }
}

/// The place of a row, or the end behind all rows. Any change of the sequence makes it void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    block: usize,
    offset: usize,
}

impl<C> Sequence<C> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The row at `at`; none at the end.
    pub fn get(&self, at: Cursor) -> Option<u32> {
        self.blocks.get(at.block)?.rows.get(at.offset).copied()
    }

    /// The first row.
    pub fn first(&self) -> Option<u32> {
        self.blocks.front()?.rows.first().copied()
    }

    /// The last row.
    pub fn last(&self) -> Option<u32> {
        self.blocks.back()?.rows.last().copied()
    }

    /// The place of the first row.
    pub fn start(&self) -> Cursor {
        Cursor { block: 0, offset: 0 }
    }

    /// The place behind the last row.
    pub fn end(&self) -> Cursor {
        Cursor { block: self.blocks.len(), offset: 0 }
    }

    /// The place behind `at`, which is not the end.
    pub fn next(&self, at: Cursor) -> Cursor {
        match self.blocks.get(at.block) {
            Some(block) if at.offset + 1 < block.rows.len() => {
                Cursor { offset: at.offset + 1, ..at }
            }
            _ => Cursor { block: at.block + 1, offset: 0 },
        }
    }

    /// The place up to `count` rows before `at`, and how many they are.
    pub fn back(&self, at: Cursor, count: u64) -> (Cursor, u64) {
        let (mut at, mut left) = (at, count);
        while left > 0 {
            if at.offset as u64 >= left {
                at.offset -= left as usize;
                return (at, count);
            }
            left -= at.offset as u64;
            at.offset = 0;
            if at.block == 0 {
                break;
            }
            at.block -= 1;
            at.offset = self.blocks[at.block].rows.len();
        }
        (at, count - left)
    }

    /// The place up to `count` rows behind `at`.
    pub fn forward(&self, at: Cursor, count: u64) -> Cursor {
        let (mut at, mut left) = (at, count);
        while let Some(block) = self.blocks.get(at.block) {
            let here = (block.rows.len() - at.offset) as u64;
            if left < here {
                at.offset += left as usize;
                return at;
            }
            left -= here;
            at = Cursor { block: at.block + 1, offset: 0 };
        }
        at
    }

    /// The place of the first row that is not before what is sought.
    pub fn lower_bound(&self, mut is_before: impl FnMut(u32) -> bool) -> Cursor {
        let behind = self.blocks.partition_point(|block| is_before(block.rows[0]));
        let Some(block) = behind.checked_sub(1) else { return self.start() };
        let offset = self.blocks[block].rows.partition_point(|&row| is_before(row));
        match offset == self.blocks[block].rows.len() {
            true => Cursor { block: behind, offset: 0 },
            false => Cursor { block, offset },
        }
    }

    /// Puts a row behind all others.
    pub fn push(&mut self, row: u32) {
        self.len += 1;
        match self.blocks.back_mut() {
            Some(block) if block.rows.len() < BLOCK => block.rows.push(row),
            _ => self.blocks.push_back(Box::new(Block { rows: vec![row], before: None })),
        }
    }

    /// Puts a row before the one at `at`.
    pub fn insert(&mut self, at: Cursor, row: u32) {
        // At the end of the block before, so that what this one knows is of rows before it.
        let (number, offset) = match (at.offset, at.block.checked_sub(1)) {
            (0, Some(before)) => (before, self.blocks[before].rows.len()),
            _ => (at.block, at.offset),
        };
        let Some(block) = self.blocks.get_mut(number) else { return self.push(row) };
        block.rows.insert(offset, row);
        self.len += 1;
        if block.rows.len() > BLOCK {
            let rows = block.rows.split_off(BLOCK / 2);
            self.blocks.insert(number + 1, Box::new(Block { rows, before: None }));
        }
    }

    /// Takes out the row at `at`, which is there.
    pub fn remove(&mut self, at: Cursor) {
        let rows = &mut self.blocks[at.block].rows;
        rows.remove(at.offset);
        self.len -= 1;
        let left = rows.len();
        if left == 0 {
            self.blocks.remove(at.block);
            self.unknow(at.block);
            return;
        }
        if at.offset == 0 {
            // Of the rows before the block it is still right, but no sign any more that what is
            // added up of those in it is as it was: a row that comes in the place of the one that
            // left may come to the end of the block before.
            self.unknow(at.block);
        }
        if at.offset == left {
            // What comes behind the row begins there.
            self.unknow(at.block + 1);
        }
        let len = |number: usize| self.blocks.get(number).map_or(BLOCK, |block| block.rows.len());
        if left <= BLOCK / 4 {
            if left + len(at.block + 1) <= BLOCK / 2 {
                self.join(at.block);
            } else if at.block > 0 && left + len(at.block - 1) <= BLOCK / 2 {
                self.join(at.block - 1);
            }
        }
    }

    /// Joins a block with the next.
    fn join(&mut self, number: usize) {
        if let Some(next) = self.blocks.remove(number + 1) {
            self.blocks[number].rows.extend(next.rows);
        }
    }

    /// Forgets what was added up before a block.
    fn unknow(&mut self, number: usize) {
        if let Some(block) = self.blocks.get_mut(number) {
            block.before = None;
        }
    }

    /// What was added up before the block that begins at `at`; none in the middle of a block,
    /// and where it is not known.
    pub fn before(&self, at: Cursor) -> Option<&C> {
        let block = self.blocks.get(at.block).filter(|_| at.offset == 0 && at.block > 0)?;
        block.before.as_ref()
    }

    /// Remembers what was added up before `at`, where a block begins there.
    pub fn remember(&mut self, at: Cursor, state: impl FnOnce() -> C) {
        if at.offset == 0
            && at.block > 0
            && let Some(block) = self.blocks.get_mut(at.block)
        {
            block.before = Some(state());
        }
    }

    /// The last block's beginning that is not behind `at` and of which what was added up
    /// before is known: the place, and what. None: the front, and nothing.
    pub fn known_before(&self, at: Cursor) -> (Cursor, Option<&C>) {
        let blocks = (1..=at.block.min(self.blocks.len().saturating_sub(1))).rev();
        let known = blocks.filter_map(|block| Some((block, self.blocks[block].before.as_ref()?)));
        match known.into_iter().next() {
            Some((block, state)) => (Cursor { block, offset: 0 }, Some(state)),
            None => (self.start(), None),
        }
    }

    /// Gives all rows other ids, which leave their order.
    pub fn renumber(&mut self, id: impl Fn(u32) -> u32) {
        for block in &mut self.blocks {
            block.rows.iter_mut().for_each(|row| *row = id(*row));
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let rows = self.blocks.iter().map(|block| block.rows.capacity() * 4).sum::<usize>();
        rows + self.blocks.len() * size_of::<Block<C>>() + self.blocks.capacity() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows<C>(sequence: &Sequence<C>) -> Vec<u32> {
        let mut at = sequence.start();
        let mut out = Vec::new();
        while let Some(row) = sequence.get(at) {
            out.push(row);
            at = sequence.next(at);
        }
        assert!(at >= sequence.end() || sequence.len() == 0);
        out
    }

    proptest! {
        #![proptest_config(crate::testing::cases(200))]

        #[test]
        fn agrees_with_a_sorted_vector(
            changes in proptest::collection::vec((0u32..60, 0u8..3), 0..200),
            steps in proptest::collection::vec((0u32..70, 0u64..30), 0..8),
        ) {
            let mut sequence = Sequence::<()>::default();
            let mut expected: Vec<u32> = Vec::new();
            for (row, what) in changes {
                match expected.binary_search(&row) {
                    Err(at) if what > 0 => {
                        expected.insert(at, row);
                        let cursor = sequence.lower_bound(|other| other < row);
                        sequence.insert(cursor, row);
                    }
                    Ok(at) if what == 0 => {
                        expected.remove(at);
                        let cursor = sequence.lower_bound(|other| other < row);
                        prop_assert_eq!(sequence.get(cursor), Some(row));
                        sequence.remove(cursor);
                    }
                    _ => {}
                }
                prop_assert_eq!(rows(&sequence), &expected[..]);
                prop_assert_eq!(sequence.len(), expected.len());
                prop_assert_eq!(sequence.first(), expected.first().copied());
                prop_assert_eq!(sequence.last(), expected.last().copied());
            }
            for (row, count) in steps {
                let place = expected.partition_point(|&other| other < row);
                let at = sequence.lower_bound(|other| other < row);
                prop_assert_eq!(sequence.get(at), expected.get(place).copied());
                let (before, moved) = sequence.back(at, count);
                let sought = place.saturating_sub(count as usize);
                prop_assert_eq!(moved as usize, place - sought);
                prop_assert_eq!(sequence.get(before), expected.get(sought).copied());
                let behind = sequence.forward(at, count);
                prop_assert_eq!(sequence.get(behind), expected.get(place + count as usize).copied());
                prop_assert_eq!(sequence.back(behind, u64::MAX).1 as usize, expected.len().min(place + count as usize));
            }
        }
    }

    #[test]
    fn rows_that_come_in_order_and_leave_in_order_take_no_more_room_than_they_need() {
        let mut sequence = Sequence::<()>::default();
        for row in 0..10_000 {
            sequence.push(row);
            if row >= 100 {
                sequence.remove(sequence.start());
            }
        }
        assert_eq!(sequence.len(), 100);
        assert!(sequence.blocks.len() <= 100 / BLOCK + 2, "{} blocks", sequence.blocks.len());
    }
}
