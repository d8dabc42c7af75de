//! Rules of the language, by example and against an oracle.

mod documented;
mod rules;
mod support;
