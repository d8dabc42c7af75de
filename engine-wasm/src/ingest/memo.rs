//! The codes of the short texts of one array, found without a look at the interner.
//!
//! A text of at most 16 bytes is two words and its length, which are compared as they are: in
//! most columns that are texts, few different ones come again and again.

use crate::table::Interner;

/// Places for texts, of which at most three quarters are taken.
const LARGEST: usize = 1 << 16;
const SMALLEST: usize = 1 << 8;
/// So many places are looked at.
const PROBES: usize = 8;

/// Remembered codes. They are of an interner that is not swept in the meantime.
#[derive(Debug, Default)]
pub struct Memo {
    /// A power of two of them; none where there are too many different texts to remember.
    entries: Vec<Entry>,
    len: usize,
    /// Texts that were not found when no more were remembered.
    missed: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    words: [u64; 2],
    /// One more than the length of the text, none where it is 0.
    length: u32,
    code: u32,
}

impl Memo {
    /// A memo for that many texts.
    pub fn new(texts: usize) -> Self {
        let entries = if texts < SMALLEST { 0 } else { SMALLEST };
        Memo { entries: vec![Entry::default(); entries], ..Memo::default() }
    }

    /// The code of `text`, interned where it is new.
    pub fn code(&mut self, text: &str, strings: &mut Interner) -> u32 {
        let Some(words) = words(text.as_bytes()).filter(|_| !self.entries.is_empty()) else {
            return strings.intern(text);
        };
        let length = text.len() as u32 + 1;
        let mut place = self.place(words);
        for _ in 0..PROBES {
            let entry = &self.entries[place];
            if entry.words == words && entry.length == length {
                return entry.code;
            }
            if entry.length == 0 {
                break;
            }
            place = (place + 1) & (self.entries.len() - 1);
        }
        let code = strings.intern(text);
        self.remember(Entry { words, length, code });
        code
    }

    /// Where an entry stands, or not far behind.
    fn place(&self, words: [u64; 2]) -> usize {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (words[0] ^ words[1].rotate_left(29)).wrapping_mul(ODD);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(ODD);
        (mixed >> 40) as usize & (self.entries.len() - 1)
    }

    fn remember(&mut self, entry: Entry) {
        if self.len >= self.entries.len() / 4 * 3 {
            if self.entries.len() >= LARGEST {
                self.missed += 1;
                if self.missed > LARGEST / 2 {
                    self.entries = Vec::new();
                }
                return;
            }
            let more = vec![Entry::default(); self.entries.len() * 4];
            let old = std::mem::replace(&mut self.entries, more);
            self.len = 0;
            old.into_iter().filter(|old| old.length > 0).for_each(|old| self.put(old));
        }
        self.put(entry);
    }

    fn put(&mut self, entry: Entry) {
        let first = self.place(entry.words);
        let mut places = (first..first + PROBES).map(|place| place & (self.entries.len() - 1));
        if let Some(free) = places.find(|&place| self.entries[place].length == 0) {
            self.entries[free] = entry;
            self.len += 1;
        }
    }
}

/// All bytes of a short text: with the length they tell which text it is.
fn words(text: &[u8]) -> Option<[u64; 2]> {
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        return (text.len() <= 16).then(|| [u64::from_le_bytes(*first), u64::from_le_bytes(*last)]);
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        return Some([u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()]);
    }
    let mut bytes = [0; 8];
    bytes[..text.len()].copy_from_slice(text);
    Some([u64::from_le_bytes(bytes), 0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gives_the_interners_own_codes(
            texts in proptest::collection::vec("[ab\0é]{0,19}", 300..2000),
        ) {
            let (mut strings, mut plain) = (Interner::default(), Interner::default());
            let mut memo = Memo::new(texts.len());
            for text in texts.iter().chain(&texts) {
                prop_assert_eq!(memo.code(text, &mut strings), plain.intern(text));
            }
        }
    }

    #[test]
    fn gives_up_where_all_texts_are_different() {
        let mut strings = Interner::default();
        let mut memo = Memo::new(200_000);
        for i in 0..200_000u32 {
            assert_eq!(memo.code(&format!("text {i}"), &mut strings), i);
        }
        assert!(memo.entries.is_empty());
        assert_eq!(memo.code("text 7", &mut strings), 7);
    }

    #[test]
    fn remembers_as_many_as_it_has_room_for() {
        let mut strings = Interner::default();
        let mut memo = Memo::new(10_000);
        for _ in 0..3 {
            (0..10_000).for_each(|i| {
                memo.code(&format!("id{i:010}"), &mut strings);
            });
        }
        assert!(memo.len > 9_000, "{} of 10,000 are remembered", memo.len);
    }
}
