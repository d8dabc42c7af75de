//! Rules of the language, by example and against an oracle.

mod rules;
mod support;
