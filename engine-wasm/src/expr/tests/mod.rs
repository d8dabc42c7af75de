//! Rules of the language, by example and against an oracle.

mod documented;
mod oracle;
mod rules;
mod support;
