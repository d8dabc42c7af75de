//! millrace tests
