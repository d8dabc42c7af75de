//! A perfect hash for the outermost groups: their numbers by string code or small integer.

use super::grouping::NO_GROUP;
use crate::keys::GroupKey;
use crate::schema::{DataType, TypeKind};

/// So many places there may be for each group that is known, and so many at first.
const PLACES_PER_GROUP: usize = 16;
const PLACES_AT_FIRST: usize = 1 << 12;

/// Groups by their keys, those whose keys lie near one another.
#[derive(Debug, Default)]
pub struct Outermost {
    /// The key of the first place.
    first: u64,
    /// The group of each key, from the first on.
    groups: Vec<u32>,
    /// How many groups there are in it.
    known: usize,
}

impl Outermost {
    /// Whether values of that type can be near one another.
    pub fn takes(data_type: &DataType) -> bool {
        let kind = data_type.kind();
        matches!(kind, TypeKind::String | TypeKind::Integer | TypeKind::Date | TypeKind::Boolean)
    }

    /// The group of a key, where it is known.
    pub fn get(&self, key: GroupKey) -> Option<u32> {
        let place = key.small()?.wrapping_sub(self.first);
        let group = self.groups.get(usize::try_from(place).ok()?);
        group.copied().filter(|&group| group != NO_GROUP)
    }

    /// Takes in a group that is not known, where that does not take too many places.
    pub fn learn(&mut self, key: GroupKey, group: u32) {
        let Some(key) = key.small() else { return };
        if self.groups.is_empty() {
            self.first = key;
        }
        let most = PLACES_AT_FIRST.max((self.known + 1) * PLACES_PER_GROUP) as u64;
        let end = self.first.saturating_add(self.groups.len() as u64);
        let (first, last) = (self.first.min(key), end.saturating_sub(1).max(key));
        if last - first >= most {
            return;
        }
        if key < self.first {
            // Some room before, so that keys that come in descending order move no more
            // than their number each.
            let room = (self.first - key).max(self.groups.len() as u64);
            let room = room.min(most - (end - self.first)).min(self.first) as usize;
            self.groups.splice(0..0, std::iter::repeat_n(NO_GROUP, room));
            self.first -= room as u64;
        }
        let place = (key - self.first) as usize;
        if self.groups.len() <= place {
            self.groups.resize(place + 1, NO_GROUP);
        }
        self.groups[place] = group;
        self.known += 1;
    }

    /// Gives up the group of a key.
    pub fn forget(&mut self, key: GroupKey) {
        let place = key.small().and_then(|key| usize::try_from(key.wrapping_sub(self.first)).ok());
        if let Some(held) = place.and_then(|place| self.groups.get_mut(place)) {
            self.known -= usize::from(*held != NO_GROUP);
            *held = NO_GROUP;
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.groups.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Scalar;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn knows_no_group_but_what_it_was_told(
            keys in proptest::collection::vec(
                (prop_oneof![-50i64..50, -20_000i64..20_000, any::<i64>()], any::<bool>()),
                0..400,
            ),
        ) {
            let mut told = std::collections::HashMap::new();
            let mut outermost = Outermost::default();
            for (group, (key, stays)) in (1u32..).zip(keys) {
                let key = GroupKey::of(Scalar::Int(key));
                match told.get(&key) {
                    Some(&known) => {
                        prop_assert!(outermost.get(key).is_none_or(|group| group == known));
                        if !stays {
                            told.remove(&key);
                            outermost.forget(key);
                        }
                    }
                    None => {
                        prop_assert_eq!(outermost.get(key), None);
                        outermost.learn(key, group);
                        told.insert(key, group);
                    }
                }
                prop_assert!(outermost.groups.len() <= 4096.max((outermost.known + 1) * 32));
            }
        }
    }

    #[test]
    fn numbers_in_a_row_are_all_known_whichever_way_they_come() {
        for descending in [false, true] {
            let mut outermost = Outermost::default();
            let key = |i: u32| {
                let value = if descending { -i64::from(i) } else { i64::from(i) };
                GroupKey::of(Scalar::Int(value))
            };
            (0..100_000).for_each(|i| outermost.learn(key(i), i));
            assert!((0..100_000).all(|i| outermost.get(key(i)) == Some(i)));
        }
    }
}
