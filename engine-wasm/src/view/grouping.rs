//! Groups: a tree whose levels are the columns that rows are grouped by.
//!
//! Every group has a dense number; the root, which holds all rows, is 0. A group's number
//! is used again when it has no rows any more. Strings and small integers as the outermost
//! level are found by a perfect hash, their code or value, and so are innermost groups where
//! the values of all levels are such; all else by the hash of parent and key. Where only
//! innermost groups are wanted, the tree has one level, on which a group is found by the hash
//! of all its values.

use super::outermost::Outermost;
use super::small_tuples::{BLOCK, SmallTuples};
use super::tuple_keys::TupleKeys;
use crate::aggregate::Rows;
use crate::keys::{GroupKey, SortKey, group_keys};
use crate::scalar::Scalar;
use crate::table::{Column, Segment, Table, Values};
use hashbrown::HashTable;
use std::cmp::Ordering;

/// The number of no group.
pub const NO_GROUP: u32 = u32::MAX;

/// The group that holds all rows.
pub const ROOT: u32 = 0;

/// The groups of a view's rows, or of its columns.
#[derive(Debug)]
pub struct GroupTree {
    /// The table's columns by which rows are grouped, outermost first.
    columns: Vec<usize>,
    parents: Vec<u32>,
    /// What each group stands for among its siblings; none where there are tuples.
    keys: Vec<GroupKey>,
    levels: Vec<u8>,
    index: HashTable<u32>,
    /// The outermost groups whose keys are small numbers.
    outermost: Outermost,
    /// The innermost groups whose values are small, of several columns.
    small: Option<SmallTuples>,
    /// Where the tree has one level for all columns: what its groups stand for.
    tuples: Option<Tuples>,
    free: Vec<u32>,
    created: Vec<u32>,
    /// Which groups are in `created`.
    is_new: Vec<bool>,
    scratch: Vec<GroupKey>,
}

/// The keys of groups by several columns at once.
#[derive(Debug)]
struct Tuples {
    layout: TupleKeys,
    /// The words of each group's key.
    keys: Vec<u32>,
    /// The groups, each behind the hash of its key, so that growing reads no keys.
    index: HashTable<(u32, u32)>,
    scratch: Vec<u32>,
}

/// What the table of tuples is told for a hash of 32 bits: it uses the upper and the lower
/// ones of 64.
fn widened(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

impl Tuples {
    fn key(&self, group: u32) -> &[u32] {
        &self.keys[group as usize * self.layout.width()..][..self.layout.width()]
    }

    fn memory(&self) -> usize {
        (self.keys.capacity() + self.scratch.capacity() + 2 * self.index.capacity()) * 4
    }
}

fn hash(parent: u32, key: GroupKey) -> u64 {
    // Fibonacci hashing of both words, which is enough for keys that are dense numbers or
    // the bits of values: the table uses the upper bits of the product.
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = (key.folded() ^ u64::from(parent).rotate_left(32)).wrapping_mul(GOLDEN);
    mixed ^ mixed >> 32
}

impl GroupTree {
    /// The root alone, for groups by `columns`, of which there are at most 255.
    pub fn new(columns: Vec<usize>, table: &Table) -> Self {
        GroupTree {
            small: SmallTuples::new(&columns, table),
            columns,
            parents: vec![NO_GROUP],
            keys: vec![GroupKey::NULL],
            levels: vec![0],
            index: HashTable::new(),
            outermost: Outermost::default(),
            tuples: None,
            free: Vec::new(),
            created: Vec::new(),
            is_new: vec![false],
            scratch: Vec::new(),
        }
    }

    /// The root, for groups by all of `columns` at once, on one level.
    pub fn of_one_level(columns: Vec<usize>, table: &Table) -> Self {
        if columns.len() == 1 {
            return GroupTree::new(columns, table);
        }
        let layout = TupleKeys::new(&columns, table);
        let keys = vec![0; layout.width()];
        let tuples = Some(Tuples { layout, keys, index: HashTable::new(), scratch: Vec::new() });
        GroupTree { tuples, keys: Vec::new(), ..GroupTree::new(columns, table) }
    }

    /// The table's columns by which rows are grouped, outermost first.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The number of levels below the root.
    pub fn depth(&self) -> usize {
        if self.tuples.is_some() { 1 } else { self.columns.len() }
    }

    /// One more than the largest group number.
    pub fn bound(&self) -> usize {
        self.parents.len()
    }

    /// The number of groups, the root among them.
    pub fn len(&self) -> usize {
        self.parents.len() - self.free.len()
    }

    /// The level of `group`, 0 for the root.
    pub fn level(&self, group: u32) -> usize {
        self.levels[group as usize].into()
    }

    /// Whether `group` has no others in it.
    pub fn is_innermost(&self, group: u32) -> bool {
        self.level(group) == self.depth()
    }

    /// The group around `group`; of the root, [`NO_GROUP`].
    pub fn parent(&self, group: u32) -> u32 {
        self.parents[group as usize]
    }

    /// The column by whose values `group` is told from its siblings; of several the first.
    pub fn column<'t>(&self, group: u32, table: &'t Table) -> &'t Column {
        &table.columns()[self.columns[self.level(group) - 1]]
    }

    /// What `group`, which is not the root, stands for among its siblings, in a tree that
    /// has a level for each column.
    pub fn key(&self, group: u32, table: &Table) -> Scalar {
        self.keys[group as usize].scalar(self.column(group, table).data_type())
    }

    /// The number of columns whose values `group` stands for.
    pub fn num_keys(&self, group: u32) -> usize {
        if self.tuples.is_some() && group != ROOT {
            return self.columns.len();
        }
        self.level(group)
    }

    /// The values that `group` stands for, outermost first.
    pub fn keys(&self, group: u32, table: &Table) -> Vec<Scalar> {
        match &self.tuples {
            Some(_) if group == ROOT => Vec::new(),
            Some(_) => (0..self.columns.len()).map(|i| self.key_at(i, group, table)).collect(),
            None => self.path(group).into_iter().map(|group| self.key(group, table)).collect(),
        }
    }

    /// The value of column `number` among those that `group` stands for, which it has: 0 is
    /// the outermost.
    pub fn key_at(&self, number: usize, group: u32, table: &Table) -> Scalar {
        if let Some(tuples) = &self.tuples {
            return tuples.layout.value(tuples.key(group), number, table);
        }
        let mut at = group;
        while self.level(at) > number + 1 {
            at = self.parent(at);
        }
        self.key(at, table)
    }

    /// The first of the values by which `group` is told from its siblings.
    pub fn first_key(&self, group: u32, table: &Table) -> Scalar {
        match &self.tuples {
            Some(_) => self.key_at(0, group, table),
            None => self.key(group, table),
        }
    }

    /// The order of two siblings by what they stand for.
    pub fn compare(&self, a: u32, b: u32, table: &Table) -> Ordering {
        if let Some(Tuples { layout, .. }) = &self.tuples {
            let each = (0..self.columns.len()).map(|i| {
                let value = |group| layout.value(self.tuple(group), i, table);
                value(a).compare(value(b), layout.column(i, table).strings())
            });
            return each.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
        }
        let (x, y) = (self.keys[a as usize], self.keys[b as usize]);
        match (self.column(a, table).strings(), x.code(), y.code()) {
            (Some(strings), Some(x), Some(y)) if x != y => strings.get(x).cmp(strings.get(y)),
            _ => x.cmp(&y),
        }
    }

    /// The order of two groups by all that they stand for, outermost first: a group comes
    /// before those in it.
    pub fn compare_paths(&self, a: u32, b: u32, table: &Table) -> Ordering {
        let (mut x, mut y) = (a, b);
        while self.level(x) > self.level(y) {
            x = self.parent(x);
        }
        while self.level(y) > self.level(x) {
            y = self.parent(y);
        }
        if x == y {
            return self.level(a).cmp(&self.level(b));
        }
        while self.parent(x) != self.parent(y) {
            (x, y) = (self.parent(x), self.parent(y));
        }
        self.compare(x, y, table)
    }

    /// The innermost groups of rows, made where they are new, into `out`.
    pub fn assign(&mut self, table: &Table, rows: Rows<'_>, out: &mut Vec<u32>) {
        out.clear();
        let Some(mut small) = self.small.take() else {
            return self.assign_any(table, rows, out);
        };
        let segment = |&column: &usize| table.columns()[column].segment(rows.segment);
        let segments: Vec<&Segment> = self.columns.iter().map(segment).collect();
        let mut found = Vec::new();
        for offsets in rows.offsets.chunks(BLOCK) {
            if !small.looks() {
                self.assign_any(table, Rows { offsets, ..rows }, out);
                continue;
            }
            small.find(&segments, offsets, out);
            if !small.missing().is_empty() {
                found.clear();
                self.assign_any(table, Rows { offsets: small.missing(), ..rows }, &mut found);
                small.learn(&segments, &found, self.len(), out);
            }
        }
        self.small = Some(small);
    }

    /// Appends the innermost groups of rows to `out`, wherever their values are.
    fn assign_any(&mut self, table: &Table, rows: Rows<'_>, out: &mut Vec<u32>) {
        if self.tuples.is_some() {
            // A few at a time, so that their keys are still at hand.
            for offsets in rows.offsets.chunks(BLOCK) {
                self.assign_tuples(table, Rows { offsets, ..rows }, out);
            }
            return;
        }
        let first = out.len();
        out.resize(first + rows.offsets.len(), ROOT);
        let out = &mut out[first..];
        for level in 0..self.columns.len() {
            let column = &table.columns()[self.columns[level]];
            let segment = column.segment(rows.segment);
            if level == 0 && Outermost::takes(column.data_type()) {
                self.assign_outermost(segment, rows, out);
                continue;
            }
            let mut keys = std::mem::take(&mut self.scratch);
            keys.clear();
            let is_null = |offset: u32| segment.nulls().contains(offset as usize);
            group_keys(segment.values(), is_null, rows.offsets, &mut keys);
            for (group, &key) in out.iter_mut().zip(&keys) {
                *group = self.find_or_create(*group, key, level);
            }
            self.scratch = keys;
        }
    }

    /// The outermost groups of rows, by texts, integers, dates or booleans.
    fn assign_outermost(&mut self, segment: &Segment, rows: Rows<'_>, out: &mut [u32]) {
        let nulls = segment.nulls();
        macro_rules! each {
            ($values:expr, $key:expr) => {{
                let mut group_of = |key: GroupKey| match self.outermost.get(key) {
                    Some(group) => group,
                    None => self.find_or_create_outermost(key),
                };
                match rows.dense() {
                    Some(places) if nulls.is_empty() => {
                        for (group, &value) in out.iter_mut().zip(&$values[places]) {
                            *group = group_of($key(value));
                        }
                    }
                    _ => {
                        for (group, &offset) in out.iter_mut().zip(rows.offsets) {
                            *group = match nulls.contains(offset as usize) {
                                true => group_of(GroupKey::NULL),
                                false => group_of($key($values[offset as usize])),
                            };
                        }
                    }
                }
            }};
        }
        let int = |value: i64| GroupKey::of_sorted(SortKey::int(value));
        match segment.values() {
            Values::C8(v) => each!(v, |x: u8| GroupKey::of_code(x.into())),
            Values::C16(v) => each!(v, |x: u16| GroupKey::of_code(x.into())),
            Values::C32(v) => each!(v, GroupKey::of_code),
            Values::I8(v) => each!(v, |x: i8| int(x.into())),
            Values::I16(v) => each!(v, |x: i16| int(x.into())),
            Values::I32(v) => each!(v, |x: i32| int(x.into())),
            Values::I64(v) => each!(v, int),
            Values::U8(v) => each!(v, |x: u8| GroupKey::of_sorted(SortKey(x.into()))),
            Values::U16(v) => each!(v, |x: u16| GroupKey::of_sorted(SortKey(x.into()))),
            Values::U32(v) => each!(v, |x: u32| GroupKey::of_sorted(SortKey(x.into()))),
            Values::U64(v) => each!(v, |x: u64| GroupKey::of_sorted(SortKey(x))),
            Values::Bool(v) => each!(v, |x: bool| GroupKey::of_sorted(SortKey(x.into()))),
            Values::F32(_) | Values::F64(_) | Values::I128(_) => {
                unreachable!("numbers with fractions are found by their hash")
            }
        }
    }

    /// The groups of rows by all columns at once.
    fn assign_tuples(&mut self, table: &Table, rows: Rows<'_>, out: &mut Vec<u32>) {
        let Some(mut tuples) = self.tuples.take() else { return };
        let mut keys = std::mem::take(&mut tuples.scratch);
        tuples.layout.encode(table, rows, &mut keys);
        for key in keys.chunks_exact(tuples.layout.width()) {
            let hashed = TupleKeys::hash(key);
            let same = |&(other, group): &(u32, u32)| {
                other == hashed && key.iter().zip(tuples.key(group)).all(|(a, b)| a == b)
            };
            let group = match tuples.index.find(widened(hashed), same) {
                Some(&(_, group)) => group,
                None => {
                    let group = self.create(ROOT, 0);
                    let width = tuples.layout.width();
                    if tuples.keys.len() < (group as usize + 1) * width {
                        tuples.keys.resize((group as usize + 1) * width, 0);
                    }
                    tuples.keys[group as usize * width..][..width].copy_from_slice(key);
                    let hash_of = |entry: &(u32, u32)| widened(entry.0);
                    tuples.index.insert_unique(widened(hashed), (hashed, group), hash_of);
                    group
                }
            };
            out.push(group);
        }
        tuples.scratch = keys;
        self.tuples = Some(tuples);
    }

    fn tuple(&self, group: u32) -> &[u32] {
        self.tuples.as_ref().map_or(&[], |tuples| tuples.key(group))
    }

    /// The groups of a level, counted from the root's.
    pub fn of_level(&self, level: usize) -> Vec<u32> {
        let all = 0..self.parents.len() as u32;
        all.filter(|&group| self.level(group) == level).collect()
    }

    /// The groups one level up, in place.
    pub fn ascend(&self, groups: &mut [u32]) {
        for group in groups {
            *group = self.parents[*group as usize];
        }
    }

    fn find_or_create_outermost(&mut self, key: GroupKey) -> u32 {
        let group = self.find_or_create(ROOT, key, 0);
        self.outermost.learn(key, group);
        group
    }

    fn find_or_create(&mut self, parent: u32, key: GroupKey, level: usize) -> u32 {
        let hashed = hash(parent, key);
        let same = |&group: &u32| {
            self.keys[group as usize] == key && self.parents[group as usize] == parent
        };
        if let Some(&group) = self.index.find(hashed, same) {
            return group;
        }
        let group = self.create(parent, level);
        if self.keys.len() <= group as usize {
            self.keys.resize(group as usize + 1, GroupKey::NULL);
        }
        self.keys[group as usize] = key;
        let GroupTree { index, parents, keys, .. } = self;
        index.insert_unique(hashed, group, |&group| {
            hash(parents[group as usize], keys[group as usize])
        });
        group
    }

    fn create(&mut self, parent: u32, level: usize) -> u32 {
        let group = match self.free.pop() {
            Some(group) => group,
            None => {
                self.parents.push(0);
                self.levels.push(0);
                self.is_new.push(false);
                (self.parents.len() - 1) as u32
            }
        };
        self.parents[group as usize] = parent;
        self.levels[group as usize] = level as u8 + 1;
        self.created.push(group);
        self.is_new[group as usize] = true;
        group
    }

    /// The groups made since this was last asked, outer ones before those in them.
    pub fn take_created(&mut self) -> Vec<u32> {
        for &group in &self.created {
            self.is_new[group as usize] = false;
        }
        std::mem::take(&mut self.created)
    }

    /// Whether `group` will be among the next [`take_created`](GroupTree::take_created).
    pub fn is_new(&self, group: u32) -> bool {
        self.is_new[group as usize]
    }

    /// Orders groups so that each comes before the one around it.
    pub fn innermost_first(&self, groups: &mut [u32]) {
        groups.sort_unstable_by_key(|&group| std::cmp::Reverse(self.levels[group as usize]));
    }

    /// Gives up `group`, which has no rows and no groups in it any more.
    pub fn remove(&mut self, group: u32) {
        if let Some(tuples) = &mut self.tuples {
            let hashed = widened(TupleKeys::hash(tuples.key(group)));
            if let Ok(entry) = tuples.index.find_entry(hashed, |entry| entry.1 == group) {
                entry.remove();
            }
        } else {
            let (parent, key) = (self.parents[group as usize], self.keys[group as usize]);
            if parent == ROOT {
                self.outermost.forget(key);
            }
            if let Ok(entry) = self.index.find_entry(hash(parent, key), |&other| other == group) {
                entry.remove();
            }
        }
        if let Some(small) = &mut self.small {
            small.forget(group);
        }
        self.free.push(group);
    }

    /// The groups from below the root to `group`, outermost first.
    pub fn path(&self, group: u32) -> Vec<u32> {
        let mut path = Vec::with_capacity(self.level(group));
        let mut at = group;
        while at != ROOT {
            path.push(at);
            at = self.parents[at as usize];
        }
        path.reverse();
        path
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let tuples = self.tuples.as_ref();
        self.parents.capacity() * (4 + 1 + 1)
            + self.keys.capacity() * size_of::<GroupKey>()
            + tuples.map_or(0, Tuples::memory)
            + self.outermost.memory()
            + self.small.as_ref().map_or(0, SmallTuples::memory)
            + (self.index.capacity() + self.free.capacity()) * 4
    }
}
