//! What hangs on which values there are, and how often: `distinct count`, `unique`,
//! `distinct leaf`, `dominant` and `join`.

use super::key::{DecimalKey, Key, TextKey};
use super::{Accumulator, Aggregate, Columns, Rows};
use crate::keys::SortKey;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::Interner;
use rustc_hash::FxBuildHasher;
use std::cell::Cell;
use std::hash::Hash;

/// So many values are searched through one by one.
const FEW: usize = 8;

/// A joined text is cut behind the value with which it gets longer, in bytes.
pub const LONGEST_JOIN: usize = 8192;

/// State for all of them.
pub fn accumulator(data_type: &DataType) -> Box<dyn Accumulator> {
    match data_type {
        DataType::String => Box::new(Counted::<TextKey>::default()),
        DataType::Decimal { .. } => Box::new(Counted::<DecimalKey>::default()),
        _ => Box::new(Counted::<SortKey>::default()),
    }
}

type Map<K> = hashbrown::HashMap<K, u32, FxBuildHasher>;

/// The values of a slot, and how many rows have each.
#[derive(Debug)]
struct Counts<K: Copy> {
    nulls: u32,
    held: Held<K>,
    /// The most frequent value, kept up from when it was first asked for until it loses a
    /// row.
    dominant: Cell<Option<(K, u32)>>,
}

#[derive(Debug)]
enum Held<K> {
    Few(Vec<(K, u32)>),
    Many(Map<K>),
}

impl<K: Copy> Default for Counts<K> {
    fn default() -> Self {
        Counts { nulls: 0, held: Held::Few(Vec::new()), dominant: Cell::new(None) }
    }
}

impl<K: Key + Eq + Hash> Counts<K> {
    fn add(&mut self, key: K, strings: Option<&Interner>) {
        let count = match &mut self.held {
            Held::Few(pairs) => match pairs.iter_mut().find(|(held, _)| *held == key) {
                Some((_, count)) => {
                    *count += 1;
                    *count
                }
                None => {
                    pairs.push((key, 1));
                    if pairs.len() > FEW {
                        self.held = Held::Many(pairs.drain(..).collect());
                    }
                    1
                }
            },
            Held::Many(map) => {
                let count = map.entry(key).or_insert(0);
                *count += 1;
                *count
            }
        };
        let leads = |held: (K, u32)| precedes((key, count), held, strings);
        if self.dominant.get().is_some_and(leads) {
            self.dominant.set(Some((key, count)));
        }
    }

    fn remove(&mut self, key: K) {
        match &mut self.held {
            Held::Few(pairs) => {
                if let Some(place) = pairs.iter().position(|(held, _)| *held == key) {
                    pairs[place].1 -= 1;
                    if pairs[place].1 == 0 {
                        pairs.swap_remove(place);
                    }
                }
            }
            Held::Many(map) => {
                if let hashbrown::hash_map::Entry::Occupied(mut entry) = map.entry(key) {
                    *entry.get_mut() -= 1;
                    if *entry.get() == 0 {
                        entry.remove();
                    }
                }
                if map.len() <= FEW / 2 {
                    self.held = Held::Few(map.drain().collect());
                } else if map.len() * 8 < map.capacity() {
                    map.shrink_to_fit();
                }
            }
        }
        if self.dominant.get().is_some_and(|(held, _)| held == key) {
            self.dominant.set(None);
        }
    }

    /// The number of different values, null not being one.
    fn len(&self) -> usize {
        match &self.held {
            Held::Few(pairs) => pairs.len(),
            Held::Many(map) => map.len(),
        }
    }

    fn each(&self, mut each: impl FnMut(K, u32)) {
        match &self.held {
            Held::Few(pairs) => pairs.iter().for_each(|&(key, count)| each(key, count)),
            Held::Many(map) => map.iter().for_each(|(&key, &count)| each(key, count)),
        }
    }

    fn unique(&self) -> Option<K> {
        match &self.held {
            Held::Few(pairs) => match pairs[..] {
                [(key, _)] => Some(key),
                _ => None,
            },
            Held::Many(_) => None,
        }
    }

    fn dominant(&self, strings: Option<&Interner>) -> Option<K> {
        if self.dominant.get().is_none() {
            let mut best: Option<(K, u32)> = None;
            self.each(|key, count| {
                if best.is_none_or(|best| precedes((key, count), best, strings)) {
                    best = Some((key, count));
                }
            });
            self.dominant.set(best);
        }
        self.dominant.get().map(|(key, _)| key)
    }

    fn memory(&self) -> usize {
        match &self.held {
            Held::Few(pairs) => super::bytes(pairs),
            Held::Many(map) => map.capacity() * 8 / 7 * (size_of::<(K, u32)>() + 1),
        }
    }
}

/// Whether the first of two values is more frequent, or as frequent and less.
fn precedes<K: Key>(a: (K, u32), b: (K, u32), strings: Option<&Interner>) -> bool {
    a.1 > b.1 || a.1 == b.1 && a.0.compare(b.0, strings).is_lt()
}

#[derive(Debug)]
struct Counted<K: Copy> {
    states: Vec<Counts<K>>,
    keys: Vec<K>,
}

impl<K: Copy> Default for Counted<K> {
    fn default() -> Self {
        Counted { states: Vec::new(), keys: Vec::new() }
    }
}

impl<K: Key + Eq + Hash> Accumulator for Counted<K> {
    fn resize(&mut self, slots: usize) {
        self.states.resize_with(slots, Counts::default);
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.keys.clear();
        K::keys(rows, columns, &mut self.keys);
        let (nulls, strings) = (columns.nulls(rows.segment), columns.column.strings());
        for ((&slot, &offset), &key) in slots.iter().zip(rows.offsets).zip(&self.keys) {
            let counts = &mut self.states[slot as usize];
            if nulls.contains(offset) {
                counts.nulls += 1;
            } else {
                counts.add(key, strings);
            }
        }
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.keys.clear();
        K::keys(rows, columns, &mut self.keys);
        let nulls = columns.nulls(rows.segment);
        for ((&slot, &offset), &key) in slots.iter().zip(rows.offsets).zip(&self.keys) {
            let counts = &mut self.states[slot as usize];
            if nulls.contains(offset) {
                counts.nulls -= 1;
            } else {
                counts.remove(key);
            }
        }
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = Counts::default();
    }

    fn value(&self, slot: u32, aggregate: Aggregate, columns: Columns<'_>) -> Scalar {
        let counts = &self.states[slot as usize];
        let key = match aggregate {
            Aggregate::DistinctCount | Aggregate::ApproxDistinct => {
                return Scalar::Int(counts.len() as i64 + i64::from(counts.nulls > 0));
            }
            Aggregate::Dominant => counts.dominant(columns.column.strings()),
            _ => counts.unique(),
        };
        key.map_or(Scalar::Null, |key| key.scalar(columns))
    }

    fn text(&self, slot: u32, columns: Columns<'_>) -> Option<String> {
        let counts = &self.states[slot as usize];
        let strings = columns.column.strings()?;
        let mut texts = Vec::with_capacity(counts.len());
        counts.each(|key, _| {
            if let Scalar::Code(code) = key.scalar(columns) {
                texts.push(strings.get(code));
            }
        });
        (!texts.is_empty()).then(|| join(texts))
    }

    fn memory(&self) -> usize {
        super::bytes(&self.keys)
            + super::bytes(&self.states)
            + self.states.iter().map(Counts::memory).sum::<usize>()
    }
}

/// Different texts in order, as far as there is room.
fn join(mut texts: Vec<&str>) -> String {
    const SEPARATOR: &str = ", ";
    // No more of them have room, the empty one aside.
    let most = LONGEST_JOIN / (SEPARATOR.len() + 1) + 2;
    if texts.len() > most {
        texts.select_nth_unstable(most);
        texts.truncate(most);
    }
    texts.sort_unstable();
    let mut joined = String::new();
    for (i, text) in texts.iter().enumerate() {
        if i > 0 {
            joined.push_str(SEPARATOR);
        }
        if joined.len() + text.len() > LONGEST_JOIN {
            joined.push('…');
            break;
        }
        joined.push_str(text);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_has_an_end() {
        assert_eq!(join(vec!["b", "", "a"]), ", a, b");
        let many: Vec<String> = (0..100_000).map(|i| format!("{i:05}")).collect();
        let joined = join(many.iter().rev().map(String::as_str).collect());
        assert!(joined.len() <= LONGEST_JOIN + 8, "{}", joined.len());
        assert!(joined.starts_with("00000, 00001, ") && joined.ends_with(", …"));
        let short: Vec<String> =
            (0..9000u32).map(|i| char::from_u32(0x4e00 + i).unwrap().into()).collect();
        assert!(join(short.iter().map(String::as_str).collect()).ends_with(", …"));
        assert_eq!(join(vec![&"x".repeat(LONGEST_JOIN + 1)]), "…");
    }
}
