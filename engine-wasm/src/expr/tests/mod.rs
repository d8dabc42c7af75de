//! Rules of the language, by example and against an oracle.

mod documented;
mod hostile;
mod oracle;
mod rules;
mod support;
