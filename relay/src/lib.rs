//! millrace relay
