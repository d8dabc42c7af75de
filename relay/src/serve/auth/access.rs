//! What somebody may read, and until when.

use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::SHA256_OUTPUT_LEN;
use serde_json::Value;

use super::Basis;
use crate::config::{FeedSelection, JwtConfig, is_match};

/// What the bearer of a token may read, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    grants: Grants,
    expires: Option<SystemTime>,
    basis: Basis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Grants {
    Feeds(FeedSelection),
    Rows(Vec<Grant>),
}

/// A feed, by name or beginning, and which of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    /// As in [`FeedSelection::Listed`].
    pub feed: String,
    /// `None` is all rows.
    pub filter: Option<Value>,
}

/// Which rows of a feed may be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// All of them.
    All,
    /// Those that pass a filter, as the token has it.
    Filtered(Value),
}

impl Access {
    /// Everything, for ever, where nobody is asked.
    pub(super) fn open() -> Self {
        let grants = Grants::Feeds(FeedSelection::All);
        Self { grants, expires: None, basis: Basis::Open }
    }

    /// By a shared secret.
    pub(super) fn by_secret(digest: [u8; SHA256_OUTPUT_LEN], feeds: FeedSelection) -> Self {
        Self { grants: Grants::Feeds(feeds), expires: None, basis: Basis::Secret(digest) }
    }

    /// By a signed token; no grants are a token that names no feeds, and may read all.
    pub(super) fn by_signature(
        grants: Option<Vec<Grant>>,
        expires: SystemTime,
        config: &JwtConfig,
    ) -> Self {
        let grants = match grants {
            Some(grants) => Grants::Rows(grants),
            None => Grants::Feeds(FeedSelection::All),
        };
        let basis = Basis::Signed(Box::new(config.clone()));
        Self { grants, expires: Some(expires), basis }
    }

    pub(super) fn basis(&self) -> &Basis {
        &self.basis
    }

    /// Which rows of a feed it opens; `None` for none. Where several entries of a token fit a
    /// feed, the first counts.
    pub fn feed(&self, name: &str) -> Option<Rows> {
        match &self.grants {
            Grants::Feeds(feeds) => feeds.contains(name).then_some(Rows::All),
            Grants::Rows(grants) => {
                let grant = grants.iter().find(|grant| is_match(&grant.feed, name))?;
                Some(grant.filter.clone().map_or(Rows::All, Rows::Filtered))
            }
        }
    }

    /// Whether it opens every row of every feed.
    pub fn is_for_everything(&self) -> bool {
        match &self.grants {
            Grants::Feeds(feeds) => *feeds == FeedSelection::All,
            Grants::Rows(grants) => {
                grants.first().is_some_and(|grant| grant.feed == "*" && grant.filter.is_none())
            }
        }
    }

    /// When it ends.
    pub fn expires(&self) -> Option<SystemTime> {
        self.expires
    }

    /// How long it is still good at a time; zero where it is over.
    pub fn remaining(&self, now: SystemTime) -> Option<Duration> {
        self.expires.map(|expires| expires.duration_since(now).unwrap_or_default())
    }

    /// Whether it is over at a time.
    pub fn is_expired(&self, now: SystemTime) -> bool {
        self.remaining(now).is_some_and(|left| left.is_zero())
    }
}
