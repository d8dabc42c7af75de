//! The strings of one column, each stored once and known by a code.
//!
//! Rows hold codes and count as references. A string that no row refers to any more is
//! given up by [`Interner::sweep`], its code is used again and its bytes are reclaimed,
//! so that a bounded table has bounded memory whatever strings flow through it.
//!
//! Between a release and the sweep a string stays readable: views that take rows back
//! still see the values of those rows. Whoever remembers codes beyond a sweep (a filter's
//! cache) forgets those that the sweep returns.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    length: u32,
}

/// Strings by code, and codes by string.
#[derive(Debug, Default)]
pub struct Interner {
    bytes: String,
    /// Bytes of `bytes` that belong to strings given up.
    garbage: usize,
    spans: Vec<Span>,
    references: Vec<u32>,
    codes: HashTable<u32>,
    free: Vec<u32>,
    /// Codes whose references fell to zero, or were never taken, since the last sweep.
    idle: Vec<u32>,
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl Interner {
    /// The text of `code`.
    pub fn get(&self, code: u32) -> &str {
        let Span { start, length } = self.spans[code as usize];
        &self.bytes[start..start + length as usize]
    }

    /// The code of `text`, if it is interned.
    pub fn lookup(&self, text: &str) -> Option<u32> {
        self.codes.find(hash(text), |&code| self.get(code) == text).copied()
    }

    /// The code of `text`, interning it where it is new. Takes no reference: a code that
    /// is not retained until the next sweep is given up by it.
    pub fn intern(&mut self, text: &str) -> u32 {
        let hashed = hash(text);
        if let Some(&code) = self.codes.find(hashed, |&code| self.get(code) == text) {
            return code;
        }
        let span = Span { start: self.bytes.len(), length: text.len() as u32 };
        self.bytes.push_str(text);
        let code = match self.free.pop() {
            Some(code) => {
                self.spans[code as usize] = span;
                code
            }
            None => {
                self.spans.push(span);
                self.references.push(0);
                (self.spans.len() - 1) as u32
            }
        };
        let Interner { codes, spans, bytes, .. } = self;
        codes.insert_unique(hashed, code, |&code| {
            let Span { start, length } = spans[code as usize];
            hash(&bytes[start..start + length as usize])
        });
        self.idle.push(code);
        code
    }

    /// Takes a reference to `code`.
    pub fn retain(&mut self, code: u32) {
        self.references[code as usize] += 1;
    }

    /// Gives a reference to `code` back.
    pub fn release(&mut self, code: u32) {
        let references = &mut self.references[code as usize];
        *references -= 1;
        if *references == 0 {
            self.idle.push(code);
        }
    }

    /// Gives up the strings without references and returns their codes, which from now on
    /// may come to mean other strings.
    pub fn sweep(&mut self) -> Vec<u32> {
        let mut idle = std::mem::take(&mut self.idle);
        idle.sort_unstable();
        idle.dedup();
        idle.retain(|&code| self.references[code as usize] == 0);
        for &code in &idle {
            let hashed = hash(self.get(code));
            if let Ok(entry) = self.codes.find_entry(hashed, |&other| other == code) {
                entry.remove();
            }
            self.garbage += self.spans[code as usize].length as usize;
            self.spans[code as usize] = Span { start: 0, length: 0 };
            self.free.push(code);
        }
        if self.garbage > 4096 && self.garbage * 2 > self.bytes.len() {
            self.compact();
        }
        idle
    }

    /// Moves the live strings together, keeping their codes.
    fn compact(&mut self) {
        let mut bytes = String::with_capacity(self.bytes.len() - self.garbage);
        for &code in &self.codes {
            let span = &mut self.spans[code as usize];
            let start = bytes.len();
            bytes.push_str(&self.bytes[span.start..span.start + span.length as usize]);
            span.start = start;
        }
        self.bytes = bytes;
        self.garbage = 0;
    }

    /// One more than the largest code in use or to be used again.
    pub fn code_bound(&self) -> usize {
        self.spans.len()
    }

    /// The number of strings held.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether no string is held.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Bytes held, in text and tables.
    pub fn memory(&self) -> usize {
        self.bytes.capacity()
            + self.spans.capacity() * size_of::<Span>()
            + (self.references.capacity() + self.codes.capacity() + self.free.capacity()) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_without_references_is_given_up_and_its_code_used_again() {
        let mut strings = Interner::default();
        let a = strings.intern("a");
        let b = strings.intern("b");
        strings.retain(a);
        strings.retain(b);
        assert!(strings.sweep().is_empty());
        strings.release(a);
        assert_eq!(strings.get(a), "a", "readable until the sweep");
        assert_eq!(strings.sweep(), vec![a]);
        assert_eq!(strings.lookup("a"), None);
        assert_eq!(strings.intern("c"), a);
        assert_eq!(strings.get(b), "b");
    }

    #[test]
    fn a_string_that_returns_before_the_sweep_keeps_its_code() {
        let mut strings = Interner::default();
        let a = strings.intern("a");
        strings.retain(a);
        strings.release(a);
        assert_eq!(strings.intern("a"), a);
        strings.retain(a);
        assert!(strings.sweep().is_empty());
    }

    #[test]
    fn memory_stays_bounded_whatever_flows_through() {
        let mut strings = Interner::default();
        let mut live = std::collections::VecDeque::new();
        let mut largest = 0;
        for i in 0..200_000u32 {
            let code = strings.intern(&format!("order number {i}"));
            strings.retain(code);
            live.push_back(code);
            if live.len() > 1000 {
                strings.release(live.pop_front().unwrap());
            }
            if i % 500 == 0 {
                strings.sweep();
            }
            if i == 10_000 {
                largest = strings.memory();
            }
        }
        assert!(strings.len() <= 1500);
        assert!(strings.memory() <= 2 * largest, "{} > 2 × {largest}", strings.memory());
        assert_eq!(strings.get(*live.back().unwrap()), "order number 199999");
    }
}
