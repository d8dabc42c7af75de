//! Groups: a tree whose levels are the columns that rows are grouped by.
//!
//! Every group has a dense number; the root, which holds all rows, is 0. A group's number
//! is used again when it has no rows any more. Strings as the outermost level are found
//! by a perfect hash, their code; all else by the hash of parent and key.

use crate::aggregate::Rows;
use crate::keys::{GroupKey, group_keys};
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Column, Table};
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
    keys: Vec<GroupKey>,
    levels: Vec<u8>,
    index: HashTable<u32>,
    /// The outermost groups by their string's code.
    by_code: Vec<u32>,
    free: Vec<u32>,
    created: Vec<u32>,
    /// Which groups are in `created`.
    is_new: Vec<bool>,
    scratch: Vec<GroupKey>,
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
    pub fn new(columns: Vec<usize>) -> Self {
        GroupTree {
            columns,
            parents: vec![NO_GROUP],
            keys: vec![GroupKey::NULL],
            levels: vec![0],
            index: HashTable::new(),
            by_code: Vec::new(),
            free: Vec::new(),
            created: Vec::new(),
            is_new: vec![false],
            scratch: Vec::new(),
        }
    }

    /// The table's columns by which rows are grouped, outermost first.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The number of levels below the root.
    pub fn depth(&self) -> usize {
        self.columns.len()
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

    /// The column by whose values `group` is told from its siblings.
    pub fn column<'t>(&self, group: u32, table: &'t Table) -> &'t Column {
        &table.columns()[self.columns[self.level(group) - 1]]
    }

    /// What `group`, which is not the root, stands for.
    pub fn key(&self, group: u32, table: &Table) -> Scalar {
        self.keys[group as usize].scalar(self.column(group, table).data_type())
    }

    /// What the group around `group` on `level`, or itself, stands for: 0 is the outermost.
    pub fn key_at(&self, level: usize, group: u32, table: &Table) -> Scalar {
        let mut at = group;
        while self.level(at) > level + 1 {
            at = self.parent(at);
        }
        self.key(at, table)
    }

    /// The order of two siblings by what they stand for.
    pub fn compare(&self, a: u32, b: u32, table: &Table) -> Ordering {
        let (x, y) = (self.keys[a as usize], self.keys[b as usize]);
        match (self.column(a, table).strings(), x.code(), y.code()) {
            (Some(strings), Some(x), Some(y)) if x != y => strings.get(x).cmp(strings.get(y)),
            _ => x.cmp(&y),
        }
    }

    /// The order of two groups of one level by all that they stand for, outermost first.
    pub fn compare_paths(&self, a: u32, b: u32, table: &Table) -> Ordering {
        let (mut a, mut b) = (a, b);
        while a != b && self.parent(a) != self.parent(b) {
            (a, b) = (self.parent(a), self.parent(b));
        }
        if a == b { Ordering::Equal } else { self.compare(a, b, table) }
    }

    /// The innermost groups of rows, made where they are new, into `out`.
    pub fn assign(&mut self, table: &Table, rows: Rows<'_>, out: &mut Vec<u32>) {
        out.clear();
        out.resize(rows.offsets.len(), ROOT);
        for level in 0..self.columns.len() {
            let column = &table.columns()[self.columns[level]];
            let segment = column.segment(rows.segment);
            let mut keys = std::mem::take(&mut self.scratch);
            keys.clear();
            let is_null = |offset: u32| segment.nulls().contains(offset as usize);
            group_keys(segment.values(), is_null, rows.offsets, &mut keys);
            let by_code = level == 0 && *column.data_type() == DataType::String;
            for (group, &key) in out.iter_mut().zip(&keys) {
                *group = match key.code() {
                    Some(code) if by_code => self.outermost_by_code(code, key),
                    _ => self.find_or_create(*group, key, level),
                };
            }
            self.scratch = keys;
        }
    }

    /// The groups one level up, in place.
    pub fn ascend(&self, groups: &mut [u32]) {
        for group in groups {
            *group = self.parents[*group as usize];
        }
    }

    fn outermost_by_code(&mut self, code: u32, key: GroupKey) -> u32 {
        match self.by_code.get(code as usize) {
            Some(&group) if group != NO_GROUP => group,
            _ => {
                if self.by_code.len() <= code as usize {
                    self.by_code.resize(code as usize + 1, NO_GROUP);
                }
                let group = self.create(ROOT, key, 0);
                self.by_code[code as usize] = group;
                group
            }
        }
    }

    fn find_or_create(&mut self, parent: u32, key: GroupKey, level: usize) -> u32 {
        let hashed = hash(parent, key);
        let same = |&group: &u32| {
            self.keys[group as usize] == key && self.parents[group as usize] == parent
        };
        if let Some(&group) = self.index.find(hashed, same) {
            return group;
        }
        let group = self.create(parent, key, level);
        let GroupTree { index, parents, keys, .. } = self;
        index.insert_unique(hashed, group, |&group| {
            hash(parents[group as usize], keys[group as usize])
        });
        group
    }

    fn create(&mut self, parent: u32, key: GroupKey, level: usize) -> u32 {
        let group = match self.free.pop() {
            Some(group) => group,
            None => {
                self.parents.push(0);
                self.keys.push(GroupKey::NULL);
                self.levels.push(0);
                self.is_new.push(false);
                (self.parents.len() - 1) as u32
            }
        };
        self.parents[group as usize] = parent;
        self.keys[group as usize] = key;
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
        let (parent, key) = (self.parents[group as usize], self.keys[group as usize]);
        match self.index.find_entry(hash(parent, key), |&other| other == group) {
            Ok(entry) => {
                entry.remove();
            }
            Err(_) => {
                let place = key.code().and_then(|code| self.by_code.get_mut(code as usize));
                if let Some(place) = place {
                    *place = NO_GROUP;
                }
            }
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
        self.parents.capacity() * (4 + 16 + 1 + 1)
            + (self.index.capacity() + self.by_code.capacity() + self.free.capacity()) * 4
    }
}
